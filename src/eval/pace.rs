//! How the expected value runs from the baseline to the target (language reference, Pace): straight, compound, by the
//! season of earlier years, or through the targets of checkpoints. Knows values and times, and no statuses.

use super::aim::{self, Aim, Wanted};
use super::frame::{Frame, Mode};
use super::measured::{Judge, Judged};
use super::notes::Notes;
use super::value::Datum;
use crate::calendar::{self, CalendarSpan, SpanUnit, Window};
use crate::model::plan::{Checkpoint, Kind, PaceKind, Target};
use crate::quantity::{Digits, same};
use jiff::civil::DateTime;

/// How many earlier years are looked at for a season.
const MAX_YEARS: i32 = 10;
/// A season follows from this many whole years at least.
const LEAST_YEARS: usize = 2;

/// The line that progress is held against: the share of the way that should lie behind at a moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Line {
    /// The share of the time.
    #[default]
    Straight,
    /// The same growth in each stretch of time: B·r^t with r = T / B, so the share is (r^t − 1) / (r − 1).
    Compound {
        /// T / B, positive and not 1.
        ratio: f64,
    },
    /// The mean share that earlier years had behind them by the same day.
    Seasonal(Vec<Year>),
    /// Straight from one station to the next: moments with the share of the way there, in order of time.
    Stations(Vec<(DateTime, f64)>),
}

/// The same window some years earlier.
#[derive(Debug, Clone, PartialEq)]
pub struct Year {
    /// How far back, negative.
    back: CalendarSpan,
    /// The goal's frame, moved.
    frame: Frame,
    /// The value at its start, 0 for a total.
    from: f64,
    /// The value at its end.
    to: f64,
}

impl Line {
    /// As scripts know it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Straight => "linear",
            Self::Compound { .. } => "compound",
            Self::Seasonal(_) => "seasonal",
            Self::Stations(_) => "checkpoints",
        }
    }

    /// What the pace is measured against.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Straight => "a straight line",
            Self::Compound { .. } => "steady compound growth",
            Self::Seasonal(_) => "the season of earlier years",
            Self::Stations(_) => "the line through its checkpoints",
        }
    }
}

/// The line of a goal, and what must be said about it.
pub fn line<'a>(judge: &Judge<'_, 'a>, judged: &Judged, aim: &Aim) -> (Line, Notes) {
    let mut notes = Notes::default();
    let goal: &'a crate::model::plan::Goal = judge.goal;
    let stations: Vec<(DateTime, &'a Target)> = goal
        .checkpoints
        .iter()
        .filter_map(|c| match c {
            Checkpoint::At(end, Some(target)) => Some((*end, target)),
            _ => None,
        })
        .collect();
    let asked = match (judge.goal.pace, stations.is_empty()) {
        (_, false) => "targets on checkpoints".to_owned(),
        (Some(PaceKind::Compound), _) => "pace compound".to_owned(),
        (Some(PaceKind::Seasonal), _) => "pace seasonal".to_owned(),
        (Some(PaceKind::Linear) | None, _) => return (Line::Straight, notes),
    };
    if !leads_on(judge, judged, aim) {
        notes.say(format!("{asked}: nothing runs from a baseline to the target here, so it is expected all along"));
        return (Line::Straight, notes);
    }
    let found = match (stations.is_empty(), judge.goal.pace) {
        (false, _) => through(judge, judged, aim, stations, &mut notes),
        (_, Some(PaceKind::Compound)) => compound(judge, judged, aim),
        _ => seasonal(judge, judged, &mut notes),
    };
    let line = found.unwrap_or_else(|why| {
        notes.say(format!("{asked} can't be followed: {why}; pace is measured against a straight line instead"));
        Line::Straight
    });
    (line, notes)
}

/// True where a share of the way is expected at a moment, not the whole all along.
fn leads_on(judge: &Judge<'_, '_>, judged: &Judged, aim: &Aim) -> bool {
    let once = matches!(judge.frame.mode, Mode::Once(_));
    match (once, judge.subject.kind) {
        (true, Kind::Neither) => false,
        (true, Kind::Flow) => true,
        _ => judge.way(judged, aim.wanted.value(), aim, 0.5, false).1 < 1.0,
    }
}

/// Where the way begins and ends, in values: the baseline (0 of a total) and the target.
fn ends(judge: &Judge<'_, '_>, judged: &Judged, aim: &Aim) -> Option<(f64, f64)> {
    let target = aim.wanted.value();
    let total = judge.frame.mode == Mode::Total;
    match judged.baseline.as_ref().and_then(|b| b.datum.number()) {
        _ if total => Some((0.0, target)),
        Some(b) => Some((b, target)),
        None if judge.subject.kind == Kind::Flow => Some((0.0, target)),
        None => None,
    }
}

