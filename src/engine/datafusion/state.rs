//! What a request came to over some rows, in a form that adds up with what it came to over others: of another thread,
//! another file, another machine. Gives the cell at the end; knows no rows and no columns.

use super::kept::{All, Different};
use super::key::Key;
use super::time::civil;
use crate::engine::exact::ExactSum;
use crate::query::{Answer, Cell, ListedRow, MAX_TIMES, Measure, RowError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What one cell came to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    /// Rows that passed.
    pub rows: u64,
    /// Of those, the ones without an argument.
    pub skipped: u64,
    /// The ones whose argument is out of range.
    pub bad: u64,
    /// The ones that count.
    pub seen: u64,
    /// The earliest time, in microseconds as all times here.
    pub first: Option<i64>,
    /// The latest.
    pub newest: Option<i64>,
    /// What failed.
    pub error: Option<RowError>,
    /// The total of what the measure adds up.
    pub sum: ExactSum,
    /// The least or the greatest.
    pub extreme: Option<f64>,
    /// For `Last` and `First`: the time of the rows that everything but `rows`, `first` and `newest` is of.
    pub edge: Option<i64>,
    /// What doesn't add up.
    pub kept: Kept,
}

/// What is kept value by value.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub enum Kept {
    /// Nothing.
    #[default]
    Nothing,
    /// All values.
    Values(All),
    /// The different ones.
    Different(Different),
    /// How many different ones there are, where nothing more is added.
    Number(u64),
    /// The different ones of a window and of the one before it.
    Both(Box<Different>, Box<Different>),
    /// The latest value of each part, with its time.
    Latest(BTreeMap<Key, (i64, ExactSum)>),
    /// The different times; `None` where there are too many.
    Times(Option<BTreeSet<i64>>),
    /// Rows.
    Listed(Vec<Listed>),
}

/// A row of [`Measure::Rows`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Listed {
    /// What it is ranked by.
    pub value: Option<f64>,
    /// Its place in the file, from 0.
    pub number: u64,
    /// Its label, where it has one.
    pub label: Option<String>,
}

/// The later time for `Last`, the earlier one for `First`.
fn further(measure: &Measure, a: Option<i64>, b: Option<i64>) -> Option<i64> {
    let both = a.into_iter().chain(b);
    if matches!(measure, Measure::First(_)) { both.min() } else { both.max() }
}

/// True for the measures that look at one moment alone.
pub fn has_edge(measure: &Measure) -> bool {
    matches!(measure, Measure::Last(_) | Measure::First(_))
}

impl State {
    /// Of several errors a division by zero counts, whichever row comes first.
    pub fn fail(&mut self, error: RowError) {
        if self.error != Some(RowError::DivZero) {
            self.error = Some(error);
        }
    }

    /// Forgets what it adds up, and stands at another time.
    pub fn stand(&mut self, edge: Option<i64>) {
        let (rows, first, newest) = (self.rows, self.first, self.newest);
        *self = Self { rows, first, newest, edge, ..Self::default() };
    }

    /// Takes a time among the different ones.
    pub fn see_time(&mut self, time: i64) {
        if let Kept::Nothing = self.kept {
            self.kept = Kept::Times(Some(BTreeSet::new()));
        }
        if let Kept::Times(seen) = &mut self.kept
            && let Some(times) = seen
        {
            times.insert(time);
            if times.len() > MAX_TIMES {
                *seen = None;
            }
        }
    }

    /// Takes a row among those that are listed, and drops some that never will be where they have become many.
    pub fn list(&mut self, row: Listed, limit: usize, worst_first: bool) {
        if let Kept::Nothing = self.kept {
            self.kept = Kept::Listed(Vec::new());
        }
        if let Kept::Listed(rows) = &mut self.kept {
            rows.push(row);
            if rows.len() > limit.saturating_mul(2).max(1024) {
                shorten(rows, limit, worst_first);
            }
        }
    }

