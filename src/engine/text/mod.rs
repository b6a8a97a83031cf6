//! What can be told from a text by itself. Knows texts, and neither tables nor an engine.

mod find;
mod sentiment;

pub use find::{hashtag, hashtags, name, pattern};
pub use sentiment::Sentiment;
