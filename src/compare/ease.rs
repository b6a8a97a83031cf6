//! Which of two targets is easier to reach. Sound: where nothing proves it, it isn't known. Knows targets and numbers,
//! and no clause around them.

use super::Effect;
use super::meaning::fixed;
use crate::eval::aim::{self, Wanted};
use crate::eval::verdict::TargetReading;
use crate::model::plan::{Comparison, Direction, From, Goal, Plan, Target, TargetKind};
use crate::quantity::{Digits, Unit, same};

/// The values that a target accepts, and whether its ends are among them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Accepted {
    low: f64,
    low_in: bool,
    high: f64,
    high_in: bool,
}

impl Accepted {
    pub fn of(wanted: &Wanted) -> Self {
        let all = Self { low: f64::NEG_INFINITY, low_in: false, high: f64::INFINITY, high_in: false };
        match *wanted {
            Wanted::Bound(Comparison::AtLeast, v) => Self { low: v, low_in: true, ..all },
            Wanted::Bound(Comparison::Above, v) => Self { low: v, ..all },
            Wanted::Bound(Comparison::AtMost, v) => Self { high: v, high_in: true, ..all },
            Wanted::Bound(Comparison::Below, v) => Self { high: v, ..all },
            Wanted::Bound(Comparison::Equal, v) => Self { low: v, low_in: true, high: v, high_in: true },
            Wanted::Range(low, high) => Self { low, low_in: true, high, high_in: true },
        }
    }

    /// What evaluation worked out; `None` where it has no value.
    pub fn read(target: &TargetReading) -> Option<Self> {
        let value = target.value?;
        let comparison = match target.op {
            ">=" => Comparison::AtLeast,
            ">" => Comparison::Above,
            "<=" => Comparison::AtMost,
            "<" => Comparison::Below,
            "=" => Comparison::Equal,
            _ => return target.upper.map(|upper| Self::of(&Wanted::Range(value, upper))),
        };
        Some(Self::of(&Wanted::Bound(comparison, value)))
    }

    /// True where every value that `other` accepts is accepted here as well.
    fn holds(&self, other: &Self) -> bool {
        // No end is near another one.
        let same = |a: f64, b: f64| a == b || (a.is_finite() && b.is_finite() && same(a, b));
        let low = if same(self.low, other.low) { self.low_in || !other.low_in } else { self.low < other.low };
        let high = if same(self.high, other.high) { self.high_in || !other.high_in } else { self.high > other.high };
        low && high
    }

    /// What a change from `self` to `new` does.
    pub fn effect(&self, new: &Self) -> Effect {
        match (new.holds(self), self.holds(new)) {
            (true, true) => Effect::None,
            (true, false) => Effect::Easier,
            (false, true) => Effect::Harder,
            (false, false) => Effect::Unknown,
        }
    }

    /// How far it moves: `50k less`, `2 points more allowed`.
    pub fn how(&self, new: &Self, unit: &Unit) -> Option<String> {
        let by = |a: f64, b: f64| Digits::of(unit, &[a, b]).difference(a.max(b), a.min(b));
        let finite = |a: f64, b: f64| a.is_finite() && b.is_finite();
        let low = finite(self.low, new.low) && !same(self.low, new.low);
        let high = finite(self.high, new.high) && !same(self.high, new.high);
        let word = |more: bool| if more { "more" } else { "less" };
        match (low, high) {
            (true, false) if self.high == new.high => {
                Some(format!("{} {}", by(self.low, new.low), word(new.low > self.low)))
            }
            (false, true) if self.low == new.low => {
                Some(format!("{} {} allowed", by(self.high, new.high), word(new.high > self.high)))
            }
            (true, true) => match self.effect(new) {
                Effect::Easier => Some("a wider range".to_owned()),
                Effect::Harder => Some("a narrower range".to_owned()),
                _ => None,
            },
            _ => None,
        }
    }
}

/// What a target accepts, where the plan alone says it: its values and, where it needs one, the baseline are numbers.
pub(super) fn accepted(plan: &Plan, target: &Target, from: Baseline, direction: Option<Direction>) -> Option<Accepted> {
    let values: Vec<f64> = target.kind.expressions().into_iter().map(|f| fixed(plan, f)).collect::<Option<_>>()?;
    let baseline = match from {
        Baseline::Number(b) => Ok(b),
        Baseline::Read => Err(String::new()),
    };
    aim::aim(&target.kind, baseline, &values, direction).ok().map(|aim| Accepted::of(&aim.wanted))
}

/// What a change is measured from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Baseline {
    /// Known without data.
    Number(f64),
    /// Data says.
    Read,
}

impl Baseline {
    /// The baseline of a goal; `counted` for totals that are counted up from nothing.
    pub fn of(plan: &Plan, goal: &Goal, counted: bool) -> Self {
        let written = match &goal.from {
            Some(From::Value(f)) => fixed(plan, f),
            _ if counted => Some(0.0),
            _ => None,
        };
        written.map_or(Self::Read, Self::Number)
    }
}

/// A change from a baseline: by which part of it, by how much, or by anything at all.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Part(f64),
    Amount(f64),
    Any(f64),
}

fn step(kind: &TargetKind) -> Option<Step> {
    Some(match kind {
        TargetKind::Relative(x) => Step::Part(*x),
        // A multiple needs a positive baseline: x1.05 is +5% of it.
        TargetKind::Multiple(x) => Step::Part(x - 1.0),
        TargetKind::Absolute(x) => Step::Amount(*x),
        TargetKind::Up => Step::Any(1.0),
        TargetKind::Down => Step::Any(-1.0),
        _ => return None,
    })
}

/// Two changes from one and the same baseline: what the second does, and how far it moves.
pub(super) fn steps(old: &TargetKind, new: &TargetKind, unit: &Unit) -> Option<(Effect, Option<String>)> {
    let (old, new) = (step(old)?, step(new)?);
    let amount_unit = match unit {
        Unit::Percent => &Unit::Points,
        other => other,
    };
    let apart = |a: f64, b: f64, unit: &Unit| {
        let (a, b) = (a.abs(), b.abs());
        let by = Digits::of(unit, &[a, b]).difference(a.max(b), a.min(b));
        match b.total_cmp(&a) {
            _ if same(a, b) => (Effect::None, None),
            std::cmp::Ordering::Less => (Effect::Easier, Some(format!("{by} less"))),
            _ => (Effect::Harder, Some(format!("{by} more"))),
        }
    };
    Some(match (old, new) {
        (Step::Part(a) | Step::Amount(a) | Step::Any(a), Step::Part(b) | Step::Amount(b) | Step::Any(b))
            if (a < 0.0) != (b < 0.0) =>
        {
            (Effect::Unknown, Some("the other way round".to_owned()))
        }
        (Step::Part(a), Step::Part(b)) => apart(a, b, &Unit::Percent),
        (Step::Amount(a), Step::Amount(b)) => apart(a, b, amount_unit),
        // Any change at all is the least that can be asked.
        (Step::Any(_), Step::Any(_)) => (Effect::None, None),
        (Step::Part(x) | Step::Amount(x), Step::Any(_)) if x != 0.0 => {
            (Effect::Easier, Some("any change is enough".to_owned()))
        }
        (Step::Any(_), Step::Part(x) | Step::Amount(x)) if x != 0.0 => {
            (Effect::Harder, Some("a number to reach".to_owned()))
        }
        _ => (Effect::Unknown, None),
    })
}
