//! The requests of a plan as aggregates over one table: which of them a database can answer alone, and which columns
//! of which statement each is made of. Knows expressions, and neither connections nor what comes back.

use super::dialect::{Dialect, Native};
use super::words::{DISTINCT, PERCENTILE, Speaker, at_time, column, double, micros, trunc, within, word};
use crate::engine::datafusion::plan::{Plan, Request, Slot};
use crate::engine::datafusion::row::DAY;
use crate::query::Measure;
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::error::Result;
use datafusion::functions_aggregate::expr_fn::{count, max, min, sum};
use datafusion::logical_expr::{cast, when};
use datafusion::prelude::{Expr, ident, lit};
use indexmap::IndexSet;

/// So many columns are asked for in one statement: PostgreSQL gives at most 1664.
const COLUMNS: usize = 500;

/// So many stretches of time a statement names, before it takes all between the first and the last.
const STRETCHES: usize = 16;

/// Below this, a number times [`WHOLE`] is no more than 63 bits long.
const LARGE: f64 = (1_u64 << 46) as f64;
/// The part of a number before this binary place is added up by itself: see [`Figure::Halves`].
pub const WHOLE: f64 = 65_536.0;
/// And so many places behind it.
const REST: f64 = (1_u64 << 62) as f64;

/// Where in a statement's columns a cell's parts stand.
pub struct Wanted {
    /// Which request of the plan.
    pub request: usize,
    /// How many rows pass.
    pub rows: usize,
    /// The earliest and the latest time.
    pub times: Option<(usize, usize)>,
    /// How many rows have an argument.
    pub seen: Option<usize>,
    /// How many of the rows count at all: of `Last`, those of the last day.
    pub counted: usize,
    /// How many rows fail, and the least error.
    pub errors: Option<(usize, usize)>,
    /// How many rows have a number that only the local way takes.
    pub wild: Option<usize>,
    /// What makes the value.
    pub figure: Figure,
}

/// What makes the value of a cell: places of columns.
pub enum Figure {
    /// The rows do.
    Rows,
    /// A total of whole numbers.
    Whole(usize),
    /// A total of floating point, exact whatever the order: the sum of each number's part before the 16th binary place,
    /// and that of the rest in units of 2⁻⁷⁸.
    Halves(usize, usize),
    /// Rows that count one, and rows that take one away.
    Counts(usize, Option<usize>),
    /// Rows that count one, rows that take one away, and rows out of range.
    Answers(usize, usize, usize),
    /// The least or the greatest.
    Extreme(usize),
    /// The value between two ranks.
    Middle(usize),
    /// A number of values.
    Distinct(usize),
}

/// One statement.
pub struct Statement<'a> {
    ask: &'a Ask<'a>,
    /// What groups its rows.
    pub group: Option<Expr>,
    inner: IndexSet<Expr>,
    outer: IndexSet<Expr>,
    /// Which windows it needs; `None`: all rows.
    windows: Option<Vec<(i64, i64)>>,
    /// True where excluded rows count too.
    all: bool,
    /// The cells that it gives.
    pub wanted: Vec<Wanted>,
}

/// A plan as a database would be asked.
pub struct Ask<'a> {
    speaker: &'a Speaker,
    dialect: &'static Dialect,
    plan: &'a Plan,
    place: String,
    said: Vec<Option<Expr>>,
    /// The rows' time in the database's own type.
    time: Option<(Native, Expr)>,
    /// Likewise, infinite ones among them: it picks no fewer rows, and an index serves it.
    moment: Option<Expr>,
    /// The column as it is stored.
    stored: Option<String>,
    timed: bool,
}

/// Conditions of which all hold.
fn all(conditions: Vec<Expr>) -> Option<Expr> {
    conditions.into_iter().reduce(Expr::and)
}

/// Conditions of which one holds.
fn any(conditions: Vec<Expr>) -> Option<Expr> {
    conditions.into_iter().reduce(Expr::or)
}

/// `value` where the condition holds, else nothing.
fn only(condition: Option<&Expr>, value: Expr) -> Result<Expr> {
    match condition {
        Some(condition) => when(condition.clone(), value).end(),
        None => Ok(value),
    }
}

