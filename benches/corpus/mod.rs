//! The corpus of the tests, repeated under other names until it holds as many goals as a benchmark wants. Benchmarks share
//! it; it knows none of them.

use milepost::model::{Catalog, resolve};
use milepost::source::{SourceFile, Sources};
use milepost::syntax::parse;
use milepost::syntax::tree::StatementKind;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The statements of one file of the corpus, cut where a name that it gives stands.
struct Template {
    /// Between every two of them, a number makes the name another one.
    parts: Vec<String>,
    goals: usize,
}

/// The corpus as often as it takes to hold `goals` goals, every name it gives made another one in every copy.
pub fn repeated_corpus(goals: usize) -> String {
    let mut paths = Vec::new();
    goal_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus"), &mut paths);
    paths.sort();
    let templates: Vec<Template> = paths.iter().filter_map(|p| template(p)).collect();
    let each: usize = templates.iter().map(|t| t.goals).sum();
    assert!(each > 0, "the corpus holds goals");
    let mut text = String::new();
    for copy in 0..goals.div_ceil(each) {
        templates.iter().enumerate().for_each(|(n, t)| t.write(&mut text, &format!("_{n}_{copy}")));
    }
    text
}

fn goal_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("the corpus can be read").path();
        if path.is_dir() {
            goal_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "goal") {
            found.push(path);
        }
    }
}

/// `None` where the file is no plan by itself, or renaming makes something else of it (a name that is also a keyword).
fn template(path: &Path) -> Option<Template> {
    let text = std::fs::read_to_string(path).expect("the corpus can be read");
    let file = parse(&text).file;
    let names: HashSet<&str> = file.statements.iter().filter_map(|s| given_name(&s.node)).collect();
    let mut template = Template { parts: vec![String::new()], goals: 0 };
    for statement in &file.statements {
        // Facts may stand only once in a plan.
        if matches!(statement.node, StatementKind::Fact(_)) {
            continue;
        }
        template.goals += usize::from(matches!(statement.node, StatementKind::Goal(_)));
        template.cut(&text[statement.span.range()], &names);
        template.text("\n");
    }
    let mut once = String::new();
    template.write(&mut once, "_0_0");
    let again = parse(&once);
    let mut sources = Sources::default();
    let files = [(sources.add(SourceFile::new("once.goal", once)), again.file)];
    // Without a table, names that nothing describes are columns of the data: not so beside the other files.
    let described = file.statements.iter().any(|s| matches!(s.node, StatementKind::Table(_)));
    let whole = described && again.errors.is_empty() && resolve(&files, &sources, &Catalog::default()).1.is_empty();
    whole.then_some(template)
}

fn given_name(statement: &StatementKind) -> Option<&str> {
    let name = match statement {
        StatementKind::Fact(_) | StatementKind::Exclude(_) | StatementKind::Test(_) => return None,
        StatementKind::Table(s) => &s.name,
        StatementKind::Segment(s) => &s.name,
        StatementKind::Let(s) => &s.name,
        StatementKind::Metric(s) => &s.name,
        StatementKind::Campaign(s) => &s.name,
        StatementKind::Objective(s) => &s.name,
        StatementKind::Goal(s) => s.name.as_ref()?,
        StatementKind::Milestone(s) => &s.name,
        StatementKind::Alert(s) => &s.name,
        StatementKind::Scenario(s) => &s.name,
    };
    Some(&name.node)
}

impl Template {
    fn text(&mut self, text: &str) {
        if let Some(last) = self.parts.last_mut() {
            last.push_str(text);
        }
    }

    /// Cuts one statement at the names in `names` that stand outside texts and comments and not behind a dot.
    fn cut(&mut self, statement: &str, names: &HashSet<&str>) {
        let mut rest = statement;
        let mut dotted = false;
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '"' => closing(rest, '"'),
                '`' => closing(rest, '`'),
                '#' => rest.find('\n').unwrap_or(rest.len()),
                c if word(c) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
                c => c.len_utf8(),
            };
            let (token, after) = rest.split_at(length);
            let bare = token.trim_matches('`');
            if !dotted && names.contains(bare) {
                let (before, behind) = token.split_at(token.len() - (token.len() - bare.len()) / 2);
                self.text(before);
                self.parts.push(behind.to_owned());
            } else {
                self.text(token);
            }
            dotted = first == '.';
            rest = after;
        }
    }

    fn write(&self, out: &mut String, number: &str) {
        for (i, text) in self.parts.iter().enumerate() {
            if i > 0 {
                out.push_str(number);
            }
            out.push_str(text);
        }
    }
}

fn word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the text or name that starts `text`, with both marks.
fn closing(text: &str, mark: char) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let closes = *c == mark && !escaped;
        escaped = *c == '\\' && mark == '"' && !escaped;
        closes
    });
    end.map_or(text.len(), |(i, c)| i + c.len_utf8())
}
