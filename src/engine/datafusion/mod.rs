//! DataFusion reads the tables, in process. The runtime lives here, and nothing above is async.

mod column;
pub(in crate::engine) mod convert;
mod csv;
pub(in crate::engine) mod fold;
mod functions;
mod guard;
mod ipc;
mod json;
mod listing;
pub(in crate::engine) mod open;
mod parquet;
mod part;
mod pass;
pub mod pieces;
mod place;
pub(in crate::engine) mod plan;
mod read;
#[cfg(feature = "remote")]
pub mod remote;
pub(in crate::engine) mod row;
mod scan;
mod sqlite;
pub(in crate::engine) mod tally;
pub(in crate::engine) mod time;
pub(in crate::engine) mod timed;
mod whole;
mod workbook;

use super::{DataError, Engine};
use crate::query::{Answer, Query, TableInfo, TableSource};
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use indexmap::IndexMap;
use open::Opened;
use std::sync::Arc;

/// As much stack as a program's first thread has: plans of deep expressions are made on it.
const STACK: usize = 8 << 20;

/// Is told how many more rows were read.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

/// Reads files of this machine with DataFusion.
pub struct DataFusionEngine {
    context: SessionContext,
    runtime: tokio::runtime::Runtime,
    pool: rayon::ThreadPool,
    tables: IndexMap<String, Opened>,
    progress: Option<Progress>,
    memory: usize,
    one_pass: bool,
    stores: place::Stores,
}

impl DataFusionEngine {
    /// An engine that computes on so many threads (one a core, unless said). Answers don't depend on it.
    ///
    /// # Errors
    /// [`DataError::Failed`] where the system gives no threads.
    pub fn new(threads: Option<usize>) -> Result<Self, DataError> {
        let failed = |reason: String| DataError::Failed { table: String::new(), path: String::new(), reason };
        // Rows must come in the order of the file: one partition. What can be shared out is the folding.
        let config = SessionConfig::new().with_target_partitions(1).with_collect_statistics(false);
        let state = SessionStateBuilder::new().with_config(config).build();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).stack_size(STACK).build();
        Ok(Self {
            context: SessionContext::new_with_state(state),
            runtime: runtime.map_err(|e| failed(e.to_string()))?,
            pool: pool.map_err(|e| failed(e.to_string()))?,
            tables: IndexMap::new(),
            progress: None,
            memory: usize::MAX,
            one_pass: true,
            stores: place::Stores::default(),
        })
    }

    /// Whether requests are answered together in one pass, as they are unless said, or each by itself: the plain way, which
    /// gives the same answers and is there to hold them against.
    pub fn set_one_pass(&mut self, one_pass: bool) {
        self.one_pass = one_pass;
    }

    /// How many bytes what is kept of one table may take; without a limit unless said.
    pub fn set_memory(&mut self, bytes: usize) {
        self.memory = bytes;
    }

    /// From now on, `progress` is told of the rows read, while tables are opened and while they are read.
    pub fn set_progress(&mut self, progress: Progress) {
        self.progress = Some(progress);
    }

    /// From now on, tables in object stores are reached so. Until then requests go unsigned.
    #[cfg(feature = "remote")]
    pub fn set_remote(&mut self, settings: remote::RemoteSettings) {
        self.stores = place::Stores(remote::Remote::new(settings));
    }
}

impl Engine for DataFusionEngine {
    fn open(&mut self, table: &TableSource) -> Result<TableInfo, DataError> {
        let (progress, stores) = (self.progress.as_ref(), &self.stores);
        let opened = self.pool.install(|| open::open(table, stores, progress))?;
        let info = opened.info.clone();
        self.tables.insert(table.name.clone(), opened);
        Ok(info)
    }

    fn run(&mut self, query: &Query) -> Result<Vec<Answer>, DataError> {
        let Some(table) = self.tables.get(&query.table) else {
            return Err(DataError::NotOpen { table: query.table.clone() });
        };
        if self.one_pass && pass::fits(query) {
            let means = pass::Means {
                context: &self.context,
                pool: &self.pool,
                progress: self.progress.as_ref(),
                memory: self.memory,
            };
            if let Some(answers) = pass::run(&means, query, table)? {
                return Ok(answers);
            }
        }
        self.plain(query, table)
    }
}

impl DataFusionEngine {
    /// Each request by itself, over batches in the order of the file.
    fn plain(&self, query: &Query, table: &Opened) -> Result<Vec<Answer>, DataError> {
        let plan = plan::plan(query, table)?;
        let mut fold = fold::Fold::new(&plan);
        let batches = scan::stream(&self.context, table, &plan);
        let progress = self.progress.as_ref();
        let reading = async {
            let mut batches = batches.await?;
            while let Some(batch) = scan::next(&mut batches).await? {
                fold.take(&batch)?;
                if let Some(progress) = progress {
                    progress(batch.num_rows() as u64);
                }
            }
            Ok(())
        };
        // In the pool, so that functions over rows and the folding share its threads.
        let runtime = &self.runtime;
        let read = self.pool.install(|| runtime.block_on(reading));
        read.map_err(|e: datafusion::error::DataFusionError| scan::error(&e, &table.source))?;
        Ok(fold.finish())
    }
}

/// The error for a column that isn't there, with the nearest names.
pub(in crate::engine) fn unknown<'a>(
    source: &TableSource,
    column: &str,
    names: impl Iterator<Item = &'a str>,
) -> DataError {
    let columns: Vec<String> = names.map(str::to_owned).collect();
    let lower = column.to_lowercase();
    let mut near: Vec<(f64, &String)> = columns
        .iter()
        .map(|n| (strsim::jaro_winkler(&n.to_lowercase(), &lower), n))
        .filter(|(s, _)| *s >= 0.8)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let near = near.into_iter().take(2).map(|(_, n)| n.clone()).collect();
    DataError::UnknownColumn {
        table: source.name.clone(),
        path: source.shown.clone(),
        column: column.to_owned(),
        near,
        columns,
    }
}
