//! One reading of a table for all requests: rows are told apart by atoms of time and by combinations of dimensions'
//! values, accumulated once, and each request reads its cells. Whatever it can't do is folded the plain way.

mod active;
mod answer;
mod block;
mod budget;
mod combinations;
mod compiled;
mod dictionary;
mod extent;
mod held;
mod kept;
mod keys;
mod plan;
mod read;
mod runs;
mod stretch;
mod values;
mod worker;

pub use plan::fits;
pub use read::{Means, run};
