//! Language reference, sections 4 to 6: series, pasts, exclusions, lags, weeks, zones. The numbers in the comments are
//! worked out by hand.

use super::memory::*;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use milepost::engine::{DataError, Engine};
use milepost::eval::{self, Options};
use milepost::query::{Answer, Query, TableInfo, TableSource};

/// Month ends of 2021 with their values.
fn months(values: &[f64]) -> String {
    let rows = values.iter().enumerate().map(|(i, x)| {
        let day = date(2021, 1, 31).checked_add((i as i32).months()).unwrap().last_of_month();
        format!("{day},{x}\n")
    });
    "d,x\n".to_owned() + &rows.collect::<String>()
}

/// A row a day from `first` to `last`, each worth the day of the month.
fn days(first: Date, last: Date) -> String {
    let n = first.until(last).unwrap().get_days();
    let rows = (0..=n).map(|i| first.checked_add(i.days()).unwrap());
    rows.fold("d,x\n".to_owned(), |csv, d| csv + &format!("{d},{}\n", d.day()))
}

const MONTHLY: &str = "table t from \"t.csv\" time d every month\n";
const EVENTS: &str = "table t from \"t.csv\" time d\n";

/// The first goal over one table.
fn of(plan: &str, csv: &str, as_of: &str) -> milepost::eval::verdict::Verdict {
    verdict(plan, &[("t", csv)], as_of)
}

// "`moving_average(x, 3 months)` is the mean over its whole steps"
#[test]
fn a_moving_average_is_the_mean_of_whole_steps() {
    let csv = months(&[100.0, 110.0, 120.0, 160.0]);
    let plan =
        |x: &str, by: &str| format!("{MONTHLY}metric m = {x}\ngoal (moving_average(m, 3 months)) >= 130 by {by}");
    // (110 + 120 + 160) / 3 = 130
    for x in ["sum(t.x)", "last(t.x)"] {
        let v = of(&plan(x, "2021-04-30"), &csv, "2021-04-30");
        assert_eq!((v.current.value, v.kind), (Some(130.0), "stock"), "{x}");
        // (100 + 110 + 120) / 3 = 110
        assert_eq!(of(&plan(x, "2021-03-31"), &csv, "2021-03-31").current.value, Some(110.0));
        // December isn't there.
        let v = of(&plan(x, "2021-02-28"), &csv, "2021-02-28");
        assert!(
            v.current.value.is_none() && v.current.reason.as_ref().unwrap().contains("has no value for 2020-12"),
            "{v:#?}"
        );
    }
    // A span shorter than the table's step holds none.
    let v =
        of(&format!("{MONTHLY}metric m = sum(t.x)\ngoal (moving_average(m, 2 weeks)) >= 1 by 2021-04-30"), &csv, "");
    assert!(v.current.reason.unwrap().contains("holds no whole step"));
}

// Without `every` the steps are the span's own unit, counted back from the window's end.
#[test]
fn a_moving_average_of_events_counts_back_from_the_windows_end() {
    let csv = days(date(2021, 1, 1), date(2021, 4, 15));
    let plan =
        "table t from \"t.csv\" time d\nmetric m = sum(t.x)\ngoal (moving_average(m, 3 months)) >= 400 by 2021-12-31";
    // 16 January to 15 April, in three months: (16 + … + 31) + (1 + … + 15) = 376 + 120, (16 + … + 28) + 120 = 286 + 120,
    // 376 + 120; the mean is (496 + 406 + 496) / 3 = 466.
    assert_eq!(of(plan, &csv, "2021-04-15").current.value, Some(466.0));
    let week =
        "table t from \"t.csv\" time d\nmetric m = sum(t.x)\ngoal (moving_average(m, 7 days)) >= 5 by 2021-12-31";
    // 9 … 15: 84 / 7
    assert_eq!(of(week, &csv, "2021-04-15").current.value, Some(12.0));
}

