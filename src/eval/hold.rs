//! How long a target has been held in a row (language reference, `hold`). Knows steps and a condition, no statuses.

use super::formula::World;
use super::frame::{Frame, Mode};
use super::moments;
use super::subject::Subject;
use super::value::Datum;
use super::verdict::HeldReading;
use crate::calendar::{self, CalendarSpan, Window};
use jiff::civil::{Date, DateTime};

/// How many steps are looked back over.
const MAX_STEPS: usize = 1_200;

/// A run of steps that hold, up to the last whole one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// How many steps have to hold.
    pub needed: u32,
    /// How many have held in a row.
    pub held: u32,
    /// The length of a step.
    pub step: CalendarSpan,
    /// The last day of the first step of the run.
    pub since: Option<Date>,
    /// The last day of the step with which the run became long enough.
    pub completed: Option<Date>,
}

impl Run {
    /// True where it has held for as long as it has to.
    pub fn enough(&self) -> bool {
        self.held >= self.needed
    }

    /// As the report shows it.
    pub fn reading(&self) -> HeldReading {
        HeldReading { needed: self.needed, held: self.held.min(self.needed), step: self.step, since: self.since }
    }

    /// `it has held for 1 of 3 months, since 2021-05-31`
    pub fn words(&self) -> String {
        let whole = self.step.times(i32::try_from(self.needed).unwrap_or(i32::MAX));
        match self.since {
            Some(day) => {
                let part = self.step.times(i32::try_from(self.held).unwrap_or(i32::MAX));
                format!("it has to hold for {whole}, and has held for {part} (since {day})")
            }
            None => format!("it has to hold for {whole}, and doesn't hold now"),
        }
    }
}

/// How many steps a length of time is: a begun one counts.
pub fn steps_in(hold: CalendarSpan, step: CalendarSpan) -> u32 {
    let steps = match ((hold.months(), step.months()), (hold.days(), step.days())) {
        ((Some(a), Some(b)), _) | (_, (Some(a), Some(b))) if b > 0 => f64::from(a) / f64::from(b),
        // Months and days have no exact ratio: a little short of a whole is whole.
        _ if step.approximate_days() > 0.0 => (hold.approximate_days() / step.approximate_days()) - 0.1,
        _ => 1.0,
    };
    steps.ceil().max(1.0) as u32
}

/// The step in which holding is counted: the span that is measured, the table's step, else the unit of `hold`.
fn step_of(subject: &Subject<'_>, frame: &Frame, hold: CalendarSpan) -> CalendarSpan {
    match (frame.mode, subject.every) {
        (Mode::Span(grid), _) => grid.span,
        (_, Some(every)) => every,
        (_, None) => CalendarSpan::new(1, hold.unit),
    }
}

/// The run of steps that end after `from` up to `upto` and hold.
pub fn run<'a>(
    world: &World<'a>,
    subject: &Subject<'a>,
    frame: &Frame,
    hold: CalendarSpan,
    (from, upto): (DateTime, DateTime),
    kept: impl Fn(&Datum) -> bool,
) -> Run {
    let step = step_of(subject, frame, hold);
    let upto = upto.min(subject.known);
    let ends: Vec<DateTime> = match frame.mode {
        Mode::Span(grid) => moments::spans_between(grid, from, upto),
        _ => {
            let steps = calendar::grid_steps(Window::new(from, upto), step, &subject.rules);
            steps.into_iter().map(|s| s.end).filter(|e| *e > from && *e <= upto).collect()
        }
    };
    let ends = &ends[ends.len().saturating_sub(MAX_STEPS)..];
    // Asked for in one go: cells that aren't known yet are all remembered.
    let held: Vec<bool> = ends.iter().map(|at| kept(&frame.value_at(world, subject, *at).0)).collect();
    let count = held.iter().rev().take_while(|k| **k).count();
    let needed = steps_in(hold, step);
    let first = ends.len() - count;
    let day = |i: usize| ends.get(i).map(|e| calendar::day_before_edge(*e));
    Run {
        needed,
        held: u32::try_from(count).unwrap_or(u32::MAX),
        step,
        since: day(first).filter(|_| count > 0),
        completed: (count >= needed as usize).then(|| day(first + needed as usize - 1)).flatten(),
    }
}
