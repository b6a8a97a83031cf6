//! Row expressions as DataFusion expressions, with their types and with what can go wrong in a row beside the value.
//! Expressions are built as values, never as text.

use super::functions;
use super::open::Opened;
use super::time::micros;
use crate::calendar::Window;
use crate::engine::DataError;
use crate::engine::error::Example;
use crate::query::{ColumnType, Row, RowOp};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use datafusion::functions::expr_fn::{coalesce, greatest, least, nullif, power};
use datafusion::logical_expr::cast;
use datafusion::prelude::{Expr, in_list, lit, not, when};

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;

/// The error of a division by zero, in an error expression.
pub const DIV_ZERO: i64 = 1;

/// The error of a number that there isn't.
pub const NO_NUMBER: i64 = 2;

/// What an expression's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// Float64.
    Number,
    /// Utf8.
    Text,
    /// Boolean.
    Truth,
    /// Int64, microseconds of civil time.
    Time {
        /// True where whole days are meant.
        day: bool,
    },
}

impl Type {
    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "text",
            Self::Truth => "a condition",
            Self::Time { .. } => "a time",
        }
    }

    fn null(self) -> Expr {
        lit(match self {
            Self::Number => ScalarValue::Float64(None),
            Self::Text => ScalarValue::Utf8(None),
            Self::Truth => ScalarValue::Boolean(None),
            Self::Time { .. } => ScalarValue::Int64(None),
        })
    }
}

impl From<ColumnType> for Type {
    fn from(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Number => Self::Number,
            ColumnType::Text | ColumnType::Empty | ColumnType::Mixed | ColumnType::Unusable => Self::Text,
            ColumnType::Truth => Self::Truth,
            ColumnType::Date => Self::Time { day: true },
            ColumnType::Timestamp => Self::Time { day: false },
        }
    }
}

/// A compiled row expression.
#[derive(Debug, Clone)]
pub struct Term {
    /// Its values, of DataFusion's type for `kind`.
    pub expr: Expr,
    /// Int64: which error a row has; missing where none. `None` where it can have none.
    pub error: Option<Expr>,
    /// `None`: missing in every row, so of any type.
    pub kind: Option<Type>,
}

impl Term {
    /// A value that can't fail.
    pub fn plain(expr: Expr, kind: Type) -> Self {
        Self { expr, error: None, kind: Some(kind) }
    }
}

/// The first error of two.
pub fn either(a: Option<Expr>, b: Option<Expr>) -> Option<Expr> {
    match (a, b) {
        (Some(a), Some(b)) => Some(coalesce(vec![a, b])),
        (a, b) => a.or(b),
    }
}

/// The start of the day of a time.
fn start_of_day(time: Expr) -> Expr {
    let rest = (time.clone() % lit(DAY) + lit(DAY)) % lit(DAY);
    time - rest
}

/// Compiles the row expressions of one table.
pub struct Compiler<'a> {
    table: &'a Opened,
}

impl<'a> Compiler<'a> {
    /// For expressions over `table`.
    pub fn new(table: &'a Opened) -> Self {
        Self { table }
    }

    /// The table's name.
    pub fn table(&self) -> String {
        self.table.source.name.clone()
    }

    /// DataFusion refused to build an expression.
    pub fn failed(&self, e: &DataFusionError) -> DataError {
        let path = self.table.source.shown.clone();
        DataError::Failed { table: self.table(), path, reason: e.strip_backtrace() }
    }

