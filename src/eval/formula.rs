//! What a formula is worth in a window and under filters: V(m, W, F) of the language reference. Pure: cells that aren't
//! known yet make the value missing and are remembered as wanted.

use super::arithmetic;
use super::cells::Cells;
use super::functions;
use super::notes::{Loss, Notes};
use super::timeline::Timeline;
use super::value::{Datum, ErrorKind, Stretch, Value};
use crate::calendar::{self, CalendarSpan, SpanUnit, Window};
use crate::model::plan::{Aggregate, Condition, Formula, Node, Plan, TableId, ToDate};
use crate::query::{Answer, Cell, Measure, Request, Row, RowError, RowOp, TableInfo};
use jiff::civil::DateTime;

/// What evaluation knows: the plan, how far tables go, the cells so far.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The typed plan.
    pub plan: &'a Plan,
    /// In the order of the plan's tables.
    pub timelines: &'a [Timeline],
    /// What the engine found, in the order of the plan's tables; `None` where a table wasn't opened.
    pub infos: &'a [Option<&'a TableInfo>],
    /// Answers so far.
    pub cells: &'a Cells,
    /// The first moment that is not read.
    pub as_of: DateTime,
}

/// Where a formula is evaluated.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// The window, cut where data ends; `None` for a let without one: all time.
    pub stretch: Option<Stretch>,
    /// Filters, outermost first; a lenient one passes over tables that lack its columns.
    pub filters: Vec<(&'a Condition, bool)>,
    /// One value of a dimension.
    pub group: Option<(&'a str, &'a str)>,
}

impl<'a> Context<'a> {
    /// A window without filters.
    pub fn over(stretch: Stretch) -> Self {
        Self { stretch: Some(stretch), filters: Vec::new(), group: None }
    }

    /// The same filters over another window.
    pub fn at(&self, stretch: Stretch) -> Self {
        Self { stretch: Some(stretch), ..self.clone() }
    }

    fn and(&self, condition: &'a Condition) -> Self {
        let mut out = self.clone();
        out.filters.push((condition, false));
        out
    }
}

/// How deep lets and metrics may stand in one another.
const MAX_DEPTH: usize = 200;

impl<'a> World<'a> {
    /// The value of `formula` in `context`.
    pub fn value(&self, formula: &'a Formula, context: &Context<'a>) -> Datum {
        self.at_depth(formula, context, 0)
    }

