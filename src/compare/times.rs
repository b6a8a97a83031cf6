//! When goals are judged: deadlines and windows that moved, and when a goal's window begins. Knows calendars and timing
//! clauses, and no target.

use super::meaning::span;
use super::{ClauseChange, Effect, Side};
use crate::calendar::{CalendarSpan, Window, day_before_edge};
use crate::eval::aim::deciding;
use crate::eval::frame::{counts_up, horizon_of};
use crate::eval::subject::direction;
use crate::model::kinds;
use crate::model::plan::{
    CampaignId, Comparison, From, Goal, GoalBody, Kind, Measure, Node, Over, Plan, Target, TargetKind, Timing,
};
use jiff::civil::{DateTime, Time};

/// How a goal's subject behaves over time; a level where it is always the same.
pub(super) fn kind(plan: &Plan, goal: &Goal) -> Kind {
    match &goal.body {
        GoalBody::Measured { subject, .. } => kinds::kind(subject, plan).unwrap_or(Kind::Stock),
        _ => Kind::Neither,
    }
}

/// Its targets.
pub(super) fn targets(goal: &Goal) -> &[Target] {
    match &goal.body {
        GoalBody::Measured { targets, .. } | GoalBody::Rows { targets, .. } => targets,
        GoalBody::Combined { .. } => &[],
    }
}

/// True for totals that are counted up from nothing.
pub(super) fn counted(plan: &Plan, goal: &Goal) -> bool {
    let GoalBody::Measured { subject, targets, .. } = &goal.body else { return false };
    let by = matches!(goal.timing, Timing::By { .. } | Timing::Within { .. } | Timing::Open);
    let target = deciding(targets).map(|t| &t.kind);
    by && counts_up(goal, target, kind(plan, goal), direction(plan, subject))
}

/// The moment at which a goal's window begins, as `eval` has it; of a combined goal its first part's. `None` where only
/// the day on which it is judged would tell.
pub(super) fn begins(plan: &Plan, goal: &Goal) -> Option<DateTime> {
    let from = match &goal.from {
        Some(From::Period { window, .. }) => Some(*window),
        _ => None,
    };
    let start = match counted(plan, goal) {
        true => from.map(|w| w.start),
        false => from.map(|w| w.end),
    };
    let horizon = plan.facts.horizon.map(|w| w.start);
    match &goal.timing {
        _ if matches!(goal.body, GoalBody::Combined { .. }) => parts(plan, goal).filter_map(|g| begins(plan, g)).min(),
        Timing::In { window, .. } | Timing::Every { over: Some(window), .. } => Some(window.start),
        Timing::Every { .. } => from.map(|w| w.end).or(horizon),
        Timing::By { deadline, .. } if goal.yoy => {
            start.or_else(|| CalendarSpan::new(-1, crate::calendar::SpanUnit::Year).shift_edge(*deadline))
        }
        Timing::By { deadline, .. } => start.or_else(|| Some(horizon_of(&plan.facts, *deadline).0.start)),
        Timing::Within { .. } | Timing::Open => start.or(horizon),
    }
}

/// The goals of a combined goal; a circle of them is an error of the plan.
fn parts<'a>(plan: &'a Plan, goal: &'a Goal) -> impl Iterator<Item = &'a Goal> {
    let names = match &goal.body {
        GoalBody::Combined { goals, .. } => goals.as_slice(),
        _ => &[],
    };
    names.iter().filter_map(|name| plan.goals.get(name))
}

/// What a goal's timing means: equal texts where it is the same.
pub(super) fn key(side: &Side<'_>, goal: &Goal) -> String {
    let plan = side.plan();
    let rules = &plan.facts.rules;
    match &goal.timing {
        Timing::Open => "open".to_owned(),
        Timing::By { deadline, .. } => format!("by {deadline} {:?}", measured_over(plan, goal)),
        Timing::Within { span: length } => format!("within {}", span(*length)),
        Timing::In { window, campaign, .. } => format!("in {window:?} {:?}", campaign_filter(side, *campaign)),
        Timing::Every { span, over, campaign } => {
            format!("every {span} {rules:?} {over:?} {:?}", campaign_filter(side, *campaign))
        }
    }
}

