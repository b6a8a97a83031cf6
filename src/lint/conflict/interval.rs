//! Intervals of numbers, rounded outwards so that what is empty is empty for sure. Knows no plan.
//!
//! The operations are those of interval arithmetic (Moore, *Interval Analysis*, 1966), on closed intervals whose ends
//! may be infinite. Every result is widened by more than doubles can be off.

/// How far results are widened, relative to what went into them: some thousand units in the last place.
const SLACK: f64 = 1e-12;
/// Bounds as people write them are kept within this, relative: nearly what comparisons tolerate (1e-9), so that a bound
/// and its strict opposite (`>= 10`, `< 10`) stay apart.
const TOLERANCE: f64 = 0.9e-9;
/// What a strict bound leaves out.
const STRICT: f64 = 1e-9;
/// More than zero.
const ABOVE_ZERO: f64 = 1e-300;

/// All numbers from `lo` to `hi`, both in; empty where `lo` is above `hi`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The least.
    pub lo: f64,
    /// The greatest.
    pub hi: f64,
}

impl Interval {
    /// Every number.
    pub const ALL: Self = Self { lo: f64::NEG_INFINITY, hi: f64::INFINITY };
    /// Zero and more.
    pub const POSITIVE: Self = Self { lo: 0.0, hi: f64::INFINITY };

    /// One number.
    pub fn point(x: f64) -> Self {
        Self { lo: x, hi: x }
    }

    /// At least a bound that somebody wrote; more than it where `strict`.
    pub fn at_least(bound: f64, strict: bool) -> Self {
        let lo = match (strict, bound == 0.0) {
            (true, true) => ABOVE_ZERO,
            (true, false) => bound + STRICT * bound.abs(),
            (false, _) => bound - TOLERANCE * bound.abs(),
        };
        Self { lo, hi: f64::INFINITY }
    }

    /// At most a bound that somebody wrote; less than it where `strict`.
    pub fn at_most(bound: f64, strict: bool) -> Self {
        Self::at_least(-bound, strict).negated()
    }

    /// What is in both.
    pub fn and(self, other: Self) -> Self {
        Self { lo: self.lo.max(other.lo), hi: self.hi.min(other.hi) }
    }

    /// True where nothing is in it, not even within what doubles can be off.
    pub fn is_empty(self) -> bool {
        self.lo > self.hi && self.lo - self.hi > SLACK * self.lo.abs().min(self.hi.abs())
    }

    /// True where zero is in it.
    fn has_zero(self) -> bool {
        self.lo <= 0.0 && self.hi >= 0.0
    }

    fn negated(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo }
    }

    /// Outwards by what an operation on numbers as large as `size` may be off.
    fn widened(self, size: f64) -> Self {
        let by =
            |x: f64| if x.is_finite() { SLACK * x.abs().max(if size.is_finite() { size } else { 0.0 }) } else { 0.0 };
        Self { lo: self.lo - by(self.lo), hi: self.hi + by(self.hi) }
    }

    /// `x + y`
    pub fn plus(self, other: Self) -> Self {
        let sum = |a: f64, b: f64, ends: (f64, f64)| {
            let sum = a + b;
            // The ends of an empty interval may be infinite both ways: say nothing then.
            if sum.is_nan() { (ends.0, 0.0) } else { (sum, a.abs().max(b.abs())) }
        };
        let (lo, below) = sum(self.lo, other.lo, (f64::NEG_INFINITY, 0.0));
        let (hi, above) = sum(self.hi, other.hi, (f64::INFINITY, 0.0));
        let low = Self::point(lo).widened(below).lo;
        let high = Self::point(hi).widened(above).hi;
        Self { lo: low, hi: high }
    }

    /// `c * x`
    pub fn times(self, c: f64) -> Self {
        self.multiplied(Self::point(c))
    }

    /// `x * y`
    pub fn multiplied(self, other: Self) -> Self {
        // Zero times anything is zero, also where the other has no end.
        let product = |a: f64, b: f64| if a == 0.0 || b == 0.0 { 0.0 } else { a * b };
        let all = [
            product(self.lo, other.lo),
            product(self.lo, other.hi),
            product(self.hi, other.lo),
            product(self.hi, other.hi),
        ];
        let lo = all.iter().copied().fold(f64::INFINITY, f64::min);
        let hi = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Self { lo, hi }.widened(0.0)
    }

    /// `x / y`, of which `y` is known not to be zero.
    pub fn divided(self, by: Self) -> Self {
        let inverse = match (by.lo, by.hi) {
            (lo, hi) if lo > 0.0 || hi < 0.0 => Self { lo: 1.0 / hi, hi: 1.0 / lo },
            (0.0, hi) if hi > 0.0 => Self { lo: 1.0 / hi, hi: f64::INFINITY },
            (lo, 0.0) if lo < 0.0 => Self { lo: f64::NEG_INFINITY, hi: 1.0 / lo },
            _ => return Self::ALL,
        };
        self.multiplied(inverse.widened(0.0))
    }

    /// The `x` of `x * y = product`.
    pub fn factor(product: Self, y: Self) -> Self {
        // Where both may be zero, `x` may be anything.
        if product.has_zero() && y.has_zero() { Self::ALL } else { product.divided(y) }
    }

    /// From the least to the greatest of both.
    pub fn joined(self, other: Self) -> Self {
        Self { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }
}
