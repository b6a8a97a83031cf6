//! From combinations and atoms to the cell of each request. Knows what was accumulated, and no rows.

use super::block::{Block, Sums};
use super::compiled::Compiled;
use super::dictionary::{FIRST, MISSING};
use super::held::Held;
use super::plan::{Request, Source};
use super::values;
use super::worker::{Keeping, Stop, Worker};
use crate::engine::datafusion::time::civil;
use crate::engine::exact::ExactSum;
use crate::query::{Answer, Cell, Measure, RowError};
use datafusion::arrow::array::AsArray;
use indexmap::IndexMap;
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
}

/// The answers to all requests, in their order.
///
/// # Errors
/// [`Stop::Failed`] with what DataFusion says of a condition.
pub fn answers(mut worker: Worker<'_>) -> Result<Vec<Answer>, Stop> {
    let plan = worker.plan;
    worker.tests.extend(plan, &worker.dictionaries)?;
    let keeping: Vec<Option<Keeping>> = std::mem::take(&mut worker.keeping);
    let worker = &worker;
    let filters: Vec<Passing> =
        (0..plan.filters.len()).into_par_iter().map(|f| Passing::new(worker, Some(f))).collect();
    let all = Passing::new(worker, None);
    let answer = |((at, request), kept): ((usize, &Request), Option<Keeping>)| {
        if request.is_extent() {
            let cell = worker.extents[at].as_ref().map(|e| e.cell(plan.time.is_some())).unwrap_or_default();
            return Ok(Answer::One(cell));
        }
        let passing = request.filter.map_or(&all, |f| &filters[f]);
        match &request.group {
            None => Ok(Answer::One(Gathered::of(worker, request, passing).cell(request, kept, plan.time.is_some()))),
            Some((dimension, shown)) => groups(worker, request, passing, *dimension, shown),
        }
    };
    plan.requests.par_iter().enumerate().zip(keeping.into_par_iter()).map(answer).collect()
}

/// The cells of a request's groups, in order of their keys.
fn groups(
    worker: &Worker<'_>,
    request: &Request,
    passing: &Passing,
    dimension: usize,
    shown: &Compiled,
) -> Result<Answer, Stop> {
    let names = names(worker, dimension, shown)?;
    let mut parts: BTreeMap<&super::dictionary::Value, Passing> = BTreeMap::new();
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
    let timed = worker.plan.time.is_some();
    let cells = parts.into_iter().filter_map(|(key, passing)| {
        let gathered = Gathered::of(worker, request, &passing);
        // A group without a row isn't there.
        (gathered.rows > 0).then(|| (key.shown(), gathered.cell(request, None, timed)))
    });
    Ok(Answer::Groups(cells.collect::<IndexMap<String, Cell>>()))
}

/// The values of a dimension as groups are named, by their numbers; missing ones make no group.
fn names(
    worker: &Worker<'_>,
    dimension: usize,
    shown: &Compiled,
) -> Result<Vec<Option<super::dictionary::Value>>, Stop> {
    use super::dictionary::Value;
    let dictionary = &worker.dictionaries[dimension];
    if !matches!(worker.plan.dimensions[dimension].source, Source::Column(_)) {
        return Ok(dictionary.values.iter().cloned().map(Some).collect());
    }
    let typed = shown.over_values(&dictionary.texts_from(0))?;
    let typed = datafusion::arrow::compute::cast(&typed, &datafusion::arrow::datatypes::DataType::Utf8)
        .map_err(|e| Stop::Failed(e.into()))?;
    Ok(typed.as_string::<i32>().iter().map(|t| t.map(|t| Value::Text(t.into()))).collect())
}

/// What the blocks of a request's atoms come to together.
struct Gathered {
    rows: u64,
    first: i64,
    newest: i64,
    missing: u64,
    bad: u64,
    failed: u8,
    whole: i128,
    sum: ExactSum,
    end: Option<f64>,
}

impl Gathered {
    fn of(worker: &Worker<'_>, request: &Request, passing: &Passing) -> Self {
        let mut all = Self {
            rows: 0,
            first: i64::MAX,
            newest: i64::MIN,
            missing: 0,
            bad: 0,
            failed: 0,
            whole: 0,
            sum: ExactSum::default(),
            end: None,
        };
        let range = request.atoms.clone().unwrap_or(0..worker.plan.atoms());
        for atom in range.filter(|atom| !worker.plan.excluded[*atom]) {
            if let Some(block) = &worker.blocks[atom] {
                all.take(block, request, passing);
            }
        }
        all
    }

