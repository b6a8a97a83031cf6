//! Reads on after an error: puts common slips right, cuts off what turns out to be another statement, and says the rest.

use super::error::SyntaxError;
use super::grammar::{GoalParser, Rule};
use super::place::{Places, Repair};
use super::scan::{self, Piece};
use super::slips::{self, Slip, SlipError, words};
use super::tree::Comment;
use super::{Trouble, build, expected};
use crate::source::Span;
use pest::Parser;
use std::borrow::Cow;

/// How many bytes are read again, at most, in search of what is wrong with one statement.
const EFFORT: usize = 4 << 20;

/// A statement that is being read.
struct Work {
    at: Span,
    /// False until its first word is known to open a statement.
    opened: bool,
    repairs: Vec<Repair>,
    broken: bool,
}

/// Reads a piece that can't be read as it is.
pub fn recover(text: &str, piece: &Piece, comments: &[Comment]) -> Trouble {
    let mut recovery =
        Recovery { text, comments, indent: piece.indent, trouble: Trouble::default(), queue: Vec::new() };
    let Piece { at, opened, ref repairs, broken, .. } = *piece;
    recovery.queue.push(Work { at, opened, repairs: repairs.clone(), broken });
    while let Some(mut work) = recovery.queue.pop() {
        if work.opened || recovery.open(&mut work) {
            recovery.read(work);
        }
    }
    recovery.trouble
}

struct Recovery<'a> {
    text: &'a str,
    comments: &'a [Comment],
    indent: usize,
    trouble: Trouble,
    queue: Vec<Work>,
}

impl Recovery<'_> {
    fn slip(&mut self, error: SlipError) {
        self.trouble.errors.push(SyntaxError::Slip(error));
    }

    /// Finds the word that should open the statement; false where there is none.
    fn open(&mut self, work: &mut Work) -> bool {
        let start = work.at.start as usize;
        let rest = self.text.get(work.at.range()).unwrap_or("");
        let line = rest.split('\n').next().unwrap_or("");
        let bullet = bullet(line);
        let at = start + bullet;
        if bullet > 0 {
            let written = line[..bullet].trim_end().to_owned();
            let at = Span::new(start, at);
            self.slip(SlipError::Punctuation { written, right: String::new(), at });
        }
        work.at.start = at as u32;
        let line = &line[bullet..];
        if scan::opens(line, 0, None) {
            return true;
        }
        let Some(right) = opener(line) else {
            self.trouble.errors.push(SyntaxError::Outside { at: Span::new(at, at + line.trim_end().len()) });
            return false;
        };
        let written = first_word(line).to_owned();
        let at = Span::new(at, at + written.len());
        work.repairs.insert(0, Repair { at, text: right.to_owned() });
        let right = right.to_owned();
        self.slip(match written.to_lowercase() == right {
            true => SlipError::Capitals { written, right, at },
            false => SlipError::UnknownStatement { written, right, at },
        });
        true
    }

    fn read(&mut self, mut work: Work) {
        let mut effort = (EFFORT / work.at.len().max(1)).clamp(2, 200);
        loop {
            let source = repaired(self.text, &work);
            let base = work.at.start as usize;
            let places = Places::new(self.text, self.comments, base, &work.repairs);
            let stopped = match attempt(&source) {
                Ok(node) => {
                    let (statement, errors) = build::Build::new(places).run(node);
                    self.trouble.statements.extend(statement);
                    self.trouble.errors.extend(errors);
                    return;
                }
                Err(error) => error,
            };
            let at = expected::position(&stopped);
            let place = places.offset(at, false);
            if let Some(cut) = self.cut(&work, place, false) {
                self.split(&mut work, cut, None);
                continue;
            }
            let before = places.offset(at, false);
            let mut found = None;
            for slip in slips::candidates(&source, at, expected::wanted(&stopped), &places) {
                if effort == 0 {
                    break;
                }
                effort -= 1;
                if let Some(repairs) = self.better(&work, &slip, before, source.len() - at) {
                    found = Some((slip.error, repairs));
                    break;
                }
            }
            if let Some((error, repairs)) = found {
                work.repairs = repairs;
                self.slip(error);
                continue;
            }
            if let Some(cut) = self.cut(&work, place, true) {
                self.split(&mut work, cut, None);
                continue;
            }
            if let Some(error) =
                second_statement(self.text, place).filter(|_| place > base && place < work.at.end as usize)
            {
                self.split(&mut work, place, Some(error));
                continue;
            }
            let told = work.broken || work.repairs.iter().any(|r| (r.at.start..=r.at.end).contains(&(place as u32)));
            if !told {
                let error = bracket(&source, &places).unwrap_or_else(|| expected::error(&stopped, &source, &places));
                self.trouble.errors.push(error);
            }
            return;
        }
    }

    /// All repairs with some more, where with them reading gets further.
    fn better(&self, work: &Work, slip: &Slip, before: usize, rest: usize) -> Option<Vec<Repair>> {
        let more = &slip.repairs;
        let overlaps = |a: &Repair, b: &Repair| {
            (a.at.start < b.at.end && b.at.start < a.at.end) || (a.at == b.at && !a.at.is_empty())
        };
        if more.iter().any(|m| work.repairs.iter().any(|r| overlaps(r, m))) {
            return None;
        }
        let mut repairs = work.repairs.clone();
        repairs.extend(more.iter().cloned());
        repairs.sort_by_key(|r| (r.at.start, r.at.end));
        let tried = Work { at: work.at, opened: true, repairs, broken: work.broken };
        let source = repaired(self.text, &tried);
        let further = match attempt(&source) {
            Ok(_) => true,
            Err(error) => {
                let at = expected::position(&error);
                let places = Places::new(self.text, self.comments, work.at.start as usize, &tried.repairs);
                places.offset(at, false) > before || (!slip.guess && source.len() - at < rest)
            }
        };
        further.then_some(tried.repairs)
    }

    /// Where the line on which reading stopped begins another statement, if it does; `deeper` also where it is indented.
    fn cut(&self, work: &Work, place: usize, deeper: bool) -> Option<usize> {
        let line_start = self.text.get(..place)?.rfind('\n').map_or(0, |n| n + 1);
        let line = self.text.get(line_start..)?.split('\n').next()?;
        let body = line.trim_start();
        let indent = line.len() - body.len();
        let start = line_start + indent;
        if start <= work.at.start as usize || start >= work.at.end as usize || (indent > self.indent) != deeper {
            return None;
        }
        let body = &body[bullet(body)..];
        (scan::opens(body, 0, None) || opener(body).is_some()).then_some(start)
    }

    /// Cuts the rest off as work of its own.
    fn split(&mut self, work: &mut Work, cut: usize, error: Option<SlipError>) {
        let opened = error.is_some();
        if let Some(error) = error {
            self.slip(error);
        }
        let (before, after): (Vec<_>, Vec<_>) =
            std::mem::take(&mut work.repairs).into_iter().partition(|r| (r.at.start as usize) < cut);
        let at = Span::new(cut, work.at.end as usize);
        self.queue.push(Work { at, opened, repairs: after, broken: work.broken });
        work.repairs = before;
        work.at.end = cut as u32;
    }
}

