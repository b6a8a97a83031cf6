//! The library's front door: a plan as text goes in, findings and verdicts come out. Holds no logic of its own.

use crate::diagnostic::{Diagnostic, Level};
use crate::engine::{DataError, Engine};
use crate::eval::{self, verdict::ScenarioReading};
use crate::lint::{self, Levels};
use crate::model::{self, Catalog, whatif};
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
        self.found.extend(parsed.findings(id));
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

    /// All that is wrong with the plan, and what the lints say at their own levels; no data is read.
    pub fn check(&self) -> Vec<Diagnostic> {
        let (mut found, plan) = self.wrong();
        if let Some(input) = self.lintable(&plan, &found) {
            found.extend(lint::lint(input, &Levels::default()).diagnostics);
        }
        found
    }

    /// What the lints may look at: `plan` is this one resolved, `found` what is wrong with it. Nothing where an error
    /// stands outside of goals; where all are in goals, the other goals.
    pub fn lintable<'a>(&'a self, plan: &'a model::Plan, found: &[Diagnostic]) -> Option<lint::Input<'a>> {
        let standing = lint::standing(found, &self.trees, &self.sources);
        let errors = found.iter().filter(|d| d.level == Level::Error);
        let wrong = errors.flat_map(|d| &d.labels).map(|l| l.at).collect();
        let input = lint::Input { plan, trees: &self.trees, sources: &self.sources, wrong, cards: true };
        (standing != lint::Standing::Nothing).then_some(input)
    }

    /// What is wrong with spelling and meaning, and the typed plan.
    fn wrong(&self) -> (Vec<Diagnostic>, model::Plan) {
        let mut found = self.found.clone();
        let (plan, wrong) = self.resolve(&Catalog::default());
        found.extend(wrong);
        (found, plan)
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
        if let Some(found) = wrong(self.wrong().0) {
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

    /// The plan under a what-if; `opened` is this plan with its tables open, `given` the tables that it doesn't declare.
    pub fn suppose(&self, opened: &Opened, given: Vec<TableSource>, question: &Question) -> Supposed {
        let first = FileId(self.sources.files.len() as u32);
        let mut asked = Self { sources: self.sources.clone(), trees: self.trees.clone(), found: Vec::new() };
        let mut sources = self.sources.clone();
        let mut scenario = ScenarioReading::default();
        let mut changes = Vec::new();
        if let Some(name) = &question.scenario {
            let written = opened.plan.scenarios.get(name);
            scenario.title = written.and_then(|s| s.title.clone());
            scenario.set.extend(written.into_iter().flat_map(|s| s.set.iter().cloned()));
            scenario.name = Some(name.clone());
            changes.extend(whatif::changes(&self.trees, name).unwrap_or_default());
        }
        for text in &question.set {
            let change = whatif::as_change(text);
            sources.add(SourceFile::new("--set", text.as_str()));
            let file = asked.add(SourceFile::new("--set", format!("{}{change}", whatif::BEFORE_SET)));
            if let Some((_, tree)) = asked.trees.get_mut(file.0 as usize) {
                let statement = std::mem::take(&mut tree.statements);
                changes.extend(statement.into_iter().flat_map(|s| whatif::of_statement(file, s)));
            }
            scenario.set.push(change.trim().to_owned());
        }
        let catalog = Catalog { given, opened: opened.tables.clone() };
        let supposed = whatif::suppose(&asked.trees, &opened.plan, &catalog, &changes);
        let mut found = asked.found;
        let mut plan = model::Plan::default();
        if found.is_empty() {
            let plain = (&opened.plan, opened.found.as_slice());
            (plan, found) = whatif::resolve_supposed(&supposed, &changes, plain, &asked.sources, &catalog);
        }
        found.iter_mut().for_each(|d| in_given_text(d, first));
        for (name, table) in &mut plan.tables {
            if let Some(open) = opened.plan.tables.get(name) {
                table.source.clone_from(&open.source);
            }
        }
        let plan = if found.is_empty() { Ok(plan) } else { Err(found) };
        Supposed { sources, plan, scenario, scaled: supposed.scaled }
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

/// What is asked of a what-if.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// A scenario of the plan.
    pub scenario: Option<String>,
    /// Further changes, `price=12` or `signups=+10%`: the last one of a name wins, over the scenario's too.
    pub set: Vec<String>,
}

/// A plan under a what-if.
#[derive(Debug)]
pub struct Supposed {
    /// The texts, those of the changes last: findings point into them.
    pub sources: Sources,
    /// The typed plan, or what is wrong with it.
    pub plan: Result<model::Plan, Vec<Diagnostic>>,
    /// What it changes, in words.
    pub scenario: ScenarioReading,
    /// The metrics that it multiplies.
    pub scaled: Vec<String>,
}

impl Supposed {
    /// The verdicts under the what-if, beside those of the `plain` report. `opened` is the plan as it stands.
    ///
    /// # Errors
    /// As [`eval::evaluate`]; what is wrong with the what-if.
    pub fn eval(
        self,
        plain: &eval::verdict::Report,
        opened: &Opened,
        engine: &mut dyn Engine,
        options: &eval::Options,
    ) -> Result<eval::verdict::Report, eval::Failure> {
        let plan = self.plan.map_err(eval::Failure::Plan)?;
        eval::whatif::judge(&plan, (self.scenario, &self.scaled), plain, &opened.tables, engine, options)
    }
}

/// Places in the text of a change are those of the text as it was given.
fn in_given_text(diagnostic: &mut Diagnostic, first: FileId) {
    let before = whatif::BEFORE_SET.len() as u32;
    for label in diagnostic.labels.iter_mut().filter(|l| l.at.file >= first) {
        let back = |offset: u32| offset.saturating_sub(before);
        label.at.span = Span { start: back(label.at.span.start), end: back(label.at.span.end) };
        diagnostic.fix = None;
        if diagnostic.help.as_ref().is_some_and(|h| h.contains("scenario NAME set")) {
            diagnostic.help = Some("write it as price=12, or as signups=+10%".to_owned());
        }
    }
}

/// The plain form of an error about a table; it points at the table's path where the plan has one.
fn about_table(error: &DataError, from: Option<Loc>) -> Diagnostic {
    let mut diagnostic = Diagnostic::of(error, from.map_or(FileId(0), |at| at.file));
    // The line itself holds what must not be shown.
    let secret = matches!(error, DataError::Password { .. });
    if let (true, Some(at)) = (diagnostic.labels.is_empty() && !secret, from) {
        diagnostic.labels.push(crate::diagnostic::Label { at, text: "this file".to_owned() });
    }
    diagnostic
}
