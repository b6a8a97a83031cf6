//! What a goal asks, held against every like window of its subject's past. Shared by the rules that ask whether it was
//! ever done before. Knows no rule.

use super::context::GoalView;
use super::observed::{Measured, Observed};
use crate::calendar::{self, CalendarSpan, SpanUnit, Window};
use crate::eval::aim::{self, Wanted};
use crate::eval::history::{By, Past, Record, Shape, record};
use crate::eval::recurring;
use crate::eval::subject::Subject;
use crate::eval::verdict::Status;
use crate::model::plan::{Comparison, GoalBody, Kind, Node, Over, Target, TargetKind, Timing};
use crate::quantity::{self, Digits, Unit};

/// With fewer windows the past is silent.
pub const FEW: usize = 4;

/// A goal's question, with how the past answers it.
#[derive(Debug)]
pub struct Precedent<'a> {
    /// The target that decides.
    pub target: &'a Target,
    /// The subject's unit.
    pub unit: Unit,
    /// The subject's kind.
    pub kind: Kind,
    /// True where more is better.
    pub up: bool,
    /// Which windows are alike.
    pub shape: Shape,
    /// The goal's own baseline, where it is known.
    pub baseline: Option<f64>,
    /// The ways in which the goal may be compared, the plainest first: never none.
    pub answers: Vec<Answer>,
}

/// One way to compare.
#[derive(Debug)]
pub struct Answer {
    /// What of each window is compared.
    pub by: By,
    /// What the goal asks for.
    pub wanted: f64,
    /// What there was.
    pub record: Record,
}

/// What is asked, before it is held against anything.
struct Question<'a> {
    target: &'a Target,
    shape: Shape,
    baseline: Option<f64>,
    up: bool,
    asks: Vec<(By, f64)>,
}

/// How the past answers a goal with a deadline, a window, or periods of its own. `None` where nothing can be said: the
/// target is a range, a rank or an exact value; it is met; its window isn't written; fewer than [`FEW`] windows lie in the
/// past, or all of them overlap.
pub fn precedent<'a>(observed: &Observed<'_, 'a>, goal: &GoalView<'a>) -> Option<Precedent<'a>> {
    let (subject, question) = match goal.goal.timing {
        Timing::Open => return None,
        Timing::Every { .. } => recurring_question(observed, goal)?,
        _ => {
            let measured = observed.measured(goal)?;
            let question = question(observed, goal, &measured)?;
            (measured.subject, question)
        }
    };
    answered(observed, &subject, question)
}

/// The same for one value of a dimension, judged by itself.
pub fn of_measured<'a>(
    observed: &Observed<'_, 'a>,
    goal: &GoalView<'a>,
    measured: &Measured<'a>,
) -> Option<Precedent<'a>> {
    answered(observed, &measured.subject, question(observed, goal, measured)?)
}

fn question<'a>(observed: &Observed<'_, 'a>, goal: &GoalView<'a>, measured: &Measured<'a>) -> Option<Question<'a>> {
    let Measured { subject, frame, target, judged } = measured;
    if matches!(judged.status, Status::Met | Status::MetLate) {
        return None;
    }
    let shape = Shape::of(observed.world, goal.goal, subject, frame)?;
    let baseline = match &judged.baseline {
        Some(baseline) => baseline.datum.number(),
        None => frame.baseline(observed.world, goal.goal, subject, Some(shape.judged)).datum.number(),
    };
    let wanted = judged.aim.map(|a| a.wanted).or_else(|| bound(observed, target));
    asked(subject, target, shape, baseline, wanted)
}

/// A goal that comes back asks the same of each period; only where that is one number for all of them.
fn recurring_question<'a>(observed: &Observed<'_, 'a>, goal: &GoalView<'a>) -> Option<(Subject<'a>, Question<'a>)> {
    let GoalBody::Measured { targets, .. } = &goal.goal.body else { return None };
    let Timing::Every { span, over, .. } = goal.goal.timing else { return None };
    if !matches!(goal.goal.quantifier, None | Some((_, Over::Periods(_)))) {
        return None;
    }
    let (subject, target) = (observed.subject(goal)?, aim::deciding(targets)?);
    let (stretch, _) = recurring::stretch(observed.world, goal.goal, over);
    let period = recurring::periods_of(observed.world, stretch, span).into_iter().next()?;
    let shape = Shape::of_period(observed.world, goal.goal, &subject, period, span)?;
    let question = asked(&subject, target, shape, None, bound(observed, target))?;
    Some((subject, question))
}

