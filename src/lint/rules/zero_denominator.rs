//! M203: a ratio whose denominator was zero in some of its periods.

use crate::calendar::{CalendarSpan, Window};
use crate::diagnostic::Level;
use crate::eval::dimension;
use crate::eval::frame::{Frame, Mode, frame, span_word};
use crate::eval::subject::{Grid, Subject};
use crate::eval::value::{ErrorKind, Value};
use crate::eval::{aim, recurring};
use crate::lint::rows::argument;
use crate::lint::span::{count, listed, named};
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule};
use crate::model::plan::{BinaryOp, Formula, Function, GoalBody, Measure, Node, Over, TableId, Timing};
use crate::query::{Answer, Request, Row, RowOp};
use crate::source::Loc;
use jiff::civil::DateTime;
use ordered_float::OrderedFloat;

pub static RULE: Rule = Rule {
    code: "M203",
    name: "zero-denominator",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::GoalData(look),
    page: include_str!("zero_denominator.md"),
};

/// So many periods are looked at, the newest ones.
const PERIODS: usize = 36;
/// So many values of a dimension are looked at.
const VALUES: usize = 2000;

fn look(observed: &Observed<'_, '_>, goal: &GoalView<'_>, found: &mut Found) {
    match &goal.goal.body {
        GoalBody::Rows { table, value, .. } => rows(observed, goal, *table, value, found),
        GoalBody::Measured { subject, .. } if divides(observed, subject) => measured(observed, goal, found),
        _ => {}
    }
}

/// True where a formula divides anywhere.
fn divides<'a>(observed: &Observed<'_, 'a>, formula: &'a Formula) -> bool {
    let mut found = false;
    observed.context.visit(formula, &mut |f| {
        found |= match &f.node {
            Node::Binary(BinaryOp::Divide, _, by) => !matches!(by.node, Node::Number(_)),
            Node::Call(Function::Roi, _) => true,
            Node::Aggregate(a) => argument(&a.measure).is_some_and(|x| !divisors(x).is_empty()),
            _ => false,
        };
    });
    found
}

fn measured<'a>(observed: &Observed<'_, 'a>, goal: &GoalView<'a>, found: &mut Found) {
    let Some(subject) = observed.subject(goal) else { return };
    let target = aim::deciding(goal.targets()).map(|t| &t.kind);
    let Ok(frame) = frame(observed.world, goal.goal, target, &subject) else { return };
    if let Some((_, Over::Dimension(column))) = &goal.goal.quantifier {
        return values(observed, goal, &subject, &frame, column, found);
    }
    if goal.goal.quantifier.as_ref().is_some_and(|(_, over)| matches!(over, Over::Campaigns)) {
        return;
    }
    let Some((span, windows)) = periods(observed, goal, &subject, &frame) else { return };
    let judged: Vec<(Window, Value)> =
        windows.iter().copied().zip(subject.over_each(observed.world, &windows).into_iter().map(|d| d.value)).collect();
    // Before its first number a ratio has not begun.
    let begun = judged.iter().position(|(_, v)| matches!(v, Value::Number(_))).unwrap_or(judged.len());
    let judged = &judged[begun..];
    let zero = judged.iter().filter_map(|(w, v)| Some((*w, born(v)?)));
    let zero: Vec<(Window, &str)> = zero.collect();
    let Some((_, place)) = zero.first() else { return };
    let windows: Vec<Window> = zero.iter().map(|(w, _)| *w).collect();
    let names = named(&windows, &observed.context.plan.facts.rules);
    let word = span_word(span);
    let message = format!(
        "{} divides by zero in {} of {}",
        goal.subject_text(),
        zero.len(),
        count(judged.len(), &word)
    );
    let finding = Finding::new(message, goal.subject_place(), "");
    let (finding, what) = placed(observed, goal, place, finding);
    let one = if zero.len() == 1 { "that" } else { "each" };
    found.say(
        finding
            .because(format!("{what} is 0 in {names}: {one} {word} reads #DIV/0!, and can't be judged."))
            .help(format!("look over longer than a {word}, or say what it is worth then: iferror({place}, 0)")),
    );
}

/// The periods that a goal is judged over and those before, the oldest first, up to its deadline.
fn periods(
    observed: &Observed<'_, '_>,
    goal: &GoalView<'_>,
    subject: &Subject<'_>,
    frame: &Frame,
) -> Option<(CalendarSpan, Vec<Window>)> {
    let first = subject.first?;
    let (grid, end) = match (&goal.goal.timing, frame.mode) {
        (Timing::Every { span, over, .. }, _) => {
            let whole = recurring::stretch(observed.world, goal.goal, *over).0;
            (Grid::new(*span, Some(whole.start), observed.context.plan.facts.rules), whole.end)
        }
        (_, Mode::Span(grid)) => (grid, frame.deadline),
        (_, Mode::Once(once)) => {
            (Grid::new(once.length(), Some(once.start), observed.context.plan.facts.rules), once.end)
        }
        (_, Mode::Level | Mode::Total) => return None,
    };
    let mut end = end.min(subject.known);
    let mut windows = Vec::new();
    while windows.len() < PERIODS {
        let Some(window) = grid.latest_by(end).filter(|w| w.start >= first) else { break };
        windows.push(window);
        end = window.start;
    }
    windows.reverse();
    Some((grid.span, windows))
}

