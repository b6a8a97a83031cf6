//! Expressions: pest gives a flat list of operands and operators, the table here says how tightly each binds.

use super::{Build, unquoted};
use crate::source::{Span, Spanned};
use crate::syntax::error::SyntaxError;
use crate::syntax::grammar::{Node, Rule, parts};
use crate::syntax::tree::*;
use pest::pratt_parser::{Assoc, Op, PrattParser};
use std::sync::LazyLock;

/// How deep a tree may be: what reads it recurses.
const DEEPEST: u16 = 500;

/// An expression and how deep it is; `None` where the grammar and this file disagree, or it is too deep.
type Deep = Option<(Expr, u16)>;

/// From the loosest to the tightest.
static PRECEDENCE: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    let left = |rule| Op::infix(rule, Assoc::Left);
    PrattParser::new()
        .op(left(Rule::k_or))
        .op(left(Rule::k_and))
        .op(Op::prefix(Rule::k_not))
        .op(left(Rule::equal)
            | left(Rule::not_equal)
            | left(Rule::below)
            | left(Rule::at_most)
            | left(Rule::above)
            | left(Rule::at_least)
            | Op::postfix(Rule::in_list)
            | Op::postfix(Rule::between))
        .op(left(Rule::otherwise))
        .op(left(Rule::plus) | left(Rule::minus))
        .op(left(Rule::times) | left(Rule::divide))
        .op(Op::prefix(Rule::negate))
        .op(left(Rule::power))
        .op(Op::postfix(Rule::context) | Op::postfix(Rule::over) | Op::postfix(Rule::to_date))
});

