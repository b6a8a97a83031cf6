//! What the names in a goal stand for, in the order in which they come up.

use crate::eval::words;
use crate::model::plan::{Campaign, Formula, Goal, GoalBody, Metric, Node, Plan, Timing};

/// A name and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// The name.
    pub name: String,
    /// As the plan writes it.
    pub text: String,
}

/// The names of a goal's subject, targets, filter and campaign, and those that their formulas name.
pub fn of(plan: &Plan, goal: &Goal) -> Vec<Meaning> {
    let mut found: Vec<Meaning> = Vec::new();
    // Texts whose words may be names.
    let mut texts: Vec<String> = vec![goal.wanted.clone()];
    texts.extend(goal.filter.as_ref().map(|f| f.text.clone()));
    match &goal.body {
        GoalBody::Measured { subject, text, .. } => {
            words::visit(plan, subject, &mut |f| match &f.node {
                Node::Metric(id) => add_metric(&mut found, &mut texts, plan.metrics.get_index(*id)),
                Node::Filter(_, condition) => texts.push(condition.text.clone()),
                _ => {}
            });
            texts.push(text.clone());
        }
        GoalBody::Rows { text, .. } => texts.push(text.clone()),
        GoalBody::Combined { .. } => return found,
    }
    let campaign = match goal.timing {
        Timing::In { campaign, .. } | Timing::Every { campaign, .. } => campaign,
        _ => None,
    };
    if let Some((name, campaign)) = campaign.and_then(|id| plan.campaigns.get_index(id)) {
        texts.push(name.clone());
        texts.extend(campaign.filter.as_ref().map(|f| f.text.clone()));
    }
    follow(plan, texts, &mut found);
    found
}

/// Likewise for a condition alone.
pub fn of_formula(plan: &Plan, formula: &Formula, text: &str) -> Vec<Meaning> {
    let mut found = Vec::new();
    let mut texts = vec![text.to_owned()];
    words::visit(plan, formula, &mut |f| {
        if let Node::Metric(id) = &f.node {
            add_metric(&mut found, &mut texts, plan.metrics.get_index(*id));
        }
    });
    follow(plan, texts, &mut found);
    found
}

/// Adds the names that texts speak of, and those that their own texts do.
fn follow(plan: &Plan, mut texts: Vec<String>, found: &mut Vec<Meaning>) {
    let mut next = 0;
    while let Some(text) = texts.get(next).cloned() {
        next += 1;
        for word in names(&text) {
            if found.iter().any(|m| m.name == word) {
                continue;
            }
            let text = match (plan.metrics.get(word), plan.lets.get(word), plan.segments.get(word)) {
                (Some(metric), ..) => described(metric),
                (_, Some(cell), _) => cell.text.clone(),
                (.., Some(segment)) => segment.condition.text.clone(),
                _ => match plan.campaigns.get(word) {
                    Some(campaign) => period(campaign),
                    None => continue,
                },
            };
            texts.push(text.clone());
            found.push(Meaning { name: word.to_owned(), text });
        }
    }
}

fn add_metric(found: &mut Vec<Meaning>, texts: &mut Vec<String>, metric: Option<(&String, &Metric)>) {
    let Some((name, metric)) = metric else { return };
    if !found.iter().any(|m| m.name == *name) {
        let text = described(metric);
        texts.push(text.clone());
        found.push(Meaning { name: name.clone(), text });
    }
}

/// A metric's formula with its own `where`.
fn described(metric: &Metric) -> String {
    match &metric.value.node {
        Node::Filter(_, condition) if !metric.text.contains(&condition.text) => {
            format!("{} where {}", metric.text, condition.text)
        }
        _ => metric.text.clone(),
    }
}

fn period(campaign: &Campaign) -> String {
    let filter = campaign.filter.as_ref().map(|f| format!(" where {}", f.text)).unwrap_or_default();
    let budget = match campaign.budget.as_ref().map(|b| (&b.node, b.gives.unit())) {
        Some((Node::Number(x), unit)) => format!(", budget {}", crate::quantity::show(*x, &unit)),
        _ => String::new(),
    };
    format!("{}{filter}{budget}", campaign.window)
}

/// The words of a text outside of quotes that may be names; a column after a dot is none.
fn names(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (i, piece) in text.split('"').enumerate() {
        if i % 2 == 1 {
            continue;
        }
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let mut start = None;
        for (at, c) in piece.char_indices().chain([(piece.len(), ' ')]) {
            match (is_word(c), start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    let after_dot = piece[..from].ends_with('.');
                    let word = &piece[from..at];
                    if !after_dot && !word.starts_with(|c: char| c.is_ascii_digit()) {
                        found.push(word);
                    }
                    start = None;
                }
                _ => {}
            }
        }
    }
    found
}
