//! L001: a silencer that doesn't say why.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, Look, Mark, Rule, Silencer};

pub static RULE: Rule = Rule {
    code: "L001",
    name: "allow-without-reason",
    level: Level::Warning,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Silencer(look),
    page: include_str!("allow_without_reason.md"),
};

fn look(_: &Context<'_>, silencer: &Silencer, found: &mut Found) {
    if silencer.reason.is_none() {
        found.say(
            Finding::new("this comment silences nothing, as it doesn't say why", silencer.at, "because …?")
                .help("give the reason behind it: # milepost: allow(A301) because we doubled the team in May"),
        );
    }
}