impl Build<'_> {
    /// The expression of an `expr`, `arith` or `subject`.
    pub(super) fn expr(&self, node: Node<'_>) -> Option<Expr> {
        self.deep(node).map(|(e, _)| e)
    }

    fn deep(&self, node: Node<'_>) -> Deep {
        let span = self.whole(&node);
        let mut nodes = node.into_inner();
        if nodes.len() == 1 {
            return self.deep_operand(nodes.next()?);
        }
        PRECEDENCE
            .map_primary(|n| self.deep_operand(n))
            .map_prefix(|op, value| self.prefix(&op, value?))
            .map_postfix(|value, op| self.postfix(value?, op))
            .map_infix(|a, op, b| self.infix(a?, &op, b?))
            .parse(nodes)
            .filter(|(_, depth)| self.shallow(*depth, span))
    }

    fn shallow(&self, depth: u16, at: Span) -> bool {
        if depth >= DEEPEST && self.errors.borrow().is_empty() {
            let at = Span { start: at.start, end: at.start.saturating_add(1).min(at.end) };
            self.error(SyntaxError::TooLong { limit: DEEPEST, at });
        }
        depth < DEEPEST
    }

    fn grown(&self, kind: ExprKind, span: Span, depth: u16) -> Deep {
        self.shallow(depth + 1, span).then(|| (Spanned::new(kind, span), depth + 1))
    }

    fn prefix(&self, op: &Node<'_>, (value, depth): (Expr, u16)) -> Deep {
        let span = self.token(op).to(value.span);
        let unary = if op.as_rule() == Rule::k_not { UnaryOp::Not } else { UnaryOp::Negate };
        if unary == UnaryOp::Negate && matches!(value.node, ExprKind::Binary(BinaryOp::Power, ..)) {
            self.error(SyntaxError::NegativePower { at: span, power: value.span, sign: self.token(op) });
        }
        self.grown(ExprKind::Unary(unary, Box::new(value)), span, depth)
    }

    fn infix(&self, (a, left): (Expr, u16), op: &Node<'_>, (b, right): (Expr, u16)) -> Deep {
        let span = a.span.to(b.span);
        let binary = binary_op(op.as_rule())?;
        self.check_slashed_date(binary, &a, &b, span);
        self.check_brackets(binary, &a, &b, span);
        self.grown(ExprKind::Binary(binary, Box::new(a), Box::new(b)), span, left.max(right))
    }

    /// Orders of reading that people disagree on ask for brackets.
    fn check_brackets(&self, op: BinaryOp, a: &Expr, b: &Expr, at: Span) {
        let comparison = |op: BinaryOp| matches!(family(op), Family::Comparison);
        match op {
            BinaryOp::Power => {
                if let ExprKind::Binary(BinaryOp::Power, ..) = &a.node {
                    self.error(SyntaxError::PowerOfPower { at, first: a.span });
                }
            }
            BinaryOp::Otherwise => {
                let arithmetic = |e: &Expr| match &e.node {
                    ExprKind::Binary(op, ..) => family(*op) == Family::Arithmetic,
                    _ => false,
                };
                if let Some(side) = [a, b].into_iter().find(|e| arithmetic(e)) {
                    self.error(SyntaxError::OtherwiseBesideArithmetic { at, side: side.span });
                }
            }
            op if comparison(op) => {
                if let ExprKind::Binary(inner, ..) = &a.node
                    && comparison(*inner)
                {
                    self.error(SyntaxError::ComparisonChain { at });
                }
            }
            _ => {}
        }
    }

    fn postfix(&self, (value, depth): (Expr, u16), op: Node<'_>) -> Deep {
        let span = value.span.to(self.whole(&op));
        let of = Box::new(value);
        let (kind, inner) = match op.as_rule() {
            Rule::context => {
                let at = self.whole(&op);
                let (context, inner) = self.context(parts(op).next()?)?;
                (ExprKind::Context { of, context: Spanned::new(context, at) }, inner)
            }
            Rule::over => (ExprKind::Over { of, span: self.span(parts(op).next()?)? }, 0),
            Rule::to_date => {
                let from = match op.as_str() {
                    "ytd" => ToDate::Year,
                    "qtd" => ToDate::Quarter,
                    _ => ToDate::Month,
                };
                (ExprKind::ToDate { of, from }, 0)
            }
            Rule::in_list => {
                let negated = op.clone().into_inner().any(|n| n.as_rule() == Rule::k_not);
                let (values, inner) = self.list(parts(op))?;
                (ExprKind::In { of, values, negated }, inner)
            }
            Rule::between => {
                let negated = op.clone().into_inner().any(|n| n.as_rule() == Rule::k_not);
                let mut parts = parts(op);
                let (low, a) = self.deep(parts.next()?)?;
                let (high, b) = self.deep(parts.next()?)?;
                (ExprKind::Between { of, low: Box::new(low), high: Box::new(high), negated }, a.max(b))
            }
            _ => return None,
        };
        self.grown(kind, span, depth.max(inner))
    }

    fn list<'i>(&self, nodes: impl Iterator<Item = Node<'i>>) -> Option<(Vec<Expr>, u16)> {
        let mut deepest = 0;
        let mut values = Vec::new();
        for node in nodes {
            let (value, depth) = self.deep(node)?;
            deepest = deepest.max(depth);
            values.push(value);
        }
        values.shrink_to_fit();
        Some((values, deepest))
    }

    fn context(&self, node: Node<'_>) -> Option<(Context, u16)> {
        Some(match node.as_rule() {
            Rule::shift => {
                let span = parts(node).find(|n| n.as_rule() == Rule::span)?;
                (Context::Shift(self.span(span)?.node.back()), 0)
            }
            Rule::period => (Context::Period(self.period(node)?.node), 0),
            _ => {
                let (condition, depth) = self.deep(node)?;
                (Context::Condition(Box::new(condition)), depth)
            }
        })
    }

    /// The expression of a single operand.
    pub(super) fn operand(&self, node: Node<'_>) -> Option<Expr> {
        self.deep_operand(node).map(|(e, _)| e)
    }

    fn deep_operand(&self, node: Node<'_>) -> Deep {
        let span = self.whole(&node);
        let kind = match node.as_rule() {
            Rule::operand => return self.deep_operand(node.into_inner().next()?),
            Rule::group => {
                let (inner, depth) = self.deep(parts(node).next()?)?;
                return self.grown(ExprKind::Group(Box::new(inner)), span, depth);
            }
            Rule::reference => return self.reference(node, span),
            Rule::text => ExprKind::Literal(Literal::Text(self.unescape(&node))),
            Rule::quantity => ExprKind::Literal(self.quantity(node)?.node),
            Rule::dated => ExprKind::Literal(self.dated(node)?),
            _ => return None,
        };
        Some((Spanned::new(kind, span), 1))
    }

    fn reference(&self, node: Node<'_>, span: Span) -> Deep {
        let mut parts = parts(node);
        let path = parts.next()?;
        let at = self.token(&path);
        let text = path.as_str();
        let dot = dot(text);
        match (parts.next(), dot) {
            (None, None) => {
                let kind = match text {
                    "true" => ExprKind::Literal(Literal::Truth(true)),
                    "false" => ExprKind::Literal(Literal::Truth(false)),
                    name => ExprKind::Name(unquoted(name).to_owned()),
                };
                Some((Spanned::new(kind, at), 1))
            }
            (None, Some(dot)) => {
                let (table, column) = (text.get(..dot)?, text.get(dot + 1..)?);
                let (start, end) = (at.start as usize, at.end as usize);
                let name = |n: &str, from, to| Spanned::new(unquoted(n).to_owned(), Span::new(from, to));
                let split = (start + dot).min(end);
                let kind = ExprKind::Dotted(name(table, start, split), name(column, (split + 1).min(end), end));
                Some((Spanned::new(kind, at), 1))
            }
            (Some(arguments), _) => {
                if dot.is_some() {
                    self.error(SyntaxError::DottedCall { name: text.to_owned(), at });
                }
                self.call(Spanned::new(unquoted(text).to_lowercase(), at), arguments, span)
            }
        }
    }

    fn call(&self, function: Name, node: Node<'_>, span: Span) -> Deep {
        let (mut per, mut by, mut condition) = (None, None, None);
        let (mut arguments, mut deepest) = (Vec::new(), 0);
        let mut seen: Vec<(Rule, Span)> = Vec::new();
        let brackets = self.whole(&node);
        for part in node.into_inner() {
            let (rule, at) = (part.as_rule(), self.whole(&part));
            if rule == Rule::expr {
                let (argument, depth) = self.deep(part)?;
                deepest = deepest.max(depth);
                arguments.push(argument);
                continue;
            }
            if let Some((_, first)) = seen.iter().find(|(r, _)| *r == rule) {
                let keyword = part.as_str().split_whitespace().next().unwrap_or("").to_owned();
                self.error(SyntaxError::RepeatedClause { keyword, first: *first, again: at });
            }
            seen.push((rule, at));
            let value = parts(part).next()?;
            match rule {
                Rule::call_per => per = Some(self.name(value)?),
                Rule::call_by => by = Some(self.name(value)?),
                _ => {
                    let (value, depth) = self.deep(value)?;
                    deepest = deepest.max(depth);
                    condition = Some(Box::new(value));
                }
            }
        }
        arguments.shrink_to_fit();
        self.check_function(&function, &arguments, span, brackets);
        self.grown(ExprKind::Call { function, arguments, per, by, condition }, span, deepest)
    }
}

