//! The algebra of units (language reference, Units): what two units give together, or why they don't go. Knows no
//! formula and no places.

use crate::quantity::Unit;

/// One side of an operator.
#[derive(Debug, Clone, Copy)]
pub struct Side<'u> {
    /// Its unit.
    pub unit: &'u Unit,
    /// True where it is the same in every window: a literal or a let.
    pub constant: bool,
}

/// Why two units don't go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// They measure different things.
    Mixed,
    /// Two currencies.
    Currencies,
    /// A percentage beside a count, money or a duration.
    PercentOnCount,
    /// Points beside something that isn't a percentage.
    PointsOn,
    /// Amounts that have no product.
    Product,
}

/// The unit of `a + b` and `a - b`.
///
/// # Errors
/// The clash, where there is no such sum.
pub fn add(a: &Unit, b: &Unit) -> Result<Unit, Clash> {
    use Unit::{Money, Percent, Plain, Points};
    match (a, b) {
        (a, b) if a == b => Ok(a.clone()),
        (Percent, Points) | (Points, Percent) => Ok(Percent),
        (Points, _) | (_, Points) => Err(Clash::PointsOn),
        (Plain, other) | (other, Plain) => Ok(other.clone()),
        (Percent, _) | (_, Percent) => Err(Clash::PercentOnCount),
        (Money(_), Money(_)) => Err(Clash::Currencies),
        _ => Err(Clash::Mixed),
    }
}

/// Whether `a` can be held against `b`: `<`, `=`, a target.
///
/// # Errors
/// The clash, where it can't.
pub fn compare(a: &Unit, b: &Unit) -> Result<(), Clash> {
    use Unit::{Money, Percent, Plain, Points};
    match (a, b) {
        (a, b) if a == b => Ok(()),
        (Percent, Points) | (Points, Percent) => Ok(()),
        (Points, _) | (_, Points) => Err(Clash::PointsOn),
        (Plain, _) | (_, Plain) => Ok(()),
        (Money(_), Money(_)) => Err(Clash::Currencies),
        _ => Err(Clash::Mixed),
    }
}

/// The unit of `a * b`. A percentage of a plain number is plain, unless the number is a constant factor (`rate * 2`).
///
/// # Errors
/// Two amounts of money, or a duration times money, have no product.
pub fn multiply(a: Side<'_>, b: Side<'_>) -> Result<Unit, Clash> {
    use Unit::{Count, Duration, Money, Percent, Plain, Points};
    let scaled = |rate: Side<'_>, factor: Side<'_>| {
        if factor.constant && !rate.constant { rate.unit.clone() } else { Plain }
    };
    Ok(match (a.unit, b.unit) {
        (Plain, Plain) => Plain,
        (Percent | Points, Plain) => scaled(a, b),
        (Plain, Percent | Points) => scaled(b, a),
        (Percent, Percent) => Percent,
        (Percent | Points | Plain, other) | (other, Percent | Points | Plain) => other.clone(),
        (Count(_), Count(_)) => Plain,
        (Count(_), other) | (other, Count(_)) => other.clone(),
        (Money(_) | Duration, Money(_) | Duration) => return Err(Clash::Product),
    })
}

/// The unit of `a / b`: of one unit it is plain, anything per count keeps its unit, count per count is plain.
///
/// # Errors
/// Two currencies have no ratio.
pub fn divide(a: Side<'_>, b: Side<'_>) -> Result<Unit, Clash> {
    use Unit::{Count, Duration, Money, Percent, Plain, Points};
    Ok(match (a.unit, b.unit) {
        (Money(x), Money(y)) if x != y => return Err(Clash::Currencies),
        (x, y) if x == y => Plain,
        (Percent, Points) | (Points, Percent) => Plain,
        (Count(_), Plain) => {
            if b.constant {
                a.unit.clone()
            } else {
                Plain
            }
        }
        (x, Plain | Percent | Points) => x.clone(),
        (x @ (Money(_) | Duration | Percent | Points), Count(_)) => x.clone(),
        (Money(_), Duration) => a.unit.clone(),
        _ => Plain,
    })
}

/// The unit of `a ^ n`: a percentage stays one (growth factors); a power of anything else is plain.
pub fn power(a: &Unit) -> Unit {
    match a {
        Unit::Percent => Unit::Percent,
        _ => Unit::Plain,
    }
}

/// What a metric's declared unit makes of the formula's own.
///
/// # Errors
/// The clash, where the formula gives something else: only a plain number or a count can be declared to be anything.
pub fn declare(formula: &Unit, declared: &Unit) -> Result<Unit, Clash> {
    match (formula, declared) {
        (Unit::Plain | Unit::Count(_), d) => Ok(d.clone()),
        (f, d) if f == d => Ok(d.clone()),
        (Unit::Points, Unit::Percent) => Ok(Unit::Percent),
        (Unit::Money(_), Unit::Money(_)) => Err(Clash::Currencies),
        _ => Err(Clash::Mixed),
    }
}

/// The unit that a word after `unit` names: `%`, a currency's code, `seconds` or `duration`, else a counted thing.
pub fn from_word(word: &str) -> Unit {
    match word {
        "%" => Unit::Percent,
        "seconds" | "duration" => Unit::Duration,
        _ => crate::quantity::Currency::from_code(word).map_or_else(|| Unit::Count(word.to_owned()), Unit::Money),
    }
}

/// How people call an amount of a unit: `a percentage`, `an amount in USD`, `a count of members`.
pub fn describe(unit: &Unit) -> String {
    match unit {
        Unit::Plain => "a plain number".to_owned(),
        Unit::Percent => "a percentage".to_owned(),
        Unit::Points => "points".to_owned(),
        Unit::Money(c) => format!("an amount in {c}"),
        Unit::Duration => "a length of time".to_owned(),
        Unit::Count(what) => format!("a count of {what}"),
    }
}