/// True where a total is judged over its whole window: it starts at nothing, whatever its baseline.
fn summed(judge: &Judge<'_, '_>) -> bool {
    judge.frame.mode == Mode::Total || matches!(judge.frame.mode, Mode::Once(_)) && judge.subject.kind == Kind::Flow
}

fn compound(judge: &Judge<'_, '_>, judged: &Judged, aim: &Aim) -> Result<Line, String> {
    if summed(judge) {
        return Err("a total starts from nothing, which no growth multiplies".to_owned());
    }
    let (from, to) = ends(judge, judged, aim).ok_or_else(|| "there is no baseline".to_owned())?;
    if same(from, to) {
        return Err("the target is the baseline".to_owned());
    }
    if from == 0.0 || to == 0.0 || (from < 0.0) != (to < 0.0) {
        return Err("baseline and target must both lie above 0, or both below".to_owned());
    }
    Ok(Line::Compound { ratio: to / from })
}

/// The targets of checkpoints as stations, from the goal's baseline.
fn through<'a>(
    judge: &Judge<'_, 'a>,
    judged: &Judged,
    aim: &Aim,
    mut stations: Vec<(DateTime, &'a Target)>,
    notes: &mut Notes,
) -> Result<Line, String> {
    let (from, to) = ends(judge, judged, aim).ok_or_else(|| "there is no baseline".to_owned())?;
    let window = judge.way_window(judged);
    stations.sort_by_key(|(end, _)| *end);
    let unit = judge.subject.formula.gives.unit();
    let mut found: Vec<(DateTime, f64)> = Vec::new();
    for (end, target) in stations {
        let day = calendar::day_before_edge(end);
        if end <= window.start || end > window.end {
            notes.say(format!("checkpoint {day} isn't between {} and the deadline: left out", window.start.date()));
            continue;
        }
        // The baseline of a total that isn't over is the elapsed part of it.
        let elapsed = calendar::days_between(window.start, end) / window.length_days();
        let from_here = if summed(judge) { from * elapsed } else { from };
        let value = match station(judge, target, from_here) {
            Ok(value) => value,
            Err(why) => {
                notes.say(format!("checkpoint {day} has no value, so it is left out: {why}"));
                continue;
            }
        };
        let digits = Digits::of(&unit, &[from, to, value]);
        if end == window.end {
            if !same(value, to) {
                notes.say(format!(
                    "the checkpoint on the deadline says {}, the target {}: the target decides",
                    digits.show(value),
                    digits.show(to)
                ));
            }
            continue;
        }
        let share = match summed(judge) {
            true if to != 0.0 => value / to,
            _ if same(from, to) => return Err("the target is the baseline".to_owned()),
            _ => (value - from) / (to - from),
        };
        let before = found.last().map_or(0.0, |(_, s)| *s);
        if share < before - crate::quantity::TOLERANCE || share > 1.0 + crate::quantity::TOLERANCE {
            let word = if share > 1.0 { "passes the target" } else { "lies behind the one before it" };
            notes.say(format!("checkpoint {day}, {}, {word}: the line turns back there", digits.show(value)));
        }
        found.push((end, share));
    }
    if found.is_empty() { Err("none of them lies on the way".to_owned()) } else { Ok(Line::Stations(found)) }
}

fn station<'a>(judge: &Judge<'_, 'a>, target: &'a Target, from: f64) -> Result<f64, String> {
    let context = judge.subject.for_target(Window::new(judge.frame.start, judge.frame.deadline));
    let data: Vec<Datum> = target.kind.expressions().into_iter().map(|f| judge.world.value(f, &context)).collect();
    let number = |d: &Datum| d.number().ok_or_else(|| d.value.reason().unwrap_or("it is no number".to_owned()));
    let numbers: Vec<f64> = data.iter().map(number).collect::<Result<_, _>>()?;
    match aim::aim(&target.kind, Ok(from), &numbers, judge.subject.direction)?.wanted {
        Wanted::Bound(_, value) => Ok(value),
        Wanted::Range(..) => Err("it is a range".to_owned()),
    }
}

