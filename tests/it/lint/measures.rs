//! Rules of the letter M: where their borders are.

use super::{codes, linted, said};

fn found(code: &str, plan: &str) -> bool {
    codes(plan, &[], "").contains(&code)
}

#[test]
fn targets_agree_as_exactly_as_they_are_written() {
    let disagree = |targets: &str, from: &str| found("M202", &format!("goal subs {targets} from {from} by 2021-12-31"));
    // 203.663 * 1.25 = 254.57875, which is 254.58 with two digits; 1.245 to 1.255 of it is 253.56 to 255.60.
    assert!(!disagree("+25% to 254.58M", "203.663M"));
    assert!(!disagree("+25% to 255M", "203.663M"));
    assert!(!disagree("+25% to 253.6M", "203.663M"));
    assert!(disagree("+25% to 253.4M", "203.663M"));
    assert!(disagree("+25% to 256.1M", "203.663M"));
    // +25.00% is 24.995% to 25.005%: 254.5686M to 254.5889M.
    assert!(!disagree("+25.00% to 254.58M", "203.663M"));
    assert!(disagree("+25.00% to 254.60M", "203.663M"));
    assert!(disagree("+25.00% to 254.55M", "203.663M"));
    // A baseline that is rounded itself: 203.5M to 204.5M.
    assert!(!disagree("+25.00% to 254.60M", "204M"));
    assert!(!disagree("+250k to 74.19M", "73.94M"));
    assert!(disagree("+250k to 74.3M", "73.936M"));
    assert!(!disagree("x2 to 400", "200"));
    assert!(disagree("x2.0 to 500", "200.0"));
    assert!(disagree("double to 390.0", "200.0"));
    assert!(!disagree("-20% to 80", "100"));
    assert!(disagree("-20% to 90.0", "100.0"));
    assert!(!disagree("to 120 up", "100"));
    assert!(disagree("to 80 up", "100"));
    // A whole number that ends in zeros is a rounded one.
    assert!(!disagree("+25% to 255_000_000", "203.663M"));
}

#[test]
fn a_baseline_that_data_gives_is_held_against_both() {
    let table = [("metrics", "date,subs\n2020-12-31,203663000\n2021-03-31,207000000\n")];
    let with = |targets: &str| {
        let plan = format!("goal subs {targets} from 2020-12-31 by 2021-12-31");
        codes(&plan, &table, "").contains(&"M202")
    };
    assert!(!with("+25% to 254.58M"));
    assert!(with("+25% to 264.58M"));
    assert!(!with("+25%"));
}

#[test]
fn spans_of_totals_over_levels() {
    let churn = "metric churn = sum(members.lost) / last(members.paid)\n";
    let m204 = |goal: &str| found("M204", &format!("{churn}{goal}"));
    assert!(m204("goal churn x0.9 by 2021-12-31"));
    assert!(m204("goal churn <= 0.03 by 2021-12-31"));
    assert!(m204("goal (1 - churn) >= 0.9 by 2021-12-31"));
    assert!(m204("goal (churn * 12) x0.9 by 2021-12-31"));
    assert!(m204("goal churn x0.9 from 2020 in Q1 2021"));
    assert!(!m204("goal churn x0.9 from Q4 2020 in Q1 2021"));
    assert!(!m204("goal churn x0.9 from 2020-12 in 2021-01"));
    assert!(!m204("goal churn x0.9 from Q4 2020 by Q4 2021"));
    assert!(!m204("goal churn <= 0.03 every month in 2021"));
    assert!(!m204("goal churn <= 0.03 in 2021"));
    // Over a written span the total is a level as well.
    let plan = "metric churn = (sum(members.lost) over 1 month) / last(members.paid)\ngoal churn x0.9 by 2021-12-31";
    assert!(!found("M204", plan));
}

#[test]
fn equal_to_a_measured_value() {
    let m212 = |goal: &str| found("M212", goal);
    assert!(m212("metric m = avg(t.x)\ngoal m = 5 in 2021"));
    assert!(m212("metric m = sum(t.x)\ngoal m = 100 in 2021"));
    assert!(m212("metric m = last(t.x)\ngoal m = 250M in 2021"));
    assert!(m212("metric m = last(t.x)\ngoal m = 2.5 in 2021"));
    assert!(m212("metric m = count(t) / count(u)\ngoal m = 2 in 2021"));
    assert!(m212("metric m = avg(t.x)\nmetric n = count(t)\ngoal n >= 5 in 2021 guardrail m = 5"));
    assert!(!m212("metric m = last(t.x)\ngoal m = 50 in 2021"));
    assert!(!m212("metric m = sum(t.x)\ngoal m = 0 in 2021"));
    assert!(!m212("metric m = distinct(t.x)\ngoal m = 12 in 2021"));
    assert!(!m212("metric m = avg(t.x)\nmetric n = avg(u.x)\ngoal m = n in 2021"));
    // Each row by itself may well bear a number.
    assert!(!m212("goal posts.images = 4 for each posts in 2021"));
}

#[test]
fn per_is_doubted_only_where_a_total_has_a_bound_in_each_span() {
    let likes = "metric likes = sum(posts.likes)\nmetric rate = sum(posts.likes) / sum(posts.reach)\n";
    let m213 = |goal: &str| found("M213", &format!("{likes}{goal}"));
    assert!(m213("goal likes >= 10k by 2021-12-31 per 1 month"));
    assert!(m213("goal likes between 9k and 11k by Q4 2021 per 1 week"));
    assert!(!m213("goal likes to 10k by 2021-12-31 per 1 month"));
    assert!(!m213("goal likes >= 10k from 2020-12 by 2021-12-31 per 1 month"));
    assert!(!m213("goal likes >= 10k by 2021-01-31 per 1 month"));
    assert!(!m213("goal likes >= 10k by 2021 per 1 year"));
    assert!(!m213("goal rate >= 0.1 by 2021-12-31 per 1 month"));
}

#[test]
fn a_metric_that_nothing_describes_is_told_once() {
    let table = [("metrics", "date,subs,rate\n2020-12-31,100,0.1\n2021-03-31,102,0.2\n")];
    let plan = "goal subs +5% from 2020-12-31 by 2021-03-31\ngoal more: subs >= 100 in 2021\n";
    assert_eq!(said("M201", plan, &table, "").matches("hint[M201]").count(), 1);
    // A statement of `rate` without a unit would take the points away: no correction, only words.
    let plan = "goal rate +2pp from 2020-12-31 by 2021-03-31\n";
    let (_, found) = linted(plan, &table, "");
    let own: Vec<_> = found.diagnostics.iter().filter(|d| d.code == "M201").collect();
    assert!(own.len() == 1 && own[0].fix.is_none(), "{own:?}");
}
