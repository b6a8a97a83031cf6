//! Findings a line each, as editors and `grep` take them: `file:line:col: level[CODE]: message`. Knows no terminal.

use super::Diagnostic;
use super::render::{clean, sorted};
use crate::source::Sources;

/// All findings, in the order in which they are told; one about no place opens with its level.
pub fn text(found: &[Diagnostic], sources: &Sources) -> String {
    sorted(found).into_iter().map(|d| one(d, sources) + "\n").collect()
}

fn one(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let Diagnostic { code, level, message, .. } = diagnostic;
    let place = diagnostic.place().map(|at| {
        let file = sources.get(at.file);
        let start = file.position(at.span.start);
        format!("{}:{}:{}: ", file.path, start.line, start.column)
    });
    let line = format!("{}{}[{code}]: {message}", place.unwrap_or_default(), level.name());
    // Whatever a path or a message holds, a finding stays one line.
    clean(&line.lines().collect::<Vec<_>>().join(" "))
}
