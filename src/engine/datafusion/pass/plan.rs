//! What one pass over a table computes for all requests together: dimensions whose values are numbered, conditions on
//! them, arguments that are accumulated, and the edges of all windows. Every name and type is checked here; nothing is read.

use super::compiled::Compiled;
use crate::calendar::Window;
use crate::engine::DataError;
use crate::engine::datafusion::open::Opened;
use crate::engine::datafusion::plan::weigh;
use crate::engine::datafusion::row::{Compiler, Type};
use crate::engine::datafusion::scan;
use crate::engine::datafusion::time::micros;
use crate::query::{Measure, Query, Row, RowOp};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::prelude::{Expr, SessionContext};
use indexmap::{IndexMap, IndexSet};
use ordered_float::OrderedFloat;
use std::ops::Range;

/// What one pass computes.
pub struct Plan {
    /// The columns of the file.
    pub schema: SchemaRef,
    /// The rows' time in microseconds.
    pub time: Option<Compiled>,
    /// What cuts rows into combinations.
    pub dimensions: Vec<Dimension>,
    /// Conditions on dimensions, without repeats.
    pub tests: Vec<Test>,
    /// Which rows are the table at all; tests in order.
    pub table_filter: Vec<usize>,
    /// What requests demand of rows, without repeats; tests in order.
    pub filters: Vec<Vec<usize>>,
    /// Arguments, without repeats.
    pub inputs: Vec<Input>,
    /// What is accumulated from inputs, without repeats.
    pub folds: Vec<(usize, Fold)>,
    /// Where windows begin and end, in order: atom `n` ends before edge `n`, and the last has no end.
    pub edges: Vec<i64>,
    /// Atoms whose rows count for nothing but [`Measure::Extent`].
    pub excluded: Vec<bool>,
    /// In the order of the query.
    pub requests: Vec<Request>,
    /// Dimensions and inputs as they were written, in their orders.
    pub written: (Vec<Row>, Vec<Row>),
    /// Text columns that hold too many values to be dimensions.
    pub wide: Vec<usize>,
}

/// What cuts rows into combinations.
pub struct Dimension {
    /// Where its values come from.
    pub source: Source,
}

/// Where a dimension's values come from.
pub enum Source {
    /// A text column, as it is stored.
    Column(usize),
    /// A condition that no single text column decides: its truth value, with what went wrong.
    Condition(Compiled, Option<Compiled>),
    /// A column of another type that groups are made by.
    Key(Compiled),
}

/// A condition on one dimension.
pub struct Test {
    /// As it was written.
    pub row: Row,
    /// True where it can't go wrong.
    pub sound: bool,
    /// Which.
    pub dimension: usize,
    /// Over the values of a text column; `None`: the dimension is the condition.
    pub over: Option<(Compiled, Option<Compiled>)>,
}

/// An argument.
pub struct Input {
    /// Its values.
    pub values: Compiled,
    /// What went wrong in a row.
    pub error: Option<Compiled>,
    /// The column itself, where it holds whole numbers and nothing else is done with them.
    pub whole: Option<usize>,
}

/// What is accumulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fold {
    /// The total; of a condition how often it holds.
    Sum,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// How many are at or above a threshold.
    AtLeast(OrderedFloat<f64>),
    /// Promoters less detractors, answers out of range apart.
    Promoters,
    /// Only how many are missing.
    Seen,
}

/// Values that can't be added up are kept one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// All of them.
    Values,
    /// The different ones.
    Different,
}

/// Which moment of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The last.
    Last,
    /// The first.
    First,
}

impl End {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Last, Self::First];

    fn of(measure: &Measure) -> Option<Self> {
        match measure {
            Measure::Last(_) => Some(Self::Last),
            Measure::First(_) => Some(Self::First),
            _ => None,
        }
    }
}

/// A request.
pub struct Request {
    /// What is computed.
    pub measure: Measure,
    /// Among `filters`; none lets all rows pass.
    pub filter: Option<usize>,
    /// The dimension that gives the groups, with its values as they are shown.
    pub group: Option<(usize, Compiled)>,
    /// Among `folds`.
    pub fold: Option<usize>,
    /// Values that are kept, of which input.
    pub kept: Option<(Kept, usize)>,
    /// The fold is over the rows of one moment: the last of the window, or the first.
    pub end: Option<End>,
    /// The atoms of its window; all, with the rows without a time, where none is given.
    pub atoms: Option<Range<usize>>,
    /// The window itself, in microseconds.
    pub window: Option<(i64, i64)>,
}

impl Plan {
    /// Which atom a time is in.
    pub fn atom(&self, time: i64) -> usize {
        self.edges.partition_point(|edge| *edge <= time)
    }

    /// How many atoms there are, the one of the rows without a time being the last.
    pub fn atoms(&self) -> usize {
        self.edges.len() + 2
    }
}

