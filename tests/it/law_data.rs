//! Random tables for the laws, and the ways in which a law turns them into others. Knows no plan.

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;

/// The last two days of a stretch as it is written, counted from 1 December 2020.
pub fn days(from: i32, to: i32) -> String {
    format!("{}..{}", day(from), day(to))
}

fn day(n: i32) -> Date {
    date(2020, 12, 1).checked_add(n.days()).expect("a day")
}

/// The hours of a day but one: on one day, clocks go from 2 to 3 in New York.
fn hour() -> impl Strategy<Value = i8> + Clone {
    (0i8..24).prop_map(|h| if h == 2 { 12 } else { h })
}

/// A day counted from 1 December 2020.
pub fn day_text(n: i32) -> String {
    day(n).to_string()
}

/// A day or a moment to judge at.
pub fn moment() -> impl Strategy<Value = String> {
    (0i32..230, prop::option::weighted(0.3, hour())).prop_map(|(d, hour)| match hour {
        None => day(d).to_string(),
        Some(hour) => day(d).at(hour, 30, 0, 0).to_string(),
    })
}

/// Rows of both tables.
#[derive(Debug, Clone)]
pub struct Data {
    t: Vec<Line>,
    u: Vec<Line>,
    /// How times are written.
    written: Written,
    /// The plan's zone: an instant is at `at` there.
    zone: &'static str,
    /// A column that nothing reads.
    more: bool,
}

/// How the times of a table are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Days,
    Times,
    Instants,
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

/// Two random tables: some blanks, some days with many rows, some months with none; now and then a row a week more, or
/// a row a month in the two years before.
pub fn data() -> impl Strategy<Value = Data> {
    let line = (
        (0i32..210, hour()),
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
    let written = select(&[Written::Days, Written::Times, Written::Instants][..]);
    let more = select(&["", "", "", "weeks", "years"][..]);
    let regular = prop::collection::vec(line.clone(), 24..30);
    (lines(30), lines(12), written, more, regular).prop_map(|(mut t, u, written, more, regular)| {
        let every = |i: usize| match more {
            "weeks" => Some(day(7 * i as i32 + 1)),
            "years" => date(2018, 12, 15).checked_add((i as i32).months()).ok().filter(|d| *d < day(0)),
            _ => None,
        };
        let placed = regular.into_iter().enumerate();
        t.extend(placed.filter_map(|(i, l)| Some(l.moved_to(every(i)?.at(9, 0, 0, 0)))));
        let mut data = Data { t, u, written, zone: "UTC", more: false };
        // The second table may begin late; the first has times from the first day.
        let at = day(0).at(0, 0, 0, 0);
        data.t.push(Line { id: 0, at, g: Some('z'), k: 'z', x: Some(5), y: 5, done: Some(at) });
        for lines in [&mut data.t, &mut data.u] {
            lines.iter_mut().enumerate().for_each(|(i, l)| l.id = i + 1);
            if written == Written::Days {
                lines.iter_mut().for_each(|l| l.at = l.at.date().into());
            }
        }
        data
    })
}

impl Line {
    /// At another time, with the same length.
    fn moved_to(self, at: DateTime) -> Self {
        let done = self.done.map(|done| at + (done - self.at));
        Self { at, done, ..self }
    }
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
        Self { t: lines.clone(), u: lines, written: Written::Times, zone: "UTC", more: false }
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
        let instant = |at: DateTime| {
            let zone = TimeZone::get(self.zone).expect("a zone");
            at.to_zoned(zone).expect("an instant").timestamp().to_string()
        };
        at.map_or_else(String::new, |at| match self.written {
            Written::Days => at.date().to_string(),
            Written::Times => at.to_string(),
            Written::Instants => instant(at),
        })
    }

    fn each(&self, of: impl Fn(&[Line]) -> Vec<Line>) -> Self {
        Self { t: of(&self.t), u: of(&self.u), ..self.clone() }
    }

    /// With its instants in a plan's zone.
    pub fn in_zone(&self, zone: &'static str) -> Self {
        Self { zone, ..self.clone() }
    }

    /// With a row in both tables on a day, counted from 1 December 2020, another one five weeks later, and the rows of
    /// other tables from there on.
    pub fn and_then(&self, on: i32, other: &Self) -> Self {
        let row = |id, on| {
            let at = day(on).at(0, 0, 0, 0);
            Line { id, at, g: Some('a'), k: 'q', x: Some(4), y: 4, done: Some(at) }
        };
        let (later, mut out) = (other.shifted(Shift::Days(on + 35)), self.clone());
        for (lines, later) in [(&mut out.t, later.t), (&mut out.u, later.u)] {
            let more = later.into_iter().map(|l| Line { id: l.id + 1000, ..l });
            lines.extend([row(500, on), row(501, on + 35)]);
            lines.extend(more);
        }
        out
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
