//! The verdict on a goal over the rows of a table: which rows count, and how many have to keep it (language reference,
//! For each). Knows windows and statuses; rows are counted elsewhere.

use super::each;
use super::formula::World;
use super::frame;
use super::goals::{blank, data_command, guarded, outcome, put_beside, put_last, put_recurring};
use super::measured;
use super::notes::Notes;
use super::readings;
use super::recurring;
use super::rows::{self, RowsGoal};
use super::verdict::{Reading, Status, Verdict};
use super::waypoints;
use crate::calendar::{self, Window};
use crate::model::plan::{From, Goal, Quantifier, Timing};
use crate::quantity::Unit;
use jiff::civil::DateTime;

/// The verdict on a goal over rows.
pub fn verdict<'a>(world: &World<'a>, goal: &'a Goal, rows: RowsGoal<'a>, notes: &mut Notes) -> Verdict {
    let mut verdict = blank(goal, "rows");
    let quantifier = goal.quantifier.as_ref().map_or(Quantifier::Each, |(q, _)| *q);
    let Some(timeline) = world.timelines.get(rows.table) else { return verdict };
    if let Timing::Every { span, over, .. } = &goal.timing {
        // What a period comes to is the share of the rows that kept it.
        verdict.unit = Unit::Percent;
        let result = recurring::recurring(world, goal, *span, *over, timeline.known, |window| {
            let counted = rows.count(world, Some(window));
            let outcome = outcome(&counted.summary, quantifier, counted.lacking, counted.notes);
            guarded(world, goal, *span, window, outcome)
        });
        put_recurring(world, goal, &mut verdict, result, rows.targets, notes);
        put_last(world, goal, &mut verdict, *span, notes);
        return verdict;
    }
    let (window, deadline, implied) = rows_window(world, goal);
    let counted = rows.count(world, window);
    implied.into_iter().for_each(|note| notes.say(note));
    notes.add(&counted.notes);
    verdict.target = readings::target_reading(counted.aim.as_ref(), rows.targets, deadline);
    verdict.current = Reading {
        reason: Some("it is judged row by row: see `each`".to_owned()),
        window,
        // What came after the deadline isn't of it.
        at: timeline.newest.map(|t| deadline.map_or(t.date(), |d| t.date().min(calendar::day_before_edge(d)))),
        ..Reading::default()
    };
    let (kept, total) = (counted.summary.kept, counted.summary.total);
    let over = deadline.is_some_and(|d| timeline.known >= d && world.as_of >= d);
    let enough = each::enough(quantifier, kept, total);
    let once = matches!(goal.timing, Timing::In { .. });
    verdict.status = match (&counted.lacking, over && counted.summary.pending == 0) {
        _ if window.is_some_and(|w| world.as_of <= w.start) => Status::NotStarted,
        (Some(_), _) => Status::NoData,
        (None, true) => {
            if enough {
                Status::Met
            } else {
                Status::Missed
            }
        }
        // Where every row is pending, nothing was kept yet.
        (None, false) if enough && !once && total > 0 => Status::Met,
        // A row that isn't kept never will be.
        (None, false) if quantifier == Quantifier::Each && kept < total => Status::OffTrack,
        (None, false) => measured::by_pace(world, Some(rows::pace(quantifier, &counted))),
    };
    verdict.decided = format!("{kept} of {total} {} keep it; {}", counted.summary.what, each::rule(quantifier));
    let bounded = window.filter(|w| w.end < DateTime::MAX && w.start > DateTime::MIN);
    if let (Status::Missed, Some(window)) = (verdict.status, bounded) {
        rows_late(world, goal, rows, window, &mut verdict);
    }
    if let Some(window) = bounded {
        verdict.checkpoints = waypoints::of_rows(world, rows, window, quantifier);
    }
    if let Some(why) = counted.lacking {
        verdict.current.reason = Some(why);
        verdict.next = Some(data_command(std::slice::from_ref(&timeline.table), deadline));
    } else {
        let share = each::share(kept, total);
        (verdict.progress, verdict.expected) = (Some(share), Some(1.0));
        verdict.pace = Some(each::pace(quantifier, kept, total));
    }
    verdict.each = Some(counted.summary);
    match bounded {
        Some(window) => put_beside(world, goal, &mut verdict, window, notes),
        None => unbounded(goal, notes),
    }
    verdict
}

/// Within the grace, rows that came after the deadline count as well.
fn rows_late<'a>(world: &World<'a>, goal: &Goal, rows: RowsGoal<'a>, window: Window, verdict: &mut Verdict) {
    let Some((grace, end)) = goal.grace.and_then(|g| Some((g, g.shift_edge(window.end)?))) else { return };
    let Some(timeline) = world.timelines.get(rows.table) else { return };
    let counted = rows.count(world, Some(Window::new(window.start, end)));
    let quantifier = goal.quantifier.as_ref().map_or(Quantifier::Each, |(q, _)| *q);
    let summary = &counted.summary;
    let reached = each::enough(quantifier, summary.kept, summary.total) && counted.lacking.is_none();
    if reached {
        verdict.status = Status::MetLate;
        verdict.met_on = Some(calendar::day_before_edge(end.min(timeline.known)));
        verdict.decided = format!(
            "{} of {} {} keep it with those within the grace of {grace}",
            summary.kept, summary.total, summary.what
        );
    } else if world.as_of < end || timeline.known < end {
        verdict.status = measured::by_pace(world, Some(rows::pace(quantifier, &counted)));
        verdict.decided = format!("the deadline is past; its grace runs to {}", calendar::day_before_edge(end));
    }
}

/// A stretch without an end has nothing to measure indicators over.
fn unbounded(goal: &Goal, notes: &mut Notes) {
    if !goal.kpis.is_empty() || !goal.guardrails.is_empty() {
        notes.say(
            "its indicators and guardrails aren't measured: write `by` and `from`, or `in`, to say over which time",
        );
    }
}

/// The rows that a goal with a deadline or window looks at, and its deadline.
fn rows_window(world: &World<'_>, goal: &Goal) -> (Option<Window>, Option<DateTime>, Option<String>) {
    let from = match &goal.from {
        Some(From::Period { window, .. }) => Some(*window),
        _ => None,
    };
    let deadline = match &goal.timing {
        Timing::In { window, .. } => return (Some(*window), Some(window.end), None),
        Timing::By { deadline, .. } => *deadline,
        Timing::Within { span } => match from.and_then(|w| span.shift_edge(w.end)) {
            Some(end) => end,
            None => return (None, None, None),
        },
        Timing::Open | Timing::Every { .. } => {
            return (
                from.map(|w| Window::new(w.start, DateTime::MAX)),
                None,
                Some("no deadline is written: every row so far counts".to_owned()),
            );
        }
    };
    let (horizon, _) = frame::horizon(world, deadline);
    match from {
        Some(window) => (Some(Window::new(window.start, deadline)), Some(deadline), None),
        None => {
            let note = format!(
                "rows from {}, the start of the horizon, count: write `from` for another day",
                horizon.start.date()
            );
            (Some(Window::new(horizon.start, deadline)), Some(deadline), Some(note))
        }
    }
}
