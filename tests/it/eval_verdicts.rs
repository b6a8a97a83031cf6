//! Section 7 of the language: progress, pace, statuses, combined goals and objectives, sentence by sentence. Every
//! expected number is worked out by hand in the comment above it.

use crate::memory::{report, verdict};
use Status::*;
use milepost::eval::objectives::{all_of, any_of};
use milepost::eval::verdict::{Report, Status, Verdict};

/// One reading a quarter.
const LEVELS: &str = "day,x,y
2020-12-31,200,0
2021-03-31,205,
2021-06-30,212,
2021-09-30,208,
2021-12-31,240,9
";

const PLAN: &str = "table t from \"t.csv\" time day every quarter
metric m = last(t.x)
metric y = last(t.y)
";

fn judged(goal: &str, as_of: &str) -> Verdict {
    verdict(&format!("{PLAN}goal g: {goal}\n"), &[("t", LEVELS)], as_of)
}

fn on(verdict: &Verdict) -> Option<String> {
    verdict.met_on.map(|d| d.to_string())
}

#[track_caller]
fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|x| (x - expected).abs() <= 1e-12 * expected.abs().max(1.0)), "{expected}: {found:?}");
}

#[track_caller]
fn noted(found: &Verdict, words: &str) {
    assert!(found.notes.iter().any(|n| n.contains(words)), "{words:?} is not in {:#?}", found.notes);
}

/// Events from 1 January 2021: so many on the first day and none until `last`, which has one row of 0.
fn events(first: f64, last: &str) -> String {
    format!("day,n,id\n2021-01-01,{first},a\n{last},0,b\n")
}

/// A goal on `sum(t.n)`, of which `first` came on 1 January, known through 10 January and judged there: of January's 31
/// days ten are over.
fn january(goal: &str, first: f64) -> Verdict {
    let plan = format!("table t from \"t.csv\" time day\nmetric total = sum(t.n)\ngoal g: {goal}\n");
    verdict(&plan, &[("t", &events(first, "2021-01-10"))], "2021-01-10")
}

// ---- as of

/// "Evaluation is as of a moment (`--as-of`, a date meaning that day's end …)": a row of that evening is read.
#[test]
fn a_day_means_its_end() {
    let plan = "table t from \"t.csv\" time at\ngoal g: count(t) >= 2 in 2021-01-01..2021-01-02\n";
    let csv = "at\n2021-01-01T08:00\n2021-01-02T23:59\n";
    assert_eq!(verdict(plan, &[("t", csv)], "2021-01-02").current.value, Some(2.0));
    assert_eq!(verdict(plan, &[("t", csv)], "2021-01-02T12:00").current.value, Some(1.0));
}

/// "else the end of the newest complete step or day, said aloud."
#[test]
fn without_as_of_the_newest_step_decides() {
    let found = report(&format!("{PLAN}goal m up by 2022-12-31\n"), &[("t", LEVELS)], "");
    assert_eq!(found.as_of_day.map(|d| d.to_string()).as_deref(), Some("2021-12-31"));
    assert_eq!(found.as_of_from.as_deref(), Some("t"));
}

/// "No row later than it is read": in May the newest level is March's 205.
#[test]
fn later_rows_are_not_read() {
    let found = judged("m +10 from Q4 2020 by 2021-12-31", "2021-05-15");
    assert_eq!(
        (found.current.value, found.current.at.map(|d| d.to_string())),
        (Some(205.0), Some("2021-03-31".into()))
    );
}

/// "A window that isn't complete is never `missed`": the data ends in December 2021, the deadline is past.
#[test]
fn an_incomplete_window_is_never_missed() {
    let found = judged("m x2 from Q4 2020 by 2022-03-31", "2022-12-31");
    assert_eq!(found.status, OffTrack);
    noted(&found, "not judged as missed");
}

