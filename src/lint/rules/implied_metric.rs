//! M201: a subject that no statement describes: a column, read as a level.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule};
use crate::model::plan::{Aggregate, Metric, Node};
use crate::model::written;
use crate::quantity::Unit;
use crate::query::{Measure, Row};
use crate::source::{Loc, Span};

pub static RULE: Rule = Rule {
    code: "M201",
    name: "implied-metric",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::Unsafe,
    look: Look::GoalEither(look),
    page: include_str!("implied_metric.md"),
};

fn look(context: &Context<'_>, observed: Option<&Observed<'_, '_>>, goal: &GoalView<'_>, found: &mut Found) {
    // They stand behind all that are described.
    if !context.plan.metrics.last().is_some_and(|(_, m)| m.implicit) {
        return;
    }
    let Some(subject) = goal.subject() else { return };
    let mut implied: Vec<&Metric> = Vec::new();
    context.visit(subject, &mut |f| {
        if let Node::Metric(id) = f.node
            && let Some((_, metric)) = context.plan.metrics.get_index(id)
            && metric.implicit
            && inside(goal.goal.at, metric.value.at)
        {
            implied.push(metric);
        }
    });
    for metric in implied {
        say(context, observed, goal, metric, found);
    }
}

/// Where it is used first: said once, however many goals are about it.
fn inside(statement: Loc, at: Loc) -> bool {
    statement.file == at.file && statement.span.start <= at.span.start && at.span.end <= statement.span.end
}

fn say(
    context: &Context<'_>,
    observed: Option<&Observed<'_, '_>>,
    goal: &GoalView<'_>,
    metric: &Metric,
    found: &mut Found,
) {
    let Node::Aggregate(aggregate) = &metric.value.node else { return };
    // Without data its table isn't known.
    let table = observed.map(|_| context.table_name(aggregate.table));
    let Some(text) = statement(metric, aggregate, table) else { return };
    let mut finding = Finding::new(
        format!("nothing says what {} is: it is read as a level on a day, {}", metric.name, metric.text),
        metric.value.at,
        "a column",
    )
    .because("Were it a total, such as sign-ups, each row would be a part of it, and their sum be judged.")
    .help(format!("describe it: {text}; a total is a sum"));
    // Points make a percentage of it here, and other goals may want something else of it.
    let plain = goal.subject().is_some_and(|f| f.gives.unit() == Unit::Plain);
    if let (Some(_), true, Some(end)) = (table, plain, end_of_file(context, goal)) {
        finding = finding.fix("describe the metric", [(end.0, format!("{}{text}\n", end.1))]);
    }
    found.say(finding);
}

/// `metric subs = last(metrics.subs)`
fn statement(metric: &Metric, aggregate: &Aggregate, table: Option<&str>) -> Option<String> {
    let Measure::Last(Row::Column(column)) = &aggregate.measure else { return None };
    let table = table.map(|t| format!("{}.", written(t))).unwrap_or_default();
    let filter = aggregate.filter.as_ref().map(|f| format!(" where {}", f.text)).unwrap_or_default();
    Some(format!("metric {} = last({table}{}{filter})", written(&metric.name), written(column)))
}

/// The end of the goal's file, and what has to stand before a new line there.
fn end_of_file(context: &Context<'_>, goal: &GoalView<'_>) -> Option<(Loc, &'static str)> {
    let file = goal.goal.at.file;
    let text = &context.sources.files.get(file.0 as usize)?.text;
    let at = Loc { file, span: Span::new(text.len(), text.len()) };
    Some((at, if text.ends_with('\n') { "" } else { "\n" }))
}
