//! What an expression's tree holds: literals, operators, contexts, and where each function stands.

use super::list::Place;
use super::walk::Walk;
use milepost::model::functions;
use milepost::syntax::tree::*;

impl Walk<'_> {
    /// An expression between values or within a row.
    pub fn expr(&mut self, expr: &Expr, place: Place) {
        match &expr.node {
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Name(name) => {
                if place == Place::Values && !self.names.declares(name) {
                    self.saw("implied metric");
                }
                self.named(name);
            }
            ExprKind::Dotted(of, part) => {
                self.named(&of.node);
                self.saw(match self.names.campaigns.contains(&of.node) && part.node == "budget" {
                    true => "campaign.budget",
                    false => "table.column",
                });
            }
            ExprKind::Group(x) => self.expr(x, place),
            ExprKind::Call { function, arguments, per, by, condition } => {
                self.call(&function.node, arguments, place);
                for (there, name) in [(per, "x per d"), (by, "f(x by d)")] {
                    if there.is_some() {
                        self.saw(name);
                    }
                }
                if let Some(condition) = condition {
                    self.saw("f(x where c)");
                    self.expr(condition, Place::Row);
                }
            }
            ExprKind::Context { of, context } => {
                self.expr(of, place);
                self.context(&context.node);
            }
            ExprKind::Over { of, .. } => {
                self.saw("over");
                self.expr(of, place);
            }
            ExprKind::ToDate { of, from } => {
                self.saw(match from {
                    ToDate::Year => "ytd",
                    ToDate::Quarter => "qtd",
                    ToDate::Month => "mtd",
                });
                self.expr(of, place);
            }
            ExprKind::Unary(op, x) => {
                self.saw(match op {
                    UnaryOp::Negate => "-x",
                    UnaryOp::Not => "not",
                });
                self.expr(x, place);
            }
            ExprKind::Binary(op, a, b) => {
                self.saw(format!("a {} b", op.symbol()));
                self.expr(a, place);
                self.expr(b, place);
            }
            ExprKind::In { of, values, negated } => {
                self.saw(if *negated { "not in (…)" } else { "in (…)" });
                self.expr(of, place);
                values.iter().for_each(|v| self.expr(v, place));
            }
            ExprKind::Between { of, low, high, negated } => {
                self.saw(if *negated { "not between … and …" } else { "between … and …" });
                [of, low, high].into_iter().for_each(|x| self.expr(x, place));
            }
        }
    }

    pub fn context(&mut self, context: &Context) {
        match context {
            Context::Period(_) => self.saw("x[period]"),
            Context::Shift(_) => self.saw("x[-1 quarter]"),
            Context::Condition(condition) => match &condition.node {
                ExprKind::Name(name) if self.names.campaigns.contains(name) => {
                    self.saw("x[campaign]");
                    self.named(name);
                }
                ExprKind::Name(name) if self.names.segments.contains(name) => {
                    self.saw("x[segment]");
                    self.named(name);
                }
                _ => {
                    self.saw("x[condition]");
                    self.expr(condition, Place::Row);
                }
            },
        }
    }

    pub fn call(&mut self, name: &str, arguments: &[Expr], place: Place) {
        let name = name.to_lowercase();
        let info = functions::find(&name);
        let rows = info.is_some_and(|f| f.aggregate.is_some());
        let values = info.is_some_and(|f| f.value.is_some());
        let place = match place {
            Place::Values if rows && (!values || arguments.first().is_some_and(|x| self.of_rows(x))) => Place::Rows,
            other => other,
        };
        self.saw(place.of(&name));
        let inner = if place == Place::Values { Place::Values } else { Place::Row };
        arguments.iter().for_each(|x| self.expr(x, inner));
    }

    /// True where an argument stands for a column.
    pub fn of_rows(&self, x: &Expr) -> bool {
        match &x.node {
            ExprKind::Dotted(of, _) => self.names.tables.contains(&of.node),
            ExprKind::Name(name) => !self.names.values.contains(name),
            ExprKind::Group(x) | ExprKind::Unary(_, x) => self.of_rows(x),
            ExprKind::Binary(_, a, b) => self.of_rows(a) || self.of_rows(b),
            ExprKind::Call { function, arguments, .. } => {
                functions::find(&function.node.to_lowercase()).is_some_and(|f| f.row.is_some())
                    && arguments.iter().any(|x| self.of_rows(x))
            }
            _ => false,
        }
    }

    pub fn literal(&mut self, literal: &Literal) {
        self.saw(match literal {
            Literal::Number(n) if n.suffix.is_some() => "number with a suffix",
            Literal::Number(_) => "number",
            Literal::Percent(_) => "percent",
            Literal::Points(_) => "points",
            Literal::Money(..) => "money",
            // A day or a week is a length of time beside one.
            Literal::Duration(..) | Literal::Span(_) => "duration",
            Literal::Period(_) => "period in an expression",
            Literal::Moment(_) => "moment",
            Literal::Text(_) => "text",
            Literal::Truth(_) => "truth",
        });
    }
}
