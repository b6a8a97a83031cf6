//! Trees to text: one way to lay out a plan. Knows no meaning; adds and drops nothing that means something.
//!
//! # Layout
//!
//! - One statement starts a line. Statements keep their order, clauses theirs; an empty line between statements or
//!   comments stays, two become one.
//! - A statement is its head (keyword, name, title, subject and targets, or value) and its clauses. The head stands on
//!   one line where it fits in 100 columns.
//! - The writer's line breaks inside a statement are kept: before a clause, an item of a list, `and`, `or`, and any other
//!   operator. A clause's line is indented by two spaces, any other by four, and two more in each bracket. Breaks
//!   anywhere else are dropped.
//! - A line over 100 columns is broken before each of its clauses; where there is none, between the parts of the head,
//!   then between items, then before operators, outside brackets first. Text and names are never broken. A line never
//!   newly starts with a word that opens a statement.
//! - Single spaces around operators, none inside brackets. Names lose back-ticks that they don't need.
//! - Numbers keep suffix, decimals and grouping: `10k`, `254.58M`, `1_000`. Lengths of time are `1h`, `15min`, `2 weeks`,
//!   after `every` and `per` `month` for `1 month`; periods `Q1 2021`, `2021-03`.
//! - No comment is lost, and their order stays. A comment on a line of its own stays before what it stood before; behind
//!   something, it stays behind it, two spaces away. `#text` becomes `# text`. An indented comment right under a statement
//!   belongs to it and is indented by two.
//! - Line ends are `\n`, with one at the end; a byte-order mark is dropped.

mod expression;
mod goal;
mod layout;
mod statement;
mod words;

use crate::diagnostic::Finding;
use crate::source::Span;
use crate::syntax::tree::{Comment, File};
use layout::{Lines, Words};

/// A text as it is written in a plan: between double quotes, with escapes where it needs them.
pub fn quoted(text: &str) -> String {
    let mut out = String::new();
    words::text(&mut out, text);
    out
}

/// Why a file is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
pub enum FormatError {
    /// Text that is in no statement and in no comment: it would be lost.
    #[error("this could not be read, so the file stays as it is")]
    #[diagnostic(code("P090"), help("mend it first: `milepost check` says what is wrong with it"))]
    Unread {
        /// The text.
        #[label("not understood")]
        at: Span,
    },
    /// The formatted text reads as something else.
    #[error("formatting would change what this says, so the file stays as it is")]
    #[diagnostic(
        code("P091"),
        help(
            "this is a mistake of Milepost's, not yours: please report it with this statement; written in a simpler way it may go through"
        )
    )]
    Changed {
        /// The statement or comment that would change.
        #[label("this would change")]
        at: Span,
    },
}

impl Finding for FormatError {}

/// Formats a plan. Takes the tree and the text it was read from; gives the new text.
///
/// The new text is read back and compared before it is given. A text with syntax errors isn't for formatting: the caller
/// shows those instead.
///
/// # Errors
/// Where `text` holds something that isn't in `file` (a statement with a syntax error), or where the new text would
/// read as another plan.
pub fn format(file: &File, text: &str) -> Result<String, FormatError> {
    if let Some(at) = unread(file, text) {
        return Err(FormatError::Unread { at });
    }
    let mut formatted = print(file, text);
    // A break that moves a comment can move another one: written again until it stays as it is.
    for _ in 0..MAX_ROUNDS {
        let again = crate::syntax::parse(&formatted);
        if let Some(at) = difference(file, &again.file) {
            return Err(FormatError::Changed { at });
        }
        if !again.errors.is_empty() {
            return Err(FormatError::Changed { at: Span::default() });
        }
        let settled = print(&again.file, &formatted);
        if settled == formatted {
            return Ok(formatted);
        }
        formatted = settled;
    }
    Err(FormatError::Changed { at: Span::default() })
}

/// How often a text is written at the most until it stays as it is; two rounds are the rule.
const MAX_ROUNDS: usize = 8;

