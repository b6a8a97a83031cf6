//! Standard output and standard error: who gets colour, how wide they are, and what happens when a reader goes away.

use super::arguments::Color;
use super::exit::CommandError;
use anstream::{AutoStream, ColorChoice};
use std::io::{self, ErrorKind, IsTerminal, Write};

/// Where a run writes.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Colour on standard output.
    pub out_color: bool,
    /// Colour on standard error.
    pub err_color: bool,
    /// Columns that text may fill.
    pub width: usize,
}

impl Terminal {
    /// What the choice and the environment (`NO_COLOR`, `TERM`, `COLUMNS`) come to.
    pub fn new(choice: Color) -> Self {
        let color = |auto: ColorChoice| match choice {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => auto != ColorChoice::Never,
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse::<usize>().ok());
        let width = if io::stderr().is_terminal() { columns.unwrap_or(80) } else { 80 };
        Self {
            out_color: color(AutoStream::choice(&io::stdout())),
            err_color: color(AutoStream::choice(&io::stderr())),
            width: width.clamp(40, 120),
        }
    }

    /// Writes to standard output. A reader that has gone away (`milepost … | head`) wants no more: that is no error.
    ///
    /// # Errors
    /// Any other failure, such as a full disk.
    pub fn print(&self, text: &str) -> Result<(), CommandError> {
        let choice = if self.out_color { ColorChoice::Always } else { ColorChoice::AlwaysAnsi };
        let mut out = AutoStream::new(io::stdout(), choice).lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(e) if e.kind() != ErrorKind::BrokenPipe => {
                Err(CommandError::Write { path: "standard output".into(), reason: e.to_string() })
            }
            _ => Ok(()),
        }
    }

    /// Writes to standard error; where that fails there is nobody to tell.
    pub fn report(&self, text: &str) {
        let choice = if self.err_color { ColorChoice::Always } else { ColorChoice::AlwaysAnsi };
        let mut err = AutoStream::new(io::stderr(), choice).lock();
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }

    /// How findings are drawn on standard error.
    pub fn drawing(&self) -> crate::diagnostic::render::Options {
        crate::diagnostic::render::Options { color: self.err_color, width: self.width }
    }
}
