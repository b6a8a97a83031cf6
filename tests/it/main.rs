//! All integration tests are one binary: a module each.

mod arbitrary;
#[cfg(feature = "cli")]
mod cli;
mod diagnostic;
mod docs;
mod engine;
mod engine_damage;
mod engine_property;
mod engine_rows;
mod eval_clauses;
mod eval_for_each;
mod eval_formulas;
mod eval_functions;
mod eval_interface;
mod eval_many;
mod eval_netflix;
mod eval_property;
mod eval_steps;
mod eval_targets;
mod eval_time;
mod eval_verdicts;
mod eval_wanted;
mod eval_which;
mod format;
mod licences;
mod memory;
mod model;
mod netflix;
mod quantity_display;
mod real_data;
mod reference;
mod report;
mod rooms;
mod sentences;
mod syntax;
mod syntax_wrong;
