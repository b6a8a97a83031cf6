//! R401: goals that support no objective, in a plan that has some.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::GoalBody;
use std::collections::HashSet;

pub static RULE: Rule = Rule {
    code: "R401",
    name: "supports-nothing",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("supports_nothing.md"),
};

/// More goals than this are one finding: who has left out so many knows it.
const FEW: usize = 3;

fn look(context: &Context<'_>, found: &mut Found) {
    // A plan without objectives has nothing to support.
    if context.plan.objectives.is_empty() {
        return;
    }
    let parts = parts(context);
    let idle: Vec<&GoalView<'_>> = context
        .goals
        .iter()
        .filter(|g| g.goal.supports.is_none() && !parts.contains(g.goal.name.as_str()) && !joins(context, g))
        .collect();
    let names: Vec<String> = context.plan.objectives.keys().take(5).map(|n| crate::model::written(n)).collect();
    let one = if names.len() == 1 { "" } else { " one of " };
    let help = format!("say what it is for:{one} supports {}", names.join(", supports "));
    if idle.len() <= FEW {
        for goal in idle {
            let finding = Finding::new("this goal supports no objective", goal.name_place(), "");
            found.say(
                finding
                    .because("Nothing says why it matters, and it counts for no objective's progress.")
                    .help(help.clone())
                    .concerns(goal.number),
            );
        }
        return;
    }
    let Some(first) = idle.first() else { return };
    let listed: Vec<&str> = idle.iter().take(8).map(|g| g.goal.name.as_str()).collect();
    let more = if idle.len() > listed.len() { format!(" and {} more", idle.len() - listed.len()) } else { String::new() };
    let message = format!("{} of {} goals support no objective", idle.len(), context.goals.len());
    let finding = Finding::new(message, first.name_place(), "the first of them")
        .because(format!("They are {}{more}.", listed.join(", ")))
        .help(help.replacen("it is for", "each is for", 1));
    found.say(idle.iter().fold(finding, |finding, goal| finding.concerns(goal.number)));
}

/// True for a combined goal whose parts support something, each by itself.
fn joins(context: &Context<'_>, goal: &GoalView<'_>) -> bool {
    let supports = |part: &String| context.plan.goals.get(part).is_some_and(|g| g.supports.is_some());
    matches!(&goal.goal.body, GoalBody::Combined { goals, .. } if goals.iter().all(supports))
}

/// The goals that are parts of combined ones, which may support something for them.
fn parts<'a>(context: &Context<'a>) -> HashSet<&'a str> {
    let combined = context.goals.iter().filter(|g| g.goal.supports.is_some());
    let names = combined.filter_map(|g| match &g.goal.body {
        GoalBody::Combined { goals, .. } => Some(goals.iter().map(String::as_str)),
        _ => None,
    });
    names.flatten().collect()
}
