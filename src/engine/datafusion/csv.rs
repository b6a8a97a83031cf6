//! Reads a CSV file through once: its separator, its names, the shape of each row, what each column holds.

use super::column::{Column, Stored, number};
use super::listing::Kind;
use super::part::{MAX_CELL, Scan, Scanned};
use super::time::TimeReader;
use crate::engine::DataError;
use csv::{ByteRecord, ReaderBuilder};
use std::cell::Cell;
use std::io::{self, Cursor, Read};

const HEAD: u64 = 64 * 1024;
const SEPARATORS: [u8; 3] = *b",;\t";

/// Reads the whole of `input`.
pub fn scan(input: &mut dyn Read, scan: &Scan<'_>) -> Result<Scanned, DataError> {
    let mut head = Vec::new();
    // What comes before a break is read, so that it can be told where the break is.
    let broken = input.take(HEAD).read_to_end(&mut head).err();
    let blank = head.iter().all(|b| b.is_ascii_whitespace() || [0xEF, 0xBB, 0xBF].contains(b));
    if blank && (head.len() as u64) < HEAD {
        return Err(broken.map_or_else(|| scan.empty(), |e| scan.breaks_off(0, &e)));
    }
    let separator = sniff(&head);
    let crlf = head.iter().position(|b| *b == b'\n').is_some_and(|at| at > 0 && head[at - 1] == b'\r');
    let left = Cell::new(2 * MAX_CELL);
    let input = Bounded { input: Cursor::new(head).chain(Broken(broken)).chain(input), left: &left };
    let mut reader = ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(input);
    let mut record = ByteRecord::new();
    if !reader.read_byte_record(&mut record).map_err(|e| scan.breaks_off(0, &e))? {
        return Err(scan.empty());
    }
    if let Some(number) = record.iter().position(|c| c.len() > MAX_CELL) {
        return Err(scan.long(1, &format!("{}", number + 1)));
    }
    let names = header(&record, scan)?;
    let mut columns: Vec<Column> = names.iter().map(|n| scan.column(n, Stored::Text)).collect();
    // Quotes are written twice, so that a cell takes up to twice its length.
    let most = 2 * MAX_CELL * (columns.len() + 1);
    let (mut rows, mut at) = (0, 1);
    loop {
        left.set(most);
        if !reader.read_byte_record(&mut record).map_err(|e| scan.breaks_off(at, &e))? {
            break;
        }
        let line = line(&record, reader.position().line(), crlf);
        if let Some(number) = record.iter().position(|c| c.len() > MAX_CELL) {
            let last = columns.len() - 1;
            return Err(scan.long(line, &columns[number.min(last)].name));
        }
        if record.len() != columns.len() {
            return Err(ragged(&record, columns.len(), line, separator, scan));
        }
        for (column, cell) in columns.iter_mut().zip(&record) {
            match std::str::from_utf8(cell) {
                Ok(cell) => column.see(line, cell),
                Err(_) => {
                    return Err(DataError::Encoding { path: scan.shown(), line, column: column.name.clone() });
                }
            }
        }
        (rows, at) = (rows + 1, line);
        scan.tick(rows)?;
    }
    headless(&columns, scan)?;
    Ok(Scanned::new(Kind::Csv { separator }, columns, rows))
}

/// An error at its place among what is read.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// An input that ends where a record gets longer than any may be: a quote that is never closed would otherwise take
/// all that follows into memory.
struct Bounded<'a, R> {
    input: R,
    /// How many bytes the record may still take.
    left: &'a Cell<usize>,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            return Ok(0);
        }
        let n = self.input.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(n));
        Ok(n)
    }
}

/// The line on which a record starts. The reader counts the blank lines before it as its own, and has passed the end
/// of its line only where that is a single byte; `after` is the line on which the reader stands now.
fn line(record: &ByteRecord, after: u64, crlf: bool) -> u64 {
    let inside = record.as_slice().iter().filter(|b| **b == b'\n').count() as u64;
    if crlf {
        return after.saturating_sub(inside);
    }
    record.position().map_or(0, |p| p.line()).max(after.saturating_sub(inside + 1))
}

