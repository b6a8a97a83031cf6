//! A goal over the values of a dimension or the rows of a table, as a list.

use super::goal::short;
use crate::eval::verdict::{EachReading, EachSummary, Verdict};
use crate::quantity::{Digits, change, share};
use crate::report::paint::{Line, Paint, WIDTH, broken, wrapped};
use unicode_width::UnicodeWidthStr;

/// So many are listed; the rest is counted.
const LISTED: usize = 12;
/// The column at which names stand.
const KEYS: usize = 7;
/// A longer name stands on a line of its own.
const LONGEST_KEY: usize = 28;
/// Numbers wider than this would come from showing very small and very large ones alike.
const WIDEST_NUMBER: usize = 9;

/// How many kept it, then each value with its numbers.
pub fn lines(v: &Verdict, summary: &EachSummary) -> Vec<Line> {
    let any = summary.total + summary.pending + summary.without_value > 0;
    let mut lines = if any { wrapped("  ", &counts(v, summary), Paint::Plain) } else { Vec::new() };
    let shown: Vec<&EachReading> = summary.listed.iter().take(LISTED).collect();
    let digits = digits(v, &shown);
    let rows: Vec<Row> = shown.iter().zip(&digits).map(|(e, d)| Row::of(v, e, d)).collect();
    let width = |of: fn(&Row) -> &str| rows.iter().map(|r| of(r).width()).max().unwrap_or(0);
    let mut widths = Widths {
        key: 0,
        baseline: width(|r| &r.baseline),
        value: width(|r| &r.value),
        change: width(|r| &r.change),
        short: width(|r| &r.short),
    };
    let longest = LONGEST_KEY.min(WIDTH.saturating_sub(KEYS + widths.numbers()));
    widths.key = rows.iter().map(|r| r.key.width()).filter(|w| *w <= longest).max().unwrap_or(0);
    lines.extend(rows.iter().flat_map(|r| r.lines(&widths)));
    let rest = summary.total.saturating_sub(rows.len() as u64);
    if rest > 0 && !rows.is_empty() {
        // All failing ones are listed first: say it where nothing but kept ones is left.
        let failing = summary.total.saturating_sub(summary.kept);
        let shown = rows.iter().filter(|r| r.mark.0 == "no").count() as u64;
        let kind = if shown >= failing { " that kept it" } else { "" };
        lines.push(Line::of(Paint::Faint, format!("  and {rest} more{kind}")));
    }
    lines
}

/// `480 of 500 tickets kept it (96%), 12 not decided yet`.
fn counts(v: &Verdict, s: &EachSummary) -> String {
    let verb = if v.baseline.is_some() || s.listed.iter().any(|e| e.baseline.is_some()) { "reached" } else { "kept" };
    let mut text = format!("{} of {} {} {verb} it", s.kept, s.total, counted(v, &s.what));
    if s.total > 0 && s.kept < s.total && s.total > 10 {
        text += &format!(" ({})", share(s.kept as f64 / s.total as f64, &[1.0]));
    }
    for (count, words) in [(s.pending, "not decided yet"), (s.without_value, "without a value")] {
        if count > 0 {
            text += &format!(", {count} {words}");
        }
    }
    text
}

/// What is counted: a table that isn't called in the plural gives its rows.
fn counted(v: &Verdict, what: &str) -> String {
    match v.kind {
        "rows" if !what.ends_with('s') => format!("rows of {what}"),
        _ => several(what),
    }
}

/// What is counted, as several of it: a column is named in the singular as a rule, a table in the plural.
fn several(what: &str) -> String {
    let word = what.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    match what.strip_suffix('y') {
        _ if !word || what.is_empty() => format!("values of {what}"),
        _ if what.ends_with('s') => what.to_owned(),
        _ if what.ends_with("ch") || what.ends_with("sh") || what.ends_with('x') => format!("{what}es"),
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{what}s"),
    }
}

