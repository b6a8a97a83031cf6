//! Milestones, and alerts that fired, under the goals. Judges nothing.

use super::{NAMES, heading};
use crate::eval::verdict::{AlertVerdict, Fired, MilestoneVerdict, Report};
use crate::quantity::show;
use crate::report::paint::{Line, Paint, wrapped};

/// Of the periods in which an alert fired, so many are named.
const NAMED: usize = 3;

/// The milestones, or nothing where the plan has none.
pub fn milestones(report: &Report) -> Vec<Line> {
    if report.milestones.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::default(), Line::of(Paint::Plain, "milestones")];
    lines.extend(report.milestones.iter().flat_map(milestone));
    lines
}

fn milestone(m: &MilestoneVerdict) -> Vec<Line> {
    let wanted = Line::of(Paint::Strong, format!("by {}", m.by));
    let mut lines = heading(m.status, &m.name, m.title.as_deref(), &wanted, 2);
    let first = " ".repeat(2 + NAMES);
    lines.extend(wrapped(&first, &m.decided, Paint::Plain));
    lines.extend(m.notes.iter().flat_map(|n| wrapped(&format!("{first}note: "), n, Paint::Faint)));
    lines
}

/// The alerts that fired or couldn't be judged; nothing where all are quiet.
pub fn alerts(report: &Report) -> Vec<Line> {
    let told: Vec<&AlertVerdict> = report.alerts.iter().filter(|a| !a.fired.is_empty() || a.reason.is_some()).collect();
    if told.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::default(), Line::of(Paint::Plain, "alerts")];
    lines.extend(told.iter().flat_map(|a| alert(a)));
    let quiet = report.alerts.len() - told.len();
    if quiet > 0 {
        let s = if quiet == 1 { "" } else { "s" };
        lines.push(Line::of(Paint::Faint, format!("  {quiet} other alert{s} didn't fire")));
    }
    lines
}

fn alert(a: &AlertVerdict) -> Vec<Line> {
    let title = a.title.as_ref().map_or(String::new(), |t| format!(" \"{t}\""));
    let state = match (a.fired.is_empty(), a.holds_now) {
        (true, _) => ("not known: ", Paint::Faint),
        (false, Some(true)) => ("fires now: ", Paint::Bad),
        (false, _) => ("fired: ", Paint::Warn),
    };
    let mut lines = wrapped(&format!("  {}", state.0), &format!("{}{title}: {}", a.name, a.condition), state.1);
    let first = "    ";
    if let Some(reason) = a.reason.as_ref().filter(|_| a.fired.is_empty()) {
        lines.extend(wrapped(first, reason, Paint::Plain));
    }
    lines.extend(a.note.iter().flat_map(|n| wrapped(first, n, Paint::Strong)));
    if let (Some(looked), false) = (a.looked, a.fired.is_empty()) {
        let step = if a.every.count == 1 { a.every.unit.name().to_owned() } else { format!("period of {}", a.every) };
        let n = a.fired.len();
        let s = if n == 1 { "" } else { "s" };
        let row = match a.periods {
            1 => String::new(),
            needed => format!(", each the {needed}th in a row or later").replace("2th", "2nd").replace("3th", "3rd"),
        };
        let text = format!("in {n} {step}{s} of {looked}{row}: {}", named(a));
        lines.extend(wrapped(first, &text, Paint::Plain));
    }
    lines.extend(a.notes.iter().flat_map(|n| wrapped("    note: ", n, Paint::Faint)));
    lines
}

/// The latest periods, with the value that was compared.
fn named(a: &AlertVerdict) -> String {
    let from = a.fired.len().saturating_sub(NAMED);
    let one = |f: &Fired| {
        let value = f.value.map_or(String::new(), |v| format!(" ({})", show(v, &a.unit)));
        format!("{}{value}", f.label)
    };
    let names: Vec<String> = a.fired[from..].iter().map(one).collect();
    format!("{}{}", if from > 0 { "last " } else { "" }, names.join(", "))
}
