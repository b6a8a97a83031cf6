//! Verdicts under a what-if beside those without it. Knows two reports, and not how the one came about.

use super::error::Failure;
use super::run::{Options, evaluate};
use super::timeline::AsOf;
use super::verdict::{PlainReading, Report, ScenarioReading, Verdict};
use super::words;
use crate::engine::Engine;
use crate::model::Plan;
use crate::model::plan::{GoalBody, Node};
use crate::quantity::same;
use crate::query::TableInfo;
use indexmap::IndexMap;

/// Judges `plan`, which is a plan under `scenario`, at the moment of the `plain` report, beside which its verdicts stand.
/// `scaled` are the metrics that the scenario multiplies.
///
/// # Errors
/// As [`evaluate`].
pub fn judge(
    plan: &Plan,
    (scenario, scaled): (ScenarioReading, &[String]),
    plain: &Report,
    opened: &IndexMap<String, TableInfo>,
    engine: &mut dyn Engine,
    options: &Options,
) -> Result<Report, Failure> {
    let as_of = Some(plain.as_of_day.map_or(AsOf::Moment(plain.last_moment()), AsOf::Day));
    let mut report = evaluate(plan, opened, engine, &Options { as_of, ..options.clone() })?;
    beside(&mut report, plain, scenario, plan, scaled);
    Ok(report)
}

/// Puts into `report`, which is under `scenario`, what each goal's verdict is without it. `plan` is the one under the
/// scenario; `scaled` are the metrics that it multiplies.
fn beside(report: &mut Report, plain: &Report, scenario: ScenarioReading, plan: &Plan, scaled: &[String]) {
    for verdict in &mut report.goals {
        let Some(before) = plain.goals.iter().find(|g| g.name == verdict.name) else { continue };
        verdict.plain = Some(reading(before, verdict));
        if before.kind != verdict.kind {
            verdict.notes.push(format!(
                "without the scenario it is {}, and now {}: another value is judged",
                kind(before.kind),
                kind(verdict.kind)
            ));
        }
        if let Some(metric) = multiplied(plan, verdict, scaled) {
            verdict.notes.push(format!(
                "the scenario multiplies {metric} in every window, the baseline's too: a change in percent stays what it was"
            ));
        }
    }
    report.scenario = Some(scenario);
    report.as_of_from.clone_from(&plain.as_of_from);
}

fn kind(name: &str) -> &'static str {
    match name {
        "flow" => "a total over a period",
        "stock" => "a level on a day",
        "truth" => "true or false",
        _ => "neither a total nor a level",
    }
}

fn reading(before: &Verdict, after: &Verdict) -> PlainReading {
    let chance = |v: &Verdict| v.projection.as_ref().and_then(|p| p.chance);
    let numbers = |v: &Verdict| [v.current.value, v.target.value, v.progress, chance(v)];
    let alike = |(a, b): (Option<f64>, Option<f64>)| match (a, b) {
        (Some(a), Some(b)) => same(a, b),
        (a, b) => a == b,
    };
    let [current, target, progress, chance] = numbers(before);
    let unchanged = numbers(before).into_iter().zip(numbers(after)).all(alike);
    PlainReading {
        status: before.status,
        current,
        target,
        progress,
        chance,
        changed: before.status != after.status || !unchanged,
    }
}

/// The multiplied metric that a goal with a relative target is worked out from.
fn multiplied(plan: &Plan, verdict: &Verdict, scaled: &[String]) -> Option<String> {
    let GoalBody::Measured { subject, .. } = &plan.goals.get(&verdict.name)?.body else { return None };
    let own = verdict.baseline.as_ref().is_some_and(|b| b.label != "written in the goal");
    if !own || !matches!(verdict.target.kind, "relative" | "multiple" | "trend") {
        return None;
    }
    let mut found = None;
    words::visit(plan, subject, &mut |f| {
        if let Node::Metric(id) = &f.node
            && let Some((name, _)) = plan.metrics.get_index(*id)
            && scaled.contains(name)
        {
            found = found.take().or(Some(name.clone()));
        }
    });
    found
}
