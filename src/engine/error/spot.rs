//! Cells that errors name.

use super::words::unit;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A cell that is why something is as it is.
pub type Example = Option<Box<Spot>>;

/// A cell: its file as people know it, its line (0 where the file's own path says it), what it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Spot {
    pub path: String,
    pub line: u64,
    pub value: String,
}

/// A cell of a column that is read as something.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct TimeCell {
    pub table: String,
    pub path: String,
    pub line: u64,
    pub column: String,
    pub value: String,
}

impl fmt::Display for TimeCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = unit(&self.path);
        write!(f, "`{}` {unit} {}, column `{}`: `{}`", self.path, self.line, self.column, self.value)
    }
}
