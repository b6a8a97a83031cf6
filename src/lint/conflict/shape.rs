//! Formulas by what they are made of: two that are worked out alike have one number, whatever they are called and
//! wherever they stand. Knows no windows, no goals and no data.

use crate::calendar::CalendarSpan;
use crate::lint::constant;
use crate::model::kinds;
use crate::model::plan::{
    Aggregate, BinaryOp, CampaignId, Condition, Formula, Function, Kind, MetricId, Node, Plan, TableId,
};
use crate::quantity::Unit;
use crate::query::{Measure, Row};
use std::collections::{HashMap, HashSet};

/// The number of a shape.
pub type ShapeId = usize;
/// The number of a set of filters; 0 is none.
pub type FilterSet = usize;

/// How deep formulas are followed.
const DEPTH: u32 = 40;
/// Sums of more parts are left whole.
const MAX_PARTS: usize = 40;

/// How a formula is made of others.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// The same always.
    Constant(f64),
    /// What isn't taken apart.
    Leaf(Leaf),
    /// Each part times its number.
    Sum(Vec<(f64, ShapeId)>),
    /// `a * b`
    Product(ShapeId, ShapeId),
    /// `a / b`
    Quotient(ShapeId, ShapeId),
}

/// What isn't taken apart: an aggregate, or a formula whose inside says nothing here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leaf {
    /// How it behaves over time; `None`: the same in every window.
    pub kind: Option<Kind>,
    /// The table of an aggregate.
    pub table: Option<TableId>,
    /// What it can't fall below: 0 of a count.
    pub least: f64,
    /// What it can't pass: 1 of a share.
    pub most: f64,
    /// Its conditions.
    pub filters: FilterSet,
    /// Which counts it can be compared with: those of the same things.
    pub counted: Option<usize>,
}

/// What makes two leaves the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Source<'a> {
    Aggregate(TableId, &'a Measure, Option<CalendarSpan>),
    /// One place in the plan.
    Formula(*const Formula),
    Let(usize),
}

/// What makes two filters the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Filter<'a> {
    /// Rows that pass; where `lenient`, only in tables that have the columns.
    Rows { row: &'a Row, tables: &'a [TableId], lenient: bool },
    /// A campaign's, which reaches all tables of a formula or none of them.
    Campaign(CampaignId, usize),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Parts {
    Constant(u64),
    Sum(Vec<(u64, ShapeId)>),
    Product(ShapeId, ShapeId),
    Quotient(ShapeId, ShapeId),
}

