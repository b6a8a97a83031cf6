//! One reading of a table for all requests: rows are told apart by atoms of time and by combinations of dimensions'
//! values, accumulated once, and each request reads its cells. Knows nothing of the plain way, which folds what doesn't fit.

mod active;
mod answer;
mod block;
mod bounds;
mod budget;
mod combinations;
mod compiled;
mod dictionary;
mod ends;
mod extent;
mod held;
mod keys;
mod plan;
mod read;
mod runs;
mod stretch;
mod told;
pub(in crate::engine) mod values;
mod worker;

pub use answer::Next;
pub use plan::fits;
pub use read::{Means, each, run};
