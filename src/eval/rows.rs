//! Goals over the rows of a table: `for 95% of tickets` (language reference, For each). Builds conditions over rows and
//! counts them; knows no windows but the one it is given.

use super::aim::{self, Wanted};
use super::each::{self, LISTED};
use super::formula::{Context, World};
use super::notes::Notes;
use super::value::{Stretch, Value};
use super::verdict::{EachReading, EachSummary};
use crate::calendar::Window;
use crate::model::plan::{Comparison, Goal, Quantifier, TableId, Target, TargetKind, Type};
use crate::quantity::{TOLERANCE, Unit};
use crate::query::{Answer, Cell, ColumnType, Measure, Request, Row, RowOp, TableInfo};
use jiff::ToSpan;
use jiff::civil::DateTime;

/// The rows of a goal counted.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// Kept, judged, pending, without a value.
    pub summary: EachSummary,
    /// The target worked out; `None` for a truth value.
    pub aim: Option<aim::Aim>,
    /// What people must know.
    pub notes: Notes,
    /// Why there is nothing to judge.
    pub lacking: Option<String>,
}

/// What a row goal judges.
#[derive(Debug, Clone, Copy)]
pub struct RowsGoal<'a> {
    /// The goal.
    pub goal: &'a Goal,
    /// The rows.
    pub table: TableId,
    /// What each is worth.
    pub value: &'a Row,
    /// A number with its unit, or a truth value.
    pub gives: &'a Type,
    /// What each has to be.
    pub targets: &'a [Target],
}

impl<'a> RowsGoal<'a> {
    /// Counts the rows whose time lies in `window`; all rows where none is given.
    pub fn count(&self, world: &World<'a>, window: Option<Window>) -> Counted {
        let mut out = Counted::default();
        let Some(timeline) = world.timelines.get(self.table) else { return out };
        out.summary.what = timeline.table.clone();
        let wanted = match self.wanted(world, window) {
            Ok(wanted) => wanted,
            Err(why) => return Counted { lacking: Some(why), ..out },
        };
        out.aim = wanted;
        let mut left_out = Notes::default();
        let upto = |w: Window| Window::new(w.start, w.end.min(timeline.readable).max(w.start));
        let window =
            timeline.timed.then(|| upto(window.unwrap_or_else(|| Window::new(DateTime::MIN, timeline.readable))));
        world.note_excluded(self.table, window, &mut left_out);
        let filter = self.goal.filter.as_ref().map(|c| c.row.clone());
        if let Some(Err(why)) = self.goal.filter.as_deref().map(|c| world.reaches(c, self.table)) {
            return Counted { lacking: Some(format!("its `where` can't filter {}: {why}", timeline.table)), ..out };
        }
        let ask = |measure: Measure, extra: Option<Row>| {
            let filter = [filter.clone(), extra].into_iter().flatten().reduce(and);
            one(world.cells.ask(self.table, Request { measure, filter, window, group: None }))
        };
        let count = |extra: Option<Row>| ask(Measure::Count, extra).map_or(0, |c| c.rows);
        let took = self.took(world);
        let keeps = self.condition(self.value.clone(), wanted.map(|a| a.wanted));
        let total = count(None);
        let kept = count(Some(known(took.as_ref(), keeps)));
        let missing = count(Some(missing_at(took.as_ref(), self.value)));
        let open = took.as_ref().and_then(|took| self.open(wanted.map(|a| a.wanted), took));
        let (pending, over) = match &open {
            Some(open) => {
                let within = self.condition(open.so_far.clone(), wanted.map(|a| a.wanted));
                let all = count(Some(open.is_open.clone()));
                let within = count(Some(and(open.is_open.clone(), within)));
                (within, all.saturating_sub(within))
            }
            None => (0, 0),
        };
        out.summary.total = total.saturating_sub(pending);
        out.summary.kept = kept;
        out.summary.pending = pending;
        out.summary.without_value = missing.saturating_sub(pending + over);
        out.notes = notes(&out.summary, over, &timeline.table);
        out.notes.add(&left_out);
        if total == 0 {
            out.lacking = Some(match (window, timeline.newest) {
                (Some(w), Some(newest)) if w.start > DateTime::MIN => {
                    format!("{} has no row in {w}; its newest is {}", timeline.table, newest.date())
                }
                _ => format!("{} has no row that passes", timeline.table),
            });
        }
        self.list(world, &mut out, &ask, wanted.map(|a| a.wanted), took.as_ref(), open.is_some());
        out
    }

