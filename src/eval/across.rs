//! Functions across the values of a dimension: `rank(x by brand)`, `share_of(x by brand)`, `max(x by brand)`. What one
//! value is worth it asks of `formula`; knows no goal.

use super::dimension;
use super::formula::{Context, Walk, World};
use super::functions::statistics::between_ranks;
use super::value::{Datum, ErrorKind, Stretch, Value};
use super::verdict::{Standing, Standings};
use crate::calendar::Window;
use crate::model::kinds;
use crate::model::plan::{Across, AcrossFunction, Formula, Kind, Node};
use crate::quantity::same;
use jiff::civil::DateTime;

impl<'a> World<'a> {
    /// A function across a dimension. Values without a value of their own are left out, which a note says; errors travel.
    pub(super) fn across(
        &self,
        formula: &'a Formula,
        across: &'a Across,
        context: &Context<'a>,
        walk: Walk<'_, 'a>,
    ) -> Datum {
        let (by, name) = (across.by.as_str(), self.text(formula));
        let (fixed, found) = self.each_value(across, context, walk);
        let data = || found.iter().map(|(_, datum)| datum);
        if let Some(error) = data().find(|d| matches!(d.value, Value::Error(..))) {
            return Datum::joined(error.value.clone(), data());
        }
        let known: Vec<f64> = data().filter_map(Datum::number).collect();
        let own = fixed.map(|key| (key, found.iter().find(|(k, _)| *k == key).map(|(_, datum)| datum)));
        let value = match across.function {
            AcrossFunction::Rank | AcrossFunction::ShareOf => match own {
                None => Value::Missing(format!("{name} needs one value of {by}: write {by} = \"…\"")),
                Some((key, None)) => Value::Missing(format!("{name}: no row bears {by} \"{key}\" there")),
                Some((key, Some(own))) => match own.number() {
                    None => Value::Missing(format!(
                        "{name}: {by} \"{key}\" has no value: {}",
                        own.value.reason().unwrap_or_else(|| "it is no number".to_owned())
                    )),
                    Some(own) if across.function == AcrossFunction::Rank => {
                        Value::Number(rank(own, &known, across.lower) as f64)
                    }
                    Some(own) => match known.iter().sum::<f64>() {
                        0.0 => Value::Error(ErrorKind::DivZero, name.clone()),
                        total => Value::number(own / total, &name),
                    },
                },
            },
            _ if known.is_empty() => Value::Missing(match data().find_map(|d| d.value.reason()) {
                Some(why) => format!("{name}: no value of {by} has one: {why}"),
                None => format!("{name}: no row bears a value of {by} there"),
            }),
            function => match folded(function, across.argument, &known) {
                Some(x) => Value::number(x, &name),
                None => Value::Missing(format!("{name} needs two values of {by} at least")),
            },
        };
        let mut out = Datum::joined(value, data());
        let without = found.len() - known.len();
        if without > 0 && !known.is_empty() {
            let first = found.iter().find(|(_, d)| d.number().is_none());
            let why = first.and_then(|(key, d)| Some(format!(" ({key}: {})", d.value.reason()?))).unwrap_or_default();
            let of = found.len();
            out.notes.say(format!("{name}: {without} of {of} values of {by} have none and are left out{why}"));
        }
        out
    }

    /// Where the values of a dimension stand, the best first; `None` where the formula is no rank.
    pub fn standings(&self, formula: &'a Formula, context: &Context<'a>) -> Option<Standings> {
        match &formula.node {
            Node::Filter(x, condition) => self.standings(x, &context.and(condition)),
            Node::Metric(id) => self.plan.metrics.get_index(*id).and_then(|(_, m)| self.standings(&m.value, context)),
            Node::Across(across) if across.function == AcrossFunction::Rank => {
                let (own, found) = self.each_value(across, context, Walk::top(None));
                let known: Vec<f64> = found.iter().filter_map(|(_, d)| d.number()).collect();
                let standing = |(key, datum): &(&str, Datum)| {
                    let value = datum.number()?;
                    Some(Standing { key: (*key).to_owned(), value, rank: rank(value, &known, across.lower) })
                };
                let mut all: Vec<Standing> = found.iter().filter_map(standing).collect();
                // Equal ones keep the order of their keys.
                all.sort_by_key(|s| s.rank);
                let own = own.unwrap_or_default().to_owned();
                Some(Standings { by: across.by.clone(), unit: across.of.gives.unit(), own, all })
            }
            _ => None,
        }
    }

