//! What reading a file through has found, in a form that outlives the run: with it, the file can be a part of its table
//! without being read again. Knows no cells.

use super::column::Column;
use super::listing::{Kind, Listed};
use super::part::{Context, Part, Scan, Scanned, whole};
use crate::engine::DataError;
use datafusion::arrow::ipc::convert::{IpcSchemaEncoder, try_schema_from_flatbuffer_bytes};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
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
        let encoded = |schema| IpcSchemaEncoder::new().schema_to_fb(schema).finished_data().to_vec();
        scanned.held.is_none().then(|| Self {
            bytes: part.bytes,
            modified: part.modified,
            columns: scanned.columns.clone(),
            rows: scanned.rows,
            kind: scanned.kind,
            schema: scanned.schema.as_deref().map(encoded),
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
            Some(encoded) => Some(Arc::new(try_schema_from_flatbuffer_bytes(&encoded).ok()?)),
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
