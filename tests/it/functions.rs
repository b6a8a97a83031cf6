//! Each example of the function table gives the value that stands beside it; arguments of the wrong type are told, and
//! nothing that can be typed panics. That a spreadsheet agrees is in `spreadsheet`.

use crate::memory::verdict;
use milepost::eval::constant;
use milepost::eval::value::Value;
use milepost::model::functions::{self, Example, FunctionInfo, sample};
use milepost::quantity::{Unit, show_exact};
use std::fmt::Write;

/// What an example came to.
#[derive(Debug)]
pub struct Outcome {
    /// As the page shows it.
    pub shown: String,
    /// The number, where it is one.
    pub number: Option<f64>,
}

impl Outcome {
    fn number(x: f64, unit: &Unit) -> Self {
        Self { shown: show_exact(x, unit), number: Some(x) }
    }

    fn void(why: &str) -> Self {
        let error = ["#DIV/0!", "#NUM!", "#VALUE!"].into_iter().find(|e| why.contains(e));
        Self { shown: error.unwrap_or("n/a").to_owned(), number: None }
    }
}

/// The value of a call that reads no data; `None` where it does.
pub fn fixed(call: &str) -> Option<Outcome> {
    let read = milepost::Plan::parse(&format!("let answer = {call}\n"));
    assert!(read.spelling().is_empty(), "{call}: {:?}", read.spelling());
    let (plan, wrong) = read.resolve(&milepost::model::Catalog::default());
    if !wrong.is_empty() || !plan.tables.is_empty() {
        return None;
    }
    let cell = plan.lets.get("answer")?;
    Some(match constant(&plan, &cell.value).value {
        Value::Number(x) => Outcome::number(x, &cell.value.gives.unit()),
        Value::Time(at) => Outcome { shown: at.date().to_string(), number: None },
        Value::Truth(t) => Outcome { shown: t.to_string(), number: None },
        Value::Text(t) => Outcome { shown: t, number: None },
        Value::Missing(_) => return None,
        error => Outcome::void(&error.reason().unwrap_or_default()),
    })
}

/// The value of a call over the sample's tables.
fn over_sample(f: &FunctionInfo, call: &str) -> Outcome {
    let truth = f.gives == functions::Gives::Truth && f.value.is_some();
    let formula = if truth { format!("if({call}, 1, 0)") } else { call.to_owned() };
    let plan =
        format!("{}metric example = {formula}\ngoal g: example >= -1000000 in {}\n", sample::PLAN, sample::PERIOD);
    let (typed, wrong) = milepost::Plan::parse(&plan).resolve(&milepost::model::Catalog::default());
    assert!(wrong.is_empty(), "{call}: {wrong:?}");
    let unit = typed.metrics.get("example").expect("the example's metric").unit.clone();
    let current = verdict(&plan, sample::TABLES, sample::AS_OF).current;
    match (current.value, truth) {
        (Some(x), true) => Outcome { shown: (x != 0.0).to_string(), number: None },
        // A page shows what a spreadsheet shows: a number, not the thing that is counted.
        (Some(x), false) => Outcome::number(x, &unit),
        (None, _) => Outcome::void(&current.reason.unwrap_or_default()),
    }
}

pub fn outcome(f: &FunctionInfo, example: &Example) -> Outcome {
    fixed(example.call).unwrap_or_else(|| over_sample(f, example.call))
}

pub fn examples() -> impl Iterator<Item = (&'static FunctionInfo, &'static Example)> {
    functions::all().flat_map(|f| f.examples.iter().map(move |e| (f, e)))
}

