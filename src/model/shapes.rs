//! Which clauses serve which shape of goal in this version: a clause that a shape can't use yet is named, never passed
//! over in silence. Knows shapes and clauses, and no values.

use super::Resolver;
use super::formula::Scope;
use super::plan::{From, Goal, GoalBody, Over, Timing, Type};
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

impl Shape {
    /// `None` for a combined goal, whose clauses are checked elsewhere.
    fn of(goal: &Goal) -> Option<Self> {
        let GoalBody::Measured { subject, .. } = &goal.body else {
            let rows = matches!(goal.body, GoalBody::Rows { .. });
            let recurs = matches!(goal.timing, Timing::Every { .. });
            return rows.then_some(if recurs { Self::Recurring } else { Self::Rows });
        };
        Some(match (&goal.timing, &goal.quantifier, &subject.gives) {
            (Timing::Every { .. }, ..) => Self::Recurring,
            (_, Some((_, Over::Dimension(_) | Over::Campaigns)), _) => Self::Values,
            (.., Type::Truth) => Self::Truth,
            _ => Self::Number,
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

    /// True where evaluation serves the clause on this shape.
    fn serves(self, clause: &GoalClause, goal: &Goal) -> bool {
        let value = matches!(goal.from, Some(From::Value(_)));
        match (clause, self) {
            (GoalClause::Checkpoints(_), shape) => shape == Self::Number,
            (GoalClause::Grace(_), shape) => matches!(shape, Self::Number | Self::Values),
            (GoalClause::Per(_), shape) => shape != Self::Rows,
            (GoalClause::Yoy, shape) => !matches!(shape, Self::Rows | Self::Truth),
            (GoalClause::From(_), Self::Rows | Self::Truth) => !value,
            _ => true,
        }
    }
}

impl Resolver<'_> {
    /// Names the clauses that this goal's shape can't use yet.
    pub(crate) fn unserved(&mut self, goal: &Goal, tree: &tree::Goal, scope: Scope<'_>) {
        let Some(shape) = Shape::of(goal) else { return };
        for clause in tree.clauses.iter().filter(|c| !shape.serves(&c.node, goal)) {
            let what = format!("`{}` on {}", super::goals::goal_clause(&clause.node), shape.name());
            self.unbuilt(what, scope.file, clause.span, scope.goal);
        }
    }
}