    /// Adds what the same request came to over other rows. `before`: how many rows of the table lie before those.
    pub fn merge(&mut self, measure: &Measure, mut other: Self, before: u64) {
        if has_edge(measure) {
            let edge = further(measure, self.edge, other.edge);
            [&mut *self, &mut other].into_iter().filter(|s| s.edge != edge).for_each(|s| s.stand(edge));
        }
        self.rows += other.rows;
        self.skipped += other.skipped;
        self.bad += other.bad;
        self.seen += other.seen;
        self.first = self.first.into_iter().chain(other.first).min();
        self.newest = self.newest.into_iter().chain(other.newest).max();
        other.error.into_iter().for_each(|e| self.fail(e));
        self.sum.merge(&other.sum);
        let pick = if matches!(measure, Measure::Min(_)) { f64::min } else { f64::max };
        self.extreme = self.extreme.into_iter().chain(other.extreme).reduce(pick);
        self.kept.merge(measure, other.kept, before);
    }

    /// The cell. `edge`: for `Last` and `First` the time that counts, over all rows of the window; `timed`: false where
    /// the table has no times at all.
    pub fn cell(mut self, measure: &Measure, edge: Option<i64>, timed: bool) -> Cell {
        let mut newest = self.newest;
        if has_edge(measure) {
            newest = edge;
            if self.edge != edge {
                self.stand(edge);
            }
        }
        let value = if self.error.is_some() { None } else { self.value(measure) };
        let error = self.error.or_else(|| value.filter(|v| !v.is_finite()).map(|_| RowError::Num));
        let (times, rows_listed) = match self.kept {
            Kept::Times(times) => (times.filter(|_| timed), Vec::new()),
            Kept::Listed(rows) => (None, listed(rows, measure)),
            _ => (None, Vec::new()),
        };
        Cell {
            // Adding 0 turns −0 into 0.
            value: value.filter(|v| v.is_finite()).map(|v| v + 0.0),
            error,
            rows: self.rows,
            skipped: self.skipped,
            bad: self.bad,
            first: self.first.filter(|_| timed).map(civil),
            newest: newest.filter(|_| timed).map(civil),
            times: times.map(|t| t.into_iter().map(civil).collect()),
            rows_listed,
        }
    }

    fn value(&mut self, measure: &Measure) -> Option<f64> {
        let n = self.seen as f64;
        let total = self.sum.total();
        let some = self.seen > 0;
        match (measure, &mut self.kept) {
            (Measure::Count | Measure::Extent, _) => Some(self.rows as f64),
            (Measure::Distinct(_), kept) if some || self.rows == 0 => Some(kept.different() as f64),
            (Measure::Retention { .. }, Kept::Both(earlier, now)) if earlier.len() > 0 => {
                Some(earlier.common(now) as f64 / earlier.len() as f64)
            }
            (Measure::Sum(_), _) if some || self.rows == 0 => Some(total),
            (Measure::Last(_) | Measure::First(_), _) => some.then_some(total),
            (Measure::LastPer(..), Kept::Latest(parts)) if !parts.is_empty() => {
                let mut sum = ExactSum::default();
                parts.values().for_each(|(_, own)| sum.add(own.total()));
                Some(sum.total())
            }
            (Measure::Min(_) | Measure::Max(_), _) => self.extreme,
            (Measure::Avg(_) | Measure::Share(_) | Measure::Csat(..), _) if some => Some(total / n),
            (Measure::Nps(_), _) if some => Some(total * 100.0 / n),
            (Measure::Median(_), Kept::Values(all)) => std::mem::take(all).percentile(50.0),
            (Measure::Percentile(_, p), Kept::Values(all)) => std::mem::take(all).percentile(p.into_inner()),
            (Measure::Stdev(_), Kept::Values(all)) => all.deviation(),
            _ => None,
        }
    }
}

impl Kept {
    fn different(&self) -> u64 {
        match self {
            Self::Different(different) => different.len() as u64,
            Self::Number(n) => *n,
            _ => 0,
        }
    }

