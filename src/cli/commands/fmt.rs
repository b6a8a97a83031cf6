//! `milepost fmt`: plans in their one form.

use crate::cli::Session;
use crate::cli::arguments::Fmt;
use crate::cli::exit::{CommandError, Exit};
use crate::cli::files::{Loaded, load_alone};
use crate::cli::{changes, count};
use crate::diagnostic::{Diagnostic, render};
use crate::format;
use crate::source::FileId;
use std::path::Path;

/// Formats each file by itself; one that can't be read stays as it is, and the others go on.
pub fn run(arguments: &Fmt, session: &Session) -> Result<Exit, CommandError> {
    let loaded = load_alone(&session.files(&arguments.files))?;
    let mut found = loaded.found.clone();
    let mut differing = 0;
    for (file, tree) in loaded.plan.trees() {
        let text = &loaded.plan.sources().get(*file).text;
        let spelling = loaded.plan.spelling().iter().filter(|d| d.place().is_none_or(|p| p.file == *file));
        let before = found.len();
        found.extend(spelling.cloned());
        if found.len() > before {
            continue;
        }
        match format::format(tree, text) {
            Ok(formatted) => {
                differing += usize::from(formatted != *text);
                put(*file, &formatted, &loaded, arguments, session)?;
            }
            Err(error) => found.push(Diagnostic::of(&error, *file)),
        }
    }
    session.terminal.report(&render::text(&found, loaded.plan.sources(), session.terminal.drawing()));
    let exit = Exit::of(&found);
    if exit == Exit::Clean && arguments.check && differing > 0 {
        session.terminal.report(&format!("{} not formatted: milepost fmt\n", count(differing, "file")));
        return Ok(Exit::Findings);
    }
    Ok(exit)
}

/// Where a formatted text goes: back into its file, to standard output, or only its differences.
fn put(file: FileId, formatted: &str, loaded: &Loaded, arguments: &Fmt, session: &Session) -> Result<(), CommandError> {
    let source = loaded.plan.sources().get(file);
    let same = source.text == formatted;
    if arguments.diff {
        let shown = Path::new(&source.path);
        return session.terminal.print(&changes::difference(
            shown,
            &source.text,
            formatted,
            session.terminal.out_color,
        ));
    }
    match (arguments.check, loaded.path(file)) {
        (true, _) if same => Ok(()),
        (true, _) => session.terminal.print(&format!("{}\n", source.path)),
        (false, None) => session.terminal.print(formatted),
        (false, Some(_)) if same => Ok(()),
        (false, Some(path)) => {
            changes::replace(path, formatted)?;
            session.terminal.report(&format!("formatted {}\n", source.path));
            Ok(())
        }
    }
}
