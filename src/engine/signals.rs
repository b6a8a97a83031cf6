//! Ctrl-C, and the system's wish that a program end, as calls: they are waited for as requests are, so they live where
//! those do. Knows nothing of what is done then.

use std::io;
use tokio::runtime::Builder;
pub use wait::Signals;

/// From now on, each such signal calls `act`, on a thread of its own, instead of ending the process.
///
/// # Errors
/// Where the system gives no thread or no signals; they then do what they do by default.
pub fn each(mut act: impl FnMut() + Send + 'static) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut signals = {
        let _inside = runtime.enter();
        wait::Signals::new()?
    };
    let waiting = std::thread::Builder::new().name("signals".to_owned());
    waiting.spawn(move || {
        runtime.block_on(async {
            while signals.next().await.is_some() {
                act();
            }
        });
    })?;
    Ok(())
}

#[cfg(unix)]
mod wait {
    use std::io;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// Ctrl-C, and what `kill` sends. While there is one, neither ends the process.
    #[derive(Debug)]
    pub struct Signals {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Signals {
        /// From now on; within a runtime only.
        ///
        /// # Errors
        /// Where the system gives no signals.
        pub fn new() -> io::Result<Self> {
            Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
        }

        /// Waits for the next one; `None` where none will come.
        pub async fn next(&mut self) -> Option<()> {
            use std::future::poll_fn;
            use std::task::Poll;
            poll_fn(|context| match self.interrupt.poll_recv(context) {
                Poll::Pending => self.terminate.poll_recv(context),
                ready => ready,
            })
            .await
        }
    }
}

#[cfg(not(unix))]
mod wait {
    use std::io;

    /// Ctrl-C.
    #[derive(Debug)]
    pub struct Signals;

    impl Signals {
        /// From now on; within a runtime only.
        ///
        /// # Errors
        /// None.
        pub fn new() -> io::Result<Self> {
            Ok(Self)
        }

        /// Waits for the next one; `None` where none will come.
        pub async fn next(&mut self) -> Option<()> {
            tokio::signal::ctrl_c().await.ok()
        }
    }
}
