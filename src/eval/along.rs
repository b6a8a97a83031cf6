//! What is shown beside a verdict: leading indicators and checkpoints (language reference, Goals). Knows the goal's
//! frame and its verdict's numbers; changes neither.

use super::aim::{self, Aim, Wanted};
use super::formula::World;
use super::frame::{Frame, Mode};
use super::measured::{self, Judge, Judged};
use super::notes::Notes;
use super::subject::Subject;
use super::value::{Datum, Stretch, Value};
use super::verdict::{CheckpointReading, KpiReading, Status};
use crate::calendar::{self, Window};
use crate::model::plan::{Checkpoint, Comparison, Condition, From, Goal, Kind, Kpi, Target, TargetKind, Timing};
use jiff::civil::DateTime;

/// The windows of a goal's indicators: the goal's own, as far as it is over, and its baseline's.
#[derive(Debug, Clone, Copy)]
pub struct Along {
    /// From the baseline's end, or the window's start, to the deadline.
    pub window: Window,
    /// What changes are measured from.
    pub baseline: Option<Window>,
    /// True where the goal's verdict is settled.
    pub settled: bool,
}

impl Along {
    /// The windows that go with a verdict.
    pub fn of(frame: &Frame, judged: &Judged) -> Self {
        let start = match (frame.mode, &judged.baseline) {
            (Mode::Level | Mode::Span(_), Some(b)) => b.end.min(frame.deadline),
            _ => frame.start,
        };
        Self {
            window: Window::new(start, frame.deadline),
            baseline: judged.baseline.as_ref().and_then(|b| b.window),
            settled: judged.settled,
        }
    }
}

/// All indicators of a goal, and the notes that they add.
pub fn kpis<'a>(world: &World<'a>, goal: &'a Goal, along: &Along) -> (Vec<KpiReading>, Notes) {
    let mut notes = Notes::default();
    let readings = goal.kpis.iter().map(|kpi| reading(world, goal, kpi, along, &mut notes)).collect();
    (readings, notes)
}

fn reading<'a>(world: &World<'a>, goal: &'a Goal, kpi: &'a Kpi, along: &Along, notes: &mut Notes) -> KpiReading {
    let subject = beside(world, goal, kpi);
    let datum = over(world, &subject, along.window);
    notes.add(&datum.notes.about(&format!("kpi {}", kpi.text)));
    let mut reading = KpiReading {
        name: kpi.text.clone(),
        value: datum.number(),
        unit: kpi.value.gives.unit(),
        target: None,
        wanted: kpi.target.as_ref().map(|t| t.text.clone()),
        status: None,
        reason: datum.value.reason(),
    };
    let Some(target) = &kpi.target else { return reading };
    let baseline = match measured_from(target) {
        true => changed_from(world, goal, &subject, along, &format!("kpi {}", kpi.text), notes),
        false => Datum::missing("nothing is measured from a baseline"),
    };
    let from = baseline.number().ok_or_else(|| baseline.value.reason().unwrap_or_default());
    let aim = numbers(world, &subject, along, target)
        .and_then(|numbers| aim::aim(&target.kind, from.clone(), &numbers, subject.direction));
    match (aim, reading.value) {
        (Ok(aim), Some(value)) => {
            reading.target = Some(aim.wanted.value());
            reading.status = Some(status(world, &subject, along, &aim, value, from.ok()));
        }
        (Ok(aim), None) => {
            reading.target = Some(aim.wanted.value());
            reading.status = Some(Status::NoData);
        }
        (Err(why), _) => {
            reading.status = Some(Status::NoData);
            reading.reason = reading.reason.or(Some(why));
        }
    }
    reading
}

/// What is measured beside a goal: the goal's filter reaches it where its tables have the columns.
pub fn beside<'a>(world: &World<'a>, goal: &'a Goal, kpi: &'a Kpi) -> Subject<'a> {
    let mut subject = Subject::new(world, &kpi.value, goal.filter.as_deref(), true);
    if let Some(filter) = campaign_filter(world, goal) {
        subject.context.filters.push((filter, true));
    }
    subject
}

