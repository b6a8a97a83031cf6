//! The page of each code tells the truth: its bad block gives the code, its good block gives nothing.

use crate::sentences::{check, complaints};
use milepost::diagnostic::codes::CODES;

/// The text of the block that opens with `fence`.
fn block<'a>(page: &'a str, fence: &str) -> Option<&'a str> {
    page.split_once(fence).and_then(|(_, rest)| rest.split_once("```")).map(|(text, _)| text)
}

#[test]
fn names_and_units() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for code in CODES.iter().filter(|c| c.code.starts_with(['N', 'U'])) {
        let Some(bad) = block(code.page, "```goal bad\n") else { continue };
        seen += 1;
        let said = complaints(code.code, bad);
        if !check(code.code, bad).iter().any(|d| d.code == code.code) {
            wrong.push(format!("the bad block of {} says instead: {}", code.code, said.join("; ")));
        }
        let good = block(code.page, "```goal good\n").unwrap_or("");
        let said = complaints(code.code, good);
        if good.is_empty() || !said.is_empty() {
            wrong.push(format!("the good block of {}: {}", code.code, said.join("; ")));
        }
    }
    assert!(seen > 30, "the pages are there");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every page has a title and says something, in lines that a person reads.
#[test]
fn every_page_says_something() {
    for code in CODES {
        let first = code.page.lines().next().unwrap_or("");
        assert!(first.starts_with(&format!("# {}: ", code.code)), "{}: {first}", code.code);
        assert!(code.page.lines().filter(|l| !l.is_empty()).count() >= 2, "{} is empty", code.code);
    }
}
