//! One table from every kind of source comes to the same figures. Files of `sources/` are written by other programs
//! (`sources/make.py`, which prints what pandas 3.1 makes of them); folders and packed files are made here.
#![cfg(feature = "datafusion")]

use super::engine::*;
use datafusion::arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use datafusion::arrow::ipc::writer::FileWriter;
use datafusion::parquet::arrow::ArrowWriter;
use milepost::diagnostic::Diagnostic;
use milepost::engine::Engine as _;
use milepost::engine::datafusion::DataFusionEngine;
use milepost::query::*;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file of `sources/`.
pub fn made(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/sources").join(name)
}

/// The table as pandas wrote it, a row a line.
pub fn lines() -> Vec<String> {
    let mut text = String::new();
    let file = std::fs::File::open(made("posts.csv.gz")).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// A row's date, region, likes, author and note.
fn cells(line: &str) -> [&str; 5] {
    let cells: Vec<&str> = line.splitn(5, ',').collect();
    cells.try_into().unwrap()
}

/// Some rows as an Arrow batch.
pub fn batch(lines: &[String]) -> RecordBatch {
    let rows: Vec<[&str; 5]> = lines.iter().map(|l| cells(l)).collect();
    let day = |text: &str| text.parse::<jiff::civil::Date>().unwrap().duration_since("1970-01-01".parse().unwrap());
    let note = |text: &str| Some(text.trim_matches('"').replace("\"\"", "\"")).filter(|t| !t.is_empty());
    let texts = |at: usize| Arc::new(rows.iter().map(|r| Some(r[at])).collect::<StringArray>()) as ArrayRef;
    RecordBatch::try_from_iter([
        (
            "date",
            Arc::new(rows.iter().map(|r| Some((day(r[0]).as_hours() / 24) as i32)).collect::<Date32Array>())
                as ArrayRef,
        ),
        ("region", texts(1)),
        ("likes", Arc::new(rows.iter().map(|r| r[2].parse::<f64>().unwrap()).collect::<Float64Array>())),
        ("author", texts(3)),
        ("note", Arc::new(rows.iter().map(|r| note(r[4])).collect::<StringArray>())),
    ])
    .unwrap()
}

pub fn write_parquet(path: &Path, batch: &RecordBatch) {
    let mut writer = ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

pub fn write_arrow(path: &Path, batch: &RecordBatch) {
    let mut writer = FileWriter::try_new(std::fs::File::create(path).unwrap(), &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 0).unwrap()
}

/// The rows of each month, under a line of names.
fn months() -> Vec<(String, Vec<String>)> {
    let all = lines();
    let month = |m: u32| format!("2021-{m:02}");
    (1..=8).map(|m| (month(m), all[1..].iter().filter(|l| l.starts_with(&month(m))).cloned().collect())).collect()
}

/// Folders of files, each with the whole table, and what names them.
fn folders(root: &Path) -> Vec<PathBuf> {
    let dir = |path: &str| {
        std::fs::create_dir_all(root.join(path)).unwrap();
        root.join(path)
    };
    let (flat, by_region, parts) = (dir("flat"), dir("hive"), dir("parts/late"));
    for (i, (month, rows)) in months().into_iter().enumerate() {
        // Every other file has its columns in another order and between semicolons.
        let text = match i % 2 {
            0 => format!("date,region,likes,author,note\n{}\n", rows.join("\n")),
            _ => {
                let turned = rows.iter().map(|l| {
                    let [date, region, likes, author, note] = cells(l);
                    format!("{note};{author};{likes};{date};{region}")
                });
                format!("note;author;likes;date;region\n{}\n", turned.collect::<Vec<_>>().join("\n"))
            }
        };
        match i % 3 {
            0 => std::fs::write(flat.join(format!("{month}.csv")), text).unwrap(),
            1 => std::fs::write(flat.join(format!("{month}.csv.gz")), gzip(text.as_bytes())).unwrap(),
            _ => std::fs::write(flat.join(format!("{month}.csv.zst")), zstd(text.as_bytes())).unwrap(),
        }
        let folder = if i < 4 { parts.parent().unwrap() } else { &parts };
        write_arrow(&folder.join(format!("{month}.arrow")), &batch(&rows));
        for region in ["EMEA", "UCAN", "LATAM"] {
            let folder = by_region.join(format!("region={region}/month={}", i + 1));
            std::fs::create_dir_all(&folder).unwrap();
            let own: Vec<String> = rows.iter().filter(|l| cells(l)[1] == region).cloned().collect();
            write_parquet(&folder.join("part-0.parquet"), &batch(&own).project(&[0, 2, 3, 4]).unwrap());
        }
    }
    for name in ["_SUCCESS", ".part.crc", "hive/_SUCCESS", "flat/.hidden.csv"] {
        std::fs::write(root.join(name), "not data").unwrap();
    }
    std::fs::create_dir(root.join("flat/_tmp")).unwrap();
    std::fs::write(root.join("flat/_tmp/x.csv"), "a\n1\n").unwrap();
    vec![
        flat,
        root.join("flat/2021-*"),
        by_region,
        root.join("hive/region=*"),
        root.join("**/*.parquet"),
        root.join("parts/**/*.arrow"),
    ]
}

/// Every source of the table.
fn sources(root: &Path) -> Vec<TableSource> {
    let names = ["csv.gz", "csv.zst", "jsonl.zst", "parquet", "feather", "sqlite", "xlsx", "ods"];
    let mut all: Vec<TableSource> =
        names.iter().map(|n| declared(&made(&format!("posts.{n}")), "date", None)).collect();
    for source in all.iter_mut().filter(|s| s.path.ends_with("sqlite")) {
        source.sheet = Some("posts".into());
    }
    all.extend(folders(root).iter().map(|path| declared(path, "date", None)));
    all
}

#[test]
fn the_same_table_from_every_source() {
    let dir = tempfile::tempdir().unwrap();
    let in_q2 = |measure: Measure| Request { window: Some(window("Q2 2021")), ..over(measure) };
    let noted = Row::Not(Box::new(Row::IsMissing(Box::new(col("note")))));
    let requests = vec![
        in_q2(Measure::Sum(col("likes"))),
        Request { filter: Some(eq(col("region"), text("EMEA"))), ..in_q2(Measure::Sum(col("likes"))) },
        in_q2(Measure::Distinct(col("author"))),
        in_q2(Measure::Median(col("likes"))),
        Request { filter: Some(noted), ..in_q2(Measure::Count) },
        over(Measure::Last(col("likes"))),
    ];
    for source in sources(dir.path()) {
        let found = info(&source);
        let name = &source.path;
        assert_eq!(found.rows, 240, "{name}");
        let type_of = |column: &str| found.columns.get(column).copied();
        assert_eq!(type_of("date"), Some(ColumnType::Date), "{name}");
        assert_eq!(type_of("likes"), Some(ColumnType::Number), "{name}");
        assert_eq!(type_of("region"), Some(ColumnType::Text), "{name}");
        let values: Vec<Option<f64>> = run_all(&source, requests.clone())
            .unwrap()
            .into_iter()
            .map(|a| if let Answer::One(cell) = a { cell.value } else { panic!("no group was asked for") })
            .collect();
        // sources/make.py: q2.likes.sum(), the same where region is EMEA, q2.author.nunique(), q2.likes.median(),
        // q2.note.count(), the likes of the last date
        let expected = [4624.25, 1639.25, 9.0, 50.0, 78.0, 56.75];
        assert_eq!(values, expected.map(Some), "{name}");
    }
}

#[test]
fn folders_say_something() {
    let dir = tempfile::tempdir().unwrap();
    folders(dir.path());
    let hive = declared(&dir.path().join("hive"), "date", None);
    let found = info(&hive);
    let names: Vec<(&str, ColumnType)> = found.columns.iter().map(|(n, t)| (n.as_str(), *t)).collect();
    let (number, words) = (ColumnType::Number, ColumnType::Text);
    let file = [("date", ColumnType::Date), ("likes", number), ("author", words), ("note", words)];
    assert_eq!(names, [&file[..], &[("region", words), ("month", number)]].concat());
    // Of the 240 days from 2021-01-01, each third one is of a region: 80; May has 31 days, of which those with
    // (day of the year − 1) mod 3 = 0, 121, 124 … 148 less 1, are of EMEA: i = 120, 123, … 150: 11.
    let by_region = groups(&hive, Request { group: Some("region".into()), ..over(Measure::Count) });
    assert_eq!(values(&by_region), [("EMEA", Some(80.0)), ("LATAM", Some(80.0)), ("UCAN", Some(80.0))]);
    let may = op(RowOp::And, eq(col("month"), num(5.0)), eq(col("region"), text("EMEA")));
    assert_eq!(run(&hive, Request { filter: Some(may), ..over(Measure::Count) }).value, Some(11.0));
    // Only the folders of a year, written into the path.
    let one = declared(&dir.path().join("hive/region=UCAN"), "date", None);
    assert_eq!(run(&one, over(Measure::Count)).value, Some(80.0));
}

#[test]
fn types_are_those_of_all_files_together() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("a.csv", "date,code,n,empty\n2021-01-01,12,1,\n");
    write("b.csv", "n,empty,code,date\n2.5,,A7,2021-01-02\n");
    write("c.csv", "date,code,n,empty\n");
    let table = declared(dir.path(), "date", None);
    let found = info(&table);
    let types: Vec<ColumnType> = found.columns.values().copied().collect();
    assert_eq!(types, [ColumnType::Date, ColumnType::Text, ColumnType::Number, ColumnType::Empty]);
    assert_eq!(run(&table, over(Measure::Sum(col("n")))).value, Some(3.5));
    assert_eq!(
        run(&table, Request { filter: Some(eq(col("code"), text("12"))), ..over(Measure::Count) }).value,
        Some(1.0)
    );
    // Rows are numbered through the files in the order of their paths.
    let worst = Measure::Rows { value: col("n"), label: None, worst_first: true, limit: 2 };
    let keys: Vec<String> = run(&table, over(worst)).rows_listed.into_iter().map(|r| r.key).collect();
    assert_eq!(keys, ["row 2", "row 1"]);
    // The hash is that of names and hashes; another name is another table.
    let before = found.blake3;
    std::fs::rename(dir.path().join("c.csv"), dir.path().join("d.csv")).unwrap();
    assert!(before.is_some() && info(&table).blake3 != before);
}

#[test]
fn whole_numbers_and_decimals_go_together() {
    use datafusion::arrow::array::{Int32Array, Int64Array};
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, n: ArrayRef, year: ArrayRef| {
        write_parquet(&dir.path().join(name), &RecordBatch::try_from_iter([("year", year), ("n", n)]).unwrap());
    };
    let years = |y: i64| Arc::new(Int64Array::from(vec![y, y])) as ArrayRef;
    write("a.parquet", Arc::new(Int32Array::from(vec![1, 2])), years(2020));
    write("b.parquet", Arc::new(Float64Array::from(vec![0.5, 0.25])), Arc::new(Int32Array::from(vec![2021, 2021])));
    write("c.parquet", Arc::new(datafusion::arrow::array::NullArray::new(2)), years(2022));
    let table = declared(dir.path(), "year", None);
    assert_eq!(run(&table, over(Measure::Sum(col("n")))).value, Some(3.75));
    let extent = run(&table, over(Measure::Extent));
    assert_eq!(extent.newest, Some("2022-01-01T00:00".parse().unwrap()));
    assert_eq!(extent.rows, 6);
}

#[test]
fn json_objects_may_leave_keys_out() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.jsonl"), "{\"n\": 1, \"region\": \"EMEA\"}\n{\"n\": 2}\n").unwrap();
    std::fs::write(dir.path().join("b.jsonl"), "{\"n\": 4, \"extra\": true}\n").unwrap();
    let table = TableSource { implicit: false, ..implicit(dir.path()) };
    let found = info(&TableSource { shown: "posts".into(), ..table.clone() });
    assert_eq!(
        found.notes,
        [
            "`region` is in no row of `posts/b.jsonl`, and counts as missing there",
            "`extra` is in no row of `posts/a.jsonl`, and counts as missing there"
        ]
    );
    assert_eq!(run(&table, over(Measure::Sum(col("n")))).value, Some(7.0));
    let missing = Request { filter: Some(Row::IsMissing(Box::new(col("region")))), ..over(Measure::Count) };
    assert_eq!(run(&table, missing).value, Some(2.0));
}

