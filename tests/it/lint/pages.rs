//! Every rule's page: the wrong plans are found, the near misses are left alone, the corrections come out as shown, and
//! the message is as it was reviewed.

use super::linted;
use milepost::diagnostic::{Diagnostic, fix, render};
use milepost::lint::{Correction, Look, Rule, rules};

/// A fenced block of a page: the words behind the fence, and the text.
struct Block {
    info: Vec<String>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match (line.strip_prefix("```"), inside) {
            (Some(info), false) => {
                blocks.push(Block { info: info.split_whitespace().map(str::to_owned).collect(), text: String::new() });
                inside = true;
            }
            (Some(_), true) => inside = false,
            (None, true) => {
                let block = blocks.last_mut().expect("a block is open");
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, false) => {}
        }
    }
    assert!(!inside, "a block isn't closed:\n{page}");
    blocks
}

/// One plan of a page with the tables above it: a `csv NAME.csv` block replaces an earlier one of its name.
pub struct Case {
    pub kind: String,
    pub plan: String,
    pub tables: Vec<(String, String)>,
    pub as_of: String,
    /// The plan as it was before, for rules about what changed.
    pub old: Option<String>,
}

impl Case {
    fn tables(&self) -> Vec<(&str, &str)> {
        self.tables.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect()
    }

    fn findings(&self, rule: &Rule) -> (milepost::Plan, Vec<Diagnostic>) {
        if let (Look::Versions, Some(old)) = (&rule.look, &self.old) {
            return crate::compare::found(old, &self.plan, &self.as_of);
        }
        let (plan, linted) = linted(&self.plan, &self.tables(), &self.as_of);
        (plan, linted.diagnostics.into_iter().filter(|d| d.code == rule.code).collect())
    }
}

/// The plans of a rule's page, in order. `goal bad as-of=2021-06-30` looks as of that day; `goal old` is what the plans
/// behind it were before.
pub fn cases(rule: &Rule) -> Vec<Case> {
    let mut tables: Vec<(String, String)> = Vec::new();
    let mut old = None;
    let mut cases = Vec::new();
    for block in blocks(rule.page) {
        let words: Vec<&str> = block.info.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["csv", file] => {
                let name = file.strip_suffix(".csv").unwrap_or(file).to_owned();
                tables.retain(|(n, _)| *n != name);
                tables.push((name, block.text));
            }
            ["goal", "old"] => old = Some(block.text),
            ["goal", kind, rest @ ..] => {
                let as_of = rest.iter().find_map(|w| w.strip_prefix("as-of=")).unwrap_or("").to_owned();
                let reads = rule.look.reads_data();
                let tables = if reads { tables.clone() } else { Vec::new() };
                cases.push(Case { kind: (*kind).to_owned(), plan: block.text, tables, as_of, old: old.clone() });
            }
            _ => {}
        }
    }
    cases
}

#[test]
fn each_page_has_a_title_a_wrong_plan_and_a_near_miss() {
    for rule in rules::ALL {
        let title = rule.page.lines().next().unwrap_or("");
        assert!(title.starts_with(&format!("# {}: ", rule.code)), "{rule:?}: its page begins with {title}");
        for kind in ["bad", "good"] {
            assert!(cases(rule).iter().any(|c| c.kind == kind), "{rule:?}: its page has no `goal {kind}`");
        }
        let fixed = cases(rule).iter().any(|c| c.kind == "fixed");
        assert_eq!(fixed, rule.correction != Correction::None, "{rule:?}: `goal fixed` goes with a correction");
        assert!(rule.page.lines().all(|l| l.chars().count() <= 120), "{rule:?}: a line of its page is too long");
    }
}

#[test]
fn wrong_plans_are_found_and_near_misses_left_alone() {
    for rule in rules::ALL {
        for case in cases(rule) {
            let (_, found) = case.findings(rule);
            match case.kind.as_str() {
                "bad" => assert!(!found.is_empty(), "{rule:?} isn't found in\n{}", case.plan),
                "good" | "fixed" => assert!(found.is_empty(), "{rule:?} is found in\n{}\n{found:#?}", case.plan),
                other => panic!("{rule:?}: what is `goal {other}`?"),
            }
        }
    }
}

