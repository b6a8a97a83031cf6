//! The linter: every rule against its own page, and what pages can't hold.
#![allow(dead_code)]

mod conflicts;
mod corrections;
mod data_quality;
mod measures;
mod pages;
mod precedent;
mod sentences;
mod since;
mod specific;
mod speed;
mod spelled_out;
mod times;
mod title_dates;
mod total_row;
mod uses;

use crate::memory;
use milepost::Plan;
use milepost::diagnostic::{Diagnostic, Level, render};
use milepost::lint::{self, Card, Levels, Linted};

/// Findings and cards of a plan. Without tables no data is read; with tables also what the rules see in them, as of a
/// day's end (empty: the newest row).
pub fn linted(plan: &str, tables: &[(&str, &str)], as_of: &str) -> (Plan, Linted) {
    let parsed = Plan::parse(plan);
    let levels = Levels::default();
    if tables.is_empty() {
        let (typed, wrong) = parsed.resolve(&milepost::model::Catalog::default());
        let found: Vec<&Diagnostic> = parsed.spelling().iter().chain(&wrong).collect();
        assert!(!found.iter().any(|d| d.level == Level::Error), "{plan}\nisn't a plan: {found:#?}");
        let linted = lint::lint(parsed.lintable(&typed, &[]).expect("no error"), &levels);
        return (parsed, linted);
    }
    let (opened, mut engine) = memory::open(plan, tables).unwrap_or_else(|e| panic!("{plan}\nisn't a plan: {e:#?}"));
    let input = parsed.lintable(&opened.plan, &[]).expect("no error");
    let linted = lint::lint_with_data(input, &levels, &opened.tables, &mut engine, memory::moment(as_of));
    (parsed, linted.unwrap_or_else(|e| panic!("{plan}\n{e:?}")))
}

/// The codes that are found, each as often as it is.
pub fn codes(plan: &str, tables: &[(&str, &str)], as_of: &str) -> Vec<&'static str> {
    let (_, linted) = linted(plan, tables, as_of);
    let mut codes: Vec<&str> = linted.diagnostics.iter().map(|d| d.code).collect();
    codes.sort_unstable();
    codes
}

/// The codes that the library's front door gives for any text, errors too, in the order of the text.
pub fn checked(plan: &str) -> Vec<&'static str> {
    let parsed = Plan::parse(plan);
    let found = parsed.check();
    render::sorted(&found).into_iter().map(|d| d.code).collect()
}

#[test]
fn goals_are_looked_at_while_others_have_errors() {
    let plan = "objective growth\ngoal a: subs up by 2021-12-31\ngoal b: subs increase by 5% by 2021-12-31\n";
    // What the slip means is certain, so its goal is looked at as well.
    let codes = checked(plan);
    assert!(codes.contains(&"S106") && codes.contains(&"P021"), "{codes:?}");
    // Rules over the whole plan wait for all of it.
    assert!(!codes.contains(&"R401"), "{codes:?}");
    // A metric with an error may be what the goal measures: silence.
    let plan = "table t from \"t.csv\" time d\nmetric m = summ(t.x)\ngoal a: m up by 2021-12-31\n";
    assert!(!checked(plan).contains(&"S106"), "{:?}", checked(plan));
}

/// What one rule says, as people see it.
pub fn said(code: &str, plan: &str, tables: &[(&str, &str)], as_of: &str) -> String {
    let (parsed, linted) = linted(plan, tables, as_of);
    let own: Vec<Diagnostic> = linted.diagnostics.into_iter().filter(|d| d.code == code).collect();
    render::sorted(&own)
        .into_iter()
        .map(|d| render::one(d, parsed.sources(), render::Options::default()) + "\n")
        .collect()
}

/// The card of a plan's first goal.
pub fn card(plan: &str, tables: &[(&str, &str)], as_of: &str) -> Card {
    linted(plan, tables, as_of).1.cards.into_iter().next().expect("the plan has a goal")
}
