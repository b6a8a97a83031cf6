//! Section 6 of the language, goals over many: values of a dimension, rows of a table, periods; and properties that hold
//! whatever the data is. Every expected number is worked out by hand in the comment above it.

use crate::memory::{report, try_report, verdict};
use Status::*;
use milepost::eval::verdict::{EachSummary, PeriodState, Status, Verdict};
use proptest::prelude::*;

/// b lacks half a member, c vanishes, d is new.
const REGIONS: &str = "day,region,x
2020-12-31,a,100
2020-12-31,b,50
2020-12-31,c,10
2021-03-31,a,110
2021-03-31,b,52
2021-03-31,d,5
2021-06-30,a,120
2021-06-30,b,53
2021-06-30,d,6
";

fn regions(goal: &str, as_of: &str) -> Verdict {
    let plan = format!("table t from \"t.csv\" time day every quarter\nmetric m = last(t.x)\ngoal g: {goal}\n");
    verdict(&plan, &[("t", REGIONS)], as_of)
}

fn each(verdict: &Verdict) -> &EachSummary {
    verdict.each.as_ref().unwrap_or_else(|| panic!("{verdict:#?}"))
}

fn counts(verdict: &Verdict) -> (u64, u64, u64) {
    let each = each(verdict);
    (each.kept, each.total, each.pending)
}

#[track_caller]
fn noted(found: &Verdict, words: &str) {
    assert!(found.notes.iter().any(|n| n.contains(words)), "{words:?} is not in {:#?}", found.notes);
}

// ---- values of a dimension

/// "for each D: for every value of a dimension … A change has a baseline of its own for every value": a 100 → 110 (105
/// wanted), b 50 → 52 (52.5 wanted).
#[test]
fn every_value_has_its_own_baseline() {
    let found = regions("m +5% for each region from Q4 2020 by 2021-03-31", "2021-03-31");
    let seen: Vec<_> =
        each(&found).listed.iter().map(|r| (r.key.as_str(), r.baseline, r.target, r.value, r.kept)).collect();
    assert_eq!(seen[0], ("b", Some(50.0), Some(52.5), Some(52.0), Some(false)), "failing ones first");
    assert_eq!(seen[1], ("a", Some(100.0), Some(105.0), Some(110.0), Some(true)));
    assert_eq!((found.status, counts(&found)), (Missed, (1, 2, 0)));
}

/// "new and vanished ones are listed, not counted": d and c.
#[test]
fn new_and_vanished_values_are_not_counted() {
    let found = regions("m +5% for each region from Q4 2020 by 2021-03-31", "2021-03-31");
    let aside: Vec<_> = each(&found).listed[2..].iter().map(|r| (r.key.as_str(), r.kept)).collect();
    assert_eq!(aside, [("d", None), ("c", None)]);
    noted(&found, "region \"d\" is new since the baseline");
    noted(&found, "region \"c\" has no row any more");
}

/// "values are those with a row in the window": without a change nothing is new: a, b and d stand at the end of March.
#[test]
fn values_have_a_row_in_the_window() {
    let found = regions("m >= 5 for each region by 2021-03-31", "2021-03-31");
    assert_eq!((found.status, counts(&found)), (Met, (3, 3, 0)));
    assert_eq!(regions("m >= 6 for each region by 2021-03-31", "2021-03-31").status, Missed);
}

/// "`for 95% of D`": that share at least: two of three are 66.7%.
#[test]
fn a_share_of_the_values() {
    assert_eq!(regions("m >= 50 for 66% of region by 2021-03-31", "2021-03-31").status, Met);
    assert_eq!(regions("m >= 50 for 67% of region by 2021-03-31", "2021-03-31").status, Missed);
}

/// "`for at most 5% of D`": that share at the most: one of three, 33.3%, is below 50.
#[test]
fn at_most_a_share_of_the_values() {
    assert_eq!(regions("m < 50 for at most 34% of region by 2021-03-31", "2021-03-31").status, Met);
    assert_eq!(regions("m < 50 for at most 33% of region by 2021-03-31", "2021-03-31").status, Missed);
}

