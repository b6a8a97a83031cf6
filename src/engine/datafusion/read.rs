//! The rows of one file in the columns of its table, batch by batch in the file's order: whatever a file's own order and
//! types are, its batches look alike. Knows no requests.

use super::guard::guarded;
use super::listing::{Key, Kind, Packing};
use super::part::{MAX_CELL, unpacked};
use super::place::Place;
use super::{column, convert, ipc, parquet, sqlite};
use crate::engine::DataError;
use crate::engine::error::Spot;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int32DictionaryArray, RecordBatchOptions, StringArray,
    new_null_array,
};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::arrow::{csv, json};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use datafusion::parquet::file::metadata::ParquetMetaData;
use std::fs::File;
use std::io::BufReader;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

/// Rows of a batch, at the most.
pub const BATCH: usize = 8192;

/// Batches, or why the next one can't be read.
pub type Batches = Box<dyn Iterator<Item = Result<RecordBatch, DataError>> + Send>;

/// A file with all that a reading must know of it.
#[derive(Debug, Clone)]
pub struct ScanFile {
    /// The table that it belongs to.
    pub table: Arc<str>,
    /// Where it is.
    pub place: Place,
    /// On this machine, where it is here.
    pub path: PathBuf,
    /// As people know it.
    pub shown: String,
    /// Below what the plan names; its name alone where it is all of the table.
    pub relative: String,
    /// Which reader.
    pub kind: Kind,
    /// What it is packed with.
    pub packing: Packing,
    /// Its size.
    pub bytes: u64,
    /// When it was written, where the system tells.
    pub modified: Option<SystemTime>,
    /// How many.
    pub rows: u64,
    /// The hash of its bytes, where it was worked out.
    pub hash: Option<blake3::Hash>,
    /// Its own columns, in its order, as its reader is to give them; columns without a value may be left out.
    pub schema: SchemaRef,
    /// What its folders say.
    pub keys: Vec<Key>,
    /// The row groups of a Parquet file that are meant, where not all are.
    pub groups: Option<Range<usize>>,
    /// What a Parquet file says of itself, where it was asked.
    pub footer: Option<ArrowReaderMetadata>,
    /// The rows, where they are held in memory.
    pub held: Option<RecordBatch>,
    /// The table of a database file.
    pub inner: Option<String>,
}

/// Where a column of the table comes from.
enum Origin {
    /// The file's own column, by its place among those that are read.
    Read(usize),
    /// The folder's name.
    Key(Option<String>),
    /// It is missing in the whole file.
    Nowhere,
}

impl ScanFile {
    /// The rows of the file in the columns of `schema`, each of which is one of the table's.
    ///
    /// # Errors
    /// A file that changed since it was opened, or can't be read.
    pub fn batches(&self, schema: &SchemaRef) -> Result<Batches, DataError> {
        self.unchanged()?;
        self.arranged(schema, 0, |own| if own.is_empty() { Ok(counted(self.rows)) } else { self.raw(own) })
    }

