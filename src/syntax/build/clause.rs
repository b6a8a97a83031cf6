//! What clauses share: each at most once.

use super::Build;
use crate::source::Spanned;
use crate::syntax::error::SyntaxError;
use crate::syntax::grammar::{Node, Rule};

impl Build<'_> {
    /// The clauses of a statement, as written; a second one of a kind is an error with both places.
    pub(super) fn clauses<'i, T>(
        &self,
        nodes: impl Iterator<Item = Node<'i>>,
        build: impl Fn(&Self, Node<'i>) -> Option<T>,
    ) -> Option<Vec<Spanned<T>>> {
        let mut clauses = Vec::new();
        let mut seen: Vec<(Rule, crate::source::Span)> = Vec::new();
        for node in nodes {
            let (rule, span) = (node.as_rule(), self.whole(&node));
            match seen.iter().find(|(r, _)| *r == rule) {
                Some((_, first)) if rule != Rule::measure => {
                    let keyword = node.as_str().split_whitespace().next().unwrap_or("").to_owned();
                    self.error(SyntaxError::RepeatedClause { keyword, first: *first, again: span });
                    continue;
                }
                _ => seen.push((rule, span)),
            }
            clauses.push(Spanned::new(build(self, node)?, span));
        }
        clauses.shrink_to_fit();
        Some(clauses)
    }
}
