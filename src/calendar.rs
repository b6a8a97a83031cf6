//! Dates, periods, spans and fiscal years as pure arithmetic over `jiff`. Knows no clock, no data and no plan.

pub mod dates;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The unit of a calendar length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SpanUnit {
    /// A civil day.
    Day,
    /// Seven days.
    Week,
    /// A calendar month.
    Month,
    /// Three calendar months.
    Quarter,
    /// Twelve calendar months.
    Year,
}

impl SpanUnit {
    /// The unit's name, singular.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// The months' English names, in order.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The number of a month's name or its first three letters.
pub fn month_of(name: &str) -> Option<i8> {
    let found = MONTHS.iter().position(|m| *m == name || (name.len() == 3 && m.starts_with(name)))?;
    Some(found as i8 + 1)
}

/// A calendar length: `3 months`, `1 quarter`. Its exact time depends on where it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct CalendarSpan {
    /// How many; negative goes back.
    pub count: i32,
    /// Of what.
    pub unit: SpanUnit,
}

impl CalendarSpan {
    /// A day: the step of what has no other.
    pub const DAY: Self = Self::new(1, SpanUnit::Day);

    /// `count` times `unit`.
    pub const fn new(count: i32, unit: SpanUnit) -> Self {
        Self { count, unit }
    }

    /// The same length the other way.
    pub fn back(self) -> Self {
        Self { count: -self.count, ..self }
    }

    /// `n` of these spans after one another.
    pub fn times(self, n: i32) -> Self {
        Self { count: self.count.saturating_mul(n), ..self }
    }

    /// Its length in whole months, where it is one.
    pub fn months(self) -> Option<i32> {
        match self.unit {
            SpanUnit::Month => Some(self.count),
            SpanUnit::Quarter => Some(self.count.saturating_mul(3)),
            SpanUnit::Year => Some(self.count.saturating_mul(12)),
            SpanUnit::Day | SpanUnit::Week => None,
        }
    }

    /// Its length in whole days, where it is one.
    pub fn days(self) -> Option<i32> {
        match self.unit {
            SpanUnit::Day => Some(self.count),
            SpanUnit::Week => Some(self.count.saturating_mul(7)),
            _ => None,
        }
    }

    /// Days it takes on average, for comparing lengths only.
    pub fn approximate_days(self) -> f64 {
        match (self.months(), self.days()) {
            (Some(m), _) => f64::from(m) * 30.436_875,
            (_, Some(d)) => f64::from(d),
            _ => 0.0,
        }
    }

    /// `date` moved by this span. A month's end goes to a month's end (28 February + 1 month is 31 March), as whole
    /// periods go to whole periods. `None` outside the calendar (years −9999…9999).
    pub fn after(self, date: Date) -> Option<Date> {
        match (self.months(), self.days()) {
            (Some(m), _) => {
                let moved = date.checked_add(m.months()).ok()?;
                Some(if date == date.last_of_month() { moved.last_of_month() } else { moved })
            }
            (_, Some(d)) => date.checked_add(d.days()).ok(),
            _ => None,
        }
    }

    /// A boundary (a half-open window's edge) moved by this span: the first of a month stays a first. An edge between two
    /// days that the other month doesn't have is that month's end: what ends with 30 March ends with 28 February a
    /// month before.
    pub fn shift_edge(self, at: DateTime) -> Option<DateTime> {
        match (self.months(), self.days()) {
            (Some(m), _) => {
                let moved = at.checked_add(m.months()).ok()?;
                let beyond = moved.day() < at.day() && at.time() == Time::midnight();
                Some(if beyond { next_day(moved.date()).into() } else { moved })
            }
            (_, Some(d)) => at.checked_add(d.days()).ok(),
            _ => None,
        }
    }
}

impl fmt::Display for CalendarSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.count.abs() == 1 { "" } else { "s" };
        write!(f, "{} {}{s}", self.count, self.unit.name())
    }
}

/// A half-open stretch of civil time, `[start, end)`, in the plan's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Window {
    /// First moment inside.
    pub start: DateTime,
    /// First moment after.
    pub end: DateTime,
}

impl Window {
    /// `[start, end)`.
    pub fn new(start: DateTime, end: DateTime) -> Self {
        Self { start, end }
    }

