//! What is still needed: the rest of the way, and what each remaining step must bring. Knows no status.

use super::aim::Aim;
use super::formula::World;
use super::frame::{Frame, Mode};
use super::measured::Judged;
use super::subject::Subject;
use super::verdict::Required;
use crate::calendar::{self, CalendarSpan, SpanUnit, Window};
use crate::model::plan::{Comparison, Kind};
use jiff::civil::DateTime;

/// The rest of the way from the current value to the target, over the steps that remain; `None` where the target is
/// kept, is a range, or no time remains.
pub fn required<'a>(
    world: &World<'a>,
    subject: &Subject<'a>,
    frame: &Frame,
    judged: &Judged,
    aim: &Aim,
) -> Option<Required> {
    let value = judged.current.0.number()?;
    let super::aim::Wanted::Bound(comparison, target) = aim.wanted else { return None };
    if aim.wanted.kept(value) || comparison == Comparison::Equal {
        return None;
    }
    let adds_up = frame.mode == Mode::Total || (matches!(frame.mode, Mode::Once(_)) && subject.kind == Kind::Flow);
    // A total that is over its bound can't come down again.
    if adds_up && matches!(comparison, Comparison::AtMost | Comparison::Below) {
        return None;
    }
    let ratio = subject.kind == Kind::Neither && matches!(frame.mode, Mode::Once(_));
    if ratio {
        return None;
    }
    let now = match frame.mode {
        Mode::Total | Mode::Once(_) if adds_up => subject.known.max(frame.start),
        _ => judged.current.1?.end,
    };
    let step = step(subject, frame, now);
    let periods = steps_left(subject, frame, step, now)?;
    let total = target - value;
    Some(Required {
        per_period: total / f64::from(periods),
        total,
        periods,
        step,
        last_brought: last_brought(world, subject, frame, judged, step, adds_up),
    })
}

/// The step in which people count what remains.
fn step(subject: &Subject<'_>, frame: &Frame, now: DateTime) -> CalendarSpan {
    if let Mode::Span(grid) = frame.mode {
        return grid.span;
    }
    if let Some(every) = subject.every {
        return every;
    }
    let days = calendar::days_between(now, frame.deadline);
    let unit = match days {
        d if d >= 60.0 => SpanUnit::Month,
        d if d >= 14.0 => SpanUnit::Week,
        _ => SpanUnit::Day,
    };
    CalendarSpan::new(1, unit)
}

/// How many steps end after now and by the deadline, begun ones included; `None` where none does.
fn steps_left(subject: &Subject<'_>, frame: &Frame, step: CalendarSpan, now: DateTime) -> Option<u32> {
    if now >= frame.deadline {
        return None;
    }
    let ends: Vec<DateTime> = match frame.mode {
        Mode::Span(grid) => {
            let mut ends = Vec::new();
            let mut span = grid.latest_by(now).and_then(|s| grid.next(s));
            while let Some(s) = span.filter(|s| s.end <= frame.deadline && ends.len() < 10_000) {
                ends.push(s.end);
                span = grid.next(s);
            }
            ends
        }
        _ => calendar::grid_steps(Window::new(now, frame.deadline), step, &subject.rules)
            .into_iter()
            .map(|s| s.end)
            .collect(),
    };
    u32::try_from(ends.len()).ok().filter(|n| *n > 0)
}

/// What the last whole step brought: a total's own value, a level's or ratio's change.
fn last_brought<'a>(
    world: &World<'a>,
    subject: &Subject<'a>,
    frame: &Frame,
    judged: &Judged,
    step: CalendarSpan,
    adds_up: bool,
) -> Option<f64> {
    if adds_up {
        let end = subject.known;
        let inside = end.checked_sub(jiff::ToSpan::microsecond(1)).ok()?;
        let rules = &subject.rules;
        let last = calendar::step_holding(inside, step, rules)?;
        let last = if last.end <= end { last } else { calendar::step_holding(day_before(last.start)?, step, rules)? };
        return subject.over(world, last).number();
    }
    let window = judged.current.1?;
    let (before, _) = match frame.mode {
        Mode::Span(grid) => {
            let span = grid.latest_by(window.start)?;
            (subject.over(world, span), span)
        }
        _ => {
            let at = subject.level_window(step.back().shift_edge(window.end)?)?;
            (subject.over(world, at), at)
        }
    };
    Some(judged.current.0.number()? - before.number()?)
}

fn day_before(at: DateTime) -> Option<DateTime> {
    at.checked_sub(jiff::ToSpan::microsecond(1)).ok()
}
