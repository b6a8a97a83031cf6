//! Which files a table is read from: one, those of a folder, or those that a pattern matches, in the order of their
//! paths; and what a path says of its file. Opens none of them.

use super::place::Place;
use crate::engine::DataError;
use crate::query::TableSource;
use glob::{MatchOptions, Pattern};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Cells between separators, all of them text.
    Csv {
        /// Comma, semicolon or tab.
        separator: u8,
    },
    /// One JSON object a line.
    Json,
    /// Typed columns.
    Parquet,
    /// Typed columns as they lie in memory.
    Arrow,
    /// A sheet of cells, each with its type.
    Workbook,
    /// A table of a database file, each cell with its type.
    Sqlite,
}

/// What a file is packed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Packing {
    /// Nothing.
    None,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

/// A file of a table.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Where it is.
    pub place: Place,
    /// On this machine, once it is there.
    pub path: PathBuf,
    /// As people know it.
    pub shown: String,
    /// Below what the plan names; its name alone where it is all of the table.
    pub relative: String,
    /// Its reader.
    pub kind: Kind,
    /// What it is packed with.
    pub packing: Packing,
    /// What the folders' names say (`year=2021/region=EU`), in their order.
    pub keys: Vec<Key>,
    /// Links to it that the plan names as well, as people know them.
    pub links: Vec<String>,
}

/// A folder's `name=value`; no value where it stands for what is missing.
pub type Key = (String, Option<String>);

/// As in a shell: `*` stays within one name, and hidden files are not meant.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// How many folders may lie in one another.
const DEEPEST: usize = 64;

/// How many names of a folder an error tells.
const AROUND: usize = 5;

impl Kind {
    /// True where every cell is text.
    pub fn is_csv(self) -> bool {
        matches!(self, Self::Csv { .. })
    }

    /// True where files state the types of their columns.
    pub fn is_typed(self) -> bool {
        matches!(self, Self::Parquet | Self::Arrow)
    }

    /// True where one file holds several tables.
    pub fn has_sheets(self) -> bool {
        matches!(self, Self::Workbook | Self::Sqlite)
    }
}

/// The files of `source`, at least one.
///
/// # Errors
/// [`DataError`] where there is none, one can't be reached, one has an unknown ending or they are of different sorts.
pub fn list(source: &TableSource) -> Result<Vec<Listed>, DataError> {
    if source.path.contains("://") {
        return Err(DataError::Remote { table: source.name.clone(), path: source.shown.clone() });
    }
    let path = Path::new(&source.path);
    let files = match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => Walk::below(source, path, None)?,
        Err(_) if has_pattern(&source.path) => {
            let (fixed, pattern) = split(path);
            let pattern = Pattern::new(&pattern).map_err(|e| missing(source, &format!("the pattern is none: {e}")))?;
            Walk::below(source, &fixed, Some(pattern))?
        }
        Ok(_) => {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let (kind, packing) = kind_of(source, &source.path)?;
            vec![Listed {
                place: Place::Here,
                path: path.to_owned(),
                shown: source.shown.clone(),
                relative: name,
                kind,
                packing,
                keys: Vec::new(),
                links: Vec::new(),
            }]
        }
        Err(e) => {
            // A name without an ending is told so even where it isn't there.
            kind_of(source, &source.path)?;
            let near = near(path).filter(|_| e.kind() == io::ErrorKind::NotFound);
            let near = near.map(|name| format!(" (`{name}` is there)")).unwrap_or_default();
            return Err(missing(source, &format!("{}{near}", reason(&e))));
        }
    };
    inside(source, &files)?;
    alike(source, &files)?;
    Ok(files)
}

/// A file, folder or pattern that can't be read.
pub fn missing(source: &TableSource, reason: &str) -> DataError {
    let (table, path) = (source.name.clone(), source.shown.clone());
    DataError::NotFound { table, path, reason: reason.to_owned() }
}

/// A system's error in a few words.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be read (permission denied)".to_owned(),
        _ => error.to_string(),
    }
}

