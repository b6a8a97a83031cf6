//! The typed plan: every name resolved, every literal in its unit, every clause in the form that evaluation needs.
//! Knows no data beyond the names and types of columns, and no verdicts.

mod formula;
mod goal;
mod watched;

pub use crate::query::Measure;
pub use crate::syntax::tree::{BinaryOp, Comparison, PaceKind, ToDate};
pub use formula::{Across, AcrossFunction, Aggregate, Condition, Formula, Function, Kind, Node, Pair, Type};
pub use goal::{Checkpoint, From, Goal, GoalBody, Kpi, Over, Quantifier, Target, TargetKind, Timing};
pub use watched::{Alert, Milestone};

use super::plan_test::PlanTest;
use crate::calendar::{CalendarRules, CalendarSpan, Period, Window};
use crate::quantity::{Currency, Unit};
use crate::query::TableSource;
use crate::source::Loc;
use indexmap::IndexMap;

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
