//! Language reference, sections 3 and 4: periods, fiscal years, spans and steps, a test a sentence. Each sentence is
//! quoted; the numbers in the comments are worked out by hand.

use super::memory::*;
use jiff::ToSpan as _;
use jiff::civil::date;

/// A row a day, 2020-01-01..2022-12-31 (2020 is a leap year: 366 + 365 + 365 rows).
fn days() -> String {
    let days = (0..1096).map(|n| date(2020, 1, 1).checked_add(n.days()).unwrap());
    days.fold("d,x\n".to_owned(), |csv, d| csv + &format!("{d},1\n"))
}

/// How many days a period has for a goal, and which.
fn days_in(rules: &str, clause: &str) -> String {
    let plan = format!("{rules}\ntable days from \"days.csv\" time d\nmetric n = count(days)\ngoal n >= 1 {clause}");
    let v = verdict(&plan, &[("days", &days())], "2022-12-31");
    format!("{} in {}", v.current.value.unwrap(), v.current.window.unwrap())
}

// "period | `2021` `H1 2021` `Q1 2021` `2021-03` `Mar 2021` `March 2021` `2021-W05` `FY2021` `FQ3 2021`
// `2021-04-01..2021-06-30` (any two periods) | both ends in"
#[test]
fn each_period_names_its_days() {
    for (period, expected) in [
        ("2021", "365 in 2021-01-01..2021-12-31"),
        ("2020", "366 in 2020-01-01..2020-12-31"),
        // 31 + 28 + 31 + 30 + 31 + 30, and 365 less that
        ("H1 2021", "181 in 2021-01-01..2021-06-30"),
        ("H2 2021", "184 in 2021-07-01..2021-12-31"),
        ("Q1 2021", "90 in 2021-01-01..2021-03-31"),
        ("2021-03", "31 in 2021-03-01..2021-03-31"),
        ("Mar 2021", "31 in 2021-03-01..2021-03-31"),
        ("March 2021", "31 in 2021-03-01..2021-03-31"),
        ("2020-02", "29 in 2020-02-01..2020-02-29"),
        // ISO 8601: week 1 holds 4 January 2021, a Monday; week 5 starts 28 days later.
        ("2021-W05", "7 in 2021-02-01..2021-02-07"),
        ("2020-W53", "7 in 2020-12-28..2021-01-03"),
        ("FY2021", "365 in 2021-01-01..2021-12-31"),
        ("FQ3 2021", "92 in 2021-07-01..2021-09-30"),
        ("2021-04-01..2021-06-30", "91 in 2021-04-01..2021-06-30"),
        // any two periods: 90 + 91 + 31 + 31
        ("Q1 2021..Aug 2021", "243 in 2021-01-01..2021-08-31"),
        ("2021-04-07..2021-04-07", "1 in 2021-04-07"),
    ] {
        assert_eq!(days_in("", &format!("in {period}")), expected, "{period}");
    }
}

// "both ends in; inside, half-open `[start, end)`"
#[test]
fn a_period_holds_its_last_moment_and_not_the_next() {
    let csv =
        "at,x\n2021-04-01T00:00:00,1\n2021-06-30T23:59:59.999999,2\n2021-07-01T00:00:00,4\n2021-07-02T00:00:00,8\n";
    let plan = |period: &str| format!("table t from \"t.csv\" time at\nmetric s = sum(t.x)\ngoal s >= 1 in {period}");
    let sum = |period: &str| verdict(&plan(period), &[("t", csv)], "2021-12-31").current.value;
    assert_eq!(sum("2021-04-01..2021-06-30"), Some(3.0));
    // 4 + 8: the table is complete through 2 July, so the third quarter is running.
    assert_eq!(sum("Q3 2021"), Some(12.0));
}

// "`fiscal year starts February` moves FY and FQ" (a fiscal year is called after the year in which it ends)
#[test]
fn a_fiscal_year_starts_where_the_plan_says() {
    let feb = "fiscal year starts February";
    // 1 February 2020 to 31 January 2021, with 29 February 2020.
    assert_eq!(days_in(feb, "in FY2021"), "366 in 2020-02-01..2021-01-31");
    // Quarters from February: Feb-Apr, May-Jul, Aug-Oct = 31 + 30 + 31.
    assert_eq!(days_in(feb, "in FQ3 2021"), "92 in 2020-08-01..2020-10-31");
    // Calendar years and quarters stay.
    assert_eq!(days_in(feb, "in 2021"), "365 in 2021-01-01..2021-12-31");
    assert_eq!(days_in(feb, "in Q3 2021"), "92 in 2021-07-01..2021-09-30");
}

