//! Whole numbers that are names: order numbers of 17 digits, and such with zeros in front. Two of them never become one
//! without a word.
#![cfg(feature = "datafusion")]

use super::engine::*;
use datafusion::arrow::array::{ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch};
use milepost::query::*;
use std::sync::Arc;

const ORDERS: [i64; 4] =
    [20_210_101_000_000_001, 20_210_101_000_000_002, 20_210_101_000_000_003, 20_210_101_000_000_004];

fn csv() -> (tempfile::TempDir, TableSource) {
    let rows: String = ORDERS.iter().map(|n| format!("2021-01-01,{n}\n")).collect();
    let (folder, path) = file("orders.csv", format!("date,order\n{rows}"));
    (folder, declared(&path, "date", None))
}

#[test]
fn in_csv_they_are_texts() {
    let (_folder, source) = csv();
    assert_eq!(run(&source, over(Measure::Distinct(col("order")))).value, Some(4.0));
    let one = Request { filter: Some(eq(col("order"), text("20210101000000002"))), ..over(Measure::Count) };
    assert_eq!(run(&source, one).value, Some(1.0));
    let wrong = Request { filter: Some(eq(col("order"), num(20_210_101_000_000_002.0))), ..over(Measure::Count) };
    let error = run_all(&source, vec![wrong]).unwrap_err().to_string();
    let (_folder, path) = file("edge.csv", "date,n\n2021-01-01,9007199254740992\n2021-01-01,-9007199254740992\n");
    assert_eq!(run(&declared(&path, "date", None), over(Measure::Distinct(col("n")))).value, Some(2.0));
    let (_folder, path) = file("edge.csv", "date,n\n2021-01-01,9007199254740992\n2021-01-01,9007199254740993\n");
    assert_eq!(run(&declared(&path, "date", None), over(Measure::Distinct(col("n")))).value, Some(2.0));
    assert!(error.contains("can't be compared") && error.contains("holds `20210101000000001`"), "{error}");
}

/// 2⁵³ is the last that is told apart from its neighbours.
#[test]
fn elsewhere_they_must_be_stored_as_texts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.parquet");
    let write = |orders: &[i64]| {
        let day: ArrayRef = Arc::new(Date32Array::from_iter_values(orders.iter().map(|_| 18_628)));
        let order: ArrayRef = Arc::new(Int64Array::from_iter_values(orders.iter().copied()));
        super::sources::write_parquet(&path, &RecordBatch::try_from_iter([("date", day), ("order", order)]).unwrap());
        declared(&path, "date", None)
    };
    let different = || over(Measure::Distinct(col("order")));
    assert_eq!(run(&write(&[1 << 53, (1 << 53) - 1, -(1 << 53), 7]), different()).value, Some(4.0));
    let source = write(&ORDERS);
    let groups = Request { group: Some("order".into()), ..over(Measure::Count) };
    let equal = Request { filter: Some(eq(col("order"), num(20_210_101_000_000_002.0))), ..over(Measure::Count) };
    for request in [different(), groups, equal, over(Measure::Sum(col("order")))] {
        let error = run_all(&source, vec![request]).unwrap_err().to_string();
        assert!(error.contains("column `order`") && error.contains("20210101000000001"), "{error}");
        assert!(error.contains("beyond 9,007,199,254,740,992"), "{error}");
    }
    // What doesn't look at them isn't held up by them.
    assert_eq!(run(&source, over(Measure::Count)).value, Some(4.0));
}

#[test]
fn in_json_too() {
    let rows: String = ORDERS.iter().map(|n| format!("{{\"date\": \"2021-01-01\", \"order\": {n}}}\n")).collect();
    let (_folder, path) = file("orders.jsonl", rows);
    let source = declared(&path, "date", None);
    let error = run_all(&source, vec![over(Measure::Distinct(col("order")))]).unwrap_err().to_string();
    assert!(error.contains("line 1 holds `20210101000000001`"), "{error}");
    let (_folder, path) = file("orders.jsonl", "{\"date\": \"2021-01-01\", \"order\": 20210000000000000001}\n");
    let source = declared(&path, "date", None);
    assert!(run_all(&source, vec![over(Measure::Distinct(col("order")))]).is_err());
    let (_folder, path) = file("large.jsonl", "{\"date\": \"2021-01-01\", \"x\": 1e20}\n");
    assert_eq!(run(&declared(&path, "date", None), over(Measure::Sum(col("x")))).value, Some(1e20));
}

/// Where one file of a folder holds numbers with a fraction, the others' whole ones are made such.
#[test]
fn beside_others_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let day = || -> ArrayRef { Arc::new(Date32Array::from_iter_values([18_628; 4])) };
    let write = |name: &str, order: ArrayRef| {
        let batch = RecordBatch::try_from_iter([("date", day()), ("order", order)]).unwrap();
        super::sources::write_parquet(&folder.path().join(name), &batch);
    };
    write("a.parquet", Arc::new(Int64Array::from_iter_values(ORDERS)));
    write("b.parquet", Arc::new(Float64Array::from_iter([Some(1.0), None, Some(2.0), None])));
    let source = declared(folder.path(), "date", None);
    let error = run_all(&source, vec![over(Measure::Distinct(col("order")))]).unwrap_err().to_string();
    assert!(error.contains("a.parquet") && error.contains("row 1 holds `20210101000000001`"), "{error}");
    let large = [20_210_101_000_000_000_000_001i128, 2, 3, 4];
    let order = Decimal128Array::from_iter_values(large).with_precision_and_scale(38, 0).unwrap();
    write("a.parquet", Arc::new(order.clone()));
    write("b.parquet", Arc::new(order));
    let error = run_all(&source, vec![over(Measure::Distinct(col("order")))]).unwrap_err().to_string();
    assert!(error.contains("beyond 9,007,199,254,740,992"), "{error}");
}

#[test]
fn zeros_in_front_are_told() {
    let (_folder, path) = file("zips.csv", "date,zip\n2021-01-01,7\n2021-01-01,007\n2021-01-01,0.5\n2021-01-01,0\n");
    let found = info(&declared(&path, "date", None));
    let told: Vec<&String> = found.notes.iter().filter(|n| n.contains("zip")).collect();
    assert_eq!(told.len(), 1, "{:?}", found.notes);
    assert!(
        told[0].starts_with("column `zip` holds numbers, so that `007`") && told[0].ends_with("line 3) is 7"),
        "{told:?}"
    );
    let (_folder, path) = file("ids.csv", "date,id\n2021-01-01,7a\n2021-01-01,007\n");
    assert!(info(&declared(&path, "date", None)).notes.iter().all(|n| !n.contains("id")));
}
