//! What the rows of one atom of time come to, for each combination of dimensions' values. All sums are exact, so that
//! blocks of different threads add up to the same in any order.

use super::plan::Fold;
use super::values::{Numbers, State, Values};
use crate::engine::exact::{self, ExactSum};
use rustc_hash::FxHashMap;

/// One atom.
#[derive(Debug, Default)]
pub struct Block {
    /// Rows.
    pub rows: Vec<u64>,
    /// The earliest time; [`i64::MAX`] where there is none.
    pub first: Vec<i64>,
    /// The newest; [`i64::MIN`] where there is none.
    pub newest: Vec<i64>,
    /// One a fold; `None` where nothing was accumulated.
    pub totals: Vec<Option<Totals>>,
}

/// What one fold came to.
#[derive(Debug)]
pub struct Totals {
    /// Rows without a value; empty where there are none.
    pub missing: Vec<u64>,
    /// Rows with a value out of range; empty where there are none.
    pub bad: Vec<u64>,
    /// The error that counts most; empty where there is none.
    pub failed: Vec<u8>,
    /// The numbers.
    pub numbers: Sums,
}

/// Numbers brought together.
#[derive(Debug)]
pub enum Sums {
    /// None are.
    Nothing,
    /// Totals of whole numbers, with a bound of what all rows together can have come to.
    Whole(Vec<i64>, i64),
    /// Totals of any numbers: the fixed-point parts, and those that need more.
    Exact(Vec<i128>, FxHashMap<u32, ExactSum>),
    /// The smallest; infinite where there is none.
    Least(Vec<f64>),
    /// The largest; minus infinity where there is none.
    Most(Vec<f64>),
}

/// The rows of a batch that lie in one atom.
#[derive(Clone, Copy)]
pub enum Rows<'a> {
    /// Side by side.
    Range(usize, usize),
    /// These.
    List(&'a [u32]),
}

/// Runs `$body` for each row, compiled apart for both kinds.
macro_rules! each {
    ($rows:expr, $row:ident => $body:expr) => {
        match $rows {
            Rows::Range(from, to) => {
                for $row in from..to {
                    $body
                }
            }
            Rows::List(list) => {
                for $row in list.iter().map(|r| *r as usize) {
                    $body
                }
            }
        }
    };
}
pub(super) use each;

impl Rows<'_> {
    /// How many.
    pub fn len(&self) -> usize {
        match self {
            Self::Range(from, to) => to - from,
            Self::List(list) => list.len(),
        }
    }
}

impl Block {
    /// Makes room for so many combinations.
    pub fn reserve(&mut self, ids: usize) {
        if self.rows.len() < ids {
            self.rows.resize(ids, 0);
            self.first.resize(ids, i64::MAX);
            self.newest.resize(ids, i64::MIN);
        }
    }

    /// Counts rows, with their times where they have one.
    pub fn count(&mut self, rows: Rows<'_>, ids: &[u32], times: Option<&[i64]>) {
        each!(rows, row => self.rows[ids[row] as usize] += 1);
        let Some(times) = times else { return };
        each!(rows, row => {
            let (id, time) = (ids[row] as usize, times[row]);
            self.first[id] = self.first[id].min(time);
            self.newest[id] = self.newest[id].max(time);
        });
    }

    /// Accumulates the values of one fold.
    pub fn add(&mut self, at: usize, fold: Fold, values: &Values, rows: Rows<'_>, ids: &[u32]) {
        let room = self.rows.len();
        if self.totals.len() <= at {
            self.totals.resize_with(at + 1, || None);
        }
        self.totals[at].get_or_insert_with(|| Totals::new(fold)).add(values, rows, ids, room);
    }

    /// Adds another thread's block; `to` gives the combinations' numbers here.
    pub fn merge(&mut self, other: Self, to: &[u32], room: usize) {
        self.reserve(room);
        for (id, to) in to.iter().enumerate().take(other.rows.len()) {
            let to = *to as usize;
            self.rows[to] += other.rows[id];
            self.first[to] = self.first[to].min(other.first[id]);
            self.newest[to] = self.newest[to].max(other.newest[id]);
        }
        if self.totals.len() < other.totals.len() {
            self.totals.resize_with(other.totals.len(), || None);
        }
        for (own, other) in self.totals.iter_mut().zip(other.totals) {
            if let Some(other) = other {
                own.get_or_insert_with(|| other.empty()).merge(other, to, room);
            }
        }
    }

