//! The numbers that the JSON contract prints in its example, from the published rows that they come from.

use crate::memory::report;

/// Interface, the example: the goal `intl` over the published paid memberships outside UCAN, number by number. Sums of
/// EMEA, LATAM and APAC: Q4 2020 66,698 + 37,537 + 25,492 = 129,727; Q1 133,255; Q2 135,229; Q3 2021 139,539 thousand.
#[test]
fn the_example_of_the_interface() {
    let memberships = "period_end,region,paid_memberships
2020-12-31,UCAN,73936000
2020-12-31,EMEA,66698000
2020-12-31,LATAM,37537000
2020-12-31,APAC,25492000
2020-12-31,TOTAL,203663000
2021-03-31,UCAN,74384000
2021-03-31,EMEA,68508000
2021-03-31,LATAM,37894000
2021-03-31,APAC,26853000
2021-03-31,TOTAL,207639000
2021-06-30,UCAN,73951000
2021-06-30,EMEA,68696000
2021-06-30,LATAM,38658000
2021-06-30,APAC,27875000
2021-06-30,TOTAL,209180000
2021-09-30,UCAN,74024000
2021-09-30,EMEA,70500000
2021-09-30,LATAM,38988000
2021-09-30,APAC,30051000
2021-09-30,TOTAL,213563000
";
    let posts = "posted_at,impressions,shares\n2021-01-01,1000,20\n2021-09-30,1000,22\n";
    let plan = r#"table memberships from "memberships.csv" time period_end every quarter where region <> "TOTAL"
table posts from "posts.csv" time posted_at
segment abroad = region <> "UCAN"
metric subs "Paid memberships" = last(memberships.paid_memberships) unit members
metric virality = sum(posts.shares) / sum(posts.impressions) unit %
objective growth "Business conversions" weight 2
goal intl "Paid members abroad": subs +5% where abroad
  from Q4 2020 by 2021-09-30
  measure virality >= 2%
  supports growth
  checkpoints quarterly
  grace 2 weeks
"#;
    let sources = [("memberships", memberships), ("posts", posts)];
    let report = report(plan, &sources, "2021-10-01");
    let parsed = milepost::Plan::parse(plan);
    let none: [(); 0] = [];
    let text = milepost::report::json(&report, parsed.sources(), &Default::default(), &none).expect("JSON");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let goal = &json["goals"][0];
    let is = |path: &str, expected: f64| {
        let found = goal.pointer(path).and_then(serde_json::Value::as_f64);
        assert!(found.is_some_and(|x| (x - expected).abs() < 5e-5), "{path}: {found:?}");
    };
    is("/baseline/value", 129_727_000.0);
    is("/current/value", 139_539_000.0);
    is("/target/value", 136_213_350.0);
    is("/progress", 1.5127);
    is("/expected", 1.0);
    is("/pace", 1.5127);
    is("/checkpoints/0/value", 133_255_000.0);
    is("/checkpoints/0/progress", 0.5439);
    is("/checkpoints/0/expected", 0.3297);
    is("/kpis/0/value", 0.021);
    is("/kpis/0/target", 0.02);
    let texts = [
        ("/name", "intl"),
        ("/title", "Paid members abroad"),
        ("/subject", "subs"),
        ("/status", "met"),
        ("/met_on", "2021-09-30"),
        ("/baseline/at", "2020-12-31"),
        ("/current/at", "2021-09-30"),
        ("/target/kind", "relative"),
        ("/target/op", ">="),
        ("/target/by", "2021-09-30"),
        ("/checkpoints/0/at", "2021-03-31"),
        ("/checkpoints/0/status", "on track"),
        ("/kpis/0/name", "virality"),
        ("/kpis/0/status", "met"),
    ];
    for (path, expected) in texts {
        assert_eq!(goal.pointer(path).and_then(serde_json::Value::as_str), Some(expected), "{path}");
    }
    for null in ["/target/upper", "/required_per_period", "/projection", "/kept"] {
        assert!(goal.pointer(null).is_some_and(serde_json::Value::is_null), "{null}");
    }
    assert_eq!(goal["baseline"]["implied"], false);
    assert_eq!(json["as_of"], "2021-10-01");
    let objective = &json["objectives"][0];
    assert_eq!((&objective["name"], &objective["status"]), (&"growth".into(), &"met".into()));
    assert_eq!(objective["progress"].as_f64(), Some(1.0));
}
