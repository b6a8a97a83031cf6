//! Reads what a Parquet file says of itself, and the cells of those columns alone of which more must be known.

use super::column::{Column, Oddity, Stored};
use super::listing::Kind;
use super::part::{Scan, Scanned};
use super::place::Input;
use super::read::too_long;
use crate::engine::DataError;
use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

/// Reads the schema, and those columns of which more must be known: the texts that may be times.
pub fn scan(file: Input, scan: &Scan<'_>) -> Result<Scanned, DataError> {
    let footer = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()).map_err(|e| {
        let why = format!("its footer, which says where all rows are, can't be read ({})", reason(&e));
        scan.damaged(&why)
    })?;
    file.learn(footer.metadata());
    let schema = footer.schema().clone();
    let rows = u64::try_from(footer.metadata().file_metadata().num_rows()).unwrap_or(0);
    let mut columns = columns(&schema, rows, scan)?;
    let read = looked_at(&columns, scan);
    if !read.is_empty() {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, footer.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), read.iter().copied());
        let batches = builder.with_projection(mask).build().map_err(|e| scan.damaged(&reason(&e)))?;
        let mut row = 0;
        for batch in batches {
            let batch = batch.map_err(|e| scan.breaks_off_in(alone(&columns, &read), row, &reason(&e)))?;
            see(&mut columns, &read, &batch, row, scan)?;
            row += batch.num_rows() as u64;
        }
    }
    unread(&mut columns, rows);
    Ok(Scanned { schema: Some(schema), footer: Some(footer), ..Scanned::new(Kind::Parquet, columns, rows) })
}

/// Columns as a schema states them, before their first cell.
///
/// # Errors
/// Two of one name.
pub fn columns(schema: &Schema, rows: u64, scan: &Scan<'_>) -> Result<Vec<Column>, DataError> {
    let mut columns: Vec<Column> = Vec::new();
    for (i, field) in schema.fields().iter().enumerate() {
        if let Some(first) = columns.iter().position(|c| c.name == *field.name()) {
            let name = field.name().clone();
            return Err(DataError::HeaderTwice { path: scan.shown(), name, first: first + 1, second: i + 1 });
        }
        let mut column = scan.column(field.name(), stored(field.data_type()));
        column.declared = *field.data_type() != DataType::Null;
        column.see_stored(if column.stored == Stored::Text { 0 } else { rows });
        columns.push(column);
    }
    Ok(columns)
}

/// The columns whose cells must be looked at.
pub fn looked_at(columns: &[Column], scan: &Scan<'_>) -> Vec<usize> {
    (0..columns.len()).filter(|i| scan.wants(&columns[*i])).collect()
}

/// The name of the only column that is read: which of several is damaged, nobody knows.
pub fn alone<'a>(columns: &'a [Column], read: &[usize]) -> Option<&'a str> {
    match read {
        [only] => columns.get(*only).map(|c| c.name.as_str()),
        _ => None,
    }
}

/// Takes the cells of those columns into account; `before` rows came before.
///
/// # Errors
/// A column whose values can't be written as text.
pub fn see(
    columns: &mut [Column],
    read: &[usize],
    batch: &RecordBatch,
    before: u64,
    scan: &Scan<'_>,
) -> Result<(), DataError> {
    for (at, cells) in read.iter().zip(batch.columns()) {
        if let Some(row) = too_long(cells) {
            return Err(scan.long(before + row as u64 + 1, &columns[*at].name));
        }
        // Whole numbers print without a point, as a year or an epoch is written.
        let text = cast(cells, &DataType::Utf8).map_err(|e| scan.breaks_off(before, &e))?;
        let column = &mut columns[*at];
        let filled = column.filled;
        for (i, cell) in text.as_string::<i32>().iter().enumerate() {
            column.see(before + i as u64 + 1, cell.unwrap_or(""));
        }
        if column.stored != Stored::Text {
            // They are counted already.
            column.filled = filled;
        }
    }
    for row in before..before + batch.num_rows() as u64 {
        scan.tick(row + 1)?;
    }
    Ok(())
}

/// What is so of columns whose cells nobody looked at.
pub fn unread(columns: &mut [Column], rows: u64) {
    for column in columns.iter_mut().filter(|c| c.declared && c.stored == Stored::Text && c.filled == 0) {
        column.see_stored(rows);
        column.not_time.get_or_insert_with(Default::default);
    }
}

/// A reader's words without those that say which program failed.
pub fn reason(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string().replace("failed to fill whole buffer", "it breaks off");
    ["Parquet error: ", "Parquet argument error: ", "External: ", "Arrow: ", "Parser error: ", "Ipc error: "]
        .iter()
        .fold(text.as_str(), |t, p| t.trim_start_matches(p))
        .to_owned()
}

fn stored(kind: &DataType) -> Stored {
    match kind {
        DataType::Null => Stored::Text,
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
        _ => Stored::Unusable(Oddity::Nested),
    }
}
