//! Which statement uses which: by the names it mentions, and by the tables that its formulas read. Knows no rule.

use super::context::Context;
use super::mentions::{Mention, mentions};
use crate::model::plan::{Formula, From, GoalBody, Kpi, Node, Over, Plan, TableId};
use crate::model::plan_test::Expectation;
use crate::source::{Loc, Span};
use crate::syntax::tree::StatementKind;
use rayon::prelude::*;
use std::collections::HashMap;

/// Which statement uses which, by their numbers in [`Context`]. No statement uses itself.
#[derive(Debug, Default)]
pub struct Uses {
    used: Lists,
    users: Lists,
    /// What formulas and conditions can mention, and nothing uses.
    idle: Vec<u32>,
    /// Goals `for each campaign`, which use all of them, or may.
    over_campaigns: Vec<u32>,
}

/// A list of statements for each statement, one behind the other.
#[derive(Debug, Default)]
struct Lists {
    starts: Vec<u32>,
    all: Vec<u32>,
}

impl Lists {
    /// From pairs in order.
    fn of(count: usize, pairs: &[(u32, u32)]) -> Self {
        let mut starts = vec![0; count + 1];
        pairs.iter().for_each(|(from, _)| starts[*from as usize + 1] += 1);
        (0..count).for_each(|i| starts[i + 1] += starts[i]);
        Self { starts, all: pairs.iter().map(|(_, to)| *to).collect() }
    }

    fn get(&self, number: usize) -> &[u32] {
        let (Some(from), Some(to)) = (self.starts.get(number), self.starts.get(number + 1)) else { return &[] };
        self.all.get(*from as usize..*to as usize).unwrap_or_default()
    }
}

impl Uses {
    pub(super) fn of(context: &Context<'_>) -> Self {
        let names = Names::of(context);
        let count = context.statements().len();
        let mentioned = (0..count).into_par_iter().with_min_len(FEW).flat_map_iter(|number| names.mentioned(number));
        let mut pairs: Vec<(u32, u32)> = mentioned.collect();
        pairs.extend(tables_read(context));
        pairs.par_sort_unstable();
        pairs.dedup();
        let used = Lists::of(count, &pairs);
        pairs.par_iter_mut().for_each(|pair| *pair = (pair.1, pair.0));
        pairs.par_sort_unstable();
        // Without data it isn't known whether a column is called that.
        let over = |g: &&super::GoalView<'_>| match &g.goal.quantifier {
            Some((_, Over::Campaigns)) => true,
            Some((_, Over::Dimension(name))) => matches!(name.as_str(), "campaign" | "campaigns"),
            _ => false,
        };
        let over_campaigns = context.goals.iter().filter(over).filter_map(|g| Some(context.number(g.goal.at)? as u32));
        let users = Lists::of(count, &pairs);
        let statements = context.statements().iter().enumerate();
        let idle = statements.filter(|(n, (_, s))| users.get(*n).is_empty() && declared(&s.node).is_some());
        let idle = idle.map(|(n, _)| n as u32).collect();
        Self { used, users, idle, over_campaigns: over_campaigns.collect() }
    }

    /// What a statement uses, in the order of the plan; goals `for each campaign` all of these beside.
    pub fn used(&self, number: usize) -> &[u32] {
        self.used.get(number)
    }

    /// What uses a statement, in the order of the plan.
    pub fn users(&self, number: usize) -> &[u32] {
        self.users.get(number)
    }

    /// The goals `for each campaign`, which use every campaign unless a column is called that.
    pub fn over_campaigns(&self) -> &[u32] {
        &self.over_campaigns
    }
}

/// With fewer statements than this, threads cost more than they bring.
const FEW: usize = 512;

/// Who is called what.
struct Names<'c, 'a> {
    context: &'c Context<'a>,
    /// The last statement of each name, objectives and goals aside.
    last: HashMap<&'a str, u32>,
    /// The one before it of the same name.
    before: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl<'c, 'a> Names<'c, 'a> {
    fn of(context: &'c Context<'a>) -> Self {
        let mut last = HashMap::with_capacity(context.statements().len());
        let mut before = vec![NONE; context.statements().len()];
        for (number, (_, statement)) in context.statements().iter().enumerate() {
            if let Some((name, _)) = declared(&statement.node)
                && let Some(earlier) = last.insert(name, number as u32)
                && let Some(before) = before.get_mut(number)
            {
                *before = earlier;
            }
        }
        Self { context, last, before }
    }

    /// The statement, with each of those that it mentions.
    fn mentioned(&self, number: usize) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        let Some((_, statement)) = self.context.statements().get(number) else { return pairs };
        let plan = self.context.plan;
        mentions(statement, &mut |mention| {
            let at = match mention {
                Mention::Value(name) | Mention::Row(name) => return self.called(number, name, mention, &mut pairs),
                Mention::Objective(name) => plan.objectives.get(name).map(|o| o.at),
                Mention::Goal(name) => plan.goals.get(name).map(|g| g.at),
            };
            let to = at.and_then(|at| self.context.number(at)).filter(|to| *to != number);
            pairs.extend(to.map(|to| (number as u32, to as u32)));
        });
        pairs
    }

    fn called(&self, number: usize, name: &str, mention: Mention<'_>, pairs: &mut Vec<(u32, u32)>) {
        let mut to = self.last.get(name).copied().unwrap_or(NONE);
        while let Some((_, statement)) = self.context.statements().get(to as usize) {
            if to as usize != number && can_be(mention, &statement.node) {
                pairs.push((number as u32, to));
            }
            to = self.before.get(to as usize).copied().unwrap_or(NONE);
        }
    }
}

