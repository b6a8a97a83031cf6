//! L002: a silencer of something that isn't said.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, Look, Mark, Rule, Silencer};

pub static RULE: Rule = Rule {
    code: "L002",
    name: "allow-without-effect",
    level: Level::Warning,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::Safe,
    look: Look::Silencer(look),
    page: include_str!("allow_without_effect.md"),
};

fn look(context: &Context<'_>, silencer: &Silencer, found: &mut Found) {
    if silencer.reason.is_none() {
        return;
    }
    for (code, at, rule) in &silencer.codes {
        if !rule.is_some_and(|r| silencer.idle.iter().any(|idle| idle.code == r.code)) {
            continue;
        }
        let mut finding = Finding::new(format!("nothing here is silenced by allow({code})"), *at, "not needed");
        // With other codes beside it, which comma goes is people's choice.
        finding = match silencer.codes.len() {
            1 => finding.fix("take the comment out", [(context.line_of(silencer.at), String::new())]),
            _ => finding.help("take the code out"),
        };
        found.say(finding);
    }
}
