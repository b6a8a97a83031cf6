//! What a plan claims: each target, indicator, guardrail and cap as bounds on a number over a window. Knows goals and
//! their windows; solves nothing.

use super::bound::{self, Bound, Lens};
use super::interval::Interval;
use super::shape::{FilterSet, ShapeId, Shapes};
use super::when::{self, Place, Steps, Stretch, Taken, When};
use crate::eval::{aim, subject};
use crate::lint::constant::number;
use crate::lint::{Context, GoalView};
use crate::model::kinds;
use crate::model::plan::{
    BinaryOp, CampaignId, Formula, From, Goal, GoalBody, Kind, MetricId, Node, Plan, TableId, Target, TargetKind,
    Timing,
};
use crate::source::Loc;
use crate::syntax::tree::{GoalClause, MetricClause, StatementKind};
use indexmap::IndexSet;
use std::collections::{HashMap, HashSet};

/// Who claims it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A goal's target.
    Goal(usize),
    /// An indicator's target, or a guardrail, of a goal.
    Beside(usize),
    /// A goal's cap.
    GoalCap(usize),
    /// A metric's cap.
    MetricCap(MetricId),
}

impl Owner {
    /// The goal's number.
    pub fn goal(self) -> Option<usize> {
        match self {
            Self::Goal(goal) | Self::Beside(goal) | Self::GoalCap(goal) => Some(goal),
            Self::MetricCap(_) => None,
        }
    }
}

/// One claim.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// Whose.
    pub owner: Owner,
    /// Where it is written.
    pub at: Loc,
    /// What it is about.
    pub subject: &'a Formula,
    /// The same as written.
    pub text: &'a str,
    /// The claim as written: `+25%`, `cap 20k`.
    pub wrote: &'a str,
    /// What it is about, as a shape.
    pub shape: ShapeId,
    /// Where it is taken, by its number among the moments.
    pub moment: usize,
    /// What is claimed.
    pub bound: Bound,
}

/// Collects the claims of a plan.
pub struct Claims<'c, 'a> {
    context: &'c Context<'a>,
    /// What the formulas are made of.
    pub shapes: Shapes<'a>,
    /// The steps of each table.
    pub steps: Vec<Steps>,
    known: HashMap<MetricId, Option<Read>>,
    capped: HashSet<(MetricId, Place)>,
    any_cap: bool,
    /// True where some target is about the change itself, so that the signs of others matter.
    any_change: bool,
    /// Where numbers are taken, and where what they are compared with: of ratios and changes.
    moments: Moments,
    found: Vec<Claim<'a>>,
}

/// Places, each with its baseline's, by number.
pub type Moments = IndexSet<(Place, Option<Place>)>;

/// What a formula reads.
#[derive(Debug, Clone)]
struct Read {
    taken: Taken,
    tables: Vec<TableId>,
    /// Metrics with a cap that stand in it under no filter.
    capped: Vec<MetricId>,
}

impl<'c, 'a> Claims<'c, 'a> {
    /// All claims of the plan, in its order.
    pub fn of(context: &'c Context<'a>) -> (Vec<Claim<'a>>, Shapes<'a>, Moments, Vec<Steps>) {
        let plan = context.plan;
        let mut shapes = Shapes::new(plan);
        let steps = (0..plan.tables.len()).map(|id| steps_of(plan, &mut shapes, &[id])).collect();
        let any_cap = plan.metrics.values().any(|m| m.cap.is_some());
        let mut claims = Self {
            context,
            shapes,
            steps,
            known: HashMap::new(),
            capped: HashSet::new(),
            any_cap,
            any_change: context.goals.iter().any(changes),
            moments: Moments::new(),
            found: Vec::with_capacity(context.goals.len()),
        };
        let choices = choices(plan);
        for goal in &context.goals {
            if !choices.contains(goal.goal.name.as_str()) {
                claims.goal(goal);
            }
        }
        (claims.found, claims.shapes, claims.moments, claims.steps)
    }

