//! Random plans and tables for the laws. A feature joins every law by a line in one of the lists below: goals are put
//! together from them, and those that the language refuses are left out.

use crate::memory::{open, report};
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, date};
use milepost::diagnostic::Level;
use milepost::report::{self, PlanMeta};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use serde_json::Value;
use std::fmt;

/// How the two tables are declared.
const TABLES: &[&str] =
    &["", "", "sparse", "every month", "every week", "every quarter", "where k <> \"z\"", "lag 3 days"];

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
segment only_a = g = \"a\"
let january = total[2021-01]
let new_year = level[2020-12]
campaign spring 2021-02-10..2021-03-31 budget 30 where g <> \"b\"
objective company
objective under supports company
";

/// Statements that may stand in a plan.
const STATEMENTS: &[&str] = &[
    "exclude 2021-02-01..2021-02-05 because \"the line was down\"",
    "exclude 2021-03 from t because \"counted twice\"",
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
];

// --- plans ---------------------------------------------------------------------------------------------------------

/// A plan that is right: its lines after the head, a statement each.
#[derive(Clone)]
pub struct Plan {
    tables: [&'static str; 2],
    lines: Vec<String>,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.head())?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:#?}", self.tables, self.lines)
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
        Self { tables: ["sparse", "sparse"], lines: lines.to_vec() }
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
            let places = errors.flat_map(|d| d.labels.iter().map(|l| l.at.span.start as usize));
            let line = |place: usize| text[..place].matches('\n').count();
            let refused: Vec<usize> = places.filter_map(|p| line(p).checked_sub(head)).collect();
            assert!(!refused.is_empty(), "the head itself is refused: {found:?}");
            let mut i = 0;
            self.lines.retain(|_| (!refused.contains(&i), i += 1).0);
        }
    }

    /// What `eval` says as of a moment, as JSON.
    pub fn judge(&self, data: &Data, as_of: &str) -> Judged {
        let report = report(&self.to_string(), &[("t", &data.t()), ("u", &data.u())], as_of);
        let none: [(); 0] = [];
        let text = report::json(&report, &Default::default(), &PlanMeta::default(), &none).expect("JSON");
        Judged(serde_json::from_str(&text).expect("JSON"))
    }
}

/// A report as JSON.
#[derive(Debug, Clone)]
pub struct Judged(Value);

impl Judged {
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
    let statements = prop::collection::vec(select(STATEMENTS), 0..3);
    (select(TABLES), select(TABLES), statements, prop::collection::vec(goal(), 20..30)).prop_map(
        |(t, u, statements, goals)| {
            let mut lines: Vec<String> = Vec::new();
            for statement in statements {
                let first = |text: &str| text.split(' ').next().map(str::to_owned);
                if !lines.iter().any(|l| first(l) == first(statement)) {
                    lines.push(statement.to_owned());
                }
            }
            // One at least that every version judges.
            lines.push("goal g: total >= 20 by 2021-04-30".to_owned());
            lines.extend(goals.iter().enumerate().map(|(i, goal)| format!("goal g{i}: {goal}")));
            Plan { tables: [t, u], lines }.legal()
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
        let [up, down] = [up, down].map(|lines| Plan { tables: [t, ""], lines }.legal());
        // A number may be right on one side only: `from 3` isn't mirrored by itself.
        assert_eq!(up.lines.len(), down.lines.len(), "{up}\n{down}");
        (up, down)
    })
}

/// The last two days of a stretch as it is written, counted from 1 December 2020.
pub fn days(from: i32, to: i32) -> String {
    format!("{}..{}", day(from), day(to))
}

fn day(n: i32) -> Date {
    date(2020, 12, 1).checked_add(n.days()).expect("a day")
}

/// A day or a moment to judge at.
pub fn moment() -> impl Strategy<Value = String> {
    (0i32..230, prop::option::weighted(0.3, 0i8..24)).prop_map(|(d, hour)| match hour {
        None => day(d).to_string(),
        Some(hour) => day(d).at(hour, 30, 0, 0).to_string(),
    })
}

// --- tables --------------------------------------------------------------------------------------------------------

