//! Reads a CSV file through once: its separator, its names, the shape of each row, what each column holds.

use super::column::{Column, Stored, number};
use super::listing::Kind;
use super::part::{MAX_CELL, Scan, Scanned};
use super::time::TimeReader;
use crate::engine::DataError;
use csv::{ByteRecord, Reader, ReaderBuilder};
use std::cell::Cell;
use std::io::{self, Cursor, Read};
use swallowed::Swallowed;

mod swallowed;

const HEAD: u64 = 64 * 1024;
const SEPARATORS: [u8; 3] = *b",;\t";

/// Stands on a line of its own behind the last one, so that an end within quotes can be told from one outside of them. No
/// text can hold it: it is not UTF-8.
const END: &[u8] = b"\xFF\xFEend\xFF";

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
    let end = [if crlf { b"\r\n".as_slice() } else { b"\n" }, END].concat();
    let left = Cell::new(0);
    let input = Cursor::new(head).chain(Broken(broken)).chain(input).chain(Cursor::new(end));
    let input = Bounded { input, left: &left };
    let reader = ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(input);
    let mut records = Records { reader, left: &left, crlf, at: 0, scan };
    let mut record = ByteRecord::new();
    let Some(line) = records.next(&mut record, &[])? else { return Err(scan.empty()) };
    let names = header(&record, scan)?;
    let mut columns: Vec<Column> = names.iter().map(|n| scan.column(n, Stored::Text)).collect();
    let mut swallowed = Swallowed::new(separator);
    swallowed.see(&record, line, &columns);
    let mut rows = 0;
    while let Some(line) = records.next(&mut record, &columns)? {
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
        swallowed.see(&record, line, &columns);
        rows += 1;
        scan.tick(rows)?;
    }
    headless(&columns, scan)?;
    let notes = swallowed.told(&columns, scan)?.into_iter().collect();
    Ok(Scanned { notes, ..Scanned::new(Kind::Csv { separator }, columns, rows) })
}

/// The records of an input that [`END`] ends.
struct Records<'a, R> {
    reader: Reader<Bounded<'a, R>>,
    /// How many bytes the record may still take.
    left: &'a Cell<usize>,
    crlf: bool,
    /// The line on which the last one starts.
    at: u64,
    scan: &'a Scan<'a>,
}

impl<R: Read> Records<'_, R> {
    /// Reads the next one, and gives the line on which it starts; `None` behind the last one.
    fn next(&mut self, record: &mut ByteRecord, columns: &[Column]) -> Result<Option<u64>, DataError> {
        // Quotes are written twice, so that a cell takes up to twice its length.
        let most = 2 * MAX_CELL * (columns.len() + 1);
        self.left.set(most);
        let found = self.read(record)?;
        let after = self.reader.position().line();
        let last = record.get(record.len().saturating_sub(1));
        let ends = last.is_some_and(|cell| cell.ends_with(END));
        // With something behind it, it is part of the file, and no text.
        if ends && !self.read(&mut ByteRecord::new())? {
            let alone = record.as_slice() == END;
            return if alone { Ok(None) } else { Err(self.unclosed(record, after, columns)) };
        }
        let line = line(record, after, self.crlf);
        if let Some(number) = record.iter().position(|c| c.len() > MAX_CELL) {
            return Err(self.scan.long(line, &column(columns, number)));
        }
        if !found || self.left.get() == 0 {
            let reason = format!("no row ends within the next {} MiB, blank lines included", most >> 20);
            return Err(self.scan.breaks_off(self.at, &reason));
        }
        self.at = line;
        Ok(Some(line))
    }

    fn read(&mut self, record: &mut ByteRecord) -> Result<bool, DataError> {
        self.reader.read_byte_record(record).map_err(|e| self.scan.breaks_off(self.at, &e))
    }

    /// The file ends in the last cell of `record`. No end of a line has been passed but those within it.
    fn unclosed(&self, record: &ByteRecord, after: u64, columns: &[Column]) -> DataError {
        let last = record.len().saturating_sub(1);
        let inside = record.iter().skip(last).flatten().filter(|b| **b == b'\n').count() as u64;
        self.scan.unclosed(after.saturating_sub(inside), &column(columns, last))
    }
}

/// A column by its place; its number where there is no name yet.
fn column(columns: &[Column], at: usize) -> String {
    let named = columns.get(at.min(columns.len().saturating_sub(1)));
    named.map_or_else(|| format!("{}", at + 1), |column| column.name.clone())
}

/// An error at its place among what is read.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// An input that seems to end where a record gets longer than any may be: a quote that is never closed would otherwise
/// take all that follows into memory. Nothing may be read on then, nor be taken for the end.
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