/// "at most": until the window is over, more may come, so it isn't met before.
#[test]
fn at_most_is_not_met_early() {
    let goal = "m < 50 for at most 34% of region by 2021-06-30";
    assert_eq!((regions(goal, "2021-03-31").status, regions(goal, "2021-06-30").status), (OnTrack, Met));
}

/// As decided: while it is pending, pace is the share of values that are met or on track, against the share asked for.
/// By 30 June a (110 of 105) is met; b has 2 of 5 at 90 / 181 of the way: 80%, at risk. One of two for each: 50%.
#[test]
fn the_pace_of_many() {
    let found = regions("m +10% for each region from Q4 2020 by 2021-06-30", "2021-03-31");
    assert_eq!((counts(&found), found.pace, found.status), ((1, 2, 1), Some(0.5), OffTrack));
    let half = regions("m +10% for 50% of region from Q4 2020 by 2021-06-30", "2021-03-31");
    assert_eq!(half.status, Met, "one of two is there");
}

/// "where" goes before: of b and d alone, both are under 60.
#[test]
fn a_filter_leaves_values_out() {
    let found = regions("m <= 60 for each region where region <> \"a\" by 2021-03-31", "2021-03-31");
    assert_eq!((found.status, counts(&found)), (Met, (2, 2, 0)));
}

/// The same for a metric's own filter, before or in its brackets: a isn't among what it counts.
#[test]
fn a_metrics_own_filter_leaves_values_out() {
    for metric in ["last(t.x) where region <> \"a\"", "last(t.x where region <> \"a\")", "last(t.x)[abroad]"] {
        let plan = format!(
            "table t from \"t.csv\" time day every quarter\nsegment abroad = region <> \"a\"\nmetric m = {metric}
goal g: m <= 60 for each region by 2021-03-31\n"
        );
        let found = verdict(&plan, &[("t", REGIONS)], "2021-03-31");
        assert_eq!((found.status, counts(&found)), (Met, (2, 2, 0)), "{metric}");
    }
}

/// A total of each value: "values are those with a row in the window" of the total: c only in the last quarter of 2020.
#[test]
fn totals_of_each_value() {
    let plan = "table t from \"t.csv\" time day every quarter\ngoal g: sum(t.x) >= 11 for each region in ";
    let of = |window: &str| verdict(&format!("{plan}{window}\n"), &[("t", REGIONS)], "2021-06-30");
    assert_eq!(counts(&of("Q4 2020")), (2, 3, 0));
    // d has 5 + 6 = 11 over the half, a and b more.
    assert_eq!((of("H1 2021").status, counts(&of("H1 2021"))), (Met, (3, 3, 0)));
}

/// Levels without steps are carried forward, for the baseline's values as well: fb 100 → 111, ig 50 → 52.
#[test]
fn values_are_carried_forward() {
    let csv = "day,network,fans\n2020-12-20,fb,100\n2020-12-28,ig,50\n2021-03-20,fb,110\n2021-03-25,ig,52\n2021-03-31,fb,111\n";
    let plan = "table t from \"t.csv\" time day
goal g: last(t.fans per network) +5% for each network from 2020-12-31 by 2021-03-31\n";
    let found = verdict(plan, &[("t", csv)], "2021-03-31");
    let seen: Vec<_> = each(&found).listed.iter().map(|r| (r.key.as_str(), r.baseline, r.value, r.kept)).collect();
    let (fb, ig) = (("fb", Some(100.0), Some(111.0), Some(true)), ("ig", Some(50.0), Some(52.0), Some(false)));
    assert_eq!(seen, [ig, fb]);
}

/// A dimension that one of the subject's tables lacks can't split it: an error, before any data is read.
#[test]
fn a_dimension_must_be_everywhere() {
    let plan = "table t from \"t.csv\" time day every quarter\ntable ads from \"ads.csv\" time day every quarter
goal g: (sum(ads.spend) / sum(t.x)) <= 1 for each region in Q1 2021\n";
    let ads = "day,spend\n2020-12-31,7\n2021-03-31,9\n";
    let found = try_report(plan, &[("t", REGIONS), ("ads", ads)], "2021-03-31").expect_err("ads has no region");
    assert!(found[0].message.contains("region") && found[0].message.contains("ads"), "{found:#?}");
}

// ---- rows of a table

