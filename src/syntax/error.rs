//! What can be wrong with a plan's text. Each case says what stands there, why it is wrong and the next edit.

use super::slips::SlipError;
use crate::diagnostic::Finding;
use crate::source::Span;
use miette::Diagnostic;
use thiserror::Error;

/// Text that isn't the language.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
#[allow(missing_docs)] // the fields are what the messages name
pub enum SyntaxError {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Slip(#[from] SlipError),

    #[error("this can't be read")]
    #[diagnostic(code("P000"), help("compare it with the forms in the language reference"))]
    Unexpected {
        #[label("here")]
        at: Span,
    },

    #[error("expected {expected}, and found {found}")]
    #[diagnostic(code("P001"), help("{form}"))]
    Expected {
        form: &'static str,
        expected: String,
        found: String,
        #[label("here")]
        at: Span,
    },

    #[error("this text stands outside of every statement")]
    #[diagnostic(code("P003"), help("a statement opens a line with its keyword: goal, metric, table, plan, …"))]
    Outside {
        #[label("before the first statement")]
        at: Span,
    },

    #[error("this text has no closing quote")]
    #[diagnostic(code("P004"), help("a text ends on the line on which it begins: write \" at its end"))]
    UnclosedText {
        #[label("opened here")]
        at: Span,
        end: Span,
    },

    #[error("this bracket has no partner: `{bracket}`")]
    #[diagnostic(code("P005"), help("{help}"))]
    Bracket {
        bracket: char,
        help: &'static str,
        #[label("here")]
        at: Span,
    },

    #[error("this name has no closing back-tick")]
    #[diagnostic(code("P006"), help("write a back-tick at its end, on the same line"))]
    UnclosedName {
        #[label("opened here")]
        at: Span,
    },

    #[error("`{written}` is no escape")]
    #[diagnostic(code("P007"), help("a text knows \\\" \\\\ \\n \\t and \\u{{1F600}}; a backslash itself is \\\\"))]
    BadEscape {
        written: String,
        #[label("here")]
        at: Span,
    },

    #[error("more than {limit} brackets stand in one another")]
    #[diagnostic(code("P008"), help("give a part of it a name of its own: let NAME = …"))]
    TooDeep {
        limit: usize,
        #[label("this one is too deep")]
        at: Span,
    },

    #[error("this formula is too long: more than {limit} operators follow one another")]
    #[diagnostic(code("P009"), help("give parts of it names of their own (let NAME = …), or use in (…)"))]
    TooLong {
        limit: u16,
        #[label("here")]
        at: Span,
    },

    #[error("this plan has {bytes} bytes, more than the {limit} that are read")]
    #[diagnostic(code("P010"), help("split it into several files, and import them"))]
    TooLarge { bytes: usize, limit: usize },

    #[error("`{keyword}` stands here a second time")]
    #[diagnostic(code("P012"), help("each clause stands at most once in a statement: keep one of them"))]
    RepeatedClause {
        keyword: String,
        #[label("first here")]
        first: Span,
        #[label("again here")]
        again: Span,
    },

    #[error("there is no {written}")]
    #[diagnostic(code("P030"))]
    NoSuchPeriod {
        written: String,
        #[label("not in the calendar")]
        at: Span,
        #[help]
        help: String,
    },

    #[error("there is no month or day called {written}")]
    #[diagnostic(code("P030"), help("did you mean {nearest}?"))]
    UnknownCalendarName {
        written: String,
        nearest: String,
        #[label("here")]
        at: Span,
    },

    #[error("a date has two digits for the month and two for the day")]
    #[diagnostic(code("P027"), help("write {right}"))]
    ShortDate {
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("there is no such time as {written}")]
    #[diagnostic(
        code("P030"),
        help("a time is written 2021-09-30T17:00, with Z or +02:00 after it where it needs a zone")
    )]
    NoSuchMoment {
        written: String,
        #[label("not in the calendar")]
        at: Span,
    },

    #[error("a checkpoint is a single day, and {written} isn't one")]
    #[diagnostic(code("P030"), help("write its last day, such as 2021-03-31, or a rhythm such as quarterly"))]
    CheckpointDate {
        written: String,
        #[label("here")]
        at: Span,
    },

    #[error("there is no currency {code}")]
    #[diagnostic(
        code("P031"),
        help("a currency is a code of ISO 4217 such as USD, EUR or GBP; other units go without capitals")
    )]
    UnknownCurrency {
        code: String,
        #[label("here")]
        at: Span,
    },

    #[error("{written} is money and something else at once")]
    #[diagnostic(code("P031"), help("write either the sign or the code, and no other unit: $5k, 5k USD"))]
    MoneyWithUnit {
        written: String,
        #[label("here")]
        at: Span,
    },

    #[error("this number is too large")]
    #[diagnostic(code("P063"), help("use a smaller number"))]
    NumberTooLarge {
        #[label("here")]
        at: Span,
    },

    #[error("a number of {unit}s is whole, and at most 32767")]
    #[diagnostic(code("P063"), help("use a smaller unit: 6 weeks instead of 1.5 months"))]
    SpanCount {
        unit: &'static str,
        #[label("here")]
        at: Span,
    },

    #[error("a minus before a power can be read in two ways")]
    #[diagnostic(
        code("P050"),
        help("write -(2^2) for minus the power, or (-2)^2 for the power of the negative number")
    )]
    NegativePower {
        #[label("which comes first?")]
        at: Span,
        power: Span,
        sign: Span,
    },

    #[error("a power of a power can be read in two ways")]
    #[diagnostic(code("P050"), help("put brackets around the part that comes first: (2^3)^2 or 2^(3^2)"))]
    PowerOfPower {
        #[label("which comes first?")]
        at: Span,
        first: Span,
    },

    #[error("`??` beside arithmetic can be read in two ways")]
    #[diagnostic(code("P051"), help("put brackets around the part that comes first: (a ?? 0) + b, or a ?? (0 + b)"))]
    OtherwiseBesideArithmetic {
        #[label("which comes first?")]
        at: Span,
        side: Span,
    },

    #[error("comparisons don't follow one another")]
    #[diagnostic(code("P052"), help("write x between 1 and 5, or 1 <= x and x <= 5"))]
    ComparisonChain {
        #[label("two comparisons")]
        at: Span,
    },

    #[error("a function's name has no dot")]
    #[diagnostic(code("P053"), help("the table's name goes with the column, inside the brackets: sum(posts.shares)"))]
    DottedCall {
        name: String,
        #[label("here")]
        at: Span,
    },

    #[error("`from {year}` can be the year {year} or the value {year}")]
    #[diagnostic(
        code("P060"),
        help("for the value write `from {year} to …` together; for the year write `from {year}-01-01..{year}-12-31`")
    )]
    YearOrValue {
        year: i16,
        #[label("year or value?")]
        at: Span,
        #[label("the value to reach")]
        to: Span,
    },

    #[error("a change beside `from A to B` says the same thing twice, or two different things")]
    #[diagnostic(
        code("P060"),
        help(
            "A and B are read as two values: drop the change; if they are a time, write `in 2020..2021` instead of `from 2020 to 2021`"
        )
    )]
    ChangeBesideFromTo {
        #[label("two values")]
        at: Span,
        #[label("a change as well")]
        change: Span,
        whole: Span,
    },

    #[error("this milestone has no date")]
    #[diagnostic(code("P061"), help("add its deadline: by 2021-09-30"))]
    MilestoneWithoutDate {
        #[label("by when?")]
        at: Span,
    },
}

