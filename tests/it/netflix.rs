//! The Netflix example gives the verdicts that its README promises. Every number here was computed with pandas from the
//! same files (sums by quarter and region, and plain counting), or is the company's published figure.
#![cfg(all(feature = "cli", feature = "datafusion"))]

use crate::sentences::root;
use serde_json::Value;
use std::process::Command;

/// What `eval` writes about a plan.
fn run(plan: &str, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
    command.args(["eval", plan, "--format", "json", "--fail-on", "none"]).args(arguments);
    let output = command.current_dir(root()).output().expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The report of a plan.
fn eval(plan: &str, arguments: &[&str]) -> Value {
    serde_json::from_slice(&run(plan, arguments)).expect("a report in JSON")
}

fn goal<'a>(report: &'a Value, name: &str) -> &'a Value {
    let goals = report["goals"].as_array().expect("goals");
    goals.iter().find(|g| g["name"] == name).unwrap_or_else(|| panic!("no goal {name}"))
}

/// Equal to a part in 10^12.
fn close(found: &Value, wanted: f64, what: &str) {
    let found = found.as_f64().unwrap_or(f64::NAN);
    assert!((found - wanted).abs() <= wanted.abs() * 1e-12, "{what}: {found}, not {wanted}");
}

const PLAN: &str = "examples/netflix/social.goal";

#[test]
fn the_year_is_over() {
    let report = eval(PLAN, &["--as-of", "2022-01-31"]);
    // name, status, baseline, current, target
    let measured = [
        ("intl", "met", Some(129_727_000.0), 139_539_000.0, 136_213_350.0),
        ("ucan", "met", Some(73_936_000.0), 74_384_000.0, 74_186_000.0),
        ("year25", "missed", Some(203_663_000.0), 221_844_000.0, 254_580_000.0),
        ("year20", "missed", Some(203_663_000.0), 221_844_000.0, 244_395_600.0),
        ("voice", "met", Some(0.3138513130272853), 0.33675604582360974, 0.3338513130272853),
        ("engagement", "missed", Some(0.055090799089336305), 0.06872949197849985, 0.0750907990893363),
        ("ads", "met", Some(0.02462953500255493), 0.032282300990809594, 0.029555442003065916),
        ("spring_roi", "met", None, 1.921717363713816, 1.5),
        ("spring_budget", "met", None, 414_438.01, 500_000.0),
    ];
    for (name, status, baseline, current, target) in measured {
        let goal = goal(&report, name);
        assert_eq!(goal["status"], status, "{name}");
        if let Some(baseline) = baseline {
            close(&goal["baseline"]["value"], baseline, name);
        }
        close(&goal["current"]["value"], current, name);
        close(&goal["target"]["value"], target, name);
    }
    assert_eq!(goal(&report, "intl")["met_on"], "2021-09-30");
    // name, status, kept, of
    let counted = [
        ("regions", "missed", 2, 4),
        ("likes", "missed", 43, 46),
        ("concerns", "met", 560, 586),
        ("threats", "missed", 54, 62),
    ];
    for (name, status, kept, of) in counted {
        let goal = goal(&report, name);
        assert_eq!(goal["status"], status, "{name}");
        assert_eq!((&goal["each_kept"], &goal["each_total"]), (&kept.into(), &of.into()), "{name}");
    }
    let recurring =
        [("promoters", "met", 4, 4), ("satisfied", "missed", 10, 12), ("loudest", "met", 4, 4), ("warm", "met", 9, 12)];
    for (name, status, kept, of) in recurring {
        let goal = goal(&report, name);
        assert_eq!(goal["status"], status, "{name}");
        assert_eq!((&goal["kept"]["periods"], &goal["kept"]["of"]), (&kept.into(), &of.into()), "{name}");
    }
}

