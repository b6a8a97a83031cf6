//! Exit codes, and errors of the command line itself.

use super::near::or_nearest;
use crate::diagnostic::codes::is_lint;
use crate::diagnostic::{Diagnostic, Level};
use miette::Diagnostic as _;
use std::path::PathBuf;
use std::process::ExitCode;
use thiserror::Error;

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing to complain of.
    Clean = 0,
    /// A lint at error level, a goal in a `--fail-on` status, `fmt --check` differences.
    Findings = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The plan can't be understood.
    Plan = 3,
    /// Data can't be read, or doesn't fit the plan.
    Data = 4,
    /// Somebody stopped it: as shells tell of Ctrl-C.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

impl Exit {
    /// What findings come to: a plan that can't be understood comes before data that doesn't fit it.
    pub fn of(found: &[Diagnostic]) -> Exit {
        let exits = found.iter().filter(|d| d.level == Level::Error).map(|d| match d.code {
            code if is_lint(code) => Exit::Findings,
            "D022" => Exit::Interrupted,
            code if code.starts_with('D') => Exit::Data,
            _ => Exit::Plan,
        });
        let rank = |exit: &Exit| match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Data => 2,
            Exit::Usage => 3,
            Exit::Plan => 4,
            Exit::Interrupted => 5,
        };
        exits.max_by_key(rank).unwrap_or(Exit::Clean)
    }
}

