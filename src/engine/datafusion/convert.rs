//! A stored column as a typed DataFusion expression: numbers as Float64, texts as Utf8, truth as Boolean, times as
//! microseconds of the plan's civil time in Int64. An empty text is missing everywhere.

use super::column::{Column, Oddity, Stored, WHOLE, number, truth};
use super::scan;
use super::time::{TimeReader, micros};
use crate::engine::DataError;
use crate::engine::error::Spot;
use crate::query::ColumnType;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, cast, create_udf};
use datafusion::prelude::{Expr, ident, lit};
use std::sync::Arc;

/// The cells of `column` as values of `kind`; files hold them as `held`.
pub fn column(column: &Column, kind: ColumnType, held: &DataType, csv: bool, reader: TimeReader) -> Expr {
    let raw = ident(&column.name);
    let name = &column.name;
    let is_time = matches!(kind, ColumnType::Date | ColumnType::Timestamp);
    match column.stored {
        Stored::Text | Stored::Unusable(_) => match kind {
            _ if is_time => times(name, reader).call(vec![cast(raw, DataType::Utf8)]),
            ColumnType::Number => numbers(name).call(vec![raw]),
            ColumnType::Truth => truths(name).call(vec![raw]),
            // A CSV reader gives empty cells as missing already.
            _ if csv && !column.spaced => raw,
            _ => texts(name, csv).call(vec![cast(raw, DataType::Utf8)]),
        },
        // Years and epochs stored as numbers: read as they would be written.
        Stored::Number if is_time => times(name, reader).call(vec![cast(cast(raw, DataType::Int64), DataType::Utf8)]),
        Stored::Number if *held == DataType::Int64 => whole(column, held).call(vec![raw]),
        Stored::Number if is_long(held) => whole(column, held).call(vec![cast(raw, DataType::Float64)]),
        Stored::Number => finite(name).call(vec![cast(raw, DataType::Float64)]),
        Stored::Truth => raw,
        Stored::Date => cast(raw, DataType::Date32).day_micros(),
        Stored::Civil => cast(cast(raw, DataType::Timestamp(TimeUnit::Microsecond, None)), DataType::Int64),
        Stored::Instant => {
            let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
            instants(name, reader).call(vec![cast(cast(raw, utc), DataType::Int64)])
        }
    }
}

trait DayMicros {
    fn day_micros(self) -> Expr;
}

impl DayMicros for Expr {
    fn day_micros(self) -> Expr {
        cast(cast(self, DataType::Int32), DataType::Int64) * lit(86_400_000_000_i64)
    }
}

/// A function over whole columns of one argument.
fn function(
    name: String,
    from: DataType,
    to: DataType,
    f: impl Fn(&ArrayRef) -> ArrayRef + Send + Sync + 'static,
) -> ScalarUDF {
    fallible(name, from, to, move |array| Ok(f(array)))
}

/// Likewise of one that may fail.
fn fallible(
    name: String,
    from: DataType,
    to: DataType,
    f: impl Fn(&ArrayRef) -> Result<ArrayRef> + Send + Sync + 'static,
) -> ScalarUDF {
    let over = move |values: &[ColumnarValue]| {
        let arrays = ColumnarValue::values_to_arrays(values)?;
        Ok(ColumnarValue::Array(f(&arrays[0])?))
    };
    create_udf(&name, vec![from], to, Volatility::Immutable, Arc::new(over))
}

/// The times that texts say.
pub fn times(column: &str, reader: TimeReader) -> ScalarUDF {
    function(format!("time of {column}"), DataType::Utf8, DataType::Int64, move |a| {
        let mut last: (&str, Option<i64>) = ("", None);
        let read = a.as_string::<i32>().iter().map(|cell| {
            let cell = cell?;
            if cell != last.0 {
                last = (cell, reader.read(cell).map(|r| micros(r.at)));
            }
            last.1
        });
        Arc::new(read.collect::<Int64Array>())
    })
}

