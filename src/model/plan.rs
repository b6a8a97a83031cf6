//! The typed plan: every name resolved, every literal in its unit, every clause in the form that evaluation needs.
//! Knows no data beyond the names and types of columns, and no verdicts.

use super::plan_test::PlanTest;
use crate::calendar::{CalendarRules, CalendarSpan, Period, SpanUnit, Window};
use crate::quantity::{Currency, Unit};
pub use crate::query::Measure;
use crate::query::{Row, TableSource};
use crate::source::Loc;
pub use crate::syntax::tree::{BinaryOp, Comparison, PaceKind, ToDate};
use indexmap::IndexMap;
use jiff::civil::DateTime;

/// A whole plan: all its files and imports.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// `plan`, `mission`, `currency`, …
    pub facts: Facts,
    /// Declared tables, then those that only the command line names.
    pub tables: IndexMap<String, Table>,
    /// Named conditions.
    pub segments: IndexMap<String, Segment>,
    /// Named cells.
    pub lets: IndexMap<String, Let>,
    /// Declared metrics, then implicit ones in order of first use.
    pub metrics: IndexMap<String, Metric>,
    /// Windows and filters with a name.
    pub campaigns: IndexMap<String, Campaign>,
    /// What goals support.
    pub objectives: IndexMap<String, Objective>,
    /// In the order of the plan.
    pub goals: IndexMap<String, Goal>,
    /// Dated deliverables.
    pub milestones: IndexMap<String, Milestone>,
    /// What `milepost test` runs, in the order of the plan.
    pub tests: Vec<PlanTest>,
    /// What counts for nothing, in the order of the plan.
    pub excludes: Vec<Exclude>,
    /// What is watched.
    pub alerts: IndexMap<String, Alert>,
    /// What-ifs with a name.
    pub scenarios: IndexMap<String, Scenario>,
}

impl Plan {
    /// What counts for nothing in a table, in the order of the plan.
    pub fn excludes_of(&self, table: TableId) -> impl Iterator<Item = &Exclude> {
        self.excludes.iter().filter(move |e| e.table.is_none_or(|t| t == table))
    }
}

/// Indices into the plan's maps.
pub type MetricId = usize;
/// See [`MetricId`].
pub type LetId = usize;
/// See [`MetricId`].
pub type CampaignId = usize;
/// See [`MetricId`].
pub type TableId = usize;
/// See [`MetricId`].
pub type ObjectiveId = usize;

/// Facts about the whole plan.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Facts {
    pub title: Option<String>,
    pub mission: Option<String>,
    pub vision: Option<String>,
    pub owner: Option<String>,
    /// `None` unless said: `$` is then USD.
    pub currency: Option<Currency>,
    /// An IANA name, `UTC` unless said.
    pub timezone: String,
    pub rules: CalendarRules,
    /// `None`: the fiscal year that holds a goal's deadline.
    pub horizon: Option<Window>,
    /// A pace at or above this is on track (a fraction).
    pub on_track: f64,
    /// A pace at or above this is at risk.
    pub at_risk: f64,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            title: None,
            mission: None,
            vision: None,
            owner: None,
            currency: None,
            timezone: "UTC".to_owned(),
            rules: CalendarRules::default(),
            horizon: None,
            on_track: 0.95,
            at_risk: 0.75,
        }
    }
}

/// A table.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Table {
    pub name: String,
    /// What the engine opens.
    pub source: TableSource,
    /// Written; evaluation infers it from the times otherwise.
    pub every: Option<CalendarSpan>,
    pub sparse: bool,
    pub lag: Option<CalendarSpan>,
    pub about: Option<String>,
    /// `None` for a table that only the command line names.
    pub at: Option<Loc>,
}

/// A named condition.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Segment {
    pub condition: Condition,
    pub at: Loc,
}

/// A condition over rows that isn't tied to a table: it goes to every table that it is applied to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Condition {
    /// Columns without their table.
    pub row: Row,
    /// Where it is written `table.column`: the only tables it can go to.
    pub tables: Vec<TableId>,
    /// As written, for people.
    pub text: String,
    /// The columns it reads.
    pub columns: Vec<String>,
    /// The columns that it fixes to one value (`region = "UCAN"`), with that value as written.
    pub fixes: Vec<(String, String)>,
    /// Where it stands.
    pub at: Loc,
}

/// A named cell.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Let {
    pub value: Formula,
    pub text: String,
    pub at: Loc,
}

