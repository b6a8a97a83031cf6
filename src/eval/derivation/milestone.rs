//! The derivation of a milestone: what its condition came to on the day that decided.

use super::meaning::{self, Meaning};
use super::{AsOf, TableUse, table_use};
use crate::engine::Engine;
use crate::eval::error::Failure;
use crate::eval::formula::World;
use crate::eval::milestones;
use crate::eval::run::Session;
use crate::eval::trace::Step;
use crate::eval::verdict::MilestoneVerdict;
use crate::eval::words;
use crate::model::plan::{Milestone, Node, Plan, TableId};
use crate::query::TableInfo;
use indexmap::IndexMap;
use jiff::civil::DateTime;

/// A milestone with what its condition came to.
#[derive(Debug, Clone)]
pub struct MilestoneExplained {
    /// The first moment that was not read.
    pub as_of: DateTime,
    /// The verdict.
    pub verdict: MilestoneVerdict,
    /// What the names in its condition stand for.
    pub meaning: Vec<Meaning>,
    /// The condition as written; empty where there is none.
    pub condition: String,
    /// The condition on the day on which it was done, else on the last day that is known.
    pub step: Option<Step>,
    /// The tables that were read.
    pub tables: Vec<TableUse>,
}

/// Judges a milestone and tells how.
///
/// # Errors
/// As [`crate::eval::evaluate`].
pub fn explain(
    plan: &Plan,
    opened: &IndexMap<String, TableInfo>,
    engine: &mut dyn Engine,
    as_of: Option<AsOf>,
    milestone: &Milestone,
) -> Result<MilestoneExplained, Failure> {
    let mut tables: Vec<TableId> = Vec::new();
    if let Some(condition) = &milestone.when {
        words::visit(plan, condition, &mut |f| {
            if let Node::Aggregate(a) = &f.node
                && !tables.contains(&a.table)
            {
                tables.push(a.table);
            }
        });
    }
    tables.sort_unstable();
    let mut session = Session::start(plan, opened, engine, as_of, None, &tables)?;
    let (verdict, step) = session.settle(engine, |world| judge(world, milestone))?;
    let read = session.data(opened);
    let uses = session.settle(engine, |world| {
        tables.iter().filter_map(|id| table_use(world, *id, &read)).collect::<Vec<TableUse>>()
    })?;
    Ok(MilestoneExplained {
        as_of: session.found.end.unwrap_or_default(),
        verdict,
        meaning: milestone.when.iter().flat_map(|c| meaning::of_formula(plan, c, &milestone.when_text)).collect(),
        condition: milestone.when_text.clone(),
        step,
        tables: uses,
    })
}

fn judge(world: &World<'_>, milestone: &Milestone) -> (MilestoneVerdict, Option<Step>) {
    let (verdict, steps) = world.cells.trace.of(|| milestones::milestone(world, milestone));
    let on_day = |s: &&Step| verdict.done.is_some() && s.window.map(|w| w.last_day()) == verdict.done;
    let step = steps.iter().find(on_day).or(steps.last()).cloned();
    (verdict, step)
}