    /// The value of the dimension that the context fixes, and what each value is worth. A rank and a share look at all
    /// values, whichever is fixed.
    fn each_value(
        &self,
        across: &'a Across,
        context: &Context<'a>,
        walk: Walk<'_, 'a>,
    ) -> (Option<&'a str>, Vec<(&'a str, Datum)>) {
        let by = across.by.as_str();
        let fixed = fixed_value(context, by);
        let mut all = context.clone();
        all.also.extend(all.group.take());
        if matches!(across.function, AcrossFunction::Rank | AcrossFunction::ShareOf) {
            all.lifted.push((by, context.filters.len()));
            all.also.retain(|(column, _)| *column != by);
        }
        let stretch =
            context.stretch.unwrap_or_else(|| Stretch::new(Window::new(DateTime::MIN, self.as_of), self.as_of));
        let level = kinds::kind(&across.of, self.plan) == Some(Kind::Stock);
        let keys = dimension::values(self, &across.of, &all, by, |timeline| {
            let read = Stretch::new(stretch.window, stretch.cut.min(timeline.known)).read();
            match (level, timeline.every) {
                (false, _) => read,
                // A level is carried forward from any earlier day.
                (true, None) => Window::new(DateTime::MIN, read.end),
                (true, Some(_)) => timeline.last_step_by(read.end).unwrap_or(read),
            }
        });
        let worth = |key: &'a str| {
            let one = Context { group: Some((by, key)), ..all.clone() };
            (key, self.walk(&across.of, &one, walk))
        };
        (fixed, keys.into_iter().map(worth).collect())
    }
}

/// The value of a column that a context fixes: a value of `for each`, else what a filter fixes.
fn fixed_value<'a>(context: &Context<'a>, by: &str) -> Option<&'a str> {
    let values = context.group.iter().chain(context.also.iter().rev());
    let own = values.clone().find(|(column, _)| *column == by).map(|(_, value)| *value);
    own.or_else(|| {
        let fixes = context.filters.iter().rev().flat_map(|(condition, _)| &condition.fixes);
        fixes.clone().find(|(column, _)| column == by).map(|(_, value)| value.as_str())
    })
}

/// The rank of a value among all, as a spreadsheet's RANK.EQ: 1 and as many as are better; equal ones share it.
fn rank(own: f64, all: &[f64], lower: bool) -> u64 {
    let better = |x: &&f64| !same(**x, own) && if lower { **x < own } else { **x > own };
    1 + all.iter().filter(better).count() as u64
}

/// Values as one number; `None` where there are too few.
fn folded(function: AcrossFunction, argument: Option<f64>, known: &[f64]) -> Option<f64> {
    let n = known.len() as f64;
    let mean = known.iter().sum::<f64>() / n;
    match function {
        AcrossFunction::Max => known.iter().copied().reduce(f64::max),
        AcrossFunction::Min => known.iter().copied().reduce(f64::min),
        AcrossFunction::Sum => Some(known.iter().sum()),
        AcrossFunction::Average => Some(mean),
        AcrossFunction::Count => Some(n),
        AcrossFunction::Median => between_ranks(known, 0.5),
        AcrossFunction::Percentile => between_ranks(known, argument? / 100.0),
        // Of a sample, as a spreadsheet's STDEV: the squares divided by n − 1.
        AcrossFunction::Stdev => {
            let squares: f64 = known.iter().map(|x| (x - mean).powi(2)).sum();
            (known.len() > 1).then(|| (squares / (n - 1.0)).sqrt())
        }
        AcrossFunction::Rank | AcrossFunction::ShareOf => None,
    }
}
