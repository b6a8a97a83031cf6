//! Goals over the values of a dimension: each value is judged by itself, against a baseline of its own, and the goal by
//! how many keep it (language reference, For each). Knows how one value is judged only through `measured`.

use super::aim;
use super::along;
use super::dimension;
use super::formula::World;
use super::frame::{Frame, Mode};
use super::measured::{self, Judged};
use super::notes::Notes;
use super::subject::Subject;
use super::truth;
use super::verdict::{CheckpointReading, EachReading, EachSummary, Status};
use super::waypoints;
use crate::calendar::Window;
use crate::model::plan::{Goal, Kind, Quantifier, Target, Type};
use jiff::civil::DateTime;

/// How many values or rows a verdict lists.
pub const LISTED: usize = 100;

/// A goal over values, worked out.
#[derive(Debug, Clone)]
pub struct Each {
    /// The counts and the list.
    pub summary: EachSummary,
    /// The answer.
    pub status: Status,
    /// Kept / total.
    pub progress: Option<f64>,
    /// How the share of values that are on their way compares with the share that is asked for.
    pub pace: Option<f64>,
    /// The rule that decided.
    pub decided: String,
    /// Assumptions.
    pub notes: Notes,
    /// Why there is nothing to judge.
    pub lacking: Option<String>,
    /// How many had reached it on the way.
    pub checkpoints: Vec<CheckpointReading>,
}

/// True where `kept` of `total` is as many as the quantifier asks.
pub fn enough(quantifier: Quantifier, kept: u64, total: u64) -> bool {
    let share = share(kept, total);
    match quantifier {
        Quantifier::Each => kept == total,
        Quantifier::Share(asked) => crate::quantity::at_least(share, asked),
        Quantifier::AtMost(asked) => crate::quantity::at_least(asked, share),
    }
}

/// kept / total, 1 where there is nothing to keep.
pub fn share(kept: u64, total: u64) -> f64 {
    if total == 0 { 1.0 } else { kept as f64 / total as f64 }
}

/// How the share that is on its way compares with the one that is asked for: 1 is as asked.
pub fn pace(quantifier: Quantifier, kept: u64, total: u64) -> f64 {
    let now = share(kept, total);
    match quantifier {
        Quantifier::Each => now,
        Quantifier::Share(asked) if asked > 0.0 => now / asked,
        Quantifier::Share(_) => 1.0,
        Quantifier::AtMost(asked) if now > asked => asked / now,
        Quantifier::AtMost(_) => 1.0,
    }
}

/// In words: `2 of 4 regions reached it; every one has to`.
pub fn rule(quantifier: Quantifier) -> String {
    let percent = |x: f64| crate::quantity::show(x, &crate::quantity::Unit::Percent);
    match quantifier {
        Quantifier::Each => "every one has to keep it".to_owned(),
        Quantifier::Share(asked) => format!("at least {} have to keep it", percent(asked)),
        Quantifier::AtMost(asked) => format!("at most {} may", percent(asked)),
    }
}

