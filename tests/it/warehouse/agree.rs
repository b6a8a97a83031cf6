//! Every measure, under filters, windows and groups: a database's answers are those of the plain engine, bit by bit.

use super::server::drivers;
use super::{duckdb, postgres, rows};
use crate::engine::{col, declared, eq, file, num, op, text, window};
use milepost::calendar::Window;
use milepost::engine::datafusion::DataFusionEngine;
use milepost::engine::warehouse::Warehouse;
use milepost::engine::{Engine, Progress};
use milepost::query::RowFunction as F;
use milepost::query::*;

fn call(f: F, of: Vec<Row>) -> Row {
    Row::Call(f, of)
}

fn boxed(row: Row) -> Box<Row> {
    Box::new(row)
}

fn measures() -> Vec<Measure> {
    let earlier = window("Q1 2021");
    let product = op(RowOp::Multiply, col("price"), col("score"));
    // A division by zero wherever the score is 2.
    let quotient = op(RowOp::Divide, col("price"), op(RowOp::Subtract, col("score"), num(2.0)));
    let mut all = vec![
        Measure::Count,
        Measure::Extent,
        Measure::Share(eq(col("region"), text("EU"))),
        Measure::Share(col("vip")),
        Measure::Nps(col("score")),
        Measure::Csat(col("score"), 8.0.into()),
        Measure::Distinct(col("region")),
        Measure::Distinct(col("score")),
        Measure::Distinct(col("at")),
        Measure::Distinct(col("note")),
        Measure::LastPer(col("price"), "region".into()),
        Measure::Retention { id: col("score"), earlier },
        Measure::Sum(quotient.clone()),
        Measure::Sum(Row::IfError(boxed(quotient), boxed(num(-1.0)))),
        Measure::Sum(call(F::Sentiment, vec![col("note")])),
        Measure::Sum(op(RowOp::Subtract, col("moment"), col("day"))),
        Measure::Avg(call(F::Length, vec![col("note")])),
        Measure::Max(call(F::Abs, vec![col("price")])),
        Measure::Sum(Row::Extreme { greatest: true, of: vec![col("price"), col("score")] }),
        Measure::Sum(op(RowOp::Otherwise, col("price"), num(0.1))),
        Measure::Sum(Row::If(boxed(col("vip")), boxed(col("price")), boxed(Row::Negate(boxed(col("ratio")))))),
    ];
    for x in [col("score"), col("price"), col("ratio"), product] {
        all.extend([
            Measure::Sum(x.clone()),
            Measure::Last(x.clone()),
            Measure::First(x.clone()),
            Measure::Min(x.clone()),
            Measure::Max(x.clone()),
            Measure::Avg(x.clone()),
            Measure::Median(x.clone()),
            Measure::Stdev(x.clone()),
            Measure::Percentile(x, 90.0.into()),
        ]);
    }
    all
}

fn filters() -> Vec<Option<Row>> {
    let month = Row::Period(Window::days("2021-05-01".parse().unwrap(), "2021-05-31".parse().unwrap()));
    let moment = Row::Moment("2021-06-15T12:00:00".parse().unwrap());
    vec![
        None,
        Some(eq(col("region"), text("EU"))),
        Some(eq(col("region"), text("o'Brien"))),
        Some(Row::Not(boxed(col("vip")))),
        Some(Row::In(boxed(col("region")), vec![text("Ásia"), text("US")])),
        Some(Row::Not(boxed(Row::In(boxed(col("region")), vec![text("Ásia")])))),
        Some(Row::IsMissing(boxed(Row::Not(boxed(col("vip")))))),
        Some(op(RowOp::Greater, col("price"), op(RowOp::Multiply, col("score"), num(40.5)))),
        Some(Row::Between(boxed(col("score")), boxed(num(3.0)), boxed(num(8.0)))),
        Some(eq(col("day"), month.clone())),
        Some(op(RowOp::LessOrEqual, col("at"), month)),
        Some(op(RowOp::Less, col("at"), moment.clone())),
        Some(op(RowOp::GreaterOrEqual, col("moment"), moment)),
        Some(op(RowOp::Greater, col("at"), op(RowOp::Add, col("day"), num(30.0 * 86_400.0)))),
        Some(call(F::Contains, vec![col("note"), text("a")])),
        Some(call(F::Contains, vec![col("note"), text("100_")])),
        Some(call(F::StartsWith, vec![col("note"), text("I love")])),
        Some(call(F::Matches, vec![col("note"), text("[Ss]ale")])),
        Some(eq(call(F::Lower, vec![col("region")]), text("ásia"))),
        Some(op(RowOp::Less, col("region"), text("US"))),
        Some(eq(call(F::Weekday, vec![col("day")]), num(2.0))),
        Some(eq(call(F::Month, vec![col("at")]), num(11.0))),
        Some(op(RowOp::Greater, op(RowOp::Divide, num(1.0), op(RowOp::Subtract, col("score"), num(5.0))), num(0.2))),
        Some(op(RowOp::Or, col("vip"), Row::IsMissing(boxed(col("price"))))),
    ]
}

