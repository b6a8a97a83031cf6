//! One module a command: from its arguments to its exit code.

pub mod calc;
pub mod check;
pub mod cluster;
pub mod completions;
pub mod diff;
pub mod eval;
pub mod explain;
pub mod fmt;
pub mod init;
pub mod show;
pub mod test;
