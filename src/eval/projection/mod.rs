//! Where a goal is likely to stand at its deadline: value, 80 % interval, chance of meeting the target, and by which
//! method (language reference, Projection). Knows the history of one subject, and decides no status.

mod ets;
mod history;
mod limits;
mod line;
mod run_rate;
mod seasons;

pub use ets::Fits;

use super::aim::{Aim, Wanted};
use super::frame::Mode;
use super::measured::{Judge, Judged};
use super::notes::Notes;
use super::verdict::{Projection, Status};
use crate::calendar::{self, CalendarSpan};
use crate::model::plan::{Comparison, Type};
use history::{Ahead, History};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The level of the interval.
const LEVEL: f64 = 0.8;
/// From how many whole periods on the history is smoothed exponentially.
const SMOOTHED: usize = 8;
/// From how many on a line is laid through it.
const LINE: usize = 3;

/// The share of the values below which a forecast is nothing.
const DUST: f64 = 1e-12;

/// How the error of a forecast is distributed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Spread {
    Normal,
    /// Student's t with so many degrees of freedom.
    Student(f64),
}

/// A forecast of the judged value at the deadline.
#[derive(Debug, Clone, PartialEq)]
struct Forecast {
    value: f64,
    /// The standard deviation of its error and how that is distributed; `None`: nothing is known of the error.
    error: Option<(f64, Spread)>,
    method: String,
}

impl Forecast {
    /// The value below which the forecast stays with probability `p`.
    fn quantile(&self, p: f64) -> Option<f64> {
        let (deviation, spread) = self.error?;
        let unit = match spread {
            Spread::Normal => Normal::new(0.0, 1.0).ok()?.inverse_cdf(p),
            Spread::Student(freedom) => StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(p),
        };
        Some(self.value + unit * deviation)
    }

    /// The probability that the value is at least `bound` (`up`), or at most.
    fn reaches(&self, bound: f64, up: bool) -> Option<f64> {
        let (deviation, spread) = self.error?;
        let beyond = if up { bound - self.value } else { self.value - bound };
        if deviation <= 0.0 {
            // Nothing ever strayed from the forecast.
            return Some(f64::from(u8::from(beyond <= 1e-9 * bound.abs())));
        }
        let unit = beyond / deviation;
        match spread {
            Spread::Normal => Some(Normal::new(0.0, 1.0).ok()?.sf(unit)),
            Spread::Student(freedom) => Some(StudentsT::new(0.0, 1.0, freedom).ok()?.sf(unit)),
        }
    }

    /// The probability that the target is met; `None` where it isn't known, or an exact value is wanted.
    fn chance(&self, wanted: &Wanted) -> Option<f64> {
        match *wanted {
            Wanted::Bound(Comparison::AtLeast | Comparison::Above, bound) => self.reaches(bound, true),
            Wanted::Bound(Comparison::AtMost | Comparison::Below, bound) => self.reaches(bound, false),
            Wanted::Bound(Comparison::Equal, _) => None,
            Wanted::Range(low, high) => {
                Some((1.0 - self.reaches(low, false)? - self.reaches(high, true)?).clamp(0.0, 1.0))
            }
        }
    }
}

/// The projection of a pending goal. Notes what it was clipped to.
///
/// # Errors
/// Why there is none, as a sentence.
pub fn project<'a>(judge: &Judge<'_, 'a>, judged: &Judged, notes: &mut Notes) -> Result<Projection, String> {
    let Judge { world, subject, frame, .. } = *judge;
    if world.as_of >= frame.deadline {
        return Err("the deadline has come".to_owned());
    }
    if matches!(subject.formula.gives, Type::Truth) {
        return Err("a condition holds or doesn't: it is not projected".to_owned());
    }
    if !subject.timed {
        return Err("its tables have no time".to_owned());
    }
    if world.cells.hungry() {
        // Asks for the history together with everything else, so that tables are read once for both.
        _ = history::read(judge, judged);
        return Err("not read yet".to_owned());
    }
    if !matches!(judged.status, Status::OnTrack | Status::AtRisk | Status::OffTrack) {
        return Err(format!("only what is pending is projected, and the goal's status is {}", judged.status.name()));
    }
    let Some(aim) = judged.aim else { return Err("its target isn't known".to_owned()) };
    let history = history::read(judge, judged)?;
    let forecast = match smoothed(judge, &history).or_else(|| line::through(&history)) {
        Some(forecast) => forecast,
        None => run_rate::forecast(judge, judged, &history)?,
    };
    Ok(shown(judge, judged, &aim, &history, &forecast, notes))
}

