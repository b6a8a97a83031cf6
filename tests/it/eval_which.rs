//! Language reference, section 6, "Which value is judged": a test a sentence. Each sentence is quoted; the numbers in
//! the comments are worked out by hand.

use super::memory::*;

/// A level at each quarter's end.
const SUBS: &str = "q,subs\n2020-12-31,100\n2021-03-31,104\n2021-06-30,106\n2021-09-30,108\n";
/// A total and a ratio's parts each month. Quarters of sales: 330, 420, 510; of orders: 33, 57, 51.
const SHOP: &str = "m,sales,orders\n2020-10-31,100,10\n2020-11-30,110,11\n2020-12-31,120,12\n2021-01-31,130,13\n\
                    2021-02-28,140,14\n2021-03-31,150,30\n2021-04-30,160,16\n2021-05-31,170,17\n2021-06-30,180,18\n";
const PLAN: &str = "table m from \"m.csv\" time q every quarter\ntable shop from \"shop.csv\" time m every month\n\
                    metric subs = last(m.subs)\nmetric sales = sum(shop.sales)\n\
                    metric basket = sum(shop.sales) / sum(shop.orders)\n";

fn at(goal: &str, as_of: &str) -> String {
    judged(&format!("{PLAN}goal {goal}"), &[("m", SUBS), ("shop", SHOP)], as_of)
}

fn of(goal: &str) -> milepost::eval::verdict::Verdict {
    verdict(&format!("{PLAN}goal {goal}"), &[("m", SUBS), ("shop", SHOP)], "2021-12-31")
}

fn told(goal: &str) -> String {
    line(&of(goal))
}

// "*Stock, `by`*: its value at the last step, or on the last day, that ends by the deadline."
#[test]
fn a_level_by_a_deadline_is_the_last_one_that_ends_by_it() {
    // 105 = 100 × 1.05; Q1's 104 isn't there yet, Q2's 106 is.
    assert_eq!(told("subs +5% from Q4 2020 by 2021-06-30"), "met: 106 (Q2 2021) >= 105 from 100 (Q4 2020)");
    assert_eq!(told("subs +5% from Q4 2020 by 2021-06-29"), "missed: 104 (Q1 2021) >= 105 from 100 (Q4 2020)");
    assert_eq!(told("subs +5% from Q4 2020 by Q1 2021"), "missed: 104 (Q1 2021) >= 105 from 100 (Q4 2020)");
    assert_eq!(told("subs +5% from Q4 2020 by 2021-08-15"), "met: 106 (Q2 2021) >= 105 from 100 (Q4 2020)");
    // "or on the last day": a table of events, carried forward from 3 February, and said with its age in days.
    let csv = "d,x\n2021-01-05,100\n2021-02-03,105\n2021-03-20,90\n";
    let plan = "table t from \"t.csv\" time d\nmetric x = last(t.x)\ngoal x >= 105 from 2021-01-05 by ";
    let v = verdict(&format!("{plan}2021-03-19"), &[("t", csv)], "2021-12-31");
    assert_eq!(line(&v), "met: 105 (2021-03-19) >= 105 from 100 (2021-01-05)");
    // 3 February to 19 March: 25 + 19 = 44 days.
    noted(&v, &["carried forward from 2021-02-03", "44 days"]);
    assert_eq!(
        judged(&format!("{plan}2021-03-20"), &[("t", csv)], "2021-12-31"),
        "missed: 90 (2021-03-20) >= 105 from 100 (2021-01-05)"
    );
}

