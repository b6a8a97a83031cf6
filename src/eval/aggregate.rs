//! An aggregate over one table in a window and under filters: which rows are read, what is left out, and why there is no
//! value. Knows one table's timeline, and no formulas.

use super::cells::Ask;
use super::dimension;
use super::formula::{Context, World};
use super::notes::{Loss, Notes, Unreached};
use super::timeline::Timeline;
use super::trace::Read;
use super::value::{Datum, ErrorKind, Stretch, Value};
use crate::calendar::{self, CalendarSpan, Window};
use crate::model::plan::{Aggregate, Condition, TableId};
use crate::query::{Answer, Cell, Measure, Row, RowError};
use jiff::civil::DateTime;

/// An aggregate under the filters of a context: the same in every window.
#[derive(Debug)]
pub(super) struct Filtered<'w, 'a> {
    aggregate: &'a Aggregate,
    timeline: &'w Timeline,
    filter: Option<Row>,
    /// Filters that don't reach the table.
    notes: Notes,
}

impl<'a> World<'a> {
    /// An aggregate in a context.
    pub(super) fn aggregate(&self, aggregate: &'a Aggregate, context: &Context<'a>) -> Datum {
        match self.filtered(aggregate, context) {
            Ok(filtered) => self.in_window(&filtered, context),
            Err(why) => Datum::missing(why),
        }
    }

    /// An aggregate with what a context lets through, whatever its window.
    pub(super) fn filtered(&self, aggregate: &'a Aggregate, context: &Context<'a>) -> Result<Filtered<'_, 'a>, String> {
        let timeline = self.timelines.get(aggregate.table).ok_or("a table that wasn't read")?;
        let mut notes = Notes::default();
        let filter = self.filter(aggregate, context, timeline, &mut notes)?;
        Ok(Filtered { aggregate, timeline, filter, notes })
    }

    /// The same in the context's window; its filters are those that it was made with.
    pub(super) fn in_window(&self, filtered: &Filtered<'_, 'a>, context: &Context<'a>) -> Datum {
        let Filtered { aggregate, timeline, filter, notes } = filtered;
        let (aggregate, timeline, mut notes) = (*aggregate, *timeline, notes.clone());
        let part = match self.part(aggregate, context, timeline, &mut notes) {
            Ok(part) => part,
            Err(why) => {
                self.note_excluded(aggregate.table, context.stretch.map(|s| s.window), &mut notes);
                return Datum { notes, ..Datum::missing(why) };
            }
        };
        let other = match (&aggregate.measure, part.earlier) {
            (Measure::Last(x) | Measure::First(x), _) if part.level => Some(Measure::Sum(x.clone())),
            (Measure::Distinct(x), Some(earlier)) => Some(Measure::Retention { id: x.clone(), earlier }),
            _ => None,
        };
        let measure = other.as_ref().unwrap_or(&aggregate.measure);
        let group = context.group.map(|(column, _)| column);
        let ask = Ask { table: aggregate.table, measure, filter: filter.as_ref(), window: part.window, group };
        let counts = !part.level && matches!(measure, Measure::Sum(_) | Measure::Count);
        let traced = self.cells.trace.is_on().then(|| ask.request());
        let Some(answer) = self.cells.look(&ask) else {
            return Datum::missing("not read yet");
        };
        let empty = Cell { value: counts.then_some(0.0), ..Cell::default() };
        let cell = match (answer, context.group) {
            (Answer::One(cell), _) => cell,
            (Answer::Groups(groups), Some((_, key))) => groups.get(key).unwrap_or(&empty),
            (Answer::Groups(_), None) => &empty,
        };
        if let Some(request) = traced {
            let conditions = context.filters.iter().map(|(c, _)| *c).chain(&aggregate.filter);
            let columns = conditions.flat_map(|c| c.columns.clone()).collect();
            let (table, name) = (aggregate.table, timeline.table.clone());
            let (rows, blank, bad) = (cell.rows, cell.skipped, cell.bad);
            self.cells.trace.reads(Read { table, name, request, columns, rows, blank, bad });
        }
        let mut datum = self.datum(aggregate, cell, &part, timeline, context);
        // Of a level that is carried forward, what was left out since then matters.
        let carried = part.window.filter(|w| w.start == DateTime::MIN).zip(cell.newest);
        let touched = match (&aggregate.measure, carried) {
            (Measure::Last(_), Some((w, newest))) => Some(Window::new(newest, w.end)),
            _ => part.window,
        };
        self.note_excluded(aggregate.table, touched, &mut notes);
        if part.earlier.is_some() {
            self.note_excluded(aggregate.table, part.earlier, &mut notes);
        }
        datum.notes.add(&notes);
        datum
    }

