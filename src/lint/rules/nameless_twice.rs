//! S110: goals that are told apart by a number only.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::syntax::tree::{ExprKind, GoalBody};
use std::collections::HashMap;

pub static RULE: Rule = Rule {
    code: "S110",
    name: "nameless-twice",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("nameless_twice.md"),
};

fn look(context: &Context<'_>, found: &mut Found) {
    let mut by_subject: HashMap<&str, Vec<&GoalView<'_>>> = HashMap::new();
    for goal in context.goals.iter().filter(|g| g.tree.name.is_none()) {
        by_subject.entry(called_after(goal)).or_default().push(goal);
    }
    let mut several: Vec<&Vec<&GoalView<'_>>> = by_subject.values().filter(|goals| goals.len() > 1).collect();
    several.sort_by_key(|goals| goals.first().map(|g| g.number));
    for goals in several {
        if let [first, second, ..] = goals.as_slice() {
            found.say(say(first, second, goals));
        }
    }
}

/// What a goal without a name is called after.
fn called_after<'a>(goal: &GoalView<'a>) -> &'a str {
    match &goal.tree.body {
        GoalBody::Combined { all: true, .. } => "all of",
        GoalBody::Combined { all: false, .. } => "any of",
        GoalBody::Measured { subject, .. } => {
            let mut subject = subject;
            while let ExprKind::Group(inner) = &subject.node {
                subject = inner;
            }
            match &subject.node {
                ExprKind::Name(name) => name,
                _ => goal.subject_text(),
            }
        }
    }
}

fn say(first: &GoalView<'_>, second: &GoalView<'_>, goals: &[&GoalView<'_>]) -> Finding {
    const SHOWN: usize = 3;
    let names: Vec<String> = goals.iter().take(SHOWN).map(|g| format!("`{}`", g.goal.name)).collect();
    let more = goals.len().saturating_sub(SHOWN);
    let names = match more {
        0 => crate::lint::words::and(&names),
        _ => format!("{} and {more} more", names.join(", ")),
    };
    let finding = Finding::new(
        format!("goals without a name of their own are told apart by a number: {names}"),
        second.subject_place(),
        format!("called `{}`", second.goal.name),
    )
    .and(first.subject_place(), format!("called `{}`", first.goal.name))
    .because("Reports, tests and combined goals use these names, and they shift when a goal is added above.")
    .help("give each a name of its own: goal NAME: …");
    goals.iter().fold(finding, |finding, goal| finding.concerns(goal.number))
}
