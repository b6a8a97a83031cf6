//! The values of an argument whose different ones are counted, as keys. Knows arrays and keys only.

use super::compiled::Frame;
use super::dictionary::{Dictionary, FIRST, MISSING};
use super::plan::Input;
use crate::engine::datafusion::kept::{key, whole_key};
use crate::engine::datafusion::key::Key;
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::error::Result;

/// One argument's keys over a batch.
#[derive(Debug, Default)]
pub struct Keys {
    texts: Dictionary,
    batch: Vec<u64>,
}

/// Stands where there is no value.
const NONE: u64 = u64::MAX;

impl Keys {
    /// Takes a batch.
    ///
    /// # Errors
    /// What DataFusion says.
    pub fn take(&mut self, input: &Input, frame: &Frame) -> Result<()> {
        self.batch.clear();
        if let Some(column) = input.whole.and_then(|at| frame.columns.get(at)?.as_ref()) {
            let column = cast(column, &DataType::Int64)?;
            let column = column.as_primitive::<Int64Type>();
            match column.nulls() {
                None => self.batch.extend(column.values().iter().map(|v| whole_key(*v))),
                Some(_) => self.batch.extend(column.iter().map(|v| v.map_or(NONE, whole_key))),
            }
            return Ok(());
        }
        let values = input.values.over(frame)?;
        match values.data_type() {
            DataType::Float64 => {
                let numbers = values.as_primitive::<Float64Type>();
                self.batch.extend(numbers.iter().map(|v| v.map_or(NONE, key)));
            }
            DataType::Int64 => {
                let times = values.as_primitive::<Int64Type>();
                self.batch.extend(times.iter().map(|v| v.map_or(NONE, whole_key)));
            }
            DataType::Boolean => self.batch.extend(values.as_boolean().iter().map(|v| v.map_or(NONE, u64::from))),
            _ => {
                let mut codes = Vec::new();
                self.texts.codes(&values, &mut codes)?;
                let key = |code: u32| if code == MISSING { NONE } else { u64::from(code) };
                self.batch.extend(codes.into_iter().map(key));
            }
        }
        if let Some(error) = &input.error {
            let failed = super::values::failures(&error.over(frame)?);
            self.batch.iter_mut().zip(failed).filter(|(_, f)| *f > 0).for_each(|(k, _)| *k = NONE);
        }
        Ok(())
    }

    /// Bytes that it takes, roughly.
    pub fn bytes(&self) -> usize {
        self.texts.bytes() + self.batch.capacity() * 8
    }

    /// The key of a row, where it has a value.
    pub fn get(&self, row: usize) -> Option<u64> {
        self.batch.get(row).copied().filter(|key| *key != NONE)
    }

    /// The text of a key, where it is the number of one.
    pub fn text(&self, key: u64) -> Option<&Key> {
        self.texts.values.get(usize::try_from(key.checked_sub(FIRST.into())?).ok()?)
    }

    /// Takes another thread's texts too; gives its numbers of texts as this one's.
    pub fn merge(&mut self, other: &Self) -> Vec<u64> {
        if other.texts.values.is_empty() {
            return Vec::new();
        }
        let same = 0..u64::from(FIRST);
        same.chain(other.texts.values.iter().map(|v| u64::from(self.texts.code(v)))).collect()
    }
}
