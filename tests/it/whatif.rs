//! Scenarios and `--set`: what may be changed, what a change reaches, and how a wrong one is told. Numbers by hand.

use crate::memory::{MemoryEngine, moment};
use milepost::diagnostic::{Diagnostic, render};
use milepost::eval::verdict::Report;
use milepost::eval::{self, Failure, Options};
use milepost::query::TableSource;
use milepost::{Plan, Question};

const SHOP: &str = "month,signups\n2021-01-01,100\n2021-02-01,90\n2021-03-01,200\n";
const PLAN: &str = "currency USD\n\
    table shop from \"shop.csv\" time month every 1 month\n\
    let price = $10\nlet rate = 5%\nlet seats = 300\n\
    metric signups = sum(shop.signups) unit people\n\
    metric revenue = signups * price\n\
    goal earned: revenue >= $4_200 from 2021-01 by 2021-03\n\
    scenario dear \"A higher price\" set price = 12\n";

/// The report under a question, or what is wrong with it as people read it.
fn ask(plan: &str, csv: &str, question: &Question) -> Result<Report, String> {
    let parsed = Plan::parse(plan);
    let mut engine = MemoryEngine::new(&[("shop", csv)]);
    let given = match parsed.tables().next() {
        Some(_) => Vec::new(),
        None => vec![TableSource {
            name: "shop".to_owned(),
            path: "shop".to_owned(),
            shown: "shop".to_owned(),
            within: None,
            time: None,
            sheet: None,
            filter: None,
            timezone: "UTC".to_owned(),
            implicit: true,
            week_start: jiff::civil::Weekday::Monday,
        }],
    };
    let told =
        |found: &[Diagnostic], sources| found.iter().map(|d| render::one(d, sources, Default::default())).collect();
    let opened = parsed.open(&mut engine, given.clone(), |_, _| Ok(true)).expect("tables that open");
    assert!(opened.found.is_empty(), "{:#?}", opened.found);
    let options = Options { as_of: moment("2021-03-31"), goals: Vec::new() };
    let plain = eval::evaluate(&opened.plan, &opened.tables, &mut engine, &options).expect("a plain report");
    let supposed = parsed.suppose(&opened, given, question);
    let sources = supposed.sources.clone();
    supposed.eval(&plain, &opened, &mut engine, &options).map_err(|failure| match failure {
        Failure::Plan(found) => told(&found, &sources),
        Failure::Data(error) => error.to_string(),
    })
}

fn set(changes: &[&str]) -> Question {
    Question { scenario: None, set: changes.iter().map(|c| (*c).to_owned()).collect() }
}

/// What the only goal is worth under changes of the command line.
fn worth(changes: &[&str]) -> Option<f64> {
    ask(PLAN, SHOP, &set(changes)).unwrap_or_else(|told| panic!("{told}")).goals[0].current.value
}

#[test]
fn flags_replace_and_multiply() {
    assert_eq!(worth(&["price=12"]), Some(390.0 * 12.0), "a bare number takes the unit");
    assert_eq!(worth(&["price = $12"]), Some(390.0 * 12.0));
    let near = |found: Option<f64>, wanted: f64| assert!((found.unwrap() - wanted).abs() < 1e-6, "{found:?}");
    near(worth(&["signups=+10%"]), 429.0 * 10.0);
    near(worth(&["signups -10%"]), 351.0 * 10.0);
    near(worth(&["signups = -10%"]), 351.0 * 10.0);
    assert_eq!(worth(&["signups = signups * 2"]), Some(780.0 * 10.0), "its own name is what it was");
    assert_eq!(worth(&["price=+50%", "signups=400"]), Some(400.0 * 15.0));
    assert_eq!(worth(&["price=12", "price=11"]), Some(390.0 * 11.0), "the last one wins");
    assert_eq!(worth(&["price=seats * 0.1 * $1"]), Some(390.0 * 30.0), "another let");
}

#[test]
fn a_flag_wins_over_the_scenario() {
    let question = Question { scenario: Some("dear".to_owned()), set: vec!["price=11".to_owned()] };
    let report = ask(PLAN, SHOP, &question).unwrap_or_else(|told| panic!("{told}"));
    assert_eq!(report.goals[0].current.value, Some(390.0 * 11.0));
    let scenario = report.scenario.expect("a scenario");
    assert_eq!(scenario.name.as_deref(), Some("dear"));
    assert_eq!(scenario.title.as_deref(), Some("A higher price"));
    assert_eq!(scenario.set, ["price = 12", "price=11"]);
}

/// A total and a constant are no total any more: March alone is judged, 200 + 10 at $10.
#[test]
fn another_kind_of_value_is_said() {
    let report = ask(PLAN, SHOP, &set(&["signups = signups + 10"])).expect("a report");
    assert_eq!(report.goals[0].current.value, Some(2100.0));
    crate::memory::noted(&report.goals[0], &["without the scenario", "a total over a period"]);
}

/// A column that no statement describes is its level: 200 × 1.1.
#[test]
fn a_column_without_a_metric_can_be_changed() {
    let report = ask("goal signups >= 210 by 2021-03-31\n", SHOP, &set(&["signups=+10%"])).expect("a report");
    let goal = &report.goals[0];
    assert!((goal.current.value.unwrap() - 220.0).abs() < 1e-9, "{:?}", goal.current);
    assert_eq!(goal.plain.as_ref().unwrap().current, Some(200.0));
}

#[test]
fn what_is_wrong_points_into_the_flag() {
    let wrong = [
        "prise=12",
        "price=5%",
        "price=12 people",
        "rate=5",
        "price=",
        "signups=+10",
        "seats = revenue",
        "price=sum(shop.nothing)",
        "price=12, price=13\nlet x = 3",
        "signups = revenue / price",
    ];
    let told: Vec<String> = wrong
        .iter()
        .map(|text| match ask(PLAN, SHOP, &set(&[text])) {
            Ok(report) => format!("{text}: {:?}\n", report.goals[0].current.value),
            Err(told) => format!("$ --set '{text}'\n{told}"),
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn check_tries_every_scenario() {
    let of = |scenario: &str| {
        let plan = Plan::parse(&PLAN.replace("scenario dear \"A higher price\" set price = 12", scenario));
        let wrong = plan.check().into_iter().filter(|d| !milepost::diagnostic::codes::is_lint(d.code));
        wrong.map(|d| render::one(&d, plan.sources(), Default::default())).collect::<String>()
    };
    assert_eq!(of("scenario dear set price = 12"), "");
    let wrong = [
        "scenario a set price = 12, price -10%",
        "scenario a set prices = 12",
        "scenario a set price = 5%",
        "scenario a set signups +10",
        "scenario a set price = revenue / signups",
        "scenario a set price = 12\nscenario a set price = 13",
    ];
    insta::assert_snapshot!(wrong.map(of).join("\n"));
}

#[test]
fn the_screen_shows_both() {
    let plan = PLAN.to_owned()
        + "goal more: signups +120% per 1 month from 2021-01 by 2021-03\ngoal seats_kept: (seats) >= 200 by 2021-03\n\
           scenario fewer set signups -10%, price = $12\n";
    let question = Question { scenario: Some("fewer".to_owned()), set: Vec::new() };
    let report = ask(&plan, SHOP, &question).unwrap_or_else(|told| panic!("{told}"));
    insta::assert_snapshot!(milepost::report::text(&report, Default::default()));
}
