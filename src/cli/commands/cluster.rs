//! `milepost cluster`: the processes of a cluster, and the engine that asks one. Says how they are started, and knows nothing
//! of what they do.

use crate::cli::Session;
use crate::cli::arguments::Cluster;
use crate::cli::exit::{CommandError, Exit};

#[cfg(feature = "ballista")]
pub use built_in::{read_with, run};

/// Runs a scheduler or an executor until it is interrupted.
///
/// # Errors
/// None was built in.
#[cfg(not(feature = "ballista"))]
pub fn run(_: &Cluster, _: &Session) -> Result<Exit, CommandError> {
    Err(CommandError::NoCluster)
}

/// Has a cluster read the files.
///
/// # Errors
/// None was built in.
#[cfg(all(feature = "datafusion", not(feature = "ballista")))]
pub fn read_with(_: &mut crate::engine::router::Router, _: &str) -> Result<(), CommandError> {
    Err(CommandError::NoCluster)
}

#[cfg(feature = "ballista")]
mod built_in {
    use super::*;
    use crate::cli::arguments::{Executor, Role, Scheduler};
    use crate::cli::half_of_memory;
    use crate::cli::terminal::Terminal;
    use crate::engine::DataError;
    use crate::engine::cluster::{self, ExecutorSettings, SchedulerSettings, ServeError};
    use crate::engine::datafusion::DataFusionEngine;
    use crate::engine::router::Router;
    use std::net::SocketAddr;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    /// Runs a scheduler or an executor until it is interrupted.
    ///
    /// # Errors
    /// It can't start, or stopped by itself.
    pub fn run(arguments: &Cluster, session: &Session) -> Result<Exit, CommandError> {
        match &arguments.role {
            Role::Scheduler(arguments) => scheduler(arguments, session.terminal)?,
            Role::Executor(arguments) => executor(arguments, session.terminal)?,
        }
        Ok(Exit::Clean)
    }

    /// Has the cluster at `address` read the files.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn read_with(engine: &mut Router, address: &str) -> Result<(), CommandError> {
        let cluster =
            cluster::Cluster::new(address).map_err(|e| CommandError::EngineFailed { reason: e.to_string() })?;
        engine.set_cluster(cluster);
        Ok(())
    }

    fn scheduler(arguments: &Scheduler, terminal: Terminal) -> Result<(), CommandError> {
        warn(arguments.bind, terminal);
        let ready = |address| announce("scheduler", address, terminal);
        let settings = SchedulerSettings { bind: arguments.bind };
        cluster::scheduler(&settings, ready).map_err(|e| failed("scheduler", &e))
    }

    fn executor(arguments: &Executor, terminal: Terminal) -> Result<(), CommandError> {
        warn(arguments.bind, terminal);
        let (_temporary, folder) = folder(arguments.work_dir.as_deref())?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let tasks = arguments.tasks.map_or(cores, usize::from);
        let memory = arguments.memory.unwrap_or_else(half_of_memory) / tasks as u64;
        let settings = ExecutorSettings {
            scheduler: arguments.scheduler.clone(),
            bind: arguments.bind,
            tasks,
            engines: Arc::new(engines(usize::try_from(memory).unwrap_or(usize::MAX))),
            folder,
        };
        let ready = move |address| announce("executor", address, terminal);
        cluster::executor(&settings, ready).map_err(|e| failed("executor", &e))
    }

    /// Engines that read what this process may, as its own environment says: pieces bring no credentials.
    fn engines(memory: usize) -> impl Fn() -> Result<DataFusionEngine, DataError> {
        #[cfg(feature = "remote")]
        let stores = crate::cli::stores();
        move || {
            // As many pieces are answered at a time as there are cores.
            let mut engine = DataFusionEngine::new(Some(1))?;
            engine.set_memory(memory);
            #[cfg(feature = "remote")]
            engine.set_remote(stores.clone());
            Ok(engine)
        }
    }

    /// The folder for results, and what removes it where it is a temporary one.
    fn folder(given: Option<&Path>) -> Result<(Option<tempfile::TempDir>, PathBuf), CommandError> {
        match given {
            Some(folder) => std::fs::create_dir_all(folder)
                .map(|()| (None, folder.to_owned()))
                .map_err(|e| CommandError::Write { path: folder.to_owned(), reason: e.to_string() }),
            None => tempfile::Builder::new()
                .prefix("milepost-executor-")
                .tempdir()
                .map(|folder| (folder.path().to_owned(), folder))
                .map(|(path, folder)| (Some(folder), path))
                .map_err(|e| CommandError::Write { path: std::env::temp_dir(), reason: e.to_string() }),
        }
    }

    /// One line, for people and for whatever waits until it can go on.
    fn announce(what: &str, address: SocketAddr, terminal: Terminal) {
        // Where nobody reads, it works all the same.
        let _ = terminal.print(&format!("{what} listens on {address}\n"));
    }

    fn warn(bind: SocketAddr, terminal: Terminal) {
        if !bind.ip().is_loopback() {
            terminal.report(&format!(
                "warning: whoever reaches {bind} can have data read that this cluster may read: there is neither a \
                 password nor encryption\n  help: keep it within a private network\n"
            ));
        }
    }

    fn failed(what: &'static str, error: &ServeError) -> CommandError {
        let help = match error {
            ServeError::Bind { .. } => Some("name another address: --bind 127.0.0.1:0 takes a free port".to_owned()),
            ServeError::NoScheduler { address, .. } => {
                Some(format!("start it first: `milepost cluster scheduler --bind {address}`"))
            }
            ServeError::OneSided { .. } => {
                Some("name an address by which the scheduler reaches this machine: --bind 10.0.0.6:0".to_owned())
            }
            ServeError::Ended { .. } => None,
        };
        let started = matches!(error, ServeError::Ended { .. });
        CommandError::ClusterProcess { what, started, reason: error.to_string(), help }
    }
}
