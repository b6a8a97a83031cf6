//! One pass over a table comes to the very same answers as each request by itself: over random tables in random order, in
//! CSV and in Parquet of small row groups, on one thread and on several.
#![cfg(feature = "datafusion")]

use super::engine::{col, declared, eq, num, op, text};
use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::WriterProperties;
use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, ToSpan as _};
use milepost::calendar::Window;
use milepost::engine::Engine;
use milepost::engine::datafusion::DataFusionEngine;
use milepost::query::*;
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;

/// Hours since 2021-01-01 (or none), region, brand, whole number, any number.
type Line = (Option<u16>, Option<u8>, u8, Option<i32>, Option<f64>);

const REGIONS: [&str; 4] = ["EU", "NA", "APAC", ""];
const BRANDS: [&str; 3] = ["one", "two", "Three"];

fn at(hours: u16) -> DateTime {
    date(2021, 1, 1).to_datetime(jiff::civil::Time::midnight()) + SignedDuration::from_hours(hours.into())
}

fn line() -> impl Strategy<Value = Line> {
    let real = prop_oneof![
        4 => (-10_000i32..10_000).prop_map(|n| f64::from(n) / 100.0),
        1 => prop_oneof![Just(1e18), Just(-1e18), Just(1e-12), Just(0.1), Just(1e300), Just(-0.0)],
    ];
    (
        prop::option::weighted(0.95, 0u16..2000),
        prop::option::weighted(0.9, 0u8..4),
        0u8..3,
        prop::option::weighted(0.9, -3i32..50_000),
        prop::option::weighted(0.9, real),
    )
}

fn csv(lines: &[Line]) -> String {
    let mut out = String::from("at,region,brand,n,x,paid\n");
    for (hours, region, brand, n, x) in lines {
        let hours = hours.map(|h| at(h).to_string()).unwrap_or_default();
        let region = region.map_or("", |r| REGIONS[usize::from(r)]);
        let paid = n.map(|n| (n % 2 == 0).to_string()).unwrap_or_default();
        let n = n.map(|n| n.to_string()).unwrap_or_default();
        let x = x.map(|x| format!("{x:?}")).unwrap_or_default();
        out.push_str(&format!("{hours},{region},{},{n},{x},{paid}\n", BRANDS[usize::from(*brand)]));
    }
    out
}

fn parquet(lines: &[Line], path: &Path) {
    let micros = |h: u16| i64::from(h) * 3_600_000_000 + 1_609_459_200_000_000;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("at", Arc::new(lines.iter().map(|l| l.0.map(micros)).collect::<TimestampMicrosecondArray>())),
        ("region", Arc::new(lines.iter().map(|l| l.1.map(|r| REGIONS[usize::from(r)])).collect::<StringArray>())),
        ("brand", Arc::new(lines.iter().map(|l| Some(BRANDS[usize::from(l.2)])).collect::<StringArray>())),
        ("n", Arc::new(lines.iter().map(|l| l.3.map(i64::from)).collect::<Int64Array>())),
        ("x", Arc::new(lines.iter().map(|l| l.4).collect::<Float64Array>())),
        ("paid", Arc::new(lines.iter().map(|l| l.3.map(|n| n % 2 == 0)).collect::<BooleanArray>())),
    ];
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true))).unwrap();
    let small = WriterProperties::builder().set_max_row_group_row_count(Some(7)).build();
    let mut writer = ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), Some(small)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    age(path);
}

fn filters() -> impl Strategy<Value = Option<Row>> {
    let and = |a: Row, b: Row| op(RowOp::And, a, b);
    let in_list = || Row::In(Box::new(col("region")), vec![text("NA"), text("APAC")]);
    let simple = prop_oneof![
        Just(eq(col("region"), text("EU"))),
        Just(in_list()),
        Just(op(RowOp::NotEqual, col("region"), text("EU"))),
        Just(Row::IsMissing(Box::new(col("region")))),
        Just(eq(Row::Call(RowFunction::Lower, vec![col("brand")]), text("three"))),
        Just(op(RowOp::Greater, col("n"), num(100.0))),
        Just(op(RowOp::Greater, op(RowOp::Divide, num(1.0), col("n")), num(0.001))),
        Just(op(RowOp::Or, eq(col("brand"), text("one")), op(RowOp::Less, col("x"), num(0.0)))),
        Just(eq(col("region"), col("brand"))),
        Just(col("paid")),
        Just(Row::Not(Box::new(col("paid")))),
    ];
    let simple = simple.boxed();
    prop_oneof![
        Just(None),
        simple.clone().prop_map(Some),
        (simple.clone(), simple).prop_map(move |(a, b)| Some(and(a, b))),
    ]
}

