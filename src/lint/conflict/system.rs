//! Numbers that hang together: one node a number over a window, ties where one is worked out from others, and what the
//! ties leave of each number's interval. Knows shapes, windows and claims; no goals and no words.
//!
//! The propagation is the one of interval constraint solvers (HC4: Benhamou et al., *Revising hull and box consistency*,
//! 1999): each tie narrows each of its numbers to what the others leave. It may keep numbers that can't be, and never
//! drops one that can: what becomes empty can't hold for certain.

use super::bound::Lens;
use super::claim::{Claim, Moments};
use super::interval::Interval;
use super::shape::{Leaf, Shape, ShapeId, Shapes};
use super::when::{Edge, Place, Steps, Stretch};
use crate::model::plan::Kind;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

/// The number of a node.
pub type NodeId = usize;

/// How often all ties of a component are gone over.
const ROUNDS: usize = 40;
/// What narrows by less, relative, isn't gone over again.
const PROGRESS: f64 = 1e-9;
/// Counts of the same things that are compared with one another, at most.
const MAX_COUNTS: usize = 24;

/// How a node is worked out from others.
#[derive(Debug, Clone, PartialEq)]
pub enum Tie {
    /// It isn't.
    Free,
    /// Each part times its number.
    Sum(Vec<(f64, NodeId)>),
    /// `a * b`
    Product(NodeId, NodeId),
    /// `a / b`
    Quotient(NodeId, NodeId),
    /// A mean of those, with weights that only data tells: none is below zero.
    Between(Vec<NodeId>),
}

/// A number.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// How it is worked out.
    pub tie: Tie,
    /// What it is in any case.
    pub always: Interval,
    /// Which signs its baseline has: the nodes whose unknown signs multiply, `None` where it isn't below zero.
    pub signs: Option<Vec<NodeId>>,
    /// True where it is the same number in every plan.
    constant: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    shape: ShapeId,
    lens: Lens,
    moment: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Made {
    Constant(u64),
    Free(Key),
    Sum(Vec<(u64, NodeId)>),
    Product(NodeId, NodeId),
    Quotient(NodeId, NodeId),
    Between(Vec<NodeId>),
}

/// All numbers that claims are about, and those that they are worked out from.
#[derive(Debug)]
pub struct System<'s, 'a> {
    shapes: &'s Shapes<'a>,
    steps: &'s [Steps],
    moments: Moments,
    /// The numbers.
    pub nodes: Vec<Node>,
    /// The node of each claim, in the order of the claims.
    pub of_claim: Vec<NodeId>,
    /// Nodes that are never above another.
    pub less: Vec<(NodeId, NodeId)>,
    known: HashMap<Key, NodeId>,
    made: HashMap<Made, NodeId>,
    counts: HashMap<(usize, usize), Vec<(NodeId, usize)>>,
}

