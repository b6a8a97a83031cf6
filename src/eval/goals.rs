//! One goal's verdict: which way of judging serves it, and its numbers put into the report's form. Knows every way's
//! result and computes none itself.

use super::aim;
use super::along::{self, Along};
use super::campaigns;
use super::each;
use super::excluded;
use super::formula::World;
use super::frame::{self, Frame};
use super::guardrails;
use super::measured::{self, Judged};
use super::notes::Notes;
use super::objectives;
use super::projection;
use super::readings;
use super::recurring::{self, Outcome, Recurring};
use super::rows::RowsGoal;
use super::rows_goal;
use super::subject::Subject;
use super::truth;
use super::value::Stretch;
use super::verdict::{EachSummary, Reading, Status, TargetReading, Verdict};
use super::waypoints;
use crate::calendar::{self, CalendarSpan, Window};
use crate::model::plan::{Formula, Goal, GoalBody, Kind, Over, Quantifier, Target, TargetKind, Timing, Type};
use crate::quantity::Unit;
use jiff::civil::DateTime;

/// The verdict on a goal that reads data; combined goals come from [`combined`].
pub fn verdict<'a>(world: &World<'a>, goal: &'a Goal) -> Verdict {
    let mut notes = Notes::default();
    let mut verdict = match &goal.body {
        GoalBody::Measured { subject, targets, .. } => measured_goal(world, goal, subject, targets, &mut notes),
        GoalBody::Rows { table, value, gives, targets, .. } => {
            rows_goal::verdict(world, goal, RowsGoal { goal, table: *table, value, gives, targets }, &mut notes)
        }
        GoalBody::Combined { .. } => blank(goal, "combined"),
    };
    verdict.notes = notes.told();
    verdict
}

/// A verdict with nothing in it yet.
pub(super) fn blank(goal: &Goal, kind: &'static str) -> Verdict {
    let (text, unit) = match &goal.body {
        GoalBody::Measured { subject, text, .. } => (text.clone(), subject.gives.unit()),
        GoalBody::Rows { text, gives, .. } => (text.clone(), gives.unit()),
        GoalBody::Combined { all, goals } => {
            (format!("{} of {}", if *all { "all" } else { "any" }, goals.join(", ")), Default::default())
        }
    };
    Verdict {
        name: goal.name.clone(),
        title: goal.title.clone(),
        subject: text,
        at: goal.at,
        wanted: goal.wanted.clone(),
        unit,
        kind,
        target: TargetReading { kind: "truth", op: "=", value: None, upper: None, by: None },
        unprojected: "only a goal with one value and a deadline is projected".to_owned(),
        ..Verdict::default()
    }
}

fn kind_name(subject: &Subject<'_>, formula: &Formula) -> &'static str {
    match (&formula.gives, subject.kind) {
        (Type::Truth, _) => "truth",
        (_, Kind::Flow) => "flow",
        (_, Kind::Stock) => "stock",
        (_, Kind::Neither) => "neither",
    }
}

fn measured_goal<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    formula: &'a Formula,
    targets: &'a [Target],
    notes: &mut Notes,
) -> Verdict {
    let mut subject = Subject::new(world, formula, goal.filter.as_deref(), false);
    campaign_filter(world, goal, &mut subject, notes);
    let mut verdict = blank(goal, kind_name(&subject, formula));
    // The first level of a window isn't the one at its end.
    if matches!(goal.timing, Timing::In { .. } | Timing::Every { .. }) && super::subject::reads_start(world, formula) {
        subject.kind = Kind::Neither;
    }
    assumptions(world, &subject, notes);
    if let Timing::Every { span, over, .. } = &goal.timing {
        put_measured_periods(world, goal, targets, &subject, (*span, *over), &mut verdict, notes);
        return verdict;
    }
    if let Some((quantifier, Over::Campaigns)) = &goal.quantifier {
        let Some(result) = campaigns::campaigns(world, goal, targets, &subject, *quantifier) else {
            verdict.current.reason = Some("no campaign lies in its window".to_owned());
            return verdict;
        };
        let frame = recurring::period_frame(result.window, None);
        put_each(&mut verdict, result.each, targets, &frame, notes);
        put_beside(world, goal, &mut verdict, result.window, notes);
        next_step(&subject, Some(frame.deadline), &mut verdict);
        return verdict;
    }
    let target = aim::deciding(targets).map(|t| &t.kind);
    let frame = match frame::frame(world, goal, target, &subject) {
        Ok(frame) => frame,
        Err(why) => {
            verdict.current.reason = Some(why);
            return verdict;
        }
    };
    if subject.kind == Kind::Stock && matches!(goal.timing, Timing::By { per: Some(_), .. }) {
        notes.say("`per` isn't used: a level is read on its day, not over a span");
    }
    if let Some((quantifier, Over::Dimension(column))) = &goal.quantifier {
        let result = each::each(world, goal, targets, &subject, &frame, *quantifier, column);
        put_each(&mut verdict, result, targets, &frame, notes);
        put_beside(world, goal, &mut verdict, Window::new(frame.start, frame.deadline), notes);
        next_step(&subject, Some(frame.deadline), &mut verdict);
        return verdict;
    }
    put_single(world, goal, targets, &subject, &frame, &mut verdict, notes);
    verdict
}

