//! What formulas, conditions and clauses mean, as keys that are equal where the meaning is, whatever the names and the
//! spelling. Knows one plan at a time, and no change.

use crate::calendar::CalendarSpan;
use crate::eval::{constant, value::Value, words};
use crate::model::plan::{
    Aggregate, Condition, Exclude, Formula, Function, MetricId, Node, Plan, TableId, Target, TargetKind, Type,
};
use crate::quantity::Unit;
use crate::query::{Row, RowOp};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

/// Numbers that differ less than this many decimal digits show are the same: `0.1 + 0.2` is `0.3`.
const DIGITS: usize = 12;

/// A meaning. Only keys of one [`Words`] can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key(usize);

/// Gives equal texts equal keys, so that a meaning that is used a thousand times is written out once.
#[derive(Debug, Default)]
pub(super) struct Words(RefCell<HashMap<String, Key>>);

impl Words {
    pub fn key(&self, text: String) -> Key {
        let mut known = self.0.borrow_mut();
        let next = Key(known.len());
        *known.entry(text).or_insert(next)
    }
}

/// How far a meaning goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Through every name: what it stands for.
    Whole,
    /// Names stay names: what is written here.
    Own,
}

/// Works out the meanings of one plan.
#[derive(Debug)]
pub(super) struct Meaning<'a> {
    plan: &'a Plan,
    words: &'a Words,
    depth: Depth,
    metrics: RefCell<HashMap<MetricId, Key>>,
    /// The metrics of the circle that is being worked out.
    circle: RefCell<Vec<MetricId>>,
}

impl<'a> Meaning<'a> {
    pub fn new(plan: &'a Plan, words: &'a Words, depth: Depth) -> Self {
        Self { plan, words, depth, metrics: RefCell::default(), circle: RefCell::default() }
    }

    /// The key of a formula.
    pub fn formula(&self, f: &Formula) -> Key {
        let text = match &f.node {
            Node::Number(x) => number(*x, &f.gives),
            Node::Metric(id) => return self.metric(*id),
            Node::Aggregate(a) => self.aggregate(a),
            _ if self.depth == Depth::Whole && reads_nothing(self.plan, f) => match constant(self.plan, f).value {
                Value::Number(x) => number(x, &f.gives),
                other => format!("constant {other:?}"),
            },
            Node::Let(id) => match (self.depth, self.plan.lets.get_index(*id)) {
                (Depth::Whole, Some((_, value))) => return self.formula(&value.value),
                (_, named) => format!("let {}", named.map_or("", |(name, _)| name)),
            },
            _ => self.composed(f),
        };
        self.words.key(text)
    }

