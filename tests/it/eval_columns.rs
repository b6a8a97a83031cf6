//! Formulas over many windows at once: whatever a column says is what a walk through the formula comes to, in number,
//! time and notes.

use super::memory::*;
use milepost::calendar::{CalendarSpan, SpanUnit, Window, grid_steps};
use milepost::eval::formula::World;
use milepost::eval::run::Session;
use milepost::eval::subject::Subject;
use milepost::eval::value::Datum;
use proptest::prelude::*;

/// A row on most days of half a year: zeros, blanks, and a week in which nothing is there.
fn events() -> String {
    let mut text = "day,kind,x,y\n".to_owned();
    for n in 0..181_i32 {
        let day = jiff::civil::date(2021, 1, 1).checked_add(jiff::Span::new().days(n)).expect("a day");
        if (60..67).contains(&n) {
            continue;
        }
        let x = if n % 10 == 3 { 0 } else { (n * 37) % 101 };
        let y = if n % 14 == 5 { String::new() } else { ((n * 53) % 89 - 30).to_string() };
        text += &format!("{day},{},{x},{y}\n", if n % 3 == 0 { "a" } else { "b" });
    }
    text
}

/// One reading a month, of which one is missing and one is zero.
const STEPS: &str = "month,n\n2021-01,4\n2021-02,0\n2021-04,7\n2021-05,9\n2021-06,3\n";

const HEAD: &str = "table t from \"t.csv\" time day\ntable s from \"s.csv\" time month every month\n\
                    exclude 2021-05-10 from t because \"the form was broken\"\n\
                    segment of_a = kind = \"a\"\nlet two = 2\nlet more = two * 3 - 1\nlet newest = a[2021-04]\n\
                    metric a = sum(t.x)\nmetric b = sum(t.y)\nmetric c = sum(s.n)\nmetric d = avg(t.x where kind = \"a\")\n\
                    metric level = last(t.x)\nmetric e = a / c\nmetric alias = e\nmetric own = 1 + (own[-1 month] ?? 0)\n";

/// What `see` gives for each of some metrics, once all that they read is known.
fn with_metrics<T>(formulas: &[String], see: impl Fn(&World<'_>, &Subject<'_>, &str) -> T) -> Vec<T> {
    let metrics: String = formulas.iter().enumerate().map(|(i, f)| format!("metric m{i} = {f}\n")).collect();
    let goal = "goal a >= 1 by 2021-06-30\n";
    let (opened, mut engine) =
        open(&format!("{HEAD}{metrics}{goal}"), &[("t", &events()), ("s", STEPS)]).unwrap_or_else(|f| panic!("{f:#?}"));
    let mut session = Session::start(&opened.plan, &opened.tables, &mut engine, moment("2021-06-20"), None, &[0, 1])
        .unwrap_or_else(|f| panic!("{f:?}"));
    let all = session.settle(&mut engine, |world| {
        let each = formulas.iter().enumerate().map(|(i, formula)| {
            let metric = &opened.plan.metrics[&format!("m{i}")];
            see(world, &Subject::new(world, &metric.value, None, false), formula)
        });
        each.collect()
    });
    all.unwrap_or_else(|f| panic!("{f:?}"))
}

/// Days, weeks and months of the half year, and what lies before and after it.
fn grids(subject: &Subject<'_>, formula: &str) -> Vec<Vec<Window>> {
    let whole = Window::days(jiff::civil::date(2020, 12, 21), jiff::civil::date(2021, 7, 10));
    let units = [SpanUnit::Day, SpanUnit::Week, SpanUnit::Month];
    // One's own past is long, seen from every day.
    let units = if formula.contains("own") { &units[2..] } else { &units[..] };
    units.iter().map(|unit| grid_steps(whole, CalendarSpan::new(1, *unit), &subject.rules)).collect()
}