/// What is wrong with a command line, its settings, or this machine.
#[derive(Debug, Error, miette::Diagnostic)]
pub enum CommandError {
    /// A name of a later capability.
    #[error("{what} isn't built yet")]
    #[diagnostic(help("milepost --help lists what is"))]
    NotBuilt {
        /// As typed.
        what: String,
    },
    /// A plan file that isn't there.
    #[error("there is no file `{path}`{}", or_nearest(nearest))]
    #[diagnostic(help("name the plan's files, or none to take every *.goal file below this folder"))]
    NoFile {
        /// As typed.
        path: String,
        /// A file of that folder with nearly that name.
        nearest: Option<String>,
    },
    /// A file that can't be read.
    #[error("`{path}` can't be read: {reason}")]
    Unreadable {
        /// As typed.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// No plan below a folder.
    #[error("there is no *.goal file below {folder}")]
    #[diagnostic(help("name a file, or write a first plan from data: milepost init DATA"))]
    NoPlan {
        /// As typed.
        folder: String,
    },
    /// Built without any engine.
    #[cfg_attr(feature = "datafusion", allow(dead_code))]
    #[error("this milepost was built without an engine, so it can't read data")]
    #[diagnostic(help("build it with its default features: cargo install milepost"))]
    NoEngine,
    /// Built without clusters.
    #[cfg_attr(feature = "ballista", allow(dead_code))]
    #[error("this build knows no clusters: its feature `ballista` was left out")]
    #[diagnostic(help("install a build with it: `cargo install milepost --features ballista`"))]
    NoCluster,
    /// A process of a cluster that didn't start, or stopped.
    #[cfg_attr(not(feature = "ballista"), allow(dead_code))]
    #[error("the {what} {}: {reason}", if *started { "stopped" } else { "can't start" })]
    ClusterProcess {
        /// scheduler, executor.
        what: &'static str,
        /// False where it never ran.
        started: bool,
        /// Its words.
        reason: String,
        /// What to do.
        #[help]
        help: Option<String>,
    },
    /// The engine didn't start.
    #[cfg_attr(not(feature = "datafusion"), allow(dead_code))]
    #[error("{reason}")]
    EngineFailed {
        /// Its words.
        reason: String,
    },
    /// A word that isn't in a list.
    #[error("`{word}` is no {kind}{}", or_nearest(nearest))]
    #[diagnostic(help("{kind}: one of {all}"))]
    UnknownWord {
        /// As typed.
        word: String,
        /// What it should be.
        kind: &'static str,
        /// The nearest.
        nearest: Option<String>,
        /// All of them.
        all: String,
    },
    /// An as-of that is no date.
    #[error("--as-of {text} is no date")]
    #[diagnostic(help("write a day as 2021-09-30, or a moment as 2021-09-30T17:00"))]
    AsOf {
        /// As typed.
        text: String,
    },
    /// An argument in the plan's language that can't be read.
    #[error("{flag} {text}: {reason}")]
    Argument {
        /// The flag.
        flag: &'static str,
        /// As typed.
        text: String,
        /// Why not.
        reason: String,
    },
    /// A bare `--data PATH` beside declared tables.
    #[error("--data {path} doesn't say which table it is; the plan declares {tables}")]
    #[diagnostic(help("write --data {first}={path}"))]
    WhichTable {
        /// As typed.
        path: String,
        /// All of them.
        tables: String,
        /// The first.
        first: String,
    },
    /// `--data NAME=PATH` with a misspelt name.
    #[error("--data {name}={path}: the plan has no table `{name}`; did you mean `{nearest}`?")]
    #[diagnostic(help("write --data {nearest}={path}"))]
    NoTable {
        /// As typed.
        name: String,
        /// As typed.
        path: String,
        /// A declared table.
        nearest: String,
    },
    /// Two `--data` of one name.
    #[error("--data names the table `{name}` twice: {first} and {second}")]
    #[diagnostic(help("give one of them another name: --data NAME={second}"))]
    TableTwice {
        /// The name.
        name: String,
        /// Path.
        first: String,
        /// Path.
        second: String,
    },
    /// How a cluster reads isn't told.
    #[error("`--explain-plan` says how this machine reads the data, and here a cluster reads it")]
    #[diagnostic(help("leave `--engine` out, or say `--engine datafusion`: what is read for which goal is the same"))]
    ExplainCluster,
    /// A name that the plan doesn't have.
    #[error("the plan has no {kind} `{name}`{}", or_nearest(nearest))]
    NoSuch {
        /// goal, metric.
        kind: &'static str,
        /// As typed.
        name: String,
        /// The nearest.
        nearest: Option<String>,
    },
    /// `show` of a column that no metric reads.
    #[error("`{name}` is a column of {table}, and no metric of the plan")]
    #[diagnostic(help("write in the plan: metric {name} = last({table}.{name}), or sum(…) for a total over a period"))]
    OnlyColumn {
        /// As typed.
        name: String,
        /// Whose column it is.
        table: String,
    },
    /// `check - --fix`
    #[error("--fix can't write to standard input")]
    #[diagnostic(help("save the plan in a file, or see what would change with --diff"))]
    FixInput,
    /// No such code.
    #[error("there is no code `{code}`{}", or_nearest(nearest))]
    #[diagnostic(help("milepost explain lists all codes"))]
    NoCode {
        /// As typed.
        code: String,
        /// The nearest.
        nearest: Option<String>,
    },
    /// `explain` of a name that nothing has.
    #[error("no code, goal, function or lint is called `{name}`{}", or_nearest(nearest))]
    #[diagnostic(help(
        "a goal is explained with its plan: milepost explain GOAL FILE; milepost explain lists all codes"
    ))]
    Unexplained {
        /// As typed.
        name: String,
        /// The nearest of all of them.
        nearest: Option<String>,
    },
    /// `init` over a file that is there.
    #[error("`{path}` is there already, and init overwrites nothing")]
    #[diagnostic(help("write somewhere else: --output {other}"))]
    Exists {
        /// As typed.
        path: String,
        /// A free name.
        other: String,
    },
    /// No `git` program.
    #[error("git isn't on this machine, and only git knows what a revision held")]
    #[diagnostic(help("install git, or compare two files instead"))]
    NoGit,
    /// No repository around a folder.
    #[error("{folder} is in no git repository")]
    #[diagnostic(help("a revision is looked for in the repository around the plan's folder"))]
    NoRepository {
        /// As typed.
        folder: String,
    },
    /// No such revision.
    #[error("the repository has no revision `{name}`")]
    #[diagnostic(help("write a branch, a tag, a commit or HEAD~1; in CI, fetch the whole history first"))]
    NoRevision {
        /// As typed.
        name: String,
    },
    /// No plan at a revision.
    #[error("there was no {path} at {revision}")]
    #[diagnostic(help("git log -- FILE tells when a file came; milepost diff takes a file's old name as REV:PATH"))]
    NotThen {
        /// As typed.
        path: String,
        /// As typed.
        revision: String,
    },
    /// An operand of `diff` that is nothing.
    #[error("`{name}` is neither a file nor a git revision{}", or_nearest(nearest))]
    #[diagnostic(help("compare two files, a revision with a file, or two revisions: milepost diff HEAD~1 plan.goal"))]
    NeitherFileNorRevision {
        /// As typed.
        name: String,
        /// A file with nearly that name.
        nearest: Option<String>,
    },
    /// Operands of `diff` that don't go together.
    #[error("`{name}` is one too many: {why}")]
    #[diagnostic(help("files stand behind the revisions: milepost diff v1 v2 plan.goal"))]
    TooManyVersions {
        /// As typed.
        name: String,
        /// What is compared without it.
        why: String,
    },
    /// Git itself failed.
    #[error("git failed: {reason}")]
    GitFailed {
        /// Its words.
        reason: String,
    },
    /// `milepost.toml`.
    #[error("{place}: {problem}")]
    Settings {
        /// File and line.
        place: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        #[help]
        help: Option<String>,
    },
    /// Ctrl-C while data was read.
    #[error("stopped: no verdict was made; run it again")]
    Interrupted,
    /// Writing failed.
    #[error("`{path}` can't be written: {reason}")]
    Write {
        /// Which file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
}

impl CommandError {
    /// How it ends the run.
    pub fn exit(&self) -> Exit {
        match self {
            Self::EngineFailed { .. } | Self::ClusterProcess { .. } => Exit::Data,
            Self::Interrupted => Exit::Interrupted,
            _ => Exit::Usage,
        }
    }

    /// As it is printed.
    pub fn text(&self) -> String {
        let help = self.help().map(|h| format!("  help: {h}\n")).unwrap_or_default();
        let text = format!("error: {self}\n{help}");
        crate::diagnostic::render::clean(&text)
    }
}
