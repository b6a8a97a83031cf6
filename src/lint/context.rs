//! What every rule may look at: the typed plan beside its trees, goal by goal. Knows no data and no rule.

use super::conflict::{self, Disagreements};
use super::times::Steps;
use super::uses::Uses;
use crate::model::Plan;
use crate::model::plan::{Formula, Goal, GoalBody, Node, TableId, Target};
use crate::source::{FileId, Loc, Sources, Span, Spanned};
use crate::syntax::tree::{self, File, GoalClause, Statement, StatementKind};
use rayon::prelude::*;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

/// With fewer goals than this, threads cost more than they bring.
const FEW: usize = 512;

/// The plan, as typed and as written.
#[derive(Debug)]
pub struct Context<'a> {
    /// As typed: every name resolved. Without errors.
    pub plan: &'a Plan,
    /// As written.
    pub trees: &'a [(FileId, File)],
    /// The texts.
    pub sources: &'a Sources,
    /// The goals in the order of the plan: a goal's number is its place here and in `plan.goals`.
    pub goals: Vec<GoalView<'a>>,
    statements: Vec<(FileId, &'a Statement)>,
    /// By file: where its statements are in the list.
    ranges: Vec<Range<usize>>,
    uses: OnceLock<Uses>,
    /// The steps that tables declare, by metric; worked out when first asked for.
    pub(super) steps: OnceLock<Steps>,
    disagreements: OnceLock<Disagreements>,
}

/// A goal, as typed and as written.
#[derive(Debug, Clone, Copy)]
pub struct GoalView<'a> {
    /// Its number in the plan.
    pub number: usize,
    /// As typed.
    pub goal: &'a Goal,
    /// As written.
    pub tree: &'a tree::Goal,
}

impl<'a> Context<'a> {
    /// Puts the typed goals beside their trees.
    pub fn new(plan: &'a Plan, trees: &'a [(FileId, File)], sources: &'a Sources) -> Self {
        let mut statements = Vec::with_capacity(trees.iter().map(|(_, tree)| tree.statements.len()).sum());
        let mut ranges = vec![0..0; trees.iter().map(|(file, _)| file.0 as usize + 1).max().unwrap_or(0)];
        for (file, tree) in trees {
            let from = statements.len();
            statements.extend(tree.statements.iter().map(|s| (*file, s)));
            if let Some(range) = ranges.get_mut(file.0 as usize) {
                *range = from..statements.len();
            }
        }
        let (uses, steps, disagreements) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        let mut context =
            Self { plan, trees, sources, goals: Vec::new(), statements, ranges, uses, steps, disagreements };
        let view = |(number, goal): (usize, &'a Goal)| match context.statement(goal.at)? {
            StatementKind::Goal(tree) => Some(GoalView { number, goal, tree }),
            _ => None,
        };
        let numbered = (0..plan.goals.len()).into_par_iter().with_min_len(FEW);
        context.goals =
            numbered.filter_map(|n| plan.goals.get_index(n).and_then(|(_, goal)| view((n, goal)))).collect();
        context
    }

    /// What the goals are to each other; worked out once.
    pub fn disagreements(&self) -> &Disagreements {
        self.disagreements.get_or_init(|| conflict::disagreements(self))
    }