/// One fineness for all, or, where they are too different in size, one for each.
fn digits(v: &Verdict, rows: &[&EachReading]) -> Vec<Digits> {
    let groups: Vec<Vec<f64>> =
        rows.iter().map(|e| [e.baseline, e.value, e.target].into_iter().flatten().collect()).collect();
    let slices: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
    let common = Digits::of_groups(&v.unit, &slices);
    let alike = groups.iter().flatten().all(|value| common.show(*value).width() <= WIDEST_NUMBER);
    groups.iter().map(|g| if alike { common.clone() } else { Digits::of(&v.unit, g) }).collect()
}

struct Row {
    mark: (&'static str, Paint),
    key: String,
    baseline: String,
    value: String,
    change: String,
    short: String,
}

struct Widths {
    key: usize,
    baseline: usize,
    value: usize,
    change: usize,
    short: usize,
}

impl Widths {
    /// What stands after the key.
    fn numbers(&self) -> usize {
        let gap = |width: usize, by: usize| if width > 0 { width + by } else { 0 };
        2 + gap(self.baseline, 4) + self.value + gap(self.change, 2) + gap(self.short, 2)
    }
}

impl Row {
    fn of(v: &Verdict, e: &EachReading, digits: &Digits) -> Self {
        let mark = match e.kept {
            Some(true) => ("yes", Paint::Good),
            Some(false) => ("no", Paint::Bad),
            None => ("open", Paint::Faint),
        };
        let change = match (e.baseline, e.value) {
            (Some(b), Some(c)) if v.target.kind == "points" || v.target.kind == "absolute" => digits.signed(c, b),
            (Some(b), Some(c)) if b != 0.0 => change((c - b) / b.abs(), e.target.map(|t| (t - b) / b.abs())),
            _ => String::new(),
        };
        let missing = match (e.value, e.target, e.kept) {
            (Some(c), Some(t), Some(false)) => short(v.target.op, c, t, v.target.upper, digits),
            _ => None,
        };
        let value = match (v.kind, e.value) {
            ("truth", Some(value)) => if value == 0.0 { "no" } else { "yes" }.to_owned(),
            (_, Some(value)) => digits.show(value),
            // A condition of a row: the mark has said it.
            _ if v.target.kind == "truth" => String::new(),
            _ => "no value".to_owned(),
        };
        Self {
            mark,
            key: e.key.clone(),
            baseline: e.baseline.map_or(String::new(), |b| digits.show(b)),
            value,
            change,
            short: missing.unwrap_or_default(),
        }
    }

    fn lines(&self, w: &Widths) -> Vec<Line> {
        let start = Line::of(Paint::Plain, "  ").add(self.mark.1, self.mark.0).padded_to(KEYS);
        let mut lines: Vec<Line> = Vec::new();
        let mut line = if self.key.width() <= w.key {
            start.add(Paint::Plain, &self.key)
        } else {
            let pieces = broken(&self.key, WIDTH - KEYS);
            let blank = || Line::default().padded_to(KEYS);
            lines.extend(
                pieces
                    .iter()
                    .enumerate()
                    .map(|(i, piece)| if i == 0 { start.clone() } else { blank() }.add(Paint::Plain, piece)),
            );
            Line::default()
        };
        line = line.padded_to(KEYS + w.key + 2);
        if w.baseline > 0 {
            let arrow = if self.baseline.is_empty() { "    " } else { " -> " };
            line = line.add(Paint::Plain, format!("{}{arrow}", right(&self.baseline, w.baseline)));
        }
        line = line.add(Paint::Plain, right(&self.value, w.value));
        if w.change > 0 {
            line = line.add(Paint::Plain, format!("  {}", right(&self.change, w.change)));
        }
        if w.short > 0 {
            line = line.add(Paint::Bad, format!("  {}", right(&self.short, w.short)));
        }
        match line.width() <= WIDTH {
            true => lines.push(line),
            false => lines.extend(wrapped(&" ".repeat(KEYS), &line.write(false), Paint::Plain)),
        }
        lines
    }
}

/// Spaces before the text, up to a width.
fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}
