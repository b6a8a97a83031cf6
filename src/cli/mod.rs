//! The command line: files, environment, terminal. The only room that touches them; everything it answers comes from
//! the rooms below.

mod arguments;
mod changes;
mod commands;
mod corrections;
mod draft;
mod exit;
mod files;
mod git;
mod github;
mod interrupt;
mod junit;
mod near;
mod pages;
mod paths;
mod phrase;
mod progress;
mod ready;
mod sarif;
mod settings;
mod since;
mod tables;
mod terminal;
mod values;

use crate::engine::Engine;
#[cfg(feature = "datafusion")]
use arguments::EngineName;
use arguments::{Arguments, Color, Command, Data, Files};
use clap::Parser;
use exit::{CommandError, Exit};
use progress::Progress;
use settings::Settings;
use std::ffi::OsString;
#[cfg(feature = "datafusion")]
use std::path::PathBuf;
use std::process::ExitCode;
use terminal::Terminal;

/// What every command is given.
struct Session {
    terminal: Terminal,
    settings: Settings,
}

impl Session {
    /// The plan's files with the limits of flags and settings.
    fn files(&self, files: &Files) -> Files {
        let mut files = files.clone();
        files.limits.max_file_size = files.limits.max_file_size.or(self.settings.max_file_size);
        files
    }

    /// The engine that flags and settings name.
    ///
    /// # Errors
    /// Where none was built in, or it can't start.
    #[cfg(feature = "datafusion")]
    fn engine(&self, data: &Data, progress: &Progress) -> Result<Box<dyn Engine>, CommandError> {
        let threads = data.threads.or(self.settings.threads).map(usize::from);
        let memory = data.memory.or(self.settings.memory).unwrap_or_else(half_of_memory);
        let memory = usize::try_from(memory).unwrap_or(usize::MAX);
        let failed = |e: crate::engine::DataError| CommandError::EngineFailed { reason: e.to_string() };
        let mut files = crate::engine::datafusion::DataFusionEngine::new(threads).map_err(failed)?;
        files.set_memory(memory);
        if let Some(folder) = self.cache(data) {
            files.set_cache(folder);
        }
        #[cfg(feature = "remote")]
        files.set_remote(stores());
        let mut engine = crate::engine::router::Router::new(files);
        #[cfg(feature = "adbc")]
        engine.set_drivers(drivers());
        if let Some(EngineName::Ballista(address)) = data.engine.as_ref().or(self.settings.engine.as_ref()) {
            commands::cluster::read_with(&mut engine, address)?;
        }
        engine.set_progress(progress.listener());
        Ok(Box::new(engine))
    }

    /// The folder in which what is known of files is kept; `None` where nothing is.
    #[cfg(feature = "datafusion")]
    fn cache(&self, data: &Data) -> Option<PathBuf> {
        use etcetera::BaseStrategy;
        if data.no_cache || (self.settings.cache == Some(false) && data.cache_dir.is_none()) {
            return None;
        }
        let own = || Some(etcetera::base_strategy::choose_native_strategy().ok()?.cache_dir().join("milepost"));
        data.cache_dir.clone().or_else(|| self.settings.cache_dir.clone()).or_else(own)
    }

    /// The engine that flags and settings name.
    ///
    /// # Errors
    /// None was built in.
    #[cfg(not(feature = "datafusion"))]
    fn engine(&self, _: &Data, progress: &Progress) -> Result<Box<dyn Engine>, CommandError> {
        let _ = progress.listener();
        Err(CommandError::NoEngine)
    }
}

/// Half of what the machine has (or what the group of processes may take), in bytes.
#[cfg(feature = "datafusion")]
fn half_of_memory() -> u64 {
    use sysinfo::{MemoryRefreshKind, RefreshKind, System};
    let system =
        System::new_with_specifics(RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram()));
    let limit = system.cgroup_limits().map_or(u64::MAX, |c| c.total_memory);
    system.total_memory().min(limit) / 2
}

/// What the environment says of object stores: engines look at no environment.
#[cfg(feature = "remote")]
fn stores() -> crate::engine::datafusion::remote::RemoteSettings {
    let all =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let named = all.filter(|(name, _)| ["AWS_", "GOOGLE_", "AZURE_"].iter().any(|prefix| name.starts_with(prefix)));
    crate::engine::datafusion::remote::RemoteSettings { variables: named.collect(), ..Default::default() }
}

/// Where it says that databases' drivers are.
#[cfg(feature = "adbc")]
fn drivers() -> crate::engine::warehouse::Drivers {
    let path = |variable: &str| std::env::var_os(variable).filter(|p| !p.is_empty()).map(Into::into);
    crate::engine::warehouse::Drivers {
        postgresql: path("MILEPOST_ADBC_POSTGRESQL"),
        duckdb: path("MILEPOST_ADBC_DUCKDB"),
    }
}

/// Runs the command line `arguments`, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(e) => {
            // Where the reader has gone away there is nobody to tell.
            let _ = e.print();
            return if e.use_stderr() { Exit::Usage.into() } else { Exit::Clean.into() };
        }
    };
    let plain = Terminal::new(arguments.color.unwrap_or(Color::Auto));
    let done = Settings::find(first_file(&arguments.command)).and_then(|settings| {
        let color = arguments.color.or(settings.color).unwrap_or(Color::Auto);
        dispatch(arguments.command, &Session { terminal: Terminal::new(color), settings })
    });
    match done {
        Ok(exit) => exit.into(),
        Err(error) => {
            plain.report(&error.text());
            error.exit().into()
        }
    }
}

/// Commands and flags, for whoever derives a page from them.
pub fn command() -> clap::Command {
    <Arguments as clap::CommandFactory>::command()
}

/// The file whose folder the settings are looked for from.
fn first_file(command: &Command) -> Option<&std::path::Path> {
    let files = match command {
        Command::Check(c) => &c.files,
        Command::Eval(c) => &c.files,
        Command::Show(c) => &c.files,
        Command::Fmt(c) => &c.files,
        Command::Test(c) => &c.files,
        Command::Explain(c) => &c.files,
        Command::Diff(c) => return commands::diff::first_path(c),
        _ => return None,
    };
    files.files.first().map(AsRef::as_ref)
}

fn dispatch(command: Command, session: &Session) -> Result<Exit, CommandError> {
    match command {
        Command::Check(arguments) => commands::check::run(&arguments, session),
        Command::Eval(arguments) => commands::eval::run(&arguments, session),
        Command::Show(arguments) => commands::show::run(&arguments, session),
        Command::Calc(arguments) => commands::calc::run(&arguments, session),
        Command::Fmt(arguments) => commands::fmt::run(&arguments, session),
        Command::Explain(arguments) => commands::explain::run(&arguments, session),
        Command::Init(arguments) => commands::init::run(&arguments, session),
        Command::Completions(arguments) => commands::completions::run(&arguments, session),
        Command::Test(arguments) => commands::test::run(&arguments, session),
        Command::Seek(_) => later("seek"),
        Command::Backtest(_) => later("backtest"),
        Command::Diff(arguments) => commands::diff::run(&arguments, session),
        Command::Cluster(arguments) => commands::cluster::run(&arguments, session),
        Command::Serve(_) => later("serve"),
        Command::Lsp(_) => later("lsp"),
        Command::Schema(_) => later("schema"),
    }
}

/// A name that is taken, and what it names isn't there.
fn later(what: &str) -> Result<Exit, CommandError> {
    Err(CommandError::NotBuilt { what: what.to_owned() })
}

/// `1 file`, `2 files`
fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
