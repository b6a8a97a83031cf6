//! Who is called what, over a plan and its imports, and the nearest name on a miss. Knows no meaning of any name.

use super::error::NameError;
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{FileId, Loc, Span};
use crate::syntax::tree::{self, File, Name, StatementKind};
use indexmap::IndexMap;
use indexmap::map::Entry;

/// A statement that gives something a name.
#[derive(Debug)]
pub(crate) struct Declared<'a, T> {
    pub file: FileId,
    /// The whole statement.
    pub span: Span,
    pub tree: &'a T,
}

impl<T> Clone for Declared<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Declared<'_, T> {}

impl<T> Declared<'_, T> {
    /// The whole statement's place.
    pub fn loc(&self) -> Loc {
        Loc { file: self.file, span: self.span }
    }
}

/// Declarations by name; a declaration's number is its place here.
pub(crate) type Kind<'a, T> = IndexMap<&'a str, Declared<'a, T>>;

/// All declarations, kind by kind, in the order of the files.
#[derive(Default)]
pub(crate) struct Names<'a> {
    pub tables: Kind<'a, tree::Table>,
    pub segments: Kind<'a, tree::Segment>,
    pub lets: Kind<'a, tree::Let>,
    pub metrics: Kind<'a, tree::Metric>,
    pub campaigns: Kind<'a, tree::Campaign>,
    pub objectives: Kind<'a, tree::Objective>,
    pub milestones: Kind<'a, tree::Milestone>,
    pub alerts: Kind<'a, tree::Alert>,
    pub scenarios: Kind<'a, tree::Scenario>,
    pub goals: Vec<Declared<'a, tree::Goal>>,
}

impl<'a> Names<'a> {
    /// Walks all statements; a second thing of one kind and name is reported and left out.
    pub fn collect(files: &'a [(FileId, File)], found: &mut Vec<Diagnostic>) -> Self {
        let mut names = Names::default();
        for (file, tree) in files {
            for s in &tree.statements {
                let (file, span) = (*file, s.span);
                match &s.node {
                    StatementKind::Table(t) => add(&mut names.tables, "table", &t.name, file, span, t, found),
                    StatementKind::Segment(t) => add(&mut names.segments, "segment", &t.name, file, span, t, found),
                    StatementKind::Let(t) => add(&mut names.lets, "let", &t.name, file, span, t, found),
                    StatementKind::Metric(t) => add(&mut names.metrics, "metric", &t.name, file, span, t, found),
                    StatementKind::Campaign(t) => add(&mut names.campaigns, "campaign", &t.name, file, span, t, found),
                    StatementKind::Objective(t) => {
                        add(&mut names.objectives, "objective", &t.name, file, span, t, found);
                    }
                    StatementKind::Milestone(t) => {
                        add(&mut names.milestones, "milestone", &t.name, file, span, t, found);
                    }
                    StatementKind::Alert(t) => add(&mut names.alerts, "alert", &t.name, file, span, t, found),
                    StatementKind::Scenario(t) => add(&mut names.scenarios, "scenario", &t.name, file, span, t, found),
                    StatementKind::Goal(tree) => names.goals.push(Declared { file, span, tree }),
                    _ => {}
                }
            }
        }
        names
    }
}

/// Enters one declaration.
fn add<'a, T: Named>(
    kind: &mut Kind<'a, T>,
    what: &'static str,
    name: &'a Name,
    file: FileId,
    span: Span,
    tree: &'a T,
    found: &mut Vec<Diagnostic>,
) {
    match kind.entry(name.node.as_str()) {
        Entry::Vacant(free) => {
            free.insert(Declared { file, span, tree });
        }
        Entry::Occupied(first) => {
            let first = first.get();
            found.push(duplicate(what, name, file, Loc { file: first.file, span: first.tree.name_span() }));
        }
    }
}

/// The error of a second `what` called `name`, with the place of the first.
pub(crate) fn duplicate(what: &'static str, name: &Name, file: FileId, first: Loc) -> Diagnostic {
    let error = NameError::Duplicate { what, name: name.node.clone(), at: name.span };
    let mut diagnostic = Diagnostic::of(&error, file);
    diagnostic.labels.push(Label { at: first, text: "the first one".to_owned() });
    diagnostic
}

/// A statement with a name.
pub(crate) trait Named {
    /// Where the name stands.
    fn name_span(&self) -> Span;
}

macro_rules! named {
    ($($t:ident)*) => { $(impl Named for tree::$t { fn name_span(&self) -> Span { self.name.span } })* };
}
named!(Table Segment Let Metric Campaign Objective Milestone Alert Scenario);

/// The candidate most like `name`, where one is near enough to be meant: at most a third of its letters differ.
pub(crate) fn nearest<'n>(name: &str, candidates: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let lower = name.to_lowercase();
    let length = lower.chars().count();
    let letters = Letters::of(&lower);
    // Every name of one letter is one letter away from every other.
    let mut limit = if length < 2 { 0 } else { (length / 3).max(1) };
    let mut best = None;
    for candidate in candidates {
        if letters.apart(&Letters::of(candidate)) > limit {
            continue;
        }
        let other = candidate.to_lowercase();
        if other.chars().count().abs_diff(length) > limit {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&lower, &other);
        if distance <= limit {
            best = Some(candidate);
            // Only a nearer one is better.
            let Some(nearer) = distance.checked_sub(1) else { break };
            limit = nearer;
        }
    }
    best
}

/// How often each letter stands in a name, case aside; nothing is known of a name that isn't all ASCII.
struct Letters(Option<[i8; 32]>);

impl Letters {
    fn of(name: &str) -> Self {
        let mut counts = [0i8; 32];
        for byte in name.bytes() {
            if !byte.is_ascii() {
                return Self(None);
            }
            // Both cases of a letter end in the same five bits.
            let count = &mut counts[usize::from(byte & 31)];
            *count = count.saturating_add(1);
        }
        Self(Some(counts))
    }

    /// At least so many edits make the one name the other: an edit adds one letter at most, and takes one away.
    fn apart(&self, other: &Self) -> usize {
        let (Some(a), Some(b)) = (&self.0, &other.0) else { return 0 };
        let more = |a: &[i8; 32], b: &[i8; 32]| -> usize {
            a.iter().zip(b).map(|(a, b)| usize::from(a.saturating_sub(*b).max(0).unsigned_abs())).sum()
        };
        more(a, b).max(more(b, a))
    }
}

/// `name` as it is written in a plan: between back-ticks where it must be.
pub(crate) fn written(name: &str) -> String {
    let mut chars = name.chars();
    let plain =
        chars.next().is_some_and(|c| c.is_alphabetic() || c == '_') && chars.all(|c| c.is_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { format!("`{name}`") }
}
