//! Milestones and alerts: what is due on a day, and what is watched period by period. Knows no goals.

use super::error::NameError;
use super::formula::Scope;
use super::names::Declared;
use super::plan::{Alert, Formula, Milestone, Type};
use super::{R, Resolver};
use crate::calendar::Period;
use crate::source::{FileId, Spanned};
use crate::syntax::tree::{self, AlertClause, Expr, MilestoneClause, When};
use jiff::civil::DateTime;

impl Resolver<'_> {
    /// All milestones, in the order of the plan.
    pub(crate) fn milestones(&mut self) {
        let all: Vec<_> = self.names.milestones.values().copied().collect();
        for d in all {
            if let Ok(milestone) = self.milestone(d) {
                self.plan.milestones.insert(milestone.name.clone(), milestone);
            }
        }
    }

    fn milestone(&mut self, d: Declared<'_, tree::Milestone>) -> R<Milestone> {
        let file = d.file;
        let mut out = Milestone {
            name: d.tree.name.node.clone(),
            title: d.tree.title.as_ref().map(|t| t.node.clone()),
            at: d.loc(),
            by: DateTime::MAX,
            wanted: String::new(),
            done: None,
            when: None,
            when_text: String::new(),
            supports: None,
            owner: None,
            about: None,
        };
        let (mut dated, mut decided, mut result) = (false, None, Ok(()));
        for clause in &d.tree.clauses {
            let done = match &clause.node {
                MilestoneClause::By(when) => {
                    dated = true;
                    out.wanted = self.text(file, when.span);
                    self.day_end(when, file).map(|end| out.by = end)
                }
                MilestoneClause::Done(when) => {
                    if let Some(other) = decided.replace(clause.span) {
                        return Err(self.done_twice(clause.span, other, file));
                    }
                    self.day_end(when, file).map(|end| out.done = Some(end))
                }
                MilestoneClause::When(expr) => {
                    if let Some(other) = decided.replace(clause.span) {
                        return Err(self.done_twice(clause.span, other, file));
                    }
                    out.when_text = self.text(file, expr.span);
                    self.condition_over_time(expr, file).map(|c| out.when = Some(c))
                }
                MilestoneClause::Supports(name) => {
                    self.objective_id(&name.node, file, name.span).map(|id| out.supports = Some(id))
                }
                MilestoneClause::Owner(text) => {
                    out.owner = Some(text.node.clone());
                    Ok(())
                }
                MilestoneClause::About(text) => {
                    out.about = Some(text.node.clone());
                    Ok(())
                }
            };
            result = result.and(done);
        }
        result?;
        if dated {
            return Ok(out);
        }
        let error = NameError::Timing {
            what: format!("the milestone {} has no date", out.name),
            at: d.tree.name.span,
            label: "due when?",
            other: None,
            help: "add the day: by 2021-09-15".to_owned(),
        };
        Err(self.report(file, &error))
    }

    fn done_twice(&mut self, at: crate::source::Span, other: crate::source::Span, file: FileId) -> super::Reported {
        let error = NameError::Timing {
            what: "`done` and `when` both say when the milestone was reached".to_owned(),
            at,
            label: "and here",
            other: Some(other),
            help: "keep `done` with its day, or the condition".to_owned(),
        };
        self.report(file, &error)
    }

    /// The first moment after a day or period.
    fn day_end(&mut self, when: &Spanned<When>, file: FileId) -> R<DateTime> {
        match &when.node {
            When::Period(period) => self.window(period, file, when.span).map(|w| w.end),
            When::Moment(moment) => {
                let period = Period::Day(self.civil(moment).date());
                self.window(&period, file, when.span).map(|w| w.end)
            }
        }
    }

    /// A formula that is true or false in each period.
    fn condition_over_time(&mut self, expr: &Expr, file: FileId) -> R<Formula> {
        let formula = self.formula(expr, Scope::new(file))?;
        if formula.gives == Type::Truth {
            return Ok(formula);
        }
        let is = super::rows::described(&formula.gives);
        let help = Some("compare it with something: orders = 0, churn > 5%".to_owned());
        Err(self.report(file, &NameError::WrongType { wanted: "a condition", is, at: expr.span, help }))
    }

    /// All alerts, in the order of the plan.
    pub(crate) fn alerts(&mut self) {
        let all: Vec<_> = self.names.alerts.values().copied().collect();
        for d in all {
            if let Ok(alert) = self.alert(d) {
                self.plan.alerts.insert(alert.name.clone(), alert);
            }
        }
    }

    fn alert(&mut self, d: Declared<'_, tree::Alert>) -> R<Alert> {
        let file = d.file;
        let condition = self.condition_over_time(&d.tree.condition, file);
        let (mut every, mut hold, mut note) = (Ok(None), Ok(None), None);
        for clause in &d.tree.clauses {
            match &clause.node {
                AlertClause::Every(span) => every = self.positive(span, file).map(Some),
                AlertClause::Hold(span) => hold = self.positive(span, file).map(Some),
                AlertClause::Note(text) => note = Some(text.node.clone()),
            }
        }
        Ok(Alert {
            name: d.tree.name.node.clone(),
            title: d.tree.title.as_ref().map(|t| t.node.clone()),
            at: d.loc(),
            condition: condition?,
            text: self.text(file, d.tree.condition.span),
            every: every?,
            hold: hold?,
            note,
        })
    }
}
