//! `milepost test`: runs the tests of a plan. Each test gives metrics values; the plan is judged with tables made of
//! them, and no data file is opened. Knows expectations and verdicts, and nothing of how either is drawn.

pub mod error;
mod given;
mod stage;

use super::error::Failure;
use super::formula::{Context, World};
use super::run::{Options, Session, evaluate};
use super::timeline::AsOf;
use super::value::{Datum, Stretch, Value};
use super::verdict::{Status, Verdict};
use super::words;
use crate::calendar::Window;
use crate::diagnostic::Diagnostic;
use crate::model::plan::{BinaryOp, Formula, Node, Plan, Type};
use crate::model::plan_test::{At, Expectation, Expected, PlanTest};
use crate::quantity::{Digits, Unit, show};
use crate::source::Loc;
use error::TestError;
use jiff::civil::DateTime;
use stage::Stage;

/// A test that ran.
#[derive(Debug, Clone, PartialEq)]
pub struct TestRun {
    /// Its title.
    pub title: String,
    /// Where the title stands.
    pub at: Loc,
    /// Each expectation, in the order written.
    pub outcomes: Vec<Outcome>,
}

/// What became of an expectation.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// As written, after `expect`.
    pub text: String,
    /// Where it stands.
    pub at: Loc,
    /// True where it was as expected.
    pub passed: bool,
    /// What was expected: a status, or the condition itself.
    pub expected: String,
    /// What there was instead, as a sentence: `intl is missed`.
    pub found: String,
    /// What decided a goal's verdict; `None` for a condition.
    pub why: Option<String>,
}

impl TestRun {
    /// True where every expectation was met.
    pub fn passed(&self) -> bool {
        self.outcomes.iter().all(|o| o.passed)
    }

    /// A finding for each expectation that wasn't.
    pub fn findings(&self) -> Vec<Diagnostic> {
        let failed = self.outcomes.iter().filter(|o| !o.passed);
        failed.map(|o| Diagnostic::of(&TestError::failed(o), o.at.file)).collect()
    }
}

/// Runs the plan's tests whose titles hold `only`, or all.
///
/// # Errors
/// What keeps a test from running (a metric that isn't given), of all tests.
pub fn run(plan: &Plan, only: Option<&str>) -> Result<Vec<TestRun>, Vec<Diagnostic>> {
    let wanted = plan.tests.iter().filter(|t| only.is_none_or(|part| t.title.contains(part)));
    let mut runs = Vec::new();
    let mut wrong: Vec<Diagnostic> = Vec::new();
    for test in wanted {
        match run_one(plan, test) {
            Ok(run) => runs.push(run),
            Err(found) => wrong.extend(found.into_iter().filter(|d| !wrong.contains(d)).collect::<Vec<_>>()),
        }
    }
    if wrong.is_empty() { Ok(runs) } else { Err(wrong) }
}

fn run_one(plan: &Plan, test: &PlanTest) -> Result<TestRun, Vec<Diagnostic>> {
    stage::judgeable(plan, test)?;
    let mut stage = Stage::of(plan, test)?;
    let goals: Vec<String> = test
        .expected
        .iter()
        .filter_map(|e| match &e.what {
            Expectation::Status { goal, .. } => Some(goal.clone()),
            Expectation::Holds(_) => None,
        })
        .collect();
    let as_of = moment(&test.as_of);
    let verdicts = match goals.is_empty() {
        true => Vec::new(),
        false => {
            let options = Options { as_of: Some(as_of), goals };
            evaluate(&stage.plan, &stage.opened, &mut stage.engine, &options).map_err(findings)?.goals
        }
    };
    let conditions = conditions(&mut stage, test, as_of).map_err(findings)?;
    stage.refuse_missing(test)?;
    let outcomes = test.expected.iter().zip(conditions).map(|(expected, holds)| match (&expected.what, holds) {
        (Expectation::Status { goal, status }, _) => {
            of_status(expected, status, verdicts.iter().find(|v| v.name == *goal))
        }
        (Expectation::Holds(_), holds) => of_condition(expected, holds.unwrap_or_default()),
    });
    Ok(TestRun { title: test.title.clone(), at: test.at, outcomes: outcomes.collect() })
}

/// The end of a day or period, or a moment.
fn moment(at: &At) -> AsOf {
    match at {
        At::Period(_, window) => AsOf::Day(window.last_day()),
        At::Moment(at) => AsOf::Moment(*at),
    }
}

fn findings(failure: Failure) -> Vec<Diagnostic> {
    match failure {
        Failure::Plan(found) => found,
        Failure::Data(error) => vec![Diagnostic::of(&error, Default::default())],
    }
}

