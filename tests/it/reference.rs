//! The reference pages that are derived from the code: `MILEPOST_UPDATE_DOCS=1 cargo test reference` writes them.

use crate::sentences::root;
use milepost::diagnostic::codes::CODES;
use milepost::model::functions::{FUNCTIONS, FunctionInfo};
use std::fmt::Write;

/// Compares a page with the file, or writes it where that is asked for.
pub fn page(path: &str, text: &str) {
    let file = root().join(path);
    if std::env::var_os("MILEPOST_UPDATE_DOCS").is_some() {
        std::fs::write(&file, text).expect("a writable page");
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(there == text, "{path} is out of date: MILEPOST_UPDATE_DOCS=1 cargo test reference");
}

fn row(out: &mut String, f: &FunctionInfo) {
    let cell = |s: &str| s.replace('|', "\\|");
    let _ = writeln!(out, "| `{}` | {} | `{}` |", cell(&f.signature()), cell(f.doc), cell(f.example));
}

fn table(out: &mut String, title: &str, intro: &str, pick: impl Fn(&FunctionInfo) -> bool) {
    let _ = write!(out, "\n## {title}\n\n{intro}\n\n| function | gives | for example |\n|---|---|---|\n");
    FUNCTIONS.iter().filter(|f| pick(f)).for_each(|f| row(out, f));
}

#[test]
fn functions() {
    let mut out = String::from(
        "# Functions\n\nWritten from the list in `src/model/functions/list.rs`. Where a spreadsheet has the function, its name, the order of \
         its\narguments and its result are the spreadsheet's. Names may be written in any case.\n",
    );
    table(
        &mut out,
        "Over the rows of a table",
        "Each takes an expression over one table's columns, and may hold a condition: `sum(posts.likes where network = \"x\")`.",
        |f| f.built && f.aggregate.is_some(),
    );
    table(&mut out, "Between values", "Over metrics, lets and numbers.", |f| f.built && evaluated_on_values(f));
    table(&mut out, "Within a row", "Inside an aggregate's brackets, in a `where`, in a segment.", |f| {
        f.built && evaluated_on_rows(f)
    });
    table(&mut out, "Read, and not evaluated yet", "`eval` names them and stops.", |f| !f.built);
    page("docs/reference/functions.md", &out);
}

fn evaluated_on_values(f: &FunctionInfo) -> bool {
    use milepost::model::functions::Value;
    f.value.is_some_and(|v| v != Value::Unbuilt)
}

fn evaluated_on_rows(f: &FunctionInfo) -> bool {
    use milepost::model::functions::RowRole;
    f.row.is_some_and(|r| r != RowRole::Unbuilt)
}

#[test]
fn codes() {
    const STAGES: &[(char, &str)] =
        &[('P', "Reading the text"), ('N', "Names and clauses"), ('U', "Units"), ('D', "Data"), ('E', "Evaluation")];
    let mut out = String::from(
        "# Codes\n\nWritten from the pages in `src/diagnostic/pages/`; `milepost explain CODE` shows one.\n",
    );
    for (letter, title) in STAGES {
        let _ = write!(out, "\n## {title}\n");
        for code in CODES.iter().filter(|c| c.code.starts_with(*letter)) {
            let body = code.page.split_once('\n').map_or("", |(_, body)| body).trim();
            let _ = write!(out, "\n### {}: {}\n\n{body}\n", code.code, code.title());
        }
    }
    let shown = CODES.iter().filter(|c| STAGES.iter().any(|(l, _)| c.code.starts_with(*l))).count();
    assert_eq!(shown, CODES.len(), "a code of a stage that has no section");
    page("docs/reference/codes.md", &out);
}
