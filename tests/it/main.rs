//! The one integration-test binary.

mod syntax;
mod syntax_wrong;
