//! Reads the plan's files: which they are, what they import, how large they may be, and that paths stay below the
//! plan's folder. Knows no meaning of what it reads but imports.

use super::arguments::{Files, Limits};
use super::exit::CommandError;
use super::git::Revision;
use super::paths::{is_below, nearest_file, reason, shown, tidy};
use crate::Plan;
use crate::diagnostic::{Diagnostic, Finding, Label};
use crate::model::ImportGraph;
use crate::source::{FileId, Loc, SourceFile, Span};
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The largest plan file unless the command line allows more, in bytes.
const MAX_FILE_SIZE: u64 = 64 << 20;

/// A plan with what is known of its files.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The texts and trees.
    pub plan: Plan,
    /// Files that can't be read as a plan, imports that lead nowhere.
    pub found: Vec<Diagnostic>,
    origins: Vec<Origin>,
    limits: Limits,
}

/// Where a file was found.
#[derive(Debug, Clone)]
struct Origin {
    /// `None`: standard input.
    path: Option<PathBuf>,
    /// What its paths are relative to.
    folder: PathBuf,
    /// What its paths must stay below: the folder of the file that the command line named.
    root: PathBuf,
    /// What it imports, and where it says so.
    imports: Vec<(Loc, FileId)>,
}

/// What can be wrong with a file of a plan.
#[derive(Debug, Error, miette::Diagnostic)]
pub enum FileError {
    /// An import that isn't there.
    #[error("the imported file `{path}` can't be read: {reason}{}", super::near::or_nearest(nearest))]
    #[diagnostic(code("N091"), help("an import names a file relative to the file that it stands in"))]
    Import {
        /// As written.
        path: String,
        /// The system's words.
        reason: String,
        /// A file of that folder with nearly that name.
        nearest: Option<String>,
        /// The path.
        #[label("no such file")]
        at: Span,
    },
    /// A path that leads out of the plan's folder.
    #[error("the path `{path}` leads out of the plan's folder {folder}")]
    #[diagnostic(code("N092"), help("move the file below that folder, or allow it: --allow-outside"))]
    Outside {
        /// As written.
        path: String,
        /// The plan's folder.
        folder: String,
        /// The path.
        #[label("outside")]
        at: Span,
    },
    /// Bytes that are no UTF-8.
    #[error("{path} isn't UTF-8 text: the byte {byte:#04x} at offset {offset}, on line {line}, is no character")]
    #[diagnostic(code("P095"), help("save the file as UTF-8 in your editor"))]
    Encoding {
        /// As given.
        path: String,
        /// The first bad byte.
        byte: u8,
        /// From 0.
        offset: usize,
        /// From 1.
        line: usize,
    },
    /// A file that is too large.
    #[error("{path} is larger than {limit} bytes")]
    #[diagnostic(code("P096"), help("allow more with --max-file-size SIZE, such as 200MiB"))]
    TooLarge {
        /// As given.
        path: String,
        /// In bytes.
        limit: u64,
    },
}

impl Finding for FileError {}

/// Texts that stand in the place of what the files hold, each by its file's key: corrections that aren't written yet.
pub type Instead = BTreeMap<PathBuf, String>;

/// Why a file gave no text.
enum ReadError {
    System(std::io::Error),
    Content(FileError),
}

/// Reads the plan that the command line names, with its imports.
///
/// # Errors
/// Files named on the command line that aren't there; a folder without any plan.
pub fn load(files: &Files) -> Result<Loaded, CommandError> {
    load_instead(files, &Instead::new())
}

/// Likewise, with other texts in the place of some files'.
///
/// # Errors
/// See [`load`].
pub fn load_instead(files: &Files, instead: &Instead) -> Result<Loaded, CommandError> {
    let mut loading = Loading::new(files, instead)?;
    loading.follow_imports();
    let mut loaded = loading.loaded;
    loaded.find_circles();
    Ok(loaded)
}

