//! Whether a formula is a total over a period, a level on a day, or neither (language reference, Metrics).

use super::plan::{BinaryOp, Formula, Function, Kind, Node, Plan};

/// How a formula behaves over time; `None` where it is the same in every window (literals, lets, `x[Q4 2020]`).
///
/// ± of one kind (also as `sum` of several), and × ÷ by a constant, keep the kind; `over`, `ytd`, `cumulative`,
/// `moving_average` make a level; all else is neither.
pub fn kind(formula: &Formula, plan: &Plan) -> Option<Kind> {
    match &formula.node {
        Node::Number(_) | Node::Text(_) | Node::Truth(_) | Node::Time(_) | Node::Let(_) | Node::Budget(_) => None,
        Node::Window(..) | Node::Campaign(..) => None,
        Node::Metric(id) => match plan.metrics.get_index(*id) {
            Some((_, m)) if m.fixed => None,
            found => Some(found.map_or(Kind::Neither, |(_, m)| m.kind)),
        },
        Node::Aggregate(a) => Some(a.kind),
        Node::Shift(of, _) | Node::Filter(of, _) | Node::Negate(of) => kind(of, plan),
        Node::Over(of, _) | Node::ToDate(of, _) | Node::MovingAverage(of, _) | Node::Cumulative(of) => {
            kind(of, plan).map(|_| Kind::Stock)
        }
        Node::Binary(op, a, b) => binary(*op, kind(a, plan), kind(b, plan)),
        Node::Growth(of, _) | Node::Not(of) => kind(of, plan).map(|_| Kind::Neither),
        Node::Across(across) => kind(&across.of, plan).map(|_| Kind::Neither),
        Node::In(of, values) => neither([of.as_ref()].into_iter().chain(values), plan),
        Node::Between(a, b, c) | Node::If(a, b, c) => neither([a.as_ref(), b, c], plan),
        // The same as a + b + …
        Node::Call(Function::Sum, parts) => {
            parts.iter().map(|p| kind(p, plan)).reduce(|a, b| binary(BinaryOp::Add, a, b)).flatten()
        }
        Node::Call(_, arguments) => neither(arguments, plan),
        Node::Pair(_, a, b) => neither([a.as_ref(), b], plan),
    }
}

fn binary(op: BinaryOp, a: Option<Kind>, b: Option<Kind>) -> Option<Kind> {
    match (op, a, b) {
        (_, None, None) => None,
        (BinaryOp::Add | BinaryOp::Subtract, Some(a), Some(b)) if a == b => Some(a),
        (BinaryOp::Multiply | BinaryOp::Divide, Some(a), None) => Some(a),
        (BinaryOp::Multiply, None, Some(b)) => Some(b),
        _ => Some(Kind::Neither),
    }
}

/// Neither, unless all parts are constant.
fn neither<'f>(parts: impl IntoIterator<Item = &'f Formula>, plan: &Plan) -> Option<Kind> {
    parts.into_iter().any(|p| kind(p, plan).is_some()).then_some(Kind::Neither)
}
