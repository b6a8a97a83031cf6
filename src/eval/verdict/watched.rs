//! What milestones and alerts came to. Knows no terminal and no format.

use super::Status;
use crate::calendar::{CalendarSpan, Window};
use crate::quantity::Unit;
use crate::source::Loc;
use jiff::civil::Date;

/// The verdict on a milestone.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MilestoneVerdict {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// The statement.
    pub at: Loc,
    /// Its date as written.
    pub wanted: String,
    /// The last day that counts.
    pub by: Date,
    /// The day on which it was done: said, or found by its condition.
    pub done: Option<Date>,
    /// The answer.
    pub status: Status,
    /// Who sees to it.
    pub owner: Option<String>,
    /// The objective that it supports.
    pub supports: Option<String>,
    /// What decided, as one sentence without a full stop.
    pub decided: String,
    /// Every assumption, one sentence each.
    pub notes: Vec<String>,
}

/// What an alert found.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertVerdict {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// The statement.
    pub at: Loc,
    /// The condition as written.
    pub condition: String,
    /// What to do about it.
    pub note: Option<String>,
    /// The length of a period.
    pub every: CalendarSpan,
    /// For how many periods in a row it has to hold.
    pub periods: u32,
    /// The complete periods that were looked at, from the first to the last.
    pub looked: Option<Window>,
    /// The periods in which it fired, in order.
    pub fired: Vec<Fired>,
    /// The unit of what the condition compares.
    pub unit: Unit,
    /// Whether it fires in the last complete period; `None` where that isn't known.
    pub holds_now: Option<bool>,
    /// Why it couldn't be judged at all.
    pub reason: Option<String>,
    /// Every assumption, one sentence each.
    pub notes: Vec<String>,
}

/// A period in which an alert fired.
#[derive(Debug, Clone, PartialEq)]
pub struct Fired {
    /// The period.
    pub window: Window,
    /// How people call it: `2021-03`.
    pub label: String,
    /// The left side of the condition, where it is a comparison of numbers.
    pub value: Option<f64>,
}
