//! M207: a goal by a deadline over a table without a time column.

use crate::diagnostic::Level;
use crate::eval::aim;
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule, on_table};
use crate::model::plan::{From, GoalBody, TableId, Timing};
use crate::model::written;
use crate::query::ColumnType;
use indexmap::IndexMap;

pub static RULE: Rule = Rule {
    code: "M207",
    name: "no-time-column",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::Unsafe,
    look: Look::PlanData(look),
    page: include_str!("no_time_column.md"),
};

fn look(observed: &Observed<'_, '_>, found: &mut Found) {
    let mut read: IndexMap<TableId, Vec<&GoalView<'_>>> = IndexMap::new();
    for goal in observed.context.goals.iter().filter(|g| observed.readable(g)) {
        if let Some(table) = uncut(observed, goal) {
            read.entry(table).or_default().push(goal);
        }
    }
    for (table, goals) in read {
        let Some(first) = goals.first() else { continue };
        let all = goals.iter().fold(finding(observed, table, first), |f, g| f.concerns(g.number));
        found.say(all);
    }
}

/// The table of a goal with a deadline or window that none of its tables is cut by.
fn uncut(observed: &Observed<'_, '_>, goal: &GoalView<'_>) -> Option<TableId> {
    let tables: Vec<TableId> = match &goal.goal.body {
        _ if matches!(goal.goal.timing, Timing::Open) => return None,
        GoalBody::Rows { table, .. } => vec![*table],
        GoalBody::Measured { subject, .. } => observed.world.moving_tables(subject),
        GoalBody::Combined { .. } => return None,
    };
    let timed = |t: &TableId| observed.world.timelines.get(*t).is_none_or(|t| t.timed);
    // A change over time on it is an error of its own.
    let changes = matches!(goal.goal.body, GoalBody::Measured { .. })
        && !matches!(goal.goal.from, Some(From::Value(_)))
        && goal.targets().iter().any(|t| aim::needs_baseline(&t.kind));
    tables.first().copied().filter(|_| !changes && !tables.iter().any(timed))
}

fn finding(observed: &Observed<'_, '_>, table: TableId, goal: &GoalView<'_>) -> Finding {
    let (context, name) = (observed.context, observed.context.table_name(table));
    let dates: Vec<String> = match observed.world.infos.get(table) {
        Some(Some(info)) => info
            .columns
            .iter()
            .filter(|(_, kind)| matches!(kind, ColumnType::Date | ColumnType::Timestamp))
            .map(|(column, _)| format!("time {}", written(column)))
            .collect(),
        _ => Vec::new(),
    };
    let (at, label) = match on_table::name_place(context, table) {
        Some(at) => (at, "without `time`"),
        None => (goal.subject_place(), ""),
    };
    let finding = Finding::new(format!("{name} has no time column, so no deadline or window cuts it"), at, label)
        .because(format!(
            "It is one reading for all time: {} takes in all its rows, whenever they were, and rows that are \
             added later change what was judged.",
            goal.goal.name
        ));
    match dates.as_slice() {
        [] => finding.help("add a column of days to the data, and name it on the table: time COLUMN"),
        [clause] => {
            let finding = finding.help(format!("name it on the table: {clause}"));
            match on_table::with_clause(context, table, clause) {
                Some(edit) => finding.fix(clause, [edit]),
                None => finding,
            }
        }
        several => finding.help(format!("name the one that counts on the table: {}", several.join(", or "))),
    }
}
