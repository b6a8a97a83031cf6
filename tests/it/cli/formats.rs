//! `check` as editors and build servers read it: short, SARIF, GitHub's workflow commands, JUnit.

use super::{Folder, folder};
use serde_json::Value;

/// Paths with spaces, signs and letters of other languages; errors with and without a correction, one over two files.
const WRONG: &[(&str, &str)] = &[
    (
        "Größe 50%/plän, a:b.goal",
        "import \"mehr.goal\"\r\n# über alles\r\nmetric a = b + 1\r\ngoal \"Größer ☃\": subs increase by 5% by September 30, 2021\r\n",
    ),
    ("Größe 50%/mehr.goal", "metric b = a - 1\ngoal subs +5% by\n"),
    ("fine.goal", "metric subs = last(members.paid)\n"),
    ("milepost.toml", "[lints]\nall = \"off\"\n"),
];

/// Warnings, hints, a correction, one that is silenced; other rules than these may come and go.
const DOUBTFUL: &[(&str, &str)] = &[
    ("milepost.toml", "[lints]\nall = \"off\"\nS106 = \"warning\"\nT501 = \"hint\"\nL002 = \"warning\"\n"),
    (
        "plan one.goal",
        "metric subs = last(members.paid) unit members\n\n# milepost: allow(S106) because the season decides\n\
         goal a \"☃ mehr\": subs +5% by 2021-09-30\n\
         goal b: subs up by Q4 2021 # milepost: allow(S106) because any change will do\n",
    ),
    ("plan two.goal", "goal c: subs +5%\ngoal d: subs up by Q4 2021\n"),
];

impl Folder {
    /// What a run wrote on standard output.
    fn out(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.command(arguments).output().expect("the binary runs").stdout).expect("UTF-8")
    }
}