impl<'s, 'a> System<'s, 'a> {
    /// Of some claims over some moments; `steps` are those of each table.
    pub fn of(claims: &[Claim<'a>], shapes: &'s Shapes<'a>, moments: Moments, steps: &'s [Steps]) -> Self {
        let mut system = Self {
            shapes,
            steps,
            moments,
            nodes: Vec::with_capacity(claims.len()),
            of_claim: Vec::with_capacity(claims.len()),
            less: Vec::new(),
            known: HashMap::with_capacity(claims.len()),
            made: HashMap::with_capacity(claims.len()),
            counts: HashMap::new(),
        };
        for claim in claims {
            let key = Key { shape: claim.shape, lens: claim.bound.lens, moment: claim.moment };
            let node = system.node(key);
            system.of_claim.push(node);
        }
        system.compare_counts();
        system
    }

    /// The node of a shape, seen through a lens, over a window.
    fn node(&mut self, key: Key) -> NodeId {
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let node = self.build(key);
        self.known.insert(key, node);
        node
    }

    fn build(&mut self, key: Key) -> NodeId {
        let shapes = self.shapes;
        let Some(shape) = shapes.get(key.shape) else { return self.free(key, Interval::ALL) };
        match (shape, key.lens) {
            // Nothing is told of ratios to what isn't above zero.
            (Shape::Constant(x), Lens::Ratio) if *x <= 0.0 => self.free(key, Interval::ALL),
            (Shape::Constant(x), lens) => self.constant(*x, lens),
            (Shape::Leaf(leaf), _) => self.leaf(key, leaf),
            (Shape::Sum(parts), lens) => self.sum(key, parts, lens),
            (Shape::Product(a, b), Lens::Value | Lens::Ratio) => {
                let (a, b) = (self.part(key, *a), self.part(key, *b));
                self.tied(key, Made::Product(a, b), Tie::Product(a, b), &[a, b])
            }
            (Shape::Quotient(a, b), Lens::Value | Lens::Ratio) => {
                let (a, b) = (self.part(key, *a), self.part(key, *b));
                self.tied(key, Made::Quotient(a, b), Tie::Quotient(a, b), &[a, b])
            }
            (Shape::Product(..) | Shape::Quotient(..), Lens::Change) => self.free(key, Interval::ALL),
        }
    }

    fn part(&mut self, key: Key, shape: ShapeId) -> NodeId {
        self.node(Key { shape, ..key })
    }

    /// What stays the same has a ratio of one and no change.
    fn constant(&mut self, x: f64, lens: Lens) -> NodeId {
        let x = match lens {
            Lens::Value => x,
            Lens::Ratio => 1.0,
            Lens::Change => 0.0,
        };
        let next = self.nodes.len();
        let id = *self.made.entry(Made::Constant(x.to_bits())).or_insert(next);
        if id == next {
            let always = Interval::point(x);
            self.nodes.push(Node { tie: Tie::Free, always, signs: None, constant: true });
        }
        id
    }

    fn leaf(&mut self, key: Key, leaf: &Leaf) -> NodeId {
        if leaf.kind.is_none() && key.lens == Lens::Change {
            return self.constant(0.0, key.lens);
        }
        let moment = self.moment_of(key.moment, leaf);
        let always = match key.lens {
            Lens::Value => Interval { lo: leaf.least, hi: leaf.most },
            // The same in every window: its sign isn't known, its ratio is.
            Lens::Ratio if leaf.kind.is_none() => Interval::point(1.0),
            Lens::Ratio if leaf.least >= 0.0 => Interval::POSITIVE,
            _ => Interval::ALL,
        };
        let before = self.nodes.len();
        let id = self.free(Key { moment, ..key }, always);
        if id == before
            && key.lens == Lens::Value
            && let Some(counted) = leaf.counted
        {
            self.counts.entry((counted, moment)).or_default().push((id, leaf.filters));
        }
        id
    }

    /// When a leaf is taken for a formula that is taken at a moment.
    fn moment_of(&mut self, moment: usize, leaf: &Leaf) -> usize {
        let Some((now, base)) = self.moments.get_index(moment).copied() else { return moment };
        let own = (self.place_of(now, leaf), base.map(|base| self.place_of(base, leaf)));
        if own == (now, base) { moment } else { self.moments.insert_full(own).0 }
    }

    /// Where a leaf is taken for a formula that is taken at `place`: of a stretch, a level is read at its end.
    fn place_of(&self, place: Place, leaf: &Leaf) -> Place {
        match (place, leaf.kind, leaf.table) {
            (_, None, _) => Place::Always,
            (Place::Over(stretch), Some(Kind::Stock), Some(table)) => {
                let edge = match stretch {
                    Stretch::Window(w) => Some(Edge::At(w.end)),
                    Stretch::Described(d) => Some(Edge::Of(d)),
                    Stretch::Mean(..) => None,
                };
                match (edge, self.steps.get(table)) {
                    (Some(edge), Some(steps)) => Place::Level(edge, *steps),
                    _ => place,
                }
            }
            _ => place,
        }
    }

    fn sum(&mut self, key: Key, parts: &[(f64, ShapeId)], lens: Lens) -> NodeId {
        if lens == Lens::Ratio {
            return self.ratio_of_sum(key, parts);
        }
        let parts: Vec<(f64, NodeId)> = parts.iter().map(|(c, shape)| (*c, self.part(key, *shape))).collect();
        let made = Made::Sum(parts.iter().map(|(c, id)| (c.to_bits(), *id)).collect());
        let ids: Vec<NodeId> = parts.iter().map(|(_, id)| *id).collect();
        self.tied(key, made, Tie::Sum(parts), &ids)
    }

    /// The ratio of a multiple is its number's own; the one of a sum of what isn't below zero lies between those of its
    /// parts, wherever the weight lies; of another sum nothing is known.
    fn ratio_of_sum(&mut self, key: Key, parts: &[(f64, ShapeId)]) -> NodeId {
        if let [(c, only)] = parts
            && *c > 0.0
        {
            return self.part(key, *only);
        }
        if !self.shapes.positive(key.shape) {
            return self.free(key, Interval::ALL);
        }
        let mut ids: Vec<NodeId> = parts.iter().map(|(_, shape)| self.part(key, *shape)).collect();
        ids.sort_unstable();
        ids.dedup();
        self.tied(key, Made::Between(ids.clone()), Tie::Between(ids.clone()), &ids)
    }

    fn free(&mut self, key: Key, always: Interval) -> NodeId {
        let next = self.nodes.len();
        let id = *self.made.entry(Made::Free(key)).or_insert(next);
        if id == next {
            let signs = (!self.shapes.positive(key.shape)).then(|| vec![id]);
            self.nodes.push(Node { tie: Tie::Free, always, signs, constant: false });
        }
        id
    }

    fn tied(&mut self, key: Key, made: Made, tie: Tie, parts: &[NodeId]) -> NodeId {
        let next = self.nodes.len();
        let id = *self.made.entry(made).or_insert(next);
        if id != next {
            return id;
        }
        let positive = self.shapes.positive(key.shape);
        let always = if positive && key.lens != Lens::Change { Interval::POSITIVE } else { Interval::ALL };
        let signs = match tie {
            _ if positive => None,
            Tie::Product(..) | Tie::Quotient(..) => {
                // What stands twice is above zero by itself.
                let mut odd: BTreeSet<NodeId> = BTreeSet::new();
                for sign in parts.iter().filter_map(|p| self.nodes.get(*p)?.signs.as_ref()).flatten() {
                    if !odd.remove(sign) {
                        odd.insert(*sign);
                    }
                }
                Some(odd.into_iter().collect())
            }
            _ => Some(vec![id]),
        };
        self.nodes.push(Node { tie, always, signs, constant: false });
        id
    }

    /// A count of some rows is never above the count of more rows, and its share of it never above 1.
    fn compare_counts(&mut self) {
        let narrower = |a: &(NodeId, usize), b: &(NodeId, usize)| a.0 != b.0 && self.shapes.narrower(a.1, b.1);
        for group in self.counts.values().filter(|g| (2..=MAX_COUNTS).contains(&g.len())) {
            for a in group {
                self.less.extend(group.iter().filter(|b| narrower(a, b)).map(|b| (a.0, b.0)));
            }
        }
        self.less.sort_unstable();
        for node in &mut self.nodes {
            if let Tie::Quotient(a, b) = node.tie
                && self.less.binary_search(&(a, b)).is_ok()
            {
                node.always = node.always.and(Interval { lo: 0.0, hi: 1.0 });
            }
        }
    }

    /// For each node, the least node that hangs together with it.
    pub fn components(&self) -> Vec<NodeId> {
        let mut roots: Vec<NodeId> = (0..self.nodes.len()).collect();
        let constant = |id: NodeId| self.nodes.get(id).is_some_and(|n| n.constant);
        for (id, node) in self.nodes.iter().enumerate() {
            for part in parts(&node.tie).into_iter().filter(|p| !constant(*p)) {
                join(&mut roots, id, part);
            }
        }
        for (a, b) in &self.less {
            join(&mut roots, *a, *b);
        }
        (0..self.nodes.len()).map(|id| root(&mut roots, id)).collect()
    }

    /// Narrows the numbers of a component by its ties until nothing narrows; false where one of them is left without any
    /// value. `numbers` has the interval of each node, of which only those of the component are looked at.
    pub fn narrow(&self, part: &Part, numbers: &mut [Interval]) -> bool {
        let rounds = if part.loose { 0 } else { ROUNDS };
        for _ in 0..rounds {
            let mut narrowing = Narrowing { numbers, empty: false, moved: false };
            for id in &part.nodes {
                if let Some(node) = self.nodes.get(*id) {
                    narrowing.tie(*id, &node.tie);
                }
                if narrowing.empty {
                    return false;
                }
            }
            for (a, b) in &part.less {
                narrowing.less(*a, *b);
            }
            match (narrowing.empty, narrowing.moved) {
                (true, _) => return false,
                (_, false) => break,
                _ => {}
            }
        }
        true
    }
}

/// The nodes and comparisons of one component.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// Its nodes, and the constants that they are worked out with.
    pub nodes: Vec<NodeId>,
    /// Its nodes that are never above another.
    pub less: Vec<(NodeId, NodeId)>,
    /// True where its ties are left aside: there are too many of them.
    pub loose: bool,
}

