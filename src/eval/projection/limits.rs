//! What a projected value can't pass: the subject's cap, a share's ends, what is counted already. Knows no forecast.

use super::super::aim::Wanted;
use super::super::frame::Mode;
use super::super::measured::{Judge, Judged};
use crate::model::plan::{Comparison, Formula, Kind, Node};
use crate::quantity::Digits;
use crate::query::Measure;

/// The ends of what is possible, each with the words for it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Limits {
    low: Option<(f64, String)>,
    high: Option<(f64, String)>,
}

impl Limits {
    pub fn clip(&self, value: f64) -> f64 {
        let value = self.low.as_ref().map_or(value, |(low, _)| value.max(*low));
        self.high.as_ref().map_or(value, |(high, _)| value.min(*high))
    }

    /// The words of the limits that one of `values` passes.
    pub fn broken_by(&self, values: impl Iterator<Item = f64> + Clone) -> Vec<&str> {
        let low = self.low.iter().filter(|(low, _)| values.clone().any(|v| v < *low));
        let high = self.high.iter().filter(|(high, _)| values.clone().any(|v| v > *high));
        low.chain(high).map(|(_, words)| words.as_str()).collect()
    }

    /// False where no possible value meets the target.
    pub fn allow(&self, wanted: &Wanted) -> bool {
        let above = |bound: f64| self.high.as_ref().is_none_or(|(high, _)| *high >= bound);
        let below = |bound: f64| self.low.as_ref().is_none_or(|(low, _)| *low <= bound);
        match *wanted {
            Wanted::Bound(Comparison::AtLeast | Comparison::Above, bound) => above(bound),
            Wanted::Bound(Comparison::AtMost | Comparison::Below, bound) => below(bound),
            Wanted::Bound(Comparison::Equal, bound) => above(bound) && below(bound),
            Wanted::Range(low, high) => above(low) && below(high),
        }
    }
}

/// The limits of a goal's subject.
pub(super) fn limits(judge: &Judge<'_, '_>, judged: &Judged) -> Limits {
    let Judge { world, subject, frame, .. } = *judge;
    let mut limits = Limits::default();
    let measure = origin(world.plan, subject.formula);
    match measure {
        Some(Measure::Share(_) | Measure::Csat(..)) => {
            limits.low = Some((0.0, "a share is not below 0%".to_owned()));
            limits.high = Some((1.0, "a share is not above 100%".to_owned()));
        }
        Some(Measure::Count | Measure::Distinct(_)) => {
            limits.low = Some((0.0, "a count is not below 0".to_owned()));
            let grows = frame.mode == Mode::Total || matches!(frame.mode, Mode::Once(_));
            if let (true, Kind::Flow, Some(counted)) = (grows, subject.kind, judged.current.0.number()) {
                limits.low = Some((counted, "what is counted stays counted".to_owned()));
            }
        }
        _ => {}
    }
    if let Some(cap) = judged.cap.filter(|cap| limits.high.as_ref().is_none_or(|(high, _)| cap < high)) {
        let words = format!("the cap is {}", Digits::of(&subject.formula.gives.unit(), &[cap]).trimmed(cap));
        limits.high = Some((cap, words));
    }
    limits
}

/// The aggregate that a formula comes down to, through metrics and filters.
fn origin<'p>(plan: &'p crate::model::Plan, formula: &'p Formula) -> Option<&'p Measure> {
    let mut formula = formula;
    // Circles are refused before; the bound is for whoever builds a plan by hand.
    for _ in 0..100 {
        formula = match &formula.node {
            Node::Filter(inner, _) => inner,
            Node::Metric(id) => match plan.metrics.get_index(*id) {
                Some((_, found)) => &found.value,
                None => break,
            },
            Node::Aggregate(aggregate) => return Some(&aggregate.measure),
            _ => break,
        };
    }
    None
}