// "`week starts Sunday` moves weeks"
#[test]
fn a_week_starts_where_the_plan_says() {
    assert_eq!(days_in("week starts Sunday", "in 2021-W05"), "7 in 2021-01-31..2021-02-06");
    // Weeks of a recurring goal: Sundays in January 2021 are 3, 10, 17, 24 and 31; the last week leaves the month.
    let weeks = |rules: &str| {
        let plan = format!(
            "{rules}\ntable days from \"d.csv\" time d\nmetric n = count(days)\ngoal n >= 7 every week in 2021-01"
        );
        let v = verdict(&plan, &[("days", &days())], "2022-12-31");
        v.periods.iter().map(|p| p.window.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        weeks("week starts Sunday"),
        ["2021-01-03..2021-01-09", "2021-01-10..2021-01-16", "2021-01-17..2021-01-23", "2021-01-24..2021-01-30"]
    );
    // Mondays are 4, 11, 18 and 25.
    assert_eq!(
        weeks(""),
        ["2021-01-04..2021-01-10", "2021-01-11..2021-01-17", "2021-01-18..2021-01-24", "2021-01-25..2021-01-31"]
    );
}

// "span | `3 days` `2 weeks` `3 months` `1 quarter` `1 year` (`3d` `2w` `3mo` `1q` `1y`) | calendar length"
#[test]
fn a_span_is_a_calendar_length() {
    for (long, short, expected) in [
        ("3 days", "3d", "3 in 2021-01-01..2021-01-03"),
        ("2 weeks", "2w", "14 in 2021-01-01..2021-01-14"),
        ("3 months", "3mo", "90 in 2021-01-01..2021-03-31"),
        ("1 quarter", "1q", "90 in 2021-01-01..2021-03-31"),
        ("1 year", "1y", "365 in 2021-01-01..2021-12-31"),
    ] {
        // A total is counted from `from`'s start.
        assert_eq!(days_in("", &format!("within {long} from 2021-01-01")), expected);
        assert_eq!(days_in("", &format!("within {short} from 2021-01-01")), expected);
    }
    // The same month is 29 days in a leap year.
    assert_eq!(days_in("", "within 1 month from 2020-02-01"), "29 in 2020-02-01..2020-02-29");
}

// "a day or week beside a time counts as 24 h or 7 × 24 h"
#[test]
fn a_day_beside_a_time_is_24_hours() {
    let csv = "asked,replied\n\
               2021-03-01T10:00,2021-03-02T10:00\n\
               2021-03-01T10:00,2021-03-02T10:01\n\
               2021-03-01T10:00,2021-03-08T10:00\n\
               2021-03-01T10:00,2021-03-08T10:01\n";
    let kept = |limit: &str| {
        let plan = format!(
            "table tickets from \"t.csv\" time asked\ngoal tickets.replied - tickets.asked <= {limit} for 50% of tickets in 2021-03"
        );
        let each = verdict(&plan, &[("tickets", csv)], "2021-04-30").each.unwrap();
        (each.kept, each.total)
    };
    assert_eq!(kept("1 day"), (1, 4));
    assert_eq!(kept("24h"), (1, 4));
    assert_eq!(kept("1 week"), (3, 4));
    assert_eq!(kept("168 hours"), (3, 4));
}

const SUBS: &str = "q,subs\n2020-12-31,2000\n2021-03-31,3000\n2021-06-30,4000\n";
const SUBS_TABLE: &str = "table t from \"t.csv\" time q every quarter\nmetric subs = last(t.subs)\n";

// "`2021` is a year only where a period can stand. `let q = 2000` is a number"
#[test]
fn a_year_is_a_number_where_no_period_can_stand() {
    let plan = format!("{SUBS_TABLE}let least = 2000\ngoal subs >= least in 2021");
    assert_eq!(judged(&plan, &[("t", SUBS)], "2021-06-30"), "on track: 4000 (Q2 2021) >= 2000");
}

// "`from 2000 to 4000` is two numbers; a bare four-digit `from` beside a lone `to`, or a change beside `from A to B`, is
// an error that offers both readings"
#[test]
fn a_year_beside_to_is_asked_about() {
    let goal = |g: &str| format!("{SUBS_TABLE}goal subs {g} by Q2 2021");
    assert_eq!(
        judged(&goal("from 2000 to 4000"), &[("t", SUBS)], "2021-06-30"),
        "met: 4000 (Q2 2021) >= 4000 from 2000 (written in the goal)"
    );
    let text = wrong(&goal("to 4000 from 2000"), &[("t", SUBS)], "2021-06-30");
    assert!(text.contains("`from 2000 to …`") && text.contains("for the year write"), "{text}");
    let text = wrong(&goal("+5% from 2000 to 4000"), &[("t", SUBS)], "2021-06-30");
    assert!(text.contains("two values") && text.contains("in 2020..2021"), "{text}");
}

// "`by end of Q1 2021` is `by Q1 2021`"
#[test]
fn by_end_of_a_period_is_by_the_period() {
    let goal = |by: &str| judged(&format!("{SUBS_TABLE}goal subs +50% by {by}"), &[("t", SUBS)], "2021-06-30");
    // 2000 × 150% = 3000, reached in Q1.
    assert_eq!(goal("Q1 2021"), "met: 3000 (Q1 2021) >= 3000 from 2000 (Q4 2020)");
    assert_eq!(goal("end of Q1 2021"), goal("Q1 2021"));
    assert_eq!(goal("2021-03-31"), goal("Q1 2021"));
}

// "A date as a deadline, or beside a timestamp, is its whole day."
#[test]
fn a_date_is_its_whole_day() {
    let csv = "at,x\n2021-09-29T12:00:00,1\n2021-09-30T00:00:00,2\n2021-09-30T23:59:59,4\n2021-10-01T00:00:00,8\n2021-10-02T09:00:00,16\n";
    let value = |metric: &str, goal: &str| {
        let plan = format!("table t from \"t.csv\" time at\nmetric s = sum(t.x{metric})\ngoal s >= 1 {goal}");
        verdict(&plan, &[("t", csv)], "2021-12-31").current.value
    };
    assert_eq!(value("", "by 2021-09-30 from 2021-09-29"), Some(7.0));
    assert_eq!(value(" where at = 2021-09-30", "by 2021-10-01 from 2021-09-29"), Some(6.0));
    assert_eq!(value(" where at <= 2021-09-30", "by 2021-10-01 from 2021-09-29"), Some(7.0));
    assert_eq!(value(" where at < 2021-09-30", "by 2021-10-01 from 2021-09-29"), Some(1.0));
    assert_eq!(value(" where at > 2021-09-30", "by 2021-10-01 from 2021-09-29"), Some(8.0));
    assert_eq!(value(" where at >= 2021-09-30", "by 2021-10-01 from 2021-09-29"), Some(14.0));
}
