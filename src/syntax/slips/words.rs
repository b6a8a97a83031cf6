//! Words that people use for the language's own.

use crate::syntax::grammar::Rule;
use std::sync::LazyLock;

/// What people write, and the word for it here.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("guard", "guardrail"),
    ("guards", "guardrail"),
    ("guardrails", "guardrail"),
    ("guarding", "guardrail"),
    ("kpi", "measure"),
    ("kpis", "measure"),
    ("measures", "measure"),
    ("measuring", "measure"),
    ("measured", "measure"),
    ("tracking", "measure"),
    ("indicators", "measure"),
    ("vs", "from"),
    ("versus", "from"),
    ("since", "from"),
    ("baseline", "from"),
    ("starting", "from"),
    ("during", "in"),
    ("throughout", "in"),
    ("until", "by"),
    ("till", "by"),
    ("deadline", "by"),
    ("due", "by"),
    ("filter", "where"),
    ("only", "where"),
    ("support", "supports"),
    ("supporting", "supports"),
    ("ceiling", "cap"),
    ("limit", "cap"),
    ("tolerance", "grace"),
    ("checkpoint", "checkpoints"),
    ("reviewed", "checkpoints"),
    ("owned", "owner"),
    ("description", "about"),
    ("because", "about"),
    ("drive", "drives"),
    ("daily", "every day"),
    ("weekly", "every week"),
    ("monthly", "every month"),
    ("quarterly", "every quarter"),
    ("yearly", "every year"),
    ("annually", "every year"),
    ("each", "every"),
    ("reach", "to"),
    ("reaches", "to"),
    ("doubles", "double"),
    ("doubled", "double"),
    ("halves", "halve"),
    ("halved", "halve"),
    ("triple", "x3"),
    ("triples", "x3"),
    ("increase", "up"),
    ("increases", "up"),
    ("decrease", "down"),
    ("decreases", "down"),
    ("improve", "up"),
    ("relatively", "relative"),
];

/// The word of the language for `word`.
pub fn other(word: &str) -> Option<&'static str> {
    OTHER_WORDS.iter().find(|(wrong, _)| *wrong == word).map(|(_, right)| *right)
}

/// Every word of the language.
pub static KEYWORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let more = ["weekly", "monthly", "quarterly", "linear", "compound", "seasonal", "double", "halve", "up", "down"];
    let status = ["met", "late", "missed", "started", "off", "data"];
    let named = Rule::all_rules().iter().filter(|r| **r != Rule::k_becomes);
    let named = named.filter_map(|r| format!("{r:?}").strip_prefix("k_").map(str::to_owned));
    named.chain(more.into_iter().chain(status).map(str::to_owned)).collect()
});

/// True for a word of the language, as it is written.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.iter().any(|k| k == word)
}

/// The nearest of `words`, where one is near.
pub fn nearest<'a>(word: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let length = lower.chars().count();
    if !(3..=16).contains(&length) {
        return None;
    }
    let most = if length <= 5 { 1 } else { 2 };
    words
        .filter(|w| w.len() > 2)
        .map(|w| (strsim::damerau_levenshtein(&lower, w), w))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, w)| w)
}
