//! The accumulator of one cell: takes the values of rows that passed, gives the cell. Knows no batches.

use super::time::civil;
use crate::engine::exact::ExactSum;
use crate::query::{Cell, ListedRow, MAX_TIMES, Measure, RowError};
use std::collections::{BTreeSet, HashMap, HashSet};

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
    rows: u64,
    skipped: u64,
    bad: u64,
    seen: u64,
    first: Option<i64>,
    newest: Option<i64>,
    error: Option<RowError>,
    sum: ExactSum,
    edge: Option<i64>,
    parts: HashMap<u32, (i64, ExactSum)>,
    values: Vec<f64>,
    codes: HashSet<u32>,
    earlier: HashSet<u32>,
    extreme: Option<f64>,
    times: Option<BTreeSet<i64>>,
    many_times: bool,
    listed: Vec<(Option<f64>, u64, Option<String>)>,
}

/// A tally's parts, as an engine found them that adds up by itself.
#[derive(Debug, Clone, Default)]
pub struct Pieces {
    /// Rows that passed.
    pub rows: u64,
    /// Of those, the ones without an argument.
    pub skipped: u64,
    /// The ones whose argument is out of range.
    pub bad: u64,
    /// The ones that count.
    pub seen: u64,
    /// The earliest time.
    pub first: Option<i64>,
    /// The latest.
    pub newest: Option<i64>,
    /// What failed.
    pub error: Option<RowError>,
    /// The total of what the measure adds up.
    pub sum: f64,
    /// The least or the greatest.
    pub extreme: Option<f64>,
    /// The middle value, where it is known already.
    pub middle: Option<f64>,
    /// For `Last` and `First`: the time of the rows that were added up.
    pub edge: Option<i64>,
}

impl From<Pieces> for Tally {
    fn from(p: Pieces) -> Self {
        let mut sum = ExactSum::default();
        sum.add(p.sum);
        Self {
            rows: p.rows,
            skipped: p.skipped,
            bad: p.bad,
            seen: p.seen,
            first: p.first,
            newest: p.newest,
            error: p.error,
            sum,
            extreme: p.extreme,
            values: p.middle.into_iter().collect(),
            edge: p.edge,
            ..Self::default()
        }
    }
}

impl Tally {
    /// Of several errors a division by zero counts, whichever row comes first.
    fn fail(&mut self, error: RowError) {
        if self.error != Some(RowError::DivZero) {
            self.error = Some(error);
        }
    }

    /// Takes a row that passed.
    pub fn add(&mut self, measure: &Measure, row: Passed<'_>) {
        self.rows += 1;
        if let Some(t) = row.time {
            self.first = Some(self.first.map_or(t, |f| f.min(t)));
            self.newest = Some(self.newest.map_or(t, |n| n.max(t)));
        }
        if matches!(measure, Measure::Last(_) | Measure::First(_)) {
            if !row.at_edge {
                return;
            }
            if self.edge != row.time {
                let (rows, first, newest) = (self.rows, self.first, self.newest);
                *self = Self { rows, first, newest, edge: row.time, ..Self::default() };
            }
        }
        match row.value {
            Value::Error(error) => self.fail(error),
            Value::Missing => {
                self.skipped += 1;
                self.missing(measure, row);
            }
            Value::Number(n) if !n.is_finite() => self.fail(RowError::Num),
            Value::Number(n) => self.number(measure, n, row),
            Value::Any => {
                self.seen += 1;
                let (inside, earlier) = row.windows;
                self.codes.extend(row.part.filter(|_| inside));
                self.earlier.extend(row.part.filter(|_| earlier));
            }
            Value::None => self.see_time(row.time, measure),
        }
    }

    fn missing(&mut self, measure: &Measure, row: Passed<'_>) {
        match measure {
            // A missing condition does not hold.
            Measure::Share(_) => self.seen += 1,
            Measure::Rows { limit, worst_first, .. } => self.list(None, row, *limit, *worst_first),
            _ => {}
        }
    }

