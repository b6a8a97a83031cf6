//! From places in the text that was parsed (one statement, slips put right) to places in the file. Knows only bytes.

use super::tree::Comment;
use crate::source::Span;

/// One stretch of the file that was replaced before parsing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What was replaced, in the file.
    pub at: Span,
    /// By what.
    pub text: String,
}

/// Where the pieces of a repaired text come from.
#[derive(Debug)]
pub struct Places<'a> {
    source: &'a str,
    comments: &'a [Comment],
    base: usize,
    /// Start and end in the repaired text, and the place in the file; in order.
    repairs: Vec<(usize, usize, Span)>,
}

impl<'a> Places<'a> {
    /// `source` is the whole file, `base` where its piece starts; `repairs` are in order and don't overlap.
    pub fn new(source: &'a str, comments: &'a [Comment], base: usize, repairs: &[Repair]) -> Self {
        let mut grown = 0isize;
        let repairs = repairs
            .iter()
            .map(|r| {
                let start = (r.at.start as usize - base).saturating_add_signed(grown);
                grown += r.text.len() as isize - r.at.len() as isize;
                (start, start + r.text.len(), r.at)
            })
            .collect();
        Self { source, comments, base, repairs }
    }

    /// The place in the file of a byte offset; inside a replaced stretch it is that stretch's start, or its end where
    /// `end` is true.
    pub fn offset(&self, at: usize, end: bool) -> usize {
        match self.repairs.iter().rfind(|(start, ..)| if end { *start < at } else { *start <= at }) {
            None => self.base + at,
            Some((start, stop, place)) if at < *stop && at >= *start => {
                if end {
                    place.end as usize
                } else {
                    place.start as usize
                }
            }
            Some((_, stop, place)) => place.end as usize + (at - stop),
        }
    }

    /// What stands at a place in the file.
    pub fn text(&self, at: Span) -> &'a str {
        self.source.get(at.range()).unwrap_or("")
    }

    /// The place of a token.
    pub fn token(&self, at: pest::Span<'_>) -> Span {
        Span::new(self.offset(at.start(), false), self.offset(at.end(), true))
    }

    /// The place of something made of several tokens: white space and comments at its end are not part of it.
    pub fn whole(&self, at: pest::Span<'_>) -> Span {
        let start = self.offset(at.start(), false);
        Span::new(start, self.trimmed(start, self.offset(at.end(), true)))
    }

    fn trimmed(&self, start: usize, mut end: usize) -> usize {
        loop {
            end = start + self.source.get(start..end).map_or(end - start, |s| s.trim_end().len());
            match self.comments.binary_search_by_key(&(end as u32), |c| c.span.end) {
                Ok(i) if self.comments[i].span.start as usize > start => end = self.comments[i].span.start as usize,
                _ => return end,
            }
        }
    }
}
