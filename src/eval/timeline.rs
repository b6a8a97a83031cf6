//! How far each table's data goes: its steps, its first and newest time, and the moment up to which it is complete
//! (language reference, Steps). Knows tables and the as-of moment, and no goals.

use super::cells::Cells;
use super::value::Stretch;
use crate::calendar::{self, CalendarRules, CalendarSpan, Window};
use crate::model::plan::{Plan, Table, TableId};
use crate::query::{Answer, Cell, Measure, Request};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// The moment of judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// The end of that day.
    Day(Date),
    /// That moment, in the plan's zone.
    Moment(DateTime),
    /// That moment everywhere: `2021-09-30T17:00Z`.
    Instant(Timestamp),
}

impl AsOf {
    /// The first moment that is not read, in a zone (an IANA name; UTC where there is none of that name).
    pub fn end(self, zone: &str) -> DateTime {
        // A row that bears just this moment is read.
        let after = |at: DateTime| at.checked_add(1.microsecond()).unwrap_or(at);
        match self {
            Self::Day(day) => calendar::next_day(day).into(),
            Self::Moment(at) => after(at),
            Self::Instant(at) => after(TimeZone::get(zone).unwrap_or(TimeZone::UTC).to_datetime(at)),
        }
    }
}

/// What is known of one table's time.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The table's name, for messages.
    pub table: String,
    /// `None`: no time column, so no window cuts it.
    pub timed: bool,
    /// The length of a step where the table holds readings.
    pub every: Option<CalendarSpan>,
    /// True where `every` was found in the times, not written.
    pub inferred: bool,
    /// The calendar that its steps follow: the plan's, or without its fiscal year.
    pub rules: CalendarRules,
    /// True where silence means that nothing happened.
    pub sparse: bool,
    /// The start of the first step or day.
    pub first: Option<DateTime>,
    /// The time of the newest row that is read.
    pub newest: Option<DateTime>,
    /// The table is complete up to here (exclusive).
    pub known: DateTime,
    /// No row at or after this moment is read: as-of, or `known` where that is earlier.
    pub readable: DateTime,
    /// Starts of the steps that have a row, where the table has steps and few enough times.
    pub steps: Option<Vec<DateTime>>,
    /// Rows later than as-of.
    pub later: u64,
    /// Rows up to as-of.
    pub rows: u64,
    /// Rows without a time, where the table has a filter: else they are all others that it holds.
    pub undated: Option<u64>,
    /// The different times, where few enough.
    pub times: Option<Vec<DateTime>>,
    /// What may still change at its end, where that is taken off `known`, and up to where rows are there.
    pub lag: Option<(CalendarSpan, DateTime)>,
}

impl Timeline {
    /// The window's part that this table can serve.
    pub fn stretch(&self, window: Window) -> Stretch {
        Stretch::new(window, self.known)
    }

    /// The step that holds a moment.
    pub fn step_at(&self, at: DateTime) -> Option<Window> {
        calendar::step_holding(at, self.every?, &self.rules)
    }

    /// The last whole step that ends by `end` and by where the data ends.
    pub fn last_step_by(&self, end: DateTime) -> Option<Window> {
        let end = end.min(self.known);
        let inside = end.checked_sub(1.microsecond()).ok()?;
        let step = self.step_at(inside)?;
        if step.end <= end { Some(step) } else { self.step_at(step.start.checked_sub(1.microsecond()).ok()?) }
    }

    /// True where a step has a row; also where that isn't known.
    pub fn has_step(&self, step: &Window) -> bool {
        self.steps.as_ref().is_none_or(|s| s.binary_search(&step.start).is_ok())
    }
}

/// The request that tells a table's times up to a moment.
fn extent(until: DateTime) -> Request {
    Request { measure: Measure::Extent, filter: None, window: Some(Window::new(DateTime::MIN, until)), group: None }
}

fn one(answer: &Answer) -> Option<&Cell> {
    match answer {
        Answer::One(cell) => Some(cell),
        Answer::Groups(_) => None,
    }
}

