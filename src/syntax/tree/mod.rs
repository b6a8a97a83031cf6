//! The tree of a plan as written: every statement, clause and literal with its place. Knows no meaning: names are not
//! looked up, units are not checked.
//!
//! Equality ignores places ([`Spanned`]), so that `parse(format(x)) == x` can be said plainly.

mod expression;
mod goal;

pub use expression::*;
pub use goal::*;

use crate::calendar::{CalendarSpan, Period};
use crate::source::{Span, Spanned};
use jiff::civil::Weekday;

/// A name, without its back-ticks.
pub type Name = Spanned<String>;
/// A text between double quotes, unescaped.
pub type Text = Spanned<String>;

/// One file's statements and comments.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct File {
    /// In the order of the file; those with syntax errors are left out.
    pub statements: Vec<Statement>,
    /// Every comment in the order of the file, without its `#`.
    pub comments: Vec<Comment>,
}

/// One comment.
#[derive(Debug, Clone)]
pub struct Comment {
    /// Its text after `#`, right end trimmed.
    pub text: String,
    /// From `#` to the end of the line.
    pub span: Span,
    /// True where nothing but white space stands before it on its line.
    pub own_line: bool,
}

impl PartialEq for Comment {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// One statement with its place; its span runs from the keyword to the end of the last clause.
pub type Statement = Spanned<StatementKind>;

/// The statements of the language.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)] // named after the statements
pub enum StatementKind {
    Fact(Fact),
    Table(Table),
    Segment(Segment),
    Let(Let),
    Metric(Metric),
    Campaign(Campaign),
    Objective(Objective),
    Goal(Goal),
    Milestone(Milestone),
    Alert(Alert),
    Exclude(Exclude),
    Scenario(Scenario),
    Test(Test),
}

/// A fact about the whole plan.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Fact {
    Plan(Text),
    Mission(Text),
    Vision(Text),
    Owner(Text),
    Currency(Name),
    Timezone(Text),
    /// 1…12
    FiscalYearStarts(Spanned<i8>),
    WeekStarts(Spanned<Weekday>),
    Horizon(Spanned<Period>),
    /// A fraction.
    OnTrackAbove(Spanned<Literal>),
    AtRiskAbove(Spanned<Literal>),
    Import(Text),
}

/// `table NAME from "PATH" …`
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: Name,
    /// Path or URL.
    pub from: Text,
    /// As written.
    pub clauses: Vec<Spanned<TableClause>>,
}

/// A clause of a table.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum TableClause {
    Sheet(Text),
    Time { column: Name, format: Option<Text> },
    Every(Spanned<CalendarSpan>),
    Sparse,
    Lag(Spanned<CalendarSpan>),
    Where(Expr),
    About(Text),
}

/// `segment NAME = CONDITION`
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Segment {
    pub name: Name,
    pub condition: Expr,
}

/// `let NAME = EXPRESSION`
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Let {
    pub name: Name,
    pub value: Expr,
}

/// `metric NAME ["title"] = EXPRESSION …`
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Metric {
    pub name: Name,
    pub title: Option<Text>,
    pub value: Expr,
    pub clauses: Vec<Spanned<MetricClause>>,
}

/// A clause of a metric.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum MetricClause {
    Where(Expr),
    /// `%`, a currency's code, or a word.
    Unit(Spanned<String>),
    HigherIsBetter,
    LowerIsBetter,
    Drives(Vec<Name>),
    Cap(Expr),
    About(Text),
}

/// `campaign NAME ["title"] PERIOD …`
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Campaign {
    pub name: Name,
    pub title: Option<Text>,
    pub period: Spanned<Period>,
    pub clauses: Vec<Spanned<CampaignClause>>,
}

/// A clause of a campaign.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum CampaignClause {
    Budget(Expr),
    Where(Expr),
    About(Text),
}

/// `objective NAME ["title"] …`
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Objective {
    pub name: Name,
    pub title: Option<Text>,
    pub clauses: Vec<Spanned<ObjectiveClause>>,
}

/// A clause of an objective.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum ObjectiveClause {
    Weight(Spanned<Literal>),
    Supports(Name),
    Owner(Text),
    About(Text),
}

/// `milestone NAME ["title"] by DATE …`
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Milestone {
    pub name: Name,
    pub title: Option<Text>,
    pub clauses: Vec<Spanned<MilestoneClause>>,
}

/// A clause of a milestone; `by` is required.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum MilestoneClause {
    By(Spanned<When>),
    Done(Spanned<When>),
    When(Expr),
    Supports(Name),
    Owner(Text),
    About(Text),
}

/// `alert NAME ["title"] when CONDITION …`
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Alert {
    pub name: Name,
    pub title: Option<Text>,
    pub condition: Expr,
    pub clauses: Vec<Spanned<AlertClause>>,
}

/// A clause of an alert.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum AlertClause {
    Every(Spanned<CalendarSpan>),
    Hold(Spanned<CalendarSpan>),
    Note(Text),
}

/// `exclude PERIOD [from TABLE] because "…"`
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Exclude {
    pub period: Spanned<Period>,
    pub table: Option<Name>,
    pub because: Text,
}

/// `scenario NAME ["title"] set NAME = EXPRESSION, NAME +N%, …`
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Scenario {
    pub name: Name,
    pub title: Option<Text>,
    pub changes: Vec<Spanned<Change>>,
}

/// What a scenario sets.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Change {
    Set { name: Name, value: Expr },
    Scale { name: Name, sign: Sign, by: Spanned<Literal> },
}

/// `test "…" given … as of … expect …`
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Test {
    pub title: Text,
    pub parts: Vec<Spanned<TestPart>>,
}

/// A line of a test.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum TestPart {
    Given {
        name: Name,
        data: Given,
    },
    AsOf(Spanned<When>),
    /// `expect GOAL STATUS`; the status as written, `on track` with one space.
    ExpectStatus {
        goal: Name,
        status: Spanned<String>,
    },
    /// `expect CONDITION`
    Expect(Expr),
}

/// The values that a test gives a metric.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Given {
    /// `100M at 2020-12-31, 104M at 2021-06-30`
    Points(Vec<(Expr, Spanned<When>)>),
    /// `100 +10 x 12 every month from 2021-01`
    Run {
        start: Expr,
        change: Option<(Sign, Spanned<Literal>)>,
        count: Spanned<u32>,
        every: Spanned<CalendarSpan>,
        from: Spanned<When>,
    },
    /// One value for all time.
    Always(Expr),
}