#[cfg(feature = "sqlite")]
#[test]
fn a_database_file_is_read_as_it_stands() {
    let table = |sheet: Option<&str>| TableSource {
        sheet: sheet.map(str::to_owned),
        ..declared(&made("posts.sqlite"), "date", None)
    };
    let mut engine = DataFusionEngine::new(Some(1)).unwrap();
    let error = Diagnostic::of(&engine.open(&table(None)).unwrap_err(), Default::default());
    assert!(error.help.as_ref().is_some_and(|h| h.contains("\"posts\", \"owners\", \"loved\"")), "{error:?}");
    let error = Diagnostic::of(&engine.open(&table(Some("post"))).unwrap_err(), Default::default());
    assert!(error.message.contains("has no table \"post\""), "{error:?}");
    // pandas: (t.likes > 50).sum()
    assert_eq!(run(&table(Some("loved")), over(Measure::Count)).value, Some(119.0));
    // Rows come in the table's order, although an index holds all that is asked for: likes of the first days are 0, 37.25,
    // 74.5, and those of the first rows by region 0, 10.75 (day 4).
    let first = Measure::Rows { value: col("likes"), label: None, worst_first: true, limit: 240 };
    let listed = run(&table(Some("posts")), over(first)).rows_listed;
    let value = |row: &str| listed.iter().find(|r| r.key == row).and_then(|r| r.value);
    assert_eq!((value("row 1"), value("row 2"), value("row 3")), (Some(0.0), Some(37.25), Some(74.5)));
    // Neither lock nor log is left beside it.
    let beside: Vec<_> = std::fs::read_dir(made("")).unwrap().flatten().map(|e| e.file_name()).collect();
    assert!(beside.iter().all(|n| !n.to_string_lossy().starts_with("posts.sqlite-")), "{beside:?}");
}

