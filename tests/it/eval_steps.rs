//! Language reference, section 4, "Steps": readings and events, and how far each is complete. Each sentence is quoted;
//! the numbers in the comments are worked out by hand.

use super::memory::*;

/// A quarterly table with 10 for Q1 and 20 for Q2 2021, stamped on those days.
fn quarters(first: &str, second: &str) -> String {
    format!("q,x\n{first},10\n{second},20\n")
}

const EVERY: &str = "table t from \"t.csv\" time q every quarter\nmetric level = last(t.x)\nmetric total = sum(t.x)\n";
const EVENTS: &str = "table t from \"t.csv\" time q\nmetric level = last(t.x)\nmetric total = sum(t.x)\n";
const SPARSE: &str = "table t from \"t.csv\" time q sparse\nmetric level = last(t.x)\nmetric total = sum(t.x)\n";

fn goal(table: &str, goal: &str, csv: &str, as_of: &str) -> String {
    judged(&format!("{table}goal {goal}"), &[("t", csv)], as_of)
}

// "With `every`, a table holds readings: a row belongs to the step its time falls in (a quarter stamped on its first or
// last day is that quarter)"
#[test]
fn a_reading_is_its_step_wherever_it_is_stamped() {
    for (first, second) in [("2021-01-01", "2021-04-01"), ("2021-03-31", "2021-06-30"), ("2021-02-15", "2021-05-12")] {
        let csv = quarters(first, second);
        assert_eq!(
            goal(EVERY, "level >= 20 by Q2 2021", &csv, "2021-06-30"),
            "met: 20 (Q2 2021) >= 20 from 10 (Q1 2021)"
        );
        assert_eq!(goal(EVERY, "level >= 20 by Q1 2021", &csv, "2021-06-30"), "missed: 10 (Q1 2021) >= 20");
        // 10 + 20
        assert_eq!(goal(EVERY, "total >= 30 in H1 2021", &csv, "2021-06-30"), "met: 30 (H1 2021) >= 30");
    }
}

// "and completes it": a reading stamped within its step is all of it. One that is stamped on the first day is known
// only when its step is over (else it would be known before it happened).
#[test]
fn a_reading_completes_its_step() {
    let last = |first, second| {
        let v =
            verdict(&format!("{EVERY}goal level >= 25 by Q2 2021"), &[("t", &quarters(first, second))], "2021-05-31");
        format!("{} {} at {}", v.current.value.unwrap(), v.current.label, v.current.at.unwrap())
    };
    assert_eq!(last("2021-02-15", "2021-05-12"), "20 Q2 2021 at 2021-06-30");
    assert_eq!(last("2021-01-01", "2021-04-01"), "10 Q1 2021 at 2021-03-31");
    // By 30 June it is over.
    let csv = quarters("2021-01-01", "2021-04-01");
    assert_eq!(
        goal(EVERY, "level >= 25 by Q2 2021", &csv, "2021-06-29"),
        "on track: 10 (Q1 2021) >= 25 from 10 (Q1 2021)"
    );
    assert_eq!(
        goal(EVERY, "level >= 25 by Q2 2021", &csv, "2021-06-30"),
        "missed: 20 (Q2 2021) >= 25 from 10 (Q1 2021)"
    );
}

// "a flow over a window that cuts a step is n/a"
#[test]
fn a_window_that_cuts_a_step_has_no_total() {
    let csv = quarters("2021-03-31", "2021-06-30");
    for window in ["2021-02", "2021-01-15..2021-06-30", "2021-01-01..2021-05-31"] {
        let v = verdict(&format!("{EVERY}goal total >= 1 in {window}"), &[("t", &csv)], "2021-06-30");
        assert_eq!(line(&v).split(' ').take(3).collect::<Vec<_>>(), ["no", "data:", "n/a"], "{window}");
        assert!(v.current.reason.as_deref().unwrap().contains("cuts a quarter"), "{:?}", v.current.reason);
    }
}

// A level over a window is its last whole step that ends in the window, n/a where that step has no row.
#[test]
fn a_level_is_of_the_last_whole_step() {
    let csv = "q,x\n2020-12-31,5\n2021-03-31,10\n2021-09-30,30\n";
    assert_eq!(goal(EVERY, "level >= 10 in 2021-01-01..2021-05-15", csv, "2021-12-31"), "met: 10 (Q1 2021) >= 10");
    let v = verdict(&format!("{EVERY}goal level >= 10 by Q2 2021"), &[("t", csv)], "2021-12-31");
    assert_eq!(line(&v), "no data: n/a (Q2 2021) >= n/a from 5 (Q4 2020)");
    assert!(v.current.reason.as_deref().unwrap().contains("no row for Q2 2021"), "{:?}", v.current.reason);
    // A total over a gap isn't known either: "nothing happened" is not "not known".
    assert_eq!(
        goal(EVERY, "total >= 10 in 2021-01-01..2021-09-30", csv, "2021-12-31").split(':').next(),
        Some("no data")
    );
}

