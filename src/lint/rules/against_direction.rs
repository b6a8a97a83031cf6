//! A304: a target that goes against the way that is better.

use crate::diagnostic::Level;
use crate::eval::aim;
use crate::lint::constant::number;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{Comparison, Direction, Formula, From, Node, Quantifier, Target, TargetKind};
use crate::quantity::same;
use crate::source::Loc;
use crate::syntax::tree::{MetricClause, StatementKind};

pub static RULE: Rule = Rule {
    code: "A304",
    name: "against-direction",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("against_direction.md"),
};

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    // `for at most 5% of calls` says what must be rare: the bound is meant the other way round.
    if matches!(goal.goal.quantifier, Some((Quantifier::AtMost(_), _))) {
        return;
    }
    if let (Some(subject), Some(target)) = (goal.subject(), aim::deciding(goal.targets())) {
        let from = match &goal.goal.from {
            Some(From::Value(value)) => Some(value),
            _ => None,
        };
        check(context, subject, target, from, found);
    }
    // A guardrail is a limit, so it may well point the other way; an indicator is wanted like the goal.
    for kpi in &goal.goal.kpis {
        if let Some(target) = &kpi.target {
            check(context, &kpi.value, target, None, found);
        }
    }
}

fn check(context: &Context<'_>, subject: &Formula, target: &Target, from: Option<&Formula>, found: &mut Found) {
    let Some((id, better)) = declared(context, subject) else { return };
    let Some(way) = way(context, &target.kind, from) else { return };
    if way == better {
        return;
    }
    let (word, other, bad) = match better {
        Direction::Higher => ("higher", "lower", "fall"),
        Direction::Lower => ("lower", "higher", "rise"),
    };
    let name = context.metric_name(id);
    let bound = matches!(target.kind, TargetKind::Bound(..));
    let message = match bound {
        true => format!("`{}` keeps only the worse values of {name}: its metric says `{word} is better`", target.text),
        false => format!("`{}` asks {name} to {bad}, and its metric says `{word} is better`", target.text),
    };
    let because = match bound {
        true => "The better it gets, the sooner this goal is missed.",
        false => "This goal is met by getting worse.",
    };
    let turned = match turned(target) {
        Some(text) => format!("write {text}"),
        None => "turn the target round".to_owned(),
    };
    let finding = Finding::new(message, target.at, "")
        .because(because)
        .help(format!("{turned}; or say `{other} is better` on the metric; a limit that must not be passed is a guardrail"));
    found.say(match place(context, id) {
        Some(at) => finding.and(at, "better"),
        None => finding,
    });
}

/// The metric that a formula is, whatever filters stand around it, and the direction that it declares.
fn declared(context: &Context<'_>, subject: &Formula) -> Option<(usize, Direction)> {
    let mut formula = subject;
    while let Node::Filter(inner, _) = &formula.node {
        formula = inner;
    }
    let Node::Metric(id) = formula.node else { return None };
    Some((id, context.plan.metrics.get_index(id)?.1.direction?))
}

/// Which way a target pulls; `None` for ranges, ranks, single values and what only data tells.
fn way(context: &Context<'_>, kind: &TargetKind, from: Option<&Formula>) -> Option<Direction> {
    let signed = |up: bool| Some(if up { Direction::Higher } else { Direction::Lower });
    let between = |from: &Formula, to: &Formula| {
        let (a, b) = (number(context.plan, from)?, number(context.plan, to)?);
        (!same(a, b)).then(|| signed(b > a))?
    };
    match kind {
        TargetKind::Relative(x) | TargetKind::Absolute(x) if *x != 0.0 => signed(*x > 0.0),
        TargetKind::Multiple(x) if *x != 1.0 => signed(*x > 1.0),
        TargetKind::Up => signed(true),
        TargetKind::Down => signed(false),
        TargetKind::FromTo(a, b) => between(a, b),
        TargetKind::To(b) => between(from?, b),
        TargetKind::Bound(Comparison::AtLeast | Comparison::Above, _) => signed(true),
        TargetKind::Bound(Comparison::AtMost | Comparison::Below, _) => signed(false),
        _ => None,
    }
}

/// The target the other way round, where it is a sign or a comparison that has to turn.
fn turned(target: &Target) -> Option<String> {
    let text = target.text.as_str();
    match &target.kind {
        TargetKind::Relative(_) | TargetKind::Absolute(_) => match text.split_at_checked(1)? {
            ("+", rest) => Some(format!("-{rest}")),
            ("-", rest) => Some(format!("+{rest}")),
            _ => None,
        },
        TargetKind::Up => Some("down".to_owned()),
        TargetKind::Down => Some("up".to_owned()),
        TargetKind::Bound(comparison, _) => {
            let rest = text.strip_prefix(comparison.symbol())?;
            let other = match comparison {
                Comparison::AtLeast => "<=",
                Comparison::AtMost => ">=",
                Comparison::Above => "<",
                Comparison::Below => ">",
                _ => return None,
            };
            Some(format!("{other}{rest}"))
        }
        _ => None,
    }
}

/// Where the metric says which way is better.
fn place(context: &Context<'_>, id: usize) -> Option<Loc> {
    let at = context.plan.metrics.get_index(id)?.1.at?;
    let StatementKind::Metric(metric) = context.statement(at)? else { return None };
    let says = |c: &MetricClause| matches!(c, MetricClause::HigherIsBetter | MetricClause::LowerIsBetter);
    let clause = metric.clauses.iter().find(|c| says(&c.node))?;
    Some(Loc { file: at.file, span: clause.span })
}
