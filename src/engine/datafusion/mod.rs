//! DataFusion reads the tables, in process. The runtime lives here, and nothing above is async.

mod cache;
pub(in crate::engine) mod column;
pub(in crate::engine) mod convert;
mod csv;
pub(in crate::engine) mod fold;
mod functions;
mod guard;
mod ipc;
mod json;
pub(in crate::engine) mod kept;
pub(in crate::engine) mod key;
mod known;
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
pub(in crate::engine) mod state;
mod tally;
pub(in crate::engine) mod time;
pub(in crate::engine) mod timed;
mod whole;
mod workbook;

use super::explain::{Reading, Share, Way};
use super::progress::Stage;
use super::{DataError, Engine, Progress};
use crate::query::{Answer, Query, Request, TableInfo, TableSource};
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use indexmap::IndexMap;
use open::Opened;
use pass::Next;
use state::Partial;
use std::path::PathBuf;

/// As much stack as a program's first thread has: plans of deep expressions are made on it.
const STACK: usize = 8 << 20;

/// After so many batches of the plain way, the memory that is kept is counted.
const COUNTED: usize = 16;

/// Why each request is answered by itself.
const NOT_ADDED_UP: &str = "listed rows, retention, the last value of each one, and the median or the different values of \
     each group don't add up over combinations of dimensions";
const TOO_WIDE: &str =
    "what is asked has dimensions of more values, or of more combinations of them, than one pass tells apart";
const ASKED_FOR: &str = "one pass was switched off";

/// Reads files of this machine with DataFusion.
pub struct DataFusionEngine {
    context: SessionContext,
    runtime: tokio::runtime::Runtime,
    pool: rayon::ThreadPool,
    tables: IndexMap<String, Opened>,
    progress: Progress,
    memory: usize,
    one_pass: bool,
    cache: Option<cache::Cache>,
    stores: place::Stores,
}

impl DataFusionEngine {
    /// An engine that computes on so many threads (one a core, unless said). Answers don't depend on it.
    ///
    /// # Errors
    /// [`DataError::NoEngine`] where the system gives no threads.
    pub fn new(threads: Option<usize>) -> Result<Self, DataError> {
        let failed = |reason: String| DataError::NoEngine { reason };
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
            progress: Progress::default(),
            memory: usize::MAX,
            one_pass: true,
            cache: None,
            stores: place::Stores::default(),
        })
    }

    /// Whether requests are answered together in one pass, as they are unless said, or each by itself: the plain way, which
    /// gives the same answers and is there to hold them against.
    pub fn set_one_pass(&mut self, one_pass: bool) {
        self.one_pass = one_pass;
    }

    /// From now on, what is found in the files of folders is kept in `folder` from run to run.
    pub fn set_cache(&mut self, folder: PathBuf) {
        self.cache = Some(cache::Cache::new(folder));
    }

    /// How many bytes what is kept of one table may take; without a limit unless said.
    pub fn set_memory(&mut self, bytes: usize) {
        self.memory = bytes;
    }

    /// From now on, `progress` is told of what is read, while tables are opened and while they are read, and asked whether
    /// to go on.
    pub fn set_progress(&mut self, progress: Progress) {
        self.stores.set_progress(&progress);
        self.progress = progress;
    }

    /// From now on, tables in object stores are reached so. Until then requests go unsigned.
    #[cfg(feature = "remote")]
    pub fn set_remote(&mut self, settings: remote::RemoteSettings) {
        self.stores = place::Stores(remote::Remote::new(settings));
        self.stores.set_progress(&self.progress);
    }
}

impl Engine for DataFusionEngine {
    fn open(&mut self, table: &TableSource) -> Result<TableInfo, DataError> {
        let (progress, stores, cache) = (&self.progress, &self.stores, self.cache.as_ref());
        let opened = progress.over(self.pool.install(|| open::open(table, stores, progress, cache)))?;
        let info = opened.info.clone();
        self.tables.insert(table.name.clone(), opened);
        Ok(info)
    }

    fn run(&mut self, query: &Query) -> Result<Vec<Answer>, DataError> {
        let Some(table) = self.tables.get(&query.table) else {
            return Err(DataError::NotOpen { table: query.table.clone() });
        };
        self.progress.go_on()?;
        let timed = table.info.time.is_some();
        let answer = |(partial, r): (Partial, &Request)| partial.answer(&r.measure, r.group.is_some(), timed);
        let partials = self.progress.over(self.kept(query, table))?;
        Ok(partials.into_iter().zip(&query.requests).map(answer).collect())
    }
}

