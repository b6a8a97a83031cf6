//! One plan over CSV and over each database: the same JSON, but for where the data is.

use super::server::drivers;
use super::{duckdb, postgres, rows};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

pub const PLAN: &str = r#"timezone "America/New_York"
table sales from "sales.csv" time at sparse
segment eu = sales.region = "EU"
metric orders = count(sales)
metric revenue = sum(sales.price)
metric eu_revenue = sum(sales.price where eu)
metric satisfaction = avg(sales.score)
metric promoters = nps(sales.score)
metric mood = avg(sentiment(sales.note))
metric typical = median(sales.price where sales.score >= 5)

goal orders >= 100 in Q2 2021
goal revenue >= 300000 in H1 2021
goal eu_revenue +10% from Q1 2021 by 2021-06-30
goal satisfaction >= 5 in Q3 2021
goal promoters >= 20 in 2021
goal mood >= 0 in Q4 2021
goal typical >= 500 in Q2 2021
"#;

/// `milepost eval` in a folder, with the drivers that the environment names.
pub fn eval(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
    command.args(["eval", "plan.goal", "--as-of", "2021-12-31", "--format", "json", "--fail-on", "none"]);
    for name in ["PGPASSWORD", "PGUSER", "PGHOST", "PGSERVICE", "PGCONNECT_TIMEOUT"] {
        command.env_remove(name);
    }
    command.args(arguments).current_dir(folder).output().unwrap()
}

fn verdicts(folder: &Path, plan: &str) -> (Value, Value) {
    std::fs::write(folder.join("plan.goal"), plan).unwrap();
    let output = eval(folder, &[]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
    let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let data = report["data"].take();
    report["plan"]["files"] = Value::Null;
    (report, data)
}

fn over(source: &str) -> String {
    PLAN.replace("\"sales.csv\"", source)
}

/// What it was asked is told, with what had to come as rows.
#[test]
fn the_plan_of_reading_holds_the_sql() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("sales.csv"), rows(3000)).unwrap();
    if !duckdb(&dir.path().join("shop.duckdb"), &dir.path().join("sales.csv")) {
        return;
    }
    std::fs::write(dir.path().join("plan.goal"), over("\"duckdb://shop.duckdb\" sheet \"shop.sales\"")).unwrap();
    let output = eval(dir.path(), &["--explain-plan"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    let readings = plan["tables"][0]["readings"].as_array().unwrap();
    let of = |way: &'static str| readings.iter().filter(move |r| r["way"] == way);
    let statements = |r: &Value| r["statements"].as_array().unwrap().iter().map(|s| s.to_string()).collect::<String>();
    let pushed: String = of("in-database").map(statements).collect();
    assert!(pushed.contains("SELECT") && pushed.contains("sum(CASE") && pushed.contains("price"), "{pushed}");
    // No database works a sentiment out.
    let fetched: Vec<&Value> = of("rows-of-database").collect();
    assert!(fetched.iter().all(|r| r["rows"].as_u64() > Some(0)) && !fetched.is_empty(), "{readings:?}");
    assert!(
        fetched.iter().any(|r| r["requests"]["avg"].as_u64() >= Some(1) && statements(r).contains("note")),
        "{fetched:?}"
    );
}

#[test]
fn one_plan_is_judged_alike_everywhere() {
    let csv = rows(3000);
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("sales.csv"), &csv).unwrap();
    let (expected, data) = verdicts(dir.path(), PLAN);
    let goals = expected["goals"].as_array().unwrap();
    assert!(goals.iter().all(|g| g["current"]["value"].is_number()), "each goal is judged: {goals:?}");
    assert_eq!(expected["goals"].as_array().unwrap().len(), 7);
    // Beside the plan, as other files are.
    if duckdb(&dir.path().join("shop.duckdb"), &dir.path().join("sales.csv")) {
        let (found, place) = verdicts(dir.path(), &over("\"duckdb://shop.duckdb\" sheet \"shop.sales\""));
        assert_eq!(found, expected);
        assert_eq!(place[0]["rows"], data[0]["rows"]);
        assert_eq!(place[0]["newest"], data[0]["newest"]);
        // Without a sheet, the table that is called as the plan calls it.
        assert_eq!(verdicts(dir.path(), &over("\"duckdb://shop.duckdb\"")).0["goals"], expected["goals"]);
    }
    if let Some(server) = postgres(&csv) {
        let source = format!("\"{}\" sheet \"shop.sales\"", server.uri("postgres"));
        let (found, place) = verdicts(dir.path(), &over(&source));
        assert_eq!(found, expected);
        assert_eq!(place[0]["rows"], data[0]["rows"]);
    }
    assert!(drivers().duckdb.is_none() || dir.path().join("shop.duckdb").exists());
}
