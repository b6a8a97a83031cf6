//! Targets: what a goal wants, with its literals in the subject's unit.

use super::error::NameError;
use super::formula::{Scope, percent};
use super::literals::Meaning;
use super::plan::{Formula, Node, Target, TargetKind, Type};
use super::unit_error::UnitError;
use super::{R, Reported, Resolver, units};
use crate::quantity::Unit;
use crate::source::{FileId, Loc, Span, Spanned};
use crate::syntax::tree::{self, Expr, Literal, Multiple, Name, Sign};

/// What targets are held against.
#[derive(Debug, Clone)]
pub(crate) struct Subject {
    pub unit: Unit,
    pub at: Span,
    /// True for a metric that no statement describes: points then say that it is a percentage.
    pub implicit: bool,
    /// A target that is a rank.
    pub top: Option<Top>,
}

/// Among which values a rank is, and whose.
#[derive(Debug, Clone)]
pub(crate) struct Top {
    pub by: Name,
    pub member: String,
}

/// What a literal change is, beside its subject.
struct ChangeOf<'t> {
    sign: Sign,
    amount: &'t Spanned<Literal>,
    relative: bool,
    /// Sign and amount.
    at: Span,
}

impl Resolver<'_> {
    /// The subject as targets see it.
    pub(crate) fn subject(&self, formula: &Formula) -> Subject {
        let implicit = match formula.node {
            Node::Metric(id) => self.plan.metrics.get_index(id).is_some_and(|(_, m)| m.implicit),
            _ => false,
        };
        Subject { unit: formula.gives.unit(), at: formula.at.span, implicit, top: None }
    }

    /// All targets of a goal; a plain subject takes the unit of its target.
    pub(crate) fn targets(
        &mut self,
        written: &[Spanned<tree::Target>],
        subject: &mut Subject,
        scope: Scope,
    ) -> R<Vec<Target>> {
        if let [first, second, ..] = written {
            self.two_targets(first, second, written.get(2), scope.file)?;
        }
        let mut resolved = Vec::with_capacity(written.len());
        let mut result = Ok(());
        for target in written {
            match self.target(target, subject, scope) {
                Ok(target) => resolved.push(target),
                Err(reported) => result = Err(reported),
            }
        }
        result.map(|()| resolved)
    }

    /// A change and the value it comes to; nothing else stands beside another target.
    fn two_targets(
        &mut self,
        first: &Spanned<tree::Target>,
        second: &Spanned<tree::Target>,
        third: Option<&Spanned<tree::Target>>,
        file: FileId,
    ) -> R<()> {
        use tree::Target::{Bound, Change, Down, Multiple, To, Up};
        let change = |t: &tree::Target| matches!(t, Change { .. } | Multiple(_) | Up | Down);
        let (what, at, help) = match (&first.node, &second.node) {
            _ if third.is_some() => {
                let at = third.map_or(second.span, |t| t.span);
                ("a goal has one target, and beside a change the value that it comes to", at, None)
            }
            (a, To(_)) | (To(_), a) if change(a) => return Ok(()),
            (Bound(..), Bound(..)) => {
                let help = Some("write a range as between A and B, or two goals".to_owned());
                ("this goal has two limits", second.span, help)
            }
            (tree::Target::FromTo(..), a) | (a, tree::Target::FromTo(..)) if change(a) => {
                let help = "keep `from A to B`, or keep the change and leave `from A to B` out".to_owned();
                ("`from A to B` already says how far, so a change beside it says it again", second.span, Some(help))
            }
            _ => ("this goal asks two things at once", second.span, None),
        };
        let help = help.unwrap_or_else(|| "write two goals, and `all of` both".to_owned());
        let error = NameError::Targets { what: what.to_owned(), at, label: "another target", help };
        Err(self.report(file, &error))
    }

    /// One target.
    pub(crate) fn target(&mut self, target: &Spanned<tree::Target>, subject: &mut Subject, scope: Scope) -> R<Target> {
        let file = scope.file;
        let kind = match &target.node {
            tree::Target::Change { sign, amount, relative } => {
                let change = ChangeOf { sign: *sign, amount, relative: *relative, at: target.span };
                self.change(&change, subject, file)?
            }
            tree::Target::Multiple(multiple) => {
                let factor = match multiple {
                    Multiple::Times(n) => n.value,
                    Multiple::Double => 2.0,
                    Multiple::Halve => 0.5,
                };
                if factor <= 0.0 {
                    let what = format!("{} is no multiple to reach", self.text(file, target.span));
                    let help = "write a positive one, such as x2".to_owned();
                    return Err(self.report(file, &NameError::OutOfRange { what, at: target.span, help }));
                }
                TargetKind::Multiple(factor)
            }
            tree::Target::Up => TargetKind::Up,
            tree::Target::Down => TargetKind::Down,
            tree::Target::To(e) => TargetKind::To(self.limit(e, subject, scope)?),
            tree::Target::FromTo(a, b) => {
                let (a, b) = (self.limit(a, subject, scope), self.limit(b, subject, scope));
                TargetKind::FromTo(a?, b?)
            }
            tree::Target::Bound(comparison, e) => TargetKind::Bound(*comparison, self.limit(e, subject, scope)?),
            tree::Target::Between(a, b) => {
                let (a, b) = (self.limit(a, subject, scope), self.limit(b, subject, scope));
                let (a, b) = (a?, b?);
                self.rises(&a, &b, file, target.span)?;
                TargetKind::Between(a, b)
            }
            tree::Target::Near { percent, of } => {
                let of = self.limit(of, subject, scope);
                let near = match self.meaning(&percent.node) {
                    Meaning::Number(v, Unit::Percent) if v >= 0.0 => v,
                    _ => {
                        let what = format!("{} says no distance", self.text(file, percent.span));
                        let help = "write a percentage: within 10% of 5k".to_owned();
                        return Err(self.report(file, &NameError::OutOfRange { what, at: percent.span, help }));
                    }
                };
                TargetKind::Near(near, of?)
            }
            tree::Target::Top { count, by, member } => {
                if count.node == 0 {
                    let what = "there is no rank 0".to_owned();
                    let help = "the best is top 1".to_owned();
                    return Err(self.report(file, &NameError::OutOfRange { what, at: count.span, help }));
                }
                subject.top = Some(Top { by: by.clone(), member: member.node.clone() });
                TargetKind::Top(count.node)
            }
        };
        let text = self.text(file, target.span);
        Ok(Target { kind, text, at: Loc { file, span: target.span } })
    }

    /// A range whose ends are fixed numbers names the smaller one first.
    fn rises(&mut self, a: &Formula, b: &Formula, file: FileId, at: Span) -> R<()> {
        let (Node::Number(low), Node::Number(high)) = (&a.node, &b.node) else { return Ok(()) };
        if low <= high {
            return Ok(());
        }
        let (first, second) = (self.text(file, a.at.span), self.text(file, b.at.span));
        let what = format!("nothing lies between {first} and {second}: the first is the greater one");
        let help = format!("write the smaller one first: between {second} and {first}");
        Err(self.report(file, &NameError::OutOfRange { what, at, help }))
    }

    /// A value that the subject is held against.
    pub(crate) fn limit(&mut self, expr: &Expr, subject: &mut Subject, scope: Scope) -> R<Formula> {
        let file = scope.file;
        let limit = self.number(expr, scope)?;
        let unit = limit.gives.unit();
        let stand_in = Formula {
            node: Node::Truth(true),
            gives: Type::Number(subject.unit.clone()),
            at: Loc { file, span: subject.at },
        };
        self.bare_beside_percent(&stand_in, &limit, file)?;
        match units::compare(&subject.unit, &unit) {
            Ok(()) => {
                if subject.unit == Unit::Plain && unit != Unit::Points {
                    subject.unit = unit;
                }
                Ok(limit)
            }
            Err(units::Clash::Mixed) => {
                let error = UnitError::Compared {
                    base: units::describe(&subject.unit),
                    limit: units::describe(&unit),
                    at: expr.span,
                    other: subject.at,
                    help: format!("write {}, such as {}", units::describe(&subject.unit), example_of(&subject.unit)),
                };
                Err(self.report(file, &error))
            }
            Err(clash) => {
                let base = subject.unit.clone();
                Err(self.clash(clash, (&base, subject.at), (&unit, expr.span), "can't be held against", file))
            }
        }
    }

    /// `+5%`, `+250k`, `+2pp`.
    fn change(&mut self, change: &ChangeOf<'_>, subject: &mut Subject, file: FileId) -> R<TargetKind> {
        let sign = if change.sign == Sign::Minus { -1.0 } else { 1.0 };
        let at = change.amount.span;
        let (amount, unit) = match self.meaning(&change.amount.node) {
            Meaning::Number(v, unit) => (v, unit),
            Meaning::Months => return Err(self.calendar_length(file, at)),
            _ => {
                let what = format!("{} is no change", self.text(file, at));
                let help = "write a percentage, a number or points: +5%, +250k, +2pp".to_owned();
                return Err(self.report(file, &NameError::OutOfRange { what, at, help }));
            }
        };
        if change.relative && unit != Unit::Percent {
            let what = "`relative` goes with a percentage".to_owned();
            let help = "write +5% relative, or leave `relative` out".to_owned();
            let error = NameError::Targets { what, at: change.at, label: "no percentage", help };
            return Err(self.report(file, &error));
        }
        match (&unit, &subject.unit) {
            (Unit::Percent, Unit::Percent) if !change.relative => Err(self.two_readings(change, amount, file)),
            (Unit::Percent, _) => Ok(TargetKind::Relative(sign * amount)),
            (Unit::Points, Unit::Plain) if subject.implicit => {
                subject.unit = Unit::Percent;
                Ok(TargetKind::Absolute(sign * amount))
            }
            (Unit::Plain, Unit::Percent) => Err(self.number_change(change, file)),
            (Unit::Points, Unit::Percent) | (Unit::Plain, _) => Ok(TargetKind::Absolute(sign * amount)),
            _ => match units::compare(&subject.unit, &unit) {
                Ok(()) => {
                    if subject.unit == Unit::Plain {
                        subject.unit = unit;
                    }
                    Ok(TargetKind::Absolute(sign * amount))
                }
                Err(clash @ (units::Clash::PointsOn | units::Clash::Currencies)) => {
                    let base = subject.unit.clone();
                    Err(self.clash(clash, (&base, subject.at), (&unit, at), "can't be held against", file))
                }
                Err(_) => {
                    let error = UnitError::Change {
                        change: units::describe(&unit),
                        base: units::describe(&subject.unit),
                        at,
                        other: subject.at,
                        help: format!(
                            "write +5%, or a change in the same unit, such as +{}",
                            example_of(&subject.unit)
                        ),
                    };
                    Err(self.report(file, &error))
                }
            },
        }
    }

    /// `+5%` of something in `%`: both readings, worked out from 40%.
    fn two_readings(&mut self, change: &ChangeOf<'_>, amount: f64, file: FileId) -> Reported {
        let (sign, signed) = match change.sign {
            Sign::Plus => ('+', amount),
            Sign::Minus => ('-', -amount),
        };
        let bare = percent(amount);
        let number = bare.trim_end_matches('%').to_owned();
        let error = UnitError::RelativeOrPoints {
            written: format!("{sign}{bare}"),
            relative: format!("{sign}{bare} relative"),
            relative_result: percent(0.4 * (1.0 + signed)),
            points: format!("{sign}{number}pp"),
            points_result: percent(0.4 + signed),
            at: change.at,
        };
        self.report(file, &error)
    }

    /// `+2` of something in `%`.
    fn number_change(&mut self, change: &ChangeOf<'_>, file: FileId) -> Reported {
        let sign = if change.sign == Sign::Minus { '-' } else { '+' };
        let number = self.text(file, change.amount.span);
        let error = UnitError::NumberChangeOfPercent {
            written: format!("{sign}{number}"),
            points: format!("{sign}{number}pp"),
            relative: format!("{sign}{number}% relative"),
            at: change.at,
        };
        self.report(file, &error)
    }
}

/// How a value of a unit is written.
fn example_of(unit: &Unit) -> String {
    match unit {
        Unit::Percent => "99.5%".to_owned(),
        Unit::Points => "2pp".to_owned(),
        Unit::Money(c) => format!("500k {c}"),
        Unit::Duration => "15min".to_owned(),
        Unit::Count(_) | Unit::Plain => "10k".to_owned(),
    }
}
