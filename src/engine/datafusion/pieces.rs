//! A query over an opened table in pieces that are answered wherever its files can be reached, and what they come to put
//! together again: the same answers as in one. Knows nobody who carries pieces about.

use super::known::Known;
use super::listing::{Key, Kind, Listed, Packing};
use super::open::{self, Opened};
use super::part::{Context, Part};
use super::pass::Next;
use super::place::{self, Place};
use super::read::{ScanFile, rows_of};
use super::state::Partial;
use super::{DataError, DataFusionEngine};
use crate::query::{Answer, Query, TableSource, url_query};
use jiff::civil::Weekday;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::path::PathBuf;

/// As many bytes as all pieces of a query take together, roughly.
const TOGETHER: usize = 256 << 20;

/// A piece of work, complete in itself.
#[derive(Serialize, Deserialize)]
struct Piece {
    source: TableSource,
    /// Days from Monday to the first day of a week.
    week_start: i8,
    files: Vec<Told>,
    query: Query,
    /// What of the files is meant, in order.
    share: Vec<Share>,
    /// Rows of the table before that.
    before: u64,
}

/// A file of the table, with what opening it found.
#[derive(Clone, Serialize, Deserialize)]
struct Told {
    /// True for one that is in a store.
    away: bool,
    path: PathBuf,
    shown: String,
    relative: String,
    kind: Kind,
    packing: Packing,
    keys: Vec<Key>,
    known: Known,
}

/// A file, or some of its row groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Share {
    file: usize,
    groups: Option<Range<usize>>,
    rows: u64,
}

/// What a piece came to.
#[derive(Serialize, Deserialize)]
struct Done {
    before: u64,
    partials: Vec<Partial>,
}

fn failed(source: &TableSource, reason: &str) -> DataError {
    DataError::Failed { table: source.name.clone(), path: source.shown.clone(), reason: reason.to_owned() }
}

/// Both sides must write what travels in the same way: bytes of another version could make sense, and not the one meant. The
/// number after the version is raised with each change to [`Piece`], [`Done`] or what is in them.
const VERSION: &[u8] = concat!(env!("CARGO_PKG_VERSION"), "/1\n").as_bytes();

fn sealed(value: &impl Serialize, source: &TableSource) -> Result<Vec<u8>, DataError> {
    postcard::to_extend(value, VERSION.to_vec()).map_err(|e| failed(source, &e.to_string()))
}

fn unsealed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DataError> {
    let inner = bytes.strip_prefix(VERSION).and_then(|inner| postcard::from_bytes(inner).ok());
    inner.ok_or(DataError::OtherVersion)
}

impl DataFusionEngine {
    /// A query over a table that this engine has open, in at most so many pieces, each for [`DataFusionEngine::piece`] of
    /// some other engine. None where the table's rows aren't to be read elsewhere (those of a workbook are held in memory, and
    /// an address may be signed): [`super::Engine::run`] then serves.
    ///
    /// # Errors
    /// [`DataError::NotOpen`]; the errors of names and types, as [`super::Engine::run`] has them.
    pub fn pieces(&self, query: &Query, at_most: usize) -> Result<Vec<Vec<u8>>, DataError> {
        let Some(table) = self.tables.get(&query.table) else {
            return Err(DataError::NotOpen { table: query.table.clone() });
        };
        let Some(known) = &table.known else { return Ok(Vec::new()) };
        if url_query(&table.source.path).is_some() {
            // It may be the address's signature, and whoever carries pieces about is none who should see it.
            return Ok(Vec::new());
        }
        super::plan::plan(query, table)?;
        let files: Vec<Told> = table.files.iter().zip(known.iter()).map(|(file, known)| told(file, known)).collect();
        // Each piece says of all files what opening them found: of very many there are fewer pieces.
        let size = sealed(&files, &table.source)?.len().max(1);
        let at_most = at_most.min(TOGETHER / size).max(1);
        let mut before = 0;
        let mut pieces = Vec::new();
        for share in shares(table, at_most)? {
            let rows: u64 = share.iter().map(|s| s.rows).sum();
            let piece = Piece {
                source: table.source.clone(),
                week_start: table.source.week_start.to_monday_zero_offset(),
                files: files.clone(),
                query: query.clone(),
                share,
                before,
            };
            pieces.push(sealed(&piece, &table.source)?);
            before += rows;
        }
        Ok(pieces)
    }

    /// Answers a piece; one at a time, as everything that an engine does.
    ///
    /// # Errors
    /// What reading its files gives; a piece of another version.
    pub fn piece(&self, piece: &[u8]) -> Result<Vec<u8>, DataError> {
        let piece: Piece = unsealed(piece)?;
        let (query, before) = (piece.query.clone(), piece.before);
        let table = self.reopened(piece)?;
        let done = Done { before, partials: self.partials(&query, &table, Next::Merged)? };
        sealed(&done, &table.source)
    }

    /// The answers to a query from what all its pieces came to, in their order.
    ///
    /// # Errors
    /// [`DataError::NotOpen`]; results that are none.
    pub fn combine(&self, query: &Query, results: &[Vec<u8>]) -> Result<Vec<Answer>, DataError> {
        let Some(table) = self.tables.get(&query.table) else {
            return Err(DataError::NotOpen { table: query.table.clone() });
        };
        let mut all: Vec<Partial> = query.requests.iter().map(|_| Partial::default()).collect();
        for result in results {
            let done: Done = unsealed(result)?;
            if done.partials.len() != all.len() {
                return Err(DataError::OtherVersion);
            }
            for ((sum, partial), request) in all.iter_mut().zip(done.partials).zip(&query.requests) {
                sum.merge(&request.measure, partial, done.before);
            }
        }
        let timed = table.info.time.is_some();
        let answers = all.into_iter().zip(&query.requests);
        Ok(answers.map(|(partial, r)| partial.answer(&r.measure, r.group.is_some(), timed)).collect())
    }

