//! Refuses changes over time on tables without a time column (language reference, Steps). Knows the plan and which
//! tables bear a time, and no rows.

use super::aim;
use super::error::{EvalError, Failure};
use super::words;
use crate::diagnostic::Diagnostic;
use crate::model::plan::{Formula, From, Goal, GoalBody, Node, Plan};
use crate::query::TableInfo;
use crate::source::Loc;
use indexmap::IndexMap;

/// Refuses every change over time in the goals named `selected` whose tables all lack a time.
///
/// # Errors
/// [`Failure::Plan`] with all of them.
pub fn refuse(plan: &Plan, opened: &IndexMap<String, TableInfo>, selected: &[&String]) -> Result<(), Failure> {
    let goals = selected.iter().filter_map(|name| plan.goals.get(*name));
    let found: Vec<Diagnostic> = goals.flat_map(|goal| of_goal(plan, opened, goal)).collect();
    if found.is_empty() { Ok(()) } else { Err(Failure::Plan(found)) }
}

fn of_goal(plan: &Plan, opened: &IndexMap<String, TableInfo>, goal: &Goal) -> Vec<Diagnostic> {
    let GoalBody::Measured { subject, targets, .. } = &goal.body else { return Vec::new() };
    let mut changes: Vec<(&Formula, String, Loc)> = Vec::new();
    if !matches!(goal.from, Some(From::Value(_))) {
        let change = targets.iter().filter(|t| aim::needs_baseline(&t.kind));
        changes.extend(change.map(|t| (subject, format!("`{}`", t.text), t.at)));
    }
    words::visit(plan, subject, &mut |formula| {
        if let Node::Shift(of, _) | Node::Growth(of, _) = &formula.node {
            changes.push((of, format!("`{}`", words::formula(plan, formula)), formula.at));
        }
        if let Node::Aggregate(a) = &formula.node
            && a.retained.is_some()
        {
            changes.push((formula, format!("`{}`", a.text), formula.at));
        }
        if let Node::Pair(_, x, y) = &formula.node {
            changes.extend([x, y].map(|of| (of.as_ref(), format!("`{}`", words::formula(plan, formula)), formula.at)));
        }
    });
    let refused = changes.into_iter().filter_map(|(of, what, at)| {
        let table = untimed(plan, opened, of)?;
        Some(Diagnostic::of(&EvalError::Untimed { what, table, at: at.span }, at.file))
    });
    refused.collect()
}

/// The tables that a formula reads, where it reads some and none bears a time.
fn untimed(plan: &Plan, opened: &IndexMap<String, TableInfo>, formula: &Formula) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    let mut timed = false;
    words::visit(plan, formula, &mut |f| {
        if let Node::Aggregate(a) = &f.node
            && let Some((name, _)) = plan.tables.get_index(a.table)
        {
            timed |= opened.get(name).is_none_or(|info| info.time.is_some());
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
    });
    (!timed && !names.is_empty()).then(|| names.join(", "))
}
