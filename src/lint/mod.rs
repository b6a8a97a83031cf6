//! Is the plan SMART? Rules that look at the typed plan, and with data at what evaluation reads; a card a goal; comments
//! that silence. Knows no terminal, no format and no file.

mod card;
pub mod conflict;
pub mod constant;
mod context;
mod finding;
mod levels;
mod literals;
mod mentions;
mod observed;
mod on_table;
pub mod precedent;
mod precision;
mod readings;
mod reads;
mod rows;
mod rule;
pub mod rules;
mod run;
mod silence;
mod since;
mod span;
mod times;
mod title_dates;
mod totals;
mod uses;
mod words;
mod written;
mod wrong;

pub use card::{Card, LetterCard, Why};
pub use context::{Context, GoalView};
pub use finding::{Finding, Found};
pub use levels::{LevelError, Levels, Setting};
pub use observed::Observed;
pub use rule::{Correction, Letter, Look, Mark, Rule};
pub use run::{Input, Linted, Silenced, lint, lint_in, lint_with_data};
pub use silence::Silencer;
pub use since::{Earlier, Touched};
pub use uses::Uses;
pub use wrong::{Standing, standing};

/// The rule of a code or a name, in any case.
pub fn find(name: &str) -> Option<&'static Rule> {
    rules::ALL.iter().copied().find(|r| r.code.eq_ignore_ascii_case(name) || r.name.eq_ignore_ascii_case(name))
}
