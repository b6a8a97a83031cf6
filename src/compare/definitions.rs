//! Definitions that changed under goals: metrics, segments, lets, tables, campaigns, exclusions. Only roots are named: a
//! metric whose formula is the same over another metric that changed isn't one.

use super::meaning::{exclude_key, fixed, row, table_key, without_spaces};
use super::{Side, Through, scope};
use crate::eval::words::visit;
use crate::model::one_line;
use crate::model::plan::{Checkpoint, Condition, Formula, From, Goal, GoalBody, Node, Plan, TableId, Target};
use crate::quantity::Digits;
use crate::source::{Loc, Span};
use crate::syntax::tree::{CampaignClause, MetricClause, StatementKind, TableClause};
use indexmap::{IndexMap, IndexSet};

/// What a definition is called: its kind and its name.
pub(super) type Name = (&'static str, String);

/// Every definition that both plans have and that says something else now, in the order of the new plan.
pub(super) fn changed(old: &Side<'_>, new: &Side<'_>) -> IndexMap<Name, Through> {
    let mut found = IndexMap::new();
    let (a, b) = (old.plan(), new.plan());
    let mut say = |kind: &'static str, name: &str, texts: (Option<String>, Option<String>), how: Option<String>| {
        let through = Through { kind, name: name.to_owned(), old: texts.0, new: texts.1, how };
        found.insert((kind, name.to_owned()), through);
    };
    for (name, table) in &b.tables {
        if let Some(before) = a.tables.get(name)
            && table_key(before) != table_key(table)
        {
            let how = scope::compare(before.source.filter.as_ref(), table.source.filter.as_ref()).word();
            say("table", name, (words(old, before.at), words(new, table.at)), how.map(str::to_owned));
        }
    }
    for (name, segment) in &b.segments {
        if let Some(before) = a.segments.get(name)
            && row(&before.condition.row) != row(&segment.condition.row)
            && without_spaces(&before.condition.text) != without_spaces(&segment.condition.text)
        {
            let how = scope::compare(Some(&before.condition.row), Some(&segment.condition.row)).word();
            let texts = (Some(before.condition.text.clone()), Some(segment.condition.text.clone()));
            say("segment", name, texts, how.map(str::to_owned));
        }
    }
    for (name, value) in &b.lets {
        if let Some(before) = a.lets.get(name)
            && old.whole.formula(&before.value) != new.whole.formula(&value.value)
            && old.own.formula(&before.value) != new.own.formula(&value.value)
        {
            let how = difference((a, &before.value), (b, &value.value));
            say("let", name, (Some(before.text.clone()), Some(value.text.clone())), how);
        }
    }
    for (id, (name, metric)) in b.metrics.iter().enumerate() {
        if let Some((before, _, was)) = a.metrics.get_full(name)
            && old.whole.metric_itself(before) != new.whole.metric_itself(id)
            && old.own.metric_itself(before) != new.own.metric_itself(id)
        {
            let text = |side, at: Option<Loc>, text: &String| words(side, at).or_else(|| Some(text.clone()));
            say("metric", name, (text(old, was.at, &was.text), text(new, metric.at, &metric.text)), None);
        }
    }
    for (name, campaign) in &b.campaigns {
        if let Some(before) = a.campaigns.get(name)
            && campaign_key(old, before) != campaign_key(new, campaign)
        {
            say("campaign", name, (words(old, Some(before.at)), words(new, Some(campaign.at))), None);
        }
    }
    excludes(a, b, &mut say);
    found
}

