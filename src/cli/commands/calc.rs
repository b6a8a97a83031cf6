//! `milepost calc`

use crate::cli::Session;
use crate::cli::arguments::Calc;
use crate::cli::exit::{CommandError, Exit};

/// Not there yet.
pub fn run(_: &Calc, _: &Session) -> Result<Exit, CommandError> {
    Err(CommandError::NotBuilt { what: "calc".to_owned() })
}
