//! Folders to which a file is added every day: what was read before isn't read again, and no verdict changes by it.
#![cfg(all(feature = "cli", feature = "datafusion"))]

use super::cli::{Folder, folder};
use milepost::engine::datafusion::DataFusionEngine;
use milepost::engine::{Engine, Progress};
use milepost::query::{Measure, Query, Request, Row, TableSource};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, SystemTime};

const PLAN: &str = "\
table posts from \"posts\" time day
metric likes = sum(posts.likes)
metric eu = sum(posts.likes) where posts.region = \"EU\"
metric people = distinct(posts.author)
metric typical = median(posts.likes)
metric followers = last(posts.followers)
goal reach: likes >= 900000 in 2021
goal europe: eu +5% by 2021-04-10
goal audience: people >= 40 in 2021
goal quality: typical >= 40 in 2021
goal base: followers >= 1300 by 2021-04-10
";

/// Rows of a file, where it doesn't matter, and where it does.
const FEW: u32 = 60;
#[cfg(target_os = "linux")]
const MANY: u32 = 2_000;

/// Days from 2021-01-01 on, one file each of so many rows.
fn day(number: u32, rows: u32) -> (String, String) {
    let (month, day) = match number {
        0..31 => (1, number + 1),
        31..59 => (2, number - 30),
        59..90 => (3, number - 58),
        _ => (4, number - 89),
    };
    let date = format!("2021-{month:02}-{day:02}");
    let mut text = String::from("day,region,author,likes,followers\n");
    for row in 0..rows {
        let region = ["EU", "NA", "APAC"][(row % 3) as usize];
        let likes = (row * 37 + number * 11) % 200;
        writeln!(text, "{date},{region},author {},{likes},{}", row * number % 53, 10 + number % 7).expect("a text");
    }
    (format!("posts/{date}.csv"), text)
}

/// Written an hour ago.
fn add(folder: &Folder, number: u32, rows: u32) {
    let (name, text) = day(number, rows);
    folder.write(&name, text.as_bytes());
    age(&folder.path().join(name));
}

fn age(path: &Path) {
    let written = SystemTime::now() - Duration::from_secs(3600);
    let file = fs::File::options().append(true).open(path).expect("a file");
    file.set_modified(written).expect("a time that can be set");
}

fn days(count: u32, rows: u32) -> Folder {
    let folder = folder(&[("plan.goal", PLAN)]);
    (0..count).for_each(|number| add(&folder, number, rows));
    folder
}

