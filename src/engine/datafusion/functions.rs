//! Calls of row functions as DataFusion expressions: those that DataFusion brings along, and ours, over whole columns.

use super::row::{Compiler, DIV_ZERO, NO_NUMBER, Term, Type, describe, either};
use super::time::{civil, micros};
use crate::engine::DataError;
use crate::engine::functions::{Body, Kind, Shape, shape};
use crate::query::{Row, RowError, RowFunction};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, PrimitiveArray, StringArray,
};
use datafusion::arrow::compute::cast as cast_array;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::error::Result as DfResult;
use datafusion::functions::expr_fn::{abs, character_length, contains, date_part, lower, starts_with, upper};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, cast,
};
use datafusion::prelude::{Expr, lit};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rayon::prelude::*;
use std::sync::Arc;

/// So many texts are worth another thread.
const WORTH_SHARING: usize = 512;

impl From<Kind> for Type {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Number => Self::Number,
            Kind::Text | Kind::Fixed => Self::Text,
            Kind::Truth => Self::Truth,
            Kind::Time => Self::Time { day: true },
        }
    }
}

/// The call of `function` on `values`.
pub fn call(compiler: &Compiler<'_>, function: RowFunction, values: &[Row]) -> Result<Term, DataError> {
    let shape = shape(function);
    if !shape.accepts(values.len()) {
        let (table, expected) = (compiler.table(), expected(&shape));
        return Err(DataError::Arguments { table, function: shape.name, expected, found: values.len() });
    }
    let mut exprs = Vec::with_capacity(values.len());
    let (mut error, mut fixed) = (None, None);
    for (at, row) in values.iter().enumerate() {
        let kind = shape.argument(at).unwrap_or(Kind::Number);
        if kind == Kind::Fixed {
            fixed = Some(fixed_text(compiler, &shape, row)?);
            continue;
        }
        let (expr, own) = compiler.typed(row, kind.into())?;
        exprs.push(expr);
        error = either(error, own);
    }
    let (expr, own) = match shape.body {
        Body::Own => (own(function, exprs), None),
        _ => {
            let call = |part: Part| {
                let signature = Signature::any(exprs.len(), Volatility::Immutable);
                let udf = RowUdf { function, fixed: fixed.clone(), part, signature };
                ScalarUDF::new_from_impl(udf).call(exprs.clone())
            };
            (call(Part::Value), shape.fails().then(|| call(Part::Error)))
        }
    };
    Ok(Term { expr, error: either(error, own), kind: Some(shape.gives.into()) })
}

/// Civil times of a zone as instants, in microseconds of universal time: what lies between two of them is then what a
/// stopwatch shows, also on a night on which clocks change. Of an hour that clocks show twice, the first is taken.
pub fn instant(time: Expr, zone: &str) -> Expr {
    let changes = TimeZone::get(zone).is_ok_and(|z| z.to_fixed_offset().is_err());
    if !changes {
        return time;
    }
    let udf = InstantUdf { zone: zone.to_owned(), signature: Signature::any(1, Volatility::Immutable) };
    ScalarUDF::new_from_impl(udf).call(vec![time])
}

/// See [`instant`].
#[derive(Debug, PartialEq, Eq, Hash)]
struct InstantUdf {
    zone: String,
    signature: Signature,
}

impl ScalarUDFImpl for InstantUdf {
    fn name(&self) -> &str {
        "instant"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> DfResult<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, call: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        let universal = |at: i64| zone.to_timestamp(civil(at)).map_or(at, |t| t.as_microsecond());
        let times = integers(&ColumnarValue::values_to_arrays(&call.args)?)?;
        let result = times.first().map_or_else(|| Int64Array::new_null(0), |t| t.unary(universal));
        Ok(ColumnarValue::Array(Arc::new(result)))
    }
}

fn expected(shape: &Shape) -> &'static str {
    match (shape.takes.len(), shape.optional, shape.repeats) {
        (_, _, true) => "two values or more",
        (1, ..) => "one value",
        (2, 1, _) => "one or two values",
        (2, ..) => "two values",
        _ => "three values",
    }
}

