//! Goals that come back: every whole period is judged by itself, and the goal by how many were kept (language
//! reference, Goals). Knows how one period is judged only through a function.

use super::aim;
use super::formula::World;
use super::frame::{Frame, Mode};
use super::hold;
use super::notes::Notes;
use super::subject::Subject;
use super::value::{Datum, Value};
use super::verdict::{HeldReading, Kept, PeriodReading, PeriodState, Status};
use crate::calendar::{self, CalendarSpan, SpanUnit, Window};
use crate::model::plan::{From, Goal, Kind, Over, Quantifier, Target, TargetKind, Timing};
use jiff::civil::{Date, DateTime, Time};

/// What one period came to.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Its value.
    pub value: Option<f64>,
    /// What it had to be.
    pub target: Option<f64>,
    /// `None`: nothing to judge, for the reason.
    pub kept: Option<bool>,
    /// Why there is nothing to judge.
    pub reason: Option<String>,
    /// Assumptions met.
    pub notes: Notes,
    /// True where its grace isn't over, so that it may still be kept.
    pub waiting: bool,
}

/// A recurring goal worked out.
#[derive(Debug, Clone)]
pub struct Recurring {
    /// The answer.
    pub status: Status,
    /// In order.
    pub periods: Vec<PeriodReading>,
    /// Kept of judged.
    pub kept: Kept,
    /// How many misses are allowed.
    pub allowed: u64,
    /// The rule that decided.
    pub decided: String,
    /// Assumptions.
    pub notes: Notes,
    /// Why there is nothing to judge.
    pub lacking: Option<String>,
    /// First and last moment of all periods.
    pub window: Option<Window>,
    /// The last day of the period with which it had held for long enough.
    pub met_on: Option<Date>,
    /// How many periods in a row were kept, where so many have to be.
    pub held: Option<HeldReading>,
}

/// How many periods a goal may have.
const MAX_PERIODS: usize = 4_000;

/// The stretch over which a goal recurs, with a note where it was implied.
pub fn stretch(world: &World<'_>, goal: &Goal, over: Option<Window>) -> (Window, Option<String>) {
    if let Some(window) = over {
        return (window, None);
    }
    let (horizon, _) = super::frame::horizon(world, world.as_of);
    let name = calendar::step_name(&horizon, &world.plan.facts.rules);
    match &goal.from {
        Some(From::Period { window, .. }) => {
            let (horizon, _) = super::frame::horizon(world, world.as_of.max(window.end));
            let end = horizon.end.max(window.end);
            let note =
                format!("recurs from {} to {}, the horizon's end", window.start.date(), calendar::day_before_edge(end));
            (Window::new(window.start, end), Some(note))
        }
        _ => (horizon, Some(format!("recurs over {name}, the horizon: write `in` for another period"))),
    }
}

/// Judges every period of `over` by `judge`; `known` is how far the data is complete.
pub fn recurring(
    world: &World<'_>,
    goal: &Goal,
    span: CalendarSpan,
    over: Option<Window>,
    known: DateTime,
    mut judge: impl FnMut(Window) -> Outcome,
) -> Recurring {
    let (whole, note) = stretch(world, goal, over);
    let mut notes = Notes::default();
    note.into_iter().for_each(|note| notes.say(note));
    let windows = periods_of(world, whole, span);
    let (first, last) = windows.first().zip(windows.last()).map_or((whole.end, whole.end), |(a, b)| (a.start, b.end));
    for rest in [Window::new(whole.start, first), Window::new(last, whole.end)] {
        if rest.start < rest.end {
            let (first, last) = (rest.start.date(), rest.last_day());
            notes.say(format!("{first} to {last} is no whole {}: not judged", super::frame::span_word(span)));
        }
    }
    let mut periods = Vec::new();
    let mut reasons = Vec::new();
    for window in &windows {
        let state = state(world, window, known);
        // What hasn't begun isn't asked for.
        let outcome = if state == PeriodState::Coming { Outcome::default() } else { judge(*window) };
        notes.add(&outcome.notes);
        let state = match state {
            PeriodState::Judged if outcome.waiting => PeriodState::Running,
            other => other,
        };
        let judged = state == PeriodState::Judged;
        let state = if judged && outcome.kept.is_none() { PeriodState::Missing } else { state };
        reasons.extend(outcome.reason.filter(|_| state == PeriodState::Missing));
        periods.push(PeriodReading {
            label: calendar::step_name(window, &world.plan.facts.rules),
            window: *window,
            value: outcome.value,
            target: outcome.target,
            kept: outcome.kept.filter(|_| judged),
            state,
            covered: covered(window, known.min(world.as_of), state),
        });
    }
    let mut out = tally(goal, &windows, periods, notes);
    if let Some(first) = reasons.first() {
        let n = reasons.len();
        out.notes.say(format!("{n} period{} without a value left aside: {first}", if n == 1 { "" } else { "s" }));
        if out.kept.of == 0 {
            out.lacking = Some(first.clone());
        }
    }
    if let Some(needed) = in_a_row(goal, span) {
        row(&mut out, span, needed);
    }
    if world.as_of <= whole.start {
        out.status = Status::NotStarted;
        out.decided = format!("it begins on {}", whole.start.date());
    }
    out
}

