//! A connection to a database: finds the driver, connects, reads what a statement gives. Knows SQL as text only, and
//! never lets a secret into an error.

use super::address::{Address, redacted};
use super::dialect::Dialect;
use crate::engine::DataError;
use crate::query::TableSource;
use adbc_core::error::Error;
use adbc_core::options::AdbcVersion;
use adbc_core::{Connection, Database, Driver, Statement};
use adbc_driver_manager::{ManagedConnection, ManagedDriver, ManagedStatement};
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::compute::{cast, concat_batches};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchReader};
use std::path::PathBuf;

/// Where a manifest or a library of a driver is looked for: what the environment names, the user's folder, the system's.
const LOOK: adbc_core::LoadFlags =
    adbc_core::LOAD_FLAG_SEARCH_ENV | adbc_core::LOAD_FLAG_SEARCH_USER | adbc_core::LOAD_FLAG_SEARCH_SYSTEM;

/// How much of what a server says is shown.
const WORDS: usize = 300;

/// A failed statement.
#[derive(Debug)]
pub struct Fault {
    /// True where values in a row are why: the statement itself is right.
    pub of_a_row: bool,
    /// What the server or driver says, without secrets.
    pub reason: String,
}

/// An open connection.
pub struct Session {
    connection: ManagedConnection,
    /// What is spoken there.
    pub dialect: &'static Dialect,
}

/// Rows on their way.
pub struct Reading {
    // Dropped before the statement that it comes from.
    reader: Box<dyn RecordBatchReader + Send>,
    _statement: ManagedStatement,
    dialect: &'static Dialect,
}

impl Reading {
    /// The next rows.
    pub fn next(&mut self) -> Result<Option<RecordBatch>, Fault> {
        self.reader.next().transpose().map_err(|e| Fault::new(self.dialect, "", &e.to_string()))
    }
}

impl Fault {
    fn new(dialect: &Dialect, state: &str, message: &str) -> Self {
        Self { of_a_row: (dialect.is_of_a_row)(state, message), reason: said(message) }
    }

    fn of(dialect: &Dialect, error: &Error) -> Self {
        let state: String = error.sqlstate.iter().map(|c| char::from(*c as u8)).collect();
        Self::new(dialect, &state, &error.message)
    }
}

