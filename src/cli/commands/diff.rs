//! `milepost diff`: what changed in meaning between two versions of a plan, and which goalposts were moved.

use crate::cli::Session;
use crate::cli::arguments::{CheckFormat, Diff, DiffFormat, Files};
use crate::cli::exit::{CommandError, Exit};
use crate::cli::files::{Loaded, load, load_then};
use crate::cli::git::Revision;
use crate::cli::paths::{nearest_file, shown};
use crate::cli::ready::{self, Ready, tell};
use crate::cli::tables::Tables;
use crate::compare::{self, Changes, Evidence, Moment};
use crate::diagnostic::{Diagnostic, Level, json};
use crate::eval::verdict::Report;
use crate::eval::{AsOf, Failure, Options, evaluate};
use crate::lint::Context;
use crate::model;
use crate::report::Style;
use crate::report::changes::{self as report, Versions};
use std::path::{Path, PathBuf};

/// What an operand names.
#[derive(Debug)]
enum Operand {
    Path(PathBuf),
    Revision(String),
    /// `REV:PATH`
    At(String, PathBuf),
}

/// Where one version of the plan is.
#[derive(Debug)]
struct Place {
    revision: Option<Revision>,
    files: Files,
    name: String,
}

/// The first operand that is a file or folder: settings are looked for from there.
pub fn first_path(arguments: &Diff) -> Option<&Path> {
    let operands = [Some(&arguments.old), arguments.new.as_ref()].into_iter().flatten().map(Path::new);
    operands.chain(arguments.files.iter().map(PathBuf::as_path)).find(|path| path.exists())
}

/// Compares and prints; the exit code says whether a goalpost was moved.
pub fn run(arguments: &Diff, session: &Session) -> Result<Exit, CommandError> {
    let as_of = ready::as_of(arguments.as_of.as_ref(), session)?;
    let (old_place, new_place) = places(arguments, session)?;
    let (old, new) = (old_place.load()?, new_place.load()?);
    let reads = arguments.with_data || !arguments.data.data.is_empty();
    let mut evidence = Evidence::default();
    let plans = match reads {
        true => judged(&old, &new, as_of, &mut evidence, arguments, session)?,
        false => understood(&old, &new, arguments, session)?,
    };
    let (old_plan, new_plan) = match plans {
        Ok(plans) => plans,
        Err(exit) => return Ok(exit),
    };
    moments(&mut evidence, as_of, (&old_place, &new_place), &new_plan)?;
    let a = Context::new(&old_plan, old.plan.trees(), old.plan.sources());
    let b = Context::new(&new_plan, new.plan.trees(), new.plan.sources());
    let changes = compare::compare(&a, &b, &evidence);
    let found = compare::findings(&changes, &b, &session.settings.levels);
    let versions = Versions {
        old_name: &old_place.name,
        new_name: &new_place.name,
        old: old.plan.sources(),
        new: new.plan.sources(),
        moment: evidence.moment.as_ref(),
        with_data: reads,
    };
    print(&changes, &found, versions, &new, arguments, session)?;
    Ok(Exit::of(&found))
}

fn print(
    changes: &Changes,
    found: &[Diagnostic],
    versions: Versions<'_>,
    new: &Loaded,
    arguments: &Diff,
    session: &Session,
) -> Result<(), CommandError> {
    let settings = match session.settings.check_format {
        Some(CheckFormat::Json) => DiffFormat::Json,
        _ => DiffFormat::Text,
    };
    let text = match arguments.format.unwrap_or(settings) {
        DiffFormat::Text => {
            tell(found, new, session);
            let exit = Exit::of(found);
            let code = (exit != Exit::Clean).then_some(exit as u8);
            report::text(changes, versions, Style { color: session.terminal.out_color, exit: code })
        }
        DiffFormat::Json => {
            let unwritable =
                |e: serde_json::Error| CommandError::Write { path: "the comparison".into(), reason: e.to_string() };
            report::json(changes, versions, &json::entries(found, versions.new)).map_err(unwritable)?
        }
    };
    session.terminal.print(&text)
}

