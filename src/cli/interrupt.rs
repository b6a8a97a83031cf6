//! Ctrl-C: the first one asks a reading to stop, and ends the run where none is under way; the second one ends it at once.

use crate::engine::Progress;
use std::sync::{LazyLock, Mutex, PoisonError};

/// How far they are and the wish to stop, which all readings of the process share, as signals are the process's.
static PROGRESS: LazyLock<Progress> = LazyLock::new(Progress::default);

/// How many readings are under way. Locked while one ends or a signal comes, so that none is lost in between.
static READINGS: Mutex<usize> = Mutex::new(0);

/// A reading under way.
#[derive(Debug)]
pub struct Reading {
    /// True where no other one is.
    pub first: bool,
}

impl Reading {
    /// From now on, Ctrl-C doesn't end the process.
    pub fn begin() -> Self {
        let mut readings = READINGS.lock().unwrap_or_else(PoisonError::into_inner);
        *readings += 1;
        #[cfg(feature = "datafusion")]
        listen();
        Self { first: *readings == 1 }
    }

    /// How far it is, and whether it is to go on.
    pub fn progress(&self) -> Progress {
        PROGRESS.clone()
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        *READINGS.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
    }
}

/// True where somebody asked a reading to stop.
pub fn asked() -> bool {
    PROGRESS.stopped()
}

/// Where the system gives no signals, Ctrl-C ends the process as it does by default.
#[cfg(feature = "datafusion")]
fn listen() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| _ = crate::engine::signals::each(came));
}

#[cfg(feature = "datafusion")]
fn came() {
    let readings = READINGS.lock().unwrap_or_else(PoisonError::into_inner);
    if *readings > 0 && !PROGRESS.stopped() {
        return PROGRESS.stop();
    }
    super::progress::clear();
    std::process::exit(super::exit::Exit::Interrupted as i32)
}
