//! Test results as JUnit's XML, which build servers read: a suite a file, a case a test.

use crate::eval::plan_tests::TestRun;
use crate::source::Sources;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The results as XML, with a line end.
///
/// # Errors
/// Why they can't be written.
pub fn text(runs: &[TestRun], sources: &Sources) -> Result<String, String> {
    let mut report = Report::new("milepost");
    for (number, file) in sources.files.iter().enumerate() {
        let here: Vec<&TestRun> = runs.iter().filter(|r| r.at.file.0 as usize == number).collect();
        if here.is_empty() {
            continue;
        }
        let mut suite = TestSuite::new(file.path.as_str());
        suite.add_test_cases(here.into_iter().map(|run| {
            let mut case = TestCase::new(run.title.as_str(), status(run, sources));
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
