//! M206: data whose step is longer than what the goal looks at.

use crate::calendar::{self, CalendarSpan, SpanUnit};
use crate::diagnostic::Level;
use crate::eval::frame::span_word;
use crate::lint::{Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule};
use crate::model::plan::{Checkpoint, Kind, Node, Timing};
use crate::source::Loc;
use crate::syntax::tree::GoalClause;

pub static RULE: Rule = Rule {
    code: "M206",
    name: "coarser-than-needed",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::GoalData(look),
    page: include_str!("coarser_than_needed.md"),
};

/// Something that a goal looks at, and how long it is.
struct Need {
    span: CalendarSpan,
    at: Loc,
    /// True where the goal itself is judged by it: with a written `every` of the table that is T503's to tell.
    judged: bool,
    /// The same with the table's own step.
    instead: fn(CalendarSpan) -> String,
}

/// How far apart the readings of a table are.
struct Step {
    table: String,
    /// Where it has steps.
    every: Option<CalendarSpan>,
    /// True where its statement says so.
    written: bool,
    days: f64,
}

fn look(observed: &Observed<'_, '_>, goal: &GoalView<'_>, found: &mut Found) {
    let needs = needs(observed, goal);
    if needs.is_empty() {
        return;
    }
    let Some(formula) = goal.subject() else { return };
    let steps = observed.world.moving_tables(formula).into_iter().filter_map(|id| step(observed, id));
    let Some(step) = steps.max_by(|a, b| a.days.total_cmp(&b.days)) else { return };
    let kind = observed.subject(goal).map(|s| s.kind);
    // Months differ in length, and a step is no step more.
    let told = |need: &&Need| !(need.judged && step.written) && need.span.approximate_days() < 0.9 * step.days;
    for need in needs.iter().filter(told) {
        let wanted = span_word(need.span);
        let table = &step.table;
        let (message, because, help) = match step.every.map(|every| (every, span_word(every))) {
            Some((every, word)) => (
                format!("{table} has one reading a {word}, and this looks at each {wanted}"),
                match kind {
                    Some(Kind::Stock) => format!("Between two readings a {wanted} shows the last one again."),
                    _ => format!("A reading is of a whole {word}: what a {wanted} of it brought isn't known."),
                },
                format!("write `{}`, or bring data by the {wanted}", (need.instead)(every)),
            ),
            None => (
                format!("{table} has rows too seldom for this to look at each {wanted}"),
                format!("No two days with rows are less than {} days apart: most {wanted}s have none to look at.", step.days),
                format!("look less often, or bring data by the {wanted}"),
            ),
        };
        found.say(Finding::new(message, need.at, "").because(because).help(help));
    }
}

/// What is shorter than the goal as a whole: checkpoints, periods, spans.
fn needs(observed: &Observed<'_, '_>, goal: &GoalView<'_>) -> Vec<Need> {
    let mut needs = Vec::new();
    let mut add = |judged: bool, span: CalendarSpan, at: Option<Loc>, instead: fn(CalendarSpan) -> String| {
        needs.extend(at.map(|at| Need { span, at, judged, instead }));
    };
    for checkpoint in &goal.goal.checkpoints {
        if let Checkpoint::Every(span) = checkpoint {
            let at = goal.clause(|c| matches!(c, GoalClause::Checkpoints(_)).then_some(()));
            add(false, *span, at.map(|a| a.1), |every| format!("checkpoints {}", adverb(every)));
        }
    }
    match &goal.goal.timing {
        Timing::Every { span, .. } => {
            let at = goal.clause(|c| match c {
                GoalClause::Every { span, .. } => Some(goal.place(span.span)),
                _ => None,
            });
            add(true, *span, at.map(|a| a.0), |every| format!("every {}", span_word(every)));
        }
        Timing::By { per: Some(span), .. } => {
            let at = goal.clause(|c| matches!(c, GoalClause::Per(_)).then_some(()));
            add(true, *span, at.map(|a| a.1), |every| format!("per {}", span_word(every)));
        }
        _ => {}
    }
    if let Some(subject) = goal.subject() {
        observed.context.visit(subject, &mut |f| {
            if let Node::Over(_, span) | Node::MovingAverage(_, span) = &f.node {
                add(false, *span, Some(f.at), |every| format!("over {every}"));
            }
        });
    }
    needs
}

/// How far apart a table's readings are; of events only where no two days are nearer.
fn step(observed: &Observed<'_, '_>, table: usize) -> Option<Step> {
    let timeline = observed.world.timelines.get(table).filter(|t| t.timed && !t.sparse)?;
    let name = timeline.table.clone();
    if let Some(every) = timeline.every {
        let written = !timeline.inferred;
        return Some(Step { table: name, every: Some(every), written, days: every.approximate_days() });
    }
    let mut days: Vec<_> = timeline.times.as_ref()?.iter().map(|t| t.date()).collect();
    days.dedup();
    // With fewer, who knows what comes.
    if days.len() < 4 {
        return None;
    }
    let gaps = days.windows(2).map(|d| calendar::days_between(d[0].into(), d[1].into()));
    gaps.min_by(f64::total_cmp).map(|days| Step { table: name, every: None, written: false, days })
}

/// `quarterly`, `6 weeks`
fn adverb(span: CalendarSpan) -> String {
    match (span.count, span.unit) {
        (1, SpanUnit::Week) => "weekly".to_owned(),
        (1, SpanUnit::Month) => "monthly".to_owned(),
        (1, SpanUnit::Quarter) => "quarterly".to_owned(),
        _ => span.to_string(),
    }
}
