//! What the elapsed part brought, carried on to the deadline: for histories too short for anything else. Knows no
//! interval: two points say nothing of their error.

use super::super::frame::Mode;
use super::super::measured::{Judge, Judged};
use super::Forecast;
use super::history::{Ahead, History};
use crate::calendar;
use crate::model::plan::Kind;

/// The run rate's forecast.
///
/// # Errors
/// Why there is none, as a sentence.
pub(super) fn forecast(judge: &Judge<'_, '_>, judged: &Judged, history: &History) -> Result<Forecast, String> {
    let value = match &history.ahead {
        Ahead::Sum { known, .. } => {
            let counted = judged.current.1.ok_or("nothing is counted yet")?;
            let end = counted.end.min(judge.subject.known);
            let elapsed = calendar::days_between(counted.start, end);
            if elapsed <= 0.0 {
                return Err("nothing is counted yet".to_owned());
            }
            known / elapsed * calendar::days_between(counted.start, judge.frame.deadline)
        }
        Ahead::Steps(steps) => along(judge, judged, history, *steps)?,
    };
    match value.is_finite() {
        true => Ok(Forecast { value, error: None, method: "run rate".to_owned() }),
        false => Err("its run rate is no number".to_owned()),
    }
}

/// From the baseline to the current value and on; without a baseline, from the step before.
fn along(judge: &Judge<'_, '_>, judged: &Judged, history: &History, steps: usize) -> Result<f64, String> {
    // Of a ratio or score over one window, what the elapsed part came to is what is carried on.
    if matches!(judge.frame.mode, Mode::Once(_)) && judge.subject.kind == Kind::Neither {
        return judged.current.0.number().ok_or_else(|| "it has no value yet".to_owned());
    }
    if let [before, last] = history.values.as_slice() {
        return Ok(last + (last - before) * steps as f64);
    }
    let short = || "one period of history says nothing of where it goes".to_owned();
    let current = judged.current.0.number().ok_or_else(short)?;
    let now = judged.current.1.ok_or_else(short)?.end;
    let baseline = judged.baseline.as_ref().ok_or_else(short)?;
    let from = baseline.datum.number().ok_or_else(short)?;
    let elapsed = calendar::days_between(baseline.end, now);
    if elapsed <= 0.0 {
        return Err(short());
    }
    let left = calendar::days_between(now, judge.frame.last_end(judge.subject)).max(0.0);
    Ok(current + (current - from) / elapsed * left)
}
