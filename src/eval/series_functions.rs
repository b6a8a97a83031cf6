//! Formulas over several windows: moved ones, growth, moving averages, running totals. Knows windows and how far data
//! goes; what a part is worth in one window it asks of `formula`.

use super::arithmetic;
use super::formula::{Context, Walk, World};
use super::value::{Datum, Stretch, Value};
use crate::calendar::{self, CalendarRules, CalendarSpan, SpanUnit, Window};
use crate::model::plan::{Formula, Node, ToDate};
use jiff::ToSpan;
use jiff::civil::DateTime;

/// How many steps a moving average takes at the most.
const MAX_STEPS: usize = 4_000;

impl<'a> World<'a> {
    /// A formula in a window that follows from the context's.
    pub(super) fn moved(
        &self,
        formula: &'a Formula,
        context: &Context<'a>,
        walk: Walk<'_, 'a>,
        to: impl Fn(Stretch) -> Option<Stretch>,
    ) -> Datum {
        match context.stretch.and_then(to) {
            Some(stretch) => self.walk(formula, &context.at(stretch), walk),
            None => Datum::missing("there is no window to move here"),
        }
    }

    /// `x[-1 month]`: whole period to whole period; in a window that isn't over, the same elapsed part, and a note.
    pub(super) fn shift(
        &self,
        formula: &'a Formula,
        x: &'a Formula,
        by: CalendarSpan,
        context: &Context<'a>,
        walk: Walk<'_, 'a>,
    ) -> Datum {
        // What a metric carries on from its own past is all of it: nothing is compared there.
        let compares = walk.deferred.is_none() && !context.whole;
        let running = context.stretch.filter(|s| compares && !s.whole() && s.read().start < s.read().end);
        let mut datum = self.moved(x, context, walk, |s| {
            let window = if running.is_some() { s.read() } else { s.window };
            Some(Stretch::new(window.shifted(by)?, self.end_of(x)))
        });
        if let Some((stretch, moved)) = running.and_then(|s| Some((s, s.read().shifted(by)?))) {
            datum.notes.say(format!(
                "{} is taken over {moved}, the part that {} has had so far: the window isn't over",
                self.text(formula),
                stretch.window
            ));
        }
        datum.elsewhere()
    }

    /// growth(x, s) = (x − x[−s]) / |x[−s]|; in an unfinished window both sides take the same elapsed part.
    pub(super) fn growth(&self, x: &'a Formula, by: CalendarSpan, context: &Context<'a>, walk: Walk<'_, 'a>) -> Datum {
        let Some(stretch) = context.stretch else { return Datum::missing("growth needs a window") };
        let read = stretch.read();
        let now = self.walk(x, context, walk);
        let before = self.moved(x, context, walk, |_| Some(Stretch::new(read.shifted(by.back())?, self.end_of(x))));
        let change = arithmetic::relative_change(&now, &before, &|| self.place(x));
        let mut out = Datum::joined(change, [&now]);
        out.notes.add(&before.notes);
        if !stretch.whole() {
            out.notes.say(format!("growth compares {read} with the same part {by} earlier: the window isn't over"));
        }
        out
    }

    /// The mean of `x` over the whole steps of `span` that end with the window: steps of the table's `every`, else of the
    /// span's own unit, counted back from the window's end.
    pub(super) fn moving_average(
        &self,
        formula: &'a Formula,
        x: &'a Formula,
        span: CalendarSpan,
        context: &Context<'a>,
        walk: Walk<'_, 'a>,
    ) -> Datum {
        let name = || self.text(formula);
        let Some(stretch) = context.stretch else { return Datum::missing(format!("{} needs a window", name())) };
        let steps = match self.steps_back(x, span, stretch) {
            Ok(steps) => steps,
            Err(why) => return Datum::missing(format!("{}: {why}", name())),
        };
        // All at once, so that all cells are asked for in one go.
        let cut = stretch.cut;
        let found: Vec<(Window, Datum)> =
            steps.into_iter().map(|w| (w, self.walk(x, &context.at(Stretch::new(w, cut)), walk))).collect();
        let mut total = 0.0;
        for (window, datum) in &found {
            match &datum.value {
                Value::Number(value) => total += value,
                Value::Missing(why) => {
                    let step = calendar::step_name(window, &self.plan.facts.rules);
                    let value = Value::Missing(format!("{} has no value for {step}: {why}", name()));
                    return Datum::joined(value, found.iter().map(|(_, d)| d));
                }
                error => return Datum::joined(error.clone(), found.iter().map(|(_, d)| d)),
            }
        }
        let mean = Value::number(total / found.len() as f64, &name());
        let mut out = Datum::joined(mean, found.iter().map(|(_, d)| d));
        out.until = found.last().and_then(|(_, d)| d.until);
        out
    }

