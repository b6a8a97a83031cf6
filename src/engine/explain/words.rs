//! Measures and expressions over rows in a plan's words, for people. Nothing reads them back.

use crate::engine::functions::shape;
use crate::query::{Measure, Row, RowOp};

/// A measure's name.
pub fn measure(measure: &Measure) -> &'static str {
    match measure {
        Measure::Sum(_) => "sum",
        Measure::Count => "count",
        Measure::Last(_) => "last",
        Measure::First(_) => "first",
        Measure::LastPer(..) => "last per",
        Measure::Min(_) => "min",
        Measure::Max(_) => "max",
        Measure::Avg(_) => "avg",
        Measure::Median(_) => "median",
        Measure::Stdev(_) => "stdev",
        Measure::Percentile(..) => "percentile",
        Measure::Distinct(_) => "distinct",
        Measure::Share(_) => "share",
        Measure::Nps(_) => "nps",
        Measure::Csat(..) => "csat",
        Measure::Retention { .. } => "retention",
        Measure::Extent => "times",
        Measure::Rows { .. } => "rows",
    }
}

/// An expression, inner ones between parentheses.
pub fn row(row: &Row) -> String {
    let list = |rows: &[Row]| rows.iter().map(self::row).collect::<Vec<_>>().join(", ");
    match row {
        Row::Column(name) => column(name),
        Row::Number(n) => n.to_string(),
        Row::Text(text) => format!("{text:?}"),
        Row::Truth(truth) => truth.to_string(),
        Row::Period(window) => window.to_string(),
        Row::Moment(at) => at.to_string(),
        Row::Negate(x) => format!("-{}", inner(x)),
        Row::Not(x) => format!("not {}", inner(x)),
        Row::Binary(op, a, b) => format!("{} {} {}", inner(a), sign(*op), inner(b)),
        Row::In(x, of) => format!("{} in ({})", inner(x), list(of)),
        Row::Between(x, a, b) => format!("{} between {} and {}", inner(x), inner(a), inner(b)),
        Row::If(c, a, b) => format!("if({}, {}, {})", self::row(c), self::row(a), self::row(b)),
        Row::Extreme { greatest, of } => format!("{}({})", if *greatest { "max" } else { "min" }, list(of)),
        Row::IsMissing(x) => format!("{} is missing", inner(x)),
        Row::IsNumber(x) => format!("isnumber({})", self::row(x)),
        Row::IfError(x, other) => format!("iferror({}, {})", self::row(x), self::row(other)),
        Row::Missing => "n/a".to_owned(),
        Row::Call(function, of) => format!("{}({})", shape(*function).name, list(of)),
    }
}

/// A column's name: between back-ticks where it isn't plain.
fn column(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_numeric());
    if plain { name.to_owned() } else { format!("`{name}`") }
}

fn inner(x: &Row) -> String {
    match x {
        Row::Binary(..) | Row::Not(_) | Row::In(..) | Row::Between(..) | Row::IsMissing(_) => format!("({})", row(x)),
        _ => row(x),
    }
}

fn sign(op: RowOp) -> &'static str {
    match op {
        RowOp::Add => "+",
        RowOp::Subtract => "-",
        RowOp::Multiply => "*",
        RowOp::Divide => "/",
        RowOp::Power => "^",
        RowOp::Equal => "=",
        RowOp::NotEqual => "<>",
        RowOp::Less => "<",
        RowOp::LessOrEqual => "<=",
        RowOp::Greater => ">",
        RowOp::GreaterOrEqual => ">=",
        RowOp::And => "and",
        RowOp::Or => "or",
        RowOp::Otherwise => "??",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::RowFunction;

    #[test]
    fn expressions_read_as_in_a_plan() {
        let col = |name: &str| Box::new(Row::Column(name.to_owned()));
        let text = |text: &str| Row::Text(text.to_owned());
        let region = Row::Binary(RowOp::NotEqual, col("region"), Box::new(text("a \"b\"")));
        let many = Row::Binary(RowOp::Greater, col("unit price"), Box::new(Row::Number(2.5.into())));
        let both = Row::Binary(RowOp::And, Box::new(region), Box::new(Row::Not(Box::new(many))));
        assert_eq!(row(&both), "(region <> \"a \\\"b\\\"\") and (not (`unit price` > 2.5))");
        let one_of = Row::In(Box::new(Row::Call(RowFunction::Lower, vec![*col("kind")])), vec![text("a"), text("b")]);
        assert_eq!(row(&one_of), "lower(kind) in (\"a\", \"b\")");
        assert_eq!(row(&Row::IsMissing(col("2x"))), "`2x` is missing");
    }
}
