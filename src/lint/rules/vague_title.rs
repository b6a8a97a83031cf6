//! S105: titles of words that fit every goal, or that ask for more than the goal does.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{GoalBody, Node, TargetKind};

pub static RULE: Rule = Rule {
    code: "S105",
    name: "vague-title",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("vague_title.md"),
};

/// Words that praise or push and say neither what nor how much.
const VAGUE: &[&str] = &[
    "asap", "awesome", "best", "better", "boost", "boosting", "decrease", "enhance", "enhanced", "enhancing",
    "excellence", "excellent", "fast", "faster", "fewer", "good", "great", "greater", "greatness", "grow", "growing",
    "growth", "high", "higher", "improve", "improved", "improvement", "improvements", "improving", "increase",
    "increased", "increasing", "less", "low", "lower", "many", "maximise", "maximize", "minimise", "minimize", "more",
    "most", "much", "optimal", "optimisation", "optimise", "optimised", "optimization", "optimize", "optimized",
    "progress", "push", "quickly", "raise", "reduce", "reducing", "soon", "strengthen", "strong", "stronger",
    "succeed", "success", "successful", "top", "winning", "world-class",
];

/// Words that may stand beside those without saying what is meant.
const EMPTY: &[&str] = &[
    "a", "again", "all", "always", "an", "and", "are", "as", "at", "be", "become", "being", "business", "can",
    "company", "constantly", "continuous", "continuously", "do", "doing", "dramatically", "even", "everything",
    "everywhere", "figures", "for", "further", "general", "generally", "get", "getting", "goal", "have", "in", "is",
    "it", "its", "keep", "kpi", "kpis", "make", "metric", "metrics", "my", "number", "numbers", "objective", "of",
    "on", "or", "our", "ours", "outcome", "outcomes", "overall", "performance", "possible", "really", "result",
    "results", "significantly", "situation", "stay", "steadily", "still", "stuff", "substantially", "target", "team",
    "than", "that", "the", "thing", "things", "this", "to", "us", "very", "way", "we", "with", "work", "working",
];

/// Words without an end: however much is reached, they ask for more, or sooner. `possible` is the end of `as … as
/// possible`.
const ENDLESS: &[&str] = &["asap", "maximise", "maximize", "minimise", "minimize", "optimise", "optimize", "possible"];

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    let Some(title) = &goal.tree.title else { return };
    // Names and numbers say something in any language.
    if title.node.contains(|c: char| c.is_numeric()) || matches!(goal.goal.body, GoalBody::Combined { .. }) {
        return;
    }
    let words = || title.node.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|w| !w.is_empty());
    let at = goal.place(title.span);
    if words().all(|w| is(VAGUE, w) || is(EMPTY, w)) {
        let vague: Vec<&str> = words().filter(|w| is(VAGUE, w)).collect();
        if let Some(word) = vague.first() {
            found.say(
                Finding::new("this title says neither what is wanted nor how much", at, "")
                    .because(format!("`{word}` fits every goal there is."))
                    .help(format!("name what is measured, and how far it shall go: {:?}", proposal(context, goal))),
            );
        }
        return;
    }
    // `up` and `down` have no end either: the title says what the goal does.
    if goal.targets().iter().any(|t| matches!(t.kind, TargetKind::Up | TargetKind::Down)) {
        return;
    }
    if let Some(phrase) = words().find(|w| is(ENDLESS, w)).and_then(|w| phrase(&title.node, w)) {
        found.say(
            Finding::new(format!("the title says `{phrase}`, the goal says `{}`", goal.goal.wanted), at, "it has no end")
                .because("Who reads only the title can't tell when the goal is met, or that it ever is.")
                .help(format!("let the title say what the goal does: {:?}", proposal(context, goal))),
        );
    }
}

/// The word itself; `as many sign-ups as possible` for `possible`, and nothing where it stands otherwise.
fn phrase<'t>(title: &'t str, word: &'t str) -> Option<&'t str> {
    if !word.eq_ignore_ascii_case("possible") {
        return Some(word);
    }
    let lower = title.to_ascii_lowercase();
    let end = lower.find("as possible")? + "as possible".len();
    let before = lower.get(..end - "as possible".len())?;
    let start = if before.starts_with("as ") { 0 } else { before.find(" as ")? + 1 };
    title.get(start..end)
}

/// True where a word, in any case, is in a list, which is in order and in lower case.
fn is(list: &[&str], word: &str) -> bool {
    // Titles are many: nothing is allocated for them.
    let mut lower = [0; 16];
    let Some(lower) = lower.get_mut(..word.len()) else { return false };
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    list.binary_search_by(|w| w.as_bytes().cmp(lower)).is_ok()
}

/// `Paid memberships +5% by 2021-09-30`
fn proposal(context: &Context<'_>, goal: &GoalView<'_>) -> String {
    let metric = goal.subject().and_then(|f| match f.node {
        Node::Metric(id) => context.plan.metrics.get_index(id).map(|(_, m)| m.title.as_deref().unwrap_or(&m.name)),
        _ => None,
    });
    let name = metric.map_or_else(|| goal.subject_text().to_owned(), as_words);
    let wanted = &goal.goal.wanted;
    let bound = BOUNDS.iter().find_map(|(sign, words)| Some(format!("{words} {}", wanted.strip_prefix(sign)?)));
    format!("{name} {}", bound.as_ref().unwrap_or(wanted))
}

/// How a title says what a plan writes by a sign.
const BOUNDS: [(&str, &str); 4] = [(">= ", "at least"), ("<= ", "at most"), ("> ", "over"), ("< ", "under")];

/// `Ad return` for `ad_return`; a title stays as it is.
fn as_words(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut letters = spaced.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{EMPTY, ENDLESS, VAGUE, is};

    #[test]
    fn lists_can_be_searched() {
        for list in [VAGUE, EMPTY, ENDLESS] {
            assert!(list.is_sorted());
            assert!(list.iter().all(|w| is(list, w) && is(list, &w.to_uppercase())));
        }
    }
}
