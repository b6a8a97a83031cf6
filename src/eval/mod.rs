//! Formulas over series, windows, baselines, verdicts. Pure: given the plan, an engine's answers and the as-of moment.

pub mod aim;
pub mod along;
pub mod arithmetic;
pub mod cells;
pub mod each;
pub mod error;
pub mod formula;
pub mod frame;
pub mod functions;
pub mod goals;
pub mod grid;
pub mod measured;
pub mod moments;
pub mod notes;
pub mod objectives;
pub mod pairs;
pub mod readings;
pub mod recurring;
pub mod required;
pub mod rows;
pub mod run;
pub mod series;
pub mod subject;
pub mod timeline;
pub mod truth;
pub mod untimed;
pub mod value;
pub mod verdict;
pub mod words;

pub use error::Failure;
pub use run::{Options, evaluate};
pub use series::{SeriesOptions, constant, series};
pub use timeline::AsOf;
