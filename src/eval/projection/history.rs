//! The history that is projected: the unbroken run of whole steps up to now, and how the judged value follows from the
//! steps ahead. Knows windows and values, and no method.

use super::super::frame::{Frame, Mode};
use super::super::measured::{Judge, Judged};
use super::super::subject::{Grid, Subject};
use crate::calendar::{self, CalendarSpan, SpanUnit, Window};
use crate::model::plan::{Kind, Timing};
use jiff::civil::DateTime;

/// How many steps ahead are looked at.
const MOST_AHEAD: usize = 400;

/// A series of values, one a whole step, the newest last.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct History {
    pub values: Vec<f64>,
    pub step: CalendarSpan,
    pub ahead: Ahead,
}

/// How the judged value at the deadline follows from the steps after the history.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ahead {
    /// It is the value of the step so many steps on.
    Steps(usize),
    /// It is what is counted, and of each step ahead the share that still comes.
    Sum { known: f64, weights: Vec<f64> },
}

/// Weights that take the last of several steps alone.
pub(super) fn last_of(steps: usize) -> Vec<f64> {
    let mut weights = vec![0.0; steps];
    weights.last_mut().into_iter().for_each(|w| *w = 1.0);
    weights
}

/// How many steps of a length are read at most: enough for seasons, and for what still says something of the future.
fn most(step: CalendarSpan) -> usize {
    match step.unit {
        SpanUnit::Day => 70,
        SpanUnit::Week => 156,
        SpanUnit::Month => 60,
        SpanUnit::Quarter | SpanUnit::Year => 40,
    }
}

/// What one step of the series is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Series {
    /// The level at the step's end.
    Levels,
    /// The value over the step.
    Spans,
    /// The value over a window of this length that ends with the step.
    Running(CalendarSpan),
}

/// Reads the history of a goal's subject.
///
/// # Errors
/// Why there is nothing to project, as a sentence.
pub(super) fn read<'a>(judge: &Judge<'_, 'a>, judged: &Judged) -> Result<History, String> {
    let Judge { subject, frame, .. } = *judge;
    if subject.fixed {
        return Err("what is measured is the same in every window".to_owned());
    }
    let (grid, series) = series(subject, frame);
    let windows = windows(judge, grid, series);
    let newest = windows.last().map(|w| w.end);
    let values = values(judge, &windows, series);
    let adds_up = frame.mode == Mode::Total || (matches!(frame.mode, Mode::Once(_)) && subject.kind == Kind::Flow);
    let ahead = if adds_up {
        let known = judged.current.0.number().ok_or("what is counted so far isn't known")?;
        Ahead::Sum { known, weights: remaining(judge, grid, newest)? }
    } else {
        let steps = spans_after(grid, newest.unwrap_or(subject.known), frame.last_end(subject));
        Ahead::Steps(steps.iter().filter(|s| s.end <= frame.deadline).count())
    };
    match &ahead {
        Ahead::Steps(0) => Err("no whole step ends between now and the deadline".to_owned()),
        Ahead::Steps(MOST_AHEAD..) => Err("its deadline is too far ahead".to_owned()),
        Ahead::Sum { weights, .. } if weights.len() >= MOST_AHEAD => Err("its deadline is too far ahead".to_owned()),
        _ => Ok(History { values, step: grid.span, ahead }),
    }
}

/// In which steps the subject is looked at, and how.
fn series(subject: &Subject<'_>, frame: &Frame) -> (Grid, Series) {
    let own = |length: f64| match subject.every {
        Some(every) => Grid::new(every, None, subject.rules),
        None => Grid::new(by_length(length), None, subject.rules),
    };
    // Without steps of its own a level or running window is looked at where its steps end with the deadline.
    let to_deadline = |length: f64| match subject.every {
        Some(_) => own(length),
        None => Grid::new(by_length(length), Some(frame.deadline), subject.rules),
    };
    let length = calendar::days_between(frame.start, frame.deadline);
    match frame.mode {
        Mode::Level => (to_deadline(length), Series::Levels),
        Mode::Once(_) if subject.kind == Kind::Stock => (to_deadline(length), Series::Levels),
        Mode::Total => (own(length), Series::Spans),
        Mode::Once(_) if subject.kind == Kind::Flow => (own(length), Series::Spans),
        Mode::Once(window) => (to_deadline(length), Series::Running(window.length())),
        Mode::Span(grid) => (grid, Series::Spans),
    }
}

