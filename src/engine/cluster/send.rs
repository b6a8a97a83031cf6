//! Sends pieces to a cluster and takes back what its executors made of them. Must not know what they are pieces of.

use super::MESSAGE;
use super::function::{answer, packed};
use ballista_core::config::{
    BALLISTA_CLIENT_GRPC_CONNECT_TIMEOUT_SECONDS, BALLISTA_CLIENT_GRPC_HTTP2_KEEPALIVE_INTERVAL_SECONDS,
    BALLISTA_CLIENT_IO_RETRIES_TIMES, BALLISTA_JOB_NAME, BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK,
};
use ballista_core::execution_plans::execute_physical_plan;
use ballista_core::extension::SessionConfigExt as _;
use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::arrow::array::{Array as _, BinaryArray, RecordBatch, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::cast::{as_binary_array, as_uint64_array};
use datafusion::common::config::ConfigOptions;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::error::{DataFusionError, Result as DfResult};
use datafusion::physical_expr::ScalarFunctionExpr;
use datafusion::physical_expr::expressions::{Column, lit};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::{ExecutionPlan, PhysicalExpr};
use datafusion::prelude::SessionConfig;
use datafusion::scalar::ScalarValue;
use datafusion_proto::protobuf::PhysicalPlanNode;
use futures::StreamExt as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// All queries have the same settings, so they are one session: a scheduler never forgets one.
const SESSION: &str = "milepost";

/// So long one result may take to travel.
const TRAVEL: Duration = Duration::from_secs(120);

/// So long may be lost in all with results that don't come, before the rest is asked for again.
const LOST: Duration = Duration::from_secs(5);

/// As much of a cluster's words as anyone reads.
const WORDS: usize = 400;

/// What came back.
#[derive(Debug, Default)]
pub struct Sent {
    /// Outcomes by piece, in their order; of a piece at most one.
    pub results: Vec<(usize, Vec<u8>)>,
    /// Why not all of them came, where some didn't.
    pub wrong: Option<String>,
}

/// Has every piece answered, each by a task of its own.
pub async fn send(address: &str, pieces: &[(usize, &[u8])]) -> Sent {
    let mut sent = Sent::default();
    if let Err(error) = collect(address, pieces, &mut sent).await {
        sent.wrong = Some(words(&error));
    }
    // Of several errors the first in the data is told, as it is in process.
    sent.results.sort_by_key(|(piece, _)| *piece);
    if sent.results.len() < pieces.len() && sent.wrong.is_none() {
        sent.wrong = Some("it lost results".to_owned());
    }
    sent
}

async fn collect(address: &str, pieces: &[(usize, &[u8])], sent: &mut Sent) -> DfResult<()> {
    let config = config();
    let mut batches = execute_physical_plan::<PhysicalPlanNode>(
        format!("http://{address}"),
        &config.ballista_config(),
        plan(pieces)?,
        &BallistaPhysicalExtensionCodec::default(),
        SESSION.to_owned(),
        config,
    )
    .await?;
    let mut lost = Duration::ZERO;
    let mut wrong = Ok(());
    loop {
        let start = Instant::now();
        let Ok(next) = tokio::time::timeout(TRAVEL, batches.next()).await else {
            return Err(DataFusionError::Execution("a result didn't come in time".to_owned()));
        };
        match next {
            None => return wrong,
            Some(Ok(batch)) => take(&batch, pieces, sent)?,
            // Its executor is gone. The others' results are still there.
            Some(Err(error)) => {
                wrong = Err(error);
                lost += start.elapsed();
                if lost > LOST {
                    return wrong;
                }
            }
        }
    }
}

fn take(batch: &RecordBatch, pieces: &[(usize, &[u8])], sent: &mut Sent) -> DfResult<()> {
    let [numbers, outcomes] = batch.columns() else {
        return Err(DataFusionError::Execution("its results are of another version".to_owned()));
    };
    let (numbers, outcomes) = (as_uint64_array(numbers)?, as_binary_array(outcomes)?);
    for row in 0..outcomes.len() {
        let number = usize::try_from(numbers.value(row)).unwrap_or(usize::MAX);
        let known = pieces.iter().any(|(piece, _)| *piece == number);
        if known && !sent.results.iter().any(|(piece, _)| *piece == number) {
            sent.results.push((number, outcomes.value(row).to_vec()));
        }
    }
    Ok(())
}

/// A row of numbered jobs in a partition each, and over them the function that answers them. Partitions in memory are
/// what Ballista shares out as they are: a task gets its own job, and no other. What jobs have in common, such as the list of
/// the table's files, is said once.
fn plan(pieces: &[(usize, &[u8])]) -> DfResult<Arc<dyn ExecutionPlan>> {
    let shared = shared(pieces);
    let head = packed(pieces.first().map_or(&[], |(_, job)| &job[..shared]))?;
    let field = |name: &str, of: DataType| Field::new(name, of, false);
    let schema = Arc::new(Schema::new(vec![field("piece", DataType::UInt64), field("rest", DataType::Binary)]));
    let row = |(piece, job): &(usize, &[u8])| {
        let (numbers, rests) = (UInt64Array::from(vec![*piece as u64]), BinaryArray::from_vec(vec![&job[shared..]]));
        Ok(vec![RecordBatch::try_new(schema.clone(), vec![Arc::new(numbers), Arc::new(rests)])?])
    };
    let partitions = pieces.iter().map(row).collect::<DfResult<Vec<_>>>()?;
    let jobs = MemorySourceConfig::try_new_exec(&partitions, schema.clone(), None)?;
    let column = |name: &str, at: usize| Arc::new(Column::new(name, at)) as Arc<dyn PhysicalExpr>;
    let arguments = vec![lit(ScalarValue::Binary(Some(head))), column("rest", 1)];
    let answered = ScalarFunctionExpr::try_new(answer(None), arguments, &schema, Arc::new(ConfigOptions::default()))?;
    let columns: [(Arc<dyn PhysicalExpr>, String); 2] =
        [(column("piece", 0), "piece".to_owned()), (Arc::new(answered), "outcome".to_owned())];
    Ok(Arc::new(ProjectionExec::try_new(columns, jobs)?))
}

/// How many bytes all jobs begin with alike.
fn shared(pieces: &[(usize, &[u8])]) -> usize {
    let Some((_, first)) = pieces.first() else { return 0 };
    let alike = |job: &[u8]| job.iter().zip(*first).take_while(|(a, b)| a == b).count();
    pieces.iter().map(|(_, job)| alike(job)).min().unwrap_or(0)
}

fn config() -> SessionConfig {
    SessionConfig::new_with_ballista()
        .with_ballista_grpc_client_max_message_size(MESSAGE as usize)
        .set_str(BALLISTA_JOB_NAME, "milepost")
        .set_usize(BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK, 1)
        .set_usize(BALLISTA_CLIENT_GRPC_CONNECT_TIMEOUT_SECONDS, 5)
        // A scheduler that is there no more is noticed while a query runs, however long that is.
        .set_usize(BALLISTA_CLIENT_GRPC_HTTP2_KEEPALIVE_INTERVAL_SECONDS, 10)
        // What an executor that is gone has kept is not asked for again: its pieces are.
        .set_usize(BALLISTA_CLIENT_IO_RETRIES_TIMES, 1)
}

/// The first line of an error, as far as it goes.
fn words(error: &DataFusionError) -> String {
    let text = error.strip_backtrace();
    let line = text.lines().next().unwrap_or("");
    let line = line.strip_prefix("Execution error: ").unwrap_or(line);
    match line.char_indices().nth(WORDS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_jobs_begin_with_is_found() {
        let jobs = |texts: &[&'static str]| -> Vec<(usize, &[u8])> {
            texts.iter().enumerate().map(|(piece, text)| (piece, text.as_bytes())).collect()
        };
        assert_eq!(shared(&jobs(&["files, 1", "files, 2", "files, 31"])), 7);
        assert_eq!(shared(&jobs(&["files", "files, 2"])), 5);
        assert_eq!(shared(&jobs(&["one"])), 3);
        assert_eq!(shared(&jobs(&["a", "b"])), 0);
        assert_eq!(shared(&[]), 0);
    }

    #[test]
    fn each_piece_has_a_partition_of_its_own() {
        let pieces: [(usize, &[u8]); 3] = [(0, b"ab1"), (4, b"ab2"), (7, b"ab3")];
        let plan = plan(&pieces).expect("a plan");
        assert_eq!(plan.properties().output_partitioning().partition_count(), 3);
        assert_eq!(plan.schema().field(1).name(), "outcome");
    }
}
