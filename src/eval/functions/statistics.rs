//! Statistics of several numbers, as spreadsheets define them. Pure functions of numbers.

use crate::eval::value::ErrorKind;
use statrs::statistics::Statistics;

/// MEDIAN: the middle one, or the mean of the two middle ones; NaN of none.
pub fn median(values: &[f64]) -> f64 {
    between_ranks(values, 0.5).unwrap_or(f64::NAN)
}

/// STDEV: the sample standard deviation, with n − 1.
///
/// # Errors
/// `#DIV/0!` for fewer than two values.
pub fn stdev(values: &[f64]) -> Result<f64, ErrorKind> {
    if values.len() < 2 { Err(ErrorKind::DivZero) } else { Ok(values.std_dev()) }
}

/// PERCENTILE.INC with `k` from 0 to 100: linear between the two nearest of the ranks 0 … n − 1.
///
/// # Errors
/// `#NUM!` for another `k` or no values.
pub fn percentile(values: &[f64], k: f64) -> Result<f64, ErrorKind> {
    if (0.0..=100.0).contains(&k) {
        between_ranks(values, k / 100.0).ok_or(ErrorKind::Num)
    } else {
        Err(ErrorKind::Num)
    }
}

/// Linear between the two nearest ranks, `share` of the way from the least to the greatest; `None` of none.
pub fn between_ranks(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = share * sorted.len().checked_sub(1)? as f64;
    let below = sorted.get(rank.floor() as usize)?;
    let above = sorted.get(rank.ceil() as usize)?;
    Some(below + (above - below) * rank.fract())
}

/// CORREL: Pearson's correlation, the covariance over the product of the standard deviations.
///
/// # Errors
/// `#DIV/0!` where one side doesn't vary, or of fewer than two points.
pub fn correl(x: &[f64], y: &[f64]) -> Result<f64, ErrorKind> {
    let (sx, sy) = (varies(x)?, varies(y)?);
    Ok((x.covariance(y) / (sx * sy)).clamp(-1.0, 1.0))
}

/// SLOPE of the least-squares line of `y` over `x`: the covariance over the variance of x.
///
/// # Errors
/// `#DIV/0!` where x doesn't vary, or of fewer than two points.
pub fn slope(y: &[f64], x: &[f64]) -> Result<f64, ErrorKind> {
    let sx = varies(x)?;
    Ok(x.covariance(y) / (sx * sx))
}

/// The standard deviation of numbers that aren't all the same.
fn varies(values: &[f64]) -> Result<f64, ErrorKind> {
    let same = values.windows(2).all(|pair| pair[0] == pair[1]);
    if same { Err(ErrorKind::DivZero) } else { stdev(values) }
}
