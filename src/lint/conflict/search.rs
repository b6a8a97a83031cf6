//! Finds the claims that can't all hold: component by component, and of each conflict the least set. Knows numbers and
//! bounds; nothing of goals beyond whose claim it is.

use super::bound::Lens;
use super::claim::{Claim, Owner};
use super::interval::Interval;
use super::system::{NodeId, Part, System, Tie, parts};
use std::collections::{BTreeMap, BTreeSet};

/// Conflicts that are looked for in one component, and in the whole plan.
const MOST_HERE: usize = 4;
const MOST: usize = 100;
/// Unknown signs that are tried out, both ways each.
const MOST_SIGNS: usize = 5;
/// Claims among which every pair is tried before larger sets.
const PAIRS: usize = 16;
/// Numbers of a component whose ties are solved: of larger ones, only each number by itself.
const MOST_NODES: usize = 2_000;
/// Claims that are looked at as points.
const MOST_POINTS: usize = 12;
/// What sums of points may fall short, relative to what is asked, before it is said: numbers are written rounded.
const SHORT: f64 = 0.1;

/// Claims that can't all hold, and what shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The claims by their numbers, in the order of the plan.
    pub claims: Vec<usize>,
    /// One of them, and what the others leave of its number.
    pub against: Option<(usize, Interval)>,
    /// Of points: another one, and what it had to be.
    pub needs: Option<(usize, Interval)>,
}

/// What is found in a plan.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conflicts {
    /// Sets that can't hold, each as small as can be.
    pub sets: Vec<Conflict>,
    /// Sets that can hold, but not with each of the others met just as written.
    pub points: Vec<Conflict>,
}

/// Looks through all components.
pub fn search(claims: &[Claim<'_>], system: &System<'_, '_>) -> Conflicts {
    let mut found = Conflicts::default();
    let mut numbers: Vec<Interval> = system.nodes.iter().map(|n| n.always).collect();
    for (part, own) in components(claims, system) {
        if found.sets.len() >= MOST {
            break;
        }
        let mut component = Component { claims, system, part, numbers: &mut numbers };
        component.search(own, &mut found);
        component.reset();
    }
    let first = |c: &Conflict| c.claims.clone();
    found.sets.sort_by_key(first);
    found.points.sort_by_key(first);
    found
}

/// The components that claims are about, each with its claims, in the order of the plan.
fn components(claims: &[Claim<'_>], system: &System<'_, '_>) -> Vec<(Part, Vec<usize>)> {
    let roots = system.components();
    let of = |node: NodeId| roots.get(node).copied().unwrap_or(node);
    let mut pairs: Vec<(NodeId, usize)> =
        system.of_claim.iter().take(claims.len()).enumerate().map(|(claim, node)| (of(*node), claim)).collect();
    pairs.sort_unstable();
    // A claim that is alone with its number can't be in anybody's way, unless that number has limits of its own.
    let lonely = |group: &[(NodeId, usize)]| {
        let free =
            |root: &NodeId| system.nodes.get(*root).is_some_and(|n| n.tie == Tie::Free && n.always == Interval::ALL);
        matches!(group, [(root, _)] if free(root))
    };
    let mut all: Vec<(Part, Vec<usize>)> = Vec::new();
    let mut place: Vec<Option<usize>> = vec![None; system.nodes.len()];
    for group in pairs.chunk_by(|a, b| a.0 == b.0).filter(|g| !lonely(g)) {
        if let Some(place) = group.first().and_then(|(root, _)| place.get_mut(*root)) {
            *place = Some(all.len());
            all.push((Part::default(), group.iter().map(|(_, claim)| *claim).collect()));
        }
    }
    let place_of = |id: NodeId| place.get(of(id)).copied().flatten();
    for (id, node) in system.nodes.iter().enumerate() {
        if let Some((part, _)) = place_of(id).and_then(|i| all.get_mut(i)) {
            part.nodes.push(id);
            part.nodes.extend(parts(&node.tie).into_iter().filter(|p| of(*p) != of(id)));
        }
    }
    for (a, b) in &system.less {
        if let Some((part, _)) = place_of(*a).and_then(|i| all.get_mut(i)) {
            part.less.push((*a, *b));
        }
    }
    all.sort_by_key(|(_, own)| own.first().copied());
    all
}

/// Every claim but one is met just as written; and perhaps one of them passed by a tenth.
#[derive(Debug, Clone, Copy)]
struct AsWritten {
    whole: usize,
    passed: Option<usize>,
}

impl AsWritten {
    /// Where a claim's number stands, if it is written as a point.
    fn point(self, number: usize, claim: &Claim<'_>) -> Option<f64> {
        let point = claim.bound.point.filter(|_| number != self.whole)?;
        let up = if claim.bound.wanted.lo.is_finite() { 1.0 } else { -1.0 };
        let more = if self.passed == Some(number) { up * SHORT * point.abs() } else { 0.0 };
        Some(point + more)
    }
}

struct Component<'c, 's, 'a> {
    claims: &'c [Claim<'a>],
    system: &'c System<'s, 'a>,
    part: Part,
    numbers: &'c mut [Interval],
}

