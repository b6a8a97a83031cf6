//! Values that don't add up: all of them where ranks are asked for, the different ones where those are counted. Knows
//! numbers, and neither rows nor requests.

use super::key::Key;
use super::pass::values::{Numbers, Values};
use crate::engine::exact::ExactSum;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

/// Whole numbers below this are kept as bits, one each.
const BITS: u64 = 1 << 26;
/// Values that are kept in one piece of memory.
const PIECE: usize = 1 << 15;

/// All values of a request.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct All {
    /// Whole numbers from 0 to 2³² − 1.
    small: Vec<Vec<u32>>,
    /// Others.
    other: Vec<Vec<f64>>,
}

/// Adds to the last piece while there is room in it.
fn push<T>(pieces: &mut Vec<Vec<T>>, value: T) {
    match pieces.last_mut() {
        Some(piece) if piece.len() < PIECE => piece.push(value),
        _ => {
            let mut piece = Vec::with_capacity(if pieces.is_empty() { 16 } else { PIECE });
            piece.push(value);
            pieces.push(piece);
        }
    }
}

impl All {
    /// Takes the values of some rows that have one.
    pub fn take(&mut self, values: &Values, rows: impl Iterator<Item = usize>) {
        match &values.numbers {
            Numbers::Whole(numbers, _) => {
                let numbers = numbers.values();
                rows.for_each(|row| match u32::try_from(numbers[row]) {
                    Ok(small) => push(&mut self.small, small),
                    Err(_) => push(&mut self.other, numbers[row] as f64),
                });
            }
            Numbers::Real(numbers) => {
                let numbers = numbers.values();
                rows.for_each(|row| push(&mut self.other, numbers[row]));
            }
            Numbers::Any => {}
        }
    }

    /// Takes one value.
    pub fn push(&mut self, value: f64) {
        let small = value as u32;
        if f64::from(small) == value { push(&mut self.small, small) } else { push(&mut self.other, value) }
    }

    /// Adds another one's.
    pub fn merge(&mut self, other: Self) {
        self.small.extend(other.small);
        self.other.extend(other.other);
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        let small: usize = self.small.iter().map(|p| p.capacity() * 4).sum();
        small + self.other.iter().map(|p| p.capacity() * 8).sum::<usize>()
    }

    /// Linear between the two nearest ranks: rank p/100 · (n − 1), from 0 (a spreadsheet's PERCENTILE.INC).
    pub fn percentile(self, p: f64) -> Option<f64> {
        if self.other.is_empty() {
            return ranked(self.small.concat(), p, |a, b| a.cmp(b), f64::from);
        }
        let small = self.small.into_iter().flatten().map(f64::from);
        let all: Vec<f64> = small.chain(self.other.into_iter().flatten()).collect();
        ranked(all, p, f64::total_cmp, |v| v)
    }

    /// √(Σ(x − mean)² / (n − 1)), in two passes.
    pub fn deviation(&self) -> Option<f64> {
        let all = || {
            let small = self.small.iter().flatten().map(|v| f64::from(*v));
            small.chain(self.other.iter().flatten().copied())
        };
        let n = all().count();
        let mut sum = ExactSum::default();
        all().for_each(|v| sum.add(v));
        let mean = sum.total() / n as f64;
        let mut squares = ExactSum::default();
        all().for_each(|v| squares.add((v - mean) * (v - mean)));
        (n > 1).then(|| (squares.total() / (n as f64 - 1.0)).sqrt())
    }
}

fn ranked<T: Copy>(
    mut all: Vec<T>,
    p: f64,
    order: impl Fn(&T, &T) -> std::cmp::Ordering,
    number: impl Fn(T) -> f64,
) -> Option<f64> {
    let last = all.len().checked_sub(1)?;
    let rank = (p / 100.0).clamp(0.0, 1.0) * last as f64;
    let (_, low, above) = all.select_nth_unstable_by(rank.floor() as usize, &order);
    let low = number(*low);
    let high = match rank.ceil() > rank.floor() {
        true => above.iter().copied().min_by(&order).map_or(low, &number),
        false => low,
    };
    Some(low + (high - low) * rank.fract())
}

