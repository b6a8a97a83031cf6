//! What a formula is worth in a window and under filters: V(m, W, F) of the language reference. Pure: cells that aren't
//! known yet make the value missing and are remembered as wanted.

use super::arithmetic;
use super::cells::Cells;
use super::functions;
use super::past::{Deferred, Past};
use super::projection::Fits;
use super::timeline::Timeline;
use super::value::{Datum, ErrorKind, Place, Stretch, Value};
use crate::calendar::Window;
use crate::model::plan::{Condition, Formula, Node, Plan, TableId};
use crate::query::TableInfo;
use jiff::civil::DateTime;

/// What evaluation knows: the plan, how far tables go, the cells so far.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The typed plan.
    pub plan: &'a Plan,
    /// In the order of the plan's tables.
    pub timelines: &'a [Timeline],
    /// What the engine found, in the order of the plan's tables; `None` where a table wasn't opened.
    pub infos: &'a [Option<&'a TableInfo>],
    /// Answers so far.
    pub cells: &'a Cells,
    /// What metrics that use their own past came to, window by window.
    pub past: &'a Past,
    /// Models fitted so far.
    pub fits: &'a Fits,
    /// The first moment that is not read.
    pub as_of: DateTime,
}

/// Where a formula is evaluated.
#[derive(Debug, Clone, Default)]
pub struct Context<'a> {
    /// The window, cut where data ends; `None` for a let without one: all time.
    pub stretch: Option<Stretch>,
    /// Filters, outermost first; a lenient one passes over tables that lack its columns.
    pub filters: Vec<(&'a Condition, bool)>,
    /// One value of a dimension.
    pub group: Option<(&'a str, &'a str)>,
    /// Values of further dimensions that hold around that one.
    pub also: Vec<(&'a str, &'a str)>,
    /// Dimensions that the first so many filters no longer fix: `rank(x by brand)` looks at every brand.
    pub lifted: Vec<(&'a str, usize)>,
    /// True where a target is worked out: it is for the whole window, also while that isn't over.
    pub whole: bool,
}

impl<'a> Context<'a> {
    /// A window without filters.
    pub fn over(stretch: Stretch) -> Self {
        Self { stretch: Some(stretch), ..Self::default() }
    }

    /// The same filters over another window.
    pub fn at(&self, stretch: Stretch) -> Self {
        Self { stretch: Some(stretch), ..self.clone() }
    }

    pub(super) fn and(&self, condition: &'a Condition) -> Self {
        let mut out = self.clone();
        // Once is enough: a metric that filters its own past would add it again and again.
        if !out.filters.iter().any(|(c, lenient)| std::ptr::eq(*c, condition) && !lenient) {
            out.filters.push((condition, false));
        }
        out
    }
}

/// Where evaluation stands within a formula.
#[derive(Debug, Clone, Copy)]
pub(super) struct Walk<'w, 'a> {
    depth: usize,
    /// Where the pasts go that must be worked out before; `None` outside of such a metric.
    pub deferred: Option<&'w Deferred<'a>>,
}

impl<'w, 'a> Walk<'w, 'a> {
    /// At the top of a formula.
    pub fn top(deferred: Option<&'w Deferred<'a>>) -> Self {
        Self { depth: 0, deferred }
    }
}

/// How deep lets and metrics may stand in one another.
pub(super) const MAX_DEPTH: usize = 200;

impl<'a> World<'a> {
    /// The value of `formula` in `context`.
    pub fn value(&self, formula: &'a Formula, context: &Context<'a>) -> Datum {
        self.walk(formula, context, Walk::top(None))
    }

    /// The value of a formula, traced where a trace is on.
    pub(super) fn walk(&self, formula: &'a Formula, context: &Context<'a>, from: Walk<'_, 'a>) -> Datum {
        let traced = self.cells.trace.enter();
        let datum = self.untraced(formula, context, from);
        if traced {
            self.cells.trace.leave(self.plan, formula, context, &datum);
        }
        datum
    }

    fn untraced(&self, formula: &'a Formula, context: &Context<'a>, from: Walk<'_, 'a>) -> Datum {
        let depth = from.depth;
        if depth > MAX_DEPTH {
            return Datum::plain(Value::Error(ErrorKind::Value, format!("formulas more than {MAX_DEPTH} deep")));
        }
        let next = Walk { depth: depth + 1, ..from };
        let of = |f: &'a Formula| self.walk(f, context, next);
        let place: Place<'_> = &|| self.place(formula);
        match &formula.node {
            Node::Number(x) => Datum::plain(Value::number(*x, "a literal")),
            Node::Text(t) => Datum::plain(Value::Text(t.clone())),
            Node::Truth(t) => Datum::plain(Value::Truth(*t)),
            Node::Time(t) => Datum::plain(Value::Time(*t)),
            Node::Metric(id) => match self.plan.metrics.get_index(*id) {
                Some((_, metric)) if metric.uses_past => self.past(*id, context, next),
                Some((_, metric)) => of(&metric.value),
                None => Datum::missing("a metric that isn't there"),
            },
            Node::Let(id) => match self.plan.lets.get_index(*id) {
                // A let is one value: no window or filter from outside reaches it.
                Some((_, cell)) => self.walk(&cell.value, &Context::default(), next),
                None => Datum::missing("a let that isn't there"),
            },
            Node::Budget(id) => match self.plan.campaigns.get_index(*id) {
                Some((name, campaign)) => match &campaign.budget {
                    Some(budget) => of(budget),
                    None => Datum::missing(format!("campaign {name} has no budget")),
                },
                None => Datum::missing("a campaign that isn't there"),
            },
            Node::Aggregate(aggregate) => self.aggregate(aggregate, context),
            Node::Window(x, period) => match period.window(&self.plan.facts.rules) {
                Some(window) => self.walk(x, &context.at(Stretch::new(window, self.end_of(x))), next).elsewhere(),
                None => Datum::missing(format!("there is no period {period}")),
            },
            Node::Shift(x, by) => self.shift(formula, x, *by, context, next),
            Node::Filter(x, condition) => self.walk(x, &context.and(condition), next),
            Node::Campaign(x, id) => match self.plan.campaigns.get_index(*id) {
                Some((_, campaign)) => {
                    let stretch = Stretch::new(campaign.window, self.end_of(x));
                    let mut inner = context.at(stretch);
                    inner.filters.extend(campaign.filter.as_ref().map(|f| (f, false)));
                    let mut datum = self.walk(x, &inner, next);
                    // A campaign that runs is read as far as it is known: said, as its window doesn't follow the goal's.
                    if !stretch.whole() && !datum.value.is_void() {
                        let (ends, known) =
                            (campaign.window.last_day(), crate::calendar::day_before_edge(stretch.read().end));
                        datum.notes.say(format!("{} runs to {ends}, and is known to {known}", campaign.name));
                    }
                    datum.elsewhere()
                }
                None => Datum::missing("a campaign that isn't there"),
            },
            Node::Over(x, span) => self.moved(x, context, next, |s| {
                let end = s.read().end;
                Some(Stretch::new(Window::new(span.back().shift_edge(end)?, end), s.cut))
            }),
            Node::ToDate(x, from) => self.moved(x, context, next, |s| {
                let end = s.read().end;
                Some(Stretch::new(Window::new(self.start_of(*from, end)?, end), s.cut))
            }),
            Node::Growth(x, by) => self.growth(x, *by, context, next),
            Node::MovingAverage(x, span) => self.moving_average(formula, x, *span, context, next),
            Node::Cumulative(x) => self.cumulative(formula, x, context, next),
            Node::Across(across) => self.across(formula, across, context, next),
            Node::Negate(x) => arithmetic::negate(&of(x), place),
            Node::Not(x) => arithmetic::not(&of(x), place),
            Node::Binary(op, a, b) => arithmetic::binary(*op, &of(a), &of(b), place),
            Node::In(x, values) => {
                let values: Vec<Datum> = values.iter().map(of).collect();
                arithmetic::is_in(&of(x), &values)
            }
            Node::Between(x, low, high) => arithmetic::between(&of(x), &of(low), &of(high), place),
            // Both branches are evaluated, so that all cells are asked for at once.
            Node::If(c, a, b) => arithmetic::choose(&of(c), &of(a), &of(b), place),
            Node::Call(function, arguments) => {
                let arguments: Vec<Datum> = arguments.iter().map(of).collect();
                functions::call(*function, &arguments, place)
            }
            Node::Pair(pair, x, y) => self.pair(*pair, [x, y], context, next, &self.place(formula)),
        }
    }

    /// How messages name a formula.
    pub(super) fn place(&self, formula: &Formula) -> String {
        self.text(formula)
    }

    /// A formula as people would write it, shortly: names stay names.
    pub fn text(&self, formula: &Formula) -> String {
        super::words::formula(self.plan, formula)
    }

    /// The tables that a formula reads, through metrics but not through lets, in order.
    pub fn tables(&self, formula: &Formula) -> Vec<TableId> {
        let mut found = Vec::new();
        super::words::visit(self.plan, formula, &mut |f| {
            if let Node::Aggregate(a) = &f.node
                && !found.contains(&a.table)
            {
                found.push(a.table);
            }
        });
        found.sort_unstable();
        found
    }

    /// Of those, the ones that are read over the window that a formula is asked over: not within `x[Q4 2020]` or
    /// `x[spring]`, which have windows of their own. All of them where there is none such.
    pub fn moving_tables(&self, formula: &Formula) -> Vec<TableId> {
        let mut found = Vec::new();
        super::words::visit_moving(self.plan, formula, &mut |f| {
            if let Node::Aggregate(a) = &f.node
                && !found.contains(&a.table)
            {
                found.push(a.table);
            }
        });
        found.sort_unstable();
        if found.is_empty() { self.tables(formula) } else { found }
    }
}
