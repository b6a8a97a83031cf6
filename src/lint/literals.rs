//! The texts that a plan compares with columns, beside the values that those columns have. Knows where conditions go,
//! and no rule.

use super::observed::Observed;
use super::rows::{argument, parts};
use super::written;
use crate::model::plan::{Condition, Formula, From, Goal, GoalBody, Kpi, Node, TableId, Target, Timing};
use crate::query::{Cell, Row, RowOp};
use crate::source::Loc;
use indexmap::IndexMap;
use std::collections::HashMap;

/// A text that no row of a table has in the column that it is compared with.
#[derive(Debug)]
pub struct Absent<'w, 'a> {
    /// The column.
    pub column: &'a str,
    /// The text.
    pub text: &'a str,
    /// The table whose rows are asked.
    pub table: TableId,
    /// Where the text is written; else where the condition is.
    pub at: Loc,
    /// True where the text itself stands at `at`, so that it can be replaced.
    pub exact: bool,
    /// True where it is to be left out: `<>`, `not in`.
    pub negated: bool,
    /// The values that the column has, each with its rows.
    pub values: &'w IndexMap<String, Cell>,
    /// What the writer may have meant.
    pub kin: Kin<'w>,
    /// The goals that it concerns, by number.
    pub goals: Vec<usize>,
}

/// What is like a text among the values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Kin<'w> {
    /// The same but for case and the white space around it.
    Spelling(Vec<&'w str>),
    /// A letter or two apart.
    Near(&'w str),
    /// Nothing.
    None,
}

/// Who compares.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Owner {
    Goal(usize),
    Metric(usize),
    Other,
}

/// A row expression that is worked out over a table.
struct Use<'a> {
    row: &'a Row,
    at: Loc,
    table: TableId,
    owner: Owner,
    /// True where the rows that it is about are still to come.
    waits: bool,
}

/// A comparison of a column with a text.
struct Fact<'a> {
    column: &'a str,
    text: &'a str,
    negated: bool,
    /// The list that it stands in.
    among: &'a [Row],
}

