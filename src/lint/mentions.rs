//! The names that a statement mentions, as written. Knows no typed plan: whether a name in rows is a column, others say.

use crate::model::functions;
use crate::syntax::tree::{
    CampaignClause, Change, Checkpoint, Context, Expr, ExprKind, FromWhat, Given, Goal, GoalBody, GoalClause, InWhat,
    Kpi, MetricClause, MilestoneClause, ObjectiveClause, Statement, StatementKind, TableClause, Target, TestPart,
};

/// A name, and what it can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mention<'t> {
    /// Between values: a metric, a let, a campaign, a table.
    Value(&'t str),
    /// In rows: a column, a let, a segment, a table, a campaign; no metric.
    Row(&'t str),
    /// What is supported.
    Objective(&'t str),
    /// A part of a combined goal; what a test expects of.
    Goal(&'t str),
}

/// Where mentions go.
type See<'s, 't> = &'s mut dyn FnMut(Mention<'t>);

/// Calls `see` for every name that a statement mentions, its own name aside. What an `exclude` takes out of a table
/// doesn't mention it: nothing is worked out from it there.
pub fn mentions<'t>(statement: &'t Statement, see: See<'_, 't>) {
    match &statement.node {
        StatementKind::Fact(_) | StatementKind::Exclude(_) => {}
        StatementKind::Table(table) => table.clauses.iter().for_each(|c| {
            if let TableClause::Where(condition) = &c.node {
                expression(condition, true, see);
            }
        }),
        StatementKind::Segment(segment) => expression(&segment.condition, true, see),
        StatementKind::Let(one) => expression(&one.value, false, see),
        StatementKind::Metric(metric) => {
            expression(&metric.value, false, see);
            metric.clauses.iter().for_each(|c| match &c.node {
                MetricClause::Where(condition) => expression(condition, true, see),
                MetricClause::Cap(cap) => expression(cap, false, see),
                MetricClause::Drives(names) => names.iter().for_each(|n| see(Mention::Value(&n.node))),
                _ => {}
            });
        }
        StatementKind::Campaign(campaign) => campaign.clauses.iter().for_each(|c| match &c.node {
            CampaignClause::Budget(budget) => expression(budget, false, see),
            CampaignClause::Where(condition) => expression(condition, true, see),
            CampaignClause::About(_) => {}
        }),
        StatementKind::Objective(objective) => objective.clauses.iter().for_each(|c| {
            if let ObjectiveClause::Supports(name) = &c.node {
                see(Mention::Objective(&name.node));
            }
        }),
        StatementKind::Goal(one) => goal(one, see),
        StatementKind::Milestone(milestone) => milestone.clauses.iter().for_each(|c| match &c.node {
            MilestoneClause::When(condition) => expression(condition, false, see),
            MilestoneClause::Supports(name) => see(Mention::Objective(&name.node)),
            _ => {}
        }),
        StatementKind::Alert(alert) => expression(&alert.condition, false, see),
        StatementKind::Scenario(scenario) => scenario.changes.iter().for_each(|c| match &c.node {
            Change::Set { name, value } => {
                see(Mention::Value(&name.node));
                expression(value, false, see);
            }
            Change::Scale { name, .. } => see(Mention::Value(&name.node)),
        }),
        StatementKind::Test(test) => test.parts.iter().for_each(|p| test_part(&p.node, see)),
    }
}

fn test_part<'t>(part: &'t TestPart, see: See<'_, 't>) {
    match part {
        TestPart::Given { name, data } => {
            see(Mention::Value(&name.node));
            match data {
                Given::Points(points) => points.iter().for_each(|(value, _)| expression(value, false, see)),
                Given::Run { start, .. } => expression(start, false, see),
                Given::Always(value) => expression(value, false, see),
            }
        }
        TestPart::AsOf(_) => {}
        TestPart::ExpectStatus { goal, .. } => see(Mention::Goal(&goal.node)),
        TestPart::Expect(condition) => expression(condition, false, see),
    }
}

fn goal<'t>(goal: &'t Goal, see: See<'_, 't>) {
    match &goal.body {
        GoalBody::Measured { subject, targets } => {
            expression(subject, false, see);
            targets.iter().for_each(|t| target(&t.node, see));
        }
        GoalBody::Combined { goals, .. } => goals.iter().for_each(|g| see(Mention::Goal(&g.node))),
    }
    goal.clauses.iter().for_each(|c| clause(&c.node, see));
}

