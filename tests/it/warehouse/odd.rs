//! Values at which a database could say something else than the plain engine: quotes, collations, NaN, infinities,
//! nanoseconds, and statements that fail.

use super::server::{Postgres, drivers, duckdb};
use crate::engine::{col, declared, eq, file, implicit, num, op, over, text, window};
use milepost::engine::datafusion::DataFusionEngine;
use milepost::engine::warehouse::Warehouse;
use milepost::engine::{DataError, Engine};
use milepost::query::RowFunction as F;
use milepost::query::*;

/// A database that holds a table `t`.
struct Made {
    uri: String,
    _dir: Option<tempfile::TempDir>,
    _server: Option<Postgres>,
}

/// Each kind of database that can be had, made by its own statements.
fn made(of_duckdb: &[&str], of_postgresql: &[&str]) -> Vec<Made> {
    let mut all = Vec::new();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("odd.duckdb");
    // What it has no types for is asked of the other alone.
    let statements: Vec<String> = of_duckdb.iter().map(|s| (*s).to_owned()).collect();
    if !statements.is_empty() && duckdb(&path, &statements) {
        all.push(Made { uri: format!("duckdb://{}", path.display()), _dir: Some(dir), _server: None });
    }
    if !of_postgresql.is_empty()
        && let Some(server) = Postgres::start()
    {
        for sql in of_postgresql {
            server.sql(sql, "");
        }
        all.push(Made { uri: server.uri("postgres"), _dir: None, _server: Some(server) });
    }
    all
}

fn query(requests: Vec<Request>) -> Query {
    Query { table: "t".into(), excluded: vec![], requests }
}

/// The table of a database, with the time column that `like` has.
fn source(uri: &str, like: &TableSource) -> TableSource {
    TableSource { path: uri.into(), shown: uri.into(), ..like.clone() }
}

fn opened(source: &TableSource) -> Warehouse {
    let mut engine = Warehouse::new(drivers());
    engine.open(source).unwrap();
    engine
}

/// Each answer is the one that the plain engine gives over `csv`, and so many of the requests are read as rows.
#[track_caller]
fn agree(databases: &[Made], like: &TableSource, requests: &[Request], rows: usize) {
    let mut files = DataFusionEngine::new(Some(2)).unwrap();
    files.open(like).unwrap();
    let expected = files.run(&query(requests.to_vec())).unwrap();
    for made in databases {
        let mut database = opened(&source(&made.uri, like));
        assert_eq!(database.statements(&query(requests.to_vec())).unwrap().1, rows, "read as rows");
        let found = database.run(&query(requests.to_vec())).unwrap();
        for ((found, expected), request) in found.iter().zip(&expected).zip(requests) {
            assert_eq!(found, expected, "{}: {request:?}", made.uri);
        }
    }
}

fn boxed(row: Row) -> Box<Row> {
    Box::new(row)
}

fn filtered(measure: Measure, filter: Row) -> Request {
    Request { filter: Some(filter), ..over(measure) }
}

fn grouped(measure: Measure, group: &str) -> Request {
    Request { group: Some(group.into()), ..over(measure) }
}

fn within(measure: Measure, year: &str) -> Request {
    Request { window: Some(window(year)), ..over(measure) }
}

fn value(answer: &Answer) -> Option<f64> {
    match answer {
        Answer::One(cell) => cell.value,
        Answer::Groups(_) => panic!("no groups were asked for"),
    }
}

