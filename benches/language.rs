//! How fast plans are read, resolved and formatted: the corpus of the tests, repeated under other names until it holds
//! 10,000 and 100,000 goals, with the metrics and tables they stand on.

mod corpus;

use corpus::repeated_corpus;
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use milepost::format::{format, print};
use milepost::model::{Catalog, resolve};
use milepost::source::{SourceFile, Sources};
use milepost::syntax::parse;
use std::hint::black_box;
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

criterion_group!(benches, language);
criterion_main!(benches);
