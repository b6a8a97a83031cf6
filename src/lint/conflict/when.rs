//! Over which windows a goal's numbers are taken, as far as the plan alone tells: two that come out equal here are taken
//! over the same windows whatever the data is. Follows `eval::frame` and `eval::along` step by step; knows no data.

use crate::calendar::{self, CalendarSpan, Period, SpanUnit, Window};
use crate::eval::frame;
use crate::eval::subject::Grid;
use crate::model::plan::{Direction, Facts, From, Goal, Kind, TargetKind, Timing};
use jiff::civil::DateTime;

/// Where a number is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// What happens over a stretch of time.
    Over(Stretch),
    /// A level at the last step that ends by a moment.
    Level(Edge, Steps),
    /// The same in every window.
    Always,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stretch {
    /// Just that.
    Window(Window),
    /// The mean of the spans of a window, each of that length.
    Mean(Window, CalendarSpan),
    /// One that depends on the data, and is the same for all that are described alike.
    Described(Described),
}

/// The end of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edge {
    /// Just then.
    At(DateTime),
    /// The end of such a stretch.
    Of(Described),
}

/// What a stretch that depends on the data is worked out from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Described {
    /// The last span by a deadline, whose length depends on the tables.
    LastSpan { deadline: DateTime, per: Option<CalendarSpan>, steps: Steps },
    /// Its baseline.
    BeforeLast {
        deadline: DateTime,
        per: Option<CalendarSpan>,
        steps: Steps,
        from: Option<(Window, bool)>,
        yoy: bool,
        flow: bool,
    },
    /// Counted from the first row on, to a deadline.
    Counted { start: DateTime, deadline: DateTime, steps: Steps },
    /// Any one period of those that come back.
    Each { span: CalendarSpan, over: Option<Window>, from: Option<Window> },
    /// The one before it, or a year earlier.
    EachBefore { span: CalendarSpan, over: Option<Window>, from: Option<Window>, yoy: bool },
}

/// The steps that levels are read at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Steps {
    /// Written on every table that is read.
    Written(CalendarSpan),
    /// Those of that set of tables.
    Tables(usize),
}

/// True where a goal is a total from nothing, by a deadline.
pub fn counts_up(goal: &Goal, target: &TargetKind, taken: &Taken) -> bool {
    matches!(goal.timing, Timing::By { .. } | Timing::Within { .. })
        && frame::counts_up(goal, Some(target), taken.kind, taken.direction)
}

/// Where a number is taken, and where what it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct When {
    /// The judged value.
    pub now: Place,
    /// The baseline; `None` where there is none, or one that only data tells.
    pub base: Option<Place>,
    /// The first moment after the deadline, where the goal has one.
    pub deadline: Option<DateTime>,
}

/// What is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taken {
    /// A total, a level or neither.
    pub kind: Kind,
    /// The steps of its tables.
    pub steps: Steps,
    /// The tables themselves, whatever steps are written.
    pub tables: Steps,
    /// Which way is better.
    pub direction: Option<Direction>,
}

/// When a goal's subject is judged; `None` where only data or the moment of judgement tells.
pub fn of_goal(facts: &Facts, goal: &Goal, target: &TargetKind, taken: &Taken) -> Option<When> {
    let from = match &goal.from {
        Some(From::Period { window, .. }) => Some(*window),
        _ => None,
    };
    let judged = Judged { facts, goal, taken, from };
    let total = counts_up(goal, target, taken);
    let (deadline, period, per) = match &goal.timing {
        Timing::In { window, .. } => {
            let (now, base) = judged.once(*window)?;
            return Some(When { now, base, deadline: Some(window.end) });
        }
        Timing::Every { span, over, .. } => return Some(judged.every(*span, *over)),
        Timing::By { deadline, period, per } => (*deadline, period.as_ref(), *per),
        Timing::Within { span } => {
            let from = from?;
            (span.shift_edge(if total { from.start } else { from.end })?, None, None)
        }
        // Judged to the end of the horizon of the moment of judgement.
        Timing::Open => return None,
    };
    let (now, base) = if total { (judged.counted(deadline), None) } else { judged.by(deadline, period, per)? };
    Some(When { now, base, deadline: Some(deadline) })
}

