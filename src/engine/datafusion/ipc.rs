//! Reads Arrow IPC files (Feather 2): typed columns, as in Parquet.

use super::listing::Kind;
use super::parquet::{alone, columns, looked_at, reason, see, unread};
use super::part::{Scan, Scanned};
use crate::engine::DataError;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::reader::{FileReader, read_footer_length};
use datafusion::arrow::ipc::{Block, root_as_footer};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

/// What every file with a footer begins and ends with.
const MAGIC: &[u8; 6] = b"ARROW1";

/// The batches of a file.
pub type Batches = FileReader<BufReader<File>>;

/// Reads a file through; only those columns are decoded of which more must be known.
pub fn scan(file: File, scan: &Scan<'_>) -> Result<Scanned, DataError> {
    let again = file.try_clone().map_err(|e| scan.damaged(&e))?;
    if let Some((reason, help)) = unfit(&file).map_err(|e| scan.damaged(&e))? {
        return Err(scan.unfit(reason, help));
    }
    let schema: SchemaRef = open(again, None).map_err(|e| scan.damaged(&reason(&e)))?.schema();
    let mut columns = columns(&schema, 0, scan)?;
    let read = looked_at(&columns, scan);
    let mut rows = 0;
    for batch in open(file, Some(read.clone())).map_err(|e| scan.damaged(&reason(&e)))? {
        let batch = batch.map_err(|e| scan.breaks_off_in(alone(&columns, &read), rows, &reason(&e)))?;
        see(&mut columns, &read, &batch, rows, scan)?;
        rows += batch.num_rows() as u64;
    }
    for column in columns.iter_mut().filter(|c| c.stored != super::column::Stored::Text) {
        column.see_stored(rows);
    }
    unread(&mut columns, rows);
    Ok(Scanned { schema: Some(schema), ..Scanned::new(Kind::Arrow, columns, rows) })
}

/// The batches of a file, of those columns alone that `projection` names.
///
/// # Errors
/// What is no Arrow file.
pub fn open(mut file: File, projection: Option<Vec<usize>>) -> Result<Batches, ArrowError> {
    if let Some((reason, _)) = unfit(&file)? {
        return Err(ArrowError::ParseError(reason.to_owned()));
    }
    let length = file.metadata()?.len();
    within(&mut file, length)?;
    file.seek(SeekFrom::Start(0))?;
    FileReader::try_new(BufReader::new(file), projection)
}

/// Why it is no such file, and what to do, where its first bytes say so.
fn unfit(mut file: &File) -> std::io::Result<Option<(&'static str, &'static str)>> {
    let mut head = [0; 8];
    file.seek(SeekFrom::Start(0))?;
    let n = file.read(&mut head)?;
    Ok(match head {
        head if head.starts_with(b"FEA1") => {
            Some(("it is of Feather's first version, which no reader here knows", "write it again as version 2"))
        }
        // A stream states no lengths that could be held against the file's before memory is taken for them.
        head if n < head.len() || !head.starts_with(MAGIC) => {
            Some(("it is no Arrow file", "export it again; what was written as a stream must be written as a file"))
        }
        _ => None,
    })
}

/// That footer and blocks lie within the file, so that no damaged length asks for more memory than there is.
fn within(file: &mut File, length: u64) -> Result<(), ArrowError> {
    let broken = || ArrowError::ParseError("it breaks off: its end holds no footer".to_owned());
    let mut tail = [0; 10];
    let at = length.checked_sub(tail.len() as u64).ok_or_else(broken)?;
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut tail)?;
    let footer = read_footer_length(tail).map_err(|_| broken())?;
    let start = at.checked_sub(footer as u64).ok_or_else(broken)?;
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = vec![0; footer];
    file.read_exact(&mut bytes)?;
    let footer = root_as_footer(&bytes).map_err(|_| broken())?;
    if footer.schema().is_none() {
        return Err(broken());
    }
    let inside = |block: &Block| {
        let size = i64::from(block.metaDataLength()).checked_add(block.bodyLength());
        let sound = block.offset() >= 0 && block.metaDataLength() >= 8 && block.bodyLength() >= 0;
        sound && size.and_then(|s| s.checked_add(block.offset())).is_some_and(|end| end as u64 <= length)
    };
    let blocks = footer.recordBatches().into_iter().flatten().chain(footer.dictionaries().into_iter().flatten());
    match blocks.into_iter().all(inside) {
        true => Ok(()),
        false => Err(ArrowError::ParseError("a part of it lies beyond its end".to_owned())),
    }
}