    fn merge(&mut self, measure: &Measure, other: Self, before: u64) {
        match (&mut *self, other) {
            (_, Self::Nothing) => {}
            (Self::Nothing, Self::Listed(rows)) => {
                *self = Self::Listed(Vec::new());
                self.merge(measure, Self::Listed(rows), before);
            }
            (Self::Nothing, other) => *self = other,
            (Self::Values(own), Self::Values(other)) => own.merge(other),
            (Self::Different(own), Self::Different(other)) => own.merge(&other, |key| key),
            (Self::Both(earlier, now), Self::Both(other_earlier, other_now)) => {
                earlier.merge(&other_earlier, |key| key);
                now.merge(&other_now, |key| key);
            }
            (Self::Latest(own), Self::Latest(other)) => {
                other.into_iter().for_each(|(part, (time, sum))| latest(own, part, time, &sum));
            }
            (Self::Times(own), Self::Times(other)) => {
                let all = own.take().zip(other).map(|(mut own, mut other)| {
                    own.append(&mut other);
                    own
                });
                *own = all.filter(|times| times.len() <= MAX_TIMES);
            }
            (Self::Listed(own), Self::Listed(other)) => {
                own.extend(other.into_iter().map(|row| Listed { number: row.number + before, ..row }));
                if let Measure::Rows { limit, worst_first, .. } = measure {
                    shorten(own, *limit, *worst_first);
                }
            }
            // A measure keeps one kind of thing.
            _ => {}
        }
    }
}

/// Takes a part's value at a time, where it has no later one.
pub fn latest(parts: &mut BTreeMap<Key, (i64, ExactSum)>, part: Key, time: i64, sum: &ExactSum) {
    let own = parts.entry(part).or_insert((time, ExactSum::default()));
    if time > own.0 {
        *own = (time, ExactSum::default());
    }
    if time == own.0 {
        own.1.merge(sum);
    }
}

/// Keeps the rows that come first.
fn shorten(rows: &mut Vec<Listed>, limit: usize, worst_first: bool) {
    rows.sort_by(|a, b| {
        let by_value = match (a.value, b.value) {
            (Some(a), Some(b)) if worst_first => b.total_cmp(&a),
            (Some(a), Some(b)) => a.total_cmp(&b),
            // Rows without a value come last.
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        by_value.then(a.number.cmp(&b.number))
    });
    rows.truncate(limit);
}

fn listed(mut rows: Vec<Listed>, measure: &Measure) -> Vec<ListedRow> {
    if let Measure::Rows { limit, worst_first, .. } = measure {
        shorten(&mut rows, *limit, *worst_first);
    }
    let row = |row: Listed| ListedRow {
        key: row.label.unwrap_or_else(|| format!("row {}", row.number + 1)),
        value: row.value,
    };
    rows.into_iter().map(row).collect()
}

/// What a request came to, with its groups where it has some.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Partial {
    /// For `Last` and `First`: the time that counts so far, over all rows of the window.
    pub edge: Option<i64>,
    /// Without groups.
    pub one: State,
    /// With groups: those that have a row.
    pub groups: Option<BTreeMap<Key, State>>,
}

impl Partial {
    /// Adds what the same request came to over other rows, before which lie `before` rows of the table.
    pub fn merge(&mut self, measure: &Measure, other: Self, before: u64) {
        self.edge = further(measure, self.edge, other.edge);
        self.one.merge(measure, other.one, before);
        for (key, state) in other.groups.into_iter().flatten() {
            self.groups.get_or_insert_default().entry(key).or_default().merge(measure, state, before);
        }
    }

    /// The answer. `grouped`: the request has groups; `timed`: the table has times.
    pub fn answer(self, measure: &Measure, grouped: bool, timed: bool) -> Answer {
        let edge = self.edge;
        if !grouped {
            return Answer::One(self.one.cell(measure, edge, timed));
        }
        let groups = self.groups.unwrap_or_default().into_iter();
        Answer::Groups(groups.map(|(key, state)| (key.shown(), state.cell(measure, edge, timed))).collect())
    }
}