fn campaign_filter(side: &Side<'_>, campaign: Option<CampaignId>) -> Option<String> {
    let (_, campaign) = side.plan().campaigns.get_index(campaign?)?;
    campaign.filter.as_ref().map(|c| side.whole.condition(c))
}

/// Over which span something that isn't a level is measured at a deadline, where a clause says so.
fn measured_over(plan: &Plan, goal: &Goal) -> Option<String> {
    let Timing::By { period, per, .. } = &goal.timing else { return None };
    if kind(plan, goal) == Kind::Stock || counted(plan, goal) {
        return None;
    }
    let own = || period.as_ref().and_then(|p| p.span(&plan.facts.rules));
    per.or_else(own).map(span)
}

/// What changed about when a goal is judged.
pub(super) fn changes(old: (&Side<'_>, &Goal), new: (&Side<'_>, &Goal)) -> Vec<ClauseChange> {
    let (plan_old, plan_new) = (old.0.plan(), new.0.plan());
    let said = |what, effect, how| ClauseChange {
        what,
        old: words(plan_old, old.1),
        new: words(plan_new, new.1),
        effect,
        how,
    };
    match (&old.1.timing, &new.1.timing) {
        (Timing::By { deadline: a, .. }, Timing::By { deadline: b, .. }) => {
            let mut found = Vec::new();
            if a != b {
                found.push(moved_deadline(said("deadline", Effect::None, None), *a, *b));
            }
            let (before, after) = (measured_over(plan_old, old.1), measured_over(plan_new, new.1));
            if before != after {
                let change = ClauseChange { old: before, new: after, ..said("measured over", Effect::Unknown, None) };
                found.push(change);
            }
            found
        }
        (Timing::Within { span: a }, Timing::Within { span: b }) if span(*a) != span(*b) => {
            vec![longer(said("deadline", Effect::None, None), *a, *b, Effect::Easier)]
        }
        (Timing::Within { .. }, Timing::Within { .. }) => Vec::new(),
        (Timing::In { window: a, .. }, Timing::In { window: b, .. }) if a != b => {
            vec![moved_window(said("window", Effect::Unknown, None), (*a, *b), old, new)]
        }
        (Timing::In { .. }, Timing::In { .. }) => Vec::new(),
        (Timing::Every { span: a, over: v, .. }, Timing::Every { span: b, over: w, .. }) => {
            if a == b && v == w {
                return Vec::new();
            }
            let all_kept = |goal: &Goal| !matches!(goal.quantifier, Some((_, Over::Periods(_))));
            let effect = match (v, w) {
                (Some(v), Some(w)) if a == b && all_kept(old.1) && all_kept(new.1) => match (v.holds(w), w.holds(v)) {
                    (true, false) => Effect::Easier,
                    (false, true) => Effect::Harder,
                    _ => Effect::Unknown,
                },
                _ => Effect::Unknown,
            };
            let how = match effect {
                Effect::Easier => Some("fewer periods to keep".to_owned()),
                Effect::Harder => Some("more periods to keep".to_owned()),
                _ => None,
            };
            vec![said("periods", effect, how)]
        }
        (Timing::Open, Timing::Open) => Vec::new(),
        (Timing::Open, _) => vec![said("deadline", Effect::Harder, Some("it had none".to_owned()))],
        (_, Timing::Open) => vec![said("deadline", Effect::Easier, Some("it is never missed now".to_owned()))],
        _ => vec![said("timing", Effect::Unknown, None)],
    }
}

/// A deadline that moved: the later, the more time there is.
pub(super) fn moved_deadline(change: ClauseChange, old: DateTime, new: DateTime) -> ClauseChange {
    let (effect, word) = if new > old { (Effect::Easier, "later") } else { (Effect::Harder, "earlier") };
    let by = Window::new(old.min(new), old.max(new));
    ClauseChange { effect, how: Some(format!("{word} by {}", length(&by))), ..change }
}

/// A length in the largest units that it is whole in.
fn length(window: &Window) -> String {
    if window.start.time() != window.end.time() {
        let hours = window.length_days() * 24.0;
        return match hours {
            h if h < 48.0 => crate::quantity::show(h * 3600.0, &crate::quantity::Unit::Duration),
            _ => window.length().to_string(),
        };
    }
    let span = window.length();
    match span.months() {
        Some(months) if months % 12 == 0 => CalendarSpan::new(months / 12, crate::calendar::SpanUnit::Year).to_string(),
        _ => span.to_string(),
    }
}