// "*Flow, `by` or `within`, with `to` or `>=`*: the total from the start of `from`, else of the horizon; B = 0."
#[test]
fn a_total_by_a_deadline_counts_from_its_start() {
    // 420 + 510 from January, which is the horizon's start; 330 more from October.
    assert_eq!(told("sales >= 900 by Q2 2021"), "met: 930 (H1 2021) >= 900 from 0 (counted from 0)");
    assert_eq!(told("sales to 900 by Q2 2021"), "met: 930 (H1 2021) >= 900 from 0 (counted from 0)");
    noted(&of("sales >= 900 by Q2 2021"), &["counted from 2021-01-01, the start of the horizon"]);
    assert_eq!(
        told("sales >= 1300 from Q4 2020 by Q2 2021"),
        "missed: 1260 (2020-10-01..2021-06-30) >= 1300 from 0 (counted from 0)"
    );
    // A date: from its own day on. 160 + 170 + 180.
    assert_eq!(told("sales >= 500 from 2021-04-01 by Q2 2021"), "met: 510 (Q2 2021) >= 500 from 0 (counted from 0)");
    // `within`: from `from`'s start. 2 months from April are 160 + 170, from October 100 + 110.
    assert_eq!(
        told("sales >= 300 within 2 months from 2021-04-01"),
        "met: 330 (2021-04-01..2021-05-31) >= 300 from 0 (counted from 0)"
    );
    assert_eq!(
        told("sales to 300 within 2 months from Q4 2020"),
        "missed: 210 (2020-10-01..2020-11-30) >= 300 from 0 (counted from 0)"
    );
    // While it runs: 420 of 900 on 31 March; 90 of 181 days are over, so 0.4972 was to be expected, pace 0.9385.
    let v = verdict(&format!("{PLAN}goal sales >= 900 by Q2 2021"), &[("m", SUBS), ("shop", SHOP)], "2021-03-31");
    assert_eq!(line(&v), "at risk: 420 (Q1 2021) >= 900 from 0 (counted from 0)");
    assert!((v.progress.unwrap() - 420.0 / 900.0).abs() < 1e-12);
    assert!((v.expected.unwrap() - 90.0 / 181.0).abs() < 1e-12);
    assert!((v.pace.unwrap() - (420.0 / 900.0) / (90.0 / 181.0)).abs() < 1e-12);
    // 480 in three months.
    let required = v.required.unwrap();
    assert_eq!((required.total, required.periods, required.per_period), (480.0, 3, 160.0));
}

// "*Any other subject, `by` or `within`*: over the latest whole span that ends by the deadline, compared with the span
// that `from` names"
#[test]
fn anything_else_is_measured_over_the_latest_whole_span() {
    // A total that changes: April to June against October to December. 330 × 1.5 = 495.
    assert_eq!(told("sales +50% from Q4 2020 by Q2 2021"), "met: 510 (Q2 2021) >= 495 from 330 (Q4 2020)");
    // By 31 May the latest whole quarter is the first.
    assert_eq!(told("sales +50% from Q4 2020 by 2021-05-31"), "missed: 420 (Q1 2021) >= 495 from 330 (Q4 2020)");
    // A ratio is that of the totals: 510 / 51 = 10 against 330 / 33 = 10.
    assert_eq!(told("basket up from Q4 2020 by Q2 2021"), "missed: 10 (Q2 2021) > 10 from 10 (Q4 2020)");
    // `within` runs from `from`'s end where nothing is counted: three months after Q4 2020 end with March.
    assert_eq!(told("sales +25% within 3 months from Q4 2020"), "met: 420 (Q1 2021) >= 412.5 from 330 (Q4 2020)");
}

// "or that ends where it (else the horizon) starts"
#[test]
fn without_a_named_span_it_is_the_one_before_the_start() {
    // A date: the latest whole span that ends by it. Monthly table: December's 120 × 1.5 = 180.
    assert_eq!(told("sales +50% from 2020-12-31 by 2021-06-30"), "met: 180 (2021-06) >= 180 from 120 (2020-12)");
    assert_eq!(told("sales +50% from 2021-01-20 by 2021-06-30"), "met: 180 (2021-06) >= 180 from 120 (2020-12)");
    // The horizon 2021 starts where December ends.
    let v = of("sales +50% by 2021-06-30");
    assert_eq!(line(&v), "met: 180 (2021-06) >= 180 from 120 (2020-12)");
    noted(&v, &["no `from` is written", "2020-12"]);
    assert!(v.baseline.unwrap().implied);
}

