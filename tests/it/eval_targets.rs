//! Language reference, section 6, the table of targets: a test a line. Each is quoted; T and B are worked out by hand.

use super::memory::*;

/// A level that was `b` at the end of 2020 and is `c` a quarter later, judged from the one to the other.
fn level(b: f64, c: f64, more: &str, target: &str) -> String {
    let csv = format!("q,x\n2020-12-31,{b}\n2021-03-31,{c}\n");
    let plan = format!(
        "table t from \"t.csv\" time q every quarter\nmetric x = last(t.x) {more}\ngoal x {target} from Q4 2020 by Q1 2021"
    );
    judged(&plan, &[("t", &csv)], "2021-03-31").replace(" (Q1 2021)", "").replace(" (Q4 2020)", "")
}

fn x(b: f64, c: f64, target: &str) -> String {
    level(b, c, "", target)
}

// "`+5%` `-20%` | relative: T = B ± 5% of |B|"
#[test]
fn relative() {
    assert_eq!(x(100.0, 105.0, "+5%"), "met: 105 >= 105 from 100");
    assert_eq!(x(100.0, 104.9, "+5%"), "missed: 104.9 >= 105 from 100");
    assert_eq!(x(100.0, 80.0, "-20%"), "met: 80 <= 80 from 100");
    assert_eq!(x(100.0, 81.0, "-20%"), "missed: 81 <= 80 from 100");
    // Of |B|: 5% of 100 above −100 is −95, 20% below it −120.
    assert_eq!(x(-100.0, -95.0, "+5%"), "met: -95 >= -95 from -100");
    assert_eq!(x(-100.0, -120.0, "-20%"), "met: -120 <= -120 from -100");
    assert_eq!(x(-100.0, -100.0, "-20%"), "missed: -100 <= -120 from -100");
    // "a zero or missing B under a relative target gives `no data` with the reason, never a number"
    assert_eq!(x(0.0, 5.0, "+5%"), "no data: 5 >= n/a from 0");
}

// "`+250k` `-3` `+$1M` `+2h` | absolute change"
#[test]
fn absolute() {
    assert_eq!(x(1e6, 1.25e6, "+250k"), "met: 1250000 >= 1250000 from 1000000");
    assert_eq!(x(10.0, 7.0, "-3"), "met: 7 <= 7 from 10");
    assert_eq!(x(10.0, 8.0, "-3"), "missed: 8 <= 7 from 10");
    assert_eq!(level(5e6, 5.9e6, "unit USD", "+$1M"), "missed: 5900000 >= 6000000 from 5000000");
    // 1 hour and 3 hours in seconds.
    let csv = "asked,replied\n2020-12-01T10:00,2020-12-01T11:00\n2021-03-30T10:00,2021-03-30T13:00\n2021-03-31T10:00,2021-03-31T13:00\n";
    let plan = "table t from \"t.csv\" time asked\nmetric wait = avg(t.replied - t.asked)\ngoal wait +2h from 2020-12 by 2021-03";
    assert_eq!(judged(plan, &[("t", csv)], "2021-03-31"), "met: 10800 (2021-03) >= 10800 from 3600 (2020-12)");
}

// "`+2pp` | points; the subject's unit is `%`"
#[test]
fn points() {
    assert_eq!(level(0.10, 0.12, "unit %", "+2pp"), "met: 0.12 >= 0.12 from 0.1");
    assert_eq!(level(0.10, 0.119, "unit %", "+2pp"), "missed: 0.119 >= 0.12 from 0.1");
    assert_eq!(level(0.10, 0.08, "unit %", "-2pp"), "met: 0.08 <= 0.08 from 0.1");
    let csv = "q,x\n2020-12-31,1\n2021-03-31,2\n";
    let plan = "table t from \"t.csv\" time q every quarter\nmetric x = last(t.x) unit members\ngoal x +2pp from Q4 2020 by Q1 2021";
    assert!(wrong(plan, &[("t", csv)], "2021-03-31").contains("U0"));
}

// "On a subject in `%`, a bare `+5%` is refused: `+5% relative` or `+5pp`, both readings worked out in the help."
#[test]
fn a_percentage_of_a_percentage_is_asked_about() {
    let csv = "q,x\n2020-12-31,0.1\n2021-03-31,0.2\n";
    let plan =
        "table t from \"t.csv\" time q every quarter\nmetric x = last(t.x) unit %\ngoal x +5% from Q4 2020 by Q1 2021";
    let text = wrong(plan, &[("t", csv)], "2021-03-31");
    assert!(text.contains("+5% relative") && text.contains("+5pp"), "{text}");
    // 10% × 1.05 = 10.5%
    assert_eq!(level(0.10, 0.105, "unit %", "+5% relative"), "met: 0.105 >= 0.105 from 0.1");
    // 10% + 5 points = 15%
    assert_eq!(level(0.10, 0.105, "unit %", "+5pp"), "missed: 0.105 >= 0.15 from 0.1");
}

// "`x2` `x0.5` `double` `halve` | a multiple of a positive baseline"
#[test]
fn multiples() {
    assert_eq!(x(100.0, 200.0, "x2"), "met: 200 >= 200 from 100");
    assert_eq!(x(100.0, 199.0, "double"), "missed: 199 >= 200 from 100");
    assert_eq!(x(100.0, 50.0, "x0.5"), "met: 50 <= 50 from 100");
    assert_eq!(x(100.0, 51.0, "halve"), "missed: 51 <= 50 from 100");
    assert_eq!(x(0.0, 51.0, "x2"), "no data: 51 >= n/a from 0");
    assert_eq!(x(-10.0, 51.0, "double"), "no data: 51 >= n/a from -10");
}