/// As of 12:00 on 31 January: answered in 30 min and in 90 min; open since 02:00 and since 11:30; one without its start.
const TICKETS: &str = "id,day,asked,replied,fine
t1,2021-01-01,2021-01-01T08:00,2021-01-01T08:30,true
t2,2021-01-02,2021-01-02T08:00,2021-01-02T09:30,true
t3,2021-01-31,2021-01-31T02:00,,false
t4,2021-01-31,2021-01-31T11:30,,true
t5,2021-01-31,,2021-01-31T10:00,
";

fn tickets(goal: &str, as_of: &str) -> Verdict {
    let plan = format!("table tickets from \"t.csv\" time day\ngoal g: {goal}\n");
    verdict(&plan, &[("tickets", TICKETS)], as_of)
}

/// "a missing end of a time difference under an upper bound is as-of: over the limit the row is broken, under it pending
/// and not counted; any other n/a is not kept": t1 keeps an hour; t2, t3 (10 h so far) and t5 don't; t4 is pending.
#[test]
fn open_rows_run_to_as_of() {
    let found = tickets("tickets.replied - tickets.asked <= 1h for 95% of tickets in 2021-01", "2021-01-31T12:00");
    assert_eq!(counts(&found), (1, 4, 1));
    assert_eq!(each(&found).without_value, 1);
}

/// "pending and not counted": where every row is pending, none was kept yet, and nothing is lost.
#[test]
fn pending_rows_alone_are_no_success() {
    let csv = "id,asked,replied\nt0,2020-12-01T08:00,2020-12-01T09:30\nt1,2021-01-31T11:30,\nt2,2021-01-31T11:40,\n";
    let plan = "table t from \"t.csv\" time asked\ngoal g: t.replied - t.asked <= 1h for 95% of t by 2021-03-31\n";
    let found = verdict(plan, &[("t", csv)], "2021-01-31T12:00");
    assert_eq!((found.status, counts(&found)), (OnTrack, (0, 0, 2)));
}

/// The same an hour later: t4 is over the limit as well.
#[test]
fn pending_rows_break_in_time() {
    let found = tickets("tickets.replied - tickets.asked <= 1h for 95% of tickets in 2021-01", "2021-01-31T13:00");
    assert_eq!(counts(&found), (1, 5, 0));
}

/// "under an upper bound": under a lower one a missing end is not kept: of five only t2 took an hour and more.
#[test]
fn a_lower_bound_waits_for_no_end() {
    let found = tickets("tickets.replied - tickets.asked >= 1h for 95% of tickets in 2021-01", "2021-01-31T12:00");
    assert_eq!(counts(&found), (1, 5, 0));
    assert_eq!(each(&found).without_value, 3);
}

/// "the verdict counts each sort."
#[test]
fn each_sort_of_row_is_counted() {
    let found = tickets("tickets.replied - tickets.asked <= 1h for 95% of tickets in 2021-01", "2021-01-31T12:00");
    for note in [
        "1 row of tickets has no end yet and is over",
        "1 row of tickets has no end yet and is within",
        "1 row of tickets has no value",
    ] {
        noted(&found, note);
    }
}

/// "Where either side is a plain date, whole days count": ordered on the 1st, there on the 2nd at 23:00: one day.
#[test]
fn plain_dates_count_whole_days() {
    let csv = "ordered,arrived\n2021-01-01,2021-01-02T23:00\n2021-01-03,2021-01-05T00:30\n";
    let plan = "table t from \"t.csv\" time ordered\ngoal g: t.arrived - t.ordered <= 1 day for 50% of t in 2021-01\n";
    let found = verdict(plan, &[("t", csv)], "2021-01-31");
    assert_eq!(counts(&found), (1, 2, 0));
}

/// "A truth value needs no target (`goal (has_alt) for each images`)": t1, t2 and t4 are fine; t3 isn't, t5 isn't known.
#[test]
fn a_truth_value_of_each_row() {
    let found = tickets("(fine) for each tickets in 2021-01", "2021-01-31");
    assert_eq!((counts(&found), each(&found).without_value), ((3, 5, 0), 1));
    let failing: Vec<_> = each(&found).listed.iter().map(|r| r.key.as_str()).collect();
    assert_eq!(failing, ["t3", "t5"]);
}

