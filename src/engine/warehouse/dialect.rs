//! What differs between databases: their drivers, their catalogues, and how they say what a plan asks. One value each.

use super::session::Drivers;
use adbc_core::options::{OptionDatabase, OptionValue};
use datafusion::common::Result;
use datafusion::logical_expr::Expr;
use datafusion::sql::sqlparser::ast;
use datafusion::sql::unparser::Unparser;
use datafusion::sql::unparser::dialect::{
    CharacterLengthStyle, Dialect as Unparsing, DuckDBDialect, PostgreSqlDialect, ScalarFnToSqlHandler,
};
use std::fmt;
use std::path::PathBuf;

/// How a column is stored, as far as that matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Native {
    /// Whole numbers of at most 32 bits.
    Integer,
    /// Longer ones, which as floating point aren't all told apart.
    Long,
    /// Other exact numbers, all finite.
    Decimal,
    /// Floating point, and numbers that may be NaN or infinite as it may.
    Float,
    /// Text, or what has a text that says all of it.
    Text,
    /// True or false.
    Truth,
    /// Days.
    Date,
    /// Civil moments, of microseconds at most.
    Civil,
    /// Civil moments of nanoseconds.
    Nanos,
    /// Instants.
    Instant,
    /// In a way that can't be used, and why.
    Unusable(&'static str),
}

impl Native {
    /// True where it holds times.
    pub fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::Civil | Self::Nanos | Self::Instant)
    }

    fn nested() -> Self {
        Self::Unusable("its values are lists, records, bytes or lengths of time")
    }
}

/// A kind of database.
pub struct Dialect {
    /// As its makers call it.
    pub product: &'static str,
    /// The environment variable that holds the path of its driver.
    pub variable: &'static str,
    /// That path.
    pub driver: fn(&Drivers) -> Option<&PathBuf>,
    /// The names under which the driver manager looks for the driver.
    pub names: &'static [&'static str],
    /// The function by which the driver starts.
    pub entry: &'static [u8],
    /// How to get the driver.
    pub install: &'static str,
    /// What the driver is told of an address: it, and what stands behind `://`.
    pub options: fn(&str, &str) -> Vec<(OptionDatabase, OptionValue)>,
    /// Before the first query.
    pub settings: &'static [&'static str],
    /// Behind them: all that is read belongs to one moment, and nothing is written.
    pub begin: &'static str,
    /// Schema, name, whether the name alone finds it, and the database's name, of every table and view.
    pub tables: &'static str,
    /// Name and type of each column of the table of that schema and name, which are written as texts.
    pub columns: fn(&str, &str) -> String,
    /// The type of a column by its name in the catalogue.
    pub native: fn(&str) -> Native,
    /// True for an error that may be of the values in a row, not of the statement: its class (none where rows were on
    /// their way) or its message.
    pub is_of_a_row: fn(&str, &str) -> bool,
    /// True where savepoints keep a failed statement from spoiling its transaction; false where the transaction has to
    /// begin anew, which still sees the same rows.
    pub savepoints: bool,
    /// True where `percentile_cont` comes to the same bits as a spreadsheet's PERCENTILE.INC.
    pub exact_percentile: bool,
    /// What it calls a number of microseconds since 1970, of a civil moment.
    micros: fn(ast::Expr) -> ast::Expr,
    unparsing: fn() -> Box<dyn Unparsing>,
}

impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.product)
    }
}

/// PostgreSQL 11 and later.
pub static POSTGRESQL: Dialect = Dialect {
    product: "PostgreSQL",
    variable: "MILEPOST_ADBC_POSTGRESQL",
    driver: |drivers| drivers.postgresql.as_ref(),
    names: &["postgresql", "adbc_driver_postgresql"],
    entry: b"AdbcDriverInit",
    install: "install it (`pip install adbc-driver-postgresql` brings libadbc_driver_postgresql.so)",
    options: |uri, _| vec![(OptionDatabase::Uri, OptionValue::String(patient(uri)))],
    settings: &["SET standard_conforming_strings = on", "SET TIME ZONE 'UTC'"],
    begin: "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    tables: "SELECT n.nspname::text, c.relname::text, pg_catalog.pg_table_is_visible(c.oid), current_database()::text \
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' \
             AND n.nspname !~ '^pg_' ORDER BY 1, 2",
    columns: |schema, table| {
        format!(
            "SELECT a.attname::text, CASE WHEN b.typtype = 'e' THEN 'enum' ELSE b.typname::text END \
              FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid \
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
              JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
              JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END \
              WHERE a.attnum > 0 AND NOT a.attisdropped AND n.nspname = {schema} AND c.relname = {table} \
              ORDER BY a.attnum"
        )
    },
    native: |name| match name {
        "int2" | "int4" => Native::Integer,
        "int8" => Native::Long,
        "numeric" | "float4" | "float8" => Native::Float,
        "text" | "varchar" | "bpchar" | "name" | "char" | "citext" | "uuid" | "enum" => Native::Text,
        "bool" => Native::Truth,
        "date" => Native::Date,
        "timestamp" => Native::Civil,
        "timestamptz" => Native::Instant,
        "money" => Native::Unusable("money is text with signs in it: a view can cast it to numeric"),
        _ => Native::nested(),
    },
    // Class 22 of SQLSTATE: data exceptions.
    is_of_a_row: |state, _| state.is_empty() || state.starts_with("22"),
    savepoints: true,
    exact_percentile: true,
    micros: |moment| {
        let seconds = ast::Expr::Extract {
            field: ast::DateTimeField::Epoch,
            syntax: ast::ExtractSyntax::From,
            expr: Box::new(moment),
        };
        cast(binary(seconds, ast::BinaryOperator::Multiply, number("1000000")), ast::DataType::BigInt(None))
    },
    unparsing: || Box::new(PostgreSqlDialect {}),
};

