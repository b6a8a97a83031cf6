//! One object: its bytes by ranges, or all of them as a copy on this machine. Knows no format.

use super::Named;
use super::failure::{Failure, is_status};
use super::stores::UNKNOWN_LENGTH;
use super::worker::{Worker, patiently};
use crate::engine::DataError;
use bytes::Bytes;
use futures::StreamExt;
use object_store::path::Path;
use object_store::{Error as StoreError, GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt};
use std::fmt;
use std::io::Write;
use std::ops::Range;
use std::path::Path as FilePath;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::{NamedTempFile, TempPath};

/// What one request asks for while an object is copied, in bytes.
const PIECE: u64 = 8 << 20;

/// How many such requests are under way at a time.
const AT_ONCE: usize = 4;

/// An object that was found; a clone shares its connections.
#[derive(Clone)]
pub struct Object(Arc<Inner>);

struct Inner {
    worker: Worker,
    store: Arc<dyn ObjectStore>,
    meta: ObjectMeta,
    /// False where the server gives whole files only.
    ranges: bool,
    named: Named,
    /// Its key, or the path of its address.
    key: String,
    /// How many of its bytes travelled.
    travelled: AtomicU64,
    /// Of the first reading that failed.
    error: Mutex<Option<DataError>>,
}

/// A copy of an object on this machine, which goes when this is dropped.
#[derive(Debug)]
pub struct LocalCopy(TempPath);

impl LocalCopy {
    /// Where it is.
    pub fn path(&self) -> &FilePath {
        &self.0
    }
}

/// What was found of an object without reading it.
pub struct Found {
    /// Size, ETag, time.
    pub meta: ObjectMeta,
    /// False where the server gives whole files only.
    pub ranges: bool,
}

/// What the head of an object says.
///
/// # Errors
/// What the server says.
pub async fn head(store: &dyn ObjectStore, key: &str, patience: Duration) -> Result<Found, Failure> {
    let path = path(key)?;
    let meta = patiently(patience, store.head(&path)).await??;
    Ok(Found { meta, ranges: true })
}

/// The same of a file on the web. Signed addresses are often good for reading only, so its first byte is asked for.
///
/// # Errors
/// What the server says.
pub async fn head_by_reading(store: &dyn ObjectStore, patience: Duration) -> Result<Found, Failure> {
    let all = Path::default();
    let first = GetOptions { range: Some(GetRange::Bounded(0..1)), ..GetOptions::default() };
    match patiently(patience, store.get_opts(&all, first)).await? {
        Ok(found) => return Ok(Found { meta: found.meta, ranges: true }),
        // It gives whole files only, or the file has no first byte.
        Err(StoreError::NotSupported { .. }) => {}
        Err(error) if is_status(&error, "416") => {}
        Err(error) => return Err(error.into()),
    }
    let whole = patiently(patience, store.get_opts(&all, GetOptions::default())).await??;
    Ok(Found { meta: whole.meta, ranges: false })
}

impl Object {
    pub(super) fn new(worker: &Worker, store: &Arc<dyn ObjectStore>, found: Found, named: Named, key: String) -> Self {
        Self(Arc::new(Inner {
            worker: worker.clone(),
            store: store.clone(),
            meta: found.meta,
            ranges: found.ranges,
            named,
            key,
            travelled: AtomicU64::new(0),
            error: Mutex::new(None),
        }))
    }

    /// Its key in the bucket, or the path of its address: the part that its ending is in.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// The last part of its key.
    pub fn name(&self) -> &str {
        self.key().rsplit('/').next().unwrap_or_default()
    }

    /// Its address, without secrets.
    pub fn url(&self) -> String {
        self.0.named.url.clone()
    }

    /// How many bytes it has; `None` where the server doesn't say.
    pub fn size(&self) -> Option<u64> {
        Some(self.0.meta.size).filter(|size| *size != UNKNOWN_LENGTH)
    }

    /// True where parts of it can be read.
    pub fn has_ranges(&self) -> bool {
        self.0.ranges && self.size().is_some()
    }

    /// How many of its bytes travelled by now, over all clones.
    pub fn travelled(&self) -> u64 {
        self.0.travelled.load(Ordering::Relaxed)
    }

    /// What tells this content from another one of the same object, without reading it: size, and ETag or else time.
    pub fn version(&self) -> String {
        let meta = &self.0.meta;
        match &meta.e_tag {
            Some(tag) => format!("{} {}", meta.size, plain(tag)),
            None => format!("{} {}", meta.size, meta.last_modified.timestamp()),
        }
    }

