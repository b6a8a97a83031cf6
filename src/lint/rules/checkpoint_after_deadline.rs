//! T506: a checkpoint that is never looked at, as it lies outside of the goal's time.

use crate::calendar::day_before_edge;
use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule, times};
use crate::source::Spanned;
use crate::syntax::tree::{self, GoalClause};
use jiff::civil::DateTime;

pub static RULE: Rule = Rule {
    code: "T506",
    name: "checkpoint-after-deadline",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("checkpoint_after_deadline.md"),
};

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    if goal.goal.checkpoints.is_empty() {
        return;
    }
    let Some(deadline) = times::deadline(context, goal) else { return };
    let start = times::start(context, goal);
    // Within a grace it still counts.
    let last = goal.goal.grace.and_then(|g| g.shift_edge(deadline)).unwrap_or(deadline);
    for (day, at) in days(goal) {
        let end = DateTime::from(crate::calendar::next_day(day));
        let early = start.filter(|start| end <= *start);
        let (message, because) = match early {
            None if end <= last => continue,
            None => (
                format!("this checkpoint comes after the deadline, {}", day_before_edge(deadline)),
                "The goal is decided by then, and nothing is left to look at.",
            ),
            Some(start) => (
                format!("this checkpoint comes before the goal's time begins on {}", start.date()),
                "Nothing of the way lies behind it, so there is nothing to look at.",
            ),
        };
        found.say(
            Finding::new(message, at, "")
                .because(because)
                .help("take a day on the way, or let them come by themselves: checkpoints monthly"),
        );
    }
}

/// The days that are written as checkpoints, with their places.
fn days<'a>(goal: &GoalView<'a>) -> impl Iterator<Item = (jiff::civil::Date, crate::source::Loc)> + use<'a> {
    let goal = *goal;
    let all = goal.tree.clauses.iter().filter_map(|c: &'a Spanned<GoalClause>| match &c.node {
        GoalClause::Checkpoints(list) => Some(list),
        _ => None,
    });
    all.flatten().filter_map(move |c| match &c.node {
        tree::Checkpoint::At(day, _) => Some((*day, goal.place(c.span))),
        _ => None,
    })
}
