//! Batches, in the file's order, into the cells of all requests. Requests are shared out over threads, rows never, so
//! that answers don't depend on how many threads there are.

use super::key::Key;
use super::plan::{Plan, Request, Slot};
use super::row::DIV_ZERO;
use super::state::Partial;
use super::tally::{Passed, Tally, Value};
use crate::query::{Answer, Measure, RowError};
use datafusion::arrow::array::{Array, AsArray, BooleanArray, Float64Array, Int64Array, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::error::Result;
use rayon::prelude::*;
use std::collections::HashMap;

/// Below so many rows × requests, sharing out costs more than it brings.
const WORTH_SHARING: usize = 100_000;

/// A column of a batch.
#[allow(missing_docs)]
pub enum Column {
    Number(Float64Array),
    Text(StringArray),
    Truth(BooleanArray),
    Time(Int64Array),
}

impl Column {
    /// A typed column.
    pub fn of(array: &dyn Array) -> Result<Self> {
        Ok(match array.data_type() {
            DataType::Float64 => Self::Number(array.as_primitive::<Float64Type>().clone()),
            DataType::Boolean => Self::Truth(array.as_boolean().clone()),
            DataType::Int64 => Self::Time(array.as_primitive::<Int64Type>().clone()),
            DataType::Utf8 => Self::Text(array.as_string::<i32>().clone()),
            _ => Self::Text(cast(array, &DataType::Utf8)?.as_string::<i32>().clone()),
        })
    }

    /// The value of a row, where it has one.
    pub fn key(&self, i: usize) -> Option<Key> {
        let array: &dyn Array = match self {
            Self::Number(a) => a,
            Self::Text(a) => a,
            Self::Truth(a) => a,
            Self::Time(a) => a,
        };
        array.is_valid(i).then(|| match self {
            Self::Number(a) => Key::number(a.value(i)),
            Self::Text(a) => Key::Text(a.value(i).into()),
            Self::Truth(a) => Key::Truth(a.value(i)),
            Self::Time(a) => Key::Time(a.value(i)),
        })
    }

    fn integer(&self, i: usize) -> Option<i64> {
        match self {
            Self::Time(a) if a.is_valid(i) => Some(a.value(i)),
            _ => None,
        }
    }

    fn truth(&self, i: usize) -> Option<bool> {
        match self {
            Self::Truth(a) if a.is_valid(i) => Some(a.value(i)),
            _ => None,
        }
    }

    fn value(&self, i: usize) -> Value {
        match self {
            Self::Number(a) if a.is_valid(i) => Value::Number(a.value(i)),
            Self::Truth(a) if a.is_valid(i) => Value::Number(f64::from(u8::from(a.value(i)))),
            Self::Time(a) if a.is_valid(i) => Value::Any,
            Self::Text(a) if a.is_valid(i) => Value::Any,
            _ => Value::Missing,
        }
    }
}

/// Numbers the different values of a column, in order of appearance.
#[derive(Default)]
struct Coder {
    texts: HashMap<Box<str>, u32>,
    others: HashMap<Key, u32>,
    keys: Vec<Key>,
    /// Of texts, both times that they are held.
    letters: usize,
}

impl Coder {
    fn codes(&mut self, column: &Column, rows: usize) -> Vec<Option<u32>> {
        (0..rows)
            .map(|i| {
                if let Column::Text(a) = column {
                    let text = a.is_valid(i).then(|| a.value(i))?;
                    if let Some(code) = self.texts.get(text) {
                        return Some(*code);
                    }
                }
                let key = column.key(i)?;
                let next = self.keys.len() as u32;
                let code = match &key {
                    Key::Text(text) => *self.texts.entry(text.clone()).or_insert(next),
                    other => *self.others.entry(other.clone()).or_insert(next),
                };
                if code == next {
                    self.letters += if let Key::Text(text) = &key { 2 * text.len() } else { 0 };
                    self.keys.push(key);
                }
                Some(code)
            })
            .collect()
    }

    fn bytes(&self) -> usize {
        let entries = self.texts.capacity() * 21 + self.others.capacity() * (size_of::<(Key, u32)>() + 1);
        self.letters + entries + self.keys.capacity() * size_of::<Key>()
    }
}

/// One batch, made ready for all requests.
struct Frame {
    rows: usize,
    /// Rows of the file before this batch.
    before: u64,
    columns: Vec<Column>,
    times: Option<Vec<Option<i64>>>,
    /// The earliest and the latest of them.
    range: Option<(i64, i64)>,
    /// Rows of the table, or ones whose belonging could not be computed.
    kept: Vec<std::result::Result<bool, RowError>>,
    /// Of those, the ones in a stretch of time that is excluded; empty where nothing is.
    excluded: Vec<bool>,
    codes: Vec<Vec<Option<u32>>>,
}

impl Frame {
    fn error(&self, slot: Slot, i: usize) -> Option<RowError> {
        let code = self.columns[slot.error?].integer(i)?;
        Some(if code == DIV_ZERO { RowError::DivZero } else { RowError::Num })
    }

    /// Whether a condition holds in a row; a missing one does not.
    fn holds(&self, slot: Slot, i: usize) -> std::result::Result<bool, RowError> {
        match self.error(slot, i) {
            Some(error) => Err(error),
            None => Ok(self.columns[slot.value].truth(i) == Some(true)),
        }
    }

    fn value(&self, slot: Option<Slot>, i: usize) -> Value {
        let Some(slot) = slot else { return Value::None };
        match self.error(slot, i) {
            Some(error) => Value::Error(error),
            None => self.columns[slot.value].value(i),
        }
    }
}

/// What one request has seen so far.
#[derive(Default)]
struct Part {
    one: Tally,
    groups: Vec<Option<Tally>>,
    /// The latest (earliest) time of all rows in the window.
    edge: Option<i64>,
}

/// All requests of a plan.
pub struct Fold<'a> {
    plan: &'a Plan,
    parts: Vec<Part>,
    coders: Vec<Coder>,
    rows: u64,
}

