//! Random plans and tables for the laws: goals are put together from the lists of pieces, and those that the language
//! refuses are left out.

use crate::law_data::Data;
use crate::law_pieces::*;
use crate::memory::{MemoryEngine, moment, open};
use milepost::diagnostic::Level;
use milepost::eval::derivation::{Explained, explain};
use milepost::eval::verdict::Report;
use milepost::eval::{self, Options};
use milepost::report::{self, PlanMeta};
use milepost::{Opened, Question};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use serde_json::Value;
use std::fmt;

// --- plans ---------------------------------------------------------------------------------------------------------

/// A plan that is right: its lines after the head, a statement each.
#[derive(Clone)]
pub struct Plan {
    tables: [&'static str; 2],
    lines: Vec<String>,
    /// What it is judged under.
    scenario: Option<&'static str>,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.head())?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?} {:#?}", self.tables, self.scenario, self.lines)
    }
}

impl Plan {
    /// The line of a goal.
    pub fn line(&self, name: &Value) -> &str {
        let opens = format!("goal {}:", name.as_str().unwrap_or_default());
        self.lines.iter().find(|l| l.starts_with(&opens)).map_or("", String::as_str)
    }

    /// Over tables in which silence means that nothing happened, so that each total is known.
    pub fn sparse(lines: &[String]) -> Self {
        Self { tables: ["sparse", "sparse"], lines: lines.to_vec(), scenario: None }
    }

    /// With a line more.
    pub fn and(&self, line: &str) -> Self {
        let mut out = self.clone();
        out.lines.push(line.to_owned());
        out
    }

    fn head(&self) -> String {
        let [t, u] = self.tables;
        format!("table t from \"t.csv\" time at {t}\ntable u from \"u.csv\" time at {u}\n{HEAD}")
    }

    /// Without the lines that the language refuses.
    fn legal(mut self) -> Self {
        let (t, u) = (Data::example().t(), Data::example().u());
        loop {
            let text = self.to_string();
            let head = self.head().lines().count();
            let Err(found) = open(&text, &[("t", &t), ("u", &u)]) else { return self };
            let errors = found.iter().filter(|d| d.level == Level::Error);
            let places: Vec<usize> = errors.flat_map(|d| d.labels.iter().map(|l| l.at.span.start as usize)).collect();
            let line = |place: usize| text[..place].matches('\n').count();
            let refused: Vec<usize> = places.into_iter().filter_map(|p| line(p).checked_sub(head)).collect();
            assert!(!refused.is_empty(), "the head itself is refused: {found:?}");
            let mut i = 0;
            self.lines.retain(|_| (!refused.contains(&i), i += 1).0);
        }
    }

    /// The zone that it names.
    fn zone(&self) -> &'static str {
        let named = self.lines.iter().any(|l| l.starts_with("timezone"));
        if named { "America/New_York" } else { "UTC" }
    }

    /// Its tables opened, and what reads them.
    fn opened(&self, data: &Data) -> (milepost::Plan, Opened, MemoryEngine) {
        let data = data.in_zone(self.zone());
        let mut engine = MemoryEngine::new(&[("t", &data.t()), ("u", &data.u())]);
        let parsed = milepost::Plan::parse(&self.to_string());
        let opened = parsed.open(&mut engine, Vec::new(), |_, _| Ok(true)).unwrap_or_else(|e| panic!("{self}\n{e:#?}"));
        (parsed, opened, engine)
    }

    /// The report on some of its goals (on all, where none is named) under a question.
    fn report(&self, data: &Data, as_of: &str, goals: &[&str], question: Option<Question>) -> Report {
        let (parsed, opened, mut engine) = self.opened(data);
        let goals = goals.iter().map(|g| (*g).to_owned()).collect();
        let options = Options { as_of: moment(as_of), goals };
        let plain = eval::evaluate(&opened.plan, &opened.tables, &mut engine, &options);
        let plain = plain.unwrap_or_else(|e| panic!("{self}\n{e:#?}"));
        let Some(question) = question else { return plain };
        let supposed = parsed.suppose(&opened, Vec::new(), &question);
        supposed.eval(&plain, &opened, &mut engine, &options).unwrap_or_else(|e| panic!("{question:?}\n{self}\n{e:#?}"))
    }

    /// What `eval` says as of a moment, as JSON; under the plan's scenario, if it has one.
    pub fn judge(&self, data: &Data, as_of: &str) -> Judged {
        let question = self.scenario.map(|s| Question { scenario: Some(s.to_owned()), set: Vec::new() });
        Judged::of(&self.report(data, as_of, &[], question))
    }

    /// Likewise of one goal, without a scenario.
    pub fn judge_one(&self, data: &Data, as_of: &str, goal: &str) -> Judged {
        Judged::of(&self.report(data, as_of, &[goal], None))
    }

    /// Likewise under changes.
    pub fn judge_set(&self, data: &Data, as_of: &str, set: &[&str]) -> Judged {
        let set = set.iter().map(|s| (*s).to_owned()).collect();
        Judged::of(&self.report(data, as_of, &[], Some(Question { scenario: None, set })))
    }

    /// How a goal's verdict came about.
    pub fn explain(&self, data: &Data, as_of: &str, goal: &str) -> Explained {
        let (_, opened, mut engine) = self.opened(data);
        explain(&opened.plan, &opened.tables, &mut engine, moment(as_of), goal)
            .unwrap_or_else(|e| panic!("{self}\n{e:#?}"))
    }

    /// Without its scenario.
    pub fn plain(&self) -> Self {
        Self { scenario: None, ..self.clone() }
    }
}

