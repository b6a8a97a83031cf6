//! M202: a change and the value it comes to, which don't come to the same.

use crate::diagnostic::Level;
use crate::lint::precision::{half, half_digit, half_digit_of};
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Observed, Rule};
use crate::model::plan::{Formula, From, Node, Target, TargetKind};
use crate::quantity::{Digits, Unit, show};
use crate::syntax::tree::{self, FromWhat, GoalClause, Multiple};

pub static RULE: Rule = Rule {
    code: "M202",
    name: "targets-disagree",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::None,
    look: Look::GoalEither(look),
    page: include_str!("targets_disagree.md"),
};

/// A number that stands for all that round to it.
#[derive(Clone, Copy)]
struct Rounded {
    value: f64,
    half: f64,
}

fn look(_: &Context<'_>, observed: Option<&Observed<'_, '_>>, goal: &GoalView<'_>, found: &mut Found) {
    let [a, b] = goal.targets() else { return };
    let (change, to) = match (&a.kind, &b.kind) {
        (TargetKind::To(to), _) => (b, to),
        (_, TargetKind::To(to)) => (a, to),
        _ => return,
    };
    let Some((base, to)) = known(observed, goal, to) else { return };
    let Some((low, high)) = reached(goal, change, base) else { return };
    // A tolerance for sums in binary: both were written by people.
    let near = 1e-9 * to.value.abs().max(base.value.abs());
    if low - near <= to.value + to.half && to.value - to.half <= high + near {
        return;
    }
    say(goal, change, base.value, to.value, found);
}

/// Baseline and value to reach: from the data, else where both are written.
fn known(observed: Option<&Observed<'_, '_>>, goal: &GoalView<'_>, to: &Formula) -> Option<(Rounded, Rounded)> {
    let half_of_to = written(goal).and_then(half_digit_of).unwrap_or(0.0);
    let half_of_base = || {
        let from = goal.clause(|c| match c {
            GoalClause::From(w) => Some(w),
            _ => None,
        });
        match from.map(|(w, _)| &w.node) {
            Some(FromWhat::Value(e)) => half_digit_of(e).unwrap_or(0.0),
            _ => 0.0,
        }
    };
    let (base, to) = match (&goal.goal.from, &to.node, observed) {
        (Some(From::Value(Formula { node: Node::Number(base), .. })), Node::Number(to), _) => (*base, *to),
        (.., Some(observed)) => {
            let measured = observed.measured(goal)?;
            let base = measured.judged.baseline.as_ref()?.datum.number()?;
            (base, measured.judged.aim?.wanted.value())
        }
        _ => return None,
    };
    Some((Rounded { value: base, half: half_of_base() }, Rounded { value: to, half: half_of_to }))
}

/// The value of `to`, as written.
fn written<'a>(goal: &GoalView<'a>) -> Option<&'a tree::Expr> {
    targets(goal)?.iter().find_map(|t| match &t.node {
        tree::Target::To(e) => Some(e),
        _ => None,
    })
}

fn targets<'a>(goal: &GoalView<'a>) -> Option<&'a [crate::source::Spanned<tree::Target>]> {
    match &goal.tree.body {
        tree::GoalBody::Measured { targets, .. } => Some(targets),
        tree::GoalBody::Combined { .. } => None,
    }
}

/// All that the change can come to, as exactly as it and the baseline are written.
fn reached(goal: &GoalView<'_>, change: &Target, base: Rounded) -> Option<(f64, f64)> {
    let half = targets(goal)?
        .iter()
        .find_map(|t| match &t.node {
            tree::Target::Change { amount, .. } => half_digit(&amount.node),
            tree::Target::Multiple(Multiple::Times(n)) => Some(half(n, false)),
            _ => None,
        })
        .unwrap_or(0.0);
    let ends = |at: &dyn Fn(f64, f64) -> f64| {
        let bases = [base.value - base.half, base.value + base.half];
        let all = bases.into_iter().flat_map(|b| [at(b, -half), at(b, half)]);
        all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    Some(match change.kind {
        TargetKind::Relative(share) => ends(&|b, h| b + (share + h) * b.abs()),
        TargetKind::Absolute(amount) => ends(&|b, h| b + amount + h),
        TargetKind::Multiple(times) => ends(&|b, h| b * (times + h)),
        TargetKind::Up => (base.value, f64::INFINITY),
        TargetKind::Down => (f64::NEG_INFINITY, base.value),
        _ => return None,
    })
}

fn say(goal: &GoalView<'_>, change: &Target, base: f64, to: f64, found: &mut Found) {
    let unit = goal.subject().map(|f| f.gives.unit()).unwrap_or_default();
    let (meant, instead) = match change.kind {
        TargetKind::Relative(share) => {
            (Some(base + share * base.abs()), Some(signed((to - base) / base.abs(), &Unit::Percent)))
        }
        TargetKind::Absolute(amount) => (Some(base + amount), None),
        TargetKind::Multiple(times) => (Some(base * times), None),
        _ => (None, None),
    };
    let Some(other) = goal.targets().iter().find(|t| !std::ptr::eq(*t, change)) else { return };
    let values: Vec<f64> = [Some(base), Some(to), meant].into_iter().flatten().collect();
    let digits = Digits::of(&unit, &values);
    let because = match meant {
        Some(meant) => format!(
            "From {}, `{}` comes to {}, and `{}` asks for {}.",
            digits.show(base),
            change.text,
            digits.show(meant),
            other.text,
            digits.show(to)
        ),
        None => format!("From {}, `{}` is no way {}.", digits.show(base), other.text, change.text),
    };
    let keep = match instead {
        Some(percent) => format!(", or write {percent}"),
        None => String::new(),
    };
    found.say(
        Finding::new(format!("`{}` and `{}` don't come to the same", change.text, other.text), change.at, "")
            .and(other.at, "this one decides")
            .because(because)
            .help(format!("keep the one that is meant{keep}")),
    );
}

/// A change with its sign.
fn signed(value: f64, unit: &Unit) -> String {
    let sign = if value < 0.0 { "" } else { "+" };
    format!("{sign}{}", show(value, unit))
}
