//! The processes of a cluster, which end with the values that hold them.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

/// A process that listens.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    /// Starts it, and waits for the line that says where it listens.
    fn start(what: &str, arguments: &[&str], folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
        // Elsewhere than the plan: paths must not depend on it.
        command.args(["cluster", what]).args(arguments).current_dir(folder).stdout(Stdio::piped());
        let mut process = Self { child: command.spawn().unwrap(), address: String::new() };
        let (line, lines) = channel();
        let output = process.child.stdout.take().unwrap();
        std::thread::spawn(move || {
            for said in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = line.send(said);
            }
        });
        let said = lines.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("the {what} doesn't start"));
        let address = said.strip_prefix(&format!("{what} listens on ")).unwrap_or_else(|| panic!("{said}"));
        process.address = address.to_owned();
        process
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A running scheduler.
pub struct Scheduler {
    process: Process,
    pub address: String,
    _folder: tempfile::TempDir,
}

impl Scheduler {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let process = Process::start("scheduler", &["--bind", "127.0.0.1:0"], folder.path());
        Self { address: process.address.clone(), process, _folder: folder }
    }

    /// Ends it as a power cut does.
    pub fn kill(&mut self) {
        self.process.kill();
    }
}

/// A running executor.
pub struct Executor {
    process: Process,
    folder: tempfile::TempDir,
}

impl Executor {
    pub fn start(scheduler: &Scheduler, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let place = ["--scheduler", &scheduler.address, "--work-dir", path];
        let process = Process::start("executor", &[&place, arguments].concat(), folder.path());
        assert!(process.address.starts_with("127.0.0.1:"), "{}", process.address);
        Self { process, folder }
    }

    /// Where it keeps what it has answered.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends it as a power cut does.
    pub fn kill(&mut self) {
        self.process.kill();
    }
}

/// The jobs of which an executor has something in its folder, in the order in which they were begun.
pub fn jobs(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut jobs: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    jobs.sort();
    jobs
}

/// How many pieces of a job it has answered: a file each.
pub fn outcomes(folder: &Path, job: &str) -> usize {
    let files = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect()
    };
    if job.is_empty() {
        return 0;
    }
    let stages = files(&folder.join(job));
    stages.iter().flat_map(|stage| files(stage)).map(|piece| files(&piece).len()).sum()
}