    /// The filters that reach an aggregate, as one condition.
    fn filter(
        &self,
        aggregate: &'a Aggregate,
        context: &Context<'a>,
        timeline: &Timeline,
        notes: &mut Notes,
    ) -> Result<Option<Row>, String> {
        for (condition, lenient) in &context.filters {
            match self.reaches(condition, aggregate.table) {
                Ok(()) => {}
                Err(why) if *lenient => {
                    let (filter, table) = (format!("where {}", condition.text), timeline.table.clone());
                    notes.unreached(Unreached { what: None, filter, table, why });
                }
                Err(why) => return Err(format!("`{}` can't filter {}: {why}", condition.text, timeline.table)),
            }
        }
        let own = aggregate.filter.as_ref().map(|c| c.row.clone());
        Ok(dimension::all(self.context_rows(context, aggregate.table).into_iter().chain(own)))
    }

    /// Whether a condition can be applied to a table: its columns are there.
    pub fn reaches(&self, condition: &Condition, table: TableId) -> Result<(), String> {
        // A table without columns holds values that are the same under any filter.
        if self.infos.get(table).copied().flatten().is_some_and(|info| info.columns.is_empty()) {
            return Ok(());
        }
        if condition.tables.iter().any(|t| *t != table) {
            return Err("it names another table".to_owned());
        }
        let Some(info) = self.infos.get(table).copied().flatten() else { return Ok(()) };
        match condition.columns.iter().find(|c| !info.columns.contains_key(*c)) {
            Some(column) => Err(format!("it has no column {column}")),
            None => Ok(()),
        }
    }

    /// Which rows by time: the requested window, and the measure where it depends on steps.
    fn part(
        &self,
        aggregate: &Aggregate,
        context: &Context<'a>,
        timeline: &Timeline,
        notes: &mut Notes,
    ) -> Result<Part, String> {
        if !timeline.timed {
            return Ok(Part { level: false, window: None, earlier: None, stood_for: None });
        }
        let table = &timeline.table;
        let all = Stretch::new(Window::new(DateTime::MIN, timeline.readable), timeline.readable);
        let stretch = context.stretch.unwrap_or(all);
        let cut = stretch.cut.min(timeline.known);
        let stretch = Stretch::new(stretch.window, cut);
        let unbounded = stretch.window.start == DateTime::MIN;
        let stock_like = matches!(aggregate.measure, Measure::Last(_) | Measure::LastPer(..) | Measure::First(_));
        // Each one's own latest may lie in any earlier step.
        let stepped = timeline.every.filter(|_| !matches!(aggregate.measure, Measure::LastPer(..)));
        if !stock_like {
            let read = stretch.read();
            if read.end <= read.start {
                // There may be rows that a lag holds back.
                if timeline.newest.is_some_and(|t| stretch.window.start <= t) {
                    let upto = calendar::day_before_edge(cut);
                    return Err(format!("{table} counts as complete only to {upto}, before {} begins", stretch.window));
                }
                let newest = timeline
                    .newest
                    .map_or_else(|| "it has no row".to_owned(), |t| format!("its newest is {}", t.date()));
                return Err(format!("{table} has no row in {}; {newest}", stretch.window));
            }
            if !timeline.sparse && !unbounded && timeline.first.is_none_or(|f| stretch.window.start < f) {
                let first = timeline.first.map_or_else(|| "never".to_owned(), |t| t.date().to_string());
                return Err(format!("{table} starts on {first}, after {} begins", stretch.window));
            }
            if let Some(why) = self.wholly_excluded(aggregate.table, read) {
                return Err(why);
            }
            if timeline.every.is_some() && !unbounded {
                let total = matches!(aggregate.measure, Measure::Sum(_) | Measure::Count);
                self.whole_steps(aggregate.table, &stretch, timeline, total)?;
            }
            let earlier = match aggregate.retained {
                Some(span) => Some(self.earlier(aggregate.table, &stretch, span, timeline, notes)?),
                None => None,
            };
            let window = Some(self.readable(read, timeline));
            return Ok(Part { level: false, window, earlier, stood_for: Some(read.end) });
        }
        let first = matches!(aggregate.measure, Measure::First(_));
        match (stepped, first) {
            (Some(every), false) => {
                let step = timeline
                    .last_step_by(stretch.window.end.min(cut))
                    .filter(|s| s.end > stretch.window.start)
                    .ok_or_else(|| format!("no {} of {table} ends in {}", step_word(every), stretch.window))?;
                self.step_part(aggregate.table, step, timeline)
            }
            (Some(every), true) => {
                let step = calendar::grid_steps(stretch.read(), every, &timeline.rules)
                    .into_iter()
                    .find(|s| s.start >= stretch.window.start && s.end <= stretch.read().end)
                    .ok_or_else(|| format!("no {} of {table} lies in {}", step_word(every), stretch.window))?;
                self.step_part(aggregate.table, step, timeline)
            }
            (None, false) => {
                let end = stretch.window.end.min(cut);
                let window = self.readable(Window::new(DateTime::MIN, end), timeline);
                Ok(Part { level: false, window: Some(window), earlier: None, stood_for: Some(end) })
            }
            (None, true) => {
                let read = stretch.read();
                if read.end <= read.start {
                    notes.say(format!("{table} has no row in {}", stretch.window));
                }
                let window = Some(self.readable(read, timeline));
                Ok(Part { level: false, window, earlier: None, stood_for: Some(read.end) })
            }
        }
    }

