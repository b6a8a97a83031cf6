//! Moved goalposts: goals that were made easier after their window began, or while they were off track, without a word on
//! why. Knows moments and verdicts as it is given them, and no clock.

use super::comments::reason;
use super::{Change, Changes, Effect, Side, times};
use crate::diagnostic::{Diagnostic, Level};
use crate::eval::verdict::{Report, Status, TargetReading};
use crate::lint::{Context, GoalView, Levels, rules};
use crate::model::plan::Goal;
use crate::source::Loc;
use crate::syntax::tree::GoalClause;
use jiff::civil::DateTime;
use std::collections::HashMap;

/// The rule's code.
const CODE: &str = "R411";

/// A moment, and how people call it.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// The first moment after it, in the plan's zone.
    pub end: DateTime,
    /// Its day, or the moment as it was asked for.
    pub day: String,
    /// What says so: `the newest row of memberships`; `None` where it was asked for.
    pub from: Option<String>,
}

impl Moment {
    /// `2021-06-30, the newest row of memberships`
    pub fn named(&self) -> String {
        match &self.from {
            Some(from) => format!("{}, {from}", self.day),
            None => self.day.clone(),
        }
    }
}

/// What is known beside the two plans.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// When the change was made, or the moment that it is judged as of.
    pub moment: Option<Moment>,
    /// Where that isn't known: the change was made after this.
    pub not_before: Option<Moment>,
    old: HashMap<String, (Status, TargetReading)>,
    new: HashMap<String, (Status, TargetReading)>,
}

impl Evidence {
    /// Without verdicts.
    pub fn new(moment: Option<Moment>, not_before: Option<Moment>) -> Self {
        Self { moment, not_before, ..Self::default() }
    }

    /// Adds the verdicts of both plans as of one moment, over the same data.
    pub fn with_verdicts(mut self, old: &Report, new: &Report) -> Self {
        let read = |report: &Report| {
            report.goals.iter().map(|v| (v.name.clone(), (v.status, v.target.clone()))).collect::<HashMap<_, _>>()
        };
        (self.old, self.new) = (read(old), read(new));
        self
    }

    /// How a goal stood and stands.
    pub(super) fn statuses(&self, old: &Goal, new: &Goal) -> Option<(Status, Status)> {
        Some((self.old.get(&old.name)?.0, self.new.get(&new.name)?.0))
    }

    /// What had to be reached and has to be.
    pub(super) fn targets(&self, old: &Goal, new: &Goal) -> Option<(&TargetReading, &TargetReading)> {
        Some((&self.old.get(&old.name)?.1, &self.new.get(&new.name)?.1))
    }
}

/// A goal that was made easier, wholly or in part.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// True where nothing was made harder beside it.
    pub surely: bool,
    /// When its window began.
    pub start: Option<DateTime>,
    /// Whether that was before the change; `None` where no moment tells.
    pub began: Option<bool>,
    /// How it stood, where it was behind.
    pub behind: Option<Status>,
    /// How it stands now, where the same data now says that it is better off.
    pub better: Option<Status>,
    /// The moment that says so.
    pub moment: Option<String>,
    /// Why, where a comment says so.
    pub because: Option<String>,
}

impl Moved {
    /// True where it has to be said: it surely had begun, or was behind, and nobody says why.
    pub fn unexplained(&self) -> bool {
        self.because.is_none() && (self.began == Some(true) || self.behind.is_some())
    }
}

/// Behind: what is then made easier is made easier to be met.
fn is_behind(status: Status) -> bool {
    matches!(status, Status::AtRisk | Status::OffTrack | Status::Missed)
}