// "`cumulative(x)` runs from the horizon's start"
#[test]
fn a_running_total_starts_where_the_horizon_does() {
    let csv = months(&[100.0, 110.0, 120.0, 160.0]);
    let plan =
        |facts: &str| format!("{facts}\n{MONTHLY}metric m = sum(t.x)\ngoal (cumulative(m)) >= 300 by 2021-04-30");
    // 100 + 110 + 120 + 160
    let v = of(&plan(""), &csv, "2021-04-30");
    assert_eq!(v.current.value, Some(490.0));
    noted(&v, &["cumulative(m) counts from 2021-01-01", "fiscal year 2021"]);
    let v = of(&plan("horizon Feb 2021..Dec 2021"), &csv, "2021-04-30");
    assert_eq!(v.current.value, Some(390.0));
    assert!(!v.notes.iter().any(|n| n.contains("counts from")), "{:#?}", v.notes);
    // A fiscal year from March: 120 + 160.
    assert_eq!(of(&plan("fiscal year starts March"), &csv, "2021-04-30").current.value, Some(280.0));
    let v = of(&plan("horizon Q4 2021"), &csv, "2021-04-30");
    assert!(v.current.reason.unwrap().contains("before it"));
}

/// Counts how often tables are read.
struct Counting(MemoryEngine, usize);

impl Engine for Counting {
    fn open(&mut self, source: &TableSource) -> Result<TableInfo, DataError> {
        self.0.open(source)
    }

    fn run(&mut self, query: &Query) -> Result<Vec<Answer>, DataError> {
        self.1 += 1;
        self.0.run(query)
    }
}

// "A metric may use its own past (`x[-1 month]`)"
#[test]
fn a_metric_uses_its_own_past() {
    let csv = months(&[100.0, 110.0, 120.0, 160.0]);
    let plan = |more: &str| {
        format!("{MONTHLY}metric stock = last(t.x) + {more}\ngoal stock >= 200 by 2021-04-30 checkpoints monthly")
    };
    // 100, 110 + 50 = 160, 120 + 80 = 200, 160 + 100 = 260
    let v = of(&plan("0.5 * (stock[-1 month] ?? 0)"), &csv, "2021-04-30");
    assert_eq!(v.current.value, Some(260.0));
    // 100, 110, 120 + 100 = 220 …: 160 + 110 + (the month before last)
    let v = of(&plan("(stock[-2 months] ?? 0)"), &csv, "2021-04-30");
    assert_eq!(v.current.value, Some(270.0));
    // Without `??` it goes back before there is data, and says so.
    let v = of(&plan("0.5 * stock[-1 month]"), &csv, "2021-04-30");
    assert!(v.current.reason.as_ref().unwrap().contains("stock has no past in 2020-12"), "{v:#?}");
    assert_eq!(v.kind, "stock");
}

// In a window that isn't over, a past is still carried on whole.
#[test]
fn an_unfinished_window_carries_its_whole_past() {
    let csv = days(date(2021, 5, 1), date(2021, 6, 15));
    let plan = format!("{EVENTS}metric x = sum(t.x) + 0.5 * (x[-1 month] ?? 0)\ngoal x >= 1 in Jun 2021");
    // 1 + … + 15 and half of May's 496: 120 + 248
    assert_eq!(of(&plan, &csv, "2021-06-15").current.value, Some(368.0));
}

#[test]
fn pasts_that_cross_and_branch_are_worked_out_once() {
    // 60 months of 1: a(n) = 1 + a(n-1) + a(n-2), from nothing: the Fibonacci numbers added up, F(n+2) - 1.
    let mut csv = "d,x\n".to_owned();
    for i in 0..60 {
        csv += &format!("{},1\n", date(2017, 1, 31).checked_add(i.months()).unwrap().last_of_month());
    }
    let plan =
        format!("{MONTHLY}metric a = last(t.x) + (a[-1 month] ?? 0) + (a[-2 months] ?? 0)\ngoal a >= 1 by 2021-12-31");
    let (opened, engine) = open(&plan, &[("t", &csv)]).unwrap();
    let mut engine = Counting(engine, 0);
    let options = Options { as_of: moment("2021-12-31"), goals: Vec::new() };
    let report = eval::evaluate(&opened.plan, &opened.tables, &mut engine, &options).unwrap();
    // F(62) = 4 052 739 537 881
    assert_eq!(report.goals[0].current.value, Some(4_052_739_537_880.0));
    assert!(engine.1 <= 4, "{} readings", engine.1);
    // Two metrics, each from the other's month before: u = x + v[-1], v = 2 u[-1]: 1, 1, 3, 3, 7 …
    let plan = format!(
        "{MONTHLY}metric u = last(t.x) + (v[-1 month] ?? 0)\nmetric v = 2 * (u[-1 month] ?? 0)\ngoal u >= 1 by 2017-06-30"
    );
    // u(n) = 1 + 2 u(n-2): 1, 1, 3, 3, 7, 7
    assert_eq!(of(&plan, &csv, "2017-06-30").current.value, Some(7.0));
}

