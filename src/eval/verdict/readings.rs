//! What was read for one goal: values with their days, targets, the way and what lies ahead. Knows no terminal and no
//! format.

use super::Status;
use crate::calendar::{CalendarSpan, Window};
use crate::quantity::Unit;
use jiff::civil::Date;

/// What a verdict would be without the what-if.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct PlainReading {
    pub status: Status,
    pub current: Option<f64>,
    pub target: Option<f64>,
    pub progress: Option<f64>,
    /// The chance of its projection.
    pub chance: Option<f64>,
    /// True where the what-if changes one of these.
    pub changed: bool,
}

/// A value and the day it is of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// `None`: not known; the reason is in `reason`.
    pub value: Option<f64>,
    /// The last day it stands for.
    pub at: Option<Date>,
    /// The stretch it was measured over, where it isn't a level.
    pub window: Option<Window>,
    /// True where the plan didn't say it (baselines).
    pub implied: bool,
    /// How people call it: `Q4 2020`, `written in the goal`, `2021-06-30`.
    pub label: String,
    /// Why there is no value.
    pub reason: Option<String>,
}

/// What had to be reached.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TargetReading {
    /// `relative`, `absolute`, `points`, `multiple`, `trend`, `to`, `bound`, `between`, `near`, `truth`.
    pub kind: &'static str,
    /// `>=`, `<=`, `>`, `<`, `=`, `between`.
    pub op: &'static str,
    /// The value, or the lower end of a range.
    pub value: Option<f64>,
    /// The upper end of a range.
    pub upper: Option<f64>,
    /// The last day that counts.
    pub by: Option<Date>,
}

/// A KPI beside the verdict.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct KpiReading {
    pub name: String,
    pub value: Option<f64>,
    pub unit: Unit,
    pub target: Option<f64>,
    /// The target as written, such as `>= 2%`.
    pub wanted: Option<String>,
    /// `None`: no target, or no value.
    pub status: Option<Status>,
    /// Why there is no value.
    pub reason: Option<String>,
}

/// What must not break, beside the verdict.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GuardrailReading {
    /// Its subject as written.
    pub name: String,
    /// A total so far, the latest level, or a ratio over the window so far; 1 or 0 of a condition.
    pub value: Option<f64>,
    /// The value's unit.
    pub unit: Unit,
    /// `>=`, `<=`, `between`, …; `=` of a condition.
    pub op: &'static str,
    /// The limit, or the lower end of a range.
    pub target: Option<f64>,
    /// The upper end of a range.
    pub upper: Option<f64>,
    /// The limit as written.
    pub wanted: Option<String>,
    /// In the words of goals: `met` is kept, `off track` is broken on the way, `missed` is broken in the end.
    pub status: Status,
    /// True where it broke.
    pub broken: bool,
    /// The last day of the first step at which a level broke it.
    pub broken_on: Option<Date>,
    /// The level on that day.
    pub broken_value: Option<f64>,
    /// Why there is no value or no limit.
    pub reason: Option<String>,
}

/// How long the target has been held in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldReading {
    /// How many steps it has to hold.
    pub needed: u32,
    /// How many of them it has held, up to the last whole one; never more than `needed`.
    pub held: u32,
    /// The length of a step.
    pub step: CalendarSpan,
    /// The last day of the first step of the run.
    pub since: Option<Date>,
}

/// Expected and actual on the way.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct CheckpointReading {
    /// The last day that counts.
    pub at: Date,
    pub value: Option<f64>,
    /// The value that the pace expects there.
    pub expected_value: Option<f64>,
    pub progress: Option<f64>,
    pub expected: Option<f64>,
    /// `None` while it lies ahead or has no data.
    pub status: Option<Status>,
}

/// What is still needed.
#[derive(Debug, Clone, PartialEq)]
pub struct Required {
    /// What each remaining step must bring, in the subject's unit, signed.
    pub per_period: f64,
    /// All that is still needed, signed.
    pub total: f64,
    /// How many steps remain.
    pub periods: u32,
    /// The length of a step.
    pub step: CalendarSpan,
    /// What the last whole step brought.
    pub last_brought: Option<f64>,
}

/// Where a goal is likely to stand at its deadline.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// The expected value, in the subject's unit.
    pub value: f64,
    /// The lower end of the interval; `None`: the method knows nothing of its error.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// How often the interval is to hold the value, a fraction.
    pub level: f64,
    /// The probability that the target is met, a fraction; `None` where the method doesn't know it, or an exact value
    /// is wanted.
    pub chance: Option<f64>,
    /// The last day that it stands for.
    pub at: Date,
    /// How it was worked out: `exponential smoothing ETS(A,Ad,N)`, `least squares over 5 quarters`, `run rate`.
    pub method: String,
    /// Whole periods of history that it is from.
    pub periods: u32,
}
