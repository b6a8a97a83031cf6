//! Goals, targets and clauses as written. Knows no meaning.

use super::{Expr, Literal, Moment, Name, Number, Text};
use crate::calendar::{CalendarSpan, Period};
use crate::source::Spanned;
use jiff::civil::Date;

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

impl Comparison {
    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::Below => "<",
            Self::Equal => "=",
        }
    }
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
