//! The numbers that tables must give. Evaluation asks for cells as it goes; those not known yet are remembered, read in
//! one query a table, and evaluation runs again: so no formula needs to say beforehand what it will read.

use super::trace::Trace;
use crate::calendar::Window;
use crate::engine::{DataError, Engine};
use crate::model::plan::{Plan, TableId};
use crate::query::{Answer, Query, Request};
use indexmap::IndexSet;
use std::cell::RefCell;
use std::collections::HashMap;

/// Which cell: a request over a table.
type Key = (TableId, Request);

/// Answers so far, and what is still wanted.
#[derive(Debug, Default)]
pub struct Cells {
    /// How values come about, while somebody asks.
    pub trace: Trace,
    known: HashMap<Key, Answer>,
    wanted: RefCell<IndexSet<Key>>,
}

impl Cells {
    /// The answer to a request, or `None` after noting that it is wanted.
    pub fn ask(&self, table: TableId, request: Request) -> Option<&Answer> {
        let key = (table, request);
        let found = self.known.get(&key);
        if found.is_none() {
            self.wanted.borrow_mut().insert(key);
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
        let wanted = std::mem::take(&mut *self.wanted.borrow_mut());
        for (id, table) in plan.tables.values().enumerate() {
            let requests: Vec<Request> = wanted.iter().filter(|(t, _)| *t == id).map(|(_, r)| r.clone()).collect();
            if requests.is_empty() {
                continue;
            }
            let excluded: Vec<Window> = plan.excludes_of(id).map(|e| e.window).collect();
            let query = Query { table: table.name.clone(), excluded, requests };
            let answers = engine.run(&query)?;
            self.known.extend(query.requests.into_iter().map(|r| (id, r)).zip(answers));
        }
        Ok(())
    }
}
