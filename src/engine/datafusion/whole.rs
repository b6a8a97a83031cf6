//! The files of a table as one: that their columns fit each other, what all cells of a column are, what the folders'
//! names add. Knows columns, and no file format.

use super::column::{Column, Oddity, Stored};
use super::listing::Kind;
use super::part::{Context, Part, Scan};
use crate::engine::DataError;
use crate::engine::error::{Spot, TimeCell};
use datafusion::arrow::datatypes::{DataType, SchemaRef, TimeUnit};
use indexmap::IndexMap;

/// The columns of a table.
pub struct Whole {
    /// In the order of the first file; then the folders' keys.
    pub columns: Vec<Column>,
    /// How a batch holds each of them.
    pub types: IndexMap<String, DataType>,
    /// Columns that the folders' names give.
    pub keys: Vec<String>,
    /// Rows of all files.
    pub rows: u64,
    /// As sentences.
    pub notes: Vec<String>,
}

/// Joins the columns of all files.
///
/// # Errors
/// A column that one file has and another hasn't, or that they store differently; a folder's name that contradicts.
pub fn join(parts: &mut [Part], schemas: &[SchemaRef], context: &Context<'_>) -> Result<Whole, DataError> {
    let mut notes: Vec<String> = Vec::new();
    for part in parts.iter_mut() {
        notes.append(&mut part.scanned.notes);
        uncontradicted(part, context)?;
    }
    notes.extend(linked(parts));
    let kind = parts.first().map(|p| p.listed.kind);
    if kind == Some(Kind::Json) {
        absent(parts, &mut notes);
    } else {
        same_columns(parts, context)?;
    }
    let mut columns: IndexMap<String, Column> = IndexMap::new();
    let mut firsts: IndexMap<String, String> = IndexMap::new();
    for part in parts.iter_mut() {
        for column in std::mem::take(&mut part.scanned.columns) {
            let filled = column.filled > 0 || column.declared;
            let name = column.name.clone();
            let Some(so_far) = columns.get_mut(&name) else {
                if filled {
                    firsts.insert(name.clone(), part.listed.shown.clone());
                }
                columns.insert(name, column);
                continue;
            };
            match firsts.get(&name) {
                Some(other) if filled && differ(so_far.stored, column.stored) => {
                    if kind != Some(Kind::Json) {
                        return Err(unlike(so_far, &column, part, other, context));
                    }
                    let cell = column.odd.clone().or(column.first.clone());
                    so_far.spoil(Oddity::Mixed, cell);
                }
                Some(_) => {}
                None if filled => _ = firsts.insert(name, part.listed.shown.clone()),
                None => {}
            }
            so_far.join(column);
        }
    }
    let mut types: IndexMap<String, DataType> =
        columns.values().map(|c| (c.name.clone(), held(c, kind, schemas))).collect();
    let keys = keyed(parts, context, &mut columns, &mut types)?;
    let rows = parts.iter().map(|p| p.scanned.rows).sum();
    Ok(Whole { columns: columns.into_values().collect(), types, keys, rows, notes })
}

/// What was left out, as it is read under another name.
fn linked(parts: &[Part]) -> Option<String> {
    let mut links = parts.iter().flat_map(|p| p.listed.links.iter().map(|link| (link, &p.listed.shown)));
    let (link, file) = links.next()?;
    Some(match links.count() {
        0 => format!("`{link}` is a link to `{file}`, whose rows count once"),
        more => format!("`{link}` is a link to `{file}`, and there are {more} more: the rows of each file count once"),
    })
}

/// That no cell says otherwise than the folder of its file.
fn uncontradicted(part: &Part, context: &Context<'_>) -> Result<(), DataError> {
    for column in &part.scanned.columns {
        let key = part.listed.keys.iter().find(|(name, _)| *name == column.name);
        if let (Some(Spot { path, line, value }), Some((_, Some(key)))) = (column.against.clone(), key) {
            let table = context.source.name.clone();
            let cell = TimeCell { table, path, line, column: column.name.clone(), value };
            return Err(DataError::KeyContradicts { cell: Box::new(cell), key: key.clone() });
        }
    }
    Ok(())
}

