//! T505: a goal that is decided outside of the plan's horizon.

use crate::calendar::{day_before_edge, step_name};
use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule, times};
use crate::model::plan::{Checkpoint, Timing};

pub static RULE: Rule = Rule {
    code: "T505",
    name: "outside-horizon",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("outside_horizon.md"),
};

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    let Some(horizon) = context.plan.facts.horizon else { return };
    if matches!(goal.goal.timing, Timing::Open) {
        return;
    }
    let (Some(end), Some(at)) = (times::deadline(context, goal), times::place(goal)) else { return };
    let inside = |c: &Checkpoint| matches!(c, Checkpoint::At(day, _) if horizon.start < *day && *day <= horizon.end);
    // A long goal with a station on the way says what this plan is to bring of it.
    let late = end > horizon.end && !goal.goal.checkpoints.iter().any(inside);
    if !late && end > horizon.start {
        return;
    }
    let (name, due) = (step_name(&horizon, &context.plan.facts.rules), day_before_edge(end));
    let (side, why, help) = match late {
        true => (
            "after",
            format!("Nothing within {name} says whether it goes well."),
            format!(
                "say what {name} is to bring of it, by a checkpoint with a target: checkpoints {} …; or move the horizon",
                horizon.last_day()
            ),
        ),
        false => ("before", "Nothing that is done under this plan can change it.".to_owned(), "move the goal, or the horizon".to_owned()),
    };
    found.say(
        Finding::new(format!("this goal is decided {side} the plan's horizon, {name}"), at, format!("decided on {due}"))
            .because(why)
            .help(help),
    );
}
