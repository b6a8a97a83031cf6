//! Formulas over many windows at once: numbers side by side, instead of a walk through the formula for each window. Only
//! what comes to a plain number without a note is worked out here; of any other window a column says nothing, and the
//! walk is asked. So no value differs, and this knows no missing value, no error and no trace.

use super::arithmetic::arithmetic;
use super::formula::{Context, MAX_DEPTH, World};
use super::value::{Datum, Stretch, Value};
use crate::calendar::Window;
use crate::model::plan::{Aggregate, BinaryOp, Formula, MetricId, Node};
use crate::quantity::numbers as spreadsheet;
use indexmap::{Equivalent, IndexMap, IndexSet};
use jiff::civil::DateTime;
use rustc_hash::FxBuildHasher;
use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// With fewer windows a walk for each costs no more.
const FEW: usize = 4;
/// Where none of so many windows, far and wide, has a plain number, the others are walked as well.
const TRIED: usize = 8;
/// So many numbers are kept at most, for other formulas over the same windows.
const MOST: usize = 4_000_000;

/// The ends of the times that values stand for, as in [`Datum::until`].
type Ends = Rc<[Option<DateTime>]>;

/// What a formula comes to in each of some windows.
#[derive(Debug, Clone)]
pub struct Column {
    /// No number (NaN) where the walk must be asked.
    numbers: Vec<f64>,
    /// `None` where no data is read.
    ends: Option<Ends>,
    /// How deep the walk would go.
    height: usize,
}

impl Column {
    /// The number in the window of that place; `None` where the walk must be asked.
    pub fn number(&self, place: usize) -> Option<f64> {
        self.numbers.get(place).copied().filter(|x| !x.is_nan())
    }

    /// The same with the time that it stands for.
    pub fn datum(&self, place: usize) -> Option<Datum> {
        let until = self.ends.as_ref().and_then(|ends| ends.get(place).copied().flatten());
        Some(Datum { until, ..Datum::plain(Value::Number(self.number(place)?)) })
    }
}

/// The windows that columns are over, and where what is read of them is cut.
#[derive(Debug, PartialEq, Eq)]
struct Grid(Box<[Window]>, DateTime);

/// The same, borrowed.
#[derive(Clone, Copy)]
struct Lines<'w>(&'w [Window], DateTime);

impl Hash for Grid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Lines(&self.0, self.1).hash(state);
    }
}

impl Hash for Lines<'_> {
    // The ends tell most grids apart; that they are the same is looked at in full.
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.len(), self.0.first(), self.0.last(), self.1).hash(state);
    }
}

impl Equivalent<Grid> for Lines<'_> {
    fn equivalent(&self, key: &Grid) -> bool {
        self.1 == key.1 && *self.0 == *key.0
    }
}

/// The columns of metrics without filters, worked out so far: many formulas read the same ones.
#[derive(Debug, Default)]
pub struct Columns(RefCell<Kept>);

#[derive(Debug, Default)]
struct Kept {
    grids: IndexSet<Grid, FxBuildHasher>,
    metrics: IndexMap<(usize, MetricId), Rc<Column>, FxBuildHasher>,
    /// The newest ends: tables that go equally far share them.
    ends: Option<Ends>,
    numbers: usize,
}

impl Columns {
    /// Forgets all: cells have been read, or nobody asks for these windows any more.
    pub fn clear(&self) {
        *self.0.borrow_mut() = Kept::default();
    }

    /// The number of a grid; `None` where no more are kept.
    fn grid(&self, windows: &[Window], cut: DateTime) -> Option<usize> {
        let mut kept = self.0.borrow_mut();
        if let Some(number) = kept.grids.get_index_of(&Lines(windows, cut)) {
            return Some(number);
        }
        kept.numbers += windows.len();
        (kept.numbers <= MOST).then(|| kept.grids.insert_full(Grid(windows.into(), cut)).0)
    }

    fn get(&self, grid: usize, metric: MetricId) -> Option<Rc<Column>> {
        self.0.borrow().metrics.get(&(grid, metric)).cloned()
    }

    fn keep(&self, grid: usize, metric: MetricId, column: &Rc<Column>) {
        let mut kept = self.0.borrow_mut();
        if kept.numbers + column.numbers.len() <= MOST {
            kept.numbers += column.numbers.len();
            kept.metrics.insert((grid, metric), Rc::clone(column));
        }
    }

