//! `milepost check`: what is wrong with a plan, whether its goals are SMART, and the corrections.

use crate::cli::Session;
use crate::cli::arguments::{Check, CheckFormat, Files};
use crate::cli::exit::{CommandError, Exit};
use crate::cli::files::{Loaded, load};
use crate::cli::progress::Progress;
use crate::cli::ready;
use crate::cli::tables::Tables;
use crate::cli::{changes, count};
use crate::diagnostic::{Diagnostic, fix, json, render};
use crate::eval::Failure;
use crate::lint::{self, Card, Levels, Linted};
use crate::report;
use crate::source::FileId;
use std::path::Path;

/// A correction can bring another one to light; this many rounds of them are made at most.
const ROUNDS: usize = 10;

/// All that is to say of a plan.
#[derive(Debug, Default)]
struct Checked {
    found: Vec<Diagnostic>,
    /// None where the plan has errors.
    cards: Vec<Card>,
}

/// Reads, resolves, lints, corrects where asked, and says what is left.
pub fn run(arguments: &Check, session: &Session) -> Result<Exit, CommandError> {
    if arguments.since.is_some() {
        return Err(CommandError::NotBuilt { what: "check --since".to_owned() });
    }
    let levels = levels(arguments, session)?;
    let files = session.files(&arguments.files);
    let mut loaded = load(&files)?;
    if arguments.diff {
        let checked = checked(&loaded, arguments, &levels, session)?;
        session.terminal.print(&differences(&loaded, &checked.found, arguments.r#unsafe, session))?;
    } else if arguments.fix {
        loaded = corrected(loaded, &files, arguments, &levels, session)?;
    }
    let checked = checked(&loaded, arguments, &levels, session)?;
    tell(&checked, &loaded, arguments, session)?;
    let exit = Exit::of(&checked.found);
    leave((loaded, checked));
    Ok(exit)
}

/// The levels of the settings, with those of the flags over them.
fn levels(arguments: &Check, session: &Session) -> Result<Levels, CommandError> {
    let mut levels = session.settings.levels.clone();
    for text in &arguments.lint {
        let wrong = |reason: String| CommandError::Argument { flag: "--lint", text: text.clone(), reason };
        let (name, level) =
            text.split_once('=').ok_or_else(|| wrong("write it as LINT=LEVEL, such as T501=error".to_owned()))?;
        levels.set(name.trim(), level.trim()).map_err(|e| wrong(e.to_string()))?;
    }
    Ok(levels)
}

/// Leaves a large value to the end of the process, which is near: taking it apart piece by piece takes a tenth of the
/// time of checking a large plan.
fn leave<T>(value: T) {
    std::mem::forget(value);
}

/// All that is wrong: files, spelling, meaning; where that is right, what the lints say, and with data what it shows.
fn checked(loaded: &Loaded, arguments: &Check, levels: &Levels, session: &Session) -> Result<Checked, CommandError> {
    let mut found = loaded.wrong();
    let tables = Tables::new(&arguments.data, loaded, session)?;
    if arguments.data.data.is_empty() && !arguments.with_data {
        let (plan, wrong) = loaded.plan.resolve(&tables.catalog());
        found.extend(wrong);
        let linted = loaded.plan.lintable(&plan, &found).map(|input| lint::lint(input, levels));
        leave(plan);
        return Ok(together(found, linted.unwrap_or_default()));
    }
    let as_of = ready::as_of(arguments.as_of.as_ref(), session)?;
    let progress = Progress::start();
    let mut engine = session.engine(&arguments.data, &progress)?;
    let opened = match tables.open(loaded, engine.as_mut(), !arguments.with_data) {
        Ok(opened) => opened,
        Err(closed) => {
            found.extend(loaded.plan.resolve(&tables.catalog()).1);
            found.extend(closed);
            return Ok(Checked { found, cards: Vec::new() });
        }
    };
    found.extend(opened.found);
    let Some(input) = loaded.plan.lintable(&opened.plan, &found) else {
        return Ok(Checked { found, cards: Vec::new() });
    };
    match lint::lint_with_data(input, levels, &opened.tables, engine.as_mut(), as_of) {
        Ok(linted) => Ok(together(found, linted)),
        Err(failure) => {
            found.extend(match failure {
                Failure::Plan(wrong) => wrong,
                Failure::Data(error) => vec![Diagnostic::of(&error, FileId(0))],
            });
            Ok(Checked { found, cards: Vec::new() })
        }
    }
}

fn together(mut found: Vec<Diagnostic>, linted: Linted) -> Checked {
    found.extend(linted.diagnostics);
    Checked { found, cards: linted.cards }
}

/// Makes corrections until there are no more, and writes each changed file whole.
fn corrected(
    mut loaded: Loaded,
    files: &Files,
    arguments: &Check,
    levels: &Levels,
    session: &Session,
) -> Result<Loaded, CommandError> {
    for _ in 0..ROUNDS {
        let checked = checked(&loaded, arguments, levels, session)?;
        let corrections = fix::correct(&checked.found, loaded.plan.sources(), arguments.r#unsafe);
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
fn differences(loaded: &Loaded, found: &[Diagnostic], unsafe_too: bool, session: &Session) -> String {
    let sources = loaded.plan.sources();
    let corrections = fix::correct(found, sources, unsafe_too);
    let texts = corrections.texts.iter().map(|(file, text)| (sources.get(*file), text));
    texts
        .map(|(file, text)| changes::difference(Path::new(&file.path), &file.text, text, session.terminal.out_color))
        .collect()
}

fn tell(checked: &Checked, loaded: &Loaded, arguments: &Check, session: &Session) -> Result<(), CommandError> {
    let sources = loaded.plan.sources();
    let Checked { found, cards } = checked;
    match arguments.format.or(session.settings.format).unwrap_or(CheckFormat::Text) {
        CheckFormat::Json => session.terminal.print(&json::text(found, sources, report::cards::entries(cards))),
        CheckFormat::Text => {
            session.terminal.report(&render::text(found, sources, session.terminal.drawing()));
            if arguments.diff {
                return Ok(());
            }
            session.terminal.print(&report::cards::text(cards))?;
            match found.is_empty() {
                true => session.terminal.print(&clean(loaded, cards.len())),
                false => Ok(()),
            }
        }
    }
}

/// `1 file, 3 goals: nothing to complain of`
fn clean(loaded: &Loaded, goals: usize) -> String {
    format!("{}, {}: nothing to complain of\n", count(loaded.plan.trees().len(), "file"), count(goals, "goal"))
}
