//! Which rows count: conditions that became narrower or wider. Knows conditions, and no goal.

use super::meaning::{conjuncts, row};
use crate::query::Row;
use std::collections::BTreeSet;

/// How the rows that pass the new condition lie to those of the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// The same rows.
    Same,
    /// Some of them.
    Narrower,
    /// Those and others.
    Wider,
    /// Others.
    Other,
}

impl Scope {
    /// As people read it; nothing where it only is another one.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Narrower => Some("narrower"),
            Self::Wider => Some("wider"),
            Self::Same | Self::Other => None,
        }
    }
}

/// Compares two conditions; none lets every row pass. Only what is certain is said.
pub(super) fn compare(old: Option<&Row>, new: Option<&Row>) -> Scope {
    match (old, new) {
        (None, None) => Scope::Same,
        (None, Some(_)) => Scope::Narrower,
        (Some(_), None) => Scope::Wider,
        (Some(old), Some(new)) if row(old) == row(new) => Scope::Same,
        (Some(old), Some(new)) => match (implies(new, old), implies(old, new)) {
            (true, true) => Scope::Same,
            (true, false) => Scope::Narrower,
            (false, true) => Scope::Wider,
            (false, false) => Scope::Other,
        },
    }
}

/// True where every row that passes `a` surely passes `b`.
fn implies(a: &Row, b: &Row) -> bool {
    let (has, wants) = (conjuncts(a), conjuncts(b));
    if wants.is_subset(&has) {
        return true;
    }
    match (values(a), values(b)) {
        (Some((x, few)), Some((y, many))) => x == y && few.is_subset(&many),
        _ => false,
    }
}

/// A column and the values that it may have: `region = "a"`, `region in ("a", "b")`.
fn values(r: &Row) -> Option<(String, BTreeSet<String>)> {
    use crate::query::RowOp::{Equal, Or};
    match r {
        Row::Binary(Equal, x, value) => Some((row(x), BTreeSet::from([row(value)]))),
        Row::In(x, list) => Some((row(x), list.iter().map(row).collect())),
        Row::Binary(Or, a, b) => {
            let ((x, mut some), (y, more)) = (values(a)?, values(b)?);
            some.extend(more);
            (x == y).then_some((x, some))
        }
        _ => None,
    }
}