/// "and after the deadline later data changes nothing": 212 in June, 208 and 240 later.
#[test]
fn later_data_changes_nothing() {
    for goal in ["m +12 from Q4 2020 by 2021-06-30", "m +13 from Q4 2020 by 2021-06-30", "m up in Q2 2021"] {
        let (then, later) = (judged(goal, "2021-06-30"), judged(goal, "2022-06-30"));
        let all = |v: Verdict| (v.status, v.met_on, v.current, v.progress, v.expected, v.pace, v.target);
        assert_eq!(all(then), all(later), "{goal}");
    }
}

// ---- progress

/// "Progress p = (C − B) / (T − B)": (205 − 200) / (220 − 200) = 25%.
#[test]
fn progress_is_the_share_of_the_way() {
    let found = judged("m +10% from Q4 2020 by 2021-12-31", "2021-03-31");
    near(found.progress, 0.25);
}

/// "A bound: with `by` like `to`": from 200 to 212, 205 is 5/12 of the way; 90 of 181 days are over.
#[test]
fn a_bound_by_a_day_is_a_way() {
    let found = judged("m >= 212 from Q4 2020 by 2021-06-30", "2021-03-31");
    near(found.progress, 5.0 / 12.0);
    near(found.expected, 90.0 / 181.0);
    near(found.pace, 5.0 * 181.0 / (12.0 * 90.0));
    assert_eq!(found.status, AtRisk); // 83.8%
}

/// As decided: a bound that its baseline keeps already has no way to go: kept 1, not kept 0, and all of it expected.
#[test]
fn a_bound_that_is_kept_from_the_start() {
    let found = judged("m <= 206 from Q4 2020 by 2021-12-31", "2021-03-31");
    assert_eq!((found.status, found.progress, found.expected), (Met, Some(1.0), Some(1.0)));
    let found = judged("m <= 206 from Q4 2020 by 2021-12-31", "2021-06-30");
    assert_eq!((found.status, found.progress, found.expected), (OffTrack, Some(0.0), Some(1.0)));
}

/// The same where the baseline stands just on a strict bound: there is no way, and no division by it.
#[test]
fn a_strict_bound_at_the_baseline() {
    let found = judged("m > 200 from Q4 2020 by 2021-12-31", "2021-03-31");
    assert_eq!((found.status, found.progress), (Met, Some(1.0)));
    let found = judged("m < 200 from Q4 2020 by 2021-12-31", "2021-12-31");
    assert_eq!((found.status, found.progress), (Missed, Some(0.0)));
}

/// "a flow's `>=` is C / T": 50 of 310.
#[test]
fn a_totals_bound_is_its_share() {
    for timing in ["in 2021-01", "from 2021-01-01 by 2021-01-31"] {
        let found = january(&format!("total >= 310 {timing}"), 50.0);
        near(found.progress, 50.0 / 310.0);
        near(found.expected, 10.0 / 31.0);
        near(found.pace, 0.5);
    }
}

/// "otherwise 1 or 0": a range, a ratio's bound, a total's upper bound.
#[test]
fn other_bounds_are_kept_or_not() {
    for (goal, progress) in [
        ("m between 200 and 210 in Q1 2021", 1.0),
        ("m between 200 and 204 in Q1 2021", 0.0),
        ("avg(t.x) >= 205 in Q1 2021", 1.0),
        ("avg(t.x) >= 206 in Q1 2021", 0.0),
        ("sum(t.x) <= 205 in Q1 2021", 1.0),
        ("sum(t.x) <= 204 in Q1 2021", 0.0),
    ] {
        let found = judged(goal, "2021-03-31");
        assert_eq!((found.progress, found.expected), (Some(progress), Some(1.0)), "{goal}");
    }
}

/// "T = B … gives `no data` with the reason, never a number."
#[test]
fn a_target_at_its_baseline_is_no_data() {
    for goal in
        ["m +0 from Q4 2020 by 2021-06-30", "m from 212 to 212 by 2021-06-30", "m x1 from Q4 2020 by 2021-06-30"]
    {
        let found = judged(goal, "2021-06-30");
        assert_eq!((found.status, found.progress, found.pace), (NoData, None, None), "{goal}");
        assert!(found.current.reason.is_some_and(|r| r.contains("the target is the baseline")), "{goal}");
    }
}

