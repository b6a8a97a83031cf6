//! What can be wrong with data: every case names the file and what to do next.

use miette::Diagnostic;
use thiserror::Error;

/// Data that can't be read, or doesn't fit what the plan says of it.
#[derive(Debug, Error, Diagnostic)]
pub enum DataError {
    /// There is no such file.
    #[error("the data file `{path}` of table `{table}` can't be opened: {reason}")]
    #[diagnostic(code("D001"), help("check the path in `table {table} from …`, or give it: --data {table}=PATH"))]
    NotFound {
        /// The table.
        table: String,
        /// As written.
        path: String,
        /// The system's own words.
        reason: String,
    },
}

impl crate::diagnostic::Finding for DataError {}
