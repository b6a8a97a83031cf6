//! Common wrong spellings, looked for where reading stopped: what is wrong, the right spelling, and the text that lets
//! reading go on. Knows the shape of the language, and no names.

mod convert;
mod error;
pub mod words;

pub use error::SlipError;

use super::grammar::{GoalParser, Rule, parts};
use super::place::{Places, Repair};
use crate::source::Span;
use pest::Parser;

/// How many words before the place where reading stopped may begin a wrong spelling.
const WORDS_BACK: usize = 9;

/// A wrong spelling and what to read instead.
pub struct Slip {
    /// What is wrong.
    pub error: SlipError,
    /// What to read instead, in order.
    pub repairs: Vec<Repair>,
    /// True for a guess: reading must get further with it. Else it is enough that less is left to read.
    pub guess: bool,
}

/// What the language expected where reading stopped.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// `=`
    pub equals: bool,
    /// A text between quotes.
    pub text: bool,
}

/// Everything that may be wrong where reading stopped, most likely first. `at` is in `source`, which is the piece with
/// earlier repairs done; the places in what comes back are in the file.
pub fn candidates<'a>(
    source: &'a str,
    at: usize,
    wanted: Wanted,
    places: &'a Places<'_>,
) -> impl Iterator<Item = Slip> + 'a {
    let tokens = tokens(source, at);
    let spelled = spellings(source, at, tokens.clone(), places);
    let words: [Find; 6] = [late_target, capitals, other_word, misspelled, unsigned, long_name];
    let missing = missing(source, at, wanted, places);
    spelled.chain(missing).chain(words.into_iter().filter_map(move |find| find(source, at, &tokens, places)))
}

/// Looks for one sort of slip: in a text, where reading stopped, with the starts of the words before it.
type Find = fn(&str, usize, &[usize], &Places<'_>) -> Option<Slip>;

/// The starts of the last few words and signs up to `at`, outside of texts and comments; the last is `at`.
fn tokens(source: &str, at: usize) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut chars = source.char_indices().take_while(|(i, _)| *i < at).peekable();
    while let Some((start, c)) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        starts.push(start);
        match c {
            '#' => {
                starts.pop();
                chars.by_ref().find(|(_, c)| *c == '\n');
            }
            '"' => {
                let mut escaped = false;
                chars.by_ref().find(|(_, c)| {
                    let end = *c == '"' && !escaped;
                    escaped = *c == '\\' && !escaped;
                    end
                });
            }
            '`' => {
                chars.by_ref().find(|(_, c)| *c == '`');
            }
            c if is_word(c) => while chars.next_if(|(_, c)| is_word(*c)).is_some() {},
            _ => {}
        }
        if starts.len() > 4 * WORDS_BACK {
            starts.drain(..2 * WORDS_BACK);
        }
    }
    let keep = starts.len().saturating_sub(WORDS_BACK);
    starts.drain(..keep);
    starts.push(at);
    starts
}

