//! `eval --explain-plan`: how the data was read, and no verdict.

use crate::cli::{Folder, folder};
use datafusion::arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::file::properties::WriterProperties;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// Numbers of bytes depend on the writer's version, and on how memory is handed out.
fn without_bytes() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"[\d,]+ bytes", "[…] bytes");
    settings
}

#[test]
fn of_the_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
    command.args(["eval", "examples/netflix/social.goal", "--explain-plan", "--memory", "1GiB", "--threads", "1"]);
    let output = command.current_dir(root).output().expect("the binary runs");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
    without_bytes().bind(|| insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout)));
}

const PLAN: &str = "table posts from \"posts\" time day\n\
    metric likes = sum(posts.likes)\n\
    metric middle = median(posts.likes where region = \"EU\")\n\
    metric large = count(posts where likes > 60)\n\
    goal likes >= 10 in Q2 2021\n\
    goal middle >= 1 in Apr 2021\n\
    goal large >= 1 in Q2 2021\n";

/// 2021-01-01 in days since 1970.
const NEW_YEAR: i32 = 18_628;

/// 180 days from New Year on, a row each, in files of 90 rows and row groups of 30.
fn posts() -> Folder {
    let folder = folder(&[("plan.goal", PLAN)]);
    std::fs::create_dir(folder.path().join("posts")).expect("a folder");
    for file in 0..2 {
        let days = (0..90).map(|n| file * 90 + n);
        let day: ArrayRef = Arc::new(Date32Array::from_iter_values(days.clone().map(|n| NEW_YEAR + n)));
        let likes: ArrayRef = Arc::new(Int64Array::from_iter_values(days.clone().map(i64::from)));
        let region: ArrayRef =
            Arc::new(StringArray::from_iter_values(days.clone().map(|n| ["EU", "US", "APAC"][n as usize % 3])));
        let unused: ArrayRef = Arc::new(Int64Array::from_iter_values(days.map(i64::from)));
        let columns = [("day", day), ("likes", likes), ("region", region), ("unused", unused)];
        let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
        let path = folder.path().join(format!("posts/{file}.parquet"));
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(30)).build();
        let file = std::fs::File::create(path).expect("a file");
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).expect("a writer");
        writer.write(&batch).expect("written");
        writer.close().expect("written");
    }
    folder
}