#[test]
fn each_example_gives_what_stands_beside_it() {
    let mut wrong = String::new();
    for (f, example) in examples() {
        let found = outcome(f, example).shown;
        if found != example.value {
            let _ = writeln!(wrong, "{}: {} is said, and it is {found}", example.call, example.value);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Each function has examples, names itself in them, and has a name of its own.
#[test]
fn the_table_is_whole() {
    let mut names = Vec::new();
    for f in functions::all() {
        assert!(!names.contains(&f.name) && f.name == f.name.to_lowercase(), "{}", f.name);
        names.push(f.name);
        assert!(!f.doc.is_empty() && f.doc.ends_with('.'), "{} has a doc", f.name);
        assert!(f.differs.is_empty() || f.differs.ends_with('.'), "{}", f.name);
        assert!(
            !f.examples.is_empty() && f.examples.iter().all(|e| e.call.contains(&format!("{}(", f.name))),
            "{}",
            f.name
        );
        assert!(!f.arguments.is_empty(), "{}", f.name);
        assert_eq!(functions::find(f.name).map(|g| g.name), Some(f.name));
    }
}

/// Which argument of the table stands where in a call.
#[test]
fn arguments_by_place() {
    let names = |name: &str, given: usize| -> Vec<&str> {
        let f = functions::find(name).expect("a function");
        assert!(f.accepts(given), "{name} takes {given}");
        (0..given).map(|i| f.argument(i, given).expect("an argument").name).collect()
    };
    assert_eq!(names("percentile", 4), ["x", "x", "x", "k"]);
    assert_eq!(names("npv", 3), ["rate", "value", "value"]);
    assert_eq!(names("xnpv", 5), ["rate", "value", "date", "value", "date"]);
    assert_eq!(names("ifs", 4), ["condition", "value", "condition", "value"]);
    assert_eq!(names("networkdays", 2), ["start", "end"]);
    assert_eq!(names("networkdays", 4), ["start", "end", "holiday", "holiday"]);
    assert_eq!(names("round", 1), ["x"]);
    for (name, given) in [("ifs", 3), ("xnpv", 4), ("xirr", 3), ("npv", 1), ("date", 2), ("networkdays", 1), ("abs", 2)]
    {
        assert!(!functions::find(name).expect("a function").accepts(given), "{name} refuses {given}");
    }
}

/// A formula of no data: its value as `calc` shows it, or the messages with their help.
fn calc(call: &str) -> String {
    if let Some(found) = fixed(call) {
        return found.shown;
    }
    let (plan, wrong) =
        milepost::Plan::parse(&format!("let answer = {call}\n")).resolve(&milepost::model::Catalog::default());
    if let Some(cell) = plan.lets.get("answer").filter(|_| wrong.is_empty()) {
        return constant(&plan, &cell.value).value.reason().unwrap_or_default();
    }
    let said = |d: &milepost::diagnostic::Diagnostic| format!("{}; {}", d.message, d.help.clone().unwrap_or_default());
    wrong.iter().map(said).collect::<Vec<_>>().join(" | ")
}

/// "Types and units are checked before any data is read": each message says what to write instead.
#[test]
fn wrong_arguments_are_told_with_the_next_edit() {
    let told: Vec<String> = [
        "year(2021)",
        "year(\"2021-01-01\")",
        "edate(2021-01-31, 1 month)",
        "edate(2021-01-31, 5%)",
        "days(30, 2021-01-01)",
        "sqrt(2021-01-01)",
        "npv(10, 100, 110)",
        "npv($5, 100, 110)",
        "npv(10%, $100, €110)",
        "irr(-$100, 5%)",
        "irr(-100)",
        "xirr(-100, 2021-01-01, 110)",
        "xnpv(10%, 2021-01-01, -100)",
        "xnpv(10%, -100, 110)",
        "ifs(1, 2)",
        "ifs(1 > 2, $5, true, 5%)",
        "ifs(1 > 2, 5, true)",
        "percentile(1, 2, 3, 95%)",
        "percentile(5)",
        "date(2021, 9)",
        "networkdays(2021-01-01, 31)",
        "ceiling($2.5, 5%)",
        "rri($4, 100, 121)",
        "round(2.5, $1)",
        "days(2021-01-31, 2021-01-01) <= 30 days",
        "correl(1, \"x\")",
        "slope(1, 2)",
    ]
    .iter()
    .map(|call| format!("{call}\n  {}\n", calc(call)))
    .collect();
    insta::assert_snapshot!(told.concat());
}

/// Units go through: what stands in money comes out in money, and a count of days is held against a number.
#[test]
fn units_of_results() {
    for (call, value) in [
        ("npv(10%, $110, $121)", "$200"),
        ("median($1, $2, $9)", "$2"),
        ("ceiling($2.10)", "$3"),
        ("rri(1, $100, $110)", "10%"),
        ("percentile(1%, 2%, 3%, 50)", "2%"),
        ("ifs(false, $1, true, $2)", "$2"),
        ("days(2021-01-31, 2021-01-01) <= 30", "true"),
        ("$600 / days(2021-01-31, 2021-01-01)", "$20"),
        ("edate(2021-01-31, 1) = 2021-02-28", "true"),
        ("2021-03-01 - 2021-02-01 = 28 days", "true"),
        ("edate(2021-01-31, 1) + 3 days", "2021-03-03"),
        ("2021-03-03 - 3 days", "2021-02-28"),
        ("stdev(10%, 10%)", "0%"),
        ("power(10%, 2)", "1%"),
    ] {
        assert_eq!(calc(call), value, "{call}");
    }
}

/// Rounding where binary fractions mislead: the 15-digit decimal decides, as in Excel and LibreOffice (each worked out
/// with LibreOffice 7.4).
#[test]
fn rounding_follows_the_decimal() {
    for (call, value) in [
        ("round(2.675, 2)", "2.68"),
        ("round(1.005, 2)", "1.01"),
        ("round(-1.005, 2)", "-1.01"),
        ("round(0.285, 2)", "0.29"),
        ("round(1.115, 2)", "1.12"),
        ("round(0.5)", "1"),
        ("round(-0.5)", "-1"),
        ("round(2.5, 400)", "2.5"),
        ("round(2.5, -400)", "0"),
        ("roundup(0.1 + 0.2, 1)", "0.3"),
        ("rounddown(1.1 * 10)", "11"),
        ("rounddown(0.29 * 100)", "29"),
        ("int(0.29 * 100)", "29"),
        ("mod(0.3, 0.1)", "0"),
        ("mod(-1, 3)", "2"),
        ("mod(5.5, -2)", "-0.5"),
        ("ceiling(0.3, 0.1)", "0.3"),
        ("floor(0.3, 0.1)", "0.3"),
        ("ceiling(-0.1)", "0"),
        ("1 / 3", "0.333333333333333"),
        ("0.1 + 0.2", "0.3"),
        ("2 / 3 * 1000000", "666666.666666667"),
    ] {
        assert_eq!(calc(call), value, "{call}");
    }
}

/// Nothing that can be typed panics: dates beyond the calendar, endless counts, rates without end.
#[test]
fn extremes_are_errors_and_not_panics() {
    for (call, value) in [
        ("date(9999, 12, 31)", "9999-12-31"),
        ("date(9999, 13, 1)", "#NUM!"),
        ("date(0, 1, 1)", "#NUM!"),
        ("date(-5, 1, 1)", "#NUM!"),
        ("date(2021, 1T, 1)", "#NUM!"),
        ("date(2021, 1, 1T)", "#NUM!"),
        ("date(2021, 1, -9M)", "#NUM!"),
        ("date(1, 1, 0)", "#NUM!"),
        ("date(1, -11, 1)", "#NUM!"),
        ("date(1, 0, 1)", "#NUM!"),
        ("edate(2021-01-31, 1T)", "#NUM!"),
        ("edate(9999-12-31, 1)", "#NUM!"),
        ("edate(0001-01-31, -1)", "#NUM!"),
        ("eomonth(9999-12-31, 0)", "9999-12-31"),
        ("eomonth(2021-01-31, -1T)", "#NUM!"),
        ("9999-12-31 + 3 days", "#NUM!"),
        // 3,652,059 days from a Monday, the year 1's first day: 521,722 weeks and 5 days.
        ("networkdays(0001-01-01, 9999-12-31)", "2608615"),
        ("days(9999-12-31, 0001-01-01)", "3652058"),
        ("power(10, 400)", "#NUM!"),
        ("power(-8, 1 / 3)", "#NUM!"),
        ("exp(1000)", "#NUM!"),
        ("mod(1T * 1T, 3)", "#NUM!"),
        ("sqrt(0)", "0"),
        ("log(0)", "#NUM!"),
        ("log(10, 0)", "#NUM!"),
        ("npv(-100%, 1)", "#DIV/0!"),
        ("irr(-100, 0)", "#NUM!"),
        ("irr(0, 0)", "#NUM!"),
        ("round(irr(-1, 1), 12)", "0%"),
        ("irr(-100, 1)", "-99%"),
        ("round(irr(-1, 1M), 6)", "99999900%"),
        ("xirr(-100, 2021-01-01, 110, 2021-01-01)", "#NUM!"),
        ("xirr(-100, 2021-01-01, 110, 2020-01-01)", "#NUM!"),
        ("xirr(-100, 2021-01-01, 0, 2022-01-01)", "#NUM!"),
        ("xnpv(-100%, -100, 2021-01-01, 110, 2022-01-01)", "#NUM!"),
        ("rri(0.5, 100, 121)", "46.41%"),
        ("rri(2, 100, -121)", "#NUM!"),
        ("stdev(1)", "#DIV/0!"),
        ("percentile(1, 2, -1)", "#NUM!"),
        ("percentile(7, 8, 100)", "8"),
        ("average(1, 2 / 0)", "#DIV/0!"),
        ("ifs(1 > 2, 1 / 0, true, 3)", "3"),
        ("ifs(1 / 0 > 2, 1, true, 3)", "#DIV/0!"),
    ] {
        let found = calc(call);
        assert!(found.starts_with(value), "{call}: {value} wanted, and it is {found}");
    }
}

/// An error remembers the call in which it was born.
#[test]
fn errors_carry_where_they_were_born() {
    assert_eq!(reason("1 + sqrt(-4)"), "#NUM! in sqrt(-4)");
    assert_eq!(reason("max(1, xirr(100, 2021-01-01, 5, 2022-01-01))"), "#NUM! in xirr(100, 2021-01-01, 5, 2022-01-01)");
    assert_eq!(reason("ifs(1 > 2, 5)"), "no condition of ifs(1 > 2, 5) holds");
}

fn reason(call: &str) -> String {
    let (plan, _) =
        milepost::Plan::parse(&format!("let answer = {call}\n")).resolve(&milepost::model::Catalog::default());
    constant(&plan, &plan.lets["answer"].value).value.reason().expect("no value")
}

/// Of several rates the one nearest to 10% counts: -1 + 5x - 6x² is nothing at x = 1/2 and 1/3, rates of 100% and 200%;
/// 100 - 230x + 132x² at x = 10/11 and 5/6, rates of 10% and 20%.
#[test]
fn of_several_rates_the_nearest() {
    assert_eq!(calc("round(irr(-1, 5, -6), 9)"), "100%");
    assert_eq!(calc("round(irr(100, -230, 132), 9)"), "10%");
}

/// LibreOffice 7.4 and Excel's documentation: a loan of 360 payments, and payments a day apart.
#[test]
fn rates_of_many_payments() {
    let payments = vec!["599.55"; 360].join(", ");
    // 100,000 at 6% a year, monthly: PMT(0.5%, 360, 100000) is 599.55 to the cent.
    let rate: f64 = calc(&format!("irr(-100_000, {payments})")).trim_end_matches('%').parse().expect("a rate");
    assert!((rate - 0.5).abs() < 1e-5, "{rate}");
    // 10% in one day: 1.1^365 - 1.
    let daily = calc("ln(1 + xirr(-100, 2021-01-01, 110, 2021-01-02)) / ln(1.1)");
    assert_eq!(daily, "365");
}

/// What an evaluation of one goal over two tables says: its value or reason, and its notes.
fn over(formula: &str, when: &str, as_of: &str) -> (Result<f64, String>, Vec<String>) {
    let plan = format!(
        "table a from \"a.csv\" time day\ntable q from \"q.csv\" time quarter every 1 quarter\n\
         metric x = sum(a.x)\nmetric y = sum(a.y)\nmetric z = sum(q.z)\ngoal g: {formula} >= -1000000 in {when}\n"
    );
    // By month: x is 12, 20, 31, 8, 5 and 9; y is 1, 3, 4, 2, blank and 0.
    let a = "day,x,y\n2021-01-01,5,1\n2021-01-31,7,0\n2021-02-10,20,3\n2021-03-31,31,4\n2021-04-05,8,2\n2021-05-05,5,\n\
             2021-06-30,9,0\n";
    let q = "quarter,z\n2021-03-31,10\n2021-06-30,4\n";
    let found = verdict(&plan, &[("a", a), ("q", q)], as_of);
    (found.current.value.ok_or_else(|| found.current.reason.unwrap_or_default()), found.notes)
}

/// "over the series of their metrics": LibreOffice 7.4's CORREL and SLOPE over the sums of each step.
#[test]
fn pairs_take_the_steps_of_the_window() {
    let near = |found: &Result<f64, String>, wanted: f64| found.as_ref().is_ok_and(|x| (x - wanted).abs() < 1e-9);
    // CORREL({12,20,31,8},{1,3,4,2})
    let (found, notes) = over("correl(x, y)", "2021-01..2021-04", "2021-06-30");
    assert!(near(&found, 0.878072972906573), "{found:?}");
    assert!(
        notes.iter().any(|n| n.contains("correl(x, y) is over 4 months of 2021-01-01..2021-04-30, 4 points")),
        "{notes:?}"
    );
    // May's y is blank: {12,20,31,8,9} and {1,3,4,2,0}, worked out as SLOPE of y over x.
    let (found, notes) = over("slope(y, x)", "H1 2021", "2021-06-30");
    assert!(near(&found, 0.140540540540541), "{found:?}");
    assert!(notes.iter().any(|n| n.contains("1 of 6 steps have no value and are left out")), "{notes:?}");
    // The longest step of both tables: two quarters, x 63 and 22, z 10 and 4.
    let (found, notes) = over("slope(z, x)", "H1 2021", "2021-06-30");
    assert!(near(&found, 6.0 / 41.0), "{found:?}");
    assert!(notes.iter().any(|n| n.contains("over 2 quarters")), "{notes:?}");
    // Half of the window is over: only its whole months are steps, and three of them.
    let (found, notes) = over("correl(x, y)", "H1 2021", "2021-04-04");
    assert!(found.is_ok() && notes.iter().any(|n| n.contains("over 3 months")), "{found:?} {notes:?}");
    // Fewer than three whole months: days.
    let (_, notes) = over("correl(x, y)", "2021-01", "2021-06-30");
    assert!(notes.iter().any(|n| n.contains("over 31 days of 2021-01-01..2021-01-31, 31 points")), "{notes:?}");
    // One quarter is no line, and a metric that doesn't vary has no correlation.
    let (found, _) = over("correl(x, z)", "Q1 2021", "2021-06-30");
    assert_eq!(found, Err("#DIV/0! in correl(x, z)".to_owned()));
    let (found, _) = over("correl(x, count(a) * 0)", "2021-01..2021-04", "2021-06-30");
    assert!(found.is_err_and(|why| why.starts_with("#DIV/0! in correl")));
    let (found, _) = over("correl(x, y / (y - y))", "2021-01..2021-04", "2021-06-30");
    assert!(found.is_err_and(|why| why.starts_with("#DIV/0! in y /")));
}

/// A table without a time has no steps.
#[test]
fn pairs_need_a_time() {
    let plan = "table a from \"a.csv\"\nmetric x = sum(a.x)\ngoal g: correl(x, 2 * x) >= 0 in 2021\n";
    let found = crate::memory::wrong(plan, &[("a", "x\n1\n2\n")], "2021-06-30");
    assert!(found.contains("correl(x, 2 * x)"), "{found}");
}

proptest::proptest! {
    /// At the rate that irr and xirr find, the payments come to nothing.
    #[test]
    fn payments_come_to_nothing_at_their_rate(first in 1.0..1e6f64, rest in proptest::collection::vec(-1e4..1e6f64, 1..12)) {
        use milepost::eval::functions::payments::{irr, npv};
        let flow: Vec<f64> = std::iter::once(-first).chain(rest).collect();
        if let Ok(rate) = irr(&flow) {
            let size: f64 = flow.iter().enumerate().map(|(i, v)| v.abs() / (1.0 + rate).powi(i as i32)).sum();
            let value = npv(rate, &flow).expect("a value") * (1.0 + rate);
            proptest::prop_assert!(value.abs() <= 1e-9 * size, "{rate}: {value}");
        }
    }

    /// Rounded numbers stay, and lie between those rounded up and down.
    #[test]
    fn rounding_is_in_order(x in -1e9..1e9f64, digits in -3i32..6) {
        use milepost::quantity::numbers::{round, round_down, round_up};
        let digits = f64::from(digits);
        let r = round(x, digits);
        proptest::prop_assert_eq!(round(r, digits), r);
        let (down, up) = (round_down(x.abs(), digits), round_up(x.abs(), digits));
        proptest::prop_assert!(down <= r.abs() && r.abs() <= up);
    }

    /// Week days between two days: their neighbours' sum, by walking.
    #[test]
    fn networkdays_are_those_that_a_walk_counts(from in 0i32..4000, length in 0i32..400, off in proptest::collection::vec(0i32..4400, 0..5)) {
        use jiff::ToSpan;
        let day = |n: i32| jiff::civil::date(2016, 1, 1).checked_add(n.days()).expect("a day");
        let holidays: Vec<jiff::civil::Date> = off.iter().map(|n| day(*n)).collect();
        let walked = (from..=from + length).filter(|n| {
            let at = day(*n);
            at.weekday().to_monday_zero_offset() < 5 && !holidays.contains(&at)
        });
        let walked = walked.count() as i64;
        let counted = milepost::calendar::dates::networkdays(day(from), day(from + length), &holidays);
        proptest::prop_assert_eq!(counted, walked);
        if length > 0 {
            let back = milepost::calendar::dates::networkdays(day(from + length), day(from), &holidays);
            proptest::prop_assert_eq!(back, -walked);
        }
    }
}
