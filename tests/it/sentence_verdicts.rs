//! The sentences of the corpus judged: every goal of every plan in `tests/corpus/sentences` has a verdict over small
//! made-up tables (`tests/corpus/sentences/data`), which were made so that each sentence has something to say.

use crate::memory::{line, moment, open};
use crate::sentences::{plans, root};
use milepost::eval::verdict::{Status, Verdict};
use milepost::eval::{self, Options};
use std::fmt::Write;
use std::path::Path;

/// The tables of a plan, by name.
fn tables(plan: &str) -> Vec<(String, String)> {
    let folder = root().join("tests/corpus/sentences/data").join(plan);
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{plan}: {e}")).flatten().collect();
    files.sort_by_key(std::fs::DirEntry::path);
    let stem = |p: &Path| p.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    files.iter().map(|f| (stem(&f.path()), std::fs::read_to_string(f.path()).expect("a table"))).collect()
}

/// A verdict on a line, after what was counted.
fn shown(v: &Verdict) -> String {
    let each = v.each.as_ref().map(|e| format!(" ({} of {} {}, {} pending)", e.kept, e.total, e.what, e.pending));
    let kept = v.kept.map(|k| format!(" ({} of {} periods)", k.periods, k.of));
    let parts = (!v.parts.is_empty()).then(|| format!(" ({})", v.parts.join(", ")));
    let more = each.or(kept).or(parts).unwrap_or_default();
    format!("{}: {}{more}", v.name, line(v))
}

/// The verdicts of one plan.
fn judge(name: &str, text: &str, without_data: &mut Vec<String>) -> String {
    let tables = tables(name);
    let tables: Vec<(&str, &str)> = tables.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let (opened, mut engine) = open(text, &tables).unwrap_or_else(|found| panic!("{name}: {found:#?}"));
    let options = Options { as_of: moment("2021-12-31"), goals: Vec::new() };
    let report = eval::evaluate(&opened.plan, &opened.tables, &mut engine, &options)
        .unwrap_or_else(|failure| panic!("{name}: {failure:#?}"));
    let mut out = format!("{name}\n");
    for verdict in &report.goals {
        let _ = writeln!(out, "  {}", shown(verdict));
        if verdict.status == Status::NoData {
            without_data.push(format!("{name}: {}: {:?} {:?}", verdict.name, verdict.current.reason, verdict.notes));
        }
    }
    out
}

#[test]
fn every_sentence_has_a_verdict() {
    let mut out = String::from("As of 2021-12-31.\n\n");
    let mut without_data = Vec::new();
    for path in plans("tests/corpus/sentences") {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a readable plan");
        out += &judge(&name, &text, &mut without_data);
        out.push('\n');
    }
    assert!(without_data.is_empty(), "{without_data:#?}");
    insta::assert_snapshot!(out);
}
