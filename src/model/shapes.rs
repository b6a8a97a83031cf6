//! Which clauses mean something on which shape of goal: one that can't is an error that says why, never passed over in
//! silence. Knows shapes and clauses, and no values.

use super::error::NameError;
use super::plan::{Checkpoint, From, Goal, GoalBody, Over, Timing, Type};
use super::{R, Resolver};
use crate::source::FileId;
use crate::syntax::tree::{self, GoalClause};

/// The shapes in which a goal is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// One number.
    Number,
    /// True or false.
    Truth,
    /// Every value of a dimension.
    Values,
    /// Every row of a table.
    Rows,
    /// Every period.
    Recurring,
}

/// Why a clause means nothing, and the next edit.
type Refusal = (&'static str, &'static str);

const NO_LINE: Refusal = (
    "no line leads from a baseline to its target, which a pace could follow",
    "leave `pace` out: what has to hold is expected all along",
);
const NO_BASELINE: Refusal =
    ("it is compared with no earlier value", "leave it out, or compare in the goal itself: subs >= subs[-1 year]");
const NO_STATIONS: Refusal = (
    "its checkpoints only show how it stands: no value lies on a way to a target",
    "leave the targets on the checkpoints out",
);
const NO_CEILING: Refusal = ("it has no number of its own that a ceiling could stop", "leave `cap` out");

impl Shape {
    /// `None` for a combined goal, whose clauses are checked elsewhere.
    fn of(goal: &Goal) -> Option<Self> {
        let recurs = matches!(goal.timing, Timing::Every { .. });
        Some(match (&goal.body, &goal.quantifier) {
            (GoalBody::Combined { .. }, _) => return None,
            _ if recurs => Self::Recurring,
            (GoalBody::Rows { .. }, _) => Self::Rows,
            (GoalBody::Measured { .. }, Some((_, Over::Dimension(_) | Over::Campaigns))) => Self::Values,
            (GoalBody::Measured { subject, .. }, _) if subject.gives == Type::Truth => Self::Truth,
            (GoalBody::Measured { .. }, _) => Self::Number,
        })
    }

    /// As people know it.
    fn name(self) -> &'static str {
        match self {
            Self::Number => "a goal over one number",
            Self::Truth => "a goal that is true or false",
            Self::Values => "a goal for each value",
            Self::Rows => "a goal over rows",
            Self::Recurring => "a goal that comes back",
        }
    }

    /// Why the clause means nothing on this shape; `None` where it does.
    fn refuses(self, clause: &GoalClause, goal: &Goal) -> Option<Refusal> {
        let rows = matches!(goal.body, GoalBody::Rows { .. });
        let truth = matches!(&goal.body, GoalBody::Measured { subject, .. } if subject.gives == Type::Truth);
        let value = matches!(goal.from, Some(From::Value(_)));
        let stations = || goal.checkpoints.iter().any(|c| matches!(c, Checkpoint::At(_, Some(_))));
        match (clause, self) {
            (GoalClause::Pace(_), Self::Truth | Self::Rows | Self::Recurring) => Some(NO_LINE),
            (GoalClause::Yoy, _) if rows || truth => Some(NO_BASELINE),
            (GoalClause::From(_), _) if value && (rows || truth) => Some(NO_BASELINE),
            (GoalClause::Checkpoints(_), Self::Truth | Self::Rows | Self::Recurring) if stations() => Some(NO_STATIONS),
            (GoalClause::Checkpoints(_), _) if matches!(goal.quantifier, Some((_, Over::Campaigns))) => Some((
                "each campaign has a window of its own, and no day lies on the way of all",
                "leave `checkpoints` out",
            )),
            (GoalClause::Cap(_), _) if rows || truth => Some(NO_CEILING),
            (GoalClause::Per(_), Self::Rows) => {
                Some(("each row is judged by itself, over no span", "leave `per` out, or judge each: every month"))
            }
            (GoalClause::Hold(_), _) if rows => Some((
                "each row is judged once, so nothing can hold in a row",
                "leave `hold` out, or hold a share over time: share(…) >= 95% hold 3 months",
            )),
            (GoalClause::Hold(_), Self::Recurring) if matches!(goal.quantifier, Some((_, Over::Periods(_)))) => Some((
                "`for … of` and `hold` both say how many periods have to keep it",
                "keep one: for 90% of months counts all, hold 3 months asks for three in a row",
            )),
            _ => None,
        }
    }
}

impl Resolver<'_> {
    /// Refuses the clauses that mean nothing on this goal's shape.
    pub(crate) fn shape_fits(&mut self, goal: &Goal, tree: &tree::Goal, file: FileId) -> R<()> {
        let mut result = self.counted_periods(goal, tree, file);
        let Some(shape) = Shape::of(goal) else { return result };
        for clause in &tree.clauses {
            if let Some((why, help)) = shape.refuses(&clause.node, goal) {
                let clause_name = super::goals::goal_clause(&clause.node);
                let error = NameError::NoMeaning {
                    clause: clause_name,
                    shape: shape.name(),
                    why,
                    at: clause.span,
                    help: help.to_owned(),
                };
                result = Err(self.report(file, &error));
            }
        }
        result.and_then(|()| self.one_pace(goal, tree, file))
    }

    /// `for 90% of months` counts the goal's own periods.
    fn counted_periods(&mut self, goal: &Goal, tree: &tree::Goal, file: FileId) -> R<()> {
        let (Timing::Every { span, .. }, Some((_, Over::Periods(unit)))) = (&goal.timing, &goal.quantifier) else {
            return Ok(());
        };
        let clause = tree.clauses.iter().find(|c| matches!(c.node, GoalClause::For { .. }));
        let Some(clause) = clause.filter(|_| span.unit != *unit) else { return Ok(()) };
        let error = NameError::Timing {
            what: format!("the goal is judged every {}, so there are no {}s to count", span.unit.name(), unit.name()),
            at: clause.span,
            label: "other periods",
            other: None,
            help: format!("write {}s, or every {}", span.unit.name(), unit.name()),
        };
        Err(self.report(file, &error))
    }

    /// A pace and targets on checkpoints both say how the expected value runs.
    fn one_pace(&mut self, goal: &Goal, tree: &tree::Goal, file: FileId) -> R<()> {
        let stations = goal.checkpoints.iter().any(|c| matches!(c, Checkpoint::At(_, Some(_))));
        let curved = matches!(goal.pace, Some(tree::PaceKind::Compound | tree::PaceKind::Seasonal));
        let place = |of: fn(&GoalClause) -> bool| tree.clauses.iter().find(|c| of(&c.node)).map(|c| c.span);
        let pace = place(|c| matches!(c, GoalClause::Pace(_)));
        let (true, true, Some(at)) = (stations, curved, pace) else { return Ok(()) };
        let error = NameError::Timing {
            what: "targets on checkpoints and `pace` both say how the expected value runs".to_owned(),
            at,
            label: "and here",
            other: place(|c| matches!(c, GoalClause::Checkpoints(_))),
            help: "leave `pace` out, or the targets on the checkpoints".to_owned(),
        };
        Err(self.report(file, &error))
    }
}
