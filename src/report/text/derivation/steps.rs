//! The steps to a value, in words: the formula with each name replaced by its value, and below it where each value comes
//! from. Shows as many digits as the arithmetic needs.

use super::more;
use crate::calendar::{self, CalendarRules, Window};
use crate::eval::arithmetic;
use crate::eval::derivation::{Derived, Split};
use crate::eval::trace::{Piece, Read, Role, Step};
use crate::eval::value::Value;
use crate::model::plan::{BinaryOp, Type};
use crate::quantity::Digits;
use crate::query::Measure;
use crate::report::paint::Line;
use jiff::civil::DateTime;

/// How much finer than usual numbers are shown at most, in decimal places.
const FINER: i32 = 10;
/// How many lines of steps one value has at most.
const LINES: usize = 40;

/// A line in the making, and how deep it stands.
type Told = Vec<(usize, String)>;

/// A formula and the stretch it is taken over.
type Seen<'s> = Vec<(&'s str, Option<Window>)>;

/// The lines under a value.
pub fn lines(derived: &Derived, digits: &Digits) -> Vec<Line> {
    derived.step.as_ref().map(|step| under(step, digits, &derived.splits)).unwrap_or_default()
}

/// The lines under the value of a step.
pub fn under(step: &Step, digits: &Digits, splits: &[Split]) -> Vec<Line> {
    let mut told = Vec::new();
    tell(step, digits, splits, 0, &mut told, &mut Vec::new());
    told.truncate(LINES);
    told.iter().flat_map(|(depth, line)| more(*depth, line)).collect()
}

/// The arithmetic behind a value on one line, with what stands before it; `None` where there is none.
pub fn on_a_line(derived: &Derived, digits: &Digits) -> Option<String> {
    let step = core(derived.step.as_ref()?);
    if let Some(split) = derived.splits.iter().find(|s| s.of == step.text) {
        return Some(format!(" = {}", parts(split, digits)));
    }
    match &step.read {
        Some(read) => Some(format!(": {}", rows(read, &step.value, &step.filters))),
        None if step.pieces.is_empty() => None,
        None => Some(format!(" = {}", filled(step, leaf_digits(step, digits)))),
    }
}

/// What a name, a filter or a window is around.
fn core(step: &Step) -> &Step {
    match (step.role, step.children.as_slice()) {
        (Role::Name | Role::Elsewhere, [only]) => core(only),
        _ => step,
    }
}

fn tell<'s>(step: &'s Step, digits: &Digits, splits: &[Split], depth: usize, told: &mut Told, seen: &mut Seen<'s>) {
    let inner = core(step);
    if let Some(read) = &inner.read {
        if let Some(split) = splits.iter().find(|s| s.of == inner.text) {
            told.push((depth, parts(split, digits)));
        }
        told.push((depth, rows(read, &inner.value, &inner.filters)));
        return;
    }
    let known = |leaf: &&Step| leaf.role != Role::Literal && !leaf.value.is_void();
    // Where nothing below is known either, the reason says it all.
    if inner.children.is_empty() || (inner.value.is_void() && !leaves(inner).iter().any(known)) {
        return;
    }
    let finer = match inner.pieces.is_empty() {
        true => 0,
        false => {
            let finer = leaf_digits(inner, digits);
            let equals = if inner.gives == Type::Truth { "" } else { "= " };
            told.push((depth, format!("{equals}{}", filled(inner, finer))));
            finer
        }
    };
    for leaf in leaves(inner) {
        if leaf.role == Role::Literal || seen.contains(&(leaf.text.as_str(), leaf.window)) {
            continue;
        }
        seen.push((leaf.text.as_str(), leaf.window));
        let shown = shown(leaf, finer);
        match &core(leaf).read {
            Some(read) => {
                let rows = rows(read, &core(leaf).value, &core(leaf).filters);
                told.push((depth, format!("{} {shown}: {rows}", leaf.text)));
            }
            None => {
                let elsewhere = match core(leaf).window {
                    Some(w) if Some(w) != inner.window && w.start > DateTime::MIN => format!(" over {}", named(&w)),
                    _ => String::new(),
                };
                told.push((depth, format!("{} {shown}{elsewhere}", leaf.text)));
                tell(leaf, &own_digits(leaf, finer), splits, depth + 1, told, seen);
            }
        }
    }
}

/// `Q1 2021` where a stretch has a name, else its days.
pub fn named(window: &Window) -> String {
    calendar::step_name(window, &CalendarRules::default())
}

/// The steps at which a formula's text has values.
fn leaves(step: &Step) -> Vec<&Step> {
    let mut found = Vec::new();
    for child in &step.children {
        match inline(child) {
            true => found.extend(leaves(child)),
            false => found.push(child),
        }
    }
    found
}

/// True where a step's own formula is written out in the one above.
fn inline(step: &Step) -> bool {
    matches!(step.role, Role::Arithmetic(_) | Role::Other) && !step.pieces.is_empty()
}

/// The formula with each name replaced by its value.
fn filled(step: &Step, finer: i32) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Child(n) => match step.children.get(*n) {
            Some(child) if inline(child) => filled(child, finer),
            Some(child) if child.role == Role::Literal => shown(child, 0),
            Some(child) => shown(child, finer),
            None => String::new(),
        },
    };
    step.pieces.iter().map(piece).collect()
}

