//! Given values as a table with one row a step or point, and the engine that answers questions about such tables. Knows
//! no plan and no goal.

use crate::calendar::{self, CalendarRules, CalendarSpan, Window};
use crate::engine::{DataError, Engine};
use crate::query::{Answer, Cell, Measure, Query, Request, TableInfo, TableSource};
use indexmap::IndexMap;
use jiff::civil::DateTime;

/// A value and the time it is of: a day, a longer period, or a moment.
pub type Point = (Window, f64);

/// The table that given values make.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// In order of time: the last day of each value's window, or its moment.
    pub rows: Vec<(DateTime, f64)>,
    /// The step that the values are readings of; `None` where they are of single days.
    pub every: Option<CalendarSpan>,
    /// True for totals: the rows of a window are added up. Else the last one counts.
    pub adds: bool,
}

/// How many steps are filled in between two given levels.
const MOST_STEPS: usize = 100_000;

impl Made {
    /// From values in any order. Readings of a step are those over periods of one length that lie on the calendar, and
    /// days that all end a week, month, quarter or year. Levels stay as they are until the next one is given, so steps
    /// between two of them are filled in; totals aren't.
    pub fn of(mut points: Vec<Point>, rules: &CalendarRules, adds: bool) -> Self {
        points.sort_by_key(|(window, _)| (window.end, window.start));
        let both = [*rules, CalendarRules { fiscal_start: 1, ..*rules }];
        let step = both.iter().find_map(|r| step(&points, r).map(|s| (s, *r)));
        let at = |window: &Window| match window.length_days() < 1.0 {
            true => window.start,
            false => DateTime::from(window.last_day()),
        };
        let mut rows: Vec<(DateTime, f64)> = Vec::new();
        for (window, value) in &points {
            let before = rows.last().copied();
            if let (Some((every, r)), Some((last, level)), false) = (step, before, adds) {
                let between = Window::new(calendar::next_day(last.date()).into(), at(window));
                let steps = calendar::grid_steps(between, every, &r).into_iter().take(MOST_STEPS);
                rows.extend(steps.filter(|s| s.end <= at(window)).map(|s| (at(&s), level)));
            }
            rows.push((at(window), *value));
        }
        Self { rows, every: step.map(|(every, _)| every), adds }
    }

    fn cell(&self, request: &Request) -> Cell {
        let inside = |at: &DateTime| request.window.is_none_or(|w| w.start <= *at && *at < w.end);
        let rows: Vec<(DateTime, f64)> = self.rows.iter().copied().filter(|(at, _)| inside(at)).collect();
        let newest = rows.last().map(|(at, _)| *at);
        let times = || rows.iter().map(|(at, _)| *at).collect::<Vec<_>>();
        let value = match (&request.measure, self.adds) {
            (Measure::Extent, _) => None,
            (_, true) => Some(rows.iter().map(|(_, x)| x).sum::<f64>() + 0.0),
            (_, false) => rows.last().map(|(_, x)| *x),
        };
        Cell {
            value,
            rows: rows.len() as u64,
            first: rows.first().map(|(at, _)| *at),
            newest,
            // Days without a step stay days, whatever days they are.
            times: (request.measure == Measure::Extent && self.every.is_some()).then(times),
            ..Cell::default()
        }
    }
}

/// The step that all values are readings of.
fn step(points: &[Point], rules: &CalendarRules) -> Option<CalendarSpan> {
    let days = points.iter().all(|(w, _)| w.length_days() <= 1.0);
    let every = if days {
        let times: Vec<DateTime> = points.iter().map(|(w, _)| w.start.date().into()).collect();
        let every = calendar::infer_step(&times, rules)?;
        let ends = |t: &DateTime| calendar::step_holding(*t, every, rules).is_some_and(|s| s.last_day() == t.date());
        return times.iter().all(ends).then_some(every);
    } else {
        points.first()?.0.length()
    };
    let lies_on_it = |(w, _): &Point| calendar::step_holding(w.start, every, rules) == Some(*w);
    points.iter().all(lies_on_it).then_some(every)
}

/// Answers for made-up tables. What is asked of others is remembered, and answered as if they had no row.
#[derive(Debug, Default)]
pub struct GivenEngine {
    /// By table.
    pub made: IndexMap<String, Made>,
    /// Tables that were asked for and aren't given, in the order in which they were.
    pub wanted: Vec<String>,
}

impl Engine for GivenEngine {
    fn open(&mut self, table: &TableSource) -> Result<TableInfo, DataError> {
        Err(DataError::NotOpen { table: table.name.clone() })
    }

    fn run(&mut self, query: &Query) -> Result<Vec<Answer>, DataError> {
        let made = self.made.get(&query.table);
        if made.is_none() && !self.wanted.contains(&query.table) {
            self.wanted.push(query.table.clone());
        }
        // A given value is the same under any filter, and of no group.
        let answer = |request: &Request| match request.group {
            Some(_) => Answer::Groups(IndexMap::new()),
            None => Answer::One(made.map(|m| m.cell(request)).unwrap_or_default()),
        };
        Ok(query.requests.iter().map(answer).collect())
    }
}
