//! The ceiling that a subject can't pass (language reference, `cap`): said where a target lies beyond it. Changes no
//! verdict.

use super::aim::{Aim, Wanted};
use super::formula::World;
use super::measured::{Judge, Judged};
use super::notes::Notes;
use super::subject::Subject;
use super::value::Stretch;
use crate::calendar::Window;
use crate::model::plan::{Comparison, Formula, Goal, Node, Plan};
use crate::quantity::Digits;
use jiff::civil::DateTime;

/// The goal's own cap, else its metric's.
fn written<'a>(plan: &'a Plan, goal: &'a Goal, subject: &'a Formula) -> Option<&'a Formula> {
    let of_metric = || {
        let mut formula = subject;
        while let Node::Filter(inner, _) = &formula.node {
            formula = inner;
        }
        match &formula.node {
            Node::Metric(id) => plan.metrics.get_index(*id)?.1.cap.as_ref(),
            _ => None,
        }
    };
    goal.cap.as_ref().or_else(of_metric)
}

/// The value of the cap over a window, or why there is none; `None` where no cap is written.
pub fn value<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    subject: &Subject<'a>,
    window: Option<Window>,
) -> Option<Result<f64, String>> {
    let formula = written(world.plan, goal, subject.formula)?;
    let window = window.unwrap_or(Window::new(DateTime::MIN, subject.known));
    let datum = world.value(formula, &subject.context.at(Stretch::new(window, subject.known)));
    Some(datum.number().ok_or_else(|| datum.value.reason().unwrap_or_else(|| "it is no number".to_owned())))
}

/// Puts the cap beside a judged goal, and says where the target or the value lies beyond it.
pub fn put(judge: &Judge<'_, '_>, judged: &mut Judged, aim: &Aim, now: f64) {
    let Some(cap) = value(judge.world, judge.goal, judge.subject, judged.current.1) else { return };
    match cap {
        Ok(cap) => {
            judged.cap = Some(cap);
            judged.notes.add(&beyond(judge.subject, aim, cap, Some(now)));
        }
        Err(why) => judged.notes.say(format!("its cap isn't known: {why}")),
    }
}

/// What to say of a target or a value beyond the cap.
pub fn beyond(subject: &Subject<'_>, aim: &Aim, cap: f64, now: Option<f64>) -> Notes {
    let mut notes = Notes::default();
    let target = aim.wanted.value();
    let digits = Digits::of(&subject.formula.gives.unit(), &[target, cap]);
    let above = |x: f64| x > cap && !crate::quantity::same(x, cap);
    let upwards = !matches!(aim.wanted, Wanted::Bound(Comparison::AtMost | Comparison::Below, _));
    if upwards && above(target) {
        let (target, cap) = (digits.trimmed(target), digits.trimmed(cap));
        notes.say(format!("the target, {target}, lies above the cap of {cap}: as the plan stands it can't be reached"));
    }
    if let Some(now) = now.filter(|x| above(*x)) {
        let (now, cap) = (digits.show(now), digits.trimmed(cap));
        notes.say(format!("the value, {now}, is above the cap of {cap} already: one of the two is wrong"));
    }
    notes
}
