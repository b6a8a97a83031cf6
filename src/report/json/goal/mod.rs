//! One goal of the JSON: its keys in the contract's order, and why what is null is null. Knows verdicts, not how they were
//! reached.

mod beside;
mod counted;

pub(super) use beside::Step;

use super::{Number, number, place};
use crate::eval::verdict::{EachSummary, Kept, Reading, Status, Verdict};
use crate::lint::{Card, Letter, Mark};
use crate::quantity::Unit;
use crate::source::Sources;
use beside::{Checkpoint, Guardrail, Hold, Kpi, Needed, Plain, Projected};
use counted::{Each, Period, Standing};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// Why a goal over values or rows has no baseline, value and target itself.
const EACH_HAS_ITS_OWN: &str = "each value has its own, under each";

/// A goal.
#[derive(Serialize)]
pub(super) struct Goal<'a> {
    name: &'a str,
    title: Option<&'a str>,
    subject: &'a str,
    file: Option<&'a str>,
    line: Option<u32>,
    wanted: &'a str,
    unit: &'a Unit,
    kind: &'a str,
    status: Status,
    met_on: Option<Date>,
    decided: &'a str,
    baseline: Baseline<'a>,
    current: Current<'a>,
    target: Target<'a>,
    progress: Option<Number>,
    expected: Option<Number>,
    pace: Option<Number>,
    required_per_period: Option<Number>,
    required: Option<Needed>,
    projection: Option<Projected<'a>>,
    kept: Option<Kept>,
    periods: Vec<Period<'a>>,
    each: Vec<Each<'a>>,
    each_total: Option<u64>,
    each_kept: Option<u64>,
    each_pending: Option<u64>,
    /// Only beside a target that is a rank.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    standings: Vec<Standing<'a>>,
    kpis: Vec<Kpi<'a>>,
    guardrails: Vec<Guardrail<'a>>,
    checkpoints: Vec<Checkpoint>,
    parts: &'a [String],
    smart: Smart,
    /// Why a key of this goal that isn't an object of its own is null.
    reasons: BTreeMap<&'static str, String>,
    notes: &'a [String],
    next: Option<&'a str>,
    hold: Option<Hold>,
    cap: Option<Number>,
    pace_rule: Option<&'a str>,
    plain: Option<Plain>,
}

impl<'a> Goal<'a> {
    pub(super) fn of(v: &'a Verdict, card: Option<&Card>, sources: &'a Sources) -> Self {
        let (file, line) = place(sources, v.at);
        let each = v.each.as_ref();
        let count = |of: fn(&EachSummary) -> u64| each.map(of);
        Self {
            name: &v.name,
            title: v.title.as_deref(),
            subject: &v.subject,
            file,
            line,
            wanted: &v.wanted,
            unit: &v.unit,
            kind: v.kind,
            status: v.status,
            met_on: v.met_on,
            decided: &v.decided,
            baseline: Baseline::of(v),
            current: Current::of(v),
            target: Target::of(v),
            progress: number(v.progress),
            expected: number(v.expected),
            pace: number(v.pace),
            required_per_period: v.required.as_ref().map(|r| Number(r.per_period)),
            required: v.required.as_ref().map(Needed::of),
            projection: v.projection.as_ref().map(Projected::of),
            kept: v.kept,
            periods: v.periods.iter().map(Period::of).collect(),
            each: each.map(|e| e.listed.iter().map(Each::of).collect()).unwrap_or_default(),
            each_total: count(|e| e.total),
            each_kept: count(|e| e.kept),
            each_pending: count(|e| e.pending),
            standings: v.standings.iter().flat_map(|s| s.shown()).map(Standing::of).collect(),
            kpis: v.kpis.iter().map(Kpi::of).collect(),
            guardrails: v.guardrails.iter().map(Guardrail::of).collect(),
            checkpoints: v.checkpoints.iter().map(Checkpoint::of).collect(),
            parts: &v.parts,
            smart: Smart::of(card),
            reasons: reasons(v),
            notes: &v.notes,
            next: v.next.as_deref(),
            hold: v.held.as_ref().map(Hold::of),
            cap: number(v.cap),
            pace_rule: (!v.pace_rule.is_empty()).then_some(v.pace_rule),
            plain: v.plain.as_ref().map(Plain::of),
        }
    }
}

