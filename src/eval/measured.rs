//! The verdict on one number by a deadline or over a window: baseline, target, current value, progress, pace, status
//! (language reference, Verdicts). Knows windows and marks; recurring goals and goals over values build on it.

use super::aim::{self, Aim};
use super::formula::World;
use super::frame::{Baseline, Frame, Mode};
use super::notes::Notes;
use super::pace::{self, Line};
use super::required;
use super::subject::Subject;
use super::value::{Datum, Stretch, Value};
use super::verdict::{HeldReading, Required, Status};
use crate::calendar::{self, Window};
use crate::model::kinds;
use crate::model::plan::{Comparison, Direction, Formula, Goal, Kind, Node, Target, TargetKind};
use crate::quantity::same;
use crate::query::Measure;
use jiff::civil::{Date, DateTime};

/// Everything that was worked out about one measured goal.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The answer.
    pub status: Status,
    /// The day on which it was reached.
    pub met_on: Option<Date>,
    /// What it was measured from.
    pub baseline: Option<Baseline>,
    /// Where it stands, and over which window.
    pub current: (Datum, Option<Window>),
    /// The target worked out.
    pub aim: Option<Aim>,
    /// A fraction.
    pub progress: Option<f64>,
    /// A fraction.
    pub expected: Option<f64>,
    /// progress / expected
    pub pace: Option<f64>,
    /// What is still needed.
    pub required: Option<Required>,
    /// True where the current value keeps the target.
    pub reached: Option<bool>,
    /// True where nothing later can change the verdict.
    pub settled: bool,
    /// The rule that decided.
    pub decided: String,
    /// Assumptions.
    pub notes: Notes,
    /// Why there is nothing to judge.
    pub lacking: Option<String>,
    /// What the pace is measured against.
    pub line: Line,
    /// How long it has held, where it has to hold.
    pub held: Option<HeldReading>,
    /// The ceiling that the subject can't pass.
    pub cap: Option<f64>,
}

/// Judges one subject against the deciding one of `targets`.
pub fn judge<'a>(
    world: &World<'a>,
    goal: &'a Goal,
    targets: &'a [Target],
    subject: &Subject<'a>,
    frame: &Frame,
) -> Judged {
    let current = frame.value_at(world, subject, subject.known);
    let target = aim::deciding(targets);
    let baseline = frame.baseline(world, goal, subject, current.1);
    let baseline = with_literal(world, subject, frame, target, baseline);
    let mut judged = Judged {
        status: Status::NoData,
        met_on: None,
        baseline: Some(baseline),
        current,
        aim: None,
        progress: None,
        expected: None,
        pace: None,
        required: None,
        reached: None,
        settled: false,
        decided: String::new(),
        notes: frame.notes.clone(),
        lacking: None,
        line: Line::Straight,
        held: None,
        cap: None,
    };
    frame.moved_start(subject).into_iter().for_each(|note| judged.notes.say(note));
    judged.notes.add(&judged.current.0.notes);
    Judge { world, goal, targets, subject, frame }.settle(&mut judged, target);
    judged
}

/// A baseline that the target itself writes: `from A to B`.
fn with_literal<'a>(
    world: &World<'a>,
    subject: &Subject<'a>,
    frame: &Frame,
    target: Option<&'a Target>,
    baseline: Baseline,
) -> Baseline {
    match target.map(|t| &t.kind) {
        Some(TargetKind::FromTo(from, _)) => Baseline {
            datum: world.value(from, &subject.context),
            window: None,
            label: "written in the goal".to_owned(),
            implied: false,
            end: frame.start,
        },
        _ => baseline,
    }
}

/// What a verdict is worked out from.
#[derive(Debug)]
pub struct Judge<'w, 'a> {
    /// Everything that is known.
    pub world: &'w World<'a>,
    /// The goal.
    pub goal: &'a Goal,
    /// Its targets.
    pub targets: &'a [Target],
    /// What is measured.
    pub subject: &'w Subject<'a>,
    /// When.
    pub frame: &'w Frame,
}

