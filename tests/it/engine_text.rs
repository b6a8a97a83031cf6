//! What a CSV's quotes and line ends make of its rows, and which files a folder stands for: no row is lost, none counts
//! twice, in silence.
#![cfg(feature = "datafusion")]

use super::engine::*;
use milepost::diagnostic::Diagnostic;
use milepost::engine::Engine as _;
use milepost::engine::datafusion::DataFusionEngine;
use milepost::query::*;

/// Code and message of the error that opening the file gives.
fn told(name: &str, content: &str) -> String {
    let (_dir, path) = file(name, content);
    let error = DataFusionEngine::new(Some(1)).unwrap().open(&implicit(&path)).expect_err(content);
    let said = Diagnostic::of(&error, Default::default());
    assert!(said.help.is_some());
    format!("{} {}", said.code, said.message)
}

/// Rows, the sum of `n`, and the notes but that on the column of times.
fn taken(content: &str) -> (u64, Option<f64>, Vec<String>) {
    let (_dir, path) = file("m.csv", content);
    let found = info(&implicit(&path));
    let notes = found.notes.into_iter().filter(|n| !n.ends_with("is taken as the time of `m.csv`")).collect();
    (found.rows, run(&implicit(&path), over(Measure::Sum(col("n")))).value, notes)
}

#[test]
fn quotes_that_are_never_closed() {
    let unclosed = |line: u64, column: &str| {
        format!(
            "D020 `m.csv` line {line}, column `{column}`: a double quote opens here and is never closed, so that all that follows would be part of this cell"
        )
    };
    let head = "date,n,note\n2021-01-01,1,ok\n";
    assert_eq!(
        told("m.csv", &format!("{head}2021-02-01,2,\"5 inch\n2021-03-01,3,ok\n2021-04-01,4,ok\n")),
        unclosed(3, "note")
    );
    // In the last line, with and without its end; in the first; in the middle of a row.
    assert_eq!(told("m.csv", &format!("{head}2021-02-01,2,\"5 inch\n")), unclosed(3, "note"));
    assert_eq!(told("m.csv", &format!("{head}2021-02-01,2,\"5 inch")), unclosed(3, "note"));
    assert_eq!(told("m.csv", &format!("{head}2021-02-01,2,\"")), unclosed(3, "note"));
    assert_eq!(told("m.csv", "date,n,\"note\n2021-01-01,1,ok\n"), unclosed(1, "3"));
    assert_eq!(told("m.csv", &format!("{head}2021-02-01,\"2,ok\n2021-03-01,3,ok\n")), unclosed(3, "n"));
    // Behind a text over two lines and blank lines, with either end of lines, and quotes that are part of the text.
    let text = "date,n,note\n\n2021-01-01,1,\"one\n\"\"two\"\"\"\n\n2021-02-01,2,\"a \"\"5 inch\n2021-03-01,3,ok\n";
    assert_eq!(told("m.csv", text), unclosed(6, "note"));
    assert_eq!(told("m.csv", &text.replace('\n', "\r\n")), unclosed(6, "note"));
    assert_eq!(told("m.csv", "n;note\n1;\"a\nb\"\n2;\"c\n"), unclosed(4, "note"));
    // One that is closed where the file ends is none.
    for end in ["", "\n", "\r\n", "\n\n"] {
        let content = format!("date,n,note\n2021-01-01,1,\"two\nlines\"\n2021-02-01,2,\"ok\"{end}");
        assert_eq!(taken(&content), (2, Some(3.0), Vec::new()), "{end:?}");
    }
    // Nor is one within a text that no quote opens.
    assert_eq!(taken("date,n,note\n2021-01-01,1,5\" screen\n2021-02-01,2,6\"\n"), (2, Some(3.0), Vec::new()));
}

#[test]
fn files_without_rows_or_ends() {
    assert_eq!(taken("date,n"), (0, Some(0.0), vec!["`m.csv` has no rows".to_owned()]));
    assert_eq!(taken("n\n1\n2"), (2, Some(3.0), Vec::new()));
    assert_eq!(taken("n\r\n1\r\n2"), (2, Some(3.0), Vec::new()));
    // A ragged last row without an end is told by its line.
    assert!(
        told("m.csv", "a,b\r\n1,2\r\n3").starts_with("D004 `m.csv` line 3"),
        "{}",
        told("m.csv", "a,b\r\n1,2\r\n3")
    );
    assert!(told("m.csv", "a,b\n1,2\n3").starts_with("D004 `m.csv` line 3"));
    // More blank lines than are looked at to find the separator, and nothing behind them.
    assert!(told("m.csv", &"\n".repeat(70_000)).starts_with("D003 "));
    // What marks the end within Milepost is no text.
    let (_dir, path) = file("m.csv", b"a,b\n1,2\n\xFF\xFEend\xFF\n3,4\n");
    assert!(DataFusionEngine::new(Some(1)).unwrap().open(&implicit(&path)).is_err());
}

