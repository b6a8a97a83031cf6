//! A cluster of a scheduler and two executors, each a process on loopback: the same verdicts as in process, also where an
//! executor is killed half way; and what is told where the cluster is at fault.

mod processes;
mod rows;

use processes::{Executor, Scheduler, jobs, outcomes};
use rows::fill;
use serde_json::Value;
#[cfg(unix)]
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The pieces that a query is cut into for two executors, where there are as many files of one size.
const PIECES: usize = 32;

/// One cluster at a time: each of them wants all cores.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn eval(folder: &Path, engine: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
    command.args(["eval", "plan.goal", "--format", "json", "--fail-on", "none", "--no-cache"]).current_dir(folder);
    if let Some(address) = engine {
        command.args(["--engine", &format!("ballista://{address}")]);
    }
    command
}

/// What it says on standard error, wherever its lines end.
fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a run in process writes.
fn expected(folder: &Path) -> Vec<u8> {
    let output = eval(folder, None).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    output.stdout
}

/// A run that reads no data to the end: why, after looking that it ends soon, with code 4 and without a verdict.
fn refused(folder: &Path, address: &str, seconds: u64) -> String {
    let start = Instant::now();
    let output = eval(folder, Some(address)).output().unwrap();
    let told = told(&output);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(output.stdout.is_empty(), "a verdict all the same");
    assert!(start.elapsed() < Duration::from_secs(seconds), "it took {:?}", start.elapsed());
    told
}

fn wait(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(120), "in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_cluster_judges_as_this_machine_does() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let sums = fill(folder.path(), 12, 400);
    let expected = expected(folder.path());
    let scheduler = Scheduler::start();
    let executors = [Executor::start(&scheduler, &["--tasks", "2"]), Executor::start(&scheduler, &["--tasks", "1"])];
    let output = eval(folder.path(), Some(&scheduler.address)).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(output.stdout == expected, "{}", String::from_utf8_lossy(&output.stdout));
    // The reading was the cluster's, and both had a part in it.
    for executor in &executors {
        assert!(!jobs(executor.folder()).is_empty(), "an executor had nothing to do");
    }
    // What rows were written is known.
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let actual = |goal: &str| {
        let goals = report["goals"].as_array().unwrap();
        let goal = goals.iter().find(|g| g["name"] == goal).unwrap_or_else(|| panic!("{goal}"));
        goal["current"]["value"].as_f64().unwrap_or_else(|| panic!("{goal}"))
    };
    assert_eq!(actual("orders"), sums.orders as f64);
    assert_eq!(actual("revenue"), sums.cents as f64 / 100.0);
    assert_eq!(actual("buyers"), sums.buyers as f64);
    assert_eq!(actual("pages"), sums.pages as f64);
}

#[test]
fn an_executor_is_killed_half_way() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), PIECES, 1500);
    let expected = expected(folder.path());
    let scheduler = Scheduler::start();
    let mut first = Executor::start(&scheduler, &["--tasks", "1"]);
    let second = Executor::start(&scheduler, &["--tasks", "1"]);
    let run = eval(folder.path(), Some(&scheduler.address)).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut run = run.unwrap();
    // In the midst of one job: both have answered pieces of it.
    let mut job = String::new();
    wait("both executors have answered something", || {
        assert!(run.try_wait().unwrap().is_none(), "the run ended before an executor could be killed");
        job = jobs(first.folder()).pop().unwrap_or_default();
        outcomes(first.folder(), &job) >= 2 && outcomes(second.folder(), &job) >= 1
    });
    first.kill();
    let (lost, before) = (outcomes(first.folder(), &job), outcomes(second.folder(), &job));
    assert!(lost + before < PIECES, "it wasn't half way: {lost} and {before} pieces were answered");
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(output.stdout == expected, "{}", String::from_utf8_lossy(&output.stdout));
    // The other one did what was left, and once more what was lost.
    let since: usize = jobs(second.folder()).iter().filter(|j| **j >= job).map(|j| outcomes(second.folder(), j)).sum();
    assert!(since >= PIECES, "{lost} pieces lost, {before} answered before, {since} in all");
}

#[test]
fn the_scheduler_is_killed_half_way() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), PIECES, 1500);
    let mut scheduler = Scheduler::start();
    let executor = Executor::start(&scheduler, &["--tasks", "1"]);
    let run = eval(folder.path(), Some(&scheduler.address)).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut run = run.unwrap();
    wait("the executor has answered something", || {
        assert!(run.try_wait().unwrap().is_none(), "the run ended before the scheduler could be killed");
        !jobs(executor.folder()).is_empty()
    });
    scheduler.kill();
    let start = Instant::now();
    let output = run.wait_with_output().unwrap();
    let told = told(&output);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(output.stdout.is_empty() && told.contains("D051") && told.contains(&scheduler.address), "{told}");
    assert!(start.elapsed() < Duration::from_secs(60), "it took {:?}", start.elapsed());
}