/// A goal that comes back, over numbers or values.
fn put_measured_periods<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    targets: &'a [Target],
    subject: &Subject<'a>,
    (span, over): (CalendarSpan, Option<Window>),
    verdict: &mut Verdict,
    notes: &mut Notes,
) {
    let result = match &goal.quantifier {
        Some((quantifier, Over::Dimension(column))) => {
            // What a period comes to is the share of the values that kept it.
            verdict.unit = Unit::Percent;
            recurring::recurring(world, goal, span, over, subject.known, |window| {
                let outcome = each_period(world, goal, targets, subject, (window, span), *quantifier, column);
                guarded(world, goal, span, window, outcome)
            })
        }
        _ => recurring::recurring(world, goal, span, over, subject.known, |window| {
            let outcome = recurring::measured_period(world, goal, targets, subject, span, window);
            guarded(world, goal, span, window, outcome)
        }),
    };
    put_recurring(world, goal, verdict, result, targets, notes);
    let window = verdict.periods.iter().rev().find(|p| p.kept.is_some()).map(|p| p.window);
    put_standings(world, verdict, subject, targets, window);
    put_last(world, goal, verdict, span, notes);
    next_step(subject, None, verdict);
}

/// A goal with one value: what was worked out, with all that stands beside it.
fn put_single<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    targets: &'a [Target],
    subject: &Subject<'a>,
    frame: &Frame,
    verdict: &mut Verdict,
    notes: &mut Notes,
) {
    let judged = if matches!(subject.formula.gives, Type::Truth) {
        truth::judge(world, goal, subject, frame)
    } else {
        measured::judge(world, goal, targets, subject, frame)
    };
    put_standings(world, verdict, subject, targets, judged.current.1);
    let along = Along::of(frame, &judged);
    let (kpis, kpi_notes) = along::kpis(world, goal, &along);
    verdict.kpis = kpis;
    let judge = measured::Judge { world, goal, targets, subject, frame };
    along::note_outside(goal, along.window, notes);
    verdict.checkpoints = match subject.formula.gives {
        Type::Truth => waypoints::of_truth(world, goal, subject, frame),
        _ => along::checkpoints(&judge, &judged),
    };
    match projection::project(&judge, &judged, notes) {
        Ok(projection) => verdict.projection = Some(projection),
        Err(why) => verdict.unprojected = why,
    }
    put_judged(world, verdict, judged, targets, frame, notes);
    notes.add(&kpi_notes);
    let (rails, rail_notes) = guardrails::guardrails(world, goal, &along);
    notes.add(&rail_notes);
    guardrails::put(world, goal, verdict, rails, along.window, notes);
    next_step(subject, Some(frame.deadline), verdict);
}