    fn composed(&self, f: &Formula) -> String {
        let rules = &self.plan.facts.rules;
        let of = |x: &Formula| self.formula(x).0;
        match &f.node {
            Node::Text(t) => format!("text {t:?}"),
            Node::Truth(t) => format!("truth {t}"),
            Node::Time(t) => format!("time {t}"),
            Node::Budget(id) => match (self.depth, self.plan.campaigns.get_index(*id)) {
                (Depth::Whole, Some((_, c))) => format!("budget {:?}", c.budget.as_ref().map(of)),
                (_, named) => format!("budget {}", named.map_or("", |(name, _)| name)),
            },
            Node::Window(x, period) => match period.window(rules) {
                Some(window) => format!("window {window:?} {}", of(x)),
                None => format!("window {period} {}", of(x)),
            },
            Node::Shift(x, by) => format!("shift {} {}", span(*by), of(x)),
            Node::Filter(x, condition) => format!("filter {} {}", self.condition(condition), of(x)),
            Node::Campaign(x, id) => format!("campaign {} {}", self.campaign(*id), of(x)),
            Node::Over(x, length) => format!("over {} {}", span(*length), of(x)),
            Node::ToDate(x, from) => format!("{from:?} {}", of(x)),
            Node::Growth(x, by) => format!("growth {} {}", span(*by), of(x)),
            Node::MovingAverage(x, length) => format!("average {length} {}", of(x)),
            Node::Cumulative(x) => format!("cumulative {}", of(x)),
            Node::Across(a) => {
                format!("across {:?} {} {:?} {:?} {}", a.function, a.by, a.argument, a.lower, of(&a.of))
            }
            Node::Negate(x) => format!("negate {}", of(x)),
            Node::Not(x) => format!("not {}", of(x)),
            Node::Binary(op, a, b) => {
                use crate::model::plan::BinaryOp::{Add, And, Equal, Multiply, NotEqual, Or};
                let mut sides = [of(a), of(b)];
                if matches!(op, Add | Multiply | Equal | NotEqual | And | Or) {
                    sides.sort_unstable();
                }
                format!("{op:?} {sides:?}")
            }
            Node::In(x, values) => {
                let mut values: Vec<usize> = values.iter().map(of).collect();
                values.sort_unstable();
                format!("in {} {values:?}", of(x))
            }
            Node::Between(a, b, c) => format!("between {} {} {}", of(a), of(b), of(c)),
            Node::If(a, b, c) => format!("if {} {} {}", of(a), of(b), of(c)),
            Node::Call(function, arguments) => {
                let mut arguments: Vec<usize> = arguments.iter().map(of).collect();
                if matches!(function, Function::Min | Function::Max | Function::Sum | Function::Average) {
                    arguments.sort_unstable();
                }
                format!("{function:?} {arguments:?}")
            }
            Node::Pair(pair, a, b) => format!("{pair:?} {} {}", of(a), of(b)),
            Node::Number(_) | Node::Metric(_) | Node::Let(_) | Node::Aggregate(_) => String::new(),
        }
    }

    fn aggregate(&self, a: &Aggregate) -> String {
        let filter = a.filter.as_ref().map(|c| self.condition(c));
        let measure = match self.depth {
            Depth::Whole => format!("{:?}", a.measure),
            Depth::Own => without_spaces(&a.text),
        };
        format!("{measure} {:?} {} {filter:?}", a.retained.map(span), self.table(a.table))
    }

    /// What a table is: where it is read from, how its rows lie in time, and which of them count.
    pub fn table(&self, id: TableId) -> String {
        let Some((name, table)) = self.plan.tables.get_index(id) else { return String::new() };
        if self.depth == Depth::Own {
            return format!("table {name}");
        }
        let excluded: BTreeSet<String> = self.plan.excludes_of(id).map(|e| format!("{:?}", e.window)).collect();
        format!("{} {excluded:?}", table_key(table))
    }

    /// What a condition keeps.
    pub fn condition(&self, condition: &Condition) -> String {
        match self.depth {
            Depth::Whole => {
                let tables: BTreeSet<String> = condition.tables.iter().map(|t| self.table(*t)).collect();
                format!("{} {tables:?}", row(&condition.row))
            }
            Depth::Own => without_spaces(&condition.text),
        }
    }

    /// The window and filter of a campaign.
    pub fn campaign(&self, id: usize) -> String {
        let Some((name, campaign)) = self.plan.campaigns.get_index(id) else { return String::new() };
        match self.depth {
            Depth::Own => format!("campaign {name}"),
            Depth::Whole => {
                format!("{:?} {:?}", campaign.window, campaign.filter.as_ref().map(|c| self.condition(c)))
            }
        }
    }

    /// A target; the text says nothing here.
    pub fn target(&self, target: &Target) -> String {
        let of = |f: &Formula| self.formula(f).0;
        match &target.kind {
            TargetKind::Relative(x) => format!("relative {x}"),
            TargetKind::Absolute(x) => format!("absolute {x}"),
            TargetKind::Multiple(x) => format!("multiple {x}"),
            TargetKind::Up => "up".to_owned(),
            TargetKind::Down => "down".to_owned(),
            TargetKind::To(f) => format!("to {}", of(f)),
            TargetKind::FromTo(a, b) => format!("from {} to {}", of(a), of(b)),
            TargetKind::Bound(comparison, f) => format!("{} {}", comparison.symbol(), of(f)),
            TargetKind::Between(a, b) => format!("between {} {}", of(a), of(b)),
            TargetKind::Near(share, f) => format!("near {share} {}", of(f)),
            TargetKind::Top(rank) => format!("top {rank}"),
        }
    }

