//! T502: a goal that is due before its baseline is over.

use crate::calendar::{Window, day_before_edge};
use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule, times};
use crate::model::plan::{From, Kind, Over, Timing};

pub static RULE: Rule = Rule {
    code: "T502",
    name: "deadline-before-baseline",
    level: Level::Error,
    mark: Mark::Broken,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("deadline_before_baseline.md"),
};

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    let Some(From::Period { period, window }) = &goal.goal.from else { return };
    if matches!(goal.goal.quantifier, Some((_, Over::Campaigns))) || !early(context, goal, window) {
        return;
    }
    let (Some(at), Some(from)) = (times::place(goal), times::from_place(goal)) else { return };
    let (message, help) = match &goal.goal.timing {
        Timing::In { window: judged, .. } => (
            "what is judged here is over before its baseline is".to_owned(),
            format!("write a baseline that ends before {}, or a later window", judged.start.date()),
        ),
        Timing::By { deadline, .. } => {
            let due = day_before_edge(*deadline);
            (
                format!("this goal is due on {due}, before its baseline {period} is over"),
                format!("write a deadline after {}, or a baseline that ends before {due}", window.last_day()),
            )
        }
        _ => return,
    };
    let finding = Finding::new(message, at, "what is judged")
        .and(from, "measured from here")
        .because("What is judged would be compared with itself, or with what came after it.")
        .help(help);
    found.say(finding);
}

/// True where what is judged is over by the end of the baseline.
fn early(context: &Context<'_>, goal: &GoalView<'_>, from: &Window) -> bool {
    let Some(kind) = times::kind(context, goal) else { return false };
    match &goal.goal.timing {
        Timing::In { window, .. } => from.start >= window.start && from.end >= window.end,
        // A total counts from the start of `from`; a month may be held against the mean month of its own year.
        Timing::By { deadline, per, .. } => {
            let one_of_many = per.is_some_and(|p| times::shorter(p, from.length())) && kind != Kind::Stock;
            *deadline <= from.end && !times::counts_up(context, goal) && !one_of_many
        }
        _ => false,
    }
}