fn measures() -> impl Strategy<Value = Measure> {
    let rate = || op(RowOp::Divide, col("x"), col("n"));
    let number = prop_oneof![Just(col("n")), Just(col("x")), Just(rate())];
    let number = number.boxed();
    prop_oneof![
        number.clone().prop_map(Measure::Sum),
        Just(Measure::Count),
        number.clone().prop_map(Measure::Min),
        number.clone().prop_map(Measure::Max),
        number.clone().prop_map(Measure::Avg),
        number.clone().prop_map(Measure::Median),
        number.clone().prop_map(Measure::Stdev),
        (number.clone(), 0u8..=100).prop_map(|(n, p)| Measure::Percentile(n, f64::from(p).into())),
        prop_oneof![Just(col("n")), Just(col("x")), Just(col("region")), Just(col("at"))].prop_map(Measure::Distinct),
        Just(Measure::Share(op(RowOp::Greater, col("n"), num(1000.0)))),
        number.clone().prop_map(|n| Measure::Csat(n, 4.0.into())),
        Just(Measure::Nps(op(RowOp::Divide, col("n"), num(3000.0)))),
        number.clone().prop_map(Measure::Last),
        number.clone().prop_map(Measure::First),
        number.clone().prop_map(|n| Measure::LastPer(n, "brand".into())),
        (prop_oneof![Just(col("n")), Just(col("region"))], 0u8..60)
            .prop_map(|(id, day)| Measure::Retention { id, earlier: Window::new(from(day), from(day + 20)) }),
        (number, any::<bool>()).prop_map(|(value, worst_first)| Measure::Rows {
            value,
            label: worst_first.then(|| "brand".into()),
            worst_first,
            limit: 3
        }),
    ]
}

/// The start of a day.
fn from(day: u8) -> DateTime {
    date(2021, 1, 1).checked_add(i32::from(day).days()).unwrap().into()
}

fn window() -> impl Strategy<Value = Option<Window>> {
    prop::option::weighted(0.8, (0u8..90, 1u8..40).prop_map(|(a, n)| Window::new(from(a), from(a + n))))
}

fn requests() -> impl Strategy<Value = Vec<Request>> {
    let one = (measures(), filters(), window(), 0u8..7).prop_map(|(measure, filter, window, group)| {
        let whole =
            matches!(measure, Measure::Median(_) | Measure::Percentile(..) | Measure::Stdev(_) | Measure::Distinct(_));
        let group = match group {
            0 if !whole => Some("region".to_owned()),
            1 if !whole => Some("n".to_owned()),
            2 if !whole => Some("paid".to_owned()),
            _ => None,
        };
        Request { measure, filter, window, group }
    });
    let extent = window().prop_map(|window| Request { measure: Measure::Extent, filter: None, window, group: None });
    prop::collection::vec(prop_oneof![9 => one, 1 => extent], 1..12)
}

