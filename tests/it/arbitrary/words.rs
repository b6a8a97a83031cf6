//! Random words, texts, numbers, dates and literals.

use super::{Any, at};
use jiff::civil::{Date, DateTime};
use milepost::calendar::{CalendarSpan, Period, SpanUnit};
use milepost::quantity::Currency;
use milepost::source::Spanned;
use milepost::syntax::tree::*;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

pub fn word() -> Any<String> {
    let odd = [
        "größe",
        "売上",
        "Total Followers",
        "2nd",
        "a.b",
        "where",
        "true",
        "not",
        "x2",
        "FY2021",
        "May",
        "owner",
        "goal",
        "to",
        "in",
        "a-b",
        "50% off",
        "#tag",
        "\"q\"",
        "k",
        "USD",
        "over",
        "на_день",
        "plan",
        "and",
        "x",
    ];
    prop_oneof![3 => "[a-z][a-z0-9_]{0,10}", 1 => select(odd.to_vec()).prop_map(str::to_owned)].boxed()
}

pub fn name() -> Any<Name> {
    at(word())
}

pub fn text() -> Any<Text> {
    at(prop_oneof![
        "[a-zA-Z ,.%#]{0,20}",
        "[a-z \"\\\\\n\t\r\u{0}\u{7f}\u{2028}äß売🎯]{0,12}",
        "[a-z]{10,14}( [a-z]{4,12}){8,14}",
    ])
}

pub fn number() -> Any<Number> {
    let suffix = prop_oneof![3 => Just(None), 1 => select(vec!['k', 'M', 'B', 'T']).prop_map(Some)];
    (0u64..10_000_000, 0u8..4, suffix, prop::bool::ANY).prop_map(spelled).boxed()
}

/// A number from the digits that are written.
pub fn spelled((digits, decimals, suffix, grouped): (u64, u8, Option<char>, bool)) -> Number {
    let places = usize::from(decimals);
    let padded = format!("{digits:0width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    let exponent = match suffix {
        Some('k') => 3,
        Some('M') => 6,
        Some('B') => 9,
        Some('T') => 12,
        _ => 0,
    };
    let value = format!("{whole}.{fraction}e{exponent}").parse().unwrap();
    Number { value, suffix, decimals, grouped }
}

pub fn plain_number() -> Any<Number> {
    (0u64..10_000_000, 0u8..4).prop_map(|(digits, decimals)| spelled((digits, decimals, None, false))).boxed()
}

pub fn percent() -> Any<Spanned<Literal>> {
    at(plain_number().prop_map(Literal::Percent))
}

pub fn date() -> Any<Date> {
    (1990i16..2040, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Date::constant(y, m, d)).boxed()
}

/// A period that needs no word around it to be one.
pub fn stamp() -> Any<Period> {
    let year = || 1990i16..2040;
    prop_oneof![
        (year(), 1i8..=2).prop_map(|(y, h)| Period::Half(y, h)),
        (year(), 1i8..=4).prop_map(|(y, q)| Period::Quarter(y, q)),
        (year(), 1i8..=4).prop_map(|(y, q)| Period::FiscalQuarter(y, q)),
        (year(), 1i8..=12).prop_map(|(y, m)| Period::Month(y, m)),
        (year(), 1i8..=52).prop_map(|(y, w)| Period::Week(y, w)),
        date().prop_map(Period::Day),
    ]
    .boxed()
}

pub fn point() -> Any<Period> {
    let year = 1990i16..2040;
    prop_oneof![6 => stamp(), 1 => year.clone().prop_map(Period::Year), 1 => year.prop_map(Period::FiscalYear)].boxed()
}

pub fn range(first: Any<Period>) -> Any<Period> {
    (first, point()).prop_map(|(a, b)| Period::Range(Box::new(a), Box::new(b))).boxed()
}

pub fn period() -> Any<Period> {
    prop_oneof![4 => point(), 1 => range(point())].boxed()
}

pub fn moment() -> Any<Moment> {
    let offset = of(select(vec![0, 7200, -18_000, 19_800]));
    (date(), 0i8..24, 0i8..60, select(vec![0i8, 30]), offset)
        .prop_map(|(day, h, m, s, offset)| Moment {
            at: DateTime::from(day).with().hour(h).minute(m).second(s).build().unwrap(),
            offset,
        })
        .boxed()
}

pub fn when() -> Any<Spanned<When>> {
    at(prop_oneof![4 => period().prop_map(When::Period), 1 => moment().prop_map(When::Moment)])
}

pub fn span_of() -> Any<CalendarSpan> {
    let units = vec![SpanUnit::Day, SpanUnit::Week, SpanUnit::Month, SpanUnit::Quarter, SpanUnit::Year];
    (1i32..40, select(units)).prop_map(|(n, u)| CalendarSpan::new(n, u)).boxed()
}

pub fn span() -> Any<Spanned<CalendarSpan>> {
    at(span_of())
}

/// A literal that is a number with a unit.
pub fn quantity() -> Any<Literal> {
    let sign = select(vec![
        MoneySign::Dollar,
        MoneySign::Euro,
        MoneySign::Pound,
        MoneySign::Code(Currency::from_code("CHF").unwrap()),
    ]);
    let unit = select(vec![DurationUnit::Millisecond, DurationUnit::Second, DurationUnit::Minute, DurationUnit::Hour]);
    prop_oneof![
        number().prop_map(Literal::Number),
        plain_number().prop_map(Literal::Percent),
        plain_number().prop_map(Literal::Points),
        (number(), sign).prop_map(|(n, s)| Literal::Money(n, s)),
        (plain_number(), unit).prop_map(|(n, u)| Literal::Duration(n, u)),
        span_of().prop_map(Literal::Span),
    ]
    .boxed()
}

pub fn literal() -> Any<Literal> {
    prop_oneof![
        4 => quantity(),
        1 => prop_oneof![stamp(), range(stamp())].prop_map(Literal::Period),
        1 => moment().prop_map(Literal::Moment),
        1 => text().prop_map(|t| Literal::Text(t.node)),
        1 => any::<bool>().prop_map(Literal::Truth),
    ]
    .boxed()
}

pub fn sign() -> Any<Sign> {
    select(vec![Sign::Plus, Sign::Minus]).boxed()
}