#[test]
fn there_is_no_cluster() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 1, 10);
    let address = |listener: &TcpListener| listener.local_addr().unwrap().to_string();
    let free = address(&TcpListener::bind("127.0.0.1:0").unwrap());
    let told = refused(folder.path(), &free, 20);
    assert!(told.contains("D050") && told.contains(&free) && told.contains("milepost cluster scheduler"), "{told}");
    // Somebody is there, and says nothing.
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let told = refused(folder.path(), &address(&mute), 30);
    assert!(told.contains("D050") && told.contains("doesn't answer"), "{told}");
    // A scheduler without anybody to work for it.
    let scheduler = Scheduler::start();
    let told = refused(folder.path(), &scheduler.address, 60);
    assert!(told.contains("D050") && told.contains("no executor has joined"), "{told}");
}

#[test]
fn executors_that_cannot_read_the_data() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 6, 400);
    let scheduler = Scheduler::start();
    let _executor = Executor::start(&scheduler, &["--tasks", "2"]);
    // Damaged data is told as it is told in process.
    let damaged = folder.path().join("sales/04.parquet");
    let good = std::fs::read(&damaged).unwrap();
    let mut bytes = good.clone();
    bytes[4..400].iter_mut().for_each(|b| *b = !*b);
    std::fs::write(&damaged, &bytes).unwrap();
    let here = eval(folder.path(), None).output().unwrap();
    assert_eq!(here.status.code(), Some(4), "{}", told(&here));
    assert!(told(&here).contains("04.parquet"), "{}", told(&here));
    assert_eq!(refused(folder.path(), &scheduler.address, 120), told(&here));
    // And nobody was hurt by it.
    std::fs::write(&damaged, &good).unwrap();
    let output = eval(folder.path(), Some(&scheduler.address)).output().unwrap();
    assert!(output.status.code() == Some(0) && output.stdout == expected(folder.path()), "{}", told(&output));
}

/// One path, and another folder behind it for each process.
#[cfg(target_os = "linux")]
#[test]
fn executors_that_see_less_than_this_machine() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 4, 100);
    let scheduler = Scheduler::start();
    let _executor = Executor::start(&scheduler, &["--tasks", "2"]);
    let start = Instant::now();
    let output = eval(folder.path(), Some(&scheduler.address)).args(["--data", "sales=/proc/self/cwd/sales"]).output();
    let output = output.unwrap();
    let told = told(&output);
    assert!(output.status.code() == Some(4) && output.stdout.is_empty(), "{told}");
    for named in ["D052", "00.parquet", "No such file", "shared folder", &scheduler.address] {
        assert!(told.contains(named), "{named}: {told}");
    }
    assert!(start.elapsed() < Duration::from_secs(60), "it took {:?}", start.elapsed());
}

/// As whatever starts and stops machines ends processes.
#[cfg(unix)]
#[test]
fn an_executor_that_is_asked_to_end_takes_its_folder_along() {
    let _alone = alone();
    let (scheduler, temporary) = (Scheduler::start(), tempfile::tempdir().unwrap());
    let kept = || std::fs::read_dir(temporary.path()).unwrap().count();
    let mut command = Command::new(env!("CARGO_BIN_EXE_milepost"));
    command.args(["cluster", "executor", "--scheduler", &scheduler.address, "--bind", "127.0.0.1:0"]);
    let mut child = command.env("TMPDIR", temporary.path()).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut said = String::new();
    output.read_line(&mut said).unwrap();
    assert!(said.starts_with("executor listens on ") && kept() == 1, "{said}");
    let sent = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(sent.success());
    wait("the executor ends", || child.try_wait().unwrap().is_some());
    assert_eq!((child.wait().unwrap().code(), kept()), (Some(0), 0));
}

#[test]
fn processes_that_cannot_start() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_milepost")).arg("cluster").args(arguments).output().unwrap();
        assert!(output.stdout.is_empty(), "it says that it listens");
        (output.status.code(), told(&output))
    };
    let (code, told) = run(&["scheduler", "--bind", &address]);
    assert!(code == Some(4) && told.contains(&address) && told.contains("--bind"), "{told}");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (code, told) = run(&["executor", "--scheduler", &free]);
    assert!(code == Some(4) && told.contains(&free) && told.contains("milepost cluster scheduler"), "{told}");
    let (code, told) = run(&["executor", "--scheduler", "nowhere"]);
    assert!(code == Some(2) && told.contains("HOST:PORT"), "{told}");
}