    /// The value of a formula that stands `depth` lets and metrics deep.
    pub(super) fn at_depth(&self, formula: &'a Formula, context: &Context<'a>, depth: usize) -> Datum {
        if depth > MAX_DEPTH {
            return Datum::plain(Value::Error(ErrorKind::Value, format!("formulas more than {MAX_DEPTH} deep")));
        }
        let of = |f: &'a Formula| self.at_depth(f, context, depth + 1);
        match &formula.node {
            Node::Number(x) => Datum::plain(Value::number(*x, "a literal")),
            Node::Text(t) => Datum::plain(Value::Text(t.clone())),
            Node::Truth(t) => Datum::plain(Value::Truth(*t)),
            Node::Time(t) => Datum::plain(Value::Time(*t)),
            Node::Metric(id) => match self.plan.metrics.get_index(*id) {
                Some((_, metric)) => self.at_depth(&metric.value, context, depth + 1),
                None => Datum::missing("a metric that isn't there"),
            },
            Node::Let(id) => match self.plan.lets.get_index(*id) {
                // A let is one value: no window or filter from outside reaches it.
                Some((_, cell)) => {
                    let free = Context { stretch: None, filters: Vec::new(), group: None };
                    self.at_depth(&cell.value, &free, depth + 1)
                }
                None => Datum::missing("a let that isn't there"),
            },
            Node::Budget(id) => match self.plan.campaigns.get_index(*id) {
                Some((name, campaign)) => match &campaign.budget {
                    Some(budget) => of(budget),
                    None => Datum::missing(format!("campaign {name} has no budget")),
                },
                None => Datum::missing("a campaign that isn't there"),
            },
            Node::Aggregate(aggregate) => self.aggregate(aggregate, context),
            Node::Window(x, period) => match period.window(&self.plan.facts.rules) {
                Some(window) => self.at_depth(x, &context.at(Stretch::new(window, self.end_of(x))), depth + 1),
                None => Datum::missing(format!("there is no period {period}")),
            },
            Node::Shift(x, by) => {
                self.moved(x, context, depth, |s| Some(Stretch::new(s.window.shifted(*by)?, self.end_of(x))))
            }
            Node::Filter(x, condition) => self.at_depth(x, &context.and(condition), depth + 1),
            Node::Campaign(x, id) => match self.plan.campaigns.get_index(*id) {
                Some((_, campaign)) => {
                    let stretch = Stretch::new(campaign.window, self.end_of(x));
                    let mut inner = context.at(stretch);
                    inner.filters.extend(campaign.filter.as_ref().map(|f| (f, false)));
                    let mut datum = self.at_depth(x, &inner, depth + 1);
                    // A campaign that runs is read as far as it is known: said, as its window doesn't follow the goal's.
                    if !stretch.whole() && !datum.value.is_void() {
                        let (ends, known) = (campaign.window.last_day(), calendar::day_before_edge(stretch.read().end));
                        datum.notes.say(format!("{} runs to {ends}, and is known to {known}", campaign.name));
                    }
                    datum
                }
                None => Datum::missing("a campaign that isn't there"),
            },
            Node::Over(x, span) => self.moved(x, context, depth, |s| {
                let end = s.read().end;
                Some(Stretch::new(Window::new(span.back().shift_edge(end)?, end), s.cut))
            }),
            Node::ToDate(x, from) => self.moved(x, context, depth, |s| {
                let end = s.read().end;
                Some(Stretch::new(Window::new(self.start_of(*from, end)?, end), s.cut))
            }),
            Node::Growth(x, by) => self.growth(x, *by, context, depth),
            Node::Negate(x) => arithmetic::negate(&of(x), &self.place(formula)),
            Node::Not(x) => arithmetic::not(&of(x), &self.place(formula)),
            Node::Binary(op, a, b) => arithmetic::binary(*op, &of(a), &of(b), &self.place(formula)),
            Node::In(x, values) => {
                let values: Vec<Datum> = values.iter().map(of).collect();
                arithmetic::is_in(&of(x), &values)
            }
            Node::Between(x, low, high) => arithmetic::between(&of(x), &of(low), &of(high), &self.place(formula)),
            // Both branches are evaluated, so that all cells are asked for at once.
            Node::If(c, a, b) => arithmetic::choose(&of(c), &of(a), &of(b), &self.place(formula)),
            Node::Call(function, arguments) => {
                let arguments: Vec<Datum> = arguments.iter().map(of).collect();
                functions::call(*function, &arguments, &self.place(formula))
            }
            Node::Pair(pair, x, y) => self.pair(*pair, [x, y], context, depth, &self.place(formula)),
        }
    }

    /// A formula in a window that follows from the context's.
    fn moved(
        &self,
        formula: &'a Formula,
        context: &Context<'a>,
        depth: usize,
        to: impl Fn(Stretch) -> Option<Stretch>,
    ) -> Datum {
        match context.stretch.and_then(to) {
            Some(stretch) => self.at_depth(formula, &context.at(stretch), depth + 1),
            None => Datum::missing("there is no window to move here"),
        }
    }

    /// growth(x, s) = (x − x[−s]) / |x[−s]|; in an unfinished window both sides take the same elapsed part.
    fn growth(&self, x: &'a Formula, by: CalendarSpan, context: &Context<'a>, depth: usize) -> Datum {
        let Some(stretch) = context.stretch else { return Datum::missing("growth needs a window") };
        let read = stretch.read();
        let now = self.at_depth(x, context, depth + 1);
        let before = self.moved(x, context, depth, |_| Some(Stretch::new(read.shifted(by.back())?, self.end_of(x))));
        let change = arithmetic::relative_change(&now, &before, &self.place(x));
        let mut out = Datum::joined(change, [&now]);
        out.notes.add(&before.notes);
        if !stretch.whole() {
            out.notes.say(format!("growth compares {read} with the same part {by} earlier: the window isn't over"));
        }
        out
    }

