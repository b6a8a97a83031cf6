//! Every folder of `tests/corpus/evaluated` holds a plan, its data and what its verdicts must say, each with the way in
//! which that was worked out without this tool. They are judged over the engine of the tests, and over files.
//!
//! `expected.tsv`: a line of names, then `as_of what value source`, between tabs. `as_of` is a day or a moment; empty:
//! none is given. `what` is a path into `eval --format json`; an entry of a list is entered by its `name`, `key`, `at`,
//! `label`, `table` or place; `tests/TITLE/passed` is a test of the plan. `value` is JSON (numbers agree to a part in 10⁹), or `~words`: the text, or one of the texts,
//! holds these words. `source` says how the value was worked out. Lines that open with `#` are comments;
//! `# only over files: why` keeps the folder from the engine of the tests.

use crate::memory::{MemoryEngine, moment};
use crate::sentences::root;
use milepost::diagnostic::{Diagnostic, Level};
use milepost::engine::Engine;
use milepost::eval::plan_tests::TestRun;
use milepost::eval::{self, Failure, Options};
use milepost::query::TableSource;
use milepost::report::{self, PlanMeta};
use milepost::source::{FileId, SourceFile};
use milepost::{Opened, Plan, Question};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One line of `expected.tsv`.
#[derive(Debug, Clone)]
pub struct Expected {
    /// From 1.
    pub line: usize,
    pub as_of: String,
    pub what: String,
    pub value: String,
    pub source: String,
}

/// A folder of the corpus.
#[derive(Debug)]
pub struct Folder {
    pub name: String,
    pub path: PathBuf,
    pub expected: Vec<Expected>,
    /// Why the engine of the tests can't read it.
    pub only_files: Option<String>,
}

/// All folders, by name.
pub fn folders() -> Vec<Folder> {
    let home = root().join("tests/corpus/evaluated");
    let entries = std::fs::read_dir(home).expect("the corpus is there").flatten().map(|e| e.path());
    let mut paths: Vec<PathBuf> = entries.filter(|p| p.is_dir()).collect();
    paths.sort();
    paths.into_iter().map(Folder::read).collect()
}

