//! URLs of tables taken apart. Reaches nothing.

use crate::engine::DataError;
use crate::query::url_query;
use glob::{MatchOptions, Pattern};
use url::Url;

/// The kinds of stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `s3://bucket/…`
    S3,
    /// `gs://bucket/…`
    Google,
    /// `az://container/…`
    Azure,
    /// `https://host/…`
    Web,
}

/// The schemes as they are written.
const SCHEMES: [(&str, Scheme); 5] =
    [("s3", Scheme::S3), ("gs", Scheme::Google), ("az", Scheme::Azure), ("https", Scheme::Web), ("http", Scheme::Web)];

/// A URL, understood.
#[derive(Debug)]
pub struct Address {
    /// Of which kind.
    pub scheme: Scheme,
    /// The bucket or container with its scheme; the whole address on the web.
    pub root: String,
    /// The path of an address on the web.
    pub path: String,
    /// True where it would travel unprotected.
    pub plain: bool,
    /// Which objects.
    pub which: Which,
}

/// Which objects of a store.
#[derive(Debug)]
pub enum Which {
    /// The one at that address of the web.
    Web,
    /// The one of that key.
    One(String),
    /// All below.
    Folder(String),
    /// Those that fit.
    Pattern {
        /// The folder in which all of them are.
        prefix: String,
        /// True where they may be in folders below it.
        deep: bool,
        /// Over the whole key.
        pattern: Pattern,
    },
}

/// What is wrong with a URL.
#[derive(Debug)]
pub enum Wrong {
    /// It isn't one that a store knows.
    Unknown,
    /// It holds a password or key.
    Credentials,
    /// It would travel unprotected to another machine.
    Unprotected(String),
    /// It can't be understood.
    Unclear(&'static str),
}

impl Wrong {
    /// The error about that table.
    pub fn error(self, table: &str, url: &str) -> DataError {
        let (table, path) = (table.to_owned(), url.to_owned());
        match self {
            Self::Unknown => DataError::Remote { table, path },
            Self::Credentials => DataError::Credentials { table, path },
            Self::Unprotected(host) => DataError::Unprotected { table, path, host },
            Self::Unclear(reason) => DataError::NotFound { table, path, reason: reason.to_owned() },
        }
    }
}

/// True where the words of a query may be those by which addresses are signed.
fn may_be_secret(query: &str) -> bool {
    let lower = query.to_ascii_lowercase();
    ["sig", "key", "token", "cred", "secret", "pass", "auth"].iter().any(|word| lower.contains(word))
}

impl Address {
    /// True for a URL of a kind that [`Address::parse`] knows.
    pub fn knows(url: &str) -> bool {
        scheme_of(url).is_some()
    }

    /// Takes a URL apart. Keys of objects are read as they are written; `*`, `?` and `[…]` in them make a pattern.
    ///
    /// # Errors
    /// See [`Wrong`].
    pub fn parse(url: &str) -> Result<Self, Wrong> {
        let (scheme, rest) = scheme_of(url).ok_or(Wrong::Unknown)?;
        if scheme == Scheme::Web {
            return Self::web(url);
        }
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        let query = url_query(url);
        if bucket.contains('@') || query.is_some_and(may_be_secret) {
            return Err(Wrong::Credentials);
        }
        if query.is_some() {
            return Err(Wrong::Unclear("nothing may follow the name of an object: take `?…` out of the address"));
        }
        if bucket.is_empty() || bucket.contains(['*', '?', '[', ':']) {
            return Err(Wrong::Unclear("a URL starts with the bucket's own name, as s3://bucket/folder/file.csv"));
        }
        let root = url[..url.len() - rest.len()].to_owned() + bucket;
        Ok(Self { scheme, root, path: String::new(), plain: false, which: which(key)? })
    }

    fn web(url: &str) -> Result<Self, Wrong> {
        let parsed = Url::parse(url).map_err(|_| Wrong::Unclear("it is no address of the web"))?;
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(Wrong::Credentials);
        }
        let plain = parsed.scheme() == "http";
        if plain && !is_this_machine(&parsed) {
            return Err(Wrong::Unprotected(parsed.host_str().unwrap_or_default().to_owned()));
        }
        if parsed.path().ends_with('/') || parsed.path().contains('*') {
            return Err(Wrong::Unclear("a web server lists no files: the address must name one"));
        }
        let path = parsed.path().to_owned();
        Ok(Self { scheme: Scheme::Web, root: url.to_owned(), path, plain, which: Which::Web })
    }
}

fn scheme_of(url: &str) -> Option<(Scheme, &str)> {
    let (written, rest) = url.split_once("://")?;
    let scheme = SCHEMES.iter().find(|(name, _)| written.eq_ignore_ascii_case(name))?.1;
    Some((scheme, rest))
}

/// True where a URL names this machine.
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn which(key: &str) -> Result<Which, Wrong> {
    let Some(first) = key.find(['*', '?', '[']) else {
        let folder = key.is_empty() || key.ends_with('/');
        return Ok(if folder { Which::Folder(key.to_owned()) } else { Which::One(key.to_owned()) });
    };
    let folder = key[..first].rfind('/').map_or(0, |slash| slash + 1);
    let pattern = Pattern::new(key).map_err(|_| Wrong::Unclear("its pattern can't be read: is a bracket missing?"))?;
    Ok(Which::Pattern { prefix: key[..folder].to_owned(), deep: key[folder..].contains('/'), pattern })
}

/// True where a pattern names that key, or a folder that it is in: `*` stands for a part of one name, `**` for folders.
pub fn fits(pattern: &Pattern, key: &str) -> bool {
    let options =
        MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };
    let folders = key.match_indices('/').map(|(slash, _)| &key[..slash]);
    folders.chain([key]).any(|path| pattern.matches_with(path, options))
}

/// True for what is data below `prefix`: nothing on the way to it, nor itself, is hidden or another program's mark
/// (`_SUCCESS`); `_day=1` is a partition.
pub fn is_data(key: &str, prefix: &str) -> bool {
    let below = key.strip_prefix(prefix).unwrap_or(key);
    let hidden = |name: &str| name.starts_with('.') || name.starts_with('_') && !name.contains('=');
    !below.is_empty() && below.split('/').all(|name| !name.is_empty() && !hidden(name))
}
