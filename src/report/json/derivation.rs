//! The JSON of `explain GOAL --format json`, schema 1: the goal as `eval` gives it, and its derivation as a tree of
//! steps. Keys are only ever added; what isn't known is null, with its reason beside it.

use super::goal::Goal;
use super::watched::Milestone;
use super::{Number, SCHEMA, number};
use crate::calendar::{self, Window};
use crate::eval::derivation::milestone::MilestoneExplained;
use crate::eval::derivation::{Derived, Elapsed, Explained, Split, TableUse, TargetChange, Way};
use crate::eval::trace::Step;
use crate::eval::value::Value;
use crate::eval::verdict::Status;
use crate::quantity::Unit;
use crate::source::Sources;
use jiff::civil::{Date, DateTime};
use serde::Serialize;

/// A goal with its derivation as JSON, indented, with a line end.
///
/// # Errors
/// Where `diagnostics` can't be written as JSON.
pub fn derivation(
    explained: &Explained,
    sources: &Sources,
    diagnostics: &impl Serialize,
) -> Result<String, serde_json::Error> {
    let root = Root {
        schema: SCHEMA,
        as_of: explained.report.moment(),
        as_of_from: explained.report.as_of_from.as_deref(),
        goal: Goal::of(&explained.verdict, None, sources),
        derivation: Told::of(explained),
        diagnostics,
    };
    Ok(serde_json::to_string_pretty(&root)? + "\n")
}

#[derive(Serialize)]
struct Root<'a, D: Serialize> {
    schema: u32,
    as_of: String,
    as_of_from: Option<&'a str>,
    goal: Goal<'a>,
    derivation: Told<'a>,
    diagnostics: &'a D,
}

/// A milestone with what its condition came to, as JSON with a line end.
///
/// # Errors
/// Where `diagnostics` can't be written as JSON.
pub fn milestone(
    explained: &MilestoneExplained,
    sources: &Sources,
    diagnostics: &impl Serialize,
) -> Result<String, serde_json::Error> {
    let root = MilestoneRoot {
        schema: SCHEMA,
        as_of: calendar::day_before_edge(explained.as_of),
        milestone: Milestone::of(&explained.verdict, sources),
        derivation: MilestoneTold {
            meaning: explained.meaning.iter().map(|m| Named { name: &m.name, text: &m.text }).collect(),
            condition: &explained.condition,
            step: explained.step.as_ref().map(Node::of),
            tables: explained.tables.iter().map(Table::of).collect(),
        },
        diagnostics,
    };
    Ok(serde_json::to_string_pretty(&root)? + "\n")
}

#[derive(Serialize)]
struct MilestoneRoot<'a, D: Serialize> {
    schema: u32,
    as_of: Date,
    milestone: Milestone<'a>,
    derivation: MilestoneTold<'a>,
    diagnostics: &'a D,
}

#[derive(Serialize)]
struct MilestoneTold<'a> {
    meaning: Vec<Named<'a>>,
    condition: &'a str,
    step: Option<Node<'a>>,
    tables: Vec<Table<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    meaning: Vec<Named<'a>>,
    baseline: Option<Worked<'a>>,
    target: Option<Target<'a>>,
    current: Option<Worked<'a>>,
    progress: Option<Progress>,
    time: Option<Time>,
    /// A total's window that isn't over: by this share of it the target is taken.
    so_far: Option<Time>,
    marks: Option<Marks>,
    periods: Vec<Labelled<'a>>,
    values: Vec<Labelled<'a>>,
    parts: Vec<Part<'a>>,
    tables: Vec<Table<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    text: &'a str,
}

/// A value and the steps to it.
#[derive(Serialize)]
struct Worked<'a> {
    value: Option<Number>,
    from: Option<Date>,
    to: Option<Date>,
    /// Where the value is the mean of so many spans: the step has their total.
    mean_of: Option<u32>,
    step: Option<Node<'a>>,
    splits: Vec<Parts<'a>>,
}

#[derive(Serialize)]
struct Node<'a> {
    text: &'a str,
    value: Option<Number>,
    /// A text, a truth value or a time.
    says: Option<String>,
    reason: Option<String>,
    unit: Unit,
    from: Option<Date>,
    to: Option<Date>,
    filters: &'a [String],
    rows: Option<Rows<'a>>,
    steps: Vec<Node<'a>>,
}

#[derive(Serialize)]
struct Rows<'a> {
    table: &'a str,
    from: Option<Date>,
    to: Option<Date>,
    read: u64,
    blank: u64,
    out_of_range: u64,
}

#[derive(Serialize)]
struct Parts<'a> {
    of: &'a str,
    column: &'a str,
    parts: Vec<PartOf<'a>>,
}

#[derive(Serialize)]
struct PartOf<'a> {
    key: &'a str,
    value: Number,
}

#[derive(Serialize)]
struct Target<'a> {
    text: &'a str,
    /// `share`, `plus` or `times`, and by how much.
    change: Option<&'static str>,
    by: Option<Number>,
    steps: Vec<Node<'a>>,
}

