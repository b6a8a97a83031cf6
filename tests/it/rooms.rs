//! The floors of the house: no room imports a higher one. Reads the `crate::` paths of the sources.

use std::path::{Path, PathBuf};

/// Rooms by floor. A room that isn't listed fails the test: give it a floor here and in ARCHITECTURE.md.
/// `query` is plain data over the calendar, and the typed plan holds parts of it: it stands below `model`. A lint that reads
/// data reads the cells that verdicts read: `lint` stands above `eval`.
const FLOORS: &[&[&str]] = &[
    &["source", "calendar", "quantity"],
    &["diagnostic", "query"],
    &["syntax"],
    &["format", "model"],
    &["engine", "eval"],
    &["lint", "compare"],
    &["report", "ide"],
    &["cli", "lsp"],
];

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// `src/model/plan.rs` is in the room `model`; `lib.rs`, its front door `plan.rs` and `main.rs` are in none.
fn room_of(path: &Path) -> Option<String> {
    let first = path.strip_prefix("src").ok()?.iter().next()?.to_str()?;
    let room = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(room, "lib" | "main" | "plan")).then(|| room.to_owned())
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The rooms that a line names: after `crate::`, and each of a list in braces.
fn rooms_named(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or("");
    let mut rooms = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                for part in list.split_inclusive([',', '{', '}']) {
                    if depth == 0 {
                        rooms.push(word(part.trim()));
                    }
                    depth += i32::from(part.ends_with('{')) - i32::from(part.ends_with('}'));
                }
            }
            None => rooms.push(word(rest)),
        }
    }
    rooms.retain(|r| !r.is_empty());
    rooms
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn no_room_imports_a_higher_floor() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    files.sort();
    let mut wrong = Vec::new();
    for path in files {
        let path = path.strip_prefix(root).expect("below the root").to_owned();
        let Some(room) = room_of(&path) else { continue };
        let Some(own) = floor(&room) else {
            wrong.push(format!("{}: the room `{room}` has no floor", path.display()));
            continue;
        };
        let text = std::fs::read_to_string(root.join(&path)).expect("a readable file");
        for (number, line) in text.lines().enumerate() {
            for named in rooms_named(line) {
                if floor(&named).is_some_and(|other| other > own) {
                    wrong.push(format!("{}:{}: `{room}` names `{named}`", path.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "a room names a higher floor:\n{}", wrong.join("\n"));
}

#[test]
fn paths_are_found_in_all_their_forms() {
    assert_eq!(rooms_named("use crate::model::Plan; // crate::cli"), ["model"]);
    assert_eq!(rooms_named("use crate::{eval::{a, b}, report, source::Loc};"), ["eval", "report", "source"]);
    assert_eq!(rooms_named("fn f(x: crate::engine::E) -> crate::cli::X {"), ["engine", "cli"]);
}
