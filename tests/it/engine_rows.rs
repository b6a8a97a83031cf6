//! Expressions over one row: times beside periods, what is missing, what fails, functions.
#![cfg(feature = "datafusion")]

use super::engine::*;
use jiff::civil::datetime;
use milepost::query::*;

#[test]
fn times_beside_periods() {
    let csv = "id,asked,replied,due\n1,2021-03-31T23:30,2021-04-01T00:15,2021-03-31\n2,2021-04-01T10:00,,2021-04-02\n\
               3,2021-04-02T10:00,2021-04-02T10:30,2021-04-02\n";
    let (_dir, path) = file("m.csv", csv);
    let t = declared(&path, "asked", None);
    let count = |filter: Row| run(&t, Request { filter: Some(filter), ..over(Measure::Count) }).value.unwrap();
    let march_31 = || Row::Period(window("2021-03-31"));
    for (operator, expected) in [
        (RowOp::Equal, 1.0),
        (RowOp::NotEqual, 2.0),
        (RowOp::Less, 0.0),
        (RowOp::LessOrEqual, 1.0),
        (RowOp::Greater, 2.0),
        (RowOp::GreaterOrEqual, 3.0),
    ] {
        assert_eq!(count(op(operator, col("asked"), march_31())), expected, "{operator:?}");
    }
    // The same, sides exchanged.
    assert_eq!(count(op(RowOp::Less, march_31(), col("asked"))), 2.0);
    let days = Row::Between(Box::new(col("asked")), Box::new(march_31()), Box::new(Row::Period(window("2021-04-01"))));
    assert_eq!(count(days), 2.0);
    let moment = Row::Moment(datetime(2021, 4, 1, 10, 0, 0, 0));
    assert_eq!(count(op(RowOp::GreaterOrEqual, col("asked"), moment)), 2.0);
    // 45 and 30 minutes; the open one is missing.
    let waited = op(RowOp::Subtract, col("replied"), col("asked"));
    let sum = run(&t, over(Measure::Sum(waited)));
    assert_eq!((sum.value, sum.skipped), (Some(75.0 * 60.0), 1));
    // Beside a plain date whole days count: 1 April is one day after 31 March.
    let late = op(RowOp::Subtract, col("replied"), col("due"));
    assert_eq!(run(&t, over(Measure::Sum(late))).value, Some(86_400.0));
    assert_eq!(count(op(RowOp::LessOrEqual, col("replied"), col("due"))), 1.0);
    assert_eq!(count(Row::IsMissing(Box::new(col("replied")))), 1.0);
    let call = |f, v: Vec<Row>| Row::Call(f, v);
    // WEEKDAY of 31 March 2021, a Wednesday, is 4 in a spreadsheet.
    let weekday = Request {
        window: Some(window("2021-03-31")),
        ..over(Measure::Max(call(RowFunction::Weekday, vec![col("asked")])))
    };
    assert_eq!(run(&t, weekday).value, Some(4.0));
    let month = over(Measure::Max(call(RowFunction::Month, vec![col("asked")])));
    assert_eq!(run(&t, month).value, Some(4.0));
}

#[test]
fn only_an_empty_cell_is_missing() {
    let csv = "region;amount;note\nNA;1,5;\"\"\nnull;2;nan\nEMEA;3;\n";
    let (_dir, path) = file("m.csv", csv);
    let t = implicit(&path);
    let found = info(&t);
    let types: Vec<_> = found.columns.iter().map(|(n, t)| (n.as_str(), *t)).collect();
    assert_eq!(types, [("region", ColumnType::Text), ("amount", ColumnType::Mixed), ("note", ColumnType::Text)]);
    let count = |filter: Row| run(&t, Request { filter: Some(filter), ..over(Measure::Count) }).value;
    assert_eq!(count(eq(col("region"), text("NA"))), Some(1.0));
    assert_eq!(count(Row::IsMissing(Box::new(col("region")))), Some(0.0));
    assert_eq!(count(Row::IsMissing(Box::new(col("note")))), Some(2.0));
    let by = groups(&t, Request { group: Some("region".into()), ..over(Measure::Count) });
    assert_eq!(by.keys().collect::<Vec<_>>(), ["EMEA", "NA", "null"]);
}

