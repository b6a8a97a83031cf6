//! The one place that runs the `git` program: which revision a name means, and what files held then. Knows no plan: it
//! gives texts.

use super::exit::CommandError;
use super::paths::{shown, tidy};
use jiff::Timestamp;
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A git revision of the repository around a folder.
#[derive(Debug)]
pub struct Revision {
    /// As typed: `main`, `HEAD~1`, a hash.
    pub name: String,
    /// The hash of its commit.
    commit: String,
    /// The top folder of the repository, links followed.
    top: PathBuf,
}

/// Set by git for its hooks, and relative to a folder that need not be ours: the repository is found from the folder.
const HOOK_VARIABLES: [&str; 4] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

impl Revision {
    /// The revision that `name` means in the repository around `folder` (empty: this one).
    ///
    /// # Errors
    /// No git on this machine, no repository around the folder, no such revision.
    pub fn find(folder: &Path, name: &str) -> Result<Self, CommandError> {
        let top = run(folder, &["rev-parse", "--show-toplevel"], b"")?;
        if !top.status.success() {
            let none = String::from_utf8_lossy(&top.stderr).contains("not a git repository");
            return Err(match none {
                true => CommandError::NoRepository { folder: here(folder) },
                false => failed(&top),
            });
        }
        let top = PathBuf::from(String::from_utf8_lossy(&top.stdout).trim_end_matches(['\n', '\r']));
        let unknown = || CommandError::NoRevision { name: name.to_owned() };
        // Nobody calls a branch so, and git would take it for an option.
        if name.is_empty() || name.starts_with('-') {
            return Err(unknown());
        }
        let commit = run(folder, &["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")], b"")?;
        if !commit.status.success() {
            return Err(unknown());
        }
        let commit = String::from_utf8_lossy(&commit.stdout).trim().to_owned();
        Ok(Self { name: name.to_owned(), commit, top: std::fs::canonicalize(&top).unwrap_or(top) })
    }

    /// What files held then, in the order of the paths; `None` where there was no such file. `limit` is the largest that
    /// is taken, in bytes.
    ///
    /// # Errors
    /// A text that isn't UTF-8 or is too large; git itself fails.
    pub fn texts(&self, paths: &[PathBuf], limit: u64) -> Result<Vec<Option<String>>, CommandError> {
        let inside: Vec<Option<String>> = paths.iter().map(|p| self.inside(p)).collect();
        // One line asks for one file: a name with a line's end in it can't be asked for.
        let asked = |name: &&String| !name.contains('\n');
        let mut input = String::new();
        for name in inside.iter().flatten().filter(asked) {
            input.push_str(&format!("{}:{name}\n", self.commit));
        }
        let output = run(&self.top, &["cat-file", "--batch"], input.as_bytes())?;
        if !output.status.success() {
            return Err(failed(&output));
        }
        let mut rest = output.stdout.as_slice();
        let mut texts = Vec::with_capacity(paths.len());
        for (path, name) in paths.iter().zip(&inside) {
            texts.push(match name.as_ref().filter(asked) {
                Some(_) => self.text(path, &mut rest, limit)?,
                None => None,
            });
        }
        Ok(texts)
    }

    /// Takes one answer of `git cat-file --batch`: `HASH TYPE SIZE`, a line's end, that many bytes, a line's end; or a
    /// line that ends in `missing`.
    fn text(&self, path: &Path, rest: &mut &[u8], limit: u64) -> Result<Option<String>, CommandError> {
        let end = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
        let (header, after) = rest.split_at(end);
        let header = String::from_utf8_lossy(header).into_owned();
        *rest = after.get(1..).unwrap_or_default();
        let words: Vec<&str> = header.rsplitn(3, ' ').collect();
        let [size, kind, _] = words[..] else { return Ok(None) };
        let Ok(size) = size.parse::<usize>() else { return Ok(None) };
        let bytes = rest.get(..size).unwrap_or_default().to_vec();
        *rest = rest.get(size + 1..).unwrap_or_default();
        let wrong = |reason: String| CommandError::Unreadable { path: self.shown(path), reason };
        if kind != "blob" {
            return Ok(None);
        }
        if size as u64 > limit {
            return Err(wrong(format!("it is larger than {limit} bytes; allow more with --max-file-size")));
        }
        String::from_utf8(bytes).map(Some).map_err(|_| wrong("it isn't UTF-8 text".to_owned()))
    }

    /// The `*.goal` files that stood below a folder then, in order, as paths that begin with the folder; what lay in
    /// hidden folders and in `target` is left out.
    ///
    /// # Errors
    /// Git itself fails.
    pub fn plans(&self, folder: &Path) -> Result<Vec<PathBuf>, CommandError> {
        let Some(prefix) = self.inside(folder) else { return Ok(Vec::new()) };
        let within = format!("{prefix}/");
        let mut arguments = vec!["ls-tree", "-r", "-z", "--full-tree", "--name-only", &self.commit];
        if !prefix.is_empty() {
            arguments.extend(["--", &within]);
        }
        let output = run(&self.top, &arguments, b"")?;
        if !output.status.success() {
            return Err(failed(&output));
        }
        let listed = String::from_utf8_lossy(&output.stdout);
        let below = |name: &str| match prefix.is_empty() {
            true => Some(name.to_owned()),
            false => name.strip_prefix(&within).map(str::to_owned),
        };
        let skipped = |part: &str| part.starts_with('.') || part == "target";
        let wanted = |name: &String| {
            let (folders, file) = name.rsplit_once('/').unwrap_or(("", name));
            Path::new(file).extension().is_some_and(|e| e == "goal")
                && !folders.split('/').any(|part| !part.is_empty() && skipped(part))
        };
        let mut found: Vec<PathBuf> = listed.split('\0').filter_map(below).filter(wanted).map(PathBuf::from).collect();
        found.sort();
        Ok(found.into_iter().map(|name| tidy(&folder.join(name))).collect())
    }

    /// When it was committed.
    ///
    /// # Errors
    /// Git itself fails.
    pub fn committed(&self) -> Result<Timestamp, CommandError> {
        let output = run(&self.top, &["show", "--no-patch", "--format=%ct", &self.commit], b"")?;
        let seconds = String::from_utf8_lossy(&output.stdout).trim().parse::<i64>();
        match seconds.map(Timestamp::from_second) {
            Ok(Ok(at)) if output.status.success() => Ok(at),
            _ => Err(failed(&output)),
        }
    }

    /// `main:plans/social.goal`, as people see a file of then.
    pub fn shown(&self, path: &Path) -> String {
        format!("{}:{}", self.name, shown(path))
    }

    /// A path as git writes it, from the top of the repository; `None` where it lies outside. The file needn't be there
    /// any more.
    fn inside(&self, path: &Path) -> Option<String> {
        let path = std::path::absolute(path).ok()?;
        let there = path.ancestors().find_map(|a| Some((a, std::fs::canonicalize(a).ok()?)));
        let (ancestor, real) = there?;
        let whole = tidy(&real.join(path.strip_prefix(ancestor).ok()?));
        let parts = whole.strip_prefix(&self.top).ok()?.components().map(|c| match c {
            Component::Normal(name) => name.to_str().map(str::to_owned),
            _ => None,
        });
        parts.collect::<Option<Vec<String>>>().map(|parts| parts.join("/"))
    }
}