/// Writes a tree, unchecked. `text` is what its places point into: line breaks, empty lines and back-ticks are kept
/// from there. A tree that was never text is written with an empty `text`.
pub fn print(file: &File, text: &str) -> String {
    let mut out = Lines::with_capacity(text.len() + text.len() / 16);
    let mut words = Words::new(text);
    let mut comments = Comments { text, rest: &file.comments, end: 0, owner: None };
    for statement in &file.statements {
        comments.before(statement.span.start, &mut out);
        blank_line(text, comments.end, statement.span.start, &mut out);
        words.clear();
        words.statement(statement);
        let inside = comments.rest.partition_point(|c| c.span.start < statement.span.end);
        let used = words.lines(&mut out, &comments.rest[..inside]);
        comments.rest = &comments.rest[used..];
        comments.end = statement.span.end;
        comments.owner = Some(column(text, statement.span.start));
    }
    comments.before(u32::MAX, &mut out);
    out.finish()
}

/// The comments that are yet to be written, between statements.
struct Comments<'a> {
    text: &'a str,
    rest: &'a [Comment],
    /// Where what was written last ended.
    end: u32,
    /// The column of the statement that stands right above, with no empty line between.
    owner: Option<usize>,
}

impl Comments<'_> {
    /// Writes those before `place`.
    fn before(&mut self, place: u32, out: &mut Lines) {
        while let Some((comment, rest)) = self.rest.split_first().filter(|(c, _)| c.span.start < place) {
            let at = comment.span.start;
            let blank = comment.own_line && blank_line(self.text, self.end, at, out);
            self.owner = self
                .owner
                .filter(|column_above| !blank && (!comment.own_line || column(self.text, at) > *column_above));
            let indent = if self.owner.is_some() { 2 } else { 0 };
            out.comment(comment, indent);
            self.end = self.end.max(comment.span.end);
            self.rest = rest;
        }
    }
}

/// Writes an empty line where the source has one or more between the two places, and says whether it did.
fn blank_line(text: &str, from: u32, to: u32, out: &mut Lines) -> bool {
    let between = text.as_bytes().get(from as usize..to as usize).unwrap_or(&[]);
    let blank = from > 0 && between.iter().filter(|b| **b == b'\n').nth(1).is_some();
    if blank {
        out.blank();
    }
    blank
}

/// How many bytes stand before a place on its line.
fn column(text: &str, at: u32) -> usize {
    let before = text.as_bytes().get(..at as usize).unwrap_or(&[]);
    before.iter().rev().take_while(|b| **b != b'\n').count()
}

/// The first text that is in no statement and no comment of `file`.
fn unread(file: &File, text: &str) -> Option<Span> {
    let mut comments = file.comments.iter().map(|c| c.span).peekable();
    let mut end = 0;
    let gap = |from: usize, to: usize| {
        let between = text.get(from..to)?;
        let skip = |c: char| c.is_whitespace() || c == '\u{feff}';
        let inner = between.trim_start_matches(skip);
        let start = to - inner.len();
        (!inner.is_empty()).then(|| Span::new(start, start + inner.trim_end_matches(skip).len()))
    };
    let statements = file.statements.iter().map(|s| s.span);
    for span in statements.chain([Span::new(text.len(), text.len())]) {
        while let Some(comment) = comments.next_if(|c| c.start < span.start) {
            if let Some(found) = gap(end, comment.start as usize) {
                return Some(found);
            }
            end = end.max(comment.end as usize);
        }
        if let Some(found) = gap(end, span.start as usize) {
            return Some(found);
        }
        end = end.max(span.end as usize);
    }
    None
}

/// The first statement or comment of `before` that isn't the same in `after`.
fn difference(before: &File, after: &File) -> Option<Span> {
    let statement = (before.statements.iter().zip(&after.statements)).find(|(a, b)| a != b).map(|(a, _)| a.span);
    let comment = (before.comments.iter().zip(&after.comments))
        .find(|(a, b)| a.text.trim() != b.text.trim())
        .map(|(a, _)| a.span);
    let missing = before.statements.get(after.statements.len()).map(|s| s.span);
    let missing_comment = before.comments.get(after.comments.len()).map(|c| c.span);
    let more = after.statements.len() > before.statements.len() || after.comments.len() > before.comments.len();
    statement.or(comment).or(missing).or(missing_comment).or(more.then(Span::default))
}
