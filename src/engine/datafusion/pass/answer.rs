//! From combinations and atoms to what each request came to. Knows what was accumulated, and no rows.

use super::block::{Block, Sums};
use super::compiled::Compiled;
use super::dictionary::{FIRST, MISSING};
use super::held::Held;
use super::plan::{End, Request, Source};
use super::values;
use super::worker::{Keeping, Stop, Worker};
use crate::engine::datafusion::key::Key;
use crate::engine::datafusion::state::{Kept, Partial, State};
use crate::engine::exact::ExactSum;
use crate::query::Measure;
use datafusion::arrow::array::AsArray;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The combinations that a filter lets through, and those where it can't be worked out.
struct Passing {
    ids: Vec<u32>,
    failed: Vec<(u32, u8)>,
}

impl Passing {
    fn new(worker: &Worker<'_>, filter: Option<usize>) -> Self {
        let (mut ids, mut failed) = (Vec::new(), Vec::new());
        for id in 0..worker.combinations.len() {
            match worker.tests.passes(worker.plan, filter, worker.combinations.codes(id)) {
                Held::Yes => ids.push(id as u32),
                Held::Failed(code) => failed.push((id as u32, code)),
                Held::No | Held::Missing => {}
            }
        }
        Self { ids, failed }
    }

    /// Those of the combinations that a block knows.
    fn of<'a>(&'a self, block: &Block) -> impl Iterator<Item = usize> + use<'a> {
        let known = block.rows.len();
        let ids = self.ids.iter().chain(self.failed.iter().map(|(id, _)| id)).map(|id| *id as usize);
        ids.filter(move |id| *id < known)
    }
}

/// Who adds up what requests came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nobody: it is the answer.
    Answered,
    /// Others may, who number texts otherwise.
    Merged,
}

/// What all requests came to, in their order.
///
/// # Errors
/// [`Stop::Failed`] with what DataFusion says of a condition.
pub fn partials(mut worker: Worker<'_>, next: Next) -> Result<Vec<Partial>, Stop> {
    let plan = worker.plan;
    worker.tests.extend(plan, &worker.dictionaries)?;
    let keeping: Vec<Option<Keeping>> = std::mem::take(&mut worker.keeping);
    let worker = &worker;
    let filters: Vec<Passing> =
        (0..plan.filters.len()).into_par_iter().map(|f| Passing::new(worker, Some(f))).collect();
    let all = Passing::new(worker, None);
    let partial = |((at, request), keeping): ((usize, &Request), Option<Keeping>)| {
        if let Some(extent) = &worker.extents[at] {
            return Ok(Partial { one: extent.state(), ..Partial::default() });
        }
        let passing = request.filter.map_or(&all, |f| &filters[f]);
        let edge = Edge::of(worker, request);
        let (mut one, mut groups) = (State::default(), None);
        match &request.group {
            None => one = gathered(worker, request, passing, &edge),
            Some((dimension, shown)) => {
                groups = Some(grouped(worker, request, passing, (*dimension, shown), &edge)?);
            }
        }
        one.kept = keeping.map_or(Kept::Nothing, |keeping| kept(worker, request, keeping, next));
        Ok(Partial { edge: edge.map(|e| e.time), one, groups })
    };
    plan.requests.par_iter().enumerate().zip(keeping.into_par_iter()).map(partial).collect()
}

/// Values that were kept, in the form in which they are taken further.
fn kept(worker: &Worker<'_>, request: &Request, keeping: Keeping, next: Next) -> Kept {
    match (keeping, next) {
        (Keeping::All(all), _) => Kept::Values(all),
        (Keeping::Different(different), Next::Answered) => Kept::Number(different.len() as u64),
        (Keeping::Different(different), Next::Merged) => {
            let keys = request.kept.map(|(_, input)| &worker.keys[input]);
            Kept::Different(different.spelled(|key| keys.and_then(|k| k.text(key))))
        }
    }
}

/// The moment of a request's window that its rows are taken of.
struct Edge<'a> {
    time: i64,
    block: &'a Block,
}

impl<'a> Edge<'a> {
    fn of(worker: &'a Worker<'_>, request: &Request) -> Option<Self> {
        let end = request.end?;
        let mut atoms = atoms(worker, request).filter_map(|atom| worker.ends[atom].get(end));
        let edge = if end == End::Last { atoms.next_back() } else { atoms.next() };
        edge.map(|edge| Edge { time: edge.time, block: &edge.block })
    }
}

/// The atoms whose rows count for a request.
fn atoms<'a>(worker: &'a Worker<'_>, request: &Request) -> impl DoubleEndedIterator<Item = usize> + use<'a> {
    let range = request.atoms.clone().unwrap_or(0..worker.plan.atoms());
    range.filter(|atom| !worker.plan.excluded[*atom])
}

