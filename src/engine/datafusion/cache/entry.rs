//! One entry as it is on disk: what is known of a file, and what requests came to over its rows. Knows no requests, only
//! the hashes that tell them apart.

use crate::engine::datafusion::known::Known;
use crate::engine::datafusion::state::Partial;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What nobody asked for so many days is dropped when an entry is written again.
const UNASKED: u64 = 30;

/// A second in which a file was written isn't over for file systems that count whole ones.
const COARSE: Duration = Duration::from_secs(2);
/// Likewise for those that count finely, but at the pace of the system's clock.
const FINE: Duration = Duration::from_millis(50);

/// What tells a file from what it was at another time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    path: PathBuf,
    bytes: u64,
    modified: SystemTime,
    /// When anything about it was changed, where the system tells: seconds and nanoseconds.
    changed: Option<(i64, i64)>,
}

impl Identity {
    /// Of a file; `None` where the system doesn't say.
    pub fn of(path: &Path) -> Option<Self> {
        let meta = fs::metadata(path).ok()?;
        let path = fs::canonicalize(path).ok()?;
        Some(Self { path, bytes: meta.len(), modified: meta.modified().ok()?, changed: changed(&meta) })
    }

    /// False where it may have been written a moment ago, so that it could be written again without a trace.
    pub fn is_settled(&self) -> bool {
        let nanos = self.modified.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
        let grain = if nanos == 0 { COARSE } else { FINE };
        SystemTime::now().duration_since(self.modified).is_ok_and(|age| age > grain)
    }
}

#[cfg(unix)]
fn changed(meta: &fs::Metadata) -> Option<(i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    Some((meta.ctime(), meta.ctime_nsec()))
}

#[cfg(not(unix))]
fn changed(_: &fs::Metadata) -> Option<(i64, i64)> {
    None
}

/// What is kept of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// The file, as it was.
    pub identity: Identity,
    /// What reading it through found.
    pub known: Known,
    /// What was worked out from its rows.
    pub learned: Learned,
}

/// What was worked out from a file's rows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Learned {
    /// By the hash of all that a table's rows depend on: the earliest and the latest time, where there are any.
    pub ranges: HashMap<[u8; 32], Option<(i64, i64)>>,
    /// What requests came to, by the hash of all that it depends on, with the day when it was asked for last.
    pub partials: HashMap<[u8; 32], (u64, Partial)>,
}

/// The day of the system's clock.
pub fn today() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs() / 86_400)
}

impl Entry {
    /// The entry of a file as it is now; `None` where there is none, or it is of another build, or damaged.
    pub fn load(path: &Path, build: &blake3::Hash, identity: &Identity) -> Option<Self> {
        let bytes = fs::read(path).ok()?;
        let (head, rest) = bytes.split_at_checked(32)?;
        let (sum, body) = rest.split_at_checked(32)?;
        if head != build.as_bytes() || sum != blake3::hash(body).as_bytes() {
            return None;
        }
        postcard::from_bytes(body).ok().filter(|entry: &Self| entry.identity == *identity)
    }

    /// Writes it, whole or not at all. Where it can't be written, the next run reads more; nothing else depends on it.
    pub fn save(mut self, path: &Path, build: &blake3::Hash) {
        let since = today().saturating_sub(UNASKED);
        self.learned.partials.retain(|_, (asked, _)| *asked >= since);
        _ = self.written(path, build);
    }

    fn written(&self, path: &Path, build: &blake3::Hash) -> Option<()> {
        let body = postcard::to_stdvec(self).ok()?;
        let folder = path.parent()?;
        fs::create_dir_all(folder).ok()?;
        let mut file = tempfile::Builder::new().prefix(super::NEW).tempfile_in(folder).ok()?;
        file.write_all(build.as_bytes()).ok()?;
        file.write_all(blake3::hash(&body).as_bytes()).ok()?;
        file.write_all(&body).ok()?;
        file.persist(path).ok().map(|_| ())
    }
}
