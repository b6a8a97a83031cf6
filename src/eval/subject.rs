//! A goal's subject over time: which windows its value is taken over, and what it is worth there (language reference,
//! Which value is judged). Knows formulas and windows, and no targets or statuses.

use super::formula::{Context, World};
use super::value::{Datum, Stretch};
use crate::calendar::{self, CalendarRules, CalendarSpan, SpanUnit, Window};
use crate::model::kinds;
use crate::model::plan::{AcrossFunction, Condition, Direction, Formula, Kind, Node, Plan};
use crate::query::Measure;
use jiff::ToSpan;
use jiff::civil::DateTime;

/// What is measured, with the limits of its data.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// What is evaluated.
    pub formula: &'a Formula,
    /// Total, level or neither.
    pub kind: Kind,
    /// True where it is the same in every window: `revenue[spring]`.
    pub fixed: bool,
    /// Complete up to here: the earliest end of its tables.
    pub known: DateTime,
    /// Where its data starts: the latest start of its tables.
    pub first: Option<DateTime>,
    /// Totals aren't known before: as `first`, without the tables in which silence means that nothing happened.
    pub counted: Option<DateTime>,
    /// The longest step of its tables.
    pub every: Option<CalendarSpan>,
    /// The calendar that those steps follow.
    pub rules: CalendarRules,
    /// False where no table it reads has a time.
    pub timed: bool,
    /// The names of its tables.
    pub tables: Vec<String>,
    /// The metric's, where the subject is one.
    pub direction: Option<Direction>,
    /// Filters from the goal, and one value of a dimension.
    pub context: Context<'a>,
}

impl<'a> Subject<'a> {
    /// A formula under a goal's filter. A lenient filter passes over tables that lack its columns.
    pub fn new(world: &World<'a>, formula: &'a Formula, filter: Option<&'a Condition>, lenient: bool) -> Self {
        let ids = world.moving_tables(formula);
        let timelines = || ids.iter().filter_map(|t| world.timelines.get(*t));
        let timed = || timelines().filter(|t| t.timed);
        let direction = direction(world.plan, formula);
        let stretch = Stretch::new(Window::new(DateTime::MIN, world.as_of), world.as_of);
        let mut context = Context::over(stretch);
        context.filters.extend(filter.map(|f| (f, lenient)));
        let longest =
            timed().filter(|t| t.every.is_some()).max_by(|a, b| span_days(a.every).total_cmp(&span_days(b.every)));
        Self {
            formula,
            kind: kinds::kind(formula, world.plan).unwrap_or(Kind::Stock),
            fixed: kinds::kind(formula, world.plan).is_none(),
            known: timed().map(|t| t.known).min().unwrap_or(world.as_of),
            first: timed().filter_map(|t| t.first).max(),
            counted: timed().filter(|t| !t.sparse).filter_map(|t| t.first).max(),
            every: longest.and_then(|t| t.every),
            rules: longest.map_or(world.plan.facts.rules, |t| t.rules),
            timed: timed().next().is_some(),
            tables: timelines().map(|t| t.table.clone()).collect(),
            direction,
            context,
        }
    }

    /// The same for one value of a dimension.
    pub fn of_value(&self, column: &'a str, key: &'a str) -> Self {
        let mut out = self.clone();
        out.context.group = Some((column, key));
        out
    }

    /// Where a target over a window is worked out: for the whole of it, also while it isn't over.
    pub fn for_target(&self, window: Window) -> Context<'a> {
        Context { whole: true, ..self.context.at(Stretch::new(window, self.known)) }
    }

    /// Its value over a stretch, cut where its data ends.
    pub fn over(&self, world: &World<'a>, window: Window) -> Datum {
        world.value(self.formula, &self.context.at(Stretch::new(window, self.known)))
    }

    /// Its value over each of some windows: as [`Self::over`], and all in one go where its formula allows that.
    pub fn over_each(&self, world: &World<'a>, windows: &[Window]) -> Vec<Datum> {
        let column = world.column(self.formula, &self.context, windows, self.known);
        let known = |place: usize| column.as_ref().and_then(|c| c.datum(place));
        windows.iter().enumerate().map(|(i, w)| known(i).unwrap_or_else(|| self.over(world, *w))).collect()
    }

    /// The numbers of [`Self::over_each`].
    pub fn numbers(&self, world: &World<'a>, windows: &[Window]) -> Vec<Option<f64>> {
        let column = world.column(self.formula, &self.context, windows, self.known);
        let known = |place: usize| column.as_ref().and_then(|c| c.number(place));
        windows.iter().enumerate().map(|(i, w)| known(i).or_else(|| self.over(world, *w).number())).collect()
    }

    /// Its value over the read part of a window whose data isn't there yet up to `cut`.
    pub fn over_until(&self, world: &World<'a>, window: Window, cut: DateTime) -> Datum {
        world.value(self.formula, &self.context.at(Stretch::new(window, self.known.min(cut))))
    }

    /// The whole steps, or days, from a moment on that are over by another.
    pub fn steps(&self, from: DateTime, upto: DateTime) -> impl Iterator<Item = Window> + use<> {
        let step = self.every.unwrap_or(CalendarSpan::DAY);
        let steps = calendar::grid_steps(Window::new(from, upto.max(from)), step, &self.rules);
        steps.into_iter().filter(move |s| s.end <= upto)
    }

    /// The stretch of the level that holds at `end`: the last whole step that ends by then, else the last day.
    pub fn level_window(&self, end: DateTime) -> Option<Window> {
        let end = end.min(self.known);
        match self.every {
            Some(every) => last_grid(end, every, &self.rules),
            None => Some(Window::new(end.checked_sub(1.day()).ok()?, end)),
        }
    }

    /// Its value over a window that is judged as a whole, `at` being the level's own stretch at the window's end: the
    /// same for what is read at the end, but `first` opens the whole window.
    pub fn level_in(&self, world: &World<'a>, window: Window, at: Window) -> Datum {
        self.over(world, Window::new(window.start.min(at.start), at.end))
    }

    /// The first level there is.
    pub fn first_level(&self) -> Option<Window> {
        let first = self.first?;
        match self.every {
            Some(every) => calendar::step_holding(first, every, &self.rules),
            None => Some(Window::days(first.date(), first.date())),
        }
    }
}

