//! `milepost show`: a metric as a grid, periods across.

use crate::cli::Session;
use crate::cli::arguments::{Show, ShowFormat};
use crate::cli::exit::{CommandError, Exit};
use crate::cli::files::load;
use crate::cli::near::nearest;
use crate::cli::phrase;
use crate::cli::ready::{self, Ready};
use crate::eval::grid::Grid;
use crate::eval::series::{SeriesOptions, series};
use crate::report::{Style, grid};

/// Prints the grid.
pub fn run(arguments: &Show, session: &Session) -> Result<Exit, CommandError> {
    let as_of = ready::as_of(arguments.as_of.as_ref(), session)?;
    let every = arguments.every.as_ref().map(|text| phrase::span("--every", text)).transpose()?;
    let within = arguments.within.as_ref().map(|text| phrase::period("--in", text)).transpose()?;
    let loaded = load(&session.files(&arguments.files))?;
    let Ready { opened, mut engine, warnings, progress } = match ready::ready(&loaded, &arguments.data, session)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let plan = &opened.plan;
    if !plan.metrics.contains_key(&arguments.metric) {
        let nearest = nearest(&arguments.metric, plan.metrics.keys().map(String::as_str)).map(str::to_owned);
        return Err(CommandError::NoSuch { kind: "metric", name: arguments.metric.clone(), nearest });
    }
    let wrong = || CommandError::Argument {
        flag: "--in",
        text: arguments.within.clone().unwrap_or_default(),
        reason: "the calendar has no such period".to_owned(),
    };
    let window = within.map(|period| period.window(&plan.facts.rules).ok_or_else(wrong)).transpose()?;
    let options = SeriesOptions { metric: arguments.metric.clone(), by: arguments.by.clone(), every, window, as_of };
    let shown = series(plan, &opened.tables, engine.as_mut(), &options);
    drop(progress);
    match shown {
        Ok(shown) => {
            ready::tell(&warnings, &loaded, session);
            print(&shown, arguments, session)?;
            Ok(Exit::Clean)
        }
        Err(failure) => Ok(ready::failed(failure, &loaded, session)),
    }
}

fn print(shown: &Grid, arguments: &Show, session: &Session) -> Result<(), CommandError> {
    let unwritable = |reason: String| CommandError::Write { path: "the grid".into(), reason };
    let style = Style { color: session.terminal.out_color, exit: None };
    let text = match arguments.format.unwrap_or(ShowFormat::Table) {
        ShowFormat::Table => grid::table(shown, style),
        ShowFormat::Plot => grid::plot(shown, style),
        ShowFormat::Csv => grid::csv(shown).map_err(|e| unwritable(e.to_string()))?,
        ShowFormat::Json => grid::json(shown).map_err(|e| unwritable(e.to_string()))?,
    };
    session.terminal.print(&text)
}
