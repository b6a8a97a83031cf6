//! The derivation of a goal with one value: baseline, target, current value, the way between them and its time. What
//! doesn't come to the verdict's own number isn't told.

use super::{Derivation, Derived, Elapsed, TargetChange, TargetDerived, Way, split};
use crate::calendar;
use crate::eval::aim;
use crate::eval::formula::World;
use crate::eval::frame::{self, Frame, Mode};
use crate::eval::subject::Subject;
use crate::eval::trace::Step;
use crate::eval::value::Stretch;
use crate::eval::verdict::{Status, Verdict};
use crate::model::plan::{Goal, Kind, Target, TargetKind};
use crate::quantity::same;

/// Fills in the derivation of a goal that is judged by one value.
pub fn measured<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    targets: &'a [Target],
    subject: &Subject<'a>,
    verdict: &Verdict,
    out: &mut Derivation,
) {
    let target = aim::deciding(targets);
    let Ok(frame) = frame::frame(world, goal, target.map(|t| &t.kind), subject) else { return };
    let trace = &world.cells.trace;
    let (current, steps) = trace.of(|| frame.value_at(world, subject, subject.known));
    let step = steps.into_iter().next().filter(|s| s.value == current.0.value);
    let splits = split::of(world, step.as_ref());
    out.current = Some(Derived { value: verdict.current.value, window: current.1, step, mean_of: None, splits });
    if verdict.baseline.is_some() {
        let (window, steps) = match target.map(|t| &t.kind) {
            // Written beside the target: nothing is measured.
            Some(TargetKind::FromTo(from, _)) => (None, trace.of(|| world.value(from, &subject.context)).1),
            _ => {
                let (baseline, steps) = trace.of(|| frame.baseline(world, goal, subject, current.1));
                (baseline.window, steps)
            }
        };
        out.baseline = baseline_of(world, verdict, window, steps);
    }
    if let Some(target) = target {
        let window = current.1.map(|w| subject.context.at(Stretch::new(w, subject.known)));
        let context = window.unwrap_or_else(|| subject.context.clone());
        let work = || target.kind.expressions().into_iter().map(|f| world.value(f, &context)).collect::<Vec<_>>();
        let (_, steps) = trace.of(work);
        out.target = Some(target_of(target, verdict, steps));
    }
    out.time = elapsed(world, &frame, subject, verdict);
    out.so_far = so_far(world, &frame, subject, verdict);
    out.way = way(verdict, out.so_far);
}

/// The baseline's value is one of those that were looked at: the one over its own window.
fn baseline_of(
    world: &World<'_>,
    verdict: &Verdict,
    window: Option<crate::calendar::Window>,
    steps: Vec<Step>,
) -> Option<Derived> {
    let value = verdict.baseline.as_ref()?.value;
    let step = match window {
        Some(w) => steps.into_iter().rev().find(|s| s.window == Some(w)),
        None => steps.into_iter().next(),
    };
    let found = step.as_ref().and_then(|s| s.value.as_number());
    let mean_of = match (found, value) {
        (Some(whole), Some(value)) if !same(whole, value) => {
            let times = whole / value;
            // Neither the value itself nor a mean: it isn't what the baseline came from.
            if !(times.is_finite() && times > 1.5 && same(times, times.round())) {
                return Some(Derived { value: Some(value), window, ..Derived::default() });
            }
            Some(times.round() as u32)
        }
        (None, Some(_)) => return Some(Derived { value, window, ..Derived::default() }),
        _ => None,
    };
    let splits = split::of(world, step.as_ref());
    Some(Derived { value, window, step, mean_of, splits })
}

fn target_of(target: &Target, verdict: &Verdict, steps: Vec<Step>) -> TargetDerived {
    let baseline = verdict.baseline.as_ref().and_then(|b| b.value);
    let change = match (&target.kind, baseline, verdict.target.value) {
        (kind, Some(b), Some(t)) => match kind {
            TargetKind::Relative(x) if same(b + x * b.abs(), t) => Some(TargetChange::Share(*x)),
            TargetKind::Absolute(x) if same(b + x, t) => Some(TargetChange::Plus(*x)),
            TargetKind::Multiple(x) if same(b * x, t) => Some(TargetChange::Times(*x)),
            _ => None,
        },
        _ => None,
    };
    // What is written needs no derivation.
    let steps = steps.into_iter().filter(|s| !s.children.is_empty() || s.read.is_some()).collect();
    TargetDerived { text: target.text.clone(), change, steps }
}

/// Progress as arithmetic, where that gives the verdict's own.
fn way(verdict: &Verdict, so_far: Option<Elapsed>) -> Option<Way> {
    let (progress, current, target) = (verdict.progress?, verdict.current.value?, verdict.target.value?);
    let baseline = verdict.baseline.as_ref().and_then(|b| b.value);
    if let Some(baseline) = baseline
        && target != baseline
        && same((current - baseline) / (target - baseline), progress)
    {
        return Some(Way::Between { baseline, current, target });
    }
    if let (Some(baseline), Some(part)) = (baseline, so_far.map(|t| t.days / t.of)) {
        let (b, t) = (baseline * part, target * part);
        if t != b && same((current - b) / (t - b), progress) {
            return Some(Way::Between { baseline: b, current, target: t });
        }
    }
    (target != 0.0 && same(current / target, progress)).then_some(Way::Of { current, target })
}

/// A total in a window that isn't over is compared with the elapsed part of its target, unless it is the share of it.
fn so_far(world: &World<'_>, frame: &Frame, subject: &Subject<'_>, verdict: &Verdict) -> Option<Elapsed> {
    let Mode::Once(window) = frame.mode else { return None };
    let over = subject.known >= frame.last_end(subject) && world.as_of >= frame.deadline;
    if over || subject.kind != Kind::Flow || verdict.expected != Some(1.0) {
        return None;
    }
    let of = window.length_days();
    let days = calendar::days_between(window.start, subject.known).clamp(0.0, of);
    (of > 0.0).then(|| Elapsed { from: window.start.date(), to: window.last_day(), days, of })
}

/// The share of the time that is over, where it is what is expected.
fn elapsed(world: &World<'_>, frame: &Frame, subject: &Subject<'_>, verdict: &Verdict) -> Option<Elapsed> {
    let expected = verdict.expected?;
    let start = match (frame.mode, &verdict.baseline) {
        (Mode::Level | Mode::Span(_), Some(b)) => match b.window {
            Some(window) => window.end.max(if b.implied { frame.start } else { window.end }),
            None => frame.start,
        },
        _ => frame.start,
    };
    let at = match frame.mode {
        Mode::Level | Mode::Span(_) => verdict.current.window?.end,
        Mode::Once(_) if subject.kind == Kind::Stock => verdict.current.window?.end,
        Mode::Total | Mode::Once(_) => subject.known,
    };
    let of = calendar::days_between(start, frame.deadline);
    let over = matches!(verdict.status, Status::Met | Status::MetLate | Status::Missed)
        && world.as_of >= frame.deadline
        && subject.known >= frame.last_end(subject);
    let days = if over { of } else { calendar::days_between(start, at).clamp(0.0, of.max(0.0)) };
    let counted = of > 0.0 && same(days / of, expected);
    counted.then(|| Elapsed { from: start.date(), to: calendar::day_before_edge(frame.deadline), days, of })
}
