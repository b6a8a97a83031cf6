//! Opens a table: finds its reader by the ending, reads it through once, decides on types, time column and tidy form.
//! Gives a table that DataFusion can scan; computes nothing.

use super::column::{Column, Stored};
use super::convert;
use super::time::{self, TimeReader};
use super::{Progress, csv, json, parquet, workbook};
use crate::engine::DataError;
use crate::engine::error::{Example, TimeCell};
use crate::query::{ColumnType, TableInfo, TableSource};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::prelude::Expr;
use flate2::read::MultiGzDecoder;
use indexmap::IndexMap;
use jiff::tz::TimeZone;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

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
    /// What was read of a workbook: it is held in memory.
    pub sheet: Option<workbook::Sheet>,
}

/// The readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Cells between separators, all of them text.
    Csv {
        /// Comma, semicolon or tab.
        separator: u8,
    },
    /// One JSON object a line.
    Json,
    /// Typed columns.
    Parquet,
    /// A sheet of cells, each with its type.
    Workbook,
}

/// An opened table.
pub struct Opened {
    /// As the plan declares it.
    pub source: TableSource,
    /// What is said of it.
    pub info: TableInfo,
    /// Its columns as typed expressions.
    pub columns: IndexMap<String, Typed>,
    /// Columns that can't be used, and why.
    pub unusable: IndexMap<String, &'static str>,
    /// How DataFusion is to read it.
    pub file: ScanFile,
}

/// A column as an expression.
#[derive(Debug, Clone)]
pub struct Typed {
    /// Its type; `None` where all its cells are empty, so that it has any.
    pub kind: Option<ColumnType>,
    /// Its cells in that type; times as microseconds.
    pub expr: Expr,
    /// The first cell that kept it from being numbers, with its line.
    pub example: Example,
}

/// A file with all that a scan must know of it.
pub struct ScanFile {
    /// On this machine.
    pub path: String,
    /// Which reader.
    pub kind: Kind,
    /// True where it is packed with gzip.
    pub packed: bool,
    /// Columns and types as the reader is to give them.
    pub schema: SchemaRef,
    /// The rows of a workbook's sheet.
    pub held: Option<RecordBatch>,
}

/// What readers must know while they read.
pub struct Scan<'a> {
    source: &'a TableSource,
    reader: TimeReader,
    progress: Option<&'a Progress>,
    /// The plan's zone.
    pub zone: TimeZone,
}

impl Scan<'_> {
    /// The path as people know it.
    pub fn shown(&self) -> String {
        self.source.shown.clone()
    }

    /// The file holds nothing.
    pub fn empty(&self) -> DataError {
        DataError::Empty { table: self.source.name.clone(), path: self.shown() }
    }

    /// The file can't be read further.
    pub fn damaged(&self, reason: &dyn ToString) -> DataError {
        DataError::Damaged { table: self.source.name.clone(), path: self.shown(), reason: reason.to_string() }
    }

    /// The sheet that the plan asks for.
    pub fn sheet(&self) -> Option<&str> {
        self.source.sheet.as_deref()
    }

    /// There is no such sheet.
    pub fn no_sheet(&self, sheet: &str, sheets: &[String]) -> DataError {
        let (table, path) = (self.source.name.clone(), self.shown());
        DataError::NoSheet { table, path, sheet: sheet.to_owned(), sheets: sheets.to_vec() }
    }

    /// A column of this table before its first cell.
    pub fn column(&self, name: &str, stored: Stored) -> Column {
        let is_time = self.source.time.as_ref().is_some_and(|t| t.column == name);
        let reader = if is_time {
            self.reader.clone()
        } else {
            TimeReader::column(None, self.zone.clone()).weeks_from(self.source.week_start)
        };
        let mut column = Column::new(name, stored, reader, is_time);
        if self.source.implicit && name.eq_ignore_ascii_case("metric") {
            column.collect_names();
        }
        column
    }

    /// `rows` rows are read.
    pub fn tick(&self, rows: u64) {
        if let Some(progress) = self.progress
            && rows.is_multiple_of(8192)
        {
            progress(8192);
        }
    }

    fn wants(&self, name: &str) -> bool {
        match &self.source.time {
            Some(time) => time.column == name,
            None => self.source.implicit && (time_rank(name).is_some() || name.eq_ignore_ascii_case("metric")),
        }
    }
}

