//! Row expressions over values, for the engine of tests: what each operator and function gives.

use Value::{Missing, Number, Text, Time, Truth};
use jiff::civil::{Date, DateTime};
use milepost::calendar::{Window, days_between};
use milepost::engine::functions::{Body, shape};
use milepost::query::{RowError, RowFunction, RowOp};

/// A cell, or what a row expression came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Missing,
    Error(RowError),
    Number(f64),
    Text(String),
    Truth(bool),
    /// A moment; `true`: a whole day is meant.
    Time(DateTime, bool),
}

/// A value as a key.
pub fn shown(value: &Value) -> String {
    match value {
        Missing | Value::Error(_) => String::new(),
        Number(n) => n.to_string(),
        Text(t) => t.clone(),
        Truth(t) => t.to_string(),
        Time(at, true) => at.date().to_string(),
        Time(at, false) => at.to_string(),
    }
}

pub fn number(value: &Value) -> Option<f64> {
    match value {
        Number(n) => Some(*n),
        Truth(t) => Some(f64::from(u8::from(*t))),
        _ => None,
    }
}

/// Three-valued: false decides `and`, true decides `or`.
pub fn both(op: RowOp, a: Value, b: Value) -> Value {
    let decides = Truth(op == RowOp::Or);
    match (a, b) {
        (Value::Error(e), _) => Value::Error(e),
        (a, _) if a == decides => decides,
        (_, Value::Error(e)) => Value::Error(e),
        (_, b) if b == decides => decides,
        (Missing, _) | (_, Missing) => Missing,
        _ => Truth(op == RowOp::And),
    }
}

pub fn flipped(op: RowOp) -> RowOp {
    match op {
        RowOp::Less => RowOp::Greater,
        RowOp::Greater => RowOp::Less,
        RowOp::LessOrEqual => RowOp::GreaterOrEqual,
        RowOp::GreaterOrEqual => RowOp::LessOrEqual,
        other => other,
    }
}

/// A time beside a period, as [`Row::Period`] says.
pub fn beside(op: RowOp, at: DateTime, w: Window) -> bool {
    match op {
        RowOp::Equal => w.start <= at && at < w.end,
        RowOp::NotEqual => !(w.start <= at && at < w.end),
        RowOp::Less => at < w.start,
        RowOp::LessOrEqual => at < w.end,
        RowOp::Greater => at >= w.end,
        _ => at >= w.start,
    }
}

pub fn binary(op: RowOp, a: Value, b: Value) -> Value {
    let whole = |at: DateTime, day: bool| if day { DateTime::from(at.date()) } else { at };
    match (a, b) {
        (Value::Error(e), _) | (_, Value::Error(e)) => Value::Error(e),
        (Missing, _) | (_, Missing) => Missing,
        (Time(a, x), Time(b, y)) => {
            let (a, b) = (whole(a, x || y), whole(b, x || y));
            match op {
                RowOp::Subtract => Number(days_between(b, a) * 86_400.0),
                _ => compared(op, a.cmp(&b)),
            }
        }
        (Number(a), Number(b)) => match op {
            RowOp::Add => Number(a + b),
            RowOp::Subtract => Number(a - b),
            RowOp::Multiply => Number(a * b),
            RowOp::Divide if b == 0.0 => Value::Error(RowError::DivZero),
            RowOp::Divide => Number(a / b),
            RowOp::Power if a == 0.0 && b < 0.0 => Value::Error(RowError::DivZero),
            RowOp::Power => finite(a.powf(b)),
            // Neither zero is less than the other.
            _ => compared(op, (a + 0.0).total_cmp(&(b + 0.0))),
        },
        (a, b) => compared(op, shown(&a).cmp(&shown(&b))),
    }
}

pub fn compared(op: RowOp, order: std::cmp::Ordering) -> Value {
    Truth(match op {
        RowOp::Equal => order.is_eq(),
        RowOp::NotEqual => order.is_ne(),
        RowOp::Less => order.is_lt(),
        RowOp::LessOrEqual => order.is_le(),
        RowOp::Greater => order.is_gt(),
        _ => order.is_ge(),
    })
}

pub fn call(function: RowFunction, values: &[Value]) -> Value {
    if let Some(Value::Error(e)) = values.iter().find(|v| matches!(v, Value::Error(_))) {
        return Value::Error(*e);
    }
    if values.contains(&Missing) {
        return Missing;
    }
    let numbers: Vec<f64> = values.iter().filter_map(number).collect();
    let days: Vec<Date> =
        values.iter().filter_map(|v| if let Time(at, _) = v { Some(at.date()) } else { None }).collect();
    match (shape(function).body, values) {
        (Body::Numbers(f), _) => f(&numbers).map_or_else(Value::Error, finite),
        (Body::Day(f), _) => f(&days, &numbers).map_or(Value::Error(RowError::Num), |d| Time(d.into(), true)),
        (Body::Days(f), _) => Number(f(&days) as f64),
        (Body::Measure(make), [Text(t)]) => Number(make()(t)),
        (Body::Text(f), [Text(t)]) => Text(f(t)),
        (Body::Find(find), [Text(t), Text(fixed)]) => Truth(find(fixed).expect("checked by the model").is_match(t)),
        (Body::Own, values) => own(function, values),
        other => panic!("the memory engine has no {other:?}"),
    }
}

/// A number, or the error of one that there isn't.
pub fn finite(x: f64) -> Value {
    if x.is_finite() { Number(x) } else { Value::Error(RowError::Num) }
}

fn own(function: RowFunction, values: &[Value]) -> Value {
    match (function, values) {
        (RowFunction::Abs, [Number(x)]) => Number(x.abs()),
        (RowFunction::Lower, [Text(t)]) => Text(t.to_lowercase()),
        (RowFunction::Upper, [Text(t)]) => Text(t.to_uppercase()),
        (RowFunction::Length, [Text(t)]) => Number(t.chars().count() as f64),
        (RowFunction::Contains, [Text(t), Text(p)]) => Truth(t.contains(p)),
        (RowFunction::StartsWith, [Text(t), Text(p)]) => Truth(t.starts_with(p)),
        (RowFunction::Year, [Time(at, _)]) => Number(f64::from(at.year())),
        (RowFunction::Month, [Time(at, _)]) => Number(f64::from(at.month())),
        (RowFunction::Day, [Time(at, _)]) => Number(f64::from(at.day())),
        (RowFunction::Weekday, [Time(at, _)]) => Number(f64::from(at.weekday().to_sunday_one_offset())),
        other => panic!("the memory engine has no {other:?}"),
    }
}
