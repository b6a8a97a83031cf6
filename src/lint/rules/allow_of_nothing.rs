//! L003: a silencer of a code that no rule has.

use crate::diagnostic::{Level, codes};
use crate::lint::{Context, Correction, Finding, Found, Look, Mark, Rule, Silencer};

pub static RULE: Rule = Rule {
    code: "L003",
    name: "allow-of-nothing",
    level: Level::Warning,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Silencer(look),
    page: include_str!("allow_of_nothing.md"),
};

fn look(_: &Context<'_>, silencer: &Silencer, found: &mut Found) {
    for (code, at, rule) in &silencer.codes {
        if rule.is_some() {
            continue;
        }
        let message = match codes::find(code) {
            Some(_) => format!("{code} is an error of the plan: only findings of lints can be allowed"),
            None => format!("`{code}` is no lint"),
        };
        found.say(Finding::new(message, *at, "").help("`milepost explain` lists all codes"));
    }
}
