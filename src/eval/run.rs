//! The whole evaluation: as-of, timelines, every goal, until nothing more must be read. Knows the order of the steps and
//! no rule of any.

use super::alerts;
use super::cells::Cells;
use super::error::{EvalError, Failure};
use super::formula::World;
use super::goals;
use super::milestones;
use super::objectives;
use super::past::Past;
use super::projection::Fits;
use super::timeline::{self, AsOf, Found, Timeline};
use super::untimed;
use super::verdict::{Report, TableRead, Verdict};
use crate::diagnostic::Diagnostic;
use crate::engine::Engine;
use crate::model::plan::{GoalBody, Plan, TableId};
use crate::query::TableInfo;
use crate::source::FileId;
use indexmap::IndexMap;
use jiff::civil::{DateTime, Time};
use std::collections::HashMap;

/// What the caller wants judged.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The moment; without it, the end of the newest complete step or day.
    pub as_of: Option<AsOf>,
    /// Only these goals (and the parts of combined ones); all where none is named.
    pub goals: Vec<String>,
}

/// How often tables are read at most: extents, extents as of the moment, cells, cells that depend on cells.
const MAX_ROUNDS: usize = 24;

/// Judges a plan.
///
/// `opened` is what the engine found when the plan's tables were opened, by name.
///
/// # Errors
/// [`Failure::Plan`] where a goal can't be judged or no moment can be found; [`Failure::Data`] where
/// data can't be read.
pub fn evaluate(
    plan: &Plan,
    opened: &IndexMap<String, TableInfo>,
    engine: &mut dyn Engine,
    options: &Options,
) -> Result<Report, Failure> {
    Session::judging(plan, opened, engine, options)?.report(opened, engine, options)
}

/// Cells, timelines and the moment of judgement of one run.
#[derive(Debug)]
pub struct Session<'a> {
    plan: &'a Plan,
    infos: Vec<Option<&'a TableInfo>>,
    cells: Cells,
    fits: Fits,
    /// The moment and how far tables go.
    pub found: Found,
}

impl<'a> Session<'a> {
    /// Reads how far the tables go. `deciding` gives the tables whose newest row is the moment where none is given;
    /// `timeless` is the moment where none of them has a time.
    ///
    /// # Errors
    /// As [`evaluate`].
    pub fn start(
        plan: &'a Plan,
        opened: &'a IndexMap<String, TableInfo>,
        engine: &mut dyn Engine,
        as_of: Option<AsOf>,
        timeless: Option<DateTime>,
        deciding: &[TableId],
    ) -> Result<Self, Failure> {
        let infos: Vec<Option<&TableInfo>> = plan.tables.keys().map(|name| opened.get(name)).collect();
        let timed: Vec<bool> = infos.iter().map(|i| i.is_some_and(|i| i.time.is_some())).collect();
        let mut cells = Cells::default();
        for _ in 0..MAX_ROUNDS {
            if let Some(found) = timeline::read(plan, &timed, deciding, as_of, &cells) {
                return match (found.end, as_of.or(timeless.map(AsOf::Moment))) {
                    (Some(_), _) => Ok(Self { plan, infos, cells, fits: Fits::default(), found }),
                    (None, Some(_)) if as_of.is_none() => {
                        Self::start(plan, opened, engine, timeless.map(AsOf::Moment), None, deciding)
                    }
                    (None, _) => Err(failure(EvalError::NoTime)),
                };
            }
            cells.fill(plan, engine)?;
        }
        Err(failure(EvalError::Unsettled { rounds: MAX_ROUNDS }))
    }

    /// A session for the goals that `options` name, which decide the moment where none is given.
    ///
    /// # Errors
    /// As [`evaluate`].
    pub fn judging(
        plan: &'a Plan,
        opened: &'a IndexMap<String, TableInfo>,
        engine: &mut dyn Engine,
        options: &Options,
    ) -> Result<Self, Failure> {
        let selected = select(plan, &options.goals)?;
        untimed::refuse(plan, opened, &selected)?;
        Self::start(plan, opened, engine, options.as_of, None, &deciding(plan, &selected))
    }

