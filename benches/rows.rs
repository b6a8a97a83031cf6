//! How fast the sentiment of texts is told: by itself beside the peer in the same run (`vader_sentiment`, which gives other
//! scores on a quarter of the shared texts), and a million short texts inside the engine.

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use milepost::engine::text::Sentiment;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

/// Short texts where the shared ones aren't there.
const TEXTS: [&str; 8] = [
    "I love this feeling. :D",
    "Damn, running late sucks.",
    "We were 17 deep last night & the love was so strong everybody felt it!!",
    "by pressing p/n, you should be able to get a good picture on the screen.",
    "Not such a bad app after all, but the NEW player is terrible 😁",
    "just saw the trailer",
    "it isn't very good, is it? really? REALLY??",
    "kind of happy with the sound, no problem with the picture",
];

/// The shared tweets and reviews, else a few of our own.
fn texts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/sentiment");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    let all = read("tweets.tsv") + &read("amazonReviewSnippets.tsv");
    let found: Vec<String> = all.lines().filter_map(|l| l.split('\t').nth(6)).map(str::to_owned).collect();
    if found.is_empty() { TEXTS.map(str::to_owned).to_vec() } else { found }
}

fn by_itself(criterion: &mut Criterion) {
    let texts = texts();
    let mut group = criterion.benchmark_group("sentiment");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_millis(500));
    group.throughput(Throughput::Elements(texts.len() as u64));
    let mut sentiment = Sentiment::default();
    group.bench_function("ours", |b| b.iter(|| texts.iter().map(|t| sentiment.score(black_box(t))).sum::<f64>()));
    let peer = vader_sentiment::SentimentIntensityAnalyzer::new();
    group.bench_function("vader_sentiment", |b| {
        b.iter(|| texts.iter().map(|t| peer.polarity_scores(black_box(t))["compound"]).sum::<f64>());
    });
    group.finish();
}

#[cfg(feature = "datafusion")]
fn in_the_engine(criterion: &mut Criterion) {
    use milepost::engine::Engine as _;
    use milepost::engine::datafusion::DataFusionEngine;
    use milepost::query::{Answer, Measure, Query, Request, Row, RowFunction, TableSource};
    use std::fmt::Write as _;

    const ROWS: usize = 1_000_000;
    let mut csv = String::from("id,text\n");
    for (i, text) in TEXTS.iter().cycle().take(ROWS).enumerate() {
        // Writing to a string does not fail.
        let _ = writeln!(csv, "{i},\"{text}\"");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("texts.csv");
    std::fs::write(&path, csv).expect("room for the texts");
    let source = TableSource {
        name: "t".into(),
        path: path.display().to_string(),
        shown: "texts.csv".into(),
        time: None,
        sheet: None,
        filter: None,
        timezone: "UTC".into(),
        week_start: jiff::civil::Weekday::Monday,
        within: None,
        implicit: true,
    };
    let mut engine = DataFusionEngine::new(Some(2)).expect("an engine");
    engine.open(&source).expect("a table");
    let query = |measure: Measure| Query {
        table: "t".into(),
        excluded: Vec::new(),
        requests: vec![Request { measure, filter: None, window: None, group: None }],
    };
    let text = || vec![Row::Column("text".into())];
    let mood = query(Measure::Avg(Row::Call(RowFunction::Sentiment, text())));
    let length = query(Measure::Avg(Row::Call(RowFunction::Length, text())));
    let mut answer = |query: &Query| match engine.run(query).expect("answers").remove(0) {
        Answer::One(cell) => cell.value,
        Answer::Groups(_) => None,
    };
    let mut group = criterion.benchmark_group("million_texts");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_millis(100));
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("sentiment", |b| b.iter(|| answer(black_box(&mood))));
    // What reading alone takes.
    group.bench_function("length", |b| b.iter(|| answer(black_box(&length))));
    group.finish();
}

#[cfg(not(feature = "datafusion"))]
fn in_the_engine(_: &mut Criterion) {}

criterion_group!(benches, by_itself, in_the_engine);
criterion_main!(benches);
