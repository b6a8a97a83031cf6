//! Goals rolled up: combined goals and objectives (language reference, Verdicts). Knows statuses and weights only.

use super::verdict::{ObjectiveVerdict, Status, Verdict};
use crate::model::plan::{GoalBody, Plan};

/// How bad a pending status is; `None` for a settled one.
fn pending(status: Status) -> Option<u8> {
    match status {
        Status::NotStarted => Some(0),
        Status::OnTrack => Some(1),
        Status::AtRisk => Some(2),
        Status::OffTrack => Some(3),
        _ => None,
    }
}

/// `all of`: missed if one is; else no data; else the worst pending; else met (late if one is).
pub fn all_of(statuses: &[Status]) -> Status {
    let has = |s: Status| statuses.contains(&s);
    if statuses.is_empty() || (has(Status::NoData) && !has(Status::Missed)) {
        return Status::NoData;
    }
    if has(Status::Missed) {
        return Status::Missed;
    }
    let worst = statuses.iter().copied().filter(|s| pending(*s).is_some()).max_by_key(|s| pending(*s));
    worst.unwrap_or(if has(Status::MetLate) { Status::MetLate } else { Status::Met })
}

/// `any of`: met if one is; else the best pending, no data, missed.
pub fn any_of(statuses: &[Status]) -> Status {
    let has = |s: Status| statuses.contains(&s);
    if has(Status::Met) {
        return Status::Met;
    }
    if has(Status::MetLate) {
        return Status::MetLate;
    }
    // On track before what hasn't begun: it says more.
    let rank = |s: &Status| match s {
        Status::OnTrack => 0,
        Status::AtRisk => 1,
        Status::OffTrack => 2,
        _ => 3,
    };
    let best = statuses.iter().copied().filter(|s| pending(*s).is_some()).min_by_key(|s| rank(s));
    best.unwrap_or(if has(Status::NoData) || statuses.is_empty() { Status::NoData } else { Status::Missed })
}

/// Objectives in the order of the plan, those under others counted into them. Where only some goals were judged, an
/// objective that none of them supports is left out.
pub fn objectives(plan: &Plan, verdicts: &[Verdict]) -> Vec<ObjectiveVerdict> {
    let some = verdicts.len() < plan.goals.len();
    let all = (0..plan.objectives.len()).filter_map(|id| objective(plan, verdicts, id, &mut Vec::new()));
    all.filter(|o| !(some && o.goals.is_empty())).collect()
}

fn objective(plan: &Plan, verdicts: &[Verdict], id: usize, above: &mut Vec<usize>) -> Option<ObjectiveVerdict> {
    let (name, objective_) = plan.objectives.get_index(id)?;
    if above.contains(&id) {
        return None;
    }
    above.push(id);
    let mut parts: Vec<(String, f64, Option<f64>, Status)> = Vec::new();
    for goal in plan.goals.values().filter(|g| g.supports == Some(id)) {
        if let Some(verdict) = verdicts.iter().find(|v| v.name == goal.name) {
            parts.push((goal.name.clone(), goal.weight, progress(plan, verdict, verdicts), verdict.status));
        }
    }
    for (child, under) in plan.objectives.values().enumerate().filter(|(_, o)| o.supports == Some(id)) {
        if let Some(verdict) = objective(plan, verdicts, child, above) {
            parts.push((under.name.clone(), under.weight, verdict.progress, verdict.status));
        }
    }
    above.pop();
    let mut notes = Vec::new();
    let (mut sum, mut weights) = (0.0, 0.0);
    for (part, weight, progress, status) in &parts {
        match progress {
            Some(p) => {
                sum += weight * p.clamp(0.0, 1.0);
                weights += weight;
            }
            None => notes.push(format!("{part} is left out of the mean: {}", status.name())),
        }
    }
    if parts.is_empty() {
        notes.push("no goal supports it".to_owned());
    }
    let statuses: Vec<Status> = parts.iter().map(|p| p.3).collect();
    Some(ObjectiveVerdict {
        name: name.clone(),
        title: objective_.title.clone(),
        progress: (weights > 0.0).then(|| sum / weights),
        status: all_of(&statuses),
        goals: parts.into_iter().map(|p| p.0).collect(),
        notes,
    })
}

/// A goal's progress; a met one is there, whatever its number says, and a combined one is the mean of its parts.
fn progress(plan: &Plan, verdict: &Verdict, verdicts: &[Verdict]) -> Option<f64> {
    if matches!(verdict.status, Status::Met | Status::MetLate) {
        return Some(1.0);
    }
    let Some(GoalBody::Combined { goals, .. }) = plan.goals.get(&verdict.name).map(|g| &g.body) else {
        return verdict.progress;
    };
    let of = |name: &String| verdicts.iter().find(|v| v.name == *name).and_then(|v| v.progress);
    let known: Vec<f64> = goals.iter().filter_map(of).map(|p| p.clamp(0.0, 1.0)).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}
