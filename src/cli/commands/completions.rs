//! `milepost completions`: derived from the flags themselves.

use crate::cli::Session;
use crate::cli::arguments::Completions;
use crate::cli::exit::{CommandError, Exit};

/// Prints the script of a shell.
pub fn run(arguments: &Completions, session: &Session) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::cli::command(), "milepost", &mut script);
    session.terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Clean)
}
