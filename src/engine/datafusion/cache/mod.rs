//! What was found in the files of folders, kept from run to run, so that the next one reads what is new. An entry is of one
//! file, and serves only while path, size and times of the file are the same and the very same build of this program asks;
//! whatever is odd about an entry makes it as if it weren't there. Knows what is kept, and not how it is worked out.

mod ask;
mod entry;

pub use ask::run;
use entry::{Entry, Identity, Learned};

use super::known::Known;
use super::listing::{Key, Kind, Listed};
use super::part::{self, Context, Part};
use super::place::Place;
use crate::engine::DataError;
use crate::query::TableSource;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Entries that nobody asked for so long are removed.
const FORGOTTEN: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// How long the name of an entry is: a hash in hexadecimal digits.
const NAME: usize = 2 * blake3::OUT_LEN;

/// What the names of entries that aren't whole yet begin with.
const NEW: &str = ".milepost-new-";

/// The folder of entries.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    /// What tells this build from all others.
    build: blake3::Hash,
}

impl Cache {
    /// In a folder, which is made where there is none.
    pub fn new(folder: PathBuf) -> Self {
        let mut build = blake3::Hasher::new();
        build.update(env!("CARGO_PKG_VERSION").as_bytes());
        // Versions in the making have all the same number.
        let program = std::env::current_exe().and_then(fs::metadata);
        if let Ok(program) = program {
            build.update(&program.len().to_le_bytes());
            build.update(format!("{:?}", program.modified().ok()).as_bytes());
        }
        Self { folder, build: build.finalize() }
    }

    /// A file of a folder: as it was found before, or read through now.
    ///
    /// # Errors
    /// See [`part::read`].
    pub fn part(&self, listed: Listed, context: &Context<'_>, hashed: bool) -> Result<Part, DataError> {
        let identity = Identity::of(&listed.path).filter(|_| is_kept(listed.kind, &listed.place));
        let looked = looked(context.source, &listed.keys, &listed.shown);
        let Some((identity, looked)) = identity.zip(looked) else { return part::read(listed, context, hashed) };
        let name = self.name(&listed.path, &looked);
        let known = Entry::load(&name, &self.build, &identity).map(|entry| entry.known);
        if let Some(part) = known.and_then(|known| known.part(listed.clone(), context, hashed)) {
            return part;
        }
        let part = part::read(listed, context, hashed)?;
        if let Some(known) = Known::of(&part)
            && identity.is_settled()
            && Identity::of(&part.listed.path).as_ref() == Some(&identity)
        {
            Entry { identity, known, learned: Learned::default() }.save(&name, &self.build);
        }
        Ok(part)
    }

    /// Where the entry of a file is.
    fn name(&self, path: &Path, looked: &blake3::Hash) -> PathBuf {
        let mut name = blake3::Hasher::new();
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        name.update(path.as_os_str().as_encoded_bytes());
        name.update(looked.as_bytes());
        self.folder.join(name.finalize().to_hex().as_str())
    }

    /// Removes entries that nobody asked for in a long time.
    pub fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        // Whatever else lies in the folder isn't ours.
        let ours = |entry: &fs::DirEntry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(NEW) || name.len() == NAME && name.bytes().all(|b| b.is_ascii_hexdigit())
        };
        let old = |entry: &fs::DirEntry| {
            let modified = entry.metadata().and_then(|m| m.modified()).ok();
            modified.and_then(|m| SystemTime::now().duration_since(m).ok()).is_some_and(|age| age > FORGOTTEN)
        };
        // Another run may have been faster.
        entries.flatten().filter(ours).filter(old).for_each(|entry| _ = fs::remove_file(entry.path()));
    }
}

/// True for files whose rows are read from where they are.
fn is_kept(kind: Kind, place: &Place) -> bool {
    matches!(kind, Kind::Csv { .. } | Kind::Json | Kind::Parquet | Kind::Arrow) && matches!(place, Place::Here)
}

/// How a file is looked at when it is opened.
fn looked(source: &TableSource, keys: &[Key], shown: &str) -> Option<blake3::Hash> {
    let week = source.week_start.to_monday_zero_offset();
    hash(&(&source.time, &source.timezone, week, source.implicit, keys, shown))
}

/// Of a value that is written the same way each time; `None` where it can't be written, so that nothing is kept under it.
fn hash(value: &impl serde::Serialize) -> Option<blake3::Hash> {
    postcard::to_stdvec(value).ok().map(|bytes| blake3::hash(&bytes))
}
