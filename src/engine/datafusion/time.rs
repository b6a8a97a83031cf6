//! The cells of a time column as civil times of the plan's zone. Knows text, and nothing of files or engines.

use crate::calendar::{CalendarRules, Period};
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::fmt::strtime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// Microseconds of a civil time since 1970-01-01T00:00, the form in which times travel through the engine.
pub fn micros(at: DateTime) -> i64 {
    i64::try_from(EPOCH.duration_until(at).as_micros()).unwrap_or(i64::MAX)
}

/// The civil time of [`micros`]; the calendar's ends where it lies outside.
pub fn civil(micros: i64) -> DateTime {
    let end = if micros < 0 { DateTime::MIN } else { DateTime::MAX };
    EPOCH.checked_add(SignedDuration::from_micros(micros)).unwrap_or(end)
}

/// A time as read from one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Read {
    /// In the plan's zone.
    pub at: DateTime,
    /// True where a whole day (or a longer period) was written.
    pub day: bool,
}

impl Read {
    fn day(date: Date) -> Self {
        Self { at: date.into(), day: true }
    }
}

/// Reads the times of one column.
#[derive(Debug, Clone)]
pub struct TimeReader {
    format: Option<String>,
    periods: bool,
    zone: TimeZone,
    week_start: Weekday,
}

impl TimeReader {
    /// ISO dates and timestamps only: the columns that nobody declared.
    pub fn iso(zone: TimeZone) -> Self {
        Self { format: None, periods: false, zone, week_start: Weekday::Monday }
    }

    /// A time column: `format` where one is declared, else ISO and the periods of the language.
    pub fn column(format: Option<String>, zone: TimeZone) -> Self {
        Self { format, periods: true, zone, week_start: Weekday::Monday }
    }

    /// The same where weeks (`2021-W05`) start on that day.
    pub fn weeks_from(self, week_start: Weekday) -> Self {
        Self { week_start, ..self }
    }

    /// The time in `text`; `None` where it isn't written as this column's times are.
    pub fn read(&self, text: &str) -> Option<Read> {
        let text = text.trim();
        match &self.format {
            Some(format) => self.formatted(format, text),
            None => self.iso_time(text).or_else(|| if self.periods { period(text, self.week_start) } else { None }),
        }
    }

    /// The civil time of an instant.
    pub fn instant(&self, at: Timestamp) -> DateTime {
        self.zone.to_datetime(at)
    }

    fn iso_time(&self, text: &str) -> Option<Read> {
        let date = iso_date(text.get(..10)?)?;
        let rest = text.get(10..)?;
        if rest.is_empty() {
            return Some(Read::day(date));
        }
        let body = rest.strip_prefix(['T', 't', ' '])?;
        let zone_at = body.find(['Z', 'z', '+', '-', 'U', 'G']).unwrap_or(body.len());
        let (clock, zone) = body.split_at(zone_at);
        let clock = clock.trim_end();
        let shaped = clock.as_bytes().get(2) == Some(&b':') && clock.len() >= 5;
        let civil = date.to_datetime(if shaped { clock.parse::<Time>().ok()? } else { return None });
        let at = match zone {
            "" => civil,
            zone => self.instant(offset(zone)?.to_timestamp(civil).ok()?),
        };
        Some(Read { at, day: false })
    }

    fn formatted(&self, format: &str, text: &str) -> Option<Read> {
        if format == "%s" {
            let seconds: f64 = text.parse().ok()?;
            let at = Timestamp::from_microsecond((seconds * 1e6).round() as i64).ok()?;
            return seconds.is_finite().then(|| Read { at: self.instant(at), day: false });
        }
        let mut parts = strtime::parse(format, text).ok()?;
        if parts.offset().is_some() || format.contains("%s") {
            return Some(Read { at: self.instant(parts.to_timestamp().ok()?), day: false });
        }
        if parts.day().is_none() && parts.to_date().is_err() {
            parts.set_day(Some(1)).ok()?;
            if parts.month().is_none() {
                parts.set_month(Some(1)).ok()?;
            }
        }
        match parts.to_datetime() {
            Ok(at) if parts.hour().is_some() => Some(Read { at, day: false }),
            _ => Some(Read::day(parts.to_date().ok()?)),
        }
    }
}

