//! When a goal is judged, over which windows, and against which baseline: "which value is judged" of the language
//! reference, sentence by sentence. Knows windows and the plan's clauses, and no statuses.

use super::formula::World;
use super::notes::Notes;
use super::subject::{Grid, MONTH, Subject, last_grid};
use super::value::{Datum, Value};
use crate::calendar::{self, CalendarSpan, Period, SpanUnit, Window};
use crate::model::plan::{Comparison, Direction, Facts, From, Goal, Kind, TargetKind, Timing};
use jiff::civil::DateTime;

/// How the judged value is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    /// A level: its value at the last step or day that ends by a moment.
    Level,
    /// A total counted from the frame's start.
    Total,
    /// Measured over the latest whole span that ends by a moment.
    Span(Grid),
    /// Judged once, over the whole window.
    Once(Window),
}

/// What a goal is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// Its value.
    pub datum: Datum,
    /// Where it was measured.
    pub window: Option<Window>,
    /// How people call it.
    pub label: String,
    /// True where the plan doesn't say it.
    pub implied: bool,
    /// Where the way to the target begins: the baseline's end.
    pub end: DateTime,
}

/// The times of one goal.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// How the judged value is taken.
    pub mode: Mode,
    /// Where the window begins: before it the goal is not started.
    pub start: DateTime,
    /// The first moment after the deadline.
    pub deadline: DateTime,
    /// What was implied, as sentences.
    pub notes: Notes,
    /// The stretch that totals are counted over, where `start` isn't written.
    pub start_implied: bool,
    /// For how long the target has to hold inside of it.
    pub hold: Option<CalendarSpan>,
}

/// The horizon of a deadline: the plan's, else the fiscal year that holds the deadline's last day.
pub fn horizon(world: &World<'_>, deadline: DateTime) -> (Window, bool) {
    horizon_of(&world.plan.facts, deadline)
}

/// Likewise, from the plan's facts alone; true where no horizon is written.
pub fn horizon_of(facts: &Facts, deadline: DateTime) -> (Window, bool) {
    if let Some(window) = facts.horizon {
        return (window, false);
    }
    let day = calendar::day_before_edge(deadline);
    let year = calendar::fiscal_year_of(day, &facts.rules);
    let window = Period::FiscalYear(year).window(&facts.rules);
    (window.unwrap_or_else(|| Window::days(day, day)), true)
}

/// How a horizon is called in notes.
fn horizon_name(window: &Window, implied: bool, world: &World<'_>) -> String {
    let name = calendar::step_name(window, &world.plan.facts.rules);
    if implied {
        format!("the horizon, which is the fiscal year {name} unless the plan says otherwise")
    } else {
        format!("the horizon {name}")
    }
}

/// A count from nothing: a total with `to` or `>=`. `kind` and `direction` are the subject's.
pub fn counts_up(goal: &Goal, target: Option<&TargetKind>, kind: Kind, direction: Option<Direction>) -> bool {
    let upwards = match target {
        Some(TargetKind::To(_)) => direction != Some(Direction::Lower),
        Some(TargetKind::Bound(Comparison::AtLeast | Comparison::Above, _)) => true,
        _ => false,
    };
    let per = matches!(goal.timing, Timing::By { per: Some(_), .. });
    kind == Kind::Flow && upwards && !per && !goal.yoy && !matches!(goal.from, Some(From::Value(_)))
}