#[test]
fn a_past_without_an_end_is_an_error() {
    let csv = "x\n1\n";
    let plan = "table t from \"t.csv\"\nmetric a = 1 + (a[-1 month] ?? 0)\ngoal a >= 1 by 2021-12-31";
    let v = of(plan, csv, "2021-12-31");
    assert!(v.current.reason.as_ref().unwrap().contains("#NUM! in a, which goes back more than"), "{v:#?}");
    // A fixed window never moves on: a circle.
    let text =
        wrong("metric a = 1 + a[2020][-1 month]\ngoal a >= 1 by 2021-12-31", &[("data", "d,x\n2021-01-01,1\n")], "");
    assert!(text.contains("worked out from itself"), "{text}");
}

// "when W is unfinished both sides take the same elapsed part, and a note says so"
#[test]
fn an_unfinished_window_is_compared_with_the_same_part() {
    let csv = days(date(2021, 1, 1), date(2021, 6, 15));
    let plan = |x: &str| format!("{EVENTS}metric m = sum(t.x)\ngoal ({x}) >= 0 in Jun 2021");
    // 1 + … + 15 in both months.
    let v = of(&plan("m - m[-1 month]"), &csv, "2021-06-15");
    assert_eq!(v.current.value, Some(0.0));
    noted(&v, &["m[-1 month] is taken over 2021-05-01..2021-05-15", "2021-06", "isn't over"]);
    // A total's baseline and target are taken at the share of the window that has passed, and that is said.
    let v = of(&format!("{EVENTS}metric m = sum(t.x)\ngoal m +10% in Jun 2021 from May 2021"), &csv, "2021-06-15");
    noted(&v, &["the window isn't over", "50%"]);
    // A target stands for the whole month: 31 * 32 / 2 = 496, of which half is expected after 15 of 30 days.
    let v = of(&format!("{EVENTS}metric m = sum(t.x)\ngoal m >= m[-1 month] in Jun 2021"), &csv, "2021-06-15");
    assert_eq!(v.target.value, Some(496.0));
    assert_eq!(v.expected, Some(0.5));
    // A target that isn't known to its end either is taken on at its rate: half of June has 15 * 8 = 120, so 240.
    let both = format!("{EVENTS}metric m = sum(t.x)\nmetric n = count(t)\ngoal m >= n * 8 in Jun 2021");
    let v = of(&both, &csv, "2021-06-15");
    assert_eq!((v.target.value, v.progress), (Some(240.0), Some(0.5)));
    noted(&v, &["`>= n * 8` is known to 2021-06-15 only: taken on at the same rate"]);
    // By a deadline too: March's total against February's, 28 * 29 / 2 = 406, counted from 1 March.
    let by = format!("{EVENTS}metric m = sum(t.x)\ngoal m >= m[-1 month] by 2021-03-31 from 2021-03-01");
    assert_eq!(of(&by, &csv, "2021-03-10").target.value, Some(406.0));
    // A level: 15 June beside 15 May.
    let level = format!("{EVENTS}metric m = last(t.x)\ngoal (m - m[-1 month]) >= 0 in Jun 2021");
    assert_eq!(of(&level, &csv, "2021-06-15").current.value, Some(0.0));
}

