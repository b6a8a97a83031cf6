//! Aggregates: which table, which measure, which kind.

use super::calls::Call;
use super::error::NameError;
use super::formula::Scope;
use super::functions::{Aggregate as Agg, FunctionInfo};
use super::names::written;
use super::plan::{Aggregate, Formula, Node, TableId, Type};
use super::rows::{RowScope, described};
use super::tables::Known;
use super::{R, Resolver};
use crate::quantity::Unit;
use crate::query::{Measure, Row};
use crate::source::{FileId, Loc};
use crate::syntax::tree::{Expr, ExprKind};
use ordered_float::OrderedFloat;

impl Resolver<'_> {
    /// A call of an aggregate.
    pub(crate) fn aggregate(
        &mut self,
        agg: Agg,
        info: &FunctionInfo,
        call: &Call<'_>,
        at: Loc,
        scope: Scope,
    ) -> R<Formula> {
        let file = scope.file;
        let first = &call.arguments[0];
        let table = match agg {
            Agg::Count => self.counted_table(first, file)?,
            _ => self.aggregate_table(info.name, call, at, scope)?,
        };
        let filter = call.condition.map(|c| self.condition(c, Some(table), file));
        if let (Some(per), false) = (call.per, agg == Agg::Last) {
            let error = NameError::PerOnlyLast { column: written(&per.node), at: per.span, function: info.name };
            return Err(self.report(file, &error));
        }
        let mut rows = RowScope::new(file, Some(table));
        let (row, gives) = match agg {
            Agg::Count => (Row::Truth(true), Some(Type::Truth)),
            _ => self.row(first, &mut rows, agg == Agg::Share)?,
        };
        self.aggregate_argument(agg, &gives, first, file)?;
        let unit = match &gives {
            Some(Type::Number(unit)) => unit.clone(),
            _ => Unit::Plain,
        };
        let (measure, unit) = self.measure(agg, (row, unit), table, call, scope)?;
        let retained = match agg {
            Agg::Retention => Some(self.calendar_argument(&call.arguments[1], file)?),
            _ => None,
        };
        let filter = filter.transpose()?;
        let aggregate = Aggregate { measure, retained, table, filter, kind: info.kind, text: self.text(file, at.span) };
        Ok(Formula { node: Node::Aggregate(Box::new(aggregate)), gives: Type::Number(unit), at })
    }

    /// What an aggregate measures over `row`, which is in `unit`, and the unit of that.
    fn measure(
        &mut self,
        agg: Agg,
        (row, unit): (Row, Unit),
        table: TableId,
        call: &Call<'_>,
        scope: Scope,
    ) -> R<(Measure, Unit)> {
        let file = scope.file;
        Ok(match agg {
            Agg::Sum => (Measure::Sum(row), unit),
            Agg::Count => (Measure::Count, Unit::Count(self.table_name(table).to_owned())),
            Agg::Last => match call.per {
                Some(per) => {
                    if matches!(self.column(table, &per.node), Known::No) {
                        return Err(self.no_column(table, &per.node, file, per.span));
                    }
                    (Measure::LastPer(row, per.node.clone()), unit)
                }
                None => (Measure::Last(row), unit),
            },
            Agg::First => (Measure::First(row), unit),
            Agg::Min => (Measure::Min(row), unit),
            Agg::Max => (Measure::Max(row), unit),
            Agg::Avg => (Measure::Avg(row), unit),
            Agg::Median => (Measure::Median(row), unit),
            Agg::Stdev => (Measure::Stdev(row), unit),
            Agg::Percentile => {
                let k = self.constant_argument(
                    &call.arguments[1],
                    0.0..=100.0,
                    "a fixed number from 0 to 100, such as 95",
                    scope,
                )?;
                (Measure::Percentile(row, OrderedFloat(k)), unit)
            }
            Agg::P(k) => (Measure::Percentile(row, OrderedFloat(k)), unit),
            Agg::Distinct => (Measure::Distinct(row), Unit::Plain),
            Agg::Share => (Measure::Share(row), Unit::Percent),
            Agg::Nps => (Measure::Nps(row), Unit::Plain),
            Agg::Csat => {
                let from = self.constant_argument(
                    &call.arguments[1],
                    f64::MIN..=f64::MAX,
                    "the lowest rating that counts as good, such as csat(rating, 4)",
                    scope,
                )?;
                (Measure::Csat(row, OrderedFloat(from)), Unit::Percent)
            }
            Agg::Retention => (Measure::Distinct(row), Unit::Percent),
        })
    }

    /// Refuses an argument of a type that the aggregate can't take.
    fn aggregate_argument(&mut self, agg: Agg, gives: &Option<Type>, argument: &Expr, file: FileId) -> R<()> {
        let Some(gives) = gives else { return Ok(()) };
        let wanted = match (agg, gives) {
            (Agg::Count | Agg::Distinct | Agg::Retention, _) | (Agg::Share, Type::Truth) => return Ok(()),
            (Agg::Share, _) => "a condition",
            (_, Type::Number(_)) => return Ok(()),
            _ => "a number",
        };
        let help = match gives {
            Type::Text => Some("count its different values with distinct(…), or the rows with count(…)".to_owned()),
            Type::Truth => Some("the rows where it holds are share(…) of all".to_owned()),
            _ => None,
        };
        let is = described(gives);
        Err(self.report(file, &NameError::WrongType { wanted, is, at: argument.span, help }))
    }

    /// A number that must be fixed, in a range.
    pub(crate) fn constant_argument(
        &mut self,
        expr: &Expr,
        range: std::ops::RangeInclusive<f64>,
        what: &str,
        scope: Scope,
    ) -> R<f64> {
        let formula = self.number(expr, scope)?;
        // 95% is 0.95, and not the number that is meant.
        let plain = formula.gives == Type::Number(Unit::Plain);
        match self.folded(&formula) {
            Some(Row::Number(v)) if plain && range.contains(&v.0) => Ok(v.0),
            _ => {
                let said = self.text(scope.file, expr.span);
                let error = NameError::OutOfRange {
                    what: format!("{said} can't stand here"),
                    at: expr.span,
                    help: format!("write {what}"),
                };
                Err(self.report(scope.file, &error))
            }
        }
    }

    /// The table that `count(…)` counts.
    fn counted_table(&mut self, argument: &Expr, file: FileId) -> R<TableId> {
        match &argument.node {
            ExprKind::Name(name) => self.table_id(name, file, argument.span),
            ExprKind::Group(inner) => self.counted_table(inner, file),
            _ => {
                let error = NameError::WrongType {
                    wanted: "the name of a table",
                    is: format!("`{}`", self.text(file, argument.span)),
                    at: argument.span,
                    help: Some(
                        "count(posts) counts the rows of posts; count(posts where …) those that pass; distinct(x) \
                         different values"
                            .to_owned(),
                    ),
                };
                Err(self.report(file, &error))
            }
        }
    }

    /// The table whose columns an aggregate reads.
    fn aggregate_table(&mut self, name: &str, call: &Call<'_>, at: Loc, scope: Scope) -> R<TableId> {
        let mut dotted = None;
        let mut bare = Vec::new();
        let first = call.arguments.first();
        for expr in first.into_iter().chain(call.condition) {
            super::graph::walk(expr, &mut |e| match &e.node {
                ExprKind::Dotted(table, column)
                    if column.node != "budget" || !self.names.campaigns.contains_key(table.node.as_str()) =>
                {
                    dotted = dotted.or(Some(table));
                }
                ExprKind::Name(column) => bare.push(column.as_str()),
                _ => {}
            });
        }
        match dotted {
            Some(table) => self.table_id(&table.node, scope.file, table.span),
            None if bare.is_empty() && self.plan.tables.len() > 1 => {
                let place = first.map_or(at.span, |e| e.span);
                let is = format!("`{}`", self.text(scope.file, place));
                let help = Some(format!("{name} works on the rows of a table: name a column of it, as TABLE.COLUMN"));
                let error = NameError::WrongType { wanted: "a column", is, at: place, help };
                Err(self.report(scope.file, &error))
            }
            None => self.table_of_bare(&bare, name, scope.file, first.map_or(at.span, |e| e.span)),
        }
    }
}
