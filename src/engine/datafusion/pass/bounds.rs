//! What is known of all rows of a stretch before one is read, and which conditions therefore hold in none of them. Knows
//! what Parquet's statistics and folders' names say, and reads no rows.

use super::plan::{Plan, is_text};
use crate::engine::datafusion::read::ScanFile;
use crate::query::{Row, RowOp};
use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::parquet::arrow::arrow_reader::ArrowReaderMetadata;
use datafusion::parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use datafusion::parquet::errors::Result;
use std::collections::HashMap;

/// Between which values those of a column lie, both ends in, where they aren't missing.
#[derive(Debug, Clone, PartialEq)]
enum Bound {
    Text(String, String),
    Number(f64, f64),
}

/// Columns by name; one that isn't there may hold anything.
#[derive(Debug, Clone, Default)]
pub struct Bounds(HashMap<String, Bound>);

impl Bounds {
    /// What the names of a file's folders say of all its rows.
    pub fn of_folders(file: &ScanFile) -> Self {
        let keys = file.keys.iter().filter(|(name, _)| file.schema.index_of(name).is_err());
        let text = |value: &str| Bound::Text(value.trim().to_owned(), value.trim().to_owned());
        Self(keys.filter_map(|(name, value)| Some((name.clone(), text(value.as_deref()?)))).collect())
    }

    /// Likewise for each row group, with what the footer says of those columns that `plan` has conditions on.
    ///
    /// # Errors
    /// Statistics that contradict the types.
    pub fn of_groups(self, plan: &Plan, footer: &ArrowReaderMetadata) -> Result<Vec<Self>> {
        let mut all = vec![self; footer.metadata().num_row_groups()];
        let mut names: Vec<&str> = plan.tests.iter().flat_map(|test| columns(&test.row)).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            for (bounds, bound) in all.iter_mut().zip(told(name, footer)?) {
                bound.map(|bound| bounds.0.insert(name.to_owned(), bound));
            }
        }
        Ok(all)
    }

    /// True where some of the conditions holds in no row, and none of them can go wrong: what goes wrong in a row counts,
    /// also where another condition doesn't hold.
    pub fn rule_out(&self, plan: &Plan, tests: &[usize]) -> bool {
        let mut tests = tests.iter().map(|test| &plan.tests[*test]);
        tests.clone().all(|test| test.sound) && tests.any(|test| self.never(&test.row))
    }

    /// True where a condition holds in no row.
    fn never(&self, row: &Row) -> bool {
        match row {
            Row::Binary(RowOp::And, a, b) => self.never(a) || self.never(b),
            Row::Binary(RowOp::Or, a, b) => self.never(a) && self.never(b),
            Row::Binary(op, a, b) => match (&**a, &**b) {
                (Row::Column(name), value) => self.never_beside(name, *op, value),
                (value, Row::Column(name)) => self.never_beside(name, op.flipped(), value),
                _ => false,
            },
            Row::In(x, list) => {
                let Row::Column(name) = &**x else { return false };
                list.iter().all(|value| self.never_beside(name, RowOp::Equal, value))
            }
            Row::Between(x, low, high) => {
                let Row::Column(name) = &**x else { return false };
                self.never_beside(name, RowOp::GreaterOrEqual, low) || self.never_beside(name, RowOp::LessOrEqual, high)
            }
            _ => false,
        }
    }

    /// True where no value of a column stands so beside `value`.
    fn never_beside(&self, name: &str, op: RowOp, value: &Row) -> bool {
        match (self.0.get(name), value) {
            (Some(Bound::Text(least, most)), Row::Text(text)) => {
                outside(op, (least.as_str(), most.as_str()), text.as_str())
            }
            (Some(Bound::Number(least, most)), Row::Number(number)) => outside(op, (least, most), &number.0),
            _ => false,
        }
    }
}

/// True where nothing from `least` to `most` stands so beside `value`.
fn outside<T: PartialOrd + ?Sized>(op: RowOp, (least, most): (&T, &T), value: &T) -> bool {
    match op {
        RowOp::Equal => value < least || value > most,
        RowOp::NotEqual => value == least && value == most,
        RowOp::Less => least >= value,
        RowOp::LessOrEqual => least > value,
        RowOp::Greater => most <= value,
        RowOp::GreaterOrEqual => most < value,
        _ => false,
    }
}

/// What a footer says of a column in each row group. Numbers with a fraction are left out, as no NaN is in their
/// statistics, and so are ends of the kind that the format gave up since their order wasn't agreed on.
fn told(name: &str, footer: &ArrowReaderMetadata) -> Result<Vec<Option<Bound>>> {
    let groups = footer.metadata().row_groups();
    let nothing = vec![None; groups.len()];
    let Ok(field) = footer.schema().field_with_name(name) else { return Ok(nothing) };
    let kind = match field.data_type() {
        kind if is_text(kind) => DataType::Utf8,
        kind if kind.is_integer() => DataType::Float64,
        _ => return Ok(nothing),
    };
    let converter = StatisticsConverter::try_new(name, footer.schema(), footer.parquet_schema())?;
    let Some(leaf) = converter.parquet_column_index() else { return Ok(nothing) };
    let ends = |ends: ArrayRef| Ok::<ArrayRef, datafusion::parquet::errors::ParquetError>(cast(&ends, &kind)?);
    let (least, most) = (ends(converter.row_group_mins(groups)?)?, ends(converter.row_group_maxes(groups)?)?);
    let bound = |at: usize| {
        let agreed = groups[at].column(leaf).statistics().is_some_and(|s| !s.is_min_max_deprecated());
        if !agreed || least.is_null(at) || most.is_null(at) {
            return None;
        }
        Some(match kind {
            DataType::Utf8 => {
                let end = |ends: &ArrayRef| ends.as_string::<i32>().value(at).to_owned();
                Bound::Text(end(&least), end(&most))
            }
            _ => {
                let end = |ends: &ArrayRef| ends.as_primitive::<Float64Type>().value(at);
                Bound::Number(end(&least), end(&most))
            }
        })
    };
    Ok((0..groups.len()).map(bound).collect())
}

/// The columns that [`Bounds::never`] looks at.
fn columns(row: &Row) -> Vec<&str> {
    match row {
        Row::Column(name) => vec![name],
        Row::Binary(_, a, b) => [columns(a), columns(b)].concat(),
        Row::In(x, _) | Row::Between(x, ..) => columns(x),
        _ => Vec::new(),
    }
}