/// DuckDB, from a file.
pub static DUCKDB: Dialect = Dialect {
    product: "DuckDB",
    variable: "MILEPOST_ADBC_DUCKDB",
    driver: |drivers| drivers.duckdb.as_ref(),
    names: &["duckdb"],
    entry: b"duckdb_adbc_init",
    install: "install DuckDB's library, libduckdb (from duckdb.org, or in the npm package @duckdb/node-bindings-linux-x64)",
    options: |_, path| {
        let option = |key: &str, value: &str| (OptionDatabase::Other(key.into()), OptionValue::String(value.into()));
        vec![option("path", path), option("access_mode", "READ_ONLY")]
    },
    settings: &["SET TimeZone = 'UTC'"],
    begin: "BEGIN TRANSACTION",
    tables: "SELECT table_schema, table_name, table_schema = current_schema(), table_catalog FROM information_schema.tables \
             WHERE table_catalog = current_database() ORDER BY 1, 2",
    columns: |schema, table| {
        format!(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_catalog = current_database() \
              AND table_schema = {schema} AND table_name = {table} ORDER BY ordinal_position"
        )
    },
    native: |name| match name.split('(').next().unwrap_or("") {
        "TINYINT" | "SMALLINT" | "INTEGER" | "UTINYINT" | "USMALLINT" | "UINTEGER" => Native::Integer,
        "BIGINT" | "UBIGINT" | "HUGEINT" | "UHUGEINT" => Native::Long,
        "DECIMAL" if name.ends_with(",0)") => Native::Long,
        "DECIMAL" => Native::Decimal,
        "FLOAT" | "DOUBLE" => Native::Float,
        "VARCHAR" | "UUID" | "ENUM" if !name.ends_with(']') => Native::Text,
        "BOOLEAN" => Native::Truth,
        "DATE" => Native::Date,
        "TIMESTAMP" | "TIMESTAMP_S" | "TIMESTAMP_MS" => Native::Civil,
        "TIMESTAMP_NS" => Native::Nanos,
        "TIMESTAMP WITH TIME ZONE" => Native::Instant,
        _ => Native::nested(),
    },
    is_of_a_row: |_, message| message.contains("Out of Range Error") || message.contains("Conversion Error"),
    // Nobody writes to a file that is open for reading.
    savepoints: false,
    exact_percentile: false,
    micros: |moment| function("epoch_us", vec![cast(moment, ast::DataType::Timestamp(None, ast::TimezoneInfo::None))]),
    unparsing: || Box::new(DuckDBDialect::new()),
};

/// A server that never answers is not waited for longer than this, in seconds, unless the address or libpq's own
/// variable says otherwise.
const PATIENCE: &str = "connect_timeout=15";

fn patient(uri: &str) -> String {
    if uri.contains("connect_timeout=") || std::env::var_os("PGCONNECT_TIMEOUT").is_some() {
        return uri.to_owned();
    }
    let joint = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{joint}{PATIENCE}")
}

/// A text as SQL writes it, where a backslash is one as any other character.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as SQL writes it.
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What stands in SQL just so: the unparser's own quoting takes a text for quoted already that holds two quotes or a
/// backslash before one.
fn verbatim(sql: String) -> ast::Expr {
    ast::Expr::Identifier(ast::Ident { quote_style: None, ..ast::Ident::new(sql) })
}

fn cast(expr: ast::Expr, data_type: ast::DataType) -> ast::Expr {
    ast::Expr::Cast { kind: ast::CastKind::Cast, expr: Box::new(expr), data_type, array: false, format: None }
}