/// The different values of a request, as keys.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Different {
    bits: Vec<u64>,
    keys: FxHashSet<u64>,
    /// Texts, where they stand for themselves and not as somebody's numbers of them.
    texts: FxHashSet<Box<str>>,
}

/// A number as a key: small whole numbers are themselves, others their bits, which are larger than all of those; only the
/// least numbers that there are have small ones, and stand where no number has its bits.
pub fn key(number: f64) -> u64 {
    // Adding 0 turns −0 into 0.
    let number = number + 0.0;
    let whole = number as u64;
    match number.to_bits() {
        _ if whole < BITS && whole as f64 == number => whole,
        bits if bits < BITS => u64::MAX - bits,
        bits => bits,
    }
}

/// A whole number as a key, as [`key`] has it.
pub fn whole_key(number: i64) -> u64 {
    if (0..BITS as i64).contains(&number) { number as u64 } else { key(number as f64) }
}

impl Different {
    /// Takes one.
    #[inline]
    pub fn take(&mut self, key: u64) {
        if key >= BITS {
            self.keys.insert(key);
            return;
        }
        let at = (key / 64) as usize;
        if at >= self.bits.len() {
            self.bits.resize((at + 1).next_power_of_two(), 0);
        }
        self.bits[at] |= 1 << (key % 64);
    }

    /// Takes a value as it is.
    pub fn take_key(&mut self, value: Key) {
        match value {
            Key::Truth(truth) => self.take(u64::from(truth)),
            Key::Number(n) => self.take(key(n.into_inner())),
            Key::Time(time) => self.take(whole_key(time)),
            Key::Text(text) => _ = self.texts.insert(text),
        }
    }

    /// All keys; texts that stand for themselves have none.
    fn keys(&self) -> impl Iterator<Item = u64> {
        let bits = self.bits.iter().enumerate();
        let small =
            bits.flat_map(|(at, bits)| (0..64).filter(move |b| bits >> b & 1 == 1).map(move |b| at as u64 * 64 + b));
        small.chain(self.keys.iter().copied())
    }

    fn has(&self, key: u64) -> bool {
        match key < BITS {
            true => self.bits.get((key / 64) as usize).is_some_and(|bits| bits >> (key % 64) & 1 == 1),
            false => self.keys.contains(&key),
        }
    }

    /// Adds another one's; `to` gives its keys here.
    pub fn merge(&mut self, other: &Self, to: impl Fn(u64) -> u64) {
        other.keys().for_each(|key| self.take(to(key)));
        self.texts.extend(other.texts.iter().cloned());
    }

    /// The same with texts instead of numbers of them, where `text` knows one.
    pub fn spelled<'a>(&self, text: impl Fn(u64) -> Option<&'a Key>) -> Self {
        let mut spelled = Self { texts: self.texts.clone(), ..Self::default() };
        self.keys().for_each(|key| match text(key) {
            Some(value) => spelled.take_key(value.clone()),
            None => spelled.take(key),
        });
        spelled
    }

    /// How many of them are in another one too.
    pub fn common(&self, other: &Self) -> usize {
        self.keys().filter(|key| other.has(*key)).count() + self.texts.intersection(&other.texts).count()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.bits.iter().map(|b| b.count_ones() as usize).sum::<usize>() + self.keys.len() + self.texts.len()
    }

    /// Bytes that it takes, roughly.
    pub fn bytes(&self) -> usize {
        let letters: usize = self.texts.iter().map(|text| text.len()).sum();
        self.bits.len() * 8 + self.keys.capacity() * 9 + self.texts.capacity() * 17 + letters
    }
}
