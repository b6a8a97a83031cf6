//! Which column is a table's time, and whether the table is in tidy form. Knows columns, and neither files nor readers.

use super::column::{Column, Stored};
use super::time;
use crate::engine::DataError;
use crate::engine::error::{Spot, TimeCell};
use crate::query::{ColumnType, TableSource};
use indexmap::IndexMap;

/// Names under which a table's time goes, best first.
const TIME_NAMES: [&str; 16] = [
    "date",
    "time",
    "timestamp",
    "datetime",
    "day",
    "period_end",
    "period",
    "month",
    "week",
    "quarter",
    "year",
    "created_at",
    "posted_at",
    "period_start",
    "created",
    "ts",
];

/// How good a name for a time a column has: 0 is the best.
pub fn rank(name: &str) -> Option<usize> {
    TIME_NAMES.iter().position(|n| n.eq_ignore_ascii_case(name))
}

/// The table's time column: the declared one, checked; else, where no statement describes the table, the one that is
/// called like a time, else the only one that holds times.
///
/// # Errors
/// A declared column that isn't there or holds no times; one that is called like a time and can be read in two ways.
pub fn column(source: &TableSource, columns: &[Column], notes: &mut Vec<String>) -> Result<Option<String>, DataError> {
    if let Some(declared) = &source.time {
        let Some(column) = columns.iter().find(|c| c.name == declared.column) else {
            return Err(super::unknown(source, &declared.column, columns.iter().map(|c| c.name.as_str())));
        };
        return check_time(source, column).map(|()| Some(column.name.clone()));
    }
    if !source.implicit {
        return Ok(None);
    }
    let mut named: Vec<&Column> = columns.iter().filter(|c| rank(&c.name).is_some()).collect();
    named.sort_by_key(|c| rank(&c.name));
    let mut found = named.iter().copied().find(|c| c.all_times());
    if found.is_none() {
        // A column of that name with dates in another form is never passed over in silence.
        for column in named {
            if let Some(Spot { value, .. }) = &column.not_time
                && column.not_number.is_some()
                && !time::readings(value).is_empty()
            {
                check_time(source, column)?;
            }
            if let (Stored::Text, Some(Spot { path, line, value })) = (column.stored, &column.not_time)
                && column.not_number.is_some()
                && !value.is_empty()
            {
                notes.push(format!(
                    "`{}` is not taken as the time of `{}`: {}line {line} holds `{value}`",
                    column.name,
                    source.shown,
                    if *path == source.shown { String::new() } else { format!("`{path}` ") }
                ));
            }
        }
        let mut all = columns
            .iter()
            .filter(|c| c.stored != Stored::Number && c.not_number.is_some() || typed_time(c))
            .filter(|c| c.all_times());
        found = all.next();
        if let (Some(first), Some(second)) = (found, all.next()) {
            notes.push(format!(
                "`{}` has several columns of times (`{}`, `{}`), and none was taken as the table's time: a `table` statement can name one",
                source.shown, first.name, second.name
            ));
            found = None;
        }
    }
    if let Some(column) = found {
        notes.push(format!("`{}` is taken as the time of `{}`", column.name, source.shown));
    }
    Ok(found.map(|c| c.name.clone()))
}

fn typed_time(column: &Column) -> bool {
    matches!(column.stored, Stored::Date | Stored::Civil | Stored::Instant)
}

/// That every cell of a time column reads as a time.
fn check_time(source: &TableSource, column: &Column) -> Result<(), DataError> {
    let (table, name) = (source.name.clone(), column.name.clone());
    let found = match column.stored {
        Stored::Truth => Some("truth values"),
        Stored::Unusable(_) => Some("nested values"),
        _ => None,
    };
    if let Some(found) = found {
        return Err(DataError::TimeColumn { table, path: source.shown.clone(), column: name, found });
    }
    if typed_time(column) {
        return Ok(());
    }
    let Some(Spot { path, line, value }) = column.not_time.clone() else { return Ok(()) };
    let mut readings = time::readings(&value);
    let cell = Box::new(TimeCell { table, path, line, column: name, value });
    if let Some(format) = source.time.as_ref().and_then(|t| t.format.clone()) {
        let example = time::example(&format).unwrap_or_default();
        return Err(DataError::TimeMisfit { cell, format, example });
    }
    let (second, first) = (if readings.len() > 1 { readings.pop() } else { None }, readings.pop());
    Err(match (first, second) {
        (Some(first), Some(second)) => DataError::TimeAmbiguous { cell, first, second },
        (reading, _) => DataError::TimeUnreadable { cell, reading },
    })
}

/// The metrics' names of a table in tidy form.
pub fn tidy(
    source: &TableSource,
    columns: &[Column],
    types: &IndexMap<String, ColumnType>,
    time: Option<&str>,
) -> Option<Vec<String>> {
    let column = |name: &str| columns.iter().find(|c| c.name.eq_ignore_ascii_case(name));
    let (metric, value) = (column("metric")?, column("value")?);
    let fits = source.implicit
        && column("date").is_some_and(|d| Some(d.name.as_str()) == time)
        && types.get(&metric.name) == Some(&ColumnType::Text)
        && types.get(&value.name) == Some(&ColumnType::Number);
    if fits { metric.names.as_ref().map(|n| n.iter().cloned().collect()) } else { None }
}