/// Why what is null is null, by key.
fn reasons(v: &Verdict) -> BTreeMap<&'static str, String> {
    let not_reached = || format!("not reached: the goal's status is {}", v.status.name());
    let settled = "nothing is asked of a remaining period, or none remains".to_owned();
    let all = [
        ("met_on", v.met_on.is_none(), not_reached()),
        ("progress", v.progress.is_none(), decided(v).to_owned()),
        ("expected", v.expected.is_none(), decided(v).to_owned()),
        ("pace", v.pace.is_none(), "progress or the expected share isn't known, or the latter is 0".to_owned()),
        ("required_per_period", v.required.is_none(), settled),
        ("projection", v.projection.is_none(), v.unprojected.clone()),
        ("hold", v.held.is_none(), "the goal doesn't say for how long it has to hold".to_owned()),
        ("cap", v.cap.is_none(), "no ceiling is written, or it isn't known".to_owned()),
        ("pace_rule", v.pace_rule.is_empty(), "no way from a baseline to a target is measured".to_owned()),
        ("plain", v.plain.is_none(), "no scenario was asked for".to_owned()),
        ("kept", v.kept.is_none(), "the goal isn't judged period by period, nor over values or rows".to_owned()),
    ];
    all.into_iter().filter(|(_, null, _)| *null).map(|(key, _, reason)| (key, reason)).collect()
}

#[derive(Serialize)]
struct Baseline<'a> {
    value: Option<Number>,
    at: Option<Date>,
    implied: bool,
    label: Option<&'a str>,
    reason: Option<&'a str>,
}

impl<'a> Baseline<'a> {
    fn of(v: &'a Verdict) -> Self {
        let none = Self {
            value: None,
            at: None,
            implied: false,
            label: None,
            reason: Some(match v.each {
                Some(_) => EACH_HAS_ITS_OWN,
                None => "nothing is measured from a baseline here",
            }),
        };
        v.baseline.as_ref().map_or(none, |r| Self {
            value: number(r.value),
            at: r.at,
            implied: r.implied,
            label: label(r),
            reason: reason(r, v),
        })
    }
}

#[derive(Serialize)]
struct Current<'a> {
    value: Option<Number>,
    at: Option<Date>,
    label: Option<&'a str>,
    reason: Option<&'a str>,
}

impl<'a> Current<'a> {
    fn of(v: &'a Verdict) -> Self {
        let r = &v.current;
        Self { value: number(r.value), at: r.at, label: label(r), reason: reason(r, v) }
    }
}

/// The sentence that decided, or at least the status.
fn decided(v: &Verdict) -> &str {
    if v.decided.is_empty() { v.status.name() } else { &v.decided }
}

fn label(r: &Reading) -> Option<&str> {
    (!r.label.is_empty()).then_some(r.label.as_str())
}

fn reason<'a>(r: &'a Reading, v: &'a Verdict) -> Option<&'a str> {
    match r.value {
        Some(value) if value.is_finite() => None,
        _ if v.each.is_some() => Some(EACH_HAS_ITS_OWN),
        _ => Some(r.reason.as_deref().unwrap_or(decided(v))),
    }
}

#[derive(Serialize)]
struct Target<'a> {
    kind: &'a str,
    op: &'a str,
    value: Option<Number>,
    upper: Option<Number>,
    by: Option<Date>,
    reason: Option<&'a str>,
}

impl<'a> Target<'a> {
    fn of(v: &'a Verdict) -> Self {
        let t = &v.target;
        let reason = match t.value {
            Some(_) => None,
            None if v.each.is_some() => Some(EACH_HAS_ITS_OWN),
            None if v.kind == "truth" => Some("a condition holds or doesn't"),
            None if v.kind == "combined" => Some("the goals it is made of have their own"),
            None => v.baseline.as_ref().and_then(|b| b.reason.as_deref()).or(Some(decided(v))),
        };
        Self { kind: t.kind, op: t.op, value: number(t.value), upper: number(t.upper), by: t.by, reason }
    }
}

/// The card of a goal.
#[derive(Serialize)]
#[allow(non_snake_case)]
struct Smart {
    S: Option<Mark>,
    M: Option<Mark>,
    A: Option<Mark>,
    R: Option<Mark>,
    T: Option<Mark>,
    reason: Option<&'static str>,
}

impl Smart {
    fn of(card: Option<&Card>) -> Self {
        let mark = |letter: Letter| card.map(|c| c.letters[letter as usize].mark);
        Self {
            S: mark(Letter::Specific),
            M: mark(Letter::Measurable),
            A: mark(Letter::Attainable),
            R: mark(Letter::Relevant),
            T: mark(Letter::TimeBound),
            reason: card.is_none().then_some("the plan wasn't linted"),
        }
    }
}
