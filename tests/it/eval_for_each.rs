//! Language reference, section 6, "For each": a test a sentence. Each is quoted; numbers are worked out by hand.

use super::memory::*;
use milepost::eval::verdict::Verdict;

/// Key, baseline, value and whether it is kept.
type Listed = (String, Option<f64>, Option<f64>, Option<bool>);

/// What a verdict lists.
fn listed(v: &Verdict) -> Vec<Listed> {
    let each = v.each.clone().unwrap();
    each.listed.into_iter().map(|r| (r.key, r.baseline, r.value, r.kept)).collect()
}

fn key(key: &str, baseline: f64, value: f64, kept: bool) -> Listed {
    (key.to_owned(), Some(baseline), Some(value), Some(kept))
}

// "A change has a baseline of its own for every value; values are those with a row in the window; new and vanished ones
// are listed, not counted."
#[test]
fn values_are_those_with_a_row_in_the_window() {
    let csv = "q,region,subs\n2020-12-31,EMEA,40\n2020-12-31,UCAN,30\n2020-12-31,OLD,5\n\
               2021-03-31,EMEA,44\n2021-03-31,UCAN,31\n2021-03-31,NEW,9\n";
    let plan = "table m from \"m.csv\" time q every quarter\nmetric subs = last(m.subs)\n\
                goal subs +10% from Q4 2020 by Q1 2021 for each region";
    let v = verdict(plan, &[("m", csv)], "2021-03-31");
    // 30 × 1.1 = 33 and 40 × 1.1 = 44.
    assert_eq!(
        listed(&v),
        [
            key("UCAN", 30.0, 31.0, false),
            key("EMEA", 40.0, 44.0, true),
            ("NEW".to_owned(), None, None, None),
            ("OLD".to_owned(), None, None, None),
        ]
    );
    let each = v.each.clone().unwrap();
    assert_eq!((each.kept, each.total, v.status.name()), (1, 2, "missed"));
    noted(&v, &["NEW", "new since the baseline", "not counted"]);
    noted(&v, &["OLD", "no row any more", "not counted"]);
    // A bound needs no baseline: NEW counts, and OLD has no row in the window.
    let plan = plan.replace("+10%", ">= 31");
    let v = verdict(&plan, &[("m", csv)], "2021-03-31");
    let each = v.each.clone().unwrap();
    assert_eq!((each.kept, each.total), (2, 3));
}

// The same without steps: levels are carried forward, so a baseline may be older than its day.
#[test]
fn levels_of_values_are_carried_forward() {
    let csv = "d,place,fans\n2021-01-05,X,100\n2021-01-09,Y,200\n2021-02-20,Y,220\n2021-03-11,X,130\n";
    let plan = "table f from \"f.csv\" time d\nmetric fans = last(f.fans per place)\n\
                goal fans +20% from 2021-01-31 by 2021-03-11 for each place";
    let v = verdict(plan, &[("f", csv)], "2021-03-31");
    // 100 × 1.2 = 120 and 200 × 1.2 = 240.
    assert_eq!(listed(&v), [key("Y", 200.0, 220.0, false), key("X", 100.0, 130.0, true)]);
}

const TICKETS: &str = "asked,id,replied\n\
                       2021-03-01T10:00,a,2021-03-01T10:30\n\
                       2021-03-02T10:00,b,2021-03-02T12:00\n\
                       2021-03-03T10:00,c,\n\
                       2021-03-31T23:30,d,\n";

fn tickets(goal: &str, csv: &str, as_of: &str) -> Verdict {
    verdict(&format!("table tickets from \"t.csv\" time asked\ngoal {goal}"), &[("tickets", csv)], as_of)
}

// "Over a table's rows: a missing end of a time difference under an upper bound is as-of: over the limit the row is
// broken, under it pending and not counted"
#[test]
fn a_row_without_an_end_lasts_until_as_of() {
    // As of the end of 31 March c has waited 28 days and is broken; d has waited half an hour and is pending.
    let v = tickets("tickets.replied - tickets.asked <= 1h for 30% of tickets in 2021-03", TICKETS, "2021-03-31");
    let each = v.each.clone().unwrap();
    assert_eq!((each.kept, each.total, each.pending), (1, 3, 1));
    assert_eq!(each.listed.iter().map(|r| r.key.as_str()).collect::<Vec<_>>(), ["c", "b"]);
    noted(&v, &["1 row of tickets has no end yet and is over the limit"]);
    noted(&v, &["1 row of tickets has no end yet and is within the limit", "not counted"]);
    // One of three is kept, enough for 30% — but d may still come, so it isn't settled.
    assert_eq!(v.status.name(), "on track");
    // A day later d is over the limit as well: one of four.
    let v = tickets("tickets.replied - tickets.asked <= 1h for 30% of tickets in 2021-03", TICKETS, "2021-04-01");
    let each = v.each.clone().unwrap();
    assert_eq!((each.kept, each.total, each.pending, v.status.name()), (1, 4, 0, "missed"));
}

// "any other n/a is not kept; the verdict counts each sort."
#[test]
fn a_row_without_a_value_is_not_kept() {
    let csv = "asked,id,score\n2021-03-01,a,5\n2021-03-02,b,\n2021-03-31,c,1\n";
    let v = tickets("tickets.score >= 3 for 50% of tickets in 2021-03", csv, "2021-03-31");
    let each = v.each.clone().unwrap();
    assert_eq!((each.kept, each.total, each.without_value, v.status.name()), (1, 3, 1, "missed"));
    noted(&v, &["1 row of tickets has no value to judge: not kept"]);
    // Both that aren't kept are listed.
    let mut keys: Vec<_> = each.listed.iter().map(|r| r.key.clone()).collect();
    keys.sort();
    assert_eq!(keys, ["b", "c"]);
    // A lower bound on a difference: a missing end is no value.
    let v = tickets("tickets.replied - tickets.asked >= 1h for 30% of tickets in 2021-03", TICKETS, "2021-03-31");
    let each = v.each.clone().unwrap();
    assert_eq!((each.kept, each.total, each.without_value, each.pending), (1, 4, 2, 0));
}

// "Where either side is a plain date, whole days count."
#[test]
fn a_plain_date_counts_whole_days() {
    // Asked late on the 1st, replied on the 2nd (a date): one whole day; on the 3rd: two.
    let csv = "asked,id,replied\n2021-03-01T23:00,a,2021-03-02\n2021-03-01T23:00,b,2021-03-03\n2021-03-31T01:00,c,2021-03-31\n";
    let v = tickets("tickets.replied - tickets.asked <= 1 day for 60% of tickets in 2021-03", csv, "2021-03-31");
    let each = v.each.clone().unwrap();
    assert_eq!((each.kept, each.total, v.status.name()), (2, 3, "met"));
}

// "A truth value needs no target (`goal (has_alt) for each images`)"
#[test]
fn a_truth_of_every_row() {
    let csv = "at,id,has_alt\n2021-03-01,a,true\n2021-03-02,b,false\n2021-03-31,c,\n";
    let v = verdict(
        "table images from \"i.csv\" time at\ngoal (has_alt) for each images in 2021-03",
        &[("images", csv)],
        "2021-03-31",
    );
    let each = v.each.clone().unwrap();
    assert_eq!((each.kept, each.total, each.without_value, v.status.name()), (1, 3, 1, "missed"));
}