/// "(that share) … of a table's rows": three of five are 60%; "at most": two of five, 40%.
#[test]
fn shares_of_rows() {
    let status = |goal: &str| {
        let plan = format!("table t from \"t.csv\" time day sparse\ngoal g: {goal} in 2021-01\n");
        let csv = "day,n\n2021-01-01,1\n2021-01-02,2\n2021-01-03,3\n2021-01-04,4\n2021-01-05,5\n";
        verdict(&plan, &[("t", csv)], "2021-01-31").status
    };
    assert_eq!([status("t.n >= 3 for 60% of t"), status("t.n >= 3 for 61% of t")], [Met, Missed]);
    assert_eq!([status("t.n < 3 for at most 40% of t"), status("t.n < 3 for at most 39% of t")], [Met, Missed]);
    assert_eq!([status("t.n between 1 and 5 for each t"), status("t.n = 3 for each t")], [Met, Missed]);
}

/// As decided: `in` waits for the window's end; with `by` it is met as long as the share holds.
#[test]
fn rows_wait_for_the_end_of_in() {
    let status = |timing: &str| tickets(&format!("(fine) for 60% of tickets {timing}"), "2021-01-31").status;
    assert_eq!([status("in Q1 2021"), status("by 2021-03-31"), status("in 2021-01")], [OnTrack, Met, Met]);
}

// ---- periods

/// 110, 90, 120, (nothing in April), 100, 100 and ten days of July.
const MONTHS: &str = "day,n,level
2021-01-01,50,1
2021-01-31,60,2
2021-02-28,90,3
2021-03-31,120,4
2021-05-01,100,5
2021-06-30,100,7
2021-07-10,40,6
";

fn months(goal: &str, as_of: &str) -> Verdict {
    let plan = format!(
        "table t from \"t.csv\" time day\nmetric n = sum(t.n)\nmetric avg = avg(t.n)\nmetric level = last(t.level)\ngoal g: {goal}\n"
    );
    verdict(&plan, &[("t", MONTHS)], as_of)
}

/// "`every SPAN [in PERIOD]`: recurring: each whole period judged": of six months February and April (0) miss 100.
#[test]
fn every_month_is_judged() {
    let found = months("n >= 100 every month in H1 2021", "2021-07-10");
    let kept: Vec<_> = found.periods.iter().map(|p| p.kept).collect();
    assert_eq!(kept, [true, false, true, false, true, true].map(Some));
    assert_eq!((found.status, found.progress), (Missed, Some(4.0 / 6.0)));
    assert_eq!(found.kept.map(|k| (k.periods, k.of)), Some((4, 6)));
}

/// "each whole period": the first half of March is none.
#[test]
fn what_is_no_whole_period_is_not_judged() {
    let found = months("n >= 1 every month in 2021-01-01..2021-03-15", "2021-07-10");
    assert_eq!(found.periods.len(), 2);
    noted(&found, "is no whole month");
}

/// "over `in`, else from `from` to the horizon's end": from April, through December.
#[test]
fn without_in_it_runs_to_the_horizons_end() {
    let found = months("n >= 100 every month from 2021-04", "2021-07-10");
    let labels: Vec<_> = found.periods.iter().map(|p| p.label.as_str()).collect();
    assert_eq!((labels.len(), labels[0], labels[8]), (9, "2021-04", "2021-12"));
    assert_eq!(found.periods[3].state, PeriodState::Running);
    assert_eq!(found.periods[4].state, PeriodState::Coming);
}

/// "A change is from the period before": 110 → 90 no, 90 → 120 yes, 120 → 0 no, a percentage of nothing n/a, 100 → 100 no.
#[test]
fn a_change_is_from_the_period_before() {
    let found = months("n +10% every month in 2021-02..2021-06", "2021-07-10");
    let seen: Vec<_> = found.periods.iter().map(|p| (p.target.map(f64::round), p.kept)).collect();
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(seen, [(Some(121.0), no), (Some(99.0), yes), (Some(132.0), no), (None, None), (Some(110.0), no)]);
}

