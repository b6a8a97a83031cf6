//! What a goal leaves to be read: its baseline, its span, where a total is counted from, how long it recurs; each with the
//! clause that spells it out, and whether the goal surely means the same with it. Mirrors "which value is judged" of the
//! language reference as `eval::frame` does it; knows no rule.

use super::context::{Context, GoalView};
use super::observed::{Measured, Observed};
use super::times;
use crate::calendar::{Window, day_before_edge, step_holding, step_name};
use crate::eval::aim;
use crate::eval::frame::{Mode, horizon_of, span_word};
use crate::eval::subject::Subject;
use crate::model::plan::{From, GoalBody, Kind, Over, TargetKind, Timing};
use jiff::civil::DateTime;

/// One thing that the plan doesn't write.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Which: `baseline`.
    pub name: &'static str,
    /// How it is read, as a sentence.
    pub said: String,
    /// The clause that says it: `from 2020-12-31`. Nothing where no clause can.
    pub write: Option<String>,
    /// True where the goal is judged the same with that clause, on every day.
    pub same: bool,
}

/// What is known of a goal.
struct Look<'l, 'a> {
    context: &'l Context<'a>,
    goal: &'l GoalView<'a>,
    kind: Kind,
    /// Its data, of a goal over one number.
    measured: Option<Measured<'a>>,
    /// Its data, of any goal.
    subject: Option<Subject<'a>>,
}

/// All that a goal leaves to be read. Without data, only what the plan alone decides. A goal without a deadline has none:
/// as long as it says no time, nothing else is settled.
pub fn implied<'a>(context: &Context<'a>, observed: Option<&Observed<'_, 'a>>, goal: &GoalView<'a>) -> Vec<Reading> {
    let measured = matches!(goal.goal.body, GoalBody::Measured { .. });
    if !measured || matches!(goal.goal.quantifier, Some((_, Over::Campaigns))) {
        return Vec::new();
    }
    // What is the same in every window has no baseline.
    let Some(kind) = times::kind(context, goal) else { return Vec::new() };
    // Whether anything is left to be read is seen without data; only then is it asked for.
    let mut look = Look { context, goal, kind, measured: None, subject: None };
    let found = look.readings();
    if found.is_empty() || observed.is_none() {
        return found;
    }
    look.measured = observed.and_then(|o| o.measured(goal));
    look.subject = observed.and_then(|o| o.subject(goal));
    look.readings()
}

impl Look<'_, '_> {
    fn readings(&self) -> Vec<Reading> {
        match &self.goal.goal.timing {
            Timing::Open => Vec::new(),
            Timing::Every { over: None, .. } => self.recurs().into_iter().collect(),
            Timing::Every { .. } => Vec::new(),
            Timing::In { window, .. } => self.before_window(window).into_iter().collect(),
            Timing::By { .. } | Timing::Within { .. } => {
                let start = if times::counts_up(self.context, self.goal) { self.counted() } else { self.baseline() };
                start.into_iter().chain(self.span()).collect()
            }
        }
    }

    /// The horizon, with its name in a sentence.
    fn horizon(&self, deadline: DateTime) -> (Window, String) {
        let facts = &self.context.plan.facts;
        let (window, implied) = horizon_of(facts, deadline);
        let name = step_name(&window, &facts.rules);
        (window, if implied { format!("the fiscal year {name}") } else { format!("the horizon {name}") })
    }

    /// Over which time a goal comes back. One with a start goes on to the horizon's end, which the plan says or not.
    fn recurs(&self) -> Option<Reading> {
        let facts = &self.context.plan.facts;
        let (said, write) = match (facts.horizon, &self.goal.goal.from) {
            (Some(_), Some(_)) => return None,
            (Some(horizon), None) => {
                let name = step_name(&horizon, &facts.rules);
                (format!("It recurs over the horizon {name}."), Some(format!("in {name}")))
            }
            (None, None) => ("It recurs over the fiscal year in which it is judged.".to_owned(), None),
            (None, Some(_)) => ("It recurs to the end of the fiscal year in which it is judged.".to_owned(), None),
        };
        let same = write.is_some();
        Some(Reading { name: "time", said, write, same })
    }

    /// True where a baseline is needed that nothing says.
    fn lacks_baseline(&self) -> bool {
        let goal = self.goal.goal;
        let target = aim::deciding(self.goal.targets()).map(|t| &t.kind);
        let by = !matches!(goal.timing, Timing::In { .. });
        let from = target.is_some_and(|kind| match kind {
            TargetKind::To(_) => true,
            TargetKind::Bound(..) | TargetKind::Top(_) => by,
            kind => aim::needs_baseline(kind),
        });
        from && goal.from.is_none() && !goal.yoy
    }

