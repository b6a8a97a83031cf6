//! Formulas in words, for messages: names stay names. Knows the plan's names and no values.

use crate::model::functions;
use crate::model::plan::{Formula, MetricId, Node, Plan, ToDate};
use std::collections::HashSet;

/// A formula as people would write it, shortly.
pub fn formula(plan: &Plan, f: &Formula) -> String {
    formula_with(plan, f, &|x| formula(plan, x))
}

/// Likewise, with other words for the formulas that stand directly in it.
pub fn formula_with(plan: &Plan, f: &Formula, of: &dyn Fn(&Formula) -> String) -> String {
    match &f.node {
        Node::Number(x) => x.to_string(),
        Node::Text(t) => format!("{t:?}"),
        Node::Truth(t) => t.to_string(),
        Node::Time(t) if t.time() == jiff::civil::Time::midnight() => t.date().to_string(),
        Node::Time(t) => t.to_string(),
        Node::Metric(id) => plan.metrics.get_index(*id).map_or_else(String::new, |(n, _)| n.clone()),
        Node::Let(id) => plan.lets.get_index(*id).map_or_else(String::new, |(n, _)| n.clone()),
        Node::Budget(id) => plan.campaigns.get_index(*id).map_or_else(String::new, |(n, _)| format!("{n}.budget")),
        Node::Aggregate(a) => a.text.clone(),
        Node::Window(x, period) => format!("{}[{period}]", of(x)),
        Node::Shift(x, by) => format!("{}[{by}]", of(x)),
        Node::Filter(x, condition) => format!("{}[{}]", of(x), condition.text),
        Node::Campaign(x, id) => {
            let name = plan.campaigns.get_index(*id).map_or("", |(n, _)| n.as_str());
            format!("{}[{name}]", of(x))
        }
        Node::Over(x, span) => format!("{} over {span}", of(x)),
        Node::ToDate(x, from) => format!("{} {}", of(x), to_date(*from)),
        Node::Growth(x, by) => format!("growth({}, {by})", of(x)),
        Node::MovingAverage(x, span) => format!("moving_average({}, {span})", of(x)),
        Node::Cumulative(x) => format!("cumulative({})", of(x)),
        Node::Across(across) => {
            let more = across.argument.map(|x| format!(", {x}")).unwrap_or_default();
            format!("{}({}{more} by {})", across.function.name(), of(&across.of), across.by)
        }
        Node::Negate(x) => format!("-{}", of(x)),
        Node::Not(x) => format!("not {}", of(x)),
        // Brackets show what was meant, whatever binds stronger.
        Node::Binary(op, a, b) => {
            let side = |x: &Formula| match x.node {
                Node::Binary(..) => format!("({})", of(x)),
                _ => of(x),
            };
            format!("{} {} {}", side(a), op.symbol(), side(b))
        }
        Node::In(x, values) => format!("{} in ({})", of(x), values.iter().map(of).collect::<Vec<_>>().join(", ")),
        Node::Between(x, low, high) => format!("{} between {} and {}", of(x), of(low), of(high)),
        Node::If(c, a, b) => format!("if({}, {}, {})", of(c), of(a), of(b)),
        Node::Call(function, arguments) => {
            let name = functions::name_of(functions::Value::Call(*function));
            format!("{name}({})", listed(arguments.iter().map(of).collect()))
        }
        Node::Pair(pair, a, b) => {
            format!("{}({}, {})", functions::name_of(functions::Value::Pair(*pair)), of(a), of(b))
        }
    }
}

/// Visits a formula and all that it holds, through metrics but not through lets, each metric once.
pub fn visit<'a>(plan: &'a Plan, f: &'a Formula, to: &mut impl FnMut(&'a Formula)) {
    visit_where(plan, f, |_| true, to);
}

/// As [`visit`], and not into what has a window of its own: `x[Q4 2020]`, `x[spring]`.
pub fn visit_moving<'a>(plan: &'a Plan, f: &'a Formula, to: &mut impl FnMut(&'a Formula)) {
    visit_where(plan, f, |f| !matches!(f.node, Node::Window(..) | Node::Campaign(..)), to);
}

fn visit_where<'a>(plan: &'a Plan, f: &'a Formula, enter: impl Fn(&Formula) -> bool, to: &mut impl FnMut(&'a Formula)) {
    let mut seen = Seen::default();
    let mut open = vec![f];
    while let Some(f) = open.pop() {
        to(f);
        if !enter(f) {
            continue;
        }
        if let Node::Metric(id) = &f.node
            && let Some((_, metric)) = plan.metrics.get_index(*id)
            && seen.first_time(*id)
        {
            open.push(&metric.value);
        }
        open.extend(parts(f).into_iter().rev());
    }
}

/// The metrics met so far. Most formulas read few, of a plan that may have a hundred thousand: those stand in a list.
#[derive(Default)]
struct Seen {
    few: Vec<MetricId>,
    many: HashSet<MetricId>,
}

impl Seen {
    fn first_time(&mut self, id: MetricId) -> bool {
        const FEW: usize = 16;
        if self.few.contains(&id) {
            return false;
        }
        if self.few.len() < FEW {
            self.few.push(id);
            return true;
        }
        self.many.insert(id)
    }
}

/// The formulas that stand directly in one, in the order written.
pub fn parts(f: &Formula) -> Vec<&Formula> {
    f.node.parts()
}

/// Arguments, the middle of many left out.
fn listed(mut arguments: Vec<String>) -> String {
    const MANY: usize = 12;
    if arguments.len() > MANY {
        arguments.splice(MANY / 2..arguments.len() - 2, ["…".to_owned()]);
    }
    arguments.join(", ")
}

fn to_date(from: ToDate) -> &'static str {
    match from {
        ToDate::Year => "ytd",
        ToDate::Quarter => "qtd",
        ToDate::Month => "mtd",
    }
}
