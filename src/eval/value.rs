//! Values as formulas compute them: a number, a missing value or an error, each remembering where it was born. Knows no
//! plan and no table.

use super::notes::Notes;
use crate::calendar::Window;
use crate::quantity::numbers::NoNumber;
use jiff::civil::DateTime;

/// An error value, as a spreadsheet names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// A division by zero.
    DivZero,
    /// No such number: a root of a negative, an overflow.
    Num,
    /// An operand of the wrong type.
    Value,
}

impl From<NoNumber> for ErrorKind {
    fn from(why: NoNumber) -> Self {
        match why {
            NoNumber::DivZero => Self::DivZero,
            NoNumber::Num => Self::Num,
        }
    }
}

impl ErrorKind {
    /// `#DIV/0!`, `#NUM!`, `#VALUE!`.
    pub fn name(self) -> &'static str {
        match self {
            Self::DivZero => "#DIV/0!",
            Self::Num => "#NUM!",
            Self::Value => "#VALUE!",
        }
    }
}

/// Puts into words where an error is born: rarely needed, and a formula is worked out many times.
pub type Place<'p> = &'p dyn Fn() -> String;

/// What an expression came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number in the expression's unit; never NaN or infinite.
    Number(f64),
    /// A text.
    Text(String),
    /// True or false.
    Truth(bool),
    /// A date or moment.
    Time(DateTime),
    /// No data; holds why.
    Missing(String),
    /// An error; holds where it was born.
    Error(ErrorKind, String),
}

impl Value {
    /// A number, or `#NUM!` born in `place` where it is none.
    pub fn number(x: f64, place: &str) -> Self {
        if x.is_finite() { Self::Number(x) } else { Self::Error(ErrorKind::Num, place.to_owned()) }
    }

    /// As [`Self::number`], with a place that is only put into words where it is told.
    pub fn number_in(x: f64, place: Place<'_>) -> Self {
        if x.is_finite() { Self::Number(x) } else { Self::Error(ErrorKind::Num, place()) }
    }

    /// The number it holds.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(x) => Some(*x),
            _ => None,
        }
    }

    /// The number it holds; 1 and 0 of true and false.
    pub fn as_figure(&self) -> Option<f64> {
        match self {
            Self::Truth(t) => Some(f64::from(u8::from(*t))),
            other => other.as_number(),
        }
    }

    /// The truth it holds.
    pub fn as_truth(&self) -> Option<bool> {
        match self {
            Self::Truth(t) => Some(*t),
            _ => None,
        }
    }

    /// Why it is no value: the missing value's reason, or the error with its origin.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Missing(why) => Some(why.clone()),
            Self::Error(kind, place) => Some(format!("{} in {place}", kind.name())),
            _ => None,
        }
    }

    /// True for a missing value or an error.
    pub fn is_void(&self) -> bool {
        matches!(self, Self::Missing(_) | Self::Error(..))
    }
}

/// A value with what must be known to judge it.
#[derive(Debug, Clone, PartialEq)]
pub struct Datum {
    /// The value.
    pub value: Value,
    /// The end (exclusive) of the time it stands for, where it comes from a table with times: for a level the end of
    /// its step or day, for a total or ratio the end of what was read.
    pub until: Option<DateTime>,
    /// Assumptions and losses met on the way: blanks skipped, levels carried forward.
    pub notes: Notes,
}

impl Datum {
    /// A value that no data touched.
    pub fn plain(value: Value) -> Self {
        Self { value, until: None, notes: Notes::default() }
    }

    /// A missing value.
    pub fn missing(why: impl Into<String>) -> Self {
        Self::plain(Value::Missing(why.into()))
    }

    /// The same of a window that isn't the one asked for: it doesn't say how far the whole value reaches.
    pub fn elsewhere(self) -> Self {
        Self { until: None, ..self }
    }

    /// The number it holds.
    pub fn number(&self) -> Option<f64> {
        self.value.as_number()
    }

    /// This datum's value replaced, its times and notes joined with those of `others`: the earliest time, every note
    /// once.
    pub fn joined<'a>(value: Value, others: impl IntoIterator<Item = &'a Datum>) -> Self {
        let mut out = Self::plain(value);
        for other in others {
            out.until = match (out.until, other.until) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            out.notes.add(&other.notes);
        }
        out
    }
}

/// Where a formula is evaluated: a stretch of time, cut where data ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// The whole window.
    pub window: Window,
    /// Nothing at or after this moment is read.
    pub cut: DateTime,
}

impl Stretch {
    /// A window that is read as far as data goes.
    pub fn new(window: Window, cut: DateTime) -> Self {
        Self { window, cut }
    }

    /// The part that is read: empty where the cut is before its start.
    pub fn read(&self) -> Window {
        Window::new(self.window.start, self.window.end.min(self.cut).max(self.window.start))
    }

    /// The share of the window's time that is read, 0…1.
    pub fn elapsed(&self) -> f64 {
        let whole = self.window.length_days();
        if whole <= 0.0 { 1.0 } else { (self.read().length_days() / whole).clamp(0.0, 1.0) }
    }

    /// True where all of it is read.
    pub fn whole(&self) -> bool {
        self.window.end <= self.cut
    }
}