/// A report as JSON.
#[derive(Debug, Clone)]
pub struct Judged(Value);

impl Judged {
    pub fn of(report: &Report) -> Self {
        let none: [(); 0] = [];
        let text = report::json(report, &Default::default(), &PlanMeta::default(), &none).expect("JSON");
        Self(serde_json::from_str(&text).expect("JSON"))
    }

    /// Its goals.
    pub fn goals(&self) -> &[Value] {
        self.0["goals"].as_array().expect("goals")
    }

    /// All but what must differ: how many rows there are, and how many of them are later.
    fn comparable(&self) -> Value {
        let mut report = self.0.clone();
        for table in report["data"].as_array_mut().expect("data") {
            table["rows"] = Value::Null;
            table["later"] = Value::Null;
        }
        for goal in report["goals"].as_array_mut().expect("goals") {
            // Rows of one value have no order of their own.
            if let (Some(true), Some(each)) = (goal["kind"].as_str().map(|k| k == "rows"), goal["each"].as_array_mut())
            {
                each.sort_by_key(Value::to_string);
            }
        }
        report
    }
}

/// Every goal of the plan, and all else of the report, is the same in both; goals beside them don't count.
pub fn agree(plan: &Plan, a: &Judged, b: &Judged) -> Result<(), TestCaseError> {
    let (a, b) = (a.comparable(), b.comparable());
    let fields = |v: &Value| v.as_object().expect("an object").clone();
    for (key, value) in fields(&a) {
        if key != "goals" {
            prop_assert_eq!(&value, &b[&key], "{} of {}", key, plan);
        }
    }
    let goals = |v: &Value| v["goals"].as_array().expect("goals").clone();
    for (a, b) in goals(&a).iter().zip(goals(&b)) {
        for (key, value) in fields(a) {
            let line = plan.line(&a["name"]);
            prop_assert!(value == b[&key], "{key} of {line}\n{value:#}\n{:#}\n{a:#}\n{plan:?}", b[&key]);
        }
    }
    Ok(())
}

/// A number times `factor`, or anything else, is the other.
pub fn close(a: &Value, b: &Value, factor: f64) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a * factor - b).abs() <= 1e-9 * a.abs().max(1.0),
        _ => a == b,
    }
}

/// A goal without its name.
fn goal() -> impl Strategy<Value = String> {
    prop_oneof![1 => select(GOALS).prop_map(str::to_owned), 9 => combined()]
}

/// A goal put together by chance.
fn combined() -> impl Strategy<Value = String> {
    let clauses = prop::collection::vec(select(CLAUSES), 0..3);
    (select(SUBJECTS), select(TARGETS), select(TIMINGS), clauses).prop_map(|(subject, target, timing, clauses)| {
        [&[subject, target, timing], &clauses[..]]
            .concat()
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    })
}

