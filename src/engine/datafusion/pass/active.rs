//! What of a plan a stretch of rows is read for: only the requests whose window it touches, and so only their columns.

use super::plan::{End, Kept, Plan, Request, Source};
use crate::query::Measure;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The parts of a plan that are on.
pub struct Active {
    /// Arguments whose values are needed.
    pub inputs: Vec<bool>,
    /// Folds over all rows.
    pub folds: Vec<bool>,
    /// Folds over the rows of the last moment, and over those of the first, as [`End::ALL`] has them.
    pub ends: [Vec<bool>; 2],
    /// Dimensions.
    pub dimensions: Vec<bool>,
    /// Arguments whose different values are counted.
    pub keyed: Vec<bool>,
    /// Requests that keep values.
    pub kept: Vec<usize>,
    /// Requests that ask how far the table goes.
    pub extents: Vec<usize>,
    /// True where anything is.
    some: bool,
    wanted: Arc<Wanted>,
}

/// What is the same for all stretches: atoms that some request covers, and what threads tell one another.
pub struct Wanted {
    atoms: Vec<bool>,
    many: Vec<AtomicBool>,
}

impl Wanted {
    /// For a plan.
    pub fn new(plan: &Plan) -> Arc<Self> {
        let mut atoms = vec![false; plan.atoms()];
        for request in plan.requests.iter().filter(|r| !r.is_extent()) {
            match &request.atoms {
                Some(range) => atoms[range.clone()].fill(true),
                None => atoms.fill(true),
            }
        }
        Arc::new(Self { atoms, many: plan.requests.iter().map(|_| AtomicBool::new(false)).collect() })
    }

    /// From now on, nobody needs the different times of a request.
    pub fn tell_many(&self, request: usize) {
        self.many[request].store(true, Ordering::Relaxed);
    }

    /// True where nobody does.
    pub fn many(&self, request: usize) -> bool {
        self.many[request].load(Ordering::Relaxed)
    }
}

impl Request {
    /// True for [`Measure::Extent`].
    pub fn is_extent(&self) -> bool {
        self.measure == Measure::Extent
    }

    /// True where an atom lies in its window.
    pub fn covers(&self, atom: usize) -> bool {
        self.atoms.as_ref().is_none_or(|atoms| atoms.contains(&atom))
    }
}

impl Active {
    /// With those requests that `on` says of (by their number).
    pub fn new(plan: &Plan, wanted: &Arc<Wanted>, on: impl Fn(usize, &Request) -> bool) -> Self {
        let mut active = Self {
            inputs: vec![false; plan.inputs.len()],
            folds: vec![false; plan.folds.len()],
            ends: End::ALL.map(|_| vec![false; plan.folds.len()]),
            dimensions: vec![false; plan.dimensions.len()],
            keyed: vec![false; plan.inputs.len()],
            kept: Vec::new(),
            extents: Vec::new(),
            some: false,
            wanted: wanted.clone(),
        };
        for (at, request) in plan.requests.iter().enumerate().filter(|(at, r)| on(*at, r)) {
            active.some = true;
            if request.is_extent() {
                active.extents.push(at);
                active.tests(plan, &plan.table_filter);
                continue;
            }
            active.tests(plan, &plan.table_filter);
            active.tests(plan, request.filter.map_or(&[], |f| &plan.filters[f]));
            if let Some((dimension, _)) = &request.group {
                active.dimensions[*dimension] = true;
            }
            if let Some(fold) = request.fold {
                let folds = match request.end {
                    None => &mut active.folds,
                    Some(end) => &mut active.ends[end as usize],
                };
                folds[fold] = true;
                active.inputs[plan.folds[fold].0] = true;
            }
            if let Some((kept, input)) = request.kept {
                active.kept.push(at);
                active.keyed[input] |= kept == Kept::Different;
            }
        }
        active
    }

    fn tests(&mut self, plan: &Plan, tests: &[usize]) {
        tests.iter().for_each(|test| self.dimensions[plan.tests[*test].dimension] = true);
    }

    /// True where a request covers an atom.
    pub fn wanted(&self, atom: usize) -> bool {
        self.wanted.atoms[atom]
    }

    /// True where it is known that there are too many different times for a request to tell them.
    pub fn many(&self, request: usize) -> bool {
        self.wanted.many(request)
    }

    /// True where somebody asks for the last or the first moment.
    pub fn has_ends(&self) -> bool {
        self.ends.iter().flatten().any(|on| *on)
    }

    /// True where nothing is to be read.
    pub fn nothing(&self) -> bool {
        !self.some
    }

    /// The places of the columns to read, in order. Text columns that are dimensions and nothing else come last, apart:
    /// they may be read as they are numbered in the file.
    pub fn columns(&self, plan: &Plan) -> (Vec<usize>, Vec<usize>) {
        let mut plain: Vec<usize> = plan.time.iter().flat_map(|t| t.columns.iter().copied()).collect();
        let mut texts = Vec::new();
        for (input, _) in plan.inputs.iter().zip(&self.inputs).filter(|(_, on)| **on) {
            plain.extend(input.values.columns.iter().chain(input.error.iter().flat_map(|e| &e.columns)));
        }
        for (dimension, _) in plan.dimensions.iter().zip(&self.dimensions).filter(|(_, on)| **on) {
            match &dimension.source {
                Source::Column(at) => texts.push(*at),
                Source::Key(key) => plain.extend(&key.columns),
                Source::Condition(value, error) => {
                    plain.extend(value.columns.iter().chain(error.iter().flat_map(|e| &e.columns)));
                }
            }
        }
        plain.sort_unstable();
        plain.dedup();
        texts.sort_unstable();
        texts.retain(|at| !plain.contains(at));
        (plain, texts)
    }
}