// "moved, whole period to whole period: February to February, a month's end to a month's end"
#[test]
fn a_month_moves_as_a_whole() {
    let csv = days(date(2020, 1, 1), date(2021, 6, 15));
    let value = |x: &str, window: &str, as_of: &str| {
        of(&format!("{EVENTS}metric m = sum(t.x)\ngoal ({x}) >= 0 in {window}"), &csv, as_of).current.value
    };
    // February 2020 has 29 days: 29 * 30 / 2.
    assert_eq!(value("m[-1 year]", "Feb 2021", "2021-02-28"), Some(435.0));
    assert_eq!(value("m[-1 month]", "Mar 2021", "2021-03-31"), Some(406.0));
    // A month's last day: 31 March is 28 February, and 30 March too, as there is no other.
    assert_eq!(value("m[-1 month]", "2021-03-31", "2021-06-15"), Some(28.0));
    assert_eq!(value("m[-1 month]", "2021-03-30", "2021-06-15"), Some(28.0));
    assert_eq!(value("m[-1 month]", "2021-02-28", "2021-06-15"), Some(31.0));
    assert_eq!(value("m[-1 year]", "2021-02-28", "2021-06-15"), Some(29.0));
    // March up to the 30th beside all of February: 406.
    assert_eq!(value("m[-1 month]", "Mar 2021", "2021-03-30"), Some(406.0));
    // `over` ends with its window: 1 to 30 March, not 28 February as well (30 * 31 / 2).
    assert_eq!(value("m over 1 month", "2021-03-01..2021-03-30", "2021-06-15"), Some(465.0));
}

// "`exclude PERIOD [from TABLE] because "…"`: those rows count for nothing, and every verdict they touch says so"
#[test]
fn excluded_rows_count_for_nothing() {
    let csv = days(date(2021, 1, 1), date(2021, 4, 15));
    let plan = |excludes: &str, goal: &str| {
        format!(
            "{EVENTS}metric m = sum(t.x)\nmetric mean = avg(t.x)\nmetric level = last(t.x)\n{excludes}\ngoal {goal}"
        )
    };
    let week = "exclude 2021-03-01..2021-03-07 from t because \"tracking was broken\"";
    // 496 - (1 + … + 7) = 468
    let v = of(&plan(week, "m >= 1 in Mar 2021"), &csv, "");
    assert_eq!(v.current.value, Some(468.0));
    noted(&v, &["2021-03-01..2021-03-07 of t is left out: tracking was broken"]);
    // Of all tables; overlapping ones count once: 496 - (1 + … + 10) = 441.
    let two = format!("{week}\nexclude 2021-03-05..2021-03-10 because \"the move\"");
    let v = of(&plan(&two, "m >= 1 in Mar 2021"), &csv, "");
    assert_eq!(v.current.value, Some(441.0));
    noted(&v, &["2021-03-05..2021-03-10 of t is left out: the move"]);
    // A window that is left out as a whole isn't known.
    let v = of(&plan("exclude Mar 2021 because \"the move\"", "m >= 1 in Mar 2021"), &csv, "");
    assert_eq!(v.status.name(), "no data");
    assert!(v.current.reason.unwrap().contains("2021-03 of t is left out: the move"));
    // A verdict that isn't touched says nothing.
    let v = of(&plan(week, "m >= 1 in Feb 2021"), &csv, "");
    assert!(!v.notes.iter().any(|n| n.contains("left out")), "{:#?}", v.notes);
    // The baseline is touched, and so is an indicator.
    let v = of(&plan(week, "m +10% in Apr 2021 from Mar 2021"), &csv, "");
    assert_eq!(v.baseline.as_ref().unwrap().value, Some(468.0));
    noted(&v, &["2021-03-01..2021-03-07 of t is left out"]);
    let v = of(
        &plan("exclude 2021-04-02 because \"a holiday\"", "m +10% in Apr 2021 from Mar 2021 measure mean"),
        &csv,
        "",
    );
    noted(&v, &["kpi mean: 2021-04-02 of t is left out: a holiday"]);
    // The newest date stays: 15 April is left out, and the data is complete to it all the same.
    let v = of(&plan("exclude 2021-04-15 because \"half a day\"", "level >= 1 by 2021-12-31"), &csv, "");
    assert_eq!((v.current.value, v.current.at), (Some(14.0), Some(date(2021, 4, 15))));
    noted(&v, &["2021-04-15 of t is left out"]);
    noted(&v, &["carried forward from 2021-04-14"]);
    // Every period, and rows.
    let v = of(&plan(week, "m >= 400 every month in Q1 2021"), &csv, "");
    noted(&v, &["2021-03-01..2021-03-07 of t is left out"]);
    let v = of(&plan(week, "(x >= 5) for each t in Mar 2021"), &csv, "");
    assert_eq!(v.each.as_ref().unwrap().total, 24);
    noted(&v, &["2021-03-01..2021-03-07 of t is left out"]);
}

