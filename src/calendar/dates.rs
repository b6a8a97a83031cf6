//! Dates as spreadsheets reckon with them: one implementation for values and for rows. Pure functions of days; `None`
//! is `#NUM!`.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};

/// DATE: months beyond the year and days beyond the month go on; parts of numbers are cut off.
///
/// `None` where the year, or the day it comes to, is outside the years 1 to 9999.
pub fn date(year: f64, month: f64, day: f64) -> Option<Date> {
    let year = whole(year).and_then(|y| i16::try_from(y).ok()).filter(|y| *y >= 1)?;
    let first = Date::new(year, 1, 1).ok()?;
    let (months, days) = (before(month)?, before(day)?);
    // A length that the calendar has no room for is none.
    let length = Span::new().try_days(days).ok()?;
    within(moved(first, months)?.checked_add(length).ok()?)
}

/// EDATE: the same day so many months on, or that month's last day where it is shorter.
///
/// `None` outside the years 1 to 9999.
pub fn edate(day: Date, months: f64) -> Option<Date> {
    within(moved(day, whole(months)?)?)
}

/// EOMONTH: the last day of the month so many months on.
///
/// `None` outside the years 1 to 9999.
pub fn eomonth(day: Date, months: f64) -> Option<Date> {
    Some(edate(day.first_of_month(), months)?.last_of_month())
}

/// WEEKDAY: 1 for Sunday to 7 for Saturday.
pub fn weekday(day: Date) -> i64 {
    day.weekday().to_sunday_one_offset().into()
}

/// DAYS: from `start` to `end`.
pub fn days(end: Date, start: Date) -> i64 {
    start.until(end).map_or(0, |span| span.get_days().into())
}

/// NETWORKDAYS: Monday to Friday from `start` to `end`, both in, less the holidays among them; negative where `end` is
/// earlier.
pub fn networkdays(start: Date, end: Date, holidays: &[Date]) -> i64 {
    let (first, last) = (start.min(end), start.max(end));
    let length = days(last, first) + 1;
    let weekday = i64::from(first.weekday().to_monday_zero_offset());
    let rest = (0..length % 7).filter(|n| (weekday + n) % 7 < 5).count() as i64;
    let mut off: Vec<Date> =
        holidays.iter().copied().filter(|day| first <= *day && *day <= last && works(*day)).collect();
    off.sort_unstable();
    off.dedup();
    let worked = length / 7 * 5 + rest - off.len() as i64;
    if end < start { -worked } else { worked }
}

fn works(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// A number without its part after the point, where a calendar can be so long.
fn whole(x: f64) -> Option<i64> {
    (x.abs() < 1e7).then_some(x.trunc() as i64)
}

/// Months or days that stand before the one of that number.
fn before(x: f64) -> Option<i64> {
    whole(x.floor()).map(|n| n - 1)
}

fn moved(day: Date, months: i64) -> Option<Date> {
    // Twelve months for each of the 20,000 years of the calendar.
    let months = i32::try_from(months).ok().filter(|m| m.abs() <= 239_976)?;
    day.checked_add(months.months()).ok()
}

fn within(day: Date) -> Option<Date> {
    (day.year() >= 1).then_some(day)
}
