//! Readings of goals that count: over periods, over the values of a dimension, over rows. Knows no terminal and no
//! format.

use crate::calendar::Window;
use crate::quantity::Unit;
use serde::Serialize;

/// How far a recurring goal, or a goal over values or rows, was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Kept.
    pub periods: u64,
    /// Judged.
    pub of: u64,
}

/// One period of a recurring goal.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodReading {
    /// `2021-04`, `Q1 2021`.
    pub label: String,
    /// The whole period.
    pub window: Window,
    /// Its value, as far as it is known.
    pub value: Option<f64>,
    /// What it had to be.
    pub target: Option<f64>,
    /// Kept, not kept, or not judged (see `state`).
    pub kept: Option<bool>,
    /// Why it isn't judged.
    pub state: PeriodState,
    /// Of its days, how many the data covers.
    pub covered: Option<(u32, u32)>,
}

/// Where a period of a recurring goal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum PeriodState {
    Judged,
    /// Begun, not complete.
    Running,
    /// Not begun.
    Coming,
    /// Over, without a value.
    Missing,
}

/// One value of a dimension, or one row.
#[derive(Debug, Clone, PartialEq)]
pub struct EachReading {
    /// The value, or the row's label.
    pub key: String,
    /// Its own baseline.
    pub baseline: Option<f64>,
    /// Its own target.
    pub target: Option<f64>,
    /// Its value.
    pub value: Option<f64>,
    /// `None`: pending, or nothing to judge.
    pub kept: Option<bool>,
}

/// A goal over the values of a dimension or the rows of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EachSummary {
    /// Failing ones first, then by key in order of appearance; at most 100.
    pub listed: Vec<EachReading>,
    /// All that count.
    pub total: u64,
    /// Of those, kept.
    pub kept: u64,
    /// Not decided yet.
    pub pending: u64,
    /// Without a value that could be judged, and therefore not kept.
    pub without_value: u64,
    /// What is counted: `regions`, `tickets`.
    pub what: String,
}

/// The values of a dimension in the order of their ranks.
#[derive(Debug, Clone, PartialEq)]
pub struct Standings {
    /// The dimension.
    pub by: String,
    /// What the values are in.
    pub unit: Unit,
    /// The one that the goal is about.
    pub own: String,
    /// The best first.
    pub all: Vec<Standing>,
}

/// A value of a dimension, and where it stands among the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The value of the dimension.
    pub key: String,
    /// What it is worth.
    pub value: f64,
    /// From 1; equal ones share the better rank.
    pub rank: u64,
}

impl Standings {
    /// The first few, and the one that the goal is about with its neighbours.
    pub fn shown(&self) -> Vec<&Standing> {
        const FEW: usize = 3;
        let own = self.all.iter().position(|s| s.key == self.own);
        let near = |i: usize| i < FEW || own.is_some_and(|own| i.abs_diff(own) <= 1);
        self.all.iter().enumerate().filter(|(i, _)| near(*i)).map(|(_, s)| s).collect()
    }
}
