//! From the words of one statement to its lines: where lines break, and where its comments stand. Knows no syntax:
//! only words, how strongly each asks for a line of its own, and where it stood in the source.

use super::words;
use crate::source::Span;
use crate::syntax::tree::Comment;
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// The columns that a line may take, its comment aside.
pub(super) const WIDTH: usize = 100;

/// How a word joins the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// On the same line, always (but after a comment).
    Same,
    /// The start of a clause.
    Clause,
    /// A part of the head: joined to the line before wherever the whole head fits.
    Head,
    /// An item of a list, but the first.
    Item,
    /// `and`, `or`.
    Junction,
    /// An operator.
    Operator,
    /// The first item after an opening bracket, with no space: a line of its own only where it had one.
    First,
    /// With no space, on the same line, always (but after a comment).
    Glued,
}

/// One word: text that is never broken.
#[derive(Debug, Clone)]
struct Word {
    /// In [`Words::buffer`].
    text: Range<usize>,
    /// In columns.
    width: usize,
    /// Where it stood in the source; 0 where that isn't known.
    at: u32,
    join: Join,
    /// How far down it may start a line when lines are too long: 1 first, 0 never.
    rank: u8,
    /// It started a line in the source.
    kept: bool,
    /// The indentation of a line that starts with it.
    indent: usize,
}

impl Word {
    /// Columns between it and the word before.
    fn gap(&self) -> usize {
        usize::from(!matches!(self.join, Join::First | Join::Glued))
    }
}

/// The words of one statement, in order. Kept from one statement to the next to save allocations.
pub(super) struct Words<'t> {
    /// The source; empty for a tree that was never text.
    source: &'t str,
    buffer: String,
    list: Vec<Word>,
    /// How many brackets and lists the next word stands in: the deeper, the later lines break there.
    pub(super) depth: u8,
    /// How many brackets are open.
    pub(super) brackets: u8,
}