/// Opens `source`.
///
/// # Errors
/// Each [`DataError`] that concerns a file's contents.
pub fn open(source: &TableSource, progress: Option<&Progress>) -> Result<Opened, DataError> {
    let zone = TimeZone::get(&source.timezone).map_err(|_| DataError::Zone { zone: source.timezone.clone() })?;
    let format = source.time.as_ref().and_then(|t| t.format.clone());
    if let Some(format) = &format
        && let Some(reason) = time::bad_format(format)
    {
        return Err(DataError::TimeFormat { table: source.name.clone(), format: format.clone(), reason });
    }
    let (kind, packed) = kind_of(source)?;
    let file = open_file(source)?;
    let scan =
        Scan { source, reader: TimeReader::column(format, zone.clone()).weeks_from(source.week_start), progress, zone };
    let (mut scanned, blake3) = read(file, kind, packed, &scan)?;
    let sheet = scanned.sheet.take();
    let mut notes = sheet.as_ref().map_or_else(Vec::new, |s| s.notes.clone());
    let time = time_column(source, &mut scanned.columns, &mut notes)?;
    let mut unusable = IndexMap::new();
    let mut columns = IndexMap::new();
    let mut types = IndexMap::new();
    for column in &scanned.columns {
        if let Stored::Unusable(why) = column.stored {
            unusable.insert(column.name.clone(), why);
            continue;
        }
        let is_time = time.as_deref() == Some(&column.name);
        let kind = if is_time { column.time_type() } else { column.own_type(scanned.kind.is_csv()) };
        let reader = if is_time { scan.reader.clone() } else { TimeReader::iso(scan.zone.clone()) };
        let expr = convert::column(column, kind, scanned.kind.is_csv(), reader);
        let known = column.filled > 0 || scanned.kind == Kind::Parquet;
        types.insert(column.name.clone(), kind);
        columns.insert(
            column.name.clone(),
            Typed { kind: known.then_some(kind), expr, example: column.not_number.clone().map(Box::new) },
        );
    }
    if scanned.rows == 0 {
        notes.push(format!("`{}` has no rows", source.shown));
    }
    let tidy = tidy(source, &scanned.columns, &types, time.as_deref());
    let file = ScanFile {
        path: source.path.clone(),
        kind: scanned.kind,
        packed,
        schema: schema(&scanned),
        held: sheet.map(|s| s.rows),
    };
    let info = TableInfo { columns: types, time, rows: scanned.rows, blake3, tidy, notes };
    Ok(Opened { source: source.clone(), info, columns, unusable, file })
}

impl Kind {
    /// True where every cell is text.
    pub fn is_csv(self) -> bool {
        matches!(self, Self::Csv { .. })
    }
}

/// The reader for an ending, and whether the file is packed.
fn kind_of(source: &TableSource) -> Result<(Kind, bool), DataError> {
    let (table, path) = (source.name.clone(), source.shown.clone());
    if source.path.contains("://") {
        return Err(DataError::Remote { table, path });
    }
    let lower = source.path.to_ascii_lowercase();
    let (stem, packed) = lower.strip_suffix(".gz").map_or((lower.as_str(), false), |s| (s, true));
    let kind = match Path::new(stem).extension().and_then(|e| e.to_str()) {
        Some("csv" | "tsv" | "tab" | "txt") => Kind::Csv { separator: b',' },
        Some("jsonl" | "ndjson" | "json") => Kind::Json,
        Some("parquet" | "pq") if !packed => Kind::Parquet,
        Some("xlsx" | "xlsm" | "xlsb" | "xls" | "ods") if !packed => Kind::Workbook,
        _ if Path::new(&source.path).is_dir() => return Err(DataError::Folder { table, path }),
        _ => return Err(DataError::Ending { table, path }),
    };
    match source.sheet.clone().filter(|_| kind != Kind::Workbook) {
        Some(sheet) => Err(DataError::Sheet { table, path, sheet }),
        None => Ok((kind, packed)),
    }
}

