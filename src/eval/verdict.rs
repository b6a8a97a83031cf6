//! What evaluation answers: plain owned types that serialise to the JSON contract. Knows no terminal and no format.

use crate::calendar::{CalendarSpan, Window};
use crate::diagnostic::Diagnostic;
use crate::quantity::Unit;
use crate::source::Loc;
use jiff::civil::{Date, DateTime};
use serde::Serialize;

/// The whole answer to `milepost eval`.
#[derive(Debug, Clone)]
pub struct Report {
    /// The moment of judgement: everything before it is read. Exclusive: the day after the as-of date.
    pub as_of: DateTime,
    /// The as-of day, or `None` where it has a time of day.
    pub as_of_day: Option<Date>,
    /// Set where no `--as-of` was given: the table whose newest row decided it.
    pub as_of_from: Option<String>,
    /// The plan's title.
    pub title: Option<String>,
    /// The what-if that the verdicts are under.
    pub scenario: Option<ScenarioReading>,
    /// In the order of the plan.
    pub data: Vec<TableRead>,
    /// In the order of the plan.
    pub goals: Vec<Verdict>,
    /// In the order of the plan.
    pub objectives: Vec<ObjectiveVerdict>,
    /// In the order of the plan; none where only some goals were asked for.
    pub milestones: Vec<MilestoneVerdict>,
    /// In the order of the plan; none where only some goals were asked for.
    pub alerts: Vec<AlertVerdict>,
    /// Warnings met while evaluating.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// The statuses of all goals, then of all milestones.
    pub fn statuses(&self) -> impl Iterator<Item = Status> + '_ {
        self.goals.iter().map(|g| g.status).chain(self.milestones.iter().map(|m| m.status))
    }

    /// The as-of day, or the moment as it was asked for.
    pub fn moment(&self) -> String {
        match self.as_of_day {
            Some(day) => day.to_string(),
            // `as_of` is the first microsecond that isn't read.
            None => self.as_of.checked_sub(jiff::ToSpan::microsecond(1)).unwrap_or(self.as_of).to_string(),
        }
    }
}

/// A what-if: lets and metrics worked out otherwise than the plan says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScenarioReading {
    /// `None`: the command line's changes alone.
    pub name: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// The changes as written, those of the command line last.
    pub set: Vec<String>,
}

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

/// A table as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRead {
    /// Its name.
    pub table: String,
    /// As written.
    pub source: String,
    /// Rows of the file, before filters.
    pub rows: u64,
    /// Time of the newest row up to as-of.
    pub newest: Option<DateTime>,
    /// Rows that were not read because they are later than as-of.
    pub later: u64,
    /// Hash of the file.
    pub blake3: String,
    /// Assumptions about it: an inferred step, a found time column.
    pub notes: Vec<String>,
}

/// How a goal stands (language reference, Verdicts).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Default)]
#[allow(missing_docs)]
pub enum Status {
    #[serde(rename = "met")]
    Met,
    #[serde(rename = "met late")]
    MetLate,
    #[serde(rename = "on track")]
    OnTrack,
    #[serde(rename = "at risk")]
    AtRisk,
    #[serde(rename = "off track")]
    OffTrack,
    #[serde(rename = "missed")]
    Missed,
    #[serde(rename = "not started")]
    NotStarted,
    #[serde(rename = "no data")]
    #[default]
    NoData,
}

impl Status {
    /// Every status, in the order in which they are counted.
    pub const ALL: [Self; 8] = [
        Self::Met,
        Self::MetLate,
        Self::OnTrack,
        Self::AtRisk,
        Self::OffTrack,
        Self::Missed,
        Self::NotStarted,
        Self::NoData,
    ];

    /// As people read it, lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::MetLate => "met late",
            Self::OnTrack => "on track",
            Self::AtRisk => "at risk",
            Self::OffTrack => "off track",
            Self::Missed => "missed",
            Self::NotStarted => "not started",
            Self::NoData => "no data",
        }
    }
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

