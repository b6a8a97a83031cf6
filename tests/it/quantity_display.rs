//! Numbers as people read them.

use milepost::quantity::{Currency, Digits, Unit, change, same, share, show, show_exact};
use proptest::prelude::*;

fn members() -> Unit {
    Unit::Count("members".to_owned())
}

#[test]
fn short_forms() {
    let dollars = Unit::Money(Currency::USD);
    let euros = Unit::Money(Currency::EUR);
    let kronor = Unit::Money(Currency::from_code("SEK").expect("a currency"));
    let cases = [
        (129_727_000.0, members(), "129.727M"),
        (983_850.0, members(), "983.85k"),
        (984_000.0, members(), "984k"),
        (3_608_800.0, members(), "3.609M"),
        (448.0, members(), "448"),
        (10_000.0, members(), "10k"),
        (12_345.0, members(), "12.345k"),
        (999_999.9, members(), "1M"),
        (0.0, members(), "0"),
        (-250_000.0, members(), "-250k"),
        (0.021, Unit::Percent, "2.1%"),
        (0.913_4, Unit::Percent, "91.3%"),
        (1.512_7, Unit::Percent, "151%"),
        (12.343, Unit::Percent, "1234%"),
        (0.028, Unit::Points, "2.8 points"),
        (0.01, Unit::Points, "1 point"),
        (2_650_000.0, dollars.clone(), "$2.65M"),
        (-5.0, dollars.clone(), "-$5"),
        (2_650_000_000.0, euros, "€2.65B"),
        (2_650_000.0, kronor, "2.65M SEK"),
        (12_000.0, Unit::Duration, "3h 20min"),
        (90.0, Unit::Duration, "1min 30s"),
        (0.5, Unit::Duration, "500ms"),
        (45.0, Unit::Duration, "45s"),
        (12.34, Unit::Duration, "12.3s"),
        (86_400.0, Unit::Duration, "24h"),
        (302_400.0, Unit::Duration, "3d 12h"),
        (0.0, Unit::Duration, "0s"),
        (55.512_8, Unit::Plain, "55.5"),
        (10.0, Unit::Plain, "10"),
        (4.2, Unit::Plain, "4.2"),
        (0.012_345, Unit::Plain, "0.0123"),
        (1e-9, Unit::Plain, "1e-9"),
        (3.2e12, Unit::Plain, "3.2T"),
        (1e300, Unit::Plain, "1e300"),
        (f64::NAN, Unit::Plain, "#NUM!"),
    ];
    for (value, unit, wanted) in cases {
        assert_eq!(show(value, &unit), wanted, "{value} {unit:?}");
    }
}

#[test]
fn exact_forms_hold_fifteen_digits() {
    let cases = [
        // A spreadsheet shows 0.1 + 0.2 as 0.3.
        (0.1 + 0.2, Unit::Plain, "0.3"),
        // 1/3 to fifteen digits.
        (1.0 / 3.0, Unit::Plain, "0.333333333333333"),
        (254_580_000.0, Unit::Plain, "254580000"),
        (0.07, Unit::Percent, "7%"),
        (15.0, Unit::Money(Currency::USD), "$15"),
        // npv(10%, 100, 110) = 100/1.1 + 110/1.21
        (100.0 / 1.1 + 110.0 / 1.21, Unit::Plain, "181.818181818182"),
        (5_400.0, Unit::Duration, "1h 30min"),
        (0.25, Unit::Duration, "0.25s"),
        (-0.0, Unit::Plain, "0"),
        (1e-12, Unit::Plain, "1e-12"),
        (1e21, Unit::Plain, "1e21"),
    ];
    for (value, unit, wanted) in cases {
        assert_eq!(show_exact(value, &unit), wanted, "{value} {unit:?}");
    }
}

#[test]
fn changes_are_signed_and_never_reach_what_they_do_not() {
    // 139.539 / 129.727 - 1 = 7.5636 %
    assert_eq!(change(0.075_636, None), "+7.6%");
    assert_eq!(change(-0.034, None), "-3.4%");
    assert_eq!(change(0.0, None), "0.0%");
    // Less than the 5% that were wanted, so not "+5.0%".
    assert_eq!(change(0.0497, Some(0.05)), "+4.97%");
    assert_eq!(change(0.000_4, None), "+0.04%");
}

