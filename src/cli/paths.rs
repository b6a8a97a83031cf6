//! Paths as people write and read them: what lies below what, and which file was meant. Opens no file.

use super::near::nearest;
use std::path::{Component, Path, PathBuf};

/// True where `path` is `root` or below it, links followed as far as the path is there.
pub fn is_below(path: &Path, root: &Path) -> bool {
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    match (std::fs::canonicalize(path), std::fs::canonicalize(root)) {
        (Ok(path), Ok(root)) => path.starts_with(root),
        _ => {
            let (path, root) = (tidy(path), tidy(root));
            let climbs = path.components().next() == Some(Component::ParentDir);
            let there = path.ancestors().skip(1).find(|p| p.exists());
            path.starts_with(&root)
                && !(climbs && root.as_os_str().is_empty())
                && path.is_absolute() == root.is_absolute()
                && there.is_none_or(|folder| !folder.starts_with(&root) || is_below(folder, &root))
        }
    }
}

/// The path without `.` and with `..` taken out where a folder stands before it.
pub fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => _ = out.pop(),
            part => out.push(part),
        }
    }
    out
}

/// A path as people see it: with forward slashes.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// A system error in a few words.
pub fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

/// The file beside `path` with the nearest name.
pub fn nearest_file(path: &Path) -> Option<String> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let listed = std::fs::read_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }).ok()?;
    let mut names: Vec<String> =
        listed.flatten().filter(|e| e.path().is_file()).map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let wanted = path.file_name()?.to_string_lossy();
    nearest(&wanted, names.iter().map(String::as_str)).map(|name| shown(&folder.join(name)))
}
