//! Where a plan compares a column with a text, as written: typed conditions know what they compare, not where each text
//! stands. Knows trees and no data.

use super::context::Context;
use crate::model::walk;
use crate::source::{FileId, Loc, Span};
use crate::syntax::tree::{
    self, BinaryOp, CampaignClause, Change, Expr, ExprKind, FromWhat, GoalBody, GoalClause, Kpi, Literal, MetricClause,
    MilestoneClause, Statement, StatementKind, Target,
};

/// The place of the text that a condition at `at` compares with a column: in the condition itself, else in its
/// statement (`top 3 by brand as "…"`), else in a segment or let that it names. `None` where it isn't found.
pub fn place(context: &Context<'_>, at: Loc, column: &str, text: &str) -> Option<Loc> {
    let mut first = None;
    let mut inside = None;
    if let Some(statement) = statement_around(context, at) {
        compared(statement, &mut |c, t, span| {
            if c == column && t == text {
                let within = at.span.start <= span.start && span.end <= at.span.end;
                inside = inside.or(within.then_some(span));
                first = first.or(Some(span));
            }
        });
    }
    let own = inside.or(first).map(|span| Loc { file: at.file, span });
    own.or_else(|| in_names(context, column, text))
}

/// The statement in which a place lies.
fn statement_around<'a>(context: &Context<'a>, at: Loc) -> Option<&'a Statement> {
    let (_, tree) = context.trees.iter().find(|(file, _)| *file == at.file)?;
    let after = tree.statements.partition_point(|s| s.span.start <= at.span.start);
    let statement = tree.statements.get(after.checked_sub(1)?)?;
    (at.span.end <= statement.span.end).then_some(statement)
}

/// Looks through segments, and through lets that are just that text.
fn in_names(context: &Context<'_>, column: &str, text: &str) -> Option<Loc> {
    let found = |file: FileId, s: &Statement| -> Option<Loc> {
        let mut found = None;
        match &s.node {
            StatementKind::Segment(_) => compared(s, &mut |c, t, span| {
                if c == column && t == text {
                    found = found.or(Some(span));
                }
            }),
            StatementKind::Let(item) => match &item.value.node {
                ExprKind::Literal(Literal::Text(t)) if t == text => found = Some(item.value.span),
                _ => {}
            },
            _ => {}
        }
        found.map(|span| Loc { file, span })
    };
    context.trees.iter().find_map(|(file, tree)| tree.statements.iter().find_map(|s| found(*file, s)))
}

/// Calls `see` with column, text and the text's place for each comparison of a statement.
fn compared(statement: &Statement, see: &mut dyn FnMut(&str, &str, Span)) {
    if let StatementKind::Goal(tree::Goal { body: GoalBody::Measured { targets, .. }, .. }) = &statement.node {
        for target in targets {
            if let Target::Top { by, member, .. } = &target.node {
                see(&by.node, &member.node, member.span);
            }
        }
    }
    expressions(&statement.node, &mut |expr| walk(expr, &mut |e| comparison(e, see)));
}

fn comparison(expr: &Expr, see: &mut dyn FnMut(&str, &str, Span)) {
    let mut pair = |a: &Expr, b: &Expr| {
        if let (Some(column), ExprKind::Literal(Literal::Text(text))) = (column(a), &ungrouped(b).node) {
            see(column, text, ungrouped(b).span);
        }
    };
    match &expr.node {
        ExprKind::Binary(BinaryOp::Equal | BinaryOp::NotEqual, a, b) => {
            pair(a, b);
            pair(b, a);
        }
        ExprKind::In { of, values, .. } => values.iter().for_each(|v| pair(of, v)),
        _ => {}
    }
}

fn column(expr: &Expr) -> Option<&str> {
    match &ungrouped(expr).node {
        ExprKind::Name(name) | ExprKind::Dotted(_, tree::Name { node: name, .. }) => Some(name),
        _ => None,
    }
}

fn ungrouped(expr: &Expr) -> &Expr {
    let mut e = expr;
    while let ExprKind::Group(inner) = &e.node {
        e = inner;
    }
    e
}

/// Calls `see` for each expression that stands in a statement.
fn expressions<'t>(statement: &'t StatementKind, see: &mut dyn FnMut(&'t Expr)) {
    match statement {
        StatementKind::Segment(s) => see(&s.condition),
        StatementKind::Let(l) => see(&l.value),
        StatementKind::Metric(m) => {
            see(&m.value);
            for clause in &m.clauses {
                if let MetricClause::Where(e) | MetricClause::Cap(e) = &clause.node {
                    see(e);
                }
            }
        }
        StatementKind::Campaign(c) => {
            for clause in &c.clauses {
                if let CampaignClause::Where(e) | CampaignClause::Budget(e) = &clause.node {
                    see(e);
                }
            }
        }
        StatementKind::Goal(goal) => in_goal(goal, see),
        StatementKind::Milestone(m) => {
            for clause in &m.clauses {
                if let MilestoneClause::When(e) = &clause.node {
                    see(e);
                }
            }
        }
        StatementKind::Alert(a) => see(&a.condition),
        StatementKind::Scenario(s) => {
            for change in &s.changes {
                if let Change::Set { value, .. } = &change.node {
                    see(value);
                }
            }
        }
        StatementKind::Fact(_)
        | StatementKind::Table(_)
        | StatementKind::Objective(_)
        | StatementKind::Exclude(_)
        | StatementKind::Test(_) => {}
    }
}

fn in_goal<'t>(goal: &'t tree::Goal, see: &mut dyn FnMut(&'t Expr)) {
    if let GoalBody::Measured { subject, targets } = &goal.body {
        see(subject);
        targets.iter().for_each(|t| in_target(&t.node, see));
    }
    for clause in &goal.clauses {
        match &clause.node {
            GoalClause::Where(e) | GoalClause::Cap(e) => see(e),
            GoalClause::From(from) => {
                if let FromWhat::Value(e) = &from.node {
                    see(e);
                }
            }
            GoalClause::Measure(kpis) | GoalClause::Guardrail(kpis) => {
                for Kpi { subject, target } in kpis.iter().map(|k| &k.node) {
                    see(subject);
                    target.iter().for_each(|t| in_target(&t.node, see));
                }
            }
            _ => {}
        }
    }
}

fn in_target<'t>(target: &'t Target, see: &mut dyn FnMut(&'t Expr)) {
    match target {
        Target::To(e) | Target::Bound(_, e) | Target::Near { of: e, .. } => see(e),
        Target::FromTo(a, b) | Target::Between(a, b) => {
            see(a);
            see(b);
        }
        Target::Change { .. } | Target::Multiple(_) | Target::Up | Target::Down | Target::Top { .. } => {}
    }
}
