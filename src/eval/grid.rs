//! What `show` answers: a metric as a grid, periods across, as plain owned data. Knows no terminal and no format.

use crate::quantity::Unit;

/// A metric over consecutive periods, split by a dimension or not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Grid {
    /// The metric's name, or the formula as asked for.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// Its unit; values are in its stored form.
    pub unit: Unit,
    /// What the numbers are: `members at each quarter's end`.
    pub caption: String,
    /// The dimension that the rows split by; `None` where there is one row for all.
    pub by: Option<String>,
    /// The periods, in order: `Q4 2020`.
    pub columns: Vec<String>,
    /// One a value of the dimension, then `all` where the values add up or can be taken together.
    pub rows: Vec<GridRow>,
    /// Rows that aren't in the numbers, a phrase each: `4 rows by the where of table memberships`.
    pub left_out: Vec<String>,
    /// Assumptions and gaps, one sentence each.
    pub notes: Vec<String>,
}

/// A row of a [`Grid`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GridRow {
    /// The value of the dimension, or `all`.
    pub key: String,
    /// One a column; `None`: no data.
    pub values: Vec<Option<f64>>,
    /// From the first known value to the last: relative, as a fraction; of a `%` the difference, as a fraction.
    /// `None` where that can't be said.
    pub change: Option<f64>,
}
