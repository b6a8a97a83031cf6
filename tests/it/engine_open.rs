//! What the engine finds when it opens a table: types, times, the tidy form, in every format.
#![cfg(feature = "datafusion")]

use super::engine::*;
use jiff::civil::datetime;
use milepost::engine::datafusion::DataFusionEngine;
use milepost::engine::{DataError, Engine};
use milepost::query::*;
use std::io::Write as _;

#[test]
fn types_of_the_whole_file() {
    let csv = "\u{feff}n, mixed ,flag,day,at,empty\r\n1, 5,TRUE,2021-01-01,2021-01-01T10:00Z,\r\n-2e3, x,false,2021-12-31,2021-01-01 11:00:30+02:00,\r\n";
    let (_dir, path) = file("m.csv", csv);
    let mut t = declared(&path, "at", None);
    t.timezone = "Asia/Tokyo".into();
    let found = info(&t);
    let types: Vec<_> = found.columns.values().copied().collect();
    use ColumnType::*;
    assert_eq!(types, [Number, Mixed, Truth, Date, Timestamp, Empty]);
    assert_eq!(found.columns.get_index_of("mixed"), Some(1));
    // 10:00 UTC is 19:00 in Tokyo; 11:00:30 at +02:00 is 09:00:30 UTC, 18:00:30 in Tokyo.
    let extent = run(&t, over(Measure::Extent));
    assert_eq!(extent.first, Some(datetime(2021, 1, 1, 18, 0, 30, 0)));
    assert_eq!(extent.newest, Some(datetime(2021, 1, 1, 19, 0, 0, 0)));
    // An empty column is a number, a text or a time, as needed.
    assert_eq!(run(&t, over(Measure::Sum(col("empty")))).value, None);
    assert_eq!(run(&t, over(Measure::Sum(col("n")))).value, Some(-1999.0));
    assert_eq!(run(&t, Request { filter: Some(eq(col("mixed"), text("5"))), ..over(Measure::Count) }).value, Some(1.0));
    assert_eq!(run(&t, Request { filter: Some(col("flag")), ..over(Measure::Count) }).value, Some(1.0));
}

#[test]
fn tidy_form() {
    let (_dir, path) = file("m.csv", "Metric\tDate\tValue\nsubs\t2021-01\t5\nrate\t2021-01\t0.5\nsubs\t2021-02\t6\n");
    let found = info(&implicit(&path));
    assert_eq!(found.tidy, Some(vec!["subs".to_owned(), "rate".to_owned()]));
    assert_eq!(found.time.as_deref(), Some("Date"));
    assert_eq!(found.notes, ["`Date` is taken as the time of `m.csv`"]);
    assert_eq!(info(&declared(&path, "Date", None)).tidy, None);
}

#[test]
fn time_formats() {
    let (_dir, path) = file("m.csv", "when,n\n03/04/2021,1\n05/04/2021,2\n");
    let newest = |format| run(&declared(&path, "when", Some(format)), over(Measure::Extent)).newest;
    assert_eq!(newest("%d/%m/%Y"), Some(datetime(2021, 4, 5, 0, 0, 0, 0)));
    assert_eq!(newest("%m/%d/%Y"), Some(datetime(2021, 5, 4, 0, 0, 0, 0)));
    // date -u -d @1617235200 is 2021-04-01 00:00
    let (_dir, path) = file("e.csv", "ts,n\n1617235200,1\n");
    let epoch = run(&declared(&path, "ts", Some("%s")), over(Measure::Extent));
    assert_eq!(epoch.newest, Some(datetime(2021, 4, 1, 0, 0, 0, 0)));
    let (_dir, path) = file("y.csv", "year,n\n2020,1\n2021,2\n");
    let found = info(&implicit(&path));
    assert_eq!((found.time.as_deref(), found.columns["year"]), (Some("year"), ColumnType::Date));
}

