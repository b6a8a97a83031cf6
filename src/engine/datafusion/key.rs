//! A value that makes a group, or is counted as one of the different ones. Knows no columns.

use super::time::civil;
use ordered_float::OrderedFloat;
use serde::{Deserialize, Serialize};

/// A value, in the order of groups.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Key {
    /// A truth value.
    Truth(bool),
    /// A number; never −0.
    Number(OrderedFloat<f64>),
    /// Microseconds.
    Time(i64),
    /// A text.
    Text(Box<str>),
}

impl Key {
    /// A number, whose sign counts for nothing where it is 0.
    pub fn number(n: f64) -> Self {
        // Adding 0 turns −0 into 0.
        Self::Number(OrderedFloat(n + 0.0))
    }

    /// As groups are named.
    pub fn shown(&self) -> String {
        match self {
            Self::Truth(t) => t.to_string(),
            Self::Number(n) => n.to_string(),
            Self::Text(t) => t.to_string(),
            Self::Time(t) => {
                let at = civil(*t);
                let midnight = at.time() == jiff::civil::Time::midnight();
                if midnight { at.date().to_string() } else { at.to_string() }
            }
        }
    }
}