// "the span is `per`'s, else the length of `from`'s period, `by`'s period, the table's `every`, or a month."
#[test]
fn the_span_is_the_first_that_is_said() {
    // `per` before `from`: June against the mean of October, November and December, 110 × 1.2 = 132.
    assert_eq!(told("sales +20% per month from Q4 2020 by Q2 2021"), "met: 180 (2021-06) >= 132 from 110 (Q4 2020)");
    // `from`'s quarter before `by`'s month: the first quarter is the latest that ends by May. 330 × 1.2 = 396.
    assert_eq!(told("sales +20% from Q4 2020 by 2021-05"), "met: 420 (Q1 2021) >= 396 from 330 (Q4 2020)");
    // `by`'s quarter before the table's month: 330 × 1.2.
    let v = of("sales +20% by Q2 2021");
    assert_eq!(line(&v), "met: 510 (Q2 2021) >= 396 from 330 (Q4 2020)");
    noted(&v, &["measured over a quarter", "write `per`"]);
    // The table's month.
    let v = of("sales +20% by 2021-06-30");
    assert_eq!(line(&v), "met: 180 (2021-06) >= 144 from 120 (2020-12)");
    noted(&v, &["measured over a month", "the step of its table", "write `per`"]);
    // Events have no step: a month. 20 in December, 30 in March.
    let csv = "d,x\n2020-12-01,5\n2020-12-15,15\n2021-01-07,10\n2021-03-03,30\n2021-03-31,0\n";
    let plan = "table t from \"t.csv\" time d\nmetric s = sum(t.x)\ngoal s +50% by 2021-03-31";
    let v = verdict(plan, &[("t", csv)], "2021-12-31");
    assert_eq!(line(&v), "met: 30 (2021-03) >= 30 from 20 (2020-12)");
    noted(&v, &["measured over a month", "write `per`"]);
}

// "the latest whole span that ends by the deadline": several days, weeks or months have no place of their own in the
// calendar, so they end with the last whole one by the deadline, and by the baseline's date.
#[test]
fn a_span_of_several_units_ends_by_the_deadline() {
    // March to May: 150 + 160 + 170 = 480; up to January: 110 + 120 + 130 = 360, × 1.25 = 450.
    let v = of("sales +25% per 3 months from 2021-01-31 by 2021-05-31");
    assert_eq!(line(&v), "met: 480 (2021-03-01..2021-05-31) >= 450 from 360 (2020-11-01..2021-01-31)");
    // The same by the middle of June: it isn't whole.
    assert_eq!(line(&of("sales +25% per 3 months from 2021-01-31 by 2021-06-15")), line(&v));
    // A named period stays as it is: 330 in its three months.
    assert_eq!(
        told("sales +25% per 3 months from Q4 2020 by 2021-05-31"),
        "met: 480 (2021-03-01..2021-05-31) >= 412.5 from 330 (Q4 2020)"
    );
    // Days: 1 … 40 March and April, seven days up to 9 April and up to 14 March.
    let day = |n: i32| jiff::civil::date(2021, 3, 1).checked_add(jiff::ToSpan::days(n - 1)).unwrap();
    let csv = (1..=40).fold("d,x\n".to_owned(), |csv, n| csv + &format!("{},{n}\n", day(n)));
    let plan =
        "table t from \"t.csv\" time d\nmetric s = sum(t.x)\ngoal s double per 7 days from 2021-03-14 by 2021-04-09";
    // 34 + … + 40 = 259; the tenth week is that of 8 to 14 March: 8 + … + 14 = 77.
    assert_eq!(
        judged(plan, &[("t", &csv)], "2021-12-31"),
        "met: 259 (2021-04-03..2021-04-09) >= 154 from 77 (2021-W10)"
    );
}

// "*`in`*: over the window, compared with `from`"
#[test]
fn in_a_window_against_from() {
    // 330 × 1.5 = 495
    assert_eq!(told("sales +50% from Q4 2020 in Q2 2021"), "met: 510 (Q2 2021) >= 495 from 330 (Q4 2020)");
    // 10 − 5% of 10: 420 / 57 = 7.368421 in the first quarter.
    assert_eq!(told("basket -5% from Q4 2020 in Q1 2021"), "met: 7.368421 (Q1 2021) <= 9.5 from 10 (Q4 2020)");
    assert_eq!(told("subs +5% from Q4 2020 in Q2 2021"), "met: 106 (Q2 2021) >= 105 from 100 (Q4 2020)");
    // A bound needs nothing to compare with.
    assert_eq!(told("sales >= 500 in Q2 2021"), "met: 510 (Q2 2021) >= 500");
}

