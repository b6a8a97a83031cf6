//! Random tables for the laws, and what is done to them: rows moved, left out, split, in another order.

use super::day;
use jiff::ToSpan as _;
use jiff::civil::DateTime;
use proptest::prelude::*;

/// Rows of both tables.
#[derive(Debug, Clone)]
pub struct Data {
    t: Vec<Line>,
    u: Vec<Line>,
    /// Times of day are written.
    timed: bool,
    /// A column that nothing reads.
    more: bool,
}

/// A row of either table.
#[derive(Debug, Clone)]
struct Line {
    id: usize,
    at: DateTime,
    g: Option<char>,
    /// Never blank.
    k: char,
    x: Option<i32>,
    y: i32,
    done: Option<DateTime>,
}

/// How far rows are moved.
#[derive(Debug, Clone, Copy)]
pub enum Shift {
    Days(i32),
    Months(i8),
}

/// Two random tables: some blanks, some days with many rows, some months with none.
pub fn data() -> impl Strategy<Value = Data> {
    let line = (
        (0i32..210, 0i8..24),
        prop::option::weighted(0.9, prop::char::range('a', 'c')),
        prop::char::range('p', 'r'),
        prop::option::weighted(0.9, -9i32..20),
        1i32..10,
        prop::option::weighted(0.7, 0i64..90),
    );
    let line = line.prop_map(|((d, hour), g, k, x, y, done)| {
        let at = day(d).at(hour, 0, 0, 0);
        Line { id: 0, at, g, k, x, y, done: done.map(|h| at.checked_add(h.hours()).expect("a moment")) }
    });
    let lines = |most| prop::collection::vec(line.clone(), 0..most);
    (lines(30), lines(12), any::<bool>()).prop_map(|(t, u, timed)| {
        let mut data = Data { t, u, timed, more: false };
        // The second table may begin late; the first has times from the first day.
        let at = day(0).at(0, 0, 0, 0);
        data.t.push(Line { id: 0, at, g: Some('z'), k: 'z', x: Some(5), y: 5, done: Some(at) });
        for lines in [&mut data.t, &mut data.u] {
            lines.iter_mut().enumerate().for_each(|(i, l)| l.id = i + 1);
            if !timed {
                lines.iter_mut().for_each(|l| l.at = l.at.date().into());
            }
        }
        data
    })
}

impl Data {
    /// A row a week, each with every cell.
    pub fn example() -> Self {
        let line = |n: i32| {
            let at = day(7 * n).at(9, 0, 0, 0);
            let done = Some(at.checked_add((8 * n % 60).hours()).expect("a moment"));
            let letter = |from: u8| char::from(from + (n % 3) as u8);
            Line { id: n as usize, at, g: Some(letter(b'a')), k: letter(b'p'), x: Some(100 * n), y: 1 + n % 9, done }
        };
        let lines: Vec<Line> = (0..30).map(line).collect();
        Self { t: lines.clone(), u: lines, timed: true, more: false }
    }

    /// The first table as CSV. A first row without a time is in no window: it tells the types of the columns.
    pub fn t(&self) -> String {
        self.csv("id,at,g,k,x,y,done", &self.t, "t0,,z,z,5,5", |l, blank| {
            let x = l.x.map(|x| x.to_string());
            format!(
                "t{},{},{},{},{},{},{}",
                l.id,
                self.time(Some(l.at)),
                blank(l.g.map(String::from)),
                l.k,
                blank(x),
                l.y,
                self.time(l.done)
            )
        })
    }

    /// The second table as CSV.
    pub fn u(&self) -> String {
        self.csv("id,at,g,k,z,x,y", &self.u, "u0,,z,z,5,5,5", |l, blank| {
            let x = l.x.map(|x| x.to_string());
            format!(
                "u{},{},{},{},{},{},{}",
                l.id,
                self.time(Some(l.at)),
                blank(l.g.map(String::from)),
                l.k,
                l.y,
                blank(x),
                l.y
            )
        })
    }

