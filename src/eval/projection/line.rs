//! A straight line through a short history, by least squares on the step number, with the prediction interval of
//! simple regression (Student's t). Knows numbers only.

use super::history::{Ahead, History, last_of};
use super::{Forecast, LINE, Spread};

/// The line's forecast; `None` with fewer than three periods.
///
/// The error of a weighted sum of steps ahead has the variance s²·(Σw² + (Σw)²/n + (Σw(x−x̄))²/Sxx): the noise of the
/// steps themselves, and what the line's height and slope may be off, which all steps share (Draper & Smith, Applied
/// Regression Analysis, 3rd ed., section 3.1; for one step it is a spreadsheet's FORECAST with its interval).
pub(super) fn through(history: &History) -> Option<Forecast> {
    let values = &history.values;
    if values.len() < LINE {
        return None;
    }
    let n = values.len() as f64;
    let middle = (n - 1.0) / 2.0;
    let mean = values.iter().sum::<f64>() / n;
    let off = |i: usize| i as f64 - middle;
    let spread: f64 = (0..values.len()).map(|i| off(i).powi(2)).sum();
    let slope = values.iter().enumerate().map(|(i, y)| off(i) * (y - mean)).sum::<f64>() / spread;
    let squares: f64 = values.iter().enumerate().map(|(i, y)| (y - mean - slope * off(i)).powi(2)).sum();
    let freedom = n - 2.0;
    let (known, weights) = match &history.ahead {
        Ahead::Steps(steps) => (0.0, last_of(*steps)),
        Ahead::Sum { known, weights } => (*known, weights.clone()),
    };
    let total: f64 = weights.iter().sum();
    let lever: f64 = weights.iter().enumerate().map(|(h, w)| w * off(values.len() + h)).sum();
    // Of a step that has begun only the rest still varies: a share w of independent moments has the variance w·s².
    let noise: f64 = total;
    let variance = squares / freedom * (noise + total.powi(2) / n + lever.powi(2) / spread);
    let value = known + total * mean + slope * lever;
    let unit = history.step.times(i32::try_from(values.len()).unwrap_or(i32::MAX));
    (value.is_finite() && variance.is_finite()).then(|| Forecast {
        value,
        error: Some((variance.max(0.0).sqrt(), Spread::Student(freedom))),
        method: format!("least squares over {unit}"),
    })
}
