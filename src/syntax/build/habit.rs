//! Habits from spreadsheets and SQL that read as something else here: checked on the tree, for the grammar lets them by.

use super::Build;
use crate::source::{Span, Spanned};
use crate::syntax::error::SyntaxError;
use crate::syntax::slips::SlipError;
use crate::syntax::tree::*;
use jiff::civil::Date;

/// Functions of other languages and how they are written here.
const FOREIGN: &[(&str, Form)] = &[
    ("coalesce", Form::Otherwise),
    ("ifnull", Form::Otherwise),
    ("nvl", Form::Otherwise),
    ("ifna", Form::Otherwise),
    ("sumif", Form::Where("sum")),
    ("sumifs", Form::Where("sum")),
    ("countif", Form::Where("count")),
    ("countifs", Form::Where("count")),
    ("averageif", Form::Where("average")),
    ("averageifs", Form::Where("average")),
    ("avgif", Form::Where("avg")),
];

enum Form {
    /// `a ?? b`
    Otherwise,
    /// `sum(x where c)`
    Where(&'static str),
}

impl Build<'_> {
    /// `coalesce(a, b)` and its like.
    pub(super) fn check_function(&self, function: &Name, arguments: &[Expr], at: Span, brackets: Span) {
        let Some((name, form)) = FOREIGN.iter().find(|(n, _)| *n == function.node) else { return };
        let texts: Vec<&str> = arguments.iter().map(|a| self.places.text(a.span)).collect();
        let right = match (form, texts.as_slice()) {
            (Form::Otherwise, [_, _, ..]) => format!("({})", texts.join(" ?? ")),
            (Form::Otherwise, _) => "(x ?? 0)".to_owned(),
            (Form::Where(f), [x, c]) => format!("{f}({x} where {c})"),
            (Form::Where(f), _) => format!("{f}(x where CONDITION)"),
        };
        let certain = arguments.len() >= 2 && (matches!(form, Form::Otherwise) || holds_comparison(&arguments[1]));
        let written = (*name).to_owned();
        let at = if certain { at } else { Span { start: at.start, end: brackets.start } };
        self.error(SyntaxError::Slip(match certain {
            true => SlipError::ForeignFunction { written, right, at },
            false => SlipError::UnknownFunction { written, right, at },
        }));
    }

    /// `09/30/2021`, which would be a division.
    pub(super) fn check_slashed_date(&self, op: BinaryOp, a: &Expr, b: &Expr, at: Span) {
        let plain = |e: &Expr| match &e.node {
            ExprKind::Literal(Literal::Number(n)) if n.suffix.is_none() && n.decimals == 0 => Some(n.value),
            _ => None,
        };
        let ExprKind::Binary(BinaryOp::Divide, first, second) = &a.node else { return };
        let (Some(x), Some(y), Some(year)) = (plain(first), plain(second), plain(b)) else { return };
        let written = self.places.text(at);
        if op != BinaryOp::Divide || !(1900.0..2200.0).contains(&year) || written.contains(' ') {
            return;
        }
        let day = |month: f64, day: f64| {
            let whole = |n: f64| (1.0..=31.0).contains(&n).then_some(n as i8);
            Date::new(year as i16, whole(month)?, whole(day)?).ok().map(|d| d.to_string())
        };
        let written = written.to_owned();
        let slip = match (day(x, y), day(y, x)) {
            (Some(right), Some(other)) if right != other => SlipError::DateOrder { written, right, other, at },
            (Some(right), _) | (None, Some(right)) => SlipError::DateForm { written, right, at },
            (None, None) => return,
        };
        self.error(SyntaxError::Slip(slip));
    }

    /// `subs where region = "UCAN" +5%`, where the target reads as a part of the condition.
    pub(super) fn check_late_target(&self, body: &GoalBody, clauses: &[Spanned<GoalClause>]) {
        let GoalBody::Measured { subject, targets } = body else { return };
        let grouped = matches!(subject.node, ExprKind::Group(_));
        let Some(clause) = clauses.first().filter(|_| targets.is_empty() && !grouped) else { return };
        let found = clauses.iter().find_map(|c| match &c.node {
            GoalClause::Where(condition) => last_change(condition),
            _ => None,
        });
        let Some((left, right)) = found else { return };
        let gap = self.places.text(Span { start: left.end, end: right.end });
        let blank = gap.len() - gap.trim_start().len();
        let at = Span { start: left.end + blank as u32, end: right.end };
        let to = Span { start: clause.span.start, end: clause.span.start };
        let written = self.places.text(at).to_owned();
        self.error(SyntaxError::Slip(SlipError::TargetLate { right: written.clone(), written, at, to }));
    }
}

/// Both sides of a sum that can't be meant: the whole condition, or a text plus a number at its very end.
fn last_change(condition: &Expr) -> Option<(Span, Span)> {
    let sum = |e: &Expr| match &e.node {
        ExprKind::Binary(BinaryOp::Add | BinaryOp::Subtract, a, b) => {
            let text = matches!(a.node, ExprKind::Literal(Literal::Text(_)));
            matches!(b.node, ExprKind::Literal(_)).then_some((a.span, b.span, text))
        }
        _ => None,
    };
    if let Some((a, b, _)) = sum(condition) {
        return Some((a, b));
    }
    let mut last = condition;
    while let ExprKind::Binary(_, _, b) | ExprKind::Unary(UnaryOp::Not, b) = &last.node {
        if let Some((a, b, true)) = sum(last) {
            return Some((a, b));
        }
        last = b;
    }
    None
}

fn holds_comparison(e: &Expr) -> bool {
    matches!(
        e.node,
        ExprKind::Binary(..) | ExprKind::In { .. } | ExprKind::Between { .. } | ExprKind::Unary(UnaryOp::Not, _)
    )
}