fn eval(folder: &Folder, more: &[&str]) -> String {
    let mut arguments = vec!["eval", "plan.goal", "--format", "json", "--as-of", "2021-04-11"];
    arguments.extend(more);
    let output = folder.command(&arguments).output().expect("the binary runs");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn verdicts_are_those_without_a_cache() {
    let folder = days(99, FEW);
    let first = eval(&folder, &[]);
    assert_eq!(first, eval(&folder, &["--no-cache"]));
    assert_eq!(first, eval(&folder, &[]), "all of it kept");
    for number in 99..101 {
        add(&folder, number, FEW);
        let kept = eval(&folder, &[]);
        assert_eq!(kept, eval(&folder, &["--no-cache"]), "after {number}");
        assert_ne!(kept, first);
    }
    // A file that was changed, one that is gone, another plan.
    let (name, text) = day(40, FEW);
    folder.write(&name, text.replace("EU", "NA").as_bytes());
    assert_eq!(eval(&folder, &[]), eval(&folder, &["--no-cache"]), "changed");
    fs::remove_file(folder.path().join(&name)).expect("a file");
    assert_eq!(eval(&folder, &[]), eval(&folder, &["--no-cache"]), "gone");
    folder.write("plan.goal", PLAN.replace("2021-04-10", "2021-03-31").replace("\"EU\"", "\"NA\"").as_bytes());
    assert_eq!(eval(&folder, &[]), eval(&folder, &["--no-cache"]), "another plan");
}

#[test]
fn entries_may_vanish_and_be_damaged() {
    let folder = days(20, FEW);
    let whole = eval(&folder, &[]);
    let cache = folder.path().join(".cache/milepost");
    let entries = || fs::read_dir(&cache).expect("a folder").map(|e| e.expect("an entry").path());
    assert_eq!(entries().count(), 20);
    for (at, path) in entries().enumerate() {
        let mut bytes = fs::read(&path).expect("an entry");
        match at % 4 {
            0 => bytes.truncate(bytes.len() / 2),
            1 => bytes.iter_mut().skip(70).step_by(5).for_each(|b| *b ^= 0x55),
            // Of another build.
            2 => bytes[3] ^= 1,
            _ => {
                fs::remove_file(&path).expect("an entry");
                continue;
            }
        }
        fs::write(&path, bytes).expect("an entry");
    }
    assert_eq!(eval(&folder, &[]), whole);
    fs::remove_dir_all(&cache).expect("a folder");
    assert_eq!(eval(&folder, &[]), whole);
    // A folder that can't be made: nothing is kept, and nothing is missing.
    folder.write("file", b"");
    assert_eq!(eval(&folder, &["--cache-dir", "file/cache"]), whole);
}

#[test]
fn a_file_written_this_moment_is_not_kept() {
    let folder = days(5, FEW);
    let (name, text) = day(5, FEW);
    folder.write(&name, text.as_bytes());
    let path = folder.path().join(&name);
    let soon = SystemTime::now() + Duration::from_secs(60);
    fs::File::options().append(true).open(&path).expect("a file").set_modified(soon).expect("a time");
    eval(&folder, &[]);
    assert_eq!(fs::read_dir(folder.path().join(".cache/milepost")).expect("a folder").count(), 5);
}

/// One part in a hundred: what the readers say that they have read, while the table is opened and while it is judged.
#[test]
fn the_readers_read_what_is_new() {
    let folder = days(100, FEW);
    let all = folder.path().join("posts");
    let source = TableSource::given("posts", all.to_str().expect("a path"), "posts");
    let likes = || Row::Column("likes".into());
    let requests = [Measure::Sum(likes()), Measure::Median(likes()), Measure::Last(likes()), Measure::Count];
    let request = |measure| Request { measure, filter: None, window: None, group: None };
    let query = Query { table: "posts".into(), excluded: Vec::new(), requests: requests.map(request).into() };
    let read = || {
        let mut engine = DataFusionEngine::new(Some(2)).expect("an engine");
        let progress = Progress::default();
        engine.set_progress(progress.clone());
        engine.set_cache(folder.path().join("cache"));
        engine.open(&source).expect("a table");
        let opened = progress.seen().bytes;
        let answers = engine.run(&query).expect("answers");
        (opened, progress.seen().bytes, answers.len())
    };
    let bytes = |path: &Path| fs::metadata(path).expect("a file").len();
    let whole: u64 = fs::read_dir(&all).expect("a folder").map(|e| bytes(&e.expect("a file").path())).sum();
    assert_eq!(read(), (whole, whole, 4));
    add(&folder, 100, FEW);
    let new = bytes(&folder.path().join(day(100, FEW).0));
    assert_eq!(read(), (new, new, 4));
    assert!(new * 99 < whole, "{new} of {whole}");
    let (opened, _, _) = read();
    assert_eq!(opened, 0, "nothing is new");
}

/// The same from outside: what the system says that the process has read.
#[cfg(target_os = "linux")]
#[test]
fn the_process_reads_what_is_new() {
    let folder = days(100, MANY);
    // Of values that can be added up a few bytes are kept.
    let plan = PLAN.lines().filter(|line| !["people", "typical"].iter().any(|word| line.contains(word)));
    folder.write("plan.goal", plan.collect::<Vec<_>>().join("\n").as_bytes());
    eval(&folder, &[]);
    add(&folder, 100, MANY);
    let (Some(kept), Some(all)) = (bytes_read(&folder, &[]), bytes_read(&folder, &["--no-cache"])) else {
        eprintln!("skipped: the system doesn't say what a process has read");
        return;
    };
    // The rest are entries, and what every process reads.
    let data: u64 = (0..101).map(|number| day(number, MANY).1.len() as u64).sum();
    assert!(all >= 2 * data, "each file is looked through and read: {all} of {data}");
    assert!(kept + data * 3 / 2 < all, "{kept} instead of {all}, the files being {data}");
}

#[cfg(target_os = "linux")]
fn bytes_read(folder: &Folder, more: &[&str]) -> Option<u64> {
    let mut command = folder.command(&["eval", "plan.goal", "--as-of", "2021-04-11"]);
    let mut child = command.args(more).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
    let read = ended(&child).then(|| fs::read_to_string(format!("/proc/{}/io", child.id())).ok()).flatten();
    child.wait().expect("it ends");
    read?.lines().find_map(|line| line.strip_prefix("rchar: ")?.parse().ok())
}

/// Waits until a process has ended, and leaves it to be asked.
#[cfg(target_os = "linux")]
fn ended(child: &Child) -> bool {
    let state = || fs::read_to_string(format!("/proc/{}/stat", child.id()));
    for _ in 0..6000 {
        match state() {
            Ok(stat) if stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')) => return true,
            Ok(_) => std::thread::sleep(Duration::from_millis(20)),
            Err(_) => return false,
        }
    }
    false
}

/// What nobody asked for in a long time is removed; what somebody else put there isn't.
#[test]
fn only_entries_are_swept() {
    let folder = folder(&[("plan.goal", PLAN)]);
    (0..3).for_each(|number| add(&folder, number, FEW));
    let cache = folder.path().join("kept");
    fs::create_dir(&cache).expect("a folder");
    let old_entry = "ab".repeat(32);
    let names = ["diary.txt", "deadbeef", &old_entry];
    for name in names {
        let path = cache.join(name);
        fs::write(&path, "dear diary").expect("a file");
        let file = fs::File::options().append(true).open(&path).expect("a file");
        file.set_modified(SystemTime::now() - Duration::from_secs(400 * 24 * 60 * 60)).expect("a time");
    }
    folder.run(&["eval", "plan.goal", "--cache-dir", "kept"]);
    assert_eq!(names.map(|name| cache.join(name).exists()), [true, true, false]);
}
