//! One pass over a Parquet file of a million rows for 1, 10, 100 and 1,000 requests, planned and read, beside what it can't
//! be faster than (decoding the same columns) and what it replaces (each request by itself).

use criterion::{BatchSize, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::file::properties::WriterProperties;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};
use milepost::calendar::Window;
use milepost::engine::Engine;
use milepost::engine::datafusion::DataFusionEngine;
use milepost::query::{Measure, Query, Request, Row, RowOp, TableSource, TimeColumn};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const ROWS: usize = 1_000_000;
const DAYS: usize = 700;
const START: Date = date(2021, 1, 1);
const REGIONS: [&str; 5] = ["EU", "NA", "APAC", "LATAM", "MEA"];
const CHANNELS: [&str; 8] = ["mail", "search", "social", "video", "display", "affiliate", "direct", "press"];

/// Always the same numbers: D. H. Lehmer's generator with the multiplier of Park and Miller (1988).
fn numbers(seed: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(seed), |n| Some(n * 16_807 % 2_147_483_647)).skip(1)
}

fn write(path: &Path) {
    let start = 1_609_459_200_000_000i64;
    let step = (DAYS as i64 * 86_400_000_000) / ROWS as i64;
    let text = |seed, of: &'static [&'static str]| -> ArrayRef {
        Arc::new(numbers(seed).take(ROWS).map(|n| Some(of[n as usize % of.len()])).collect::<StringArray>())
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("at", Arc::new((0..ROWS as i64).map(|i| Some(start + i * step)).collect::<TimestampMicrosecondArray>())),
        ("region", text(11, &REGIONS)),
        ("channel", text(23, &CHANNELS)),
        ("likes", Arc::new(numbers(5).take(ROWS).map(|n| Some((n % 5_000) as i64)).collect::<Int64Array>())),
        ("spend", Arc::new(numbers(7).take(ROWS).map(|n| Some((n % 90_000) as f64 / 100.0)).collect::<Float64Array>())),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let groups = WriterProperties::builder().set_max_row_group_row_count(Some(125_000)).build();
    let file = File::create(path).expect("a file");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(groups)).expect("a schema");
    writer.write(&batch).expect("rows");
    writer.close().expect("a footer");
}

/// Sums, means and counts with filters on none, one or two dimensions, over windows of 10 to 300 days from `first` on.
fn query(requests: usize, first: Date) -> Query {
    let is = |column: &str, value: &str| {
        Row::Binary(RowOp::Equal, Box::new(Row::Column(column.into())), Box::new(Row::Text(value.into())))
    };
    let day = |n: u64| -> DateTime { first.checked_add((n as i64).days()).expect("a day").into() };
    let request = |i: usize, n: u64| {
        let column = || Row::Column(if n.is_multiple_of(2) { "likes".into() } else { "spend".into() });
        let measure = match i % 3 {
            0 => Measure::Sum(column()),
            1 => Measure::Avg(column()),
            _ => Measure::Count,
        };
        let region = is("region", REGIONS[n as usize % REGIONS.len()]);
        let channel = is("channel", CHANNELS[n as usize / 7 % CHANNELS.len()]);
        let filter = match i % 4 {
            0 => None,
            1 => Some(region),
            2 => Some(channel),
            _ => Some(Row::Binary(RowOp::And, Box::new(region), Box::new(channel))),
        };
        let (from, length) = (n / 3 % 400, 10 + n / 5 % 290);
        Request { measure, filter, window: Some(Window::new(day(from), day(from + length))), group: None }
    };
    let requests = numbers(99).take(requests).enumerate().map(|(i, n)| request(i, n)).collect();
    Query { table: "t".into(), excluded: Vec::new(), requests }
}

fn opened(path: &Path, one_pass: bool) -> DataFusionEngine {
    let shown = path.to_str().expect("a path of text");
    let time = Some(TimeColumn { column: "at".into(), format: None });
    let mut engine = DataFusionEngine::new(Some(2)).expect("an engine");
    engine.set_one_pass(one_pass);
    engine.open(&TableSource { time, ..TableSource::given("t", shown, shown) }).expect("a table");
    engine
}

fn decoded(path: &Path) -> usize {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).expect("a file")).expect("a footer");
    let batches = builder.with_batch_size(32_768).build().expect("a reader");
    batches.map(|batch| batch.expect("rows").num_rows()).sum()
}

fn pass(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.parquet");
    write(&path);
    let mut group = criterion.benchmark_group("pass_1m_rows");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).throughput(Throughput::Elements(ROWS as u64));
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(3));
    group.bench_function("decode_on_one_thread", |b| b.iter(|| decoded(&path)));
    for requests in [1, 10, 100, 1_000] {
        let query = query(requests, START);
        let engine = || opened(&path, true);
        group.bench_function(format!("one_pass_{requests}"), |b| {
            b.iter_batched(engine, |mut engine| engine.run(&query).expect("answers"), BatchSize::PerIteration);
        });
    }
    // Of windows without a row nothing is read: what is left is planning.
    let nowhere = query(1_000, date(2031, 1, 1));
    let engine = || opened(&path, true);
    group.bench_function("plan_1000", |b| {
        b.iter_batched(engine, |mut engine| engine.run(&nowhere).expect("answers"), BatchSize::PerIteration);
    });
    let query = query(10, START);
    group.bench_function("each_by_itself_10", |b| {
        b.iter_batched(|| opened(&path, false), |mut e| e.run(&query).expect("answers"), BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, pass);
criterion_main!(benches);
