//! Section 5 of the language: what aggregates, formulas and brackets are worth, sentence by sentence. Every expected
//! number is worked out by hand in the comment above it.

use crate::memory::{report, try_report, verdict};
use milepost::eval::verdict::{Reading, Verdict};

const POSTS: &str = "day,brand,likes,reach,score
2021-01-01,a,10,100,9
2021-01-02,b,30,,10
2021-01-02,a,20,400,6
2021-01-31,a,40,500,12
2021-02-28,b,100,1000,7
";

/// One reading a quarter.
const SUBS: &str = "day,region,subs,adds,revenue
2020-03-31,x,80,,800
2020-06-30,x,85,5,850
2020-09-30,x,90,5,900
2020-12-31,x,100,10,1000
2020-12-31,y,50,20,600
2021-03-31,x,110,10,1100
2021-03-31,y,60,10,720
2021-06-30,x,121,11,1210
";

/// Readings without a step.
const FANS: &str = "day,network,fans
2021-01-08,fb,1000
2021-01-09,ig,300
2021-01-20,fb,1100
2021-01-27,fb,1150
";

const PLAN: &str = r#"
table posts from "posts.csv" time day
table subs from "subs.csv" time day every quarter
table fans from "fans.csv" time day
"#;

const TABLES: [(&str, &str); 3] = [("posts", POSTS), ("subs", SUBS), ("fans", FANS)];

/// A goal on `subject` in `window`, as of 2021-12-31.
fn goal(statements: &str, subject: &str, window: &str) -> Verdict {
    let plan = format!("{PLAN}{statements}\ngoal g: ({subject}) >= 0 in {window}\n");
    verdict(&plan, &TABLES, "2021-12-31")
}

fn reading(subject: &str, window: &str) -> Reading {
    goal("", subject, window).current
}

#[track_caller]
fn worth(subject: &str, window: &str, expected: f64) {
    let found = reading(subject, window);
    assert!(found.value.is_some_and(|x| near(x, expected)), "{subject} in {window}: {expected} wanted, {found:?}");
}

/// Why a formula has no value.
#[track_caller]
fn void(subject: &str, window: &str) -> String {
    let found = reading(subject, window);
    assert_eq!(found.value, None, "{subject} in {window}");
    found.reason.unwrap_or_else(|| panic!("{subject} in {window} has no reason"))
}

#[track_caller]
fn noted(subject: &str, window: &str, note: &str) {
    let notes = goal("", subject, window).notes;
    assert!(notes.iter().any(|n| n.contains(note)), "{note:?} is not in {notes:#?}");
}

/// What is wrong with a plan: messages and helps.
fn refused(statements: &str) -> String {
    let found = try_report(&format!("{PLAN}{statements}"), &TABLES, "2021-12-31").expect_err(statements);
    found.iter().map(|d| format!("{}: {} {}\n", d.code, d.message, d.help.as_deref().unwrap_or_default())).collect()
}

fn near(x: f64, y: f64) -> bool {
    (x - y).abs() <= 1e-12 * y.abs().max(1.0)
}

// ---- aggregates

/// "sum(x) count(t): the total": 10 + 30 + 20 + 40 = 100; four rows.
#[test]
fn sum_and_count_are_totals() {
    worth("sum(posts.likes)", "2021-01", 100.0);
    worth("count(posts)", "2021-01", 4.0);
}

