//! Milepost: goals as code. The way of the data is one line:
//!
//! ```text
//! text → syntax::File → model::Plan → query::Query → engine::Answer → eval::Report → report
//! ```
//!
//! [`Plan`] walks it whole; each room's own function is public as well.

pub mod calendar;
#[cfg(feature = "cli")]
pub mod cli;
pub mod compare;
pub mod diagnostic;
pub mod engine;
pub mod eval;
pub mod format;
pub mod lint;
pub mod model;
mod plan;
pub mod quantity;
pub mod query;
pub mod report;
pub mod source;
pub mod syntax;

pub use plan::{Opened, Plan, Question, Supposed};
