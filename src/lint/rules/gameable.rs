//! R406: a goal that can be reached by harming what the plan itself calls good, with nothing that holds it.

use crate::diagnostic::Level;
use crate::eval::aim;
use crate::lint::constant::number;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{
    Aggregate, BinaryOp, Comparison, Direction, Formula, Kind, Metric, MetricId, Node, TableId, Target, TargetKind,
};
use crate::quantity::Unit;
use crate::query::Measure;
use std::collections::{HashMap, HashSet};

pub static RULE: Rule = Rule {
    code: "R406",
    name: "gameable",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Plan(look),
    page: include_str!("gameable.md"),
};

fn look(context: &Context<'_>, found: &mut Found) {
    let metrics = &context.plan.metrics;
    if metrics.values().all(|m| m.direction.is_none()) {
        return;
    }
    let plan = Harms::of(context);
    for goal in &context.goals {
        if let Some((id, subject)) = goal.subject().and_then(|f| metric(context, f))
            && aim::deciding(goal.targets()).is_some_and(|t| upwards(context, t, subject))
            && let Some(harm) = plan.harm(context, id, subject)
        {
            say(context, goal, id, &harm, found);
        }
    }
}

/// What is harmed, and how the plan says so.
struct Harm {
    metric: MetricId,
    way: Way,
}

enum Way {
    /// It is what the rate is divided by.
    Denominator,
    /// `drives`
    Driven,
    /// What it costs, over the same table.
    Cost(TableId),
    /// It counts other rows of the same table.
    Sibling(TableId),
}

/// What of a plan can be harmed, by where it is found.
struct Harms<'a> {
    /// Metrics that some goal, indicator or guardrail has a target for.
    held: HashSet<MetricId>,
    /// Metrics of which lower is better, over one table.
    costs: HashMap<TableId, Vec<(MetricId, &'a Metric)>>,
    /// Metrics of which higher is better, and that are one aggregate.
    wanted: HashMap<(TableId, &'a Measure), Vec<(MetricId, &'a Aggregate)>>,
}

impl<'a> Harms<'a> {
    fn of(context: &Context<'a>) -> Self {
        let mut harms = Self { held: HashSet::new(), costs: HashMap::new(), wanted: HashMap::new() };
        for goal in &context.goals {
            let beside = goal.goal.kpis.iter().chain(&goal.goal.guardrails);
            let targets = beside.filter(|k| k.target.is_some()).map(|k| &k.value);
            let read = goal.subject().into_iter().chain(targets).filter_map(|f| metric(context, f));
            harms.held.extend(read.map(|(id, _)| id));
        }
        for (id, metric) in context.plan.metrics.values().enumerate() {
            match (metric.direction, bare(&metric.value)) {
                (Some(Direction::Lower), Some(a)) => harms.costs.entry(a.table).or_default().push((id, metric)),
                (Some(Direction::Higher), Some(a)) => {
                    harms.wanted.entry((a.table, &a.measure)).or_default().push((id, a));
                }
                _ => {}
            }
        }
        harms
    }

    /// The first thing that raising a metric may harm, and that nothing holds.
    fn harm(&self, context: &Context<'a>, id: MetricId, subject: &'a Metric) -> Option<Harm> {
        let free = |id: &MetricId| !self.held.contains(id);
        if let Some(metric) = self.denominator(context, subject).filter(free) {
            return Some(Harm { metric, way: Way::Denominator });
        }
        let worse = |m: &&MetricId| {
            let found = context.plan.metrics.get_index(**m);
            found.is_some_and(|(_, m)| m.direction == Some(Direction::Lower))
        };
        if let Some(metric) = subject.drives.iter().filter(worse).find(|m| free(m)) {
            return Some(Harm { metric: *metric, way: Way::Driven });
        }
        let own = bare(&subject.value).filter(|_| subject.kind == Kind::Flow && subject.direction != Some(Direction::Lower))?;
        let beside = self.costs.get(&own.table)?.iter().filter(|(other, _)| *other != id && free(other));
        beside
            .filter(|(_, m)| m.kind == Kind::Flow)
            .find_map(|(metric, m)| {
                let counts = |a: &Aggregate| matches!(a.measure, Measure::Count);
                match (&m.unit, bare(&m.value)) {
                    (Unit::Money(_), _) => Some(Harm { metric: *metric, way: Way::Cost(own.table) }),
                    (_, Some(other)) if counts(own) && counts(other) => {
                        Some(Harm { metric: *metric, way: Way::Sibling(own.table) })
                    }
                    _ => None,
                }
            })
    }

