//! A Parquet file in a store, read by ranges: its footer and the columns that are asked for. Knows no table.

use super::object::Object;
use bytes::Bytes;
use datafusion::parquet::errors::{ParquetError, Result};
use datafusion::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use datafusion::parquet::file::reader::{ChunkReader, Length};
use std::io::{self, Read};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// The end of the file that is read at first: most footers are shorter.
const TAIL: u64 = 64 << 10;

/// The most that one request asks for.
const BLOCK: u64 = 4 << 20;

/// The most that is kept for readers to come back to.
const KEPT: u64 = 128 << 20;

/// The bytes of a Parquet file by ranges. A clone shares connections and what is kept.
#[derive(Debug, Clone)]
pub struct Chunks {
    object: Object,
    size: u64,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Where the parts of a column lie, in order: what is asked for within one of them is read on to its end.
    parts: Mutex<Vec<Range<u64>>>,
    /// What was read, the latest last.
    blocks: Mutex<Vec<Block>>,
}

/// Bytes from a place on.
#[derive(Debug, Clone)]
struct Block {
    start: u64,
    bytes: Bytes,
    /// True for what lies outside of columns: it is short, and asked for again.
    stays: bool,
}

impl Block {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    fn slice(&self, from: u64, to: u64) -> Bytes {
        let at =
            |place: u64| usize::try_from(place.saturating_sub(self.start)).unwrap_or(usize::MAX).min(self.bytes.len());
        self.bytes.slice(at(from)..at(to).max(at(from)))
    }
}

impl Chunks {
    /// The bytes of an object that has ranges.
    pub fn new(object: Object) -> Self {
        let size = object.size().unwrap_or(0);
        Self { object, size, shared: Arc::default() }
    }

    /// From now on, parts of columns are read on to their ends. Before, a footer was read from here.
    pub fn learn(&self, metadata: &ParquetMetaData) {
        *self.shared.parts.lock().unwrap_or_else(PoisonError::into_inner) = parts(metadata);
    }

    /// The object that they belong to.
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// Bytes from `from` on: at least one and at most up to `to`, as far as one block holds them.
    fn piece(&self, from: u64, to: u64) -> Result<Bytes> {
        if let Some(block) = self.kept(from) {
            return Ok(block.slice(from, to));
        }
        let (range, stays) = self.block(from, to);
        let bytes = self.object.read(range.clone()).map_err(|e| ParquetError::External(Box::new(e)))?;
        let block = Block { start: range.start, bytes, stays };
        let mut blocks = self.shared.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        // Columns are read onwards: the block before this one in the same part isn't asked for again.
        blocks.retain(|b| b.stays || b.end() != block.start);
        blocks.push(block.clone());
        while blocks.iter().map(|b| b.bytes.len() as u64).sum::<u64>() > KEPT && blocks.len() > 1 {
            blocks.remove(0);
        }
        drop(blocks);
        Ok(block.slice(from, to))
    }

    /// Bytes from `start` to `end` of which `first` are there.
    fn gathered(&self, first: Bytes, start: u64, end: u64) -> Result<Bytes> {
        let mut all = first.to_vec();
        while start + (all.len() as u64) < end {
            let piece = self.piece(start + all.len() as u64, end)?;
            if piece.is_empty() {
                return Err(ParquetError::EOF(format!("nothing at {start} of {}", self.size)));
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.into())
    }

    fn kept(&self, from: u64) -> Option<Block> {
        let blocks = self.shared.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.iter().find(|b| b.start <= from && from < b.end()).cloned()
    }

    /// Lets go of the block of a column that was read up to `end`, where that is the block's end.
    fn done(&self, end: u64) {
        let mut blocks = self.shared.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.retain(|b| b.stays || b.end() != end);
    }

    /// What to read for bytes from `from` to `to`, and whether it stays.
    fn block(&self, from: u64, to: u64) -> (Range<u64>, bool) {
        let parts = self.shared.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let part = parts.partition_point(|p| p.end <= from);
        if let Some(part) = parts.get(part).filter(|p| p.contains(&from)) {
            return (from..part.end.min((from + BLOCK).max(to)).min(self.size), false);
        }
        let tail = self.size.saturating_sub(TAIL);
        if to > tail && parts.is_empty() { (from.min(tail)..self.size, true) } else { (from..to, true) }
    }
}

fn parts(metadata: &ParquetMetaData) -> Vec<Range<u64>> {
    let columns = metadata.row_groups().iter().flat_map(|g| g.columns());
    let part = |c: &ColumnChunkMetaData| {
        let start = c.dictionary_page_offset().filter(|d| *d < c.data_page_offset()).unwrap_or(c.data_page_offset());
        let (start, length) = (u64::try_from(start).ok()?, u64::try_from(c.compressed_size()).ok()?);
        Some(start..start.saturating_add(length)).filter(|p| !p.is_empty())
    };
    let mut parts: Vec<Range<u64>> = columns.filter_map(part).collect();
    parts.sort_by_key(|p| (p.start, p.end));
    parts
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.size
    }
}

impl ChunkReader for Chunks {
    type T = Onward;

    fn get_read(&self, start: u64) -> Result<Onward> {
        Ok(Onward { chunks: self.clone(), at: start, ahead: Bytes::new() })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start.checked_add(length as u64).filter(|end| *end <= self.size);
        let end = end.ok_or_else(|| ParquetError::EOF(format!("{length} bytes at {start} of {}", self.size)))?;
        let first = self.piece(start, end)?;
        let all = if first.len() == length { first } else { self.gathered(first, start, end)? };
        self.done(end);
        Ok(all)
    }
}

/// Reads on from a place.
pub struct Onward {
    chunks: Chunks,
    at: u64,
    /// What was taken from there on already.
    ahead: Bytes,
}

/// How much is taken at a time for a reader of single bytes.
const AHEAD: u64 = 256;

impl Read for Onward {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ahead.is_empty() && self.at < self.chunks.size && !buffer.is_empty() {
            let end = self.at.saturating_add(AHEAD.max(buffer.len() as u64)).min(self.chunks.size);
            self.ahead = self.chunks.piece(self.at, end).map_err(io::Error::other)?;
        }
        let n = self.ahead.len().min(buffer.len());
        buffer[..n].copy_from_slice(&self.ahead.split_to(n));
        self.at += n as u64;
        Ok(n)
    }
}
