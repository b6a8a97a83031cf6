//! Two folders of files with rows of known sums, and a plan over them.

use datafusion::arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray};
use datafusion::parquet::arrow::ArrowWriter;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

/// 2021-01-01, in days since 1970.
const START: i32 = 18_628;
const DAYS: i32 = 365;

const PLAN: &str = r#"table sales from "sales" time day every day sparse
table visits from "visits/*.csv" time day every day sparse
segment eu = sales.region = "EU"
metric orders = count(sales)
metric revenue = sum(sales.amount)
metric eu_revenue = sum(sales.amount where eu)
metric buyers = distinct(sales.buyer)
metric typical = median(sales.amount)
metric dear = percentile(sales.amount, 90)
metric stock = last(sales.stock)
metric least = min(sales.amount where sales.buyer < 100)
metric mood = avg(sentiment(visits.note))
metric pages = sum(visits.pages)
metric on_phones = share(visits.device = "phone")

goal orders: orders >= 100 in 2021
goal revenue: revenue >= 1000 in 2021
goal eu_revenue: eu_revenue +10% from Q1 2021 by 2021-12-31
goal buyers: buyers >= 10 in 2021
goal typical: typical >= 40 in Q3 2021
goal dear: dear >= 90 in H1 2021
goal stock: stock >= 100 by 2021-12-31
goal least: least >= 1 in Q2 2021
goal mood: mood >= 0 in 2021
goal pages: pages >= 100 in 2021
goal on_phones: on_phones >= 30% in 2021
goal each_region: revenue >= 10 for each region in 2021
goal each_month: orders >= 2 every month in 2021
"#;

/// What the rows come to, counted while they were written.
#[derive(Debug, Default)]
pub struct Sums {
    pub orders: u64,
    pub cents: u64,
    pub buyers: usize,
    pub pages: u64,
    pub visits: u64,
}

/// Numbers that look like chance and are always the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Writes the plan and so many files of each kind, each of so many rows.
pub fn fill(folder: &Path, files: usize, rows: usize) -> Sums {
    std::fs::write(folder.join("plan.goal"), PLAN).unwrap();
    for name in ["sales", "visits"] {
        std::fs::create_dir(folder.join(name)).unwrap();
    }
    let (mut sums, mut buyers, mut numbers) = (Sums::default(), HashSet::new(), Numbers(7));
    for file in 0..files {
        parquet(&folder.join(format!("sales/{file:02}.parquet")), rows, &mut numbers, &mut sums, &mut buyers);
        csv(&folder.join(format!("visits/{file:02}.csv")), rows / 4, &mut numbers, &mut sums);
    }
    sums.buyers = buyers.len();
    sums
}

fn parquet(path: &Path, rows: usize, numbers: &mut Numbers, sums: &mut Sums, buyers: &mut HashSet<i64>) {
    let (mut days, mut regions, mut who, mut amounts, mut stocks) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rows {
        // Every day has its turn.
        days.push(START + sums.orders as i32 % DAYS);
        regions.push([Some("EU"), Some("US"), Some("ASIA"), None][numbers.below(4) as usize]);
        let buyer = numbers.below(5000) as i64;
        let cents = 1 + numbers.below(10_000);
        who.push(buyer);
        amounts.push(cents as f64 / 100.0);
        stocks.push((numbers.below(20) > 0).then(|| numbers.below(50) as i64));
        sums.orders += 1;
        sums.cents += cents;
        buyers.insert(buyer);
    }
    let columns: [(&str, ArrayRef); 5] = [
        ("day", Arc::new(Date32Array::from(days))),
        ("region", Arc::new(StringArray::from(regions))),
        ("buyer", Arc::new(Int64Array::from(who))),
        ("amount", Arc::new(Float64Array::from(amounts))),
        ("stock", Arc::new(Int64Array::from(stocks))),
    ];
    let batch = RecordBatch::try_from_iter(columns.map(|(name, column)| (name, column))).unwrap();
    let mut writer = ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn csv(path: &Path, rows: usize, numbers: &mut Numbers, sums: &mut Sums) {
    let first = jiff::civil::date(2021, 1, 1);
    let mut text = "day,device,pages,note\n".to_owned();
    for _ in 0..rows {
        let day = first.saturating_add(jiff::Span::new().days(sums.visits as i64 % i64::from(DAYS)));
        let device = ["phone", "desk", "tablet"][numbers.below(3) as usize];
        let note = ["great and lovely", "awful", "it is there", ""][numbers.below(4) as usize];
        let pages = numbers.below(30);
        let _ = writeln!(text, "{day},{device},{pages},{note}");
        sums.pages += pages;
        sums.visits += 1;
    }
    std::fs::write(path, text).unwrap();
}