    fn metric(&self, id: MetricId) -> Key {
        let Some((name, metric)) = self.plan.metrics.get_index(id) else { return self.words.key(String::new()) };
        if self.depth == Depth::Own || self.circle.borrow().contains(&id) {
            let alone = self.circle.borrow().len() == 1;
            return self.words.key(if alone { "itself".to_owned() } else { format!("metric {name}") });
        }
        if let Some(key) = self.metrics.borrow().get(&id) {
            return *key;
        }
        let key = if metric.uses_past { self.circular(id) } else { self.metric_itself(id) };
        self.metrics.borrow_mut().insert(id, key);
        key
    }

    /// What a metric says: its formula, and where they aren't the formula's own its unit, direction and cap.
    pub fn metric_itself(&self, id: MetricId) -> Key {
        let Some((_, metric)) = self.plan.metrics.get_index(id) else { return self.words.key(String::new()) };
        let value = self.formula(&metric.value);
        if metric.direction.is_none() && metric.cap.is_none() && metric.unit == metric.value.gives.unit() {
            return value;
        }
        let cap = metric.cap.as_ref().map(|c| self.formula(c).0);
        self.words.key(format!("{} {:?} {:?} {cap:?}", value.0, metric.unit, metric.direction))
    }

    /// Metrics that read their own past have no end: all of a circle are written out by name, each once.
    fn circular(&self, id: MetricId) -> Key {
        let Some((_, metric)) = self.plan.metrics.get_index(id) else { return self.words.key(String::new()) };
        let mut members = vec![id];
        words::visit(self.plan, &metric.value, &mut |f| {
            if let Node::Metric(other) = f.node
                && !members.contains(&other)
                && self.plan.metrics.get_index(other).is_some_and(|(_, m)| m.uses_past)
            {
                members.push(other);
            }
        });
        let outside = self.metrics.take();
        let before = self.circle.replace(members.clone());
        let mut parts: Vec<(&str, usize)> = Vec::new();
        for member in &members {
            let name = self.plan.metrics.get_index(*member).map_or("", |(name, _)| name.as_str());
            parts.push((if members.len() == 1 { "" } else { name }, self.metric_itself(*member).0));
        }
        self.circle.replace(before);
        self.metrics.replace(outside);
        let first = parts.first().copied();
        parts.sort_unstable();
        self.words.key(format!("circle {first:?} {parts:?}"))
    }
}

/// What a declared table says, without what is excluded from it.
pub(super) fn table_key(table: &crate::model::plan::Table) -> String {
    let source = &table.source;
    let filter = source.filter.as_ref().map(row);
    let times = (table.every.map(|e| e.to_string()), table.sparse, table.lag.map(span));
    format!("table {:?} {:?} {:?} {filter:?} {times:?}", source.shown, source.sheet, source.time)
}

/// What an exclusion takes out, without its reason.
pub(super) fn exclude_key(plan: &Plan, exclude: &Exclude) -> String {
    let table = exclude.table.and_then(|t| plan.tables.get_index(t)).map(|(name, _)| name);
    format!("{:?} {table:?}", exclude.window)
}

/// A number; amounts of two currencies are different, and so is a percentage from what a bare number may take its place.
fn number(x: f64, gives: &Type) -> String {
    let unit = match gives.unit() {
        Unit::Money(currency) => currency.code(),
        _ => "",
    };
    // Minus zero is zero.
    format!("{:.DIGITS$e}{unit}", x + 0.0)
}

