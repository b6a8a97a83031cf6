//! Where tables' data is: `--data`, `[tables]` in the settings, the plan itself; and opening it.

use super::Session;
use super::arguments::Data;
use super::exit::CommandError;
use super::files::Loaded;
use super::near::nearest;
use super::paths::{is_below, shown, tidy};
use crate::Opened;
use crate::diagnostic::Diagnostic;
use crate::engine::Engine;
use crate::model::Catalog;
use crate::query::{TableSource, is_url, redacted, url_query};
use crate::source::Loc;
use indexmap::IndexMap;
use std::path::{Path, PathBuf};

/// The tables that command line and settings name.
#[derive(Debug)]
pub struct Tables {
    /// By name, in the order of the command line, then of the settings.
    given: IndexMap<String, Given>,
    /// The names that the plan declares.
    declared: Vec<String>,
}

/// A path that doesn't come from the plan.
#[derive(Debug, Clone)]
struct Given {
    path: PathBuf,
    shown: String,
    /// The folder that its files must lie in.
    within: Option<String>,
    by_flag: bool,
}

impl Tables {
    /// What `--data` and the settings say, held against what the plan declares.
    ///
    /// # Errors
    /// A bare path beside declared tables, a name given twice, a name that is nearly a declared one.
    pub fn new(data: &Data, loaded: &Loaded, session: &Session) -> Result<Self, CommandError> {
        let declared: Vec<String> = loaded.plan.tables().map(|(t, _)| t.name.node.clone()).collect();
        let mut given: IndexMap<String, Given> = IndexMap::new();
        for text in &data.data {
            let (name, path) = match named(text) {
                Some((name, path)) => (known(name, path, &declared)?, path),
                None => (bare(text, &declared)?, text.as_str()),
            };
            let shown = redacted(&shown(Path::new(path)));
            let new = Given { path: PathBuf::from(path), shown, within: None, by_flag: true };
            if let Some(old) = given.insert(name.clone(), new) {
                return Err(CommandError::TableTwice { name, first: old.shown, second: redacted(path) });
            }
        }
        let folder = session.settings.folder.to_string_lossy();
        for (name, path) in &session.settings.tables {
            given.entry(name.clone()).or_insert_with(|| Given {
                // A URL belongs to no folder, but for that of a file.
                path: match path.strip_prefix(DATABASE_FILE) {
                    Some(file) => {
                        format!("{DATABASE_FILE}{}", tidy(&session.settings.folder.join(file)).display()).into()
                    }
                    None if is_url(path) => PathBuf::from(path),
                    None => tidy(&session.settings.folder.join(path)),
                },
                shown: redacted(path),
                within: (!loaded.allows_outside()).then(|| folder.clone().into_owned()),
                by_flag: false,
            });
        }
        for (name, table) in given.iter().filter(|(_, t)| !t.by_flag && !loaded.allows_outside()) {
            let path = table.path.to_string_lossy();
            let file = path.strip_prefix(DATABASE_FILE).unwrap_or(&path);
            if !is_url(file) && !is_below(Path::new(file), &session.settings.folder) {
                let place = shown(&session.settings.folder.join("milepost.toml"));
                let problem = format!("the path of table `{name}`, {}, leads out of its folder", table.shown);
                let help = Some(format!("allow it with --allow-outside, or write --data {name}={}", table.shown));
                return Err(CommandError::Settings { place, problem, help });
            }
        }
        Ok(Self { given, declared })
    }

    /// What is known before data is read: the tables that the plan doesn't declare.
    pub fn catalog(&self) -> Catalog {
        Catalog { given: self.implicit(), ..Catalog::default() }
    }

    fn implicit(&self) -> Vec<TableSource> {
        let undeclared = self.given.iter().filter(|(name, _)| !self.declared.contains(name));
        let source = |(name, given): (&String, &Given)| TableSource {
            within: given.within.clone(),
            ..TableSource::given(name, &given.path.to_string_lossy(), &given.shown)
        };
        undeclared.map(source).collect()
    }

    /// Opens every table of the plan, or only those that `--data` names, and resolves the plan with their columns.
    ///
    /// # Errors
    /// All tables that can't be opened.
    pub fn open(&self, loaded: &Loaded, engine: &mut dyn Engine, only_given: bool) -> Result<Opened, Vec<Diagnostic>> {
        loaded.plan.open(engine, self.implicit(), |source, at| self.locate(source, at, loaded, only_given))
    }

    /// Sets the path of a table; false where it stays closed.
    fn locate(
        &self,
        source: &mut TableSource,
        at: Option<Loc>,
        loaded: &Loaded,
        only_given: bool,
    ) -> Result<bool, Diagnostic> {
        match (self.given.get(&source.name), at) {
            (Some(given), _) => {
                source.path = given.path.to_string_lossy().into_owned();
                source.shown = given.shown.clone();
                source.within = given.within.clone();
                Ok(given.by_flag || !only_given)
            }
            _ if only_given => Ok(false),
            (None, Some(at)) if source.path.starts_with(DATABASE_FILE) => {
                let file = source.path.trim_start_matches(DATABASE_FILE).to_owned();
                source.path = format!("{DATABASE_FILE}{}", loaded.locate(&file, at)?.to_string_lossy());
                Ok(true)
            }
            (None, Some(at)) if !is_url(&source.path) => {
                let whole = Path::new(&source.shown).is_absolute();
                source.path = loaded.locate(&source.shown, at)?.to_string_lossy().into_owned();
                source.within = loaded.root(at).filter(|_| !whole).map(|root| root.to_string_lossy().into_owned());
                Ok(true)
            }
            _ => Ok(true),
        }
    }
}

/// The scheme of databases that are files, beside the plan as other files are.
const DATABASE_FILE: &str = "duckdb://";

/// `NAME=PATH` taken apart; a text whose first part looks like a path is a path that holds `=`.
pub fn named(text: &str) -> Option<(&str, &str)> {
    let (name, path) = text.split_once('=')?;
    let name = name.trim();
    (!name.is_empty() && !name.contains(['/', '\\', '.']) && !path.is_empty()).then_some((name, path))
}

/// The name of a table whose file or folder has this path: without what is around it, and without endings. Of a pattern
/// it is that of the folder that it looks in.
pub fn table_name(path: &str) -> String {
    let path = url_query(path).map_or(path, |query| &path[..path.len() - query.len() - 1]);
    let folder = path.find(['*', '?', '[']).map(|at| path[..at].rsplit_once('/').map_or("", |(folder, _)| folder));
    let path = folder.unwrap_or(path);
    let file = Path::new(path).file_name().map_or_else(|| path.to_owned(), |f| f.to_string_lossy().into_owned());
    let stem = file.split('.').find(|part| !part.is_empty()).unwrap_or("data");
    stem.to_owned()
}

/// A name of `--data`: any, but not nearly a declared one.
fn known(name: &str, path: &str, declared: &[String]) -> Result<String, CommandError> {
    if declared.iter().any(|d| d == name) {
        return Ok(name.to_owned());
    }
    match nearest(name, declared.iter().map(String::as_str)) {
        Some(near) => Err(CommandError::NoTable { name: name.into(), path: path.into(), nearest: near.into() }),
        None => Ok(name.to_owned()),
    }
}

/// The name of a bare path: that of its file, where the plan declares no table.
fn bare(path: &str, declared: &[String]) -> Result<String, CommandError> {
    match declared.first() {
        None => Ok(table_name(path)),
        Some(first) => {
            Err(CommandError::WhichTable { path: path.to_owned(), tables: declared.join(", "), first: first.clone() })
        }
    }
}
