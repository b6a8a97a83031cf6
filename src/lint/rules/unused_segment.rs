//! R408: a segment that nothing uses.

use crate::diagnostic::Level;
use crate::lint::uses::unused;
use crate::lint::{Context, Correction, Finding, Found, Look, Mark, Rule};
use crate::model::written;
use crate::syntax::tree::StatementKind;

pub static RULE: Rule = Rule {
    code: "R408",
    name: "unused-segment",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("unused_segment.md"),
};

fn look(context: &Context<'_>, found: &mut Found) {
    for (name, at) in unused(context, |s| matches!(s, StatementKind::Segment(_))) {
        let name = written(name);
        found.say(
            Finding::new(format!("nothing uses the segment `{name}`"), at, "")
                .because("No metric and no goal looks at that part of the rows.")
                .help(format!("put it to use in brackets or in a where, as in `where {name}`, or take it out")),
        );
    }
}