#[test]
fn quotes_that_are_closed_rows_later() {
    let swallowed = |line: u64, column: &str, row: u64| {
        format!(
            "D020 `m.csv` line {line}, column `{column}`: the text that a double quote opens here goes on beyond its line, and line {row} in it reads like a row of the table"
        )
    };
    let head = "date,n,note\n2021-01-01,1,ok\n";
    let rows = "2021-02-01,2,\"5 inch\n2021-03-01,3,ok\n";
    assert_eq!(
        told("m.csv", &format!("{head}{rows}2021-04-01,4,6 inch\"\n2021-05-01,5,ok\n")),
        swallowed(3, "note", 4)
    );
    // Closed by one that was to open a text, and by one that was to be its end.
    assert_eq!(told("m.csv", &format!("{head}{rows}2021-04-01,4,\"6 inch\n")), swallowed(3, "note", 4));
    assert_eq!(told("m.csv", &format!("{head}2021-02-01,2,\"5 inch\n2021-03-01,3,\"ok\"\n")), swallowed(3, "note", 4));
    let windows = format!("{head}{rows}2021-04-01,4,6 inch\"\n").replace('\n', "\r\n");
    assert_eq!(told("m.csv", &windows), swallowed(3, "note", 4));
    // In a column that isn't the last one, whose last line goes on behind the quote; among rows without a value.
    let middle = "date,note,n\n2021-01-01,ok,1\n2021-02-01,\"5 inch,2\n2021-03-01,6 inch\",3\n";
    assert_eq!(told("m.csv", middle), swallowed(3, "note", 4));
    assert_eq!(
        told("m.csv", &format!("{head}2021-02-01,2,\"5\n2021-03-01,,ok\n2021-04-01,,6\"\n")),
        swallowed(3, "note", 4)
    );
    // In the line of names.
    let first = "date,n,\"note\n2021-01-01,1,5\"\n2021-02-01,2,ok\n";
    assert_eq!(told("m.csv", first), swallowed(1, "note", 2));
}

#[test]
fn texts_over_several_lines() {
    let letter =
        "\"Dear all,\n\nthank you, and see you\non Monday, 5, or so\n2021-03-01, 3, was a day\nAnn, Bob, Eve\"";
    let content = format!("date,n,note\n2021-01-01,1,{letter}\n2021-02-01,2,{letter}\n");
    assert_eq!(taken(&content), (2, Some(3.0), Vec::new()));
    // Numbered lines could be rows, and mostly aren't.
    let list = "n,note\n1,\"buy:\n1,milk\n2,eggs\"\n2,ok\n";
    let note = "line 3 of `m.csv` is part of a text that a double quote opens on line 2, column `note`, and could be a row: if that quote isn't meant to open a text, rows are missing";
    assert_eq!(taken(list), (2, Some(3.0), vec![note.to_owned()]));
    // What stands behind the text, or before it, is no part of it.
    for ordinary in [
        "comment,date,n\n\"Great product!\nWould buy again\",2021-01-01,1\n\"ok\",2021-02-01,2\n",
        "comment,date,n\r\n\"Great product!\r\nWould buy again\",2021-01-01,1\r\n\"ok\",2021-02-01,2\r\n",
        "sku,note,date,n\nA1,\"first\nred,blue\",2021-01-01,1\nA2,ok,2021-02-01,2\n",
        "id,note,n,date\n1,\"first\n,blue\",1,2021-01-01\n2,ok,2,2021-02-01\n",
        "name,n\n\"a\nb\",1\nc,2\n",
        "note,who,n\n\"a\nb\",\"x\ny\",1\nc,z,2\n",
    ] {
        assert_eq!(taken(ordinary), (2, Some(3.0), Vec::new()), "{ordinary}");
    }
    // One column holds no rows within.
    let (_dir, path) = file("m.csv", "n\n\"1\n2\"\n");
    assert_eq!((info(&implicit(&path)).rows, info(&implicit(&path)).notes), (1, Vec::new()));
}

#[test]
fn formats_that_lose_something() {
    let open = |content: &str, format: &str| {
        let (_dir, path) = file("m.csv", content);
        let opened = DataFusionEngine::new(Some(1)).unwrap().open(&declared(&path, "at", Some(format)));
        opened.map(|_| ()).map_err(|e| Diagnostic::of(&e, Default::default()).code.to_owned())
    };
    let rows = |cell: &str| format!("at,n\n05/12/2020 10:00,1\n{cell},1000\n02/01/2022 10:00,1\n");
    assert_eq!(open(&rows("05/06/2021 10:00"), "%d/%m/%Y %H:%M"), Ok(()));
    assert_eq!(open(&rows("05/06/21 10:00"), "%d/%m/%Y %H:%M"), Err("D008".into()));
    assert_eq!(open(&rows("05/06/2021 10:00"), "%d/%m/%Y %I:%M"), Err("D009".into()));
    assert_eq!(open("at,n\n2021-01-01T05:00:00+09,1\n", "%Y-W%V"), Err("D009".into()));
    let (_dir, path) = file("m.csv", "at,n\n2020-12-05T10:00:00+0900,1\n2021-01-01T05:00:00U09,1000\n");
    let error = DataFusionEngine::new(Some(1)).unwrap().open(&declared(&path, "at", None)).expect_err("U09");
    assert_eq!(Diagnostic::of(&error, Default::default()).code, "D008");
}

