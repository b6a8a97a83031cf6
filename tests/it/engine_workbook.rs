//! Workbooks: a file of openpyxl and the same as LibreOffice writes it (`tests/corpus/evaluated/workbook/make.py`).
#![cfg(feature = "datafusion")]

use super::engine::*;
use milepost::diagnostic::Diagnostic;
use milepost::engine::{DataError, Engine as _};
use milepost::query::*;
use milepost::source::FileId;
use std::path::{Path, PathBuf};

fn book(ending: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/corpus/evaluated/workbook/posts.{ending}"))
}

fn sheet(ending: &str, sheet: &str) -> TableSource {
    TableSource { sheet: Some(sheet.to_owned()), ..implicit(&book(ending)) }
}

#[test]
fn cells_are_what_the_workbook_stores() {
    for ending in ["xlsx", "ods"] {
        let table = sheet(ending, "Posts 2021");
        let found = info(&table);
        let types: Vec<_> = found.columns.iter().map(|(n, t)| (n.as_str(), *t)).collect();
        // LibreOffice has worked the formula out; of a column of true and false it writes 1 and 0 where the cells came from Excel.
        let (paid, doubled) = match ending {
            "ods" => (ColumnType::Number, ColumnType::Number),
            _ => (ColumnType::Truth, ColumnType::Empty),
        };
        assert_eq!(
            types,
            [
                ("date", ColumnType::Date),
                ("network", ColumnType::Text),
                ("likes", ColumnType::Number),
                ("paid", paid),
                ("posted", ColumnType::Timestamp),
                // Text in one row, a number in another.
                ("note", ColumnType::Mixed),
                ("score", ColumnType::Number),
                ("doubled", doubled),
            ]
        );
        // The row between, without any cell, is none.
        assert_eq!((found.rows, found.time.as_deref()), (3, Some("date")), "{ending}");
        assert_eq!(run(&table, over(Measure::Sum(col("likes")))).value, Some(17.5));
        assert_eq!(run(&table, over(Measure::Sum(col("likes")))).skipped, 1);
        let extent = run(&table, over(Measure::Extent));
        assert_eq!(extent.newest, Some("2021-01-09T00:00".parse().unwrap()));
        let late = over(Measure::Max(Row::Call(RowFunction::Day, vec![col("posted")])));
        assert_eq!(run(&table, late).value, Some(5.0));
        assert_eq!(
            run(&table, Request { filter: Some(eq(col("note"), text("12"))), ..over(Measure::Count) }).value,
            Some(1.0)
        );
    }
}

#[test]
fn what_is_assumed_of_a_workbook_is_said() {
    let notes = |ending: &str, asked: Option<&str>| {
        info(&TableSource { sheet: asked.map(str::to_owned), ..implicit(&book(ending)) }).notes.join("\n")
    };
    let first = notes("xlsx", None);
    assert!(
        first.contains("the sheet \"Posts 2021\" of `posts.xlsx` is read") && first.contains("\"Costs\""),
        "{first}"
    );
    assert!(first.contains("1 formula of the sheet") && first.contains("no stored result"), "{first}");
    assert!(!notes("ods", Some("Posts 2021")).contains("formulas"));
    // Years and months as texts are times where the column is declared so.
    let costs = TableSource { sheet: Some("Costs".into()), ..declared(&book("xlsx"), "month", None) };
    let january = Request { window: Some(window("Q1 2021")), ..over(Measure::Sum(col("cost"))) };
    assert_eq!(run(&costs, january).value, Some(140.0));
}

#[test]
fn what_a_workbook_cannot_give_is_an_error() {
    let mut engine = milepost::engine::datafusion::DataFusionEngine::new(Some(1)).unwrap();
    let error = engine.open(&sheet("xlsx", "Post 2021")).unwrap_err();
    let shown = format!("{:?}", Diagnostic::of(&error, FileId(0)));
    assert!(shown.contains("D018") && shown.contains("\\\"Posts 2021\\\", \\\"Costs\\\""), "{shown}");
    let (_dir, csv) = file("m.csv", "a\n1\n");
    let error = engine.open(&TableSource { sheet: Some("S".into()), ..implicit(&csv) }).unwrap_err();
    assert!(matches!(error, DataError::Sheet { .. }), "{error}");
    let (_dir, broken) = file("m.xlsx", "a,b\n1,2\n");
    let error = engine.open(&implicit(&broken)).unwrap_err();
    assert!(matches!(error, DataError::Unfit { .. }), "{error}");
    // A column with errors is there, and can't be used.
    let costs = sheet("xlsx", "Costs");
    engine.open(&costs).unwrap();
    let query = Query { table: "t".into(), excluded: vec![], requests: vec![over(Measure::Sum(col("left out")))] };
    let error = engine.run(&query).unwrap_err();
    assert!(matches!(error, DataError::UnusableColumn { .. }), "{error}");
}
