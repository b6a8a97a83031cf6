//! A query over an opened table as the list of columns to read and, for each request, which of them it needs.
//! Every name and type is checked here, before anything is read.

use super::open::Opened;
use super::row::{Compiler, Type};
use super::time::micros;
use crate::calendar::Window;
use crate::engine::DataError;
use crate::query::{Measure, Query, Row};
use datafusion::prelude::Expr;
use indexmap::IndexMap;

/// The heaviest expression that is worked out for each row.
const MAX_WEIGHT: usize = 100_000;

/// What is read, and what is folded from it.
pub struct Plan {
    /// The columns to read, without repeats.
    pub exprs: Vec<Expr>,
    /// The rows' time, among them.
    pub time: Option<usize>,
    /// The table's own condition.
    pub table_filter: Option<Slot>,
    /// Stretches of time whose rows count for nothing, in microseconds, half-open.
    pub excluded: Vec<(i64, i64)>,
    /// Columns whose different values are numbered while reading.
    pub coded: Vec<Slot>,
    /// In the order of the query.
    pub requests: Vec<Request>,
}

/// Where a row expression's values stand among the columns read, and its errors, if it can have any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Its values.
    pub value: usize,
    /// What went wrong in a row: 1 is a division by zero, 2 no such number.
    pub error: Option<usize>,
}

/// A request, with places for expressions.
pub struct Request {
    /// What is computed.
    pub measure: Measure,
    /// Its argument.
    pub argument: Option<Slot>,
    /// The column of `coded` that cuts into parts: `per` of `LastPer`, the argument of `Distinct` and `Retention`.
    pub part: Option<usize>,
    /// The column of `coded` that gives the groups.
    pub group: Option<usize>,
    /// The label of listed rows.
    pub label: Option<Slot>,
    /// The rows that pass.
    pub filter: Option<Slot>,
    /// Their time, in microseconds, half-open.
    pub window: Option<(i64, i64)>,
    /// The window before, of a retention.
    pub earlier: Option<(i64, i64)>,
}

struct Planner<'a> {
    compiler: Compiler<'a>,
    exprs: Vec<Expr>,
    rows: IndexMap<(Row, Option<Type>), Slot>,
    coded: Vec<Slot>,
}

/// Plans `query` over `table`.
///
/// # Errors
/// [`DataError::UnknownColumn`] and the errors of types.
pub fn plan(query: &Query, table: &Opened) -> Result<Plan, DataError> {
    let mut planner =
        Planner { compiler: Compiler::new(table), exprs: Vec::new(), rows: IndexMap::new(), coded: Vec::new() };
    let time = match &table.info.time {
        Some(name) => Some(planner.slot(&Row::Column(name.clone()), None)?.value),
        None => None,
    };
    let table_filter = planner.condition(table.source.filter.as_ref())?;
    let edges = |w: &Window| (micros(w.start), micros(w.end));
    let mut requests = Vec::with_capacity(query.requests.len());
    for request in &query.requests {
        let (argument, part, label) = planner.arguments(&request.measure)?;
        let group = match &request.group {
            Some(name) => Some(planner.code(&Row::Column(name.clone()))?),
            None => None,
        };
        requests.push(Request {
            measure: request.measure.clone(),
            argument,
            part,
            group,
            label,
            filter: planner.condition(request.filter.as_ref())?,
            // A table without times is one reading for all time: no window cuts it.
            window: request.window.as_ref().filter(|_| time.is_some()).map(edges),
            earlier: match &request.measure {
                Measure::Retention { earlier, .. } if time.is_some() => Some(edges(earlier)),
                _ => None,
            },
        });
    }
    if planner.exprs.is_empty() {
        // Rows are counted even where nothing is read from them.
        planner.exprs.push(datafusion::prelude::lit(true));
    }
    let excluded = if time.is_some() { query.excluded.iter().map(edges).collect() } else { Vec::new() };
    Ok(Plan { exprs: planner.exprs, time, table_filter, excluded, coded: planner.coded, requests })
}

