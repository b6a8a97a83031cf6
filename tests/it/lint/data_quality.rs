//! M203 and M206 to M211: near misses and numbers that their pages have no room for.

use super::{card, codes, said};
use milepost::lint::{Letter, Mark};
use std::path::Path;

fn has(code: &str, plan: &str, tables: &[(&str, &str)], as_of: &str) -> bool {
    codes(plan, tables, as_of).contains(&code)
}

/// A text with every run of white space as one space.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn of_1143_real_ads_207_have_no_clicks() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/ads/ads.csv");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} isn't there", path.display());
        return;
    };
    let plan = "table ads from \"ads.csv\"\ngoal Spent / Clicks <= 2 for 90% of ads";
    let plan = plan.replace("Spent / Clicks", "ads.Spent / ads.Clicks");
    let said = on_one_line(&said("M203", &plan, &[("ads", &text)], ""));
    // The shared data's own README: 207 of 1,143 have no clicks.
    assert!(said.contains("in 207 of 1143 rows"), "{said}");
}

const MONTHS: &str = "month,n,of\n2021-01,1,0\n2021-02,1,0\n2021-03,2,4\n2021-04,1,5\n2021-05,3,6\n";

#[test]
fn a_ratio_that_had_not_begun_divides_by_nothing() {
    let plan = "table t from \"t.csv\" time month every month\nmetric r = sum(t.n) / sum(t.of)\ngoal r >= 0.1 every month in 2021";
    assert!(!has("M203", plan, &[("t", MONTHS)], ""));
    let later = format!("{MONTHS}2021-06,1,0\n");
    let said = on_one_line(&said("M203", plan, &[("t", &later)], ""));
    assert!(said.contains("in 1 of 4 months"), "{said}");
    assert!(said.contains("sum(t.of) is 0 in 2021-06"), "{said}");
}

#[test]
fn a_constant_divisor_and_a_plain_total_divide_by_no_data() {
    let later = format!("{MONTHS}2021-06,0,0\n");
    for subject in ["(sum(t.n) / 100)", "(sum(t.n))", "(sum(t.n) / (sum(t.of) + 1))"] {
        let plan = format!("table t from \"t.csv\" time month every month\ngoal {subject} >= 0 every month in 2021");
        assert!(!has("M203", &plan, &[("t", &later)], ""), "{plan}");
    }
}

#[test]
fn months_and_their_days_are_no_finer_step() {
    let data = "month,n\n2021-01,4\n2021-02,4\n2021-03,5\n2021-04,5\n";
    let table = "table t from \"t.csv\" time month";
    for (goal, found) in [
        ("goal (sum(t.n)) >= 4 every month in 2021", false),
        ("goal (sum(t.n)) >= 12 every quarter in 2021", false),
        ("goal (last(t.n)) >= 5 by 2021-12-31 checkpoints weekly", true),
        ("goal (last(t.n)) >= 5 by 2021-12-31 checkpoints monthly", false),
        ("goal (avg(t.n)) >= 5 by 2021-12-31 per week", true),
        ("goal (sum(t.n) over 2 weeks) >= 5 by 2021-12-31", true),
        ("goal (sum(t.n) over 3 months) >= 5 by 2021-12-31", false),
    ] {
        assert_eq!(has("M206", &format!("{table}\n{goal}"), &[("t", data)], ""), found, "{goal}");
    }
    // With a written step, T503 tells without data.
    let written = format!("{table} every month\ngoal (avg(t.n)) >= 5 by 2021-12-31 per week");
    assert!(!has("M206", &written, &[("t", data)], ""));
}

#[test]
fn two_late_readings_are_not_stale() {
    let data = "month,n\n2021-01,4\n2021-02,4\n2021-03,5\n";
    let plan = "table t from \"t.csv\" time month every month\ngoal (last(t.n)) >= 9 by 2021-12-31";
    for (as_of, found) in [("", false), ("2021-05-31", false), ("2021-06-29", false), ("2021-06-30", true)] {
        assert_eq!(has("M208", plan, &[("t", data)], as_of), found, "as of {as_of}");
    }
}

#[test]
fn another_table_that_goes_further_shows_what_is_stale() {
    let old = "month,n\n2021-01,4\n2021-02,4\n";
    let new = "month,m\n2021-01,4\n2021-09,4\n";
    let plan = "table t from \"t.csv\" time month every month\ntable u from \"u.csv\" time month every month\n\
                goal (last(t.n)) >= 9 by 2021-12-31\ngoal other: (last(u.m)) >= 9 by 2021-12-31";
    let said = said("M208", plan, &[("t", old), ("u", new)], "");
    assert!(said.contains("the data of t ends"), "{said}");
    assert!(!said.contains("the data of u"), "{said}");
    let card = card(plan, &[("t", old), ("u", new)], "");
    assert_eq!(card.letters[Letter::Measurable as usize].mark, Mark::Doubtful);
}

#[test]
fn a_hole_is_named_with_what_it_lies_in() {
    let data = "month,n\n2021-01,4\n2021-02,4\n2021-05,5\n2021-06,5\n";
    let plan = "table t from \"t.csv\" time month every month\ngoal (sum(t.n)) >= 4 every month in 2021";
    let said = on_one_line(&said("M209", plan, &[("t", data)], ""));
    assert!(said.contains("Of its 6 months 2021-03 and 2021-04 are missing"), "{said}");
}

#[test]
fn shops_that_close_on_sundays_have_no_holes() {
    // 2021-01-03 was a Sunday.
    let days = (1..=59).filter(|d| (d + 4) % 7 != 0).map(|d| match d {
        1..=31 => format!("2021-01-{d:02},5\n"),
        _ => format!("2021-02-{:02},5\n", d - 31),
    });
    let data: String = std::iter::once("day,n\n".to_owned()).chain(days).collect();
    let plan = "table t from \"t.csv\" time day\ngoal (sum(t.n)) >= 4 in 2021-01";
    assert!(!has("M209", plan, &[("t", &data)], ""));
}

#[test]
fn fractions_and_returns_are_left_alone() {
    let data = "month,rate,ad_roi,scaled\n2021-01,0.4,3.1,40\n2021-02,1.2,2.9,41\n2021-03,0.5,2.2,44\n";
    let table = "table t from \"t.csv\" time month every month";
    for (column, found) in [("rate", false), ("ad_roi", false), ("scaled", true)] {
        for measure in ["last", "avg", "max"] {
            let plan = format!("{table}\nmetric r = {measure}(t.{column}) unit %\ngoal r >= 20% by 2021-12-31");
            assert_eq!(has("M210", &plan, &[("t", data)], ""), found, "{plan}");
        }
    }
    let other = format!("{table}\ngoal (last(t.scaled)) >= 40 by 2021-12-31");
    assert!(!has("M210", &other, &[("t", data)], ""));
}

#[test]
fn events_that_end_early_wait_only_where_nothing_is_decided() {
    let data = "day,n\n2020-12-02,1\n2021-01-12,1\n2021-03-02,1\n2021-05-20,1\n";
    let table = "table t from \"t.csv\" time day";
    for (goal, found) in [
        ("goal (count(t)) <= 5 in H1 2021", true),
        ("goal (count(t)) >= 2 in H1 2021", false),
        ("goal (count(t)) <= 5 in Q1 2021", false),
        ("goal (count(t)) <= 5 in 2021", false),
    ] {
        assert_eq!(has("M211", &format!("{table}\n{goal}"), &[("t", data)], "2021-07-31"), found, "{goal}");
        assert!(!has("M211", &format!("{table} sparse\n{goal}"), &[("t", data)], "2021-07-31"), "{goal}");
    }
}
