//! Section 6 of the language: every form of a target, and the clauses beside it, sentence by sentence. Every expected
//! number is worked out by hand in the comment above it.

use crate::memory::{report, try_report, verdict};
use milepost::eval::verdict::{Status, Verdict};

/// One reading a quarter.
const LEVELS: &str = "day,x,profit,region
2020-06-30,180,-60,a
2020-09-30,190,-55,a
2020-12-31,200,-50,a
2021-03-31,205,-45,a
2021-06-30,212,-40,a
2021-09-30,208,-45,a
";

const PLAN: &str = "table t from \"t.csv\" time day every quarter
metric m = last(t.x)
metric lower = last(t.x) lower is better
metric higher = last(t.x) higher is better
metric profit = last(t.profit)
";

fn judged(goal: &str, as_of: &str) -> Verdict {
    verdict(&format!("{PLAN}goal g: {goal}\n"), &[("t", LEVELS)], as_of)
}

/// The target's comparison and value of a goal that runs from 2020's end to the end of June 2021.
fn target(goal: &str) -> (&'static str, f64) {
    let found = judged(&format!("{goal} from Q4 2020 by 2021-06-30"), "2021-06-30");
    (found.target.op, found.target.value.unwrap_or_else(|| panic!("{goal}: {found:#?}")))
}

fn status(goal: &str, as_of: &str) -> Status {
    judged(goal, as_of).status
}

#[track_caller]
fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|x| (x - expected).abs() <= 1e-12 * expected.abs().max(1.0)), "{expected}: {found:?}");
}

#[track_caller]
fn noted(found: &Verdict, words: &str) {
    assert!(found.notes.iter().any(|n| n.contains(words)), "{words:?} is not in {:#?}", found.notes);
}

fn refused(plan: &str) -> String {
    let found = try_report(&format!("{PLAN}{plan}"), &[("t", LEVELS)], "2021-06-30").expect_err(plan);
    found.iter().map(|d| format!("{} {}\n", d.message, d.help.as_deref().unwrap_or_default())).collect()
}

/// "`+5%` `-20%`: relative: T = B ± 5% of |B|": of 200 that is 210 and 160.
#[test]
fn a_relative_change() {
    assert_eq!(target("m +5%"), (">=", 210.0));
    assert_eq!(target("m -20%"), ("<=", 160.0));
    let found = judged("m +5% from Q4 2020 by 2021-06-30", "2021-06-30");
    near(found.progress, 1.2); // (212 − 200) / (210 − 200)
    assert_eq!((found.status, found.met_on.map(|d| d.to_string())), (Status::Met, Some("2021-06-30".into())));
}

/// "of |B|": from −50, up by 20% is −40, and down by 20% is −60.
#[test]
fn a_relative_change_of_a_negative_baseline() {
    assert_eq!(target("profit +20%"), (">=", -40.0));
    assert_eq!(target("profit -20%"), ("<=", -60.0));
    assert_eq!(status("profit +20% from Q4 2020 by 2021-06-30", "2021-06-30"), Status::Met);
}

/// "`+250k` `-3` …: absolute change": 200 + 12, 200 − 3, 200 + 250,000.
#[test]
fn an_absolute_change() {
    assert_eq!(target("m +12"), (">=", 212.0));
    assert_eq!(target("m -3"), ("<=", 197.0));
    assert_eq!(target("m +250k"), (">=", 250_200.0));
    assert_eq!(status("m +12 from Q4 2020 by 2021-06-30", "2021-06-30"), Status::Met);
    assert_eq!(status("m +13 from Q4 2020 by 2021-06-30", "2021-06-30"), Status::Missed);
}

/// "`+$1M`": 200 dollars and a million more.
#[test]
fn an_absolute_change_of_money() {
    let plan = format!("{PLAN}metric cash = last(t.x) unit USD\ngoal g: cash +$1M from Q4 2020 by 2021-06-30\n");
    near(verdict(&plan, &[("t", LEVELS)], "2021-06-30").target.value, 1_000_200.0);
}

const TICKETS: &str = "asked,replied,ok
2021-01-01T08:00,2021-01-01T09:00,true
2021-01-31T08:00,2021-01-31T09:00,false
2021-02-01T08:00,2021-02-01T10:00,true
2021-02-28T08:00,2021-02-28T12:00,true
";

const WAITS: &str = "table t from \"t.csv\" time asked
metric wait = avg(t.replied - t.asked)
metric rate = share(t.ok) unit %
";