/// "every: periods kept / periods judged, n/a ones aside": April has no mean; four of the other five are 90 or more.
#[test]
fn periods_without_a_value_are_left_aside() {
    // Means: 55, 90, 120, n/a, 100, 100.
    let found = months("avg >= 90 every month in H1 2021", "2021-07-10");
    assert_eq!(found.kept.map(|k| (k.periods, k.of)), Some((4, 5)));
    assert_eq!((found.progress, found.periods[3].state), (Some(0.8), PeriodState::Missing));
    noted(&found, "1 period without a value left aside");
}

/// A level is taken at each period's end: 2, 3, 4; in April still 4, carried forward; 5, 7.
#[test]
fn a_level_at_each_periods_end() {
    let found = months("level >= 1 every month in H1 2021", "2021-07-10");
    assert_eq!(found.periods.iter().map(|p| p.value).collect::<Vec<_>>(), [2.0, 3.0, 4.0, 4.0, 5.0, 7.0].map(Some));
    assert_eq!(found.status, Met);
}

/// "`for 90% of months` allows misses": of six months 33% may miss, 1.98, so one; 66% asks for four: two may.
#[test]
fn a_share_of_months() {
    let status =
        |share: &str| months(&format!("n >= 100 every month for {share} of months in H1 2021"), "2021-07-10").status;
    assert_eq!([status("66%"), status("67%"), status("50%")], [Met, Missed, Met]);
}

/// "a recurring goal after its first miss too many is off track" (and missed at the end): of 2021's twelve months 90%
/// allows one miss: February's; April's is one too many.
#[test]
fn a_recurring_goal_goes_off_track() {
    let status = |as_of: &str| months("n >= 100 every month for 90% of months in 2021", as_of).status;
    assert_eq!([status("2021-02-28"), status("2021-03-31"), status("2021-05-01")], [OnTrack, OnTrack, OffTrack]);
    assert_eq!(months("n >= 100 every month in 2021", "2021-02-28").status, OffTrack);
    assert_eq!(months("n >= 100 every month in 2021", "2020-12-31").status, NotStarted);
}

/// Values of a dimension in each period: d has 5 in March and 6 in June.
#[test]
fn each_value_in_each_period() {
    let found = regions("m >= 6 for each region every quarter in H1 2021", "2021-06-30");
    assert_eq!(found.periods.iter().map(|p| p.kept).collect::<Vec<_>>(), [Some(false), Some(true)]);
    let found = regions("m >= 5 for each region every quarter in H1 2021", "2021-06-30");
    assert_eq!(found.status, Met);
}

// ---- properties

fn csv(values: &[i32]) -> String {
    let days = ["2020-12-31", "2021-03-31", "2021-06-30", "2021-09-30", "2021-12-31"];
    days.iter().zip(values).fold("day,x\n".to_owned(), |out, (day, x)| format!("{out}{day},{x}\n"))
}

