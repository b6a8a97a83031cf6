//! The plan as a test sees it: each given metric is worked out from a table of its given values, so that everything
//! else is judged as ever. Knows the plan, and no verdict.

use super::error::TestError;
use super::given::{GivenEngine, Made, Point};
use crate::calendar::{self, CalendarRules, CalendarSpan, Window};
use crate::diagnostic::Diagnostic;
use crate::eval::series::constant;
use crate::eval::value::Value;
use crate::eval::words;
use crate::model::plan::{
    Aggregate, Formula, Goal, GoalBody, Kind, Metric, MetricId, Node, Over, Plan, Table, TableId,
};
use crate::model::plan_test::{At, Change, Expectation, Given, GivenValues, PlanTest};
use crate::quantity::Unit;
use crate::query::{Measure, Row, TableInfo, TableSource};
use crate::source::Loc;
use indexmap::IndexMap;
use jiff::ToSpan;

/// The name of the column that holds given values.
const VALUE: &str = "value";

/// A plan over made-up tables.
#[derive(Debug)]
pub struct Stage {
    /// The plan, its given metrics replaced.
    pub plan: Plan,
    /// The made-up tables. They have no columns: any filter fits them, and changes nothing.
    pub opened: IndexMap<String, TableInfo>,
    /// What answers for them.
    pub engine: GivenEngine,
    given: Vec<MetricId>,
}

impl Stage {
    /// The plan with the values that a test gives.
    ///
    /// # Errors
    /// Given values without a number.
    pub fn of(plan: &Plan, test: &PlanTest) -> Result<Self, Vec<Diagnostic>> {
        let given = test.given.iter().map(|g| g.metric).collect();
        let mut stage = Self { plan: plan.clone(), opened: IndexMap::new(), engine: GivenEngine::default(), given };
        // Indicators beside a goal don't decide it: they need no values.
        stage.plan.goals.values_mut().for_each(|goal| goal.kpis.clear());
        // Given values aren't rows of a table.
        stage.plan.excludes.clear();
        let mut wrong = Vec::new();
        for given in &test.given {
            if let Err(error) = stage.give(plan, given) {
                wrong.push(Diagnostic::of(&error, given.at.file));
            }
        }
        if wrong.is_empty() { Ok(stage) } else { Err(wrong) }
    }

    fn give(&mut self, plan: &Plan, given: &Given) -> Result<(), TestError> {
        let Some((name, metric)) = plan.metrics.get_index(given.metric) else { return Ok(()) };
        let number = |formula: &Formula| match constant(plan, formula).value {
            Value::Number(x) => Ok(x),
            other => Err(TestError::NoValue {
                metric: name.clone(),
                why: other.reason().unwrap_or_else(|| "it is no number".to_owned()),
                at: given.at.span,
            }),
        };
        let rules = &plan.facts.rules;
        let node = match &given.values {
            GivenValues::Always(value) => Node::Number(number(value)?),
            GivenValues::Points(points) => {
                let of = |(value, at): &(Formula, At)| Ok((window(at), number(value)?));
                let points = points.iter().map(of).collect::<Result<_, _>>()?;
                self.table(plan, name, metric, Made::of(points, rules, metric.kind == Kind::Flow))
            }
            GivenValues::Run { start, change, count, every, from } => {
                let points = run(number(start)?, *change, *count, *every, from, rules);
                self.table(plan, name, metric, Made::of(points, rules, metric.kind == Kind::Flow))
            }
        };
        if let Some((_, staged)) = self.plan.metrics.get_index_mut(given.metric) {
            staged.value.node = node;
            staged.implicit = false;
        }
        Ok(())
    }

