//! Rows that a quote swallows: one that opens where none is meant makes one text of all lines down to the next quote. Knows
//! records, and nothing of how they are read.

use super::super::column::{Column, EMPTY, NUMBER, TIME};
use super::super::part::Scan;
use crate::engine::DataError;
use csv::ByteRecord;
use std::collections::BTreeMap;

/// A cell that begins with a space, as what follows a comma does in prose.
const SPACED: u8 = 8;

/// A cell that is no part of the text: it stands on the text's first or last line, where it belongs, and says nothing.
const OUTSIDE: u8 = 16;

/// So many different sorts of lines are kept; a table's own rows are of a few.
const MOST: usize = 256;

/// The lines within texts that have as many cells as the table has columns.
pub struct Swallowed {
    separator: u8,
    /// What the cells of such a line could be, and the first one of that sort.
    found: BTreeMap<Vec<u8>, Line>,
}

/// A line within a text.
#[derive(Clone, Copy)]
struct Line {
    /// Its number.
    number: u64,
    /// The line on which the text begins.
    opened: u64,
    /// The text's column, by its place.
    column: usize,
}

/// How much a line within a text looks like a row of the table.
#[derive(Clone, Copy, PartialEq)]
enum Likeness {
    /// It is part of the text.
    Text,
    /// It may be one.
    Perhaps,
    /// Times and numbers stand where the table's stand.
    Row,
}

impl Swallowed {
    /// Before the first record.
    pub fn new(separator: u8) -> Self {
        Self { separator, found: BTreeMap::new() }
    }

    /// Takes a record that starts on `line` into account; most hold no line break.
    pub fn see(&mut self, record: &ByteRecord, line: u64, columns: &[Column]) {
        if columns.len() < 2 || !record.as_slice().contains(&b'\n') {
            return;
        }
        let (mut at, mut within) = (line, None);
        let mut cells: Vec<(&[u8], u8)> = Vec::new();
        for (column, cell) in record.iter().enumerate() {
            if !cell.contains(&b'\n') {
                cells.push((cell, OUTSIDE));
                continue;
            }
            let opened = at;
            for (n, piece) in cell.split(|b| *b == b'\n').enumerate() {
                if n > 0 {
                    self.line(&cells, within, columns);
                    cells.clear();
                    at += 1;
                }
                within = Some(Line { number: at, opened, column });
                let piece = piece.strip_suffix(b"\r").unwrap_or(piece);
                cells.extend(piece.split(|b| *b == self.separator).map(|cell| (cell, 0)));
            }
        }
        self.line(&cells, within, columns);
    }

    /// The cells of one line, as if nothing were quoted. Where the text holds no separator there, it is one cell of a row that
    /// is as it should be.
    fn line(&mut self, cells: &[(&[u8], u8)], within: Option<Line>, columns: &[Column]) {
        let inside = cells.iter().filter(|(_, place)| *place != OUTSIDE).count();
        let Some(line) = within.filter(|_| inside > 1 && cells.len() == columns.len()) else { return };
        let sorts = cells.iter().zip(columns).map(|((cell, place), column)| {
            let text = String::from_utf8_lossy(cell);
            column.sorts_of(text.trim()) | place | if text.starts_with(' ') { SPACED } else { 0 }
        });
        let sorts: Vec<u8> = sorts.collect();
        if self.found.len() < MOST {
            self.found.entry(sorts).or_insert(line);
        }
    }

    /// What is said of the table, once all its cells are known: a note where a line could be one of its rows.
    ///
    /// # Errors
    /// [`DataError::Swallowed`] where it can't well be anything else.
    pub fn told(&self, columns: &[Column], scan: &Scan<'_>) -> Result<Option<String>, DataError> {
        let first = |wanted: Likeness| {
            let like = self.found.iter().filter(|(sorts, _)| likeness(sorts, columns) == wanted);
            like.map(|(_, line)| *line).min_by_key(|line| line.number)
        };
        // The text may be the column's name itself.
        let name =
            |line: Line| columns.get(line.column).and_then(|c| c.name.lines().next()).unwrap_or_default().to_owned();
        if let Some(line) = first(Likeness::Row) {
            return Err(scan.swallowed(line.opened, &name(line), line.number));
        }
        Ok(first(Likeness::Perhaps).map(|line| {
            format!(
                "line {} of `{}` is part of a text that a double quote opens on line {}, column `{}`, and could be a row: if that quote isn't meant to open a text, rows are missing",
                line.number,
                scan.shown(),
                line.opened,
                name(line)
            )
        }))
    }
}

/// How much a line looks like a row of such columns: each cell must be what all others of its column are.
fn likeness(sorts: &[u8], columns: &[Column]) -> Likeness {
    let (mut typed, mut weight) = (false, 0);
    for (sorts, column) in sorts.iter().zip(columns) {
        if sorts & SPACED != 0 && !column.spaced {
            return Likeness::Text;
        }
        let wanted = column.sorts();
        typed |= wanted != 0;
        match sorts & wanted {
            0 if wanted == 0 || sorts & EMPTY != 0 => {}
            0 => return Likeness::Text,
            _ if sorts & OUTSIDE != 0 => {}
            // A text may well number its lines; a time at the very place of the table's is no chance.
            shared if shared & TIME != 0 => weight += 2,
            shared if shared & NUMBER != 0 => weight += 1,
            _ => {}
        }
    }
    match weight {
        0 if typed => Likeness::Text,
        0 | 1 => Likeness::Perhaps,
        _ => Likeness::Row,
    }
}
