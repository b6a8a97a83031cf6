//! One reading of a table by DataFusion: its files one after the other, the columns that expressions need, batches in the
//! files' order.

use super::open::Opened;
use super::plan::Plan;
use super::read::{Batches, ScanFile};
use crate::engine::{DataError, Progress};
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
pub async fn stream(
    context: &SessionContext,
    table: &Opened,
    plan: &Plan,
    progress: &Progress,
) -> Result<SendableRecordBatchStream> {
    let schema = needed(table, &plan.exprs)?;
    let files = Files { files: table.files.clone(), schema, progress: progress.clone() };
    let provider = StreamingTable::try_new(files.schema.clone(), vec![Arc::new(files)])?;
    let exprs = plan.exprs.iter().enumerate().map(|(i, e)| e.clone().alias(format!("e{i}")));
    context.read_table(Arc::new(provider))?.select(exprs)?.execute_stream().await
}

/// How many bytes reading the columns of `plan` takes.
pub fn weight(table: &Opened, plan: &Plan) -> u64 {
    let weigh = |schema: SchemaRef| table.files.iter().map(|f| bytes(f, &schema)).fold(0, u64::saturating_add);
    // What is wrong with a column is told by who reads it.
    needed(table, &plan.exprs).map_or(0, weigh)
}

fn bytes(file: &ScanFile, schema: &SchemaRef) -> u64 {
    file.weight(file.footer.as_ref(), schema, None)
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

/// An error of ours on its way through DataFusion.
pub fn ours(error: DataError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
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
    progress: Progress,
}

impl PartitionStream for Files {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (files, schema, progress) = (self.files.clone(), self.schema.clone(), self.progress.clone());
        let batches = (0..files.len()).flat_map(move |i| match files[i].batches(&schema) {
            Ok(batches) => counted(batches, files[i].rows, bytes(&files[i], &schema), progress.clone()),
            Err(e) => Box::new(std::iter::once(Err(e))) as Batches,
        });
        let batches = batches.map(|batch| batch.map_err(ours));
        Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), futures::stream::iter(batches)))
    }
}

/// The batches of a file of so many rows and bytes, each told to `progress`.
fn counted(mut batches: Batches, rows: u64, bytes: u64, progress: Progress) -> Batches {
    let mut share = Share::new(rows, bytes);
    Box::new(std::iter::from_fn(move || {
        let batch = batches.next();
        match &batch {
            Some(Ok(batch)) => share.tell(batch.num_rows() as u64, &progress),
            Some(Err(_)) => {}
            None => progress.file(),
        }
        batch
    }))
}

/// How many bytes of a piece are read, by its rows.
pub struct Share {
    rows: u64,
    bytes: u64,
    done: u64,
    told: u64,
}

impl Share {
    /// Of so many rows and bytes, none is read.
    pub fn new(rows: u64, bytes: u64) -> Self {
        Self { rows, bytes, done: 0, told: 0 }
    }

    /// So many more rows are.
    pub fn tell(&mut self, rows: u64, progress: &Progress) {
        self.done = (self.done + rows).min(self.rows);
        let now = (u128::from(self.bytes) * u128::from(self.done) / u128::from(self.rows.max(1))) as u64;
        progress.rows(rows);
        progress.bytes(now - self.told);
        self.told = now;
    }

    /// All that is left is read, or isn't needed.
    pub fn end(self, progress: &Progress) {
        progress.bytes(self.bytes - self.told);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_with_rows_and_add_up() {
        let progress = Progress::default();
        let mut share = Share::new(3, 100);
        share.tell(1, &progress);
        assert_eq!((progress.seen().rows, progress.seen().bytes), (1, 33));
        share.tell(1, &progress);
        assert_eq!((progress.seen().rows, progress.seen().bytes), (2, 66));
        share.end(&progress);
        assert_eq!(progress.seen().bytes, 100);
    }
}