/// Reads the plan as it was at a revision, with its imports of then. Files that weren't there are left out.
///
/// # Errors
/// Nothing was there; what git says.
pub fn load_then(files: &Files, revision: &Revision) -> Result<Loaded, CommandError> {
    let loaded = Loaded { limits: files.limits.clone(), ..Loaded::default() };
    let nothing = Instead::new();
    let mut loading = Loading { loaded, instead: &nothing, known: HashMap::new(), then: Some(revision) };
    let paths = named_then(&files.files, revision)?;
    let texts = revision.texts(&paths, loading.loaded.limit())?;
    for (path, text) in paths.into_iter().zip(texts) {
        let (Some(text), Ok(key)) = (text, loading.key(&path)) else { continue };
        if loading.known.contains_key(&key) {
            continue;
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let id = loading.add(revision.shown(&path), text, Some(path), folder.clone(), folder);
        loading.known.insert(key, Some(id));
    }
    if loading.known.is_empty() {
        let first = files.files.first().map_or_else(|| "*.goal file below this folder".to_owned(), |f| shown(f));
        return Err(CommandError::NotThen { path: first, revision: revision.name.clone() });
    }
    loading.follow_imports();
    let mut loaded = loading.loaded;
    loaded.find_circles();
    Ok(loaded)
}

/// The files of then: what ends in `.goal` is a file, all else a folder.
fn named_then(files: &[PathBuf], revision: &Revision) -> Result<Vec<PathBuf>, CommandError> {
    if files.is_empty() {
        return revision.plans(Path::new("."));
    }
    let mut all = Vec::new();
    for file in files {
        match file.extension().is_some_and(|e| e == "goal") && !file.is_dir() {
            true => all.push(file.clone()),
            false => match revision.plans(file)? {
                // A plan may have any name.
                none if none.is_empty() => all.push(file.clone()),
                below => all.extend(below),
            },
        }
    }
    Ok(all)
}

/// Reads the files that the command line names, and not what they import.
///
/// # Errors
/// See [`load`].
pub fn load_alone(files: &Files) -> Result<Loaded, CommandError> {
    Ok(Loading::new(files, &Instead::new())?.loaded)
}

/// The files of the command line: folders stand for the plans below them.
///
/// # Errors
/// See [`load`].
fn named(files: &[PathBuf]) -> Result<Vec<PathBuf>, CommandError> {
    if files.is_empty() {
        return below(Path::new("."));
    }
    let mut all = Vec::new();
    for file in files {
        if file.is_dir() { all.extend(below(file)?) } else { all.push(file.clone()) }
    }
    Ok(all)
}

/// Every `*.goal` file below a folder, in order; hidden folders and `target` are left out.
fn below(folder: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let skipped = |name: &str| name.starts_with('.') || name == "target";
    let walk = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_entry(|e| e.depth() == 0 || !e.file_type().is_dir() || !skipped(&e.file_name().to_string_lossy()));
    let mut found = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|e| CommandError::Unreadable {
            path: shown(e.path().unwrap_or(folder)),
            reason: e.io_error().map_or_else(|| e.to_string(), ToString::to_string),
        })?;
        if entry.path().extension().is_some_and(|e| e == "goal") && entry.path().is_file() {
            found.push(entry.path().strip_prefix(".").unwrap_or(entry.path()).to_owned());
        }
    }
    found.sort();
    let here = if folder == Path::new(".") { "this folder".to_owned() } else { shown(folder) };
    if found.is_empty() { Err(CommandError::NoPlan { folder: here }) } else { Ok(found) }
}

struct Loading<'a> {
    loaded: Loaded,
    instead: &'a Instead,
    /// By canonical path; `None` where it could not be read as a plan.
    known: HashMap<PathBuf, Option<FileId>>,
    /// Where files are read as they were.
    then: Option<&'a Revision>,
}

impl<'a> Loading<'a> {
    /// With the files of the command line.
    fn new(files: &Files, instead: &'a Instead) -> Result<Self, CommandError> {
        let loaded = Loaded { limits: files.limits.clone(), ..Loaded::default() };
        let mut loading = Self { loaded, instead, known: HashMap::new(), then: None };
        for path in named(&files.files)? {
            loading.root(path)?;
        }
        Ok(loading)
    }