fn level(target: &str, values: &[i32], as_of: &str) -> Verdict {
    let plan = format!("table t from \"t.csv\" time day every quarter\ngoal g: last(t.x) {target}\n");
    verdict(&plan, &[("t", &csv(values))], as_of)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// "Decreases follow by sign": negated data under the negated target gives the same verdict, its numbers negated.
    #[test]
    fn decreases_mirror_increases(values in prop::collection::vec(-50i32..50, 5), by in 1i32..40, q in 1usize..5) {
        let as_of = ["2021-03-31", "2021-06-30", "2021-09-30", "2021-12-31"][q - 1];
        // `to` the baseline itself has no direction.
        prop_assume!(values[0] != by);
        let mirrored: Vec<i32> = values.iter().map(|x| -x).collect();
        for (up, down) in [(format!("+{by}"), format!("-{by}")), (format!("+{by}%"), format!("-{by}%")),
            (format!(">= {by}"), format!("<= -{by}")), (format!("to {by}"), format!("to -{by}")), ("up".into(), "down".into())] {
            // A target that is the baseline has no direction to mirror.
            if up.starts_with("to") && values[0] == by {
                continue;
            }
            let timing = "from Q4 2020 by 2021-12-31";
            let a = level(&format!("{up} {timing}"), &values, as_of);
            let b = level(&format!("{down} {timing}"), &mirrored, as_of);
            prop_assert_eq!((a.status, a.met_on, a.expected), (b.status, b.met_on, b.expected), "{} {:?}", up, values);
            prop_assert_eq!((a.progress, a.pace), (b.progress, b.pace));
            prop_assert_eq!(a.current.value, b.current.value.map(|x| 0.0 - x));
            prop_assert_eq!(a.required.map(|r| r.per_period), b.required.map(|r| -r.per_period));
        }
    }

    /// Totals over the parts of a window add up to the whole.
    #[test]
    fn totals_add_up(values in prop::collection::vec(0i32..100, 31), cut in 1usize..30) {
        let rows = values.iter().enumerate().fold("day,n\n".to_owned(), |o, (i, n)| format!("{o}2021-01-{:02},{n}\n", i + 1));
        let (a, b) = (cut, cut + 1);
        for total in ["sum(t.n)", "count(t)", "sum(t.n where n > 50)"] {
            let plan = format!("table t from \"t.csv\" time day
goal parts: ({total}[2021-01-01..2021-01-{a:02}] + {total}[2021-01-{b:02}..2021-01-31]) >= 0 in 2021-01
goal whole: {total} >= 0 in 2021-01\n");
            let goals = report(&plan, &[("t", &rows)], "2021-01-31").goals;
            prop_assert_eq!(goals[0].current.value, goals[1].current.value);
            prop_assert!(goals[1].current.value.is_some());
        }
    }

    /// A ratio is that of the totals, so it is the mean of its parts' only where their denominators (or they) are equal.
    #[test]
    fn a_ratio_is_no_mean(n in prop::array::uniform2(1i32..50), d in prop::array::uniform2(1i32..50)) {
        let rows = format!("day,n,d\n2021-01-01,{},{}\n2021-02-28,{},{}\n", n[0], d[0], n[1], d[1]);
        let ratio = |window: &str| {
            let plan = format!("table t from \"t.csv\" time day\ngoal g: (sum(t.n) / sum(t.d)) >= 0 in {window}\n");
            verdict(&plan, &[("t", &rows)], "2021-02-28").current.value.expect("a number")
        };
        let (one, two, both) = (ratio("2021-01"), ratio("2021-02"), ratio("2021-01..2021-02"));
        prop_assert!((both - f64::from(n[0] + n[1]) / f64::from(d[0] + d[1])).abs() < 1e-12);
        let is_mean = (both - (one + two) / 2.0).abs() < 1e-12;
        prop_assert_eq!(is_mean, d[0] == d[1] || n[0] * d[1] == n[1] * d[0]);
    }

    /// Numbers spelled differently are one number.
    #[test]
    fn spellings_are_equal(k in 1i32..30, values in prop::collection::vec(0i32..30_000, 5)) {
        let of = |target: String| {
            let v = level(&format!("{target} from Q4 2020 by 2021-12-31"), &values, "2021-09-30");
            (v.status, v.target.value, v.progress, v.expected, v.pace, v.required)
        };
        let spelled = [format!(">= {k}k"), format!(">= {k}_000"), format!(">= {k}000"), format!(">= {k}.0k")];
        let [first, others @ ..] = spelled.map(of);
        for other in others {
            prop_assert_eq!(&first, &other);
        }
    }
}

/// Units spelled differently give equal verdicts: an hour, `$1k`, a share.
#[test]
fn units_spelled_differently() {
    let hours = |bound: &str| {
        counts(&tickets(
            &format!("tickets.replied - tickets.asked <= {bound} for each tickets in 2021-01"),
            "2021-01-31T12:00",
        ))
    };
    assert_eq!([hours("60min"), hours("3600s"), hours("1 hour"), hours("0.5h * 2")], [hours("1h"); 4]);
    let money = |bound: &str| {
        let plan = format!(
            "table t from \"t.csv\" time day every quarter\nmetric m = last(t.x) unit USD\ngoal m {bound} by 2021-12-31\n"
        );
        let found = verdict(&plan, &[("t", &csv(&[1, 2, 3, 4, 2000]))], "2021-09-30");
        (found.status, found.target.value, found.progress)
    };
    assert_eq!(
        [money(">= 1k USD"), money(">= $1_000"), money(">= 1000")],
        [money(">= $1k"), money(">= $1k"), money(">= $1k")]
    );
}
