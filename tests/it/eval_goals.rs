//! Guardrails, holding, lines of pace, milestones and alerts: how they read, and that later rows change nothing. Numbers
//! are in `tests/corpus/evaluated`, beside how they were worked out.

use super::corpus::folders;
use super::memory::*;
use milepost::eval::verdict::{Report, Status};
use milepost::report::{Style, text};
use unicode_width::UnicodeWidthStr;

/// A folder of the corpus over its data, rows from `before` on left out.
fn corpus(name: &str, as_of: &str, before: Option<&str>) -> Report {
    let folder = folders().into_iter().find(|f| f.name == name).expect("a folder of the corpus");
    let plan = std::fs::read_to_string(folder.path.join("plan.goal")).expect("a plan");
    let mut files: Vec<_> = std::fs::read_dir(&folder.path).expect("a folder").flatten().map(|e| e.path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "csv"));
    files.sort();
    let cut = |text: String| {
        let late = |line: &str| before.is_some_and(|b| line.split(',').any(|c| c.len() >= 10 && is_day(c) && c >= b));
        text.lines().filter(|l| !late(l)).map(|l| format!("{l}\n")).collect::<String>()
    };
    let tables: Vec<(String, String)> = files
        .iter()
        .map(|p| {
            let stem = p.file_stem().expect("a name").to_string_lossy().into_owned();
            (stem, cut(std::fs::read_to_string(p).expect("a table")))
        })
        .collect();
    report(&plan, &tables.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect::<Vec<_>>(), as_of)
}

fn is_day(cell: &str) -> bool {
    cell.starts_with("20") && cell.as_bytes().get(4) == Some(&b'-')
}

fn screen(name: &str, as_of: &str) -> String {
    let text = text(&corpus(name, as_of, None), Style { color: false, exit: None });
    let wide: Vec<&str> = text.lines().filter(|l| l.width() > 80 || l.ends_with(' ')).collect();
    assert!(wide.is_empty(), "{wide:#?}");
    text
}

#[test]
fn guardrails_read_well() {
    insta::assert_snapshot!(screen("guardrails", "2021-06-30"));
    insta::assert_snapshot!(screen("guardrails", "2021-05-31"));
}

#[test]
fn holding_reads_well() {
    insta::assert_snapshot!(screen("holds", "2021-04-30"));
}

#[test]
fn lines_of_pace_read_well() {
    insta::assert_snapshot!(screen("pace", "2021-06-30"));
}

#[test]
fn milestones_and_alerts_read_well() {
    insta::assert_snapshot!(screen("milestones_alerts", "2021-06-30"));
}

#[test]
fn the_other_shapes_read_well() {
    insta::assert_snapshot!(screen("plans_of_plans", "2021-06-30"));
}

/// What is known on a day is the same whether later rows are there or not.
#[test]
fn later_rows_change_nothing() {
    for name in ["guardrails", "holds", "pace", "milestones_alerts", "plans_of_plans"] {
        for (as_of, from) in [("2021-02-28", "2021-03-01"), ("2021-03-31", "2021-04-01"), ("2021-05-31", "2021-06-01")]
        {
            let told = |r: &Report| {
                let goals: Vec<String> = r
                    .goals
                    .iter()
                    .map(|g| {
                        format!(
                            "{} {:?} {:?} {:?} {:?} {}",
                            line(g),
                            g.pace,
                            g.guardrails,
                            g.held,
                            g.checkpoints,
                            g.decided
                        )
                    })
                    .collect();
                format!("{goals:#?}\n{:#?}\n{:#?}\n{:#?}", r.milestones, r.alerts, r.objectives)
            };
            // A reply that comes later isn't a row that comes later: the rows of `tickets` are all of one day.
            let (all, cut) = (corpus(name, as_of, None), corpus(name, as_of, Some(from)));
            assert_eq!(told(&all), told(&cut), "{name} as of {as_of}");
        }
    }
}

const SHOP: &str = "month,x,cost\n2020-12-31,100,10\n2021-01-31,104,10\n2021-02-28,112,30\n2021-03-31,109,10\n";
const PLAN: &str = "table shop from \"shop.csv\" time month every month\nmetric x = last(shop.x)\n\
                    metric cost = sum(shop.cost)\nmetric down = last(shop.cost) lower is better\n";

