//! One reading of a table by DataFusion: its files one after the other, the columns that expressions need, batches in the
//! files' order.

use super::open::Opened;
use super::plan::Plan;
use super::read::{Batches, ScanFile};
use crate::engine::DataError;
use crate::query::TableSource;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::prelude::{Expr, SessionContext};
use futures::StreamExt;
use std::collections::HashSet;
use std::sync::Arc;

/// The columns of `plan` over the whole table.
pub async fn stream(context: &SessionContext, table: &Opened, plan: &Plan) -> Result<SendableRecordBatchStream> {
    let files = Files { files: table.files.clone(), schema: needed(table, &plan.exprs)? };
    let provider = StreamingTable::try_new(files.schema.clone(), vec![Arc::new(files)])?;
    let exprs = plan.exprs.iter().enumerate().map(|(i, e)| e.clone().alias(format!("e{i}")));
    context.read_table(Arc::new(provider))?.select(exprs)?.execute_stream().await
}

/// The next batch.
pub async fn next(batches: &mut SendableRecordBatchStream) -> Result<Option<RecordBatch>> {
    batches.next().await.transpose()
}

/// The columns of a table that expressions name, in its order.
pub fn needed(table: &Opened, exprs: &[Expr]) -> Result<SchemaRef> {
    let names: HashSet<&str> = exprs.iter().flat_map(Expr::column_refs).map(|c| c.name.as_str()).collect();
    let fields = table.schema.fields().iter().enumerate();
    let wanted: Vec<usize> = fields.filter(|(_, f)| names.contains(f.name().as_str())).map(|(i, _)| i).collect();
    Ok(Arc::new(table.schema.project(&wanted)?))
}

/// What a reading failed for: an error of ours that travelled through DataFusion, or one of its own.
pub fn error(error: &DataFusionError, source: &TableSource) -> DataError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(found) = cause {
        if let Some(ours) = found.downcast_ref::<DataError>() {
            return ours.clone();
        }
        cause = found.source();
    }
    let (table, path) = (source.name.clone(), source.shown.clone());
    DataError::Failed { table, path, reason: error.strip_backtrace() }
}

/// The files of a table as DataFusion sees them.
#[derive(Debug)]
struct Files {
    files: Arc<[ScanFile]>,
    schema: SchemaRef,
}

impl PartitionStream for Files {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (files, schema) = (self.files.clone(), self.schema.clone());
        let batches = (0..files.len()).flat_map(move |i| match files[i].batches(&schema) {
            Ok(batches) => batches,
            Err(e) => Box::new(std::iter::once(Err(e))) as Batches,
        });
        let batches = batches.map(|batch| batch.map_err(|e| DataFusionError::External(Box::new(e))));
        Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), futures::stream::iter(batches)))
    }
}
