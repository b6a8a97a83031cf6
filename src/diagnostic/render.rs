//! Findings as people read them: one line with level, code and message, the place with its labels as miette draws them,
//! the help, and a summary. Knows no terminal: whether there is colour and how wide it is are inputs.

use super::codes::is_lint;
use super::excerpt::{Excerpt, excerpts, visible};
use super::{Diagnostic, Level};
use crate::source::Sources;
use miette::{GraphicalReportHandler, GraphicalTheme, ThemeCharacters, ThemeStyles};
use std::collections::BTreeMap;
use std::fmt;
use unicode_width::UnicodeWidthStr;

/// How findings are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Colours and lines of Unicode; plain ASCII otherwise.
    pub color: bool,
    /// Columns of the screen.
    pub width: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { color: false, width: 80 }
    }
}

/// What findings are told in the order of: those about no place first, then by file, place, code and words.
pub fn order(diagnostic: &Diagnostic) -> impl Ord + use<'_> {
    (diagnostic.place().map(|l| (l.file, l.span.start, l.span.end)), diagnostic.code, diagnostic.message.as_str())
}

/// The findings in the order in which they are told.
pub fn sorted(found: &[Diagnostic]) -> Vec<&Diagnostic> {
    let mut sorted: Vec<&Diagnostic> = found.iter().collect();
    sorted.sort_by(|a, b| order(a).cmp(&order(b)));
    sorted
}

/// So many findings are all drawn.
const ALL: usize = 200;

/// Of more, so many of each code.
const OF_EACH: usize = 10;

/// All findings as text with a summary as its last line; nothing where there are none. Of more than anybody reads, the
/// first of each code are drawn and the rest counted.
pub fn text(found: &[Diagnostic], sources: &Sources, options: Options) -> String {
    let mut out = String::new();
    let limit = if found.len() > ALL { OF_EACH } else { ALL };
    let mut of_code: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in sorted(found) {
        let so_far = of_code.entry(diagnostic.code).or_default();
        *so_far += 1;
        if *so_far > limit {
            continue;
        }
        out.push_str(&one(diagnostic, sources, options));
        out.push('\n');
    }
    let more = of_code.iter().filter(|(_, n)| **n > limit).map(|(code, n)| (code, n - limit));
    let more: String = more.map(|(code, n)| format!("and {} more {code}\n", grouped(n))).collect();
    if !more.is_empty() {
        out.push_str(&more);
        out.push_str("all of them, a line each: milepost check --format short\n\n");
    }
    if let Some(summary) = summary(found) {
        out.push_str(&wrap(&summary, "", "  ", options.width.max(40)));
    }
    out
}

/// `99,990`
pub fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// One finding as text, without a summary.
pub fn one(diagnostic: &Diagnostic, sources: &Sources, options: Options) -> String {
    let width = options.width.max(40);
    let mut out = header(diagnostic, options.color, width);
    let gutter = 12;
    for excerpt in excerpts(&diagnostic.labels, sources, width - gutter) {
        out.push_str(&draw(&Shown { excerpt, level: diagnostic.level }, options.color, width));
    }
    if let Some(reason) = diagnostic.reason.as_deref() {
        out.push_str(&wrap(&clean(reason), "  ", "  ", width));
    }
    let why = is_lint(diagnostic.code).then(|| format!("milepost explain {}", diagnostic.code));
    let notes = [("help", diagnostic.help.as_deref()), ("fix", untold_fix(diagnostic)), ("why", why.as_deref())];
    for (word, note) in notes {
        let Some(note) = note else { continue };
        let lead = format!("  {word}: ");
        let wrapped = wrap(&clean(note), &lead, &" ".repeat(lead.len()), width);
        out.push_str(&wrapped.replacen(word, &paint(word, CYAN, options.color), 1));
    }
    out
}

/// The title of a fix that neither the help nor a label says already.
fn untold_fix(diagnostic: &Diagnostic) -> Option<&str> {
    let title = diagnostic.fix.as_ref()?.title.as_str();
    let told = |text: &str| text.contains(title);
    let known = diagnostic.help.as_deref().is_some_and(told) || diagnostic.labels.iter().any(|l| told(&l.text));
    (!known).then_some(title)
}

/// `1 error, 2 warnings, 2 corrections certain: milepost check --fix; 1 more changes what the plan says: --fix --unsafe`;
/// `None` without findings.
pub fn summary(found: &[Diagnostic]) -> Option<String> {
    let counts: Vec<String> = [Level::Error, Level::Warning, Level::Hint]
        .into_iter()
        .map(|level| (level, found.iter().filter(|d| d.level == level).count()))
        .filter(|(_, n)| *n > 0)
        .map(|(level, n)| format!("{} {}{}", grouped(n), level.name(), if n == 1 { "" } else { "s" }))
        .collect();
    (!counts.is_empty()).then(|| format!("{}{}{}", counts.join(", "), certain(found), risky(found)))
}

