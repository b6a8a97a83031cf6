//! R403: a KPI that nothing ties to what its goal is about.

use crate::diagnostic::Level;
use crate::lint::{Context, Correction, Finding, Found, GoalView, Look, Mark, Rule};
use crate::model::plan::{Formula, Kpi, MetricId, Node, TableId};
use crate::model::written;
use crate::syntax::tree::StatementKind;
use std::collections::HashSet;

pub static RULE: Rule = Rule {
    code: "R403",
    name: "untied-kpi",
    level: Level::Hint,
    mark: Mark::Kept,
    since: "0.1",
    correction: Correction::None,
    look: Look::Goal(look),
    page: include_str!("untied_kpi.md"),
};

/// Behind so many metrics on the way, two things are as good as tied.
const FAR: usize = 1_000;

fn look(context: &Context<'_>, goal: &GoalView<'_>, found: &mut Found) {
    let Some(subject) = goal.subject() else { return };
    if goal.goal.kpis.is_empty() {
        return;
    }
    let Some(of_goal) = Reads::of(context, subject) else { return };
    let mut beyond = None;
    let mut untied: Vec<&Kpi> = Vec::new();
    for kpi in &goal.goal.kpis {
        let Some(of_kpi) = Reads::of(context, &kpi.value) else { continue };
        if of_goal.shares_with(&of_kpi) {
            continue;
        }
        let Some(goal_leads) = beyond.get_or_insert_with(|| leads_to(context, &of_goal.metrics)) else { return };
        let Some(kpi_leads) = leads_to(context, &of_kpi.metrics) else { continue };
        if goal_leads.is_disjoint(&kpi_leads) {
            untied.push(kpi);
        }
    }
    let Some((first, more)) = untied.split_first() else { return };
    let mut names: Vec<String> = untied.iter().map(|k| format!("`{}`", k.text)).collect();
    names.dedup();
    let (kpis, names) = (if names.len() == 1 { "KPI" } else { "KPIs" }, names.join(", "));
    let subject = goal.subject_text();
    let metric = |formula: &Formula| match formula.node {
        Node::Metric(id) => Some(written(context.metric_name(id))),
        _ => None,
    };
    let help = match (metric(&first.value), goal.subject().and_then(metric)) {
        (Some(kpi), Some(aim)) => format!(
            "say where it is defined which moves which: `metric {kpi} = … drives {aim}`, or the other way round"
        ),
        _ => "give it a metric of its own that says what it drives".to_owned(),
    };
    let mut finding =
        Finding::new(format!("nothing in the plan ties the {kpis} {names} to `{subject}`"), first.at, "KPI");
    for kpi in more {
        finding = finding.and(kpi.at, "KPI");
    }
    found.say(
        finding
            .and(goal.subject_place(), "goal")
            .because(
                "They read different tables, and no formula and no `drives` joins them: a KPI shows early where its \
                 goal is going only if one moves the other.",
            )
            .help(help),
    );
}

/// What a formula reads, however far down.
struct Reads {
    metrics: Vec<MetricId>,
    tables: Vec<TableId>,
}

impl Reads {
    /// `None` where it reads no metric and no table, or through a let or a budget: what that stands for isn't looked into.
    fn of(context: &Context<'_>, formula: &Formula) -> Option<Self> {
        let mut reads = Self { metrics: Vec::new(), tables: Vec::new() };
        let mut clear = true;
        context.visit(formula, &mut |f| match &f.node {
            Node::Metric(id) => reads.metrics.push(*id),
            Node::Aggregate(a) => reads.tables.push(a.table),
            Node::Let(_) | Node::Budget(_) => clear = false,
            _ => {}
        });
        (clear && !(reads.metrics.is_empty() && reads.tables.is_empty())).then_some(reads)
    }

    fn shares_with(&self, other: &Self) -> bool {
        self.metrics.iter().any(|m| other.metrics.contains(m)) || self.tables.iter().any(|t| other.tables.contains(t))
    }
}

/// The statements of these metrics and of all that read them or say that they drive them, however far on; `None` where
/// they are too many to follow.
fn leads_to(context: &Context<'_>, metrics: &[MetricId]) -> Option<HashSet<u32>> {
    let uses = context.uses();
    let at = |id: &MetricId| context.plan.metrics.get_index(*id)?.1.at;
    let mut open: Vec<u32> =
        metrics.iter().filter_map(|id| Some(context.number(at(id)?)? as u32)).collect();
    let mut reached: HashSet<u32> = open.iter().copied().collect();
    while let Some(number) = open.pop() {
        if reached.len() > FAR {
            return None;
        }
        let is_metric = |n: &u32| {
            let statement = context.statements().get(*n as usize);
            statement.is_some_and(|(_, s)| matches!(s.node, StatementKind::Metric(_)))
        };
        for next in uses.users(number as usize).iter().copied().filter(is_metric) {
            if reached.insert(next) {
                open.push(next);
            }
        }
    }
    Some(reached)
}