/// The same window in each earlier year that has all its data.
fn seasonal(judge: &Judge<'_, '_>, judged: &Judged, notes: &mut Notes) -> Result<Line, String> {
    let window = judge.way_window(judged);
    let apart = (window.length_days() / 366.0).ceil().max(1.0) as i32;
    let moved: Vec<Year> = (1..=MAX_YEARS)
        .filter_map(|n| {
            let back = CalendarSpan::new(-n * apart, SpanUnit::Year);
            let moved = window.shifted(back)?;
            let mode = match judge.frame.mode {
                Mode::Once(once) => Mode::Once(once.shifted(back)?),
                other => other,
            };
            let frame =
                Frame { mode, start: moved.start, deadline: moved.end, start_implied: false, ..judge.frame.clone() };
            Some(Year { back, frame, from: 0.0, to: 0.0 })
        })
        .collect();
    // Asked for in one go: cells that aren't known yet are all remembered.
    let read: Vec<(Option<f64>, Option<f64>)> = moved
        .iter()
        .map(|year| {
            let from = if summed(judge) { Some(0.0) } else { value(judge, &year.frame, year.frame.start) };
            (from, value(judge, &year.frame, year.frame.deadline))
        })
        .collect();
    let mut years = Vec::new();
    for (year, ends) in moved.into_iter().zip(read) {
        // The first year without data ends the history.
        let (Some(from), Some(to)) = ends else { break };
        let name = named(judge, &year.frame);
        if same(from, to) {
            notes.say(format!("pace seasonal leaves {name} out: nothing changed in it"));
            continue;
        }
        years.push(Year { from, to, ..year });
    }
    if years.len() < LEAST_YEARS {
        let first = judge.subject.first.map_or_else(|| "has no row".to_owned(), |f| format!("starts on {}", f.date()));
        let tables = judge.subject.tables.join(", ");
        let found = if years.is_empty() { "none" } else { "only one" };
        return Err(format!(
            "it needs two whole years before {}, and {found} has all its data ({tables} {first})",
            window.start.date()
        ));
    }
    let names: Vec<String> = years.iter().rev().map(|y| named(judge, &y.frame)).collect();
    notes.say(format!("pace seasonal follows the mean of {}", names.join(", ")));
    Ok(Line::Seasonal(years))
}

/// How a moved frame's window is called.
fn named(judge: &Judge<'_, '_>, frame: &Frame) -> String {
    calendar::step_name(&Window::new(frame.start, frame.deadline), &judge.world.plan.facts.rules)
}

/// The judged value of a moved frame at a moment, or its level where the frame begins.
fn value(judge: &Judge<'_, '_>, frame: &Frame, at: DateTime) -> Option<f64> {
    if summed(judge) && at <= frame.start {
        return Some(0.0);
    }
    match frame.mode {
        Mode::Level => judge.subject.over(judge.world, judge.subject.level_window(at)?).number(),
        Mode::Once(_) if judge.subject.kind == Kind::Stock => {
            judge.subject.over(judge.world, judge.subject.level_window(at)?).number()
        }
        Mode::Span(grid) => judge.subject.over(judge.world, grid.latest_by(at)?).number(),
        Mode::Total => judge.subject.over(judge.world, Window::new(frame.start, at)).number(),
        Mode::Once(once) => judge.subject.over(judge.world, Window::new(once.start, at)).number(),
    }
}

impl Judge<'_, '_> {
    /// From where to where the way leads in time: from the baseline's end, or the window's start, to the deadline.
    pub fn way_window(&self, judged: &Judged) -> Window {
        let start = match (self.frame.mode, &judged.baseline) {
            (Mode::Level | Mode::Span(_), Some(b)) => b.end.min(self.frame.deadline),
            _ => self.frame.start,
        };
        Window::new(start, self.frame.deadline)
    }

    /// The share of the way that should lie behind at a moment, 0 at the start and 1 at the deadline.
    pub fn expected_at(&self, judged: &Judged, at: DateTime) -> f64 {
        let window = self.way_window(judged);
        let whole = window.length_days();
        if whole <= 0.0 || at >= window.end {
            return 1.0;
        }
        let time = (calendar::days_between(window.start, at) / whole).clamp(0.0, 1.0);
        match &judged.line {
            Line::Straight => time,
            Line::Compound { ratio } => (ratio.powf(time) - 1.0) / (ratio - 1.0),
            Line::Seasonal(years) => self.season(years, at).unwrap_or(time),
            Line::Stations(stations) => between(stations, window, at),
        }
    }

    /// The mean share of earlier years by the same day; `None` where none has a value there.
    fn season(&self, years: &[Year], at: DateTime) -> Option<f64> {
        let shares: Vec<Option<f64>> = years
            .iter()
            .map(|year| {
                let then = year.back.shift_edge(at)?.min(year.frame.deadline);
                Some((value(self, &year.frame, then)? - year.from) / (year.to - year.from))
            })
            .collect();
        let known: Vec<f64> = shares.into_iter().flatten().collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    }
}

/// Straight from one station to the next.
fn between(stations: &[(DateTime, f64)], window: Window, at: DateTime) -> f64 {
    let mut from = (window.start, 0.0);
    for to in stations.iter().copied().chain([(window.end, 1.0)]) {
        if at <= to.0 {
            let whole = calendar::days_between(from.0, to.0);
            let part = calendar::days_between(from.0, at).max(0.0);
            return if whole > 0.0 { from.1 + (to.1 - from.1) * part / whole } else { to.1 };
        }
        from = to;
    }
    1.0
}