/// The text that a plan writes as a pattern or a name.
fn fixed_text(compiler: &Compiler<'_>, shape: &Shape, row: &Row) -> Result<String, DataError> {
    let wrong = |found: &'static str| DataError::WrongType {
        table: compiler.table(),
        what: describe(row),
        found,
        needed: "a text to look for",
        example: None,
    };
    let Row::Text(text) = row else { return Err(wrong("not the same in every row")) };
    match shape.body {
        Body::Find(find) if find(text).is_none() => Err(wrong("nothing that can be looked for")),
        _ => Ok(text.clone()),
    }
}

/// What DataFusion has itself, in our types.
fn own(function: RowFunction, values: Vec<Expr>) -> Expr {
    let mut values = values.into_iter();
    let mut next = || values.next().unwrap_or_else(|| lit(ScalarValue::Null));
    match function {
        RowFunction::Lower => cast(lower(next()), DataType::Utf8),
        RowFunction::Upper => cast(upper(next()), DataType::Utf8),
        RowFunction::Length => cast(character_length(next()), DataType::Float64),
        RowFunction::Contains => contains(next(), next()),
        RowFunction::StartsWith => starts_with(next(), next()),
        RowFunction::Year => part("year", next(), 0),
        RowFunction::Month => part("month", next(), 0),
        RowFunction::Day => part("day", next(), 0),
        // As a spreadsheet counts: Sunday is 1.
        RowFunction::Weekday => part("dow", next(), 1),
        _ => abs(next()),
    }
}

fn part(name: &str, time: Expr, more: i64) -> Expr {
    let at = cast(time, DataType::Timestamp(TimeUnit::Microsecond, None));
    cast(cast(date_part(lit(name), at), DataType::Int64) + lit(more), DataType::Float64)
}

/// Which half of a result: DataFusion knows no values that are errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Value,
    /// The error's number, and missing where there is none.
    Error,
}

/// One of our functions over columns. Equal ones are computed once.
#[derive(Debug, PartialEq, Eq, Hash)]
struct RowUdf {
    function: RowFunction,
    fixed: Option<String>,
    part: Part,
    signature: Signature,
}