/// Where the dot of `table.column` stands, outside back-ticks.
fn dot(path: &str) -> Option<usize> {
    let mut quoted = false;
    path.char_indices().find_map(|(i, c)| {
        quoted ^= c == '`';
        (c == '.' && !quoted).then_some(i)
    })
}

fn binary_op(rule: Rule) -> Option<BinaryOp> {
    Some(match rule {
        Rule::plus => BinaryOp::Add,
        Rule::minus => BinaryOp::Subtract,
        Rule::times => BinaryOp::Multiply,
        Rule::divide => BinaryOp::Divide,
        Rule::power => BinaryOp::Power,
        Rule::otherwise => BinaryOp::Otherwise,
        Rule::equal => BinaryOp::Equal,
        Rule::not_equal => BinaryOp::NotEqual,
        Rule::below => BinaryOp::Less,
        Rule::at_most => BinaryOp::LessOrEqual,
        Rule::above => BinaryOp::Greater,
        Rule::at_least => BinaryOp::GreaterOrEqual,
        Rule::k_and => BinaryOp::And,
        Rule::k_or => BinaryOp::Or,
        _ => return None,
    })
}

#[derive(PartialEq)]
enum Family {
    Arithmetic,
    Comparison,
    Other,
}

fn family(op: BinaryOp) -> Family {
    use BinaryOp::*;
    match op {
        Add | Subtract | Multiply | Divide | Power => Family::Arithmetic,
        Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual => Family::Comparison,
        And | Or | Otherwise => Family::Other,
    }
}
