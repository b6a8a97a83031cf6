//! A query over the files of a folder: what is known of each is taken, what isn't is worked out and kept, and all adds up.
//! What a request comes to over a file depends on the part of its window that the file reaches into, and on nothing beyond:
//! so a window that grew by a day asks the old files for nothing new.

use super::entry::{Entry, Identity, Learned, today};
use super::{Cache, hash, is_kept, looked};
use crate::calendar::Window;
use crate::engine::DataError;
use crate::engine::datafusion::known::Known;
use crate::engine::datafusion::open::Opened;
use crate::engine::datafusion::read::ScanFile;
use crate::engine::datafusion::state::Partial;
use crate::engine::datafusion::time::micros;
use crate::query::{Measure, Query, Request};
use indexmap::IndexMap;
use jiff::civil::DateTime;
use std::path::PathBuf;

/// Who works out what a query comes to over each of some files, by their places, in order.
pub type Work<'a> = dyn Fn(&Query, &[usize]) -> Result<Vec<Vec<Partial>>, DataError> + 'a;

/// Times in microseconds, half-open.
type Span = (i64, i64);

/// What a request depends on over a file, so far as all files have it in common.
struct Asked {
    /// Measure, filter and groups.
    what: blake3::Hash,
    /// Windows; none where the table has no times or all rows count.
    window: Option<Span>,
    earlier: Option<Span>,
}

/// The part of a query that all files have in common.
struct Question {
    requests: Vec<Asked>,
    excluded: Vec<Span>,
    /// Of the table's types, filter and times.
    table: blake3::Hash,
}

impl Question {
    /// `None` where something of it has no hash.
    fn new(query: &Query, table: &Opened) -> Option<Self> {
        let timed = table.info.time.is_some();
        let span = |w: &Window| (micros(w.start), micros(w.end));
        let asked = |r: &Request| {
            let (measure, earlier) = match &r.measure {
                Measure::Retention { id, earlier } => {
                    // Its window is told apart, as the other one.
                    let none = Window::new(DateTime::MIN, DateTime::MIN);
                    (Measure::Retention { id: id.clone(), earlier: none }, Some(span(earlier)))
                }
                other => (other.clone(), None),
            };
            let what = hash(&Request { measure, window: None, ..r.clone() })?;
            let window = r.window.as_ref().filter(|_| timed).map(span);
            Some(Asked { what, window, earlier: earlier.filter(|_| timed) })
        };
        let source = &table.source;
        let types: Vec<_> = table.info.columns.iter().collect();
        let held: Vec<String> = table.schema.fields().iter().map(|f| f.data_type().to_string()).collect();
        Some(Self {
            requests: query.requests.iter().map(asked).collect::<Option<_>>()?,
            excluded: if timed { query.excluded.iter().map(span).collect() } else { Vec::new() },
            table: hash(&(&source.filter, &source.timezone, &table.info.time, types, held))?,
        })
    }

    /// The hash of what a request depends on over a file whose rows lie in `range`; `None` where it touches none of them.
    fn key(&self, asked: &Asked, range: Option<Span>) -> Option<[u8; 32]> {
        let inside = |(start, end): Span| {
            let (first, newest) = range?;
            let end_of_range = newest.saturating_add(1);
            (start < end_of_range && first < end).then(|| (start.max(first), end.min(end_of_range)))
        };
        let windows = [asked.window, asked.earlier].map(|w| w.map(inside));
        if matches!(windows, [Some(None), None | Some(None)]) {
            return None;
        }
        // Each window's first number tells how many follow.
        let told = windows.iter().flat_map(|window| match window {
            None => vec![0],
            Some(None) => vec![1],
            Some(Some((start, end))) => vec![2, *start, *end],
        });
        let excluded = self.excluded.iter().filter_map(|e| inside(*e)).flat_map(|(start, end)| [start, end]);
        let mut key = blake3::Hasher::new();
        key.update(self.table.as_bytes()).update(asked.what.as_bytes());
        told.chain(excluded).for_each(|number| _ = key.update(&number.to_le_bytes()));
        Some(*key.finalize().as_bytes())
    }
}

/// A file in work.
struct Slot {
    /// Where its entry is, and what is known of it; none of a file that may still be written.
    place: Option<(PathBuf, Identity, Known)>,
    learned: Learned,
    /// Among the requests, those that must be worked out.
    missing: Vec<usize>,
    /// False where the entry on disk is as good.
    fresh: bool,
}