#[test]
fn the_same_rows_in_every_format() {
    let csv = "date,region,n,ok\n2021-01-31,NA,1.5,true\n2021-02-28,,2,false\n2021-03-31,b,,true\n";
    let json = r#"{"date":"2021-01-31","region":"NA","n":1.5,"ok":true}
{"date":"2021-02-28","region":"","n":2,"ok":false,"deep":{"a":1}}

{"date":"2021-03-31","region":"b","n":null,"ok":true}
"#;
    let pack = |content: &str| {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(content.as_bytes()).unwrap();
        gz.finish().unwrap()
    };
    let tables = [
        file("m.csv", csv),
        file("m [*] 100%.csv.gz", pack(csv)),
        file("m.jsonl", json),
        file("m.ndjson.gz", pack(json)),
        file("m.parquet", parquet()),
    ];
    let requests = vec![
        over(Measure::Extent),
        over(Measure::Sum(col("n"))),
        Request { filter: Some(eq(col("region"), text("NA"))), ..over(Measure::Count) },
        Request { group: Some("region".into()), ..over(Measure::Last(col("n"))) },
        Request { filter: Some(col("ok")), window: Some(window("Q1 2021")), ..over(Measure::Count) },
    ];
    let first = run_all(&implicit(&tables[0].1), requests.clone()).unwrap();
    for (_dir, path) in &tables {
        let t = implicit(path);
        let found = info(&t);
        assert_eq!((found.rows, found.time.as_deref()), (3, Some("date")), "{path:?}");
        assert_eq!(found.columns["date"], ColumnType::Date, "{path:?}");
        assert_eq!(run_all(&t, requests.clone()).unwrap(), first, "{path:?}");
    }
    let Answer::One(sum) = &first[1] else { panic!() };
    assert_eq!((sum.value, sum.skipped), (Some(3.5), 1));
}