    /// The claims of one goal that has to be met for certain at one moment, or in each period.
    fn goal(&mut self, view: &GoalView<'a>) -> Option<()> {
        let goal = view.goal;
        let GoalBody::Measured { subject, text, targets } = &goal.body else { return None };
        // A grace lets it be met later, and a run of periods leaves out some.
        let run = goal.hold.is_some() && matches!(goal.timing, Timing::Every { .. });
        if goal.quantifier.is_some() || goal.grace.is_some() || run {
            return None;
        }
        let target = aim::deciding(targets)?;
        let read = self.read(subject)?;
        let mut when = when::of_goal(&self.context.plan.facts, goal, &target.kind, &read.taken)?;
        if matches!(target.kind, TargetKind::FromTo(..)) {
            when.base = None;
        }
        let filters = self.filters(goal, &read, &read, false)?;
        let baseline = match &goal.from {
            Some(From::Value(value)) => Some(number(self.context.plan, value)?),
            _ => when::counts_up(goal, &target.kind, &read.taken).then_some(0.0),
        };
        let made = Made { owner: Owner::Goal(view.number), subject, text, filters, when };
        self.target(&made, target, &read, baseline, false);
        if let Some(cap) = goal.cap.as_ref().and_then(|cap| number(self.context.plan, cap)) {
            let at = view.clause(|c| matches!(c, GoalClause::Cap(_)).then_some(())).map(|(_, at)| at)?;
            let bound = Bound::value(Interval::at_most(cap, false));
            self.claim(&Made { owner: Owner::GoalCap(view.number), ..made }, at, bound);
        }
        for (beside, limit) in goal.kpis.iter().map(|k| (k, false)).chain(goal.guardrails.iter().map(|k| (k, true))) {
            let Some(wanted) = &beside.target else { continue };
            let Some(other) = self.read(&beside.value) else { continue };
            let own = (&read.taken, &when);
            let Some(when) = when::beside(goal, &target.kind, own, &other.taken) else { continue };
            let Some(filters) = self.filters(goal, &other, &read, true) else { continue };
            let owner = Owner::Beside(view.number);
            let made = Made { owner, subject: &beside.value, text: &beside.text, filters, when };
            self.target(&made, wanted, &other, None, limit);
        }
        Some(())
    }

    /// The goal's filters on a formula; nothing where only data tells whether they reach it.
    fn filters(&mut self, goal: &'a Goal, read: &Read, own: &Read, beside: bool) -> Option<FilterSet> {
        let mut set = 0;
        let reached = read.tables.iter().all(|t| own.tables.contains(t));
        if let Some(condition) = &goal.filter {
            set = self.shapes.with(set, condition, beside && !reached);
        }
        let campaign: Option<CampaignId> = match goal.timing {
            Timing::In { campaign, .. } | Timing::Every { campaign, .. } => campaign,
            _ => None,
        };
        if let Some(id) = campaign
            && self.context.plan.campaigns.get_index(id).is_some_and(|(_, c)| c.filter.is_some())
        {
            if beside && (own.tables.len() != 1 || !reached) {
                return None;
            }
            set = self.shapes.with_campaign(set, id, &read.tables);
        }
        Some(set)
    }

    fn target(&mut self, made: &Made<'a>, target: &'a Target, read: &Read, baseline: Option<f64>, limit: bool) {
        let plan = self.context.plan;
        let bounds = bound::of_target(plan, target, read.taken.direction, baseline, limit, self.any_change);
        if bounds.is_empty() {
            self.beside_past(made, target, read);
        }
        for bound in bounds {
            self.claim(made, target.at, bound);
            if bound.lens == Lens::Value && self.any_cap && made.filters == 0 {
                self.caps(read, made.when);
            }
        }
    }

    fn claim(&mut self, made: &Made<'a>, at: Loc, bound: Bound) -> Option<()> {
        let base = if bound.lens == Lens::Value { None } else { Some(made.when.base?) };
        let shape = self.shapes.of(made.subject, made.filters)?;
        let (moment, _) = self.moments.insert_full((made.when.now, base));
        let Made { owner, subject, text, .. } = *made;
        let wrote = self.context.text(at);
        self.found.push(Claim { owner, at, subject, text, wrote, shape, moment, bound });
        Some(())
    }

    /// A target that names the subject's own past: `within 2% of rate[Q4 2020]`, `>= 1.1 * visits[Q4 2020]`.
    fn beside_past(&mut self, made: &Made<'a>, target: &'a Target, read: &Read) -> Option<()> {
        let (value, bound): (&'a Formula, fn(f64, f64) -> Bound) = match &target.kind {
            TargetKind::Near(_, of) => (of, |_, share| Bound::near(share)),
            TargetKind::Bound(comparison, of) => match comparison.symbol() {
                ">=" | ">" => (of, |times, _| Bound::times(times, f64::INFINITY)),
                "<=" | "<" => (of, |times, _| Bound::times(f64::NEG_INFINITY, times)),
                _ => return None,
            },
            _ => return None,
        };
        let (times, value) = match &value.node {
            Node::Binary(BinaryOp::Multiply, a, b) => match number(self.context.plan, a) {
                Some(times) => (times, b.as_ref()),
                None => (number(self.context.plan, b)?, a.as_ref()),
            },
            _ => (1.0, value),
        };
        let Node::Window(inner, period) = &value.node else { return None };
        let share = if let TargetKind::Near(share, _) = target.kind { share } else { 0.0 };
        if times <= 0.0 || (times != 1.0 && matches!(target.kind, TargetKind::Near(..))) {
            return None;
        }
        let window = period.window(&self.context.plan.facts.rules)?;
        let shape = self.shapes.of(made.subject, made.filters)?;
        if self.shapes.of(inner, made.filters)? != shape {
            return None;
        }
        let base = match read.taken.kind {
            Kind::Stock => Place::Level(when::Edge::At(window.end), read.taken.steps),
            _ => Place::Over(Stretch::Window(window)),
        };
        let when = When { base: Some(base), ..made.when };
        self.claim(&Made { when, ..*made }, target.at, bound(times, share))
    }

