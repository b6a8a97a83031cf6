//! Each thing that the language has stands in the reference, and in an evaluated example: a goal, milestone or alert of
//! `tests/corpus/evaluated` uses it, itself or through what it names, and a line of `expected.tsv` checks that one.

mod expressions;
mod list;
mod walk;

use crate::arbitrary;
use crate::corpus::{Expected, Folder, folders};
use crate::sentences::root;
use list::{LANGUAGE, Place, everything};
use milepost::model::functions;
use milepost::syntax::tree::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use walk::{Names, Used, Walk};

/// What a folder's lines check, with all that it uses on the way.
fn checked(folder: &Folder) -> BTreeSet<String> {
    let plan = folder.plan();
    let trees: Vec<&File> = plan.trees().iter().map(|(_, tree)| tree).collect();
    let names = Names::of(&trees);
    let mut statements: BTreeMap<String, Vec<Used>> = BTreeMap::new();
    let mut whole = Used::default();
    for statement in trees.iter().flat_map(|t| &t.statements) {
        let mut walk = Walk { names: &names, used: Used::default() };
        walk.statement(&statement.node);
        match name_of(&statement.node) {
            Some(name) => statements.entry(name).or_default().push(walk.used),
            // Facts, exclusions, scenarios and tests concern the whole plan.
            None if looked_at(&statement.node, folder) => whole.features.extend(walk.used.features),
            None => {}
        }
    }
    let mut found = BTreeSet::new();
    let mut open: Vec<String> = folder.expected.iter().filter_map(|e| checked_name(&e.what)).collect();
    if !folder.expected.is_empty() {
        found.extend(whole.features);
    }
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        for used in statements.get(&name).into_iter().flatten() {
            found.extend(used.features.iter().cloned());
            open.extend(used.names.iter().cloned());
        }
        if !statements.contains_key(&name) {
            // A column without its table, or one that no statement describes: any table may hold it.
            open.extend(names.tables.iter().cloned());
        }
    }
    found
}

/// Scenarios and tests are judged where something asks for them.
fn looked_at(statement: &StatementKind, folder: &Folder) -> bool {
    let any = |asks: &dyn Fn(&Expected) -> bool| folder.expected.iter().any(asks);
    match statement {
        StatementKind::Scenario(s) => any(&|e| e.as_of.ends_with(&format!(" scenario {}", s.name.node))),
        StatementKind::Test(t) => any(&|e| e.what.starts_with(&format!("tests/{}/", t.title.node))),
        _ => true,
    }
}

/// The goal, milestone, alert or objective that a path enters.
fn checked_name(what: &str) -> Option<String> {
    let mut parts = what.split('/');
    let list = parts.next()?;
    ["goals", "milestones", "alerts", "objectives"].contains(&list).then(|| parts.next().map(str::to_owned)).flatten()
}

fn name_of(statement: &StatementKind) -> Option<String> {
    let name = match statement {
        StatementKind::Table(x) => &x.name,
        StatementKind::Segment(x) => &x.name,
        StatementKind::Let(x) => &x.name,
        StatementKind::Metric(x) => &x.name,
        StatementKind::Campaign(x) => &x.name,
        StatementKind::Objective(x) => &x.name,
        StatementKind::Milestone(x) => &x.name,
        StatementKind::Alert(x) => &x.name,
        StatementKind::Goal(Goal { name: Some(name), .. }) => name,
        StatementKind::Goal(Goal { body: GoalBody::Measured { subject, .. }, .. }) => match &subject.node {
            ExprKind::Name(name) => return Some(name.clone()),
            _ => return None,
        },
        _ => return None,
    };
    Some(name.node.clone())
}

#[test]
fn everything_has_an_evaluated_example() {
    let covered: BTreeSet<String> = folders().iter().flat_map(checked).collect();
    let missing: Vec<String> = everything().into_iter().filter(|f| !covered.contains(f)).collect();
    assert!(missing.is_empty(), "without an evaluated example: {missing:#?}");
}

#[test]
fn the_reference_lists_everything() {
    let read = |page: &str| std::fs::read_to_string(root().join("docs/reference").join(page)).expect("a page");
    let (language, list) = (read("language.md"), read("functions.md"));
    let mut missing: Vec<&str> =
        LANGUAGE.iter().filter(|(_, text)| !language.contains(text)).map(|(name, _)| *name).collect();
    missing.extend(functions::all().map(|f| f.name).filter(|name| !list.contains(&format!("`{name}("))));
    assert!(language.contains("functions.md"), "the language's page leads to that of the functions");
    assert!(missing.is_empty(), "not in the reference: {missing:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a tree holds has a line in the list.
    #[test]
    fn everything_is_listed(statement in arbitrary::statement()) {
        let names = Names::default();
        let mut walk = Walk { names: &names, used: Used::default() };
        walk.statement(&statement.node);
        let all = everything();
        // A random tree calls functions by any name, anywhere.
        let function = |f: &str| [Place::Rows, Place::Values, Place::Row].iter().any(|p| f.ends_with(&p.of("")));
        let unlisted: Vec<&String> = walk.used.features.iter().filter(|f| !function(f) && !all.contains(f)).collect();
        prop_assert!(unlisted.is_empty(), "{:?}", unlisted);
    }
}
