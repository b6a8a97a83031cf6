//! Why a test of a plan can't run, and that it failed.

use super::Outcome;
use crate::diagnostic::Finding;
use crate::source::Span;
use miette::Diagnostic;
use thiserror::Error;

/// What is said of a test.
#[derive(Debug, Error, Diagnostic)]
pub enum TestError {
    /// An expectation that wasn't met.
    #[error("{found}, and {expected} was expected")]
    #[diagnostic(code("E060"))]
    Status {
        /// `intl is missed`
        found: String,
        /// `met`
        expected: String,
        /// The place.
        #[label("expected")]
        at: Span,
        /// What decided the verdict.
        #[help]
        why: Option<String>,
    },
    /// A condition that doesn't hold.
    #[error("`{text}` doesn't hold: {found}")]
    #[diagnostic(code("E060"), help("the test gives other values, or the plan says something else than is meant"))]
    Condition {
        /// As written.
        text: String,
        /// What its sides are.
        found: String,
        /// The place.
        #[label("expected")]
        at: Span,
    },
    /// A metric that reads data.
    #[error("the test needs `{metric}`, which isn't given: no data is read in a test")]
    #[diagnostic(code("E061"), help("give it values: given {metric} = {example} at {day}"))]
    NotGiven {
        /// Its name.
        metric: String,
        /// A value in its unit.
        example: String,
        /// The day that the test is judged at.
        day: String,
        /// What asks for it.
        #[label("needs it")]
        at: Span,
    },
    /// A formula that reads data itself.
    #[error("the test needs rows of {table}, and no data is read in a test")]
    #[diagnostic(
        code("E061"),
        help("name what is worked out from them, metric NAME = …, use that name, and give it values")
    )]
    ReadsTable {
        /// Its name.
        table: String,
        /// What asks for it.
        #[label("needs them")]
        at: Span,
    },
    /// A goal over the values of a column or the rows of a table.
    #[error("`{goal}` is judged for each {of}, and a test gives a metric one value, not one for each")]
    #[diagnostic(code("E062"), help("test a goal without `for`, on the metric as a whole"))]
    ForEach {
        /// The goal.
        goal: String,
        /// Of what.
        of: String,
        /// The place.
        #[label("not in a test")]
        at: Span,
    },
    /// A given value without a number.
    #[error("the value given to `{metric}` can't be worked out: {why}")]
    #[diagnostic(code("E063"), help("write the number itself"))]
    NoValue {
        /// Whose.
        metric: String,
        /// Why not.
        why: String,
        /// The line.
        #[label("given here")]
        at: Span,
    },
}

impl Finding for TestError {}

impl TestError {
    /// An expectation that wasn't met.
    pub fn failed(outcome: &Outcome) -> Self {
        let (found, at) = (outcome.found.clone(), outcome.at.span);
        match &outcome.why {
            Some(why) => {
                Self::Status { found, expected: outcome.expected.clone(), at, why: Some(format!("why: {why}")) }
            }
            None => Self::Condition { text: outcome.text.clone(), found, at },
        }
    }
}