fn open_file(source: &TableSource) -> Result<File, DataError> {
    let (table, path) = (source.name.clone(), source.shown.clone());
    let missing = |e: io::Error| {
        let reason = match e.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            io::ErrorKind::PermissionDenied => "it may not be read (permission denied)".to_owned(),
            _ => e.to_string(),
        };
        DataError::NotFound { table: table.clone(), path: path.clone(), reason }
    };
    let file = File::open(&source.path).map_err(missing)?;
    let meta = file.metadata().map_err(missing)?;
    match (meta.is_dir(), meta.len()) {
        (true, _) => Err(DataError::Folder { table, path }),
        (_, 0) => Err(DataError::Empty { table, path }),
        _ => Ok(file),
    }
}

/// A file that is hashed while it is read.
struct Hashed {
    file: File,
    hash: blake3::Hasher,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.hash.update(&buffer[..n]);
        Ok(n)
    }
}

fn read(file: File, kind: Kind, packed: bool, scan: &Scan<'_>) -> Result<(Scanned, String), DataError> {
    let again = file.try_clone().map_err(|e| scan.damaged(&e))?;
    let mut hashed = Hashed { file, hash: blake3::Hasher::new() };
    let scanned = {
        let mut plain;
        let mut unpacked;
        let input: &mut dyn Read = if packed {
            unpacked = MultiGzDecoder::new(BufReader::with_capacity(64 * 1024, &mut hashed));
            &mut unpacked
        } else {
            plain = BufReader::with_capacity(64 * 1024, &mut hashed);
            &mut plain
        };
        match kind {
            Kind::Csv { .. } => Some(csv::scan(input, scan)?),
            Kind::Json => Some(json::scan(input, scan)?),
            Kind::Workbook => Some(workbook::scan(input, scan)?),
            Kind::Parquet => None,
        }
    };
    io::copy(&mut hashed, &mut io::sink()).map_err(|e| scan.damaged(&e))?;
    let blake3 = hashed.hash.finalize().to_hex().to_string();
    let scanned = match scanned {
        Some(scanned) => scanned,
        None => parquet::scan(again, scan, &|name| scan.wants(name))?,
    };
    Ok((scanned, blake3))
}