#[test]
fn an_excluded_reading_is_not_known() {
    let csv = months(&[100.0, 110.0, 120.0, 160.0]);
    let plan = |exclude: &str, goal: &str| {
        format!(
            "{MONTHLY}metric m = sum(t.x)\nmetric level = last(t.x)\nmetric mean = avg(t.x)\nexclude {exclude} because \"a wrong count\"\ngoal {goal}"
        )
    };
    for goal in ["level >= 1 by 2021-03-31", "m >= 1 in Q1 2021", "m >= 1 in Mar 2021"] {
        let v = of(&plan("Mar 2021", goal), &csv, "2021-04-30");
        assert!(
            v.current.reason.as_ref().is_some_and(|r| r.contains("2021-03 of t is left out: a wrong count")),
            "{v:#?}"
        );
        noted(&v, &["2021-03 of t is left out: a wrong count"]);
    }
    // A mean goes on without it: (100 + 110) / 2.
    let v = of(&plan("Mar 2021", "mean >= 1 in Q1 2021"), &csv, "2021-04-30");
    assert_eq!(v.current.value, Some(105.0));
    noted(&v, &["2021-03 of t is left out"]);
    // The reading stands on its last day: the first week leaves nothing out.
    let v = of(&plan("2021-03-01..2021-03-07", "m >= 1 in Q1 2021"), &csv, "2021-04-30");
    assert_eq!(v.current.value, Some(330.0));
    assert!(!v.notes.iter().any(|n| n.contains("left out")), "{:#?}", v.notes);
    let text = wrong(
        &format!("{MONTHLY}exclude Mar 2021 from tt because \"x\"\nmetric m = sum(t.x)\ngoal m >= 1 in 2021"),
        &[("t", &csv)],
        "",
    );
    assert!(text.contains("did you mean t?"), "{text}");
}

// "`lag` takes off what may still arrive"
#[test]
fn a_lag_takes_off_what_may_still_arrive() {
    let csv = days(date(2021, 3, 1), date(2021, 4, 15));
    let plan = |clause: &str, goal: &str| {
        format!("table t from \"t.csv\" time d {clause}\nmetric m = sum(t.x)\nmetric level = last(t.x)\ngoal {goal}")
    };
    // Rows to 15 April: complete to 12 April.
    let v = of(&plan("lag 3 days", "level >= 1 by 2021-12-31"), &csv, "");
    assert_eq!((v.current.value, v.current.at), (Some(12.0), Some(date(2021, 4, 12))));
    noted(&v, &["t has rows to 2021-04-15, and its last 3 days may still change: it counts as complete to 2021-04-12"]);
    // Never missed before it is complete: with rows to 15 April and a lag of 3 weeks, March isn't.
    let v = of(&plan("lag 3 weeks", "m >= 1000 in Mar 2021"), &csv, "2021-04-15");
    assert_ne!(v.status.name(), "missed");
    assert_eq!(of(&plan("lag 2 weeks", "m >= 1000 in Mar 2021"), &csv, "2021-04-15").status.name(), "missed");
    // Silence means none, but not yet.
    let v = of(&plan("sparse lag 3 days", "m >= 1 in Apr 2021"), &csv, "2021-04-30");
    // 1 + … + 15
    assert_eq!((v.current.value, v.current.at), (Some(120.0), Some(date(2021, 4, 27))));
    // A reading counts once the lag has passed after its step.
    let csv = months(&[100.0, 110.0, 120.0]);
    let at = |as_of: &str| of(&plan("every month lag 10 days", "level >= 1 by 2021-12-31"), &csv, as_of).current.value;
    assert_eq!(at("2021-03-31"), Some(110.0));
    assert_eq!(at("2021-04-09"), Some(110.0));
    assert_eq!(at("2021-04-10"), Some(120.0));
}

