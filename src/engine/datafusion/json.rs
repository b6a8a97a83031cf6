//! Reads a file of JSON lines through once: one object a line, keys are columns.

use super::column::{Column, Stored};
use super::open::{Kind, Scan, Scanned};
use crate::engine::DataError;
use indexmap::IndexMap;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};

/// Reads the whole of `input`.
pub fn scan(input: &mut dyn Read, scan: &Scan<'_>) -> Result<Scanned, DataError> {
    let mut reader = BufReader::with_capacity(64 * 1024, input);
    let mut columns: IndexMap<String, Column> = IndexMap::new();
    let mut bytes = Vec::new();
    let (mut rows, mut line) = (0, 0);
    loop {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes).map_err(|e| scan.damaged(&e))? == 0 {
            break;
        }
        line += 1;
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let object = object(&bytes, line, scan)?;
        for (key, value) in object {
            if !columns.contains_key(&key) {
                columns.insert(key.clone(), scan.column(&key, kind(&value).unwrap_or(Stored::Text)));
            }
            if let Some(column) = columns.get_mut(&key) {
                see(column, line, &value);
            }
        }
        rows += 1;
        scan.tick(rows);
    }
    if line == 0 || columns.is_empty() {
        return Err(scan.empty());
    }
    Ok(Scanned { columns: columns.into_values().collect(), rows, kind: Kind::Json, schema: None, sheet: None })
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
        Value::Array(_) | Value::Object(_) => Some(Stored::Unusable("its values are lists or objects")),
    }
}

fn see(column: &mut Column, line: u64, value: &Value) {
    let Some(kind) = kind(value) else { return };
    if column.filled == 0 && !matches!(column.stored, Stored::Unusable(_)) {
        column.stored = kind;
    }
    if column.stored != kind {
        column.stored = Stored::Unusable(match column.stored {
            Stored::Unusable(why) => why,
            _ => "it holds numbers in some rows and text in others",
        });
        return;
    }
    match value {
        Value::String(text) => column.see(line, text),
        Value::Number(number) => column.see(line, &number.to_string()),
        _ => column.see_stored(1),
    }
}
