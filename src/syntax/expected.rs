//! What could have stood where reading stopped, in a person's words. No message names a rule of the grammar.

use super::error::SyntaxError;
use super::grammar::Rule;
use super::place::Places;
use crate::source::Span;

/// The plain error of a failed reading.
pub fn error(error: &pest::error::Error<Rule>, source: &str, places: &Places<'_>) -> SyntaxError {
    let at = match error.location {
        pest::error::InputLocation::Pos(at) | pest::error::InputLocation::Span((at, _)) => at,
    };
    let rest = source.get(at..).unwrap_or("");
    let length = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
    SyntaxError::Expected {
        expected: format!("{:?}", error.variant),
        found: rest.get(..length).unwrap_or("").to_owned(),
        at: Span::new(places.offset(at, false), places.offset(at + length, true)),
        help: None,
    }
}
