//! The functions of the language in one table: name, typed arguments, what a call gives, documentation, examples with
//! their values. Checking, evaluation, the reference, `explain` and editors read it. Knows no plan and no data.

mod aggregates;
mod arithmetic;
mod logic;
mod money;
pub mod sample;
mod series;
mod text;
mod time;

use super::plan::{Function, Kind, Pair};
use crate::query::RowFunction;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Something that turns rows into one value.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)] // named after the functions
pub enum Aggregate {
    Sum,
    Count,
    Last,
    First,
    Min,
    Max,
    Avg,
    Median,
    Stdev,
    Percentile,
    /// `p95`
    P(f64),
    Distinct,
    Share,
    Nps,
    Csat,
    Retention,
}

/// What a name stands for between values.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum Value {
    /// Of values in one window.
    Call(Function),
    /// Of two metrics over the steps of the window.
    Pair(Pair),
    If,
    Growth,
    Yoy,
    MovingAverage,
    Cumulative,
    /// Across a dimension only: `rank(x by brand)`.
    Across,
}

/// What a name stands for within one row.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum RowRole {
    Call(RowFunction),
    If,
    Ifs,
    IfError,
    IsMissing,
    IsNumber,
    Power,
    Sqrt,
    Least,
    Greatest,
}

/// Which unit a number may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Units {
    /// Any.
    Any,
    /// The unit of the function's other arguments of this rule; a bare number takes it.
    Same,
    /// None: a plain number or a count.
    Plain,
    /// A percentage, or a plain number as a fraction.
    Rate,
}

/// What may stand as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A number of such a unit.
    Number(Units),
    /// A metric or a formula over metrics: a number in each window.
    Metric,
    /// True or false.
    Truth,
    /// A date or a moment.
    Time,
    /// A text.
    Text,
    /// A length of calendar time.
    Span,
    /// The name of a table.
    Table,
    /// A metric, `by`, and a column.
    ByDimension,
    /// A value of any type.
    Anything,
}

impl Argument {
    /// `value: a number, once or more`
    pub fn described(&self) -> String {
        let often = match self.often {
            Often::Once => "",
            Often::Optional => ", may be left out",
            Often::Repeats => ", once or more",
            Often::Any => ", any number of times",
        };
        format!("{}: {}{often}", self.name, self.takes.words())
    }
}

impl Takes {
    /// In words, as an error says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Number(Units::Any | Units::Same) => "a number",
            Self::Number(Units::Plain) => "a plain number",
            Self::Number(Units::Rate) => "a rate such as 10%",
            Self::Metric => "a metric",
            Self::Truth => "a condition",
            Self::Time => "a date",
            Self::Text => "a text",
            Self::Span => "a length of calendar time such as 1 year",
            Self::Table => "a table",
            Self::ByDimension => "a metric by a column",
            Self::Anything => "any value",
        }
    }
}

/// How often an argument stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Often {
    /// Just once.
    Once,
    /// Once or not at all.
    Optional,
    /// Once or more; several such arguments in a row repeat together.
    Repeats,
    /// Any number of times, also none.
    Any,
}

/// One argument of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument {
    /// Its name in the signature.
    pub name: &'static str,
    /// What may stand there.
    pub takes: Takes,
    /// How often.
    pub often: Often,
}

const fn one(name: &'static str, takes: Takes) -> Argument {
    Argument { name, takes, often: Often::Once }
}

const fn maybe(name: &'static str, takes: Takes) -> Argument {
    Argument { name, takes, often: Often::Optional }
}

const fn many(name: &'static str, takes: Takes) -> Argument {
    Argument { name, takes, often: Often::Repeats }
}

const fn any(name: &'static str, takes: Takes) -> Argument {
    Argument { name, takes, often: Often::Any }
}

/// A number of the unit that all `Same` arguments share.
const SAME: Takes = Takes::Number(Units::Same);
/// A number of any unit.
const NUMBER: Takes = Takes::Number(Units::Any);
/// A number without a unit.
const PLAIN: Takes = Takes::Number(Units::Plain);
/// A percentage or a fraction.
const RATE: Takes = Takes::Number(Units::Rate);

/// What a call gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// A number of the unit that its `Same` arguments share, else of its first number's; or what its `Anything`
    /// arguments are.
    Same,
    /// A number without a unit.
    Plain,
    /// A ratio, `%`.
    Percent,
    /// So many of a thing.
    Count(&'static str),
    /// So many rows of the table that it names.
    Rows,
    /// The first argument's unit per the second's.
    Ratio,
    /// `%` of a percentage, else a number without a unit.
    Power,
    /// True or false.
    Truth,
    /// A day.
    Time,
    /// A text.
    Text,
}

