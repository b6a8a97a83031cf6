//! All integration tests are one binary: a module each.

mod diagnostic;
mod rooms;
mod syntax;
