//! Runs the rules over a plan: all that is switched on, at every goal, with what silences them. Knows no single rule.

use super::card::{Card, cards};
use super::context::{Context, GoalView};
use super::finding::{Finding, Found};
use super::levels::Levels;
use super::observed::Observed;
use super::rule::{Correction, Look, Rule};
use super::rules;
use super::silence::Silencers;
use crate::diagnostic::{Diagnostic, Fix, Level};
use crate::engine::Engine;
use crate::eval::run::Session;
use crate::eval::{AsOf, Failure};
use crate::model::Plan;
use crate::query::TableInfo;
use crate::source::{FileId, Loc, Sources};
use crate::syntax::tree::File;
use indexmap::IndexMap;
use jiff::civil::DateTime;
use rayon::prelude::*;

/// What the rules say of a plan.
#[derive(Debug, Default)]
pub struct Linted {
    /// Those that aren't silenced, with what is wrong with the silencers; in no order.
    pub diagnostics: Vec<Diagnostic>,
    /// One a goal, in the order of the plan.
    pub cards: Vec<Card>,
    /// What a comment allows; in no order.
    pub silenced: Vec<Silenced>,
}

/// A finding that a comment allows.
#[derive(Debug, Clone, PartialEq)]
pub struct Silenced {
    /// What would have been said.
    pub diagnostic: Diagnostic,
    /// Why it is allowed, in the comment's words.
    pub reason: String,
}

/// What one rule found, with the rule and its level.
#[derive(Debug)]
pub(super) struct Hit {
    pub rule: &'static Rule,
    pub level: Level,
    pub finding: Finding,
    /// The goals that it concerns, by number.
    pub goals: Vec<usize>,
    /// Why it is silenced, where it is.
    pub allowed: Option<String>,
}

/// What is looked at.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// As typed.
    pub plan: &'a Plan,
    /// As written.
    pub trees: &'a [(FileId, File)],
    /// The texts.
    pub sources: &'a Sources,
    /// Where errors stand, all of them in goals: those goals aren't looked at, rules over the whole plan don't look, as
    /// nobody knows what those goals use, and there are no cards.
    pub wrong: Vec<Loc>,
    /// False where nobody asks for cards.
    pub cards: bool,
}

/// Looks at a plan; no data is read.
pub fn lint(input: Input<'_>, levels: &Levels) -> Linted {
    let context = Context::new(input.plan, input.trees, input.sources);
    let hits = plain(&context, input.wrong.is_empty(), levels, false);
    finish(&context, levels, hits, &input, false)
}

/// Looks at a plan and at its data: `opened` is what the engine found, `as_of` the moment, else the
/// newest row. Rules and verdicts read the same cells.
///
/// # Errors
/// Data that can't be read.
pub fn lint_with_data(
    input: Input<'_>,
    levels: &Levels,
    opened: &IndexMap<String, TableInfo>,
    engine: &mut dyn Engine,
    as_of: Option<AsOf>,
) -> Result<Linted, Failure> {
    let plan = input.plan;
    let tables: Vec<usize> =
        plan.tables.keys().enumerate().filter(|(_, name)| opened.contains_key(*name)).map(|(id, _)| id).collect();
    let mut session = Session::start(plan, opened, engine, as_of, Some(DateTime::MAX), &tables)?;
    lint_in(&mut session, input, levels, opened, engine)
}

/// The same in a session whose cells are read already: what a verdict has read isn't read again.
///
/// # Errors
/// Data that can't be read.
pub fn lint_in(
    session: &mut Session<'_>,
    input: Input<'_>,
    levels: &Levels,
    opened: &IndexMap<String, TableInfo>,
    engine: &mut dyn Engine,
) -> Result<Linted, Failure> {
    let context = Context::new(input.plan, input.trees, input.sources);
    let mut hits = plain(&context, input.wrong.is_empty(), levels, true);
    let seen = session.settle(engine, |world| {
        let observed = Observed::new(&context, world);
        let mut hits = Vec::new();
        for (rule, level) in active(levels) {
            match rule.look {
                Look::PlanData(look) => hits.extend(hits_of(rule, level, None, |found| look(&observed, found))),
                Look::GoalData(look) => {
                    for goal in readable(&context, opened) {
                        hits.extend(hits_of(rule, level, Some(goal.number), |found| look(&observed, goal, found)));
                    }
                }
                Look::GoalEither(look) => {
                    for goal in &context.goals {
                        let seen = is_open(&context, opened, goal).then_some(&observed);
                        let look = |found: &mut Found| look(&context, seen, goal, found);
                        hits.extend(hits_of(rule, level, Some(goal.number), look));
                    }
                }
                Look::Plan(_) | Look::Goal(_) | Look::Silencer(_) | Look::Versions => {}
            }
        }
        hits
    })?;
    hits.extend(seen);
    Ok(finish(&context, levels, hits, &input, true))
}

/// The goals all of whose tables are open.
fn readable<'c, 'a>(
    context: &'c Context<'a>,
    opened: &'c IndexMap<String, TableInfo>,
) -> impl Iterator<Item = &'c GoalView<'a>> {
    context.goals.iter().filter(move |goal| is_open(context, opened, goal))
}

