//! Random plans and tables for the laws. A feature joins every law by a line in one of the lists below: goals are put
//! together from them, and those that the language refuses are left out.

use crate::law_data::Data;
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

/// How the two tables are declared.
const TABLES: &[&str] = &[
    "",
    "",
    "sparse",
    "every month",
    "every week",
    "every quarter",
    "where k <> \"z\"",
    "lag 3 days",
    "sparse lag 1 week",
    "every month lag 10 days",
    "every 2 weeks",
    "every week lag 3 days where k <> \"z\"",
];

/// What every plan declares: metrics of each kind, over one table and over both.
const HEAD: &str = "horizon 2021
metric total = sum(t.x)
metric rows = count(t)
metric level = last(t.x)
metric opening = first(t.x)
metric each_last = last(t.x per k)
metric mean = avg(t.x)
metric ratio = sum(t.x) / sum(t.y)
metric kept = share(t.x > 3) unit %
metric kinds = distinct(t.g)
metric p = p90(t.x)
metric spread = max(t.x) - min(t.x)
metric score = nps(t.y)
metric waited = avg(t.done - t.at) lower is better
metric u_level = last(u.z)
metric two_tables = sum(t.x) + sum(u.z)
metric over_both = sum(t.x) / count(u)
metric level_each = level / u_level
metric carried = sum(t.x) + 0.5 * (carried[-1 month] ?? 0)
metric above = last(t.x) - (above[-1 week] ?? 0) * 0.1
metric smooth = moving_average(total, 3 months)
metric bound = correl(total, rows)
metric tilt = slope(sum(t.x), sum(t.y))
metric place = rank(total by k)
segment only_a = g = \"a\"
let half = 2
let january = total[2021-01]
let new_year = level[2020-12]
campaign spring 2021-02-10..2021-03-31 budget 30 where g <> \"b\"
campaign thaw 2021-03-15..2021-05-10 budget half * 10
objective company
objective under supports company
scenario other set january = 4, total +10%, mean = median(t.x)
scenario less set half = half * 2, level -20%, rows = rows + 1
";

/// Statements that may stand in a plan.
const STATEMENTS: &[&str] = &[
    "exclude 2021-02-01..2021-02-05 because \"the line was down\"",
    "exclude 2021-03 from t because \"counted twice\"",
    "exclude 2021-02-20 because \"a holiday\"",
    "exclude 2021-01 from u because \"not yet\"",
    "timezone \"America/New_York\"",
    "milestone ranked by Q1 2021 when rank(total by k)[k = \"p\"] = 1 supports under",
    "milestone grown by 2021-05-31 when level >= 1.1 * new_year supports company",
    "milestone unsaid by 2021-02-28",
    "alert falling when level < level[-1 month] every week",
    "alert far when growth(total, 1 month) > 20% every month",
    "alert averaged when moving_average(total, 2 months) < 5 every month",
    "alert many when rows > 1 every day",
    "milestone reached by 2021-04-30 when total ytd >= 30",
    "milestone shipped by 2021-03-31 done 2021-03-20",
    "alert quiet when rows = 0 every week",
    "alert busy when total > 10 every month hold 2 months",
    "on track above 90%",
    "at risk above 50%",
    "fiscal year starts February",
    "week starts Sunday",
];

