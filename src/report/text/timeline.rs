//! The periods of a recurring goal, as a row of signs under their names.

use super::goal::short;
use super::paint;
use crate::eval::verdict::{PeriodReading, PeriodState, Verdict};
use crate::quantity::{Digits, share, show};
use crate::report::paint::{Line, Paint, WIDTH, wrapped};
use unicode_width::UnicodeWidthStr;

/// Periods a line at most.
const PER_LINE: usize = 12;
/// Of the periods that weren't kept, so many are named.
const NAMED: usize = 4;
/// Where counts and legend stand beside the row.
const BESIDE: usize = 30;
/// A longer name gives way to the period's first day.
const LONGEST_NAME: usize = 8;
/// The signs and what they mean.
const SIGNS: [(char, &str); 5] = [('+', "kept"), ('-', "not"), ('?', "running"), ('.', "to come"), ('o', "no data")];
/// The months; above their signs stand the first letters.
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Names, signs and counts; then the periods that weren't kept and the running one.
pub fn lines(v: &Verdict) -> Vec<Line> {
    let names: Vec<Name> = v.periods.iter().map(Name::of).collect();
    let mut lines = grid(v, &names);
    let signs: Vec<char> = v.periods.iter().map(sign).collect();
    let legend: Vec<String> =
        SIGNS.iter().filter(|(s, _)| signs.contains(s)).map(|(s, word)| format!("{s} {word}")).collect();
    let narrow = lines.iter().all(|l| l.width() < BESIDE - 1);
    let mut below = Vec::new();
    for (i, text) in [counts(v), legend.join("  ")].into_iter().enumerate() {
        match lines.get_mut(i).filter(|_| narrow && BESIDE + text.width() <= WIDTH) {
            Some(line) => *line = line.clone().padded_to(BESIDE).add(Paint::Plain, text),
            None if text.is_empty() => {}
            None => below.push(Line::of(Paint::Plain, format!("  {text}"))),
        }
    }
    lines.extend(below);
    lines.extend(not_kept(v));
    lines.extend(v.periods.iter().filter(|p| p.state == PeriodState::Running).flat_map(|p| running(v, p)));
    lines
}

/// How a period is called above its sign.
struct Name {
    /// Short where the year stands before the line: `J`, `Q1`, `W05`, `03-01`.
    text: String,
    /// `None` where the name is a year itself.
    year: Option<String>,
}

impl Name {
    fn of(p: &PeriodReading) -> Self {
        let first = p.window.start.date();
        let year = Some(format!("{:04}", first.year()));
        let parts: Vec<&str> = p.label.split([' ', '-']).collect();
        let is_year = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        let fits = |text: &str| text.width() <= LONGEST_NAME;
        let of_year = |text: &str, year: &str| Self { text: text.to_owned(), year: Some(year.to_owned()) };
        match parts.as_slice() {
            [_] if fits(&p.label) => Self { text: p.label.clone(), year: None },
            [y, month] if is_year(y) && month_name(month).is_some() => {
                of_year(month_name(month).and_then(|m| m.get(..1)).unwrap_or(month), y)
            }
            [y, week] if is_year(y) && fits(week) => of_year(week, y),
            [quarter, y] if is_year(y) && fits(quarter) => of_year(quarter, y),
            _ => Self { text: format!("{:02}-{:02}", first.month(), first.day()), year },
        }
    }
}

/// The name of a month of two digits.
fn month_name(digits: &str) -> Option<&'static str> {
    let number: usize = digits.parse().ok()?;
    MONTHS.get(number.checked_sub(1)?).copied()
}

/// A period's name in a sentence: `Apr`, with its year where others have another one.
fn spoken(v: &Verdict, p: &PeriodReading) -> String {
    let year = p.window.start.year();
    let one_year = v.periods.iter().all(|other| other.window.start.year() == year);
    let month = p.label.get(5..).filter(|_| p.label.len() == 7).and_then(month_name);
    match month {
        Some(month) if one_year => month.to_owned(),
        Some(month) => format!("{month} {year}"),
        None => p.label.clone(),
    }
}

