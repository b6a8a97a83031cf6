//! Functions of values (language reference, Functions): which of the pure functions serves which name, and how missing
//! values and errors pass through them. Knows values, and no window and no table.

pub mod payments;
pub mod statistics;

use super::arithmetic::{void, wrong_type};
use super::value::{Datum, ErrorKind, Place, Value};
use crate::calendar::dates;
use crate::model::plan::Function;
use crate::quantity::numbers;
use jiff::civil::Date;

/// A function of values; errors are born in `place`. The model has checked number and types of the arguments.
pub fn call(function: Function, arguments: &[Datum], place: Place<'_>) -> Datum {
    match function {
        Function::IfError => if_error(arguments, place),
        Function::Ifs => first_that_holds(arguments, place),
        Function::IsNumber => Datum::joined(Value::Truth(arguments.iter().all(|a| a.number().is_some())), arguments),
        Function::IsBlank => {
            let blank = arguments.iter().all(|a| matches!(a.value, Value::Missing(_)));
            Datum::joined(Value::Truth(blank), arguments)
        }
        _ => of_values(function, arguments, place),
    }
}

fn if_error(arguments: &[Datum], place: Place<'_>) -> Datum {
    match arguments {
        [x, instead, ..] if matches!(x.value, Value::Error(..)) => Datum::joined(instead.value.clone(), [instead]),
        [x, ..] => x.clone(),
        [] => Datum::plain(wrong_type(place)),
    }
}

/// `ifs(c, x, …)`: conditions after the first one that holds don't matter.
fn first_that_holds(arguments: &[Datum], place: Place<'_>) -> Datum {
    let mut looked_at: Vec<&Datum> = Vec::new();
    for pair in arguments.chunks(2) {
        let [condition, value] = pair else { break };
        looked_at.push(condition);
        let result = match &condition.value {
            Value::Truth(false) => continue,
            Value::Truth(true) => {
                looked_at.push(value);
                value.value.clone()
            }
            void if void.is_void() => void.clone(),
            _ => wrong_type(place),
        };
        return Datum::joined(result, looked_at);
    }
    Datum::joined(Value::Missing(format!("no condition of {} holds", place())), looked_at)
}

/// True where a missing argument is left out, as aggregates leave out blank rows. Percentile's last is its k.
fn may_skip(function: Function, at: usize, given: usize) -> bool {
    match function {
        Function::Min | Function::Max | Function::Sum | Function::Average | Function::Median | Function::Stdev => true,
        Function::Percentile => at + 1 < given,
        _ => false,
    }
}

fn of_values(function: Function, arguments: &[Datum], place: Place<'_>) -> Datum {
    let join = |value: Value| Datum::joined(value, arguments);
    let left_out = |i: usize, a: &Datum| matches!(a.value, Value::Missing(_)) && may_skip(function, i, arguments.len());
    let taken: Vec<&Datum> = arguments.iter().enumerate().filter(|(i, a)| !left_out(*i, a)).map(|(_, a)| a).collect();
    if let Some(void) = void(taken.to_vec()) {
        return join(void);
    }
    let skipped = arguments.len() - taken.len();
    let all_skipped = skipped > 0
        && !arguments.iter().enumerate().any(|(i, a)| may_skip(function, i, arguments.len()) && !left_out(i, a));
    if all_skipped || taken.is_empty() {
        let why = arguments.first().and_then(|a| a.value.reason()).unwrap_or_else(|| "no values".to_owned());
        return join(Value::Missing(why));
    }
    let numbers: Vec<f64> = taken.iter().filter_map(|a| a.number()).collect();
    let days: Vec<Date> = taken.iter().filter_map(|a| day_of(&a.value)).collect();
    if numbers.len() + days.len() < taken.len() {
        return join(wrong_type(place));
    }
    let value = match result(function, &numbers, &days) {
        Ok(Value::Number(x)) => Value::number_in(x, place),
        Ok(value) => value,
        Err(kind) => Value::Error(kind, place()),
    };
    let mut out = join(value);
    if skipped > 0 {
        out.notes.say(format!("{}: {skipped} of {} values are missing and left out", place(), arguments.len()));
    }
    out
}

