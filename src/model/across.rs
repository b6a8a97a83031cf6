//! Functions across a dimension, and ranks as targets: which functions take `by`, the column, and that a rank is of one
//! value. Knows no data.

use super::calls::Call;
use super::error::NameError;
use super::formula::Scope;
use super::functions::FunctionInfo;
use super::names::written;
use super::plan::{
    Across, AcrossFunction, Checkpoint, Condition, Direction, Formula, From, Goal, GoalBody, Node, Over, TableId,
    Timing, Type,
};
use super::reach::Reach;
use super::tables::Known;
use super::targets;
use super::{R, Resolver};
use crate::quantity::Unit;
use crate::query::{Row, RowOp};
use crate::source::{FileId, Loc, Span};
use crate::syntax::tree::Name;

impl Resolver<'_> {
    /// `max(x by brand)`
    pub(crate) fn across_call(
        &mut self,
        info: &FunctionInfo,
        call: &Call<'_>,
        by: &Name,
        at: Loc,
        scope: Scope,
    ) -> R<Formula> {
        let Some(function) = AcrossFunction::find(info.name) else {
            let what = format!("`{}` doesn't work across a dimension, so it takes no `by`", info.name);
            let names: Vec<&str> = AcrossFunction::ALL.iter().map(|(_, name)| *name).collect();
            let help = format!("these do: {}", names.join(", "));
            return Err(self.report(scope.file, &NameError::Across { what, at: by.span, label: "across this", help }));
        };
        let mut of = self.number(&call.arguments[0], scope)?;
        if let Some(condition) = call.condition {
            let condition = self.condition(condition, None, scope.file)?;
            self.filter_reaches(&of, &condition)?;
            let (gives, at) = (of.gives.clone(), of.at);
            of = Formula { node: Node::Filter(Box::new(of), Box::new(condition)), gives, at };
        }
        let argument = match (function, call.arguments.get(1)) {
            (AcrossFunction::Percentile, Some(percentile)) => {
                let what = "a fixed number from 0 to 100, such as 95";
                Some(self.constant_argument(percentile, 0.0..=100.0, what, scope)?)
            }
            (_, Some(more)) => {
                let what = format!("`{}` across a dimension works on one formula", info.name);
                let help = format!("write one: {}(x by {})", info.name, written(&by.node));
                let error = NameError::Across { what, at: more.span, label: "a second one", help };
                return Err(self.report(scope.file, &error));
            }
            _ => None,
        };
        self.over_dimension(function, of, argument, by, at)
    }

    /// A function over the values of a column that each table of `of` must have.
    fn over_dimension(
        &mut self,
        function: AcrossFunction,
        of: Formula,
        argument: Option<f64>,
        by: &Name,
        at: Loc,
    ) -> R<Formula> {
        self.dimension_of(&of, &by.node, at.file, by.span)?;
        let gives = match function {
            AcrossFunction::Rank | AcrossFunction::Count => Type::Number(Unit::Plain),
            AcrossFunction::ShareOf => Type::Number(Unit::Percent),
            _ => of.gives.clone(),
        };
        let lower = self.better(&of) == Some(Direction::Lower);
        let across = Across { function, of, by: by.node.clone(), argument, lower };
        Ok(Formula { node: Node::Across(Box::new(across)), gives, at })
    }

    /// Refuses a dimension that one of a formula's tables doesn't have.
    pub(crate) fn dimension_of(&mut self, of: &Formula, column: &str, file: FileId, at: Span) -> R<()> {
        let reach = Reach::of(of, &self.reach);
        let without = reach.tables.iter().find(|t| matches!(self.column(**t, column), Known::No)).copied();
        match without {
            Some(table) => Err(self.no_column(table, column, file, at)),
            None => Ok(()),
        }
    }

    /// Which way is better, where a formula is a metric in some window and under some filter.
    fn better(&self, formula: &Formula) -> Option<Direction> {
        match &formula.node {
            Node::Metric(id) => self.plan.metrics.get_index(*id).and_then(|(_, m)| m.direction),
            node => self.better(node.taken_elsewhere()?),
        }
    }

    /// `top 3 by brand as "Netflix"`: the subject becomes its rank among the values of the dimension, under the filter
    /// that fixes one of them.
    pub(crate) fn ranked(&mut self, subject: Formula, top: &targets::Top, at: Loc) -> R<Formula> {
        let by = &top.by;
        let column = by.node.clone();
        let table: Vec<TableId> = Vec::new();
        let equal = [Row::Column(column.clone()), Row::Text(top.member.clone())].map(Box::new);
        let [name, value] = equal;
        let condition = Condition {
            row: Row::Binary(RowOp::Equal, name, value),
            tables: table,
            text: format!("{} = {:?}", written(&column), top.member),
            columns: vec![column.clone()],
            fixes: vec![(column, top.member.clone())],
            at,
        };
        let rank = self.over_dimension(AcrossFunction::Rank, subject, None, by, at)?;
        let gives = rank.gives.clone();
        Ok(Formula { node: Node::Filter(Box::new(rank), Box::new(condition)), gives, at })
    }

    /// Refuses a rank or a share of which nothing says whose it is: in a goal.
    pub(crate) fn goal_ranks_placed(&mut self, goal: &Goal) -> R<()> {
        let mut fixed: Vec<&str> = goal.filter.iter().flat_map(|c| fixes(c)).collect();
        if let Some((_, Over::Dimension(column))) = &goal.quantifier {
            fixed.push(column);
        }
        if let Timing::In { campaign: Some(id), .. } | Timing::Every { campaign: Some(id), .. } = &goal.timing
            && let Some((_, campaign)) = self.plan.campaigns.get_index(*id)
        {
            fixed.extend(campaign.filter.iter().flat_map(fixes));
        }
        let mut formulas: Vec<&Formula> = Vec::new();
        if let GoalBody::Measured { subject, targets, .. } = &goal.body {
            formulas.push(subject);
            targets.iter().for_each(|t| formulas.extend(t.kind.expressions()));
        }
        if let Some(From::Value(value)) = &goal.from {
            formulas.push(value);
        }
        for checkpoint in &goal.checkpoints {
            if let Checkpoint::At(_, Some(target)) = checkpoint {
                formulas.extend(target.kind.expressions());
            }
        }
        for kpi in goal.kpis.iter().chain(&goal.guardrails) {
            formulas.push(&kpi.value);
            kpi.target.iter().for_each(|t| formulas.extend(t.kind.expressions()));
        }
        let unplaced = formulas.into_iter().find_map(|f| Some((f.at, self.unplaced(f, &fixed)?)));
        match unplaced {
            None => Ok(()),
            Some((at, across)) => Err(self.unplaced_error(&across, at)),
        }
    }

    /// The same in what alerts and milestones watch.
    pub(crate) fn watched_ranks_placed(&mut self) {
        let alerts = self.plan.alerts.values().map(|a| &a.condition);
        let watched = alerts.chain(self.plan.milestones.values().filter_map(|m| m.when.as_ref()));
        let unplaced: Vec<_> = watched.filter_map(|f| Some((f.at, self.unplaced(f, &[])?))).collect();
        for (at, across) in unplaced {
            self.unplaced_error(&across, at);
        }
    }

    /// The same in a formula that stands alone.
    pub(crate) fn ranks_placed(&mut self, formula: &Formula) -> R<()> {
        match self.unplaced(formula, &[]) {
            None => Ok(()),
            Some(across) => Err(self.unplaced_error(&across, formula.at)),
        }
    }

    fn unplaced_error(&mut self, (function, by): &(AcrossFunction, String), at: Loc) -> super::Reported {
        let (name, by) = (function.name(), written(by));
        let what = match function {
            AcrossFunction::Rank => format!("this is the rank of one {by}, and nothing says of which"),
            _ => format!("this is the share of one {by}, and nothing says of which"),
        };
        let help =
            format!("write which: {name}(x by {by})[{by} = \"…\"], where {by} = \"…\" on the goal, or for each {by}");
        self.report(at.file, &NameError::Across { what, at: at.span, label: "of which?", help })
    }

    /// A rank or share within a formula for which no filter fixes a value.
    fn unplaced(&self, formula: &Formula, fixed: &[&str]) -> Option<(AcrossFunction, String)> {
        let mut open: Vec<(&Formula, Vec<&str>)> = vec![(formula, fixed.to_vec())];
        let mut seen: Vec<(usize, Vec<&str>)> = Vec::new();
        while let Some((f, fixed)) = open.pop() {
            let mut inner = fixed.clone();
            match &f.node {
                Node::Across(a) if a.function.places_one() && !fixed.contains(&a.by.as_str()) => {
                    return Some((a.function, a.by.clone()));
                }
                Node::Filter(_, condition) => inner.extend(fixes(condition)),
                Node::Campaign(_, id) => {
                    let filter = self.plan.campaigns.get_index(*id).and_then(|(_, c)| c.filter.as_ref());
                    inner.extend(filter.into_iter().flat_map(fixes));
                }
                Node::Metric(id) if !seen.contains(&(*id, fixed.clone())) => {
                    seen.push((*id, fixed));
                    open.extend(self.plan.metrics.get_index(*id).map(|(_, m)| (&m.value, inner.clone())));
                }
                // Each value of the dimension is fixed within it.
                Node::Across(a) => inner.push(&a.by),
                _ => {}
            }
            open.extend(f.node.parts().into_iter().map(|part| (part, inner.clone())));
        }
        None
    }
}

/// The columns that a condition fixes to one value.
fn fixes(condition: &Condition) -> impl Iterator<Item = &str> {
    condition.fixes.iter().map(|(column, _)| column.as_str())
}
