//! `milepost init`

use crate::cli::Session;
use crate::cli::arguments::Init;
use crate::cli::exit::{CommandError, Exit};

/// Not there yet.
pub fn run(_: &Init, _: &Session) -> Result<Exit, CommandError> {
    Err(CommandError::NotBuilt { what: "init".to_owned() })
}