/// The text without the blanks and comments behind it.
fn content(text: &str) -> &str {
    let mut end = 0;
    let mut quote = None;
    let mut escaped = false;
    let mut chars = text.char_indices();
    while let Some((start, c)) = chars.next() {
        match (quote, c) {
            (None, '#') => {
                chars.by_ref().find(|(_, c)| *c == '\n');
                continue;
            }
            (None, c) if c.is_whitespace() => continue,
            (None, '"' | '`') => quote = Some(c),
            (Some(open), c) if c == open && !escaped => quote = None,
            _ => {}
        }
        escaped = c == '\\' && quote == Some('"') && !escaped;
        end = start + c.len_utf8();
    }
    &text[..end]
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The word that starts a text, and nothing where none does.
fn word(text: &str) -> &str {
    let end = text.find(|c| !is_word(c)).unwrap_or(text.len());
    &text[..end]
}

fn file_span(places: &Places<'_>, start: usize, end: usize) -> Span {
    Span::new(places.offset(start, false), places.offset(end, true))
}

fn replace(error: SlipError, at: Span, text: impl Into<String>) -> Slip {
    Slip { error, repairs: vec![Repair { at, text: text.into() }], guess: true }
}

/// The wrong spellings that have rules of their own.
fn spellings<'a>(
    source: &'a str,
    stopped: usize,
    tokens: Vec<usize>,
    places: &'a Places<'_>,
) -> impl Iterator<Item = Slip> + 'a {
    let read_to = source.get(..stopped).map_or(stopped, |s| content(s).len());
    tokens.into_iter().filter_map(move |start| {
        let node = GoalParser::parse(Rule::slip, source.get(start..)?).ok()?.next()?;
        let end = start + content(node.as_str()).len();
        let touches = end > stopped || (node.as_rule() == Rule::slip_within && end >= read_to);
        let at = file_span(places, start, end);
        let converted = convert::convert(&node, at).filter(|_| touches)?;
        Some(Slip { guess: false, ..replace(converted.error, at, converted.text) })
    })
}

/// `=` or quotes that are missing.
fn missing(source: &str, at: usize, wanted: Wanted, places: &Places<'_>) -> Option<Slip> {
    let rest = source.get(at..)?;
    let line = rest.split('\n').next()?;
    if wanted.equals && !line.starts_with('"') {
        let length = word(line).len().max(line.chars().next()?.len_utf8());
        let place = file_span(places, at, at + length);
        let before = Span { start: place.start, end: place.start };
        return Some(replace(SlipError::MissingEquals { right: "= ".to_owned(), at: place }, before, "= "));
    }
    if !wanted.text || !line.starts_with(|c: char| c.is_alphanumeric() || "./_~".contains(c)) {
        return None;
    }
    let is_path = ["table", "import"].iter().any(|k| source.starts_with(k));
    let ends = |c: char| c == '#' || c == '"' || (is_path && c.is_whitespace());
    let written = line[..line.find(ends).unwrap_or(line.len())].trim_end();
    let written = before_clause(source, at, written);
    let place = file_span(places, at, at + written.len());
    let right = format!("\"{}\"", written.replace('\\', "\\\\"));
    let error = SlipError::MissingQuotes { written: written.to_owned(), right: right.clone(), at: place };
    Some(replace(error, place, right))
}

/// Of a text without quotes, the words before a clause: the statement can be read with that much of it in quotes.
fn before_clause<'t>(source: &str, at: usize, written: &'t str) -> &'t str {
    const TRIED: usize = 8;
    let starts = written.match_indices(' ').map(|(i, _)| i);
    let clauses = starts.filter(|i| words::is_keyword(word(written.get(i + 1..).unwrap_or(""))));
    let mut parts = clauses.filter_map(|i| written.get(..i)).take(TRIED);
    let readable = |part: &&str| {
        let (before, after) = (source.get(..at).unwrap_or(""), source.get(at + part.len()..).unwrap_or(""));
        let text = part.trim_end().replace('\\', "\\\\");
        GoalParser::parse(Rule::piece, &format!("{before}\"{text}\"{after}")).is_ok()
    };
    parts.find(readable).unwrap_or(written).trim_end()
}

/// A target after the clauses.
fn late_target(source: &str, at: usize, _: &[usize], places: &Places<'_>) -> Option<Slip> {
    let target = GoalParser::parse(Rule::target, source.get(at..)?).ok()?.next()?;
    let text = target.as_str().trim_end();
    let goal = GoalParser::parse(Rule::piece, source.get(..at)?).ok()?.next()?;
    let clause = parts((goal.as_rule() == Rule::goal).then_some(goal)?)
        .find(|n| !matches!(n.as_rule(), Rule::goal_head | Rule::measured | Rule::combined))?;
    let before = clause.as_span().start();
    let to = file_span(places, before, before);
    let from = file_span(places, at, at + text.len());
    let error = SlipError::TargetLate { written: text.to_owned(), right: text.to_owned(), at: from, to };
    let repairs = vec![Repair { at: to, text: format!("{text} ") }, Repair { at: from, text: String::new() }];
    Some(Slip { error, repairs, guess: false })
}

