//! What evaluation takes beside reading data: the formulas of 1,000 metrics over 1,000 periods whose cells are known, and
//! a report on 1,000 goals, judged and written as text and as JSON. A stand-in for an engine makes the cells up.

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use indexmap::IndexMap;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};
use milepost::Plan;
use milepost::calendar::Window;
use milepost::engine::{DataError, Engine};
use milepost::eval::run::Session;
use milepost::eval::subject::Subject;
use milepost::eval::{AsOf, Options, evaluate};
use milepost::query::{Answer, Cell, ColumnType, Measure, Query, TableInfo, TableSource};
use milepost::report::{self, PlanMeta};
use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

const DAYS: i64 = 1_000;
const METRICS: usize = 1_000;
const COLUMNS: usize = 20;
const START: Date = date(2021, 1, 1);

/// A table of one row a day in which every column holds the day's number.
struct Numbered;

impl Engine for Numbered {
    fn open(&mut self, _: &TableSource) -> Result<TableInfo, DataError> {
        let mut columns = IndexMap::from([("day".to_owned(), ColumnType::Date)]);
        columns.extend((0..COLUMNS).map(|i| (format!("c{i}"), ColumnType::Number)));
        let time = Some("day".to_owned());
        Ok(TableInfo { columns, time, rows: DAYS as u64, blake3: None, tidy: None, notes: Vec::new() })
    }

    fn run(&mut self, query: &Query) -> Result<Vec<Answer>, DataError> {
        Ok(query.requests.iter().map(|r| Answer::One(cell(&r.measure, r.window))).collect())
    }
}

fn cell(measure: &Measure, window: Option<Window>) -> Cell {
    let number = |at: DateTime| {
        let days = START.until(at.date()).map_or(0, |span| i64::from(span.get_days()));
        days.clamp(0, DAYS)
    };
    let (from, to) = window.map_or((0, DAYS), |w| (number(w.start), number(w.end)));
    let day = |n: i64| START.checked_add(n.days()).map(DateTime::from).ok();
    let (first, newest) = (day(from), day((to - 1).max(from)));
    let times = matches!(measure, Measure::Extent).then(|| (from..to).filter_map(day).collect());
    let sum = (from..to).sum::<i64>() as f64;
    Cell { value: Some(sum), rows: (to - from) as u64, first, newest, times, ..Cell::default() }
}

/// Metrics over columns, ratios of them, and a goal on each.
fn plan() -> String {
    let mut text = "table t from \"t.csv\" time day\n".to_owned();
    let ratios = METRICS - COLUMNS;
    (0..COLUMNS).for_each(|i| writeln!(text, "metric a{i} = sum(t.c{i})").expect("a text takes all"));
    for i in 0..ratios {
        let (a, b, k) = (i % COLUMNS, (i * 7 + 1) % COLUMNS, i + 2);
        writeln!(text, "metric m{i} = a{a} / (a{b} + {k}) * {k} - 1").expect("a text takes all");
    }
    (0..METRICS)
        .for_each(|i| writeln!(text, "goal g{i}: m{} >= {i} by 2023-06", i % ratios).expect("a text takes all"));
    text
}

fn formulas(criterion: &mut Criterion) {
    let parsed = Plan::parse(&plan());
    let opened = parsed.open(&mut Numbered, Vec::new(), |_, _| Ok(true)).expect("a table that opens");
    assert!(parsed.spelling().is_empty() && opened.found.is_empty(), "{:?} {:?}", parsed.spelling(), opened.found);
    let day = |n: i64| START.checked_add(n.days()).expect("a day of the calendar");
    let as_of = Some(AsOf::Day(day(DAYS - 1)));
    let windows: Vec<Window> = (0..DAYS).map(|n| Window::days(day(n), day(n))).collect();

    let mut group = criterion.benchmark_group("evaluate");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));

    let (plan, engine) = (&opened.plan, &mut Numbered);
    let mut session = Session::start(plan, &opened.tables, engine, as_of, None, &[0]).expect("data that can be read");
    let all = |session: &mut Session<'_>| {
        let sum = session.settle(&mut Numbered, |world| {
            let mut sum = 0.0;
            for metric in plan.metrics.values() {
                let subject = Subject::new(world, &metric.value, None, false);
                sum += subject.numbers(world, &windows).into_iter().flatten().sum::<f64>();
            }
            sum
        });
        sum.expect("data that can be read")
    };
    // The first asks for all cells.
    assert!(all(&mut session) > 0.0);
    group.throughput(Throughput::Elements((METRICS as u64) * (DAYS as u64)));
    group.bench_function("formulas_1000x1000", |b| b.iter(|| all(&mut session)));

    let options = Options { as_of, goals: Vec::new() };
    let judged = || evaluate(plan, &opened.tables, &mut Numbered, &options).expect("data that can be read");
    let verdicts = judged();
    group.throughput(Throughput::Elements(verdicts.goals.len() as u64));
    group.bench_function("verdicts_1000", |b| b.iter(judged));
    group.bench_function("report_text_1000", |b| b.iter(|| report::text(black_box(&verdicts), Default::default())));
    let (sources, meta, found) = (parsed.sources(), PlanMeta::default(), Vec::<String>::new());
    let json = || report::json(black_box(&verdicts), sources, &meta, &found).expect("a report as JSON");
    group.bench_function("report_json_1000", |b| b.iter(json));
    group.finish();
}

criterion_group!(benches, formulas);
criterion_main!(benches);