/// A metric.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Metric {
    pub name: String,
    pub title: Option<String>,
    /// With the metric's own `where` already around it.
    pub value: Formula,
    /// The formula as written.
    pub text: String,
    pub unit: Unit,
    pub kind: Kind,
    /// True where it is the same in every window: `revenue[spring]`.
    pub fixed: bool,
    pub direction: Option<Direction>,
    pub drives: Vec<MetricId>,
    pub cap: Option<Formula>,
    pub about: Option<String>,
    /// `None` for an implicit metric.
    pub at: Option<Loc>,
    /// True where no statement describes it: `last(column)`.
    pub implicit: bool,
    /// True where it is worked out from its own past: `x[-1 month]` within `x`, however far round.
    pub uses_past: bool,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Direction {
    Higher,
    Lower,
}

/// How a metric behaves over time (language reference, Metrics).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A total over a period.
    Flow,
    /// A level on a day.
    Stock,
    /// Ratios, averages, scores: neither adds up nor is carried forward.
    Neither,
}

/// A typed formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Formula {
    /// Its shape.
    pub node: Node,
    /// What it gives.
    pub gives: Type,
    /// Where it stands; an implicit metric's is where it was first used.
    pub at: Loc,
}

/// What an expression gives.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Type {
    Number(Unit),
    Text,
    Truth,
    /// A date or a moment.
    Time,
}

impl Type {
    /// The unit of a number; plain for everything else.
    pub fn unit(&self) -> Unit {
        match self {
            Self::Number(unit) => unit.clone(),
            _ => Unit::Plain,
        }
    }
}

/// The shapes of a formula: a function of a window and a filter.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Node {
    Number(f64),
    Text(String),
    Truth(bool),
    Time(DateTime),
    Metric(MetricId),
    Let(LetId),
    /// `campaign.budget`
    Budget(CampaignId),
    Aggregate(Box<Aggregate>),
    /// `x[Q4 2020]`
    Window(Box<Formula>, Period),
    /// `x[-1 quarter]`: the count is negative.
    Shift(Box<Formula>, CalendarSpan),
    /// `x[segment]`, `x[region = "a"]`, a metric's `where`
    Filter(Box<Formula>, Box<Condition>),
    /// `x[spring]`: the campaign's window and filter.
    Campaign(Box<Formula>, CampaignId),
    /// `x over 28 days`
    Over(Box<Formula>, CalendarSpan),
    /// `x ytd`
    ToDate(Box<Formula>, ToDate),
    /// `growth(x, 1 year)`
    Growth(Box<Formula>, CalendarSpan),
    /// `moving_average(x, 3 months)`
    MovingAverage(Box<Formula>, CalendarSpan),
    /// `cumulative(x)`
    Cumulative(Box<Formula>),
    /// `rank(x by brand)`
    Across(Box<Across>),
    Negate(Box<Formula>),
    Not(Box<Formula>),
    Binary(BinaryOp, Box<Formula>, Box<Formula>),
    In(Box<Formula>, Vec<Formula>),
    Between(Box<Formula>, Box<Formula>, Box<Formula>),
    If(Box<Formula>, Box<Formula>, Box<Formula>),
    Call(Function, Vec<Formula>),
    /// `correl(x, y)`
    Pair(Pair, Box<Formula>, Box<Formula>),
}

impl Node {
    /// The formulas that stand directly in one, in the order written.
    pub fn parts(&self) -> Vec<&Formula> {
        match self {
            Self::Window(x, _)
            | Self::Shift(x, _)
            | Self::Filter(x, _)
            | Self::Campaign(x, _)
            | Self::Over(x, _)
            | Self::ToDate(x, _)
            | Self::Growth(x, _)
            | Self::MovingAverage(x, _)
            | Self::Cumulative(x)
            | Self::Negate(x)
            | Self::Not(x) => vec![x],
            Self::Across(across) => vec![&across.of],
            Self::Binary(_, a, b) | Self::Pair(_, a, b) => vec![a, b],
            Self::In(x, values) => std::iter::once(x.as_ref()).chain(values).collect(),
            Self::Between(a, b, c) | Self::If(a, b, c) => vec![a, b, c],
            Self::Call(_, arguments) => arguments.iter().collect(),
            Self::Number(_)
            | Self::Text(_)
            | Self::Truth(_)
            | Self::Time(_)
            | Self::Metric(_)
            | Self::Let(_)
            | Self::Budget(_)
            | Self::Aggregate(_) => Vec::new(),
        }
    }
}

/// A function across the values of a dimension.
#[derive(Debug, Clone, PartialEq)]
pub struct Across {
    /// Which.
    pub function: AcrossFunction,
    /// What each value of the dimension is worth.
    pub of: Formula,
    /// The dimension: a column.
    pub by: String,
    /// The percentile, 0…100.
    pub argument: Option<f64>,
    /// True where less is better: the least has rank 1.
    pub lower: bool,
}