impl Folder {
    fn read(path: PathBuf) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path.join("expected.tsv")).unwrap_or_else(|e| panic!("{name}: {e}"));
        let only_files =
            text.lines().find_map(|l| l.strip_prefix("# only over files:")).map(|why| why.trim().to_owned());
        let mut lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#'));
        let head = lines.next().map_or("", |(_, l)| l);
        assert_eq!(head, "as_of\twhat\tvalue\tsource", "{name}: the first line of expected.tsv names the columns");
        let expected = lines.map(|(i, line)| Expected::read(&name, i + 1, line)).collect();
        Self { name, path, expected, only_files }
    }

    /// The plan with its imports.
    pub fn plan(&self) -> Plan {
        let mut plan = Plan::default();
        let mut open = vec!["plan.goal".to_owned()];
        let mut seen: Vec<String> = Vec::new();
        while let Some(file) = open.pop() {
            if seen.contains(&file) {
                continue;
            }
            let text =
                std::fs::read_to_string(self.path.join(&file)).unwrap_or_else(|e| panic!("{}/{file}: {e}", self.name));
            let id = plan.add(SourceFile::new(&file, &text));
            open.extend(plan.imports(id).into_iter().map(|(path, _)| path));
            seen.push(file);
        }
        plan
    }

    /// Data files that no statement of the plan names: they are given beside it, named after themselves.
    fn given(&self, plan: &Plan) -> Vec<(String, PathBuf)> {
        let named: Vec<PathBuf> = plan.tables().map(|(t, _)| self.path.join(&t.from.node)).collect();
        let is_data =
            |p: &Path| p.extension().is_some_and(|e| ["csv", "jsonl", "parquet", "xlsx"].iter().any(|d| e == *d));
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(&self.path).expect("a folder").flatten().map(|e| e.path()).collect();
        files.sort();
        files.retain(|p| is_data(p) && !named.contains(p));
        let stem = |p: &PathBuf| p.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        files.into_iter().map(|p| (stem(&p), p)).collect()
    }

    /// The engine of the tests with the folder's tables.
    fn memory(&self, plan: &Plan) -> MemoryEngine {
        let declared = plan.tables().map(|(t, _)| (t.name.node.clone(), self.path.join(&t.from.node)));
        let texts: Vec<(String, String)> = declared
            .chain(self.given(plan))
            .map(|(name, path)| {
                (name, std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
            })
            .collect();
        MemoryEngine::new(&texts.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect::<Vec<_>>())
    }

    /// The report as JSON.
    pub fn judge(&self, engine: &mut dyn Engine, as_of: &str) -> Result<Value, String> {
        let plan = self.plan();
        let wrong = |found: &[Diagnostic]| {
            let errors: Vec<String> =
                found.iter().filter(|d| d.level == Level::Error).map(|d| format!("{d:?}")).collect();
            if errors.is_empty() { Ok(()) } else { Err(errors.join("\n")) }
        };
        wrong(plan.spelling())?;
        let source = |(name, path): (String, PathBuf)| TableSource {
            name,
            path: path.display().to_string(),
            shown: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            within: None,
            time: None,
            sheet: None,
            filter: None,
            timezone: "UTC".to_owned(),
            week_start: jiff::civil::Weekday::Monday,
            implicit: true,
        };
        let (as_of, scenario) = as_of.split_once(" scenario ").map_or((as_of, None), |(day, name)| (day, Some(name)));
        let given: Vec<TableSource> = self.given(&plan).into_iter().map(source).collect();
        let locate = |source: &mut TableSource, _| {
            source.path = self.path.join(&source.path).display().to_string();
            Ok(true)
        };
        let opened: Opened = plan.open(engine, given.clone(), locate).map_err(|found| format!("{found:?}"))?;
        wrong(&opened.found)?;
        let options = Options { as_of: moment(as_of), goals: Vec::new() };
        let failed = |failure| match failure {
            Failure::Plan(found) => format!("{found:?}"),
            Failure::Data(error) => format!("{:?}", Diagnostic::of(&error, FileId(0))),
        };
        let plain = eval::evaluate(&opened.plan, &opened.tables, engine, &options).map_err(failed)?;
        let report = match scenario {
            None => plain,
            Some(name) => {
                let question = Question { scenario: Some(name.to_owned()), set: Vec::new() };
                plan.suppose(&opened, given, &question).eval(&plain, &opened, engine, &options).map_err(failed)?
            }
        };
        let none: [(); 0] = [];
        let json = report::json(&report, plan.sources(), &PlanMeta::default(), &none).map_err(|e| e.to_string())?;
        let mut json: Value = serde_json::from_str(&json).map_err(|e| e.to_string())?;
        // The plan's own tests stand beside: `tests/TITLE/passed`.
        let tests = eval::plan_tests::run(&opened.plan, None).map_err(|found| format!("{found:?}"))?;
        let of = |t: &TestRun| serde_json::json!({ "name": t.title, "passed": t.passed() });
        json["tests"] = tests.iter().map(of).collect();
        Ok(json)
    }

    /// What disagrees, one text each.
    fn disagreements(&self, mut engine: impl FnMut(&Plan) -> Box<dyn Engine>) -> Vec<String> {
        let mut reports: BTreeMap<&str, Result<Value, String>> = BTreeMap::new();
        for expected in &self.expected {
            let judge = || self.judge(engine(&self.plan()).as_mut(), &expected.as_of);
            reports.entry(&expected.as_of).or_insert_with(judge);
        }
        let mut wrong = Vec::new();
        for (as_of, report) in &reports {
            if let Err(why) = report {
                wrong.push(format!("{}, as of {as_of:?}: not judged\n{why}", self.name));
            }
        }
        for expected in &self.expected {
            if let Some(Ok(report)) = reports.get(expected.as_of.as_str())
                && let Err(why) = expected.check(report)
            {
                wrong.push(format!(
                    "{}/expected.tsv:{}: as of {:?}, {}: {why}\n    worked out by {}",
                    self.name, expected.line, expected.as_of, expected.what, expected.source
                ));
            }
        }
        wrong
    }
}

impl Expected {
    fn read(folder: &str, line: usize, text: &str) -> Self {
        let cells: Vec<&str> = text.split('\t').map(str::trim).collect();
        let [as_of, what, value, source] = cells[..] else {
            panic!("{folder}/expected.tsv:{line}: {} cells, not 4 between tabs: {text}", cells.len())
        };
        let said = !source.is_empty() && !value.is_empty() && !what.is_empty();
        assert!(said, "{folder}/expected.tsv:{line}: says what, its value and how that was worked out");
        let own = source.to_lowercase();
        assert!(
            !own.contains("milepost"),
            "{folder}/expected.tsv:{line}: worked out without this tool, not by {source}"
        );
        let [as_of, what, value, source] = [as_of, what, value, source].map(str::to_owned);
        Self { line, as_of, what, value, source }
    }

