//! Reads one table of a SQLite file: values are what they are stored as. Never locks or changes the file.

#[cfg(feature = "sqlite")]
pub use with::{rows, scan};
#[cfg(not(feature = "sqlite"))]
pub use without::{rows, scan};

/// Stands in where the reader was left out: the file is told so when it is opened.
#[cfg(not(feature = "sqlite"))]
mod without {
    use crate::engine::DataError;
    use crate::engine::datafusion::part::{Scan, Scanned};
    use crate::engine::datafusion::read::{Batches, ScanFile};

    fn left_out(scan: &Scan<'_>) -> DataError {
        scan.feature("a SQLite file", "sqlite")
    }

    /// Says that the reader was left out.
    pub fn scan(scan: &Scan<'_>) -> Result<Scanned, DataError> {
        Err(left_out(scan))
    }

    /// A file that couldn't be opened has no rows.
    pub fn rows(file: &ScanFile, _: &[usize]) -> Result<Batches, DataError> {
        Err(file.failed(&"this build reads no SQLite files"))
    }
}

#[cfg(feature = "sqlite")]
mod with {
    use crate::engine::DataError;
    use crate::engine::datafusion::column::{Column, Oddity, Stored, WHOLE};
    use crate::engine::datafusion::csv;
    use crate::engine::datafusion::listing::Kind;
    use crate::engine::datafusion::part::{MAX_CELL, Scan, Scanned};
    use crate::engine::datafusion::read::{BATCH, Batches, ScanFile};
    use datafusion::arrow::array::{ArrayRef, Float64Builder, StringBuilder};
    use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
    use datafusion::arrow::record_batch::RecordBatch;
    use rusqlite::types::ValueRef;
    use rusqlite::{Connection, OpenFlags, Rows};
    use std::io::Read;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
    use std::thread::JoinHandle;

    /// What every SQLite file begins with.
    const MAGIC: &[u8; 16] = b"SQLite format 3\0";

    /// How many batches wait to be taken.
    const AHEAD: usize = 4;

