//! Engines read tables. The trait is all that the floors above know; DataFusion and Arrow live below this room only.

use crate::query::{Answer, Query, TableInfo, TableSource};

#[cfg(feature = "ballista")]
pub mod cluster;
#[cfg(feature = "datafusion")]
pub mod datafusion;
pub mod error;
pub mod exact;
pub mod explain;
pub mod functions;
pub mod progress;
#[cfg(feature = "datafusion")]
pub mod router;
#[cfg(feature = "datafusion")]
pub mod signals;
pub mod text;
#[cfg(feature = "adbc")]
pub mod warehouse;

pub use error::DataError;
pub use progress::Progress;

/// Something that reads tables.
///
/// Determinism: the same files and query give the same bytes, on any number of threads.
pub trait Engine {
    /// Opens a table: reads its schema, counts and hashes it, finds its time column.
    ///
    /// # Errors
    /// [`DataError`] where the file can't be read or doesn't fit what the plan says of it.
    fn open(&mut self, table: &TableSource) -> Result<TableInfo, DataError>;

    /// Answers all requests over one opened table in one reading, in their order.
    ///
    /// # Errors
    /// [`DataError`] where a row can't be read or a column is not there or not of the type that an expression needs.
    fn run(&mut self, query: &Query) -> Result<Vec<Answer>, DataError>;
}