/// What a server says, in one line, without the statement that it was asked and without secrets.
fn said(message: &str) -> String {
    let own = message.split("Query was:").next().unwrap_or("");
    let own = ["ERROR:", "FATAL:"].iter().find_map(|mark| own.split_once(mark)).map_or(own, |(_, own)| own);
    let line = own.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.split(" LINE 1:").next().unwrap_or("").trim_end_matches([' ', '.']);
    let mut line: String = line.split(' ').map(redacted).collect::<Vec<_>>().join(" ");
    if let Ok(password) = std::env::var("PGPASSWORD")
        && !password.is_empty()
    {
        line = line.replace(&password, "***");
    }
    match line.char_indices().nth(WORDS) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

/// Where the drivers' libraries are; those that aren't named are looked for where ADBC's driver managers look.
#[derive(Debug, Clone, Default)]
pub struct Drivers {
    /// PostgreSQL's: what the variable `MILEPOST_ADBC_POSTGRESQL` holds.
    pub postgresql: Option<PathBuf>,
    /// DuckDB's: `MILEPOST_ADBC_DUCKDB`.
    pub duckdb: Option<PathBuf>,
}

/// The driver for a kind of database.
///
/// # Errors
/// Why none can be used.
fn driver(dialect: &Dialect, drivers: &Drivers) -> Result<ManagedDriver, String> {
    let entry = Some(dialect.entry);
    if let Some(path) = (dialect.driver)(drivers) {
        return ManagedDriver::load_dynamic_from_filename(path, entry, AdbcVersion::V110)
            .map_err(|e| format!("{} is {}: {}", dialect.variable, path.display(), said(&e.message)));
    }
    let found = dialect
        .names
        .iter()
        .find_map(|name| ManagedDriver::load_from_name(name, entry, AdbcVersion::V110, LOOK, None).ok());
    found.ok_or_else(|| "it is not installed, or not where drivers are looked for".to_owned())
}

impl Session {
    /// Connects to the database of a table.
    ///
    /// # Errors
    /// [`DataError::Driver`] where no driver is found, [`DataError::Connection`] where the database doesn't let us in.
    pub fn open(source: &TableSource, address: Address<'_>, drivers: &Drivers) -> Result<Self, DataError> {
        let dialect = address.dialect;
        let (table, path, product) = (source.name.clone(), source.shown.clone(), dialect.product);
        let mut driver = driver(dialect, drivers).map_err(|reason| DataError::Driver {
            table: table.clone(),
            path: path.clone(),
            product,
            reason,
            variable: dialect.variable,
            install: dialect.install,
        })?;
        let refused = |reason| DataError::Connection { table: table.clone(), path: path.clone(), product, reason };
        let connect = || {
            let database = driver.new_database_with_opts((dialect.options)(address.uri, address.rest))?;
            database.new_connection()
        };
        let connection = { connect }().map_err(|e: Error| refused(Fault::of(dialect, &e).reason))?;
        let mut session = Self { connection, dialect };
        for statement in dialect.settings.iter().chain([&dialect.begin]) {
            session.execute(statement).map_err(|f| refused(f.reason))?;
        }
        Ok(session)
    }

    fn start(&mut self, sql: &str) -> Result<Reading, Fault> {
        let dialect = self.dialect;
        let fault = |e: Error| Fault::of(dialect, &e);
        let mut statement = self.connection.new_statement().map_err(fault)?;
        statement.set_sql_query(sql).map_err(fault)?;
        let reader = statement.execute().map_err(fault)?;
        Ok(Reading { reader, _statement: statement, dialect })
    }

    fn execute(&mut self, sql: &str) -> Result<(), Fault> {
        let mut reading = self.start(sql)?;
        while reading.next()?.is_some() {}
        Ok(())
    }

    /// Leaves a transaction that a failed statement has spoilt. Where this fails too, what was wrong first is what
    /// counts.
    pub fn begin_anew(&mut self) {
        let _ = self.execute("ROLLBACK").and_then(|()| self.execute(self.dialect.begin));
    }

    /// The rows of a statement, as they come. Where it fails, [`Self::begin_anew`] is what lets the next ones go.
    ///
    /// # Errors
    /// What the server or driver says.
    pub fn stream(&mut self, sql: &str) -> Result<Reading, Fault> {
        self.start(sql)
    }

    /// The rows of a statement that gives few. Where one fails for what a row holds, the next ones still go.
    ///
    /// # Errors
    /// What the server or driver says.
    pub fn read(&mut self, sql: &str) -> Result<RecordBatch, Fault> {
        let guarded = self.dialect.savepoints;
        if guarded {
            self.execute("SAVEPOINT milepost")?;
        }
        let read = self.collect(sql);
        if guarded {
            let after = if read.is_ok() { "RELEASE SAVEPOINT milepost" } else { "ROLLBACK TO SAVEPOINT milepost" };
            // Where the connection is gone, what was wrong first is what counts.
            let done = self.execute(after);
            if read.is_ok() {
                done?;
            }
        } else if read.is_err() {
            self.begin_anew();
        }
        read
    }

    fn collect(&mut self, sql: &str) -> Result<RecordBatch, Fault> {
        let mut reading = self.start(sql)?;
        let schema = reading.reader.schema();
        let mut batches = Vec::new();
        while let Some(batch) = reading.next()? {
            batches.push(batch);
        }
        concat_batches(&schema, &batches).map_err(|e| Fault::new(self.dialect, "", &e.to_string()))
    }

    /// The cells of a statement that gives few rows, as text.
    ///
    /// # Errors
    /// What the server or driver says.
    pub fn texts(&mut self, sql: &str) -> Result<Vec<Vec<String>>, Fault> {
        let batch = self.read(sql)?;
        let columns = batch.columns().iter().map(|c| cast(c, &DataType::Utf8)).collect::<Result<Vec<_>, _>>();
        let columns = columns.map_err(|e| Fault::new(self.dialect, "", &e.to_string()))?;
        let cell = |column: &datafusion::arrow::array::ArrayRef, row: usize| {
            let texts = column.as_string::<i32>();
            if texts.is_valid(row) { texts.value(row).to_owned() } else { String::new() }
        };
        Ok((0..batch.num_rows()).map(|row| columns.iter().map(|c| cell(c, row)).collect()).collect())
    }

    /// The whole number that a statement gives.
    ///
    /// # Errors
    /// What the server or driver says.
    pub fn number(&mut self, sql: &str) -> Result<i64, Fault> {
        let batch = self.read(sql)?;
        let number = batch.columns().first().and_then(|c| {
            let c = cast(c, &DataType::Int64).ok()?;
            let c = c.as_primitive_opt::<Int64Type>()?;
            (!c.is_empty() && c.is_valid(0)).then(|| c.value(0))
        });
        number.ok_or_else(|| Fault { of_a_row: false, reason: "it gave no number where one was asked for".to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn says_what_the_server_said_and_no_secret() {
        let cases = [
            (
                "[libpq] Failed to execute query: could not begin COPY: ERROR:  division by zero\n\nQuery was: COPY (select 1/0).",
                "division by zero",
            ),
            (
                "Failed to prepare query: ERROR:  column \"x\" does not exist\nLINE 1: select x\n    ^\n",
                "column \"x\" does not exist",
            ),
            ("can't parse postgres://a:b@h/d now", "can't parse postgres://a:***@h/d now"),
        ];
        for (message, expected) in cases {
            assert_eq!(said(message), expected);
        }
    }
}
