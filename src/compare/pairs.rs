//! Which goal of the old plan is which of the new one: by name, by meaning where the name changed. Knows clauses only by
//! their keys.

use super::clauses::{self, Of};
use super::definitions::{changed, reached};
use super::moved::{Evidence, judge};
use super::{Became, Change, Side, Thing};
use crate::lint::GoalView;
use std::collections::{HashMap, HashSet};

/// Goals of one version by their numbers, with what they mean.
struct Version<'s, 'a> {
    side: &'s Side<'a>,
    keys: Vec<String>,
}

impl<'s, 'a> Version<'s, 'a> {
    fn new(side: &'s Side<'a>) -> Self {
        let keys = side.context.goals.iter().map(|view| clauses::key(Of { side, goal: view.goal })).collect();
        Self { side, keys }
    }

    fn views(&self) -> &[GoalView<'a>] {
        &self.side.context.goals
    }

    fn measured(&self, i: usize) -> String {
        self.views().get(i).map_or_else(String::new, |v| clauses::measured(Of { side: self.side, goal: v.goal }))
    }
}

/// What became of every goal.
pub(super) fn goals(old: &Side<'_>, new: &Side<'_>, evidence: &Evidence) -> Vec<Change> {
    let (a, b) = (Version::new(old), Version::new(new));
    let pairs = pair(&a, &b);
    let renames = renames(&a, &b, &pairs);
    let definitions = changed(old, new);
    let mut list = Vec::new();
    for (j, view) in b.views().iter().enumerate() {
        let Some(i) = pairs.get(&j) else {
            list.push(alone(Became::Added, view));
            continue;
        };
        let Some(was) = a.views().get(*i) else { continue };
        let same = a.keys.get(*i) == b.keys.get(j) && said(old, was) == said(new, view);
        let renamed = was.goal.name != view.goal.name && (was.tree.name.is_some() || view.tree.name.is_some());
        if same && !renamed {
            continue;
        }
        let versions = (Of { side: old, goal: was.goal }, Of { side: new, goal: view.goal });
        let found = clauses::compare(versions.0, versions.1, evidence, &renames);
        let became = if renamed { Became::Renamed } else { Became::Changed };
        let mut change = Change::new(Thing::Goal, became, &view.goal.name);
        change.old_name = renamed.then(|| was.goal.name.clone());
        change.title.clone_from(&view.goal.title);
        change.at = Some(view.goal.at);
        change.goals = (Some(was.number), Some(view.number));
        change.clauses = found.clauses;
        if a.keys.get(*i) != b.keys.get(j) {
            let (x, y) = (reached(old.plan(), was.goal), reached(new.plan(), view.goal));
            let below = definitions.iter().filter(|(name, _)| x.contains(*name) || y.contains(*name));
            change.through = below.map(|(_, through)| through.clone()).collect();
        }
        change.underneath = found.underneath;
        change.weighs = found.weighs;
        change.statuses = evidence.statuses(was.goal, view.goal);
        if !renamed && change.clauses.is_empty() && !change.underneath && change.through.is_empty() {
            continue;
        }
        change.moved = judge(&change, (old, was.goal), (new, view.goal), evidence);
        list.push(change);
    }
    let kept: HashSet<usize> = pairs.values().copied().collect();
    let dropped = a.views().iter().enumerate().filter(|(i, _)| !kept.contains(i));
    list.extend(dropped.map(|(_, view)| alone(Became::Dropped, view)));
    list
}

/// The new names of old goals that have another one.
fn renames(a: &Version<'_, '_>, b: &Version<'_, '_>, pairs: &HashMap<usize, usize>) -> HashMap<String, String> {
    let name = |version: &Version<'_, '_>, i: usize| version.views().get(i).map(|v| v.goal.name.clone());
    let named = pairs.iter().filter_map(|(j, i)| Some((name(a, *i)?, name(b, *j)?)));
    named.filter(|(old, new)| old != new).collect()
}

/// What doesn't bear on a goal's verdict, and is told all the same.
fn said<'s>(
    side: &'s Side<'_>,
    view: &'s GoalView<'_>,
) -> (Option<&'s String>, Option<&'s String>, Option<&'s String>, u64) {
    let objective = view.goal.supports.and_then(|id| side.plan().objectives.get_index(id)).map(|(name, _)| name);
    (view.goal.title.as_ref(), view.goal.owner.as_ref(), objective, view.goal.weight.to_bits())
}