    /// The window of a retention's earlier ids: as long as what is read, and wholly in the data.
    fn earlier(
        &self,
        id: TableId,
        stretch: &Stretch,
        span: CalendarSpan,
        timeline: &Timeline,
        notes: &mut Notes,
    ) -> Result<Window, String> {
        let (read, table) = (stretch.read(), &timeline.table);
        let earlier = read.shifted(span.back()).ok_or_else(|| format!("the calendar ends {span} before {read}"))?;
        if earlier.start < timeline.first.unwrap_or(DateTime::MAX) {
            let first = timeline.first.map_or_else(|| "never".to_owned(), |t| t.date().to_string());
            return Err(format!("{table} starts on {first}, after {earlier} begins: {span} before {read}"));
        }
        if earlier.end > timeline.readable {
            return Err(format!("{table} isn't complete in {earlier}, {span} before {read}"));
        }
        if let Some(why) = self.wholly_excluded(id, earlier) {
            return Err(why);
        }
        if timeline.every.is_some() {
            self.whole_steps(id, &Stretch::new(earlier, earlier.end), timeline, false)?;
        }
        if !stretch.whole() {
            notes.say(format!("{read} is compared with the same part {span} earlier: the window isn't over"));
        }
        Ok(earlier)
    }

    /// A level is the sum over its step's rows.
    fn step_part(&self, table: TableId, step: Window, timeline: &Timeline) -> Result<Part, String> {
        if let Some(why) = self.excluded_step(table, &step) {
            return Err(why);
        }
        if !timeline.has_step(&step) {
            let name = calendar::step_name(&step, &timeline.rules);
            return Err(format!("{} has no row for {name}", timeline.table));
        }
        let window = Some(self.readable(step, timeline));
        Ok(Part { level: true, window, earlier: None, stood_for: Some(step.end) })
    }

    fn readable(&self, window: Window, timeline: &Timeline) -> Window {
        Window::new(window.start, window.end.min(timeline.readable).max(window.start))
    }

    /// A window over readings must hold whole steps, and each must have a row. A total isn't known without a step that is
    /// left out; a mean or a share goes on without it.
    fn whole_steps(&self, id: TableId, stretch: &Stretch, timeline: &Timeline, total: bool) -> Result<(), String> {
        let Some(every) = timeline.every else { return Ok(()) };
        let (table, rules) = (&timeline.table, &timeline.rules);
        let cuts = |at: DateTime| timeline.step_at(at).is_none_or(|s| s.start != at);
        if cuts(stretch.window.start) || cuts(stretch.window.end) {
            let step = step_word(every);
            return Err(format!("{} cuts a {step}: {table} holds one reading a {step}", stretch.window));
        }
        let steps = calendar::grid_steps(stretch.read(), every, rules);
        let left_out = |step: &Window| self.excluded_step(id, step);
        let missing = match total {
            true => steps.iter().find_map(left_out),
            false => steps.iter().map(left_out).reduce(|a, b| a.and(b)).flatten(),
        };
        if let Some(why) = missing {
            return Err(why);
        }
        match steps.into_iter().find(|s| !timeline.has_step(s)) {
            Some(step) => Err(format!("{table} has no row for {}", calendar::step_name(&step, rules))),
            None => Ok(()),
        }
    }

