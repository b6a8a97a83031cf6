//! What goals ask held against the past: real figures of Netflix beside numbers that pandas gives, and the borders of
//! the rules that read the past.

use super::{codes, said};
use crate::sentences::root;

fn memberships() -> String {
    std::fs::read_to_string(root().join("examples/netflix/memberships.csv")).expect("the example's table")
}

const HEAD: &str = r#"
table memberships from "memberships.csv" time period_end every quarter where region <> "TOTAL"
metric subs = last(memberships.paid_memberships) unit members higher is better
"#;

fn netflix(code: &str, goal: &str, as_of: &str) -> String {
    let table = memberships();
    let said = said(code, &format!("{HEAD}{goal}\n"), &[("memberships", &table)], as_of);
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn holds(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "`{part}` isn't in: {said}");
    }
}

/// pandas, `s = df[df.region != "TOTAL"].groupby("period_end").paid_memberships.sum()` up to the day, then
/// `(s / s.shift(4) - 1).max()`: 0.273057 at 2020-06-30, over 12 windows to 2021-12-31 and 24 to 2024-12-31; the
/// absolute best is 41,385,000, to the same day.
#[test]
fn a_change_worldwide_is_held_against_every_four_quarters() {
    let goal = "goal subs +30% from Q4 2021 by Q4 2022";
    holds(
        &netflix("A301", goal, "2021-12-31"),
        &["+30% in 4 quarters: of 12 such windows none was as good; the best brought +27.3% (to Q2 2020)"],
    );
    holds(&netflix("A301", goal, "2024-12-31"), &["of 24 such windows none was as good", "+27.3% (to Q2 2020)"]);
    holds(
        &netflix("A301", "goal subs +42M from Q4 2021 by Q4 2022", "2021-12-31"),
        &["of 12", "+41.385M (to Q2 2020)"],
    );
    assert_eq!(netflix("A301", "goal subs +41M from Q4 2021 by Q4 2022", "2021-12-31"), "");
    // 2020 shows that a quarter more is possible, so the real goal of 2021 isn't beyond the past.
    assert_eq!(netflix("A301", "goal subs +25% to 254.58M from Q4 2020 by Q4 2021", "2021-12-31"), "");
}

/// pandas, the same over `df.region != "UCAN"`: 0.327130 at 2020-03-31 is the best of 9 windows of 3 quarters to
/// 2020-12-31, and 0.149176 at 2020-12-31 the worst.
#[test]
fn the_goals_own_filter_goes_for_the_past() {
    let abroad = |target| format!("goal subs {target} where region <> \"UCAN\" from Q4 2020 by 2021-09-30");
    holds(&netflix("A301", &abroad("+33%"), "2020-12-31"), &["of 9 such windows", "+32.7% (to Q1 2020)"]);
    assert_eq!(netflix("A301", &abroad("+32%"), "2020-12-31"), "");
    holds(
        &netflix("A307", &abroad("+5%"), "2020-12-31"),
        &["all 9 such windows were as good; the worst brought +14.9%"],
    );
    assert_eq!(netflix("A307", &abroad("+15%"), "2020-12-31"), "");
}

/// pandas by region, 3 quarters, to 2020-12-31: best of UCAN 8.6271% (2020-06-30), of EMEA 35.8%, of LATAM 23.0%, of APAC
/// 55.3%.
#[test]
fn each_value_has_its_own_past() {
    let goal = |target: &str, each: &str| format!("goal subs {target} from Q4 2020 by 2021-09-30 for {each}");
    assert_eq!(netflix("A301", &goal("+5%", "each region"), "2020-12-31"), "");
    holds(
        &netflix("A301", &goal("+9%", "each region"), "2020-12-31"),
        &["UCAN: +9% in 3 quarters", "+8.6% (to Q2 2020)"],
    );
    assert_eq!(netflix("A301", &goal("+9%", "75% of region"), "2020-12-31"), "");
    holds(
        &netflix("A301", &goal("+25%", "75% of region"), "2020-12-31"),
        &["LATAM: +25% in 3 quarters", "Nor was it for UCAN (best +8.6%)"],
    );
}

#[test]
fn a_past_of_few_or_overlapping_windows_is_silent() {
    // Four windows of one quarter, then three.
    let readings = "date,subs\n2020-03-31,100\n2020-06-30,101\n2020-09-30,102\n2020-12-31,103\n2021-03-31,104\n";
    let goal = "goal subs +10% from 2021-03-31 by 2021-06-30\n";
    assert_eq!(codes(goal, &[("metrics", readings)], "").iter().filter(|c| **c == "A301").count(), 1);
    let fewer = readings.replace("2020-03-31,100\n", "");
    assert!(!codes(goal, &[("metrics", &fewer)], "").contains(&"A301"));
    // Four windows of four quarters, all of which overlap.
    let year = "date,subs\n2019-03-31,95\n2019-06-30,96\n2019-09-30,97\n2019-12-31,98\n".to_owned() + &readings[10..];
    let of_year = "goal subs +10% from 2020-12-31 by 2021-12-31\n";
    assert!(!codes(of_year, &[("metrics", &year)], "2020-12-31").contains(&"A301"));
    assert!(codes(of_year, &[("metrics", &year)], "2021-03-31").contains(&"A301"));
}