/// "a goal already there starts met, must stay so": `to` the baseline itself is judged, but never with a number.
#[test]
fn a_value_that_is_there_must_stay() {
    let found = judged("m to 212 from Q2 2021 by 2021-12-31", "2021-12-31");
    assert_eq!((found.status, found.progress, found.pace), (Met, None, None));
    noted(&found, "the target is the baseline");
    assert_eq!(judged("m to 212 from Q2 2021 by 2021-12-31", "2021-09-30").status, OffTrack);
    assert_eq!(judged("m to 212 from Q2 2021 by 2021-09-30", "2021-09-30").status, Missed);
}

/// "a zero or missing B under a relative target, gives `no data` with the reason": y was 0, then blank.
#[test]
fn a_relative_target_needs_a_baseline() {
    let zero = judged("y +5% from Q4 2020 by 2021-12-31", "2021-12-31");
    assert_eq!((zero.status, zero.progress), (NoData, None));
    assert!(zero.current.reason.is_some_and(|r| r.contains("baseline is 0")));
    let missing = judged("y +5% from Q1 2021 by 2021-12-31", "2021-12-31");
    assert_eq!((missing.status, missing.progress), (NoData, None));
    assert!(missing.current.reason.is_some_and(|r| r.contains("baseline (Q1 2021) is missing")));
}

// ---- expected, pace, required

/// "Expected e: the share of the way that the pace expects at C's own time. pace = p / e": in mid-May the level is of
/// 31 March: 90 of 365 days, however late it is looked at. p = 5 / 20.
#[test]
fn expected_is_at_the_values_own_time() {
    for as_of in ["2021-03-31", "2021-05-15"] {
        let found = judged("m +10% from Q4 2020 by 2021-12-31", as_of);
        near(found.expected, 90.0 / 365.0);
        near(found.pace, 0.25 * 365.0 / 90.0);
    }
}

/// "while e = 0 the status is `on track`": in February the newest level is the baseline's own.
#[test]
fn nothing_is_expected_at_the_baseline() {
    let found = judged("m +10% from Q4 2020 by 2021-12-31", "2021-02-15");
    assert_eq!((found.status, found.progress, found.expected, found.pace), (OnTrack, Some(0.0), Some(0.0), None));
}

/// "In an unfinished window a flow's B and T are multiplied by the elapsed share": 310 in December, so +20% is 372 in
/// January; of ten days in 31 that is from 100 to 120. 115 is 15/20 of it.
#[test]
fn an_unfinished_totals_ends_are_scaled() {
    let csv = "day,n\n2020-12-01,310\n2020-12-31,0\n2021-01-01,115\n2021-01-10,0\n";
    let plan = "table t from \"t.csv\" time day\ngoal g: sum(t.n) +20% in 2021-01\n";
    let found = verdict(plan, &[("t", csv)], "2021-01-10");
    assert_eq!((found.target.value, found.current.value), (Some(372.0), Some(115.0)));
    near(found.progress, 0.75);
    near(found.pace, 0.75);
    assert_eq!((found.expected, found.status), (Some(1.0), AtRisk));
}

/// As decided: an unfinished total's `<=` is compared with the elapsed part of the bound, 100 of 310.
#[test]
fn an_unfinished_upper_bound_is_scaled() {
    assert_eq!(january("total <= 310 in 2021-01", 100.0).status, OnTrack);
    assert_eq!(january("total <= 310 in 2021-01", 101.0).status, OffTrack);
    let found = january("total <= 310 in 2021-01", 101.0);
    assert_eq!((found.progress, found.target.value), (Some(0.0), Some(310.0)));
}