    /// Enters a made-up table, and gives the aggregate that reads it.
    fn table(&mut self, plan: &Plan, name: &str, metric: &Metric, made: Made) -> Node {
        let table = format!("given {name}");
        let info = TableInfo {
            columns: IndexMap::new(),
            time: Some("at".to_owned()),
            rows: made.rows.len() as u64,
            blake3: None,
            tidy: None,
            notes: Vec::new(),
        };
        let source = TableSource {
            name: table.clone(),
            path: String::new(),
            shown: table.clone(),
            within: None,
            time: None,
            sheet: None,
            filter: None,
            timezone: plan.facts.timezone.clone(),
            week_start: plan.facts.rules.week_start,
            implicit: false,
        };
        let every = made.every;
        let (id, _) = self.plan.tables.insert_full(
            table.clone(),
            Table { name: table.clone(), source, every, sparse: false, lag: None, about: None, at: None },
        );
        self.opened.insert(table.clone(), info);
        self.engine.made.insert(table.clone(), made);
        let measure = measure(plan, metric);
        Node::Aggregate(Box::new(Aggregate {
            measure,
            table: id,
            filter: None,
            kind: metric.kind,
            retained: None,
            text: table,
        }))
    }

    /// Refuses a test that asked for data.
    ///
    /// # Errors
    /// Each metric that has to be given, at the expectation that needs it.
    pub fn refuse_missing(&self, test: &PlanTest) -> Result<(), Vec<Diagnostic>> {
        let mut found: Vec<Diagnostic> = Vec::new();
        for table in &self.engine.wanted {
            let Some(id) = self.plan.tables.get_index_of(table) else { continue };
            found.extend(self.missing(test, id, table));
        }
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    fn missing(&self, test: &PlanTest, table: TableId, name: &str) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = Vec::new();
        let mut named: Vec<MetricId> = Vec::new();
        let mut itself = None;
        for expected in &test.expected {
            for formula in self.formulas(&expected.what) {
                itself = itself.or(reads(formula, table).then_some(expected.at));
                words::visit(&self.plan, formula, &mut |f| {
                    let Node::Metric(id) = &f.node else { return };
                    let Some((metric, m)) = self.plan.metrics.get_index(*id) else { return };
                    if reads(&m.value, table) && !named.contains(id) && !self.given.contains(id) {
                        named.push(*id);
                        found.push(not_given(metric, &m.unit, test, expected.at));
                    }
                });
            }
        }
        if itself.is_some() || found.is_empty() {
            let at = itself.unwrap_or(test.at);
            let error = TestError::ReadsTable { table: name.to_owned(), at: at.span };
            found.push(Diagnostic::of(&error, at.file));
        }
        found
    }

    /// The formulas that an expectation is about.
    fn formulas<'e>(&'e self, what: &'e Expectation) -> Vec<&'e Formula> {
        let goal = match what {
            Expectation::Holds(formula) => return vec![formula],
            Expectation::Status { goal, .. } => goal,
        };
        let subject = |goal: &'e Goal| match &goal.body {
            GoalBody::Measured { subject, .. } => Some(subject),
            GoalBody::Rows { .. } | GoalBody::Combined { .. } => None,
        };
        with_parts(&self.plan, goal).into_iter().filter_map(subject).collect()
    }
}

/// Refuses goals that need rows or values of a column.
///
/// # Errors
/// Each of them.
pub fn judgeable(plan: &Plan, test: &PlanTest) -> Result<(), Vec<Diagnostic>> {
    let mut found = Vec::new();
    for expected in &test.expected {
        let Expectation::Status { goal, .. } = &expected.what else { continue };
        for goal in with_parts(plan, goal) {
            let of = match (&goal.body, &goal.quantifier) {
                (GoalBody::Rows { table, .. }, _) => {
                    plan.tables.get_index(*table).map(|(name, _)| format!("row of {name}")).unwrap_or_default()
                }
                (_, Some((_, Over::Dimension(column)))) => column.clone(),
                _ => continue,
            };
            let error = TestError::ForEach { goal: goal.name.clone(), of, at: expected.at.span };
            found.push(Diagnostic::of(&error, expected.at.file));
        }
    }
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// A goal, and where it is made of others, those. The model refuses circles.
fn with_parts<'p>(plan: &'p Plan, goal: &str) -> Vec<&'p Goal> {
    let mut found: Vec<&Goal> = plan.goals.get(goal).into_iter().collect();
    let mut next = 0;
    while let Some(goal) = found.get(next).copied() {
        next += 1;
        if let GoalBody::Combined { goals, .. } = &goal.body {
            for part in goals.iter().filter_map(|name| plan.goals.get(name)) {
                if !found.iter().any(|g| std::ptr::eq(*g, part)) {
                    found.push(part);
                }
            }
        }
    }
    found
}