#[cfg(feature = "cli")]
#[test]
fn verdicts_are_equal_across_all_sources() {
    let plan = "table posts from \"posts.csv\" SHEET time date\n\
                metric likes = sum(posts.likes) unit likes\n\
                metric authors = distinct(posts.author)\n\
                goal loved \"Loved posts\": likes +10% from Q1 2021 by 2021-06-30\n\
                goal emea: likes where region = \"EMEA\" >= 1600 by Q2 2021\n\
                goal many: authors >= 12 in Q2 2021\n";
    let dir = super::cli::folder(&[]);
    let mut first: Option<serde_json::Value> = None;
    for source in sources(dir.path()) {
        let sheet = source.sheet.as_ref().map_or(String::new(), |s| format!("sheet \"{s}\""));
        dir.write("plan.goal", plan.replace("SHEET", &sheet).as_bytes());
        let data = format!("posts={}", source.path);
        let out = dir.command(&["eval", "plan.goal", "--as-of", "2021-08-01", "--format", "json", "--data", &data]);
        let out = { out }.output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&out.stdout)
            .unwrap_or_else(|e| panic!("{e}: {}{}", source.path, String::from_utf8_lossy(&out.stderr)));
        let goals = report["goals"].clone();
        assert_eq!(goals.as_array().map(Vec::len), Some(3), "{report}");
        match &first {
            None => first = Some(goals),
            Some(first) => assert_eq!(*first, goals, "{}", source.path),
        }
    }
}

