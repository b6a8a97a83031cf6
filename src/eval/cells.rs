//! The numbers that tables must give. Evaluation asks for cells as it goes; those not known yet are remembered, read in
//! one query a table, and evaluation runs again: so no formula needs to say beforehand what it will read.

use super::columns::Columns;
use super::trace::Trace;
use crate::calendar::Window;
use crate::engine::{DataError, Engine};
use crate::model::plan::{Plan, TableId};
use crate::query::{Answer, Measure, Query, Request, Row};
use indexmap::{Equivalent, IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;
use std::cell::RefCell;
use std::hash::{Hash, Hasher};

/// Which cell: a request over a table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key(TableId, Request);

/// The same, borrowed: a cell that is known is looked up without making a request of its own.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'r> {
    /// Over which table.
    pub table: TableId,
    /// What.
    pub measure: &'r Measure,
    /// Over the rows that pass this.
    pub filter: Option<&'r Row>,
    /// And whose time lies in this.
    pub window: Option<Window>,
    /// By which column.
    pub group: Option<&'r str>,
}

impl<'r> Ask<'r> {
    fn of(table: TableId, request: &'r Request) -> Self {
        let Request { measure, filter, window, group } = request;
        Self { table, measure, filter: filter.as_ref(), window: *window, group: group.as_deref() }
    }

    /// The request, to send it to an engine.
    pub fn request(&self) -> Request {
        let Self { measure, filter, window, group, .. } = *self;
        Request { measure: measure.clone(), filter: filter.cloned(), window, group: group.map(str::to_owned) }
    }
}

impl Hash for Ask<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.table, self.measure, self.filter, self.window, self.group).hash(state);
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Ask::of(self.0, &self.1).hash(state);
    }
}

impl Equivalent<Key> for Ask<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        let other = Ask::of(key.0, &key.1);
        (self.table, self.window, self.group) == (other.table, other.window, other.group)
            && self.measure == other.measure
            && self.filter == other.filter
    }
}

/// Answers so far, and what is still wanted.
#[derive(Debug, Default)]
pub struct Cells {
    /// How values come about, while somebody asks.
    pub trace: Trace,
    /// What metrics came to over many windows.
    pub columns: Columns,
    known: IndexMap<Key, Answer, FxBuildHasher>,
    wanted: RefCell<IndexSet<Key, FxBuildHasher>>,
}

impl Cells {
    /// The answer to a request, or `None` after noting that it is wanted.
    pub fn ask(&self, table: TableId, request: Request) -> Option<&Answer> {
        self.look(&Ask::of(table, &request))
    }

    /// As [`Self::ask`], of what is borrowed.
    pub fn look(&self, ask: &Ask<'_>) -> Option<&Answer> {
        let found = self.known.get(ask);
        if found.is_none() {
            self.wanted.borrow_mut().insert(Key(ask.table, ask.request()));
        }
        found
    }

    /// True where something was asked for that isn't known.
    pub fn hungry(&self) -> bool {
        !self.wanted.borrow().is_empty()
    }

    /// Reads everything that is wanted: one query a table, in the order of the plan's tables.
    ///
    /// # Errors
    /// The first [`DataError`] of the engine.
    pub fn fill(&mut self, plan: &Plan, engine: &mut dyn Engine) -> Result<(), DataError> {
        self.columns.clear();
        let wanted = std::mem::take(&mut *self.wanted.borrow_mut());
        for (id, table) in plan.tables.values().enumerate() {
            let requests: Vec<Request> = wanted.iter().filter(|k| k.0 == id).map(|k| k.1.clone()).collect();
            if requests.is_empty() {
                continue;
            }
            let excluded: Vec<Window> = plan.excludes_of(id).map(|e| e.window).collect();
            let query = Query { table: table.name.clone(), excluded, requests };
            let answers = engine.run(&query)?;
            self.known.extend(query.requests.into_iter().map(|r| Key(id, r)).zip(answers));
        }
        Ok(())
    }
}