/// The values of a target's expressions over the goal's window.
///
/// # Errors
/// Why one of them is none.
pub fn numbers<'a>(
    world: &World<'a>,
    subject: &Subject<'a>,
    along: &Along,
    target: &'a Target,
) -> Result<Vec<f64>, String> {
    let context = subject.for_target(along.window);
    // Asked for in one go: cells that aren't known yet are all remembered.
    let data: Vec<Datum> = target.kind.expressions().into_iter().map(|f| world.value(f, &context)).collect();
    let number = |d: &Datum| d.number().ok_or_else(|| d.value.reason().unwrap_or("its limit is no number".to_owned()));
    data.iter().map(number).collect()
}

/// True where a target's value or direction depends on a baseline.
fn measured_from(target: &Target) -> bool {
    aim::needs_baseline(&target.kind) || matches!(target.kind, TargetKind::To(_))
}

/// What a change beside a goal is measured from: the period that the goal's `from` names, else its baseline's, else
/// the time as long as the goal's window just before it. A total is taken as often as that time fits into the window.
pub fn changed_from<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    subject: &Subject<'a>,
    along: &Along,
    what: &str,
    notes: &mut Notes,
) -> Datum {
    let long = |w: &Window| w.length_days() > 1.5;
    let named = match &goal.from {
        Some(From::Period { window, .. }) => Some(*window).filter(|w| along.window.start >= w.end),
        _ => None,
    };
    let (before, level) = (along.window.before(), subject.kind == Kind::Stock);
    let window = match level {
        true => along.baseline.or(before),
        false => named.filter(long).or(along.baseline.filter(long)).or(before),
    };
    let Some(window) = window else { return Datum::missing("the goal has no baseline window") };
    let mut datum = over(world, subject, window);
    let name = calendar::step_name(&window, &world.plan.facts.rules);
    if level {
        notes.say(format!("{what}: its level is compared with the one at the end of {name}"));
        return datum;
    }
    let times = times(along.window, window);
    if let (Kind::Flow, Value::Number(x)) = (subject.kind, &datum.value)
        && !crate::quantity::same(times, 1.0)
    {
        datum.value = Value::Number(x * times);
        let shown = crate::quantity::show(times, &crate::quantity::Unit::Plain);
        let why = "as the goal's window is that long";
        notes.say(format!("{what}: compared with the total of {name}, taken {shown} times, {why}"));
    } else {
        notes.say(format!("{what}: compared with {name}"));
    }
    datum
}

/// How often a stretch fits into another: by whole months where both are, else by days.
fn times(whole: Window, part: Window) -> f64 {
    match (whole.length().months(), part.length().months()) {
        (Some(a), Some(b)) if b > 0 => f64::from(a) / f64::from(b),
        _ if part.length_days() > 0.0 => whole.length_days() / part.length_days(),
        _ => 1.0,
    }
}

/// How an indicator stands: by its pace while the goal isn't settled.
fn status(
    world: &World<'_>,
    subject: &Subject<'_>,
    along: &Along,
    aim: &Aim,
    value: f64,
    baseline: Option<f64>,
) -> Status {
    let kept = aim.wanted.kept(value);
    if along.settled {
        return if kept { Status::Met } else { Status::Missed };
    }
    let at_least = matches!(aim.wanted, Wanted::Bound(Comparison::AtLeast | Comparison::Above, _));
    let total = subject.kind == Kind::Flow;
    let elapsed = Stretch::new(along.window, subject.known).elapsed();
    let expected = if subject.kind == Kind::Neither { 1.0 } else { elapsed };
    let target = aim.wanted.value();
    let progress = match baseline {
        // A total under an upper bound may still pass it: the elapsed part of the bound counts.
        _ if total && !at_least => {
            return measured::by_pace(world, Some(f64::from(u8::from(aim.wanted.scaled(elapsed).kept(value)))));
        }
        _ if kept => return Status::Met,
        Some(b) if aim.way => aim::along(value, b, target).unwrap_or(0.0),
        _ if total && target > 0.0 => value / target,
        _ => 0.0,
    };
    measured::by_pace(world, (expected > 0.0).then(|| progress / expected))
}

