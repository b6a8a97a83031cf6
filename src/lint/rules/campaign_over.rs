//! T508: a goal about a campaign that is over before the goal begins.

use crate::calendar::day_before_edge;
use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule, times};
use crate::model::plan::{Formula, Node};

pub static RULE: Rule = Rule {
    code: "T508",
    name: "campaign-over",
    level: Level::Warning,
    mark: Mark::Broken,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("campaign_over.md"),
};

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    if context.plan.campaigns.is_empty() {
        return;
    }
    let Some(subject) = goal.subject() else { return };
    // What else moves may still be changed: a new campaign held against an old one.
    if times::kind(context, goal).is_some() {
        return;
    }
    let Some(start) = times::start(context, goal) else { return };
    let mut last = None;
    context.visit(subject, &mut |f: &Formula| {
        if let Node::Campaign(_, id) = &f.node
            && let Some((_, campaign)) = context.plan.campaigns.get_index(*id)
        {
            last = last.max(Some((campaign.window.end, *id)));
        }
    });
    let Some((end, id)) = last.filter(|(end, _)| *end <= start) else { return };
    let Some((name, campaign)) = context.plan.campaigns.get_index(id) else { return };
    let ended = day_before_edge(end);
    let mut finding = Finding::new(
        format!("{name} is over when this goal begins, so nothing can change what it measures"),
        goal.subject_place(),
        format!("ended on {ended}"),
    )
    .and(campaign.at, "the campaign");
    if let Some(place) = times::place(goal) {
        finding = finding.and(place, format!("begins on {}", start.date()));
    }
    found.say(
        finding
            .because(format!("{name} ended on {ended}; the goal's time begins on {}.", start.date()))
            .help(format!("judge it over the campaign itself, in {name}; or name the campaign that is to come")),
    );
}
