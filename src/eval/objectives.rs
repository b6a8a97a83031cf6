//! Goals rolled up: combined goals and objectives (language reference, Verdicts). Knows statuses and weights only.

use super::verdict::{MilestoneVerdict, ObjectiveVerdict, Status, Verdict};
use crate::model::plan::Plan;

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
pub fn objectives(plan: &Plan, verdicts: &[Verdict], milestones: &[MilestoneVerdict]) -> Vec<ObjectiveVerdict> {
    let some = verdicts.len() < plan.goals.len();
    let judged = Judged { plan, verdicts, milestones };
    let all = (0..plan.objectives.len()).filter_map(|id| judged.objective(id, &mut Vec::new()));
    all.filter(|o| !(some && o.goals.is_empty())).collect()
}

/// What there is to roll up.
#[derive(Clone, Copy)]
struct Judged<'a> {
    plan: &'a Plan,
    verdicts: &'a [Verdict],
    milestones: &'a [MilestoneVerdict],
}

impl Judged<'_> {
    fn objective(&self, id: usize, above: &mut Vec<usize>) -> Option<ObjectiveVerdict> {
        let Self { plan, verdicts, milestones } = *self;
        let (name, objective_) = plan.objectives.get_index(id)?;
        if above.contains(&id) {
            return None;
        }
        above.push(id);
        let mut parts: Vec<(String, f64, Option<f64>, Status)> = Vec::new();
        for goal in plan.goals.values().filter(|g| g.supports == Some(id)) {
            if let Some(verdict) = verdicts.iter().find(|v| v.name == goal.name) {
                parts.push((goal.name.clone(), goal.weight, progress(verdict), verdict.status));
            }
        }
        for (name, _) in plan.milestones.iter().filter(|(_, m)| m.supports == Some(id)) {
            if let Some(verdict) = milestones.iter().find(|m| m.name == *name) {
                parts.push((name.clone(), 1.0, done(verdict.status), verdict.status));
            }
        }
        for (child, under) in plan.objectives.values().enumerate().filter(|(_, o)| o.supports == Some(id)) {
            if let Some(verdict) = self.objective(child, above) {
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
                None => {
                    let why = match status {
                        Status::OnTrack | Status::AtRisk | Status::OffTrack => "nothing of it is judged yet",
                        other => other.name(),
                    };
                    notes.push(format!("{part} is left out of the mean: {why}"));
                }
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
}

/// A milestone is done or not; `None` where that isn't known.
fn done(status: Status) -> Option<f64> {
    match status {
        Status::NoData => None,
        Status::Met | Status::MetLate => Some(1.0),
        _ => Some(0.0),
    }
}

/// A goal's progress; a met one is there, whatever its number says.
pub fn progress(verdict: &Verdict) -> Option<f64> {
    match verdict.status {
        Status::Met | Status::MetLate => Some(1.0),
        _ => verdict.progress,
    }
}