    /// These ends, as they are shared.
    fn shared(&self, ends: Vec<Option<DateTime>>) -> Ends {
        let mut kept = self.0.borrow_mut();
        match &kept.ends {
            Some(same) if **same == *ends => Rc::clone(same),
            _ => Rc::clone(kept.ends.insert(ends.into())),
        }
    }
}

/// A part of a formula: the same number in every window, or a column of its own or shared.
enum Part {
    /// With its height.
    Number(f64, usize),
    Own(Column),
    Shared(Rc<Column>),
}

impl Part {
    fn column(&self) -> Option<&Column> {
        match self {
            Self::Number(..) => None,
            Self::Own(column) => Some(column),
            Self::Shared(column) => Some(column),
        }
    }

    fn height(&self) -> usize {
        match self {
            Self::Number(_, height) => *height,
            other => other.column().map_or(0, |column| column.height),
        }
    }

    /// What stands for it one level up in the formula.
    fn above(self) -> Self {
        self.each(|x| x)
    }

    /// Every number made another one.
    fn each(self, act: impl Fn(f64) -> f64) -> Self {
        let mut column = match self {
            Self::Number(x, height) => return Self::Number(act(x), height + 1),
            Self::Own(column) => column,
            Self::Shared(column) => Rc::unwrap_or_clone(column),
        };
        column.numbers.iter_mut().for_each(|x| *x = act(*x));
        column.height += 1;
        Self::Own(column)
    }

    /// Two parts joined, window by window.
    fn with(self, other: Self, act: impl Fn(f64, f64) -> f64) -> Self {
        // What isn't finite is an error, which the walk puts into words.
        let act = |x, y| Some(act(x, y)).filter(|z: &f64| z.is_finite()).unwrap_or(f64::NAN);
        let height = self.height().max(other.height()) + 1;
        let ends = ends(self.column(), other.column());
        let mut out = match (self, other) {
            (Self::Number(x, _), Self::Number(y, _)) => return Self::Number(act(x, y), height),
            (Self::Number(x, _), other) => other.each(|y| act(x, y)),
            (own, Self::Number(y, _)) => own.each(|x| act(x, y)),
            (Self::Shared(a), Self::Own(mut b)) => {
                b.numbers.iter_mut().zip(&a.numbers).for_each(|(y, x)| *y = act(*x, *y));
                Self::Own(b)
            }
            (Self::Shared(a), Self::Shared(b)) => {
                let numbers = a.numbers.iter().zip(&b.numbers).map(|(x, y)| act(*x, *y)).collect();
                Self::Own(Column { numbers, ends: None, height })
            }
            (Self::Own(mut a), b) => {
                let of_b = b.column().map_or(&[][..], |b| &b.numbers);
                a.numbers.iter_mut().zip(of_b).for_each(|(x, y)| *x = act(*x, *y));
                Self::Own(a)
            }
        };
        if let Self::Own(column) = &mut out {
            (column.ends, column.height) = (ends, height);
        }
        out
    }
}

/// The earlier end of two columns, window by window.
fn ends(a: Option<&Column>, b: Option<&Column>) -> Option<Ends> {
    let earlier = |(a, b): (&Option<DateTime>, &Option<DateTime>)| match (a, b) {
        (Some(a), Some(b)) => Some(*a.min(b)),
        (a, b) => a.or(*b),
    };
    match (a.and_then(|a| a.ends.as_ref()), b.and_then(|b| b.ends.as_ref())) {
        (Some(a), Some(b)) if Rc::ptr_eq(a, b) => Some(Rc::clone(a)),
        (Some(a), Some(b)) => Some(a.iter().zip(b.iter()).map(earlier).collect()),
        (a, b) => a.or(b).cloned(),
    }
}

/// A power as the walk takes it; no number of no number.
fn power(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() { f64::NAN } else { spreadsheet::power(x, y).unwrap_or(f64::NAN) }
}

/// `a op b`; `None` where it isn't arithmetic.
fn binary(op: BinaryOp, a: Part, b: Part) -> Option<Part> {
    Some(match op {
        BinaryOp::Add => a.with(b, |x, y| x + y),
        BinaryOp::Subtract => a.with(b, |x, y| x - y),
        BinaryOp::Multiply => a.with(b, |x, y| x * y),
        // By zero it isn't finite.
        BinaryOp::Divide => a.with(b, |x, y| x / y),
        BinaryOp::Power => a.with(b, power),
        _ => return None,
    })
}

/// A formula over windows, under filters.
struct Over<'w, 'a> {
    world: &'w World<'a>,
    windows: &'w [Window],
    cut: DateTime,
    context: Context<'a>,
    /// Where what metrics come to is kept: without filters.
    grid: Option<usize>,
}

