//! Where a database is: the parts of a URI that matter, without ever showing a secret. Knows no driver.

use super::dialect::{DUCKDB, Dialect, POSTGRESQL};
use crate::engine::DataError;
use crate::query::TableSource;

/// The schemes that name a database, and who speaks its language; `None`: nobody here.
const SCHEMES: [(&str, Option<&Dialect>); 14] = [
    ("postgres", Some(&POSTGRESQL)),
    ("postgresql", Some(&POSTGRESQL)),
    ("duckdb", Some(&DUCKDB)),
    ("bigquery", None),
    ("clickhouse", None),
    ("databricks", None),
    ("mariadb", None),
    ("mssql", None),
    ("mysql", None),
    ("oracle", None),
    ("redshift", None),
    ("snowflake", None),
    ("sqlserver", None),
    ("trino", None),
];

/// Parameters of a URI whose values are secret.
const SECRET: [&str; 2] = ["password", "sslpassword"];

/// A database as a table's path names it.
#[derive(Debug, Clone, Copy)]
pub struct Address<'a> {
    /// The path, from the scheme on.
    pub uri: &'a str,
    /// Behind `://`.
    pub rest: &'a str,
    /// Its language.
    pub dialect: &'static Dialect,
}

/// True where a table's path names a database.
pub fn is_database(path: &str) -> bool {
    scheme(path).is_some()
}

fn scheme(path: &str) -> Option<&'static (&'static str, Option<&'static Dialect>)> {
    let (scheme, _) = path.split_once("://")?;
    SCHEMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(scheme))
}

impl<'a> Address<'a> {
    /// The address of a table.
    ///
    /// # Errors
    /// [`DataError::Database`] where nobody speaks its language, [`DataError::Password`] where it holds a secret.
    pub fn of(source: &'a TableSource) -> Result<Self, DataError> {
        let (table, path) = (source.name.clone(), redacted(&source.shown));
        if !secrets(&source.path).is_empty() || !secrets(&source.shown).is_empty() {
            return Err(DataError::Password { table, path });
        }
        let rest = source.path.split_once("://").map_or("", |(_, rest)| rest);
        match scheme(&source.path) {
            Some((_, Some(dialect))) => Ok(Self { uri: &source.path, rest, dialect }),
            _ => Err(DataError::Database { table, path }),
        }
    }
}

/// Where passwords stand in a URI, in order: behind the user's name, and as values of parameters.
fn secrets(uri: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let Some(from) = uri.find("://").map(|at| at + 3) else { return found };
    let query = uri[from..].find('?').map_or(uri.len(), |at| from + at);
    // A password may hold what a URI shouldn't, such as a slash: up to the last @ all is the user's.
    if let Some(at) = uri[from..query].rfind('@')
        && let Some(colon) = uri[from..from + at].find(':')
        && colon + 1 < at
    {
        found.push((from + colon + 1, from + at));
    }
    let mut start = query + 1;
    for part in uri.get(start..).unwrap_or("").split('&') {
        let end = start + part.len();
        if let Some((key, value)) = part.split_once('=')
            && SECRET.contains(&decoded(key).to_ascii_lowercase().as_str())
            && !value.is_empty()
        {
            found.push((end - value.len(), end));
        }
        start = end + 1;
    }
    found
}

/// `%70` as `p`.
fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        let mut ahead = bytes.clone();
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A URI that may be shown: `***` where a password stands.
pub fn redacted(uri: &str) -> String {
    let mut shown = uri.to_owned();
    for (start, end) in secrets(uri).into_iter().rev() {
        shown.replace_range(start..end, "***");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_and_never_shown() {
        let cases = [
            ("postgres://ana:pa/ss@host/db", "postgres://ana:***@host/db"),
            ("postgres://ana:p@ss@host/db?x=y", "postgres://ana:***@host/db?x=y"),
            ("postgres://host/db?user=ana&password=abc", "postgres://host/db?user=ana&password=***"),
            ("postgres://host/db?p%61ssword=abc", "postgres://host/db?p%61ssword=***"),
            ("postgres://host/db?sslpassword=abc&x=1", "postgres://host/db?sslpassword=***&x=1"),
            ("postgres://a:b@h/d?password=c", "postgres://a:***@h/d?password=***"),
        ];
        for (uri, shown) in cases {
            assert!(!secrets(uri).is_empty(), "{uri}");
            assert_eq!(redacted(uri), shown);
        }
        for open in ["postgres://ana@host:5432/db", "postgres://host/db?sslmode=require", "duckdb://a/b:c.duckdb", "x"]
        {
            assert!(secrets(open).is_empty(), "{open}");
            assert_eq!(redacted(open), open);
        }
    }

    #[test]
    fn schemes() {
        assert!(is_database("postgres://h/d") && is_database("DuckDB://x") && is_database("mysql://h/d"));
        assert!(!is_database("https://h/d.csv") && !is_database("s3://b/k") && !is_database("a/b.duckdb"));
    }
}
