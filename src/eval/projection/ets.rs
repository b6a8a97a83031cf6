//! Exponential smoothing of a series: which ETS model fits best by AICc, and what it says of the steps ahead. The crate
//! `augurs-ets` fits the models; their forecasts follow here from their smoothing parameters. Knows numbers only.
//!
//! Formulas: Hyndman, Koehler, Ord & Snyder, Forecasting with Exponential Smoothing (2008): section 2.5 (models), 6.2
//! (class 1, additive errors), 6.3 (class 2, multiplicative errors), 6.6 (sums over several steps); and Hyndman &
//! Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., chapter 8 (choice by AICc).

use super::seasons::{self, Seasons};
use augurs_core::Predict;
use augurs_ets::model::{ErrorComponent, ModelType, Params, SeasonalComponent, TrendComponent, Unfit};
use statrs::distribution::{ContinuousCDF, Normal};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Where the search for a model's parameters begins: the likelihood may have several peaks.
const STARTS: [f64; 3] = [0.2, 0.5, 0.9];
/// The level at which the crate is asked for intervals, from which its parameters follow.
const ASKED: f64 = 0.8;

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    multiplicative: bool,
    trend: bool,
    damped: bool,
    alpha: f64,
    beta: f64,
    phi: f64,
    /// The value of the next step, and how much the one after that differs.
    next: f64,
    growth: f64,
    /// The variance of a step's error; relative to its expected value where errors multiply.
    variance: f64,
    /// −2 log likelihood with the correction for the number of parameters.
    aicc: f64,
    seasons: Option<Seasons>,
}

/// Fits so far: goals on one subject share them.
#[derive(Debug, Default)]
pub struct Fits(RefCell<HashMap<Asked, Option<Rc<Fitted>>>>);

/// The bits of a series' values, and how long its season may be.
type Asked = (Vec<u64>, Option<usize>);

impl Fits {
    /// The best model of a series whose season may be so many steps long; `None` where none fits.
    pub(super) fn of(&self, values: &[f64], season: Option<usize>) -> Option<Rc<Fitted>> {
        let key = (values.iter().map(|v| v.to_bits()).collect(), season);
        if let Some(found) = self.0.borrow().get(&key) {
            return found.clone();
        }
        let fitted = best(values, season).map(Rc::new);
        self.0.borrow_mut().insert(key, fitted.clone());
        fitted
    }
}

impl Fitted {
    /// As the literature writes it: `ETS(A,Ad,N)`.
    pub(super) fn name(&self) -> String {
        let error = if self.multiplicative { "M" } else { "A" };
        let trend = match (self.trend, self.damped) {
            (false, _) => "N",
            (true, false) => "A",
            (true, true) => "Ad",
        };
        format!("ETS({error},{trend},N)")
    }

    /// How many steps the seasons are long that were taken out before.
    pub(super) fn season_length(&self) -> Option<i32> {
        self.seasons.as_ref().and_then(|s| i32::try_from(s.places.len()).ok())
    }

    /// What one step's error of 1 adds to the forecast `j` steps later: c_j = α + β(φ + … + φ^j).
    fn carried(&self, steps: usize) -> Vec<f64> {
        let mut sum = 0.0;
        let of = |j: usize| {
            sum += self.phi.powi(i32::try_from(j).unwrap_or(i32::MAX));
            self.alpha + self.beta * sum
        };
        (1..=steps).map(of).collect()
    }

    /// The expected value of each step ahead, without seasons.
    fn expected(&self, steps: usize) -> Vec<f64> {
        let mut grown = 0.0;
        let of = |h: usize| {
            let value = self.next + grown;
            grown += self.growth * self.phi.powi(i32::try_from(h).unwrap_or(i32::MAX));
            value
        };
        (0..steps).map(of).collect()
    }

    /// The variance of each step's own error: σ², or σ²·θ_h where errors multiply, θ_h being the expected square of
    /// what is expected one step before: θ_h = μ_h² + σ²·Σ c_j²·θ_(h−j).
    fn noises(&self, expected: &[f64], carried: &[f64]) -> Vec<f64> {
        if !self.multiplicative {
            return vec![self.variance; expected.len()];
        }
        let mut squares: Vec<f64> = Vec::with_capacity(expected.len());
        for mean in expected {
            let earlier = squares.iter().rev().zip(carried).map(|(square, c)| c * c * square).sum::<f64>();
            squares.push(mean * mean + self.variance * earlier);
        }
        squares.into_iter().map(|square| self.variance * square).collect()
    }