/// The answers of both ways over one file.
fn ways(path: &Path, query: &Query, filter: Option<&Row>) -> Vec<(String, Vec<Answer>)> {
    let source = TableSource { filter: filter.cloned(), ..declared(path, "at", None) };
    [(true, 1), (true, 4), (false, 1)]
        .map(|(one_pass, threads)| {
            let mut engine = DataFusionEngine::new(Some(threads)).unwrap();
            engine.set_one_pass(one_pass);
            engine.open(&source).unwrap();
            (format!("one pass: {one_pass}, threads: {threads}"), engine.run(query).unwrap())
        })
        .into()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn one_pass_equals_the_plain_way(
        mut lines in prop::collection::vec(line(), 1..60),
        order in 0u8..3,
        requests in requests(),
        filter in filters(),
        excluded in prop::collection::vec(window(), 0..2),
    ) {
        // In order of time, or of values, there are row groups that nobody needs.
        match order {
            0 => {}
            1 => lines.sort_by_key(|l| l.0),
            _ => lines.sort_by_key(|l| (l.1, l.3)),
        }
        // Types are found from the cells: one row that has them all.
        lines.push((Some(100), Some(0), 0, Some(5), Some(2.5)));
        let mut unlike = requests.clone();
        unlike.dedup();
        let query = Query { table: "t".into(), excluded: excluded.into_iter().flatten().collect(), requests: unlike };
        let folder = tempfile::tempdir().unwrap();
        let (plain, packed) = (folder.path().join("t.csv"), folder.path().join("t.parquet"));
        std::fs::write(&plain, csv(&lines)).unwrap();
        parquet(&lines, &packed);
        for path in [&plain, &packed] {
            let answers = ways(path, &query, filter.as_ref());
            let (_, expected) = answers.last().unwrap();
            for (way, found) in &answers {
                for ((found, expected), request) in found.iter().zip(expected).zip(&query.requests) {
                    prop_assert_eq!(found, expected, "{} over {:?}: {:?}", way, path.extension(), request);
                }
            }
        }
    }
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    age(path);
}

/// Written an hour ago.
fn age(path: &Path) {
    let written = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    std::fs::File::options().append(true).open(path).unwrap().set_modified(written).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// What was kept of two files, when other windows were asked for, and a third file: the same as all read anew.
    #[test]
    fn what_is_kept_adds_up(
        lines in prop::collection::vec(line(), 3..60),
        requests in requests(),
        filter in filters(),
        excluded in prop::collection::vec(window(), 0..2),
        days in 0i32..3,
        parts in any::<bool>(),
    ) {
        let mut query = Query { table: "t".into(), excluded: excluded.into_iter().flatten().collect(), requests };
        query.requests.dedup();
        let earlier = |at: DateTime| at.checked_sub(days.days()).unwrap();
        let mut yesterday = query.clone();
        for window in yesterday.requests.iter_mut().filter_map(|r| r.window.as_mut()) {
            *window = Window::new(earlier(window.start), earlier(window.end));
        }
        let whole = (Some(100), Some(0), 0, Some(5), Some(2.5));
        let folder = tempfile::tempdir().unwrap();
        let (data, cache) = (folder.path().join("data"), folder.path().join("cache"));
        std::fs::create_dir(&data).unwrap();
        let source = TableSource { filter, ..declared(&data, "at", None) };
        let answers = |kept: bool, one_pass: bool, query: &Query| {
            let mut engine = DataFusionEngine::new(Some(2)).unwrap();
            engine.set_one_pass(one_pass);
            if kept {
                engine.set_cache(cache.clone());
            }
            engine.open(&source).unwrap();
            engine.run(query).unwrap()
        };
        for (at, lines) in lines.chunks(lines.len().div_ceil(3)).enumerate() {
            let mut lines = lines.to_vec();
            lines.push(whole);
            match parts {
                true => parquet(&lines, &data.join(format!("{at}.parquet"))),
                false => write(&data.join(format!("{at}.csv")), &csv(&lines)),
            }
            if at == 1 {
                answers(true, true, &yesterday);
            }
        }
        let expected = answers(false, false, &query);
        prop_assert_eq!(cache.read_dir().unwrap().count(), 2, "the files of yesterday");
        let in_pieces = || {
            let mut engine = DataFusionEngine::new(Some(2)).unwrap();
            engine.open(&source).unwrap();
            let elsewhere = DataFusionEngine::new(Some(1)).unwrap();
            let pieces = engine.pieces(&query, 5).unwrap();
            let done: Vec<Vec<u8>> = pieces.iter().map(|piece| elsewhere.piece(piece).unwrap()).collect();
            engine.combine(&query, &done).unwrap()
        };
        for way in ["some of it kept", "all of it kept", "in pieces"] {
            let found = if way == "in pieces" { in_pieces() } else { answers(true, true, &query) };
            for ((found, expected), request) in found.iter().zip(&expected).zip(&query.requests) {
                prop_assert_eq!(found, expected, "{}: {:?}", way, request);
            }
        }
    }
}

