//! From trees to the typed plan: names across files, units, kinds, the dependency graph. Reads no file and no data: the
//! columns of tables reach it as a [`Catalog`], where they are known.

pub mod plan;

pub use plan::Plan;

use crate::diagnostic::Diagnostic;
use crate::query::{TableInfo, TableSource};
use crate::source::{FileId, Sources};
use crate::syntax::tree::File;
use indexmap::IndexMap;

/// What is known of data before a plan is resolved: nothing for a plain `check`.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Tables that only the command line names, in its order.
    pub given: Vec<TableSource>,
    /// What the engine found, by the table's name. A table that isn't here has unknown columns: any name is accepted.
    pub opened: IndexMap<String, TableInfo>,
}