/// True where a formula reads a table itself, not through a metric.
fn reads(formula: &Formula, table: TableId) -> bool {
    let mut open = vec![formula];
    while let Some(formula) = open.pop() {
        if matches!(&formula.node, Node::Aggregate(a) if a.table == table) {
            return true;
        }
        open.extend(words::parts(formula));
    }
    false
}

fn not_given(metric: &str, unit: &Unit, test: &PlanTest, at: Loc) -> Diagnostic {
    let example = match unit {
        Unit::Percent | Unit::Points => "2%",
        Unit::Duration => "2h",
        Unit::Money(_) | Unit::Count(_) | Unit::Plain => "100",
    };
    let day = match &test.as_of {
        At::Period(_, window) => window.last_day(),
        At::Moment(moment) => moment.date(),
    };
    let metric = crate::model::written(metric);
    let error = TestError::NotGiven { metric, example: example.to_owned(), day: day.to_string(), at: at.span };
    Diagnostic::of(&error, at.file)
}

/// How the values of a metric are put together: as its own formula does where a verdict depends on that (a count can
/// be reached before its window ends), else totals are added up and of all else the last one counts.
fn measure(plan: &Plan, metric: &Metric) -> Measure {
    let value = || Row::Column(VALUE.to_owned());
    let mut formula = &metric.value;
    loop {
        formula = match &formula.node {
            Node::Filter(inner, _) => inner,
            Node::Metric(id) => match plan.metrics.get_index(*id) {
                Some((_, metric)) => &metric.value,
                None => break,
            },
            _ => break,
        };
    }
    match &formula.node {
        Node::Aggregate(a) if matches!(a.measure, Measure::Count) => Measure::Count,
        Node::Aggregate(a) if a.retained.is_none() && matches!(a.measure, Measure::Distinct(_)) => {
            Measure::Distinct(value())
        }
        _ if metric.kind == Kind::Flow => Measure::Sum(value()),
        _ => Measure::Last(value()),
    }
}

fn window(at: &At) -> Window {
    match at {
        At::Period(_, window) => *window,
        At::Moment(at) => Window::new(*at, at.checked_add(1.microsecond()).unwrap_or(*at)),
    }
}

/// `100 +10 x 12 every month from 2021-01`: the first value stands for the step that begins where `from` does; from a day
/// on which no step begins, each value is that day's.
fn run(start: f64, change: Change, count: u32, every: CalendarSpan, from: &At, rules: &CalendarRules) -> Vec<Point> {
    let first = window(from);
    let longer = first.length_days() > 1.0;
    let begins = calendar::step_holding(first.start, every, rules).is_some_and(|s| s.start == first.start);
    let day = |n: i32| {
        let day = every.times(n).after(first.start.date())?;
        Some(Window::days(day, day))
    };
    let step = |n: i32| {
        let edge = |n: i32| every.times(n).shift_edge(first.start);
        Some(Window::new(edge(n)?, edge(n + 1)?))
    };
    let mut points = Vec::new();
    let mut value = start;
    for n in 0..i32::try_from(count).unwrap_or(i32::MAX) {
        let Some(at) = (if longer || begins { step(n) } else { day(n) }) else { break };
        points.push((at, value));
        value = match change {
            Change::Add(step) => start + step * f64::from(n + 1),
            Change::Grow(rate) => value * (1.0 + rate),
        };
    }
    points
}
