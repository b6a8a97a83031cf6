//! Language reference, sections 5 and 6: functions across a dimension, ranks as targets, goals over campaigns. The
//! numbers in the comments are worked out by hand.

use super::memory::*;

const BRANDS: &str = "d,brand,country,x\n\
    2021-01-31,Hulu,US,50\n2021-01-31,Netflix,US,30\n2021-01-31,Disney,US,20\n\
    2021-02-28,Hulu,US,40\n2021-02-28,Netflix,US,45\n2021-02-28,Disney,US,45\n2021-02-28,Apple,US,10\n\
    2021-02-28,Netflix,PT,100\n2021-02-28,Hulu,PT,7\n";

fn plan(goal: &str) -> String {
    format!(
        "table t from \"t.csv\" time d every month\nmetric m = sum(t.x) unit mentions\nmetric bad = sum(t.x) lower is better\n\
         metric place = rank(m by brand)\nmetric slice = share_of(m by brand)\nsegment us = country = \"US\"\n{goal}"
    )
}

fn of(goal: &str, as_of: &str) -> milepost::eval::verdict::Verdict {
    verdict(&plan(goal), &[("t", BRANDS)], as_of)
}

fn value(goal: &str) -> Option<f64> {
    of(goal, "2021-02-28").current.value
}

// "`rank(x by brand)`"
#[test]
fn a_rank_compares_all_values() {
    // January: Hulu 50, Netflix 30, Disney 20.
    assert_eq!(value("goal (place[brand = \"Netflix\"]) <= 3 in Jan 2021"), Some(2.0));
    assert_eq!(value("goal place <= 3 where brand = \"Netflix\" in Jan 2021"), Some(2.0));
    // February in the US: Netflix and Disney 45, Hulu 40, Apple 10: ties share the better rank, as RANK.EQ.
    for (brand, rank) in [("Netflix", 1.0), ("Disney", 1.0), ("Hulu", 3.0), ("Apple", 4.0)] {
        let goal = format!("goal place <= 3 where brand = \"{brand}\" and country = \"US\" in Feb 2021");
        assert_eq!(value(&goal), Some(rank), "{brand}");
        let goal = format!("goal (place[us][brand = \"{brand}\"]) <= 3 in Feb 2021");
        assert_eq!(value(&goal), Some(rank), "{brand}");
    }
    // Lower is better: Disney has the least in January.
    assert_eq!(value("goal (rank(bad by brand)[brand = \"Disney\"]) <= 1 in Jan 2021"), Some(1.0));
    // Each brand by itself: 2 of 4 are among the first two with all countries (Netflix 145, Hulu 47, Disney 45, Apple 10).
    let v = of("goal place <= 2 for each brand in Feb 2021", "2021-02-28");
    let each = v.each.unwrap();
    assert_eq!((each.kept, each.total), (2, 4));
    let worth: Vec<_> = each.listed.iter().map(|e| (e.key.as_str(), e.value)).collect();
    assert_eq!(worth, [("Apple", Some(4.0)), ("Disney", Some(3.0)), ("Hulu", Some(2.0)), ("Netflix", Some(1.0))]);
    // In each country: Netflix is first in both.
    let v = of("goal place <= 1 where brand = \"Netflix\" for each country in Feb 2021", "2021-02-28");
    assert_eq!(v.each.unwrap().kept, 2);
    let v = of("goal place <= 1 where brand = \"Nobody\" in Feb 2021", "2021-02-28");
    assert!(v.current.reason.unwrap().contains("no row bears brand \"Nobody\""));
}

// "`share_of(x by brand)`"
#[test]
fn a_share_is_of_all_values() {
    // 30 of 100
    let v = of("goal slice >= 25% where brand = \"Netflix\" in Jan 2021", "2021-02-28");
    assert_eq!((v.current.value, v.unit), (Some(0.3), milepost::quantity::Unit::Percent));
    // 45 of 140
    assert_eq!(
        value("goal slice >= 25% where brand = \"Netflix\" and country = \"US\" in Feb 2021"),
        Some(45.0 / 140.0)
    );
}