impl SyntaxError {
    /// The message of last resort.
    pub fn unexpected(at: Span) -> Self {
        Self::Unexpected { at }
    }

    /// `from 2000` beside a lone `to`.
    pub fn year_or_value(year: i16, at: Span, to: Span) -> Self {
        Self::YearOrValue { year, at, to }
    }

    /// A month that isn't one.
    pub fn unknown_month(written: &str, at: Span) -> Self {
        Self::calendar_name(written, &crate::calendar::MONTHS, at)
    }

    /// A day of the week that isn't one.
    pub fn unknown_day(written: &str, days: &[&str], at: Span) -> Self {
        Self::calendar_name(written, days, at)
    }

    fn calendar_name(written: &str, names: &[&str], at: Span) -> Self {
        let near = |n: &&&str| (strsim::jaro_winkler(&n.to_lowercase(), &written.to_lowercase()) * 1e6) as u32;
        let nearest = names.iter().max_by_key(near).map_or("January", |n| *n).to_owned();
        Self::UnknownCalendarName { written: written.to_owned(), nearest, at }
    }

    /// A date, week, month, quarter or half that isn't in the calendar.
    pub fn no_such_period(written: &str, at: Span) -> Self {
        let help = match written.as_bytes() {
            [b'Q', ..] | [b'F', b'Q', ..] => "quarters run from Q1 to Q4",
            [b'H', ..] => "the halves of a year are H1 and H2",
            _ if written.contains('W') => "weeks run from W01 to W52, in some years to W53",
            _ if written.matches('-').count() == 1 => {
                "months run from 01 to 12; a subtraction has a space around its minus"
            }
            _ => "look up how many days this month has; a date is written year-month-day",
        };
        Self::NoSuchPeriod { written: written.to_owned(), at, help: help.to_owned() }
    }

    /// True where the statement can be read as it stands in spite of the error.
    pub fn leaves_tree_whole(&self) -> bool {
        matches!(
            self,
            Self::Slip(_)
                | Self::ShortDate { .. }
                | Self::BadEscape { .. }
                | Self::RepeatedClause { .. }
                | Self::NegativePower { .. }
                | Self::PowerOfPower { .. }
                | Self::OtherwiseBesideArithmetic { .. }
                | Self::ComparisonChain { .. }
                | Self::DottedCall { .. }
                | Self::YearOrValue { .. }
                | Self::ChangeBesideFromTo { .. }
        )
    }

    /// Where it is.
    pub fn place(&self) -> Span {
        Diagnostic::labels(self)
            .and_then(|mut l| l.next())
            .map_or(Span::default(), |l| Span::new(l.offset(), l.offset() + l.len()))
    }
}

impl Finding for SyntaxError {
    fn fix(&self) -> Option<(String, Vec<(Span, String)>)> {
        match self {
            Self::Slip(slip) => slip.fix(),
            Self::ShortDate { right, at } => Some((format!("write {right}"), vec![(*at, right.clone())])),
            Self::UnclosedText { end, .. } => Some(("close the text".to_owned(), vec![(*end, "\"".to_owned())])),
            _ => None,
        }
    }
}
