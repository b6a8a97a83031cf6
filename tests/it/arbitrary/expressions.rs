//! Random expressions, from what binds tightest to what binds loosest.

use super::words::*;
use super::{Any, at, placed};
use milepost::syntax::tree::*;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

/// The strategies of one depth.
#[derive(Clone)]
pub struct Levels {
    /// Operands that are no literal, with what may follow them: what a subject is made of.
    named: Any<Expr>,
    /// No comparison, no `and`.
    arith: Any<Expr>,
    /// Anything.
    whole: Any<Expr>,
}

/// An expression of any shape.
pub fn expr() -> Any<Expr> {
    levels(2).whole
}

pub fn arith() -> Any<Expr> {
    levels(1).arith
}

pub fn levels(depth: u32) -> Levels {
    let bare = prop_oneof![
        3 => word().prop_map(ExprKind::Name),
        1 => (name(), name()).prop_map(|(a, b)| ExprKind::Dotted(a, b)),
    ];
    let Some(inner) = depth.checked_sub(1).map(levels) else {
        let named = at(bare);
        let whole = prop_oneof![named.clone(), at(literal().prop_map(ExprKind::Literal))].boxed();
        return Levels { named, arith: whole.clone(), whole };
    };
    let operand = at(prop_oneof![
        4 => bare,
        1 => inner.whole.clone().prop_map(|e| ExprKind::Group(Box::new(e))),
        2 => call(&inner),
    ]);
    let named = prop_oneof![3 => operand.clone(), 1 => at(postfixed(operand.clone(), &inner))].boxed();
    let tight = prop_oneof![3 => named.clone(), 2 => at(literal().prop_map(ExprKind::Literal))].boxed();
    let power =
        prop_oneof![6 => tight.clone(), 1 => binary(tight.clone(), select(vec![BinaryOp::Power]), tight.clone())];
    let signed = prop_oneof![
        8 => power,
        1 => at(tight.clone().prop_map(|e| ExprKind::Unary(UnaryOp::Negate, Box::new(e)))),
    ];
    let product = chain(signed.boxed(), vec![BinaryOp::Multiply, BinaryOp::Divide]);
    let sum = chain(product, vec![BinaryOp::Add, BinaryOp::Subtract]);
    let arith = prop_oneof![6 => sum, 1 => chain(tight, vec![BinaryOp::Otherwise])].boxed();
    let comparison = prop_oneof![
        4 => arith.clone(),
        3 => binary(arith.clone(), select(comparisons()), arith.clone()),
        1 => at((arith_postfix(&named), vec(inner.whole.clone(), 1..4), any::<bool>())
            .prop_map(|(of, values, negated)| ExprKind::In { of, values, negated })),
        1 => at((arith_postfix(&named), arith.clone(), arith.clone(), any::<bool>()).prop_map(|(of, low, high, negated)| {
            ExprKind::Between { of, low: Box::new(low), high: Box::new(high), negated }
        })),
    ]
    .boxed();
    let not = prop_oneof![
        6 => comparison.clone(),
        1 => at(comparison.prop_map(|e| ExprKind::Unary(UnaryOp::Not, Box::new(e)))),
    ];
    let whole = chain(chain(not.boxed(), vec![BinaryOp::And]), vec![BinaryOp::Or]);
    Levels { named, arith, whole }
}

pub fn arith_postfix(of: &Any<Expr>) -> Any<Box<Expr>> {
    of.clone().prop_map(Box::new).boxed()
}

pub fn comparisons() -> Vec<BinaryOp> {
    use BinaryOp::*;
    vec![Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual]
}

pub fn binary(left: Any<Expr>, op: impl Strategy<Value = BinaryOp> + 'static, right: Any<Expr>) -> Any<Expr> {
    at((left, op, right).prop_map(|(a, op, b)| ExprKind::Binary(op, Box::new(a), Box::new(b))))
}

/// One or more of `part` with operators of one strength, read from the left.
pub fn chain(part: Any<Expr>, ops: Vec<BinaryOp>) -> Any<Expr> {
    let more = prop_oneof![3 => Just(0usize), 1 => 1usize..4];
    let rest = more.prop_flat_map({
        let part = part.clone();
        move |n| vec((select(ops.clone()), part.clone()), n)
    });
    (part, rest)
        .prop_map(|(first, rest)| {
            rest.into_iter().fold(first, |a, (op, b)| placed(ExprKind::Binary(op, Box::new(a), Box::new(b))))
        })
        .boxed()
}

pub fn call(inner: &Levels) -> Any<ExprKind> {
    let function = select(vec!["sum", "last", "if", "p95", "growth", "rank", "count", "max"]);
    let condition = of(inner.whole.clone().prop_map(Box::new));
    (function, vec(inner.whole.clone(), 1..4), of(name()), of(name()), condition)
        .prop_map(|(function, arguments, per, by, condition)| ExprKind::Call {
            function: placed(function.to_owned()),
            arguments,
            per,
            by,
            condition,
        })
        .boxed()
}

pub fn postfixed(of: Any<Expr>, inner: &Levels) -> Any<ExprKind> {
    let condition = prop_oneof![
        at(word().prop_map(ExprKind::Name)),
        // `[-1 month …` is a shift, so a condition starts with a name.
        binary(inner.named.clone(), select(comparisons()), inner.arith.clone()),
    ];
    let context = at(prop_oneof![
        period().prop_map(Context::Period),
        span_of().prop_map(|s| Context::Shift(s.back())),
        condition.prop_map(|c| Context::Condition(Box::new(c))),
    ]);
    let from = select(vec![ToDate::Year, ToDate::Quarter, ToDate::Month]);
    prop_oneof![
        3 => (of.clone(), context).prop_map(|(of, context)| ExprKind::Context { of: Box::new(of), context }),
        1 => (of.clone(), span()).prop_map(|(of, span)| ExprKind::Over { of: Box::new(of), span }),
        1 => (of, from).prop_map(|(of, from)| ExprKind::ToDate { of: Box::new(of), from }),
    ]
    .boxed()
}

/// What a goal or a KPI is about: an operand, or a bare chain of them; after a sign stands a name.
pub fn subject() -> Any<Expr> {
    let named = levels(1).named;
    let product = chain(named.clone(), vec![BinaryOp::Multiply, BinaryOp::Divide]);
    let signs = select(vec![BinaryOp::Add, BinaryOp::Subtract]);
    let name = at(word().prop_map(ExprKind::Name));
    prop_oneof![3 => named, 1 => product.clone(), 1 => binary(product, signs, name)].boxed()
}