    /// The failing rows, the worst first.
    fn list(
        &self,
        world: &World<'a>,
        out: &mut Counted,
        ask: &impl Fn(Measure, Option<Row>) -> Option<Cell>,
        wanted: Option<Wanted>,
        took: Option<&Took>,
        lasts: bool,
    ) {
        let number = |x: f64| Row::Number(x.into());
        let (value, failing, worst_first) = match wanted {
            None => {
                let value = Row::If(Box::new(self.value.clone()), Box::new(number(1.0)), Box::new(number(0.0)));
                (value, fails(self.value.clone()), false)
            }
            Some(wanted) => {
                let upper = matches!(wanted, Wanted::Bound(Comparison::AtMost | Comparison::Below, _));
                let value = match took {
                    Some(took) if lasts => took.lasting(self.value),
                    _ => self.value.clone(),
                };
                let fails = fails(self.condition(value.clone(), Some(wanted)));
                // What has no value yet is listed after the others.
                let fails = if lasts { fails } else { known(took, fails) };
                (value, fails, upper)
            }
        };
        let label = world
            .infos
            .get(self.table)
            .copied()
            .flatten()
            .and_then(|info| info.columns.keys().find(|c| Some(*c) != info.time.as_ref()).cloned());
        let rows = |value: Row, which: Row| {
            let measure = Measure::Rows { value, label: label.clone(), worst_first, limit: LISTED };
            ask(measure, Some(which)).map_or_else(Vec::new, |cell| cell.rows_listed)
        };
        let reading = |key, value| EachReading { key, baseline: None, target: None, value, kept: Some(false) };
        let mut listed: Vec<EachReading> =
            rows(value, failing).into_iter().map(|row| reading(row.key, row.value)).collect();
        if let Some(took) = took.filter(|_| !lasts) {
            listed.extend(rows(took.so_far(), took.later()).into_iter().map(|row| reading(row.key, None)));
            listed.truncate(LISTED);
        }
        out.summary.listed = listed;
    }

    /// What each row has to be; `None` for a truth value.
    fn wanted(&self, world: &World<'a>, window: Option<Window>) -> Result<Option<aim::Aim>, String> {
        let Some(target) = aim::deciding(self.targets) else { return Ok(None) };
        if aim::needs_baseline(&target.kind) {
            return Err(format!("`{}` is a change, and a row has no earlier value: give a bound", target.text));
        }
        let window = window.unwrap_or_else(|| Window::new(DateTime::MIN, world.as_of));
        let context = Context::over(Stretch::new(window, world.as_of));
        let mut numbers = Vec::new();
        for formula in target.kind.expressions() {
            match world.value(formula, &context).value {
                Value::Number(x) => numbers.push(x),
                other => return Err(other.reason().unwrap_or_else(|| "the target is no number".to_owned())),
            }
        }
        let direction = matches!(target.kind, TargetKind::To(_)).then_some(crate::model::plan::Direction::Higher);
        aim::aim(&target.kind, Err("a row has no baseline".to_owned()), &numbers, direction).map(Some)
    }

    /// The condition that a row keeps.
    fn condition(&self, value: Row, wanted: Option<Wanted>) -> Row {
        let compare =
            |op: RowOp, bound: f64| Row::Binary(op, Box::new(value.clone()), Box::new(Row::Number(bound.into())));
        let slack = |bound: f64| TOLERANCE * bound.abs();
        match wanted {
            None => value,
            Some(Wanted::Range(low, high)) => {
                and(compare(RowOp::GreaterOrEqual, low - slack(low)), compare(RowOp::LessOrEqual, high + slack(high)))
            }
            Some(Wanted::Bound(comparison, bound)) => match comparison {
                Comparison::AtLeast => compare(RowOp::GreaterOrEqual, bound - slack(bound)),
                Comparison::AtMost => compare(RowOp::LessOrEqual, bound + slack(bound)),
                Comparison::Above => compare(RowOp::Greater, bound + slack(bound)),
                Comparison::Below => compare(RowOp::Less, bound - slack(bound)),
                Comparison::Equal => and(
                    compare(RowOp::GreaterOrEqual, bound - slack(bound)),
                    compare(RowOp::LessOrEqual, bound + slack(bound)),
                ),
            },
        }
    }

    /// The value as a time difference.
    fn took(&self, world: &World<'a>) -> Option<Took> {
        let Row::Binary(RowOp::Subtract, end, start) = self.value else { return None };
        let info = world.infos.get(self.table).copied().flatten()?;
        let times = is_time(end, info) && is_time(start, info) && *self.gives == Type::Number(Unit::Duration);
        let now = world.as_of.checked_sub(1.microsecond()).ok()?;
        times.then(|| Took { end: (**end).clone(), start: (**start).clone(), now: Row::Moment(now) })
    }

