//! All integration tests are one binary: a module each.

mod docs;
mod licences;
mod reference;
mod sentences;
