//! M215: a table whose step is found in its times, and not written.

use crate::diagnostic::Level;
use crate::eval::frame::span_word;
use crate::lint::{Correction, Finding, Found, Look, Mark, Observed, Rule, times};
use crate::source::{Loc, Span};
use crate::syntax::tree::{StatementKind, Table, TableClause};

pub static RULE: Rule = Rule {
    code: "M215",
    name: "implied-step",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::Unsafe,
    look: Look::PlanData(look),
    page: include_str!("implied_step.md"),
};

fn look(observed: &Observed<'_, '_>, found: &mut Found) {
    let context = observed.context;
    for (id, (name, table)) in context.plan.tables.iter().enumerate() {
        let Some(timeline) = observed.world.timelines.get(id).filter(|t| t.inferred) else { continue };
        let (Some(every), Some(at)) = (timeline.every, table.at) else { continue };
        let Some(StatementKind::Table(tree)) = context.statement(at) else { continue };
        let word = span_word(every);
        let clause = format!("every {}", times::written(every));
        let mut finding = Finding::new(
            format!("{name} is read as one reading a {word}, which isn't written"),
            Loc { file: at.file, span: tree.name.span },
            "",
        )
        .because(format!(
            "All its times are ends or starts of a {word}. One row that comes in between turns all of them into events, and \
             other values are judged."
        ))
        .help(format!("if that is meant, spell it out: {clause}"))
        .fix(format!("write {clause}"), [(behind_time(at, tree), format!(" {clause}"))]);
        let reads = |goal: &&crate::lint::GoalView<'_>| context.tables_of(goal).contains(&id);
        for goal in context.goals.iter().filter(reads) {
            finding = finding.concerns(goal.number);
        }
        found.say(finding);
    }
}

/// Behind the clause that names the time, else behind where the table is from.
fn behind_time(at: Loc, tree: &Table) -> Loc {
    let clause = |c: &&crate::source::Spanned<TableClause>| {
        matches!(c.node, TableClause::Time { .. } | TableClause::Sheet(_))
    };
    let end = tree.clauses.iter().filter(clause).map(|c| c.span.end).max().unwrap_or(tree.from.span.end);
    Loc { file: at.file, span: Span { start: end, end } }
}
