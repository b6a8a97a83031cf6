//! Comments that silence a rule, `# milepost: allow(A301) because …`, on a statement or at the file's head. Knows no
//! single rule; what is wrong with a silencer, rules of their own say.

use super::context::Context;
use super::levels::Levels;
use super::rule::{Letter, Look, Rule};
use super::run::{Hit, diagnostic, hits_of};
use super::{find, rules};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Loc, Span};
use crate::syntax::tree::{Comment, File, Statement};
use std::collections::HashMap;

/// One such comment.
#[derive(Debug)]
pub struct Silencer {
    /// The whole comment, from `#` to the end of the line.
    pub at: Loc,
    /// What stands between the brackets, each with its place and the rule of that code or name.
    pub codes: Vec<(String, Loc, Option<&'static Rule>)>,
    /// What follows `because`.
    pub reason: Option<String>,
    /// Of the rules that have looked, those of which it silences nothing.
    pub idle: Vec<&'static Rule>,
    about: About,
    used: Vec<&'static str>,
}

/// What a silencing comment is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// The whole file.
    File,
    /// One statement, by its place in the file's list.
    Statement(usize),
    /// It stands behind the last statement.
    Nothing,
}

/// All silencers of a plan.
#[derive(Debug)]
pub(super) struct Silencers {
    list: Vec<Silencer>,
    /// Those about a statement, by its number.
    on_statements: HashMap<usize, Vec<usize>>,
    on_files: HashMap<FileId, Vec<usize>>,
}

impl Silencers {
    /// Those of all files, in their order.
    pub fn read(context: &Context<'_>) -> Self {
        let mut silencers = Self { list: Vec::new(), on_statements: HashMap::new(), on_files: HashMap::new() };
        for (file, tree) in context.trees {
            for silencer in tree.comments.iter().filter_map(|c| read(context, *file, tree, c)) {
                let number = silencers.list.len();
                match silencer.about {
                    About::File => silencers.on_files.entry(*file).or_default().push(number),
                    About::Statement(i) => {
                        let at = tree.statements.get(i).and_then(|s| context.number(Loc { file: *file, span: s.span }));
                        at.into_iter().for_each(|s| silencers.on_statements.entry(s).or_default().push(number));
                    }
                    About::Nothing => {}
                }
                silencers.list.push(silencer);
            }
        }
        silencers
    }

    /// The first that silences a hit.
    fn covering(&mut self, context: &Context<'_>, hit: &Hit) -> Option<&mut Silencer> {
        let places = hit.finding.labels.iter().map(|l| l.at);
        let around = places.flat_map(|at| {
            let statement = context.number_around(at).and_then(|n| self.on_statements.get(&n));
            self.on_files.get(&at.file).into_iter().chain(statement).flatten()
        });
        let first = around.copied().filter(|i| self.list.get(*i).is_some_and(|s| s.allows(hit.rule))).min()?;
        self.list.get_mut(first)
    }

    /// Marks the hits that are silenced, and says what is wrong with the silencers.
    pub fn apply(
        mut self,
        context: &Context<'_>,
        levels: &Levels,
        hits: &mut [Hit],
        with_data: bool,
    ) -> Vec<Diagnostic> {
        if self.list.is_empty() {
            return Vec::new();
        }
        for hit in hits {
            if let Some(silencer) = self.covering(context, hit) {
                if !silencer.used.contains(&hit.rule.code) {
                    silencer.used.push(hit.rule.code);
                }
                hit.allowed.clone_from(&silencer.reason);
            }
        }
        for silencer in &mut self.list {
            let here = |r: &Rule| match r.look {
                Look::Versions => false,
                look => !look.reads_data() || (with_data && !comes_and_goes(r)),
            };
            let looked = |r: &&Rule| levels.of(r).is_some() && here(r);
            let rules = silencer.codes.iter().filter_map(|(_, _, rule)| *rule).filter(looked);
            silencer.idle = rules.filter(|r| !silencer.used.contains(&r.code)).collect();
        }
        let about = rules::ALL.iter().filter_map(|rule| match rule.look {
            Look::Silencer(look) => Some((*rule, levels.of(rule)?, look)),
            _ => None,
        });
        let found = about.flat_map(|(rule, level, look)| {
            let each = self.list.iter().flat_map(move |s| hits_of(rule, level, None, |found| look(context, s, found)));
            each.map(diagnostic).collect::<Vec<_>>()
        });
        found.collect()
    }
}

