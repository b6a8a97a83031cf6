//! What needs what: lets, metrics, segments and campaigns are resolved after those they name, and circles are told with
//! the whole way round. Walks without recursion, so that long chains are fine.

use super::error::NameError;
use super::functions;
use super::plan::Kind;
use super::reach::Reach;
use super::tables::Known;
use super::{R, Resolver, kinds};
use crate::diagnostic::Label;
use crate::source::{FileId, Loc, Span};
use crate::syntax::tree::{CampaignClause, Context, Expr, ExprKind, MetricClause};
use rustc_hash::FxHashMap;

/// Something that is worked out from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Item {
    Let(usize),
    Metric(usize),
    Segment(usize),
    Campaign(usize),
}

/// One item names another.
#[derive(Debug, Clone, Copy)]
struct Edge {
    to: Item,
    at: Loc,
    /// Of which window it asks.
    when: When,
}

/// Which window a part is asked for, beside the one of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum When {
    Same,
    /// Inside `x[-1 month]`: its own past, which is no circle.
    Past,
    /// Inside `x[Q4 2020]` or `x[spring]`: always the same one, so that going back in it never ends.
    Fixed,
}

/// An item on the way down.
struct Visit {
    item: Item,
    edges: Vec<Edge>,
    next: usize,
}

/// Calls `f` for `expr` and everything in it, from left to right.
pub(crate) fn walk<'t>(expr: &'t Expr, f: &mut dyn FnMut(&'t Expr)) {
    let mut stack = vec![expr];
    while let Some(e) = stack.pop() {
        f(e);
        let from = stack.len();
        children(e, &mut |child, _, _| stack.push(child));
        stack[from..].reverse();
    }
}

/// The parts of an expression: each with whether it is worked out row by row, and of which window.
fn children<'t>(expr: &'t Expr, f: &mut dyn FnMut(&'t Expr, bool, When)) {
    let same = When::Same;
    match &expr.node {
        ExprKind::Literal(_) | ExprKind::Name(_) | ExprKind::Dotted(..) => {}
        ExprKind::Group(inner) | ExprKind::Unary(_, inner) => f(inner, false, same),
        ExprKind::Call { function, arguments, by, condition, .. } => {
            let info = functions::find(&function.node.to_lowercase());
            let rows = by.is_none() && info.is_some_and(|i| i.may_be_over_rows(arguments.len()));
            arguments.iter().for_each(|a| f(a, rows, same));
            condition.iter().for_each(|c| f(c, true, same));
        }
        ExprKind::Context { of, context } => {
            match &context.node {
                Context::Shift(span) => f(of, false, if span.count < 0 { When::Past } else { same }),
                Context::Period(_) => f(of, false, When::Fixed),
                Context::Condition(condition) => {
                    f(of, false, same);
                    f(condition, true, same);
                }
            };
        }
        ExprKind::Over { of, .. } | ExprKind::ToDate { of, .. } => f(of, false, same),
        ExprKind::Binary(_, a, b) => {
            f(a, false, same);
            f(b, false, same);
        }
        ExprKind::In { of, values, .. } => {
            f(of, false, same);
            values.iter().for_each(|v| f(v, false, same));
        }
        ExprKind::Between { of, low, high, .. } => [of, low, high].into_iter().for_each(|e| f(e, false, same)),
    }
}

