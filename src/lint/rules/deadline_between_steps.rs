//! T504: a deadline, or a window's edge, that lies between two readings.

use crate::calendar::{CalendarSpan, Window, day_before_edge, days_between};
use crate::diagnostic::Level;
use crate::eval::frame::span_word;
use crate::lint::times::{self, Step};
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{Kind, Timing};
use crate::source::Loc;
use jiff::civil::DateTime;

pub static RULE: Rule = Rule {
    code: "T504",
    name: "deadline-between-steps",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("deadline_between_steps.md"),
};

/// A level that is a few days older than its deadline is what people expect of weekly data.
const FEW_DAYS: f64 = 7.0;

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    let Some(step) = goal.subject().and_then(|f| times::step(context, f)) else { return };
    let (Some(kind), Some(at)) = (times::kind(context, goal), times::place(goal)) else { return };
    match &goal.goal.timing {
        Timing::By { .. } | Timing::Within { .. } if kind == Kind::Stock || times::counts_up(context, goal) => {
            late(context, goal, step, at, found);
        }
        Timing::In { .. } if kind == Kind::Stock => late(context, goal, step, at, found),
        Timing::In { window, .. } if step.windowed => cut(context, *window, step, at, found),
        Timing::Every { span, .. } if kind != Kind::Stock && step.windowed => uneven(context, *span, step, at, found),
        _ => {}
    }
}

/// A value by a day on which there is none: the last one before it is taken.
fn late(context: &Context<'_>, goal: &GoalView<'_>, step: Step, at: Loc, found: &mut Found) {
    let Some((start, end)) = times::start(context, goal).zip(times::deadline(context, goal)) else { return };
    let Some((last, next)) = times::around(context, step.every, end) else { return };
    // With no reading at all in its time, T503 says so.
    if days_between(last.end, end) < FEW_DAYS || last.end <= start {
        return;
    }
    let (table, every) = (context.table_name(step.table), span_word(step.every));
    let (due, last, next) = (day_before_edge(end), day_before_edge(last.end), day_before_edge(next));
    found.say(
        Finding::new(format!("this goal is due on {due}, and judged on {last}"), at, format!("not the end of a {every}"))
            .because(format!("{table} has one reading a {every}: the last before the deadline ends on {last}."))
            .help(format!("make it due on {last} or {next}")),
    );
}

/// A total over a part of a step isn't known.
fn cut(context: &Context<'_>, window: Window, step: Step, at: Loc, found: &mut Found) {
    let around = |edge: DateTime| times::around(context, step.every, edge);
    let (Some((before, first)), Some((last, next))) = (around(window.start), around(window.end)) else { return };
    let whole = before.end == window.start && last.end == window.end;
    // With no whole step in it, T503 says so.
    if whole || first >= last.end {
        return;
    }
    let (table, every) = (context.table_name(step.table), span_word(step.every));
    let (inner, outer) = (Window::new(first, last.end), Window::new(before.end, next));
    found.say(
        Finding::new(
            format!("the window {window} cuts a {every} of {table}, so its total is never known"),
            at,
            format!("not whole {every}s"),
        )
        .because(format!("{table} has one reading a {every}, and nothing says how it is spread over its days."))
        .help(format!("write whole {every}s: in {inner}, or in {outer}")),
    );
}

/// Months don't consist of weeks.
fn uneven(context: &Context<'_>, span: CalendarSpan, step: Step, at: Loc, found: &mut Found) {
    if times::shorter(span, step.every) || consists(span, step.every) {
        return;
    }
    let (table, every, span) = (context.table_name(step.table), span_word(step.every), span_word(span));
    found.say(
        Finding::new(
            format!("a {span} cuts a {every} of {table}, so most {span}s have no value"),
            at,
            format!("no whole number of {every}s"),
        )
        .because(format!("{table} has one reading a {every}, and nothing says how it is spread over its days."))
        .help(format!("judge it every {every}")),
    );
}

/// True where a span is a whole number of steps wherever it starts.
fn consists(span: CalendarSpan, step: CalendarSpan) -> bool {
    match (span.months(), step.months(), span.days(), step.days()) {
        (Some(a), Some(b), ..) if b > 0 => a % b == 0,
        (_, _, Some(a), Some(b)) if b > 0 => a % b == 0,
        (Some(_), _, _, Some(1)) => true,
        _ => false,
    }
}
