//! All integration tests are one binary: a module each.

mod arbitrary;
mod cache;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "ballista")]
mod cluster;
mod compare;
mod corpus;
mod coverage;
#[cfg(all(feature = "cli", feature = "datafusion"))]
mod damaged;
mod diagnostic;
mod docs;
mod engine;
mod engine_agree;
mod engine_damage;
mod engine_open;
mod engine_pass;
mod engine_property;
mod engine_rows;
mod engine_wholes;
mod engine_workbook;
mod eval_across;
mod eval_clauses;
mod eval_columns;
mod eval_for_each;
mod eval_formulas;
mod eval_functions;
mod eval_goals;
mod eval_honest;
mod eval_interface;
mod eval_many;
mod eval_netflix;
mod eval_property;
mod eval_series;
mod eval_shapes;
mod eval_steps;
mod eval_targets;
mod eval_time;
mod eval_verdicts;
mod eval_wanted;
mod eval_which;
mod explain;
#[cfg(all(feature = "cli", feature = "datafusion"))]
mod explain_plan;
mod format;
mod functions;
#[cfg(all(unix, feature = "cli", feature = "remote"))]
mod interrupt;
mod law_data;
mod law_pieces;
mod law_plans;
mod laws;
mod licences;
mod lint;
mod memory;
mod model;
mod netflix;
mod plan_tests;
mod projection;
mod quantity_display;
mod real_data;
mod reference;
mod remote;
mod report;
mod rooms;
mod row_functions;
mod sentence_verdicts;
mod sentences;
mod sources;
mod spreadsheet;
mod syntax;
mod syntax_wrong;
mod text;
#[cfg(feature = "adbc")]
mod warehouse;
mod whatif;
