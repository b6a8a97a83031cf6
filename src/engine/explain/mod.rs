//! What an engine did to answer: which way it took over each table and why, for whoever asks with `--explain-plan`. Told
//! after the reading, since what decides is learnt by it. Knows no engine.

mod words;

pub use words::{measure, row};

use crate::query::Query;
use indexmap::IndexMap;
use serde::Serialize;

/// The way that an engine took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// In process, all requests together: see [`Pass`].
    OnePass,
    /// In process, each request by itself, in one reading.
    OneByOne,
    /// A database works it out.
    InDatabase,
    /// A database gives rows, and they are folded in process.
    RowsOfDatabase,
}

impl Way {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::OnePass => "one pass, in process",
            Self::OneByOne => "each request by itself, in process",
            Self::InDatabase => "in the database",
            Self::RowsOfDatabase => "rows of the database, in process",
        }
    }
}

/// One reading of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Its name in the plan.
    pub table: String,
    /// Which way.
    pub way: Way,
    /// Why this one, as a sentence.
    pub why: String,
    /// How many requests there are of each measure, in order of appearance.
    pub requests: IndexMap<&'static str, usize>,
    /// Files; none of a database.
    pub files: Share,
    /// Row groups of Parquet files.
    pub row_groups: Share,
    /// The columns that were read, in the table's order.
    pub columns: Vec<String>,
    /// Rows that were read.
    pub rows: u64,
    /// Bytes of files that were read, as stored.
    pub bytes: u64,
    /// What one pass put together.
    pub pass: Option<Pass>,
    /// What a database was asked, in order.
    pub statements: Vec<String>,
}

/// How many of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// That were read.
    pub read: usize,
    /// That there are.
    pub of: usize,
}

/// What one pass put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pass {
    /// Different windows that requests ask for.
    pub windows: usize,
    /// Stretches of time into which the windows' edges cut it, that before the first and that after the last among them.
    pub atoms: usize,
    /// What rows are told apart by.
    pub dimensions: Vec<Dimension>,
    /// How many combinations of their values there are.
    pub combinations: usize,
    /// What is added up for each atom and combination, beside the number of rows.
    pub folds: Vec<String>,
    /// Values that don't add up, and are kept one by one or by the different ones: how many requests keep which.
    pub kept: IndexMap<String, usize>,
    /// Bytes that all of this took in the end, roughly.
    pub memory: usize,
    /// Bytes that it might have taken; none where there is no limit.
    pub limit: Option<usize>,
}

/// What rows are told apart by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dimension {
    /// As in a plan: a column, or a condition over columns.
    pub name: String,
    /// Where its values come from.
    pub kind: DimensionKind,
    /// How many different values it has; none of a condition, which is true, false or missing.
    pub values: Option<usize>,
}

/// Where a dimension's values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DimensionKind {
    /// A text column: conditions on it are worked out once a value.
    Column,
    /// A condition that isn't over one text column alone: it is worked out once a row.
    Computed,
    /// A column of another type that groups are made by.
    Group,
}

impl Reading {
    /// Of a query, before anything is known of how it went.
    pub fn new(query: &Query, way: Way, why: impl Into<String>) -> Self {
        let mut requests = IndexMap::new();
        for request in &query.requests {
            *requests.entry(measure(&request.measure)).or_default() += 1;
        }
        Self {
            table: query.table.clone(),
            way,
            why: why.into(),
            requests,
            files: Share::default(),
            row_groups: Share::default(),
            columns: Vec::new(),
            rows: 0,
            bytes: 0,
            pass: None,
            statements: Vec::new(),
        }
    }
}