fn is_open<'a>(context: &Context<'a>, opened: &IndexMap<String, TableInfo>, goal: &GoalView<'a>) -> bool {
    context.tables_of(goal).iter().all(|table| opened.contains_key(context.table_name(*table)))
}

/// The rules that are switched on, with their levels.
fn active(levels: &Levels) -> impl Iterator<Item = (&'static Rule, Level)> {
    rules::ALL.iter().filter_map(|rule| Some((*rule, levels.of(rule)?)))
}

/// What the rules find that need no data. Those that only see more with data look now where it isn't read.
fn plain(context: &Context<'_>, whole: bool, levels: &Levels, with_data: bool) -> Vec<Hit> {
    let rules: Vec<(&'static Rule, Level)> = active(levels).collect();
    let on_plan = || -> Vec<Vec<Hit>> {
        let look = |&(rule, level): &(&'static Rule, Level)| match rule.look {
            Look::Plan(look) if whole => hits_of(rule, level, None, |found| look(context, found)),
            _ => Vec::new(),
        };
        rules.par_iter().map(look).collect()
    };
    // All rules at some goals, then at the next: what they look at is at hand.
    let at_goals = |goals: &[GoalView<'_>]| -> Vec<Vec<Hit>> {
        let at = |&(rule, level): &(&'static Rule, Level)| match rule.look {
            Look::Goal(look) => of_goals(rule, level, goals, |goal, found| look(context, goal, found)),
            Look::GoalEither(look) if !with_data => {
                of_goals(rule, level, goals, |goal, found| look(context, None, goal, found))
            }
            _ => Vec::new(),
        };
        rules.iter().map(at).collect()
    };
    let on_goals = || -> Vec<Vec<Vec<Hit>>> { context.goals.par_chunks(AT_HAND).map(at_goals).collect() };
    let (mut by_rule, on_goals) = rayon::join(on_plan, on_goals);
    for some in on_goals {
        by_rule.iter_mut().zip(some).for_each(|(all, more)| all.extend(more));
    }
    by_rule.into_iter().flatten().collect()
}

/// So many goals, as typed and as written, fit into the memory that is near.
const AT_HAND: usize = 64;

/// What a rule finds at each of some goals.
fn of_goals<'g, 'a>(
    rule: &'static Rule,
    level: Level,
    goals: &'g [GoalView<'a>],
    look: impl Fn(&'g GoalView<'a>, &mut Found),
) -> Vec<Hit> {
    goals.iter().flat_map(|goal| hits_of(rule, level, Some(goal.number), |found| look(goal, found))).collect()
}

/// What one look finds, as hits.
pub(super) fn hits_of(
    rule: &'static Rule,
    level: Level,
    goal: Option<usize>,
    look: impl FnOnce(&mut Found),
) -> Vec<Hit> {
    let mut found = Found::default();
    look(&mut found);
    let hit = |mut finding: Finding| {
        let mut goals = std::mem::take(&mut finding.goals);
        goals.splice(0..0, goal);
        goals.dedup();
        Hit { rule, level, finding, goals, allowed: None }
    };
    found.findings.into_iter().map(hit).collect()
}

fn finish(context: &Context<'_>, levels: &Levels, mut hits: Vec<Hit>, input: &Input<'_>, with_data: bool) -> Linted {
    let wrong = &input.wrong;
    let whole = wrong.is_empty();
    let silencers = Silencers::read(context);
    let mut diagnostics = silencers.apply(context, levels, &mut hits, with_data);
    if !whole {
        hits.retain(|hit| !hit.goals.iter().any(|goal| is_wrong(context, *goal, wrong)));
        // A comment on a goal that isn't there can't be without effect.
        diagnostics.clear();
    }
    let cards = if whole && input.cards { cards(context, &hits, with_data) } else { Vec::new() };
    let mut silenced = Vec::new();
    for mut hit in hits {
        match hit.allowed.take() {
            Some(reason) => silenced.push(Silenced { diagnostic: diagnostic(hit), reason }),
            None => diagnostics.push(diagnostic(hit)),
        }
    }
    Linted { diagnostics, cards, silenced }
}

/// True where an error stands in a goal: what could be read of it may not be what was meant.
fn is_wrong(context: &Context<'_>, goal: usize, wrong: &[Loc]) -> bool {
    let Some((_, goal)) = context.plan.goals.get_index(goal) else { return false };
    let span = goal.at.span;
    wrong.iter().any(|at| {
        at.file == goal.at.file && span.start <= at.span.start && at.span.start < span.end.max(span.start + 1)
    })
}

pub(super) fn diagnostic(hit: Hit) -> Diagnostic {
    let Finding { message, reason, help, labels, fix, .. } = hit.finding;
    let safe = hit.rule.correction == Correction::Safe;
    let fix = fix.map(|(title, edits)| Fix { title, edits, safe });
    Diagnostic { code: hit.rule.code, level: hit.level, message, reason, help, labels, fix }
}