impl<'a> World<'a> {
    /// What a formula comes to over each of some windows, read as far as `cut`. `None` where a walk for each is the way.
    pub fn column(
        &self,
        formula: &'a Formula,
        context: &Context<'a>,
        windows: &[Window],
        cut: DateTime,
    ) -> Option<Rc<Column>> {
        if windows.len() < FEW || self.cells.trace.is_on() {
            return None;
        }
        let bare = context.filters.is_empty() && context.group.is_none() && context.also.is_empty() && !context.whole;
        let bare = bare && context.lifted.is_empty();
        let grid = if bare { self.cells.columns.grid(windows, cut) } else { None };
        let over = Over { world: self, windows, cut, context: context.clone(), grid };
        let part = over.part(formula, 0)?;
        if part.height() > MAX_DEPTH {
            return None;
        }
        Some(match part {
            Part::Shared(column) => column,
            Part::Own(column) => Rc::new(column),
            Part::Number(x, height) => Rc::new(Column { numbers: vec![x; windows.len()], ends: None, height }),
        })
    }
}

impl<'a> Over<'_, 'a> {
    fn part(&self, formula: &'a Formula, depth: usize) -> Option<Part> {
        if depth > MAX_DEPTH {
            return None;
        }
        match &formula.node {
            Node::Number(_) | Node::Let(_) => self.literal(formula, depth),
            Node::Metric(id) => self.metric(*id, depth),
            Node::Aggregate(aggregate) => self.aggregate(aggregate),
            Node::Filter(x, condition) => {
                let filtered = Over { context: self.context.and(condition), grid: None, ..*self };
                filtered.part(x, depth + 1).map(Part::above)
            }
            Node::Negate(x) => self.part(x, depth + 1).map(|x| x.each(|x| -x)),
            Node::Binary(op, a, b) if arithmetic(*op) => {
                binary(*op, self.part(a, depth + 1)?, self.part(b, depth + 1)?)
            }
            _ => None,
        }
    }

    /// A number that no data touches; nothing else is asked of a let, as it isn't read over these windows.
    fn literal(&self, formula: &'a Formula, depth: usize) -> Option<Part> {
        if depth > MAX_DEPTH {
            return None;
        }
        match &formula.node {
            Node::Number(x) => Some(Part::Number(*x, 0)),
            Node::Let(id) => {
                let (_, cell) = self.world.plan.lets.get_index(*id)?;
                self.literal(&cell.value, depth + 1).map(Part::above)
            }
            Node::Negate(x) => self.literal(x, depth + 1).map(|x| x.each(|x| -x)),
            Node::Binary(op, a, b) if arithmetic(*op) => {
                binary(*op, self.literal(a, depth + 1)?, self.literal(b, depth + 1)?)
            }
            _ => None,
        }
    }

    fn metric(&self, id: MetricId, depth: usize) -> Option<Part> {
        let columns = &self.world.cells.columns;
        if let Some(known) = self.grid.and_then(|grid| columns.get(grid, id)) {
            return Some(Part::Shared(known));
        }
        let (_, metric) = self.world.plan.metrics.get_index(id)?;
        if metric.uses_past {
            return None;
        }
        let part = self.part(&metric.value, depth + 1)?.above();
        Some(match (part, self.grid) {
            (Part::Own(column), Some(grid)) => {
                let column = Rc::new(column);
                columns.keep(grid, id, &column);
                Part::Shared(column)
            }
            (part, _) => part,
        })
    }

    fn aggregate(&self, aggregate: &'a Aggregate) -> Option<Part> {
        let mut context = self.context.clone();
        let (mut numbers, mut ends) = (Vec::with_capacity(self.windows.len()), Vec::with_capacity(self.windows.len()));
        let filtered = self.world.filtered(aggregate, &context).ok()?;
        let mut read = |window: &Window| {
            context.stretch = Some(Stretch::new(*window, self.cut));
            let Datum { value, until, notes } = self.world.in_window(&filtered, &context);
            (value.as_number().filter(|_| notes.is_empty()).unwrap_or(f64::NAN), until)
        };
        let few = self.windows.iter().step_by(self.windows.len().div_ceil(TRIED).max(1));
        if few.map(&mut read).all(|(x, _)| x.is_nan()) {
            return None;
        }
        for (number, end) in self.windows.iter().map(read) {
            numbers.push(number);
            ends.push(end);
        }
        let ends = Some(self.world.cells.columns.shared(ends));
        Some(Part::Own(Column { numbers, ends, height: 0 }))
    }
}