impl Resolver<'_> {
    /// Resolves all lets, metrics, segments and campaigns, each after those that it names.
    pub(crate) fn resolve_graph(&mut self) {
        self.placeholders();
        let n = &self.names;
        let items: Vec<Item> = (0..n.segments.len())
            .map(Item::Segment)
            .chain((0..n.lets.len()).map(Item::Let))
            .chain((0..n.campaigns.len()).map(Item::Campaign))
            .chain((0..n.metrics.len()).map(Item::Metric))
            .collect();
        // False while on the way, true once resolved.
        let mut done: FxHashMap<Item, bool> = FxHashMap::default();
        done.reserve(items.len());
        for item in items {
            if done.contains_key(&item) {
                continue;
            }
            done.insert(item, false);
            let mut way = vec![Visit { item, edges: self.edges(item), next: 0 }];
            while let Some(visit) = way.last_mut() {
                let Some(edge) = visit.edges.get(visit.next).copied() else {
                    let item = visit.item;
                    way.pop();
                    self.resolve_item(item);
                    done.insert(item, true);
                    continue;
                };
                visit.next += 1;
                match done.get(&edge.to) {
                    Some(true) => {}
                    Some(false) => self.circle(&way, edge.to),
                    None => {
                        done.insert(edge.to, false);
                        way.push(Visit { item: edge.to, edges: self.edges(edge.to), next: 0 });
                    }
                }
            }
        }
    }

    /// The last edge of `way` closes a circle at `to`: an error, or a metric that uses its own past.
    fn circle(&mut self, way: &[Visit], to: Item) {
        let from = way.iter().position(|v| v.item == to).unwrap_or(0);
        let edges: Vec<(Item, Edge)> =
            way[from..].iter().filter_map(|v| Some((v.item, *v.edges.get(v.next.checked_sub(1)?)?))).collect();
        let Some((_, first)) = edges.first() else { return };
        let when = |when: When| edges.iter().any(|(_, e)| e.when == when);
        if when(When::Past) && !when(When::Fixed) {
            return self.past_circle(edges.iter().map(|(item, _)| *item), to);
        }
        let mut path: Vec<&str> = edges.iter().map(|(item, _)| self.item_name(*item)).collect();
        path.push(self.item_name(to));
        let label = |r: &Self, item: Item, edge: &Edge| format!("{} needs {}", r.item_name(item), r.item_name(edge.to));
        let error = NameError::Circle {
            what: format!("`{}` is worked out from itself", self.item_name(to)),
            path: path.join(" → "),
            at: first.at.span,
            edge: label(self, to, first),
            help: match to {
                Item::Metric(_) => {
                    "take one of these names out of its formula; a metric may use its own past: x[-1 month]"
                }
                _ => "take one of these names out",
            },
        };
        let more = edges.iter().skip(1).map(|(i, e)| Label { at: e.at, text: label(self, *i, e) }).collect();
        let file = first.at.file;
        self.report_with(file, &error, more);
        for (item, _) in edges {
            self.mark_broken(item);
        }
    }

    /// A metric leads back to itself in the past: no circle. `last` is resolved after all others of them.
    fn past_circle(&mut self, items: impl Iterator<Item = Item>, last: Item) {
        let metric = |item: Item| if let Item::Metric(i) = item { Some(i) } else { None };
        let members: Vec<usize> = items.filter_map(metric).collect();
        for i in &members {
            if let Some((_, m)) = self.plan.metrics.get_index_mut(*i) {
                m.uses_past = true;
            }
        }
        if let Some(last) = metric(last) {
            self.circles.push((last, members));
        }
    }

    /// What metrics that use their own past are, once the last of them is resolved: their kind follows from itself, as
    /// `x = last(t.a) + 0.5 * x[-1 month]` is a level if x is one; and each reads what all of them read.
    fn settle_circles(&mut self, last: usize) {
        let circles: Vec<Vec<usize>> =
            self.circles.iter().filter(|(root, _)| *root == last).map(|(_, members)| members.clone()).collect();
        for members in circles {
            let mut set = |kind: Kind| {
                for i in &members {
                    if let Some((_, m)) = self.plan.metrics.get_index_mut(*i) {
                        m.kind = kind;
                    }
                }
                let worked_out =
                    |i: &usize| self.plan.metrics.get_index(*i).and_then(|(_, m)| kinds::kind(&m.value, &self.plan));
                members.iter().all(|i| worked_out(i) == Some(kind))
            };
            if !set(Kind::Stock) && !set(Kind::Flow) {
                set(Kind::Neither);
            }
            for i in members.iter().chain(&members) {
                if let Some((_, m)) = self.plan.metrics.get_index(*i) {
                    self.reach[*i] = Reach::of(&m.value, &self.reach);
                }
            }
        }
    }

    fn item_name(&self, item: Item) -> &str {
        let n = &self.names;
        match item {
            Item::Let(i) => n.lets.get_index(i).map(|(n, _)| *n),
            Item::Metric(i) => n.metrics.get_index(i).map(|(n, _)| *n),
            Item::Segment(i) => n.segments.get_index(i).map(|(n, _)| *n),
            Item::Campaign(i) => n.campaigns.get_index(i).map(|(n, _)| *n),
        }
        .unwrap_or("")
    }

    fn mark_broken(&mut self, item: Item) {
        match item {
            Item::Let(i) => self.broken.lets.insert(i),
            Item::Metric(i) => self.broken.metrics.insert(i),
            Item::Segment(i) => self.broken.segments.insert(i),
            Item::Campaign(i) => self.broken.campaigns.insert(i),
        };
    }

    fn is_broken(&self, item: Item) -> bool {
        match item {
            Item::Let(i) => self.broken.lets.contains(&i),
            Item::Metric(i) => self.broken.metrics.contains(&i),
            Item::Segment(i) => self.broken.segments.contains(&i),
            Item::Campaign(i) => self.broken.campaigns.contains(&i),
        }
    }

    fn resolve_item(&mut self, item: Item) {
        if self.is_broken(item) {
            return;
        }
        let result: R<()> = match item {
            Item::Let(i) => self.resolve_let(i),
            Item::Metric(i) => self.resolve_metric(i),
            Item::Segment(i) => self.resolve_segment(i),
            Item::Campaign(i) => self.resolve_campaign(i),
        };
        match (result, item) {
            (Err(_), _) => self.mark_broken(item),
            (Ok(()), Item::Metric(i)) => self.settle_circles(i),
            _ => {}
        }
    }

    /// What an item names.
    fn edges(&self, item: Item) -> Vec<Edge> {
        let mut edges = Vec::new();
        let n = &self.names;
        match item {
            Item::Let(i) => {
                if let Some((_, d)) = n.lets.get_index(i) {
                    self.edges_of(&d.tree.value, d.file, false, item, &mut edges);
                }
            }
            Item::Metric(i) => {
                if let Some((_, d)) = n.metrics.get_index(i) {
                    self.edges_of(&d.tree.value, d.file, false, item, &mut edges);
                    for clause in &d.tree.clauses {
                        match &clause.node {
                            MetricClause::Where(e) => self.edges_of(e, d.file, true, item, &mut edges),
                            MetricClause::Cap(e) => self.edges_of(e, d.file, false, item, &mut edges),
                            _ => {}
                        }
                    }
                }
            }
            Item::Segment(i) => {
                if let Some((_, d)) = n.segments.get_index(i) {
                    self.edges_of(&d.tree.condition, d.file, true, item, &mut edges);
                }
            }
            Item::Campaign(i) => {
                if let Some((_, d)) = n.campaigns.get_index(i) {
                    for clause in &d.tree.clauses {
                        match &clause.node {
                            CampaignClause::Where(e) => self.edges_of(e, d.file, true, item, &mut edges),
                            CampaignClause::Budget(e) => self.edges_of(e, d.file, false, item, &mut edges),
                            CampaignClause::About(_) => {}
                        }
                    }
                }
            }
        }
        edges
    }

    fn edges_of(&self, expr: &Expr, file: FileId, rows: bool, from: Item, into: &mut Vec<Edge>) {
        let mut stack = vec![(expr, rows, When::Same)];
        let mut found = Vec::new();
        while let Some((e, rows, when)) = stack.pop() {
            let mut edge = |to: Item, span: Span| found.push(Edge { to, at: Loc { file, span }, when });
            match &e.node {
                ExprKind::Name(name) => self.named_items(name, rows, from).for_each(|to| edge(to, e.span)),
                ExprKind::Dotted(first, second) if second.node == "budget" => {
                    let campaign = self.names.campaigns.get_index_of(first.node.as_str());
                    campaign.into_iter().for_each(|i| edge(Item::Campaign(i), first.span.to(second.span)));
                }
                _ => {}
            }
            // `x[spring]` has a window of its own.
            let campaign = match &e.node {
                ExprKind::Context { context, .. } => matches!(&context.node,
                    Context::Condition(c) if matches!(&c.node, ExprKind::Name(n)
                        if self.names.campaigns.contains_key(n.as_str()) && !self.names.segments.contains_key(n.as_str()))),
                _ => false,
            };
            let own = if campaign { When::Fixed } else { When::Same };
            children(e, &mut |child, r, w| stack.push((child, rows || r, when.max(w).max(own))));
        }
        found.sort_by_key(|e| e.at.span);
        into.extend(found);
    }

    /// What a bare name may stand for, between values or in rows.
    fn named_items(&self, name: &str, rows: bool, from: Item) -> impl Iterator<Item = Item> {
        let n = &self.names;
        let column = rows && matches!(self.column_anywhere(name), Known::Is(_));
        let as_let = n.lets.get_index_of(name).map(Item::Let).filter(|_| !column);
        let as_segment = n.segments.get_index_of(name).map(Item::Segment).filter(|_| rows && !column);
        let as_metric = n.metrics.get_index_of(name).map(Item::Metric).filter(|_| !rows);
        // In rows an item's own name means the column: `let paid = last(paid)[Q4 2020]`.
        let own = move |item: &Item| !(rows && *item == from && matches!(from, Item::Let(_)));
        let segment = as_segment.filter(|_| as_let.is_none());
        [as_metric, as_let.filter(own), segment].into_iter().flatten()
    }
}
