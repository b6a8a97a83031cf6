//! Verdicts as people and programs read them.

mod csv;
mod edges;
mod examples;
mod grid;
mod json;
mod text;