#[cfg(unix)]
mod links {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    /// Two files of a row each.
    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, n) in [("a", 1), ("b", 2)] {
            fs::write(dir.path().join(format!("{name}.csv")), format!("date,n\n2021-0{n}-01,{n}\n")).unwrap();
        }
        dir
    }

    fn source(path: &Path) -> TableSource {
        TableSource { shown: "f".into(), ..declared(path, "date", None) }
    }

    fn sum(source: &TableSource) -> Option<f64> {
        run(source, over(Measure::Sum(col("n")))).value
    }

    #[test]
    fn beside_their_target() {
        let dir = folder();
        assert_eq!((sum(&source(dir.path())), info(&source(dir.path())).notes), (Some(3.0), Vec::new()));
        symlink("b.csv", dir.path().join("latest.csv")).unwrap();
        let note = "`f/latest.csv` is a link to `f/b.csv`, whose rows count once";
        assert_eq!(sum(&source(dir.path())), Some(3.0));
        assert_eq!(info(&source(dir.path())).notes, [note]);
        // The file itself is kept, wherever it stands in the order.
        symlink("b.csv", dir.path().join("1.csv")).unwrap();
        let found = info(&source(dir.path()));
        assert_eq!((found.rows, sum(&source(dir.path()))), (2, Some(3.0)));
        let more = "`f/1.csv` is a link to `f/b.csv`, and there are 1 more: the rows of each file count once";
        assert_eq!(found.notes, [more]);
        let pattern = TableSource { shown: "f/*.csv".into(), ..source(&dir.path().join("*.csv")) };
        assert_eq!((sum(&pattern), info(&pattern).notes), (Some(3.0), vec![more.to_owned()]));
        // By itself, a link is a file as any other.
        assert_eq!(sum(&source(&dir.path().join("latest.csv"))), Some(2.0));
        let ones = TableSource { shown: "f/1*.csv".into(), ..source(&dir.path().join("1*.csv")) };
        assert_eq!((sum(&ones), info(&ones).notes), (Some(2.0), Vec::new()));
    }

    #[test]
    fn to_folders() {
        let dir = folder();
        let inner = dir.path().join("2021");
        fs::create_dir(&inner).unwrap();
        fs::rename(dir.path().join("b.csv"), inner.join("b.csv")).unwrap();
        symlink("2021", dir.path().join("0-latest")).unwrap();
        let found = info(&source(dir.path()));
        assert_eq!((found.rows, sum(&source(dir.path()))), (2, Some(3.0)));
        assert_eq!(found.notes, ["`f/0-latest/b.csv` is a link to `f/2021/b.csv`, whose rows count once"]);
    }

    #[test]
    fn whose_folders_say_otherwise() {
        let dir = folder();
        for year in ["year=2020", "year=2021"] {
            fs::create_dir(dir.path().join(year)).unwrap();
        }
        fs::remove_file(dir.path().join("a.csv")).unwrap();
        fs::rename(dir.path().join("b.csv"), dir.path().join("year=2021/b.csv")).unwrap();
        symlink("../year=2021/b.csv", dir.path().join("year=2020/b.csv")).unwrap();
        let error = DataFusionEngine::new(Some(1)).unwrap().open(&source(dir.path())).expect_err("two years");
        assert_eq!(
            error.to_string(),
            "`f/year=2020/b.csv` is a link to `f/year=2021/b.csv`, and the names of their folders say different things of the same rows"
        );
    }

    #[test]
    fn folders_that_lie_too_deep() {
        let dir = folder();
        let mut deep = dir.path().to_owned();
        (0..62).for_each(|_| deep.push("d"));
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("c.csv"), "date,n\n2021-03-01,4\n").unwrap();
        assert_eq!(sum(&source(dir.path())), Some(7.0));
        deep.push("d/d");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("d.csv"), "date,n\n2021-03-01,8\n").unwrap();
        let error = DataFusionEngine::new(Some(1)).unwrap().open(&source(dir.path())).expect_err("too deep");
        assert!(error.to_string().contains("more than 64 folders deep"), "{error}");
        // A circle isn't deep.
        fs::remove_dir_all(dir.path().join("d")).unwrap();
        symlink(".", dir.path().join("d")).unwrap();
        assert_eq!(sum(&source(dir.path())), Some(3.0));
    }
}