impl Gives {
    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::Same => "the same unit as its arguments".to_owned(),
            Self::Plain => "a plain number".to_owned(),
            Self::Percent => "a percentage".to_owned(),
            Self::Count(of) => format!("a number of {of}"),
            Self::Rows => "a number of the table's rows".to_owned(),
            Self::Ratio => "the first one's unit per the second's".to_owned(),
            Self::Power => "a percentage of a percentage, else a plain number".to_owned(),
            Self::Truth => "true or false".to_owned(),
            Self::Time => "a date".to_owned(),
            Self::Text => "a text".to_owned(),
        }
    }
}

/// A call with what it gives. Calls over data read the tables of [`sample`], over the first quarter of 2021.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// As in a plan.
    pub call: &'static str,
    /// As `calc` shows it: `46.41%`, `2021-02-28`, `true`, `#NUM!`, `n/a`.
    pub value: &'static str,
    /// The spreadsheet's formula for the same, without `=`: `{table.column}` is that column of the sample (its rows of the
    /// quarter), `[1, 2]` a column of cells. Empty where a spreadsheet has no such function.
    pub sheet: &'static str,
}

impl Example {
    /// The spreadsheet's formula as people write it: columns by their names, lists in braces.
    pub fn sheet_shown(&self) -> String {
        let plain: String = self.sheet.replace(['{', '}'], "").replace("COM.MICROSOFT.", "");
        let listed: String = plain.replace('[', "{").replace(']', "}");
        if listed.is_empty() { listed } else { format!("={}", listed.replace(',', ", ")) }
    }
}

const fn example(call: &'static str, value: &'static str, sheet: &'static str) -> Example {
    Example { call, value, sheet }
}

/// One function.
#[derive(Debug, Clone, Copy)]
pub struct FunctionInfo {
    /// In lower case.
    pub name: &'static str,
    /// In the order of the call.
    pub arguments: &'static [Argument],
    /// What a call gives.
    pub gives: Gives,
    /// How it behaves over time: over rows, or (where it has no such role) over metrics.
    pub kind: Kind,
    /// What it gives, in a sentence or two.
    pub doc: &'static str,
    /// At least one.
    pub examples: &'static [Example],
    /// Where it differs on purpose from the spreadsheet's function of the name; empty where it doesn't.
    pub differs: &'static str,
    /// Over the rows of a table.
    pub aggregate: Option<Aggregate>,
    /// Between values.
    pub value: Option<Value>,
    /// Within one row.
    pub row: Option<RowRole>,
}

/// The shape that most functions share, without a place to stand.
const NONE: FunctionInfo = FunctionInfo {
    name: "",
    arguments: &[one("x", SAME)],
    gives: Gives::Same,
    kind: Kind::Neither,
    doc: "",
    examples: &[],
    differs: "",
    aggregate: None,
    value: None,
    row: None,
};

impl FunctionInfo {
    /// `round(x, [digits])`, `npv(rate, value, …)`
    pub fn signature(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        for (i, a) in self.arguments.iter().enumerate() {
            let next = self.arguments.get(i + 1);
            let last = a.often == Often::Repeats && next.is_none_or(|n| n.often != Often::Repeats);
            match a.often {
                Often::Optional => parts.push(format!("[{}]", a.name)),
                Often::Any => parts.push(format!("[{}, …]", a.name)),
                _ => parts.push(a.name.to_owned()),
            }
            if last {
                parts.push("…".to_owned());
            }
        }
        format!("{}({})", self.name, parts.join(", "))
    }

    /// The fewest arguments.
    pub fn fewest(&self) -> usize {
        self.arguments.iter().filter(|a| matches!(a.often, Often::Once | Often::Repeats)).count()
    }

    /// The most arguments; `None` for no limit.
    pub fn most(&self) -> Option<usize> {
        let endless = self.arguments.iter().any(|a| matches!(a.often, Often::Repeats | Often::Any));
        (!endless).then_some(self.arguments.len())
    }

    /// How many arguments repeat together; 0 where none does.
    fn group(&self) -> usize {
        self.arguments.iter().filter(|a| matches!(a.often, Often::Repeats | Often::Any)).count()
    }

    /// True where it takes so many arguments.
    pub fn accepts(&self, given: usize) -> bool {
        let enough = given >= self.fewest() && self.most().is_none_or(|most| given <= most);
        let singles = self.arguments.len() - self.group();
        enough && (self.group() < 2 || (given - singles).is_multiple_of(self.group()))
    }

