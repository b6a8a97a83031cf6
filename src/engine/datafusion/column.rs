//! What the cells of one column have in common, found while a file is read through. Knows cells, and no file format.

use super::time::{Read, TimeReader};
use crate::query::ColumnType;
use indexmap::IndexSet;

/// How many different names of metrics a table in tidy form may hold.
const MAX_METRICS: usize = 10_000;

/// How the file itself stores a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// As text, whatever it says.
    Text,
    /// As numbers.
    Number,
    /// As truth values.
    Truth,
    /// As days.
    Date,
    /// As civil moments.
    Civil,
    /// As instants.
    Instant,
    /// In a way that can't be used, and why.
    Unusable(&'static str),
}

/// One column of a file, and what all its cells so far could be.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// How it is stored.
    pub stored: Stored,
    /// Cells that aren't empty.
    pub filled: u64,
    /// True where a cell has spaces around its text.
    pub spaced: bool,
    /// The first cell that is no number, with its line.
    pub not_number: Option<(u64, String)>,
    /// The first cell that is no time, with its line.
    pub not_time: Option<(u64, String)>,
    /// The different texts, in order, where they were asked for and are not too many.
    pub names: Option<IndexSet<String>>,
    years: bool,
    truth: bool,
    whole_days: bool,
    iso: bool,
    reader: TimeReader,
    is_time: bool,
}

impl Column {
    /// A column before its first cell. `reader` reads its times, should it be a time column (`is_time`: it must).
    pub fn new(name: &str, stored: Stored, reader: TimeReader, is_time: bool) -> Self {
        Self {
            name: name.to_owned(),
            stored,
            filled: 0,
            spaced: false,
            not_number: None,
            not_time: None,
            names: None,
            years: true,
            truth: true,
            whole_days: true,
            iso: true,
            reader,
            is_time,
        }
    }

    /// From now on, keeps the different texts.
    pub fn collect_names(&mut self) {
        self.names = Some(IndexSet::new());
    }

    /// Takes one cell into account; an empty one is missing.
    pub fn see(&mut self, line: u64, cell: &str) {
        let text = cell.trim();
        self.spaced |= text.len() != cell.len();
        if text.is_empty() {
            return;
        }
        self.filled += 1;
        if self.not_number.is_none() && number(text).is_none() {
            self.not_number = Some((line, text.to_owned()));
        }
        self.truth = self.truth && truth(text).is_some();
        if self.not_time.is_none() {
            self.see_time(line, text);
        }
        if let Some(names) = &mut self.names
            && !names.contains(text)
        {
            names.insert(text.to_owned());
            if names.len() > MAX_METRICS {
                self.names = None;
            }
        }
    }

    fn see_time(&mut self, line: u64, text: &str) {
        // A column of numbers is a time column only where someone says so, or where all are years.
        self.years = self.years && text.len() == 4 && matches!(text.parse::<u16>(), Ok(1900..=2100));
        if self.not_number.is_none() && !self.is_time && !self.years {
            self.iso = false;
            self.not_time = Some((line, text.to_owned()));
            return;
        }
        match self.reader.read(text) {
            Some(Read { day, .. }) => {
                self.whole_days &= day;
                self.iso = self.iso && text.len() >= 10 && text.as_bytes().get(7) == Some(&b'-');
            }
            None => {
                self.iso = false;
                self.not_time = Some((line, text.to_owned()));
            }
        }
    }

    /// Counts cells of a column that isn't stored as text.
    pub fn see_stored(&mut self, filled: u64) {
        self.filled += filled;
    }

    /// True where every cell reads as a time (and there is one).
    pub fn all_times(&self) -> bool {
        match self.stored {
            Stored::Text => self.filled > 0 && self.not_time.is_none(),
            Stored::Date | Stored::Civil | Stored::Instant => true,
            Stored::Number => self.filled > 0 && self.not_time.is_none() && (self.years || self.is_time),
            Stored::Truth | Stored::Unusable(_) => false,
        }
    }

    /// Its type as a time column.
    pub fn time_type(&self) -> ColumnType {
        match self.stored {
            Stored::Date => ColumnType::Date,
            Stored::Civil | Stored::Instant => ColumnType::Timestamp,
            _ if self.whole_days => ColumnType::Date,
            _ => ColumnType::Timestamp,
        }
    }

    /// Its type by itself. Columns of other files than CSV are what they are stored as.
    pub fn own_type(&self, text_is_typed: bool) -> ColumnType {
        match self.stored {
            Stored::Number => ColumnType::Number,
            Stored::Truth => ColumnType::Truth,
            Stored::Date => ColumnType::Date,
            Stored::Civil | Stored::Instant => ColumnType::Timestamp,
            Stored::Text | Stored::Unusable(_) if self.filled == 0 => ColumnType::Empty,
            Stored::Text if self.iso && self.not_time.is_none() => self.time_type(),
            Stored::Text if !text_is_typed => ColumnType::Text,
            Stored::Text if self.not_number.is_none() => ColumnType::Number,
            Stored::Text if self.truth => ColumnType::Truth,
            _ => ColumnType::Text,
        }
    }
}

/// A plain number: `1234.5`, `-3`, `1e6`; nothing with separators, no `nan`, no infinity.
pub fn number(text: &str) -> Option<f64> {
    let starts = matches!(text.as_bytes().first()?, b'0'..=b'9' | b'-' | b'+' | b'.');
    let plain = starts && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
    if plain { text.parse().ok().filter(|n: &f64| n.is_finite()) } else { None }
}

/// `true` or `false`, in any case.
pub fn truth(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}