    /// The expression for `row`.
    pub fn term(&self, row: &Row) -> Result<Term, DataError> {
        Ok(match row {
            Row::Column(name) => self.column(name)?,
            Row::Number(n) => Term::plain(lit(n.into_inner()), Type::Number),
            Row::Text(t) => Term::plain(lit(t.as_str()), Type::Text),
            Row::Truth(t) => Term::plain(lit(*t), Type::Truth),
            Row::Period(w) => Term::plain(lit(micros(w.start)), Type::Time { day: true }),
            Row::Moment(at) => Term::plain(lit(micros(*at)), Type::Time { day: false }),
            Row::Negate(x) => {
                let (expr, error) = self.number(x)?;
                Term { expr: -expr, error, kind: Some(Type::Number) }
            }
            Row::Not(x) => {
                let (expr, error) = self.truth(x)?;
                Term { expr: not(expr), error, kind: Some(Type::Truth) }
            }
            Row::Binary(op, a, b) => self.binary(*op, a, b)?,
            Row::In(x, list) => self.one_of(x, list)?,
            Row::Between(x, a, b) => {
                let low = Row::Binary(RowOp::GreaterOrEqual, x.clone(), a.clone());
                let high = Row::Binary(RowOp::LessOrEqual, x.clone(), b.clone());
                self.logic(RowOp::And, &low, &high)?
            }
            Row::If(c, a, b) => self.choice(c, a, b)?,
            Row::Extreme { greatest, of } => self.extreme(*greatest, of)?,
            Row::IsMissing(x) => {
                let term = self.term(x)?;
                Term { expr: term.expr.is_null(), error: term.error, kind: Some(Type::Truth) }
            }
            Row::IsNumber(x) => self.is_number(x)?,
            Row::IfError(x, other) => self.instead(x, other)?,
            Row::Missing => Term { expr: lit(ScalarValue::Null), error: None, kind: None },
            Row::Call(function, values) => functions::call(self, *function, values)?,
        })
    }

    /// Values of `needed`, or the error that says what is there instead.
    pub fn need(&self, row: &Row, term: &Term, needed: Type) -> Result<Expr, DataError> {
        match (term.kind, needed) {
            (None, _) => Ok(needed.null()),
            (Some(Type::Time { .. }), Type::Time { .. }) => Ok(term.expr.clone()),
            (Some(found), needed) if found == needed => Ok(term.expr.clone()),
            (Some(found), needed) => Err(DataError::WrongType {
                table: self.table(),
                what: describe(row),
                found: found.name(),
                needed: needed.name(),
                example: self.example(row).filter(|_| found == Type::Text && needed == Type::Number),
            }),
        }
    }

    /// A number's values and errors.
    pub fn number(&self, row: &Row) -> Result<(Expr, Option<Expr>), DataError> {
        self.typed(row, Type::Number)
    }

    /// A condition's values and errors.
    pub fn truth(&self, row: &Row) -> Result<(Expr, Option<Expr>), DataError> {
        self.typed(row, Type::Truth)
    }

    /// Values and errors of a given type.
    pub fn typed(&self, row: &Row, needed: Type) -> Result<(Expr, Option<Expr>), DataError> {
        let term = self.term(row)?;
        Ok((self.need(row, &term, needed)?, term.error))
    }

    fn column(&self, name: &str) -> Result<Term, DataError> {
        if let Some(column) = self.table.columns.get(name) {
            return Ok(Term { expr: column.expr.clone(), error: None, kind: column.kind.map(Type::from) });
        }
        if let Some((reason, example)) = self.table.unusable.get(name) {
            let path = self.table.source.shown.clone();
            return Err(DataError::UnusableColumn { path, column: name.to_owned(), reason, example: example.clone() });
        }
        let names = self.table.columns.keys().map(String::as_str);
        Err(super::unknown(&self.table.source, name, names))
    }

    fn example(&self, row: &Row) -> Example {
        match row {
            Row::Column(name) => {
                self.table.columns.get(name)?.example.clone().filter(|example| !example.value.is_empty())
            }
            _ => None,
        }
    }

    fn binary(&self, op: RowOp, a: &Row, b: &Row) -> Result<Term, DataError> {
        match op {
            RowOp::And | RowOp::Or => self.logic(op, a, b),
            RowOp::Otherwise => self.otherwise(a, b),
            RowOp::Add | RowOp::Subtract | RowOp::Multiply | RowOp::Divide | RowOp::Power => self.arithmetic(op, a, b),
            _ => self.compare(op, a, b),
        }
    }

    /// The right side's error counts only where the left side doesn't decide.
    fn logic(&self, op: RowOp, a: &Row, b: &Row) -> Result<Term, DataError> {
        let ((left, left_error), (right, right_error)) = (self.truth(a)?, self.truth(b)?);
        let decided = if op == RowOp::And { left.clone().is_false() } else { left.clone().is_true() };
        let right_error = self.unless(decided, right_error)?;
        let expr = if op == RowOp::And { left.and(right) } else { left.or(right) };
        Ok(Term { expr, error: either(left_error, right_error), kind: Some(Type::Truth) })
    }

    fn unless(&self, decided: Expr, error: Option<Expr>) -> Result<Option<Expr>, DataError> {
        error
            .map(|e| when(decided, lit(ScalarValue::Int64(None))).otherwise(e))
            .transpose()
            .map_err(|e| self.failed(&e))
    }

