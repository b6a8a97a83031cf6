//! Row expressions, compiled over typed columns, as expressions that a database says in the same way, or not at all.
//! What isn't known to come to the same there is left to the local reading.

use super::dialect::{Dialect, Native, Spoken, identifier};
use crate::engine::datafusion::column::WHOLE;
use crate::engine::datafusion::row::DAY;
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::tree_node::TreeNode;
use datafusion::common::{DFSchema, ScalarValue, not_impl_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::{Between, Case, InList, ScalarFunction};
use datafusion::logical_expr::{
    BinaryExpr, Cast, ColumnarValue, ExprSchemable, Operator, Volatility, cast, create_udf, when,
};
use datafusion::prelude::{Expr, ident, in_list, lit};
use datafusion::sql::unparser::Unparser;
use indexmap::IndexMap;
use std::sync::Arc;

/// The microseconds since 1970 of a civil moment.
pub const MICROS: &str = "micros";
/// A text that equals another only where all of its bytes do, whatever the column's collation.
pub const BYTES: &str = "bytes";
/// A civil moment of nanoseconds as one of microseconds: what is behind them is cut off, as it is of a file's.
pub const CUT: &str = "cut";
/// The division of floating point.
pub const DIVIDE: &str = "divide";
/// The percentile of values, missing ones aside.
pub const PERCENTILE: &str = "percentile";
/// How many different values, missing ones aside.
pub const DISTINCT: &str = "distinct";

/// Stands behind a whole number that is too long, before the number of its column.
const LONG: &str = "~column~";

const COMPARISONS: [Operator; 6] =
    [Operator::Eq, Operator::NotEq, Operator::Lt, Operator::LtEq, Operator::Gt, Operator::GtEq];

/// A call by name. It is only ever written, never computed.
pub fn word(name: &str, args: Vec<Expr>, gives: DataType) -> Expr {
    let never = |_: &[ColumnarValue]| not_impl_err!("a word of SQL");
    create_udf(name, vec![DataType::Null; args.len()], gives, Volatility::Immutable, Arc::new(never)).call(args)
}

/// A column by name, also where quotes are in it.
pub fn column(name: &str) -> Expr {
    if name.contains('"') { ident(identifier(name)) } else { ident(name) }
}

/// A number as floating point.
pub fn double(n: f64) -> Expr {
    cast(lit(n), DataType::Float64)
}

/// `trunc(x)`
pub fn trunc(x: Expr) -> Expr {
    word("trunc", vec![x], DataType::Float64)
}

fn moment(micros: i64) -> Expr {
    lit(ScalarValue::TimestampMicrosecond(Some(micros), None))
}

/// What is known of a table by those who ask its database.
pub struct Speaker {
    natives: IndexMap<String, Native>,
    /// Columns that only the local way can read: times in text.
    local: Option<String>,
    zone: String,
    schema: DFSchema,
    spoken: Spoken,
}

impl Speaker {
    /// For the table of these columns; `local` is the one whose times are text, `zone` the plan's.
    pub fn new(
        dialect: &'static Dialect,
        natives: IndexMap<String, Native>,
        local: Option<String>,
        zone: &str,
    ) -> Result<Self> {
        let fields = natives.iter().filter_map(|(name, native)| {
            let data_type = match native {
                Native::Integer | Native::Long | Native::Decimal | Native::Float => DataType::Float64,
                Native::Text => DataType::Utf8,
                Native::Truth => DataType::Boolean,
                Native::Date | Native::Civil | Native::Nanos | Native::Instant => DataType::Int64,
                Native::Unusable(_) => return None,
            };
            Some(datafusion::arrow::datatypes::Field::new(name, data_type, true))
        });
        let schema = datafusion::arrow::datatypes::Schema::new(fields.collect::<Vec<_>>());
        let schema = DFSchema::try_from(schema)?;
        Ok(Self { natives, local, zone: zone.to_owned(), schema, spoken: Spoken::new(dialect) })
    }

    /// The columns as the local way gets them.
    pub fn schema(&self) -> &DFSchema {
        &self.schema
    }

    /// How a column is stored; of a time in text, nothing.
    pub fn native(&self, name: &str) -> Option<Native> {
        self.natives.get(name).copied()
    }

    /// True for a column that the database can compute with; false for times in text.
    pub fn is_pushed(&self, name: &str) -> bool {
        self.local.as_deref() != Some(name)
    }

    /// True for a column that is as the database has it: no local reading of it is needed.
    pub fn is_whole(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Column(c) if matches!(self.native(&c.name), Some(Native::Integer | Native::Long)))
    }

    /// True where a value is never infinite nor NaN.
    pub fn is_finite(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Column(c) if matches!(self.native(&c.name), Some(Native::Integer | Native::Long | Native::Decimal)))
    }

    /// A column of times in the database's own type, of civil time in the plan's zone; infinite ones are missing.
    pub fn time(&self, name: &str) -> Option<(Native, Expr)> {
        let (native, moment) = self.moment(name)?;
        let finite = word("isfinite", vec![column(name)], DataType::Boolean);
        Some((native, when(finite, moment).end().ok()?))
    }

    /// Likewise, with those that are infinite: what an index serves.
    pub fn moment(&self, name: &str) -> Option<(Native, Expr)> {
        let native = self.native(name).filter(|n| n.is_time())?;
        let raw = column(name);
        let civil = DataType::Timestamp(TimeUnit::Microsecond, None);
        let expr = match native {
            Native::Instant => word("timezone", vec![lit(self.zone.as_str()), raw], civil),
            Native::Nanos => word(CUT, vec![raw], civil),
            // Seconds and milliseconds of DuckDB would be compared as such.
            Native::Civil => cast(raw, civil),
            _ => raw,
        };
        Some((native, expr))
    }

    /// The typed value of a column: numbers as floating point, times as microseconds; an empty text is missing.
    pub fn canonical(&self, name: &str) -> Option<Expr> {
        let raw = column(name);
        Some(match self.native(name)? {
            Native::Long if self.is_pushed(name) => self.told_apart(name, raw)?,
            Native::Integer | Native::Long | Native::Decimal => cast(raw, DataType::Float64),
            Native::Float => {
                let nan = cast(lit("NaN"), DataType::Float64);
                word("nullif", vec![cast(raw, DataType::Float64), nan], DataType::Float64)
            }
            Native::Text => {
                let bytes = word(BYTES, vec![cast(raw, DataType::Utf8)], DataType::Utf8);
                word("nullif", vec![bytes, lit("")], DataType::Utf8)
            }
            Native::Truth => raw,
            Native::Date | Native::Civil | Native::Nanos | Native::Instant => {
                let (native, time) = self.time(name)?;
                micros(native, time)
            }
            Native::Unusable(_) => return None,
        })
    }

    /// A long whole number as floating point; one that isn't told apart from its neighbours there fails in the database,
    /// with words that [`Self::too_long`] knows.
    fn told_apart(&self, name: &str, raw: Expr) -> Option<Expr> {
        let most = i64::try_from(WHOLE).ok()?;
        let near = raw.clone().gt_eq(lit(-most)).and(raw.clone().lt_eq(lit(most)));
        let mark = format!("{LONG}{}", self.natives.get_index_of(name)?);
        let digits = Box::new(cast(raw.clone(), DataType::Utf8));
        let words = Expr::BinaryExpr(BinaryExpr::new(digits, Operator::StringConcat, Box::new(lit(mark))));
        let case =
            when(near, cast(raw.clone(), DataType::Float64)).when(raw.is_not_null(), cast(words, DataType::Float64));
        case.end().ok()
    }

    /// The column and the whole number for which a database failed, where that is why.
    pub fn too_long(&self, reason: &str) -> Option<(&str, String)> {
        let (before, after) = reason.split_once(LONG)?;
        let digit = |c: &char| c.is_ascii_digit();
        let column: String = after.chars().take_while(digit).collect();
        let value: String = before.chars().rev().take_while(|c| digit(c) || *c == '-').collect();
        let (name, _) = self.natives.get_index(column.parse().ok()?)?;
        Some((name, value.chars().rev().collect()))
    }

    /// The text of an expression that [`Self::say`] gave.
    pub fn sql(&self, expr: &Expr) -> Result<String> {
        Ok(Unparser::new(&self.spoken).expr_to_sql(expr)?.to_string())
    }

    /// `expr` over typed columns as the database would say it; `None` where it doesn't say the same.
    pub fn say(&self, expr: &Expr) -> Option<Expr> {
        match expr {
            Expr::Column(c) if self.local.as_ref() == Some(&c.name) => None,
            Expr::Column(c) => self.canonical(&c.name),
            Expr::Literal(value, _) => literal(value),
            Expr::Alias(alias) => self.say(&alias.expr),
            Expr::BinaryExpr(b) => self.binary(b),
            // `NOT x` binds loosely where the unparser writes no brackets.
            Expr::Not(x) => Some(self.say(x)?.eq(lit(false))),
            Expr::Negative(x) => Some(double(0.0) - self.say(x)?),
            Expr::IsNull(x) => Some(bracketed(self.say(x)?.is_null())),
            Expr::IsNotNull(x) => Some(bracketed(self.say(x)?.is_not_null())),
            Expr::IsTrue(x) => Some(bracketed(self.say(x)?.is_true())),
            Expr::IsNotTrue(x) => Some(bracketed(self.say(x)?.is_not_true())),
            Expr::IsFalse(x) => Some(bracketed(self.say(x)?.is_false())),
            Expr::IsNotFalse(x) => Some(bracketed(self.say(x)?.is_not_false())),
            Expr::Between(Between { expr, negated: false, low, high }) => {
                let x = self.say(expr)?;
                Some(x.clone().gt_eq(self.say(low)?).and(x.lt_eq(self.say(high)?)))
            }
            Expr::InList(InList { expr, list, negated }) => {
                let list = list.iter().map(|e| self.say(e)).collect::<Option<Vec<_>>>()?;
                Some(bracketed(in_list(self.say(expr)?, list, *negated)))
            }
            Expr::Case(Case { expr: None, when_then_expr, else_expr }) => {
                let say = |(when, then): &(Box<Expr>, Box<Expr>)| {
                    Some((Box::new(self.say(when)?), Box::new(self.say(then)?)))
                };
                let when_then_expr = when_then_expr.iter().map(say).collect::<Option<Vec<_>>>()?;
                let else_expr = match else_expr {
                    Some(other) => Some(Box::new(self.say(other)?)),
                    None => None,
                };
                Some(Expr::Case(Case { expr: None, when_then_expr, else_expr }))
            }
            Expr::Cast(c) => self.cast(c),
            Expr::ScalarFunction(call) => self.call(call),
            _ => None,
        }
    }

    fn binary(&self, b: &BinaryExpr) -> Option<Expr> {
        if let (Expr::Column(c), Expr::Literal(ScalarValue::Int64(Some(at)), _)) = (&*b.left, &*b.right)
            && COMPARISONS.contains(&b.op)
            && let Some((native, time)) = self.time(&c.name)
            && self.local.as_ref() != Some(&c.name)
        {
            return Some(Expr::BinaryExpr(BinaryExpr::new(Box::new(time), b.op, Box::new(at_time(native, *at)?))));
        }
        let (left, right) = (self.say(&b.left)?, self.say(&b.right)?);
        match b.op {
            Operator::Divide => Some(word(DIVIDE, vec![left, right], DataType::Float64)),
            // Texts stand in another order there.
            Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq if self.is_text(&b.left) => None,
            Operator::And | Operator::Or | Operator::Plus | Operator::Minus | Operator::Multiply | Operator::Modulo => {
                Some(Expr::BinaryExpr(BinaryExpr::new(Box::new(left), b.op, Box::new(right))))
            }
            op if COMPARISONS.contains(&op) => {
                Some(Expr::BinaryExpr(BinaryExpr::new(Box::new(left), op, Box::new(right))))
            }
            _ => None,
        }
    }

    fn is_text(&self, expr: &Expr) -> bool {
        !matches!(
            expr.get_type(&self.schema),
            Ok(DataType::Float64 | DataType::Int64 | DataType::Boolean | DataType::Null)
        )
    }

    fn cast(&self, c: &Cast) -> Option<Expr> {
        let inner = self.say(&c.expr)?;
        match (c.expr.get_type(&self.schema).ok()?, c.field.data_type()) {
            // Here a cast cuts off what is behind the point; there it rounds.
            (DataType::Float64, DataType::Int64) => Some(cast(trunc(inner), DataType::Int64)),
            (DataType::Int64 | DataType::Int32, to @ (DataType::Float64 | DataType::Int64)) => {
                Some(cast(inner, to.clone()))
            }
            (from, to) if from == *to => Some(inner),
            _ => None,
        }
    }

    fn call(&self, call: &ScalarFunction) -> Option<Expr> {
        let say = |args: &[Expr]| args.iter().map(|a| self.say(a)).collect::<Option<Vec<_>>>();
        match (call.func.name(), call.args.as_slice()) {
            ("coalesce" | "nullif" | "abs" | "greatest" | "least", args) => {
                let gives = args.first()?.get_type(&self.schema).ok()?;
                Some(word(call.func.name(), say(args)?, gives))
            }
            ("character_length", args) => Some(cast(word("length", say(args)?, DataType::Int64), DataType::Int64)),
            ("contains", [text, part]) if is_filled(part) => {
                let at = word("strpos", vec![self.say(text)?, self.say(part)?], DataType::Int64);
                Some(at.gt(lit(0_i64)))
            }
            ("starts_with", args) => Some(word("starts_with", say(args)?, DataType::Boolean)),
            ("date_part", [part, time]) => {
                let Expr::Cast(Cast { expr, .. }) = time else { return None };
                let Expr::Column(c) = &**expr else { return None };
                let (_, time) = self.time(&c.name)?;
                // A number of days or years is whole.
                Some(cast(word("date_part", vec![part.clone(), time], DataType::Float64), DataType::Int64))
            }
            _ => None,
        }
    }

    /// The columns that expressions read.
    pub fn columns<'a>(&self, exprs: impl Iterator<Item = &'a Expr>) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for expr in exprs {
            let found = expr.apply(|e| {
                if let Expr::Column(c) = e
                    && !names.contains(&c.name)
                {
                    names.push(c.name.clone());
                }
                Ok(datafusion::common::tree_node::TreeNodeRecursion::Continue)
            });
            debug_assert!(found.is_ok());
        }
        names
    }
}