fn day_of(value: &Value) -> Option<Date> {
    match value {
        Value::Time(at) => Some(at.date()),
        _ => None,
    }
}

/// The result over the arguments that are numbers and those that are days, each in order.
fn result(function: Function, n: &[f64], d: &[Date]) -> Result<Value, ErrorKind> {
    let whole = |x: i64| Ok(Value::Number(x as f64));
    match (function, n, d) {
        (Function::Date, [year, month, day], []) => dates::date(*year, *month, *day).map(at).ok_or(ErrorKind::Num),
        (Function::EDate, [months], [day]) => dates::edate(*day, *months).map(at).ok_or(ErrorKind::Num),
        (Function::EoMonth, [months], [day]) => dates::eomonth(*day, *months).map(at).ok_or(ErrorKind::Num),
        (Function::Year, [], [day]) => whole(day.year().into()),
        (Function::Month, [], [day]) => whole(day.month().into()),
        (Function::Day, [], [day]) => whole(day.day().into()),
        (Function::Weekday, [], [day]) => whole(dates::weekday(*day)),
        (Function::Days, [], [end, start]) => whole(dates::days(*end, *start)),
        (Function::NetworkDays, [], [start, end, holidays @ ..]) => whole(dates::networkdays(*start, *end, holidays)),
        (Function::Npv, [rate, payments @ ..], []) => payments::npv(*rate, payments).map(Value::Number),
        (Function::Irr, payments, []) => payments::irr(payments).map(Value::Number),
        (Function::Xnpv, [rate, payments @ ..], days) => payments::xnpv(*rate, payments, days).map(Value::Number),
        (Function::Xirr, payments, days) => payments::xirr(payments, days).map(Value::Number),
        (Function::Rri, [periods, from, to], []) => payments::rri(*periods, *from, *to).map(Value::Number),
        (Function::Roi, [gain, cost], []) => payments::roi(*gain, *cost).map(Value::Number),
        (Function::Percentile, [values @ .., k], []) => statistics::percentile(values, *k).map(Value::Number),
        (_, numbers, []) => of_numbers(function, numbers).map(Value::Number),
        _ => Err(ErrorKind::Value),
    }
}

fn at(day: Date) -> Value {
    Value::Time(day.into())
}

fn of_numbers(function: Function, n: &[f64]) -> Result<f64, ErrorKind> {
    let x = n.first().copied().ok_or(ErrorKind::Value)?;
    let second = |default: f64| n.get(1).copied().unwrap_or(default);
    let domain = |ok: bool, value: f64| if ok { Ok(value) } else { Err(ErrorKind::Num) };
    match function {
        Function::Abs => Ok(x.abs()),
        Function::Sqrt => domain(x >= 0.0, x.sqrt()),
        Function::Exp => Ok(x.exp()),
        Function::Ln => domain(x > 0.0, x.ln()),
        Function::Log10 => domain(x > 0.0, x.log10()),
        Function::Log => Ok(numbers::log(x, second(10.0))?),
        Function::Power => Ok(numbers::power(x, second(f64::NAN))?),
        Function::Mod => Ok(numbers::modulo(x, second(f64::NAN))?),
        Function::Int => Ok(numbers::seen(x).floor()),
        Function::Round => Ok(numbers::round(x, second(0.0))),
        Function::RoundUp => Ok(numbers::round_up(x, second(0.0))),
        Function::RoundDown => Ok(numbers::round_down(x, second(0.0))),
        Function::Ceiling => Ok(numbers::ceiling(x, second(1.0))?),
        Function::Floor => Ok(numbers::floor(x, second(1.0))?),
        Function::Min => Ok(n.iter().copied().fold(f64::INFINITY, f64::min)),
        Function::Max => Ok(n.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        Function::Sum => Ok(n.iter().sum()),
        Function::Average => Ok(n.iter().sum::<f64>() / n.len() as f64),
        Function::Median => Ok(statistics::median(n)),
        Function::Stdev => statistics::stdev(n),
        _ => Err(ErrorKind::Value),
    }
}
