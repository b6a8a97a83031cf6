//! R402: an objective that nothing carries.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, Look, Mark, Rule};
use crate::model::written;

pub static RULE: Rule = Rule {
    code: "R402",
    name: "objective-without-goal",
    level: Level::Warning,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("objective_without_goal.md"),
};

fn look(context: &Context<'_>, found: &mut Found) {
    let plan = context.plan;
    // A plan of objectives alone is made to be imported.
    if plan.goals.is_empty() {
        return;
    }
    let imported = context.imported();
    let mut carried = vec![false; plan.objectives.len()];
    let goals = plan.goals.values().filter_map(|g| g.supports);
    let milestones = plan.milestones.values().filter_map(|m| m.supports);
    let objectives = plan.objectives.values().filter_map(|o| o.supports);
    for id in goals.chain(milestones).chain(objectives) {
        if let Some(carried) = carried.get_mut(id) {
            *carried = true;
        }
    }
    for (objective, carried) in plan.objectives.values().zip(carried) {
        if carried || imported.contains(&objective.at.file) {
            continue;
        }
        let name = written(&objective.name);
        found.say(
            Finding::new(format!("no goal supports the objective `{name}`"), context.name_of(objective.at), "")
                .because("Without one it has no progress: nobody will know whether it was reached.")
                .help(format!("write `supports {name}` on the goals that carry it, or take the objective out")),
        );
    }
}