    /// Where the first of a formula's tables ends: nothing later is known of all of them.
    fn end_of(&self, formula: &Formula) -> DateTime {
        let timed = self.tables(formula).into_iter().filter_map(|t| self.timelines.get(t)).filter(|t| t.timed);
        timed.map(|t| t.known).min().unwrap_or(self.as_of)
    }

    /// The start of the (fiscal) year, quarter or month that holds the last moment before `end`.
    fn start_of(&self, from: ToDate, end: DateTime) -> Option<DateTime> {
        let unit = match from {
            ToDate::Year => SpanUnit::Year,
            ToDate::Quarter => SpanUnit::Quarter,
            ToDate::Month => SpanUnit::Month,
        };
        let inside = calendar::day_before_edge(end);
        Some(calendar::step_holding(inside.into(), CalendarSpan::new(1, unit), &self.plan.facts.rules)?.start)
    }

    /// How messages name a formula.
    fn place(&self, formula: &Formula) -> String {
        self.text(formula)
    }

    /// A formula as people would write it, shortly: names stay names.
    pub fn text(&self, formula: &Formula) -> String {
        super::words::formula(self.plan, formula)
    }

    /// The tables that a formula reads, through metrics but not through lets, in order.
    pub fn tables(&self, formula: &Formula) -> Vec<TableId> {
        let mut found = Vec::new();
        super::words::visit(self.plan, formula, &mut |f| {
            if let Node::Aggregate(a) = &f.node
                && !found.contains(&a.table)
            {
                found.push(a.table);
            }
        });
        found.sort_unstable();
        found
    }

    /// An aggregate in a context.
    fn aggregate(&self, aggregate: &'a Aggregate, context: &Context<'a>) -> Datum {
        let Some(timeline) = self.timelines.get(aggregate.table) else {
            return Datum::missing("a table that wasn't read");
        };
        let mut notes = Notes::default();
        let filter = match self.filter(aggregate, context, timeline, &mut notes) {
            Ok(filter) => filter,
            Err(why) => return Datum::missing(why),
        };
        let part = match self.part(aggregate, context, timeline, &mut notes) {
            Ok(part) => part,
            Err(why) => return Datum { notes, ..Datum::missing(why) },
        };
        let request = Request {
            measure: match &aggregate.measure {
                Measure::Last(x) | Measure::First(x) if part.level => Measure::Sum(x.clone()),
                other => other.clone(),
            },
            filter,
            window: part.window,
            group: context.group.map(|(column, _)| column.to_owned()),
        };
        let counts = !part.level && matches!(request.measure, Measure::Sum(_) | Measure::Count);
        let Some(answer) = self.cells.ask(aggregate.table, request) else {
            return Datum::missing("not read yet");
        };
        let empty = Cell { value: counts.then_some(0.0), ..Cell::default() };
        let cell = match (answer, context.group) {
            (Answer::One(cell), _) => cell,
            (Answer::Groups(groups), Some((_, key))) => groups.get(key).unwrap_or(&empty),
            (Answer::Groups(_), None) => &empty,
        };
        let mut datum = self.datum(aggregate, cell, &part, timeline, context);
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
        let mut parts: Vec<&Row> = Vec::new();
        for (condition, lenient) in &context.filters {
            match self.reaches(condition, aggregate.table) {
                Ok(()) => parts.push(&condition.row),
                Err(why) if *lenient => {
                    let note = format!("`where {}` doesn't reach {}: {why}", condition.text, timeline.table);
                    notes.say(note);
                }
                Err(why) => return Err(format!("`{}` can't filter {}: {why}", condition.text, timeline.table)),
            }
        }
        parts.extend(aggregate.filter.as_ref().map(|c| &c.row));
        let mut seen: Vec<&Row> = Vec::new();
        for part in parts {
            if !seen.contains(&part) {
                seen.push(part);
            }
        }
        Ok(seen.into_iter().cloned().reduce(|a, b| Row::Binary(RowOp::And, Box::new(a), Box::new(b))))
    }

