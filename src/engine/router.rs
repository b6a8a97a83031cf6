//! Sends each table to the engine that reads it: databases are asked in place, all else is read in process.

use super::datafusion::DataFusionEngine;
#[cfg(feature = "adbc")]
use super::warehouse::{Drivers, Warehouse, is_database};
use super::{DataError, Engine, Progress};
use crate::query::{Answer, Query, TableInfo, TableSource};
use std::collections::HashSet;

/// Files and databases beside each other.
pub struct Router {
    files: DataFusionEngine,
    #[cfg(feature = "adbc")]
    databases: Warehouse,
    /// The tables that are in databases.
    in_databases: HashSet<String>,
}

impl Router {
    /// Over files that `files` reads.
    pub fn new(files: DataFusionEngine) -> Self {
        Self {
            files,
            #[cfg(feature = "adbc")]
            databases: Warehouse::default(),
            in_databases: HashSet::new(),
        }
    }

    /// From now on, databases are read with these drivers.
    #[cfg(feature = "adbc")]
    pub fn set_drivers(&mut self, drivers: Drivers) {
        self.databases = Warehouse::new(drivers);
    }

    /// From now on, `progress` is told of what is read, and asked whether to go on.
    pub fn set_progress(&mut self, progress: Progress) {
        #[cfg(feature = "adbc")]
        self.databases.set_progress(progress.clone());
        self.files.set_progress(progress);
    }

    #[cfg(feature = "adbc")]
    fn databases(&mut self) -> &mut dyn Engine {
        &mut self.databases
    }

    /// Without drivers, the files' engine says that it doesn't read databases.
    #[cfg(not(feature = "adbc"))]
    fn databases(&mut self) -> &mut dyn Engine {
        &mut self.files
    }

    fn of(&mut self, table: &str) -> &mut dyn Engine {
        if self.in_databases.contains(table) { self.databases() } else { &mut self.files }
    }
}

#[cfg(not(feature = "adbc"))]
fn is_database(_: &str) -> bool {
    false
}

impl Engine for Router {
    fn open(&mut self, table: &TableSource) -> Result<TableInfo, DataError> {
        if is_database(&table.path) {
            self.in_databases.insert(table.name.clone());
        } else {
            self.in_databases.remove(&table.name);
        }
        self.of(&table.name).open(table)
    }

    fn run(&mut self, query: &Query) -> Result<Vec<Answer>, DataError> {
        self.of(&query.table).run(query)
    }
}
