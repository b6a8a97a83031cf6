//! What must be read, as plain owned data: one query a table. Knows rows and windows, and neither goals nor an engine.

use crate::calendar::Window;
use indexmap::IndexMap;
use jiff::civil::{DateTime, Weekday};
use ordered_float::OrderedFloat;
use serde::{Deserialize, Serialize};

/// A table as the plan declares it, or as the command line gives it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableSource {
    /// Its name in the plan.
    pub name: String,
    /// Path or URL, resolved by the edge; what people see is `shown`.
    pub path: String,
    /// The path as written; of a URL without what may be secret.
    pub shown: String,
    /// The folder that files found in a folder or by a pattern must lie in, links followed; anywhere where there is none.
    #[serde(skip)]
    pub within: Option<String>,
    /// The time column and its strftime format, where declared.
    pub time: Option<TimeColumn>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// Rows that are the table at all.
    pub filter: Option<Row>,
    /// The plan's zone: civil times of the table are in it, instants are turned into it. An IANA name.
    pub timezone: String,
    /// The day on which a week of a time column (`2021-W05`) starts.
    #[serde(skip, default = "monday")]
    pub week_start: Weekday,
    /// True where no statement of the plan declares it: its time column may then be found by itself.
    pub implicit: bool,
}

fn monday() -> Weekday {
    Weekday::Monday
}

impl TableSource {
    /// A file that no statement declares: everything about it is found.
    pub fn given(name: &str, path: &str, shown: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            shown: redacted(shown),
            within: None,
            time: None,
            sheet: None,
            filter: None,
            timezone: "UTC".to_owned(),
            week_start: Weekday::Monday,
            implicit: true,
        }
    }
}

/// True for an address, `scheme://…`: it belongs to no folder.
pub fn is_url(path: &str) -> bool {
    let scheme = path.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|s| {
        s.starts_with(|c: char| c.is_ascii_alphabetic())
            && s.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// A path as it may be shown: a URL loses user, password and query, by which addresses are signed.
pub fn redacted(path: &str) -> String {
    let Some((scheme, rest)) = path.split_once("://").filter(|_| is_url(path)) else { return path.to_owned() };
    let (place, query) = match url_query(path) {
        Some(query) => (&rest[..rest.len() - query.len() - 1], "?…"),
        None => (rest, ""),
    };
    let (host, folders) = place.split_at(place.find('/').unwrap_or(place.len()));
    let host = host.rsplit_once('@').map_or_else(|| host.to_owned(), |(_, host)| format!("…@{host}"));
    format!("{scheme}://{host}{folders}{query}")
}

/// What follows the `?` of a URL: all of it on the web, and `name=…` elsewhere, where `?` is also a pattern's.
pub fn url_query(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let web = ["http", "https"].iter().any(|s| scheme.eq_ignore_ascii_case(s));
    let marks = rest.char_indices().filter(|(_, c)| matches!(c, '?' | '#'));
    marks.map(|(at, _)| &rest[at + 1..]).find(|q| web || q.split_once('=').is_some_and(|(name, _)| !name.contains('/')))
}

/// A time column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimeColumn {
    /// Its name.
    pub column: String,
    /// strftime (`%d/%m/%Y`), `%s` for epoch seconds; ISO and periods of the language where none is given.
    pub format: Option<String>,
}

/// The type of a column as the engine found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// Integers and decimals.
    Number,
    /// Text.
    Text,
    /// `true`/`false`.
    Truth,
    /// Whole days.
    Date,
    /// Moments.
    Timestamp,
    /// No cell has a value yet: it fits any use.
    Empty,
    /// Numbers in some rows and text in others: text. Where a number is needed, the engine says which row holds none.
    Mixed,
    /// Nothing that can be used. The engine says why, and in which row, where it is used all the same.
    Unusable,
}

impl ColumnType {
    /// True where its values are text, also where some of them look like numbers.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Mixed)
    }
}

/// What the engine found when it opened a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableInfo {
    /// Columns in the order of the file.
    pub columns: IndexMap<String, ColumnType>,
    /// The time column: the declared one, or for an implicit table the one that was found.
    pub time: Option<String>,
    /// Rows of the whole file, before any filter.
    pub rows: u64,
    /// blake3 of the file's bytes (of several files: of their paths and hashes), in hexadecimal; none where the table is too
    /// large to be read for it.
    pub blake3: Option<String>,
    /// Where the table is in tidy form (`date, metric, value`): the metrics' names in order of appearance.
    pub tidy: Option<Vec<String>>,
    /// Things that were assumed while opening it, as sentences.
    pub notes: Vec<String>,
}