// "`max(x by brand)`"
#[test]
fn values_of_a_dimension_are_folded() {
    // January: 50, 30, 20; the squares of 50/3, 10/3, 40/3 about the mean 100/3 are 2500/9, 100/9, 1600/9: 4200/9 / 2.
    for (call, expected) in [
        ("max(m by brand)", 50.0),
        ("min(m by brand)", 20.0),
        ("sum(m by brand)", 100.0),
        ("average(m by brand)", 100.0 / 3.0),
        ("avg(m by brand)", 100.0 / 3.0),
        ("median(m by brand)", 30.0),
        ("count(m by brand)", 3.0),
        ("stdev(m by brand)", (4200.0_f64 / 18.0).sqrt()),
        // Rank 0.25 * 2 = 0.5 of 20, 30, 50.
        ("percentile(m, 25 by brand)", 25.0),
        // Less 20 * 2
        ("max(m by brand) - 2 * min(m by brand)", 10.0),
        ("sum(m by brand where brand <> \"Hulu\")", 50.0),
    ] {
        let found = value(&format!("goal ({call}) >= 1 in Jan 2021"));
        assert!((found.unwrap() - expected).abs() < 1e-9, "{call}: {found:?}");
    }
    // A brand without a value is left out, and said: Apple has no level in January. Netflix gains 145 - 30.
    let v = of("metric level = last(t.x)\ngoal (max(level - level[-1 month] by brand)) >= 1 in Feb 2021", "2021-02-28");
    assert_eq!(v.current.value, Some(115.0));
    noted(&v, &["1 of 4 values of brand have none and are left out (Apple:"]);
    // An error isn't missing: Apple's total of January is 0, and growth from 0 is no number.
    let v = of("goal (max(growth(m, 1 month) by brand)) >= 1% in Feb 2021", "2021-02-28");
    assert!(v.current.reason.unwrap().contains("#DIV/0!"));
    let v = of("goal (max(iferror(growth(m, 1 month), 0%) by brand)) >= 1% in Feb 2021", "2021-02-28");
    assert_eq!(v.current.value, Some(115.0 / 30.0));
}

#[test]
fn what_is_ranked_must_be_said() {
    let no = |goal: &str| wrong(&plan(goal), &[("t", BRANDS)], "");
    let text = no("goal place <= 3 in Feb 2021");
    assert!(text.contains("nothing says of which") && text.contains("[brand = \\\"…\\\"]"), "{text}");
    assert!(no("goal m >= 1 in Feb 2021 measure slice >= 1%").contains("nothing says of which"));
    assert!(no("let p = place[Feb 2021]\ngoal m >= 1 in Feb 2021").contains("nothing says of which"));
    assert!(no("goal (growth(m by brand)) >= 1% in 2021").contains("argument"), "");
    assert!(no("goal (abs(m by brand)) >= 1 in 2021").contains("takes no `by`"));
    assert!(no("goal (rank(m)) <= 1 in 2021").contains("none is named"));
    assert!(no("goal (max(m by brnd)) <= 1 in 2021").contains("brnd"));
    assert!(no("goal m top 3 by brnd as \"Netflix\" in 2021").contains("brnd"));
    assert!(no("goal m top 0 by brand as \"Netflix\" in 2021").contains("rank 0"));
}

