//! Results as JUnit's XML, which build servers read: a suite a file, a case a test, goal or milestone.

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
