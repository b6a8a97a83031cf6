//! One plan, its data on disk and in a store: the verdicts are the same.

use super::server::{Asked, Moto, Reply, Server};
use datafusion::arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use datafusion::parquet::arrow::ArrowWriter;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

const PLAN: &str = "table posts from \"posts.csv\" time date\n\
    metric likes = sum(posts.likes)\n\
    metric instagram = sum(posts.likes where platform = \"instagram\")\n\n\
    goal more \"More likes\": likes >= 1000 in Q1 2021\n\
    goal photos \"Likes on Instagram\": instagram >= 100000 in Q1 2021\n";

/// `(day since 1970, platform, likes)` of the first quarter of 2021.
fn rows() -> Vec<(i32, &'static str, f64)> {
    // 2021-01-01 is day 18,628.
    (0..90).map(|i| (18_628 + i, if i % 3 == 0 { "x" } else { "instagram" }, f64::from(i * i % 97))).collect()
}

fn csv(rows: &[(i32, &str, f64)]) -> Vec<u8> {
    let first = jiff::civil::date(1970, 1, 1);
    let line = |(day, platform, likes): &(i32, &str, f64)| {
        format!("{},{platform},{likes}\n", first.saturating_add(jiff::Span::new().days(*day)))
    };
    let lines: String = rows.iter().map(line).collect();
    format!("date,platform,likes\n{lines}").into_bytes()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn parquet(rows: &[(i32, &str, f64)]) -> Vec<u8> {
    let columns: [(&str, ArrayRef); 3] = [
        ("date", Arc::new(Date32Array::from_iter_values(rows.iter().map(|r| r.0)))),
        ("platform", Arc::new(StringArray::from_iter_values(rows.iter().map(|r| r.1)))),
        ("likes", Arc::new(Float64Array::from_iter_values(rows.iter().map(|r| r.2)))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    out
}

fn milepost(folder: &Path, data: &str, variables: &[(String, String)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
    command.args(["eval", "plan.goal", "--format", "json", "--data", &format!("posts={data}")]);
    for name in ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_REGION"] {
        command.env_remove(name);
    }
    let variables = variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    command.envs(variables).env("NO_COLOR", "1").current_dir(folder).output().expect("the binary runs")
}

/// The report without what it says of files, and their hash.
fn read(folder: &Path, data: &str, variables: &[(String, String)]) -> (Value, Value) {
    let output = milepost(folder, data, variables);
    let told = String::from_utf8_lossy(&output.stderr);
    let mut report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{data}: {e}\n{told}"));
    assert_eq!(output.status.code(), Some(1), "{data}: one goal is missed\n{told}");
    assert_eq!(report["data"][0]["source"], data);
    assert_eq!(report["data"][0]["rows"], 90);
    let hash = report["data"][0]["blake3"].take();
    report["data"] = Value::Null;
    (report, hash)
}

fn report(folder: &Path, data: &str, variables: &[(String, String)]) -> Value {
    read(folder, data, variables).0
}

#[test]
fn the_same_from_disk_and_from_a_store() {
    let Some(moto) = Moto::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plan.goal"), PLAN).unwrap();
    let all = rows();
    let (first, second) = all.split_at(31);
    let files: [(&str, Vec<u8>); 7] = [
        ("posts.csv", csv(&all)),
        ("posts.csv.gz", packed(&csv(&all))),
        ("posts.parquet", parquet(&all)),
        ("months/2021-01.csv", csv(first)),
        ("months/2021-02.csv", csv(second)),
        ("parts/2021-01.parquet", parquet(first)),
        ("parts/2021-02.parquet", parquet(second)),
    ];
    for (name, bytes) in &files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        moto.put(&format!("plans/data/{name}"), bytes);
    }
    let here = report(folder.path(), "posts.csv", &[]);
    // Worked out apart: sum(i * i % 97 for i in range(90)), and where i % 3 != 0.
    assert_eq!(here["goals"][0]["current"]["value"], LIKES);
    assert_eq!(here["goals"][1]["current"]["value"], INSTAGRAM);
    let variables = moto.variables();
    for name in
        ["posts.csv", "posts.csv.gz", "posts.parquet", "months/", "parts/", "months/2021-*.csv", "parts/*.parquet"]
    {
        let (there, hash) = read(folder.path(), &format!("s3://plans/data/{name}"), &variables);
        assert_eq!(there, here, "{name}");
        // What is copied is hashed as it would be here.
        assert_eq!(hash == read(folder.path(), name, &[]).1, !name.contains("par"), "{name}: {hash}");
    }
    // As the plan itself names it, which is in another folder than this process.
    std::fs::write(folder.path().join("plan.goal"), PLAN.replace("posts.csv", "s3://plans/data/parts/")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_milepost"))
        .args(["eval", "plan.goal", "--format", "json"])
        .envs(variables.iter().map(|(n, v)| (n.as_str(), v.as_str())))
        .current_dir(folder.path())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["data"][0]["source"], "s3://plans/data/parts/");
    assert_eq!(report["goals"][0]["current"], here["goals"][0]["current"]);
}

/// Python: `sum(i * i % 97 for i in range(90))`.
const LIKES: f64 = 4516.0;
/// Python: `sum(i * i % 97 for i in range(90) if i % 3)`.
const INSTAGRAM: f64 = 3084.0;

#[test]
fn the_same_from_the_web() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plan.goal"), PLAN).unwrap();
    let all = rows();
    std::fs::write(folder.path().join("posts.csv"), csv(&all)).unwrap();
    let here = report(folder.path(), "posts.csv", &[]);
    let server = Server::start(move |asked: &Asked| match asked.path.rsplit('.').next() {
        Some("parquet") => Reply::file(asked, &parquet(&all), "v1"),
        // Whole files only.
        Some("pq") => Reply::file(&Asked { range: None, ..asked.clone() }, &parquet(&all), "v1"),
        _ => Reply::file(asked, &csv(&all), ""),
    });
    for name in ["posts.csv", "posts.parquet", "posts.pq"] {
        assert_eq!(report(folder.path(), &server.url(name), &[]), here, "{name}");
    }
}

#[test]
fn a_failing_server_ends_the_run_without_a_verdict() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plan.goal"), PLAN).unwrap();
    let file = parquet(&rows());
    let server = Server::start(move |asked| match (asked.path.contains("parquet"), asked.range) {
        (true, Some((0, 0))) => Reply::file(asked, &file, ""),
        (true, _) => Reply::file(asked, &file, "").short_by(9),
        (false, _) => Reply::status("403 Forbidden", "<Error><Code>AccessDenied</Code><Key>s3cr3t</Key></Error>"),
    });
    for path in ["posts.csv?X-Amz-Signature=s3cr3t", "posts.parquet"] {
        let output = milepost(folder.path(), &server.url(path), &[]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("D030") && !told.contains("s3cr3t") && output.stdout.is_empty(), "{told}");
        assert_eq!(output.status.code(), Some(4), "{told}");
    }
    // What a plan holds of secrets isn't shown with its line.
    let plan = PLAN.replace("posts.csv", "s3://me:s3cr3t@bucket/posts.csv");
    std::fs::write(folder.path().join("plan.goal"), plan).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
    let output = command.args(["eval", "plan.goal"]).current_dir(folder.path()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("D031") && !told.contains("s3cr3t"), "{told}");
    assert_eq!(output.status.code(), Some(4), "{told}");
}