impl ScalarUDFImpl for RowUdf {
    fn name(&self) -> &str {
        shape(self.function).name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> DfResult<DataType> {
        Ok(match (self.part, shape(self.function).gives) {
            (Part::Error, _) | (_, Kind::Time) => DataType::Int64,
            (_, Kind::Number) => DataType::Float64,
            (_, Kind::Text | Kind::Fixed) => DataType::Utf8,
            (_, Kind::Truth) => DataType::Boolean,
        })
    }

    fn schema_name(&self, args: &[Expr]) -> DfResult<String> {
        let args: Vec<String> = args.iter().map(|a| a.schema_name().to_string()).collect();
        // Two calls that differ in their pattern only are two columns.
        Ok(format!("{}({}, {:?}, {:?})", self.name(), args.join(", "), self.fixed, self.part))
    }

    fn invoke_with_args(&self, call: ScalarFunctionArgs) -> DfResult<ColumnarValue> {
        let constant = call.args.iter().all(|a| matches!(a, ColumnarValue::Scalar(_)));
        let result = self.over(&ColumnarValue::values_to_arrays(&call.args)?)?;
        Ok(match constant {
            true => ColumnarValue::Scalar(ScalarValue::try_from_array(&result, 0)?),
            false => ColumnarValue::Array(result),
        })
    }
}

impl RowUdf {
    fn over(&self, columns: &[ArrayRef]) -> DfResult<ArrayRef> {
        let shape = shape(self.function);
        Ok(match shape.body {
            Body::Numbers(f) => {
                let columns = numbers(columns)?;
                let mut row = Vec::with_capacity(columns.len());
                self.fallible::<Float64Type>(rows(&columns), |i| {
                    row.clear();
                    row.extend(columns.iter().filter(|c| c.is_valid(i)).map(|c| c.value(i)));
                    (row.len() == columns.len()).then(|| f(&row).and_then(finite))
                })
            }
            Body::Day(f) => {
                let (times, others): (Vec<_>, Vec<_>) =
                    columns.iter().cloned().partition(|c| c.data_type() == &DataType::Int64);
                let (times, numbers) = (integers(&times)?, numbers(&others)?);
                let rows = columns.first().map_or(0, |c| c.len());
                self.fallible::<Int64Type>(rows, |i| {
                    let days: Option<Vec<Date>> = times.iter().map(|t| day(t, i)).collect();
                    let numbers: Option<Vec<f64>> = numbers.iter().map(|n| n.is_valid(i).then(|| n.value(i))).collect();
                    let result = f(&days?, &numbers?);
                    Some(result.map(|d| micros(d.into())).ok_or(RowError::Num))
                })
            }
            Body::Days(f) => {
                let times = integers(columns)?;
                let of = |i| Some(f(&times.iter().map(|t| day(t, i)).collect::<Option<Vec<Date>>>()?) as f64);
                Arc::new((0..rows(&times)).map(of).collect::<Float64Array>())
            }
            Body::Measure(make) => {
                let texts = text(columns)?;
                let of = |measure: &mut Box<dyn FnMut(&str) -> f64>, i: usize| {
                    texts.is_valid(i).then(|| measure(texts.value(i)))
                };
                // The one sort of function that costs more than the reading does.
                let rows = (0..texts.len()).into_par_iter().with_min_len(WORTH_SHARING);
                let values: Vec<Option<f64>> = rows.map_init(make, of).collect();
                Arc::new(Float64Array::from(values))
            }
            Body::Text(f) => Arc::new(text(columns)?.iter().map(|t| t.map(f)).collect::<StringArray>()),
            Body::Find(find) => {
                let found = self.fixed.as_deref().and_then(find);
                let holds = |t: &str| found.as_ref().map(|f| f.is_match(t));
                Arc::new(text(columns)?.iter().map(|t| holds(t?)).collect::<BooleanArray>())
            }
            // Those are DataFusion's.
            Body::Own => Arc::new(BooleanArray::new_null(columns.first().map_or(0, |c| c.len()))),
        })
    }

    /// The wanted half of each row's result; `None`: an argument is missing.
    fn fallible<T>(&self, rows: usize, mut of: impl FnMut(usize) -> Option<Result<T::Native, RowError>>) -> ArrayRef
    where
        T: datafusion::arrow::datatypes::ArrowPrimitiveType,
        PrimitiveArray<T>: FromIterator<Option<T::Native>>,
    {
        let code = |error: RowError| if error == RowError::DivZero { DIV_ZERO } else { NO_NUMBER };
        match self.part {
            Part::Value => Arc::new((0..rows).map(|i| of(i)?.ok()).collect::<PrimitiveArray<T>>()),
            Part::Error => Arc::new((0..rows).map(|i| of(i)?.err().map(code)).collect::<Int64Array>()),
        }
    }
}

fn finite(x: f64) -> Result<f64, RowError> {
    if x.is_finite() { Ok(x) } else { Err(RowError::Num) }
}

fn rows<T: Array>(columns: &[T]) -> usize {
    columns.first().map_or(0, Array::len)
}

fn numbers(columns: &[ArrayRef]) -> DfResult<Vec<Float64Array>> {
    let of = |c: &ArrayRef| Ok(cast_array(c, &DataType::Float64)?.as_primitive::<Float64Type>().clone());
    columns.iter().map(of).collect()
}

fn integers(columns: &[ArrayRef]) -> DfResult<Vec<Int64Array>> {
    let of = |c: &ArrayRef| Ok(cast_array(c, &DataType::Int64)?.as_primitive::<Int64Type>().clone());
    columns.iter().map(of).collect()
}

fn text(columns: &[ArrayRef]) -> DfResult<StringArray> {
    match columns.first() {
        Some(column) => Ok(cast_array(column, &DataType::Utf8)?.as_string::<i32>().clone()),
        None => Ok(StringArray::new_null(0)),
    }
}

fn day(times: &Int64Array, i: usize) -> Option<Date> {
    times.is_valid(i).then(|| civil(times.value(i)).date())
}
