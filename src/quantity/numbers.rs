//! Rounding, powers, logarithms and rests as spreadsheets work them out: one implementation for values and for rows.
//! Pure functions of numbers.

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoNumber {
    /// `#DIV/0!`
    DivZero,
    /// `#NUM!`
    Num,
}

/// The number that people see: the nearest one of 15 digits. 1.005 * 100 is 100.49999999999999 and is seen as 100.5, and
/// that is what a spreadsheet rounds.
pub fn seen(x: f64) -> f64 {
    if x.is_finite() { format!("{x:.14e}").parse().unwrap_or(x) } else { x }
}

/// A whole number of these digits is all that a double holds.
const MOST_DIGITS: f64 = 1e15;

/// `x` with its digits from the `digits`-th after the point on (before it, where negative) given to `whole`, which
/// rounds a number that isn't negative.
fn at_digits(x: f64, digits: f64, whole: impl Fn(f64) -> f64) -> f64 {
    let digits = digits.trunc().clamp(-400.0, 400.0) as i32;
    let size = seen(x.abs());
    // 10^308 is the largest power of ten.
    let scale = 10f64.powi(digits.abs().min(308));
    let scaled = if digits < 0 { size / scale } else { size * scale };
    if digits > 308 || scaled >= MOST_DIGITS {
        return x;
    }
    let rounded = if digits < -308 { 0.0 } else { whole(seen(scaled)) };
    let result = if digits < 0 { rounded * scale } else { rounded / scale };
    if x < 0.0 { -result } else { result }
}

/// ROUND: half away from zero, on the 15-digit decimal form.
pub fn round(x: f64, digits: f64) -> f64 {
    at_digits(x, digits, |size| (size + 0.5).floor())
}

/// ROUNDUP: away from zero.
pub fn round_up(x: f64, digits: f64) -> f64 {
    at_digits(x, digits, f64::ceil)
}

/// ROUNDDOWN: towards zero.
pub fn round_down(x: f64, digits: f64) -> f64 {
    at_digits(x, digits, f64::floor)
}

/// CEILING as Excel documents it: up to a multiple of `step`; both negative go away from zero.
///
/// # Errors
/// `#NUM!` for a positive number and a negative step.
pub fn ceiling(x: f64, step: f64) -> Result<f64, NoNumber> {
    if step == 0.0 {
        return Ok(0.0);
    }
    multiple(x, step, f64::ceil)
}

/// FLOOR as Excel documents it: down to a multiple of `step`; both negative go towards zero.
///
/// # Errors
/// `#NUM!` for a positive number and a negative step, `#DIV/0!` for a step of zero.
pub fn floor(x: f64, step: f64) -> Result<f64, NoNumber> {
    match (x == 0.0, step == 0.0) {
        (true, true) => Ok(0.0),
        (false, true) => Err(NoNumber::DivZero),
        _ => multiple(x, step, f64::floor),
    }
}

fn multiple(x: f64, step: f64, whole: impl Fn(f64) -> f64) -> Result<f64, NoNumber> {
    if x > 0.0 && step < 0.0 {
        return Err(NoNumber::Num);
    }
    let steps = x / step;
    if steps.abs() >= MOST_DIGITS { Ok(x) } else { Ok(seen(whole(seen(steps)) * step)) }
}

/// MOD: x − n·INT(x/n), so that it has the sign of `n`.
///
/// # Errors
/// `#DIV/0!` for an `n` of zero, `#NUM!` where x/n is too large to have a rest.
pub fn modulo(x: f64, n: f64) -> Result<f64, NoNumber> {
    if n == 0.0 {
        return Err(NoNumber::DivZero);
    }
    let quotient = seen(x / n);
    if quotient.is_nan() || quotient.abs() >= MOST_DIGITS {
        return Err(NoNumber::Num);
    }
    let rest = x - n * quotient.floor();
    // 0.3 is three times 0.1, whatever their last binary digits say.
    let noise = rest.abs() <= 1e-15 * x.abs().max(n.abs());
    Ok(if noise { 0.0 } else { rest })
}

/// LOG to a base.
///
/// # Errors
/// `#NUM!` where x or the base isn't positive, `#DIV/0!` for base 1.
pub fn log(x: f64, base: f64) -> Result<f64, NoNumber> {
    if x <= 0.0 || base <= 0.0 {
        return Err(NoNumber::Num);
    }
    match base {
        1.0 => Err(NoNumber::DivZero),
        2.0 => Ok(x.log2()),
        10.0 => Ok(x.log10()),
        _ => Ok(x.ln() / base.ln()),
    }
}

/// POWER; 0 to the power of 0 is 1.
///
/// # Errors
/// `#DIV/0!` for a negative power of zero, `#NUM!` for a broken power of a negative number.
pub fn power(x: f64, n: f64) -> Result<f64, NoNumber> {
    if x == 0.0 && n < 0.0 {
        return Err(NoNumber::DivZero);
    }
    let power = x.powf(n);
    if power.is_finite() { Ok(power) } else { Err(NoNumber::Num) }
}