/// A length: `1 quarter` is `3 months`, `2 weeks` are `14 days`.
pub(super) fn span(span: CalendarSpan) -> String {
    match (span.months(), span.days()) {
        (Some(months), _) => format!("{months} months"),
        (_, Some(days)) => format!("{days} days"),
        _ => span.to_string(),
    }
}

/// True where a formula is the same whatever the data.
pub(super) fn reads_nothing(plan: &Plan, f: &Formula) -> bool {
    match &f.node {
        Node::Let(id) => plan.lets.get_index(*id).is_some_and(|(_, value)| reads_nothing(plan, &value.value)),
        Node::Budget(id) => {
            let campaign = plan.campaigns.get_index(*id);
            campaign.and_then(|(_, c)| c.budget.as_ref()).is_some_and(|budget| reads_nothing(plan, budget))
        }
        Node::Number(_) | Node::Text(_) | Node::Truth(_) | Node::Time(_) => true,
        Node::Negate(_)
        | Node::Not(_)
        | Node::Binary(..)
        | Node::In(..)
        | Node::Between(..)
        | Node::If(..)
        | Node::Call(..) => f.node.parts().into_iter().all(|part| reads_nothing(plan, part)),
        _ => false,
    }
}

/// The number that a formula always comes to.
pub(super) fn fixed(plan: &Plan, f: &Formula) -> Option<f64> {
    reads_nothing(plan, f).then(|| constant(plan, f).value.as_number())?
}

/// A row condition, alike however it is spelled.
pub(super) fn row(r: &Row) -> String {
    let sides = |name: &str, a: &Row, b: &Row| {
        let mut sides = [row(a), row(b)];
        sides.sort_unstable();
        format!("({} {name} {})", sides[0], sides[1])
    };
    match r {
        Row::Binary(op @ (RowOp::And | RowOp::Or), ..) => {
            let mut all = BTreeSet::new();
            flatten(*op, r, &mut all);
            format!("{op:?}{all:?}")
        }
        Row::Binary(op @ (RowOp::Equal | RowOp::NotEqual | RowOp::Add | RowOp::Multiply), a, b) => {
            sides(&format!("{op:?}"), a, b)
        }
        Row::Binary(RowOp::Greater, a, b) => format!("({} Less {})", row(b), row(a)),
        Row::Binary(RowOp::GreaterOrEqual, a, b) => format!("({} LessOrEqual {})", row(b), row(a)),
        Row::Binary(op, a, b) => format!("({} {op:?} {})", row(a), row(b)),
        Row::Not(x) => match x.as_ref() {
            Row::Not(y) => row(y),
            Row::Binary(RowOp::Equal, a, b) => sides("NotEqual", a, b),
            Row::Binary(RowOp::NotEqual, a, b) => sides("Equal", a, b),
            other => format!("not {}", row(other)),
        },
        Row::In(x, list) => match list.as_slice() {
            [one] => sides("Equal", x, one),
            list => {
                let list: BTreeSet<String> = list.iter().map(row).collect();
                format!("{} in {list:?}", row(x))
            }
        },
        other => format!("{other:?}"),
    }
}

fn flatten(op: RowOp, r: &Row, into: &mut BTreeSet<String>) {
    match r {
        Row::Binary(own, a, b) if *own == op => {
            flatten(op, a, into);
            flatten(op, b, into);
        }
        other => _ = into.insert(row(other)),
    }
}

/// What must hold, each by itself: the parts between `and`.
pub(super) fn conjuncts(r: &Row) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    flatten(RowOp::And, r, &mut all);
    all
}

/// A text by its words alone: spaces and brackets around one thing say nothing.
pub(super) fn without_spaces(text: &str) -> String {
    let mut quoted = false;
    let keep = |c: &char| {
        quoted ^= *c == '"';
        quoted || !c.is_whitespace()
    };
    text.chars().filter(keep).collect()
}
