//! Reads a file of JSON lines through once: one object a line, keys are columns.

use super::column::{Column, Oddity, Stored, WHOLE};
use super::listing::Kind;
use super::part::{CHUNK, MAX_CELL, Scan, Scanned};
use crate::engine::DataError;
use crate::engine::error::Spot;
use indexmap::IndexMap;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};

/// The longest line, in bytes.
const MAX_LINE: usize = 32 * MAX_CELL;

/// Reads the whole of `input`.
pub fn scan(input: &mut dyn Read, scan: &Scan<'_>) -> Result<Scanned, DataError> {
    let mut reader = BufReader::with_capacity(CHUNK, input);
    let mut columns: IndexMap<String, Column> = IndexMap::new();
    let mut blank: IndexMap<String, Spot> = IndexMap::new();
    let mut bytes = Vec::new();
    let (mut rows, mut line) = (0, 0);
    loop {
        bytes.clear();
        let mut bounded = (&mut reader).take(MAX_LINE as u64);
        if bounded.read_until(b'\n', &mut bytes).map_err(|e| scan.breaks_off(line, &e))? == 0 {
            break;
        }
        line += 1;
        if bytes.len() == MAX_LINE {
            return Err(DataError::LongLine { path: scan.shown(), line, most: MAX_LINE >> 20 });
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let object = object(&bytes, line, scan)?;
        for (key, value) in object {
            if !columns.contains_key(&key) {
                columns.insert(key.clone(), scan.column(&key, Stored::Text));
            }
            if let Some(column) = columns.get_mut(&key) {
                if matches!(&value, Value::String(text) if text.len() > MAX_CELL) {
                    return Err(scan.long(line, &key));
                }
                if is_huge(&value) && is_whole(&bytes) {
                    column.spoil(Oddity::Long, Some(spot(column, line, &value)));
                }
                if is_blank(&value) && !blank.contains_key(&key) {
                    blank.insert(key, column.spot(line, ""));
                }
                see(column, line, &value);
            }
        }
        rows += 1;
        scan.tick(rows)?;
    }
    // The reader takes a number for a text, and no text for a number, not even an empty one.
    for (key, cell) in blank {
        if let Some(column) = columns.get_mut(&key).filter(|c| !matches!(c.stored, Stored::Text)) {
            column.spoil(Oddity::Mixed, Some(cell));
        }
    }
    if line == 0 || columns.is_empty() {
        return Err(scan.empty());
    }
    Ok(Scanned::new(Kind::Json, columns.into_values().collect(), rows))
}

fn object(bytes: &[u8], line: u64, scan: &Scan<'_>) -> Result<IndexMap<String, Value>, DataError> {
    let bad = |reason: &str| DataError::JsonLine { path: scan.shown(), line, reason: reason.to_owned() };
    let text = std::str::from_utf8(bytes).map_err(|_| bad("it is not UTF-8"))?;
    match text.trim_start().chars().next() {
        Some('{') => serde_json::from_str(text.trim_end()).map_err(|e| {
            let reason = if e.is_eof() { "it breaks off".to_owned() } else { e.to_string() };
            bad(reason.rsplit_once(" at line ").map_or(reason.as_str(), |(r, _)| r))
        }),
        Some('[') => Err(bad("it is a list")),
        _ => Err(bad("it does not begin with `{`")),
    }
}

fn kind(value: &Value) -> Option<Stored> {
    match value {
        Value::Null => None,
        Value::String(_) => Some(Stored::Text),
        Value::Number(_) => Some(Stored::Number),
        Value::Bool(_) => Some(Stored::Truth),
        Value::Array(_) | Value::Object(_) => Some(Stored::Unusable(Oddity::Objects)),
    }
}

fn see(column: &mut Column, line: u64, value: &Value) {
    let Some(kind) = kind(value) else { return };
    match (column.stored, kind) {
        (Stored::Unusable(_), _) => return,
        (_, Stored::Unusable(why)) => return column.spoil(why, Some(spot(column, line, value))),
        _ if is_long(value) => return column.spoil(Oddity::Long, Some(spot(column, line, value))),
        (stored, kind) if column.filled > 0 && stored != kind => {
            return column.spoil(Oddity::Mixed, Some(spot(column, line, value)));
        }
        _ => column.stored = kind,
    }
    if column.first.is_none() && !is_blank(value) {
        column.first = Some(spot(column, line, value));
    }
    match value {
        Value::String(text) => column.see(line, text),
        Value::Number(number) => column.see(line, &number.to_string()),
        _ => column.see_stored(1),
    }
}

fn spot(column: &Column, line: u64, value: &Value) -> Spot {
    match value {
        Value::String(text) => column.spot(line, text),
        other => column.spot(line, &other.to_string()),
    }
}

/// A whole number that isn't told apart from its neighbours.
fn is_long(value: &Value) -> bool {
    let whole = value.as_i64().map(i64::unsigned_abs).or_else(|| value.as_u64());
    whole.is_some_and(|whole| whole > WHOLE)
}

/// A number of the size of whole ones that the reader keeps as one with a fraction.
fn is_huge(value: &Value) -> bool {
    value.is_f64() && value.as_f64().is_some_and(|n| n.abs() >= i64::MAX as f64)
}

/// True where a line holds a number of that size without a point or an exponent.
fn is_whole(line: &[u8]) -> bool {
    let numbers = line.split(|b| !matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    numbers.map(|n| n.strip_prefix(b"-").unwrap_or(n)).any(|n| n.len() > 18 && n.iter().all(u8::is_ascii_digit))
}

/// A text without anything in it.
fn is_blank(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.trim().is_empty())
}
