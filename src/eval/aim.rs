//! Targets: from what is written and the baseline to a value that must be reached, and how far along a value is
//! (language reference, Targets and Verdicts). Knows numbers, not windows.

use super::arithmetic::keeps;
use crate::model::plan::{Comparison, Direction, Target, TargetKind};
use crate::quantity::same;

/// A target worked out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aim {
    /// What must be kept.
    pub wanted: Wanted,
    /// How people and scripts call the target's form.
    pub kind: &'static str,
    /// True where progress runs from the baseline to the target; false for a bound that is kept or not.
    pub way: bool,
}

/// A comparison with one bound, or a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wanted {
    /// Compared with one value.
    Bound(Comparison, f64),
    /// Both ends in.
    Range(f64, f64),
}

impl Wanted {
    /// True where a value keeps it, within 1e-9.
    pub fn kept(&self, value: f64) -> bool {
        match *self {
            Self::Bound(comparison, bound) => keeps(comparison, value, bound),
            Self::Range(low, high) => keeps(Comparison::AtLeast, value, low) && keeps(Comparison::AtMost, value, high),
        }
    }

    /// The same with every value multiplied, for the elapsed part of a window.
    pub fn scaled(&self, by: f64) -> Self {
        match *self {
            Self::Bound(comparison, bound) => Self::Bound(comparison, bound * by),
            Self::Range(low, high) => Self::Range(low * by, high * by),
        }
    }

    /// As written in the contract: `>=`, `between`.
    pub fn op(&self) -> &'static str {
        match self {
            Self::Bound(comparison, _) => comparison.symbol(),
            Self::Range(..) => "between",
        }
    }

    /// The value, or the lower end.
    pub fn value(&self) -> f64 {
        match *self {
            Self::Bound(_, bound) => bound,
            Self::Range(low, _) => low,
        }
    }

    /// The upper end of a range.
    pub fn upper(&self) -> Option<f64> {
        match *self {
            Self::Bound(..) => None,
            Self::Range(_, high) => Some(high),
        }
    }
}

/// Which target of a goal decides: with two, the one that names a value.
pub fn deciding(targets: &[Target]) -> Option<&Target> {
    let to = targets.iter().find(|t| matches!(t.kind, TargetKind::To(_) | TargetKind::FromTo(..)));
    to.or_else(|| targets.first())
}

/// True where the target can't be worked out without a baseline.
pub fn needs_baseline(kind: &TargetKind) -> bool {
    matches!(
        kind,
        TargetKind::Relative(_) | TargetKind::Absolute(_) | TargetKind::Multiple(_) | TargetKind::Up | TargetKind::Down
    )
}

/// The target's value, from the baseline and the values of its expressions (`numbers`, in the order written).
///
/// # Errors
/// Why there is none: a sentence for people.
pub fn aim(
    kind: &TargetKind,
    baseline: Result<f64, String>,
    numbers: &[f64],
    direction: Option<Direction>,
) -> Result<Aim, String> {
    let first = || numbers.first().copied().ok_or_else(|| "the target has no value".to_owned());
    let second = || numbers.get(1).copied().ok_or_else(|| "the target has no second value".to_owned());
    let upwards = |up: bool| if up { Comparison::AtLeast } else { Comparison::AtMost };
    let bound = |comparison, value, name| Aim { wanted: Wanted::Bound(comparison, value), kind: name, way: true };
    Ok(match kind {
        TargetKind::Relative(share) => {
            let b = baseline?;
            if b == 0.0 {
                return Err("the baseline is 0, and a percentage of nothing is nothing".to_owned());
            }
            bound(upwards(*share >= 0.0), b + share * b.abs(), "relative")
        }
        TargetKind::Absolute(change) => bound(upwards(*change >= 0.0), baseline? + change, "absolute"),
        TargetKind::Multiple(times) => {
            let b = baseline?;
            if b <= 0.0 {
                return Err("a multiple needs a positive baseline".to_owned());
            }
            bound(upwards(*times >= 1.0), b * times, "multiple")
        }
        TargetKind::Up => Aim { way: false, ..bound(Comparison::Above, baseline?, "trend") },
        TargetKind::Down => Aim { way: false, ..bound(Comparison::Below, baseline?, "trend") },
        TargetKind::To(_) => {
            let to = first()?;
            let up = match (direction, baseline) {
                (Some(d), _) => d == Direction::Higher,
                (None, Ok(b)) => to >= b,
                (None, Err(why)) => {
                    return Err(format!(
                        "whether to rise or fall to the target isn't known without a baseline ({why}); write `>=` or \
                         `<=`, or say `higher is better` on the metric"
                    ));
                }
            };
            bound(upwards(up), to, "to")
        }
        TargetKind::FromTo(..) => {
            let (from, to) = (first()?, second()?);
            bound(upwards(to >= from), to, "to")
        }
        TargetKind::Bound(comparison, _) => Aim { way: false, ..bound(*comparison, first()?, "bound") },
        TargetKind::Between(..) => {
            let (low, high) = (first()?, second()?);
            Aim { wanted: Wanted::Range(low.min(high), low.max(high)), kind: "between", way: false }
        }
        TargetKind::Top(rank) => Aim { way: false, ..bound(Comparison::AtMost, f64::from(*rank), "bound") },
        TargetKind::Near(share, _) => {
            let of = first()?;
            Aim { wanted: Wanted::Range(of - share * of.abs(), of + share * of.abs()), kind: "near", way: false }
        }
    })
}

/// How far a value is from `baseline` to the target: (C − B) / (T − B).
///
/// # Errors
/// Where the target is the baseline: there is no way to measure.
pub fn along(value: f64, baseline: f64, target: f64) -> Result<f64, String> {
    if same(baseline, target) {
        return Err("the target is the baseline, so there is no way to measure progress on".to_owned());
    }
    Ok((value - baseline) / (target - baseline))
}

/// A target's form and comparison, where its value isn't known.
pub fn form(kind: &TargetKind) -> (&'static str, &'static str) {
    let sign = |up: bool| if up { ">=" } else { "<=" };
    match kind {
        TargetKind::Relative(x) => ("relative", sign(*x >= 0.0)),
        TargetKind::Absolute(x) => ("absolute", sign(*x >= 0.0)),
        TargetKind::Multiple(x) => ("multiple", sign(*x >= 1.0)),
        TargetKind::Up => ("trend", ">"),
        TargetKind::Down => ("trend", "<"),
        TargetKind::To(_) | TargetKind::FromTo(..) => ("to", ">="),
        TargetKind::Bound(comparison, _) => ("bound", comparison.symbol()),
        TargetKind::Between(..) => ("between", "between"),
        TargetKind::Near(..) => ("near", "between"),
        TargetKind::Top(_) => ("bound", "<="),
    }
}