// "`timezone`": "a time (plan's zone, UTC unless said), `…Z`, `…+02:00`"
#[test]
fn a_day_ends_where_the_plan_lives() {
    // 03:30Z on 1 April is 23:30 on 31 March in New York (four hours behind); 04:30Z is 00:30 on 1 April.
    let csv =
        "at,x\n2021-03-01T05:00:00Z,1\n2021-04-01T03:30:00Z,2\n2021-04-01T04:30:00Z,4\n2021-04-01T12:00:00+02:00,8\n";
    let plan =
        |zone: &str| format!("{zone}\ntable t from \"t.csv\" time at\nmetric m = sum(t.x)\ngoal m >= 1 in Mar 2021");
    let new_york = "timezone \"America/New_York\"";
    assert_eq!(of(&plan(new_york), csv, "2021-04-01").current.value, Some(3.0));
    // In UTC March has the first row only.
    assert_eq!(of(&plan(""), csv, "2021-04-01").current.value, Some(1.0));
    // As-of is a day of the plan's zone too: on 31 March in New York the second row is there, and March isn't over
    // before its day ends.
    assert_eq!(of(&plan(new_york), csv, "2021-03-31").status.name(), "met");
    // 03:45Z is 23:45 in New York: the row of 23:30 is read, the one of 00:30 isn't.
    let day = format!(
        "{new_york}\ntable t from \"t.csv\" time at\nmetric m = sum(t.x)\ngoal m >= 1 in 2021-03-31..2021-04-01"
    );
    assert_eq!(of(&day, csv, "2021-04-01T03:45:00Z").current.value, Some(2.0));
    assert_eq!(of(&day, csv, "2021-04-01T04:45:00Z").current.value, Some(6.0));
}

#[test]
fn days_of_23_and_25_hours_are_days() {
    // New York: at 02:00 on 14 March clocks go to 03:00, and at 02:00 on 7 November back to 01:00.
    let spring =
        "at,x\n2021-03-14T04:59:00Z,1\n2021-03-14T05:00:00Z,2\n2021-03-15T03:59:00Z,4\n2021-03-15T04:00:00Z,8\n";
    let plan = |day: &str| {
        format!(
            "timezone \"America/New_York\"\ntable t from \"t.csv\" time at\nmetric m = sum(t.x)\ngoal m >= 1 in {day}"
        )
    };
    // 14 March is 05:00Z to 04:00Z, 23 hours: 2 + 4.
    assert_eq!(of(&format!("{} from 5", plan("2021-03-14")), spring, "2021-03-15").current.value, Some(6.0));
    // 7 November is 04:00Z to 05:00Z, 25 hours; 05:30Z and 06:30Z are both half past one.
    let autumn = "at,x\n2021-11-07T03:59:00Z,1\n2021-11-07T05:30:00Z,2\n2021-11-07T06:30:00Z,4\n2021-11-08T04:59:00Z,8\n2021-11-08T05:00:00Z,16\n";
    assert_eq!(of(&format!("{} from 5", plan("2021-11-07")), autumn, "2021-11-08").current.value, Some(14.0));
    // A civil day back over the change is a day: the elapsed share of a week with 23 hours in it is 3 of 7.
    let csv = "at,x\n2021-03-08T00:00:00,1\n2021-03-14T12:00:00,1\n";
    let week = "timezone \"America/New_York\"\ntable t from \"t.csv\" time at\nmetric m = count(t)\ngoal m <= 14 in 2021-03-12..2021-03-18";
    assert_eq!(of(week, csv, "2021-03-14").target.value, Some(14.0));
}

// "`week starts Sunday` moves weeks"
#[test]
fn weeks_start_where_the_plan_says_in_time_columns_too() {
    let csv = "w,x\n2021-W04,1\n2021-W05,2\n2021-W06,4\n";
    let plan = |rules: &str, window: &str| {
        format!(
            "{rules}\ntable t from \"t.csv\" time w every week\nmetric m = sum(t.x)\nmetric level = last(t.x)\ngoal m >= 1 in {window}"
        )
    };
    // ISO week 5 starts on Monday 1 February, the plan's on Sunday 31 January.
    assert_eq!(of(&plan("", "2021-02-01..2021-02-07"), csv, "2021-02-14").current.value, Some(2.0));
    assert_eq!(of(&plan("week starts Sunday", "2021-01-31..2021-02-06"), csv, "2021-02-14").current.value, Some(2.0));
    assert_eq!(of(&plan("week starts Sunday", "2021-W05"), csv, "2021-02-14").current.value, Some(2.0));
    let v = of(&plan("week starts Sunday", "2021-W05"), csv, "2021-02-14");
    assert_eq!(v.current.label, "2021-W05");
    // Every week: 31 January and 7 February start whole weeks of February's first two.
    for start in ["Monday", "Sunday", "Saturday", "Wednesday"] {
        let goal = format!(
            "week starts {start}\ntable t from \"t.csv\" time w every week\nmetric m = sum(t.x)\ngoal m >= 1 every week in 2021-W04..2021-W06"
        );
        let v = of(&goal, csv, "2021-02-14");
        let labels: Vec<&str> = v.periods.iter().map(|p| p.label.as_str()).collect();
        assert_eq!(labels, ["2021-W04", "2021-W05", "2021-W06"], "{start}");
        assert_eq!(v.periods.iter().map(|p| p.value).collect::<Vec<_>>(), [Some(1.0), Some(2.0), Some(4.0)], "{start}");
    }
}

