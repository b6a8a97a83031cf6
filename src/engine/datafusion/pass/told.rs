//! What a pass did, for whoever asked for it. Knows what was planned and accumulated, and decides nothing.

use super::active::{Active, Wanted};
use super::plan::{Fold, Kept, Plan, Source};
use super::stretch::{self, Stretch};
use super::worker::Worker;
use crate::engine::datafusion::open::Opened;
use crate::engine::explain::{self, Dimension, DimensionKind, Pass, Reading, Share, Way};
use crate::query::Query;
use indexmap::{IndexMap, IndexSet};
use std::sync::Arc;

/// Why one pass.
const ADDS_UP: &str = "all that is asked adds up over stretches of time and combinations of dimensions";
/// Likewise.
const KEPT: &str = "what is asked adds up over stretches of time and combinations of dimensions; what doesn't is kept value by \
     value in the same reading";

/// A pass that read `stretches` into `worker`, which might take `limit` bytes.
pub fn reading(
    (query, table): (&Query, &Opened),
    stretches: &[Stretch<'_>],
    wanted: &Arc<Wanted>,
    worker: &Worker<'_>,
    limit: usize,
) -> Reading {
    let plan = worker.plan;
    let names: Vec<String> = plan.wide.iter().map(|at| format!("`{}`", plan.schema.field(*at).name())).collect();
    let together = if plan.requests.iter().any(|r| r.kept.is_some()) { KEPT } else { ADDS_UP };
    let why = match names.as_slice() {
        [] => together.to_owned(),
        names => format!("{together}; too many values to be a dimension: {}", names.join(", ")),
    };
    let groups = table.files.iter().filter_map(|f| f.footer().ok().flatten()).map(|f| f.metadata().num_row_groups());
    let columns: IndexSet<usize> = stretches.iter().flat_map(|s| s.places(plan, wanted)).collect();
    let mut columns: Vec<usize> = columns.into_iter().collect();
    columns.sort_unstable();
    Reading {
        files: Share { read: stretch::weight(stretches).0, of: table.files.len() },
        row_groups: Share { read: stretches.iter().filter(|s| s.is_group()).count(), of: groups.sum() },
        columns: columns.iter().map(|at| plan.schema.field(*at).name().clone()).collect(),
        pass: Some(pass(plan, worker, limit)),
        ..Reading::new(query, Way::OnePass, why)
    }
}

fn pass(plan: &Plan, worker: &Worker<'_>, limit: usize) -> Pass {
    let windows: IndexSet<(i64, i64)> = plan.requests.iter().filter_map(|r| r.window).collect();
    let input = |at: usize| plan.written.1.get(at).map(explain::row).unwrap_or_default();
    let mut kept: IndexMap<String, usize> = IndexMap::new();
    for (how, at) in plan.requests.iter().filter_map(|r| r.kept) {
        let what = match how {
            Kept::Values => "values of",
            Kept::Different => "different values of",
        };
        *kept.entry(format!("{what} {}", input(at))).or_default() += 1;
    }
    Pass {
        windows: windows.len(),
        // That of the rows without a time is none.
        atoms: plan.atoms() - 1,
        dimensions: (0..plan.dimensions.len()).map(|at| dimension(plan, worker, at)).collect(),
        combinations: worker.combinations.len(),
        folds: plan.folds.iter().map(|(at, fold)| folded(*fold, &input(*at))).collect(),
        kept,
        memory: worker.bytes(),
        limit: Some(limit).filter(|limit| *limit != usize::MAX),
    }
}

fn dimension(plan: &Plan, worker: &Worker<'_>, at: usize) -> Dimension {
    let known = worker.dictionaries.get(at).map(|d| d.values.len());
    let (kind, values) = match plan.dimensions[at].source {
        Source::Column(_) => (DimensionKind::Column, known),
        Source::Key(_) => (DimensionKind::Group, known),
        Source::Condition(..) => (DimensionKind::Computed, None),
    };
    Dimension { name: plan.written.0.get(at).map(explain::row).unwrap_or_default(), kind, values }
}

fn folded(fold: Fold, input: &str) -> String {
    match fold {
        Fold::Sum => format!("sum of {input}"),
        Fold::Min => format!("least {input}"),
        Fold::Max => format!("greatest {input}"),
        Fold::AtLeast(threshold) => format!("how often {input} is at least {threshold}"),
        Fold::Promoters => format!("promoters less detractors by {input}"),
        Fold::Seen => format!("how often {input} is missing"),
    }
}

impl Stretch<'_> {
    /// The places of the columns that it is read for.
    fn places(&self, plan: &Plan, wanted: &Arc<Wanted>) -> Vec<usize> {
        self.columns(plan, &Active::new(plan, wanted, |_, r| self.touches(r))).0
    }
}
