//! What a database can't say is read as rows, only the columns and times that are needed, and folded here, as over
//! files. Rows come in an order of their own, so that the same rows give the same bytes.

use super::ask::Ask;
use super::session::{Fault, Session};
use super::table::Table;
use crate::engine::DataError;
use crate::engine::datafusion::{fold, plan};
use crate::query::{Answer, Measure, Query};
use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::compute::cast;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::prelude::SessionContext;
use std::sync::Arc;

/// Rows that are folded at a time.
const BATCH: usize = 8192;

/// The columns of the plan over a batch of typed columns.
struct Computed {
    exprs: Vec<Arc<dyn PhysicalExpr>>,
    schema: Arc<datafusion::arrow::datatypes::Schema>,
}

impl Computed {
    fn new(plan: &plan::Plan, table: &Table) -> Result<Self> {
        let context = SessionContext::new();
        let schema = table.speaker.schema();
        let simple = SimplifyContext::builder().with_schema(Arc::new(schema.clone())).build();
        let simplifier = ExprSimplifier::new(simple);
        let exprs = plan.exprs.iter().map(|e| {
            // Some functions are computed in their simplified form alone.
            let simple = simplifier.simplify(simplifier.coerce(e.clone(), schema)?)?;
            context.create_physical_expr(simple, schema)
        });
        Ok(Self { exprs: exprs.collect::<Result<_>>()?, schema: schema.inner().clone() })
    }

    /// A batch of all typed columns, those that weren't read without values.
    fn over(&self, names: &[String], rows: &RecordBatch) -> Result<RecordBatch> {
        let column = |field: &Arc<datafusion::arrow::datatypes::Field>| -> Result<ArrayRef> {
            match names.iter().position(|n| n == field.name()).and_then(|at| rows.columns().get(at)) {
                Some(column) => Ok(cast(column, field.data_type())?),
                None => Ok(datafusion::arrow::array::new_null_array(field.data_type(), rows.num_rows())),
            }
        };
        let columns = self.schema.fields().iter().map(column).collect::<Result<Vec<_>>>()?;
        let options = datafusion::arrow::record_batch::RecordBatchOptions::new().with_row_count(Some(rows.num_rows()));
        let typed = RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)?;
        let values = self.exprs.iter().map(|e| e.evaluate(&typed)?.into_array(rows.num_rows()));
        let values = values.collect::<Result<Vec<ArrayRef>>>()?;
        let named = values.into_iter().enumerate().map(|(i, v)| (format!("e{i}"), v));
        Ok(RecordBatch::try_from_iter_with_nullable(named.map(|(name, v)| (name, v, true)))?)
    }
}

/// Answers `query` from rows, and says which were asked for.
///
/// # Errors
/// [`DataError::Server`] where the database doesn't give them to the end; the errors of types.
pub fn run(
    session: &mut Session,
    table: &Table,
    query: &Query,
) -> std::result::Result<(String, Vec<Answer>), DataError> {
    let plan = plan::plan(query, &table.opened)?;
    let failed = |e: DataFusionError| table.failed(&e.strip_backtrace());
    let (names, sql) = statement(table, &plan).map_err(failed)?;
    let computed = Computed::new(&plan, table).map_err(failed)?;
    let mut fold = fold::Fold::new(&plan);
    let broken = |fault: Fault| table.failed(&fault.reason);
    let mut reading = session.stream(&sql).map_err(broken)?;
    while let Some(rows) = reading.next().map_err(broken)? {
        for from in (0..rows.num_rows()).step_by(BATCH) {
            let part = rows.slice(from, BATCH.min(rows.num_rows() - from));
            let batch = computed.over(&names, &part).map_err(failed)?;
            fold.take(&batch).map_err(failed)?;
            table.tick(part.num_rows() as u64)?;
        }
    }
    Ok((sql, fold.answers()))
}

/// The columns that a plan reads, and the statement that gives them.
fn statement(table: &Table, plan: &plan::Plan) -> Result<(Vec<String>, String)> {
    let speaker = &table.speaker;
    let time = table.opened.info.time.as_deref();
    let names = speaker.columns(plan.exprs.iter());
    let mut columns = Vec::with_capacity(names.len());
    for name in &names {
        let value = speaker.canonical(name).ok_or_else(|| DataFusionError::Execution(format!("no column {name}")))?;
        columns.push(speaker.sql(&value)?);
    }
    let windows = windows(plan);
    let ask = Ask::new(speaker, table.dialect(), plan, &table.place, time.filter(|t| speaker.is_pushed(t)));
    // Those in excluded times count for what a table holds.
    let excluded = plan.requests.iter().all(|r| r.measure != Measure::Extent);
    let rows = ask.rows_of(windows.as_deref(), excluded, Vec::new())?;
    if columns.is_empty() {
        return Ok((names, format!("SELECT 1 AS one FROM {rows}")));
    }
    let order: Vec<String> = (1..=columns.len()).map(|n| n.to_string()).collect();
    let named = columns.iter().enumerate().map(|(i, c)| format!("{c} AS v{i}")).collect::<Vec<_>>().join(", ");
    Ok((names, format!("SELECT {named} FROM {rows} ORDER BY {}", order.join(", "))))
}

/// The windows of all requests; `None` where one has none.
fn windows(plan: &plan::Plan) -> Option<Vec<(i64, i64)>> {
    let mut all = Vec::new();
    for request in &plan.requests {
        all.push(request.window?);
        all.extend(request.earlier);
    }
    Some(all)
}
