//! From trees to the typed plan: names across files, units, kinds, the dependency graph. Reads no file and no data: the
//! columns of tables reach it as a [`Catalog`], where they are known.

mod across;
mod aggregates;
mod beside;
mod calls;
mod clash;
mod clauses;
mod combined;
mod declare;
pub mod error;
mod fold;
mod formula;
pub mod functions;
mod goals;
mod graph;
mod implicit;
pub mod imports;
pub mod kinds;
mod literals;
mod names;
pub mod plan;
pub mod plan_test;
pub mod plan_test_error;
mod reach;
mod row_calls;
mod rows;
mod scenarios;
mod shapes;
mod tables;
mod targets;
mod timing;
pub mod unit_error;
pub mod units;
mod watched;
pub mod whatif;

pub(crate) use graph::walk;
pub use imports::{ImportGraph, imports};
pub(crate) use names::written;
pub use plan::Plan;

use crate::calendar::Window;
use crate::diagnostic::{Diagnostic, Finding, Label, Level};
use crate::query::{TableInfo, TableSource};
use crate::source::{FileId, Loc, Sources, Span};
use crate::syntax::tree::File;
use error::did_you_mean;
use indexmap::IndexMap;
use jiff::tz::TimeZone;
use names::{Names, nearest};
use reach::Reach;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};

/// What is known of data before a plan is resolved: nothing for a plain `check`.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Tables that only the command line names, in its order.
    pub given: Vec<TableSource>,
    /// What the engine found, by the table's name. A table that isn't here has unknown columns: any name is accepted.
    pub opened: IndexMap<String, TableInfo>,
}

/// The typed plan of all `files`, and every error of all of them, in the order of the files and places.
///
/// Pure: `sources` only gives the text of places. Where there are errors the plan holds everything else; what an error
/// touches stands in it without meaning, so it must not be evaluated.
///
/// Each scenario is tried as well: what it would make wrong is among the errors, once the plan itself is right.
pub fn resolve(files: &[(FileId, File)], sources: &Sources, catalog: &Catalog) -> (Plan, Vec<Diagnostic>) {
    let (plan, mut found) = resolve_plain(files, sources, catalog);
    if !plan.scenarios.is_empty() && !found.iter().any(|d| d.level == Level::Error) {
        let names = Names::collect(files, &mut Vec::new());
        let wrong = scenarios::Trial { names: &names, files, plain: (&plan, &found), sources, catalog }.check();
        found.extend(wrong);
    }
    (plan, found)
}

/// The same without trying its scenarios.
pub(crate) fn resolve_plain(files: &[(FileId, File)], sources: &Sources, catalog: &Catalog) -> (Plan, Vec<Diagnostic>) {
    let mut r = Resolver::new(files, sources, catalog);
    r.facts(files);
    r.declare_tables();
    r.declare_objectives();
    r.declare_scenarios();
    r.resolve_graph();
    r.table_filters();
    r.drives();
    r.goals();
    r.excludes(files);
    r.milestones();
    r.alerts();
    r.watched_ranks_placed();
    r.plan_tests(files);
    r.finish()
}

/// An error was reported already: whoever needed the thing says nothing more.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reported;

/// A result whose error has been reported.
pub(crate) type R<T> = Result<T, Reported>;

/// What is broken already and must not be complained of again.
#[derive(Default)]
pub(crate) struct Broken {
    metrics: HashSet<usize>,
    lets: HashSet<usize>,
    segments: HashSet<usize>,
    campaigns: HashSet<usize>,
    goals: HashSet<String>,
}

/// The state of one run.
pub(crate) struct Resolver<'a> {
    sources: &'a Sources,
    catalog: &'a Catalog,
    names: Names<'a>,
    plan: Plan,
    zone: TimeZone,
    found: Vec<Diagnostic>,
    broken: Broken,
    /// What each metric reads, by its number.
    reach: Vec<Reach>,
    /// Implicit metrics by name.
    implicit: HashMap<String, usize>,
    /// True where neither the plan nor the command line names a table: any table and metric is then accepted.
    bare: bool,
    /// The whole period that a time literal of a let stands for.
    periods: HashMap<Loc, Window>,
    /// Lets that are resolved.
    lets_done: HashSet<usize>,
    /// Metrics that lead back to themselves in the past, each after the one that is resolved last.
    circles: Vec<(usize, Vec<usize>)>,
    /// How deep the expression nests.
    depth: u32,
    /// How many names were compared with unknown ones.
    compared: Cell<usize>,
}

impl<'a> Resolver<'a> {
    fn new(files: &'a [(FileId, File)], sources: &'a Sources, catalog: &'a Catalog) -> Self {
        let mut found = Vec::new();
        let names = Names::collect(files, &mut found);
        let bare = names.tables.is_empty() && catalog.given.is_empty();
        Self {
            sources,
            catalog,
            names,
            plan: Plan::default(),
            zone: TimeZone::UTC,
            found,
            broken: Broken::default(),
            reach: Vec::new(),
            implicit: HashMap::new(),
            periods: HashMap::new(),
            lets_done: HashSet::new(),
            bare,
            circles: Vec::new(),
            depth: 0,
            compared: Cell::new(0),
        }
    }

    /// Reports a finding in `file`.
    fn report(&mut self, file: FileId, finding: &dyn Finding) -> Reported {
        self.found.push(Diagnostic::of(finding, file));
        Reported
    }

    /// Reports a finding with further places, which may be in other files.
    fn report_with(&mut self, file: FileId, finding: &dyn Finding, more: Vec<Label>) -> Reported {
        let mut diagnostic = Diagnostic::of(finding, file);
        diagnostic.labels.extend(more);
        self.found.push(diagnostic);
        Reported
    }

    /// `did you mean X?`, where one of `known` is near enough to `name`.
    fn suggestion<'n>(&self, name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
        // Comparing takes time, and nobody reads thousands of suggestions.
        const MOST: usize = 5_000_000;
        if self.compared.get() > MOST {
            return None;
        }
        let known = known.into_iter().inspect(|_| self.compared.set(self.compared.get() + 1));
        did_you_mean(nearest(name, known))
    }

    /// The text of a place, on one line.
    fn text(&self, file: FileId, span: Span) -> String {
        one_line(self.sources.files.get(file.0 as usize).map_or("", |f| f.slice(span)))
    }

    fn finish(mut self) -> (Plan, Vec<Diagnostic>) {
        let place = |d: &Diagnostic| d.place().map(|p| (p.file, p.span.start));
        self.found.sort_by_key(place);
        self.found.dedup();
        (self.plan, self.found)
    }
}

/// `text` with every run of white space as one space; comments between the lines are left out.
pub(crate) fn one_line(text: &str) -> String {
    let pairs = text.bytes().zip(text.bytes().skip(1).chain([0]));
    let mut odd = pairs.filter(|pair| matches!(pair, (b'\n' | b'\t' | b'\r' | b'#', _) | (b' ', b' ')));
    if odd.next().is_none() {
        return text.trim().to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        for word in without_comment(line).split_whitespace() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// The part of a line before a `#` that stands in no quotes.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    let mut escaped = false;
    for (i, c) in line.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some('"'), '\\') => escaped = true,
            (Some(q), c) if q == c => quote = None,
            (None, '"' | '`') => quote = Some(c),
            (None, '#') => return &line[..i],
            _ => {}
        }
    }
    line
}