/// Refuses an expression that takes too many steps a row.
///
/// # Errors
/// [`DataError::TooLarge`].
pub fn weigh(row: &Row, table: &str) -> Result<(), DataError> {
    match row.weight() > MAX_WEIGHT {
        true => Err(DataError::TooLarge { table: table.to_owned(), most: MAX_WEIGHT }),
        false => Ok(()),
    }
}

type Arguments = (Option<Slot>, Option<usize>, Option<Slot>);

impl Planner<'_> {
    fn arguments(&mut self, measure: &Measure) -> Result<Arguments, DataError> {
        Ok(match measure {
            Measure::Count | Measure::Extent => (None, None, None),
            Measure::Share(row) => (Some(self.slot(row, Some(Type::Truth))?), None, None),
            Measure::Distinct(row) | Measure::Retention { id: row, .. } => {
                (Some(self.slot(row, None)?), Some(self.code(row)?), None)
            }
            Measure::LastPer(row, per) => {
                (Some(self.slot(row, Some(Type::Number))?), Some(self.code(&Row::Column(per.clone()))?), None)
            }
            Measure::Rows { value, label, .. } => {
                let label = match label {
                    Some(name) => Some(self.slot(&Row::Column(name.clone()), None)?),
                    None => None,
                };
                (Some(self.listed(value)?), None, label)
            }
            Measure::Sum(row)
            | Measure::Last(row)
            | Measure::First(row)
            | Measure::Min(row)
            | Measure::Max(row)
            | Measure::Avg(row)
            | Measure::Median(row)
            | Measure::Stdev(row)
            | Measure::Percentile(row, _)
            | Measure::Nps(row)
            | Measure::Csat(row, _) => (Some(self.slot(row, Some(Type::Number))?), None, None),
        })
    }

    fn condition(&mut self, row: Option<&Row>) -> Result<Option<Slot>, DataError> {
        row.map(|r| self.slot(r, Some(Type::Truth))).transpose()
    }

    /// The value of a listed row: a number, or a condition as 1 and 0.
    fn listed(&mut self, row: &Row) -> Result<Slot, DataError> {
        let slot = self.slot(row, None)?;
        let is_truth = self.compiler.term(row)?.kind == Some(Type::Truth);
        if !is_truth {
            return self.slot(row, Some(Type::Number));
        }
        let one = |n: f64| Box::new(Row::Number(n.into()));
        // `if` takes a missing condition for one that doesn't hold: missing must stay missing here.
        let number = self.slot(&Row::If(Box::new(row.clone()), one(1.0), one(0.0)), Some(Type::Number))?;
        let value = self.exprs[slot.value].clone();
        let kept = datafusion::prelude::when(value.is_not_null(), self.exprs[number.value].clone()).end();
        let kept = kept.map_err(|e| self.compiler.failed(&e))?;
        Ok(Slot { value: self.push(kept), error: slot.error })
    }

    fn code(&mut self, row: &Row) -> Result<usize, DataError> {
        let slot = self.slot(row, None)?;
        Ok(self.coded.iter().position(|s| *s == slot).unwrap_or_else(|| {
            self.coded.push(slot);
            self.coded.len() - 1
        }))
    }

    fn slot(&mut self, row: &Row, needed: Option<Type>) -> Result<Slot, DataError> {
        let key = (row.clone(), needed);
        if let Some(slot) = self.rows.get(&key) {
            return Ok(*slot);
        }
        weigh(row, &self.compiler.table())?;
        let term = self.compiler.term(row)?;
        let value = match needed {
            Some(needed) => self.compiler.need(row, &term, needed)?,
            None => term.expr.clone(),
        };
        let value = self.push(value);
        let error = term.error.map(|e| self.push(e));
        let slot = Slot { value, error };
        self.rows.insert(key, slot);
        Ok(slot)
    }

    fn push(&mut self, expr: Expr) -> usize {
        self.exprs.iter().position(|e| *e == expr).unwrap_or_else(|| {
            self.exprs.push(expr);
            self.exprs.len() - 1
        })
    }
}
