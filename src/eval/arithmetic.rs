//! Arithmetic on values: missing travels, errors travel, each with its origin; comparisons tolerate 1e-9. Knows no window.

use super::value::{Datum, ErrorKind, Place, Value};
use crate::model::plan::BinaryOp;
use crate::quantity::{at_least, numbers as spreadsheet, same};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use std::cmp::Ordering;

/// The first of the operands that is no value: an error before a missing value.
pub fn void<'a>(operands: impl IntoIterator<Item = &'a Datum> + Clone) -> Option<Value> {
    let error = operands.clone().into_iter().find(|d| matches!(d.value, Value::Error(..)));
    error.or_else(|| operands.into_iter().find(|d| d.value.is_void())).map(|d| d.value.clone())
}

/// `#VALUE!` born in `place`.
pub fn wrong_type(place: Place<'_>) -> Value {
    Value::Error(ErrorKind::Value, place())
}

/// `-x`
pub fn negate(x: &Datum, place: Place<'_>) -> Datum {
    let value = match &x.value {
        Value::Number(n) => Value::Number(-n),
        v if v.is_void() => v.clone(),
        _ => wrong_type(place),
    };
    Datum::joined(value, [x])
}

/// `not c`
pub fn not(c: &Datum, place: Place<'_>) -> Datum {
    let value = match &c.value {
        Value::Truth(t) => Value::Truth(!t),
        v if v.is_void() => v.clone(),
        _ => wrong_type(place),
    };
    Datum::joined(value, [c])
}

/// `a op b`; `place` names the formula for errors born here.
pub fn binary(op: BinaryOp, a: &Datum, b: &Datum, place: Place<'_>) -> Datum {
    if op == BinaryOp::Otherwise {
        // Only a missing value is replaced: an error isn't missing.
        return if matches!(a.value, Value::Missing(_)) { b.clone() } else { a.clone() };
    }
    if let Some(void) = void([a, b]) {
        return Datum::joined(void, [a, b]);
    }
    let value = match (op, &a.value, &b.value) {
        (BinaryOp::And, Value::Truth(x), Value::Truth(y)) => Value::Truth(*x && *y),
        (BinaryOp::Or, Value::Truth(x), Value::Truth(y)) => Value::Truth(*x || *y),
        (_, Value::Number(x), Value::Number(y)) if arithmetic(op) => numbers(op, *x, *y, place),
        (BinaryOp::Add, Value::Time(at), Value::Number(seconds)) => later(*at, *seconds, place),
        (BinaryOp::Subtract, Value::Time(at), Value::Number(seconds)) => later(*at, -*seconds, place),
        (BinaryOp::Subtract, Value::Time(x), Value::Time(y)) => Value::Number(y.duration_until(*x).as_secs_f64()),
        _ => match compare(&a.value, &b.value) {
            Some(order) => ordered(op, order).unwrap_or_else(|| wrong_type(place)),
            None => wrong_type(place),
        },
    };
    Datum::joined(value, [a, b])
}

/// True for an operator that makes a number of two.
pub fn arithmetic(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Power)
}

/// `x op y`, where that is a number: no division by zero, nothing too large, and no operator that isn't arithmetic.
pub fn figure(op: BinaryOp, x: f64, y: f64) -> Option<f64> {
    numbers(op, x, y, &String::new).as_number()
}

fn numbers(op: BinaryOp, x: f64, y: f64, place: Place<'_>) -> Value {
    let result = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Subtract => x - y,
        BinaryOp::Multiply => x * y,
        BinaryOp::Divide if y == 0.0 => return Value::Error(ErrorKind::DivZero, place()),
        BinaryOp::Divide => x / y,
        BinaryOp::Power => return born(spreadsheet::power(x, y).map_err(ErrorKind::from), place),
        _ => return wrong_type(place),
    };
    Value::number_in(result, place)
}