/// The frame of a goal that is judged by a deadline or once; recurring goals give a frame a period.
///
/// # Errors
/// Why there is none (a deadline outside the calendar), as a sentence.
pub fn frame(
    world: &World<'_>,
    goal: &Goal,
    target: Option<&TargetKind>,
    subject: &Subject<'_>,
) -> Result<Frame, String> {
    let beyond = || "its deadline lies outside the calendar".to_owned();
    let mut notes = Notes::default();
    let total = counts_up(goal, target, subject.kind, subject.direction);
    let from = match &goal.from {
        Some(From::Period { window, .. }) => Some(*window),
        _ => None,
    };
    let deadline = match &goal.timing {
        Timing::In { window, .. } => {
            return Ok(Frame {
                mode: Mode::Once(*window),
                start: window.start,
                deadline: window.end,
                notes,
                start_implied: false,
                hold: goal.hold,
            });
        }
        Timing::By { deadline, .. } => *deadline,
        Timing::Within { span } => {
            let from = from.ok_or_else(|| "`within` needs a date or period after `from`".to_owned())?;
            span.shift_edge(if total { from.start } else { from.end }).ok_or_else(beyond)?
        }
        Timing::Open | Timing::Every { .. } => {
            let (window, implied) = horizon(world, world.as_of);
            notes
                .say(format!("no deadline is written: judged to the end of {}", horizon_name(&window, implied, world)));
            window.end
        }
    };
    let (horizon, implied) = horizon(world, deadline);
    if total {
        let (start, start_implied) = match from {
            Some(window) => (window.start, false),
            None => {
                notes.say(format!(
                    "counted from {}, the start of {}: write `from` to count from another day",
                    horizon.start.date(),
                    horizon_name(&horizon, implied, world)
                ));
                (horizon.start, true)
            }
        };
        return Ok(Frame { mode: Mode::Total, start, deadline, notes, start_implied, hold: goal.hold });
    }
    let year_before = || CalendarSpan::new(-1, SpanUnit::Year).shift_edge(deadline).ok_or_else(beyond);
    let start = match from {
        Some(window) => window.end,
        None if goal.yoy => year_before()?,
        None => horizon.start,
    };
    if subject.kind == Kind::Stock {
        return Ok(Frame { mode: Mode::Level, start, deadline, notes, start_implied: from.is_none(), hold: goal.hold });
    }
    let grid = span_of(world, goal, subject, deadline, &mut notes);
    Ok(Frame { mode: Mode::Span(grid), start, deadline, notes, start_implied: from.is_none(), hold: goal.hold })
}

/// Over which span something that isn't a level is measured: `per`'s, else the length of `from`'s period, of `by`'s,
/// the table's step, or a month.
fn span_of(world: &World<'_>, goal: &Goal, subject: &Subject<'_>, deadline: DateTime, notes: &mut Notes) -> Grid {
    let rules = &world.plan.facts.rules;
    let long = |period: &Period| (!matches!(period, Period::Day(_))).then(|| period.span(rules)).flatten();
    let anchor = |window: Option<Window>| window.map(|w| w.start);
    let (by, per) = match &goal.timing {
        Timing::By { period, per, .. } => (period.as_ref(), *per),
        _ => (None, None),
    };
    if let Some(span) = per {
        let floats = span.count > 1 && subject.every != Some(span);
        return if floats { Grid::ending(span, deadline, *rules) } else { Grid::new(span, None, *rules) };
    }
    if let Some(From::Period { period, window }) = &goal.from
        && let Some(span) = long(period)
    {
        notes.say(format!("measured over a {}, the length of {period}: write `per` for another span", span_word(span)));
        return Grid::new(span, Some(window.start), *rules);
    }
    if let Some(period) = by
        && let Some(span) = long(period)
    {
        notes.say(format!("measured over a {}, the length of {period}: write `per` for another span", span_word(span)));
        return Grid::new(span, anchor(period.window(rules)), *rules);
    }
    let (span, why) = match subject.every {
        Some(every) => (every, "the step of its table"),
        None => (MONTH, "as nothing else is said"),
    };
    notes.say(format!("measured over a {}, {why}: write `per` for another span", span_word(span)));
    // The table's own step follows the table's calendar.
    Grid::new(span, None, if subject.every.is_some() { subject.rules } else { *rules })
}

