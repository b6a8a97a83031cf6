//! Clauses beside the shapes of goals they can't serve yet, and cases that the first fresh reading of the evaluator
//! found: each expected number is worked out by hand in the comment above it.

use crate::memory::{noted, report, verdict, wrong};
use milepost::eval::verdict::Status::*;

const TICKETS: &str = "id,asked,replied\nt1,2021-01-04T09:00,2021-01-04T09:30\nt2,2021-01-05T09:00,2021-01-05T12:00\n";

/// A clause that means nothing on a goal's shape is an error that says why, never passed over.
#[test]
fn clauses_that_mean_nothing_on_a_shape_are_refused() {
    let table = "table t from \"t.csv\" time asked\n";
    for (goal, clause) in [
        (
            "t.replied - t.asked <= 1h for 95% of t by 2021-06-30 hold 2 weeks",
            "`hold` means nothing on a goal over rows",
        ),
        ("t.replied - t.asked <= 1h for 95% of t in 2021 yoy", "`yoy` means nothing on a goal over rows"),
        ("t.replied - t.asked <= 1h for 95% of t in 2021 cap 2h", "`cap` means nothing on a goal over rows"),
        ("t.replied - t.asked <= 1h for 95% of t in 2021 pace compound", "`pace` means nothing on a goal over rows"),
        ("t.replied - t.asked <= 1h for 95% of t by 2021-06-30 per month", "`per` means nothing on a goal over rows"),
        ("count(t) >= 1 every month in 2021 pace linear", "`pace` means nothing on a goal that comes back"),
        ("count(t) >= 1 every month in 2021 for 90% of months hold 2 months", "both say how many periods"),
        ("count(t) >= 1 every month in 2021 for 90% of weeks", "no weeks to count"),
        ("count(t) >= 1 every month in 2021 checkpoints 2021-03-31 to 3", "`checkpoints` means nothing"),
        ("(count(t) > 1) in 2021 pace seasonal", "`pace` means nothing on a goal that is true or false"),
        ("(count(t) > 1) in 2021 yoy", "`yoy` means nothing on a goal that is true or false"),
        ("count(t) >= 9 in 2021 guardrail count(t)", "has no limit that could break"),
        ("count(t) >= 9 in 2021 guardrail count(t) to 5", "has to hold all along"),
        ("count(t) >= 9 in 2021 checkpoints 2021-03-31 to 3, 2021-03-31 to 4", "two targets stand on the checkpoint"),
        ("count(t) >= 9 in 2021 checkpoints 2021-03-31 up", "names no value"),
        ("count(t) >= 9 in 2021 pace seasonal checkpoints 2021-03-31 to 3", "both say how the expected value runs"),
    ] {
        let told = wrong(&format!("{table}goal g: {goal}\n"), &[("t", TICKETS)], "2021-01-31");
        assert!(told.contains(clause), "{goal}: {told}");
    }
}

/// Milestones and alerts that say too little, or two things.
#[test]
fn milestones_and_alerts_say_what_they_need() {
    let table = "table t from \"t.csv\" time asked\n";
    for (statement, said) in [
        ("milestone launch done 2021-01-02", "has no date"),
        ("milestone launch by 2021-01-02 done 2021-01-02 when count(t) > 1", "both say when"),
        ("milestone launch by 2021-01-02 when count(t)", "a condition is needed"),
        ("alert many when count(t)", "a condition is needed"),
        ("alert many when count(t) > 1\nalert many when count(t) > 2", "two alerts called `many`"),
    ] {
        let plan = format!("{table}{statement}\ngoal g: count(t) >= 1 in 2021\n");
        let told = wrong(&plan, &[("t", TICKETS)], "2021-01-31");
        assert!(told.contains(said), "{statement}: {told}");
    }
}

/// A condition for each value: a has 2 rows and holds, b has 1 and doesn't.
#[test]
fn a_condition_for_each_value_is_kept_or_not() {
    let csv = "day,d\n2021-01-01,a\n2021-01-02,a\n2021-01-31,b\n";
    let plan = "table t from \"t.csv\" time day\ngoal g: (count(t) > 1) for each d in 2021-01\n";
    let found = verdict(plan, &[("t", csv)], "2021-01-31");
    let each = found.each.as_ref().expect("values");
    assert_eq!((found.status, each.kept, each.total, each.without_value), (Missed, 1, 2, 0));
}

/// Monthly readings 10, 20, 30; the deadline cuts June, so the last step that counts is May: 30, and June's 100 later
/// changes nothing.
#[test]
fn a_total_of_readings_counts_the_steps_that_end_by_the_deadline() {
    let rows = "m,x\n2021-04-30,10\n2021-05-31,20\n";
    let later = format!("{rows}2021-06-30,100\n");
    let plan =
        "table t from \"t.csv\" time m every month\nmetric s = sum(t.x)\ngoal g: s >= 40 from 2021-04 by 2021-06-15\n";
    for (csv, as_of) in [(later.as_str(), "2021-07-31"), (rows, "2021-06-20")] {
        let found = verdict(plan, &[("t", csv)], as_of);
        assert_eq!((found.status, found.current.value), (Missed, Some(30.0)), "{as_of}");
    }
}

/// The horizon 2021 starts on a Friday, inside the week of 2020-12-28: weeks are counted from 2021-01-04, 2 + 3 = 5.
#[test]
fn an_implied_start_inside_a_step_moves_to_the_next_step() {
    let csv = "w,x\n2021-01-03,1\n2021-01-10,2\n2021-01-17,3\n";
    let plan = "table t from \"t.csv\" time w every week\nmetric s = sum(t.x)\ngoal g: s >= 5 by 2021-12-31\n";
    let found = verdict(plan, &[("t", csv)], "2021-01-17");
    assert_eq!((found.status, found.current.value), (Met, Some(5.0)));
    noted(&found, &["counted from 2021-01-04"]);
}

/// A fiscal year from February moves FQ, but this table's quarters end with the calendar's: Q1 2021 is 110 to 100, +10%.
#[test]
fn a_table_of_calendar_quarters_keeps_them_beside_a_fiscal_year() {
    let csv = "q,x\n2020-09-30,90\n2020-12-31,100\n2021-03-31,110\n";
    for every in [" every quarter", ""] {
        let plan = format!(
            "fiscal year starts February\ntable t from \"t.csv\" time q{every}\nmetric m = last(t.x)\n\
             goal g: m +10% from Q4 2020 by Q1 2021\n"
        );
        let found = verdict(&plan, &[("t", csv)], "2021-03-31");
        assert_eq!((found.status, found.current.value), (Met, Some(110.0)), "{every}");
    }
}

/// A column in which no cell has a value yet fits any use: every ticket is open, 30 and 20 minutes so far.
#[test]
fn a_column_without_values_fits_any_use() {
    let csv = "id,asked,replied\nt1,2021-01-31T11:30,\nt2,2021-01-31T11:40,\n";
    let plan = "table t from \"t.csv\" time asked\ngoal g: t.replied - t.asked <= 25min for each t by 2021-03-31\n";
    let found = report(plan, &[("t", csv)], "2021-01-31T12:00");
    let goal = &found.goals[0];
    let each = goal.each.as_ref().expect("rows");
    // t1 is over the limit: never to be kept again; t2 is pending.
    assert_eq!((goal.status, each.kept, each.total, each.pending), (OffTrack, 0, 1, 1));
    assert_eq!(found.moment(), "2021-01-31T12:00:00");
}