fn binary(left: ast::Expr, op: ast::BinaryOperator, right: ast::Expr) -> ast::Expr {
    ast::Expr::Nested(Box::new(ast::Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }))
}

fn number(digits: &str) -> ast::Expr {
    ast::Expr::value(ast::Value::Number(digits.to_owned(), false))
}

fn function(name: &str, args: Vec<ast::Expr>) -> ast::Expr {
    let args = args.into_iter().map(|a| ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(a))).collect();
    let list = ast::FunctionArgumentList { duplicate_treatment: None, args, clauses: Vec::new() };
    ast::Expr::Function(ast::Function {
        name: ast::ObjectName::from(vec![ast::Ident::new(name)]),
        uses_odbc_syntax: false,
        parameters: ast::FunctionArguments::None,
        args: ast::FunctionArguments::List(list),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

/// Our own words beside those that DataFusion's unparser knows, by name: see [`super::words`].
type Word = fn(&'static Dialect, Vec<ast::Expr>) -> Option<ast::Expr>;

const WORDS: [(&str, Word); 6] = [
    // A cast would round.
    (super::words::CUT, |_, args| {
        let micros = binary(function("epoch_ns", args), ast::BinaryOperator::DuckIntegerDivide, number("1000"));
        Some(function("make_timestamp", vec![micros]))
    }),
    // Both databases know the order of bytes by this name.
    (super::words::BYTES, |_, args| {
        let expr = Box::new(args.into_iter().next()?);
        let collation = ast::ObjectName::from(vec![ast::Ident::with_quote('"', "C")]);
        Some(ast::Expr::Collate { expr, collation })
    }),
    (super::words::MICROS, |dialect, args| args.into_iter().next().map(dialect.micros)),
    // DataFusion's unparser says `//` to DuckDB, which is the division of whole numbers.
    (super::words::DIVIDE, |_, args| {
        let [a, b] = <[ast::Expr; 2]>::try_from(args).ok()?;
        Some(binary(a, ast::BinaryOperator::Divide, b))
    }),
    (super::words::PERCENTILE, |_, args| {
        let [share, value] = <[ast::Expr; 2]>::try_from(args).ok()?;
        let ast::Expr::Function(mut call) = function("percentile_cont", vec![share]) else { return None };
        let options = ast::OrderByOptions { asc: None, nulls_first: None };
        call.within_group = vec![ast::OrderByExpr { expr: value, options, with_fill: None }];
        Some(ast::Expr::Function(call))
    }),
    (super::words::DISTINCT, |_, args| {
        let ast::Expr::Function(mut call) = function("count", args) else { return None };
        if let ast::FunctionArguments::List(list) = &mut call.args {
            list.duplicate_treatment = Some(ast::DuplicateTreatment::Distinct);
        }
        Some(ast::Expr::Function(call))
    }),
];

/// The unparser's dialect: DataFusion's own, with our words beside.
pub struct Spoken {
    dialect: &'static Dialect,
    inner: Box<dyn Unparsing>,
}

impl Spoken {
    /// How `dialect` is written.
    pub fn new(dialect: &'static Dialect) -> Self {
        Self { dialect, inner: (dialect.unparsing)() }
    }
}

impl Unparsing for Spoken {
    /// A name with quotes in it comes quoted: see [`super::words::column`].
    fn identifier_quote_style(&self, name: &str) -> Option<char> {
        (!name.contains('"')).then_some('"')
    }

    fn string_literal_to_sql(&self, text: &str) -> Option<ast::Expr> {
        Some(verbatim(quoted(text)))
    }

    fn float64_ast_dtype(&self) -> ast::DataType {
        self.inner.float64_ast_dtype()
    }

    fn utf8_cast_dtype(&self) -> ast::DataType {
        ast::DataType::Text
    }

    fn character_length_style(&self) -> CharacterLengthStyle {
        self.inner.character_length_style()
    }

    fn scalar_function_to_sql_overrides(
        &self,
        unparser: &Unparser<'_>,
        name: &str,
        args: &[Expr],
    ) -> Result<Option<ast::Expr>> {
        match WORDS.iter().find(|(word, _)| *word == name) {
            Some((_, say)) => {
                let args = args.iter().map(|a| unparser.expr_to_sql(a)).collect::<Result<Vec<_>>>()?;
                Ok(say(self.dialect, args))
            }
            None => self.inner.scalar_function_to_sql_overrides(unparser, name, args),
        }
    }

    fn with_custom_scalar_overrides(self, _: Vec<(&str, ScalarFnToSqlHandler)>) -> Self {
        self
    }
}
