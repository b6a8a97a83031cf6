//! How exactly a literal is written: half of its last digit, in the stored form of its unit. Knows literals, and no goal.

use crate::syntax::tree::{Expr, ExprKind, Literal, Number};

/// What a rounded literal may stand for on either side: `254.58M` is half of 0.01M, `+25%` half of 1%. Whole numbers without
/// a suffix are rounded where they end in zeros. `None` for what isn't written as a number.
pub fn half_digit(literal: &Literal) -> Option<f64> {
    match literal {
        Literal::Number(n) | Literal::Money(n, _) => Some(half(n, true)),
        Literal::Percent(n) | Literal::Points(n) => Some(half(n, false) / 100.0),
        Literal::Duration(n, unit) => Some(half(n, false) * unit.seconds()),
        _ => None,
    }
}

/// Likewise of an expression; nothing where it is worked out.
pub fn half_digit_of(expr: &Expr) -> Option<f64> {
    match &expr.node {
        ExprKind::Literal(literal) => half_digit(literal),
        ExprKind::Group(inner) => half_digit_of(inner),
        _ => None,
    }
}

/// Half of a number's last written digit.
pub fn half(number: &Number, zeros: bool) -> f64 {
    let scale = match number.suffix {
        Some('k' | 'K') => 1e3,
        Some('M' | 'm') => 1e6,
        Some('B' | 'b') => 1e9,
        Some('T' | 't') => 1e12,
        _ => 1.0,
    };
    let mut digit = scale / 10f64.powi(i32::from(number.decimals));
    if zeros && number.suffix.is_none() && number.decimals == 0 && number.value != 0.0 {
        while (number.value / (digit * 10.0)).fract() == 0.0 {
            digit *= 10.0;
        }
    }
    digit / 2.0
}