/// `2021-03-31`, and no other spelling.
fn iso_date(text: &str) -> Option<Date> {
    let b = text.as_bytes();
    let shaped = b.len() == 10
        && b.iter().enumerate().all(|(i, c)| if i == 4 || i == 7 { *c == b'-' } else { c.is_ascii_digit() });
    if !shaped {
        return None;
    }
    Date::new(text.get(..4)?.parse().ok()?, text.get(5..7)?.parse().ok()?, text.get(8..)?.parse().ok()?).ok()
}

/// `Z`, `UTC`, `+02`, `+02:00`, `+0200`.
fn offset(text: &str) -> Option<Offset> {
    if matches!(text, "Z" | "z" | "UTC" | "GMT") {
        return Some(Offset::UTC);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text.get(1..)?.chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) || !matches!(digits.len(), 2 | 4) {
        return None;
    }
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..).filter(|m| !m.is_empty()).map_or(Some(0), |m| m.parse().ok())?;
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// `2021`, `2021-03`, `2021 Q1`, `Q1 2021`, `H1 2021`, `Jan 2021`, `2021-W05`: the period's first day.
fn period(text: &str, week_start: Weekday) -> Option<Read> {
    let year =
        |t: &str| (t.len() == 4 && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.parse::<i16>().ok()).flatten();
    let part = |y: i16, t: &str| -> Option<Period> {
        let number = |from: usize, most: i8| t.get(from..)?.parse::<i8>().ok().filter(|n| (1..=most).contains(n));
        match t.as_bytes().first()? {
            b'Q' | b'q' if t.len() == 2 => Some(Period::Quarter(y, number(1, 4)?)),
            b'H' | b'h' if t.len() == 2 => Some(Period::Half(y, number(1, 2)?)),
            b'W' | b'w' if t.len() == 3 => Some(Period::Week(y, number(1, 53)?)),
            b'0' | b'1' if t.len() == 2 => Some(Period::Month(y, number(0, 12)?)),
            _ => month_name(t).map(|m| Period::Month(y, m)),
        }
    };
    let found = match text.split_once([' ', '-']) {
        None if text.len() > 4 => part(year(text.get(..4)?)?, text.get(4..).filter(|t| !t.starts_with(['0', '1']))?)?,
        None => Period::Year(year(text)?),
        Some((a, b)) => match (year(a), year(b.trim_start())) {
            (Some(y), None) => part(y, b.trim_start())?,
            (None, Some(y)) if !a.starts_with(['0', '1']) => part(y, a)?,
            _ => return None,
        },
    };
    found.window(&CalendarRules { week_start, ..CalendarRules::default() }).map(|w| Read::day(w.start.date()))
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn month_name(text: &str) -> Option<i8> {
    let lower = text.to_lowercase();
    let found = MONTHS.iter().position(|m| {
        *m == lower || (lower.len() == 3 && m.starts_with(&lower)) || (lower == "sept" && *m == "september")
    })?;
    i8::try_from(found + 1).ok()
}

/// Formats that people's exports use, and which are never guessed: only named in the help.
const COMMON: [&str; 23] = [
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%Y",
    "%m.%d.%Y",
    "%d.%m.%y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%m/%Y",
];

/// The dates that `text` could be, each with the format that makes it so; at most two, different ones.
pub fn readings(text: &str) -> Vec<(String, &'static str)> {
    let mut found: Vec<(String, &'static str)> = Vec::new();
    for format in COMMON {
        let reader = TimeReader::column(Some(format.to_owned()), TimeZone::UTC);
        // `%Y` takes two digits too: a year long past is a two-digit year's format missed.
        let Some(read) = reader.read(text).filter(|r| r.at.year() >= 1000) else { continue };
        let date = read.at.strftime("%-d %B %Y").to_string();
        if found.iter().all(|(d, _)| *d != date) {
            found.push((date, format));
        }
    }
    if found.is_empty() && (9..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        let reader = TimeReader::column(Some("%s".to_owned()), TimeZone::UTC);
        found.extend(reader.read(text).map(|r| (r.at.strftime("%-d %B %Y").to_string(), "%s")));
    }
    found.truncate(2);
    found
}

/// Why a format can't be used; `None` where it can.
pub fn bad_format(format: &str) -> Option<String> {
    example(format).err()
}

/// 31 March 2021, 17:30 in a format.
pub fn example(format: &str) -> Result<String, String> {
    let at = DateTime::constant(2021, 3, 31, 17, 30, 0, 0);
    let zoned = at.to_zoned(TimeZone::UTC).map_err(|e| e.to_string())?;
    strtime::format(format, &zoned).map_err(|e| {
        let reason = e.to_string();
        reason.rsplit_once("failed: ").map_or(reason.as_str(), |(_, r)| r).to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let zone = TimeZone::get("America/New_York").unwrap();
        TimeReader::column(None, zone).read(text).map(|r| r.at.to_string())
    }

    #[test]
    fn iso_and_periods() {
        let cases = [
            ("2021-03-31", "2021-03-31T00:00:00"),
            ("2021-03-31 17:30", "2021-03-31T17:30:00"),
            ("2021-03-31T17:30:05.25", "2021-03-31T17:30:05.25"),
            // New York is four hours behind UTC at the end of March, five at the start of it.
            ("2021-03-31T02:00:00Z", "2021-03-30T22:00:00"),
            ("2021-03-01 02:00:00 UTC", "2021-02-28T21:00:00"),
            ("2021-03-01T02:00:00+02:00", "2021-02-28T19:00:00"),
            ("2021-03", "2021-03-01T00:00:00"),
            ("2021 Q2", "2021-04-01T00:00:00"),
            ("Q2 2021", "2021-04-01T00:00:00"),
            ("2021-Q2", "2021-04-01T00:00:00"),
            ("Jan 2021", "2021-01-01T00:00:00"),
            ("March 2021", "2021-03-01T00:00:00"),
            // ISO week 5 of 2021 starts on Monday 1 February.
            ("2021-W05", "2021-02-01T00:00:00"),
            ("2021", "2021-01-01T00:00:00"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        for text in
            ["03/04/2021", "20210331", "2021-13", "2021-02-30", "12", "soon", "2021-03-31 5pm", "Q5 2021", "é021-03-31"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn formats() {
        let read = |format: &str, text: &str| {
            TimeReader::column(Some(format.to_owned()), TimeZone::UTC).read(text).map(|r| r.at.to_string())
        };
        assert_eq!(read("%d/%m/%Y", "03/04/2021").as_deref(), Some("2021-04-03T00:00:00"));
        assert_eq!(read("%s", "1617235200").as_deref(), Some("2021-04-01T00:00:00"));
        assert_eq!(read("%m/%Y", "04/2021").as_deref(), Some("2021-04-01T00:00:00"));
        assert_eq!(read("%d.%m.%Y %H:%M", "03.04.2021 07:05").as_deref(), Some("2021-04-03T07:05:00"));
        assert_eq!(read("%d/%m/%Y", "2021-04-03"), None);
        assert!(bad_format("%Q%%%").is_some());
    }

    #[test]
    fn weeks_start_where_the_plan_says() {
        let read = |week_start: Weekday| {
            let reader = TimeReader::column(None, TimeZone::UTC).weeks_from(week_start);
            reader.read("2021-W05").map(|r| r.at.to_string())
        };
        // ISO week 5 of 2021 starts on Monday 1 February, the plan's on the Sunday before.
        assert_eq!(read(Weekday::Monday).as_deref(), Some("2021-02-01T00:00:00"));
        assert_eq!(read(Weekday::Sunday).as_deref(), Some("2021-01-31T00:00:00"));
    }

    #[test]
    fn both_readings() {
        let dates = |t: &str| readings(t).into_iter().map(|(d, f)| format!("{d} {f}")).collect::<Vec<_>>();
        assert_eq!(dates("03/04/2021"), ["3 April 2021 %d/%m/%Y", "4 March 2021 %m/%d/%Y"]);
        assert_eq!(dates("31/12/2021"), ["31 December 2021 %d/%m/%Y"]);
        assert_eq!(dates("03/04/21"), ["3 April 2021 %d/%m/%y", "4 March 2021 %m/%d/%y"]);
        assert_eq!(dates("Sep 30, 2021"), ["30 September 2021 %b %d, %Y"]);
        assert_eq!(dates("soon"), Vec::<String>::new());
    }

    #[test]
    fn micros_round_trip() {
        let at: DateTime = "1969-12-31T23:59:59.999999".parse().unwrap();
        assert_eq!(micros(at), -1);
        assert_eq!(civil(micros(at)), at);
    }
}