    fn otherwise(&self, a: &Row, b: &Row) -> Result<Term, DataError> {
        let (left, right) = (self.term(a)?, self.term(b)?);
        let kind = self.same(a, &left, b, &right)?;
        let Some(kind) = kind else { return Ok(left) };
        let decided = left.expr.clone().is_not_null();
        let (l, r) = (self.need(a, &left, kind)?, self.need(b, &right, kind)?);
        let error = either(left.error, self.unless(decided, right.error)?);
        Ok(Term { expr: coalesce(vec![l, r]), error, kind: Some(kind) })
    }

    fn choice(&self, c: &Row, a: &Row, b: &Row) -> Result<Term, DataError> {
        let (condition, condition_error) = self.truth(c)?;
        let (left, right) = (self.term(a)?, self.term(b)?);
        let Some(kind) = self.same(a, &left, b, &right)? else { return Ok(left) };
        let (l, r) = (self.need(a, &left, kind)?, self.need(b, &right, kind)?);
        let holds = condition.clone().is_true();
        let expr = when(condition.is_true(), l).otherwise(r).map_err(|e| self.failed(&e))?;
        let error = either(self.unless(holds.clone().is_false(), left.error)?, self.unless(holds, right.error)?);
        Ok(Term { expr, error: either(condition_error, error), kind: Some(kind) })
    }

    /// True where `x` is a number that is there.
    fn is_number(&self, x: &Row) -> Result<Term, DataError> {
        let term = self.term(x)?;
        let expr = match term.kind {
            Some(Type::Number) => not(failed(&term)).and(term.expr.is_not_null()),
            _ => lit(false),
        };
        Ok(Term::plain(expr, Type::Truth))
    }

    /// `other` where arithmetic failed in `x`.
    fn instead(&self, x: &Row, other: &Row) -> Result<Term, DataError> {
        let (left, right) = (self.term(x)?, self.term(other)?);
        let Some(kind) = self.same(x, &left, other, &right)? else { return Ok(Term { error: None, ..left }) };
        let failed = failed(&left);
        let (l, r) = (self.need(x, &left, kind)?, self.need(other, &right, kind)?);
        let expr = when(failed.clone(), r).otherwise(l).map_err(|e| self.failed(&e))?;
        Ok(Term { expr, error: self.unless(not(failed), right.error)?, kind: Some(kind) })
    }

    /// The least or greatest of numbers; missing ones are passed over.
    fn extreme(&self, most: bool, of: &[Row]) -> Result<Term, DataError> {
        let numbers = of.iter().map(|row| self.number(row)).collect::<Result<Vec<_>, _>>()?;
        let (values, errors): (Vec<Expr>, Vec<Option<Expr>>) = numbers.into_iter().unzip();
        let error = errors.into_iter().fold(None, either);
        let expr = if most { greatest(values) } else { least(values) };
        Ok(Term { expr, error, kind: Some(Type::Number) })
    }

    /// The type that both sides have; `None` where both are missing everywhere.
    fn same(&self, a: &Row, left: &Term, b: &Row, right: &Term) -> Result<Option<Type>, DataError> {
        match (left.kind, right.kind) {
            (None, kind) | (kind, None) => Ok(kind),
            (Some(Type::Time { day: x }), Some(Type::Time { day: y })) => Ok(Some(Type::Time { day: x && y })),
            (Some(x), Some(y)) if x == y => Ok(Some(x)),
            (Some(x), Some(y)) => Err(self.differ(a, x, b, y)),
        }
    }

    fn differ(&self, a: &Row, x: Type, b: &Row, y: Type) -> DataError {
        let text_beside = |kind: Type, other: Type| kind == Type::Text && other != Type::Text;
        let example = match (text_beside(x, y), text_beside(y, x)) {
            (true, _) => self.example(a),
            (_, true) => self.example(b),
            _ => None,
        };
        DataError::Compare {
            table: self.table(),
            left: describe(a),
            left_type: x.name(),
            right: describe(b),
            right_type: y.name(),
            example,
        }
    }

