//! The times that a title speaks of: months, quarters, halves, years and dates, each with how it is brought in. Knows
//! English, and no goal. Names that only look like a time are traps, so a word counts only beside one that makes it one.

use crate::calendar::{CalendarRules, Period, Window, month_of};
use jiff::civil::Date;

/// A time in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// Where it stands: bytes of the text.
    pub range: std::ops::Range<usize>,
    /// What it names; without a year there is none.
    pub time: Named,
    /// How it is brought in.
    pub lead: Lead,
}

/// What is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// A day, with or without its year.
    Day(Option<i16>, i8, i8),
    /// A month.
    Month(Option<i16>, i8),
    /// A quarter.
    Quarter(Option<i16>, i8),
    /// A half.
    Half(Option<i16>, i8),
    /// A year.
    Year(i16),
}

impl Named {
    /// The windows that it may be, in a year where it names none: calendar and fiscal ones.
    pub fn windows(self, year: i16, rules: &CalendarRules) -> Vec<Window> {
        let periods = match self {
            Self::Day(y, m, d) => Date::new(y.unwrap_or(year), m, d).ok().map(Period::Day).into_iter().collect(),
            Self::Month(y, m) => vec![Period::Month(y.unwrap_or(year), m)],
            Self::Quarter(y, q) => {
                vec![Period::Quarter(y.unwrap_or(year), q), Period::FiscalQuarter(y.unwrap_or(year), q)]
            }
            Self::Half(y, h) => vec![
                Period::Half(y.unwrap_or(year), h),
                Period::Range(
                    Box::new(Period::FiscalQuarter(y.unwrap_or(year), 2 * h - 1)),
                    Box::new(Period::FiscalQuarter(y.unwrap_or(year), 2 * h)),
                ),
            ],
            Self::Year(y) => vec![Period::Year(y), Period::FiscalYear(y)],
        };
        periods.iter().filter_map(|p| p.window(rules)).collect()
    }
}

/// Words that bring in a deadline.
const DEADLINE: [&str; 5] = ["by", "until", "till", "before", "through"];
/// Words that bring in a time.
const WITHIN: [&str; 6] = ["in", "during", "for", "over", "throughout", "within"];
/// Words after which a time is what something is compared with.
const EARLIER: [&str; 12] =
    ["from", "since", "than", "after", "vs", "versus", "like", "as", "against", "above", "below", "compared"];
/// Words between two times.
const JOINS: [&str; 4] = ["and", "or", "to", "through"];
/// Words that may stand between: `by the end of Q3`.
const BETWEEN: [&str; 6] = ["the", "of", "early", "late", "mid", "at"];

/// The times that a text speaks of as its own, in order. What it is compared with (`more than in 2019`) isn't among them.
pub fn mentions(text: &str) -> Vec<Mention> {
    // Most titles name no time: they have neither a digit nor a month.
    if !text.bytes().any(|b| b.is_ascii_digit()) && !words(text).any(|w| month(w.text).is_some()) {
        return Vec::new();
    }
    let words: Vec<Word<'_>> = words(text).collect();
    let mut found = Vec::new();
    let mut next = 0;
    while let Some(word) = words.get(next) {
        let lead = lead(&words, next);
        let read = read(&words, next, lead);
        if let Some((time, count)) = read
            && (lead.says() || lead == Lead::None && closes(&words, next, count))
        {
            let last = words.get(next + count - 1).unwrap_or(word);
            let range = word.start..last.start + last.text.len();
            found.push(Mention { range, time, lead });
        }
        next += read.map_or(1, |(_, count)| count);
    }
    found
}

#[derive(Debug, Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    start: usize,
}

/// Letters, digits and hyphens; `Sep.` without its point.
fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let part = |c: char| c.is_alphanumeric() || c == '-';
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(part)?;
        let rest = text.get(start..)?;
        let length = rest.find(|c| !part(c)).unwrap_or(rest.len());
        at = start + length;
        Some(Word { text: text.get(start..at)?, start })
    })
}

/// How a time is brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// `by the end of Q3`: a deadline, and which end of it.
    End,
    /// `by`, `until`, `before`: a deadline.
    Deadline,
    /// `in`, `during`: the time in which something happens.
    Within,
    /// `from`, `than in`: what something is compared with.
    Earlier,
    /// By nothing.
    None,
}

impl Lead {
    /// True where the time is surely the text's own.
    fn says(self) -> bool {
        matches!(self, Self::End | Self::Deadline | Self::Within)
    }
}

