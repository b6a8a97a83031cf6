//! Comments that silence a rule, `# milepost: allow(A301) because …`, on a statement or at the file's head. Knows no
//! single rule; what is wrong with a silencer, rules of their own say.

use super::context::Context;
use super::levels::Levels;
use super::rule::{Look, Rule};
use super::run::{Hit, diagnostic, hits_of};
use super::{find, rules};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Loc, Span};
use crate::syntax::tree::{Comment, File, Statement};

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
    reach: Reach,
    used: Vec<&'static str>,
}

/// What a silencer covers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reach {
    /// The whole file.
    File(FileId),
    /// One statement.
    Statement(Loc),
    /// It stands behind the last statement.
    Nothing,
}

/// All silencers of a plan.
#[derive(Debug)]
pub(super) struct Silencers {
    list: Vec<Silencer>,
}

impl Silencers {
    /// Those of all files, in their order.
    pub fn read(context: &Context<'_>) -> Self {
        let of_file = |(file, tree): &(FileId, File)| -> Vec<Silencer> {
            tree.comments.iter().filter_map(|c| read(context, *file, tree, c)).collect()
        };
        Self { list: context.trees.iter().flat_map(of_file).collect() }
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
            let covering = self.list.iter_mut().find(|s| s.covers(hit));
            if let Some(silencer) = covering {
                silencer.used.push(hit.rule.code);
                hit.allowed.clone_from(&silencer.reason);
            }
        }
        for silencer in &mut self.list {
            let here = |r: &Rule| (with_data || !r.look.reads_data()) && !matches!(r.look, Look::Versions);
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
    /// True where it silences a hit: only with a reason.
    fn covers(&self, hit: &Hit) -> bool {
        let inside = |at: &Loc| match self.reach {
            Reach::File(file) => at.file == file,
            Reach::Statement(s) => at.file == s.file && s.span.start <= at.span.start && at.span.end <= s.span.end,
            Reach::Nothing => false,
        };
        self.reason.is_some()
            && self.codes.iter().any(|(_, _, rule)| rule.is_some_and(|r| r.code == hit.rule.code))
            && hit.finding.labels.iter().any(|l| inside(&l.at))
    }
}

/// A comment as a silencer, where it is one.
fn read(context: &Context<'_>, file: FileId, tree: &File, comment: &Comment) -> Option<Silencer> {
    let rest = comment.text.trim_start().strip_prefix("milepost:")?.trim_start().strip_prefix("allow")?;
    let (codes, rest) = rest.trim_start().strip_prefix('(')?.split_once(')')?;
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
    let reach = reach(context, file, tree, comment);
    Some(Silencer { at, codes: listed, reason: reason.map(str::to_owned), idle: Vec::new(), reach, used: Vec::new() })
}

/// A comment within a statement or behind it on its line is about that statement, one above a statement about the next
/// one; one at the head of the file, with an empty line behind it, is about all of it.
fn reach(context: &Context<'_>, file: FileId, tree: &File, comment: &Comment) -> Reach {
    let next = tree.statements.partition_point(|s| s.span.start < comment.span.start);
    let of = |s: &Statement| Reach::Statement(Loc { file, span: s.span });
    let before = next.checked_sub(1).and_then(|i| tree.statements.get(i));
    match (before, tree.statements.get(next)) {
        (Some(s), _) if comment.span.start < s.span.end || !comment.own_line => of(s),
        (None, Some(first)) if apart(context, file, comment, first) => Reach::File(file),
        (_, Some(s)) => of(s),
        (_, None) => Reach::Nothing,
    }
}

/// True where an empty line stands between a comment and a statement.
fn apart(context: &Context<'_>, file: FileId, comment: &Comment, statement: &Statement) -> bool {
    let between = Loc { file, span: Span { start: comment.span.end, end: statement.span.start } };
    let text = context.text(between);
    let lines = text.lines().count();
    text.lines().enumerate().any(|(i, line)| i > 0 && i + 1 < lines.max(2) && line.trim().is_empty())
}
