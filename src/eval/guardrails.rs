//! What must not break on a goal's way (language reference, Guardrails): a total by its sum, a level at each step, a
//! ratio over the window so far. Knows the goal's window and baseline; changes a verdict only where one broke.

use super::aim::{self, Wanted};
use super::along::{self, Along};
use super::formula::World;
use super::notes::Notes;
use super::subject::{Subject, last_grid};
use super::value::{Datum, Stretch};
use super::verdict::{GuardrailReading, Status, Verdict};
use crate::calendar::Window;
use crate::model::plan::{Comparison, Direction, Goal, Kind, Kpi, Target, TargetKind};
use crate::quantity::Digits;
use jiff::civil::{Date, DateTime};

/// How many steps of a level are looked at.
const MAX_STEPS: usize = 1_200;

/// All guardrails of a goal over one window, and the notes that they add.
pub fn guardrails<'a>(world: &World<'a>, goal: &'a Goal, along: &Along) -> (Vec<GuardrailReading>, Notes) {
    let mut notes = Notes::default();
    let read = |rail| reading(world, goal, rail, along, &mut notes);
    (goal.guardrails.iter().map(read).collect(), notes)
}

fn reading<'a>(world: &World<'a>, goal: &'a Goal, rail: &'a Kpi, along: &Along, notes: &mut Notes) -> GuardrailReading {
    let subject = along::beside(world, goal, rail);
    let name = format!("guardrail {}", rail.text);
    let datum = along::over(world, &subject, along.window);
    notes.add(&datum.notes.about(&name));
    let mut out = GuardrailReading {
        name: rail.text.clone(),
        value: datum.value.as_figure(),
        unit: rail.value.gives.unit(),
        op: "=",
        wanted: rail.target.as_ref().map(|t| t.text.clone()),
        reason: datum.value.reason(),
        ..GuardrailReading::default()
    };
    let wanted = match &rail.target {
        None => Ok(Wanted::Bound(Comparison::Equal, 1.0)),
        Some(target) => limit(world, goal, &subject, target, along, &name, notes),
    };
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(why) => {
            out.reason = out.reason.or(Some(why));
            return out;
        }
    };
    if rail.target.is_some() {
        (out.op, out.target, out.upper) = (wanted.op(), Some(wanted.value()), wanted.upper());
    }
    let rail = Rail { world, subject: &subject, window: along.window, wanted };
    if world.as_of <= along.window.start {
        out.status = Status::NotStarted;
    } else if subject.kind == Kind::Stock {
        rail.steps(&mut out, &name, notes);
    } else if let Some(value) = out.value {
        rail.pooled(&mut out, value);
    }
    out
}

/// What must be kept. A change is one that is allowed: `cost +5%` is at most 5% more, `conversion -2pp` at most two
/// points less; a metric that says which way is better turns a change that way into one that is asked for.
fn limit<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    subject: &Subject<'a>,
    target: &'a Target,
    along: &Along,
    name: &str,
    notes: &mut Notes,
) -> Result<Wanted, String> {
    let baseline = match aim::needs_baseline(&target.kind) {
        true => along::changed_from(world, goal, subject, along, name, notes),
        false => Datum::missing("nothing is measured from a baseline"),
    };
    let from = baseline.number().ok_or_else(|| baseline.value.reason().unwrap_or_default());
    let numbers = along::numbers(world, subject, along, target)?;
    let aim = aim::aim(&target.kind, from, &numbers, subject.direction)?;
    let change = matches!(target.kind, TargetKind::Relative(_) | TargetKind::Absolute(_) | TargetKind::Multiple(_));
    let Wanted::Bound(comparison, value) = aim.wanted else { return Ok(aim.wanted) };
    if !change {
        return Ok(aim.wanted);
    }
    let asked = match (comparison, subject.direction) {
        (Comparison::AtLeast, Some(Direction::Higher)) | (Comparison::AtMost, Some(Direction::Lower)) => comparison,
        (Comparison::AtLeast, _) => Comparison::AtMost,
        _ => Comparison::AtLeast,
    };
    let (word, digits) = (
        if asked == Comparison::AtMost { "at most" } else { "at least" },
        Digits::of(&subject.formula.gives.unit(), &[value]),
    );
    notes.say(format!("{name}: `{}` is read as a limit, {word} {}", target.text, digits.show(value)));
    Ok(Wanted::Bound(asked, value))
}

/// One guardrail over its window.
struct Rail<'w, 'a> {
    world: &'w World<'a>,
    subject: &'w Subject<'a>,
    window: Window,
    wanted: Wanted,
}

impl Rail<'_, '_> {
    /// The end of the last whole step of the window.
    fn last_end(&self) -> DateTime {
        let step = self.subject.every.and_then(|every| last_grid(self.window.end, every, &self.subject.rules));
        step.map(|s| s.end).filter(|end| *end > self.window.start).unwrap_or(self.window.end)
    }

    /// True where nothing later can change it.
    fn over(&self) -> bool {
        self.subject.known >= self.last_end() && self.world.as_of >= self.window.end
    }

    fn settled(&self, out: &mut GuardrailReading, kept: bool) {
        out.broken = !kept;
        out.status = match (kept, self.over()) {
            (true, _) => Status::Met,
            (false, true) => Status::Missed,
            (false, false) => Status::OffTrack,
        };
    }