/// Whether a goal's change makes it easier, and when that was done.
pub(super) fn judge(
    change: &Change,
    old: (&Side<'_>, &Goal),
    new: (&Side<'_>, &Goal),
    evidence: &Evidence,
) -> Option<Moved> {
    let behind = change.statuses.map(|(before, _)| before).filter(|status| is_behind(*status));
    let well = |status: &Status| matches!(status, Status::Met | Status::MetLate | Status::OnTrack);
    let better = behind.and(change.statuses).map(|(_, now)| now).filter(well);
    let in_part = change.clauses.iter().any(|c| c.effect == Effect::Easier);
    let surely = change.effect() == Effect::Easier || better.is_some();
    if !in_part && !surely {
        return None;
    }
    let start = times::begins(old.0.plan(), old.1);
    let by_verdict = match change.statuses.map(|(before, _)| before) {
        Some(Status::NoData) | None => None,
        Some(status) => Some(status != Status::NotStarted),
    };
    let (began, moment) = match (by_verdict, &evidence.moment, &evidence.not_before) {
        (Some(began), moment, _) => (Some(began), moment.as_ref()),
        // Without any start it is always running.
        (None, Some(moment), _) => (Some(start.is_none_or(|s| moment.end > s)), Some(moment)),
        (None, None, Some(after)) => (start.and_then(|s| (after.end > s).then_some(true)), Some(after)),
        (None, None, None) => (None, None),
    };
    Some(Moved {
        surely,
        start,
        began,
        behind,
        better,
        moment: moment.map(Moment::named),
        because: reason((old.0.context, old.1.at), (new.0.context, new.1.at)),
    })
}

/// The findings about goals that were made easier, with places in the new plan, at the level that the settings give.
pub fn findings(changes: &Changes, new: &Context<'_>, levels: &Levels) -> Vec<Diagnostic> {
    let Some(rule) = rules::ALL.iter().find(|r| r.code == CODE) else { return Vec::new() };
    let Some(level) = levels.of(rule) else { return Vec::new() };
    let moved = changes.list.iter().filter_map(|c| Some((c, c.moved.as_ref()?)));
    let asked = moved.filter(|(_, m)| m.because.is_none() && (m.unexplained() || m.began.is_none()));
    asked
        .filter_map(|(change, moved)| {
            let view = new.goals.iter().find(|view| Some(view.number) == change.goals.1)?;
            Some(finding(change, moved, view, level))
        })
        .collect()
}

fn finding(change: &Change, moved: &Moved, view: &GoalView<'_>, level: Level) -> Diagnostic {
    let certain = moved.surely && moved.unexplained();
    // What isn't certain is no error, whatever the level.
    let level = if certain { level } else { level.max(Level::Warning) };
    let name = &change.name;
    let easier = if moved.surely { "was made easier" } else { "was changed, and made easier in part," };
    let message = match (moved.behind, moved.began) {
        (Some(status), _) => format!("the goal `{name}` {easier} while it was {}", status.name()),
        (None, Some(_)) => format!("the goal `{name}` {easier} after its window began"),
        (None, None) => format!("the goal `{name}` {easier} and no moment tells whether its window had begun"),
    };
    let help = match moved.unexplained() {
        true => format!("keep it as it was, or say why in a comment on it: # milepost: allow({CODE}) because …"),
        false => format!(
            "say as of when it is compared: --as-of DATE; or why in a comment on it: # milepost: allow({CODE}) because …"
        ),
    };
    let mut labels: Vec<crate::diagnostic::Label> = Vec::new();
    for clause in change.clauses.iter().filter(|c| c.effect == Effect::Easier) {
        let at = place(view, clause.what).filter(|_| clause.new.is_some()).unwrap_or_else(|| view.name_place());
        let text = match (&clause.old, &clause.new) {
            (Some(old), Some(_)) => format!("was {old}"),
            (Some(old), None) => format!("without {} {old}", clause.what),
            _ => "new".to_owned(),
        };
        match labels.iter_mut().find(|l| l.at == at) {
            Some(label) => label.text = format!("{}; {text}", label.text),
            None => labels.push(crate::diagnostic::Label { at, text }),
        }
    }
    if labels.is_empty() {
        labels.push(crate::diagnostic::Label { at: view.name_place(), text: String::new() });
    }
    Diagnostic { code: CODE, level, message, reason: Some(because(change, moved)), help: Some(help), labels, fix: None }
}

/// The numbers behind a finding.
fn because(change: &Change, moved: &Moved) -> String {
    let mut said: Vec<String> = Vec::new();
    let clause = |c: &super::ClauseChange| {
        let moved = match (&c.old, &c.new) {
            (Some(old), Some(new)) => format!("{old} -> {new}"),
            (Some(old), None) => format!("{old} is gone"),
            (None, new) => format!("{} is new", new.as_deref().unwrap_or_default()),
        };
        format!("{}: {moved}{}", c.what, c.how.as_ref().map(|how| format!(", {how}")).unwrap_or_default())
    };
    let with = |wanted: Effect| change.clauses.iter().filter(move |c| c.effect == wanted).map(clause);
    let easier: Vec<String> = with(Effect::Easier).collect();
    if !easier.is_empty() {
        said.push(format!("Easier: {}.", easier.join("; ")));
    }
    let other: Vec<String> = with(Effect::Harder).chain(with(Effect::Unknown)).collect();
    if !other.is_empty() {
        said.push(format!("Harder or not comparable: {}.", other.join("; ")));
    }
    for t in &change.through {
        let (old, new) = (t.old.as_deref().unwrap_or("nothing"), t.new.as_deref().unwrap_or("nothing"));
        said.push(format!("Through {} {}: {old} -> {new}.", t.kind, t.name));
    }
    if let (Some(before), Some(now)) = (moved.behind, moved.better) {
        said.push(format!("With the same data it was {} and is {} now.", before.name(), now.name()));
    }
    let start = moved.start.map(|s| format!("Its window began on {}", s.date()));
    match (start, moved.began, &moved.moment) {
        (Some(start), Some(true), Some(moment)) => said.push(format!("{start}, before {moment}.")),
        (Some(start), None, _) => said.push(format!("{start}, if that day is past.")),
        (None, _, Some(moment)) => said.push(format!("That is as of {moment}.")),
        _ => {}
    }
    said.join(" ")
}

/// Where a clause stands in the new goal.
fn place(view: &GoalView<'_>, what: &str) -> Option<Loc> {
    let clause = |pick: fn(&GoalClause) -> bool| view.clause(|c| pick(c).then_some(())).map(|(_, at)| at);
    match what {
        "target" => view.targets().first().map(|t| t.at),
        "deadline" | "window" | "periods" | "timing" => clause(|c| {
            use GoalClause::{By, Every, In, Within};
            matches!(c, By(_) | In(_) | Within(_) | Every { .. })
        }),
        "baseline" => clause(|c| matches!(c, GoalClause::From(_) | GoalClause::Yoy)),
        "scope" => clause(|c| matches!(c, GoalClause::Where(_))),
        "how many" => clause(|c| matches!(c, GoalClause::For { .. })),
        "guardrail" => clause(|c| matches!(c, GoalClause::Guardrail(_))),
        "grace" => clause(|c| matches!(c, GoalClause::Grace(_))),
        "hold" => clause(|c| matches!(c, GoalClause::Hold(_))),
        _ => None,
    }
}
