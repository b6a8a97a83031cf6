//! R407: a table that nothing uses.

use crate::diagnostic::Level;
use crate::lint::uses::unused;
use crate::lint::{Context, Correction, Finding, Found, Look, Mark, Rule};
use crate::model::written;
use crate::syntax::tree::StatementKind;

pub static RULE: Rule = Rule {
    code: "R407",
    name: "unused-table",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("unused_table.md"),
};

fn look(context: &Context<'_>, found: &mut Found) {
    for (name, at) in unused(context, |s| matches!(s, StatementKind::Table(_))) {
        let name = written(name);
        found.say(
            Finding::new(format!("nothing uses the table `{name}`"), at, "")
                .because("No metric, goal or alert reads a row of it.")
                .help(format!("show it beside a goal, as in `measure count({name})`, or take it out")),
        );
    }
}
