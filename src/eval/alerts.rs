//! Alerts: a condition looked at in each complete period of the horizon (language reference, Alerts). Knows no goals.

use super::formula::World;
use super::frame;
use super::hold;
use super::notes::Notes;
use super::subject::Subject;
use super::value::{Datum, Stretch};
use super::verdict::{AlertVerdict, Fired};
use crate::calendar::{self, CalendarSpan, Window};
use crate::model::plan::{Alert, BinaryOp, Formula, Node, Type};

/// How many periods are looked at, the latest.
const MAX_PERIODS: usize = 1_200;

/// All alerts of the plan.
pub fn alerts(world: &World<'_>) -> Vec<AlertVerdict> {
    world.plan.alerts.values().map(|a| alert(world, a)).collect()
}

fn alert<'a>(world: &World<'a>, a: &'a Alert) -> AlertVerdict {
    let subject = Subject::new(world, &a.condition, None, false);
    let every = a.every.or(subject.every).unwrap_or(CalendarSpan::DAY);
    let left = left(&a.condition);
    let mut out = AlertVerdict {
        name: a.name.clone(),
        title: a.title.clone(),
        at: a.at,
        condition: a.text.clone(),
        note: a.note.clone(),
        every,
        periods: a.hold.map_or(1, |hold| hold::steps_in(hold, every)),
        looked: None,
        fired: Vec::new(),
        unit: left.map(|f| f.gives.unit()).unwrap_or_default(),
        holds_now: None,
        reason: None,
        notes: Vec::new(),
    };
    if !subject.timed {
        out.reason = Some("no table that it reads has a time column, so there are no periods to look at".to_owned());
        return out;
    }
    let periods = periods(world, a, &subject, every);
    let whole = periods.first().zip(periods.last()).map(|(a, b)| Window::new(a.start, b.end));
    let Some(whole) = whole else {
        let tables = subject.tables.join(", ");
        out.reason = Some(format!("no whole {} of {tables} lies in the horizon yet", frame::span_word(every)));
        return out;
    };
    out.looked = Some(whole);
    let over = |f: &'a Formula, w: &Window| world.value(f, &subject.context.at(Stretch::new(*w, subject.known)));
    // Asked for in one go: cells that aren't known yet are all remembered.
    let read: Vec<(Datum, Option<f64>)> =
        periods.iter().map(|w| (over(&a.condition, w), left.and_then(|f| over(f, w).number()))).collect();
    let mut notes = Notes::default();
    let mut run = 0;
    for (window, (datum, value)) in periods.iter().zip(&read) {
        notes.add(&datum.notes);
        run = if datum.value.as_truth() == Some(true) { run + 1 } else { 0 };
        if run >= out.periods {
            let label = calendar::step_name(window, &world.plan.facts.rules);
            out.fired.push(Fired { window: *window, label, value: *value });
        }
    }
    let last = read.last().and_then(|(datum, _)| datum.value.as_truth());
    out.holds_now = last.map(|_| run >= out.periods);
    let unknown: Vec<String> = read.iter().filter_map(|(d, _)| d.value.reason()).collect();
    if let Some(why) = unknown.first() {
        match unknown.len() == read.len() {
            true => out.reason = Some(why.clone()),
            false => notes.say(format!("{} of {} periods couldn't be judged: {why}", unknown.len(), read.len())),
        }
    }
    out.notes = notes.told();
    out
}

/// The complete periods of the horizon, from where the data begins.
fn periods(world: &World<'_>, a: &Alert, subject: &Subject<'_>, every: CalendarSpan) -> Vec<Window> {
    let (horizon, _) = frame::horizon(world, world.as_of);
    let sparse = world.tables(&a.condition).iter().all(|t| world.timelines.get(*t).is_some_and(|t| t.sparse));
    let start = match subject.first.filter(|_| !sparse) {
        Some(first) => first.max(horizon.start),
        None => horizon.start,
    };
    let end = horizon.end.min(subject.known).min(world.as_of);
    let rules = if a.every.is_none() { &subject.rules } else { &world.plan.facts.rules };
    let steps = calendar::grid_steps(Window::new(start, end.max(start)), every, rules);
    let whole: Vec<Window> = steps.into_iter().filter(|w| w.start >= start && w.end <= end).collect();
    whole[whole.len().saturating_sub(MAX_PERIODS)..].to_vec()
}

/// The left side of a comparison of numbers.
fn left(condition: &Formula) -> Option<&Formula> {
    use BinaryOp::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    match &condition.node {
        Node::Binary(Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual, left, _)
            if matches!(left.gives, Type::Number(_)) =>
        {
            Some(left)
        }
        _ => None,
    }
}