    /// The verdicts on the goals that `options` name.
    ///
    /// # Errors
    /// As [`evaluate`].
    pub fn report(
        &mut self,
        opened: &IndexMap<String, TableInfo>,
        engine: &mut dyn Engine,
        options: &Options,
    ) -> Result<Report, Failure> {
        let plan = self.plan;
        let selected = select(plan, &options.goals)?;
        let whole = options.goals.is_empty();
        let (verdicts, milestones, alerts) = self.settle(engine, |world| {
            let judge = |name: &&String| plan.goals.get(*name).map(|goal| goals::verdict(world, goal));
            let verdicts: Vec<Verdict> = selected.iter().filter_map(judge).collect();
            match whole {
                true => (verdicts, milestones::milestones(world), alerts::alerts(world)),
                false => (verdicts, Vec::new(), Vec::new()),
            }
        })?;
        let goals = combine(plan, verdicts);
        let objectives = objectives::objectives(plan, &goals, &milestones);
        Ok(Report {
            as_of: self.found.end.unwrap_or_default(),
            as_of_day: self.day(),
            as_of_from: self.found.from.clone(),
            title: plan.facts.title.clone(),
            scenario: None,
            data: self.data(opened),
            goals,
            objectives,
            milestones,
            alerts,
            diagnostics: Vec::new(),
        })
    }

    /// Runs `compute` until every cell it asks for is known: usually twice, once to ask and once to answer.
    ///
    /// # Errors
    /// [`Failure::Data`] where a table can't be read.
    pub fn settle<T>(&mut self, engine: &mut dyn Engine, compute: impl Fn(&World<'_>) -> T) -> Result<T, Failure> {
        for _ in 0..MAX_ROUNDS {
            let past = Past::default();
            let world = World {
                plan: self.plan,
                timelines: &self.found.timelines,
                infos: &self.infos,
                cells: &self.cells,
                past: &past,
                fits: &self.fits,
                as_of: self.found.end.unwrap_or_default(),
            };
            let result = compute(&world);
            if !self.cells.hungry() {
                self.cells.columns.clear();
                return Ok(result);
            }
            self.cells.fill(self.plan, engine)?;
        }
        Err(failure(EvalError::Unsettled { rounds: MAX_ROUNDS }))
    }

    /// The as-of day, where the moment is a day's end.
    pub fn day(&self) -> Option<jiff::civil::Date> {
        let end = self.found.end?;
        (end.time() == Time::midnight()).then(|| crate::calendar::day_before_edge(end))
    }

    /// The tables as they were read.
    pub fn data(&self, opened: &IndexMap<String, TableInfo>) -> Vec<TableRead> {
        let tables = self.plan.tables.values().zip(&self.found.timelines);
        tables
            .filter_map(|(table, timeline)| {
                let info = opened.get(&table.name)?;
                let mut notes = info.notes.clone();
                notes.extend(undated(timeline, info.rows));
                Some(TableRead {
                    table: table.name.clone(),
                    source: table.source.shown.clone(),
                    rows: info.rows,
                    newest: timeline.newest,
                    later: timeline.later,
                    blake3: info.blake3.clone(),
                    notes,
                })
            })
            .collect()
    }
}

/// Rows that no window holds.
fn undated(timeline: &Timeline, all: u64) -> Option<String> {
    let rows = timeline.undated.unwrap_or(all.saturating_sub(timeline.rows + timeline.later));
    match rows {
        _ if !timeline.timed => None,
        0 => None,
        1 => Some("1 row has no time, and is in no period".to_owned()),
        rows => Some(format!("{rows} rows have no time, and are in no period")),
    }
}

fn failure(error: EvalError) -> Failure {
    Failure::Plan(vec![Diagnostic::of(&error, FileId::default())])
}

/// The goals to judge, in the order of the plan, with the parts of combined ones.
fn select<'a>(plan: &'a Plan, asked: &[String]) -> Result<Vec<&'a String>, Failure> {
    if plan.goals.is_empty() && (!asked.is_empty() || plan.milestones.is_empty() && plan.alerts.is_empty()) {
        return Err(failure(EvalError::NoGoal));
    }
    if asked.is_empty() {
        return Ok(plan.goals.keys().collect());
    }
    let mut wanted: Vec<usize> = Vec::new();
    let mut open: Vec<String> = asked.to_vec();
    let mut errors = Vec::new();
    while let Some(name) = open.pop() {
        let Some((id, _, goal)) = plan.goals.get_full(&name) else {
            let help = nearest(&name, plan.goals.keys());
            errors.push(Diagnostic::of(&EvalError::UnknownGoal { name, help }, FileId::default()));
            continue;
        };
        if !wanted.contains(&id) {
            wanted.push(id);
            if let GoalBody::Combined { goals, .. } = &goal.body {
                open.extend(goals.iter().cloned());
            }
        }
    }
    if !errors.is_empty() {
        return Err(Failure::Plan(errors));
    }
    wanted.sort_unstable();
    Ok(wanted.into_iter().filter_map(|id| plan.goals.get_index(id).map(|(name, _)| name)).collect())
}