/// Rows of both tables.
#[derive(Debug, Clone)]
pub struct Data {
    t: Vec<Line>,
    u: Vec<Line>,
    /// Times of day are written.
    timed: bool,
    /// A column that nothing reads.
    more: bool,
}

/// A row of either table.
#[derive(Debug, Clone)]
struct Line {
    id: usize,
    at: DateTime,
    g: Option<char>,
    /// Never blank.
    k: char,
    x: Option<i32>,
    y: i32,
    done: Option<DateTime>,
}

/// How far rows are moved.
#[derive(Debug, Clone, Copy)]
pub enum Shift {
    Days(i32),
    Months(i8),
}

/// Two random tables: some blanks, some days with many rows, some months with none.
pub fn data() -> impl Strategy<Value = Data> {
    let line = (
        (0i32..210, 0i8..24),
        prop::option::weighted(0.9, prop::char::range('a', 'c')),
        prop::char::range('p', 'r'),
        prop::option::weighted(0.9, -9i32..20),
        1i32..10,
        prop::option::weighted(0.7, 0i64..90),
    );
    let line = line.prop_map(|((d, hour), g, k, x, y, done)| {
        let at = day(d).at(hour, 0, 0, 0);
        Line { id: 0, at, g, k, x, y, done: done.map(|h| at.checked_add(h.hours()).expect("a moment")) }
    });
    let lines = |most| prop::collection::vec(line.clone(), 0..most);
    (lines(30), lines(12), any::<bool>()).prop_map(|(t, u, timed)| {
        let mut data = Data { t, u, timed, more: false };
        // The second table may begin late; the first has times from the first day.
        let at = day(0).at(0, 0, 0, 0);
        data.t.push(Line { id: 0, at, g: Some('z'), k: 'z', x: Some(5), y: 5, done: Some(at) });
        for lines in [&mut data.t, &mut data.u] {
            lines.iter_mut().enumerate().for_each(|(i, l)| l.id = i + 1);
            if !timed {
                lines.iter_mut().for_each(|l| l.at = l.at.date().into());
            }
        }
        data
    })
}

impl Data {
    /// A row a week, each with every cell.
    pub fn example() -> Self {
        let line = |n: i32| {
            let at = day(7 * n).at(9, 0, 0, 0);
            let done = Some(at.checked_add((8 * n % 60).hours()).expect("a moment"));
            let letter = |from: u8| char::from(from + (n % 3) as u8);
            Line { id: n as usize, at, g: Some(letter(b'a')), k: letter(b'p'), x: Some(100 * n), y: 1 + n % 9, done }
        };
        let lines: Vec<Line> = (0..30).map(line).collect();
        Self { t: lines.clone(), u: lines, timed: true, more: false }
    }

    /// The first table as CSV. A first row without a time is in no window: it tells the types of the columns.
    pub fn t(&self) -> String {
        self.csv("id,at,g,k,x,y,done", &self.t, "t0,,z,z,5,5", |l, blank| {
            let x = l.x.map(|x| x.to_string());
            format!(
                "t{},{},{},{},{},{},{}",
                l.id,
                self.time(Some(l.at)),
                blank(l.g.map(String::from)),
                l.k,
                blank(x),
                l.y,
                self.time(l.done)
            )
        })
    }

    /// The second table as CSV.
    pub fn u(&self) -> String {
        self.csv("id,at,g,k,z,x,y", &self.u, "u0,,z,z,5,5,5", |l, blank| {
            let x = l.x.map(|x| x.to_string());
            format!(
                "u{},{},{},{},{},{},{}",
                l.id,
                self.time(Some(l.at)),
                blank(l.g.map(String::from)),
                l.k,
                l.y,
                blank(x),
                l.y
            )
        })
    }

    fn csv(
        &self,
        names: &str,
        lines: &[Line],
        first: &str,
        row: impl Fn(&Line, &dyn Fn(Option<String>) -> String) -> String,
    ) -> String {
        let more = |text: &str| if self.more { format!(",{text}") } else { String::new() };
        let first = if names.ends_with("done") {
            format!("{first},{}", self.time(Some(day(0).into())))
        } else {
            first.to_owned()
        };
        let mut out = format!("{names}{}\n{first}{}\n", more("unrelated"), more("7"));
        for line in lines {
            out += &format!("{}{}\n", row(line, &|cell| cell.unwrap_or_default()), more(&line.id.to_string()));
        }
        out
    }

