//! An engine over inline CSV texts that folds rows the way a person would.

use super::rows::Value::{Missing, Number, Text, Time, Truth};
use super::rows::*;
use indexmap::IndexMap;
use jiff::civil::{Date, DateTime};
use milepost::calendar::{CalendarRules, Period, Window};
use milepost::engine::{DataError, Engine};
use milepost::query::*;
use std::collections::{BTreeMap, BTreeSet};

/// Tables as texts, by name.
#[derive(Debug, Default)]
pub struct MemoryEngine {
    texts: BTreeMap<String, String>,
    tables: BTreeMap<String, Table>,
}

/// Rows with their places in the file.
type Rows<'a> = Vec<(usize, &'a [Value])>;

#[derive(Debug)]
struct Table {
    filter: Option<Row>,
    columns: IndexMap<String, ColumnType>,
    rows: Vec<Vec<Value>>,
    time: Option<usize>,
    zone: jiff::tz::TimeZone,
}

impl MemoryEngine {
    /// Tables by name, each a CSV text with a line of names.
    pub fn new(tables: &[(&str, &str)]) -> Self {
        let texts = tables.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
        Self { texts, tables: BTreeMap::new() }
    }
}

impl Engine for MemoryEngine {
    fn open(&mut self, source: &TableSource) -> Result<TableInfo, DataError> {
        let not_found =
            || DataError::NotFound { table: source.name.clone(), path: source.shown.clone(), reason: "no text".into() };
        let table = read(self.texts.get(&source.name).ok_or_else(not_found)?, source);
        let info = TableInfo {
            columns: table.columns.clone(),
            time: table.time.and_then(|i| table.columns.get_index(i)).map(|(name, _)| name.clone()),
            rows: table.rows.len() as u64,
            blake3: None,
            tidy: None,
            notes: Vec::new(),
        };
        self.tables.insert(source.name.clone(), table);
        Ok(info)
    }

    fn run(&mut self, query: &Query) -> Result<Vec<Answer>, DataError> {
        let table = self.tables.get(&query.table).ok_or_else(|| DataError::NotOpen { table: query.table.clone() })?;
        Ok(query.requests.iter().map(|r| table.answer(r, &query.excluded)).collect())
    }
}

/// ISO days and moments, months and weeks; instants (`…Z`, `…+02:00`) in the table's zone.
fn time(text: &str, source: &TableSource) -> Option<Value> {
    let day = |text: &str| text.parse::<Date>().ok().map(|day| Time(day.into(), true));
    let instant = || {
        let zone = jiff::tz::TimeZone::get(&source.timezone).ok()?;
        Some(Time(zone.to_datetime(text.parse().ok()?), false))
    };
    match text.split_once("-W") {
        Some((year, week)) => {
            let rules = CalendarRules { week_start: source.week_start, ..CalendarRules::default() };
            let window = Period::Week(year.parse().ok()?, week.parse().ok()?).window(&rules)?;
            Some(Time(window.start, true))
        }
        None if text.len() == 7 => day(&format!("{text}-01")),
        None if text.len() == 10 => day(text),
        None => text.parse().ok().map(|at| Time(at, false)).or_else(instant),
    }
}

/// The days of a time column that declares how they are written.
fn iso(record: csv::StringRecord, names: &[String], source: &TableSource) -> csv::StringRecord {
    let Some(TimeColumn { column, format: Some(format) }) = &source.time else { return record };
    let day = |cell: &str| Date::strptime(format, cell).unwrap_or_else(|e| panic!("{cell}: {e}")).to_string();
    let cells = record.iter().zip(names);
    cells.map(|(cell, name)| if name == column { day(cell) } else { cell.to_owned() }).collect()
}