/// The verdict on one goal.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// Its subject as written.
    pub subject: String,
    /// The statement.
    pub at: Loc,
    /// Target and timing as written: `+5% by 2021-09-30`.
    pub wanted: String,
    /// The subject's unit.
    pub unit: Unit,
    /// `flow`, `stock`, `neither`, `truth`, `rows`, `combined`.
    pub kind: &'static str,
    /// The answer.
    pub status: Status,
    /// The day on which it was reached.
    pub met_on: Option<Date>,
    /// What it is measured from.
    pub baseline: Option<Reading>,
    /// Where it stands.
    pub current: Reading,
    /// Where it had to be.
    pub target: TargetReading,
    /// A fraction; `None` with a reason in the notes.
    pub progress: Option<f64>,
    /// The share of the way that the pace expects by now.
    pub expected: Option<f64>,
    /// progress / expected.
    pub pace: Option<f64>,
    /// While it is pending.
    pub required: Option<Required>,
    /// While it is pending.
    pub projection: Option<Projection>,
    /// Why there is none.
    pub unprojected: String,
    /// Recurring goals.
    pub kept: Option<Kept>,
    /// Recurring goals, in order.
    pub periods: Vec<PeriodReading>,
    /// Goals over values or rows.
    pub each: Option<EachSummary>,
    /// Goals whose target is a rank.
    pub standings: Option<Standings>,
    /// Leading indicators.
    pub kpis: Vec<KpiReading>,
    /// What must not break.
    pub guardrails: Vec<GuardrailReading>,
    /// How long it has held, where the goal says how long it has to.
    pub held: Option<HeldReading>,
    /// The ceiling that the subject can't pass, where one is written.
    pub cap: Option<f64>,
    /// How the expected value runs: `linear`, `compound`, `seasonal`, `checkpoints`; empty where no way is measured.
    pub pace_rule: &'static str,
    /// On the way.
    pub checkpoints: Vec<CheckpointReading>,
    /// The goals of a combined goal.
    pub parts: Vec<String>,
    /// The rule and numbers that decided, as one sentence without a full stop.
    pub decided: String,
    /// Every assumption, one sentence each.
    pub notes: Vec<String>,
    /// What to do when there is nothing to judge, such as a command.
    pub next: Option<String>,
    /// Under a what-if: how it stands without.
    pub plain: Option<PlainReading>,
}

/// An objective rolled up.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectiveVerdict {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// Weighted mean of its goals' progress, each clipped to 0…1.
    pub progress: Option<f64>,
    /// As `all of`.
    pub status: Status,
    /// Goals and objectives that support it, by name.
    pub goals: Vec<String>,
    /// Goals left out of the mean, and why.
    pub notes: Vec<String>,
}

/// The verdict on a milestone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MilestoneVerdict {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// The statement.
    pub at: Loc,
    /// Its date as written.
    pub wanted: String,
    /// The last day that counts.
    pub by: Date,
    /// The day on which it was done: said, or found by its condition.
    pub done: Option<Date>,
    /// The answer.
    pub status: Status,
    /// Who sees to it.
    pub owner: Option<String>,
    /// The objective that it supports.
    pub supports: Option<String>,
    /// What decided, as one sentence without a full stop.
    pub decided: String,
    /// Every assumption, one sentence each.
    pub notes: Vec<String>,
}

/// What an alert found.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertVerdict {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// The statement.
    pub at: Loc,
    /// The condition as written.
    pub condition: String,
    /// What to do about it.
    pub note: Option<String>,
    /// The length of a period.
    pub every: CalendarSpan,
    /// For how many periods in a row it has to hold.
    pub periods: u32,
    /// The complete periods that were looked at, from the first to the last.
    pub looked: Option<Window>,
    /// The periods in which it fired, in order.
    pub fired: Vec<Fired>,
    /// The unit of what the condition compares.
    pub unit: Unit,
    /// Whether it fires in the last complete period; `None` where that isn't known.
    pub holds_now: Option<bool>,
    /// Why it couldn't be judged at all.
    pub reason: Option<String>,
    /// Every assumption, one sentence each.
    pub notes: Vec<String>,
}

/// A period in which an alert fired.
#[derive(Debug, Clone, PartialEq)]
pub struct Fired {
    /// The period.
    pub window: Window,
    /// How people call it: `2021-03`.
    pub label: String,
    /// The left side of the condition, where it is a comparison of numbers.
    pub value: Option<f64>,
}
