//! Verdicts as people and programs read them: text, JSON, CSV, and grids of a series. Shows what evaluation answers
//! and judges nothing; knows no file and no terminal.

mod json;

pub use json::{PlanMeta, json};
