//! Reads one file of a table through once: hashes it where asked, and has its reader tell what its columns hold.

use super::column::{Column, Stored};
use super::guard::guarded;
use super::listing::{Kind, Listed, Packing, reason};
use super::place::{Input, Place};
use super::time::{self, TimeReader};
use super::{csv, ipc, json, parquet, sqlite, timed, workbook};
use crate::engine::error::unit;
use crate::engine::{DataError, Progress};
use crate::query::TableSource;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::arrow_reader::ArrowReaderMetadata;
use flate2::read::MultiGzDecoder;
use jiff::tz::TimeZone;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::time::SystemTime;

/// How much is read at a time.
pub const CHUNK: usize = 64 * 1024;

/// The longest text that a cell may hold, in bytes.
pub const MAX_CELL: usize = 1 << 20;

/// What a reader found by reading a file through.
pub struct Scanned {
    /// In the order of the file.
    pub columns: Vec<Column>,
    /// How many.
    pub rows: u64,
    /// Which reader it was.
    pub kind: Kind,
    /// The file's own schema, where it has one.
    pub schema: Option<SchemaRef>,
    /// The rows, where they are held in memory.
    pub held: Option<RecordBatch>,
    /// What a Parquet file says of itself.
    pub footer: Option<ArrowReaderMetadata>,
    /// The table of a database file.
    pub inner: Option<String>,
    /// What was assumed, as sentences.
    pub notes: Vec<String>,
}

impl Scanned {
    /// Columns and rows, and nothing else to tell.
    pub fn new(kind: Kind, columns: Vec<Column>, rows: u64) -> Self {
        Self { columns, rows, kind, schema: None, held: None, footer: None, inner: None, notes: Vec::new() }
    }
}

/// A file that was read through.
pub struct Part {
    /// Where it is.
    pub listed: Listed,
    /// Its size.
    pub bytes: u64,
    /// When it was written, where the system tells.
    pub modified: Option<SystemTime>,
    /// What is in it.
    pub scanned: Scanned,
    /// The hash of its bytes, where it was asked for.
    pub hash: Option<blake3::Hash>,
}

/// What readers must know of a table while they read.
pub struct Context<'a> {
    /// As the plan declares it.
    pub source: &'a TableSource,
    /// Reads its time column.
    pub reader: TimeReader,
    /// Is told of rows and bytes, and asked whether to go on.
    pub progress: &'a Progress,
    /// The plan's zone.
    pub zone: TimeZone,
}

impl<'a> Context<'a> {
    /// For a table.
    ///
    /// # Errors
    /// A zone that there isn't, a format of times that is none.
    pub fn new(source: &'a TableSource, progress: &'a Progress) -> Result<Self, DataError> {
        let zone = TimeZone::get(&source.timezone).map_err(|_| DataError::Zone { zone: source.timezone.clone() })?;
        let format = source.time.as_ref().and_then(|t| t.format.clone());
        if let Some(format) = &format
            && let Some(reason) = time::bad_format(format)
        {
            return Err(DataError::TimeFormat { table: source.name.clone(), format: format.clone(), reason });
        }
        let reader = TimeReader::column(format, zone.clone()).weeks_from(source.week_start);
        Ok(Self { source, reader, progress, zone })
    }
}

/// What readers must know of a file while they read.
pub struct Scan<'a> {
    context: &'a Context<'a>,
    listed: &'a Listed,
    shown: Arc<str>,
    /// The plan's zone.
    pub zone: TimeZone,
}

impl<'a> Scan<'a> {
    /// For one file.
    pub fn new(context: &'a Context<'a>, listed: &'a Listed) -> Self {
        Self { context, listed, shown: listed.shown.as_str().into(), zone: context.zone.clone() }
    }

    /// The path as people know it.
    pub fn shown(&self) -> String {
        self.listed.shown.clone()
    }

    /// Where it is.
    pub fn path(&self) -> &std::path::Path {
        &self.listed.path
    }

    fn table(&self) -> String {
        self.context.source.name.clone()
    }

    /// The file holds nothing.
    pub fn empty(&self) -> DataError {
        DataError::Empty { table: self.table(), path: self.shown() }
    }

    /// The file is of another kind than its ending says, or locked.
    pub fn unfit(&self, reason: &'static str, help: &'static str) -> DataError {
        DataError::Unfit { table: self.table(), path: self.shown(), reason, help }
    }

    /// The file can't be read further.
    pub fn damaged(&self, reason: &dyn ToString) -> DataError {
        DataError::Damaged { table: self.table(), path: self.shown(), reason: reason.to_string() }
    }

    /// Likewise, and how far it could be read.
    pub fn breaks_off(&self, line: u64, reason: &dyn ToString) -> DataError {
        self.breaks_off_in(None, line, reason)
    }