/// How many corrections leave alone what the plan says, and how they are made.
fn certain(found: &[Diagnostic]) -> String {
    let fixes: Vec<_> = found.iter().filter_map(|d| d.fix.as_ref()).filter(|f| f.safe).collect();
    let edits: usize = fixes.iter().map(|f| f.edits.len()).sum();
    let how_many = match (fixes.len() == found.len(), fixes.len(), edits) {
        (_, 0, _) => return String::new(),
        (true, 1, 2) | (true, 2, _) => "both corrections certain".to_owned(),
        (true, 1, _) => "its correction certain".to_owned(),
        (true, n, _) => format!("all {} corrections certain", grouped(n)),
        (false, 1, _) => "1 correction certain".to_owned(),
        (false, n, _) => format!("{} corrections certain", grouped(n)),
    };
    format!(", {how_many}: milepost check --fix")
}

/// How many corrections change what the plan says, and how they are made.
fn risky(found: &[Diagnostic]) -> String {
    let all = found.iter().filter_map(|d| d.fix.as_ref());
    let (safe, others): (Vec<_>, Vec<_>) = all.partition(|f| f.safe);
    let changes = if others.len() == 1 { "changes" } else { "change" };
    let corrections = if others.len() == 1 { "correction" } else { "corrections" };
    match (others.len(), safe.len()) {
        (0, _) => String::new(),
        (n, 0) => format!(", {n} {corrections} that {changes} what the plan says: milepost check --fix --unsafe"),
        (n, _) => format!("; {n} more {changes} what the plan says: --fix --unsafe"),
    }
}

impl Level {
    /// As people read it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Hint => "hint",
        }
    }
}

const CYAN: &str = "36";

fn paint(text: &str, style: &str, color: bool) -> String {
    if color { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// `error[P021]: message`, wrapped.
fn header(diagnostic: &Diagnostic, color: bool, width: usize) -> String {
    let tag = format!("{}[{}]", diagnostic.level.name(), diagnostic.code);
    let style = match diagnostic.level {
        Level::Error => "1;31",
        Level::Warning => "1;33",
        Level::Hint => "1;36",
    };
    let wrapped = wrap(&clean(&diagnostic.message), &format!("{tag}: "), "  ", width);
    wrapped.replacen(&tag, &paint(&tag, style, color), 1)
}

/// What is shown of a text that is not ours: a sign for each control character, so that none reaches the terminal; line ends stay.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { c } else { visible(c) }).collect()
}

/// `text` in lines of at most `width` columns, broken between words; its own line ends and a line's own indent stay.
fn wrap(text: &str, first: &str, rest: &str, width: usize) -> String {
    let mut out = String::new();
    let mut lead = first;
    for line in text.lines() {
        let indent = &line[..line.len() - line.trim_start_matches(' ').len()];
        let mut current = format!("{lead}{indent}");
        let mut fresh = true;
        for word in line.split(' ').filter(|w| !w.is_empty()) {
            if !fresh && current.width() + 1 + word.width() > width {
                out.push_str(current.trim_end());
                out.push('\n');
                current = format!("{rest}{indent}");
                fresh = true;
            }
            if !fresh {
                current.push(' ');
            }
            current.push_str(word);
            fresh = false;
        }
        out.push_str(current.trim_end());
        out.push('\n');
        lead = rest;
    }
    out
}

/// An excerpt as miette takes it: without a message, which the header has said.
#[derive(Debug)]
struct Shown {
    excerpt: Excerpt,
    level: Level,
}

impl fmt::Display for Shown {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Shown {}

impl miette::Diagnostic for Shown {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.level {
            Level::Error => miette::Severity::Error,
            Level::Warning => miette::Severity::Warning,
            Level::Hint => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = miette::LabeledSpan> + '_>> {
        Some(Box::new(self.excerpt.labels()))
    }
}

/// The excerpt with its labels.
fn draw(shown: &Shown, color: bool, width: usize) -> String {
    let theme = if color {
        GraphicalTheme { characters: ThemeCharacters::unicode(), styles: ThemeStyles::ansi() }
    } else {
        GraphicalTheme { characters: ThemeCharacters::ascii(), styles: ThemeStyles::none() }
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_context_lines(1);
    let mut out = String::new();
    // Writing to a String doesn't fail.
    let _ = handler.render_report(&mut out, shown);
    // The first line is the mark of the message that isn't there.
    let drawing = out.split_once('\n').map_or("", |(_, drawing)| drawing);
    drawing.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}
