//! Random trees that the language can say: every statement, clause, target, literal and operator. Brackets stand where
//! the language asks for them, so that a tree is what its text reads as.

mod expressions;
mod goals;
mod words;

pub use expressions::expr;

use expressions::*;
use goals::goal;
use jiff::civil::Weekday;
use milepost::source::{Span, Spanned};
use milepost::syntax::tree::*;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use words::*;

/// A strategy without its type.
type Any<T> = BoxedStrategy<T>;

/// A whole plan of a few statements.
pub fn file() -> Any<File> {
    vec(statement(), 0..5).prop_map(|statements| File { statements, comments: Vec::new() }).boxed()
}

/// One statement.
pub fn statement() -> Any<Statement> {
    let kinds = prop_oneof![
        1 => fact().prop_map(StatementKind::Fact),
        1 => table().prop_map(StatementKind::Table),
        1 => (name(), expr()).prop_map(|(name, condition)| StatementKind::Segment(Segment { name, condition })),
        1 => (name(), expr()).prop_map(|(name, value)| StatementKind::Let(Let { name, value })),
        2 => metric().prop_map(StatementKind::Metric),
        1 => campaign().prop_map(StatementKind::Campaign),
        1 => objective().prop_map(StatementKind::Objective),
        6 => goal().prop_map(StatementKind::Goal),
        1 => milestone().prop_map(StatementKind::Milestone),
        1 => alert().prop_map(StatementKind::Alert),
        1 => (at(period()), of(name()), text())
            .prop_map(|(period, table, because)| StatementKind::Exclude(Exclude { period, table, because })),
        1 => scenario().prop_map(StatementKind::Scenario),
        1 => test().prop_map(StatementKind::Test),
    ];
    at(kinds)
}

/// `strategy` without a place.
fn at<T: std::fmt::Debug + 'static>(strategy: impl Strategy<Value = T> + 'static) -> Any<Spanned<T>> {
    strategy.prop_map(placed).boxed()
}

fn placed<T>(node: T) -> Spanned<T> {
    Spanned::new(node, Span::default())
}

/// Some of the clauses, each at most once, in any order.
fn clauses<C: Clone + std::fmt::Debug + 'static>(kinds: Vec<Any<C>>) -> Any<Vec<Spanned<C>>> {
    let picked: Vec<_> = kinds.into_iter().map(|k| prop::option::weighted(0.3, at(k))).collect();
    picked.prop_map(|all| all.into_iter().flatten().collect::<Vec<_>>()).prop_shuffle().boxed()
}

fn fact() -> Any<Fact> {
    let days = vec![Weekday::Monday, Weekday::Sunday, Weekday::Saturday];
    prop_oneof![
        text().prop_map(Fact::Plan),
        text().prop_map(Fact::Mission),
        text().prop_map(Fact::Vision),
        text().prop_map(Fact::Owner),
        at(select(vec!["USD".to_owned(), "EUR".to_owned()])).prop_map(Fact::Currency),
        at(select(vec!["UTC".to_owned(), "America/New_York".to_owned()])).prop_map(Fact::Timezone),
        at(1i8..=12).prop_map(Fact::FiscalYearStarts),
        at(select(days)).prop_map(Fact::WeekStarts),
        at(period()).prop_map(Fact::Horizon),
        percent().prop_map(Fact::OnTrackAbove),
        percent().prop_map(Fact::AtRiskAbove),
        text().prop_map(Fact::Import),
    ]
    .boxed()
}

fn table() -> Any<Table> {
    let time = (name(), of(text())).prop_map(|(column, format)| TableClause::Time { column, format });
    let clauses = clauses(vec![
        text().prop_map(TableClause::Sheet).boxed(),
        time.boxed(),
        span().prop_map(TableClause::Every).boxed(),
        Just(TableClause::Sparse).boxed(),
        span().prop_map(TableClause::Lag).boxed(),
        expr().prop_map(TableClause::Where).boxed(),
        text().prop_map(TableClause::About).boxed(),
    ]);
    (name(), text(), clauses).prop_map(|(name, from, clauses)| Table { name, from, clauses }).boxed()
}

