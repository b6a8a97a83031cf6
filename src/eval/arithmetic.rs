//! Arithmetic on values: missing travels, errors travel, each with its origin; comparisons tolerate 1e-9. Knows no window.

use super::value::{Datum, ErrorKind, Value};
use crate::model::plan::{BinaryOp, Function};
use crate::quantity::{at_least, same};
use std::cmp::Ordering;

/// The first of the operands that is no value: an error before a missing value.
fn void<'a>(operands: impl IntoIterator<Item = &'a Datum> + Clone) -> Option<Value> {
    let error = operands.clone().into_iter().find(|d| matches!(d.value, Value::Error(..)));
    error.or_else(|| operands.into_iter().find(|d| d.value.is_void())).map(|d| d.value.clone())
}

fn wrong_type(place: &str) -> Value {
    Value::Error(ErrorKind::Value, place.to_owned())
}

/// `-x`
pub fn negate(x: &Datum, place: &str) -> Datum {
    let value = match &x.value {
        Value::Number(n) => Value::Number(-n),
        v if v.is_void() => v.clone(),
        _ => wrong_type(place),
    };
    Datum::joined(value, [x])
}

/// `not c`
pub fn not(c: &Datum, place: &str) -> Datum {
    let value = match &c.value {
        Value::Truth(t) => Value::Truth(!t),
        v if v.is_void() => v.clone(),
        _ => wrong_type(place),
    };
    Datum::joined(value, [c])
}

/// `a op b`; `place` names the formula for errors born here.
pub fn binary(op: BinaryOp, a: &Datum, b: &Datum, place: &str) -> Datum {
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
        (BinaryOp::Subtract, Value::Time(x), Value::Time(y)) => Value::Number(y.duration_until(*x).as_secs_f64()),
        _ => match compare(&a.value, &b.value) {
            Some(order) => ordered(op, order).unwrap_or_else(|| wrong_type(place)),
            None => wrong_type(place),
        },
    };
    Datum::joined(value, [a, b])
}

fn arithmetic(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Power)
}