/// An expression over one row. Missing travels through it; a condition that is missing does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Row {
    /// A column by name.
    Column(String),
    /// A number; a percentage as its fraction, a duration in seconds.
    Number(OrderedFloat<f64>),
    /// A text.
    Text(String),
    /// True or false.
    Truth(bool),
    /// A day or a longer period beside a date or time column: `=` is inside it, `<` before its start, `<=` before
    /// its end, `>` not before its end, `>=` not before its start.
    Period(Window),
    /// A moment, in the plan's zone.
    Moment(DateTime),
    /// `-x`
    Negate(Box<Row>),
    /// `not c`
    Not(Box<Row>),
    /// `a op b`. A difference of two times is in seconds; where either side is a plain date, whole days count.
    Binary(RowOp, Box<Row>, Box<Row>),
    /// `x in (…)`
    In(Box<Row>, Vec<Row>),
    /// `x between a and b`, both ends in
    Between(Box<Row>, Box<Row>, Box<Row>),
    /// `if(c, a, b)`
    If(Box<Row>, Box<Row>, Box<Row>),
    /// The least (or, where `greatest`, the greatest) of several; missing ones are passed over.
    Extreme {
        /// Which end.
        greatest: bool,
        /// Of what.
        of: Vec<Row>,
    },
    /// True where it has no value.
    IsMissing(Box<Row>),
    /// True where it is a number: neither missing, nor an error, nor of another type.
    IsNumber(Box<Row>),
    /// `iferror(x, other)`: `other` where arithmetic failed in `x`.
    IfError(Box<Row>, Box<Row>),
    /// No value, of any type: an `ifs` of which no condition holds.
    Missing,
    /// A row function by its name in the function table.
    Call(RowFunction, Vec<Row>),
}

impl Row {
    /// How many steps computing it takes at the most, saturating: `between` and `in` take their subject once for each
    /// value, so that nested ones grow fast.
    pub fn weight(&self) -> usize {
        let sum = |rows: &[&Row]| rows.iter().fold(1usize, |all, row| all.saturating_add(row.weight()));
        match self {
            Self::Column(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Truth(_)
            | Self::Period(_)
            | Self::Moment(_)
            | Self::Missing => 1,
            Self::Negate(x) | Self::Not(x) | Self::IsMissing(x) | Self::IsNumber(x) => sum(&[x]),
            Self::Binary(_, a, b) => sum(&[a, b]),
            // Value and error of the first are looked at each by itself.
            Self::IfError(a, b) => sum(&[a, a, b]),
            Self::If(a, b, c) => sum(&[a, b, c]),
            Self::Between(x, a, b) => sum(&[x, x, a, b]),
            Self::In(x, list) => {
                let subject = x.weight().saturating_mul(list.len().max(1));
                list.iter().fold(subject, |all, row| all.saturating_add(row.weight()).saturating_add(1))
            }
            Self::Extreme { of, .. } | Self::Call(_, of) => sum(&of.iter().collect::<Vec<_>>()),
        }
    }
}

/// Operators of row expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum RowOp {
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

impl RowOp {
    /// The comparison with its sides exchanged; others as they are.
    pub fn flipped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            other => other,
        }
    }
}

/// Functions over one row; what each takes, gives and does is in `engine::functions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum RowFunction {
    Abs,
    Exp,
    Ln,
    Log,
    Log10,
    Mod,
    Int,
    Round,
    RoundUp,
    RoundDown,
    Ceiling,
    Floor,
    Lower,
    Upper,
    Trim,
    Length,
    Contains,
    StartsWith,
    Matches,
    Mentions,
    Hashtags,
    HasHashtag,
    Sentiment,
    Date,
    Year,
    Month,
    Day,
    Weekday,
    EDate,
    EoMonth,
    NetworkDays,
    Days,
}

/// How much memory a compiled pattern of [`RowFunction::Matches`] takes at the most, in bytes.
pub const PATTERN_SIZE: usize = 1 << 22;