/// The nearest name, or the first few there are.
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a String> + Clone) -> String {
    let near = names.clone().map(|n| (strsim::damerau_levenshtein(name, n), n)).min();
    match near {
        Some((distance, near)) if distance <= 1 + name.chars().count() / 3 => format!("did you mean `{near}`?"),
        _ => {
            let all: Vec<&str> = names.clone().take(8).map(String::as_str).collect();
            if all.is_empty() { "there are none".to_owned() } else { format!("there are: {}", all.join(", ")) }
        }
    }
}

/// The tables that goals are judged on; without a goal, those that milestones and alerts read.
fn deciding(plan: &Plan, selected: &[&String]) -> Vec<TableId> {
    let mut tables = Vec::new();
    for goal in selected.iter().filter_map(|name| plan.goals.get(*name)) {
        match &goal.body {
            GoalBody::Measured { subject, .. } => super::words::visit(plan, subject, &mut |f| {
                if let crate::model::plan::Node::Aggregate(a) = &f.node {
                    tables.push(a.table);
                }
            }),
            GoalBody::Rows { table, .. } => tables.push(*table),
            GoalBody::Combined { .. } => {}
        }
    }
    if selected.is_empty() {
        let watched = plan.alerts.values().map(|a| &a.condition);
        for condition in plan.milestones.values().filter_map(|m| m.when.as_ref()).chain(watched) {
            super::words::visit(plan, condition, &mut |f| {
                if let crate::model::plan::Node::Aggregate(a) = &f.node {
                    tables.push(a.table);
                }
            });
        }
    }
    tables.sort_unstable();
    tables.dedup();
    tables
}

/// Combined goals from their parts: those whose parts are combined come after them.
fn combine(plan: &Plan, mut verdicts: Vec<Verdict>) -> Vec<Verdict> {
    let is_combined =
        |v: &Verdict| plan.goals.get(&v.name).is_some_and(|g| matches!(g.body, GoalBody::Combined { .. }));
    let mut done: HashMap<String, usize> = HashMap::new();
    for (i, verdict) in verdicts.iter().enumerate() {
        if !is_combined(verdict) {
            done.insert(verdict.name.clone(), i);
        }
    }
    // The model refuses circles, so each pass settles one at least.
    for _ in 0..verdicts.len() {
        let mut settled = Vec::new();
        for (i, verdict) in verdicts.iter().enumerate() {
            let Some(goal) = plan.goals.get(&verdict.name) else { continue };
            let GoalBody::Combined { all, goals } = &goal.body else { continue };
            let parts: Option<Vec<&Verdict>> = goals.iter().map(|g| done.get(g).map(|i| &verdicts[*i])).collect();
            if let (false, Some(parts)) = (done.contains_key(&verdict.name), parts) {
                settled.push((i, goals::combined(goal, *all, &parts)));
            }
        }
        if settled.is_empty() {
            break;
        }
        for (i, verdict) in settled {
            done.insert(verdict.name.clone(), i);
            verdicts[i] = verdict;
        }
    }
    verdicts
}
