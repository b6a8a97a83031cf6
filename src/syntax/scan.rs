//! The cheap scan that cuts a text into statements and gathers its comments. Knows the words that open a statement,
//! texts, back-ticks, comments and brackets, and nothing else of the grammar.

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
    /// Texts and back-ticks that don't end on their line.
    pub unclosed: Vec<Unclosed>,
}

/// A text or name in back-ticks that doesn't end on its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unclosed {
    /// `"` or a back-tick.
    pub mark: char,
    /// From the mark to the line's end.
    pub at: Span,
}

/// What the scan finds.
#[derive(Debug, Default)]
pub struct Scan {
    /// In the order of the text.
    pub pieces: Vec<Piece>,
    /// In the order of the text.
    pub comments: Vec<Comment>,
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
        if !body.is_empty() {
            let start = at + indent;
            let opens = opens(body, indent, scan.pieces.last().filter(|p| p.opened).map(|p| (p, text)));
            if opens || (scan.pieces.is_empty() && !body.starts_with('#')) {
                depth = 0;
                let at = Span::new(start, end);
                scan.pieces.push(Piece { at, indent, opened: opens, too_deep: None, unclosed: Vec::new() });
            }
            read_line(text, start, end, &mut depth, &mut scan);
        }
        at = end + 1;
    }
    scan
}

/// True where a line, white space at its start left out, opens a statement.
fn opens(line: &str, indent: usize, last: Option<(&Piece, &str)>) -> bool {
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
                    let line = Span::new(at, at + text[at..end].trim_end().len());
                    if let Some(piece) = scan.pieces.last_mut() {
                        piece.unclosed.push(Unclosed { mark: mark as char, at: line });
                    }
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
