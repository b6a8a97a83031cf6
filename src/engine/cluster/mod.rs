//! Files read by a cluster of machines: has the executors of an Apache DataFusion Ballista cluster answer the pieces that a
//! table's query is cut into, and merges what they give. The only room that names Ballista. Must not know what is in a
//! piece, nor goals, nor databases.

mod function;
mod probe;
mod send;
mod serve;

pub use serve::{ExecutorSettings, SchedulerSettings, ServeError, executor, scheduler};

use super::datafusion::DataFusionEngine;
use super::progress::Stage;
use super::{DataError, Engine as _, Progress};
use crate::query::{Answer, Query, TableInfo, TableSource};
use function::Outcome;
use std::collections::HashMap;
use std::time::Duration;

/// Into how many pieces for each executor a query is cut: enough that all of its cores have some, and that little is lost with
/// one.
const PIECES: usize = 16;

/// And in all at the most, as each has its price.
const MOST: usize = 256;

/// How often what got lost is asked for again before the cluster is given up.
const TRIES: usize = 4;

/// So long a scheduler may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(5);

/// So long the first executor may take to join.
const JOINING: Duration = Duration::from_secs(10);

/// So often is looked whether somebody asked to stop.
const TICK: Duration = Duration::from_millis(100);

/// The most bytes of one message: a whole query goes in one, and so does the result of a piece.
const MESSAGE: u32 = 1 << 30;

/// A cluster, seen from the machine that judges.
pub struct Cluster {
    address: String,
    runtime: tokio::runtime::Runtime,
    /// The paths of opened tables as they are shown, by table.
    shown: HashMap<String, String>,
    /// How many there were when they were last counted.
    executors: usize,
    progress: Progress,
}

impl Cluster {
    /// The cluster whose scheduler listens on `address` (`host:port`). Nothing is sent yet.
    ///
    /// # Errors
    /// [`DataError::NoEngine`] where the system gives no threads.
    pub fn new(address: &str) -> Result<Self, DataError> {
        let failed = |e: std::io::Error| DataError::NoEngine { reason: e.to_string() };
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(failed)?;
        Ok(Self {
            address: address.to_owned(),
            runtime,
            shown: HashMap::new(),
            executors: 0,
            progress: Progress::default(),
        })
    }

    /// From now on, `progress` is told of what is read, and asked whether to go on.
    pub fn set_progress(&mut self, progress: Progress) {
        self.progress = progress;
    }

    /// Opens a table on this machine, once it is known that there is a cluster to read it.
    ///
    /// # Errors
    /// [`DataError::ClusterUnreachable`], and those of opening.
    pub fn open(&mut self, files: &mut DataFusionEngine, table: &TableSource) -> Result<TableInfo, DataError> {
        self.shown.insert(table.name.clone(), table.shown.clone());
        if self.executors == 0 {
            let found = probe::wait(&self.address, PATIENCE, JOINING);
            self.executors = found.map_err(|reason| self.unreachable(&table.name, reason))?;
        }
        files.open(table)
    }

    /// Answers all requests over one opened table, read by the cluster.
    ///
    /// # Errors
    /// Those of reading in process, word for word; and where the cluster itself is at fault
    /// [`DataError::ClusterUnreachable`], [`DataError::ClusterFailed`] or [`DataError::ClusterReach`].
    pub fn run(&mut self, files: &mut DataFusionEngine, query: &Query) -> Result<Vec<Answer>, DataError> {
        self.progress.go_on()?;
        self.progress.begin(Stage::Reading, &query.table, 0, 0);
        let jobs = files.pieces(query, (self.executors * PIECES).clamp(PIECES, MOST))?;
        if jobs.is_empty() {
            // Its rows are in this machine's memory, such as those of a workbook.
            return files.run(query);
        }
        let mut results: Vec<Option<Vec<u8>>> = vec![None; jobs.len()];
        for tries in 1.. {
            let missing: Vec<usize> = (0..jobs.len()).filter(|piece| results[*piece].is_none()).collect();
            if missing.is_empty() {
                break;
            }
            let pieces: Vec<(usize, &[u8])> = missing.iter().map(|piece| (*piece, jobs[*piece].as_slice())).collect();
            let sent = self.runtime.block_on(self.sent(&pieces))?;
            let progress = !sent.results.is_empty();
            for (piece, outcome) in sent.results {
                let result = self.settle(files, &query.table, jobs.get(piece), &outcome)?;
                if let Some(place) = results.get_mut(piece) {
                    *place = Some(result);
                }
            }
            let Some(wrong) = sent.wrong else { continue };
            // An executor that went away took what it had answered with it; a scheduler that did is the end.
            let left = probe::wait(&self.address, PATIENCE, JOINING);
            self.executors = left.map_err(|reason| self.failed(&query.table, reason))?;
            if tries >= TRIES || (tries > 1 && !progress) {
                return Err(self.failed(&query.table, wrong));
            }
        }
        files.combine(query, &results.into_iter().flatten().collect::<Vec<_>>())
    }

    /// What comes back, unless somebody asks to stop.
    async fn sent(&self, pieces: &[(usize, &[u8])]) -> Result<send::Sent, DataError> {
        let stopped = async {
            while !self.progress.stopped() {
                tokio::time::sleep(TICK).await;
            }
        };
        tokio::select! {
            sent = send::send(&self.address, pieces) => Ok(sent),
            () = stopped => Err(DataError::Interrupted),
        }
    }

    /// What a piece came to. Where an executor failed, this machine answers the piece itself: an error that is in the data is
    /// then told as it is told in process.
    fn settle(
        &self,
        files: &DataFusionEngine,
        table: &str,
        job: Option<&Vec<u8>>,
        outcome: &[u8],
    ) -> Result<Vec<u8>, DataError> {
        let (code, reason) = match Outcome::read(outcome) {
            Outcome::Result(bytes) => return Ok(bytes.to_vec()),
            Outcome::Failed(code, reason) => (code, reason),
        };
        if let Some(Err(error)) = job.map(|job| files.piece(job)) {
            return Err(error);
        }
        Err(DataError::ClusterReach {
            table: table.to_owned(),
            path: self.path(table),
            address: self.address.clone(),
            reason,
            code,
        })
    }

    fn path(&self, table: &str) -> String {
        self.shown.get(table).cloned().unwrap_or_default()
    }

    fn unreachable(&self, table: &str, reason: String) -> DataError {
        let (table, path) = (table.to_owned(), self.path(table));
        DataError::ClusterUnreachable { table, path, address: self.address.clone(), reason }
    }

    fn failed(&self, table: &str, reason: String) -> DataError {
        let (table, path) = (table.to_owned(), self.path(table));
        DataError::ClusterFailed { table, path, address: self.address.clone(), reason }
    }
}
