//! Numbers as people read them: short, alike on every machine, and never rounded across one another. Knows no plan.

use super::{Currency, Unit, same};

/// Numbers at or above this, or below [`TINY`], are written with an exponent.
const HUGE: f64 = 1e15;
/// See [`HUGE`].
const TINY: f64 = 1e-6;
/// A double holds this many decimal digits.
const MOST_DIGITS: i32 = 15;
/// The finest quantum, as a power of ten; what is smaller is written with an exponent.
const FINEST: i32 = -18;
/// Days are named from two of them on: people say 24 h and 36 h.
const TWO_DAYS: i128 = 172_800;
/// What a shown number may differ from the true one, relative to it: three digits.
const VALUE_ERROR: f64 = 0.005;
/// What a shown difference may differ from the true one, relative to it.
const DIFFERENCE_ERROR: f64 = 0.05;
/// The powers of a thousand, largest first, with the letter glued on.
const SCALES: [(i32, &str); 4] = [(12, "T"), (9, "B"), (6, "M"), (3, "k")];
/// The parts of a duration in seconds, largest first.
const PARTS: [(i128, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
/// Seconds of the quanta of a duration above one second.
const LONG_QUANTA: [f64; 4] = [1.0, 60.0, 3_600.0, 86_400.0];

/// How finely the numbers of one statement are shown, chosen for all of them together, so that what is shown can be
/// checked by hand: two different numbers never look the same, none is rounded across another, and a shown
/// difference is the difference of the shown numbers.
///
/// All are rounded to multiples of one quantum (a thousand, a tenth of a percent, a minute); rounding keeps their
/// order, so numbers that look different stand in the right order.
#[derive(Debug, Clone, PartialEq)]
pub struct Digits {
    unit: Unit,
    /// The quantum: ten to this power; of a duration, from 1 on, minutes, hours, days.
    level: i32,
}

impl Digits {
    /// For numbers of `unit` (stored form) that are compared with one another. Not-a-numbers are left out.
    pub fn of(unit: &Unit, values: &[f64]) -> Self {
        Self::of_groups(unit, &[values])
    }

    /// For several groups shown alike, such as the lines of a list; only within a group are numbers compared.
    pub fn of_groups(unit: &Unit, groups: &[&[f64]]) -> Self {
        let all: Vec<f64> = groups.iter().flat_map(|g| g.iter().copied()).filter(|v| v.is_finite()).collect();
        let largest = all.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
        let mut digits = Self { unit: unit.clone(), level: usual_level(unit, largest).max(FINEST) };
        let finest = (magnitude(largest) - MOST_DIGITS + 1).max(FINEST);
        while !groups.iter().all(|g| digits.keeps_apart(g)) && digits.level > finest {
            digits.level -= 1;
        }
        let coarsest = if largest < TINY { coarsest(unit).min(0) } else { coarsest(unit) };
        while digits.level < coarsest && digits.coarser().is_exact(&all, digits.quantum()) {
            digits.level += 1;
        }
        digits
    }

    /// For numbers that are only known within `error`, such as the ends of a forecast's interval: no finer than that,
    /// but numbers that differ still look different.
    pub fn rough(unit: &Unit, values: &[f64], error: f64) -> Self {
        let mut digits = Self::of(unit, values);
        let apart = |d: &Self| {
            let pairs = values.iter().enumerate().flat_map(|(i, a)| values.iter().take(i).map(move |b| (*a, *b)));
            pairs.filter(|(a, b)| !same(*a, *b)).all(|(a, b)| d.steps(a) != d.steps(b))
        };
        while *unit != Unit::Duration && digits.coarser().quantum() <= error && apart(&digits.coarser()) {
            digits.level += 1;
        }
        digits
    }

    /// The number, rounded to the quantum.
    pub fn show(&self, value: f64) -> String {
        if !value.is_finite() {
            return "#NUM!".to_owned();
        }
        match value.abs() {
            v if v >= HUGE || (v > 0.0 && v < TINY) => dress(&self.unit, &format!("{value:e}")),
            _ => self.write(&self.unit, self.steps(value)),
        }
    }

    /// `a - b` as the shown numbers give it. The difference of two percentages is in points.
    pub fn difference(&self, a: f64, b: f64) -> String {
        if !(a.is_finite() && b.is_finite()) {
            return "#NUM!".to_owned();
        }
        let unit = match &self.unit {
            Unit::Percent => &Unit::Points,
            other => other,
        };
        if a.abs().max(b.abs()) >= HUGE {
            return dress(unit, &format!("{:e}", a - b));
        }
        self.write(unit, self.steps(a).saturating_sub(self.steps(b)))
    }

    /// An amount that is itself a difference, such as what is still needed; percentages are in points.
    pub fn amount(&self, value: f64) -> String {
        self.difference(value, 0.0)
    }

    /// [`Digits::difference`] with its sign always written.
    pub fn signed(&self, a: f64, b: f64) -> String {
        let text = self.difference(a, b);
        if text.starts_with('-') || a == b { text } else { format!("+{text}") }
    }

    /// [`Digits::show`] without zeros at the end that say nothing: `90%` beside `89.96%`. For numbers that people wrote.
    pub fn trimmed(&self, value: f64) -> String {
        let alone = Self::of(&self.unit, &[value]);
        let same_number = (alone.steps(value) as f64 * alone.quantum() - value).abs() <= 1e-12 * value.abs();
        if same_number { alone.show(value) } else { self.show(value) }
    }

    /// The number as it is shown.
    pub fn rounded(&self, value: f64) -> f64 {
        let shown = value.is_finite() && value.abs() < HUGE && (value == 0.0 || value.abs() >= TINY);
        if shown { self.steps(value) as f64 * self.quantum() } else { value }
    }

    /// So many decimal places finer.
    pub fn finer(&self, places: i32) -> Self {
        Self { unit: self.unit.clone(), level: (self.level - places).max(FINEST) }
    }

    /// As fine as it takes for `enough` to say so; as it is where nothing does.
    pub fn until(&self, enough: impl Fn(&Self) -> bool) -> Self {
        (0..MOST_DIGITS).map(|n| self.finer(n)).find(|d| enough(d)).unwrap_or_else(|| self.clone())
    }

    /// True where the two are shown alike.
    pub fn alike(&self, a: f64, b: f64) -> bool {
        self.show(a) == self.show(b)
    }

    /// True where the quantum is fine enough to show an amount of this size.
    pub fn suits(&self, value: f64) -> bool {
        (self.steps(value) as f64 * self.quantum() - value).abs() <= VALUE_ERROR * value.abs()
    }

    /// The quantum in the stored unit.
    fn quantum(&self) -> f64 {
        match (&self.unit, self.level) {
            (Unit::Duration, level) if level > 0 => LONG_QUANTA.get(level as usize).copied().unwrap_or(86_400.0),
            (_, level) => 10_f64.powi(level),
        }
    }

    fn coarser(&self) -> Self {
        Self { unit: self.unit.clone(), level: self.level + 1 }
    }

    /// How many quanta the number is, rounded. Each operation keeps the order of numbers.
    fn steps(&self, value: f64) -> i128 {
        // Ten to a negative power isn't exact: multiply by the positive one instead.
        let scaled = if self.level < 0 { value * 10_f64.powi(-self.level) } else { value / self.quantum() };
        scaled.round() as i128
    }

    /// True where every number of the group and every difference between two of them is shown near enough, and no
    /// two different numbers are shown alike.
    fn keeps_apart(&self, group: &[f64]) -> bool {
        let quantum = self.quantum();
        let finite = || group.iter().copied().filter(|v| v.is_finite());
        let near = |steps: i128, value: f64, error: f64| (steps as f64 * quantum - value).abs() <= error * value.abs();
        finite().all(|v| near(self.steps(v), v, VALUE_ERROR))
            && finite().enumerate().all(|(i, a)| {
                finite().take(i).all(|b| {
                    let shown = self.steps(a).saturating_sub(self.steps(b));
                    same(a, b) || (shown != 0 && near(shown, a - b, DIFFERENCE_ERROR))
                })
            })
    }

    /// True where every number, as the finer quantum shows it, is a multiple of this one.
    fn is_exact(&self, values: &[f64], finer: f64) -> bool {
        let ratio = (self.quantum() / finer).round() as i128;
        let finer = Self { unit: self.unit.clone(), level: self.level - 1 };
        ratio > 0 && values.iter().all(|v| finer.steps(*v) % ratio == 0)
    }

    fn write(&self, unit: &Unit, steps: i128) -> String {
        match unit {
            Unit::Duration => self.write_duration(steps),
            Unit::Percent | Unit::Points => dress(unit, &decimal(steps, self.level + 2)),
            _ => dress(unit, &scaled(steps, self.level)),
        }
    }

    fn write_duration(&self, steps: i128) -> String {
        let sign = if steps < 0 { "-" } else { "" };
        let steps = steps.abs();
        if self.level < 0 {
            let per_second = 10_i128.pow(self.level.unsigned_abs());
            if steps < per_second && steps > 0 {
                return format!("{sign}{}ms", decimal(steps, self.level + 3));
            }
            let (minutes, rest) = (steps / (60 * per_second), steps % (60 * per_second));
            let seconds = format!("{}s", decimal(rest, self.level));
            return match minutes {
                0 => format!("{sign}{seconds}"),
                _ => format!("{sign}{} {seconds}", clock_parts(minutes * 60, 60)),
            };
        }
        format!("{sign}{}", clock_parts(steps * self.quantum() as i128, self.quantum() as i128))
    }
}

/// One number in its short form: `129.727M`, `984k`, `2.1%`, `$2.65M`, `3h 20min`, `55.5`, `10`.
pub fn show(value: f64, unit: &Unit) -> String {
    Digits::of(unit, &[value]).show(value)
}

/// A relative change, signed, with one decimal: `+7.6%`; with more where one wouldn't tell it from `wanted`, or
/// from none at all. Takes fractions.
pub fn change(value: f64, wanted: Option<f64>) -> String {
    let text = apart_from(value, &[0.0, wanted.unwrap_or(0.0)], -3);
    if value > 0.0 { format!("+{text}") } else { text }
}

/// A share in whole percent: `85%`; with decimals where it would else be rounded to nothing, or across one of
/// `marks`. Takes fractions.
pub fn share(value: f64, marks: &[f64]) -> String {
    apart_from(value, &[&[0.0], marks].concat(), -2)
}

/// A fraction in percent, in quanta of ten to `level`, or finer until it can be told from each of `others`.
fn apart_from(value: f64, others: &[f64], level: i32) -> String {
    let mut digits = Digits { unit: Unit::Percent, level };
    let apart = |d: &Digits| others.iter().all(|o| same(value, *o) || d.steps(value) != d.steps(*o));
    while !apart(&digits) && digits.level > -MOST_DIGITS {
        digits.level -= 1;
    }
    digits.show(value)
}

/// One number with 15 significant digits and no letters for thousands, as a spreadsheet holds it.
pub fn show_exact(value: f64, unit: &Unit) -> String {
    if !value.is_finite() {
        return "#NUM!".to_owned();
    }
    let per_cent = matches!(unit, Unit::Percent | Unit::Points);
    let value = if per_cent { value * 100.0 } else { value };
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    let rounded = if rounded == 0.0 { 0.0 } else { rounded };
    match unit {
        Unit::Duration => exact_duration(rounded),
        _ if rounded != 0.0 && !(TINY..1e21).contains(&rounded.abs()) => dress(unit, &format!("{rounded:e}")),
        _ => dress(unit, &format!("{rounded}")),
    }
}

/// Whole seconds in parts, other durations in seconds.
fn exact_duration(seconds: f64) -> String {
    match seconds.fract() == 0.0 && seconds.abs() < HUGE {
        true => Digits { unit: Unit::Duration, level: 0 }.write_duration(seconds as i128),
        false if seconds.abs() < TINY || seconds.abs() >= HUGE => format!("{seconds:e}s"),
        false => format!("{seconds}s"),
    }
}

/// The power of ten of the first digit.
fn magnitude(value: f64) -> i32 {
    if value > 0.0 { value.log10().floor() as i32 } else { 0 }
}

/// The quantum at which numbers up to `largest` are shown if nothing asks for a finer one: three decimals of
/// thousands and above, three digits below; of a duration, the part after the largest.
fn usual_level(unit: &Unit, largest: f64) -> i32 {
    let digits = magnitude(largest);
    match unit {
        Unit::Duration => match largest {
            s if s >= TWO_DAYS as f64 => 2,
            s if s >= 3_600.0 => 1,
            s if s >= 60.0 => 0,
            _ => digits - 2,
        },
        Unit::Percent | Unit::Points => (digits - 2).min(-2),
        _ if digits >= 3 => digits.div_euclid(3).min(4) * 3 - 3,
        _ => digits - 2,
    }
}

/// No quantum is coarser than this.
fn coarsest(unit: &Unit) -> i32 {
    match unit {
        Unit::Duration => 3,
        Unit::Percent | Unit::Points => -2,
        _ => 12,
    }
}

/// `steps` times ten to `level`, with the letter of its power of a thousand. Where the quantum is below one, as with
/// cents, thousands are written out.
fn scaled(steps: i128, level: i32) -> String {
    let digits = steps.unsigned_abs().to_string().len() as i32;
    let first = digits - 1 + level;
    let from = if level < 0 { 6 } else { 3 };
    let scale = SCALES.iter().find(|(power, _)| steps != 0 && first >= *power && first >= from);
    match scale {
        Some((power, letter)) => format!("{}{letter}", decimal(steps, level - power)),
        None => decimal(steps, level),
    }
}

/// `steps` times ten to `level`, in full.
fn decimal(steps: i128, level: i32) -> String {
    let sign = if steps < 0 { "-" } else { "" };
    let digits = steps.unsigned_abs().to_string();
    if level >= 0 {
        let zeros = if steps == 0 { 0 } else { level as usize };
        return format!("{sign}{digits}{}", "0".repeat(zeros));
    }
    let decimals = level.unsigned_abs() as usize;
    let digits = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    format!("{sign}{whole}.{part}")
}

/// Seconds as days, hours, minutes and seconds, down to the part that is `least` long.
fn clock_parts(seconds: i128, least: i128) -> String {
    let mut rest = seconds;
    let mut text = Vec::new();
    for (length, name) in PARTS {
        if rest / length > 0 && (name != "d" || seconds >= TWO_DAYS) {
            text.push(format!("{}{name}", rest / length));
            rest %= length;
        }
    }
    if text.is_empty() {
        let name = PARTS.iter().find(|(length, _)| *length <= least).map_or("s", |(_, name)| *name);
        text.push(format!("0{name}"));
    }
    text.join(" ")
}

/// The unit around a written number.
fn dress(unit: &Unit, number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    match unit {
        Unit::Percent => format!("{number}%"),
        Unit::Points if digits == "1" => format!("{number} point"),
        Unit::Points => format!("{number} points"),
        Unit::Money(currency) => match currency_sign(*currency) {
            Some(symbol) => format!("{sign}{symbol}{digits}"),
            None => format!("{number} {currency}"),
        },
        Unit::Duration => format!("{number}s"),
        Unit::Plain | Unit::Count(_) => number.to_owned(),
    }
}

/// The signs the language reads; every other currency is written by its code.
fn currency_sign(currency: Currency) -> Option<&'static str> {
    [(Currency::USD, "$"), (Currency::EUR, "€"), (Currency::GBP, "£")]
        .into_iter()
        .find(|(c, _)| *c == currency)
        .map(|(_, sign)| sign)
}
