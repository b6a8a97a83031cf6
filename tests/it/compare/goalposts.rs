//! Goals made easier while they ran: when that is a finding, and when it isn't.

use super::{at, compared, found};
use crate::memory;
use milepost::compare::{Evidence, Moment};
use milepost::diagnostic::{Diagnostic, Level, render};
use milepost::eval::verdict::Status;

const OLD: &str = "goal a: subs +5% from Q4 2020 by 2021-09-30\n  guardrail score >= 50\n";
const LOWER: &str = "goal a: subs +3% from Q4 2020 by 2021-09-30\n  guardrail score >= 50\n";

fn levels(found: &[Diagnostic]) -> Vec<Level> {
    assert!(found.iter().all(|d| d.code == "R411"));
    found.iter().map(|d| d.level).collect()
}

#[test]
fn it_depends_on_when() {
    let level = |new: &str, as_of: &str| levels(&found(OLD, new, as_of).1);
    // The way begins where Q4 2020 ends.
    assert_eq!(level(LOWER, "2021-01-01"), [Level::Error]);
    assert_eq!(level(LOWER, "2020-12-31"), []);
    // Nobody knows when: a warning that asks.
    assert_eq!(level(LOWER, ""), [Level::Warning]);
    // Harder, or something that isn't asked.
    let higher = OLD.replace("+5%", "+6%");
    assert_eq!(level(&higher, "2021-06-30"), []);
    assert_eq!(level(&OLD.replace("09-30\n", "09-30 measure x\n"), "2021-06-30"), []);
    // Lower, and a harder guardrail beside it: easier only in part.
    let both = LOWER.replace(">= 50", ">= 60");
    assert_eq!(level(&both, "2021-06-30"), [Level::Warning]);
}

#[test]
fn the_old_commit_tells_that_it_was_later() {
    let level = |day: &str| {
        let evidence = Evidence::new(None, at(day).moment);
        levels(&compared(OLD, LOWER, &evidence).2)
    };
    assert_eq!(level("2021-02-01"), [Level::Error]);
    // It may have been before the window began, and may not.
    assert_eq!(level("2020-11-01"), [Level::Warning]);
}

#[test]
fn each_way_of_making_it_easier() {
    let old = "table posts from \"posts.csv\" time at\n\
               goal a: (count(posts)) >= 9 every month in 2021\n\
               goal b: (has_alt) for each posts in 2021\n\
               goal c: all of a, b\n\
               goal d: (last(posts.likes)) >= 100 by 2021-12-31 from 2020-12-31 grace 1 week hold 2 months\n\
               \x20 guardrail count(posts) >= 5, count(posts) <= 500\n";
    let easier = [
        ("every month in 2021", "every month in 2021 for 90% of months"),
        ("every month in 2021", "every month in H2 2021"),
        ("for each posts", "for 99% of posts"),
        ("in 2021\ngoal c", "in 2021 where kind = \"post\"\ngoal c"),
        ("all of a, b", "all of a"),
        ("all of a, b", "any of a, b"),
        (">= 100", ">= 99"),
        ("by 2021-12-31", "by 2022-01-31"),
        ("grace 1 week", "grace 2 weeks"),
        ("hold 2 months", "hold 1 month"),
        ("hold 2 months", ""),
        ("count(posts) >= 5, ", ""),
        ("count(posts) >= 5, ", "count(posts) >= 4, "),
        ("count(posts) <= 500", "count(posts) <= 501"),
    ];
    for (from, to) in easier {
        let new = old.replacen(from, to, 1);
        assert_ne!(old, new, "{from}");
        assert_eq!(levels(&found(old, &new, "2021-06-30").1), [Level::Error], "{from} -> {to}");
        // The other way round it is harder.
        assert_eq!(levels(&found(&new, old, "2021-06-30").1), [], "{to} -> {from}");
    }
}

#[test]
fn a_new_comment_with_a_reason_explains_it() {
    let explained = |new: &str| found(OLD, new, "2021-06-30").1.is_empty();
    for comment in ["# milepost: allow(R411) because the launch is late", "# Lowered because: the launch is late"] {
        assert!(explained(&format!("{comment}\n{LOWER}")), "{comment}");
        assert!(explained(&LOWER.replace("09-30\n", &format!("09-30 {comment}\n"))), "{comment}");
        assert!(explained(&format!("{} {comment}\n", LOWER.trim_end())), "{comment}");
    }
    assert!(explained(&format!("# because\n# the launch is late\n{LOWER}")));
    // No reason, another word, another goal's comment, the head of the file.
    for comment in ["# because", "# because …", "# the launch is late", "# that becauses"] {
        assert!(!explained(&format!("{comment}\n{LOWER}")), "{comment}");
    }
    assert!(!explained(&format!("# lowered because it is late\n\n{LOWER}")));
    assert!(!explained(&format!("{LOWER}goal b: visits up by 2021-12-31 # because it is late\n")));
    // A comment of old explains what was done then.
    let comment = "# +5% because the board said so\n";
    let (_, again) = found(&format!("{comment}{OLD}"), &format!("{comment}{LOWER}"), "2021-06-30");
    assert_eq!(levels(&again), [Level::Error]);
}