// "Without, rows are events, complete through the day of the newest row"
#[test]
fn events_are_complete_through_the_newest_day() {
    let csv = "q,x\n2021-01-05,10\n2021-03-20,20\n";
    // Q1 is over, but nothing is known of 21-31 March: never missed.
    let v = verdict(&format!("{EVENTS}goal total >= 100 from 2021-01-05 by 2021-03-31"), &[("t", csv)], "2021-05-01");
    assert_eq!(line(&v), "off track: 30 (2021-01-05..2021-03-20) >= 100 from 0 (counted from 0)");
    noted(&v, &["t is complete only to 2021-03-20", "not judged as missed"]);
    // Its newest day itself is complete: 30 by 20 March.
    assert_eq!(
        goal(EVENTS, "total >= 100 from 2021-01-05 by 2021-03-20", csv, "2021-05-01"),
        "missed: 30 (2021-01-05..2021-03-20) >= 100 from 0 (counted from 0)"
    );
    // A window after it holds no known day.
    assert_eq!(goal(EVENTS, "total <= 5 in Q2 2021", csv, "2021-07-01").split(':').next(), Some("no data"));
}

// "with `sparse` (bugs, incidents: silence means none) through as-of"
#[test]
fn silence_in_a_sparse_table_means_none() {
    let csv = "q,x\n2021-01-05,10\n2021-03-20,20\n";
    assert_eq!(
        goal(SPARSE, "total >= 100 from 2021-01-05 by 2021-03-31", csv, "2021-05-01"),
        "missed: 30 (2021-01-05..2021-03-31) >= 100 from 0 (counted from 0)"
    );
    assert_eq!(goal(SPARSE, "total <= 5 in Q2 2021", csv, "2021-07-01"), "met: 0 (Q2 2021) <= 5");
    // Through as-of and no further: the quarter isn't over.
    assert_eq!(goal(SPARSE, "total <= 5 in Q2 2021", csv, "2021-05-15"), "on track: 0 (Q2 2021) <= 5");
    // And before its first row as well.
    assert_eq!(goal(SPARSE, "total <= 5 in Q3 2020", csv, "2021-07-01"), "met: 0 (Q3 2020) <= 5");
}

// "A window that starts before the table's first step is n/a." Of events: before the first row's day.
#[test]
fn a_window_before_the_first_row_is_not_known() {
    let csv = "q,x\n2021-01-05,10\n2021-03-20,20\n";
    let v = verdict(&format!("{EVENTS}goal total >= 1 in 2021-01-01..2021-03-20"), &[("t", csv)], "2021-05-01");
    assert_eq!(v.status.name(), "no data");
    assert!(v.current.reason.as_deref().unwrap().contains("t starts on 2021-01-05"), "{:?}", v.current.reason);
    let csv = quarters("2021-03-31", "2021-06-30");
    assert_eq!(goal(EVERY, "total >= 1 in Q4 2020..Q2 2021", &csv, "2021-06-30").split(':').next(), Some("no data"));
    // A total counted from the horizon's start, which nobody wrote, counts from the first row, and says so.
    let csv = "q,x\n2021-01-05,10\n2021-03-20,20\n";
    let v = verdict(&format!("{EVENTS}goal total >= 30 by 2021-03-20"), &[("t", csv)], "2021-05-01");
    assert_eq!(line(&v), "met: 30 (2021-01-05..2021-03-20) >= 30 from 0 (counted from 0)");
    noted(&v, &["t is counted from 2021-01-05", "what came before isn't"]);
    noted(&v, &["counted from 2021-01-01, the start of the horizon"]);
}

