//! Formulas over series, windows, baselines, verdicts. Pure: given the plan, an engine's answers and the as-of moment.

pub mod grid;
pub mod verdict;