// "else for a stock its value just before the window"
#[test]
fn in_a_window_a_level_against_the_one_just_before() {
    // 104 × 1.01 = 105.04
    let v = of("subs +1% in Q2 2021");
    assert_eq!(line(&v), "met: 106 (Q2 2021) >= 105.04 from 104 (Q1 2021)");
    noted(&v, &["no `from` is written", "the level just before the window", "Q1 2021"]);
    // The whole first half: 106 against 100.
    assert_eq!(told("subs +6% in H1 2021"), "met: 106 (Q2 2021) >= 106 from 100 (Q4 2020)");
}

// "else the period of the same kind before it (for a..b as many whole months, else days)"
#[test]
fn in_a_window_against_the_period_before() {
    // 420 × 1.2 = 504
    let v = of("sales +20% in Q2 2021");
    assert_eq!(line(&v), "met: 510 (Q2 2021) >= 504 from 420 (Q1 2021)");
    noted(&v, &["no `from` is written", "the period before", "Q1 2021"]);
    // May against April: 160 × 1.05 = 168.
    assert_eq!(told("sales +5% in 2021-05"), "met: 170 (2021-05) >= 168 from 160 (2021-04)");
    // Two whole months, April and May = 330, against February and March = 290, × 1.2 = 348.
    assert_eq!(
        told("sales +20% in 2021-04-01..2021-05-31"),
        "missed: 330 (2021-04-01..2021-05-31) >= 348 from 290 (2021-02-01..2021-03-31)"
    );
    // Ten days against the ten days before: 1 + 2 + … + 10 = 55 and 11 + … + 20 = 155.
    let csv = (1..=20).fold("d,x\n".to_owned(), |csv, n| csv + &format!("2021-03-{n:02},{n}\n"));
    let plan = "table t from \"t.csv\" time d\nmetric s = sum(t.x)\ngoal s double in 2021-03-11..2021-03-20";
    assert_eq!(
        judged(plan, &[("t", &csv)], "2021-12-31"),
        "met: 155 (2021-03-11..2021-03-20) >= 110 from 55 (2021-03-01..2021-03-10)"
    );
}

// "The horizon, unless said, is the fiscal year that holds the deadline."
#[test]
fn the_horizon_is_the_fiscal_year_of_the_deadline() {
    let goal = "goal sales >= 500 by Q2 2021";
    let with = |facts: &str| judged(&format!("{facts}\n{PLAN}{goal}"), &[("m", SUBS), ("shop", SHOP)], "2021-12-31");
    assert_eq!(with(""), "met: 930 (H1 2021) >= 500 from 0 (counted from 0)");
    // From 1 April: the second quarter only.
    assert_eq!(with("fiscal year starts April"), "met: 510 (Q2 2021) >= 500 from 0 (counted from 0)");
    // From 1 October 2020: 330 + 420 + 510.
    assert_eq!(with("fiscal year starts October"), "met: 1260 (2020-10-01..2021-06-30) >= 500 from 0 (counted from 0)");
    // Said: from 1 March, 150 + 510.
    assert_eq!(
        with("horizon 2021-03-01..2021-12-31"),
        "met: 660 (2021-03-01..2021-06-30) >= 500 from 0 (counted from 0)"
    );
    // A level is compared with the one where it starts: FY2021 from April has 104 before it.
    let subs = |facts: &str| {
        let plan = format!("{facts}\n{PLAN}goal subs +1% by Q2 2021");
        judged(&plan, &[("m", SUBS), ("shop", SHOP)], "2021-12-31")
    };
    assert_eq!(subs(""), "met: 106 (Q2 2021) >= 101 from 100 (Q4 2020)");
    assert_eq!(subs("fiscal year starts April"), "met: 106 (Q2 2021) >= 105.04 from 104 (Q1 2021)");
}

