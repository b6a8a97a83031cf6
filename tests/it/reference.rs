//! The reference pages that are derived from the code: `MILEPOST_UPDATE_DOCS=1 cargo test reference` writes them.

use crate::sentences::root;
use milepost::diagnostic::codes::{CODES, Code};
use milepost::lint::{Letter, Rule, rules};
use milepost::model::functions::{FunctionInfo, TOPICS, sample};
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

/// A paragraph in lines of at most 120 columns.
fn paragraph(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let full = lines.last().is_none_or(|l| !l.is_empty() && l.chars().count() + 1 + word.chars().count() > 120);
        if full {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            let space = if line.is_empty() { "" } else { " " };
            let _ = write!(line, "{space}{word}");
        }
    }
    lines.join("\n")
}

/// One function as the page shows it.
fn entry(out: &mut String, f: &FunctionInfo) {
    let cell = |s: &str| s.replace('|', "\\|");
    let _ = writeln!(out, "\n### `{}`\n\n{}\n", f.signature(), paragraph(f.doc));
    for argument in f.arguments {
        let _ = writeln!(out, "- {}", argument.described());
    }
    let mut gives = format!("gives {}", f.gives.words());
    if !f.behaves().is_empty() {
        let _ = write!(gives, ", {}", f.behaves());
    }
    let _ = write!(gives, "; used {}", f.places().join(", "));
    let _ = writeln!(out, "- {gives}");
    let _ = write!(out, "\n| for example | gives | in a spreadsheet |\n|---|---|---|\n");
    for e in f.examples {
        let sheet = e.sheet_shown();
        let sheet = if sheet.is_empty() { String::new() } else { format!("`{}`", cell(&sheet)) };
        let _ = writeln!(out, "| `{}` | {} | {sheet} |", cell(e.call), cell(e.value));
    }
    if !f.differs.is_empty() {
        let _ = writeln!(out, "\n{}", paragraph(&format!("Where it differs: {}", f.differs)));
    }
}

#[test]
fn functions() {
    let mut out = String::from(
        "# Functions\n\nWritten from the table in `src/model/functions/`; `milepost explain NAME` shows one. Where a \
         spreadsheet has the function, its\nname, the order of its arguments and its result are the spreadsheet's: each \
         formula in the last column is worked out by\nLibreOffice in a test, and gives the same. Names may be written in \
         any case.\n\nAn argument that is n/a makes the result n/a, and one that is an error makes it that error, unless \
         it says otherwise.\n",
    );
    let _ = write!(
        out,
        "\nExamples with names read [these tables](#the-tables-of-the-examples), over {} as of {}.\n",
        sample::PERIOD,
        sample::AS_OF
    );
    for topic in TOPICS {
        let _ = write!(out, "\n## {}\n\n{}\n", topic.title, paragraph(topic.intro));
        topic.functions.iter().for_each(|f| entry(&mut out, f));
    }
    let _ = write!(out, "\n## The tables of the examples\n\n```goal\n{}```\n", sample::PLAN);
    for (name, csv) in sample::TABLES {
        let _ = write!(out, "\n`{name}.csv`\n\n```csv\n{csv}```\n");
    }
    page("docs/reference/functions.md", &out);
}

#[test]
fn codes() {
    const STAGES: &[(char, &str)] =
        &[('P', "Reading the text"), ('N', "Names and clauses"), ('U', "Units"), ('D', "Data"), ('E', "Evaluation")];
    let mut out = String::from(
        "# Codes\n\nWritten from the pages in `src/diagnostic/pages/` and `src/lint/rules/`; `milepost explain CODE` shows \
         one, `milepost explain`\nlists all. First what keeps a plan from being understood, then the lints: is it SMART?\n",
    );
    for (letter, title) in STAGES {
        let _ = write!(out, "\n## {title}\n");
        for code in CODES.iter().filter(|c| c.code.starts_with(*letter)) {
            entry_of(&mut out, *code, None);
        }
    }
    lints(&mut out);
    let shown = CODES.iter().filter(|c| STAGES.iter().any(|(l, _)| c.code.starts_with(*l))).count();
    assert_eq!(shown, CODES.len(), "a code of a stage that has no section");
    page("docs/reference/codes.md", &out);
}

/// A code as the page shows it, a lint's with what the rule declares.
fn entry_of(out: &mut String, code: Code, rule: Option<&Rule>) {
    let body = code.page.split_once('\n').map_or("", |(_, body)| body).trim();
    let facts = rule.map(|r| format!("*{}*\n\n", r.facts())).unwrap_or_default();
    let _ = write!(out, "\n### {}: {}\n\n{facts}{body}\n", code.code, code.title());
}

/// The lints, a section a letter, after a table of all.
fn lints(out: &mut String) {
    let _ = write!(
        out,
        "\n## The lints\n\n{}\n\n| code | name | level | data | correction | |\n|---|---|---|---|---|---|\n",
        paragraph(
            "A level is what a rule has unless `milepost.toml` or `--lint` says otherwise. Those that look at data do so \
             with `--data` or `--with-data`. A correction is made by `--fix`; one that changes what the plan says by \
             `--fix --unsafe`."
        )
    );
    for rule in rules::ALL {
        let data = if rule.look.reads_data() { "yes" } else { "" };
        let correction = match rule.correction {
            milepost::lint::Correction::None => "",
            milepost::lint::Correction::Safe => "`--fix`",
            milepost::lint::Correction::Unsafe => "`--fix --unsafe`",
        };
        let (code, title) = (rule.code, rule.entry().title().replace('|', "\\|"));
        let _ = writeln!(out, "| {code} | {} | {} | {data} | {correction} | {title} |", rule.name, rule.level.name());
    }
    let sections = Letter::ALL.into_iter().map(Some).chain([None]);
    for letter in sections {
        let title = letter.map_or("About the lints themselves".to_owned(), |l| format!("{}: {}", l.sign(), l.name()));
        let _ = write!(out, "\n## {title}\n");
        for rule in rules::ALL.iter().filter(|r| r.letter() == letter) {
            entry_of(out, rule.entry(), Some(*rule));
        }
    }
}
