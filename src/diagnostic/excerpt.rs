//! The lines of a text that a finding points into, cut to the width of the screen, in the form in which miette draws
//! them. Knows nothing of findings beyond their labels.

use super::Label;
use crate::source::{FileId, SourceFile, Sources};
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthChar;

/// How many unmarked lines may stand between two marked ones of one excerpt.
const GAP: u32 = 1;
/// What stands where a line was cut.
const CUT: &str = "...";

/// A few neighbouring lines of one file with the labels on them.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    /// Lines before the excerpt.
    lines_before: usize,
    /// Line and column, from 0, of the place that the header names.
    at: (usize, usize),
    labels: Vec<(SourceSpan, Option<String>)>,
}

/// A label on its line: the part of its span that lies on the line where it starts.
struct Mark<'a> {
    file: FileId,
    /// From 1.
    line: u32,
    /// From 1, in characters.
    column: u32,
    line_start: usize,
    line_text: &'a str,
    /// Bytes within the line.
    start: usize,
    end: usize,
    text: &'a str,
    /// Where it stood among the labels.
    order: usize,
}

impl<'a> Mark<'a> {
    fn new(label: &'a Label, order: usize, sources: &'a Sources) -> Self {
        let file = sources.get(label.at.file);
        let text = file.text.as_str();
        let offset = floor_boundary(text, label.at.span.start as usize);
        let line_start = text[..offset].rfind('\n').map_or(0, |i| i + 1);
        let line_end = text[offset..].find('\n').map_or(text.len(), |i| offset + i);
        let line_text = text[line_start..line_end].trim_end_matches('\r');
        let position = file.position(offset as u32);
        let start = (offset - line_start).min(line_text.len());
        let end = floor_boundary(text, label.at.span.end as usize).saturating_sub(line_start);
        // A span that runs on over further lines marks its first one, up to its last word.
        let end = if end > line_text.len() { line_text.trim_end().len() } else { end }.max(start);
        Self {
            file: label.at.file,
            line: position.line,
            column: position.column,
            line_start,
            line_text,
            start,
            end,
            text: &label.text,
            order,
        }
    }
}

/// The nearest start of a character at or before `offset`.
fn floor_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The excerpts that show `labels`, the one with the first label first, then by file and line.
///
/// `width` is how many columns a line may take, its number and the rule beside it left out.
pub(super) fn excerpts(labels: &[Label], sources: &Sources, width: usize) -> Vec<Excerpt> {
    let mut marks: Vec<Mark> = labels.iter().enumerate().map(|(i, l)| Mark::new(l, i, sources)).collect();
    let first_file = marks.first().map(|m| m.file);
    marks.sort_by_key(|m| (Some(m.file) != first_file, m.file, m.line, m.start, m.order));
    let mut groups: Vec<Vec<Mark>> = Vec::new();
    for mark in marks {
        match groups.last_mut() {
            Some(group) if joins(group, &mark, width) => group.push(mark),
            _ => groups.push(vec![mark]),
        }
    }
    groups.iter().map(|group| Excerpt::new(group, sources.get(group[0].file), width)).collect()
}

/// True where `mark` can be drawn with `group`.
fn joins(group: &[Mark], mark: &Mark, width: usize) -> bool {
    let Some(last) = group.last() else { return true };
    if mark.file != last.file || mark.line > last.line + GAP + 1 {
        return false;
    }
    let on_line = group.iter().filter(|m| m.line == mark.line).map(|m| m.start).min();
    on_line.is_none_or(|first| columns(&mark.line_text[first.min(mark.end)..mark.end]) + 2 * CUT.len() <= width)
}

