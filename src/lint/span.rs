//! Which stretch of time a goal needs data for, and lists of times in words. Knows clauses and the calendar, and no rule.

use super::context::GoalView;
use super::observed::Observed;
use crate::calendar::{CalendarRules, Window, step_name};
use crate::eval::{frame, recurring};
use crate::model::plan::{From, GoalBody, Timing};

/// From where a goal is measured to its deadline, or the stretch in which it recurs; nothing for combined goals.
pub fn needed<'a>(observed: &Observed<'_, 'a>, goal: &GoalView<'a>) -> Option<Window> {
    if matches!(goal.goal.body, GoalBody::Combined { .. }) {
        return None;
    }
    let from = match &goal.goal.from {
        Some(From::Period { window, .. }) => Some(*window),
        _ => None,
    };
    let world = observed.world;
    let to = |end| {
        let start = from.map_or_else(|| frame::horizon(world, end).0.start, |w| w.start);
        Window::new(start.min(end), end)
    };
    Some(match &goal.goal.timing {
        Timing::Open => frame::horizon(world, world.as_of).0,
        Timing::By { deadline, .. } => to(*deadline),
        Timing::Within { span } => to(span.shift_edge(from?.end)?),
        Timing::In { window, .. } => *window,
        Timing::Every { over, .. } => recurring::stretch(world, goal.goal, *over).0,
    })
}

/// How many names a list has at most.
const NAMES: usize = 4;

/// `2021-02, 2021-05 and 3 more`
pub fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., last] if names.len() <= NAMES => format!("{} and {last}", all.join(", ")),
        _ => format!("{} and {} more", names[..NAMES - 1].join(", "), names.len() - (NAMES - 1)),
    }
}

/// The names of steps or days, in a list.
pub fn named(steps: &[Window], rules: &CalendarRules) -> String {
    listed(&steps.iter().map(|s| step_name(s, rules)).collect::<Vec<_>>())
}

/// `1 month`, `3 months`
pub fn count(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}
