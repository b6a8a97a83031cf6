//! Formulas that read no data as fixed values of a row. Knows no tables.

use super::Resolver;
use super::functions;
use super::plan::{Formula, Node};
use crate::query::{Row, RowOp};
use crate::source::Loc;
use crate::syntax::tree::BinaryOp;
use ordered_float::OrderedFloat;

impl Resolver<'_> {
    /// A formula that reads no data as a fixed value of a row; `None` where it reads data.
    pub(crate) fn folded(&self, formula: &Formula) -> Option<Row> {
        let two = |op: RowOp, a: &Formula, b: &Formula| {
            Some(match (self.folded(a)?, self.folded(b)?) {
                (Row::Number(x), Row::Number(y)) => match op {
                    RowOp::Add => Row::Number(x + y),
                    RowOp::Subtract => Row::Number(x - y),
                    RowOp::Multiply => Row::Number(x * y),
                    RowOp::Divide if y.0 != 0.0 => Row::Number(x / y),
                    _ => Row::Binary(op, Box::new(Row::Number(x)), Box::new(Row::Number(y))),
                },
                (x, y) => Row::Binary(op, Box::new(x), Box::new(y)),
            })
        };
        match &formula.node {
            Node::Number(v) => Some(Row::Number(OrderedFloat(*v))),
            Node::Text(t) => Some(Row::Text(t.clone())),
            Node::Truth(b) => Some(Row::Truth(*b)),
            Node::Time(t) => Some(self.time_row(formula.at, *t)),
            Node::Let(id) => self.folded(&self.plan.lets.get_index(*id)?.1.value),
            Node::Budget(id) => self.folded(self.plan.campaigns.get_index(*id)?.1.budget.as_ref()?),
            Node::Negate(of) => Some(negated(self.folded(of)?)),
            Node::Not(of) => Some(Row::Not(Box::new(self.folded(of)?))),
            Node::Binary(op, a, b) => two(row_op(*op), a, b),
            Node::If(c, a, b) => {
                Some(Row::If(Box::new(self.folded(c)?), Box::new(self.folded(a)?), Box::new(self.folded(b)?)))
            }
            Node::Call(function, arguments) => {
                let role = functions::find(functions::name_of(functions::Value::Call(*function)))?.row?;
                role.of(arguments.iter().map(|a| self.folded(a)).collect::<Option<_>>()?)
            }
            _ => None,
        }
    }

    /// A time of a let: the whole period that was written, else the moment.
    fn time_row(&self, at: Loc, time: jiff::civil::DateTime) -> Row {
        self.periods.get(&at).map_or(Row::Moment(time), |w| Row::Period(*w))
    }
}

/// `-x`, worked out where it is a number.
pub(crate) fn negated(row: Row) -> Row {
    match row {
        Row::Number(n) => Row::Number(-n),
        other => Row::Negate(Box::new(other)),
    }
}

/// The operator of rows that an operator of the language is.
pub(crate) fn row_op(op: BinaryOp) -> RowOp {
    match op {
        BinaryOp::Add => RowOp::Add,
        BinaryOp::Subtract => RowOp::Subtract,
        BinaryOp::Multiply => RowOp::Multiply,
        BinaryOp::Divide => RowOp::Divide,
        BinaryOp::Power => RowOp::Power,
        BinaryOp::Equal => RowOp::Equal,
        BinaryOp::NotEqual => RowOp::NotEqual,
        BinaryOp::Less => RowOp::Less,
        BinaryOp::LessOrEqual => RowOp::LessOrEqual,
        BinaryOp::Greater => RowOp::Greater,
        BinaryOp::GreaterOrEqual => RowOp::GreaterOrEqual,
        BinaryOp::And => RowOp::And,
        BinaryOp::Or => RowOp::Or,
        BinaryOp::Otherwise => RowOp::Otherwise,
    }
}
