//! Runs a pass over a table's rows: which stretches of which files are read, by which threads. Knows readers, and nothing
//! of what is computed.

use super::active::Wanted;
use super::answer::{self, Next};
use super::budget::Budget;
use super::plan::{self, Plan, Source};
use super::stretch::{self, Stretch};
use super::told;
use super::worker::{Stop, Worker};
use crate::engine::datafusion::open::Opened;
use crate::engine::datafusion::read::ScanFile;
use crate::engine::datafusion::scan;
use crate::engine::datafusion::state::Partial;
use crate::engine::progress::Stage;
use crate::engine::{DataError, Progress};
use crate::query::Query;
use datafusion::prelude::SessionContext;
use indexmap::IndexSet;
use rayon::ThreadPool;
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What a pass runs with.
pub struct Means<'a> {
    /// Makes expressions.
    pub context: &'a SessionContext,
    /// Reads and accumulates.
    pub pool: &'a ThreadPool,
    /// Is told of rows, and asked whether to go on.
    pub progress: &'a Progress,
    /// Bytes that what is accumulated may take.
    pub memory: usize,
}

/// What all requests over one table came to, or `None` where its dimensions have too many values to be told apart: the
/// plain way then serves.
///
/// # Errors
/// [`DataError`].
pub fn run(means: &Means<'_>, query: &Query, table: &Opened, next: Next) -> Result<Option<Vec<Partial>>, DataError> {
    planned(means, query, table, |plan| {
        let wanted = Wanted::new(plan);
        let stretches = stretches(plan, &wanted, &table.files)?;
        let (files, bytes) = stretch::weight(&stretches);
        means.progress.begin(Stage::Reading, &table.source.name, files, bytes);
        let worker = shared(means, plan, &stretches, &wanted)?;
        means.progress.note(|| told::reading((query, table), &stretches, &wanted, &worker, means.memory));
        means.pool.install(|| answer::partials(worker, next))
    })
}

/// Likewise for each of some files (`at` gives their places) by itself, in a form that adds up.
///
/// # Errors
/// [`DataError`].
pub fn each(
    means: &Means<'_>,
    query: &Query,
    table: &Opened,
    at: &[usize],
) -> Result<Option<Vec<Vec<Partial>>>, DataError> {
    let threads = means.pool.current_num_threads();
    planned(means, query, table, |plan| {
        let budget = Budget::new(means.memory);
        let file = |at: &usize| table.files.get(*at).map_or(&[][..], std::slice::from_ref);
        // Of many files each thread takes one; the threads share a file's stretches where there are few.
        if at.len() < threads {
            let together = |at: &usize| together(means, plan, file(at), &budget);
            return at.iter().map(|at| means.pool.install(|| together(at))).collect();
        }
        let alone = |at: &usize| alone(means, plan, file(at), &budget);
        let all: Vec<std::result::Result<Vec<Partial>, Stop>> =
            means.pool.install(|| at.par_iter().map(alone).collect());
        all.into_iter().collect()
    })
}

/// Does `work` with a plan; with another one where a dimension turns out to have too many values.
fn planned<T>(
    means: &Means<'_>,
    query: &Query,
    table: &Opened,
    work: impl Fn(&Plan) -> std::result::Result<T, Stop>,
) -> Result<Option<T>, DataError> {
    let mut wide = IndexSet::new();
    loop {
        let plan = plan::plan(means.context, query, table, &table.schema, &wide)?;
        let stop = match work(&plan) {
            Ok(done) => return Ok(Some(done)),
            Err(stop) => stop,
        };
        let source = &table.source;
        match stop {
            Stop::TooWide(at) => match plan.dimensions.get(at).map(|d| &d.source) {
                Some(Source::Column(column)) if wide.insert(*column) => {}
                _ => return Ok(None),
            },
            Stop::Memory => return Err(DataError::Memory { table: source.name.clone(), limit: means.memory }),
            Stop::Failed(e) => return Err(scan::error(&e, source)),
            Stop::Data(e) => return Err(e),
        }
    }
}

/// The stretches of files of which somebody wants something.
fn stretches<'f>(
    plan: &Plan,
    wanted: &Arc<Wanted>,
    files: &'f [ScanFile],
) -> std::result::Result<Vec<Stretch<'f>>, Stop> {
    let mut stretches = Vec::new();
    for file in files {
        stretches.extend(stretch::of(plan, wanted, file)?);
    }
    Ok(stretches)
}

/// What files come to, read once on all threads.
fn together(
    means: &Means<'_>,
    plan: &Plan,
    files: &[ScanFile],
    budget: &Budget,
) -> std::result::Result<Vec<Partial>, Stop> {
    let wanted = Wanted::new(plan);
    let means = Means { memory: budget.left(), ..*means };
    let partials = answer::partials(shared(&means, plan, &stretches(plan, &wanted, files)?, &wanted)?, Next::Merged)?;
    budget.account(0, partials.iter().map(Partial::bytes).sum())?;
    Ok(partials)
}

/// Likewise on this thread.
fn alone(
    means: &Means<'_>,
    plan: &Plan,
    files: &[ScanFile],
    budget: &Budget,
) -> std::result::Result<Vec<Partial>, Stop> {
    let wanted = Wanted::new(plan);
    let mut worker = Worker::new(plan)?;
    for stretch in stretches(plan, &wanted, files)? {
        stretch.read(plan, &wanted, &mut worker, budget, means.progress)?;
    }
    worker.done(budget)
}

/// One thread after the other takes the next stretch.
fn shared<'a>(
    means: &Means<'_>,
    plan: &'a Plan,
    stretches: &[Stretch<'_>],
    wanted: &Arc<Wanted>,
) -> std::result::Result<Worker<'a>, Stop> {
    let (next, over, budget) = (AtomicUsize::new(0), AtomicBool::new(false), Budget::new(means.memory));
    let first_stop: Mutex<Option<(usize, Stop)>> = Mutex::new(None);
    let threads = means.pool.current_num_threads().clamp(1, stretches.len().max(1));
    let work = || -> std::result::Result<Worker<'a>, Stop> {
        let mut worker = Worker::new(plan)?;
        while !over.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(stretch) = stretches.get(at) else { break };
            let read = stretch.read(plan, wanted, &mut worker, &budget, means.progress);
            if let Err(stop) = read {
                over.store(true, Ordering::Relaxed);
                let mut first = first_stop.lock().unwrap_or_else(|e| e.into_inner());
                // Stretches are handed out in order: the first that fails is always the same.
                if first.as_ref().is_none_or(|(earlier, _)| at < *earlier) {
                    *first = Some((at, stop));
                }
            }
        }
        Ok(worker)
    };
    let workers: Mutex<Vec<std::result::Result<Worker<'a>, Stop>>> = Mutex::new(Vec::new());
    means.pool.scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|_| {
                let done = work();
                workers.lock().unwrap_or_else(|e| e.into_inner()).push(done);
            });
        }
    });
    if let Some((_, stop)) = first_stop.into_inner().unwrap_or_else(|e| e.into_inner()) {
        return Err(stop);
    }
    let mut workers = workers.into_inner().unwrap_or_else(|e| e.into_inner()).into_iter();
    let Some(all) = workers.next() else { return Worker::new(plan) };
    workers.try_fold(all?, |mut all, worker| {
        all.merge(worker?)?;
        Ok(all)
    })
}