#[test]
fn corrections_come_out_as_the_page_shows_and_only_unsafe_ones_change_the_meaning() {
    for rule in rules::ALL {
        let cases = cases(rule);
        let fixed: Vec<&Case> = cases.iter().filter(|c| c.kind == "fixed").collect();
        let bad = cases.iter().filter(|c| c.kind == "bad");
        for (bad, fixed) in bad.zip(&fixed) {
            let (plan, found) = bad.findings(rule);
            let unsafe_too = rule.correction == Correction::Unsafe;
            let corrected = fix::correct(&found, plan.sources(), unsafe_too);
            let text =
                corrected.texts.values().next().unwrap_or_else(|| panic!("{rule:?} corrects nothing in\n{}", bad.plan));
            assert_eq!(text, &fixed.plan, "{rule:?} corrects\n{}", bad.plan);
            let parsed = milepost::syntax::parse(text);
            assert!(parsed.errors.is_empty(), "{rule:?}: {text}\n{:?}", parsed.errors);
            if unsafe_too {
                let safe = fix::correct(&found, plan.sources(), false);
                assert!(safe.texts.is_empty(), "{rule:?} is unsafe, and corrects without being asked");
            }
        }
    }
}

#[test]
fn messages_are_as_reviewed() {
    for rule in rules::ALL {
        let mut said = String::new();
        for case in cases(rule).iter().filter(|c| c.kind == "bad") {
            let (plan, found) = case.findings(rule);
            for d in render::sorted(&found) {
                said.push_str(&render::one(d, plan.sources(), render::Options::default()));
                said.push('\n');
            }
        }
        let long = said.lines().find(|l| l.chars().count() > 80);
        assert_eq!(long, None, "{rule:?}: a line is longer than 80 columns");
        insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("{} {}", rule.code, rule.name), said);
        });
    }
}

#[test]
fn codes_and_names_are_in_order_and_unique_and_every_letter_has_six_rules() {
    let codes: Vec<&str> = rules::ALL.iter().map(|r| r.code).collect();
    let order = |c: &&str| ("SMARTL".find(&c[..1]), c[1..].to_owned());
    assert!(codes.windows(2).all(|w| order(&w[0]) < order(&w[1])), "{codes:?}");
    let mut names: Vec<&str> = rules::ALL.iter().map(|r| r.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), codes.len());
}

/// The files of a folder that end so, without the ending.
fn stems(folder: &str, ending: &str) -> Vec<String> {
    let listed = std::fs::read_dir(crate::sentences::root().join(folder)).expect("a folder");
    let names = listed.map(|e| e.expect("an entry").file_name().into_string().expect("a name"));
    let mut stems: Vec<String> = names.filter_map(|n| n.strip_suffix(ending).map(str::to_owned)).collect();
    stems.sort_unstable();
    stems
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names
}

#[test]
fn each_rule_has_its_file_its_page_and_its_reviewed_message_and_none_is_left_over() {
    let files = sorted(rules::ALL.iter().map(|r| r.name.replace('-', "_")));
    let sources = stems("src/lint/rules", ".rs").into_iter().filter(|n| n != "mod");
    assert_eq!(files, sorted(sources), "rules in the list, and files");
    assert_eq!(files, stems("src/lint/rules", ".md"), "rules in the list, and pages");
    let messages = sorted(rules::ALL.iter().map(|r| format!("{} {}", r.code, r.name)));
    assert_eq!(messages, stems("tests/it/lint/snapshots", ".snap"), "rules in the list, and reviewed messages");
}

#[test]
fn each_message_says_what_is_there_and_the_next_edit() {
    for rule in rules::ALL {
        for case in cases(rule).iter().filter(|c| c.kind == "bad") {
            for d in case.findings(rule).1 {
                assert!(!d.message.is_empty() && !d.labels.is_empty(), "{rule:?}: {d:?} says nothing of a place");
                assert!(d.help.is_some() || d.fix.is_some(), "{rule:?}: {d:?} names no next edit");
            }
        }
    }
}
