//! The JSON of `eval --format json`, schema 1: keys are only ever added, each is always present, and an unknown value
//! is null with its reason beside it. Knows no terminal.

mod derivation;
mod goal;
mod watched;

use crate::eval::verdict::{ObjectiveVerdict, Report, Status, TableRead, Verdict};
use crate::lint::Card;
use crate::source::{Loc, Sources};
pub use derivation::{derivation, milestone};
use goal::Goal;
use jiff::civil::{DateTime, Time};
use serde::{Serialize, Serializer};
use std::collections::HashMap;
use watched::{Alert, Milestone};

/// The version of the contract.
pub(in crate::report) const SCHEMA: u32 = 1;
/// Whole numbers up to this are exact in a double and in every reader of JSON.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// What the report needs to know of the plan's texts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PlanMeta {
    /// The plan's title.
    pub title: Option<String>,
    /// Path and BLAKE3 hash of each file, in the order in which they were read.
    pub files: Vec<(String, String)>,
    /// What the linter says of the goals; none where it wasn't asked.
    pub cards: Vec<Card>,
}

/// The report as JSON, indented, with a line end. `diagnostics` is what the diagnostic room makes of the report's
/// diagnostics (a list). Numbers have full precision; a number that isn't finite is null.
///
/// # Errors
/// Where `diagnostics` can't be written as JSON.
pub fn json(
    report: &Report,
    sources: &Sources,
    plan: &PlanMeta,
    diagnostics: &impl Serialize,
) -> Result<String, serde_json::Error> {
    let cards: HashMap<&str, &Card> = plan.cards.iter().map(|c| (c.goal.as_str(), c)).collect();
    let card_of = |v: &Verdict| cards.get(v.name.as_str()).copied();
    let root = Root {
        schema: SCHEMA,
        as_of: report.moment(),
        as_of_from: report.as_of_from.as_deref(),
        plan: Plan {
            title: plan.title.as_deref(),
            files: plan.files.iter().map(|(path, blake3)| PlanFile { path, blake3 }).collect(),
        },
        scenario: report.scenario.as_ref().map(|s| Scenario {
            name: s.name.as_deref(),
            title: s.title.as_deref(),
            set: &s.set,
        }),
        data: report.data.iter().map(Table::of).collect(),
        goals: report.goals.iter().map(|v| Goal::of(v, card_of(v), sources)).collect(),
        objectives: report.objectives.iter().map(Objective::of).collect(),
        milestones: report.milestones.iter().map(|m| Milestone::of(m, sources)).collect(),
        alerts: report.alerts.iter().map(|a| Alert::of(a, sources)).collect(),
        diagnostics,
    };
    Ok(serde_json::to_string_pretty(&root)? + "\n")
}

/// A number: whole ones without a fraction, those that aren't finite as null.
pub(in crate::report) struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            v if !v.is_finite() => serializer.serialize_none(),
            v if v.fract() == 0.0 && v.abs() <= LARGEST_WHOLE => serializer.serialize_i64(v as i64),
            v => serializer.serialize_f64(v),
        }
    }
}

/// The file and the line of a statement.
fn place(sources: &Sources, at: Loc) -> (Option<&str>, Option<u32>) {
    let file = sources.files.get(at.file.0 as usize);
    (file.map(|f| f.path.as_str()), file.map(|f| f.position(at.span.start).line))
}

fn number(value: Option<f64>) -> Option<Number> {
    value.map(Number)
}

/// A day, or a moment where it has a time of day.
struct Moment(DateTime);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.time() == Time::midnight() {
            true => serializer.collect_str(&self.0.date()),
            false => serializer.collect_str(&self.0),
        }
    }
}

#[derive(Serialize)]
struct Root<'a, D: Serialize> {
    schema: u32,
    as_of: String,
    as_of_from: Option<&'a str>,
    plan: Plan<'a>,
    scenario: Option<Scenario<'a>>,
    data: Vec<Table<'a>>,
    goals: Vec<Goal<'a>>,
    objectives: Vec<Objective<'a>>,
    milestones: Vec<Milestone<'a>>,
    alerts: Vec<Alert<'a>>,
    diagnostics: &'a D,
}

#[derive(Serialize)]
struct Plan<'a> {
    title: Option<&'a str>,
    files: Vec<PlanFile<'a>>,
}

/// `name` is null where the command line's changes stand alone.
#[derive(Serialize)]
struct Scenario<'a> {
    name: Option<&'a str>,
    title: Option<&'a str>,
    set: &'a [String],
}

#[derive(Serialize)]
struct PlanFile<'a> {
    path: &'a str,
    blake3: &'a str,
}

#[derive(Serialize)]
struct Table<'a> {
    table: &'a str,
    source: &'a str,
    rows: u64,
    newest: Option<Moment>,
    later: u64,
    blake3: Option<&'a str>,
    notes: &'a [String],
}

impl<'a> Table<'a> {
    fn of(read: &'a TableRead) -> Self {
        Self {
            table: &read.table,
            source: &read.source,
            rows: read.rows,
            newest: read.newest.map(Moment),
            later: read.later,
            blake3: read.blake3.as_deref(),
            notes: &read.notes,
        }
    }
}

#[derive(Serialize)]
struct Objective<'a> {
    name: &'a str,
    title: Option<&'a str>,
    progress: Option<Number>,
    status: Status,
    goals: &'a [String],
    notes: &'a [String],
}

impl<'a> Objective<'a> {
    fn of(o: &'a ObjectiveVerdict) -> Self {
        Self {
            name: &o.name,
            title: o.title.as_deref(),
            progress: number(o.progress),
            status: o.status,
            goals: &o.goals,
            notes: &o.notes,
        }
    }
}