// "`top 3 by brand as "Netflix"`": that rank among a dimension's values
#[test]
fn top_is_a_rank() {
    let v = of("goal m top 1 by brand as \"Netflix\" where country = \"US\" in Jan 2021", "2021-02-28");
    assert_eq!(line(&v), "missed: 2 (2021-01) <= 1");
    assert_eq!(v.progress, Some(0.0));
    let shown: Vec<_> = v.standings.unwrap().all.iter().map(|s| (s.rank, s.key.clone(), s.value)).collect();
    assert_eq!(shown, [(1, "Hulu".to_owned(), 50.0), (2, "Netflix".to_owned(), 30.0), (3, "Disney".to_owned(), 20.0)]);
    assert_eq!(of("goal m top 2 by brand as \"Netflix\" in Jan 2021", "2021-02-28").status.name(), "met");
    // By a deadline like any bound: from rank 2 in January to rank 1.
    let v = of("goal m top 1 by brand as \"Netflix\" by Feb 2021 from Jan 2021", "2021-02-28");
    assert_eq!((v.status.name(), v.current.value, v.progress), ("met", Some(1.0), Some(1.0)));
    // Each month; the direction is the metric's.
    let v = of("goal m top 1 by brand as \"Netflix\" every month in Jan 2021..Feb 2021", "2021-02-28");
    assert_eq!(v.periods.iter().map(|p| p.value).collect::<Vec<_>>(), [Some(2.0), Some(1.0)]);
    assert_eq!(of("goal bad top 1 by brand as \"Disney\" in Jan 2021", "2021-02-28").status.name(), "met");
    let v = of("goal m +1 in Feb 2021 from Jan 2021 measure m top 3 by brand as \"Apple\"", "2021-02-28");
    assert_eq!((v.kpis[0].value, v.kpis[0].status.unwrap().name()), (Some(4.0), "missed"));
}

// "`for each D`": "for every value", and of the plan's campaigns where no column is called that
#[test]
fn a_goal_holds_for_each_campaign() {
    let csv = "d,utm,x\n2021-01-01,none,1\n2021-04-10,spring,40\n2021-05-10,other,5\n2021-07-10,summer,20\n2021-09-30,none,1\n";
    let plan = |goal: &str| {
        format!(
            "table t from \"t.csv\" time d\nmetric m = sum(t.x)\n\
             campaign spring Q2 2021 where utm = \"spring\"\ncampaign summer Q3 2021 where utm = \"summer\"\n\
             campaign xmas 2021-12-01..2021-12-24 where utm = \"xmas\"\n{goal}"
        )
    };
    let v = verdict(&plan("goal m >= 30 for each campaign in 2021-04-01..2021-09-30"), &[("t", csv)], "2021-09-30");
    let each = v.each.as_ref().unwrap();
    let worth: Vec<_> = each.listed.iter().map(|e| (e.key.as_str(), e.value, e.kept)).collect();
    assert_eq!(worth, [("summer", Some(20.0), Some(false)), ("spring", Some(40.0), Some(true))]);
    assert_eq!(v.status.name(), "missed");
    // What hasn't begun is pending.
    let v = verdict(&plan("goal m >= 20 for each campaign"), &[("t", csv)], "2021-09-30");
    let each = v.each.as_ref().unwrap();
    assert_eq!((each.kept, each.pending, each.total), (2, 1, 3));
    assert!(!["met", "missed"].contains(&v.status.name()), "{v:#?}");
    // A column of that name is a dimension.
    let csv = "d,campaign,x\n2021-04-10,a,40\n2021-06-30,b,5\n";
    let v = verdict(
        &plan("goal m >= 5 for each campaign in Q2 2021").replace("utm", "campaign"),
        &[("t", csv)],
        "2021-06-30",
    );
    assert_eq!(v.each.unwrap().listed.iter().map(|e| e.key.clone()).collect::<Vec<_>>(), ["a", "b"]);
    let text =
        wrong(&plan("goal m >= 5 for each campaign every month in 2021"), &[("t", "d,utm,x\n2021-04-10,a,1\n")], "");
    assert!(text.contains("each campaign is judged over its own window"), "{text}");
}

/// The first few stand beside a rank, and the one that the goal is about with its neighbours.
#[test]
fn a_rank_is_shown_among_the_others() {
    let shown = |goal: &str| {
        let report = report(&plan(goal), &[("t", BRANDS)], "2021-02-28");
        milepost::report::text(&report, milepost::report::Style { color: false, exit: Some(1) })
    };
    insta::assert_snapshot!(shown(
        "goal voice \"First in the US\": m top 1 by brand as \"Apple\" where country = \"US\" in Feb 2021\n\
         goal ahead: m top 2 by brand as \"Netflix\" by Feb 2021 from Jan 2021\n\
         goal still: m top 1 by brand as \"Netflix\" in 2021\n\
         exclude 2021-01-31 because \"the panel was new\""
    ));
}