/// "ratios, averages and scores have e = 1": from 100 in December to 120, 110 on the way is half, and all is expected.
#[test]
fn ratios_expect_everything() {
    let csv = "day,n\n2020-12-01,100\n2021-01-01,110\n2021-01-10,110\n";
    let plan = "table t from \"t.csv\" time day\ngoal g: avg(t.n) +20% in 2021-01\n";
    let found = verdict(plan, &[("t", csv)], "2021-01-10");
    assert_eq!((found.expected, found.status), (Some(1.0), OffTrack));
    near(found.progress, 0.5);
}

/// "required = what each remaining step must bring": from 205 to 220 in three quarters: 5 each; the last brought 5.
#[test]
fn required_is_a_share_of_the_rest() {
    let needed = judged("m +10% from Q4 2020 by 2021-12-31", "2021-05-15").required.expect("pending");
    assert_eq!((needed.per_period, needed.periods, needed.total, needed.last_brought), (5.0, 3, 15.0, Some(5.0)));
}

// ---- statuses

/// "on track · at risk · off track: pace ≥ 95%, ≥ 75%, below": ten days of 310 expect 100.
#[test]
fn the_marks() {
    let of = |n: f64| january("total >= 310 in 2021-01", n).status;
    assert_eq!(
        [of(100.0), of(95.0), of(94.9), of(75.0), of(74.9), of(0.0)],
        [OnTrack, OnTrack, AtRisk, AtRisk, OffTrack, OffTrack]
    );
}

/// "unless the plan sets other marks".
#[test]
fn the_plans_own_marks() {
    let of = |n: f64| {
        let plan = "on track above 90%\nat risk above 50%\ntable t from \"t.csv\" time day\ngoal g: sum(t.n) >= 310 in 2021-01\n";
        verdict(plan, &[("t", &events(n, "2021-01-10"))], "2021-01-10").status
    };
    assert_eq!([of(90.0), of(89.0), of(50.0), of(49.0)], [OnTrack, AtRisk, AtRisk, OffTrack]);
}

/// "Before a `by` deadline it is met, with the date, as long as it stays reached": 205 in March, 212 in June.
#[test]
fn met_before_the_deadline() {
    let found = judged("m +5 from Q4 2020 by 2021-12-31", "2021-06-30");
    assert_eq!((found.status, on(&found).as_deref()), (Met, Some("2021-03-31")));
}

/// "(a note says when it was lost again)": 212 in June, 208 in September, 240 in December.
#[test]
fn met_and_lost_and_met_again() {
    let lost = judged("m +10 from Q4 2020 by 2021-12-31", "2021-09-30");
    assert_ne!(lost.status, Met);
    noted(&lost, "2021-06-30");
    let again = judged("m +10 from Q4 2020 by 2021-12-31", "2021-12-31");
    assert_eq!((again.status, on(&again).as_deref()), (Met, Some("2021-12-31")));
}

/// "under `in` early only for `>=` on `count` or `distinct`": two rows and two ids on 1 and 10 January.
#[test]
fn met_early_only_for_counts() {
    let status = |goal: &str| january(goal, 400.0).status;
    assert_eq!([status("count(t) >= 2 in 2021-01"), status("distinct(t.id) >= 2 in 2021-01")], [Met, Met]);
    assert_eq!(status("total >= 310 in 2021-01"), OnTrack);
    assert_eq!(status("count(t) <= 20 in 2021-01"), OnTrack);
    assert_eq!(on(&january("count(t) >= 2 in 2021-01", 1.0)).as_deref(), Some("2021-01-10"));
    assert_eq!(on(&january("count(t) >= 1 in 2021-01", 1.0)).as_deref(), Some("2021-01-01"));
}

/// The same for a count with its metric's own filter: two of January's rows have an id.
#[test]
fn met_early_with_a_filter() {
    let plan =
        "table t from \"t.csv\" time day\nmetric seen = count(t) where id <> \"\"\ngoal g: seen >= 2 in 2021-01\n";
    let found = verdict(plan, &[("t", &events(1.0, "2021-01-10"))], "2021-01-10");
    assert_eq!((found.status, on(&found).as_deref()), (Met, Some("2021-01-10")));
}

