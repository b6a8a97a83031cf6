//! A table of a database, opened: finds it in the catalogue, decides on types and the time column as over files.

use super::address::Address;
use super::dialect::{Dialect, Native, identifier, quoted};
use super::session::{Fault, Session};
use super::words::Speaker;
use crate::engine::datafusion::column::Oddity;
use crate::engine::datafusion::open::{Opened, Typed};
use crate::engine::datafusion::time::{self, TimeReader};
use crate::engine::datafusion::timed::rank as time_rank;
use crate::engine::datafusion::{convert, unknown};
use crate::engine::error::Spot;
use crate::engine::{DataError, Progress};
use crate::query::{ColumnType, TableInfo, TableSource};
use datafusion::arrow::array::AsArray;
use datafusion::arrow::compute::cast as cast_array;
use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::cast;
use datafusion::prelude::{Expr, ident};
use indexmap::{IndexMap, IndexSet};
use jiff::tz::TimeZone;
use std::sync::Arc;

/// How many different names of metrics a table in tidy form may hold.
const MAX_METRICS: usize = 10_000;

/// A table that can be asked.
pub struct Table {
    /// As the plan's compiler sees it: typed columns.
    pub opened: Opened,
    /// How it is written behind FROM.
    pub place: String,
    /// How its expressions are said.
    pub speaker: Speaker,
    dialect: &'static Dialect,
    progress: Progress,
}

impl Table {
    /// What is spoken there.
    pub fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    /// The error for a statement that failed.
    pub fn failed(&self, reason: &str) -> DataError {
        let source = &self.opened.source;
        let Some((column, value)) = self.speaker.too_long(reason) else { return server(source, reason) };
        DataError::UnusableColumn {
            path: source.shown.clone(),
            column: column.to_owned(),
            reason: Oddity::Long.said(),
            example: Some(Box::new(Spot { path: source.shown.clone(), line: 0, value })),
        }
    }

    /// So many rows came.
    ///
    /// # Errors
    /// [`DataError::Interrupted`].
    pub fn tick(&self, rows: u64) -> Result<(), DataError> {
        self.progress.rows(rows);
        self.progress.go_on()
    }
}

fn server(source: &TableSource, reason: &str) -> DataError {
    DataError::Server { table: source.name.clone(), path: source.shown.clone(), reason: reason.to_owned() }
}

/// A time column that the database can't compute with: its texts or numbers are read as those of a file are.
struct TextTime {
    name: String,
    reader: TimeReader,
    /// True where all are whole days.
    days: bool,
}

/// Opens the table of `source`.
///
/// # Errors
/// Where it isn't there, its time column isn't there or holds no times, or the server fails.
pub fn open(
    source: &TableSource,
    address: Address<'_>,
    session: &mut Session,
    progress: Progress,
) -> Result<Table, DataError> {
    let dialect = address.dialect;
    let zone = TimeZone::get(&source.timezone).map_err(|_| DataError::Zone { zone: source.timezone.clone() })?;
    if let Some(format) = source.time.as_ref().and_then(|t| t.format.clone())
        && let Some(reason) = time::bad_format(&format)
    {
        return Err(DataError::TimeFormat { table: source.name.clone(), format, reason });
    }
    let failed = |fault: Fault| server(source, &fault.reason);
    let (catalog, schema, name) = find(source, dialect, session)?;
    let columns = (dialect.columns)(&quoted(&schema), &quoted(&name));
    let natives: IndexMap<String, Native> = session
        .texts(&columns)
        .map_err(failed)?
        .into_iter()
        .filter_map(|row| Some((row.first()?.clone(), (dialect.native)(row.get(1)?))))
        .collect();
    // A schema may be called like its database.
    let place = [&catalog, &schema, &name].map(|part| identifier(part)).join(".");
    let rows = session.number(&format!("SELECT count(*) AS n FROM {place}")).map_err(failed)?;
    let mut notes = Vec::new();
    if source.sheet.is_none() {
        notes.push(format!("table `{}` is `{schema}.{name}` of {}", source.name, source.shown));
    }
    let found = Finder { source, zone: &zone, natives: &natives, place: &place };
    let (time, text) = found.time(session, &mut notes)?;
    if rows == 0 {
        notes.push(format!("`{schema}.{name}` of {} has no rows", source.shown));
    }
    let local = text.as_ref().map(|t| t.name.clone());
    let speaker = Speaker::new(dialect, natives.clone(), local, &source.timezone)
        .map_err(|e: DataFusionError| server(source, &e.strip_backtrace()))?;
    let mut info = TableInfo {
        columns: types(&natives, text.as_ref()),
        time,
        rows: u64::try_from(rows).unwrap_or(0),
        blake3: None,
        tidy: None,
        notes,
    };
    info.tidy = found.tidy(session, &info)?;
    let opened = opened(source, &natives, info, text);
    Ok(Table { opened, place, speaker, dialect, progress })
}

