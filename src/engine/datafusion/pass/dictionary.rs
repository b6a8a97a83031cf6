//! Numbers the values of one dimension in order of appearance, batch by batch. Knows arrays, and nothing of requests.

use crate::engine::datafusion::key::Key;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type};
use datafusion::error::Result;
use rustc_hash::FxHashMap;

/// Of a dimension that wasn't read: no request that looks at it has rows there.
pub const UNREAD: u32 = 0;
/// Of a missing value.
pub const MISSING: u32 = 1;
/// The first of the values.
pub const FIRST: u32 = 2;

/// The values of one dimension.
#[derive(Debug, Default)]
pub struct Dictionary {
    texts: FxHashMap<Box<str>, u32>,
    bits: FxHashMap<u64, u32>,
    /// In order of their numbers, from [`FIRST`].
    pub values: Vec<Key>,
    /// Of texts, both times that they are held.
    letters: usize,
}

impl Dictionary {
    /// How many numbers are given out.
    pub fn len(&self) -> usize {
        self.values.len() + FIRST as usize
    }

    /// Bytes that it takes, roughly.
    pub fn bytes(&self) -> usize {
        let entries = self.texts.capacity() * (size_of::<(Box<str>, u32)>() + 1) + self.bits.capacity() * 17;
        self.letters + entries + self.values.capacity() * size_of::<Key>()
    }

    /// The number of a value.
    pub fn code(&mut self, value: &Key) -> u32 {
        match value {
            Key::Text(text) => self.text(text),
            Key::Number(n) => self.other(n.to_bits(), || value.clone()),
            Key::Time(t) => self.other(*t as u64, || value.clone()),
            Key::Truth(t) => self.other(u64::from(*t), || value.clone()),
        }
    }

    fn text(&mut self, text: &str) -> u32 {
        if let Some(code) = self.texts.get(text) {
            return *code;
        }
        let code = self.len() as u32;
        self.letters += 2 * text.len();
        self.texts.insert(text.into(), code);
        self.values.push(Key::Text(text.into()));
        code
    }

    fn other(&mut self, bits: u64, value: impl FnOnce() -> Key) -> u32 {
        let next = self.len() as u32;
        let code = *self.bits.entry(bits).or_insert(next);
        if code == next {
            self.values.push(value());
        }
        code
    }

    /// The numbers of a column's values, one a row, into `codes`.
    ///
    /// # Errors
    /// A column of a type that no dimension has.
    pub fn codes(&mut self, column: &ArrayRef, codes: &mut Vec<u32>) -> Result<()> {
        codes.clear();
        match column.data_type() {
            DataType::Dictionary(key, value) if **key == DataType::Int32 && **value == DataType::Utf8 => {
                self.keys(column, codes);
            }
            DataType::Utf8 => self.texts(column.as_string::<i32>(), codes),
            DataType::Float64 => {
                let numbers = column.as_primitive::<Float64Type>();
                codes.extend(numbers.iter().map(|n| match n {
                    Some(n) => self.code(&Key::number(n)),
                    None => MISSING,
                }));
            }
            DataType::Int64 => {
                let times = column.as_primitive::<Int64Type>();
                codes.extend(times.iter().map(|t| t.map_or(MISSING, |t| self.code(&Key::Time(t)))));
            }
            DataType::Boolean => {
                let truths = column.as_boolean();
                codes.extend(truths.iter().map(|t| t.map_or(MISSING, |t| self.code(&Key::Truth(t)))));
            }
            _ => self.texts(cast(column, &DataType::Utf8)?.as_string::<i32>(), codes),
        }
        Ok(())
    }

    fn texts(&mut self, column: &StringArray, codes: &mut Vec<u32>) {
        let mut last: (Option<&str>, u32) = (None, MISSING);
        codes.extend(column.iter().map(|text| {
            if text != last.0 {
                last = (text, text.map_or(MISSING, |t| self.text(t)));
            }
            last.1
        }));
    }

    /// Of a column that is numbered already, each of its own values is looked up once.
    fn keys(&mut self, column: &ArrayRef, codes: &mut Vec<u32>) {
        let column = column.as_dictionary::<Int32Type>();
        let values = column.values().as_string::<i32>();
        let mut known = vec![UNREAD; values.len()];
        let mut code = |key: i32| {
            let at = key as usize;
            if known[at] == UNREAD {
                known[at] = if values.is_valid(at) { self.text(values.value(at)) } else { MISSING };
            }
            known[at]
        };
        match column.keys().nulls() {
            None => codes.extend(column.keys().values().iter().map(|key| code(*key))),
            Some(_) => codes.extend(column.keys().iter().map(|key| key.map_or(MISSING, &mut code))),
        }
    }

    /// The values from number `from` on as a column of texts.
    pub fn texts_from(&self, from: usize) -> ArrayRef {
        let text = |value: &Key| match value {
            Key::Text(text) => Some(text.to_string()),
            _ => None,
        };
        std::sync::Arc::new(self.values.iter().skip(from).map(text).collect::<StringArray>())
    }
}
