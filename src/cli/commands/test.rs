//! `milepost test`: runs the tests of a plan, without any data file.

use crate::cli::Session;
use crate::cli::arguments::{Data, Test, TestFormat};
use crate::cli::exit::{CommandError, Exit};
use crate::cli::files::{Loaded, load};
use crate::cli::junit;
use crate::cli::ready::tell;
use crate::cli::tables::Tables;
use crate::diagnostic::{Diagnostic, Level, json};
use crate::eval::plan_tests::{TestRun, run as run_tests};
use crate::report::{Style, plan_tests};

/// Runs the tests and prints what became of them; the exit code says whether one failed.
pub fn run(arguments: &Test, session: &Session) -> Result<Exit, CommandError> {
    let loaded = load(&session.files(&arguments.files))?;
    let tables = Tables::new(&Data::default(), &loaded, session)?;
    let (plan, meaning) = loaded.plan.resolve(&tables.catalog());
    let mut found = loaded.wrong();
    found.extend(meaning);
    if found.iter().any(|d| d.level == Level::Error) {
        return Ok(tell(&found, &loaded, session));
    }
    let runs = match run_tests(&plan, arguments.filter.as_deref()) {
        Ok(runs) => runs,
        Err(wrong) => return Ok(tell(&wrong, &loaded, session)),
    };
    let failed: Vec<Diagnostic> = runs.iter().flat_map(TestRun::findings).collect();
    let exit = if failed.is_empty() { Exit::Clean } else { Exit::Findings };
    let nothing = match (plan.tests.is_empty(), runs.is_empty(), &arguments.filter) {
        (true, ..) => Some("the plan has no test".to_owned()),
        (_, true, Some(part)) => Some(format!("no test of the plan has \"{part}\" in its title")),
        _ => None,
    };
    print(&runs, &failed, nothing, exit, &loaded, arguments, session)?;
    Ok(exit)
}

fn print(
    runs: &[TestRun],
    failed: &[Diagnostic],
    nothing: Option<String>,
    exit: Exit,
    loaded: &Loaded,
    arguments: &Test,
    session: &Session,
) -> Result<(), CommandError> {
    let sources = loaded.plan.sources();
    let unwritable = |reason: String| CommandError::Write { path: "the report".into(), reason };
    let text = match (arguments.format.unwrap_or(TestFormat::Text), nothing) {
        (TestFormat::Text, Some(nothing)) => format!("{}\n", crate::diagnostic::render::clean(&nothing)),
        (TestFormat::Text, None) => {
            tell(failed, loaded, session);
            let code = (exit != Exit::Clean).then_some(exit as u8);
            plan_tests::text(runs, Style { color: session.terminal.out_color, exit: code })
        }
        (TestFormat::Json, _) => {
            let found = json::entries(failed, sources);
            plan_tests::json(runs, sources, &found).map_err(|e| unwritable(e.to_string()))?
        }
        (TestFormat::Junit, _) => junit::text(runs, sources).map_err(unwritable)?,
    };
    session.terminal.print(&text)
}
