//! Runs requests on threads of their own, so that any thread can wait for one. Knows no store.

use super::failure::Failure;
use crate::engine::Progress;
use std::future::Future;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// Threads for requests: they wait far more than they work.
const THREADS: usize = 2;

/// How often who waits for a request looks whether to go on.
const GLANCE: Duration = Duration::from_millis(50);

/// Where requests run.
#[derive(Clone)]
pub struct Worker {
    runtime: Arc<Held>,
    patience: Duration,
    progress: Progress,
}

/// The runtime, started by the first request.
#[derive(Default)]
struct Held(OnceLock<Runtime>);

impl Drop for Held {
    fn drop(&mut self) {
        // Plainly dropped, a runtime waits for its threads, which isn't allowed on a thread that drives another one.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Worker {
    /// Nothing is started yet. `patience` is how long a server may be silent.
    pub fn new(patience: Duration) -> Self {
        Self { runtime: Arc::default(), patience, progress: Progress::default() }
    }

    /// How long a server may be silent.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// From now on, this is told of what travels, and asked whether to go on.
    pub fn set_progress(&mut self, progress: Progress) {
        self.progress = progress;
    }

    /// Is told of what travels.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Waits for a future, on any thread, also on one that drives a runtime of its own.
    ///
    /// # Errors
    /// What the future gives; no threads; that nobody wants it any more.
    pub fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        let (give, take) = std::sync::mpsc::sync_channel(1);
        let request = self.runtime()?.spawn(async move {
            // Nobody takes it only where the waiting thread is gone.
            _ = give.send(future.await);
        });
        let ended = || Err(Failure::Broken("its request was ended".to_owned()));
        loop {
            match take.recv_timeout(GLANCE) {
                Ok(done) => return done,
                Err(RecvTimeoutError::Disconnected) => return ended(),
                Err(RecvTimeoutError::Timeout) if self.progress.stopped() => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        request.abort();
        // What it holds, such as half a copy, goes before the program does.
        while take.recv().is_ok() {}
        ended()
    }

    fn runtime(&self) -> Result<&Runtime, Failure> {
        if let Some(runtime) = self.runtime.0.get() {
            return Ok(runtime);
        }
        let built = Builder::new_multi_thread().worker_threads(THREADS).enable_all().build();
        let built = built.map_err(|e| Failure::Broken(format!("no threads for requests: {e}")))?;
        // Where two threads come at once, one of the runtimes is given up.
        if let Err(second) = self.runtime.0.set(built) {
            second.shutdown_background();
        }
        self.runtime.0.get().ok_or_else(|| Failure::Broken("no threads for requests".to_owned()))
    }
}

/// One step of a request, as long as the server may be silent.
///
/// # Errors
/// Silence.
pub async fn patiently<T>(patience: Duration, step: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::time::timeout(patience, step).await.map_err(|_| Failure::Silent(patience))
}