/// All tables' timelines as of a moment, with that moment. Without `as_of` it is the end of the newest complete step or
/// day of the tables in `deciding`, and the name of the table that decided is given. `None` while cells are missing: ask
/// again once they are filled.
pub fn read(plan: &Plan, timed: &[bool], deciding: &[TableId], as_of: Option<AsOf>, cells: &Cells) -> Option<Found> {
    let rules = &plan.facts.rules;
    let always = || Request { window: None, ..extent(DateTime::MAX) };
    let mut open = false;
    let asked: Vec<(TableId, &Table, Option<&Answer>, Option<u64>)> = plan
        .tables
        .values()
        .enumerate()
        .map(|(id, table)| {
            if !timed[id] {
                return (id, table, None, None);
            }
            let dated = cells.ask(id, extent(DateTime::MAX));
            let all = if table.source.filter.is_some() { Some(cells.ask(id, always())) } else { None };
            open |= dated.is_none() || all == Some(None);
            let rows = |answer: Option<&Answer>| answer.and_then(one).map_or(0, |cell| cell.rows);
            (id, table, dated, all.map(|all| rows(all).saturating_sub(rows(dated))))
        })
        .collect();
    if open {
        return None;
    }
    let newest = || {
        let deciding = asked.iter().filter(|(id, ..)| deciding.contains(id));
        let ends = deciding.filter_map(|(_, table, answer, _)| {
            Some((natural_end(table, one((*answer)?)?, rules)?, table.name.clone()))
        });
        ends.max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)))
    };
    let (end, from) = match as_of {
        Some(at) => (at.end(&plan.facts.timezone), None),
        None => match newest() {
            Some((end, table)) => (end, Some(table)),
            None => return Some(Found { end: None, from: None, timelines: Vec::new() }),
        },
    };
    let timelines: Vec<Option<Timeline>> = asked
        .iter()
        .map(|(id, table, answer, undated)| {
            let Some(all) = answer.and_then(one) else { return Some(untimed(table, end)) };
            let early = all.newest.is_none_or(|n| n < end);
            let upto = if early { all } else { cells.ask(*id, extent(end)).and_then(one)? };
            let timeline = settle(*id, table, upto, all.rows, end, rules, cells)?;
            Some(Timeline { undated: *undated, ..timeline })
        })
        .collect();
    let timelines: Option<Vec<Timeline>> = timelines.into_iter().collect();
    Some(Found { end: Some(end), from, timelines: timelines? })
}

/// What [`read`] found.
#[derive(Debug)]
pub struct Found {
    /// The first moment that is not read; `None` where no table has a time and none was given.
    pub end: Option<DateTime>,
    /// The table that decided it, where nothing was given.
    pub from: Option<String>,
    /// In the order of the plan's tables.
    pub timelines: Vec<Timeline>,
}

fn untimed(table: &Table, end: DateTime) -> Timeline {
    Timeline {
        table: table.name.clone(),
        timed: false,
        every: None,
        inferred: false,
        rules: CalendarRules::default(),
        sparse: table.sparse,
        first: None,
        newest: None,
        known: end,
        readable: end,
        steps: None,
        later: 0,
        rows: 0,
        undated: None,
        times: None,
        lag: None,
    }
}

/// The steps of a table.
struct Stepping {
    every: Option<CalendarSpan>,
    inferred: bool,
    rules: CalendarRules,
}

/// The step of a table: written, else inferred from its times. The plan's fiscal year moves quarters and years, but a
/// table may hold the calendar's own: its times tell.
fn stepping(table: &Table, cell: &Cell, rules: &CalendarRules) -> Stepping {
    let both = [*rules, CalendarRules { fiscal_start: 1, ..*rules }];
    match (table.every, &cell.times) {
        (Some(span), times) => {
            let fits = |r: &&CalendarRules| times.as_ref().is_some_and(|t| calendar::on_edges(t, span, r));
            Stepping { every: Some(span), inferred: false, rules: *both.iter().find(fits).unwrap_or(rules) }
        }
        (None, Some(times)) if !table.sparse => {
            let length = |s: Option<CalendarSpan>| s.map_or(0.0, CalendarSpan::approximate_days);
            let found = both.map(|r| (calendar::infer_step(times, &r), r));
            let (every, rules) = if length(found[1].0) > length(found[0].0) { found[1] } else { found[0] };
            Stepping { every, inferred: every.is_some(), rules }
        }
        _ => Stepping { every: None, inferred: false, rules: *rules },
    }
}

