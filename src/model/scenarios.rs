//! Tries each scenario of a plan: on the few statements that it touches, so that many scenarios of a large plan take no
//! longer than the plan. Knows names by their letters alone; what a change means is told elsewhere.

use super::Catalog;
use super::error::WhatIfError;
use super::names::{Declared, Names, written};
use super::plan::Plan;
use super::whatif::{Written, named, resolve_supposed, suppose};
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{FileId, Loc, Sources, Spanned};
use crate::syntax::tree::{File, GoalClause, Scenario, Statement, StatementKind};
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};

/// What scenarios are tried on.
pub(super) struct Trial<'a> {
    pub names: &'a Names<'a>,
    pub files: &'a [(FileId, File)],
    /// The plan as it stands, without an error, and what else is said of it.
    pub plain: (&'a Plan, &'a [Diagnostic]),
    pub sources: &'a Sources,
    pub catalog: &'a Catalog,
}

/// What a wrong scenario is told from the whole plan costs, in statements, that all of them together may take. Beyond
/// it what is told comes from the statements that it touches: the same, but that a name to write instead may be missing.
const MOST: usize = 2_000_000;

impl<'a> Trial<'a> {
    fn text(&self, at: Loc) -> &'a str {
        self.sources.files.get(at.file.0 as usize).map_or("", |f| f.slice(at.span))
    }

    /// What is wrong with the scenarios, each tried on its own, in the order of the plan.
    pub fn check(&self) -> Vec<Diagnostic> {
        let scenarios: Vec<_> = self.names.scenarios.values().copied().collect();
        let Some(slices) = Slices::of(self, &scenarios) else {
            return scenarios.iter().flat_map(|d| self.told(*d, self.wrong(*d, self.files))).collect();
        };
        let tried: Vec<Vec<Diagnostic>> =
            scenarios.par_iter().map(|d| self.wrong(*d, &slices.touched(self, *d))).collect();
        let statements: usize = self.files.iter().map(|(_, f)| f.statements.len()).sum();
        let mut whole = MOST / statements.max(1);
        let mut found = Vec::new();
        for (d, mut wrong) in scenarios.into_iter().zip(tried) {
            if !wrong.is_empty() && whole > 0 {
                whole -= 1;
                wrong = self.wrong(d, self.files);
            }
            found.extend(self.told(d, wrong));
        }
        found
    }

    /// What one scenario makes wrong in `files`.
    fn wrong(&self, d: Declared<'_, Scenario>, files: &[(FileId, File)]) -> Vec<Diagnostic> {
        let changes: Vec<Written> = d.tree.changes.iter().map(|c| (d.file, c.clone())).collect();
        let supposed = suppose(files, self.plain.0, self.catalog, &changes);
        resolve_supposed(&supposed, &changes, self.plain, self.sources, self.catalog).1
    }

    /// What is said of a scenario: names that it changes twice, and what it makes wrong.
    fn told(&self, d: Declared<'_, Scenario>, wrong: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for change in &d.tree.changes {
            let (name, at) = named(&change.node);
            if !seen.insert(name) {
                found.push(Diagnostic::of(&WhatIfError::SetTwice { name: written(name), at }, d.file));
            }
        }
        found.extend(wrong.into_iter().map(|w| within(w, d.loc(), &d.tree.name.node)));
        found
    }
}

/// A finding elsewhere says which scenario brings it about.
fn within(mut found: Diagnostic, scenario: Loc, name: &str) -> Diagnostic {
    let here = |l: &Label| {
        l.at.file == scenario.file && l.at.span.start >= scenario.span.start && l.at.span.end <= scenario.span.end
    };
    if !found.labels.iter().any(here) {
        found.message = format!("under scenario {}: {}", written(name), found.message);
    }
    found
}

/// Which statement names which, by the words that stand in their texts: some that name nothing are among them.
struct Slices<'a> {
    /// The statements but scenarios, with the number of their file, in the order of the plan.
    statements: Vec<(usize, &'a Statement)>,
    /// Each name's number: what is declared, and what a scenario changes.
    numbers: HashMap<&'a str, u32>,
    /// By statement: the names in it.
    mentions: Vec<Vec<u32>>,
    /// By name: the statements that declare it, and those that have it in them.
    declaring: Vec<Vec<u32>>,
    mentioning: Vec<Vec<u32>>,
    /// What goals without a name are called, by statement.
    called: HashMap<u32, &'a str>,
    /// In every slice: facts, and as many tables as it takes to know whether there is one, or only one.
    always: Vec<u32>,
}