/// A goal, and what is taken of it.
struct Judged<'a> {
    facts: &'a Facts,
    goal: &'a Goal,
    taken: &'a Taken,
    from: Option<Window>,
}

impl Judged<'_> {
    /// True where the baseline is a value, not a measurement.
    fn literal(&self) -> bool {
        matches!(self.goal.from, Some(From::Value(_)))
    }

    fn level(&self, at: DateTime) -> Place {
        Place::Level(Edge::At(at), self.taken.steps)
    }

    fn once(&self, window: Window) -> Option<(Place, Option<Place>)> {
        let year = CalendarSpan::new(-1, SpanUnit::Year);
        if self.taken.kind == Kind::Stock {
            let base = match (self.goal.yoy, self.from) {
                _ if self.literal() => None,
                (true, _) => Some(year.shift_edge(window.end)?),
                (false, Some(from)) => Some(from.end),
                (false, None) => Some(window.start),
            };
            return Some((self.level(window.end), base.map(|at| self.level(at))));
        }
        let grid = Grid::new(window.length(), Some(window.start), self.facts.rules);
        let base = match (self.goal.yoy, self.from) {
            _ if self.literal() => None,
            (true, _) => window.shifted(year).map(Stretch::Window),
            (false, Some(_)) => self.named(grid),
            (false, None) => window.before().map(Stretch::Window),
        };
        Some((Place::Over(Stretch::Window(window)), base.map(Place::Over)))
    }

    /// The baseline that `from` names, for spans of a grid.
    fn named(&self, grid: Grid) -> Option<Stretch> {
        let Some(From::Period { period, window }) = &self.goal.from else { return None };
        if matches!(period, Period::Day(_)) {
            return grid.last_before(window.end).map(Stretch::Window);
        }
        let spans = calendar::steps_from_start(*window, grid.span);
        let whole = spans.len() > 1 && spans.last().is_some_and(|s| s.end == window.end);
        Some(match self.taken.kind == Kind::Flow && whole {
            true => Stretch::Mean(*window, grid.span),
            false => Stretch::Window(*window),
        })
    }

    fn every(&self, span: CalendarSpan, over: Option<Window>) -> When {
        let from = self.from;
        let now = Described::Each { span, over, from };
        let base = Described::EachBefore { span, over, from, yoy: self.goal.yoy };
        let place = |d: Described| match self.taken.kind {
            Kind::Stock => Place::Level(Edge::Of(d), self.taken.steps),
            _ => Place::Over(Stretch::Described(d)),
        };
        When { now: place(now), base: (!self.literal()).then(|| place(base)), deadline: None }
    }

    /// A total from nothing.
    fn counted(&self, deadline: DateTime) -> Place {
        Place::Over(match self.from {
            Some(from) => Stretch::Window(Window::new(from.start, deadline)),
            None => {
                let start = frame::horizon_of(self.facts, deadline).0.start;
                Stretch::Described(Described::Counted { start, deadline, steps: self.taken.tables })
            }
        })
    }

    fn by(
        &self,
        deadline: DateTime,
        period: Option<&Period>,
        per: Option<CalendarSpan>,
    ) -> Option<(Place, Option<Place>)> {
        let year = CalendarSpan::new(-1, SpanUnit::Year);
        let begins = || frame::horizon_of(self.facts, deadline).0.start;
        if self.taken.kind == Kind::Stock {
            let base = match (self.goal.yoy, self.from) {
                _ if self.literal() => None,
                (true, _) => Some(year.shift_edge(deadline)?),
                (false, Some(from)) => Some(from.end),
                (false, None) => Some(begins()),
            };
            return Some((self.level(deadline), base.map(|at| self.level(at))));
        }
        let Some(grid) = self.grid(period, per) else { return Some(self.by_steps(deadline, per)) };
        let now = grid.latest_by(deadline)?;
        let base = match (self.goal.yoy, self.from) {
            _ if self.literal() => None,
            (true, _) => now.shifted(year).map(Stretch::Window),
            (false, Some(_)) => self.named(grid),
            (false, None) => grid.last_before(begins()).map(Stretch::Window),
        };
        Some((Place::Over(Stretch::Window(now)), base.map(Place::Over)))
    }

    /// The spans that something is measured over, where the plan tells their length.
    fn grid(&self, period: Option<&Period>, per: Option<CalendarSpan>) -> Option<Grid> {
        let rules = self.facts.rules;
        let long = |period: &Period| (!matches!(period, Period::Day(_))).then(|| period.span(&rules)).flatten();
        if let Some(span) = per {
            // Several units float, unless they are the table's own step.
            return (span.count == 1).then(|| Grid::new(span, None, rules));
        }
        if let Some(From::Period { period, window }) = &self.goal.from
            && let Some(span) = long(period)
        {
            return Some(Grid::new(span, Some(window.start), rules));
        }
        let period = period?;
        Some(Grid::new(long(period)?, period.window(&rules).map(|w| w.start), rules))
    }

    /// Over the tables' own steps.
    fn by_steps(&self, deadline: DateTime, per: Option<CalendarSpan>) -> (Place, Option<Place>) {
        let steps = self.taken.tables;
        let from = match &self.goal.from {
            Some(From::Period { period, window }) => Some((*window, matches!(period, Period::Day(_)))),
            _ => None,
        };
        let flow = self.taken.kind == Kind::Flow;
        let before = Described::BeforeLast { deadline, per, steps, from, yoy: self.goal.yoy, flow };
        let now = Stretch::Described(Described::LastSpan { deadline, per, steps });
        (Place::Over(now), (!self.literal()).then_some(Place::Over(Stretch::Described(before))))
    }
}