/// A campaign in `in` is its window and its filter; the filter goes where all tables of the subject have its columns.
pub fn campaign_filter<'a>(world: &World<'a>, goal: &Goal, subject: &mut Subject<'a>, notes: &mut Notes) {
    let Some(filter) = along::campaign_filter(world, goal) else { return };
    let missed =
        world.tables(subject.formula).into_iter().find_map(|t| world.reaches(filter, t).err().map(|why| (t, why)));
    match missed {
        None => subject.context.filters.push((filter, false)),
        Some((table, why)) => {
            let table = world.timelines.get(table).map_or("its table", |t| t.table.as_str());
            notes.say(format!("the campaign's filter `{}` isn't applied to {table}: {why}", filter.text));
        }
    }
}

/// One period of a goal over rows or values.
pub(super) fn outcome(summary: &EachSummary, quantifier: Quantifier, lacking: Option<String>, notes: Notes) -> Outcome {
    let share = each::share(summary.kept, summary.total);
    let target = match quantifier {
        Quantifier::Each => 1.0,
        Quantifier::Share(x) | Quantifier::AtMost(x) => x,
    };
    match lacking {
        Some(why) => Outcome { reason: Some(why), notes, ..Outcome::default() },
        None => Outcome {
            value: Some(share),
            target: Some(target),
            kept: Some(each::enough(quantifier, summary.kept, summary.total)),
            notes,
            ..Outcome::default()
        },
    }
}

fn each_period<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    targets: &'a [Target],
    subject: &Subject<'a>,
    (window, span): (Window, CalendarSpan),
    quantifier: Quantifier,
    column: &'a str,
) -> Outcome {
    let frame = recurring::period_frame(window, recurring::hold_inside(goal, span));
    let result = each::each(world, goal, targets, subject, &frame, quantifier, column);
    outcome(&result.summary, quantifier, result.lacking, result.notes)
}

/// What was taken for granted about the subject's tables.
fn assumptions(world: &World<'_>, subject: &Subject<'_>, notes: &mut Notes) {
    for timeline in world.tables(subject.formula).into_iter().filter_map(|t| world.timelines.get(t)) {
        if let (Some((lag, upto)), true) = (timeline.lag, timeline.known > DateTime::MIN) {
            notes.say(format!(
                "{} has rows to {}, and its last {lag} may still change: it counts as complete to {}",
                timeline.table,
                calendar::day_before_edge(upto),
                calendar::day_before_edge(timeline.known)
            ));
        }
        if let (true, Some(every)) = (timeline.inferred, timeline.every) {
            notes.say(format!(
                "{} holds one reading a {}, as all its times are ends or starts of one: write `every`",
                timeline.table,
                every.unit.name()
            ));
        }
    }
    for name in implicit(world, subject.formula) {
        notes.say(format!("no metric {name} is declared: it is the column's level, last({name})"));
    }
}

/// Metrics that no statement describes.
fn implicit(world: &World<'_>, formula: &Formula) -> Vec<String> {
    let mut names = Vec::new();
    super::words::visit(world.plan, formula, &mut |f| {
        if let crate::model::plan::Node::Metric(id) = &f.node
            && let Some((name, metric)) = world.plan.metrics.get_index(*id)
            && metric.implicit
            && !names.contains(name)
        {
            names.push(name.clone());
        }
    });
    names
}

fn put_judged(
    world: &World<'_>,
    verdict: &mut Verdict,
    judged: Judged,
    targets: &[Target],
    frame: &Frame,
    notes: &mut Notes,
) {
    verdict.status = judged.status;
    verdict.met_on = judged.met_on;
    verdict.baseline = judged.baseline.as_ref().map(readings::baseline_reading);
    verdict.current = readings::current_reading(world, &judged.current);
    verdict.target = readings::target_reading(judged.aim.as_ref(), targets, Some(frame.deadline));
    verdict.progress = judged.progress;
    verdict.expected = judged.expected;
    verdict.pace = judged.pace;
    verdict.required = judged.required;
    verdict.held = judged.held;
    verdict.cap = judged.cap;
    verdict.pace_rule = if judged.aim.is_some() { judged.line.name() } else { "" };
    verdict.decided = judged.decided;
    notes.add(&judged.notes);
    if let Some(why) = judged.lacking {
        match verdict.status {
            Status::NoData => verdict.current.reason = Some(verdict.current.reason.clone().unwrap_or(why)),
            _ => notes.say(format!("no progress: {why}")),
        }
    }
}

