//! Whether conditions hold, worked out once a value of a dimension instead of once a row. Knows values, and no rows.

use super::dictionary::{Dictionary, FIRST, MISSING, UNREAD};
use super::plan::{Plan, Source};
use super::values;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::error::Result;
use std::sync::Arc;

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It doesn't.
    No,
    /// It does.
    Yes,
    /// It has no value.
    Missing,
    /// It couldn't be worked out.
    Failed(u8),
}

impl Held {
    /// How many numbers a condition's values have as a dimension's.
    pub const CODES: usize = FIRST as usize + 4;

    /// The numbers of a condition's values as a dimension's, one a row.
    pub fn codes(values: &ArrayRef, errors: Option<&ArrayRef>, codes: &mut Vec<u32>) {
        let failed = errors.map(values::failures).unwrap_or_default();
        let values = values.as_boolean();
        codes.extend((0..values.len()).map(|row| match failed.get(row) {
            Some(code) if *code > 0 => FIRST + 1 + u32::from(*code),
            _ if values.is_null(row) => MISSING,
            _ => FIRST + u32::from(values.value(row)),
        }));
    }

    fn of_code(code: u32) -> Self {
        match code {
            UNREAD => Self::No,
            MISSING => Self::Missing,
            FIRST => Self::No,
            code if code == FIRST + 1 => Self::Yes,
            code => Self::Failed((code - FIRST - 1) as u8),
        }
    }

    /// Both, the second being looked at only where the first doesn't decide.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No | Self::Failed(_), _) | (_, Self::Yes) => self,
            (_, other) => other,
        }
    }
}

/// What the tests of a plan come to, by the numbers of their dimensions' values.
#[derive(Debug)]
pub struct Tests {
    known: Vec<Vec<Held>>,
}

impl Tests {
    /// Before the first value.
    ///
    /// # Errors
    /// What DataFusion says of a condition.
    pub fn new(plan: &Plan) -> Result<Self> {
        let nothing: ArrayRef = Arc::new(StringArray::new_null(1));
        let known = plan.tests.iter().map(|test| {
            let mut known = vec![Held::No];
            if let Some((value, error)) = &test.over {
                known.extend(evaluated(value, error.as_ref(), &nothing)?);
            }
            Ok(known)
        });
        Ok(Self { known: known.collect::<Result<_>>()? })
    }

    /// Works them out for all values that there are.
    ///
    /// # Errors
    /// What DataFusion says of a condition.
    pub fn extend(&mut self, plan: &Plan, dictionaries: &[Dictionary]) -> Result<()> {
        for (test, known) in plan.tests.iter().zip(&mut self.known) {
            let Some((value, error)) = &test.over else { continue };
            let dictionary = &dictionaries[test.dimension];
            if known.len() < dictionary.len() {
                let new = dictionary.texts_from(known.len() - FIRST as usize);
                known.extend(evaluated(value, error.as_ref(), &new)?);
            }
        }
        Ok(())
    }

    fn one(&self, plan: &Plan, test: usize, codes: &[u32]) -> Held {
        let of = &plan.tests[test];
        let code = codes[of.dimension];
        match (&of.over, &plan.dimensions[of.dimension].source) {
            (None, _) | (_, Source::Condition(..)) => Held::of_code(code),
            _ => self.known[test].get(code as usize).copied().unwrap_or(Held::No),
        }
    }

    /// Whether all of some tests hold for a combination.
    pub fn all(&self, plan: &Plan, tests: &[usize], codes: &[u32]) -> Held {
        tests.iter().fold(Held::Yes, |held, test| match held {
            Held::No | Held::Failed(_) => held,
            _ => held.and(self.one(plan, *test, codes)),
        })
    }

    /// Whether a combination's rows are of the table and pass a filter; an error lets them pass as an error.
    pub fn passes(&self, plan: &Plan, filter: Option<usize>, codes: &[u32]) -> Held {
        match (self.all(plan, &plan.table_filter, codes), filter) {
            (Held::Yes, Some(filter)) => self.all(plan, &plan.filters[filter], codes),
            (held, _) => held,
        }
    }
}

fn evaluated(
    value: &super::compiled::Compiled,
    error: Option<&super::compiled::Compiled>,
    values: &ArrayRef,
) -> Result<Vec<Held>> {
    let failed = match error {
        Some(error) => values::failures(&error.over_values(values)?),
        None => Vec::new(),
    };
    let holds = value.over_values(values)?;
    let holds = holds.as_boolean();
    let held = |row: usize| match failed.get(row) {
        Some(code) if *code > 0 => Held::Failed(*code),
        _ if holds.is_null(row) => Held::Missing,
        _ if holds.value(row) => Held::Yes,
        _ => Held::No,
    };
    Ok((0..values.len()).map(held).collect())
}