/// Answers a query over a table of several files; `None` where one of them isn't of a sort that is kept, what is kept of all
/// takes more than `memory` bytes, or something isn't known after all: the whole is then to be read.
///
/// # Errors
/// What `work` gives.
pub fn run(
    cache: &Cache,
    query: &Query,
    table: &Opened,
    memory: usize,
    work: &Work<'_>,
) -> Result<Option<Vec<Partial>>, DataError> {
    let Some(question) = Question::new(query, table) else { return Ok(None) };
    let (mut slots, mut held) = (Vec::with_capacity(table.files.len()), 0usize);
    for file in table.files.iter().filter(|_| table.files.len() > 1) {
        let Some(slot) = slot(cache, &question, table, file) else { return Ok(None) };
        held = held.saturating_add(slot.learned.bytes());
        if held > memory {
            return Ok(None);
        }
        slots.push(slot);
    }
    if slots.is_empty() {
        return Ok(None);
    }
    let mut alike: IndexMap<Vec<usize>, Vec<usize>> = IndexMap::new();
    for (at, slot) in slots.iter().enumerate().filter(|(_, s)| !s.missing.is_empty()) {
        alike.entry(slot.missing.clone()).or_default().push(at);
    }
    for (missing, files) in alike {
        learn(&question, query, &missing, &files, &mut slots, work)?;
    }
    let mut all: Vec<Partial> = query.requests.iter().map(|_| Partial::default()).collect();
    let mut before = 0;
    for (slot, file) in slots.into_iter().zip(table.files.iter()) {
        if add(&question, query, &slot.learned, before, &mut all).is_none() {
            return Ok(None);
        }
        before += file.rows;
        if let Some((name, identity, known)) = slot.place.filter(|_| slot.fresh) {
            Entry { identity, known, learned: slot.learned }.save(&name, &cache.build);
        }
    }
    cache.sweep();
    Ok(Some(all))
}

/// What is known of a file, and what isn't.
fn slot(cache: &Cache, question: &Question, table: &Opened, file: &ScanFile) -> Option<Slot> {
    if !is_kept(file.kind, &file.place) {
        return None;
    }
    let name = cache.name(&file.path, &looked(&table.source, &file.keys, &file.shown)?);
    let entry = Identity::of(&file.path).and_then(|identity| Entry::load(&name, &cache.build, &identity));
    let (place, mut learned) = match entry {
        Some(Entry { identity, known, learned }) => (Some((name, identity, known)), learned),
        None => (None, Learned::default()),
    };
    let (mut missing, mut fresh) = (Vec::new(), false);
    match learned.ranges.get(question.table.as_bytes()) {
        None => missing.extend(0..question.requests.len()),
        Some(range) => {
            for (at, asked) in question.requests.iter().enumerate() {
                let Some(key) = question.key(asked, *range) else { continue };
                match learned.partials.get_mut(&key) {
                    None => missing.push(at),
                    Some((day, _)) => {
                        fresh |= *day != today();
                        *day = today();
                    }
                }
            }
        }
    }
    Some(Slot { place, learned, missing, fresh })
}

/// Works out what some requests come to over files, and where their rows lie.
fn learn(
    question: &Question,
    query: &Query,
    missing: &[usize],
    files: &[usize],
    slots: &mut [Slot],
    work: &Work<'_>,
) -> Result<(), DataError> {
    let mut requests: Vec<Request> = missing.iter().map(|at| query.requests[*at].clone()).collect();
    let all = Request { measure: Measure::Extent, filter: None, window: None, group: None };
    let extent = requests.iter().position(|r| *r == all).unwrap_or(requests.len());
    if extent == requests.len() {
        requests.push(all);
    }
    let found = work(&Query { requests, ..query.clone() }, files)?;
    for (at, mut partials) in files.iter().zip(found) {
        let Some(slot) = slots.get_mut(*at) else { continue };
        let Some(one) = partials.get(extent).map(|p| &p.one) else { continue };
        let range = one.first.zip(one.newest);
        partials.truncate(missing.len());
        slot.learned.ranges.insert(*question.table.as_bytes(), range);
        for (request, partial) in missing.iter().zip(partials) {
            if let Some(key) = question.key(&question.requests[*request], range) {
                slot.learned.partials.insert(key, (today(), partial));
            }
        }
        slot.fresh = true;
    }
    Ok(())
}

/// Adds what is known of a file; `None` where a request isn't among it.
fn add(question: &Question, query: &Query, learned: &Learned, before: u64, all: &mut [Partial]) -> Option<()> {
    let range = *learned.ranges.get(question.table.as_bytes())?;
    let requests = question.requests.iter().zip(&query.requests).zip(all);
    for ((asked, request), sum) in requests {
        // Rows outside of a request's windows add nothing to it.
        let Some(key) = question.key(asked, range) else { continue };
        let (_, partial) = learned.partials.get(&key)?;
        sum.merge(&request.measure, partial.clone(), before);
    }
    Some(())
}
