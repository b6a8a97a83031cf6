//! M210: a column that holds 42.5 for 42.5%.

use crate::calendar::Window;
use crate::diagnostic::Level;
use crate::lint::{Correction, Finding, Found, Look, Mark, Observed, Rule};
use crate::model::plan::{Aggregate, Formula, Measure, MetricId, Node};
use crate::model::written;
use crate::quantity::{Unit, show};
use crate::query::{Answer, Request, Row};
use crate::source::Loc;
use indexmap::IndexMap;
use jiff::civil::DateTime;

pub static RULE: Rule = Rule {
    code: "M210",
    name: "percent-above-one",
    level: Level::Warning,
    mark: Mark::Doubtful,
    since: "0.1",
    correction: Correction::Unsafe,
    look: Look::PlanData(look),
    page: include_str!("percent_above_one.md"),
};

/// Fractions above this, half of them, are hardly fractions.
const ABOVE: f64 = 1.5;

/// Columns called so may well be above 150%.
const MAY_BE_LARGE: [&str; 13] = [
    "roi", "roas", "romi", "growth", "change", "return", "increase", "yoy", "mom", "nrr", "lift", "index", "markup",
];

/// A column that is read as a percentage.
struct Read<'a> {
    aggregate: &'a Aggregate,
    column: &'a str,
    /// The metric that reads it and nothing else.
    metric: Option<MetricId>,
    at: Loc,
    goals: Vec<usize>,
}

fn look(observed: &Observed<'_, '_>, found: &mut Found) {
    let context = observed.context;
    let mut reads: IndexMap<Loc, Read<'_>> = IndexMap::new();
    for goal in context.goals.iter().filter(|g| observed.readable(g)) {
        let beside = goal.goal.kpis.iter().chain(&goal.goal.guardrails).map(|k| (&k.value, k.target.as_slice()));
        let subject = goal.subject().map(|s| (s, goal.targets()));
        for (formula, targets) in subject.into_iter().chain(beside) {
            let percent = |f: &Formula| f.gives.unit() == Unit::Percent;
            let wanted = targets.iter().flat_map(|t| t.kind.expressions()).any(percent);
            if !percent(formula) && !wanted {
                continue;
            }
            let Some(read) = direct(observed, formula) else { continue };
            let read = reads.entry(read.at).or_insert(read);
            if !read.goals.contains(&goal.number) {
                read.goals.push(goal.number);
            }
        }
    }
    for read in reads.values() {
        if let Some(middle) = middle(observed, read).filter(|m| *m > ABOVE) {
            found.say(finding(observed, read, middle));
        }
    }
}

/// The column that a formula reads and does nothing else with.
fn direct<'a>(observed: &Observed<'_, 'a>, formula: &'a Formula) -> Option<Read<'a>> {
    let (mut formula, mut metric) = (formula, None);
    loop {
        formula = match &formula.node {
            Node::Filter(x, _) => x,
            Node::Metric(id) if metric.is_none_or(|m| m != *id) => {
                metric = Some(*id);
                &observed.context.plan.metrics.get_index(*id)?.1.value
            }
            Node::Aggregate(aggregate) => {
                let (Measure::Last(x)
                | Measure::First(x)
                | Measure::Avg(x)
                | Measure::Min(x)
                | Measure::Max(x)
                | Measure::Median(x)
                | Measure::Percentile(x, _)) = &aggregate.measure
                else {
                    return None;
                };
                let Row::Column(column) = x else { return None };
                let name = column.to_lowercase();
                let large = name.split(|c: char| !c.is_alphanumeric()).any(|word| MAY_BE_LARGE.contains(&word));
                return (!large).then(|| Read { aggregate, column, metric, at: formula.at, goals: Vec::new() });
            }
            _ => return None,
        };
    }
}

/// The middle one of the column's values.
fn middle(observed: &Observed<'_, '_>, read: &Read<'_>) -> Option<f64> {
    let timeline = observed.world.timelines.get(read.aggregate.table)?;
    let request = Request {
        measure: Measure::Median(Row::Column(read.column.to_owned())),
        filter: read.aggregate.filter.as_ref().map(|c| c.row.clone()),
        window: timeline.timed.then(|| Window::new(DateTime::MIN, timeline.readable)),
        group: None,
    };
    match observed.world.cells.ask(read.aggregate.table, request)? {
        Answer::One(cell) => cell.value,
        Answer::Groups(_) => None,
    }
}

fn finding(observed: &Observed<'_, '_>, read: &Read<'_>, middle: f64) -> Finding {
    let context = observed.context;
    let column = format!("{}.{}", context.table_name(read.aggregate.table), read.column);
    let (plain, percent) = (show(middle, &Unit::Plain), show(middle, &Unit::Percent));
    let finding = Finding::new(format!("{column} is read as a fraction, and holds percents"), read.at, "")
        .because(format!("Half of its values are {plain} and more: as a fraction that is {percent}."));
    let finding = read.goals.iter().fold(finding, |f, g| f.concerns(*g));
    let metric = read.metric.and_then(|id| context.plan.metrics.get_index(id));
    match metric {
        Some((name, metric)) if metric.implicit => {
            finding.help(format!("say what it holds: metric {} = last({column}) / 100 unit %", written(name)))
        }
        Some(_) => {
            let end = Loc { span: crate::source::Span { start: read.at.span.end, ..read.at.span }, ..read.at };
            let help = format!("divide: {} / 100", read.aggregate.text);
            finding.help(help).fix("divide by 100", [(end, " / 100".to_owned())])
        }
        None => finding.help(format!("divide: ({} / 100)", read.aggregate.text)),
    }
}
