//! Files changed by `fmt` and `check --fix`: whole or not at all, and the differences as people read them.

use super::exit::CommandError;
use super::paths::{reason, shown};
use similar::{ChangeTag, TextDiff};
use std::io::Write;
use std::path::Path;

/// Puts `text` in the place of a file's content: written beside it, then moved over it. Permissions stay; a link stays
/// a link, and what it leads to is replaced.
///
/// # Errors
/// Where it can't be written; the file is then as it was.
pub fn replace(path: &Path, text: &str) -> Result<(), CommandError> {
    let failed = |e: std::io::Error| CommandError::Write { path: path.to_owned(), reason: reason(&e) };
    let target = std::fs::canonicalize(path).map_err(failed)?;
    let metadata = std::fs::metadata(&target).map_err(failed)?;
    if metadata.permissions().readonly() {
        return Err(failed(std::io::Error::other("it is read-only")));
    }
    let new = beside(&target, text).map_err(failed)?;
    std::fs::set_permissions(new.path(), metadata.permissions()).map_err(failed)?;
    new.persist(&target).map_err(|e| failed(e.error))?;
    Ok(())
}

/// Writes a file that isn't there yet.
///
/// # Errors
/// `Ok(false)` where there is one; an error where it can't be written.
pub fn create(path: &Path, text: &str) -> Result<bool, CommandError> {
    let failed = |e: std::io::Error| CommandError::Write { path: path.to_owned(), reason: reason(&e) };
    let new = beside(path, text).map_err(failed)?;
    // A temporary file is for its owner's eyes; a plan is as open as any file that is made.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(new.path(), std::fs::Permissions::from_mode(0o644)).map_err(failed)?;
    }
    match new.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(e) if e.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(failed(e.error)),
    }
}

fn beside(path: &Path, text: &str) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new().prefix(".milepost-").tempfile_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    Ok(new)
}

/// A unified difference with the file's name; nothing where both are the same.
pub fn difference(path: &Path, old: &str, new: &str, color: bool) -> String {
    if old == new {
        return String::new();
    }
    let name = shown(path);
    let diff = TextDiff::from_lines(old, new);
    let mut text = diff.unified_diff().context_radius(3).header(&name, &name).to_string();
    if color {
        text = text.split_inclusive('\n').map(painted).collect();
    }
    text
}

fn painted(line: &str) -> String {
    let styles = [(ChangeTag::Delete, "31"), (ChangeTag::Insert, "32")];
    let tag = match line.chars().next() {
        Some('-') => ChangeTag::Delete,
        Some('+') => ChangeTag::Insert,
        _ => ChangeTag::Equal,
    };
    let style = styles.iter().find(|(t, _)| *t == tag).map(|(_, style)| style);
    match (style, line.strip_suffix('\n')) {
        (Some(style), Some(text)) => format!("\u{1b}[{style}m{text}\u{1b}[0m\n"),
        _ => line.to_owned(),
    }
}