    fn time(&self, at: Option<DateTime>) -> String {
        at.map_or_else(String::new, |at| if self.timed { at.to_string() } else { at.date().to_string() })
    }

    fn each(&self, of: impl Fn(&[Line]) -> Vec<Line>) -> Self {
        Self { t: of(&self.t), u: of(&self.u), ..self.clone() }
    }

    /// Only rows that were there at a moment.
    pub fn until(&self, as_of: &str) -> Self {
        let there = |at: DateTime| match as_of.contains('T') {
            true => at <= as_of.parse().expect("a moment"),
            false => at.date() <= as_of.parse().expect("a day"),
        };
        self.each(|lines| lines.iter().filter(|l| there(l.at)).cloned().collect())
    }

    /// As it would have been written at a moment: what ends later has no end.
    pub fn written_at(&self, as_of: &str) -> Self {
        let there = |at: &DateTime| match as_of.contains('T') {
            true => *at <= as_of.parse().expect("a moment"),
            false => at.date() <= as_of.parse().expect("a day"),
        };
        self.each(|lines| lines.iter().map(|l| Line { done: l.done.filter(there), ..l.clone() }).collect())
    }

    /// In another order, which the seed decides.
    pub fn shuffled(&self, seed: u64) -> Self {
        let key =
            |l: &Line| (l.id as u64 + 1).wrapping_mul(seed | 1).rotate_left(17).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.each(|lines| {
            let mut lines = lines.to_vec();
            lines.sort_by_key(key);
            lines
        })
    }

    /// Each row in one of two halves.
    pub fn split(&self, seed: u64) -> (Self, Self) {
        let left = |l: &Line| (l.id as u64).wrapping_mul(seed | 1).rotate_left(23) % 2 == 0;
        let half = |side: bool| self.each(|lines| lines.iter().filter(|l| left(l) == side).cloned().collect());
        (half(true), half(false))
    }

    /// With a column that nothing reads.
    pub fn with_a_column(&self) -> Self {
        Self { more: true, ..self.clone() }
    }

    /// Without blanks in x.
    pub fn filled(&self) -> Self {
        self.each(|lines| lines.iter().map(|l| Line { x: l.x.or(Some(l.y)), ..l.clone() }).collect())
    }

    /// Every x the other way.
    pub fn negated(&self) -> Self {
        self.each(|lines| lines.iter().map(|l| Line { x: l.x.map(|x| -x), ..l.clone() }).collect())
    }

    /// Every row later.
    pub fn shifted(&self, by: Shift) -> Self {
        let moved = |at: DateTime| match by {
            Shift::Days(n) => at.checked_add(n.days()).expect("a day"),
            Shift::Months(n) => at.checked_add(i32::from(n).months()).expect("a day"),
        };
        self.each(|lines| {
            lines.iter().map(|l| Line { at: moved(l.at), done: l.done.map(moved), ..l.clone() }).collect()
        })
    }

    /// Only days that every month has.
    pub fn days_of_a_month(&self) -> Self {
        self.each(|lines| lines.iter().filter(|l| l.at.day() <= 28).cloned().collect())
    }
}

/// A line in a list that no legal goal ever holds would prove nothing.
#[test]
fn every_piece_is_used() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut lines: Vec<String> = STATEMENTS.iter().map(|s| (*s).to_owned()).collect();
    let goals = prop::collection::vec(goal(), 1500).new_tree(&mut runner).expect("goals").current();
    lines.extend(goals.iter().enumerate().map(|(i, goal)| format!("goal g{i}: {goal}")));
    let used = Plan { tables: ["sparse", ""], lines }.legal().lines.join("\n");
    let pieces = [STATEMENTS, SUBJECTS, TARGETS, TIMINGS, CLAUSES].concat();
    let unused: Vec<&str> = pieces.into_iter().filter(|p| !used.contains(p)).collect();
    assert!(unused.is_empty(), "in no goal that the language judges: {unused:?}");
}