    /// Bytes that it takes, roughly.
    pub fn bytes(&self) -> usize {
        let totals = self.totals.iter().flatten().map(|t| match &t.numbers {
            Sums::Nothing => 0,
            Sums::Exact(fixed, more) => fixed.len() * 16 + more.len() * 128,
            Sums::Whole(v, _) => v.len() * 8,
            Sums::Least(v) | Sums::Most(v) => v.len() * 8,
        } + t.missing.len() * 8 + t.bad.len() * 8 + t.failed.len());
        self.rows.len() * 24 + totals.sum::<usize>()
    }
}

/// Room for `id` and what comes before it.
fn grown<T: Clone>(values: &mut Vec<T>, room: usize, empty: T) {
    if values.len() < room {
        values.resize(room, empty);
    }
}

impl Totals {
    fn new(fold: Fold) -> Self {
        let numbers = match fold {
            Fold::Min => Sums::Least(Vec::new()),
            Fold::Max => Sums::Most(Vec::new()),
            Fold::Seen => Sums::Nothing,
            _ => Sums::Whole(Vec::new(), 0),
        };
        Self { missing: Vec::new(), bad: Vec::new(), failed: Vec::new(), numbers }
    }

    fn empty(&self) -> Self {
        let numbers = match &self.numbers {
            Sums::Nothing => Sums::Nothing,
            Sums::Least(_) => Sums::Least(Vec::new()),
            Sums::Most(_) => Sums::Most(Vec::new()),
            _ => Sums::Whole(Vec::new(), 0),
        };
        Self { missing: Vec::new(), bad: Vec::new(), failed: Vec::new(), numbers }
    }

    fn add(&mut self, values: &Values, rows: Rows<'_>, ids: &[u32], room: usize) {
        if values.plain() {
            return self.numbers.add(values, rows, ids, room);
        }
        let mut there = Vec::with_capacity(rows.len());
        each!(rows, row => {
            let id = ids[row] as usize;
            match values.state(row) {
                State::There => there.push(row as u32),
                State::Missing => {
                    grown(&mut self.missing, room, 0);
                    self.missing[id] += 1;
                }
                State::Bad => {
                    grown(&mut self.bad, room, 0);
                    self.bad[id] += 1;
                }
                State::Failed(code) => {
                    grown(&mut self.failed, room, 0);
                    self.failed[id] = self.failed[id].max(code);
                }
            }
        });
        self.numbers.add(values, Rows::List(&there), ids, room);
    }

    fn merge(&mut self, other: Self, to: &[u32], room: usize) {
        for (own, other) in [(&mut self.missing, &other.missing), (&mut self.bad, &other.bad)] {
            if !other.is_empty() {
                grown(own, room, 0);
                other.iter().zip(to).for_each(|(n, to)| own[*to as usize] += n);
            }
        }
        if !other.failed.is_empty() {
            grown(&mut self.failed, room, 0);
            for (code, to) in other.failed.iter().zip(to) {
                self.failed[*to as usize] = self.failed[*to as usize].max(*code);
            }
        }
        self.numbers.merge(other.numbers, to, room);
    }
}

impl Sums {
    fn add(&mut self, values: &Values, rows: Rows<'_>, ids: &[u32], room: usize) {
        match (&mut *self, &values.numbers) {
            (Self::Nothing, _) | (_, Numbers::Any) => {}
            (Self::Whole(totals, bound), Numbers::Whole(numbers, most)) => {
                let more = most.saturating_mul(rows.len() as i64);
                let Some(sum) = bound.checked_add(more).filter(|_| more < i64::MAX) else {
                    self.widen();
                    return self.add(values, rows, ids, room);
                };
                *bound = sum;
                grown(totals, room, 0);
                let numbers = numbers.values();
                each!(rows, row => totals[ids[row] as usize] += numbers[row]);
            }
            (Self::Whole(..), Numbers::Real(_)) => {
                self.widen();
                self.add(values, rows, ids, room);
            }
            (Self::Exact(fixed, more), Numbers::Whole(numbers, _)) => {
                grown(fixed, room, 0);
                let numbers = numbers.values();
                each!(rows, row => exactly(fixed, more, ids[row], numbers[row] as f64));
            }
            (Self::Exact(fixed, more), Numbers::Real(numbers)) => {
                grown(fixed, room, 0);
                let numbers = numbers.values();
                each!(rows, row => exactly(fixed, more, ids[row], numbers[row]));
            }
            (Self::Least(ends), Numbers::Whole(numbers, _)) => {
                grown(ends, room, f64::INFINITY);
                let numbers = numbers.values();
                each!(rows, row => ends[ids[row] as usize] = ends[ids[row] as usize].min(numbers[row] as f64));
            }
            (Self::Least(ends), Numbers::Real(numbers)) => {
                grown(ends, room, f64::INFINITY);
                let numbers = numbers.values();
                each!(rows, row => ends[ids[row] as usize] = ends[ids[row] as usize].min(numbers[row]));
            }
            (Self::Most(ends), Numbers::Whole(numbers, _)) => {
                grown(ends, room, f64::NEG_INFINITY);
                let numbers = numbers.values();
                each!(rows, row => ends[ids[row] as usize] = ends[ids[row] as usize].max(numbers[row] as f64));
            }
            (Self::Most(ends), Numbers::Real(numbers)) => {
                grown(ends, room, f64::NEG_INFINITY);
                let numbers = numbers.values();
                each!(rows, row => ends[ids[row] as usize] = ends[ids[row] as usize].max(numbers[row]));
            }
        }
    }

