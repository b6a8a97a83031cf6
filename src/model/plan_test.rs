//! Tests in a plan (language reference, Tests in a plan): what each gives, when it is judged and what it expects. Runs
//! none of them.

use super::error::NameError;
use super::formula::Scope;
use super::graph::walk;
use super::names::written;
use super::plan::{Formula, MetricId};
use super::plan_test_error::PlanTestError;
use super::targets::Subject;
use super::{R, Reported, Resolver, literals::Meaning};
use crate::calendar::{CalendarSpan, Period, Window};
use crate::diagnostic::Label;
use crate::quantity::Unit;
use crate::source::{FileId, Loc, Span, Spanned};
use crate::syntax::tree::{self, Expr, ExprKind, File, Literal, Name, Sign, StatementKind, TestPart, When};
use jiff::civil::DateTime;

/// `test "…" given … as of … expect …`
#[derive(Debug, Clone)]
pub struct PlanTest {
    /// Its title.
    pub title: String,
    /// Where the title stands.
    pub at: Loc,
    /// Each metric once.
    pub given: Vec<Given>,
    /// When it is judged: the end of that day or period, or that moment.
    pub as_of: At,
    /// One at least, in the order written.
    pub expected: Vec<Expected>,
}

/// The values that a test gives a metric.
#[derive(Debug, Clone)]
pub struct Given {
    /// Whose.
    pub metric: MetricId,
    /// What.
    pub values: GivenValues,
    /// The whole line.
    pub at: Loc,
}

/// Given values in the metric's unit. Their formulas read no data.
#[derive(Debug, Clone)]
pub enum GivenValues {
    /// One value for all time.
    Always(Formula),
    /// A value each at a day, over a period or at a moment.
    Points(Vec<(Formula, At)>),
    /// `100 +10 x 12 every month from 2021-01`
    Run {
        /// The first value.
        start: Formula,
        /// From each value to the next.
        change: Change,
        /// How many values.
        count: u32,
        /// How far apart.
        every: CalendarSpan,
        /// Where the first one is.
        from: At,
    },
}

/// How a run of values goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// By so much each time; 0 where nothing is said.
    Add(f64),
    /// By that fraction of the value before.
    Grow(f64),
}

/// A time of a test.
#[derive(Debug, Clone, PartialEq)]
pub enum At {
    /// A day or a longer period.
    Period(Period, Window),
    /// A moment in the plan's zone.
    Moment(DateTime),
}

/// What a test expects.
#[derive(Debug, Clone)]
pub struct Expected {
    /// What.
    pub what: Expectation,
    /// As written, after `expect`.
    pub text: String,
    /// Where that stands.
    pub at: Loc,
}

/// The two forms of an expectation.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum Expectation {
    /// A goal of the plan, and the name of its status.
    Status { goal: String, status: String },
    /// A condition that has to hold.
    Holds(Formula),
}

/// How many values a run may have.
const MOST: u32 = 10_000;

