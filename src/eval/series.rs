//! A metric over consecutive periods, for `show`: one row a value of a dimension. Knows no goal.

use super::each;
use super::error::{EvalError, Failure};
use super::formula::World;
use super::grid::{Grid, GridRow};
use super::notes::Notes;
use super::recurring;
use super::run::{Session, nearest};
use super::subject::{MONTH, Subject};
use super::timeline::AsOf;
use super::value::Datum;
use crate::calendar::{self, CalendarSpan, Window};
use crate::diagnostic::Diagnostic;
use crate::engine::Engine;
use crate::model::plan::{Formula, Kind, Metric, Node, Plan, Type};
use crate::quantity::Unit;
use crate::query::TableInfo;
use crate::source::FileId;
use indexmap::IndexMap;
use jiff::civil::DateTime;

/// What `show` asks for.
#[derive(Debug, Clone, Default)]
pub struct SeriesOptions {
    /// The metric's name.
    pub metric: String,
    /// A column to split by.
    pub by: Option<String>,
    /// The length of a period; the table's step or a month where none is given.
    pub every: Option<CalendarSpan>,
    /// Which periods; the last six where none is given.
    pub window: Option<Window>,
    /// As for `eval`.
    pub as_of: Option<AsOf>,
}

/// How many periods are shown where none are asked for.
const LATEST: usize = 6;

/// A metric as a grid, periods across.
///
/// # Errors
/// [`Failure::Plan`] for a metric that isn't there; [`Failure::Data`] where data can't be read.
pub fn series(
    plan: &Plan,
    opened: &IndexMap<String, TableInfo>,
    engine: &mut dyn Engine,
    options: &SeriesOptions,
) -> Result<Grid, Failure> {
    let Some((id, _, metric)) = plan.metrics.get_full(&options.metric) else {
        let help = nearest(&options.metric, plan.metrics.keys());
        let error = EvalError::UnknownMetric { name: options.metric.clone(), help };
        return Err(Failure::Plan(vec![Diagnostic::of(&error, FileId::default())]));
    };
    let formula =
        Formula { node: Node::Metric(id), gives: Type::Number(metric.unit.clone()), at: metric.at.unwrap_or_default() };
    let tables = {
        let mut found = Vec::new();
        super::words::visit(plan, &formula, &mut |f| {
            if let Node::Aggregate(a) = &f.node {
                found.push(a.table);
            }
        });
        found
    };
    let mut session = Session::start(plan, opened, engine, options.as_of, Some(DateTime::MAX), &tables)?;
    let mut grid = session.settle(engine, |world| {
        let world = *world;
        grid(&world, metric, &formula, options)
    })?;
    for (table, timeline) in plan.tables.values().zip(&session.found.timelines) {
        let Some(info) = opened.get(&table.name).filter(|_| tables.contains(&index(plan, &table.name))) else {
            continue;
        };
        let filtered = info.rows.saturating_sub(timeline.rows + timeline.later);
        if timeline.timed && filtered > 0 {
            grid.left_out.push(format!("{filtered} rows by the `where` of table {}, or without a time", table.name));
        }
        if timeline.later > 0 {
            grid.left_out.push(format!("{} rows of {} later than as-of", timeline.later, table.name));
        }
    }
    Ok(grid)
}

fn index(plan: &Plan, table: &str) -> usize {
    plan.tables.get_index_of(table).unwrap_or(usize::MAX)
}