/// "`+2h`": January's mean is 1 h, February's (2 + 4) / 2 = 3 h: just 2 h more.
#[test]
fn an_absolute_change_of_time() {
    let found = verdict(&format!("{WAITS}goal g: wait +2h in 2021-02\n"), &[("t", TICKETS)], "2021-02-28");
    near(found.baseline.and_then(|b| b.value), 3600.0);
    near(found.target.value, 10_800.0);
    assert_eq!(found.status, Status::Met);
}

/// "`+2pp`: points; the subject's unit is `%`": January's 50% and 2 points are 52%; February has 100%: (100 − 50) / 2.
#[test]
fn points() {
    let found = verdict(&format!("{WAITS}goal g: rate +2pp in 2021-02\n"), &[("t", TICKETS)], "2021-02-28");
    near(found.target.value, 0.52);
    near(found.progress, 25.0);
}

/// "On a subject in `%`, a bare `+5%` is refused: `+5% relative` or `+5pp`": 5% of 50% is 2.5 points.
#[test]
fn a_bare_percentage_of_a_percentage_is_refused() {
    let plan = |t: &str| format!("{WAITS}goal g: rate {t} in 2021-02\n");
    let found = try_report(&plan("+5%"), &[("t", TICKETS)], "2021-02-28").expect_err("two readings");
    let help = found[0].help.clone().unwrap_or_default();
    assert!(help.contains("+5% relative") && help.contains("+5pp"), "{help}");
    near(verdict(&plan("+5% relative"), &[("t", TICKETS)], "2021-02-28").target.value, 0.525);
}

/// "`x2` `x0.5` `double` `halve`: a multiple of a positive baseline": 400, 100, 400, 100.
#[test]
fn multiples() {
    let all = [target("m x2"), target("m x0.5"), target("m double"), target("m halve")];
    assert_eq!(all, [(">=", 400.0), ("<=", 100.0), (">=", 400.0), ("<=", 100.0)]);
    let found = judged("profit x2 from Q4 2020 by 2021-06-30", "2021-06-30");
    assert_eq!(found.status, Status::NoData);
    assert!(found.current.reason.is_some_and(|r| r.contains("positive")));
}

/// "`up` `down`: any change that way" (kept: 1, not kept: 0).
#[test]
fn trends() {
    assert_eq!(target("m up"), (">", 200.0));
    assert_eq!(target("m down"), ("<", 200.0));
    let up = judged("m up from Q4 2020 by 2021-06-30", "2021-06-30");
    assert_eq!((up.status, up.progress), (Status::Met, Some(1.0)));
    let down = judged("m down from Q4 2020 by 2021-06-30", "2021-06-30");
    assert_eq!((down.status, down.progress), (Status::Missed, Some(0.0)));
    // From 212 to 208 in the third quarter.
    assert_eq!(status("m down in Q3 2021", "2021-09-30"), Status::Met);
}

/// "any change": none is neither up nor down.
#[test]
fn standing_still_is_no_trend() {
    let still = "day,x,profit,region\n2020-12-31,5,1,a\n2021-03-31,5,1,a\n";
    for way in ["up", "down"] {
        let plan = format!("{PLAN}goal g: m {way} in Q1 2021\n");
        assert_eq!(verdict(&plan, &[("t", still)], "2021-03-31").status, Status::Missed, "{way}");
    }
}

/// "`to EXPR`: reach that value": from 200 to 212, by way of an expression.
#[test]
fn to_a_value() {
    let found = judged("m to 200 + 12 from Q4 2020 by 2021-06-30", "2021-06-30");
    assert_eq!((found.status, found.target.op, found.target.value), (Status::Met, ">=", Some(212.0)));
    assert_eq!(found.progress, Some(1.0));
}

/// "The direction of `to` … else it follows from the baseline": 190 is below 200, so 212 is (12) / (−10) of the way.
#[test]
fn to_follows_the_baseline() {
    let found = judged("m to 190 from Q4 2020 by 2021-06-30", "2021-06-30");
    assert_eq!((found.status, found.target.op), (Status::Missed, "<="));
    near(found.progress, -1.2);
}

/// "The direction of `to` is the metric's `higher/lower is better`" first: 300 may not be passed, 150 not fallen below.
#[test]
fn to_follows_the_metric() {
    assert_eq!(target("lower to 300"), ("<=", 300.0));
    assert_eq!(target("higher to 150"), (">=", 150.0));
}

