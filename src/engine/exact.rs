//! Sums of floating-point numbers without rounding on the way, so that the order of adding, and who added what, never
//! changes a total. Knows numbers only.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The weight of the lowest bit of the fixed-point part, as a power of two: fine enough for every multiple of a number
/// that is one millionth or more, and wide enough for totals up to 2⁵⁵.
const LOW: i32 = -72;

/// How many powers of two one bin of [`Bins`] spans.
const SPAN: i32 = 32;

/// What doesn't fit the fixed-point part: whole multiples of 2^(32·key). A mantissa moved up by 31 bits at the most has
/// 84 of the 127 bits, so that no count of rows can overflow one.
type Bins = BTreeMap<i32, i128>;

/// An exact sum. Adding is associative and commutative; [`ExactSum::total`] rounds once, to the nearest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExactSum {
    fixed: i128,
    bins: Option<Box<Bins>>,
    /// True where something infinite was added.
    beyond: bool,
}

impl ExactSum {
    /// A sum of whole numbers.
    pub fn of_whole(total: i128) -> Self {
        let mut sum = Self::default();
        sum.put(total, 0);
        sum
    }

    /// A sum that [`fixed`] brought together: its fixed-point part.
    pub fn of_fixed(fixed: i128) -> Self {
        Self { fixed, ..Self::default() }
    }

    /// Adds a number; after one that isn't finite, the total is infinite.
    pub fn add(&mut self, x: f64) {
        if !x.is_finite() {
            self.beyond = true;
            return;
        }
        match fixed(x).and_then(|f| self.fixed.checked_add(f)) {
            Some(sum) => self.fixed = sum,
            None => {
                let (mantissa, exponent) = parts(x);
                self.put(mantissa.into(), exponent);
            }
        }
    }

    /// Adds another sum.
    pub fn merge(&mut self, other: &Self) {
        self.beyond |= other.beyond;
        match self.fixed.checked_add(other.fixed) {
            Some(sum) => self.fixed = sum,
            None => self.put(other.fixed, LOW),
        }
        for (key, value) in other.bins.iter().flat_map(|b| b.iter()) {
            *self.bins.get_or_insert_default().entry(*key).or_default() += value;
        }
    }

    /// Adds `value` · 2^`exponent`, in pieces that leave a bin room.
    fn put(&mut self, value: i128, exponent: i32) {
        let mut rest = value;
        let mut exponent = exponent;
        while rest != 0 {
            // The low 32 bits with the sign of the whole.
            let piece = rest % (1 << SPAN);
            let key = exponent.div_euclid(SPAN);
            let shifted = piece << exponent.rem_euclid(SPAN);
            *self.bins.get_or_insert_default().entry(key).or_default() += shifted;
            rest /= 1 << SPAN;
            exponent += SPAN;
        }
    }

    /// The total, rounded to the nearest number; infinite where it is beyond all numbers.
    pub fn total(&self) -> f64 {
        if self.beyond {
            return f64::INFINITY;
        }
        let mut pieces = Pieces::default();
        pieces.add(self.fixed, LOW);
        for (key, value) in self.bins.iter().flat_map(|b| b.iter()) {
            pieces.add(*value, key * SPAN);
        }
        pieces.total()
    }
}

/// A finite number as a multiple of 2^[`LOW`]; `None` where it isn't one or is too large.
pub fn fixed(x: f64) -> Option<i128> {
    let (mantissa, exponent) = parts(x);
    match exponent - LOW {
        // 53 bits moved by 72 leave two for the sign and the sum.
        shift @ 0..=72 => Some(i128::from(mantissa) << shift),
        // Numbers such as 0.5 have a short mantissa below which there is nothing.
        shift @ -52..0 if mantissa.trailing_zeros() as i32 >= -shift => Some(i128::from(mantissa >> -shift)),
        _ if mantissa == 0 => Some(0),
        _ => None,
    }
}

/// A finite number as mantissa · 2^exponent.
fn parts(x: f64) -> (i64, i32) {
    let bits = x.to_bits();
    let fraction = (bits & ((1 << 52) - 1)) as i64;
    let (mantissa, exponent) = match ((bits >> 52) & 0x7ff) as i32 {
        0 => (fraction, -1074),
        e => (fraction | (1 << 52), e - 1075),
    };
    (if x.is_sign_negative() { -mantissa } else { mantissa }, exponent)
}