/// Both plans, no data read; or how what is wrong with one ends the run.
fn understood(
    old: &Loaded,
    new: &Loaded,
    arguments: &Diff,
    session: &Session,
) -> Result<Result<(model::Plan, model::Plan), Exit>, CommandError> {
    let mut plans = Vec::new();
    for loaded in [old, new] {
        let tables = Tables::new(&arguments.data, loaded, session)?;
        let (plan, meaning) = loaded.plan.resolve(&tables.catalog());
        let mut found = loaded.wrong();
        found.extend(meaning);
        if found.iter().any(|d| d.level == Level::Error) {
            return Ok(Err(tell(&found, loaded, session)));
        }
        plans.push(plan);
    }
    let new = plans.pop().unwrap_or_default();
    Ok(Ok((plans.pop().unwrap_or_default(), new)))
}

/// Both plans with their tables open, and the verdicts of both as of one moment.
fn judged(
    old: &Loaded,
    new: &Loaded,
    as_of: Option<AsOf>,
    evidence: &mut Evidence,
    arguments: &Diff,
    session: &Session,
) -> Result<Result<(model::Plan, model::Plan), Exit>, CommandError> {
    let mut before = match ready::ready(old, &arguments.data, session)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(Err(exit)),
    };
    let mut after = match ready::ready(new, &arguments.data, session)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(Err(exit)),
    };
    let now = verdicts(&mut after, as_of);
    let moment = now.as_ref().ok().and_then(Option::as_ref);
    let moment = moment.map(|r| r.as_of_day.map_or(AsOf::Moment(r.last_moment()), AsOf::Day));
    let then = if now.is_ok() { verdicts(&mut before, moment.or(as_of)) } else { Ok(None) };
    drop((before.engine, after.engine));
    before.progress.end()?;
    after.progress.end()?;
    let (now, then) = match (now, then) {
        (Ok(now), Ok(then)) => (now, then),
        (Err(failure), _) => return Ok(Err(ready::failed(failure, new, session))),
        (_, Err(failure)) => return Ok(Err(ready::failed(failure, old, session))),
    };
    if let (Some(then), Some(now)) = (then, now) {
        let from = now.as_of_from.as_ref().map(|table| format!("the newest row of {table}"));
        let moment = Moment { end: now.as_of, day: now.moment(), from };
        *evidence = Evidence::new(Some(moment), None).with_verdicts(&then, &now);
    }
    Ok(Ok((before.opened.plan, after.opened.plan)))
}

/// The verdicts on a plan's goals; none where it has no goal.
fn verdicts(ready: &mut Ready, as_of: Option<AsOf>) -> Result<Option<Report>, Failure> {
    if ready.opened.plan.goals.is_empty() {
        return Ok(None);
    }
    let options = Options { as_of, goals: Vec::new() };
    evaluate(&ready.opened.plan, &ready.opened.tables, ready.engine.as_mut(), &options).map(Some)
}

/// When the change was made: as asked, else as the data goes, else when the new version was committed. The old version's
/// commit at least was before it.
fn moments(
    evidence: &mut Evidence,
    as_of: Option<AsOf>,
    (old, new): (&Place, &Place),
    plan: &model::Plan,
) -> Result<(), CommandError> {
    let zone = &plan.facts.timezone;
    let of_commit = |place: &Place| -> Result<Option<Moment>, CommandError> {
        let Some(revision) = &place.revision else { return Ok(None) };
        let end = AsOf::Instant(revision.committed()?).end(zone);
        let from = Some(format!("the day of {}", revision.name));
        Ok(Some(Moment { end, day: end.date().to_string(), from }))
    };
    if let (None, Some(as_of)) = (&evidence.moment, as_of) {
        let end = as_of.end(zone);
        let day = match as_of {
            AsOf::Day(day) => day.to_string(),
            AsOf::Moment(at) => at.to_string(),
            AsOf::Instant(at) => at.to_string(),
        };
        evidence.moment = Some(Moment { end, day, from: None });
    }
    if evidence.moment.is_none() {
        evidence.moment = of_commit(new)?;
    }
    if evidence.moment.is_none() {
        evidence.not_before = of_commit(old)?;
    }
    Ok(())
}