fn attempt(source: &str) -> Result<super::grammar::Node<'_>, Box<pest::error::Error<Rule>>> {
    match GoalParser::parse(Rule::piece, source).map(|mut nodes| nodes.next()) {
        Ok(Some(node)) => Ok(node),
        Ok(None) => Err(Box::new(pest::error::Error::new_from_pos(
            pest::error::ErrorVariant::CustomError { message: String::new() },
            pest::Position::from_start(source),
        ))),
        Err(error) => Err(Box::new(error)),
    }
}

/// The text of a piece with its repairs done.
fn repaired<'t>(text: &'t str, work: &Work) -> Cow<'t, str> {
    let whole = text.get(work.at.range()).unwrap_or("");
    if work.repairs.is_empty() {
        return Cow::Borrowed(whole);
    }
    let mut source = String::with_capacity(whole.len() + 16);
    let mut at = work.at.start as usize;
    for repair in &work.repairs {
        source.push_str(text.get(at..repair.at.start as usize).unwrap_or(""));
        source.push_str(&repair.text);
        at = at.max(repair.at.end as usize);
    }
    source.push_str(text.get(at..work.at.end as usize).unwrap_or(""));
    Cow::Owned(source)
}

/// The length of a list's bullet or number at the start of a line.
fn bullet(line: &str) -> usize {
    let mark = line.trim_start_matches(['-', '*', '•', '·', '–']);
    let marked = line.len() - mark.len();
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let numbered = if digits > 0 && line[digits..].starts_with(['.', ')']) { digits + 1 } else { 0 };
    let length = marked.max(numbered);
    let blanks = line[length..].len() - line[length..].trim_start_matches([' ', '\t']).len();
    if length > 0 && blanks > 0 { length + blanks } else { 0 }
}

fn first_word(line: &str) -> &str {
    let end = line.find(|c: char| !c.is_alphabetic()).unwrap_or(line.len());
    &line[..end]
}

/// The word that opens a statement, which a line's first word stands for.
fn opener(line: &str) -> Option<&'static str> {
    let written = first_word(line);
    let lower = written.to_lowercase();
    let openers = || scan::OPENERS.iter().copied();
    let right = openers().find(|o| *o == lower).or_else(|| words::nearest(written, openers()))?;
    let rest = line.get(written.len()..)?;
    scan::opens(&format!("{right}{rest}"), 0, None).then_some(right)
}

/// A statement that begins in the middle of a line.
fn second_statement(text: &str, place: usize) -> Option<SlipError> {
    let line = text.get(place..)?.split('\n').next()?;
    let before = text.get(..place)?.trim_end_matches([' ', '\t']);
    scan::opens(line, 0, None).then(|| SlipError::SecondStatement {
        written: first_word(line).to_owned(),
        right: "\n".to_owned(),
        at: Span::new(before.len(), place),
    })
}

/// The first bracket without a partner.
fn bracket(source: &str, places: &Places<'_>) -> Option<SyntaxError> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut chars = source.char_indices();
    let error = |at: usize, bracket, help| {
        let at = Span::new(places.offset(at, false), places.offset(at + 1, true));
        Some(SyntaxError::Bracket { bracket, help, at })
    };
    while let Some((at, c)) = chars.next() {
        let partner = match c {
            '"' | '`' => {
                let mut escaped = false;
                chars.by_ref().find(|(_, d)| {
                    let end = *d == c && !escaped;
                    escaped = c == '"' && *d == '\\' && !escaped;
                    end
                });
                continue;
            }
            '#' => {
                chars.by_ref().find(|(_, d)| *d == '\n');
                continue;
            }
            '(' | '[' => {
                open.push((at, c));
                continue;
            }
            ')' => '(',
            ']' => '[',
            _ => continue,
        };
        match open.pop() {
            Some((_, o)) if o == partner => {}
            Some((at, '[')) => return error(at, '[', "write ] where it ends"),
            Some((at, o)) => return error(at, o, "write ) where it ends"),
            None => return error(at, c, "leave it out, or open it where it begins"),
        }
    }
    let (at, c) = open.pop()?;
    error(at, c, if c == '[' { "write ] where it ends" } else { "write ) where it ends" })
}
