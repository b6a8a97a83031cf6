//! Payments over time, as spreadsheets define their values and rates. Pure functions of numbers and days.

use crate::calendar::dates;
use crate::eval::value::ErrorKind;
use jiff::civil::Date;

/// NPV: Σ vᵢ / (1 + rate)ⁱ, the first payment one period away.
///
/// # Errors
/// `#DIV/0!` for a rate of −100%.
pub fn npv(rate: f64, payments: &[f64]) -> Result<f64, ErrorKind> {
    if rate == -1.0 {
        return Err(ErrorKind::DivZero);
    }
    Ok(payments.iter().rev().fold(0.0, |later, v| (later + v) / (1.0 + rate)))
}

/// XNPV: Σ vᵢ / (1 + rate)^(days since the first / 365).
///
/// # Errors
/// `#NUM!` for a rate of −100% or below, and for a date before the first one.
pub fn xnpv(rate: f64, payments: &[f64], days: &[Date]) -> Result<f64, ErrorKind> {
    if rate <= -1.0 {
        return Err(ErrorKind::Num);
    }
    let years = years(payments, days)?;
    Ok(payments.iter().zip(years).map(|(v, t)| v / (1.0 + rate).powf(t)).sum())
}

/// IRR: the rate at which the payments, a period apart, come to nothing.
///
/// # Errors
/// `#NUM!` without a payment above and one below zero, and where no rate above −100% does.
pub fn irr(payments: &[f64]) -> Result<f64, ErrorKind> {
    rate(payments, (0..payments.len()).map(|n| n as f64).collect())
}

/// XIRR: the yearly rate at which dated payments come to nothing, a year having 365 days.
///
/// # Errors
/// `#NUM!` as [`irr`], and for a date before the first one.
pub fn xirr(payments: &[f64], days: &[Date]) -> Result<f64, ErrorKind> {
    rate(payments, years(payments, days)?)
}

/// RRI: (to / from)^(1 / periods) − 1.
///
/// # Errors
/// `#NUM!` where periods isn't positive, from is zero, or the two have no such root.
pub fn rri(periods: f64, from: f64, to: f64) -> Result<f64, ErrorKind> {
    if periods <= 0.0 || from == 0.0 {
        return Err(ErrorKind::Num);
    }
    let rate = (to / from).powf(periods.recip()) - 1.0;
    if rate.is_finite() { Ok(rate) } else { Err(ErrorKind::Num) }
}

/// (gain − cost) / cost, as the language defines it.
///
/// # Errors
/// `#DIV/0!` for a cost of zero.
pub fn roi(gain: f64, cost: f64) -> Result<f64, ErrorKind> {
    if cost == 0.0 { Err(ErrorKind::DivZero) } else { Ok((gain - cost) / cost) }
}

/// Years of 365 days from the first date to each.
fn years(payments: &[f64], days: &[Date]) -> Result<Vec<f64>, ErrorKind> {
    let Some(first) = days.first().filter(|_| days.len() == payments.len()) else { return Err(ErrorKind::Value) };
    if days.iter().any(|day| day < first) {
        return Err(ErrorKind::Num);
    }
    Ok(days.iter().map(|day| dates::days(*day, *first) as f64 / 365.0).collect())
}

/// The rate a spreadsheet starts from unless a guess is given.
const GUESS: f64 = 0.1;

/// The rate above −100% at which Σ vᵢ / (1 + rate)^tᵢ is nothing; of several, the one nearest to [`GUESS`] in its growth.
///
/// It looks for a change of sign outwards from the guess, in steps of ln(1 + rate) that grow with the distance, and
/// then closes in on it.
fn rate(payments: &[f64], times: Vec<f64>) -> Result<f64, ErrorKind> {
    let gains = payments.iter().any(|v| *v > 0.0) && payments.iter().any(|v| *v < 0.0);
    let longest = times.iter().copied().fold(0.0, f64::max);
    if !gains || longest <= 0.0 {
        return Err(ErrorKind::Num);
    }
    let worth = |growth: f64| {
        // Counted from the last payment below no growth: the sign is the same, and nothing overflows.
        let from = if growth < 0.0 { longest } else { 0.0 };
        payments.iter().zip(&times).map(|(v, t)| v * (growth * (from - t)).exp()).sum::<f64>()
    };
    let start = GUESS.ln_1p();
    let step = 0.5 / longest.max(10.0);
    let mut last = [(start, worth(start)); 2];
    if last[0].1 == 0.0 {
        return Ok(GUESS);
    }
    for n in 1.. {
        // 0.1 * (1.1^n - 1) / 0.1: the steps grow by a tenth.
        let distance = step * (1.1_f64.powi(n) - 1.0) / 0.1;
        if distance > FARTHEST {
            break;
        }
        for (side, last) in [1.0, -1.0].into_iter().zip(&mut last) {
            let growth = start + side * distance;
            let here = (growth, worth(growth));
            if here.1 == 0.0 || (here.1 < 0.0) != (last.1 < 0.0) {
                let rate = closed_in(*last, here, worth).exp_m1();
                return if rate.is_finite() { Ok(rate) } else { Err(ErrorKind::Num) };
            }
            *last = here;
        }
    }
    Err(ErrorKind::Num)
}

/// e to the power of more than this is no number.
const FARTHEST: f64 = 700.0;

/// The place between two of different signs where `worth` is nothing, by halving: 200 halvings leave no digit open.
fn closed_in((mut a, mut at_a): (f64, f64), (mut b, at_b): (f64, f64), worth: impl Fn(f64) -> f64) -> f64 {
    if at_b == 0.0 {
        return b;
    }
    for _ in 0..200 {
        let middle = a + (b - a) / 2.0;
        if middle == a || middle == b {
            break;
        }
        let here = worth(middle);
        if here == 0.0 {
            return middle;
        }
        if (here < 0.0) == (at_a < 0.0) {
            (a, at_a) = (middle, here);
        } else {
            b = middle;
        }
    }
    a
}
