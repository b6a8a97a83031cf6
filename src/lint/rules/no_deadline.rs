//! T501: a goal without a deadline.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{GoalBody, Timing};

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
        Some(_) => "the end of the plan's horizon",
        None => "the end of the fiscal year in which it is judged",
    };
    found.say(
        Finding::new("this goal has no deadline, so it is never missed", goal.name_place(), "")
            .because(format!("It is judged to {until}."))
            .help("say by when: by 2021-12-31, by Q4 2021; or over which time: in 2021, every month in 2021"),
    );
}
