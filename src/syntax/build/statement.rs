//! Statements other than goals.

use super::Build;
use crate::source::Spanned;
use crate::syntax::error::SyntaxError;
use crate::syntax::grammar::{Node, Rule, parts};
use crate::syntax::tree::*;
use jiff::civil::Weekday;
use std::iter::Peekable;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("Monday", Weekday::Monday),
    ("Tuesday", Weekday::Tuesday),
    ("Wednesday", Weekday::Wednesday),
    ("Thursday", Weekday::Thursday),
    ("Friday", Weekday::Friday),
    ("Saturday", Weekday::Saturday),
    ("Sunday", Weekday::Sunday),
];

impl Build<'_> {
    pub(super) fn statement(&self, node: Node<'_>) -> Option<StatementKind> {
        Some(match node.as_rule() {
            Rule::goal => StatementKind::Goal(self.goal(node)?),
            Rule::metric => StatementKind::Metric(self.metric(node)?),
            Rule::table => StatementKind::Table(self.table(node)?),
            Rule::segment => {
                let (name, condition) = self.named_value(node)?;
                StatementKind::Segment(Segment { name, condition })
            }
            Rule::let_cell => {
                let (name, value) = self.named_value(node)?;
                StatementKind::Let(Let { name, value })
            }
            Rule::campaign => StatementKind::Campaign(self.campaign(node)?),
            Rule::objective => StatementKind::Objective(self.objective(node)?),
            Rule::milestone => StatementKind::Milestone(self.milestone(node)?),
            Rule::alert => StatementKind::Alert(self.alert(node)?),
            Rule::exclude => StatementKind::Exclude(self.exclude(node)?),
            Rule::scenario => StatementKind::Scenario(self.scenario(node)?),
            Rule::test => StatementKind::Test(self.test(node)?),
            _ => StatementKind::Fact(self.fact(node)?),
        })
    }

    fn fact(&self, node: Node<'_>) -> Option<Fact> {
        let rule = node.as_rule();
        let value = parts(node).next()?;
        Some(match rule {
            Rule::fact_plan => Fact::Plan(self.text(value)?),
            Rule::fact_mission => Fact::Mission(self.text(value)?),
            Rule::fact_vision => Fact::Vision(self.text(value)?),
            Rule::fact_owner => Fact::Owner(self.text(value)?),
            Rule::fact_currency => Fact::Currency(self.name(value)?),
            Rule::fact_timezone => Fact::Timezone(self.text(value)?),
            Rule::fact_fiscal => Fact::FiscalYearStarts(self.month_name(value)?),
            Rule::fact_week => Fact::WeekStarts(self.weekday(value)?),
            Rule::fact_horizon => Fact::Horizon(self.period(value)?),
            Rule::fact_on_track => Fact::OnTrackAbove(self.quantity(value)?),
            Rule::fact_at_risk => Fact::AtRiskAbove(self.quantity(value)?),
            Rule::fact_import => Fact::Import(self.text(value)?),
            _ => return None,
        })
    }

    fn month_name(&self, node: Node<'_>) -> Option<Spanned<i8>> {
        let name = self.name(node)?;
        let month = crate::calendar::month_of(&name.node).unwrap_or_else(|| {
            self.error(SyntaxError::unknown_month(&name.node, name.span));
            1
        });
        Some(Spanned::new(month, name.span))
    }

    fn weekday(&self, node: Node<'_>) -> Option<Spanned<Weekday>> {
        let name = self.name(node)?;
        let found =
            WEEKDAYS.iter().find(|(n, _)| *n == name.node || (name.node.len() == 3 && n.starts_with(&name.node)));
        if found.is_none() {
            let days = WEEKDAYS.map(|(n, _)| n);
            self.error(SyntaxError::unknown_day(&name.node, &days, name.span));
        }
        Some(Spanned::new(found.map_or(Weekday::Monday, |f| f.1), name.span))
    }

    fn named_value(&self, node: Node<'_>) -> Option<(Name, Expr)> {
        let mut parts = parts(node);
        Some((self.name(parts.next()?)?, self.expr(parts.next()?)?))
    }

    fn table(&self, node: Node<'_>) -> Option<Table> {
        let mut parts = parts(node);
        let name = self.name(parts.next()?)?;
        let from = self.text(parts.next()?)?;
        Some(Table { name, from, clauses: self.clauses(parts, Self::table_clause)? })
    }

    fn table_clause(&self, node: Node<'_>) -> Option<TableClause> {
        let rule = node.as_rule();
        let mut parts = parts(node);
        Some(match rule {
            Rule::sparse => TableClause::Sparse,
            Rule::sheet => TableClause::Sheet(self.text(parts.next()?)?),
            Rule::time_column => {
                let column = self.name(parts.next()?)?;
                TableClause::Time { column, format: self.optional_text(parts.next())? }
            }
            Rule::every => TableClause::Every(self.span(parts.next()?)?),
            Rule::lag => TableClause::Lag(self.span(parts.next()?)?),
            Rule::condition => TableClause::Where(self.expr(parts.next()?)?),
            Rule::about => TableClause::About(self.text(parts.next()?)?),
            _ => return None,
        })
    }

    fn optional_text(&self, node: Option<Node<'_>>) -> Option<Option<Text>> {
        node.map_or(Some(None), |n| self.text(n).map(Some))
    }

    /// The name and the title with which most statements begin.
    fn name_and_title<'i>(&self, parts: &mut Peekable<impl Iterator<Item = Node<'i>>>) -> Option<(Name, Option<Text>)> {
        let name = self.name(parts.next()?)?;
        Some((name, self.optional_text(parts.next_if(|n| n.as_rule() == Rule::text))?))
    }

    fn metric(&self, node: Node<'_>) -> Option<Metric> {
        let mut parts = parts(node).peekable();
        let (name, title) = self.name_and_title(&mut parts)?;
        let value = self.expr(parts.next()?)?;
        Some(Metric { name, title, value, clauses: self.clauses(parts, Self::metric_clause)? })
    }

    fn metric_clause(&self, node: Node<'_>) -> Option<MetricClause> {
        let rule = node.as_rule();
        let mut parts = parts(node);
        Some(match rule {
            Rule::higher_is_better => MetricClause::HigherIsBetter,
            Rule::lower_is_better => MetricClause::LowerIsBetter,
            Rule::drives => MetricClause::Drives(self.names(parts)?),
            Rule::condition => MetricClause::Where(self.expr(parts.next()?)?),
            Rule::cap => MetricClause::Cap(self.expr(parts.next()?)?),
            Rule::about => MetricClause::About(self.text(parts.next()?)?),
            Rule::unit => {
                let unit = parts.next()?;
                let span = self.token(&unit);
                MetricClause::Unit(match unit.as_rule() {
                    Rule::percent_sign => Spanned::new("%".to_owned(), span),
                    _ => self.name(unit)?,
                })
            }
            _ => return None,
        })
    }

    fn campaign(&self, node: Node<'_>) -> Option<Campaign> {
        let mut parts = parts(node).peekable();
        let (name, title) = self.name_and_title(&mut parts)?;
        let period = self.period(parts.next()?)?;
        Some(Campaign { name, title, period, clauses: self.clauses(parts, Self::campaign_clause)? })
    }

    fn campaign_clause(&self, node: Node<'_>) -> Option<CampaignClause> {
        let rule = node.as_rule();
        let value = parts(node).next()?;
        Some(match rule {
            Rule::budget => CampaignClause::Budget(self.expr(value)?),
            Rule::condition => CampaignClause::Where(self.expr(value)?),
            Rule::about => CampaignClause::About(self.text(value)?),
            _ => return None,
        })
    }

    fn objective(&self, node: Node<'_>) -> Option<Objective> {
        let mut parts = parts(node).peekable();
        let (name, title) = self.name_and_title(&mut parts)?;
        Some(Objective { name, title, clauses: self.clauses(parts, Self::objective_clause)? })
    }

    fn objective_clause(&self, node: Node<'_>) -> Option<ObjectiveClause> {
        let rule = node.as_rule();
        let value = parts(node).next()?;
        Some(match rule {
            Rule::weight => ObjectiveClause::Weight(self.quantity(value)?),
            Rule::supports => ObjectiveClause::Supports(self.name(value)?),
            Rule::owner => ObjectiveClause::Owner(self.text(value)?),
            Rule::about => ObjectiveClause::About(self.text(value)?),
            _ => return None,
        })
    }

    fn milestone(&self, node: Node<'_>) -> Option<Milestone> {
        let span = self.whole(&node);
        let mut parts = parts(node).peekable();
        let (name, title) = self.name_and_title(&mut parts)?;
        let clauses = self.clauses(parts, Self::milestone_clause)?;
        if !clauses.iter().any(|c| matches!(c.node, MilestoneClause::By(_))) {
            self.error(SyntaxError::MilestoneWithoutDate { at: span });
        }
        Some(Milestone { name, title, clauses })
    }

    fn milestone_clause(&self, node: Node<'_>) -> Option<MilestoneClause> {
        let rule = node.as_rule();
        let value = parts(node).next()?;
        Some(match rule {
            Rule::by => MilestoneClause::By(self.when(value)?),
            Rule::done => MilestoneClause::Done(self.when(value)?),
            Rule::when_holds => MilestoneClause::When(self.expr(value)?),
            Rule::supports => MilestoneClause::Supports(self.name(value)?),
            Rule::owner => MilestoneClause::Owner(self.text(value)?),
            Rule::about => MilestoneClause::About(self.text(value)?),
            _ => return None,
        })
    }

    fn alert(&self, node: Node<'_>) -> Option<Alert> {
        let mut parts = parts(node).peekable();
        let (name, title) = self.name_and_title(&mut parts)?;
        let condition = self.expr(parts.next()?)?;
        Some(Alert { name, title, condition, clauses: self.clauses(parts, Self::alert_clause)? })
    }

    fn alert_clause(&self, node: Node<'_>) -> Option<AlertClause> {
        let rule = node.as_rule();
        let value = parts(node).next()?;
        Some(match rule {
            Rule::every => AlertClause::Every(self.span(value)?),
            Rule::hold => AlertClause::Hold(self.span(value)?),
            Rule::note => AlertClause::Note(self.text(value)?),
            _ => return None,
        })
    }

    fn exclude(&self, node: Node<'_>) -> Option<Exclude> {
        let mut parts = parts(node).peekable();
        let period = self.period(parts.next()?)?;
        let table = match parts.next_if(|n| n.as_rule() == Rule::name) {
            Some(n) => Some(self.name(n)?),
            None => None,
        };
        Some(Exclude { period, table, because: self.text(parts.next()?)? })
    }

    fn scenario(&self, node: Node<'_>) -> Option<Scenario> {
        let mut parts = parts(node).peekable();
        let (name, title) = self.name_and_title(&mut parts)?;
        let changes = parts.map(|n| Some(Spanned::new(self.set_value(n.clone())?, self.whole(&n))));
        Some(Scenario { name, title, changes: changes.collect::<Option<_>>()? })
    }

    fn set_value(&self, node: Node<'_>) -> Option<Change> {
        let rule = node.as_rule();
        let mut parts = parts(node);
        let name = self.name(parts.next()?)?;
        Some(match rule {
            Rule::set_to => Change::Set { name, value: self.expr(parts.next()?)? },
            _ => {
                let sign = sign(&parts.next()?);
                Change::Scale { name, sign, by: self.quantity(parts.next()?)? }
            }
        })
    }

    fn test(&self, node: Node<'_>) -> Option<Test> {
        let mut parts = parts(node);
        let title = self.text(parts.next()?)?;
        let parts = parts.map(|n| Some(Spanned::new(self.test_part(n.clone())?, self.whole(&n))));
        Some(Test { title, parts: parts.collect::<Option<_>>()? })
    }

    fn test_part(&self, node: Node<'_>) -> Option<TestPart> {
        let rule = node.as_rule();
        let mut parts = parts(node);
        let first = parts.next()?;
        Some(match rule {
            Rule::given => TestPart::Given { name: self.name(first)?, data: self.given(parts.next()?)? },
            Rule::as_of => TestPart::AsOf(self.when(first)?),
            Rule::expect => TestPart::Expect(self.expr(first)?),
            Rule::expect_goal => {
                let status = parts.next()?;
                let words: Vec<&str> = status.as_str().split_whitespace().collect();
                TestPart::ExpectStatus {
                    goal: self.name(first)?,
                    status: Spanned::new(words.join(" "), self.token(&status)),
                }
            }
            _ => return None,
        })
    }

    fn given(&self, node: Node<'_>) -> Option<Given> {
        Some(match node.as_rule() {
            Rule::run => {
                let mut parts = parts(node).peekable();
                let start = self.given_value(parts.next()?)?;
                let change = match parts.next_if(|n| n.as_rule() == Rule::sign) {
                    Some(s) => Some((sign(&s), self.quantity(parts.next()?)?)),
                    None => None,
                };
                let count = self.integer(parts.next()?)?;
                let every = self.span(parts.next()?)?;
                Given::Run { start, change, count, every, from: self.when(parts.next()?)? }
            }
            Rule::points => {
                let mut parts = parts(node);
                let mut points = Vec::new();
                while let Some(value) = parts.next() {
                    points.push((self.expr(value)?, self.when(parts.next()?)?));
                }
                Given::Points(points)
            }
            _ => Given::Always(self.expr(node)?),
        })
    }

    fn given_value(&self, node: Node<'_>) -> Option<Expr> {
        let span = self.whole(&node);
        let mut parts = parts(node).peekable();
        let negative = parts.next_if(|n| n.as_rule() == Rule::negate).is_some();
        let value = self.operand(parts.next()?)?;
        Some(if negative { Spanned::new(ExprKind::Unary(UnaryOp::Negate, Box::new(value)), span) } else { value })
    }
}

/// The sign of a `sign` node.
pub(super) fn sign(node: &Node<'_>) -> Sign {
    if node.as_str() == "-" { Sign::Minus } else { Sign::Plus }
}
