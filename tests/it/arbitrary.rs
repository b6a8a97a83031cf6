//! Random trees that the language can say: every statement, clause, target, literal and operator. Brackets stand where
//! the language asks for them, so that a tree is what its text reads as.

use jiff::civil::{Date, DateTime, Weekday};
use milepost::calendar::{CalendarSpan, Period, SpanUnit};
use milepost::quantity::Currency;
use milepost::source::{Span, Spanned};
use milepost::syntax::tree::*;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

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

// --- words and literals --------------------------------------------------------------------------------------------

fn word() -> Any<String> {
    let odd = [
        "größe",
        "売上",
        "Total Followers",
        "2nd",
        "a.b",
        "where",
        "true",
        "not",
        "x2",
        "FY2021",
        "May",
        "owner",
        "goal",
        "to",
        "in",
        "a-b",
        "50% off",
        "#tag",
        "\"q\"",
        "k",
        "USD",
        "over",
        "на_день",
        "plan",
        "and",
        "x",
    ];
    prop_oneof![3 => "[a-z][a-z0-9_]{0,10}", 1 => select(odd.to_vec()).prop_map(str::to_owned)].boxed()
}

fn name() -> Any<Name> {
    at(word())
}

fn text() -> Any<Text> {
    at(prop_oneof![
        "[a-zA-Z ,.%#]{0,20}",
        "[a-z \"\\\\\n\t\r\u{0}\u{7f}\u{2028}äß売🎯]{0,12}",
        "[a-z]{10,14}( [a-z]{4,12}){8,14}",
    ])
}

fn number() -> Any<Number> {
    let suffix = prop_oneof![3 => Just(None), 1 => select(vec!['k', 'M', 'B', 'T']).prop_map(Some)];
    (0u64..10_000_000, 0u8..4, suffix, prop::bool::ANY).prop_map(spelled).boxed()
}

/// A number from the digits that are written.
fn spelled((digits, decimals, suffix, grouped): (u64, u8, Option<char>, bool)) -> Number {
    let places = usize::from(decimals);
    let padded = format!("{digits:0width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    let exponent = match suffix {
        Some('k') => 3,
        Some('M') => 6,
        Some('B') => 9,
        Some('T') => 12,
        _ => 0,
    };
    let value = format!("{whole}.{fraction}e{exponent}").parse().unwrap();
    Number { value, suffix, decimals, grouped }
}

fn plain_number() -> Any<Number> {
    (0u64..10_000_000, 0u8..4).prop_map(|(digits, decimals)| spelled((digits, decimals, None, false))).boxed()
}

fn percent() -> Any<Spanned<Literal>> {
    at(plain_number().prop_map(Literal::Percent))
}

fn date() -> Any<Date> {
    (1990i16..2040, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Date::constant(y, m, d)).boxed()
}

/// A period that needs no word around it to be one.
fn stamp() -> Any<Period> {
    let year = || 1990i16..2040;
    prop_oneof![
        (year(), 1i8..=2).prop_map(|(y, h)| Period::Half(y, h)),
        (year(), 1i8..=4).prop_map(|(y, q)| Period::Quarter(y, q)),
        (year(), 1i8..=4).prop_map(|(y, q)| Period::FiscalQuarter(y, q)),
        (year(), 1i8..=12).prop_map(|(y, m)| Period::Month(y, m)),
        (year(), 1i8..=52).prop_map(|(y, w)| Period::Week(y, w)),
        date().prop_map(Period::Day),
    ]
    .boxed()
}

fn point() -> Any<Period> {
    let year = 1990i16..2040;
    prop_oneof![6 => stamp(), 1 => year.clone().prop_map(Period::Year), 1 => year.prop_map(Period::FiscalYear)].boxed()
}

fn range(first: Any<Period>) -> Any<Period> {
    (first, point()).prop_map(|(a, b)| Period::Range(Box::new(a), Box::new(b))).boxed()
}

fn period() -> Any<Period> {
    prop_oneof![4 => point(), 1 => range(point())].boxed()
}

fn moment() -> Any<Moment> {
    let offset = of(select(vec![0, 7200, -18_000, 19_800]));
    (date(), 0i8..24, 0i8..60, select(vec![0i8, 30]), offset)
        .prop_map(|(day, h, m, s, offset)| Moment {
            at: DateTime::from(day).with().hour(h).minute(m).second(s).build().unwrap(),
            offset,
        })
        .boxed()
}

fn when() -> Any<Spanned<When>> {
    at(prop_oneof![4 => period().prop_map(When::Period), 1 => moment().prop_map(When::Moment)])
}

fn span_of() -> Any<CalendarSpan> {
    let units = vec![SpanUnit::Day, SpanUnit::Week, SpanUnit::Month, SpanUnit::Quarter, SpanUnit::Year];
    (1i32..40, select(units)).prop_map(|(n, u)| CalendarSpan::new(n, u)).boxed()
}

fn span() -> Any<Spanned<CalendarSpan>> {
    at(span_of())
}