    /// Reads the table through that `scan` asks for, else the only one.
    pub fn scan(scan: &Scan<'_>) -> Result<Scanned, DataError> {
        at_rest(scan)?;
        let damaged = |e: rusqlite::Error| scan.damaged(&told(&e));
        let connection = connect(scan.path()).map_err(damaged)?;
        let table = chosen(&connection, scan)?;
        let mut statement = connection.prepare(&select(&connection, &table, "*").map_err(damaged)?).map_err(damaged)?;
        let names = csv::names(statement.column_names().map(str::to_owned).collect(), scan)?;
        let mut columns: Vec<Column> = names.iter().map(|n| scan.column(n, Stored::Text)).collect();
        let mut found = statement.query([]).map_err(damaged)?;
        let mut row = 0;
        while let Some(values) = found.next().map_err(|e| scan.breaks_off(row, &told(&e)))? {
            row += 1;
            for (i, column) in columns.iter_mut().enumerate() {
                see(column, row, values.get_ref(i).map_err(damaged)?, scan)?;
            }
            scan.tick(row)?;
        }
        let fields = columns.iter().map(|c| {
            let kind = if c.stored == Stored::Number { DataType::Float64 } else { DataType::Utf8 };
            Field::new(&c.name, kind, true)
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Ok(Scanned { schema: Some(schema), inner: Some(table), ..Scanned::new(Kind::Sqlite, columns, row) })
    }

    /// The rows of a table that was opened, of its columns `own`, in the order in which it keeps them.
    ///
    /// # Errors
    /// A file that can't be read any more.
    pub fn rows(file: &ScanFile, own: &[usize]) -> Result<Batches, DataError> {
        let schema = Arc::new(file.schema.project(own).map_err(|e| file.damaged(0, &e))?);
        let (sender, receiver) = sync_channel(AHEAD);
        let (copy, shape) = (file.clone(), schema.clone());
        // A statement borrows its connection, and both stay on the thread where they were made.
        let thread = std::thread::Builder::new()
            .spawn(move || {
                if let Err(error) = send(&copy, &shape, &sender) {
                    // Who no longer listens needs no error.
                    let _ = sender.send(Err(error));
                }
            })
            .map_err(|e| file.failed(&e))?;
        Ok(Box::new(Sent { receiver: Some(receiver), thread: Some(thread) }))
    }

    struct Sent {
        receiver: Option<Receiver<Result<RecordBatch, DataError>>>,
        thread: Option<JoinHandle<()>>,
    }

    impl Drop for Sent {
        fn drop(&mut self) {
            // The thread ends when nobody listens, and with it its hold on the copy of an object, which so goes before the
            // program does.
            drop(self.receiver.take());
            let _ = self.thread.take().map(JoinHandle::join);
        }
    }

    impl Iterator for Sent {
        type Item = Result<RecordBatch, DataError>;

        fn next(&mut self) -> Option<Self::Item> {
            self.receiver.as_ref()?.recv().ok()
        }
    }

    /// Opened as what nobody else writes to, SQLite takes no lock and leaves no file of its own; that nobody does write
    /// is looked at here, and that nobody did when all is read.
    fn connect(path: &Path) -> rusqlite::Result<Connection> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let mut address = String::from("file:");
        for byte in absolute.as_os_str().as_encoded_bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' | b'~' => {
                    address.push(char::from(*byte));
                }
                _ => address += &format!("%{byte:02X}"),
            }
        }
        address += "?immutable=1";
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        Connection::open_with_flags(address, flags)
    }

    /// That it is such a file, and that no other program is in the middle of writing it.
    fn at_rest(scan: &Scan<'_>) -> Result<(), DataError> {
        let mut head = Vec::new();
        let file = std::fs::File::open(scan.path()).map_err(|e| scan.damaged(&e))?;
        file.take(16).read_to_end(&mut head).map_err(|e| scan.damaged(&e))?;
        if head.get(8..12) == Some(b"DUCK") {
            let help = "name it as what it is: `from \"duckdb://path/to/file.db\" sheet \"table\"`";
            return Err(scan.unfit("it is a DuckDB file, and no SQLite one", help));
        }
        if head != MAGIC {
            let help = "name another file; of an encrypted one, export the table as CSV";
            return Err(scan.unfit("it is no SQLite file, or it is encrypted", help));
        }
        for (ending, why) in [
            ("-wal", "changes to it wait in the file beside it that ends in `-wal`"),
            (
                "-journal",
                "a program writes it, or was stopped while it did (there is a file beside it that ends in `-journal`)",
            ),
        ] {
            let mut beside = scan.path().as_os_str().to_owned();
            beside.push(ending);
            if std::fs::metadata(PathBuf::from(beside)).is_ok_and(|meta| meta.len() > 0) {
                return Err(scan.busy(why));
            }
        }
        Ok(())
    }

    /// The table that the plan asks for, else the only one there is; views are read where they are asked for, or where
    /// there is nothing else.
    fn chosen(connection: &Connection, scan: &Scan<'_>) -> Result<String, DataError> {
        let of = |kind: &str| -> rusqlite::Result<Vec<String>> {
            let sql = "SELECT name FROM sqlite_schema WHERE type = ?1 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid";
            let mut statement = connection.prepare(sql)?;
            statement.query_map([kind], |row| row.get(0))?.collect()
        };
        let damaged = |e: rusqlite::Error| scan.damaged(&told(&e));
        let (tables, views) = (of("table").map_err(damaged)?, of("view").map_err(damaged)?);
        let all = || tables.iter().chain(&views).cloned().collect::<Vec<_>>();
        match (scan.sheet(), tables.as_slice(), views.as_slice()) {
            (_, [], []) => Err(scan.empty()),
            (Some(asked), ..) => match all().iter().find(|n| *n == asked) {
                Some(name) => Ok(name.clone()),
                None => Err(scan.no_sheet("table", asked, &all())),
            },
            (None, [only], _) | (None, [], [only]) => Ok(only.clone()),
            (None, ..) => Err(scan.which_sheet(&all())),
        }
    }

    /// Rows come in the table's own order: an index that holds all columns would give them in another one.
    fn select(connection: &Connection, table: &str, columns: &str) -> rusqlite::Result<String> {
        let kind: String =
            connection.query_row("SELECT type FROM sqlite_schema WHERE name = ?1", [table], |row| row.get(0))?;
        let own = if kind == "table" { " NOT INDEXED" } else { "" };
        Ok(format!("SELECT {columns} FROM {}{own}", quoted(table)))
    }

    fn quoted(name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    fn told(error: &rusqlite::Error) -> String {
        match error {
            rusqlite::Error::SqliteFailure(_, Some(text)) => text.clone(),
            other => other.to_string(),
        }
    }

    /// Takes one value into account.
    fn see(column: &mut Column, row: u64, value: ValueRef<'_>, scan: &Scan<'_>) -> Result<(), DataError> {
        let (kind, text) = match value {
            ValueRef::Null => return Ok(()),
            ValueRef::Integer(n) if n.unsigned_abs() > WHOLE => (Stored::Unusable(Oddity::Long), n.to_string()),
            ValueRef::Integer(n) => (Stored::Number, n.to_string()),
            ValueRef::Real(n) => (Stored::Number, n.to_string()),
            ValueRef::Blob(_) => (Stored::Unusable(Oddity::Bytes), String::from("bytes")),
            ValueRef::Text(bytes) => {
                if bytes.len() > MAX_CELL {
                    return Err(scan.long(row, &column.name));
                }
                match std::str::from_utf8(bytes) {
                    Ok(text) => (Stored::Text, text.to_owned()),
                    Err(_) => {
                        let column = column.name.clone();
                        return Err(DataError::Encoding { path: scan.shown(), line: row, column });
                    }
                }
            }
        };
        match (column.stored, kind) {
            (Stored::Unusable(_), _) => return Ok(()),
            // An empty text is a missing value, whatever the column holds else.
            (_, Stored::Text) if text.trim().is_empty() => return Ok(()),
            (_, Stored::Unusable(why)) => column.spoil(why, Some(column.spot(row, &text))),
            (stored, kind) if column.filled > 0 && stored != kind => {
                column.spoil(Oddity::Mixed, Some(column.spot(row, &text)));
            }
            (_, kind) => {
                column.stored = kind;
                column.see(row, &text);
            }
        }
        Ok(())
    }

    /// A column while it is read.
    enum Builder {
        Numbers(Float64Builder),
        Texts(StringBuilder),
    }

    impl Builder {
        fn of(schema: &SchemaRef) -> Vec<Self> {
            let kinds = schema.fields().iter().map(|f| f.data_type());
            kinds
                .map(|kind| match kind {
                    DataType::Float64 => Self::Numbers(Float64Builder::new()),
                    _ => Self::Texts(StringBuilder::new()),
                })
                .collect()
        }

        /// Values of another kind than when the file was opened can't be there: it is held against its state then.
        fn add(&mut self, value: ValueRef<'_>) {
            match (self, value) {
                (Self::Numbers(b), ValueRef::Integer(n)) => b.append_value(n as f64),
                (Self::Numbers(b), ValueRef::Real(n)) => b.append_value(n),
                (Self::Texts(b), ValueRef::Text(bytes)) => b.append_value(String::from_utf8_lossy(bytes)),
                (Self::Numbers(b), _) => b.append_null(),
                (Self::Texts(b), _) => b.append_null(),
            }
        }

        fn finish(&mut self) -> ArrayRef {
            match self {
                Self::Numbers(b) => Arc::new(b.finish()),
                Self::Texts(b) => Arc::new(b.finish()),
            }
        }
    }

    type Sender = SyncSender<Result<RecordBatch, DataError>>;

    /// Sends all rows, as long as someone takes them.
    fn send(file: &ScanFile, schema: &SchemaRef, sender: &Sender) -> Result<(), DataError> {
        let damaged = |e: rusqlite::Error| file.damaged(0, &told(&e));
        let connection = connect(&file.path).map_err(damaged)?;
        let columns: Vec<String> = schema.fields().iter().map(|f| quoted(f.name())).collect();
        let sql =
            select(&connection, file.inner.as_deref().unwrap_or_default(), &columns.join(", ")).map_err(damaged)?;
        let mut statement = connection.prepare(&sql).map_err(damaged)?;
        let mut rows = statement.query([]).map_err(damaged)?;
        let mut before = 0;
        while let Some(batch) = next(&mut rows, schema).map_err(|e| file.damaged(before, &told(&e)))? {
            before += batch.num_rows() as u64;
            if sender.send(Ok(batch)).is_err() {
                return Ok(());
            }
        }
        file.unchanged()
    }

    /// The next rows; none at the end.
    fn next(rows: &mut Rows<'_>, schema: &SchemaRef) -> rusqlite::Result<Option<RecordBatch>> {
        let mut builders = Builder::of(schema);
        let mut n = 0;
        while n < BATCH {
            let Some(row) = rows.next()? else { break };
            for (i, builder) in builders.iter_mut().enumerate() {
                builder.add(row.get_ref(i)?);
            }
            n += 1;
        }
        if n == 0 {
            return Ok(None);
        }
        let arrays = builders.iter_mut().map(Builder::finish).collect();
        // Each column is as long as there were rows, and of the type that it was made for.
        RecordBatch::try_new(schema.clone(), arrays)
            .map(Some)
            .map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))
    }
}
