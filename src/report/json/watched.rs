//! Milestones and alerts of the JSON, and why what is null is null.

use super::goal::Step;
use super::{Moment, Number, number, place};
use crate::eval::verdict::{AlertVerdict, Fired, MilestoneVerdict, Status};
use crate::quantity::Unit;
use crate::source::Sources;
use jiff::civil::Date;
use serde::Serialize;

/// A milestone.
#[derive(Serialize)]
pub(super) struct Milestone<'a> {
    name: &'a str,
    title: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<u32>,
    wanted: &'a str,
    by: Date,
    done: Option<Date>,
    status: Status,
    decided: &'a str,
    owner: Option<&'a str>,
    supports: Option<&'a str>,
    notes: &'a [String],
}

impl<'a> Milestone<'a> {
    pub(super) fn of(m: &'a MilestoneVerdict, sources: &'a Sources) -> Self {
        let (file, line) = place(sources, m.at);
        Self {
            name: &m.name,
            title: m.title.as_deref(),
            file,
            line,
            wanted: &m.wanted,
            by: m.by,
            done: m.done,
            status: m.status,
            decided: &m.decided,
            owner: m.owner.as_deref(),
            supports: m.supports.as_deref(),
            notes: &m.notes,
        }
    }
}

/// An alert.
#[derive(Serialize)]
pub(super) struct Alert<'a> {
    name: &'a str,
    title: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<u32>,
    condition: &'a str,
    note: Option<&'a str>,
    every: Step,
    /// For how many periods in a row it has to hold.
    periods: u32,
    looked: Option<Looked>,
    fired: Vec<Period<'a>>,
    last: Option<Date>,
    holds_now: Option<bool>,
    unit: &'a Unit,
    /// Why it wasn't looked at, or `holds_now` isn't known.
    reason: Option<&'a str>,
    notes: &'a [String],
}

/// The first and the last day that were looked at.
#[derive(Serialize)]
struct Looked {
    from: Date,
    to: Date,
}

#[derive(Serialize)]
struct Period<'a> {
    label: &'a str,
    from: Moment,
    to: Date,
    value: Option<Number>,
}

impl<'a> Period<'a> {
    fn of(f: &'a Fired) -> Self {
        Self { label: &f.label, from: Moment(f.window.start), to: f.window.last_day(), value: number(f.value) }
    }
}

impl<'a> Alert<'a> {
    pub(super) fn of(a: &'a AlertVerdict, sources: &'a Sources) -> Self {
        let (file, line) = place(sources, a.at);
        let unknown = a.holds_now.is_none().then_some("its condition has no value in the last period");
        Self {
            name: &a.name,
            title: a.title.as_deref(),
            file,
            line,
            condition: &a.condition,
            note: a.note.as_deref(),
            every: Step(a.every),
            periods: a.periods,
            looked: a.looked.map(|w| Looked { from: w.start.date(), to: w.last_day() }),
            fired: a.fired.iter().map(Period::of).collect(),
            last: a.fired.last().map(|f| f.window.last_day()),
            holds_now: a.holds_now,
            unit: &a.unit,
            reason: a.reason.as_deref().or(unknown),
            notes: &a.notes,
        }
    }
}
