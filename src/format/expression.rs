//! Expressions as words. Adds no brackets: the tree keeps those of the writer.

use super::layout::{Join, Words};
use super::words;
use crate::source::Spanned;
use crate::syntax::tree::{BinaryOp, Context, Expr, ExprKind, Literal, Name, Text, ToDate, UnaryOp};

impl Words<'_> {
    /// A name, with back-ticks where it needs them.
    pub(super) fn name(&mut self, join: Join, name: &Name) {
        let ticked = self.ticked(name.span);
        words::name(self.word(join, name.span.start), &name.node, ticked);
    }

    /// A text between quotes.
    pub(super) fn text(&mut self, join: Join, text: &Text) {
        words::text(self.word(join, text.span.start), &text.node);
    }

    /// A literal.
    pub(super) fn literal(&mut self, join: Join, literal: &Spanned<Literal>) {
        words::literal(self.word(join, literal.span.start), &literal.node);
    }

    /// Anything that displays as it is written.
    pub(super) fn shown<T: std::fmt::Display>(&mut self, join: Join, what: &Spanned<T>) {
        words::display(self.word(join, what.span.start), &what.node);
    }

    /// An expression; its first word joins as `join` says.
    pub(super) fn expr(&mut self, join: Join, expr: &Expr) {
        // Chains of operators lean to the left and may be long: they are walked without recursion.
        let mut first = expr;
        let mut chain = Vec::new();
        while let ExprKind::Binary(op, left, right) = &first.node {
            chain.push((*op, left, right));
            first = left;
        }
        self.operand(join, first);
        for (op, left, right) in chain.into_iter().rev() {
            let join = if matches!(op, BinaryOp::And | BinaryOp::Or) { Join::Junction } else { Join::Operator };
            self.operator(join, left, right, op.symbol());
            self.expr(Join::Same, right);
        }
    }

    /// An operator between two operands: it takes over a line break on either side of it.
    fn operator(&mut self, join: Join, left: &Expr, right: &Expr, symbol: &str) {
        let at = self.after(left.span.end);
        let kept = self.broken(left.span.end, right.span.start);
        self.word_kept(join, at, kept).push_str(symbol);
    }

    /// A word that follows an operand.
    fn postfix(&mut self, of: &Expr, symbol: &str) {
        let at = self.after(of.span.end);
        self.push(Join::Operator, at, symbol);
    }

    fn operand(&mut self, join: Join, expr: &Expr) {
        let at = expr.span.start;
        match &expr.node {
            ExprKind::Literal(l) => words::literal(self.word(join, at), l),
            ExprKind::Name(n) => {
                let ticked = self.ticked(expr.span);
                words::name(self.word(join, at), n, ticked);
            }
            ExprKind::Dotted(a, b) => self.dotted(join, a, b),
            ExprKind::Group(inner) => {
                self.push(join, at, "(");
                self.nested(|w| w.expr(Join::First, inner), ")");
            }
            ExprKind::Call { .. } => self.call(join, at, &expr.node),
            ExprKind::Context { of, context } => {
                self.expr(join, of);
                self.glue().push('[');
                self.nested(|w| w.context(context), "]");
            }
            ExprKind::Over { of, span } => {
                self.expr(join, of);
                self.postfix(of, "over");
                self.shown(Join::Same, span);
            }
            ExprKind::ToDate { of, from } => {
                self.expr(join, of);
                self.postfix(of, to_date(*from));
            }
            ExprKind::Unary(op, of) => self.unary(join, at, *op, of),
            ExprKind::Binary(..) => self.expr(join, expr),
            ExprKind::In { of, values, negated } => {
                self.expr(join, of);
                self.postfix(of, if *negated { "not in" } else { "in" });
                self.push(Join::Same, 0, "(");
                self.nested(|w| w.list(Join::First, values, Self::expr), ")");
            }
            ExprKind::Between { of, low, high, negated } => {
                self.expr(join, of);
                self.postfix(of, if *negated { "not between" } else { "between" });
                self.expr(Join::Same, low);
                self.push(Join::Same, 0, "and");
                self.expr(Join::Same, high);
            }
        }
    }

    fn dotted(&mut self, join: Join, a: &Name, b: &Name) {
        self.name(join, a);
        let ticked = self.ticked(b.span);
        let out = self.glue();
        out.push('.');
        words::name(out, &b.node, ticked);
    }

    fn unary(&mut self, join: Join, at: u32, op: UnaryOp, of: &Expr) {
        match op {
            UnaryOp::Negate => {
                self.push(join, at, "-");
                // `--` would open a comment elsewhere.
                let doubled = matches!(of.node, ExprKind::Unary(UnaryOp::Negate, _));
                self.expr(if doubled { Join::Same } else { Join::Glued }, of);
            }
            UnaryOp::Not => {
                self.push(join, at, "not");
                self.expr(Join::Same, of);
            }
        }
    }

    fn call(&mut self, join: Join, at: u32, call: &ExprKind) {
        let ExprKind::Call { function, arguments, per, by, condition } = call else { return };
        // Before a bracket only a name in back-ticks could be taken for something else.
        let ticked = self.has_ticks(function.span) || !words::is_plain(&function.node);
        let out = self.word(join, at);
        words::name(out, &function.node, ticked);
        out.push('(');
        self.nested(
            |w| {
                w.list(Join::First, arguments, Self::expr);
                for (word, name) in [("per", per), ("by", by)] {
                    if let Some(name) = name {
                        w.push(Join::Operator, 0, word);
                        w.name(Join::Same, name);
                    }
                }
                if let Some(condition) = condition {
                    w.push(Join::Operator, 0, "where");
                    w.expr(Join::Same, condition);
                }
            },
            ")",
        );
    }

    fn context(&mut self, context: &Spanned<Context>) {
        match &context.node {
            Context::Period(p) => words::display(self.glue(), p),
            Context::Shift(s) => words::display(self.glue(), s),
            Context::Condition(c) => self.expr(Join::First, c),
        }
    }

    /// What stands between brackets, and the closing one.
    fn nested(&mut self, inside: impl FnOnce(&mut Self), close: &str) {
        (self.depth, self.brackets) = (self.depth.saturating_add(1), self.brackets.saturating_add(1));
        inside(self);
        (self.depth, self.brackets) = (self.depth.saturating_sub(1), self.brackets.saturating_sub(1));
        self.glue().push_str(close);
    }

    /// Items with commas between them; the first joins as `first` says.
    pub(super) fn list<T>(&mut self, first: Join, items: &[T], write: impl Fn(&mut Self, Join, &T)) {
        self.depth = self.depth.saturating_add(1);
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.glue().push(',');
            }
            write(self, if i == 0 { first } else { Join::Item }, item);
        }
        self.depth = self.depth.saturating_sub(1);
    }
}

fn to_date(from: ToDate) -> &'static str {
    match from {
        ToDate::Year => "ytd",
        ToDate::Quarter => "qtd",
        ToDate::Month => "mtd",
    }
}
