//! R409: a let that nothing uses.

use crate::diagnostic::Level;
use crate::lint::uses::unused;
use crate::lint::{Context, Correction, Finding, Found, Look, Mark, Rule};
use crate::model::written;
use crate::syntax::tree::StatementKind;

pub static RULE: Rule = Rule {
    code: "R409",
    name: "unused-let",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("unused_let.md"),
};

fn look(context: &Context<'_>, found: &mut Found) {
    for (name, at) in unused(context, |s| matches!(s, StatementKind::Let(_))) {
        let name = written(name);
        found.say(
            Finding::new(format!("nothing uses the let `{name}`"), at, "")
                .because("Whoever changes its value will wonder why no verdict moves.")
                .help(format!("write `{name}` where the number stands that it names, or take it out")),
        );
    }
}