// "An implied baseline without data is the first observation."
#[test]
fn an_implied_baseline_without_data_is_the_first_observation() {
    // The horizon 2020 starts before the data, whose first reading is the one that is judged: nothing to measure from.
    let v = of("subs +1% by Q4 2020");
    assert_eq!(line(&v), "no data: 100 (Q4 2020) >= n/a from n/a (Q4 2019)");
    noted(&v, &["no `from` is written", "Q4 2019"]);
    let csv = "q,subs\n2021-03-31,104\n2021-06-30,106\n2021-09-30,108\n";
    let plan = format!("{PLAN}goal subs +1% by Q3 2021");
    let v = verdict(&plan, &[("m", csv), ("shop", SHOP)], "2021-12-31");
    // 104 × 1.01 = 105.04
    assert_eq!(line(&v), "met: 108 (Q3 2021) >= 105.04 from 104 (Q1 2021)");
    noted(&v, &["first observation", "Q1 2021", "no `from` is written"]);
    // A span: the first whole month.
    let shop = "m,sales,orders\n2021-02-28,140,14\n2021-03-31,150,30\n2021-04-30,160,16\n";
    let v = verdict(&format!("{PLAN}goal sales +10% by 2021-04-30"), &[("m", SUBS), ("shop", shop)], "2021-12-31");
    // 140 × 1.1 = 154
    assert_eq!(line(&v), "met: 160 (2021-04) >= 154 from 140 (2021-02)");
    noted(&v, &["first observation", "2021-02"]);
    // The first with a value: a year's total so far isn't known before a year that has its January, 130 × 2 = 260.
    let v =
        verdict(&format!("{PLAN}goal (sales ytd) double by 2021-02-28"), &[("m", SUBS), ("shop", SHOP)], "2021-12-31");
    assert_eq!(line(&v), "met: 270 (2021-02) >= 260 from 130 (2021-01)");
    noted(&v, &["first observation", "2021-01"]);
    // The period before a window: it is there.
    let v = verdict(&format!("{PLAN}goal sales +10% in 2021-03"), &[("m", SUBS), ("shop", shop)], "2021-12-31");
    assert_eq!(line(&v), "missed: 150 (2021-03) >= 154 from 140 (2021-02)");
    // A written one without data stays without: the verdict says so.
    let v =
        verdict(&format!("{PLAN}goal subs +1% from Q4 2020 by Q3 2021"), &[("m", csv), ("shop", SHOP)], "2021-12-31");
    assert_eq!(v.status.name(), "no data");
    assert!(v.current.reason.as_deref().unwrap().contains("Q4 2020"), "{:?}", v.current.reason);
}

// "Every reading that was implied is a note on the verdict"; one that was written is none.
#[test]
fn what_was_implied_is_noted_and_nothing_else() {
    for (goal, parts) in [
        ("subs +5% by Q2 2021", vec!["baseline", "Q4 2020"]),
        ("sales >= 900 by Q2 2021", vec!["counted from 2021-01-01"]),
        ("sales +5% by Q2 2021 from Q4 2020", vec!["measured over a quarter"]),
        ("sales +5% by Q2 2021", vec!["baseline", "Q4 2020"]),
        ("basket up by 2021-06-30 from Q4 2020", vec!["measured over a quarter"]),
        ("subs +5% in Q2 2021", vec!["baseline", "Q1 2021"]),
        ("subs +5% from Q4 2020", vec!["no deadline is written"]),
        ("sales >= 100 every month", vec!["recurs over 2021", "horizon"]),
        ("sales >= 100 every month from 2021-03", vec!["2021-12-31", "horizon"]),
    ] {
        noted(&of(goal), &parts);
    }
    for goal in [
        "subs +5% from Q4 2020 by Q2 2021",
        "sales >= 900 from 2021-01-01 by Q2 2021",
        "sales +5% per quarter from Q4 2020 by Q2 2021",
        "sales +5% from Q1 2021 in Q2 2021",
        "sales >= 100 every month in Q2 2021",
        "sales >= 100 in Q2 2021",
        "sales up yoy in Q2 2021",
    ] {
        assert_eq!(of(goal).notes, Vec::<String>::new(), "{goal}");
    }
}

// A goal without a deadline is judged to the end of the horizon that holds as-of, and says so.
#[test]
fn without_a_deadline_the_horizon_ends_it() {
    let v = of("subs +8% from Q4 2020");
    assert_eq!(v.target.by.unwrap().to_string(), "2021-12-31");
    noted(&v, &["no deadline is written", "2021"]);
    // The last level is that of the third quarter, 108; the year's end isn't there, so it is met before it.
    assert_eq!(line(&v), "met: 108 (Q3 2021) >= 108 from 100 (Q4 2020)");
    assert_eq!(at("subs +8% from Q4 2020", "2021-09-30"), "met: 108 (Q3 2021) >= 108 from 100 (Q4 2020)");
}