/// Where a table's own data ends: the end of its newest step, or of its newest day.
fn natural_end(table: &Table, cell: &Cell, rules: &CalendarRules) -> Option<DateTime> {
    let newest = cell.newest?;
    let steps = stepping(table, cell, rules);
    match steps.every {
        Some(span) => calendar::step_holding(newest, span, &steps.rules).map(|s| s.end),
        None => Some(calendar::next_day(newest.date()).into()),
    }
}

/// The timeline of a table whose rows before `end` are described by `cell`.
fn settle(
    id: TableId,
    table: &Table,
    cell: &Cell,
    all_rows: u64,
    end: DateTime,
    rules: &CalendarRules,
    cells: &Cells,
) -> Option<Timeline> {
    let Stepping { every: span, inferred, rules } = stepping(table, cell, rules);
    let rules = &rules;
    let mut newest = cell.newest;
    let mut first = cell.first.map(|t| DateTime::from(t.date()));
    let mut times = cell.times.clone();
    let mut rows = cell.rows;
    let mut known = match newest {
        // Nothing is known of a table without a row, unless silence means that nothing happened.
        None => {
            if table.sparse {
                end
            } else {
                DateTime::MIN
            }
        }
        Some(_) if table.sparse => end,
        Some(t) => DateTime::from(calendar::next_day(t.date())).min(end),
    };
    if let (Some(span), Some(t)) = (span, newest) {
        let step = calendar::step_holding(t, span, rules)?;
        // A reading stamped on its step's first day stands for the whole step: it isn't there before the step's end.
        if step.end > end && t.date() == step.start.date() && step.length_days() > 1.0 {
            let before = one(cells.ask(id, extent(step.start))?)?;
            newest = before.newest;
            times = before.times.clone();
            rows = before.rows;
        }
        known = match newest {
            None => DateTime::MIN,
            // The step that holds the newest reading is complete by it.
            Some(t) => calendar::step_holding(t, span, rules)?.end,
        };
        first = match cell.first {
            Some(t) => Some(calendar::step_holding(t, span, rules)?.start),
            None => None,
        };
    }
    let lag = match table.lag.filter(|_| newest.is_some() || table.sparse) {
        Some(lag) => {
            let upto = known;
            known = lagged(id, lag, span, known, end, rules, cells)?;
            (known < upto).then_some((lag, upto))
        }
        None => None,
    };
    let steps = match (span, &times) {
        (Some(span), Some(times)) => {
            let mut starts: Vec<DateTime> =
                times.iter().filter_map(|t| calendar::step_holding(*t, span, rules)).map(|s| s.start).collect();
            starts.dedup();
            Some(starts)
        }
        _ => None,
    };
    Some(Timeline {
        table: table.name.clone(),
        timed: true,
        every: span,
        inferred,
        rules: *rules,
        sparse: table.sparse,
        first,
        newest,
        known,
        readable: known.min(end),
        steps,
        later: all_rows.saturating_sub(rows),
        rows,
        undated: None,
        times,
        lag,
    })
}

/// Up to where a table is complete when its last stretch may still change. Of events, the last days before the newest row
/// do; a reading counts once that long has passed after its step.
fn lagged(
    id: TableId,
    lag: CalendarSpan,
    every: Option<CalendarSpan>,
    known: DateTime,
    end: DateTime,
    rules: &CalendarRules,
    cells: &Cells,
) -> Option<DateTime> {
    let before = |at: DateTime| lag.back().shift_edge(at).unwrap_or(DateTime::MIN);
    let Some(every) = every else { return Some(before(known.min(end))) };
    let settled = before(end);
    if known <= settled {
        return Some(known);
    }
    let Some(step) = calendar::step_holding(settled, every, rules) else { return Some(DateTime::MIN) };
    let cell = one(cells.ask(id, extent(step.start))?)?;
    let step = cell.newest.and_then(|newest| calendar::step_holding(newest, every, rules));
    Some(step.map_or(DateTime::MIN, |s| s.end))
}