// "`every` is inferred, with a note, when all times are ends or starts of weeks, months, quarters or years."
#[test]
fn a_step_is_inferred_with_a_note() {
    for (first, second, step) in [
        // 3 and 10 January 2021 are Sundays, 4 and 11 Mondays.
        ("2021-01-03", "2021-01-10", "week"),
        ("2021-01-04", "2021-01-11", "week"),
        ("2021-01-31", "2021-02-28", "month"),
        ("2021-02-01", "2021-03-01", "month"),
        ("2021-03-31", "2021-06-30", "quarter"),
        ("2021-01-01", "2021-04-01", "quarter"),
        ("2019-12-31", "2020-12-31", "year"),
        ("2020-01-01", "2021-01-01", "year"),
    ] {
        let plan = format!("{EVENTS}goal level >= 1 by 2021-12-31");
        let v = verdict(&plan, &[("t", &quarters(first, second))], "2021-12-31");
        noted(&v, &[&format!("one reading a {step}"), "write `every`"]);
    }
    // An end and a start: events.
    let v = verdict(
        &format!("{EVENTS}goal level >= 1 by 2021-12-31"),
        &[("t", &quarters("2021-03-31", "2021-04-01"))],
        "2021-12-31",
    );
    assert!(!v.notes.iter().any(|n| n.contains("one reading")), "{:?}", v.notes);
    // Written, it needs no note; a sparse table holds events.
    for table in [EVERY, SPARSE] {
        let csv = quarters("2021-03-31", "2021-06-30");
        let v = verdict(&format!("{table}goal level >= 1 by 2021-12-31"), &[("t", &csv)], "2021-12-31");
        assert!(!v.notes.iter().any(|n| n.contains("one reading")), "{:?}", v.notes);
    }
}

// "`fiscal year starts February` moves FY and FQ, `week starts Sunday` moves weeks": steps go with them.
#[test]
fn steps_follow_the_plans_calendar() {
    // Fiscal quarters end on 31 January and 30 April 2021; the second is the first of FY2022.
    let plan = |every: &str, goal: &str| {
        format!(
            "fiscal year starts February\ntable t from \"t.csv\" time q {every}\nmetric level = last(t.x)\ngoal {goal}"
        )
    };
    let csv = quarters("2021-01-31", "2021-04-30");
    for every in ["every quarter", ""] {
        let told = judged(&plan(every, "level double from FQ4 2021 by FQ1 2022"), &[("t", &csv)], "2021-12-31");
        assert!(told.starts_with("met: 20 ") && told.contains(">= 20 from 10"), "{told}");
    }
    // Saturdays end weeks that start on Sunday: 2 and 9 January 2021.
    let plan = "week starts Sunday\ntable t from \"t.csv\" time q\nmetric total = sum(t.x)\n\
                goal total >= 20 in 2021-01-03..2021-01-09";
    let v = verdict(plan, &[("t", &quarters("2021-01-02", "2021-01-09"))], "2021-12-31");
    assert_eq!(v.current.value, Some(20.0));
    noted(&v, &["one reading a week"]);
}

// "A table with no time column is one reading for all time: no window cuts it, and a change over time on it is an error."
#[test]
fn a_table_without_times_is_one_reading() {
    let csv = "name,x\na,10\nb,20\n";
    let table = "table t from \"t.csv\"\nmetric level = last(t.x)\nmetric total = sum(t.x)\n";
    // 10 + 20 in any window.
    assert_eq!(goal(table, "total >= 30 in Q1 2021", csv, "2021-12-31"), "met: 30 (Q1 2021) >= 30");
    assert_eq!(goal(table, "level >= 30 in 2019", csv, "2021-12-31").split(' ').take(2).collect::<String>(), "met:30");
    for change in [
        "total +5% by 2021-12-31",
        "level double by 2021-12-31",
        "total up in Q1 2021",
        "total down every month in Q1 2021",
        "growth(total, 1 year) >= 5% in 2021",
        "(total - total[-1 month]) >= 5 in 2021-02",
    ] {
        let text = wrong(&format!("{table}goal {change}"), &[("t", csv)], "2021-12-31");
        assert!(text.contains("t has no time column"), "{text}");
    }
    // A written baseline is enough: 30 against 25.
    assert_eq!(
        goal(table, "total +20% from 5 * 5 by 2021-12-31", csv, "2021-12-31"),
        "met: 30 (2021-12) >= 30 from 25 (written in the goal)"
    );
}

// The as-of, where none is given: "else the end of the newest complete step or day, said aloud".
#[test]
fn without_as_of_the_newest_row_decides() {
    let day = |table: &str, csv: &str| {
        let r = report(&format!("{table}goal level >= 1 by 2021-12-31"), &[("t", csv)], "");
        (r.as_of_day.unwrap().to_string(), r.as_of_from.unwrap())
    };
    assert_eq!(day(EVERY, &quarters("2021-02-15", "2021-05-12")), ("2021-06-30".into(), "t".into()));
    assert_eq!(day(EVENTS, &quarters("2021-02-15", "2021-05-12")), ("2021-05-12".into(), "t".into()));
}
