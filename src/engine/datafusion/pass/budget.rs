//! How much memory all threads of a pass hold together. Knows bytes only.

use super::worker::Stop;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What may be held, and what is.
pub struct Budget {
    limit: usize,
    held: AtomicUsize,
}

impl Budget {
    /// With nothing held yet; `limit` in bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, held: AtomicUsize::new(0) }
    }

    /// One thread held `before` bytes and holds `now` bytes.
    ///
    /// # Errors
    /// [`Stop::Memory`] where all together hold more than they may.
    pub fn account(&self, before: usize, now: usize) -> Result<(), Stop> {
        let more = now.saturating_sub(before);
        let all = self.held.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        if all > self.limit { Err(Stop::Memory) } else { Ok(()) }
    }

    /// So many bytes aren't held any more.
    pub fn free(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// What may still be held.
    pub fn left(&self) -> usize {
        self.limit.saturating_sub(self.held.load(Ordering::Relaxed))
    }
}
