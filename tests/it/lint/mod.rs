//! The linter: every rule against its own page, and what pages can't hold.
#![allow(dead_code)]

mod conflicts;
mod pages;

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
        let linted = lint::lint(&typed, parsed.trees(), parsed.sources(), &levels);
        return (parsed, linted);
    }
    let (opened, mut engine) = memory::open(plan, tables).unwrap_or_else(|e| panic!("{plan}\nisn't a plan: {e:#?}"));
    let whole = (&opened.plan, parsed.trees(), parsed.sources());
    let linted = lint::lint_with_data(whole, &levels, &opened.tables, &mut engine, memory::moment(as_of));
    (parsed, linted.unwrap_or_else(|e| panic!("{plan}\n{e:?}")))
}

/// The codes that are found, each as often as it is.
pub fn codes(plan: &str, tables: &[(&str, &str)], as_of: &str) -> Vec<&'static str> {
    let (_, linted) = linted(plan, tables, as_of);
    let mut codes: Vec<&str> = linted.diagnostics.iter().map(|d| d.code).collect();
    codes.sort_unstable();
    codes
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