    /// The whole days `first..=last`.
    pub fn days(first: Date, last: Date) -> Self {
        Self { start: first.into(), end: next_day(last).into() }
    }

    /// Its last day: the day that holds the last moment before `end`.
    pub fn last_day(&self) -> Date {
        day_before_edge(self.end)
    }

    /// Its length in days; parts of days count.
    pub fn length_days(&self) -> f64 {
        days_between(self.start, self.end)
    }

    /// True where both edges of `other` lie in it.
    pub fn holds(&self, other: &Window) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Both edges moved; whole months stay whole months, and a month's last day goes to a month's last day.
    pub fn shifted(&self, by: CalendarSpan) -> Option<Window> {
        let days = [self.start, self.end].iter().all(|edge| edge.time() == Time::midnight());
        if by.months().is_some() && days && self.start < self.end {
            return Some(Window::days(by.after(self.start.date())?, by.after(self.last_day())?));
        }
        Some(Window { start: by.shift_edge(self.start)?, end: by.shift_edge(self.end)? })
    }

    /// The window as long as this one that ends where this one starts: as many whole months where this one is
    /// whole months, else as many days.
    pub fn before(&self) -> Option<Window> {
        let back = self.length().back();
        Some(Window { start: back.shift_edge(self.start)?, end: self.start })
    }

    /// Its length as a calendar span: whole months where both edges are the same day of a month, else days
    /// (rounded up).
    pub fn length(&self) -> CalendarSpan {
        let (s, e) = (self.start, self.end);
        let months = (i32::from(e.year()) - i32::from(s.year())) * 12 + i32::from(e.month()) - i32::from(s.month());
        if months > 0 && s.day() == e.day() && s.time() == e.time() {
            return CalendarSpan::new(months, SpanUnit::Month);
        }
        CalendarSpan::new(self.length_days().ceil() as i32, SpanUnit::Day)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.start.date();
        let last = self.last_day();
        if first == last { write!(f, "{first}") } else { write!(f, "{first}..{last}") }
    }
}

/// Days from `a` to `b`; parts of days count; negative where `b` is before `a`.
pub fn days_between(a: DateTime, b: DateTime) -> f64 {
    a.duration_until(b).as_secs_f64() / 86_400.0
}

/// The last day that lies wholly or partly before an edge.
pub fn day_before_edge(edge: DateTime) -> Date {
    let midnight = edge.time() == Time::midnight();
    if midnight { edge.date().yesterday().unwrap_or(Date::MIN) } else { edge.date() }
}

/// The day after; the calendar's last day stays.
pub fn next_day(date: Date) -> Date {
    date.tomorrow().unwrap_or(Date::MAX)
}

/// What a plan says about its calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct CalendarRules {
    /// The month in which the fiscal year starts, 1…12. A fiscal year is named after the calendar year in which it
    /// ends, unless it starts in January.
    pub fiscal_start: i8,
    /// The day on which a week starts.
    #[serde(skip)]
    pub week_start: Weekday,
}

impl Default for CalendarRules {
    fn default() -> Self {
        Self { fiscal_start: 1, week_start: Weekday::Monday }
    }
}

/// A period as written. Both ends of a range are in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Period {
    /// `2021`
    Year(i16),
    /// `H1 2021`
    Half(i16, i8),
    /// `Q1 2021`
    Quarter(i16, i8),
    /// `2021-03`, `Mar 2021`
    Month(i16, i8),
    /// `2021-W05`: the ISO week; with weeks that start on Sunday, the week that starts the day before.
    Week(i16, i8),
    /// `FY2021`
    FiscalYear(i16),
    /// `FQ3 2021`
    FiscalQuarter(i16, i8),
    /// `2021-09-30`
    Day(Date),
    /// `Q1 2021..Q3 2021`
    Range(Box<Period>, Box<Period>),
}

