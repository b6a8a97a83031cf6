//! Functions that turn rows into one value. Data only.

use super::{Aggregate, FunctionInfo, Gives, NONE, NUMBER, PLAIN, RowRole, SAME, Takes, Value, example, many, one};
use crate::model::plan::{Function, Kind};

const SKIPS: &str = "What is n/a is left out and counted in a note; a spreadsheet's blank cell is left out silently.";

pub(super) static FUNCTIONS: &[FunctionInfo] = &[
    FunctionInfo {
        name: "sum",
        arguments: &[many("x", SAME)],
        kind: Kind::Flow,
        doc: "The total of x over the rows; of several values, their sum.",
        examples: &[
            example("sum(posts.impressions)", "10000", "SUM({posts.impressions})"),
            example("sum(1, 2, 4)", "7", "SUM(1,2,4)"),
        ],
        differs: SKIPS,
        aggregate: Some(Aggregate::Sum),
        value: Some(Value::Call(Function::Sum)),
        ..NONE
    },
    FunctionInfo {
        name: "count",
        arguments: &[one("table", Takes::Table)],
        gives: Gives::Rows,
        kind: Kind::Flow,
        doc: "How many rows.",
        examples: &[
            example("count(posts)", "4", "COUNTA({posts.day})"),
            example("count(posts where likes > 15)", "3", "COUNTIF({posts.likes},\">15\")"),
        ],
        differs: "It counts the rows of a table; a spreadsheet's counts the cells that hold a number.",
        aggregate: Some(Aggregate::Count),
        ..NONE
    },
    FunctionInfo {
        name: "last",
        kind: Kind::Stock,
        doc: "The newest level of x: its sum over the rows of the last step. `last(x per d)` adds up each one's own \
              newest.",
        examples: &[example("last(memberships.paid)[2020]", "120", "")],
        aggregate: Some(Aggregate::Last),
        ..NONE
    },
    FunctionInfo {
        name: "first",
        kind: Kind::Stock,
        doc: "The oldest level of x: its sum over the rows of the first step.",
        examples: &[example("first(memberships.paid)[2020]", "100", "")],
        aggregate: Some(Aggregate::First),
        ..NONE
    },
    FunctionInfo {
        name: "min",
        arguments: &[many("x", SAME)],
        doc: "The smallest value over the rows, or of several values.",
        examples: &[
            example("min(posts.likes)", "10", "MIN({posts.likes})"),
            example("min(3, -1, 2)", "-1", "MIN(3,-1,2)"),
        ],
        differs: SKIPS,
        aggregate: Some(Aggregate::Min),
        value: Some(Value::Call(Function::Min)),
        row: Some(RowRole::Least),
        ..NONE
    },
    FunctionInfo {
        name: "max",
        arguments: &[many("x", SAME)],
        doc: "The largest value over the rows, or of several values.",
        examples: &[
            example("max(posts.likes)", "60", "MAX({posts.likes})"),
            example("max(3, -1, 2)", "3", "MAX(3,-1,2)"),
        ],
        differs: SKIPS,
        aggregate: Some(Aggregate::Max),
        value: Some(Value::Call(Function::Max)),
        row: Some(RowRole::Greatest),
        ..NONE
    },
    FunctionInfo {
        name: "avg",
        doc: "The mean of x over the rows.",
        examples: &[example("avg(posts.likes)", "30", "AVERAGE({posts.likes})")],
        aggregate: Some(Aggregate::Avg),
        ..NONE
    },
    FunctionInfo {
        name: "average",
        arguments: &[many("x", SAME)],
        doc: "The mean of x over the rows, or of several values.",
        examples: &[
            example("average(posts.likes)", "30", "AVERAGE({posts.likes})"),
            example("average(1, 2, 4)", "2.33333333333333", "AVERAGE(1,2,4)"),
        ],
        differs: SKIPS,
        aggregate: Some(Aggregate::Avg),
        value: Some(Value::Call(Function::Average)),
        ..NONE
    },
    FunctionInfo {
        name: "median",
        arguments: &[many("x", SAME)],
        doc: "The middle value of x over the rows, or of several values; the mean of the two middle ones where their \
              number is even.",
        examples: &[
            example("median(posts.likes)", "25", "MEDIAN({posts.likes})"),
            example("median(1, 2, 9, 4)", "3", "MEDIAN(1,2,9,4)"),
        ],
        differs: SKIPS,
        aggregate: Some(Aggregate::Median),
        value: Some(Value::Call(Function::Median)),
        ..NONE
    },
    FunctionInfo {
        name: "stdev",
        arguments: &[many("x", SAME)],
        doc: "The sample standard deviation (n - 1) of x over the rows, or of several values.",
        examples: &[
            example("stdev(posts.likes)", "21.6024689946929", "STDEV({posts.likes})"),
            example("stdev(2, 4, 4, 4, 5, 5, 7, 9)", "2.1380899352994", "STDEV(2,4,4,4,5,5,7,9)"),
            example("stdev(5)", "#DIV/0!", "STDEV(5)"),
        ],
        differs: SKIPS,
        aggregate: Some(Aggregate::Stdev),
        value: Some(Value::Call(Function::Stdev)),
        ..NONE
    },
    FunctionInfo {
        name: "percentile",
        arguments: &[many("x", SAME), one("k", PLAIN)],
        doc: "The value below which k percent of the rows lie, or of several values, linear between the two nearest \
              ranks; k is 0 to 100 and stands last.",
        examples: &[
            example("percentile(tickets.wait, 95)", "90", "PERCENTILE({tickets.wait},0.95)"),
            example("percentile(1, 2, 3, 4, 30)", "1.9", "PERCENTILE([1,2,3,4],0.3)"),
            example("percentile(1, 2, 3, 4, 101)", "#NUM!", "PERCENTILE([1,2,3,4],1.01)"),
        ],
        differs: "k is 95 here, as p95 says it, and 0.95 in a spreadsheet. Over rows a k outside 0 to 100 is an \
                  error of the plan, not #NUM!.",
        aggregate: Some(Aggregate::Percentile),
        value: Some(Value::Call(Function::Percentile)),
        ..NONE
    },
    FunctionInfo {
        name: "p50",
        doc: "The same as percentile(x, 50).",
        examples: &[example("p50(tickets.wait)", "30", "PERCENTILE({tickets.wait},0.5)")],
        aggregate: Some(Aggregate::P(50.0)),
        ..NONE
    },
    FunctionInfo {
        name: "p75",
        doc: "The same as percentile(x, 75).",
        examples: &[example("p75(tickets.wait)", "50", "PERCENTILE({tickets.wait},0.75)")],
        aggregate: Some(Aggregate::P(75.0)),
        ..NONE
    },
    FunctionInfo {
        name: "p90",
        doc: "The same as percentile(x, 90).",
        examples: &[example("p90(tickets.wait)", "80", "PERCENTILE({tickets.wait},0.9)")],
        aggregate: Some(Aggregate::P(90.0)),
        ..NONE
    },
    FunctionInfo {
        name: "p95",
        doc: "The same as percentile(x, 95).",
        examples: &[example("p95(tickets.wait)", "90", "PERCENTILE({tickets.wait},0.95)")],
        aggregate: Some(Aggregate::P(95.0)),
        ..NONE
    },
    FunctionInfo {
        name: "p99",
        doc: "The same as percentile(x, 99).",
        examples: &[example("p99(tickets.wait)", "98", "PERCENTILE({tickets.wait},0.99)")],
        aggregate: Some(Aggregate::P(99.0)),
        ..NONE
    },
    FunctionInfo {
        name: "distinct",
        arguments: &[one("x", Takes::Anything)],
        gives: Gives::Plain,
        doc: "How many different values x has.",
        examples: &[example("distinct(visits.user)", "3", "SUMPRODUCT(1/COUNTIF({visits.user},{visits.user}))")],
        aggregate: Some(Aggregate::Distinct),
        ..NONE
    },
    FunctionInfo {
        name: "share",
        arguments: &[one("condition", Takes::Truth)],
        gives: Gives::Percent,
        doc: "The rows where the condition holds, of all rows.",
        examples: &[example(
            "share(tickets.wait <= 30)",
            "60%",
            "COUNTIF({tickets.wait},\"<=30\")/COUNT({tickets.wait})",
        )],
        aggregate: Some(Aggregate::Share),
        ..NONE
    },
    FunctionInfo {
        name: "nps",
        arguments: &[one("score", NUMBER)],
        gives: Gives::Plain,
        doc: "The net promoter score of answers 0 to 10: % of 9-10 less % of 0-6, from -100 to 100.",
        examples: &[example(
            "nps(survey.answer)",
            "20",
            "100*(COUNTIF({survey.answer},\">=9\")-COUNTIF({survey.answer},\"<=6\"))/COUNT({survey.answer})",
        )],
        aggregate: Some(Aggregate::Nps),
        ..NONE
    },
    FunctionInfo {
        name: "csat",
        arguments: &[one("rating", NUMBER), one("from", PLAIN)],
        gives: Gives::Percent,
        doc: "The share of ratings at or above `from`.",
        examples: &[example(
            "csat(survey.rating, 4)",
            "60%",
            "COUNTIF({survey.rating},\">=4\")/COUNT({survey.rating})",
        )],
        aggregate: Some(Aggregate::Csat),
        ..NONE
    },
    FunctionInfo {
        name: "retention",
        arguments: &[one("id", Takes::Anything), one("span", Takes::Span)],
        gives: Gives::Percent,
        doc: "Of the different ids a span earlier, the share that is seen again. Filters go for both; where nobody was there, it is n/a.",
        examples: &[example("retention(visits.user, 1 year)", "50%", "")],
        aggregate: Some(Aggregate::Retention),
        ..NONE
    },
];
