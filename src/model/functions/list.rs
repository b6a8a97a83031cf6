//! The one list of functions, in the order of the reference. Data only.

use super::{ANY, Aggregate, FunctionInfo, RowRole, Value};
use crate::model::plan::Function;
use crate::query::RowFunction;

/// The shape that most functions share: known nowhere yet.
const NONE: FunctionInfo = FunctionInfo {
    name: "",
    arguments: "",
    min: 1,
    max: 1,
    doc: "",
    example: "",
    aggregate: None,
    value: None,
    row: None,
    built: true,
};

/// Every function, in the order of the reference.
pub static FUNCTIONS: &[FunctionInfo] = &[
    FunctionInfo {
        name: "sum",
        arguments: "x, …",
        max: ANY,
        doc: "The total of x over the rows; of several values, their sum.",
        example: "sum(posts.impressions)",
        aggregate: Some(Aggregate::Sum),
        value: Some(Value::Call(Function::Sum)),
        ..NONE
    },
    FunctionInfo {
        name: "count",
        arguments: "table",
        doc: "How many rows.",
        example: "count(posts)",
        aggregate: Some(Aggregate::Count),
        ..NONE
    },
    FunctionInfo {
        name: "last",
        arguments: "x",
        doc: "The newest level of x: its sum over the rows of the last step.",
        example: "last(memberships.paid)",
        aggregate: Some(Aggregate::Last),
        ..NONE
    },
    FunctionInfo {
        name: "first",
        arguments: "x",
        doc: "The oldest level of x: its sum over the rows of the first step.",
        example: "first(memberships.paid)",
        aggregate: Some(Aggregate::First),
        ..NONE
    },
    FunctionInfo {
        name: "min",
        arguments: "x, …",
        max: ANY,
        doc: "The smallest value over the rows, or of several values.",
        example: "min(posts.likes)",
        aggregate: Some(Aggregate::Min),
        value: Some(Value::Call(Function::Min)),
        row: Some(RowRole::Least),
        ..NONE
    },
    FunctionInfo {
        name: "max",
        arguments: "x, …",
        max: ANY,
        doc: "The largest value over the rows, or of several values.",
        example: "max(posts.likes)",
        aggregate: Some(Aggregate::Max),
        value: Some(Value::Call(Function::Max)),
        row: Some(RowRole::Greatest),
        ..NONE
    },
    FunctionInfo {
        name: "avg",
        arguments: "x",
        doc: "The mean of x over the rows.",
        example: "avg(posts.likes)",
        aggregate: Some(Aggregate::Avg),
        ..NONE
    },
    FunctionInfo {
        name: "average",
        arguments: "x, …",
        max: ANY,
        doc: "The mean of x over the rows, or of several values.",
        example: "average(a, b, c)",
        aggregate: Some(Aggregate::Avg),
        value: Some(Value::Call(Function::Average)),
        ..NONE
    },
    FunctionInfo {
        name: "median",
        arguments: "x, …",
        max: ANY,
        doc: "The middle value of x over the rows.",
        example: "median(posts.likes)",
        aggregate: Some(Aggregate::Median),
        value: Some(Value::Unbuilt),
        ..NONE
    },
    FunctionInfo {
        name: "stdev",
        arguments: "x, …",
        max: ANY,
        doc: "The sample standard deviation of x over the rows.",
        example: "stdev(posts.likes)",
        aggregate: Some(Aggregate::Stdev),
        value: Some(Value::Unbuilt),
        ..NONE
    },
    FunctionInfo {
        name: "percentile",
        arguments: "x, k",
        min: 2,
        max: 2,
        doc: "The value below which k percent of the rows lie, linear between the two nearest ranks; k is 0 to 100.",
        example: "percentile(tickets.wait, 95)",
        aggregate: Some(Aggregate::Percentile),
        ..NONE
    },
    FunctionInfo {
        name: "p50",
        arguments: "x",
        doc: "The same as percentile(x, 50).",
        example: "p50(tickets.wait)",
        aggregate: Some(Aggregate::P(50.0)),
        ..NONE
    },
    FunctionInfo {
        name: "p75",
        arguments: "x",
        doc: "The same as percentile(x, 75).",
        example: "p75(tickets.wait)",
        aggregate: Some(Aggregate::P(75.0)),
        ..NONE
    },
    FunctionInfo {
        name: "p90",
        arguments: "x",
        doc: "The same as percentile(x, 90).",
        example: "p90(tickets.wait)",
        aggregate: Some(Aggregate::P(90.0)),
        ..NONE
    },
    FunctionInfo {
        name: "p95",
        arguments: "x",
        doc: "The same as percentile(x, 95).",
        example: "p95(tickets.wait)",
        aggregate: Some(Aggregate::P(95.0)),
        ..NONE
    },
    FunctionInfo {
        name: "p99",
        arguments: "x",
        doc: "The same as percentile(x, 99).",
        example: "p99(tickets.wait)",
        aggregate: Some(Aggregate::P(99.0)),
        ..NONE
    },
    FunctionInfo {
        name: "distinct",
        arguments: "x",
        doc: "How many different values x has.",
        example: "distinct(visits.user)",
        aggregate: Some(Aggregate::Distinct),
        ..NONE
    },
    FunctionInfo {
        name: "share",
        arguments: "condition",
        doc: "The rows where the condition holds, of all rows.",
        example: "share(tickets.wait <= 1h)",
        aggregate: Some(Aggregate::Share),
        ..NONE
    },
    FunctionInfo {
        name: "nps",
        arguments: "score",
        doc: "The net promoter score of answers 0 to 10: % of 9-10 less % of 0-6, from -100 to 100.",
        example: "nps(survey.answer)",
        aggregate: Some(Aggregate::Nps),
        ..NONE
    },
    FunctionInfo {
        name: "csat",
        arguments: "rating, from",
        min: 2,
        max: 2,
        doc: "The share of ratings at or above `from`.",
        example: "csat(survey.rating, 4)",
        aggregate: Some(Aggregate::Csat),
        ..NONE
    },
    FunctionInfo {
        name: "retention",
        arguments: "id, span",
        min: 2,
        max: 2,
        doc: "Of the different ids a span earlier, the share that is seen again.",
        example: "retention(visits.user, 1 year)",
        aggregate: Some(Aggregate::Retention),
        ..NONE
    },
    FunctionInfo {
        name: "growth",
        arguments: "x, span",
        min: 2,
        max: 2,
        doc: "(x - x[-span]) / |x[-span]|.",
        example: "growth(subs, 1 year)",
        value: Some(Value::Growth),
        ..NONE
    },
    FunctionInfo {
        name: "yoy",
        arguments: "x",
        doc: "The same as growth(x, 1 year).",
        example: "yoy(subs)",
        value: Some(Value::Yoy),
        ..NONE
    },
    FunctionInfo {
        name: "moving_average",
        arguments: "x, span",
        min: 2,
        max: 2,
        doc: "The mean of x over the whole steps of the span.",
        example: "moving_average(subs, 3 months)",
        value: Some(Value::Unbuilt),
        built: false,
        ..NONE
    },
    FunctionInfo {
        name: "cumulative",
        arguments: "x",
        doc: "The total of x since the horizon's start.",
        example: "cumulative(signups)",
        value: Some(Value::Unbuilt),
        built: false,
        ..NONE
    },
    FunctionInfo {
        name: "rank",
        arguments: "x by dimension",
        doc: "The rank of x among the values of a dimension.",
        example: "rank(mentions by brand)",
        value: Some(Value::Unbuilt),
        built: false,
        ..NONE
    },
    FunctionInfo {
        name: "share_of",
        arguments: "x by dimension",
        doc: "The share of x of its total over a dimension.",
        example: "share_of(mentions by brand)",
        value: Some(Value::Unbuilt),
        built: false,
        ..NONE
    },
    FunctionInfo {
        name: "abs",
        arguments: "x",
        doc: "The size of x without its sign.",
        example: "abs(-3)",
        value: Some(Value::Call(Function::Abs)),
        row: Some(RowRole::Call(RowFunction::Abs)),
        ..NONE
    },
    FunctionInfo {
        name: "sqrt",
        arguments: "x",
        doc: "The square root.",
        example: "sqrt(16)",
        value: Some(Value::Call(Function::Sqrt)),
        row: Some(RowRole::Sqrt),
        ..NONE
    },
    FunctionInfo {
        name: "exp",
        arguments: "x",
        doc: "e to the power of x.",
        example: "exp(1)",
        value: Some(Value::Call(Function::Exp)),
        row: Some(RowRole::Call(RowFunction::Exp)),
        ..NONE
    },
    FunctionInfo {
        name: "ln",
        arguments: "x",
        doc: "The natural logarithm.",
        example: "ln(10)",
        value: Some(Value::Call(Function::Ln)),
        row: Some(RowRole::Call(RowFunction::Ln)),
        ..NONE
    },
    FunctionInfo {
        name: "log10",
        arguments: "x",
        doc: "The logarithm to base 10.",
        example: "log10(1000)",
        value: Some(Value::Call(Function::Log10)),
        row: Some(RowRole::Call(RowFunction::Log10)),
        ..NONE
    },
    FunctionInfo {
        name: "log",
        arguments: "x, base",
        max: 2,
        doc: "The logarithm of x, to base 10 unless said.",
        example: "log(8, 2)",
        value: Some(Value::Call(Function::Log)),
        row: Some(RowRole::Call(RowFunction::Log)),
        ..NONE
    },
    FunctionInfo {
        name: "power",
        arguments: "x, n",
        min: 2,
        max: 2,
        doc: "x to the power of n.",
        example: "power(2, 10)",
        value: Some(Value::Call(Function::Power)),
        row: Some(RowRole::Power),
        ..NONE
    },
    FunctionInfo {
        name: "mod",
        arguments: "x, n",
        min: 2,
        max: 2,
        doc: "The rest of x divided by n; it has the sign of n.",
        example: "mod(7, 3)",
        value: Some(Value::Call(Function::Mod)),
        row: Some(RowRole::Call(RowFunction::Mod)),
        ..NONE
    },
    FunctionInfo {
        name: "int",
        arguments: "x",
        doc: "The next whole number at or below x.",
        example: "int(-1.5)",
        value: Some(Value::Call(Function::Int)),
        row: Some(RowRole::Call(RowFunction::Int)),
        ..NONE
    },
    FunctionInfo {
        name: "round",
        arguments: "x, digits",
        max: 2,
        doc: "x to so many digits after the point, halves away from zero; none unless said.",
        example: "round(2.345, 2)",
        value: Some(Value::Call(Function::Round)),
        row: Some(RowRole::Call(RowFunction::Round)),
        ..NONE
    },
    FunctionInfo {
        name: "roundup",
        arguments: "x, digits",
        max: 2,
        doc: "x away from zero to so many digits.",
        example: "roundup(2.1)",
        value: Some(Value::Call(Function::RoundUp)),
        row: Some(RowRole::Call(RowFunction::RoundUp)),
        ..NONE
    },
    FunctionInfo {
        name: "rounddown",
        arguments: "x, digits",
        max: 2,
        doc: "x towards zero to so many digits.",
        example: "rounddown(2.9)",
        value: Some(Value::Call(Function::RoundDown)),
        row: Some(RowRole::Call(RowFunction::RoundDown)),
        ..NONE
    },
    FunctionInfo {
        name: "ceiling",
        arguments: "x, step",
        max: 2,
        doc: "x up to a multiple of step.",
        example: "ceiling(2.1, 0.5)",
        value: Some(Value::Unbuilt),
        row: Some(RowRole::Call(RowFunction::Ceiling)),
        ..NONE
    },
    FunctionInfo {
        name: "floor",
        arguments: "x, step",
        max: 2,
        doc: "x down to a multiple of step.",
        example: "floor(2.9, 0.5)",
        value: Some(Value::Unbuilt),
        row: Some(RowRole::Call(RowFunction::Floor)),
        ..NONE
    },
    FunctionInfo {
        name: "correl",
        arguments: "x, y",
        min: 2,
        max: 2,
        doc: "Pearson's correlation of two series.",
        example: "correl(spend, signups)",
        value: Some(Value::Unbuilt),
        built: false,
        ..NONE
    },
    FunctionInfo {
        name: "slope",
        arguments: "y, x",
        min: 2,
        max: 2,
        doc: "The slope of the straight line through two series.",
        example: "slope(signups, spend)",
        value: Some(Value::Unbuilt),
        built: false,
        ..NONE
    },
    FunctionInfo {
        name: "if",
        arguments: "condition, then, else",
        min: 3,
        max: 3,
        doc: "`then` where the condition holds, else `else`.",
        example: "if(visits > 0, signups / visits, 0)",
        value: Some(Value::If),
        row: Some(RowRole::If),
        ..NONE
    },
    FunctionInfo {
        name: "ifs",
        arguments: "condition, value, …",
        min: 2,
        max: ANY,
        doc: "The value of the first condition that holds.",
        example: "ifs(a > 1, 1, a > 0, 2)",
        value: Some(Value::Unbuilt),
        row: Some(RowRole::Ifs),
        ..NONE
    },
    FunctionInfo {
        name: "iferror",
        arguments: "x, other",
        min: 2,
        max: 2,
        doc: "`other` where x is an error.",
        example: "iferror(signups / visits, 0)",
        value: Some(Value::Call(Function::IfError)),
        row: Some(RowRole::IfError),
        ..NONE
    },
    FunctionInfo {
        name: "isnumber",
        arguments: "x",
        doc: "True where x is a number.",
        example: "isnumber(subs)",
        value: Some(Value::Call(Function::IsNumber)),
        row: Some(RowRole::IsNumber),
        ..NONE
    },
    FunctionInfo {
        name: "isblank",
        arguments: "x",
        doc: "True where x has no value.",
        example: "isblank(subs)",
        value: Some(Value::Call(Function::IsBlank)),
        row: Some(RowRole::IsMissing),
        ..NONE
    },
    FunctionInfo {
        name: "date",
        arguments: "year, month, day",
        min: 3,
        max: 3,
        doc: "The day.",
        example: "date(2021, 9, 30)",
        value: Some(Value::Unbuilt),
        row: Some(RowRole::Call(RowFunction::Date)),
        ..NONE
    },
    FunctionInfo {
        name: "year",
        arguments: "time",
        doc: "The year of a time, as a number.",
        example: "year(posts.posted_at)",
        value: Some(Value::Unbuilt),
        row: Some(RowRole::Call(RowFunction::Year)),
        ..NONE
    },
    FunctionInfo {
        name: "month",
        arguments: "time",
        doc: "The month of a time, as a number.",
        example: "month(posts.posted_at)",
        value: Some(Value::Unbuilt),
        row: Some(RowRole::Call(RowFunction::Month)),
        ..NONE
    },
    FunctionInfo {
        name: "day",
        arguments: "time",
        doc: "The day of a time, as a number.",
        example: "day(posts.posted_at)",
        value: Some(Value::Unbuilt),
        row: Some(RowRole::Call(RowFunction::Day)),
        ..NONE
    },
    FunctionInfo {
        name: "weekday",
        arguments: "time",
        doc: "The day of the week, 1 for Sunday to 7 for Saturday, as in a spreadsheet.",
        example: "weekday(posts.posted_at)",
        value: Some(Value::Unbuilt),
        row: Some(RowRole::Call(RowFunction::Weekday)),
        ..NONE
    },
    FunctionInfo {
        name: "edate",
        arguments: "time, months",
        min: 2,
        max: 2,
        doc: "The same day so many months on.",
        example: "edate(2021-01-31, 1)",
        value: Some(Value::Unbuilt),
        row: Some(RowRole::Call(RowFunction::EDate)),
        ..NONE
    },
    FunctionInfo {
        name: "eomonth",
        arguments: "time, months",
        min: 2,
        max: 2,
        doc: "The last day of the month so many months on.",
        example: "eomonth(2021-01-15, 0)",
        value: Some(Value::Unbuilt),
        row: Some(RowRole::Call(RowFunction::EoMonth)),
        ..NONE
    },
    FunctionInfo {
        name: "networkdays",
        arguments: "start, end, holiday, …",
        min: 2,
        max: ANY,
        doc: "Working days (Monday to Friday) from start to end, both in, less the holidays among them.",
        example: "networkdays(2021-01-01, 2021-01-31)",
        value: Some(Value::Unbuilt),
        row: Some(RowRole::Call(RowFunction::NetworkDays)),
        ..NONE
    },
    FunctionInfo {
        name: "days",
        arguments: "end, start",
        min: 2,
        max: 2,
        doc: "Days from start to end.",
        example: "days(2021-01-31, 2021-01-01)",
        value: Some(Value::Unbuilt),
        row: Some(RowRole::Call(RowFunction::Days)),
        ..NONE
    },
    FunctionInfo {
        name: "npv",
        arguments: "rate, value, …",
        min: 2,
        max: ANY,
        doc: "The present value of payments, the first one period away.",
        example: "npv(10%, 100, 110)",
        value: Some(Value::Unbuilt),
        built: false,
        ..NONE
    },
    FunctionInfo {
        name: "irr",
        arguments: "value, …",
        min: 2,
        max: ANY,
        doc: "The rate at which the payments come to nothing.",
        example: "irr(-100, 60, 60)",
        value: Some(Value::Unbuilt),
        built: false,
        ..NONE
    },
    FunctionInfo {
        name: "xnpv",
        arguments: "rate, value, date, …",
        min: 3,
        max: ANY,
        doc: "The present value of dated payments.",
        example: "xnpv(10%, -100, 2021-01-01, 110, 2022-01-01)",
        value: Some(Value::Unbuilt),
        built: false,
        ..NONE
    },
    FunctionInfo {
        name: "xirr",
        arguments: "value, date, …",
        min: 4,
        max: ANY,
        doc: "The yearly rate of dated payments.",
        example: "xirr(-100, 2021-01-01, 110, 2022-01-01)",
        value: Some(Value::Unbuilt),
        built: false,
        ..NONE
    },
    FunctionInfo {
        name: "rri",
        arguments: "periods, from, to",
        min: 3,
        max: 3,
        doc: "The rate at which `from` grows to `to`.",
        example: "rri(4, 100, 146.41)",
        value: Some(Value::Unbuilt),
        built: false,
        ..NONE
    },
    FunctionInfo {
        name: "roi",
        arguments: "gain, cost",
        min: 2,
        max: 2,
        doc: "(gain - cost) / cost.",
        example: "roi(revenue, spend)",
        value: Some(Value::Call(Function::Roi)),
        ..NONE
    },
    FunctionInfo {
        name: "lower",
        arguments: "text",
        doc: "In small letters.",
        example: "lower(posts.text)",
        row: Some(RowRole::Call(RowFunction::Lower)),
        ..NONE
    },
    FunctionInfo {
        name: "upper",
        arguments: "text",
        doc: "In capitals.",
        example: "upper(posts.text)",
        row: Some(RowRole::Call(RowFunction::Upper)),
        ..NONE
    },
    FunctionInfo {
        name: "trim",
        arguments: "text",
        doc: "Without spaces at its ends, and with one between words, as in a spreadsheet.",
        example: "trim(posts.text)",
        row: Some(RowRole::Call(RowFunction::Trim)),
        ..NONE
    },
    FunctionInfo {
        name: "length",
        arguments: "text",
        doc: "How many characters.",
        example: "length(posts.text)",
        row: Some(RowRole::Call(RowFunction::Length)),
        ..NONE
    },
    FunctionInfo {
        name: "contains",
        arguments: "text, part",
        min: 2,
        max: 2,
        doc: "True where the part stands in the text; case matters.",
        example: "contains(posts.text, \"sale\")",
        row: Some(RowRole::Call(RowFunction::Contains)),
        ..NONE
    },
    FunctionInfo {
        name: "starts_with",
        arguments: "text, start",
        min: 2,
        max: 2,
        doc: "True where the text starts so; case matters.",
        example: "starts_with(posts.url, \"https\")",
        row: Some(RowRole::Call(RowFunction::StartsWith)),
        ..NONE
    },
    FunctionInfo {
        name: "matches",
        arguments: "text, pattern",
        min: 2,
        max: 2,
        doc: "True where the regular expression matches.",
        example: "matches(posts.text, \"sale[0-9]+\")",
        row: Some(RowRole::Call(RowFunction::Matches)),
        ..NONE
    },
    FunctionInfo {
        name: "mentions",
        arguments: "text, name",
        min: 2,
        max: 2,
        doc: "True where the name stands in the text as a whole word, with or without @ or #.",
        example: "mentions(posts.text, \"netflix\")",
        row: Some(RowRole::Call(RowFunction::Mentions)),
        ..NONE
    },
    FunctionInfo {
        name: "hashtags",
        arguments: "text",
        doc: "How many hashtags.",
        example: "hashtags(posts.text)",
        row: Some(RowRole::Call(RowFunction::Hashtags)),
        ..NONE
    },
    FunctionInfo {
        name: "has_hashtag",
        arguments: "text, tag",
        min: 2,
        max: 2,
        doc: "True where the text has this hashtag.",
        example: "has_hashtag(posts.text, \"sale\")",
        row: Some(RowRole::Call(RowFunction::HasHashtag)),
        ..NONE
    },
    FunctionInfo {
        name: "sentiment",
        arguments: "text",
        doc: "How positive an English text is, from -1 to 1: the compound score of VADER 3.3.2.",
        example: "sentiment(posts.text)",
        row: Some(RowRole::Call(RowFunction::Sentiment)),
        ..NONE
    },
];
