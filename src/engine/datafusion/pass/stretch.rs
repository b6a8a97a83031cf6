//! The stretches in which a table's files are read: what their statistics say, and the columns of each that somebody needs.

use super::active::{Active, Wanted};
use super::bounds::Bounds;
use super::budget::Budget;
use super::compiled::Frame;
use super::plan::{Plan, Request, is_text};
use super::worker::{Stop, Worker};
use crate::engine::Progress;
use crate::engine::datafusion::read::ScanFile;
use crate::engine::datafusion::row::DAY;
use crate::engine::datafusion::scan::Share;
use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use datafusion::parquet::errors::ParquetError;
use std::sync::Arc;

/// Rows of a batch: enough that what is done once a batch doesn't count, few enough that its columns stay in the cache.
const BATCH: usize = 32_768;

/// After so many batches, the memory that they take is counted.
const COUNTED: usize = 8;

/// One row group of a Parquet file, or the whole of another one.
pub struct Stretch<'a> {
    file: &'a ScanFile,
    /// Which row group, with the types in which its columns are read.
    group: Option<(usize, ArrowReaderMetadata)>,
    rows: u64,
    /// How many bytes of the file it takes.
    bytes: u64,
    /// True for the last one of its file.
    last: bool,
    /// The earliest and the latest time, where it is known.
    range: Option<(i64, i64)>,
    /// True where each row is known to have a time, and the range is exact.
    timed: bool,
    ruled_out: RuledOut,
}

/// What is known to let no row of a stretch pass.
#[derive(Default)]
struct RuledOut {
    /// The table's own filter.
    table: bool,
    /// Those of requests, as the plan has them.
    filters: Vec<bool>,
}

impl RuledOut {
    fn new(plan: &Plan, bounds: &Bounds) -> Self {
        let filters = plan.filters.iter().map(|tests| {
            // What goes wrong in the table's filter counts before that of a request is looked at.
            plan.table_filter.iter().all(|test| plan.tests[*test].sound) && bounds.rule_out(plan, tests)
        });
        Self { table: bounds.rule_out(plan, &plan.table_filter), filters: filters.collect() }
    }

    fn covers(&self, request: &Request) -> bool {
        // Which moment is the last depends on all rows of the table.
        let own = request.filter.filter(|_| request.end.is_none());
        self.table || own.is_some_and(|filter| self.filters[filter])
    }
}

/// The stretches of a file of which some request wants something, in order.
///
/// # Errors
/// A footer that contradicts itself.
pub fn of<'a>(plan: &Plan, wanted: &Arc<Wanted>, file: &'a ScanFile) -> Result<Vec<Stretch<'a>>, Stop> {
    let folders = Bounds::of_folders(file);
    let wanting = |s: &Stretch<'_>| s.rows > 0 && plan.requests.iter().any(|r| s.touches(r));
    let Some(footer) = file.footer().map_err(Stop::Data)? else {
        let (rows, bytes) = (file.rows, if file.held.is_some() { 0 } else { file.bytes });
        let ruled_out = RuledOut::new(plan, &folders);
        let all = Stretch { file, group: None, rows, bytes, last: true, range: None, timed: false, ruled_out };
        return Ok(Some(all).filter(wanting).into_iter().collect());
    };
    let names: Vec<&String> =
        Active::new(plan, wanted, |_, _| true).columns(plan).1.iter().map(|at| plan.schema.field(*at).name()).collect();
    let field = |field: &Arc<Field>| match names.contains(&field.name()) && is_text(field.data_type()) {
        true => Arc::new(field.as_ref().clone().with_data_type(numbered())),
        false => field.clone(),
    };
    let fields: Vec<Arc<Field>> = footer.schema().fields().iter().map(field).collect();
    let schema = Schema::new_with_metadata(fields, footer.schema().metadata().clone());
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    let told = |e: ParquetError| Stop::Data(file.damaged(0, &e));
    let ranges = ranges(plan, &footer, file)?;
    let bounds = folders.of_groups(plan, &footer).map_err(told)?;
    let footer = ArrowReaderMetadata::try_new(footer.metadata().clone(), options).map_err(told)?;
    let meant = |number: usize| file.groups.as_ref().is_none_or(|groups| groups.contains(&number));
    let numbered = ranges.into_iter().zip(bounds).enumerate().filter(|(number, _)| meant(*number));
    let stretches = numbered.map(|(number, ((range, timed), bounds))| {
        let rows = u64::try_from(footer.metadata().row_group(number).num_rows()).unwrap_or(0);
        let ruled_out = RuledOut::new(plan, &bounds);
        Stretch { file, group: Some((number, footer.clone())), rows, bytes: 0, last: false, range, timed, ruled_out }
    });
    let mut stretches: Vec<Stretch<'_>> = stretches.filter(wanting).collect();
    for stretch in &mut stretches {
        let active = Active::new(plan, wanted, |_, r| stretch.touches(r));
        let schema = Arc::new(stretch.columns(plan, &active).1);
        let group = stretch.group.as_ref();
        stretch.bytes = file.weight(group.map(|g| &g.1), &schema, group.map(|g| g.0));
    }
    if let Some(last) = stretches.last_mut() {
        last.last = true;
    }
    Ok(stretches)
}

