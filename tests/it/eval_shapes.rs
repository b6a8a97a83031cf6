//! Clauses beside the shapes of goals they can't serve yet, and cases that the first fresh reading of the evaluator
//! found: each expected number is worked out by hand in the comment above it.

use crate::memory::{noted, report, verdict, wrong};
use milepost::eval::verdict::Status::*;

const TICKETS: &str = "id,asked,replied\nt1,2021-01-04T09:00,2021-01-04T09:30\nt2,2021-01-05T09:00,2021-01-05T12:00\n";

/// A clause that the evaluator can't use on a goal's shape is named, never passed over.
#[test]
fn clauses_that_a_shape_cannot_use_are_named() {
    let table = "table t from \"t.csv\" time asked\n";
    for (goal, clause) in [
        ("t.replied - t.asked <= 1h for 95% of t by 2021-06-30 grace 2 weeks", "`grace` on a goal over rows"),
        (
            "t.replied - t.asked <= 1h for 95% of t by 2021-06-30 checkpoints monthly",
            "`checkpoints` on a goal over rows",
        ),
        ("count(t) >= 1 every month in 2021 grace 2 weeks", "`grace` on a goal that comes back"),
        ("count(t) >= 1 every month in 2021 checkpoints monthly", "`checkpoints` on a goal that comes back"),
        ("count(t) >= 1 for each id in 2021 checkpoints monthly", "`checkpoints` on a goal for each value"),
        ("(count(t) > 1) in 2021 grace 2 weeks", "`grace` on a goal that is true or false"),
    ] {
        let told = wrong(&format!("{table}goal g: {goal}\n"), &[("t", TICKETS)], "2021-01-31");
        assert!(told.contains(clause), "{goal}: {told}");
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