// "`fiscal year starts MONTH` moves FY and FQ", whichever month.
#[test]
fn a_fiscal_year_starts_in_any_month() {
    let names = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let csv = days(date(2019, 1, 1), date(2022, 1, 31));
    for (i, name) in names.iter().enumerate() {
        let plan = format!("fiscal year starts {name}\n{EVENTS}metric n = count(t)\ngoal n >= 1 in FY2021");
        let window = of(&plan, &csv, "").current.window.unwrap();
        // Named after the year in which it ends, unless it starts in January.
        let year = if i == 0 { 2021 } else { 2020 };
        assert_eq!(window.start.date(), date(year, i as i8 + 1, 1), "{name}");
        let plan =
            format!("fiscal year starts {name}\n{EVENTS}metric n = count(t)\ngoal n >= 1 every quarter in FY2021");
        let v = of(&plan, &csv, "");
        assert_eq!(v.kept.unwrap().of, 4, "{name}");
        assert_eq!(v.periods[1].window.start.date(), date(year, i as i8 + 1, 1).checked_add(3.months()).unwrap());
    }
}

// "A formula over several tables is cut at the earliest of their ends": of those that are read over its window.
#[test]
fn a_fixed_bracket_over_an_old_table_cuts_nothing() {
    let old = "d,x\n2020-12-31,200\n";
    let new = months(&[100.0, 110.0, 120.0, 160.0]);
    let plan = "table old from \"old.csv\" time d every month\ntable t from \"t.csv\" time d every month\n\
                metric before = sum(old.x)\nmetric m = last(t.x)\ngoal (m / before[Dec 2020]) >= 50% by 2021-04-30";
    // 160 / 200
    let v = verdict(plan, &[("old", old), ("t", &new)], "2021-04-30");
    assert_eq!((v.current.value, v.current.at), (Some(0.8), Some(date(2021, 4, 30))), "{v:#?}");
}

// "`within SPAN`: … It needs `from`", also beside a baseline that the target writes.
#[test]
fn within_goes_with_a_written_baseline() {
    let csv = months(&[100.0, 110.0, 120.0, 160.0]);
    let plan = format!("{MONTHLY}metric m = last(t.x)\ngoal m from 90 to 150 within 3 months from 2021-01-31");
    let v = of(&plan, &csv, "2021-04-30");
    assert_eq!(line(&v), "met: 160 (2021-04) >= 150 from 90 (written in the goal)");
    // (110 - 90) / (150 - 90) a month after its start.
    let v = of(&plan, &csv, "2021-02-28");
    assert_eq!(v.progress, Some(20.0 / 60.0));
    assert_eq!(v.target.by, Some(date(2021, 4, 30)));
}

// `first(x)`: the first step of the window, not the one at its end.
#[test]
fn the_first_level_of_a_window_is_its_first() {
    let csv = months(&[100.0, 110.0, 120.0, 160.0, 170.0, 180.0]);
    let plan = |x: &str| format!("{MONTHLY}metric m = {x}\ngoal m >= 1 in Q2 2021");
    assert_eq!(of(&plan("first(t.x)"), &csv, "").current.value, Some(160.0));
    assert_eq!(of(&plan("last(t.x)"), &csv, "").current.value, Some(180.0));
    // 180 - 160
    assert_eq!(of(&plan("last(t.x) - first(t.x)"), &csv, "").current.value, Some(20.0));
    let every = format!("{MONTHLY}metric m = first(t.x)\ngoal m >= 1 every quarter in H1 2021");
    let values: Vec<_> = of(&every, &csv, "").periods.iter().map(|p| p.value).collect();
    assert_eq!(values, [Some(100.0), Some(160.0)]);
}
