//! Reads one sheet of a workbook (XLSX, XLS, XLSB, ODS) into memory: the first row is names, cells are what they are stored as.

use super::column::{Column, Oddity, Stored};
use super::listing::Kind;
use super::part::{MAX_CELL, Scan, Scanned};
use super::{csv, time::micros};
use crate::engine::DataError;
use calamine::{Data, Range, Reader, SheetType, Sheets, open_workbook_auto_from_rs};
use datafusion::arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, StringArray};
use datafusion::arrow::array::{RecordBatch, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::{Field, Schema};
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use std::io::{Cursor, Read};
use std::sync::Arc;

/// A workbook in memory.
type Book = Sheets<Cursor<Arc<[u8]>>>;

/// A cell as a table has it.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Empty,
    Number(f64),
    Text(String),
    Truth(bool),
    Time(DateTime),
    /// `#DIV/0!` and its like, as it is shown.
    Error(String),
}

/// Reads the sheet that `scan` asks for, else the first one.
pub fn scan(input: &mut dyn Read, scan: &Scan<'_>) -> Result<Scanned, DataError> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(|e| scan.damaged(&e))?;
    let mut book: Book = open_workbook_auto_from_rs(Cursor::new(bytes.into())).map_err(|_| {
        scan.unfit(
            "it is no workbook, or it is locked with a password",
            "open it in a spreadsheet and save it again as .xlsx, without a password",
        )
    })?;
    let mut notes = Vec::new();
    let name = chosen(&book, scan, &mut notes)?;
    let range = book.worksheet_range(&name).map_err(|e| scan.damaged(&e))?;
    let without = unsaved(&mut book, &name, &range);
    if without > 0 {
        let (formulas, count) = if without == 1 {
            ("formula", "has no stored result and counts")
        } else {
            ("formulas", "have no stored result and count")
        };
        notes.push(format!(
            "{without} {formulas} of the sheet \"{name}\" of `{}` {count} as empty: open the workbook in a spreadsheet and save it",
            scan.shown()
        ));
    }
    let first = range.start().map_or(0, |(row, _)| u64::from(row)) + 1;
    let mut rows = range.rows().zip(first..);
    let Some((names, _)) = rows.next() else { return Err(scan.empty()) };
    let names = csv::names(trimmed(names, &range).iter().map(|n| shown(&cell(n))).collect(), scan)?;
    // Rows without any cell lie between blocks, and below what was once longer.
    let rows: Vec<(&[Data], u64)> = rows.filter(|(row, _)| row.iter().any(|c| cell(c) != Cell::Empty)).collect();
    let mut columns = Vec::with_capacity(names.len());
    let mut arrays = Vec::with_capacity(names.len());
    for (i, name) in names.iter().enumerate() {
        let cells: Vec<(u64, Cell)> =
            rows.iter().map(|(row, line)| (*line, row.get(i).map_or(Cell::Empty, cell))).collect();
        let mut column = scan.column(name, stored(&cells));
        if let Some((line, _)) = cells.iter().find(|(_, c)| matches!(c, Cell::Text(text) if text.len() > MAX_CELL)) {
            return Err(scan.long(*line, name));
        }
        let wanted = scan.wants(&column);
        see(&mut column, &cells, wanted);
        arrays.push(array(column.stored, &cells));
        columns.push(column);
    }
    csv::headless(&columns, scan)?;
    let fields: Vec<Field> =
        names.iter().zip(&arrays).map(|(n, a)| Field::new(n, a.data_type().clone(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let rows_held = RecordBatch::try_new(schema.clone(), arrays).map_err(|e| scan.damaged(&e))?;
    Ok(Scanned {
        schema: Some(schema),
        held: Some(rows_held),
        notes,
        ..Scanned::new(Kind::Workbook, columns, rows.len() as u64)
    })
}

/// The name of the sheet to read.
fn chosen(book: &Book, scan: &Scan<'_>, notes: &mut Vec<String>) -> Result<String, DataError> {
    let sheets = book.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets.map(|s| s.name.clone()).collect();
    match (scan.sheet(), names.as_slice()) {
        (_, []) => Err(scan.empty()),
        (Some(asked), names) => match names.iter().find(|n| *n == asked) {
            Some(name) => Ok(name.clone()),
            None => Err(scan.no_sheet("sheet", asked, names)),
        },
        (None, [only]) => Ok(only.clone()),
        (None, [first, rest @ ..]) => {
            let others: Vec<String> = rest.iter().map(|n| format!("\"{n}\"")).collect();
            notes.push(format!(
                "the sheet \"{first}\" of `{}` is read, its first; `sheet` on the table can name another: {}",
                scan.shown(),
                others.join(", ")
            ));
            Ok(first.clone())
        }
    }
}

/// How many formulas have no value: the program that wrote the file didn't work them out.
fn unsaved(book: &mut Book, name: &str, range: &Range<Data>) -> usize {
    let Ok(formulas) = book.worksheet_formula(name) else { return 0 };
    let Some((row, column)) = formulas.start() else { return 0 };
    let empty = |(r, c, _): &(usize, usize, &String)| {
        let at = u32::try_from(*r).ok().zip(u32::try_from(*c).ok());
        at.is_some_and(|(r, c)| range.get_value((row + r, column + c)).is_none_or(|d| *d == Data::Empty))
    };
    formulas.used_cells().filter(|(_, _, f)| !f.is_empty()).filter(empty).count()
}

/// The row of names without columns at its end that hold nothing at all.
fn trimmed<'a>(names: &'a [Data], range: &Range<Data>) -> &'a [Data] {
    let used = |i: usize| range.rows().any(|row| row.get(i).is_some_and(|c| cell(c) != Cell::Empty));
    let last = (0..names.len()).rev().find(|i| used(*i)).map_or(0, |i| i + 1);
    &names[..last]
}

fn cell(data: &Data) -> Cell {
    match data {
        Data::Empty => Cell::Empty,
        Data::Int(n) => Cell::Number(*n as f64),
        Data::Float(n) if n.is_finite() => Cell::Number(*n),
        Data::Error(error) => Cell::Error(error.to_string()),
        Data::Float(_) => Cell::Error("#NUM!".to_owned()),
        Data::String(text) if text.trim().is_empty() => Cell::Empty,
        Data::String(text) => Cell::Text(text.clone()),
        Data::Bool(truth) => Cell::Truth(*truth),
        // A time of day, or a length of time: seconds, as durations are.
        Data::DateTime(at) if at.is_duration() || at.as_f64() < 1.0 => Cell::Number((at.as_f64() * 86_400.0).round()),
        Data::DateTime(at) => {
            civil(at.to_ymd_hms_milli()).map_or_else(|| Cell::Error("a date that there isn't".to_owned()), Cell::Time)
        }
        Data::DateTimeIso(text) => {
            let day = || text.parse::<Date>().ok().map(DateTime::from);
            let at = text.parse::<DateTime>().ok().or_else(day);
            at.map_or_else(|| Cell::Text(text.clone()), Cell::Time)
        }
        Data::DurationIso(text) => match text.parse::<SignedDuration>() {
            Ok(length) => Cell::Number(length.as_secs_f64()),
            Err(_) => Cell::Text(text.clone()),
        },
    }
}

fn civil((year, month, day, hour, minute, second, milli): (u16, u8, u8, u8, u8, u8, u16)) -> Option<DateTime> {
    let small = |n: u8| i8::try_from(n).ok();
    let date = Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
    let nanos = i32::from(milli).checked_mul(1_000_000)?;
    Some(date.to_datetime(Time::new(small(hour)?, small(minute)?, small(second)?, nanos).ok()?))
}

/// A cell as it would be typed.
fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty | Cell::Error(_) => String::new(),
        Cell::Number(n) => n.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Truth(truth) => truth.to_string(),
        Cell::Time(at) if at.time() == Time::midnight() => at.date().to_string(),
        Cell::Time(at) => at.to_string(),
    }
}

