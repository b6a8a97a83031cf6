//! S103: a title that names a value of a dimension, over a goal that counts all of them.

use crate::diagnostic::Level;
use crate::format::quoted;
use crate::lint::rows::{argument, reads};
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule};
use crate::model::plan::{Condition, Formula, GoalBody, Measure, Node, Over, Plan, TableId, Timing};
use crate::model::written;
use std::collections::BTreeSet;

pub static RULE: Rule = Rule {
    code: "S103",
    name: "no-scope",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::PlanData(look),
    page: include_str!("no_scope.md"),
};

/// With more values than this a column is no dimension that a title speaks of.
const MANY: usize = 50;

/// Values that name the whole or the rest.
const WHOLE: [&str; 9] = ["all", "any", "none", "other", "others", "overall", "total", "totals", "unknown"];

fn look(observed: &Observed<'_, '_>, found: &mut Found) {
    let context = observed.context;
    let dimensions = dimensions(context.plan);
    for goal in &context.goals {
        let Some(title) = goal.tree.title.as_ref() else { continue };
        for table in tables(observed, goal) {
            let columns = dimensions.iter().filter(|column| is_text(observed, table, column));
            for column in columns {
                let Some(values) = observed.column_values(table, column) else { continue };
                if !(2..=MANY).contains(&values.len()) {
                    continue;
                }
                let mut named = values.keys().filter(|value| names(&title.node, value));
                // A title that names several speaks of how they are beside one another.
                let (Some(value), None) = (named.next(), named.next()) else { continue };
                if is_scoped(context, goal, table, column) || is_measured(context, goal, value) {
                    continue;
                }
                let table = context.table_name(table);
                let (value, column) = (quoted(value), written(column));
                found.say(
                    Finding::new(
                        format!("the title says {value}, the goal counts every {column}"),
                        goal.place(title.span),
                        format!("a {column} of {table}"),
                    )
                    .because(format!("{table} has {} values of {column}, and no filter picks one.", values.len()))
                    .help(format!("say what is meant: where {column} = {value}"))
                    .concerns(goal.number),
                );
            }
        }
    }
}

/// The tables of a goal's subject.
fn tables(observed: &Observed<'_, '_>, goal: &GoalView<'_>) -> Vec<TableId> {
    match &goal.goal.body {
        GoalBody::Measured { subject, .. } => observed.world.tables(subject),
        GoalBody::Rows { table, .. } => vec![*table],
        GoalBody::Combined { .. } => Vec::new(),
    }
}

fn is_text(observed: &Observed<'_, '_>, table: TableId, column: &str) -> bool {
    let info = observed.world.infos.get(table).copied().flatten();
    info.and_then(|i| i.columns.get(column)).is_some_and(|kind| kind.is_text())
}

/// The columns by which the plan itself filters, groups or ranks: what it treats as dimensions.
fn dimensions(plan: &Plan) -> BTreeSet<&str> {
    let filters = plan.goals.values().filter_map(|g| g.filter.as_deref());
    let filters = filters.chain(plan.campaigns.values().filter_map(|c| c.filter.as_ref()));
    let filters = filters.chain(plan.segments.values().map(|s| &s.condition));
    let mut found: BTreeSet<&str> = filters.flat_map(|c| &c.columns).map(String::as_str).collect();
    found.extend(plan.goals.values().filter_map(|g| match &g.quantifier {
        Some((_, Over::Dimension(column))) => Some(column.as_str()),
        _ => None,
    }));
    let subjects = plan.goals.values().filter_map(|g| match &g.body {
        GoalBody::Measured { subject, .. } => Some(subject),
        _ => None,
    });
    for formula in plan.metrics.values().map(|m| &m.value).chain(subjects) {
        in_formula(plan, formula, &mut |column| _ = found.insert(column));
    }
    found
}

/// Calls `see` for each column by which a formula itself filters, groups or ranks.
fn in_formula<'a>(plan: &'a Plan, formula: &'a Formula, see: &mut dyn FnMut(&'a str)) {
    by(plan, &formula.node, see);
    formula.node.parts().into_iter().for_each(|x| in_formula(plan, x, see));
}