/// `month`, `span of 6 weeks`.
pub fn span_word(span: CalendarSpan) -> String {
    if span.count == 1 { span.unit.name().to_owned() } else { format!("span of {span}") }
}

impl Frame {
    /// The same with a later deadline, as a grace gives it.
    pub fn until(&self, end: DateTime) -> Self {
        let mode = match self.mode {
            Mode::Once(window) => Mode::Once(Window::new(window.start, end)),
            other => other,
        };
        Self { mode, deadline: end, ..self.clone() }
    }

    /// The window whose value is judged at a moment; `None` where there is none yet.
    pub fn window_at(&self, subject: &Subject<'_>, end: DateTime) -> Option<Window> {
        let end = end.min(self.deadline);
        match self.mode {
            Mode::Level => subject.level_window(end),
            Mode::Total => {
                // Readings count by whole steps: those that end by the moment.
                let end = end.min(subject.known);
                let end = match subject.every {
                    Some(every) => last_grid(end, every, &subject.rules)?.end,
                    None => end,
                };
                let from = self.counted_from(subject);
                Some(Window::new(from, end.max(from)))
            }
            Mode::Span(grid) => grid.latest_by(end.min(subject.known)),
            Mode::Once(window) if subject.kind == Kind::Stock => subject.level_window(end.min(window.end)),
            Mode::Once(window) => Some(window),
        }
    }

    /// Where a total is counted from: an implied start before the first row moves to the first row, and one inside a
    /// step to the next step's start.
    fn counted_from(&self, subject: &Subject<'_>) -> DateTime {
        if !self.start_implied {
            return self.start;
        }
        let start = subject.counted.map_or(self.start, |first| first.max(self.start));
        let step = subject.every.and_then(|every| calendar::step_holding(start, every, &subject.rules));
        step.filter(|s| s.start < start).map_or(start, |s| s.end)
    }

    /// The note that goes with a moved start.
    pub fn moved_start(&self, subject: &Subject<'_>) -> Option<String> {
        let from = self.counted_from(subject);
        (self.mode == Mode::Total && from > self.start)
            .then(|| format!("{} is counted from {}: what came before isn't", subject.tables.join(", "), from.date()))
    }

