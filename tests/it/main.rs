//! All integration tests are one binary: a module each.

mod arbitrary;
#[cfg(feature = "cli")]
mod cli;
mod diagnostic;
mod format;
mod quantity_display;
mod report;
mod rooms;
mod syntax;