/// A goal that only one plan has.
fn alone(became: Became, view: &GoalView<'_>) -> Change {
    let mut change = Change::new(Thing::Goal, became, &view.goal.name);
    change.title.clone_from(&view.goal.title);
    change.at = Some(view.goal.at);
    change.goals = match became {
        Became::Dropped => (Some(view.number), None),
        _ => (None, Some(view.number)),
    };
    let words = match &view.goal.body {
        crate::model::plan::GoalBody::Combined { all, goals } => {
            format!("{} of {}", if *all { "all" } else { "any" }, goals.join(", "))
        }
        _ => format!("{} {}", view.subject_text(), view.goal.wanted),
    };
    let filter = view.goal.filter.as_ref().map(|f| format!(" where {}", f.text)).unwrap_or_default();
    change.wanted = Some(format!("{}{filter}", words.trim_end()));
    change
}

/// For goals of the new plan the goal of the old one that each was.
fn pair(a: &Version<'_, '_>, b: &Version<'_, '_>) -> HashMap<usize, usize> {
    let mut pairing = Pairing { of_new: HashMap::new(), taken: HashSet::new() };
    let named = |v: &GoalView<'_>| v.tree.name.is_some();
    // By the name that is written.
    pairing.by(a, b, |_, v| named(v).then(|| v.goal.name.clone()), |_, v| named(v).then(|| v.goal.name.clone()));
    // Goals without a name are called after their subject, in order: what they mean tells them apart.
    let nameless = |version: &Version<'_, '_>, i: usize, v: &GoalView<'_>| {
        if named(v) { None } else { version.keys.get(i).cloned() }
    };
    pairing.by(a, b, |i, v| nameless(a, i, v), |j, v| nameless(b, j, v));
    pairing.by(a, b, |_, v| Some(v.goal.name.clone()), |_, v| Some(v.goal.name.clone()));
    // The same under another name.
    pairing.by(a, b, |i, _| a.keys.get(i).cloned(), |j, _| b.keys.get(j).cloned());
    // Another name and other clauses: the only goals that measure this.
    pairing.by_alone(a, b);
    pairing.of_new
}

struct Pairing {
    of_new: HashMap<usize, usize>,
    taken: HashSet<usize>,
}

impl Pairing {
    /// Pairs what is left and has one key, in order.
    fn by(
        &mut self,
        a: &Version<'_, '_>,
        b: &Version<'_, '_>,
        old: impl Fn(usize, &GoalView<'_>) -> Option<String>,
        new: impl Fn(usize, &GoalView<'_>) -> Option<String>,
    ) {
        let mut left: HashMap<String, Vec<usize>> = HashMap::new();
        for (i, view) in a.views().iter().enumerate().rev() {
            if !self.taken.contains(&i)
                && let Some(key) = old(i, view)
            {
                left.entry(key).or_default().push(i);
            }
        }
        for (j, view) in b.views().iter().enumerate() {
            if self.of_new.contains_key(&j) {
                continue;
            }
            let found = new(j, view).and_then(|key| left.get_mut(&key)).and_then(Vec::pop);
            if let Some(i) = found {
                self.of_new.insert(j, i);
                self.taken.insert(i);
            }
        }
    }

    /// Pairs those that are the only ones left on both sides to measure something.
    fn by_alone(&mut self, a: &Version<'_, '_>, b: &Version<'_, '_>) {
        let mut of: HashMap<String, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for i in (0..a.views().len()).filter(|i| !self.taken.contains(i)) {
            of.entry(a.measured(i)).or_default().0.push(i);
        }
        for j in (0..b.views().len()).filter(|j| !self.of_new.contains_key(j)) {
            of.entry(b.measured(j)).or_default().1.push(j);
        }
        for (old, new) in of.values() {
            if let ([i], [j]) = (old.as_slice(), new.as_slice()) {
                self.of_new.insert(*j, *i);
                self.taken.insert(*i);
            }
        }
    }
}