    /// Likewise, in a column where it is known.
    pub fn breaks_off_in(&self, column: Option<&str>, line: u64, reason: &dyn ToString) -> DataError {
        let column = column.map(|name| format!("column `{name}` ")).unwrap_or_default();
        let path = self.shown();
        self.damaged(&format!("{column}from {} {} on: {}", unit(&path), line + 1, reason.to_string()))
    }

    /// A cell that no table needs.
    pub fn long(&self, line: u64, column: &str) -> DataError {
        DataError::LongCell { path: self.shown(), line, column: column.to_owned(), most: MAX_CELL >> 20 }
    }

    /// A text between quotes that the file's end ends.
    pub fn unclosed(&self, line: u64, column: &str) -> DataError {
        DataError::UnclosedQuote { path: self.shown(), line, column: column.to_owned() }
    }

    /// A text between quotes in which a row of the table stands.
    pub fn swallowed(&self, line: u64, column: &str, row: u64) -> DataError {
        DataError::Swallowed { path: self.shown(), line, column: column.to_owned(), row }
    }

    /// The sheet that the plan asks for.
    pub fn sheet(&self) -> Option<&str> {
        self.context.source.sheet.as_deref()
    }

    /// There is no such sheet (or table of a database file: `what`).
    pub fn no_sheet(&self, what: &'static str, sheet: &str, sheets: &[String]) -> DataError {
        let (table, path) = (self.table(), self.shown());
        DataError::NoSheet { table, path, what, sheet: sheet.to_owned(), sheets: sheets.to_vec() }
    }

    /// There are several tables.
    #[cfg(feature = "sqlite")]
    pub fn which_sheet(&self, sheets: &[String]) -> DataError {
        DataError::WhichSheet { table: self.table(), path: self.shown(), sheets: sheets.to_vec() }
    }

    /// Another program is at the file.
    #[cfg(feature = "sqlite")]
    pub fn busy(&self, reason: &str) -> DataError {
        DataError::Busy { table: self.table(), path: self.shown(), reason: reason.to_owned() }
    }

    /// The reader was left out.
    #[cfg(not(feature = "sqlite"))]
    pub fn feature(&self, what: &'static str, feature: &'static str) -> DataError {
        DataError::Feature { table: self.table(), path: self.shown(), what, feature }
    }

    /// A column of this table before its first cell.
    pub fn column(&self, name: &str, stored: Stored) -> Column {
        let Context { source, reader, zone, .. } = self.context;
        let is_time = source.time.as_ref().is_some_and(|t| t.column == name);
        let reader = match is_time {
            true => reader.clone(),
            false => TimeReader::column(None, zone.clone()).weeks_from(source.week_start),
        };
        let mut column = Column::new(self.shown.clone(), name, stored, reader, is_time);
        if source.implicit && name.eq_ignore_ascii_case("metric") {
            column.collect_names();
        }
        if let Some((_, Some(value))) = self.listed.keys.iter().find(|(key, _)| key == name) {
            column.expect(value);
        }
        column
    }

    /// `rows` rows are read.
    ///
    /// # Errors
    /// [`DataError::Interrupted`].
    pub fn tick(&self, rows: u64) -> Result<(), DataError> {
        if !rows.is_multiple_of(8192) {
            return Ok(());
        }
        self.context.progress.rows(8192);
        self.context.progress.go_on()
    }

    /// The bytes of the file, told as they are read; those of a copy were told as they came.
    fn counted(&self, file: File) -> Counted<'a> {
        let here = matches!(self.listed.place, Place::Here);
        Counted { file, progress: self.context.progress, here }
    }

    /// True where the cells of a column must be looked at, although the file states its type: it may be the table's time,
    /// or the file's folder says what they are.
    pub fn wants(&self, column: &Column) -> bool {
        let source = self.context.source;
        let name = column.name.as_str();
        let may_be_time = || match &source.time {
            Some(time) => time.column == name,
            None => source.implicit && (timed::rank(name).is_some() || name.eq_ignore_ascii_case("metric")),
        };
        match column.stored {
            Stored::Unusable(_) => false,
            _ if self.listed.keys.iter().any(|(key, _)| key == name) => true,
            Stored::Text | Stored::Number => may_be_time(),
            _ => false,
        }
    }
}

