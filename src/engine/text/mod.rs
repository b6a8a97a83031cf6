//! What can be told from a text by itself. Knows texts, and neither tables nor an engine.

mod sentiment;

pub use sentiment::Sentiment;
