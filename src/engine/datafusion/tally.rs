//! The accumulator of one cell: takes the values of rows that passed, one by one. Knows no batches.

use super::kept::{All, Different};
use super::key::Key;
use super::state::{Kept, Listed, State, has_edge, latest};
use crate::engine::exact::ExactSum;
use crate::query::{Measure, RowError};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The argument of a row.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    /// The measure takes none.
    None,
    /// n/a.
    Missing,
    /// A number; a condition is 1 or 0.
    Number(f64),
    /// It has a value, of any type: what counts is its code.
    Any,
    /// Arithmetic failed.
    Error(RowError),
}

/// A row that passed, as a tally needs it.
#[derive(Clone, Copy)]
pub struct Passed<'a> {
    /// Its time in microseconds.
    pub time: Option<i64>,
    /// The argument.
    pub value: Value,
    /// The number of the part it belongs to.
    pub part: Option<u32>,
    /// For `Last` and `First`: true where it bears the time that counts so far.
    pub at_edge: bool,
    /// Whether it lies in the request's window, and in the one before it.
    pub windows: (bool, bool),
    /// From 0, in the file's order.
    pub number: u64,
    /// The label of a listed row.
    pub label: &'a dyn Fn() -> Option<String>,
}

/// What a cell has seen so far.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    state: State,
    parts: HashMap<u32, (i64, ExactSum)>,
    codes: HashSet<u32>,
    earlier: HashSet<u32>,
}

impl Tally {
    /// Takes a row that passed.
    pub fn add(&mut self, measure: &Measure, row: Passed<'_>) {
        let state = &mut self.state;
        state.rows += 1;
        if let Some(t) = row.time {
            state.first = Some(state.first.map_or(t, |f| f.min(t)));
            state.newest = Some(state.newest.map_or(t, |n| n.max(t)));
        }
        if has_edge(measure) {
            if !row.at_edge {
                return;
            }
            if state.edge != row.time {
                state.stand(row.time);
            }
        }
        match row.value {
            Value::Error(error) => state.fail(error),
            Value::Missing => {
                state.skipped += 1;
                self.missing(measure, row);
            }
            Value::Number(n) if !n.is_finite() => state.fail(RowError::Num),
            Value::Number(n) => self.number(measure, n, row),
            Value::Any => {
                state.seen += 1;
                let (inside, earlier) = row.windows;
                self.codes.extend(row.part.filter(|_| inside));
                self.earlier.extend(row.part.filter(|_| earlier));
            }
            Value::None => {
                if let Some(time) = row.time.filter(|_| *measure == Measure::Extent) {
                    state.see_time(time);
                }
            }
        }
    }

    fn missing(&mut self, measure: &Measure, row: Passed<'_>) {
        match measure {
            // A missing condition does not hold.
            Measure::Share(_) => self.state.seen += 1,
            Measure::Rows { .. } => self.list(measure, None, row),
            _ => {}
        }
    }

    fn number(&mut self, measure: &Measure, n: f64, row: Passed<'_>) {
        let state = &mut self.state;
        state.seen += 1;
        match measure {
            Measure::Min(_) => state.extreme = Some(state.extreme.map_or(n, |e| e.min(n))),
            Measure::Max(_) => state.extreme = Some(state.extreme.map_or(n, |e| e.max(n))),
            Measure::Median(_) | Measure::Stdev(_) | Measure::Percentile(..) => keep(state, n),
            Measure::Csat(_, threshold) => state.sum.add(f64::from(u8::from(n >= threshold.into_inner()))),
            Measure::Nps(_) => match n {
                9.0..=10.0 => state.sum.add(1.0),
                0.0..=6.0 => state.sum.add(-1.0),
                0.0..=10.0 => {}
                _ => {
                    state.seen -= 1;
                    state.bad += 1;
                }
            },
            Measure::LastPer(..) => {
                let (Some(part), time) = (row.part, row.time.unwrap_or(0)) else { return };
                let own = self.parts.entry(part).or_insert((time, ExactSum::default()));
                if time > own.0 {
                    *own = (time, ExactSum::default());
                }
                if time == own.0 {
                    own.1.add(n);
                }
            }
            Measure::Rows { .. } => self.list(measure, Some(n), row),
            _ => state.sum.add(n),
        }
    }

    fn list(&mut self, measure: &Measure, value: Option<f64>, row: Passed<'_>) {
        if let Measure::Rows { limit, worst_first, .. } = measure {
            let listed = Listed { value, number: row.number, label: (row.label)() };
            self.state.list(listed, *limit, *worst_first);
        }
    }

    /// Bytes that it takes, roughly.
    pub fn bytes(&self) -> usize {
        let codes = (self.codes.capacity() + self.earlier.capacity()) * 5;
        size_of::<Self>() + self.state.bytes() + self.parts.capacity() * size_of::<(u32, (i64, ExactSum))>() + codes
    }

    /// What it came to; `keys` gives the values of parts by their numbers.
    pub fn state(self, measure: &Measure, keys: &[Key]) -> State {
        let mut state = self.state;
        let key = |code: &u32| keys.get(*code as usize).cloned();
        let different = |codes: &HashSet<u32>| {
            let mut different = Different::default();
            codes.iter().filter_map(key).for_each(|k| different.take_key(k));
            different
        };
        match measure {
            Measure::Distinct(_) => state.kept = Kept::Different(different(&self.codes)),
            Measure::Retention { .. } => {
                state.kept = Kept::Both(Box::new(different(&self.earlier)), Box::new(different(&self.codes)));
            }
            Measure::LastPer(..) => {
                let mut parts = BTreeMap::new();
                for (code, (time, sum)) in &self.parts {
                    if let Some(part) = key(code) {
                        latest(&mut parts, part, *time, sum);
                    }
                }
                state.kept = Kept::Latest(parts);
            }
            _ => {}
        }
        state
    }
}

fn keep(state: &mut State, n: f64) {
    if let Kept::Nothing = state.kept {
        state.kept = Kept::Values(All::default());
    }
    if let Kept::Values(all) = &mut state.kept {
        all.push(n);
    }
}