/// Where all values of the dimension stand, beside a target that is a rank.
fn put_standings<'a>(
    world: &World<'a>,
    verdict: &mut Verdict,
    subject: &Subject<'a>,
    targets: &[Target],
    window: Option<Window>,
) {
    if let (Some(window), true) = (window, targets.iter().any(|t| matches!(t.kind, TargetKind::Top(_)))) {
        let context = subject.context.at(Stretch::new(window, subject.known));
        verdict.standings = world.standings(subject.formula, &context);
    }
}

fn put_each(verdict: &mut Verdict, result: each::Each, targets: &[Target], frame: &Frame, notes: &mut Notes) {
    verdict.status = result.status;
    verdict.target = readings::target_reading(None, targets, Some(each::deadline(frame)));
    verdict.current.reason =
        Some(result.lacking.clone().unwrap_or_else(|| "it is judged value by value: see `each`".to_owned()));
    verdict.progress = result.progress;
    verdict.pace = result.pace;
    verdict.decided = result.decided;
    verdict.checkpoints = result.checkpoints;
    verdict.each = Some(result.summary);
    notes.add(&result.notes);
}

pub(super) fn put_recurring(
    world: &World<'_>,
    goal: &Goal,
    verdict: &mut Verdict,
    result: Recurring,
    targets: &[Target],
    notes: &mut Notes,
) {
    verdict.checkpoints = waypoints::of_periods(world, goal, &result);
    (verdict.held, verdict.met_on) = (result.held, result.met_on);
    verdict.status = result.status;
    verdict.decided = result.decided;
    verdict.kept = Some(result.kept);
    verdict.progress = match result.held {
        Some(held) => Some(f64::from(held.held) / f64::from(held.needed)),
        None => (result.kept.of > 0).then(|| result.kept.periods as f64 / result.kept.of as f64),
    };
    verdict.expected = verdict.progress.map(|_| 1.0);
    verdict.pace = verdict.progress;
    let last = result.periods.iter().rev().find(|p| p.kept.is_some());
    verdict.target = readings::target_reading(None, targets, result.window.map(|w| w.end));
    verdict.target.value = last.and_then(|p| p.target);
    verdict.current = Reading {
        value: last.and_then(|p| p.value),
        at: last.map(|p| p.window.last_day()),
        window: last.map(|p| p.window),
        implied: false,
        label: last.map_or_else(String::new, |p| calendar::step_name(&p.window, &world.plan.facts.rules)),
        reason: result.lacking.or_else(|| last.is_none().then(|| "no period is over yet".to_owned())),
    };
    verdict.periods = result.periods;
    notes.add(&result.notes);
}

/// One period of a goal that comes back: kept only where its guardrails held in it, too.
pub(super) fn guarded<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    span: CalendarSpan,
    window: Window,
    mut outcome: Outcome,
) -> Outcome {
    if goal.guardrails.is_empty() {
        return outcome;
    }
    let along = Along { window, baseline: window.shifted(span.back()), settled: true };
    let (rails, _) = guardrails::guardrails(world, goal, &along);
    let name = calendar::step_name(&window, &world.plan.facts.rules);
    for rail in rails.iter().filter(|r| r.broken) {
        outcome.notes.say(format!("{name}: {}", guardrails::broken(rail)));
        outcome.kept = outcome.kept.map(|_| false);
    }
    if let (Some(true), Some(rail)) = (outcome.kept, rails.iter().find(|r| r.status == Status::NoData)) {
        let why = rail.reason.clone().unwrap_or_else(|| "it has no value".to_owned());
        outcome.kept = None;
        outcome.reason = Some(format!("guardrail {} can't be judged: {why}", rail.name));
    }
    outcome
}

