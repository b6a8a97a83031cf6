//! How names, texts, numbers and other single words are spelled. Knows nothing of lines.

use crate::calendar::{CalendarSpan, MONTHS, month_of};
use crate::syntax::tree::{DurationUnit, Literal, Moment, MoneySign, Number, Sign};
use jiff::civil::Weekday;
use std::fmt::Write;

/// Words that mean something of their own somewhere. A plan may use each as a plain name where that meaning can't
/// stand; back-ticks that the writer gave such a name are kept.
#[rustfmt::skip]
const SPOKEN_FOR: &[&str] = &[
    "about", "above", "alert", "all", "and", "any", "as", "at", "because", "better", "between", "budget", "by",
    "campaign", "cap", "checkpoints", "compound", "currency", "day", "days", "done", "double", "down", "drives", "each",
    "every", "exclude", "expect", "false", "fiscal", "for", "from", "given", "goal", "grace", "guardrail", "halve",
    "higher", "hold", "horizon", "hour", "hours", "if", "import", "in", "is", "lag", "let", "linear", "lower", "measure",
    "met", "metric", "milestone", "mission", "month", "monthly", "months", "most", "mtd", "not", "note", "objective",
    "of", "on", "or", "over", "owner", "pace", "per", "plan", "qtd", "quarter", "quarterly", "quarters", "relative",
    "risk", "scenario", "seasonal", "segment", "set", "sheet", "sparse", "starts", "supports", "table", "test", "time",
    "timezone", "to", "top", "track", "true", "unit", "up", "vision", "week", "weekly", "weeks", "weight", "when",
    "where", "within", "x", "year", "years", "yoy", "ytd",
];

/// The words that open a statement: no line that goes on with a statement may start with one.
#[rustfmt::skip]
const OPENERS: &[&str] = &[
    "alert", "at", "campaign", "currency", "exclude", "fiscal", "goal", "horizon", "import", "let", "metric",
    "milestone", "mission", "objective", "on", "owner", "plan", "scenario", "segment", "table", "test", "timezone",
    "vision", "week",
];

/// True where `text` begins with a word that can open a statement.
pub(super) fn opens_statement(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(text.len());
    OPENERS.binary_search(&&text[..end]).is_ok()
}

/// True where `name` is a name by its letters alone. Names in other scripts are, too, but whether each is, only the
/// grammar knows: those keep the back-ticks they have.
pub(super) fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|c| c.is_ascii_alphabetic() || c == b'_')
        && bytes.all(|c| c.is_ascii_alphanumeric() || c == b'_')
}

/// True where a plain name could be taken for something else: a word of the language, a period (`FY2021`), a
/// multiple (`x2`).
fn is_ambiguous(name: &str) -> bool {
    SPOKEN_FOR.binary_search(&name).is_ok() || name.contains(|c: char| c.is_ascii_digit()) || month_of(name).is_some()
}

/// Writes a name, between back-ticks where it needs them: where the writer gave it some (`ticked`) and it isn't plain.
/// A name without was read without.
pub(super) fn name(out: &mut String, name: &str, ticked: bool) {
    if !ticked || (is_plain(name) && !is_ambiguous(name)) {
        out.push_str(name);
    } else {
        out.push('`');
        out.push_str(name);
        out.push('`');
    }
}

/// Writes a text between double quotes.
pub(super) fn text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // Also the two separators that some editors show as a line's end.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// The power of ten that a number's suffix stands for.
fn exponent(suffix: Option<char>) -> i32 {
    match suffix {
        Some('k') => 3,
        Some('M') => 6,
        Some('B') => 9,
        Some('T') => 12,
        _ => 0,
    }
}

/// Writes a number as it was written: its suffix, decimals and grouping.
pub(super) fn number(out: &mut String, n: &Number) {
    let start = out.len();
    let exponent = exponent(n.suffix);
    let shown = n.value / 10f64.powi(exponent);
    let decimals = usize::from(n.decimals);
    let _ = write!(out, "{shown:.decimals$}");
    // The division above rounds: with many digits, take the shortest spelling that reads back as the same value.
    if exponent != 0 && out.len() - start > 15 && !reads_as(&out[start..], exponent, n.value) {
        let better = (0..=17).map(|d| format!("{shown:.d$}")).find(|s| reads_as(s, exponent, n.value));
        if let Some(better) = better {
            out.truncate(start);
            out.push_str(&better);
        }
    }
    if n.grouped {
        group(out, start);
    }
    out.extend(n.suffix);
}

/// True where the digits, times that power of ten, are `value`.
fn reads_as(digits: &str, exponent: i32, value: f64) -> bool {
    format!("{digits}e{exponent}").parse() == Ok(value)
}