fn absolute(x: Expr) -> Expr {
    word("abs", vec![x], DataType::Float64)
}

impl<'a> Ask<'a> {
    /// `plan` over the table that is written `place`, whose time is in column `time`.
    pub fn new(
        speaker: &'a Speaker,
        dialect: &'static Dialect,
        plan: &'a Plan,
        place: &str,
        time: Option<&str>,
    ) -> Self {
        let said = plan.exprs.iter().map(|e| speaker.say(e)).collect();
        let known = time.and_then(|name| speaker.time(name));
        let moment = time.and_then(|name| speaker.moment(name)).map(|(_, moment)| moment);
        let (place, stored, timed) = (place.to_owned(), time.map(str::to_owned), time.is_some());
        Self { speaker, dialect, plan, place, said, time: known, moment, stored, timed }
    }

    fn slot(&self, slot: Slot) -> Option<(Expr, Option<Expr>)> {
        let value = self.said.get(slot.value)?.clone()?;
        match slot.error {
            Some(at) => Some((value, Some(self.said.get(at)?.clone()?))),
            None => Some((value, None)),
        }
    }

    /// True where the database says all of a request.
    pub fn can(&self, request: &Request) -> bool {
        let known = match &request.measure {
            Measure::LastPer(..) | Measure::Stdev(_) | Measure::Retention { .. } | Measure::Rows { .. } => false,
            Measure::Median(_) | Measure::Percentile(..) => self.dialect.exact_percentile,
            // The list of times is asked for by itself.
            Measure::Extent => request.group.is_none(),
            _ => true,
        };
        let says = |slot: Option<Slot>| slot.is_none_or(|s| self.slot(s).is_some());
        let group = request.group.and_then(|g| self.plan.coded.get(g)).copied();
        known
            && (!self.timed || self.time.is_some())
            && [self.plan.table_filter, request.filter, request.argument, group].into_iter().all(says)
    }

    /// That a time lies in a window.
    fn inside(&self, window: (i64, i64), time: &Expr) -> Option<Expr> {
        let (native, _) = self.time.as_ref()?;
        Some(within(time, window, |at| at_time(*native, at)))
    }

    /// That a row belongs to the table at all, or that this could not be computed.
    fn belongs(&self) -> Option<Expr> {
        let (value, error) = self.slot(self.plan.table_filter?)?;
        any([Some(value.is_true()), error.map(Expr::is_not_null)].into_iter().flatten().collect())
    }

    /// The rows that any of `windows` (or all time) needs, as what stands behind FROM; `excluded`: without those that
    /// count for nothing; `more` conditions hold.
    pub fn rows_of(&self, windows: Option<&[(i64, i64)]>, excluded: bool, more: Vec<Expr>) -> Result<String> {
        let mut conditions: Vec<Expr> = self.belongs().into_iter().chain(more).collect();
        if let (Some(windows), Some(time)) = (windows, &self.moment) {
            let windows = joined(windows);
            conditions.extend(any(windows.iter().filter_map(|w| self.inside(*w, time)).collect()));
            conditions.extend(self.near(&windows));
        }
        if let (true, Some((_, time))) = (excluded, &self.time) {
            let inside = self.plan.excluded.iter().filter_map(|w| self.inside(*w, time));
            conditions.extend(inside.map(Expr::is_not_true));
        }
        match all(conditions) {
            Some(condition) => Ok(format!("{} WHERE {}", self.place, self.speaker.sql(&condition)?)),
            None => Ok(self.place.clone()),
        }
    }

    /// Of instants, a condition over the column itself, which an index serves: civil time is less than a day off.
    fn near(&self, windows: &[(i64, i64)]) -> Option<Expr> {
        let stored = self.stored.as_ref().filter(|name| self.speaker.native(name) == Some(Native::Instant))?;
        let utc = |at: i64| {
            let moment = at_time(Native::Instant, at)?;
            Some(word("timezone", vec![lit("UTC"), moment], DataType::Timestamp(TimeUnit::Microsecond, None)))
        };
        let (start, end) = (windows.iter().map(|w| w.0).min()?, windows.iter().map(|w| w.1).max()?);
        Some(within(&column(stored), (start.saturating_sub(DAY), end.saturating_add(DAY)), utc))
    }

