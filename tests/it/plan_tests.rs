//! Tests in plans: those of the corpus run and pass, and what is wrong with one is said.

use crate::sentences::plans;
use milepost::Plan;
use milepost::diagnostic::Diagnostic;
use milepost::diagnostic::codes::CODES;
use milepost::diagnostic::render::{Options, text};
use milepost::eval::plan_tests::{TestRun, run};
use milepost::model::Catalog;

/// Runs the tests of a plan that has no mistake.
fn try_run(plan: &str) -> Result<Vec<TestRun>, Vec<Diagnostic>> {
    let parsed = Plan::parse(plan);
    assert!(parsed.spelling().is_empty(), "{plan}\n{:#?}", parsed.spelling());
    let (resolved, found) = parsed.resolve(&Catalog::default());
    if !found.is_empty() {
        return Err(found);
    }
    run(&resolved, None)
}

/// What is said of a plan's tests, as people read it.
fn told(plan: &str) -> String {
    let parsed = Plan::parse(plan);
    let found = match try_run(plan) {
        Ok(runs) => runs.iter().flat_map(TestRun::findings).collect(),
        Err(found) => found,
    };
    text(&found, parsed.sources(), Options::default())
}

#[test]
fn tests_of_the_corpus_pass() {
    let mut count = 0;
    for path in plans("tests/corpus") {
        let plan = std::fs::read_to_string(&path).expect("a readable plan");
        let path = path.display().to_string();
        // The evaluated examples hold tests that fail on purpose: `corpus` says which.
        if !plan.contains("\ntest \"") || path.contains("evaluated") {
            continue;
        }
        let Ok(runs) = try_run(&plan) else {
            // Plans that show every statement have tests that need data.
            assert!(path.contains("all_syntax"), "{path}\n{}", told(&plan));
            continue;
        };
        let failed: Vec<&TestRun> = runs.iter().filter(|r| !r.passed()).collect();
        assert!(failed.is_empty(), "{path}\n{}", told(&plan));
        count += runs.len();
    }
    assert!(count >= 19, "{count} tests ran");
}

const PLAN: &str = "metric subs = last(members.paid) unit members\n\
                    metric orders = sum(shop.orders)\n\
                    metric visits = sum(shop.visits)\n\
                    goal intl: subs +5% from Q4 2020 by 2021-09-30\n\
                    goal rate: (orders / visits) >= 10% in 2021\n\
                    goal regions: subs +5% for each region from Q4 2020 by 2021-09-30\n\
                    goal rows: reply <= 2h for 95% of shop in 2021\n";

/// Each expectation of one test, alone: passed or not.
fn passes(test: &str) -> Vec<bool> {
    let runs = try_run(&format!("{PLAN}test \"one\"\n{test}")).unwrap_or_else(|found| panic!("{test}\n{found:#?}"));
    runs.iter().flat_map(|r| &r.outcomes).map(|o| o.passed).collect()
}

/// A test that can't fail is none: each of these differs from a corpus test that passes in one number.
#[test]
fn tests_fail() {
    let given = "  given subs = 100M at 2020-12-31, 104.9M at 2021-09-30\n  as of 2021-10-01\n";
    assert_eq!(passes(&format!("{given}  expect intl met\n  expect intl missed\n")), [false, true]);
    let given = "  given orders = 100 +10 x 12 every month from 2021-01\n  as of 2022-01-01\n";
    // 1e-9 relative is the same number, 1e-8 isn't.
    let expected =
        "  expect orders[2021] = 1860.000001\n  expect orders[2021] = 1860.00002\n  expect orders[2021-03] > 120\n";
    assert_eq!(passes(&format!("{given}{expected}")), [true, false, false]);
}

#[test]
fn failures_as_people_read_them() {
    let plan = format!(
        "{PLAN}test \"five percent\"\n  given subs = 100M at 2020-12-31, 104M at 2021-09-30\n  \
         given orders = 12 at 2021\n  given visits = 100 at 2021\n  as of 2021-12-31\n  \
         expect intl met\n  expect rate missed\n  expect orders[2021] = 13 and visits[2021] = 100\n  \
         expect orders[2020] = 12\n  expect orders[2021] / visits[2021] = 13%\n"
    );
    insta::assert_snapshot!(told(&plan));
}

#[test]
fn tests_that_cannot_run() {
    let plan = format!(
        "{PLAN}test \"two are missing\"\n  given subs = 1 at 2021\n  as of 2021-12-31\n  expect intl no data\n  expect rate met\n\
         test \"each and rows\"\n  given subs = 1 at 2021\n  as of 2021-12-31\n  expect regions met\n  expect rows met\n\
         test \"rows themselves\"\n  given subs = 1 at 2021\n  as of 2021-12-31\n  expect sum(shop.orders) > 3\n\
         test \"nothing\"\n  given subs = 1 / 0 at 2021\n  as of 2021-12-31\n  expect subs = 3\n"
    );
    insta::assert_snapshot!(told(&plan));
}

/// The pages of what only shows when tests run.
#[test]
fn pages_hold() {
    let block = |page: &str, what: &str| {
        let (_, rest) = page.split_once(&format!("```goal {what}\n"))?;
        rest.split_once("```").map(|(block, _)| block.to_owned())
    };
    for code in CODES.iter().filter(|c| c.code.starts_with("E06")) {
        let bad = block(code.page, "bad").expect("a wrong plan");
        assert!(told(&bad).contains(code.code), "{}\n{}", code.code, told(&bad));
        let good = block(code.page, "good").expect("a right plan");
        assert_eq!(told(&good), "", "{}", code.code);
    }
}

/// A test may be put beside any plan: indicators need no values, and a bare plan's metrics are columns.
#[test]
fn a_one_line_plan_is_tested() {
    let plan = "goal subs +5% from Q4 2020 by 2021-09-30 measure conversion_rate >= 2%\n\
                test \"five percent\"\n  given subs = 100 at 2020-12-31, 105 at 2021-09-30\n  as of 2021-10-01\n  expect subs met\n";
    assert_eq!(told(plan), "");
}

/// What the reference says of tests, its own plan does.
#[test]
fn the_tests_of_the_reference_pass() {
    let page = std::fs::read_to_string(crate::sentences::root().join("docs/reference/language.md")).expect("the page");
    let blocks = page.split("```goal\n").skip(1).filter_map(|rest| rest.split_once("```").map(|(block, _)| block));
    let plan: String = blocks.collect();
    let (resolved, _) = Plan::parse(&plan).resolve(&Catalog::default());
    let runs = run(&resolved, None).unwrap_or_else(|found| panic!("{found:#?}"));
    assert!(runs.len() >= 2 && runs.iter().all(TestRun::passed), "{runs:#?}");
}