impl Excerpt {
    fn new(group: &[Mark], file: &SourceFile, width: usize) -> Self {
        let (first, last) = (&group[0], &group[group.len() - 1]);
        let mut lines: Vec<&str> = vec![first.line_text];
        if last.line > first.line {
            let between = &file.text[first.line_start..last.line_start];
            lines = between.lines().collect();
            lines.push(last.line_text);
        }
        let mut text = String::new();
        let mut labels = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            if i > 0 {
                text.push('\n');
            }
            let number = first.line + i as u32;
            let marks: Vec<&Mark> = group.iter().filter(|m| m.line == number).collect();
            let cut = Cut::new(line, &marks, width);
            for mark in &marks {
                let (start, end) = (cut.place(line, mark.start), cut.place(line, mark.end));
                let said = (!mark.text.is_empty()).then(|| super::render::clean(mark.text));
                labels.push((SourceSpan::from((text.len() + start, end.saturating_sub(start))), said));
            }
            text.push_str(&cut.shown(line));
            // miette draws no mark behind the last character.
            if marks.iter().any(|m| m.start >= cut.end) {
                text.push(' ');
            }
        }
        let main = group.iter().min_by_key(|m| m.order).unwrap_or(first);
        Self {
            name: super::render::clean(&file.path),
            text,
            lines_before: first.line as usize - 1,
            at: (main.line as usize - 1, main.column as usize - 1),
            labels,
        }
    }

    /// The labels in the form that miette takes.
    pub(super) fn labels(&self) -> impl Iterator<Item = miette::LabeledSpan> + '_ {
        self.labels.iter().map(|(span, text)| miette::LabeledSpan::new_with_span(text.clone(), *span))
    }
}

/// The part of a line that is shown.
struct Cut {
    start: usize,
    end: usize,
}

impl Cut {
    /// All of the line where it fits; else a part around its marks.
    fn new(line: &str, marks: &[&Mark], width: usize) -> Self {
        // The bytes bound the columns, so that a line of megabytes isn't measured.
        if line.len() <= width || (line.len() <= 4 * width && columns(line) <= width) {
            return Self { start: 0, end: line.len() };
        }
        let room = width.saturating_sub(2 * CUT.len()).max(1);
        let first = marks.iter().map(|m| m.start).min().unwrap_or(0);
        let last = marks.iter().map(|m| m.end).max().unwrap_or(0).max(first);
        let marked = columns(&line[first..floor_boundary(line, last.min(first + 4 * room))]).min(room);
        let lead = (room - marked) / 2;
        let start = back(line, first, lead);
        let end = forward(line, start, room);
        // At the line's end there is room for more of what comes before.
        let start = if end == line.len() { back(line, end, room).min(first) } else { start };
        Self { start, end }
    }

    /// Where the byte `at` of the line stands in what is shown.
    fn place(&self, line: &str, at: usize) -> usize {
        let lead = if self.start > 0 { CUT.len() } else { 0 };
        let at = at.clamp(self.start, self.end);
        lead + line[self.start..at].chars().map(|c| visible(c).len_utf8()).sum::<usize>()
    }

    fn shown(&self, line: &str) -> String {
        let mut shown = String::new();
        if self.start > 0 {
            shown.push_str(CUT);
        }
        shown.extend(line[self.start..self.end].chars().map(visible));
        if self.end < line.len() {
            shown.push_str(CUT);
        }
        shown
    }
}

/// The start of the characters before `from` that fill at most `room` columns.
fn back(line: &str, from: usize, room: usize) -> usize {
    let mut used = 0;
    let kept = line[..from].char_indices().rev().take_while(|(_, c)| {
        used += column_width(*c);
        used <= room
    });
    kept.last().map_or(from, |(i, _)| i)
}

/// The end of the characters from `from` on that fill at most `room` columns.
fn forward(line: &str, from: usize, room: usize) -> usize {
    let mut used = 0;
    let kept = line[from..].char_indices().take_while(|(_, c)| {
        used += column_width(*c);
        used <= room
    });
    kept.last().map_or(from, |(i, c)| from + i + c.len_utf8())
}

fn columns(text: &str) -> usize {
    text.chars().map(column_width).sum()
}

fn column_width(c: char) -> usize {
    if c == '\t' { 4 } else { c.width().unwrap_or(1) }
}

/// A control character would move the cursor or change the terminal: a sign stands in its place.
pub(super) fn visible(c: char) -> char {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if (c.is_control() && c != '\t') || turns { '\u{fffd}' } else { c }
}

impl SourceCode for Excerpt {
    /// miette asks with lines of context for what to draw, and without for the place that the header names.
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        before: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (line, column) = if before == 0 { self.at } else { (self.lines_before, 0) };
        let span = SourceSpan::from((0, self.text.len()));
        let count = self.text.lines().count();
        let data = self.text.as_bytes();
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data, span, line, column, count)))
    }
}
