//! What is watched beside goals, as typed: milestones and alerts. Knows no day on which anything happened.

use super::{Formula, ObjectiveId};
use crate::calendar::CalendarSpan;
use crate::source::Loc;
use jiff::civil::DateTime;

/// A dated deliverable.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Milestone {
    pub name: String,
    pub title: Option<String>,
    pub at: Loc,
    /// The first moment after its date.
    pub by: DateTime,
    /// Its date as written: `2021-09-15`, `Q3 2021`.
    pub wanted: String,
    /// The first moment after the day on which it was done.
    pub done: Option<DateTime>,
    /// Done when this first holds.
    pub when: Option<Formula>,
    /// The condition as written.
    pub when_text: String,
    pub supports: Option<ObjectiveId>,
    pub owner: Option<String>,
    pub about: Option<String>,
}

/// A condition that is watched, period by period.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Alert {
    pub name: String,
    pub title: Option<String>,
    pub at: Loc,
    pub condition: Formula,
    /// The condition as written.
    pub text: String,
    /// The length of a period; the table's step or a day where none is written.
    pub every: Option<CalendarSpan>,
    /// It must hold for that long before it fires.
    pub hold: Option<CalendarSpan>,
    pub note: Option<String>,
}
