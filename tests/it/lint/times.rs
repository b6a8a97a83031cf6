//! Rules of the letter T: where their borders are.

use super::{card, codes};
use milepost::lint::Mark;

fn found(code: &str, plan: &str) -> bool {
    codes(plan, &[], "").contains(&code)
}

#[test]
fn a_baseline_is_over_when_its_goal_is_due() {
    let t502 = |goal: &str| found("T502", &format!("metric sold = sum(t.x)\nmetric rate = avg(t.y)\n{goal}"));
    assert!(t502("goal subs +5% from 2021 by 2021-12-31"));
    assert!(t502("goal subs +5% from 2021-09-30 by 2021-09-30"));
    assert!(t502("goal rate +5% from 2021 by Q3 2021"));
    assert!(t502("goal sold +5% from 2021 by Q3 2021"));
    assert!(t502("goal sold +5% in Q1 2021 from Q2 2021"));
    assert!(!t502("goal subs +5% from 2021-09-29 by 2021-09-30"));
    assert!(!t502("goal sold >= 5k from 2021 by Q3 2021"));
    // A quarter against the mean quarter of its year.
    assert!(!t502("goal sold +5% from 2021 in Q4 2021"));
    assert!(!t502("goal subs +5% from 2021-01-01 in 2021"));
    assert!(!t502("goal sold +5% from 2020 within 1 year"));
    assert!(!t502("goal subs >= 5k from 100 by Q3 2021"));
}

const QUARTERS: &str = "table m from \"m.csv\" time d every quarter\ntable e from \"e.csv\" time d\n\
    metric level = last(m.x)\nmetric total = sum(m.x)\nmetric events = sum(e.x)\nmetric mixed = total / events\n\
    metric past = level[Q4 2020]\n";

#[test]
fn steps_and_the_times_of_goals() {
    let t503 = |goal: &str| found("T503", &format!("{QUARTERS}{goal}"));
    let t504 = |goal: &str| found("T504", &format!("{QUARTERS}{goal}"));
    // Shorter than a step.
    assert!(t503("goal level >= 5 every month in 2021"));
    assert!(t503("goal total >= 5 every week in 2021"));
    assert!(t503("goal mixed >= 5 every month in 2021"));
    assert!(t503("goal total +5% by 2021-12-31 per 1 month"));
    assert!(t503("goal total +5% from 2020-12-31 by 2021-12"));
    assert!(t503("goal total >= 5 from 2021-04-01 by 2021-05-31"));
    assert!(t503("goal level +5% by 2021-02-15"));
    assert!(t503("goal level +5% from Q4 2020 within 2 months"));
    assert!(t503("goal level >= 5 in 2021-02"));
    assert!(!t503("goal level >= 5 in 2021-03"));
    assert!(!t503("goal events >= 5 every month in 2021"));
    assert!(!t503("goal level >= 5 every 3 months in 2021"));
    assert!(!t503("goal level >= 5 every year in 2020..2022"));
    assert!(!t503("goal total +5% from 2020-12-31 by 2021-12-31"));
    assert!(!t503("goal (events / past) >= 5 every month in 2021"));
    // Between two steps.
    assert!(t504("goal level +5% from Q4 2020 by 2021-11-30"));
    assert!(t504("goal level +5% from Q4 2020 within 5 months"));
    assert!(t504("goal total >= 5 from 2021-01-01 by 2021-11-30"));
    assert!(t504("goal level >= 5 in 2021-01-01..2021-05-15"));
    assert!(t504("goal total >= 5 in 2021-01-01..2021-05-15"));
    assert!(!t504("goal level +5% from Q4 2020 by 2021-10-03"));
    assert!(!t504("goal total >= 5 in H1 2021"));
    assert!(!t504("goal level >= 5 by 2021-02-15"));
    assert!(!t504("goal events >= 5 in 2021-01-01..2021-05-15"));
    assert!(!t504("goal total >= 5 every 6 months in 2021"));
    // Which quarters a table holds isn't known without data where the fiscal year has others.
    let plan = format!("fiscal year starts February\n{QUARTERS}goal level +5% from 2020-12-31 by 2021-11-30");
    assert!(!found("T504", &plan));
}

#[test]
fn horizons() {
    let t505 = |goal: &str| found("T505", &format!("horizon 2021\n{goal}"));
    assert!(t505("goal subs +5% from 2020-12-31 by 2022-01-31"));
    assert!(t505("goal subs +5% from 2020-12-31 within 2 years"));
    assert!(t505("goal subs +5% from 2017-12-31 by 2018-12-31"));
    assert!(t505("goal subs >= 5 in 2021..2022"));
    assert!(!t505("goal subs +5% from 2020-12-31 by 2021-12-31"));
    assert!(!t505("goal subs +5% from 2020-12-31 within 1 year"));
    assert!(!t505("goal subs >= 5 in Q4 2020..Q1 2021"));
    assert!(!t505("goal subs >= 5"));
    assert!(!t505("goal a: subs >= 5 in 2021\ngoal both: all of a"));
    // A deadline of the last day before the horizon is decided when the plan begins.
    assert!(t505("goal subs +5% from 2019-12-31 by 2020-12-31"));
}

#[test]
fn checkpoints() {
    let t506 = |rest: &str| found("T506", &format!("goal subs +5% from 2020-12-31 {rest}"));
    assert!(t506("by 2021-09-30 checkpoints 2021-10-01"));
    assert!(t506("by 2021-09-30 checkpoints 2020-12-31 +1%"));
    assert!(t506("within 6 months checkpoints 2021-07-01"));
    assert!(t506("by 2021-09-30 grace 1 week checkpoints 2021-10-09"));
    assert!(!t506("by 2021-09-30 checkpoints 2021-01-01, monthly, 2021-09-30"));
    assert!(!t506("by 2021-09-30 checkpoints quarterly"));
}

#[test]
fn campaigns() {
    let head = "campaign spring 2021-04-01..2021-06-30\nmetric sold = sum(t.x)\nmetric brought = sold[spring]\n";
    let t508 = |goal: &str| found("T508", &format!("{head}{goal}"));
    assert!(t508("goal sold[spring] >= 5 from Q2 2021 by 2021-12-31"));
    assert!(t508("goal brought >= 5 in Q3 2021"));
    assert!(!t508("goal brought >= 5 by 2021-12-31"));
    assert!(!t508("goal brought >= 5 in 2021"));
    assert!(!t508("goal (sold - brought) >= 5 in Q3 2021"));
    assert!(!t508("goal sold >= 5 in spring"));
}

#[test]
fn what_breaks_the_letter() {
    let mark = |plan: &str| card(plan, &[], "").letters[4].mark;
    assert_eq!(mark("goal subs +5% from 2021 by Q3 2021"), Mark::Broken);
    assert_eq!(mark("horizon 2021\ngoal subs +5% from 2020-12-31 by 2022-01-31"), Mark::Doubtful);
    assert_eq!(mark("goal subs +5% from 2020-12-31 by 2021-09-30"), Mark::Kept);
}
