//! The integration tests, one binary.

mod quantity_display;
mod report;
