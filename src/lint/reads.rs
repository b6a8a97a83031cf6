//! What goals read, aggregate by aggregate, each with the conditions that reach it: so that a rule can ask which rows
//! count. Knows formulas and filters, and no rule.

use super::context::GoalView;
use super::observed::Observed;
use crate::calendar::Window;
use crate::eval::dimension;
use crate::eval::formula::World;
use crate::eval::words;
use crate::model::plan::{Aggregate, Condition, Formula, Measure, Node, Over};
use crate::query::Row;
use crate::source::Loc;

/// An aggregate where it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Use<'a> {
    /// What is computed.
    pub aggregate: &'a Aggregate,
    /// Where it is written.
    pub at: Loc,
    /// The conditions on its rows, outermost first; only those that its table has the columns for.
    pub conditions: Vec<&'a Condition>,
    /// A window of its own: `x[Q4 2020]`.
    pub window: Option<Window>,
    /// Columns of which each value is taken by itself: `rank(x by region)`, `for each region`.
    pub by: Vec<&'a str>,
}

impl Use<'_> {
    /// Its rows, as one condition.
    pub fn filter(&self) -> Option<Row> {
        dimension::all(self.conditions.iter().map(|c| c.row.clone()))
    }
}

/// What an aggregate adds up, where its values over parts of the rows add up to its value over all of them.
pub fn added(aggregate: &Aggregate) -> Option<&Row> {
    match &aggregate.measure {
        Measure::Sum(x) | Measure::Last(x) | Measure::First(x) | Measure::LastPer(x, _) => Some(x),
        _ => None,
    }
}

/// All that a goal, its KPIs and guardrails read; nothing of goals over rows and combined ones.
pub fn of_goal<'a>(observed: &Observed<'_, 'a>, goal: &GoalView<'a>) -> Vec<Use<'a>> {
    let Some(subject) = observed.subject(goal) else { return Vec::new() };
    let conditions: Vec<&'a Condition> = subject.context.filters.iter().map(|(c, _)| *c).collect();
    let by: Vec<&'a str> = match &goal.goal.quantifier {
        Some((_, Over::Dimension(column))) => vec![column],
        _ => Vec::new(),
    };
    let mut uses = of_formula(observed.world, subject.formula, &conditions, &by);
    for kpi in goal.goal.kpis.iter().chain(&goal.goal.guardrails) {
        uses.extend(of_formula(observed.world, &kpi.value, &conditions, &[]));
    }
    uses
}

/// All that a formula reads under conditions, through metrics but not through lets.
pub fn of_formula<'a>(
    world: &World<'a>,
    formula: &'a Formula,
    conditions: &[&'a Condition],
    by: &[&'a str],
) -> Vec<Use<'a>> {
    let mut walk = Walk { world, found: Vec::new(), seen: Vec::new() };
    let around = Around { conditions: conditions.to_vec(), window: None, by: by.to_vec() };
    walk.add(formula, &around);
    walk.found
}

/// What stands around a formula.
#[derive(Debug, Clone, PartialEq)]
struct Around<'a> {
    conditions: Vec<&'a Condition>,
    window: Option<Window>,
    by: Vec<&'a str>,
}

impl<'a> Around<'a> {
    fn and(&self, condition: &'a Condition) -> Self {
        let mut out = self.clone();
        // A metric that filters its own past would add it again and again.
        if !out.conditions.iter().any(|c| std::ptr::eq(*c, condition)) {
            out.conditions.push(condition);
        }
        out
    }
}

struct Walk<'w, 'a> {
    world: &'w World<'a>,
    found: Vec<Use<'a>>,
    /// Metrics with what stood around them, each once.
    seen: Vec<(usize, Around<'a>)>,
}

impl<'a> Walk<'_, 'a> {
    fn add(&mut self, formula: &'a Formula, around: &Around<'a>) {
        let plan = self.world.plan;
        match &formula.node {
            Node::Aggregate(a) => {
                let own = a.filter.as_ref();
                let reaching = around.conditions.iter().copied().filter(|c| self.world.reaches(c, a.table).is_ok());
                self.found.push(Use {
                    aggregate: a,
                    at: formula.at,
                    conditions: reaching.chain(own).collect(),
                    window: around.window,
                    by: around.by.clone(),
                });
            }
            Node::Filter(x, condition) => self.add(x, &around.and(condition)),
            Node::Window(x, period) => {
                let window = period.window(&plan.facts.rules).or(around.window);
                self.add(x, &Around { window, ..around.clone() });
            }
            Node::Campaign(x, id) => {
                let Some((_, campaign)) = plan.campaigns.get_index(*id) else { return };
                let inner = Around { window: Some(campaign.window), ..around.clone() };
                let inner = campaign.filter.as_ref().map_or_else(|| inner.clone(), |f| inner.and(f));
                self.add(x, &inner);
            }
            Node::Across(across) => {
                let mut inner = around.clone();
                // It looks at every value, also of a column that is fixed around it.
                inner.conditions.retain(|c| c.columns.iter().any(|column| *column != across.by));
                inner.by.push(&across.by);
                self.add(&across.of, &inner);
            }
            Node::Metric(id) => {
                let Some((_, metric)) = plan.metrics.get_index(*id) else { return };
                let key = (*id, around.clone());
                if !self.seen.contains(&key) {
                    self.seen.push(key);
                    self.add(&metric.value, around);
                }
            }
            _ => words::parts(formula).into_iter().for_each(|x| self.add(x, around)),
        }
    }
}
