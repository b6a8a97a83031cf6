//! What a statement gave, as cells: the same formulas as over files. Knows no SQL.

use super::ask::{Figure, Wanted};
use crate::engine::datafusion::fold::Column;
use crate::engine::datafusion::kept::All;
use crate::engine::datafusion::key::Key;
use crate::engine::datafusion::plan::Request;
use crate::engine::datafusion::row::DIV_ZERO;
use crate::engine::datafusion::state::{Kept, State};
use crate::engine::datafusion::time::civil;
use crate::engine::exact::ExactSum;
use crate::query::{Answer, Cell, MAX_TIMES, Measure, RowError};
use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::{DataFusionError, Result};
use jiff::civil::DateTime;

/// The columns of a statement, with their groups before them where it has some.
pub struct Given {
    groups: Option<Column>,
    columns: Vec<ArrayRef>,
    rows: usize,
}

fn odd(what: &str) -> DataFusionError {
    DataFusionError::Execution(format!("the database gave {what}"))
}

impl Given {
    /// The rows of a statement.
    ///
    /// # Errors
    /// Where a group has no type that can be read.
    pub fn new(batch: &RecordBatch, grouped: bool) -> Result<Self> {
        let mut columns = batch.columns().to_vec();
        let groups = match grouped && !columns.is_empty() {
            true => Some(Column::of(&columns.remove(0))?),
            false => None,
        };
        Ok(Self { groups, columns, rows: batch.num_rows() })
    }

    fn column(&self, at: usize) -> Result<&ArrayRef> {
        self.columns.get(at).ok_or_else(|| odd("too few columns"))
    }

    /// A whole number of a row; `None` where there is none.
    pub fn integer(&self, at: usize, row: usize) -> Result<Option<i64>> {
        let column = cast(self.column(at)?, &DataType::Int64)?;
        let column = column.as_primitive::<Int64Type>();
        Ok((row < column.len() && column.is_valid(row)).then(|| column.value(row)))
    }

    fn count(&self, at: usize, row: usize) -> Result<u64> {
        Ok(self.integer(at, row)?.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
    }

    fn float(&self, at: usize, row: usize) -> Result<Option<f64>> {
        let column = cast(self.column(at)?, &DataType::Float64)?;
        let column = column.as_primitive::<Float64Type>();
        Ok((row < column.len() && column.is_valid(row)).then(|| column.value(row)))
    }

    /// A long whole number, which comes as text.
    fn long(&self, at: usize, row: usize) -> Result<i128> {
        let column = cast(self.column(at)?, &DataType::Utf8)?;
        let column = column.as_string::<i32>();
        if row >= column.len() || column.is_null(row) {
            return Ok(0);
        }
        column.value(row).parse().map_err(|_| odd("a sum that is no whole number"))
    }

    /// The answer to a request; `None` where a row holds what only the local way takes. `timed`: false where the table
    /// has no times at all.
    ///
    /// # Errors
    /// Columns that aren't what was asked for.
    pub fn answer(&self, wanted: &Wanted, request: &Request, edge: Option<i64>, timed: bool) -> Result<Option<Answer>> {
        for row in 0..self.rows {
            if wanted.wild.map_or(Ok(0), |at| self.count(at, row))? > 0 {
                return Ok(None);
            }
        }
        let Some(groups) = &self.groups else {
            return Ok(Some(Answer::One(self.cell(wanted, request, edge, timed, 0)?)));
        };
        let mut cells: Vec<(Key, Cell)> = Vec::new();
        for row in 0..self.rows {
            let Some(key) = groups.key(row) else { continue };
            if self.count(wanted.rows, row)? > 0 {
                cells.push((key, self.cell(wanted, request, edge, timed, row)?));
            }
        }
        cells.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Some(Answer::Groups(cells.into_iter().map(|(key, cell)| (key.shown(), cell)).collect())))
    }

