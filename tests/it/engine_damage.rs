//! Damaged and unsuitable data: what each file's owner reads.
#![cfg(feature = "datafusion")]

use super::engine::*;
use milepost::diagnostic::Diagnostic;
use milepost::engine::datafusion::DataFusionEngine;
use milepost::engine::{DataError, Engine};
use milepost::query::*;
use std::fmt::Write as _;

fn say(out: &mut String, title: &str, error: &DataError) {
    let said = Diagnostic::of(error, Default::default());
    let help = said.help.expect("every error says what to do next");
    writeln!(out, "# {title}\n{}: {}\n  help: {help}\n", said.code, said.message).unwrap();
}

fn open_error(source: &TableSource) -> DataError {
    DataFusionEngine::new(Some(1)).unwrap().open(source).expect_err(&source.shown)
}

/// The messages name no folder of this machine.
fn shown(messages: String) -> String {
    assert!(!messages.contains("/tmp"), "{messages}");
    messages
}

#[test]
fn files_that_do_not_open() {
    let mut out = String::new();
    let cases: [(&str, &str, &[u8]); 21] = [
        ("an empty file", "m.csv", b""),
        ("only blank lines", "m.csv", b"\n\n  \n"),
        ("an unknown ending", "m.docx", b"PK"),
        ("no ending", "metrics", b"a,b\n1,2\n"),
        ("a row with a comma too many", "m.csv", b"date,campaign,n\n2021-01-01,a,1\n2021-01-02,Spring, second,2\n"),
        ("a row that is too short", "m.csv", b"date,campaign,n\n2021-01-01,a,1\n\nTotal\n"),
        (
            "the same after Windows line ends and a text over two lines",
            "m.csv",
            b"date,n\r\n\r\n2021-01-01,\"1\r\n2\"\r\nTotal\r\n",
        ),
        ("a row too long between semicolons", "m.csv", b"date;n\n2021-01-01;1\n2021-01-02;1;5\n"),
        ("Latin-1", "m.csv", b"date,city\n2021-01-01,Z\xfcrich\n"),
        ("Latin-1 in a name", "m.csv", b"date,Verk\xe4ufe\n2021-01-01,1\n"),
        ("two columns of one name", "m.csv", b"date,n,n\n2021-01-01,1,2\n"),
        ("a column without a name", "m.csv", b"date,n,\n2021-01-01,1,\n"),
        ("no header", "m.csv", b"2021-01-01,UCAN,5\n2021-01-02,UCAN,6\n"),
        ("an ambiguous date", "m.csv", b"date,n\n03/04/2021,1\n"),
        ("a date in another form", "m.csv", b"date,n\n31/12/2021,1\n"),
        ("a JSON list", "m.json", b"[{\"a\": 1}]\n"),
        ("broken JSON", "m.jsonl", b"{\"a\": 1}\n{\"a\": 2\n"),
        ("JSON that is not UTF-8", "m.jsonl", b"{\"a\": \"\xfc\"}\n"),
        ("gzip that is none", "m.csv.gz", b"date,n\n2021-01-01,1\n"),
        ("gzip that breaks off", "m.csv.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x49"),
        ("Parquet that is none", "m.parquet", b"date,n\n2021-01-01,1\n"),
    ];
    for (title, name, content) in cases {
        let (_dir, path) = file(name, content);
        say(&mut out, title, &open_error(&implicit(&path)));
    }
    let (dir, path) = file("m.csv", "date,when\n2021-01-01,tomorrow\n2021-01-02,\n");
    let missing = dir.path().join("n.csv");
    say(&mut out, "no such file", &open_error(&implicit(&missing)));
    let none = dir.path().join("none");
    std::fs::create_dir(&none).unwrap();
    say(&mut out, "an empty folder", &open_error(&TableSource { shown: "exports".into(), ..implicit(&none) }));
    let pattern = dir.path().join("2021-*.csv");
    say(&mut out, "a pattern", &open_error(&implicit(&pattern)));
    let web = TableSource { path: "ftp://x.org/m.csv".into(), shown: "ftp://x.org/m.csv".into(), ..implicit(&path) };
    say(&mut out, "an address", &open_error(&web));
    say(&mut out, "a sheet", &open_error(&TableSource { sheet: Some("Q1".into()), ..implicit(&path) }));
    say(&mut out, "a zone", &open_error(&TableSource { timezone: "Berlin".into(), ..implicit(&path) }));
    say(&mut out, "a declared time column that isn't there", &open_error(&declared(&path, "dates", None)));
    say(&mut out, "a declared time column with a word", &open_error(&declared(&path, "when", None)));
    say(&mut out, "a cell that misses the format", &open_error(&declared(&path, "date", Some("%d.%m.%Y"))));
    say(&mut out, "a format that is none", &open_error(&declared(&path, "date", Some("%!"))));
    let (_dir, path) = file("m.csv", "flag,n\ntrue,12\nfalse,13\n");
    say(&mut out, "truth values as times", &open_error(&declared(&path, "flag", None)));
    say(&mut out, "numbers as times", &open_error(&declared(&path, "n", None)));
    insta::assert_snapshot!(shown(out));
}

