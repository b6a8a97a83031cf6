//! The command line as types. Says what may be written, and does nothing.

use super::values::{engine, host_and_port, memory, size};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Goals as code: read, check and judge plans against real data.
#[derive(Debug, Parser)]
#[command(name = "milepost", version, about, max_term_width = 100, disable_help_subcommand = true)]
pub struct Arguments {
    /// Colour and Unicode lines [default: auto, on a terminal only]
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    pub color: Option<Color>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum Color {
    Auto,
    Always,
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read a plan and say what is wrong with it
    Check(Check),
    /// Judge a plan's goals against data
    Eval(Eval),
    /// Show a metric's values, period by period
    Show(Show),
    /// Work out formulas, one result a line
    Calc(Calc),
    /// Format plans in place
    Fmt(Fmt),
    /// Explain a goal's verdict, a diagnostic's code, a lint, or a function
    Explain(Explain),
    /// Write a first plan from data files
    Init(Init),
    /// Write a shell's completions to standard output
    Completions(Completions),
    /// Run the plan's tests, without any data
    Test(Test),
    /// Find the value that reaches a goal (not built yet)
    Seek(Later),
    /// Try a goal's projection on the past (not built yet)
    Backtest(Later),
    /// Compare two versions of a plan by what they mean, goal by goal
    Diff(Diff),
    /// Run a scheduler or an executor of a cluster that reads data (for builds with the feature `ballista`)
    Cluster(Cluster),
    /// Show verdicts in the browser (not built yet)
    Serve(Later),
    /// Speak to an editor (not built yet)
    Lsp(Later),
    /// Print the JSON schema of the reports (not built yet)
    Schema(Later),
}

/// Whatever a later command will take.
#[derive(Debug, Args)]
pub struct Later {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    rest: Vec<std::ffi::OsString>,
}

/// Which files are the plan.
#[derive(Debug, Clone, Default, Args)]
pub struct Files {
    /// Plan files or folders; `-` is standard input [default: every *.goal file below this folder]
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub limits: Limits,
}

/// How far reading may go.
#[derive(Debug, Clone, Default, Args)]
pub struct Limits {
    /// Largest plan file that is read, such as 200MiB [default: 64MiB]
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Limits")]
    pub max_file_size: Option<u64>,
    /// Let paths in the plan lead out of the plan's folder
    #[arg(long, help_heading = "Limits")]
    pub allow_outside: bool,
}

/// Which data is read.
#[derive(Debug, Clone, Default, Args)]
pub struct Data {
    /// Where a table's data is; a bare PATH is the table of a plan that declares none
    #[arg(long, value_name = "[NAME=]PATH", help_heading = "Data")]
    pub data: Vec<String>,
    /// Threads that read data [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Data")]
    pub threads: Option<u16>,
    /// Memory that judging one table may take, such as 8GiB [default: half of the machine's]
    #[arg(long, value_name = "SIZE", value_parser = memory, help_heading = "Data")]
    pub memory: Option<u64>,
    /// Read folders of files whole, as if nothing were known of them from earlier runs
    #[arg(long, help_heading = "Data")]
    pub no_cache: bool,
    /// Where to keep what is known of the files of folders [default: milepost, in the user's folder for caches]
    #[arg(long, value_name = "FOLDER", conflicts_with = "no_cache", help_heading = "Data")]
    pub cache_dir: Option<PathBuf>,
    /// What reads files: this machine (datafusion) or a cluster (ballista://HOST:PORT) [default: datafusion]
    #[arg(long, value_name = "ENGINE", value_parser = engine, help_heading = "Data")]
    pub engine: Option<EngineName>,
}

/// The engines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineName {
    /// In process.
    Datafusion,
    /// The cluster whose scheduler listens there, as `host:port`.
    Ballista(String),
}