    /// The statement that stands just there: the `at` of a typed metric, table, campaign, ….
    pub fn statement(&self, at: Loc) -> Option<&'a StatementKind> {
        let (_, statement) = self.statements.get(self.number(at)?)?;
        Some(&statement.node)
    }

    /// All statements in the order of the files; a statement's number is its place here.
    pub fn statements(&self) -> &[(FileId, &'a Statement)] {
        &self.statements
    }

    /// The number of the statement that stands just there.
    pub fn number(&self, at: Loc) -> Option<usize> {
        self.number_around(at).filter(|number| self.place(*number) == Some(at))
    }

    /// The number of the statement that holds a place.
    pub fn number_around(&self, at: Loc) -> Option<usize> {
        let range = self.ranges.get(at.file.0 as usize)?.clone();
        let (from, listed) = (range.start, self.statements.get(range)?);
        let number = listed.partition_point(|(_, s)| s.span.start <= at.span.start).checked_sub(1)?;
        let (_, found) = listed.get(number)?;
        (at.span.end <= found.span.end).then_some(from + number)
    }

    /// Where the statement of that number stands.
    pub fn place(&self, number: usize) -> Option<Loc> {
        self.statements.get(number).map(|(file, s)| Loc { file: *file, span: s.span })
    }

    /// Where the thing that a statement declares is called by its name; the whole statement where it has none.
    pub fn name_of(&self, at: Loc) -> Loc {
        let name = match self.statement(at) {
            Some(StatementKind::Table(t)) => Some(t.name.span),
            Some(StatementKind::Segment(s)) => Some(s.name.span),
            Some(StatementKind::Let(l)) => Some(l.name.span),
            Some(StatementKind::Metric(m)) => Some(m.name.span),
            Some(StatementKind::Campaign(c)) => Some(c.name.span),
            Some(StatementKind::Objective(o)) => Some(o.name.span),
            Some(StatementKind::Milestone(m)) => Some(m.name.span),
            Some(StatementKind::Alert(a)) => Some(a.name.span),
            Some(StatementKind::Scenario(s)) => Some(s.name.span),
            Some(
                StatementKind::Goal(_) | StatementKind::Fact(_) | StatementKind::Exclude(_) | StatementKind::Test(_),
            )
            | None => None,
        };
        name.map_or(at, |span| Loc { file: at.file, span })
    }

    /// Which statement uses which. Worked out when it is first asked for.
    pub fn uses(&self) -> &Uses {
        self.uses.get_or_init(|| Uses::of(self))
    }

    /// The files that another file of the plan imports.
    pub fn imported(&self) -> Vec<FileId> {
        let files = self.sources.files.iter().enumerate();
        let paths: HashMap<String, usize> = files.map(|(i, f)| (join("", &f.path), i)).collect();
        let mut found = Vec::new();
        for (from, tree) in self.trees {
            let Some(folder) = self.sources.files.get(from.0 as usize).map(|f| folder(&f.path)) else { continue };
            let imported = crate::model::imports(tree).into_iter();
            found.extend(imported.filter_map(|(to, _)| Some(FileId(*paths.get(&join(folder, &to))? as u32))));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The goal of a number in the plan.
    pub fn goal(&self, number: usize) -> Option<&GoalView<'a>> {
        let found = self.goals.binary_search_by_key(&number, |g| g.number).ok()?;
        self.goals.get(found)
    }

    /// The text of a place, as written.
    pub fn text(&self, at: Loc) -> &'a str {
        self.sources.files.get(at.file.0 as usize).map_or("", |f| f.slice(at.span))
    }

    /// What goes when a comment goes: where nothing else stands on its line, the whole line with its end; else the comment
    /// with the white space before it.
    pub fn line_of(&self, comment: Loc) -> Loc {
        let Some(file) = self.sources.files.get(comment.file.0 as usize) else { return comment };
        let range = comment.span.range();
        let before = file.text.get(..range.start).unwrap_or("");
        let code = before.trim_end_matches([' ', '\t']);
        let alone = code.is_empty() || code.ends_with('\n');
        let after = file.text.get(range.end..).unwrap_or("");
        let line_end = if alone { after.find('\n').map_or(after.len(), |i| i + 1) } else { 0 };
        Loc { file: comment.file, span: Span::new(code.len(), range.end + line_end) }
    }

    /// The name of a metric.
    pub fn metric_name(&self, id: usize) -> &'a str {
        self.plan.metrics.get_index(id).map_or("", |(name, _)| name.as_str())
    }

    /// The name of a table.
    pub fn table_name(&self, id: TableId) -> &'a str {
        self.plan.tables.get_index(id).map_or("", |(name, _)| name.as_str())
    }

    /// The metrics that a formula reads, itself included where it is one, however far down; each once, in the order met.
    pub fn metrics_in(&self, formula: &'a Formula) -> Vec<usize> {
        let mut found = Vec::new();
        self.visit(formula, &mut |f| {
            if let Node::Metric(id) = f.node
                && !found.contains(&id)
            {
                found.push(id);
            }
        });
        found
    }

    /// The tables that a goal, its KPIs and guardrails read; of a combined goal none of its own.
    pub fn tables_of(&self, goal: &GoalView<'a>) -> Vec<TableId> {
        let mut tables = Vec::new();
        if let GoalBody::Rows { table, .. } = &goal.goal.body {
            tables.push(*table);
        }
        let beside = goal.goal.kpis.iter().chain(&goal.goal.guardrails).map(|k| &k.value);
        for formula in goal.subject().into_iter().chain(beside) {
            self.visit(formula, &mut |f| {
                if let Node::Aggregate(a) = &f.node {
                    tables.push(a.table);
                }
            });
        }
        tables.sort_unstable();
        tables.dedup();
        tables
    }

    /// Calls `see` for a formula and all that it holds, through metrics but not through lets, each metric once.
    pub fn visit(&self, formula: &'a Formula, see: &mut impl FnMut(&'a Formula)) {
        crate::eval::words::visit(self.plan, formula, see);
    }
}

