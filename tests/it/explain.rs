//! Derivations: what `explain GOAL` tells of every kind of goal, as people read it, and that its arithmetic comes out.

use super::memory::*;
use milepost::Plan;
use milepost::eval::derivation::milestone;
use milepost::eval::derivation::{Derivation, Explained, Way, explain};
use milepost::eval::trace::{Role, Step};
use milepost::report::{Style, derivation, derivation_json, milestone_derivation, milestone_json, statement};

/// A goal's derivation.
fn explained(plan: &str, tables: &[(&str, &str)], as_of: &str, goal: &str) -> Explained {
    let (opened, mut engine) = open(plan, tables).unwrap_or_else(|found| panic!("{plan}\n{found:#?}"));
    explain(&opened.plan, &opened.tables, &mut engine, moment(as_of), goal).unwrap_or_else(|e| panic!("{plan}\n{e:?}"))
}

/// Likewise, as people read it.
fn told(plan: &str, tables: &[(&str, &str)], as_of: &str, goal: &str) -> String {
    let e = explained(plan, tables, as_of, goal);
    let parsed = Plan::parse(plan);
    let file = &parsed.sources().files[0];
    let place = format!("plan.goal:{}", file.position(e.verdict.at.span.start).line);
    let text = derivation(&e, &statement(file.slice(e.verdict.at.span), goal), &place, Style::default());
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}\n{text}");
    }
    for jargon in ["stock", "flow", "aggregate", "node", "denominator"] {
        let words = text.replace("overflow", "");
        assert!(!words.split(|c: char| !c.is_alphanumeric()).any(|w| w == jargon), "{jargon}:\n{text}");
    }
    text
}

/// A plan of the examples with its real and invented tables.
fn netflix(as_of: &str, goal: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/netflix");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("an example");
    let tables = ["memberships", "posts", "mentions", "tickets", "ads", "survey", "comments"]
        .map(|t| (t, read(&format!("{t}.csv"))));
    let tables: Vec<(&str, &str)> = tables.iter().map(|(n, t)| (*n, t.as_str())).collect();
    told(&read("social.goal"), &tables, as_of, goal)
}

#[test]
fn a_level_under_a_filter() {
    insta::assert_snapshot!(netflix("2021-09-30", "intl"));
}

#[test]
fn a_ratio_of_several_metrics() {
    insta::assert_snapshot!(netflix("2021-06-30", "engagement"));
}

#[test]
fn a_score_every_month() {
    insta::assert_snapshot!(netflix("2021-06-30", "satisfied"));
}

#[test]
fn for_each_region() {
    insta::assert_snapshot!(netflix("2021-09-30", "regions"));
}

#[test]
fn rows_of_a_table() {
    insta::assert_snapshot!(netflix("2021-06-30", "concerns"));
}

#[test]
fn a_campaign_and_its_budget() {
    insta::assert_snapshot!(netflix("2021-05-31", "spring_budget"));
}

#[test]
fn nothing_to_judge_yet() {
    insta::assert_snapshot!([netflix("2020-06-30", "voice"), netflix("2021-03-31", "ads")].join("\n"));
}

const SHOP: &str = "table shop from \"shop.csv\" time day every month\n\
    table staff from \"staff.csv\" time day every month\n\
    let fee = 2.5%\n\
    segment eu = city in (\"Lisbon\", \"Porto\")\n\
    metric revenue = sum(shop.revenue) unit EUR\n\
    metric costs = sum(shop.costs) unit EUR\n\
    metric people = last(staff.people) unit people\n\
    metric net = revenue * (1 - fee) - costs\n\
    metric margin = net / revenue unit %\n\
    metric each_sells = revenue / people\n\
    metric per_visit = revenue / sum(shop.visits)\n";