/// That no link leads out of the folder that the files must lie in. One file alone was looked at where its path was found.
fn inside(source: &TableSource, files: &[Listed]) -> Result<(), DataError> {
    let Some(root) = source.within.as_deref().and_then(|root| fs::canonicalize(root).ok()) else { return Ok(()) };
    let found = files.iter().filter(|f| f.shown != source.shown);
    for file in found {
        if !fs::canonicalize(&file.path).is_ok_and(|path| path.starts_with(&root)) {
            return Err(DataError::Outside { table: source.name.clone(), path: file.shown.clone() });
        }
    }
    Ok(())
}

/// That the files are of one sort.
pub fn alike(source: &TableSource, files: &[Listed]) -> Result<(), DataError> {
    let Some(first) = files.first() else { return Ok(()) };
    if let Some(other) = files.iter().find(|f| f.kind != first.kind) {
        return Err(DataError::UnlikeFile {
            table: source.name.clone(),
            path: other.shown.clone(),
            other: first.shown.clone(),
        });
    }
    match source.sheet.clone().filter(|_| !first.kind.has_sheets()) {
        Some(sheet) => Err(DataError::Sheet { table: source.name.clone(), path: source.shown.clone(), sheet }),
        None => Ok(()),
    }
}

/// The reader for the ending of a path, and what the file is packed with.
pub fn kind_of(source: &TableSource, path: &str) -> Result<(Kind, Packing), DataError> {
    let lower = path.to_ascii_lowercase();
    let packed = [(".gz", Packing::Gzip), (".zst", Packing::Zstd)];
    let stripped = packed.iter().find_map(|(ending, packing)| Some((lower.strip_suffix(ending)?, *packing)));
    let (stem, packing) = stripped.unwrap_or((&lower, Packing::None));
    let plain = packing == Packing::None;
    let kind = match Path::new(stem).extension().and_then(|e| e.to_str()) {
        Some("csv" | "tsv" | "tab" | "txt") => Some(Kind::Csv { separator: b',' }),
        Some("jsonl" | "ndjson" | "json") => Some(Kind::Json),
        Some("parquet" | "pq") if plain => Some(Kind::Parquet),
        Some("arrow" | "feather" | "ipc") if plain => Some(Kind::Arrow),
        Some("xlsx" | "xlsm" | "xlsb" | "xls" | "ods") if plain => Some(Kind::Workbook),
        Some("sqlite" | "sqlite3" | "db") if plain => Some(Kind::Sqlite),
        _ => None,
    };
    let ending = || DataError::Ending { table: source.name.clone(), path: source.shown.clone() };
    kind.map(|kind| (kind, packing)).ok_or_else(ending)
}

fn has_pattern(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// A path as the folder that is there, and the pattern below it.
fn split(path: &Path) -> (PathBuf, String) {
    let mut fixed = PathBuf::new();
    let mut rest: Vec<String> = Vec::new();
    for part in path.components() {
        let text = part.as_os_str().to_string_lossy();
        // A folder that is there under that very name is meant, whatever signs it is made of.
        if rest.is_empty() && (!has_pattern(&text) || fixed.join(part).is_dir()) {
            fixed.push(part);
        } else {
            rest.push(text.into_owned());
        }
    }
    if fixed.as_os_str().is_empty() {
        fixed.push(Component::CurDir);
    }
    (fixed, rest.join("/"))
}

/// The search below one folder.
struct Walk<'a> {
    source: &'a TableSource,
    pattern: Option<Pattern>,
    /// Paths below the folder, and in full.
    found: Vec<(String, PathBuf)>,
    /// The folders in which the search stands, links followed.
    above: Vec<PathBuf>,
}