/// Levels at the ends of quarters: 100, 102, 104.
const SUBS: &str = "day,subs\n2020-12-31,100\n2021-03-31,102\n2021-06-30,104\n";

fn judged(
    old: &str,
    new: &str,
    csv: &str,
    as_of: &str,
) -> (milepost::Plan, milepost::compare::Changes, Vec<Diagnostic>) {
    let tables = [("subs", csv)];
    let (before, after) = (memory::report(old, &tables, as_of), memory::report(new, &tables, as_of));
    let moment = Moment { end: after.as_of, day: after.moment(), from: None };
    let evidence = Evidence::new(Some(moment), None).with_verdicts(&before, &after);
    compared(old, new, &evidence)
}

fn plan(rest: &str) -> String {
    format!("table subs from \"subs.csv\" time day every quarter\nmetric m = last(subs.subs)\ngoal a: m {rest}\n")
}

// As of 2021-06-30 104 of 120 are reached: 20 % of the way, and of the time 181 of 273 days are over: off track. Of 104.5
// it is 89 %, ahead of 66 %.
#[test]
fn while_it_was_off_track() {
    let (old, new) = (plan("+20% from Q4 2020 by 2021-09-30"), plan("+4.5% from Q4 2020 by 2021-09-30"));
    let (parsed, changes, found) = judged(&old, &new, SUBS, "2021-06-30");
    assert_eq!(changes.list[0].statuses, Some((Status::OffTrack, Status::OnTrack)));
    assert_eq!(levels(&found), [Level::Error]);
    insta::assert_snapshot!(render::one(&found[0], parsed.sources(), render::Options::default()));
}

// The same goal over another metric: what it says is the same, and with the same data it is on track now.
#[test]
fn made_easier_underneath() {
    let old = plan("+20% from Q4 2020 by 2021-09-30");
    let new = old.replace("last(subs.subs)", "last(subs.subs) * if(last(subs.subs) > 103, 2, 1)");
    let (parsed, changes, found) = judged(&old, &new, SUBS, "2021-06-30");
    assert_eq!(changes.list[0].statuses, Some((Status::OffTrack, Status::Met)));
    assert!(changes.list[0].clauses.is_empty() && changes.list[0].through[0].name == "m");
    assert_eq!(levels(&found), [Level::Error]);
    insta::assert_snapshot!(render::one(&found[0], parsed.sources(), render::Options::default()));
}

// 10 % more than 102 is 112.2, than 100 is 110: less is needed. Known only from the data.
#[test]
fn a_baseline_that_moves() {
    let (old, new) = (plan("+10% from Q1 2021 by 2021-12-31"), plan("+10% from Q4 2020 by 2021-12-31"));
    let (_, changes, found) = judged(&old, &new, SUBS, "2021-06-30");
    let clause = &changes.list[0].clauses[0];
    assert_eq!((clause.what, clause.how.as_deref()), ("baseline", Some("2.2 less, by the data")));
    assert_eq!(levels(&found), [Level::Error]);
    // Without it nobody knows, and nobody is accused.
    assert_eq!(levels(&super::found(&old, &new, "2021-06-30").1), []);
    // 112.2 instead of 110.
    assert_eq!(levels(&judged(&new, &old, SUBS, "2021-06-30").2), []);
}

#[test]
fn settings_may_say_otherwise() {
    use milepost::lint::{Context, Levels};
    let mut levels = Levels::default();
    let (plan, changes, _) = compared(OLD, LOWER, &at("2021-06-30"));
    let typed = plan.resolve(&Default::default()).0;
    let context = Context::new(&typed, plan.trees(), plan.sources());
    levels.set("moved-goalposts", "hint").expect("it is a lint");
    let found = milepost::compare::findings(&changes, &context, &levels);
    assert_eq!(found[0].level, Level::Hint);
    levels.set("R411", "off").expect("it is a lint");
    assert!(milepost::compare::findings(&changes, &context, &levels).is_empty());
}