impl<'a> Fold<'a> {
    /// Before the first batch.
    pub fn new(plan: &'a Plan) -> Self {
        let parts = plan.requests.iter().map(|_| Part::default()).collect();
        let coders = plan.coded.iter().map(|_| Coder::default()).collect();
        Self { plan, parts, coders, rows: 0 }
    }

    /// Takes the next batch.
    ///
    /// # Errors
    /// Where a column has no type that can be read.
    pub fn take(&mut self, batch: &RecordBatch) -> Result<()> {
        let rows = batch.num_rows();
        let columns = batch.columns().iter().map(|a| Column::of(a)).collect::<Result<Vec<_>>>()?;
        let times: Option<Vec<Option<i64>>> =
            self.plan.time.map(|t| (0..rows).map(|i| columns[t].integer(i)).collect());
        let known = || times.iter().flatten().flatten().copied();
        let range = known().min().zip(known().max());
        let codes = self.plan.coded.iter().zip(&mut self.coders).map(|(slot, c)| c.codes(&columns[slot.value], rows));
        let codes = codes.collect();
        let mut frame =
            Frame { rows, before: self.rows, columns, times, range, kept: Vec::new(), excluded: Vec::new(), codes };
        let filter = self.plan.table_filter;
        frame.kept = (0..rows).map(|i| filter.map_or(Ok(true), |slot| frame.holds(slot, i))).collect();
        if !self.plan.excluded.is_empty() {
            frame.excluded = (0..rows).map(|i| excluded(self.plan, &frame, i)).collect();
        }
        self.rows += rows as u64;
        let each = |(part, request): (&mut Part, &Request)| part.take(request, &frame);
        if rows.saturating_mul(self.parts.len()) < WORTH_SHARING {
            self.parts.iter_mut().zip(&self.plan.requests).for_each(each);
        } else {
            self.parts.par_iter_mut().zip(&self.plan.requests).for_each(each);
        }
        Ok(())
    }

    /// Bytes that what was seen so far takes, roughly.
    pub fn bytes(&self) -> usize {
        let part = |p: &Part| p.one.bytes() + p.groups.iter().flatten().map(Tally::bytes).sum::<usize>();
        self.coders.iter().map(Coder::bytes).sum::<usize>() + self.parts.iter().map(part).sum::<usize>()
    }

