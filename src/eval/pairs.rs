//! Functions of two metrics over the steps of a window: correlation and slope. Knows formulas and timelines; the
//! arithmetic is in `functions::statistics`.

use super::arithmetic::{born, void};
use super::formula::{Context, Walk, World};
use super::functions::statistics;
use super::timeline::Timeline;
use super::value::{Datum, Stretch, Value};
use crate::calendar::{self, CalendarRules, CalendarSpan, SpanUnit, Window};
use crate::model::plan::{Formula, Pair};
use jiff::civil::DateTime;

/// From so many whole months on, a window without steps of its own is taken by months.
const FEW_MONTHS: usize = 3;

impl<'a> World<'a> {
    /// `correl(x, y)`, `slope(y, x)`: each step of the window is a point.
    pub(super) fn pair(
        &self,
        pair: Pair,
        of: [&'a Formula; 2],
        context: &Context<'a>,
        from: Walk<'_, 'a>,
        place: &str,
    ) -> Datum {
        let timelines: Vec<&Timeline> =
            of.iter().flat_map(|f| self.tables(f)).filter_map(|t| self.timelines.get(t)).collect();
        let Some(stretch) = context.stretch else { return Datum::missing(format!("{place} needs a window")) };
        if let Some(untimed) = timelines.iter().find(|t| !t.timed) {
            return Datum::missing(format!("{} has no time column, so that {place} has no steps", untimed.table));
        }
        let (steps, unit) = self.steps(stretch, &timelines);
        let points: Vec<[Datum; 2]> = steps
            .iter()
            .map(|step| of.map(|f| self.walk(f, &context.at(Stretch::new(*step, stretch.cut)), from)))
            .collect();
        let all = points.iter().flatten();
        if let Some(error) = all.clone().find(|d| matches!(d.value, Value::Error(..))) {
            return Datum::joined(error.value.clone(), all);
        }
        let known: Vec<(f64, f64)> = points.iter().filter_map(|[a, b]| Some((a.number()?, b.number()?))).collect();
        let value = match (known.is_empty(), void(all.clone().collect::<Vec<_>>())) {
            (true, Some(void)) => void,
            (true, None) => Value::Missing(format!("{} holds no whole {}", stretch.window, unit.unit.name())),
            _ => {
                let (a, b): (Vec<f64>, Vec<f64>) = known.iter().copied().unzip();
                born(
                    match pair {
                        Pair::Correl => statistics::correl(&a, &b),
                        Pair::Slope => statistics::slope(&a, &b),
                    },
                    &|| place.to_owned(),
                )
            }
        };
        let mut out = Datum::joined(value, all);
        // What it stands for is the whole of its steps, not the first one.
        out.until = points.iter().flatten().filter_map(|d| d.until).max();
        if let (Some(first), Some(last)) = (steps.first(), steps.last()) {
            let over = Window::new(first.start, last.end);
            let every = CalendarSpan::new(unit.count.saturating_mul(steps.len() as i32), unit.unit);
            out.notes.say(format!("{place} is over {every} of {over}, {} points", known.len()));
        }
        let lost = points.len() - known.len();
        if lost > 0 {
            out.notes.say(format!("{place}: {lost} of {} steps have no value and are left out", points.len()));
        }
        out
    }

    /// The whole steps of a stretch, and their length: the longest `every` of the tables, else months where there are
    /// enough, else days.
    fn steps(&self, stretch: Stretch, timelines: &[&Timeline]) -> (Vec<Window>, CalendarSpan) {
        let mut read = stretch.read();
        // No table has anything before its first step, and a window may start with the calendar.
        let first = timelines.iter().filter_map(|t| t.first).min().unwrap_or(DateTime::MIN);
        let known = timelines.iter().map(|t| t.known).min().unwrap_or(stretch.cut);
        read = Window::new(read.start.max(first), read.end.min(known));
        let whole = |every: CalendarSpan, rules: &CalendarRules| -> Vec<Window> {
            calendar::grid_steps(read, every, rules).into_iter().filter(|s| read.holds(s)).collect()
        };
        let longest = timelines
            .iter()
            .filter_map(|t| Some((t.every?, &t.rules)))
            .reduce(|a, b| if b.0.approximate_days() > a.0.approximate_days() { b } else { a });
        if let Some((every, rules)) = longest {
            return (whole(every, rules), every);
        }
        let [month, day] = [SpanUnit::Month, SpanUnit::Day].map(|unit| CalendarSpan::new(1, unit));
        let months = whole(month, &self.plan.facts.rules);
        if months.len() >= FEW_MONTHS { (months, month) } else { (whole(day, &self.plan.facts.rules), day) }
    }
}
