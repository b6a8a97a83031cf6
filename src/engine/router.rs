//! Sends each table to the engine that reads it: databases are asked in place, all else is read in process or, where there is
//! one, by a cluster.

#[cfg(feature = "ballista")]
use super::cluster::Cluster;
use super::datafusion::DataFusionEngine;
#[cfg(feature = "adbc")]
use super::warehouse::{Drivers, Warehouse, is_database};
use super::{DataError, Engine, Progress};
use crate::query::{Answer, Query, TableInfo, TableSource};
use std::collections::HashSet;

/// Files and databases beside each other.
pub struct Router {
    files: DataFusionEngine,
    #[cfg(feature = "ballista")]
    cluster: Option<Cluster>,
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
            #[cfg(feature = "ballista")]
            cluster: None,
            #[cfg(feature = "adbc")]
            databases: Warehouse::default(),
            in_databases: HashSet::new(),
        }
    }

    /// From now on, `cluster` reads the files. They are opened in process all the same.
    #[cfg(feature = "ballista")]
    pub fn set_cluster(&mut self, cluster: Cluster) {
        self.cluster = Some(cluster);
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
        #[cfg(feature = "ballista")]
        if let Some(cluster) = self.cluster.as_mut() {
            cluster.set_progress(progress.clone());
        }
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
        #[cfg(feature = "ballista")]
        if let Some(cluster) = self.cluster.as_mut().filter(|_| !self.in_databases.contains(&table.name)) {
            return cluster.open(&mut self.files, table);
        }
        self.of(&table.name).open(table)
    }

    fn run(&mut self, query: &Query) -> Result<Vec<Answer>, DataError> {
        #[cfg(feature = "ballista")]
        if let Some(cluster) = self.cluster.as_mut().filter(|_| !self.in_databases.contains(&query.table)) {
            return cluster.run(&mut self.files, query);
        }
        self.of(&query.table).run(query)
    }
}
