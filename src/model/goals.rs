//! Goals: names, subjects, clauses and which of them go together.

use super::error::{NameError, did_you_mean};
use super::formula::Scope;
use super::literals::span_unit;
use super::names::{Declared, duplicate, nearest, written};
use super::plan::{
    Checkpoint, Condition, Formula, From, Goal, GoalBody, Kpi, Over, Quantifier, TableId, TargetKind, Timing, Type,
};
use super::reach::Reach;
use super::rows::RowScope;
use super::tables::Known;
use super::{R, Reported, Resolver};
use crate::calendar::{CalendarSpan, Period, SpanUnit};
use crate::diagnostic::Label;
use crate::quantity::Unit;
use crate::source::{FileId, Loc, Span, Spanned};
use crate::syntax::tree::{self, Expr, ExprKind, FromWhat, GoalClause, InWhat, When};
use std::collections::{HashMap, HashSet};

/// The clauses of a goal by what they are, each with its whole span.
#[derive(Default)]
struct Slots<'t> {
    filter: Option<&'t Expr>,
    by: Option<(&'t Spanned<When>, Span)>,
    within: Option<(&'t Spanned<CalendarSpan>, Span)>,
    inside: Option<(&'t Spanned<InWhat>, Span)>,
    every: Option<(&'t Spanned<CalendarSpan>, Option<&'t Spanned<InWhat>>, Span)>,
    per: Option<(&'t Spanned<CalendarSpan>, Span)>,
    from: Option<(&'t Spanned<FromWhat>, Span)>,
    yoy: Option<Span>,
    quantifier: Option<(&'t tree::Quantifier, &'t tree::Name)>,
}

impl<'t> Slots<'t> {
    fn of(goal: &'t tree::Goal) -> Self {
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
    /// All goals, in the order of the plan.
    pub(crate) fn goals(&mut self) {
        let declared = std::mem::take(&mut self.names.goals);
        let named = self.goal_names(&declared);
        let mut broken = HashSet::new();
        for (d, name) in named {
            match self.goal(d, &name) {
                Ok(goal) => _ = self.plan.goals.insert(name, goal),
                Err(Reported) => _ = broken.insert(name),
            }
        }
        self.combined(&declared, &broken);
        self.names.goals = declared;
    }

    /// Each goal with its name: its own, else its subject's, with a number where that is taken. A second goal of one
    /// name is an error and left out.
    fn goal_names<'d>(&mut self, declared: &[Declared<'d, tree::Goal>]) -> Vec<(Declared<'d, tree::Goal>, String)> {
        let mut taken: HashMap<String, Loc> = HashMap::with_capacity(declared.len());
        let mut twice = Vec::new();
        for (i, d) in declared.iter().enumerate() {
            let Some(name) = &d.tree.name else { continue };
            let at = Loc { file: d.file, span: name.span };
            match taken.get(&name.node) {
                Some(first) => {
                    self.found.push(duplicate("goal", name, d.file, *first));
                    twice.push(i);
                }
                None => {
                    taken.insert(name.node.clone(), at);
                }
            }
        }
        let mut next: HashMap<String, u32> = HashMap::new();
        let mut out = Vec::with_capacity(declared.len());
        for (i, d) in declared.iter().enumerate() {
            let name = match &d.tree.name {
                Some(_) if twice.binary_search(&i).is_ok() => continue,
                Some(name) => name.node.clone(),
                None => {
                    let base = self.subject_name(d);
                    let n = next.entry(base.clone()).or_insert(0);
                    let free = loop {
                        *n += 1;
                        let name = if *n == 1 { base.clone() } else { format!("{base}_{n}") };
                        if !taken.contains_key(&name) {
                            break name;
                        }
                    };
                    taken.insert(free.clone(), d.loc());
                    free
                }
            };
            out.push((*d, name));
        }
        out
    }

    /// What a goal without a name is called after.
    fn subject_name(&self, d: &Declared<'_, tree::Goal>) -> String {
        match &d.tree.body {
            tree::GoalBody::Measured { subject, .. } => match &ungrouped(subject).node {
                ExprKind::Name(name) => name.clone(),
                _ => self.text(d.file, ungrouped(subject).span),
            },
            tree::GoalBody::Combined { all: true, .. } => "all".to_owned(),
            tree::GoalBody::Combined { all: false, .. } => "any".to_owned(),
        }
    }

    fn goal(&mut self, d: Declared<'_, tree::Goal>, name: &str) -> R<Goal> {
        let file = d.file;
        let mut goal = Goal {
            name: name.to_owned(),
            title: d.tree.title.as_ref().map(|t| t.node.clone()),
            at: d.loc(),
            body: GoalBody::Combined { all: true, goals: Vec::new() },
            filter: None,
            timing: Timing::Open,
            from: None,
            yoy: false,
            quantifier: None,
            kpis: Vec::new(),
            checkpoints: Vec::new(),
            grace: None,
            supports: None,
            owner: None,
            weight: 1.0,
            about: None,
            wanted: self.wanted(&d),
        };
        let scope = Scope::new(file, Some(name));
        let body = self.judged(&mut goal, d.tree, scope);
        let others = self.other_clauses(&mut goal, d.tree, scope);
        body.and(others)?;
        Ok(goal)
    }

    /// What a goal judges, and when.
    fn judged(&mut self, goal: &mut Goal, tree: &tree::Goal, scope: Scope<'_>) -> R<()> {
        let file = scope.file;
        match &tree.body {
            tree::GoalBody::Combined { all, goals } => {
                let goals = goals.iter().map(|g| g.node.clone()).collect();
                goal.body = GoalBody::Combined { all: *all, goals };
                self.combined_clauses(tree, file)?;
            }
            tree::GoalBody::Measured { subject, targets } => {
                let slots = Slots::of(tree);
                let timing = self.timing(&slots, file);
                let quantifier = self.quantifier(&slots, subject, targets.is_empty(), file);
                let body = match quantifier {
                    Ok(Some((_, Over::Rows(table)))) => self.rows_body(table, subject, targets, &slots, goal, scope),
                    _ => self.measured_body(subject, targets, &slots, goal, scope),
                };
                let from = self.from(&slots, targets, body.as_ref().ok(), scope);
                goal.quantifier = quantifier?;
                (goal.body, goal.timing, goal.from) = (body?, timing?, from?);
                goal.yoy = slots.yoy.is_some();
                self.dimension(goal, &slots, file)?;
            }
        }
        Ok(())
    }

    /// Targets and timing as written.
    fn wanted(&self, d: &Declared<'_, tree::Goal>) -> String {
        let mut spans: Vec<Span> = match &d.tree.body {
            tree::GoalBody::Measured { targets, .. } => targets.iter().map(|t| t.span).collect(),
            tree::GoalBody::Combined { .. } => Vec::new(),
        };
        spans.extend(d.tree.clauses.iter().filter_map(|c| match &c.node {
            GoalClause::By(_)
            | GoalClause::In(_)
            | GoalClause::Within(_)
            | GoalClause::Every { .. }
            | GoalClause::Per(_) => Some(c.span),
            _ => None,
        }));
        let parts: Vec<String> = spans.into_iter().map(|s| self.text(d.file, s)).collect();
        parts.join(" ")
    }

    /// The subject as a number over windows.
    fn measured_body(
        &mut self,
        subject: &Expr,
        targets: &[Spanned<tree::Target>],
        slots: &Slots<'_>,
        goal: &mut Goal,
        scope: Scope<'_>,
    ) -> R<GoalBody> {
        let filter = self.goal_filter(slots, None, scope);
        let formula = self.formula(subject, scope);
        let mut formula = match formula {
            Ok(f) => f,
            Err(reported) => {
                self.targets_of_unknown(targets, scope);
                return Err(reported);
            }
        };
        let fits = filter.as_ref().map_or(Ok(()), |f| match f {
            Some(condition) => self.goal_filter_fits(&formula, condition),
            None => Ok(()),
        });
        let text = self.text(scope.file, ungrouped(subject).span);
        let targets = self.goal_targets(&mut formula, &text, targets, scope)?;
        goal.filter = filter?;
        fits?;
        Ok(GoalBody::Measured { subject: formula, text, targets })
    }

    /// Targets beside a subject that isn't known: what they name is still looked up.
    fn targets_of_unknown(&mut self, targets: &[Spanned<tree::Target>], scope: Scope<'_>) {
        for target in targets {
            let exprs: Vec<&Expr> = match &target.node {
                tree::Target::To(e) | tree::Target::Bound(_, e) | tree::Target::Near { of: e, .. } => vec![e],
                tree::Target::FromTo(a, b) | tree::Target::Between(a, b) => vec![a, b],
                _ => Vec::new(),
            };
            for e in exprs {
                let _ = self.formula(e, scope);
            }
        }
    }

    /// The targets of a number; none of a truth value.
    fn goal_targets(
        &mut self,
        formula: &mut Formula,
        text: &str,
        targets: &[Spanned<tree::Target>],
        scope: Scope<'_>,
    ) -> R<Vec<super::plan::Target>> {
        let at = formula.at.span;
        match (&formula.gives, targets.first()) {
            (Type::Truth, None) => Ok(Vec::new()),
            (Type::Truth, Some(target)) => {
                let error = NameError::TruthTarget { subject: text.to_owned(), at: target.span };
                Err(self.report(scope.file, &error))
            }
            (Type::Number(_), None) => Err(self.report(scope.file, &NameError::NoTarget { at })),
            (Type::Number(_), Some(_)) => {
                let mut subject = self.subject(formula);
                let targets = self.targets(targets, &mut subject, scope)?;
                formula.gives = Type::Number(subject.unit);
                Ok(targets)
            }
            (other, _) => {
                let is = super::rows::described(other);
                let error = NameError::WrongType { wanted: "a number or a condition", is, at, help: None };
                Err(self.report(scope.file, &error))
            }
        }
    }

    /// The subject as a value of each row of a table.
    fn rows_body(
        &mut self,
        table: TableId,
        subject: &Expr,
        targets: &[Spanned<tree::Target>],
        slots: &Slots<'_>,
        goal: &mut Goal,
        scope: Scope<'_>,
    ) -> R<GoalBody> {
        let file = scope.file;
        let filter = self.goal_filter(slots, Some(table), scope);
        let mut rows = RowScope::new(file, Some(table), scope.goal);
        let (value, gives) = self.row(subject, &mut rows, true)?;
        let gives = gives.unwrap_or(if targets.is_empty() { Type::Truth } else { Type::Number(Unit::Plain) });
        let text = self.text(file, ungrouped(subject).span);
        // Held against the same rules as a formula: only what it gives matters here.
        let node = super::plan::Node::Truth(true);
        let mut stand_in = Formula { node, gives, at: Loc { file, span: subject.span } };
        let resolved = self.goal_targets(&mut stand_in, &text, targets, scope)?;
        let change = resolved.iter().find(|t| {
            !matches!(
                t.kind,
                TargetKind::To(_) | TargetKind::Bound(..) | TargetKind::Between(..) | TargetKind::Near(..)
            )
        });
        if let Some(target) = change {
            let error = NameError::Targets {
                what: "a single row has no earlier value that it could change from".to_owned(),
                at: target.at.span,
                label: "a change",
                help: "write a limit, such as <= 24h or >= 10k".to_owned(),
            };
            return Err(self.report(file, &error));
        }
        goal.filter = filter?;
        Ok(GoalBody::Rows { table, value, gives: stand_in.gives, text, targets: resolved })
    }

    fn goal_filter(&mut self, slots: &Slots<'_>, table: Option<TableId>, scope: Scope<'_>) -> R<Option<Condition>> {
        slots.filter.map(|e| self.condition(e, table, scope.file, scope.goal)).transpose()
    }

    /// When the goal is judged; clauses that don't go together are errors.
    fn timing(&mut self, s: &Slots<'_>, file: FileId) -> R<Timing> {
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
                    let near = nearest(name, self.names.campaigns.keys().copied());
                    let help = did_you_mean(near).or_else(|| {
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
    fn from(
        &mut self,
        s: &Slots<'_>,
        targets: &[Spanned<tree::Target>],
        body: Option<&GoalBody>,
        scope: Scope<'_>,
    ) -> R<Option<From>> {
        let file = scope.file;
        let literal = targets.iter().find(|t| matches!(t.node, tree::Target::FromTo(..))).map(|t| t.span);
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

    /// `for each D`, `for 95% of D`.
    fn quantifier(
        &mut self,
        s: &Slots<'_>,
        subject: &Expr,
        no_target: bool,
        file: FileId,
    ) -> R<Option<(Quantifier, Over)>> {
        let Some((quantifier, of)) = s.quantifier else { return Ok(None) };
        if self.bare && (no_target && matches!(ungrouped(subject).node, ExprKind::Name(_)) || reads(subject, &of.node))
        {
            self.bare_table(&of.node);
        }
        let over = match span_unit(&of.node).filter(|_| s.every.is_some()) {
            Some(unit) => Over::Periods(unit),
            None => match self.plan.tables.get_index_of(&of.node) {
                Some(id) => Over::Rows(id),
                None => Over::Dimension(of.node.clone()),
            },
        };
        let quantifier = match quantifier {
            tree::Quantifier::Each => Quantifier::Each,
            tree::Quantifier::Share(share) => Quantifier::Share(self.fraction(share, file, "95%")?),
            tree::Quantifier::AtMost(share) => Quantifier::AtMost(self.fraction(share, file, "5%")?),
        };
        Ok(Some((quantifier, over)))
    }

    /// A dimension must be a column of what is measured.
    fn dimension(&mut self, goal: &Goal, s: &Slots<'_>, file: FileId) -> R<()> {
        let (Some((_, Over::Dimension(column))), Some((_, name))) = (&goal.quantifier, s.quantifier) else {
            return Ok(());
        };
        let GoalBody::Measured { subject, .. } = &goal.body else { return Ok(()) };
        let reach = Reach::of(subject, &self.reach);
        let without = reach.tables.iter().find(|t| matches!(self.column(**t, column), Known::No)).copied();
        match without {
            Some(table) => Err(self.no_column(table, column, file, name.span)),
            None => Ok(()),
        }
    }

    /// Clauses that concern neither subject nor time.
    fn other_clauses(&mut self, goal: &mut Goal, tree: &tree::Goal, scope: Scope<'_>) -> R<()> {
        let file = scope.file;
        let mut result = Ok(());
        for clause in &tree.clauses {
            let unbuilt = |r: &mut Self, what: &str| r.unbuilt(what, file, clause.span, scope.goal);
            let done: R<()> = match &clause.node {
                GoalClause::Measure(kpis) => self.kpis(kpis, goal, scope),
                GoalClause::Guardrail(kpis) => {
                    unbuilt(self, "guardrail");
                    let mut rest = goal.clone();
                    self.kpis(kpis, &mut rest, scope)
                }
                GoalClause::Checkpoints(list) => self.checkpoints(list, goal, scope),
                GoalClause::Grace(span) => self.positive(span, file).map(|s| goal.grace = Some(s)),
                GoalClause::Supports(name) => {
                    self.objective_id(&name.node, file, name.span).map(|id| goal.supports = Some(id))
                }
                GoalClause::Owner(text) => {
                    goal.owner = Some(text.node.clone());
                    Ok(())
                }
                GoalClause::About(text) => {
                    goal.about = Some(text.node.clone());
                    Ok(())
                }
                GoalClause::Weight(w) => self.weight(w, file).map(|w| goal.weight = w),
                GoalClause::Hold(span) => {
                    unbuilt(self, "hold");
                    self.positive(span, file).map(|_| ())
                }
                GoalClause::Cap(e) => {
                    unbuilt(self, "cap");
                    self.number(e, scope).map(|_| ())
                }
                GoalClause::Pace(pace) => {
                    match pace.node {
                        tree::PaceKind::Linear => {}
                        tree::PaceKind::Compound => unbuilt(self, "pace compound"),
                        tree::PaceKind::Seasonal => unbuilt(self, "pace seasonal"),
                    }
                    Ok(())
                }
                _ => Ok(()),
            };
            result = result.and(done);
        }
        result
    }

    fn kpis(&mut self, list: &[Spanned<tree::Kpi>], goal: &mut Goal, scope: Scope<'_>) -> R<()> {
        let mut result = Ok(());
        for kpi in list {
            let resolved = self.kpi(kpi, scope);
            match resolved {
                Ok(kpi) => goal.kpis.push(kpi),
                Err(reported) => result = Err(reported),
            }
        }
        result
    }

    fn kpi(&mut self, kpi: &Spanned<tree::Kpi>, scope: Scope<'_>) -> R<Kpi> {
        let mut value = self.formula(&kpi.node.subject, scope)?;
        let text = self.text(scope.file, ungrouped(&kpi.node.subject).span);
        let target = match &kpi.node.target {
            None => None,
            Some(target) => self.goal_targets(&mut value, &text, std::slice::from_ref(target), scope)?.pop(),
        };
        Ok(Kpi { text, value, target, at: Loc { file: scope.file, span: kpi.span } })
    }

    fn checkpoints(&mut self, list: &[Spanned<tree::Checkpoint>], goal: &mut Goal, scope: Scope<'_>) -> R<()> {
        let file = scope.file;
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
                    if target.is_some() {
                        self.unbuilt("checkpoints with targets", file, checkpoint.span, scope.goal);
                    }
                    Checkpoint::At(crate::calendar::next_day(*date).into())
                }
            });
        }
        Ok(())
    }

    /// A goal over others takes only what describes it.
    fn combined_clauses(&mut self, tree: &tree::Goal, file: FileId) -> R<()> {
        let mut result = Ok(());
        for clause in &tree.clauses {
            let name = goal_clause(&clause.node);
            if !matches!(name, "supports" | "owner" | "weight" | "about") {
                result = Err(self.report(file, &NameError::CombinedClause { clause: name, at: clause.span }));
            }
        }
        result
    }

    /// `all of` and `any of`: the goals they name, and circles of them.
    fn combined(&mut self, declared: &[Declared<'_, tree::Goal>], broken: &HashSet<String>) {
        let by_name: HashMap<&str, &Declared<'_, tree::Goal>> =
            declared.iter().filter_map(|d| d.tree.name.as_ref().map(|n| (n.node.as_str(), d))).collect();
        for d in declared {
            let tree::GoalBody::Combined { goals, .. } = &d.tree.body else { continue };
            for goal in goals {
                // A goal with an error of its own is no unknown one.
                if self.plan.goals.contains_key(&goal.node) || broken.contains(&goal.node) {
                    continue;
                }
                let known = self.plan.goals.keys().chain(broken).map(String::as_str);
                let near = nearest(&goal.node, known);
                let help = did_you_mean(near);
                let error = NameError::UnknownOf { what: "goal", name: goal.node.clone(), at: goal.span, help };
                self.report(d.file, &error);
            }
        }
        self.goal_circles(&by_name);
    }

    fn goal_circles(&mut self, by_name: &HashMap<&str, &Declared<'_, tree::Goal>>) {
        let parts = |name: &str| match by_name.get(name).map(|d| &d.tree.body) {
            Some(tree::GoalBody::Combined { goals, .. }) => goals.as_slice(),
            _ => &[],
        };
        let mut starts: Vec<&str> = by_name.keys().copied().filter(|n| !parts(n).is_empty()).collect();
        starts.sort_by_key(|n| by_name.get(n).map(|d| d.loc()));
        let mut done: HashMap<&str, bool> = HashMap::new();
        for start in starts {
            if done.contains_key(start) {
                continue;
            }
            done.insert(start, false);
            let mut way: Vec<(&str, usize)> = vec![(start, 0)];
            while let Some((name, next)) = way.last_mut() {
                let name = *name;
                let Some(part) = parts(name).get(*next) else {
                    done.insert(name, true);
                    way.pop();
                    continue;
                };
                *next += 1;
                match done.get(part.node.as_str()) {
                    Some(true) => {}
                    Some(false) => {
                        let from = way.iter().position(|(n, _)| *n == part.node).unwrap_or(0);
                        let edges: Vec<(&str, &tree::Name)> = way[from..]
                            .iter()
                            .filter_map(|(n, next)| Some((*n, parts(n).get(next.checked_sub(1)?)?)))
                            .collect();
                        self.goal_circle(&edges, by_name);
                    }
                    None => {
                        done.insert(&part.node, false);
                        way.push((&part.node, 0));
                    }
                }
            }
        }
    }
}

impl Resolver<'_> {
    /// Goals that are judged by one another: each with the part that leads on.
    fn goal_circle(&mut self, edges: &[(&str, &tree::Name)], by_name: &HashMap<&str, &Declared<'_, tree::Goal>>) {
        let Some((first, part)) = edges.first() else { return };
        let mut path: Vec<&str> = edges.iter().map(|(name, _)| *name).collect();
        path.push(first);
        let label = |(name, part): &(&str, &tree::Name)| format!("{name} needs {}", part.node);
        let file = |name: &str| by_name.get(name).map_or(FileId(0), |d| d.file);
        let more = edges.iter().skip(1).map(|e| Label { at: Loc { file: file(e.0), span: e.1.span }, text: label(e) });
        let error = NameError::Circle {
            what: format!("`{first}` is judged by itself"),
            path: path.join(" → "),
            at: part.span,
            edge: label(&edges[0]),
            help: "take one of these names out",
        };
        let more = more.collect();
        self.report_with(file(first), &error, more);
    }
}

/// True where an expression holds a column of that table outside of every aggregate.
fn reads(expr: &Expr, table: &str) -> bool {
    match &expr.node {
        ExprKind::Dotted(t, _) => t.node == table,
        ExprKind::Group(e) | ExprKind::Unary(_, e) => reads(e, table),
        ExprKind::Binary(_, a, b) => reads(a, table) || reads(b, table),
        _ => false,
    }
}

/// An expression without the brackets around all of it.
fn ungrouped(expr: &Expr) -> &Expr {
    let mut e = expr;
    while let ExprKind::Group(inner) = &e.node {
        e = inner;
    }
    e
}

fn goal_clause(clause: &GoalClause) -> &'static str {
    match clause {
        GoalClause::Where(_) => "where",
        GoalClause::By(_) => "by",
        GoalClause::In(_) => "in",
        GoalClause::Within(_) => "within",
        GoalClause::Every { .. } => "every",
        GoalClause::Per(_) => "per",
        GoalClause::From(_) => "from",
        GoalClause::Yoy => "yoy",
        GoalClause::For { .. } => "for",
        GoalClause::Hold(_) => "hold",
        GoalClause::Measure(_) => "measure",
        GoalClause::Guardrail(_) => "guardrail",
        GoalClause::Checkpoints(_) => "checkpoints",
        GoalClause::Pace(_) => "pace",
        GoalClause::Grace(_) => "grace",
        GoalClause::Cap(_) => "cap",
        GoalClause::Supports(_) => "supports",
        GoalClause::Owner(_) => "owner",
        GoalClause::Weight(_) => "weight",
        GoalClause::About(_) => "about",
    }
}