/// The texts that no row has, each place and table once, in the order of the plan. Silent where nothing says that it is
/// a mistake: a value without a like one may come yet in a table in which silence means none (`sparse`), before a
/// campaign or goal begins, in a list of which other values are there; and a condition that goes to several tables may
/// be meant for one of them.
pub fn absent<'w, 'a>(observed: &Observed<'w, 'a>) -> Vec<Absent<'w, 'a>> {
    let uses = Uses::of(observed);
    let mut present: HashMap<(Loc, &str, &str), bool> = HashMap::new();
    let mut missing: Vec<(&Use<'a>, Fact<'a>, &'w IndexMap<String, Cell>)> = Vec::new();
    for use_ in &uses.all {
        facts(use_.row, false, &mut |fact| {
            let Some(values) = values(observed, use_.table, fact.column) else { return };
            let found = values.contains_key(fact.text);
            *present.entry((use_.at, fact.column, fact.text)).or_default() |= found;
            if !found && !values.is_empty() && !kept_out(observed, use_.table, &fact) {
                missing.push((use_, fact, values));
            }
        });
    }
    let mut out: IndexMap<(Loc, TableId), Absent<'w, 'a>> = IndexMap::new();
    for (use_, fact, values) in missing {
        let kin = kin(fact.text, values);
        let elsewhere = present.get(&(use_.at, fact.column, fact.text)).copied().unwrap_or_default();
        if kin == Kin::None && (elsewhere || may_come(observed, use_, &fact, values)) {
            continue;
        }
        let place = written::place(observed.context, use_.at, fact.column, fact.text);
        let at = place.unwrap_or(use_.at);
        let entry = out.entry((at, use_.table)).or_insert_with(|| Absent {
            column: fact.column,
            text: fact.text,
            table: use_.table,
            at,
            exact: place.is_some(),
            negated: fact.negated,
            values,
            kin,
            goals: Vec::new(),
        });
        entry.goals.extend(goals_of(observed, use_.owner));
    }
    out.into_values().collect()
}

/// The values of a column of texts.
fn values<'w>(observed: &Observed<'w, '_>, table: TableId, column: &str) -> Option<&'w IndexMap<String, Cell>> {
    let info = observed.world.infos.get(table).copied().flatten()?;
    let text = info.columns.get(column).is_some_and(|kind| kind.is_text());
    text.then(|| observed.column_values(table, column)).flatten()
}

/// True where the table's own `where` speaks of that value: nobody wonders that it isn't there.
fn kept_out(observed: &Observed<'_, '_>, table: TableId, fact: &Fact<'_>) -> bool {
    let filter = observed.context.plan.tables.get_index(table).and_then(|(_, t)| t.source.filter.as_ref());
    let mut found = false;
    if let Some(row) = filter {
        facts(row, false, &mut |own| found |= own.column == fact.column && own.text == fact.text);
    }
    found
}

fn may_come(observed: &Observed<'_, '_>, use_: &Use<'_>, fact: &Fact<'_>, values: &IndexMap<String, Cell>) -> bool {
    let sparse = observed.world.timelines.get(use_.table).is_some_and(|t| t.sparse);
    let listed = |row: &Row| matches!(row, Row::Text(t) if values.contains_key(t));
    sparse || use_.waits || fact.among.iter().any(listed)
}

/// The goals of a goal's or metric's condition.
fn goals_of(observed: &Observed<'_, '_>, owner: Owner) -> Vec<usize> {
    match owner {
        Owner::Goal(number) => vec![number],
        Owner::Metric(id) => {
            let goals = observed.context.goals.iter();
            let reads = |f: &Formula| observed.context.plan.metrics.get_index(id).is_some() && reads(observed, f, id);
            goals.filter(|g| g.subject().is_some_and(reads)).map(|g| g.number).collect()
        }
        Owner::Other => Vec::new(),
    }
}

fn reads(observed: &Observed<'_, '_>, formula: &Formula, metric: usize) -> bool {
    let mut found = false;
    crate::eval::words::visit(observed.context.plan, formula, &mut |f| {
        found |= matches!(f.node, Node::Metric(id) if id == metric);
    });
    found
}

/// What is like a text: its own spelling with other case or white space, else the nearest within a letter in four whose
/// digits are the same (`tier1` isn't `tier2`).
fn kin<'w>(text: &str, values: &'w IndexMap<String, Cell>) -> Kin<'w> {
    let plain = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let own = plain(text);
    let spelling: Vec<&str> = values.keys().filter(|v| plain(v) == own).map(String::as_str).collect();
    if !spelling.is_empty() {
        return Kin::Spelling(spelling);
    }
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
    let limit = own.chars().count() / 4;
    let near = values.keys().filter(|v| v.chars().count().abs_diff(text.chars().count()) <= limit + 1);
    let near = near.filter(|v| digits(v) == digits(text));
    let near = near.map(|v| (strsim::damerau_levenshtein(&own, &plain(v)), v)).filter(|(d, _)| *d <= limit);
    near.min().map_or(Kin::None, |(_, v)| Kin::Near(v))
}

/// Calls `see` for each comparison of a column with a text.
fn facts<'a>(row: &'a Row, negated: bool, see: &mut dyn FnMut(Fact<'a>)) {
    match row {
        Row::Binary(op @ (RowOp::Equal | RowOp::NotEqual), a, b) => {
            let negated = negated != (*op == RowOp::NotEqual);
            if let (Row::Column(column), Row::Text(text)) | (Row::Text(text), Row::Column(column)) = (&**a, &**b) {
                see(Fact { column, text, negated, among: &[] });
            }
        }
        Row::In(of, values) => {
            for value in values {
                if let (Row::Column(column), Row::Text(text)) = (&**of, value) {
                    see(Fact { column, text, negated, among: values });
                }
            }
        }
        Row::Not(x) => facts(x, !negated, see),
        _ => {}
    }
    if !matches!(row, Row::Not(_)) {
        parts(row).into_iter().for_each(|x| facts(x, negated, see));
    }
}

/// All row expressions of a plan with the tables that they go to.
struct Uses<'o, 'w, 'a> {
    observed: &'o Observed<'w, 'a>,
    all: Vec<Use<'a>>,
}

