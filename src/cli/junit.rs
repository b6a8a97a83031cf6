//! Results as JUnit's XML, which build servers read: a suite a file, a case a test, goal or milestone, or a finding.

use crate::diagnostic::render::{Options, one, sorted};
use crate::diagnostic::{Diagnostic, Level};
use crate::eval::plan_tests::TestRun;
use crate::eval::verdict::{Report as Judged, Status};
use crate::source::{Loc, Sources};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The results of tests as XML, with a line end.
///
/// # Errors
/// Why they can't be written.
pub fn text(runs: &[TestRun], sources: &Sources) -> Result<String, String> {
    written(runs.iter().map(|run| (run.at, run.title.as_str(), status(run, sources))).collect(), sources)
}

/// Verdicts as XML, with a line end: a goal or milestone in a status of `failing` is a failure.
///
/// # Errors
/// Why they can't be written.
pub fn verdicts(judged: &Judged, failing: &[Status], sources: &Sources) -> Result<String, String> {
    let goals = judged.goals.iter().map(|v| (v.at, v.name.as_str(), v.status, &v.wanted, &v.decided));
    let milestones = judged.milestones.iter().map(|m| (m.at, m.name.as_str(), m.status, &m.wanted, &m.decided));
    let cases = goals.chain(milestones).map(|(at, name, status, wanted, decided)| {
        let failed = failing.contains(&status);
        (at, name, if failed { failure(status, wanted, decided) } else { TestCaseStatus::success() })
    });
    written(cases.collect(), sources)
}

fn failure(status: Status, wanted: &str, decided: &str) -> TestCaseStatus {
    let mut outcome = TestCaseStatus::non_success(NonSuccessKind::Failure);
    outcome.set_message(format!("{}: {wanted}", status.name()));
    outcome.set_description(decided);
    outcome
}

/// Findings as XML, with a line end. A build fails by errors, so these are failures; warnings and hints are cases that
/// pass and tell what they have to say. A file without findings has one case, so that it is seen to have been read.
///
/// # Errors
/// Why they can't be written.
pub fn findings(found: &[Diagnostic], sources: &Sources) -> Result<String, String> {
    let found = sorted(found);
    let mut report = Report::new("milepost");
    let nowhere = found.iter().filter(|d| d.place().is_none());
    let mut suites = vec![("milepost", nowhere.map(|d| finding(d, sources)).collect::<Vec<_>>())];
    for (number, file) in sources.files.iter().enumerate() {
        let here = found.iter().filter(|d| d.place().is_some_and(|at| at.file.0 as usize == number));
        let mut cases: Vec<TestCase> = here.map(|d| finding(d, sources)).collect();
        if cases.is_empty() {
            cases.push(TestCase::new("nothing to complain of", TestCaseStatus::success()));
        }
        suites.push((file.path.as_str(), cases));
    }
    for (name, mut cases) in suites.into_iter().filter(|(_, cases)| !cases.is_empty()) {
        cases.iter_mut().for_each(|case| _ = case.set_classname(name));
        let mut suite = TestSuite::new(name);
        suite.add_test_cases(cases);
        report.add_test_suite(suite);
    }
    xml(&report)
}

/// `T501 3:6 this goal has no deadline`, with the finding as people read it.
fn finding(diagnostic: &Diagnostic, sources: &Sources) -> TestCase {
    let start = diagnostic.place().map(|at| sources.get(at.file).position(at.span.start));
    let place = start.map(|p| format!("{}:{} ", p.line, p.column)).unwrap_or_default();
    let name = format!("{} {place}{}", diagnostic.code, diagnostic.message);
    let told = one(diagnostic, sources, Options::default());
    match diagnostic.level {
        Level::Error => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("error").set_message(diagnostic.message.as_str()).set_description(told);
            TestCase::new(name, status)
        }
        Level::Warning | Level::Hint => {
            let mut case = TestCase::new(name, TestCaseStatus::success());
            case.set_system_out(told);
            case
        }
    }
}

/// Cases, each with its place and name, as a suite a file.
fn written(mut cases: Vec<(Loc, &str, TestCaseStatus)>, sources: &Sources) -> Result<String, String> {
    let mut report = Report::new("milepost");
    for (number, file) in sources.files.iter().enumerate() {
        let (here, rest): (Vec<_>, Vec<_>) = cases.into_iter().partition(|(at, ..)| at.file.0 as usize == number);
        cases = rest;
        if here.is_empty() {
            continue;
        }
        let mut suite = TestSuite::new(file.path.as_str());
        suite.add_test_cases(here.into_iter().map(|(_, name, status)| {
            let mut case = TestCase::new(name, status);
            case.set_classname(file.path.as_str());
            case
        }));
        report.add_test_suite(suite);
    }
    xml(&report)
}

fn xml(report: &Report) -> Result<String, String> {
    let xml = report.to_string().map_err(|e| e.to_string())?;
    Ok(if xml.ends_with('\n') { xml } else { xml + "\n" })
}

fn status(run: &TestRun, sources: &Sources) -> TestCaseStatus {
    if run.passed() {
        return TestCaseStatus::success();
    }
    let told: Vec<String> = run
        .outcomes
        .iter()
        .filter(|o| !o.passed)
        .map(|o| {
            let file = sources.files.get(o.at.file.0 as usize);
            let place = file.map(|f| format!("{}:{}: ", f.path, f.position(o.at.span.start).line)).unwrap_or_default();
            let why = o.why.as_ref().map(|w| format!(" ({w})")).unwrap_or_default();
            format!("{place}expect {}: {}{why}", o.text, o.found)
        })
        .collect();
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(told.first().map(String::as_str).unwrap_or_default());
    status.set_description(told.join("\n"));
    status
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, SourceFile, Span};

    #[test]
    fn a_suite_a_file_and_a_case_a_goal() {
        let mut sources = Sources::default();
        let at = |file: FileId| Loc { file, span: Span::new(0, 0) };
        let (first, second) = (sources.add(SourceFile::new("a.goal", "")), sources.add(SourceFile::new("b.goal", "")));
        let missed = failure(Status::Missed, ">= 5 & more in 2021", "judged once, and it was not reached");
        let cases = vec![
            (at(second), "year25", missed),
            (at(first), "intl", TestCaseStatus::success()),
            (at(second), "launch", TestCaseStatus::success()),
        ];
        let xml = written(cases, &sources).unwrap_or_default();
        let found: Vec<Option<usize>> = [
            r#"<testsuites name="milepost" tests="3""#,
            r#"<testsuite name="a.goal" tests="1""#,
            r#"<testcase name="intl" classname="a.goal"/>"#,
            r#"<testsuite name="b.goal" tests="2""#,
            r#"<testcase name="year25" classname="b.goal">"#,
            r#"<failure message="missed: &gt;= 5 &amp; more in 2021""#,
            "judged once, and it was not reached",
            r#"<testcase name="launch" classname="b.goal"/>"#,
        ]
        .iter()
        .map(|part| xml.find(part))
        .collect();
        assert!(found.iter().all(Option::is_some) && found.is_sorted(), "{found:?}\n{xml}");
    }
}
