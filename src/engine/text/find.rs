//! Names, hashtags and patterns in texts, as regular expressions that take linear time. Knows texts, and no tables.

use crate::query::PATTERN_SIZE;
use regex::{Regex, RegexBuilder};
use std::sync::LazyLock;

/// A pattern as a plan writes it: found anywhere in a text, case matters. `None` where it is no regular expression, which
/// the model has refused.
pub fn pattern(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build().ok()
}

/// Finds a name as a whole word, in any case, with or without `@` or `#` before it; a sign before the name asked for
/// is left out. `None` where no name is left.
pub fn name(name: &str) -> Option<Regex> {
    let name = name.trim().trim_start_matches(['@', '#']);
    whole(r"(?:^|\W)", name)
}

/// Finds a hashtag in any case, written with or without its `#`. `None` where no tag is left.
pub fn hashtag(tag: &str) -> Option<Regex> {
    let tag = tag.trim().trim_start_matches('#');
    whole(r"(?:^|[^\w&])[#＃]", tag)
}

fn whole(before: &str, word: &str) -> Option<Regex> {
    let expression = format!(r"{before}{}(?:\W|$)", regex::escape(word));
    let build = || RegexBuilder::new(&expression).case_insensitive(true).build().ok();
    if word.is_empty() { None } else { build() }
}

/// How many hashtags: `#` and a word that holds a letter. `#1` is none, and neither is one inside a word (`a#b`) or
/// behind an `&` (`&#39;`).
pub fn hashtags(text: &str) -> usize {
    static TAG: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|[^\w&])[#＃][\p{M}\p{Nd}\p{Pc}]*\p{L}").ok());
    match (text.contains(['#', '＃']), &*TAG) {
        (true, Some(tag)) => tag.find_iter(text).count(),
        _ => 0,
    }
}
