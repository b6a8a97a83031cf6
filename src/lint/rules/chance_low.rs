//! A305: a goal that is projected to be missed.

use crate::diagnostic::Level;
use crate::eval::verdict::{Projection, Verdict};
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule};
use crate::model::plan::TargetKind;
use crate::quantity::{Digits, share};

pub static RULE: Rule = Rule {
    code: "A305",
    name: "chance-low",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::GoalData(look),
    page: include_str!("chance_low.md"),
};

/// Below this chance a goal is called unlikely.
pub const LOW: f64 = 0.1;
/// A projection from fewer periods is too young to be told.
pub const PERIODS: u32 = 6;

/// The projection and its chance, where it is from enough periods and says that the goal is unlikely.
pub fn unlikely(verdict: &Verdict) -> Option<(&Projection, f64)> {
    let projection = verdict.projection.as_ref().filter(|p| p.periods >= PERIODS)?;
    Some((projection, projection.chance.filter(|c| *c < LOW)?))
}

fn look(observed: &Observed<'_, '_>, goal: &GoalView<'_>, found: &mut Found) {
    // What is projected has a target; without one there is nothing to call unlikely.
    let Some(target) = crate::eval::aim::deciding(goal.targets()) else { return };
    let Some(verdict) = observed.verdict(goal) else { return };
    let Some((projection, chance)) = unlikely(verdict) else { return };
    let digits = shown(verdict, projection);
    let value = digits.show(projection.value);
    // A range has two ends: its text stands above.
    let instead = verdict.target.value.filter(|_| verdict.target.upper.is_none());
    let instead = instead.map_or(String::new(), |t| format!(" instead of {}", digits.show(t)));
    let message =
        format!("the chance that this goal is met is {}: it is likely to come to {value}{instead}", percent(chance));
    found.say(Finding::new(message, target.at, "").because(because(verdict, projection, &digits)).help(format!(
        "ask for what has an even chance, {} {value}, or say above the goal what will be different from here \
                 on: # milepost: allow(A305) because …",
        if matches!(target.kind, TargetKind::Bound(..)) { verdict.target.op } else { "to" }
    )));
}

/// As fine as tells the projection from what is wanted.
fn shown(verdict: &Verdict, projection: &Projection) -> Digits {
    let others = [verdict.target.value, verdict.target.upper, verdict.current.value];
    let all: Vec<f64> = others.into_iter().flatten().chain([projection.value]).collect();
    let error = projection.low.zip(projection.high).map_or(0.0, |(low, high)| (high - low) / 20.0);
    Digits::rough(&verdict.unit, &all, error)
}

/// A chance in whole percent, as verdicts show it.
pub fn percent(chance: f64) -> String {
    match chance {
        c if c < 0.01 => "under 1%".to_owned(),
        c if c > 0.99 => "over 99%".to_owned(),
        c => share(c, &[]),
    }
}

/// How it was worked out, and what it would take.
fn because(verdict: &Verdict, projection: &Projection, digits: &Digits) -> String {
    let apart = projection.low.zip(projection.high).filter(|(low, high)| !digits.alike(*low, *high));
    let between = apart.map_or(String::new(), |(low, high)| {
        format!(", in 8 of 10 cases {} to {}", digits.show(low), digits.show(high))
    });
    let first = format!(
        "By {} that is what the {} periods so far lead to on {}{between}.",
        projection.method, projection.periods, projection.at
    );
    let Some(required) = &verdict.required else { return first };
    let each = if required.step.count == 1 { required.step.unit.name().to_owned() } else { required.step.to_string() };
    let fine = |x: f64| Digits::of(&verdict.unit, &[x]).amount(x);
    let last = required.last_brought.map_or(String::new(), |b| format!("; the last one brought {}", fine(b)));
    let left = required.step.times(i32::try_from(required.periods).unwrap_or(i32::MAX));
    format!("{first} To be met it needs {} each {each} for the {left} left{last}.", fine(required.per_period))
}