/// Judges the goal for every value of `column`.
pub fn each<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    targets: &'a [Target],
    subject: &Subject<'a>,
    frame: &Frame,
    quantifier: Quantifier,
    column: &'a str,
) -> Each {
    let (current, window) = frame.value_at(world, subject, subject.known);
    let now = keys_now(world, subject, frame, column);
    let changes = aim::deciding(targets).is_some_and(|t| aim::needs_baseline(&t.kind));
    let before = match changes {
        true => {
            let window = frame.baseline(world, goal, subject, window).window;
            window.map(|w| keys(world, subject, column, Some(carried(subject, w))))
        }
        false => None,
    };
    let mut out = Each {
        summary: EachSummary { what: column.to_owned(), ..EachSummary::default() },
        status: Status::NoData,
        progress: None,
        pace: None,
        decided: String::new(),
        notes: frame.notes.clone(),
        lacking: None,
        checkpoints: Vec::new(),
    };
    let is_new = |key: &str| before.as_ref().is_some_and(|b| !b.contains(&key));
    let over = subject.known >= frame.last_end(subject) && world.as_of >= frame.deadline;
    let mut judged = Vec::new();
    let mut on_way: Vec<Vec<CheckpointReading>> = Vec::new();
    for key in now.iter().copied() {
        if is_new(key) {
            out.summary.listed.push(uncounted(key));
            out.notes.say(format!("{column} {key:?} is new since the baseline: listed, not counted"));
            continue;
        }
        let one = subject.of_value(column, key);
        let (verdict, checkpoints) = judge_one(world, goal, targets, &one, frame);
        on_way.push(checkpoints);
        judged.push(One { key, judged: verdict, over });
    }
    for key in before.iter().flatten().filter(|k| !now.contains(k)) {
        out.summary.listed.push(uncounted(key));
        out.notes.say(format!("{column} {key:?} has no row any more: listed, not counted"));
    }
    let uncounted = std::mem::take(&mut out.summary.listed);
    count(&mut out, &judged);
    out.summary.listed.extend(uncounted);
    if judged.is_empty() {
        let why = current.value.reason().unwrap_or_else(|| match now.is_empty() {
            true => format!("no row bears a value of {column} in its window"),
            false => format!("every value of {column} is new since the baseline"),
        });
        out.lacking = Some(why);
        return out;
    }
    let nothing_yet = judged.iter().all(|o| o.judged.status == Status::NoData && o.judged.lacking.is_some());
    if !over && nothing_yet {
        out.lacking = judged.into_iter().find_map(|o| o.judged.lacking);
        return out;
    }
    out.checkpoints = waypoints::of_values(world, &on_way, quantifier);
    settle(world, &mut out, &judged, quantifier);
    out
}

/// The verdict on one value, and how it stood at the goal's checkpoints.
fn judge_one<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    targets: &'a [Target],
    subject: &Subject<'a>,
    frame: &Frame,
) -> (Judged, Vec<CheckpointReading>) {
    let truth = subject.formula.gives == Type::Truth;
    let judged = match truth {
        true => truth::judge(world, goal, subject, frame),
        false => measured::judge(world, goal, targets, subject, frame),
    };
    let checkpoints = match truth {
        _ if goal.checkpoints.is_empty() => Vec::new(),
        true => waypoints::of_truth(world, goal, subject, frame),
        false => along::checkpoints(&measured::Judge { world, goal, targets, subject, frame }, &judged),
    };
    (judged, checkpoints)
}

/// A value that is listed, and doesn't count.
fn uncounted(key: &str) -> EachReading {
    EachReading { key: key.to_owned(), baseline: None, target: None, value: None, kept: None }
}

/// The rows that tell which values there are: a level's own step, or everything the value was counted over.
fn looked_at(subject: &Subject<'_>, frame: &Frame, window: Window) -> Window {
    match (subject.kind, subject.every) {
        // Without steps a level is carried forward from any earlier day.
        (Kind::Stock, None) => Window::new(frame.start.min(window.start), window.end),
        _ => Window::new(window.start, window.end.min(subject.known).max(window.start)),
    }
}

/// The rows that a baseline is taken from: without steps a level is carried forward from any earlier day.
fn carried(subject: &Subject<'_>, window: Window) -> Window {
    match (subject.kind, subject.every) {
        (Kind::Stock, None) => Window::new(DateTime::MIN, window.end),
        _ => window,
    }
}

/// The values of a column that a goal is judged for by now, in order.
pub fn keys_now<'a>(world: &World<'a>, subject: &Subject<'a>, frame: &Frame, column: &'a str) -> Vec<&'a str> {
    let (_, window) = frame.value_at(world, subject, subject.known);
    keys(world, subject, column, window.map(|w| looked_at(subject, frame, w)))
}

/// The values of a column that have a row in a window, in order: rows that some aggregate of the subject takes.
pub fn keys<'a>(world: &World<'a>, subject: &Subject<'a>, column: &'a str, window: Option<Window>) -> Vec<&'a str> {
    let Some(window) = window else { return Vec::new() };
    dimension::values(world, subject.formula, &subject.context, column, |_| window)
}

