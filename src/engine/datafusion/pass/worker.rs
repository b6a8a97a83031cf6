//! One thread's part of a pass: takes batches in any order, and is merged with the others' at the end. Knows no files.

use super::active::Active;
use super::answer::{self, Next};
use super::block::{Block, Rows, each};
use super::budget::Budget;
use super::combinations::Combinations;
use super::compiled::Frame;
use super::dictionary::{Dictionary, FIRST};
use super::ends::{Ends, Moment};
use super::extent::Extent;
use super::held::{Held, Tests};
use super::keys::Keys;
use super::plan::{Kept, Plan, Source};
use super::runs::Runs;
use super::values::{self, Values};
use crate::engine::DataError;
use crate::engine::datafusion::kept::{All, Different};
use crate::engine::datafusion::state::Partial;
use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::Int64Type;
use datafusion::error::DataFusionError;
use std::sync::Arc;

/// Dictionaries of more values are too wide for a dimension.
const WIDEST: usize = 1 << 16;

/// Why a pass can't go on.
#[derive(Debug)]
pub enum Stop {
    /// This dimension has too many values, or makes too many combinations.
    TooWide(usize),
    /// It takes more memory than it may.
    Memory,
    /// DataFusion.
    Failed(DataFusionError),
    /// A file.
    Data(DataError),
}

impl From<DataFusionError> for Stop {
    fn from(e: DataFusionError) -> Self {
        Self::Failed(e)
    }
}

/// What a request keeps value by value.
#[derive(Debug)]
pub enum Keeping {
    /// All values.
    All(All),
    /// Different ones, as keys.
    Different(Different),
}

/// One thread's state.
pub struct Worker<'a> {
    pub(super) plan: &'a Plan,
    pub(super) dictionaries: Vec<Dictionary>,
    pub(super) combinations: Combinations,
    pub(super) tests: Tests,
    pub(super) blocks: Vec<Option<Block>>,
    /// Of each atom, what its last and its first moment come to.
    pub(super) ends: Vec<Ends>,
    /// Of the requests that are [`crate::query::Measure::Extent`].
    pub(super) extents: Vec<Option<Extent>>,
    /// Of the requests that keep values.
    pub(super) keeping: Vec<Option<Keeping>>,
    /// Numbers of texts that are counted, one an input.
    pub(super) keys: Vec<Keys>,
    /// Whether combinations pass, for the filters of requests that keep values.
    passing: Vec<Vec<Held>>,
    codes: Vec<Vec<u32>>,
    ids: Vec<u32>,
    /// Bytes that it held when they were last counted.
    held: usize,
}

impl<'a> Worker<'a> {
    /// Before the first batch.
    ///
    /// # Errors
    /// What DataFusion says of a condition.
    pub fn new(plan: &'a Plan) -> Result<Self, Stop> {
        let extent = |r: &super::plan::Request| r.is_extent().then(Extent::default);
        let keeping = |r: &super::plan::Request| {
            r.kept.map(|(kept, _)| match kept {
                Kept::Values => Keeping::All(All::default()),
                Kept::Different => Keeping::Different(Different::default()),
            })
        };
        Ok(Self {
            plan,
            dictionaries: plan.dimensions.iter().map(|_| Dictionary::default()).collect(),
            combinations: Combinations::new(plan.dimensions.len()),
            tests: Tests::new(plan)?,
            blocks: (0..plan.atoms()).map(|_| None).collect(),
            ends: (0..plan.atoms()).map(|_| Ends::default()).collect(),
            extents: plan.requests.iter().map(extent).collect(),
            keeping: plan.requests.iter().map(keeping).collect(),
            keys: plan.inputs.iter().map(|_| Keys::default()).collect(),
            passing: vec![Vec::new(); plan.filters.len()],
            codes: vec![Vec::new(); plan.dimensions.len()],
            ids: Vec::new(),
            held: 0,
        })
    }

