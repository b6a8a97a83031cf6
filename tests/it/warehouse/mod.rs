//! Databases in place against the plain engine over the same rows, with a real PostgreSQL server and DuckDB's library.

mod agree;
#[cfg(feature = "cli")]
mod broken;
mod odd;
mod server;
#[cfg(feature = "cli")]
mod verdicts;

use std::fmt::Write as _;
use std::path::Path;

/// The columns of the table, as both databases declare them.
const COLUMNS: &str = "day date, \"at\" timestamp with time zone, moment timestamp, region text, score integer, \
                       price numeric(10,2), ratio double precision, vip boolean, note text";

/// Rows with nulls, text, dates, instants, decimals: from a small generator of random numbers (Knuth's MMIX), so that
/// every run has the same ones.
pub fn rows(n: u64) -> String {
    let mut out = String::from("day,at,moment,region,score,price,ratio,vip,note\n");
    let mut seed = 20_210_331_u64;
    let mut next = |most: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % most
    };
    let notes = [
        "I love #netflix!",
        "@Netflix is \"\"not\"\" good",
        "50% off; it's a #Sale",
        "Straße 100_x",
        "plain",
        "UPPER lower",
    ];
    for _ in 0..n {
        let some = |missing: bool, text: String| if missing { String::new() } else { text };
        let month = next(12) + 1;
        let day = some(next(20) == 0, format!("2021-{month:02}-{:02}", next(28) + 1));
        let at =
            format!("2021-{:02}-{:02}T{:02}:{:02}:{:02}Z", next(12) + 1, next(28) + 1, next(24), next(60), next(60));
        let at = some(next(15) == 0, at);
        let moment = format!("2021-{month:02}-{:02} {:02}:30:00.25", next(28) + 1, next(24));
        let region = some(next(12) == 0, ["EU", "US", "Ásia", "o'Brien"][next(4) as usize].to_owned());
        let score = some(next(9) == 0, next(13).to_string());
        let price = some(next(9) == 0, format!("{}.{:02}", next(2000) as i64 - 300, next(100)));
        let ratio = some(next(9) == 0, format!("{}", next(1_000_000) as f64 / 997.0));
        let vip = some(next(10) == 0, (next(3) == 0).to_string());
        let note = some(next(8) == 0, notes[next(6) as usize].to_owned());
        writeln!(out, "{day},{at},{moment},{region},{score},{price},{ratio},{vip},\"{note}\"").unwrap();
    }
    out.replace(",\"\"\n", ",\n")
}

/// A PostgreSQL server that holds the rows of `csv` as `shop.sales`.
pub fn postgres(csv: &str) -> Option<server::Postgres> {
    let server = server::Postgres::start()?;
    server.sql(&format!("CREATE SCHEMA shop; CREATE TABLE shop.sales ({COLUMNS})"), "");
    server.sql("COPY shop.sales FROM STDIN (FORMAT csv, HEADER)", csv);
    Some(server)
}

/// A DuckDB file that holds them as `shop.sales`.
pub fn duckdb(file: &Path, csv: &Path) -> bool {
    // A schema may be called like the database, which is called like the file.
    let sales = format!("{}.shop.sales", file.file_stem().unwrap().display());
    let load = format!("COPY {sales} FROM '{}' (FORMAT csv, HEADER)", csv.display());
    let table = format!("CREATE TABLE {sales} ({COLUMNS})");
    server::duckdb(file, &["SET TimeZone = 'UTC'".into(), "CREATE SCHEMA shop".into(), table, load])
}
