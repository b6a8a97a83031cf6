//! What a metric did before: every window of its past that is like the one a goal asks about, with what it came to and
//! what it was compared with. Knows windows and values, and neither verdicts nor rules.

use super::along;
use super::formula::World;
use super::frame::{Frame, Mode};
use super::subject::{Subject, reads_start};
use crate::calendar::{self, CalendarSpan, SpanUnit, Window};
use crate::model::plan::{Goal, Kind};
use crate::quantity::at_least;
use jiff::civil::DateTime;

/// How many windows are looked at at most; of a longer history, windows further apart.
const MOST: f64 = 1000.0;

/// What of a window is compared with what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// What it came to.
    Value,
    /// How much more than the window that it is compared with: in the subject's unit.
    Difference,
    /// The same as a fraction of the other's size.
    Relative,
}

/// Which windows are alike: the one that a goal judges, and the one that it is compared with, moved together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// What is judged: of a level its last step or day.
    pub judged: Window,
    /// What it is compared with; `None` where what counts is its own value.
    pub baseline: Option<Window>,
    /// The baseline's total is that of so many windows.
    parts: f64,
    /// How far one is from the next.
    pub step: CalendarSpan,
    /// All that one takes: of a change the time from the baseline's end to the judged end, of a value its own window.
    pub whole: Window,
}

impl Shape {
    /// The shape of a goal's question. `None` where there is nothing like it: what is measured is the same in every
    /// window or has no time; it is a campaign's own, of which there is nothing before the campaign; its baseline is a
    /// total over a time that the window doesn't divide.
    pub fn of<'a>(world: &World<'a>, goal: &'a Goal, subject: &Subject<'a>, frame: &Frame) -> Option<Self> {
        let opens = matches!(frame.mode, Mode::Once(_)) && reads_start(world, subject.formula);
        if subject.fixed || !subject.timed || opens || along::campaign_filter(world, goal).is_some() {
            return None;
        }
        let unlimited = Subject { known: DateTime::MAX, ..subject.clone() };
        let judged = frame.window_at(&unlimited, frame.deadline).filter(|w| w.start < w.end)?;
        let baseline = match frame.mode {
            Mode::Total => None,
            _ => {
                let written = frame.baseline(world, goal, subject, Some(judged)).window;
                // A baseline that is written as a value has no window of its own: it stands for where the way begins.
                written.or_else(|| match frame.mode {
                    Mode::Span(grid) => grid.last_before(frame.start),
                    Mode::Once(once) if subject.kind != Kind::Stock => once.before(),
                    _ => unlimited.level_window(frame.start),
                })
            }
        };
        Self::new(subject, judged, baseline)
    }

    /// The shape of one period of a goal that comes back: a change is from the period before, or with `yoy` from a year
    /// before. `None` as in [`Shape::of`].
    pub fn of_period<'a>(
        world: &World<'a>,
        goal: &'a Goal,
        subject: &Subject<'a>,
        period: Window,
        span: CalendarSpan,
    ) -> Option<Self> {
        if subject.fixed || !subject.timed || along::campaign_filter(world, goal).is_some() {
            return None;
        }
        let unlimited = Subject { known: DateTime::MAX, ..subject.clone() };
        let back = if goal.yoy { CalendarSpan::new(-1, SpanUnit::Year) } else { span.back() };
        let before = period.shifted(back)?;
        match subject.kind {
            Kind::Stock if reads_start(world, subject.formula) => None,
            Kind::Stock => Self::new(subject, unlimited.level_window(period.end)?, unlimited.level_window(before.end)),
            _ => Self::new(subject, period, Some(before)),
        }
    }

    fn new(subject: &Subject<'_>, judged: Window, baseline: Option<Window>) -> Option<Self> {
        let baseline = baseline.filter(|b| b.end <= judged.end && *b != judged);
        let parts = match baseline.filter(|_| subject.kind == Kind::Flow) {
            Some(b) => parts(b, judged)?,
            None => 1.0,
        };
        let whole = match baseline.filter(|_| subject.kind == Kind::Stock) {
            Some(b) => Window::new(b.end, judged.end),
            None => judged,
        };
        Some(Self { judged, baseline, parts, step: step(subject, whole), whole })
    }

    /// The same without what it is compared with: windows by their own value.
    #[must_use]
    pub fn alone(&self) -> Self {
        Self { baseline: None, parts: 1.0, ..*self }
    }

    /// How long it is, as people say it: of a change between levels in steps (`4 quarters`), else as the calendar calls it.
    pub fn length(&self, in_steps: bool) -> CalendarSpan {
        let length = self.whole.length();
        let times = |one: CalendarSpan| match (length.months(), one.months(), length.days(), one.days()) {
            (Some(all), Some(one), ..) | (.., Some(all), Some(one)) if one > 0 && all % one == 0 => Some(all / one),
            _ => None,
        };
        let named = [SpanUnit::Year, SpanUnit::Quarter, SpanUnit::Week].map(|unit| CalendarSpan::new(1, unit));
        let whole = named.into_iter().filter_map(|one| Some(one.times(times(one)?)));
        match times(self.step).filter(|_| in_steps && self.step.unit != SpanUnit::Month) {
            Some(n) => self.step.times(n),
            None => whole.into_iter().find(|s| s.count == 1 || s.unit == SpanUnit::Week).unwrap_or(length),
        }
    }

    /// Every whole window of this shape for which the subject has data by now, oldest first.
    pub fn past<'a>(&self, world: &World<'a>, subject: &Subject<'a>) -> Vec<Past> {
        let Some(first) = subject.first else { return Vec::new() };
        let start = self.baseline.map_or(self.judged.start, |b| b.start.min(self.judged.start));
        let per = self.step.approximate_days().max(0.5);
        let apart = ((calendar::days_between(first, subject.known) / per) / MOST).ceil().max(1.0);
        let step = self.step.times(apart as i32);
        let moved = |n: i32| {
            let by = step.times(n);
            Some((self.judged.shifted(by)?, self.baseline.map(|b| b.shifted(by)), by.shift_edge(start)?))
        };
        // A little later than the last one can be, and back from there.
        let last = (calendar::days_between(self.judged.end, subject.known) / (per * apart)).ceil() as i32 + 2;
        let windows: Vec<(Window, Option<Option<Window>>)> = (0..=MOST as i32 + 4)
            .map_while(|n| moved(last.checked_sub(n)?))
            .skip_while(|(judged, ..)| judged.end > subject.known)
            .take_while(|(.., start)| *start >= first)
            .map(|(judged, baseline, _)| (judged, baseline))
            .collect();
        // Asked for in one go: cells that aren't known yet are all remembered.
        let judged: Vec<Window> = windows.iter().map(|(judged, _)| *judged).collect();
        let baselines: Vec<Window> = windows.iter().filter_map(|(_, b)| b.flatten()).collect();
        let (values, bases) = (subject.numbers(world, &judged), subject.numbers(world, &baselines));
        let mut bases = bases.into_iter();
        let read = windows.into_iter().zip(values).map(|((judged, baseline), value)| {
            let from = match baseline {
                // Without its baseline a change isn't known.
                Some(moved) => Some(moved.and_then(|_| bases.next().flatten())? / self.parts),
                None => None,
            };
            Some(Past { judged, value: value?, from })
        });
        let read: Vec<Option<Past>> = read.collect();
        read.into_iter().rev().flatten().collect()
    }
}

