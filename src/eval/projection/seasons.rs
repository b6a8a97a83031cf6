//! What recurs in a series, by classical decomposition: a centred moving average over a season, then the mean of what is
//! left at each place of the season (Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section
//! 3.4). Knows numbers only.

/// How many whole seasons a series must have: with two, each place has one value, which can't be told from chance.
const LEAST: usize = 3;

/// A value for each place of a season; the first belongs to the first value of the series.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seasons {
    /// Factors around 1, or amounts around 0.
    pub places: Vec<f64>,
    /// True where they multiply: the series is all above zero.
    pub multiply: bool,
}

impl Seasons {
    /// The factor or amount of the `i`th value of the series, which may lie ahead.
    pub fn at(&self, i: usize) -> f64 {
        self.places.get(i % self.places.len().max(1)).copied().unwrap_or(if self.multiply { 1.0 } else { 0.0 })
    }

    /// The series without them.
    pub fn removed(&self, values: &[f64]) -> Vec<f64> {
        let of = |(i, y): (usize, &f64)| if self.multiply { y / self.at(i) } else { y - self.at(i) };
        values.iter().enumerate().map(of).collect()
    }
}

/// The seasons of a series; `None` where it is too short, or a factor would not be above zero.
pub(super) fn of(values: &[f64], length: usize) -> Option<Seasons> {
    if length < 2 || values.len() < LEAST * length {
        return None;
    }
    let multiply = values.iter().all(|y| *y > 0.0);
    let mut places = vec![(0.0, 0.0); length];
    for (i, trend) in centred(values, length) {
        let left = if multiply { values.get(i)? / trend } else { values.get(i)? - trend };
        let place = places.get_mut(i % length)?;
        *place = (place.0 + left, place.1 + 1.0);
    }
    let means: Vec<f64> = places.iter().map(|(sum, n)| sum / n).collect();
    let middle = means.iter().sum::<f64>() / length as f64;
    let places: Vec<f64> = means.iter().map(|m| if multiply { m / middle } else { m - middle }).collect();
    let sound = places.iter().all(|p| p.is_finite() && (!multiply || *p > 0.0));
    sound.then_some(Seasons { places, multiply })
}

/// The moving average over a season around each value that has one; over an even season its two ends count half.
fn centred(values: &[f64], length: usize) -> impl Iterator<Item = (usize, f64)> {
    let half = length / 2;
    (half..values.len().saturating_sub(half)).filter_map(move |i| {
        let around = values.get(i - half..=i + half)?;
        let sum: f64 = around.iter().sum();
        let ends = if length.is_multiple_of(2) { (around.first()? + around.last()?) / 2.0 } else { 0.0 };
        Some((i, (sum - ends) / length as f64))
    })
}