/// How a column is stored: as what all its cells are, else as text.
fn stored(cells: &[(u64, Cell)]) -> Stored {
    let filled = || cells.iter().map(|(_, c)| c).filter(|c| **c != Cell::Empty);
    let all = |is: fn(&Cell) -> bool| filled().next().is_some() && filled().all(is);
    if filled().any(|c| matches!(c, Cell::Error(_))) {
        Stored::Unusable(Oddity::Errors)
    } else if all(|c| matches!(c, Cell::Number(_))) {
        Stored::Number
    } else if all(|c| matches!(c, Cell::Truth(_))) {
        Stored::Truth
    } else if all(|c| matches!(c, Cell::Time(at) if at.time() == Time::midnight())) {
        Stored::Date
    } else if all(|c| matches!(c, Cell::Time(_))) {
        Stored::Civil
    } else {
        Stored::Text
    }
}

fn see(column: &mut Column, cells: &[(u64, Cell)], wanted: bool) {
    let filled = cells.iter().filter(|(_, c)| *c != Cell::Empty);
    match column.stored {
        Stored::Unusable(why) => {
            column.see_stored(filled.count() as u64);
            let odd = cells.iter().find_map(|(line, c)| match c {
                Cell::Error(shown) => Some(column.spot(*line, shown)),
                _ => None,
            });
            // It was made as what it is; only the cell that shows it is to be kept.
            column.stored = Stored::Text;
            column.spoil(why, odd);
        }
        _ if wanted => filled.for_each(|(line, c)| column.see(*line, &shown(c))),
        Stored::Text | Stored::Number => filled.for_each(|(line, c)| column.see(*line, &shown(c))),
        _ => column.see_stored(filled.count() as u64),
    }
}

fn array(stored: Stored, cells: &[(u64, Cell)]) -> ArrayRef {
    let cells = || cells.iter().map(|(_, c)| c);
    let number = |c: &Cell| if let Cell::Number(n) = c { Some(*n) } else { None };
    let truth = |c: &Cell| if let Cell::Truth(t) = c { Some(*t) } else { None };
    let at = |c: &Cell| if let Cell::Time(at) = c { Some(micros(*at)) } else { None };
    let day = |c: &Cell| i32::try_from(at(c)?.div_euclid(super::row::DAY)).ok();
    let text = |c: &Cell| Some(shown(c)).filter(|t| !t.is_empty());
    match stored {
        Stored::Number => Arc::new(cells().map(number).collect::<Float64Array>()),
        Stored::Truth => Arc::new(cells().map(truth).collect::<BooleanArray>()),
        Stored::Date => Arc::new(cells().map(day).collect::<Date32Array>()),
        Stored::Civil | Stored::Instant => Arc::new(cells().map(at).collect::<TimestampMicrosecondArray>()),
        Stored::Text | Stored::Unusable(_) => Arc::new(cells().map(text).collect::<StringArray>()),
    }
}
