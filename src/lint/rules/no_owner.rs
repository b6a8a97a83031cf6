//! S101: goals that nobody answers for.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{Goal, GoalBody, Plan};
use crate::source::{Loc, Span};
use crate::syntax::tree::{Fact, StatementKind};

pub static RULE: Rule = Rule {
    code: "S101",
    name: "no-owner",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("no_owner.md"),
};

fn look(context: &Context<'_>, found: &mut Found) {
    let plan = context.plan;
    if plan.facts.owner.is_some() {
        return;
    }
    let owned = owned(plan);
    let without: Vec<&GoalView<'_>> =
        context.goals.iter().filter(|g| owned.get(g.number).is_some_and(Option::is_none)).collect();
    if without.is_empty() {
        return;
    }
    match owned.iter().flatten().next() {
        Some(example) if without.len() > FEW => found.say(many(&without, example, owned.len())),
        Some(example) => {
            for goal in &without {
                found.say(one(goal, example, (owned.len() - without.len(), owned.len())));
            }
        }
        // A line or two that somebody tries out is nobody's plan yet.
        None if is_presented(plan) => found.say(none(context, &without)),
        None => {}
    }
}

/// True where a plan says whose or what it is: people will read it.
fn is_presented(plan: &Plan) -> bool {
    let facts = &plan.facts;
    facts.title.is_some() || facts.mission.is_some() || facts.vision.is_some() || !plan.objectives.is_empty()
}

/// More goals than this are one finding.
const FEW: usize = 3;

/// How deep combined goals are followed.
const MAX_NESTED: usize = 16;

/// Who answers for each goal, in the order of the plan: its own owner, else its objective's, else that of a goal that
/// it is a part of, else that of its parts.
fn owned(plan: &Plan) -> Vec<Option<&str>> {
    let mut owners: Vec<Option<&str>> = plan.goals.values().map(|g| owner(plan, g)).collect();
    let combined = |(number, goal): (usize, &Goal)| match &goal.body {
        GoalBody::Combined { goals, .. } => {
            Some((number, goals.iter().filter_map(|name| plan.goals.get_index_of(name)).collect::<Vec<usize>>()))
        }
        _ => None,
    };
    if owners.iter().all(Option::is_some) {
        return owners;
    }
    let combined: Vec<(usize, Vec<usize>)> = plan.goals.values().enumerate().filter_map(combined).collect();
    // Parts stand in any order and may be combined themselves.
    for _ in 0..MAX_NESTED {
        let before = owners.iter().flatten().count();
        for (whole, parts) in &combined {
            let of = |i: &usize| owners.get(*i).copied().flatten();
            let all_parts = parts.iter().all(|p| of(p).is_some());
            let Some(owner) = of(whole).or_else(|| parts.first().filter(|_| all_parts).and_then(of)) else { continue };
            for i in parts.iter().chain([whole]) {
                if let Some(slot) = owners.get_mut(*i) {
                    slot.get_or_insert(owner);
                }
            }
        }
        if owners.iter().flatten().count() == before {
            break;
        }
    }
    owners
}

/// A goal's own owner, else the nearest one of its objective and those that this supports.
fn owner<'a>(plan: &'a Plan, goal: &'a Goal) -> Option<&'a str> {
    let mut owner = goal.owner.as_deref();
    let mut at = goal.supports;
    // The model refuses circles; the bound is for none to be needed.
    for _ in 0..=plan.objectives.len() {
        let Some((_, objective)) = at.filter(|_| owner.is_none()).and_then(|id| plan.objectives.get_index(id)) else {
            break;
        };
        (owner, at) = (objective.owner.as_deref(), objective.supports);
    }
    owner
}

fn one(goal: &GoalView<'_>, example: &str, (with, of): (usize, usize)) -> Finding {
    let have = if with == 1 { "has one:" } else { "have one, such as" };
    Finding::new("nobody answers for this goal", goal.name_place(), "no owner")
        .because(format!("Of the plan's {of} goals {with} {have} {example:?}."))
        .help("name who is asked when it goes wrong: owner \"…\" behind the goal or its objective")
}

fn many(without: &[&GoalView<'_>], example: &str, of: usize) -> Finding {
    let at = without.first().map(|g| g.name_place()).unwrap_or_default();
    let listed: Vec<&str> = without.iter().take(8).map(|g| g.goal.name.as_str()).collect();
    let more = without.len() - listed.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let finding = Finding::new(format!("nobody answers for {} of {of} goals", without.len()), at, "the first of them")
        .because(format!("They are {}{more}; others have an owner, such as {example:?}.", listed.join(", ")))
        .help("name who is asked when it goes wrong: owner \"…\" behind each goal or its objective");
    without.iter().fold(finding, |finding, goal| finding.concerns(goal.number))
}

fn none(context: &Context<'_>, without: &[&GoalView<'_>]) -> Finding {
    let at = title_place(context).or_else(|| without.first().map(|g| g.name_place())).unwrap_or_default();
    let goals = match without.len() {
        1 => "Its one goal has no owner".to_owned(),
        n => format!("None of its {n} goals has an owner"),
    };
    let objectives = match context.plan.objectives.len() {
        0 => "",
        1 => ", and neither has its objective",
        _ => ", and neither has an objective of theirs",
    };
    let finding = Finding::new("nobody answers for what this plan promises", at, "whose plan is it?")
        .because(format!("{goals}{objectives}."))
        .help("name who is asked when it goes wrong: owner \"…\" on a line of its own for all goals, or behind a goal");
    without.iter().fold(finding, |finding, goal| finding.concerns(goal.number))
}

/// Where the plan's title stands.
fn title_place(context: &Context<'_>) -> Option<Loc> {
    let title = |s: &StatementKind| -> Option<Span> {
        match s {
            StatementKind::Fact(Fact::Plan(text)) => Some(text.span),
            _ => None,
        }
    };
    context.trees.iter().find_map(|(file, tree)| {
        tree.statements.iter().find_map(|s| Some(Loc { file: *file, span: title(&s.node)? }))
    })
}
