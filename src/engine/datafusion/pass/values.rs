//! The values of one argument over a batch, in the form in which they are accumulated fastest. Knows arrays and what a
//! fold takes, and neither combinations nor requests.

use super::compiled::Frame;
use super::plan::{Fold, Input};
use crate::engine::datafusion::row::DIV_ZERO;
use crate::query::RowError;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, PrimitiveArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::error::Result;

/// Whole numbers beyond this aren't all numbers of 53 bits.
const EXACT: i64 = 1 << 53;

/// One argument's values.
pub struct Values {
    /// The numbers; what stands in rows of `nulls` means nothing.
    pub numbers: Numbers,
    /// Where there is none.
    pub nulls: Option<NullBuffer>,
    /// What went wrong, one a row, as [`code`] writes it; empty where nothing did.
    pub failed: Vec<u8>,
    /// Values out of range; empty where there are none.
    pub bad: Vec<bool>,
}

/// Numbers.
pub enum Numbers {
    /// Whole, of 53 bits at the most; with the largest size of one.
    Whole(Int64Array, i64),
    /// Any finite ones.
    Real(Float64Array),
    /// No numbers: only whether there is a value counts.
    Any,
}

/// An error as a number that is larger where it counts more; 0 is none.
pub fn code(error: RowError) -> u8 {
    match error {
        RowError::Num => 1,
        RowError::DivZero => 2,
    }
}

/// The error of a number.
pub fn error(code: u8) -> Option<RowError> {
    match code {
        0 => None,
        1 => Some(RowError::Num),
        _ => Some(RowError::DivZero),
    }
}

impl Values {
    /// The values of `input` over a batch.
    ///
    /// # Errors
    /// What DataFusion says.
    pub fn of(input: &Input, frame: &Frame) -> Result<Self> {
        let failed = match &input.error {
            Some(error) => failures(&error.over(frame)?),
            None => Vec::new(),
        };
        if let Some(column) = input.whole.and_then(|at| frame.columns.get(at)?.as_ref()) {
            let column = cast(column, &DataType::Int64)?;
            let whole = column.as_primitive::<Int64Type>().clone();
            let most = whole.values().iter().fold(0, |most: u64, v| most.max(v.unsigned_abs()));
            if most < EXACT as u64 {
                let nulls = whole.nulls().cloned();
                return Ok(Self { numbers: Numbers::Whole(whole, most as i64), nulls, failed, bad: Vec::new() });
            }
        }
        let values = input.values.over(frame)?;
        let nulls = values.logical_nulls();
        let (numbers, failed) = match values.data_type() {
            DataType::Float64 => finite(values.as_primitive::<Float64Type>(), failed),
            DataType::Boolean => (Numbers::Whole(ones(values.as_boolean()), 1), failed),
            _ => (Numbers::Any, failed),
        };
        Ok(Self { numbers, nulls, failed, bad: Vec::new() })
    }

    /// The values as a fold takes them; `None` where it takes them as they are.
    pub fn folded(&self, fold: Fold) -> Option<Self> {
        let whole = |f: &dyn Fn(f64) -> i64| match &self.numbers {
            Numbers::Whole(a, _) => a.values().iter().map(|v| f(*v as f64)).collect(),
            Numbers::Real(a) => a.values().iter().map(|v| f(*v)).collect(),
            Numbers::Any => Vec::new(),
        };
        let (whole, bad): (Vec<i64>, Vec<bool>) = match fold {
            Fold::AtLeast(threshold) => (whole(&|v| i64::from(v >= threshold.into_inner())), Vec::new()),
            Fold::Promoters => {
                let answers = whole(&|v| match v {
                    9.0..=10.0 => 1,
                    0.0..=6.0 => -1,
                    0.0..=10.0 => 0,
                    _ => i64::MAX,
                });
                let bad = answers.iter().map(|a| *a == i64::MAX).collect();
                (answers.into_iter().map(|a| if a == i64::MAX { 0 } else { a }).collect(), bad)
            }
            _ => return None,
        };
        let numbers = Numbers::Whole(PrimitiveArray::new(whole.into(), None), 1);
        Some(Self { numbers, nulls: self.nulls.clone(), failed: self.failed.clone(), bad })
    }

    /// True where each row has a value and nothing went wrong.
    pub fn plain(&self) -> bool {
        self.nulls.is_none() && self.failed.is_empty() && self.bad.is_empty()
    }

    /// What a row holds.
    pub fn state(&self, row: usize) -> State {
        match self.failed.get(row) {
            Some(code) if *code > 0 => State::Failed(*code),
            _ if self.nulls.as_ref().is_some_and(|n| n.is_null(row)) => State::Missing,
            _ if self.bad.get(row) == Some(&true) => State::Bad,
            _ => State::There,
        }
    }
}

/// What a row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A value.
    There,
    /// None.
    Missing,
    /// One that is out of range.
    Bad,
    /// Something went wrong.
    Failed(u8),
}

/// The errors of a batch, where there are any.
pub fn failures(errors: &ArrayRef) -> Vec<u8> {
    if errors.logical_null_count() == errors.len() || errors.data_type() != &DataType::Int64 {
        return Vec::new();
    }
    let which = |e: i64| code(if e == DIV_ZERO { RowError::DivZero } else { RowError::Num });
    errors.as_primitive::<Int64Type>().iter().map(|e| e.map_or(0, which)).collect()
}

/// Numbers that aren't finite are errors, unless something went wrong before.
fn finite(values: &Float64Array, mut failed: Vec<u8>) -> (Numbers, Vec<u8>) {
    if !all_finite(values.values()) {
        failed.resize(values.len(), 0);
        for (row, value) in values.iter().enumerate() {
            if value.is_some_and(|v| !v.is_finite()) && failed[row] == 0 {
                failed[row] = code(RowError::Num);
            }
        }
    }
    (Numbers::Real(values.clone()), failed)
}

fn all_finite(values: &[f64]) -> bool {
    // An infinity or NaN anywhere makes this sum NaN.
    let sum: f64 = values.iter().map(|v| v * 0.0).sum();
    sum == 0.0
}

/// True and false as 1 and 0.
fn ones(values: &BooleanArray) -> Int64Array {
    let bits = values.values();
    PrimitiveArray::new((0..bits.len()).map(|i| i64::from(bits.value(i))).collect::<Vec<_>>().into(), None)
}