    /// What a rate is divided by, where a metric is that, and higher is better of it.
    fn denominator(&self, context: &Context<'a>, rate: &'a Metric) -> Option<MetricId> {
        let Node::Binary(BinaryOp::Divide, _, under) = &unfiltered(&rate.value).node else { return None };
        match &under.node {
            Node::Metric(id) => {
                let (_, metric) = context.plan.metrics.get_index(*id)?;
                (metric.direction == Some(Direction::Higher)).then_some(*id)
            }
            Node::Aggregate(a) => {
                let alike = self.wanted.get(&(a.table, &a.measure))?;
                let rows = |a: &'a Aggregate| a.filter.as_ref().map(|f| &f.row);
                alike.iter().find(|(_, other)| rows(other) == rows(a)).map(|(id, _)| *id)
            }
            _ => None,
        }
    }
}

fn say(context: &Context<'_>, goal: &GoalView<'_>, id: MetricId, harm: &Harm, found: &mut Found) {
    let (name, harmed) = (context.metric_name(id), context.metric_name(harm.metric));
    let (message, because, limit) = match harm.way {
        Way::Denominator => (
            format!("fewer {harmed} reach this goal as well, and nothing guards {harmed}"),
            format!("{name} is divided by it, and metric {harmed} says `higher is better`."),
            ">=",
        ),
        Way::Driven => (
            format!("this goal may be reached at the cost of more {harmed}, which nothing limits"),
            format!("Metric {name} says that it drives {harmed}, of which lower is better."),
            "<=",
        ),
        Way::Cost(table) => (
            format!("this goal may be bought: nothing limits {harmed}"),
            format!("Both come from table {}, and metric {harmed} says `lower is better`.", context.table_name(table)),
            "<=",
        ),
        Way::Sibling(table) => (
            format!("more of table {} may also mean more {harmed}, which nothing limits", context.table_name(table)),
            format!("Both are counted in it, and metric {harmed} says `lower is better`."),
            "<=",
        ),
    };
    let written = crate::model::written(harmed);
    found.say(
        Finding::new(message, goal.name_place(), "")
            .because(because)
            .help(format!("say what it must not cost: guardrail {written} {limit} …, with the number that is still fine"))
            .concerns(goal.number),
    );
}

/// The metric that a formula is, whatever filters stand around it.
fn metric<'a>(context: &Context<'a>, formula: &Formula) -> Option<(MetricId, &'a Metric)> {
    let Node::Metric(id) = unfiltered(formula).node else { return None };
    context.plan.metrics.get_index(id).map(|(_, metric)| (id, metric))
}

fn unfiltered(formula: &Formula) -> &Formula {
    match &formula.node {
        Node::Filter(inner, _) => unfiltered(inner),
        _ => formula,
    }
}

/// The aggregate that a formula is, whatever filters stand around it.
fn bare(formula: &Formula) -> Option<&Aggregate> {
    match &unfiltered(formula).node {
        Node::Aggregate(aggregate) => Some(aggregate),
        _ => None,
    }
}

/// True where a target asks for more.
fn upwards(context: &Context<'_>, target: &Target, metric: &Metric) -> bool {
    match &target.kind {
        TargetKind::Relative(x) | TargetKind::Absolute(x) => *x > 0.0,
        TargetKind::Multiple(x) => *x > 1.0,
        TargetKind::Up | TargetKind::Bound(Comparison::AtLeast | Comparison::Above, _) => true,
        TargetKind::To(_) => metric.direction != Some(Direction::Lower),
        TargetKind::FromTo(a, b) => match (number(context.plan, a), number(context.plan, b)) {
            (Some(a), Some(b)) => b > a,
            _ => false,
        },
        _ => false,
    }
}
