//! A302: a target beyond the ceiling that the plan itself writes down.

use crate::diagnostic::Level;
use crate::eval::aim::{self, Wanted};
use crate::lint::constant::number;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{Checkpoint, Comparison, Direction, Formula, From, Node, Target};
use crate::quantity::{Digits, at_least};
use crate::source::Loc;
use crate::syntax::tree::{GoalClause, MetricClause, StatementKind};

pub static RULE: Rule = Rule {
    code: "A302",
    name: "over-cap",
    level: Level::Error,
    mark: Mark::Broken,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("over_cap.md"),
};

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    let own = goal.goal.cap.as_ref();
    if let Some(subject) = goal.subject()
        && let Some(ceiling) = own.map(|cap| Ceiling { cap, metric: None }).or_else(|| of_metric(context, subject))
    {
        let on_the_way = goal.goal.checkpoints.iter().filter_map(|c| match c {
            Checkpoint::At(_, target) => target.as_ref(),
            Checkpoint::Every(_) => None,
        });
        for target in aim::deciding(goal.targets()).into_iter().chain(on_the_way) {
            check(context, goal, subject, target, &ceiling, found);
        }
    }
    for beside in goal.goal.kpis.iter().chain(&goal.goal.guardrails) {
        if let (Some(target), Some(ceiling)) = (&beside.target, of_metric(context, &beside.value)) {
            check(context, goal, &beside.value, target, &ceiling, found);
        }
    }
}

/// A cap, and the metric that has it; else it is the goal's own.
struct Ceiling<'a> {
    cap: &'a Formula,
    metric: Option<usize>,
}

/// The cap of the metric that a formula is, whatever filters stand around it.
fn of_metric<'a>(context: &Context<'a>, subject: &Formula) -> Option<Ceiling<'a>> {
    let mut formula = subject;
    while let Node::Filter(inner, _) = &formula.node {
        formula = inner;
    }
    let Node::Metric(id) = formula.node else { return None };
    let cap = context.plan.metrics.get_index(id)?.1.cap.as_ref()?;
    Some(Ceiling { cap, metric: Some(id) })
}

fn check(
    context: &Context<'_>,
    goal: &GoalView<'_>,
    subject: &Formula,
    target: &Target,
    ceiling: &Ceiling<'_>,
    found: &mut Found,
) {
    let Some(cap) = number(context.plan, ceiling.cap) else { return };
    let Some(least) = least(context, goal, subject, target) else { return };
    let beyond = match least {
        (Comparison::Above, x) => at_least(x, cap),
        (_, x) => !at_least(cap, x),
    };
    if !beyond {
        return;
    }
    let digits = Digits::of(&subject.gives.unit(), &[least.1, cap]);
    let (wanted, cap) = (digits.trimmed(least.1), digits.trimmed(cap));
    let more = if least.0 == Comparison::Above { "more than " } else { "" };
    let whose = match ceiling.metric {
        Some(id) => format!("metric {}", context.metric_name(id)),
        None => "the goal".to_owned(),
    };
    let finding =
        Finding::new(format!("this target lies beyond the cap of {cap}, so it can't be reached"), target.at, "")
            .because(format!("It wants {more}{wanted}, and {whose} says that more than {cap} isn't possible."))
            .help("lower the target; or raise the cap, where it isn't a ceiling after all");
    found.say(match cap_place(context, goal, ceiling) {
        Some(at) => finding.and(at, "the ceiling"),
        None => finding,
    });
}

/// The least value that keeps a target, where the plan alone tells it.
fn least(
    context: &Context<'_>,
    goal: &GoalView<'_>,
    subject: &Formula,
    target: &Target,
) -> Option<(Comparison, f64)> {
    let plan = context.plan;
    let direction = crate::eval::subject::direction(plan, subject);
    let numbers: Vec<f64> =
        target.kind.expressions().into_iter().map(|f| number(plan, f)).collect::<Option<_>>()?;
    let baseline = match &goal.goal.from {
        Some(From::Value(value)) => number(plan, value),
        _ => None,
    };
    // Without a baseline and a direction, `to` is a value to come to from either side: beyond the cap it is no value.
    let direction = match baseline {
        None => direction.or(Some(Direction::Higher)),
        Some(_) => direction,
    };
    match aim::aim(&target.kind, baseline.ok_or_else(String::new), &numbers, direction).ok()?.wanted {
        Wanted::Bound(comparison @ (Comparison::AtLeast | Comparison::Above | Comparison::Equal), x) => {
            Some((comparison, x))
        }
        Wanted::Range(low, _) => Some((Comparison::AtLeast, low)),
        Wanted::Bound(..) => None,
    }
}

fn cap_place(context: &Context<'_>, goal: &GoalView<'_>, ceiling: &Ceiling<'_>) -> Option<Loc> {
    let Some(id) = ceiling.metric else {
        return goal.clause(|c| matches!(c, GoalClause::Cap(_)).then_some(())).map(|(_, at)| at);
    };
    let at = context.plan.metrics.get_index(id)?.1.at?;
    let StatementKind::Metric(metric) = context.statement(at)? else { return None };
    let clause = metric.clauses.iter().find(|c| matches!(c.node, MetricClause::Cap(_)))?;
    Some(Loc { file: at.file, span: clause.span })
}
