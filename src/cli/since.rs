//! `check --since`: the plan's files as a git revision held them. Knows no statement: what changed, the linter says.

use super::arguments::Files;
use super::exit::CommandError;
use super::files::Loaded;
use super::git::Revision;
use crate::lint::{Earlier, Touched};
use crate::model::Plan;
use crate::source::FileId;
use crate::syntax;
use std::path::{Path, PathBuf};

/// A plan's files as they were.
#[derive(Debug)]
pub struct Since {
    /// Those of now that were there then, and those that are gone.
    then: Vec<(PathBuf, String)>,
}

impl Since {
    /// Reads what the revision of that name held of a plan's files.
    ///
    /// # Errors
    /// Standard input; no git, repository or revision; a text that can't be read.
    pub fn read(name: &str, files: &Files, loaded: &Loaded) -> Result<Self, CommandError> {
        let mut paths = Vec::new();
        for number in 0..loaded.plan.sources().files.len() {
            let path = loaded.path(FileId(number as u32)).ok_or_else(|| CommandError::Argument {
                flag: "--since",
                text: name.to_owned(),
                reason: "git knows nothing of standard input; name a file".to_owned(),
            })?;
            paths.push(path.to_owned());
        }
        let folders: Vec<&Path> = match files.files.is_empty() {
            true => vec![Path::new(".")],
            false => files.files.iter().map(PathBuf::as_path).filter(|f| f.is_dir()).collect(),
        };
        let first = paths.first().and_then(|p| p.parent()).unwrap_or(Path::new("."));
        let revision = Revision::find(first, name)?;
        for folder in folders {
            let gone = revision.plans(folder)?.into_iter().filter(|p| !paths.contains(p));
            paths.extend(gone.collect::<Vec<_>>());
        }
        let texts = revision.texts(&paths, loaded.limit())?;
        let then = paths.into_iter().zip(texts).filter_map(|(path, text)| Some((path, text?))).collect();
        Ok(Self { then })
    }

    /// What changed since then. A file that wasn't there is new.
    pub fn touched<'a>(&self, plan: &'a Plan, loaded: &'a Loaded) -> Touched<'a> {
        let files = 0..loaded.plan.sources().files.len() as u32;
        let now: Vec<(Option<&Path>, FileId)> = files.map(FileId).map(|f| (loaded.path(f), f)).collect();
        let earlier: Vec<Earlier> = self
            .then
            .iter()
            .map(|(path, text)| Earlier {
                file: now.iter().find(|(p, _)| *p == Some(path)).map(|(_, file)| *file),
                text: text.clone(),
                tree: syntax::parse_limited(text, usize::MAX).file,
            })
            .collect();
        Touched::of(plan, loaded.plan.trees(), loaded.plan.sources(), &earlier)
    }
}