/// `milepost check`
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("corrections").args(["fix", "diff"]).multiple(true))]
pub struct Check {
    #[command(flatten)]
    pub files: Files,
    #[command(flatten)]
    pub data: Data,
    /// Read the plan's own tables too, not only those of --data, for the lints that look at data
    #[arg(long, help_heading = "Data")]
    pub with_data: bool,
    /// Look at the data as of the end of this day, or at this time [default: the newest row]
    #[arg(long, value_name = "DATE", help_heading = "Data")]
    pub as_of: Option<String>,
    /// Make the corrections that are certain and leave the plan's meaning alone
    #[arg(long)]
    pub fix: bool,
    /// With --fix or --diff: also those that change what the plan says
    #[arg(long, requires = "corrections")]
    pub r#unsafe: bool,
    /// Show what --fix would change, and change nothing
    #[arg(long, conflicts_with = "format")]
    pub diff: bool,
    /// How grave a lint is: a code, a name, a letter (A), a level (warning) or all; off, hint, warning or error
    #[arg(long, value_name = "LINT=LEVEL")]
    pub lint: Vec<String>,
    /// How findings are written [default: text]
    #[arg(long, value_enum)]
    pub format: Option<CheckFormat>,
    /// Only what changed since a git revision, and what depends on that
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
}

/// Formats of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum CheckFormat {
    Text,
    Short,
    Json,
    Sarif,
    Github,
    Junit,
}

/// `milepost eval`
#[derive(Debug, Args)]
pub struct Eval {
    #[command(flatten)]
    pub files: Files,
    #[command(flatten)]
    pub data: Data,
    /// Judge as of the end of this day, or at this time [default: the newest row]
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Only these goals
    #[arg(long = "goal", value_name = "NAME", num_args = 1..)]
    pub goals: Vec<String>,
    /// How verdicts are written [default: text]
    #[arg(long, value_enum)]
    pub format: Option<EvalFormat>,
    /// Statuses that end with exit code 1, such as missed,off-track; none for never [default: missed]
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub fail_on: Option<Vec<String>>,
    /// Judge under a scenario of the plan, beside the plan as it stands
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<String>,
    /// Judge with a let or metric worked out otherwise, such as price=12 or signups=+10%
    #[arg(long, value_name = "NAME=EXPR")]
    pub set: Vec<String>,
    /// Instead of verdicts, say how the data was read for them: which way, why, and what of it
    #[arg(long)]
    pub explain_plan: bool,
}

/// Formats of `eval`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum EvalFormat {
    Text,
    Json,
    Csv,
    Junit,
}

/// `milepost show`
#[derive(Debug, Args)]
pub struct Show {
    /// A metric of the plan, or a column of its data
    pub metric: String,
    #[command(flatten)]
    pub files: Files,
    #[command(flatten)]
    pub data: Data,
    /// A row for each value of this column
    #[arg(long, value_name = "DIM")]
    pub by: Option<String>,
    /// The length of a period, such as '1 quarter' [default: the table's own]
    #[arg(long, value_name = "SPAN")]
    pub every: Option<String>,
    /// Which periods, such as 2021 or 'Q4 2020..Q3 2021' [default: all]
    #[arg(long = "in", value_name = "PERIOD")]
    pub within: Option<String>,
    /// Read no row later than this day [default: the newest row]
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// How the grid is written [default: table]
    #[arg(long, value_enum)]
    pub format: Option<ShowFormat>,
}

/// Formats of `show`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum ShowFormat {
    Table,
    Csv,
    Json,
    Plot,
}

/// `milepost calc`
#[derive(Debug, Args)]
pub struct Calc {
    /// Formulas, such as '$5 * 3'; `-` reads one a line from standard input
    #[arg(value_name = "EXPR", allow_hyphen_values = true, required = true)]
    pub expressions: Vec<String>,
}

/// `milepost fmt`
#[derive(Debug, Args)]
pub struct Fmt {
    #[command(flatten)]
    pub files: Files,
    /// Change nothing; exit code 1 where a file isn't formatted
    #[arg(long)]
    pub check: bool,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub diff: bool,
}

