//! What a goal leaves to be read is written out by a correction: no verdict may change with it, whatever the moment. Tried on every plan with data that is here, and on plans made to be hard.

use super::linted;
use crate::memory;
use crate::sentences::{plans, root};
use milepost::diagnostic::{Diagnostic, fix};
use std::path::Path;

/// Every goal's verdict without what only says how it is written: notes and places.
fn verdicts(plan: &str, tables: &[(&str, &str)], as_of: &str) -> Option<Vec<String>> {
    let report = memory::try_report(plan, tables, as_of).ok()?;
    let bare = |mut v: milepost::eval::verdict::Verdict| {
        v.notes.clear();
        v.wanted.clear();
        // What is written isn't implied any more: that is the point.
        v.at = Default::default();
        if let Some(baseline) = &mut v.baseline {
            baseline.implied = false;
            // Why there is none depends on what was asked for.
            if baseline.value.is_none() {
                baseline.label.clear();
                baseline.reason = None;
            }
        }
        format!("{v:?}")
    };
    Some(report.goals.into_iter().map(bare).collect())
}

const RULES: [&str; 3] = ["M201", "M205", "M215"];

/// The plan with every correction of the rules made, and how many rounds that took.
fn spelled(plan: &str, tables: &[(&str, &str)], as_of: &str) -> (String, usize) {
    let mut text = plan.to_owned();
    for round in 0..5 {
        let (parsed, linted) = linted(&text, tables, as_of);
        let own: Vec<Diagnostic> = linted.diagnostics.into_iter().filter(|d| RULES.contains(&d.code)).collect();
        let corrected = fix::correct(&own, parsed.sources(), true);
        match corrected.texts.into_values().next() {
            Some(next) => text = next,
            None => return (text, round),
        }
    }
    panic!("corrections don't come to rest:\n{plan}\n{text}");
}

/// True where something was written.
fn holds(name: &str, plan: &str, tables: &[(&str, &str)], moments: &[&str]) -> bool {
    let (text, rounds) = spelled(plan, tables, moments.first().unwrap_or(&""));
    for as_of in moments {
        let Some(before) = verdicts(plan, tables, as_of) else { continue };
        let after = verdicts(&text, tables, as_of).unwrap_or_else(|| panic!("{name}: isn't a plan any more:\n{text}"));
        for (a, b) in before.iter().zip(&after) {
            assert_eq!(a, b, "{name} as of {as_of}:\n{text}");
        }
    }
    rounds > 0
}

const MOMENTS: [&str; 4] = ["2021-12-31", "2020-06-30", "2021-05-20", "2023-03-31"];

fn owned(tables: &[(String, String)]) -> Vec<(&str, &str)> {
    tables.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect()
}

fn csv(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("a folder").flatten().map(|f| f.path()).collect();
    files.sort();
    let is = |p: &&std::path::PathBuf| p.extension().is_some_and(|e| e == "csv");
    let stem = |p: &Path| p.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    files.iter().filter(is).map(|f| (stem(f), std::fs::read_to_string(f).expect("a table"))).collect()
}

#[test]
fn real_goals_are_judged_the_same() {
    let mut written = 0;
    for path in plans("tests/corpus/sentences") {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let tables = csv(&root().join("tests/corpus/sentences/data").join(&name));
        let text = std::fs::read_to_string(&path).expect("a plan");
        written += usize::from(holds(&name, &text, &owned(&tables), &["2021-12-31", "2021-05-20"]));
    }
    assert!(written >= 5, "{written}");
}

#[test]
fn evaluated_plans_are_judged_the_same() {
    let mut written = 0;
    for path in plans("tests/corpus/evaluated") {
        let text = std::fs::read_to_string(&path).expect("a plan");
        let name = path.display().to_string();
        let files = csv(path.parent().expect("a folder"));
        // An import isn't read here.
        if text.contains("import ") {
            continue;
        }
        let parsed = milepost::Plan::parse(&text);
        let file = |from: &str| files.iter().find(|(n, _)| *n == from.trim_end_matches(".csv")).map(|(_, t)| t.clone());
        let declared: Option<Vec<(String, String)>> =
            parsed.tables().map(|(t, _)| Some((t.name.node.clone(), file(&t.from.node)?))).collect();
        let tables = match declared {
            Some(tables) if tables.is_empty() => files,
            Some(tables) => tables,
            // A workbook, or a table of an imported file.
            None => continue,
        };
        if memory::open(&text, &owned(&tables)).is_err() {
            continue;
        }
        written += usize::from(holds(&name, &text, &owned(&tables), &["2021-12-31", "2021-05-20"]));
    }
    assert!(written >= 7, "{written}");
}

const LEVELS: &str = "date,subs\n2020-09-30,98\n2020-12-31,100\n2021-03-31,102\n2021-06-30,101\n2021-09-30,106\n";
const LATE: &str = "date,subs\n2021-03-31,102\n2021-06-30,101\n2021-09-30,106\n";

/// A year and a half of days, with a total and two parts of a ratio.
fn days() -> String {
    let mut out = "day,orders,visits,stock\n".to_owned();
    let mut day = jiff::civil::date(2020, 7, 1);
    for n in 0..560 {
        out += &format!("{day},{},{},{}\n", 10 + n % 7, 100 + (n * 13) % 31, 500 + n / 3);
        day = day.tomorrow().expect("a day");
    }
    out
}