    /// The judged value at a moment, with its window.
    pub fn value_at<'a>(&self, world: &World<'a>, subject: &Subject<'a>, end: DateTime) -> (Datum, Option<Window>) {
        let Some(window) = self.window_at(subject, end) else {
            return (Datum::missing(nothing_yet(subject)), None);
        };
        if let Mode::Once(once) = self.mode
            && self.last_end(subject) <= once.start
        {
            return (Datum::missing(format!("no step of {} ends in {once}", subject.tables.join(", "))), None);
        }
        if window.end <= window.start {
            let tables = subject.tables.join(", ");
            let to = calendar::day_before_edge(subject.known);
            return (Datum::missing(format!("nothing is counted yet: {tables} is complete to {to}")), Some(window));
        }
        let datum = match self.mode {
            Mode::Once(_) if subject.kind != Kind::Stock => subject.over_until(world, window, end),
            Mode::Once(once) => subject.level_in(world, once, window),
            _ => subject.over(world, window),
        };
        (datum, Some(window))
    }

    /// The end of the last window that is judged: the deadline, or the last whole step or span before it.
    pub fn last_end(&self, subject: &Subject<'_>) -> DateTime {
        let unlimited = Subject { known: DateTime::MAX, ..subject.clone() };
        match self.mode {
            Mode::Level | Mode::Span(_) | Mode::Total => {
                self.window_at(&unlimited, self.deadline).map_or(self.deadline, |w| w.end)
            }
            Mode::Once(_) if subject.kind == Kind::Stock => {
                self.window_at(&unlimited, self.deadline).map_or(self.deadline, |w| w.end)
            }
            Mode::Once(_) => self.deadline,
        }
    }

    /// The baseline. `at` is the window of the judged value, for `yoy`.
    pub fn baseline<'a>(
        &self,
        world: &World<'a>,
        goal: &'a Goal,
        subject: &Subject<'a>,
        at: Option<Window>,
    ) -> Baseline {
        let written = |datum: Datum, window: Option<Window>, label: String, end| Baseline {
            datum,
            window,
            label,
            implied: false,
            end,
        };
        if self.mode == Mode::Total {
            let zero = Datum::plain(Value::Number(0.0));
            return written(zero, None, "counted from 0".to_owned(), self.start);
        }
        if goal.yoy {
            return self.year_earlier(world, subject, at);
        }
        match &goal.from {
            Some(From::Value(formula)) => {
                let datum = world.value(formula, &subject.context);
                written(datum, None, "written in the goal".to_owned(), self.start)
            }
            Some(From::Period { period, window }) => {
                let (datum, window) = self.named(world, subject, period, *window);
                let end = window.map_or(self.start, |w| w.end);
                // A day is called after the step or span that it names.
                let label = match (period, window) {
                    (Period::Day(_), Some(w)) => calendar::step_name(&w, &world.plan.facts.rules),
                    _ => period.to_string(),
                };
                written(datum, window, label, end)
            }
            None if subject.fixed => Baseline {
                datum: Datum::missing("what is measured is the same in every window, so it changes from nothing"),
                window: None,
                label: String::new(),
                implied: true,
                end: self.start,
            },
            None => self.implied(world, subject),
        }
    }

    /// The value of the period that `from` names.
    fn named<'a>(
        &self,
        world: &World<'a>,
        subject: &Subject<'a>,
        period: &Period,
        window: Window,
    ) -> (Datum, Option<Window>) {
        if subject.kind == Kind::Stock {
            let at = subject.level_window(window.end);
            let datum = match at {
                Some(at) => subject.over(world, at),
                None => Datum::missing(nothing_yet(subject)),
            };
            return (datum, at);
        }
        let grid = match (self.mode, period) {
            (Mode::Span(grid), _) => Some(grid),
            // Spans as long as the window, one after another up to it.
            (Mode::Once(once), Period::Day(_)) => Some(Grid::new(once.length(), Some(once.start), subject.rules)),
            (Mode::Once(once), _) => Some(Grid::new(once.length(), Some(window.start), subject.rules)),
            (Mode::Level | Mode::Total, _) => None,
        };
        match (period, grid) {
            // A date names the last whole span that ends by it.
            (Period::Day(_), Some(grid)) => match grid.last_before(window.end) {
                Some(span) => (subject.over(world, span), Some(span)),
                None => (Datum::missing(nothing_yet(subject)), None),
            },
            (_, Some(grid)) if subject.kind == Kind::Flow => {
                (self.mean_total(world, subject, window, grid), Some(window))
            }
            _ => (subject.over(world, window), Some(window)),
        }
    }

    /// A total over a period of several spans is the mean of spans as long as the goal's.
    fn mean_total<'a>(&self, world: &World<'a>, subject: &Subject<'a>, window: Window, grid: Grid) -> Datum {
        let mut datum = subject.over(world, window);
        let spans = calendar::steps_from_start(window, grid.span);
        let exact = spans.last().is_some_and(|s| s.end == window.end);
        if spans.len() > 1 && exact {
            let n = spans.len() as f64;
            if let Value::Number(x) = datum.value {
                datum.value = Value::Number(x / n);
            }
            datum.notes.say(format!("baseline: the mean of the {n} spans of {} in {window}", grid.span));
        } else if !exact || spans.is_empty() {
            datum.notes.say(format!(
                "the baseline {window} isn't as long as the goal's span of {}: its total is compared as it is",
                grid.span
            ));
        }
        datum
    }

    fn year_earlier<'a>(&self, world: &World<'a>, subject: &Subject<'a>, at: Option<Window>) -> Baseline {
        let back = CalendarSpan::new(-1, SpanUnit::Year);
        let window = match self.mode {
            // A level is compared with the deadline's own day a year earlier, whatever is judged on the way.
            Mode::Level => back.shift_edge(self.deadline).and_then(|end| subject.level_window(end)),
            Mode::Once(once) if subject.kind == Kind::Stock => {
                back.shift_edge(once.end).and_then(|end| subject.level_window(end))
            }
            Mode::Once(once) => once.shifted(back),
            Mode::Span(_) | Mode::Total => at.and_then(|w| w.shifted(back)),
        };
        let datum = match window {
            Some(w) => subject.over(world, w),
            None => Datum::missing(nothing_yet(subject)),
        };
        Baseline { datum, window, label: "a year earlier".to_owned(), implied: false, end: self.start }
    }

    /// The baseline where the plan names none.
    fn implied<'a>(&self, world: &World<'a>, subject: &Subject<'a>) -> Baseline {
        let (window, what) = match self.mode {
            Mode::Once(once) if subject.kind == Kind::Stock => {
                (subject.level_window(once.start), "the level just before the window".to_owned())
            }
            Mode::Once(once) => (once.before(), "the period before".to_owned()),
            Mode::Level => {
                (subject.level_window(self.start), format!("the level where the horizon starts, {}", self.start.date()))
            }
            Mode::Span(grid) => (
                grid.last_before(self.start),
                format!("the {} before the horizon starts on {}", span_word(grid.span), self.start.date()),
            ),
            Mode::Total => (None, String::new()),
        };
        let mut datum = match window {
            Some(w) => subject.over(world, w),
            None => Datum::missing(nothing_yet(subject)),
        };
        let label = window.map_or_else(String::new, |w| calendar::step_name(&w, &world.plan.facts.rules));
        if matches!(datum.value, Value::Missing(_))
            && let Some((first, found)) = self.first_observation(world, subject)
        {
            let label = calendar::step_name(&first, &world.plan.facts.rules);
            let mut datum = found;
            datum.notes.say(format!(
                "baseline: no `from` is written and {what} has no data, so it is the first observation, {label}"
            ));
            return Baseline { datum, window: Some(first), label, implied: true, end: first.end };
        }
        datum.notes.say(format!("baseline: no `from` is written, so it is {what}: {label}"));
        Baseline { datum, window, label, implied: true, end: window.map_or(self.start, |w| w.end.max(self.start)) }
    }

    /// The first level or whole span with a value, unless it is the one that is judged: that can't be measured from
    /// itself.
    fn first_observation<'a>(&self, world: &World<'a>, subject: &Subject<'a>) -> Option<(Window, Datum)> {
        let (first, step) = match self.mode {
            Mode::Level => (subject.first_level()?, subject.every.unwrap_or(CalendarSpan::DAY)),
            Mode::Once(_) if subject.kind == Kind::Stock => {
                (subject.first_level()?, subject.every.unwrap_or(CalendarSpan::DAY))
            }
            Mode::Span(grid) => (grid.first_from(subject.first?)?, grid.span),
            Mode::Once(_) | Mode::Total => return None,
        };
        let last = self.last_end(subject).min(subject.known);
        let windows = (0..MAX_FIRST).map_while(|n| first.shifted(step.times(n))).take_while(|w| w.end <= last);
        // Asked for in one go: cells that aren't known yet are all remembered.
        let found: Vec<(Window, Datum)> = windows.map(|w| (w, subject.over(world, w))).collect();
        let first = found.into_iter().find(|(_, datum)| !datum.value.is_void())?;
        (first.0.end < self.last_end(subject)).then_some(first)
    }
}

/// How many steps are looked through for a first value.
const MAX_FIRST: i32 = 400;

fn nothing_yet(subject: &Subject<'_>) -> String {
    match subject.tables.as_slice() {
        [] => "it reads no table".to_owned(),
        tables => format!("{} has no whole step by then", tables.join(", ")),
    }
}