/// What goals are about.
const SUBJECTS: &[&str] = &[
    "total",
    "rows",
    "level",
    "opening",
    "each_last",
    "mean",
    "ratio",
    "kept",
    "kinds",
    "p",
    "spread",
    "score",
    "waited",
    "u_level",
    "two_tables",
    "over_both",
    "level_each",
    "total[only_a]",
    "level[g = \"a\"]",
    "(total ytd)",
    "(total qtd)",
    "(total over 28 days)",
    "growth(total, 1 month)",
    "yoy(level)",
    "(total - total[-1 month])",
    "(total > total[-1 month])",
    "(level >= level[-1 week])",
    "(level / new_year)",
    "(if(rows > 3, mean, level))",
    "(iferror(ratio, 0))",
    "(total ?? 0)",
    "t.x",
    "t.done - t.at",
    "(t.x > 2)",
    "sum(t.x where k = \"p\")",
    "median(t.x)",
    "moving_average(total, 2 months)",
    "cumulative(total)",
    "retention(t.k, 1 month)",
    "rank(total by k)",
    "share_of(total by k)",
    "max(total by k)",
    "carried",
    "above",
    "smooth",
    "bound",
    "tilt",
    "place",
    "place[k = \"p\"]",
    "(u_level ?? 0)",
    "cumulative(rows)",
    "moving_average(level, 4 weeks)",
    "moving_average(mean, 14 days)",
    "(total * half)",
    "percentile(total, 90 by k)",
    "average(level by g)",
    "share_of(rows by g)[g = \"a\"]",
    "(total - carried[-1 week])",
    "max(level, u_level)",
    "sum(total, rows)",
    "stdev(t.x)",
    "csat(t.y, 4)",
    "roi(total, spring.budget)",
    "total[spring]",
];

/// What is wanted of them.
const TARGETS: &[&str] = &[
    "",
    "+5%",
    "-10%",
    "+3",
    "-2",
    "+2pp",
    "+5% relative",
    "x2",
    "halve",
    "up",
    "down",
    "to 20",
    "to 3",
    "from 2 to 9",
    "from 10 to 4",
    ">= 5",
    ">= january",
    "<= 12",
    "> 0",
    "< 6",
    "= 3",
    ">= 40%",
    "<= 36h",
    "between 2 and 8",
    "within 20% of 10",
    "+50% to 12",
    "top 2 by k as \"p\"",
];

/// When.
const TIMINGS: &[&str] = &[
    "",
    "by 2021-04-30",
    "by Q1 2021",
    "by 2021-05",
    "by 2021-03-10",
    "by 2021-03-31 per month",
    "by 2021-03-31 per 2 weeks",
    "in Q1 2021",
    "in 2021-02",
    "in 2021-01-10..2021-03-20",
    "in spring",
    "in 2021",
    "every month in H1 2021",
    "every week in Q1 2021",
    "every quarter in 2021",
    "every month in spring",
    "every month from 2021-01",
    "in FQ1 2021",
    "by FY2021",
    "every quarter in FY2021",
    "every day in 2021-03",
    "every 2 weeks in Q1 2021",
    "within 2 months from 2021-01",
    "within 6 weeks from 2021-01-15",
];

/// What else a goal may say.
const CLAUSES: &[&str] = &[
    "from 2020-12",
    "from Q4 2020",
    "from 2021-01-15",
    "from 3",
    "from new_year",
    "yoy",
    "where g = \"a\"",
    "where g <> \"b\"",
    "where x > 0",
    "for each g",
    "for each k",
    "for 50% of k",
    "for at most 50% of g",
    "for 75% of months",
    "for at most 50% of weeks",
    "for 80% of t",
    "for each t",
    "for at most 30% of t",
    "measure level, mean >= 1",
    "measure total +5%, u_level up, ratio <= 2",
    "checkpoints monthly",
    "checkpoints 2021-02-15, 2021-03-20",
    "checkpoints 3 weeks",
    "checkpoints 2021-02-28 >= 3",
    "grace 2 weeks",
    "grace 1 month",
    "supports company",
    "supports under weight 2",
    "hold 2 weeks",
    "hold 2 months",
    "guardrail mean >= 2",
    "guardrail ratio <= 4, total >= 1",
    "cap 100",
    "pace compound",
    "pace seasonal",
    "for each campaign",
    "hold 3 days",
    "cap 25",
    "checkpoints 2021-02-28 +5%, 2021-03-31 +8%",
    "guardrail level -10%, u_level down",
    "guardrail mean +5%",
    "measure bound >= 0.2, smooth up",
];