/// The nodes that a tie names.
pub fn parts(tie: &Tie) -> Vec<NodeId> {
    match tie {
        Tie::Free => Vec::new(),
        Tie::Sum(parts) => parts.iter().map(|(_, id)| *id).collect(),
        Tie::Product(a, b) | Tie::Quotient(a, b) => vec![*a, *b],
        Tie::Between(ids) => ids.clone(),
    }
}

fn root(roots: &mut [NodeId], mut id: NodeId) -> NodeId {
    while let Some(up) = roots.get(id).copied().filter(|up| *up != id) {
        let top = roots.get(up).copied().unwrap_or(up);
        if let Some(own) = roots.get_mut(id) {
            *own = top;
        }
        id = up;
    }
    id
}

fn join(roots: &mut [NodeId], a: NodeId, b: NodeId) {
    let (a, b) = (root(roots, a), root(roots, b));
    let (low, high) = (a.min(b), a.max(b));
    if let Some(own) = roots.get_mut(high) {
        *own = low;
    }
}

/// One round over the ties.
struct Narrowing<'n> {
    numbers: &'n mut [Interval],
    empty: bool,
    moved: bool,
}

impl Narrowing<'_> {
    fn get(&self, id: NodeId) -> Interval {
        self.numbers.get(id).copied().unwrap_or(Interval::ALL)
    }

    fn put(&mut self, id: NodeId, to: Interval) {
        let Some(own) = self.numbers.get_mut(id) else { return };
        let narrow = own.and(to);
        if narrow.is_empty() {
            self.empty = true;
            return;
        }
        let step = |a: f64, b: f64| {
            a != b && (a - b).abs().partial_cmp(&(PROGRESS * a.abs().min(b.abs()))).is_none_or(Ordering::is_gt)
        };
        self.moved |= step(own.lo, narrow.lo) || step(own.hi, narrow.hi);
        // What crosses by no more than doubles are off is one number.
        *own = if narrow.lo > narrow.hi { Interval { lo: narrow.hi, hi: narrow.lo } } else { narrow };
    }

    fn tie(&mut self, id: NodeId, tie: &Tie) {
        let own = self.get(id);
        match tie {
            Tie::Free => {}
            Tie::Sum(parts) => self.sum(id, parts),
            Tie::Product(a, b) => {
                let (x, y) = (self.get(*a), self.get(*b));
                self.put(id, x.multiplied(y));
                self.put(*a, Interval::factor(own, y));
                self.put(*b, Interval::factor(own, x));
            }
            // What is divided by isn't zero, or there is no value to claim anything of.
            Tie::Quotient(a, b) => {
                let (x, y) = (self.get(*a), self.get(*b));
                self.put(id, x.divided(y));
                self.put(*a, own.multiplied(y));
                self.put(*b, Interval::factor(x, own));
            }
            Tie::Between(ids) => self.between(id, ids),
        }
    }

    fn sum(&mut self, id: NodeId, parts: &[(f64, NodeId)]) {
        let terms: Vec<Interval> = parts.iter().map(|(c, part)| self.get(*part).times(*c)).collect();
        // What all terms behind each one come to.
        let mut behind = vec![Interval::point(0.0)];
        for term in terms.iter().rev() {
            let last = behind.last().copied().unwrap_or(Interval::ALL);
            behind.push(last.plus(*term));
        }
        self.put(id, behind.last().copied().unwrap_or(Interval::ALL));
        let whole = self.get(id);
        let mut before = Interval::point(0.0);
        for (i, ((c, part), term)) in parts.iter().zip(&terms).enumerate() {
            let after = behind.get(parts.len() - 1 - i).copied().unwrap_or(Interval::ALL);
            let others = before.plus(after);
            self.put(*part, whole.plus(others.times(-1.0)).times(1.0 / c));
            before = before.plus(*term);
        }
    }

    /// A weighted mean is no less than its least part and no more than its greatest: where all others are below it, one
    /// must reach it.
    fn between(&mut self, id: NodeId, ids: &[NodeId]) {
        let all = ids.iter().map(|part| self.get(*part)).reduce(Interval::joined);
        self.put(id, all.unwrap_or(Interval::ALL));
        let own = self.get(id);
        for part in ids {
            let others = ids.iter().filter(|p| *p != part).map(|p| self.get(*p)).reduce(Interval::joined);
            let Some(others) = others else { continue };
            if others.hi < own.lo {
                self.put(*part, Interval { lo: own.lo, hi: f64::INFINITY });
            }
            if others.lo > own.hi {
                self.put(*part, Interval { lo: f64::NEG_INFINITY, hi: own.hi });
            }
        }
    }

    fn less(&mut self, a: NodeId, b: NodeId) {
        let (low, high) = (self.get(a), self.get(b));
        self.put(a, Interval { lo: f64::NEG_INFINITY, hi: high.hi });
        self.put(b, Interval { lo: low.lo, hi: f64::INFINITY });
    }
}