/// A time so many seconds on; `#NUM!` where the calendar ends.
fn later(at: DateTime, seconds: f64, place: Place<'_>) -> Value {
    let moved = SignedDuration::try_from_secs_f64(seconds).ok().and_then(|by| at.checked_add(by).ok());
    moved.map_or_else(|| Value::Error(ErrorKind::Num, place()), Value::Time)
}

/// A number, or the error born in `place`.
pub fn born(result: Result<f64, ErrorKind>, place: Place<'_>) -> Value {
    match result {
        Ok(x) => Value::number_in(x, place),
        Err(kind) => Value::Error(kind, place()),
    }
}

/// How two values of one type stand to each other; numbers within 1e-9 relative are equal.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    Some(match (a, b) {
        (Value::Number(x), Value::Number(y)) if same(*x, *y) => Ordering::Equal,
        (Value::Number(x), Value::Number(y)) => x.partial_cmp(y)?,
        (Value::Text(x), Value::Text(y)) => x.cmp(y),
        (Value::Truth(x), Value::Truth(y)) => x.cmp(y),
        (Value::Time(x), Value::Time(y)) => x.cmp(y),
        _ => return None,
    })
}

fn ordered(op: BinaryOp, order: Ordering) -> Option<Value> {
    Some(Value::Truth(match op {
        BinaryOp::Equal => order.is_eq(),
        BinaryOp::NotEqual => order.is_ne(),
        BinaryOp::Less => order.is_lt(),
        BinaryOp::LessOrEqual => order.is_le(),
        BinaryOp::Greater => order.is_gt(),
        BinaryOp::GreaterOrEqual => order.is_ge(),
        _ => return None,
    }))
}

/// `x in (…)`
pub fn is_in(x: &Datum, values: &[Datum]) -> Datum {
    let all = || std::iter::once(x).chain(values);
    if let Some(void) = void(all().collect::<Vec<_>>()) {
        return Datum::joined(void, all());
    }
    let found = values.iter().any(|v| compare(&x.value, &v.value) == Some(Ordering::Equal));
    Datum::joined(Value::Truth(found), all())
}

/// `x between low and high`, both ends in.
pub fn between(x: &Datum, low: &Datum, high: &Datum, place: Place<'_>) -> Datum {
    let all = [x, low, high];
    if let Some(void) = void(all) {
        return Datum::joined(void, all);
    }
    let value = match (compare(&x.value, &low.value), compare(&x.value, &high.value)) {
        (Some(a), Some(b)) => Value::Truth(a.is_ge() && b.is_le()),
        _ => wrong_type(place),
    };
    Datum::joined(value, all)
}

/// `if(c, a, b)`: a missing condition gives a missing value.
pub fn choose(c: &Datum, a: &Datum, b: &Datum, place: Place<'_>) -> Datum {
    match &c.value {
        Value::Truth(true) => Datum::joined(a.value.clone(), [a, c]),
        Value::Truth(false) => Datum::joined(b.value.clone(), [b, c]),
        v if v.is_void() => Datum::joined(v.clone(), [c]),
        _ => Datum::joined(wrong_type(place), [c]),
    }
}

/// (now − before) / |before|
pub fn relative_change(now: &Datum, before: &Datum, place: Place<'_>) -> Value {
    if let Some(void) = void([now, before]) {
        return void;
    }
    match (&now.value, &before.value) {
        (Value::Number(_), Value::Number(0.0)) => {
            Value::Error(ErrorKind::DivZero, format!("the growth of {}", place()))
        }
        (Value::Number(a), Value::Number(b)) => Value::number_in((a - b) / b.abs(), place),
        _ => wrong_type(place),
    }
}

/// True where `value` keeps `comparison` with `bound`, within 1e-9 relative. A strict comparison fails on equality.
pub fn keeps(comparison: crate::model::plan::Comparison, value: f64, bound: f64) -> bool {
    use crate::model::plan::Comparison;
    match comparison {
        Comparison::AtLeast => at_least(value, bound),
        Comparison::AtMost => at_least(bound, value),
        Comparison::Above => value > bound && !same(value, bound),
        Comparison::Below => value < bound && !same(value, bound),
        Comparison::Equal => same(value, bound),
    }
}
