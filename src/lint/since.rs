//! Which statements changed since an earlier state of the plan, and which depend on them. Knows no git and no file: the
//! earlier texts are given.

use super::context::Context;
use super::mentions::{Mention, mentions};
use super::silence::{About, about, is_silencer};
use super::uses::declared;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::is_lint;
use crate::model::Plan;
use crate::source::{FileId, Loc, Sources};
use crate::syntax::tree::{Fact, File, Statement, StatementKind};
use std::collections::{HashMap, HashSet, VecDeque};
use std::mem::Discriminant;

/// A file of the plan as it was.
#[derive(Debug)]
pub struct Earlier {
    /// Which file it is now; `None` where it is gone.
    pub file: Option<FileId>,
    /// Its text then.
    pub text: String,
    /// The tree of that text.
    pub tree: File,
}

/// What changed, and what depends on it.
#[derive(Debug)]
pub struct Touched<'a> {
    context: Context<'a>,
    /// By statement.
    statements: Vec<bool>,
    /// Silencing comments, each with what it is about, in the order of the files.
    silencers: Vec<(Loc, Option<usize>)>,
}

impl<'a> Touched<'a> {
    /// Holds the plan of now against what its files were. A file without an earlier one is new: all of it changed.
    ///
    /// A statement is touched where it is new or says something else (white space, comments and its place aside); where
    /// it depends on one that is touched or gone; where a comment that silences its findings came, went or changed; where
    /// something that used it doesn't any more. A changed fact (currency, horizon, owner, …) touches all.
    pub fn of(plan: &'a Plan, trees: &'a [(FileId, File)], sources: &'a Sources, earlier: &[Earlier]) -> Self {
        let context = Context::new(plan, trees, sources);
        let statements = vec![false; context.statements().len()];
        let mut touched = Self { context, statements, silencers: Vec::new() };
        let mut seen = Seen::default();
        for (file, tree) in trees {
            let then = earlier.iter().find(|e| e.file == Some(*file));
            touched.hold_against(*file, tree, then, &mut seen);
        }
        let gone_files = earlier.iter().filter(|e| e.file.is_none());
        seen.gone.extend(gone_files.flat_map(|e| &e.tree.statements));
        touched.follow(seen);
        touched
    }

    /// True where a finding is about something touched, or no lint.
    pub fn concerns(&self, found: &Diagnostic) -> bool {
        !is_lint(found.code) || found.labels.is_empty() || found.labels.iter().any(|l| self.holds(l.at))
    }

    /// True where a place lies in something touched.
    fn holds(&self, at: Loc) -> bool {
        let touched = |number: usize| self.statements.get(number).copied().unwrap_or_default();
        if let Some(number) = self.context.number_around(at) {
            return touched(number);
        }
        // A silencing comment above its statement belongs to it; one about a whole file, to all in it.
        let after = self.silencers.partition_point(|(c, _)| (c.file, c.span.start) <= (at.file, at.span.start));
        match after.checked_sub(1).and_then(|i| self.silencers.get(i)) {
            Some((_, Some(number))) => touched(*number),
            _ => self.context.statements().iter().zip(&self.statements).any(|((file, _), t)| *t && *file == at.file),
        }
    }

    /// The goals that are touched, by their number in the plan.
    pub fn goals(&self) -> Vec<bool> {
        let goal =
            |g: &crate::model::plan::Goal| self.context.number(g.at).and_then(|n| self.statements.get(n).copied());
        self.context.plan.goals.values().map(|g| goal(g).unwrap_or_default()).collect()
    }