/// How many files stretches are of, and how many bytes they take.
pub fn weight(stretches: &[Stretch<'_>]) -> (usize, u64) {
    let files = stretches.iter().filter(|s| s.last).count();
    (files, stretches.iter().map(|s| s.bytes).fold(0, u64::saturating_add))
}

/// Text columns come with their values numbered, as they are in the file.
fn numbered() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

type Range = (Option<(i64, i64)>, bool);

/// Of each row group, the range of its times, and whether that is exact and each row has one.
fn ranges(plan: &Plan, footer: &ArrowReaderMetadata, file: &ScanFile) -> Result<Vec<Range>, Stop> {
    let groups = footer.metadata().row_groups();
    let nothing = vec![(None, false); groups.len()];
    let Some(time) = &plan.time else { return Ok(nothing) };
    let &[column] = &time.columns[..] else { return Ok(nothing) };
    let Ok(field) = footer.schema().field_with_name(plan.schema.field(column).name()) else { return Ok(nothing) };
    let zoned = match field.data_type() {
        DataType::Timestamp(_, zone) => zone.is_some(),
        DataType::Date32 | DataType::Date64 => false,
        // Texts are in another order than the times that they say.
        _ => return Ok(nothing),
    };
    let told = |e: ParquetError| Stop::Data(file.damaged(0, &e));
    let converter = StatisticsConverter::try_new(field.name(), footer.schema(), footer.parquet_schema());
    let converter = converter.map_err(told)?;
    let micros = |ends: ArrayRef| -> Result<ArrayRef, Stop> {
        let mut columns = vec![None; plan.schema.fields().len()];
        let rows = ends.len();
        columns[column] = Some(ends);
        Ok(time.over(&Frame { rows, columns })?)
    };
    let (first, last) = (
        micros(converter.row_group_mins(groups).map_err(told)?)?,
        micros(converter.row_group_maxes(groups).map_err(told)?)?,
    );
    let (first, last) = (first.as_primitive::<Int64Type>(), last.as_primitive::<Int64Type>());
    // A writer that doesn't count them may have left some out.
    let converter = converter.with_missing_null_counts_as_zero(false);
    let nulls = converter.row_group_null_counts(groups).map_err(told)?;
    let range = |at: usize| match (first.is_valid(at) && last.is_valid(at), zoned) {
        (false, _) => (None, false),
        (true, false) => {
            let timed = nulls.is_valid(at) && nulls.value(at) == 0;
            (Some((first.value(at), last.value(at))), timed)
        }
        // Clocks are put back: a later instant may have an earlier civil time.
        (true, true) => (Some((first.value(at).saturating_sub(DAY), last.value(at).saturating_add(DAY))), false),
    };
    Ok((0..groups.len()).map(range).collect())
}

impl Stretch<'_> {
    /// False where none of its rows is in a request's window, or passes its filter.
    pub(super) fn touches(&self, request: &Request) -> bool {
        if self.ruled_out.covers(request) {
            return false;
        }
        let Some((start, end)) = request.window else { return true };
        self.range.is_none_or(|(first, last)| first < end && start <= last)
    }

    /// True for a row group of a Parquet file.
    pub fn is_group(&self) -> bool {
        self.group.is_some()
    }

    /// True where all rows are known to be in a request's window.
    fn inside(&self, request: &Request) -> bool {
        let whole = |(start, end): (i64, i64)| self.range.is_some_and(|(first, last)| start <= first && last < end);
        self.timed && request.window.is_some_and(whole)
    }

    /// Reads what is needed into `worker`.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn read(
        &self,
        plan: &Plan,
        wanted: &Arc<Wanted>,
        worker: &mut Worker<'_>,
        budget: &Budget,
        progress: &Progress,
    ) -> Result<(), Stop> {
        let known =
            |at: usize, r: &Request| r.is_extent() && wanted.many(at) && plan.table_filter.is_empty() && self.inside(r);
        for (at, request) in plan.requests.iter().enumerate().filter(|(at, r)| known(*at, r)) {
            if let (Some(extent), Some((first, last)), true) =
                (&mut worker.extents[at], self.range, self.touches(request))
            {
                extent.skip(self.rows, first, last);
            }
        }
        let active = Active::new(plan, wanted, |at, r| self.touches(r) && !known(at, r));
        if active.nothing() {
            progress.bytes(self.bytes);
        } else {
            self.scan(plan, &active, worker, budget, progress)?;
            for (at, extent) in worker.extents.iter().enumerate() {
                if extent.as_ref().is_some_and(super::extent::Extent::many) {
                    wanted.tell_many(at);
                }
            }
        }
        if self.last {
            progress.file();
        }
        Ok(())
    }

    /// The places of the columns to read, and those columns.
    pub(super) fn columns(&self, plan: &Plan, active: &Active) -> (Vec<usize>, Schema) {
        let (plain, texts) = active.columns(plan);
        let mut columns: Vec<usize> = plain.iter().chain(&texts).copied().collect();
        columns.sort_unstable();
        let field = |at: &usize| {
            let field = plan.schema.field(*at).clone();
            let numbers = self.group.is_some() && texts.contains(at) && is_text(field.data_type());
            if numbers { field.with_data_type(numbered()) } else { field }
        };
        let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
        (columns, schema)
    }

    fn scan(
        &self,
        plan: &Plan,
        active: &Active,
        worker: &mut Worker<'_>,
        budget: &Budget,
        progress: &Progress,
    ) -> Result<(), Stop> {
        let (columns, schema) = self.columns(plan, active);
        let schema = Arc::new(schema);
        let mut share = Share::new(self.rows, self.bytes);
        let batches = match &self.group {
            Some((number, footer)) => self.file.group(&schema, footer, *number, BATCH),
            None => self.file.batches(&schema),
        };
        for (number, batch) in batches.map_err(Stop::Data)?.enumerate() {
            if number % COUNTED == 0 {
                worker.account(budget)?;
            }
            let batch = batch.map_err(Stop::Data)?;
            progress.go_on().map_err(Stop::Data)?;
            let mut frame = Frame { rows: batch.num_rows(), columns: vec![None; plan.schema.fields().len()] };
            for (at, column) in columns.iter().zip(batch.columns()) {
                frame.columns[*at] = Some(column.clone());
            }
            worker.take(&frame, active)?;
            share.tell(frame.rows as u64, progress);
        }
        share.end(progress);
        worker.account(budget)
    }
}
