//! S102: goals that no words describe.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{Formula, GoalBody, Node};
use crate::model::written;

pub static RULE: Rule = Rule {
    code: "S102",
    name: "no-description",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("no_description.md"),
};

fn look(context: &Context<'_>, found: &mut Found) {
    let bare = |goal: &&GoalView<'_>| !is_described(context, goal);
    let Some(first) = context.goals.iter().find(bare) else { return };
    let titled = context.goals.iter().find_map(|g| g.goal.title.as_deref());
    let presented = context.plan.facts.title.is_some() || !context.plan.objectives.is_empty();
    match titled {
        Some(example) => {
            for goal in context.goals.iter().filter(bare) {
                found.say(one(goal, example));
            }
        }
        None if presented => found.say(all(context.goals.iter().filter(bare), first)),
        // A line or two that somebody tries out needs no words.
        None => {}
    }
}

/// True where some words tell what a goal is for: its own title or note, a name of several words, or those of the metric
/// that it is about.
fn is_described(context: &Context<'_>, goal: &GoalView<'_>) -> bool {
    let several_words = |name: &str| name.contains(['_', ' ', '-']);
    let named = goal.tree.name.as_ref().is_some_and(|n| several_words(&n.node));
    let own = named || goal.goal.title.is_some() || goal.goal.about.is_some();
    let parts = matches!(goal.goal.body, GoalBody::Combined { .. });
    own || parts || goal.subject().and_then(metric).is_some_and(|id| {
        let metric = context.plan.metrics.get_index(id).map(|(_, m)| m);
        metric.is_some_and(|m| m.title.is_some() || m.about.is_some())
    })
}

/// The metric that a subject is, whatever its window and filter.
fn metric(subject: &Formula) -> Option<usize> {
    match &subject.node {
        Node::Metric(id) => Some(*id),
        Node::Across(across) => metric(&across.of),
        node => metric(node.taken_elsewhere()?),
    }
}

/// How long a subject with its target may be to be repeated.
const SHORT: usize = 32;

/// `goal subs "…": subs +5%`, with the goal's own name and subject.
fn help(goal: &GoalView<'_>) -> String {
    let name = goal.tree.name.as_ref().map(|n| format!("{} ", written(&n.node))).unwrap_or_default();
    let what = format!("{} {}", goal.subject_text(), goal.goal.wanted);
    let what = if what.chars().count() > SHORT { "…" } else { what.trim_end() };
    format!("say in a few words what it is for, before the subject: goal {name}\"…\": {what}")
}

fn one(goal: &GoalView<'_>, example: &str) -> Finding {
    Finding::new("this goal has no title, and nothing else says what it is for", goal.name_place(), "no title")
        .because(format!("Reports call it `{}`, beside goals such as {example:?}.", goal.goal.name))
        .help(help(goal))
}

fn all<'c, 'a: 'c>(bare: impl Iterator<Item = &'c GoalView<'a>>, first: &GoalView<'a>) -> Finding {
    let finding = Finding::new("no goal of this plan has a title", first.name_place(), "what is it for?")
        .because(format!("Reports can only call it `{}`, which tells nothing to whoever wasn't there.", first.goal.name))
        .help(help(first));
    bare.fold(finding, |finding, goal| finding.concerns(goal.number))
}