/// Where a value that divides by zero was born.
fn born(value: &Value) -> Option<&str> {
    match value {
        Value::Error(ErrorKind::DivZero, place) => Some(place),
        _ => None,
    }
}

/// Marks the divisor, and names it.
fn placed<'a>(
    observed: &Observed<'_, 'a>,
    goal: &GoalView<'a>,
    place: &str,
    finding: Finding,
) -> (Finding, String) {
    let mut divisor: Option<(Loc, String)> = None;
    if let Some(subject) = goal.subject() {
        observed.context.visit(subject, &mut |f| {
            if divisor.is_some() || observed.world.text(f) != place {
                return;
            }
            divisor = match &f.node {
                Node::Binary(BinaryOp::Divide, _, by) => Some((by.at, observed.world.text(by))),
                Node::Call(Function::Roi, arguments) => arguments.get(1).map(|c| (c.at, observed.world.text(c))),
                Node::Aggregate(a) => {
                    let divisor = argument(&a.measure).and_then(|x| divisors(x).first().and_then(|d| name(d)));
                    divisor.map(|d| (f.at, d))
                }
                _ => None,
            };
        });
    }
    match divisor {
        Some((at, text)) => (finding.and(at, "is 0 then"), text),
        None => (finding, format!("A denominator in {place}")),
    }
}

/// For each value of a dimension: those whose denominator is zero in the window that is judged.
fn values<'a>(
    observed: &Observed<'_, 'a>,
    goal: &GoalView<'a>,
    subject: &Subject<'a>,
    frame: &Frame,
    column: &'a str,
    found: &mut Found,
) {
    let window = match frame.window_at(subject, subject.known) {
        Some(window) => window,
        None if !subject.timed => Window::new(DateTime::MIN, observed.world.as_of),
        None => return,
    };
    let keys = dimension::values(observed.world, subject.formula, &subject.context, column, |_| window);
    let of = keys.len();
    let judged: Vec<(&str, Value)> = keys
        .into_iter()
        .take(VALUES)
        .map(|key| (key, subject.of_value(column, key).over(observed.world, window).value))
        .collect();
    let zero: Vec<String> = judged.iter().filter(|(_, v)| born(v).is_some()).map(|(k, _)| (*k).to_owned()).collect();
    let Some(place) = judged.iter().find_map(|(_, v)| born(v)) else { return };
    let message = format!("{} divides by zero for {} of {of} values of {column}", goal.subject_text(), zero.len());
    let (finding, what) = placed(observed, goal, place, Finding::new(message, goal.subject_place(), ""));
    found.say(
        finding
            .because(format!("{what} is 0 for {}: what has no number counts as not kept.", listed(&zero)))
            .help(format!("leave them out with a `where`, or say what they are worth: iferror({place}, 0)")),
    );
}

/// Of a table's rows those whose own denominator is zero.
fn rows(observed: &Observed<'_, '_>, goal: &GoalView<'_>, table: TableId, value: &Row, found: &mut Found) {
    let divisors = divisors(value);
    let Some(timeline) = observed.world.timelines.get(table).filter(|_| !divisors.is_empty()) else { return };
    let window = crate::lint::span::needed(observed, goal)
        .filter(|_| timeline.timed)
        .map(|w| Window::new(w.start, w.end.min(timeline.readable).max(w.start)));
    let filter = goal.goal.filter.as_ref().map(|f| f.row.clone());
    let ask = |more: Option<Row>| {
        let filter = dimension::all(filter.clone().into_iter().chain(more));
        let request = Request { measure: Measure::Count, filter, window, group: None };
        match observed.world.cells.ask(table, request) {
            Some(Answer::One(cell)) => cell.rows,
            _ => 0,
        }
    };
    let of = ask(None);
    for divisor in divisors {
        let zero = Row::Binary(RowOp::Equal, Box::new(divisor.clone()), Box::new(Row::Number(OrderedFloat(0.0))));
        let n = ask(Some(zero));
        if n == 0 {
            continue;
        }
        let (what, filter) = match name(divisor) {
            Some(column) => (column.clone(), format!("leave them out: where {} > 0", crate::model::written(&column))),
            None => ("The denominator".to_owned(), "leave them out with a `where`".to_owned()),
        };
        let message = format!("{} divides by zero in {n} of {of} rows", goal.subject_text());
        found.say(
            Finding::new(message, goal.subject_place(), "")
                .because(format!("{what} is 0 there: such a row has no number, and counts as not kept."))
                .help(filter),
        );
    }
}

/// What a row expression divides by, but for numbers, and for what errors of are caught.
fn divisors(row: &Row) -> Vec<&Row> {
    let mut found = Vec::new();
    let mut open = vec![row];
    while let Some(row) = open.pop() {
        match row {
            Row::Binary(op, a, b) => {
                if *op == RowOp::Divide && !matches!(**b, Row::Number(_)) {
                    found.push(&**b);
                }
                open.extend([&**b, &**a]);
            }
            Row::Negate(x) | Row::Not(x) => open.push(x),
            Row::Between(x, a, b) => open.extend([&**b, &**a, &**x]),
            Row::Call(_, arguments) => open.extend(arguments),
            // `if(clicks > 0, …)` and `iferror` have seen to it.
            _ => {}
        }
    }
    found
}

/// The column, where a row expression is one.
fn name(row: &Row) -> Option<String> {
    match row {
        Row::Column(column) => Some(column.clone()),
        _ => None,
    }
}