// "`up` `down` | any change that way"
#[test]
fn any_change() {
    assert_eq!(x(100.0, 100.001, "up"), "met: 100.001 > 100 from 100");
    assert_eq!(x(100.0, 100.0, "up"), "missed: 100 > 100 from 100");
    assert_eq!(x(100.0, 99.0, "down"), "met: 99 < 100 from 100");
    assert_eq!(x(100.0, 101.0, "down"), "missed: 101 < 100 from 100");
}

// "`to EXPR` | reach that value"; "The direction of `to` is the metric's `higher/lower is better`, else it follows from
// the baseline"
#[test]
fn to_a_value() {
    assert_eq!(x(100.0, 120.0, "to 120"), "met: 120 >= 120 from 100");
    assert_eq!(x(100.0, 119.0, "to 120"), "missed: 119 >= 120 from 100");
    assert_eq!(x(100.0, 80.0, "to 80"), "met: 80 <= 80 from 100");
    assert_eq!(x(100.0, 81.0, "to 80"), "missed: 81 <= 80 from 100");
    // An expression: 40 × 3.
    assert_eq!(x(100.0, 120.0, "to 40 * 3"), "met: 120 >= 120 from 100");
    // The metric's own direction wins over the baseline's: above 80 already, and 80 is to be reached from below.
    assert_eq!(level(100.0, 81.0, "higher is better", "to 80"), "met: 81 >= 80 from 100");
    assert_eq!(level(100.0, 119.0, "lower is better", "to 120"), "met: 119 <= 120 from 100");
}

// "a goal already there starts met, must stay so"
#[test]
fn a_goal_already_there_must_stay() {
    assert_eq!(level(100.0, 79.0, "higher is better", "to 80"), "missed: 79 >= 80 from 100");
    assert_eq!(x(100.0, 100.0, "to 100"), "met: 100 >= 100 from 100");
}

// "`from A to B` | a literal baseline and the value to reach"
#[test]
fn from_a_to_b() {
    let v = |c: f64, target: &str| {
        let csv = format!("q,x\n2020-12-31,1\n2021-03-31,{c}\n");
        let plan =
            format!("table t from \"t.csv\" time q every quarter\nmetric x = last(t.x)\ngoal x {target} by Q2 2021");
        verdict(&plan, &[("t", &csv)], "2021-03-31")
    };
    assert_eq!(line(&v(60.0, "from 50 to 60")), "met: 60 (Q1 2021) >= 60 from 50 (written in the goal)");
    // (56 − 50) / (60 − 50) = 0.6, whatever the data had been.
    assert_eq!(v(56.0, "from 50 to 60").progress, Some(0.6));
    // Downwards: (46 − 50) / (40 − 50) = 0.4.
    let down = v(46.0, "from 50 to 40");
    assert_eq!((down.target.op, down.progress), ("<=", Some(0.4)));
}

// "`>= EXPR` `<=` `>` `<` `=` | a bound"; "Comparisons tolerate 1e-9 relative."
#[test]
fn bounds() {
    let met = |c: f64, target: &str| x(1.0, c, target).starts_with("met");
    for (target, below, at, above) in [
        (">= 50", false, true, true),
        ("<= 50", true, true, false),
        ("> 50", false, false, true),
        ("< 50", true, false, false),
        ("= 50", false, true, false),
    ] {
        assert_eq!((met(49.0, target), met(50.0, target), met(51.0, target)), (below, at, above), "{target}");
    }
    assert!(met(50.0 - 2e-8, ">= 50") && !met(50.0 - 2e-7, ">= 50"));
    assert!(!met(50.0 + 2e-8, "> 50") && met(50.0 + 2e-7, "> 50"));
    // An expression: 2 × 25.
    assert!(met(50.0, ">= 2 * 25"));
}

// "`between A and B` · `within 10% of EXPR` | a range"
#[test]
fn ranges() {
    let met = |c: f64, target: &str| x(1.0, c, target).starts_with("met");
    // Both ends in.
    for (c, expected) in [(9.9, false), (10.0, true), (15.0, true), (20.0, true), (20.1, false)] {
        assert_eq!(met(c, "between 10 and 20"), expected, "{c}");
    }
    // 200 ± 20
    for (c, expected) in [(179.0, false), (180.0, true), (220.0, true), (221.0, false)] {
        assert_eq!(met(c, "within 10% of 200"), expected, "{c}");
    }
    assert_eq!(x(1.0, 190.0, "within 10% of 200"), "met: 190 between 180..220 from 1");
}

// "With two targets (`+25% to 254.58M`) `to` decides"
#[test]
fn of_two_targets_to_decides() {
    assert_eq!(x(100.0, 125.0, "+25% to 130"), "missed: 125 >= 130 from 100");
    assert_eq!(x(100.0, 125.0, "+50% to 120"), "met: 125 >= 120 from 100");
}

// A truth value needs no target.
#[test]
fn a_truth_value_needs_no_target() {
    let goal = |c: f64| {
        let csv = format!("q,x\n2020-12-31,1\n2021-03-31,{c}\n");
        let plan = "table t from \"t.csv\" time q every quarter\nmetric x = last(t.x)\ngoal (x > 5) by Q1 2021";
        verdict(plan, &[("t", &csv)], "2021-03-31").status.name()
    };
    assert_eq!((goal(6.0), goal(5.0)), ("met", "missed"));
}