/// The whole periods of a stretch: weeks are the plan's own, and months, quarters and years start on the first of a
/// month, as the steps of tables do.
pub fn periods_of(world: &World<'_>, whole: Window, span: CalendarSpan) -> Vec<Window> {
    let on_edge = match span.unit {
        SpanUnit::Day => true,
        SpanUnit::Week => false,
        SpanUnit::Month | SpanUnit::Quarter | SpanUnit::Year => {
            whole.start.day() == 1 && whole.start.time() == Time::midnight()
        }
    };
    let unit = CalendarSpan::new(1, span.unit);
    let start = match calendar::step_holding(whole.start, unit, &world.plan.facts.rules) {
        Some(step) if !on_edge && step.start < whole.start => step.end,
        _ => whole.start,
    };
    let steps = calendar::steps_from_start(Window::new(start, whole.end.max(start)), span);
    steps.into_iter().take(MAX_PERIODS).collect()
}

fn state(world: &World<'_>, window: &Window, known: DateTime) -> PeriodState {
    if window.start >= world.as_of {
        PeriodState::Coming
    } else if window.end <= known && window.end <= world.as_of {
        PeriodState::Judged
    } else {
        PeriodState::Running
    }
}

/// Of the days of a running period, how many the data covers.
fn covered(window: &Window, known: DateTime, state: PeriodState) -> Option<(u32, u32)> {
    let whole = window.length_days();
    let read = calendar::days_between(window.start, known).clamp(0.0, whole);
    (state == PeriodState::Running).then_some((read as u32, whole as u32))
}

/// How many misses the goal allows among `of` periods.
fn allowed(goal: &Goal, of: u64) -> u64 {
    let share = match goal.quantifier {
        Some((Quantifier::Share(share), Over::Periods(_))) => share,
        // "for at most 10% of months": that many may keep it, counted by the caller.
        _ => 1.0,
    };
    ((of as f64) * (1.0 - share) + crate::quantity::TOLERANCE).floor() as u64
}

fn tally(goal: &Goal, windows: &[Window], periods: Vec<PeriodReading>, notes: Notes) -> Recurring {
    let at_most = match goal.quantifier {
        Some((Quantifier::AtMost(share), Over::Periods(_))) => Some(share),
        _ => None,
    };
    let judged = periods.iter().filter(|p| p.kept.is_some()).count() as u64;
    let kept = periods.iter().filter(|p| p.kept == Some(true)).count() as u64;
    let open = periods.iter().filter(|p| matches!(p.state, PeriodState::Running | PeriodState::Coming)).count() as u64;
    // Periods without a value are left aside.
    let counted = judged + open;
    let (misses, allowed) = match at_most {
        Some(share) => (kept, (counted as f64 * share + crate::quantity::TOLERANCE).floor() as u64),
        None => (judged - kept, allowed(goal, counted)),
    };
    let window = windows.first().zip(windows.last()).map(|(a, b)| Window::new(a.start, b.end));
    let told = if misses == 1 { "1 miss".to_owned() } else { format!("{misses} misses") };
    let (status, decided) = match (misses > allowed, open) {
        _ if periods.is_empty() => (Status::NoData, "there is no whole period to judge".to_owned()),
        _ if judged == 0 && open == 0 => (Status::NoData, "no period has a value".to_owned()),
        (true, 0) => (Status::Missed, format!("{told}, {allowed} allowed")),
        (true, _) => (Status::OffTrack, format!("{told} already, {allowed} allowed")),
        (false, 0) => (Status::Met, format!("{told}, {allowed} allowed")),
        (false, _) => (Status::OnTrack, format!("{told} so far, {allowed} allowed")),
    };
    let lacking = (status == Status::NoData).then(|| decided.clone());
    let kept = Kept { periods: kept, of: judged };
    Recurring { status, periods, kept, allowed, decided, notes, lacking, window, met_on: None, held: None }
}