    /// A level must keep it at every step.
    fn steps(&self, out: &mut GuardrailReading, name: &str, notes: &mut Notes) {
        let upto = self.window.end.min(self.subject.known);
        let ends: Vec<Window> = self.subject.steps(self.window.start, upto).take(MAX_STEPS).collect();
        // Asked for in one go: cells that aren't known yet are all remembered.
        let read = |s: &Window| {
            let level = self.subject.level_window(s.end).map(|w| self.subject.over(self.world, w));
            level.and_then(|d| d.value.as_figure()).map(|x| (s.last_day(), x))
        };
        let values: Vec<Option<(Date, f64)>> = ends.iter().map(read).collect();
        let known: Vec<(Date, f64)> = values.iter().flatten().copied().collect();
        if known.is_empty() {
            out.value = None;
            out.reason =
                Some(out.reason.clone().unwrap_or_else(|| "no step of its table ends in the window".to_owned()));
            return;
        }
        let unknown = values.len() - known.len();
        if unknown > 0 {
            notes.say(format!("{name}: {unknown} of {} steps have no value and aren't judged", values.len()));
        }
        let broken = known.iter().find(|(_, x)| !self.wanted.kept(*x));
        out.broken_on = broken.map(|(day, _)| *day);
        out.broken_value = broken.map(|(_, x)| *x);
        self.settled(out, broken.is_none());
    }

    /// A total, or what is computed over the window so far.
    fn pooled(&self, out: &mut GuardrailReading, value: f64) {
        if self.over() || self.subject.kind == Kind::Neither {
            return self.settled(out, self.wanted.kept(value));
        }
        // A total may still grow: only what is passed already is broken.
        let passed = match self.wanted {
            Wanted::Bound(Comparison::AtMost | Comparison::Below, _) => !self.wanted.kept(value),
            Wanted::Bound(Comparison::Equal, bound) => value > bound && !self.wanted.kept(value),
            Wanted::Range(_, high) => !Wanted::Bound(Comparison::AtMost, high).kept(value),
            Wanted::Bound(Comparison::AtLeast | Comparison::Above, _) => false,
        };
        if passed {
            return self.settled(out, false);
        }
        let elapsed = Stretch::new(self.window, self.subject.known.min(self.world.as_of)).elapsed();
        let so_far = match self.wanted.scaled(elapsed) {
            Wanted::Range(low, _) => Wanted::Bound(Comparison::AtLeast, low),
            Wanted::Bound(Comparison::Equal, bound) => Wanted::Bound(Comparison::AtMost, bound),
            other => other,
        };
        out.status = if so_far.kept(value) { Status::OnTrack } else { Status::AtRisk };
    }
}

/// What a broken guardrail says: `guardrail cost broke: 120k, wanted <= 100k`.
pub fn broken(rail: &GuardrailReading) -> String {
    let value = rail.broken_value.or(rail.value);
    let numbers: Vec<f64> = [value, rail.target, rail.upper].into_iter().flatten().collect();
    let digits = Digits::of(&rail.unit, &numbers);
    let on = rail.broken_on.map(|d| format!(" on {d}")).unwrap_or_default();
    let shown = match (value, &rail.wanted) {
        (Some(x), Some(wanted)) => format!(": {}, wanted {wanted}", digits.show(x)),
        _ => String::new(),
    };
    format!("guardrail {} broke{on}{shown}", rail.name)
}

/// Puts a goal's guardrails into its verdict: a broken one makes it off track, and missed in the end; one that can't
/// be judged leaves a goal that is over without a verdict, unless it is missed anyway.
pub fn put<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    verdict: &mut Verdict,
    rails: Vec<GuardrailReading>,
    window: Window,
    notes: &mut Notes,
) {
    let over = world.as_of >= window.end;
    let broke: Vec<&GuardrailReading> = rails.iter().filter(|r| r.broken).collect();
    let unknown = rails.iter().find(|r| r.status == Status::NoData);
    for rail in rails.iter().filter(|r| r.status == Status::NoData) {
        let why = rail.reason.clone().unwrap_or_else(|| "it has no value".to_owned());
        notes.say(format!("guardrail {} can't be judged: {why}", rail.name));
    }
    let reached = matches!(verdict.status, Status::Met | Status::MetLate);
    match (broke.is_empty(), unknown) {
        (false, _) => {
            let missed = over && broke.iter().any(|r| r.status == Status::Missed);
            let said = broke.iter().map(|r| broken(r)).collect::<Vec<_>>().join("; ");
            let stays = match verdict.status {
                Status::Missed => true,
                Status::NotStarted | Status::NoData => !missed,
                _ => false,
            };
            if let Some(day) = verdict.met_on.take_if(|_| !stays) {
                notes.say(format!("its target was reached on {day}; a broken guardrail takes that away"));
            }
            match stays {
                true => notes.say(said),
                false => {
                    verdict.status = if missed { Status::Missed } else { Status::OffTrack };
                    verdict.decided = said;
                }
            }
        }
        (true, Some(rail)) if over && reached => {
            verdict.status = Status::NoData;
            verdict.met_on = None;
            verdict.decided = format!("reached, but whether guardrail {} held isn't known", rail.name);
            let written = goal.guardrails.iter().find(|k| k.text == rail.name);
            let tables = written.map(|k| along::beside(world, goal, k).tables).unwrap_or_default();
            verdict.next = Some(super::goals::data_command(&tables, Some(window.end)));
        }
        _ => {}
    }
    verdict.guardrails = rails;
}
