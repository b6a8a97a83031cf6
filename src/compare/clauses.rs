//! One goal in two plans, clause by clause: what each means now, and what that does. Knows no other goal.

use super::beside::{self, Beside, keys};
use super::ease::{self, Accepted, Baseline, accepted};
use super::moved::Evidence;
use super::scope::{self, Scope};
use super::{ClauseChange, Effect, Side, times};
use crate::eval::aim::{deciding, needs_baseline};
use crate::eval::frame::horizon_of;
use crate::eval::subject::direction;
use crate::model::plan::{
    Checkpoint, Condition, Direction, Formula, From, Goal, GoalBody, Over, PaceKind, Plan, Quantifier, Target,
    TargetKind, Timing,
};
use crate::quantity::{Unit, show};
use std::collections::HashMap;

/// A goal of one version.
#[derive(Clone, Copy)]
pub(super) struct Of<'s, 'a> {
    pub side: &'s Side<'a>,
    pub goal: &'a Goal,
}

/// What changed between two versions of a goal.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub clauses: Vec<ClauseChange>,
    /// True where something means another thing though its text is the same.
    pub underneath: bool,
    /// True where that bears on how hard the goal is.
    pub weighs: bool,
}

impl Found {
    pub fn say(&mut self, what: &'static str, old: Option<String>, new: Option<String>, effect: Effect) {
        self.clauses.push(ClauseChange { what, old, new, effect, how: None });
    }

    pub fn below(&mut self, weighs: bool) {
        self.underneath = true;
        self.weighs |= weighs;
    }
}

/// The parts of a goal's meaning that change how it is judged, in the order in which they are told.
fn parts(of: Of<'_, '_>) -> Vec<String> {
    let Of { side, goal } = of;
    vec![
        subject(of),
        goal.filter.as_ref().map_or(String::new(), |c| side.whole.condition(c)),
        targets(of),
        times::key(side, goal),
        baseline(of),
        quantifier(side.plan(), goal),
        format!("{:?}", keys(side, &goal.kpis)),
        format!("{:?}", keys(side, &goal.guardrails)),
        format!("{:?}", checkpoints(side, goal)),
        format!("{:?} {:?}", goal.grace.map(super::meaning::span), goal.hold),
        format!("{:?} {:?}", goal.cap.as_ref().map(|c| side.whole.formula(c)), pace(goal)),
    ]
}

/// A goal's meaning, without its name, title, owner and what it supports.
pub(super) fn key(of: Of<'_, '_>) -> String {
    parts(of).join("\n")
}

/// What is measured, and over which rows: what has to be the same in two goals that are versions of one.
pub(super) fn measured(of: Of<'_, '_>) -> String {
    parts(of).into_iter().take(2).collect::<Vec<_>>().join("\n")
}

fn subject(of: Of<'_, '_>) -> String {
    match &of.goal.body {
        GoalBody::Measured { subject, .. } => format!("{:?}", of.side.whole.formula(subject)),
        GoalBody::Rows { table, value, .. } => format!("{value:?} of {}", of.side.whole.table(*table)),
        GoalBody::Combined { all, goals } => {
            let mut goals = goals.clone();
            goals.sort_unstable();
            format!("{all} {goals:?}")
        }
    }
}

fn targets(of: Of<'_, '_>) -> String {
    let keys = times::targets(of.goal).iter().map(|t| of.side.whole.target(t));
    keys.collect::<Vec<_>>().join(", ")
}

fn baseline(of: Of<'_, '_>) -> String {
    match &of.goal.from {
        Some(From::Period { period, window }) => {
            format!("{window:?} {:?}", period.span(&of.side.plan().facts.rules).map(super::meaning::span))
        }
        Some(From::Value(f)) => format!("{:?}", of.side.whole.formula(f)),
        None if of.goal.yoy => "yoy".to_owned(),
        None => format!("{:?}", implied(of.side.plan(), of.goal)),
    }
}