fn grid<'a>(world: &World<'a>, metric: &Metric, formula: &'a Formula, options: &'a SeriesOptions) -> Grid {
    let subject = Subject::new(world, formula, None, false);
    let every = options.every.or(subject.every).unwrap_or(MONTH);
    let windows = match subject.timed {
        true => periods(&subject, every, options.window),
        // No window cuts a table without times: one reading for all of it.
        false => vec![Window::new(DateTime::MIN, world.as_of)],
    };
    let column = options.by.as_deref();
    let whole = windows.first().zip(windows.last()).map(|(a, b)| Window::new(a.start, b.end));
    let keys = match (column, whole) {
        (Some(column), Some(whole)) => each::keys(world, &subject, column, Some(whole)),
        _ => Vec::new(),
    };
    let mut notes = Notes::default();
    let mut row = |key: &str, subject: &Subject<'a>| {
        let data = match subject.timed {
            true => recurring::in_periods(world, subject, &windows),
            false => subject.over_each(world, &windows),
        };
        let values: Vec<Option<f64>> = data.iter().map(Datum::number).collect();
        for datum in &data {
            notes.add(&datum.notes);
            datum.value.reason().into_iter().for_each(|why| notes.say(why));
        }
        GridRow { key: key.to_owned(), change: change(&values, &metric.unit), values }
    };
    let mut rows: Vec<GridRow> = Vec::new();
    if let Some(column) = column {
        rows.extend(keys.iter().map(|key| row(key, &subject.of_value(column, key))));
    }
    rows.push(row("all", &subject));
    Grid {
        name: metric.name.clone(),
        title: metric.title.clone(),
        unit: metric.unit.clone(),
        caption: caption(metric, &subject, every),
        by: options.by.clone(),
        columns: windows
            .iter()
            .map(|w| if subject.timed { calendar::step_name(w, &world.plan.facts.rules) } else { "all".to_owned() })
            .collect(),
        rows,
        left_out: Vec::new(),
        notes: notes.told(),
    }
}

/// The whole periods asked for, or the latest ones that the data completes.
fn periods(subject: &Subject<'_>, every: CalendarSpan, asked: Option<Window>) -> Vec<Window> {
    let rules = &subject.rules;
    if let Some(window) = asked {
        return calendar::grid_steps(window, every, rules).into_iter().filter(|w| window.holds(w)).take(1000).collect();
    }
    let Some(first) = subject.first else { return Vec::new() };
    let end = subject.known;
    let all = calendar::grid_steps(Window::new(first, end), every, rules);
    let whole: Vec<Window> = all.into_iter().filter(|w| w.end <= end && w.start >= first).collect();
    whole.iter().skip(whole.len().saturating_sub(LATEST)).copied().collect()
}

/// What the numbers are, in words.
fn caption(metric: &Metric, subject: &Subject<'_>, every: CalendarSpan) -> String {
    let step = super::frame::span_word(every);
    let unit = match &metric.unit {
        Unit::Plain => String::new(),
        Unit::Percent => "% ".to_owned(),
        other => format!("{other} "),
    };
    if !subject.timed {
        return format!("{unit}over all rows, as {} has no time column", subject.tables.join(", "));
    }
    match subject.kind {
        Kind::Stock => format!("{unit}at each {step}'s end"),
        Kind::Flow => format!("{unit}in each {step}"),
        Kind::Neither => format!("{unit}over each {step}"),
    }
}

/// From the first known value to the last: relative, or for a `%` the difference.
fn change(values: &[Option<f64>], unit: &Unit) -> Option<f64> {
    let mut known = values.iter().flatten();
    let first = *known.next()?;
    let last = *known.next_back()?;
    match unit {
        Unit::Percent => Some(last - first),
        _ if first == 0.0 => None,
        _ => Some((last - first) / first.abs()),
    }
}

/// A formula that reads no data, as `calc` evaluates it.
pub fn constant(plan: &Plan, formula: &Formula) -> Datum {
    let cells = super::cells::Cells::default();
    let timelines = [];
    let past = super::past::Past::default();
    let fits = super::projection::Fits::default();
    let world = World {
        plan,
        timelines: &timelines,
        infos: &[],
        cells: &cells,
        past: &past,
        fits: &fits,
        as_of: jiff::civil::DateTime::MAX,
    };
    let context = super::formula::Context::default();
    world.value(formula, &context)
}
