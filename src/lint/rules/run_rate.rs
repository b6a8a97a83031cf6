//! A308: a goal that needs several times what it brings now.

use super::beyond_history::round_times;
use super::chance_low;
use crate::calendar;
use crate::diagnostic::Level;
use crate::eval::frame::Mode;
use crate::eval::verdict::{Required, Status};
use crate::lint::observed::Measured;
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule};
use crate::model::plan::Kind;
use crate::quantity::Digits;

pub static RULE: Rule = Rule {
    code: "A308",
    name: "run-rate",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::GoalData(look),
    page: include_str!("run_rate.md"),
};

/// So many times today's run rate is called out of reach.
const TIMES: f64 = 3.0;
/// So many whole steps must lie behind the goal before its own run rate says anything,
const STEPS: f64 = 2.0;
/// and so much of its time.
const SHARE: f64 = 0.25;
/// A projection that gives at least this chance knows better than a run rate: seasons, a trend that bends.
const LIKELY: f64 = 0.5;

fn look(observed: &Observed<'_, '_>, goal: &GoalView<'_>, found: &mut Found) {
    let Some(measured) = observed.measured(goal) else { return };
    let Some(required) = measured.judged.required.as_ref().filter(|_| measured.judged.status == Status::OffTrack)
    else {
        return;
    };
    let Some(rate) = rate(&measured, required) else { return };
    // The faster of what a step brought on the way so far and what the last one did.
    let up = required.per_period > 0.0;
    let last = required.last_brought.unwrap_or(rate);
    let today = if up { rate.max(last) } else { rate.min(last) };
    let back = if up { today <= 0.0 } else { today >= 0.0 };
    if !back && required.per_period / today < TIMES {
        return;
    }
    let Some(verdict) = observed.verdict(goal) else { return };
    let likely = verdict.projection.as_ref().and_then(|p| p.chance).is_some_and(|c| c >= LIKELY);
    if likely || chance_low::unlikely(verdict).is_some() {
        return;
    }
    let digits = Digits::of(&measured.subject.formula.gives.unit(), &[required.per_period, today]);
    let each = if required.step.count == 1 { required.step.unit.name().to_owned() } else { required.step.to_string() };
    let (needed, now) = (digits.amount(required.per_period), digits.amount(today));
    let message = match back {
        true => format!("this goal needs {needed} each {each}, and today it goes the other way: {now}"),
        false => {
            let times = round_times(required.per_period / today);
            format!("this goal needs {needed} each {each}, {times} times today's {now}")
        }
    };
    let left = required.step.times(i32::try_from(required.periods).unwrap_or(i32::MAX));
    let because = format!(
        "So far it brought {} each {each}, the last one {}; {} are still needed in the {left} left.",
        digits.amount(rate),
        digits.amount(last),
        Digits::of(&measured.subject.formula.gives.unit(), &[required.total]).amount(required.total)
    );
    found.say(
        Finding::new(message, measured.target.at, "")
            .because(because)
            .help("say what will be different from here on, or ask for less, or give it more time"),
    );
}

/// What a step brought on the way so far; `None` where too little of the way is over.
fn rate(measured: &Measured<'_>, required: &Required) -> Option<f64> {
    let Measured { subject, frame, judged, .. } = measured;
    let value = judged.current.0.number()?;
    let adds_up = frame.mode == Mode::Total || (matches!(frame.mode, Mode::Once(_)) && subject.kind == Kind::Flow);
    let (from, start) = match adds_up {
        true => (0.0, judged.current.1?.start),
        false => {
            let baseline = judged.baseline.as_ref()?;
            (baseline.datum.number()?, baseline.end)
        }
    };
    let now = if adds_up { subject.known } else { judged.current.1?.end };
    let (over, whole) = (calendar::days_between(start, now), calendar::days_between(start, frame.deadline));
    let steps = over / required.step.approximate_days();
    // Months differ in length: a little less than two of the average are two.
    (steps >= STEPS * 0.95 && over >= SHARE * whole).then(|| (value - from) / steps)
}
