//! What `milepost test` prints: a line a test and the totals, or JSON. Runs nothing.

use super::json::SCHEMA;
use super::paint::{Line, Paint, wrapped};
use super::text::Style;
use crate::eval::plan_tests::{Outcome, TestRun};
use crate::source::{Loc, Sources};
use serde::Serialize;

/// For people: a line a test, what failed below it, the totals.
pub fn text(runs: &[TestRun], style: Style) -> String {
    let mut lines: Vec<Line> = runs.iter().flat_map(of_test).collect();
    let passed = runs.iter().filter(|r| r.passed()).count();
    let failed = runs.len() - passed;
    if !runs.is_empty() {
        lines.push(Line::default());
    }
    let mut totals = Line::of(if failed == 0 { Paint::Good } else { Paint::Plain }, format!("{passed} passed"));
    if failed > 0 {
        totals = totals.add(Paint::Plain, ", ").add(Paint::Bad, format!("{failed} failed"));
    }
    let exit = style.exit.map(|code| Line::of(Paint::Faint, format!("exit {code}")));
    lines.push(exit.and_then(|e| totals.with_right(&e)).unwrap_or(totals));
    lines.iter().map(|line| line.write(style.color) + "\n").collect()
}

fn of_test(run: &TestRun) -> Vec<Line> {
    let (word, paint) = if run.passed() { ("ok", Paint::Good) } else { ("FAILED", Paint::Bad) };
    let mut lines = wrapped(&" ".repeat(8), &run.title, Paint::Plain);
    if let Some(first) = lines.first_mut() {
        let title = first.write(false);
        *first = Line::of(paint, word).padded_to(8).add(Paint::Plain, title.trim_start());
    }
    let failed = run.outcomes.iter().filter(|o| !o.passed);
    lines
        .extend(failed.flat_map(|o| wrapped(&" ".repeat(8), &format!("expect {}: {}", o.text, o.found), Paint::Faint)));
    lines
}

/// For programs: schema 1, which only grows. `diagnostics` is what the diagnostic room makes of the findings.
///
/// # Errors
/// Where `diagnostics` can't be written as JSON.
pub fn json(runs: &[TestRun], sources: &Sources, diagnostics: &impl Serialize) -> Result<String, serde_json::Error> {
    let passed = runs.iter().filter(|r| r.passed()).count();
    let root = Root {
        schema: SCHEMA,
        passed,
        failed: runs.len() - passed,
        tests: runs.iter().map(|r| Test::of(r, sources)).collect(),
        diagnostics,
    };
    Ok(serde_json::to_string_pretty(&root)? + "\n")
}

#[derive(Serialize)]
struct Root<'a, D: Serialize> {
    schema: u32,
    passed: usize,
    failed: usize,
    tests: Vec<Test<'a>>,
    diagnostics: &'a D,
}

#[derive(Serialize)]
struct Test<'a> {
    title: &'a str,
    file: Option<&'a str>,
    line: Option<u32>,
    passed: bool,
    expectations: Vec<Expectation<'a>>,
}

#[derive(Serialize)]
struct Expectation<'a> {
    text: &'a str,
    line: Option<u32>,
    passed: bool,
    expected: &'a str,
    /// What there is instead, where it isn't as expected.
    found: Option<&'a str>,
    /// What decided a goal's verdict.
    why: Option<&'a str>,
}

impl<'a> Test<'a> {
    fn of(run: &'a TestRun, sources: &'a Sources) -> Self {
        let (file, line) = place(run.at, sources);
        let expectation = |o: &'a Outcome| Expectation {
            text: &o.text,
            line: place(o.at, sources).1,
            passed: o.passed,
            expected: &o.expected,
            found: (!o.passed).then_some(o.found.as_str()),
            why: o.why.as_deref(),
        };
        let expectations = run.outcomes.iter().map(expectation).collect();
        Self { title: &run.title, file, line, passed: run.passed(), expectations }
    }
}

/// The file and the line, from 1.
fn place(at: Loc, sources: &Sources) -> (Option<&str>, Option<u32>) {
    let file = sources.files.get(at.file.0 as usize);
    (file.map(|f| f.path.as_str()), file.map(|f| f.position(at.span.start).line))
}
