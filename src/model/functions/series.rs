//! Functions of a metric in several windows, or for several values of a column. Data only.

use super::{FunctionInfo, Gives, NONE, Takes, Value, example, one};
use crate::model::plan::{Kind, Pair};

const STEPS: &str = "A spreadsheet takes two columns of numbers. Here the points are the metrics' values over the whole \
                     steps of the window: the table's `every`; else months where the window holds at least 3, else days. \
                     A note says which, and how many steps are left out because either side is n/a.";

pub(super) static FUNCTIONS: &[FunctionInfo] = &[
    FunctionInfo {
        name: "growth",
        arguments: &[one("x", Takes::Metric), one("span", Takes::Span)],
        gives: Gives::Percent,
        doc: "(x - x[-span]) / |x[-span]|: the relative change.",
        examples: &[example("growth(subs, 1 year)", "30%", "(66+64)/(60+40)-1")],
        differs: "A spreadsheet's GROWTH fits an exponential curve; this is the change from one period to another.",
        value: Some(Value::Growth),
        ..NONE
    },
    FunctionInfo {
        name: "yoy",
        arguments: &[one("x", Takes::Metric)],
        gives: Gives::Percent,
        doc: "The same as growth(x, 1 year).",
        examples: &[example("yoy(subs)", "30%", "(66+64)/(60+40)-1")],
        value: Some(Value::Yoy),
        ..NONE
    },
    FunctionInfo {
        name: "moving_average",
        arguments: &[one("x", Takes::Metric), one("span", Takes::Span)],
        kind: Kind::Stock,
        doc: "The mean of x over the whole steps of the span that ends with the window: the table's `every`, else days, weeks, months … as the span says. A step without a value leaves it n/a.",
        examples: &[example("moving_average(signups, 3 months)", "40", "AVERAGE({months.signups})")],
        value: Some(Value::MovingAverage),
        ..NONE
    },
    FunctionInfo {
        name: "cumulative",
        arguments: &[one("x", Takes::Metric)],
        kind: Kind::Stock,
        doc: "x from the horizon's start to the window's end; without a horizon, from the start of the fiscal year.",
        examples: &[example("cumulative(signups)", "120", "SUM({months.signups})")],
        value: Some(Value::Cumulative),
        ..NONE
    },
    FunctionInfo {
        name: "rank",
        arguments: &[one("x by dimension", Takes::ByDimension)],
        gives: Gives::Plain,
        doc: "The rank of one value of a dimension among all of them by x, 1 for the best; equal ones share the better rank. A filter, a goal's `where` or `for each` says whose.",
        examples: &[example("rank(mentions by brand)[brand = \"Netflix\"]", "2", "RANK(30,{buzz.mentions})")],
        differs: "The greatest is the best, unless the metric says `lower is better`. Values that are n/a have no rank, and a note counts them.",
        value: Some(Value::Across),
        ..NONE
    },
    FunctionInfo {
        name: "share_of",
        arguments: &[one("x by dimension", Takes::ByDimension)],
        gives: Gives::Percent,
        doc: "x of one value of a dimension, of the sum of x over all of them. A filter, a goal's `where` or `for each` says whose.",
        examples: &[example("share_of(mentions by brand)[brand = \"Netflix\"]", "30%", "30/SUM({buzz.mentions})")],
        value: Some(Value::Across),
        ..NONE
    },
    FunctionInfo {
        name: "correl",
        arguments: &[one("x", Takes::Metric), one("y", Takes::Metric)],
        gives: Gives::Plain,
        doc: "Pearson's correlation of two metrics over the steps of the window, from -1 to 1. No causes are shown by it.",
        examples: &[example("correl(spend, signups)", "0.989743318610787", "CORREL({months.spend},{months.signups})")],
        differs: STEPS,
        value: Some(Value::Pair(Pair::Correl)),
        ..NONE
    },
    FunctionInfo {
        name: "slope",
        arguments: &[one("y", Takes::Metric), one("x", Takes::Metric)],
        gives: Gives::Ratio,
        doc: "How much y changes with each 1 of x: the slope of the least-squares line through their steps.",
        examples: &[example("slope(signups, spend)", "0.171428571428571", "SLOPE({months.signups},{months.spend})")],
        differs: STEPS,
        value: Some(Value::Pair(Pair::Slope)),
        ..NONE
    },
];
