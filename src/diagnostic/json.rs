//! Findings as the stable JSON of `check --format json`. Fields are only added; every key is always present.

use super::render::sorted;
use super::{Diagnostic, Edit, Label, Level};
use crate::source::{Loc, Sources};
use serde::Serialize;

/// Version of the contract.
pub const SCHEMA: u32 = 1;

/// The whole answer to `check --format json`.
#[derive(Debug, Serialize)]
pub struct Document<C> {
    schema: u32,
    diagnostics: Vec<Entry>,
    /// One a goal; none where the plan has errors.
    cards: Vec<C>,
}

/// One finding.
#[derive(Debug, Serialize)]
pub struct Entry {
    code: &'static str,
    level: Level,
    message: String,
    reason: Option<String>,
    help: Option<String>,
    file: Option<String>,
    start: Option<Point>,
    end: Option<Point>,
    labels: Vec<Place>,
    fix: Option<Correction>,
}

/// Line and column from 1, columns in characters; the offset in bytes from 0.
#[derive(Debug, Serialize)]
struct Point {
    line: u32,
    column: u32,
    offset: u32,
}

/// A label, or an edit: the text is what is said there, or what is written there.
#[derive(Debug, Serialize)]
struct Place {
    file: String,
    start: Point,
    end: Point,
    text: String,
}

#[derive(Debug, Serialize)]
struct Correction {
    title: String,
    /// True where the plan means the same afterwards.
    safe: bool,
    edits: Vec<Place>,
}

impl Place {
    fn new(at: Loc, text: &str, sources: &Sources) -> Self {
        let file = sources.get(at.file);
        let point = |offset: u32| {
            let position = file.position(offset);
            Point { line: position.line, column: position.column, offset }
        };
        Self { file: file.path.clone(), start: point(at.span.start), end: point(at.span.end), text: text.to_owned() }
    }
}

/// One finding in the form of the contract.
pub fn entry(diagnostic: &Diagnostic, sources: &Sources) -> Entry {
    let main = diagnostic.place().map(|at| Place::new(at, "", sources));
    let (file, start, end) = main.map_or((None, None, None), |p| (Some(p.file), Some(p.start), Some(p.end)));
    let label = |Label { at, text }: &Label| Place::new(*at, text, sources);
    let edit = |Edit { at, text }: &Edit| Place::new(*at, text, sources);
    Entry {
        code: diagnostic.code,
        level: diagnostic.level,
        message: diagnostic.message.clone(),
        reason: diagnostic.reason.clone(),
        help: diagnostic.help.clone(),
        file,
        start,
        end,
        labels: diagnostic.labels.iter().map(label).collect(),
        fix: diagnostic.fix.as_ref().map(|f| Correction {
            title: f.title.clone(),
            safe: f.safe,
            edits: f.edits.iter().map(edit).collect(),
        }),
    }
}

/// All findings, in the order in which they are told, and the cards of the goals in whatever form they have.
pub fn document<C: Serialize>(found: &[Diagnostic], sources: &Sources, cards: Vec<C>) -> Document<C> {
    Document { schema: SCHEMA, diagnostics: entries(found, sources), cards }
}

/// The list of all findings, as the reports of other commands hold it.
pub fn entries(found: &[Diagnostic], sources: &Sources) -> Vec<Entry> {
    sorted(found).into_iter().map(|d| entry(d, sources)).collect()
}

/// [`document`] as indented text with a line end.
pub fn text<C: Serialize>(found: &[Diagnostic], sources: &Sources, cards: Vec<C>) -> String {
    // The types hold nothing that JSON can't: no map with keys that aren't text.
    let text = serde_json::to_string_pretty(&document(found, sources, cards)).unwrap_or_default();
    text + "\n"
}
