//! What a formula reads: its tables, and the columns that its own filters already fix. Knows no data.

use super::plan::{Condition, Formula, Node, TableId};

/// What a formula reads.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reach {
    /// Tables of its aggregates, sorted.
    pub tables: Vec<TableId>,
    /// Columns that a filter on one of its aggregates fixes, with the value.
    pub fixes: Vec<(String, String)>,
}

impl Reach {
    /// Of a formula; `metrics` holds what the metrics before it read.
    pub fn of(formula: &Formula, metrics: &[Reach]) -> Self {
        let mut reach = Reach::default();
        reach.add(formula, metrics);
        reach
    }

    fn add(&mut self, formula: &Formula, metrics: &[Reach]) {
        match &formula.node {
            Node::Metric(id) => {
                if let Some(other) = metrics.get(*id) {
                    other.tables.iter().for_each(|t| self.table(*t));
                    other.fixes.iter().for_each(|f| self.fix(f));
                }
            }
            Node::Aggregate(a) => {
                self.table(a.table);
                a.filter.iter().for_each(|c| self.condition(c));
            }
            Node::Filter(_, condition) => self.condition(condition),
            _ => {}
        }
        formula.node.parts().into_iter().for_each(|part| self.add(part, metrics));
    }

    fn table(&mut self, table: TableId) {
        if let Err(at) = self.tables.binary_search(&table) {
            self.tables.insert(at, table);
        }
    }

    fn condition(&mut self, condition: &Condition) {
        condition.fixes.iter().for_each(|f| self.fix(f));
    }

    fn fix(&mut self, fixed: &(String, String)) {
        if !self.fixes.contains(fixed) {
            self.fixes.push(fixed.clone());
        }
    }
}
