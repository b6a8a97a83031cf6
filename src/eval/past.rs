//! Metrics that use their own past: each window once, the earlier ones first, and no call stack as deep as history is
//! long. Knows windows and when data starts, and no goal.

use super::formula::{Context, Walk, World};
use super::value::{Datum, ErrorKind, Stretch, Value};
use crate::model::plan::MetricId;
use std::cell::RefCell;
use std::collections::HashMap;

/// The windows of a metric that others of its windows wait for.
pub(super) type Deferred<'a> = RefCell<Vec<(MetricId, Context<'a>)>>;

/// How many windows may wait for one another.
pub const MAX_WINDOWS: usize = 10_000;

/// A metric in a context. Conditions are told apart by where they are: they all live in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    metric: MetricId,
    window: Option<[jiff::civil::DateTime; 3]>,
    filters: Vec<(usize, bool)>,
    values: Vec<(String, String)>,
    lifted: Vec<(String, usize)>,
    whole: bool,
}

impl Key {
    fn of(metric: MetricId, context: &Context<'_>) -> Self {
        let at = |s: Stretch| [s.window.start, s.window.end, s.cut];
        let values = context.group.iter().chain(&context.also);
        Self {
            metric,
            window: context.stretch.map(at),
            filters: context.filters.iter().map(|(c, lenient)| (std::ptr::from_ref(*c).addr(), *lenient)).collect(),
            values: values.map(|(c, v)| ((*c).to_owned(), (*v).to_owned())).collect(),
            lifted: context.lifted.iter().map(|(c, n)| ((*c).to_owned(), *n)).collect(),
            whole: context.whole,
        }
    }
}

/// What was worked out already. It belongs to one set of answers: when more cells are read, begin with an empty one.
#[derive(Debug, Default)]
pub struct Past {
    known: RefCell<HashMap<Key, Datum>>,
}

impl<'a> World<'a> {
    /// A metric that uses its own past. Within such a metric an earlier window that isn't known yet is put down in
    /// `walk.deferred`; at the top all of them are worked out, the earliest first.
    pub(super) fn past(&self, id: MetricId, context: &Context<'a>, walk: Walk<'_, 'a>) -> Datum {
        if let Some(known) = self.past.known.borrow().get(&Key::of(id, context)) {
            return known.clone();
        }
        if let Some(deferred) = walk.deferred {
            deferred.borrow_mut().push((id, context.clone()));
            return Datum::missing("not worked out yet");
        }
        let mut open = vec![(id, context.clone())];
        while let Some((id, context)) = open.last().cloned() {
            let key = Key::of(id, &context);
            if self.past.known.borrow().contains_key(&key) {
                open.pop();
                continue;
            }
            let deferred = Deferred::default();
            let datum = self.before_data(id, &context).unwrap_or_else(|| match self.plan.metrics.get_index(id) {
                Some((_, metric)) => self.walk(&metric.value, &context, Walk::top(Some(&deferred))),
                None => Datum::missing("a metric that isn't there"),
            });
            let earlier = deferred.into_inner();
            if earlier.is_empty() {
                self.past.known.borrow_mut().insert(key, datum);
                open.pop();
            } else {
                open.extend(earlier);
            }
            if open.len() > MAX_WINDOWS {
                break;
            }
        }
        let key = Key::of(id, context);
        let endless = || {
            let name = self.plan.metrics.get_index(id).map_or("a metric", |(name, _)| name.as_str());
            let place = format!("{name}, which goes back more than {MAX_WINDOWS} windows without an end");
            Datum::plain(Value::Error(ErrorKind::Num, place))
        };
        self.past.known.borrow_mut().entry(key).or_insert_with(endless).clone()
    }

    /// A past ends where the first of its tables begins: what lies wholly before that isn't known.
    fn before_data(&self, id: MetricId, context: &Context<'a>) -> Option<Datum> {
        let (name, metric) = self.plan.metrics.get_index(id)?;
        let tables = self.tables(&metric.value);
        let timed: Vec<_> = tables.iter().filter_map(|t| self.timelines.get(*t)).filter(|t| t.timed).collect();
        let first = timed.iter().filter_map(|t| Some((t.first?, &t.table))).min();
        let window = context.stretch?.window;
        match first {
            Some((first, table)) if window.end <= first => {
                Some(Datum::missing(format!("{name} has no past in {window}: {table} starts on {}", first.date())))
            }
            None if !timed.is_empty() => Some(Datum::missing(format!("{name} has no past: its tables have no row"))),
            _ => None,
        }
    }
}