fn lead(words: &[Word<'_>], at: usize) -> Lead {
    let is = |list: &[&str], w: &Word<'_>| list.iter().any(|l| l.eq_ignore_ascii_case(w.text));
    let before = words.get(..at).unwrap_or(&[]);
    // `in May and September`: what brings in the first brings in the second.
    let joined = before.last().is_some_and(|w| is(&JOINS, w));
    let time = |w: &Word<'_>| month(w.text).is_some() || part_of_year(w.text).is_some() || year(w.text).is_some();
    let mut lead = Lead::None;
    for word in before.iter().rev().take(8) {
        lead = match lead {
            Lead::None if joined && (is(&JOINS, word) || time(word)) => lead,
            // `than in 2019`, `from the end of Q1`: what stands before decides.
            _ if is(&EARLIER, word) => return Lead::Earlier,
            _ if word.text.eq_ignore_ascii_case("end") => Lead::End,
            Lead::None | Lead::Within if is(&DEADLINE, word) => Lead::Deadline,
            Lead::None if is(&WITHIN, word) => Lead::Within,
            lead if is(&BETWEEN, word) || is(&DEADLINE, word) || is(&WITHIN, word) => lead,
            lead => return lead,
        };
    }
    lead
}

/// True where a time without a word that brings it in ends the title, `Sign-ups, Q3 2021`: elsewhere it may be a part of
/// what is measured, as in `Readers of the Q3 report`.
fn closes(words: &[Word<'_>], at: usize, count: usize) -> bool {
    let before = at.checked_sub(1).and_then(|n| words.get(n));
    at + count == words.len() && !before.is_some_and(|w| BETWEEN.iter().any(|b| b.eq_ignore_ascii_case(w.text)))
}

/// The time that begins with a word, and of how many words it is.
fn read(words: &[Word<'_>], at: usize, lead: Lead) -> Option<(Named, usize)> {
    let word = |n: usize| words.get(at + n).map(|w| w.text);
    let first = word(0)?;
    let year_at = |n: usize| word(n).and_then(year);
    if let Some(named) = iso(first) {
        return Some((named, 1));
    }
    if let Some((half, n)) = part_of_year(first) {
        let named = |y| if half { Named::Half(y, n) } else { Named::Quarter(y, n) };
        return Some(match year_at(1) {
            Some(y) => (named(Some(y)), 2),
            None => (named(None), 1),
        });
    }
    if let Some(m) = month(first) {
        return read_month(words, at, m, lead);
    }
    // `30 September 2021`
    if let (Some(d), Some(m)) = (day(first), word(1).and_then(month)) {
        let y = year_at(2);
        return Some((Named::Day(y, m, d), if y.is_some() { 3 } else { 2 }));
    }
    let y = year(first)?;
    match word(1).and_then(part_of_year) {
        Some((true, n)) => Some((Named::Half(Some(y), n), 2)),
        Some((false, n)) => Some((Named::Quarter(Some(y), n), 2)),
        // A year by itself may be a part of a name.
        None => (lead.says() || lead == Lead::Earlier).then_some((Named::Year(y), 1)),
    }
}

/// `September`, `September 2021`, `September 30th, 2021`.
fn read_month(words: &[Word<'_>], at: usize, m: i8, lead: Lead) -> Option<(Named, usize)> {
    let word = |n: usize| words.get(at + n).map(|w| w.text);
    if let Some(y) = word(1).and_then(year) {
        return Some((Named::Month(Some(y), m), 2));
    }
    // `until September 15 posts` has a day only where no unit follows: a day ends the title or stands before a year.
    if let Some(d) = word(1).and_then(day) {
        if let Some(y) = word(2).and_then(year) {
            return Some((Named::Day(Some(y), m, d), 3));
        }
        let marked = word(1).is_some_and(|w| w.ends_with(|c: char| c.is_ascii_alphabetic())) || word(2).is_none();
        if marked {
            return Some((Named::Day(None, m, d), 2));
        }
    }
    // A month alone is one only where it is brought in as a time: May, March, April and June are other words as well.
    (lead.says() || lead == Lead::Earlier).then_some((Named::Month(None, m), 1))
}

/// `September`, `Sep`, `Sept`: with a capital, as English writes them.
fn month(word: &str) -> Option<i8> {
    if !word.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    month_of(word).or_else(|| (word == "Sept").then_some(9))
}

/// `Q3` and `H1`: true for a half.
fn part_of_year(word: &str) -> Option<(bool, i8)> {
    match word.as_bytes() {
        [b'Q' | b'q', n @ b'1'..=b'4'] => Some((false, (n - b'0') as i8)),
        [b'H' | b'h', n @ b'1'..=b'2'] => Some((true, (n - b'0') as i8)),
        _ => None,
    }
}

fn year(word: &str) -> Option<i16> {
    let digits = word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
    word.parse().ok().filter(|y| digits && (1990..2100).contains(y))
}

/// `30`, `30th`, `1st`.
fn day(word: &str) -> Option<i8> {
    let number = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = word.get(number.len()..)?;
    let fits = matches!(suffix, "" | "st" | "nd" | "rd" | "th");
    number.parse().ok().filter(|d| fits && number.len() <= 2 && (1..=31).contains(d))
}

/// `2021-09-30`, `2021-09`.
fn iso(word: &str) -> Option<Named> {
    if word.len() == 7 {
        let (y, m) = word.split_once('-')?;
        let m: i8 = m.parse().ok()?;
        return Some(Named::Month(Some(year(y)?), m)).filter(|_| (1..=12).contains(&m));
    }
    let date: Date = word.parse().ok().filter(|_| word.len() == 10)?;
    Some(Named::Day(Some(date.year()), date.month(), date.day()))
}
