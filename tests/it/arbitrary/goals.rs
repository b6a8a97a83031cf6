//! Random goals with their targets and clauses.

use super::expressions::*;
use super::words::*;
use super::{Any, at, clauses, weight};
use milepost::calendar::Period;
use milepost::source::Spanned;
use milepost::syntax::tree::*;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

pub fn goal() -> Any<Goal> {
    let targets = prop_oneof![
        3 => vec(at(target()), 0..=1),
        // A sign after an expression would go on with it, so a change comes first.
        1 => (at(change()), at(target())).prop_map(|(a, b)| vec![a, b])
            // Beside a change, `from A to B` asks which of the two was meant.
            .prop_filter("two changes", |t| !matches!(t[1].node, Target::Change { .. } | Target::FromTo(..))),
    ];
    let body = prop_oneof![
        9 => (subject(), targets).prop_map(|(subject, targets)| GoalBody::Measured { subject, targets }),
        1 => (any::<bool>(), vec(name(), 1..4)).prop_map(|(all, goals)| GoalBody::Combined { all, goals }),
    ];
    (of(name()), of(text()), body, goal_clauses())
        .prop_map(|(name, title, body, clauses)| Goal { name, title, body, clauses })
        .prop_filter("a bare year beside a lone `to`", |goal| !asks_year_or_value(goal))
        .prop_filter("a sum as a condition, without a target", |goal| !holds_late_target(goal))
        .boxed()
}

/// `to 4000 from 2000`: the language asks which of the two readings was meant.
pub fn asks_year_or_value(goal: &Goal) -> bool {
    let lone = matches!(&goal.body, GoalBody::Measured { targets, .. }
        if matches!(targets.as_slice(), [target] if matches!(target.node, Target::To(_))));
    let year = |c: &Spanned<GoalClause>| matches!(&c.node, GoalClause::From(from) if matches!(from.node, FromWhat::When(When::Period(Period::Year(_)))));
    lone && goal.clauses.iter().any(year)
}

/// `subs where x + 5%`: without a target, a sum at a condition's end reads as one that stands too late.
pub fn holds_late_target(goal: &Goal) -> bool {
    let bare = matches!(&goal.body, GoalBody::Measured { subject, targets }
        if targets.is_empty() && !matches!(subject.node, ExprKind::Group(_)));
    bare && goal.clauses.iter().any(|c| matches!(c.node, GoalClause::Where(_)))
}

pub fn change() -> Any<Target> {
    prop_oneof![
        (sign(), at(quantity())).prop_map(|(sign, amount)| Target::Change { sign, amount, relative: false }),
        (sign(), percent()).prop_map(|(sign, amount)| Target::Change { sign, amount, relative: true }),
    ]
    .boxed()
}

pub fn target() -> Any<Target> {
    let comparison =
        select(vec![Comparison::AtLeast, Comparison::AtMost, Comparison::Above, Comparison::Below, Comparison::Equal]);
    let multiples =
        prop_oneof![plain_number().prop_map(Multiple::Times), Just(Multiple::Double), Just(Multiple::Halve),];
    // Bare years beside `from` ask which of the two was meant.
    let value = || at(prop_oneof![word().prop_map(ExprKind::Name), percent_literal()]);
    prop_oneof![
        3 => change(),
        1 => multiples.prop_map(Target::Multiple),
        1 => select(vec![Target::Up, Target::Down]),
        1 => arith().prop_map(Target::To),
        1 => (value(), value()).prop_map(|(a, b)| Target::FromTo(a, b)),
        2 => (comparison, arith()).prop_map(|(c, e)| Target::Bound(c, e)),
        1 => (arith(), arith()).prop_map(|(a, b)| Target::Between(a, b)),
        1 => (percent(), arith()).prop_map(|(percent, of)| Target::Near { percent, of }),
        1 => (at(1u32..20), name(), text()).prop_map(|(count, by, member)| Target::Top { count, by, member }),
    ]
    .boxed()
}

pub fn percent_literal() -> Any<ExprKind> {
    percent().prop_map(|p| ExprKind::Literal(p.node)).boxed()
}

pub fn goal_clauses() -> Any<Vec<Spanned<GoalClause>>> {
    let in_what = || at(prop_oneof![period().prop_map(InWhat::Period), word().prop_map(InWhat::Campaign)]);
    let from = at(prop_oneof![
        when().prop_map(|w| FromWhat::When(w.node)),
        at(prop_oneof![word().prop_map(ExprKind::Name), percent_literal()]).prop_map(FromWhat::Value),
    ]);
    let every = (span(), of(in_what())).prop_map(|(span, within)| GoalClause::Every { span, within });
    let quantifier = prop_oneof![
        Just(Quantifier::Each),
        percent().prop_map(Quantifier::Share),
        percent().prop_map(Quantifier::AtMost),
    ];
    let pace = select(vec![PaceKind::Linear, PaceKind::Compound, PaceKind::Seasonal]);
    clauses(vec![
        expr().prop_map(GoalClause::Where).boxed(),
        prop_oneof![
            2 => when().prop_map(GoalClause::By),
            1 => in_what().prop_map(GoalClause::In),
            1 => span().prop_map(GoalClause::Within),
            1 => every,
        ]
        .boxed(),
        span().prop_map(GoalClause::Per).boxed(),
        prop_oneof![3 => from.prop_map(GoalClause::From), 1 => Just(GoalClause::Yoy)].boxed(),
        (quantifier, name()).prop_map(|(quantifier, of)| GoalClause::For { quantifier, of }).boxed(),
        span().prop_map(GoalClause::Hold).boxed(),
        kpis(true).prop_map(GoalClause::Measure).boxed(),
        kpis(true).prop_map(GoalClause::Measure).boxed(),
        kpis(false).prop_map(GoalClause::Guardrail).boxed(),
        checkpoints().prop_map(GoalClause::Checkpoints).boxed(),
        at(pace).prop_map(GoalClause::Pace).boxed(),
        span().prop_map(GoalClause::Grace).boxed(),
        arith().prop_map(GoalClause::Cap).boxed(),
        name().prop_map(GoalClause::Supports).boxed(),
        text().prop_map(GoalClause::Owner).boxed(),
        weight().prop_map(GoalClause::Weight).boxed(),
        text().prop_map(GoalClause::About).boxed(),
    ])
}

pub fn kpis(bare: bool) -> Any<Vec<Spanned<Kpi>>> {
    let target = if bare { of(at(target())).boxed() } else { at(target()).prop_map(Some).boxed() };
    vec(at((subject(), target).prop_map(|(subject, target)| Kpi { subject, target })), 1..4).boxed()
}

pub fn checkpoints() -> Any<Vec<Spanned<Checkpoint>>> {
    let one = prop_oneof![
        span_of().prop_map(Checkpoint::Every),
        select(vec![Checkpoint::Weekly, Checkpoint::Monthly, Checkpoint::Quarterly]),
        (date(), of(at(target()))).prop_map(|(date, target)| Checkpoint::At(date, target)),
    ];
    vec(at(one), 1..4).boxed()
}
