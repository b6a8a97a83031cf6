//! When a goal is judged and from where: which clauses go together, and what they mean.

use super::error::NameError;
use super::formula::Scope;
use super::names::written;
use super::plan::{From, Goal, GoalBody, Timing};
use super::{R, Reported, Resolver};
use crate::calendar::{CalendarSpan, Period};
use crate::source::{FileId, Span, Spanned};
use crate::syntax::tree::{self, Expr, FromWhat, GoalClause, InWhat, When};

/// `every SPAN [in PERIOD]`, and its place.
pub(crate) type Every<'t> = (&'t Spanned<CalendarSpan>, Option<&'t Spanned<InWhat>>, Span);

/// The clauses of a goal by what they are, each with its whole span.
#[derive(Default)]
pub(crate) struct Slots<'t> {
    pub filter: Option<&'t Expr>,
    pub by: Option<(&'t Spanned<When>, Span)>,
    pub within: Option<(&'t Spanned<CalendarSpan>, Span)>,
    pub inside: Option<(&'t Spanned<InWhat>, Span)>,
    pub every: Option<Every<'t>>,
    pub per: Option<(&'t Spanned<CalendarSpan>, Span)>,
    pub from: Option<(&'t Spanned<FromWhat>, Span)>,
    pub yoy: Option<Span>,
    pub quantifier: Option<(&'t tree::Quantifier, &'t tree::Name)>,
}

impl<'t> Slots<'t> {
    /// The clauses of a goal.
    pub fn of(goal: &'t tree::Goal) -> Self {
        let mut s = Slots::default();
        for c in &goal.clauses {
            match &c.node {
                GoalClause::Where(e) => s.filter = s.filter.or(Some(e)),
                GoalClause::By(w) => s.by = s.by.or(Some((w, c.span))),
                GoalClause::Within(w) => s.within = s.within.or(Some((w, c.span))),
                GoalClause::In(w) => s.inside = s.inside.or(Some((w, c.span))),
                GoalClause::Every { span, within } => s.every = s.every.or(Some((span, within.as_ref(), c.span))),
                GoalClause::Per(w) => s.per = s.per.or(Some((w, c.span))),
                GoalClause::From(w) => s.from = s.from.or(Some((w, c.span))),
                GoalClause::Yoy => s.yoy = s.yoy.or(Some(c.span)),
                GoalClause::For { quantifier, of } => s.quantifier = s.quantifier.or(Some((quantifier, of))),
                _ => {}
            }
        }
        s
    }
}

impl Resolver<'_> {
    /// When the goal is judged; clauses that don't go together are errors.
    pub(crate) fn timing(&mut self, s: &Slots<'_>, file: FileId) -> R<Timing> {
        self.timing_fits(s, file)?;
        if let Some((span, inner, _)) = s.every {
            let span = self.positive(span, file)?;
            let inside = inner.or(s.inside.map(|(w, _)| w));
            let (over, campaign) = match inside {
                None => (None, None),
                Some(what) => {
                    let (window, _, campaign) = self.inside(what, file)?;
                    (Some(window), campaign)
                }
            };
            return Ok(Timing::Every { span, over, campaign });
        }
        if let Some((what, _)) = s.inside {
            let (window, period, campaign) = self.inside(what, file)?;
            return Ok(Timing::In { window, period, campaign });
        }
        if let Some((span, _)) = s.within {
            return Ok(Timing::Within { span: self.positive(span, file)? });
        }
        let Some((when, _)) = s.by else { return Ok(Timing::Open) };
        let per = s.per.map(|(span, _)| self.positive(span, file)).transpose()?;
        match &when.node {
            When::Period(period) => {
                let window = self.window(period, file, when.span)?;
                let longer = !matches!(period, Period::Day(_));
                Ok(Timing::By { deadline: window.end, period: longer.then(|| period.clone()), per })
            }
            When::Moment(moment) => Ok(Timing::By { deadline: self.civil(moment), period: None, per }),
        }
    }

    /// One of `in`, `by`, `within`; `every` with `in` or `from` alone; `per` with `by`; `within` with `from`.
    fn timing_fits(&mut self, s: &Slots<'_>, file: FileId) -> R<()> {
        let by = s.by.map(|(_, at)| ("by", at));
        let inside = s.inside.map(|(_, at)| ("in", at));
        let within = s.within.map(|(_, at)| ("within", at));
        let every = s.every.map(|(_, _, at)| ("every", at));
        let pair = |a: Option<(&'static str, Span)>, b: Option<(&'static str, Span)>| a.zip(b);
        let clash = pair(by, inside)
            .or_else(|| pair(by, within))
            .or_else(|| pair(inside, within))
            .or_else(|| pair(by, every))
            .or_else(|| pair(within, every))
            .or_else(|| pair(inside, every).filter(|_| s.every.is_some_and(|(_, inner, _)| inner.is_some())));
        if let Some(((a, at_a), (b, at_b))) = clash {
            let (other, at) = if at_a < at_b { (at_a, at_b) } else { (at_b, at_a) };
            let help = match (a, b) {
                (_, "every") if a != "in" => {
                    "say over which time it recurs with `in`: every month in 2021; or leave `every` out".to_owned()
                }
                _ => format!("keep `{a}` or keep `{b}`"),
            };
            let what = format!("`{a}` and `{b}` both say when the goal is judged");
            let error = NameError::Timing { what, at, label: "and here", other: Some(other), help };
            return Err(self.report(file, &error));
        }
        if let (Some((_, at)), None) = (s.per, s.by) {
            let error = NameError::Timing {
                what: "`per` says over which span a deadline is measured, and there is no `by`".to_owned(),
                at,
                label: "without a deadline",
                other: None,
                help: "add a deadline, such as by 2021-12-31; for each period judged by itself write every month"
                    .to_owned(),
            };
            return Err(self.report(file, &error));
        }
        let from_time = matches!(s.from, Some((w, _)) if matches!(w.node, FromWhat::When(_)));
        if let (Some((_, at)), false) = (s.within, from_time) {
            let error = NameError::Timing {
                what: "`within` counts from a date, and no `from` says which".to_owned(),
                at,
                label: "after what?",
                other: None,
                help: "add the start, such as from 2021-01-01; or give the deadline: by 2021-12-31".to_owned(),
            };
            return Err(self.report(file, &error));
        }
        Ok(())
    }

    /// A deadline comes after the baseline.
    pub(crate) fn starts_before_deadline(&mut self, goal: &Goal, s: &Slots<'_>, file: FileId) -> R<()> {
        let (Some(From::Period { window, .. }), Timing::By { deadline, .. }) = (&goal.from, &goal.timing) else {
            return Ok(());
        };
        let (Some((_, from)), Some((_, at))) = (s.from, s.by) else { return Ok(()) };
        if window.start < *deadline {
            return Ok(());
        }
        let what = "the goal is due before the time that it is measured from".to_owned();
        let help = "write a deadline after `from`, or an earlier `from`".to_owned();
        Err(self.report(file, &NameError::Timing { what, at, label: "due by then", other: Some(from), help }))
    }

    /// What `in` names: its window, and the period or campaign it is.
    fn inside(
        &mut self,
        what: &Spanned<InWhat>,
        file: FileId,
    ) -> R<(crate::calendar::Window, Option<Period>, Option<usize>)> {
        match &what.node {
            InWhat::Period(period) => Ok((self.window(period, file, what.span)?, Some(period.clone()), None)),
            InWhat::Campaign(name) => {
                let Some(id) = self.names.campaigns.get_index_of(name.as_str()) else {
                    let near = self.suggestion(name, self.names.campaigns.keys().copied());
                    let help = near.or_else(|| {
                        Some(format!("write a period, such as in Q1 2021, or declare it: campaign {} …", written(name)))
                    });
                    let error = NameError::UnknownOf { what: "campaign", name: name.clone(), at: what.span, help };
                    return Err(self.report(file, &error));
                };
                if self.broken.campaigns.contains(&id) {
                    return Err(Reported);
                }
                Ok((self.plan.campaigns[id].window, None, Some(id)))
            }
        }
    }

    /// The baseline that is written.
    pub(crate) fn from(
        &mut self,
        s: &Slots<'_>,
        targets: &[Spanned<tree::Target>],
        body: Option<&GoalBody>,
        scope: Scope,
    ) -> R<Option<From>> {
        let file = scope.file;
        let literal = targets.iter().find(|t| matches!(t.node, tree::Target::FromTo(..))).map(|t| t.span);
        // `within` counts from a date: it says when, and the target says from which value.
        let dated = s.within.is_some() && matches!(s.from, Some((w, _)) if matches!(w.node, FromWhat::When(_)));
        let literal = literal.filter(|_| !dated);
        let said: Vec<Span> = [literal, s.from.map(|(_, at)| at), s.yoy].into_iter().flatten().collect();
        if let [a, b, ..] = said[..] {
            let (other, at) = if a < b { (a, b) } else { (b, a) };
            return Err(self.report(file, &NameError::TwoBaselines { at, other }));
        }
        let Some((what, _)) = s.from else { return Ok(None) };
        Ok(Some(match &what.node {
            FromWhat::When(When::Period(period)) => {
                let window = self.window(period, file, what.span)?;
                From::Period { period: period.clone(), window }
            }
            FromWhat::When(When::Moment(moment)) => {
                let day = self.civil(moment).date();
                let period = Period::Day(day);
                let window = self.window(&period, file, what.span)?;
                From::Period { period, window }
            }
            FromWhat::Value(expr) => From::Value(match body {
                Some(GoalBody::Measured { subject, .. }) => {
                    let mut subject = self.subject(subject);
                    self.limit(expr, &mut subject, scope)?
                }
                _ => self.number(expr, scope)?,
            }),
        }))
    }
}