    /// Finds what is new or changed in one file.
    fn hold_against<'t>(&mut self, file: FileId, tree: &'t File, then: Option<&'t Earlier>, seen: &mut Seen<'t>) {
        let text = self.context.sources.files.get(file.0 as usize).map_or("", |f| f.text.as_str());
        let first = tree.statements.first();
        let first = first.and_then(|s| self.context.number(Loc { file, span: s.span })).unwrap_or_default();
        let comments = Comments::of(text, tree);
        self.silencers.extend(comments.all.iter().map(|(span, about)| {
            let number = match about {
                About::Statement(i) => Some(first + i),
                About::File | About::Nothing => None,
            };
            (Loc { file, span: *span }, number)
        }));
        let Some(then) = then else {
            seen.changed.extend((0..tree.statements.len()).map(|i| first + i));
            seen.new.extend(&tree.statements);
            return;
        };
        let comments_then = Comments::of(&then.text, &then.tree);
        let pairs = paired((text, tree), (&then.text, &then.tree));
        let mut kept = vec![false; then.tree.statements.len()];
        for (i, (statement, old)) in tree.statements.iter().zip(pairs).enumerate() {
            match old {
                Some(old) => {
                    if let Some(kept) = kept.get_mut(old) {
                        *kept = true;
                    }
                    if comments.on(Some(i)) != comments_then.on(Some(old))
                        || comments.on(None) != comments_then.on(None)
                    {
                        seen.beside.push(first + i);
                    }
                }
                None => {
                    seen.changed.push(first + i);
                    seen.new.push(statement);
                }
            }
        }
        seen.gone.extend(then.tree.statements.iter().zip(kept).filter(|(_, kept)| !kept).map(|(s, _)| s));
    }

    /// From what changed to what depends on it.
    fn follow(&mut self, mut seen: Seen<'_>) {
        if seen.gone.iter().chain(&seen.new).any(|s| is_about_all(s)) {
            self.statements.fill(true);
            return;
        }
        self.read_no_more(&mut seen);
        let mut open = seen.changed;
        let uses = self.context.uses();
        while let Some(number) = open.pop() {
            let Some(touched) = self.statements.get_mut(number) else { continue };
            if std::mem::replace(touched, true) {
                continue;
            }
            open.extend(uses.users(number).iter().map(|n| *n as usize));
            let statement = self.context.statements().get(number).map(|(_, s)| &s.node);
            if matches!(statement, Some(StatementKind::Campaign(_))) {
                open.extend(uses.over_campaigns().iter().map(|n| *n as usize));
            }
        }
        for number in seen.beside {
            if let Some(touched) = self.statements.get_mut(number) {
                *touched = true;
            }
        }
    }

    /// What gone statements leave behind: whoever still mentions their names, the tables that they took rows from, and
    /// (by itself, not with all that uses it) what they used.
    fn read_no_more(&self, seen: &mut Seen<'_>) {
        let statements = self.context.statements();
        let here: HashSet<&str> = statements.iter().filter_map(|(_, s)| Some(declared(&s.node)?.0)).collect();
        let gone = seen.gone.iter().filter_map(|s| Some(declared(&s.node)?.0));
        let gone: HashSet<&str> = gone.filter(|name| !here.contains(name)).collect();
        let mut used: HashSet<Used<'_>> = HashSet::new();
        seen.gone.iter().for_each(|s| mentions(s, &mut |m| _ = used.insert(Used::of(m))));
        seen.new.iter().for_each(|s| mentions(s, &mut |m| _ = used.remove(&Used::of(m))));
        let excluded: Vec<Option<&str>> = seen.gone.iter().chain(&seen.new).filter_map(|s| excluded(s)).collect();
        if gone.is_empty() && used.is_empty() && excluded.is_empty() {
            return;
        }
        for (number, (_, statement)) in statements.iter().enumerate() {
            if !gone.is_empty() {
                mentions(statement, &mut |m| {
                    if let Used::Name(name) = Used::of(m)
                        && gone.contains(name)
                    {
                        seen.changed.push(number);
                    }
                });
            }
            if Used::declared(&statement.node).is_some_and(|u| used.contains(&u)) {
                seen.beside.push(number);
            }
            if let StatementKind::Table(table) = &statement.node
                && excluded.iter().any(|e| e.is_none_or(|name| name == table.name.node))
            {
                seen.changed.push(number);
            }
        }
    }
}

/// What is found while files are held against what they were.
#[derive(Default)]
struct Seen<'t> {
    /// By number: new, or says something else.
    changed: Vec<usize>,
    /// By number: touched by itself.
    beside: Vec<usize>,
    /// The statements of `changed`.
    new: Vec<&'t Statement>,
    /// What was there and isn't any more.
    gone: Vec<&'t Statement>,
}

