//! Ctrl-C while data is read: nothing is printed as if whole, nothing is left behind, and the exit code says so.

use crate::cli::{Folder, folder};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const PLAN: &str =
    "table posts from \"posts.csv\" time day\nmetric likes = sum(posts.likes)\ngoal more: likes >= 5 by 2021-12-31\n";

const STOPPED: &str = "error: stopped: no verdict was made; run it again\n";

/// Started with an empty folder for temporary files.
fn start(folder: &Folder, arguments: &[&str]) -> Child {
    let temporary = folder.path().join("tmp");
    std::fs::create_dir(&temporary).expect("a folder");
    let mut command = folder.command(arguments);
    command.env("TMPDIR", temporary).stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
    command.spawn().expect("the binary runs")
}

fn temporary(folder: &Folder) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder.path().join("tmp")).expect("a folder").flatten().map(|e| e.path()).collect()
}

fn wait_for(what: &str, mut there: impl FnMut() -> bool) {
    let start = Instant::now();
    while !there() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} doesn't come");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
}

/// Waits until the program takes signals itself: it is reading then.
fn wait_for_handler(child: &Child) {
    let status = format!("/proc/{}/status", child.id());
    if !std::fs::exists(&status).unwrap_or(false) {
        return std::thread::sleep(Duration::from_secs(2));
    }
    wait_for("a handler", || {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let caught = text.lines().find_map(|l| l.strip_prefix("SigCgt:")).unwrap_or("0");
        u64::from_str_radix(caught.trim(), 16).unwrap_or(0) & 0b10 != 0
    });
}

/// How it ended, within a time that no wait for a silent server takes.
fn ended(child: Child) -> Output {
    let start = Instant::now();
    let output = child.wait_with_output().expect("it ends");
    assert!(start.elapsed() < Duration::from_secs(20), "it takes too long to stop");
    output
}

fn assert_stopped(output: &Output) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!((output.status.code(), &*out, &*err), (Some(130), "", STOPPED));
}

/// A server that begins a file and doesn't go on.
fn stalling() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/posts.csv", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked);
            let head =
                "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n\r\n";
            let _ = stream.write_all(format!("{head}day,likes\n{}", "2021-01-01,1\n".repeat(100)).as_bytes());
            held.push(stream);
        }
    });
    url
}

#[test]
fn a_copy_that_is_on_its_way_goes() {
    for signal in ["-INT", "-TERM"] {
        let folder = folder(&[("plan.goal", PLAN)]);
        let child = start(&folder, &["eval", "plan.goal", "--data", &format!("posts={}", stalling())]);
        let begun = |path: &std::path::PathBuf| std::fs::metadata(path).is_ok_and(|m| m.len() > 0);
        wait_for("a copy", || temporary(&folder).iter().any(begun));
        // Longer than it takes until a terminal would be told how far it is.
        std::thread::sleep(Duration::from_millis(1500));
        send(signal, &child);
        assert_stopped(&ended(child));
        assert_eq!(temporary(&folder), Vec::<std::path::PathBuf>::new());
    }
}

fn many_rows() -> String {
    let rows = (0..600_000).map(|n| format!("2021-01-{:02},{n}\n", n % 28 + 1));
    "day,likes\n".to_owned() + &rows.collect::<String>()
}

#[test]
fn a_long_file_is_left_at_the_next_batch() {
    let rows = many_rows();
    for arguments in [
        &["eval", "plan.goal"] as &[&str],
        &["eval", "plan.goal", "--format", "json"],
        &["check", "plan.goal", "--with-data"],
        &["show", "likes", "plan.goal"],
        &["explain", "more", "plan.goal"],
        &["init", "posts.csv", "-o", "new.goal"],
    ] {
        let folder = folder(&[("plan.goal", PLAN), ("posts.csv", &rows)]);
        let child = start(&folder, arguments);
        wait_for_handler(&child);
        send("-INT", &child);
        assert_stopped(&ended(child));
        let mut left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().map(|e| e.file_name()).collect();
        left.sort();
        assert_eq!(left, ["plan.goal", "posts.csv", "tmp"], "{arguments:?}");
    }
}

#[test]
fn a_second_one_ends_what_does_not_stop() {
    let folder = folder(&[("plan.goal", PLAN)]);
    let made = Command::new("mkfifo").arg(folder.path().join("posts.csv")).status();
    if !made.is_ok_and(|s| s.success()) {
        eprintln!("skipped: there is no mkfifo");
        return;
    }
    // Nobody writes into it: to open it takes forever.
    let mut child = start(&folder, &["eval", "plan.goal"]);
    wait_for_handler(&child);
    // From there to the file is no way to speak of, but on a busy machine.
    std::thread::sleep(Duration::from_secs(1));
    send("-INT", &child);
    std::thread::sleep(Duration::from_millis(500));
    if child.try_wait().expect("a child").is_some() {
        eprintln!("skipped: it was stopped before it came to the file");
        return assert_stopped(&ended(child));
    }
    send("-INT", &child);
    let output = ended(child);
    assert_eq!((output.status.code(), output.stdout.len(), output.stderr.len()), (Some(130), 0, 0));
}

#[test]
fn a_terminal_is_told_how_far_it_is() {
    let folder = folder(&[("plan.goal", PLAN), ("posts.csv", &many_rows())]);
    let line = format!("{} eval plan.goal --threads 1 > out.txt", env!("CARGO_BIN_EXE_milepost"));
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).current_dir(folder.path()).env("TERM", "xterm").stdin(Stdio::null());
    let Ok(output) = script.output() else {
        eprintln!("skipped: there is no `script`, which makes a terminal");
        return;
    };
    let told = String::from_utf8_lossy(&output.stdout);
    let end: String = told.chars().skip(told.chars().count().saturating_sub(200)).collect();
    // 10 bytes of names, 12 a row beside its digits, and 3,488,890 digits: 10,688,900.
    assert!(told.contains("opening posts · ") && told.contains(" MB of 10.6 MB · "), "{end:?}");
    assert!(told.trim_end().ends_with("\u{1b}[2K"), "the line goes in the end: {end:?}");
    let report = std::fs::read_to_string(folder.path().join("out.txt")).expect("a report");
    assert!(report.contains("more"), "{report}");
}