    /// A time difference under an upper bound whose end is missing: it lasts until as-of.
    fn open(&self, wanted: Option<Wanted>, took: &Took) -> Option<Open> {
        let upper = matches!(wanted, Some(Wanted::Bound(Comparison::AtMost | Comparison::Below, _)));
        let is_open = and(took.is_open(), Row::Not(Box::new(missing(&took.start))));
        upper.then(|| Open { is_open, so_far: took.so_far() })
    }
}

/// A row that isn't over yet.
struct Open {
    is_open: Row,
    so_far: Row,
}

/// A time difference within a row, at the moment of judgement: an end later than that isn't known yet, even where the
/// file was written later.
struct Took {
    end: Row,
    start: Row,
    now: Row,
}

impl Took {
    /// The end lies after the moment. Never missing.
    fn later(&self) -> Row {
        let later = Row::Binary(RowOp::Greater, Box::new(self.end.clone()), Box::new(self.now.clone()));
        Row::Binary(RowOp::Otherwise, Box::new(later), Box::new(Row::Truth(false)))
    }

    fn is_open(&self) -> Row {
        Row::Binary(RowOp::Or, Box::new(missing(&self.end)), Box::new(self.later()))
    }

    fn so_far(&self) -> Row {
        Row::Binary(RowOp::Subtract, Box::new(self.now.clone()), Box::new(self.start.clone()))
    }

    /// The value, or how long it has lasted.
    fn lasting(&self, value: &Row) -> Row {
        Row::If(Box::new(self.is_open()), Box::new(self.so_far()), Box::new(value.clone()))
    }
}

/// A condition on rows whose value is known by the moment.
fn known(took: Option<&Took>, condition: Row) -> Row {
    match took {
        Some(took) => and(Row::Not(Box::new(took.later())), condition),
        None => condition,
    }
}

/// True where a value isn't known by the moment.
fn missing_at(took: Option<&Took>, value: &Row) -> Row {
    match took {
        Some(took) => Row::Binary(RowOp::Or, Box::new(took.later()), Box::new(missing(value))),
        None => missing(value),
    }
}

fn missing(x: &Row) -> Row {
    Row::IsMissing(Box::new(x.clone()))
}

/// True for a date or a moment.
fn is_time(row: &Row, info: &TableInfo) -> bool {
    match row {
        Row::Column(name) => {
            let times = [ColumnType::Date, ColumnType::Timestamp, ColumnType::Empty];
            info.columns.get(name).is_some_and(|kind| times.contains(kind))
        }
        Row::Period(_) | Row::Moment(_) => true,
        Row::Binary(RowOp::Otherwise, a, b) | Row::If(_, a, b) => is_time(a, info) && is_time(b, info),
        Row::Extreme { of, .. } => of.iter().all(|row| is_time(row, info)),
        _ => false,
    }
}

/// A condition that doesn't hold: a missing one doesn't either.
fn fails(condition: Row) -> Row {
    let otherwise = Row::Binary(RowOp::Otherwise, Box::new(condition), Box::new(Row::Truth(false)));
    Row::Not(Box::new(otherwise))
}

fn and(a: Row, b: Row) -> Row {
    Row::Binary(RowOp::And, Box::new(a), Box::new(b))
}

fn one(answer: Option<&Answer>) -> Option<Cell> {
    match answer {
        Some(Answer::One(cell)) => Some(cell.clone()),
        _ => None,
    }
}

fn notes(summary: &EachSummary, over: u64, table: &str) -> Notes {
    let counts = [
        (over, ["has no end yet and is", "have no end yet and are"], " over the limit already: not kept"),
        (
            summary.pending,
            ["has no end yet and is", "have no end yet and are"],
            " within the limit: pending, not counted",
        ),
        (summary.without_value, ["has", "have"], " no value to judge: not kept"),
    ];
    let mut notes = Notes::default();
    for (n, [one, more], what) in counts.iter().filter(|(n, ..)| *n > 0) {
        let (rows, are) = if *n == 1 { ("row", one) } else { ("rows", more) };
        notes.say(format!("{n} {rows} of {table} {are}{what}"));
    }
    notes
}

/// The share of rows that keep the target, against the share that is asked for.
pub fn pace(quantifier: Quantifier, counted: &Counted) -> f64 {
    each::pace(quantifier, counted.summary.kept, counted.summary.total)
}