    /// The weighted sum of the steps ahead and the standard deviation of its error; `from` is the place of the first
    /// step ahead in the series. The errors of the steps are uncorrelated, and each is carried into all later steps, so
    /// the sum's variance is Σ_h noise_h·(w_h + Σ_j c_j·w_(h+j))². Of a step that has begun only the rest still varies:
    /// a share w of independent moments has w times the variance of the whole.
    pub(super) fn combined(&self, weights: &[f64], from: usize) -> (f64, f64) {
        let expected = self.expected(weights.len());
        let carried = self.carried(weights.len());
        let noises = self.noises(&expected, &carried);
        let place = |h: usize| {
            self.seasons.as_ref().map_or((1.0, 0.0), |s| match s.multiply {
                true => (s.at(from + h), 0.0),
                false => (1.0, s.at(from + h)),
            })
        };
        let mut sum = 0.0;
        let mut variance = 0.0;
        for (h, ((weight, mean), noise)) in weights.iter().zip(&expected).zip(&noises).enumerate() {
            let (factor, amount) = place(h);
            sum += weight * (factor * mean + amount);
            let later = weights.iter().enumerate().skip(h + 1).zip(&carried);
            let kept = later.map(|((at, w), c)| w * place(at).0 * c).sum::<f64>();
            variance += noise * (weight.sqrt() * factor + kept).powi(2);
        }
        (sum, variance.max(0.0).sqrt())
    }
}

/// The model with the least AICc among those without seasons and, where the series is long enough, those of the
/// seasonally adjusted series; what the seasons cost in parameters counts.
fn best(values: &[f64], season: Option<usize>) -> Option<Fitted> {
    let scale = scale(values);
    let scaled: Vec<f64> = values.iter().map(|y| y / scale).collect();
    let plain = models(&scaled, None);
    let seasonal = season.and_then(|length| seasons::of(&scaled, length)).and_then(|s| {
        let adjusted = s.removed(&scaled);
        // A density of y = s·z is that of z divided by s.
        let stretched = (0..scaled.len()).filter(|_| s.multiply).map(|i| 2.0 * s.at(i).ln()).sum::<f64>();
        models(&adjusted, Some(s)).map(|m| Fitted { aicc: m.aicc + stretched, ..m })
    });
    let best = [plain, seasonal].into_iter().flatten().min_by(|a, b| a.aicc.total_cmp(&b.aicc))?;
    Some(unscaled(best, scale))
}

/// A power of two near the size of the values: the search for parameters wants numbers of ordinary size, and dividing by
/// a power of two changes no digit.
fn scale(values: &[f64]) -> f64 {
    let size = values.iter().map(|y| y.abs()).sum::<f64>() / values.len().max(1) as f64;
    if size > 0.0 && size.is_finite() { 2_f64.powi(size.log2().floor() as i32 - 6) } else { 1.0 }
}

fn unscaled(mut fitted: Fitted, scale: f64) -> Fitted {
    fitted.next *= scale;
    fitted.growth *= scale;
    if !fitted.multiplicative {
        fitted.variance *= scale * scale;
    }
    if let Some(seasons) = fitted.seasons.as_mut().filter(|s| !s.multiply) {
        seasons.places.iter_mut().for_each(|place| *place *= scale);
    }
    fitted
}

/// The best of all forms. Multiplied errors need values above zero.
fn models(values: &[f64], seasons: Option<Seasons>) -> Option<Fitted> {
    let positive = values.iter().all(|y| *y > 0.0);
    let forms = [(false, false), (true, false), (true, true)];
    let errors = [false, true].into_iter().filter(|multiplicative| positive || !multiplicative);
    let fits = errors.flat_map(|multiplicative| {
        let seasons = &seasons;
        forms
            .into_iter()
            .filter_map(move |(trend, damped)| form(values, multiplicative, trend, damped, seasons.as_ref()))
    });
    let mut best: Option<Fitted> = None;
    for fitted in fits {
        if best.as_ref().is_none_or(|b| fitted.aicc < b.aicc) {
            best = Some(fitted);
        }
    }
    best.map(|b| Fitted { seasons, ..b })
}

/// The likeliest model of one form, from several starts.
fn form(values: &[f64], multiplicative: bool, trend: bool, damped: bool, seasons: Option<&Seasons>) -> Option<Fitted> {
    let kind = ModelType {
        error: if multiplicative { ErrorComponent::Multiplicative } else { ErrorComponent::Additive },
        trend: if trend { TrendComponent::Additive } else { TrendComponent::None },
        season: SeasonalComponent::None,
    };
    let fits = STARTS.iter().filter_map(|alpha| {
        let start = Params { alpha: *alpha, ..Params::default() };
        let model = Unfit::new(kind).damped(damped).params(start).fit(values).ok()?;
        recovered(&model, values, (multiplicative, trend, damped), seasons)
    });
    let mut best: Option<Fitted> = None;
    for fitted in fits {
        if best.as_ref().is_none_or(|b| fitted.aicc < b.aicc) {
            best = Some(fitted);
        }
    }
    best
}

