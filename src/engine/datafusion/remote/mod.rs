//! Tables in object stores and on the web: finds their objects and gives their bytes. Knows neither formats nor columns.

mod address;
mod chunks;
mod failure;
mod object;
mod stores;
mod worker;

pub use chunks::{Chunks, Onward};
pub use object::{LocalCopy, Object};

use super::super::{DataError, Progress};
use crate::query::{TableSource, redacted};
use address::{Address, Scheme, Which};
use failure::Failure;
use futures::StreamExt;
use glob::Pattern;
use object::Found;
use object_store::ObjectStore;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use stores::NoStore;
use worker::{Worker, patiently};

/// How objects are reached. It may hold secrets, so it can't be printed.
#[derive(Clone)]
pub struct RemoteSettings {
    /// Names and values as in the environment: credentials, endpoints, regions (`AWS_…`, `GOOGLE_…`, `AZURE_…`).
    pub variables: Vec<(String, String)>,
    /// How long a server may be silent.
    pub patience: Duration,
    /// How often a request that failed is made again.
    pub retries: usize,
}

impl Default for RemoteSettings {
    /// No credentials: what is public can be read.
    fn default() -> Self {
        Self { variables: Vec::new(), patience: Duration::from_secs(30), retries: 3 }
    }
}

impl RemoteSettings {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
    }
}

impl Default for Remote {
    fn default() -> Self {
        Self::new(RemoteSettings::default())
    }
}

/// The stores of one engine.
#[derive(Clone)]
pub struct Remote {
    settings: Arc<RemoteSettings>,
    worker: Worker,
    /// By bucket.
    stores: Arc<Mutex<HashMap<String, Arc<dyn ObjectStore>>>>,
}

/// What messages call a table: its name, and its URL without secrets.
#[derive(Debug, Clone)]
struct Named {
    table: String,
    url: String,
    scheme: Scheme,
}

impl Remote {
    /// Nothing is reached yet.
    pub fn new(settings: RemoteSettings) -> Self {
        let worker = Worker::new(settings.patience);
        Self { settings: Arc::new(settings), worker, stores: Arc::default() }
    }

    /// From now on, `progress` is told of the bytes that travel into copies, and asked whether to go on.
    pub fn set_progress(&mut self, progress: &Progress) {
        self.worker.set_progress(progress.clone());
    }

    /// True for the URLs that can be read: `s3://`, `gs://`, `az://`, `https://`, and `http://` of this machine.
    pub fn knows(url: &str) -> bool {
        Address::knows(url)
    }

    /// The folder that a URL names, or in which its pattern looks; `None` where it names one object.
    pub fn folder(url: &str) -> Option<String> {
        match Address::parse(url).ok()?.which {
            Which::Web | Which::One(_) => None,
            Which::Folder(prefix) | Which::Pattern { prefix, .. } => Some(prefix),
        }
    }

    /// The objects of a table in the order of their keys: one, those below a folder (`s3://bucket/posts/`), or those
    /// that a pattern names (`s3://bucket/posts/2021-*.parquet`). In a folder, what is named with `_` or `.` in front
    /// is no data.
    ///
    /// # Errors
    /// A URL that can't be read or that holds credentials; what the server says; no object at all.
    pub fn list(&self, source: &TableSource) -> Result<Vec<Object>, DataError> {
        let (table, url) = (source.name.clone(), redacted(&source.path));
        let address = Address::parse(&source.path).map_err(|wrong| wrong.error(&table, &url))?;
        let named = Named { table, url, scheme: address.scheme };
        let store = self.store(&address, &named)?;
        let (asked, patience) = (store.clone(), self.settings.patience);
        let which = address.which;
        let found = self.worker.run(async move { find(&*asked, &which, patience).await });
        let found = found.map_err(|e| named.failed(&e))?;
        if found.is_empty() {
            return Err(named.nothing());
        }
        let object = |found: Found| {
            let (key, url) = match address.scheme {
                Scheme::Web => (address.path.clone(), named.url.clone()),
                _ => (found.meta.location.to_string(), format!("{}/{}", address.root, found.meta.location)),
            };
            let named = Named { url, ..named.clone() };
            Object::new(&self.worker, &store, found, named, key)
        };
        let mut objects: Vec<Object> = found.into_iter().map(object).collect();
        objects.sort_by(|a, b| a.key().cmp(b.key()));
        Ok(objects)
    }

    /// The store that holds an address, built once.
    fn store(&self, address: &Address, named: &Named) -> Result<Arc<dyn ObjectStore>, DataError> {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = stores.get(&address.root) {
            return Ok(store.clone());
        }
        let store = stores::store(address, &self.settings).map_err(|e| match e {
            NoStore::Unprotected(host) => {
                DataError::Unprotected { table: named.table.clone(), path: named.url.clone(), host }
            }
            NoStore::Other(e) => named.failed(&e.into()),
        })?;
        stores.insert(address.root.clone(), store.clone());
        Ok(store)
    }
}

async fn find(store: &dyn ObjectStore, which: &Which, patience: Duration) -> Result<Vec<Found>, Failure> {
    match which {
        Which::Web => Ok(vec![object::head_by_reading(store, patience).await?]),
        Which::One(key) => Ok(vec![object::head(store, key, patience).await?]),
        Which::Folder(prefix) => {
            let mut found = below(store, prefix, patience).await?;
            found.retain(|f| address::is_data(f.meta.location.as_ref(), prefix));
            Ok(found)
        }
        Which::Pattern { prefix, deep, pattern } => {
            let mut found = match deep {
                true => below(store, prefix, patience).await?,
                false => beside(store, prefix, pattern, patience).await?,
            };
            found.retain(|f| {
                let key = f.meta.location.as_ref();
                address::is_data(key, prefix) && address::fits(pattern, key)
            });
            Ok(found)
        }
    }
}

/// All objects in a folder and in those below it.
async fn below(store: &dyn ObjectStore, prefix: &str, patience: Duration) -> Result<Vec<Found>, Failure> {
    let path = if prefix.is_empty() { None } else { Some(object::path(prefix)?) };
    let (mut listed, mut all) = (store.list(path.as_ref()), Vec::new());
    while let Some(meta) = patiently(patience, listed.next()).await? {
        all.push(Found { meta: meta?, ranges: true });
    }
    Ok(all)
}

/// The objects in a folder, and those below the folders in it that the pattern names: a bucket may hold far more.
async fn beside(
    store: &dyn ObjectStore,
    prefix: &str,
    pattern: &Pattern,
    patience: Duration,
) -> Result<Vec<Found>, Failure> {
    let path = if prefix.is_empty() { None } else { Some(object::path(prefix)?) };
    let listed = patiently(patience, store.list_with_delimiter(path.as_ref())).await??;
    let mut all: Vec<Found> = listed.objects.into_iter().map(|meta| Found { meta, ranges: true }).collect();
    for folder in listed.common_prefixes.iter().filter(|p| address::fits(pattern, p.as_ref())) {
        all.extend(below(store, folder.as_ref(), patience).await?);
    }
    Ok(all)
}
