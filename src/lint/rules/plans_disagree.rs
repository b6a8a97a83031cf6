//! A309: goals whose parts, met just as written, don't bring the whole. The reasoning is in `lint::conflict`.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Found, Look, Mark, Rule};

pub static RULE: Rule = Rule {
    code: "A309",
    name: "plans-disagree",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("plans_disagree.md"),
};

fn look(context: &Context<'_>, found: &mut Found) {
    context.disagreements().points.iter().for_each(|finding| found.say(finding.clone()));
}