    /// Reads a file of the command line.
    fn root(&mut self, path: PathBuf) -> Result<(), CommandError> {
        let limit = self.loaded.limit();
        if path == Path::new("-") {
            let here = PathBuf::new();
            match self.instead.get(&path).map_or_else(|| read_stdin(limit), |text| Ok(text.clone())) {
                Ok(text) => _ = self.add("-".to_owned(), text, None, here.clone(), here),
                Err(ReadError::Content(error)) => self.refuse(&error),
                Err(ReadError::System(e)) => {
                    return Err(CommandError::Unreadable { path: "-".to_owned(), reason: e.to_string() });
                }
            };
            return Ok(());
        }
        let key = std::fs::canonicalize(&path).map_err(|e| missing(&path, &e))?;
        if self.known.contains_key(&key) {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let id = match self.read(&path, &key) {
            Ok(text) => Some(self.add(shown(&path), text, Some(path), folder.clone(), folder)),
            Err(ReadError::System(e)) => return Err(missing(&path, &e)),
            Err(ReadError::Content(error)) => {
                self.refuse(&error);
                None
            }
        };
        self.known.insert(key, id);
        Ok(())
    }

    /// What tells a file from every other one.
    fn key(&self, path: &Path) -> std::io::Result<PathBuf> {
        match self.then {
            None => std::fs::canonicalize(path),
            // It may be gone, so no link can be followed.
            Some(_) => std::path::absolute(path).map(|path| tidy(&path)),
        }
    }

    fn add(&mut self, name: String, text: String, path: Option<PathBuf>, folder: PathBuf, root: PathBuf) -> FileId {
        self.loaded.origins.push(Origin { path, folder, root, imports: Vec::new() });
        self.loaded.plan.add(SourceFile::new(name, text))
    }

    /// The text of the file at `path`, which `key` is the full path of: what stands for it, what it was, or what it is.
    fn read(&self, path: &Path, key: &Path) -> Result<String, ReadError> {
        if let Some(text) = self.instead.get(key) {
            return Ok(text.clone());
        }
        let Some(revision) = self.then else { return read(path, self.loaded.limit()) };
        let found = revision.texts(&[path.to_owned()], self.loaded.limit());
        match found.map(|mut texts| texts.pop().flatten()) {
            Ok(Some(text)) => Ok(text),
            Ok(None) => Err(ReadError::System(std::io::ErrorKind::NotFound.into())),
            Err(error) => Err(ReadError::System(std::io::Error::other(error.to_string()))),
        }
    }

    fn refuse(&mut self, error: &FileError) {
        self.loaded.found.push(Diagnostic::of(error, FileId(0)));
    }

    /// Reads what the files import, what those import, and so on, each file once.
    fn follow_imports(&mut self) {
        let mut next = 0;
        while next < self.loaded.origins.len() {
            let id = FileId(next as u32);
            for (written, span) in self.loaded.plan.imports(id) {
                match self.import(id, &written, span) {
                    Ok(Some(to)) => self.loaded.origins[next].imports.push((Loc { file: id, span }, to)),
                    Ok(None) => {}
                    Err(error) => {
                        let mut found = Diagnostic::of(&error, id);
                        if found.labels.is_empty() {
                            found.labels.push(Label { at: Loc { file: id, span }, text: "imported here".to_owned() });
                        }
                        self.loaded.found.push(found);
                    }
                }
            }
            next += 1;
        }
    }

    /// `None`: a file that was refused before.
    fn import(&mut self, from: FileId, written: &str, at: Span) -> Result<Option<FileId>, FileError> {
        let origin = self.loaded.origins[from.0 as usize].clone();
        let path = tidy(&origin.folder.join(written));
        self.loaded.keep_inside(&origin, written, &path, at)?;
        let cannot = |e: &std::io::Error| FileError::Import {
            path: written.to_owned(),
            reason: reason(e),
            nearest: nearest_file(&path)
                .map(|p| shown(Path::new(&p).strip_prefix(&origin.folder).unwrap_or(Path::new(&p)))),
            at,
        };
        let key = self.key(&path).map_err(|e| cannot(&e))?;
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        self.known.insert(key.clone(), None);
        let text = self.read(&path, &key).map_err(|e| match e {
            ReadError::System(e) => cannot(&e),
            ReadError::Content(error) => error,
        })?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let name = self.then.map_or_else(|| shown(&path), |revision| revision.shown(&path));
        let id = self.add(name, text, Some(path), folder, origin.root);
        self.known.insert(key, Some(id));
        Ok(Some(id))
    }
}

impl Loaded {
    /// The largest plan file that is read, in bytes.
    pub fn limit(&self) -> u64 {
        self.limits.max_file_size.unwrap_or(MAX_FILE_SIZE)
    }