/// One period of a measured subject: a change is from the period before.
pub fn measured_period<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    targets: &'a [Target],
    subject: &Subject<'a>,
    span: CalendarSpan,
    window: Window,
) -> Outcome {
    let datum = in_period(world, subject, window);
    let target = aim::deciding(targets);
    let before = match &goal.from {
        Some(From::Value(formula)) => world.value(formula, &subject.context),
        _ => {
            let back = if goal.yoy { CalendarSpan::new(-1, SpanUnit::Year) } else { span.back() };
            match window.shifted(back) {
                Some(w) if target.is_some_and(|t| aim::needs_baseline(&t.kind)) => in_period(world, subject, w),
                // Whether to rise or fall to a value is one question for all periods.
                Some(_) if target.is_some_and(|t| matches!(t.kind, TargetKind::To(_))) => {
                    before_all(world, goal, subject, span)
                }
                _ => Datum::missing("the period before isn't asked for"),
            }
        }
    };
    let mut notes = datum.notes.clone();
    if target.is_some_and(|t| aim::needs_baseline(&t.kind)) {
        notes.add(&before.notes);
    }
    let void = |why: Option<String>, value| Outcome { value, reason: why, notes: notes.clone(), ..Outcome::default() };
    let value = match &datum.value {
        Value::Number(x) => *x,
        Value::Truth(t) => {
            let out = Outcome { value: Some(f64::from(u8::from(*t))), kept: Some(*t), ..Outcome::default() };
            let holds = |d: &Datum| d.value.as_truth() == Some(true);
            return Period { world, goal, subject, span, window }.settle(Outcome { notes, ..out }, holds);
        }
        other => return void(other.reason(), None),
    };
    let Some(target) = target else { return void(Some("it has no target".to_owned()), Some(value)) };
    let context = subject.for_target(window);
    let numbers: Vec<Datum> = target.kind.expressions().into_iter().map(|f| world.value(f, &context)).collect();
    if let Some(bad) = numbers.iter().find(|d| d.number().is_none()) {
        return void(bad.value.reason().or(Some("the target is no number".to_owned())), Some(value));
    }
    let numbers: Vec<f64> = numbers.iter().filter_map(Datum::number).collect();
    let baseline = before.number().ok_or_else(|| before.value.reason().unwrap_or_default());
    let aim = match aim::aim(&target.kind, baseline, &numbers, subject.direction) {
        Ok(aim) => aim,
        Err(why) => return void(Some(why), Some(value)),
    };
    if let Some(Ok(cap)) = super::cap::value(world, goal, subject, Some(window)) {
        notes.add(&super::cap::beyond(subject, &aim, cap, None));
    }
    let out = Outcome {
        value: Some(value),
        target: Some(aim.wanted.value()),
        kept: Some(aim.wanted.kept(value)),
        notes,
        ..Outcome::default()
    };
    let keeps = |d: &Datum| d.number().is_some_and(|x| aim.wanted.kept(x));
    Period { world, goal, subject, span, window }.settle(out, keeps)
}

/// The value just before the first period, or of the first one that has a value.
fn before_all<'a>(world: &World<'a>, goal: &Goal, subject: &Subject<'a>, span: CalendarSpan) -> Datum {
    let Timing::Every { over, .. } = goal.timing else { return Datum::missing("it doesn't come back") };
    let (whole, _) = stretch(world, goal, over);
    let periods = periods_of(world, whole, span);
    let first = periods.first().and_then(|w| w.shifted(span.back()));
    let windows = first.into_iter().chain(periods.into_iter().take(MAX_FIRST));
    // Asked for in one go: cells that aren't known yet are all remembered.
    let windows: Vec<Window> = windows.filter(|w| w.end <= subject.known).collect();
    let known = in_periods(world, subject, &windows).into_iter().find(|d| d.number().is_some());
    known.unwrap_or_else(|| Datum::missing("no period before it has a value"))
}

/// How many periods are looked through for a first value.
const MAX_FIRST: usize = 12;

/// One period with what `hold` and `grace` say of it.
struct Period<'w, 'a> {
    world: &'w World<'a>,
    goal: &'w Goal,
    subject: &'w Subject<'a>,
    span: CalendarSpan,
    window: Window,
}

impl Period<'_, '_> {
    /// Kept only where it has held inside of the period for as long as it has to, or within the grace after it.
    fn settle(&self, mut out: Outcome, keeps: impl Fn(&Datum) -> bool) -> Outcome {
        let hold = hold_inside(self.goal, self.span);
        let held = |window: Window| {
            let frame = period_frame(window, hold);
            let run = |asked| hold::run(self.world, self.subject, &frame, asked, (window.start, window.end), &keeps);
            hold.map(run)
        };
        if let (Some(true), Some(run)) = (out.kept, held(self.window).filter(|run| !run.enough())) {
            out.kept = Some(false);
            let name = calendar::step_name(&self.window, &self.world.plan.facts.rules);
            out.notes.say(format!("{name}: {}", run.words()));
        }
        let (Some(false), Some(end)) = (out.kept, self.goal.grace.and_then(|g| g.shift_edge(self.window.end))) else {
            return out;
        };
        let (world, subject) = (self.world, self.subject);
        let (from, upto) = (self.window.end, end.min(subject.known).min(world.as_of));
        let late: Vec<(DateTime, bool)> = subject
            .steps(from, upto)
            .map(|s| {
                let longer = Window::new(self.window.start, s.end);
                let kept = keeps(&in_period(world, subject, longer)) && held(longer).is_none_or(|run| run.enough());
                (s.end, kept)
            })
            .collect();
        match late.iter().find(|(_, kept)| *kept) {
            Some((at, _)) => {
                out.kept = Some(true);
                let name = calendar::step_name(&self.window, &world.plan.facts.rules);
                out.notes.say(format!("{name} was kept late, on {}", calendar::day_before_edge(*at)));
            }
            None => out.waiting = end > subject.known || end > world.as_of,
        }
        out
    }
}

