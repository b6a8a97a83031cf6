//! Calls between values: which function, how many arguments, what it gives. Aggregates are in `aggregates`.

use super::error::{NameError, did_you_mean};
use super::formula::Scope;
use super::functions::{self, FunctionInfo, Value};
use super::names::nearest;
use super::plan::{Formula, Function, Node, Type};
use super::{R, Reported, Resolver};
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

    pub(crate) fn call(&mut self, call: &Call<'_>, at: Loc, scope: Scope<'_>) -> R<Formula> {
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
