//! Why a plan can't be evaluated: every case says the next edit.

use crate::diagnostic::Diagnostic as Finding_;
use crate::engine::DataError;
use crate::source::Span;
use miette::Diagnostic;
use thiserror::Error;

/// A plan that is understood but can't be judged.
#[derive(Debug, Error, Diagnostic)]
pub enum EvalError {
    /// No table has a time column, so there is no newest row.
    #[error("no table that the goals read has a time column, so there is no newest day to judge at")]
    #[diagnostic(
        code("E002"),
        help("say the day: --as-of 2021-09-30; or name the column that bears the time: `table … time COLUMN`")
    )]
    NoTime,
    /// `--goal` names none.
    #[error("the plan has no goal `{name}`")]
    #[diagnostic(code("E003"), help("{help}"))]
    UnknownGoal {
        /// As asked.
        name: String,
        /// The nearest, or all.
        help: String,
    },
    /// `show` names no metric.
    #[error("the plan has no metric `{name}`")]
    #[diagnostic(code("E004"), help("{help}"))]
    UnknownMetric {
        /// As asked.
        name: String,
        /// The nearest, or all.
        help: String,
    },
    /// There is nothing to judge.
    #[error("the plan has no goal")]
    #[diagnostic(code("E005"), help("write one: goal subs +5% by 2021-09-30"))]
    NoGoal,
    /// Reading asked for ever more.
    #[error("the data was read {rounds} times and something was still wanted")]
    #[diagnostic(code("E006"), help("this is a fault of milepost; please report it with the plan"))]
    Unsettled {
        /// How often.
        rounds: usize,
    },
    /// A change over time where there is no time.
    #[error("{what} is a change over time, and {table} has no time column: there is no earlier value")]
    #[diagnostic(
        code("E007"),
        help(
            "name the column that bears the time, `table {table} from … time COLUMN`, or write the value to compare with: `from 100`"
        )
    )]
    Untimed {
        /// As written.
        what: String,
        /// The table, or all of them.
        table: String,
        /// Where it stands.
        #[label("a change")]
        at: Span,
    },
}

impl crate::diagnostic::Finding for EvalError {}

/// Why there is no report.
#[derive(Debug)]
pub enum Failure {
    /// The data can't be read or doesn't fit.
    Data(DataError),
    /// The plan can't be judged.
    Plan(Vec<Finding_>),
}

impl std::convert::From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        Self::Data(error)
    }
}
