//! A307: a goal that is met by going on as before.

use super::chance_low::{PERIODS, percent};
use crate::calendar;
use crate::diagnostic::Level;
use crate::eval::aim;
use crate::eval::history::By;
use crate::eval::measured::Judged;
use crate::eval::verdict::{Status, Verdict};
use crate::lint::precedent::{self, Precedent};
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule};
use crate::model::plan::{Kind, Target, TargetKind, Timing};
use crate::quantity::show;

pub static RULE: Rule = Rule {
    code: "A307",
    name: "too-easy",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::GoalData(look),
    page: include_str!("too_easy.md"),
};

/// Above this chance a goal is called sure.
const SURE: f64 = 0.99;
/// What lies behind a goal of which so much of the time is over may be the work that it brought.
const EARLY: f64 = 0.34;
/// With fewer windows the past says nothing of what always happens.
const ENOUGH: usize = 8;

fn look(observed: &Observed<'_, '_>, goal: &GoalView<'_>, found: &mut Found) {
    let Some(target) = aim::deciding(goal.targets()) else { return };
    // What comes back is meant to be kept up.
    if matches!(goal.goal.timing, Timing::Every { .. }) {
        return;
    }
    let precedent = precedent::precedent(observed, goal);
    let always = precedent.as_ref().and_then(|p| always(observed, p));
    // What was never done isn't easy, however well it goes.
    let done = precedent.as_ref().is_none_or(|p| p.answers.iter().any(|a| a.record.as_good > 0));
    let Some((because, message)) = always.or_else(|| sure(observed, goal).filter(|_| done)) else { return };
    found.say(Finding::new(message, target.at, "").because(because).help(
        "ask for more than goes by itself; if just going on is the aim, say so: # milepost: allow(A307) because …",
    ));
}

/// Limits and levels that are to be kept are easy where all is well.
fn asks_for_more(target: &Target, kind: Kind, up: bool) -> bool {
    !matches!(target.kind, TargetKind::Bound(..)) || (up && kind == Kind::Flow)
}

/// Where every window of the past was as good, whichever way it is compared.
fn always(observed: &Observed<'_, '_>, precedent: &Precedent<'_>) -> Option<(String, String)> {
    if !asks_for_more(precedent.target, precedent.kind, precedent.up) {
        return None;
    }
    let changes = |by: By| by != By::Value || precedent.answers.len() == 1;
    let compared = || precedent.answers.iter().filter(|a| changes(a.by));
    let all = compared().all(|a| a.record.windows >= ENOUGH && a.record.as_good == a.record.windows);
    let answer = compared().next().filter(|_| all)?;
    let record = &answer.record;
    let worst = precedent.shown(answer.by, record.worst_brought, answer.wanted);
    let when = precedent::name(observed, &record.worst.judged);
    let target = &precedent.target.text;
    let message = format!(
        "{target} {}: all {} such windows were as good; the worst brought {worst}",
        precedent.stretch(answer.by),
        record.windows
    );
    Some((format!("The worst ended with {when}. What always happens needs no goal."), message))
}

/// Where the projection is sure of it early on.
fn sure(observed: &Observed<'_, '_>, goal: &GoalView<'_>) -> Option<(String, String)> {
    let verdict = observed.verdict(goal)?;
    let projection = verdict.projection.as_ref().filter(|p| p.periods >= PERIODS)?;
    let chance = projection.chance.filter(|c| *c > SURE)?;
    let measured = observed.measured(goal)?;
    let up = measured.judged.aim?.wanted.op().starts_with('>');
    let share = elapsed(&measured.judged, &measured.subject.known, &measured.frame)?;
    let more = asks_for_more(measured.target, measured.subject.kind, up);
    if !more || share > EARLY || measured.judged.reached == Some(true) || is_over(verdict) {
        return None;
    }
    let shown = |x: f64| show(x, &verdict.unit);
    let between = projection
        .low
        .zip(projection.high)
        .map_or(String::new(), |(low, high)| format!(" {} to {} in 8 of 10 cases,", shown(low), shown(high)));
    let because = format!(
        "With {} of the time over, {} leads to {},{between} on {}.",
        crate::quantity::share(share, &[]),
        projection.method,
        shown(projection.value),
        projection.at
    );
    Some((because, format!("going on as before meets this goal: the chance is {}", percent(chance))))
}

fn is_over(verdict: &Verdict) -> bool {
    matches!(verdict.status, Status::Met | Status::MetLate | Status::Missed)
}

/// Which share of the goal's time is over.
fn elapsed(judged: &Judged, known: &jiff::civil::DateTime, frame: &crate::eval::frame::Frame) -> Option<f64> {
    let start = judged.baseline.as_ref().map_or(frame.start, |b| b.end).max(frame.start);
    let whole = calendar::days_between(start, frame.deadline);
    (whole > 0.0).then(|| (calendar::days_between(start, *known) / whole).clamp(0.0, 1.0))
}
