//! One row a goal, for spreadsheets. Columns are only ever added, at the end.

use crate::eval::verdict::{GuardrailReading, Verdict};
use crate::eval::verdict::{Reading, Report};
use crate::source::Sources;
use std::fmt::Display;

/// What a cell is made of.
type Cell = fn(&Verdict, &Sources) -> String;

/// The columns: name and cell.
const COLUMNS: &[(&str, Cell)] = &[
    ("name", |v, _| v.name.clone()),
    ("title", |v, _| text(v.title.as_ref())),
    ("status", |v, _| v.status.name().to_owned()),
    ("wanted", |v, _| v.wanted.clone()),
    ("subject", |v, _| v.subject.clone()),
    ("unit", |v, _| unit(v)),
    ("kind", |v, _| v.kind.to_owned()),
    ("met_on", |v, _| text(v.met_on)),
    ("baseline", |v, _| number(v.baseline.as_ref().and_then(|b| b.value))),
    ("baseline_at", |v, _| text(v.baseline.as_ref().and_then(|b: &Reading| b.at))),
    ("current", |v, _| number(v.current.value)),
    ("current_at", |v, _| text(v.current.at)),
    ("target_op", |v, _| v.target.op.to_owned()),
    ("target", |v, _| number(v.target.value)),
    ("target_upper", |v, _| number(v.target.upper)),
    ("by", |v, _| text(v.target.by)),
    ("progress", |v, _| number(v.progress)),
    ("expected", |v, _| number(v.expected)),
    ("pace", |v, _| number(v.pace)),
    ("required_per_period", |v, _| number(v.required.as_ref().map(|r| r.per_period))),
    ("kept", |v, _| text(v.kept.map(|k| k.periods))),
    ("kept_of", |v, _| text(v.kept.map(|k| k.of))),
    ("each_total", |v, _| text(v.each.as_ref().map(|e| e.total))),
    ("each_kept", |v, _| text(v.each.as_ref().map(|e| e.kept))),
    ("each_pending", |v, _| text(v.each.as_ref().map(|e| e.pending))),
    ("decided", |v, _| v.decided.clone()),
    ("notes", |v, _| v.notes.join("; ")),
    ("place", |v, sources| sources.files.get(v.at.file.0 as usize).map_or(String::new(), |_| sources.place(v.at))),
    ("guardrails", |v, _| guardrails(v)),
    ("hold_held", |v, _| text(v.held.map(|h| h.held))),
    ("hold_needed", |v, _| text(v.held.map(|h| h.needed))),
    ("cap", |v, _| number(v.cap)),
    ("pace_rule", |v, _| v.pace_rule.to_owned()),
    ("projection", |v, _| number(v.projection.as_ref().map(|p| p.value))),
    ("projection_low", |v, _| number(v.projection.as_ref().and_then(|p| p.low))),
    ("projection_high", |v, _| number(v.projection.as_ref().and_then(|p| p.high))),
    ("projection_chance", |v, _| number(v.projection.as_ref().and_then(|p| p.chance))),
    ("projection_method", |v, _| v.projection.as_ref().map_or(String::new(), |p| p.method.clone())),
    ("plain_status", |v, _| v.plain.as_ref().map_or(String::new(), |p| p.status.name().to_owned())),
    ("plain_current", |v, _| number(v.plain.as_ref().and_then(|p| p.current))),
    ("plain_target", |v, _| number(v.plain.as_ref().and_then(|p| p.target))),
    ("plain_progress", |v, _| number(v.plain.as_ref().and_then(|p| p.progress))),
    ("plain_chance", |v, _| number(v.plain.as_ref().and_then(|p| p.chance))),
];

/// `cost met; churn off track`
fn guardrails(v: &Verdict) -> String {
    let one = |g: &GuardrailReading| format!("{} {}", g.name, g.status.name());
    v.guardrails.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The goals as comma-separated values with a header; numbers at full precision, percentages as fractions, durations
/// in seconds, what isn't known as an empty cell.
///
/// # Errors
/// None in practice: it writes to memory.
pub fn csv(report: &Report, sources: &Sources) -> Result<String, std::io::Error> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.iter().map(|(name, _)| *name))?;
    for goal in &report.goals {
        writer.write_record(COLUMNS.iter().map(|(_, cell)| cell(goal, sources)))?;
    }
    let bytes = writer.into_inner().map_err(|e| e.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn text(value: Option<impl Display>) -> String {
    value.map_or(String::new(), |v| v.to_string())
}

fn number(value: Option<f64>) -> String {
    text(value.filter(|v| v.is_finite()))
}

/// As JSON names it: nothing for a plain number.
fn unit(v: &Verdict) -> String {
    serde_json::to_value(&v.unit).ok().and_then(|u| u.as_str().map(str::to_owned)).unwrap_or_default()
}