    /// The caps of the metrics that a formula reads, each once over each window.
    fn caps(&mut self, read: &Read, when: When) {
        for id in &read.capped {
            if !self.capped.insert((*id, when.now)) {
                continue;
            }
            let Some((name, metric)) = self.context.plan.metrics.get_index(*id) else { continue };
            let Some(cap) = metric.cap.as_ref().and_then(|cap| number(self.context.plan, cap)) else { continue };
            let Some(at) = self.cap_place(*id) else { continue };
            let owner = Owner::MetricCap(*id);
            let made = Made { owner, subject: &metric.value, text: name, filters: 0, when };
            self.claim(&made, at, Bound::value(Interval::at_most(cap, false)));
        }
    }

    fn cap_place(&self, id: MetricId) -> Option<Loc> {
        let at = self.context.plan.metrics.get_index(id)?.1.at?;
        let StatementKind::Metric(metric) = self.context.statement(at)? else { return None };
        let clause = metric.clauses.iter().find(|c| matches!(c.node, MetricClause::Cap(_)))?;
        Some(Loc { file: at.file, span: clause.span })
    }

    /// What a formula reads; nothing where it is the same in every window.
    fn read(&mut self, formula: &'a Formula) -> Option<Read> {
        match formula.node {
            Node::Metric(id) => {
                if let Some(known) = self.known.get(&id) {
                    return known.clone();
                }
                let read = self.work_out(formula);
                self.known.insert(id, read.clone());
                read
            }
            _ => self.work_out(formula),
        }
    }

    fn work_out(&mut self, formula: &'a Formula) -> Option<Read> {
        let plan = self.context.plan;
        let kind = kinds::kind(formula, plan)?;
        let (mut tables, mut capped) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        let mut open = vec![(formula, true)];
        while let Some((f, bare)) = open.pop() {
            match &f.node {
                Node::Aggregate(a) => tables.push(a.table),
                Node::Metric(id) => {
                    if let Some((_, metric)) = plan.metrics.get_index(*id)
                        && seen.insert((*id, bare))
                    {
                        capped.extend((bare && metric.cap.is_some()).then_some(*id));
                        open.push((&metric.value, bare));
                    }
                }
                Node::Window(..) | Node::Campaign(..) => {}
                Node::Filter(inner, _) => open.push((inner, false)),
                node => open.extend(node.parts().into_iter().rev().map(|p| (p, bare))),
            }
        }
        tables.sort_unstable();
        tables.dedup();
        if tables.is_empty() {
            return None;
        }
        let steps = steps_of(plan, &mut self.shapes, &tables);
        let of_tables = Steps::Tables(self.shapes.table_set(&tables));
        let taken = Taken { kind, steps, tables: of_tables, direction: subject::direction(plan, formula) };
        Some(Read { taken, tables, capped })
    }
}

/// What the claims of one target have in common.
#[derive(Clone, Copy)]
struct Made<'a> {
    owner: Owner,
    subject: &'a Formula,
    text: &'a str,
    filters: FilterSet,
    when: When,
}

/// The steps of tables: as written where all write the same, else those of just these tables.
fn steps_of(plan: &Plan, shapes: &mut Shapes<'_>, tables: &[TableId]) -> Steps {
    let every = |t: &TableId| plan.tables.get_index(*t).and_then(|(_, table)| table.every);
    let first = tables.first().and_then(every);
    match first.filter(|first| tables.iter().all(|t| every(t) == Some(*first))) {
        Some(span) => Steps::Written(span),
        None => Steps::Tables(shapes.table_set(tables)),
    }
}

/// True where a goal has a target about a change itself.
fn changes(goal: &GoalView<'_>) -> bool {
    let change = |t: &Target| matches!(t.kind, TargetKind::Absolute(_) | TargetKind::Up | TargetKind::Down);
    let beside = goal.goal.kpis.iter().chain(&goal.goal.guardrails).filter_map(|k| k.target.as_ref());
    goal.targets().iter().chain(beside).any(change)
}

/// The goals of which one is enough, `any of a, b`, and those that such goals are made of.
fn choices(plan: &Plan) -> HashSet<&str> {
    let parts = |goal: &'_ Goal| match &goal.body {
        GoalBody::Combined { goals, .. } => goals.clone(),
        _ => Vec::new(),
    };
    let any = |goal: &&Goal| matches!(goal.body, GoalBody::Combined { all: false, .. });
    let mut open: Vec<String> = plan.goals.values().filter(any).flat_map(parts).collect();
    let mut found = HashSet::new();
    while let Some(name) = open.pop() {
        if let Some((key, goal)) = plan.goals.get_key_value(&name)
            && found.insert(key.as_str())
        {
            open.extend(parts(goal));
        }
    }
    found
}
