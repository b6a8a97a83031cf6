//! What a person sees while data is read: nothing for a second, then how many rows so far.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Shorter waits are not worth a word.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// Runs until it is dropped. Silent where standard error is no terminal.
#[derive(Debug)]
pub struct Progress {
    rows: Arc<AtomicU64>,
    shown: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts the clock.
    pub fn start() -> Self {
        let rows = Arc::new(AtomicU64::new(0));
        let shown = std::io::stderr().is_terminal().then(|| {
            let (done, ended) = channel();
            let rows = rows.clone();
            (done, std::thread::spawn(move || show(&rows, &ended)))
        });
        Self { rows, shown }
    }

    /// Is told of rows as they are read.
    pub fn listener(&self) -> Arc<dyn Fn(u64) + Send + Sync> {
        let rows = self.rows.clone();
        Arc::new(move |more| _ = rows.fetch_add(more, Ordering::Relaxed))
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

/// Draws until the other end is dropped.
fn show(rows: &AtomicU64, ended: &Receiver<()>) {
    if ended.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} reading data: {human_pos} rows, {elapsed}") {
        bar.set_style(style);
    }
    while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        bar.set_position(rows.load(Ordering::Relaxed));
        bar.tick();
    }
    bar.finish_and_clear();
}