impl<'a> Slices<'a> {
    /// Nothing where statements depend on more than what they name: without declared tables it follows from what stands
    /// before whether `for each post` is over a table.
    fn of(trial: &Trial<'a>, scenarios: &[Declared<'a, Scenario>]) -> Option<Self> {
        let statements: Vec<(usize, &Statement)> = trial
            .files
            .iter()
            .enumerate()
            .flat_map(|(file, (_, tree))| tree.statements.iter().map(move |s| (file, s)))
            .filter(|(_, s)| !matches!(s.node, StatementKind::Scenario(_)))
            .collect();
        let bare = trial.names.tables.is_empty() && trial.catalog.given.is_empty();
        if bare && statements.iter().any(|(_, s)| depends_on_order(s)) {
            return None;
        }
        let goals = trial.plain.0.goals.keys();
        if goals.len() != trial.names.goals.len() {
            return None;
        }
        let mut slices = Self {
            mentions: Vec::with_capacity(statements.len()),
            numbers: HashMap::new(),
            declaring: Vec::new(),
            mentioning: Vec::new(),
            called: HashMap::new(),
            always: Vec::new(),
            statements,
        };
        slices.declare(goals.map(String::as_str), trial.catalog);
        for change in scenarios.iter().flat_map(|d| &d.tree.changes) {
            slices.number(named(&change.node).0);
        }
        slices.read(trial);
        Some(slices)
    }

    fn number(&mut self, name: &'a str) -> usize {
        let next = self.declaring.len() as u32;
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.declaring.push(Vec::new());
            self.mentioning.push(Vec::new());
        }
        number as usize
    }

    /// Enters what each statement declares.
    fn declare(&mut self, mut goals: impl Iterator<Item = &'a str>, catalog: &Catalog) {
        let all_tables = !catalog.opened.is_empty() || !catalog.given.is_empty();
        let mut tables = 0;
        for i in 0..self.statements.len() {
            let statement = self.statements[i].1;
            let number = i as u32;
            let name = match &statement.node {
                StatementKind::Goal(goal) => {
                    let name = goals.next();
                    if goal.name.is_none() {
                        self.called.extend(name.map(|n| (number, n)));
                    }
                    name
                }
                StatementKind::Fact(_) => {
                    self.always.push(number);
                    None
                }
                StatementKind::Table(table) => {
                    tables += 1;
                    if all_tables || tables <= 2 {
                        self.always.push(number);
                    }
                    Some(table.name.node.as_str())
                }
                other => name_of(other),
            };
            if let Some(name) = name {
                let name = self.number(name);
                self.declaring[name].push(number);
            }
        }
        // `for each campaign` asks whether there is one.
        let campaign = self.statements.iter().position(|(_, s)| matches!(s.node, StatementKind::Campaign(_)));
        self.always.extend(campaign.map(|i| i as u32));
    }

    /// Looks for the names in each statement.
    fn read(&mut self, trial: &Trial<'a>) {
        let (numbers, statements) = (&self.numbers, &self.statements);
        let in_statement = |(file, statement): &(usize, &Statement)| {
            let mut found = Vec::new();
            let Some((file, _)) = trial.files.get(*file) else { return found };
            let text = trial.text(Loc { file: *file, span: statement.span });
            words(text, |word| found.extend(numbers.get(word)));
            found.sort_unstable();
            found.dedup();
            found
        };
        self.mentions = statements.par_iter().with_min_len(256).map(in_statement).collect();
        for (i, mentions) in self.mentions.iter().enumerate() {
            mentions.iter().for_each(|name| self.mentioning[*name as usize].push(i as u32));
        }
    }

    /// The statements that a scenario may make wrong, and all that they need: whatever has in it, however far round, a
    /// name that the scenario changes; and whatever these name, and the scenario.
    fn touched(&self, trial: &Trial<'_>, scenario: Declared<'_, Scenario>) -> Vec<(FileId, File)> {
        let mut taken: HashSet<u32> = HashSet::new();
        let mut open: Vec<u32> = Vec::new();
        let mut seen: HashSet<u32> = HashSet::new();
        let changed: Vec<u32> =
            scenario.tree.changes.iter().filter_map(|c| self.numbers.get(named(&c.node).0)).copied().collect();
        let mut names = changed.clone();
        while let Some(name) = names.pop() {
            if !seen.insert(name) {
                continue;
            }
            for statement in self.declaring[name as usize].iter().chain(&self.mentioning[name as usize]) {
                if taken.insert(*statement) {
                    open.push(*statement);
                    names.extend(self.declared_by(*statement));
                }
            }
        }
        let mut needed = changed;
        words(trial.text(scenario.loc()), |word| needed.extend(self.numbers.get(word)));
        open.extend(self.always.iter().filter(|s| taken.insert(**s)));
        let mut seen: HashSet<u32> = HashSet::new();
        loop {
            let Some(name) = needed.pop() else {
                let Some(statement) = open.pop() else { break };
                needed.extend(self.mentions[statement as usize].iter().filter(|n| !seen.contains(n)));
                continue;
            };
            if seen.insert(name) {
                open.extend(self.declaring[name as usize].iter().filter(|s| taken.insert(**s)));
            }
        }
        self.files(trial, taken)
    }

    /// The name that a statement declares.
    fn declared_by(&self, statement: u32) -> Option<u32> {
        let tree = &self.statements.get(statement as usize)?.1.node;
        let name = self.called.get(&statement).copied().or_else(|| name_of(tree))?;
        self.numbers.get(name).copied()
    }

    /// The trees of some statements; goals have the names that they have in the plan.
    fn files(&self, trial: &Trial<'_>, taken: HashSet<u32>) -> Vec<(FileId, File)> {
        let mut files: Vec<(FileId, File)> = trial.files.iter().map(|(id, _)| (*id, File::default())).collect();
        let mut taken: Vec<u32> = taken.into_iter().collect();
        taken.sort_unstable();
        for number in taken {
            let (file, statement) = self.statements[number as usize];
            let mut statement = statement.clone();
            if let (StatementKind::Goal(goal), Some(name)) = (&mut statement.node, self.called.get(&number)) {
                goal.name = Some(Spanned::new((*name).to_owned(), statement.span));
            }
            files[file].1.statements.push(statement);
        }
        files
    }
}