    /// From whole numbers to any.
    fn widen(&mut self) {
        let Self::Whole(totals, _) = self else { return };
        let mut more = FxHashMap::default();
        let fixed = totals.iter().enumerate().map(|(id, total)| match *total as f64 {
            // A total of more than 53 bits may not be a number of that kind.
            near if total.unsigned_abs() < 1 << 53 => exact::fixed(near).unwrap_or_default(),
            _ => {
                more.insert(id as u32, ExactSum::of_whole((*total).into()));
                0
            }
        });
        let fixed = fixed.collect();
        *self = Self::Exact(fixed, more);
    }

    fn merge(&mut self, other: Self, to: &[u32], room: usize) {
        match (&mut *self, other) {
            (_, Self::Nothing) | (Self::Nothing, _) => {}
            (Self::Whole(own, bound), Self::Whole(other, more)) => {
                let Some(sum) = bound.checked_add(more) else {
                    self.widen();
                    return self.merge(Self::Whole(other, more), to, room);
                };
                *bound = sum;
                grown(own, room, 0);
                other.iter().zip(to).for_each(|(n, to)| own[*to as usize] += n);
            }
            (Self::Whole(..), other) => {
                self.widen();
                self.merge(other, to, room);
            }
            (own, mut other @ Self::Whole(..)) => {
                other.widen();
                own.merge(other, to, room);
            }
            (Self::Exact(own, own_more), Self::Exact(other, more)) => {
                grown(own, room, 0);
                for (fixed, to) in other.iter().zip(to) {
                    let place = &mut own[*to as usize];
                    match place.checked_add(*fixed) {
                        Some(sum) => *place = sum,
                        None => own_more.entry(*to).or_default().merge(&ExactSum::of_fixed(*fixed)),
                    }
                }
                for (id, sum) in more {
                    own_more.entry(to[id as usize]).or_default().merge(&sum);
                }
            }
            (Self::Least(own), Self::Least(other)) => {
                grown(own, room, f64::INFINITY);
                other.iter().zip(to).for_each(|(n, to)| own[*to as usize] = own[*to as usize].min(*n));
            }
            (Self::Most(own), Self::Most(other)) => {
                grown(own, room, f64::NEG_INFINITY);
                other.iter().zip(to).for_each(|(n, to)| own[*to as usize] = own[*to as usize].max(*n));
            }
            // A fold is of one kind in all threads.
            (Self::Exact(..) | Self::Least(_) | Self::Most(_), _) => {}
        }
    }

    /// Adds the total of one combination to a sum.
    pub fn total(&self, id: usize, sum: &mut ExactSum, whole: &mut i128) {
        match self {
            Self::Whole(totals, _) => *whole += i128::from(totals.get(id).copied().unwrap_or(0)),
            Self::Exact(fixed, more) => {
                sum.merge(&ExactSum::of_fixed(fixed.get(id).copied().unwrap_or(0)));
                if let Some(more) = more.get(&(id as u32)) {
                    sum.merge(more);
                }
            }
            _ => {}
        }
    }
}

#[inline]
fn exactly(fixed: &mut [i128], more: &mut FxHashMap<u32, ExactSum>, id: u32, x: f64) {
    let place = &mut fixed[id as usize];
    match exact::fixed(x).and_then(|f| place.checked_add(f)) {
        Some(sum) => *place = sum,
        None => more.entry(id).or_default().add(x),
    }
}
