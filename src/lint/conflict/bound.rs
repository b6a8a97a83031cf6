//! From a target to bounds on numbers: on the value itself, on its ratio to the baseline, on its change. Knows targets;
//! neither goals nor windows.

use super::interval::Interval;
use crate::eval::aim::{self, Wanted};
use crate::lint::constant::number;
use crate::model::plan::{Comparison, Direction, Plan, Target, TargetKind};
use crate::quantity::{Digits, Unit, change};

/// What a bound is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lens {
    /// The value.
    Value,
    /// The value divided by the baseline.
    Ratio,
    /// The value less the baseline.
    Change,
}

/// A bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// What it is about.
    pub lens: Lens,
    /// What is wanted; of a ratio, where the baseline is above zero.
    pub wanted: Interval,
    /// Of a ratio, what is wanted where the baseline is below zero; `None`: nothing can keep it then.
    pub below: Option<Interval>,
    /// True where nothing keeps it at a baseline of zero.
    pub anchored: bool,
    /// The number that was written, where a target is a point to come to.
    pub point: Option<f64>,
}

impl Bound {
    /// On the value.
    pub fn value(wanted: Interval) -> Self {
        Self { lens: Lens::Value, wanted, below: None, anchored: false, point: None }
    }

    fn change(wanted: Interval) -> Self {
        Self { lens: Lens::Change, ..Self::value(wanted) }
    }

    /// A ratio of at least (else at most) `1 + share`, measured in the baseline's size: where the baseline is below
    /// zero, `B + s|B|` is `B (1 - s)`, and dividing by B turns the comparison round.
    fn relative(share: f64, at_least: bool) -> Self {
        let (above, below) = match at_least {
            true => (Interval::at_least(1.0 + share, false), Interval::at_most(1.0 - share, false)),
            false => (Interval::at_most(1.0 + share, false), Interval::at_least(1.0 - share, false)),
        };
        Self { lens: Lens::Ratio, wanted: above, below: Some(below), anchored: true, point: None }
    }

    /// A ratio between two numbers times the baseline itself.
    pub fn times(low: f64, high: f64) -> Self {
        let wanted = Interval::at_least(low, false).and(Interval::at_most(high, false));
        // v >= c B, divided by B below zero: v / B <= c.
        let below = Interval::at_most(low, false);
        let below = if low.is_finite() { below } else { Interval::ALL };
        let below = if high.is_finite() { below.and(Interval::at_least(high, false)) } else { below };
        Self { lens: Lens::Ratio, wanted, below: Some(below), anchored: false, point: None }
    }

    /// Within a share of the baseline, both ways.
    pub fn near(share: f64) -> Self {
        let wanted = Interval::at_least(1.0 - share, false).and(Interval::at_most(1.0 + share, false));
        Self { lens: Lens::Ratio, wanted, below: Some(wanted), anchored: false, point: None }
    }

    /// Its number as people read it, `at most +12.2%`, `at least 10k`, `a rise`; told apart from `beside`, where that is
    /// near.
    pub fn words(lens: Lens, wanted: Interval, unit: &Unit, beside: Option<f64>) -> String {
        const NEARLY_ZERO: f64 = 1e-290;
        let (lo, hi) = (as_written(wanted.lo), as_written(wanted.hi));
        let numbers: Vec<f64> = [lo, hi].into_iter().chain(beside).filter(|x| x.is_finite()).collect();
        let digits = Digits::of(unit, &numbers);
        let show = |x: f64| match lens {
            Lens::Value => digits.trimmed(x),
            Lens::Ratio => change(x - 1.0, beside.map(|b| b - 1.0)).replace(".0%", "%"),
            Lens::Change => digits.signed(x, 0.0),
        };
        let same = crate::quantity::same(lo, hi);
        match (lo.is_finite(), hi.is_finite()) {
            (true, false) if lens == Lens::Change && lo.abs() < NEARLY_ZERO => "a rise".to_owned(),
            (false, true) if lens == Lens::Change && hi.abs() < NEARLY_ZERO => "a fall".to_owned(),
            (true, true) if same => show(hi),
            (true, true) => format!("between {} and {}", show(lo), show(hi)),
            (true, false) => format!("at least {}", show(lo)),
            (false, true) => format!("at most {}", show(hi)),
            (false, false) => "anything".to_owned(),
        }
    }
}

