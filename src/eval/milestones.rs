//! Milestones: dated, and done or not (language reference, Milestones). Knows a condition over time, and no targets.

use super::formula::World;
use super::frame;
use super::notes::Notes;
use super::subject::Subject;
use super::value::{Datum, Stretch, Value};
use super::verdict::{MilestoneVerdict, Status};
use crate::calendar::{self, CalendarSpan, Window};
use crate::model::plan::{Formula, Kind, Milestone, Node};
use jiff::civil::DateTime;

/// How many steps a condition is looked at.
const MAX_STEPS: usize = 1_200;

/// All milestones of the plan.
pub fn milestones(world: &World<'_>) -> Vec<MilestoneVerdict> {
    world.plan.milestones.values().map(|m| milestone(world, m)).collect()
}

/// One of them.
pub(super) fn milestone<'a>(world: &World<'a>, m: &'a Milestone) -> MilestoneVerdict {
    let supports = m.supports.and_then(|id| world.plan.objectives.get_index(id)).map(|(name, _)| name.clone());
    let mut out = MilestoneVerdict {
        name: m.name.clone(),
        title: m.title.clone(),
        at: m.at,
        wanted: m.wanted.clone(),
        by: calendar::day_before_edge(m.by),
        owner: m.owner.clone(),
        supports,
        ..MilestoneVerdict::default()
    };
    match (&m.done, &m.when) {
        // What is said of a later day isn't known yet.
        (Some(done), _) if *done <= world.as_of => {
            let day = calendar::day_before_edge(*done);
            out.decided = format!("done on {day}, as the plan says");
            finish(&mut out, *done, m.by);
        }
        (Some(done), _) => {
            let day = calendar::day_before_edge(*done);
            pending(world, m, &mut out, &format!("the plan says that it is done on {day}, which is to come"));
        }
        (None, Some(condition)) => by_condition(world, m, condition, &mut out),
        (None, None) => pending(world, m, &mut out, "the plan doesn't say that it is done (add `done DATE`)"),
    }
    out
}

/// Done on the day before `end`.
fn finish(out: &mut MilestoneVerdict, end: DateTime, by: DateTime) {
    out.done = Some(calendar::day_before_edge(end));
    out.status = if end <= by { Status::Met } else { Status::MetLate };
}

/// Nothing is due before its date; after it, it is missed.
fn pending(world: &World<'_>, m: &Milestone, out: &mut MilestoneVerdict, why: &str) {
    let over = world.as_of >= m.by;
    out.status = if over { Status::Missed } else { Status::OnTrack };
    out.decided = if over { format!("its date is past, and {why}") } else { "its date is to come".to_owned() };
}

fn by_condition<'a>(world: &World<'a>, m: &'a Milestone, condition: &'a Formula, out: &mut MilestoneVerdict) {
    let subject = Subject::new(world, condition, None, false);
    let mut notes = Notes::default();
    if !subject.timed {
        once(world, m, &subject, out);
        return;
    }
    let (horizon, _) = frame::horizon(world, m.by);
    let step = subject.every.unwrap_or(CalendarSpan::DAY);
    let start = begins(&subject, horizon.start, step);
    if counts(world, condition) {
        notes.say(format!("`{}` counts from {}, the start of the horizon", m.when_text, start.date()));
    }
    let upto = subject.known.min(world.as_of);
    let ends: Vec<DateTime> = subject.steps(start, upto).map(|s| s.end).take(MAX_STEPS).collect();
    // Asked for in one go: cells that aren't known yet are all remembered.
    let read: Vec<Datum> = ends
        .iter()
        .map(|end| {
            let stretch = Stretch::new(Window::new(start, *end), subject.known);
            world.value(subject.formula, &subject.context.at(stretch))
        })
        .collect();
    let first = ends.iter().zip(&read).find(|(_, d)| d.value.as_truth() == Some(true));
    let unknown = read.iter().find(|d| d.value.is_void());
    let last_due = last_step(&subject, m.by, step);
    match (first, unknown) {
        (Some((end, datum)), _) => {
            notes.add(&datum.notes);
            out.decided = format!("`{}` first held on {}", m.when_text, calendar::day_before_edge(*end));
            finish(out, *end, m.by);
        }
        (None, Some(Datum { value, .. })) if read.iter().all(|d| d.value.is_void()) => {
            out.decided = format!("`{}` has no value: {}", m.when_text, value.reason().unwrap_or_default());
        }
        (None, _) if world.as_of >= m.by && upto < last_due => {
            let known = calendar::day_before_edge(subject.known);
            let tables = subject.tables.join(", ");
            out.decided = if read.is_empty() {
                format!("{tables} has no whole step yet")
            } else {
                format!("its date is past, but {tables} is complete only to {known}")
            };
        }
        (None, _) => pending(world, m, out, &format!("`{}` hasn't held", m.when_text)),
    }
    let void = read.iter().filter(|d| d.value.is_void()).count();
    if let Some(why) = unknown.and_then(|d| d.value.reason()).filter(|_| void < read.len()) {
        notes.say(format!("{void} of {} steps have no value: {why}", read.len()));
    }
    out.notes = notes.told();
}

/// A table without times is one reading for all time.
fn once<'a>(world: &World<'a>, m: &Milestone, subject: &Subject<'a>, out: &mut MilestoneVerdict) {
    let datum = world.value(subject.formula, &subject.context);
    match datum.value {
        Value::Truth(true) => {
            out.status = Status::Met;
            out.decided = format!("`{}` holds; since when isn't known, as its table has no time column", m.when_text);
        }
        Value::Truth(false) => pending(world, m, out, &format!("`{}` doesn't hold", m.when_text)),
        other => {
            let why = other.reason().unwrap_or_else(|| "it is neither true nor false".to_owned());
            out.decided = format!("`{}` has no value: {why}", m.when_text);
        }
    }
}

/// The first step's start in the horizon, or where the data begins.
fn begins(subject: &Subject<'_>, horizon: DateTime, step: CalendarSpan) -> DateTime {
    let start = subject.first.map_or(horizon, |first| first.max(horizon));
    let holding = calendar::step_holding(start, step, &subject.rules);
    holding.filter(|s| s.start < start).map_or(start, |s| s.end)
}

/// The end of the last whole step by a moment.
fn last_step(subject: &Subject<'_>, by: DateTime, step: CalendarSpan) -> DateTime {
    super::subject::last_grid(by, step, &subject.rules).map_or(by, |s| s.end)
}

/// True where a part of the condition adds up over time, or is computed over all of it.
fn counts(world: &World<'_>, condition: &Formula) -> bool {
    let mut found = false;
    super::words::visit(world.plan, condition, &mut |f| {
        found |= matches!(&f.node, Node::Aggregate(a) if a.kind != Kind::Stock);
    });
    found
}
