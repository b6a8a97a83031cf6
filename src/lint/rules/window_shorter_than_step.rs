//! T503: a goal over a time in which its table holds no reading.

use crate::calendar::{CalendarSpan, Period, Window, day_before_edge, step_holding};
use crate::diagnostic::Level;
use crate::eval::frame::span_word;
use crate::lint::times::{self, Step};
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{From, Kind, Timing};
use jiff::civil::DateTime;

pub static RULE: Rule = Rule {
    code: "T503",
    name: "window-shorter-than-step",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("window_shorter_than_step.md"),
};

/// What a goal looks at that no step fits into.
enum Short {
    /// A span: `every month`, `per 1 week`.
    Span(CalendarSpan),
    /// A window, or the time between the baseline and the deadline.
    Between(DateTime, DateTime),
}

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    let Some(step) = goal.subject().and_then(|f| times::step(context, f)) else { return };
    let Some(kind) = times::kind(context, goal) else { return };
    let Some(short) = short(context, goal, step, kind) else { return };
    let Some(at) = times::place(goal) else { return };
    let (table, every) = (context.table_name(step.table), span_word(step.every));
    let (message, because, help) = match short {
        Short::Span(span) => (
            format!("this goal looks at a {}, and {table} has one reading a {every}", span_word(span)),
            match kind {
                Kind::Stock => {
                    format!("A {} in which no {every} ends has no value: there is nothing to judge.", span_word(span))
                }
                _ => format!("A {} that holds no whole {every} has no value: there is nothing to judge.", span_word(span)),
            },
            match goal.goal.timing {
                Timing::Every { .. } => format!("judge it every {}, or read a table with finer data", times::written(step.every)),
                _ => format!("measure it per {}, or read a table with finer data", times::written(step.every)),
            },
        ),
        Short::Between(start, end) => (
            format!("no reading of {table} falls into the time of this goal"),
            format!(
                "It runs from {} to {}, and {table} has one reading a {every}: none is complete in between.",
                start.date(),
                day_before_edge(end)
            ),
            match next_end(context, step.every, kind, start, end) {
                Some(next) => format!("let it end on {}, or read a table with finer data", day_before_edge(next)),
                None => format!("let it end with the next {every}, or read a table with finer data"),
            },
        ),
    };
    let finding = Finding::new(message, at, format!("shorter than a {every}"));
    found.say(finding.because(because).help(help));
}

fn short(context: &Context<'_>, goal: &GoalView<'_>, step: Step, kind: Kind) -> Option<Short> {
    let cuts = |span: CalendarSpan| times::shorter(span, step.every).then_some(Short::Span(span));
    let (start, end) = (times::start(context, goal), times::deadline(context, goal));
    let between = || {
        let (start, end) = start.zip(end)?;
        let holds = if kind == Kind::Stock { ends_in } else { fits_in };
        (!holds(context, step.every, start, end)?).then_some(Short::Between(start, end))
    };
    match &goal.goal.timing {
        Timing::Every { span, .. } => cuts(*span),
        Timing::In { .. } => between(),
        Timing::By { .. } | Timing::Within { .. } if kind == Kind::Stock || times::counts_up(context, goal) => between(),
        Timing::By { period, per, .. } => {
            let rules = &context.plan.facts.rules;
            let from = match &goal.goal.from {
                Some(From::Period { period, .. }) if !matches!(period, Period::Day(_)) => period.span(rules),
                _ => None,
            };
            cuts(per.or(from).or_else(|| period.as_ref()?.span(rules))?)
        }
        Timing::Within { .. } | Timing::Open => None,
    }
}

/// True where a step ends after `start` and by `end`: a level is read then.
fn ends_in(context: &Context<'_>, every: CalendarSpan, start: DateTime, end: DateTime) -> Option<bool> {
    Some(times::around(context, every, end)?.0.end > start)
}

/// True where a whole step lies in between.
fn fits_in(context: &Context<'_>, every: CalendarSpan, start: DateTime, end: DateTime) -> Option<bool> {
    Some(Window::new(start, end).holds(&first_step(context, every, start)?))
}

/// The first whole step from a moment on.
fn first_step(context: &Context<'_>, every: CalendarSpan, start: DateTime) -> Option<Window> {
    let (_, first) = times::around(context, every, start)?;
    step_holding(first, every, &context.plan.facts.rules)
}

/// The first end at which there would be something to judge.
fn next_end(context: &Context<'_>, every: CalendarSpan, kind: Kind, start: DateTime, end: DateTime) -> Option<DateTime> {
    match kind {
        Kind::Stock => times::around(context, every, end).map(|(_, next)| next),
        _ => first_step(context, every, start).map(|step| step.end),
    }
}