/// Bounds are a little wider than written: eight digits tell no more.
fn as_written(x: f64) -> f64 {
    if x.is_finite() { format!("{x:.7e}").parse().unwrap_or(x) } else { x }
}

/// The bounds of a target. `baseline` is the literal one, where the goal writes it; a `limit` is a guardrail's, of which
/// a change is an allowance. What a relative target says of the change's sign comes second, and only where `signed`.
pub fn of_target(
    plan: &Plan,
    target: &Target,
    direction: Option<Direction>,
    baseline: Option<f64>,
    limit: bool,
    signed: bool,
) -> Vec<Bound> {
    let kind = &target.kind;
    if baseline.is_none() && aim::needs_baseline(kind) {
        let mut bounds = of_change(kind, direction, limit);
        bounds.truncate(if signed { bounds.len() } else { 1 });
        return bounds;
    }
    let numbers: Option<Vec<f64>> = kind.expressions().into_iter().map(|f| number(plan, f)).collect();
    let Some(numbers) = numbers else { return Vec::new() };
    let Ok(aim) = aim::aim(kind, baseline.ok_or_else(String::new), &numbers, direction) else { return Vec::new() };
    let wanted = match aim.wanted {
        Wanted::Bound(Comparison::AtLeast, x) => Interval::at_least(x, false),
        Wanted::Bound(Comparison::Above, x) => Interval::at_least(x, true),
        Wanted::Bound(Comparison::AtMost, x) => Interval::at_most(x, false),
        Wanted::Bound(Comparison::Below, x) => Interval::at_most(x, true),
        Wanted::Bound(Comparison::Equal, x) => Interval::at_least(x, false).and(Interval::at_most(x, false)),
        Wanted::Range(low, high) => Interval::at_least(low, false).and(Interval::at_most(high, false)),
    };
    let point = aim.way.then(|| aim.wanted.value());
    vec![Bound { point, ..Bound::value(wanted) }]
}

/// The bounds of a target that is measured from a baseline.
fn of_change(kind: &TargetKind, direction: Option<Direction>, limit: bool) -> Vec<Bound> {
    let asked = |up: bool| match (limit, up, direction) {
        (false, ..) | (_, true, Some(Direction::Higher)) | (_, false, Some(Direction::Lower)) => up,
        // What a guardrail allows, it allows that way only.
        _ => !up,
    };
    let rise = || Bound::change(Interval::at_least(0.0, true));
    let fall = || Bound::change(Interval::at_most(0.0, true));
    match *kind {
        TargetKind::Relative(share) => {
            let at_least = asked(share >= 0.0);
            let ratio = Bound { point: Some(1.0 + share), ..Bound::relative(share, at_least) };
            let signed = match at_least {
                true if share > 0.0 => Some(rise()),
                false if share < 0.0 => Some(fall()),
                _ => None,
            };
            std::iter::once(ratio).chain(signed).collect()
        }
        // A multiple needs a baseline above zero.
        TargetKind::Multiple(times) => {
            let at_least = asked(times >= 1.0);
            vec![Bound { point: Some(times), below: None, ..Bound::relative(times - 1.0, at_least) }]
        }
        TargetKind::Absolute(by) => {
            let at_least = asked(by >= 0.0);
            let wanted = if at_least { Interval::at_least(by, false) } else { Interval::at_most(by, false) };
            vec![Bound { point: Some(by), ..Bound::change(wanted) }]
        }
        TargetKind::Up => vec![rise()],
        TargetKind::Down => vec![fall()],
        _ => Vec::new(),
    }
}
