//! S104: two goals that ask for the same.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::source::{Span, Spanned};
use crate::syntax::tree::{GoalBody, GoalClause};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

pub static RULE: Rule = Rule {
    code: "S104",
    name: "same-goal",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("same_goal.md"),
};

fn look(context: &Context<'_>, found: &mut Found) {
    let mut seen: HashMap<u64, &GoalView<'_>> = HashMap::with_capacity(context.goals.len());
    for goal in &context.goals {
        let first = *seen.entry(fingerprint(context, goal)).or_insert(goal);
        if first.number == goal.number || !same(first, goal) {
            continue;
        }
        // A goal supports one objective: to count for two, it must be written twice.
        if let (Some(a), Some(b)) = (first.goal.supports, goal.goal.supports)
            && a != b
        {
            continue;
        }
        found.say(
            Finding::new(format!("this goal asks for the same as `{}`", first.goal.name), goal.name_place(), "again")
                .and(first.name_place(), "here first")
                .because(match goal.goal.supports.and(first.goal.supports) {
                    Some(_) => "Both are met or missed together, and count twice for their objective.",
                    None => "Both are met or missed together.",
                })
                .help("keep one of them; or say what sets them apart: a where, another target, another deadline")
                .concerns(first.number)
                .concerns(goal.number),
        );
    }
}

/// The parts of a goal on which its status depends; what describes it or is only shown beside it, not.
fn judges(clause: &GoalClause) -> bool {
    use GoalClause::*;
    match clause {
        Where(_) | By(_) | In(_) | Within(_) | Every { .. } | Per(_) | From(_) | Yoy | For { .. } | Hold(_) => true,
        Guardrail(_) | Grace(_) | Cap(_) | Checkpoints(_) | Pace(_) => true,
        Measure(_) | Supports(_) | Owner(_) | Weight(_) | About(_) => false,
    }
}

/// A number that goals share which are written alike but for white space, comments and the order of clauses.
fn fingerprint(context: &Context<'_>, goal: &GoalView<'_>) -> u64 {
    let of = |span: Span| {
        let mut hasher = DefaultHasher::new();
        code(context.text(goal.place(span)), &mut hasher);
        hasher.finish()
    };
    // A sum doesn't depend on the order.
    let clauses = goal.tree.clauses.iter().filter(|c| judges(&c.node)).map(|c| of(c.span));
    let clauses = clauses.fold(0u64, u64::wrapping_add);
    let body = match &goal.tree.body {
        GoalBody::Measured { subject, targets } => {
            let targets = targets.iter().map(|t| of(t.span)).fold(0u64, u64::wrapping_add);
            of(subject.span).rotate_left(1).wrapping_add(targets)
        }
        GoalBody::Combined { all, goals } => {
            goals.iter().map(|g| of(g.span)).fold(1 + u64::from(*all), u64::wrapping_add)
        }
    };
    body.rotate_left(1) ^ clauses
}

/// Feeds a text without white space and comments outside of quotes.
fn code(text: &str, to: &mut DefaultHasher) {
    let (mut quote, mut escaped, mut comment) = (None, false, false);
    for byte in text.bytes() {
        match (byte, quote) {
            (b'\n', _) => comment = false,
            _ if comment => {}
            (_, Some(end)) => {
                if byte == end && !escaped {
                    quote = None;
                }
                escaped = byte == b'\\' && !escaped;
                to.write_u8(byte);
            }
            (b'#', None) => comment = true,
            (b' ' | b'\t' | b'\r', None) => {}
            (_, None) => {
                if matches!(byte, b'"' | b'`') {
                    quote = Some(byte);
                }
                to.write_u8(byte);
            }
        }
    }
}

/// True where two goals of one fingerprint are the same also as trees.
fn same(a: &GoalView<'_>, b: &GoalView<'_>) -> bool {
    let clauses = |goal: &GoalView<'_>| goal.tree.clauses.iter().filter(|c| judges(&c.node)).count();
    let within =
        |clause: &Spanned<GoalClause>, goal: &GoalView<'_>| goal.tree.clauses.iter().any(|c| c.node == clause.node);
    let bodies = match (&a.tree.body, &b.tree.body) {
        (GoalBody::Combined { all, goals }, GoalBody::Combined { all: other, goals: others }) => {
            all == other && goals.len() == others.len() && goals.iter().all(|g| others.contains(g))
        }
        (x, y) => x == y,
    };
    bodies && clauses(a) == clauses(b) && a.tree.clauses.iter().filter(|c| judges(&c.node)).all(|c| within(c, b))
}