/// A literal that is a number with a unit.
fn quantity() -> Any<Literal> {
    let sign = select(vec![
        MoneySign::Dollar,
        MoneySign::Euro,
        MoneySign::Pound,
        MoneySign::Code(Currency::from_code("CHF").unwrap()),
    ]);
    let unit = select(vec![DurationUnit::Millisecond, DurationUnit::Second, DurationUnit::Minute, DurationUnit::Hour]);
    prop_oneof![
        number().prop_map(Literal::Number),
        plain_number().prop_map(Literal::Percent),
        plain_number().prop_map(Literal::Points),
        (number(), sign).prop_map(|(n, s)| Literal::Money(n, s)),
        (plain_number(), unit).prop_map(|(n, u)| Literal::Duration(n, u)),
        span_of().prop_map(Literal::Span),
    ]
    .boxed()
}

fn literal() -> Any<Literal> {
    prop_oneof![
        4 => quantity(),
        1 => prop_oneof![stamp(), range(stamp())].prop_map(Literal::Period),
        1 => moment().prop_map(Literal::Moment),
        1 => text().prop_map(|t| Literal::Text(t.node)),
        1 => any::<bool>().prop_map(Literal::Truth),
    ]
    .boxed()
}

fn sign() -> Any<Sign> {
    select(vec![Sign::Plus, Sign::Minus]).boxed()
}

// --- expressions, from what binds tightest to what binds loosest ----------------------------------------------------

/// The strategies of one depth.
#[derive(Clone)]
struct Levels {
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

fn arith() -> Any<Expr> {
    levels(1).arith
}

fn levels(depth: u32) -> Levels {
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

fn arith_postfix(of: &Any<Expr>) -> Any<Box<Expr>> {
    of.clone().prop_map(Box::new).boxed()
}

fn comparisons() -> Vec<BinaryOp> {
    use BinaryOp::*;
    vec![Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual]
}

fn binary(left: Any<Expr>, op: impl Strategy<Value = BinaryOp> + 'static, right: Any<Expr>) -> Any<Expr> {
    at((left, op, right).prop_map(|(a, op, b)| ExprKind::Binary(op, Box::new(a), Box::new(b))))
}

/// One or more of `part` with operators of one strength, read from the left.
fn chain(part: Any<Expr>, ops: Vec<BinaryOp>) -> Any<Expr> {
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

fn call(inner: &Levels) -> Any<ExprKind> {
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

fn postfixed(of: Any<Expr>, inner: &Levels) -> Any<ExprKind> {
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
fn subject() -> Any<Expr> {
    let named = levels(1).named;
    let product = chain(named.clone(), vec![BinaryOp::Multiply, BinaryOp::Divide]);
    let signs = select(vec![BinaryOp::Add, BinaryOp::Subtract]);
    let name = at(word().prop_map(ExprKind::Name));
    prop_oneof![3 => named, 1 => product.clone(), 1 => binary(product, signs, name)].boxed()
}

// --- statements -----------------------------------------------------------------------------------------------------

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

// --- goals ----------------------------------------------------------------------------------------------------------

fn goal() -> Any<Goal> {
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
fn asks_year_or_value(goal: &Goal) -> bool {
    let lone = matches!(&goal.body, GoalBody::Measured { targets, .. }
        if matches!(targets.as_slice(), [target] if matches!(target.node, Target::To(_))));
    let year = |c: &Spanned<GoalClause>| matches!(&c.node, GoalClause::From(from) if matches!(from.node, FromWhat::When(When::Period(Period::Year(_)))));
    lone && goal.clauses.iter().any(year)
}

/// `subs where x + 5%`: without a target, a sum at a condition's end reads as one that stands too late.
fn holds_late_target(goal: &Goal) -> bool {
    let bare = matches!(&goal.body, GoalBody::Measured { subject, targets }
        if targets.is_empty() && !matches!(subject.node, ExprKind::Group(_)));
    bare && goal.clauses.iter().any(|c| matches!(c.node, GoalClause::Where(_)))
}

fn change() -> Any<Target> {
    prop_oneof![
        (sign(), at(quantity())).prop_map(|(sign, amount)| Target::Change { sign, amount, relative: false }),
        (sign(), percent()).prop_map(|(sign, amount)| Target::Change { sign, amount, relative: true }),
    ]
    .boxed()
}

fn target() -> Any<Target> {
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

fn percent_literal() -> Any<ExprKind> {
    percent().prop_map(|p| ExprKind::Literal(p.node)).boxed()
}

fn goal_clauses() -> Any<Vec<Spanned<GoalClause>>> {
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

fn kpis(bare: bool) -> Any<Vec<Spanned<Kpi>>> {
    let target = if bare { of(at(target())).boxed() } else { at(target()).prop_map(Some).boxed() };
    vec(at((subject(), target).prop_map(|(subject, target)| Kpi { subject, target })), 1..4).boxed()
}

fn checkpoints() -> Any<Vec<Spanned<Checkpoint>>> {
    let one = prop_oneof![
        span_of().prop_map(Checkpoint::Every),
        select(vec![Checkpoint::Weekly, Checkpoint::Monthly, Checkpoint::Quarterly]),
        (date(), of(at(target()))).prop_map(|(date, target)| Checkpoint::At(date, target)),
    ];
    vec(at(one), 1..4).boxed()
}