impl Silencer {
    /// True where it silences what a rule finds within its reach: only with a reason.
    fn allows(&self, rule: &Rule) -> bool {
        self.reason.is_some() && self.codes.iter().any(|(_, _, r)| r.is_some_and(|r| r.code == rule.code))
    }
}

/// What stands between the brackets of `milepost: allow(…)`, and what follows them.
fn parts(comment: &Comment) -> Option<(&str, &str)> {
    let rest = comment.text.trim_start().strip_prefix("milepost:")?.trim_start().strip_prefix("allow")?;
    rest.trim_start().strip_prefix('(')?.split_once(')')
}

/// True for a comment that silences, or means to.
pub(super) fn is_silencer(comment: &Comment) -> bool {
    parts(comment).is_some()
}

/// True for rules that look ahead from the moment of the data: a chance that is low today may not be tomorrow, and a
/// comment on it isn't idle on the days between.
fn comes_and_goes(rule: &Rule) -> bool {
    rule.look.reads_data() && rule.letter() == Some(Letter::Attainable)
}

/// A comment as a silencer, where it is one.
fn read(context: &Context<'_>, file: FileId, tree: &File, comment: &Comment) -> Option<Silencer> {
    let (codes, rest) = parts(comment)?;
    let reason = rest.trim().strip_prefix("because").map(str::trim).filter(|r| !r.is_empty());
    let at = Loc { file, span: comment.span };
    let text = context.text(at);
    // Places of the codes: the comment's own text follows its `#`.
    let from = text.find('(').map_or(0, |i| i + 1);
    let mut offset = comment.span.start as usize + from;
    let mut listed = Vec::new();
    for part in codes.split(',') {
        let code = part.trim();
        let start = offset + (part.len() - part.trim_start().len());
        listed.push((code.to_owned(), Loc { file, span: Span::new(start, start + code.len()) }, find(code)));
        offset += part.len() + 1;
    }
    let whole = context.sources.files.get(file.0 as usize).map_or("", |f| f.text.as_str());
    let about = about(whole, tree, comment);
    Some(Silencer { at, codes: listed, reason: reason.map(str::to_owned), idle: Vec::new(), about, used: Vec::new() })
}

/// A comment within a statement or behind it on its line is about that statement, one above a statement about the next
/// one; one at the head of the file, with an empty line behind it, is about all of it.
pub(super) fn about(text: &str, tree: &File, comment: &Comment) -> About {
    let next = tree.statements.partition_point(|s| s.span.start < comment.span.start);
    let before = next.checked_sub(1).and_then(|i| Some((i, tree.statements.get(i)?)));
    match (before, tree.statements.get(next)) {
        (Some((i, s)), _) if comment.span.start < s.span.end || !comment.own_line => About::Statement(i),
        (None, Some(first)) if apart(text, comment, first) => About::File,
        (_, Some(_)) => About::Statement(next),
        (_, None) => About::Nothing,
    }
}

/// True where an empty line stands between a comment and a statement.
fn apart(text: &str, comment: &Comment, statement: &Statement) -> bool {
    let between = text.get(comment.span.range().end..statement.span.range().start).unwrap_or("");
    // Behind the comment its line ends, and the statement begins a line of its own.
    let mut lines = between.split('\n').skip(1).peekable();
    std::iter::from_fn(|| lines.next().filter(|_| lines.peek().is_some())).any(|line| line.trim().is_empty())
}
