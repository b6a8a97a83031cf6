//! Row groups of a Parquet file: what their statistics say, and the columns of each that somebody needs.

use super::active::{Active, Wanted};
use super::compiled::Frame;
use super::plan::{Plan, Request};
use super::worker::{Stop, Worker};
use crate::engine::datafusion::Progress;
use crate::engine::datafusion::row::DAY;
use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use datafusion::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

/// Rows of a batch: enough that what is done once a batch doesn't count, few enough that its columns stay in the cache.
const BATCH: usize = 32_768;

/// One row group.
pub struct Group {
    path: PathBuf,
    number: usize,
    metadata: ArrowReaderMetadata,
    rows: u64,
    /// The earliest and the latest time, where it is known.
    range: Option<(i64, i64)>,
    /// True where each row is known to have a time, and the range is exact.
    timed: bool,
}

/// The row groups of a file of which some request wants something, in order.
///
/// # Errors
/// A file that can't be read.
pub fn groups(plan: &Plan, wanted: &Arc<Wanted>, path: &str) -> Result<Vec<Group>, Stop> {
    let path = PathBuf::from(path);
    let file = File::open(&path).map_err(|e| Stop::Failed(e.into()))?;
    let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
    let texts = Active::new(plan, wanted, |_, _| true).columns(plan).1;
    let field = |(at, field): (usize, &Arc<Field>)| match texts.contains(&at) {
        true => Arc::new(field.as_ref().clone().with_data_type(numbered())),
        false => field.clone(),
    };
    let fields: Vec<Arc<Field>> = metadata.schema().fields().iter().enumerate().map(field).collect();
    let schema = Schema::new_with_metadata(fields, metadata.schema().metadata().clone());
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    let ranges = ranges(plan, &metadata)?;
    let metadata = ArrowReaderMetadata::try_new(metadata.metadata().clone(), options)?;
    let groups = ranges.into_iter().enumerate().map(|(number, (range, timed))| {
        let rows = u64::try_from(metadata.metadata().row_group(number).num_rows()).unwrap_or(0);
        Group { path: path.clone(), number, metadata: metadata.clone(), rows, range, timed }
    });
    Ok(groups.filter(|g| g.rows > 0 && plan.requests.iter().any(|r| g.touches(r))).collect())
}

/// Text columns come with their values numbered, as they are in the file.
fn numbered() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

type Range = (Option<(i64, i64)>, bool);

/// Of each row group, the range of its times, and whether that is exact and each row has one.
fn ranges(plan: &Plan, metadata: &ArrowReaderMetadata) -> Result<Vec<Range>, Stop> {
    let groups = metadata.metadata().row_groups();
    let nothing = vec![(None, false); groups.len()];
    let Some(time) = &plan.time else { return Ok(nothing) };
    let &[column] = &time.columns[..] else { return Ok(nothing) };
    let field = plan.schema.field(column);
    let zoned = match field.data_type() {
        DataType::Timestamp(_, zone) => zone.is_some(),
        DataType::Date32 | DataType::Date64 => false,
        // Texts are in another order than the times that they say.
        _ => return Ok(nothing),
    };
    let converter = StatisticsConverter::try_new(field.name(), metadata.schema(), metadata.parquet_schema())?;
    let micros = |ends: ArrayRef| -> Result<ArrayRef, Stop> {
        let mut columns = vec![None; plan.schema.fields().len()];
        let rows = ends.len();
        columns[column] = Some(ends);
        Ok(time.over(&Frame { rows, columns })?)
    };
    let (first, last) = (micros(converter.row_group_mins(groups)?)?, micros(converter.row_group_maxes(groups)?)?);
    let (first, last) = (first.as_primitive::<Int64Type>(), last.as_primitive::<Int64Type>());
    let nulls = converter.row_group_null_counts(groups)?;
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

impl Group {
    /// False where none of its rows is in a request's window.
    fn touches(&self, request: &Request) -> bool {
        let Some((start, end)) = request.window else { return true };
        self.range.is_none_or(|(first, last)| first < end && start <= last)
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
        progress: Option<&Progress>,
    ) -> Result<(), Stop> {
        let known = |at: usize, r: &Request| {
            r.is_extent() && wanted.many(at) && plan.table_filter.is_empty() && self.inside(r)
        };
        for (at, request) in plan.requests.iter().enumerate().filter(|(at, r)| known(*at, r)) {
            if let (Some(extent), Some((first, last)), true) =
                (&mut worker.extents[at], self.range, self.touches(request))
            {
                extent.skip(self.rows, first, last);
            }
        }
        let active = Active::new(plan, wanted, |at, r| self.touches(r) && !known(at, r));
        if !active.nothing() {
            self.scan(plan, &active, worker)?;
            for (at, extent) in worker.extents.iter().enumerate() {
                if extent.as_ref().is_some_and(super::extent::Extent::many) {
                    wanted.tell_many(at);
                }
            }
        }
        if let Some(progress) = progress {
            progress(self.rows);
        }
        Ok(())
    }

    fn scan(&self, plan: &Plan, active: &Active, worker: &mut Worker<'_>) -> Result<(), Stop> {
        let (plain, texts) = active.columns(plan);
        let mut columns: Vec<usize> = plain.into_iter().chain(texts).collect();
        columns.sort_unstable();
        // A file of its own: threads that share one would move each other's place in it.
        let file = File::open(&self.path).map_err(|e| Stop::Failed(e.into()))?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
        let batches = builder.with_row_groups(vec![self.number]).with_projection(mask).with_batch_size(BATCH).build()?;
        for batch in batches {
            let batch = batch.map_err(|e| Stop::Failed(e.into()))?;
            let mut frame = Frame { rows: batch.num_rows(), columns: vec![None; plan.schema.fields().len()] };
            for (at, column) in columns.iter().zip(batch.columns()) {
                frame.columns[*at] = Some(column.clone());
            }
            worker.take(&frame, active)?;
        }
        Ok(())
    }
}