/// The unparser writes brackets around operators of two sides alone: a condition that stands beside another operator
/// becomes one.
fn bracketed(condition: Expr) -> Expr {
    condition.and(lit(true))
}

fn is_filled(part: &Expr) -> bool {
    matches!(part, Expr::Literal(ScalarValue::Utf8(Some(t)), _) if !t.is_empty())
}

/// A constant; `None` for what SQL can't write.
fn literal(value: &ScalarValue) -> Option<Expr> {
    match value {
        ScalarValue::Float64(Some(n)) => n.is_finite().then(|| double(*n)),
        ScalarValue::Int64(Some(n)) => Some(cast(lit(*n), DataType::Int64)),
        ScalarValue::Utf8(Some(t)) => (!t.contains('\0')).then(|| lit(t.as_str())),
        ScalarValue::Boolean(Some(t)) => Some(lit(*t)),
        ScalarValue::Null => Some(lit(ScalarValue::Null)),
        ScalarValue::Float64(None)
        | ScalarValue::Int64(None)
        | ScalarValue::Utf8(None)
        | ScalarValue::Boolean(None) => Some(cast(lit(ScalarValue::Null), value.data_type())),
        _ => None,
    }
}

/// Microseconds of civil time since 1970.
pub fn micros(native: Native, time: Expr) -> Expr {
    match native {
        Native::Date => {
            cast(time - lit(ScalarValue::Date32(Some(0))), DataType::Int64) * cast(lit(DAY), DataType::Int64)
        }
        _ => word(MICROS, vec![time], DataType::Int64),
    }
}

