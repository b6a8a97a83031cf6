//! Typed formulas: functions of a window and a filter, with what each gives. Knows no data and how no value is worked
//! out.

use super::{BinaryOp, ToDate};
use super::{CampaignId, LetId, Measure, MetricId, TableId};
use crate::calendar::{CalendarSpan, Period};
use crate::quantity::Unit;
use crate::query::Row;
use crate::source::Loc;
use jiff::civil::DateTime;

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
    /// What one is in another window or under a filter: the same quantity, taken elsewhere.
    pub fn taken_elsewhere(&self) -> Option<&Formula> {
        match self {
            Self::Window(x, _)
            | Self::Shift(x, _)
            | Self::Filter(x, _)
            | Self::Campaign(x, _)
            | Self::Over(x, _)
            | Self::ToDate(x, _)
            | Self::MovingAverage(x, _)
            | Self::Cumulative(x) => Some(x),
            _ => None,
        }
    }

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
