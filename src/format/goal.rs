//! Goals as words: subject, targets, and the clauses of a goal.

use super::layout::{Join, Words};
use super::words;
use crate::source::Spanned;
use crate::syntax::tree::*;

impl Words<'_> {
    pub(super) fn goal(&mut self, at: u32, goal: &Goal) {
        self.head(at, "goal", goal.name.as_ref(), goal.title.as_ref());
        let named = goal.name.is_some() || goal.title.is_some();
        if named {
            self.glue().push(':');
        }
        let first = if named { Join::Head } else { Join::Same };
        match &goal.body {
            GoalBody::Measured { subject, targets } => {
                self.expr(first, subject);
                targets.iter().for_each(|t| self.target(Join::Head, t));
            }
            GoalBody::Combined { all, goals } => {
                let at = self.body_place(at, goal);
                self.push(first, at, if *all { "all of" } else { "any of" });
                self.list(Join::Same, goals, Self::name);
            }
        }
        self.clauses(&goal.clauses, Self::goal_clause);
    }

    /// Where the first word after the keyword, name, title and colon stands.
    fn body_place(&self, keyword: u32, goal: &Goal) -> u32 {
        let before = [&goal.name, &goal.title].into_iter().flatten().map(|n| n.span.end).max();
        let colon = self.after(before.unwrap_or(keyword + "goal".len() as u32));
        if self.is_colon(colon) { self.after(colon + 1) } else { colon }
    }

    /// A target; its first word joins as `join` says.
    pub(super) fn target(&mut self, join: Join, target: &Spanned<Target>) {
        let at = target.span.start;
        match &target.node {
            Target::Change { sign, amount, relative } => {
                self.signed(join, at, *sign, amount);
                if *relative {
                    self.push(Join::Same, 0, "relative");
                }
            }
            Target::Multiple(Multiple::Times(n)) => {
                let out = self.word(join, at);
                out.push('x');
                words::number(out, n);
            }
            Target::Multiple(Multiple::Double) => self.push(join, at, "double"),
            Target::Multiple(Multiple::Halve) => self.push(join, at, "halve"),
            Target::Up => self.push(join, at, "up"),
            Target::Down => self.push(join, at, "down"),
            Target::To(e) => {
                self.push(join, at, "to");
                self.expr(Join::Same, e);
            }
            Target::FromTo(a, b) => self.two(join, at, ["from", "to"], a, b),
            Target::Bound(comparison, e) => {
                self.push(join, at, comparison.symbol());
                self.expr(Join::Same, e);
            }
            Target::Between(a, b) => self.two(join, at, ["between", "and"], a, b),
            Target::Near { percent, of } => {
                self.push(join, at, "within");
                self.literal(Join::Same, percent);
                self.push(Join::Same, 0, "of");
                self.expr(Join::Same, of);
            }
            Target::Top { count, by, member } => {
                self.push(join, at, "top");
                self.shown(Join::Same, count);
                self.push(Join::Same, 0, "by");
                self.name(Join::Same, by);
                self.push(Join::Same, 0, "as");
                self.text(Join::Same, member);
            }
        }
    }

    /// `from A to B`, `between A and B`
    fn two(&mut self, join: Join, at: u32, [before, between]: [&str; 2], a: &Expr, b: &Expr) {
        self.push(join, at, before);
        self.expr(Join::Same, a);
        self.push(Join::Same, 0, between);
        self.expr(Join::Same, b);
    }

    fn goal_clause(&mut self, at: u32, clause: &GoalClause) {
        match clause {
            GoalClause::Where(e) => self.clause_expr(at, "where", e),
            GoalClause::By(w) => self.clause_when(at, "by", w),
            GoalClause::In(what) => {
                self.clause(at, "in");
                self.in_what(what);
            }
            GoalClause::Within(s) => self.clause_shown(at, "within", s),
            GoalClause::Every { span, within } => {
                self.clause_step(at, "every", span);
                if let Some(within) = within {
                    self.push(Join::Same, 0, "in");
                    self.in_what(within);
                }
            }
            GoalClause::Per(s) => self.clause_step(at, "per", s),
            GoalClause::From(from) => self.from(at, from),
            GoalClause::Yoy => self.clause(at, "yoy"),
            GoalClause::For { quantifier, of } => self.for_of(at, quantifier, of),
            GoalClause::Hold(s) => self.clause_shown(at, "hold", s),
            GoalClause::Measure(kpis) => self.kpis(at, "measure", kpis),
            GoalClause::Guardrail(kpis) => self.kpis(at, "guardrail", kpis),
            GoalClause::Checkpoints(list) => {
                self.clause(at, "checkpoints");
                self.list(Join::Same, list, Self::checkpoint);
            }
            GoalClause::Pace(kind) => {
                self.clause(at, "pace");
                self.push(Join::Same, kind.span.start, pace(kind.node));
            }
            GoalClause::Grace(s) => self.clause_shown(at, "grace", s),
            GoalClause::Cap(e) => self.clause_expr(at, "cap", e),
            GoalClause::Supports(n) => self.clause_name(at, "supports", n),
            GoalClause::Owner(t) => self.clause_text(at, "owner", t),
            GoalClause::Weight(l) => {
                self.clause(at, "weight");
                self.literal(Join::Same, l);
            }
            GoalClause::About(t) => self.clause_text(at, "about", t),
        }
    }

    fn in_what(&mut self, what: &Spanned<InWhat>) {
        let ticked = self.ticked(what.span);
        let out = self.word(Join::Same, what.span.start);
        match &what.node {
            InWhat::Period(p) => words::display(out, p),
            InWhat::Campaign(name) => words::name(out, name, ticked),
        }
    }

    fn from(&mut self, at: u32, from: &Spanned<FromWhat>) {
        self.clause(at, "from");
        match &from.node {
            FromWhat::When(when) => self.when(Join::Same, &Spanned::new(when.clone(), from.span)),
            FromWhat::Value(e) => self.expr(Join::Same, e),
        }
    }

    fn for_of(&mut self, at: u32, quantifier: &Quantifier, of: &Name) {
        self.clause(at, "for");
        match quantifier {
            Quantifier::Each => self.push(Join::Same, 0, "each"),
            Quantifier::Share(share) => {
                self.literal(Join::Same, share);
                self.push(Join::Same, 0, "of");
            }
            Quantifier::AtMost(share) => {
                self.push(Join::Same, 0, "at most");
                self.literal(Join::Same, share);
                self.push(Join::Same, 0, "of");
            }
        }
        self.name(Join::Same, of);
    }

    fn kpis(&mut self, at: u32, keyword: &str, kpis: &[Spanned<Kpi>]) {
        self.clause(at, keyword);
        self.list(Join::Same, kpis, |w, join, kpi| {
            w.expr(join, &kpi.node.subject);
            if let Some(target) = &kpi.node.target {
                w.target(Join::Operator, target);
            }
        });
    }

    fn checkpoint(&mut self, join: Join, checkpoint: &Spanned<Checkpoint>) {
        let out = self.word(join, checkpoint.span.start);
        match &checkpoint.node {
            Checkpoint::Every(s) => words::display(out, s),
            Checkpoint::Weekly => out.push_str("weekly"),
            Checkpoint::Monthly => out.push_str("monthly"),
            Checkpoint::Quarterly => out.push_str("quarterly"),
            Checkpoint::At(date, target) => {
                words::display(out, date);
                if let Some(target) = target {
                    self.target(Join::Same, target);
                }
            }
        }
    }
}

fn pace(kind: PaceKind) -> &'static str {
    match kind {
        PaceKind::Linear => "linear",
        PaceKind::Compound => "compound",
        PaceKind::Seasonal => "seasonal",
    }
}
