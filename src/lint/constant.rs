//! What a formula is worth where no data is needed: literals, lets of literals, budgets, and arithmetic on them. Knows
//! no window and no rule.

use crate::eval::arithmetic;
use crate::model::plan::{Formula, LetId, MetricId, Node, Plan};
use std::collections::HashMap;

/// How deep formulas are followed.
const DEPTH: u32 = 64;

/// The value of a formula made of constants only, in its unit's stored form; `None` where it reads data, isn't a number
/// or can't be worked out.
pub fn number(plan: &Plan, formula: &Formula) -> Option<f64> {
    // Most are literals: nothing needs to be remembered of them.
    if let Node::Number(x) = formula.node {
        return Some(x).filter(|x| x.is_finite());
    }
    let mut walk = Walk { plan, lets: HashMap::new(), metrics: HashMap::new() };
    walk.of(formula, DEPTH).filter(|x| x.is_finite())
}

/// What is known already: a name that stands twice at every level is worked out once.
struct Walk<'a> {
    plan: &'a Plan,
    lets: HashMap<LetId, Option<f64>>,
    metrics: HashMap<MetricId, Option<f64>>,
}

impl Walk<'_> {
    fn of(&mut self, formula: &Formula, depth: u32) -> Option<f64> {
        let depth = depth.checked_sub(1)?;
        match &formula.node {
            Node::Number(x) => Some(*x),
            Node::Let(id) => {
                if let Some(known) = self.lets.get(id) {
                    return *known;
                }
                let value = self.of(&self.plan.lets.get_index(*id)?.1.value, depth);
                self.lets.insert(*id, value);
                value
            }
            Node::Metric(id) => {
                if let Some(known) = self.metrics.get(id) {
                    return *known;
                }
                let value = self.of(&self.plan.metrics.get_index(*id)?.1.value, depth);
                self.metrics.insert(*id, value);
                value
            }
            Node::Budget(id) => self.of(self.plan.campaigns.get_index(*id)?.1.budget.as_ref()?, depth),
            Node::Negate(x) => Some(-self.of(x, depth)?),
            Node::Binary(op, a, b) => arithmetic::figure(*op, self.of(a, depth)?, self.of(b, depth)?),
            _ => None,
        }
    }
}
