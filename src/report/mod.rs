//! Verdicts as people and programs read them: text, JSON, CSV, and grids of a series. Shows what evaluation answers
//! and judges nothing; knows no file and no terminal.

mod csv;
pub mod grid;
mod json;
mod paint;
mod text;

pub use self::csv::csv;
pub use json::{PlanMeta, json};
pub use text::{Style, function, text};
