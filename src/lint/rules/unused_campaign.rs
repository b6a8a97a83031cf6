//! R410: a campaign that nothing uses.

use crate::diagnostic::Level;
use crate::lint::uses::unused;
use crate::lint::{Context, Correction, Finding, Found, Look, Mark, Rule};
use crate::model::written;
use crate::syntax::tree::StatementKind;

pub static RULE: Rule = Rule {
    code: "R410",
    name: "unused-campaign",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("unused_campaign.md"),
};

fn look(context: &Context<'_>, found: &mut Found) {
    // `for each campaign` is about all of them.
    if !context.uses().over_campaigns().is_empty() {
        return;
    }
    for (name, at) in unused(context, |s| matches!(s, StatementKind::Campaign(_))) {
        let name = written(name);
        found.say(
            Finding::new(format!("nothing uses the campaign `{name}`"), at, "")
                .because("No goal and no metric asks what it brought.")
                .help(format!("say what it is for, as in a goal with `in {name}`, or take it out")),
        );
    }
}