/// A dimension of more values than are told apart, and its filter: both ways agree there too.
#[test]
fn too_many_values_are_looked_at_row_by_row() {
    let mut text_file = String::from("at,who,n\n");
    for i in 0..70_000u32 {
        text_file.push_str(&format!("2021-01-{:02},person {i},{}\n", i % 28 + 1, i % 7));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, text_file).unwrap();
    let request = |filter: Option<Row>, group: Option<&str>| Request {
        measure: Measure::Sum(col("n")),
        filter,
        window: None,
        group: group.map(str::to_owned),
    };
    let requests = vec![
        request(Some(eq(col("who"), text("person 69998"))), None),
        request(Some(op(RowOp::NotEqual, col("who"), text("person 69998"))), None),
    ];
    let query = Query { table: "t".into(), excluded: Vec::new(), requests };
    let answers = ways(&path, &query, None);
    // 69998 = 7 · 9999 + 5; 70,000 rows of 0 … 6 in turn come to 10,000 · 21.
    let value = |answer: &Answer| match answer {
        Answer::One(cell) => cell.value,
        Answer::Groups(_) => None,
    };
    for (way, found) in &answers {
        assert_eq!(found.iter().map(value).collect::<Vec<_>>(), [Some(5.0), Some(209_995.0)], "{way}");
    }
    // As groups there are too many: the plain way serves.
    let query = Query { table: "t".into(), excluded: Vec::new(), requests: vec![request(None, Some("who"))] };
    let answers = ways(&path, &query, None);
    assert!(answers.windows(2).all(|pair| pair[0].1 == pair[1].1));
}

/// What is kept beyond the limit is an error, never an answer of a part.
#[test]
fn memory_has_a_limit() {
    let mut text_file = String::from("at,n\n");
    for i in 0..300_000u32 {
        text_file.push_str(&format!("2021-01-{:02},{i}\n", i % 28 + 1));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, text_file).unwrap();
    let median = Request { measure: Measure::Median(col("n")), filter: None, window: None, group: None };
    let query = Query { table: "t".into(), excluded: Vec::new(), requests: vec![median] };
    let run = |bytes: usize| {
        let mut engine = DataFusionEngine::new(Some(2)).unwrap();
        engine.set_memory(bytes);
        engine.open(&declared(&path, "at", None)).unwrap();
        engine.run(&query)
    };
    // Eight bytes a number: 2.4 MB.
    let error = run(1_000_000).unwrap_err();
    assert_eq!(error.to_string(), "judging table `t` takes more memory than 1000000 bytes, which is the limit");
    match &run(4_000_000).unwrap()[..] {
        [Answer::One(cell)] => assert_eq!(cell.value, Some(149_999.5)),
        other => panic!("{other:?}"),
    }
}

/// Texts that are told apart take memory as well, whichever way they are counted.
#[test]
fn texts_count_against_the_limit() {
    let mut text_file = String::from("at,who\n");
    for i in 0..50_000u32 {
        text_file.push_str(&format!("2021-01-{:02},somebody whose name is as long as names are {i}\n", i % 28 + 1));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, text_file).unwrap();
    let january = || Window::new(from(0), from(31));
    let people = || Measure::Distinct(col("who"));
    let back = || Measure::Retention { id: col("who"), earlier: january() };
    let run = |measure: Measure, bytes: usize| {
        let request = Request { measure, filter: None, window: Some(january()), group: None };
        let query = Query { table: "t".into(), excluded: Vec::new(), requests: vec![request] };
        let mut engine = DataFusionEngine::new(Some(2)).unwrap();
        engine.set_memory(bytes);
        engine.open(&declared(&path, "at", None)).unwrap();
        engine.run(&query)
    };
    // Fifty letters or so a name: 2.5 MB.
    for measure in [people(), back()] {
        assert!(run(measure, 1 << 20).is_err_and(|e| e.to_string().contains("more memory than 1MiB")));
    }
    for (measure, expected) in [(people(), 50_000.0), (back(), 1.0)] {
        match &run(measure, 64 << 20).unwrap()[..] {
            [Answer::One(cell)] => assert_eq!(cell.value, Some(expected)),
            other => panic!("{other:?}"),
        }
    }
}