/// The table as the plan's compiler sees it. Its columns are those of rows on their way: typed already.
fn opened(source: &TableSource, natives: &IndexMap<String, Native>, info: TableInfo, text: Option<TextTime>) -> Opened {
    let mut unusable = IndexMap::new();
    for (name, native) in natives {
        if let Native::Unusable(why) = native {
            unusable.insert(name.clone(), (*why, None));
        }
    }
    let typed = |(name, kind): (&String, &ColumnType)| {
        let expr = match &text {
            Some(text) if text.name == *name => times(text, natives.get(name).copied()),
            _ => ident(name),
        };
        (name.clone(), Typed { kind: Some(*kind), expr, example: None })
    };
    let columns = info.columns.iter().map(typed).collect();
    // Nothing is scanned: rows come from the database.
    Opened {
        source: source.clone(),
        info,
        columns,
        unusable,
        files: [].into(),
        known: None,
        schema: Arc::new(Schema::empty()),
    }
}

fn times(text: &TextTime, native: Option<Native>) -> Expr {
    let raw = match native {
        // Years and epochs stored as numbers: read as they would be written.
        Some(Native::Integer | Native::Long | Native::Decimal | Native::Float) => {
            cast(cast(ident(&text.name), DataType::Int64), DataType::Utf8)
        }
        _ => ident(&text.name),
    };
    convert::times(&text.name, text.reader.clone()).call(vec![raw])
}

fn types(natives: &IndexMap<String, Native>, text: Option<&TextTime>) -> IndexMap<String, ColumnType> {
    let own = |(name, native): (&String, &Native)| {
        let kind = match native {
            _ if text.is_some_and(|t| t.name == *name && t.days) => ColumnType::Date,
            _ if text.is_some_and(|t| t.name == *name) => ColumnType::Timestamp,
            Native::Integer | Native::Long | Native::Decimal | Native::Float => ColumnType::Number,
            Native::Text => ColumnType::Text,
            Native::Truth => ColumnType::Truth,
            Native::Date => ColumnType::Date,
            Native::Civil | Native::Nanos | Native::Instant => ColumnType::Timestamp,
            Native::Unusable(_) => return None,
        };
        Some((name.clone(), kind))
    };
    natives.iter().filter_map(own).collect()
}

/// A table as the catalogue lists it.
struct Listed {
    schema: String,
    name: String,
    visible: bool,
    catalog: String,
}

impl Listed {
    fn of(row: Vec<String>) -> Option<Self> {
        let mut cells = row.into_iter();
        let (schema, name) = (cells.next()?, cells.next()?);
        Some(Self { schema, name, visible: cells.next()? == "true", catalog: cells.next()? })
    }

    fn full(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }
}

/// Database, schema and name of the table that the plan means: its `sheet`, else the one that is called like it.
fn find(source: &TableSource, dialect: &Dialect, session: &mut Session) -> Result<(String, String, String), DataError> {
    let all = session.texts(dialect.tables).map_err(|fault| server(source, &fault.reason))?;
    let all: Vec<Listed> = all.into_iter().filter_map(Listed::of).collect();
    let wanted = source.sheet.as_ref().unwrap_or(&source.name);
    let mut named: Vec<&Listed> = all.iter().filter(|t| t.full() == *wanted).collect();
    if named.is_empty() {
        named = all.iter().filter(|t| t.name == *wanted).collect();
        if named.iter().any(|t| t.visible) {
            named.retain(|t| t.visible);
        }
    }
    match named.as_slice() {
        [found] => Ok((found.catalog.clone(), found.schema.clone(), found.name.clone())),
        _ => Err(DataError::WhichTable {
            table: source.name.clone(),
            path: source.shown.clone(),
            wanted: wanted.clone(),
            several: !named.is_empty(),
            tables: if named.is_empty() {
                all.iter().map(Listed::full).collect()
            } else {
                named.into_iter().map(Listed::full).collect()
            },
        }),
    }
}

/// Looks for a table's time column.
struct Finder<'a> {
    source: &'a TableSource,
    zone: &'a TimeZone,
    natives: &'a IndexMap<String, Native>,
    place: &'a str,
}

type FoundTime = (Option<String>, Option<TextTime>);

