//! Milepost: goals as code. The way of the data is one line:
//!
//! ```text
//! text → syntax::File → model::Plan → query::Query → engine::Answer → eval::Report → report
//! ```

pub mod calendar;
pub mod diagnostic;
pub mod engine;
pub mod eval;
pub mod model;
pub mod quantity;
pub mod query;
pub mod report;
pub mod source;
pub mod syntax;
