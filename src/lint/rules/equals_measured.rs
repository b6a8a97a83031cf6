//! M212: a goal that a measured value be just one number.

use crate::diagnostic::Level;
use crate::eval::subject;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{BinaryOp, Comparison, Direction, Formula, GoalBody, Node, Target, TargetKind};
use crate::query::Measure;
use std::collections::HashSet;
use crate::quantity::Unit;

pub static RULE: Rule = Rule {
    code: "M212",
    name: "equals-measured",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::Unsafe,
    look: Look::Goal(look),
    page: include_str!("equals_measured.md"),
};

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    if let GoalBody::Measured { subject, targets, .. } = &goal.goal.body {
        targets.iter().for_each(|t| check(context, subject, t, found));
    }
    for kpi in goal.goal.kpis.iter().chain(&goal.goal.guardrails) {
        kpi.target.iter().for_each(|t| check(context, &kpi.value, t, found));
    }
}

fn check(context: &Context<'_>, subject: &Formula, target: &Target, found: &mut Found) {
    let TargetKind::Bound(Comparison::Equal, Formula { node: Node::Number(value), .. }) = &target.kind else { return };
    let unit = subject.gives.unit();
    // None at all, and all of it, are ends that a value does reach.
    let end = *value == 0.0 || (unit == Unit::Percent && *value == 1.0);
    let number = target.text.trim_start_matches('=').trim_start();
    let rounded = number.ends_with(|c: char| c.is_ascii_alphabetic());
    let whole = matches!(unit, Unit::Plain | Unit::Count(_)) && value.fract() == 0.0 && !rounded;
    if end || (whole && counted(context, subject)) {
        return;
    }
    let mut finding = Finding::new(
        format!("`{}` is only kept by that very number", target.text),
        target.at,
        "no more and no less",
    )
    .because("What is measured hardly ever comes to a number exactly: a hair above it is a miss as well.");
    let bound = subject::direction(context.plan, subject).map(|d| match d {
        Direction::Higher => format!(">= {number}"),
        Direction::Lower => format!("<= {number}"),
    });
    finding = match bound {
        Some(bound) => finding
            .help(format!("write a bound or a range: {bound}, within 10% of {number}"))
            .fix("write a bound", [(target.at, bound)]),
        None => finding.help(format!("write a bound or a range: >= {number}, <= {number}, within 10% of {number}")),
    };
    found.say(finding);
}

/// True for what counts things, or reads a level, a rank, a least or greatest one: whole numbers, which can be hit.
fn counted(context: &Context<'_>, formula: &Formula) -> bool {
    let (mut open, mut seen) = (vec![formula], HashSet::new());
    while let Some(formula) = open.pop() {
        match &formula.node {
            Node::Metric(id) if !seen.insert(*id) => {}
            Node::Metric(id) => open.extend(context.plan.metrics.get_index(*id).map(|(_, m)| &m.value)),
            Node::Aggregate(a) if a.retained.is_none() && is_whole(&a.measure) => {}
            Node::Across(across) if across.function.places_one() => {}
            Node::Call(..) | Node::If(..) | Node::Number(_) | Node::Let(_) => {}
            Node::Binary(BinaryOp::Add | BinaryOp::Subtract, ..)
            | Node::Across(_)
            | Node::Window(..)
            | Node::Shift(..)
            | Node::Filter(..)
            | Node::Campaign(..)
            | Node::Over(..)
            | Node::ToDate(..)
            | Node::Cumulative(_) => open.extend(formula.node.parts()),
            _ => return false,
        }
    }
    true
}

fn is_whole(measure: &Measure) -> bool {
    use Measure::{Count, Distinct, First, Last, LastPer, Max, Min};
    matches!(measure, Count | Distinct(_) | Last(_) | LastPer(..) | First(_) | Min(_) | Max(_))
}
