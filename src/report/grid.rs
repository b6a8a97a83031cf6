//! A metric over periods, as a table, bars, JSON or CSV. Knows no data and no plan.

use super::json::Number;
use super::paint::{Line, Paint, WIDTH, broken, wrapped};
use super::text::Style;
use crate::eval::grid::{Grid, GridRow};
use crate::quantity::{Digits, Unit, change};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

/// What stands where nothing is known.
const NOTHING: &str = "n/a";
/// Spaces between two columns.
const GAP: usize = 2;
/// Keys are broken into lines of this width.
const LONGEST_KEY: usize = 24;
/// Numbers wider than this would come from showing very small and very large ones alike.
const WIDEST_NUMBER: usize = 9;
/// The name of the column of changes.
const CHANGE: &str = "change";

/// The grid for people. Where the periods don't fit side by side in 80 columns, it is cut into several tables.
pub fn table(grid: &Grid, style: Style) -> String {
    let mut lines = title(grid);
    let digits = digits(grid);
    let mut columns: Vec<Column> = (0..grid.columns.len()).map(|i| Column::of_period(grid, i, &digits)).collect();
    if grid.columns.len() > 1 && grid.rows.iter().any(|r| r.change.is_some()) {
        columns.push(Column::of_changes(grid));
    }
    let keys = Keys::of(grid);
    let mut rest = columns.as_slice();
    while !rest.is_empty() {
        let mut room = WIDTH.saturating_sub(keys.width);
        let fit =
            rest.iter().take_while(|c| room.checked_sub(GAP + c.width).inspect(|left| room = *left).is_some()).count();
        // The change never stands alone: a period goes with it.
        let alone = rest.len() == fit + 1 && fit > 1 && rest.last().is_some_and(|c| c.head == CHANGE);
        let (now, later) = rest.split_at(if alone { fit - 1 } else { fit.max(1) });
        lines.extend(part(grid, &keys, now));
        if !later.is_empty() {
            lines.push(Line::default());
        }
        rest = later;
    }
    ended(lines, grid, style)
}

/// The grid as horizontal bars that start at zero, at most 80 columns wide; bars below zero are drawn with `-`.
pub fn plot(grid: &Grid, style: Style) -> String {
    let mut lines = title(grid);
    let digits = digits(grid);
    let shown: Vec<Vec<String>> =
        grid.rows.iter().zip(&digits).map(|(r, d)| r.values.iter().map(|v| cell(*v, d)).collect()).collect();
    let width_of = |texts: &mut dyn Iterator<Item = &String>| texts.map(|t| t.width()).max().unwrap_or(0);
    let names = width_of(&mut grid.columns.iter()).min(LONGEST_KEY);
    let numbers = width_of(&mut shown.iter().flatten());
    let room = WIDTH.saturating_sub(2 + names + GAP + numbers + GAP).max(1);
    let most = grid.rows.iter().flat_map(|r| &r.values).flatten().fold(0.0_f64, |m, v| m.max(v.abs()));
    for (row, texts) in grid.rows.iter().zip(&shown) {
        lines.extend(broken(&row.key, WIDTH).iter().map(|k| Line::of(Paint::Strong, k)));
        for ((name, value), text) in grid.columns.iter().zip(&row.values).zip(texts) {
            let pieces = broken(name, names.max(1));
            let last = pieces.len() - 1;
            lines.extend(pieces[..last].iter().map(|p| Line::of(Paint::Plain, format!("  {p}"))));
            let start = Line::of(Paint::Plain, format!("  {}", pieces[last])).padded_to(2 + names + GAP);
            lines
                .push(start.add(Paint::Plain, format!("{text:>numbers$}  ")).add(Paint::Good, bar(*value, most, room)));
        }
    }
    ended(lines, grid, style)
}

/// The lines with what stands below every grid.
fn ended(mut lines: Vec<Line>, grid: &Grid, style: Style) -> String {
    if grid.rows.is_empty() {
        lines.push(Line::of(Paint::Plain, "no value in this period"));
    }
    lines.extend(grid.left_out.iter().flat_map(|l| wrapped("left out: ", l, Paint::Faint)));
    lines.extend(grid.notes.iter().flat_map(|n| wrapped("note: ", n, Paint::Faint)));
    lines.iter().map(|l| l.write(style.color) + "\n").collect()
}

/// The grid as comma-separated values: the key, the periods, the change; full precision, unknown values empty.
///
/// # Errors
/// None in practice: it writes to memory.
pub fn csv(grid: &Grid) -> Result<String, std::io::Error> {
    let number = |v: &Option<f64>| v.filter(|v| v.is_finite()).map_or(String::new(), |v| v.to_string());
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let key = [grid.by.clone().unwrap_or_else(|| "metric".to_owned())];
    writer.write_record(key.iter().chain(&grid.columns).map(String::as_str).chain([CHANGE]))?;
    for row in &grid.rows {
        let values = row.values.iter().chain([&row.change]).map(number);
        writer.write_record(std::iter::once(row_key(grid, row)).chain(values))?;
    }
    let bytes = writer.into_inner().map_err(|e| e.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The grid as JSON; unknown values are null.
///
/// # Errors
/// None in practice: it writes plain values.
pub fn json(grid: &Grid) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Written<'a> {
        schema: u32,
        name: &'a str,
        title: Option<&'a str>,
        unit: &'a Unit,
        caption: &'a str,
        by: Option<&'a str>,
        columns: &'a [String],
        rows: Vec<WrittenRow<'a>>,
        left_out: &'a [String],
        notes: &'a [String],
    }
    #[derive(Serialize)]
    struct WrittenRow<'a> {
        key: &'a str,
        values: Vec<Option<Number>>,
        change: Option<Number>,
    }
    let written = Written {
        schema: super::json::SCHEMA,
        name: &grid.name,
        title: grid.title.as_deref(),
        unit: &grid.unit,
        caption: &grid.caption,
        by: grid.by.as_deref(),
        columns: &grid.columns,
        rows: grid
            .rows
            .iter()
            .map(|r| WrittenRow {
                key: &r.key,
                values: r.values.iter().map(|v| v.map(Number)).collect(),
                change: r.change.map(Number),
            })
            .collect(),
        left_out: &grid.left_out,
        notes: &grid.notes,
    };
    Ok(serde_json::to_string_pretty(&written)? + "\n")
}

