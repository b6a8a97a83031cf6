//! Rows of a table that are the sums of its other rows: one value of a text column whose numbers are, on every date, those
//! of all other values together. Knows a table's cells, and neither goals nor rules.

use crate::calendar::Window;
use crate::eval::formula::World;
use crate::model::plan::TableId;
use crate::query::{Answer, Cell, Measure, Request, Row, RowOp};
use indexmap::IndexMap;
use jiff::civil::DateTime;

/// A column with more values than this isn't looked at.
const MAX_VALUES: f64 = 50.0;
/// On fewer dates than this nothing is said.
const MIN_DATES: usize = 3;
/// Sums that agree by chance: the decimal digits that agree must be this many, over all dates.
const DIGITS: f64 = 6.0;

/// One value that is the sum of the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Total {
    /// Of this table.
    pub table: TableId,
    /// The text column.
    pub column: String,
    /// Its value that is the sum.
    pub value: String,
    /// The others, the greatest first.
    pub others: Vec<String>,
    /// The number of dates on which it is: all on which it has a number.
    pub dates: usize,
    /// True where rows have no value of the column at all.
    pub blanks: bool,
}

/// The values of the table's text columns that are sums of the others where `x` is added up. Empty also while cells are
/// missing.
pub fn totals(world: &World<'_>, table: TableId, x: &Row) -> Vec<Total> {
    let (Some(timeline), Some(Some(info))) = (world.timelines.get(table), world.infos.get(table)) else {
        return Vec::new();
    };
    let Some(time) = info.time.as_ref().filter(|_| timeline.times.is_some()) else { return Vec::new() };
    let texts = info.columns.iter().filter(|(name, kind)| kind.is_text() && *name != time);
    let look = Look { world, table, x, time };
    // All columns are asked for before any answer is looked at.
    let few: Vec<(&String, bool)> = texts.map(|(column, _)| (column, look.few(column))).collect();
    few.into_iter().filter(|(_, few)| *few).filter_map(|(column, _)| look.at(column)).collect()
}

struct Look<'w, 'a> {
    world: &'w World<'a>,
    table: TableId,
    x: &'w Row,
    time: &'w str,
}

impl Look<'_, '_> {
    fn ask(&self, measure: Measure, filter: Option<Row>, group: Option<&str>) -> Option<&Answer> {
        let end = self.world.timelines.get(self.table)?.readable;
        let window = Some(Window::new(DateTime::MIN, end));
        self.world.cells.ask(self.table, Request { measure, filter, window, group: group.map(str::to_owned) })
    }

    fn groups(&self, filter: Option<Row>, group: &str) -> Option<&IndexMap<String, Cell>> {
        match self.ask(Measure::Sum(self.x.clone()), filter, Some(group))? {
            Answer::Groups(groups) => Some(groups),
            Answer::One(_) => None,
        }
    }

    /// True where a column has few enough values, and enough of them.
    fn few(&self, column: &str) -> bool {
        let values = match self.ask(Measure::Distinct(Row::Column(column.to_owned())), None, None) {
            Some(Answer::One(cell)) => cell.value,
            _ => None,
        };
        values.is_some_and(|n| (3.0..=MAX_VALUES).contains(&n))
    }

