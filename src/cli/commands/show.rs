//! `milepost show`

use crate::cli::Session;
use crate::cli::arguments::Show;
use crate::cli::exit::{CommandError, Exit};

/// Not there yet.
pub fn run(_: &Show, _: &Session) -> Result<Exit, CommandError> {
    Err(CommandError::NotBuilt { what: "show".to_owned() })
}