/// Partial sums that don't overlap, smallest first: J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic" (1997),
/// as Python's `math.fsum` keeps and rounds them.
#[derive(Default)]
struct Pieces(Vec<f64>);

impl Pieces {
    /// Takes `value` · 2^`exponent`, 53 bits at a time: each piece is a number without rounding.
    fn add(&mut self, value: i128, exponent: i32) {
        let (mut rest, mut exponent) = (value, exponent);
        while rest != 0 {
            let piece = (rest % (1 << 53)) as f64;
            // In two steps, so that neither factor leaves the range of numbers.
            let half = exponent / 2;
            self.grow(piece * 2f64.powi(half) * 2f64.powi(exponent - half));
            rest /= 1 << 53;
            exponent += 53;
        }
    }

    fn grow(&mut self, mut x: f64) {
        let mut kept = Vec::with_capacity(self.0.len() + 1);
        for y in &self.0 {
            let (large, small) = if x.abs() < y.abs() { (*y, x) } else { (x, *y) };
            let high = large + small;
            let low = small - (high - large);
            if low != 0.0 {
                kept.push(low);
            }
            x = high;
        }
        kept.push(x);
        self.0 = kept;
    }

    fn total(&self) -> f64 {
        let mut pieces = self.0.iter().rev();
        let mut high = pieces.next().copied().unwrap_or(0.0);
        while let Some(next) = pieces.next() {
            let before = high;
            high = before + next;
            let low = next - (high - before);
            if low != 0.0 {
                // Half-way cases are decided by what lies below.
                let below = pieces.next().copied().unwrap_or(0.0);
                if (low < 0.0 && below < 0.0) || (low > 0.0 && below > 0.0) {
                    let twice = low * 2.0;
                    let up = high + twice;
                    if up - high == twice {
                        high = up;
                    }
                }
                break;
            }
        }
        if high.is_nan() { f64::INFINITY } else { high }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(values: &[f64]) -> f64 {
        let mut sum = ExactSum::default();
        values.iter().for_each(|v| sum.add(*v));
        sum.total()
    }

    // Python: math.fsum of each list.
    #[test]
    fn totals_are_those_of_fsum() {
        assert_eq!(sum(&[]), 0.0);
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(sum(&[1e100, 1.0, -1e100]), 1.0);
        assert_eq!(sum(&[1e16, 1.0, 1.0]), 1.0000000000000002e16);
        assert_eq!(sum(&[1e-300, 1e300, -1e300]), 1e-300);
        assert_eq!(sum(&[f64::MAX, f64::MAX, -f64::MAX]), f64::MAX);
        assert_eq!(sum(&[5e-324, 5e-324]), 1e-323);
        assert_eq!(sum(&[0.0001, 0.0002, 0.0003]), 0.0006);
        assert_eq!(sum(&[3e16, 3e16, 3e16, 7.25]), 9e16);
        assert_eq!(sum(&[f64::MAX, f64::MAX]), f64::INFINITY);
    }

    proptest! {
        #[test]
        fn order_and_grouping_change_nothing(values in prop::collection::vec(any::<f64>(), 0..40), cut in 0usize..40) {
            let values: Vec<f64> = values.into_iter().filter(|v| v.is_finite()).map(|v| v / 64.0).collect();
            let (a, b) = values.split_at(cut.min(values.len()));
            let mut parts = [ExactSum::default(), ExactSum::default()];
            b.iter().rev().for_each(|v| parts[0].add(*v));
            a.iter().for_each(|v| parts[1].add(*v));
            let [mut all, other] = parts;
            all.merge(&other);
            prop_assert_eq!(all.total(), sum(&values));
        }

        #[test]
        fn whole_numbers_add_up(values in prop::collection::vec(-1_000_000_000_000i64..1_000_000_000_000, 0..100)) {
            let whole: i64 = values.iter().sum();
            let floats: Vec<f64> = values.iter().map(|v| *v as f64).collect();
            prop_assert_eq!(sum(&floats), whole as f64);
            prop_assert_eq!(ExactSum::of_whole(whole.into()).total(), whole as f64);
        }
    }
}
