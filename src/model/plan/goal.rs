//! Goals as typed: what is judged, what is wanted of it, when, and how many must keep it. Knows no verdict.

use super::{CampaignId, Comparison, Condition, Formula, ObjectiveId, PaceKind, TableId, Type};
use crate::calendar::{CalendarSpan, Period, SpanUnit, Window};
use crate::query::Row;
use crate::source::Loc;
use jiff::civil::DateTime;

/// A goal.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Goal {
    pub name: String,
    pub title: Option<String>,
    /// The whole statement.
    pub at: Loc,
    pub body: GoalBody,
    /// `where`: goes to every aggregate of the subject, and to KPIs whose tables have the columns.
    pub filter: Option<Box<Condition>>,
    pub timing: Timing,
    pub from: Option<From>,
    pub yoy: bool,
    pub quantifier: Option<(Quantifier, Over)>,
    pub kpis: Vec<Kpi>,
    /// What must not break on the way; each has a target, or is true or false.
    pub guardrails: Vec<Kpi>,
    pub checkpoints: Vec<Checkpoint>,
    pub grace: Option<CalendarSpan>,
    /// It must hold for that many steps in a row.
    pub hold: Option<CalendarSpan>,
    /// A ceiling that the subject can't pass.
    pub cap: Option<Formula>,
    /// Linear unless said; `Some` where it is written.
    pub pace: Option<PaceKind>,
    pub supports: Option<ObjectiveId>,
    pub owner: Option<String>,
    /// 1 unless said.
    pub weight: f64,
    pub about: Option<String>,
    /// Target and timing as written, on one line: `+5% by 2021-09-30`.
    pub wanted: String,
}

/// What a goal judges.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
#[allow(clippy::large_enum_variant)] // one a goal: a box would save nothing
pub enum GoalBody {
    /// A number over windows. Without a target the subject gives a truth value.
    Measured { subject: Formula, text: String, targets: Vec<Target> },
    /// A value of each row of a table: `for 95% of tickets`.
    Rows { table: TableId, value: Row, gives: Type, text: String, targets: Vec<Target> },
    /// Other goals, by name.
    Combined { all: bool, goals: Vec<String> },
}

/// A target with its literals in the subject's unit.
#[derive(Debug, Clone)]
pub struct Target {
    /// What is wanted.
    pub kind: TargetKind,
    /// As written.
    pub text: String,
    /// Where.
    pub at: Loc,
}

/// What is wanted (language reference, Targets). Changes are signed.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum TargetKind {
    /// `+5%` is 0.05
    Relative(f64),
    /// `+250k`, in the subject's unit; points of a `%` subject are here too: `+2pp` is 0.02
    Absolute(f64),
    /// `x2`
    Multiple(f64),
    Up,
    Down,
    To(Formula),
    FromTo(Formula, Formula),
    Bound(Comparison, Formula),
    Between(Formula, Formula),
    /// `within 10% of x`
    Near(f64, Formula),
    /// `top 3 by brand as "Netflix"`: the subject is then the rank, and this the worst that keeps it.
    Top(u32),
}

impl TargetKind {
    /// The formulas that stand in it, in the order written.
    pub fn expressions(&self) -> Vec<&Formula> {
        match self {
            Self::To(x) | Self::Bound(_, x) | Self::Near(_, x) => vec![x],
            Self::FromTo(a, b) | Self::Between(a, b) => vec![a, b],
            Self::Relative(_) | Self::Absolute(_) | Self::Multiple(_) | Self::Up | Self::Down | Self::Top(_) => {
                Vec::new()
            }
        }
    }
}

/// When a goal is judged.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum Timing {
    /// No clause says: a note, and the horizon's end.
    Open,
    /// By the end of `deadline`; `period` is the deadline's own where it is longer than a day.
    By { deadline: DateTime, period: Option<Period>, per: Option<CalendarSpan> },
    /// That long after `from`'s end (or, where a total is counted, its start).
    Within { span: CalendarSpan },
    /// Once, over the whole window.
    In { window: Window, period: Option<Period>, campaign: Option<CampaignId> },
    /// Each whole period. `over` as `in` or a campaign gives it.
    Every { span: CalendarSpan, over: Option<Window>, campaign: Option<CampaignId> },
}

/// What a change is measured from.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
#[allow(clippy::large_enum_variant)] // one a goal: a box would save nothing
pub enum From {
    /// A date or a period.
    Period { period: Period, window: Window },
    /// A value.
    Value(Formula),
}

/// How many must keep the target.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum Quantifier {
    Each,
    /// At least this fraction keep it.
    Share(f64),
    /// At most this fraction keep it.
    AtMost(f64),
}

/// What is counted.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Over {
    /// The values of a column.
    Dimension(String),
    /// The plan's campaigns: `for each campaign`, where no column is called that.
    Campaigns,
    /// The rows of a table.
    Rows(TableId),
    /// The periods of a recurring goal.
    Periods(SpanUnit),
}

/// A leading indicator.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Kpi {
    pub text: String,
    pub value: Formula,
    pub target: Option<Target>,
    pub at: Loc,
}

/// When progress is looked at on the way.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
#[allow(clippy::large_enum_variant)] // a goal has few of them
pub enum Checkpoint {
    /// The ends of the calendar's own weeks, months, quarters …
    Every(CalendarSpan),
    /// The end of that day, and what is to be reached by then, from the goal's baseline.
    At(DateTime, Option<Target>),
}
