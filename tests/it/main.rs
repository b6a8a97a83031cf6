//! The one integration-test binary.

mod arbitrary;
mod format;
mod syntax;
