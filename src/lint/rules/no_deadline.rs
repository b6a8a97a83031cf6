//! T501: a goal without a deadline.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{From, GoalBody, Timing};

pub static RULE: Rule = Rule {
    code: "T501",
    name: "no-deadline",
    level: Level::Warning,
    mark: Mark::Broken,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("no_deadline.md"),
};

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    if !matches!(goal.goal.timing, Timing::Open) || matches!(goal.goal.body, GoalBody::Combined { .. }) {
        return;
    }
    let until = match context.plan.facts.horizon {
        Some(_) => "It is judged to the end of the plan's horizon, and nobody promised that day.",
        None => "Whenever it is judged, it runs to the end of that fiscal year: next year it has a year more.",
    };
    let begins = match &goal.goal.from {
        Some(From::Period { window, .. }) => Some(window.end),
        _ => context.plan.facts.horizon.map(|h| h.start),
    };
    let year = begins.map_or(2021, |day| day.year());
    found.say(
        Finding::new("this goal has no deadline, so it is never missed", goal.name_place(), "")
            .because(until)
            .help(format!(
                "say by when, as in `by {year}-12-31` or `by Q4 {year}`; or over which time: `in {year}`, `every month in \
                 {year}`"
            )),
    );
}
