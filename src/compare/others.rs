//! What isn't a goal: facts of the plan, objectives, milestones, alerts. Compared by name.

use super::clauses::weight;
use super::definitions::{changed, reached_by};
use super::{Became, Change, ClauseChange, Effect, Side, Thing, times};
use crate::model::plan::{Alert, Milestone, Objective, Plan};
use crate::quantity::{Unit, show};
use crate::source::Loc;
use indexmap::IndexMap;

/// A clause as words before and after.
type Said = (&'static str, Option<String>, Option<String>);

/// Those that differ.
fn differing(said: impl IntoIterator<Item = Said>) -> Vec<ClauseChange> {
    let differs = said.into_iter().filter(|(_, a, b)| a != b);
    differs.map(|(what, old, new)| ClauseChange { what, old, new, effect: Effect::None, how: None }).collect()
}

/// Facts about the whole plan.
pub(super) fn facts(old: &Side<'_>, new: &Side<'_>) -> Option<Change> {
    let of = |plan: &Plan| {
        let f = &plan.facts;
        let month = usize::try_from(f.rules.fiscal_start - 1).ok();
        [
            f.title.clone(),
            f.mission.clone(),
            f.vision.clone(),
            f.owner.clone(),
            Some(f.currency.map_or("USD".to_owned(), |c| c.to_string())),
            Some(f.timezone.clone()),
            month.and_then(|m| crate::calendar::MONTHS.get(m)).map(|m| (*m).to_owned()),
            Some(format!("{:?}", f.rules.week_start)),
            f.horizon.map(|w| crate::calendar::step_name(&w, &f.rules)),
            Some(show(f.on_track, &Unit::Percent)),
            Some(show(f.at_risk, &Unit::Percent)),
        ]
    };
    const NAMES: [&str; 11] = [
        "title",
        "mission",
        "vision",
        "owner",
        "currency",
        "timezone",
        "fiscal year",
        "week",
        "horizon",
        "on track above",
        "at risk above",
    ];
    let both = of(old.plan()).into_iter().zip(of(new.plan()));
    let clauses = differing(NAMES.into_iter().zip(both).map(|(name, (a, b))| (name, a, b)));
    if clauses.is_empty() {
        return None;
    }
    let title = new.plan().facts.title.clone();
    Some(Change { title, clauses, ..Change::new(Thing::Plan, Became::Changed, "plan") })
}

/// A thing that both plans keep by name.
trait Named {
    const THING: Thing;
    fn title(&self) -> Option<&String>;
    fn at(&self) -> Loc;
    fn wanted(&self) -> Option<String>;
    fn clauses(&self, plan: &Plan) -> Vec<(&'static str, Option<String>)>;
}

/// Those of one name, those added, those dropped. `more` adds what words can't tell.
fn by_name<T: Named>(
    old: (&Side<'_>, &IndexMap<String, T>),
    new: (&Side<'_>, &IndexMap<String, T>),
    more: impl Fn(&T, &T, &mut Change),
) -> Vec<Change> {
    let begun = |became, name: &String, thing: &T| Change {
        title: thing.title().cloned(),
        at: Some(thing.at()),
        ..Change::new(T::THING, became, name)
    };
    let mut list = Vec::new();
    for (name, thing) in new.1 {
        let Some(was) = old.1.get(name) else {
            list.push(Change { wanted: thing.wanted(), ..begun(Became::Added, name, thing) });
            continue;
        };
        let both = was.clauses(old.0.plan()).into_iter().zip(thing.clauses(new.0.plan()));
        let mut change = begun(Became::Changed, name, thing);
        change.clauses = differing(both.map(|((what, a), (_, b))| (what, a, b)));
        more(was, thing, &mut change);
        if !change.clauses.is_empty() || !change.through.is_empty() {
            list.push(change);
        }
    }
    let dropped = old.1.iter().filter(|(name, _)| !new.1.contains_key(*name));
    list.extend(dropped.map(|(name, thing)| Change { wanted: thing.wanted(), ..begun(Became::Dropped, name, thing) }));
    list
}

fn objective_name(plan: &Plan, id: Option<usize>) -> Option<String> {
    plan.objectives.get_index(id?).map(|(name, _)| name.clone())
}

impl Named for Objective {
    const THING: Thing = Thing::Objective;
    fn title(&self) -> Option<&String> {
        self.title.as_ref()
    }
    fn at(&self) -> Loc {
        self.at
    }
    fn wanted(&self) -> Option<String> {
        None
    }
    fn clauses(&self, plan: &Plan) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("title", self.title.clone()),
            ("owner", self.owner.clone()),
            ("supports", objective_name(plan, self.supports)),
            ("weight", weight(self.weight)),
        ]
    }
}

/// What became of objectives.
pub(super) fn objectives(old: &Side<'_>, new: &Side<'_>) -> Vec<Change> {
    by_name((old, &old.plan().objectives), (new, &new.plan().objectives), |_, _, _| {})
}

impl Named for Milestone {
    const THING: Thing = Thing::Milestone;
    fn title(&self) -> Option<&String> {
        self.title.as_ref()
    }
    fn at(&self) -> Loc {
        self.at
    }
    fn wanted(&self) -> Option<String> {
        Some(format!("by {}", self.wanted))
    }
    fn clauses(&self, plan: &Plan) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("title", self.title.clone()),
            ("done", self.done.map(times::moment)),
            ("owner", self.owner.clone()),
            ("supports", objective_name(plan, self.supports)),
        ]
    }
}