/// How many periods in a row have to be kept; `None` where every one has to, or `hold` is shorter than a period and
/// asked for inside of each.
fn in_a_row(goal: &Goal, span: CalendarSpan) -> Option<u32> {
    goal.hold.filter(|hold| !inside_period(*hold, span)).map(|hold| hold::steps_in(hold, span))
}

/// True where `hold` is shorter than a period.
fn inside_period(hold: CalendarSpan, span: CalendarSpan) -> bool {
    hold.approximate_days() < span.approximate_days() - 0.5
}

/// The part of `hold` that is asked for inside of each period.
pub fn hold_inside(goal: &Goal, span: CalendarSpan) -> Option<CalendarSpan> {
    goal.hold.filter(|hold| inside_period(*hold, span))
}

/// How many of the last periods in a row were kept, and the place where `needed` of them were first.
pub fn longest(periods: &[PeriodReading], needed: u32) -> (u32, Option<usize>) {
    let (mut run, mut reached) = (0, None);
    for (i, period) in periods.iter().enumerate() {
        match (period.kept, period.state) {
            (Some(true), _) => run += 1,
            (None, PeriodState::Running | PeriodState::Coming) => break,
            // What isn't known hasn't been seen to hold.
            _ => run = 0,
        }
        if run >= needed && reached.is_none() {
            reached = Some(i);
        }
    }
    (run, reached)
}

/// The goal is reached once so many periods in a row were kept.
fn row(out: &mut Recurring, span: CalendarSpan, needed: u32) {
    let (run, reached) = longest(&out.periods, needed);
    let open =
        out.periods.iter().filter(|p| matches!(p.state, PeriodState::Running | PeriodState::Coming)).count() as u32;
    let since = reached.map_or_else(
        || out.periods.iter().filter(|p| p.kept.is_some()).count().saturating_sub(run as usize),
        |i| (i + 1).saturating_sub(needed as usize),
    );
    let mut known = out.periods.iter().filter(|p| p.kept.is_some());
    let first = match reached {
        Some(_) => out.periods.get(since),
        None => known.nth(since),
    };
    out.held = Some(HeldReading {
        needed,
        held: if reached.is_some() { needed } else { run.min(needed) },
        step: span,
        since: first.filter(|_| run > 0 || reached.is_some()).map(|p| p.window.last_day()),
    });
    if out.status == Status::NoData {
        return;
    }
    let whole = span.times(i32::try_from(needed).unwrap_or(i32::MAX));
    (out.status, out.decided) = match (reached, open) {
        (Some(i), _) => {
            out.met_on = out.periods.get(i).map(|p| p.window.last_day());
            (Status::Met, format!("kept for {whole} in a row"))
        }
        (None, 0) => (Status::Missed, format!("never kept for {whole} in a row")),
        (None, open) if run + open >= needed => {
            (Status::OnTrack, format!("kept for {run} of the {needed} in a row that are needed"))
        }
        (None, _) => (Status::OffTrack, format!("too few periods are left to keep {needed} in a row")),
    };
}

/// The value of one period: a level at its end, anything else over it.
pub fn in_period<'a>(world: &World<'a>, subject: &Subject<'a>, window: Window) -> Datum {
    if subject.kind != Kind::Stock {
        return subject.over(world, window);
    }
    match subject.level_window(window.end).filter(|w| w.end > window.start) {
        Some(at) => subject.level_in(world, window, at),
        None => Datum::missing(format!("no step ends in {window}")),
    }
}

/// The same of many periods, in one go where the formula allows that.
pub fn in_periods<'a>(world: &World<'a>, subject: &Subject<'a>, windows: &[Window]) -> Vec<Datum> {
    match subject.kind {
        Kind::Stock => windows.iter().map(|w| in_period(world, subject, *w)).collect(),
        _ => subject.over_each(world, windows),
    }
}

/// A frame that judges one period as a window of its own.
pub fn period_frame(window: Window, hold: Option<CalendarSpan>) -> Frame {
    Frame {
        mode: Mode::Once(window),
        start: window.start,
        deadline: window.end,
        notes: Notes::default(),
        start_implied: false,
        hold,
    }
}
