//! DataFusion expressions that are evaluated over those columns of a batch that they name, whatever else was read.

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::DFSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::prelude::{Expr, SessionContext};
use std::sync::Arc;

/// Rows as they were read: the columns of the file by their place in it, those that nobody needs left out.
pub struct Frame {
    /// How many rows.
    pub rows: usize,
    /// In the order of the file.
    pub columns: Vec<Option<ArrayRef>>,
}

/// An expression with the columns that it needs.
#[derive(Debug, Clone)]
pub struct Compiled {
    expr: Arc<dyn PhysicalExpr>,
    /// Their places in the file, in order.
    pub columns: Vec<usize>,
    schema: SchemaRef,
}

impl Compiled {
    /// `expr` over the columns of `schema`.
    ///
    /// # Errors
    /// What DataFusion says where types don't fit.
    pub fn new(context: &SessionContext, expr: Expr, schema: &Schema) -> Result<Self> {
        let mut columns: Vec<usize> =
            expr.column_refs().iter().map(|c| schema.index_of(&c.name)).collect::<std::result::Result<_, _>>()?;
        columns.sort_unstable();
        columns.dedup();
        let own = Arc::new(schema.project(&columns)?);
        let named = Arc::new(DFSchema::try_from(own.as_ref().clone())?);
        let state = context.state();
        let simplifying = SimplifyContext::builder()
            .with_schema(named.clone())
            .with_config_options(state.config_options().clone())
            .with_query_execution_start_time(state.execution_props().query_execution_start_time)
            .build();
        // Some functions (`coalesce`) are there to be simplified only.
        let simplifier = ExprSimplifier::new(simplifying);
        let expr = simplifier.simplify(simplifier.coerce(expr, &named)?)?;
        let expr = state.create_physical_expr(expr, &named)?;
        Ok(Self { expr, columns, schema: own })
    }

    /// One value a row.
    ///
    /// # Errors
    /// What DataFusion says; a column that wasn't read.
    pub fn over(&self, frame: &Frame) -> Result<ArrayRef> {
        let columns = self.columns.iter().zip(self.schema.fields()).map(|(at, field)| {
            let column = frame.columns.get(*at).and_then(Option::as_ref);
            let column = column.ok_or_else(|| DataFusionError::Internal(format!("`{}` wasn't read", field.name())))?;
            Ok(if column.data_type() == field.data_type() { column.clone() } else { cast(column, field.data_type())? })
        });
        self.evaluate(columns.collect::<Result<_>>()?, frame.rows)
    }

    /// One value for each of `values`, which stand in the place of the only column.
    ///
    /// # Errors
    /// What DataFusion says.
    pub fn over_values(&self, values: &ArrayRef) -> Result<ArrayRef> {
        let columns = self.schema.fields().iter().map(|field| Ok(cast(values, field.data_type())?));
        self.evaluate(columns.collect::<Result<_>>()?, values.len())
    }

    fn evaluate(&self, columns: Vec<ArrayRef>, rows: usize) -> Result<ArrayRef> {
        // Columns that are declared without gaps may be read with gaps that mean nothing here.
        let schema = self.schema.clone();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(schema, columns, &options)?;
        self.expr.evaluate(&batch)?.into_array(rows)
    }
}