/// What is computed over the rows that pass.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Measure {
    /// Total of the argument; n/a is skipped and counted.
    Sum(Row),
    /// How many rows.
    Count,
    /// The sum of the argument over the rows that bear the latest time of the *unfiltered* rows in the window.
    Last(Row),
    /// Likewise the earliest.
    First(Row),
    /// The sum, over the values of `per`, of each one's own latest value of the argument.
    LastPer(Row, String),
    /// The smallest.
    Min(Row),
    /// The largest.
    Max(Row),
    /// The mean.
    Avg(Row),
    /// The middle value, or the mean of the two middle ones.
    Median(Row),
    /// The sample standard deviation (n − 1).
    Stdev(Row),
    /// Percentile 0…100, linear between the two nearest ranks (a spreadsheet's PERCENTILE.INC).
    Percentile(Row, OrderedFloat<f64>),
    /// How many different values, n/a aside.
    Distinct(Row),
    /// Rows where the condition holds / rows; a missing condition does not hold and is counted as skipped.
    Share(Row),
    /// Net promoter score of answers 0…10, −100…100; others are counted as bad and left out.
    Nps(Row),
    /// The share of answers at or above the threshold; n/a is skipped and counted.
    Csat(Row, OrderedFloat<f64>),
    /// Of the different ids in `earlier`, the share that is seen in the request's window as well; the filter goes for
    /// both. No value where `earlier` has no id.
    Retention {
        /// Who.
        id: Row,
        /// The window before.
        earlier: Window,
    },
    /// First and newest time of the rows, how many rows, and the different times where there are at most
    /// [`MAX_TIMES`] of them.
    Extent,
    /// The rows where the value is greatest (`worst_first`) or least, at most `limit`: see [`Cell::rows_listed`].
    Rows {
        /// What is ranked; a condition counts as 1 and 0.
        value: Row,
        /// The column that names a row.
        label: Option<String>,
        /// True: the greatest first.
        worst_first: bool,
        /// How many.
        limit: usize,
    },
}

/// How many different times [`Measure::Extent`] lists at most.
pub const MAX_TIMES: usize = 4096;

/// One number (or one a group) to compute.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Request {
    /// What.
    pub measure: Measure,
    /// Over the rows that pass this.
    pub filter: Option<Row>,
    /// And whose time lies in this; all rows where none is given. A row without a time is in no window.
    pub window: Option<Window>,
    /// A column: one cell for each of its values with a row that passes; rows where it is missing are in no group.
    pub group: Option<String>,
}

/// All that is asked of one table: read it once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// The table's name.
    pub table: String,
    /// Periods whose rows count for nothing in any measure, also where the latest time of [`Measure::Last`] is looked
    /// for. [`Measure::Extent`] alone counts them: it tells what the table holds, so that excluding its last days doesn't
    /// make it older.
    pub excluded: Vec<Window>,
    /// In any order, without repeats.
    pub requests: Vec<Request>,
}

/// What one request (or one group of it) came to.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Cell {
    /// `None`: nothing to compute from (a sum or count of no rows is `Some(0)`). NaN and infinities never.
    pub value: Option<f64>,
    /// Set where arithmetic in a row failed: the value is then an error, not missing.
    pub error: Option<RowError>,
    /// Rows that passed filter and window; of a retention, either window.
    pub rows: u64,
    /// Of those, the ones whose argument was missing.
    pub skipped: u64,
    /// Of those, the ones whose argument was out of range (an NPS answer of 12).
    pub bad: u64,
    /// The earliest time among the rows that passed.
    pub first: Option<DateTime>,
    /// The newest; for `Last`/`First` the time whose rows were summed.
    pub newest: Option<DateTime>,
    /// For `Extent`: the different times in order, where few enough.
    pub times: Option<Vec<DateTime>>,
    /// For `Rows`.
    pub rows_listed: Vec<ListedRow>,
}

/// A row as [`Measure::Rows`] lists it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedRow {
    /// The value of the label column, else `row N` from 1 in the file's order.
    pub key: String,
    /// The value asked for.
    pub value: Option<f64>,
}

/// Arithmetic that failed inside a row expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RowError {
    /// Division by zero.
    DivZero,
    /// No such number.
    Num,
}

/// The answer to one request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Answer {
    /// Without `group`.
    One(Cell),
    /// With `group`: in order of the keys (numbers by value, text by code point).
    Groups(IndexMap<String, Cell>),
}