/// What a request's groups came to.
fn grouped(
    worker: &Worker<'_>,
    request: &Request,
    passing: &Passing,
    (dimension, shown): (usize, &Compiled),
    edge: &Option<Edge<'_>>,
) -> Result<BTreeMap<Key, State>, Stop> {
    let names = names(worker, dimension, shown)?;
    let mut parts: BTreeMap<&Key, Passing> = BTreeMap::new();
    let key = |id: u32| match worker.combinations.codes(id as usize)[dimension] {
        MISSING => None,
        code => names.get(code.checked_sub(FIRST)? as usize)?.as_ref(),
    };
    let empty = || Passing { ids: Vec::new(), failed: Vec::new() };
    for id in &passing.ids {
        if let Some(key) = key(*id) {
            parts.entry(key).or_insert_with(empty).ids.push(*id);
        }
    }
    for (id, code) in &passing.failed {
        if let Some(key) = key(*id) {
            parts.entry(key).or_insert_with(empty).failed.push((*id, *code));
        }
    }
    let states = parts.into_iter().map(|(key, passing)| (key.clone(), gathered(worker, request, &passing, edge)));
    // A group without a row isn't there.
    Ok(states.filter(|(_, state)| state.rows > 0).collect())
}

/// The values of a dimension as groups are named, by their numbers; missing ones make no group.
fn names(worker: &Worker<'_>, dimension: usize, shown: &Compiled) -> Result<Vec<Option<Key>>, Stop> {
    let dictionary = &worker.dictionaries[dimension];
    if !matches!(worker.plan.dimensions[dimension].source, Source::Column(_)) {
        return Ok(dictionary.values.iter().cloned().map(Some).collect());
    }
    let typed = shown.over_values(&dictionary.texts_from(0))?;
    let typed = datafusion::arrow::compute::cast(&typed, &datafusion::arrow::datatypes::DataType::Utf8)
        .map_err(|e| Stop::Failed(e.into()))?;
    Ok(typed.as_string::<i32>().iter().map(|t| t.map(|t| Key::Text(t.into()))).collect())
}

/// What the blocks of a request's atoms come to together.
fn gathered(worker: &Worker<'_>, request: &Request, passing: &Passing, edge: &Option<Edge<'_>>) -> State {
    let mut all = Gathered { state: State::default(), whole: 0 };
    for block in atoms(worker, request).filter_map(|atom| worker.blocks[atom].as_ref()) {
        all.count(block, passing);
        if request.end.is_none() {
            all.seen(block, passing);
            all.add(block, request, passing);
        }
    }
    if let Some(edge) = edge {
        all.state.edge = Some(edge.time);
        all.seen(edge.block, passing);
        all.add(edge.block, request, passing);
    }
    let mut state = all.state;
    state.sum.merge(&ExactSum::of_whole(all.whole));
    // A missing condition does not hold.
    if !matches!(request.measure, Measure::Share(_)) {
        state.seen -= state.skipped + state.bad;
    }
    state
}

struct Gathered {
    state: State,
    /// Apart, as whole numbers.
    whole: i128,
}

impl Gathered {
    /// How many rows there are, and between which times.
    fn count(&mut self, block: &Block, passing: &Passing) {
        let state = &mut self.state;
        for id in passing.of(block) {
            state.rows += block.rows[id];
            let (first, newest) = (block.first[id], block.newest[id]);
            let earlier = Some(first).filter(|t| *t != i64::MAX);
            state.first = state.first.into_iter().chain(earlier).min();
            state.newest = state.newest.into_iter().chain(Some(newest).filter(|t| *t != i64::MIN)).max();
        }
    }

    /// How many rows there are that count, for the time being with those that don't, and whether some couldn't be told.
    fn seen(&mut self, block: &Block, passing: &Passing) {
        self.state.seen += passing.of(block).map(|id| block.rows[id]).sum::<u64>();
        let known = block.rows.len();
        for (_, code) in passing.failed.iter().filter(|(id, _)| (*id as usize) < known && block.rows[*id as usize] > 0)
        {
            values::error(*code).into_iter().for_each(|e| self.state.fail(e));
        }
    }

    fn add(&mut self, block: &Block, request: &Request, passing: &Passing) {
        let Some(totals) = request.fold.and_then(|f| block.totals.get(f)?.as_ref()) else { return };
        for id in passing.ids.iter().map(|id| *id as usize) {
            self.state.skipped += totals.missing.get(id).copied().unwrap_or(0);
            self.state.bad += totals.bad.get(id).copied().unwrap_or(0);
            let failed = totals.failed.get(id).copied().and_then(values::error);
            failed.into_iter().for_each(|e| self.state.fail(e));
        }
        match &totals.numbers {
            Sums::Nothing => {}
            Sums::Least(ends) => self.extreme(ends, passing, f64::min, f64::INFINITY),
            Sums::Most(ends) => self.extreme(ends, passing, f64::max, f64::NEG_INFINITY),
            sums => passing.ids.iter().for_each(|id| sums.total(*id as usize, &mut self.state.sum, &mut self.whole)),
        }
    }

    fn extreme(&mut self, ends: &[f64], passing: &Passing, pick: fn(f64, f64) -> f64, none: f64) {
        for end in passing.ids.iter().filter_map(|id| ends.get(*id as usize)).filter(|e| **e != none) {
            self.state.extreme = Some(self.state.extreme.map_or(*end, |e| pick(e, *end)));
        }
    }
}