/// The same for a level: 212 is past 210 in June, and may fall again before 2021 is over; in the end it stands at 240.
#[test]
fn a_level_in_a_window_is_judged_at_its_end() {
    let early = judged("m +10 in 2021", "2021-06-30");
    assert_eq!((early.status, early.met_on, early.progress), (OnTrack, None, Some(1.2)));
    near(early.expected, 181.0 / 365.0);
    let end = judged("m +10 in 2021", "2021-12-31");
    assert_eq!((end.status, on(&end).as_deref()), (Met, Some("2021-12-31")));
}

/// "Before a `by` deadline it is met, with the date": a total on the day on which it came to the target.
#[test]
fn a_total_is_met_on_the_day() {
    let csv = "day,n\n2021-01-01,50\n2021-01-07,40\n2021-01-12,20\n2021-01-20,5\n";
    let plan = "table t from \"t.csv\" time day\ngoal g: sum(t.n) >= 100 from 2021-01-01 by 2021-03-31\n";
    let found = verdict(plan, &[("t", csv)], "2021-01-20");
    assert_eq!((found.status, on(&found).as_deref(), found.current.value), (Met, Some("2021-01-12"), Some(115.0)));
}

/// A total's `to` under `in`, where nothing is known of before: it rises from nothing, 50 of 310.
#[test]
fn a_total_rises_from_nothing() {
    let found = january("total to 310 in 2021-01", 50.0);
    near(found.progress, 50.0 / 310.0);
    near(found.pace, 0.5);
    assert_eq!((found.target.op, found.status), (">=", OffTrack));
}

/// "missed: deadline and grace are past, the data is complete, and it was not reached".
#[test]
fn missed() {
    assert_eq!(judged("m +13 from Q4 2020 by 2021-06-30", "2021-06-29").status, AtRisk); // 5/13 of 90/181
    assert_eq!(judged("m +13 from Q4 2020 by 2021-06-30", "2021-06-30").status, Missed);
    let grace = "m +13 from Q4 2020 by 2021-06-30 grace 3 months";
    assert_ne!(judged(grace, "2021-06-30").status, Missed);
    assert_eq!(judged(grace, "2021-09-30").status, Missed);
}

/// "not started · no data: before its window; nothing to judge, and why".
#[test]
fn not_started_and_no_data() {
    assert_eq!(judged("m up in Q4 2021", "2021-06-30").status, NotStarted);
    assert_eq!(judged("m up from Q3 2021 by 2021-12-31", "2021-09-30").status, NotStarted);
    let blank = judged("y >= 1 by 2021-06-30", "2021-06-30");
    assert_eq!(blank.status, NoData);
    assert!(blank.current.reason.is_some_and(|r| r.contains("blank")));
}

// ---- goals together

const ALL: [Status; 8] = [Met, MetLate, OnTrack, AtRisk, OffTrack, Missed, NotStarted, NoData];

/// "`all of`: missed if one is; else no data; else the worst pending; else met."
#[test]
fn all_of_its_parts() {
    for with in ALL {
        assert_eq!(all_of(&[Met, with, Missed]), Missed);
        let expected = if with == Missed { Missed } else { NoData };
        assert_eq!(all_of(&[with, NoData, OffTrack]), expected);
    }
    assert_eq!(all_of(&[Met, OnTrack, OffTrack, AtRisk, NotStarted]), OffTrack);
    assert_eq!(all_of(&[Met, AtRisk, OnTrack]), AtRisk);
    assert_eq!(all_of(&[Met, OnTrack, Met]), OnTrack);
    assert_eq!(all_of(&[Met, Met]), Met);
}

