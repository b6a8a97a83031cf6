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
            // `%Y` takes two digits too: a year long past is one of a century that wasn't written.
            Some(format) => self.formatted(format, text).filter(|read| read.at.year() >= 1000),
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
        if let Some(at) = parts.timestamp() {
            return Some(Read { at: self.instant(at), day: false });
        }
        let weeks = [parts.iso_week(), parts.sunday_based_week(), parts.monday_based_week()];
        if parts.day().is_none() && weeks.iter().all(Option::is_none) && parts.to_date().is_err() {
            parts.set_day(Some(1)).ok()?;
            if parts.month().is_none() {
                parts.set_month(Some(1)).ok()?;
            }
        }
        if parts.offset().is_some() || parts.iana_time_zone().is_some() {
            return Some(Read { at: self.instant(parts.to_zoned().ok()?.timestamp()), day: false });
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
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits = text.get(1..)?;
    let (hours, minutes) = match digits.len() {
        2 => (digits, "00"),
        4 => (digits.get(..2)?, digits.get(2..)?),
        _ => digits.split_once(':').filter(|(hours, minutes)| hours.len() == 2 && minutes.len() == 2)?,
    };
    if !(hours.bytes().chain(minutes.bytes())).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok().filter(|m| *m < 60)?);
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
        let Some(read) = reader.read(text) else { continue };
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
    let example = match example(format) {
        Ok(example) => example,
        Err(reason) => return Some(reason),
    };
    let found = directives(format);
    let has = |any: &[char]| found.iter().any(|d| any.contains(d));
    if has(&['I', 'l']) && !has(&['p', 'P']) {
        return Some(
            "hours from 1 to 12 (`%I`, `%l`) need `%p` (AM or PM) beside them; `%H` are hours from 0 to 23".to_owned(),
        );
    }
    if has(&['U', 'V', 'W']) && !has(&['a', 'A', 'u', 'w', 'd', 'e', 'j', 'D', 'F', 's']) {
        return Some(
            "the number of a week needs a day of the week (`%u`, `%a`) beside it; `2021-W05` is read without a format"
                .to_owned(),
        );
    }
    // Some things can be written, and not be read.
    strtime::parse(format, example.trim()).err().map(|e| told(&e))
}

/// The letters of a format that stand for something.
fn directives(format: &str) -> Vec<char> {
    let mut found = Vec::new();
    let mut rest = format.chars();
    while rest.any(|c| c == '%') {
        // Flags, a width, colons, a dot.
        found.extend(rest.by_ref().find(|c| c.is_ascii_alphabetic() || *c == '%'));
    }
    found
}

/// A reason without the chain of what failed for it.
fn told(error: &jiff::Error) -> String {
    let reason = error.to_string();
    reason.rsplit_once("failed: ").map_or(reason.as_str(), |(_, r)| r).to_owned()
}

/// 31 March 2021, 17:30 in a format.
pub fn example(format: &str) -> Result<String, String> {
    let at = DateTime::constant(2021, 3, 31, 17, 30, 0, 0);
    let zoned = at.to_zoned(TimeZone::UTC).map_err(|e| e.to_string())?;
    strtime::format(format, &zoned).map_err(|e| told(&e))
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
        // Nobody means the year 21, nor 202.
        assert_eq!(read("%d/%m/%Y", "05/06/21"), None);
        assert_eq!(read("%d/%m/%Y", "05/06/202"), None);
        assert_eq!(read("%F", "21-06-05"), None);
        assert_eq!(read("%d/%m/%y", "05/06/21").as_deref(), Some("2021-06-05T00:00:00"));
        assert_eq!(read("%I:%M %p %d/%m/%Y", "12:30 AM 01/01/2021").as_deref(), Some("2021-01-01T00:30:00"));
        // 4 January 2021 is the Monday of ISO week 1.
        assert_eq!(read("%G-W%V-%u", "2021-W01-1").as_deref(), Some("2021-01-04T00:00:00"));
        assert_eq!(read("%Y-W%V", "2021-W05"), None);
    }

    #[test]
    fn zones_of_formats() {
        let read = |format: &str, text: &str| {
            let zone = TimeZone::get("Europe/Berlin").unwrap();
            TimeReader::column(Some(format.to_owned()), zone).read(text).map(|r| r.at.to_string())
        };
        // Tokyo is nine hours ahead of UTC, Berlin one in winter: eight hours earlier.
        let tokyo = Some("2020-12-31T21:00:00");
        assert_eq!(read("%Y-%m-%d %H:%M %Q", "2021-01-01 05:00 Asia/Tokyo").as_deref(), tokyo);
        assert_eq!(read("%Y-%m-%d %H:%M %Q", "2021-01-01 05:00 +0900").as_deref(), tokyo);
        assert_eq!(read("%Y-%m-%d %H:%M %:Q", "2021-01-01 05:00 +09:00").as_deref(), tokyo);
        assert_eq!(read("%Y-%m-%d %H:%M %z", "2021-01-01 05:00 +0900").as_deref(), tokyo);
        assert_eq!(read("%Y-%m-%d %H:%M %z %Q", "2021-01-01 05:00 +0900 Asia/Tokyo").as_deref(), tokyo);
        assert_eq!(read("%Y-%m-%d %H:%M %z %Q", "2021-01-01 05:00 +0800 Asia/Tokyo"), None);
        assert_eq!(read("%Y-%m-%d %H:%M %Q", "2021-01-01 05:00 Asia/Nowhere"), None);
        // In summer New York is six hours behind Berlin as well as in winter.
        let york = read("%d.%m.%Y %H:%M %Q", "30.06.2021 20:00 America/New_York");
        assert_eq!(york.as_deref(), Some("2021-07-01T02:00:00"));
    }

    #[test]
    fn formats_that_are_none() {
        for format in ["%Q%%%", "%!", "%Y-%m-%d %I:%M", "%F %-l:%M", "%d/%m/%Y %H:%M %Z", "%Y-W%V", "%c"] {
            assert!(bad_format(format).is_some(), "{format}");
        }
        let formats = COMMON.into_iter().chain([
            "%s",
            "%F %T",
            "%D",
            "%F %I:%M %p",
            "%l:%M:%S %P %e %B %Y",
            "%F %T%.f",
            "%F %T.%f",
            "%F %T %z",
            "%F %R%:z",
            "%F %R %Q",
            "%A, %d %B %Y",
            "%a %b %e %H:%M:%S %Y",
            "%G-W%V-%u",
            "%Y-%j",
            "%Y",
            "100%% %F",
            "%F week %V",
            "%%I %F",
        ]);
        for format in formats {
            assert_eq!(bad_format(format), None, "{format}");
        }
    }

    #[test]
    fn offsets() {
        let zone = |text: &str| read(&format!("2021-01-01T05:00:00{text}"));
        // New York is five hours behind UTC.
        for same in ["+09", "+0900", "+09:00", " +09:00"] {
            assert_eq!(zone(same).as_deref(), Some("2020-12-31T15:00:00"), "{same}");
        }
        for none in ["U09", "G0900", "Z09", "Z+09", "+9", "+0:9:00", "+09:", "+0960", "UT", "+٠٩"] {
            assert_eq!(zone(none), None, "{none}");
        }
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
