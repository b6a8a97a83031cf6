//! Is the plan SMART? Rules that look at the typed plan, and with data at what evaluation reads; a card a goal; comments
//! that silence. Knows no terminal, no format and no file.

mod card;
pub mod conflict;
pub mod constant;
mod context;
mod finding;
mod levels;
mod observed;
mod rule;
pub mod rules;
mod run;
mod silence;

pub use card::{Card, LetterCard, Why};
pub use context::{Context, GoalView};
pub use finding::{Finding, Found};
pub use levels::{LevelError, Levels, Setting};
pub use observed::Observed;
pub use rule::{Correction, Letter, Look, Mark, Rule};
pub use run::{Linted, lint, lint_with_data};
pub use silence::Silencer;

/// The rule of a code or a name, in any case.
pub fn find(name: &str) -> Option<&'static Rule> {
    rules::ALL.iter().copied().find(|r| r.code.eq_ignore_ascii_case(name) || r.name.eq_ignore_ascii_case(name))
}
