//! When a goal was reached: the moments at which its value may change, looked back over. Knows no status.

use super::aim::Aim;
use super::frame::{Frame, Mode};
use super::measured::{Judge, Judged};
use super::subject::Grid;
use crate::calendar::{self, CalendarSpan, Window};
use crate::model::plan::Kind;
use jiff::civil::{Date, DateTime};

/// How many moments a goal is looked back over, to find the day on which it was reached.
const MAX_MOMENTS: usize = 1_200;

/// The ends of a grid's spans after `from` up to `to`.
pub(super) fn spans_between(grid: Grid, from: DateTime, to: DateTime) -> Vec<DateTime> {
    let mut ends = Vec::new();
    let mut span = grid.latest_by(to);
    while let Some(s) = span.filter(|s| s.end > from && ends.len() < MAX_MOMENTS) {
        ends.push(s.end);
        span = grid.latest_by(s.start);
    }
    ends.reverse();
    ends
}

impl Judge<'_, '_> {
    /// The moments at which the judged value may change, after `from` up to `to`.
    pub(super) fn ends_between(&self, frame: &Frame, from: DateTime, to: DateTime) -> Vec<DateTime> {
        let to = to.min(self.subject.known);
        let step = match frame.mode {
            Mode::Span(grid) => return spans_between(grid, from, to),
            Mode::Level => self.subject.every,
            Mode::Once(_) if self.subject.kind == Kind::Stock => self.subject.every,
            Mode::Once(_) | Mode::Total => None,
        };
        let step = step.unwrap_or(CalendarSpan::DAY);
        let rules = &self.subject.rules;
        let ends = calendar::grid_steps(Window::new(from, to), step, rules).into_iter().map(|s| s.end);
        ends.filter(|e| *e > from && *e <= to).take(MAX_MOMENTS).collect()
    }

    /// The first day of the run of moments up to now at which it was reached.
    pub(super) fn reached_since(&self, judged: &Judged, aim: &Aim) -> Option<Date> {
        // What is the same in every window was reached no earlier than it is looked at.
        if self.subject.fixed {
            return judged.current.1.map(|w| w.last_day());
        }
        let moments = self.moments(judged);
        let mut since = None;
        // Asked for in one go: cells that aren't known yet are all remembered.
        let kept: Vec<bool> = moments.iter().map(|at| self.kept_at(*at, aim)).collect();
        for (at, kept) in moments.iter().zip(kept).rev() {
            if !kept {
                break;
            }
            since = Some(calendar::day_before_edge(*at));
        }
        since
    }

    /// The last day on which it was reached, where it isn't any more.
    pub(super) fn lost(&self, judged: &Judged, aim: &Aim) -> Option<Date> {
        let readings = self.frame.mode == Mode::Level && self.subject.every.is_some();
        let moments = if readings { self.moments(judged) } else { Vec::new() };
        moments.iter().rev().find(|at| self.kept_at(**at, aim)).map(|at| calendar::day_before_edge(*at))
    }

    /// Where the moments at which it can be reached begin.
    pub(super) fn opens(&self, judged: &Judged) -> DateTime {
        match (self.frame.mode, &judged.baseline) {
            (Mode::Level | Mode::Span(_), Some(b)) => b.end,
            _ => self.frame.start,
        }
    }

    fn moments(&self, judged: &Judged) -> Vec<DateTime> {
        self.ends_between(self.frame, self.opens(judged), self.frame.deadline)
    }

    fn kept_at(&self, at: DateTime, aim: &Aim) -> bool {
        let (datum, _) = self.frame.value_at(self.world, self.subject, at);
        datum.number().is_some_and(|x| aim.wanted.kept(x))
    }
}
