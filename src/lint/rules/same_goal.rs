//! S104: two goals that ask for the same.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::source::{Span, Spanned};
use crate::syntax::tree::{GoalBody, GoalClause};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};
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
    let prints: Vec<u64> = context.goals.par_iter().with_min_len(FEW).map(|goal| fingerprint(context, goal)).collect();
    // By the number of the first that asks for it: all others, in the order of the plan.
    let mut again: BTreeMap<usize, Vec<&GoalView<'_>>> = BTreeMap::new();
    let mut seen: HashMap<u64, &GoalView<'_>> = HashMap::with_capacity(context.goals.len());
    for (goal, print) in context.goals.iter().zip(prints) {
        let first = *seen.entry(print).or_insert(goal);
        if first.number == goal.number || !same(first, goal) {
            continue;
        }
        // A goal supports one objective: to count for two, it must be written twice.
        if let (Some(a), Some(b)) = (first.goal.supports, goal.goal.supports)
            && a != b
        {
            continue;
        }
        again.entry(first.number).or_default().push(goal);
    }
    for (first, others) in again {
        if let (Some(first), Some(second)) = (context.goal(first), others.first()) {
            found.say(finding(first, second, &others));
        }
    }
}

/// With fewer goals than this, threads cost more than they bring.
const FEW: usize = 256;

fn finding(first: &GoalView<'_>, second: &GoalView<'_>, others: &[&GoalView<'_>]) -> Finding {
    let message = match others.len() {
        1 => format!("this goal asks for the same as `{}`", first.goal.name),
        n => format!("this goal and {} more ask for the same as `{}`", n - 1, first.goal.name),
    };
    let twice = others.iter().any(|g| g.goal.supports.and(first.goal.supports).is_some());
    let together = if others.len() == 1 { "Both are" } else { "All are" };
    let counted = if twice { ", and count more than once for their objective" } else { "" };
    let finding = Finding::new(message, second.name_place(), "again")
        .and(first.name_place(), "here first")
        .because(format!("{together} met or missed together{counted}."))
        .help("keep one of them; or say what sets them apart: a where, another target, another deadline")
        .concerns(first.number);
    others.iter().fold(finding, |finding, goal| finding.concerns(goal.number))
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
    // Words are fed as wholes: byte by byte takes much longer.
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let taken = match (byte, quote) {
            (b'\n', _) => {
                comment = false;
                false
            }
            _ if comment => false,
            (_, Some(end)) => {
                if byte == end && !escaped {
                    quote = None;
                }
                escaped = byte == b'\\' && !escaped;
                true
            }
            (b'#', None) => {
                comment = true;
                false
            }
            (b' ' | b'\t' | b'\r', None) => false,
            (_, None) => {
                if matches!(byte, b'"' | b'`') {
                    quote = Some(byte);
                }
                true
            }
        };
        if !taken {
            to.write(&text.as_bytes()[from..at]);
            from = at + 1;
        }
    }
    to.write(&text.as_bytes()[from..]);
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
