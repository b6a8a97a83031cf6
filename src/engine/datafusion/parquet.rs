//! Reads what a Parquet file says of itself, and the texts of its time column.

use super::column::{Column, Stored};
use super::open::{Kind, Scan, Scanned};
use crate::engine::DataError;
use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;

/// Reads the schema, and those text columns of which more must be known (`wanted`).
pub fn scan(file: File, scan: &Scan<'_>, wanted: &dyn Fn(&str) -> bool) -> Result<Scanned, DataError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| scan.damaged(&e))?;
    let schema = builder.schema().clone();
    let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
    let mut columns: Vec<Column> = Vec::new();
    for (i, field) in schema.fields().iter().enumerate() {
        if let Some(first) = columns.iter().position(|c| c.name == *field.name()) {
            let name = field.name().clone();
            return Err(DataError::HeaderTwice { path: scan.shown(), name, first: first + 1, second: i + 1 });
        }
        let mut column = scan.column(field.name(), stored(field.data_type()));
        column.see_stored(if column.stored == Stored::Text { 0 } else { rows });
        columns.push(column);
    }
    let read: Vec<usize> = (0..columns.len())
        .filter(|i| matches!(columns[*i].stored, Stored::Text | Stored::Number) && wanted(&columns[*i].name))
        .collect();
    if !read.is_empty() {
        let mask = ProjectionMask::roots(builder.parquet_schema(), read.iter().copied());
        let batches = builder.with_projection(mask).build().map_err(|e| scan.damaged(&e))?;
        let mut row = 0;
        for batch in batches {
            let batch = batch.map_err(|e| scan.damaged(&e))?;
            for (at, column) in read.iter().zip(batch.columns()) {
                // Whole numbers print without a point, as a year or an epoch is written.
                let text = cast(column, &DataType::Utf8).map_err(|e| scan.damaged(&e))?;
                for (i, cell) in text.as_string::<i32>().iter().enumerate() {
                    columns[*at].see(row + i as u64 + 1, cell.unwrap_or(""));
                }
            }
            row += batch.num_rows() as u64;
            scan.tick(row);
        }
    }
    for column in columns.iter_mut().filter(|c| c.stored == Stored::Text && c.filled == 0) {
        column.see_stored(rows);
        column.not_time.get_or_insert_with(Default::default);
    }
    Ok(Scanned { columns, rows, kind: Kind::Parquet, schema: Some(schema), sheet: None })
}

fn stored(kind: &DataType) -> Stored {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Stored::Text,
        DataType::Dictionary(_, value) => stored(value),
        DataType::Boolean => Stored::Truth,
        DataType::Date32 | DataType::Date64 => Stored::Date,
        DataType::Timestamp(_, None) => Stored::Civil,
        DataType::Timestamp(_, Some(_)) => Stored::Instant,
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            Stored::Number
        }
        kind if kind.is_numeric() => Stored::Number,
        _ => Stored::Unusable("its values are lists, records, bytes or lengths of time"),
    }
}