/// A length that changed; `longer` is what more of it does.
pub(super) fn longer(change: ClauseChange, old: CalendarSpan, new: CalendarSpan, longer: Effect) -> ClauseChange {
    let other = if longer == Effect::Easier { Effect::Harder } else { Effect::Easier };
    let (a, b) = (old.approximate_days(), new.approximate_days());
    let (effect, how) = match b.total_cmp(&a) {
        std::cmp::Ordering::Greater => (longer, Some("longer".to_owned())),
        std::cmp::Ordering::Less => (other, Some("shorter".to_owned())),
        std::cmp::Ordering::Equal => (Effect::None, None),
    };
    ClauseChange { effect, how, ..change }
}

/// The window that a goal is judged over moved. Later is easier, except where a longer window counts against it.
fn moved_window(
    change: ClauseChange,
    (a, b): (Window, Window),
    old: (&Side<'_>, &Goal),
    new: (&Side<'_>, &Goal),
) -> ClauseChange {
    let same_length = a.length() == b.length();
    if same_length && a.end != b.end {
        return moved_deadline(change, a.end, b.end);
    }
    let total = never_falls(old) && never_falls(new);
    let at_least = |goal: &Goal| {
        let target = deciding(targets(goal)).map(|t| &t.kind);
        matches!(target, Some(TargetKind::Bound(Comparison::AtLeast | Comparison::Above, _)))
    };
    let longer = b.length_days() > a.length_days();
    let how = Some(if longer { "longer".to_owned() } else { "shorter".to_owned() });
    let effect = match (b.holds(&a), a.holds(&b)) {
        // More days count toward a total that has to be reached.
        (true, false) if total && at_least(old.1) && at_least(new.1) => Effect::Easier,
        (false, true) if total && at_least(old.1) && at_least(new.1) => Effect::Harder,
        _ => Effect::Unknown,
    };
    ClauseChange { effect, how, ..change }
}

/// True where more days can only add: a number of rows.
fn never_falls((side, goal): (&Side<'_>, &Goal)) -> bool {
    let GoalBody::Measured { subject, .. } = &goal.body else { return false };
    let mut formula = subject;
    loop {
        formula = match &formula.node {
            Node::Filter(inner, _) => inner,
            Node::Metric(id) => match side.plan().metrics.get_index(*id) {
                Some((_, metric)) if !metric.uses_past => &metric.value,
                _ => return false,
            },
            Node::Aggregate(a) => return matches!(a.measure, Measure::Count),
            _ => return false,
        };
    }
}

/// When a goal is judged, in words: `2021-09-30`, `Q1 2021`, `every month in 2021`.
pub(super) fn words(plan: &Plan, goal: &Goal) -> Option<String> {
    let named = |campaign: &Option<CampaignId>| {
        let (name, campaign) = plan.campaigns.get_index((*campaign)?)?;
        Some(format!("{name} ({})", campaign.window))
    };
    Some(match &goal.timing {
        Timing::Open => return None,
        Timing::By { deadline, period, .. } => match period {
            Some(period) => period.to_string(),
            None => moment(*deadline),
        },
        Timing::Within { span } => format!("within {span}"),
        Timing::In { window, period, campaign } => {
            let period = named(campaign).or_else(|| period.as_ref().map(ToString::to_string));
            format!("in {}", period.unwrap_or_else(|| window.to_string()))
        }
        Timing::Every { span, over, campaign } => {
            let every = if span.count == 1 { span.unit.name().to_owned() } else { span.to_string() };
            let over = named(campaign).or_else(|| over.map(|w| crate::calendar::step_name(&w, &plan.facts.rules)));
            format!("every {every}{}", over.map(|o| format!(" in {o}")).unwrap_or_default())
        }
    })
}

/// The last day before an edge, or the edge's time.
pub(super) fn moment(edge: DateTime) -> String {
    if edge.time() == Time::midnight() { day_before_edge(edge).to_string() } else { edge.to_string() }
}