/// `subs "Paid memberships", members at each quarter's end`
fn title(grid: &Grid) -> Vec<Line> {
    let title = grid.title.as_ref().map_or(String::new(), |t| format!(" \"{t}\""));
    let caption = if grid.caption.is_empty() { String::new() } else { format!(", {}", grid.caption) };
    wrapped("", &format!("{}{title}{caption}", grid.name), Paint::Plain)
}

/// A row's key; the only row of a metric that isn't split is called after it.
fn row_key(grid: &Grid, row: &GridRow) -> String {
    if grid.by.is_none() { grid.name.clone() } else { row.key.clone() }
}

/// One fineness for all rows, or, where they are too different in size, one for each.
fn digits(grid: &Grid) -> Vec<Digits> {
    let rows: Vec<Vec<f64>> = grid.rows.iter().map(|r| r.values.iter().copied().flatten().collect()).collect();
    let slices: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    let common = Digits::of_groups(&grid.unit, &slices);
    let alike = rows.iter().flatten().all(|v| common.show(*v).width() <= WIDEST_NUMBER);
    rows.iter().map(|r| if alike { common.clone() } else { Digits::of(&grid.unit, r) }).collect()
}

fn cell(value: Option<f64>, digits: &Digits) -> String {
    value.map_or_else(|| NOTHING.to_owned(), |v| digits.show(v))
}

/// The first column, as broken lines of each key.
struct Keys {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    width: usize,
}

impl Keys {
    fn of(grid: &Grid) -> Self {
        let head = broken(grid.by.as_deref().unwrap_or(""), LONGEST_KEY);
        let rows: Vec<Vec<String>> = grid.rows.iter().map(|r| broken(&row_key(grid, r), LONGEST_KEY)).collect();
        let width = rows.iter().flatten().chain(&head).map(|k| k.width()).max().unwrap_or(0);
        Self { head, rows, width }
    }
}

/// A column of texts under its name.
struct Column {
    head: String,
    cells: Vec<String>,
    width: usize,
}

impl Column {
    fn new(head: String, cells: Vec<String>) -> Self {
        let width = cells.iter().chain([&head]).map(|t| t.width()).max().unwrap_or(0);
        Self { head, cells, width }
    }

    fn of_period(grid: &Grid, index: usize, digits: &[Digits]) -> Self {
        let value = |r: &GridRow| r.values.get(index).copied().flatten();
        let cells = grid.rows.iter().zip(digits).map(|(r, d)| cell(value(r), d)).collect();
        Self::new(grid.columns.get(index).cloned().unwrap_or_default(), cells)
    }

    fn of_changes(grid: &Grid) -> Self {
        let points = |c: f64| Digits::of(&Unit::Percent, &[c]).signed(c, 0.0);
        let text = |c: f64| if grid.unit == Unit::Percent { points(c) } else { change(c, None) };
        let cells = grid.rows.iter().map(|r| r.change.map_or_else(|| NOTHING.to_owned(), text)).collect();
        Self::new(CHANGE.to_owned(), cells)
    }

    fn at(&self, row: Option<usize>) -> String {
        let text = row.map_or(Some(&self.head), |i| self.cells.get(i)).map_or("", String::as_str);
        format!("{}{text}", " ".repeat(GAP + self.width - text.width().min(self.width)))
    }
}

/// The table of some columns.
fn part(grid: &Grid, keys: &Keys, columns: &[Column]) -> Vec<Line> {
    let line = |key: &[String], row: Option<usize>| -> Vec<Line> {
        let (last, before) = key.split_last().map_or(("", &[][..]), |(last, before)| (last.as_str(), before));
        let mut lines: Vec<Line> = before.iter().map(|k| Line::of(Paint::Plain, k)).collect();
        let start = Line::of(Paint::Plain, last).padded_to(keys.width);
        lines.push(columns.iter().fold(start, |line, c| line.add(Paint::Plain, c.at(row))));
        lines
    };
    let mut lines = line(&keys.head, None);
    lines.extend((0..grid.rows.len()).flat_map(|i| line(keys.rows.get(i).map_or(&[], Vec::as_slice), Some(i))));
    lines
}

fn bar(value: Option<f64>, most: f64, room: usize) -> String {
    let Some(value) = value.filter(|v| v.is_finite() && most.is_finite() && most > 0.0) else { return String::new() };
    let cells = (value.abs() / most * room as f64).round() as usize;
    if value < 0.0 { "-" } else { "#" }.repeat(cells.min(room))
}