/// A name that is used, as far as it says what it is.
#[derive(PartialEq, Eq, Hash)]
enum Used<'t> {
    Name(&'t str),
    Objective(&'t str),
    Goal(&'t str),
}

impl<'t> Used<'t> {
    fn of(mention: Mention<'t>) -> Self {
        match mention {
            Mention::Value(name) | Mention::Row(name) => Self::Name(name),
            Mention::Objective(name) => Self::Objective(name),
            Mention::Goal(name) => Self::Goal(name),
        }
    }

    fn declared(statement: &'t StatementKind) -> Option<Self> {
        match statement {
            StatementKind::Objective(o) => Some(Self::Objective(&o.name.node)),
            StatementKind::Goal(g) => Some(Self::Goal(&g.name.as_ref()?.node)),
            _ => declared(statement).map(|(name, _)| Self::Name(name)),
        }
    }
}

/// True for a fact that every verdict depends on. A title, a mission or a vision is none; what an import brings are
/// statements of their own.
fn is_about_all(statement: &Statement) -> bool {
    match &statement.node {
        StatementKind::Fact(fact) => {
            !matches!(fact, Fact::Plan(_) | Fact::Mission(_) | Fact::Vision(_) | Fact::Import(_))
        }
        _ => false,
    }
}

/// The table of an `exclude`; `Some(None)` where it is about all.
fn excluded(statement: &Statement) -> Option<Option<&str>> {
    match &statement.node {
        StatementKind::Exclude(e) => Some(e.table.as_ref().map(|t| t.node.as_str())),
        _ => None,
    }
}

/// For each statement of now the one of then that says the same, each taken once.
fn paired((text, now): (&str, &File), (text_then, then): (&str, &File)) -> Vec<Option<usize>> {
    let mut same: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (i, s) in then.statements.iter().enumerate() {
        same.entry(text_then.get(s.span.range()).unwrap_or("")).or_default().push_back(i);
    }
    let as_text = |s: &Statement| text.get(s.span.range()).unwrap_or("");
    let mut pairs: Vec<Option<usize>> =
        now.statements.iter().map(|s| same.get_mut(as_text(s)).and_then(VecDeque::pop_front)).collect();
    // What is left was rewritten, or only laid out anew.
    let mut left: Vec<usize> = same.into_values().flatten().collect();
    left.sort_unstable();
    let mut by_key: HashMap<Key<'_>, VecDeque<usize>> = HashMap::new();
    for i in left {
        let Some(s) = then.statements.get(i) else { continue };
        by_key.entry(key(&s.node)).or_default().push_back(i);
    }
    for (s, pair) in now.statements.iter().zip(&mut pairs).filter(|(_, pair)| pair.is_none()) {
        let Some(candidates) = by_key.get_mut(&key(&s.node)) else { continue };
        let says_the_same = |i: &usize| then.statements.get(*i).is_some_and(|old| old.node == s.node);
        let found = candidates.iter().take(NEAR).position(says_the_same);
        *pair = found.and_then(|at| candidates.remove(at));
    }
    pairs
}

/// Among statements of one sort without a name, so many are held against each other.
const NEAR: usize = 100;

type Key<'t> = (Discriminant<StatementKind>, &'t str);

fn key(statement: &StatementKind) -> Key<'_> {
    let name = match statement {
        StatementKind::Objective(o) => &o.name.node,
        StatementKind::Goal(g) => g.name.as_ref().or(g.title.as_ref()).map_or("", |n| n.node.as_str()),
        StatementKind::Milestone(m) => &m.name.node,
        StatementKind::Alert(a) => &a.name.node,
        StatementKind::Scenario(s) => &s.name.node,
        StatementKind::Test(t) => &t.title.node,
        other => declared(other).map_or("", |(name, _)| name),
    };
    (std::mem::discriminant(statement), name)
}

/// The silencing comments of a file.
struct Comments<'t> {
    all: Vec<(crate::source::Span, About)>,
    /// By statement; `None`: about the whole file.
    texts: HashMap<Option<usize>, Vec<&'t str>>,
}

impl<'t> Comments<'t> {
    fn of(text: &str, tree: &'t File) -> Self {
        let mut comments = Self { all: Vec::new(), texts: HashMap::new() };
        for comment in tree.comments.iter().filter(|c| is_silencer(c)) {
            let about = about(text, tree, comment);
            comments.all.push((comment.span, about));
            let on = match about {
                About::Statement(i) => Some(i),
                About::File => None,
                About::Nothing => continue,
            };
            comments.texts.entry(on).or_default().push(&comment.text);
        }
        comments
    }

    fn on(&self, statement: Option<usize>) -> &[&'t str] {
        self.texts.get(&statement).map_or(&[], Vec::as_slice)
    }
}