    /// The whole steps of a moving average, the earliest first.
    fn steps_back(&self, x: &Formula, span: CalendarSpan, stretch: Stretch) -> Result<Vec<Window>, String> {
        let end = stretch.read().end;
        let beyond = || "it lies outside the calendar".to_owned();
        let longest = self.longest_step(x);
        let (step, end) = match longest {
            Some((every, rules)) => {
                let last = super::subject::last_grid(end, every, &rules).ok_or_else(beyond)?;
                (every, last.end)
            }
            None => (CalendarSpan::new(1, span.unit), end),
        };
        let start = span.back().shift_edge(end).ok_or_else(beyond)?;
        let mut steps = Vec::new();
        let mut edge = end;
        for n in 1..=MAX_STEPS as i32 + 1 {
            // On a grid the step before is the calendar's; else lengths are counted from the end, so that months' ends
            // don't drift.
            let before = match longest {
                Some((every, rules)) => edge
                    .checked_sub(1.microsecond())
                    .ok()
                    .and_then(|inside| calendar::step_holding(inside, every, &rules))
                    .map(|w| w.start),
                None => step.times(n).back().shift_edge(end),
            };
            let before = before.ok_or_else(beyond)?;
            if before < start || before >= edge {
                break;
            }
            steps.push(Window::new(before, edge));
            edge = before;
        }
        if steps.len() > MAX_STEPS {
            return Err(format!("{span} holds more than {MAX_STEPS} steps"));
        }
        if steps.is_empty() {
            return Err(format!("its table holds one reading every {step}, so {span} holds no whole step"));
        }
        steps.reverse();
        Ok(steps)
    }

    /// The longest step of the tables that a formula reads, with the calendar that it follows.
    fn longest_step(&self, x: &Formula) -> Option<(CalendarSpan, CalendarRules)> {
        let tables = self.moving_tables(x);
        let steps = tables.iter().filter_map(|t| self.timelines.get(*t)).filter_map(|t| Some((t.every?, t.rules)));
        steps.max_by(|a, b| a.0.approximate_days().total_cmp(&b.0.approximate_days()))
    }

    /// `x` from the horizon's start (the plan's, else the fiscal year's that holds the window's end) to the window's end.
    pub(super) fn cumulative(
        &self,
        formula: &'a Formula,
        x: &'a Formula,
        context: &Context<'a>,
        walk: Walk<'_, 'a>,
    ) -> Datum {
        let Some(stretch) = context.stretch else {
            return Datum::missing(format!("{} needs a window", self.text(formula)));
        };
        let end = stretch.read().end;
        let (horizon, implied) = super::frame::horizon(self, end);
        if end <= horizon.start {
            let (day, start) = (calendar::day_before_edge(end), horizon.start.date());
            return Datum::missing(format!(
                "{} counts from {start}, the horizon's start: {day} is before it",
                self.text(formula)
            ));
        }
        let mut datum = self.walk(x, &context.at(Stretch::new(Window::new(horizon.start, end), stretch.cut)), walk);
        if implied {
            let year = calendar::step_name(&horizon, &self.plan.facts.rules);
            datum.notes.say(format!(
                "{} counts from {}, the start of the fiscal year {year}: write `horizon` for another start",
                self.text(formula),
                horizon.start.date()
            ));
        }
        datum
    }

    /// Up to where data must reach for a formula over a window to be known as a whole.
    pub(super) fn needs_until(&self, formula: &Formula, window: Window) -> DateTime {
        match &formula.node {
            Node::Window(..) | Node::Campaign(..) => DateTime::MIN,
            Node::Shift(x, by) => window.shifted(*by).map_or(window.end, |w| self.needs_until(x, w)),
            Node::Aggregate(_) => window.end,
            Node::Metric(id) => match self.plan.metrics.get_index(*id) {
                Some((_, metric)) if !metric.uses_past => self.needs_until(&metric.value, window),
                _ => window.end,
            },
            node => node.parts().into_iter().map(|x| self.needs_until(x, window)).max().unwrap_or(DateTime::MIN),
        }
    }

    /// Where the first of a formula's tables ends: nothing later is known of all of them.
    pub(super) fn end_of(&self, formula: &Formula) -> DateTime {
        let tables = self.moving_tables(formula);
        let timed = tables.into_iter().filter_map(|t| self.timelines.get(t)).filter(|t| t.timed);
        timed.map(|t| t.known).min().unwrap_or(self.as_of)
    }

    /// The start of the (fiscal) year, quarter or month that holds the last moment before `end`.
    pub(super) fn start_of(&self, from: ToDate, end: DateTime) -> Option<DateTime> {
        let unit = match from {
            ToDate::Year => SpanUnit::Year,
            ToDate::Quarter => SpanUnit::Quarter,
            ToDate::Month => SpanUnit::Month,
        };
        let inside = calendar::day_before_edge(end);
        Some(calendar::step_holding(inside.into(), CalendarSpan::new(1, unit), &self.plan.facts.rules)?.start)
    }
}
