//! Goals: subject, targets, clauses.

use super::statement::sign;
use super::{Build, whole};
use crate::source::{Span, Spanned};
use crate::syntax::error::SyntaxError;
use crate::syntax::grammar::{Node, Rule, parts};
use crate::syntax::tree::*;

impl Build<'_> {
    pub(super) fn goal(&self, node: Node<'_>) -> Option<Goal> {
        let mut parts = parts(node).peekable();
        let (mut name, mut title) = (None, None);
        if let Some(head) = parts.next_if(|n| n.as_rule() == Rule::goal_head) {
            for part in head.into_inner() {
                match part.as_rule() {
                    Rule::name => name = Some(self.name(part)?),
                    _ => title = Some(self.text(part)?),
                }
            }
        }
        let body = self.goal_body(parts.next()?)?;
        let clauses = self.clauses(parts, Self::goal_clause)?;
        self.check_years(&body, &clauses);
        self.check_late_target(&body, &clauses);
        Some(Goal { name, title, body, clauses })
    }

    fn goal_body(&self, node: Node<'_>) -> Option<GoalBody> {
        if node.as_rule() == Rule::combined {
            let all = node.clone().into_inner().next()?.as_rule() == Rule::k_all;
            return Some(GoalBody::Combined { all, goals: self.names(parts(node))? });
        }
        let mut parts = parts(node);
        let subject = self.expr(parts.next()?)?;
        let targets = whole(parts.map(|n| self.target(n)))?;
        Some(GoalBody::Measured { subject, targets })
    }

    pub(super) fn target(&self, node: Node<'_>) -> Option<Spanned<Target>> {
        let span = self.whole(&node);
        let (rule, text) = (node.as_rule(), node.as_str());
        let relative = rule == Rule::change && node.clone().into_inner().any(|n| n.as_rule() == Rule::k_relative);
        let mut parts = parts(node);
        let target = match rule {
            Rule::change => {
                let sign = sign(&parts.next()?);
                Target::Change { sign, amount: self.quantity(parts.next()?)?, relative }
            }
            Rule::multiple => Target::Multiple(Multiple::Times(self.number(text.get(1..)?, span))),
            Rule::trend => match text {
                "double" => Target::Multiple(Multiple::Double),
                "halve" => Target::Multiple(Multiple::Halve),
                "up" => Target::Up,
                _ => Target::Down,
            },
            Rule::reach => Target::To(self.expr(parts.next()?)?),
            Rule::from_to => Target::FromTo(self.expr(parts.next()?)?, self.expr(parts.next()?)?),
            Rule::range => Target::Between(self.expr(parts.next()?)?, self.expr(parts.next()?)?),
            Rule::bound => {
                let comparison = match parts.next()?.as_rule() {
                    Rule::at_least => Comparison::AtLeast,
                    Rule::at_most => Comparison::AtMost,
                    Rule::above => Comparison::Above,
                    Rule::below => Comparison::Below,
                    _ => Comparison::Equal,
                };
                Target::Bound(comparison, self.expr(parts.next()?)?)
            }
            Rule::near => Target::Near { percent: self.quantity(parts.next()?)?, of: self.expr(parts.next()?)? },
            Rule::top => {
                let count = self.integer(parts.next()?)?;
                let by = self.name(parts.next()?)?;
                Target::Top { count, by, member: self.text(parts.next()?)? }
            }
            _ => return None,
        };
        Some(Spanned::new(target, span))
    }

    fn goal_clause(&self, node: Node<'_>) -> Option<GoalClause> {
        let rule = node.as_rule();
        if rule == Rule::for_each {
            return self.for_each(node);
        }
        let mut parts = parts(node);
        let Some(first) = parts.next() else {
            return (rule == Rule::yoy).then_some(GoalClause::Yoy);
        };
        Some(match rule {
            Rule::condition => GoalClause::Where(self.expr(first)?),
            Rule::by => GoalClause::By(self.when(first)?),
            Rule::in_window => GoalClause::In(self.in_what(first)?),
            Rule::within => GoalClause::Within(self.span(first)?),
            Rule::every => {
                let within = match parts.next() {
                    Some(window) => Some(self.in_what(inside(window)?)?),
                    None => None,
                };
                GoalClause::Every { span: self.span(first)?, within }
            }
            Rule::per => GoalClause::Per(self.span(first)?),
            Rule::from => GoalClause::From(self.baseline(first)?),
            Rule::hold => GoalClause::Hold(self.span(first)?),
            Rule::measure => GoalClause::Measure(self.kpis(first, parts)?),
            Rule::guardrail => GoalClause::Guardrail(self.kpis(first, parts)?),
            Rule::checkpoints => {
                let all = std::iter::once(first).chain(parts).map(|n| self.checkpoint(n));
                GoalClause::Checkpoints(whole(all)?)
            }
            Rule::pace => GoalClause::Pace(Spanned::new(
                match first.as_str() {
                    "compound" => PaceKind::Compound,
                    "seasonal" => PaceKind::Seasonal,
                    _ => PaceKind::Linear,
                },
                self.token(&first),
            )),
            Rule::grace => GoalClause::Grace(self.span(first)?),
            Rule::cap => GoalClause::Cap(self.expr(first)?),
            Rule::supports => GoalClause::Supports(self.name(first)?),
            Rule::owner => GoalClause::Owner(self.text(first)?),
            Rule::weight => GoalClause::Weight(self.quantity(first)?),
            Rule::about => GoalClause::About(self.text(first)?),
            _ => return None,
        })
    }

    fn for_each(&self, node: Node<'_>) -> Option<GoalClause> {
        let at_most = node.clone().into_inner().any(|n| n.as_rule() == Rule::k_most);
        let mut parts = parts(node);
        let first = parts.next()?;
        if first.as_rule() == Rule::name {
            return Some(GoalClause::For { quantifier: Quantifier::Each, of: self.name(first)? });
        }
        let share = self.quantity(first)?;
        let quantifier = if at_most { Quantifier::AtMost(share) } else { Quantifier::Share(share) };
        Some(GoalClause::For { quantifier, of: self.name(parts.next()?)? })
    }

    fn in_what(&self, node: Node<'_>) -> Option<Spanned<InWhat>> {
        let what = parts(node).next()?;
        Some(match what.as_rule() {
            Rule::name => {
                let name = self.name(what)?;
                Spanned::new(InWhat::Campaign(name.node), name.span)
            }
            _ => {
                let period = self.period(what)?;
                Spanned::new(InWhat::Period(period.node), period.span)
            }
        })
    }

    fn baseline(&self, node: Node<'_>) -> Option<Spanned<FromWhat>> {
        Some(match node.as_rule() {
            Rule::when => {
                let when = self.when(node)?;
                Spanned::new(FromWhat::When(when.node), when.span)
            }
            _ => {
                let value = self.expr(node)?;
                let span = value.span;
                Spanned::new(FromWhat::Value(value), span)
            }
        })
    }

    fn kpis<'i>(&self, first: Node<'i>, rest: impl Iterator<Item = Node<'i>>) -> Option<Vec<Spanned<Kpi>>> {
        whole(std::iter::once(first).chain(rest).map(|node| {
            let span = self.whole(&node);
            let mut parts = parts(node);
            let subject = self.expr(parts.next()?)?;
            let target = match parts.next() {
                Some(t) => Some(self.target(t)?),
                None => None,
            };
            Some(Spanned::new(Kpi { subject, target }, span))
        }))
    }

    fn checkpoint(&self, node: Node<'_>) -> Option<Spanned<Checkpoint>> {
        let span = self.whole(&node);
        let mut parts = parts(node);
        let first = parts.next()?;
        let checkpoint = match first.as_rule() {
            Rule::span => Checkpoint::Every(self.span(first)?.node),
            Rule::stamp => {
                let date = self.date(&first);
                let target = match parts.next() {
                    Some(t) => Some(self.target(t)?),
                    None => None,
                };
                Checkpoint::At(date, target)
            }
            _ => match first.as_str() {
                "weekly" => Checkpoint::Weekly,
                "monthly" => Checkpoint::Monthly,
                _ => Checkpoint::Quarterly,
            },
        };
        Some(Spanned::new(checkpoint, span))
    }

    /// A bare four-digit `from` can be a year or a value; beside a lone `to`, and with a change beside `from A to B`,
    /// nothing says which.
    fn check_years(&self, body: &GoalBody, clauses: &[Spanned<GoalClause>]) {
        let GoalBody::Measured { targets, .. } = body else { return };
        let from_year = clauses.iter().find_map(|c| match &c.node {
            GoalClause::From(Spanned {
                node: FromWhat::When(When::Period(crate::calendar::Period::Year(year))),
                span,
            }) => Some((*year, *span)),
            _ => None,
        });
        if let (Some((year, at)), [Spanned { node: Target::To(_), span: to }]) = (from_year, targets.as_slice()) {
            self.error(SyntaxError::year_or_value(year, at, *to));
        }
        let from_to = targets.iter().find_map(|t| match &t.node {
            Target::FromTo(a, b) => Some((a, b, t.span)),
            _ => None,
        });
        let change = targets.iter().find(|t| matches!(t.node, Target::Change { .. } | Target::Multiple(_)));
        if let (Some((a, b, at)), Some(change)) = (from_to, change) {
            self.error(SyntaxError::ChangeBesideFromTo { at, change: change.span, whole: Span::to(a.span, b.span) });
        }
    }
}

/// The one part of a node.
fn inside(node: Node<'_>) -> Option<Node<'_>> {
    parts(node).next()
}