/// When a KPI or a guardrail of a goal is judged: from the end of the goal's baseline to its deadline. `own` and `main`
/// are the goal's own, `target` its target; `None` where only data tells.
pub fn beside(goal: &Goal, target: &TargetKind, (own, main): (&Taken, &When), taken: &Taken) -> Option<When> {
    let level = taken.kind == Kind::Stock;
    let Some(deadline) = main.deadline else {
        // Period by period like the goal, of which the baseline isn't told here.
        let (Place::Over(Stretch::Described(period)) | Place::Level(Edge::Of(period), _)) = main.now else {
            return None;
        };
        let now = match level {
            true => Place::Level(Edge::Of(period), taken.steps),
            false => Place::Over(Stretch::Described(period)),
        };
        return Some(When { now, base: None, deadline: None });
    };
    // The goal's own baseline, where it is a stretch of time.
    let measured = match main.base {
        Some(Place::Over(Stretch::Window(w) | Stretch::Mean(w, _))) => Some(w),
        _ => None,
    };
    if level {
        let base = match main.base {
            Some(Place::Level(edge, steps)) if steps == taken.steps && own.kind == Kind::Stock => Some(edge),
            _ => measured.map(|w| Edge::At(w.end)),
        };
        let place = |edge| Place::Level(edge, taken.steps);
        return Some(When { now: place(Edge::At(deadline)), base: base.map(place), deadline: main.deadline });
    }
    let window = match (&goal.timing, main.now) {
        (Timing::In { window, .. }, _) => *window,
        (_, Place::Over(Stretch::Window(w))) if counts_up(goal, target, own) => w,
        // The end of a level's step may lie before the end of the period that is named; without one, only data tells.
        _ if matches!(goal.from, Some(From::Period { .. })) => Window::new(measured?.end.min(deadline), deadline),
        _ => return None,
    };
    let named = match &goal.from {
        Some(From::Period { window: from, .. }) if window.start >= from.end => Some(*from),
        _ => None,
    };
    let long = |w: &Window| w.length_days() > 1.5;
    let before = || if main.base.is_none() { window.before() } else { None };
    let base = named.filter(long).or_else(|| measured.filter(long)).or_else(before);
    // A total is taken as often as its baseline fits in: told here only where that is once.
    let base = base.filter(|b| taken.kind == Kind::Neither || b.length() == window.length());
    let over = |w| Place::Over(Stretch::Window(w));
    Some(When { now: over(window), base: base.map(over), deadline: main.deadline })
}
