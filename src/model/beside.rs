//! What stands beside a goal's subject: indicators, guardrails, ceilings and checkpoints. Knows the subject's unit, and no
//! times but a checkpoint's day.

use super::error::NameError;
use super::formula::Scope;
use super::goals::ungrouped;
use super::plan::{Checkpoint, Formula, Goal, GoalBody, Kpi, TargetKind, Type};
use super::{R, Resolver};
use crate::calendar::{CalendarSpan, SpanUnit};
use crate::source::{FileId, Loc, Spanned};
use crate::syntax::tree::{self, Expr};

impl Resolver<'_> {
    pub(crate) fn kpis(&mut self, list: &[Spanned<tree::Kpi>], goal: &mut Goal, scope: Scope) -> R<()> {
        let mut result = Ok(());
        goal.kpis.reserve_exact(list.len());
        for kpi in list {
            let resolved = self.kpi(kpi, scope);
            match resolved {
                Ok(kpi) => goal.kpis.push(kpi),
                Err(reported) => result = Err(reported),
            }
        }
        result
    }

    /// What must not break: each says its limit, which holds all along.
    pub(crate) fn guardrails(&mut self, list: &[Spanned<tree::Kpi>], goal: &mut Goal, scope: Scope) -> R<()> {
        let mut result = Ok(());
        goal.guardrails.reserve_exact(list.len());
        for written in list {
            let resolved = self.kpi(written, scope).and_then(|kpi| self.limited(kpi, scope.file));
            match resolved {
                Ok(kpi) => goal.guardrails.push(kpi),
                Err(reported) => result = Err(reported),
            }
        }
        result
    }

    fn limited(&mut self, kpi: Kpi, file: FileId) -> R<Kpi> {
        let at = kpi.at.span;
        let error = match kpi.target.as_ref().map(|t| (&t.kind, t.at.span)) {
            None if kpi.value.gives == Type::Truth => return Ok(kpi),
            None => NameError::Targets {
                what: format!("the guardrail {} has no limit that could break", kpi.text),
                at,
                label: "which limit?",
                help: format!("write one, such as {} <= 5%, or a KPI instead: measure {}", kpi.text, kpi.text),
            },
            Some((TargetKind::To(_) | TargetKind::FromTo(..), at)) => NameError::Targets {
                what: "a guardrail has to hold all along, and `to` says what is reached in the end".to_owned(),
                at,
                label: "reached in the end",
                help: "write a limit: >= or <=, or a change that is allowed, such as -5%".to_owned(),
            },
            Some(_) => return Ok(kpi),
        };
        Err(self.report(file, &error))
    }

    /// A value in the unit of the goal's subject.
    pub(crate) fn beside(&mut self, expr: &Expr, goal: &Goal, scope: Scope) -> R<Formula> {
        match &goal.body {
            GoalBody::Measured { subject, .. } if matches!(subject.gives, Type::Number(_)) => {
                let mut subject = self.subject(subject);
                self.limit(expr, &mut subject, scope)
            }
            _ => self.number(expr, scope),
        }
    }

    fn kpi(&mut self, kpi: &Spanned<tree::Kpi>, scope: Scope) -> R<Kpi> {
        let mut value = self.formula(&kpi.node.subject, scope)?;
        let text = self.text(scope.file, ungrouped(&kpi.node.subject).span);
        let target = match &kpi.node.target {
            None => None,
            Some(target) => self.goal_targets(&mut value, &text, std::slice::from_ref(target), scope)?.pop(),
        };
        Ok(Kpi { text, value, target, at: Loc { file: scope.file, span: kpi.span } })
    }

    pub(crate) fn checkpoints(&mut self, list: &[Spanned<tree::Checkpoint>], goal: &mut Goal, scope: Scope) -> R<()> {
        let file = scope.file;
        goal.checkpoints.reserve_exact(list.len());
        for checkpoint in list {
            let every = |unit: SpanUnit| Checkpoint::Every(CalendarSpan::new(1, unit));
            goal.checkpoints.push(match &checkpoint.node {
                tree::Checkpoint::Weekly => every(SpanUnit::Week),
                tree::Checkpoint::Monthly => every(SpanUnit::Month),
                tree::Checkpoint::Quarterly => every(SpanUnit::Quarter),
                tree::Checkpoint::Every(span) => {
                    Checkpoint::Every(self.positive(&Spanned::new(*span, checkpoint.span), file)?)
                }
                tree::Checkpoint::At(date, target) => {
                    let end = crate::calendar::next_day(*date).into();
                    let twice = |c: &Checkpoint| matches!(c, Checkpoint::At(e, t) if *e == end && t.is_some());
                    if target.is_some() && goal.checkpoints.iter().any(twice) {
                        let error = NameError::Targets {
                            what: format!("two targets stand on the checkpoint {date}"),
                            at: checkpoint.span,
                            label: "a second one",
                            help: "keep one of them, or move one to another day".to_owned(),
                        };
                        return Err(self.report(file, &error));
                    }
                    Checkpoint::At(end, self.checkpoint_target(target.as_ref(), goal, scope)?)
                }
            });
        }
        Ok(())
    }

    /// What a checkpoint wants of the goal's subject.
    fn checkpoint_target(
        &mut self,
        target: Option<&Spanned<tree::Target>>,
        goal: &Goal,
        scope: Scope,
    ) -> R<Option<super::plan::Target>> {
        let (Some(target), GoalBody::Measured { subject, .. }) = (target, &goal.body) else { return Ok(None) };
        let mut subject = self.subject(subject);
        let resolved = self.target(target, &mut subject, scope)?;
        let on_the_way = matches!(
            resolved.kind,
            TargetKind::Relative(_) | TargetKind::Absolute(_) | TargetKind::Multiple(_) | TargetKind::To(_)
        ) || matches!(resolved.kind, TargetKind::Bound(c, _) if c != tree::Comparison::Equal);
        if on_the_way {
            return Ok(Some(resolved));
        }
        let error = NameError::Targets {
            what: format!("`{}` names no value that the goal could pass on its way", resolved.text),
            at: target.span,
            label: "no station on the way",
            help: "write a change from the baseline, such as +2%, or a value: to 10k".to_owned(),
        };
        Err(self.report(scope.file, &error))
    }
}
