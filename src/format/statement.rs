//! Statements, but goals, as words: the head first, then a clause after another.

use super::layout::{Join, Words};
use super::words;
use crate::source::Spanned;
use crate::syntax::tree::*;

impl Words<'_> {
    /// All words of a statement.
    pub(super) fn statement(&mut self, statement: &Statement) {
        let at = statement.span.start;
        match &statement.node {
            StatementKind::Fact(fact) => self.fact(at, fact),
            StatementKind::Table(t) => {
                self.head(at, "table", Some(&t.name), None);
                self.push(Join::Same, 0, "from");
                self.text(Join::Same, &t.from);
                self.clauses(&t.clauses, Self::table_clause);
            }
            StatementKind::Segment(s) => {
                self.head(at, "segment", Some(&s.name), None);
                self.value(&s.condition);
            }
            StatementKind::Let(l) => {
                self.head(at, "let", Some(&l.name), None);
                self.value(&l.value);
            }
            StatementKind::Metric(m) => {
                self.head(at, "metric", Some(&m.name), None);
                if let Some(title) = &m.title {
                    // Long formulas break at their operators, not here.
                    self.text(Join::Same, title);
                }
                self.value(&m.value);
                self.clauses(&m.clauses, Self::metric_clause);
            }
            StatementKind::Campaign(c) => {
                self.head(at, "campaign", Some(&c.name), c.title.as_ref());
                self.shown(Join::Head, &c.period);
                self.clauses(&c.clauses, Self::campaign_clause);
            }
            StatementKind::Objective(o) => {
                self.head(at, "objective", Some(&o.name), o.title.as_ref());
                self.clauses(&o.clauses, Self::objective_clause);
            }
            StatementKind::Goal(goal) => self.goal(at, goal),
            StatementKind::Milestone(m) => {
                self.head(at, "milestone", Some(&m.name), m.title.as_ref());
                self.clauses(&m.clauses, Self::milestone_clause);
            }
            StatementKind::Alert(a) => {
                self.head(at, "alert", Some(&a.name), a.title.as_ref());
                let before = a.title.as_ref().map_or(a.name.span, |t| t.span);
                let when = self.after(before.end);
                self.clause(when, "when");
                self.expr(Join::Same, &a.condition);
                self.clauses(&a.clauses, Self::alert_clause);
            }
            StatementKind::Exclude(e) => self.exclude(at, e),
            StatementKind::Scenario(s) => {
                self.head(at, "scenario", Some(&s.name), s.title.as_ref());
                let before = s.title.as_ref().map_or(s.name.span, |t| t.span);
                let set = self.after(before.end);
                self.clause(set, "set");
                self.list(Join::Same, &s.changes, Self::change);
            }
            StatementKind::Test(t) => {
                self.head(at, "test", None, Some(&t.title));
                self.clauses(&t.parts, Self::test_part);
            }
        }
    }

    /// Keyword, name and title.
    pub(super) fn head(&mut self, at: u32, keyword: &str, name: Option<&Name>, title: Option<&Text>) {
        self.push(Join::Same, at, keyword);
        if let Some(name) = name {
            self.name(Join::Same, name);
        }
        if let Some(title) = title {
            self.text(if name.is_some() { Join::Head } else { Join::Same }, title);
        }
    }

    /// `= EXPRESSION`
    fn value(&mut self, value: &Expr) {
        self.push(Join::Same, 0, "=");
        self.expr(Join::Same, value);
    }

    /// A clause's first word.
    pub(super) fn clause(&mut self, at: u32, keyword: &str) {
        self.push(Join::Clause, at, keyword);
    }

    /// A clause of a keyword and an expression.
    pub(super) fn clause_expr(&mut self, at: u32, keyword: &str, expr: &Expr) {
        self.clause(at, keyword);
        self.expr(Join::Same, expr);
    }

    /// A clause of a keyword and a text.
    pub(super) fn clause_text(&mut self, at: u32, keyword: &str, text: &Text) {
        self.clause(at, keyword);
        self.text(Join::Same, text);
    }

    /// A clause of a keyword and something that displays as it is written.
    pub(super) fn clause_shown<T: std::fmt::Display>(&mut self, at: u32, keyword: &str, what: &Spanned<T>) {
        self.clause(at, keyword);
        self.shown(Join::Same, what);
    }

    /// A clause of a keyword and a name.
    pub(super) fn clause_name(&mut self, at: u32, keyword: &str, name: &Name) {
        self.clause(at, keyword);
        self.name(Join::Same, name);
    }

    /// A clause of a keyword and a span, whose number goes where it is 1: `every month`.
    pub(super) fn clause_step(&mut self, at: u32, keyword: &str, span: &Spanned<crate::calendar::CalendarSpan>) {
        self.clause(at, keyword);
        words::step(self.word(Join::Same, span.span.start), span.node);
    }

    /// A clause of a keyword and a date, period or moment.
    pub(super) fn clause_when(&mut self, at: u32, keyword: &str, when: &Spanned<When>) {
        self.clause(at, keyword);
        self.when(Join::Same, when);
    }

    /// A date, period or moment.
    pub(super) fn when(&mut self, join: Join, when: &Spanned<When>) {
        let out = self.word(join, when.span.start);
        match &when.node {
            When::Period(p) => words::display(out, p),
            When::Moment(m) => words::moment(out, m),
        }
    }

    /// Clauses, each written by `write` from its place and itself.
    pub(super) fn clauses<C>(&mut self, clauses: &[Spanned<C>], write: impl Fn(&mut Self, u32, &C)) {
        clauses.iter().for_each(|c| write(self, c.span.start, &c.node));
    }

    fn fact(&mut self, at: u32, fact: &Fact) {
        let (keyword, text) = match fact {
            Fact::Plan(t) => ("plan", t),
            Fact::Mission(t) => ("mission", t),
            Fact::Vision(t) => ("vision", t),
            Fact::Owner(t) => ("owner", t),
            Fact::Timezone(t) => ("timezone", t),
            Fact::Import(t) => ("import", t),
            Fact::Currency(n) => return self.head(at, "currency", Some(n), None),
            Fact::FiscalYearStarts(m) => {
                self.push(Join::Same, at, "fiscal year starts");
                return self.push(Join::Same, m.span.start, words::month(m.node));
            }
            Fact::WeekStarts(d) => {
                self.push(Join::Same, at, "week starts");
                return self.push(Join::Same, d.span.start, words::weekday(d.node));
            }
            Fact::Horizon(p) => {
                self.push(Join::Same, at, "horizon");
                return self.shown(Join::Same, p);
            }
            Fact::OnTrackAbove(l) => {
                self.push(Join::Same, at, "on track above");
                return self.literal(Join::Same, l);
            }
            Fact::AtRiskAbove(l) => {
                self.push(Join::Same, at, "at risk above");
                return self.literal(Join::Same, l);
            }
        };
        self.head(at, keyword, None, Some(text));
    }

    fn table_clause(&mut self, at: u32, clause: &TableClause) {
        match clause {
            TableClause::Sheet(t) => self.clause_text(at, "sheet", t),
            TableClause::Time { column, format } => {
                self.clause_name(at, "time", column);
                if let Some(format) = format {
                    self.push(Join::Same, 0, "as");
                    self.text(Join::Same, format);
                }
            }
            TableClause::Every(s) => self.clause_step(at, "every", s),
            TableClause::Sparse => self.clause(at, "sparse"),
            TableClause::Lag(s) => self.clause_shown(at, "lag", s),
            TableClause::Where(e) => self.clause_expr(at, "where", e),
            TableClause::About(t) => self.clause_text(at, "about", t),
        }
    }

    fn metric_clause(&mut self, at: u32, clause: &MetricClause) {
        match clause {
            MetricClause::Where(e) => self.clause_expr(at, "where", e),
            MetricClause::Unit(u) => {
                self.clause(at, "unit");
                if u.node == "%" { self.push(Join::Same, u.span.start, "%") } else { self.name(Join::Same, u) }
            }
            MetricClause::HigherIsBetter => self.clause(at, "higher is better"),
            MetricClause::LowerIsBetter => self.clause(at, "lower is better"),
            MetricClause::Drives(names) => {
                self.clause(at, "drives");
                self.list(Join::Same, names, Self::name);
            }
            MetricClause::Cap(e) => self.clause_expr(at, "cap", e),
            MetricClause::About(t) => self.clause_text(at, "about", t),
        }
    }

    fn campaign_clause(&mut self, at: u32, clause: &CampaignClause) {
        match clause {
            CampaignClause::Budget(e) => self.clause_expr(at, "budget", e),
            CampaignClause::Where(e) => self.clause_expr(at, "where", e),
            CampaignClause::About(t) => self.clause_text(at, "about", t),
        }
    }

    fn objective_clause(&mut self, at: u32, clause: &ObjectiveClause) {
        match clause {
            ObjectiveClause::Weight(l) => {
                self.clause(at, "weight");
                self.literal(Join::Same, l);
            }
            ObjectiveClause::Supports(n) => self.clause_name(at, "supports", n),
            ObjectiveClause::Owner(t) => self.clause_text(at, "owner", t),
            ObjectiveClause::About(t) => self.clause_text(at, "about", t),
        }
    }

    fn milestone_clause(&mut self, at: u32, clause: &MilestoneClause) {
        match clause {
            MilestoneClause::By(w) => self.clause_when(at, "by", w),
            MilestoneClause::Done(w) => self.clause_when(at, "done", w),
            MilestoneClause::When(e) => self.clause_expr(at, "when", e),
            MilestoneClause::Supports(n) => self.clause_name(at, "supports", n),
            MilestoneClause::Owner(t) => self.clause_text(at, "owner", t),
            MilestoneClause::About(t) => self.clause_text(at, "about", t),
        }
    }

    fn alert_clause(&mut self, at: u32, clause: &AlertClause) {
        match clause {
            AlertClause::Every(s) => self.clause_step(at, "every", s),
            AlertClause::Hold(s) => self.clause_shown(at, "hold", s),
            AlertClause::Note(t) => self.clause_text(at, "note", t),
        }
    }

    fn exclude(&mut self, at: u32, exclude: &Exclude) {
        self.push(Join::Same, at, "exclude");
        self.shown(Join::Same, &exclude.period);
        let mut before = exclude.period.span;
        if let Some(table) = &exclude.table {
            let from = self.after(before.end);
            self.clause_name(from, "from", table);
            before = table.span;
        }
        let because = self.after(before.end);
        self.clause_text(because, "because", &exclude.because);
    }

    fn change(&mut self, join: Join, change: &Spanned<Change>) {
        match &change.node {
            Change::Set { name, value } => {
                self.name(join, name);
                self.value(value);
            }
            Change::Scale { name, sign, by } => {
                self.name(join, name);
                self.signed(Join::Same, by.span.start.saturating_sub(1), *sign, by);
            }
        }
    }

    /// A sign with its literal.
    pub(super) fn signed(&mut self, join: Join, at: u32, sign: Sign, amount: &Spanned<Literal>) {
        let out = self.word(join, at);
        out.push(words::sign(sign));
        words::literal(out, &amount.node);
    }

    fn test_part(&mut self, at: u32, part: &TestPart) {
        match part {
            TestPart::Given { name, data } => {
                self.clause_name(at, "given", name);
                self.push(Join::Same, 0, "=");
                self.given(data);
            }
            TestPart::AsOf(w) => self.clause_when(at, "as of", w),
            TestPart::ExpectStatus { goal, status } => {
                self.clause_name(at, "expect", goal);
                self.push(Join::Same, status.span.start, &status.node);
            }
            TestPart::Expect(e) => self.clause_expr(at, "expect", e),
        }
    }

    fn given(&mut self, data: &Given) {
        match data {
            Given::Always(e) => self.expr(Join::Same, e),
            Given::Points(points) => self.list(Join::Same, points, |w, join, (value, when)| {
                w.expr(join, value);
                w.push(Join::Same, 0, "at");
                w.when(Join::Same, when);
            }),
            Given::Run { start, change, count, every, from } => {
                self.expr(Join::Same, start);
                if let Some((sign, by)) = change {
                    self.signed(Join::Same, by.span.start.saturating_sub(1), *sign, by);
                }
                self.push(Join::Same, 0, "x");
                self.shown(Join::Same, count);
                self.push(Join::Operator, 0, "every");
                words::step(self.word(Join::Same, every.span.start), every.node);
                self.push(Join::Operator, 0, "from");
                self.when(Join::Same, from);
            }
        }
    }
}