    fn compare(&self, op: RowOp, a: &Row, b: &Row) -> Result<Term, DataError> {
        let (left, right) = (self.term(a)?, self.term(b)?);
        let Some(kind) = self.same(a, &left, b, &right)? else {
            let error = either(left.error, right.error);
            return Ok(Term { expr: Type::Truth.null(), error, kind: Some(Type::Truth) });
        };
        let (l, r) = (self.need(a, &left, kind)?, self.need(b, &right, kind)?);
        let expr = match (kind, a, b) {
            (Type::Time { .. }, _, Row::Period(w)) => beside_period(op, l, w),
            (Type::Time { .. }, Row::Period(w), _) => beside_period(op.flipped(), r, w),
            (Type::Time { .. }, ..) => {
                let day = [&left, &right].iter().any(|t| t.kind == Some(Type::Time { day: true }));
                let at = |e: Expr| if day { start_of_day(e) } else { e };
                compared(op, at(l), at(r))
            }
            (Type::Number, ..) => compared(op, self.unsigned(a, l), self.unsigned(b, r)),
            _ => compared(op, l, r),
        };
        Ok(Term { expr, error: either(left.error, right.error), kind: Some(Type::Truth) })
    }

    /// A number that is compared: Arrow tells −0 from 0, as it orders all numbers; adding 0 makes the one the other.
    fn unsigned(&self, row: &Row, number: Expr) -> Expr {
        let whole = |name: &str| self.table.schema.field_with_name(name).is_ok_and(|f| f.data_type().is_integer());
        let plain = match row {
            Row::Number(n) => n.is_sign_positive(),
            // Where no file is read, a database compares, as people do.
            Row::Column(name) => self.table.schema.fields().is_empty() || whole(name),
            _ => false,
        };
        if plain { number } else { number + lit(0.0) }
    }

    fn one_of(&self, x: &Row, list: &[Row]) -> Result<Term, DataError> {
        let literals: Option<Vec<Expr>> = list
            .iter()
            .map(|row| match row {
                Row::Text(t) => Some(lit(t.as_str())),
                _ => None,
            })
            .collect();
        if let Some(literals) = literals
            && let Ok((text, error)) = self.typed(x, Type::Text)
        {
            return Ok(Term { expr: in_list(text, literals, false), error, kind: Some(Type::Truth) });
        }
        let equal = |row: &Row| Row::Binary(RowOp::Equal, Box::new(x.clone()), Box::new(row.clone()));
        let mut terms = list.iter().map(|row| self.term(&equal(row)));
        let Some(first) = terms.next() else { return Ok(Term::plain(lit(false), Type::Truth)) };
        terms.try_fold(first?, |all, term| {
            let term = term?;
            Ok(Term { expr: all.expr.or(term.expr), error: either(all.error, term.error), kind: all.kind })
        })
    }

    fn arithmetic(&self, op: RowOp, a: &Row, b: &Row) -> Result<Term, DataError> {
        let (left, right) = (self.term(a)?, self.term(b)?);
        match (op, left.kind, right.kind) {
            (RowOp::Subtract, Some(Type::Time { day: x }), Some(Type::Time { day: y })) => {
                let instant = |e: Expr| functions::instant(e, &self.table.source.timezone);
                let at = |e: Expr| if x || y { start_of_day(e) } else { instant(e) };
                let seconds = cast(at(left.expr) - at(right.expr), DataType::Float64) / lit(1e6);
                return Ok(Term { expr: seconds, error: either(left.error, right.error), kind: Some(Type::Number) });
            }
            // Beside a column without a value, no difference has one.
            (RowOp::Subtract, Some(Type::Time { .. }), None) | (RowOp::Subtract, None, Some(Type::Time { .. })) => {
                let error = either(left.error, right.error);
                return Ok(Term { expr: Type::Number.null(), error, kind: Some(Type::Number) });
            }
            (RowOp::Add | RowOp::Subtract, Some(Type::Time { day }), Some(Type::Number)) => {
                return Ok(later(op, (left, day), b, right));
            }
            (RowOp::Add, Some(Type::Number), Some(Type::Time { day })) => return Ok(later(op, (right, day), a, left)),
            _ => {}
        }
        let (l, r) = (self.need(a, &left, Type::Number)?, self.need(b, &right, Type::Number)?);
        let error = either(left.error, right.error);
        let (expr, own) = match op {
            RowOp::Add => (l + r, None),
            RowOp::Subtract => (l - r, None),
            RowOp::Multiply => (l * r, None),
            RowOp::Divide => {
                let r = self.unsigned(b, r);
                let zero = r.clone().eq(lit(0.0)).and(l.clone().is_not_null());
                (l / nullif(r, lit(0.0)), Some(when(zero, lit(DIV_ZERO)).end()))
            }
            _ => {
                let zero = self.unsigned(a, l.clone()).eq(lit(0.0)).and(r.clone().lt(lit(0.0)));
                let result = power(l, r);
                // Only finite numbers lie between the two: no NaN, no infinity.
                let finite = result.clone().between(lit(f64::MIN), lit(f64::MAX));
                let own = when(zero, lit(DIV_ZERO)).when(not(finite), lit(NO_NUMBER)).end();
                (result, Some(own))
            }
        };
        let own = own.transpose().map_err(|e| self.failed(&e))?;
        Ok(Term { expr, error: either(error, own), kind: Some(Type::Number) })
    }
}