/// What became of milestones.
pub(super) fn milestones(old: &Side<'_>, new: &Side<'_>) -> Vec<Change> {
    by_name((old, &old.plan().milestones), (new, &new.plan().milestones), |a, b, change| {
        if a.by != b.by {
            let said = ClauseChange {
                what: "deadline",
                old: Some(times::moment(a.by)),
                new: Some(times::moment(b.by)),
                effect: Effect::None,
                how: None,
            };
            change.clauses.insert(0, times::moved_deadline(said, a.by, b.by));
        }
        let whole = |side: &Side<'_>, m: &Milestone| m.when.as_ref().map(|w| side.whole.formula(w));
        if whole(old, a) != whole(new, b) {
            let text = |m: &Milestone| m.when.is_some().then(|| m.when_text.clone());
            let formulas = (a.when.as_ref(), b.when.as_ref());
            condition((old, text(a)), (new, text(b)), formulas, change);
        }
    })
}

impl Named for Alert {
    const THING: Thing = Thing::Alert;
    fn title(&self) -> Option<&String> {
        self.title.as_ref()
    }
    fn at(&self) -> Loc {
        self.at
    }
    fn wanted(&self) -> Option<String> {
        Some(format!("when {}", self.text))
    }
    fn clauses(&self, _: &Plan) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("title", self.title.clone()),
            ("every", self.every.map(|s| s.to_string())),
            ("hold", self.hold.map(|s| s.to_string())),
            ("note", self.note.clone()),
        ]
    }
}

/// What became of alerts.
pub(super) fn alerts(old: &Side<'_>, new: &Side<'_>) -> Vec<Change> {
    by_name((old, &old.plan().alerts), (new, &new.plan().alerts), |a, b, change| {
        if old.whole.formula(&a.condition) != new.whole.formula(&b.condition) {
            let formulas = (Some(&a.condition), Some(&b.condition));
            condition((old, Some(a.text.clone())), (new, Some(b.text.clone())), formulas, change);
        }
    })
}

/// A condition that means something else: by its own words, or through what it names.
fn condition(
    old: (&Side<'_>, Option<String>),
    new: (&Side<'_>, Option<String>),
    (a, b): (Option<&crate::model::plan::Formula>, Option<&crate::model::plan::Formula>),
    change: &mut Change,
) {
    if old.1 != new.1 {
        change.clauses.push(ClauseChange { what: "when", old: old.1, new: new.1, effect: Effect::Unknown, how: None });
    }
    let names = |side: &Side<'_>, f| reached_by(side.plan(), f);
    let below = changed(old.0, new.0);
    let reached: Vec<_> = [a.map(|f| names(old.0, f)), b.map(|f| names(new.0, f))].into_iter().flatten().collect();
    let under = below.into_iter().filter(|(name, _)| reached.iter().any(|r| r.contains(name)));
    change.through.extend(under.map(|(_, through)| through));
    change.underneath = change.clauses.iter().all(|c| c.what != "when");
}