impl Period {
    /// The stretch of time it names. `None` where there is no such week or the calendar ends.
    pub fn window(&self, rules: &CalendarRules) -> Option<Window> {
        let months = |year: i16, month: i8, count: i32| -> Option<Window> {
            let first = Date::new(year, month, 1).ok()?;
            let end = first.checked_add(count.months()).ok()?;
            Some(Window::new(first.into(), end.into()))
        };
        match self {
            Self::Year(y) => months(*y, 1, 12),
            Self::Half(y, h) => months(*y, (h - 1) * 6 + 1, 6),
            Self::Quarter(y, q) => months(*y, (q - 1) * 3 + 1, 3),
            Self::Month(y, m) => months(*y, *m, 1),
            Self::Week(y, w) => {
                let monday = jiff::civil::ISOWeekDate::new(*y, *w, Weekday::Monday).ok()?.date();
                let first = match rules.week_start {
                    Weekday::Monday => monday,
                    other => start_of_week(monday, other)?,
                };
                Some(Window::new(first.into(), first.checked_add(7.days()).ok()?.into()))
            }
            Self::FiscalYear(y) => {
                let (year, month) = fiscal_start(*y, rules);
                months(year, month, 12)
            }
            Self::FiscalQuarter(y, q) => {
                let (year, month) = fiscal_start(*y, rules);
                let first = Date::new(year, month, 1).ok()?.checked_add((i32::from(q - 1) * 3).months()).ok()?;
                months(first.year(), first.month(), 3)
            }
            Self::Day(d) => Some(Window::days(*d, *d)),
            Self::Range(a, b) => {
                let (a, b) = (a.window(rules)?, b.window(rules)?);
                (a.start < b.end).then(|| Window::new(a.start, b.end))
            }
        }
    }

    /// The length of one such period; a range's own length in months or days.
    pub fn span(&self, rules: &CalendarRules) -> Option<CalendarSpan> {
        Some(match self {
            Self::Year(_) | Self::FiscalYear(_) => CalendarSpan::new(1, SpanUnit::Year),
            Self::Half(..) => CalendarSpan::new(6, SpanUnit::Month),
            Self::Quarter(..) | Self::FiscalQuarter(..) => CalendarSpan::new(1, SpanUnit::Quarter),
            Self::Month(..) => CalendarSpan::new(1, SpanUnit::Month),
            Self::Week(..) => CalendarSpan::new(1, SpanUnit::Week),
            Self::Day(_) => CalendarSpan::new(1, SpanUnit::Day),
            Self::Range(..) => self.window(rules)?.length(),
        })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(y) => write!(f, "{y:04}"),
            Self::Half(y, h) => write!(f, "H{h} {y:04}"),
            Self::Quarter(y, q) => write!(f, "Q{q} {y:04}"),
            Self::Month(y, m) => write!(f, "{y:04}-{m:02}"),
            Self::Week(y, w) => write!(f, "{y:04}-W{w:02}"),
            Self::FiscalYear(y) => write!(f, "FY{y:04}"),
            Self::FiscalQuarter(y, q) => write!(f, "FQ{q} {y:04}"),
            Self::Day(d) => write!(f, "{d}"),
            Self::Range(a, b) => write!(f, "{a}..{b}"),
        }
    }
}

/// Year and month in which fiscal year `year` starts.
fn fiscal_start(year: i16, rules: &CalendarRules) -> (i16, i8) {
    (if rules.fiscal_start == 1 { year } else { year - 1 }, rules.fiscal_start)
}

/// The fiscal year that holds a day.
pub fn fiscal_year_of(date: Date, rules: &CalendarRules) -> i16 {
    let later = rules.fiscal_start > 1 && date.month() >= rules.fiscal_start;
    date.year() + i16::from(later)
}

/// The latest day not after `date` that is `start`.
fn start_of_week(date: Date, start: Weekday) -> Option<Date> {
    let back = i32::from(start.until(date.weekday()));
    date.checked_sub(back.days()).ok()
}