/// "Each takes row expressions over one table, and may hold `where CONDITION` inside its brackets": brand a has 10, 20
/// and 40 likes; 2 x 100 likes + 4 rows is 204.
#[test]
fn aggregates_take_row_expressions_and_conditions() {
    worth(r#"sum(posts.likes where brand = "a")"#, "2021-01", 70.0);
    worth("sum(posts.likes * 2 + 1)", "2021-01", 204.0);
}

/// "A column without an aggregate is an error that offers `sum` and `last`."
#[test]
fn a_bare_column_is_refused() {
    let found = refused("metric likes = posts.likes\ngoal likes >= 1 in 2021-01\n");
    assert!(found.contains("sum(") && found.contains("last("), "{found}");
}

/// "the sum of x over the rows of W's last (first) step": Q2 2021 has one row, 121; Q1 has 110 + 60 = 170.
#[test]
fn last_and_first_add_up_a_step() {
    worth("last(subs.subs)", "H1 2021", 121.0);
    worth("first(subs.subs)[H1 2021]", "Q2 2021", 170.0);
    worth("last(subs.subs)", "Q1 2021", 170.0);
}

/// "[the step is] found before filtering": y has 60 in Q1 and no row in Q2, so it has no level at the half's end.
#[test]
fn the_last_step_is_found_before_filtering() {
    let why = void(r#"last(subs.subs where region = "y")"#, "H1 2021");
    assert!(why.contains("no row"), "{why}");
}

/// "without steps, over the rows bearing the latest time up to W's end, carried forward with its age in a note": up to
/// 23 January that is the 20th's 1100, three days old.
#[test]
fn a_level_without_steps_is_carried_forward() {
    worth("last(fans.fans)", "2021-01-20..2021-01-23", 1100.0);
    noted("last(fans.fans)", "2021-01-20..2021-01-23", "carried forward from 2021-01-20 (3 days)");
}

/// "last(x per d): the sum, over the values of d, of each one's own latest": fb 1150 + ig 300.
#[test]
fn last_per_takes_each_ones_own_latest() {
    worth("last(fans.fans per network)", "2021-01-20..2021-01-27", 1450.0);
}

/// "min max avg median stdev percentile(x, 95) p50 … p99(x) distinct(x): as named" over 10, 20, 30, 40: mean 25, median
/// (20 + 30) / 2, stdev sqrt((225 + 25 + 25 + 225) / 3), two brands.
#[test]
fn statistics_are_as_named() {
    worth("min(posts.likes)", "2021-01", 10.0);
    worth("max(posts.likes)", "2021-01", 40.0);
    worth("avg(posts.likes)", "2021-01", 25.0);
    worth("median(posts.likes)", "2021-01", 25.0);
    worth("stdev(posts.likes)", "2021-01", (500f64 / 3.0).sqrt());
    worth("distinct(posts.brand)", "2021-01", 2.0);
}

/// "percentile: linear between the two nearest ranks": rank 0.95 x 3 = 2.85 lies between 30 and 40: 38.5; p50 is 25.
#[test]
fn percentiles_are_linear_between_ranks() {
    worth("percentile(posts.likes, 95)", "2021-01", 38.5);
    worth("p95(posts.likes)", "2021-01", 38.5);
    worth("p50(posts.likes)", "2021-01", 25.0);
}

/// "share(c): rows where c holds / rows; n/a does not hold, and is counted in a note": reach is 100, blank, 400, 500: two
/// of four are above 200, and one is blank.
#[test]
fn a_share_counts_blanks_as_not_holding() {
    worth("share(posts.reach > 200)", "2021-01", 0.5);
    noted("share(posts.reach > 200)", "2021-01", "1 of 4 rows of posts are blank and count as not holding");
}

/// "nps(score): % of 9–10 less % of 0–6 …; answers outside 0–10 are bad data": of 9, 10, 6 (12 is bad): 66.7 − 33.3.
#[test]
fn nps_leaves_out_bad_answers() {
    worth("nps(posts.score)", "2021-01", 100.0 / 3.0);
    noted("nps(posts.score)", "2021-01", "1 of 4 rows of posts are outside 0-10 and left out");
}

/// "csat(rating, 4): % of ratings at or above 4": of 9, 10, 6, 12 three are at or above 9.
#[test]
fn csat_is_the_share_at_or_above() {
    worth("csat(posts.score, 9)", "2021-01", 0.75);
}

/// "flow", "stock", "ratio", "neither": the kinds of the table; "± of one kind, and × ÷ by a constant, keep it; … all else
/// is neither"; "ytd, over … make a stock".
#[test]
fn kinds_follow_the_formula() {
    let kind = |subject: &str| goal("", subject, "Q1 2021").kind;
    for flow in ["sum(subs.adds)", "count(subs)", "sum(subs.adds) - count(subs)", "sum(subs.adds) * 2"] {
        assert_eq!(kind(flow), "flow", "{flow}");
    }
    for stock in ["last(subs.subs)", "last(subs.subs) / 2", "sum(subs.adds) ytd", "sum(subs.adds) over 2 quarters"] {
        assert_eq!(kind(stock), "stock", "{stock}");
    }
    for neither in ["avg(subs.subs)", "sum(subs.adds) / last(subs.subs)", "share(subs.adds > 5)", "abs(sum(subs.adds))"]
    {
        assert_eq!(kind(neither), "neither", "{neither}");
    }
}

// ---- formulas

/// "`+ - * / ^`": 100 + 4 = 104, 100 − 4 = 96, 100 / 4 = 25, 4 ^ 2 = 16, and brackets before all: (100 + 4) x 2 = 208.
#[test]
fn arithmetic() {
    worth("sum(posts.likes) / count(posts)", "2021-01", 25.0);
    worth("count(posts) ^ 2", "2021-01", 16.0);
    worth("sum(posts.likes) - count(posts) * 2", "2021-01", 92.0);
    worth("-count(posts) + 5", "2021-01", 1.0);
}

/// "`= <> < <= > >=`, in (…), not in (…), between … and … (both ends in), `and or not` (`not a = b` is not (a = b))" over
/// four posts.
#[test]
fn comparisons() {
    let holds = |c: &str| {
        let plan = format!("{PLAN}goal g: ({c}) in 2021-01\n");
        verdict(&plan, &TABLES, "2021-12-31").current.value == Some(1.0)
    };
    for c in [
        "count(posts) = 4",
        "count(posts) <> 5",
        "count(posts) < 5 and count(posts) <= 4",
        "count(posts) > 5 or count(posts) >= 4",
        "count(posts) in (3, 4)",
        "count(posts) not in (3, 5)",
        "count(posts) between 4 and 6",
        "count(posts) between 2 and 4",
        "not count(posts) = 5",
    ] {
        assert!(holds(c), "{c}");
        assert!(!holds(&format!("not ({c})")), "not ({c})");
    }
}

/// "if(c, a, b)" and "x ?? y": 100 likes are more than 50; July has no row that is known, so 7 stands in.
#[test]
fn choices_and_replacements() {
    worth("if(sum(posts.likes) > 50, 1, 2)", "2021-01", 1.0);
    worth("if(sum(posts.likes) > 500, 1, 2)", "2021-01", 2.0);
    worth("sum(posts.likes) ?? 7", "2021-07", 7.0);
}

/// "A ratio of two aggregates over W is the ratio of their totals over W, never an average of ratios": Q1 2021 is
/// 1820 / 170, Q2 1210 / 121 = 10; over the half the revenue is 3030, the last level 121.
#[test]
fn a_ratio_is_of_totals() {
    worth("sum(subs.revenue) / sum(subs.subs)", "H1 2021", 3030.0 / 291.0);
    worth("sum(subs.revenue) / last(subs.subs)", "H1 2021", 3030.0 / 121.0);
}

/// "A formula over several tables is cut at the earliest of their ends": posts end on 28 February, fans on 27 January,
/// so of February's likes nothing is known beside fans, and of January's the 31st's 40 are left off: 60 + 1150.
#[test]
fn several_tables_end_with_the_first() {
    worth("sum(posts.likes) + last(fans.fans)", "2021-01-01..2021-01-31", 1210.0);
    worth("(sum(posts.likes) + last(fans.fans))[2021-01]", "2021-01", 1210.0);
}

// ---- brackets

/// "subs[Q4 2020] (that window)": 100 + 50, whatever the goal's window is.
#[test]
fn a_window_in_brackets() {
    worth("last(subs.subs)[Q4 2020]", "Q2 2021", 150.0);
}

/// "subs[-1 quarter] (moved, whole period to whole period: February to February, a month's end to a month's end)": Q2's
/// quarter before is Q1, 170; February 2021 a month on from January: 100 likes against January's 100.
#[test]
fn a_shift_in_brackets() {
    worth("last(subs.subs)[-1 quarter]", "Q2 2021", 170.0);
    worth("sum(posts.likes)[-1 month]", "2021-02", 100.0);
}

/// The same sentence: 28 February 2021 goes to 29 February 2020 (a leap year), and March's 31 days to February's 28.
#[test]
fn a_months_end_goes_to_a_months_end() {
    let days = "day,n\n2020-02-01,1\n2020-02-28,10\n2020-02-29,100\n2021-02-01,1\n2021-02-28,1\n2021-03-31,5\n";
    let plan = |formula: &str, window: &str| {
        format!("table t from \"t.csv\" time day\ngoal g: ({formula}) >= 0 in {window}\n")
    };
    let of = |formula: &str, window: &str| verdict(&plan(formula, window), &[("t", days)], "2021-12-31").current.value;
    assert_eq!(of("sum(t.n)[-1 year]", "2021-02"), Some(111.0));
    assert_eq!(of("sum(t.n)[-1 month]", "2021-03"), Some(2.0));
}

/// "subs[abroad] or rate[group = "a"] (filter added)": y in Q1 2021 is 60; brand a's share of likes 70 of 100.
#[test]
fn a_filter_in_brackets() {
    let abroad = goal("segment abroad = region <> \"x\"\n", "last(subs.subs)[abroad]", "Q1 2021");
    assert_eq!(abroad.current.value, Some(60.0));
    worth(r#"sum(posts.likes)[brand = "a"] / sum(posts.likes)"#, "2021-01", 0.7);
}

/// "spend[spring] (a campaign's both)": its window, 1 to 2 January, and its filter, brand a: 10 + 20.
#[test]
fn a_campaign_in_brackets() {
    let spring = "campaign spring 2021-01-01..2021-01-02 where brand = \"a\"\n";
    assert_eq!(goal(spring, "sum(posts.likes)[spring]", "2021-02").current.value, Some(30.0));
}

/// "Two windows are an error; filters add": brand b in January with more than 20 likes: 30.
#[test]
fn two_windows_are_an_error_and_filters_add() {
    let found = refused("metric m = sum(posts.likes)\ngoal g: (m[2021-01][2021-02]) >= 0 in 2021-01\n");
    assert!(found.contains("two periods"), "{found}");
    worth(r#"sum(posts.likes where likes > 20)[brand = "b"]"#, "2021-01", 30.0);
    worth(r#"sum(posts.likes)[brand = "a"][likes > 20]"#, "2021-01", 40.0);
}

/// "x over 28 days is the window that long that ends with W": the 28 days to 28 February are February's 100; the 29 days
/// from 31 January add 40.
#[test]
fn over_is_a_window_that_ends_with_this_one() {
    worth("sum(posts.likes) over 28 days", "2021-02-20..2021-02-28", 100.0);
    worth("sum(posts.likes) over 29 days", "2021-02-20..2021-02-28", 140.0);
    worth("sum(subs.adds) over 2 quarters", "Q1 2021", 50.0);
}

/// "x ytd, qtd, mtd start at the (fiscal) year, quarter, month": adds 30 + 20 + 11 = 31 in 2021's first half (20 + 11);
/// with a fiscal year from October the year to June 2021 holds Q4 2020's 30 as well: 61.
#[test]
fn to_date_starts_with_the_year_quarter_month() {
    worth("sum(subs.adds) ytd", "Q2 2021", 31.0);
    worth("sum(subs.adds) qtd", "Q2 2021", 11.0);
    worth("sum(posts.likes) mtd", "2021-02-28", 100.0);
    let fiscal = goal("fiscal year starts October\n", "sum(subs.adds) ytd", "Q2 2021");
    assert_eq!(fiscal.current.value, Some(61.0));
}

/// "growth(x, 1 year) = (x − x[-1 year]) / |x[-1 year]|; yoy(x) is that": Q2 2021's 121 against Q2 2020's 85.
#[test]
fn growth_is_against_the_same_window_earlier() {
    worth("growth(last(subs.subs), 1 year)", "Q2 2021", 36.0 / 85.0);
    worth("yoy(last(subs.subs))", "Q2 2021", 36.0 / 85.0);
    worth("growth(sum(subs.adds), 1 quarter)", "Q1 2021", -10.0 / 30.0);
}

/// "|x[-1 year]|": from −50 to −20 is up by 30 of 50, not down.
#[test]
fn growth_from_below_nothing() {
    let profit = "day,profit\n2020-12-31,-50\n2021-12-31,-20\n";
    let plan = "table t from \"t.csv\" time day every year\ngoal g: (growth(sum(t.profit), 1 year)) >= 0 in 2021\n";
    assert_eq!(verdict(plan, &[("t", profit)], "2021-12-31").current.value, Some(0.6));
}

/// "when W is unfinished both sides take the same elapsed part, and a note says so": of 2021 the first 10 days are known,
/// 30; the same 10 days of 2020 had 20, the whole year 1020.
#[test]
fn growth_of_an_unfinished_window() {
    let csv = "day,n\n2020-01-01,10\n2020-01-10,10\n2020-07-01,1000\n2021-01-01,5\n2021-01-10,25\n";
    let plan = "table t from \"t.csv\" time day\ngoal g: (growth(sum(t.n), 1 year)) >= 0 in 2021\n";
    let found = verdict(plan, &[("t", csv)], "2021-01-10");
    assert_eq!(found.current.value, Some(0.5));
    assert!(found.notes.iter().any(|n| n.contains("the same part")), "{:?}", found.notes);
}

// ---- missing and errors

/// "n/a (no data) travels through arithmetic and is skipped by aggregates, which count what they skipped": the reaches of
/// January are 100, blank, 400, 500.
#[test]
fn missing_travels_and_is_skipped() {
    worth("sum(posts.reach)", "2021-01", 1000.0);
    worth("avg(posts.reach)", "2021-01", 1000.0 / 3.0);
    noted("avg(posts.reach)", "2021-01", "avg(posts.reach): 1 of 4 rows of posts are blank and left out");
    assert!(void("1 + sum(posts.likes)", "2021-07").contains("posts"), "names the table");
}

/// "`??` replaces [n/a]", but "an error is not missing": 1 / 0 stays.
#[test]
fn an_error_is_not_replaced() {
    assert!(void("(count(posts) / 0) ?? 7", "2021-01").contains("#DIV/0!"));
}

/// "#DIV/0!, #NUM!, #VALUE! travel too; only iferror catches them. Each remembers where it was born, and a verdict that
/// meets one says it."
#[test]
fn errors_travel_with_their_origin() {
    let why = void("1 + count(posts) / count(posts where likes > 1000)", "2021-01");
    assert!(why.contains("#DIV/0!") && why.contains("count(posts) / count(posts where likes > 1000)"), "{why}");
    let why = void("sqrt(0 - count(posts))", "2021-01");
    assert!(why.contains("#NUM!") && why.contains("sqrt"), "{why}");
    worth("iferror(count(posts) / 0, 7)", "2021-01", 7.0);
    let verdict = goal("", "count(posts) / 0", "2021-01");
    assert_eq!(verdict.status.name(), "no data");
}

/// "Each remembers where it was born": in a row as well, 10 / 0 among the likes per share.
#[test]
fn an_error_in_a_row_travels() {
    let csv = "day,likes,shares\n2021-01-01,10,2\n2021-01-31,10,0\n";
    let of = |formula: &str| {
        let plan = format!("table t from \"t.csv\" time day\ngoal g: ({formula}) >= 0 in 2021-01\n");
        verdict(&plan, &[("t", csv)], "2021-01-31").current
    };
    let found = of("1 + sum(t.likes / t.shares)");
    assert_eq!(found.value, None);
    assert!(found.reason.is_some_and(|r| r.contains("#DIV/0!") && r.contains("sum(t.likes / t.shares)")));
    assert_eq!(of("iferror(sum(t.likes / t.shares), 3)").value, Some(3.0));
    assert_eq!(of("sum(t.likes / t.shares where shares > 0)").value, Some(5.0));
}

/// "let NAME = EXPRESSION (a metric in it carries a window …)": 1.1 x 150 is 165; Q1 2021 has 170.
#[test]
fn a_let_is_one_value() {
    let base = "metric m = last(subs.subs)\nlet base = m[Q4 2020]\n";
    let plan = format!("{PLAN}{base}goal g: m >= 1.1 * base by Q1 2021\n");
    let found = verdict(&plan, &TABLES, "2021-12-31");
    assert!(found.target.value.is_some_and(|t| near(t, 165.0)));
    assert_eq!(found.status.name(), "met");
}

/// The same: iferror catches no missing value, and `??` no error, so each passes the other's.
#[test]
fn iferror_leaves_missing_values() {
    assert!(!void("iferror(sum(posts.likes), 7)", "2021-07").contains('#'));
}

/// "sum and count of no rows are 0 where the table is complete, and n/a where it isn't": nobody posted from 3 to
/// 30 January; of March nothing is known.
#[test]
fn nothing_happened_is_not_not_known() {
    worth("sum(posts.likes)", "2021-01-03..2021-01-30", 0.0);
    worth("count(posts)", "2021-01-03..2021-01-30", 0.0);
    assert!(void("count(posts)", "2021-03").contains("2021-02-28"), "says how far the data goes");
}

/// "A window that starts before the table's first step is n/a": the table starts in Q1 2020.
#[test]
fn a_window_before_the_first_step_is_missing() {
    assert!(void("sum(subs.adds)", "H2 2019").contains("2020-01-01"), "says where the table starts");
    assert!(void("last(subs.subs)", "Q3 2019").contains("Q3 2019"));
}

/// The same for events, as decided: unless the table is `sparse`, where silence means none.
#[test]
fn a_window_before_the_first_event() {
    assert!(void("count(posts)", "2020-12-15..2021-01-15").contains("2021-01-01"));
    let plan = "table posts from \"p.csv\" time day sparse\ngoal g: count(posts) >= 0 in 2020-12-15..2021-01-15\n";
    assert_eq!(verdict(plan, &[("posts", POSTS)], "2021-12-31").current.value, Some(3.0));
}

// ---- units

/// "Anything per count keeps its unit (dollars per member are dollars); count per count is a plain number."
#[test]
fn units_of_quotients() {
    let unit = |m: &str| {
        let plan = format!(
            "{PLAN}metric revenue = sum(subs.revenue) unit USD\nmetric members = last(subs.subs) unit members\n\
             metric adds = sum(subs.adds) unit adds\ngoal g: ({m}) >= 0 in Q1 2021\n"
        );
        verdict(&plan, &TABLES, "2021-12-31").unit.to_string()
    };
    assert_eq!(unit("revenue / members"), "USD");
    assert_eq!(unit("adds / members"), "a plain number");
}

/// "A bare number takes the other side's unit; above 1 against % it is an error that offers 99.5%."
#[test]
fn bare_numbers_take_a_unit() {
    let rate = "metric rate = share(posts.likes > 10) unit %\n";
    let found = refused(&format!("{rate}goal g: rate >= 99.5 in 2021-01\n"));
    assert!(found.contains("99.5%"), "{found}");
    // Three of January's four posts have more than 10 likes.
    let plan = format!("{PLAN}{rate}goal g: rate >= 0.75 in 2021-01\n");
    assert_eq!(verdict(&plan, &TABLES, "2021-12-31").status.name(), "met");
}

/// "Comparisons tolerate 1e-9 relative": 0.1 + 0.2 is 0.30000000000000004; 0.3000001 is more than 1e-9 away.
#[test]
fn comparisons_tolerate_rounding() {
    let csv = "day,n\n2021-01-30,0.1\n2021-01-31,0.2\n";
    let met = |target: &str| {
        let plan = format!("table t from \"t.csv\" time day sparse\ngoal g: sum(t.n) {target} in 2021-01\n");
        report(&plan, &[("t", csv)], "2021-02-01").goals[0].status.name()
    };
    assert_eq!([met("<= 0.3"), met("= 0.3"), met("> 0.3")], ["met", "met", "missed"]);
    assert_eq!([met(">= 0.3000001"), met("< 0.3000001")], ["missed", "met"]);
}