fn of(goal: &str, as_of: &str) -> milepost::eval::verdict::Verdict {
    verdict(&format!("{PLAN}goal g: {goal}\n"), &[("shop", SHOP)], as_of)
}

/// A metric that says which way is better turns a change that way into one that is asked for: 10 × 0.5 = 5 at most.
#[test]
fn a_guardrail_change_follows_the_metrics_own_direction() {
    let v = of("x +5% from 2020-12 by 2021-03-31 guardrail down halve", "2021-03-31");
    assert_eq!((v.guardrails[0].op, v.guardrails[0].target), ("<=", Some(5.0)));
    assert_eq!(v.status, Status::Missed);
    // 30 in February is above 10 × 1.5.
    let v = of("x +5% from 2020-12 by 2021-03-31 guardrail down x1.5", "2021-03-31");
    assert_eq!((v.guardrails[0].op, v.guardrails[0].target), ("<=", Some(15.0)));
    assert_eq!(v.guardrails[0].broken_on.map(|d| d.to_string()).as_deref(), Some("2021-02-28"));
}

/// A goal that is missed anyway keeps its own reason; the guardrail is a note.
#[test]
fn a_missed_goal_keeps_its_reason() {
    let v = of("x +50% from 2020-12 by 2021-03-31 guardrail cost <= 40", "2021-03-31");
    assert!(v.status == Status::Missed && v.decided.contains("was not reached"), "{}", v.decided);
    noted(&v, &["guardrail cost broke", "50"]);
}

/// A met goal whose guardrail breaks before the deadline is off track, and says what it had reached.
#[test]
fn a_broken_guardrail_takes_an_early_success_away() {
    let v = of("x +10% from 2020-12 by 2021-06-30 guardrail cost <= 30", "2021-02-28");
    assert_eq!((v.status, v.met_on), (Status::OffTrack, None));
    noted(&v, &["was reached on 2021-02-28", "takes that away"]);
}

/// 112 in February is at 110 or above, 109 in March isn't: it has to hold for two months, and held for one.
#[test]
fn a_run_that_breaks_starts_again() {
    let v = of("x >= 110 from 2020-12 by 2021-12-31 hold 2 months", "2021-03-31");
    let held = v.held.expect("it has to hold");
    assert_eq!((held.held, held.needed, held.since), (0, 2, None));
    assert!(!matches!(v.status, Status::Met));
}

/// A plan of milestones and alerts alone is judged as of the tables that they read.
#[test]
fn a_plan_without_goals_is_judged() {
    let plan = format!("{PLAN}milestone enough by 2021-12-31 when x >= 110\nalert dear when cost > 20\n");
    let r = report(&plan, &[("shop", SHOP)], "");
    assert_eq!(r.moment(), "2021-03-31");
    assert_eq!(r.milestones[0].done.map(|d| d.to_string()).as_deref(), Some("2021-02-28"));
    assert_eq!(r.alerts[0].fired.iter().map(|f| f.value).collect::<Vec<_>>(), [Some(30.0)]);
}

/// Nothing is read of a milestone's or alert's condition that has no value: why is said.
#[test]
fn conditions_without_a_value_say_so() {
    let plan = format!(
        "{PLAN}table other from \"other.csv\" time day\nmilestone m by 2021-02-28 when sum(other.y) > 1\n\
         alert a when avg(other.y) > 1\ngoal g: x >= 1 by 2021-12-31\n"
    );
    let r = report(&plan, &[("shop", SHOP), ("other", "day,y\n2021-02-01,\n")], "2021-03-31");
    assert_eq!(r.milestones[0].status, Status::NoData);
    assert!(r.milestones[0].decided.contains("has no value") && r.milestones[0].decided.contains("other"));
    assert!(r.alerts[0].fired.is_empty() && r.alerts[0].holds_now.is_none());
    assert!(r.alerts[0].reason.as_deref().is_some_and(|why| why.contains("other")), "{:?}", r.alerts[0].reason);
}

/// A checkpoint behind the one before it, and one outside the time of the goal, are said.
#[test]
fn checkpoints_that_contradict_are_said() {
    let goal = "x +20 from 2020-12 by 2021-12-31 checkpoints 2021-03-31 +10, 2021-06-30 +5, 2022-03-31 +30";
    let v = of(goal, "2021-03-31");
    noted(&v, &["2021-06-30", "lies behind the one before it"]);
    noted(&v, &["2022-03-31", "isn't between"]);
}