    /// The value of a column that is the sum of the others on every date.
    fn at(&self, column: &str) -> Option<Total> {
        let sums = self.groups(None, column)?;
        let number = |cell: &Cell| cell.value.filter(|_| cell.rows > cell.skipped && cell.error.is_none());
        let all: f64 = sums.values().filter_map(number).map(f64::abs).sum();
        // What is the sum of the others is about half of everything: one at the most, and what is exactly half of it
        // twice has no others.
        let half = |(_, cell): &(&String, &Cell)| number(cell).is_some_and(|s| (s.abs() / all - 0.5).abs() < 0.1);
        let mut found = None;
        for (value, _) in sums.iter().filter(half) {
            let others: Vec<&String> = sums
                .iter()
                .filter(|(v, cell)| *v != value && number(cell).is_some_and(|s| s != 0.0))
                .map(|(v, _)| v)
                .collect();
            if others.len() < 2 {
                continue;
            }
            // Both candidates' cells are asked for at once.
            let dates = self.dates(column, value, others.len());
            found = found.or(dates.map(|dates| (value.clone(), others, dates)));
        }
        let (value, mut others, dates) = found?;
        let size = |v: &String| sums.get(v).and_then(number).unwrap_or(0.0);
        others.sort_by(|a, b| size(b).total_cmp(&size(a)));
        let missing = Row::IsMissing(Box::new(Row::Column(column.to_owned())));
        let blanks = match self.ask(Measure::Count, Some(missing), None)? {
            Answer::One(cell) => cell.rows > 0,
            Answer::Groups(_) => false,
        };
        let others = others.into_iter().cloned().collect();
        Some(Total { table: self.table, column: column.to_owned(), value, others, dates, blanks })
    }

    /// On how many dates a value is the sum of the others, where it is on all on which it has a number, and that isn't
    /// chance.
    fn dates(&self, column: &str, value: &str, others: usize) -> Option<usize> {
        let is = |op| {
            let (column, value) = (Row::Column(column.to_owned()), Row::Text(value.to_owned()));
            Some(Row::Binary(op, Box::new(column), Box::new(value)))
        };
        let (own, rest) = (self.groups(is(RowOp::Equal), self.time), self.groups(is(RowOp::NotEqual), self.time));
        let (own, rest) = (own?, rest?);
        let number = |cell: &Cell| cell.value.filter(|_| cell.rows > cell.skipped && cell.error.is_none());
        let pairs: Vec<(f64, Option<f64>)> =
            own.iter().filter_map(|(at, cell)| Some((number(cell)?, rest.get(at).and_then(number)))).collect();
        let with_others = rest.values().filter(|c| number(c).is_some()).count();
        // It has to be there nearly always, or it is something else.
        if pairs.len() < MIN_DATES || (pairs.len() as f64) < 0.8 * with_others as f64 {
            return None;
        }
        let mut digits = 0.0;
        let mut known: Vec<u64> = Vec::new();
        for (own, rest) in &pairs {
            let tolerance = agrees(*own, (*rest)?, others)?;
            // What stays the same from date to date proves itself only once.
            if !known.contains(&own.to_bits()) {
                known.push(own.to_bits());
                digits += (own.abs() / tolerance).log10().max(0.0);
            }
        }
        (known.len() >= MIN_DATES && digits >= DIGITS).then_some(pairs.len())
    }
}

/// True where a total agrees with the sum of its parts: exactly but for the last bits, or as far as numbers that are
/// rounded each by itself can. Gives the width within which others would agree too.
fn agrees(total: f64, sum: f64, parts: usize) -> Option<f64> {
    let (own, of_parts) = (quantum(total), quantum(sum));
    let off = (total - sum).abs();
    let exact = (1e-9 * total.abs()).max(own.min(of_parts) * 1e-3);
    if off <= exact {
        return Some(own.min(of_parts));
    }
    let rounding = (0.5 * own + 0.5 * parts as f64 * of_parts).min(0.005 * total.abs()) + exact;
    (off <= rounding).then_some(2.0 * rounding)
}

/// The place of the last digit that a number bears: 1000 of 3000, 0.01 of 2.25; not finer than a millionth.
fn quantum(x: f64) -> f64 {
    let whole = |q: f64| ((x / q).round() * q - x).abs() <= 1e-9 * x.abs().max(q * 1e-3);
    let mut quantum = 1.0;
    while quantum > 1e-6 && !whole(quantum) {
        quantum /= 10.0;
    }
    while x != 0.0 && quantum < 1e15 && whole(quantum * 10.0) {
        quantum *= 10.0;
    }
    quantum
}