fn clause<'t>(clause: &'t GoalClause, see: See<'_, 't>) {
    match clause {
        GoalClause::Where(condition) => expression(condition, true, see),
        GoalClause::In(what) => within(&what.node, see),
        GoalClause::Every { within: what, .. } => what.iter().for_each(|w| within(&w.node, see)),
        GoalClause::From(from) => {
            if let FromWhat::Value(value) = &from.node {
                expression(value, false, see);
            }
        }
        GoalClause::For { of, .. } => see(Mention::Row(&of.node)),
        GoalClause::Measure(kpis) | GoalClause::Guardrail(kpis) => kpis.iter().for_each(|k| kpi(&k.node, see)),
        GoalClause::Checkpoints(checkpoints) => checkpoints.iter().for_each(|c| {
            if let Checkpoint::At(_, Some(wanted)) = &c.node {
                target(&wanted.node, see);
            }
        }),
        GoalClause::Cap(cap) => expression(cap, false, see),
        GoalClause::Supports(name) => see(Mention::Objective(&name.node)),
        GoalClause::By(_)
        | GoalClause::Within(_)
        | GoalClause::Per(_)
        | GoalClause::Yoy
        | GoalClause::Hold(_)
        | GoalClause::Pace(_)
        | GoalClause::Grace(_)
        | GoalClause::Owner(_)
        | GoalClause::Weight(_)
        | GoalClause::About(_) => {}
    }
}

fn kpi<'t>(kpi: &'t Kpi, see: See<'_, 't>) {
    expression(&kpi.subject, false, see);
    kpi.target.iter().for_each(|t| target(&t.node, see));
}

fn within<'t>(what: &'t InWhat, see: See<'_, 't>) {
    if let InWhat::Campaign(name) = what {
        see(Mention::Value(name));
    }
}

fn target<'t>(target: &'t Target, see: See<'_, 't>) {
    match target {
        Target::To(x) | Target::Bound(_, x) | Target::Near { of: x, .. } => expression(x, false, see),
        Target::FromTo(a, b) | Target::Between(a, b) => {
            expression(a, false, see);
            expression(b, false, see);
        }
        Target::Change { .. } | Target::Multiple(_) | Target::Up | Target::Down | Target::Top { .. } => {}
    }
}

/// The names of an expression; `rows` where it is worked out row by row.
fn expression<'t>(whole: &'t Expr, rows: bool, see: See<'_, 't>) {
    let mut open = vec![(whole, rows)];
    while let Some((e, rows)) = open.pop() {
        match &e.node {
            ExprKind::Literal(_) => {}
            ExprKind::Name(name) if rows => see(Mention::Row(name)),
            ExprKind::Name(name) => see(Mention::Value(name)),
            // What stands behind the dot is a column, or a campaign's budget.
            ExprKind::Dotted(first, _) => see(Mention::Row(&first.node)),
            ExprKind::Group(x)
            | ExprKind::Unary(_, x)
            | ExprKind::Over { of: x, .. }
            | ExprKind::ToDate { of: x, .. } => {
                open.push((x, rows));
            }
            ExprKind::Call { function, arguments, by, condition, .. } => {
                let info = functions::find(&function.node);
                let each = by.is_none() && info.is_some_and(|i| i.may_be_over_rows(arguments.len()));
                open.extend(arguments.iter().map(|a| (a, rows || each)));
                open.extend(condition.iter().map(|c| (c.as_ref(), true)));
            }
            ExprKind::Context { of, context } => {
                open.push((of, rows));
                if let Context::Condition(condition) = &context.node {
                    open.push((condition, true));
                }
            }
            ExprKind::Binary(_, a, b) => open.extend([(a.as_ref(), rows), (b.as_ref(), rows)]),
            ExprKind::In { of, values, .. } => {
                open.push((of, rows));
                open.extend(values.iter().map(|v| (v, rows)));
            }
            ExprKind::Between { of, low, high, .. } => {
                open.extend([of, low, high].map(|x| (x.as_ref(), rows)));
            }
        }
    }
}