fn excludes(
    a: &Plan,
    b: &Plan,
    say: &mut impl FnMut(&'static str, &str, (Option<String>, Option<String>), Option<String>),
) {
    let keys = |plan: &Plan| plan.excludes.iter().map(|e| exclude_key(plan, e)).collect::<IndexSet<_>>();
    let (before, after) = (keys(a), keys(b));
    let text = |plan: &Plan, e: &crate::model::plan::Exclude| {
        let table = e.table.and_then(|t| plan.tables.get_index(t)).map(|(name, _)| format!(" from {name}"));
        Some(format!("{}{} because {:?}", e.period, table.unwrap_or_default(), e.because))
    };
    for e in b.excludes.iter().filter(|e| !before.contains(&exclude_key(b, e))) {
        say("exclude", &e.period.to_string(), (None, text(b, e)), None);
    }
    for e in a.excludes.iter().filter(|e| !after.contains(&exclude_key(a, e))) {
        say("exclude", &e.period.to_string(), (text(a, e), None), None);
    }
}

fn campaign_key(side: &Side<'_>, c: &crate::model::plan::Campaign) -> String {
    let budget = c.budget.as_ref().map(|b| side.own.formula(b));
    format!("{:?} {budget:?} {:?}", c.window, c.filter.as_ref().map(|f| side.whole.condition(f)))
}

/// `10M less`, where both are fixed numbers.
fn difference((a, x): (&Plan, &Formula), (b, y): (&Plan, &Formula)) -> Option<String> {
    let (old, new) = (fixed(a, x)?, fixed(b, y)?);
    let by = Digits::of(&y.gives.unit(), &[old, new]).difference(old.max(new), old.min(new));
    Some(format!("{by} {}", if new > old { "more" } else { "less" }))
}

/// A definition as written on one line: all of it that bears on numbers.
fn words(side: &Side<'_>, at: Option<Loc>) -> Option<String> {
    let at = at?;
    let text = |span: Span| one_line(side.context.text(Loc { file: at.file, span }));
    let mut spans: Vec<Span> = Vec::new();
    match side.context.statement(at)? {
        StatementKind::Metric(m) => {
            spans.push(m.value.span);
            let bears = |c: &MetricClause| !matches!(c, MetricClause::About(_) | MetricClause::Drives(_));
            spans.extend(m.clauses.iter().filter(|c| bears(&c.node)).map(|c| c.span));
        }
        StatementKind::Table(t) => {
            spans.push(t.from.span);
            spans.extend(t.clauses.iter().filter(|c| !matches!(c.node, TableClause::About(_))).map(|c| c.span));
        }
        StatementKind::Campaign(c) => {
            spans.push(c.period.span);
            spans.extend(c.clauses.iter().filter(|c| !matches!(c.node, CampaignClause::About(_))).map(|c| c.span));
        }
        _ => return None,
    }
    Some(spans.into_iter().map(text).collect::<Vec<_>>().join(" "))
}

/// The definitions that a goal's meaning hangs on, each once.
pub(super) fn reached(plan: &Plan, goal: &Goal) -> IndexSet<Name> {
    let mut walk = Walk { plan, names: IndexSet::new() };
    let of_target = |t: &Target| t.kind.expressions().into_iter().cloned().collect::<Vec<_>>();
    match &goal.body {
        GoalBody::Measured { subject, .. } => walk.formula(subject),
        GoalBody::Rows { table, text, .. } => {
            walk.table(*table);
            walk.text(text);
        }
        GoalBody::Combined { .. } => {}
    }
    if let Some(filter) = &goal.filter {
        walk.condition(filter);
    }
    if let Some(From::Value(value)) = &goal.from {
        walk.formula(value);
    }
    let mut targets: Vec<&Target> = super::times::targets(goal).iter().collect();
    for kpi in goal.kpis.iter().chain(&goal.guardrails) {
        walk.formula(&kpi.value);
        targets.extend(&kpi.target);
    }
    targets.extend(goal.checkpoints.iter().filter_map(|c| match c {
        Checkpoint::At(_, target) => target.as_ref(),
        Checkpoint::Every(_) => None,
    }));
    for formula in targets.into_iter().flat_map(of_target).chain(goal.cap.clone()) {
        walk.formula(&formula);
    }
    use crate::model::plan::Timing;
    if let Timing::In { campaign: Some(id), .. } | Timing::Every { campaign: Some(id), .. } = goal.timing {
        walk.campaign(id);
    }
    walk.names
}

/// The definitions that a formula hangs on, each once.
pub(super) fn reached_by(plan: &Plan, formula: &Formula) -> IndexSet<Name> {
    let mut walk = Walk { plan, names: IndexSet::new() };
    walk.formula(formula);
    walk.names
}

struct Walk<'a> {
    plan: &'a Plan,
    names: IndexSet<Name>,
}

impl Walk<'_> {
    fn formula(&mut self, formula: &Formula) {
        let plan = self.plan;
        let mut lets = Vec::new();
        visit(plan, formula, &mut |f| match &f.node {
            Node::Metric(id) => {
                if let Some((name, _)) = plan.metrics.get_index(*id) {
                    self.names.insert(("metric", name.clone()));
                }
            }
            Node::Let(id) => lets.push(*id),
            Node::Budget(id) | Node::Campaign(_, id) => self.campaign(*id),
            Node::Aggregate(a) => {
                self.table(a.table);
                self.text(&a.text);
                a.filter.iter().for_each(|c| self.condition(c));
            }
            Node::Filter(_, condition) => self.condition(condition),
            _ => {}
        });
        for id in lets {
            let Some((name, value)) = plan.lets.get_index(id) else { continue };
            if self.names.insert(("let", name.clone())) {
                self.formula(&value.value);
            }
        }
    }

    fn campaign(&mut self, id: usize) {
        let plan = self.plan;
        let Some((name, campaign)) = plan.campaigns.get_index(id) else { return };
        if self.names.insert(("campaign", name.clone())) {
            campaign.filter.iter().for_each(|c| self.condition(c));
            campaign.budget.iter().for_each(|b| self.formula(b));
        }
    }

    fn table(&mut self, id: TableId) {
        let Some((name, _)) = self.plan.tables.get_index(id) else { return };
        self.names.insert(("table", name.clone()));
        self.names.extend(self.plan.excludes_of(id).map(|e| ("exclude", e.period.to_string())));
    }

    fn condition(&mut self, condition: &Condition) {
        self.text(&condition.text);
    }

    /// Segments and lets that a condition names. A column of such a name may be meant: then nothing that changed is
    /// reached through it but by accident.
    fn text(&mut self, text: &str) {
        let plan = self.plan;
        for word in names_in(text) {
            if let Some(segment) = plan.segments.get(word)
                && self.names.insert(("segment", word.to_owned()))
            {
                self.condition(&segment.condition);
            }
            if let Some(value) = plan.lets.get(word)
                && self.names.insert(("let", word.to_owned()))
            {
                self.formula(&value.value);
            }
        }
    }
}

/// The names in a condition: words outside of quotes.
fn names_in(text: &str) -> impl Iterator<Item = &str> {
    let outside = text.split('"').step_by(2);
    outside.flat_map(|part| part.split(|c: char| !(c.is_alphanumeric() || c == '_'))).filter(|w| !w.is_empty())
}
