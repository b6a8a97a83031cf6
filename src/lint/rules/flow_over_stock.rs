//! M204: a total over a level, whose worth depends on a span that isn't written.

use crate::diagnostic::Level;
use crate::eval::frame::span_word;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule, times};
use crate::model::kinds;
use crate::model::plan::{BinaryOp, Formula, From, Kind, Node, Timing};
use crate::calendar::{CalendarSpan, Period};

pub static RULE: Rule = Rule {
    code: "M204",
    name: "flow-over-stock",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("flow_over_stock.md"),
};

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    let Some(subject) = goal.subject() else { return };
    if times::kind(context, goal) != Some(Kind::Neither) || !mixes(context, subject) {
        return;
    }
    let Some(at) = times::place(goal) else { return };
    let tail = "The longer the time, the larger the total, and the level stays what it is: over a year the quotient is \
                about twelve times that of a month.";
    let finding = match (apart(context, goal), implied(context, goal)) {
        (Some((judged, baseline)), _) => {
            let (judged, baseline) = (span_word(judged), span_word(baseline));
            Finding::new(
                format!("a total over a level is judged over a {judged}, and its baseline over a {baseline}"),
                at,
                "another length than the baseline",
            )
            .because(tail)
            .help(format!("measure both over the same time: a baseline that is a {judged}"))
        }
        (None, Some(span)) => Finding::new(
            "this goal divides a total over a period by a level, and doesn't say over which period",
            at,
            "over which span?",
        )
        .because(tail)
        .help(format!(
            "it is measured over a {} now: write per {}, or the span that is meant",
            span_word(span),
            times::written(span)
        )),
        (None, None) => return,
    };
    found.say(finding.and(goal.subject_place(), "a total and a level"));
}

/// True where a total is divided by a level, or a level by a total.
fn mixes<'a>(context: &Context<'a>, formula: &'a Formula) -> bool {
    let mut at = formula;
    // A metric that uses its own past comes back to itself.
    for _ in 0..=context.plan.metrics.len() * 2 + MAX_DEPTH {
        at = match &at.node {
            Node::Metric(id) => match context.plan.metrics.get_index(*id) {
                Some((_, metric)) => &metric.value,
                None => return false,
            },
            Node::Filter(x, _) | Node::Shift(x, _) | Node::Negate(x) => x,
            Node::Binary(op, a, b) => match (kinds::kind(a, context.plan), kinds::kind(b, context.plan)) {
                (Some(Kind::Flow), Some(Kind::Stock)) | (Some(Kind::Stock), Some(Kind::Flow)) => {
                    return *op == BinaryOp::Divide;
                }
                (Some(_), None) => a,
                (None, Some(_)) => b,
                _ => return false,
            },
            _ => return false,
        };
    }
    false
}

/// How deep a formula's own brackets may go, in all metrics together.
const MAX_DEPTH: usize = 10_000;

/// The span that the plan leaves implied.
fn implied(context: &Context<'_>, goal: &GoalView<'_>) -> Option<CalendarSpan> {
    let every = goal.subject().and_then(|f| times::step(context, f)).map(|s| s.every);
    times::implied_span(context, goal, every).filter(|i| !i.alike).map(|i| i.span)
}

/// The lengths of what is judged and of its baseline, where they differ.
fn apart(context: &Context<'_>, goal: &GoalView<'_>) -> Option<(CalendarSpan, CalendarSpan)> {
    let Some(From::Period { period, window: from }) = &goal.goal.from else { return None };
    let rules = &context.plan.facts.rules;
    let judged = match &goal.goal.timing {
        Timing::In { window, period, .. } => period.as_ref().and_then(|p| p.span(rules)).unwrap_or_else(|| window.length()),
        Timing::By { per: Some(per), .. } => *per,
        _ => return None,
    };
    // A date stands for the span that ends by it.
    let baseline = period.span(rules).filter(|_| !matches!(period, Period::Day(_)))?;
    let month = |s: CalendarSpan| s.months().map(|m| (true, m)).or(s.days().map(|d| (false, d)));
    let days = (judged.approximate_days() - from.length_days()).abs();
    (month(judged) != month(baseline) && days > 3.0).then_some((judged, baseline))
}
