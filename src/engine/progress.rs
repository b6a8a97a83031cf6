//! How far a reading is, for whoever waits for it, the wish that it stop, and what it did in the end, where somebody asked.
//! Knows no engine, and draws nothing.

use super::DataError;
use super::explain::Reading;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What a reading is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A table is looked through: its columns, its times, its hash.
    Opening,
    /// Its rows are read.
    Reading,
}

/// How far it is. A clone shares the counters.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    stop: AtomicBool,
    explained: Mutex<Option<Vec<Reading>>>,
    now: Mutex<Option<(Stage, String)>>,
    rows: AtomicU64,
    bytes: AtomicU64,
    files: AtomicU64,
    all_bytes: AtomicU64,
    all_files: AtomicU64,
}

/// How far the reading of one table is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// What is done, with which table; nothing before the first one.
    pub now: Option<(Stage, String)>,
    /// Rows read.
    pub rows: u64,
    /// Bytes read; of files that are read in parts an estimate by their rows.
    pub bytes: u64,
    /// Files done.
    pub files: u64,
    /// Bytes that will be read; 0 where nobody knows.
    pub all_bytes: u64,
    /// Files that will be read; 0 where there are none.
    pub all_files: u64,
}

impl Progress {
    /// From now on, this is done: with so many files, of which so many bytes will be read (0 where nobody knows).
    pub fn begin(&self, stage: Stage, table: &str, files: usize, bytes: u64) {
        let c = &self.0;
        *c.now.lock().unwrap_or_else(PoisonError::into_inner) = Some((stage, table.to_owned()));
        [&c.rows, &c.bytes, &c.files].into_iter().for_each(|n| n.store(0, Ordering::Relaxed));
        c.all_bytes.store(bytes, Ordering::Relaxed);
        c.all_files.store(files as u64, Ordering::Relaxed);
    }

    /// So many more rows are read.
    pub fn rows(&self, more: u64) {
        self.0.rows.fetch_add(more, Ordering::Relaxed);
    }

    /// So many more bytes are.
    pub fn bytes(&self, more: u64) {
        self.0.bytes.fetch_add(more, Ordering::Relaxed);
    }

    /// One more file is done.
    pub fn file(&self) {
        self.0.files.fetch_add(1, Ordering::Relaxed);
    }

    /// How far it is now.
    pub fn seen(&self) -> Seen {
        let c = &self.0;
        let of = |n: &AtomicU64| n.load(Ordering::Relaxed);
        Seen {
            now: c.now.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            rows: of(&c.rows),
            bytes: of(&c.bytes),
            files: of(&c.files),
            all_bytes: of(&c.all_bytes),
            all_files: of(&c.all_files),
        }
    }

    /// From now on, readings say what they did.
    pub fn explain(&self) {
        self.0.explained.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default();
    }

    /// What a reading did, worked out where somebody asked for it; rows and bytes are those that were told.
    pub fn note(&self, reading: impl FnOnce() -> Reading) {
        let mut explained = self.0.explained.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(all) = &mut *explained {
            let Seen { rows, bytes, .. } = self.seen();
            all.push(Reading { rows, bytes, ..reading() });
        }
    }

    /// What readings did since somebody asked.
    pub fn explained(&self) -> Vec<Reading> {
        self.0.explained.lock().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default()
    }

    /// The reading is to end as soon as it can, with [`DataError::Interrupted`].
    pub fn stop(&self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }

    /// True where it is to end.
    pub fn stopped(&self) -> bool {
        self.0.stop.load(Ordering::Relaxed)
    }

    /// Asked between two pieces of work.
    ///
    /// # Errors
    /// [`DataError::Interrupted`] where the reading is to end.
    pub fn go_on(&self) -> Result<(), DataError> {
        if self.stopped() { Err(DataError::Interrupted) } else { Ok(()) }
    }

    /// What a reading came to: what went wrong in one that was to end, went wrong for that.
    ///
    /// # Errors
    /// [`DataError::Interrupted`] where it was to end, else its own.
    pub fn over<T>(&self, read: Result<T, DataError>) -> Result<T, DataError> {
        self.go_on().and(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_one_table_after_the_other() {
        let progress = Progress::default();
        let told = progress.clone();
        told.begin(Stage::Opening, "posts", 2, 100);
        told.rows(8);
        told.bytes(60);
        told.file();
        let posts = Some((Stage::Opening, "posts".to_owned()));
        let expected = Seen { now: posts, rows: 8, bytes: 60, files: 1, all_bytes: 100, all_files: 2 };
        assert_eq!(progress.seen(), expected);
        told.begin(Stage::Reading, "subs", 1, 0);
        let subs = Some((Stage::Reading, "subs".to_owned()));
        assert_eq!(progress.seen(), Seen { now: subs, all_files: 1, ..Seen::default() });
    }

    #[test]
    fn a_wish_to_stop_reaches_all_who_share_it() {
        let one = Progress::default();
        let other = one.clone();
        assert!(one.over(Ok(3)).is_ok());
        other.stop();
        assert!(matches!(one.over(Ok(3)), Err(DataError::Interrupted)));
        assert!(matches!(one.go_on(), Err(DataError::Interrupted)));
    }
}