/// "`any of`: met if one is; else the best pending, no data, missed."
#[test]
fn any_of_its_parts() {
    for with in ALL {
        assert_eq!(any_of(&[Missed, with, Met]), Met);
    }
    assert_eq!(any_of(&[Missed, NoData, OffTrack, AtRisk]), AtRisk);
    assert_eq!(any_of(&[AtRisk, OnTrack, OffTrack]), OnTrack);
    assert_eq!(any_of(&[Missed, NoData]), NoData);
    assert_eq!(any_of(&[Missed, Missed]), Missed);
}

const TOGETHER: &str = "objective growth weight 2
goal both: all of a, b supports growth
goal either: any of a, b
goal a: m +12 from Q4 2020 by 2021-06-30 supports growth weight 3
goal b: m +24 from Q4 2020 by 2021-06-30 supports growth
";

fn together(plan: &str, as_of: &str) -> Report {
    report(&format!("{PLAN}{plan}"), &[("t", LEVELS)], as_of)
}

/// "Combined: `goal both: all of a, b, c` or `any of …`": a is met in June, b is half way.
#[test]
fn combined_goals() {
    let found = together(TOGETHER, "2021-06-30").goals;
    let status = |name: &str| found.iter().find(|v| v.name == name).map(|v| v.status);
    assert_eq!([status("a"), status("b"), status("both"), status("either")], [Met, Missed, Missed, Met].map(Some));
    let either = found.iter().find(|v| v.name == "either").expect("it is there");
    assert_eq!(on(either).as_deref(), Some("2021-06-30"));
}

/// "An objective: progress is the weighted mean of its goals' (each clipped to 0…1 …), status as `all of`": a is 1 with
/// weight 3, b 0.5, and both their mean, 0.75: (3 + 0.5 + 0.75) / 5 = 0.85.
#[test]
fn an_objective_is_the_weighted_mean() {
    let found = together(TOGETHER, "2021-06-30").objectives;
    near(found[0].progress, 0.85);
    assert_eq!((found[0].name.as_str(), found[0].status), ("growth", Missed));
}

/// "(each clipped to 0…1, n/a left out and said)": in September, 8 / 10 of the way, −8 / 10 (clipped to 0), and one
/// without data: 0.4.
#[test]
fn an_objective_clips_and_leaves_out() {
    let plan = "objective growth
goal ahead: m +10 from Q4 2020 by 2021-12-31 supports growth
goal back: m -10 from Q4 2020 by 2021-12-31 supports growth
goal blank: y +5% from Q1 2021 by 2021-12-31 supports growth
";
    let found = together(plan, "2021-09-30").objectives;
    near(found[0].progress, 0.4);
    assert_eq!(found[0].status, NoData);
    assert!(found[0].notes.iter().any(|n| n.contains("blank") && n.contains("left out")), "{:?}", found[0].notes);
}

/// "`objective … supports OBJECTIVE`": the part counts with its own weight, 1 x 3 and 0.5 x 1: 0.875.
#[test]
fn objectives_under_objectives() {
    let plan = "objective top
objective part supports top weight 3
goal a: m +12 from Q4 2020 by 2021-06-30 supports part
goal b: m +24 from Q4 2020 by 2021-06-30 supports top
";
    let found = together(plan, "2021-06-30").objectives;
    near(found[0].progress, 0.875);
    near(found[1].progress, 1.0);
}

/// "Decreases follow by sign": from 200 to 180 by way of 190 and 185: halfway, then three quarters; then there.
#[test]
fn decreases() {
    let costs = "day,x,y\n2020-12-31,200,\n2021-03-31,190,\n2021-06-30,185,\n2021-09-30,180,\n";
    let of = |as_of: &str| verdict(&format!("{PLAN}goal m -10% from Q4 2020 by 2021-12-31\n"), &[("t", costs)], as_of);
    assert_eq!([of("2021-03-31"), of("2021-06-30"), of("2021-09-30")].map(|v| v.progress), [0.5, 0.75, 1.0].map(Some));
    assert_eq!((of("2021-03-31").status, of("2021-09-30").status), (OnTrack, Met));
    assert_eq!(of("2021-06-30").required.map(|r| (r.per_period, r.periods)), Some((-2.5, 2)));
}
