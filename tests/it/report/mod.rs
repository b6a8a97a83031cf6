//! Verdicts as people and programs read them.

mod examples;
mod json;
mod text;