impl<'a> Judge<'_, 'a> {
    fn settle(&self, judged: &mut Judged, target: Option<&'a Target>) {
        if self.world.as_of <= self.frame.start {
            judged.status = Status::NotStarted;
            judged.decided = format!("its window begins on {}", self.frame.start.date());
            judged.aim = target.and_then(|t| self.aim(t, judged).ok());
            return;
        }
        let Some(value) = self.number(judged) else {
            return self.note_implied(judged, target);
        };
        let aim = match target {
            None => Err("it has no target".to_owned()),
            Some(target) => self.aim(target, judged),
        };
        let aim = match aim {
            Ok(aim) => aim,
            Err(why) => {
                judged.lacking = Some(why);
                return self.note_implied(judged, target);
            }
        };
        judged.aim = Some(aim);
        self.note_baseline(judged, &aim);
        self.note_direction(judged, target);
        if let Some(target) = target.filter(|t| t.kind.expressions().iter().any(|f| self.carried_on(f).is_some())) {
            let known = calendar::day_before_edge(self.subject.known);
            judged.notes.say(format!("`{}` is known to {known} only: taken on at the same rate", target.text));
        }
        self.second_target(judged);
        super::cap::put(self, judged, &aim, value);
        let (line, line_notes) = pace::line(self, judged, &aim);
        judged.line = line;
        judged.notes.add(&line_notes);
        let elapsed = self.elapsed(judged);
        let scaled = match self.unfinished_total() {
            true => aim.wanted.scaled(elapsed),
            false => aim.wanted,
        };
        judged.reached = Some(aim.wanted.kept(value));
        self.note_elapsed(judged, &aim, elapsed);
        self.progress(judged, value, &aim, elapsed);
        // What is to be reached and was there from the start must stay so: it is judged, without a number.
        if judged.lacking.is_some() && !target.is_some_and(|t| matches!(t.kind, TargetKind::To(_))) {
            return;
        }
        self.status(judged, value, &scaled);
        if matches!(judged.status, Status::OnTrack | Status::AtRisk | Status::OffTrack) {
            judged.required = required::required(self.world, self.subject, self.frame, judged, &aim);
        }
    }

    /// The current value as a number; otherwise says why not.
    fn number(&self, judged: &mut Judged) -> Option<f64> {
        let value = &judged.current.0.value;
        let found = value.as_figure();
        if found.is_none() {
            judged.lacking = Some(value.reason().unwrap_or_else(|| "its value is no number".to_owned()));
        }
        found.filter(|_| judged.lacking.is_none())
    }

    fn aim(&self, target: &'a Target, judged: &Judged) -> Result<Aim, String> {
        let baseline = match &judged.baseline {
            Some(b) => match &b.datum.value {
                Value::Number(x) => Ok(*x),
                other => {
                    let why = other.reason().unwrap_or_else(|| "it is no number".to_owned());
                    let label = if b.label.is_empty() { String::new() } else { format!(" ({})", b.label) };
                    Err(format!("the baseline{label} is missing: {why}"))
                }
            },
            None => Err("there is no baseline".to_owned()),
        };
        let mut numbers = Vec::new();
        for formula in target.kind.expressions() {
            // What has to be reached at the deadline, where that is known already; else what had to be by now.
            let context = match self.last_window().filter(|w| self.knows(formula, w)).or(judged.current.1) {
                Some(window) => self.subject.for_target(window),
                None => self.subject.context.clone(),
            };
            let datum = self.world.value(formula, &context);
            match datum.value {
                Value::Number(x) => numbers.push(x / self.carried_on(formula).unwrap_or(1.0)),
                other => return Err(other.reason().unwrap_or_else(|| "the target is no number".to_owned())),
            }
        }
        // A total rises from nothing where nothing is known of before.
        let rises = self.subject.kind == Kind::Flow && baseline.is_err();
        let direction = self.subject.direction.or_else(|| rises.then_some(Direction::Higher));
        aim::aim(&target.kind, baseline, &numbers, direction)
    }

    /// A total over a window that isn't over is held against a part of its baseline and target.
    fn note_elapsed(&self, judged: &mut Judged, aim: &Aim, elapsed: f64) {
        let measured = judged.baseline.as_ref().is_some_and(|b| b.datum.number().is_some());
        if aim.way && measured && self.unfinished_total() {
            let share = crate::quantity::share(elapsed, &[1.0]);
            judged.notes.say(format!(
                "the window isn't over: of baseline and target the share that is due by now counts, {share}"
            ));
        }
    }

    /// The window that is judged in the end.
    fn last_window(&self) -> Option<Window> {
        let unlimited = Subject { known: DateTime::MAX, ..self.subject.clone() };
        self.frame.window_at(&unlimited, self.frame.deadline)
    }

    /// True where a formula over a window is known as a whole.
    fn knows(&self, formula: &Formula, window: &Window) -> bool {
        self.world.needs_until(formula, *window) <= self.subject.known
    }

    /// A total that a total is held against, of which only a part is there: the share of the window's time that it is of.
    /// Its target is what it comes to at the same rate.
    fn carried_on(&self, formula: &Formula) -> Option<f64> {
        let window = self.last_window()?;
        let totals = self.subject.kind == Kind::Flow && kinds::kind(formula, self.world.plan) == Some(Kind::Flow);
        let counted = matches!(self.frame.mode, Mode::Once(_) | Mode::Total) && !self.knows(formula, &window);
        let share = Stretch::new(window, self.subject.known).elapsed();
        (totals && counted && share > 0.0 && share < 1.0).then_some(share)
    }

    /// A baseline that a change needs is noted also where there is nothing to judge.
    fn note_implied(&self, judged: &mut Judged, target: Option<&Target>) {
        if let Some(baseline) = judged.baseline.as_ref().filter(|b| b.implied)
            && target.is_some_and(|t| aim::needs_baseline(&t.kind))
        {
            judged.notes.add(&baseline.datum.notes);
        }
    }

    /// A total without a baseline is taken to rise to its target: said, because the other way gives the other verdict.
    fn note_direction(&self, judged: &mut Judged, target: Option<&Target>) {
        let reaches = target.is_some_and(|t| matches!(t.kind, TargetKind::To(_)));
        let unknown = judged.baseline.as_ref().is_none_or(|b| b.datum.number().is_none());
        if reaches && unknown && self.subject.direction.is_none() {
            judged.notes.say("no baseline has data, so the total is taken to rise to its target: write `>=` or `<=`");
        }
    }

    /// An implied baseline is noted only where it matters.
    fn note_baseline(&self, judged: &mut Judged, aim: &Aim) {
        let Some(baseline) = &judged.baseline else { return };
        // A bound is kept or not where there is nothing to measure its way from.
        let known = baseline.datum.number().is_some();
        let matters = aim.way
            || aim.kind == "trend"
            || (self.frame.mode != Mode::Total && self.by() && aim.kind == "bound" && known);
        if matters || !baseline.implied {
            judged.notes.add(&baseline.datum.notes.clone());
        }
        if baseline.implied && !matters {
            judged.baseline = None;
        }
    }

    /// With two targets the one that names a value decides: said where the other disagrees.
    fn second_target(&self, judged: &mut Judged) {
        let deciding = aim::deciding(self.targets);
        let other = self.targets.iter().find(|t| deciding.is_some_and(|d| !std::ptr::eq(*t, d)));
        let (Some(deciding), Some(other)) = (deciding, other) else { return };
        judged.notes.say(format!("two targets: `{}` decides, `{}` is only compared", deciding.text, other.text));
    }

    /// True where it is judged by a deadline, not once over a window.
    pub fn by(&self) -> bool {
        !matches!(self.frame.mode, Mode::Once(_))
    }

    /// A total over a window that isn't over.
    pub(super) fn unfinished_total(&self) -> bool {
        matches!(self.frame.mode, Mode::Once(_)) && self.subject.kind == Kind::Flow && !self.complete()
    }

    /// True where the data reaches the end of what is judged, and so does as-of.
    pub(super) fn complete(&self) -> bool {
        self.subject.known >= self.frame.last_end(self.subject) && self.world.as_of >= self.frame.deadline
    }

    /// The share of the way that the current value should have behind it.
    fn elapsed(&self, judged: &Judged) -> f64 {
        let at = match self.frame.mode {
            Mode::Level | Mode::Span(_) => judged.current.1.map_or(self.frame.start, |w| w.end),
            Mode::Once(_) if self.subject.kind == Kind::Stock => judged.current.1.map_or(self.frame.start, |w| w.end),
            Mode::Total | Mode::Once(_) => self.subject.known,
        };
        self.share_at(judged, at)
    }

    fn share_at(&self, judged: &Judged, at: DateTime) -> f64 {
        if self.complete() { 1.0 } else { self.expected_at(judged, at) }
    }

    /// progress, expected and pace; `lacking` where progress can't be measured.
    fn progress(&self, judged: &mut Judged, value: f64, aim: &Aim, elapsed: f64) {
        let (progress, expected) = self.way(judged, value, aim, elapsed, self.unfinished_total());
        match progress {
            Ok(p) => {
                judged.progress = Some(p);
                judged.expected = Some(expected);
                judged.pace = (expected > 0.0).then(|| p / expected);
            }
            Err(why) => judged.lacking = Some(why),
        }
    }

    /// How far along a value is after the `elapsed` share of the window, and how far it should be. `unfinished`: it is
    /// the total of a window that isn't over.
    pub fn way(
        &self,
        judged: &Judged,
        value: f64,
        aim: &Aim,
        elapsed: f64,
        unfinished: bool,
    ) -> (Result<f64, String>, f64) {
        let target = aim.wanted.value();
        let scaled = aim.wanted.scaled(if unfinished { elapsed } else { 1.0 });
        let baseline = judged.baseline.as_ref().and_then(|b| b.datum.number());
        let total = self.subject.kind == Kind::Flow;
        let at_least = matches!(aim.wanted, aim::Wanted::Bound(Comparison::AtLeast | Comparison::Above, _));
        let kept = |wanted: &aim::Wanted| f64::from(u8::from(wanted.kept(value)));
        let once = matches!(self.frame.mode, Mode::Once(_));
        match (self.by(), aim.way) {
            // A total's `>=` is the share of the target that is there.
            (_, false)
                if total
                    && at_least
                    && aim.kind == "bound"
                    && target > 0.0
                    && (once || self.frame.mode == Mode::Total) =>
            {
                (Ok(value / target), elapsed)
            }
            // Any other bound with `by` runs from its baseline, where that doesn't keep it already.
            (true, false) if aim.kind == "bound" && aim.wanted.upper().is_none() => match baseline {
                Some(b) if !aim.wanted.kept(b) && !same(b, target) => (aim::along(value, b, target), elapsed),
                _ => (Ok(kept(&aim.wanted)), 1.0),
            },
            (_, false) => (Ok(kept(&scaled)), 1.0),
            (by, true) => match baseline {
                None if once && total && at_least && target > 0.0 => (Ok(value / target), elapsed),
                None => (Ok(kept(&aim.wanted)), 1.0),
                // In an unfinished window a total's baseline and target are those of the elapsed part.
                Some(b) if unfinished => (aim::along(value, b * elapsed, scaled.value()), 1.0),
                Some(b) => {
                    let linear = by || self.subject.kind == Kind::Stock;
                    (aim::along(value, b, target), if linear { elapsed } else { 1.0 })
                }
            },
        }
    }

    /// Under `in`, met before the end only for `>=` on a count.
    pub fn early(&self, aim: &Aim) -> bool {
        let upwards = matches!(aim.wanted, aim::Wanted::Bound(Comparison::AtLeast | Comparison::Above, _));
        let mut formula = self.subject.formula;
        loop {
            formula = match &formula.node {
                Node::Filter(inner, _) => inner,
                Node::Metric(id) => match self.world.plan.metrics.get_index(*id) {
                    Some((_, metric)) => &metric.value,
                    None => return false,
                },
                _ => break,
            };
        }
        let counted = matches!(&formula.node, Node::Aggregate(a) if a.retained.is_none() && matches!(a.measure, Measure::Count | Measure::Distinct(_)));
        upwards && aim.kind == "bound" && counted
    }

    pub(super) fn at(&self, judged: &Judged) -> Option<Date> {
        judged.current.1.map(|w| w.last_day())
    }

    /// Which value is judged, in words.
    pub(super) fn moment_name(&self) -> String {
        let last = calendar::day_before_edge(self.frame.last_end(self.subject));
        match self.frame.mode {
            Mode::Level => format!("a level with `by` is judged on {last}"),
            Mode::Total => format!("a total is counted from {} to {last}", self.frame.start.date()),
            Mode::Span(grid) => format!("judged over the {} that ends on {last}", super::frame::span_word(grid.span)),
            Mode::Once(window) if self.subject.kind == Kind::Stock => {
                format!("a level with `in` is judged at the end of {window}")
            }
            Mode::Once(window) => format!("judged once, over {window}"),
        }
    }
}

/// on track, at risk or off track by the plan's marks; on track while nothing is expected.
pub fn by_pace(world: &World<'_>, pace: Option<f64>) -> Status {
    let facts = &world.plan.facts;
    let at_least = |mark: f64| pace.is_none_or(|p| crate::quantity::at_least(p, mark));
    if at_least(facts.on_track) {
        Status::OnTrack
    } else if at_least(facts.at_risk) {
        Status::AtRisk
    } else {
        Status::OffTrack
    }
}