/// `milepost test`
#[derive(Debug, Args)]
pub struct Test {
    #[command(flatten)]
    pub files: Files,
    /// Only tests with this text in their title
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// How results are written [default: text]
    #[arg(long, value_enum)]
    pub format: Option<TestFormat>,
}

/// Formats of `test`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum TestFormat {
    Text,
    Json,
    Junit,
}

/// `milepost diff`
#[derive(Debug, Args)]
pub struct Diff {
    /// The old plan: a file, a folder, a git revision (HEAD~1, v2) or REV:PATH; a file alone is compared with HEAD
    pub old: String,
    /// The new plan, likewise [default: the files as they are]
    pub new: Option<String>,
    /// After revisions: the plan's files or folders [default: every *.goal file below this folder]
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub limits: Limits,
    #[command(flatten)]
    pub data: Data,
    /// Read the plan's own tables too, to say how goals stand in both versions
    #[arg(long, help_heading = "Data")]
    pub with_data: bool,
    /// When the change was made or is looked at [default: the newest row, else the day of NEW's commit]
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// How changes are written [default: text]
    #[arg(long, value_enum)]
    pub format: Option<DiffFormat>,
}

/// Formats of `diff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum DiffFormat {
    Text,
    Json,
}

/// `milepost explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// A goal of the plan, a code such as P021, a lint such as no-deadline, or a function such as npv [default: a list of
    /// all codes]
    #[arg(value_name = "GOAL|CODE|LINT|FUNCTION")]
    pub what: Option<String>,
    #[command(flatten)]
    pub files: Files,
    #[command(flatten)]
    pub data: Data,
    /// Judge as of the end of this day, or at this time [default: the newest row]
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// How a derivation is written [default: text]
    #[arg(long, value_enum)]
    pub format: Option<ExplainFormat>,
}

/// Formats of `explain`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum ExplainFormat {
    Text,
    Json,
}

/// `milepost init`
#[derive(Debug, Args)]
pub struct Init {
    /// Data files, such as metrics.csv, or NAME=PATH
    #[arg(required = true, value_name = "DATA")]
    pub data: Vec<String>,
    /// The plan to write; `-` is standard output
    #[arg(long, short, value_name = "FILE", default_value = "plan.goal")]
    pub output: PathBuf,
}

/// `milepost cluster`
#[derive(Debug, Args)]
#[cfg_attr(not(feature = "ballista"), allow(dead_code))]
pub struct Cluster {
    /// Which of its processes
    #[command(subcommand)]
    pub role: Role,
}

/// The processes of a cluster.
#[derive(Debug, Subcommand)]
#[cfg_attr(not(feature = "ballista"), allow(dead_code))]
pub enum Role {
    /// Share the reading of data out among executors, until Ctrl-C
    Scheduler(Scheduler),
    /// Read data for a scheduler, until Ctrl-C
    Executor(Executor),
}

/// `milepost cluster scheduler`
#[derive(Debug, Args)]
#[cfg_attr(not(feature = "ballista"), allow(dead_code))]
pub struct Scheduler {
    /// Where it listens. There is neither a password nor encryption: only this machine, or a private network
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:50050")]
    pub bind: SocketAddr,
}

/// `milepost cluster executor`
#[derive(Debug, Args)]
#[cfg_attr(not(feature = "ballista"), allow(dead_code))]
pub struct Executor {
    /// Whom it works for
    #[arg(long, value_name = "HOST:PORT", value_parser = host_and_port, default_value = "127.0.0.1:50050")]
    pub scheduler: String,
    /// Where the scheduler fetches its results; port 0 is a free one. Only this machine, or a private network
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:0")]
    pub bind: SocketAddr,
    /// Pieces of data that it reads at a time [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub tasks: Option<u16>,
    /// Memory that all of them may take, such as 8GiB [default: half of the machine's]
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    pub memory: Option<u64>,
    /// Folder for results that wait to be fetched [default: a temporary one, removed at the end]
    #[arg(long, value_name = "FOLDER")]
    pub work_dir: Option<PathBuf>,
}

/// `milepost completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// Which shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