#[test]
fn errors_of_a_row_are_not_missing() {
    let (_dir, path) = file("m.csv", "g,a,b\nx,1,0\nx,4,2\ny,,0\ny,-8,2\n");
    let t = implicit(&path);
    let ratio = || op(RowOp::Divide, col("a"), col("b"));
    let by = groups(&t, Request { group: Some("g".into()), ..over(Measure::Sum(ratio())) });
    assert_eq!((by["x"].value, by["x"].error), (None, Some(RowError::DivZero)));
    // A missing numerator stays missing.
    assert_eq!((by["y"].value, by["y"].error, by["y"].skipped), (Some(-4.0), None, 1));
    // `??` replaces what is missing, never an error.
    let otherwise = op(RowOp::Otherwise, ratio(), num(7.0));
    assert_eq!(run(&t, over(Measure::Sum(otherwise))).error, Some(RowError::DivZero));
    let root = op(RowOp::Power, col("a"), num(0.5));
    assert_eq!(run(&t, over(Measure::Sum(root.clone()))).error, Some(RowError::Num));
    // Only the branch that is taken counts: 1 + 2.
    let positive = op(RowOp::Greater, col("a"), num(0.0));
    let safe = Row::If(Box::new(positive), Box::new(root), Box::new(num(0.0)));
    assert_eq!(run(&t, over(Measure::Sum(safe))).value, Some(3.0));
    // An error in a filter is one, too.
    let filter = Some(op(RowOp::Greater, ratio(), num(1.0)));
    assert_eq!(run(&t, Request { filter, ..over(Measure::Count) }).error, Some(RowError::DivZero));
    // Too large for a number.
    let huge = op(RowOp::Multiply, num(1e308), col("a"));
    assert_eq!(run(&t, over(Measure::Sum(huge))).error, Some(RowError::Num));
}

#[test]
fn functions_over_rows() {
    let (_dir, path) = file("m.csv", "s,x\n\" Straße \",2.5\nabc,-2.5\n,\n");
    let t = implicit(&path);
    let call = |f, values: Vec<Row>| Row::Call(f, values);
    let sum = |row: Row| run(&t, over(Measure::Sum(row))).value;
    use RowFunction::*;
    assert_eq!(sum(call(Abs, vec![col("x")])), Some(5.0));
    // ROUND goes away from zero: 3 and −3.
    let rounded = op(RowOp::Multiply, call(Round, vec![col("x")]), col("x"));
    assert_eq!(sum(rounded), Some(15.0));
    assert_eq!(run(&t, over(Measure::Max(call(Round, vec![num(1.25), num(1.0)])))).value, Some(1.3));
    // Characters, not bytes: 6 + 3.
    assert_eq!(sum(call(Length, vec![col("s")])), Some(9.0));
    let count = |filter: Row| run(&t, Request { filter: Some(filter), ..over(Measure::Count) }).value;
    assert_eq!(count(call(Contains, vec![col("s"), text("ra")])), Some(1.0));
    assert_eq!(count(call(StartsWith, vec![call(Upper, vec![col("s")]), text("AB")])), Some(1.0));
    assert_eq!(count(eq(call(Lower, vec![col("s")]), text("straße"))), Some(1.0));
    assert_eq!(count(Row::Not(Box::new(call(Contains, vec![col("s"), text("a")])))), Some(0.0));
    assert_eq!(count(Row::In(Box::new(col("s")), vec![text("abc"), text("x")])), Some(1.0));
    assert_eq!(count(Row::In(Box::new(col("x")), vec![num(2.5), num(-2.5)])), Some(2.0));
}

/// The least and greatest pass over what is missing; nesting can't blow an expression up.
#[test]
fn extremes_pass_over_missing_values_and_stay_small() {
    let extreme = |greatest: bool, of: Vec<Row>| Row::Extreme { greatest, of };
    let (_dir, path) = file("e.csv", "a,b\n1,5\n,7\n3,\n");
    let t = implicit(&path);
    let sum = |row: Row| run(&t, over(Measure::Sum(row))).value;
    // 1 + 7 + 3 and 5 + 7 + 3
    assert_eq!(sum(extreme(false, vec![col("a"), col("b")])), Some(11.0));
    assert_eq!(sum(extreme(true, vec![col("a"), col("b")])), Some(15.0));
    let mut deep = extreme(false, vec![col("a"), col("b")]);
    for _ in 0..40 {
        deep = extreme(false, vec![deep, num(100.0)]);
    }
    assert_eq!(sum(deep), Some(11.0));
}

/// Neither zero is less than the other, wherever it comes from.
#[test]
fn a_zero_has_no_sign() {
    let (_dir, path) = file("m.csv", "x\n0\n5\n-0.0\n");
    let t = implicit(&path);
    let cell = |filter: Row| run(&t, Request { filter: Some(filter), ..over(Measure::Count) });
    let negated = || Row::Negate(Box::new(col("x")));
    let counts = [
        (op(RowOp::Less, negated(), num(0.0)), 1.0),
        (op(RowOp::GreaterOrEqual, negated(), num(0.0)), 2.0),
        (op(RowOp::Equal, op(RowOp::Multiply, col("x"), num(-1.0)), num(0.0)), 2.0),
        (op(RowOp::NotEqual, col("x"), num(0.0)), 1.0),
        (op(RowOp::Less, col("x"), num(0.0)), 0.0),
        (eq(col("x"), num(-0.0)), 2.0),
        (Row::In(Box::new(negated()), vec![num(0.0), num(7.0)]), 2.0),
        (Row::Between(Box::new(negated()), Box::new(num(0.0)), Box::new(num(9.0))), 2.0),
    ];
    for (filter, expected) in counts {
        let shown = format!("{filter:?}");
        assert_eq!(cell(filter).value, Some(expected), "{shown}");
    }
    let inverse = over(Measure::Sum(op(RowOp::Divide, num(1.0), negated())));
    assert_eq!(run(&t, inverse).error, Some(RowError::DivZero));
}