    fn check(&self, report: &Value) -> Result<(), String> {
        let path: Vec<&str> = self.what.split('/').collect();
        let found = enter(report, &path)?;
        if let Some(words) = self.value.strip_prefix('~') {
            let holds = |v: &Value| v.as_str().is_some_and(|t| t.contains(words));
            let all = found.as_array().map_or(std::slice::from_ref(found), Vec::as_slice);
            return if all.iter().any(holds) { Ok(()) } else { Err(format!("{found} doesn't say {words:?}")) };
        }
        let wanted: Value = serde_json::from_str(&self.value).unwrap_or_else(|_| Value::String(self.value.clone()));
        if same(found, &wanted) { Ok(()) } else { Err(format!("expected {wanted}, found {found}")) }
    }
}

/// Numbers agree to a part in 10⁹.
fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * b.abs().max(f64::from(u8::from(b == 0.0))),
        _ => match (a, b) {
            (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
            _ => a == b,
        },
    }
}

/// The value at a path. A name in a list may itself hold slashes.
fn enter<'a>(value: &'a Value, path: &[&str]) -> Result<&'a Value, String> {
    let Some((first, rest)) = path.split_first() else { return Ok(value) };
    match value {
        Value::Object(fields) => match fields.get(*first) {
            Some(inner) => enter(inner, rest),
            None => {
                Err(format!("there is no {first}; there are {}", fields.keys().cloned().collect::<Vec<_>>().join(", ")))
            }
        },
        Value::Array(entries) => {
            for long in (1..=path.len()).rev() {
                let key = path[..long].join("/");
                if let Some(entry) = entries.iter().find(|e| called(e).contains(&key.as_str())) {
                    return enter(entry, &path[long..]);
                }
            }
            match first.parse().ok().and_then(|i: usize| entries.get(i)) {
                Some(entry) => enter(entry, rest),
                None => Err(format!(
                    "no entry is called {first}; there are {:?}",
                    entries.iter().map(called).collect::<Vec<_>>()
                )),
            }
        }
        other => Err(format!("{other} has no parts, so no {first}")),
    }
}

/// What an entry of a list is called.
fn called(entry: &Value) -> Vec<&str> {
    ["name", "key", "at", "label", "table"].iter().filter_map(|k| entry.get(k)?.as_str()).collect()
}

fn report_all(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} disagree:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_example_agrees_over_memory() {
    let all = folders();
    assert!(all.iter().map(|f| f.expected.len()).sum::<usize>() > 20, "the corpus is there");
    let readable = all.iter().filter(|f| f.only_files.is_none());
    let wrong: Vec<String> = readable.flat_map(|f| f.disagreements(|plan| Box::new(f.memory(plan)))).collect();
    report_all(&wrong);
}

#[cfg(feature = "datafusion")]
#[test]
fn every_example_agrees_over_files() {
    use milepost::engine::datafusion::DataFusionEngine;
    let engine = |_: &Plan| -> Box<dyn Engine> { Box::new(DataFusionEngine::new(Some(2)).expect("an engine")) };
    let wrong: Vec<String> = folders().iter().flat_map(|f| f.disagreements(engine)).collect();
    report_all(&wrong);
}

/// A comparison that can't fail would prove nothing.
#[test]
fn a_wrong_number_disagrees() {
    let report = serde_json::json!({ "goals": [{ "name": "g", "kpis": [{ "name": "a / b", "value": 2.0 }], "notes": ["one", "two"] }] });
    let check = |what: &str, value: &str| {
        let line = format!("\t{what}\t{value}\thand");
        Expected::read("x", 2, &line).check(&report)
    };
    assert_eq!(check("goals/g/kpis/a / b/value", "2"), Ok(()));
    assert_eq!(check("goals/0/kpis/0/value", "2.000000001"), Ok(()));
    assert_eq!(check("goals/g/notes", "~wo"), Ok(()));
    for (what, value) in [
        ("goals/g/kpis/a / b/value", "2.0001"),
        ("goals/h", "1"),
        ("goals/g/notes", "~three"),
        ("goals/g/name", "\"h\""),
    ] {
        assert!(check(what, value).is_err(), "{what} {value}");
    }
}
