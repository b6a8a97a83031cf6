//! The screen of `eval`: one block a goal, then objectives and the counts. Judges nothing: it only words what the
//! verdict holds.

mod derivation;
mod each;
mod function;
mod goal;
mod timeline;
mod watched;

pub use derivation::{derivation, milestone as milestone_derivation, statement};
pub use function::function;

use super::paint::{Line, Paint, WIDTH, broken, wrapped};
use crate::eval::verdict::{ObjectiveVerdict, Report, ScenarioReading, Status, Verdict};
use crate::quantity::share;

/// How the screen is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// Colours for a terminal.
    pub color: bool,
    /// The exit code, shown beside the counts.
    pub exit: Option<u8>,
}

/// The column at which names stand, after the status.
const NAMES: usize = 10;

/// The report for people: lines of at most 80 columns, each with its end.
pub fn text(report: &Report, style: Style) -> String {
    let mut lines = header(report);
    for goal in &report.goals {
        lines.push(Line::default());
        lines.extend(goal::block(goal, report));
    }
    if !report.objectives.is_empty() {
        lines.push(Line::default());
        lines.push(Line::of(Paint::Plain, "objectives"));
        lines.extend(report.objectives.iter().flat_map(objective));
    }
    lines.extend(watched::milestones(report));
    lines.extend(watched::alerts(report));
    lines.push(Line::default());
    lines.extend(moved(report));
    lines.extend(summary(report, style));
    lines.iter().map(|line| line.write(style.color) + "\n").collect()
}

/// As of when, and what was assumed about the tables.
fn header(report: &Report) -> Vec<Line> {
    let moment = report.moment();
    let why = match &report.as_of_from {
        Some(table) => format!(", the newest row of {table} (--as-of DATE to choose)"),
        None => String::new(),
    };
    let notes = report.data.iter().flat_map(|t| t.notes.iter().map(move |n| format!("table {}: {n}", t.table)));
    let mut lines = wrapped("", &format!("as of {moment}{why}"), Paint::Plain);
    lines.extend(report.scenario.iter().flat_map(scenario));
    lines.extend(notes.flat_map(|n| wrapped("note: ", &n, Paint::Faint)));
    lines
}

/// What the verdicts suppose.
fn scenario(s: &ScenarioReading) -> Vec<Line> {
    let title = s.title.as_ref().map_or(String::new(), |t| format!(" \"{t}\""));
    let open = s.name.as_ref().map_or("what if: ".to_owned(), |name| format!("scenario {name}{title}: "));
    wrapped("", &format!("{open}{}", s.set.join(", ")), Paint::Plain)
}

/// Which goals the scenario moves to another status.
fn moved(report: &Report) -> Vec<Line> {
    if report.scenario.is_none() {
        return Vec::new();
    }
    let change = |v: &Verdict| {
        let before = v.plain.as_ref()?.status;
        (before != v.status).then(|| format!("{} {} -> {}", v.name, before.name(), v.status.name()))
    };
    let moved: Vec<String> = report.goals.iter().filter_map(change).collect();
    let text = match moved.as_slice() {
        [] => "the scenario changes no goal's status".to_owned(),
        _ => format!("the scenario changes {} of {} statuses: {}", moved.len(), report.goals.len(), moved.join(", ")),
    };
    wrapped("", &text, Paint::Plain)
}

/// The first line of a block: status, name and title, and at the right what is wanted; on lines of its own where it
/// doesn't fit.
fn heading(status: Status, name: &str, title: Option<&str>, wanted: &Line, indent: usize) -> Vec<Line> {
    let column = indent + NAMES;
    let title = title.map_or(String::new(), |t| format!(" \"{t}\""));
    let opening = Line::default().padded_to(indent).add(paint(status), status.name().to_uppercase());
    let mut lines: Vec<Line> = broken(&format!("{name}{title}"), WIDTH - column - 2)
        .iter()
        .enumerate()
        .map(|(i, piece)| {
            let start = if i == 0 { opening.clone() } else { Line::default() };
            let start = if start.width() >= column { start.add(Paint::Plain, " ") } else { start.padded_to(column) };
            start.add(Paint::Plain, piece)
        })
        .collect();
    let last = lines.pop().unwrap_or_default();
    match last.with_right(wanted) {
        Some(whole) => lines.push(whole),
        None => {
            lines.push(last);
            lines.extend(Line::default().padded_to(column).with_right(wanted));
        }
    }
    lines
}

fn objective(o: &ObjectiveVerdict) -> Vec<Line> {
    let progress =
        o.progress.map_or_else(|| "progress not known".to_owned(), |p| format!("{} of the way", share(p, &[1.0])));
    let mut lines = heading(o.status, &o.name, o.title.as_deref(), &Line::of(Paint::Strong, progress), 2);
    let first = " ".repeat(2 + NAMES);
    if !o.goals.is_empty() {
        lines.extend(wrapped(&first, &format!("from {}", o.goals.join(", ")), Paint::Faint));
    }
    lines.extend(o.notes.iter().flat_map(|n| wrapped(&format!("{first}note: "), n, Paint::Faint)));
    lines
}

/// How many goals and milestones stand how.
fn summary(report: &Report, style: Style) -> Vec<Line> {
    let count = |status: Status| report.statuses().filter(|s| *s == status).count();
    let mut counts = Line::default();
    for status in Status::ALL.into_iter().filter(|s| count(*s) > 0) {
        let comma = if counts == Line::default() { "" } else { ", " };
        counts = counts.add(Paint::Plain, comma).add(paint(status), format!("{} {}", count(status), status.name()));
    }
    if counts == Line::default() {
        counts = Line::of(Paint::Plain, "the plan has no goal");
    }
    let Some(code) = style.exit else { return vec![counts] };
    let exit = Line::of(Paint::Faint, format!("exit {code}"));
    match counts.with_right(&exit) {
        Some(line) => vec![line],
        None => vec![counts, exit],
    }
}

/// The colour of a status.
fn paint(status: Status) -> Paint {
    match status {
        Status::Met => Paint::Best,
        Status::MetLate | Status::OnTrack => Paint::Good,
        Status::AtRisk => Paint::Warn,
        Status::OffTrack => Paint::Bad,
        Status::Missed => Paint::Worst,
        Status::NotStarted | Status::NoData => Paint::Faint,
    }
}
