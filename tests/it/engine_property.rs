//! The engine against a fold that a person would write: small random tables, every measure.
#![cfg(feature = "datafusion")]

use super::engine::*;
use super::memory::fold;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use milepost::calendar::Window;
use milepost::query::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A row: day (or none), group (or none), value (or none).
type Line = (Option<u8>, Option<char>, Option<i16>);

fn day(n: u8) -> Date {
    date(2021, 1, 1).checked_add(i32::from(n).days()).unwrap()
}

fn csv(lines: &[Line]) -> String {
    let mut out = String::from("date,g,x\n2020-01-01,z,0\n");
    for (d, g, x) in lines {
        let d = d.map(|d| day(d).to_string()).unwrap_or_default();
        out.push_str(&format!(
            "{d},{},{}\n",
            g.map(String::from).unwrap_or_default(),
            x.map(|x| x.to_string()).unwrap_or_default()
        ));
    }
    out
}

/// A measure of the passing rows, computed the plain way. `last` is of the latest day in `all`.
fn naive(all: &[Line], passing: &[Line], measure: &Measure) -> Option<f64> {
    let latest = all.iter().filter_map(|l| l.0).max();
    let last = matches!(measure, Measure::Last(_));
    let counted: Vec<&Line> = passing.iter().filter(|l| !last || (l.0.is_some() && l.0 == latest)).collect();
    let mut values: Vec<f64> = counted.iter().filter_map(|l| l.2).map(f64::from).collect();
    if let Measure::Distinct(_) = measure {
        values.sort_by(f64::total_cmp);
        values.dedup();
        return (passing.is_empty() || !values.is_empty()).then_some(values.len() as f64);
    }
    fold(measure, passing.len(), counted.len(), &values)
}

fn measures() -> Vec<Measure> {
    let x = || col("x");
    vec![
        Measure::Sum(x()),
        Measure::Count,
        Measure::Last(x()),
        Measure::Min(x()),
        Measure::Avg(x()),
        Measure::Median(x()),
        Measure::Distinct(x()),
    ]
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
        (a, b) => a == b,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_equal_a_plain_fold(
        lines in prop::collection::vec(
            (prop::option::weighted(0.9, 0u8..20), prop::option::weighted(0.9, prop::char::range('a', 'c')), prop::option::weighted(0.8, -50i16..50)),
            0..40,
        ),
        from in 0u8..20,
        length in 1u8..20,
        least in -60i16..60,
    ) {
        let (_dir, path) = file("m.csv", csv(&lines));
        let window = Window::days(day(from), day(from + length - 1));
        let filter = op(RowOp::GreaterOrEqual, col("x"), num(f64::from(least)));
        let in_window: Vec<Line> =
            lines.iter().copied().filter(|l| l.0.is_some_and(|d| (from..from + length).contains(&d))).collect();
        let passing: Vec<Line> = in_window.iter().copied().filter(|l| l.2.is_some_and(|x| x >= least)).collect();
        let request = |measure, filter: Option<&Row>, group: Option<&str>| Request {
            measure, filter: filter.cloned(), window: Some(window), group: group.map(str::to_owned),
        };
        let mut requests: Vec<Request> = measures().into_iter().map(|m| request(m, Some(&filter), None)).collect();
        requests.extend(measures().into_iter().map(|m| request(m, None, Some("g"))));
        let answers = run_all(&implicit(&path), requests).unwrap();
        for (i, answer) in answers.iter().enumerate() {
            match answer {
                Answer::One(cell) => {
                    let expected = naive(&in_window, &passing, &measures()[i]);
                    prop_assert!(near(cell.value, expected), "{i}: {:?} is not {expected:?}", cell.value);
                    prop_assert_eq!(cell.rows, passing.len() as u64);
                }
                Answer::Groups(groups) => {
                    let mut by: BTreeMap<String, Vec<Line>> = BTreeMap::new();
                    for line in &in_window {
                        if let Some(g) = line.1 {
                            by.entry(g.to_string()).or_default().push(*line);
                        }
                    }
                    prop_assert_eq!(groups.keys().collect::<Vec<_>>(), by.keys().collect::<Vec<_>>());
                    for (key, rows) in &by {
                        let expected = naive(&in_window, rows, &measures()[i - 7]);
                        prop_assert!(near(groups[key].value, expected), "{i} {key}: {:?} is not {expected:?}", groups[key].value);
                    }
                }
            }
        }
    }
}
