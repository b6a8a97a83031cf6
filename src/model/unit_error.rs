//! What can be wrong with units: one variant a mistake, with its code and words. The rules are in `units`.

use crate::diagnostic::Finding;
use crate::source::Span;
use miette::Diagnostic;
use thiserror::Error;

/// A mistake in units.
#[derive(Debug, Error, Diagnostic)]
#[allow(missing_docs)] // named after their messages
pub enum UnitError {
    #[error("{first} {verb} {second}: they measure different things")]
    #[diagnostic(code("U001"), help("both sides must be of one unit; dividing one by the other is fine"))]
    Mixed {
        verb: &'static str,
        first: String,
        second: String,
        #[label("{second}")]
        at: Span,
        #[label("{first}")]
        other: Span,
    },

    #[error("a percentage {verb} {base}")]
    #[diagnostic(code("U002"), help("write {example}"))]
    PercentOnCount {
        verb: &'static str,
        base: String,
        example: String,
        #[label("a percentage")]
        at: Span,
        #[label("{base}")]
        other: Span,
        edit: Option<(Span, String)>,
    },

    #[error("{first} and {second} are two currencies, and no rate between them is known")]
    #[diagnostic(code("U003"), help("turn one into the other with a rate of your own: let rate = 1.1"))]
    Currencies {
        first: String,
        second: String,
        #[label("{second}")]
        at: Span,
        #[label("{first}")]
        other: Span,
    },

    #[error("points are a difference of two percentages, and this is {base}")]
    #[diagnostic(code("U004"), help("{help}"))]
    PointsOn {
        base: String,
        #[label("points")]
        at: Span,
        #[label("{base}")]
        other: Span,
        help: String,
    },

    #[error("{number} beside a percentage would be {shown}")]
    #[diagnostic(code("U005"), help("write {example}"))]
    NumberOnPercent {
        number: String,
        shown: String,
        example: String,
        #[label("write {example}")]
        at: Span,
        #[label("a percentage")]
        other: Span,
    },

    #[error("a percentage is a ratio already: times 100 it would be shown 100 times too large")]
    #[diagnostic(code("U006"), help("leave `* 100` out: unit % shows 0.021 as 2.1%"))]
    TimesHundred {
        #[label("leave this out")]
        at: Span,
        cut: Span,
    },

    #[error("`{written}` of something in % has two readings")]
    #[diagnostic(
        code("U007"),
        help("{relative}: from 40% to {relative_result}; {points}: from 40% to {points_result}")
    )]
    RelativeOrPoints {
        written: String,
        relative: String,
        relative_result: String,
        points: String,
        points_result: String,
        #[label("relative, or points?")]
        at: Span,
    },

    #[error("{base} can't be held against {limit}")]
    #[diagnostic(code("U008"), help("{help}"))]
    Compared {
        base: String,
        limit: String,
        #[label("{limit}")]
        at: Span,
        #[label("{base}")]
        other: Span,
        help: String,
    },

    #[error("the formula gives {gives}, so it can't be declared as {declared}")]
    #[diagnostic(code("U009"), help("leave `unit {declared}` out, or change the formula"))]
    Declared {
        gives: String,
        declared: String,
        #[label("{declared}")]
        at: Span,
        #[label("{gives}")]
        other: Span,
    },

    #[error("a change of {written} of something in % is not clear")]
    #[diagnostic(code("U010"), help("write {points} (points), or {relative}"))]
    NumberChangeOfPercent {
        written: String,
        points: String,
        relative: String,
        #[label("points?")]
        at: Span,
    },

    #[error("a change of {change} doesn't fit {base}")]
    #[diagnostic(code("U011"), help("{help}"))]
    Change {
        change: String,
        base: String,
        #[label("{change}")]
        at: Span,
        #[label("{base}")]
        other: Span,
        help: String,
    },

    #[error("{written} is longer in some months than in others, and here an exact length is needed")]
    #[diagnostic(code("U012"), help("write it in days, hours or minutes: 30 days"))]
    CalendarLength {
        written: String,
        #[label("no exact length")]
        at: Span,
    },

    #[error("{first} can't be multiplied by {second}")]
    #[diagnostic(code("U013"), help("one side must be a plain number, a percentage or a count"))]
    Product {
        first: String,
        second: String,
        #[label("{second}")]
        at: Span,
        #[label("{first}")]
        other: Span,
    },
}

impl Finding for UnitError {
    fn fix(&self) -> Option<(String, Vec<(Span, String)>)> {
        match self {
            Self::PercentOnCount { example, edit: Some((span, text)), .. } => {
                Some((format!("write {example}"), vec![(*span, text.clone())]))
            }
            Self::TimesHundred { cut, .. } => Some(("leave `* 100` out".to_owned(), vec![(*cut, String::new())])),
            _ => None,
        }
    }
}
