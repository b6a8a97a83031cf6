//! Every plan of the corpus and of the examples is read and checked without a complaint.

use milepost::diagnostic::Diagnostic;
use milepost::model::{self, Catalog};
use milepost::source::{SourceFile, Sources};
use milepost::syntax;
use std::path::{Path, PathBuf};

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every `*.goal` below a folder of the repository, in order.
pub fn plans(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "goal") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What there is to say about one plan, without data and without its imports.
pub fn check(name: &str, text: &str) -> Vec<Diagnostic> {
    let mut sources = Sources::default();
    let id = sources.add(SourceFile::new(name, text));
    let parsed = syntax::parse(text);
    let mut found: Vec<Diagnostic> = parsed.errors.iter().map(|e| Diagnostic::of(e, id)).collect();
    let (_, more) = model::resolve(&[(id, parsed.file)], &sources, &Catalog::default());
    found.extend(more);
    found
}

/// Complaints as `file:line [CODE] message`, to show in a failing test.
pub fn complaints(name: &str, text: &str) -> Vec<String> {
    let file = SourceFile::new(name, text);
    let line = |d: &Diagnostic| d.labels.first().map_or(0, |l| file.position(l.at.span.start).line);
    check(name, text).iter().map(|d| format!("{name}:{} [{}] {}", line(d), d.code, d.message)).collect()
}

/// Plans whose names stand for nothing here: one that shows every clause, and one whose names are imported.
const NAMELESS: &[&str] = &["tests/corpus/all_syntax.goal", "tests/corpus/evaluated/facts/plan.goal"];

#[test]
fn every_plan_is_clean() {
    let mut said = Vec::new();
    let plans = [plans("tests/corpus"), plans("examples")].concat();
    assert!(plans.len() > 20, "the corpus is there");
    for path in plans {
        let name = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        if NAMELESS.contains(&name.as_str()) {
            continue;
        }
        said.extend(complaints(&name, &std::fs::read_to_string(&path).expect("a readable plan")));
    }
    assert!(said.is_empty(), "{}", said.join("\n"));
}

/// Eighty goals as organisations really wrote them: each stands in the corpus, or in the list of those that aren't
/// goals over data, with the reason.
#[test]
fn every_sentence_stands_in_the_corpus() {
    let list = root().join("../shared/data/goal_statements.tsv");
    let Ok(statements) = std::fs::read_to_string(&list) else {
        eprintln!("skipped: the list of sentences is not here");
        return;
    };
    let ids: Vec<&str> = statements.lines().skip(1).filter_map(|l| l.split('\t').next()).collect();
    assert_eq!(ids.len(), 80);

    let texts: Vec<String> =
        plans("tests/corpus/sentences").iter().map(|p| std::fs::read_to_string(p).expect("a readable plan")).collect();
    let listed = std::fs::read_to_string(root().join("tests/corpus/sentences/NOT_GOALS.tsv")).expect("the list");
    let excused = |id: &str| listed.lines().any(|l| l.starts_with(&format!("{id}\t")));
    let missing: Vec<&str> =
        ids.into_iter().filter(|id| !excused(id) && !texts.iter().any(|t| opens_a_goal(t, id))).collect();
    assert!(missing.is_empty(), "neither in a plan nor listed: {missing:?}");
}

/// True where a comment `# G001: …` stands, and the next line that is no comment opens a goal.
fn opens_a_goal(text: &str, id: &str) -> bool {
    text.lines()
        .skip_while(|l| !l.starts_with(&format!("# {id}: ")))
        .find(|l| !l.starts_with('#'))
        .is_some_and(|l| l.starts_with("goal "))
}
