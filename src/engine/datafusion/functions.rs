//! Functions over one row: each with the types it takes and the DataFusion expression that it is.

use super::row::{Compiler, Term, Type, either};
use crate::engine::DataError;
use crate::query::{Row, RowFunction};
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::functions::expr_fn::{
    abs, btrim, character_length, contains, date_part, lower, round, starts_with, upper,
};
use datafusion::logical_expr::cast;
use datafusion::prelude::{Expr, lit};

/// What a function takes, gives and is.
struct Shape {
    name: &'static str,
    takes: &'static [Type],
    /// How many of `takes` may be left out, from the end.
    optional: usize,
    gives: Type,
    build: fn(Vec<Expr>) -> Expr,
}

const TIME: Type = Type::Time { day: false };

fn shape(function: RowFunction) -> Shape {
    use Type::{Number, Text, Truth};
    let of = |name, takes, gives, build| Shape { name, takes, optional: 0, gives, build };
    match function {
        RowFunction::Abs => of("abs", &[Number], Number, |v| abs(first(v))),
        RowFunction::Round => Shape {
            name: "round",
            takes: &[Number, Number],
            optional: 1,
            gives: Number,
            build: |mut v| {
                if let Some(digits) = v.get_mut(1) {
                    *digits = cast(digits.clone(), DataType::Int64);
                }
                round(v)
            },
        },
        RowFunction::Lower => of("lower", &[Text], Text, |v| lower(first(v))),
        RowFunction::Upper => of("upper", &[Text], Text, |v| upper(first(v))),
        RowFunction::Trim => of("trim", &[Text], Text, btrim),
        RowFunction::Length => of("length", &[Text], Number, |v| character_length(first(v))),
        RowFunction::Contains => of("contains", &[Text, Text], Truth, |v| pair(v, contains)),
        RowFunction::StartsWith => of("starts_with", &[Text, Text], Truth, |v| pair(v, starts_with)),
        RowFunction::Year => of("year", &[TIME], Number, |v| part("year", v, 0)),
        RowFunction::Month => of("month", &[TIME], Number, |v| part("month", v, 0)),
        RowFunction::Day => of("day", &[TIME], Number, |v| part("day", v, 0)),
        // As a spreadsheet counts: Sunday is 1.
        RowFunction::Weekday => of("weekday", &[TIME], Number, |v| part("dow", v, 1)),
    }
}

fn first(values: Vec<Expr>) -> Expr {
    values.into_iter().next().unwrap_or_else(|| lit(datafusion::common::ScalarValue::Null))
}

fn pair(values: Vec<Expr>, f: fn(Expr, Expr) -> Expr) -> Expr {
    let mut values = values.into_iter();
    let null = || lit(datafusion::common::ScalarValue::Null);
    f(values.next().unwrap_or_else(null), values.next().unwrap_or_else(null))
}

fn part(name: &str, values: Vec<Expr>, more: i64) -> Expr {
    let at = cast(first(values), DataType::Timestamp(TimeUnit::Microsecond, None));
    cast(date_part(lit(name), at), DataType::Int64) + lit(more)
}

/// The call of `function` on `values`.
pub fn call(compiler: &Compiler<'_>, function: RowFunction, values: &[Row]) -> Result<Term, DataError> {
    let Shape { name, takes, optional, gives, build } = shape(function);
    if values.len() > takes.len() || values.len() + optional < takes.len() {
        let expected = match (takes.len(), optional) {
            (1, _) => "one value",
            (2, 1) => "one or two values",
            _ => "two values",
        };
        return Err(DataError::Arguments { table: compiler.table(), function: name, expected, found: values.len() });
    }
    let mut exprs = Vec::with_capacity(values.len());
    let mut error = None;
    for (row, needed) in values.iter().zip(takes) {
        let (expr, own) = compiler.typed(row, *needed)?;
        exprs.push(expr);
        error = either(error, own);
    }
    let expr = build(exprs);
    let expr = match gives {
        Type::Number => cast(expr, DataType::Float64),
        Type::Text => cast(expr, DataType::Utf8),
        _ => expr,
    };
    Ok(Term { expr, error, kind: Some(gives) })
}