    fn cell(&self, w: &Wanted, request: &Request, edge: Option<i64>, timed: bool, row: usize) -> Result<Cell> {
        let counted = self.count(w.counted, row)?;
        let (failed, error) = match w.errors {
            Some((count, least)) => (self.count(count, row)?, self.integer(least, row)?),
            None => (0, None),
        };
        let seen = w.seen.map_or(Ok(0), |at| self.count(at, row))?;
        let mut state = State {
            rows: self.count(w.rows, row)?,
            skipped: if w.seen.is_some() { counted.saturating_sub(failed + seen) } else { 0 },
            seen,
            error: error.map(|code| if code == DIV_ZERO { RowError::DivZero } else { RowError::Num }),
            ..State::default()
        };
        if let Some((first, newest)) = w.times {
            (state.first, state.newest) = (self.integer(first, row)?, self.integer(newest, row)?);
        }
        // Without times, all rows are of one reading.
        let edge = if timed { edge } else { Some(0) };
        state.edge = edge.filter(|_| counted > 0);
        match w.figure {
            Figure::Rows => {}
            Figure::Whole(at) => state.sum = total(self.long(at, row)? as f64),
            Figure::Halves(before, rest) => state.sum = total(halves(self.long(before, row)?, self.long(rest, row)?)),
            Figure::Counts(plus, minus) => {
                let minus = minus.map_or(Ok(0), |at| self.count(at, row))?;
                state.sum = total(self.count(plus, row)? as f64 - minus as f64);
            }
            Figure::Answers(plus, minus, out) => {
                state.sum = total(self.count(plus, row)? as f64 - self.count(minus, row)? as f64);
                state.bad = self.count(out, row)?;
                state.seen = seen.saturating_sub(state.bad);
            }
            Figure::Extreme(at) => state.extreme = self.float(at, row)?,
            Figure::Middle(at) => {
                let mut one = All::default();
                self.float(at, row)?.into_iter().for_each(|middle| one.push(middle));
                state.kept = Kept::Values(one);
            }
            Figure::Distinct(at) => state.kept = Kept::Number(self.count(at, row)?),
        }
        if matches!(request.measure, Measure::Share(_)) {
            // A missing condition does not hold.
            state.seen = counted.saturating_sub(failed);
        }
        let edge = edge.filter(|_| timed || state.rows > 0);
        Ok(state.cell(&request.measure, edge, timed))
    }
}

/// A sum that was brought together already.
fn total(sum: f64) -> ExactSum {
    let mut exact = ExactSum::default();
    exact.add(sum);
    exact
}

/// The times of one column, in order; `None` where there are none, or too many to list.
///
/// # Errors
/// A column that holds no whole numbers.
pub fn times(batch: &RecordBatch) -> Result<Option<Vec<DateTime>>> {
    let Some(column) = batch.columns().first() else { return Ok(None) };
    let column = cast(column, &DataType::Int64)?;
    let mut found: Vec<i64> = column.as_primitive::<Int64Type>().iter().flatten().collect();
    found.sort_unstable();
    found.dedup();
    Ok((1..=MAX_TIMES).contains(&found.len()).then(|| found.into_iter().map(civil).collect()))
}

/// The sum whose parts [`Figure::Halves`] names, rounded once.
fn halves(before: i128, rest: i128) -> f64 {
    let (carry, rest) = (rest >> 62, rest & ((1 << 62) - 1));
    let before = before + carry;
    // What is lost of the rest where the sum is long is less than half of the last place: that it is there is enough.
    let (mantissa, places) = match before.checked_mul(1 << 62).filter(|_| before.unsigned_abs() < 1 << 64) {
        Some(long) => (long + rest, 78),
        None => (before * 2 + i128::from(rest != 0), 17),
    };
    mantissa as f64 / 2_f64.powi(places)
}

#[cfg(test)]
mod tests {
    use super::halves;

    fn parts(x: f64) -> (i128, i128) {
        let scaled = x * 65_536.0;
        (scaled.trunc() as i128, ((scaled - scaled.trunc()) * 2_f64.powi(62)) as i128)
    }

    #[test]
    fn sums_are_rounded_once() {
        for x in [0.0, 0.1, -0.1, 1.5e-5, 123_456.78, -99.99, 7e13, -7e13] {
            let (before, rest) = parts(x);
            assert_eq!(halves(before, rest), x);
        }
        // 0.1 a million times over: the exact sum of the doubles is 100000.00000000000555…, whose nearest double is 1e5.
        let (before, rest) = parts(0.1);
        assert_eq!(halves(before * 1_000_000, rest * 1_000_000), 100_000.0);
        // 7e13 three thousand million times is longer than 128 bits allow to shift.
        let (before, rest) = parts(7e13);
        assert_eq!(halves(before * 3_000_000_000, rest), 2.1e23);
    }
}