/// A fitted model's parameters. The crate keeps them to itself, and its forecasts of damped trends are off from the
/// second step on (they add φ twice), so they follow from its forecasts of three steps and the widths of their
/// intervals, which are right.
fn recovered(
    model: &augurs_ets::model::Model,
    values: &[f64],
    (multiplicative, trend, damped): (bool, bool, bool),
    seasons: Option<&Seasons>,
) -> Option<Fitted> {
    let ahead = model.predict(3, ASKED).ok()?;
    let [first, second, third] = *ahead.point.first_chunk::<3>()?;
    let intervals = ahead.intervals?;
    let unit = Normal::new(0.0, 1.0).ok()?.inverse_cdf(0.5 + ASKED / 2.0);
    let width = |i: usize| Some(((intervals.upper.get(i)? - intervals.lower.get(i)?) / 2.0 / unit).powi(2));
    let variances = [width(0)?, width(1)?, width(2)?];
    let (growth, phi) = match (trend, damped) {
        (false, _) => (0.0, 1.0),
        (true, false) => (second - first, 1.0),
        (true, true) => {
            let phi = (third - second) / (second - first);
            (second - first, if phi.is_finite() { phi.clamp(0.8, 0.98) } else { 0.98 })
        }
    };
    let (c1, c2) = carried(multiplicative, [first, second, third], variances);
    let beta = if trend { ((c2 - c1) / (phi * phi)).max(0.0) } else { 0.0 };
    let alpha = (c1 - beta * phi).max(0.0);
    // A slope that learns faster than the level is outside of the usual region, to which R and statsmodels keep.
    if beta > alpha + 1e-6 {
        return None;
    }
    let parameters = 2 + 2 * usize::from(trend) + usize::from(damped);
    let fitted = model.predict_in_sample(None).ok()?.point;
    let error = |(y, f): (&f64, &f64)| if multiplicative { (y - f) / f } else { y - f };
    let squares: f64 = values.iter().zip(&fitted).map(error).map(|e| e * e).sum();
    let freedom = values.len().checked_sub(parameters).filter(|f| *f > 0)?;
    let out = Fitted {
        multiplicative,
        trend,
        damped,
        alpha,
        beta,
        phi,
        next: first,
        growth: if damped { growth * phi } else { growth },
        variance: squares / freedom as f64,
        aicc: aicc(-2.0 * model.log_likelihood(), values.len(), parameters + 1 + extra(seasons))?,
        seasons: None,
    };
    [out.next, out.growth, out.variance, out.alpha, out.beta, out.aicc].iter().all(|x| x.is_finite()).then_some(out)
}

/// c_1 and c_2 from the variances of the first three steps: v_h = σ²·(1 + Σ c_j²) with additive errors, and
/// v_h = (1 + σ²)·θ_h − μ_h² with multiplied ones.
fn carried(multiplicative: bool, [m1, m2, m3]: [f64; 3], [v1, v2, v3]: [f64; 3]) -> (f64, f64) {
    // Without errors nothing is carried.
    if v1 <= 1e-24 * m1 * m1 {
        return (0.0, 0.0);
    }
    let root = |square: f64| square.max(0.0).sqrt();
    if !multiplicative {
        return (root((v2 - v1) / v1), root((v3 - v2) / v1));
    }
    let s = v1 / (m1 * m1);
    let (t1, t2, t3) = (m1 * m1, (v2 + m2 * m2) / (1.0 + s), (v3 + m3 * m3) / (1.0 + s));
    let first = ((t2 - m2 * m2) / (s * t1)).max(0.0);
    let second = ((t3 - m3 * m3) / s - first * t2) / t1;
    (first.sqrt(), root(second))
}

/// What seasons cost: one parameter a place, but for the one that follows from the others.
fn extra(seasons: Option<&Seasons>) -> usize {
    seasons.map_or(0, |s| s.places.len().saturating_sub(1))
}

/// Akaike's criterion corrected for short series; `None` where there are too few values for so many parameters.
fn aicc(minus_two_log: f64, values: usize, parameters: usize) -> Option<f64> {
    let (n, k) = (values as f64, parameters as f64);
    (n - k - 1.0 > 0.0).then(|| minus_two_log + 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0))
}
