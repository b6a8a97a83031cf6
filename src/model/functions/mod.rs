//! The functions of the language in one list: name, arguments, documentation and what each stands for. Docs and
//! completions are derived from it. Knows no plan and no data.

mod list;

pub use list::FUNCTIONS;

use super::plan::Function;
use crate::query::RowFunction;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Something that turns rows into one value.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)] // named after the functions
pub enum Aggregate {
    Sum,
    Count,
    Last,
    First,
    Min,
    Max,
    Avg,
    Median,
    Stdev,
    Percentile,
    /// `p95`
    P(f64),
    Distinct,
    Share,
    Nps,
    Csat,
    Retention,
}

/// What a name stands for between values.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum Value {
    Call(Function),
    If,
    Growth,
    Yoy,
    /// Known, and not evaluated by this version.
    Unbuilt,
}

/// What a name stands for within one row.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum RowRole {
    Call(RowFunction),
    If,
    Ifs,
    IfError,
    IsMissing,
    IsNumber,
    Power,
    Sqrt,
    Least,
    Greatest,
}

/// One function.
#[derive(Debug, Clone, Copy)]
pub struct FunctionInfo {
    /// In lower case.
    pub name: &'static str,
    /// The arguments' names; `…` repeats.
    pub arguments: &'static str,
    /// The fewest arguments.
    pub min: usize,
    /// The most arguments; [`ANY`] for no limit.
    pub max: usize,
    /// What it gives, one sentence.
    pub doc: &'static str,
    /// A call.
    pub example: &'static str,
    /// Over the rows of a table.
    pub aggregate: Option<Aggregate>,
    /// Between values.
    pub value: Option<Value>,
    /// Within one row.
    pub row: Option<RowRole>,
    /// False where this version reads it and doesn't evaluate it.
    pub built: bool,
}

impl FunctionInfo {
    /// `round(x, digits)`
    pub fn signature(&self) -> String {
        format!("{}({})", self.name, self.arguments)
    }

    /// How many arguments it takes, in words.
    pub fn takes(&self) -> String {
        let s = |n: usize| if n == 1 { "1 argument".to_owned() } else { format!("{n} arguments") };
        match (self.min, self.max) {
            (a, b) if a == b => s(a),
            (a, ANY) => format!("at least {}", s(a)),
            (a, b) => format!("{a} to {}", s(b)),
        }
    }
}

/// No limit to the number of arguments.
pub const ANY: usize = usize::MAX;

/// The entry of a name in lower case.
pub fn find(name: &str) -> Option<&'static FunctionInfo> {
    static BY_NAME: LazyLock<HashMap<&str, &FunctionInfo>> =
        LazyLock::new(|| FUNCTIONS.iter().map(|f| (f.name, f)).collect());
    BY_NAME.get(name).copied()
}
