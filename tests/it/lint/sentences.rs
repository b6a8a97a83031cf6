//! What the linter says of eighty goals as organisations really wrote them: `docs/sentences.md`, which people have read
//! finding by finding. `MILEPOST_UPDATE_DOCS=1 cargo test sentences` writes it.

use super::linted;
use crate::reference::page;
use crate::sentences::{plans, root};
use milepost::diagnostic::{Diagnostic, Level, render};
use milepost::lint::{Card, Mark};
use milepost::source::Span;
use milepost::syntax::tree::{Statement, StatementKind};
use std::fmt::Write;

const INTRO: &str = "# What the linter says of real goals\n\nThe goals below are quoted from public pages, each with its number \
    in the list of sentences and written in the language as\nin `tests/corpus/sentences/`. `milepost check` was run on \
    each plan without data. The columns S M A R T are the goal's\ncard: `+` kept, `?` doubtful, `-` broken; below each \
    table stands every finding. A goal that says everything has none.\n";

/// The sentences that a statement stands for: the comments `# G001: …` just above it.
fn sentences(text: &str, at: Span) -> Vec<(String, String)> {
    let above: Vec<&str> = text[..at.start as usize].lines().rev().take_while(|l| l.starts_with('#')).collect();
    let quoted = |line: &&str| {
        let (id, words) = line.strip_prefix("# ")?.split_once(": ")?;
        (id.len() == 4 && id.starts_with('G')).then(|| (id.to_owned(), words.to_owned()))
    };
    above.iter().rev().filter_map(quoted).collect()
}

fn signs(card: &Card) -> String {
    let sign = |mark: Mark| match mark {
        Mark::Kept => "+",
        Mark::Doubtful => "?",
        Mark::Broken => "-",
    };
    card.letters.iter().map(|l| sign(l.mark)).collect::<Vec<_>>().join(" | ")
}

/// `S106 \`subs\`: message` as an item, its place by line.
fn item(out: &mut String, d: &Diagnostic, plan: &milepost::Plan) {
    let place = d.place().map(|at| plan.sources().get(at.file).position(at.span.start).line).unwrap_or_default();
    let reason = d.reason.as_deref().map(|r| format!(" {}", r.replace('\n', " "))).unwrap_or_default();
    let level = match d.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Hint => "hint",
    };
    let _ = writeln!(out, "- line {place}, {level} {}: {}.{reason}", d.code, d.message);
}

#[test]
fn the_page_of_real_goals_is_true() {
    let mut out = INTRO.to_owned();
    for path in plans("tests/corpus/sentences") {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(root().join(&path)).expect("a readable plan");
        let (plan, linted) = linted(&text, &[], "");
        let _ =
            write!(out, "\n## {name}\n\n| as written | goal | S | M | A | R | T |\n|---|---|---|---|---|---|---|\n");
        let goals = plan.trees().iter().flat_map(|(_, tree)| &tree.statements);
        let goals = goals.filter(|s: &&Statement| matches!(s.node, StatementKind::Goal(_)));
        for (statement, card) in goals.zip(&linted.cards) {
            for (id, words) in sentences(&text, statement.span) {
                let _ = writeln!(out, "| {id} {} | `{}` | {} |", words.replace('|', "\\|"), card.goal, signs(card));
            }
        }
        out.push('\n');
        let found = render::sorted(&linted.diagnostics);
        found.iter().for_each(|d| item(&mut out, d, &plan));
        if found.is_empty() {
            out.push_str("Nothing to complain of.\n");
        }
    }
    page("docs/sentences.md", &out);
}
