//! What reading a file through has found, in a form that outlives the run: with it, the file can be a part of its table
//! without being read again. Knows no cells.

use super::column::Column;
use super::listing::{Kind, Listed};
use super::part::{Context, Part, Scan, Scanned, whole};
use crate::engine::DataError;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::ipc::reader::StreamReader;
use datafusion::arrow::ipc::writer::StreamWriter;
use serde::{Deserialize, Serialize};
use std::time::SystemTime;

/// What is known of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Known {
    bytes: u64,
    modified: Option<SystemTime>,
    columns: Vec<Column>,
    rows: u64,
    kind: Kind,
    /// As Arrow writes schemas.
    schema: Option<Vec<u8>>,
    inner: Option<String>,
    notes: Vec<String>,
    hash: Option<[u8; 32]>,
}

impl Known {
    /// What is known of a file that was read through; `None` where its rows are held in memory, so that it is small and
    /// another reading needs them.
    pub fn of(part: &Part) -> Option<Self> {
        let scanned = &part.scanned;
        if scanned.held.is_some() {
            return None;
        }
        let schema = match &scanned.schema {
            Some(schema) => Some(encoded(schema)?),
            None => None,
        };
        Some(Self {
            bytes: part.bytes,
            modified: part.modified,
            columns: scanned.columns.clone(),
            rows: scanned.rows,
            kind: scanned.kind,
            schema,
            inner: scanned.inner.clone(),
            notes: scanned.notes.clone(),
            hash: part.hash.map(|h| *h.as_bytes()),
        })
    }

    /// The file as it was when this was found; `None` where this can't be made sense of.
    ///
    /// # Errors
    /// A file that must be hashed now and can't be read.
    pub fn part(self, listed: Listed, context: &Context<'_>, hashed: bool) -> Option<Result<Part, DataError>> {
        let schema = match self.schema {
            Some(bytes) => Some(decoded(&bytes)?),
            None => None,
        };
        let scan = Scan::new(context, &listed);
        let hash = match self.hash {
            _ if !hashed => None,
            Some(known) => Some(blake3::Hash::from_bytes(known)),
            None => match whole(&listed, &scan) {
                Ok(hash) => Some(hash),
                Err(e) => return Some(Err(e)),
            },
        };
        let columns = self.columns.into_iter().map(|c| {
            let fresh = scan.column(&c.name, c.stored);
            c.of(fresh)
        });
        let columns = columns.collect();
        let (inner, notes) = (self.inner, self.notes);
        let scanned = Scanned { schema, inner, notes, ..Scanned::new(self.kind, columns, self.rows) };
        Some(Ok(Part { listed, bytes: self.bytes, modified: self.modified, scanned, hash }))
    }
}

/// A schema as the head of a stream without batches.
fn encoded(schema: &Schema) -> Option<Vec<u8>> {
    StreamWriter::try_new(Vec::new(), schema).ok()?.into_inner().ok()
}

fn decoded(bytes: &[u8]) -> Option<SchemaRef> {
    Some(StreamReader::try_new(bytes, None).ok()?.schema())
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};

    #[test]
    fn schemas_come_back() {
        let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some("Europe/Berlin".into()));
        let fields = vec![Field::new("at", zoned, true), Field::new("who", DataType::LargeUtf8, false)];
        let schema = Schema::new_with_metadata(fields, [("a".to_owned(), "b".to_owned())].into());
        assert_eq!(encoded(&schema).and_then(|bytes| decoded(&bytes)).as_deref(), Some(&schema));
    }
}
