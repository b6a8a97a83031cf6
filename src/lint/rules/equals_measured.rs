//! M212: a goal that a measured value be just one number.

use crate::diagnostic::Level;
use crate::eval::subject;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{Comparison, Direction, Formula, GoalBody, Node, Target, TargetKind};
use crate::query::Measure;
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
    match &formula.node {
        Node::Metric(id) => context.plan.metrics.get_index(*id).is_some_and(|(_, m)| !m.uses_past && counted(context, &m.value)),
        Node::Aggregate(a) => {
            a.retained.is_none()
                && matches!(
                    a.measure,
                    Measure::Count
                        | Measure::Distinct(_)
                        | Measure::Last(_)
                        | Measure::LastPer(..)
                        | Measure::First(_)
                        | Measure::Min(_)
                        | Measure::Max(_)
                )
        }
        Node::Across(across) => across.function.places_one() || counted(context, &across.of),
        Node::Binary(crate::model::plan::BinaryOp::Add | crate::model::plan::BinaryOp::Subtract, a, b) => {
            counted(context, a) && counted(context, b)
        }
        Node::Call(..) | Node::If(..) | Node::Number(_) | Node::Let(_) => true,
        Node::Window(x, _) | Node::Shift(x, _) | Node::Filter(x, _) | Node::Campaign(x, _) | Node::Over(x, _)
        | Node::ToDate(x, _) | Node::Cumulative(x) => counted(context, x),
        _ => false,
    }
}