/// The step for a table without any: a goal of four months and longer is looked at by months, of four weeks by weeks.
fn by_length(days: f64) -> CalendarSpan {
    let unit = match days {
        d if d >= 120.0 => SpanUnit::Month,
        d if d >= 28.0 => SpanUnit::Week,
        _ => SpanUnit::Day,
    };
    CalendarSpan::new(1, unit)
}

/// The whole steps for which there can be a value, oldest first.
fn windows(judge: &Judge<'_, '_>, grid: Grid, series: Series) -> Vec<Window> {
    let Judge { subject, .. } = *judge;
    let Some(first) = subject.first else { return Vec::new() };
    let begins = |w: &Window| match series {
        Series::Levels => w.end > first,
        Series::Spans => w.start >= first,
        Series::Running(length) => length.back().shift_edge(w.end).is_some_and(|start| start >= first),
    };
    // Before a campaign there is nothing of it: zeros that say nothing of how it goes.
    let since = campaign_start(judge).filter(|_| series == Series::Spans);
    let of_it = |w: &Window| begins(w) && since.is_none_or(|start| w.start >= start);
    let mut found = Vec::new();
    let mut next = grid.latest_by(subject.known);
    while let Some(window) = next.filter(|w| of_it(w) && found.len() < most(grid.span)) {
        next = grid.latest_by(window.start);
        found.push(window);
    }
    found.reverse();
    found
}

/// Where the campaign begins whose own rows are judged.
fn campaign_start(judge: &Judge<'_, '_>) -> Option<DateTime> {
    let Timing::In { campaign, .. } = judge.goal.timing else { return None };
    let (_, campaign) = judge.world.plan.campaigns.get_index(campaign?)?;
    campaign.filter.as_ref().map(|_| campaign.window.start)
}

/// The values of the unbroken run up to now. All are asked for in one go.
fn values<'a>(judge: &Judge<'_, 'a>, windows: &[Window], series: Series) -> Vec<f64> {
    let Judge { world, subject, .. } = *judge;
    let read = |window: &Window| match series {
        Series::Spans => Some(*window),
        Series::Levels => subject.level_window(window.end),
        Series::Running(length) => Some(Window::new(length.back().shift_edge(window.end)?, window.end)),
    };
    // Where the calendar has no such window, there is no value either: it breaks the run.
    let unread = windows.iter().rposition(|w| read(w).is_none()).map_or(0, |at| at + 1);
    let windows: Vec<Window> = windows.iter().skip(unread).filter_map(read).collect();
    let all = subject.numbers(world, &windows);
    let gap = all.iter().rposition(Option::is_none).map_or(0, |at| at + 1);
    all.into_iter().skip(gap).flatten().collect()
}

/// The steps after a moment that touch what is before `end`.
fn spans_after(grid: Grid, from: DateTime, end: DateTime) -> Vec<Window> {
    let mut spans = Vec::new();
    let mut next = grid.latest_by(from).and_then(|w| grid.next(w));
    while let Some(window) = next.filter(|w| w.start < end && spans.len() < MOST_AHEAD) {
        next = grid.next(window);
        spans.push(window);
    }
    spans
}

/// Of each step after the history, the share of its time that is still to be counted.
fn remaining(judge: &Judge<'_, '_>, grid: Grid, newest: Option<DateTime>) -> Result<Vec<f64>, String> {
    let Judge { subject, frame, .. } = *judge;
    // Readings count by whole steps; what is counted ends with the last one.
    let whole = subject.every.is_some();
    let end = if whole { frame.last_end(subject) } else { frame.deadline };
    let from = match newest {
        Some(newest) if whole => newest,
        _ => subject.known,
    };
    let counted = Window::new(from.max(frame.start), end);
    let share = |span: &Window| {
        let (start, stop) = (span.start.max(counted.start), span.end.min(counted.end));
        (calendar::days_between(start, stop) / span.length_days()).clamp(0.0, 1.0)
    };
    let mut weights: Vec<f64> = spans_after(grid, newest.unwrap_or(subject.known), end).iter().map(share).collect();
    while weights.last() == Some(&0.0) {
        weights.pop();
    }
    if weights.is_empty() { Err("nothing is counted between now and the deadline".to_owned()) } else { Ok(weights) }
}
