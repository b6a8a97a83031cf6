//! `milepost check`: what is wrong with a plan, whether its goals are SMART, and the corrections.

use crate::cli::Session;
use crate::cli::arguments::{Check, CheckFormat, Files};
use crate::cli::corrections::Corrections;
use crate::cli::exit::{CommandError, Exit};
use crate::cli::files::{Loaded, load, load_instead};
use crate::cli::progress::Progress;
use crate::cli::since::Since;
use crate::cli::tables::Tables;
use crate::cli::{count, github, junit, ready, sarif};
use crate::diagnostic::{Diagnostic, json, render, short};
use crate::eval::Failure;
use crate::lint::{self, Card, Levels, Linted, Silenced, Touched};
use crate::model::Plan;
use crate::report;
use crate::source::FileId;

/// A correction can bring another one to light; this many rounds of them are made at most.
const ROUNDS: usize = 10;

/// All that is to say of a plan.
#[derive(Debug, Default)]
struct Checked {
    found: Vec<Diagnostic>,
    /// None where the plan has errors.
    cards: Vec<Card>,
    /// What comments allow.
    silenced: Vec<Silenced>,
}

/// What flags and settings ask of the lints.
struct Asked {
    levels: Levels,
    since: Option<Since>,
}

impl Asked {
    fn touched<'a>(&self, plan: &'a Plan, loaded: &'a Loaded) -> Option<Touched<'a>> {
        self.since.as_ref().map(|since| since.touched(plan, loaded))
    }
}

/// Reads, resolves, lints, corrects where asked, and says what is left.
pub fn run(arguments: &Check, session: &Session) -> Result<Exit, CommandError> {
    let levels = levels(arguments, session)?;
    let files = session.files(&arguments.files);
    let loaded = load(&files)?;
    let since = arguments.since.as_deref().map(|name| Since::read(name, &files, &loaded)).transpose()?;
    let asked = Asked { levels, since };
    let checked = checked(&loaded, arguments, &asked, session)?;
    let mut told = (loaded, checked);
    if arguments.diff || arguments.fix {
        let (corrections, after) = corrected(&told, &files, arguments, &asked, session)?;
        match arguments.diff {
            true => session.terminal.print(&corrections.differences(session.terminal.out_color))?,
            false => corrections.write(&session.terminal)?,
        }
        // What is shown, and not made, leaves the findings as they are.
        told = after.filter(|_| !arguments.diff).unwrap_or(told);
    }
    tell(&told.1, &told.0, arguments, session)?;
    let exit = Exit::of(&told.1.found);
    leave(told);
    Ok(exit)
}

