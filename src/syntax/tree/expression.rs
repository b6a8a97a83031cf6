//! Expressions and literals as written. Knows no meaning.

use super::Name;
use crate::calendar::{CalendarSpan, Period};
use crate::source::Spanned;
use jiff::civil::DateTime;

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

impl BinaryOp {
    /// As written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Power => "^",
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::And => "and",
            Self::Or => "or",
            Self::Otherwise => "??",
        }
    }
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