/// The separator that cuts the first lines into the most columns, all alike; else the one that cuts the first line.
fn sniff(head: &[u8]) -> u8 {
    let widths = |separator: u8| -> Vec<usize> {
        let mut reader =
            ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(Cursor::new(head));
        let all: Vec<usize> = reader.byte_records().take(20).map_while(Result::ok).map(|r| r.len()).collect();
        // The last record may have been cut off.
        let whole = if all.len() > 2 && all.len() < 20 { all.len() - 1 } else { all.len() };
        all[..whole].to_vec()
    };
    let score = |separator: u8| {
        let widths = widths(separator);
        let first = widths.first().copied().unwrap_or(0);
        let alike = widths.iter().all(|w| *w == first);
        (first > 1 && alike, first)
    };
    // `max_by_key` takes the last of equals: the comma comes last.
    SEPARATORS.into_iter().rev().max_by_key(|s| score(*s)).unwrap_or(b',')
}

/// The names in the first line, in order.
fn header(record: &ByteRecord, scan: &Scan<'_>) -> Result<Vec<String>, DataError> {
    let cells = record.iter().enumerate().map(|(i, cell)| match std::str::from_utf8(cell) {
        Ok(name) => Ok(name.to_owned()),
        Err(_) => Err(DataError::HeaderEncoding { path: scan.shown(), number: i + 1 }),
    });
    names(cells.collect::<Result<_, _>>()?, scan)
}

/// The cells of a first line as names: each there, each once.
pub fn names(cells: Vec<String>, scan: &Scan<'_>) -> Result<Vec<String>, DataError> {
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    for (i, cell) in cells.into_iter().enumerate() {
        let name = cell.trim().to_owned();
        if name.is_empty() {
            return Err(DataError::HeaderEmpty { path: scan.shown(), number: i + 1 });
        }
        if let Some(first) = names.iter().position(|n| *n == name) {
            return Err(DataError::HeaderTwice { path: scan.shown(), name, first: first + 1, second: i + 1 });
        }
        names.push(name);
    }
    Ok(names)
}

/// A first line is data where each column that isn't text is headed by a value of its own sort.
pub fn headless(columns: &[Column], scan: &Scan<'_>) -> Result<(), DataError> {
    let iso = TimeReader::iso(scan.zone.clone());
    let value = |name: &str| number(name).is_some() || iso.read(name).is_some();
    let typed: Vec<&Column> = columns
        .iter()
        .filter(|c| c.filled > 0 && (c.not_number.is_none() || c.not_time.is_none()) || value(&c.name))
        .collect();
    match typed.first() {
        Some(first) if typed.iter().all(|c| value(&c.name)) && !years(&typed) => {
            Err(DataError::HeaderMissing { path: scan.shown(), value: first.name.clone() })
        }
        _ => Ok(()),
    }
}

/// `2018,2019,2020`: columns named after years that follow one another.
fn years(columns: &[&Column]) -> bool {
    let years: Option<Vec<i32>> = columns.iter().map(|c| c.name.parse().ok()).collect();
    years.is_some_and(|y| y.len() > 1 && y.windows(2).all(|w| w[1] == w[0] + 1))
}

fn ragged(record: &ByteRecord, expected: usize, line: u64, separator: u8, scan: &Scan<'_>) -> DataError {
    let around = (record.len() > expected).then(|| {
        // Where a text was cut in two, its second half usually begins with a space.
        let at = (1..record.len()).find(|i| record[*i].starts_with(b" ")).unwrap_or(expected);
        String::from_utf8_lossy(&record[at]).trim().to_owned()
    });
    let separator = match separator {
        b';' => "semicolon",
        b'\t' => "tab",
        _ => "comma",
    };
    DataError::Ragged {
        path: scan.shown(),
        line,
        found: record.len(),
        expected,
        separator,
        around: around.filter(|a| !a.is_empty()),
    }
}