impl Walk<'_> {
    /// All data files below `folder` that the pattern matches, or that lie in a folder that it matches.
    fn below(source: &TableSource, folder: &Path, pattern: Option<Pattern>) -> Result<Vec<Listed>, DataError> {
        let depth = pattern.as_ref().map_or(0, |p| p.as_str().split('/').count());
        let every = pattern.is_none();
        let mut walk = Walk { source, pattern, found: Vec::new(), above: Vec::new() };
        walk.folder(folder, "", every)?;
        walk.found.sort();
        let shown = shown_folder(&source.shown, depth);
        let mut files = Vec::with_capacity(walk.found.len());
        for (relative, path) in walk.found {
            let shown = format!("{shown}{relative}");
            let (kind, packing) = kind_of(source, &relative)
                .map_err(|_| DataError::Ending { table: source.name.clone(), path: shown.clone() })?;
            let (keys, links) = (keys(&shown), Vec::new());
            files.push(Listed { place: Place::Here, path, shown, relative, kind, packing, keys, links });
        }
        let files = once(source, files)?;
        if files.is_empty() {
            let around = around(folder);
            return Err(DataError::NoFiles { table: source.name.clone(), path: source.shown.clone(), around });
        }
        Ok(files)
    }

    fn folder(&mut self, folder: &Path, relative: &str, taken: bool) -> Result<(), DataError> {
        let fail = |e: io::Error| match relative {
            "" => missing(self.source, &reason(&e)),
            _ => missing(self.source, &format!("its folder `{relative}`: {}", reason(&e))),
        };
        let real = fs::canonicalize(folder).map_err(fail)?;
        // A link to a folder above: its files are found there.
        if self.above.contains(&real) {
            return Ok(());
        }
        if self.above.len() >= DEEPEST {
            let reason =
                format!("its folder `{relative}` lies more than {DEEPEST} folders deep: name one further down");
            return Err(missing(self.source, &reason));
        }
        let mut entries = fs::read_dir(folder).map_err(fail)?.collect::<Result<Vec<_>, _>>().map_err(fail)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        self.above.push(real);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let relative = if relative.is_empty() { name.clone() } else { format!("{relative}/{name}") };
            if is_hidden(&name) {
                continue;
            }
            let taken = taken || self.pattern.as_ref().is_some_and(|p| p.matches_with(&relative, OPTIONS));
            // A link that leads nowhere is no data that can be left out in silence.
            let meta = fs::metadata(entry.path())
                .map_err(|e| missing(self.source, &format!("its file `{relative}`: {}", reason(&e))))?;
            if meta.is_dir() && (taken || self.leads_on(&relative)) {
                self.folder(&entry.path(), &relative, taken)?;
            } else if meta.is_file() && taken {
                self.found.push((relative, entry.path()));
            }
        }
        self.above.pop();
        Ok(())
    }

    /// True where the pattern may match below a folder.
    fn leads_on(&self, relative: &str) -> bool {
        let Some(pattern) = &self.pattern else { return true };
        let parts: Vec<&str> = pattern.as_str().split('/').collect();
        let depth = relative.split('/').count();
        let open = parts.iter().position(|p| *p == "**").unwrap_or(parts.len());
        let so_far = || parts[..depth].join("/");
        depth >= open && open < parts.len()
            || depth < parts.len() && Pattern::new(&so_far()).is_ok_and(|p| p.matches_with(relative, OPTIONS))
    }
}

/// Each file once, under the path that leads through no link, where there is one; else under the first.
fn once(source: &TableSource, files: Vec<Listed>) -> Result<Vec<Listed>, DataError> {
    let real = |file: &Listed| fs::canonicalize(&file.path).map_err(|e| missing(source, &reason(&e)));
    let places = files.iter().map(real).collect::<Result<Vec<_>, _>>()?;
    let mut alike: BTreeMap<&Path, Vec<usize>> = BTreeMap::new();
    for (at, place) in places.iter().enumerate() {
        alike.entry(place).or_default().push(at);
    }
    let mut links: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let mut left_out = vec![false; files.len()];
    for (place, all) in alike.iter().filter(|(_, all)| all.len() > 1) {
        let is_link = |at: &&usize| !files[**at].is_at(place);
        let kept = *all.iter().find(|at| !is_link(at)).unwrap_or(&all[0]);
        for at in all.iter().copied().filter(|at| *at != kept) {
            if files[at].keys != files[kept].keys {
                let (table, path, other) = (source.name.clone(), files[at].shown.clone(), files[kept].shown.clone());
                return Err(DataError::SameFile { table, path, other });
            }
            left_out[at] = true;
            links.entry(kept).or_default().push(files[at].shown.clone());
        }
    }
    let numbered = files.into_iter().enumerate().filter(|(at, _)| !left_out[*at]);
    Ok(numbered.map(|(at, file)| Listed { links: links.remove(&at).unwrap_or_default(), ..file }).collect())
}