#[derive(Serialize)]
struct Progress {
    /// `between`: (current - baseline) / (target - baseline); `of`: current / target; `kept`: current / target, counted.
    kind: &'static str,
    baseline: Option<Number>,
    current: Number,
    target: Number,
}

#[derive(Serialize)]
struct Time {
    from: Date,
    to: Date,
    days: Number,
    of: Number,
}

#[derive(Serialize)]
struct Marks {
    on_track: Number,
    at_risk: Number,
}

#[derive(Serialize)]
struct Labelled<'a> {
    key: &'a str,
    #[serde(flatten)]
    worked: Worked<'a>,
}

#[derive(Serialize)]
struct Part<'a> {
    name: &'a str,
    status: Status,
    decided: &'a str,
}

#[derive(Serialize)]
struct Table<'a> {
    table: &'a str,
    source: &'a str,
    rows: u64,
    left_out: u64,
    later: u64,
}

impl<'a> Told<'a> {
    fn of(explained: &'a Explained) -> Self {
        let d = &explained.derivation;
        let labelled = |all: &'a [(String, Derived)]| {
            all.iter().map(|(key, derived)| Labelled { key, worked: Worked::of(derived) }).collect()
        };
        Self {
            meaning: d.meaning.iter().map(|m| Named { name: &m.name, text: &m.text }).collect(),
            baseline: d.baseline.as_ref().map(Worked::of),
            target: d.target.as_ref().map(|t| {
                let (change, by) = match t.change {
                    Some(TargetChange::Share(x)) => (Some("share"), Some(x)),
                    Some(TargetChange::Plus(x)) => (Some("plus"), Some(x)),
                    Some(TargetChange::Times(x)) => (Some("times"), Some(x)),
                    None => (None, None),
                };
                Target { text: &t.text, change, by: number(by), steps: t.steps.iter().map(Node::of).collect() }
            }),
            current: d.current.as_ref().map(Worked::of),
            progress: d.way.map(progress),
            time: d.time.map(Time::of),
            so_far: d.so_far.map(Time::of),
            marks: d.marks.map(|(on_track, at_risk)| Marks { on_track: Number(on_track), at_risk: Number(at_risk) }),
            periods: labelled(&d.periods),
            values: labelled(&d.values),
            parts: d.parts.iter().map(|(name, status, decided)| Part { name, status: *status, decided }).collect(),
            tables: d.tables.iter().map(Table::of).collect(),
        }
    }
}

impl<'a> Table<'a> {
    fn of(t: &'a TableUse) -> Self {
        Self { table: &t.table, source: &t.source, rows: t.rows, left_out: t.left_out, later: t.later }
    }
}

impl Time {
    fn of(t: Elapsed) -> Self {
        Self { from: t.from, to: t.to, days: Number(t.days), of: Number(t.of) }
    }
}

fn progress(way: Way) -> Progress {
    let of = |kind, baseline, current, target| Progress {
        kind,
        baseline: number(baseline),
        current: Number(current),
        target: Number(target),
    };
    match way {
        Way::Between { baseline, current, target } => of("between", Some(baseline), current, target),
        Way::Of { current, target } => of("of", None, current, target),
        Way::Kept { kept, of: all } => of("kept", None, kept as f64, all as f64),
    }
}

/// The first and the last day of a stretch; no first day where it begins with the data.
fn days(window: Option<Window>) -> (Option<Date>, Option<Date>) {
    let first = window.filter(|w| w.start > DateTime::MIN).map(|w| w.start.date());
    (first, window.map(|w| w.last_day()))
}

impl<'a> Worked<'a> {
    fn of(derived: &'a Derived) -> Self {
        let (from, to) = days(derived.window);
        let split = |s: &'a Split| Parts {
            of: &s.of,
            column: &s.column,
            parts: s.parts.iter().map(|(key, x)| PartOf { key, value: Number(*x) }).collect(),
        };
        Self {
            value: number(derived.value),
            from,
            to,
            mean_of: derived.mean_of,
            step: derived.step.as_ref().map(Node::of),
            splits: derived.splits.iter().map(split).collect(),
        }
    }
}

impl<'a> Node<'a> {
    fn of(step: &'a Step) -> Self {
        let (from, to) = days(step.window);
        let says = match &step.value {
            Value::Text(text) => Some(text.clone()),
            Value::Truth(truth) => Some(truth.to_string()),
            Value::Time(at) => Some(at.to_string()),
            Value::Number(_) | Value::Missing(_) | Value::Error(..) => None,
        };
        let rows = step.read.as_ref().map(|read| {
            let (from, to) = days(read.request.window);
            Rows { table: &read.name, from, to, read: read.rows, blank: read.blank, out_of_range: read.bad }
        });
        Self {
            text: &step.text,
            value: number(step.value.as_number()),
            says,
            reason: step.value.reason(),
            unit: step.gives.unit(),
            from,
            to,
            filters: &step.filters,
            rows,
            steps: step.children.iter().map(Node::of).collect(),
        }
    }
}