impl<'t> Words<'t> {
    pub(super) fn new(source: &'t str) -> Self {
        Self { source, buffer: String::new(), list: Vec::new(), depth: 0, brackets: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.buffer.clear();
        self.list.clear();
        self.depth = 0;
        self.brackets = 0;
    }

    /// Starts a word that stood at `at`; what is written to the text it gives belongs to it.
    pub(super) fn word(&mut self, join: Join, at: u32) -> &mut String {
        let kept = self.starts_line(at);
        self.word_kept(join, at, kept)
    }

    /// The same, where it is known whether the word starts a line.
    pub(super) fn word_kept(&mut self, join: Join, at: u32, kept: bool) -> &mut String {
        let deep = self.depth.min(100) * 2;
        let rank = match join {
            Join::Same | Join::First | Join::Glued => 0,
            Join::Clause => 1,
            Join::Head => 2,
            // An item stands in its list, but breaks as part of what the list stands in.
            Join::Item => 1 + deep,
            Join::Junction => 3 + deep,
            Join::Operator => 4 + deep,
        };
        let indent = if join == Join::Clause { 2 } else { 4 + 2 * usize::from(self.brackets.min(8)) };
        let start = self.buffer.len();
        self.list.push(Word { text: start..start, width: 0, at, join, rank, kept, indent });
        &mut self.buffer
    }

    /// The text so far: what is written to it belongs to the last word.
    pub(super) fn glue(&mut self) -> &mut String {
        &mut self.buffer
    }

    /// A whole word.
    pub(super) fn push(&mut self, join: Join, at: u32, text: &str) {
        self.word(join, at).push_str(text);
    }

    /// True where a name at that place may need back-ticks: the writer put some there, or there is no source.
    pub(super) fn ticked(&self, at: Span) -> bool {
        self.source.is_empty() || self.has_ticks(at)
    }

    /// True where the writer put back-ticks at that place.
    pub(super) fn has_ticks(&self, at: Span) -> bool {
        self.source.as_bytes().get(at.start as usize) == Some(&b'`')
    }

    /// Where the next word after `end` stands in the source, comments skipped.
    pub(super) fn after(&self, end: u32) -> u32 {
        let mut at = end as usize;
        loop {
            let rest = self.source.get(at..).unwrap_or("");
            at += rest.len() - rest.trim_start().len();
            if self.source.as_bytes().get(at) != Some(&b'#') {
                return at as u32;
            }
            at += self.source[at..].find('\n').unwrap_or(self.source.len() - at);
        }
    }

    /// True where a colon stands at that place of the source.
    pub(super) fn is_colon(&self, at: u32) -> bool {
        self.source.as_bytes().get(at as usize) == Some(&b':')
    }

    /// True where the two places stand on different lines with no comment between them.
    pub(super) fn broken(&self, from: u32, to: u32) -> bool {
        let between = self.source.get(from as usize..to as usize).unwrap_or("");
        between.contains('\n') && !between.contains('#')
    }

    /// True where only white space stands before that place on its line.
    fn starts_line(&self, at: u32) -> bool {
        let before = self.source.as_bytes().get(..at as usize).unwrap_or(&[]);
        // The last two are the bytes of a no-break space.
        before.iter().rev().find(|b| !matches!(b, b' ' | b'\t' | b'\r' | 0xc2 | 0xa0)) == Some(&b'\n')
    }

    /// Sets what is known once every word is written: ends, widths, and which breaks of the head are dropped.
    fn finish(&mut self) {
        let mut end = self.buffer.len();
        for word in self.list.iter_mut().rev() {
            word.text.end = end;
            end = word.text.start;
            let text = &self.buffer[word.text.clone()];
            word.width = if text.is_ascii() { text.len() } else { text.width() };
        }
        let head = self.list.iter().position(|w| w.join == Join::Clause).unwrap_or(self.list.len());
        if self.width(0..head) <= WIDTH {
            self.list[..head].iter_mut().filter(|w| w.join == Join::Head).for_each(|w| w.kept = false);
        }
        for word in &mut self.list {
            word.kept &= !matches!(word.join, Join::Same | Join::Glued);
            if word.join != Join::Clause && words::opens_statement(&self.buffer[word.text.clone()]) {
                // It could be read as a new statement. Where the source had it so, it wasn't; the only clause with
                // such a keyword, `owner`, is read as one below its statement.
                word.rank = 0;
            }
        }
    }

    /// The columns of these words on one line, without the indentation.
    fn width(&self, words: Range<usize>) -> usize {
        self.list[words].iter().enumerate().map(|(i, w)| w.width + if i == 0 { 0 } else { w.gap() }).sum()
    }

    /// Writes the statement to `out`, from `comments` those that stand within it; gives how many those were.
    pub(super) fn lines(&mut self, out: &mut Lines, comments: &[Comment]) -> usize {
        self.finish();
        let mut used = 0;
        let mut start = 0;
        for i in 1..=self.list.len() {
            // Comments that stood before word `i` end the line of those before it.
            let after = |c: &Comment| self.list.get(i).is_some_and(|w| w.at > c.span.start);
            let here = comments[used..].iter().take_while(|c| after(c)).count();
            if i < self.list.len() && !self.list[i].kept && here == 0 {
                continue;
            }
            self.wrap(start..i, 1, out);
            let indent = self.list.get(i).map_or(0, |w| w.indent);
            comments[used..used + here].iter().for_each(|c| out.comment(c, indent));
            used += here;
            start = i;
        }
        used
    }

    /// Writes words as one line where they fit, else as several, broken at the words of the strongest rank from
    /// `rank` on: before each clause; else filling the lines.
    fn wrap(&self, words: Range<usize>, rank: u8, out: &mut Lines) {
        let Some(first) = self.list.get(words.start) else { return };
        let indent = if words.start == 0 { 0 } else { first.indent };
        let fits = |part: &Range<usize>| indent + self.width(part.clone()) <= WIDTH;
        let inner = words.start + 1..words.end;
        let next = self.list[inner.clone()].iter().map(|w| w.rank).filter(|r| *r >= rank).min();
        let Some(rank) = next.filter(|_| !fits(&words)) else {
            return self.write(words, indent, out);
        };
        let mut line = words.start..words.start;
        let mut last_break = words.start;
        // `line` is what already fits together; `last_break..i` the piece that is being read.
        for i in inner.chain([words.end]) {
            if i < words.end && self.list[i].rank != rank {
                continue;
            }
            let indent = if line.start == 0 { 0 } else { self.list[line.start].indent };
            let together = rank > 1 && indent + self.width(line.start..i) <= WIDTH;
            if !together {
                if !line.is_empty() {
                    self.wrap(line, rank + 1, out);
                }
                line = last_break..i;
            } else {
                line.end = i;
            }
            last_break = i;
        }
        self.wrap(line, rank + 1, out);
    }

    fn write(&self, words: Range<usize>, indent: usize, out: &mut Lines) {
        let text = out.line(indent);
        for (i, word) in self.list[words].iter().enumerate() {
            if i > 0 && word.gap() > 0 {
                text.push(' ');
            }
            text.push_str(&self.buffer[word.text.clone()]);
        }
    }
}

/// The lines written so far.
#[derive(Default)]
pub(super) struct Lines {
    text: String,
    /// The last line has its comment.
    commented: bool,
}

impl Lines {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), commented: false }
    }

    /// Ends the last line and starts one; what is written to the text it gives stands there.
    pub(super) fn line(&mut self, indent: usize) -> &mut String {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.commented = false;
        &mut self.text
    }

    /// An empty line, unless nothing stands before it.
    pub(super) fn blank(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// A comment: at the end of the last line where it stood behind something, else on a line of its own.
    pub(super) fn comment(&mut self, comment: &Comment, indent: usize) {
        if comment.own_line || self.commented || self.text.is_empty() {
            self.line(indent);
        } else {
            self.text.push_str("  ");
        }
        self.text.push('#');
        let text = comment.text.trim_end();
        // `##` and `#!` are left alone: rulers, headings and shebangs.
        if !text.is_empty() && !text.starts_with([' ', '\t', '#', '!']) {
            self.text.push(' ');
        }
        self.text.push_str(text);
        self.commented = true;
    }

    /// The whole text, ended by a line end.
    pub(super) fn finish(mut self) -> String {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text
    }
}