/// Texts that end a literal too early where one quote or backslash too few is written.
const QUOTED: [&str; 8] = ["O''B", "O'B", r"x\' OR TRUE OR region='", r"\", r"\'", "'", "''", r#"say "a""b""#];

#[test]
fn quotes_and_backslashes_are_texts() {
    let sql = |text: &str| text.replace('\'', "''");
    let rows: Vec<String> =
        QUOTED.iter().enumerate().map(|(i, t)| format!("('2021-03-0{}', '{}', {})", i + 1, sql(t), 1 << i)).collect();
    let table = "CREATE TABLE t (day date, region text, amount double precision)";
    let insert = format!("INSERT INTO t VALUES {}", rows.join(", "));
    let databases = made(&[table, &insert], &[table, &insert]);
    let mut csv = String::from("day,region,amount\n");
    for (i, t) in QUOTED.iter().enumerate() {
        csv += &format!("2021-03-0{},\"{}\",{}\n", i + 1, t.replace('"', "\"\""), 1 << i);
    }
    let (_dir, path) = file("t.csv", &csv);
    let total = || Measure::Sum(col("amount"));
    let mut requests = vec![
        grouped(total(), "region"),
        filtered(total(), Row::In(boxed(col("region")), QUOTED[..3].iter().map(|t| text(t)).collect())),
        filtered(total(), eq(col("region"), text(r"zz\' OR 1=1 OR 'z\'='z"))),
        filtered(total(), Row::Call(F::Contains, vec![col("region"), text(r"\'")])),
        filtered(total(), Row::Call(F::StartsWith, vec![col("region"), text("''")])),
    ];
    requests.extend(QUOTED.iter().map(|t| filtered(total(), eq(col("region"), text(t)))));
    let like = declared(&path, "day", None);
    agree(&databases, &like, &requests, 0);
    for made in &databases {
        let found = opened(&source(&made.uri, &like)).run(&query(requests.clone())).unwrap();
        assert_eq!(value(&found[2]), Some(0.0), "no row is called so");
        // Each text finds its own row: 1, 2, 4, …
        for (i, answer) in found[5..].iter().enumerate() {
            assert_eq!(value(answer), Some(f64::from(1 << i)), "{}: {}", made.uri, QUOTED[i]);
        }
    }
}

#[test]
fn quotes_in_the_names_of_columns() {
    // Two columns of which the one is the other with its quotes doubled.
    let table = r#"CREATE TABLE t ("the ""day""" date, "a""b" integer, "a""""b" integer, "c\""d" text)"#;
    let insert = "INSERT INTO t VALUES ('2021-03-01', 1, 10, 'x'), ('2021-03-02', 2, 20, 'y')";
    let databases = made(&[table, insert], &[table, insert]);
    let csv = "\"the \"\"day\"\"\",\"a\"\"b\",\"a\"\"\"\"b\",\"c\\\"\"d\"\n2021-03-01,1,10,x\n2021-03-02,2,20,y\n";
    let (_dir, path) = file("t.csv", csv);
    let requests = [
        within(Measure::Sum(col("a\"b")), "2021"),
        over(Measure::Sum(col("a\"\"b"))),
        over(Measure::Last(col("a\"\"b"))),
        filtered(Measure::Sum(col("a\"b")), eq(col("c\\\"d"), text("y"))),
        grouped(Measure::Sum(op(RowOp::Multiply, col("a\"b"), col("a\"\"b"))), "c\\\"d"),
        over(Measure::Stdev(col("a\"b"))),
    ];
    let like = declared(&path, "the \"day\"", None);
    agree(&databases, &like, &requests, 1);
    for made in &databases {
        let found = opened(&source(&made.uri, &like)).run(&query(requests[..4].to_vec())).unwrap();
        let values: Vec<_> = found.iter().map(value).collect();
        assert_eq!(values, [Some(3.0), Some(30.0), Some(20.0), Some(2.0)]);
    }
}

/// PostgreSQL's collation under which the case of letters doesn't count.
const NO_CASE: &str = "CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)";

#[test]
fn columns_without_regard_to_case_are_read_with_it() {
    let table = "CREATE TABLE t (day date, region text COLLATE nocase, other text COLLATE nocase, amount integer)";
    let insert = "INSERT INTO t VALUES ('2021-02-01', 'EU', 'eu', 10), ('2021-03-01', 'eu', 'eu', 20), \
                  ('2021-04-01', 'US', 'EU', 40), ('2021-12-31', 'Eu', NULL, 80), ('2021-12-31', '', 'x', 160)";
    let databases = made(&[table, insert], &[NO_CASE, table, insert]);
    let csv = "day,region,other,amount\n2021-02-01,EU,eu,10\n2021-03-01,eu,eu,20\n2021-04-01,US,EU,40\n\
               2021-12-31,Eu,,80\n2021-12-31,,x,160\n";
    let (_dir, path) = file("t.csv", csv);
    let total = || Measure::Sum(col("amount"));
    let if_missing = op(RowOp::Otherwise, col("other"), text("EU"));
    let requests = [
        filtered(total(), eq(col("region"), text("EU"))),
        filtered(total(), op(RowOp::NotEqual, col("region"), text("EU"))),
        filtered(total(), eq(col("region"), col("other"))),
        filtered(total(), eq(col("region"), if_missing)),
        filtered(total(), Row::In(boxed(col("region")), vec![text("eu"), text("us")])),
        filtered(total(), Row::Call(F::Contains, vec![col("region"), text("e")])),
        filtered(total(), Row::Call(F::StartsWith, vec![col("region"), text("E")])),
        grouped(total(), "region"),
        grouped(Measure::Count, "other"),
        over(Measure::Distinct(col("region"))),
        over(Measure::Share(eq(col("other"), text("eu")))),
        over(Measure::LastPer(col("amount"), "region".into())),
        Request { group: Some("region".into()), ..over(Measure::Stdev(col("amount"))) },
    ];
    let like = declared(&path, "day", None);
    agree(&databases, &like, &requests, 2);
    for made in &databases {
        let found = opened(&source(&made.uri, &like)).run(&query(vec![requests[0].clone()])).unwrap();
        assert_eq!(value(&found[0]), Some(10.0), "{}", made.uri);
    }
}

#[test]
fn names_of_metrics_without_regard_to_case() {
    let table = "CREATE TABLE t (date date, metric text COLLATE nocase, value integer)";
    let insert = "INSERT INTO t VALUES ('2021-02-01', 'Visits', 10), ('2021-02-01', 'visits', 20)";
    for made in made(&[table, insert], &[NO_CASE, table, insert]) {
        let table = source(&made.uri, &implicit(std::path::Path::new("t")));
        let info = Warehouse::new(drivers()).open(&table).unwrap();
        assert_eq!(info.tidy, Some(vec!["Visits".to_owned(), "visits".to_owned()]), "{}", made.uri);
    }
}

/// A statement that fails for a row's value spoils nothing that comes after it, and says itself what was wrong.
#[test]
fn what_fails_is_said_and_the_next_one_goes_on() {
    let table = "CREATE TABLE r (day date, said text, amount integer)";
    let insert = "INSERT INTO r VALUES ('2021-02-01', '1', 10), ('2021-03-01', 'many', 20)";
    let view = "CREATE VIEW t AS SELECT day, CAST(said AS integer) AS said, amount FROM r";
    let (_dir, path) = file("t.csv", "day,said,amount\n2021-02-01,1,10\n");
    let like = declared(&path, "day", None);
    for made in made(&[table, insert, view], &[table, insert, view]) {
        let mut engine = opened(&source(&made.uri, &like));
        let error = engine.run(&query(vec![over(Measure::Sum(col("said")))])).unwrap_err();
        let DataError::Server { reason, .. } = &error else { panic!("{error:?}") };
        assert!(reason.contains("many"), "{reason}");
        for _ in 0..2 {
            let found = engine.run(&query(vec![over(Measure::Sum(col("amount")))])).unwrap();
            assert_eq!(value(&found[0]), Some(30.0));
            engine.run(&query(vec![over(Measure::Stdev(col("said")))])).unwrap_err();
        }
    }
}

/// What a database can't compute is computed here: PostgreSQL has no product that is too large or too small.
#[test]
fn products_beyond_floating_point() {
    let table = "CREATE TABLE t (day date, x double precision, y double precision)";
    let insert = "INSERT INTO t SELECT DATE '2021-01-01', i, i FROM generate_series(1, 5000) AS s(i)";
    let far = "INSERT INTO t VALUES ('2021-02-01', 1e200, 1e-200)";
    let databases = made(&[table, insert, far], &[table, insert, far]);
    let mut csv = String::from("day,x,y\n");
    (1..=5000).for_each(|i| csv += &format!("2021-01-01,{i},{i}\n"));
    let (_dir, path) = file("t.csv", csv + "2021-02-01,1e200,1e-200\n");
    let square = |name: &str| op(RowOp::Multiply, col(name), col(name));
    let like = declared(&path, "day", None);
    for request in [
        over(Measure::Sum(square("x"))),
        over(Measure::Max(square("x"))),
        over(Measure::Min(square("y"))),
        within(Measure::Avg(square("y")), "2021"),
    ] {
        agree(&databases, &like, &[request], 0);
    }
}

#[test]
fn a_numeric_of_postgresql_that_is_no_number() {
    let table = "CREATE TABLE t (day date, x numeric, y numeric(10, 2), z numeric, w double precision)";
    let insert = "INSERT INTO t VALUES ('2021-02-01', 'NaN', 1, 1, 1), ('2021-03-01', 1, 'NaN', 3, 3), \
                  ('2021-04-01', 10, 2, 'Infinity', 'Infinity')";
    let databases = made(&[], &[table, insert]);
    let (_dir, path) = file("t.csv", "day,x,y,z,w\n2021-02-01,,1,1,1\n2021-03-01,1,,3,3\n2021-04-01,10,2,,\n");
    let like = declared(&path, "day", None);
    let mut requests = Vec::new();
    for name in ["x", "y"] {
        let above = op(RowOp::Greater, col(name), num(1.5));
        requests.extend([
            over(Measure::Sum(col(name))),
            over(Measure::Min(col(name))),
            over(Measure::Max(col(name))),
            over(Measure::Avg(col(name))),
            over(Measure::Median(col(name))),
            over(Measure::First(col(name))),
            over(Measure::Distinct(col(name))),
            over(Measure::Stdev(col(name))),
            filtered(Measure::Count, above.clone()),
            filtered(Measure::Count, Row::IsMissing(boxed(col(name)))),
            over(Measure::Share(above)),
            grouped(Measure::Count, name),
        ]);
    }
    agree(&databases, &like, &requests, 2);
    // Endless ones are what they are in floating point.
    for made in &databases {
        let mut engine = opened(&source(&made.uri, &like));
        for of in [Measure::Sum, Measure::Min, Measure::Max, Measure::Avg, Measure::Median, Measure::Stdev] {
            let found = engine.run(&query(vec![over(of(col("z"))), over(of(col("w")))])).unwrap();
            assert_eq!(found[0], found[1]);
        }
    }
}

/// Everything that asks for times of a table by the column `time`.
fn timely(time: &str) -> Vec<Request> {
    let moment = || Row::Moment("2021-06-15T12:00:00".parse().unwrap());
    let mut all = vec![
        filtered(Measure::Count, Row::IsMissing(boxed(col(time)))),
        filtered(Measure::Sum(col("amount")), op(RowOp::Less, col(time), moment())),
        filtered(Measure::Sum(col("amount")), op(RowOp::GreaterOrEqual, col(time), moment())),
        filtered(Measure::Sum(col("amount")), eq(Row::Call(F::Year, vec![col(time)]), num(2021.0))),
        over(Measure::Distinct(col(time))),
        over(Measure::Sum(op(RowOp::Subtract, col(time), col("day")))),
        grouped(Measure::Sum(col("amount")), time),
    ];
    for measure in [
        Measure::Extent,
        Measure::Count,
        Measure::Sum(col("amount")),
        Measure::Last(col("amount")),
        Measure::First(col("amount")),
        Measure::Stdev(col("amount")),
    ] {
        all.extend([over(measure.clone()), within(measure.clone(), "2021"), within(measure, "2022")]);
    }
    all
}

#[test]
fn nanoseconds_of_duckdb_are_cut_off() {
    let table = "CREATE TABLE t (day date, n timestamp_ns, m timestamp_ms, s timestamp_s, amount integer)";
    let insert = "INSERT INTO t VALUES \
        ('2020-12-01', '2020-12-01 00:00:00.000000001', '2020-12-01 00:00:00.001', '2020-12-01 00:00:00', 1), \
        ('2021-06-01', '2021-06-01 10:00:00.123456789', '2021-06-01 10:00:00.123', '2021-06-01 10:00:00', 5), \
        ('2021-12-31', '2021-12-31 23:59:59.999999999', '2021-12-31 23:59:59.999', '2021-12-31 23:59:59', 7), \
        ('2021-12-31', NULL, NULL, NULL, 9), ('2021-12-31', 'infinity', '-infinity', 'infinity', 13), \
        ('2022-01-01', '2022-01-01', '2022-01-01', '2022-01-01', 11)";
    let databases = made(&[table, insert], &[]);
    let csv = "day,n,m,s,amount\n\
        2020-12-01,2020-12-01 00:00:00.000000,2020-12-01 00:00:00.001,2020-12-01 00:00:00,1\n\
        2021-06-01,2021-06-01 10:00:00.123456,2021-06-01 10:00:00.123,2021-06-01 10:00:00,5\n\
        2021-12-31,2021-12-31 23:59:59.999999,2021-12-31 23:59:59.999,2021-12-31 23:59:59,7\n\
        2021-12-31,,,,9\n2021-12-31,,,,13\n2022-01-01,2022-01-01 00:00:00,2022-01-01 00:00:00,2022-01-01 00:00:00,11\n";
    let (_dir, path) = file("t.csv", csv);
    for time in ["n", "m", "s"] {
        let like = declared(&path, time, None);
        agree(&databases, &like, &timely(time), 3);
        for made in &databases {
            let last = within(Measure::Last(col("amount")), "2021");
            let found = opened(&source(&made.uri, &like)).run(&query(vec![last])).unwrap();
            assert_eq!(value(&found[0]), Some(7.0));
        }
    }
}

#[test]
fn infinite_times_are_missing() {
    let table = "CREATE TABLE t (day date, d date, c timestamp, z timestamp with time zone, amount integer)";
    let insert = "INSERT INTO t VALUES \
                  ('2021-01-01', '2021-02-01', '2021-02-01 10:00:00', '2021-02-01 10:00:00+00', 1), \
                  ('2021-01-02', 'infinity', 'infinity', 'infinity', 2), \
                  ('2021-01-03', '-infinity', '-infinity', '-infinity', 4), \
                  ('2021-01-04', '2021-09-01', '2021-09-01 10:00:00', '2021-09-01 10:00:00+00', 8), \
                  ('2021-01-05', NULL, NULL, NULL, 16), \
                  ('2021-01-06', '2022-03-01', '2022-03-01 10:00:00', '2022-03-01 10:00:00+00', 32)";
    let databases = made(&[table, insert], &[table, insert]);
    let csv = "day,d,c,z,amount\n2021-01-01,2021-02-01,2021-02-01T10:00:00,2021-02-01T10:00:00Z,1\n\
               2021-01-02,,,,2\n2021-01-03,,,,4\n2021-01-04,2021-09-01,2021-09-01T10:00:00,2021-09-01T10:00:00Z,8\n\
               2021-01-05,,,,16\n2021-01-06,2022-03-01,2022-03-01T10:00:00,2022-03-01T10:00:00Z,32\n";
    let (_dir, path) = file("t.csv", csv);
    for time in ["d", "c", "z"] {
        // As the table's own time, and as a column beside it.
        for own in [time, "day"] {
            agree(&databases, &declared(&path, own, None), &timely(time), 3);
        }
    }
}

/// Two order numbers of 17 digits would be one number with a fraction: as of a Parquet file, that is an error.
#[test]
fn whole_numbers_that_are_not_told_apart() {
    let table = "CREATE TABLE t (day date, n bigint, near bigint, amount integer)";
    let insert = "INSERT INTO t VALUES ('2021-01-01', 20210101000000001, 9007199254740992, 1), \
                  ('2021-01-02', 20210101000000002, -9007199254740992, 2), ('2021-01-03', NULL, NULL, 4)";
    let databases = made(&[table, insert], &[table, insert]);
    let csv = "day,near,amount\n2021-01-01,9007199254740992,1\n2021-01-02,-9007199254740992,2\n2021-01-03,,4\n";
    let (_dir, path) = file("t.csv", csv);
    let like = declared(&path, "day", None);
    let near = [
        over(Measure::Sum(col("near"))),
        over(Measure::Max(col("near"))),
        over(Measure::Distinct(col("near"))),
        filtered(Measure::Count, Row::IsMissing(boxed(col("near")))),
        grouped(Measure::Sum(col("amount")), "near"),
        over(Measure::Stdev(col("near"))),
    ];
    agree(&databases, &like, &near, 1);
    let equal = eq(col("n"), num(20_210_101_000_000_002.0));
    for made in &databases {
        let mut engine = opened(&source(&made.uri, &like));
        for request in [
            over(Measure::Distinct(col("n"))),
            grouped(Measure::Count, "n"),
            filtered(Measure::Count, equal.clone()),
            over(Measure::Sum(col("n"))),
            over(Measure::LastPer(col("amount"), "n".into())),
            over(Measure::Stdev(col("n"))),
        ] {
            let error = engine.run(&query(vec![request])).unwrap_err().to_string();
            assert!(error.contains("column `n`") && error.contains("says `2021010100000000"), "{error}");
            // What doesn't look at them isn't held up by them.
            let found = engine.run(&query(vec![over(Measure::Sum(col("amount")))])).unwrap();
            assert_eq!(value(&found[0]), Some(7.0));
        }
    }
}
