//! Why a goal was changed, where a comment on it says so. Knows comments, and no change.

use crate::lint::Context;
use crate::source::{FileId, Span};
use crate::syntax::tree::{Comment, File};

/// The reason that a comment on the new goal gives, and that stood on no comment of the old one: what follows `because`.
pub(super) fn reason(
    old: (&Context<'_>, crate::source::Loc),
    new: (&Context<'_>, crate::source::Loc),
) -> Option<String> {
    let before: Vec<&str> = on(old.0, old.1.file, old.1.span).iter().map(|c| c.text.trim()).collect();
    let comments = on(new.0, new.1.file, new.1.span);
    let fresh = |c: &Comment| !before.contains(&c.text.trim());
    comments.iter().enumerate().filter(|(_, c)| fresh(c)).find_map(|(i, comment)| {
        let said = after_because(&comment.text)?;
        // A line that ends with it goes on on the next one.
        let next = || comments.get(i + 1).map(|c| c.text.trim()).unwrap_or_default();
        let said = if said.is_empty() { next() } else { said };
        said.contains(char::is_alphanumeric).then(|| said.to_owned())
    })
}

/// What stands behind the word `because`.
fn after_because(text: &str) -> Option<&str> {
    const WORD: &str = "because";
    let lower = text.to_ascii_lowercase();
    let at = lower.match_indices(WORD).map(|(at, _)| at).find(|at| {
        let apart = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
        apart(lower[..*at].chars().next_back()) && apart(lower[at + WORD.len()..].chars().next())
    })?;
    Some(text[at + WORD.len()..].trim_start_matches([':', ',']).trim())
}

/// The comments on a statement: within it, behind it on its line, and those above it down from the statement before; those
/// at the head of the file, with an empty line behind them, are about the file.
fn on<'a>(context: &Context<'a>, file: FileId, statement: Span) -> Vec<&'a Comment> {
    let Some((_, tree)) = context.trees.iter().find(|(id, _)| *id == file) else { return Vec::new() };
    let at = tree.statements.partition_point(|s| s.span.start < statement.start);
    let before = at.checked_sub(1).and_then(|i| tree.statements.get(i)).map(|s| s.span.end);
    let after = tree.statements.get(at + 1).map_or(u32::MAX, |s| s.span.start);
    let text = context.sources.files.get(file.0 as usize).map_or("", |f| f.text.as_str());
    comments_between(tree, before.unwrap_or(0), after)
        .filter(|c| match (c.span.start < statement.start, c.own_line) {
            (true, own_line) => own_line && (before.is_some() || !apart(text, c.span.end, statement.start)),
            (false, own_line) => !own_line || c.span.start < statement.end,
        })
        .collect()
}

fn comments_between(tree: &File, from: u32, to: u32) -> impl Iterator<Item = &Comment> {
    let first = tree.comments.partition_point(|c| c.span.start < from);
    tree.comments.iter().skip(first).take_while(move |c| c.span.start < to)
}

/// True where an empty line stands between two places.
fn apart(text: &str, from: u32, to: u32) -> bool {
    let between = text.get(from as usize..to as usize).unwrap_or("");
    between.split('\n').skip(1).any(|line| line.trim().is_empty() && !line.is_empty())
        || between.contains("\n\n")
        || between.contains("\n\r\n")
}
