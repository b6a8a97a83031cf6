//! The tree of a plan as written: every statement, clause and literal with its place. Knows no meaning: names are not
//! looked up, units are not checked.
//!
//! Equality ignores places ([`Spanned`]), so that `parse(format(x)) == x` can be said plainly.

use crate::calendar::{CalendarSpan, Period};
use crate::source::{Span, Spanned};
use jiff::civil::{Date, DateTime, Weekday};

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

/// `goal [NAME] ["title"] [:] SUBJECT TARGET… CLAUSE…`
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// Where it is given.
    pub name: Option<Name>,
    /// Where it is given.
    pub title: Option<Text>,
    /// What is judged.
    pub body: GoalBody,
    /// As written.
    pub clauses: Vec<Spanned<GoalClause>>,
}

/// What a goal judges.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum GoalBody {
    /// A subject with no, one or two targets.
    Measured { subject: Expr, targets: Vec<Spanned<Target>> },
    /// `all of a, b` or `any of a, b`
    Combined { all: bool, goals: Vec<Name> },
}

/// The way a change or trend goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Sign {
    Plus,
    Minus,
}

/// A bound's comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Comparison {
    AtLeast,
    AtMost,
    Above,
    Below,
    Equal,
}

/// The word of a multiple target.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum Multiple {
    Times(Number),
    Double,
    Halve,
}

/// What a goal wants of its subject (language reference, Targets).
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Target {
    /// `+5%`, `-3`, `+2pp`; `relative` where the word stands after it.
    Change {
        sign: Sign,
        amount: Spanned<Literal>,
        relative: bool,
    },
    Multiple(Multiple),
    Up,
    Down,
    To(Expr),
    FromTo(Expr, Expr),
    Bound(Comparison, Expr),
    Between(Expr, Expr),
    /// `within 10% of EXPR`
    Near {
        percent: Spanned<Literal>,
        of: Expr,
    },
    /// `top 3 by brand as "Netflix"`
    Top {
        count: Spanned<u32>,
        by: Name,
        member: Text,
    },
}

/// A KPI, a guardrail, or a scenario-free measured thing with a target of its own.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Kpi {
    pub subject: Expr,
    pub target: Option<Spanned<Target>>,
}

/// What `by` and `from` may name.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum When {
    /// A date is a period of one day.
    Period(Period),
    /// A date with a time.
    Moment(Moment),
}

/// What `in` may name.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum InWhat {
    Period(Period),
    /// A campaign.
    Campaign(String),
}

/// What `from` may name.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum FromWhat {
    When(When),
    Value(Expr),
}

/// How many of the values, rows or periods must keep the target.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Quantifier {
    Each,
    /// `for 95% of`
    Share(Spanned<Literal>),
    /// `for at most 5% of`
    AtMost(Spanned<Literal>),
}

/// How often checkpoints come.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
#[allow(clippy::large_enum_variant)] // a goal has few of them
pub enum Checkpoint {
    Every(CalendarSpan),
    Weekly,
    Monthly,
    Quarterly,
    At(Date, Option<Spanned<Target>>),
}

/// How the expected value runs to the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PaceKind {
    Linear,
    Compound,
    Seasonal,
}

/// A clause of a goal.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum GoalClause {
    Where(Expr),
    By(Spanned<When>),
    In(Spanned<InWhat>),
    Within(Spanned<CalendarSpan>),
    /// `every SPAN [in PERIOD]`
    Every {
        span: Spanned<CalendarSpan>,
        within: Option<Spanned<InWhat>>,
    },
    Per(Spanned<CalendarSpan>),
    From(Spanned<FromWhat>),
    Yoy,
    /// `for each D`, `for 95% of D`
    For {
        quantifier: Quantifier,
        of: Name,
    },
    Hold(Spanned<CalendarSpan>),
    Measure(Vec<Spanned<Kpi>>),
    Guardrail(Vec<Spanned<Kpi>>),
    Checkpoints(Vec<Spanned<Checkpoint>>),
    Pace(Spanned<PaceKind>),
    Grace(Spanned<CalendarSpan>),
    Cap(Expr),
    Supports(Name),
    Owner(Text),
    Weight(Spanned<Literal>),
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

/// A date with a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct Moment {
    pub at: DateTime,
    /// Seconds east of Greenwich where written (`Z` is 0), else the plan's zone.
    pub offset: Option<i32>,
}

/// A number as written.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Number {
    /// With its suffix applied: `10k` is 10000.
    pub value: f64,
    /// The suffix, kept so that formatting keeps it: `k`, `M`, `B`, `T`.
    pub suffix: Option<char>,
    /// Digits after the decimal point as written.
    pub decimals: u8,
    /// Written with `_` between thousands.
    pub grouped: bool,
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.value.to_bits() == other.value.to_bits() && self.suffix == other.suffix
    }
}

/// A unit of exact time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum DurationUnit {
    Millisecond,
    Second,
    Minute,
    Hour,
}

impl DurationUnit {
    /// How long one is, in seconds.
    pub fn seconds(self) -> f64 {
        match self {
            Self::Millisecond => 0.001,
            Self::Second => 1.0,
            Self::Minute => 60.0,
            Self::Hour => 3600.0,
        }
    }
}

/// How an amount of money names its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum MoneySign {
    /// `$`: the plan's dollar, else USD.
    Dollar,
    Euro,
    Pound,
    /// `500k USD`, checked against ISO 4217 by the parser.
    Code(crate::quantity::Currency),
}

/// A literal (language reference, Literals).
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Literal {
    Number(Number),
    /// The number as written: `5%` holds 5.
    Percent(Number),
    /// The number as written: `2pp` holds 2.
    Points(Number),
    Money(Number, MoneySign),
    Duration(Number, DurationUnit),
    Span(CalendarSpan),
    /// A date alone is a period of one day.
    Period(Period),
    Moment(Moment),
    Text(String),
    Truth(bool),
}

/// An expression with its place.
pub type Expr = Spanned<ExprKind>;

/// A binary operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    /// `??`
    Otherwise,
}

/// A prefix operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum UnaryOp {
    Negate,
    Not,
}

/// How far back `ytd`, `qtd`, `mtd` start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum ToDate {
    Year,
    Quarter,
    Month,
}

/// The shapes of an expression.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum ExprKind {
    Literal(Literal),
    /// `name`
    Name(String),
    /// `table.column`, `campaign.budget`
    Dotted(Name, Name),
    /// `(x)`: kept, so that text formats as written.
    Group(Box<Expr>),
    /// `f(a, b)`; `last(x per d)`; `rank(x by d)`; `sum(x where c)`. The function's name in lower case.
    Call {
        function: Name,
        arguments: Vec<Expr>,
        per: Option<Name>,
        by: Option<Name>,
        condition: Option<Box<Expr>>,
    },
    /// `x[…]`
    Context {
        of: Box<Expr>,
        context: Spanned<Context>,
    },
    /// `x over 28 days`
    Over {
        of: Box<Expr>,
        span: Spanned<CalendarSpan>,
    },
    /// `x ytd`
    ToDate {
        of: Box<Expr>,
        from: ToDate,
    },
    Unary(UnaryOp, Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `x in (a, b)`
    In {
        of: Box<Expr>,
        values: Vec<Expr>,
        negated: bool,
    },
    /// `x between a and b`
    Between {
        of: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
        negated: bool,
    },
}

/// What stands between square brackets after an expression.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Context {
    Period(Period),
    /// `[-1 quarter]`: the count is negative.
    Shift(CalendarSpan),
    /// A segment, a campaign or a condition.
    Condition(Box<Expr>),
}
