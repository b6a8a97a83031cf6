//! Checkpoints of goals that aren't one number: how a condition, a share of values, rows or periods stood on the way
//! (language reference, `checkpoints`). Changes no verdict.

use super::along;
use super::each;
use super::formula::World;
use super::frame::Frame;
use super::measured;
use super::recurring::{self, Recurring};
use super::rows::RowsGoal;
use super::subject::Subject;
use super::verdict::{CheckpointReading, Status};
use crate::calendar::{self, Window};
use crate::model::plan::{Goal, Over, Quantifier};
use jiff::civil::DateTime;

fn ahead(end: DateTime) -> CheckpointReading {
    CheckpointReading {
        at: calendar::day_before_edge(end),
        value: None,
        expected_value: None,
        progress: None,
        expected: None,
        status: None,
    }
}

/// A condition holds or doesn't, 1 or 0.
pub fn of_truth<'a>(world: &World<'a>, goal: &Goal, subject: &Subject<'a>, frame: &Frame) -> Vec<CheckpointReading> {
    let ends = along::checkpoint_ends(world, goal, Window::new(frame.start, frame.deadline));
    let read = |end: DateTime| {
        if end > subject.known || end > world.as_of {
            return ahead(end);
        }
        let holds = frame.value_at(world, subject, end).0.value.as_truth();
        let value = holds.map(|t| f64::from(u8::from(t)));
        let status = holds.map(|t| if t { Status::Met } else { Status::OffTrack });
        CheckpointReading { value, progress: value, expected: Some(1.0), status, ..ahead(end) }
    };
    ends.into_iter().map(read).collect()
}

/// The share that is asked for.
fn asked(quantifier: Quantifier) -> f64 {
    match quantifier {
        Quantifier::Each => 1.0,
        Quantifier::Share(share) | Quantifier::AtMost(share) => share,
    }
}

/// The share of values that had reached it; its status goes by those on their way as well.
pub fn of_values(
    world: &World<'_>,
    values: &[Vec<CheckpointReading>],
    quantifier: Quantifier,
) -> Vec<CheckpointReading> {
    let Some(first) = values.iter().max_by_key(|v| v.len()) else { return Vec::new() };
    let read = |station: &CheckpointReading| {
        let here: Vec<&CheckpointReading> = values.iter().flatten().filter(|c| c.at == station.at).collect();
        let known = here.iter().filter(|c| c.status.is_some()).count() as u64;
        let mut out = CheckpointReading {
            at: station.at,
            value: None,
            expected_value: None,
            progress: None,
            expected: Some(asked(quantifier)),
            status: None,
        };
        if known == 0 {
            return out;
        }
        let count = |statuses: &[Status]| {
            here.iter().filter(|c| c.status.is_some_and(|s| statuses.contains(&s))).count() as u64
        };
        let (met, on_way) = (count(&[Status::Met]), count(&[Status::Met, Status::OnTrack]));
        let share = each::share(met, here.len() as u64);
        (out.value, out.progress) = (Some(share), Some(share));
        out.status = Some(match quantifier {
            Quantifier::AtMost(_) => measured::by_pace(world, Some(each::pace(quantifier, met, here.len() as u64))),
            _ if each::enough(quantifier, met, here.len() as u64) => Status::Met,
            _ => measured::by_pace(world, Some(each::pace(quantifier, on_way, here.len() as u64))),
        });
        out
    };
    first.iter().map(read).collect()
}

/// The share of the rows up to each checkpoint that keep it, as they are known now.
pub fn of_rows<'a>(
    world: &World<'a>,
    rows: RowsGoal<'a>,
    window: Window,
    quantifier: Quantifier,
) -> Vec<CheckpointReading> {
    let Some(timeline) = world.timelines.get(rows.table) else { return Vec::new() };
    let ends = along::checkpoint_ends(world, rows.goal, window);
    let read = |end: DateTime| {
        let out = CheckpointReading { expected: Some(asked(quantifier)), ..ahead(end) };
        if end > timeline.known || end > world.as_of {
            return out;
        }
        let counted = rows.count(world, Some(Window::new(window.start, end)));
        if counted.lacking.is_some() || counted.summary.total == 0 {
            return out;
        }
        let share = each::share(counted.summary.kept, counted.summary.total);
        let status = match each::enough(quantifier, counted.summary.kept, counted.summary.total) {
            true => Status::OnTrack,
            false => measured::by_pace(world, Some(super::rows::pace(quantifier, &counted))),
        };
        CheckpointReading { value: Some(share), progress: Some(share), status: Some(status), ..out }
    };
    ends.into_iter().map(read).collect()
}

/// The share of the periods up to each checkpoint that were kept.
pub fn of_periods(world: &World<'_>, goal: &Goal, result: &Recurring) -> Vec<CheckpointReading> {
    let Some(window) = result.window else { return Vec::new() };
    let quantifier = match goal.quantifier {
        Some((quantifier, Over::Periods(_))) => quantifier,
        _ => Quantifier::Each,
    };
    let read = |end: DateTime| {
        let out = CheckpointReading { expected: Some(asked(quantifier)), ..ahead(end) };
        let upto = result.periods.iter().take_while(|p| p.window.end <= end).count();
        let periods = &result.periods[..upto];
        let judged = periods.iter().filter(|p| p.kept.is_some()).count() as u64;
        let open = result.periods.iter().any(|p| {
            p.window.end <= end
                && matches!(p.state, super::verdict::PeriodState::Running | super::verdict::PeriodState::Coming)
        });
        if judged == 0 || open || end > world.as_of {
            return out;
        }
        let kept = periods.iter().filter(|p| p.kept == Some(true)).count() as u64;
        let share = each::share(kept, judged);
        let status = match result.held {
            Some(held) if recurring::longest(periods, held.needed).1.is_some() => Status::Met,
            Some(_) => Status::OnTrack,
            None if each::enough(quantifier, kept, judged) => Status::OnTrack,
            None => Status::OffTrack,
        };
        CheckpointReading { value: Some(share), progress: Some(share), status: Some(status), ..out }
    };
    along::checkpoint_ends(world, goal, window).into_iter().map(read).collect()
}
