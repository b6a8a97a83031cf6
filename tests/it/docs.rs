//! What the README, the reference and the examples show is true: plans check, wrong plans fail, and a `console` block
//! holds what the command prints. `MILEPOST_UPDATE_DOCS=1 cargo test docs` writes the output into the pages.

use crate::sentences::{complaints, plans, root};
use std::path::Path;
use std::process::Command;

/// The binary, where this build has one.
const BINARY: Option<&str> = option_env!("CARGO_BIN_EXE_milepost");
/// The binary, where this build has one that can read data.
const MILEPOST: Option<&str> = if cfg!(feature = "datafusion") { BINARY } else { None };

/// A fenced block of a Markdown page: its info string, its text, and where the text stands.
struct Block<'a> {
    info: &'a str,
    text: &'a str,
    range: std::ops::Range<usize>,
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut open: Option<(&str, usize)> = None;
    for line in page.split_inclusive('\n') {
        match (open, line.trim_end().strip_prefix("```")) {
            (None, Some(info)) => open = Some((info, at + line.len())),
            (Some((info, start)), Some("")) => {
                found.push(Block { info, text: &page[start..at], range: start..at });
                open = None;
            }
            _ => {}
        }
        at += line.len();
    }
    assert!(open.is_none(), "a code block is closed");
    found
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("a readable page")
}

#[test]
fn the_plans_of_the_readme_check() {
    let page = read("README.md");
    let mut seen = 0;
    for block in blocks(&page).iter().filter(|b| b.info.starts_with("goal")) {
        let said = complaints("README.md", block.text);
        assert_eq!(said.is_empty(), block.info == "goal", "{}\n{}", block.text, said.join("\n"));
        seen += 1;
    }
    assert!(seen >= 3);
}

/// The blocks of the language reference form one plan.
#[test]
fn the_reference_is_one_plan() {
    let page = read("docs/reference/language.md");
    let plan: String = blocks(&page).iter().filter(|b| b.info == "goal").map(|b| b.text).collect();
    let said = complaints("language.md", &plan);
    assert!(plan.lines().count() > 50);
    assert!(said.is_empty(), "{}\n{plan}", said.join("\n"));
}

/// Links between the pages lead somewhere.
#[test]
fn links_lead_somewhere() {
    let pages = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs/reference/README.md",
        "docs/reference/language.md",
        "docs/reference/sources.md",
        "docs/reference/commands.md",
        "docs/reference/ci.md",
        "docs/reference/remote.md",
        "docs/reference/cluster.md",
        "examples/netflix/README.md",
    ];
    for page in pages {
        let text = read(page);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next()) {
            let path = root().join(page).parent().expect("a folder").join(target);
            assert!(
                target.is_empty() || target.starts_with("https://") || path.exists(),
                "{page}: {target} is not there"
            );
        }
    }
}

#[test]
fn the_readme_is_short() {
    assert!(read("README.md").lines().count() < 200);
}

/// The words of a command line, as a shell takes single quotes.
fn words(line: &str) -> Vec<&str> {
    let parts = line.split('\'').enumerate();
    parts.flat_map(|(n, p)| if n % 2 == 1 { vec![p] } else { p.split_whitespace().collect() }).collect()
}

/// Runs a command line of the docs as a reader would: `cargo run --` and `milepost` are our binary.
fn run(binary: &str, line: &str, folder: &Path) -> std::process::Output {
    let arguments = line.strip_prefix("cargo run -- ").or_else(|| line.strip_prefix("milepost "));
    let arguments = words(arguments.expect("a command line of ours"));
    let mut command = Command::new(binary);
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1");
    command.output().expect("the binary runs")
}

/// `console` blocks show what is printed, standard error after standard output. Each runs in a folder with the latest
/// plan above it as `plan.goal`, the latest table as `metrics.csv`, and the example's memberships; a command that names
/// the examples runs at the top of the repository.
#[test]
fn consoles_show_what_is_printed() {
    let Some(binary) = MILEPOST else {
        eprintln!("skipped: this build has no binary that reads data");
        return;
    };
    consoles(binary, &["README.md", "examples/netflix/README.md", "docs/reference/commands.md"]);
}

/// Likewise on a page that reads no data.
#[test]
fn consoles_show_what_is_printed_without_data() {
    let Some(binary) = BINARY else {
        eprintln!("skipped: this build has no binary");
        return;
    };
    consoles(binary, &["docs/reference/ci.md"]);
}

fn consoles(binary: &str, pages: &[&str]) {
    for page in pages {
        let text = read(page);
        assert!(text.contains("```console\n"), "{page} shows what is printed");
        let folder = tempfile::tempdir().expect("a folder");
        let there = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
        there("memberships.csv", &read("examples/netflix/memberships.csv"));
        let mut fresh = text.clone();
        let mut moved = 0_isize;
        for block in blocks(&text) {
            match block.info {
                "goal" | "goal wrong" => there("plan.goal", block.text),
                "csv" => there("metrics.csv", block.text),
                "console" => {
                    let line = block.text.lines().next().unwrap_or("");
                    let command = line.strip_prefix("$ ").expect("a console opens with its command");
                    let here = if command.contains("examples/") { root() } else { folder.path() };
                    let output = run(binary, command, here);
                    let printed = [output.stdout, output.stderr].concat();
                    let shown = format!("{line}\n{}\n", String::from_utf8_lossy(&printed).trim_end());
                    let start = block.range.start.strict_add_signed(moved);
                    let end = block.range.end.strict_add_signed(moved);
                    fresh.replace_range(start..end, &shown);
                    moved += shown.len() as isize - block.range.len() as isize;
                }
                _ => {}
            }
        }
        crate::reference::page(page, &fresh);
    }
}

/// The commands of `sh` blocks that run our binary end well.
#[test]
fn commands_of_the_docs_run() {
    let Some(binary) = MILEPOST else {
        eprintln!("skipped: this build has no binary that reads data");
        return;
    };
    for page in ["README.md", "CONTRIBUTING.md", "examples/netflix/README.md"] {
        let text = read(page);
        let lines = blocks(&text).into_iter().filter(|b| b.info == "sh").flat_map(|b| b.text.lines());
        for line in lines.filter(|l| l.starts_with("cargo run --")) {
            let output = run(binary, line, root());
            assert!(output.status.success(), "{page}: {line}\n{}", String::from_utf8_lossy(&output.stderr));
            assert!(!output.stdout.is_empty(), "{page}: {line} prints something");
        }
    }
}

/// Nobody commits a page that waits to be filled.
#[test]
fn nothing_waits_to_be_filled() {
    assert!(!plans("examples").is_empty());
    for page in ["README.md", "docs/reference/language.md", "examples/netflix/README.md"] {
        assert!(!read(page).contains("FILL"), "{page}");
    }
}