impl Listed {
    /// True where the file lies at `place` and no link leads to it below what the plan names.
    fn is_at(&self, place: &Path) -> bool {
        let folders = Path::new(&self.relative).components().count();
        let below = |path: &Path| -> PathBuf {
            let parts: Vec<_> = path.components().collect();
            parts[parts.len().saturating_sub(folders)..].iter().collect()
        };
        below(place) == below(&self.path) && !self.path.is_symlink()
    }
}

/// Names that other programs leave among data: `.DS_Store`, `_SUCCESS`.
fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name.starts_with('_') && !name.contains('=')
}

/// The path as written without the pattern's parts, so that a relative path can follow.
fn shown_folder(shown: &str, pattern: usize) -> String {
    let parts: Vec<&str> = shown.trim_end_matches('/').split('/').collect();
    let kept = &parts[..parts.len().saturating_sub(pattern)];
    if kept.is_empty() { String::new() } else { format!("{}/", kept.join("/")) }
}

/// What is in a folder, for an error.
fn around(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !is_hidden(name));
    names.sort();
    names.truncate(AROUND);
    names
}

/// The file beside a path that isn't there whose name is nearest to its own.
fn near(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_string_lossy().to_lowercase();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = fs::read_dir(folder).ok()?.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
    let likeness = |name: &str| strsim::jaro_winkler(&name.to_lowercase(), &wanted);
    let near = names.filter(|name| !is_hidden(name)).map(|name| (likeness(&name), name)).filter(|(s, _)| *s >= 0.9);
    near.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(&a.1))).map(|(_, name)| name)
}

/// The `name=value` folders of a path.
pub fn keys(shown: &str) -> Vec<Key> {
    let folders = shown.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders.split('/').filter_map(|part| part.split_once('=')).filter(|(name, _)| !name.is_empty()).map(key).collect()
}

fn key((name, value): (&str, &str)) -> Key {
    let value = Some(decoded(value)).filter(|v| !v.trim().is_empty() && v != "__HIVE_DEFAULT_PARTITION__");
    (decoded(name), value)
}

/// A text whose `%20` and the like are what they stand for.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()).filter(|_| *first == b'%');
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_that_say_something() {
        let of = |path: &str| {
            keys(path).into_iter().map(|(k, v)| format!("{k}:{}", v.unwrap_or_default())).collect::<Vec<_>>()
        };
        assert_eq!(of("posts/year=2021/region=EU%20West/part=1.csv"), ["year:2021", "region:EU West"]);
        assert_eq!(of("a/day=__HIVE_DEFAULT_PARTITION__/x.csv"), ["day:"]);
        assert_eq!(of("a/=1/b/x.csv"), [""; 0]);
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz%C3%A4"), "%zzä");
    }

    #[test]
    fn endings() {
        let source = TableSource::given("t", "", "");
        let of = |name: &str| kind_of(&source, name).ok();
        assert_eq!(of("A.CSV.GZ"), Some((Kind::Csv { separator: b',' }, Packing::Gzip)));
        assert_eq!(of("a.jsonl.zst"), Some((Kind::Json, Packing::Zstd)));
        assert_eq!(of("a.feather"), Some((Kind::Arrow, Packing::None)));
        assert_eq!(of("a.parquet.gz"), None);
        assert_eq!(of("a.db"), Some((Kind::Sqlite, Packing::None)));
    }
}