    /// The statements for those requests that `asked` picks. `edges`: for `Last` and `First` the time that counts.
    pub fn statements(&'a self, asked: &[usize], edges: &[Option<i64>]) -> Result<Vec<Statement<'a>>> {
        let mut done: Vec<Statement<'a>> = Vec::new();
        for at in asked {
            let Some(request) = self.plan.requests.get(*at) else { continue };
            let slot = request.group.and_then(|g| self.plan.coded.get(g));
            let group = slot.and_then(|s| self.slot(*s)).map(|(value, _)| value);
            let extent = request.measure == Measure::Extent;
            let open = done.iter().position(|s| s.group == group && s.all == extent && s.outer.len() < COLUMNS);
            let open = open.unwrap_or_else(|| {
                done.push(Statement::new(self, group, extent));
                done.len() - 1
            });
            if let Some(statement) = done.get_mut(open) {
                statement.add(*at, request, edges.get(*at).copied().flatten())?;
            }
        }
        Ok(done)
    }

    /// For each request of `Last` and `First`, the statement's column that gives the time which counts.
    pub fn edges(&'a self, asked: &[usize]) -> Result<(Statement<'a>, Vec<(usize, usize)>)> {
        let mut statement = Statement::new(self, None, false);
        let mut places = Vec::new();
        for at in asked {
            let Some(request) = self.plan.requests.get(*at) else { continue };
            let (last, Some((native, time))) = (matches!(request.measure, Measure::Last(_)), &self.time) else {
                continue;
            };
            if !last && !matches!(request.measure, Measure::First(_)) {
                continue;
            }
            statement.need(request.window);
            let time = statement.inner(time.clone());
            let inside = request.window.and_then(|w| self.inside(w, &time));
            let time = only(inside.as_ref(), time)?;
            let edge = if last { max(time) } else { min(time) };
            places.push((*at, statement.outer(micros(*native, edge))));
        }
        Ok((statement, places))
    }

    /// The different times of the rows that one request sees, at most `limit`.
    pub fn times(&self, request: &Request, limit: usize) -> Result<Option<String>> {
        let Some((native, time)) = &self.time else { return Ok(None) };
        let mut conditions = vec![time.clone().is_not_null()];
        if let Some((value, error)) = request.filter.and_then(|f| self.slot(f)) {
            let passes = [Some(value.is_true()), error.map(Expr::is_not_null), self.astray().map(Expr::is_not_null)];
            conditions.extend(any(passes.into_iter().flatten().collect()));
        }
        let windows = request.window.map(|w| vec![w]);
        let rows = self.rows_of(windows.as_deref(), false, conditions)?;
        let time = self.speaker.sql(&micros(*native, time.clone()))?;
        Ok(Some(format!("SELECT DISTINCT {time} AS t FROM {rows} LIMIT {limit}")))
    }

    /// What failed in the table's own condition.
    fn astray(&self) -> Option<Expr> {
        self.slot(self.plan.table_filter?)?.1
    }
}

/// Windows without overlaps, in order; few.
fn joined(windows: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut sorted = windows.to_vec();
    sorted.sort_unstable();
    let mut out: Vec<(i64, i64)> = Vec::new();
    for (start, end) in sorted {
        match out.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    match (out.first(), out.last()) {
        (Some(first), Some(last)) if out.len() > STRETCHES => vec![(first.0, last.1)],
        _ => out,
    }
}

impl<'a> Statement<'a> {
    fn new(ask: &'a Ask<'a>, group: Option<Expr>, all: bool) -> Self {
        let (inner, outer) = (IndexSet::new(), IndexSet::new());
        Self { ask, group, inner, outer, windows: Some(Vec::new()), all, wanted: Vec::new() }
    }

    /// A column of the rows, by the name that it has among them.
    fn inner(&mut self, expr: Expr) -> Expr {
        ident(format!("x{}", self.inner.insert_full(expr).0))
    }

    fn outer(&mut self, expr: Expr) -> usize {
        self.outer.insert_full(expr).0
    }

    fn need(&mut self, window: Option<(i64, i64)>) {
        match (window, &mut self.windows) {
            (Some(window), Some(windows)) => windows.push(window),
            _ => self.windows = None,
        }
    }

    /// True where it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.outer.is_empty()
    }

    fn add(&mut self, at: usize, request: &Request, edge: Option<i64>) -> Result<()> {
        let ask = self.ask;
        self.need(request.window);
        let time = ask.time.as_ref().map(|(native, time)| (*native, self.inner(time.clone())));
        let inside = request.window.zip(time.as_ref()).and_then(|(w, (_, t))| ask.inside(w, t));
        let filter = request.filter.and_then(|f| ask.slot(f));
        let argument = request.argument.and_then(|a| ask.slot(a));
        let errors: Vec<Expr> = [
            ask.astray(),
            filter.as_ref().and_then(|(_, e)| e.clone()),
            argument.as_ref().and_then(|(_, e)| e.clone()),
        ]
        .into_iter()
        .flatten()
        .collect();
        let passes = filter.map(|(value, error)| {
            let ways = [Some(value.is_true()), error.map(Expr::is_not_null), ask.astray().map(Expr::is_not_null)];
            any(ways.into_iter().flatten().collect()).unwrap_or_else(|| lit(true))
        });
        let passes = passes.map(|p| self.inner(p));
        let mut conditions: Vec<Expr> = inside.into_iter().chain(passes).collect();
        let condition = all(conditions.clone());
        let rows = only(condition.as_ref(), lit(1_i64)).map(|one| self.outer(count(one)))?;
        let times = match &time {
            Some((native, time)) => {
                let time = only(condition.as_ref(), time.clone())?;
                Some((self.outer(micros(*native, min(time.clone()))), self.outer(micros(*native, max(time)))))
            }
            None => None,
        };
        if let (Measure::Last(_) | Measure::First(_), Some((native, time))) = (&request.measure, &time) {
            let edge = edge.and_then(|e| at_time(*native, e));
            conditions.push(edge.map_or_else(|| lit(false), |e| time.clone().eq(e)));
        }
        let mut wanted = Wanted {
            request: at,
            rows,
            times,
            seen: None,
            counted: rows,
            errors: None,
            wild: None,
            figure: Figure::Rows,
        };
        wanted.counted = only(all(conditions.clone()).as_ref(), lit(1_i64)).map(|one| self.outer(count(one)))?;
        if !errors.is_empty() {
            let error = self.inner(word("coalesce", errors, DataType::Int64));
            let failed = only(all(conditions.clone()).as_ref(), error.clone())?;
            wanted.errors = Some((self.outer(count(failed.clone())), self.outer(min(failed))));
            conditions.push(error.is_null());
        }
        if let Some((value, _)) = argument {
            self.argument(&mut wanted, request, all(conditions).as_ref(), value)?;
        }
        self.wanted.push(wanted);
        Ok(())
    }

    fn argument(&mut self, wanted: &mut Wanted, request: &Request, counts: Option<&Expr>, value: Expr) -> Result<()> {
        let compiled = request.argument.and_then(|slot| self.ask.plan.exprs.get(slot.value));
        let whole = compiled.is_some_and(|e| self.ask.speaker.is_whole(e));
        let finite = compiled.is_some_and(|e| self.ask.speaker.is_finite(e));
        let x = self.inner(value.clone());
        let own = only(counts, x.clone())?;
        wanted.seen = Some(self.outer(count(own.clone())));
        let holding = |statement: &mut Self, condition: Expr| {
            let both = all(counts.cloned().into_iter().chain([condition]).collect());
            only(both.as_ref(), lit(1_i64)).map(|one| statement.outer(count(one)))
        };
        let numeric = !matches!(request.measure, Measure::Share(_) | Measure::Distinct(_));
        if numeric && !finite {
            let endless = absolute(value.clone()).gt(double(f64::MAX));
            wanted.wild = Some(self.wild(endless)?);
        }
        wanted.figure = match &request.measure {
            Measure::Sum(_) | Measure::Avg(_) | Measure::Last(_) | Measure::First(_) => match compiled {
                Some(Expr::Column(c)) if whole => {
                    let stored = self.inner(column(&c.name));
                    let total = only(counts, stored).map(|own| text(sum(own)))?;
                    Figure::Whole(self.outer(total))
                }
                _ => self.halves(wanted, counts, value)?,
            },
            Measure::Min(_) => Figure::Extreme(self.outer(min(own))),
            Measure::Max(_) => Figure::Extreme(self.outer(max(own))),
            Measure::Share(_) => Figure::Counts(holding(self, x.is_true())?, None),
            Measure::Csat(_, threshold) => {
                Figure::Counts(holding(self, x.gt_eq(double(threshold.into_inner())))?, None)
            }
            Measure::Nps(_) => {
                let between = |low: f64, high: f64| x.clone().gt_eq(double(low)).and(x.clone().lt_eq(double(high)));
                let out = x.clone().lt(double(0.0)).or(x.clone().gt(double(10.0)));
                let (plus, minus) = (holding(self, between(9.0, 10.0))?, holding(self, between(0.0, 6.0))?);
                Figure::Answers(plus, minus, holding(self, out)?)
            }
            Measure::Median(_) => Figure::Middle(self.middle(own, 50.0)),
            Measure::Percentile(_, p) => Figure::Middle(self.middle(own, p.into_inner())),
            Measure::Distinct(_) => Figure::Distinct(self.outer(word(DISTINCT, vec![own], DataType::Int64))),
            _ => Figure::Rows,
        };
        Ok(())
    }

    fn middle(&mut self, value: Expr, p: f64) -> usize {
        let share = double((p / 100.0).clamp(0.0, 1.0));
        self.outer(word(PERCENTILE, vec![share, value], DataType::Float64))
    }

    /// How many rows there are of which only the local way makes something.
    fn wild(&mut self, condition: Expr) -> Result<usize> {
        let condition = self.inner(condition.is_true());
        only(Some(&condition), lit(1_i64)).map(|one| self.outer(count(one)))
    }

    fn halves(&mut self, wanted: &mut Wanted, counts: Option<&Expr>, value: Expr) -> Result<Figure> {
        let scaled = value.clone() * double(WHOLE);
        let behind = (scaled.clone() - trunc(scaled.clone())) * double(REST);
        let small = absolute(value).lt(double(LARGE));
        let part = |x: Expr| when(small.clone(), cast(x, DataType::Int64)).end();
        let (before, rest) = (self.inner(part(trunc(scaled))?), self.inner(part(trunc(behind.clone()))?));
        let lost = small.is_false().or(behind.clone().not_eq(trunc(behind)).is_true());
        wanted.wild = Some(self.wild(lost)?);
        let total = |part: Expr| only(counts, part).map(|own| text(sum(own)));
        let (before, rest) = (total(before)?, total(rest)?);
        Ok(Figure::Halves(self.outer(before), self.outer(rest)))
    }

    /// Its text: the groups' values first, where it has some.
    pub fn sql(&self) -> Result<String> {
        let speaker = self.ask.speaker;
        let mut inner = Vec::with_capacity(self.inner.len() + 1);
        let mut outer = Vec::with_capacity(self.outer.len() + 1);
        if let Some(group) = &self.group {
            inner.push(format!("{} AS g", speaker.sql(group)?));
            outer.push("g".to_owned());
        }
        for (i, expr) in self.inner.iter().enumerate() {
            inner.push(format!("{} AS x{i}", speaker.sql(expr)?));
        }
        for (i, expr) in self.outer.iter().enumerate() {
            outer.push(format!("{} AS c{i}", speaker.sql(expr)?));
        }
        if inner.is_empty() {
            inner.push("1 AS x".to_owned());
        }
        let rows = self.ask.rows_of(self.windows.as_deref(), !self.all, Vec::new())?;
        let groups = if self.group.is_some() { " WHERE g IS NOT NULL GROUP BY g" } else { "" };
        Ok(format!("SELECT {} FROM (SELECT {} FROM {rows}) AS q{groups}", outer.join(", "), inner.join(", ")))
    }
}

/// Sums of whole numbers are longer than 64 bits: they come as text.
fn text(x: Expr) -> Expr {
    cast(x, DataType::Utf8)
}
