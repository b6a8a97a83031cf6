//! KPIs and guardrails of one goal in two plans: dropped, added, loosened, tightened. Knows no other clause.

use super::clauses::{Found, Of, one_target};
use super::ease::{self, Baseline, accepted};
use super::meaning::Key;
use super::{ClauseChange, Effect, Side};
use crate::eval::subject::direction;
use crate::model::plan::{Goal, Kpi};

/// KPIs or guardrails by what they mean, in no order of their own.
pub(super) fn keys(side: &Side<'_>, kpis: &[Kpi]) -> Vec<(Key, Option<String>)> {
    let key = |k: &Kpi| (side.whole.formula(&k.value), k.target.as_ref().map(|t| side.whole.target(t)));
    let mut keys: Vec<_> = kpis.iter().map(key).collect();
    keys.sort_unstable();
    keys
}

/// Which of the two.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Beside {
    Kpi,
    Guardrail,
}

impl Beside {
    fn list(self, goal: &Goal) -> &[Kpi] {
        match self {
            Self::Kpi => &goal.kpis,
            Self::Guardrail => &goal.guardrails,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Kpi => "kpi",
            Self::Guardrail => "guardrail",
        }
    }

    /// Only a guardrail may change a verdict.
    fn effect(self, effect: Effect) -> Effect {
        match self {
            Self::Kpi => Effect::None,
            Self::Guardrail => effect,
        }
    }
}

/// KPIs or guardrails that were dropped, added, loosened or tightened.
pub(super) fn changes(which: Beside, old: Of<'_, '_>, new: Of<'_, '_>, found: &mut Found) {
    let (a, b) = (which.list(old.goal), which.list(new.goal));
    if keys(old.side, a) == keys(new.side, b) {
        return;
    }
    let mut rest: Vec<&Kpi> = b.iter().collect();
    let same_value = |x: &Kpi, y: &Kpi| old.side.whole.formula(&x.value) == new.side.whole.formula(&y.value);
    let whole = |side: &Side<'_>, k: &Kpi| keys(side, std::slice::from_ref(k));
    let mut left: Vec<&Kpi> = Vec::new();
    for kpi in a {
        match rest.iter().position(|k| whole(old.side, kpi) == whole(new.side, k)) {
            Some(at) => _ = rest.remove(at),
            None => left.push(kpi),
        }
    }
    for kpi in left {
        let at = rest.iter().position(|k| same_value(kpi, k)).or_else(|| rest.iter().position(|k| kpi.text == k.text));
        match at {
            Some(at) => kpi_change(which, (old, kpi), (new, rest.remove(at)), found),
            None => found.clauses.push(ClauseChange {
                what: which.name(),
                old: Some(kpi_words(old, kpi)),
                new: None,
                effect: which.effect(Effect::Easier),
                how: None,
            }),
        }
    }
    for kpi in rest {
        found.say(which.name(), None, Some(kpi_words(new, kpi)), which.effect(Effect::Harder));
    }
}

fn kpi_words(of: Of<'_, '_>, kpi: &Kpi) -> String {
    match &kpi.target {
        Some(target) => format!("{} {}", kpi.text, one_target(of, target, &kpi.value.gives.unit())),
        None => kpi.text.clone(),
    }
}

fn kpi_change(which: Beside, (old, a): (Of<'_, '_>, &Kpi), (new, b): (Of<'_, '_>, &Kpi), found: &mut Found) {
    let (before, after) = (kpi_words(old, a), kpi_words(new, b));
    if before == after {
        return found.below(which == Beside::Guardrail);
    }
    let unit = b.value.gives.unit();
    let limits = a.target.as_ref().zip(b.target.as_ref());
    let (effect, how) = match limits {
        Some((x, y)) => {
            let accepts = |of: Of<'_, '_>, k: &Kpi, t| {
                accepted(of.side.plan(), t, Baseline::Read, direction(of.side.plan(), &k.value))
            };
            match (accepts(old, a, x), accepts(new, b, y)) {
                (Some(a), Some(b)) => (a.effect(&b), a.how(&b, &unit)),
                _ => ease::steps(&x.kind, &y.kind, &unit).unwrap_or((Effect::Unknown, None)),
            }
        }
        None => (Effect::Unknown, None),
    };
    let change =
        ClauseChange { what: which.name(), old: Some(before), new: Some(after), effect: which.effect(effect), how };
    found.clauses.push(change);
}
