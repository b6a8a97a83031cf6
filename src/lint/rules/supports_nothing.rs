//! R401: a goal that supports no objective, in a plan that has some.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};

pub static RULE: Rule = Rule {
    code: "R401",
    name: "supports-nothing",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("supports_nothing.md"),
};

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    // A plan without objectives has nothing to support.
    if goal.goal.supports.is_some() || context.plan.objectives.is_empty() {
        return;
    }
    let names: Vec<String> = context.plan.objectives.keys().take(5).map(|n| crate::model::written(n)).collect();
    let one = if names.len() == 1 { "" } else { " one of " };
    found.say(
        Finding::new("this goal supports no objective", goal.name_place(), "")
            .help(format!("say what it is for:{one} supports {}", names.join(", supports "))),
    );
}