/// Whole goals that chance would seldom put together.
const GOALS: &[&str] = &[
    "level +10% from 2020-12 by 2021-04-30 guardrail mean >= 2, u_level >= 3 checkpoints 2021-02-28 +5%",
    "total to 60 from 2021-01-01 by Q2 2021 guardrail ratio <= 4 pace compound",
    "mean >= 3 every month in H1 2021 hold 2 months",
    "level >= 3 by 2021-04-30 hold 2 weeks guardrail total >= 0",
    "total >= 4 in Q1 2021 for each k guardrail mean >= 1",
    "(level >= level[-1 week]) by 2021-03-31 grace 2 weeks",
    "(total > total[-1 month]) by 2021-04-30",
    "(total > total[-1 month]) every month in H1 2021 for 75% of months",
    "(t.x > 2) for at most 30% of t in Q1 2021",
    "(t.x > 2) for each t every month in Q1 2021",
    "(t.x > 2) for 80% of t by 2021-04-30",
    "t.done - t.at <= 36h for 80% of t in Q1 2021",
    "t.done - t.at <= 36h for each t by 2021-04-30 where g = \"a\"",
    "t.done - t.at <= 36h for at most 30% of t every month in Q1 2021",
    "total to 60 from 2021-01-01 by Q2 2021 checkpoints monthly measure level, mean >= 1",
    "level +10% from 2021-01-31 by Q2 2021 grace 2 weeks",
    "level +30% from 2020-12 by 2021-12-31 pace seasonal checkpoints quarterly",
    "total to 90 from 2021-01-01 by 2021-12-31 pace seasonal checkpoints monthly",
    "total +10% in 2021 from 2020 pace seasonal",
    "level to 40 from 2020-12-31 by 2021-12-31 pace compound cap 60 checkpoints 2021-03-31 +20%, 2021-06-30 +60%",
    "mean to 9 from 2020-12-31 by 2021-12-31 cap 10",
    "level from 2 to 30 by 2021-12-31 hold 3 weeks guardrail u_level -10%, total >= 3",
    "total >= 5 for each campaign in 2021",
    "rows >= 1 for each campaign in 2021 guardrail mean >= 0",
    "rows >= 300 in 2021",
    "total >= 2 every week in Q1 2021 for at most 50% of weeks",
    "(sum(u.z)) to 200 from 2021-01-01 by 2021-12-31",
    "kept >= 60% by 2021-09-30 per month cap 70%",
    "roi(total[spring], spring.budget) >= 0 in spring",
    "retention(t.k, 1 month) >= 50% every month in H1 2021 for 75% of months",
];

/// Pieces of the lists above that this version reads and doesn't judge: none of the laws sees them.
const LATER: &[&str] = &[];

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

    /// Without the lines that the language refuses, or that it doesn't judge yet.
    fn legal(mut self) -> Self {
        let (t, u) = (Data::example().t(), Data::example().u());
        loop {
            let text = self.to_string();
            let head = self.head().lines().count();
            let places: Vec<usize> = match open(&text, &[("t", &t), ("u", &u)]) {
                Ok((opened, _)) => opened.plan.unbuilt.iter().map(|u| u.at.span.start as usize).collect(),
                Err(found) => {
                    let errors = found.iter().filter(|d| d.level == Level::Error);
                    errors.flat_map(|d| d.labels.iter().map(|l| l.at.span.start as usize)).collect()
                }
            };
            if places.is_empty() {
                return self;
            }
            let line = |place: usize| text[..place].matches('\n').count();
            let refused: Vec<usize> = places.into_iter().filter_map(|p| line(p).checked_sub(head)).collect();
            assert!(
                !refused.is_empty(),
                "the head itself is refused: {:?}",
                open(&text, &[("t", &t), ("u", &u)]).err()
            );
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
    let dead: Vec<&&str> = unused.iter().filter(|p| !LATER.contains(p)).collect();
    assert!(dead.is_empty(), "in no goal that the language judges: {dead:?}");
    let built: Vec<&&str> = LATER.iter().filter(|p| !unused.contains(p)).collect();
    assert!(built.is_empty(), "judged now, so no longer in LATER: {built:?}");
}
