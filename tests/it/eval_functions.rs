//! Functions over values give what a spreadsheet gives: LibreOffice's results stand beside each.

use crate::memory::verdict;

/// A formula's value, or why it has none, where `n` is 4.
fn of(formula: &str) -> Result<f64, String> {
    let plan = format!("table t from \"t.csv\" time day\nmetric n = count(t)\ngoal g: ({formula}) >= 0 in 2021-01\n");
    let csv = "day\n2021-01-01\n2021-01-02\n2021-01-02\n2021-01-31\n";
    let found = verdict(&plan, &[("t", csv)], "2021-01-31").current;
    found.value.ok_or_else(|| found.reason.unwrap_or_default())
}

/// "Functions have a spreadsheet's name, argument order and result where a spreadsheet has them".
#[test]
fn functions_are_a_spreadsheets() {
    for (formula, expected) in [
        ("abs(-n)", 4.0),
        ("sqrt(n)", 2.0),
        ("exp(n - 4)", 1.0),
        ("ln(exp(n))", 4.0),
        ("log(n * 25)", 2.0),
        ("log(n, 2)", 2.0),
        ("log10(n * 25)", 2.0),
        ("power(n, 2)", 16.0),
        ("power(n, 0.5)", 2.0),
        // The sign of the divisor.
        ("mod(n, 3)", 1.0),
        ("mod(-n, 3)", 2.0),
        ("mod(n, -3)", -2.0),
        // Downwards, also below nothing.
        ("int(n / 3)", 1.0),
        ("int(-n / 3)", -2.0),
        // Half away from zero.
        ("round(n / 1.6)", 3.0),
        ("round(-n / 1.6, 0)", -3.0),
        ("round(n * 0.25125, 2)", 1.01),
        ("round(n * 300, -3)", 1000.0),
        ("roundup(n / 3, 1)", 1.4),
        ("roundup(-n / 3, 1)", -1.4),
        ("rounddown(n / 3, 1)", 1.3),
        ("rounddown(-n / 3, 1)", -1.3),
        ("min(n, 3)", 3.0),
        ("max(n, 3, 5)", 5.0),
        ("sum(n, 3)", 7.0),
        ("average(n, 3)", 3.5),
        ("iferror(n / 0, 7)", 7.0),
        ("if(isnumber(n), 1, 2)", 1.0),
        ("if(isblank(n), 1, 2)", 2.0),
    ] {
        let found = of(formula);
        assert!(found.as_ref().is_ok_and(|x| (x - expected).abs() < 1e-12), "{formula}: {expected} wanted, {found:?}");
    }
}

/// "and roi(gain, cost) = (gain − cost) / cost": (4 − 2) / 2.
#[test]
fn roi() {
    assert_eq!(of("roi(n, 2)"), Ok(1.0));
    assert!(of("roi(n, 0)").is_err_and(|why| why.contains("#DIV/0!")));
}

/// A spreadsheet's errors: `#NUM!` outside a function's domain, `#DIV/0!` for a remainder of nothing.
#[test]
fn errors_of_functions() {
    for (formula, error) in [
        ("sqrt(-n)", "#NUM!"),
        ("ln(n - 4)", "#NUM!"),
        ("log10(-n)", "#NUM!"),
        ("power(-n, 0.5)", "#NUM!"),
        ("exp(n * 1000)", "#NUM!"),
        ("mod(n, 0)", "#DIV/0!"),
        ("power(0, -n)", "#DIV/0!"),
        ("n / (n - 4)", "#DIV/0!"),
    ] {
        let found = of(formula);
        assert!(found.as_ref().is_err_and(|why| why.contains(error)), "{formula}: {error} wanted, {found:?}");
    }
}

/// "n/a is skipped by aggregates, which count what they skipped": over values as well.
#[test]
fn functions_skip_what_is_missing() {
    assert_eq!(of("sum(n, n[2020-01])"), Ok(4.0));
    assert_eq!(of("average(n, n[2020-01], 6)"), Ok(5.0));
    assert_eq!(of("if(isblank(n[2020-01]), 1, 2)"), Ok(1.0));
    assert!(of("abs(n[2020-01])").is_err());
}

/// `-2^2`, `2^3^2` and `??` beside arithmetic ask for brackets.
#[test]
fn readings_that_differ_ask_for_brackets() {
    for formula in ["-2^2", "2^3^2", "n ?? 1 + 2"] {
        let plan =
            format!("table t from \"t.csv\" time day\nmetric n = count(t)\nmetric m = {formula}\ngoal m up by 2021\n");
        assert!(
            milepost::Plan::parse(&plan).check().iter().any(|d| d.help.as_deref().is_some_and(|h| h.contains('('))),
            "{formula}"
        );
    }
    assert_eq!([of("(-2) ^ 2"), of("2 ^ (3 ^ 2)"), of("(n ?? 1) + 2")], [Ok(4.0), Ok(512.0), Ok(6.0)]);
}
