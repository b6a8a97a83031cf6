//! The parser that pest makes of `grammar/goal.pest`. Nothing outside this room sees its types.

use pest::iterators::Pair;

/// Made of the grammar file.
#[derive(pest_derive::Parser)]
#[grammar = "../grammar/goal.pest"]
#[grammar = "../grammar/slips.pest"]
pub struct GoalParser;

/// What a rule of the grammar matched.
pub type Node<'i> = Pair<'i, Rule>;

/// True for a keyword's rule: they stand together in the grammar, and `Rule` keeps its order.
pub fn is_keyword(rule: Rule) -> bool {
    (Rule::k_about..=Rule::k_yoy).contains(&rule)
}

/// The parts of a node, keywords left out.
pub fn parts<'i>(node: Node<'i>) -> impl Iterator<Item = Node<'i>> {
    node.into_inner().filter(|n| !is_keyword(n.as_rule()))
}