/// Calls `f` with each word and each name between back-ticks that stands in no text and no comment.
fn words<'t>(text: &'t str, mut f: impl FnMut(&'t str)) {
    // Beyond ASCII all but white space may be part of a name.
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_' || (!c.is_ascii() && !c.is_whitespace());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '"' => {
                let mut escaped = false;
                let end = rest.bytes().skip(1).position(|b| {
                    let closes = b == b'"' && !escaped;
                    escaped = b == b'\\' && !escaped;
                    closes
                });
                end.map_or(rest.len(), |end| end + 2)
            }
            '`' => {
                let end = rest[1..].find('`').map_or(rest.len(), |end| end + 1);
                f(&rest[1..end]);
                (end + 1).min(rest.len())
            }
            c if part(c) => {
                let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
                f(&rest[..end]);
                end
            }
            c => c.len_utf8(),
        };
        rest = &rest[length..];
    }
}

/// True where it depends on what stands before which of its names are tables.
fn depends_on_order(statement: &Statement) -> bool {
    match &statement.node {
        StatementKind::Goal(goal) => goal.clauses.iter().any(|c| matches!(c.node, GoalClause::For { .. })),
        StatementKind::Campaign(_) => true,
        _ => false,
    }
}

/// The name that a statement gives.
fn name_of(statement: &StatementKind) -> Option<&str> {
    let name = match statement {
        StatementKind::Table(t) => &t.name,
        StatementKind::Segment(t) => &t.name,
        StatementKind::Let(t) => &t.name,
        StatementKind::Metric(t) => &t.name,
        StatementKind::Campaign(t) => &t.name,
        StatementKind::Objective(t) => &t.name,
        StatementKind::Goal(t) => t.name.as_ref()?,
        StatementKind::Milestone(t) => &t.name,
        StatementKind::Alert(t) => &t.name,
        StatementKind::Scenario(t) => &t.name,
        StatementKind::Fact(_) | StatementKind::Exclude(_) | StatementKind::Test(_) => return None,
    };
    Some(&name.node)
}

