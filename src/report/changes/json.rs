//! The comparison as the JSON of `diff --format json`. Fields are only added; every key is always present.

use super::{Versions, moved_goalposts};
use crate::compare::{Became, Change, Changes, ClauseChange, Effect, Thing, Through};
use serde::Serialize;

/// Version of the contract.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a, D> {
    schema: u32,
    old: &'a str,
    new: &'a str,
    as_of: Option<&'a str>,
    /// What says so: `the newest row of memberships`; `null` where it was asked for.
    as_of_from: Option<&'a str>,
    with_data: bool,
    changes: Vec<Entry<'a>>,
    moved_goalposts: usize,
    diagnostics: &'a D,
}

#[derive(Serialize)]
struct Entry<'a> {
    thing: Thing,
    became: Became,
    name: &'a str,
    old_name: Option<&'a str>,
    title: Option<&'a str>,
    /// Of what was dropped in the old plan.
    file: Option<&'a str>,
    line: Option<u32>,
    wanted: Option<&'a str>,
    /// What all clauses come to.
    effect: Effect,
    clauses: &'a [ClauseChange],
    through: &'a [Through],
    status: Option<Statuses>,
    moved: Option<MovedEntry<'a>>,
}

#[derive(Serialize)]
struct Statuses {
    old: &'static str,
    new: &'static str,
}

#[derive(Serialize)]
struct MovedEntry<'a> {
    /// False where something else was made harder, or can't be compared.
    surely: bool,
    window_began_on: Option<String>,
    /// `null`: no moment tells.
    began: Option<bool>,
    was: Option<&'static str>,
    because: Option<&'a str>,
    finding: bool,
}

impl<'a> Entry<'a> {
    fn of(change: &'a Change, versions: Versions<'a>) -> Self {
        let sources = if change.became == Became::Dropped { versions.old } else { versions.new };
        let file = change.at.and_then(|at| Some((sources.files.get(at.file.0 as usize)?, at)));
        Self {
            thing: change.thing,
            became: change.became,
            name: &change.name,
            old_name: change.old_name.as_deref(),
            title: change.title.as_deref(),
            file: file.map(|(file, _)| file.path.as_str()),
            line: file.map(|(file, at)| file.position(at.span.start).line),
            wanted: change.wanted.as_deref(),
            effect: change.effect(),
            clauses: &change.clauses,
            through: &change.through,
            status: change.statuses.map(|(old, new)| Statuses { old: old.name(), new: new.name() }),
            moved: change.moved.as_ref().map(|m| MovedEntry {
                surely: m.surely,
                window_began_on: m.start.map(|s| s.date().to_string()),
                began: m.began,
                was: m.behind.map(|s| s.name()),
                because: m.because.as_deref(),
                finding: m.unexplained(),
            }),
        }
    }
}

/// The document, with the findings in the form of `check --format json`.
///
/// # Errors
/// What can't be serialised.
pub fn json(changes: &Changes, versions: Versions<'_>, found: &impl Serialize) -> Result<String, serde_json::Error> {
    let document = Document {
        schema: SCHEMA,
        old: versions.old_name,
        new: versions.new_name,
        as_of: versions.moment.map(|m| m.day.as_str()),
        as_of_from: versions.moment.and_then(|m| m.from.as_deref()),
        with_data: versions.with_data,
        changes: changes.list.iter().map(|change| Entry::of(change, versions)).collect(),
        moved_goalposts: moved_goalposts(changes),
        diagnostics: found,
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}