/// "a goal already there starts met, must stay so": under 206 since the start, and past it in June.
#[test]
fn a_goal_that_is_there_must_stay() {
    assert_eq!(status("lower to 206 from Q4 2020 by 2021-06-30", "2021-03-31"), Status::Met);
    assert_eq!(status("lower to 206 from Q4 2020 by 2021-06-30", "2021-06-30"), Status::Missed);
}

/// "`from A to B`: a literal baseline and the value to reach": (212 − 100) / (300 − 100) = 56%.
#[test]
fn from_a_to_b() {
    let found = judged("m from 100 to 300 by 2021-06-30", "2021-06-30");
    assert_eq!(found.baseline.as_ref().and_then(|b| b.value), Some(100.0));
    near(found.progress, 0.56);
    assert_eq!(found.status, Status::Missed);
}

/// "`>= EXPR` `<=` `>` `<` `=`: a bound", at the end of June, where the level is 212.
#[test]
fn bounds() {
    let met = |bound: &str| status(&format!("m {bound} by 2021-06-30"), "2021-06-30") == Status::Met;
    assert_eq!(
        [met(">= 212"), met("<= 212"), met("= 212"), met("> 212"), met("< 212")],
        [true, true, true, false, false]
    );
    assert_eq!(
        [met("> 211"), met("< 213"), met("= 211"), met(">= 213"), met("<= 211")],
        [true, true, false, false, false]
    );
}

/// "`>= EXPR`": an expression over the judged window: half more than the level two quarters back is 300.
#[test]
fn a_bound_may_be_a_formula() {
    let found = judged("m >= 1.5 * m[Q4 2020] by 2021-06-30", "2021-06-30");
    assert_eq!((found.target.value, found.status), (Some(300.0), Status::Missed));
}

/// "`between A and B`: a range" (both ends in).
#[test]
fn between() {
    let found = judged("m between 205 and 212 by 2021-06-30", "2021-06-30");
    assert_eq!((found.status, found.target.op), (Status::Met, "between"));
    assert_eq!((found.target.value, found.target.upper), (Some(205.0), Some(212.0)));
    assert_eq!(status("m between 213 and 220 by 2021-06-30", "2021-06-30"), Status::Missed);
}

/// "`within 10% of EXPR`": of 200 that is 180 to 220; of −50 that is −55 to −45.
#[test]
fn near_a_value() {
    let found = judged("m within 10% of 200 by 2021-06-30", "2021-06-30");
    assert_eq!((found.target.value, found.target.upper), (Some(180.0), Some(220.0)));
    let found = judged("profit within 10% of 0 - 50 by 2021-06-30", "2021-06-30");
    assert_eq!((found.target.value, found.target.upper), (Some(-55.0), Some(-45.0)));
    assert_eq!(found.status, Status::Missed); // −40
}

/// "With two targets (`+25% to 254.58M`) `to` decides": 212 is past 209 and short of 250.
#[test]
fn with_two_targets_to_decides() {
    let found = judged("m +25% to 209 from Q4 2020 by 2021-06-30", "2021-06-30");
    assert_eq!((found.status, found.target.value), (Status::Met, Some(209.0)));
    noted(&found, "`+25%`");
}

// ---- clauses

/// "`from …`: the baseline: that value" from a period, a date and a value; "`yoy` the same window a year earlier".
#[test]
fn baselines() {
    let baseline =
        |clause: &str| judged(&format!("m +5% by 2021-06-30 {clause}"), "2021-06-30").baseline.and_then(|b| b.value);
    assert_eq!(baseline("from Q3 2020"), Some(190.0));
    assert_eq!(baseline("from 2020-12-31"), Some(200.0));
    assert_eq!(baseline("from 150 + 7"), Some(157.0));
    assert_eq!(baseline("yoy"), Some(180.0));
}

const REGIONS: &str = "day,region,x,clicks
2020-12-31,a,100,10
2020-12-31,b,50,20
2021-03-31,a,110,30
2021-03-31,b,60,60
";