#[test]
fn a_line_each() {
    let told = [WRONG, DOUBTFUL].map(|files| folder(files).run(&["check", "--format", "short"]));
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn workflow_commands() {
    let told = [WRONG, DOUBTFUL].map(|files| folder(files).run(&["check", "--format", "github"]));
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn junit() {
    let told = [WRONG, DOUBTFUL].map(|files| folder(files).run(&["check", "--format", "junit"]));
    insta::assert_snapshot!(told.join("\n"));
}

/// Findings about no place, and none at all.
#[test]
fn about_no_place_and_nothing_to_say() {
    let bad = folder(&[("fine.goal", "plan \"x\"\n")]);
    bad.write("latin.goal", b"owner \"Ren\xe9\"\n");
    let good = folder(&[("fine.goal", "plan \"x\"\n")]);
    let told: Vec<String> = ["short", "github", "junit"]
        .iter()
        .flat_map(|f| [bad.run(&["check", "--format", f]), good.run(&["check", "--format", f])])
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn every_run_writes_the_same_bytes() {
    for files in [WRONG, DOUBTFUL] {
        let folder = folder(files);
        for format in ["text", "short", "json", "sarif", "github", "junit"] {
            let run = |threads: &str| {
                let mut command = folder.command(&["check", "--format", format]);
                let output = command.env("RAYON_NUM_THREADS", threads).output().expect("the binary runs");
                (output.stdout, output.stderr)
            };
            assert!(run("1") == run("2") && run("2") == run("2"), "{format}");
        }
    }
}

mod sarif {
    use super::*;
    use std::collections::BTreeMap;

    const SCHEMA: &str = include_str!("sarif/sarif-schema-2.1.0.json");

    fn log(folder: &Folder, arguments: &[&str]) -> Value {
        serde_json::from_str(&folder.out(&[&["check", "--format", "sarif"], arguments].concat())).expect("JSON")
    }

    #[test]
    fn is_valid_against_the_published_schema() {
        // This copy has a pattern that is no regular expression, for `language`, which we don't write; the standard's
        // first errata put it right.
        let pattern = "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$";
        assert!(SCHEMA.contains(pattern));
        let schema = SCHEMA.replace(pattern, "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$");
        let schema: Value = serde_json::from_str(&schema).expect("JSON");
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
        let unreadable = folder(WRONG);
        unreadable.write("latin.goal", b"owner \"Ren\xe9\"\n");
        let folders = [folder(WRONG), folder(DOUBTFUL), unreadable, folder(&[("fine.goal", "plan \"x\"\n")])];
        for (folder, count) in folders.iter().zip([4, 4, 5, 0]) {
            let log = log(folder, &[]);
            let wrong: Vec<String> =
                validator.iter_errors(&log).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(wrong.is_empty(), "{wrong:#?}");
            let results = log["runs"][0]["results"].as_array().expect("results");
            assert_eq!(results.len(), count, "{log:#}");
        }
        // The schema does find what is wrong.
        let mut log = log(&folder(DOUBTFUL), &[]);
        log["runs"][0]["results"][0]["level"] = Value::from("grave");
        assert!(!validator.is_valid(&log));
    }

    #[test]
    fn looks_like_this() {
        insta::assert_snapshot!(folder(DOUBTFUL).out(&["check", "plan two.goal", "--format", "sarif"]));
    }

    /// A path of a URI.
    fn decoded(uri: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = uri.as_bytes().iter();
        while let Some(b) = rest.next() {
            let hex: String =
                if *b == b'%' { rest.by_ref().take(2).map(|b| char::from(*b)).collect() } else { String::new() };
            bytes.push(if hex.is_empty() { *b } else { u8::from_str_radix(&hex, 16).expect("two digits") });
        }
        String::from_utf8(bytes).expect("UTF-8")
    }

    #[test]
    fn every_index_and_path_leads_to_what_it_names() {
        for files in [WRONG, DOUBTFUL] {
            let folder = folder(files);
            let log = log(&folder, &[]);
            let run = &log["runs"][0];
            let paths: Vec<String> =
                files.iter().filter(|(path, _)| path.ends_with(".goal")).map(|(path, _)| (*path).to_owned()).collect();
            for result in run["results"].as_array().expect("results") {
                let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("an index") as usize];
                assert_eq!(rule["id"], result["ruleId"]);
                let title = rule["shortDescription"]["text"].as_str().expect("a title");
                assert!(
                    rule["help"]["markdown"]
                        .as_str()
                        .expect("a page")
                        .contains(&rule["id"].as_str().expect("a code").to_owned())
                );
                assert!(!title.is_empty() && rule["help"]["text"].as_str().expect("a page").contains(title));
                let places = result["locations"].as_array().into_iter().chain(result["relatedLocations"].as_array());
                for place in places.flatten() {
                    let at = &place["physicalLocation"]["artifactLocation"];
                    let artifact = &run["artifacts"][at["index"].as_u64().expect("an index") as usize];
                    assert_eq!(artifact["location"]["uri"], at["uri"]);
                    assert!(paths.contains(&decoded(at["uri"].as_str().expect("a URI"))), "{at}");
                }
            }
        }
    }

    /// The byte at a line and column, both from 1, columns in characters.
    fn offset(text: &str, line: &Value, column: &Value) -> usize {
        let (line, column) = (line.as_u64().expect("a line") as usize, column.as_u64().expect("a column") as usize);
        let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
        text[start..].char_indices().nth(column - 1).map_or(text.len(), |(i, _)| start + i)
    }

    /// Whoever makes the corrections of a log by its lines and columns has what `--fix` writes; bytes say the same.
    #[test]
    fn its_corrections_are_those_of_fix() {
        for files in [WRONG, DOUBTFUL] {
            let folder = folder(files);
            let log = log(&folder, &[]);
            let mut edits: BTreeMap<String, Vec<(usize, usize, String)>> = BTreeMap::new();
            let results = log["runs"][0]["results"].as_array().expect("results");
            for change in results.iter().flat_map(|r| r["fixes"][0]["artifactChanges"].as_array()).flatten() {
                let path = decoded(change["artifactLocation"]["uri"].as_str().expect("a URI"));
                let text = folder.read(&path);
                for replacement in change["replacements"].as_array().expect("replacements") {
                    let region = &replacement["deletedRegion"];
                    let start = offset(&text, &region["startLine"], &region["startColumn"]);
                    let end = offset(&text, &region["endLine"], &region["endColumn"]);
                    assert_eq!(region["byteOffset"], start);
                    assert_eq!(region["byteLength"], end - start);
                    let new = replacement["insertedContent"]["text"].as_str().expect("a text");
                    edits.entry(path.clone()).or_default().push((start, end, new.to_owned()));
                }
            }
            assert!(!edits.is_empty());
            let mut wanted = BTreeMap::new();
            for (path, mut edits) in edits {
                let mut text = folder.read(&path);
                edits.sort();
                for (start, end, new) in edits.into_iter().rev() {
                    text.replace_range(start..end, &new);
                }
                wanted.insert(path, text);
            }
            folder.run(&["check", "--fix"]);
            for (path, text) in wanted {
                assert_eq!(folder.read(&path), text);
            }
        }
    }

    #[test]
    fn what_a_comment_allows_is_there_with_its_reason() {
        let log = log(&folder(DOUBTFUL), &[]);
        let results = log["runs"][0]["results"].as_array().expect("results");
        let allowed: Vec<&Value> = results.iter().filter(|r| r["suppressions"][0]["kind"] == "inSource").collect();
        assert_eq!(allowed.len(), 1);
        assert_eq!(allowed[0]["ruleId"], "S106");
        assert_eq!(allowed[0]["locations"][0]["physicalLocation"]["region"]["startLine"], 5);
        assert_eq!(allowed[0]["suppressions"][0]["justification"], "any change will do");
    }

    #[test]
    fn levels_are_those_of_the_settings_and_the_rule_keeps_its_own() {
        let log = log(&folder(DOUBTFUL), &["--lint", "S106=error"]);
        let run = &log["runs"][0];
        let level = |code: &str| {
            let result = run["results"].as_array().expect("results").iter().find(|r| r["ruleId"] == code);
            result.expect("a result")["level"].clone()
        };
        assert_eq!((level("S106"), level("T501")), (Value::from("error"), Value::from("note")));
        let rules = run["tool"]["driver"]["rules"].as_array().expect("rules").iter().filter(|r| r["id"] != "L002");
        let own: Vec<&Value> = rules.map(|r| &r["defaultConfiguration"]["level"]).collect();
        assert_eq!(own, ["warning", "warning"]);
    }
}
