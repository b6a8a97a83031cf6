//! The values of a dimension: those with a row that some aggregate of a formula takes. Knows filters and tables, and no
//! goal.

use super::formula::{Context, World};
use super::timeline::Timeline;
use super::words;
use crate::calendar::Window;
use crate::model::plan::{Condition, Formula, Node, TableId};
use crate::query::{Answer, ColumnType, Measure, Request, Row, RowOp};
use jiff::civil::DateTime;
use ordered_float::OrderedFloat;

/// The rows that one aggregate takes.
#[derive(PartialEq)]
struct Taken {
    table: TableId,
    filter: Option<Row>,
    /// A window of its own: `x[Q4 2020]`.
    window: Option<Window>,
}

/// The values of a column that have a row, in order: `window` gives the stretch that is looked through in each table.
pub fn values<'a>(
    world: &World<'a>,
    formula: &'a Formula,
    context: &Context<'a>,
    column: &str,
    window: impl Fn(&Timeline) -> Window,
) -> Vec<&'a str> {
    let mut taken = Vec::new();
    let mut seen = vec![false; world.plan.metrics.len()];
    Rows { world, context }.add(formula, &[], None, &mut seen, &mut taken);
    let mut found: Vec<&'a str> = Vec::new();
    for rows in taken {
        let has = world.infos.get(rows.table).copied().flatten().is_none_or(|i| i.columns.contains_key(column));
        let Some(timeline) = world.timelines.get(rows.table).filter(|_| has) else { continue };
        let window = rows.window.unwrap_or_else(|| window(timeline));
        let clipped = Window::new(window.start, window.end.min(timeline.readable).max(window.start));
        let request = Request {
            measure: Measure::Count,
            filter: rows.filter,
            window: timeline.timed.then_some(clipped),
            group: Some(column.to_owned()),
        };
        if let Some(Answer::Groups(groups)) = world.cells.ask(rows.table, request) {
            let new = groups.iter().filter(|(_, cell)| cell.rows > 0).map(|(key, _)| key.as_str());
            for key in new {
                if !found.contains(&key) {
                    found.push(key);
                }
            }
        }
    }
    found
}

/// Looks for the rows that a formula's aggregates take.
struct Rows<'w, 'a> {
    world: &'w World<'a>,
    context: &'w Context<'a>,
}

impl<'a> Rows<'_, 'a> {
    fn add(
        &self,
        formula: &'a Formula,
        filters: &[&'a Condition],
        window: Option<Window>,
        seen: &mut [bool],
        taken: &mut Vec<Taken>,
    ) {
        let and = |more: Option<&'a Condition>| filters.iter().copied().chain(more).collect::<Vec<_>>();
        let plan = self.world.plan;
        match &formula.node {
            Node::Aggregate(a) => {
                let inner = and(a.filter.as_ref());
                let reaching = inner.into_iter().filter(|c| self.world.reaches(c, a.table).is_ok());
                let rows =
                    self.world.context_rows(self.context, a.table).into_iter().chain(reaching.map(|c| c.row.clone()));
                let filter = all(rows);
                let rows = Taken { table: a.table, filter, window };
                if !taken.contains(&rows) {
                    taken.push(rows);
                }
            }
            Node::Filter(x, condition) => self.add(x, &and(Some(&**condition)), window, seen, taken),
            Node::Window(x, period) => {
                let own = period.window(&plan.facts.rules);
                self.add(x, filters, own.or(window), seen, taken);
            }
            Node::Campaign(x, id) => {
                let campaign = plan.campaigns.get_index(*id).map(|(_, c)| c);
                let filters = and(campaign.and_then(|c| c.filter.as_ref()));
                self.add(x, &filters, campaign.map(|c| c.window).or(window), seen, taken);
            }
            // A metric that uses its own past leads back to itself.
            Node::Metric(id) => {
                if let (Some((_, metric)), Some(false)) = (plan.metrics.get_index(*id), seen.get(*id)) {
                    seen[*id] = metric.uses_past;
                    self.add(&metric.value, filters, window, seen, taken);
                    seen[*id] = false;
                }
            }
            _ => words::parts(formula).into_iter().for_each(|x| self.add(x, filters, window, seen, taken)),
        }
    }
}

/// All of the conditions, each once.
pub fn all(rows: impl IntoIterator<Item = Row>) -> Option<Row> {
    let mut each: Vec<Row> = Vec::new();
    for row in rows {
        if !each.contains(&row) {
            each.push(row);
        }
    }
    each.into_iter().reduce(|a, b| Row::Binary(RowOp::And, Box::new(a), Box::new(b)))
}

impl<'a> World<'a> {
    /// The conditions that a context puts on the rows of a table: of its filters those that reach it, without what is
    /// lifted, and the values of dimensions around the one that is grouped by.
    pub(super) fn context_rows(&self, context: &Context<'a>, table: TableId) -> Vec<Row> {
        let mut rows = Vec::new();
        for (i, (condition, _)) in context.filters.iter().enumerate() {
            if self.reaches(condition, table).is_ok() {
                let lifted: Vec<&str> =
                    context.lifted.iter().filter(|(_, first)| i < *first).map(|(column, _)| *column).collect();
                rows.extend(without(&condition.row, &lifted));
            }
        }
        rows.extend(context.also.iter().map(|(column, value)| self.is_value(table, column, value)));
        rows
    }

    /// The condition that a column has a value, as groups name it.
    fn is_value(&self, table: TableId, column: &str, value: &str) -> Row {
        let info = self.infos.get(table).copied().flatten();
        let literal = match info.and_then(|i| i.columns.get(column)) {
            Some(ColumnType::Number) => value.parse().ok().map(|x| Row::Number(OrderedFloat(x))),
            Some(ColumnType::Truth) => value.parse().ok().map(Row::Truth),
            Some(ColumnType::Date) => value.parse().ok().map(|day| Row::Period(Window::days(day, day))),
            Some(ColumnType::Timestamp) => value.parse::<DateTime>().ok().map(Row::Moment),
            _ => None,
        };
        let literal = literal.unwrap_or_else(|| Row::Text(value.to_owned()));
        Row::Binary(RowOp::Equal, Box::new(Row::Column(column.to_owned())), Box::new(literal))
    }
}

/// A condition without the parts that fix one of `columns` to a value; `None` where nothing is left.
fn without(row: &Row, columns: &[&str]) -> Option<Row> {
    let fixes = |a: &Row, b: &Row| {
        let literal = matches!(b, Row::Text(_) | Row::Number(_) | Row::Truth(_) | Row::Period(_) | Row::Moment(_));
        matches!(a, Row::Column(c) if columns.contains(&c.as_str())) && literal
    };
    match row {
        Row::Binary(RowOp::And, a, b) => match (without(a, columns), without(b, columns)) {
            (Some(a), Some(b)) => Some(Row::Binary(RowOp::And, Box::new(a), Box::new(b))),
            (a, b) => a.or(b),
        },
        Row::Binary(RowOp::Equal, a, b) if fixes(a, b) || fixes(b, a) => None,
        other => Some(other.clone()),
    }
}
