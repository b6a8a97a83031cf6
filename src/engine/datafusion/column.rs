//! What the cells of one column have in common, found while a file is read through. Knows cells, and no file format.

use super::time::{Read, TimeReader};
use crate::engine::error::Spot;
use crate::query::ColumnType;
use indexmap::IndexSet;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How many different names of metrics a table in tidy form may hold.
const MAX_METRICS: usize = 10_000;

/// The last whole number before which all are told apart as numbers with a fraction: 2⁵³ (IEEE 754, binary64).
pub const WHOLE: u64 = 1 << 53;

/// How many characters of a cell an error shows.
const SHOWN: usize = 80;

/// A cell's text is empty.
pub const EMPTY: u8 = 1;
/// It is a number.
pub const NUMBER: u8 = 2;
/// It is a time.
pub const TIME: u8 = 4;

/// Why a column can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Oddity {
    /// A type of the file's own that no expression takes.
    Nested,
    /// Lists or objects of JSON.
    Objects,
    /// Bytes among texts.
    Bytes,
    /// Numbers and texts.
    Mixed,
    /// A spreadsheet's errors.
    Errors,
    /// Whole numbers beyond [`WHOLE`].
    Long,
}

impl Oddity {
    /// In words, for an error.
    pub fn said(self) -> &'static str {
        match self {
            Self::Nested => "its values are lists, records, bytes or lengths of time",
            Self::Objects => "its values are lists or objects",
            Self::Bytes => "it holds bytes that are no text",
            Self::Mixed => "it holds numbers in some rows and text in others",
            Self::Errors => "it holds errors such as #DIV/0! in some rows",
            Self::Long => {
                "it holds whole numbers beyond 9,007,199,254,740,992, which as numbers aren't told apart from their neighbours"
            }
        }
    }
}

/// How the file itself stores a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    Unusable(Oddity),
}

/// One column of a file, and what all its cells so far could be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// How it is stored.
    pub stored: Stored,
    /// Cells that aren't empty.
    pub filled: u64,
    /// True where a cell has spaces around its text.
    pub spaced: bool,
    /// True where the file itself says what the column holds, also of one without a value.
    pub declared: bool,
    /// True where a cell is a number.
    pub numbers: bool,
    /// The first cell that is no number.
    pub not_number: Option<Spot>,
    /// The first cell that is no time.
    pub not_time: Option<Spot>,
    /// The first number with a zero in front that says nothing.
    pub padded: Option<Spot>,
    /// The cell for which the column can't be used.
    pub odd: Option<Spot>,
    /// The first cell that isn't empty.
    pub first: Option<Spot>,
    /// The first cell that isn't what the file's folder says of all of them.
    pub against: Option<Spot>,
    /// The different texts, in order, where they were asked for and are not too many.
    pub names: Option<IndexSet<String>>,
    #[serde(skip, default = "nowhere")]
    file: Arc<str>,
    #[serde(skip)]
    expected: Option<String>,
    years: bool,
    truth: bool,
    whole_days: bool,
    iso: bool,
    #[serde(skip, default = "unread")]
    reader: TimeReader,
    #[serde(skip)]
    is_time: bool,
}

/// Until [`Column::of`] says which file.
fn nowhere() -> Arc<str> {
    "".into()
}

/// Until [`Column::of`] says how times are read.
fn unread() -> TimeReader {
    TimeReader::iso(TimeZone::UTC)
}

impl Column {
    /// A column of `file` before its first cell. `reader` reads its times, should it be a time column (`is_time`: it
    /// must).
    pub fn new(file: Arc<str>, name: &str, stored: Stored, reader: TimeReader, is_time: bool) -> Self {
        Self {
            name: name.to_owned(),
            stored,
            filled: 0,
            spaced: false,
            declared: false,
            numbers: false,
            not_number: None,
            not_time: None,
            padded: None,
            odd: None,
            first: None,
            against: None,
            expected: None,
            names: None,
            file,
            years: true,
            truth: true,
            whole_days: true,
            iso: true,
            reader,
            is_time,
        }
    }

    /// The column of a file that isn't read again: `fresh` knows the file, and nothing of its cells.
    pub fn of(self, fresh: Self) -> Self {
        let Self { file, expected, reader, is_time, .. } = fresh;
        Self { file, expected, reader, is_time, ..self }
    }

    /// From now on, keeps the different texts.
    pub fn collect_names(&mut self) {
        self.names = Some(IndexSet::new());
    }

    /// From now on, holds each cell against what its folder says of it.
    pub fn expect(&mut self, value: &str) {
        self.expected = Some(value.to_owned());
    }

