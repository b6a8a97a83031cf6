//! The engine's answers against pandas 3.1, and what it finds when it opens a table.
//!
//! Constants come from `pandas.read_csv` of the same file: the expression stands beside each.
#![cfg(feature = "datafusion")]

use indexmap::IndexMap;
use jiff::civil::{DateTime, date, datetime};
use milepost::calendar::{Period, Window};
use milepost::engine::datafusion::DataFusionEngine;
use milepost::engine::{DataError, Engine};
use milepost::query::*;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A table at `path`, as the command line gives it.
pub fn implicit(path: &Path) -> TableSource {
    TableSource {
        name: "t".into(),
        path: path.to_string_lossy().into_owned(),
        shown: path.file_name().unwrap().to_string_lossy().into_owned(),
        within: None,
        time: None,
        sheet: None,
        filter: None,
        timezone: "UTC".into(),
        week_start: jiff::civil::Weekday::Monday,
        implicit: true,
    }
}

/// A table with a declared time column.
pub fn declared(path: &Path, column: &str, format: Option<&str>) -> TableSource {
    let time = TimeColumn { column: column.into(), format: format.map(str::to_owned) };
    TableSource { time: Some(time), implicit: false, ..implicit(path) }
}

/// A file of that name and content in a folder of its own.
pub fn file(name: &str, content: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::File::create(&path).unwrap().write_all(content.as_ref()).unwrap();
    (dir, path)
}

/// The real data beside the repository, where it is there.
fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there", path.display());
    None
}

pub fn col(name: &str) -> Row {
    Row::Column(name.into())
}

pub fn num(n: f64) -> Row {
    Row::Number(n.into())
}

pub fn text(t: &str) -> Row {
    Row::Text(t.into())
}

pub fn op(op: RowOp, a: Row, b: Row) -> Row {
    Row::Binary(op, Box::new(a), Box::new(b))
}

pub fn eq(a: Row, b: Row) -> Row {
    op(RowOp::Equal, a, b)
}

pub fn over(measure: Measure) -> Request {
    Request { measure, filter: None, window: None, group: None }
}

pub fn window(text: &str) -> Window {
    let year = |t: &str| t[t.len() - 4..].parse().unwrap();
    let period = match text.len() {
        7 => Period::Quarter(year(text), text[1..2].parse().unwrap()),
        4 => Period::Year(year(text)),
        _ => Period::Day(text.parse().unwrap()),
    };
    period.window(&Default::default()).unwrap()
}

pub fn run_all(source: &TableSource, requests: Vec<Request>) -> Result<Vec<Answer>, DataError> {
    let mut engine = DataFusionEngine::new(Some(2))?;
    engine.open(source)?;
    engine.run(&Query { table: "t".into(), excluded: vec![], requests })
}

pub fn run(source: &TableSource, request: Request) -> Cell {
    match run_all(source, vec![request]).unwrap().remove(0) {
        Answer::One(cell) => cell,
        Answer::Groups(_) => panic!("no group was asked for"),
    }
}

pub fn groups(source: &TableSource, request: Request) -> IndexMap<String, Cell> {
    match run_all(source, vec![request]).unwrap().remove(0) {
        Answer::Groups(groups) => groups,
        Answer::One(_) => panic!("groups were asked for"),
    }
}

pub fn values(groups: &IndexMap<String, Cell>) -> Vec<(&str, Option<f64>)> {
    groups.iter().map(|(k, c)| (k.as_str(), c.value)).collect()
}

pub fn info(source: &TableSource) -> TableInfo {
    DataFusionEngine::new(Some(1)).unwrap().open(source).unwrap()
}

#[track_caller]
fn close(value: Option<f64>, expected: f64) {
    let value = value.unwrap();
    assert!((value - expected).abs() <= 1e-12 * expected.abs(), "{value} is not {expected}");
}

#[test]
fn survey() {
    let Some(path) = shared("nps/responses.csv") else { return };
    let t = implicit(&path);
    // n.nps.dropna(): ((a>=9).sum() - (a<=6).sum()) / len(a) * 100, that is (150 − 24) / 227
    let nps = run(&t, over(Measure::Nps(col("nps"))));
    close(nps.value, 55.50660792951542);
    assert_eq!((nps.rows, nps.skipped, nps.bad), (230, 3, 0));
    // n.satisfaction.mean(), .std(), .median(), (n.satisfaction>=9).mean()
    close(run(&t, over(Measure::Avg(col("satisfaction")))).value, 8.356521739130434);
    close(run(&t, over(Measure::Stdev(col("satisfaction")))).value, 1.886246726570823);
    close(run(&t, over(Measure::Median(col("satisfaction")))).value, 9.0);
    close(run(&t, over(Measure::Csat(col("satisfaction"), 9.0.into()))).value, 0.5565217391304348);
    // a.quantile(.05)
    close(run(&t, over(Measure::Percentile(col("nps"), 5.0.into()))).value, 5.0);
}