impl<'o, 'w, 'a> Uses<'o, 'w, 'a> {
    fn of(observed: &'o Observed<'w, 'a>) -> Self {
        let mut uses = Self { observed, all: Vec::new() };
        let plan = observed.context.plan;
        for (id, metric) in plan.metrics.values().enumerate() {
            uses.formula(&metric.value, Owner::Metric(id), false);
        }
        plan.lets.values().for_each(|l| uses.formula(&l.value, Owner::Other, false));
        plan.campaigns.values().filter_map(|c| c.budget.as_ref()).for_each(|b| uses.formula(b, Owner::Other, false));
        plan.goals.values().enumerate().for_each(|(number, goal)| uses.goal(goal, Owner::Goal(number)));
        plan.milestones.values().filter_map(|m| m.when.as_ref()).for_each(|w| uses.formula(w, Owner::Other, true));
        plan.alerts.values().for_each(|a| uses.formula(&a.condition, Owner::Other, false));
        uses
    }

    fn goal(&mut self, goal: &'a Goal, owner: Owner) {
        let begins = match &goal.timing {
            Timing::In { window, .. } => Some(window.start),
            Timing::Every { over, .. } => over.map(|w| w.start),
            _ => None,
        };
        let waits = begins.is_some_and(|begin| begin >= self.observed.world.as_of);
        let tables = match &goal.body {
            GoalBody::Measured { subject, targets, .. } => {
                self.formula(subject, owner, waits);
                targets.iter().for_each(|t| self.target(t, owner, waits));
                self.observed.world.tables(subject)
            }
            GoalBody::Rows { table, value, targets, .. } => {
                self.all.push(Use { row: value, at: goal.at, table: *table, owner, waits });
                targets.iter().for_each(|t| self.target(t, owner, waits));
                vec![*table]
            }
            GoalBody::Combined { .. } => Vec::new(),
        };
        if let Some(filter) = &goal.filter {
            self.condition(filter, &tables, owner, waits);
        }
        if let Timing::In { campaign: Some(id), .. } | Timing::Every { campaign: Some(id), .. } = &goal.timing {
            self.campaign(*id, &tables, owner);
        }
        for Kpi { value, target, .. } in goal.kpis.iter().chain(&goal.guardrails) {
            self.formula(value, owner, waits);
            target.iter().for_each(|t| self.target(t, owner, waits));
        }
        goal.cap.iter().for_each(|cap| self.formula(cap, owner, waits));
        if let Some(From::Value(value)) = &goal.from {
            self.formula(value, owner, waits);
        }
    }

    fn target(&mut self, target: &'a Target, owner: Owner, waits: bool) {
        target.kind.expressions().into_iter().for_each(|f| self.formula(f, owner, waits));
    }

    /// What stands in a formula itself; metrics and lets are looked at by themselves.
    fn formula(&mut self, formula: &'a Formula, owner: Owner, waits: bool) {
        match &formula.node {
            Node::Aggregate(a) => {
                if let Some(condition) = &a.filter {
                    self.condition(condition, &[a.table], owner, waits);
                }
                if let Some(row) = argument(&a.measure) {
                    self.all.push(Use { row, at: formula.at, table: a.table, owner, waits });
                }
            }
            Node::Filter(x, condition) => {
                let tables = self.observed.world.tables(x);
                self.condition(condition, &tables, owner, waits);
            }
            Node::Campaign(x, id) => {
                let tables = self.observed.world.tables(x);
                self.campaign(*id, &tables, owner);
            }
            _ => {}
        }
        formula.node.parts().into_iter().for_each(|x| self.formula(x, owner, waits));
    }

    fn condition(&mut self, condition: &'a Condition, tables: &[TableId], owner: Owner, waits: bool) {
        let reached = tables.iter().filter(|t| self.observed.world.reaches(condition, **t).is_ok());
        let uses = reached.map(|table| Use { row: &condition.row, at: condition.at, table: *table, owner, waits });
        self.all.extend(uses.collect::<Vec<_>>());
    }

    fn campaign(&mut self, id: usize, tables: &[TableId], owner: Owner) {
        let Some((_, campaign)) = self.observed.context.plan.campaigns.get_index(id) else { return };
        if let Some(filter) = &campaign.filter {
            let waits = campaign.window.start >= self.observed.world.as_of;
            self.condition(filter, tables, owner, waits);
        }
    }
}
