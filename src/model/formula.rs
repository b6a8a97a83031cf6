//! Formulas: metrics, lets, literals and aggregates, typed.

use super::error::{NameError, did_you_mean};
use super::functions::{self, Aggregate as Agg, FunctionInfo, Value};
use super::literals::Meaning;
use super::names::{nearest, written};
use super::plan::{Aggregate, Condition, Formula, Function, Kind, Node, TableId, Type};
use super::rows::{RowScope, described};
use super::tables::{DATA, Known};
use super::unit_error::UnitError;
use super::{R, Reported, Resolver, kinds, units};
use crate::calendar::{CalendarSpan, SpanUnit};
use crate::quantity::Unit;
use crate::query::{Measure, Row};
use crate::source::{FileId, Loc, Span, Spanned};
use crate::syntax::tree::{BinaryOp, Context, Expr, ExprKind, Literal, Name, UnaryOp};
use ordered_float::OrderedFloat;

/// How deep an expression may nest; chains of operators (`a + b + c …`) don't count.
const DEEPEST: u32 = 200;

/// Where a formula stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'g> {
    pub file: FileId,
    /// The goal it belongs to.
    pub goal: Option<&'g str>,
    /// The period that is fixed around it.
    pub window: Option<Span>,
}

impl<'g> Scope<'g> {
    pub fn new(file: FileId, goal: Option<&'g str>) -> Self {
        Self { file, goal, window: None }
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
    pub(crate) fn formula(&mut self, expr: &Expr, scope: Scope<'_>) -> R<Formula> {
        self.nested(scope.file, expr.span, |r| r.formula_inner(expr, scope))
    }

    fn formula_inner(&mut self, expr: &Expr, scope: Scope<'_>) -> R<Formula> {
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
    fn over(&mut self, of: &Expr, span: &Spanned<CalendarSpan>, at: Loc, scope: Scope<'_>) -> R<Formula> {
        let span = self.positive(span, scope.file);
        let of = self.number(of, scope)?;
        let (gives, span) = (of.gives.clone(), span?);
        Ok(Formula { node: Node::Over(Box::new(of), span), gives, at })
    }

    /// A number with something around it that keeps its unit.
    fn wrapped(&mut self, of: &Expr, at: Loc, scope: Scope<'_>, node: impl FnOnce(Box<Formula>) -> Node) -> R<Formula> {
        let of = self.number(of, scope)?;
        let gives = of.gives.clone();
        Ok(Formula { node: node(Box::new(of)), gives, at })
    }

    /// `x in (a, b)`
    fn one_of(&mut self, of: &Expr, values: &[Expr], negated: bool, at: Loc, scope: Scope<'_>) -> R<Formula> {
        let left = self.formula(of, scope);
        let values: Vec<R<Formula>> = values.iter().map(|v| self.formula(v, scope)).collect();
        let (left, values) = (left?, values.into_iter().collect::<R<Vec<_>>>()?);
        for v in &values {
            self.comparable(&left, v, scope.file)?;
        }
        Ok(truth(Node::In(Box::new(left), values), negated, at))
    }

    /// `x between a and b`
    fn range(&mut self, of: &Expr, low: &Expr, high: &Expr, scope: Scope<'_>) -> R<Node> {
        let (left, low, high) = (self.formula(of, scope), self.formula(low, scope), self.formula(high, scope));
        let (left, low, high) = (left?, low?, high?);
        self.comparable(&left, &low, scope.file)?;
        self.comparable(&left, &high, scope.file)?;
        Ok(Node::Between(Box::new(left), Box::new(low), Box::new(high)))
    }

    /// A formula that must give a number.
    pub(crate) fn number(&mut self, expr: &Expr, scope: Scope<'_>) -> R<Formula> {
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
    pub(crate) fn truth_formula(&mut self, expr: &Expr, scope: Scope<'_>) -> R<Formula> {
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
    fn formula_dotted(&mut self, first: &Name, second: &Name, scope: Scope<'_>) -> R<Formula> {
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

    fn context(&mut self, of: &Expr, context: &Spanned<Context>, at: Loc, scope: Scope<'_>) -> R<Formula> {
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
                let condition = self.condition(expr, None, file, scope.goal);
                let formula = formula?;
                let condition = condition?;
                self.filter_reaches(&formula, &condition)?;
                let gives = formula.gives.clone();
                Ok(Formula { node: Node::Filter(Box::new(formula), condition), gives, at })
            }
        }
    }

    /// `a + b + c …`: taken apart from the left without recursion.
    fn chain(&mut self, expr: &Expr, scope: Scope<'_>) -> R<Formula> {
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

/// A call as written.
struct Call<'t> {
    function: &'t Name,
    arguments: &'t [Expr],
    per: Option<&'t Name>,
    by: Option<&'t Name>,
    condition: Option<&'t Expr>,
}

impl Resolver<'_> {
    /// The entry of a function; an error naming the nearest one where there is none.
    pub(crate) fn function(&mut self, name: &Name, file: FileId) -> R<&'static FunctionInfo> {
        let lower = name.node.to_lowercase();
        functions::find(&lower).ok_or_else(|| {
            let help = did_you_mean(nearest(&lower, functions::FUNCTIONS.iter().map(|f| f.name)));
            self.report(file, &NameError::UnknownFunction { name: name.node.clone(), at: name.span, help })
        })
    }

    /// Refuses too few or too many arguments.
    pub(crate) fn count_arguments(&mut self, info: &FunctionInfo, given: usize, file: FileId, at: Span) -> R<()> {
        if (info.min..=info.max).contains(&given) {
            return Ok(());
        }
        let got = if given == 1 { "1 is".to_owned() } else { format!("{given} are") };
        let error = NameError::Arguments {
            name: info.name.to_owned(),
            takes: info.takes(),
            got,
            at,
            signature: info.signature(),
            example: info.example,
        };
        Err(self.report(file, &error))
    }

    fn call(&mut self, call: &Call<'_>, at: Loc, scope: Scope<'_>) -> R<Formula> {
        let info = self.function(call.function, scope.file)?;
        self.count_arguments(info, call.arguments.len(), scope.file, at.span)?;
        let unbuilt = Formula { node: Node::Number(f64::NAN), gives: Type::Number(Unit::Plain), at };
        if call.by.is_some() {
            self.unbuilt(format!("{}(… by …)", info.name), at.file, at.span, scope.goal);
            for argument in call.arguments {
                self.formula(argument, scope)?;
            }
            return Ok(unbuilt);
        }
        let over_rows = info.value.is_none() || call.arguments.len() == 1 && names_something(&call.arguments[0]);
        match (info.aggregate, info.value) {
            (Some(aggregate), _) if over_rows => self.aggregate(aggregate, info, call, at, scope),
            (_, Some(value)) => self.value_call(value, info, call, at, scope),
            _ => {
                let help = Some("use it on a column: in the brackets of a total, in a where, in a segment".to_owned());
                let error = NameError::WrongType {
                    wanted: "a metric or a number",
                    is: format!("{}(…), which works on one row", info.name),
                    at: at.span,
                    help,
                };
                Err(self.report(at.file, &error))
            }
        }
    }

    fn value_call(
        &mut self,
        value: Value,
        info: &FunctionInfo,
        call: &Call<'_>,
        at: Loc,
        scope: Scope<'_>,
    ) -> R<Formula> {
        match value {
            Value::If => {
                let [c, a, b] = call.arguments else { return Err(Reported) };
                let (c, a, b) = (self.truth_formula(c, scope), self.formula(a, scope), self.formula(b, scope));
                let (c, a, b) = (c?, a?, b?);
                self.comparable(&a, &b, scope.file)?;
                let gives = if a.gives == Type::Number(Unit::Plain) { b.gives.clone() } else { a.gives.clone() };
                Ok(Formula { node: Node::If(Box::new(c), Box::new(a), Box::new(b)), gives, at })
            }
            Value::Growth | Value::Yoy => {
                let of = self.number(&call.arguments[0], scope);
                let span = match call.arguments.get(1) {
                    None => CalendarSpan::new(1, SpanUnit::Year),
                    Some(span) => self.calendar_argument(span, scope.file)?,
                };
                Ok(Formula { node: Node::Growth(Box::new(of?), span), gives: Type::Number(Unit::Percent), at })
            }
            Value::Unbuilt => {
                self.unbuilt(format!("the function {}", info.name), at.file, at.span, scope.goal);
                for argument in call.arguments {
                    if !matches!(argument.node, ExprKind::Literal(_)) {
                        self.formula(argument, scope)?;
                    }
                }
                Ok(Formula { node: Node::Number(f64::NAN), gives: Type::Number(Unit::Plain), at })
            }
            Value::Call(function) => {
                let given: Vec<R<Formula>> = call.arguments.iter().map(|a| self.argument(function, a, scope)).collect();
                let given = given.into_iter().collect::<R<Vec<_>>>()?;
                let gives = self.call_gives(function, &given, scope.file)?;
                Ok(Formula { node: Node::Call(function, given), gives, at })
            }
        }
    }

    /// An argument of a value function: a number, or anything for the ones that look at what it is.
    fn argument(&mut self, function: Function, expr: &Expr, scope: Scope<'_>) -> R<Formula> {
        match function {
            Function::IsNumber | Function::IsBlank | Function::IfError => self.formula(expr, scope),
            _ => self.number(expr, scope),
        }
    }

    /// What a value function gives; arguments that must be of one unit are checked.
    fn call_gives(&mut self, function: Function, given: &[Formula], file: FileId) -> R<Type> {
        use Function::{
            Abs, Average, IfError, Int, IsBlank, IsNumber, Max, Min, Mod, Roi, Round, RoundDown, RoundUp, Sum,
        };
        match function {
            IsNumber | IsBlank => Ok(Type::Truth),
            Min | Max | Sum | Average | IfError | Roi => {
                let mut gives = given[0].gives.clone();
                for pair in given.windows(2) {
                    self.comparable(&pair[0], &pair[1], file)?;
                    if gives == Type::Number(Unit::Plain) {
                        gives = pair[1].gives.clone();
                    }
                }
                Ok(if function == Roi { Type::Number(Unit::Percent) } else { gives })
            }
            Abs | Int | Round | RoundUp | RoundDown | Mod => Ok(given[0].gives.clone()),
            _ => Ok(Type::Number(Unit::Plain)),
        }
    }

    /// `1 year` as an argument.
    fn calendar_argument(&mut self, expr: &Expr, file: FileId) -> R<CalendarSpan> {
        match &expr.node {
            ExprKind::Literal(Literal::Span(span)) => self.positive(&Spanned::new(*span, expr.span), file),
            ExprKind::Group(inner) => self.calendar_argument(inner, file),
            _ => {
                let error = NameError::WrongType {
                    wanted: "a length of calendar time",
                    is: format!("`{}`", self.text(file, expr.span)),
                    at: expr.span,
                    help: Some("write it as 1 year, 3 months or 2 weeks".to_owned()),
                };
                Err(self.report(file, &error))
            }
        }
    }

    fn aggregate(&mut self, agg: Agg, info: &FunctionInfo, call: &Call<'_>, at: Loc, scope: Scope<'_>) -> R<Formula> {
        let file = scope.file;
        let first = &call.arguments[0];
        let table = match agg {
            Agg::Count => self.counted_table(first, file)?,
            _ => self.aggregate_table(info.name, call, at, scope)?,
        };
        let filter = call.condition.map(|c| self.condition(c, Some(table), file, scope.goal));
        if let (Some(per), false) = (call.per, agg == Agg::Last) {
            let error = NameError::PerOnlyLast { column: written(&per.node), at: per.span, function: info.name };
            return Err(self.report(file, &error));
        }
        let mut rows = RowScope::new(file, Some(table), scope.goal);
        let (row, gives) = match agg {
            Agg::Count => (Row::Truth(true), Some(Type::Truth)),
            _ => self.row(first, &mut rows, agg == Agg::Share)?,
        };
        self.aggregate_argument(agg, &gives, first, file)?;
        let unit = match &gives {
            Some(Type::Number(unit)) => unit.clone(),
            _ => Unit::Plain,
        };
        let (measure, kind, unit) = match agg {
            Agg::Sum => (Measure::Sum(row), Kind::Flow, unit),
            Agg::Count => (Measure::Count, Kind::Flow, Unit::Count(self.table_name(table).to_owned())),
            Agg::Last => match call.per {
                Some(per) => {
                    if matches!(self.column(table, &per.node), Known::No) {
                        return Err(self.no_column(table, &per.node, file, per.span));
                    }
                    (Measure::LastPer(row, per.node.clone()), Kind::Stock, unit)
                }
                None => (Measure::Last(row), Kind::Stock, unit),
            },
            Agg::First => (Measure::First(row), Kind::Stock, unit),
            Agg::Min => (Measure::Min(row), Kind::Neither, unit),
            Agg::Max => (Measure::Max(row), Kind::Neither, unit),
            Agg::Avg => (Measure::Avg(row), Kind::Neither, unit),
            Agg::Median => (Measure::Median(row), Kind::Neither, unit),
            Agg::Stdev => (Measure::Stdev(row), Kind::Neither, unit),
            Agg::Percentile => {
                let k = self.constant_argument(
                    &call.arguments[1],
                    0.0..=100.0,
                    "a fixed number from 0 to 100, such as 95",
                    scope,
                )?;
                (Measure::Percentile(row, OrderedFloat(k)), Kind::Neither, unit)
            }
            Agg::P(k) => (Measure::Percentile(row, OrderedFloat(k)), Kind::Neither, unit),
            Agg::Distinct => (Measure::Distinct(row), Kind::Neither, Unit::Plain),
            Agg::Share => (Measure::Share(row), Kind::Neither, Unit::Percent),
            Agg::Nps => (Measure::Nps(row), Kind::Neither, Unit::Plain),
            Agg::Csat => {
                let from = self.constant_argument(
                    &call.arguments[1],
                    f64::MIN..=f64::MAX,
                    "the lowest rating that counts as good, such as csat(rating, 4)",
                    scope,
                )?;
                (Measure::Csat(row, OrderedFloat(from)), Kind::Neither, Unit::Percent)
            }
            Agg::Retention => {
                self.unbuilt("the function retention", file, at.span, scope.goal);
                (Measure::Distinct(row), Kind::Neither, Unit::Percent)
            }
        };
        let filter = filter.transpose()?;
        let aggregate = Aggregate { measure, table, filter, kind, text: self.text(file, at.span) };
        Ok(Formula { node: Node::Aggregate(aggregate), gives: Type::Number(unit), at })
    }

    /// Refuses an argument of a type that the aggregate can't take.
    fn aggregate_argument(&mut self, agg: Agg, gives: &Option<Type>, argument: &Expr, file: FileId) -> R<()> {
        let Some(gives) = gives else { return Ok(()) };
        let wanted = match (agg, gives) {
            (Agg::Count | Agg::Distinct | Agg::Retention, _) | (Agg::Share, Type::Truth) => return Ok(()),
            (Agg::Share, _) => "a condition",
            (_, Type::Number(_)) => return Ok(()),
            _ => "a number",
        };
        let help = match gives {
            Type::Text => Some("count its different values with distinct(…), or the rows with count(…)".to_owned()),
            Type::Truth => Some("the rows where it holds are share(…) of all".to_owned()),
            _ => None,
        };
        let is = described(gives);
        Err(self.report(file, &NameError::WrongType { wanted, is, at: argument.span, help }))
    }

    /// A number that must be fixed, in a range.
    fn constant_argument(
        &mut self,
        expr: &Expr,
        range: std::ops::RangeInclusive<f64>,
        what: &str,
        scope: Scope<'_>,
    ) -> R<f64> {
        let formula = self.number(expr, scope)?;
        match self.folded(&formula) {
            Some(Row::Number(v)) if range.contains(&v.0) => Ok(v.0),
            _ => {
                let said = self.text(scope.file, expr.span);
                let error = NameError::OutOfRange {
                    what: format!("{said} can't stand here"),
                    at: expr.span,
                    help: format!("write {what}"),
                };
                Err(self.report(scope.file, &error))
            }
        }
    }

    /// The table that `count(…)` counts.
    fn counted_table(&mut self, argument: &Expr, file: FileId) -> R<TableId> {
        match &argument.node {
            ExprKind::Name(name) => self.table_id(name, file, argument.span),
            ExprKind::Group(inner) => self.counted_table(inner, file),
            _ => {
                let error = NameError::WrongType {
                    wanted: "the name of a table",
                    is: format!("`{}`", self.text(file, argument.span)),
                    at: argument.span,
                    help: Some(
                        "count(posts) counts the rows of posts; count(posts where …) those that pass; distinct(x) \
                         different values"
                            .to_owned(),
                    ),
                };
                Err(self.report(file, &error))
            }
        }
    }

    /// The table whose columns an aggregate reads.
    fn aggregate_table(&mut self, name: &str, call: &Call<'_>, at: Loc, scope: Scope<'_>) -> R<TableId> {
        let mut dotted = None;
        let mut bare = Vec::new();
        let first = call.arguments.first();
        for expr in first.into_iter().chain(call.condition) {
            super::graph::walk(expr, &mut |e| match &e.node {
                ExprKind::Dotted(table, column)
                    if column.node != "budget" || !self.names.campaigns.contains_key(table.node.as_str()) =>
                {
                    dotted = dotted.or(Some(table));
                }
                ExprKind::Name(column) => bare.push(column.as_str()),
                _ => {}
            });
        }
        match dotted {
            Some(table) => self.table_id(&table.node, scope.file, table.span),
            None => self.table_of_bare(&bare, name, scope.file, first.map_or(at.span, |e| e.span)),
        }
    }

    /// The metric that no statement describes: `last(column)` of a table that only the command line names.
    pub(crate) fn implicit_metric(&mut self, name: &str, at: Loc) -> R<usize> {
        if let Some(id) = self.implicit.get(name) {
            return Ok(*id);
        }
        let Some((table, filter)) = self.implicit_source(name, at)? else { return Err(self.unknown_metric(name, at)) };
        let column = if filter.is_some() { self.tidy_column(table, "value") } else { name.to_owned() };
        let text = match &filter {
            Some(f) => format!("last({} where {})", written(&column), f.text),
            None => format!("last({})", written(name)),
        };
        let aggregate = Aggregate {
            measure: Measure::Last(Row::Column(column)),
            table,
            filter,
            kind: Kind::Stock,
            text: text.clone(),
        };
        let value = Formula { node: Node::Aggregate(aggregate), gives: Type::Number(Unit::Plain), at };
        Ok(self.enter_implicit(name, text, value))
    }

    /// The tidy table's own spelling of a column.
    fn tidy_column(&self, table: TableId, name: &str) -> String {
        let info = self.catalog.opened.get(self.table_name(table));
        let spelled = info.and_then(|i| i.columns.keys().find(|c| c.eq_ignore_ascii_case(name)));
        spelled.map_or(name, String::as_str).to_owned()
    }

    /// Where an implicit metric of that name is read: the table, and the filter of the tidy form.
    fn implicit_source(&mut self, name: &str, at: Loc) -> R<Option<(TableId, Option<Condition>)>> {
        if self.bare {
            return Ok(Some((self.bare_table(DATA), None)));
        }
        let mut found: Vec<(TableId, Option<Condition>)> = Vec::new();
        let mut unopened = None;
        let mut other_type = None;
        for (id, (table, t)) in self.plan.tables.iter().enumerate() {
            if !t.source.implicit {
                continue;
            }
            let Some(info) = self.catalog.opened.get(table) else {
                unopened = unopened.or(Some(id));
                continue;
            };
            match (&info.tidy, info.columns.get(name)) {
                (Some(names), _) if names.iter().any(|n| n == name) => {
                    found.push((id, Some(self.tidy_filter(id, name, at))))
                }
                (_, Some(crate::query::ColumnType::Number)) => found.push((id, None)),
                (_, Some(holds)) => other_type = Some((table.clone(), *holds)),
                _ => {}
            }
        }
        match (found.len(), unopened, other_type) {
            (0, Some(id), _) => Ok(Some((id, None))),
            (0, None, Some((table, holds))) => {
                let error = NameError::ColumnType {
                    table,
                    column: name.to_owned(),
                    holds: holds_word(holds),
                    wanted: "a number",
                    at: at.span,
                    help: "name a column of numbers, or write a metric that works one out",
                };
                Err(self.report(at.file, &error))
            }
            (0, None, None) => Ok(None),
            (1, _, _) => Ok(found.pop()),
            _ => {
                let example = format!("last({}.{})", written(self.table_name(found[0].0)), written(name));
                Err(self.report(at.file, &NameError::WhichTable { column: name.to_owned(), at: at.span, example }))
            }
        }
    }

    fn tidy_filter(&self, table: TableId, name: &str, at: Loc) -> Condition {
        let column = self.tidy_column(table, "metric");
        let equal = Row::Binary(
            crate::query::RowOp::Equal,
            Box::new(Row::Column(column.clone())),
            Box::new(Row::Text(name.to_owned())),
        );
        Condition {
            row: equal,
            tables: vec![table],
            text: format!("{} = \"{name}\"", written(&column)),
            columns: vec![column.clone()],
            fixes: vec![(column, name.to_owned())],
            at,
        }
    }

    /// The error of a name that is no metric, let or campaign.
    fn unknown_metric(&mut self, name: &str, at: Loc) -> Reported {
        // Looking for the nearest name takes time, and nobody reads that many suggestions.
        const SUGGESTIONS: usize = 500;
        self.unknown += 1;
        let with: Vec<TableId> = self.tables_with(name);
        let help = if let Some(table) = with.first() {
            let column = format!("{}.{}", written(self.table_name(*table)), written(name));
            Some(format!("it is a column: add it up with sum({column}), or take its newest value with last({column})"))
        } else {
            let implicit = self.plan.tables.iter().filter(|(_, t)| t.source.implicit);
            let infos = implicit.filter_map(|(n, _)| self.catalog.opened.get(n));
            let columns = infos
                .flat_map(|i| i.tidy.iter().flatten().map(String::as_str).chain(i.columns.keys().map(String::as_str)));
            let n = &self.names;
            let limit = if self.unknown > SUGGESTIONS { 0 } else { usize::MAX };
            let known = n.metrics.keys().copied().chain(n.lets.keys().copied()).chain(n.campaigns.keys().copied());
            did_you_mean(nearest(name, known.chain(columns).take(limit)))
        };
        let table = self.plan.tables.keys().next().map_or("posts", String::as_str);
        let help =
            help.or_else(|| Some(format!("describe it: metric {0} = sum({1}.{0})", written(name), written(table))));
        let error = NameError::Unknown { name: name.to_owned(), wanted: "a metric or a let", at: at.span, help };
        self.report(at.file, &error)
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

/// What a column holds, in words.
fn holds_word(holds: crate::query::ColumnType) -> &'static str {
    use crate::query::ColumnType::{Date, Number, Text, Timestamp, Truth};
    match holds {
        Number => "numbers",
        Text => "text",
        Truth => "true and false",
        Date => "dates",
        Timestamp => "times",
    }
}

/// True where an expression names anything at all.
fn names_something(expr: &Expr) -> bool {
    let mut any = false;
    super::graph::walk(expr, &mut |e| any |= matches!(e.node, ExprKind::Name(_) | ExprKind::Dotted(..)));
    any
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