    /// How many arguments it takes, in words.
    pub fn takes(&self) -> String {
        let s = |n: usize| if n == 1 { "1 argument".to_owned() } else { format!("{n} arguments") };
        let names = |often: Often| {
            let of: Vec<&str> = self.arguments.iter().filter(|a| a.often == often).map(|a| a.name).collect();
            of.join(" and ")
        };
        match (self.fewest(), self.most()) {
            (a, Some(b)) if a == b => s(a),
            (a, None) if self.group() > 1 => format!("at least {}, {} in turns", s(a), names(Often::Repeats)),
            (a, None) => format!("at least {}", s(a)),
            (a, Some(b)) => format!("{a} to {}", s(b)),
        }
    }

    /// The argument that stands at place `at` of `given` arguments.
    pub fn argument(&self, at: usize, given: usize) -> Option<&'static Argument> {
        let repeats = |a: &Argument| matches!(a.often, Often::Repeats | Often::Any);
        let (group, first) = (self.group(), self.arguments.iter().position(repeats));
        let Some(first) = first else { return self.arguments.get(at) };
        let after = self.arguments.len() - first - group;
        if at < first {
            self.arguments.get(at)
        } else if at + after >= given {
            self.arguments.get(self.arguments.len() - given.checked_sub(at)?)
        } else {
            self.arguments.get(first + (at - first) % group)
        }
    }

    /// True where a call with so many arguments may be one over rows: `median(x)`, `percentile(x, 95)`; several values
    /// are never rows.
    pub fn may_be_over_rows(&self, given: usize) -> bool {
        self.aggregate.is_some() && (self.value.is_none() || given == self.arguments.len())
    }

    /// Where it can be called, in words.
    pub fn places(&self) -> Vec<&'static str> {
        let places = [
            (self.aggregate.is_some(), "over the rows of a table"),
            (self.value.is_some(), "between values"),
            (self.row.is_some(), "within a row"),
        ];
        places.into_iter().filter(|(there, _)| *there).map(|(_, words)| words).collect()
    }

    /// How it behaves over time, in words; empty where that is neither a total nor a level.
    pub fn behaves(&self) -> &'static str {
        match (self.kind, self.aggregate.is_some()) {
            (Kind::Flow, true) => "over rows a total over a period",
            (Kind::Flow, false) => "a total over a period",
            (Kind::Stock, true) => "over rows a level on a day",
            (Kind::Stock, false) => "a level on a day",
            (Kind::Neither, _) => "",
        }
    }

    /// The first example, for messages.
    pub fn example(&self) -> &'static str {
        self.examples.first().map_or("", |e| e.call)
    }
}

/// The functions of one topic.
#[derive(Debug, Clone, Copy)]
pub struct Topic {
    /// The reference's heading.
    pub title: &'static str,
    /// What they share, one sentence.
    pub intro: &'static str,
    /// In the order of the reference.
    pub functions: &'static [FunctionInfo],
}

/// Every function by topic, in the order of the reference.
pub static TOPICS: &[Topic] = &[
    Topic {
        title: "Over the rows of a table",
        intro: "Each takes an expression over one table's columns, and may hold a condition: \
                `sum(posts.likes where network = \"x\")`. Those that take several values work between values as well: \
                `max(a, b)`.",
        functions: aggregates::FUNCTIONS,
    },
    Topic {
        title: "Over time and across",
        intro: "Each works on a metric in several windows, or for several values of a column.",
        functions: series::FUNCTIONS,
    },
    Topic { title: "Arithmetic", intro: "Between numbers and metrics.", functions: arithmetic::FUNCTIONS },
    Topic { title: "Logic", intro: "Which value to take, and what to do without one.", functions: logic::FUNCTIONS },
    Topic { title: "Dates", intro: "Between dates; a period stands for its first day.", functions: time::FUNCTIONS },
    Topic { title: "Money", intro: "Payments over time, and what a campaign returns.", functions: money::FUNCTIONS },
    Topic {
        title: "Text",
        intro: "Within a row: inside an aggregate's brackets, in a `where`, in a segment.",
        functions: text::FUNCTIONS,
    },
];

/// Every function, in the order of the reference.
pub fn all() -> impl Iterator<Item = &'static FunctionInfo> {
    TOPICS.iter().flat_map(|t| t.functions)
}

/// The name that stands for something between values; empty where none does.
pub fn name_of(value: Value) -> &'static str {
    all().find(|f| f.value == Some(value)).map_or("", |f| f.name)
}

/// The entry of a name in lower case.
pub fn find(name: &str) -> Option<&'static FunctionInfo> {
    static BY_NAME: LazyLock<HashMap<&str, &FunctionInfo>> = LazyLock::new(|| all().map(|f| (f.name, f)).collect());
    BY_NAME.get(name).copied()
}
