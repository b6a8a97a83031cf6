//! The library's front door: a plan as text goes in, findings and verdicts come out. Holds no logic of its own.

use crate::diagnostic::{Diagnostic, Level};
use crate::engine::{DataError, Engine};
use crate::eval;
use crate::model::{self, Catalog};
use crate::query::{TableInfo, TableSource};
use crate::source::{FileId, Loc, SourceFile, Sources, Span};
use crate::syntax::{
    self,
    tree::{File, StatementKind, Table},
};
use indexmap::IndexMap;

/// A plan as it was read: its texts, their trees and what is wrong with their spelling.
#[derive(Debug, Default)]
pub struct Plan {
    sources: Sources,
    trees: Vec<(FileId, File)>,
    found: Vec<Diagnostic>,
}

/// A plan whose tables are open.
#[derive(Debug)]
pub struct Opened {
    /// The typed plan, its columns known.
    pub plan: model::Plan,
    /// What the engine found, by the table's name.
    pub tables: IndexMap<String, TableInfo>,
    /// What is wrong with it, apart from its spelling.
    pub found: Vec<Diagnostic>,
}

impl Plan {
    /// The plan that is one text.
    pub fn parse(text: &str) -> Self {
        let mut plan = Self::default();
        plan.add(SourceFile::new("plan.goal", text));
        plan
    }

    /// Adds a file to the plan and says its number. Imports are not followed: that needs files.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        let parsed = syntax::parse_limited(&file.text, usize::MAX);
        let id = self.sources.add(file);
        self.found.extend(parsed.errors.iter().map(|e| Diagnostic::of(e, id)));
        self.trees.push((id, parsed.file));
        id
    }

    /// The texts, which findings point into.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The tree of each text.
    pub fn trees(&self) -> &[(FileId, File)] {
        &self.trees
    }

    /// What is wrong with the spelling.
    pub fn spelling(&self) -> &[Diagnostic] {
        &self.found
    }

    /// The paths that a file imports, as written, and their places.
    pub fn imports(&self, file: FileId) -> Vec<(String, Span)> {
        self.trees.iter().filter(|(id, _)| *id == file).flat_map(|(_, tree)| model::imports(tree)).collect()
    }

    /// The tables that the plan declares, and the places of their paths.
    pub fn tables(&self) -> impl Iterator<Item = (&Table, Loc)> {
        self.trees.iter().flat_map(|(file, tree)| {
            tree.statements.iter().filter_map(|s| match &s.node {
                StatementKind::Table(table) => Some((table, Loc { file: *file, span: table.from.span })),
                _ => None,
            })
        })
    }

    /// Names, units and kinds: the typed plan, and what is wrong with it apart from its spelling.
    pub fn resolve(&self, catalog: &Catalog) -> (model::Plan, Vec<Diagnostic>) {
        model::resolve(&self.trees, &self.sources, catalog)
    }

    /// All that is wrong with the plan, without reading data.
    pub fn check(&self) -> Vec<Diagnostic> {
        let mut found = self.found.clone();
        found.extend(self.resolve(&Catalog::default()).1);
        found
    }

    /// Judges the plan's goals. Tables are opened where the plan says, relative to the current folder.
    ///
    /// # Errors
    /// Everything that is wrong with the plan or its data.
    pub fn eval(
        &self,
        engine: &mut dyn Engine,
        options: &eval::Options,
    ) -> Result<eval::verdict::Report, Vec<Diagnostic>> {
        let wrong = |found: Vec<Diagnostic>| found.iter().any(|d| d.level == Level::Error).then_some(found);
        if let Some(found) = wrong(self.check()) {
            return Err(found);
        }
        let opened = self.open(engine, Vec::new(), |_, _| Ok(true))?;
        if let Some(found) = wrong(opened.found) {
            return Err(found);
        }
        eval::evaluate(&opened.plan, &opened.tables, engine, options).map_err(|failure| match failure {
            eval::Failure::Plan(found) => found,
            eval::Failure::Data(error) => vec![Diagnostic::of(&error, FileId(0))],
        })
    }

    /// Opens the tables and resolves the plan with their columns. `given` are tables that the plan doesn't declare;
    /// `locate` turns a table's path as written into the one that is opened, and answers false to leave it closed.
    ///
    /// # Errors
    /// All tables that can't be opened; with nothing opened, what `locate` refused.
    pub fn open(
        &self,
        engine: &mut dyn Engine,
        given: Vec<TableSource>,
        mut locate: impl FnMut(&mut TableSource, Option<Loc>) -> Result<bool, Diagnostic>,
    ) -> Result<Opened, Vec<Diagnostic>> {
        let mut catalog = Catalog { given, ..Catalog::default() };
        let (mut plan, _) = self.resolve(&catalog);
        let mut wrong = Vec::new();
        let (timezone, week_start) = (plan.facts.timezone.clone(), plan.facts.rules.week_start);
        for (name, table) in &mut plan.tables {
            let written = self.tables().find(|(t, _)| t.name.node == *name);
            let from = written.as_ref().map(|(_, at)| *at);
            if table.source.implicit {
                table.source.timezone.clone_from(&timezone);
                table.source.week_start = week_start;
            }
            match locate(&mut table.source, from) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(refused) => {
                    wrong.push(refused);
                    continue;
                }
            }
            match engine.open(&table.source) {
                Ok(info) => _ = catalog.opened.insert(name.clone(), info),
                Err(error) => {
                    // A path that came from elsewhere isn't the plan's fault.
                    let named = written.filter(|(t, _)| t.from.node == table.source.shown).map(|(_, at)| at);
                    wrong.push(about_table(&error, named));
                }
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let located: Vec<TableSource> = plan.tables.into_values().map(|t| t.source).collect();
        let (mut plan, found) = self.resolve(&catalog);
        for source in located {
            if let Some(table) = plan.tables.get_mut(&source.name) {
                (table.source.path, table.source.shown) = (source.path, source.shown);
            }
        }
        Ok(Opened { plan, tables: catalog.opened, found })
    }
}

/// The plain form of an error about a table; it points at the table's path where the plan has one.
fn about_table(error: &DataError, from: Option<Loc>) -> Diagnostic {
    let mut diagnostic = Diagnostic::of(error, from.map_or(FileId(0), |at| at.file));
    if let (true, Some(at)) = (diagnostic.labels.is_empty(), from) {
        diagnostic.labels.push(crate::diagnostic::Label { at, text: "this file".to_owned() });
    }
    diagnostic
}