#[test]
fn ads() {
    let Some(path) = shared("ads/ads.csv") else { return };
    let t = implicit(&path);
    let sum = |c: &str| run(&t, over(Measure::Sum(col(c)))).value.unwrap();
    // a.Clicks.sum() / a.Impressions.sum()
    close(Some(sum("Clicks") / sum("Impressions")), 0.00017881336592357833);
    // a.Approved_Conversion.sum(), math.fsum(a.Spent), and the cost of one
    close(Some(sum("Approved_Conversion")), 1079.0);
    close(Some(sum("Spent")), 58705.229958205004);
    close(Some(sum("Spent") / sum("Approved_Conversion")), 54.40707132363763);
    // a.groupby('xyz_campaign_id').Spent.apply(math.fsum): in order of the number
    let by = Request { group: Some("xyz_campaign_id".into()), ..over(Measure::Sum(col("Spent"))) };
    let by = groups(&t, by);
    assert_eq!(
        values(&by),
        [("916", Some(149.710000657)), ("936", Some(2893.369998934)), ("1178", Some(55662.149958614))]
    );
    assert_eq!(by.values().map(|c| c.rows).collect::<Vec<_>>(), [54, 464, 625]);
    // (a.Clicks==0).sum() is 207: the cost of a click can't be computed there
    let each = op(RowOp::Divide, col("Spent"), col("Clicks"));
    let cell = run(&t, over(Measure::Avg(each.clone())));
    assert_eq!((cell.value, cell.error), (None, Some(RowError::DivZero)));
    // a[a.Clicks>0]: (Spent/Clicks).mean()
    let clicked =
        Request { filter: Some(op(RowOp::Greater, col("Clicks"), num(0.0))), ..over(Measure::Avg(each.clone())) };
    let clicked = run(&t, clicked);
    assert!((clicked.value.unwrap() - 1.499347446728083).abs() < 1e-12);
    assert_eq!(clicked.rows, 1143 - 207);
    // A condition that is decided before the division does not fail.
    let guarded = op(RowOp::And, op(RowOp::Greater, col("Clicks"), num(0.0)), op(RowOp::Less, each, num(1e9)));
    assert_eq!(run(&t, Request { filter: Some(guarded), ..over(Measure::Count) }).value, Some(936.0));
    // a[(a.gender=='F') & a.age.isin(['30-34','35-39'])].Clicks.sum()
    let women = eq(col("gender"), text("F"));
    let age = Row::In(Box::new(col("age")), vec![text("30-34"), text("35-39")]);
    let cell = run(&t, Request { filter: Some(op(RowOp::And, women, age)), ..over(Measure::Sum(col("Clicks"))) });
    assert_eq!(cell.value, Some(9260.0));
    // a.interest.nunique(), a.age.nunique()
    assert_eq!(run(&t, over(Measure::Distinct(col("interest")))).value, Some(40.0));
    assert_eq!(run(&t, over(Measure::Distinct(col("age")))).value, Some(4.0));
}

#[test]
fn posts() {
    let Some(path) = shared("facebook_posts/posts.csv") else { return };
    let t = implicit(&path);
    // f.share.sum(), f.share.isna().sum()
    let shares = run(&t, over(Measure::Sum(col("share"))));
    assert_eq!((shares.value, shares.rows, shares.skipped), (Some(13524.0), 500, 4));
    let seen = run(&t, over(Measure::Sum(col("Lifetime Post Total Impressions"))));
    // f.share.sum() / f['Lifetime Post Total Impressions'].sum(): virality
    close(Some(shares.value.unwrap() / seen.value.unwrap()), 0.0009142177901482149);
    // f.like.quantile(.95), f.like.std(), (f.like>=100).sum() of 500 rows
    close(run(&t, over(Measure::Percentile(col("like"), 95.0.into()))).value, 534.0999999999999);
    close(run(&t, over(Measure::Stdev(col("like")))).value, 323.3987415906344);
    let share = run(&t, over(Measure::Share(op(RowOp::GreaterOrEqual, col("like"), num(100.0)))));
    assert_eq!((share.value, share.skipped), (Some(253.0 / 500.0), 1));
    // f.groupby('Type').like.sum()
    let by = groups(&t, Request { group: Some("Type".into()), ..over(Measure::Sum(col("like"))) });
    let expected =
        [("Link", Some(1613.0)), ("Photo", Some(77610.0)), ("Status", Some(7952.0)), ("Video", Some(1620.0))];
    assert_eq!(values(&by), expected);
    // f.nlargest(3, 'like'): indices 244, 379, 349 from 0
    let rows = Measure::Rows { value: col("like"), label: None, worst_first: true, limit: 3 };
    let listed: Vec<_> = run(&t, over(rows)).rows_listed.into_iter().map(|r| (r.key, r.value)).collect();
    let row = |n: i32, v: f64| (format!("row {n}"), Some(v));
    assert_eq!(listed, [row(245, 5172.0), row(380, 1998.0), row(350, 1639.0)]);
}