/// The metric's direction, where a formula is one; a rank is better where it is lower.
pub fn direction(plan: &Plan, formula: &Formula) -> Option<Direction> {
    match &formula.node {
        Node::Metric(id) => {
            let (_, metric) = plan.metrics.get_index(*id)?;
            let rank = matches!(&metric.value.node, Node::Across(a) if a.function == AcrossFunction::Rank);
            metric.direction.or(rank.then_some(Direction::Lower))
        }
        Node::Filter(of, _) if matches!(of.node, Node::Across(_)) => direction(plan, of),
        Node::Across(across) if across.function == AcrossFunction::Rank => Some(Direction::Lower),
        _ => None,
    }
}

/// True where what a level is depends on where its window starts: `first(x)`.
pub fn reads_start(world: &World<'_>, formula: &Formula) -> bool {
    let mut found = false;
    super::words::visit_moving(world.plan, formula, &mut |f| {
        found |= matches!(&f.node, Node::Aggregate(a) if matches!(a.measure, Measure::First(_)));
    });
    found
}

fn span_days(every: Option<CalendarSpan>) -> f64 {
    every.map_or(0.0, CalendarSpan::approximate_days)
}

/// The last step of a grid that ends by `end`.
pub fn last_grid(end: DateTime, every: CalendarSpan, rules: &CalendarRules) -> Option<Window> {
    let inside = end.checked_sub(1.microsecond()).ok()?;
    let step = calendar::step_holding(inside, every, rules)?;
    if step.end <= end {
        return Some(step);
    }
    calendar::step_holding(step.start.checked_sub(1.microsecond()).ok()?, every, rules)
}

/// Spans after one another, from an anchor both ways; without one, the calendar's own weeks, months, quarters, years.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// The length of one.
    pub span: CalendarSpan,
    /// An edge that must lie on it.
    pub anchor: Option<DateTime>,
    /// True where no calendar says where several units begin (`per 28 days`): spans end where they are asked for.
    pub floating: bool,
    /// The calendar that spans without an anchor follow.
    pub rules: CalendarRules,
}

/// How many spans a grid is followed from its anchor.
const MAX_SPANS: i32 = 20_000;

impl Grid {
    /// The calendar's own spans, or those that follow from an edge.
    pub fn new(span: CalendarSpan, anchor: Option<DateTime>, rules: CalendarRules) -> Self {
        Self { span, anchor, floating: false, rules }
    }

    /// Spans of several days, weeks or months that end with the last whole day, week or month by `end`.
    pub fn ending(span: CalendarSpan, end: DateTime, rules: CalendarRules) -> Self {
        let last = last_grid(end, CalendarSpan::new(1, span.unit), &rules);
        Self { span, anchor: last.map(|w| w.end), floating: true, rules }
    }

    /// The latest whole span that ends by `end`, which need not follow on those of the goal where they float.
    pub fn last_before(&self, end: DateTime) -> Option<Window> {
        let grid = if self.floating { Self::ending(self.span, end, self.rules) } else { *self };
        grid.latest_by(end)
    }

    /// The latest whole span that ends by `end`.
    pub fn latest_by(&self, end: DateTime) -> Option<Window> {
        let Some(anchor) = self.anchor else { return last_grid(end, self.span, &self.rules) };
        let edge = |n: i32| self.span.times(n).shift_edge(anchor);
        let per = self.span.approximate_days().max(0.5);
        // Begin a little after where the span must be, and go back.
        let mut n = (calendar::days_between(anchor, end) / per).ceil() as i32 + 2;
        n = n.clamp(-MAX_SPANS, MAX_SPANS);
        while n > -MAX_SPANS {
            let (start, stop) = (edge(n - 1)?, edge(n)?);
            if stop <= end {
                return Some(Window::new(start, stop));
            }
            n -= 1;
        }
        None
    }

    /// The first whole span that starts at or after `start`.
    pub fn first_from(&self, start: DateTime) -> Option<Window> {
        let mut span = self.latest_by(start)?;
        for _ in 0..3 {
            if span.start >= start {
                return Some(span);
            }
            span = self.next(span)?;
        }
        None
    }

    /// The span after one of this grid.
    pub fn next(&self, span: Window) -> Option<Window> {
        match self.anchor {
            None => calendar::step_holding(span.end, self.span, &self.rules),
            Some(_) => Some(Window::new(span.end, self.span.shift_edge(span.end)?)),
        }
    }
}

/// A month, where nothing says how long a span is.
pub const MONTH: CalendarSpan = CalendarSpan::new(1, SpanUnit::Month);
