//! Goals: names, subjects, clauses and which of them go together.

use super::error::NameError;
use super::formula::Scope;
use super::literals::span_unit;
use super::names::{Declared, duplicate};
use super::plan::{Condition, Formula, Goal, GoalBody, Over, Quantifier, TableId, TargetKind, Timing, Type};
use super::reach::Reach;
use super::rows::RowScope;
use super::tables::Known;
use super::timing::Slots;
use super::{R, Reported, Resolver};
use crate::quantity::Unit;
use crate::source::{FileId, Loc, Span, Spanned};
use crate::syntax::tree::{self, Expr, ExprKind, GoalClause};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

impl Resolver<'_> {
    /// All goals, in the order of the plan.
    pub(crate) fn goals(&mut self) {
        let declared = std::mem::take(&mut self.names.goals);
        let named = self.goal_names(&declared);
        // Goals are large: growing the map would move them again and again.
        self.plan.goals.reserve(named.len());
        let mut broken = HashSet::new();
        for (d, name) in named {
            match self.goal(d, &name) {
                Ok(goal) => _ = self.plan.goals.insert(name, goal),
                Err(Reported) => _ = broken.insert(name),
            }
        }
        self.combined(&declared, &broken);
        self.broken.goals = broken;
        self.names.goals = declared;
    }

    /// Each goal with its name: its own, else its subject's, with a number where that is taken. A second goal of one
    /// name is an error and left out.
    fn goal_names<'d>(&mut self, declared: &[Declared<'d, tree::Goal>]) -> Vec<(Declared<'d, tree::Goal>, String)> {
        let mut taken: HashMap<Cow<'d, str>, Loc> = HashMap::with_capacity(declared.len());
        let mut twice = Vec::new();
        for (i, d) in declared.iter().enumerate() {
            let Some(name) = &d.tree.name else { continue };
            let at = Loc { file: d.file, span: name.span };
            match taken.get(name.node.as_str()) {
                Some(first) => {
                    self.found.push(duplicate("goal", name, d.file, *first));
                    twice.push(i);
                }
                None => {
                    taken.insert(Cow::Borrowed(name.node.as_str()), at);
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
                        if !taken.contains_key(name.as_str()) {
                            break name;
                        }
                    };
                    taken.insert(Cow::Owned(free.clone()), d.loc());
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
            guardrails: Vec::new(),
            checkpoints: Vec::new(),
            grace: None,
            hold: None,
            cap: None,
            pace: None,
            supports: None,
            owner: None,
            weight: 1.0,
            about: None,
            wanted: self.wanted(&d),
        };
        let scope = Scope::new(file);
        let body = self.judged(&mut goal, d.tree, scope);
        let others = self.other_clauses(&mut goal, d.tree, scope);
        body.and(others)?;
        self.goal_ranks_placed(&goal)?;
        self.shape_fits(&goal, d.tree, file)?;
        Ok(goal)
    }

    /// What a goal judges, and when.
    fn judged(&mut self, goal: &mut Goal, tree: &tree::Goal, scope: Scope) -> R<()> {
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
                self.starts_before_deadline(goal, &slots, file)?;
                self.over_campaigns(goal, &slots, file)?;
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
        let mut wanted = String::new();
        for span in spans {
            if !wanted.is_empty() {
                wanted.push(' ');
            }
            wanted.push_str(&self.text(d.file, span));
        }
        wanted
    }

    /// The subject as a number over windows.
    fn measured_body(
        &mut self,
        subject: &Expr,
        targets: &[Spanned<tree::Target>],
        slots: &Slots<'_>,
        goal: &mut Goal,
        scope: Scope,
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
    fn targets_of_unknown(&mut self, targets: &[Spanned<tree::Target>], scope: Scope) {
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
    pub(crate) fn goal_targets(
        &mut self,
        formula: &mut Formula,
        text: &str,
        targets: &[Spanned<tree::Target>],
        scope: Scope,
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
                if let Some(top) = &subject.top {
                    *formula = self.ranked(formula.clone(), top, formula.at)?;
                }
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
        scope: Scope,
    ) -> R<GoalBody> {
        let file = scope.file;
        let filter = self.goal_filter(slots, Some(table), scope);
        let mut rows = RowScope::new(file, Some(table));
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
            let rank = matches!(target.kind, TargetKind::Top(_));
            let error = NameError::Targets {
                what: match rank {
                    true => "a rank is among the values of a column, and this goal is over rows".to_owned(),
                    false => "a single row has no earlier value that it could change from".to_owned(),
                },
                at: target.at.span,
                label: if rank { "a rank" } else { "a change" },
                help: "write a limit, such as <= 24h or >= 10k".to_owned(),
            };
            return Err(self.report(file, &error));
        }
        goal.filter = filter?;
        Ok(GoalBody::Rows { table, value, gives: stand_in.gives, text, targets: resolved })
    }

    fn goal_filter(&mut self, slots: &Slots<'_>, table: Option<TableId>, scope: Scope) -> R<Option<Box<Condition>>> {
        slots.filter.map(|e| self.condition(e, table, scope.file).map(Box::new)).transpose()
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

    /// `for each campaign` is over the plan's campaigns where no table of the subject has such a column.
    fn over_campaigns(&mut self, goal: &mut Goal, s: &Slots<'_>, file: FileId) -> R<()> {
        let (Some((_, over)), Some((_, name)), GoalBody::Measured { subject, .. }) =
            (&mut goal.quantifier, s.quantifier, &goal.body)
        else {
            return Ok(());
        };
        let called = matches!(name.node.as_str(), "campaign" | "campaigns") && matches!(over, Over::Dimension(_));
        let tables = Reach::of(subject, &self.reach).tables;
        let column = tables.iter().any(|t| !matches!(self.column(*t, &name.node), Known::No));
        if !called || column || self.names.campaigns.is_empty() {
            return Ok(());
        }
        *over = Over::Campaigns;
        match s.every {
            None => Ok(()),
            Some((_, _, at)) => {
                let what = "each campaign is judged over its own window, so nothing recurs".to_owned();
                let help = "leave `every` out; `in 2021` takes the campaigns of that year".to_owned();
                let error = NameError::Timing { what, at, label: "not here", other: None, help };
                Err(self.report(file, &error))
            }
        }
    }

    /// A dimension must be a column of what is measured.
    fn dimension(&mut self, goal: &Goal, s: &Slots<'_>, file: FileId) -> R<()> {
        let (Some((_, Over::Dimension(column))), Some((_, name))) = (&goal.quantifier, s.quantifier) else {
            return Ok(());
        };
        let GoalBody::Measured { subject, .. } = &goal.body else { return Ok(()) };
        self.dimension_of(subject, column, file, name.span)
    }

    /// Clauses that concern neither subject nor time.
    fn other_clauses(&mut self, goal: &mut Goal, tree: &tree::Goal, scope: Scope) -> R<()> {
        let file = scope.file;
        let mut result = Ok(());
        for clause in &tree.clauses {
            let done: R<()> = match &clause.node {
                GoalClause::Measure(kpis) => self.kpis(kpis, goal, scope),
                GoalClause::Guardrail(kpis) => self.guardrails(kpis, goal, scope),
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
                GoalClause::Hold(span) => self.positive(span, file).map(|s| goal.hold = Some(s)),
                GoalClause::Cap(e) => self.beside(e, goal, scope).map(|cap| goal.cap = Some(cap)),
                GoalClause::Pace(pace) => {
                    goal.pace = Some(pace.node);
                    Ok(())
                }
                _ => Ok(()),
            };
            result = result.and(done);
        }
        result
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
pub(crate) fn ungrouped(expr: &Expr) -> &Expr {
    let mut e = expr;
    while let ExprKind::Group(inner) = &e.node {
        e = inner;
    }
    e
}

/// A clause's keyword.
pub(crate) fn goal_clause(clause: &GoalClause) -> &'static str {
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
