//! R405: a metric that nothing reads.

use crate::diagnostic::Level;
use crate::lint::uses::unused;
use crate::lint::{Context, Correction, Finding, Found, Look, Mark, Rule};
use crate::model::written;
use crate::syntax::tree::{MetricClause, StatementKind};

pub static RULE: Rule = Rule {
    code: "R405",
    name: "unused-metric",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("unused_metric.md"),
};

fn look(context: &Context<'_>, found: &mut Found) {
    for (name, at) in unused(context, is_idle) {
        let name = written(name);
        found.say(
            Finding::new(format!("nothing uses the metric `{name}`"), at, "")
                .because("No goal wants anything of it, and no KPI, alert, test or other metric reads it.")
                .help(format!(
                    "set a goal on it, watch it beside one (`measure {name}`) or by an alert, or take it out"
                )),
        );
    }
}

/// A metric that says what it drives is there as a driver, read or not.
fn is_idle(statement: &StatementKind) -> bool {
    match statement {
        StatementKind::Metric(m) => !m.clauses.iter().any(|c| matches!(c.node, MetricClause::Drives(_))),
        _ => false,
    }
}