fn own_digits(step: &Step, finer: i32) -> Digits {
    let value = step.value.as_number().unwrap_or(0.0);
    Digits::of(&step.gives.unit(), &[value]).finer(finer)
}

fn shown(step: &Step, finer: i32) -> String {
    match &step.value {
        Value::Number(x) => match own_digits(step, 0) {
            // A whole number has no more digits than it has.
            whole if whole.rounded(*x) == *x => whole.show(*x),
            usual => usual.finer(finer).show(*x),
        },
        Value::Text(text) => format!("\"{text}\""),
        Value::Truth(true) => "true".to_owned(),
        Value::Truth(false) => "false".to_owned(),
        Value::Time(at) => at.to_string(),
        Value::Missing(_) => "n/a".to_owned(),
        Value::Error(kind, _) => kind.name().to_owned(),
    }
}

/// How many places finer than usual the values in a formula are shown, so that it comes to what is shown for it.
fn leaf_digits(step: &Step, digits: &Digits) -> i32 {
    let Some(value) = step.value.as_number() else { return 0 };
    let comes_out = |finer: &i32| {
        let round = |leaf: &Step| {
            let x = leaf.value.as_number()?;
            Some(own_digits(leaf, *finer).rounded(x))
        };
        worked_out(step, &round).is_none_or(|x| digits.alike(x, value))
    };
    (0..=FINER).find(comes_out).unwrap_or(0)
}

/// What a formula comes to with the values as they are shown; `None` where that isn't plain arithmetic.
fn worked_out(step: &Step, round: &dyn Fn(&Step) -> Option<f64>) -> Option<f64> {
    let [a, b] = step.children.as_slice() else { return None };
    let Role::Arithmetic(op) = step.role else { return None };
    let of = |side: &Step| match inline(side) {
        true => worked_out(side, round),
        false if side.role == Role::Literal => side.value.as_number(),
        false => round(side),
    };
    let (a, b) = (of(a)?, of(b)?);
    // What a power comes to hangs on digits that nobody sees.
    if op == BinaryOp::Power { None } else { arithmetic::figure(op, a, b) }
}

/// `EMEA 66.698M + LATAM 37.537M + APAC 25.492M`
fn parts(split: &Split, digits: &Digits) -> String {
    let total: f64 = split.parts.iter().map(|(_, x)| x).sum();
    let digits = digits.until(|d| d.alike(split.parts.iter().map(|(_, x)| d.rounded(*x)).sum(), total));
    let named: Vec<String> = split.parts.iter().map(|(key, x)| format!("{key} {}", digits.show(*x))).collect();
    named.join(" + ")
}

/// Which rows a value is made of, and how.
fn rows(read: &Read, value: &Value, filters: &[String]) -> String {
    let n = read.rows;
    let of = if n == 1 { format!("1 row of {}", read.name) } else { format!("{n} rows of {}", read.name) };
    // A share of rows is a count of them: which one, the share itself says.
    let counted = |all: u64| {
        let count = value.as_number().map_or(0.0, |x| x * all as f64);
        format!("{} of {all} rows of {}", (count * 1e6).round() / 1e6, read.name)
    };
    let how = match &read.request.measure {
        Measure::Sum(_) if n == 1 => of,
        Measure::Sum(_) => format!("the sum of {of}"),
        Measure::Count => format!("{of}, counted"),
        Measure::Avg(_) => format!("the mean of {of}"),
        Measure::Last(_) => format!("the latest of {of}"),
        Measure::First(_) => format!("the earliest of {of}"),
        Measure::LastPer(_, per) => format!("the latest for each {per} of {of}"),
        Measure::Min(_) => format!("the smallest of {of}"),
        Measure::Max(_) => format!("the largest of {of}"),
        Measure::Median(_) => format!("the middle one of {of}"),
        Measure::Percentile(_, p) => format!("{p}% lie below it, of {of}"),
        Measure::Distinct(_) => format!("how many different ones are in {of}"),
        Measure::Share(_) => format!("it holds for {}", counted(n)),
        Measure::Csat(_, least) => format!("{} are {least} or more", counted(n.saturating_sub(read.blank))),
        Measure::Nps(_) => format!("the share of 9 and 10 less the share of 0 to 6 in {of}"),
        _ => format!("worked out from {of}"),
    };
    let when = match read.request.window {
        Some(w) if w.start == DateTime::MIN => format!(" up to {}", w.last_day()),
        Some(w) if w.length_days() <= 1.0 => format!(" on {}", w.last_day()),
        Some(w) => format!(" in {}", named(&w)),
        None => String::new(),
    };
    let filters = if filters.is_empty() { String::new() } else { format!(", where {}", filters.join(" and ")) };
    let blank = if read.blank > 0 { format!("; {} of {n} blank", read.blank) } else { String::new() };
    let bad = if read.bad > 0 { format!("; {} of {n} out of range", read.bad) } else { String::new() };
    format!("{how}{when}{filters}{blank}{bad}")
}