/// A condition worked out.
#[derive(Debug, Clone, Default)]
struct Held {
    holds: bool,
    /// What stands where it doesn't.
    found: String,
}

/// Each expected condition worked out over all time up to the moment; `None` where a status is expected.
fn conditions(stage: &mut Stage, test: &PlanTest, as_of: AsOf) -> Result<Vec<Option<Held>>, Failure> {
    let Stage { plan, opened, engine, .. } = stage;
    let mut session = Session::start(plan, opened, engine, Some(as_of), None, &[])?;
    session.settle(engine, |world| {
        let of = |e: &Expected| match &e.what {
            Expectation::Status { .. } => None,
            Expectation::Holds(formula) => Some(held(world, formula)),
        };
        test.expected.iter().map(of).collect()
    })
}

fn held(world: &World<'_>, formula: &Formula) -> Held {
    let all = Stretch::new(Window::new(DateTime::MIN, world.as_of), world.as_of);
    let datum = world.value(formula, &Context::over(all));
    let mut found = Vec::new();
    sides(world, formula, &Context::over(all), &mut found);
    let found = match &datum.value {
        Value::Truth(_) if !found.is_empty() => found.join("; "),
        Value::Truth(_) => "it doesn't hold".to_owned(),
        other => other.reason().unwrap_or_else(|| "it is no condition".to_owned()),
    };
    Held { holds: datum.value == Value::Truth(true), found }
}

/// What the sides of the comparisons in a condition come to, those of parts that hold left out.
fn sides<'a>(world: &World<'a>, formula: &'a Formula, context: &Context<'a>, found: &mut Vec<String>) {
    if world.value(formula, context).value == Value::Truth(true) {
        return;
    }
    let Node::Binary(op, a, b) = &formula.node else { return };
    if matches!(op, BinaryOp::And | BinaryOp::Or) {
        [a, b].into_iter().for_each(|part| sides(world, part, context, found));
        return;
    }
    let (x, y) = (world.value(a, context), world.value(b, context));
    // A plain number beside a percentage is shown as one.
    let unit = if a.gives.unit() == Unit::Plain { b.gives.unit() } else { a.gives.unit() };
    let digits = match (x.number(), y.number()) {
        (Some(x), Some(y)) => Some(Digits::of(&unit, &[x, y])),
        _ => None,
    };
    for (side, datum) in [(a, x), (b, y)] {
        let literal = matches!(side.node, Node::Number(_) | Node::Text(_) | Node::Truth(_) | Node::Time(_));
        if !literal {
            found.push(format!(
                "{} is {}",
                words::formula(world.plan, side),
                shown(&datum, &side.gives, digits.as_ref())
            ));
        }
    }
}

fn shown(datum: &Datum, gives: &Type, digits: Option<&Digits>) -> String {
    match &datum.value {
        Value::Number(x) => digits.map_or_else(|| show(*x, &gives.unit()), |d| d.show(*x)),
        Value::Text(text) => format!("\"{text}\""),
        Value::Truth(truth) => truth.to_string(),
        Value::Time(at) => at.to_string(),
        Value::Missing(why) => format!("not known ({why})"),
        Value::Error(kind, place) => format!("{} in {place}", kind.name()),
    }
}

fn of_status(expected: &Expected, wanted: &str, verdict: Option<&Verdict>) -> Outcome {
    let status = verdict.map(|v| v.status);
    let name = verdict.map_or("it", |v| v.name.as_str());
    Outcome {
        text: expected.text.clone(),
        at: expected.at,
        passed: status.map(Status::name) == Some(wanted),
        expected: wanted.to_owned(),
        found: format!("{name} is {}", status.map_or("not judged", Status::name)),
        why: verdict.map(why),
    }
}

/// The sentence that decided, and the numbers it was about.
fn why(verdict: &Verdict) -> String {
    let reason = verdict.current.reason.as_deref().filter(|_| verdict.decided.is_empty());
    let mut why = reason.unwrap_or(&verdict.decided).to_owned();
    if let (Some(current), Some(target)) = (verdict.current.value, verdict.target.value)
        && verdict.kind != "truth"
    {
        let upper = verdict.target.upper;
        let digits = Digits::of(&verdict.unit, &[Some(current), Some(target), upper].map(|x| x.unwrap_or(current)));
        let upper = upper.map(|u| format!(" to {}", digits.show(u))).unwrap_or_default();
        why.push_str(&format!("; it is {}, the target {}{upper}", digits.show(current), digits.show(target)));
    }
    why
}

fn of_condition(expected: &Expected, held: Held) -> Outcome {
    Outcome {
        text: expected.text.clone(),
        at: expected.at,
        passed: held.holds,
        expected: expected.text.clone(),
        found: held.found,
        why: None,
    }
}