/// The requests for one of three tables: together they hold every measure under every filter.
fn requests(part: usize) -> Vec<Request> {
    let windows = [None, Some(window("Q2 2021")), Some(window("2021")), Some(window("2030"))];
    let groups = [None, Some("region"), Some("score"), Some("vip"), Some("day")];
    let mut all = Vec::new();
    for (i, measure) in measures().into_iter().enumerate() {
        for (j, filter) in filters().into_iter().enumerate() {
            if (i + j) % 3 != part {
                continue;
            }
            // Each measure meets each filter; windows and groups go round.
            let (window, group) = (windows[(i + j) % windows.len()], groups[(i + 2 * j) % groups.len()]);
            all.push(Request { measure: measure.clone(), filter, window, group: group.map(str::to_owned) });
        }
    }
    all
}

fn query(requests: Vec<Request>) -> Query {
    let excluded = vec![Window::days("2021-05-10".parse().unwrap(), "2021-05-12".parse().unwrap())];
    Query { table: "t".into(), excluded, requests }
}

/// The time columns that a table of this is opened with.
const TIMES: [&str; 3] = ["day", "at", "moment"];

fn compare(uri: &str, csv: &std::path::Path) {
    for (part, time) in TIMES.into_iter().enumerate() {
        let plain = TableSource { timezone: "America/New_York".into(), ..declared(csv, time, None) };
        let mine =
            TableSource { path: uri.into(), shown: uri.into(), sheet: Some("shop.sales".into()), ..plain.clone() };
        let (mut files, mut database) = (DataFusionEngine::new(Some(2)).unwrap(), Warehouse::new(drivers()));
        let read = Progress::default();
        database.set_progress(read.clone());
        let (info, found) = (files.open(&plain).unwrap(), database.open(&mine).unwrap());
        assert_eq!((&found.columns, &found.time, found.rows), (&info.columns, &info.time, info.rows));
        let (pushed, local): (Vec<Request>, Vec<Request>) =
            requests(part).into_iter().partition(|r| database.statements(&query(vec![r.clone()])).unwrap().1 == 0);
        assert!(pushed.len() > local.len(), "{} of {}", pushed.len(), local.len());
        for (requests, rows) in [(pushed, false), (local, true)] {
            let expected = files.run(&query(requests.clone())).unwrap();
            let found = database.run(&query(requests.clone())).unwrap();
            assert_eq!(read.seen().rows > 0, rows, "rows travel only where they must");
            let mut wrong = String::new();
            for ((found, expected), request) in found.iter().zip(&expected).zip(requests) {
                if found != expected {
                    wrong += &format!("{request:?}\n  found    {found:?}\n  expected {expected:?}\n");
                }
            }
            let lines = wrong.lines().take(30).collect::<Vec<_>>().join("\n");
            assert!(wrong.is_empty(), "{uri} by {time}: {} differ\n{lines}", wrong.lines().count() / 3);
        }
    }
}

#[test]
fn postgresql_answers_as_files_do() {
    let csv = rows(600);
    let Some(server) = postgres(&csv) else { return };
    let (_dir, path) = file("t.csv", &csv);
    compare(&server.uri("postgres"), &path);
}

#[test]
fn duckdb_answers_as_files_do() {
    let csv = rows(600);
    let (dir, path) = file("t.csv", &csv);
    let database = dir.path().join("t.duckdb");
    if duckdb(&database, &path) {
        compare(&format!("duckdb://{}", database.display()), &path);
    }
}

/// What is pushed down, and how it is said.
#[test]
fn most_of_it_is_asked_as_sums_of_cases() {
    let csv = rows(50);
    let (dir, path) = file("t.csv", &csv);
    let database = dir.path().join("t.duckdb");
    if !duckdb(&database, &path) {
        return;
    }
    let uri = format!("duckdb://{}", database.display());
    let source =
        TableSource { path: uri.clone(), shown: uri, sheet: Some("sales".into()), ..declared(&path, "at", None) };
    let mut engine = Warehouse::new(drivers());
    engine.open(&source).unwrap();
    let over = |measure, filter| Request { measure, filter, window: Some(window("Q2 2021")), group: None };
    let filter = Some(eq(col("region"), text("EU")));
    let requests = vec![
        over(Measure::Sum(col("score")), filter.clone()),
        over(Measure::Count, filter),
        over(Measure::Sum(call(F::Sentiment, vec![col("note")])), None),
    ];
    let query = Query { table: "t".into(), excluded: vec![], requests };
    let (statements, left) = engine.statements(&query).unwrap();
    assert_eq!(left, 1, "sentiment is read as rows");
    insta::assert_snapshot!(statements.join("\n\n"));
}
