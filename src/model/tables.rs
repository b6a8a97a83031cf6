//! Tables: declared, given by the command line, or accepted where a plan stands alone; which table a column is in, and
//! what is known of its columns.

use super::error::NameError;
use super::literals::span_unit;
use super::names::written;
use super::plan::{Table, TableId};
use super::{R, Reported, Resolver};
use crate::query::{ColumnType, TableInfo, TableSource, TimeColumn, redacted};
use crate::source::{FileId, Span};
use crate::syntax::tree::{self, TableClause};

/// The name of the table that a plan without tables is read against.
pub(crate) const DATA: &str = "data";

/// What is known of a name in a table.
pub(crate) enum Known {
    /// The table's columns are known and this is one.
    Is(ColumnType),
    /// The table's columns are known and this is none.
    No,
    /// The table wasn't opened.
    Unknown,
}

impl Resolver<'_> {
    /// Declared tables, without their `where`, then those that only the command line names.
    pub(crate) fn declare_tables(&mut self) {
        let declared: Vec<_> = self.names.tables.values().copied().collect();
        for d in declared {
            let file = d.file;
            let mut table = Table {
                name: d.tree.name.node.clone(),
                source: TableSource {
                    name: d.tree.name.node.clone(),
                    path: d.tree.from.node.clone(),
                    shown: redacted(&d.tree.from.node),
                    within: None,
                    time: None,
                    sheet: None,
                    filter: None,
                    timezone: self.plan.facts.timezone.clone(),
                    week_start: self.plan.facts.rules.week_start,
                    implicit: false,
                },
                every: None,
                sparse: false,
                lag: None,
                about: None,
                at: Some(d.loc()),
            };
            for clause in &d.tree.clauses {
                match &clause.node {
                    TableClause::Sheet(text) => table.source.sheet = Some(text.node.clone()),
                    TableClause::Time { column, format } => {
                        table.source.time = Some(TimeColumn {
                            column: column.node.clone(),
                            format: format.as_ref().map(|f| f.node.clone()),
                        });
                        self.check_time_column(&table.name, &column.node, file, column.span);
                    }
                    TableClause::Every(span) => table.every = self.positive(span, file).ok(),
                    TableClause::Sparse => table.sparse = true,
                    TableClause::Lag(span) => table.lag = self.positive(span, file).ok(),
                    TableClause::Where(_) => {}
                    TableClause::About(text) => table.about = Some(text.node.clone()),
                }
            }
            self.times_named(d.tree, file);
            self.plan.tables.insert(table.name.clone(), table);
        }
        for source in &self.catalog.given {
            if !self.plan.tables.contains_key(&source.name) {
                let facts = &self.plan.facts;
                let (timezone, week_start) = (facts.timezone.clone(), facts.rules.week_start);
                let source = TableSource { timezone, week_start, ..source.clone() };
                self.plan.tables.insert(source.name.clone(), given(source));
            }
        }
    }

    /// `every`, `sparse` and `lag` are about a table's times, so `time` names their column; one of them tells it.
    fn times_named(&mut self, table: &tree::Table, file: FileId) {
        if table.clauses.iter().any(|c| matches!(c.node, TableClause::Time { .. })) {
            return;
        }
        let about_times = table.clauses.iter().find_map(|c| match &c.node {
            TableClause::Every(_) => Some(("every", c.span)),
            TableClause::Sparse => Some(("sparse", c.span)),
            TableClause::Lag(_) => Some(("lag", c.span)),
            _ => None,
        });
        let Some((word, at)) = about_times else { return };
        let what = format!("`{word}` is about the times of a table, and no `time` names their column");
        let help = format!("name the column, as in: time day {}; or leave `{word}` out", self.text(file, at));
        self.report(file, &NameError::Timing { what, at, label: "of which column?", other: None, help });
    }

    fn check_time_column(&mut self, table: &str, column: &str, file: FileId, at: Span) {
        let catalog = self.catalog;
        let Some(info) = catalog.opened.get(table) else { return };
        if !info.columns.contains_key(column) {
            self.unknown_column(table, info, column, file, at);
        }
    }

    /// `where` of the declared tables.
    pub(crate) fn table_filters(&mut self) {
        let declared: Vec<_> = self.names.tables.values().copied().collect();
        for (id, d) in declared.into_iter().enumerate() {
            for clause in &d.tree.clauses {
                let TableClause::Where(expr) = &clause.node else { continue };
                if let Ok(condition) = self.condition(expr, Some(id), d.file) {
                    self.plan.tables[id].source.filter = Some(condition.row);
                }
            }
        }
    }

    /// A table of a plan that stands alone, entered where it isn't there yet.
    pub(crate) fn bare_table(&mut self, name: &str) -> TableId {
        if let Some(id) = self.plan.tables.get_index_of(name) {
            return id;
        }
        let source = TableSource {
            timezone: self.plan.facts.timezone.clone(),
            week_start: self.plan.facts.rules.week_start,
            ..TableSource::given(name, "", name)
        };
        self.plan.tables.insert_full(name.to_owned(), given(source)).0
    }

    /// The number of the table called `name`.
    pub(crate) fn table_id(&mut self, name: &str, file: FileId, at: Span) -> R<TableId> {
        if let Some(id) = self.plan.tables.get_index_of(name) {
            return Ok(id);
        }
        if self.bare {
            return Ok(self.bare_table(name));
        }
        let help = self.suggestion(name, self.plan.tables.keys().map(String::as_str)).or_else(|| {
            let known: Vec<String> = self.plan.tables.keys().take(8).map(|t| written(t)).collect();
            Some(match known.len() {
                0 => format!("declare it: table {} from \"{name}.csv\"", written(name)),
                _ => format!("the tables are {}", known.join(", ")),
            })
        });
        Err(self.report(file, &NameError::UnknownTable { name: name.to_owned(), at, help }))
    }

    /// The name of a table.
    pub(crate) fn table_name(&self, id: TableId) -> &str {
        self.plan.tables.get_index(id).map_or(DATA, |(name, _)| name)
    }

    /// What is known of a column of one table.
    pub(crate) fn column(&self, table: TableId, column: &str) -> Known {
        match self.catalog.opened.get(self.table_name(table)) {
            None => Known::Unknown,
            Some(info) => info.columns.get(column).map_or(Known::No, |t| Known::Is(*t)),
        }
    }

    /// What is known of a column wherever it is: the type where any opened table has it.
    pub(crate) fn column_anywhere(&self, column: &str) -> Known {
        // Without data a plan may name many tables, and columns many times.
        if self.catalog.opened.is_empty() && !self.plan.tables.is_empty() {
            return Known::Unknown;
        }
        let mut all_opened = !self.bare;
        for name in self.plan.tables.keys() {
            match self.catalog.opened.get(name) {
                None => all_opened = false,
                Some(info) => {
                    if let Some(t) = info.columns.get(column) {
                        return Known::Is(*t);
                    }
                }
            }
        }
        if all_opened { Known::No } else { Known::Unknown }
    }

    /// The opened tables that have a column.
    pub(crate) fn tables_with(&self, column: &str) -> Vec<TableId> {
        let has = |name: &String| self.catalog.opened.get(name).is_some_and(|i| i.columns.contains_key(column));
        self.plan.tables.keys().enumerate().filter(|(_, n)| has(n)).map(|(i, _)| i).collect()
    }

    /// The error of a column that an opened table doesn't have.
    pub(crate) fn no_column(&mut self, table: TableId, column: &str, file: FileId, at: Span) -> Reported {
        let name = self.table_name(table).to_owned();
        let catalog = self.catalog;
        let Some(info) = catalog.opened.get(&name) else { return Reported };
        self.unknown_column(&name, info, column, file, at)
    }

    fn unknown_column(&mut self, table: &str, info: &TableInfo, column: &str, file: FileId, at: Span) -> Reported {
        let near = self.suggestion(column, info.columns.keys().map(String::as_str));
        let periods = span_unit(column).filter(|_| near.is_none());
        let recurs =
            periods.map(|unit| format!("to judge each {} by itself, write every {}", unit.name(), unit.name()));
        let help = near.or(recurs).or_else(|| Some(format!("its columns are {}", listed(info))));
        self.report(file, &NameError::UnknownColumn { table: table.to_owned(), column: column.to_owned(), at, help })
    }

    /// The error of a column that no opened table has.
    pub(crate) fn no_column_anywhere(&mut self, column: &str, file: FileId, at: Span) -> Reported {
        let all = self.catalog.opened.values().flat_map(|i| i.columns.keys().map(String::as_str));
        let named = self.names.segments.keys().chain(self.names.campaigns.keys()).copied();
        let help = self.suggestion(column, all.chain(named)).or_else(|| {
            let tables: Vec<String> =
                self.catalog.opened.iter().map(|(t, i)| format!("{}: {}", written(t), listed(i))).take(3).collect();
            Some(format!("the columns are, of {}", tables.join("; of ")))
        });
        self.report(file, &NameError::UnknownColumnAnywhere { column: column.to_owned(), at, help })
    }

    /// The table of an aggregate whose columns are all bare.
    pub(crate) fn table_of_bare(&mut self, columns: &[&str], call: &str, file: FileId, at: Span) -> R<TableId> {
        if self.bare {
            return Ok(self.bare_table(DATA));
        }
        if self.plan.tables.len() == 1 {
            return Ok(0);
        }
        let first = columns.first().copied().unwrap_or("column");
        let mut having = columns.iter().map(|c| self.tables_with(c)).filter(|t| !t.is_empty());
        let mut tables = having.next().unwrap_or_default();
        having.for_each(|more| tables.retain(|t| more.contains(t)));
        if let [only] = tables[..] {
            return Ok(only);
        }
        let table = tables
            .first()
            .map_or_else(|| self.plan.tables.keys().next().map_or("table", String::as_str), |t| self.table_name(*t));
        let example = format!("{call}({}.{})", written(table), written(first));
        Err(self.report(file, &NameError::WhichTable { column: first.to_owned(), at, example }))
    }
}

/// The table of a source that no statement describes.
fn given(source: TableSource) -> Table {
    Table { name: source.name.clone(), source, every: None, sparse: false, lag: None, about: None, at: None }
}

/// A table's columns, the first ones where there are many.
fn listed(info: &TableInfo) -> String {
    const SHOWN: usize = 8;
    let mut names: Vec<String> = info.columns.keys().take(SHOWN).map(|c| written(c)).collect();
    if info.columns.len() > SHOWN {
        names.push(format!("and {} more", info.columns.len() - SHOWN));
    }
    names.join(", ")
}