/// A word of the language with capitals.
fn capitals(source: &str, _: usize, tokens: &[usize], places: &Places<'_>) -> Option<Slip> {
    tokens.iter().rev().take(2).find_map(|start| {
        let written = word(source.get(*start..)?);
        let right = written.to_lowercase();
        let at = file_span(places, *start, start + written.len());
        let slip = right != written && words::is_keyword(&right);
        slip.then(|| {
            let written = written.to_owned();
            replace(SlipError::Capitals { written, right: right.clone(), at }, at, right)
        })
    })
}

/// A word that people use for one of the language.
fn other_word(source: &str, _: usize, tokens: &[usize], places: &Places<'_>) -> Option<Slip> {
    tokens.iter().rev().take(2).find_map(|start| {
        let written = word(source.get(*start..)?);
        let right = words::other(&written.to_lowercase())?.to_owned();
        let at = file_span(places, *start, start + written.len());
        let written = written.to_owned();
        Some(replace(SlipError::OtherWord { written, right: right.clone(), at }, at, right))
    })
}

/// A word of the language with a slip of the pen.
fn misspelled(source: &str, at: usize, _: &[usize], places: &Places<'_>) -> Option<Slip> {
    let written = word(source.get(at..)?);
    let right = words::nearest(written, words::KEYWORDS.iter().map(String::as_str)).filter(|r| *r != written)?;
    let place = file_span(places, at, at + written.len());
    let error = SlipError::UnknownWord { written: written.to_owned(), right: right.to_owned(), at: place };
    Some(replace(error, place, right))
}

/// A number where a target should stand.
fn unsigned(source: &str, at: usize, _: &[usize], places: &Places<'_>) -> Option<Slip> {
    let node = GoalParser::parse(Rule::quantity, source.get(at..)?).ok()?.next()?;
    let (written, place) = (node.as_str().to_owned(), file_span(places, at, at + node.as_str().len()));
    let right = format!("+{written}");
    let error = SlipError::ChangeWithoutSign { written, right: right.clone(), at: place };
    source.starts_with("goal").then(|| replace(error, place, right))
}

/// A name of several words.
fn long_name(source: &str, at: usize, tokens: &[usize], places: &Places<'_>) -> Option<Slip> {
    let is_name = |start: usize| {
        let word = word(source.get(start..).unwrap_or(""));
        word.starts_with(|c: char| c.is_alphabetic() || c == '_') && !words::is_keyword(word)
    };
    let last = tokens.iter().rposition(|t| *t < at)?;
    let first = (0..=last).rev().take_while(|i| is_name(tokens[*i]) && adjacent(source, tokens[*i])).last()?;
    let start = *tokens.get(first)?;
    let mut end = at;
    loop {
        let rest = source.get(end..)?;
        let next = end + rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if !is_name(next) || next == end && end != at {
            break;
        }
        end = next + word(source.get(next..)?).len();
    }
    let written = source.get(start..end)?.trim_end();
    let called = source.get(end..)?.starts_with(['(', '.']);
    if called || end <= at || written.contains(|c: char| !is_word(c) && c != ' ') || written.matches(' ').count() > 4 {
        return None;
    }
    let place = file_span(places, start, start + written.len());
    let right = format!("`{written}`");
    Some(replace(SlipError::NameOfWords { written: written.to_owned(), right: right.clone(), at: place }, place, right))
}

/// True where only blanks stand between the word at `start` and the next word on its line.
fn adjacent(source: &str, start: usize) -> bool {
    let after = source.get(start..).map_or("", |s| &s[word(s).len()..]);
    after.starts_with(' ') && after.trim_start_matches(' ').starts_with(is_word)
}