/// True where a request can be answered from combinations and kept values.
pub fn fits(request: &crate::query::Request) -> bool {
    match &request.measure {
        Measure::Extent => request.filter.is_none() && request.group.is_none(),
        Measure::Median(_) | Measure::Percentile(..) | Measure::Stdev(_) | Measure::Distinct(_) => {
            request.group.is_none()
        }
        Measure::LastPer(..) | Measure::Retention { .. } | Measure::Rows { .. } => false,
        _ => true,
    }
}

/// Plans `query`. The text columns in `wide` hold too many values to be dimensions.
///
/// # Errors
/// [`DataError::UnknownColumn`] and the errors of types.
pub fn plan(
    context: &SessionContext,
    query: &Query,
    table: &Opened,
    schema: &SchemaRef,
    wide: &IndexSet<usize>,
) -> Result<Plan, DataError> {
    let mut planner = Planner {
        context,
        compiler: Compiler::new(table),
        table,
        schema,
        wide,
        dimensions: IndexMap::new(),
        tests: IndexMap::new(),
        filters: IndexMap::new(),
        inputs: IndexMap::new(),
        folds: IndexSet::new(),
    };
    let time = match &table.info.time {
        Some(name) => Some(planner.compiled(planner.compiler.term(&Row::Column(name.clone()))?.expr)?),
        None => None,
    };
    let table_filter = match &table.source.filter {
        Some(filter) => planner.tests(filter)?,
        None => Vec::new(),
    };
    let mut requests = Vec::with_capacity(query.requests.len());
    for request in &query.requests {
        requests.push(planner.request(request, time.is_some())?);
    }
    let excluded: Vec<(i64, i64)> =
        if time.is_some() { query.excluded.iter().map(edges).collect() } else { Vec::new() };
    let windows = requests.iter().filter_map(|r| r.window).chain(excluded.iter().copied());
    let mut edges: Vec<i64> = windows.flat_map(|(start, end)| [start, end]).collect();
    edges.sort_unstable();
    edges.dedup();
    let at = |edge: i64| edges.partition_point(|e| *e <= edge);
    for request in &mut requests {
        request.atoms = request.window.map(|(start, end)| at(start)..at(end));
    }
    let mut out = vec![false; edges.len() + 2];
    for (start, end) in excluded {
        out[at(start)..at(end)].fill(true);
    }
    let written =
        (planner.dimensions.keys().map(|(row, _)| row.clone()), planner.inputs.keys().map(|(row, _)| row.clone()));
    Ok(Plan {
        written: (written.0.collect(), written.1.collect()),
        wide: wide.iter().copied().collect(),
        schema: schema.clone(),
        time,
        dimensions: planner.dimensions.into_values().collect(),
        tests: planner.tests.into_values().collect(),
        table_filter,
        filters: planner.filters.into_values().collect(),
        inputs: planner.inputs.into_values().collect(),
        folds: planner.folds.into_iter().collect(),
        edges,
        excluded: out,
        requests,
    })
}

fn edges(window: &Window) -> (i64, i64) {
    (micros(window.start), micros(window.end))
}

/// What a row expression is a dimension as: a truth column is one thing as a condition, and another as what groups bear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Cut {
    Column,
    Condition,
    Key,
}

struct Planner<'a> {
    context: &'a SessionContext,
    compiler: Compiler<'a>,
    table: &'a Opened,
    schema: &'a SchemaRef,
    wide: &'a IndexSet<usize>,
    dimensions: IndexMap<(Row, Cut), Dimension>,
    tests: IndexMap<Row, Test>,
    filters: IndexMap<Row, Vec<usize>>,
    inputs: IndexMap<(Row, Option<Type>), Input>,
    folds: IndexSet<(usize, Fold)>,
}

/// What is accumulated of an argument, and what is kept of it.
type Argument = (Option<usize>, Option<(Kept, usize)>);

