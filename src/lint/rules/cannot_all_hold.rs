//! A306: goals, guardrails and caps that contradict each other. The reasoning is in `lint::conflict`.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Found, Look, Mark, Rule};

pub static RULE: Rule = Rule {
    code: "A306",
    name: "cannot-all-hold",
    level: Level::Error,
    mark: Mark::Broken,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("cannot_all_hold.md"),
};

fn look(context: &Context<'_>, found: &mut Found) {
    context.disagreements().conflicts.iter().for_each(|finding| found.say(finding.clone()));
}
