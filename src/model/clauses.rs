//! Checks that many statements share: filters that reach what they filter; and `exclude`. Knows no data.

use super::error::NameError;
use super::plan::{Condition, Exclude, Formula, TableId};
use super::reach::Reach;
use super::tables::Known;
use super::{R, Resolver};
use crate::source::{FileId, Loc};
use crate::syntax::tree::{File, StatementKind};

impl Resolver<'_> {
    /// Refuses a filter that reaches only some of a formula's tables, where their columns are known.
    pub(crate) fn filter_reaches(&mut self, formula: &Formula, condition: &Condition) -> R<()> {
        let reach = Reach::of(formula, &self.reach);
        self.filter_fits(&reach, condition)
    }

    /// As [`Self::filter_reaches`], and refuses a column that an aggregate already fixes: for a goal's `where`.
    pub(crate) fn goal_filter_fits(&mut self, formula: &Formula, condition: &Condition) -> R<()> {
        let reach = Reach::of(formula, &self.reach);
        self.filter_fits(&reach, condition)?;
        let fixed = reach.fixes.iter().find(|(column, _)| condition.columns.contains(column));
        match fixed {
            None => Ok(()),
            Some((column, value)) => {
                let error = NameError::FixedColumn {
                    column: column.clone(),
                    value: format!("\"{value}\""),
                    at: condition.at.span,
                };
                Err(self.report(condition.at.file, &error))
            }
        }
    }

    fn filter_fits(&mut self, reach: &Reach, condition: &Condition) -> R<()> {
        let meant = |table: TableId| condition.tables.is_empty() || condition.tables.contains(&table);
        let has =
            |r: &Self, table: TableId, column: &str| meant(table) && !matches!(r.column(table, column), Known::No);
        let Loc { file, span: at } = condition.at;
        for column in &condition.columns {
            let Some(without) = reach.tables.iter().find(|t| !has(self, **t, column)).copied() else { continue };
            let without_name = self.table_name(without).to_owned();
            let error = match (reach.tables.iter().find(|t| has(self, **t, column)), condition.tables.first()) {
                (Some(with), _) => NameError::PartialFilter {
                    column: column.clone(),
                    with: self.table_name(*with).to_owned(),
                    without: without_name,
                    condition: condition.text.clone(),
                    at,
                },
                (None, Some(table)) if !meant(without) => {
                    let table = self.table_name(*table).to_owned();
                    NameError::FilterElsewhere { table, measured: without_name, at }
                }
                (None, _) => return Err(self.no_column(without, column, file, at)),
            };
            return Err(self.report(file, &error));
        }
        Ok(())
    }

    /// What counts for nothing, of one table or of all.
    pub(crate) fn excludes(&mut self, files: &[(FileId, File)]) {
        for (file, tree) in files {
            for s in &tree.statements {
                let StatementKind::Exclude(exclude) = &s.node else { continue };
                let table = exclude.table.as_ref().map(|t| self.table_id(&t.node, *file, t.span));
                let window = self.window(&exclude.period.node, *file, exclude.period.span);
                if let (Ok(table), Ok(window)) = (table.transpose(), window) {
                    self.plan.excludes.push(Exclude {
                        period: exclude.period.node.clone(),
                        window,
                        table,
                        because: exclude.because.node.clone(),
                        at: Loc { file: *file, span: s.span },
                    });
                }
            }
        }
    }
}