impl Planner<'_> {
    fn compiled(&self, expr: Expr) -> Result<Compiled, DataError> {
        let source = &self.table.source;
        Compiled::new(self.context, expr, self.schema).map_err(|e| scan::error(&e, source))
    }

    fn request(&mut self, request: &crate::query::Request, timed: bool) -> Result<Request, DataError> {
        let (fold, kept) = self.argument(&request.measure)?;
        let group = match &request.group {
            Some(name) => Some(self.group(name)?),
            None => None,
        };
        let filter = match &request.filter {
            Some(row) => Some(self.filter(row)?),
            None => None,
        };
        // A table without times is one reading for all time: no window cuts it.
        let window = request.window.as_ref().filter(|_| timed).map(edges);
        let end = End::of(&request.measure);
        Ok(Request { measure: request.measure.clone(), filter, group, fold, kept, end, atoms: None, window })
    }

    fn argument(&mut self, measure: &Measure) -> Result<Argument, DataError> {
        let number = Some(Type::Number);
        let (row, needed, fold, kept) = match measure {
            Measure::Sum(row) | Measure::Avg(row) | Measure::Last(row) | Measure::First(row) => {
                (row, number, Fold::Sum, None)
            }
            Measure::Share(row) => (row, Some(Type::Truth), Fold::Sum, None),
            Measure::Min(row) => (row, number, Fold::Min, None),
            Measure::Max(row) => (row, number, Fold::Max, None),
            Measure::Csat(row, threshold) => (row, number, Fold::AtLeast(*threshold), None),
            Measure::Nps(row) => (row, number, Fold::Promoters, None),
            Measure::Median(row) | Measure::Stdev(row) | Measure::Percentile(row, _) => {
                (row, number, Fold::Seen, Some(Kept::Values))
            }
            Measure::Distinct(row) => (row, None, Fold::Seen, Some(Kept::Different)),
            _ => return Ok((None, None)),
        };
        let input = self.input(row, needed)?;
        let fold = self.folds.insert_full((input, fold)).0;
        Ok((Some(fold), kept.map(|kept| (kept, input))))
    }

    fn input(&mut self, row: &Row, needed: Option<Type>) -> Result<usize, DataError> {
        let key = (row.clone(), needed);
        if let Some(at) = self.inputs.get_index_of(&key) {
            return Ok(at);
        }
        weigh(row, &self.compiler.table())?;
        let term = self.compiler.term(row)?;
        let value = match needed {
            Some(needed) => self.compiler.need(row, &term, needed)?,
            None => term.expr.clone(),
        };
        let values = self.compiled(value)?;
        let error = term.error.map(|e| self.compiled(e)).transpose()?;
        let whole = match row {
            Row::Column(name) if term.kind == Some(Type::Number) => self.schema.index_of(name).ok(),
            _ => None,
        };
        let whole = whole.filter(|at| is_whole(self.schema.field(*at).data_type()));
        Ok(self.inputs.insert_full(key, Input { values, error, whole }).0)
    }

    fn filter(&mut self, row: &Row) -> Result<usize, DataError> {
        if let Some(at) = self.filters.get_index_of(row) {
            return Ok(at);
        }
        let tests = self.tests(row)?;
        Ok(self.filters.insert_full(row.clone(), tests).0)
    }

    fn tests(&mut self, row: &Row) -> Result<Vec<usize>, DataError> {
        weigh(row, &self.compiler.table())?;
        let mut parts = Vec::new();
        conjuncts(row, &mut parts);
        parts.into_iter().map(|part| self.test(part)).collect()
    }

    fn test(&mut self, row: &Row) -> Result<usize, DataError> {
        if let Some(at) = self.tests.get_index_of(row) {
            return Ok(at);
        }
        let (value, error) = self.compiler.truth(row)?;
        let (value, error) = (self.compiled(value)?, error.map(|e| self.compiled(e)).transpose()?);
        let sound = error.is_none();
        let alone = |c: &Compiled| <[usize; 1]>::try_from(c.columns.clone()).ok().map(|[at]| at);
        let column = alone(&value).filter(|at| error.iter().all(|e| e.columns.is_empty() || alone(e) == Some(*at)));
        let (dimension, over) = match column.filter(|at| self.is_dimension(*at)) {
            Some(at) => (self.column(at), Some((value, error))),
            None => {
                let dimension = Dimension { source: Source::Condition(value, error) };
                (self.dimensions.insert_full((row.clone(), Cut::Condition), dimension).0, None)
            }
        };
        let test = Test { row: row.clone(), sound, dimension, over };
        Ok(self.tests.insert_full(row.clone(), test).0)
    }

    /// A text column whose values aren't known to be too many.
    fn is_dimension(&self, at: usize) -> bool {
        is_text(self.schema.field(at).data_type())
            && !self.wide.contains(&at)
            && self
                .table
                .columns
                .get(self.schema.field(at).name())
                .is_some_and(|c| c.kind.map(Type::from) == Some(Type::Text))
    }

    /// The dimension of a text column.
    fn column(&mut self, at: usize) -> usize {
        let row = Row::Column(self.schema.field(at).name().clone());
        let entry = self.dimensions.entry((row, Cut::Column));
        let place = entry.index();
        entry.or_insert(Dimension { source: Source::Column(at) });
        place
    }

    fn group(&mut self, name: &str) -> Result<(usize, Compiled), DataError> {
        let row = Row::Column(name.to_owned());
        let shown = self.compiled(self.compiler.term(&row)?.expr)?;
        if let Some(at) = self.schema.index_of(name).ok().filter(|at| self.is_dimension(*at)) {
            return Ok((self.column(at), shown));
        }
        let entry = self.dimensions.entry((row, Cut::Key));
        let place = entry.index();
        entry.or_insert_with(|| Dimension { source: Source::Key(shown.clone()) });
        Ok((place, shown))
    }
}

/// The parts that have to hold all, in the order in which they are looked at.
fn conjuncts<'a>(row: &'a Row, parts: &mut Vec<&'a Row>) {
    match row {
        Row::Binary(RowOp::And, a, b) => {
            conjuncts(a, parts);
            conjuncts(b, parts);
        }
        other => parts.push(other),
    }
}

/// True for texts, however they are held.
pub fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

fn is_whole(kind: &DataType) -> bool {
    kind.is_integer() && *kind != DataType::UInt64
}