    /// True where paths may lead out of the plan's folder.
    pub fn allows_outside(&self) -> bool {
        self.limits.allow_outside
    }

    /// The folder that what the plan at `at` names must lie in; `None` where it may be anywhere.
    pub fn root(&self, at: Loc) -> Option<&Path> {
        let origin = self.origins.get(at.file.0 as usize).filter(|_| !self.limits.allow_outside)?;
        Some(if origin.root.as_os_str().is_empty() { Path::new(".") } else { &origin.root })
    }

    /// The file on disk; `None` for standard input.
    pub fn path(&self, file: FileId) -> Option<&Path> {
        self.origins.get(file.0 as usize)?.path.as_deref()
    }

    /// What a file is known by in [`Instead`]; `-` is standard input.
    pub fn key(&self, file: FileId) -> Option<PathBuf> {
        self.path(file).map_or_else(|| Some(PathBuf::from("-")), |path| std::fs::canonicalize(path).ok())
    }

    /// All that is wrong with files and spelling.
    pub fn wrong(&self) -> Vec<Diagnostic> {
        let mut found = self.found.clone();
        found.extend_from_slice(self.plan.spelling());
        found
    }

    /// The path of a table's data as written in `at`, relative to this process's folder.
    ///
    /// # Errors
    /// A path that leads out of the plan's folder by way of it; one that begins at the root says itself where it leads.
    pub fn locate(&self, written: &str, at: Loc) -> Result<PathBuf, Diagnostic> {
        if Path::new(written).is_absolute() {
            return Ok(tidy(Path::new(written)));
        }
        let Some(origin) = self.origins.get(at.file.0 as usize) else { return Ok(PathBuf::from(written)) };
        let path = tidy(&origin.folder.join(written));
        self.keep_inside(origin, written, &path, at.span).map_err(|e| Diagnostic::of(&e, at.file))?;
        Ok(path)
    }

    fn keep_inside(&self, origin: &Origin, written: &str, path: &Path, at: Span) -> Result<(), FileError> {
        if self.limits.allow_outside || is_below(path, &origin.root) {
            return Ok(());
        }
        let folder = if origin.root.as_os_str().is_empty() { ".".to_owned() } else { shown(&origin.root) };
        Err(FileError::Outside { path: written.to_owned(), folder, at })
    }

    /// Says each circle of imports once.
    fn find_circles(&mut self) {
        let mut graph = ImportGraph::default();
        for (number, file) in self.plan.sources().files.iter().enumerate() {
            graph.file(FileId(number as u32), &file.path);
        }
        for (at, to) in self.origins.iter().flat_map(|o| &o.imports) {
            graph.import(at.file, *to, at.span);
        }
        self.found.extend(graph.circles());
    }
}

fn missing(path: &Path, error: &std::io::Error) -> CommandError {
    match error.kind() {
        std::io::ErrorKind::NotFound => CommandError::NoFile { path: shown(path), nearest: nearest_file(path) },
        _ => CommandError::Unreadable { path: shown(path), reason: reason(error) },
    }
}

fn read(path: &Path, limit: u64) -> Result<String, ReadError> {
    let file = std::fs::File::open(path).map_err(ReadError::System)?;
    text_of(file, &shown(path), limit)
}

fn read_stdin(limit: u64) -> Result<String, ReadError> {
    text_of(std::io::stdin().lock(), "-", limit)
}

/// All of a reader as text, as long as it is no longer than `limit`.
fn text_of(reader: impl Read, path: &str, limit: u64) -> Result<String, ReadError> {
    let mut bytes = Vec::new();
    reader.take(limit + 1).read_to_end(&mut bytes).map_err(ReadError::System)?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::Content(FileError::TooLarge { path: path.to_owned(), limit }));
    }
    String::from_utf8(bytes).map_err(|e| {
        let offset = e.utf8_error().valid_up_to();
        let bytes = e.as_bytes();
        let line = bytes[..offset].iter().filter(|b| **b == b'\n').count() + 1;
        let byte = bytes.get(offset).copied().unwrap_or_default();
        ReadError::Content(FileError::Encoding { path: path.to_owned(), byte, offset, line })
    })
}
