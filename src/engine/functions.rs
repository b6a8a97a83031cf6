//! Functions over one row: the types each takes and gives, and those that engines share, as functions of values. Knows no
//! table and no engine.

use super::text::{self, Sentiment};
use crate::calendar::dates;
use crate::quantity::numbers::{self, NoNumber};
use crate::query::{RowError, RowFunction};
use jiff::civil::Date;
use regex::Regex;

/// The type of an argument or a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Kind {
    Number,
    Text,
    Truth,
    /// A day or a moment.
    Time,
    /// A text that the plan writes: it is the same in every row.
    Fixed,
}

/// A function of numbers.
type OfNumbers = fn(&[f64]) -> Result<f64, RowError>;

/// A function of texts, which may keep what it has worked out.
type OfText = Box<dyn FnMut(&str) -> f64>;

/// What a function does.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// Every engine brings it along.
    Own,
    /// Numbers to a number.
    Numbers(OfNumbers),
    /// Days, then numbers, to a day; `None` is no such day.
    Day(fn(&[Date], &[f64]) -> Option<Date>),
    /// Days to a number.
    Days(fn(&[Date]) -> i64),
    /// A text to a number.
    Measure(fn() -> OfText),
    /// A text to a text.
    Text(fn(&str) -> String),
    /// Whether something is found in a text; `None` where it can't be looked for.
    Find(fn(&str) -> Option<Regex>),
}

/// What a function takes, gives and does.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// As plans write it.
    pub name: &'static str,
    /// The arguments.
    pub takes: &'static [Kind],
    /// How many of them may be left out, from the end.
    pub optional: usize,
    /// True where the last may stand any number of times, also not at all.
    pub repeats: bool,
    /// The result.
    pub gives: Kind,
    /// What it does.
    pub body: Body,
}

impl Shape {
    /// The type of the argument at a place.
    pub fn argument(&self, at: usize) -> Option<Kind> {
        let last = if self.repeats { self.takes.last() } else { None };
        self.takes.get(at).or(last).copied()
    }

    /// True where it takes so many arguments.
    pub fn accepts(&self, given: usize) -> bool {
        let least = self.takes.len() - self.optional - usize::from(self.repeats);
        given >= least && (self.repeats || given <= self.takes.len())
    }

    /// True where it can fail in a row.
    pub fn fails(&self) -> bool {
        matches!(self.body, Body::Numbers(_) | Body::Day(_))
    }
}

/// The shape of each function.
pub fn shape(function: RowFunction) -> Shape {
    use Kind::{Fixed, Number, Text, Time, Truth};
    use RowFunction as F;
    let of = |name, takes, gives, body| Shape { name, takes, optional: 0, repeats: false, gives, body };
    let number = |name, f: OfNumbers| of(name, &[Number], Number, Body::Numbers(f));
    // The second may be left out.
    let pair = |name, f: OfNumbers| Shape { optional: 1, ..of(name, &[Number, Number], Number, Body::Numbers(f)) };
    match function {
        F::Abs => of("abs", &[Number], Number, Body::Own),
        F::Exp => number("exp", |n| Ok(first(n).exp())),
        F::Ln => number("ln", |n| positive(first(n), f64::ln)),
        F::Log10 => number("log10", |n| positive(first(n), f64::log10)),
        F::Log => pair("log", |n| Ok(numbers::log(first(n), second(n, 10.0))?)),
        F::Mod => {
            let f: OfNumbers = |n| Ok(numbers::modulo(first(n), second(n, f64::NAN))?);
            of("mod", &[Number, Number], Number, Body::Numbers(f))
        }
        F::Int => number("int", |n| Ok(numbers::seen(first(n)).floor())),
        F::Round => pair("round", |n| Ok(numbers::round(first(n), second(n, 0.0)))),
        F::RoundUp => pair("roundup", |n| Ok(numbers::round_up(first(n), second(n, 0.0)))),
        F::RoundDown => pair("rounddown", |n| Ok(numbers::round_down(first(n), second(n, 0.0)))),
        F::Ceiling => pair("ceiling", |n| Ok(numbers::ceiling(first(n), second(n, 1.0))?)),
        F::Floor => pair("floor", |n| Ok(numbers::floor(first(n), second(n, 1.0))?)),
        F::Lower => of("lower", &[Text], Text, Body::Own),
        F::Upper => of("upper", &[Text], Text, Body::Own),
        F::Trim => of("trim", &[Text], Text, Body::Text(trimmed)),
        F::Length => of("length", &[Text], Number, Body::Own),
        F::Contains => of("contains", &[Text, Text], Truth, Body::Own),
        F::StartsWith => of("starts_with", &[Text, Text], Truth, Body::Own),
        F::Matches => of("matches", &[Text, Fixed], Truth, Body::Find(text::pattern)),
        F::Mentions => of("mentions", &[Text, Fixed], Truth, Body::Find(text::name)),
        F::HasHashtag => of("has_hashtag", &[Text, Fixed], Truth, Body::Find(text::hashtag)),
        F::Hashtags => of("hashtags", &[Text], Number, Body::Measure(|| Box::new(|t| text::hashtags(t) as f64))),
        F::Sentiment => of("sentiment", &[Text], Number, Body::Measure(scorer)),
        F::Year => of("year", &[Time], Number, Body::Own),
        F::Month => of("month", &[Time], Number, Body::Own),
        F::Day => of("day", &[Time], Number, Body::Own),
        F::Weekday => of("weekday", &[Time], Number, Body::Own),
        F::Date => of("date", &[Number, Number, Number], Time, Body::Day(date)),
        F::EDate => of("edate", &[Time, Number], Time, Body::Day(|d, n| dates::edate(*d.first()?, *n.first()?))),
        F::EoMonth => of("eomonth", &[Time, Number], Time, Body::Day(|d, n| dates::eomonth(*d.first()?, *n.first()?))),
        F::Days => of("days", &[Time, Time], Number, Body::Days(days)),
        F::NetworkDays => {
            Shape { repeats: true, ..of("networkdays", &[Time, Time, Time], Number, Body::Days(networkdays)) }
        }
    }
}

impl From<NoNumber> for RowError {
    fn from(why: NoNumber) -> Self {
        match why {
            NoNumber::DivZero => Self::DivZero,
            NoNumber::Num => Self::Num,
        }
    }
}

// Arguments are counted before a body is called.

fn first(n: &[f64]) -> f64 {
    n.first().copied().unwrap_or(f64::NAN)
}

fn second(n: &[f64], default: f64) -> f64 {
    n.get(1).copied().unwrap_or(default)
}

fn positive(x: f64, f: fn(f64) -> f64) -> Result<f64, RowError> {
    if x > 0.0 { Ok(f(x)) } else { Err(RowError::Num) }
}

/// TRIM: no white space at the ends, and one space between words.
fn trimmed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn scorer() -> Box<dyn FnMut(&str) -> f64> {
    let mut sentiment = Sentiment::default();
    Box::new(move |text| sentiment.score(text))
}

fn date(_: &[Date], n: &[f64]) -> Option<Date> {
    let [year, month, day] = n else { return None };
    dates::date(*year, *month, *day)
}

fn days(d: &[Date]) -> i64 {
    match d {
        [end, start, ..] => dates::days(*end, *start),
        _ => 0,
    }
}

fn networkdays(d: &[Date]) -> i64 {
    match d {
        [start, end, holidays @ ..] => dates::networkdays(*start, *end, holidays),
        _ => 0,
    }
}
