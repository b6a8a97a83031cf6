//! Formulas: metrics, lets, literals and aggregates, typed.

use super::calls::Call;
use super::error::NameError;
use super::literals::Meaning;
use super::names::written;
use super::plan::{Formula, Node, Type};
use super::rows::described;
use super::tables::Known;
use super::unit_error::UnitError;
use super::{R, Reported, Resolver, kinds, units};
use crate::calendar::CalendarSpan;
use crate::quantity::Unit;
use crate::source::{FileId, Loc, Span, Spanned};
use crate::syntax::tree::{BinaryOp, Context, Expr, ExprKind, Literal, Name, UnaryOp};

/// How deep an expression may nest; chains of operators (`a + b + c …`) don't count.
const DEEPEST: u32 = 200;

/// Where a formula stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    pub file: FileId,
    /// The period that is fixed around it.
    pub window: Option<Span>,
}

impl Scope {
    pub fn new(file: FileId) -> Self {
        Self { file, window: None }
    }

    fn loc(&self, span: Span) -> Loc {
        Loc { file: self.file, span }
    }
}

impl Resolver<'_> {
    /// Runs `f` one level deeper; an error where that is too deep.
    pub(crate) fn nested<T>(&mut self, file: FileId, at: Span, f: impl FnOnce(&mut Self) -> R<T>) -> R<T> {
        if self.depth >= DEEPEST {
            return Err(self.report(file, &NameError::TooDeep { at, limit: DEEPEST }));
        }
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        result
    }

    /// An expression as a typed formula.
    pub(crate) fn formula(&mut self, expr: &Expr, scope: Scope) -> R<Formula> {
        self.nested(scope.file, expr.span, |r| r.formula_inner(expr, scope))
    }

    fn formula_inner(&mut self, expr: &Expr, scope: Scope) -> R<Formula> {
        let at = scope.loc(expr.span);
        match &expr.node {
            ExprKind::Literal(literal) => self.formula_literal(literal, at),
            ExprKind::Name(name) => self.formula_name(name, at),
            ExprKind::Dotted(first, second) => self.formula_dotted(first, second, scope),
            ExprKind::Group(inner) => self.formula(inner, scope),
            ExprKind::Call { function, arguments, per, by, condition } => {
                let call =
                    Call { function, arguments, per: per.as_ref(), by: by.as_ref(), condition: condition.as_deref() };
                self.call(&call, at, scope)
            }
            ExprKind::Context { of, context } => self.context(of, context, at, scope),
            ExprKind::Over { of, span } => self.over(of, span, at, scope),
            ExprKind::ToDate { of, from } => {
                let from = *from;
                self.wrapped(of, at, scope, |of| Node::ToDate(of, from))
            }
            ExprKind::Unary(UnaryOp::Negate, of) => self.wrapped(of, at, scope, Node::Negate),
            ExprKind::Unary(UnaryOp::Not, of) => {
                let of = self.truth_formula(of, scope)?;
                Ok(Formula { node: Node::Not(Box::new(of)), gives: Type::Truth, at })
            }
            ExprKind::Binary(..) => self.chain(expr, scope),
            ExprKind::In { of, values, negated } => self.one_of(of, values, *negated, at, scope),
            ExprKind::Between { of, low, high, negated } => {
                let range = self.range(of, low, high, scope)?;
                Ok(truth(range, *negated, at))
            }
        }
    }

    /// `x over 28 days`
    fn over(&mut self, of: &Expr, span: &Spanned<CalendarSpan>, at: Loc, scope: Scope) -> R<Formula> {
        let span = self.positive(span, scope.file);
        let of = self.number(of, scope)?;
        let (gives, span) = (of.gives.clone(), span?);
        Ok(Formula { node: Node::Over(Box::new(of), span), gives, at })
    }

    /// A number with something around it that keeps its unit.
    fn wrapped(&mut self, of: &Expr, at: Loc, scope: Scope, node: impl FnOnce(Box<Formula>) -> Node) -> R<Formula> {
        let of = self.number(of, scope)?;
        let gives = of.gives.clone();
        Ok(Formula { node: node(Box::new(of)), gives, at })
    }

    /// `x in (a, b)`
    fn one_of(&mut self, of: &Expr, values: &[Expr], negated: bool, at: Loc, scope: Scope) -> R<Formula> {
        let left = self.formula(of, scope);
        let values: Vec<R<Formula>> = values.iter().map(|v| self.formula(v, scope)).collect();
        let (left, values) = (left?, values.into_iter().collect::<R<Vec<_>>>()?);
        for v in &values {
            self.comparable(&left, v, scope.file)?;
        }
        Ok(truth(Node::In(Box::new(left), values), negated, at))
    }

    /// `x between a and b`
    fn range(&mut self, of: &Expr, low: &Expr, high: &Expr, scope: Scope) -> R<Node> {
        let (left, low, high) = (self.formula(of, scope), self.formula(low, scope), self.formula(high, scope));
        let (left, low, high) = (left?, low?, high?);
        self.comparable(&left, &low, scope.file)?;
        self.comparable(&left, &high, scope.file)?;
        Ok(Node::Between(Box::new(left), Box::new(low), Box::new(high)))
    }

    /// A formula that must give a number.
    pub(crate) fn number(&mut self, expr: &Expr, scope: Scope) -> R<Formula> {
        let formula = self.formula(expr, scope)?;
        self.must_be_number(formula)
    }

    fn must_be_number(&mut self, formula: Formula) -> R<Formula> {
        if matches!(formula.gives, Type::Number(_)) {
            return Ok(formula);
        }
        let (is, at) = (described(&formula.gives), formula.at);
        Err(self.report(at.file, &NameError::WrongType { wanted: "a number", is, at: at.span, help: None }))
    }

    /// A formula that must give true or false.
    pub(crate) fn truth_formula(&mut self, expr: &Expr, scope: Scope) -> R<Formula> {
        let formula = self.formula(expr, scope)?;
        self.must_be_truth(formula)
    }

    fn must_be_truth(&mut self, formula: Formula) -> R<Formula> {
        if formula.gives == Type::Truth {
            return Ok(formula);
        }
        let (is, at) = (described(&formula.gives), formula.at);
        let help = Some("compare it with something, such as virality >= 2%".to_owned());
        Err(self.report(at.file, &NameError::WrongType { wanted: "a condition", is, at: at.span, help }))
    }

    fn formula_literal(&mut self, literal: &Literal, at: Loc) -> R<Formula> {
        let (node, gives) = match self.meaning(literal) {
            Meaning::Number(v, unit) => (Node::Number(v), Type::Number(unit)),
            Meaning::Text(t) => (Node::Text(t), Type::Text),
            Meaning::Truth(b) => (Node::Truth(b), Type::Truth),
            Meaning::Moment(m) => (Node::Time(m), Type::Time),
            Meaning::Period(p) => {
                let window = self.window(&p, at.file, at.span)?;
                self.periods.insert(at, window);
                (Node::Time(window.start), Type::Time)
            }
            Meaning::Months => return Err(self.calendar_length(at.file, at.span)),
        };
        Ok(Formula { node, gives, at })
    }

    /// A bare name: a metric, a let, then an implicit metric.
    fn formula_name(&mut self, name: &str, at: Loc) -> R<Formula> {
        if let Some(id) = self.names.metrics.get_index_of(name) {
            if self.broken.metrics.contains(&id) {
                return Err(Reported);
            }
            let unit =
                self.plan.metrics.get_index(id).map_or(Type::Number(Unit::Plain), |(_, m)| m.value.gives.clone());
            let gives = match (&unit, self.plan.metrics.get_index(id)) {
                (Type::Number(_), Some((_, m))) => Type::Number(m.unit.clone()),
                _ => unit,
            };
            return Ok(Formula { node: Node::Metric(id), gives, at });
        }
        if let Some(id) = self.names.lets.get_index_of(name) {
            if self.broken.lets.contains(&id) {
                return Err(Reported);
            }
            let gives = self.plan.lets.get_index(id).map(|(_, l)| l.value.gives.clone()).ok_or(Reported)?;
            return Ok(Formula { node: Node::Let(id), gives, at });
        }
        if self.names.campaigns.contains_key(name) {
            let error = NameError::WrongKind {
                name: name.to_owned(),
                is: "a campaign",
                wanted: "a metric or a number",
                at: at.span,
                help: format!("its money is {0}.budget, and what happened in it is signups[{0}]", written(name)),
            };
            return Err(self.report(at.file, &error));
        }
        let id = self.implicit_metric(name, at)?;
        Ok(Formula { node: Node::Metric(id), gives: Type::Number(Unit::Plain), at })
    }

    /// `campaign.budget`; a column has no single value.
    fn formula_dotted(&mut self, first: &Name, second: &Name, scope: Scope) -> R<Formula> {
        let at = scope.loc(first.span.to(second.span));
        let is_table = self.plan.tables.contains_key(&first.node);
        if let Some(id) = self.names.campaigns.get_index_of(first.node.as_str()).filter(|_| !is_table) {
            if self.broken.campaigns.contains(&id) {
                return Err(Reported);
            }
            let budget = self.plan.campaigns.get_index(id).and_then(|(_, c)| c.budget.as_ref());
            return match (second.node.as_str(), budget) {
                ("budget", Some(budget)) => Ok(Formula { node: Node::Budget(id), gives: budget.gives.clone(), at }),
                (part, _) => {
                    let help = match part {
                        "budget" => {
                            format!("write it on the campaign: campaign {} … budget $10k", written(&first.node))
                        }
                        _ => format!("it has {}.budget only", written(&first.node)),
                    };
                    let (campaign, part) = (first.node.clone(), part.to_owned());
                    Err(self.report(scope.file, &NameError::CampaignPart { campaign, part, at: at.span, help }))
                }
            };
        }
        let table = self.table_id(&first.node, scope.file, first.span)?;
        if matches!(self.column(table, &second.node), Known::No) {
            return Err(self.no_column(table, &second.node, scope.file, second.span));
        }
        let column = format!("{}.{}", written(&first.node), written(&second.node));
        Err(self.report(scope.file, &NameError::BareColumn { column, at: at.span }))
    }

    fn context(&mut self, of: &Expr, context: &Spanned<Context>, at: Loc, scope: Scope) -> R<Formula> {
        let file = scope.file;
        let campaign = match &context.node {
            Context::Condition(c) => match &c.node {
                ExprKind::Name(n) if !self.names.segments.contains_key(n.as_str()) => {
                    self.names.campaigns.get_index_of(n.as_str())
                }
                _ => None,
            },
            _ => None,
        };
        let fixes = campaign.is_some() || matches!(context.node, Context::Period(_));
        let mut inner = scope;
        if fixes {
            if let Some(first) = scope.window {
                return Err(self.report(file, &NameError::TwoWindows { at: context.span, first }));
            }
            inner.window = Some(context.span);
        }
        let formula = self.formula(of, inner);
        if let Some(id) = campaign {
            let formula = formula?;
            let gives = formula.gives.clone();
            return Ok(Formula { node: Node::Campaign(Box::new(formula), id), gives, at });
        }
        match &context.node {
            Context::Period(period) => {
                self.window(period, file, context.span)?;
                let formula = formula?;
                let gives = formula.gives.clone();
                Ok(Formula { node: Node::Window(Box::new(formula), period.clone()), gives, at })
            }
            Context::Shift(span) => {
                let formula = formula?;
                let gives = formula.gives.clone();
                Ok(Formula { node: Node::Shift(Box::new(formula), *span), gives, at })
            }
            Context::Condition(expr) => {
                let condition = self.condition(expr, None, file);
                let formula = formula?;
                let condition = condition?;
                self.filter_reaches(&formula, &condition)?;
                let gives = formula.gives.clone();
                Ok(Formula { node: Node::Filter(Box::new(formula), Box::new(condition)), gives, at })
            }
        }
    }

    /// `a + b + c …`: taken apart from the left without recursion.
    fn chain(&mut self, expr: &Expr, scope: Scope) -> R<Formula> {
        let (first, rest) = spine(expr);
        let mut left = self.formula(first, scope);
        for (op, b, span) in rest {
            let right = self.formula(b, scope);
            left = match (left, right) {
                (Ok(a), Ok(b)) => self.binary(op, a, b, scope.loc(span)),
                _ => Err(Reported),
            };
        }
        left
    }

    fn binary(&mut self, op: BinaryOp, a: Formula, b: Formula, at: Loc) -> R<Formula> {
        use BinaryOp::{Add, And, Divide, Multiply, Or, Otherwise, Power, Subtract};
        let (a, b, gives) = match op {
            And | Or => {
                let (a, b) = (self.must_be_truth(a), self.must_be_truth(b));
                (a?, b?, Type::Truth)
            }
            Subtract if a.gives == Type::Time && b.gives == Type::Time => (a, b, Type::Number(Unit::Duration)),
            Add | Subtract if a.gives == Type::Time && b.gives == Type::Number(Unit::Duration) => (a, b, Type::Time),
            Add | Subtract | Multiply | Divide | Power => {
                let (a, b) = (self.must_be_number(a), self.must_be_number(b));
                let (a, b) = (a?, b?);
                let unit = self.arithmetic(op, &a, &b, at.file)?;
                (a, b, Type::Number(unit))
            }
            Otherwise => {
                self.comparable(&a, &b, at.file)?;
                let gives = if a.gives == Type::Number(Unit::Plain) { b.gives.clone() } else { a.gives.clone() };
                (a, b, gives)
            }
            _ => {
                self.comparable(&a, &b, at.file)?;
                (a, b, Type::Truth)
            }
        };
        Ok(Formula { node: Node::Binary(op, Box::new(a), Box::new(b)), gives, at })
    }

    /// The unit that arithmetic between two numbers gives.
    fn arithmetic(&mut self, op: BinaryOp, a: &Formula, b: &Formula, file: FileId) -> R<Unit> {
        use BinaryOp::{Add, Divide, Multiply, Subtract};
        let (u, v) = (a.gives.unit(), b.gives.unit());
        let constant = |f: &Formula| kinds::kind(f, &self.plan).is_none();
        let sides = (units::Side { unit: &u, constant: constant(a) }, units::Side { unit: &v, constant: constant(b) });
        let unit = match op {
            Add | Subtract => {
                self.bare_beside_percent(a, b, file)?;
                units::add(&u, &v)
            }
            Multiply => units::multiply(sides.0, sides.1),
            Divide => units::divide(sides.0, sides.1),
            _ => Ok(units::power(&u)),
        };
        let verb = if op == Subtract { "can't be taken from" } else { "can't be added to" };
        unit.map_err(|clash| match (clash, percent_literal(b)) {
            (units::Clash::PercentOnCount, rate) if v == Unit::Percent => self.percent_on_count(op, a, b, rate),
            _ if op == Subtract => self.clash(clash, (&v, b.at.span), (&u, a.at.span), verb, file),
            _ => self.clash(clash, (&u, a.at.span), (&v, b.at.span), verb, file),
        })
    }

    /// `x + 5%` of a count: `x * 105%` is meant.
    fn percent_on_count(&mut self, op: BinaryOp, a: &Formula, b: &Formula, rate: Option<f64>) -> Reported {
        let file = a.at.file;
        let (verb, sign) = match op {
            BinaryOp::Add => ("can't be added to", '+'),
            _ => ("can't be taken from", '-'),
        };
        let factor = match rate {
            Some(rate) => percent(if op == BinaryOp::Add { 1.0 + rate } else { 1.0 - rate }),
            None => format!("(1 {sign} {})", self.text(file, b.at.span)),
        };
        let example = format!("{} * {factor}", self.text(file, a.at.span));
        let edit = rate.map(|_| (a.at.span.to(b.at.span), example.clone()));
        let base = units::describe(&a.gives.unit());
        self.report(file, &UnitError::PercentOnCount { verb, base, example, at: b.at.span, other: a.at.span, edit })
    }

    /// Refuses a bare number above 1 beside a percentage.
    pub(crate) fn bare_beside_percent(&mut self, a: &Formula, b: &Formula, file: FileId) -> R<()> {
        let check = |rate: &Formula, number: &Formula| match number.node {
            Node::Number(v) if number.gives == Type::Number(Unit::Plain) && v.abs() > 1.0 => {
                (rate.gives == Type::Number(Unit::Percent)).then_some((v, number.at.span, rate.at.span))
            }
            _ => None,
        };
        let Some((v, at, other)) = check(a, b).or_else(|| check(b, a)) else { return Ok(()) };
        let number = self.text(file, at);
        let error = UnitError::NumberOnPercent { shown: percent(v), example: format!("{number}%"), number, at, other };
        Err(self.report(file, &error))
    }

    /// Refuses a comparison of two things that don't compare.
    pub(crate) fn comparable(&mut self, a: &Formula, b: &Formula, file: FileId) -> R<()> {
        match (&a.gives, &b.gives) {
            (Type::Number(u), Type::Number(v)) => {
                self.bare_beside_percent(a, b, file)?;
                units::compare(u, v)
                    .map_err(|clash| self.clash(clash, (u, a.at.span), (v, b.at.span), "can't be held against", file))
            }
            (x, y) if x == y => Ok(()),
            (x, y) => {
                let (first, second) = (described(x), described(y));
                let error = NameError::Incomparable { first, second, at: b.at.span, other: a.at.span, help: None };
                Err(self.report(file, &error))
            }
        }
    }
}

/// The first operand of a chain of binary operators, then each operator with its right side and the place up to there.
pub(crate) fn spine(expr: &Expr) -> (&Expr, Vec<(BinaryOp, &Expr, Span)>) {
    let mut rest = Vec::new();
    let mut e = expr;
    while let ExprKind::Binary(op, a, b) = &e.node {
        rest.push((*op, b.as_ref(), e.span));
        e = a;
    }
    rest.reverse();
    (e, rest)
}

/// The value of a percentage that stands there as a literal.
fn percent_literal(formula: &Formula) -> Option<f64> {
    match formula.node {
        Node::Number(v) if formula.gives == Type::Number(Unit::Percent) => Some(v),
        _ => None,
    }
}

/// A fraction as a percentage, without superfluous digits.
pub(crate) fn percent(fraction: f64) -> String {
    let rounded = (fraction * 100.0 * 1e6).round() / 1e6;
    format!("{rounded}%")
}

/// A condition, maybe the other way round.
fn truth(node: Node, negated: bool, at: Loc) -> Formula {
    let formula = Formula { node, gives: Type::Truth, at };
    if negated { Formula { node: Node::Not(Box::new(formula)), gives: Type::Truth, at } } else { formula }
}
