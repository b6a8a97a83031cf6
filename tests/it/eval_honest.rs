//! What a verdict must not claim: plans in which something true was once told in a wrong or hidden way. Every number is
//! worked out by hand in the comment above it.

use super::memory::*;
use milepost::eval::derivation::explain;
use milepost::eval::verdict::{Report, Status};
use milepost::report::{Style, derivation, text};

const CAMPAIGNS: &str = "day,utm,rev
2021-03-30,spring,5
2021-04-01,spring,10
2021-05-01,spring,20
2021-06-30,spring,30
2021-07-10,fall,11
";

fn campaigns(goal: &str) -> String {
    format!(
        "table t from \"t.csv\" time day\nmetric rev = sum(t.rev)\n\
         campaign spring 2021-04-01..2021-06-30 where utm = \"spring\"\n\
         campaign fall 2021-07-01..2021-09-30 where utm = \"fall\"\ngoal g: {goal}\n"
    )
}

/// Twelve months of 2020, then three: cost 10, 12, 15; paying 100, 90, 120.
const MONTHS: &str = "month,cost,paying
2020-11,10,95
2020-12,10,100
2021-01,10,100
2021-02,12,90
2021-03,15,120
";

fn months(goal: &str) -> String {
    format!(
        "table m from \"m.csv\" time month every month\nmetric cost = sum(m.cost)\nmetric paying = last(m.paying)\n\
         {goal}\n"
    )
}

fn shown(report: &Report) -> String {
    // Lines are broken at words: those of one sentence are read together.
    let text = text(report, Style { color: false, exit: None });
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Spring has 30 of 50 after 31 of 91 days, 60% against 34%: on track. Fall hasn't begun, and isn't behind.
#[test]
fn a_campaign_to_come_is_not_behind() {
    let v = verdict(&campaigns("rev >= 50 for each campaign"), &[("t", CAMPAIGNS)], "2021-05-01");
    let each = v.each.as_ref().expect("campaigns");
    assert_eq!((v.status, v.pace, each.pending, each.total), (Status::OnTrack, Some(1.0), 2, 2));
    noted(&v, &["campaigns \"fall\" isn't judged yet: its window begins on 2021-07-01"]);
}

/// While fall runs, `rev[fall]` is what is known of it: 11, in whichever month one looks.
#[test]
fn what_is_the_same_in_every_window_is_not_projected() {
    let v = verdict(&campaigns("(rev[fall] + 0) >= 100 by 2021-10-31"), &[("t", CAMPAIGNS)], "2021-07-10");
    assert_eq!((v.current.value, v.projection.is_none()), (Some(11.0), true), "{v:#?}");
    assert!(v.unprojected.contains("the same in every window"), "{}", v.unprojected);
}

/// 2 of 4 in the first half of March. The ends of two weeks have a whole month behind them: 3 of 5 on 10 March, 2 of 5 on
/// 17 March would make a line that falls; what is carried on is the 50% of March so far.
#[test]
fn the_run_rate_of_a_share_is_the_share_so_far() {
    let csv = "day,ok\n2021-02-03,true\n2021-02-10,false\n2021-02-20,true\n2021-03-02,true\n2021-03-05,false\n\
               2021-03-10,true\n2021-03-15,false\n";
    let plan = "table t from \"t.csv\" time day\nmetric good = share(t.ok) unit %\ngoal g: good >= 60% in 2021-03\n";
    let v = verdict(plan, &[("t", csv)], "2021-03-15");
    let projection = v.projection.expect("a projection");
    assert_eq!((projection.value, projection.method.as_str(), projection.chance), (0.5, "run rate", None));
}

/// cost 37 of at most 30, paying 90 in February under 95: both broke, and the pace of 20 / 20 decides nothing.
#[test]
fn every_broken_guardrail_decides() {
    let plan = months("goal g: paying +40% from 2020-12-31 by 2021-06-30 guardrail cost <= 30, paying >= 95");
    let (opened, mut engine) = open(&plan, &[("m", MONTHS)]).expect("a plan");
    let e = explain(&opened.plan, &opened.tables, &mut engine, moment("2021-03-31"), "g").expect("a derivation");
    let decided = &e.verdict.decided;
    assert_eq!(e.verdict.status, Status::OffTrack);
    assert_eq!(
        decided,
        "guardrail cost broke: 37, wanted <= 30; guardrail paying broke on 2021-02-28: 90, wanted >= 95"
    );
    let told = derivation(&e, "", "", Style::default());
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("90, wanted >= 95, so off track"), "{told}");
    assert!(!told.contains("under 75% is off track"), "{told}");
}

/// More rows don't bring back what the plan leaves out.
#[test]
fn no_data_is_asked_for_where_the_plan_leaves_it_out() {
    let plan = months("exclude 2021-02 because \"audit\"\ngoal g: cost >= 30 in Q1 2021");
    let v = verdict(&plan, &[("m", MONTHS)], "2021-03-31");
    assert_eq!((v.status, v.next), (Status::NoData, None));
    assert_eq!(v.current.reason.as_deref(), Some("2021-02 of m is left out: audit"));
}