impl Resolver<'_> {
    /// All tests of the plan, in order.
    pub(crate) fn plan_tests(&mut self, files: &[(FileId, File)]) {
        for (file, tree) in files {
            for s in &tree.statements {
                if let StatementKind::Test(test) = &s.node
                    && let Ok(test) = self.plan_test(test, *file)
                {
                    self.plan.tests.push(test);
                }
            }
        }
    }

    fn plan_test(&mut self, test: &tree::Test, file: FileId) -> R<PlanTest> {
        let at = Loc { file, span: test.title.span };
        let mut given: Vec<R<Given>> = Vec::new();
        let mut as_of: Option<(R<At>, Span)> = None;
        let mut expected: Vec<R<Expected>> = Vec::new();
        let mut names: Vec<&Name> = Vec::new();
        for part in &test.parts {
            match &part.node {
                TestPart::Given { name, data } => {
                    if let Some(first) = names.iter().find(|n| n.node == name.node) {
                        let first = first.span;
                        let what = format!("`{}` is given", written(&name.node));
                        given.push(Err(self.twice(what, name.span, first, file)));
                        continue;
                    }
                    names.push(name);
                    given.push(self.given(name, data, Loc { file, span: part.span }));
                }
                TestPart::AsOf(when) => {
                    if let Some((_, first)) = &as_of {
                        let first = *first;
                        let again = self.twice("`as of` is said".to_owned(), part.span, first, file);
                        as_of = Some((Err(again), first));
                        continue;
                    }
                    as_of = Some((self.time(when, file), part.span));
                }
                TestPart::ExpectStatus { goal, status } => expected.push(self.expected_status(goal, status, file)),
                TestPart::Expect(condition) => expected.push(self.expected_condition(condition, file)),
            }
        }
        let as_of = match as_of {
            Some((as_of, _)) => as_of,
            None => Err(self.report(file, &PlanTestError::NoAsOf { at: at.span })),
        };
        if expected.is_empty() {
            expected.push(Err(self.report(file, &PlanTestError::NothingExpected { at: at.span })));
        }
        Ok(PlanTest {
            title: test.title.node.clone(),
            at,
            given: given.into_iter().collect::<R<_>>()?,
            as_of: as_of?,
            expected: expected.into_iter().collect::<R<_>>()?,
        })
    }

    fn twice(&mut self, what: String, at: Span, first: Span, file: FileId) -> Reported {
        let more = vec![Label { at: Loc { file, span: first }, text: "here already".to_owned() }];
        self.report_with(file, &PlanTestError::Twice { what, at }, more)
    }

    fn time(&mut self, when: &Spanned<When>, file: FileId) -> R<At> {
        Ok(match &when.node {
            When::Period(period) => At::Period(period.clone(), self.window(period, file, when.span)?),
            When::Moment(moment) => At::Moment(self.civil(moment)),
        })
    }

    fn expected_status(&mut self, goal: &Name, status: &Spanned<String>, file: FileId) -> R<Expected> {
        if !self.plan.goals.contains_key(&goal.node) {
            if self.broken.goals.contains(&goal.node) {
                return Err(Reported);
            }
            let help = self.suggestion(&goal.node, self.plan.goals.keys().map(String::as_str));
            let error = NameError::UnknownOf { what: "goal", name: goal.node.clone(), at: goal.span, help };
            return Err(self.report(file, &error));
        }
        let span = goal.span.to(status.span);
        Ok(Expected {
            what: Expectation::Status { goal: goal.node.clone(), status: status.node.clone() },
            text: self.text(file, span),
            at: Loc { file, span },
        })
    }

    fn expected_condition(&mut self, condition: &Expr, file: FileId) -> R<Expected> {
        let formula = self.truth_formula(condition, Scope::new(file))?;
        let text = self.text(file, condition.span);
        Ok(Expected { what: Expectation::Holds(formula), text, at: Loc { file, span: condition.span } })
    }

    fn given(&mut self, name: &Name, data: &tree::Given, at: Loc) -> R<Given> {
        let file = at.file;
        if self.names.lets.contains_key(name.node.as_str()) && !self.names.metrics.contains_key(name.node.as_str()) {
            let error = NameError::WrongKind {
                name: name.node.clone(),
                is: "a let",
                wanted: "a metric",
                at: name.span,
                help: "a let keeps its value in a test; give the metrics it is compared with".to_owned(),
            };
            return Err(self.report(file, &error));
        }
        let metric = self.metric_id(&name.node, Loc { file, span: name.span })?;
        let unit = self.plan.metrics.get_index(metric).map(|(_, m)| m.unit.clone()).unwrap_or_default();
        let mut subject = Subject { unit, at: name.span, implicit: false, top: None };
        let values = match data {
            tree::Given::Always(value) => GivenValues::Always(self.given_value(value, &mut subject, file)?),
            tree::Given::Points(points) => self.points(points, &mut subject, file)?,
            tree::Given::Run { start, change, count, every, from } => {
                let start = self.given_value(start, &mut subject, file);
                let every = self.positive(every, file);
                let from = self.time(from, file);
                let change = match change {
                    None => Ok(Change::Add(0.0)),
                    Some((sign, amount)) => self.run_change(*sign, amount, &subject, file),
                };
                let count = self.run_count(count, file);
                GivenValues::Run { start: start?, change: change?, count: count?, every: every?, from: from? }
            }
        };
        Ok(Given { metric, values, at })
    }

    fn points(&mut self, points: &[(Expr, Spanned<When>)], subject: &mut Subject, file: FileId) -> R<GivenValues> {
        let mut all: Vec<R<(Formula, At)>> = Vec::new();
        let mut times: Vec<(At, Span)> = Vec::new();
        for (value, when) in points {
            let value = self.given_value(value, subject, file);
            let time = self.time(when, file);
            if let Ok(time) = &time {
                if let Some((_, first)) = times.iter().find(|(t, _)| t == time) {
                    let first = *first;
                    let what = format!("the value at {} is given", self.text(file, when.span));
                    all.push(Err(self.twice(what, when.span, first, file)));
                    continue;
                }
                times.push((time.clone(), when.span));
            }
            all.push(value.and_then(|v| Ok((v, time?))));
        }
        Ok(GivenValues::Points(all.into_iter().collect::<R<_>>()?))
    }

    /// A value in the metric's unit that is the same whatever the data.
    fn given_value(&mut self, value: &Expr, subject: &mut Subject, file: FileId) -> R<Formula> {
        let formula = self.limit(value, subject, Scope::new(file))?;
        match self.reads_data(value) {
            false => Ok(formula),
            true => Err(self.report(file, &PlanTestError::GivenReadsData { at: value.span })),
        }
    }

    /// True where an expression, or a let that it names, names anything but lets and budgets: that is worked out from
    /// data.
    fn reads_data(&self, value: &Expr) -> bool {
        let mut open = vec![value];
        let mut seen: Vec<&str> = Vec::new();
        let mut reads = false;
        while let Some(expr) = open.pop() {
            let mut found = Vec::new();
            walk(expr, &mut |e| match &e.node {
                ExprKind::Name(name) if seen.contains(&name.as_str()) => {}
                ExprKind::Name(name) => match self.names.lets.get(name.as_str()) {
                    Some(cell) => {
                        seen.push(name);
                        found.push(&cell.tree.value);
                    }
                    None => reads = true,
                },
                // A budget is resolved as a formula without a window.
                ExprKind::Dotted(campaign, _) => reads |= !self.names.campaigns.contains_key(campaign.node.as_str()),
                _ => {}
            });
            open.extend(found);
        }
        reads
    }

    fn run_count(&mut self, count: &Spanned<u32>, file: FileId) -> R<u32> {
        if (1..=MOST).contains(&count.node) {
            return Ok(count.node);
        }
        let what = format!("{} is no count of values", count.node);
        let help = format!("write from 1 to {MOST}: 100 +10 x 12 every month from 2021-01");
        Err(self.report(file, &NameError::OutOfRange { what, at: count.span, help }))
    }

    /// `+10`, `+5%`, `+2pp`
    fn run_change(&mut self, sign: Sign, amount: &Spanned<Literal>, subject: &Subject, file: FileId) -> R<Change> {
        let signed = |x: f64| if sign == Sign::Minus { -x } else { x };
        let (value, unit) = match self.meaning(&amount.node) {
            Meaning::Number(value, unit) => (value, unit),
            _ => (f64::NAN, Unit::Points),
        };
        match (&unit, &subject.unit) {
            (Unit::Percent, Unit::Percent) | (Unit::Plain, Unit::Percent) => {}
            (Unit::Percent, _) => return Ok(Change::Grow(signed(value))),
            (Unit::Points, Unit::Percent) | (Unit::Plain, _) => return Ok(Change::Add(signed(value))),
            (a, b) if a == b => return Ok(Change::Add(signed(value))),
            _ => {}
        }
        let what = format!("{} is no step from one value to the next here", self.text(file, amount.span));
        let help = match subject.unit {
            Unit::Percent => "a percentage moves by points: +2pp".to_owned(),
            _ => "write an amount in the metric's own unit, such as +10, or a growth, such as +5%".to_owned(),
        };
        Err(self.report(file, &NameError::OutOfRange { what, at: amount.span, help }))
    }
}