/// That all files have the columns of the first one, and no others.
fn same_columns(parts: &[Part], context: &Context<'_>) -> Result<(), DataError> {
    let Some((first, rest)) = parts.split_first() else { return Ok(()) };
    let lacks = |part: &Part, other: &Part| {
        let missing = other.scanned.columns.iter().find(|c| part.scanned.columns.iter().all(|p| p.name != c.name));
        missing.map(|column| DataError::MissingColumn {
            table: context.source.name.clone(),
            path: part.listed.shown.clone(),
            column: column.name.clone(),
            other: other.listed.shown.clone(),
        })
    };
    match rest.iter().find_map(|part| lacks(part, first).or_else(|| lacks(first, part))) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Keys of JSON objects may be left out; where a whole file does so, it is said.
fn absent(parts: &[Part], notes: &mut Vec<String>) {
    let mut names: Vec<&str> = Vec::new();
    for column in parts.iter().flat_map(|p| &p.scanned.columns) {
        if !names.contains(&column.name.as_str()) {
            names.push(&column.name);
        }
    }
    for name in names {
        let without = || parts.iter().filter(|p| p.scanned.columns.iter().all(|c| c.name != *name));
        if let Some(first) = without().next() {
            let more = match without().count() - 1 {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            notes.push(format!("`{name}` is in no row of `{}`{more}, and counts as missing there", first.listed.shown));
        }
    }
}

/// True where two files store a column in ways that don't go together.
fn differ(a: Stored, b: Stored) -> bool {
    match (a, b) {
        (Stored::Unusable(_), _) | (_, Stored::Unusable(_)) => false,
        // A workbook whose times are all midnights holds days.
        (Stored::Date, Stored::Civil) | (Stored::Civil, Stored::Date) => false,
        (a, b) => a != b,
    }
}

fn unlike(so_far: &Column, column: &Column, part: &Part, other: &str, context: &Context<'_>) -> DataError {
    DataError::UnlikeColumn {
        table: context.source.name.clone(),
        path: part.listed.shown.clone(),
        column: column.name.clone(),
        found: column.stored.name(),
        other: other.to_owned(),
        expected: so_far.stored.name(),
    }
}

/// The type in which batches hold a column, whatever each file's own is.
fn held(column: &Column, kind: Option<Kind>, schemas: &[SchemaRef]) -> DataType {
    let found = match column.stored {
        _ if kind.is_some_and(Kind::is_csv) => DataType::Utf8,
        Stored::Number => DataType::Float64,
        Stored::Truth => DataType::Boolean,
        Stored::Date => DataType::Date32,
        Stored::Civil => DataType::Timestamp(TimeUnit::Microsecond, None),
        Stored::Instant => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Stored::Text | Stored::Unusable(_) => DataType::Utf8,
    };
    if !kind.is_some_and(Kind::is_typed) {
        return found;
    }
    let types = || schemas.iter().filter_map(|s| s.field_with_name(&column.name).ok()).map(|f| f.data_type());
    let mut known = types().filter(|t| **t != DataType::Null);
    match known.next() {
        Some(first) if known.all(|t| t == first) => first.clone(),
        Some(_) if types().all(|t| t.is_integer() && *t != DataType::UInt64) => DataType::Int64,
        _ => found,
    }
}

/// The columns that folders' names give, joined to those of the files.
fn keyed(
    parts: &[Part],
    context: &Context<'_>,
    columns: &mut IndexMap<String, Column>,
    types: &mut IndexMap<String, DataType>,
) -> Result<Vec<String>, DataError> {
    let mut names: Vec<(&str, &Part)> = Vec::new();
    for part in parts {
        let new = part.listed.keys.iter().filter(|(k, _)| !columns.contains_key(k));
        for (name, _) in new {
            if names.iter().all(|(n, _)| n != name) {
                names.push((name, part));
            }
        }
    }
    for (name, having) in &names {
        let mut column: Option<Column> = None;
        for part in parts {
            let Some((_, value)) = part.listed.keys.iter().find(|(k, _)| k == name) else {
                return Err(DataError::MissingKey {
                    table: context.source.name.clone(),
                    path: part.listed.shown.clone(),
                    key: (*name).to_owned(),
                    other: having.listed.shown.clone(),
                });
            };
            let mut own = Scan::new(context, &part.listed).column(name, Stored::Text);
            own.see(0, value.as_deref().unwrap_or(""));
            match &mut column {
                Some(column) => column.join(own),
                None => column = Some(own),
            }
        }
        if let Some(column) = column {
            types.insert((*name).to_owned(), DataType::Utf8);
            columns.insert((*name).to_owned(), column);
        }
    }
    Ok(names.into_iter().map(|(name, _)| name.to_owned()).collect())
}

/// A key column that isn't the table's time is held as what its values are, so that no row has to be read for it.
pub fn settle(column: &mut Column, kind: crate::query::ColumnType, types: &mut IndexMap<String, DataType>) {
    let (stored, held) = match kind {
        crate::query::ColumnType::Number => (Stored::Number, DataType::Float64),
        crate::query::ColumnType::Truth => (Stored::Truth, DataType::Boolean),
        _ => return,
    };
    column.stored = stored;
    types.insert(column.name.clone(), held);
}