/// A plan of some goals and at most two other statements.
pub fn plan() -> impl Strategy<Value = Plan> {
    let statements = prop::collection::vec(select(STATEMENTS), 0..5);
    let scenario = select(&[None, None, None, Some("other"), Some("less")][..]);
    (select(TABLES), select(TABLES), statements, scenario, prop::collection::vec(goal(), 20..30)).prop_map(
        |(t, u, statements, scenario, goals)| {
            let mut lines: Vec<String> = Vec::new();
            for statement in statements {
                if !lines.iter().any(|l| l == statement) {
                    lines.push(statement.to_owned());
                }
            }
            // One at least that every version judges.
            lines.push("goal g: total >= 20 by 2021-04-30".to_owned());
            lines.extend(goals.iter().enumerate().map(|(i, goal)| format!("goal g{i}: {goal}")));
            Plan { tables: [t, u], lines, scenario }.legal()
        },
    )
}

/// A plan, and the one that wants of the negative data what this one wants.
pub fn mirrored() -> impl Strategy<Value = (Plan, Plan)> {
    // Totals aren't symmetric: `>=` counts up from nothing, and `<=` is a bound on what has come.
    const LEVELS: &[&str] =
        &["level", "mean", "each_last", "ratio", "opening", "level[only_a]", "median(t.x)", "(level - mean)"];
    const WANTED: &[(&str, &str)] = &[
        ("+5%", "-5%"),
        ("-20%", "+20%"),
        ("+3", "-3"),
        ("-1", "+1"),
        ("up", "down"),
        ("down", "up"),
        ("to 8.25", "to -8.25"),
        ("from 1 to 9", "from -1 to -9"),
        ("from 9 to 2", "from -9 to -2"),
        (">= 5", "<= -5"),
        ("<= 4", ">= -4"),
        ("> 2", "< -2"),
        ("= 3", "= -3"),
        ("between 2 and 7", "between -7 and -2"),
        ("within 20% of 6", "within 20% of -6"),
    ];
    const CHANGES: usize = 6;
    let clauses = [
        "",
        "",
        "from 2020-12",
        "from Q4 2020",
        "yoy",
        "where g = \"a\"",
        "for each k",
        "grace 2 weeks",
        "checkpoints monthly",
    ];
    let level = (select(LEVELS), select(WANTED));
    let total = (select(&["total", "two_totals"][..]), select(&WANTED[..CHANGES]));
    let goal = (prop_oneof![3 => level, 1 => total], select(TIMINGS), select(clauses.to_vec()));
    (select(TABLES), prop::collection::vec(goal, 15..25)).prop_map(|(t, goals)| {
        let line = |i: usize, subject: &str, target: &str, rest: &str| format!("goal g{i}: {subject} {target} {rest}");
        let head = "metric two_totals = total + 2 * total".to_owned();
        let (mut up, mut down) = (vec![head.clone()], vec![head]);
        for (i, ((subject, (target, mirrored)), timing, clause)) in goals.iter().enumerate() {
            let rest = format!("{timing} {clause}");
            up.push(line(i, subject, target, &rest));
            down.push(line(i, subject, mirrored, &rest));
        }
        let [up, down] = [up, down].map(|lines| Plan { tables: [t, ""], lines, scenario: None }.legal());
        // A number may be right on one side only: `from 3` isn't mirrored by itself.
        assert_eq!(up.lines.len(), down.lines.len(), "{up}\n{down}");
        (up, down)
    })
}

/// A line in a list that no legal goal ever holds would prove nothing.
#[test]
fn every_piece_is_used() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut lines: Vec<String> = STATEMENTS.iter().map(|s| (*s).to_owned()).collect();
    let goals = prop::collection::vec(goal(), 1500).new_tree(&mut runner).expect("goals").current();
    lines.extend(goals.iter().enumerate().map(|(i, goal)| format!("goal g{i}: {goal}")));
    let used = Plan { tables: ["sparse", ""], lines, scenario: None }.legal().lines.join("\n");
    let pieces = [STATEMENTS, SUBJECTS, TARGETS, TIMINGS, CLAUSES].concat();
    let unused: Vec<&str> = pieces.into_iter().filter(|p| !used.contains(p)).collect();
    assert!(unused.is_empty(), "in no goal that the language judges: {unused:?}");
}