    /// A cell of this column, cut short where nobody would read it to its end.
    pub fn spot(&self, line: u64, text: &str) -> Spot {
        let value = match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
            None => text.to_owned(),
        };
        Spot { path: self.file.to_string(), line, value }
    }

    /// Takes one cell into account; an empty one is missing. What a cell does to a column never depends on other
    /// cells, so that parts of a table can be seen apart and joined.
    pub fn see(&mut self, line: u64, cell: &str) {
        let text = cell.trim();
        self.spaced |= text.len() != cell.len();
        if text.is_empty() {
            return;
        }
        self.filled += 1;
        if self.first.is_none() {
            self.first = Some(self.spot(line, text));
        }
        if self.against.is_none() && self.expected.as_deref().is_some_and(|e| !same(e, text)) {
            self.against = Some(self.spot(line, text));
        }
        if self.not_number.is_none() || !self.numbers {
            match number(text) {
                Some(_) => {
                    self.numbers = true;
                    if self.padded.is_none() && is_padded(text) {
                        self.padded = Some(self.spot(line, text));
                    }
                }
                None if self.not_number.is_none() => self.not_number = Some(self.spot(line, text)),
                None => {}
            }
        }
        self.truth = self.truth && truth(text).is_some();
        if self.not_time.is_none() {
            self.see_time(line, text);
        }
        self.see_name(text);
    }

    fn see_name(&mut self, text: &str) {
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
        self.years &= is_year(text);
        match self.time(text) {
            Some(Read { day, .. }) => {
                self.whole_days &= day;
                self.iso = self.iso && text.len() >= 10 && text.as_bytes().get(7) == Some(&b'-');
            }
            None => {
                self.iso = false;
                self.not_time = Some(self.spot(line, text));
            }
        }
    }

    /// A cell's text as a time. A number is one only where someone says so, or where it is a year.
    fn time(&self, text: &str) -> Option<Read> {
        match !self.is_time && !is_year(text) && number(text).is_some() {
            true => None,
            false => self.reader.read(text),
        }
    }

    /// What `text` could be in a cell of this column: [`EMPTY`], [`NUMBER`], [`TIME`].
    pub fn sorts_of(&self, text: &str) -> u8 {
        let sorts = [(EMPTY, text.is_empty()), (NUMBER, number(text).is_some()), (TIME, self.time(text).is_some())];
        sorts.into_iter().filter(|(_, is)| *is).fold(0, |all, (sort, _)| all | sort)
    }

    /// What all cells of this column are that aren't empty: [`NUMBER`], [`TIME`].
    pub fn sorts(&self) -> u8 {
        let sorts = [(NUMBER, self.not_number.is_none()), (TIME, self.not_time.is_none())];
        sorts.into_iter().filter(|(_, are)| *are && self.filled > 0).fold(0, |all, (sort, _)| all | sort)
    }

    /// The column can't be used, for `why`, as this cell shows.
    pub fn spoil(&mut self, why: Oddity, cell: Option<Spot>) {
        if !matches!(self.stored, Stored::Unusable(_)) {
            self.stored = Stored::Unusable(why);
            self.odd = cell;
        }
    }

    /// Takes the same column of a later file into account, whose cells are stored alike.
    pub fn join(&mut self, later: Self) {
        if self.filled == 0 && !self.declared {
            self.stored = later.stored;
        }
        match (self.stored, later.stored) {
            (_, Stored::Unusable(why)) => self.spoil(why, later.odd),
            (Stored::Date, Stored::Civil) => self.stored = Stored::Civil,
            _ => {}
        }
        self.filled += later.filled;
        self.first = self.first.take().or(later.first);
        self.declared |= later.declared;
        self.numbers |= later.numbers;
        self.spaced |= later.spaced;
        self.not_number = self.not_number.take().or(later.not_number);
        self.not_time = self.not_time.take().or(later.not_time);
        self.padded = self.padded.take().or(later.padded);
        self.years &= later.years;
        self.truth &= later.truth;
        self.whole_days &= later.whole_days;
        self.iso &= later.iso;
        match later.names {
            Some(names) => names.iter().for_each(|name| self.see_name(name)),
            None => self.names = None,
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

impl Stored {
    /// As people call what is in it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "numbers",
            Self::Truth => "truth values",
            Self::Date => "days",
            Self::Civil => "times without a zone",
            Self::Instant => "times with a zone",
            Self::Unusable(_) => "what can't be used",
        }
    }
}

/// True where a cell says the same as a folder's name.
fn same(key: &str, cell: &str) -> bool {
    key.trim() == cell
        || number(key.trim()).is_some_and(|k| number(cell) == Some(k))
        || truth(key.trim()).is_some_and(|k| truth(cell) == Some(k))
}

/// A number that is taken for a year.
fn is_year(text: &str) -> bool {
    text.len() == 4 && matches!(text.parse::<u16>(), Ok(1900..=2100))
}

/// A plain number: `1234.5`, `-3`, `1e6`; nothing with separators, no `nan`, no infinity. What is made of digits alone and
/// lies beyond [`WHOLE`] is a name, as order numbers are: as a number it would be that of its neighbours, too.
pub fn number(text: &str) -> Option<f64> {
    let starts = matches!(text.as_bytes().first()?, b'0'..=b'9' | b'-' | b'+' | b'.');
    let plain = starts && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
    let number: f64 = if plain { text.parse().ok().filter(|n: &f64| n.is_finite())? } else { return None };
    if number.abs() < WHOLE as f64 || !text.strip_prefix(['-', '+']).unwrap_or(text).bytes().all(|b| b.is_ascii_digit())
    {
        return Some(number);
    }
    text.parse().is_ok_and(|n: i128| n.unsigned_abs() <= WHOLE.into()).then_some(number)
}

/// `007`: a number to a program, and often a name to people.
fn is_padded(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text).as_bytes();
    matches!(digits, [b'0', b'0'..=b'9', ..])
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
