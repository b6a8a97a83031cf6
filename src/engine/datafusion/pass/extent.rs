//! How far a table goes: rows, first and newest time, and the different times while they are few. Knows times only.

use super::held::Held;
use crate::engine::datafusion::state::{Kept, State};
use crate::query::MAX_TIMES;
use datafusion::arrow::array::{Array, Int64Array};
use rustc_hash::FxHashSet;

/// What was seen.
#[derive(Debug, Default)]
pub struct Extent {
    rows: u64,
    first: Option<i64>,
    newest: Option<i64>,
    failed: u8,
    times: FxHashSet<i64>,
    /// Rows whose time counts among the different ones: those that are no errors.
    sound: u64,
    many: bool,
}

impl Extent {
    /// Takes a batch; `many`: it is known that there are too many different times.
    pub fn take(
        &mut self,
        window: Option<(i64, i64)>,
        times: Option<&Int64Array>,
        rows: usize,
        kept: &[Held],
        many: bool,
    ) {
        self.many |= many;
        let Some(times) = times else {
            self.untimed(rows, kept);
            return;
        };
        let mut last = None;
        for row in 0..rows {
            let time = times.is_valid(row).then(|| times.value(row));
            let inside = window.is_none_or(|(start, end)| time.is_some_and(|t| (start..end).contains(&t)));
            let held = kept.get(row).copied().unwrap_or(Held::Yes);
            if !inside || matches!(held, Held::No | Held::Missing) {
                continue;
            }
            self.rows += 1;
            if let Some(t) = time {
                self.first = Some(self.first.map_or(t, |f| f.min(t)));
                self.newest = Some(self.newest.map_or(t, |n| n.max(t)));
            }
            match (held, time) {
                (Held::Failed(code), _) => self.failed = self.failed.max(code),
                (_, Some(t)) if !self.many => {
                    self.sound += 1;
                    if last != time {
                        last = time;
                        self.see(t);
                    }
                }
                _ => {}
            }
        }
    }

    fn untimed(&mut self, rows: usize, kept: &[Held]) {
        for row in 0..rows {
            match kept.get(row) {
                Some(Held::No | Held::Missing) => continue,
                Some(Held::Failed(code)) => self.failed = self.failed.max(*code),
                _ => {}
            }
            self.rows += 1;
        }
    }

    fn see(&mut self, time: i64) {
        self.times.insert(time);
        if self.times.len() > MAX_TIMES {
            self.many = true;
            self.times = FxHashSet::default();
        }
    }

    /// Takes rows of which only how many and between which times is known.
    pub fn skip(&mut self, rows: u64, first: i64, newest: i64) {
        self.rows += rows;
        self.first = Some(self.first.map_or(first, |f| f.min(first)));
        self.newest = Some(self.newest.map_or(newest, |n| n.max(newest)));
    }

    /// True where there are too many different times to tell them.
    pub fn many(&self) -> bool {
        self.many
    }

    /// Adds another thread's.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.newest = [self.newest, other.newest].into_iter().flatten().max();
        self.failed = self.failed.max(other.failed);
        self.sound += other.sound;
        self.many |= other.many;
        if self.many {
            self.times = FxHashSet::default();
        } else {
            other.times.into_iter().for_each(|t| self.see(t));
        }
    }

    /// What it came to.
    pub fn state(&self) -> State {
        let kept = match self.many {
            true => Kept::Times(None),
            false if self.sound == 0 => Kept::Nothing,
            false => Kept::Times(Some(self.times.iter().copied().collect())),
        };
        let (rows, first, newest) = (self.rows, self.first, self.newest);
        State { rows, first, newest, error: super::values::error(self.failed), kept, ..State::default() }
    }
}