/// January's cost is known, October's isn't: the report says what is missing.
#[test]
fn a_value_without_a_baseline_says_why_there_is_no_verdict() {
    let plan = months("goal g: cost +5% in 2021-01 from 2020-10");
    let report = report(&plan, &[("m", MONTHS)], "2021-03-31");
    assert_eq!(report.goals[0].status, Status::NoData);
    let text = shown(&report);
    assert!(text.contains("the baseline (2020-10) is missing: m starts on 2020-11-01"), "{text}");
}

/// 37 of at most 60 in half of 181 days: 90 of 181 of 60 is 29.8. The value keeps the whole bound, so it is said.
#[test]
fn a_bound_says_which_part_of_it_is_due() {
    let report = report(&months("goal g: cost <= 60 in H1 2021"), &[("m", MONTHS)], "2021-03-31");
    assert_eq!(report.goals[0].status, Status::OffTrack);
    let text = shown(&report);
    assert!(text.contains("the part of the bound that belongs to the time so far, 29.8, is not kept"), "{text}");
    assert!(!text.contains("0% of the way"), "{text}");
}

/// July has a row of the 10th; with a lag of two weeks the table is complete to 26 June.
#[test]
fn rows_that_a_lag_holds_back_are_not_denied() {
    let plan = "table t from \"t.csv\" time day lag 2 weeks\nmetric rev = sum(t.rev)\ngoal g: rev >= 5 in 2021-07\n";
    let v = verdict(plan, &[("t", CAMPAIGNS)], "2021-07-10");
    let reason = v.current.reason.expect("a reason");
    assert_eq!(reason, "t counts as complete only to 2021-06-26, before 2021-07-01..2021-07-31 begins");
}

/// Of two regions one has 5 in January: 50%, not `0.5`.
#[test]
fn a_period_for_each_value_is_a_share() {
    let csv = "month,region,x\n2021-01,a,5\n2021-01,b,1\n";
    let plan = "table t from \"t.csv\" time month every month\nmetric x = sum(t.x)\n\
                goal g: x >= 5 every month in Q1 2021 for each region\n";
    let report = report(plan, &[("t", csv)], "2021-01-31");
    assert_eq!(report.goals[0].periods[0].value, Some(0.5));
    let text = shown(&report);
    assert!(text.contains("Jan 50%, 50 points short"), "{text}");
}

/// A guardrail that broke in February is kept in March, the last month: the line beside the goal says which it is of.
#[test]
fn guardrails_of_a_goal_that_comes_back_name_their_period() {
    let plan = months("goal g: cost >= 10 every month in Q1 2021 guardrail paying >= 95");
    let v = verdict(&plan, &[("m", MONTHS)], "2021-03-31");
    let kept: Vec<_> = v.periods.iter().map(|p| p.kept).collect();
    assert_eq!(kept, [Some(true), Some(false), Some(true)]);
    noted(&v, &["the guardrails are those of 2021-03, the last period judged"]);
}

/// Weeks without anything are a forecast of nothing, whatever smoothing leaves over.
#[test]
fn a_forecast_of_nothing_is_nothing() {
    let csv =
        (0..12).map(|w| format!("{},0\n", jiff::civil::date(2021, 1, 4).saturating_add(jiff::Span::new().weeks(w))));
    let csv = format!("day,x\n{}", csv.collect::<String>());
    let plan = "table t from \"t.csv\" time day every week\nmetric x = sum(t.x)\n\
                goal g: x >= 5 by 2021-06-27 from 2021-01-04\n";
    let v = verdict(plan, &[("t", &csv)], "2021-03-28");
    let p = v.projection.expect("a projection");
    assert_eq!((p.value, p.low, p.high), (0.0, Some(0.0), Some(0.0)));
}

/// 1150 isn't told as 1.2k, which is the checkpoint before.
#[test]
fn a_checkpoint_that_turns_back_is_told_as_it_is() {
    let goal =
        "goal g: paying to 1400 by 2021-06-30 from 2020-12-31 checkpoints 2021-02-28 to 1150, 2021-01-31 to 1200";
    let csv = MONTHS.replace(",100\n", ",1100\n").replace(",90\n", ",1140\n").replace(",120\n", ",1160\n");
    let v = verdict(&months(goal), &[("m", &csv)], "2021-03-31");
    noted(&v, &["checkpoint 2021-02-28, 1.15k, lies behind the one before it"]);
}

/// Reached neither by the deadline nor yet within the grace: the verdict isn't final, and says until when.
#[test]
fn a_running_grace_is_said() {
    let plan = months("goal g: paying to 130 by 2021-02-28 from 2020-12-31 grace 2 months");
    let report = report(&plan, &[("m", MONTHS)], "2021-03-31");
    assert!(!matches!(report.goals[0].status, Status::Missed | Status::MetLate));
    let text = shown(&report);
    assert!(text.contains("the deadline is past; its grace runs to 2021-04-30"), "{text}");
}