/// Guardrails, the milestone and the alert, with pandas' figures; the mood is that of vaderSentiment 3.3.2.
#[test]
fn what_stands_beside_the_goals() {
    let report = eval(PLAN, &["--as-of", "2022-01-31"]);
    let rails = [("voice", 0.057650000000000014), ("intl", 57.85876993166287), ("ads", 920_543.56)];
    for (name, value) in rails {
        let rail = &goal(&report, name)["guardrails"][0];
        close(&rail["value"], value, name);
        assert_eq!(rail["status"], "met", "{name}");
    }
    close(&goal(&report, "voice")["kpis"][0]["value"], 123_758.75, "mentions in the four weeks up to 2021-03-31 / 4");
    assert_eq!(report["milestones"][0]["status"], "met");
    let fired = report["alerts"][0]["fired"].as_array().expect("periods");
    assert_eq!(fired.len(), 1, "only one week of 2021 lies below 32.5%: {fired:?}");
    assert_eq!(fired[0]["from"], "2021-01-25");
    let left_out = "2021-10-04 of mentions is left out";
    let notes = |name: &str| goal(&report, name)["notes"].to_string();
    assert!(notes("loudest").contains(left_out) && !notes("voice").contains(left_out));
}

/// A tenth less for ads that brings 6% less: (value * 0.94) / (spend * 0.9) - 1.
#[test]
fn what_if() {
    let report = eval(PLAN, &["--as-of", "2022-01-31", "--scenario", "thrift"]);
    close(&goal(&report, "spring_roi")["current"]["value"], 2.0515714687677633, "with less");
    close(&goal(&report, "spring_roi")["plain"]["current"], 1.921717363713816, "as it is");
    close(&goal(&report, "spring_budget")["current"]["value"], 372_994.209, "money");
}

/// In the middle of the year the first goal is not decided, and says what each remaining quarter must bring.
#[test]
fn the_year_is_not_over() {
    let report = eval(PLAN, &["--as-of", "2021-05-01"]);
    let intl = goal(&report, "intl");
    assert_eq!(intl["status"], "on track");
    close(&intl["current"]["value"], 133_255_000.0, "now");
    // (136_213_350 - 133_255_000) over the two quarters left
    close(&intl["required_per_period"], 1_479_175.0, "required");
    assert_eq!(goal(&report, "year25")["status"], "off track");
    assert_eq!(goal(&report, "ucan")["status"], "met");
}

/// What a baseline changes, and what a row of totals does when nothing keeps it out.
#[test]
fn other_baselines() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::copy(root().join("examples/netflix/memberships.csv"), folder.path().join("memberships.csv"))
        .expect("a copy");
    let plan = folder.path().join("plan.goal");
    let text = r#"
        table memberships from "memberships.csv" time period_end where region <> "TOTAL"
        table all_rows from "memberships.csv" time period_end
        metric subs = last(memberships.paid_memberships)
        metric doubled = last(all_rows.paid_memberships)
        goal from_q4: subs +5% where region <> "UCAN" from Q4 2020 by 2021-09-30
        goal from_q1: subs +5% where region <> "UCAN" from Q1 2021 by 2021-09-30
        goal in_total: subs +5% from Q4 2020 by 2021-09-30
        goal twice: doubled +5% from Q4 2020 by 2021-09-30
    "#;
    std::fs::write(&plan, text).expect("a plan");
    let report = eval(&plan.display().to_string(), &["--as-of", "2022-01-31"]);
    let change = |name: &str| {
        let goal = goal(&report, name);
        let value = |of: &str| goal[of]["value"].as_f64().unwrap_or(f64::NAN);
        (goal["status"].as_str().unwrap_or(""), value("current") / value("baseline") - 1.0)
    };
    let near = |(status, found): (&str, f64), wanted: &str, percent: f64| {
        assert_eq!(status, wanted);
        assert!((found * 100.0 - percent).abs() < 0.005, "{found} is not {percent}%");
    };
    near(change("from_q4"), "met", 7.56);
    near(change("from_q1"), "missed", 4.72);
    near(change("in_total"), "missed", 4.86);
    close(&goal(&report, "twice")["baseline"]["value"], 2.0 * 203_663_000.0, "with the row of totals");
}

/// The same bytes on every run, and with one thread or two.
#[test]
fn the_same_answer_every_time() {
    let once = run(PLAN, &["--as-of", "2022-01-31", "--threads", "1"]);
    let again = run(PLAN, &["--as-of", "2022-01-31", "--threads", "1"]);
    let two = run(PLAN, &["--as-of", "2022-01-31", "--threads", "2"]);
    assert!(once == again && once == two);
}