/// Reads a file through.
///
/// # Errors
/// Each [`DataError`] that concerns a file's contents.
pub fn read(mut listed: Listed, context: &Context<'_>, hashed: bool) -> Result<Part, DataError> {
    context.progress.go_on()?;
    listed.fetch()?;
    let scan = Scan::new(context, &listed);
    if let Some((bytes, hash)) = listed.place.elsewhere() {
        if bytes == 0 {
            return Err(scan.empty());
        }
        let input = listed.place.input(&listed.path).map_err(|e| scan.damaged(&e))?;
        let scanned = guarded(|| parquet::scan(input, &scan)).map_err(|e| scan.damaged(&e))?;
        let scanned = scanned.map_err(|e| listed.place.error().unwrap_or(e))?;
        return Ok(Part { listed, bytes, modified: None, scanned, hash: Some(hash) });
    }
    let missing = |e: io::Error| {
        let (table, path) = (context.source.name.clone(), listed.shown.clone());
        DataError::NotFound { table, path, reason: reason(&e) }
    };
    let file = File::open(&listed.path).map_err(missing)?;
    let meta = file.metadata().map_err(missing)?;
    if meta.len() == 0 {
        return Err(scan.empty());
    }
    let found = guarded(|| through(file, &listed, &scan, hashed)).map_err(|e| scan.damaged(&e))?;
    let (scanned, hash) = found?;
    Ok(Part { listed, bytes: meta.len(), modified: meta.modified().ok(), scanned, hash })
}

/// Has the file's reader go through it.
fn through(
    file: File,
    listed: &Listed,
    scan: &Scan<'_>,
    hashed: bool,
) -> Result<(Scanned, Option<blake3::Hash>), DataError> {
    let scanned = match listed.kind {
        Kind::Csv { .. } | Kind::Json | Kind::Workbook => return streamed(file, listed, scan, hashed),
        Kind::Parquet => parquet::scan(Input::File(file), scan)?,
        Kind::Arrow => ipc::scan(file, scan)?,
        Kind::Sqlite => sqlite::scan(scan)?,
    };
    Ok((scanned, if hashed { Some(whole(listed, scan)?) } else { None }))
}

/// A file whose bytes are told as they are read.
struct Counted<'a> {
    file: File,
    progress: &'a Progress,
    here: bool,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Readers of formats keep only words of it; the engine knows that it was stopped.
        self.progress.go_on().map_err(io::Error::other)?;
        let n = self.file.read(buffer)?;
        if self.here {
            self.progress.bytes(n as u64);
        }
        Ok(n)
    }
}

/// A file that is hashed while it is read.
struct Hashed<'a> {
    file: Counted<'a>,
    hash: Option<blake3::Hasher>,
}

impl Read for Hashed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(buffer)?;
        if let Some(hash) = &mut self.hash {
            hash.update(&buffer[..n]);
        }
        Ok(n)
    }
}

/// Readers that need all of a file anyway.
fn streamed(
    file: File,
    listed: &Listed,
    scan: &Scan<'_>,
    hashed: bool,
) -> Result<(Scanned, Option<blake3::Hash>), DataError> {
    let mut input = Hashed { file: scan.counted(file), hash: hashed.then(blake3::Hasher::new) };
    let scanned = {
        let mut plain = unpacked(&mut input, listed.packing).map_err(|e| scan.damaged(&e))?;
        let read = match listed.kind {
            Kind::Json => json::scan(&mut plain, scan),
            Kind::Workbook => workbook::scan(&mut plain, scan),
            _ => csv::scan(&mut plain, scan),
        };
        match read {
            // What comes out of a damaged packing is wrong long before its check sum says so.
            Err(error) if listed.packing != Packing::None => return Err(unpacking(&mut plain, error, scan)),
            read => read?,
        }
    };
    if hashed {
        io::copy(&mut input, &mut io::sink()).map_err(|e| scan.damaged(&e))?;
    }
    Ok((scanned, input.hash.map(|h| h.finalize())))
}

/// What is wrong with a packed file: its packing, where that is damaged, else what was found in it.
fn unpacking(rest: &mut dyn Read, found: DataError, scan: &Scan<'_>) -> DataError {
    match io::copy(rest, &mut io::sink()) {
        Err(broken) if !matches!(found, DataError::Damaged { .. }) => {
            scan.damaged(&format!("its packing is damaged ({broken}); the first place that is wrong: {found}"))
        }
        _ => found,
    }
}

/// The bytes of a file as they were before it was packed.
///
/// # Errors
/// Where the system gives no memory for it.
pub fn unpacked<'a>(input: impl Read + Send + 'a, packing: Packing) -> io::Result<Box<dyn Read + Send + 'a>> {
    let input = BufReader::with_capacity(CHUNK, input);
    Ok(match packing {
        Packing::None => Box::new(input),
        Packing::Gzip => Box::new(MultiGzDecoder::new(input)),
        Packing::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(input)?),
    })
}

/// The hash of a file's bytes.
///
/// # Errors
/// A file that can't be read.
pub fn whole(listed: &Listed, scan: &Scan<'_>) -> Result<blake3::Hash, DataError> {
    let file = File::open(&listed.path).map_err(|e| scan.damaged(&e))?;
    let mut hash = blake3::Hasher::new();
    hash.update_reader(scan.counted(file)).map_err(|e| scan.damaged(&e))?;
    Ok(hash.finalize())
}
