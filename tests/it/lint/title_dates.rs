//! T507: the times that titles speak of, and the words that only look like one.

use super::codes;

/// True where the title disagrees with the goal's clauses.
fn disagrees(title: &str, clauses: &str) -> bool {
    codes(&format!("goal g {title:?}: subs +5% {clauses}"), &[], "").contains(&"T507")
}

const BY: &str = "from 2020-12-31 by 2021-09-30";

#[test]
fn titles_that_say_another_time_are_found() {
    for title in [
        "More by August",
        "More by the end of Q2",
        "More by Oct 31",
        "More by October 31st, 2021",
        "More by 31 October",
        "More until 2021-11",
        "More by 2021-08-31",
        "More in 2020",
        "More by the end of Q4",
        "More by end of H2",
        "More by May",
        "More in March 2021",
        "More members, Q2 2021",
        "Members, 2021 Q2",
    ] {
        assert!(disagrees(title, BY), "{title}");
    }
    for title in [
        "Sign-ups in Q3",
        "Sign-ups, Q3 2021",
        "In September",
        "Sign-ups by end of Q3",
        "Sign-ups by the end of August",
    ] {
        assert!(disagrees(title, "in Q4 2021"), "{title}");
    }
    assert!(disagrees("Every month of the year, in 2020", "every month in 2021"));
}

#[test]
fn titles_that_say_the_same_or_no_time_are_left_alone() {
    for title in [
        "More by September",
        "More by the end of Q3",
        "More by Sept 30",
        "More by September 30th, 2021",
        "More by 30 September",
        "More before October",
        "More by Q4",
        "More in 2021",
        "More by H2",
        "More than in 2019",
        "More than by the end of Q1",
        "From Q4 to now",
        "Up from 2020",
        "As many as in May",
        "What may come",
        "April and May, our founders",
        "March on",
        "The March for Science",
        "June Smith's team",
        "Users of Windows 2000",
        "Office 2019 users",
        "The September newsletter",
        "Readers of the Q2 report",
        "The 2020 class",
        "Top 10 in May and September",
        "500 more in 30 days",
        "An H1 heading on every page",
        "Fit for 55",
        "by 2021-09-30",
        "2000 more members",
        "The agenda 2030",
        "",
    ] {
        assert!(!disagrees(title, BY), "{title}");
    }
    for title in ["Sign-ups in September", "In H2", "in 2021"] {
        assert!(!disagrees(title, "in Q3 2021"), "{title}");
    }
}

#[test]
fn fiscal_quarters_are_quarters_too() {
    let plan = |clauses: &str| format!("fiscal year starts April\ngoal g \"More by Q2\": subs +5% {clauses}");
    let found = |clauses: &str| codes(&plan(clauses), &[], "").contains(&"T507");
    // The fiscal year that starts in April 2021 has its second quarter from July to September.
    assert!(!found("from 2020-12-31 by 2021-09-30"));
    assert!(!found("from 2020-12-31 by 2021-06-30"));
    assert!(found("from 2020-12-31 by 2021-12-31"));
}
