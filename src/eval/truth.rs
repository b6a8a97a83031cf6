//! The verdict on a subject that is true or false. Knows windows, and no targets.

use super::formula::World;
use super::frame::{Frame, Mode};
use super::measured::Judged;
use super::subject::Subject;
use super::verdict::Status;
use crate::calendar;

/// A subject that is true or false: kept or not.
pub fn judge<'a>(world: &World<'a>, subject: &Subject<'a>, frame: &Frame) -> Judged {
    let current = frame.value_at(world, subject, subject.known);
    let reached = current.0.value.as_truth();
    let settled = subject.known >= frame.last_end(subject) && world.as_of >= frame.deadline;
    let once = matches!(frame.mode, Mode::Once(_));
    let status = match (reached, settled) {
        _ if world.as_of <= frame.start => Status::NotStarted,
        (None, _) => Status::NoData,
        (Some(true), true) => Status::Met,
        (Some(true), false) if !once => Status::Met,
        (Some(true), false) => Status::OnTrack,
        (Some(false), true) => Status::Missed,
        (Some(false), false) => Status::OffTrack,
    };
    let progress = reached.map(|r| f64::from(u8::from(r)));
    Judged {
        status,
        met_on: (status == Status::Met)
            .then(|| current.1.map(|w| w.end.min(subject.known)))
            .flatten()
            .map(calendar::day_before_edge),
        baseline: None,
        lacking: (status == Status::NoData).then(|| current.0.value.reason().unwrap_or_default()),
        notes: {
            let mut notes = frame.notes.clone();
            notes.add(&current.0.notes);
            notes
        },
        current,
        aim: None,
        progress,
        expected: progress.map(|_| 1.0),
        pace: progress,
        required: None,
        reached,
        settled,
        decided: "true or false, as it stands".to_owned(),
    }
}