    /// What requests came to, in their order.
    pub fn finish(self) -> Vec<Partial> {
        let keys = |coder: Option<usize>| coder.map_or(&[][..], |c| &self.coders[c].keys[..]);
        let partial = |(part, request): (Part, &Request)| {
            let (measure, parts) = (&request.measure, keys(request.part));
            let groups = request.group.map(|group| {
                let groups = keys(Some(group)).iter().zip(part.groups);
                groups.filter_map(|(k, t)| Some((k.clone(), t?.state(measure, parts)))).collect()
            });
            Partial { edge: part.edge, one: part.one.state(measure, parts), groups }
        };
        self.parts.into_iter().zip(&self.plan.requests).map(partial).collect()
    }

    /// The answers, in the order of the requests.
    pub fn answers(self) -> Vec<Answer> {
        let plan = self.plan;
        let answer =
            |(partial, r): (Partial, &Request)| partial.answer(&r.measure, r.group.is_some(), plan.time.is_some());
        self.finish().into_iter().zip(&plan.requests).map(answer).collect()
    }
}

/// Whether a row lies in a stretch of time whose rows count for nothing.
fn excluded(plan: &Plan, frame: &Frame, i: usize) -> bool {
    let time = frame.times.as_ref().and_then(|t| t[i]);
    time.is_some_and(|t| plan.excluded.iter().any(|(start, end)| (*start..*end).contains(&t)))
}

impl Request {
    /// In which windows a time lies: the request's own, and the one before it, of a retention.
    fn holds(&self, time: Option<i64>) -> (bool, bool) {
        let inside = |(start, end): (i64, i64)| time.is_some_and(|t| (start..end).contains(&t));
        (self.window.is_none_or(inside), self.earlier.is_some_and(inside))
    }

    /// False where no time in a range is in any of its windows.
    fn touches(&self, range: Option<(i64, i64)>) -> bool {
        let Some(window) = self.window else { return true };
        let touched = |(start, end): (i64, i64)| range.is_some_and(|(first, last)| first < end && start <= last);
        touched(window) || self.earlier.is_some_and(touched)
    }
}

impl Part {
    fn take(&mut self, request: &Request, frame: &Frame) {
        if !request.touches(frame.range) {
            return;
        }
        // What the table holds, excluded or not.
        let all = request.measure == Measure::Extent;
        for i in 0..frame.rows {
            let time = match &frame.times {
                // Without times, all rows are of one reading.
                None => Some(0),
                Some(times) => times[i],
            };
            let counts = all || !frame.excluded.get(i).copied().unwrap_or(false);
            let (inside, earlier) = request.holds(time);
            if (inside || earlier) && counts && frame.kept[i] != Ok(false) {
                self.row(request, frame, i, time);
            }
        }
    }

    fn row(&mut self, request: &Request, frame: &Frame, i: usize, time: Option<i64>) {
        let edge = match request.measure {
            Measure::Last(_) => time.map(|t| self.edge.map_or(t, |e| e.max(t))),
            Measure::First(_) => time.map(|t| self.edge.map_or(t, |e| e.min(t))),
            _ => None,
        };
        self.edge = edge.or(self.edge);
        let at_edge = time.is_some() && time == self.edge;
        let passes = match (frame.kept[i], request.filter) {
            (Ok(_), Some(filter)) => frame.holds(filter, i),
            (kept, _) => kept,
        };
        if passes == Ok(false) {
            return;
        }
        let tally = match request.group.map(|g| frame.codes[g][i]) {
            None => &mut self.one,
            Some(None) => return,
            Some(Some(code)) => {
                let code = code as usize;
                if self.groups.len() <= code {
                    self.groups.resize_with(code + 1, || None);
                }
                self.groups[code].get_or_insert_default()
            }
        };
        let label = || request.label.and_then(|l| frame.columns[l.value].key(i)).map(|k| k.shown());
        let value = match passes {
            Err(error) => Value::Error(error),
            Ok(_) => frame.value(request.argument, i),
        };
        let value = match (value, &request.measure) {
            (Value::Number(n), Measure::Distinct(_) | Measure::Retention { .. }) if n.is_finite() => Value::Any,
            (value, _) => value,
        };
        tally.add(
            &request.measure,
            Passed {
                time,
                value,
                part: request.part.and_then(|p| frame.codes[p][i]),
                at_edge,
                windows: request.holds(time),
                number: frame.before + i as u64,
                label: &label,
            },
        );
    }
}
