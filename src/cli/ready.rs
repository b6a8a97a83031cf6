//! From the command line to a plan whose tables are open, as `eval` and `show` need it.

use super::Session;
use super::arguments::Data;
use super::exit::{CommandError, Exit};
use super::files::Loaded;
use super::progress::Progress;
use super::tables::Tables;
use crate::Opened;
use crate::diagnostic::{Diagnostic, Level, render};
use crate::engine::Engine;
use crate::eval::{AsOf, Failure};
use crate::query::TableSource;
use crate::source::FileId;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

/// A plan without errors, its tables open.
pub struct Ready {
    /// The typed plan and what was found in its tables.
    pub opened: Opened,
    /// What has them open.
    pub engine: Box<dyn Engine>,
    /// The tables that the plan doesn't declare.
    pub given: Vec<TableSource>,
    /// What isn't an error.
    pub warnings: Vec<Diagnostic>,
    /// To be ended before anything is told.
    pub progress: Progress,
}

/// Reads the data that a plan needs, or says what is wrong and how that ends the run.
///
/// # Errors
/// A wrong command line.
pub fn ready(loaded: &Loaded, data: &Data, session: &Session) -> Result<Result<Ready, Exit>, CommandError> {
    let tables = Tables::new(data, loaded, session)?;
    let mut found = loaded.wrong();
    found.extend(loaded.plan.resolve(&tables.catalog()).1);
    if found.iter().any(|d| d.level == Level::Error) {
        return Ok(Err(tell(&found, loaded, session)));
    }
    let progress = Progress::start();
    let mut engine = session.engine(data, &progress)?;
    let opened = match tables.open(loaded, engine.as_mut(), false) {
        Ok(opened) => opened,
        Err(closed) => {
            drop(engine);
            progress.end()?;
            return Ok(Err(tell(&closed, loaded, session)));
        }
    };
    let mut found = loaded.wrong();
    found.extend_from_slice(&opened.found);
    if found.iter().any(|d| d.level == Level::Error) {
        drop(engine);
        progress.end()?;
        return Ok(Err(tell(&found, loaded, session)));
    }
    Ok(Ok(Ready { opened, engine, given: tables.catalog().given, warnings: found, progress }))
}

/// Draws findings on standard error, and says how they end the run.
pub fn tell(found: &[Diagnostic], loaded: &Loaded, session: &Session) -> Exit {
    session.terminal.report(&render::text(found, loaded.plan.sources(), session.terminal.drawing()));
    Exit::of(found)
}

/// Likewise for an evaluation that failed.
pub fn failed(failure: Failure, loaded: &Loaded, session: &Session) -> Exit {
    match failure {
        Failure::Plan(found) => tell(&found, loaded, session),
        Failure::Data(error) => tell(&[Diagnostic::of(&error, FileId(0))], loaded, session),
    }
}

/// The moment of `--as-of`, or of the settings.
///
/// # Errors
/// What is neither a day nor a time of a day.
pub fn as_of(flag: Option<&String>, session: &Session) -> Result<Option<AsOf>, CommandError> {
    let Some(text) = flag.or(session.settings.as_of.as_ref()) else { return Ok(None) };
    let timed = text.contains(['T', 't', ' ']);
    let moment = match timed {
        true => {
            let civil = text.parse::<DateTime>().map(AsOf::Moment);
            civil.or_else(|_| text.parse::<Timestamp>().map(AsOf::Instant)).ok()
        }
        false => text.parse::<Date>().map(AsOf::Day).ok(),
    };
    moment.map(Some).ok_or_else(|| CommandError::AsOf { text: text.clone() })
}