/// "`where CONDITION`: filter on every aggregate of the subject, its target, baseline, and, where their tables have the
/// columns, its KPIs": b alone went from 50 to 60 with 60 clicks; the bound is b's own, 1.1 x 50 = 55; spend has no region.
#[test]
fn where_reaches_subject_target_baseline_and_kpis() {
    let plan = "table t from \"t.csv\" time day every quarter
table ads from \"ads.csv\" time day every quarter
metric m = last(t.x)
metric clicks = sum(t.clicks)
metric spend = sum(ads.spend)
goal change: m +10% where region = \"b\" from Q4 2020 by 2021-03-31 measure clicks, spend
goal bound: m >= 1.1 * m[Q4 2020] where region = \"b\" by 2021-03-31
";
    let ads = "day,spend\n2020-12-31,7\n2021-03-31,9\n";
    let found = report(plan, &[("t", REGIONS), ("ads", ads)], "2021-03-31").goals;
    let [change, bound] = &found[..] else { panic!("two goals") };
    assert_eq!((change.baseline.as_ref().and_then(|b| b.value), change.current.value), (Some(50.0), Some(60.0)));
    assert_eq!(change.kpis.iter().map(|k| k.value).collect::<Vec<_>>(), [Some(60.0), Some(9.0)]);
    near(bound.target.value, 55.0);
}

