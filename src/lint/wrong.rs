//! How much of a plan can be looked at while it has errors. Knows places, and no error.

use crate::diagnostic::{Diagnostic, Level};
use crate::source::{FileId, Loc, Sources};
use crate::syntax::tree::{File, StatementKind};

/// What the errors leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is none.
    Whole,
    /// All stand in goals: the others can be looked at.
    OtherGoals,
    /// One stands where others may depend on it.
    Nothing,
}

/// Where the errors among `found` stand.
pub fn standing(found: &[Diagnostic], trees: &[(FileId, File)], sources: &Sources) -> Standing {
    let mut errors = found.iter().filter(|d| d.level == Level::Error).peekable();
    if errors.peek().is_none() {
        return Standing::Whole;
    }
    let in_goals = |d: &Diagnostic| !d.labels.is_empty() && d.labels.iter().all(|l| in_goal(l.at, trees, sources));
    if errors.all(in_goals) { Standing::OtherGoals } else { Standing::Nothing }
}

/// True where a place is in a goal; of one that couldn't be read, the line that opens it tells.
fn in_goal(at: Loc, trees: &[(FileId, File)], sources: &Sources) -> bool {
    if let Some((_, tree)) = trees.iter().find(|(file, _)| *file == at.file) {
        let after = tree.statements.partition_point(|s| s.span.start <= at.span.start);
        let before = after.checked_sub(1).and_then(|i| tree.statements.get(i));
        if let Some(statement) = before.filter(|s| at.span.end <= s.span.end) {
            return matches!(statement.node, StatementKind::Goal(_));
        }
    }
    let text = sources.files.get(at.file.0 as usize).and_then(|f| f.text.get(..at.span.end as usize)).unwrap_or("");
    let opening = text.lines().rev().find(|l| l.starts_with(|c: char| !c.is_whitespace() && c != '#'));
    opening.and_then(|l| l.split_whitespace().next()) == Some("goal")
}