#[test]
fn expressions_that_do_not_fit() {
    let csv = "date,region,spend,campaign_id,ok\n2021-01-01,UCAN,12,916,true\n2021-01-02,EMEA,\"1,234\",917,false\n";
    let (_dir, path) = file("m.csv", csv);
    let json = "{\"id\": 1, \"tags\": [1], \"mixed\": 1}\n{\"id\": 2, \"tags\": [], \"mixed\": \"x\"}\n";
    let (_dir2, nested) = file("m.jsonl", json);
    let filter = |row: Row| Request { filter: Some(row), ..over(Measure::Count) };
    let period = || Row::Period(window("2021-01-01"));
    let cases: [(&str, Request); 14] = [
        ("a text summed", over(Measure::Sum(col("spend")))),
        ("a misspelt column", over(Measure::Sum(col("Spends")))),
        ("a column that is nothing like any", over(Measure::Sum(col("visitors")))),
        ("a group that isn't there", Request { group: Some("regions".into()), ..over(Measure::Count) }),
        ("a number beside a text", filter(eq(col("campaign_id"), text("916")))),
        ("a text beside a number", filter(op(RowOp::Greater, col("spend"), num(5.0)))),
        ("a text beside a date", filter(op(RowOp::Less, col("region"), period()))),
        ("a date beside a text", filter(eq(col("date"), text("2021-01-01")))),
        ("a column as a condition", filter(col("region"))),
        ("a condition summed", over(Measure::Sum(col("ok")))),
        ("a time summed", over(Measure::Avg(col("date")))),
        ("text multiplied", over(Measure::Sum(op(RowOp::Multiply, col("campaign_id"), col("region"))))),
        ("lower of a number", filter(eq(Row::Call(RowFunction::Lower, vec![col("campaign_id")]), text("a")))),
        ("too many values", over(Measure::Sum(Row::Call(RowFunction::Abs, vec![num(1.0), num(2.0)])))),
    ];
    let mut out = String::new();
    for (title, request) in cases {
        say(&mut out, title, &run_all(&implicit(&path), vec![request]).expect_err(title));
    }
    for column in ["tags", "mixed"] {
        let error = run_all(&implicit(&nested), vec![over(Measure::Sum(col(column)))]).unwrap_err();
        say(&mut out, column, &error);
    }
    let mut engine = DataFusionEngine::new(Some(1)).unwrap();
    let query = Query { table: "t".into(), excluded: vec![], requests: vec![] };
    say(&mut out, "a table that was not opened", &engine.run(&query).unwrap_err());
    insta::assert_snapshot!(out);
}

#[test]
fn any_bytes_open_or_say_why() {
    // A few files cut off at every byte: an error or a table, and never a panic.
    let files: [(&str, &[u8]); 3] = [
        ("m.csv", b"date,\"a \"\"b\"\"\",n\n2021-01-01,\"x\ny\",1\n2021-01-02,\xc3\xa9,2\n"),
        ("m.jsonl", b"{\"date\": \"2021-01-01\", \"n\": 1}\n{\"date\": \"2021-01-02\", \"n\": null}\n"),
        ("m.parquet", b"PAR1\x15\x00\x00\x00PAR1"),
    ];
    for (name, bytes) in files {
        for end in 0..=bytes.len() {
            let (_dir, path) = file(name, &bytes[..end]);
            let source = implicit(&path);
            let mut engine = DataFusionEngine::new(Some(1)).unwrap();
            if engine.open(&source).is_ok() {
                let query = Query { table: "t".into(), excluded: vec![], requests: vec![over(Measure::Extent)] };
                engine.run(&query).unwrap();
            }
        }
    }
}
