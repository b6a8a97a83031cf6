//! What a plan leaves out (`exclude`): which windows and steps it touches, and how that is said. Knows tables' times, and
//! no formulas.

use super::formula::World;
use super::notes::Notes;
use super::timeline::Timeline;
use crate::calendar::Window;
use crate::model::plan::{Exclude, TableId};
use jiff::civil::DateTime;

/// Between what is left out and why.
const LEFT_OUT: &str = " is left out: ";

impl<'a> World<'a> {
    /// Says what is left out of a table's window. Where the table's times are known, only what holds one is said.
    pub(super) fn note_excluded(&self, table: TableId, window: Option<Window>, notes: &mut Notes) {
        let Some(timeline) = self.timelines.get(table) else { return };
        for exclude in self.plan.excludes_of(table) {
            let Some(window) = window.filter(|_| timeline.timed) else {
                if exclude.table.is_some() {
                    let (period, name, why) = (&exclude.period, &timeline.table, &exclude.because);
                    notes.say(format!("{period} can't be left out of {name}, which has no time column ({why})"));
                }
                continue;
            };
            let common = Window::new(exclude.window.start.max(window.start), exclude.window.end.min(window.end));
            let held = timeline.times.as_ref().is_none_or(|times| times.iter().any(|t| inside(&common, *t)));
            if common.start < common.end && held {
                notes.say(sentence(exclude, timeline));
            }
        }
    }

    /// Why nothing of a window is left: all of it is excluded.
    pub(super) fn wholly_excluded(&self, table: TableId, window: Window) -> Option<String> {
        let timeline = self.timelines.get(table)?;
        let mut touching: Vec<&Exclude> = self
            .plan
            .excludes_of(table)
            .filter(|e| e.window.start < window.end && window.start < e.window.end)
            .collect();
        touching.sort_by_key(|e| e.window.start);
        let mut covered = window.start;
        for exclude in &touching {
            if exclude.window.start > covered {
                return None;
            }
            covered = covered.max(exclude.window.end);
        }
        let said: Vec<String> = touching.iter().map(|e| sentence(e, timeline)).collect();
        (covered >= window.end && !said.is_empty()).then(|| said.join("; "))
    }

    /// Why a step has no reading left: every one that it holds is excluded.
    pub(super) fn excluded_step(&self, table: TableId, step: &Window) -> Option<String> {
        let timeline = self.timelines.get(table)?;
        let Some(times) = &timeline.times else { return self.wholly_excluded(table, *step) };
        let mut said: Vec<String> = Vec::new();
        let mut any = false;
        for time in times.iter().filter(|t| inside(step, **t)) {
            let exclude = self.plan.excludes_of(table).find(|e| inside(&e.window, *time))?;
            any = true;
            let why = sentence(exclude, timeline);
            if !said.contains(&why) {
                said.push(why);
            }
        }
        any.then(|| said.join("; "))
    }
}

fn inside(window: &Window, at: DateTime) -> bool {
    window.start <= at && at < window.end
}

/// `2021-03-01..2021-03-07 of posts is left out: tracking was broken`
fn sentence(exclude: &Exclude, timeline: &Timeline) -> String {
    format!("{} of {}{LEFT_OUT}{}", exclude.period, timeline.table, exclude.because)
}

/// True for a reason that says that the plan leaves out what would be needed.
pub(super) fn is_why(reason: &str) -> bool {
    reason.contains(LEFT_OUT)
}
