//! `milepost eval`: the verdicts on a plan's goals.

use crate::cli::Session;
use crate::cli::arguments::{Data, EngineName, Eval, EvalFormat};
use crate::cli::exit::{CommandError, Exit};
use crate::cli::files::{Loaded, load};
use crate::cli::junit;
use crate::cli::near::nearest;
use crate::cli::ready::{self, Ready};
use crate::diagnostic::{json, render};
use crate::engine::Engine;
use crate::eval::verdict::{Report, Status};
use crate::eval::{Failure, Options, run};
use crate::lint::{self, Card};
use crate::query::TableSource;
use crate::report::explain_plan::{self, TablePlan};
use crate::report::{self, PlanMeta, Style};
use crate::{Opened, Question, Supposed};

/// Judges the plan and prints the report; the exit code says whether a goal is in a status that fails.
pub fn run(arguments: &Eval, session: &Session) -> Result<Exit, CommandError> {
    plannable(arguments, session)?;
    let failing = failing(arguments.fail_on.as_ref().or(session.settings.fail_on.as_ref()))?;
    let as_of = ready::as_of(arguments.as_of.as_ref(), session)?;
    let loaded = load(&session.files(&arguments.files))?;
    // What earlier runs kept isn't read, and so couldn't be told.
    let data = Data { no_cache: arguments.data.no_cache || arguments.explain_plan, ..arguments.data.clone() };
    let Ready { opened, mut engine, warnings, progress, given } = match ready::ready(&loaded, &data, session)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    if arguments.explain_plan {
        progress.listener().explain();
    }
    known(&arguments.goals, &opened)?;
    let options = Options { as_of, goals: arguments.goals.clone() };
    let supposed = match supposed(&loaded, &opened, given, arguments)? {
        Some(Supposed { plan: Err(found), sources, .. }) => {
            drop(engine);
            progress.end()?;
            session.terminal.report(&render::text(&found, &sources, session.terminal.drawing()));
            return Ok(Exit::of(&found));
        }
        other => other,
    };
    let format = format(arguments, session);
    // How verdicts are reached is the same in every format; the cards beside them in JSON aren't asked for.
    let judged_as = if arguments.explain_plan { EvalFormat::Text } else { format };
    let judged = judge(&loaded, &opened, engine.as_mut(), &options, judged_as, session).and_then(|(plain, cards)| {
        let report = match supposed {
            Some(supposed) => supposed.eval(&plain, &opened, engine.as_mut(), &options)?,
            None => plain,
        };
        Ok((report, cards))
    });
    // With it go copies of remote files: from here on, Ctrl-C ends the process.
    drop(engine);
    let read = progress.listener();
    progress.end()?;
    let (mut report, cards) = match judged {
        Ok(judged) => judged,
        Err(failure) => return Ok(ready::failed(failure, &loaded, session)),
    };
    if arguments.explain_plan {
        let tables = explain_plan::tables(&report.data, &opened.tables, &read.explained());
        print_plan(&tables, format, session)?;
        return Ok(Exit::Clean);
    }
    report.diagnostics.splice(0..0, warnings);
    let exit = if report.statuses().any(|status| failing.contains(&status)) { Exit::Findings } else { Exit::Clean };
    print((&report, cards), (exit, &failing), &loaded, format, session)?;
    Ok(exit)
}

/// Where the rows of a table, times the plan's goals, are more, `eval` reads no past for the cards of its goals: it would
/// cost more than the verdicts do.
const PAST_ROWS: u64 = 10_000_000;

const PAST_UNREAD: &str = "too much to look at the past for (rows times goals are more than 10,000,000): `smart` judges the plan \
     alone; `milepost check --with-data` looks at the past";

fn format(arguments: &Eval, session: &Session) -> EvalFormat {
    arguments.format.or(session.settings.eval_format).unwrap_or(EvalFormat::Text)
}

/// The verdicts on the plan as it stands, and in JSON the cards of its goals, from the same reading of the data.
fn judge(
    loaded: &Loaded,
    opened: &Opened,
    engine: &mut dyn Engine,
    options: &Options,
    format: EvalFormat,
    session: &Session,
) -> Result<(Report, Vec<Card>), Failure> {
    let (plan, tables) = (&opened.plan, &opened.tables);
    let mut world = run::Session::judging(plan, tables, engine, options)?;
    let mut report = world.report(tables, engine, options)?;
    if format != EvalFormat::Json {
        return Ok((report, Vec::new()));
    }
    let Some(input) = loaded.plan.lintable(plan, &[]) else { return Ok((report, Vec::new())) };
    let goals = plan.goals.len() as u64;
    let mut large = report.data.iter_mut().filter(|read| read.rows.saturating_mul(goals) > PAST_ROWS).peekable();
    if large.peek().is_some() {
        large.for_each(|read| read.notes.push(PAST_UNREAD.to_owned()));
        return Ok((report, lint::lint(input, &session.settings.levels).cards));
    }
    let linted = lint::lint_in(&mut world, input, &session.settings.levels, tables, engine)?;
    Ok((report, linted.cards))
}