/// How many windows a column had a number for; panics where one is another than the walk's.
fn compared(world: &World<'_>, subject: &Subject<'_>, formula: &str) -> usize {
    let mut plain = 0;
    for windows in grids(subject, formula) {
        let walked: Vec<Datum> = windows.iter().map(|w| subject.over(world, *w)).collect();
        let column = world.column(subject.formula, &subject.context, &windows, subject.known);
        for (i, walked) in walked.iter().enumerate() {
            if let Some(found) = column.as_ref().and_then(|c| c.datum(i)) {
                assert_eq!(&found, walked, "{formula} in {}", windows[i]);
                plain += 1;
            }
        }
        assert_eq!(subject.over_each(world, &windows), walked, "{formula}");
        let numbers: Vec<Option<f64>> = walked.iter().map(Datum::number).collect();
        assert_eq!(subject.numbers(world, &windows), numbers, "{formula}");
    }
    plain
}

#[test]
fn arithmetic_over_totals_is_worked_out_in_columns() {
    // Of half a year's days, weeks and months most are plain numbers.
    let plain = ["a", "a * 2 - 1", "-(a + two) / more", "a[of_a] / (a + 1)", "a ^ 2", "e + c", "alias * 1", "d + 1"];
    let found = with_metrics(&plain.map(str::to_owned), compared);
    // January to the 20th of June without the week and the day left out are 163 days; of months with c
    // March is missing, February a division by zero, and May has a note.
    let few = [150, 150, 150, 150, 150, 2, 2, 50];
    for ((n, few), formula) in found.iter().zip(few).zip(plain) {
        assert!(*n >= few, "{formula}: {n} windows in columns");
    }
}

#[test]
fn what_is_no_plain_number_is_walked() {
    // A division by zero, a blank, a note, a window of its own, text and truth, a function, the past.
    let odd = [
        "a / 0",
        "1 / (a - a)",
        "b",
        "b * a",
        "level",
        "level + a",
        "newest + a",
        "a[2021-02] + a",
        "a[-1 month] + a",
        "a ?? 0",
        "if(a > 0, a, 1)",
        "round(a / 3, 1)",
        "iferror(a / 0, 7)",
        "own + a",
        "0 ^ -1 + a",
        "(-1) ^ 0.5 + a",
        "1e308 * 1e308 + a",
        "a over 7 days",
        "a ytd",
    ];
    let odd: Vec<String> = odd.iter().map(|f| f.replace("1e308", &format!("1{}", "0".repeat(308)))).collect();
    with_metrics(&odd, compared);
}

#[test]
fn filters_and_values_of_a_dimension_are_columns_of_their_own() {
    with_metrics(&["a / (d + 1)".to_owned(), "a[of_a] + a".to_owned()], |world, subject, formula| {
        let all = compared(world, subject, formula);
        let of_a = compared(world, &subject.of_value("kind", "a"), formula);
        let of_b = compared(world, &subject.of_value("kind", "b"), formula);
        // The columns of all are still those of all.
        assert_eq!(compared(world, subject, formula), all, "{of_a} and {of_b}");
    });
}

#[test]
fn formulas_too_deep_are_walked_from_wherever_they_are_read() {
    // The walk stops 200 deep: what reads the last of a chain sees an error, also where its column is known.
    let chain: Vec<String> =
        (0..230).map(|i| if i == 0 { "a + 1".to_owned() } else { format!("m{} + 1", i - 1) }).collect();
    with_metrics(&chain, |world, subject, formula| {
        let place: usize = formula.trim_start_matches('m').split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0);
        if place.is_multiple_of(50) || (190..205).contains(&place) {
            compared(world, subject, formula);
        }
    });
}

fn formula() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => prop::sample::select(vec!["a", "b", "c", "d", "e", "level", "alias"]).prop_map(str::to_owned),
        2 => prop::sample::select(vec!["0", "1", "2.5", "two", "more", "1000"]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["a[of_a]", "level[of_a]", "a[-1 month]", "newest"]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            (inner.clone(), prop::sample::select(vec!["+", "-", "*", "/", "^"]), inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            inner.clone().prop_map(|a| format!("(-({a}))")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("(({a}) ?? ({b}))")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_column_never_differs_from_the_walk(formulas in prop::collection::vec(formula(), 1..6)) {
        with_metrics(&formulas, compared);
    }
}
