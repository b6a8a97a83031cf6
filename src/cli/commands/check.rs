//! `milepost check`: what is wrong with a plan, and its certain corrections.

use crate::Plan;
use crate::cli::Session;
use crate::cli::arguments::{Check, CheckFormat, Files};
use crate::cli::exit::{CommandError, Exit};
use crate::cli::files::{Loaded, load};
use crate::cli::progress::Progress;
use crate::cli::tables::Tables;
use crate::cli::{changes, count};
use crate::diagnostic::{Diagnostic, fix, json, render};
use crate::syntax::tree::StatementKind;
use std::path::Path;

/// A correction can bring another one to light; this many rounds of them are made at most.
const ROUNDS: usize = 10;

/// Reads, resolves, corrects where asked, and says what is left.
pub fn run(arguments: &Check, session: &Session) -> Result<Exit, CommandError> {
    if arguments.since.is_some() {
        return Err(CommandError::NotBuilt { what: "check --since".to_owned() });
    }
    let files = session.files(&arguments.files);
    let mut loaded = load(&files)?;
    if arguments.diff {
        let found = findings(&loaded, arguments, session)?;
        session.terminal.print(&differences(&loaded, &found, session))?;
    } else if arguments.fix {
        loaded = corrected(loaded, &files, arguments, session)?;
    }
    let found = findings(&loaded, arguments, session)?;
    tell(&found, &loaded, arguments, session)?;
    leave(loaded);
    Ok(Exit::of(&found))
}

/// Leaves a large value to the end of the process, which is near: taking it apart piece by piece takes a tenth of the
/// time of checking a large plan.
fn leave<T>(value: T) {
    std::mem::forget(value);
}

/// All that is wrong: files, spelling, meaning, and with `--data` what the columns don't bear.
fn findings(loaded: &Loaded, arguments: &Check, session: &Session) -> Result<Vec<Diagnostic>, CommandError> {
    let mut found = loaded.wrong();
    let tables = Tables::new(&arguments.data, loaded, session)?;
    if arguments.data.data.is_empty() {
        let (plan, wrong) = loaded.plan.resolve(&tables.catalog());
        found.extend(wrong);
        leave(plan);
        return Ok(found);
    }
    let progress = Progress::start();
    let mut engine = session.engine(&arguments.data, &progress)?;
    match tables.open(loaded, engine.as_mut(), true) {
        Ok(opened) => found.extend(opened.found),
        Err(closed) => {
            found.extend(loaded.plan.resolve(&tables.catalog()).1);
            found.extend(closed);
        }
    }
    Ok(found)
}

/// Makes corrections until there are no more, and writes each changed file whole.
fn corrected(mut loaded: Loaded, files: &Files, arguments: &Check, session: &Session) -> Result<Loaded, CommandError> {
    for _ in 0..ROUNDS {
        let found = findings(&loaded, arguments, session)?;
        let corrections = fix::correct(&found, loaded.plan.sources());
        if corrections.texts.is_empty() {
            break;
        }
        for (file, text) in &corrections.texts {
            let path = loaded.path(*file).ok_or(CommandError::FixInput)?;
            changes::replace(path, text)?;
            let made = corrections.made.get(file).copied().unwrap_or_default();
            session.terminal.report(&format!(
                "{}: {}\n",
                loaded.plan.sources().get(*file).path,
                count(made, "correction")
            ));
        }
        loaded = load(files)?;
    }
    Ok(loaded)
}

/// What `--fix` would change.
fn differences(loaded: &Loaded, found: &[Diagnostic], session: &Session) -> String {
    let sources = loaded.plan.sources();
    let corrections = fix::correct(found, sources);
    let texts = corrections.texts.iter().map(|(file, text)| (sources.get(*file), text));
    texts
        .map(|(file, text)| changes::difference(Path::new(&file.path), &file.text, text, session.terminal.out_color))
        .collect()
}

fn tell(found: &[Diagnostic], loaded: &Loaded, arguments: &Check, session: &Session) -> Result<(), CommandError> {
    let sources = loaded.plan.sources();
    match arguments.format.or(session.settings.format).unwrap_or(CheckFormat::Text) {
        CheckFormat::Json => session.terminal.print(&json::text(found, sources)),
        CheckFormat::Text => {
            session.terminal.report(&render::text(found, sources, session.terminal.drawing()));
            if found.is_empty() && !arguments.diff {
                session.terminal.print(&clean(&loaded.plan))?;
            }
            Ok(())
        }
    }
}

/// `1 file, 3 goals: nothing to complain of`
fn clean(plan: &Plan) -> String {
    let statements = plan.trees().iter().flat_map(|(_, tree)| &tree.statements);
    let goals = statements.filter(|s| matches!(s.node, StatementKind::Goal(_))).count();
    format!("{}, {}: nothing to complain of\n", count(plan.trees().len(), "file"), count(goals, "goal"))
}
