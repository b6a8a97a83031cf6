//! Random row expressions come to the same in DataFusion and in the engine of the tests.
#![cfg(feature = "datafusion")]

use super::engine::*;
use super::memory::MemoryEngine;
use milepost::calendar::Window;
use milepost::engine::Engine;
use milepost::query::RowFunction as F;
use milepost::query::*;
use proptest::prelude::*;

type Line = (u8, Option<i16>, Option<u8>, Option<u8>);

const TEXTS: [&str; 6] =
    ["I love #netflix!", "@Netflix is NOT good", "  two   words ", "#1 Straße", "we hate, hate it", "Sale5 :)"];

/// Columns `date`, `x` (hundredths), `s`, `d`.
fn csv(lines: &[Line]) -> String {
    let mut out = String::from("date,x,s,d\n2021-01-01,1.5,start,2021-01-31\n");
    for (day, x, s, d) in lines {
        let x = x.map(|x| (f64::from(x) / 100.0).to_string()).unwrap_or_default();
        let s = s.map(|s| format!("\"{}\"", TEXTS[s as usize % TEXTS.len()])).unwrap_or_default();
        let d = d.map(|d| format!("2020-{:02}-{:02}", d % 12 + 1, d % 28 + 1)).unwrap_or_default();
        out.push_str(&format!("2021-01-{:02},{x},{s},{d}\n", day % 28 + 1));
    }
    out
}

fn call(f: F, of: Vec<Row>) -> Row {
    Row::Call(f, of)
}

fn number() -> BoxedStrategy<Row> {
    let text = prop_oneof![
        Just(call(F::Sentiment, vec![col("s")])),
        Just(call(F::Hashtags, vec![col("s")])),
        Just(call(F::Length, vec![call(F::Trim, vec![col("s")])])),
    ];
    let time = prop_oneof![
        Just(call(F::Days, vec![col("date"), col("d")])),
        Just(call(F::NetworkDays, vec![col("d"), col("date")])),
        Just(call(F::Day, vec![call(F::EoMonth, vec![col("d"), col("x")])])),
        Just(call(F::Month, vec![call(F::EDate, vec![col("d"), num(-3.0)])])),
        Just(call(F::Weekday, vec![call(F::Date, vec![num(2021.0), col("x"), num(31.0)])])),
    ];
    let leaf = prop_oneof![
        3 => Just(col("x")),
        2 => (-40i16..40).prop_map(|n| num(f64::from(n) / 4.0)),
        2 => text,
        2 => time,
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let one = prop::sample::select(vec![
            F::Abs,
            F::Ln,
            F::Log10,
            F::Int,
            F::Round,
            F::RoundUp,
            F::RoundDown,
            F::Ceiling,
            F::Floor,
        ]);
        let two = prop::sample::select(vec![F::Log, F::Mod, F::Ceiling, F::Floor]);
        let ops = prop::sample::select(vec![RowOp::Add, RowOp::Subtract, RowOp::Multiply, RowOp::Divide]);
        prop_oneof![
            (one, inner.clone()).prop_map(|(f, x)| call(f, vec![x])),
            (two, inner.clone(), inner.clone()).prop_map(|(f, x, y)| call(f, vec![x, y])),
            (ops, inner.clone(), inner.clone()).prop_map(|(o, x, y)| op(o, x, y)),
            (inner.clone(), inner.clone()).prop_map(|(x, y)| Row::IfError(Box::new(x), Box::new(y))),
            (inner.clone(), inner.clone()).prop_map(|(x, y)| op(RowOp::Otherwise, x, y)),
            (truth(inner.clone()), inner.clone(), prop::option::of(inner))
                .prop_map(|(c, a, b)| { Row::If(Box::new(c), Box::new(a), Box::new(b.unwrap_or(Row::Missing))) }),
        ]
    })
    .boxed()
}

fn truth(number: BoxedStrategy<Row>) -> BoxedStrategy<Row> {
    let find = prop::sample::select(vec![
        (F::Matches, "[Ss]ale\\d"),
        (F::Matches, "o"),
        (F::Mentions, "netflix"),
        (F::HasHashtag, "netflix"),
    ]);
    prop_oneof![
        find.prop_map(|(f, what)| call(f, vec![col("s"), text(what)])),
        (number.clone(), number.clone()).prop_map(|(x, y)| op(RowOp::Less, x, y)),
        number.clone().prop_map(|x| Row::IsNumber(Box::new(x))),
        number.prop_map(|x| Row::IsMissing(Box::new(x))),
        Just(op(RowOp::Greater, call(F::EDate, vec![col("d"), num(6.0)]), col("date"))),
    ]
    .boxed()
}

fn answers(engine: &mut dyn Engine, source: &TableSource, requests: &[Request]) -> Vec<Answer> {
    engine.open(source).unwrap();
    let excluded = vec![Window::days("2021-01-10".parse().unwrap(), "2021-01-11".parse().unwrap())];
    engine.run(&Query { table: "t".into(), excluded, requests: requests.to_vec() }).unwrap()
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * b.abs().max(1.0),
        (a, b) => a == b,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_engines_agree_on_random_rows(
        lines in prop::collection::vec(
            (0u8..28, prop::option::weighted(0.8, -900i16..900), prop::option::weighted(0.8, 0u8..6), prop::option::weighted(0.8, 0u8..100)),
            0..12,
        ),
        values in prop::collection::vec(number(), 1..4),
        conditions in prop::collection::vec(truth(number()), 1..4),
    ) {
        let text = csv(&lines);
        let (_dir, path) = file("m.csv", &text);
        let source = declared(&path, "date", None);
        let window = Some(Window::days("2021-01-05".parse().unwrap(), "2021-01-25".parse().unwrap()));
        let earlier = Window::days("2021-01-01".parse().unwrap(), "2021-01-12".parse().unwrap());
        let of = |measure: Measure, filter: Option<Row>| Request { measure, filter, window, group: None };
        let mut requests: Vec<Request> = values.iter().map(|v| of(Measure::Sum(v.clone()), None)).collect();
        requests.extend(conditions.iter().map(|c| of(Measure::Count, Some(c.clone()))));
        requests.extend(conditions.iter().map(|c| of(Measure::Share(c.clone()), None)));
        requests.push(of(Measure::Retention { id: col("s"), earlier }, None));
        requests.push(of(Measure::Retention { id: col("x"), earlier }, Some(conditions[0].clone())));
        requests.push(of(Measure::Extent, None));
        requests.push(of(Measure::Last(col("x")), None));
        let mut files = milepost::engine::datafusion::DataFusionEngine::new(Some(2)).unwrap();
        let found = answers(&mut files, &source, &requests);
        let expected = answers(&mut MemoryEngine::new(&[("t", &text)]), &source, &requests);
        for ((found, expected), request) in found.iter().zip(&expected).zip(&requests) {
            let (Answer::One(found), Answer::One(expected)) = (found, expected) else { panic!("no groups were asked for") };
            let same = near(found.value, expected.value)
                && found.error.is_some() == expected.error.is_some()
                && (found.error.is_some() || (found.rows, found.skipped) == (expected.rows, expected.skipped))
                && (found.first, found.newest, &found.times) == (expected.first, expected.newest, &expected.times);
            prop_assert!(same, "{request:?}\nfound    {found:?}\nexpected {expected:?}\n{text}");
        }
    }
}
