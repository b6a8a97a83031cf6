//! Numbers with units: percent, points, money, durations and counted things. Knows no plan and no data.

mod display;
pub mod numbers;

pub use display::{Digits, change, share, show, show_exact};
use serde::{Serialize, Serializer};
use std::fmt;

/// What a number counts. Stored values: a percentage and points as a fraction (5% is 0.05), a duration in seconds,
/// money in whole units of its currency.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Unit {
    /// No unit: takes the other side's.
    #[default]
    Plain,
    /// A ratio, `%`.
    Percent,
    /// A difference of two percentages, `pp`.
    Points,
    /// An amount in a currency of ISO 4217.
    Money(Currency),
    /// A length of time, in seconds.
    Duration,
    /// So many of a thing: `members`, `posts`.
    Count(String),
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain => f.write_str("a plain number"),
            Self::Percent => f.write_str("%"),
            Self::Points => f.write_str("points"),
            Self::Money(c) => write!(f, "{c}"),
            Self::Duration => f.write_str("a duration"),
            Self::Count(what) => f.write_str(what),
        }
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Plain => serializer.serialize_none(),
            Self::Duration => serializer.serialize_str("seconds"),
            other => serializer.collect_str(other),
        }
    }
}

/// A currency of ISO 4217, by its three-letter code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The US dollar, which `$` means unless the plan names another dollar.
    pub const USD: Currency = Currency(iso_currency::Currency::USD);
    /// The euro, `€`.
    pub const EUR: Currency = Currency(iso_currency::Currency::EUR);
    /// The pound sterling, `£`.
    pub const GBP: Currency = Currency(iso_currency::Currency::GBP);

    /// The currency of a code such as `USD`; `None` where ISO 4217 has none.
    pub fn from_code(code: &str) -> Option<Self> {
        iso_currency::Currency::from_code(code).map(Self)
    }

    /// Its three letters.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// True where it is written `$`.
    pub fn is_dollar(self) -> bool {
        self.0.symbol().symbol.ends_with('$')
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Relative tolerance of every comparison of two measured numbers (language reference, section Units).
pub const TOLERANCE: f64 = 1e-9;

/// True where the two are equal within [`TOLERANCE`].
pub fn same(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= TOLERANCE * a.abs().max(b.abs())
}

/// `a >= b` within [`TOLERANCE`].
pub fn at_least(a: f64, b: f64) -> bool {
    a >= b || same(a, b)
}