impl Component<'_, '_, '_> {
    fn search(&mut self, mut own: Vec<usize>, found: &mut Conflicts) {
        self.part.loose = self.part.nodes.len() > MOST_NODES;
        for _ in 0..MOST_HERE {
            let tight = self.tightest(&own);
            if self.can_hold(&tight) {
                let tied = own.len() > 2 && self.part.nodes.len() > 1 && !self.part.loose;
                if tied && found.points.len() < MOST {
                    self.points(&tight, found);
                }
                return;
            }
            let least = self.least(tight);
            own.retain(|c| !least.contains(c));
            if self.certain(&least) {
                let against = self.against(&least, None);
                found.sets.push(Conflict { claims: least, against, needs: None });
            }
        }
    }

    fn node_of(&self, claim: usize) -> NodeId {
        self.system.of_claim.get(claim).copied().unwrap_or(NodeId::MAX)
    }

    fn reset(&mut self) {
        for id in &self.part.nodes {
            if let (Some(number), Some(node)) = (self.numbers.get_mut(*id), self.system.nodes.get(*id)) {
                *number = node.always;
            }
        }
    }

    /// Of the claims on each number, the one that leaves least at either end; the first of equals.
    fn tightest(&self, own: &[usize]) -> Vec<usize> {
        let mut ends: BTreeMap<NodeId, [Option<(f64, usize)>; 2]> = BTreeMap::new();
        for claim in own {
            let Some(found) = self.claims.get(*claim) else { continue };
            let ends = ends.entry(self.node_of(*claim)).or_default();
            let wanted = found.bound.wanted;
            for (end, x) in ends.iter_mut().zip([wanted.lo, -wanted.hi]) {
                if x > f64::NEG_INFINITY && end.is_none_or(|(known, _)| x > known) {
                    *end = Some((x, *claim));
                }
            }
        }
        let tight: BTreeSet<usize> = ends.values().flatten().flatten().map(|(_, claim)| *claim).collect();
        tight.into_iter().collect()
    }

    /// False where some claims surely can't hold together, whatever signs the baselines have that aren't known.
    fn can_hold(&mut self, claims: &[usize]) -> bool {
        let mut unknown: Vec<NodeId> = Vec::new();
        for claim in claims {
            let node = self.system.nodes.get(self.node_of(*claim));
            let ratio = self.claims.get(*claim).is_some_and(|c| c.bound.lens == Lens::Ratio);
            unknown.extend(node.filter(|_| ratio).and_then(|n| n.signs.as_ref()).into_iter().flatten());
        }
        unknown.sort_unstable();
        unknown.dedup();
        if unknown.len() > MOST_SIGNS {
            return true;
        }
        (0..1_u32 << unknown.len()).any(|world| {
            let below = |node: &NodeId| unknown.iter().position(|n| n == node).is_some_and(|i| world >> i & 1 == 1);
            self.narrowed(claims, None, &below)
        })
    }

    /// Narrows all numbers by some claims; `below` tells which baselines are below zero. With `points`, every claim but
    /// the whole is met just as written. False where nothing is left.
    fn narrowed(&mut self, claims: &[usize], points: Option<AsWritten>, below: &dyn Fn(&NodeId) -> bool) -> bool {
        self.reset();
        for claim in claims {
            let Some(found) = self.claims.get(*claim) else { continue };
            let node = self.node_of(*claim);
            let bound = &found.bound;
            let signs = self.system.nodes.get(node).and_then(|n| n.signs.as_ref());
            let negative = signs.is_some_and(|s| s.iter().filter(|n| below(n)).count() % 2 == 1);
            let point = points.and_then(|p| p.point(*claim, found));
            let wanted = match (point, bound.lens == Lens::Ratio && negative) {
                (_, true) => match bound.below {
                    Some(below) => below,
                    None => return false,
                },
                (Some(point), _) => Interval::point(point),
                _ => bound.wanted,
            };
            let Some(number) = self.numbers.get_mut(node) else { continue };
            *number = number.and(wanted);
            if number.is_empty() {
                return false;
            }
        }
        self.system.narrow(&self.part, self.numbers)
    }

    /// The least set: none of it can be left out.
    fn least(&mut self, mut claims: Vec<usize>) -> Vec<usize> {
        if claims.len() <= PAIRS {
            for (i, a) in claims.iter().enumerate() {
                for b in claims.iter().skip(i + 1) {
                    if !self.can_hold(&[*a, *b]) {
                        claims = vec![*a, *b];
                        return self.without_needless(claims);
                    }
                }
            }
        }
        self.without_needless(claims)
    }

    /// Leaves out what isn't needed, the later first, in ever smaller pieces.
    fn without_needless(&mut self, mut claims: Vec<usize>) -> Vec<usize> {
        let mut piece = claims.len().div_ceil(2).max(1);
        loop {
            let mut end = claims.len();
            while end > 0 {
                let start = end.saturating_sub(piece);
                let rest: Vec<usize> =
                    claims.iter().enumerate().filter(|(i, _)| *i < start || *i >= end).map(|(_, c)| *c).collect();
                if !rest.is_empty() && !self.can_hold(&rest) {
                    claims = rest;
                }
                end = start;
            }
            if piece == 1 {
                return claims;
            }
            piece = piece.div_ceil(2);
        }
    }

    /// True unless all of it could be kept where baselines are zero: what says "as much as before" holds then for
    /// nothing, and no ratio is told.
    fn certain(&self, claims: &[usize]) -> bool {
        let bound = |c: &usize| self.claims.get(*c).map(|c| c.bound);
        let mut anchored: BTreeSet<NodeId> = BTreeSet::new();
        let mut open: BTreeSet<NodeId> = BTreeSet::new();
        for claim in claims {
            let Some(bound) = bound(claim).filter(|b| b.lens == Lens::Ratio) else { continue };
            let factors = self.factors(self.node_of(*claim));
            match bound.anchored {
                true => anchored.extend(factors.into_iter().map(|(node, _)| node)),
                // What is divided by isn't zero, or there is no value at all.
                false => open.extend(factors.into_iter().filter(|(_, under)| !under).map(|(node, _)| node)),
            }
        }
        open.is_subset(&anchored)
    }

    /// The numbers that a number is a product and quotient of, with those that are divided by.
    fn factors(&self, node: NodeId) -> BTreeSet<(NodeId, bool)> {
        let (mut seen, mut open, mut found) = (BTreeSet::new(), vec![(node, false)], BTreeSet::new());
        while let Some((node, under)) = open.pop() {
            if !seen.insert((node, under)) {
                continue;
            }
            match self.system.nodes.get(node).map(|n| &n.tie) {
                Some(Tie::Product(a, b)) => open.extend([(*a, under), (*b, under)]),
                Some(Tie::Quotient(a, b)) => open.extend([(*a, under), (*b, true)]),
                _ => {
                    found.insert((node, under));
                }
            }
        }
        found
    }

    /// One claim, and what the others leave of its number, baselines being above zero: a goal's own, the latest.
    fn against(&mut self, least: &[usize], points: Option<AsWritten>) -> Option<(usize, Interval)> {
        let own = |c: &usize| matches!(self.claims.get(*c).map(|c| c.owner), Some(Owner::Goal(_)));
        let mut order: Vec<usize> = least.iter().rev().copied().filter(own).collect();
        order.extend(least.iter().rev().copied().filter(|c| !own(c)));
        if let Some(points) = points {
            order = vec![points.whole];
        }
        for claim in order {
            let others: Vec<usize> = least.iter().copied().filter(|c| *c != claim).collect();
            if !self.narrowed(&others, points, &|_| false) {
                continue;
            }
            let left = self.numbers.get(self.node_of(claim)).copied()?;
            let wanted = self.claims.get(claim)?.bound.wanted;
            if left.and(wanted).is_empty() {
                return Some((claim, left));
            }
        }
        None
    }

    /// Goals that can all hold, but where the whole isn't reached with every part met just as written.
    fn points(&mut self, claims: &[usize], found: &mut Conflicts) {
        let written = |c: &usize| self.claims.get(*c).is_some_and(|c| c.bound.point.is_some());
        let wholes: Vec<usize> = claims.iter().copied().filter(written).collect();
        if wholes.len() < 2 || claims.len() > MOST_POINTS {
            return;
        }
        for whole in wholes {
            let goal = matches!(self.claims.get(whole).map(|c| c.owner), Some(Owner::Goal(_)));
            if !goal || self.as_written(claims, whole) {
                continue;
            }
            let mut least: Vec<usize> = claims.to_vec();
            for claim in claims.iter().rev().filter(|c| **c != whole) {
                let rest: Vec<usize> = least.iter().copied().filter(|c| c != claim).collect();
                if !self.as_written(&rest, whole) {
                    least = rest;
                }
            }
            let written = AsWritten { whole, passed: None };
            let Some((_, left)) = self.against(&least, Some(written)) else { continue };
            let short = self.falls_short(whole, left) && self.all_help(&least, written, left);
            if short && least.len() >= 3 && self.certain(&least) {
                let needs = self.needs(&least, whole);
                found.points.push(Conflict { claims: least, against: Some((whole, left)), needs });
                return;
            }
        }
    }

    /// True where passing any of the parts brings the whole nearer: else it is no whole of them. (With ten percent more
    /// visits at a better rate, more sign-ups than asked for are no contradiction.)
    fn all_help(&mut self, claims: &[usize], written: AsWritten, left: Interval) -> bool {
        let up = self.claims.get(written.whole).is_some_and(|c| c.bound.wanted.lo.is_finite());
        claims.iter().all(|part| {
            let pointed = self.claims.get(*part).is_some_and(|c| c.bound.point.is_some());
            if *part == written.whole || !pointed {
                return true;
            }
            let passed = AsWritten { passed: Some(*part), ..written };
            let others: Vec<usize> = claims.iter().copied().filter(|c| *c != written.whole).collect();
            let whole = self.node_of(written.whole);
            let moved = self.narrowed(&others, Some(passed), &|_| false).then(|| self.numbers.get(whole).copied());
            moved.flatten().is_some_and(|moved| if up { moved.hi >= left.hi } else { moved.lo <= left.lo })
        })
    }

    /// False where some claims can't hold, each but the whole met just as written and baselines being above zero.
    fn as_written(&mut self, claims: &[usize], whole: usize) -> bool {
        self.narrowed(claims, Some(AsWritten { whole, passed: None }), &|_| false)
    }

    /// What the first part of a whole had to be, so that the others bring it as they are written.
    fn needs(&mut self, claims: &[usize], whole: usize) -> Option<(usize, Interval)> {
        let part = claims.iter().copied().find(|c| {
            let found = self.claims.get(*c);
            *c != whole && found.is_some_and(|c| c.bound.point.is_some() && matches!(c.owner, Owner::Goal(_)))
        })?;
        let others: Vec<usize> = claims.iter().copied().filter(|c| *c != part).collect();
        if !self.as_written(&others, whole) {
            return None;
        }
        Some((part, self.numbers.get(self.node_of(part)).copied()?))
    }

    /// True where the rest is more than rounding: a tenth of the change that is asked, a hundredth of a value.
    fn falls_short(&self, whole: usize, left: Interval) -> bool {
        let Some(claim) = self.claims.get(whole) else { return false };
        let Some(point) = claim.bound.point else { return false };
        let reached = if claim.bound.wanted.lo.is_finite() { left.hi } else { left.lo };
        let (asked, short) = match claim.bound.lens {
            Lens::Ratio => (point - 1.0, SHORT),
            Lens::Change => (point, SHORT),
            Lens::Value => (point, SHORT / 10.0),
        };
        reached.is_finite() && (point - reached).abs() > short * asked.abs()
    }
}
