//! What became of a streaming company's memberships in 2021, from its published figures (see ../shared/data/README.md).
//! All expected numbers are arithmetic on those figures, in thousands: outside UCAN 129,727 at the end of 2020, then
//! 133,255, 135,229, 139,539 and 146,629; in all 203,663, 207,639, 209,180, 213,563 and 221,844.

use super::memory::*;
use milepost::eval::verdict::Verdict;
use std::path::Path;

const TABLE: &str =
    "table memberships from \"memberships.csv\" time period_end every quarter where region <> \"TOTAL\"\n";
const METRIC: &str =
    "segment abroad = region <> \"UCAN\"\nmetric subs = last(memberships.paid_memberships) unit members\n";

fn csv() -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/netflix/memberships.csv");
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("skipped: there is no {}", path.display());
    }
    text
}

fn of(goal: &str, as_of: &str) -> Option<Verdict> {
    Some(verdict(&format!("{TABLE}{METRIC}goal {goal}"), &[("memberships", &csv()?)], as_of))
}

/// The verdict's line, and how much the value changed, in hundredths of a percent.
fn told(goal: &str) -> Option<(String, f64)> {
    let v = of(goal, "2022-01-31")?;
    let change = v.current.value.unwrap() / v.baseline.as_ref().unwrap().value.unwrap() - 1.0;
    Some((line(&v), (change * 1e4).round() / 100.0))
}

#[test]
fn as_of_the_end_of_january_2022() {
    for (goal, expected, change) in [
        // 129,727 × 1.05 = 136,213.35
        (
            "subs +5% where abroad from Q4 2020 by 2021-09-30",
            "met: 139539000 (Q3 2021) >= 136213350 from 129727000 (Q4 2020)",
            7.56,
        ),
        // 133,255 × 1.05 = 139,917.75
        (
            "subs +5% where abroad from Q1 2021 by 2021-09-30",
            "missed: 139539000 (Q3 2021) >= 139917750 from 133255000 (Q1 2021)",
            4.72,
        ),
        // 203,663 × 1.05 = 213,846.15
        (
            "subs +5% from Q4 2020 by 2021-09-30",
            "missed: 213563000 (Q3 2021) >= 213846150 from 203663000 (Q4 2020)",
            4.86,
        ),
        // 203,663 × 1.25 = 254,578.75
        (
            "subs +25% from Q4 2020 by Q4 2021",
            "missed: 221844000 (Q4 2021) >= 254578750 from 203663000 (Q4 2020)",
            8.93,
        ),
        (
            "subs +25% to 254.58M from Q4 2020 by Q4 2021",
            "missed: 221844000 (Q4 2021) >= 254580000 from 203663000 (Q4 2020)",
            8.93,
        ),
        // 74,384 − 73,936 = 448
        (
            "subs +250k where region = \"UCAN\" in Q1 2021",
            "met: 74384000 (Q1 2021) >= 74186000 from 73936000 (Q4 2020)",
            0.61,
        ),
    ] {
        let Some(found) = told(goal) else { return };
        assert_eq!(found, (expected.to_owned(), change), "{goal}");
    }
}

#[test]
fn the_day_on_which_it_was_met() {
    let Some(v) = of("subs +5% where abroad from Q4 2020 by 2021-09-30", "2022-01-31") else { return };
    assert_eq!(v.met_on.unwrap().to_string(), "2021-09-30");
}

#[test]
fn as_of_the_first_of_may_2021() {
    let Some(v) = of("subs +5% where abroad from Q4 2020 by 2021-09-30", "2021-05-01") else { return };
    assert_eq!(line(&v), "on track: 133255000 (Q1 2021) >= 136213350 from 129727000 (Q4 2020)");
    // p = 3,528 / 6,486.35; e = 90 of the 273 days from 1 January to 30 September.
    let near = |x: Option<f64>, y: f64| (x.unwrap() - y).abs() < 1e-12;
    assert!(near(v.progress, 3528.0 / 6486.35) && near(v.expected, 90.0 / 273.0), "{v:?}");
    assert!(near(v.pace, 3528.0 / 6486.35 * 273.0 / 90.0), "{v:?}");
    // 136,213.35 − 133,255 = 2,958.35 in two quarters; the last one brought 133,255 − 129,727.
    let required = v.required.unwrap();
    assert_eq!((required.periods, required.step.to_string().as_str()), (2, "1 quarter"));
    assert!((required.total - 2_958_350.0).abs() < 1e-6 && (required.per_period - 1_479_175.0).abs() < 1e-6);
    assert_eq!(required.last_brought, Some(3_528_000.0));
}

// "The file's TOTAL row, when nothing filters it out, doubles the sum"
#[test]
fn the_total_row_doubles_the_sum() {
    let Some(csv) = csv() else { return };
    let table = TABLE.replace(" where region <> \"TOTAL\"", "");
    let plan = format!("{table}{METRIC}goal subs +5% from Q4 2020 by 2021-09-30");
    // 2 × 213,563, 2 × 213,846.15 and 2 × 203,663
    assert_eq!(
        judged(&plan, &[("memberships", &csv)], "2022-01-31"),
        "missed: 427126000 (Q3 2021) >= 427692300 from 407326000 (Q4 2020)"
    );
}

// Nothing is declared but the goal: each numeric column is a metric by itself, and a filter is on its table.
#[test]
fn without_statements_the_column_is_the_metric() {
    let Some(csv) = csv() else { return };
    let plan = "goal paid_memberships +5% where region = \"TOTAL\" from Q4 2020 by 2021-09-30";
    let v = verdict(plan, &[("memberships", &csv)], "2022-01-31");
    assert_eq!(line(&v), "missed: 213563000 (Q3 2021) >= 213846150 from 203663000 (Q4 2020)");
    noted(&v, &["no metric paid_memberships is declared"]);
    noted(&v, &["one reading a quarter", "write `every`"]);
}
