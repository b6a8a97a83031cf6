//! S106: a goal that only wants more, or less.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::TargetKind;
use crate::quantity::Unit;

pub static RULE: Rule = Rule {
    code: "S106",
    name: "up-or-down",
    level: Level::Warning,
    mark: Mark::Broken,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("up_or_down.md"),
};

fn look(_: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    for target in goal.targets() {
        // A bare `+5%` of a percentage is refused: it can be read in two ways.
        let unit = goal.subject().map(|s| s.gives.unit());
        let (word, sign) = match target.kind {
            TargetKind::Up => ("up", '+'),
            TargetKind::Down => ("down", '-'),
            _ => continue,
        };
        let example = if unit == Some(Unit::Percent) { "2pp" } else { "5%" };
        found.say(
            Finding::new(
                format!("`{word}` doesn't say how much: any change that way meets this goal"),
                target.at,
                "by how much?",
            )
            .because(format!("A verdict \"met\" would then stand for the least {} there is.", trend(sign)))
            .help(format!("say how much would be worth the work, as in {sign}{example}")),
        );
    }
}

fn trend(sign: char) -> &'static str {
    if sign == '+' { "rise" } else { "fall" }
}
