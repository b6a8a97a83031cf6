//! The cheap scan that cuts a text into statements and gathers its comments. Knows the words that open a statement,
//! texts, back-ticks, comments and brackets, and nothing else of the grammar.

use super::error::SyntaxError;
use super::place::Repair;
use super::slips::SlipError;
use super::tree::Comment;
use crate::source::Span;

/// How many brackets may stand in one another.
pub const DEEPEST: usize = 64;

/// The words that open a statement.
pub const OPENERS: &[&str] = &[
    "goal",
    "metric",
    "table",
    "segment",
    "let",
    "campaign",
    "objective",
    "milestone",
    "alert",
    "exclude",
    "scenario",
    "test",
    "plan",
    "mission",
    "vision",
    "owner",
    "currency",
    "timezone",
    "fiscal",
    "week",
    "horizon",
    "on",
    "at",
    "import",
];

/// Words that are operators where they follow a name.
const WORD_OPERATORS: &[&str] = &["in", "not", "and", "or", "between", "is", "over", "ytd", "qtd", "mtd"];

/// One statement's stretch of the text, or text before the first statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// From its first word to where the next one starts.
    pub at: Span,
    /// Columns of white space before it.
    pub indent: usize,
    /// False for text before the first statement.
    pub opened: bool,
    /// The first bracket that is too deep.
    pub too_deep: Option<u32>,
    /// What the scan itself puts right: texts that don't end, comments with another mark.
    pub repairs: Vec<Repair>,
    /// True where a name in back-ticks doesn't end on its line: nothing can put that right.
    pub broken: bool,
}

/// What the scan finds.
#[derive(Debug, Default)]
pub struct Scan {
    /// In the order of the text.
    pub pieces: Vec<Piece>,
    /// In the order of the text.
    pub comments: Vec<Comment>,
    /// Texts and names that don't end, comments with another mark.
    pub errors: Vec<SyntaxError>,
}

/// Cuts a text into its pieces.
pub fn scan(text: &str) -> Scan {
    let mut scan = Scan::default();
    let mut depth = 0;
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |n| at + n);
        let line = &text[at..end];
        let body = line.trim_start_matches([' ', '\t', '\r', '\u{a0}']);
        let indent = line.len() - body.len();
        let start = at + indent;
        if let Some(mark) = COMMENT_MARKS.iter().find(|m| body.starts_with(**m)) {
            wrong_comment(mark, start, end, &mut scan);
        } else if !body.is_empty() {
            let opens = opens(body, indent, scan.pieces.last().filter(|p| p.opened).map(|p| (p, text)));
            if opens || (scan.pieces.is_empty() && !body.starts_with('#')) {
                depth = 0;
                let at = Span::new(start, end);
                let (too_deep, repairs) = (None, Vec::new());
                scan.pieces.push(Piece { at, indent, opened: opens, too_deep, repairs, broken: false });
            }
            read_line(text, start, end, &mut depth, &mut scan);
        }
        at = end + 1;
    }
    scan
}

/// The marks with which other languages open a comment.
const COMMENT_MARKS: [&str; 3] = ["//", "--", "/*"];

/// A line that is a comment with another mark.
fn wrong_comment(mark: &str, start: usize, end: usize, scan: &mut Scan) {
    let at = Span::new(start, start + mark.len());
    let error = SlipError::CommentMark { written: mark.to_owned(), right: "#".to_owned(), at };
    scan.errors.push(SyntaxError::Slip(error));
    if let Some(piece) = scan.pieces.last_mut() {
        piece.repairs.push(Repair { at: Span::new(start, end), text: String::new() });
        piece.at.end = end as u32;
    }
}

/// A text or name that doesn't end on its line: `at` runs to the line's end.
fn unclosed(mark: u8, at: Span, line: &str, scan: &mut Scan) {
    let Some(piece) = scan.pieces.last_mut() else { return };
    if mark == b'`' {
        piece.broken = true;
        scan.errors.push(SyntaxError::UnclosedName { at });
        return;
    }
    let curly = line.char_indices().find(|(_, c)| "“”„‟«»‘’'".contains(*c));
    let end = at.end as usize;
    let (place, error) = match curly {
        Some((offset, mark)) => {
            let start = at.start as usize + offset;
            let place = Span::new(start, start + mark.len_utf8());
            let error = SlipError::Quotes { written: mark.to_string(), right: "\"".to_owned(), at: place };
            (place, SyntaxError::Slip(error))
        }
        None => {
            let end = Span::new(end, end);
            (end, SyntaxError::UnclosedText { at, end })
        }
    };
    piece.repairs.push(Repair { at: place, text: "\"".to_owned() });
    scan.errors.push(error);
}

/// True where a line, white space at its start left out, opens a statement.
pub fn opens(line: &str, indent: usize, last: Option<(&Piece, &str)>) -> bool {
    let length = line.bytes().position(|b| !b.is_ascii_lowercase()).unwrap_or(line.len());
    let (word, rest) = line.split_at(length);
    if !OPENERS.contains(&word) {
        return false;
    }
    let next = rest.trim_start_matches([' ', '\t', '\r', '\u{a0}']);
    let deeper = last.is_some_and(|(p, _)| indent > p.indent);
    if next.is_empty() {
        return !deeper;
    }
    if next.len() == rest.len() && !next.starts_with('"') {
        return false;
    }
    let next_word = next.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
    match word {
        "owner" if deeper => last.is_some_and(|(p, text)| {
            !["goal", "objective", "milestone"].iter().any(|k| text[p.at.range()].starts_with(k))
        }),
        "fiscal" => next_word == "year",
        "week" => next_word == "starts",
        "on" => next_word == "track" && next.contains("above"),
        "at" => next_word == "risk" && next.contains("above"),
        "horizon" | "exclude" => next.starts_with(|c: char| c.is_alphanumeric()),
        _ if WORD_OPERATORS.contains(&next_word) => !deeper,
        "goal" if next.starts_with('(') => !deeper,
        _ => next.starts_with(|c: char| c.is_alphabetic() || "_\"`'“”„«".contains(c)),
    }
}

/// Reads one line: comments, texts, back-ticks, brackets.
fn read_line(text: &str, start: usize, end: usize, depth: &mut usize, scan: &mut Scan) {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < end {
        match bytes[at] {
            b'#' => {
                let comment = text[at..end].trim_end();
                let span = Span::new(at, at + comment.len());
                scan.comments.push(Comment { text: comment[1..].to_owned(), span, own_line: at == start });
                break;
            }
            mark @ (b'"' | b'`') => match closing(&bytes[at + 1..end], mark) {
                Some(length) => at += length + 1,
                None => {
                    let line = text[at..end].trim_end();
                    unclosed(mark, Span::new(at, at + line.len()), line, scan);
                    at = end;
                }
            },
            b'(' | b'[' | b'{' => {
                *depth += 1;
                if let Some(piece) = scan.pieces.last_mut().filter(|_| *depth > DEEPEST) {
                    piece.too_deep.get_or_insert(at as u32);
                }
            }
            b')' | b']' | b'}' => *depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    if let Some(piece) = scan.pieces.last_mut() {
        piece.at.end = end as u32;
    }
}

/// Where a text or a name ends, counted from after its mark.
fn closing(rest: &[u8], mark: u8) -> Option<usize> {
    let mut escaped = false;
    rest.iter().position(|b| {
        let closes = *b == mark && !escaped;
        escaped = mark == b'"' && *b == b'\\' && !escaped;
        closes
    })
}
