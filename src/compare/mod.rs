//! Two versions of a plan, compared by what they mean: goal by goal, clause by clause, and whether a goal was made easier
//! while it ran. Knows no file, no revision and no format; where each version came from is its caller's.

mod beside;
mod clauses;
mod comments;
mod definitions;
mod ease;
mod meaning;
mod moved;
mod others;
mod pairs;
mod scope;
mod times;

pub use moved::{Evidence, Moment, Moved, findings};

use crate::lint::Context;
use crate::model::plan::Plan;
use crate::source::Loc;
use meaning::{Depth, Meaning, Words};
use serde::Serialize;

/// What a change does to how hard a goal is to reach, if nothing else changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Less is asked.
    Easier,
    /// More is asked.
    Harder,
    /// Something else is asked: which is harder can't be told from the plan alone.
    Unknown,
    /// It doesn't bear on that.
    None,
}

/// What kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Thing {
    Plan,
    Goal,
    Objective,
    Milestone,
    Alert,
}

/// What became of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Became {
    /// It means something else.
    Changed,
    /// Only the new plan has it.
    Added,
    /// Only the old plan has it.
    Dropped,
    /// It has another name, and perhaps means something else as well.
    Renamed,
}

/// One clause that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClauseChange {
    /// Which: `target`, `deadline`, `guardrail`, …
    pub what: &'static str,
    /// As it was; `None` where it is new.
    pub old: Option<String>,
    /// As it is; `None` where it is gone.
    pub new: Option<String>,
    /// What that does.
    pub effect: Effect,
    /// How far it moved: `2 points less`, `later by 3 months`.
    pub how: Option<String>,
}

/// A definition that changed under a goal whose own text needn't have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Through {
    /// `metric`, `segment`, `let`, `table`, `campaign`, `exclude`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// As it was; `None` where it is new.
    pub old: Option<String>,
    /// As it is; `None` where it is gone.
    pub new: Option<String>,
    /// `narrower`, `wider`, `10M less`, where it is known.
    pub how: Option<String>,
}

/// What became of one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What kind of thing it is.
    pub thing: Thing,
    /// What became of it.
    pub became: Became,
    /// Its name; where it was renamed the new one.
    pub name: String,
    /// Where it was renamed.
    pub old_name: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its statement: in the new plan, of what was dropped in the old one; `None` for facts of the plan.
    pub at: Option<Loc>,
    /// For a goal its numbers in the old and in the new plan.
    pub goals: (Option<usize>, Option<usize>),
    /// What is wanted, of a goal that was added or dropped: `subs +5% by 2021-09-30`.
    pub wanted: Option<String>,
    /// What changed in its own clauses.
    pub clauses: Vec<ClauseChange>,
    /// What changed underneath.
    pub through: Vec<Through>,
    /// True where something in it means another thing though its text is the same.
    pub underneath: bool,
    /// True where that bears on how hard it is.
    pub weighs: bool,
    /// How it stood and stands as of one moment, where data was read.
    pub statuses: Option<(crate::eval::verdict::Status, crate::eval::verdict::Status)>,
    /// Where it was made easier: when, and whether that needs a reason.
    pub moved: Option<Moved>,
}

impl Change {
    pub(crate) fn new(thing: Thing, became: Became, name: impl Into<String>) -> Self {
        Self {
            thing,
            became,
            name: name.into(),
            old_name: None,
            title: None,
            at: None,
            goals: (None, None),
            wanted: None,
            clauses: Vec::new(),
            through: Vec::new(),
            underneath: false,
            weighs: false,
            statuses: None,
            moved: None,
        }
    }

    /// What all its changes come to: easier or harder where nothing speaks against it, unknown where they pull both ways.
    pub fn effect(&self) -> Effect {
        let any = |wanted| self.clauses.iter().any(|c| c.effect == wanted);
        match (any(Effect::Easier), any(Effect::Harder), any(Effect::Unknown) || self.weighs) {
            (true, false, false) => Effect::Easier,
            (false, true, false) => Effect::Harder,
            (false, false, false) => Effect::None,
            _ => Effect::Unknown,
        }
    }
}

/// All that changed, in the order of the new plan; what was dropped stands behind, in the order of the old one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    /// Facts of the plan, goals, objectives, milestones, alerts.
    pub list: Vec<Change>,
}

/// One version while it is compared.
pub(crate) struct Side<'a> {
    context: &'a Context<'a>,
    whole: Meaning<'a>,
    own: Meaning<'a>,
}

impl<'a> Side<'a> {
    fn new(context: &'a Context<'a>, words: &'a Words) -> Self {
        Self {
            context,
            whole: Meaning::new(context.plan, words, Depth::Whole),
            own: Meaning::new(context.plan, words, Depth::Own),
        }
    }

    fn plan(&self) -> &'a Plan {
        self.context.plan
    }
}

/// Compares two plans without errors. With verdicts of both as of one moment it also says how goals stood and stand, and
/// which target is easier where the plans alone don't tell.
pub fn compare(old: &Context<'_>, new: &Context<'_>, evidence: &Evidence) -> Changes {
    let words = Words::default();
    let (old, new) = (Side::new(old, &words), Side::new(new, &words));
    let mut list: Vec<Change> = others::facts(&old, &new).into_iter().collect();
    list.extend(pairs::goals(&old, &new, evidence));
    list.extend(others::objectives(&old, &new));
    list.extend(others::milestones(&old, &new));
    list.extend(others::alerts(&old, &new));
    Changes { list }
}
