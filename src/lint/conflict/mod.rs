//! Do the goals of a plan contradict each other? Reasons over what the plan writes, without data; knows no rule and no
//! level.
//!
//! Each target, guardrail, indicator and cap is a [`claim`] on a number: on a [`shape`] (what a formula is made of, so
//! that two names for one formula are one number) taken over a window ([`when`]), seen as the value itself, as its ratio
//! to the baseline or as its change ([`bound`]). Claims over the same window, baseline and filter share their numbers, and
//! formulas tie them: `rate = signups / visits` holds for the values and for their ratios to the baseline alike. What
//! the ties leave of each number is narrowed with intervals ([`system`]) until one of them is empty, or nothing narrows
//! any more; of what can't hold, [`search`] keeps the least set, and [`tell`] says it.
//!
//! It is sound: whatever can hold isn't accused. Windows that only data tells count as the same only where everything
//! that they are worked out from is. A ratio to a baseline turns round where the baseline is below zero, so what isn't
//! known to be zero or more (a count, a share, a column that is counted in things) is tried with both signs. It isn't
//! complete: a contradiction that intervals don't show stays unsaid.

mod bound;
mod claim;
mod interval;
mod search;
mod shape;
mod system;
mod tell;
mod when;

use super::{Context, Finding};
use std::collections::HashSet;

/// What the goals of a plan are to each other.
#[derive(Debug, Default)]
pub struct Disagreements {
    /// Sets of claims that can't all hold.
    pub conflicts: Vec<Finding>,
    /// Goals that can all hold, but whose parts, met just as written, don't bring the whole.
    pub points: Vec<Finding>,
}

/// Looks through a plan; without goals over one number there is nothing to find.
pub fn disagreements(context: &Context<'_>) -> Disagreements {
    let (claims, shapes, moments, steps) = claim::Claims::of(context);
    if claims.is_empty() {
        return Disagreements::default();
    }
    let system = system::System::of(&claims, &shapes, moments, &steps);
    let found = search::search(&claims, &system);
    // One pair of targets may disagree in two ways: once is enough.
    let mut places = HashSet::new();
    let mut new = |c: &&search::Conflict| {
        let mut at: Vec<_> = c.claims.iter().filter_map(|c| claims.get(*c)).map(|c| c.at).collect();
        at.sort_unstable_by_key(|at| (at.file, at.span.start));
        at.dedup();
        places.insert(at)
    };
    let sets: Vec<&search::Conflict> = found.sets.iter().filter(|c| new(c)).collect();
    let conflicts = sets.into_iter().filter_map(|c| tell::conflict(context, &claims, c)).collect();
    let points = found.points.iter().filter_map(|c| tell::points(context, &claims, c)).collect();
    Disagreements { conflicts, points }
}
