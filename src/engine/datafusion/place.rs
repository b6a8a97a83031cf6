//! Where a file's bytes come from: this machine, the copy of an object, or parts of an object. Knows no columns.

#[cfg(feature = "remote")]
use super::listing;
use super::listing::{Kind, Listed};
#[cfg(feature = "remote")]
use super::remote::{Chunks, LocalCopy, Object};
use crate::engine::{DataError, Progress};
use crate::query::TableSource;
use bytes::Bytes;
use datafusion::parquet::errors::Result as ParquetResult;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::parquet::file::reader::{ChunkReader, Length};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
#[cfg(feature = "remote")]
use std::{path::PathBuf, sync::Arc};

/// The stores that tables may be in.
#[derive(Default)]
pub struct Stores(#[cfg(feature = "remote")] pub super::remote::Remote);

impl Stores {
    /// From now on, `progress` is told of the bytes that travel, and asked whether to go on.
    pub fn set_progress(&mut self, progress: &Progress) {
        #[cfg(feature = "remote")]
        self.0.set_progress(progress);
        #[cfg(not(feature = "remote"))]
        let _ = progress;
    }
}

/// The objects of a table whose path is a URL; `None` where it is none that is known.
///
/// # Errors
/// See [`super::remote::Remote::list`]; endings that no reader knows; objects of different sorts.
#[cfg(feature = "remote")]
pub fn list(source: &TableSource, stores: &Stores) -> Result<Option<Vec<Listed>>, DataError> {
    use super::remote::Remote;
    if !Remote::knows(&source.path) {
        return Ok(None);
    }
    let (objects, folder) = (stores.0.list(source)?, Remote::folder(&source.path));
    let mut files = Vec::with_capacity(objects.len());
    for object in objects {
        let (shown, relative, keys) = match &folder {
            None => (source.shown.clone(), object.name(), Vec::new()),
            Some(folder) => {
                let key = object.key();
                (object.url(), key.strip_prefix(folder).unwrap_or(key), listing::keys(key))
            }
        };
        let (kind, packing) = listing::kind_of(source, object.name())
            .map_err(|_| DataError::Ending { table: source.name.clone(), path: shown.clone() })?;
        let relative = relative.to_owned();
        let (place, path, links) = (Place::Object(object), PathBuf::new(), Vec::new());
        files.push(Listed { place, path, shown, relative, kind, packing, keys, links });
    }
    listing::alike(source, &files)?;
    Ok(Some(files))
}

/// Likewise in a build without stores.
///
/// # Errors
/// None.
#[cfg(not(feature = "remote"))]
pub fn list(_: &TableSource, _: &Stores) -> Result<Option<Vec<Listed>>, DataError> {
    Ok(None)
}

impl Listed {
    /// How many bytes its hash would have to be worked out of.
    pub fn hashed_bytes(&self) -> u64 {
        match &self.place {
            Place::Here => std::fs::metadata(&self.path).map_or(0, |m| m.len()),
            #[cfg(feature = "remote")]
            Place::Object(object) if !self.has_ranges(object) => object.size().unwrap_or(0),
            #[cfg(feature = "remote")]
            _ => 0,
        }
    }

    /// True where all its bytes are read when it is opened, also where nobody wants their hash.
    pub fn is_read_through(&self) -> bool {
        !self.kind.is_typed() && self.kind != Kind::Sqlite || !matches!(self.place, Place::Here)
    }

    #[cfg(feature = "remote")]
    fn has_ranges(&self, object: &Object) -> bool {
        self.kind == Kind::Parquet && object.has_ranges()
    }

    /// Has an object's bytes come: a copy of them, or, of a Parquet file, parts as they are asked for.
    ///
    /// # Errors
    /// See [`super::remote::Object::copy`].
    pub fn fetch(&mut self) -> Result<(), DataError> {
        #[cfg(feature = "remote")]
        if let Place::Object(object) = &self.place {
            if self.has_ranges(object) {
                self.place = Place::Ranges(Chunks::new(object.clone()));
            } else {
                let copy = object.copy()?;
                self.path = copy.path().to_owned();
                self.place = Place::Copied(Arc::new(copy));
            }
        }
        Ok(())
    }
}

/// Where a file is.
#[derive(Debug, Clone, Default)]
pub enum Place {
    /// On this machine.
    #[default]
    Here,
    /// In a store, of which nothing was read yet.
    #[cfg(feature = "remote")]
    Object(Object),
    /// Copied to this machine: the copy goes with the last that knows of it.
    #[cfg(feature = "remote")]
    Copied(Arc<LocalCopy>),
    /// In a store, a Parquet file that is read by ranges.
    #[cfg(feature = "remote")]
    Ranges(Chunks),
}

impl Place {
    /// Where no file is on this machine: how many bytes the object has, and what tells them from others, which stands for
    /// the hash of bytes that aren't read.
    pub fn elsewhere(&self) -> Option<(u64, blake3::Hash)> {
        match self {
            #[cfg(feature = "remote")]
            Self::Ranges(chunks) => Some((chunks.len(), blake3::hash(chunks.object().version().as_bytes()))),
            _ => None,
        }
    }

    /// The bytes of a Parquet file.
    ///
    /// # Errors
    /// A file of this machine that can't be opened.
    pub fn input(&self, path: &Path) -> io::Result<Input> {
        match self {
            #[cfg(feature = "remote")]
            Self::Ranges(chunks) => Ok(Input::Chunks(chunks.clone())),
            #[cfg(feature = "remote")]
            Self::Copied(copy) => File::open(copy.path()).map(Input::File),
            _ => File::open(path).map(Input::File),
        }
    }

    /// What stopped a reading, where it was the store: readers of formats keep only words of it.
    pub fn error(&self) -> Option<DataError> {
        match self {
            #[cfg(feature = "remote")]
            Self::Ranges(chunks) => chunks.object().error(),
            _ => None,
        }
    }
}

/// The bytes of a Parquet file, for readers on any thread.
pub enum Input {
    /// On this machine.
    File(File),
    /// In a store.
    #[cfg(feature = "remote")]
    Chunks(Chunks),
}

impl Input {
    /// Is told what the footer says, so that later readings ask for what they need at once.
    pub fn learn(&self, metadata: &ParquetMetaData) {
        match self {
            Self::File(_) => _ = metadata,
            #[cfg(feature = "remote")]
            Self::Chunks(chunks) => chunks.learn(metadata),
        }
    }
}

impl Length for Input {
    fn len(&self) -> u64 {
        match self {
            Self::File(file) => Length::len(file),
            #[cfg(feature = "remote")]
            Self::Chunks(chunks) => chunks.len(),
        }
    }
}

impl ChunkReader for Input {
    type T = Box<dyn Read + Send>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(match self {
            Self::File(file) => Box::new(file.get_read(start)?),
            #[cfg(feature = "remote")]
            Self::Chunks(chunks) => Box::new(chunks.get_read(start)?),
        })
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        match self {
            Self::File(file) => file.get_bytes(start, length),
            #[cfg(feature = "remote")]
            Self::Chunks(chunks) => chunks.get_bytes(start, length),
        }
    }
}