/// Indicators and guardrails of the last period that was judged.
pub(super) fn put_last<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    verdict: &mut Verdict,
    span: CalendarSpan,
    notes: &mut Notes,
) {
    let Some(window) = verdict.periods.iter().rev().find(|p| p.kept.is_some()).map(|p| p.window) else { return };
    let along = Along { window, baseline: window.shifted(span.back()), settled: true };
    let (kpis, kpi_notes) = along::kpis(world, goal, &along);
    let (rails, rail_notes) = guardrails::guardrails(world, goal, &along);
    if !(kpis.is_empty() && rails.is_empty()) {
        let name = calendar::step_name(&window, &world.plan.facts.rules);
        let what = match (kpis.is_empty(), rails.is_empty()) {
            (true, _) => "guardrails are",
            (_, true) => "indicators are",
            _ => "indicators and guardrails are",
        };
        notes.say(format!("the {what} those of {name}, the last period judged"));
    }
    (verdict.kpis, verdict.guardrails) = (kpis, rails);
    notes.add(&kpi_notes);
    notes.add(&rail_notes);
}

/// Indicators and guardrails over a window, with the one before it as their baseline.
pub(super) fn put_beside<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    verdict: &mut Verdict,
    window: Window,
    notes: &mut Notes,
) {
    let settled = matches!(verdict.status, Status::Met | Status::Missed | Status::MetLate);
    let along = Along { window, baseline: window.before(), settled };
    let (kpis, kpi_notes) = along::kpis(world, goal, &along);
    verdict.kpis = kpis;
    notes.add(&kpi_notes);
    let (rails, rail_notes) = guardrails::guardrails(world, goal, &along);
    notes.add(&rail_notes);
    guardrails::put(world, goal, verdict, rails, window, notes);
}

/// The command that would help where there is nothing to judge.
fn next_step(subject: &Subject<'_>, deadline: Option<DateTime>, verdict: &mut Verdict) {
    // More rows don't bring back what the plan itself leaves out.
    let left_out = verdict.current.reason.as_deref().is_some_and(excluded::is_why);
    if verdict.status == Status::NoData && verdict.next.is_none() && !subject.tables.is_empty() && !left_out {
        verdict.next = Some(data_command(&subject.tables, deadline));
    }
}

/// The command that gives the tables their rows.
pub fn data_command(tables: &[String], deadline: Option<DateTime>) -> String {
    let given: Vec<String> = tables.iter().map(|t| format!("--data {t}=PATH")).collect();
    let upto = deadline.map(|d| format!("   (rows up to {})", calendar::day_before_edge(d))).unwrap_or_default();
    format!("milepost eval {}{upto}", given.join(" "))
}

/// The verdict on a combined goal, from the verdicts on its parts.
pub fn combined(goal: &Goal, all: bool, parts: &[&Verdict]) -> Verdict {
    let mut verdict = blank(goal, "combined");
    let statuses: Vec<Status> = parts.iter().map(|v| v.status).collect();
    verdict.status = if all { objectives::all_of(&statuses) } else { objectives::any_of(&statuses) };
    verdict.parts = parts.iter().map(|v| format!("{} {}", v.name, v.status.name())).collect();
    let known: Vec<f64> = parts.iter().filter_map(|v| objectives::progress(v)).map(|p| p.clamp(0.0, 1.0)).collect();
    verdict.progress = match all {
        true => (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64),
        false => known.into_iter().reduce(f64::max),
    };
    verdict.target = TargetReading { kind: "combined", op: "=", value: None, upper: None, by: None };
    verdict.current.reason = Some("it is judged by its parts".to_owned());
    let settled = statuses.iter().all(|s| matches!(s, Status::Met | Status::MetLate));
    if settled && all {
        verdict.met_on = parts.iter().filter_map(|v| v.met_on).max();
    }
    if !all && matches!(verdict.status, Status::Met | Status::MetLate) {
        verdict.met_on = parts.iter().filter_map(|v| v.met_on).min();
    }
    verdict.decided = match all {
        true => "every part has to be met".to_owned(),
        false => "one part has to be met".to_owned(),
    };
    verdict
}