/// The step of a grid of `every` that holds `at`. Days and weeks count from a fixed week start (so `2 weeks` is one
/// fixed grid), months, quarters and years from January, or from the fiscal year's start for quarters and years.
pub fn step_holding(at: DateTime, every: CalendarSpan, rules: &CalendarRules) -> Option<Window> {
    let date = at.date();
    let count = every.count.max(1);
    match every.unit {
        SpanUnit::Day | SpanUnit::Week => {
            let length = every.days()?.max(1);
            let epoch = match every.unit {
                // Monday 2018-01-01: a fixed origin of the grid of weeks.
                SpanUnit::Week => start_of_week(Date::constant(2018, 1, 1), rules.week_start)?,
                _ => Date::constant(2018, 1, 1),
            };
            let since = epoch.until(date).ok()?.get_days();
            let first = epoch.checked_add((since.div_euclid(length) * length).days()).ok()?;
            Some(Window::new(first.into(), first.checked_add(length.days()).ok()?.into()))
        }
        SpanUnit::Month | SpanUnit::Quarter | SpanUnit::Year => {
            let length = CalendarSpan::new(count, every.unit).months()?;
            let origin = if every.unit == SpanUnit::Month { 0 } else { i32::from(rules.fiscal_start) - 1 };
            let index = i32::from(date.year()) * 12 + i32::from(date.month()) - 1 - origin;
            let first = index.div_euclid(length) * length + origin;
            let day = |m: i32| Date::new(i16::try_from(m.div_euclid(12)).ok()?, (m.rem_euclid(12) + 1) as i8, 1).ok();
            Some(Window::new(day(first)?.into(), day(first + length)?.into()))
        }
    }
}

/// The whole steps of length `every` in `window`, the first one starting at the window's start; a last part that is
/// no whole step is left out.
pub fn steps_from_start(window: Window, every: CalendarSpan) -> Vec<Window> {
    let mut steps = Vec::new();
    for n in 0.. {
        let (Some(a), Some(b)) = (every.times(n).shift_edge(window.start), every.times(n + 1).shift_edge(window.start))
        else {
            break;
        };
        if b > window.end || b <= a {
            break;
        }
        steps.push(Window::new(a, b));
    }
    steps
}

/// The steps of the fixed grid of `every` that touch `window`, whole, in order.
pub fn grid_steps(window: Window, every: CalendarSpan, rules: &CalendarRules) -> Vec<Window> {
    let mut steps = Vec::new();
    let mut at = window.start;
    while at < window.end {
        let Some(step) = step_holding(at, every, rules) else { break };
        if step.end <= at {
            break;
        }
        at = step.end;
        steps.push(step);
    }
    steps
}

/// How a step is called: `Q1 2021`, `2021-03`, `2021-W05`, else its days.
pub fn step_name(step: &Window, rules: &CalendarRules) -> String {
    let d = step.start.date();
    let quarter = (d.month() - 1) / 3 + 1;
    let named = [
        Period::Day(d),
        Period::Month(d.year(), d.month()),
        Period::Quarter(d.year(), quarter),
        Period::Half(d.year(), (d.month() - 1) / 6 + 1),
        Period::Year(d.year()),
        Period::FiscalYear(fiscal_year_of(d, rules)),
        {
            // A week is called after the ISO week whose Monday it holds.
            let to_monday = i32::from(d.weekday().until(Weekday::Monday));
            let iso = d.checked_add(to_monday.days()).unwrap_or(d).iso_week_date();
            Period::Week(iso.year(), iso.week())
        },
    ];
    named.iter().find(|p| p.window(rules).as_ref() == Some(step)).map_or_else(|| step.to_string(), ToString::to_string)
}

/// The coarsest calendar length of which every time in `times` is the first or the last day: year, quarter, month,
/// then week. `None` with fewer than two different days, or where no such length fits. Times must be sorted.
pub fn infer_step(times: &[DateTime], rules: &CalendarRules) -> Option<CalendarSpan> {
    let (first, last) = (times.first()?, times.last()?);
    if first.date() == last.date() {
        return None;
    }
    let spans = [SpanUnit::Year, SpanUnit::Quarter, SpanUnit::Month, SpanUnit::Week].map(|u| CalendarSpan::new(1, u));
    spans.into_iter().find(|every| on_edges(times, *every, rules))
}

/// True where every time lies on the first day of a step, or every time on the last day of one.
pub fn on_edges(times: &[DateTime], every: CalendarSpan, rules: &CalendarRules) -> bool {
    let all = |edge: fn(&Window) -> Date| {
        let on = |t: &DateTime| step_holding(*t, every, rules).is_some_and(|step| edge(&step) == t.date());
        times.iter().all(on)
    };
    all(|step| step.start.date()) || all(Window::last_day)
}