fn instants(column: &str, reader: TimeReader) -> ScalarUDF {
    function(format!("civil time of {column}"), DataType::Int64, DataType::Int64, move |a| {
        let civil = a.as_primitive::<Int64Type>().iter().map(|at| {
            let at = jiff::Timestamp::from_microsecond(at?).ok()?;
            Some(micros(reader.instant(at)))
        });
        Arc::new(civil.collect::<Int64Array>())
    })
}

fn numbers(column: &str) -> ScalarUDF {
    function(format!("number of {column}"), DataType::Utf8, DataType::Float64, |a| {
        Arc::new(a.as_string::<i32>().iter().map(|c| number(c?.trim())).collect::<Float64Array>())
    })
}

/// True where a file may hold whole numbers beyond [`WHOLE`].
pub fn is_long(held: &DataType) -> bool {
    use DataType::{Decimal128, Decimal256, Int64, UInt64};
    matches!(held, Int64 | UInt64 | Decimal128(_, 0) | Decimal256(_, 0))
}

/// The first row whose number isn't told apart from its neighbours, of whole numbers that were made numbers with a fraction.
pub fn beyond(values: &Float64Array) -> Option<usize> {
    values.iter().position(|v| v.is_some_and(|v| v.abs() >= WHOLE as f64))
}

/// The error of a column with a number that isn't told apart from its neighbours: two order numbers of 17 digits would come
/// to the same.
pub fn long(column: &str, cell: Spot) -> DataError {
    let (path, reason) = (cell.path.clone(), Oddity::Long.said());
    DataError::UnusableColumn { path, column: column.to_owned(), reason, example: Some(Box::new(cell)) }
}

/// Whole numbers that must all be told apart as numbers with a fraction, too.
fn whole(column: &Column, held: &DataType) -> ScalarUDF {
    let (name, spot) = (column.name.clone(), column.spot(0, ""));
    let fails = move |value: String| scan::ours(long(&name, Spot { value, ..spot.clone() }));
    let function_name = format!("number of {}", column.name);
    if *held != DataType::Int64 {
        return fallible(function_name, DataType::Float64, DataType::Float64, move |a| {
            let values = a.as_primitive::<Float64Type>();
            beyond(values).map_or_else(|| Ok(a.clone()), |row| Err(fails(values.value(row).to_string())))
        });
    }
    fallible(function_name, DataType::Int64, DataType::Float64, move |a| {
        let values = a.as_primitive::<Int64Type>();
        match values.iter().flatten().find(|v| v.unsigned_abs() > WHOLE) {
            None => Ok(Arc::new(values.unary::<_, Float64Type>(|v| v as f64))),
            Some(value) => Err(fails(value.to_string())),
        }
    })
}

/// A float column of another tool writes "missing" as NaN.
fn finite(column: &str) -> ScalarUDF {
    function(format!("value of {column}"), DataType::Float64, DataType::Float64, |a| {
        let values = a.as_primitive::<Float64Type>();
        if values.null_count() == 0 && values.values().iter().all(|v| !v.is_nan()) {
            return a.clone();
        }
        Arc::new(values.iter().map(|v| v.filter(|v| !v.is_nan())).collect::<Float64Array>())
    })
}

fn truths(column: &str) -> ScalarUDF {
    function(format!("truth of {column}"), DataType::Utf8, DataType::Boolean, |a| {
        Arc::new(a.as_string::<i32>().iter().map(|c| truth(c?.trim())).collect::<BooleanArray>())
    })
}

fn texts(column: &str, trimmed: bool) -> ScalarUDF {
    function(format!("text of {column}"), DataType::Utf8, DataType::Utf8, move |a| {
        let cells = a.as_string::<i32>().iter();
        Arc::new(
            cells
                .map(|c| c.map(|c| if trimmed { c.trim() } else { c }).filter(|c| !c.is_empty()))
                .collect::<StringArray>(),
        )
    })
}
