//! Applies certain corrections to texts. Knows no files.

use super::{Diagnostic, Edit};
use crate::source::{FileId, Sources};
use std::collections::BTreeMap;

/// What corrections make of the texts.
#[derive(Debug, Default)]
pub struct Corrected {
    /// The new text of each file that changes.
    pub texts: BTreeMap<FileId, String>,
    /// How many corrections were made in each file; one that changes two files counts for the first.
    pub made: BTreeMap<FileId, usize>,
}

/// The places that corrections take, apart from each other: file and start, to the end.
type Taken = BTreeMap<(FileId, u32), u32>;

/// Makes every correction of `found` whose edits touch none of an earlier one; the others come in a next round, when
/// the places have moved.
///
/// `unsafe_too`: also those that change what the plan says.
pub fn correct(found: &[Diagnostic], sources: &Sources, unsafe_too: bool) -> Corrected {
    let mut corrected = Corrected::default();
    let mut edits: Vec<&Edit> = Vec::new();
    let mut taken = Taken::new();
    for fix in super::render::sorted(found).into_iter().filter_map(|d| d.fix.as_ref()).filter(|f| f.safe || unsafe_too)
    {
        let Some(first) = fix.edits.first() else { continue };
        if !fix.edits.iter().all(|e| fits(e, &taken, sources)) {
            continue;
        }
        *corrected.made.entry(first.at.file).or_default() += 1;
        taken.extend(fix.edits.iter().map(|e| ((e.at.file, e.at.span.start), e.at.span.end)));
        edits.extend(&fix.edits);
    }
    edits.sort_by_key(|e| (e.at.file, e.at.span.start, e.at.span.end));
    for group in edits.chunk_by(|a, b| a.at.file == b.at.file) {
        let file = group[0].at.file;
        corrected.texts.insert(file, rewrite(&sources.get(file).text, group));
    }
    corrected
}

/// The text with its edits, which are in order and apart from each other.
fn rewrite(text: &str, edits: &[&Edit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let range = edit.at.span.range();
        out.push_str(text.get(done..range.start).unwrap_or(""));
        out.push_str(&edit.text);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or(""));
    out
}

/// True where the edit is inside its text and clear of all that are made already.
fn fits(edit: &Edit, taken: &Taken, sources: &Sources) -> bool {
    let (span, file) = (edit.at.span, edit.at.file);
    let inside = sources.files.get(file.0 as usize).is_some_and(|f| f.text.get(span.range()).is_some());
    let before = taken.range((file, 0)..=(file, span.end)).next_back();
    inside && before.is_none_or(|(_, end)| *end < span.start)
}
