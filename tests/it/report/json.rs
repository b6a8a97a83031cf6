//! The JSON contract.

use super::examples::{met, meta, report, screen, sources};
use jiff::civil::date;
use milepost::eval::verdict::Report;
use milepost::report::json;
use serde_json::Value;

fn written(report: &Report) -> String {
    let none: [Value; 0] = [];
    json(report, &sources(), &meta(), &none).expect("plain values")
}

fn parsed(report: &Report) -> Value {
    serde_json::from_str(&written(report)).expect("what was written is JSON")
}

/// The keys of interface.md's example, level by level.
const KEYS: &[(&str, &[&str])] = &[
    ("", &["schema", "as_of", "plan", "data", "goals", "objectives", "milestones", "alerts", "diagnostics"]),
    ("/plan", &["title", "files"]),
    ("/plan/files/0", &["path", "blake3"]),
    ("/data/0", &["table", "source", "rows", "newest", "blake3"]),
    (
        "/goals/0",
        &[
            "name",
            "title",
            "subject",
            "file",
            "line",
            "status",
            "met_on",
            "baseline",
            "current",
            "target",
            "progress",
            "expected",
            "pace",
            "required_per_period",
            "projection",
            "kept",
            "each",
            "each_total",
            "each_kept",
            "each_pending",
            "kpis",
            "guardrails",
            "checkpoints",
            "smart",
            "notes",
        ],
    ),
    ("/goals/0/baseline", &["value", "at", "implied"]),
    ("/goals/0/current", &["value", "at"]),
    ("/goals/0/target", &["kind", "op", "value", "upper", "by"]),
    ("/goals/0/kpis/0", &["name", "value", "target", "status"]),
    ("/goals/0/checkpoints/0", &["at", "value", "progress", "expected", "status"]),
    ("/goals/0/smart", &["S", "M", "A", "R", "T"]),
    ("/goals/4/kept", &["periods", "of"]),
    ("/goals/4/each/0", &["key", "baseline", "value", "kept"]),
    ("/objectives/0", &["name", "progress", "status", "goals"]),
];

#[test]
fn every_key_of_the_contract_is_present_in_its_order() {
    let report = screen();
    let value = parsed(&report);
    for (pointer, keys) in KEYS {
        let object = value.pointer(pointer).and_then(Value::as_object).unwrap_or_else(|| panic!("no {pointer}"));
        for key in *keys {
            assert!(object.contains_key(*key), "{pointer} has no {key}");
        }
    }
    let text = written(&report);
    let places: Vec<_> = KEYS[0].1.iter().map(|key| text.find(&format!("\n  \"{key}\":"))).collect();
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?}");
}

#[test]
fn every_goal_has_every_key_whatever_its_shape() {
    let value = parsed(&screen());
    let goals = value["goals"].as_array().expect("a list");
    let keys = |goal: &Value| goal.as_object().map(|o| o.keys().cloned().collect::<Vec<_>>());
    assert!(goals.iter().all(|goal| keys(goal) == keys(&goals[0])));
}

#[test]
fn whole_numbers_have_no_fraction_and_what_is_null_has_its_reason() {
    let value = parsed(&screen());
    assert!(written(&screen()).contains("\"value\": 129727000,"));
    for goal in value["goals"].as_array().expect("a list") {
        for reading in ["baseline", "current", "target"] {
            let reading = &goal[reading];
            assert_eq!(reading["value"].is_null(), reading["reason"].is_string(), "{reading}");
        }
        for key in ["progress", "expected", "pace", "required_per_period", "projection", "kept", "met_on"] {
            assert_eq!(goal[key].is_null(), goal["reasons"][key].is_string(), "{key} of {}", goal["name"]);
        }
    }
}

#[test]
fn a_whole_report() {
    insta::assert_snapshot!(written(&report(date(2021, 9, 30), vec![met()])));
}

#[test]
fn a_report_on_what_is_not_known() {
    insta::assert_snapshot!(written(&screen()));
}
