//! When a goal runs, as far as the plan alone says it: its deadline, where its way begins, and the steps that its tables
//! declare. Knows no data: a step that is only found in the times isn't there.

use super::context::{Context, GoalView};
use crate::calendar::{CalendarSpan, Period, SpanUnit, Window, step_holding};
use crate::eval::subject::MONTH;
use crate::eval::{aim, frame, subject};
use crate::model::kinds;
use crate::model::plan::{Formula, From, GoalBody, Kind, Node, Plan, TableId, Timing};
use crate::query::Measure;
use crate::source::Loc;
use crate::syntax::tree::GoalClause;
use jiff::civil::DateTime;

/// How a goal's subject behaves over time; `None` where it is the same in every window, or where the goal has none.
pub fn kind(context: &Context<'_>, goal: &GoalView<'_>) -> Option<Kind> {
    kinds::kind(goal.subject()?, context.plan)
}

/// True where a total is counted from nothing: from the start of `from`, else of the horizon.
pub fn counts_up(context: &Context<'_>, goal: &GoalView<'_>) -> bool {
    let Some(formula) = goal.subject() else { return false };
    let target = aim::deciding(goal.targets()).map(|t| &t.kind);
    kinds::kind(formula, context.plan)
        .is_some_and(|kind| frame::counts_up(goal.goal, target, kind, subject::direction(context.plan, formula)))
}

/// The first moment after the goal's time. `None` where the plan alone doesn't say it, and for combined goals.
pub fn deadline(context: &Context<'_>, goal: &GoalView<'_>) -> Option<DateTime> {
    match (&goal.goal.timing, &goal.goal.from) {
        _ if matches!(goal.goal.body, GoalBody::Combined { .. }) => None,
        (Timing::By { deadline, .. }, _) => Some(*deadline),
        (Timing::Within { span }, Some(From::Period { window, .. })) => {
            span.shift_edge(if counts_up(context, goal) { window.start } else { window.end })
        }
        (Timing::In { window, .. }, _) | (Timing::Every { over: Some(window), .. }, _) => Some(window.end),
        (Timing::Open | Timing::Every { .. }, _) => context.plan.facts.horizon.map(|h| h.end),
        (Timing::Within { .. }, _) => None,
    }
}

/// Where the goal's time begins: its window's start; by a deadline where the baseline ends, or where it counts from.
pub fn start(context: &Context<'_>, goal: &GoalView<'_>) -> Option<DateTime> {
    match (&goal.goal.timing, &goal.goal.from) {
        (Timing::In { window, .. }, _) | (Timing::Every { over: Some(window), .. }, _) => Some(window.start),
        (Timing::Every { .. }, Some(From::Period { window, .. })) => Some(window.start),
        (_, Some(From::Period { window, .. })) => {
            Some(if counts_up(context, goal) { window.start } else { window.end })
        }
        _ => {
            let deadline = deadline(context, goal)?;
            Some(frame::horizon_of(&context.plan.facts, deadline).0.start)
        }
    }
}

/// The clause that says when the goal is judged.
pub fn place(goal: &GoalView<'_>) -> Option<Loc> {
    let says = |c: &GoalClause| {
        use GoalClause::{By, Every, In, Within};
        matches!(c, By(_) | In(_) | Within(_) | Every { .. }).then_some(())
    };
    goal.clause(says).map(|(_, at)| at)
}

/// The `from` clause.
pub fn from_place(goal: &GoalView<'_>) -> Option<Loc> {
    goal.clause(|c| matches!(c, GoalClause::From(_)).then_some(())).map(|(_, at)| at)
}

/// What a subject reads whose tables say how often they hold a reading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The table with the longest step.
    pub table: TableId,
    /// That step.
    pub every: CalendarSpan,
    /// True where something else than levels is read of it: totals, averages, shares.
    pub windowed: bool,
}

/// The longest step that the tables of a subject declare, outside of `x[Q4 2020]` and `x[spring]`.
pub fn step(context: &Context<'_>, formula: &Formula) -> Option<Step> {
    let steps = context.steps.get_or_init(|| Steps::of(context.plan));
    if steps.none {
        return None;
    }
    steps.step(context.plan, formula)
}

/// The steps of all metrics.
#[derive(Debug, Default)]
pub(super) struct Steps {
    of_metric: Vec<Option<Step>>,
    none: bool,
}