/// A line of names and a line of signs for each year, or for as many periods as fit.
fn grid(v: &Verdict, names: &[Name]) -> Vec<Line> {
    let years: Vec<&Option<String>> = names.iter().map(|n| &n.year).collect();
    let several = years.windows(2).any(|pair| pair[0] != pair[1]);
    let cell = names.iter().map(|n| n.text.width()).max().unwrap_or(1) + 1;
    let prefix = if several { 8 } else { 2 };
    let room = ((WIDTH - prefix) / cell).clamp(1, PER_LINE);
    let all: Vec<(&Name, &PeriodReading)> = names.iter().zip(&v.periods).collect();
    let mut lines = Vec::new();
    for year in all.chunk_by(|a, b| a.0.year == b.0.year) {
        for chunk in year.chunks(room) {
            let label = year[0].0.year.as_deref().filter(|_| several).unwrap_or("");
            let mut above = Line::of(Paint::Plain, "  ").add(Paint::Plain, label).padded_to(prefix);
            let mut below = Line::default().padded_to(prefix);
            for (i, (name, period)) in chunk.iter().enumerate() {
                let column = prefix + i * cell;
                let sign = sign(period);
                let look = if matches!(sign, '+' | '-') { paint(v.status) } else { Paint::Plain };
                above = above.padded_to(column).add(Paint::Plain, &name.text);
                below = below.padded_to(column).add(look, sign.to_string());
            }
            lines.extend([above, below]);
        }
    }
    lines
}

fn sign(p: &PeriodReading) -> char {
    match (p.state, p.kept) {
        (PeriodState::Running, None) => '?',
        (PeriodState::Coming, _) => '.',
        (_, Some(true)) => '+',
        (_, Some(false)) => '-',
        (PeriodState::Missing | PeriodState::Judged, None) => 'o',
    }
}

/// `kept 6 of 7 months (86%)`
fn counts(v: &Verdict) -> String {
    let Some(kept) = v.kept else { return String::new() };
    if kept.of == 0 {
        return "none judged yet".to_owned();
    }
    let step = v.periods.first().map(|p| p.window.length());
    let what = match step.map(|s| (s.months(), s.days())) {
        Some((Some(1), _)) => "months",
        Some((Some(3), _)) => "quarters",
        Some((Some(12), _)) => "years",
        Some((_, Some(7))) => "weeks",
        Some((_, Some(1))) => "days",
        _ => "periods",
    };
    let what = if kept.of == 1 { what.trim_end_matches('s') } else { what };
    format!("kept {} of {} {what} ({})", kept.periods, kept.of, share(kept.periods as f64 / kept.of as f64, &[1.0]))
}

/// The numbers of a period, shown together.
fn digits(v: &Verdict, p: &PeriodReading) -> Digits {
    let both: Vec<f64> = [p.value, p.target].into_iter().flatten().collect();
    Digits::of(&v.unit, &both)
}

/// The periods that weren't kept, the latest last.
fn not_kept(v: &Verdict) -> Vec<Line> {
    let broken: Vec<&PeriodReading> = v.periods.iter().filter(|p| p.kept == Some(false)).collect();
    let named = broken.iter().skip(broken.len().saturating_sub(NAMED)).filter_map(|p| {
        let digits = digits(v, p);
        let short = short(v.target.op, p.value?, p.target?, v.target.upper, &digits);
        let short = short.map_or(String::new(), |s| format!(", {s}"));
        Some(format!("{} {}{short}", spoken(v, p), digits.show(p.value?)))
    });
    let mut named: Vec<String> = named.collect();
    if named.is_empty() {
        return Vec::new();
    }
    let before = broken.len().saturating_sub(NAMED);
    if before > 0 {
        named.insert(0, format!("{before} before"));
    }
    wrapped("  not kept: ", &named.join("; "), Paint::Plain)
}

/// `Aug so far 91.0% (15 of 31 days, not judged)`
fn running(v: &Verdict, p: &PeriodReading) -> Vec<Line> {
    let covered = p.covered.map_or(String::new(), |(days, of)| format!("{days} of {of} days, "));
    let value = p.value.map_or_else(|| "no value".to_owned(), |value| shown(v, p, value));
    wrapped("  ", &format!("{} so far {value} ({covered}not judged)", spoken(v, p)), Paint::Plain)
}

fn shown(v: &Verdict, p: &PeriodReading, value: f64) -> String {
    match (v.kind, p.target) {
        ("truth", _) => if value == 0.0 { "doesn't hold" } else { "holds" }.to_owned(),
        (_, Some(_)) => digits(v, p).show(value),
        _ => show(value, &v.unit),
    }
}