/// Functions across the values of a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum AcrossFunction {
    Rank,
    ShareOf,
    Sum,
    Average,
    Count,
    Min,
    Max,
    Median,
    Stdev,
    Percentile,
}

impl AcrossFunction {
    /// Each with its name.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Rank, "rank"),
        (Self::ShareOf, "share_of"),
        (Self::Sum, "sum"),
        (Self::Average, "average"),
        (Self::Average, "avg"),
        (Self::Count, "count"),
        (Self::Min, "min"),
        (Self::Max, "max"),
        (Self::Median, "median"),
        (Self::Stdev, "stdev"),
        (Self::Percentile, "percentile"),
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(f, _)| *f == self).map_or("", |(_, name)| name)
    }

    /// The function of a name in lower case.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, n)| *n == name).map(|(f, _)| *f)
    }

    /// True where it gives one value's place among the others, so that one must be fixed.
    pub fn places_one(self) -> bool {
        matches!(self, Self::Rank | Self::ShareOf)
    }
}

/// An aggregate over one table.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// What is computed, over which row expression.
    pub measure: Measure,
    /// `retention(id, 1 year)`: how long before the window the ids stood that `measure`, the distinct ones, is a share of.
    pub retained: Option<CalendarSpan>,
    /// Over which table.
    pub table: TableId,
    /// `where` inside its brackets.
    pub filter: Option<Condition>,
    /// Flow, stock or neither.
    pub kind: Kind,
    /// As written.
    pub text: String,
}

/// Functions over values; their names are in `model::functions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Function {
    Abs,
    Sqrt,
    Exp,
    Ln,
    Log,
    Log10,
    Power,
    Mod,
    Int,
    Round,
    RoundUp,
    RoundDown,
    Min,
    Max,
    Sum,
    Average,
    IfError,
    IsNumber,
    IsBlank,
    Roi,
    Median,
    Stdev,
    Percentile,
    Ceiling,
    Floor,
    Ifs,
    Date,
    Year,
    Month,
    Day,
    Weekday,
    EDate,
    EoMonth,
    NetworkDays,
    Days,
    Npv,
    Irr,
    Xnpv,
    Xirr,
    Rri,
}

/// Functions of two metrics over the steps of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Pair {
    Correl,
    Slope,
}

/// A window and a filter with a name.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Campaign {
    pub name: String,
    pub title: Option<String>,
    pub period: Period,
    pub window: Window,
    pub budget: Option<Formula>,
    pub filter: Option<Condition>,
    pub at: Loc,
}

/// What goals support.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Objective {
    pub name: String,
    pub title: Option<String>,
    pub weight: f64,
    pub supports: Option<ObjectiveId>,
    pub owner: Option<String>,
    pub at: Loc,
}

/// Rows that count for nothing.
#[derive(Debug, Clone)]
pub struct Exclude {
    /// As written: `2021-03-01..2021-03-07`.
    pub period: Period,
    /// The stretch of time that it is.
    pub window: Window,
    /// Of which table; `None`: of all.
    pub table: Option<TableId>,
    /// Why.
    pub because: String,
    /// The statement.
    pub at: Loc,
}

/// A what-if: lets and metrics worked out otherwise.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Scenario {
    pub name: String,
    pub title: Option<String>,
    /// Its changes as written: `price = $8`, `signups +10%`.
    pub set: Vec<String>,
    pub at: Loc,
}

/// A dated deliverable.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Milestone {
    pub name: String,
    pub title: Option<String>,
    pub at: Loc,
    /// The first moment after its date.
    pub by: DateTime,
    /// Its date as written: `2021-09-15`, `Q3 2021`.
    pub wanted: String,
    /// The first moment after the day on which it was done.
    pub done: Option<DateTime>,
    /// Done when this first holds.
    pub when: Option<Formula>,
    /// The condition as written.
    pub when_text: String,
    pub supports: Option<ObjectiveId>,
    pub owner: Option<String>,
    pub about: Option<String>,
}

/// A condition that is watched, period by period.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Alert {
    pub name: String,
    pub title: Option<String>,
    pub at: Loc,
    pub condition: Formula,
    /// The condition as written.
    pub text: String,
    /// The length of a period; the table's step or a day where none is written.
    pub every: Option<CalendarSpan>,
    /// It must hold for that long before it fires.
    pub hold: Option<CalendarSpan>,
    pub note: Option<String>,
}

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