    /// Takes a batch, of which requests that aren't active want nothing.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn take(&mut self, frame: &Frame, active: &Active) -> Result<(), Stop> {
        let times = match &self.plan.time {
            Some(time) => Some(time.over(frame)?),
            None => None,
        };
        let times = times.as_ref().map(|t: &ArrayRef| t.as_primitive::<Int64Type>());
        self.number(frame, active)?;
        let runs = Runs::new(self.plan, times, frame.rows);
        let kept = self.of_table(active, frame.rows)?;
        self.see_extents(active, times, frame.rows, &kept);
        let inputs = self.plan.inputs.iter().zip(&active.inputs);
        let inputs: Vec<Option<Values>> =
            inputs.map(|(input, on)| on.then(|| Values::of(input, frame)).transpose()).collect::<Result<_, _>>()?;
        let folds = self.plan.folds.iter().map(|(input, fold)| inputs[*input].as_ref().and_then(|v| v.folded(*fold)));
        let folds: Vec<Option<Values>> = folds.collect();
        self.keys(frame, active)?;
        let room = self.combinations.len();
        for (atom, rows) in runs.iter() {
            if !active.wanted(atom) || self.plan.excluded[atom] || rows.len() == 0 {
                continue;
            }
            let block = self.blocks[atom].get_or_insert_default();
            block.reserve(room);
            let timed = times.filter(|_| atom + 1 < self.plan.atoms()).map(|t| &t.values()[..]);
            block.count(rows, &self.ids, timed);
            for (at, (input, fold)) in self.plan.folds.iter().enumerate().filter(|(at, _)| active.folds[*at]) {
                if let Some(values) = folds[at].as_ref().or(inputs[*input].as_ref()) {
                    block.add(at, *fold, values, rows, &self.ids);
                }
            }
            if timed.is_some() || times.is_none() {
                let moment = Moment { rows, ids: &self.ids, times: timed, kept: &kept, room };
                let values = |at: usize| folds[at].as_ref().or(inputs[self.plan.folds[at].0].as_ref());
                self.ends[atom].take(moment, self.plan, active, values);
            }
            self.keep(atom, rows, active, &inputs)?;
        }
        Ok(())
    }

    /// Numbers the batch's combinations.
    fn number(&mut self, frame: &Frame, active: &Active) -> Result<(), Stop> {
        for (at, dimension) in self.plan.dimensions.iter().enumerate() {
            let codes = &mut self.codes[at];
            codes.clear();
            if !active.dimensions[at] {
                continue;
            }
            let dictionary = &mut self.dictionaries[at];
            match &dimension.source {
                Source::Column(place) => {
                    let column = frame.columns.get(*place).and_then(Option::as_ref);
                    dictionary.codes(column.unwrap_or(&missing(frame.rows)), codes)?;
                }
                Source::Key(key) => dictionary.codes(&key.over(frame)?, codes)?,
                Source::Condition(value, error) => {
                    let error = error.as_ref().map(|e| e.over(frame)).transpose()?;
                    Held::codes(&value.over(frame)?, error.as_ref(), codes);
                }
            }
            if dictionary.len() > WIDEST {
                return Err(Stop::TooWide(at));
            }
        }
        let sizes: Vec<usize> = self.plan.dimensions.iter().enumerate().map(|(at, _)| self.size(at)).collect();
        let numbered = self.combinations.widen(&sizes);
        let numbered = numbered.and_then(|()| self.combinations.ids(&self.codes, frame.rows, &mut self.ids));
        numbered.map_err(|_| Stop::TooWide(sizes.iter().enumerate().max_by_key(|(_, size)| **size).map_or(0, |w| w.0)))
    }

    /// How many numbers a dimension's values may have.
    fn size(&self, at: usize) -> usize {
        match self.plan.dimensions[at].source {
            Source::Condition(..) => Held::CODES,
            _ => self.dictionaries[at].len(),
        }
    }

    /// Whether rows are of the table at all; empty where all are, or nobody asks. Of rows whose belonging couldn't be
    /// computed, the error counts.
    fn of_table(&mut self, active: &Active, rows: usize) -> Result<Vec<Held>, Stop> {
        if self.plan.table_filter.is_empty() || active.extents.is_empty() && !active.has_ends() {
            return Ok(Vec::new());
        }
        self.tests.extend(self.plan, &self.dictionaries)?;
        let by_id = (0..self.combinations.len())
            .map(|id| self.tests.all(self.plan, &self.plan.table_filter, self.combinations.codes(id)));
        let by_id: Vec<Held> = by_id.collect();
        Ok(self.ids.iter().take(rows).map(|id| by_id[*id as usize]).collect())
    }

    fn see_extents(
        &mut self,
        active: &Active,
        times: Option<&datafusion::arrow::array::Int64Array>,
        rows: usize,
        kept: &[Held],
    ) {
        for at in &active.extents {
            if let Some(extent) = &mut self.extents[*at] {
                extent.take(self.plan.requests[*at].window, times, rows, kept, active.many(*at));
            }
        }
    }

    fn keys(&mut self, frame: &Frame, active: &Active) -> Result<(), Stop> {
        for (at, keys) in self.keys.iter_mut().enumerate() {
            if active.keyed[at] {
                keys.take(&self.plan.inputs[at], frame)?;
            }
        }
        Ok(())
    }

    /// Whether combinations pass the table's filter and another one; known for all that there are.
    fn pass(&mut self, filter: usize) {
        for id in self.passing[filter].len()..self.combinations.len() {
            let held = self.tests.passes(self.plan, Some(filter), self.combinations.codes(id));
            self.passing[filter].push(held);
        }
    }

    fn keep(&mut self, atom: usize, rows: Rows<'_>, active: &Active, inputs: &[Option<Values>]) -> Result<(), Stop> {
        let plan = self.plan;
        let wanting: Vec<usize> = active.kept.iter().copied().filter(|at| plan.requests[*at].covers(atom)).collect();
        if wanting.is_empty() {
            return Ok(());
        }
        self.tests.extend(plan, &self.dictionaries)?;
        let sorted = Sorted::new(rows, &self.ids, self.combinations.len());
        for at in wanting {
            let request = &plan.requests[at];
            if let Some(filter) = request.filter {
                self.pass(filter);
            }
            let Some((_, input)) = request.kept else { continue };
            let all_pass = request.filter.is_none() && plan.table_filter.is_empty();
            let held;
            let passing: &[Held] = match request.filter {
                Some(filter) => &self.passing[filter],
                None if all_pass => &[],
                None => {
                    let ids = 0..self.combinations.len();
                    let each = ids.map(|id| self.tests.passes(plan, None, self.combinations.codes(id)));
                    held = each.collect::<Vec<Held>>();
                    &held
                }
            };
            let Some(keeping) = &mut self.keeping[at] else { continue };
            let values = inputs[input].as_ref();
            let keys = &self.keys[input];
            let mut some = |list: &mut dyn Iterator<Item = usize>| match keeping {
                Keeping::All(all) => {
                    if let Some(values) = values {
                        let there = |row: &usize| values.plain() || values.state(*row) == values::State::There;
                        all.take(values, list.filter(there));
                    }
                }
                Keeping::Different(different) => list.filter_map(|row| keys.get(row)).for_each(|k| different.take(k)),
            };
            let yes = |id: usize| all_pass || passing.get(id) == Some(&Held::Yes);
            match &sorted {
                Some(sorted) => sorted.each(yes, &mut |list| some(&mut list.iter().map(|r| *r as usize))),
                None => {
                    let ids = &self.ids;
                    let mut list = Vec::new();
                    each!(rows, row => if yes(ids[row] as usize) { list.push(row) });
                    some(&mut list.into_iter());
                }
            }
        }
        Ok(())
    }

    /// Counts the bytes that it holds.
    ///
    /// # Errors
    /// [`Stop::Memory`].
    pub fn account(&mut self, budget: &Budget) -> Result<(), Stop> {
        let now = self.bytes();
        let before = std::mem::replace(&mut self.held, now);
        budget.account(before, self.held)
    }

    /// What it came to, in a form that adds up: `budget` holds that from now on, and not what it was made of.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn done(self, budget: &Budget) -> Result<Vec<Partial>, Stop> {
        let held = self.held;
        let partials = answer::partials(self, Next::Merged)?;
        budget.free(held);
        budget.account(0, partials.iter().map(Partial::bytes).sum())?;
        Ok(partials)
    }

    /// Bytes that this thread holds, roughly.
    pub(super) fn bytes(&self) -> usize {
        let blocks: usize = self.blocks.iter().flatten().map(Block::bytes).sum();
        let ends: usize = self.ends.iter().map(Ends::bytes).sum();
        let keeping = self.keeping.iter().flatten().map(|k| match k {
            Keeping::All(all) => all.bytes(),
            Keeping::Different(different) => different.bytes(),
        });
        let numbered: usize = self.dictionaries.iter().map(Dictionary::bytes).sum();
        let keys: usize = self.keys.iter().map(Keys::bytes).sum();
        blocks + ends + keeping.sum::<usize>() + numbered + keys + self.combinations.bytes()
    }

    /// Adds another thread's state.
    ///
    /// # Errors
    /// Where both together have too many combinations.
    pub fn merge(&mut self, other: Self) -> Result<(), Stop> {
        let to: Vec<Vec<u32>> = other
            .dictionaries
            .iter()
            .zip(&mut self.dictionaries)
            .map(|(theirs, own)| theirs.values.iter().map(|v| own.code(v)).collect())
            .collect();
        let sizes: Vec<usize> = (0..self.plan.dimensions.len()).map(|at| self.size(at)).collect();
        let wide = |_| Stop::TooWide(sizes.iter().enumerate().max_by_key(|(_, size)| **size).map_or(0, |w| w.0));
        self.combinations.widen(&sizes).map_err(wide)?;
        let mut ids = Vec::with_capacity(other.combinations.len());
        for id in 0..other.combinations.len() {
            let codes = other.combinations.codes(id).iter().enumerate();
            let codes: Vec<u32> = codes.map(|(at, code)| translated(&to[at], *code)).collect();
            ids.push(self.combinations.id(&codes).map_err(wide)?);
        }
        let room = self.combinations.len();
        for (own, other) in self.blocks.iter_mut().zip(other.blocks) {
            if let Some(other) = other {
                own.get_or_insert_default().merge(other, &ids, room);
            }
        }
        for (own, other) in self.ends.iter_mut().zip(other.ends) {
            own.merge(other, &ids, room);
        }
        for (own, other) in self.extents.iter_mut().zip(other.extents) {
            if let (Some(own), Some(other)) = (own, other) {
                own.merge(other);
            }
        }
        let keys: Vec<Vec<u64>> = self.keys.iter_mut().zip(&other.keys).map(|(own, other)| own.merge(other)).collect();
        for (at, other) in other.keeping.into_iter().enumerate() {
            match (&mut self.keeping[at], other) {
                (Some(Keeping::All(own)), Some(Keeping::All(other))) => own.merge(other),
                (Some(Keeping::Different(own)), Some(Keeping::Different(other))) => {
                    let input = self.plan.requests[at].kept.map_or(0, |k| k.1);
                    own.merge(&other, |key| keys[input].get(key as usize).copied().unwrap_or(key));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Another thread's number of a value as this one's; those that every thread has alike stay.
fn translated(to: &[u32], code: u32) -> u32 {
    code.checked_sub(FIRST).and_then(|at| to.get(at as usize).copied()).unwrap_or(code)
}

/// A column that a file of an older make doesn't have.
fn missing(rows: usize) -> ArrayRef {
    Arc::new(datafusion::arrow::array::StringArray::new_null(rows))
}

/// The rows of an atom in order of their combinations.
struct Sorted {
    rows: Vec<u32>,
    /// Where each combination's rows begin.
    starts: Vec<u32>,
}

impl Sorted {
    /// `None` where there are fewer rows than combinations: looking at each row is faster then.
    fn new(rows: Rows<'_>, ids: &[u32], combinations: usize) -> Option<Self> {
        if rows.len() < combinations {
            return None;
        }
        let mut starts = vec![0u32; combinations + 1];
        each!(rows, row => starts[ids[row] as usize + 1] += 1);
        for id in 0..combinations {
            starts[id + 1] += starts[id];
        }
        let mut next = starts.clone();
        let mut sorted = vec![0u32; rows.len()];
        each!(rows, row => {
            let place = &mut next[ids[row] as usize];
            sorted[*place as usize] = row as u32;
            *place += 1;
        });
        Some(Self { rows: sorted, starts })
    }

    fn each(&self, yes: impl Fn(usize) -> bool, some: &mut dyn FnMut(&[u32])) {
        for id in (0..self.starts.len() - 1).filter(|id| yes(*id)) {
            let (from, to) = (self.starts[id] as usize, self.starts[id + 1] as usize);
            if from < to {
                some(&self.rows[from..to]);
            }
        }
    }
}
