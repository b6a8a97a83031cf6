//! Plans judged over tables that stand in the test as CSV texts: evaluation is tested with these.

mod engine;
mod rows;

pub use engine::MemoryEngine;
#[cfg(feature = "datafusion")]
pub use engine::fold;

use jiff::civil::Date;
use milepost::diagnostic::Diagnostic;
use milepost::eval::verdict::{Report, Verdict};
use milepost::eval::{self, AsOf, Failure, Options};
use milepost::query::*;
use milepost::source::FileId;
use milepost::{Opened, Plan};

/// Opens the tables: those that the plan doesn't declare are given.
pub fn open(plan: &str, tables: &[(&str, &str)]) -> Result<(Opened, MemoryEngine), Vec<Diagnostic>> {
    let parsed = Plan::parse(plan);
    if !parsed.spelling().is_empty() {
        return Err(parsed.spelling().to_vec());
    }
    let declared: Vec<String> = parsed.tables().map(|(t, _)| t.name.node.clone()).collect();
    let given = tables.iter().filter(|(name, _)| !declared.iter().any(|d| d == name)).map(|(name, _)| TableSource {
        name: (*name).to_owned(),
        path: (*name).to_owned(),
        shown: (*name).to_owned(),
        within: None,
        time: None,
        sheet: None,
        filter: None,
        timezone: "UTC".to_owned(),
        week_start: jiff::civil::Weekday::Monday,
        implicit: true,
    });
    let mut engine = MemoryEngine::new(tables);
    let opened = parsed.open(&mut engine, given.collect(), |_, _| Ok(true))?;
    let wrong = opened.found.iter().any(|d| d.level == milepost::diagnostic::Level::Error);
    if wrong { Err(opened.found) } else { Ok((opened, engine)) }
}

/// As of a day's end, or a moment; nothing where the text is empty.
pub fn moment(as_of: &str) -> Option<AsOf> {
    (!as_of.is_empty()).then(|| match as_of.parse::<Date>() {
        Ok(day) if !as_of.contains('T') => AsOf::Day(day),
        _ => as_of.parse().map_or_else(|_| AsOf::Instant(as_of.parse().unwrap()), AsOf::Moment),
    })
}

/// The whole answer, or what is wrong.
pub fn try_report(plan: &str, tables: &[(&str, &str)], as_of: &str) -> Result<Report, Vec<Diagnostic>> {
    let (opened, mut engine) = open(plan, tables)?;
    let options = Options { as_of: moment(as_of), goals: Vec::new() };
    eval::evaluate(&opened.plan, &opened.tables, &mut engine, &options).map_err(|failure| match failure {
        Failure::Plan(found) => found,
        Failure::Data(error) => vec![Diagnostic::of(&error, FileId(0))],
    })
}

/// The whole answer.
pub fn report(plan: &str, tables: &[(&str, &str)], as_of: &str) -> Report {
    try_report(plan, tables, as_of).unwrap_or_else(|found| panic!("{plan}\n{found:#?}"))
}

/// The verdict on the plan's first goal.
pub fn verdict(plan: &str, tables: &[(&str, &str)], as_of: &str) -> Verdict {
    report(plan, tables, as_of).goals.into_iter().next().expect("the plan has a goal")
}

/// A verdict's numbers on a line: `met: 106 (Q2 2021) >= 105 from 100 (Q4 2020)`.
pub fn line(v: &Verdict) -> String {
    let shown = |x: Option<f64>| x.map_or("n/a".to_owned(), |x| ((x * 1e6).round() / 1e6).to_string());
    let upper = v.target.upper.map(|u| format!("..{}", shown(Some(u)))).unwrap_or_default();
    let at = |label: &str| if label.is_empty() { String::new() } else { format!(" ({label})") };
    let from = v.baseline.as_ref().map(|b| format!(" from {}{}", shown(b.value), at(&b.label))).unwrap_or_default();
    format!(
        "{}: {}{} {} {}{upper}{from}",
        v.status.name(),
        shown(v.current.value),
        at(&v.current.label),
        v.target.op,
        shown(v.target.value),
    )
}

/// The numbers of the plan's first goal on a line.
pub fn judged(plan: &str, tables: &[(&str, &str)], as_of: &str) -> String {
    line(&verdict(plan, tables, as_of))
}

/// Panics where no note holds every one of `parts`.
pub fn noted(v: &Verdict, parts: &[&str]) {
    let found = v.notes.iter().any(|n| parts.iter().all(|p| n.contains(p)));
    assert!(found, "no note with {parts:?} in {:#?}", v.notes);
}

/// The messages and helps of what is wrong with a plan.
pub fn wrong(plan: &str, tables: &[(&str, &str)], as_of: &str) -> String {
    match try_report(plan, tables, as_of) {
        Ok(report) => panic!("{plan} is fine: {}", report.goals.iter().map(line).collect::<Vec<_>>().join("\n")),
        Err(found) => found.iter().map(|d| format!("{d:?}\n")).collect(),
    }
}
