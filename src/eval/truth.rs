//! The verdict on a subject that is true or false. Knows windows, and no targets.

use super::formula::World;
use super::frame::{Frame, Mode};
use super::hold;
use super::measured::Judged;
use super::subject::Subject;
use super::value::Datum;
use super::verdict::Status;
use crate::calendar;
use crate::model::plan::Goal;
use jiff::civil::{Date, DateTime};

/// A subject that is true or false: kept or not.
pub fn judge<'a>(world: &World<'a>, goal: &Goal, subject: &Subject<'a>, frame: &Frame) -> Judged {
    let current = frame.value_at(world, subject, subject.known);
    let reached = current.0.value.as_truth();
    let settled = subject.known >= frame.last_end(subject) && world.as_of >= frame.deadline;
    let once = matches!(frame.mode, Mode::Once(_));
    let run = |frame: &Frame, upto| {
        frame.hold.map(|asked| hold::run(world, subject, frame, asked, (frame.start, upto), holds))
    };
    let held = run(frame, frame.deadline);
    let enough = held.is_none_or(|r| r.enough());
    let status = match (reached, settled) {
        _ if world.as_of <= frame.start => Status::NotStarted,
        (None, _) => Status::NoData,
        (Some(true), true) if enough => Status::Met,
        (Some(true), false) if !once && enough => Status::Met,
        (Some(true), false) => Status::OnTrack,
        (_, true) => Status::Missed,
        (Some(false), false) => Status::OffTrack,
    };
    let progress = reached.map(|r| f64::from(u8::from(r)));
    let last = || current.1.map(|w| w.end.min(subject.known)).map(calendar::day_before_edge);
    let mut judged = Judged {
        status,
        met_on: (status == Status::Met).then(|| held.and_then(|r| r.completed).or_else(last)).flatten(),
        baseline: None,
        lacking: (status == Status::NoData).then(|| current.0.value.reason().unwrap_or_default()),
        notes: frame.notes.clone(),
        current,
        aim: None,
        progress,
        expected: progress.map(|_| 1.0),
        pace: progress,
        required: None,
        reached,
        settled,
        decided: "true or false, as it stands".to_owned(),
        line: Default::default(),
        held: held.map(|r| r.reading()),
        cap: None,
    };
    judged.notes.add(&judged.current.0.notes.clone());
    if let Some(run) = held.filter(|r| reached == Some(true) && !r.enough()) {
        judged.notes.say(run.words());
    }
    if judged.status == Status::Missed {
        late(world, goal, subject, frame, &mut judged, &run);
    }
    judged
}

fn holds(datum: &Datum) -> bool {
    datum.value.as_truth() == Some(true)
}

/// Within the grace it is met late.
fn late<'a>(
    world: &World<'a>,
    goal: &Goal,
    subject: &Subject<'a>,
    frame: &Frame,
    judged: &mut Judged,
    run: &impl Fn(&Frame, DateTime) -> Option<hold::Run>,
) {
    let Some((grace, end)) = goal.grace.and_then(|g| Some((g, g.shift_edge(frame.deadline)?))) else { return };
    let longer = frame.until(end);
    let upto = end.min(subject.known).min(world.as_of);
    let found: Vec<(Date, bool)> = subject
        .steps(frame.deadline, upto)
        .map(|s| {
            let kept = holds(&longer.value_at(world, subject, s.end).0);
            (s.last_day(), kept && run(&longer, s.end).is_none_or(|r| r.enough()))
        })
        .collect();
    if let Some((day, _)) = found.iter().find(|(_, kept)| *kept) {
        judged.status = Status::MetLate;
        judged.met_on = Some(*day);
        judged.decided = format!("it held within the grace of {grace}");
    } else if world.as_of < end || subject.known < longer.last_end(subject) {
        judged.settled = false;
        judged.status = Status::OffTrack;
        judged.decided = format!("the deadline is past; its grace runs to {}", calendar::day_before_edge(end));
    }
}
