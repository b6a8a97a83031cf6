//! What the JSON of a goal says beside its own numbers: what remains, what is likely, KPIs, guardrails, checkpoints. Knows
//! nothing of how they were found.

use super::super::{Number, number};
use crate::calendar::CalendarSpan;
use crate::eval::verdict::{
    CheckpointReading, GuardrailReading, HeldReading, KpiReading, PlainReading, Projection, Required, Status,
};
use crate::quantity::Unit;
use jiff::civil::Date;
use serde::{Serialize, Serializer};

#[derive(Serialize)]
pub(super) struct Needed {
    total: Number,
    periods: u32,
    step: Step,
    last_brought: Option<Number>,
}

impl Needed {
    pub(super) fn of(r: &Required) -> Self {
        Self { total: Number(r.total), periods: r.periods, step: Step(r.step), last_brought: number(r.last_brought) }
    }
}

/// The verdict without the scenario.
#[derive(Serialize)]
pub(super) struct Plain {
    status: Status,
    current: Option<Number>,
    target: Option<Number>,
    progress: Option<Number>,
    chance: Option<Number>,
    changed: bool,
}

impl Plain {
    pub(super) fn of(p: &PlainReading) -> Self {
        Self {
            status: p.status,
            current: number(p.current),
            target: number(p.target),
            progress: number(p.progress),
            chance: number(p.chance),
            changed: p.changed,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Projected<'a> {
    value: Number,
    low: Option<Number>,
    high: Option<Number>,
    level: Number,
    chance: Option<Number>,
    at: Date,
    method: &'a str,
    periods: u32,
    reason: Option<&'static str>,
}

impl<'a> Projected<'a> {
    pub(super) fn of(p: &'a Projection) -> Self {
        let reason = match (p.low, p.chance) {
            (None, _) => Some("a run rate says nothing of its error: no interval, no chance"),
            (_, None) => Some("the chance of one exact value isn't told"),
            _ => None,
        };
        Self {
            value: Number(p.value),
            low: number(p.low),
            high: number(p.high),
            level: Number(p.level),
            chance: number(p.chance),
            at: p.at,
            method: &p.method,
            periods: p.periods,
            reason,
        }
    }
}

/// A calendar length in words, `1 quarter`.
pub(in crate::report::json) struct Step(pub CalendarSpan);

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

#[derive(Serialize)]
pub(super) struct Kpi<'a> {
    name: &'a str,
    value: Option<Number>,
    unit: &'a Unit,
    target: Option<Number>,
    wanted: Option<&'a str>,
    status: Option<Status>,
    reason: Option<&'a str>,
}

impl<'a> Kpi<'a> {
    pub(super) fn of(k: &'a KpiReading) -> Self {
        let reason = match (k.value, &k.wanted) {
            (None, _) => Some(k.reason.as_deref().unwrap_or("no value in the goal's window")),
            (_, None) => Some("it has no target of its own"),
            _ => k.reason.as_deref(),
        };
        Self {
            name: &k.name,
            value: number(k.value),
            unit: &k.unit,
            target: number(k.target),
            wanted: k.wanted.as_deref(),
            status: k.status,
            reason,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Guardrail<'a> {
    name: &'a str,
    value: Option<Number>,
    unit: &'a Unit,
    op: &'a str,
    target: Option<Number>,
    upper: Option<Number>,
    wanted: Option<&'a str>,
    status: Status,
    broken: bool,
    broken_on: Option<Date>,
    broken_value: Option<Number>,
    reason: Option<&'a str>,
}

impl<'a> Guardrail<'a> {
    pub(super) fn of(g: &'a GuardrailReading) -> Self {
        let reason = match (g.value, g.target) {
            (None, _) => Some(g.reason.as_deref().unwrap_or("no value in the goal's window")),
            (_, None) => Some(g.reason.as_deref().unwrap_or("it is true or false")),
            _ => g.reason.as_deref(),
        };
        Self {
            name: &g.name,
            value: number(g.value),
            unit: &g.unit,
            op: g.op,
            target: number(g.target),
            upper: number(g.upper),
            wanted: g.wanted.as_deref(),
            status: g.status,
            broken: g.broken,
            broken_on: g.broken_on,
            broken_value: number(g.broken_value),
            reason,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Hold {
    needed: u32,
    held: u32,
    step: Step,
    since: Option<Date>,
}

impl Hold {
    pub(super) fn of(h: &HeldReading) -> Self {
        Self { needed: h.needed, held: h.held, step: Step(h.step), since: h.since }
    }
}

#[derive(Serialize)]
pub(super) struct Checkpoint {
    at: Date,
    value: Option<Number>,
    expected_value: Option<Number>,
    progress: Option<Number>,
    expected: Option<Number>,
    status: Option<Status>,
    reason: Option<&'static str>,
}

impl Checkpoint {
    pub(super) fn of(c: &CheckpointReading) -> Self {
        Self {
            at: c.at,
            value: number(c.value),
            expected_value: number(c.expected_value),
            progress: number(c.progress),
            expected: number(c.expected),
            status: c.status,
            reason: c.status.is_none().then_some("it lies ahead, or has no data"),
        }
    }
}