/// Likewise for a formula without those that stand in it.
fn by<'a>(plan: &'a Plan, node: &'a Node, see: &mut dyn FnMut(&'a str)) {
    let condition: Option<&'a Condition> = match node {
        Node::Aggregate(a) => {
            if let Measure::LastPer(_, per) = &a.measure {
                see(per);
            }
            a.filter.as_ref()
        }
        Node::Filter(_, condition) => Some(condition),
        Node::Campaign(_, id) => plan.campaigns.get_index(*id).and_then(|(_, c)| c.filter.as_ref()),
        Node::Across(across) => {
            see(&across.by);
            None
        }
        _ => None,
    };
    condition.into_iter().flat_map(|c| &c.columns).for_each(|column| see(column));
}

/// True where anything between the table and the goal looks at the column.
fn is_scoped(context: &Context<'_>, goal: &GoalView<'_>, table: TableId, column: &str) -> bool {
    let plan = context.plan;
    let filters = |c: &Condition| c.columns.iter().any(|x| x == column);
    let by_table = plan.tables.get_index(table).and_then(|(_, t)| t.source.filter.as_ref());
    let by_each = match &goal.goal.quantifier {
        Some((_, Over::Dimension(dimension))) => dimension == column,
        Some((_, Over::Campaigns)) => true,
        _ => false,
    };
    let by_campaign = match &goal.goal.timing {
        Timing::In { campaign: Some(id), .. } | Timing::Every { campaign: Some(id), .. } => {
            plan.campaigns.get_index(*id).and_then(|(_, c)| c.filter.as_ref()).is_some_and(filters)
        }
        _ => false,
    };
    let by_subject = match &goal.goal.body {
        GoalBody::Measured { subject, .. } => looks_at(plan, subject, column),
        GoalBody::Rows { value, .. } => reads(value, column),
        GoalBody::Combined { .. } => true,
    };
    let by_goal = goal.goal.filter.as_deref().is_some_and(filters);
    by_goal || by_each || by_campaign || by_subject || by_table.is_some_and(|row| reads(row, column))
}

/// True where a formula filters, groups, ranks or computes by a column, through its metrics.
fn looks_at(plan: &Plan, formula: &Formula, column: &str) -> bool {
    let mut found = false;
    crate::eval::words::visit(plan, formula, &mut |f| {
        by(plan, &f.node, &mut |own| found |= own == column);
        if let Node::Aggregate(a) = &f.node {
            found |= argument(&a.measure).is_some_and(|row| reads(row, column));
        }
    });
    found
}

/// True where what is measured bears that word itself: `paid_members` beside a column that says `paid`.
fn is_measured(context: &Context<'_>, goal: &GoalView<'_>, value: &str) -> bool {
    let value = value.to_lowercase();
    let holds = |text: &str| text.to_lowercase().contains(&value);
    let mut found = holds(goal.subject_text());
    if let Some(subject) = goal.subject() {
        context.visit(subject, &mut |f| match &f.node {
            Node::Aggregate(a) => found |= holds(&a.text),
            Node::Metric(id) => {
                let metric = context.plan.metrics.get_index(*id).map(|(_, m)| m);
                found |= metric.is_some_and(|m| holds(&m.name) || m.title.as_deref().is_some_and(holds));
            }
            _ => {}
        });
    }
    found
}

/// True where a title holds a value as whole words: in any case, but a short one (`US`) just as the data writes it, and
/// with a capital.
fn names(title: &str, value: &str) -> bool {
    let short = value.chars().count() <= 3;
    let tells = value.chars().any(char::is_alphabetic) && !WHOLE.iter().any(|w| w.eq_ignore_ascii_case(value));
    if !tells || short && !value.chars().any(char::is_uppercase) {
        return false;
    }
    let (title, value) = match short {
        true => (title.to_owned(), value.to_owned()),
        false => (title.to_lowercase(), value.to_lowercase()),
    };
    title.match_indices(&value).any(|(i, found)| {
        let before = title.get(..i).and_then(|t| t.chars().next_back());
        let after = title.get(i + found.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}