/// How many totals as long as the judged one the baseline is; `None` where that isn't a whole number.
fn parts(baseline: Window, judged: Window) -> Option<f64> {
    let (long, short) = (baseline.length(), judged.length());
    let whole = |all: i32, one: i32| (one > 0 && all % one == 0).then(|| f64::from(all / one));
    match (long.months(), short.months(), long.days(), short.days()) {
        (Some(all), Some(one), ..) | (_, _, Some(all), Some(one)) => whole(all, one),
        _ => None,
    }
}

/// How far windows are from one another: the table's step; of events and days a month, where the window is of whole
/// months, or a week, else the window itself.
fn step(subject: &Subject<'_>, whole: Window) -> CalendarSpan {
    match subject.every {
        Some(every) if every != CalendarSpan::DAY => every,
        _ => {
            let length = whole.length();
            match (length.months(), length.days()) {
                (Some(_), _) => CalendarSpan::new(1, SpanUnit::Month),
                (_, Some(days)) if days >= 7 => CalendarSpan::new(1, SpanUnit::Week),
                _ => length,
            }
        }
    }
}

/// A window of the past.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Past {
    /// What is judged in it.
    pub judged: Window,
    /// What it came to, in the subject's unit.
    pub value: f64,
    /// What it is compared with, where it is.
    pub from: Option<f64>,
}

impl Past {
    /// What it brought; `None` where that isn't defined.
    pub fn brought(&self, by: By) -> Option<f64> {
        match (by, self.from) {
            (By::Value, _) => Some(self.value),
            (By::Difference, Some(from)) => Some(self.value - from),
            (By::Relative, Some(from)) if from != 0.0 => Some((self.value - from) / from.abs()),
            _ => None,
        }
    }
}

/// How what is wanted compares with the past.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Record {
    /// How many windows there are.
    pub windows: usize,
    /// How many of them were as good as what is wanted.
    pub as_good: usize,
    /// The best; of equal ones the last.
    pub best: Past,
    /// What the best brought.
    pub best_brought: f64,
    /// The least good; of equal ones the last.
    pub worst: Past,
    /// What that one brought.
    pub worst_brought: f64,
    /// Days from the end of the first to the end of the last.
    pub days: f64,
}

/// Compares a wanted value or change with every window of the past; `up`: more is better. Where more is better the past
/// begins with the first window that has something in it: what wasn't there yet says nothing. `None` without a window.
pub fn record(past: &[Past], by: By, up: bool, wanted: f64) -> Option<Record> {
    let nothing = |p: &&Past| up && p.value == 0.0 && p.from.is_none_or(|from| from == 0.0);
    let all: Vec<(Past, f64)> = past.iter().skip_while(nothing).filter_map(|p| Some((*p, p.brought(by)?))).collect();
    let better = |a: f64, b: f64| if up { at_least(a, b) } else { at_least(b, a) };
    let (first, last) = (all.first()?, all.last()?);
    let (mut best, mut worst) = (*first, *first);
    for one in &all {
        if better(one.1, best.1) {
            best = *one;
        }
        if better(worst.1, one.1) {
            worst = *one;
        }
    }
    Some(Record {
        windows: all.len(),
        as_good: all.iter().filter(|(_, brought)| better(*brought, wanted)).count(),
        best: best.0,
        best_brought: best.1,
        worst: worst.0,
        worst_brought: worst.1,
        days: calendar::days_between(first.0.judged.end, last.0.judged.end),
    })
}