impl DataFusionEngine {
    fn means(&self) -> pass::Means<'_> {
        pass::Means { context: &self.context, pool: &self.pool, progress: &self.progress, memory: self.memory }
    }

    /// What requests come to: what earlier runs learnt of files, and what is read now.
    fn kept(&self, query: &Query, table: &Opened) -> Result<Vec<Partial>, DataError> {
        let kept = match &self.cache {
            Some(cache) => {
                cache::run(cache, query, table, self.memory, &|query, files| self.each(query, table, files))?
            }
            None => None,
        };
        match kept {
            Some(partials) => Ok(partials),
            None => self.partials(query, table, Next::Answered),
        }
    }

    /// The requests that fit in one pass, and the others.
    fn split(&self, query: &Query) -> (Query, Query) {
        let fits = |r: &Request| self.one_pass && pass::fits(r);
        let (together, apart) = query.requests.iter().cloned().partition(fits);
        let part = |requests| Query { requests, ..query.clone() };
        (part(together), part(apart))
    }

    /// What both parts came to, in the order of the whole.
    fn joined(&self, query: &Query, together: Vec<Partial>, apart: Vec<Partial>) -> Vec<Partial> {
        let (mut together, mut apart) = (together.into_iter(), apart.into_iter());
        let next = |r| if self.one_pass && pass::fits(r) { together.next() } else { apart.next() };
        query.requests.iter().filter_map(next).collect()
    }

    /// What requests come to: those that fit in one pass, the others each by itself.
    fn partials(&self, query: &Query, table: &Opened, next: Next) -> Result<Vec<Partial>, DataError> {
        let (together, apart) = self.split(query);
        if together.requests.is_empty() {
            return self.plain(query, table, if self.one_pass { NOT_ADDED_UP } else { ASKED_FOR });
        }
        let Some(together) = pass::run(&self.means(), &together, table, next)? else {
            return self.plain(query, table, TOO_WIDE);
        };
        let apart = if apart.requests.is_empty() { Vec::new() } else { self.plain(&apart, table, NOT_ADDED_UP)? };
        Ok(self.joined(query, together, apart))
    }

    /// Likewise over each of some files by itself, by their places.
    fn each(&self, query: &Query, table: &Opened, files: &[usize]) -> Result<Vec<Vec<Partial>>, DataError> {
        let read = || files.iter().filter_map(|at| table.files.get(*at));
        // Of Parquet, nobody knows before how much will be needed: files are counted then.
        let bytes = if read().any(|f| f.kind == listing::Kind::Parquet) { 0 } else { read().map(|f| f.bytes).sum() };
        self.progress.begin(Stage::Reading, &table.source.name, files.len(), bytes);
        let plain = |query: &Query| files.iter().map(|at| self.folded(query, &table.only(*at))).collect();
        let (together, apart) = self.split(query);
        if together.requests.is_empty() {
            return plain(query);
        }
        let Some(together) = pass::each(&self.means(), &together, table, files)? else { return plain(query) };
        let apart: Vec<Vec<Partial>> = match apart.requests.is_empty() {
            true => files.iter().map(|_| Vec::new()).collect(),
            false => plain(&apart)?,
        };
        Ok(together.into_iter().zip(apart).map(|(together, apart)| self.joined(query, together, apart)).collect())
    }

    /// Each request by itself, over batches in the order of the file.
    fn plain(&self, query: &Query, table: &Opened, why: &str) -> Result<Vec<Partial>, DataError> {
        let plan = plan::plan(query, table)?;
        self.progress.begin(Stage::Reading, &table.source.name, table.files.len(), scan::weight(table, &plan));
        let partials = self.folded(query, table)?;
        self.progress.note(|| {
            let files = table.files.len();
            let groups = table.files.iter().filter_map(|f| f.footer().ok().flatten());
            let groups = groups.map(|footer| footer.metadata().num_row_groups()).sum();
            let columns =
                scan::needed(table, &plan.exprs).map(|s| s.fields().iter().map(|f| f.name().clone()).collect());
            Reading {
                files: Share { read: files, of: files },
                row_groups: Share { read: groups, of: groups },
                columns: columns.unwrap_or_default(),
                ..Reading::new(query, Way::OneByOne, why)
            }
        });
        Ok(partials)
    }

    fn folded(&self, query: &Query, table: &Opened) -> Result<Vec<Partial>, DataError> {
        let plan = plan::plan(query, table)?;
        let mut fold = fold::Fold::new(&plan);
        let batches = scan::stream(&self.context, table, &plan, &self.progress);
        let (progress, limit) = (&self.progress, self.memory);
        let memory = || scan::ours(DataError::Memory { table: table.source.name.clone(), limit });
        let reading = async {
            let mut batches = batches.await?;
            let mut number = 0usize;
            while let Some(batch) = scan::next(&mut batches).await? {
                fold.take(&batch)?;
                progress.go_on().map_err(scan::ours)?;
                number += 1;
                if number.is_multiple_of(COUNTED) && fold.bytes() > limit {
                    return Err(memory());
                }
            }
            if fold.bytes() > limit { Err(memory()) } else { Ok(()) }
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
