//! Verdicts as people and programs read them: text, JSON, CSV, and grids of a series. Shows what evaluation answers
//! and judges nothing; knows no file and no terminal.

pub mod cards;
pub mod changes;
mod csv;
pub mod explain_plan;
pub mod grid;
mod json;
mod paint;
pub mod plan_tests;
mod text;

pub use self::csv::csv;
pub use json::{PlanMeta, derivation as derivation_json, json, milestone as milestone_json};
pub use text::{Style, derivation, function, milestone_derivation, statement, text};