fn read(text: &str, source: &TableSource) -> Table {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let records: Vec<csv::StringRecord> =
        reader.records().map(Result::unwrap).map(|r| iso(r, &names, source)).collect();
    let mut columns = IndexMap::new();
    for (i, name) in names.iter().enumerate() {
        let cells: Vec<&str> = records.iter().map(|r| &r[i]).filter(|c| !c.is_empty()).collect();
        let all = |reads: &dyn Fn(&str) -> bool| cells.iter().all(|c| reads(c));
        let day = |c: &str| c.contains('-') && matches!(time(c, source), Some(Time(_, true)));
        let kind = if cells.is_empty() {
            ColumnType::Empty
        } else if all(&|c| c.parse::<f64>().is_ok()) {
            ColumnType::Number
        } else if all(&|c| c == "true" || c == "false") {
            ColumnType::Truth
        } else if all(&day) {
            ColumnType::Date
        } else if all(&|c| time(c, source).is_some()) {
            ColumnType::Timestamp
        } else {
            ColumnType::Text
        };
        columns.insert(name.clone(), kind);
    }
    let cell = |text: &str, kind: ColumnType| match kind {
        _ if text.is_empty() => Missing,
        ColumnType::Number => Number(text.parse().unwrap()),
        ColumnType::Truth => Truth(text == "true"),
        ColumnType::Date | ColumnType::Timestamp => match time(text, source).unwrap() {
            Time(at, _) => Time(at, kind == ColumnType::Date),
            other => other,
        },
        ColumnType::Text | ColumnType::Empty => Text(text.to_owned()),
    };
    let rows = records.iter().map(|r| r.iter().zip(columns.values()).map(|(c, k)| cell(c, *k)).collect()).collect();
    let found = || columns.values().position(|k| matches!(k, ColumnType::Date | ColumnType::Timestamp));
    let time = match &source.time {
        Some(time) => columns.get_index_of(&time.column),
        None if source.implicit => found(),
        None => None,
    };
    let zone = jiff::tz::TimeZone::get(&source.timezone).unwrap();
    Table { filter: source.filter.clone(), columns, rows, time, zone }
}

impl Table {
    fn time(&self, row: &[Value]) -> Option<DateTime> {
        match row.get(self.time?) {
            Some(Time(at, _)) => Some(*at),
            _ => None,
        }
    }

