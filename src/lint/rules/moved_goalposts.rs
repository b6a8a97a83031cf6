//! R411: a goal that was made easier while it ran. `compare` looks: a plan by itself doesn't tell.

use crate::diagnostic::Level;
use crate::lint::{Correction, Look, Mark, Rule};

pub static RULE: Rule = Rule {
    code: "R411",
    name: "moved-goalposts",
    level: Level::Error,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Versions,
    page: include_str!("moved_goalposts.md"),
};