/// A bound that is the same in every window.
fn bound(observed: &Observed<'_, '_>, target: &Target) -> Option<Wanted> {
    match &target.kind {
        TargetKind::Bound(comparison, of) => constant(observed, &of.node).map(|x| Wanted::Bound(*comparison, x)),
        _ => None,
    }
}

/// A number that is the same in every window.
fn constant(observed: &Observed<'_, '_>, node: &Node) -> Option<f64> {
    match node {
        Node::Number(x) => Some(*x),
        Node::Let(id) => {
            let (_, of) = observed.context.plan.lets.get_index(*id)?;
            constant(observed, &of.value.node)
        }
        _ => None,
    }
}

/// In which ways a target asks, and for how much. A change that is written is compared as it is written. A value to be
/// reached is held against the changes that it takes, in both readings, and against the values that there were: what any
/// of them has shown to be possible isn't beyond the past.
fn asked<'a>(
    subject: &Subject<'a>,
    target: &'a Target,
    shape: Shape,
    baseline: Option<f64>,
    wanted: Option<Wanted>,
) -> Option<Question<'a>> {
    let question = |up, asks| Some(Question { target, shape, baseline, up, asks });
    let change = |by, x: f64| (x != 0.0).then(|| question(x > 0.0, vec![(by, x)])).flatten();
    let (comparison, value) = match (&target.kind, wanted) {
        (TargetKind::Relative(x), _) => return change(By::Relative, *x),
        (TargetKind::Multiple(x), _) => return change(By::Relative, *x - 1.0),
        (TargetKind::Absolute(x), _) => return change(By::Difference, *x),
        (
            TargetKind::To(_) | TargetKind::FromTo(..) | TargetKind::Bound(..),
            Some(Wanted::Bound(comparison, value)),
        ) => (comparison, value),
        _ => return None,
    };
    let up = match comparison {
        Comparison::AtLeast | Comparison::Above => true,
        Comparison::AtMost | Comparison::Below => false,
        Comparison::Equal => return None,
    };
    let bound = matches!(target.kind, TargetKind::Bound(..));
    let changes = match subject.kind {
        Kind::Stock => true,
        // What is counted starts at nothing.
        Kind::Flow => shape.baseline.is_some() && !bound,
        Kind::Neither => !bound,
    };
    if !changes {
        return question(up, vec![(By::Value, value)]);
    }
    // What is kept already asks for no change.
    let from = baseline.filter(|b| !Wanted::Bound(comparison, value).kept(*b));
    let from = from?;
    let mut asks = vec![(By::Difference, value - from), (By::Value, value)];
    if from > 0.0 && subject.formula.gives.unit() != Unit::Percent {
        asks.insert(0, (By::Relative, (value - from) / from));
    }
    question(up, asks)
}

fn answered<'a>(observed: &Observed<'_, 'a>, subject: &Subject<'a>, question: Question<'a>) -> Option<Precedent<'a>> {
    let Question { target, shape, baseline, up, asks } = question;
    let own = |by| asks.iter().any(|(b, _)| *b == by);
    let values: Vec<Past> = if own(By::Value) { shape.alone().past(observed.world, subject) } else { Vec::new() };
    let changes: Vec<Past> = match own(By::Difference) || own(By::Relative) {
        true => shape.past(observed.world, subject),
        false => Vec::new(),
    };
    let answer = |(by, wanted): &(By, f64)| {
        let past = if *by == By::Value { &values } else { &changes };
        record(past, *by, up, *wanted).map(|record| Answer { by: *by, wanted: *wanted, record })
    };
    let answers: Vec<Answer> = asks.iter().filter_map(answer).collect();
    let first = answers.first()?;
    // Windows that all overlap are one and the same piece of the past. Readings come at their own steps; of events
    // windows could be cut as close to one another as one likes, so that only those count that don't overlap.
    let stepped = subject.every.is_some_and(|every| every != CalendarSpan::DAY);
    let least = if stepped { 1.0 } else { FEW as f64 - 1.0 };
    let apart = first.record.days >= least * shape.whole.length_days() * SHORT;
    let enough = answers.len() == asks.len() && first.record.windows >= FEW && apart;
    enough.then(|| Precedent {
        target,
        unit: subject.formula.gives.unit(),
        kind: subject.kind,
        up,
        shape,
        baseline,
        answers,
    })
}

