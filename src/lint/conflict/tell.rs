//! Conflicts in words: who wants what, how the numbers hang together, and what is left. Knows claims; solves nothing.

use super::bound::Bound;
use super::claim::{Claim, Owner};
use super::interval::Interval;
use super::search::Conflict;
use crate::lint::{Context, Finding};
use crate::model::plan::{Formula, Node};
use crate::query::Measure;

/// What to say of claims that can't all hold; nothing where another rule says it.
pub fn conflict(context: &Context<'_>, claims: &[Claim<'_>], conflict: &Conflict) -> Option<Finding> {
    let set: Vec<&Claim<'_>> = conflict.claims.iter().filter_map(|c| claims.get(*c)).collect();
    let capped = |c: &&&Claim<'_>| matches!(c.owner, Owner::GoalCap(_) | Owner::MetricCap(_));
    let one_number = set.windows(2).all(|w| matches!(w, [a, b] if a.shape == b.shape && a.bound.lens == b.bound.lens));
    // A target beyond its own cap is A302's.
    if set.len() == 2 && one_number && set.iter().filter(capped).count() == 1 {
        return None;
    }
    let chosen = conflict.against.and_then(|(c, left)| Some((claims.get(c)?, left)));
    let main = chosen.map(|(c, _)| c).or(set.last().copied())?;
    let name = main.text;
    let message = match (set.as_slice(), chosen) {
        ([only], Some((c, left))) => {
            format!("`{} {}` can't hold: {name} is {}, whatever happens", only.text, only.wrote, rest(c, left))
        }
        ([a, b], _) if one_number => {
            format!("`{} {}` and `{} {}` can't both hold over the same time", a.text, a.wrote, b.text, b.wrote)
        }
        (_, Some((c, left))) => format!(
            "these {} can't {} hold: the others leave {name} {}, and this wants {}",
            many(set.len()),
            if set.len() == 2 { "both" } else { "all" },
            rest(c, left),
            wants(c)
        ),
        ([_, _], None) => "these two can't both hold".to_owned(),
        (_, None) => format!("these {} can't all hold", many(set.len())),
    };
    let others: Vec<&Claim<'_>> = set.iter().copied().filter(|c| c.at != main.at).collect();
    let because = match (chosen, one_number) {
        (Some((c, left)), false) => format!(
            "{}With {}, {name} comes to {}; {} is wanted.",
            ties(context, &set),
            listed(&others),
            rest(c, left),
            wants(c)
        ),
        _ => match set.as_slice() {
            [a, b] => format!("One asks for {}, the other for {}.", wants(a), wants(b)),
            _ => format!("{}{}.", ties(context, &set), listed(&set)),
        },
    };
    let help = match (one_number, chosen) {
        (false, Some((c, left))) => {
            format!("loosen one of them; with the others as they are, {name} can be {}", rest(c, left))
        }
        _ if set.len() == 1 => "ask for what can be, or look again at how it is worked out".to_owned(),
        _ => "decide which of them is meant, and change or drop the other".to_owned(),
    };
    Some(labelled(Finding::new(message, main.at, wants(main)), &set, main).because(because).help(help))
}

/// What to say of goals whose parts, met just as written, don't bring the whole.
pub fn points(context: &Context<'_>, claims: &[Claim<'_>], conflict: &Conflict) -> Option<Finding> {
    let set: Vec<&Claim<'_>> = conflict.claims.iter().filter_map(|c| claims.get(*c)).collect();
    let (whole, left) = conflict.against.and_then(|(c, left)| Some((claims.get(c)?, left)))?;
    let parts: Vec<&Claim<'_>> = set.iter().copied().filter(|c| c.at != whole.at).collect();
    let reached = rest(whole, left);
    let message = format!(
        "with the others met just as written, {} comes to {reached}, and this wants {}",
        whole.text,
        wants(whole)
    );
    let written: Vec<String> = parts
        .iter()
        .map(|c| match c.bound.point {
            Some(_) => format!("{} {}", c.text, c.wrote),
            None => format!("{} {}", c.text, wants(c)),
        })
        .collect();
    let because = format!(
        "{}{}: that makes {} {reached}. Each goal may be passed, so they can all hold; but something has to be.",
        ties(context, &set),
        written.join(", "),
        whole.text
    );
    let help = match conflict.needs.and_then(|(c, needed)| Some((claims.get(c)?, needed))) {
        Some((part, needed)) if needed.lo.is_finite() != needed.hi.is_finite() => {
            let unit = part.subject.gives.unit();
            let needed = Bound::words(part.bound.lens, needed, &unit, part.bound.point);
            format!("say which of them carries the rest: {} would have to be {needed}", part.text)
        }
        _ => "say which of them carries the rest".to_owned(),
    };
    Some(labelled(Finding::new(message, whole.at, wants(whole)), &set, whole).because(because).help(help))
}

