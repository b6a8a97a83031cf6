//! The pages of all codes, those of findings and those of lint rules, and how a page reads without its Markdown. Knows
//! no finding.

use crate::diagnostic::codes::{CODES, Code};
use crate::lint::{self, Rule, rules};

/// The page of a code.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// The code and its text.
    pub entry: Code,
    /// The rule, where it is one of the linter's.
    pub rule: Option<&'static Rule>,
}

impl Page {
    /// As people read it on a terminal; a rule's facts stand below its title.
    pub fn plain(&self) -> String {
        let (title, body) = self.entry.page.split_once('\n').unwrap_or((self.entry.page, ""));
        let facts = self.rule.map(|rule| format!("\n{}\n", rule.facts())).unwrap_or_default();
        format!("{}{facts}{}", plain(&format!("{title}\n")), plain(body))
    }

    /// As Markdown; a rule's facts stand below its title.
    pub fn markdown(&self) -> String {
        let (title, body) = self.entry.page.split_once('\n').unwrap_or((self.entry.page, ""));
        let facts = self.rule.map(|rule| format!("\n*{}*\n", rule.facts())).unwrap_or_default();
        format!("{title}\n{facts}{body}")
    }

    /// Why it is said: the first paragraph of the page, on one line.
    pub fn summary(&self) -> String {
        let body = self.entry.page.lines().skip(1).skip_while(|l| l.is_empty());
        let paragraph: Vec<&str> = body.take_while(|l| !l.is_empty() && !l.starts_with("```")).collect();
        if paragraph.is_empty() { self.entry.title().to_owned() } else { paragraph.join(" ") }
    }
}

/// The pages of all codes: what a plan can be wrong in, then the lints.
pub fn all() -> impl Iterator<Item = Page> {
    let found = CODES.iter().map(|entry| Page { entry: *entry, rule: None });
    found.chain(rules::ALL.iter().map(|rule| of_rule(rule)))
}

/// The page of a code, in any case.
pub fn find(code: &str) -> Option<Page> {
    all().find(|p| p.entry.code.eq_ignore_ascii_case(code))
}

/// The page of a lint rule, by its name (`no-owner`), in any case.
pub fn find_rule(name: &str) -> Option<Page> {
    lint::find(name).map(of_rule)
}

fn of_rule(rule: &'static Rule) -> Page {
    Page { entry: rule.entry(), rule: Some(rule) }
}

/// Markdown as plain text: what is said of plans is indented, the wrong one and the right one named.
pub fn plain(page: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(info) if !inside => {
                inside = true;
                out.push_str(&heading(info));
            }
            Some(_) => inside = false,
            None if inside => out.push_str(format!("    {line}").trim_end()),
            None => out.push_str(&line.trim_start_matches('#').trim_start().replace('`', "")),
        }
        if !line.starts_with("```") {
            out.push('\n');
        }
    }
    out
}

/// What stands above a block, by the words behind its fence.
fn heading(info: &str) -> String {
    let words: Vec<&str> = info.split_whitespace().collect();
    let said = match words.get(..2) {
        Some(["goal", "bad"]) => "Not so",
        Some(["goal", "good"]) => "But so",
        Some(["goal", "fixed"]) => "Corrected",
        Some(["csv", name]) => return format!("{name}:\n"),
        _ => return String::new(),
    };
    let as_of = words.iter().find_map(|w| w.strip_prefix("as-of="));
    format!("{said}{}:\n", as_of.map(|day| format!(", as of {day}")).unwrap_or_default())
}