/// Where arithmetic failed: never missing.
fn failed(term: &Term) -> Expr {
    let error = term.error.clone().map_or_else(|| lit(false), Expr::is_not_null);
    match term.kind {
        // Only finite numbers lie between the two: no NaN, no infinity.
        Some(Type::Number) => error.or(not(term.expr.clone().between(lit(f64::MIN), lit(f64::MAX))).is_true()),
        _ => error,
    }
}

/// A time moved by seconds. A day moved by whole days stays a day.
fn later(op: RowOp, (time, day): (Term, bool), by: &Row, seconds: Term) -> Term {
    let whole = matches!(by, Row::Number(n) if n.into_inner() % 86_400.0 == 0.0);
    let micros = cast(seconds.expr * lit(1e6), DataType::Int64);
    let expr = if op == RowOp::Add { time.expr + micros } else { time.expr - micros };
    Term { expr, error: either(time.error, seconds.error), kind: Some(Type::Time { day: day && whole }) }
}

fn compared(op: RowOp, l: Expr, r: Expr) -> Expr {
    match op {
        RowOp::NotEqual => l.not_eq(r),
        RowOp::Less => l.lt(r),
        RowOp::LessOrEqual => l.lt_eq(r),
        RowOp::Greater => l.gt(r),
        RowOp::GreaterOrEqual => l.gt_eq(r),
        _ => l.eq(r),
    }
}

/// A time beside a period: `=` is inside it, `<` before its start, `<=` before its end, and so on.
fn beside_period(op: RowOp, time: Expr, period: &Window) -> Expr {
    let (start, end) = (lit(micros(period.start)), lit(micros(period.end)));
    match op {
        RowOp::NotEqual => time.clone().lt(start).or(time.gt_eq(end)),
        RowOp::Less => time.lt(start),
        RowOp::LessOrEqual => time.lt(end),
        RowOp::Greater => time.gt_eq(end),
        RowOp::GreaterOrEqual => time.gt_eq(start),
        _ => time.clone().gt_eq(start).and(time.lt(end)),
    }
}

/// A row expression as messages name it.
pub fn describe(row: &Row) -> String {
    match row {
        Row::Column(name) => format!("column `{name}`"),
        Row::Number(n) => format!("`{n}`"),
        Row::Text(t) => format!("\"{t}\""),
        Row::Truth(t) => format!("`{t}`"),
        Row::Period(w) => format!("`{w}`"),
        Row::Moment(at) => format!("`{at}`"),
        _ => match columns(row).as_slice() {
            [] => "an expression".to_owned(),
            [name] => format!("an expression over `{name}`"),
            [name, other, ..] => format!("an expression over `{name}` and `{other}`"),
        },
    }
}

fn columns(row: &Row) -> Vec<&str> {
    let all: Vec<&Row> = match row {
        Row::Column(name) => return vec![name],
        Row::Negate(x) | Row::Not(x) | Row::IsMissing(x) | Row::IsNumber(x) => vec![x],
        Row::Binary(_, a, b) | Row::IfError(a, b) => vec![a, b],
        Row::Between(a, b, c) | Row::If(a, b, c) => vec![a, b, c],
        Row::In(x, list) => std::iter::once(&**x).chain(list).collect(),
        Row::Call(_, values) | Row::Extreme { of: values, .. } => values.iter().collect(),
        _ => Vec::new(),
    };
    let mut names: Vec<&str> = all.into_iter().flat_map(columns).collect();
    names.dedup();
    names
}