    /// The rows that lie in the window, are of the table and aren't excluded; with their place in the file.
    fn inside(&self, windows: &[Window], excluded: &[Window]) -> Rows<'_> {
        let inside = |w: Window, t: Option<DateTime>| t.is_some_and(|t| w.start <= t && t < w.end);
        let rows = self.rows.iter().enumerate().map(|(i, r)| (i, r.as_slice()));
        rows.filter(|(_, row)| {
            let t = self.time(row);
            (windows.is_empty() || self.time.is_none() || windows.iter().any(|w| inside(*w, t)))
                && !excluded.iter().any(|w| inside(*w, t))
                && self.holds(self.filter.as_ref(), row)
        })
        .collect()
    }

    /// Whether a row passes; arithmetic that failed in the condition is the row's error.
    fn passes(&self, condition: Option<&Row>, row: &[Value]) -> Result<bool, RowError> {
        match condition.map(|c| self.value(c, row)) {
            Some(Value::Error(e)) => Err(e),
            value => Ok(value.is_none_or(|v| v == Truth(true))),
        }
    }

    fn holds(&self, condition: Option<&Row>, row: &[Value]) -> bool {
        condition.is_none_or(|c| self.value(c, row) == Truth(true))
    }

    fn answer(&self, request: &Request, excluded: &[Window]) -> Answer {
        let earlier = match request.measure {
            Measure::Retention { earlier, .. } => Some(earlier),
            _ => None,
        };
        let windows: Vec<Window> = request.window.into_iter().chain(earlier).collect();
        // What the table holds, excluded or not.
        let excluded = if request.measure == Measure::Extent { &[] } else { excluded };
        let inside = self.inside(&windows, excluded);
        let times = || inside.iter().filter_map(|(_, r)| self.time(r));
        let edge = match request.measure {
            Measure::First(_) => times().min(),
            _ => times().max(),
        };
        let passing: Vec<_> =
            inside.iter().copied().filter(|(_, r)| self.passes(request.filter.as_ref(), r) != Ok(false)).collect();
        let Some(group) = &request.group else { return Answer::One(self.cell(request, &passing, edge)) };
        let mut groups: Vec<(Value, Rows<'_>)> = Vec::new();
        for (i, row) in passing {
            let key = self.column(group, row);
            match groups.iter_mut().find(|(k, _)| *k == key) {
                _ if key == Missing => {}
                Some((_, rows)) => rows.push((i, row)),
                None => groups.push((key, vec![(i, row)])),
            }
        }
        groups.sort_by(|(a, _), (b, _)| match (a, b) {
            (Number(a), Number(b)) => a.total_cmp(b),
            (a, b) => shown(a).cmp(&shown(b)),
        });
        let cell = |(key, rows): &(Value, Vec<_>)| (shown(key), self.cell(request, rows, edge));
        Answer::Groups(groups.iter().map(cell).collect())
    }

    fn cell(&self, request: &Request, rows: &[(usize, &[Value])], edge: Option<DateTime>) -> Cell {
        let measure = &request.measure;
        let times: Vec<DateTime> = rows.iter().filter_map(|(_, r)| self.time(r)).collect();
        // Without times, all rows are of one reading.
        let bears = |row: &[Value]| self.time.is_none() || (edge.is_some() && self.time(row) == edge);
        let at_edge: Vec<_> = rows.iter().copied().filter(|(_, r)| bears(r)).collect();
        let (counted, argument) = match measure {
            Measure::Last(x) | Measure::First(x) => (at_edge.as_slice(), Some(x)),
            Measure::Count | Measure::Extent => (rows, None),
            Measure::Sum(x)
            | Measure::LastPer(x, _)
            | Measure::Min(x)
            | Measure::Max(x)
            | Measure::Avg(x)
            | Measure::Median(x)
            | Measure::Stdev(x)
            | Measure::Percentile(x, _)
            | Measure::Distinct(x)
            | Measure::Retention { id: x, .. }
            | Measure::Share(x)
            | Measure::Nps(x)
            | Measure::Csat(x, _)
            | Measure::Rows { value: x, .. } => (rows, Some(x)),
        };
        let values: Vec<Value> =
            argument.map_or_else(Vec::new, |x| counted.iter().map(|(_, r)| self.value(x, r)).collect());
        let of_filter = counted.iter().find_map(|(_, r)| self.passes(request.filter.as_ref(), r).err());
        let of_value = values.iter().find_map(|v| match v {
            Value::Error(e) => Some(*e),
            _ => None,
        });
        let error = of_filter.or(of_value);
        let known: Vec<f64> = values.iter().filter_map(number).collect();
        let bad = |v: &&f64| matches!(measure, Measure::Nps(_)) && !(0.0..=10.0).contains(*v);
        let value = match measure {
            Measure::LastPer(x, per) => self.last_per(x, per, rows),
            Measure::Distinct(_) if rows.is_empty() || values.iter().any(|v| *v != Missing) => {
                let mut all: Vec<String> = values.iter().filter(|v| **v != Missing).map(shown).collect();
                all.sort();
                all.dedup();
                Some(all.len() as f64)
            }
            Measure::Retention { id, earlier } => self.retention(id, request.window, *earlier, rows),
            _ => fold(measure, rows.len(), values.len(), &known),
        };
        Cell {
            value: value.filter(|_| error.is_none()),
            error,
            rows: rows.len() as u64,
            skipped: values.iter().filter(|v| **v == Missing).count() as u64,
            bad: known.iter().filter(bad).count() as u64,
            first: times.iter().min().copied(),
            newest: match measure {
                Measure::Last(_) | Measure::First(_) => edge,
                _ => times.iter().max().copied(),
            },
            times: (*measure == Measure::Extent && self.time.is_some() && !times.is_empty()).then(|| {
                let mut all = times.clone();
                all.sort();
                all.dedup();
                all
            }),
            rows_listed: self.listed(measure, rows),
        }
    }

    fn last_per(&self, x: &Row, per: &str, rows: &[(usize, &[Value])]) -> Option<f64> {
        let mut own: BTreeMap<String, (Option<DateTime>, f64)> = BTreeMap::new();
        for (_, row) in rows {
            let (key, at) = (self.column(per, row), self.time(row));
            if let (false, Number(n)) = (key == Missing, self.value(x, row)) {
                let entry = own.entry(shown(&key)).or_insert((at, 0.0));
                if at > entry.0 {
                    *entry = (at, 0.0);
                }
                if at == entry.0 {
                    entry.1 += n;
                }
            }
        }
        (!own.is_empty()).then(|| own.values().map(|(_, sum)| sum).sum())
    }

    /// Of the ids in `earlier`, the share that is in `window` as well.
    fn retention(&self, id: &Row, window: Option<Window>, earlier: Window, rows: &[(usize, &[Value])]) -> Option<f64> {
        let ids = |w: Option<Window>| -> BTreeSet<String> {
            let inside = |row: &[Value]| w.is_none_or(|w| self.time(row).is_some_and(|t| w.start <= t && t < w.end));
            let of = rows.iter().filter(|(_, row)| inside(row)).map(|(_, row)| self.value(id, row));
            of.filter(|v| *v != Missing).map(|v| shown(&v)).collect()
        };
        let (before, now) = (ids(Some(earlier)), ids(window));
        (!before.is_empty()).then(|| before.intersection(&now).count() as f64 / before.len() as f64)
    }

    fn listed(&self, measure: &Measure, rows: &[(usize, &[Value])]) -> Vec<ListedRow> {
        let Measure::Rows { value, label, worst_first, limit } = measure else { return Vec::new() };
        let key = |i: usize, row: &[Value]| match label.as_ref().map(|l| self.column(l, row)) {
            None | Some(Missing) => format!("row {}", i + 1),
            Some(key) => shown(&key),
        };
        let mut all: Vec<ListedRow> =
            rows.iter().map(|(i, r)| ListedRow { key: key(*i, r), value: number(&self.value(value, r)) }).collect();
        all.sort_by(|a, b| match (a.value, b.value) {
            (Some(a), Some(b)) if *worst_first => b.total_cmp(&a),
            (Some(a), Some(b)) => a.total_cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        all.truncate(*limit);
        all
    }

    fn column(&self, name: &str, row: &[Value]) -> Value {
        let at = self.columns.get_index_of(name).unwrap_or_else(|| panic!("there is no column {name}"));
        row[at].clone()
    }

    fn value(&self, expression: &Row, row: &[Value]) -> Value {
        let of = |e: &Row| self.value(e, row);
        match expression {
            Row::Column(name) => self.column(name, row),
            Row::Number(n) => Number(n.into_inner()),
            Row::Text(t) => Text(t.clone()),
            Row::Truth(t) => Truth(*t),
            Row::Period(w) => Time(w.start, true),
            Row::Moment(at) => Time(*at, false),
            Row::Negate(x) => match of(x) {
                Number(n) => Number(-n),
                other => other,
            },
            Row::Not(x) => match of(x) {
                Truth(t) => Truth(!t),
                other => other,
            },
            Row::Binary(RowOp::Otherwise, a, b) => match of(a) {
                Missing => of(b),
                value => value,
            },
            Row::Binary(op @ (RowOp::And | RowOp::Or), a, b) => both(*op, of(a), of(b)),
            Row::Binary(op, a, b) => match (a.as_ref(), b.as_ref(), of(a), of(b)) {
                (_, Row::Period(w), Time(at, _), _) => Truth(beside(*op, at, *w)),
                (Row::Period(w), _, _, Time(at, _)) => Truth(beside(flipped(*op), at, *w)),
                // What a stopwatch shows, also on a night on which clocks change.
                (_, _, Time(a, false), Time(b, false)) if *op == RowOp::Subtract => {
                    let universal = |at| self.zone.to_timestamp(at).unwrap().as_duration().as_secs_f64();
                    Number(universal(a) - universal(b))
                }
                (_, _, a, b) => binary(*op, a, b),
            },
            Row::In(x, list) => list
                .iter()
                .map(|e| of(&Row::Binary(RowOp::Equal, x.clone(), Box::new(e.clone()))))
                .fold(Truth(false), |all, one| both(RowOp::Or, all, one)),
            Row::Between(x, a, b) => both(
                RowOp::And,
                of(&Row::Binary(RowOp::GreaterOrEqual, x.clone(), a.clone())),
                of(&Row::Binary(RowOp::LessOrEqual, x.clone(), b.clone())),
            ),
            Row::If(c, a, b) => match of(c) {
                Truth(true) => of(a),
                Value::Error(e) => Value::Error(e),
                _ => of(b),
            },
            Row::Extreme { greatest, of: rows } => {
                let values: Vec<f64> =
                    rows.iter().filter_map(|r| if let Number(x) = of(r) { Some(x) } else { None }).collect();
                let pick = |a: f64, b: f64| if *greatest { a.max(b) } else { a.min(b) };
                values.into_iter().reduce(pick).map_or(Missing, Number)
            }
            Row::IsMissing(x) => match of(x) {
                Value::Error(e) => Value::Error(e),
                value => Truth(value == Missing),
            },
            Row::IsNumber(x) => Truth(matches!(of(x), Number(_))),
            Row::IfError(x, other) => match of(x) {
                Value::Error(_) => of(other),
                value => value,
            },
            Row::Missing => Missing,
            Row::Call(function, arguments) => call(*function, &arguments.iter().map(of).collect::<Vec<_>>()),
        }
    }
}

/// A measure of numbers: `rows` passed, `arguments` of them were looked at, `known` have a number.
pub fn fold(measure: &Measure, rows: usize, arguments: usize, known: &[f64]) -> Option<f64> {
    let n = known.len() as f64;
    // A sum of nothing is −0: adding 0 turns it into 0.
    let total = || known.iter().sum::<f64>() + 0.0;
    let some = !known.is_empty();
    match measure {
        Measure::Count | Measure::Extent => Some(rows as f64),
        Measure::Sum(_) => (some || rows == 0).then(total),
        Measure::Last(_) | Measure::First(_) => some.then(total),
        Measure::Min(_) => known.iter().copied().reduce(f64::min),
        Measure::Max(_) => known.iter().copied().reduce(f64::max),
        Measure::Avg(_) => some.then(|| total() / n),
        Measure::Median(_) => percentile(known, 50.0),
        Measure::Percentile(_, p) => percentile(known, p.into_inner()),
        Measure::Stdev(_) => {
            let mean = total() / n;
            (known.len() > 1).then(|| (known.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
        }
        // A missing condition does not hold.
        Measure::Share(_) => (arguments > 0).then(|| total() / arguments as f64),
        Measure::Csat(_, least) => some.then(|| known.iter().filter(|x| **x >= least.into_inner()).count() as f64 / n),
        Measure::Nps(_) => {
            let of = |from: f64, to: f64| known.iter().filter(|x| (from..=to).contains(*x)).count() as f64;
            (of(0.0, 10.0) > 0.0).then(|| 100.0 * (of(9.0, 10.0) - of(0.0, 6.0)) / of(0.0, 10.0))
        }
        Measure::Distinct(_) | Measure::Retention { .. } | Measure::LastPer(..) | Measure::Rows { .. } => None,
    }
}

/// Linear between the two nearest ranks.
fn percentile(known: &[f64], p: f64) -> Option<f64> {
    let mut sorted = known.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = p / 100.0 * sorted.len().checked_sub(1)? as f64;
    let (low, high) = (sorted[rank.floor() as usize], sorted[rank.ceil() as usize]);
    Some(low + (high - low) * rank.fract())
}