impl Steps {
    fn of(plan: &Plan) -> Self {
        if plan.tables.values().all(|t| t.every.is_none()) {
            return Self { none: true, ..Self::default() };
        }
        let mut steps = Self { of_metric: vec![None; plan.metrics.len()], none: false };
        // Metrics mostly stand below those they read, or above them: there and back until all is at rest.
        let ids = || 0..plan.metrics.len();
        loop {
            let moved = ids().chain(ids().rev()).filter(|id| steps.settle(plan, *id)).count();
            if moved == 0 {
                break;
            }
        }
        steps
    }

    /// Works out one metric's step by those of the others; true where it is another than before.
    fn settle(&mut self, plan: &Plan, id: usize) -> bool {
        let step = plan.metrics.get_index(id).and_then(|(_, m)| self.step(plan, &m.value));
        match self.of_metric.get_mut(id) {
            Some(known) if *known != step => {
                *known = step;
                true
            }
            _ => false,
        }
    }

    fn step(&self, plan: &Plan, formula: &Formula) -> Option<Step> {
        match &formula.node {
            Node::Window(..) | Node::Campaign(..) => None,
            Node::Metric(id) => self.of_metric.get(*id).copied().flatten(),
            Node::Aggregate(a) => {
                let (_, table) = plan.tables.get_index(a.table)?;
                let levels = matches!(a.measure, Measure::Last(_) | Measure::LastPer(..) | Measure::First(_));
                Some(Step { table: a.table, every: table.every?, windowed: !levels })
            }
            node => node.parts().into_iter().filter_map(|f| self.step(plan, f)).reduce(longer),
        }
    }
}

fn longer(a: Step, b: Step) -> Step {
    let windowed = a.windowed || b.windowed;
    let longest = if b.every.approximate_days() > a.every.approximate_days() { b } else { a };
    Step { windowed, ..longest }
}

/// True where one span is surely shorter than another.
pub fn shorter(a: CalendarSpan, b: CalendarSpan) -> bool {
    a.approximate_days() < b.approximate_days() * 0.98
}

/// The steps around a moment: the last that ends by it, and the next one's end. `None` where the plan alone can't say where
/// steps end: a table may follow the fiscal year or the calendar's.
pub fn around(context: &Context<'_>, every: CalendarSpan, at: DateTime) -> Option<(Window, DateTime)> {
    let rules = &context.plan.facts.rules;
    if rules.fiscal_start != 1 && matches!(every.unit, SpanUnit::Quarter | SpanUnit::Year) {
        return None;
    }
    let last = subject::last_grid(at, every, rules)?;
    Some((last, if last.end == at { at } else { step_holding(last.end, every, rules)?.end }))
}

/// A span that no clause writes.
#[derive(Debug, Clone, PartialEq)]
pub struct ImpliedSpan {
    /// How long.
    pub span: CalendarSpan,
    /// Where it comes from, as part of a sentence: `the length of Q4 2020`.
    pub why: String,
    /// True where the baseline and the deadline are both periods of that length: nobody reads anything else.
    pub alike: bool,
    /// A window that has to be one of the spans, where it comes from a period.
    pub anchor: Option<Window>,
}

/// Over which span something that isn't a level is measured by its deadline, where no `per` says it: the length of `from`'s
/// period, of `by`'s, the step of its table (`every`, as far as it is known), or a month.
pub fn implied_span(context: &Context<'_>, goal: &GoalView<'_>, every: Option<CalendarSpan>) -> Option<ImpliedSpan> {
    let by = match &goal.goal.timing {
        Timing::By { per: Some(_), .. } | Timing::In { .. } | Timing::Every { .. } | Timing::Open => return None,
        Timing::By { period, .. } => period.as_ref(),
        Timing::Within { .. } => None,
    };
    if kind(context, goal)? == Kind::Stock || counts_up(context, goal) {
        return None;
    }
    let rules = &context.plan.facts.rules;
    let from = match &goal.goal.from {
        Some(From::Period { period, .. }) if !matches!(period, Period::Day(_)) => Some(period),
        _ => None,
    };
    if let Some((period, span)) = from.or(by).and_then(|p| Some((p, p.span(rules)?))) {
        let alike = from.is_some() && by.and_then(|b| b.span(rules)) == Some(span);
        return Some(ImpliedSpan { span, why: format!("the length of {period}"), alike, anchor: period.window(rules) });
    }
    Some(match every {
        Some(span) => ImpliedSpan { span, why: "the step of its table".to_owned(), alike: false, anchor: None },
        None => ImpliedSpan { span: MONTH, why: "as nothing else is said".to_owned(), alike: false, anchor: None },
    })
}

/// A span as clauses write it: `quarter`, `6 months`.
pub fn written(span: CalendarSpan) -> String {
    if span.count == 1 { span.unit.name().to_owned() } else { span.to_string() }
}
