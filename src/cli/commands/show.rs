//! `milepost show`: a metric as a grid, periods across.

use crate::Opened;
use crate::cli::Session;
use crate::cli::arguments::{Show, ShowFormat};
use crate::cli::exit::{CommandError, Exit};
use crate::cli::files::{Loaded, load};
use crate::cli::near::nearest;
use crate::cli::phrase;
use crate::cli::ready::{self, Ready};
use crate::diagnostic::Level;
use crate::eval::grid::Grid;
use crate::eval::series::{SeriesOptions, series};
use crate::model::{self, Catalog};
use crate::query::TableSource;
use crate::report::{Style, grid};
use crate::source::SourceFile;

/// Prints the grid.
pub fn run(arguments: &Show, session: &Session) -> Result<Exit, CommandError> {
    let as_of = ready::as_of(arguments.as_of.as_ref(), session)?;
    let every = arguments.every.as_ref().map(|text| phrase::span("--every", text)).transpose()?;
    let within = arguments.within.as_ref().map(|text| phrase::period("--in", text)).transpose()?;
    let mut loaded = load(&session.files(&arguments.files))?;
    let Ready { mut opened, mut engine, given, warnings, progress } =
        match ready::ready(&loaded, &arguments.data, session)? {
            Ok(ready) => ready,
            Err(exit) => return Ok(exit),
        };
    if !opened.plan.metrics.contains_key(&arguments.metric) {
        opened.plan = with_column(&arguments.metric, &mut loaded, &opened, given)?;
    }
    let plan = &opened.plan;
    let wrong = || CommandError::Argument {
        flag: "--in",
        text: arguments.within.clone().unwrap_or_default(),
        reason: "the calendar has no such period".to_owned(),
    };
    let window = within.map(|period| period.window(&plan.facts.rules).ok_or_else(wrong)).transpose()?;
    let options = SeriesOptions { metric: arguments.metric.clone(), by: arguments.by.clone(), every, window, as_of };
    let shown = series(plan, &opened.tables, engine.as_mut(), &options);
    drop(engine);
    progress.end()?;
    match shown {
        Ok(shown) => {
            ready::tell(&warnings, &loaded, session);
            print(&shown, arguments, session)?;
            Ok(Exit::Clean)
        }
        Err(failure) => Ok(ready::failed(failure, &loaded, session)),
    }
}

/// The plan with a column of its data as a metric: one that no statement uses yet.
fn with_column(
    name: &str,
    loaded: &mut Loaded,
    opened: &Opened,
    given: Vec<TableSource>,
) -> Result<model::Plan, CommandError> {
    // A table that only the command line names has its columns as metrics.
    let columns = given.iter().filter_map(|t| opened.tables.get(&t.name)).flat_map(|t| t.columns.keys());
    let near = nearest(name, opened.plan.metrics.keys().chain(columns).map(String::as_str)).map(str::to_owned);
    let unknown = || match opened.tables.iter().find(|(_, t)| t.columns.contains_key(name)) {
        Some((table, _)) => CommandError::OnlyColumn { name: name.to_owned(), table: table.clone() },
        None => CommandError::NoSuch { kind: "metric", name: name.to_owned(), nearest: near.clone() },
    };
    if name.is_empty() || name.contains(['`', '\n', '\r']) {
        return Err(unknown());
    }
    let use_it = format!("metric `show {name}` = `{name}`\n");
    loaded.plan.add(SourceFile::new("show", use_it));
    let (plan, found) = loaded.plan.resolve(&Catalog { given, opened: opened.tables.clone() });
    let fine = found.iter().all(|d| d.level != Level::Error) && plan.metrics.contains_key(name);
    if fine { Ok(plan) } else { Err(unknown()) }
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