    /// The rows of one row group of a Parquet file in the columns of `schema`, `rows` at a time at the most. `footer` is
    /// the file's, with the types in which its columns are to be read.
    ///
    /// # Errors
    /// As [`ScanFile::batches`].
    pub fn group(
        &self,
        schema: &SchemaRef,
        footer: &ArrowReaderMetadata,
        group: usize,
        rows: usize,
    ) -> Result<Batches, DataError> {
        self.unchanged()?;
        let before = rows_of(footer.metadata(), 0..group);
        self.arranged(schema, before, |own| {
            let file = self.place.input(&self.path).map_err(|e| self.failed(&e))?;
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, footer.clone());
            let mask = ProjectionMask::roots(builder.parquet_schema(), own.iter().copied());
            let builder = builder.with_row_groups(vec![group]).with_batch_size(rows).with_projection(mask);
            let batches = builder.build().map_err(|e| self.damaged(before, &e))?;
            Ok(self.accusing(self.told(before, batches), own))
        })
    }

    fn arranged(
        &self,
        schema: &SchemaRef,
        before: u64,
        raw: impl FnOnce(&[usize]) -> Result<Batches, DataError>,
    ) -> Result<Batches, DataError> {
        let mut own: Vec<usize> = schema.fields().iter().filter_map(|f| self.schema.index_of(f.name()).ok()).collect();
        own.sort_unstable();
        let origins = schema.fields().iter().map(|field| self.origin(field.name(), &own)).collect();
        let shape = Shape { file: self.clone(), schema: schema.clone(), origins, before };
        Ok(Box::new(Arranged { raw: raw(&own)?, shape, failed: false }))
    }

    /// How many bytes of the file reading the columns of `schema` takes, of one row group alone where it is named; all of
    /// them where no footer tells.
    pub fn weight(&self, footer: Option<&ArrowReaderMetadata>, schema: &SchemaRef, group: Option<usize>) -> u64 {
        let Some(footer) = footer else { return if self.held.is_some() { 0 } else { self.bytes } };
        let wanted = |leaf: usize| {
            let root = footer.parquet_schema().get_column_root_idx(leaf);
            self.schema.fields().get(root).is_some_and(|f| schema.index_of(f.name()).is_ok())
        };
        let groups = footer.metadata().row_groups().iter().enumerate();
        let groups = groups.filter(|(number, _)| group.is_none_or(|only| only == *number));
        let columns = groups.flat_map(|(_, g)| g.columns().iter().enumerate());
        let wanted = columns.filter(|(leaf, _)| wanted(*leaf)).map(|(_, c)| c.compressed_size());
        wanted.map(|bytes| u64::try_from(bytes).unwrap_or(0)).fold(0, u64::saturating_add)
    }

    fn origin(&self, name: &str, own: &[usize]) -> Origin {
        let read = self.schema.index_of(name).ok().and_then(|at| own.binary_search(&at).ok());
        let key = || self.keys.iter().find(|(key, _)| key == name);
        match (read, key()) {
            (Some(at), _) => Origin::Read(at),
            (None, Some((_, value))) => Origin::Key(value.clone()),
            (None, None) => Origin::Nowhere,
        }
    }

    /// What a Parquet file says of itself; it may not have been asked yet.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn footer(&self) -> Result<Option<ArrowReaderMetadata>, DataError> {
        match (&self.footer, self.kind) {
            (Some(footer), _) => Ok(Some(footer.clone())),
            (None, Kind::Parquet) => {
                let input = self.place.input(&self.path).map_err(|e| self.failed(&e))?;
                let footer = guarded(|| ArrowReaderMetadata::load(&input, ArrowReaderOptions::default()));
                let footer = footer.map_err(|said| self.damaged(0, &said))?;
                footer.map(Some).map_err(|e| self.damaged(0, &e))
            }
            _ => Ok(None),
        }
    }

    /// That the file is what it was when its types were found.
    ///
    /// # Errors
    /// [`DataError::Failed`] where it isn't.
    pub fn unchanged(&self) -> Result<(), DataError> {
        if self.place.elsewhere().is_some() {
            // Each of its answers is held against the first one.
            return Ok(());
        }
        let meta = std::fs::metadata(&self.path).map_err(|e| self.failed(&e))?;
        match meta.len() == self.bytes && meta.modified().ok() == self.modified {
            true => Ok(()),
            false => Err(self.failed(&"it was changed while the plan was evaluated")),
        }
    }

    /// The file's own columns `own`, in their order.
    fn raw(&self, own: &[usize]) -> Result<Batches, DataError> {
        if let Some(rows) = &self.held {
            let names = own.iter().filter_map(|i| rows.schema_ref().index_of(self.schema.field(*i).name()).ok());
            let rows = rows.project(&names.collect::<Vec<_>>()).map_err(|e| self.damaged(0, &e))?;
            return Ok(Box::new(sliced(rows).map(Ok)));
        }
        if self.kind == Kind::Parquet {
            return self.parquet(own);
        }
        let file = File::open(&self.path).map_err(|e| self.failed(&e))?;
        let text = |file: File| unpacked(file, self.packing).map_err(|e| self.failed(&e));
        match self.kind {
            Kind::Csv { separator } => {
                let reader = csv::ReaderBuilder::new(self.schema.clone())
                    .with_header(true)
                    .with_delimiter(separator)
                    .with_batch_size(BATCH)
                    .with_projection(own.to_vec());
                let batches = reader.build(text(file)?).map_err(|e| self.damaged(0, &e))?;
                Ok(self.told(0, batches))
            }
            Kind::Json => {
                let schema = self.schema.project(own).map_err(|e| self.damaged(0, &e))?;
                let reader = json::ReaderBuilder::new(Arc::new(schema)).with_batch_size(BATCH);
                let batches = reader.build(BufReader::new(text(file)?)).map_err(|e| self.damaged(0, &e))?;
                Ok(self.told(0, batches))
            }
            Kind::Arrow => {
                let opened = guarded(|| ipc::open(file, Some(own.to_vec()))).map_err(|e| self.damaged(0, &e))?;
                let batches = opened.map_err(|e| self.damaged(0, &e))?;
                let whole = self.told(0, batches);
                // A writer may have put all rows into one batch.
                Ok(Box::new(whole.flat_map(|batch| match batch {
                    Ok(batch) => Box::new(sliced(batch).map(Ok)) as Batches,
                    Err(e) => Box::new(std::iter::once(Err(e))),
                })))
            }
            Kind::Sqlite => sqlite::rows(self, own),
            Kind::Parquet | Kind::Workbook => self.parquet(own),
        }
    }

    fn parquet(&self, own: &[usize]) -> Result<Batches, DataError> {
        let file = self.place.input(&self.path).map_err(|e| self.failed(&e))?;
        let builder = match self.footer.clone() {
            Some(footer) => ParquetRecordBatchReaderBuilder::new_with_metadata(file, footer),
            None => ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| self.damaged(0, &e))?,
        };
        let mask = ProjectionMask::roots(builder.parquet_schema(), own.iter().copied());
        let before = self.groups.as_ref().map_or(0, |groups| rows_of(builder.metadata(), 0..groups.start));
        let builder = match self.groups.clone() {
            Some(groups) => builder.with_row_groups(groups.collect()),
            None => builder,
        };
        let batches = builder.with_batch_size(BATCH).with_projection(mask).build();
        Ok(self.accusing(self.told(before, batches.map_err(|e| self.damaged(before, &e))?), own))
    }

    /// The same batches, whose errors name the column.
    fn accusing(&self, batches: Batches, own: &[usize]) -> Batches {
        let (copy, own) = (self.clone(), own.to_vec());
        Box::new(batches.map(move |batch| {
            batch.map_err(|error| match own.as_slice() {
                [only] => copy.accused(*only, error),
                several => copy.culprit(several).unwrap_or(error),
            })
        }))
    }

    /// The error of the first column that can't be read by itself, with its name. Columns are read side by side, so that
    /// nobody knows until then.
    fn culprit(&self, own: &[usize]) -> Option<DataError> {
        if self.place.elsewhere().is_some() {
            // Bytes that travel aren't asked for once more.
            return None;
        }
        own.iter().find_map(|at| {
            let mut batches = self.parquet(&[*at]).ok()?;
            batches.find_map(Result::err)
        })
    }

    /// An error of the column at a place, with its name.
    fn accused(&self, at: usize, error: DataError) -> DataError {
        match error {
            DataError::Damaged { table, path, reason } if !reason.starts_with("column ") => {
                let reason = format!("column `{}` {reason}", self.schema.field(at).name());
                DataError::Damaged { table, path, reason }
            }
            other => other,
        }
    }

    /// Batches whose errors name the file, and how far it could be read.
    fn told<E: std::fmt::Display>(
        &self,
        before: u64,
        mut batches: impl Iterator<Item = Result<RecordBatch, E>> + Send + 'static,
    ) -> Batches {
        let (file, mut rows) = (self.clone(), before);
        Box::new(std::iter::from_fn(move || {
            let batch = match guarded(|| batches.next()) {
                Ok(batch) => batch?.map_err(|e| file.damaged(rows, &e)),
                Err(said) => Err(file.damaged(rows, &said)),
            };
            rows += batch.as_ref().map_or(0, |b| b.num_rows() as u64);
            Some(batch)
        }))
    }

    /// The file can't be read further than so many rows.
    pub fn damaged(&self, rows: u64, error: &dyn std::fmt::Display) -> DataError {
        if let Some(error) = self.place.error() {
            return error;
        }
        let reason = format!("from row {} on: {}", rows + 1, parquet::reason(error));
        DataError::Damaged { table: self.table.to_string(), path: self.shown.clone(), reason }
    }

    /// The file isn't as it was when it was opened.
    pub fn failed(&self, reason: &dyn ToString) -> DataError {
        let (table, path) = (self.table.to_string(), self.shown.clone());
        DataError::Failed { table, path, reason: reason.to_string() }
    }
}