/// The same rows as a Parquet file, with a real date column.
fn parquet() -> Vec<u8> {
    use datafusion::arrow::array::*;
    use datafusion::parquet::arrow::ArrowWriter;
    use std::sync::Arc;
    let batch = RecordBatch::try_from_iter([
        // Days since 1970-01-01: 2021-01-31 is 18658.
        ("date", Arc::new(Date32Array::from(vec![18658, 18686, 18717])) as ArrayRef),
        ("region", Arc::new(StringArray::from(vec![Some("NA"), Some(""), Some("b")])) as ArrayRef),
        ("n", Arc::new(Float64Array::from(vec![1.5, 2.0, f64::NAN])) as ArrayRef),
        ("ok", Arc::new(BooleanArray::from(vec![true, false, true])) as ArrayRef),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn types_of_parquet() {
    use datafusion::arrow::array::types::Int32Type;
    use datafusion::arrow::array::*;
    use datafusion::parquet::arrow::ArrowWriter;
    use std::sync::Arc;
    // 2021-01-01T00:00Z is 1,609,459,200 seconds.
    let at = TimestampMillisecondArray::from(vec![Some(1_609_459_200_000), None]).with_timezone("UTC");
    let civil = TimestampNanosecondArray::from(vec![1_609_459_200_000_000_000, 1_609_545_600_000_000_000]);
    let region: DictionaryArray<Int32Type> = vec!["a", "b"].into_iter().collect();
    let price = Decimal128Array::from(vec![1250, 150]).with_precision_and_scale(10, 2).unwrap();
    let batch = RecordBatch::try_from_iter([
        ("at", Arc::new(at) as ArrayRef),
        ("civil", Arc::new(civil) as ArrayRef),
        ("region", Arc::new(region) as ArrayRef),
        ("price", Arc::new(price) as ArrayRef),
        ("count", Arc::new(Int64Array::from(vec![3, 4])) as ArrayRef),
        ("quarter", Arc::new(LargeStringArray::from(vec!["2021 Q1", "Q2 2021"])) as ArrayRef),
        ("epoch", Arc::new(Int64Array::from(vec![1_609_459_200, 1_609_545_600])) as ArrayRef),
        ("bytes", Arc::new(BinaryArray::from(vec![b"x".as_slice(), b"y"])) as ArrayRef),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let (_dir, path) = file("m.parquet", bytes);
    let found = info(&implicit(&path));
    use ColumnType::*;
    let types: Vec<_> = found.columns.values().copied().collect();
    assert_eq!(types, [Timestamp, Timestamp, Text, Number, Number, Date, Number, Unusable]);
    assert_eq!(found.time.as_deref(), Some("quarter"));
    let newest = |column: &str, format: Option<&str>, zone: &str| {
        let t = TableSource { timezone: zone.into(), ..declared(&path, column, format) };
        run(&t, over(Measure::Extent)).newest.unwrap()
    };
    assert_eq!(newest("at", None, "America/New_York"), datetime(2020, 12, 31, 19, 0, 0, 0));
    assert_eq!(newest("civil", None, "America/New_York"), datetime(2021, 1, 2, 0, 0, 0, 0));
    assert_eq!(newest("quarter", None, "UTC"), datetime(2021, 4, 1, 0, 0, 0, 0));
    assert_eq!(newest("epoch", Some("%s"), "UTC"), datetime(2021, 1, 2, 0, 0, 0, 0));
    let t = implicit(&path);
    let by = groups(&t, Request { group: Some("region".into()), ..over(Measure::Sum(col("price"))) });
    assert_eq!(values(&by), [("a", Some(12.5)), ("b", Some(1.5))]);
    let error = run_all(&t, vec![over(Measure::Distinct(col("bytes")))]).unwrap_err();
    assert!(matches!(error, DataError::UnusableColumn { .. }));
}

#[test]
fn the_same_answers_on_any_number_of_threads() {
    let mut csv = String::from("date,g,n\n");
    for i in 0..30_000 {
        csv.push_str(&format!("2021-{:02}-01,g{},{}.1\n", i % 12 + 1, i % 7, i));
    }
    let (_dir, path) = file("m.csv", csv);
    let requests: Vec<Request> = (1..=20)
        .map(|i| Request {
            filter: Some(op(RowOp::Greater, col("n"), num(f64::from(i) * 10.0))),
            group: Some("g".into()),
            ..over(Measure::Sum(col("n")))
        })
        .collect();
    let answers = |threads| {
        let mut engine = DataFusionEngine::new(Some(threads)).unwrap();
        engine.open(&implicit(&path)).unwrap();
        engine.run(&Query { table: "t".into(), excluded: vec![], requests: requests.clone() }).unwrap()
    };
    assert_eq!(answers(1), answers(3));
}

#[test]
fn instants_and_weeks_fall_where_the_plan_lives() {
    // 7 November 2021 in New York is 04:00Z to 05:00Z the day after, 25 hours; 05:30Z and 06:30Z are both half past one.
    let text = "at,x\n2021-11-07T03:59:00Z,1\n2021-11-07T05:30:00Z,2\n2021-11-07T06:30:00Z,4\n2021-11-08T04:59:00Z,8\n\
                2021-11-08T05:00:00Z,16\n";
    let (_dir, path) = file("m.csv", text);
    let t = TableSource { timezone: "America/New_York".into(), ..declared(&path, "at", None) };
    let day = Request { window: Some(window("2021-11-07")), ..over(Measure::Sum(col("x"))) };
    assert_eq!(run(&t, day).value, Some(14.0));
    // An hour and five hours by a stopwatch; by the clocks of New York two and four.
    let text = "at,end\n2021-03-14T06:30:00Z,2021-03-14T07:30:00Z\n2021-11-07T04:30:00Z,2021-11-07T09:30:00Z\n";
    let (_dir, path) = file("d.csv", text);
    let t = TableSource { timezone: "America/New_York".into(), ..declared(&path, "at", None) };
    let lasts = Row::Binary(RowOp::Subtract, Box::new(col("end")), Box::new(col("at")));
    assert_eq!(run(&t, over(Measure::Min(lasts.clone()))).value, Some(3600.0));
    assert_eq!(run(&t, over(Measure::Max(lasts))).value, Some(5.0 * 3600.0));
    let (_dir, path) = file("w.csv", "w,x\n2021-W05,1\n");
    let t = TableSource { week_start: jiff::civil::Weekday::Sunday, ..declared(&path, "w", None) };
    assert_eq!(run(&t, over(Measure::Extent)).newest, Some(datetime(2021, 1, 31, 0, 0, 0, 0)));
}
