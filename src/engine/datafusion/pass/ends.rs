//! What the rows of an atom's last moment, and those of its first, come to. A window's last moment is that of the last of
//! its atoms that has one. Knows rows and combinations, and no requests.

use super::active::Active;
use super::block::{Block, Rows, each};
use super::held::Held;
use super::plan::{End, Plan};
use super::values::Values;

/// The rows of a batch that lie in one atom.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// Which.
    pub rows: Rows<'a>,
    /// Each row's combination.
    pub ids: &'a [u32],
    /// Each row's time; `None` where the table has no times, so that all its rows are of one moment.
    pub times: Option<&'a [i64]>,
    /// Whether each row is of the table; empty where all are.
    pub kept: &'a [Held],
    /// How many combinations there are.
    pub room: usize,
}

/// The last and the first moment of an atom, as [`End::ALL`] has them.
#[derive(Debug, Default)]
pub struct Ends([Option<Box<Edge>>; 2]);

/// A moment, and what its rows come to.
#[derive(Debug)]
pub struct Edge {
    /// In microseconds; 0 where there are no times.
    pub time: i64,
    /// Rows and totals.
    pub block: Block,
}

impl End {
    /// True where `time` lies further to this end than `other`.
    fn beyond(self, time: i64, other: i64) -> bool {
        match self {
            Self::Last => time > other,
            Self::First => time < other,
        }
    }
}

impl Ends {
    /// Takes rows; `values` gives those of a fold.
    pub fn take<'v>(
        &mut self,
        moment: Moment<'_>,
        plan: &Plan,
        active: &Active,
        values: impl Fn(usize) -> Option<&'v Values>,
    ) {
        for end in End::ALL {
            let folds = &active.ends[end as usize];
            if !folds.contains(&true) {
                continue;
            }
            let Some(time) = moment.edge(end) else { continue };
            let own = self.0[end as usize].get_or_insert_with(|| Box::new(Edge { time, block: Block::default() }));
            if end.beyond(own.time, time) {
                continue;
            }
            if own.time != time {
                **own = Edge { time, block: Block::default() };
            }
            let at_edge = moment.at(time);
            let rows = Rows::List(&at_edge);
            own.block.reserve(moment.room);
            own.block.count(rows, moment.ids, None);
            for at in (0..folds.len()).filter(|at| folds[*at]) {
                if let Some(values) = values(at) {
                    own.block.add(at, plan.folds[at].1, values, rows, moment.ids);
                }
            }
        }
    }

    /// What one of both came to; `None` where there is no row.
    pub fn get(&self, end: End) -> Option<&Edge> {
        self.0[end as usize].as_deref()
    }

    /// Adds another thread's; `to` gives the combinations' numbers here.
    pub fn merge(&mut self, other: Self, to: &[u32], room: usize) {
        for ((end, own), other) in End::ALL.into_iter().zip(&mut self.0).zip(other.0) {
            let Some(other) = other else { continue };
            let own = own.get_or_insert_with(|| Box::new(Edge { time: other.time, block: Block::default() }));
            if end.beyond(own.time, other.time) {
                continue;
            }
            if own.time != other.time {
                **own = Edge { time: other.time, block: Block::default() };
            }
            own.block.merge(other.block, to, room);
        }
    }

    /// Bytes that it takes, roughly.
    pub fn bytes(&self) -> usize {
        self.0.iter().flatten().map(|edge| edge.block.bytes()).sum()
    }
}

impl Moment<'_> {
    /// False for a row that isn't of the table.
    fn counts(&self, row: usize) -> bool {
        !matches!(self.kept.get(row), Some(Held::No | Held::Missing))
    }

    fn time(&self, row: usize) -> i64 {
        self.times.map_or(0, |times| times[row])
    }

    /// The last or the first time.
    fn edge(&self, end: End) -> Option<i64> {
        let mut edge = None;
        each!(self.rows, row => {
            let time = self.time(row);
            if self.counts(row) && edge.is_none_or(|edge| end.beyond(time, edge)) {
                edge = Some(time);
            }
        });
        edge
    }

    /// The rows of a time.
    fn at(&self, time: i64) -> Vec<u32> {
        let mut list = Vec::new();
        each!(self.rows, row => if self.time(row) == time && self.counts(row) { list.push(row as u32) });
        list
    }
}