    fn csv(
        &self,
        names: &str,
        lines: &[Line],
        first: &str,
        row: impl Fn(&Line, &dyn Fn(Option<String>) -> String) -> String,
    ) -> String {
        let more = |text: &str| if self.more { format!(",{text}") } else { String::new() };
        let first = if names.ends_with("done") {
            format!("{first},{}", self.time(Some(day(0).into())))
        } else {
            first.to_owned()
        };
        let mut out = format!("{names}{}\n{first}{}\n", more("unrelated"), more("7"));
        for line in lines {
            out += &format!("{}{}\n", row(line, &|cell| cell.unwrap_or_default()), more(&line.id.to_string()));
        }
        out
    }

    fn time(&self, at: Option<DateTime>) -> String {
        at.map_or_else(String::new, |at| if self.timed { at.to_string() } else { at.date().to_string() })
    }

    fn each(&self, of: impl Fn(&[Line]) -> Vec<Line>) -> Self {
        Self { t: of(&self.t), u: of(&self.u), ..self.clone() }
    }

    /// Only rows that were there at a moment.
    pub fn until(&self, as_of: &str) -> Self {
        let there = |at: DateTime| match as_of.contains('T') {
            true => at <= as_of.parse().expect("a moment"),
            false => at.date() <= as_of.parse().expect("a day"),
        };
        self.each(|lines| lines.iter().filter(|l| there(l.at)).cloned().collect())
    }

    /// As it would have been written at a moment: what ends later has no end.
    pub fn written_at(&self, as_of: &str) -> Self {
        let there = |at: &DateTime| match as_of.contains('T') {
            true => *at <= as_of.parse().expect("a moment"),
            false => at.date() <= as_of.parse().expect("a day"),
        };
        self.each(|lines| lines.iter().map(|l| Line { done: l.done.filter(there), ..l.clone() }).collect())
    }

    /// In another order, which the seed decides.
    pub fn shuffled(&self, seed: u64) -> Self {
        let key =
            |l: &Line| (l.id as u64 + 1).wrapping_mul(seed | 1).rotate_left(17).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.each(|lines| {
            let mut lines = lines.to_vec();
            lines.sort_by_key(key);
            lines
        })
    }

    /// Each row in one of two halves.
    pub fn split(&self, seed: u64) -> (Self, Self) {
        let left = |l: &Line| (l.id as u64).wrapping_mul(seed | 1).rotate_left(23).is_multiple_of(2);
        let half = |side: bool| self.each(|lines| lines.iter().filter(|l| left(l) == side).cloned().collect());
        (half(true), half(false))
    }

    /// With a column that nothing reads.
    pub fn with_a_column(&self) -> Self {
        Self { more: true, ..self.clone() }
    }

    /// Without blanks in x.
    pub fn filled(&self) -> Self {
        self.each(|lines| lines.iter().map(|l| Line { x: l.x.or(Some(l.y)), ..l.clone() }).collect())
    }

    /// Every x the other way.
    pub fn negated(&self) -> Self {
        self.each(|lines| lines.iter().map(|l| Line { x: l.x.map(|x| -x), ..l.clone() }).collect())
    }

    /// Every row later.
    pub fn shifted(&self, by: Shift) -> Self {
        let moved = |at: DateTime| match by {
            Shift::Days(n) => at.checked_add(n.days()).expect("a day"),
            Shift::Months(n) => at.checked_add(i32::from(n).months()).expect("a day"),
        };
        self.each(|lines| {
            lines.iter().map(|l| Line { at: moved(l.at), done: l.done.map(moved), ..l.clone() }).collect()
        })
    }

    /// Only days that every month has.
    pub fn days_of_a_month(&self) -> Self {
        self.each(|lines| lines.iter().filter(|l| l.at.day() <= 28).cloned().collect())
    }
}
