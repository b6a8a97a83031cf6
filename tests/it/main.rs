//! All integration tests are one binary: a module each.

#[cfg(feature = "cli")]
mod cli;
mod diagnostic;
mod rooms;
mod syntax;
