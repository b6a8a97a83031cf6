//! Corrections of a table's statement: where a further clause or condition goes. Knows the statement as written, and no
//! rule.

use super::context::Context;
use crate::model::plan::TableId;
use crate::source::{Loc, Span};
use crate::syntax::tree::{self, BinaryOp, ExprKind, StatementKind, TableClause};

/// A table's statement with its file; nothing where no statement declares it.
pub fn statement<'a>(context: &Context<'a>, table: TableId) -> Option<(&'a tree::Table, Loc)> {
    let (_, declared) = context.plan.tables.get_index(table)?;
    match context.statement(declared.at?)? {
        StatementKind::Table(tree) => Some((tree, declared.at?)),
        _ => None,
    }
}

/// Where a table is called by its name.
pub fn name_place(context: &Context<'_>, table: TableId) -> Option<Loc> {
    let (tree, at) = statement(context, table)?;
    Some(Loc { file: at.file, span: tree.name.span })
}

/// A further clause: behind all others, but before `about`.
pub fn with_clause(context: &Context<'_>, table: TableId, clause: &str) -> Option<(Loc, String)> {
    let (tree, at) = statement(context, table)?;
    let clauses = tree.clauses.iter().filter(|c| !matches!(c.node, TableClause::About(_)));
    let end = clauses.map(|c| c.span.end).max().unwrap_or(tree.from.span.end);
    Some((Loc { file: at.file, span: Span { start: end, end } }, format!(" {clause}")))
}

/// A further condition that its rows have to keep: `and …` where it has a `where`, else one of its own.
pub fn with_condition(context: &Context<'_>, table: TableId, condition: &str) -> Option<Vec<(Loc, String)>> {
    let (tree, at) = statement(context, table)?;
    let written = tree.clauses.iter().find_map(|c| match &c.node {
        TableClause::Where(expression) => Some(expression),
        _ => None,
    });
    let Some(written) = written else {
        return Some(vec![with_clause(context, table, &format!("where {condition}"))?]);
    };
    let edge = |at_byte: u32| Loc { file: at.file, span: Span { start: at_byte, end: at_byte } };
    let and = |close: &str| (edge(written.span.end), format!("{close} and {condition}"));
    // `or` binds less than `and`.
    Some(match &written.node {
        ExprKind::Binary(op, ..) if *op == BinaryOp::Or => {
            vec![(edge(written.span.start), "(".to_owned()), and(")")]
        }
        _ => vec![and("")],
    })
}