/// The first day of the horizon that an implied baseline, or an implied count from nothing, hangs on.
fn implied(plan: &Plan, goal: &Goal) -> Option<String> {
    let decides = match deciding(times::targets(goal)).map(|t| &t.kind) {
        Some(TargetKind::To(_)) => true,
        Some(kind) => needs_baseline(kind) || times::counted(plan, goal),
        None => false,
    };
    let Timing::By { deadline, .. } = goal.timing else { return None };
    (decides && goal.from.is_none()).then(|| horizon_of(&plan.facts, deadline).0.start.date().to_string())
}

fn quantifier(plan: &Plan, goal: &Goal) -> String {
    match &goal.quantifier {
        None => String::new(),
        Some((quantifier, over)) => {
            let how_many = match quantifier {
                Quantifier::Each => Quantifier::Share(1.0),
                other => *other,
            };
            format!("{how_many:?} {}", over_words(plan, over))
        }
    }
}

fn over_words(plan: &Plan, over: &Over) -> String {
    match over {
        Over::Dimension(column) => column.clone(),
        Over::Campaigns => "campaign".to_owned(),
        Over::Rows(table) => plan.tables.get_index(*table).map_or("", |(name, _)| name).to_owned(),
        Over::Periods(unit) => format!("{}s", unit.name()),
    }
}

fn quantifier_words(plan: &Plan, goal: &Goal) -> Option<String> {
    let (quantifier, over) = goal.quantifier.as_ref()?;
    let over = over_words(plan, over);
    Some(match quantifier {
        Quantifier::Each => format!("for each {over}"),
        Quantifier::Share(share) => format!("for {} of {over}", show(*share, &Unit::Percent)),
        Quantifier::AtMost(share) => format!("for at most {} of {over}", show(*share, &Unit::Percent)),
    })
}

fn checkpoints(side: &Side<'_>, goal: &Goal) -> Vec<String> {
    let key = |c: &Checkpoint| match c {
        Checkpoint::Every(every) => every.to_string(),
        Checkpoint::At(at, target) => format!("{at} {:?}", target.as_ref().map(|t| side.whole.target(t))),
    };
    let mut keys: Vec<String> = goal.checkpoints.iter().map(key).collect();
    keys.sort_unstable();
    keys
}