/// The columns as the reader is to give them: cells of a CSV as text.
fn schema(scanned: &Scanned) -> SchemaRef {
    if let Some(schema) = &scanned.schema {
        return schema.clone();
    }
    let csv = scanned.kind.is_csv();
    let fields = scanned.columns.iter().filter(|c| csv || !matches!(c.stored, Stored::Unusable(_))).map(|c| {
        let kind = match c.stored {
            Stored::Number => DataType::Float64,
            Stored::Truth => DataType::Boolean,
            _ => DataType::Utf8,
        };
        Field::new(&c.name, kind, true)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Names under which a table's time goes, best first.
const TIME_NAMES: [&str; 16] = [
    "date",
    "time",
    "timestamp",
    "datetime",
    "day",
    "period_end",
    "period",
    "month",
    "week",
    "quarter",
    "year",
    "created_at",
    "posted_at",
    "period_start",
    "created",
    "ts",
];

/// How good a name is for a table's time; the best is 0.
pub fn time_rank(name: &str) -> Option<usize> {
    TIME_NAMES.iter().position(|n| n.eq_ignore_ascii_case(name))
}

/// The table's time column: the declared one, checked; else, where no statement describes the table, the one that is
/// called like a time, else the only one that holds times.
fn time_column(
    source: &TableSource,
    columns: &mut [Column],
    notes: &mut Vec<String>,
) -> Result<Option<String>, DataError> {
    if let Some(declared) = &source.time {
        let Some(column) = columns.iter().find(|c| c.name == declared.column) else {
            return Err(super::unknown(source, &declared.column, columns.iter().map(|c| c.name.as_str())));
        };
        return check_time(source, column).map(|()| Some(column.name.clone()));
    }
    if !source.implicit {
        return Ok(None);
    }
    let mut named: Vec<&Column> = columns.iter().filter(|c| time_rank(&c.name).is_some()).collect();
    named.sort_by_key(|c| time_rank(&c.name));
    let mut found = named.iter().copied().find(|c| c.all_times());
    if found.is_none() {
        // A column of that name with dates in another form is never passed over in silence.
        for column in named {
            if let Some((_, value)) = &column.not_time
                && column.not_number.is_some()
                && !time::readings(value).is_empty()
            {
                check_time(source, column)?;
            }
            if let (Stored::Text, Some((line, value))) = (column.stored, &column.not_time)
                && column.not_number.is_some()
                && !value.is_empty()
            {
                notes.push(format!(
                    "`{}` is not taken as the time of `{}`: line {line} holds `{value}`",
                    column.name, source.shown
                ));
            }
        }
        let mut all = columns
            .iter()
            .filter(|c| c.stored != Stored::Number && c.not_number.is_some() || typed_time(c))
            .filter(|c| c.all_times());
        found = all.next();
        if let (Some(first), Some(second)) = (found, all.next()) {
            notes.push(format!(
                "`{}` has several columns of times (`{}`, `{}`), and none was taken as the table's time: a `table` statement can name one",
                source.shown, first.name, second.name
            ));
            found = None;
        }
    }
    if let Some(column) = found {
        notes.push(format!("`{}` is taken as the time of `{}`", column.name, source.shown));
    }
    Ok(found.map(|c| c.name.clone()))
}

fn typed_time(column: &Column) -> bool {
    matches!(column.stored, Stored::Date | Stored::Civil | Stored::Instant)
}

/// That every cell of a time column reads as a time.
fn check_time(source: &TableSource, column: &Column) -> Result<(), DataError> {
    let (table, path, name) = (source.name.clone(), source.shown.clone(), column.name.clone());
    let found = match column.stored {
        Stored::Truth => Some("truth values"),
        Stored::Unusable(_) => Some("nested values"),
        _ => None,
    };
    if let Some(found) = found {
        return Err(DataError::TimeColumn { table, path, column: name, found });
    }
    let Some((line, value)) = column.not_time.clone() else { return Ok(()) };
    let mut readings = time::readings(&value);
    let cell = Box::new(TimeCell { table, path, line, column: name, value });
    if let Some(format) = source.time.as_ref().and_then(|t| t.format.clone()) {
        let example = time::example(&format).unwrap_or_default();
        return Err(DataError::TimeMisfit { cell, format, example });
    }
    let (second, first) = (if readings.len() > 1 { readings.pop() } else { None }, readings.pop());
    Err(match (first, second) {
        (Some(first), Some(second)) => DataError::TimeAmbiguous { cell, first, second },
        (reading, _) => DataError::TimeUnreadable { cell, reading },
    })
}

/// The metrics' names of a table in tidy form.
fn tidy(
    source: &TableSource,
    columns: &[Column],
    types: &IndexMap<String, ColumnType>,
    time: Option<&str>,
) -> Option<Vec<String>> {
    let column = |name: &str| columns.iter().find(|c| c.name.eq_ignore_ascii_case(name));
    let (metric, value) = (column("metric")?, column("value")?);
    let fits = source.implicit
        && column("date").is_some_and(|d| Some(d.name.as_str()) == time)
        && types.get(&metric.name) == Some(&ColumnType::Text)
        && types.get(&value.name) == Some(&ColumnType::Number);
    if fits { metric.names.as_ref().map(|n| n.iter().cloned().collect()) } else { None }
}