    fn number(&mut self, measure: &Measure, n: f64, row: Passed<'_>) {
        self.seen += 1;
        match measure {
            Measure::Min(_) => self.extreme = Some(self.extreme.map_or(n, |e| e.min(n))),
            Measure::Max(_) => self.extreme = Some(self.extreme.map_or(n, |e| e.max(n))),
            Measure::Median(_) | Measure::Stdev(_) | Measure::Percentile(..) => self.values.push(n),
            Measure::Csat(_, threshold) => self.sum.add(f64::from(u8::from(n >= threshold.into_inner()))),
            Measure::Nps(_) => match n {
                9.0..=10.0 => self.sum.add(1.0),
                0.0..=6.0 => self.sum.add(-1.0),
                0.0..=10.0 => {}
                _ => {
                    self.seen -= 1;
                    self.bad += 1;
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
            Measure::Rows { limit, worst_first, .. } => self.list(Some(n), row, *limit, *worst_first),
            _ => self.sum.add(n),
        }
    }

    fn see_time(&mut self, time: Option<i64>, measure: &Measure) {
        let wanted = *measure == Measure::Extent && !self.many_times;
        let Some(time) = time.filter(|_| wanted) else { return };
        let times = self.times.get_or_insert_default();
        times.insert(time);
        if times.len() > MAX_TIMES {
            self.many_times = true;
            self.times = None;
        }
    }

    fn list(&mut self, value: Option<f64>, row: Passed<'_>, limit: usize, worst_first: bool) {
        self.listed.push((value, row.number, (row.label)()));
        if self.listed.len() > limit.saturating_mul(2).max(1024) {
            self.shorten(limit, worst_first);
        }
    }

    fn shorten(&mut self, limit: usize, worst_first: bool) {
        self.listed.sort_by(|(a, i, _), (b, j, _)| {
            let by_value = match (a, b) {
                (Some(a), Some(b)) if worst_first => b.total_cmp(a),
                (Some(a), Some(b)) => a.total_cmp(b),
                // Rows without a value come last.
                (a, b) => b.is_some().cmp(&a.is_some()),
            };
            by_value.then(i.cmp(j))
        });
        self.listed.truncate(limit);
    }

    /// The cell. `edge`: for `Last` and `First` the time that counts, over all rows of the window; `timed`: false
    /// where the table has no times at all.
    pub fn cell(mut self, measure: &Measure, edge: Option<i64>, timed: bool) -> Cell {
        let mut newest = self.newest;
        if matches!(measure, Measure::Last(_) | Measure::First(_)) {
            newest = edge;
            if self.edge != edge {
                (self.seen, self.skipped, self.error) = (0, 0, None);
            }
        }
        if let Measure::Rows { limit, worst_first, .. } = measure {
            self.shorten(*limit, *worst_first);
        }
        let value = if self.error.is_some() { None } else { self.value(measure) };
        let error = self.error.or_else(|| value.filter(|v| !v.is_finite()).map(|_| RowError::Num));
        let row = |(value, number, label): (Option<f64>, u64, Option<String>)| ListedRow {
            key: label.unwrap_or_else(|| format!("row {}", number + 1)),
            value,
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
            times: self.times.filter(|_| timed).map(|t| t.into_iter().map(civil).collect()),
            rows_listed: self.listed.into_iter().map(row).collect(),
        }
    }

    fn value(&mut self, measure: &Measure) -> Option<f64> {
        let n = self.seen as f64;
        let total = self.sum.total();
        let some = self.seen > 0;
        match measure {
            Measure::Count | Measure::Extent => Some(self.rows as f64),
            Measure::Distinct(_) if some || self.rows == 0 => Some(self.codes.len() as f64),
            Measure::Retention { .. } if !self.earlier.is_empty() => {
                Some(self.earlier.intersection(&self.codes).count() as f64 / self.earlier.len() as f64)
            }
            Measure::Sum(_) if some || self.rows == 0 => Some(total),
            Measure::Last(_) | Measure::First(_) => some.then_some(total),
            Measure::LastPer(..) if !self.parts.is_empty() => {
                let mut all: Vec<_> = self.parts.iter().collect();
                all.sort_by_key(|(part, _)| **part);
                let mut sum = ExactSum::default();
                all.iter().for_each(|(_, (_, own))| sum.add(own.total()));
                Some(sum.total())
            }
            Measure::Min(_) | Measure::Max(_) => self.extreme,
            Measure::Avg(_) | Measure::Share(_) | Measure::Csat(..) if some => Some(total / n),
            Measure::Nps(_) if some => Some(total * 100.0 / n),
            Measure::Median(_) => self.percentile(50.0),
            Measure::Percentile(_, p) => self.percentile(p.into_inner()),
            Measure::Stdev(_) if self.seen > 1 => Some(self.deviation()),
            _ => None,
        }
    }

    /// Linear between the two nearest ranks: rank p/100 · (n − 1), from 0 (a spreadsheet's PERCENTILE.INC).
    fn percentile(&mut self, p: f64) -> Option<f64> {
        self.values.sort_by(f64::total_cmp);
        let last = self.values.len().checked_sub(1)?;
        let rank = (p / 100.0).clamp(0.0, 1.0) * last as f64;
        let (low, high) = (self.values.get(rank.floor() as usize)?, self.values.get(rank.ceil() as usize)?);
        Some(low + (high - low) * rank.fract())
    }

    /// √(Σ(x − mean)² / (n − 1)), in two passes.
    fn deviation(&self) -> f64 {
        let n = self.values.len() as f64;
        let mut sum = ExactSum::default();
        self.values.iter().for_each(|v| sum.add(*v));
        let mean = sum.total() / n;
        let mut squares = ExactSum::default();
        self.values.iter().for_each(|v| squares.add((v - mean) * (v - mean)));
        (squares.total() / (n - 1.0)).sqrt()
    }
}
