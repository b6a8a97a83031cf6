//! What a formula is worth where no data is needed: literals, lets of literals, budgets, and arithmetic on them. Knows
//! no window and no rule.

use crate::model::plan::{BinaryOp, Formula, Node, Plan};

/// How deep lets and formulas are followed.
const DEPTH: u32 = 64;

/// The value of a formula made of constants only, in its unit's stored form; `None` where it reads data, isn't a number
/// or can't be worked out.
pub fn number(plan: &Plan, formula: &Formula) -> Option<f64> {
    walk(plan, formula, DEPTH).filter(|x| x.is_finite())
}

fn walk(plan: &Plan, formula: &Formula, depth: u32) -> Option<f64> {
    let depth = depth.checked_sub(1)?;
    let of = |f: &Formula| walk(plan, f, depth);
    match &formula.node {
        Node::Number(x) => Some(*x),
        Node::Let(id) => of(&plan.lets.get_index(*id)?.1.value),
        Node::Metric(id) => of(&plan.metrics.get_index(*id)?.1.value),
        Node::Budget(id) => of(plan.campaigns.get_index(*id)?.1.budget.as_ref()?),
        Node::Negate(x) => Some(-of(x)?),
        Node::Binary(op, a, b) => {
            let (a, b) = (of(a)?, of(b)?);
            match op {
                BinaryOp::Add => Some(a + b),
                BinaryOp::Subtract => Some(a - b),
                BinaryOp::Multiply => Some(a * b),
                BinaryOp::Divide if b != 0.0 => Some(a / b),
                _ => None,
            }
        }
        _ => None,
    }
}
