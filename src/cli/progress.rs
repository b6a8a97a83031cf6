//! What a person sees while data is read: nothing for a second, then how many files, bytes and rows so far.

use super::exit::CommandError;
use super::interrupt::{self, Reading};
use crate::engine;
use crate::engine::progress::{Seen, Stage};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Shorter waits are not worth a word.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// Of so many parts is the bar.
const PARTS: u64 = 1000;

/// Runs until it is dropped; meanwhile, Ctrl-C only asks the reading to stop. Silent where standard error is no terminal.
#[derive(Debug)]
pub struct Progress {
    read: engine::Progress,
    shown: Option<(Sender<()>, JoinHandle<()>)>,
    _reading: Reading,
}

impl Progress {
    /// Starts the clock.
    pub fn start() -> Self {
        let reading = Reading::begin();
        let read = reading.progress();
        // One line is enough for two plans.
        let shown = (reading.first && std::io::stderr().is_terminal()).then(|| {
            let (done, ended) = channel();
            let read = read.clone();
            (done, std::thread::spawn(move || show(&read, &ended)))
        });
        Self { read, shown, _reading: reading }
    }

    /// Is told of what is read.
    pub fn listener(&self) -> engine::Progress {
        self.read.clone()
    }

    /// All is read.
    ///
    /// # Errors
    /// [`CommandError::Interrupted`] where somebody asked to stop: what was read is not to be used.
    pub fn end(self) -> Result<(), CommandError> {
        drop(self);
        if interrupt::asked() { Err(CommandError::Interrupted) } else { Ok(()) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.shown.take() {
            drop(done);
            // It has only drawn; there is nothing to tell where it failed.
            let _ = thread.join();
        }
    }
}

/// Takes a bar off the terminal whose thread won't come to it.
#[cfg(feature = "datafusion")]
pub fn clear() {
    use std::io::Write;
    let mut err = std::io::stderr();
    if err.is_terminal() {
        // Where that fails there is nobody to tell.
        let _ = err.write_all(b"\r\x1b[2K").and_then(|()| err.flush());
    }
}

/// Draws until the other end is dropped.
fn show(read: &engine::Progress, ended: &Receiver<()>) {
    let start = Instant::now();
    if ended.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let bar = ProgressBar::new(PARTS);
    let style = |template: &str| {
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
    };
    let mut known = None;
    while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        let seen = read.seen();
        let done = share(&seen);
        if known != Some(done.is_some()) {
            known = Some(done.is_some());
            style(if done.is_some() { "{bar:20} {wide_msg}" } else { "{spinner} {wide_msg}" });
        }
        bar.set_position(done.unwrap_or(0));
        bar.set_message(text(&seen, start.elapsed(), interrupt::asked()));
        bar.tick();
    }
    bar.finish_and_clear();
}

/// How much of what will be read is read, in parts of the bar; nothing where nobody knows.
fn share(seen: &Seen) -> Option<u64> {
    let (done, all) = if seen.all_bytes > 0 { (seen.bytes, seen.all_bytes) } else { (seen.files, seen.all_files) };
    (all > 1).then(|| (u128::from(done.min(all)) * u128::from(PARTS) / u128::from(all)) as u64)
}

/// `reading posts · 12 of 100 files · 1.2 GB of 3.4 GB · 34,000,000 rows · 7 s`
fn text(seen: &Seen, since: Duration, stopping: bool) -> String {
    let mut parts = vec![match &seen.now {
        _ if stopping => "stopping (Ctrl-C again ends at once)".to_owned(),
        Some((Stage::Opening, table)) => format!("opening {}", shown(table)),
        Some((Stage::Reading, table)) => format!("reading {}", shown(table)),
        None => "reading data".to_owned(),
    }];
    if seen.all_files > 1 {
        parts.push(format!("{} of {} files", HumanCount(seen.files), HumanCount(seen.all_files)));
    }
    match (seen.bytes, seen.all_bytes) {
        (0, 0) => {}
        (bytes, 0) => parts.push(size(bytes)),
        (bytes, all) => parts.push(format!("{} of {}", size(bytes.min(all)), size(all))),
    }
    if seen.rows > 0 {
        parts.push(format!("{} rows", HumanCount(seen.rows)));
    }
    parts.push(format!("{} s", since.as_secs()));
    parts.join(" · ")
}

/// A table's name on one line.
fn shown(table: &str) -> String {
    table.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `640 B`, `1.2 GB`: three digits at the most.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    let Some(unit) = UNITS.iter().rev().enumerate().find_map(|(i, unit)| {
        let one = 1000_u64.pow((UNITS.len() - i) as u32);
        (bytes >= one).then_some((one, *unit))
    }) else {
        return format!("{bytes} B");
    };
    let tenths = bytes / (unit.0 / 10);
    match tenths < 1000 {
        true => format!("{}.{} {}", tenths / 10, tenths % 10, unit.1),
        false => format!("{} {}", tenths / 10, unit.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posts(stage: Stage) -> Seen {
        Seen { now: Some((stage, "posts".to_owned())), ..Seen::default() }
    }

    #[test]
    fn says_what_is_known() {
        let seven = Duration::from_millis(7_900);
        let said = |seen: &Seen| text(seen, seven, false);
        assert_eq!(said(&Seen::default()), "reading data · 7 s");
        assert_eq!(said(&posts(Stage::Opening)), "opening posts · 7 s");
        let folder = Seen {
            rows: 34_000_000,
            bytes: 1_234_567_890,
            files: 12,
            all_bytes: 3_400_000_000,
            all_files: 100,
            ..posts(Stage::Reading)
        };
        let expected = "reading posts · 12 of 100 files · 1.2 GB of 3.4 GB · 34,000,000 rows · 7 s";
        assert_eq!(said(&folder), expected);
        // A database says neither files nor bytes; one file needs no count.
        assert_eq!(said(&Seen { rows: 8192, ..posts(Stage::Reading) }), "reading posts · 8,192 rows · 7 s");
        let one = Seen { bytes: 640, all_files: 1, ..posts(Stage::Reading) };
        assert_eq!(said(&one), "reading posts · 640 B · 7 s");
        assert_eq!(text(&one, seven, true), "stopping (Ctrl-C again ends at once) · 640 B · 7 s");
        let odd = Seen { now: Some((Stage::Opening, "a\n\u{1b}[2J".to_owned())), ..Seen::default() };
        assert_eq!(said(&odd), "opening a  [2J · 7 s");
    }

    #[test]
    fn sizes_have_three_digits() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (99_949, "99.9 kB"),
            (100_000, "100 kB"),
            (999_999, "999 kB"),
            (514_000_000, "514 MB"),
            (u64::MAX, "18.4 EB"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(size(bytes), expected);
        }
    }

    #[test]
    fn the_bar_goes_by_bytes_else_by_files() {
        let bytes = Seen { bytes: 1, all_bytes: 4, files: 3, all_files: 3, ..posts(Stage::Reading) };
        assert_eq!(share(&bytes), Some(250));
        // Estimates don't go beyond the end.
        assert_eq!(share(&Seen { bytes: 9, ..bytes.clone() }), Some(1000));
        assert_eq!(share(&Seen { bytes: 0, all_bytes: 0, files: 1, all_files: 2, ..bytes.clone() }), Some(500));
        assert_eq!(share(&posts(Stage::Reading)), None);
    }
}
