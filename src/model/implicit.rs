//! Metrics that no statement describes: the columns of a table that only the command line names.

use super::error::NameError;
use super::names::written;
use super::plan::{Aggregate, Condition, Formula, Kind, Node, TableId, Type};
use super::tables::DATA;
use super::{R, Reported, Resolver};
use crate::quantity::Unit;
use crate::query::{ColumnType, Measure, Row, RowOp};
use crate::source::Loc;

impl Resolver<'_> {
    /// The metric that no statement describes: `last(column)` of a table that only the command line names.
    pub(crate) fn implicit_metric(&mut self, name: &str, at: Loc) -> R<usize> {
        if let Some(id) = self.implicit.get(name) {
            return Ok(*id);
        }
        let Some((table, filter)) = self.implicit_source(name, at)? else { return Err(self.unknown_metric(name, at)) };
        let column = if filter.is_some() { self.tidy_column(table, "value") } else { name.to_owned() };
        let text = match &filter {
            Some(f) => format!("last({} where {})", written(&column), f.text),
            None => format!("last({})", written(name)),
        };
        let aggregate = Aggregate {
            measure: Measure::Last(Row::Column(column)),
            retained: None,
            table,
            filter,
            kind: Kind::Stock,
            text: text.clone(),
        };
        let value = Formula { node: Node::Aggregate(Box::new(aggregate)), gives: Type::Number(Unit::Plain), at };
        Ok(self.enter_implicit(name, text, value))
    }

    /// The tidy table's own spelling of a column.
    fn tidy_column(&self, table: TableId, name: &str) -> String {
        let info = self.catalog.opened.get(self.table_name(table));
        let spelled = info.and_then(|i| i.columns.keys().find(|c| c.eq_ignore_ascii_case(name)));
        spelled.map_or(name, String::as_str).to_owned()
    }

    /// Where an implicit metric of that name is read: the table, and the filter of the tidy form.
    fn implicit_source(&mut self, name: &str, at: Loc) -> R<Option<(TableId, Option<Condition>)>> {
        if self.bare {
            return Ok(Some((self.bare_table(DATA), None)));
        }
        let mut found: Vec<(TableId, Option<Condition>)> = Vec::new();
        let mut unopened = None;
        let mut other_type = None;
        for (id, (table, t)) in self.plan.tables.iter().enumerate() {
            if !t.source.implicit {
                continue;
            }
            let Some(info) = self.catalog.opened.get(table) else {
                unopened = unopened.or(Some(id));
                continue;
            };
            match (&info.tidy, info.columns.get(name)) {
                (Some(names), _) if names.iter().any(|n| n == name) => {
                    found.push((id, Some(self.tidy_filter(id, name, at))))
                }
                // That not every row holds one is told with the row, when they are read.
                (_, Some(ColumnType::Number | ColumnType::Mixed | ColumnType::Unusable)) => found.push((id, None)),
                (_, Some(holds)) => other_type = Some((table.clone(), *holds)),
                _ => {}
            }
        }
        match (found.len(), unopened, other_type) {
            (0, Some(id), _) => Ok(Some((id, None))),
            (0, None, Some((table, holds))) => {
                let error = NameError::ColumnType {
                    table,
                    column: name.to_owned(),
                    holds: holds_word(holds),
                    wanted: "a number",
                    at: at.span,
                    help: "name a column of numbers, or write a metric that works one out",
                };
                Err(self.report(at.file, &error))
            }
            (0, None, None) => Ok(None),
            (1, _, _) => Ok(found.pop()),
            _ => {
                let example = format!("last({}.{})", written(self.table_name(found[0].0)), written(name));
                Err(self.report(at.file, &NameError::WhichTable { column: name.to_owned(), at: at.span, example }))
            }
        }
    }

    fn tidy_filter(&self, table: TableId, name: &str, at: Loc) -> Condition {
        let column = self.tidy_column(table, "metric");
        let equal =
            Row::Binary(RowOp::Equal, Box::new(Row::Column(column.clone())), Box::new(Row::Text(name.to_owned())));
        Condition {
            row: equal,
            tables: vec![table],
            text: format!("{} = \"{name}\"", written(&column)),
            columns: vec![column.clone()],
            fixes: vec![(column, name.to_owned())],
            at,
        }
    }

    /// The error of a name that is no metric, let or campaign.
    fn unknown_metric(&mut self, name: &str, at: Loc) -> Reported {
        let with: Vec<TableId> = self.tables_with(name);
        let help = if let Some(table) = with.first() {
            let column = format!("{}.{}", written(self.table_name(*table)), written(name));
            Some(format!("it is a column: add it up with sum({column}), or take its newest value with last({column})"))
        } else {
            let implicit = self.plan.tables.iter().filter(|(_, t)| t.source.implicit);
            let infos = implicit.filter_map(|(n, _)| self.catalog.opened.get(n));
            let columns = infos
                .flat_map(|i| i.tidy.iter().flatten().map(String::as_str).chain(i.columns.keys().map(String::as_str)));
            let n = &self.names;
            let known = n.metrics.keys().copied().chain(n.lets.keys().copied()).chain(n.campaigns.keys().copied());
            self.suggestion(name, known.chain(columns))
        };
        let table = self.plan.tables.keys().next().map_or("posts", String::as_str);
        let help =
            help.or_else(|| Some(format!("describe it: metric {0} = sum({1}.{0})", written(name), written(table))));
        let error = NameError::Unknown { name: name.to_owned(), wanted: "a metric or a let", at: at.span, help };
        self.report(at.file, &error)
    }
}

/// What a column holds, in words.
fn holds_word(holds: ColumnType) -> &'static str {
    use ColumnType::{Date, Empty, Mixed, Number, Text, Timestamp, Truth, Unusable};
    match holds {
        Number => "numbers",
        Text => "text",
        Truth => "true and false",
        Date => "dates",
        Timestamp => "times",
        Empty => "no value in any row",
        Mixed => "numbers in some rows and text in others",
        Unusable => "what can't be used",
    }
}