#[cfg(all(unix, feature = "cli"))]
#[test]
fn links_in_a_folder_stay_inside_the_plans() {
    let dir = super::cli::folder(&[
        ("plan/plan.goal", "table t from \"posts/\" time date\ngoal (sum(t.x)) >= 3 by 2021\n"),
        ("plan/posts/a.csv", "date,x\n2021-01-01,4\n"),
        ("plan/kept/b.csv", "date,x\n2021-01-02,4\n"),
        ("secret/c.csv", "date,x\n2021-01-03,4\n"),
    ]);
    let link = |from: &str, to: &str| std::os::unix::fs::symlink(dir.path().join(from), dir.path().join(to)).unwrap();
    link("plan/kept/b.csv", "plan/posts/b.csv");
    link("plan/posts", "plan/posts/round");
    let fine = dir.run(&["eval", "plan/plan.goal"]);
    assert!(fine.contains("exit 0"), "{fine}");
    link("secret", "plan/posts/c");
    let outside = dir.run(&["eval", "plan/plan.goal"]);
    assert!(
        outside.contains("`posts/c/c.csv`") && outside.contains("leads out") && outside.contains("exit 4"),
        "{outside}"
    );
    let allowed = dir.run(&["eval", "plan/plan.goal", "--allow-outside"]);
    assert!(allowed.contains("exit 0"), "{allowed}");
    dir.write("plan/q.goal", b"table t from \"posts/c/*.csv\" time date\ngoal (sum(t.x)) >= 3 by 2021\n");
    let pattern = dir.run(&["eval", "plan/q.goal"]);
    assert!(pattern.contains("N092") && pattern.contains("exit 4"), "{pattern}");
}