#[test]
fn what_is_met_before_it_begins_is_said_once() {
    // Every quarter brought less than 245 asks, and 250 is there already.
    let readings = "date,subs\n2019-12-31,280\n2020-03-31,270\n2020-06-30,262\n2020-09-30,256\n2020-12-31,250\n";
    let found = codes("goal subs >= 245 from 2020-12-31 by 2021-03-31\n", &[("metrics", readings)], "");
    assert!(found.contains(&"A303") && !found.contains(&"A301"), "{found:?}");
}

#[test]
fn a_decrease_is_held_against_decreases() {
    let readings = "date,churn\n2020-03-31,100\n2020-06-30,95\n2020-09-30,91\n2020-12-31,90\n2021-03-31,89\n";
    let goal = |target| format!("goal churn {target} from 2021-03-31 by 2021-06-30\n");
    holds(&said("A301", &goal("-10%"), &[("metrics", readings)], ""), &["brought -5.0% (to Q2 2020)", "-5%"]);
    assert_eq!(said("A301", &goal("-5%"), &[("metrics", readings)], ""), "");
    // It never rose.
    holds(&said("A301", &goal("+1%"), &[("metrics", readings)], ""), &["In none of these windows it rose at all"]);
}

#[test]
fn what_was_not_there_yet_says_nothing_of_what_is_possible() {
    // Sign-ups of a channel that began in May: the zeros before aren't windows.
    let rows =
        "day,n\n2020-01-31,0\n2020-02-29,0\n2020-03-31,0\n2020-04-30,0\n2020-05-31,5\n2020-06-30,6\n2020-07-31,7\n";
    let plan = "table signups from \"signups.csv\" time day every month\ngoal sum(signups.n) >= 20 in 2020-08\n";
    assert_eq!(said("A301", plan, &[("signups", rows)], ""), "");
}

#[test]
fn one_finding_tells_that_a_goal_is_unlikely() {
    let readings = "date,subs\n2020-10-31,98\n2020-11-30,99.2\n2020-12-31,100\n2021-01-31,101\n2021-02-28,102.2\n2021-03-31,103\n2021-04-30,104\n";
    let found = codes("goal subs +40 from 2020-12-31 by 2021-09-30\n", &[("metrics", readings)], "");
    assert!(found.contains(&"A305") && !found.contains(&"A308"), "{found:?}");
}

/// Two metrics that jump about a level of their own, up and down in turn: numpy gives -0.9729 over 9 changes, and each
/// change follows from the one before (-0.91 and -0.84), so that they count for one or two.
#[test]
fn changes_that_follow_from_their_own_last_ones_count_for_fewer() {
    let rows =
        [(100, 30), (104, 26), (106, 27), (112, 20), (113, 24), (119, 19), (121, 20), (128, 12), (129, 17), (134, 14)];
    let day = |month: usize| [31, 29, 31, 30, 31, 30, 31, 31, 30, 31][month];
    let table: String = std::iter::once("date,subs,posts\n".to_owned())
        .chain(rows.iter().enumerate().map(|(i, (s, p))| format!("2020-{:02}-{},{s},{p}\n", i + 1, day(i))))
        .collect();
    let plan = "goal subs +5% from 2020-10-31 by 2021-03-31\n  measure posts\n";
    assert_eq!(said("R404", plan, &[("metrics", &table)], ""), "");
}

/// A budget over a window is met before anything is spent: that isn't a goal that is met before it begins.
#[test]
fn a_limit_over_a_window_is_there_to_be_kept() {
    let ads = "day,spent\n2021-01-01,0\n2021-02-01,0\n2021-03-31,0\n";
    let plan = "table ads from \"ads.csv\" time day\ncampaign spring 2021-04-01..2021-06-30 budget $500\n\
                metric spent = sum(ads.spent) unit USD\ngoal spent <= spring.budget in spring\n";
    assert_eq!(said("A303", plan, &[("ads", ads)], "2021-03-31"), "");
}

#[test]
fn a_kpi_is_judged_by_its_own_direction() {
    let rows = [(100, 30), (102, 31), (108, 27), (113, 25), (114, 27), (117, 26), (124, 20), (130, 17), (132, 18)];
    let day = |month: usize| [31, 29, 31, 30, 31, 30, 31, 31, 30][month];
    let table: String = std::iter::once("date,subs,posts\n".to_owned())
        .chain(rows.iter().enumerate().map(|(i, (s, p))| format!("2020-{:02}-{},{s},{p}\n", i + 1, day(i))))
        .collect();
    let plan = |kpi: &str| format!("goal subs +5% from 2020-09-30 by 2021-03-31\n  measure {kpi}\n");
    let found = |kpi: &str| said("R404", &plan(kpi), &[("metrics", &table)], "");
    // numpy.corrcoef(numpy.diff(subs), numpy.diff(posts))[0, 1] = -0.975260 over 8 changes; the table's critical 0.707.
    holds(&found("posts"), &["correlation -0.98", "over 8 months", "guardrail posts >="]);
    assert_eq!(found("posts <= 20"), "");
}