/// How many rows some row groups have.
pub fn rows_of(footer: &ParquetMetaData, groups: Range<usize>) -> u64 {
    let groups = footer.row_groups().get(groups).unwrap_or_default();
    groups.iter().map(|g| u64::try_from(g.num_rows()).unwrap_or(0)).sum()
}

/// So many rows of no columns.
fn counted(rows: u64) -> Batches {
    let schema = Arc::new(Schema::empty());
    let mut left = usize::try_from(rows).unwrap_or(usize::MAX);
    Box::new(std::iter::from_fn(move || {
        let now = left.min(BATCH);
        left -= now;
        let options = RecordBatchOptions::new().with_row_count(Some(now));
        // Without columns there is nothing that could be of another length.
        (now > 0)
            .then(|| RecordBatch::try_new_with_options(schema.clone(), Vec::new(), &options).ok())
            .flatten()
            .map(Ok)
    }))
}

/// A batch in pieces that are no longer than others are.
fn sliced(rows: RecordBatch) -> impl Iterator<Item = RecordBatch> + Send {
    let starts = (0..rows.num_rows()).step_by(BATCH);
    starts.map(move |from| rows.slice(from, BATCH.min(rows.num_rows() - from)))
}

/// What makes a file's batches into the table's.
struct Shape {
    file: ScanFile,
    schema: SchemaRef,
    origins: Vec<Origin>,
    before: u64,
}