/// Runs git in a folder with `input` as its standard input.
fn run(folder: &Path, arguments: &[&str], input: &[u8]) -> Result<Output, CommandError> {
    let mut command = Command::new("git");
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    command.arg("-C").arg(folder).args(arguments);
    // Its messages decide what we say.
    command.env("LC_ALL", "C").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for variable in HOOK_VARIABLES {
        command.env_remove(variable);
    }
    let system = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::NotFound => CommandError::NoGit,
        _ => CommandError::GitFailed { reason: e.to_string() },
    };
    let mut child = command.spawn().map_err(system)?;
    let stdin = child.stdin.take();
    std::thread::scope(|scope| {
        // It answers while it is asked: both at once, so that neither waits for the other.
        scope.spawn(move || {
            // Where git has gone its own words say why.
            let _ = stdin.map(|mut stdin| stdin.write_all(input));
        });
        child.wait_with_output().map_err(system)
    })
}

fn failed(output: &Output) -> CommandError {
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().find(|l| !l.trim().is_empty()).unwrap_or("it says nothing");
    CommandError::GitFailed { reason: first.trim_start_matches("fatal: ").to_owned() }
}

fn here(folder: &Path) -> String {
    match folder.as_os_str().is_empty() || folder == Path::new(".") {
        true => "this folder".to_owned(),
        false => shown(folder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(folder: &Path, arguments: &[&str]) {
        let output = run(folder, arguments, b"").expect("git is on this machine");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// A repository with a commit of its own, whatever this machine's settings.
    fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        git(folder.path(), &["init", "--quiet"]);
        git(folder.path(), &["add", "--all"]);
        let who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"];
        git(folder.path(), &[&who[..], &["commit", "--quiet", "-m", "first"]].concat());
        folder
    }

    #[test]
    fn gives_the_texts_of_then_and_none_for_what_was_not_there() {
        let folder = repository(&[("a.goal", "plan \"a\"\n"), ("in it/b 1.goal", ""), ("odd.goal", "x\ny")]);
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("a.goal"), "plan \"now\"\n").expect("a file");
        std::fs::remove_dir_all(at("in it")).expect("it is there");
        std::fs::write(at("new.goal"), "").expect("a file");
        let revision = Revision::find(folder.path(), "HEAD").expect("a commit");
        let paths =
            ["new.goal", "a.goal", "in it/b 1.goal", "in it", "line\nend.goal", "../out.goal", "odd.goal"].map(at);
        let texts = revision.texts(&paths, 100).expect("texts");
        let then = [None, Some("plan \"a\"\n"), Some(""), None, None, None, Some("x\ny")];
        assert_eq!(texts.iter().map(Option::as_deref).collect::<Vec<_>>(), then);
        let error = revision.texts(&paths[1..2], 5).expect_err("nine bytes");
        assert!(error.to_string().contains("HEAD:") && error.to_string().contains("5 bytes"), "{error}");
    }

    #[test]
    fn lists_the_plans_of_a_folder_as_they_were() {
        let files =
            ["plans/b.goal", "plans/a/x.goal", "plans/.hidden/x.goal", "plans/target/x.goal", "plans/x.csv", "z.goal"];
        let folder = repository(&files.map(|f| (f, "")));
        std::fs::remove_dir_all(folder.path().join("plans")).expect("it is there");
        let revision = Revision::find(folder.path(), "HEAD").expect("a commit");
        let plans = folder.path().join("plans");
        let listed = revision.plans(&plans).expect("a list");
        assert_eq!(listed, [plans.join("a/x.goal"), plans.join("b.goal")]);
        assert_eq!(revision.plans(folder.path()).expect("a list").len(), 3);
        assert!(revision.plans(&folder.path().join("plan")).expect("a list").is_empty());
    }

    #[test]
    fn says_what_is_missing() {
        let folder = repository(&[("a.goal", "")]);
        for name in ["nowhere", "", "--all", "HEAD~5", "HEAD:a.goal"] {
            let error = Revision::find(folder.path(), name).expect_err("no commit");
            assert!(matches!(error, CommandError::NoRevision { .. }), "{name}: {error}");
        }
        let outside = tempfile::tempdir().expect("a folder");
        let error = Revision::find(outside.path(), "HEAD").expect_err("no repository");
        assert!(matches!(error, CommandError::NoRepository { .. }), "{error}");
    }
}
