//! Correct plans parse; any text gives an answer.

use milepost::syntax::parse;

const ALL: &str = include_str!("../corpus/all_syntax.goal");

#[test]
fn every_statement_parses() {
    let parsed = parse(ALL);
    assert!(parsed.errors.is_empty(), "{:#?}", parsed.errors);
}
