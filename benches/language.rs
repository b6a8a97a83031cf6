//! How fast plans are read, resolved and formatted: the corpus of the tests, repeated under other names until it holds
//! 10,000 and 100,000 goals, with the metrics and tables they stand on.

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use milepost::format::{format, print};
use milepost::model::{Catalog, resolve};
use milepost::source::{SourceFile, Sources};
use milepost::syntax::parse;
use milepost::syntax::tree::StatementKind;
use std::collections::HashSet;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How many goals, and how such a plan is called: `cargo bench --no-default-features -- goals_10k` runs the small one.
const SIZES: [(usize, &str); 2] = [(10_000, "goals_10k"), (100_000, "goals_100k")];

fn language(criterion: &mut Criterion) {
    let chosen: Vec<String> = std::env::args().filter(|a| a.starts_with("goals_")).collect();
    for (goals, name) in SIZES {
        if chosen.is_empty() || chosen.iter().any(|c| c.split('/').next() == Some(name)) {
            of_size(criterion, goals, name);
        }
    }
}

fn of_size(criterion: &mut Criterion, goals: usize, name: &str) {
    let text = repeated_corpus(goals);
    let parsed = parse(&text);
    assert!(parsed.errors.is_empty());
    let mut sources = Sources::default();
    let files = [(sources.add(SourceFile::new("plan.goal", text.as_str())), parsed.file)];
    let (file, catalog) = (&files[0].1, Catalog::default());

    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_millis(500));
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("parse", |b| b.iter(|| parse(black_box(&text))));
    group.bench_function("model", |b| b.iter(|| resolve(black_box(&files), &sources, &catalog)));
    group.bench_function("print", |b| b.iter(|| print(black_box(file), &text)));
    group.bench_function("format", |b| b.iter(|| format(black_box(file), &text).expect("the corpus can be formatted")));
    group.finish();
}

/// The statements of one file of the corpus, cut where a name that it gives stands.
struct Template {
    /// Between every two of them, a number makes the name another one.
    parts: Vec<String>,
    goals: usize,
}

/// The corpus as often as it takes to hold `goals` goals, every name it gives made another one in every copy.
fn repeated_corpus(goals: usize) -> String {
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

criterion_group!(benches, language);
criterion_main!(benches);
