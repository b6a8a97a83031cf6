//! Opens a table: finds its files, has each read through once, decides on types, time column and tidy form. Gives a
//! table that can be scanned; computes nothing.

use super::cache::Cache;
use super::column::{self, Stored};
use super::convert;
use super::known::Known;
use super::listing::{self, Kind, Listed};
use super::part::{self, Context, Part};
use super::place::{self, Stores};
use super::read::ScanFile;
use super::time::TimeReader;
use super::timed;
use super::whole::{self, Whole};
use crate::engine::error::{Example, Spot};
use crate::engine::progress::Stage;
use crate::engine::{DataError, Progress};
use crate::query::{ColumnType, TableInfo, TableSource};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::prelude::Expr;
use indexmap::IndexMap;
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Above so many bytes altogether, files aren't hashed: it would mean to read what else isn't read.
const MAX_HASHED: u64 = 256 << 20;

/// An opened table.
#[derive(Clone)]
pub struct Opened {
    /// As the plan declares it.
    pub source: TableSource,
    /// What is said of it.
    pub info: TableInfo,
    /// Its columns as typed expressions.
    pub columns: IndexMap<String, Typed>,
    /// Columns that can't be used, why, and the cell that shows it.
    pub unusable: IndexMap<String, (&'static str, Example)>,
    /// Its files, in the order in which they are read: that of their paths.
    pub files: Arc<[ScanFile]>,
    /// What reading them through has found; none where some of it is too much to be told elsewhere.
    pub known: Option<Arc<[Known]>>,
    /// The columns of every batch, whatever a file's own are; without those that can't be used.
    pub schema: SchemaRef,
}

/// A column as an expression.
#[derive(Debug, Clone)]
pub struct Typed {
    /// Its type; `None` where all its cells are empty, so that it has any.
    pub kind: Option<ColumnType>,
    /// Its cells in that type; times as microseconds.
    pub expr: Expr,
    /// The first cell that kept it from being numbers.
    pub example: Example,
}

impl Opened {
    /// The table as if it had only one of its files, by its place.
    pub fn only(&self, at: usize) -> Self {
        let files = self.files.get(at).cloned();
        Self { files: files.into_iter().collect(), ..self.clone() }
    }
}

/// Opens `source`. What `cache` knows of the files of a folder isn't read again.
///
/// # Errors
/// Each [`DataError`] that concerns a file's contents.
pub fn open(
    source: &TableSource,
    stores: &Stores,
    progress: &Progress,
    cache: Option<&Cache>,
) -> Result<Opened, DataError> {
    let context = Context::new(source, progress)?;
    let listed = match place::list(source, stores)? {
        Some(objects) => objects,
        None => listing::list(source)?,
    };
    let bytes: u64 = listed.iter().map(Listed::hashed_bytes).sum();
    let hashed = bytes <= MAX_HASHED;
    let through = listed.iter().filter(|file| hashed || file.is_read_through()).map(Listed::hashed_bytes).sum();
    progress.begin(Stage::Opening, &source.name, listed.len(), through);
    let cache = cache.filter(|_| listed.len() > 1);
    let parts = read(listed, &context, hashed, cache)?;
    let known: Option<Arc<[Known]>> = parts.iter().map(Known::of).collect();
    let mut opened = joined(source, parts, &context, (!hashed).then(too_large))?;
    opened.known = known;
    Ok(opened)
}

/// Why there is no hash.
fn too_large() -> String {
    format!("not hashed: larger than {} MiB", MAX_HASHED >> 20)
}

/// The files that were read through as one table; `note` is one more thing to say.
///
/// # Errors
/// Files that don't fit each other, a time column that is none.
pub fn joined(
    source: &TableSource,
    mut parts: Vec<Part>,
    context: &Context<'_>,
    note: Option<String>,
) -> Result<Opened, DataError> {
    let schemas: Vec<SchemaRef> = parts.iter().map(own_schema).collect();
    let mut whole = whole::join(&mut parts, &schemas, context)?;
    whole.notes.extend(note);
    opened(source, whole, context, parts.into_iter().zip(schemas).map(|(p, s)| file(source, p, s)).collect())
}

/// Reads each file through. The first one that fails is told, however many read at a time.
fn read(
    listed: Vec<Listed>,
    context: &Context<'_>,
    hashed: bool,
    cache: Option<&Cache>,
) -> Result<Vec<Part>, DataError> {
    let failed = AtomicUsize::new(usize::MAX);
    let parts: Vec<Option<Result<Part, DataError>>> = listed
        .into_par_iter()
        .enumerate()
        .map(|(i, file)| {
            // What comes after a failure isn't needed any more; what comes before it is.
            if failed.load(Ordering::Relaxed) < i {
                return None;
            }
            let part = match cache {
                Some(cache) => cache.part(file, context, hashed),
                None => part::read(file, context, hashed),
            };
            context.progress.file();
            if part.is_err() {
                failed.fetch_min(i, Ordering::Relaxed);
            }
            Some(part)
        })
        .collect();
    parts.into_iter().flatten().collect()
}

/// The hash of one file; of several, that of their paths and hashes.
fn hash(files: &[ScanFile], alone: bool) -> Option<String> {
    if let [only] = files
        && alone
    {
        return only.hash.map(|h| h.to_hex().to_string());
    }
    let mut all = blake3::Hasher::new();
    for file in files {
        all.update(file.relative.as_bytes());
        all.update(&[0]);
        all.update(file.hash?.as_bytes());
    }
    Some(all.finalize().to_hex().to_string())
}

/// A file's own columns as its reader is to give them. Other readers than that of CSV would stumble over columns that
/// can't be used, and over texts without a letter among numbers.
fn own_schema(part: &Part) -> SchemaRef {
    if let Some(schema) = &part.scanned.schema {
        return schema.clone();
    }
    let csv = part.scanned.kind.is_csv();
    let usable = |s: Stored| !matches!(s, Stored::Unusable(_));
    let columns = part.scanned.columns.iter().filter(|c| csv || usable(c.stored) && c.filled > 0);
    let fields = columns.map(|c| {
        let kind = match c.stored {
            Stored::Number => DataType::Float64,
            Stored::Truth => DataType::Boolean,
            _ => DataType::Utf8,
        };
        Field::new(&c.name, kind, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn file(source: &TableSource, part: Part, schema: SchemaRef) -> ScanFile {
    let Part { listed, bytes, modified, scanned, hash } = part;
    ScanFile {
        table: source.name.as_str().into(),
        place: listed.place,
        path: listed.path,
        shown: listed.shown,
        relative: listed.relative,
        kind: scanned.kind,
        packing: listed.packing,
        bytes,
        modified,
        rows: scanned.rows,
        hash,
        schema,
        keys: listed.keys,
        groups: None,
        footer: scanned.footer,
        held: scanned.held,
        inner: scanned.inner,
    }
}

/// That zeros in front of a number are gone.
fn padded(name: &str, cell: &Spot) -> String {
    let (path, line, value) = (&cell.path, cell.line, &cell.value);
    let number = column::number(value).unwrap_or_default();
    format!("column `{name}` holds numbers, so that `{value}` (`{path}` line {line}) is {number}")
}

/// Types, time column and tidy form of the whole table.
fn opened(
    source: &TableSource,
    whole: Whole,
    context: &Context<'_>,
    files: Vec<ScanFile>,
) -> Result<Opened, DataError> {
    let Whole { columns: found, types: mut held, keys, rows, mut notes } = whole;
    let time = timed::column(source, &found, &mut notes)?;
    let csv = files.first().is_some_and(|f| f.kind.is_csv());
    let workbook = files.first().is_some_and(|f| f.kind == Kind::Workbook);
    let (mut unusable, mut columns, mut types) = (IndexMap::new(), IndexMap::new(), IndexMap::new());
    let mut fields = Vec::with_capacity(found.len());
    for mut column in found.iter().cloned() {
        if let Stored::Unusable(why) = column.stored {
            types.insert(column.name.clone(), ColumnType::Unusable);
            unusable.insert(column.name, (why.said(), column.odd.map(Box::new)));
            continue;
        }
        let is_time = time.as_deref() == Some(&column.name);
        let key = keys.contains(&column.name);
        let kind = if is_time { column.time_type() } else { column.own_type(csv || key) };
        if key && !is_time {
            whole::settle(&mut column, kind, &mut held);
        }
        let reader = if is_time { context.reader.clone() } else { TimeReader::iso(context.zone.clone()) };
        let kept = held.get(&column.name).cloned().unwrap_or(DataType::Utf8);
        let expr = convert::column(&column, kind, &kept, csv || key, reader);
        let zeros = column.padded.as_ref().filter(|_| kind == ColumnType::Number && column.stored == Stored::Text);
        notes.extend(zeros.map(|cell| padded(&column.name, cell)));
        let known = column.filled > 0 || column.declared;
        // Elsewhere text is text, because the file says so.
        let is_guess = csv || key || workbook;
        let mixed = is_guess && kind == ColumnType::Text && column.numbers && column.not_number.is_some();
        types.insert(column.name.clone(), if mixed { ColumnType::Mixed } else { kind });
        fields.push(Field::new(&column.name, kept, true));
        let example = column.not_number.map(Box::new);
        columns.insert(column.name, Typed { kind: known.then_some(kind), expr, example });
    }
    if rows == 0 {
        notes.push(format!("`{}` has no rows", source.shown));
    }
    let tidy = timed::tidy(source, &found, &types, time.as_deref());
    let alone = files.iter().all(|f| f.shown == source.shown);
    let blake3 = hash(&files, alone);
    let info = TableInfo { columns: types, time, rows, blake3, tidy, notes };
    let schema = Arc::new(Schema::new(fields));
    Ok(Opened { source: source.clone(), info, columns, unusable, files: files.into(), known: None, schema })
}