    /// The baseline of what is judged once, over a window.
    fn before_window(&self, window: &Window) -> Option<Reading> {
        if !self.lacks_baseline() {
            return None;
        }
        if self.kind == Kind::Stock {
            return Some(self.level(window.start, "before the window begins"));
        }
        let before = window.before()?;
        let name = step_name(&before, &self.context.plan.facts.rules);
        Some(Reading {
            name: "baseline",
            said: format!("Its baseline is the period before, {name}."),
            write: Some(format!("from {name}")),
            // The period before has no stand-in where it has no data.
            same: true,
        })
    }

    /// Where a total is counted from.
    fn counted(&self) -> Option<Reading> {
        if matches!(self.goal.goal.from, Some(From::Period { .. })) {
            return None;
        }
        let (horizon, name) = self.horizon(times::deadline(self.context, self.goal)?);
        let start = horizon.start.date();
        // A total whose rows begin later is counted from its first row on.
        let moved = self.measured.as_ref().and_then(|m| m.frame.moved_start(&m.subject));
        let same = self.measured.is_some() && moved.is_none();
        Some(Reading {
            name: "start",
            said: format!("It is counted from {start}, where {name} starts."),
            write: Some(format!("from {start}")),
            same,
        })
    }

    /// The baseline of what is judged by a deadline.
    fn baseline(&self) -> Option<Reading> {
        if !self.lacks_baseline() {
            return None;
        }
        let (horizon, name) = self.horizon(times::deadline(self.context, self.goal)?);
        Some(self.level(horizon.start, &format!("before {name} starts")))
    }

    /// A level, or the last whole span, by a moment: or the first one there is, where that has no data.
    fn level(&self, at: DateTime, when: &str) -> Reading {
        let day = day_before_edge(at);
        let written = format!("from {day}");
        let baseline = self.measured.as_ref().and_then(|m| m.judged.baseline.as_ref().map(|b| (m, b)));
        let Some((measured, baseline)) = baseline.filter(|(_, b)| b.datum.number().is_some()) else {
            let what = if self.kind == Kind::Stock { "the level of" } else { "the last whole span by" };
            let said = format!("Its baseline is {what} {day}, the last day {when}.");
            return Reading { name: "baseline", said, write: Some(written), same: false };
        };
        let meant = match measured.frame.mode {
            Mode::Span(grid) => grid.last_before(at),
            _ => measured.subject.level_window(at),
        };
        if baseline.window == meant {
            let what = if self.kind == Kind::Stock { "reading" } else { "whole span" };
            let said = format!("Its baseline is {}, the last {what} {when}.", baseline.label);
            // The way begins where a written baseline ends, and not before the horizon where it is implied.
            let same = baseline.window.is_some_and(|w| w.end == at);
            return Reading { name: "baseline", said, write: Some(written), same };
        }
        // With it the way would begin elsewhere: people choose.
        let first = baseline.window.map(|w| format!("from {}", w.last_day()));
        let said = format!("Its baseline is {}, the first with data: there is none {when}.", baseline.label);
        Reading { name: "baseline", said, write: first, same: false }
    }

    /// Over which span it is measured.
    fn span(&self) -> Option<Reading> {
        let formula = self.goal.subject()?;
        let declared = || times::step(self.context, formula).map(|s| s.every);
        let every = self.subject.as_ref().map_or_else(declared, |s| s.every);
        // A baseline and a deadline that are periods of one length say it themselves.
        let implied = times::implied_span(self.context, self.goal, every).filter(|i| !i.alike)?;
        let rules = &self.context.plan.facts.rules;
        let by = matches!(self.goal.goal.timing, Timing::By { .. });
        let aligned = match implied.anchor {
            Some(window) => step_holding(window.start, implied.span, rules) == Some(window),
            // The step of a table is known by its data only.
            None => self.subject.as_ref().is_some_and(|s| every.is_none() || s.rules == *rules),
        };
        Some(Reading {
            name: "span",
            said: format!("It is measured over a {}, {}.", span_word(implied.span), implied.why),
            write: by.then(|| format!("per {}", times::written(implied.span))),
            same: by && aligned && implied.span.count == 1,
        })
    }
}