/// Puts `_` between the thousands of the number that starts at `start`.
fn group(out: &mut String, start: usize) {
    let mut at = out[start..].find('.').map_or(out.len(), |dot| start + dot);
    while at > start + 3 {
        at -= 3;
        out.insert(at, '_');
    }
}

/// Writes a literal.
pub(super) fn literal(out: &mut String, literal: &Literal) {
    match literal {
        Literal::Number(n) => number(out, n),
        Literal::Percent(n) => suffixed(out, n, "%"),
        Literal::Points(n) => suffixed(out, n, "pp"),
        Literal::Money(n, sign) => money(out, n, *sign),
        Literal::Duration(n, unit) => suffixed(out, n, duration_unit(*unit)),
        Literal::Span(s) => display(out, s),
        Literal::Period(p) => display(out, p),
        Literal::Moment(m) => moment(out, m),
        Literal::Text(t) => text(out, t),
        Literal::Truth(t) => display(out, t),
    }
}

fn suffixed(out: &mut String, n: &Number, suffix: &str) {
    number(out, n);
    out.push_str(suffix);
}

fn money(out: &mut String, n: &Number, sign: MoneySign) {
    match sign {
        MoneySign::Dollar => out.push('$'),
        MoneySign::Euro => out.push('€'),
        MoneySign::Pound => out.push('£'),
        MoneySign::Code(code) => {
            number(out, n);
            let _ = write!(out, " {}", code.code());
            return;
        }
    }
    number(out, n);
}

fn duration_unit(unit: DurationUnit) -> &'static str {
    match unit {
        DurationUnit::Millisecond => "ms",
        DurationUnit::Second => "s",
        DurationUnit::Minute => "min",
        DurationUnit::Hour => "h",
    }
}

/// Writes anything by its `Display`.
pub(super) fn display(out: &mut String, what: &dyn std::fmt::Display) {
    let _ = write!(out, "{what}");
}

/// Writes a span where one of a unit goes without its number: `every month`, `every 2 weeks`.
pub(super) fn step(out: &mut String, span: CalendarSpan) {
    if span.count == 1 { out.push_str(span.unit.name()) } else { display(out, &span) }
}

/// Writes a date with its time; seconds only where there are some.
pub(super) fn moment(out: &mut String, moment: &Moment) {
    let (date, time) = (moment.at.date(), moment.at.time());
    let _ = write!(out, "{date}T{:02}:{:02}", time.hour(), time.minute());
    if time.second() != 0 || time.subsec_nanosecond() != 0 {
        let _ = write!(out, ":{:02}", time.second());
    }
    if time.subsec_nanosecond() != 0 {
        let digits = format!("{:09}", time.subsec_nanosecond());
        let _ = write!(out, ".{}", digits.trim_end_matches('0'));
    }
    match moment.offset {
        None => {}
        Some(0) => out.push('Z'),
        Some(seconds) => {
            let minutes = seconds.abs() / 60;
            let sign = if seconds < 0 { '-' } else { '+' };
            let _ = write!(out, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        }
    }
}

/// The sign of a change.
pub(super) fn sign(sign: Sign) -> char {
    match sign {
        Sign::Plus => '+',
        Sign::Minus => '-',
    }
}

/// The English name of a month, 1…12.
pub(super) fn month(month: i8) -> &'static str {
    MONTHS[usize::try_from(month.clamp(1, 12) - 1).unwrap_or(0)]
}

/// The English name of a day.
pub(super) fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_lists_are_sorted() {
        assert!(SPOKEN_FOR.is_sorted() && OPENERS.is_sorted());
    }

    #[test]
    fn numbers_keep_their_spelling() {
        let spelled = |value, suffix, decimals, grouped| {
            let mut out = String::new();
            number(&mut out, &Number { value, suffix, decimals, grouped });
            out
        };
        assert_eq!(spelled(10_000.0, Some('k'), 0, false), "10k");
        assert_eq!(spelled(254_580_000.0, Some('M'), 2, false), "254.58M");
        assert_eq!(spelled(1_250_000.5, None, 1, true), "1_250_000.5");
        assert_eq!(spelled(999.0, None, 0, true), "999");
        assert_eq!(spelled(0.1, None, 2, false), "0.10");
    }

    #[test]
    fn names_get_ticks_where_they_need_them() {
        let named = |n, ticked| {
            let mut out = String::new();
            name(&mut out, n, ticked);
            out
        };
        assert_eq!(named("Total Followers", true), "`Total Followers`");
        assert_eq!(named("größe_2", false), "größe_2");
        assert_eq!(named("clicks", true), "clicks");
        assert_eq!(named("where", true), "`where`");
        assert_eq!(named("campaign", false), "campaign");
        assert_eq!(named("FY2021", true), "`FY2021`");
        assert_eq!(named("May", true), "`May`");
        assert_eq!(named("2nd", true), "`2nd`");
    }
}