#[cfg(test)]
mod tests {
    use super::{Slices, Trial, words};
    use crate::model::names::Names;
    use crate::model::{Catalog, resolve_plain};
    use crate::source::{FileId, SourceFile, Sources};
    use crate::syntax::parse;

    const PLAN: &str = "objective o \"O\"\ntable posts from \"p.csv\" time day\ntable shop from \"s.csv\"\n\
        table more from \"m.csv\" where a > far\n\
        let limit = 5\nlet far = limit * 2\nsegment big = views > far\n\
        metric likes = sum(posts.likes)\nmetric reach = sum(posts.reach where big)\n\
        metric rate = likes / reach\nmetric other = sum(shop.a)\nmetric third = sum(more.a)\n\
        campaign spring 2021-04 budget $5 * limit where big\n\
        goal likes >= 5 in 2021 where brand = \"a\" supports o\ngoal rate >= 5% in 2021\n\
        goal rate >= 6% in 2021\ngoal other >= limit in 2021\ngoal other >= 2 for each campaign in 2021\n\
        goal far_round: all of rate_2, other\nalert low when rate < 1%\nmilestone m by 2021-05 when likes > 5\n\
        test \"t\" given other = 5 as of 2021-12-31 expect other met\n";

    /// What a scenario makes wrong in all of a plan, and in what it touches.
    #[test]
    fn what_a_scenario_touches_tells_as_much_as_the_whole_plan() {
        let scenarios = [
            ("limit = last(shop.a)[Q4 2020]", true),
            ("far = last(shop.a)[Q4 2020]", true),
            ("likes = sum(posts.likes where brand = \"b\")", true),
            ("likes = rank(other by brand)", true),
            ("likes = rate", true),
            ("reach = sum(posts.reach) + count(posts where nothing_there.a > 1)", true),
            ("other = sum(shop.a where far > 1 and posts.likes > 2)", true),
            ("limit = 12", false),
            ("likes +10%, reach -10%", false),
            ("rate = likes / other", false),
        ];
        for (changes, wrong) in scenarios {
            let text = format!("{PLAN}scenario s set {changes}\n");
            let parsed = parse(&text);
            assert!(parsed.errors.is_empty(), "{changes}: {:?}", parsed.errors);
            let files = vec![(FileId(0), parsed.file)];
            let mut sources = Sources::default();
            sources.add(SourceFile::new("plan.goal", text.as_str()));
            let catalog = Catalog::default();
            let (plan, found) = resolve_plain(&files, &sources, &catalog);
            assert!(found.is_empty(), "{found:#?}");
            let names = Names::collect(&files, &mut Vec::new());
            let plain = (&plan, found.as_slice());
            let trial = Trial { names: &names, files: &files, plain, sources: &sources, catalog: &catalog };
            let scenario = names.scenarios[0];
            let touched = Slices::of(&trial, &[scenario]).expect("a plan of tables").touched(&trial, scenario);
            let whole = trial.wrong(scenario, &files);
            let told = |found: &[crate::diagnostic::Diagnostic]| -> Vec<_> {
                found.iter().map(|d| (d.message.clone(), d.labels.clone())).collect()
            };
            assert_eq!(told(&trial.wrong(scenario, &touched)), told(&whole), "{changes}");
            assert_eq!(!whole.is_empty(), wrong, "{changes}");
            let count = touched[0].1.statements.len();
            assert!(count < files[0].1.statements.len() - 1, "{changes}: {count}");
        }
    }

    #[test]
    fn words_are_found_outside_of_texts_and_comments() {
        let of = |text| {
            let mut found = Vec::new();
            words(text, |w| found.push(w));
            found.join("|")
        };
        assert_eq!(of("a.b+c_1*`d e` # f\n\"g\\\" h\" i\u{a0}é\u{301}x >= €5k"), "a|b|c_1|d e|i|é\u{301}x|€5k");
        assert_eq!(of("`never"), "never");
        assert_eq!(of("x \"never"), "x");
    }
}
