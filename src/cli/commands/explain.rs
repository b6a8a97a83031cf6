//! `milepost explain`: the page of a code or of a function as plain text, or the derivation of a goal's verdict.

use crate::cli::Session;
use crate::cli::arguments::{Explain, ExplainFormat};
use crate::cli::exit::{CommandError, Exit};
use crate::cli::files::{Loaded, load};
use crate::cli::near::nearest;
use crate::cli::pages;
use crate::cli::ready::{self, Ready, tell};
use crate::cli::tables::Tables;
use crate::diagnostic::json::entries;
use crate::diagnostic::{Diagnostic, Level};
use crate::eval::derivation::milestone::{self, MilestoneExplained};
use crate::eval::derivation::{Explained, explain};
use crate::model::functions;
use crate::report::{self, Style};

/// Prints a page, or the list of all, or a derivation. A code comes before a goal of that name, and a goal before a
/// function or the name of a lint.
pub fn run(arguments: &Explain, session: &Session) -> Result<Exit, CommandError> {
    let Some(what) = &arguments.what else {
        let list: String = pages::all().map(|p| format!("{}  {}\n", p.entry.code, p.entry.title())).collect();
        session.terminal.print(&list)?;
        return Ok(Exit::Clean);
    };
    if let Some(page) = pages::find(what) {
        session.terminal.print(&page.plain())?;
        return Ok(Exit::Clean);
    }
    let style = session.terminal.out_color;
    let entry = functions::find(&what.to_lowercase()).map(|f| report::function(f, style));
    let entry = entry.or_else(|| pages::find_rule(what).map(|page| page.plain()));
    let loaded = match load(&session.files(&arguments.files)) {
        Ok(loaded) => Some(loaded),
        // Without a plan there are codes, lints and functions.
        Err(CommandError::NoPlan { .. }) if arguments.files.files.is_empty() => None,
        Err(error) => return Err(error),
    };
    let mut goals: Vec<String> = Vec::new();
    if let Some(loaded) = loaded {
        let tables = Tables::new(&arguments.data, &loaded, session)?;
        let (plan, meaning) = loaded.plan.resolve(&tables.catalog());
        if plan.goals.contains_key(what) || plan.milestones.contains_key(what) {
            return derived(what, &loaded, arguments, session);
        }
        let mut found = loaded.wrong();
        found.extend(meaning);
        if entry.is_none() && found.iter().any(|d| d.level == Level::Error) {
            return Ok(tell(&found, &loaded, session));
        }
        goals = plan.goals.into_keys().chain(plan.milestones.into_keys()).collect();
    }
    match entry {
        Some(entry) => {
            session.terminal.print(&entry)?;
            Ok(Exit::Clean)
        }
        None => Err(unknown(what, &goals)),
    }
}

/// Judges the goal, or the milestone where no goal has the name, and prints how the verdict came about.
fn derived(name: &str, loaded: &Loaded, arguments: &Explain, session: &Session) -> Result<Exit, CommandError> {
    let as_of = ready::as_of(arguments.as_of.as_ref(), session)?;
    let Ready { opened, mut engine, warnings, progress, .. } = match ready::ready(loaded, &arguments.data, session)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let (plan, tables) = (&opened.plan, &opened.tables);
    let milestone = plan.milestones.get(name).filter(|_| !plan.goals.contains_key(name));
    let told = match milestone {
        Some(m) => milestone::explain(plan, tables, engine.as_mut(), as_of, m).map(|e| Told::Milestone(Box::new(e))),
        None => explain(plan, tables, engine.as_mut(), as_of, name).map(|e| Told::Goal(Box::new(e))),
    };
    drop(engine);
    progress.end()?;
    let told = match told {
        Ok(told) => told,
        Err(failure) => return Ok(ready::failed(failure, loaded, session)),
    };
    let json = arguments.format == Some(ExplainFormat::Json);
    if !json {
        tell(&warnings, loaded, session);
    }
    session.terminal.print(&told.written(json, &warnings, loaded, session)?)?;
    Ok(Exit::Clean)
}

/// What was explained.
enum Told {
    Goal(Box<Explained>),
    Milestone(Box<MilestoneExplained>),
}

impl Told {
    fn written(
        &self,
        json: bool,
        warnings: &[Diagnostic],
        loaded: &Loaded,
        session: &Session,
    ) -> Result<String, CommandError> {
        let sources = loaded.plan.sources();
        let style = Style { color: session.terminal.out_color, exit: None };
        let at = match self {
            Self::Goal(e) => e.verdict.at,
            Self::Milestone(e) => e.verdict.at,
        };
        let file = sources.files.get(at.file.0 as usize);
        let place = file.map(|f| format!("{}:{}", f.path, f.position(at.span.start).line)).unwrap_or_default();
        let found = entries(warnings, sources);
        let written = match (self, json) {
            (Self::Goal(e), false) => {
                let statement = file.map(|f| report::statement(f.slice(at.span), &e.verdict.name)).unwrap_or_default();
                Ok(report::derivation(e, &statement, &place, style))
            }
            (Self::Goal(e), true) => report::derivation_json(e, sources, &found),
            (Self::Milestone(e), false) => Ok(report::milestone_derivation(e, &place, style)),
            (Self::Milestone(e), true) => report::milestone_json(e, sources, &found),
        };
        written.map_err(|e| CommandError::Write { path: "the report".into(), reason: e.to_string() })
    }
}

/// Nothing of that name: a letter and digits is a code that isn't there, all else may be any of them.
fn unknown(what: &str, goals: &[String]) -> CommandError {
    let mut letters = what.chars();
    let is_code = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && (1..=4).contains(&letters.as_str().len())
        && letters.all(|c| c.is_ascii_digit());
    let codes = pages::all().map(|p| p.entry.code);
    let rules = pages::all().filter_map(|p| p.rule).map(|r| r.name);
    let all = goals.iter().map(String::as_str).chain(functions::all().map(|f| f.name)).chain(rules);
    match is_code {
        true => CommandError::NoCode { code: what.to_owned(), nearest: nearest(what, codes).map(str::to_owned) },
        false => CommandError::Unexplained {
            name: what.to_owned(),
            nearest: nearest(what, all.chain(codes)).map(str::to_owned),
        },
    }
}