    /// A cell as a value, with the notes that its losses need.
    fn datum(
        &self,
        aggregate: &Aggregate,
        cell: &Cell,
        part: &Part,
        timeline: &Timeline,
        context: &Context<'a>,
    ) -> Datum {
        let table = &timeline.table;
        let mut notes = Notes::default();
        let skipped = match aggregate.measure {
            Measure::Share(_) => "are blank and count as not holding",
            _ => "are blank and left out",
        };
        let losses = [(cell.skipped, skipped), (cell.bad, "are outside 0-10 and left out")];
        for (lost, why) in losses.into_iter().filter(|(n, _)| *n > 0) {
            let reading = (part.window, context.group.map(|(_, key)| key.to_owned()));
            notes.lose(Loss { what: aggregate.text.clone(), table: table.clone(), why, reading, lost, of: cell.rows });
        }
        if let (None, Some(newest), Some(end), Measure::Last(_)) =
            (timeline.every, cell.newest, part.stood_for, &aggregate.measure)
        {
            let age = calendar::days_between(newest, end).ceil() as i64 - 1;
            if age >= 1 {
                let day = calendar::day_before_edge(end);
                notes.say(format!("{table} at {day}: carried forward from {} ({age} days)", newest.date()));
            }
        }
        let value = match (cell.error, cell.value) {
            (Some(RowError::DivZero), _) => Value::Error(ErrorKind::DivZero, aggregate.text.clone()),
            (Some(RowError::Num), _) => Value::Error(ErrorKind::Num, aggregate.text.clone()),
            // A total of blanks only isn't known, and a level without a row isn't zero.
            (None, Some(x)) if !(blank(aggregate, cell) || part.level && cell.rows == 0) => {
                Value::number(x, &aggregate.text)
            }
            (None, _) => Value::Missing(self.nothing(cell, part, timeline, context)),
        };
        Datum { value, until: part.stood_for, notes }
    }

    /// Why an aggregate over known rows has no value.
    fn nothing(&self, cell: &Cell, part: &Part, timeline: &Timeline, context: &Context<'a>) -> String {
        let table = &timeline.table;
        if let Some(earlier) = part.earlier {
            return format!("{table} has nobody in {earlier} who could be seen again");
        }
        let when = match (part.window, part.stood_for) {
            (Some(w), Some(end)) if w.start == DateTime::MIN => format!(" up to {}", calendar::day_before_edge(end)),
            (Some(w), _) => format!(" in {w}"),
            (None, _) => String::new(),
        };
        if cell.rows > 0 {
            return format!("all {} rows of {table}{when} are blank", cell.rows);
        }
        let mut conditions: Vec<String> = context.filters.iter().map(|(c, _)| c.text.clone()).collect();
        conditions.extend(context.group.map(|(column, key)| format!("{column} = \"{key}\"")));
        let newest = timeline.newest.map(|t| format!("; its newest is {}", t.date())).unwrap_or_default();
        if conditions.is_empty() {
            format!("{table} has no row{when}{newest}")
        } else {
            format!("{table} has no row{when} where {}", conditions.join(" and "))
        }
    }
}

/// What is read for an aggregate.
struct Part {
    /// A level: the total of one step's rows, and no value where no row passes.
    level: bool,
    window: Option<Window>,
    /// The window before, of a retention.
    earlier: Option<Window>,
    /// The end of what the value stands for.
    stood_for: Option<DateTime>,
}

/// `quarter`, `2-week step`.
fn step_word(every: CalendarSpan) -> String {
    if every.count == 1 { every.unit.name().to_owned() } else { format!("{}-{} step", every.count, every.unit.name()) }
}

/// True where every row that a total or mean would take is blank.
fn blank(aggregate: &Aggregate, cell: &Cell) -> bool {
    matches!(aggregate.measure, Measure::Sum(_) | Measure::Last(_) | Measure::First(_))
        && cell.rows > 0
        && cell.skipped == cell.rows
}
