//! What can be wrong with a test in a plan before it runs.

use crate::diagnostic::Finding;
use crate::source::Span;
use miette::Diagnostic;
use thiserror::Error;

/// A mistake in a test.
#[derive(Debug, Error, Diagnostic)]
#[allow(missing_docs)] // named after their messages
pub enum PlanTestError {
    #[error("this test doesn't say when it is judged")]
    #[diagnostic(code("N060"), help("add a line: as of 2021-10-01"))]
    NoAsOf {
        #[label("judged when?")]
        at: Span,
    },

    #[error("this test expects nothing")]
    #[diagnostic(code("N061"), help("add a line, such as: expect intl met, or: expect signups[2021-03] = 120"))]
    NothingExpected {
        #[label("it can't fail")]
        at: Span,
    },

    #[error("{what} twice in this test")]
    #[diagnostic(code("N062"), help("leave one of them out"))]
    Twice {
        what: String,
        #[label("again")]
        at: Span,
    },

    #[error("a given value is fixed, and this one is worked out from data")]
    #[diagnostic(code("N063"), help("write the number itself: a test opens no data file"))]
    GivenReadsData {
        #[label("reads data")]
        at: Span,
    },
}

impl Finding for PlanTestError {}