fn checkpoint_words(goal: &Goal) -> Option<String> {
    let word = |c: &Checkpoint| match c {
        Checkpoint::Every(every) => format!("every {}", every.to_string().trim_start_matches("1 ")),
        Checkpoint::At(at, None) => times::moment(*at),
        Checkpoint::At(at, Some(target)) => format!("{} {}", times::moment(*at), target.text),
    };
    let words: Vec<String> = goal.checkpoints.iter().map(word).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// Linear unless said: to say it changes nothing.
fn pace(goal: &Goal) -> Option<PaceKind> {
    goal.pace.filter(|p| *p != PaceKind::Linear)
}

/// All that changed between two versions of a goal.
///
/// `renames` are the new names of old goals that have another one.
pub(super) fn compare(
    old: Of<'_, '_>,
    new: Of<'_, '_>,
    evidence: &Evidence,
    renames: &HashMap<String, String>,
) -> Found {
    let mut found = Found::default();
    let other_subject = subject_change(old, new, renames, &mut found);
    scope_change(old, new, &mut found);
    target_and_baseline(old, new, other_subject, evidence, &mut found);
    found.clauses.extend(times::changes((old.side, old.goal), (new.side, new.goal)));
    quantifier_change(old, new, &mut found);
    beside::changes(Beside::Guardrail, old, new, &mut found);
    patience(old, new, &mut found);
    beside::changes(Beside::Kpi, old, new, &mut found);
    the_way(old, new, &mut found);
    people(old, new, &mut found);
    found
}

/// True where another thing is measured.
fn subject_change(old: Of<'_, '_>, new: Of<'_, '_>, renames: &HashMap<String, String>, found: &mut Found) -> bool {
    if subject(old) == subject(new) {
        return false;
    }
    match (&old.goal.body, &new.goal.body) {
        (GoalBody::Combined { all: a, goals: x }, GoalBody::Combined { all: b, goals: y }) => {
            let x: Vec<String> = x.iter().map(|name| renames.get(name).unwrap_or(name).clone()).collect();
            combined(found, (*a, &x), (*b, y));
        }
        (a, b) if body_words(a) == body_words(b) => found.below(true),
        (a, b) => found.say("measured", Some(body_words(a)), Some(body_words(b)), Effect::Unknown),
    }
    true
}

fn body_words(body: &GoalBody) -> String {
    match body {
        GoalBody::Measured { text, .. } | GoalBody::Rows { text, .. } => text.clone(),
        GoalBody::Combined { all, goals } => format!("{} of {}", if *all { "all" } else { "any" }, goals.join(", ")),
    }
}

/// `all of` fewer goals is easier, `any of` fewer harder.
fn combined(found: &mut Found, (old_all, old): (bool, &[String]), (all, new): (bool, &[String])) {
    let word = |all: bool| Some(if all { "all of".to_owned() } else { "any of".to_owned() });
    if old_all != all {
        found.say("asks", word(old_all), word(all), if all { Effect::Harder } else { Effect::Easier });
    }
    let (fewer, more) = if all { (Effect::Easier, Effect::Harder) } else { (Effect::Harder, Effect::Easier) };
    for goal in old.iter().filter(|g| !new.contains(g)) {
        found.say("goal", Some(goal.clone()), None, fewer);
    }
    for goal in new.iter().filter(|g| !old.contains(g)) {
        found.say("goal", None, Some(goal.clone()), more);
    }
}

fn scope_change(old: Of<'_, '_>, new: Of<'_, '_>, found: &mut Found) {
    let (a, b) = (old.goal.filter.as_deref(), new.goal.filter.as_deref());
    let key = |of: Of<'_, '_>, c: Option<&Condition>| c.map(|c| of.side.whole.condition(c));
    if key(old, a) == key(new, b) {
        return;
    }
    let lies = scope::compare(a.map(|c| &c.row), b.map(|c| &c.row));
    let text = |c: Option<&Condition>| c.map(|c| format!("where {}", c.text));
    let of_each = |goal: &Goal| matches!(goal.quantifier, Some((Quantifier::Each, Over::Dimension(_) | Over::Rows(_))));
    let effect = match lies {
        // Of every value or row that counts, fewer have to keep it.
        Scope::Narrower if of_each(old.goal) && of_each(new.goal) => Effect::Easier,
        Scope::Wider if of_each(old.goal) && of_each(new.goal) => Effect::Harder,
        _ => Effect::Unknown,
    };
    if text(a) == text(b) {
        return found.below(true);
    }
    let how = lies.word().map(str::to_owned);
    found.clauses.push(ClauseChange { what: "scope", old: text(a), new: text(b), effect, how });
}

/// The metric's direction, where the subject is one.
fn direction_of(of: Of<'_, '_>) -> Option<Direction> {
    match &of.goal.body {
        GoalBody::Measured { subject, .. } => direction(of.side.plan(), subject),
        _ => None,
    }
}

fn unit_of(goal: &Goal) -> Unit {
    match &goal.body {
        GoalBody::Measured { subject, .. } => subject.gives.unit(),
        GoalBody::Rows { gives, .. } => gives.unit(),
        GoalBody::Combined { .. } => Unit::Plain,
    }
}

fn target_and_baseline(old: Of<'_, '_>, new: Of<'_, '_>, other_subject: bool, evidence: &Evidence, found: &mut Found) {
    let (from_a, from_b) = (baseline(old), baseline(new));
    let (to_a, to_b) = (targets(old), targets(new));
    if from_a == from_b && to_a == to_b {
        return;
    }
    let (effect, how) = match other_subject {
        true => (Effect::Unknown, None),
        false => asked(old, new, from_a == from_b, evidence),
    };
    if to_a != to_b {
        let (a, b) = (target_words(old), target_words(new));
        match a == b {
            true => found.below(true),
            false => {
                found.clauses.push(ClauseChange { what: "target", old: a, new: b, effect, how: how.clone() });
            }
        }
    }
    if from_a != from_b {
        // Where the target changed as well, what both come to stands there.
        let (effect, how) = if to_a == to_b { (effect, how) } else { (Effect::None, None) };
        let (a, b) = (baseline_words(old), baseline_words(new));
        match a == b {
            true => found.below(true),
            false => found.clauses.push(ClauseChange { what: "baseline", old: a, new: b, effect, how }),
        }
    }
}

/// Which of two goals over one subject asks for more, by target and baseline together.
fn asked(old: Of<'_, '_>, new: Of<'_, '_>, same_baseline: bool, evidence: &Evidence) -> (Effect, Option<String>) {
    let unit = unit_of(new.goal);
    let (a, b) = (deciding(times::targets(old.goal)), deciding(times::targets(new.goal)));
    let (Some(a), Some(b)) = (a, b) else { return (Effect::Unknown, None) };
    let fixed = |of: Of<'_, '_>, target: &Target| {
        let from = Baseline::of(of.side.plan(), of.goal, times::counted(of.side.plan(), of.goal));
        accepted(of.side.plan(), target, from, direction_of(of))
    };
    if let (Some(a), Some(b)) = (fixed(old, a), fixed(new, b)) {
        return (a.effect(&b), a.how(&b, &unit));
    }
    if same_baseline && let Some(told) = ease::steps(&a.kind, &b.kind, &unit) {
        return told;
    }
    let read = evidence.targets(old.goal, new.goal);
    match read.and_then(|(a, b)| Some((Accepted::read(a)?, Accepted::read(b)?))) {
        Some((a, b)) => (a.effect(&b), a.how(&b, &unit).map(|how| format!("{how}, by the data"))),
        None => (Effect::Unknown, None),
    }
}

/// Targets as written; what a name in one stands for behind it.
fn target_words(of: Of<'_, '_>) -> Option<String> {
    let words: Vec<String> = times::targets(of.goal).iter().map(|t| one_target(of, t, &unit_of(of.goal))).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

pub(super) fn one_target(of: Of<'_, '_>, target: &Target, unit: &Unit) -> String {
    let named = |f: &&Formula| !matches!(f.node, crate::model::plan::Node::Number(_));
    let values: Vec<String> = target
        .kind
        .expressions()
        .into_iter()
        .filter(named)
        .filter_map(|f| Some(show(super::meaning::fixed(of.side.plan(), f)?, unit)))
        .collect();
    if values.is_empty() { target.text.clone() } else { format!("{} ({})", target.text, values.join(", ")) }
}

fn baseline_words(of: Of<'_, '_>) -> Option<String> {
    match &of.goal.from {
        Some(From::Period { period, .. }) => Some(format!("from {period}")),
        Some(From::Value(f)) => {
            let fixed = super::meaning::fixed(of.side.plan(), f).map(|x| show(x, &unit_of(of.goal)));
            Some(format!("from {}", fixed.unwrap_or_else(|| crate::eval::words::formula(of.side.plan(), f))))
        }
        None if of.goal.yoy => Some("yoy".to_owned()),
        None => implied(of.side.plan(), of.goal).map(|day| format!("the horizon's start, {day}")),
    }
}

fn quantifier_change(old: Of<'_, '_>, new: Of<'_, '_>, found: &mut Found) {
    if quantifier(old.side.plan(), old.goal) == quantifier(new.side.plan(), new.goal) {
        return;
    }
    let share = |q: &Quantifier| match q {
        Quantifier::Each => Some(1.0),
        Quantifier::Share(share) => Some(*share),
        Quantifier::AtMost(_) => None,
    };
    // Where no clause says, every period has to be kept.
    let effect_of = |a: f64, b: f64| if b < a { Effect::Easier } else { Effect::Harder };
    let effect = match (&old.goal.quantifier, &new.goal.quantifier) {
        (Some((a, x)), Some((b, y))) if x == y => match (share(a), share(b), a, b) {
            (Some(a), Some(b), ..) => effect_of(a, b),
            (_, _, Quantifier::AtMost(a), Quantifier::AtMost(b)) => effect_of(*b, *a),
            _ => Effect::Unknown,
        },
        (None, Some((b, Over::Periods(_)))) => share(b).map_or(Effect::Unknown, |b| effect_of(1.0, b)),
        (Some((a, Over::Periods(_))), None) => share(a).map_or(Effect::Unknown, |a| effect_of(a, 1.0)),
        _ => Effect::Unknown,
    };
    let words = |of: Of<'_, '_>| quantifier_words(of.side.plan(), of.goal);
    found.say("how many", words(old), words(new), effect);
}

/// Grace and hold: how late it may be, and how long it must last.
fn patience(old: Of<'_, '_>, new: Of<'_, '_>, found: &mut Found) {
    let lengths = [
        ("grace", old.goal.grace, new.goal.grace, Effect::Easier),
        ("hold", old.goal.hold, new.goal.hold, Effect::Harder),
    ];
    for (what, a, b, more) in lengths {
        let less = if more == Effect::Easier { Effect::Harder } else { Effect::Easier };
        let said = |effect| ClauseChange {
            what,
            old: a.map(|s| s.to_string()),
            new: b.map(|s| s.to_string()),
            effect,
            how: None,
        };
        match (a, b) {
            (Some(x), Some(y)) if super::meaning::span(x) != super::meaning::span(y) => {
                found.clauses.push(times::longer(said(Effect::None), x, y, more));
            }
            (None, Some(_)) => found.clauses.push(said(more)),
            (Some(_), None) => found.clauses.push(said(less)),
            _ => {}
        }
    }
}

/// What only bears on the way to the target.
fn the_way(old: Of<'_, '_>, new: Of<'_, '_>, found: &mut Found) {
    if checkpoints(old.side, old.goal) != checkpoints(new.side, new.goal) {
        let (a, b) = (checkpoint_words(old.goal), checkpoint_words(new.goal));
        if a == b { found.below(false) } else { found.say("checkpoints", a, b, Effect::None) }
    }
    if pace(old.goal) != pace(new.goal) {
        let word = |goal: &Goal| Some(format!("{:?}", goal.pace.unwrap_or(PaceKind::Linear)).to_lowercase());
        found.say("pace", word(old.goal), word(new.goal), Effect::None);
    }
    let cap = |of: Of<'_, '_>| of.goal.cap.as_ref().map(|c| of.side.whole.formula(c));
    if cap(old) != cap(new) {
        let word = |of: Of<'_, '_>| {
            let cap = of.goal.cap.as_ref()?;
            let fixed = super::meaning::fixed(of.side.plan(), cap).map(|x| show(x, &unit_of(of.goal)));
            Some(fixed.unwrap_or_else(|| crate::eval::words::formula(of.side.plan(), cap)))
        };
        let (a, b) = (word(old), word(new));
        if a == b { found.below(false) } else { found.say("cap", a, b, Effect::None) }
    }
}

/// Whose it is, and how much it counts.
fn people(old: Of<'_, '_>, new: Of<'_, '_>, found: &mut Found) {
    let objective =
        |of: Of<'_, '_>| of.side.plan().objectives.get_index(of.goal.supports?).map(|(name, _)| name.clone());
    let said = [
        ("title", old.goal.title.clone(), new.goal.title.clone()),
        ("owner", old.goal.owner.clone(), new.goal.owner.clone()),
        ("supports", objective(old), objective(new)),
        ("weight", weight(old.goal.weight), weight(new.goal.weight)),
    ];
    for (what, a, b) in said {
        if a != b {
            found.say(what, a, b, Effect::None);
        }
    }
}

/// A weight; 1 unless said.
pub(super) fn weight(weight: f64) -> Option<String> {
    Some(show(weight, &Unit::Plain))
}