const SHOP_ROWS: &str = "day,city,revenue,costs,visits\n\
    2021-01-31,Lisbon,1000,700,0\n2021-01-31,Porto,500,,0\n2021-01-31,Rome,300,200,0\n\
    2021-02-28,Lisbon,1100,700,0\n2021-02-28,Porto,550,400,0\n2021-02-28,Rome,310,210,0\n\
    2021-03-31,Lisbon,1250,710,0\n2021-03-31,Porto,600,400,0\n2021-03-31,Rome,320,220,0\n";

const STAFF_ROWS: &str = "day,people\n2021-01-31,3\n2021-02-28,4\n2021-03-31,4\n";

fn shop(goals: &str, as_of: &str, goal: &str) -> String {
    told(&format!("{SHOP}{goals}"), &[("shop", SHOP_ROWS), ("staff", STAFF_ROWS)], as_of, goal)
}

#[test]
fn shapes_of_goals() {
    let goals = "goal profit: margin >= 20% in Q1 2021\n\
                 goal grow: revenue +10% where eu in 2021-03 from 2021-02\n\
                 goal total: revenue to €8k from 2021-01 by 2021-06-30\n\
                 goal lean: costs <= revenue * 70% in Q1 2021\n\
                 goal busy: (revenue > costs and people >= 4) in 2021-03\n\
                 goal visits: per_visit >= €1 in Q1 2021\n\
                 goal sells: each_sells +5% from 2021-02 by 2021-03\n\
                 goal more: revenue +5% every month in Q1 2021\n\
                 goal both: all of profit, busy\n";
    let names = ["profit", "grow", "total", "lean", "busy", "visits", "sells", "more", "both"];
    let told: Vec<String> = names.iter().map(|name| shop(goals, "2021-03-31", name)).collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// How a milestone's condition came out, on the day that decided.
#[test]
fn milestones() {
    let plan = format!(
        "{SHOP}milestone hired \"A fourth hand\" by 2021-03-31 when people >= 4\n\
         milestone rich by 2021-03-31 when revenue >= €10k\nmilestone opened by 2021-02-15 done 2021-02-10\n"
    );
    let (opened, mut engine) = open(&plan, &[("shop", SHOP_ROWS), ("staff", STAFF_ROWS)]).expect("a plan");
    let told = opened.plan.milestones.values().map(|m| {
        let e =
            milestone::explain(&opened.plan, &opened.tables, &mut engine, moment("2021-03-31"), m).expect("a verdict");
        let json = milestone_json(&e, Plan::parse(&plan).sources(), &Vec::<String>::new()).expect("JSON");
        assert!(json.contains("\"derivation\""));
        milestone_derivation(&e, "plan.goal:12", Style::default())
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"));
}

/// Guardrails, paths that aren't straight and runs that have to hold are told.
#[test]
fn clauses_beside_the_target() {
    let goals = "goal path: revenue to €9k from 2021-01 by 2021-06-30 pace compound guardrail people >= 3\n\
                 goal staffed: people >= 4 hold 2 months by 2021-06-30\n\
                 goal first: revenue[-1 month] >= €1.9k in 2021-03\n\
                 goal average: moving_average(people, 3 months) >= 3 by 2021-03\n";
    let names = ["path", "staffed", "first", "average"];
    let told: Vec<String> = names.iter().map(|name| shop(goals, "2021-03-31", name)).collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// The value of every step follows from those below it: sums, differences, products, quotients.
fn comes_out(step: &Step) {
    if let (Role::Arithmetic(op), [a, b]) = (step.role, step.children.as_slice())
        && let (Some(x), Some(a), Some(b)) = (step.value.as_number(), a.value.as_number(), b.value.as_number())
    {
        let expected = match op.symbol() {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            _ => x,
        };
        assert!((expected - x).abs() <= 1e-9 * x.abs(), "{} = {x}, not {expected}", step.text);
    }
    step.children.iter().for_each(comes_out);
}

fn steps(d: &Derivation) -> impl Iterator<Item = &Step> {
    let own = [&d.baseline, &d.current].into_iter().flatten().filter_map(|d| d.step.as_ref());
    let listed = d.periods.iter().chain(&d.values).filter_map(|(_, d)| d.step.as_ref());
    own.chain(listed)
}

/// Steps, splits and progress agree with the verdict's own numbers.
#[test]
fn the_numbers_are_the_verdicts() {
    let goals = "goal profit: margin >= 20% in Q1 2021\ngoal grow: revenue +10% where eu in 2021-03 from 2021-02\n\
                 goal more: revenue +5% every month in Q1 2021\ngoal people +1 from 2021-01 by 2021-03\n";
    for goal in ["profit", "grow", "more", "people"] {
        let e = explained(&format!("{SHOP}{goals}"), &[("shop", SHOP_ROWS), ("staff", STAFF_ROWS)], "2021-03-31", goal);
        let mut count = 0;
        for step in steps(&e.derivation) {
            comes_out(step);
            count += 1;
        }
        assert!(count > 0, "{goal} has steps");
        if let Some(current) = &e.derivation.current {
            assert_eq!(current.step.as_ref().and_then(|s| s.value.as_number()), e.verdict.current.value);
            for split in &current.splits {
                let sum: f64 = split.parts.iter().map(|(_, x)| x).sum();
                assert!((sum - current.value.unwrap()).abs() < 1e-9 || split.of != e.verdict.subject, "{split:?}");
            }
        }
        if let Some(Way::Between { baseline, current, target }) = e.derivation.way {
            let progress = (current - baseline) / (target - baseline);
            assert!((progress - e.verdict.progress.unwrap()).abs() < 1e-12);
        }
    }
}

#[test]
fn as_json() {
    let plan = format!("{SHOP}goal grow: revenue / people +10% where eu in 2021-03 from 2021-02\n");
    let plan = plan.replace(" where eu", "");
    let e = explained(&plan, &[("shop", SHOP_ROWS), ("staff", STAFF_ROWS)], "2021-03-31", "grow");
    let parsed = Plan::parse(&plan);
    let json = derivation_json(&e, parsed.sources(), &Vec::<String>::new()).expect("JSON");
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(value["schema"], 1);
    assert_eq!(value["goal"]["name"], "grow");
    let derivation = value.get("derivation").expect("a derivation");
    insta::assert_snapshot!(serde_json::to_string_pretty(derivation).expect("JSON"));
}

/// `from 2 to 9`: 2 is written, whatever was measured before.
#[test]
fn a_written_baseline_is_not_derived_from_what_was_measured() {
    let plan = "table t from \"t.csv\" time at sparse\nmetric most = max(t.x)\n\
        goal g: most from 2 to 9 by 2021-03-31\n";
    let rows = "at,x\n2021-01-15,1\n2021-02-10,4\n2021-02-25,6\n";
    let told = explained(plan, &[("t", rows)], "2021-02-28", "g");
    let baseline = told.derivation.baseline.expect("a baseline");
    assert_eq!((baseline.value, baseline.mean_of), (Some(2.0), None));
    assert_eq!(baseline.step.map(|s| s.text).as_deref(), Some("2"));
}

/// Each campaign's value is told over its own days and under its own filter: 3 + 4 and 5 + 6, not all 18.
#[test]
fn for_each_campaign_tells_of_each() {
    let plan = "table t from \"t.csv\" time at sparse\nmetric total = sum(t.x)\n\
        campaign a 2021-01-01..2021-01-31 where k = \"p\"\ncampaign b 2021-02-01..2021-02-28\n\
        goal g: total >= 8 for each campaign in 2021\n";
    let rows = "at,k,x\n2021-01-05,p,3\n2021-01-06,p,4\n2021-01-07,q,0\n2021-02-05,p,5\n2021-02-06,q,6\n";
    let told = explained(plan, &[("t", rows)], "2021-03-31", "g").derivation;
    assert_eq!(told.current, None, "there is no value of them all");
    let values: Vec<_> = told.values.iter().map(|(name, d)| (name.as_str(), d.value, d.step.is_some())).collect();
    assert_eq!(values, [("a", Some(7.0), true), ("b", Some(11.0), true)]);
}
