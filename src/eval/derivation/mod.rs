//! `milepost explain GOAL`: a verdict as a derivation that a person can check by hand. The numbers are those of the
//! verdict: each is evaluated again with a trace on, by the very functions that judged it. Draws nothing.

mod meaning;
mod measured;
pub mod milestone;
mod split;

use super::each;
use super::error::Failure;
use super::formula::World;
use super::goals;
use super::notes::Notes;
use super::recurring;
use super::run::{Options, Session, evaluate};
use super::subject::Subject;
use super::timeline::AsOf;
use super::trace::Step;
use super::verdict::{Report, Status, TableRead, Verdict};
use crate::calendar::Window;
use crate::engine::Engine;
use crate::model::plan::{Goal, GoalBody, Over, Plan, TableId, Timing};
use crate::query::TableInfo;
use indexmap::IndexMap;
use jiff::civil::Date;
pub use meaning::Meaning;
pub use split::Split;

/// A goal's verdict with its derivation.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The report on this goal (and the parts of a combined one).
    pub report: Report,
    /// The verdict itself.
    pub verdict: Verdict,
    /// How it came about.
    pub derivation: Derivation,
}

/// How a verdict came about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Derivation {
    /// What the names in the goal stand for, in the order in which they come up.
    pub meaning: Vec<Meaning>,
    /// How the judged value was worked out.
    pub current: Option<Derived>,
    /// How the baseline was.
    pub baseline: Option<Derived>,
    /// How the target was.
    pub target: Option<TargetDerived>,
    /// The share of the way that lies behind, as arithmetic.
    pub way: Option<Way>,
    /// The share of the time that is over.
    pub time: Option<Elapsed>,
    /// Where a total's window isn't over: the share of it by which its target is taken.
    pub so_far: Option<Elapsed>,
    /// Each period of a recurring goal that has a value.
    pub periods: Vec<(String, Derived)>,
    /// Each value of a dimension.
    pub values: Vec<(String, Derived)>,
    /// The goals of a combined goal, each with its status and the sentence that decided it.
    pub parts: Vec<(String, Status, String)>,
    /// The marks for on track and at risk, where pace decided; fractions.
    pub marks: Option<(f64, f64)>,
    /// The tables that were read.
    pub tables: Vec<TableUse>,
}

/// A value with the steps that lead to it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Derived {
    /// The value; 1 and 0 for true and false.
    pub value: Option<f64>,
    /// Over which stretch.
    pub window: Option<Window>,
    /// What it was worked out from; `None` for a value that is written.
    pub step: Option<Step>,
    /// The step's value is this many times the value: a mean over so many spans.
    pub mean_of: Option<u32>,
    /// Rows of the steps by the values of a column that they add up from, in the order of the steps.
    pub splits: Vec<Split>,
}

/// How a target came about.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetDerived {
    /// As written.
    pub text: String,
    /// What was done to the baseline.
    pub change: Option<TargetChange>,
    /// Its expressions.
    pub steps: Vec<Step>,
}

/// From the baseline to the target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TargetChange {
    /// B + share × |B|
    Share(f64),
    /// B + amount
    Plus(f64),
    /// B × times
    Times(f64),
}

/// Progress as arithmetic on the values shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Way {
    /// (C − B) / (T − B)
    Between {
        /// B
        baseline: f64,
        /// C
        current: f64,
        /// T
        target: f64,
    },
    /// C / T
    Of {
        /// C
        current: f64,
        /// T
        target: f64,
    },
    /// Kept of all: periods, values or rows.
    Kept {
        /// How many were kept.
        kept: u64,
        /// Of how many.
        of: u64,
    },
}

/// How much of the time is over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elapsed {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Days so far.
    pub days: f64,
    /// Days in all.
    pub of: f64,
}

/// A table as far as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct TableUse {
    /// Its name.
    pub table: String,
    /// Its file as written.
    pub source: String,
    /// Rows of the file.
    pub rows: u64,
    /// Left out by the table's own `where`, or without a time.
    pub left_out: u64,
    /// Later than the day of judgement: not read.
    pub later: u64,
}

/// Judges a goal and tells how.
///
/// # Errors
/// As [`evaluate`].
pub fn explain(
    plan: &Plan,
    opened: &IndexMap<String, TableInfo>,
    engine: &mut dyn Engine,
    as_of: Option<AsOf>,
    goal: &str,
) -> Result<Explained, Failure> {
    let options = Options { as_of, goals: vec![goal.to_owned()] };
    let report = evaluate(plan, opened, engine, &options)?;
    let (Some(tree), Some(verdict)) = (plan.goals.get(goal), report.goals.iter().find(|v| v.name == goal)) else {
        return Err(Failure::Plan(Vec::new()));
    };
    let moment = report.as_of_day.map_or(AsOf::Moment(report.last_moment()), AsOf::Day);
    let mut session = Session::start(plan, opened, engine, Some(moment), None, &[])?;
    let derivation = session.settle(engine, |world| derive(world, tree, verdict, &report))?;
    let verdict = verdict.clone();
    Ok(Explained { report, verdict, derivation })
}

