//! What rules that read data may look at: the plan beside the world that verdicts are worked out in, so that a lint and a
//! verdict never see different numbers. Cells that aren't read yet are asked for and come with the next round.

use super::context::{Context, GoalView};
use crate::calendar::Window;
use crate::eval::aim;
use crate::eval::each;
use crate::eval::formula::World;
use crate::eval::frame::{self, Frame};
use crate::eval::goals;
use crate::eval::measured::{self, Judged};
use crate::eval::subject::Subject;
use crate::eval::verdict::Verdict;
use crate::model::plan::{GoalBody, TableId, Target};
use crate::query::{Answer, Cell, Measure, Request};
use indexmap::IndexMap;
use jiff::civil::DateTime;
use std::cell::OnceCell;

/// The plan with its data as of a moment.
#[derive(Debug)]
pub struct Observed<'w, 'a> {
    /// The plan.
    pub context: &'w Context<'a>,
    /// What evaluation knows so far.
    pub world: &'w World<'a>,
    verdicts: Vec<OnceCell<Verdict>>,
}

/// A goal over one number with a deadline or window of its own: neither recurring nor for each value.
#[derive(Debug)]
pub struct Measured<'a> {
    /// What is measured.
    pub subject: Subject<'a>,
    /// Over which windows.
    pub frame: Frame,
    /// The target that decides.
    pub target: &'a Target,
    /// Everything that `eval` worked out about it.
    pub judged: Judged,
}

impl<'w, 'a> Observed<'w, 'a> {
    pub(super) fn new(context: &'w Context<'a>, world: &'w World<'a>) -> Self {
        Self { context, world, verdicts: context.plan.goals.values().map(|_| OnceCell::new()).collect() }
    }

    /// True where all tables that a goal reads are open.
    pub fn readable(&self, goal: &GoalView<'a>) -> bool {
        let open = |table: &usize| matches!(self.world.infos.get(*table), Some(Some(_)));
        self.context.tables_of(goal).iter().all(open)
    }

    /// The goal's verdict as `eval` gives it; of a combined goal an empty one. Worked out once.
    pub fn verdict(&self, goal: &GoalView<'a>) -> Option<&Verdict> {
        self.verdicts.get(goal.number).map(|cell| cell.get_or_init(|| goals::verdict(self.world, goal.goal)))
    }

    /// The values of a column of an opened table in its rows up to now, each with how many rows bear it, in order (text
    /// by code point); rows that the table's own `where` or an `exclude` leaves out aren't counted. `None` where there is
    /// no such table or column, or where it isn't known yet: it comes with the next round. Meant for columns that a plan
    /// treats as dimensions: one of free text has as many values as rows.
    pub fn column_values(&self, table: TableId, column: &str) -> Option<&'w IndexMap<String, Cell>> {
        let info = self.world.infos.get(table).copied().flatten()?;
        let timeline = self.world.timelines.get(table).filter(|_| info.columns.contains_key(column))?;
        let request = Request {
            measure: Measure::Count,
            filter: None,
            window: timeline.timed.then_some(Window::new(DateTime::MIN, timeline.readable)),
            group: Some(column.to_owned()),
        };
        match self.world.cells.ask(table, request)? {
            Answer::Groups(groups) => Some(groups),
            Answer::One(_) => None,
        }
    }

    /// What is measured under the goal's own filter; nothing for goals over rows and combined ones. A campaign's filter
    /// isn't in it: see [`goals::campaign_filter`].
    pub fn subject(&self, goal: &GoalView<'a>) -> Option<Subject<'a>> {
        let formula = goal.subject()?;
        let mut subject = Subject::new(self.world, formula, goal.goal.filter.as_deref(), false);
        goals::campaign_filter(self.world, goal.goal, &mut subject, &mut Default::default());
        Some(subject)
    }

    /// A goal over one number with a deadline or window of its own, as `eval` judges it; `None` for all others.
    pub fn measured(&self, goal: &GoalView<'a>) -> Option<Measured<'a>> {
        use crate::model::plan::Timing;
        let GoalBody::Measured { targets, .. } = &goal.goal.body else { return None };
        if goal.goal.quantifier.is_some() || matches!(goal.goal.timing, Timing::Every { .. }) {
            return None;
        }
        let subject = self.subject(goal)?;
        self.judged(goal, targets, subject)
    }

    /// A goal for each value of a dimension, with a deadline or window of its own: every value that is judged by now,
    /// each as [`Observed::measured`]. None for all other goals.
    pub fn measured_each(&self, goal: &GoalView<'a>) -> Vec<(&'a str, Measured<'a>)> {
        use crate::model::plan::{Over, Timing};
        let GoalBody::Measured { targets, .. } = &goal.goal.body else { return Vec::new() };
        let (Some((_, Over::Dimension(column))), false) =
            (&goal.goal.quantifier, matches!(goal.goal.timing, Timing::Every { .. }))
        else {
            return Vec::new();
        };
        let (Some(subject), Some(target)) = (self.subject(goal), aim::deciding(targets)) else { return Vec::new() };
        let Ok(frame) = frame::frame(self.world, goal.goal, Some(&target.kind), &subject) else { return Vec::new() };
        let keys = each::keys_now(self.world, &subject, &frame, column);
        let of = |key: &&'a str| Some((*key, self.judged(goal, targets, subject.of_value(column, key))?));
        keys.iter().filter_map(of).collect()
    }

    fn judged(&self, goal: &GoalView<'a>, targets: &'a [Target], subject: Subject<'a>) -> Option<Measured<'a>> {
        let target = aim::deciding(targets)?;
        let frame = frame::frame(self.world, goal.goal, Some(&target.kind), &subject).ok()?;
        let judged = measured::judge(self.world, goal.goal, targets, &subject, &frame);
        Some(Measured { subject, frame, target, judged })
    }
}