/// "An error where it reaches only some of the subject's tables …, or a column that the aggregate already fixes."
#[test]
fn where_that_cannot_be_is_refused() {
    let tables = [("t", REGIONS), ("ads", "day,spend\n2020-12-31,7\n2021-03-31,9\n")];
    let two = "table t from \"t.csv\" time day every quarter
table ads from \"ads.csv\" time day every quarter
metric cost = sum(ads.spend) / sum(t.clicks)
goal cost <= 1 where region = \"b\" by 2021-03-31\n";
    let found = try_report(two, &tables, "2021-03-31").expect_err("ads has no region");
    assert!(found[0].help.as_deref().is_some_and(|h| h.contains("bracket")), "{found:#?}");
    let fixed = "table t from \"t.csv\" time day every quarter
metric a = last(t.x where region = \"a\")
goal a >= 1 where region = \"b\" by 2021-03-31\n";
    assert!(try_report(fixed, &tables[..1], "2021-03-31").is_err());
}

/// "`measure KPI [TARGET], …`: … over the goal's window and baseline; one with a target is judged as well": a total from
/// the baseline's end to the deadline (30 + 60), a level at its end, a change from the baseline's own 150: 157.5.
#[test]
fn measure() {
    let plan = "table t from \"t.csv\" time day every quarter
metric m = last(t.x)
metric clicks = sum(t.clicks)
goal m +5% from Q4 2020 by 2021-03-31 measure clicks >= 100, m, clicks / m, m +5%
";
    let kpis = verdict(plan, &[("t", REGIONS)], "2021-03-31").kpis;
    let values: Vec<_> = kpis.iter().map(|k| (k.value, k.target, k.status)).collect();
    assert_eq!(values[0], (Some(90.0), Some(100.0), Some(Status::Missed)));
    assert_eq!(values[1], (Some(170.0), None, None));
    near(values[2].0, 90.0 / 170.0);
    assert_eq!(values[3], (Some(170.0), Some(157.5), Some(Status::Met)));
}

/// "`checkpoints …`: expected and actual at each": from 31 December 2020 to 30 September 2021 are 273 days, to 31 March
/// 90, to 30 June 181. +10 from 200: 203.297 and 206.630 are expected; 205 and 212 are there.
#[test]
fn checkpoints() {
    for rhythm in ["quarterly", "1 quarter", "2021-03-31, 2021-06-30, 2021-09-30"] {
        let goal = format!("m +10 from Q4 2020 by 2021-09-30 checkpoints {rhythm}");
        let found = judged(&goal, "2021-07-15").checkpoints;
        assert_eq!(
            found.iter().map(|c| c.at.to_string()).collect::<Vec<_>>(),
            ["2021-03-31", "2021-06-30", "2021-09-30"]
        );
        near(found[0].expected, 90.0 / 273.0);
        near(found[0].expected_value, 200.0 + 900.0 / 273.0);
        assert_eq!(
            (found[0].value, found[0].progress, found[0].status),
            (Some(205.0), Some(0.5), Some(Status::OnTrack))
        );
        near(found[1].expected, 181.0 / 273.0);
        assert_eq!((found[1].value, found[1].progress, found[1].status), (Some(212.0), Some(1.2), Some(Status::Met)));
        assert_eq!((found[2].value, found[2].expected, found[2].status), (None, Some(1.0), None));
    }
}

/// "`grace SPAN`: a slight extension: reached within it is `met late`": 210 is reached in June, a quarter late.
#[test]
fn grace() {
    let goal = "m to 210 from Q4 2020 by 2021-03-31 grace 3 months";
    let found = judged(goal, "2021-06-30");
    assert_eq!((found.status, found.met_on.map(|d| d.to_string())), (Status::MetLate, Some("2021-06-30".into())));
    assert_eq!(status("m to 210 from Q4 2020 by 2021-03-31 grace 2 months", "2021-09-30"), Status::Missed);
    // Neither reached nor over: still open.
    assert!(!matches!(status(goal, "2021-04-30"), Status::Missed | Status::Met | Status::MetLate));
}

/// The same under `in`: 90 by the end of January, 110 with February's first five days.
#[test]
fn grace_after_a_window() {
    let csv = "day,n\n2021-01-01,90\n2021-02-05,20\n2021-02-28,0\n";
    let of = |grace: &str| {
        let plan = format!("table t from \"t.csv\" time day\ngoal g: sum(t.n) >= 100 in 2021-01 grace {grace}\n");
        let found = verdict(&plan, &[("t", csv)], "2021-02-28");
        (found.status, found.met_on.map(|d| d.to_string()), found.current.value)
    };
    assert_eq!(of("1 week"), (Status::MetLate, Some("2021-02-05".into()), Some(90.0)));
    assert_eq!(of("4 days"), (Status::Missed, None, Some(90.0)));
}

/// "checkpoints: expected and actual at each", of a total that is judged once: 310 in January expect 70 by the 7th, 140
/// by the 14th; there are 60 and 150. On 31 January's 310 a total isn't met before its end.
#[test]
fn checkpoints_of_a_total() {
    let csv = "day,n\n2021-01-01,60\n2021-01-08,90\n2021-01-20,0\n";
    let plan = "table t from \"t.csv\" time day
goal g: sum(t.n) >= 310 in 2021-01 checkpoints 2021-01-07, 2021-01-14, 2021-01-31\n";
    let found = verdict(plan, &[("t", csv)], "2021-01-20").checkpoints;
    near(found[0].expected_value, 70.0);
    near(found[1].expected_value, 140.0);
    near(found[0].progress, 60.0 / 310.0);
    near(found[0].expected, 7.0 / 31.0);
    // 60 / 70 is 85.7%, 150 / 140 above 1.
    assert_eq!(
        [found[0].status, found[1].status, found[2].status],
        [Some(Status::AtRisk), Some(Status::OnTrack), None]
    );
}

/// "measure": before the deadline an indicator's own pace counts: after 90 of 273 days there are 90 clicks.
#[test]
fn indicators_on_the_way() {
    let plan = "table t from \"t.csv\" time day every quarter
metric m = last(t.x)
metric clicks = sum(t.clicks)
goal m +50% from Q4 2020 by 2021-09-30 measure clicks >= 100, clicks >= 300, clicks <= 300, clicks <= 200, clicks >= 90
";
    let found = verdict(plan, &[("t", REGIONS)], "2021-03-31").kpis;
    let statuses: Vec<_> = found.iter().filter_map(|k| k.status).collect();
    // 90 of 100 at 33% of the way; 90 of 300; 90 of 98.9; 90 of 65.9; 90 of 90.
    assert_eq!(statuses, [Status::OnTrack, Status::AtRisk, Status::OnTrack, Status::OffTrack, Status::Met]);
}

/// "One of `in`, `by`, `within`; `every` goes with `in` or `from` alone, `per` with `by`; anything else is an error."
#[test]
fn timings_that_exclude_each_other() {
    for clauses in ["by 2021-06-30 in Q2 2021", "every quarter by 2021-06-30", "in Q2 2021 per month"] {
        let found = refused(&format!("goal m >= 1 {clauses}\n"));
        assert!(!found.is_empty(), "{clauses}");
    }
}

/// "`within SPAN` … needs `from`."
#[test]
fn within_needs_from() {
    assert!(refused("goal m >= 1 within 2 quarters\n").contains("from"));
}

/// "A truth value needs no target": 212 is more than 205 and less than 300.
#[test]
fn a_truth_value_needs_no_target() {
    assert_eq!(status("(m > 205 and m < 300) by 2021-06-30", "2021-06-30"), Status::Met);
    assert_eq!(status("(m > 300) by 2021-06-30", "2021-06-30"), Status::Missed);
    assert_eq!(status("(m > 300) by 2021-06-30", "2021-05-30"), Status::OffTrack);
}
