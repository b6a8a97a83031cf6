//! Formulas over series, windows, baselines, verdicts. Pure: given the plan, an engine's answers and the as-of moment.

pub mod aim;
pub mod arithmetic;
pub mod cells;
pub mod formula;
pub mod frame;
pub mod measured;
pub mod required;
pub mod subject;
pub mod timeline;
pub mod value;
pub mod verdict;
pub mod words;