impl Precedent<'_> {
    /// In which stretch of time: `in 4 quarters`, `from one quarter to the next`, `in a month`.
    pub fn stretch(&self, by: By) -> String {
        let long = self.shape.length(by != By::Value && self.kind == Kind::Stock);
        let long = if long.count == 1 { format!("a {}", long.unit.name()) } else { long.to_string() };
        match self.shape.baseline.filter(|_| by != By::Value && self.kind != Kind::Stock) {
            None => format!("in {long}"),
            Some(b) if b.end == self.shape.judged.start => match long.strip_prefix("a ") {
                Some(one) => format!("from one {one} to the next"),
                None => format!("from {long} to the next"),
            },
            Some(b) if b.shifted(YEAR) == Some(self.shape.judged) => format!("for {long}, within a year"),
            Some(_) => format!("for {long}, against an earlier time"),
        }
    }

    /// What a window brought, signed where it is a change: `+27.3%`, `+1.9 points`, `180`.
    pub fn shown(&self, by: By, x: f64, beside: f64) -> String {
        let digits = Digits::of(&self.unit, &[x, beside]);
        match by {
            By::Value => digits.show(x),
            By::Relative => quantity::change(x, Some(beside)),
            By::Difference => digits.signed(digits.rounded(x), 0.0),
        }
    }

    /// What to write so that it asks for no more than what was done: the target that a window's `brought` is, rounded to
    /// the easier side.
    pub fn target_text(&self, by: By, brought: f64) -> String {
        let easier = |x: f64, digits: i32| rounded(x, digits, !self.up);
        match (by, &self.target.kind) {
            (By::Value, TargetKind::Bound(comparison, _)) => {
                format!("{} {}", comparison.symbol(), quantity::show(easier(brought, 3), &self.unit))
            }
            (By::Value, _) => format!("to {}", quantity::show(easier(brought, 3), &self.unit)),
            (_, TargetKind::To(_) | TargetKind::FromTo(..) | TargetKind::Bound(..)) => {
                let value = self.baseline.map(|b| self.from_here(by, b, brought)).unwrap_or(brought);
                format!("to {}", quantity::show(easier(value, 3), &self.unit))
            }
            (By::Relative, _) => signed(easier(brought, 2), &Unit::Percent),
            (By::Difference, _) if self.unit == Unit::Percent => {
                format!("{:+}pp", quantity::numbers::seen(easier(brought, 2) * 100.0))
            }
            (By::Difference, _) => signed(easier(brought, 2), &self.unit),
        }
    }

    /// Where a change leads from a value.
    pub fn from_here(&self, by: By, from: f64, change: f64) -> f64 {
        match by {
            By::Value => change,
            By::Difference => from + change,
            By::Relative => from + change * from.abs(),
        }
    }
}

/// Months and years differ in length by less than this.
const SHORT: f64 = 0.9;
const YEAR: CalendarSpan = CalendarSpan::new(1, SpanUnit::Year);

/// A change as targets write it.
fn signed(x: f64, unit: &Unit) -> String {
    let sign = if x > 0.0 { "+" } else { "" };
    format!("{sign}{}", quantity::show(x, unit))
}

/// A number with so many significant digits, rounded up or down.
fn rounded(x: f64, digits: i32, up: bool) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let place = f64::from(digits - 1) - x.abs().log10().floor();
    match up == (x > 0.0) {
        true => quantity::numbers::round_up(x, place),
        false => quantity::numbers::round_down(x, place),
    }
}

/// How people call a window: `Q2 2020`, `2021-03`, `2021-03..2021-05`.
pub fn name(observed: &Observed<'_, '_>, window: &Window) -> String {
    let (name, days) = (calendar::step_name(window, &observed.context.plan.facts.rules), window.to_string());
    match window.length().months() {
        Some(2..) if name == days && window.start.day() == 1 => {
            format!("{}..{}", window.start.strftime("%Y-%m"), window.last_day().strftime("%Y-%m"))
        }
        _ => name,
    }
}
