//! From pest's nodes to the tree, one function a rule. Knows no meaning of names.

mod clause;
mod expr;
mod goal;
mod habit;
mod literal;
mod period;
mod statement;

use super::error::SyntaxError;
use super::grammar::{Node, Rule};
use super::place::Places;
use super::tree::{Name, Statement, Text};
use crate::source::{Span, Spanned};
use std::cell::RefCell;

/// Builds one statement and gathers what is wrong in it.
///
/// Its functions give `None` where something is missing that the grammar requires, and a stand-in where a literal is
/// wrong; either way an error is gathered, and the statement is left out.
pub struct Build<'a> {
    places: Places<'a>,
    errors: RefCell<Vec<SyntaxError>>,
}

impl<'a> Build<'a> {
    /// A builder for one piece of text.
    pub fn new(places: Places<'a>) -> Self {
        Self { places, errors: RefCell::default() }
    }

    /// The statement of a node, and what is wrong with it; no statement where a part of it is a stand-in.
    pub fn run(self, node: Node<'_>) -> (Option<Statement>, Vec<SyntaxError>) {
        let span = self.places.whole(node.as_span());
        let statement = self.statement(node).map(|s| Spanned::new(s, span));
        let mut errors = self.errors.into_inner();
        if statement.is_none() && errors.is_empty() {
            errors.push(SyntaxError::unexpected(span));
        }
        (statement.filter(|_| errors.iter().all(SyntaxError::leaves_tree_whole)), errors)
    }

    fn error(&self, error: SyntaxError) {
        self.errors.borrow_mut().push(error);
    }

    /// The place of a single token.
    fn token(&self, node: &Node<'_>) -> Span {
        self.places.token(node.as_span())
    }

    /// The place of a node made of several tokens.
    fn whole(&self, node: &Node<'_>) -> Span {
        self.places.whole(node.as_span())
    }

    fn name(&self, node: Node<'_>) -> Option<Name> {
        (node.as_rule() == Rule::name).then(|| Spanned::new(unquoted(node.as_str()).to_owned(), self.token(&node)))
    }

    fn names<'i>(&self, nodes: impl Iterator<Item = Node<'i>>) -> Option<Vec<Name>> {
        nodes.map(|n| self.name(n)).collect()
    }

    fn text(&self, node: Node<'_>) -> Option<Text> {
        (node.as_rule() == Rule::text).then(|| Spanned::new(self.unescape(&node), self.token(&node)))
    }
}

/// All of them, where none is missing, in no more room than they take: a list that grows has room for four, and a plan
/// has a hundred thousand lists of one.
fn whole<T>(mut parts: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let Some(first) = parts.next() else { return Some(Vec::new()) };
    let mut all = Vec::with_capacity(1);
    all.push(first?);
    for part in parts {
        all.push(part?);
    }
    all.shrink_to_fit();
    Some(all)
}

/// A name without its back-ticks.
fn unquoted(name: &str) -> &str {
    name.strip_prefix('`').and_then(|n| n.strip_suffix('`')).unwrap_or(name)
}