/// The folder of a path as people know it.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A path below a folder, without `.` and `..`.
fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let folder = if path.starts_with('/') { "" } else { folder };
    for part in folder.split('/').chain(path.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

impl<'a> GoalView<'a> {
    /// A place in the goal's own file.
    pub fn place(&self, span: Span) -> Loc {
        Loc { file: self.goal.at.file, span }
    }

    /// Where the goal is called by its name; else its title, else its subject, else `all of …`.
    pub fn name_place(&self) -> Loc {
        let name = self.tree.name.as_ref().or(self.tree.title.as_ref()).map(|n| n.span);
        self.place(name.unwrap_or_else(|| self.subject_span()))
    }

    /// Where the subject stands; of a combined goal its parts.
    pub fn subject_place(&self) -> Loc {
        self.place(self.subject_span())
    }

    fn subject_span(&self) -> Span {
        match &self.tree.body {
            tree::GoalBody::Measured { subject, .. } => subject.span,
            tree::GoalBody::Combined { goals, .. } => {
                goals.iter().map(|g| g.span).reduce(Span::to).unwrap_or(self.goal.at.span)
            }
        }
    }

    /// Just behind the statement, where a further clause can be written.
    pub fn end(&self) -> Loc {
        let end = self.goal.at.span.end;
        self.place(Span { start: end, end })
    }

    /// The first clause that `pick` takes, with the place of the whole clause.
    pub fn clause<T>(&self, pick: impl Fn(&'a GoalClause) -> Option<T>) -> Option<(T, Loc)> {
        self.tree.clauses.iter().find_map(|c: &'a Spanned<GoalClause>| Some((pick(&c.node)?, self.place(c.span))))
    }

    /// What is measured; nothing for goals over rows and combined ones.
    pub fn subject(&self) -> Option<&'a Formula> {
        match &self.goal.body {
            GoalBody::Measured { subject, .. } => Some(subject),
            _ => None,
        }
    }

    /// The subject as written on one line.
    pub fn subject_text(&self) -> &'a str {
        match &self.goal.body {
            GoalBody::Measured { text, .. } | GoalBody::Rows { text, .. } => text,
            GoalBody::Combined { .. } => "",
        }
    }

    /// Its targets, in the order written.
    pub fn targets(&self) -> &'a [Target] {
        match &self.goal.body {
            GoalBody::Measured { targets, .. } | GoalBody::Rows { targets, .. } => targets,
            GoalBody::Combined { .. } => &[],
        }
    }
}