    /// Some of its bytes, from any thread.
    ///
    /// # Errors
    /// What the server says; another object by now; fewer bytes.
    pub fn read(&self, range: Range<u64>) -> Result<Bytes, DataError> {
        let object = self.clone();
        let read = self.0.worker.run(async move { object.get(range).await });
        read.map_err(|e| self.note(&e))
    }

    /// The error that stopped the first reading that failed. Readers of formats between here and there keep only words.
    pub fn error(&self) -> Option<DataError> {
        self.0.error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All of its bytes as a file on this machine, of the same ending.
    ///
    /// # Errors
    /// What the server says; another object by now; another length than it said; no room.
    pub fn copy(&self) -> Result<LocalCopy, DataError> {
        let name = self.name();
        let ending = name.find('.').map_or("", |dot| &name[dot..]);
        let file = tempfile::Builder::new().prefix("milepost-").suffix(ending).tempfile();
        let file = file.map_err(|e| self.0.named.failed(&Failure::Copy(e)))?;
        let object = self.clone();
        let written = self.0.worker.run(async move { object.write(file).await });
        written.map(|file| LocalCopy(file.into_temp_path())).map_err(|e| self.0.named.failed(&e))
    }

    async fn write(&self, mut file: NamedTempFile) -> Result<NamedTempFile, Failure> {
        let mut came = 0;
        if self.has_ranges() {
            let size = self.0.meta.size;
            let ranges = (0..size.div_ceil(PIECE)).map(|n| n * PIECE..((n + 1) * PIECE).min(size));
            let mut pieces = futures::stream::iter(ranges).map(|range| self.get(range)).buffered(AT_ONCE);
            while let Some(piece) = pieces.next().await {
                let piece = piece?;
                file.write_all(&piece).map_err(Failure::Copy)?;
                came += piece.len() as u64;
                self.0.worker.progress().bytes(piece.len() as u64);
            }
        } else {
            let mut body = self.ask(None).await?.into_stream();
            while let Some(piece) = patiently(self.0.worker.patience(), body.next()).await? {
                let piece = piece?;
                file.write_all(&piece).map_err(Failure::Copy)?;
                came += piece.len() as u64;
                self.0.worker.progress().bytes(piece.len() as u64);
                self.0.travelled.fetch_add(piece.len() as u64, Ordering::Relaxed);
            }
        }
        file.flush().map_err(Failure::Copy)?;
        match self.size() {
            Some(said) if said != came => Err(Failure::Length { said, came }),
            _ => Ok(file),
        }
    }

    async fn get(&self, range: Range<u64>) -> Result<Bytes, Failure> {
        let said = range.end.saturating_sub(range.start);
        if said == 0 {
            return Ok(Bytes::new());
        }
        let mut body = self.ask(Some(GetRange::Bounded(range))).await?.into_stream();
        let mut all = Vec::with_capacity(usize::try_from(said.min(PIECE)).unwrap_or(0));
        while let Some(piece) = patiently(self.0.worker.patience(), body.next()).await? {
            let piece = piece?;
            self.0.travelled.fetch_add(piece.len() as u64, Ordering::Relaxed);
            all.extend_from_slice(&piece);
        }
        let came = all.len() as u64;
        if came == said { Ok(all.into()) } else { Err(Failure::Length { said, came }) }
    }

    /// Asks for the object, and holds what comes against what was found.
    async fn ask(&self, range: Option<GetRange>) -> Result<GetResult, Failure> {
        let Inner { store, meta, worker, .. } = &*self.0;
        let options = GetOptions { range, ..GetOptions::default() };
        let answer = patiently(worker.patience(), store.get_opts(&meta.location, options)).await??;
        let tags = match (&meta.e_tag, &answer.meta.e_tag) {
            (Some(then), Some(now)) => plain(then) == plain(now),
            // Lists have parts of a second, and answers don't.
            _ => meta.last_modified.timestamp() == answer.meta.last_modified.timestamp(),
        };
        if tags && meta.size == answer.meta.size { Ok(answer) } else { Err(Failure::Changed) }
    }

    fn note(&self, failure: &Failure) -> DataError {
        let mut first = self.0.error.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| self.0.named.failed(failure)).clone()
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Its store may hold secrets.
        f.debug_tuple("Object").field(&self.0.key).finish()
    }
}

/// A key as it is written, without marks that `object_store` would add.
///
/// # Errors
/// Keys that it can't name.
pub fn path(key: &str) -> Result<Path, Failure> {
    Path::parse(key).map_err(|_| Failure::Broken("its key has an empty part, `.` or `..`".to_owned()))
}

/// An ETag as one store writes it in lists and answers alike: Azure's lists leave the quotes out.
fn plain(tag: &str) -> &str {
    tag.trim_matches('"')
}