impl Finder<'_> {
    /// The time column, and how it is read where the database holds texts or numbers.
    fn time(&self, session: &mut Session, notes: &mut Vec<String>) -> Result<FoundTime, DataError> {
        if let Some(declared) = &self.source.time {
            let Some(native) = self.natives.get(&declared.column) else {
                return Err(unknown(self.source, &declared.column, self.natives.keys().map(String::as_str)));
            };
            return self.declared(session, &declared.column, *native);
        }
        if !self.source.implicit {
            return Ok((None, None));
        }
        let mut named: Vec<(usize, &String)> =
            self.natives.iter().filter(|(_, n)| n.is_time()).filter_map(|(c, _)| Some((time_rank(c)?, c))).collect();
        named.sort();
        let times: Vec<&String> = self.natives.iter().filter(|(_, n)| n.is_time()).map(|(c, _)| c).collect();
        let found = match (named.first(), times.as_slice()) {
            (Some((_, name)), _) => Some((*name).clone()),
            (None, [name]) => Some((*name).clone()),
            (None, [first, second, ..]) => {
                notes.push(format!(
                    "`{}` has several columns of times (`{first}`, `{second}`), and none was taken as the table's time: a `table` statement can name one",
                    self.source.shown
                ));
                None
            }
            (None, []) => None,
        };
        if let Some(column) = &found {
            notes.push(format!("`{column}` is taken as the time of `{}`", self.source.shown));
        }
        Ok((found, None))
    }

    fn declared(&self, session: &mut Session, column: &str, native: Native) -> Result<FoundTime, DataError> {
        let (table, path, name) = (self.source.name.clone(), self.source.shown.clone(), column.to_owned());
        let wrong = |found| Err(DataError::TimeColumn { table, path, column: name.clone(), found });
        match native {
            Native::Date | Native::Civil | Native::Nanos | Native::Instant => Ok((Some(name), None)),
            Native::Truth => wrong("truth values"),
            Native::Unusable(_) => wrong("nested values"),
            Native::Text | Native::Integer | Native::Long | Native::Decimal | Native::Float => {
                let text = self.text_time(session, column, native)?;
                Ok((Some(name), Some(text)))
            }
        }
    }

    /// Reads all different texts of a time column.
    fn text_time(&self, session: &mut Session, column: &str, native: Native) -> Result<TextTime, DataError> {
        let format = self.source.time.as_ref().and_then(|t| t.format.clone());
        let reader = TimeReader::column(format.clone(), self.zone.clone()).weeks_from(self.source.week_start);
        let raw = identifier(column);
        let value = match native {
            Native::Text => format!("CAST({raw} AS TEXT)"),
            _ => format!("CAST(CAST({raw} AS BIGINT) AS TEXT)"),
        };
        let mut text = TextTime { name: column.to_owned(), reader, days: true };
        let sql = format!(
            "SELECT DISTINCT {value} COLLATE \"C\" AS t FROM {} WHERE {raw} IS NOT NULL ORDER BY 1",
            self.place
        );
        self.each(session, &sql, |cell| {
            let cell = cell.trim();
            match text.reader.read(cell) {
                _ if cell.is_empty() => Ok(true),
                Some(read) => {
                    text.days &= read.day;
                    Ok(true)
                }
                None => Err(DataError::TimeText {
                    table: self.source.name.clone(),
                    path: self.source.shown.clone(),
                    column: column.to_owned(),
                    value: cell.to_owned(),
                    format: format.clone(),
                }),
            }
        })?;
        Ok(text)
    }

    /// The texts of a statement, until `f` has enough.
    fn each(
        &self,
        session: &mut Session,
        sql: &str,
        mut f: impl FnMut(&str) -> Result<bool, DataError>,
    ) -> Result<(), DataError> {
        let failed = |fault: Fault| server(self.source, &fault.reason);
        let mut reading = session.stream(sql).map_err(failed)?;
        while let Some(batch) = reading.next().map_err(failed)? {
            let Some(column) = batch.columns().first() else { continue };
            let texts = cast_array(column, &DataType::Utf8).map_err(|e| server(self.source, &e.to_string()))?;
            for cell in texts.as_string::<i32>().iter().flatten() {
                if !f(cell)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The metrics' names of a table in tidy form (`date, metric, value`).
    fn tidy(&self, session: &mut Session, info: &TableInfo) -> Result<Option<Vec<String>>, DataError> {
        let column = |name: &str| info.columns.iter().find(|(c, _)| c.eq_ignore_ascii_case(name));
        let (Some((metric, ColumnType::Text)), Some((_, ColumnType::Number))) = (column("metric"), column("value"))
        else {
            return Ok(None);
        };
        let dated = column("date").is_some_and(|(date, _)| info.time.as_ref() == Some(date));
        if !self.source.implicit || !dated {
            return Ok(None);
        }
        let raw = identifier(metric);
        let sql = format!(
            "SELECT DISTINCT CAST({raw} AS TEXT) COLLATE \"C\" AS m FROM {} WHERE {raw} IS NOT NULL ORDER BY 1",
            self.place
        );
        let mut names: IndexSet<String> = IndexSet::new();
        self.each(session, &sql, |cell| {
            if !cell.trim().is_empty() {
                names.insert(cell.trim().to_owned());
            }
            Ok(names.len() <= MAX_METRICS)
        })?;
        names.sort();
        Ok((names.len() <= MAX_METRICS).then(|| names.into_iter().collect()))
    }
}