fn derive<'a>(world: &World<'a>, goal: &'a Goal, verdict: &'a Verdict, report: &Report) -> Derivation {
    let mut out = Derivation { meaning: meaning::of(world.plan, goal), ..Derivation::default() };
    if let Some(kept) = verdict.kept {
        out.way = Some(Way::Kept { kept: kept.periods, of: kept.of });
    }
    if let Some(each) = &verdict.each {
        out.way = Some(Way::Kept { kept: each.kept, of: each.total });
    }
    let mut tables: Vec<TableId> = Vec::new();
    match &goal.body {
        GoalBody::Measured { subject: formula, targets, .. } => {
            let mut subject = Subject::new(world, formula, goal.filter.as_deref(), false);
            goals::campaign_filter(world, goal, &mut subject, &mut Notes::default());
            tables = world.tables(formula);
            match (&goal.timing, &goal.quantifier) {
                (Timing::Every { .. }, Some((_, Over::Dimension(_) | Over::Campaigns))) => {}
                (Timing::Every { .. }, _) => out.periods = periods(world, &subject, verdict),
                (_, Some((_, Over::Dimension(column)))) => {
                    out.values = values(world, goal, targets, &subject, verdict, column);
                }
                (_, Some((_, Over::Campaigns))) => out.values = campaigns(world, goal, &subject, verdict),
                _ => measured::measured(world, goal, targets, &subject, verdict, &mut out),
            }
        }
        GoalBody::Rows { table, .. } => tables.push(*table),
        GoalBody::Combined { goals, .. } => {
            let part = |name: &String| {
                let v = report.goals.iter().find(|v| v.name == *name)?;
                let why =
                    if v.decided.is_empty() { v.current.reason.clone().unwrap_or_default() } else { v.decided.clone() };
                Some((v.name.clone(), v.status, why))
            };
            out.parts = goals.iter().filter_map(part).collect();
        }
    }
    let by_pace = matches!(verdict.status, Status::OnTrack | Status::AtRisk | Status::OffTrack);
    let facts = &world.plan.facts;
    // A broken guardrail decides, whatever the pace is.
    let railed = verdict.guardrails.iter().any(|g| g.broken);
    out.marks = (by_pace && verdict.pace.is_some() && verdict.kept.is_none() && !railed)
        .then_some((facts.on_track, facts.at_risk));
    out.tables = tables.into_iter().filter_map(|id| table_use(world, id, &report.data)).collect();
    out
}

fn table_use(world: &World<'_>, id: TableId, data: &[TableRead]) -> Option<TableUse> {
    let (name, _) = world.plan.tables.get_index(id)?;
    let read = data.iter().find(|t| t.table == *name)?;
    let timeline = world.timelines.get(id)?;
    let left_out = if timeline.timed { read.rows.saturating_sub(timeline.rows + timeline.later) } else { 0 };
    Some(TableUse {
        table: read.table.clone(),
        source: read.source.clone(),
        rows: read.rows,
        left_out,
        later: read.later,
    })
}

/// The judged value of every period that has one.
fn periods<'a>(world: &World<'a>, subject: &Subject<'a>, verdict: &Verdict) -> Vec<(String, Derived)> {
    let known = verdict.periods.iter().filter(|p| p.value.is_some());
    let derived = known.map(|p| {
        let (datum, steps) = world.cells.trace.of(|| recurring::in_period(world, subject, p.window));
        let step = steps.into_iter().next().filter(|s| s.value == datum.value);
        let splits = split::of(world, step.as_ref());
        (p.label.clone(), Derived { value: p.value, window: Some(p.window), step, mean_of: None, splits })
    });
    derived.collect()
}

/// The judged value of every listed value of a dimension.
fn values<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    targets: &'a [crate::model::plan::Target],
    subject: &Subject<'a>,
    verdict: &'a Verdict,
    column: &'a str,
) -> Vec<(String, Derived)> {
    let target = super::aim::deciding(targets).map(|t| &t.kind);
    let Ok(frame) = super::frame::frame(world, goal, target, subject) else { return Vec::new() };
    let listed = verdict.each.iter().flat_map(|e| &e.listed).take(each::LISTED);
    let derived = listed.filter(|r| r.value.is_some()).map(|r| {
        let one = subject.of_value(column, &r.key);
        let ((datum, window), steps) = world.cells.trace.of(|| frame.value_at(world, &one, one.known));
        let step = steps.into_iter().next().filter(|s| s.value == datum.value);
        (r.key.clone(), Derived { value: r.value, window, step, mean_of: None, splits: Vec::new() })
    });
    derived.collect()
}

/// The judged value of every campaign.
fn campaigns<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    subject: &Subject<'a>,
    verdict: &'a Verdict,
) -> Vec<(String, Derived)> {
    let listed = verdict.each.iter().flat_map(|e| &e.listed).take(each::LISTED);
    let derived = listed.filter(|r| r.value.is_some()).filter_map(|r| {
        let campaign = world.plan.campaigns.get(&r.key)?;
        let (one, frame) = super::campaigns::own(world, goal, subject, campaign, &mut Notes::default());
        let ((datum, window), steps) = world.cells.trace.of(|| frame.value_at(world, &one, one.known));
        let step = steps.into_iter().next().filter(|s| s.value == datum.value);
        Some((r.key.clone(), Derived { value: r.value, window, step, mean_of: None, splits: Vec::new() }))
    });
    derived.collect()
}