/// That the plan has the goals that `--goal` names.
fn known(goals: &[String], opened: &Opened) -> Result<(), CommandError> {
    match goals.iter().find(|name| !opened.plan.goals.contains_key(*name)) {
        None => Ok(()),
        Some(name) => {
            let nearest = nearest(name, opened.plan.goals.keys().map(String::as_str)).map(str::to_owned);
            Err(CommandError::NoSuch { kind: "goal", name: name.clone(), nearest })
        }
    }
}

/// That a plan of reading is asked for in a format that it has, and of an engine that tells one.
fn plannable(arguments: &Eval, session: &Session) -> Result<(), CommandError> {
    let engine = arguments.data.engine.as_ref().or(session.settings.engine.as_ref());
    if arguments.explain_plan && matches!(engine, Some(EngineName::Ballista(_))) {
        return Err(CommandError::ExplainCluster);
    }
    let word = match arguments.format {
        Some(EvalFormat::Csv) => "csv",
        Some(EvalFormat::Junit) => "junit",
        _ => return Ok(()),
    };
    if !arguments.explain_plan {
        return Ok(());
    }
    let (kind, all) = ("format of --explain-plan", "text, json".to_owned());
    Err(CommandError::UnknownWord { word: word.to_owned(), kind, nearest: None, all })
}

/// How the data was read; formats that only settings name are those of verdicts.
fn print_plan(tables: &[TablePlan], format: EvalFormat, session: &Session) -> Result<(), CommandError> {
    let text = match format {
        EvalFormat::Json => explain_plan::json(tables)
            .map_err(|e| CommandError::Write { path: "the plan of reading".into(), reason: e.to_string() })?,
        _ => explain_plan::text(tables, Style { color: session.terminal.out_color, exit: None }),
    };
    session.terminal.print(&text)
}

/// The plan under the what-if that is asked for, if one is.
fn supposed(
    loaded: &Loaded,
    opened: &Opened,
    given: Vec<TableSource>,
    arguments: &Eval,
) -> Result<Option<Supposed>, CommandError> {
    if arguments.scenario.is_none() && arguments.set.is_empty() {
        return Ok(None);
    }
    if let Some(name) = arguments.scenario.as_ref().filter(|name| !opened.plan.scenarios.contains_key(*name)) {
        let nearest = nearest(name, opened.plan.scenarios.keys().map(String::as_str)).map(str::to_owned);
        return Err(CommandError::NoSuch { kind: "scenario", name: name.clone(), nearest });
    }
    let question = Question { scenario: arguments.scenario.clone(), set: arguments.set.clone() };
    Ok(Some(loaded.plan.suppose(opened, given, &question)))
}

/// The statuses of `--fail-on`, `missed` unless said.
fn failing(words: Option<&Vec<String>>) -> Result<Vec<Status>, CommandError> {
    let Some(words) = words else { return Ok(vec![Status::Missed]) };
    let spelt = |status: &Status| status.name().replace(' ', "-");
    let known: Vec<String> = Status::ALL.iter().map(spelt).chain(["none".to_owned()]).collect();
    let mut failing = Vec::new();
    for word in words {
        let wanted = word.trim().to_lowercase().replace(' ', "-");
        match Status::ALL.iter().find(|s| spelt(s) == wanted) {
            Some(status) => failing.push(*status),
            None if wanted == "none" => {}
            None => {
                return Err(CommandError::UnknownWord {
                    word: word.clone(),
                    kind: "status",
                    nearest: nearest(&wanted, known.iter().map(String::as_str)).map(str::to_owned),
                    all: known.join(", "),
                });
            }
        }
    }
    Ok(failing)
}

fn print(
    (report, cards): (&Report, Vec<Card>),
    (exit, failing): (Exit, &[Status]),
    loaded: &Loaded,
    format: EvalFormat,
    session: &Session,
) -> Result<(), CommandError> {
    let sources = loaded.plan.sources();
    let unwritable = |reason: String| CommandError::Write { path: "the report".into(), reason };
    let text = match format {
        EvalFormat::Text => {
            ready::tell(&report.diagnostics, loaded, session);
            let code = (exit != Exit::Clean).then_some(exit as u8);
            report::text(report, Style { color: session.terminal.out_color, exit: code })
        }
        EvalFormat::Json => {
            let files =
                sources.files.iter().map(|f| (f.path.clone(), blake3::hash(f.text.as_bytes()).to_hex().to_string()));
            let meta = PlanMeta { title: report.title.clone(), files: files.collect(), cards };
            let found = json::entries(&report.diagnostics, sources);
            report::json(report, sources, &meta, &found).map_err(|e| unwritable(e.to_string()))?
        }
        EvalFormat::Csv => {
            ready::tell(&report.diagnostics, loaded, session);
            report::csv(report, sources).map_err(|e| unwritable(e.to_string()))?
        }
        EvalFormat::Junit => {
            ready::tell(&report.diagnostics, loaded, session);
            junit::verdicts(report, failing, sources).map_err(unwritable)?
        }
    };
    session.terminal.print(&text)
}
