//! What evaluation answers: plain owned types that serialise to the JSON contract. Knows no terminal and no format.

mod counted;
mod readings;
mod watched;

pub use counted::{EachReading, EachSummary, Kept, PeriodReading, PeriodState, Standing, Standings};
pub use readings::{
    CheckpointReading, GuardrailReading, HeldReading, KpiReading, PlainReading, Projection, Reading, Required,
    TargetReading,
};
pub use watched::{AlertVerdict, Fired, MilestoneVerdict};

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
            None => self.last_moment().to_string(),
        }
    }

    /// The last moment that is read: `as_of` is the first microsecond that isn't.
    pub fn last_moment(&self) -> DateTime {
        self.as_of.checked_sub(jiff::ToSpan::microsecond(1)).unwrap_or(self.as_of)
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
    /// Hash of the file, where it was worked out.
    pub blake3: Option<String>,
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