/// The first and the last moment that databases can write, in microseconds: of the years 1 to 9999.
const YEARS: (i64, i64) = (-62_135_596_800_000_000, 253_402_300_799_999_999);

/// A constant to compare a time with; `None` beyond the years that databases know.
pub fn at_time(native: Native, micros: i64) -> Option<Expr> {
    if !(YEARS.0..=YEARS.1).contains(&micros) {
        return None;
    }
    let day = i32::try_from(micros.div_euclid(DAY)).ok()?;
    Some(match native {
        Native::Date if micros.rem_euclid(DAY) == 0 => lit(ScalarValue::Date32(Some(day))),
        _ => moment(micros),
    })
}

/// That a time lies in a window, half-open; a window that ends or starts beyond the years that databases know is open
/// there.
pub fn within(time: &Expr, (start, end): (i64, i64), constant: impl Fn(i64) -> Option<Expr>) -> Expr {
    let from = constant(start).filter(|_| start > YEARS.0).map(|start| time.clone().gt_eq(start));
    let until = constant(end).map(|end| time.clone().lt(end));
    match (from, until) {
        _ if start > YEARS.1 || end < YEARS.0 => lit(false),
        (Some(from), Some(until)) => from.and(until),
        (from, until) => from.or(until).unwrap_or_else(|| time.clone().is_not_null()),
    }
}