/// All shapes of a plan.
#[derive(Debug)]
pub struct Shapes<'a> {
    plan: &'a Plan,
    shapes: Vec<Shape>,
    /// Of each, whether it can't be below zero.
    positive: Vec<bool>,
    leaves: HashMap<(Source<'a>, FilterSet), ShapeId>,
    inner: HashMap<Parts, ShapeId>,
    metrics: HashMap<(MetricId, FilterSet), Option<ShapeId>>,
    filters: HashMap<Filter<'a>, u32>,
    sets: HashMap<Vec<u32>, FilterSet>,
    listed: Vec<Vec<u32>>,
    tables: HashMap<Vec<TableId>, usize>,
    counts: HashMap<(TableId, &'a Measure), usize>,
    /// Aggregates that a metric calls a number of things.
    things: HashSet<(TableId, &'a Measure)>,
    /// Lets the formula of a metric that is worked out from itself be left whole.
    depth: u32,
}

impl<'a> Shapes<'a> {
    /// Of a plan, none yet.
    pub fn new(plan: &'a Plan) -> Self {
        let things = plan.metrics.iter().filter_map(|(name, metric)| {
            let Unit::Count(_) = metric.unit else { return None };
            let aggregate = aggregate_of(&metric.value)?;
            let (Measure::Sum(row) | Measure::Last(row) | Measure::LastPer(row, _)) = &aggregate.measure else {
                return None;
            };
            let adds = matches!(row, Row::Column(_));
            let net = may_be_negative(name) || may_be_negative(&aggregate.text);
            (adds && !net).then_some((aggregate.table, &aggregate.measure))
        });
        Self {
            plan,
            shapes: Vec::new(),
            positive: Vec::new(),
            leaves: HashMap::new(),
            inner: HashMap::new(),
            metrics: HashMap::new(),
            filters: HashMap::new(),
            sets: HashMap::from([(Vec::new(), 0)]),
            listed: vec![Vec::new()],
            tables: HashMap::new(),
            counts: HashMap::new(),
            things: things.collect(),
            depth: 0,
        }
    }

    /// One of them.
    pub fn get(&self, id: ShapeId) -> Option<&Shape> {
        self.shapes.get(id)
    }

    /// A set of filters with a further condition; `lenient` where tables without its columns are passed over.
    pub fn with(&mut self, set: FilterSet, condition: &'a Condition, lenient: bool) -> FilterSet {
        self.adding(set, Filter::Rows { row: &condition.row, tables: &condition.tables, lenient })
    }

    /// A set of filters with a campaign's, over a formula that reads those tables.
    pub fn with_campaign(&mut self, set: FilterSet, id: CampaignId, tables: &[TableId]) -> FilterSet {
        let tables = self.table_set(tables);
        self.adding(set, Filter::Campaign(id, tables))
    }

    fn adding(&mut self, set: FilterSet, filter: Filter<'a>) -> FilterSet {
        let next = self.filters.len() as u32;
        let filter = *self.filters.entry(filter).or_insert(next);
        let mut list = self.listed.get(set).cloned().unwrap_or_default();
        if let Err(at) = list.binary_search(&filter) {
            list.insert(at, filter);
        }
        if let Some(known) = self.sets.get(&list) {
            return *known;
        }
        let id = self.listed.len();
        self.sets.insert(list.clone(), id);
        self.listed.push(list);
        id
    }

    /// True where every row that passes `narrow` passes `wide` as well, as far as the conditions themselves tell.
    pub fn narrower(&self, narrow: FilterSet, wide: FilterSet) -> bool {
        let list = |set: FilterSet| self.listed.get(set).map_or(&[][..], Vec::as_slice);
        list(wide).iter().all(|f| list(narrow).binary_search(f).is_ok())
    }

    /// The number of a set of tables.
    pub fn table_set(&mut self, tables: &[TableId]) -> usize {
        let mut tables = tables.to_vec();
        tables.sort_unstable();
        tables.dedup();
        let next = self.tables.len();
        *self.tables.entry(tables).or_insert(next)
    }

    /// The shape of a formula under filters; nothing where its value depends on where its window starts.
    pub fn of(&mut self, formula: &'a Formula, filters: FilterSet) -> Option<ShapeId> {
        if self.depth >= DEPTH {
            return Some(self.whole(formula, filters));
        }
        self.depth += 1;
        let shape = self.shape(formula, filters);
        self.depth -= 1;
        shape
    }

    fn shape(&mut self, formula: &'a Formula, filters: FilterSet) -> Option<ShapeId> {
        Some(match &formula.node {
            Node::Number(x) => self.constant(*x),
            Node::Budget(_) => match constant::number(self.plan, formula) {
                Some(x) => self.constant(x),
                None => self.whole(formula, 0),
            },
            // A let is one value: no window or filter from outside reaches it.
            Node::Let(id) => match constant::number(self.plan, formula) {
                Some(x) => self.constant(x),
                None => self.leaf(Source::Let(*id), 0, opaque(None)),
            },
            Node::Metric(id) => return self.metric(*id, formula, filters),
            Node::Aggregate(aggregate) => return self.aggregate(aggregate, filters),
            Node::Filter(inner, condition) => {
                let filters = self.with(filters, condition, false);
                return self.of(inner, filters);
            }
            Node::Negate(x) => {
                let x = self.of(x, filters)?;
                self.sum(&[(-1.0, x)])
            }
            Node::Binary(op, a, b) => return self.binary(*op, a, b, formula, filters),
            Node::Call(Function::Sum, parts) if parts.len() <= MAX_PARTS => {
                let parts: Vec<(f64, ShapeId)> =
                    parts.iter().map(|p| Some((1.0, self.of(p, filters)?))).collect::<Option<_>>()?;
                self.sum(&parts)
            }
            // roi(gain, cost) = (gain - cost) / cost = gain / cost - 1
            Node::Call(Function::Roi, parts) => match parts.as_slice() {
                [gain, cost] => {
                    let (gain, cost) = (self.of(gain, filters)?, self.of(cost, filters)?);
                    let (ratio, one) = (self.quotient(gain, cost), self.constant(1.0));
                    self.sum(&[(1.0, ratio), (-1.0, one)])
                }
                _ => self.whole(formula, filters),
            },
            _ => self.whole(formula, filters),
        })
    }

    fn metric(&mut self, id: MetricId, formula: &'a Formula, filters: FilterSet) -> Option<ShapeId> {
        if let Some(known) = self.metrics.get(&(id, filters)) {
            return *known;
        }
        let (_, metric) = self.plan.metrics.get_index(id)?;
        let shape = match metric.uses_past {
            true => Some(self.leaf(
                Source::Formula(&raw const metric.value),
                filters,
                opaque(kinds::kind(formula, self.plan)),
            )),
            false => self.of(&metric.value, filters),
        };
        self.metrics.insert((id, filters), shape);
        shape
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        a: &'a Formula,
        b: &'a Formula,
        formula: &'a Formula,
        filters: FilterSet,
    ) -> Option<ShapeId> {
        if !matches!(op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide) {
            return Some(self.whole(formula, filters));
        }
        let (a, b) = (self.of(a, filters)?, self.of(b, filters)?);
        let constant = |s: &Self, id| match s.get(id) {
            Some(Shape::Constant(x)) => Some(*x),
            _ => None,
        };
        Some(match (op, constant(self, a), constant(self, b)) {
            (BinaryOp::Multiply, Some(a), Some(b)) => self.constant(a * b),
            (BinaryOp::Divide, Some(a), Some(b)) if b != 0.0 => self.constant(a / b),
            (BinaryOp::Add, ..) => self.sum(&[(1.0, a), (1.0, b)]),
            (BinaryOp::Subtract, ..) => self.sum(&[(1.0, a), (-1.0, b)]),
            (BinaryOp::Multiply, Some(c), _) => self.sum(&[(c, b)]),
            (BinaryOp::Multiply, _, Some(c)) => self.sum(&[(c, a)]),
            (BinaryOp::Divide, _, Some(c)) if c != 0.0 => self.sum(&[(1.0 / c, a)]),
            (BinaryOp::Multiply, ..) => self.product(a, b),
            _ => self.quotient(a, b),
        })
    }

    fn aggregate(&mut self, aggregate: &'a Aggregate, filters: FilterSet) -> Option<ShapeId> {
        let filters = match &aggregate.filter {
            Some(condition) => self.with(filters, condition, false),
            None => filters,
        };
        let (least, most) = match &aggregate.measure {
            Measure::First(_) => return None,
            _ if aggregate.retained.is_some() => (0.0, 1.0),
            Measure::Count | Measure::Distinct(_) | Measure::Stdev(_) => (0.0, f64::INFINITY),
            Measure::Share(_) | Measure::Csat(..) => (0.0, 1.0),
            Measure::Nps(_) => (-100.0, 100.0),
            measure if self.things.contains(&(aggregate.table, measure)) => (0.0, f64::INFINITY),
            _ => (f64::NEG_INFINITY, f64::INFINITY),
        };
        let countable =
            matches!(aggregate.measure, Measure::Count | Measure::Distinct(_)) && aggregate.retained.is_none();
        let counted = countable.then(|| {
            let next = self.counts.len();
            *self.counts.entry((aggregate.table, &aggregate.measure)).or_insert(next)
        });
        let leaf = Leaf { kind: Some(aggregate.kind), table: Some(aggregate.table), least, most, filters, counted };
        Some(self.leaf(Source::Aggregate(aggregate.table, &aggregate.measure, aggregate.retained), filters, leaf))
    }

    /// A formula that isn't taken apart.
    fn whole(&mut self, formula: &'a Formula, filters: FilterSet) -> ShapeId {
        let leaf = opaque(kinds::kind(formula, self.plan));
        self.leaf(Source::Formula(formula), filters, leaf)
    }

    fn leaf(&mut self, source: Source<'a>, filters: FilterSet, leaf: Leaf) -> ShapeId {
        let next = self.shapes.len();
        let id = *self.leaves.entry((source, filters)).or_insert(next);
        if id == next {
            self.shapes.push(Shape::Leaf(Leaf { filters, ..leaf }));
            self.positive.push(leaf.least >= 0.0);
        }
        id
    }

    fn inner(&mut self, parts: Parts, shape: Shape) -> ShapeId {
        let next = self.shapes.len();
        let id = *self.inner.entry(parts).or_insert(next);
        if id == next {
            let positive = |part: &ShapeId| self.positive(*part);
            self.positive.push(match &shape {
                Shape::Constant(x) => *x >= 0.0,
                Shape::Leaf(leaf) => leaf.least >= 0.0,
                Shape::Sum(parts) => parts.iter().all(|(c, part)| *c >= 0.0 && positive(part)),
                Shape::Product(a, b) | Shape::Quotient(a, b) => positive(a) && positive(b),
            });
            self.shapes.push(shape);
        }
        id
    }

    fn constant(&mut self, x: f64) -> ShapeId {
        self.inner(Parts::Constant(x.to_bits()), Shape::Constant(x))
    }

    fn product(&mut self, a: ShapeId, b: ShapeId) -> ShapeId {
        let (a, b) = (a.min(b), a.max(b));
        self.inner(Parts::Product(a, b), Shape::Product(a, b))
    }

    fn quotient(&mut self, a: ShapeId, b: ShapeId) -> ShapeId {
        self.inner(Parts::Quotient(a, b), Shape::Quotient(a, b))
    }

    /// A sum, with the parts of parts.
    fn sum(&mut self, parts: &[(f64, ShapeId)]) -> ShapeId {
        let mut flat: Vec<(f64, ShapeId)> = Vec::new();
        let mut add = |c: f64, id: ShapeId| match flat.iter_mut().find(|(_, known)| *known == id) {
            Some((known, _)) => *known += c,
            None => flat.push((c, id)),
        };
        for (c, id) in parts {
            match self.shapes.get(*id) {
                Some(Shape::Sum(inner)) if inner.len() <= MAX_PARTS => inner.iter().for_each(|(d, id)| add(c * d, *id)),
                _ => add(*c, *id),
            }
        }
        flat.retain(|(c, _)| *c != 0.0);
        flat.sort_by_key(|(_, id)| *id);
        match flat.as_slice() {
            [] => self.constant(0.0),
            [(1.0, only)] => *only,
            _ => {
                let key = flat.iter().map(|(c, id)| (c.to_bits(), *id)).collect();
                self.inner(Parts::Sum(key), Shape::Sum(flat))
            }
        }
    }

    /// True where it can't be below zero.
    pub fn positive(&self, id: ShapeId) -> bool {
        self.positive.get(id).copied().unwrap_or(false)
    }
}

fn opaque(kind: Option<Kind>) -> Leaf {
    Leaf { kind, table: None, least: f64::NEG_INFINITY, most: f64::INFINITY, filters: 0, counted: None }
}

/// The aggregate that a formula is, whatever filters stand around it.
fn aggregate_of(formula: &Formula) -> Option<&Aggregate> {
    match &formula.node {
        Node::Filter(inner, _) => aggregate_of(inner),
        Node::Aggregate(aggregate) => Some(aggregate),
        _ => None,
    }
}

/// True where a name says that a number of things may fall below zero: what came less what went.
fn may_be_negative(name: &str) -> bool {
    const WORDS: [&str; 14] = [
        "net",
        "change",
        "delta",
        "diff",
        "difference",
        "gain",
        "loss",
        "growth",
        "balance",
        "added",
        "adds",
        "additions",
        "variance",
        "surplus",
    ];
    let lower = name.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word))
}