    /// The table of a piece, with the files of its share only.
    fn reopened(&self, piece: Piece) -> Result<Opened, DataError> {
        let week_start = Weekday::from_monday_zero_offset(piece.week_start).map_err(|_| DataError::OtherVersion)?;
        let source = TableSource { week_start, ..piece.source };
        let away = match piece.files.iter().any(|file| file.away) {
            true => place::list(&source, &self.stores)?.unwrap_or_default(),
            false => Vec::new(),
        };
        let context = Context::new(&source, &self.progress)?;
        let mut parts = Vec::with_capacity(piece.files.len());
        for (at, told) in piece.files.into_iter().enumerate() {
            let needed = piece.share.iter().any(|share| share.file == at);
            parts.push(part(told, needed, &away, &context)?);
        }
        let mut table = open::joined(&source, parts, &context, None)?;
        let file = |share: &Share| {
            let file = table.files.get(share.file)?;
            Some(ScanFile { rows: share.rows, groups: share.groups.clone(), ..file.clone() })
        };
        table.files = piece.share.iter().map(file).collect::<Option<Vec<_>>>().ok_or(DataError::OtherVersion)?.into();
        Ok(table)
    }
}

fn told(file: &ScanFile, known: &Known) -> Told {
    Told {
        away: !matches!(file.place, Place::Here),
        // Whoever answers works in a folder of its own.
        path: std::path::absolute(&file.path).unwrap_or_else(|_| file.path.clone()),
        shown: file.shown.clone(),
        relative: file.relative.clone(),
        kind: file.kind,
        packing: file.packing,
        keys: file.keys.clone(),
        known: known.clone(),
    }
}

/// A file as it was opened elsewhere, brought here where it is needed.
fn part(told: Told, needed: bool, away: &[Listed], context: &Context<'_>) -> Result<Part, DataError> {
    let Told { path, shown, relative, kind, packing, keys, known, .. } = told;
    let mut listed = match told.away {
        false => Listed { place: Place::Here, path, shown, relative, kind, packing, keys, links: Vec::new() },
        true => {
            let found = away.iter().find(|file| file.shown == shown && file.relative == relative);
            let found = found.ok_or_else(|| failed(context.source, "it was changed while the plan was evaluated"))?;
            Listed { kind, ..found.clone() }
        }
    };
    if needed {
        listed.fetch()?;
    }
    known.part(listed, context, false).ok_or(DataError::OtherVersion)?
}

/// The table's rows in at most so many shares of about the same size, in their order.
fn shares(table: &Opened, at_most: usize) -> Result<Vec<Vec<Share>>, DataError> {
    let mut units: Vec<Share> = Vec::new();
    for (at, file) in table.files.iter().enumerate() {
        match file.footer()? {
            Some(footer) if footer.metadata().num_row_groups() > 1 => {
                let groups = 0..footer.metadata().num_row_groups();
                units.extend(groups.map(|group| {
                    let groups = group..group + 1;
                    Share { file: at, rows: rows_of(footer.metadata(), groups.clone()), groups: Some(groups) }
                }));
            }
            _ => units.push(Share { file: at, groups: None, rows: file.rows }),
        }
    }
    let all: u64 = units.iter().map(|unit| unit.rows).sum();
    let size = all.div_ceil(at_most as u64).max(1);
    let mut shares: Vec<Vec<Share>> = Vec::new();
    let mut rows = size;
    for unit in units {
        if rows >= size && shares.len() < at_most {
            shares.push(Vec::new());
            rows = 0;
        }
        rows += unit.rows;
        if let Some(share) = shares.last_mut() {
            add(share, unit);
        }
    }
    Ok(shares)
}

/// Row groups side by side are read as one stretch.
fn add(share: &mut Vec<Share>, unit: Share) {
    match (share.last_mut(), &unit.groups) {
        (Some(Share { file, groups: Some(groups), rows }), Some(next)) if *file == unit.file => {
            groups.end = next.end;
            *rows += unit.rows;
        }
        _ => share.push(unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Measure, Request, Row, TimeColumn};

    fn back<T: Serialize + DeserializeOwned>(value: &T) -> Option<T> {
        unsealed(&sealed(value, &TableSource::given("t", "t.csv", "t.csv")).ok()?).ok()
    }

    #[test]
    fn another_version_is_told() {
        let mut bytes = sealed(&7u64, &TableSource::given("t", "t.csv", "t.csv")).expect("written");
        assert_eq!(unsealed::<u64>(&bytes).ok(), Some(7));
        bytes[0] ^= 1;
        assert!(matches!(unsealed::<u64>(&bytes), Err(DataError::OtherVersion)));
    }

    #[test]
    fn what_travels_comes_back() {
        let time = Some(TimeColumn { column: "at".into(), format: None });
        let source = TableSource { time, ..TableSource::given("t", "t.csv", "t.csv") };
        assert_eq!(back(&source), Some(source.clone()));
        let measure = Measure::Rows { value: Row::Number(0.5.into()), label: None, worst_first: true, limit: 3 };
        let start = jiff::civil::date(2021, 1, 1).into();
        let window = Some(crate::calendar::Window::new(start, start));
        let request = Request { measure, filter: None, window, group: Some("g".into()) };
        let query = Query { table: "t".into(), excluded: Vec::new(), requests: vec![request] };
        assert_eq!(back(&query), Some(query.clone()));
    }
}
