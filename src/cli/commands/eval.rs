//! `milepost eval`

use crate::cli::Session;
use crate::cli::arguments::Eval;
use crate::cli::exit::{CommandError, Exit};

/// Not there yet.
pub fn run(_: &Eval, _: &Session) -> Result<Exit, CommandError> {
    Err(CommandError::NotBuilt { what: "eval".to_owned() })
}
