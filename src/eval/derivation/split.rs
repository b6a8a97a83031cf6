//! A total by the values of a small dimension that the goal speaks of, so that its parts can be added up by hand.

use crate::eval::formula::World;
use crate::eval::trace::{Read, Step};
use crate::quantity::same;
use crate::query::{Answer, Measure, Request};

/// More values than this tell nobody anything.
const MOST: usize = 8;

/// The parts that a total is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The step's text.
    pub of: String,
    /// The column.
    pub column: String,
    /// Each value of the column with its part, in the order of the values. They add up to the total.
    pub parts: Vec<(String, f64)>,
}

/// The parts of every total below a step.
pub fn of(world: &World<'_>, step: Option<&Step>) -> Vec<Split> {
    let mut found = Vec::new();
    let mut open: Vec<&Step> = step.into_iter().collect();
    while let Some(step) = open.pop() {
        if let (Some(read), Some(total)) = (&step.read, step.value.as_number()) {
            found.extend(split(world, step, read, total));
        }
        open.extend(step.children.iter().rev());
    }
    found
}

fn split(world: &World<'_>, step: &Step, read: &Read, total: f64) -> Option<Split> {
    let adds = matches!(read.request.measure, Measure::Sum(_) | Measure::Count | Measure::Last(_));
    if !adds || read.request.group.is_some() {
        return None;
    }
    let info = world.infos.get(read.table).copied().flatten()?;
    let segments = world.plan.segments.values().flat_map(|s| &s.condition.columns);
    let mut columns: Vec<&String> = read.columns.iter().chain(segments).collect();
    columns.retain(|c| info.columns.get(*c).is_some_and(|kind| kind.is_text()));
    columns.dedup();
    columns.into_iter().find_map(|column| {
        let request = Request { group: Some(column.clone()), ..read.request.clone() };
        let Some(Answer::Groups(groups)) = world.cells.ask(read.table, request) else { return None };
        let parts: Vec<(String, f64)> = groups
            .iter()
            .filter(|(_, cell)| cell.rows > 0)
            .filter_map(|(key, c)| Some((key.clone(), c.value?)))
            .collect();
        let adds_up = same(parts.iter().map(|(_, x)| x).sum(), total);
        ((2..=MOST).contains(&parts.len()) && adds_up).then(|| Split {
            of: step.text.clone(),
            column: column.clone(),
            parts,
        })
    })
}