fn numbers(op: BinaryOp, x: f64, y: f64, place: &str) -> Value {
    let result = match op {
        BinaryOp::Add => x + y,
        BinaryOp::Subtract => x - y,
        BinaryOp::Multiply => x * y,
        BinaryOp::Divide if y == 0.0 => return Value::Error(ErrorKind::DivZero, place.to_owned()),
        BinaryOp::Divide => x / y,
        BinaryOp::Power if x == 0.0 && y < 0.0 => return Value::Error(ErrorKind::DivZero, place.to_owned()),
        BinaryOp::Power => x.powf(y),
        _ => return wrong_type(place),
    };
    Value::number(result, place)
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
pub fn between(x: &Datum, low: &Datum, high: &Datum, place: &str) -> Datum {
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
pub fn choose(c: &Datum, a: &Datum, b: &Datum, place: &str) -> Datum {
    match &c.value {
        Value::Truth(true) => Datum::joined(a.value.clone(), [a, c]),
        Value::Truth(false) => Datum::joined(b.value.clone(), [b, c]),
        v if v.is_void() => Datum::joined(v.clone(), [c]),
        _ => Datum::joined(wrong_type(place), [c]),
    }
}

/// (now − before) / |before|
pub fn relative_change(now: &Datum, before: &Datum, place: &str) -> Value {
    if let Some(void) = void([now, before]) {
        return void;
    }
    match (&now.value, &before.value) {
        (Value::Number(_), Value::Number(0.0)) => Value::Error(ErrorKind::DivZero, format!("the growth of {place}")),
        (Value::Number(a), Value::Number(b)) => Value::number((a - b) / b.abs(), place),
        _ => wrong_type(place),
    }
}

/// Rounds half away from zero to `digits` places, as a spreadsheet's ROUND does: on the value's 15-digit decimal form.
fn round_half_away(x: f64, digits: f64) -> f64 {
    let scale = 10f64.powf(digits.abs());
    let scaled = if digits < 0.0 { x / scale } else { x * scale };
    // 1.005 * 100 is 100.49999999999999: the nearest 15-digit decimal is what people see.
    let seen: f64 = format!("{scaled:.14e}").parse().unwrap_or(scaled);
    let rounded = (seen.abs() + 0.5).floor().copysign(seen);
    if digits < 0.0 { rounded * scale } else { rounded / scale }
}

/// Rounds away from zero (`up`) or towards it, to `digits` places.
fn round_to(x: f64, digits: f64, up: bool) -> f64 {
    let scale = 10f64.powf(digits.abs());
    let scaled = if digits < 0.0 { x / scale } else { x * scale };
    let seen: f64 = format!("{scaled:.14e}").parse().unwrap_or(scaled);
    let whole = if up { seen.abs().ceil() } else { seen.abs().floor() }.copysign(seen);
    if digits < 0.0 { whole * scale } else { whole / scale }
}

/// A function of values (language reference, Functions). Arguments were counted by the model.
pub fn call(function: Function, arguments: &[Datum], place: &str) -> Datum {
    let join = |value: Value| Datum::joined(value, arguments);
    match function {
        Function::IfError => {
            return match arguments {
                [x, instead, ..] if matches!(x.value, Value::Error(..)) => {
                    Datum::joined(instead.value.clone(), [instead])
                }
                [x, ..] => x.clone(),
                [] => join(wrong_type(place)),
            };
        }
        Function::IsNumber => return join(Value::Truth(arguments.iter().all(|a| a.number().is_some()))),
        Function::IsBlank => {
            return join(Value::Truth(arguments.iter().all(|a| matches!(a.value, Value::Missing(_)))));
        }
        _ => {}
    }
    let skips = matches!(function, Function::Min | Function::Max | Function::Sum | Function::Average);
    let taken: Vec<&Datum> = arguments.iter().filter(|a| !(skips && matches!(a.value, Value::Missing(_)))).collect();
    if let Some(void) = void(taken.to_vec()) {
        return join(void);
    }
    if taken.is_empty() {
        let why = arguments.first().and_then(|a| a.value.reason()).unwrap_or_else(|| "no values".to_owned());
        return join(Value::Missing(why));
    }
    let Some(numbers) = taken.iter().map(|a| a.number()).collect::<Option<Vec<f64>>>() else {
        return join(wrong_type(place));
    };
    let mut out = join(of_numbers(function, &numbers, place));
    let skipped = arguments.len() - taken.len();
    if skipped > 0 {
        out.notes.say(format!("{place}: {skipped} of {} values are missing and left out", arguments.len()));
    }
    out
}

fn of_numbers(function: Function, n: &[f64], place: &str) -> Value {
    let x = n.first().copied().unwrap_or(f64::NAN);
    let second = |default: f64| n.get(1).copied().unwrap_or(default);
    let domain = |ok: bool, value: f64| {
        if ok { Value::number(value, place) } else { Value::Error(ErrorKind::Num, place.to_owned()) }
    };
    let total = || n.iter().sum::<f64>();
    match function {
        Function::Abs => domain(true, x.abs()),
        Function::Sqrt => domain(x >= 0.0, x.sqrt()),
        Function::Exp => domain(true, x.exp()),
        Function::Ln => domain(x > 0.0, x.ln()),
        Function::Log10 => domain(x > 0.0, x.log10()),
        Function::Log => match second(10.0) {
            1.0 => Value::Error(ErrorKind::DivZero, place.to_owned()),
            10.0 => domain(x > 0.0, x.log10()),
            base => domain(x > 0.0 && base > 0.0, x.ln() / base.ln()),
        },
        Function::Power => numbers(BinaryOp::Power, x, second(f64::NAN), place),
        Function::Mod => match second(f64::NAN) {
            0.0 => Value::Error(ErrorKind::DivZero, place.to_owned()),
            // The sign of the divisor, as in a spreadsheet.
            d => Value::number(x - d * (x / d).floor(), place),
        },
        Function::Int => domain(true, x.floor()),
        Function::Round => domain(true, round_half_away(x, second(0.0).trunc())),
        Function::RoundUp => domain(true, round_to(x, second(0.0).trunc(), true)),
        Function::RoundDown => domain(true, round_to(x, second(0.0).trunc(), false)),
        Function::Min => domain(true, n.iter().copied().fold(f64::INFINITY, f64::min)),
        Function::Max => domain(true, n.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        Function::Sum => domain(true, total()),
        Function::Average => domain(true, total() / n.len() as f64),
        Function::Roi => match second(f64::NAN) {
            0.0 => Value::Error(ErrorKind::DivZero, place.to_owned()),
            cost => Value::number((x - cost) / cost, place),
        },
        Function::IfError | Function::IsNumber | Function::IsBlank => wrong_type(place),
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