    fn take(&mut self, block: &Block, request: &Request, passing: &Passing) {
        let known = block.rows.len() as u32;
        for (id, code) in passing.failed.iter().filter(|(id, _)| *id < known) {
            if self.count(block, *id as usize) {
                self.failed = self.failed.max(*code);
            }
        }
        for id in passing.ids.iter().filter(|id| **id < known) {
            self.count(block, *id as usize);
        }
        let Some(totals) = request.fold.and_then(|f| block.totals.get(f)?.as_ref()) else { return };
        for id in passing.ids.iter().map(|id| *id as usize) {
            self.missing += totals.missing.get(id).copied().unwrap_or(0);
            self.bad += totals.bad.get(id).copied().unwrap_or(0);
            self.failed = self.failed.max(totals.failed.get(id).copied().unwrap_or(0));
        }
        match &totals.numbers {
            Sums::Nothing => {}
            Sums::Least(ends) => self.extreme(ends, passing, f64::min, f64::INFINITY),
            Sums::Most(ends) => self.extreme(ends, passing, f64::max, f64::NEG_INFINITY),
            sums => passing.ids.iter().for_each(|id| sums.total(*id as usize, &mut self.sum, &mut self.whole)),
        }
    }

    fn count(&mut self, block: &Block, id: usize) -> bool {
        self.rows += block.rows[id];
        self.first = self.first.min(block.first[id]);
        self.newest = self.newest.max(block.newest[id]);
        block.rows[id] > 0
    }

    fn extreme(&mut self, ends: &[f64], passing: &Passing, pick: fn(f64, f64) -> f64, none: f64) {
        for end in passing.ids.iter().filter_map(|id| ends.get(*id as usize)).filter(|e| **e != none) {
            self.end = Some(self.end.map_or(*end, |e| pick(e, *end)));
        }
    }

    fn cell(mut self, request: &Request, kept: Option<Keeping>, timed: bool) -> Cell {
        let error = values::error(self.failed);
        let value = if error.is_some() { None } else { self.value(&request.measure, kept) };
        let error = error.or_else(|| value.filter(|v| !v.is_finite()).map(|_| RowError::Num));
        Cell {
            // Adding 0 turns −0 into 0.
            value: value.filter(|v| v.is_finite()).map(|v| v + 0.0),
            error,
            rows: self.rows,
            skipped: self.missing,
            bad: self.bad,
            first: Some(self.first).filter(|t| timed && *t != i64::MAX).map(civil),
            newest: Some(self.newest).filter(|t| timed && *t != i64::MIN).map(civil),
            times: None,
            rows_listed: Vec::new(),
        }
    }

    fn value(&mut self, measure: &Measure, kept: Option<Keeping>) -> Option<f64> {
        let seen = self.rows - self.missing - self.bad;
        self.sum.merge(&ExactSum::of_whole(self.whole));
        let total = self.sum.total();
        let n = seen as f64;
        match (measure, kept) {
            (Measure::Count, _) => Some(self.rows as f64),
            (Measure::Sum(_), _) if seen > 0 || self.rows == 0 => Some(total),
            (Measure::Avg(_) | Measure::Csat(..), _) if seen > 0 => Some(total / n),
            // A missing condition does not hold.
            (Measure::Share(_), _) if self.rows > 0 => Some(total / self.rows as f64),
            (Measure::Nps(_), _) if seen > 0 => Some(total * 100.0 / n),
            (Measure::Min(_) | Measure::Max(_), _) => self.end,
            (Measure::Distinct(_), Some(Keeping::Different(d))) if seen > 0 || self.rows == 0 => Some(d.len() as f64),
            (Measure::Median(_), Some(Keeping::All(all))) => all.percentile(50.0),
            (Measure::Percentile(_, p), Some(Keeping::All(all))) => all.percentile(p.into_inner()),
            (Measure::Stdev(_), Some(Keeping::All(all))) => all.deviation(),
            _ => None,
        }
    }
}