/// By exponential smoothing, where the history is long enough and a model fits it.
fn smoothed(judge: &Judge<'_, '_>, history: &History) -> Option<Forecast> {
    if history.values.len() < SMOOTHED {
        return None;
    }
    let fitted = judge.world.fits.of(&history.values, season(history.step))?;
    let (value, deviation) = match &history.ahead {
        Ahead::Steps(steps) => fitted.combined(&history::last_of(*steps), history.values.len()),
        Ahead::Sum { known, weights } => {
            let (sum, deviation) = fitted.combined(weights, history.values.len());
            (known + sum, deviation)
        }
    };
    let finite = value.is_finite() && deviation.is_finite();
    let method = match fitted.season_length() {
        Some(length) => format!("exponential smoothing {}, seasons of {}", fitted.name(), history.step.times(length)),
        None => format!("exponential smoothing {}", fitted.name()),
    };
    finite.then_some(Forecast { value, error: Some((deviation, Spread::Normal)), method })
}

/// How many steps make a season: months and quarters of a year, weeks of a year, days of a week.
fn season(step: CalendarSpan) -> Option<usize> {
    use crate::calendar::SpanUnit::{Day, Month, Quarter, Week, Year};
    match (step.count, step.unit) {
        (1, Month) => Some(12),
        (3, Month) | (1, Quarter) => Some(4),
        (1, Week) => Some(52),
        (1, Day) => Some(7),
        (_, Day | Week | Month | Quarter | Year) => None,
    }
}

/// The forecast in the report's form, within what is possible.
fn shown<'a>(
    judge: &Judge<'_, 'a>,
    judged: &Judged,
    aim: &Aim,
    history: &History,
    forecast: &Forecast,
    notes: &mut Notes,
) -> Projection {
    let limits = limits::limits(judge, judged);
    // What is nothing beside the values it comes from is what rounding left over.
    let wanted = [Some(aim.wanted.value()), judged.current.0.number()];
    let scale = history.values.iter().copied().chain(wanted.into_iter().flatten()).map(f64::abs).fold(0.0, f64::max);
    let whole = |x: f64| limits.clip(if x.abs() <= DUST * scale { 0.0 } else { x });
    let tail = (1.0 - LEVEL) / 2.0;
    let bounds = forecast.quantile(tail).zip(forecast.quantile(1.0 - tail));
    let all = [Some(forecast.value), bounds.map(|b| b.0), bounds.map(|b| b.1)];
    for limit in limits.broken_by(all.into_iter().flatten()) {
        notes.say(format!("the projection is kept within what is possible: {limit}"));
    }
    let chance = match limits.allow(&aim.wanted) {
        true => forecast.chance(&aim.wanted),
        false => forecast.error.map(|_| 0.0),
    };
    let once = matches!(judge.frame.mode, Mode::Once(_));
    let end = if once { judge.frame.deadline } else { judge.frame.last_end(judge.subject) };
    Projection {
        value: whole(forecast.value),
        low: bounds.map(|b| whole(b.0)),
        high: bounds.map(|b| whole(b.1)),
        level: LEVEL,
        chance,
        at: calendar::day_before_edge(end),
        method: forecast.method.clone(),
        periods: u32::try_from(history.values.len()).unwrap_or(u32::MAX),
    }
}
