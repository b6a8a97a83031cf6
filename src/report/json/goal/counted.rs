//! What the JSON of a goal lists: its periods, its values or rows, the standings. Knows nothing of how they were judged.

use super::super::{Moment, Number, number};
use crate::eval::verdict::{self, EachReading, PeriodReading, PeriodState};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Period<'a> {
    label: &'a str,
    /// The first moment inside.
    start: Moment,
    /// The first moment after.
    end: Moment,
    value: Option<Number>,
    target: Option<Number>,
    kept: Option<bool>,
    state: PeriodState,
    covered: Option<Covered>,
}

#[derive(Serialize)]
pub(super) struct Covered {
    days: u32,
    of: u32,
}

impl<'a> Period<'a> {
    pub(super) fn of(p: &'a PeriodReading) -> Self {
        Self {
            label: &p.label,
            start: Moment(p.window.start),
            end: Moment(p.window.end),
            value: number(p.value),
            target: number(p.target),
            kept: p.kept,
            state: p.state,
            covered: p.covered.map(|(days, of)| Covered { days, of }),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Each<'a> {
    key: &'a str,
    baseline: Option<Number>,
    target: Option<Number>,
    value: Option<Number>,
    kept: Option<bool>,
    reason: Option<&'static str>,
}

impl<'a> Each<'a> {
    pub(super) fn of(e: &'a EachReading) -> Self {
        let reason = match (e.value, e.kept) {
            (_, None) => Some("not decided yet"),
            (None, _) => Some("it has no value that could be judged"),
            _ => None,
        };
        Self {
            key: &e.key,
            baseline: number(e.baseline),
            target: number(e.target),
            value: number(e.value),
            kept: e.kept,
            reason,
        }
    }
}

/// Where a value of the dimension stands.
#[derive(Serialize)]
pub(super) struct Standing<'a> {
    key: &'a str,
    rank: u64,
    value: Number,
}

impl<'a> Standing<'a> {
    pub(super) fn of(s: &'a verdict::Standing) -> Self {
        Self { key: &s.key, rank: s.rank, value: Number(s.value) }
    }
}