/// Makes corrections in memory until there are no more: what they come to, and the plan after them where there are any.
fn corrected(
    before: &(Loaded, Checked),
    files: &Files,
    arguments: &Check,
    asked: &Asked,
    session: &Session,
) -> Result<(Corrections, Option<(Loaded, Checked)>), CommandError> {
    let mut corrections = Corrections::default();
    let mut after = None;
    for _ in 0..ROUNDS {
        let (loaded, now) = after.as_ref().unwrap_or(before);
        if !corrections.make(loaded, &now.found, arguments.r#unsafe) {
            break;
        }
        let loaded = load_instead(files, corrections.texts())?;
        let now = checked(&loaded, arguments, asked, session)?;
        after = Some((loaded, now));
    }
    Ok((corrections, after))
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
fn checked(loaded: &Loaded, arguments: &Check, asked: &Asked, session: &Session) -> Result<Checked, CommandError> {
    let mut found = loaded.wrong();
    let cards = matches!(format(arguments, session), CheckFormat::Text | CheckFormat::Json);
    let tables = Tables::new(&arguments.data, loaded, session)?;
    if arguments.data.data.is_empty() && !arguments.with_data {
        let (plan, wrong) = loaded.plan.resolve(&tables.catalog());
        found.extend(wrong);
        let checked = match loaded.plan.lintable(&plan, &found) {
            Some(input) => {
                together(found, lint::lint(lint::Input { cards, ..input }, &asked.levels), asked.touched(&plan, loaded))
            }
            None => Checked { found, ..Checked::default() },
        };
        leave(plan);
        return Ok(checked);
    }
    let as_of = ready::as_of(arguments.as_of.as_ref(), session)?;
    let progress = Progress::start();
    let mut engine = session.engine(&arguments.data, &progress)?;
    let opened = match tables.open(loaded, engine.as_mut(), !arguments.with_data) {
        Ok(opened) => opened,
        Err(closed) => {
            drop(engine);
            progress.end()?;
            found.extend(loaded.plan.resolve(&tables.catalog()).1);
            found.extend(closed);
            return Ok(Checked { found, ..Checked::default() });
        }
    };
    found.extend(opened.found);
    let Some(input) = loaded.plan.lintable(&opened.plan, &found) else {
        return Ok(Checked { found, ..Checked::default() });
    };
    let input = lint::Input { cards, ..input };
    let linted = lint::lint_with_data(input, &asked.levels, &opened.tables, engine.as_mut(), as_of);
    drop(engine);
    progress.end()?;
    match linted {
        Ok(linted) => Ok(together(found, linted, asked.touched(&opened.plan, loaded))),
        Err(failure) => {
            found.extend(match failure {
                Failure::Plan(wrong) => wrong,
                Failure::Data(error) => vec![Diagnostic::of(&error, FileId(0))],
            });
            Ok(Checked { found, ..Checked::default() })
        }
    }
}

/// Findings and cards, with `touched` only those about something touched.
fn together(mut found: Vec<Diagnostic>, linted: Linted, touched: Option<Touched<'_>>) -> Checked {
    found.extend(linted.diagnostics);
    let Linted { mut cards, mut silenced, .. } = linted;
    if let Some(touched) = touched {
        found.retain(|d| touched.concerns(d));
        silenced.retain(|s| touched.concerns(&s.diagnostic));
        let mut goals = touched.goals().into_iter();
        cards.retain(|_| goals.next().unwrap_or_default());
    }
    Checked { found, cards, silenced }
}

/// What is told of a plan, but for `--diff`, which goes out beside the findings as text.
fn format(arguments: &Check, session: &Session) -> CheckFormat {
    let format = arguments.format.or(session.settings.check_format).filter(|_| !arguments.diff);
    format.unwrap_or(CheckFormat::Text)
}

fn tell(checked: &Checked, loaded: &Loaded, arguments: &Check, session: &Session) -> Result<(), CommandError> {
    let sources = loaded.plan.sources();
    let Checked { found, cards, silenced } = checked;
    match format(arguments, session) {
        CheckFormat::Json => session.terminal.print(&json::text(found, sources, report::cards::entries(cards))),
        CheckFormat::Short => session.terminal.print(&short::text(found, sources)),
        CheckFormat::Sarif => session.terminal.print(&sarif::text(found, silenced, sources)),
        CheckFormat::Github => session.terminal.print(&github::text(found, sources)),
        CheckFormat::Junit => {
            let unwritable = |reason| CommandError::Write { path: "the findings".into(), reason };
            session.terminal.print(&junit::findings(found, sources).map_err(unwritable)?)
        }
        CheckFormat::Text => {
            session.terminal.report(&render::text(found, sources, session.terminal.drawing()));
            if arguments.diff {
                return Ok(());
            }
            session.terminal.print(&report::cards::text(cards))?;
            match found.is_empty() {
                true => session.terminal.print(&clean(loaded, cards.len(), arguments.since.as_deref())),
                false => Ok(()),
            }
        }
    }
}

/// `1 file, 3 goals: nothing to complain of`
fn clean(loaded: &Loaded, goals: usize, since: Option<&str>) -> String {
    let since = since.map(|name| format!(" touched since {name}")).unwrap_or_default();
    let files = count(loaded.plan.trees().len(), "file");
    format!("{files}, {}{since}: nothing to complain of\n", count(goals, "goal"))
}