/// What a single value's verdict counts as; `over` where the window is complete. Before that nothing is not kept.
fn kept(judged: &Judged, over: bool) -> Option<bool> {
    match judged.status {
        Status::Met | Status::MetLate => Some(true),
        Status::Missed => Some(false),
        Status::NoData if over && judged.lacking.is_some() => Some(false),
        _ => None,
    }
}

/// One value's verdict.
#[derive(Debug)]
pub struct One<'k> {
    /// The value of the dimension.
    pub key: &'k str,
    /// Its verdict.
    pub judged: Judged,
    /// True where its window is complete.
    pub over: bool,
}

/// Counts and lists what each value came to.
pub fn count(out: &mut Each, judged: &[One<'_>]) {
    let mut listed = Vec::new();
    for One { key, judged: one, over } in judged {
        let kept = kept(one, *over);
        out.summary.total += 1;
        out.summary.kept += u64::from(kept == Some(true));
        out.summary.pending += u64::from(kept.is_none());
        let value = one.current.0.value.as_figure();
        if value.is_none() {
            out.summary.without_value += 1;
            let why = one.lacking.clone().unwrap_or_else(|| "it has no value".to_owned());
            let what = &out.summary.what;
            out.notes.say(match one.status {
                Status::NotStarted => format!("{what} {key:?} isn't judged yet: {}", one.decided),
                _ if kept == Some(false) => format!("{what} {key:?} counts as not kept: {why}"),
                _ => format!("{what} {key:?} has no value yet: {why}"),
            });
        }
        out.notes.add(&one.notes);
        listed.push(EachReading {
            key: (*key).to_owned(),
            baseline: one.baseline.as_ref().and_then(|b| b.datum.number()),
            target: one.aim.map(|a| a.wanted.value()),
            value,
            kept,
        });
    }
    // Failing ones first; the sort keeps the order of the keys.
    listed.sort_by_key(|r| match r.kept {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    });
    listed.truncate(LISTED);
    out.summary.listed = listed;
}

/// The answer, from what each value came to.
pub fn settle(world: &World<'_>, out: &mut Each, judged: &[One<'_>], quantifier: Quantifier) {
    let (total, kept) = (out.summary.total, out.summary.kept);
    let settled = judged.iter().all(|o| o.judged.settled || (o.over && o.judged.status == Status::NoData));
    let began = judged.iter().any(|o| o.judged.status != Status::NotStarted);
    out.progress = Some(share(kept, total));
    let on_way =
        judged.iter().filter(|o| matches!(o.judged.status, Status::Met | Status::MetLate | Status::OnTrack)).count()
            as u64;
    // What hasn't begun can't be behind.
    let waiting = judged.iter().filter(|o| o.judged.status == Status::NotStarted).count() as u64;
    out.pace = Some(match settled {
        true => pace(quantifier, kept, total),
        false => pace(quantifier, on_way, total.saturating_sub(waiting)),
    });
    let late = judged.iter().any(|o| o.judged.status == Status::MetLate);
    let enough_now = enough(quantifier, kept, total);
    // At most so many: more may come until it is over.
    let can_tell = settled || (!matches!(quantifier, Quantifier::AtMost(_)) && enough_now);
    out.status = match (began, can_tell, enough_now) {
        (false, ..) => Status::NotStarted,
        (_, true, true) if late => Status::MetLate,
        (_, true, true) => Status::Met,
        (_, true, false) => Status::Missed,
        (_, false, _) => measured::by_pace(world, out.pace),
    };
    out.decided = match settled {
        true => format!("{kept} of {total} reached it; {}", rule(quantifier)),
        false => format!("{kept} of {total} reached it so far, {on_way} are on their way; {}", rule(quantifier)),
    };
}

/// The frame's last moment, for the report.
pub fn deadline(frame: &Frame) -> DateTime {
    match frame.mode {
        Mode::Once(window) => window.end,
        _ => frame.deadline,
    }
}