struct Arranged {
    raw: Batches,
    shape: Shape,
    failed: bool,
}

impl Iterator for Arranged {
    type Item = Result<RecordBatch, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let batch = match self.raw.next() {
            Some(raw) => raw.and_then(|raw| self.shape.arrange(&raw)),
            // What was added or replaced meanwhile has no type, and no place in the hash.
            None => Err(self.shape.file.unchanged().err()?),
        };
        self.failed = batch.is_err();
        Some(batch)
    }
}

impl Shape {
    fn arrange(&mut self, raw: &RecordBatch) -> Result<RecordBatch, DataError> {
        let rows = raw.num_rows();
        let mut columns = Vec::with_capacity(self.origins.len());
        for (origin, field) in self.origins.iter().zip(self.schema.fields()) {
            let kind = field.data_type();
            columns.push(match origin {
                Origin::Read(at) => self.read(raw.column(*at), kind, field.name())?,
                Origin::Key(value) => constant(value.as_deref(), kind, rows),
                Origin::Nowhere => new_null_array(kind, rows),
            });
        }
        self.before += rows as u64;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)
            .map_err(|e| self.file.damaged(self.before, &e))
    }

    fn read(&self, column: &ArrayRef, kind: &DataType, name: &str) -> Result<ArrayRef, DataError> {
        if let Some(row) = too_long(column) {
            let (path, line) = (self.file.shown.clone(), self.before + row as u64 + 1);
            return Err(DataError::LongCell { path, line, column: name.to_owned(), most: MAX_CELL >> 20 });
        }
        if column.data_type() == kind {
            return Ok(column.clone());
        }
        let options = CastOptions { safe: false, ..CastOptions::default() };
        let cast = cast_with_options(column, kind, &options).map_err(|e| self.file.damaged(self.before, &e))?;
        if *kind == DataType::Float64
            && convert::is_long(column.data_type())
            && let Some(row) = convert::beyond(cast.as_primitive())
        {
            let value = array_value_to_string(column, row).unwrap_or_default();
            let spot = Spot { path: self.file.shown.clone(), line: self.before + row as u64 + 1, value };
            return Err(convert::long(name, spot));
        }
        Ok(cast)
    }
}

