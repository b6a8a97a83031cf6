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
    "most", "much", "optimal", "optimisation", "optimise", "optimised", "optimization", "optimize", "optimized", "progress",
    "push", "quickly", "raise", "reduce", "reducing", "soon", "strengthen", "strong", "stronger", "succeed", "success",
    "successful", "top", "winning", "world-class",
];

/// Words that may stand beside those without saying what is meant.
const EMPTY: &[&str] = &[
    "a", "again", "all", "always", "an", "and", "are", "as", "at", "be", "become", "being", "business", "can", "company",
    "constantly", "continuous", "continuously", "do", "doing", "dramatically", "even", "everything", "everywhere",
    "figures", "for", "further", "general", "generally", "get", "getting", "goal", "have", "in", "is", "it", "its", "keep",
    "kpi", "kpis", "make", "metric", "metrics", "my", "number", "numbers", "objective", "of", "on", "or", "our", "ours",
    "outcome", "outcomes", "overall", "performance", "possible", "really", "result", "results", "significantly", "situation",
    "stay", "steadily", "still", "stuff", "substantially", "target", "team", "than", "that", "the", "thing", "things", "this",
    "to", "us", "very", "way", "we", "with", "work", "working",
];

/// Words and phrases without an end: however much is reached, they ask for more, or sooner.
const ENDLESS: &[&str] = &[
    "asap", "as soon as possible", "as fast as possible", "as quickly as possible", "as much as possible",
    "as many as possible", "as few as possible", "as little as possible", "as high as possible", "as low as possible",
    "maximise", "maximize", "minimise", "minimize", "optimise", "optimize",
];

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    let Some(title) = &goal.tree.title else { return };
    let words = || title.node.split(|c: char| !(c.is_alphanumeric() || c == '-')).filter(|w| !w.is_empty());
    // Names and numbers say something in any language.
    if title.node.contains(|c: char| c.is_numeric()) || matches!(goal.goal.body, GoalBody::Combined { .. }) {
        return;
    }
    let is = |list: &[&str], word: &str| list.iter().any(|w| w.eq_ignore_ascii_case(word));
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
    if let Some(phrase) = ENDLESS.iter().find(|p| holds(&title.node, p)) {
        found.say(
            Finding::new(format!("the title says `{phrase}`, the goal says {}", goal.goal.wanted), at, "it has no end")
                .because("Who reads only the title can't tell when the goal is met, or that it ever is.")
                .help(format!("let the title say what the goal does: {:?}", proposal(context, goal))),
        );
    }
}

/// True where `phrase`, in lower case, stands in a text as whole words, in any case.
fn holds(text: &str, phrase: &str) -> bool {
    let bytes = text.as_bytes();
    let letter = |i: Option<usize>| i.and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_alphanumeric);
    bytes.windows(phrase.len()).enumerate().any(|(i, w)| {
        w.eq_ignore_ascii_case(phrase.as_bytes()) && !letter(i.checked_sub(1)) && !letter(Some(i + phrase.len()))
    })
}

/// `Paid memberships +5% by 2021-09-30`
fn proposal(context: &Context<'_>, goal: &GoalView<'_>) -> String {
    let metric = goal.subject().and_then(|f| match f.node {
        Node::Metric(id) => context.plan.metrics.get_index(id).map(|(_, m)| m.title.as_deref().unwrap_or(&m.name)),
        _ => None,
    });
    format!("{} {}", metric.unwrap_or(goal.subject_text()), goal.goal.wanted)
}