fn can_be(mention: Mention<'_>, statement: &StatementKind) -> bool {
    match statement {
        StatementKind::Metric(_) => matches!(mention, Mention::Value(_)),
        StatementKind::Segment(_) => matches!(mention, Mention::Row(_)),
        StatementKind::Let(_) | StatementKind::Campaign(_) | StatementKind::Table(_) => true,
        _ => false,
    }
}

/// The name that formulas and conditions can mention, and its place.
pub fn declared(statement: &StatementKind) -> Option<(&str, Span)> {
    let name = match statement {
        StatementKind::Table(t) => &t.name,
        StatementKind::Segment(s) => &s.name,
        StatementKind::Let(l) => &l.name,
        StatementKind::Metric(m) => &m.name,
        StatementKind::Campaign(c) => &c.name,
        _ => return None,
    };
    Some((&name.node, name.span))
}

/// Which statements read which tables by columns alone, where no name says so.
fn tables_read(context: &Context<'_>) -> Vec<(u32, u32)> {
    let plan = context.plan;
    let tables: Vec<Option<u32>> = plan.tables.values().map(|t| Some(context.number(t.at?)? as u32)).collect();
    let pairs = |at: Loc, formulas: &[&Formula]| {
        let number = context.number(at).map(|n| n as u32);
        let mut found = Vec::new();
        formulas.iter().for_each(|f| own_tables(plan, f, &mut found));
        let found = found.into_iter().filter_map(|t| tables.get(t).copied().flatten());
        found.filter_map(move |t| Some((number?, t))).collect::<Vec<_>>()
    };
    let (metrics, lets) = (plan.metrics.values(), plan.lets.values());
    let mut all: Vec<(u32, u32)> = context
        .goals
        .par_iter()
        .with_min_len(FEW)
        .flat_map_iter(|g| {
            let row_table = match &g.goal.body {
                GoalBody::Rows { table, .. } => tables.get(*table).copied().flatten(),
                _ => None,
            };
            let own = row_table.and_then(|t| Some((context.number(g.goal.at)? as u32, t)));
            pairs(g.goal.at, &formulas_of(g.goal)).into_iter().chain(own)
        })
        .collect();
    all.extend(metrics.filter_map(|m| Some((m.at?, m))).flat_map(|(at, m)| {
        let cap = m.cap.as_ref();
        pairs(at, &[&m.value].into_iter().chain(cap).collect::<Vec<_>>())
    }));
    all.extend(lets.flat_map(|l| pairs(l.at, &[&l.value])));
    all.extend(plan.campaigns.values().filter_map(|c| Some(pairs(c.at, &[c.budget.as_ref()?]))).flatten());
    all.extend(plan.alerts.values().flat_map(|a| pairs(a.at, &[&a.condition])));
    all.extend(plan.milestones.values().filter_map(|m| Some(pairs(m.at, &[m.when.as_ref()?]))).flatten());
    for test in &plan.tests {
        let Some(number) = context.number_around(test.at) else { continue };
        let Some(at) = context.place(number) else { continue };
        for expected in &test.expected {
            if let Expectation::Holds(condition) = &expected.what {
                all.extend(pairs(at, &[condition]));
            }
        }
    }
    all
}

/// All formulas that stand in a goal.
fn formulas_of(goal: &crate::model::plan::Goal) -> Vec<&Formula> {
    let mut all: Vec<&Formula> = Vec::new();
    if let GoalBody::Measured { subject, targets, .. } = &goal.body {
        all.push(subject);
        targets.iter().for_each(|t| all.extend(t.kind.expressions()));
    }
    if let GoalBody::Rows { targets, .. } = &goal.body {
        targets.iter().for_each(|t| all.extend(t.kind.expressions()));
    }
    for Kpi { value, target, .. } in goal.kpis.iter().chain(&goal.guardrails) {
        all.push(value);
        target.iter().for_each(|t| all.extend(t.kind.expressions()));
    }
    if let Some(From::Value(value)) = &goal.from {
        all.push(value);
    }
    all.extend(&goal.cap);
    all
}

/// The tables of the aggregates that stand in a formula itself: metrics and lets that it names speak for themselves.
fn own_tables(plan: &Plan, formula: &Formula, found: &mut Vec<TableId>) {
    let mut open = vec![formula];
    while let Some(f) = open.pop() {
        match &f.node {
            Node::Aggregate(a) => found.push(a.table),
            Node::Metric(id) => {
                // What no statement describes is a column of a table.
                let implicit = plan.metrics.get_index(*id).map(|(_, m)| m).filter(|m| m.implicit);
                open.extend(implicit.map(|m| &m.value));
            }
            node => open.extend(node.parts()),
        }
    }
}

/// The declarations of one sort that nothing uses, each with its name's place. Those of files that others import, or that
/// hold no goal, are made for other plans: they are left out.
pub fn unused<'a>(context: &Context<'a>, sort: fn(&StatementKind) -> bool) -> Vec<(&'a str, Loc)> {
    let uses = context.uses();
    let of_its_own = own_files(context);
    let mut found = Vec::new();
    for number in uses.idle.iter().map(|n| *n as usize) {
        if let Some((file, statement)) = context.statements().get(number)
            && sort(&statement.node)
            && of_its_own.get(file.0 as usize).copied().unwrap_or_default()
            && let Some((name, span)) = declared(&statement.node)
        {
            found.push((name, Loc { file: *file, span }));
        }
    }
    found
}

/// By file: true where it holds a goal and no other file imports it.
fn own_files(context: &Context<'_>) -> Vec<bool> {
    let mut own = vec![false; context.sources.files.len()];
    for goal in &context.goals {
        if let Some(own) = own.get_mut(goal.goal.at.file.0 as usize) {
            *own = true;
        }
    }
    for file in context.imported() {
        if let Some(own) = own.get_mut(file.0 as usize) {
            *own = false;
        }
    }
    own
}