/// Each claim with its place, and the goals that it concerns.
fn labelled(mut finding: Finding, set: &[&Claim<'_>], main: &Claim<'_>) -> Finding {
    let mut seen = vec![main.at];
    for claim in set {
        if !seen.contains(&claim.at) {
            seen.push(claim.at);
            finding = finding.and(claim.at, wants(claim));
        }
    }
    let mut goals: Vec<usize> = set.iter().filter_map(|c| c.owner.goal()).collect();
    goals.sort_unstable();
    goals.dedup();
    goals.into_iter().fold(finding, Finding::concerns)
}

/// `at least +25%`
fn wants(claim: &Claim<'_>) -> String {
    Bound::words(claim.bound.lens, claim.bound.wanted, &claim.subject.gives.unit(), None)
}

/// What is left of a claim's number, on the side where it fails.
fn rest(claim: &Claim<'_>, left: Interval) -> String {
    let wanted = claim.bound.wanted;
    let (side, beside) = match wanted.lo > left.hi {
        true => (Interval { lo: f64::NEG_INFINITY, hi: left.hi }, wanted.lo),
        false => (Interval { lo: left.lo, hi: f64::INFINITY }, wanted.hi),
    };
    Bound::words(claim.bound.lens, side, &claim.subject.gives.unit(), Some(beside))
}

/// `visits at most +10% and rate between -2% and +2%`
fn listed(set: &[&Claim<'_>]) -> String {
    let each: Vec<String> = set
        .iter()
        .map(|c| match c.owner {
            Owner::GoalCap(_) | Owner::MetricCap(_) => format!("{} capped {}", c.text, wants(c)),
            _ => format!("{} {}", c.text, wants(c)),
        })
        .collect();
    match each.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}

/// Small numbers as words.
fn many(count: usize) -> String {
    const WORDS: [&str; 10] = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    WORDS.get(count).map_or_else(|| count.to_string(), |w| (*w).to_owned())
}

/// How the metrics among them are worked out: `conversion is signups / visits. `
fn ties(context: &Context<'_>, set: &[&Claim<'_>]) -> String {
    let mut said: Vec<String> = Vec::new();
    for claim in set {
        let Node::Metric(id) = claim.subject.node else { continue };
        let Some((name, metric)) = context.plan.metrics.get_index(id) else { continue };
        let made = matches!(metric.value.node, Node::Binary(..) | Node::Call(..) | Node::Negate(_));
        let text = format!("{name} is {}. ", metric.text.split_whitespace().collect::<Vec<_>>().join(" "));
        if made && !said.contains(&text) {
            said.push(text);
        }
    }
    if let ([a, b], true) = (set, said.is_empty()) {
        let counted = |c: &Claim<'_>| match &c.subject.node {
            Node::Metric(id) => context.plan.metrics.get_index(*id).is_some_and(|(_, m)| counts(&m.value)),
            _ => counts(c.subject),
        };
        // Of two counts, the one that is to be larger is the part.
        let (part, whole) = if a.bound.wanted.lo.is_finite() { (a, b) } else { (b, a) };
        if a.shape != b.shape && counted(a) && counted(b) {
            return format!("{} counts a part of what {} counts. ", part.text, whole.text);
        }
    }
    said.concat()
}

fn counts(formula: &Formula) -> bool {
    match &formula.node {
        Node::Filter(inner, _) => counts(inner),
        Node::Aggregate(a) => matches!(a.measure, Measure::Count | Measure::Distinct(_)),
        _ => false,
    }
}
