//! Calls between values: which function, how many arguments, what it gives. Aggregates are in `aggregates`.

use super::error::{NameError, did_you_mean};
use super::formula::{Scope, percent};
use super::functions::{self, FunctionInfo, Gives, Takes, Units, Value};
use super::names::nearest;
use super::plan::{Formula, Node, Type};
use super::rows::described;
use super::{R, Reported, Resolver, kinds, units};
use crate::calendar::{CalendarSpan, SpanUnit};
use crate::quantity::Unit;
use crate::source::{FileId, Loc, Span, Spanned};
use crate::syntax::tree::{Expr, ExprKind, Literal, Name};

/// A call as written.
pub(crate) struct Call<'t> {
    pub function: &'t Name,
    pub arguments: &'t [Expr],
    pub per: Option<&'t Name>,
    pub by: Option<&'t Name>,
    pub condition: Option<&'t Expr>,
}

impl Resolver<'_> {
    /// The entry of a function; an error naming the nearest one where there is none.
    pub(crate) fn function(&mut self, name: &Name, file: FileId) -> R<&'static FunctionInfo> {
        let lower = name.node.to_lowercase();
        functions::find(&lower).ok_or_else(|| {
            let near = did_you_mean(nearest(&lower, functions::all().map(|f| f.name)));
            let help =
                near.or_else(|| Some("the reference lists all functions: docs/reference/functions.md".to_owned()));
            self.report(file, &NameError::UnknownFunction { name: name.node.clone(), at: name.span, help })
        })
    }

    /// Refuses too few or too many arguments.
    pub(crate) fn count_arguments(&mut self, info: &FunctionInfo, given: usize, file: FileId, at: Span) -> R<()> {
        if info.accepts(given) {
            return Ok(());
        }
        let got = if given == 1 { "1 is".to_owned() } else { format!("{given} are") };
        let error = NameError::Arguments {
            name: info.name.to_owned(),
            takes: info.takes(),
            got,
            at,
            signature: info.signature(),
            example: info.example(),
        };
        Err(self.report(file, &error))
    }

    pub(crate) fn call(&mut self, call: &Call<'_>, at: Loc, scope: Scope) -> R<Formula> {
        let info = self.function(call.function, scope.file)?;
        self.count_arguments(info, call.arguments.len(), scope.file, at.span)?;
        if let Some(by) = call.by {
            return self.across_call(info, call, by, at, scope);
        }
        let names = || call.arguments.first().is_some_and(names_something);
        let over_rows = info.may_be_over_rows(call.arguments.len()) && (info.value.is_none() || names());
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

    fn value_call(&mut self, value: Value, info: &FunctionInfo, call: &Call<'_>, at: Loc, scope: Scope) -> R<Formula> {
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
                self.metric_first(info, &call.arguments[0], scope.file)?;
                let of = self.number(&call.arguments[0], scope);
                let span = match call.arguments.get(1) {
                    None => CalendarSpan::new(1, SpanUnit::Year),
                    Some(span) => self.calendar_argument(span, scope.file)?,
                };
                Ok(Formula { node: Node::Growth(Box::new(of?), span), gives: Type::Number(Unit::Percent), at })
            }
            Value::MovingAverage => {
                let [of, span] = call.arguments else { return Err(Reported) };
                self.metric_first(info, of, scope.file)?;
                let (of, span) = (self.number(of, scope), self.calendar_argument(span, scope.file));
                let of = of?;
                let gives = of.gives.clone();
                Ok(Formula { node: Node::MovingAverage(Box::new(of), span?), gives, at })
            }
            Value::Cumulative => {
                let of = self.number(&call.arguments[0], scope)?;
                let gives = of.gives.clone();
                Ok(Formula { node: Node::Cumulative(Box::new(of)), gives, at })
            }
            Value::Across => {
                let what = format!("`{}` compares the values of a dimension, and none is named", info.name);
                let help = format!("write {}", info.example());
                let error = NameError::Across { what, at: at.span, label: "across what?", help };
                Err(self.report(scope.file, &error))
            }
            Value::Call(function) => {
                let given = self.arguments(info, call.arguments, scope)?;
                let gives = self.call_gives(info, &given, scope.file)?;
                Ok(Formula { node: Node::Call(function, given), gives, at })
            }
            Value::Pair(pair) => {
                let mut given = self.arguments(info, call.arguments, scope)?.into_iter();
                let (Some(a), Some(b)) = (given.next(), given.next()) else { return Err(Reported) };
                let gives = self.call_gives(info, &[a.clone(), b.clone()], scope.file)?;
                Ok(Formula { node: Node::Pair(pair, Box::new(a), Box::new(b)), gives, at })
            }
        }
    }

    /// The arguments of a value function, each of the type that the table says; all errors are told.
    fn arguments(&mut self, info: &FunctionInfo, given: &[Expr], scope: Scope) -> R<Vec<Formula>> {
        let takes = |i: usize| info.argument(i, given.len()).map_or(Takes::Anything, |a| a.takes);
        let typed = given.iter().enumerate().map(|(i, expr)| {
            if let (Takes::Number(Units::Plain), ExprKind::Literal(Literal::Span(span))) = (takes(i), &expr.node) {
                return Err(self.span_for_number(*span, scope.file, expr.span));
            }
            let formula = match takes(i) {
                Takes::Truth => self.truth_formula(expr, scope)?,
                _ => self.formula(expr, scope)?,
            };
            self.fits(takes(i), &formula)?;
            Ok(formula)
        });
        let typed: Vec<R<Formula>> = typed.collect();
        typed.into_iter().collect()
    }

    /// `edate(day, 1 month)`: the number of months is meant.
    fn span_for_number(&mut self, span: CalendarSpan, file: FileId, at: Span) -> Reported {
        let is = format!("`{}`", self.text(file, at));
        let help = Some(format!("write the number alone: {}", span.count));
        self.report(file, &NameError::WrongType { wanted: "a plain number", is, at, help })
    }

    /// Refuses an argument of another type or unit than is taken.
    fn fits(&mut self, takes: Takes, formula: &Formula) -> R<()> {
        let fits = match (takes, &formula.gives) {
            (Takes::Number(Units::Any | Units::Same), Type::Number(_)) => true,
            (Takes::Metric, Type::Number(_)) => kinds::kind(formula, &self.plan).is_some(),
            (Takes::Number(Units::Plain), Type::Number(unit)) => matches!(unit, Unit::Plain | Unit::Count(_)),
            (Takes::Number(Units::Rate), Type::Number(unit)) => match (unit, &formula.node) {
                // 10 is 1000%, and 10% is meant.
                (Unit::Plain, Node::Number(v)) => v.abs() <= 1.0,
                (unit, _) => matches!(unit, Unit::Plain | Unit::Percent),
            },
            (Takes::Truth, Type::Truth) | (Takes::Time, Type::Time) | (Takes::Text, Type::Text) => true,
            (Takes::Anything, _) => true,
            _ => false,
        };
        if fits {
            return Ok(());
        }
        let at = formula.at;
        let help = match (takes, &formula.gives) {
            (Takes::Time, Type::Number(_)) => Some("write a date such as 2021-09-30, or date(2021, 9, 30)".to_owned()),
            (Takes::Time, Type::Text) => Some("leave the double quotes out: 2021-09-30".to_owned()),
            (Takes::Number(_), Type::Time) => {
                Some("year(…), month(…) and day(…) of a date are numbers, and so is days(end, start)".to_owned())
            }
            (Takes::Metric, _) => Some("name a metric, such as signups".to_owned()),
            (Takes::Number(Units::Plain), Type::Number(Unit::Percent)) if matches!(formula.node, Node::Number(_)) => {
                Some(format!("write it without the %: {}", self.text(at.file, at.span).trim_end_matches('%')))
            }
            (Takes::Number(Units::Plain), Type::Number(_)) => {
                Some("write it without a unit; an amount divided by one of its unit is a plain number".to_owned())
            }
            (Takes::Number(Units::Rate), Type::Number(Unit::Plain)) => {
                Some(format!("write {}%", self.text(at.file, at.span)))
            }
            (Takes::Number(Units::Rate), Type::Number(_)) => Some("write a rate as a percentage: 10%".to_owned()),
            _ => None,
        };
        let is = match (takes, &formula.gives) {
            (Takes::Number(Units::Rate), Type::Number(Unit::Plain)) => {
                let written = self.text(at.file, at.span);
                match formula.node {
                    Node::Number(v) => format!("{written}, which is {}", percent(v)),
                    _ => written,
                }
            }
            (Takes::Metric, Type::Number(_)) => "the same in every period".to_owned(),
            (_, gives) => described(gives),
        };
        Err(self.report(at.file, &NameError::WrongType { wanted: takes.words(), is, at: at.span, help }))
    }

    /// What a value function gives; arguments that must be of one unit are checked.
    fn call_gives(&mut self, info: &FunctionInfo, given: &[Formula], file: FileId) -> R<Type> {
        let alike = |i: usize| {
            let takes = info.argument(i, given.len()).map(|a| a.takes);
            matches!(takes, Some(Takes::Number(Units::Same) | Takes::Anything))
        };
        let alike: Vec<&Formula> = given.iter().enumerate().filter(|(i, _)| alike(*i)).map(|(_, f)| f).collect();
        for pair in alike.windows(2) {
            self.comparable(pair[0], pair[1], file)?;
        }
        let plain = Type::Number(Unit::Plain);
        let unit = |i: usize| given.get(i).map_or(Unit::Plain, |f| f.gives.unit());
        Ok(match info.gives {
            Gives::Same => {
                let first = alike.first().map_or(&plain, |f| &f.gives);
                alike.iter().map(|f| &f.gives).find(|g| **g != plain).unwrap_or(first).clone()
            }
            Gives::Plain | Gives::Rows => plain,
            Gives::Percent => Type::Number(Unit::Percent),
            Gives::Count(of) => Type::Number(Unit::Count(of.to_owned())),
            Gives::Power => Type::Number(units::power(&unit(0))),
            Gives::Ratio => {
                let (a, b) = (unit(0), unit(1));
                let side = |unit| units::Side { unit, constant: false };
                let ratio = units::divide(side(&a), side(&b));
                Type::Number(ratio.map_err(|clash| {
                    let places = given.first().zip(given.get(1)).map(|(a, b)| (a.at.span, b.at.span));
                    let (x, y) = places.unwrap_or_default();
                    self.clash(clash, (&a, x), (&b, y), "can't be held against", file)
                })?)
            }
            Gives::Truth => Type::Truth,
            Gives::Time => Type::Time,
            Gives::Text => Type::Text,
        })
    }

    /// Refuses a span where the metric stands that is followed over it.
    fn metric_first(&mut self, info: &FunctionInfo, expr: &Expr, file: FileId) -> R<()> {
        if !matches!(expr.node, ExprKind::Literal(Literal::Span(_))) {
            return Ok(());
        }
        let is = format!("`{}`", self.text(file, expr.span));
        let help = Some(format!("the metric stands first: {}", info.example()));
        Err(self.report(file, &NameError::WrongType { wanted: "a metric", is, at: expr.span, help }))
    }

    /// `1 year` as an argument.
    pub(crate) fn calendar_argument(&mut self, expr: &Expr, file: FileId) -> R<CalendarSpan> {
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
}

/// True where an expression names anything at all.
fn names_something(expr: &Expr) -> bool {
    let mut any = false;
    super::graph::walk(expr, &mut |e| any |= matches!(e.node, ExprKind::Name(_) | ExprKind::Dotted(..)));
    any
}
