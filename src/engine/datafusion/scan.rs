//! One reading of a file by DataFusion: which reader, which expressions, batches in the file's order.

use super::open::{Kind, Opened, ScanFile};
use super::plan::Plan;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::datasource::{MemTable, TableProvider};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::prelude::{SessionContext, ident};
use futures::StreamExt;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// Rows that are folded at a time.
const BATCH: usize = 8192;

/// The columns of `plan` over the whole table.
pub async fn stream(context: &SessionContext, table: &Opened, plan: &Plan) -> Result<SendableRecordBatchStream> {
    let provider = provider(&table.file)?;
    let exprs = plan.exprs.iter().enumerate().map(|(i, e)| e.clone().alias(format!("e{i}")));
    context.read_table(provider)?.select(exprs)?.execute_stream().await
}

/// Columns of the whole table as they are stored, by their places in the file.
///
/// # Errors
/// What DataFusion says.
pub async fn columns(context: &SessionContext, table: &Opened, at: &[usize]) -> Result<SendableRecordBatchStream> {
    let provider = provider(&table.file)?;
    let names = at.iter().map(|at| ident(table.file.schema.field(*at).name()));
    context.read_table(provider)?.select(names)?.execute_stream().await
}

/// The next batch.
pub async fn next(batches: &mut SendableRecordBatchStream) -> Result<Option<RecordBatch>> {
    batches.next().await.transpose()
}

fn provider(file: &ScanFile) -> Result<Arc<dyn TableProvider>> {
    if let Some(rows) = &file.held {
        let parts: Vec<RecordBatch> = (0..rows.num_rows())
            .step_by(BATCH)
            .map(|from| rows.slice(from, BATCH.min(rows.num_rows() - from)))
            .collect();
        return Ok(Arc::new(MemTable::try_new(file.schema.clone(), vec![parts])?));
    }
    let packing = if file.packed { FileCompressionType::GZIP } else { FileCompressionType::UNCOMPRESSED };
    let format: Arc<dyn FileFormat> = match file.kind {
        Kind::Csv { separator } => Arc::new(
            CsvFormat::default()
                .with_has_header(true)
                .with_delimiter(separator)
                .with_newlines_in_values(true)
                .with_file_compression_type(packing),
        ),
        Kind::Json => Arc::new(JsonFormat::default().with_file_compression_type(packing)),
        Kind::Parquet | Kind::Workbook => Arc::new(ParquetFormat::default()),
    };
    let options = ListingOptions::new(format).with_file_extension("");
    let config =
        ListingTableConfig::new(url(&file.path)?).with_listing_options(options).with_schema(file.schema.clone());
    Ok(Arc::new(ListingTable::try_new(config)?))
}

/// A path as a URL: DataFusion reads patterns (`*`, `[…]`) into a bare path.
fn url(path: &str) -> Result<ListingTableUrl> {
    let absolute = std::path::absolute(Path::new(path)).map_err(|e| DataFusionError::External(Box::new(e)))?;
    let mut text = String::from("file://");
    for byte in absolute.to_string_lossy().replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' | b'~' => text.push(char::from(byte)),
            // Writing to a string does not fail.
            _ => write!(text, "%{byte:02X}").unwrap_or_default(),
        }
    }
    ListingTableUrl::parse(text)
}