#[test]
fn memberships() {
    let Some(path) = shared("netflix/memberships.csv") else { return };
    let mut t = declared(&path, "period_end", None);
    t.filter = Some(op(RowOp::NotEqual, col("region"), text("TOTAL")));
    let last = |quarter: &str, filter: Option<Row>| {
        let measure = Measure::Last(col("paid_memberships"));
        run(&t, Request { measure, filter, window: Some(window(quarter)), group: None })
    };
    // Netflix's quarterly reports: 203.66M and 213.56M in total, 129.73M and 139.54M outside UCAN
    let abroad = Some(op(RowOp::NotEqual, col("region"), text("UCAN")));
    assert_eq!(last("Q4 2020", None).value, Some(203_663_000.0));
    assert_eq!(last("Q3 2021", None).value, Some(213_563_000.0));
    assert_eq!(last("Q4 2020", abroad.clone()).value, Some(129_727_000.0));
    let cell = last("Q3 2021", abroad);
    assert_eq!(cell.value, Some(139_539_000.0));
    assert_eq!((cell.rows, cell.newest), (3, Some(datetime(2021, 9, 30, 0, 0, 0, 0))));
    // Net adds of UCAN in Q1 2021: +448,000
    let ucan = Request {
        measure: Measure::Sum(col("net_adds")),
        filter: Some(eq(col("region"), text("UCAN"))),
        window: Some(window("Q1 2021")),
        group: None,
    };
    assert_eq!(run(&t, ucan).value, Some(448_000.0));
    // m[2021, no TOTAL].groupby('region').revenue_usd.sum()
    let by = Request {
        measure: Measure::Sum(col("revenue_usd")),
        filter: None,
        window: Some(window("2021")),
        group: Some("region".into()),
    };
    let by = groups(&t, by);
    let expected = [
        ("APAC", Some(3266601000.0)),
        ("EMEA", Some(9699819000.0)),
        ("LATAM", Some(3576976000.0)),
        ("UCAN", Some(12972100000.0)),
    ];
    assert_eq!(values(&by), expected);
    let found = info(&t);
    assert_eq!((found.rows, found.time.as_deref()), (140, Some("period_end")));
    assert_eq!(found.columns["period_end"], ColumnType::Date);
}

#[test]
fn extent_and_last_by_hand() {
    let csv = "date,region,subs\n2021-01-31,a,1\n2021-01-31,b,2\n2021-02-28,a,3\n2021-03-31,a,\n,b,9\n";
    let (_dir, path) = file("m.csv", csv);
    let t = implicit(&path);
    let extent = run(&t, over(Measure::Extent));
    let day = |m, d| DateTime::from(date(2021, m, d));
    assert_eq!((extent.rows, extent.first, extent.newest), (5, Some(day(1, 31)), Some(day(3, 31))));
    assert_eq!(extent.times, Some(vec![day(1, 31), day(2, 28), day(3, 31)]));
    // The latest time is found before the filter: b has no row then.
    let to_february = Window::new(day(1, 1), day(3, 1));
    let last = |filter: Option<&str>| Request {
        measure: Measure::Last(col("subs")),
        filter: filter.map(|r| eq(col("region"), text(r))),
        window: Some(to_february),
        group: None,
    };
    assert_eq!(run(&t, last(Some("a"))).value, Some(3.0));
    let b = run(&t, last(Some("b")));
    assert_eq!((b.value, b.rows, b.newest), (None, 1, Some(day(2, 28))));
    let each = groups(&t, Request { group: Some("region".into()), ..last(None) });
    assert_eq!(values(&each), [("a", Some(3.0)), ("b", None)]);
    // Each region's own latest: 3 + 2.
    let per = Request { measure: Measure::LastPer(col("subs"), "region".into()), ..last(None) };
    assert_eq!(run(&t, per).value, Some(5.0));
    let first = Request { measure: Measure::First(col("subs")), ..last(None) };
    assert_eq!(run(&t, first).value, Some(3.0));
    // Only blanks: not known, rather than nothing.
    let march = Request { window: Some(window("2021-03-31")), ..over(Measure::Sum(col("subs"))) };
    let march = run(&t, march);
    assert_eq!((march.value, march.rows, march.skipped), (None, 1, 1));
    let april = run(&t, Request { window: Some(window("2021-04-01")), ..over(Measure::Sum(col("subs"))) });
    assert_eq!((april.value, april.rows), (Some(0.0), 0));
}

#[test]
fn excluded_periods_and_table_filter() {
    let (_dir, path) = file("m.csv", "day,kind,n\n2021-01-01,x,1\n2021-01-02,x,10\n2021-01-03,y,100\n,x,1000\n");
    let mut t = implicit(&path);
    t.filter = Some(eq(col("kind"), text("x")));
    let mut engine = DataFusionEngine::new(None).unwrap();
    engine.open(&t).unwrap();
    let query = Query {
        table: "t".into(),
        excluded: vec![window("2021-01-02")],
        requests: vec![over(Measure::Sum(col("n"))), over(Measure::Extent)],
    };
    let answers = engine.run(&query).unwrap();
    let Answer::One(sum) = &answers[0] else { panic!() };
    let Answer::One(extent) = &answers[1] else { panic!() };
    assert_eq!(sum.value, Some(1001.0));
    // What the table holds is told with the excluded rows.
    assert_eq!(extent.newest, Some(datetime(2021, 1, 2, 0, 0, 0, 0)));
}