#[test]
fn the_numbers_of_a_statement_are_chosen_together() {
    // 136.213 - 135.229 = 0.984, as anyone can check.
    let (baseline, current, target) = (129_727_000.0, 135_229_000.0, 136_213_350.0);
    let digits = Digits::of(&members(), &[baseline, current, target]);
    assert_eq!(
        [digits.show(baseline), digits.show(current), digits.show(target), digits.difference(target, current)],
        ["129.727M", "135.229M", "136.213M", "984k"]
    );

    // 89.96% is not 90%.
    let digits = Digits::of(&Unit::Percent, &[0.8996, 0.9]);
    assert_eq!(digits.show(0.8996), "89.96%");
    assert_eq!(digits.show(0.9), "90.00%");
    assert_eq!(digits.difference(0.9, 0.8996), "0.04 points");

    // Trailing zeros that say nothing go.
    let digits = Digits::of(&members(), &[100e6, 104e6, 105e6]);
    assert_eq!([digits.show(100e6), digits.show(104e6)], ["100M", "104M"]);

    // 61 minutes against a limit of one hour.
    let digits = Digits::of(&Unit::Duration, &[3_661.0, 3_600.0]);
    assert_eq!([digits.show(3_661.0), digits.show(3_600.0)], ["1h 1min", "1h"]);
    assert_eq!(digits.signed(3_661.0, 3_600.0), "+1min");
}

#[test]
fn shares_are_whole_unless_that_would_cross_a_mark() {
    assert_eq!(share(0.848_24, &[1.0]), "85%");
    assert_eq!(share(0.9996, &[1.0]), "99.96%");
    assert_eq!(share(0.9496, &[0.95]), "94.96%");
    assert_eq!(share(1.0, &[1.0]), "100%");
    assert_eq!(share(0.002, &[]), "0.2%");
}

#[test]
fn what_people_wrote_keeps_its_form() {
    let digits = Digits::of(&Unit::Percent, &[0.8996, 0.9]);
    assert_eq!(digits.trimmed(0.9), "90%");
    assert_eq!(digits.trimmed(0.8996), "89.96%");
}

/// The number that a shown count stands for.
fn read(text: &str) -> f64 {
    let scales = [("k", 1e3), ("M", 1e6), ("B", 1e9), ("T", 1e12)];
    let scaled = scales.iter().find_map(|(letter, by)| text.strip_suffix(letter).map(|digits| (digits, *by)));
    let (digits, by) = scaled.unwrap_or((text, 1.0));
    digits.parse::<f64>().unwrap_or_else(|_| panic!("not a number: {text}")) * by
}

fn values() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-1_000_000_000_i64..1_000_000_000).prop_map(|v| v as f64),
        (-1_000_i64..1_000).prop_map(|v| v as f64),
        (-1e12..1e12),
        (-10.0..10.0),
        Just(0.0),
    ]
}

/// A value, and another one that may be very near to it.
fn neighbours() -> impl Strategy<Value = (f64, f64)> {
    (values(), -9..0_i32, -10..10_i32, values(), any::<bool>()).prop_map(|(a, power, by, other, near)| {
        if near { (a, a + a * f64::from(by) * 10_f64.powi(power)) } else { (a, other) }
    })
}

proptest! {
    #[test]
    fn shown_numbers_keep_order_and_add_up((current, target) in neighbours(), baseline in values()) {
        let digits = Digits::of(&members(), &[baseline, current, target]);
        let (shown, goal) = (digits.show(current), digits.show(target));
        let big = current.abs().max(target.abs()).max(baseline.abs());
        // Beyond fifteen digits of the largest nothing can be told apart.
        let apart = !same(current, target) && (current - target).abs() > big * 1e-12;
        if apart {
            prop_assert_ne!(&shown, &goal);
            prop_assert_eq!(current < target, read(&shown) < read(&goal), "{} {}", shown, goal);
        }
        let difference = read(&digits.difference(target, current));
        let by_hand = read(&goal) - read(&shown);
        prop_assert!((difference - by_hand).abs() <= 1e-9 * big.max(1.0), "{} - {} = {}", goal, shown, difference);
    }

    #[test]
    fn a_single_number_is_near_the_true_one(value in values()) {
        let shown = read(&show(value, &members()));
        prop_assert!((shown - value).abs() <= 0.005 * value.abs() + 1e-12, "{} {}", value, shown);
    }

    #[test]
    fn any_number_can_be_shown(bits in any::<u64>(), other in any::<u64>()) {
        let (a, b) = (f64::from_bits(bits), f64::from_bits(other));
        for unit in [Unit::Plain, Unit::Percent, Unit::Points, Unit::Money(Currency::USD), Unit::Duration, members()] {
            let digits = Digits::of(&unit, &[a, b]);
            let texts = [digits.show(a), digits.difference(a, b), show(b, &unit), show_exact(a, &unit), change(a, Some(b))];
            prop_assert!(texts.iter().all(|t| !t.is_empty() && t.len() < 80), "{:?}", texts);
        }
    }

    #[test]
    fn a_change_below_what_was_wanted_never_looks_like_it(wanted in -2.0..2.0_f64, short in 1e-7..0.5_f64) {
        let shown = change(wanted - short, Some(wanted));
        let shown: f64 = shown.trim_end_matches('%').parse().unwrap_or(f64::NAN);
        prop_assert!(shown < wanted * 100.0, "{} {}", shown, wanted);
    }
}