fn as_json(folder: &Folder) -> Value {
    let arguments = ["eval", "plan.goal", "--explain-plan", "--format", "json", "--memory", "1GiB"];
    let output = folder.command(&arguments).output().expect("the binary runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*told), (Some(0), ""));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn only_table(plan: &Value) -> &Value {
    assert_eq!((plan["schema"].as_u64(), plan["tables"].as_array().map(Vec::len)), (Some(1), Some(1)));
    &plan["tables"][0]
}

#[test]
fn of_parquet_what_no_goal_needs_is_skipped() {
    let plan = as_json(&posts());
    let table = only_table(&plan);
    assert_eq!((&table["table"], &table["rows"], &table["time"]), (&json!("posts"), &json!(180), &json!("day")));
    let readings = table["readings"].as_array().expect("readings");
    let values = readings.iter().find(|r| r["requests"]["median"].is_u64()).expect("a reading of values");
    assert_eq!((&values["way"], &values["columns"]), (&json!("one-pass"), &json!(["day", "likes", "region"])));
    let pass = &values["pass"];
    let dimensions = json!([
        {"name": "region", "kind": "column", "values": 3},
        {"name": "likes > 60", "kind": "computed", "values": null},
    ]);
    assert_eq!((&pass["dimensions"], &pass["limit"]), (&dimensions, &json!(1 << 30)));
    assert!(pass["kept"]["values of likes"].as_u64() > Some(0), "{pass}");
    // April begins with day 90: the first file and its three row groups lie before the windows of the second quarter.
    let late = readings.iter().find(|r| r["files"] == json!({"read": 1, "of": 2})).expect("a reading of a part");
    assert_eq!((&late["row_groups"], &late["rows"]), (&json!({"read": 3, "of": 6}), &json!(90)));
}

/// The readings of a plan in which `measure` is asked for.
fn readings_of(folder: &Folder, measure: &str) -> Vec<Value> {
    let plan = as_json(folder);
    let readings = only_table(&plan)["readings"].as_array().expect("readings").clone();
    let those: Vec<Value> = readings.into_iter().filter(|r| r["requests"][measure].is_u64()).collect();
    assert!(!those.is_empty(), "{plan}");
    those
}

/// `likes` are 0 to 179, thirty to a row group; the regions of each lie between APAC and US.
#[test]
fn row_groups_that_no_filter_lets_through_are_skipped() {
    let folder = posts();
    let groups = |region: &str| {
        let plan = format!(
            "table posts from \"posts\" time day\n\
             metric large = count(posts where likes between 125 and 130 and region in (\"EU\", \"US\"))\n\
             metric there = count(posts where region = \"{region}\")\n\
             goal large >= 1 in 2021\n\
             goal there >= 1 in 2021\n"
        );
        std::fs::write(folder.path().join("plan.goal"), plan).expect("written");
        readings_of(&folder, "count").iter().filter_map(|r| r["row_groups"]["read"].as_u64()).max()
    };
    // For all that is known, MEA might be among them.
    assert_eq!((groups("MEA"), groups("ZA")), (Some(6), Some(1)));
}

#[test]
fn folders_that_no_filter_lets_through_are_skipped() {
    let plan = "table posts from \"posts\" time day\n\
        metric likes = sum(posts.likes where region = \"EU\" and likes > 0)\n\
        goal likes >= 10 in Apr 2021\n";
    let rows = "day,likes\n2021-04-01,7\n2021-04-30,5\n";
    let files = [("plan.goal", plan), ("posts/region=EU/a.csv", rows), ("posts/region=US/b.csv", rows)];
    let folder = folder(&files);
    let read = readings_of(&folder, "sum");
    assert!(read.iter().all(|r| r["files"] == json!({"read": 1, "of": 2})), "{read:?}");
    let output = folder.command(&["eval", "plan.goal", "--as-of", "2022-01-05", "--format", "json"]).output();
    let report: Value = serde_json::from_slice(&output.expect("the binary runs").stdout).expect("JSON");
    assert_eq!(report["goals"][0]["current"]["value"], json!(12));
}

#[test]
fn in_words() {
    let text = posts().run(&["eval", "plan.goal", "--explain-plan", "--memory", "1GiB", "--threads", "1"]);
    without_bytes().bind(|| insta::assert_snapshot!(text));
}

#[test]
fn what_does_not_add_up_goes_its_own_way() {
    let plan = "table visits from \"visits.csv\" time day\n\
        metric back = retention(visits.user, 1 month)\n\
        metric all = count(visits)\n\
        goal back >= 10% in Feb 2021\n\
        goal all >= 1 in Feb 2021\n";
    let rows = "day,user\n2021-01-01,a\n2021-01-31,b\n2021-02-05,a\n2021-02-28,c\n";
    let plan = as_json(&folder(&[("plan.goal", plan), ("visits.csv", rows)]));
    let readings = only_table(&plan)["readings"].as_array().expect("readings").clone();
    let of = |way: &str| -> Vec<&Value> { readings.iter().filter(|r| r["way"] == way).collect() };
    let (together, apart) = (of("one-pass"), of("one-by-one"));
    assert!(together.iter().any(|r| r["requests"]["count"].as_u64() > Some(0)), "{together:?}");
    assert!(apart.iter().all(|r| r["requests"].as_object().is_some_and(|o| o.keys().eq(["retention"]))), "{apart:?}");
    let why = apart[0]["why"].as_str().expect("a sentence");
    assert!(why.contains("retention") && why.contains("don't add up"), "{why}");
    assert_eq!((&apart[0]["pass"], &apart[0]["rows"]), (&Value::Null, &json!(4)));
}

#[test]
fn columns_of_too_many_values_are_named() {
    let rows: String = (0..70_000).map(|n| format!("2021-02-{:02},u{n}\n", n % 28 + 1)).collect();
    let plan = "table visits from \"visits.csv\" time day\n\
        metric one = count(visits where user = \"u7\")\n\
        goal one >= 1 in Feb 2021\n";
    let plan = as_json(&folder(&[("plan.goal", plan), ("visits.csv", &format!("day,user\n{rows}"))]));
    let readings = only_table(&plan)["readings"].as_array().expect("readings").clone();
    let last = readings.last().expect("a reading");
    assert!(
        last["why"].as_str().is_some_and(|why| why.ends_with("too many values to be a dimension: `user`")),
        "{last}"
    );
    assert_eq!(last["pass"]["dimensions"], json!([{"name": "user = \"u7\"", "kind": "computed", "values": null}]));
}

#[test]
fn errors_stay_what_they_are() {
    let folder = folder(&[("plan.goal", PLAN), ("posts/a.csv", "day,likes,region\n2021-04-01,1,EU,7\n")]);
    let told = [
        folder.run(&["eval", "plan.goal", "--explain-plan"]),
        folder.run(&["eval", "plan.goal", "--explain-plan", "--format", "csv"]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}