/// The filter of the campaign that a goal is judged in.
pub fn campaign_filter<'a>(world: &World<'a>, goal: &Goal) -> Option<&'a Condition> {
    let (Timing::In { campaign, .. } | Timing::Every { campaign, .. }) = goal.timing else { return None };
    let (_, campaign) = world.plan.campaigns.get_index(campaign?)?;
    campaign.filter.as_ref()
}

/// An indicator over a window: a level at its end, anything else over the part that is known.
pub fn over<'a>(world: &World<'a>, subject: &Subject<'a>, window: Window) -> Datum {
    match subject.kind {
        Kind::Stock => match subject.level_window(window.end) {
            Some(at) => subject.level_in(world, window, at),
            None => Datum::missing("it has no level by then"),
        },
        _ => subject.over(world, window),
    }
}

/// Says which checkpoints without a target of their own lie outside a goal's time; of the others, its pace tells.
pub fn note_outside(goal: &Goal, window: Window, notes: &mut Notes) {
    for checkpoint in &goal.checkpoints {
        if let Checkpoint::At(end, None) = checkpoint
            && (*end <= window.start || *end > window.end)
        {
            let (day, start) = (calendar::day_before_edge(*end), window.start.date());
            notes.say(format!("checkpoint {day} isn't between {start} and the deadline: left out"));
        }
    }
}

/// Expected and actual at every checkpoint of a goal with a deadline.
pub fn checkpoints(judge: &Judge<'_, '_>, judged: &Judged) -> Vec<CheckpointReading> {
    let along = Along::of(judge.frame, judged);
    let ends = checkpoint_ends(judge.world, judge.goal, along.window);
    ends.into_iter().map(|end| checkpoint(judge, judged, &along, end)).collect()
}

/// The ends of a goal's checkpoints inside a window, in order.
pub fn checkpoint_ends(world: &World<'_>, goal: &Goal, window: Window) -> Vec<DateTime> {
    let mut ends: Vec<DateTime> = Vec::new();
    for checkpoint in &goal.checkpoints {
        match checkpoint {
            Checkpoint::At(end, _) => ends.push(*end),
            Checkpoint::Every(span) => {
                let steps = calendar::grid_steps(window, *span, &world.plan.facts.rules);
                ends.extend(steps.into_iter().map(|s| s.end));
            }
        }
    }
    ends.retain(|e| *e > window.start && *e <= window.end);
    ends.sort_unstable();
    ends.dedup();
    ends
}

fn checkpoint(judge: &Judge<'_, '_>, judged: &Judged, along: &Along, end: DateTime) -> CheckpointReading {
    let Judge { world, subject, frame, .. } = *judge;
    let share = judge.expected_at(judged, end);
    let mut out = CheckpointReading {
        at: calendar::day_before_edge(end),
        value: None,
        expected_value: None,
        progress: None,
        expected: Some(share),
        status: None,
    };
    let Some(aim) = judged.aim else { return out };
    let target = aim.wanted.value();
    let total = matches!(frame.mode, Mode::Once(_)) && subject.kind == Kind::Flow;
    let unfinished = total && end < along.window.end;
    let (_, expected) = judge.way(judged, target, &aim, share, unfinished);
    out.expected = Some(expected);
    out.expected_value = Some(match judged.baseline.as_ref().and_then(|b| b.datum.number()) {
        _ if total => target * share,
        Some(b) => b + (target - b) * expected,
        None => target,
    });
    if end > subject.known || end > world.as_of {
        return out;
    }
    let (datum, _) = frame.value_at(world, subject, end);
    let Some(value) = datum.number() else { return out };
    out.value = Some(value);
    let (progress, expected) = judge.way(judged, value, &aim, share, unfinished);
    out.progress = progress.ok();
    // What is judged once may still be lost.
    let may_be_met = judge.by() || end == along.window.end || judge.early(&aim);
    out.status = match out.progress {
        _ if may_be_met && aim.wanted.kept(value) => Some(Status::Met),
        Some(p) => Some(measured::by_pace(world, (expected > 0.0).then(|| p / expected))),
        None => None,
    };
    out
}
