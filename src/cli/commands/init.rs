//! `milepost init`: a first plan from data files. What it guesses it says in the plan.

use crate::calendar::{CalendarRules, CalendarSpan, infer_step};
use crate::cli::arguments::{Data, Init};
use crate::cli::draft::{Draft, TableDraft};
use crate::cli::exit::{CommandError, Exit};
use crate::cli::paths::{nearest_file, shown};
use crate::cli::progress::Progress;
use crate::cli::tables::{named, table_name};
use crate::cli::{Session, changes, count};
use crate::diagnostic::{Diagnostic, render};
use crate::engine::{DataError, Engine};
use crate::query::{Answer, Measure, Query, Request, TableInfo, TableSource};
use crate::source::{FileId, Sources};
use jiff::civil::Date;
use std::path::{Path, PathBuf};

/// Opens the data, writes the plan, and overwrites nothing.
pub fn run(arguments: &Init, session: &Session) -> Result<Exit, CommandError> {
    let to_output = arguments.output == Path::new("-");
    if !to_output && arguments.output.symlink_metadata().is_ok() {
        return Err(exists(&arguments.output));
    }
    let (draft, wrong) = {
        let progress = Progress::start();
        let mut engine = session.engine(&Data::default(), &progress)?;
        let read = read_all(arguments, engine.as_mut());
        drop(engine);
        progress.end()?;
        read
    };
    if !wrong.is_empty() {
        session.terminal.report(&render::text(&wrong, &Sources::default(), session.terminal.drawing()));
        return Ok(Exit::Data);
    }
    let text = draft.text();
    if to_output {
        session.terminal.print(&text)?;
        return Ok(Exit::Clean);
    }
    if !changes::create(&arguments.output, &text)? {
        return Err(exists(&arguments.output));
    }
    let (tables, metrics) = (count(draft.tables.len(), "table"), count(draft.metrics(), "metric"));
    let path = shown(&arguments.output);
    session
        .terminal
        .print(&format!("wrote {path}: {tables}, {metrics}; its last lines show how a goal is written\n"))?;
    if draft.tables.iter().any(|t| t.outside) {
        session
            .terminal
            .report(&format!("some data lies outside the plan's folder: milepost eval {path} --allow-outside\n"));
    }
    Ok(Exit::Clean)
}

fn exists(path: &Path) -> CommandError {
    let stem = path.file_stem().map_or_else(|| "plan".to_owned(), |s| s.to_string_lossy().into_owned());
    let free = (2..).map(|n| path.with_file_name(format!("{stem}_{n}.goal"))).find(|p| p.symlink_metadata().is_err());
    CommandError::Exists { path: shown(path), other: shown(&free.unwrap_or_default()) }
}

/// Every data file, and what is wrong with those that can't be read.
fn read_all(arguments: &Init, engine: &mut dyn Engine) -> (Draft, Vec<Diagnostic>) {
    let (mut draft, mut wrong) = (Draft::default(), Vec::new());
    let folder = arguments.output.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for text in &arguments.data {
        let (name, path) = named(text).map_or_else(|| (table_name(text), text.as_str()), |(n, p)| (n.to_owned(), p));
        match read(&draft.free_name(&name), path, folder, engine) {
            Ok(table) => draft.tables.push(table),
            Err(error @ DataError::NotFound { .. }) => {
                // No plan names it yet.
                let near = nearest_file(Path::new(path)).map(|near| format!("did you mean `{near}`?"));
                wrong.push(Diagnostic { help: near, ..Diagnostic::of(&error, FileId(0)) });
            }
            Err(error) => wrong.push(Diagnostic::of(&error, FileId(0))),
        }
    }
    (draft, wrong)
}

/// One data file: its columns, its times and their step.
fn read(name: &str, path: &str, folder: &Path, engine: &mut dyn Engine) -> Result<TableDraft, DataError> {
    let source = TableSource::given(name, path, path);
    let info = engine.open(&source)?;
    let (every, newest) = if info.time.is_some() { times(name, engine)? } else { (None, None) };
    let (path, outside) = relative(Path::new(path), folder);
    let TableInfo { columns, time, tidy, .. } = info;
    Ok(TableDraft { name: name.to_owned(), path: shown(&path), outside, columns, time, tidy, every, newest })
}

/// The step between the times where there is one, and the newest day.
fn times(name: &str, engine: &mut dyn Engine) -> Result<(Option<CalendarSpan>, Option<Date>), DataError> {
    let request = Request { measure: Measure::Extent, filter: None, window: None, group: None };
    let query = Query { table: name.to_owned(), excluded: Vec::new(), requests: vec![request] };
    Ok(match engine.run(&query)?.into_iter().next() {
        Some(Answer::One(cell)) => {
            let every = cell.times.and_then(|times| infer_step(&times, &CalendarRules::default()));
            (every, cell.newest.map(|t| t.date()))
        }
        _ => (None, None),
    })
}

/// The path as a plan in `folder` names it, and whether it lies outside.
fn relative(path: &Path, folder: &Path) -> (PathBuf, bool) {
    let (Ok(full), Ok(root)) = (std::fs::canonicalize(path), std::fs::canonicalize(folder)) else {
        return (path.to_owned(), false);
    };
    full.strip_prefix(&root).map_or_else(|_| (full.clone(), true), |below| (below.to_owned(), false))
}
