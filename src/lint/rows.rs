//! Looks into row expressions. Knows no table and no rule.

use crate::query::{Measure, Row};

/// The row expression that an aggregate takes.
pub fn argument(measure: &Measure) -> Option<&Row> {
    match measure {
        Measure::Sum(x) | Measure::Last(x) | Measure::First(x) | Measure::LastPer(x, _) => Some(x),
        Measure::Min(x) | Measure::Max(x) | Measure::Avg(x) | Measure::Median(x) | Measure::Stdev(x) => Some(x),
        Measure::Percentile(x, _) | Measure::Csat(x, _) => Some(x),
        Measure::Distinct(x) | Measure::Share(x) | Measure::Nps(x) | Measure::Retention { id: x, .. } => Some(x),
        Measure::Count | Measure::Extent | Measure::Rows { .. } => None,
    }
}

/// The row expressions that stand directly in one.
pub fn parts(row: &Row) -> Vec<&Row> {
    match row {
        Row::Negate(x) | Row::Not(x) | Row::IsMissing(x) | Row::IsNumber(x) => vec![x],
        Row::Binary(_, a, b) | Row::IfError(a, b) => vec![a, b],
        Row::Between(a, b, c) | Row::If(a, b, c) => vec![a, b, c],
        Row::In(x, list) => std::iter::once(&**x).chain(list).collect(),
        Row::Extreme { of, .. } | Row::Call(_, of) => of.iter().collect(),
        Row::Column(_)
        | Row::Number(_)
        | Row::Text(_)
        | Row::Truth(_)
        | Row::Period(_)
        | Row::Moment(_)
        | Row::Missing => Vec::new(),
    }
}

/// True where a row expression reads a column.
pub fn reads(row: &Row, column: &str) -> bool {
    matches!(row, Row::Column(c) if c == column) || parts(row).into_iter().any(|x| reads(x, column))
}