#[test]
fn hard_plans_are_judged_the_same() {
    let days = days();
    let goals = [
        "goal subs +5% by 2021-09-30",
        "goal subs >= 104 by Q3 2021",
        "goal subs to 104 by Q3 2021",
        "goal subs +3% in Q2 2021",
        "goal subs +3% in Q2 2021..Q3 2021",
        "goal subs up by 2021-12-31",
        "fiscal year starts April\ngoal subs +5% by 2021-09-30",
        "horizon H2 2021\ngoal subs +5% by 2021-09-30",
        "horizon 2021\ngoal subs +1% every quarter",
        "horizon Q2 2021..Q4 2021\ngoal subs >= 100 every quarter",
        "fiscal year starts February\nhorizon FY2021\ngoal subs >= 100 every quarter",
    ];
    for goal in goals {
        holds(goal, goal, &[("metrics", LEVELS)], &MOMENTS);
        holds(goal, goal, &[("metrics", LATE)], &MOMENTS);
    }
    let metrics = "table shop from \"shop.csv\" time day\nmetric orders = sum(shop.orders)\n\
        metric rate = sum(shop.orders) / sum(shop.visits)\nmetric stock = last(shop.stock)\n\
        metric turn = sum(shop.orders) / last(shop.stock)\n";
    let goals = [
        "goal orders >= 4000 by 2021-12-31",
        "goal orders to 4000 by Q4 2021",
        "goal orders +10% by 2021-12-31",
        "goal orders +10% by Q4 2021",
        "goal orders +10% from Q4 2020 by Q4 2021",
        "goal orders +10% from H2 2020 by 2021-12-31",
        "goal orders +10% from 2020-11-15 by 2021-12-20",
        "goal orders +10% in Q2 2021",
        "goal orders +10% in 2021-02-03..2021-04-17",
        "goal orders +10% in 2021-W20",
        "goal rate x1.1 by 2021-12-31",
        "goal rate x1.1 by Q4 2021",
        "goal rate x1.1 by 2021-W30",
        "goal rate x1.1 from 2020-10..2020-12 by 2021",
        "goal rate x1.1 from H2 2020 within 6 months",
        "goal rate >= 0.12 in H1 2021",
        "goal rate to 0.12 in H1 2021",
        "goal rate x1.1 in Q1 2021",
        "goal turn x1.1 by Q4 2021",
        "goal stock +10% by 2021-12-31",
        "goal stock +10% in 2021-05",
        "goal stock to 600 by 2021-06-30 checkpoints monthly",
        "goal (rate > 0.1) by Q4 2021",
        "goal orders >= 300 every month hold 2 months",
        "horizon 2021\ngoal orders +5% every month for 50% of months",
        "horizon 2021\ngoal orders >= 300 every week",
        "fiscal year starts April\ngoal orders >= 300 by Q4 2021",
        "fiscal year starts April\ngoal orders +10% from 2020-10..2020-12 by FQ3 2021",
        "fiscal year starts February\ngoal rate x1.1 from Q4 2020 by Q4 2021",
        "fiscal year starts February\ngoal rate x1.1 from FQ3 2020 by FQ3 2021",
        "fiscal year starts April\ngoal rate x1.1 from 2020-07-01..2021-03-31 by FY2022",
        "week starts Sunday\ngoal rate x1.1 by 2021-W30",
    ];
    let mut written = 0;
    for goal in goals {
        let plan = format!("{metrics}{goal}\n");
        written += usize::from(holds(goal, &plan, &[("shop", &days)], &MOMENTS));
    }
    assert!(written >= 15, "{written}");
}

#[test]
fn a_correction_without_data_is_right_with_any() {
    let days = days();
    let metrics = "metric orders = sum(shop.orders)\nmetric rate = sum(shop.orders) / sum(shop.visits)\n";
    let goals = [
        ("goal rate x1.1 from Q4 2020 by 2021-12-31", " per quarter"),
        ("goal rate x1.1 from Q4 2020 by Q4 2021", ""),
        ("goal orders +10% in Q2 2021", " from Q1 2021"),
        ("horizon 2021\ngoal orders >= 300 every month", " in 2021"),
        // Where data is needed to know, nothing is written.
        ("goal rate x1.1 by 2021-12-31", ""),
        ("goal orders >= 300 by 2021-12-31", ""),
        ("goal rate x1.1 from H2 2020 by 2021-12-31", ""),
        // Calendar quarters are none of a fiscal year that starts in February.
        ("fiscal year starts February\ngoal rate x1.1 from Q4 2020 by 2021-12-31", ""),
    ];
    for (goal, clause) in goals {
        let plan = format!("{metrics}{goal}");
        let (text, _) = spelled(&plan, &[], "");
        assert_eq!(text, format!("{plan}{clause}"));
        let tables: [(&str, &str); 1] = [("shop", &days)];
        for as_of in MOMENTS {
            assert_eq!(verdicts(&plan, &tables, as_of), verdicts(&text, &tables, as_of), "{text} as of {as_of}");
        }
    }
}