/// The first row whose text is longer than any may be.
pub fn too_long(column: &ArrayRef) -> Option<usize> {
    let long = |length: usize| length > MAX_CELL;
    match column.data_type() {
        DataType::Utf8 => {
            let texts = column.as_string::<i32>();
            let offsets = texts.value_offsets();
            let all = offsets.last()? - offsets.first()?;
            if all as usize > MAX_CELL { texts.offsets().lengths().position(long) } else { None }
        }
        DataType::LargeUtf8 => column.as_string::<i64>().offsets().lengths().position(long),
        DataType::Utf8View => column.as_string_view().lengths().position(|n| long(n as usize)),
        DataType::Dictionary(..) => {
            let dictionary = column.as_any_dictionary();
            let value = too_long(dictionary.values())?;
            dictionary.normalized_keys().iter().position(|key| *key == value)
        }
        _ => None,
    }
}

/// A folder's value in every row.
fn constant(value: Option<&str>, kind: &DataType, rows: usize) -> ArrayRef {
    match (value, kind) {
        (Some(text), DataType::Float64) => Arc::new(Float64Array::from(vec![column::number(text.trim()); rows])),
        (Some(text), DataType::Boolean) => Arc::new(BooleanArray::from(vec![column::truth(text.trim()); rows])),
        (Some(text), DataType::Utf8) => Arc::new(StringArray::from(vec![text; rows])),
        (Some(text), DataType::Dictionary(..)) => {
            let one: Int32DictionaryArray = std::iter::repeat_n(text, rows).collect();
            Arc::new(one)
        }
        _ => new_null_array(kind, rows),
    }
}

#[cfg(test)]
mod tests {
    use super::super::open::open;
    use crate::query::TableSource;
    use std::fs::{self, File};
    use std::io::Write as _;

    /// The errors of a reading during which `meanwhile` happens to the file.
    fn read_while(meanwhile: impl FnOnce(&std::path::Path)) -> Vec<String> {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("m.csv");
        fs::write(&path, "date,n\n2021-01-01,1\n").expect("written");
        let table = open(
            &TableSource::given("t", &path.to_string_lossy(), "m.csv"),
            &Default::default(),
            &Default::default(),
            None,
        );
        let table = table.expect("opened");
        let batches = table.files[0].batches(&table.schema).expect("begun");
        meanwhile(&path);
        batches.filter_map(Result::err).map(|e| e.to_string()).collect()
    }

    #[test]
    fn files_that_grow_while_they_are_read() {
        assert_eq!(read_while(|_| {}), [""; 0]);
        let grown = read_while(|path| {
            let mut file = File::options().append(true).open(path).expect("there");
            file.write_all(b"2021-01-02,1000\n").expect("written");
        });
        assert_eq!(grown, ["reading `m.csv` of table `t` failed: it was changed while the plan was evaluated"]);
        assert_eq!(read_while(|path| fs::remove_file(path).expect("there")).len(), 1);
    }
}