    /// Whether a condition can be applied to a table: its columns are there.
    pub fn reaches(&self, condition: &Condition, table: TableId) -> Result<(), String> {
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
            return Ok(Part { level: false, window: None, stood_for: None });
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
                let newest = timeline
                    .newest
                    .map_or_else(|| "it has no row".to_owned(), |t| format!("its newest is {}", t.date()));
                return Err(format!("{table} has no row in {}; {newest}", stretch.window));
            }
            if !timeline.sparse && !unbounded && timeline.first.is_none_or(|f| stretch.window.start < f) {
                let first = timeline.first.map_or_else(|| "never".to_owned(), |t| t.date().to_string());
                return Err(format!("{table} starts on {first}, after {} begins", stretch.window));
            }
            if timeline.every.is_some() && !unbounded {
                self.whole_steps(&stretch, timeline)?;
            }
            return Ok(Part { level: false, window: Some(self.readable(read, timeline)), stood_for: Some(read.end) });
        }
        let first = matches!(aggregate.measure, Measure::First(_));
        match (stepped, first) {
            (Some(every), false) => {
                let step = timeline
                    .last_step_by(stretch.window.end.min(cut))
                    .filter(|s| s.end > stretch.window.start)
                    .ok_or_else(|| format!("no {} of {table} ends in {}", step_word(every), stretch.window))?;
                self.step_part(step, timeline)
            }
            (Some(every), true) => {
                let step = calendar::grid_steps(stretch.read(), every, &timeline.rules)
                    .into_iter()
                    .find(|s| s.start >= stretch.window.start && s.end <= stretch.read().end)
                    .ok_or_else(|| format!("no {} of {table} lies in {}", step_word(every), stretch.window))?;
                self.step_part(step, timeline)
            }
            (None, false) => {
                let end = stretch.window.end.min(cut);
                let window = self.readable(Window::new(DateTime::MIN, end), timeline);
                Ok(Part { level: false, window: Some(window), stood_for: Some(end) })
            }
            (None, true) => {
                let read = stretch.read();
                if read.end <= read.start {
                    notes.say(format!("{table} has no row in {}", stretch.window));
                }
                Ok(Part { level: false, window: Some(self.readable(read, timeline)), stood_for: Some(read.end) })
            }
        }
    }

    /// A level is the sum over its step's rows.
    fn step_part(&self, step: Window, timeline: &Timeline) -> Result<Part, String> {
        if !timeline.has_step(&step) {
            let name = calendar::step_name(&step, &timeline.rules);
            return Err(format!("{} has no row for {name}", timeline.table));
        }
        Ok(Part { level: true, window: Some(self.readable(step, timeline)), stood_for: Some(step.end) })
    }

    fn readable(&self, window: Window, timeline: &Timeline) -> Window {
        Window::new(window.start, window.end.min(timeline.readable).max(window.start))
    }

    /// A window over readings must hold whole steps, and each must have a row.
    fn whole_steps(&self, stretch: &Stretch, timeline: &Timeline) -> Result<(), String> {
        let Some(every) = timeline.every else { return Ok(()) };
        let (table, rules) = (&timeline.table, &timeline.rules);
        let cuts = |at: DateTime| timeline.step_at(at).is_none_or(|s| s.start != at);
        if cuts(stretch.window.start) || cuts(stretch.window.end) {
            let step = step_word(every);
            return Err(format!("{} cuts a {step}: {table} holds one reading a {step}", stretch.window));
        }
        let gap = calendar::grid_steps(stretch.read(), every, rules).into_iter().find(|s| !timeline.has_step(s));
        match gap {
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