impl Place {
    fn load(&self) -> Result<Loaded, CommandError> {
        match &self.revision {
            Some(revision) => load_then(&self.files, revision),
            None => load(&self.files),
        }
    }
}

/// The two versions that the operands name.
fn places(arguments: &Diff, session: &Session) -> Result<(Place, Place), CommandError> {
    let folder = match first_path(arguments) {
        Some(path) if path.is_dir() => path,
        Some(path) => path.parent().unwrap_or(Path::new("")),
        None => Path::new(""),
    };
    let files = |files: Vec<PathBuf>| session.files(&Files { files, limits: arguments.limits.clone() });
    let now = |paths: Vec<PathBuf>| {
        let name = match paths.as_slice() {
            [] => "this folder".to_owned(),
            [one] => shown(one),
            [first, rest @ ..] => format!("{} and {} more", shown(first), rest.len()),
        };
        Place { revision: None, files: files(paths), name }
    };
    let then = |name: &str, paths: Vec<PathBuf>| -> Result<Place, CommandError> {
        Ok(Place { revision: Some(Revision::find(folder, name)?), files: files(paths), name: name.to_owned() })
    };
    let at = |name: &str, path: PathBuf| -> Result<Place, CommandError> {
        let place = then(name, vec![path])?;
        let named = place.files.files.first().map(|p| format!("{name}:{}", shown(p)));
        Ok(Place { name: named.unwrap_or_default(), ..place })
    };
    let rest = arguments.files.clone();
    let old = operand(&arguments.old, folder)?;
    let Some(new) = &arguments.new else {
        return match old {
            Operand::Revision(name) => Ok((then(&name, Vec::new())?, now(Vec::new()))),
            Operand::Path(path) => Ok((then("HEAD", vec![path.clone()])?, now(vec![path]))),
            Operand::At(name, path) => Ok((at(&name, path.clone())?, now(vec![path]))),
        };
    };
    let new = operand(new, folder)?;
    let over_files = matches!((&old, &new), (Operand::Revision(_), Operand::Revision(_) | Operand::Path(_)));
    if let (Some(extra), false) = (rest.first(), over_files) {
        let why = format!("{} is compared with {}", arguments.old, arguments.new.as_deref().unwrap_or_default());
        return Err(CommandError::TooManyVersions { name: shown(extra), why });
    }
    match (old, new) {
        (Operand::Revision(a), Operand::Revision(b)) => Ok((then(&a, rest.clone())?, then(&b, rest)?)),
        (Operand::Revision(a), Operand::Path(path)) => {
            let paths: Vec<PathBuf> = std::iter::once(path).chain(rest).collect();
            Ok((then(&a, paths.clone())?, now(paths)))
        }
        (Operand::Path(path), Operand::Revision(b)) => Ok((now(vec![path.clone()]), then(&b, vec![path])?)),
        (old, new) => {
            let place = |operand: Operand| match operand {
                Operand::Path(path) => Ok(now(vec![path])),
                Operand::At(name, path) => at(&name, path),
                Operand::Revision(name) => then(&name, Vec::new()),
            };
            Ok((place(old)?, place(new)?))
        }
    }
}

/// A file or folder that is there, else a revision, else a path at one.
fn operand(text: &str, folder: &Path) -> Result<Operand, CommandError> {
    let path = Path::new(text);
    if text == "-" || path.exists() {
        return Ok(Operand::Path(path.to_owned()));
    }
    let neither = || CommandError::NeitherFileNorRevision { name: text.to_owned(), nearest: nearest_file(path) };
    let revision = |name: &str| match Revision::find(folder, name) {
        Ok(_) => Ok(true),
        Err(CommandError::NoRevision { .. } | CommandError::NoRepository { .. }) => Ok(false),
        Err(error) => Err(error),
    };
    match text.split_once(':') {
        Some((name, path)) if !path.is_empty() && revision(name)? => {
            Ok(Operand::At(name.to_owned(), PathBuf::from(path)))
        }
        None if revision(text)? => Ok(Operand::Revision(text.to_owned())),
        _ => Err(neither()),
    }
}