fn metric() -> Any<Metric> {
    let better = select(vec![MetricClause::HigherIsBetter, MetricClause::LowerIsBetter]);
    let unit = prop_oneof![Just("%".to_owned()), word()];
    let clauses = clauses(vec![
        expr().prop_map(MetricClause::Where).boxed(),
        at(unit).prop_map(MetricClause::Unit).boxed(),
        better.boxed(),
        vec(name(), 1..4).prop_map(MetricClause::Drives).boxed(),
        arith().prop_map(MetricClause::Cap).boxed(),
        text().prop_map(MetricClause::About).boxed(),
    ]);
    (name(), of(text()), expr(), clauses)
        .prop_map(|(name, title, value, clauses)| Metric { name, title, value, clauses })
        .boxed()
}

fn campaign() -> Any<Campaign> {
    let clauses = clauses(vec![
        arith().prop_map(CampaignClause::Budget).boxed(),
        expr().prop_map(CampaignClause::Where).boxed(),
        text().prop_map(CampaignClause::About).boxed(),
    ]);
    (name(), of(text()), at(period()), clauses)
        .prop_map(|(name, title, period, clauses)| Campaign { name, title, period, clauses })
        .boxed()
}

fn objective() -> Any<Objective> {
    let clauses = clauses(vec![
        weight().prop_map(ObjectiveClause::Weight).boxed(),
        name().prop_map(ObjectiveClause::Supports).boxed(),
        text().prop_map(ObjectiveClause::Owner).boxed(),
        text().prop_map(ObjectiveClause::About).boxed(),
    ]);
    (name(), of(text()), clauses).prop_map(|(name, title, clauses)| Objective { name, title, clauses }).boxed()
}

fn weight() -> Any<Spanned<Literal>> {
    at(number().prop_map(Literal::Number))
}

fn milestone() -> Any<Milestone> {
    let rest = clauses(vec![
        when().prop_map(MilestoneClause::Done).boxed(),
        expr().prop_map(MilestoneClause::When).boxed(),
        name().prop_map(MilestoneClause::Supports).boxed(),
        text().prop_map(MilestoneClause::Owner).boxed(),
        text().prop_map(MilestoneClause::About).boxed(),
    ]);
    (name(), of(text()), when(), rest)
        .prop_map(|(name, title, by, rest)| {
            // `done` and `when` say the same in two ways: one of them.
            let done = rest.iter().any(|c| matches!(c.node, MilestoneClause::Done(_)));
            let kept = rest.into_iter().filter(|c| !(done && matches!(c.node, MilestoneClause::When(_))));
            let clauses = std::iter::once(placed(MilestoneClause::By(by))).chain(kept).collect();
            Milestone { name, title, clauses }
        })
        .boxed()
}

fn alert() -> Any<Alert> {
    let clauses = clauses(vec![
        span().prop_map(AlertClause::Every).boxed(),
        span().prop_map(AlertClause::Hold).boxed(),
        text().prop_map(AlertClause::Note).boxed(),
    ]);
    (name(), of(text()), expr(), clauses)
        .prop_map(|(name, title, condition, clauses)| Alert { name, title, condition, clauses })
        .boxed()
}

fn scenario() -> Any<Scenario> {
    let change = prop_oneof![
        (name(), expr()).prop_map(|(name, value)| Change::Set { name, value }),
        (name(), sign(), percent()).prop_map(|(name, sign, by)| Change::Scale { name, sign, by }),
    ];
    (name(), of(text()), vec(at(change), 1..4))
        .prop_map(|(name, title, changes)| Scenario { name, title, changes })
        .boxed()
}

fn test() -> Any<Test> {
    let status = select(vec!["met", "met late", "on track", "off track", "not started", "no data"]);
    let part = prop_oneof![
        (name(), given()).prop_map(|(name, data)| TestPart::Given { name, data }),
        when().prop_map(TestPart::AsOf),
        (name(), at(status.prop_map(str::to_owned))).prop_map(|(goal, status)| TestPart::ExpectStatus { goal, status }),
        expr().prop_map(TestPart::Expect),
    ];
    (text(), vec(at(part), 1..4)).prop_map(|(title, parts)| Test { title, parts }).boxed()
}

fn given() -> Any<Given> {
    let number = || at(quantity().prop_map(ExprKind::Literal));
    let run = (number(), of((sign(), at(quantity()))), at(1u32..40), span(), when());
    prop_oneof![
        number().prop_map(Given::Always),
        vec((number(), when()), 1..4).prop_map(Given::Points),
        run.prop_map(|(start, change, count, every, from)| Given::Run { start, change, count, every, from }),
    ]
    .boxed()
}
