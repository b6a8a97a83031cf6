//! What can be wrong with names, columns and clauses: one variant a mistake, with its code and words. Unit mistakes are
//! in `unit_error`.

use crate::diagnostic::Finding;
use crate::source::Span;
use miette::Diagnostic;
use thiserror::Error;

/// A mistake in names, columns or clauses.
#[derive(Debug, Error, Diagnostic)]
#[allow(missing_docs)] // named after their messages
pub enum NameError {
    #[error("there are two {what}s called `{name}`")]
    #[diagnostic(
        code("N001"),
        help("give this one another name: a name stands for one {what}, over a plan and its imports")
    )]
    Duplicate {
        what: &'static str,
        name: String,
        #[label("the second one")]
        at: Span,
    },

    #[error("nothing here is called `{name}`: {wanted} is needed")]
    #[diagnostic(code("N002"))]
    Unknown {
        name: String,
        wanted: &'static str,
        #[label("not known")]
        at: Span,
        #[help]
        help: Option<String>,
    },

    #[error("there is no table called `{name}`")]
    #[diagnostic(code("N003"))]
    UnknownTable {
        name: String,
        #[label("not known")]
        at: Span,
        #[help]
        help: Option<String>,
    },

    #[error("there is no {what} called `{name}`")]
    #[diagnostic(code("N004"))]
    UnknownOf {
        what: &'static str,
        name: String,
        #[label("not known")]
        at: Span,
        #[help]
        help: Option<String>,
    },

    #[error("`{name}` is {is}; {wanted} is needed here")]
    #[diagnostic(code("N005"), help("{help}"))]
    WrongKind {
        name: String,
        is: &'static str,
        wanted: &'static str,
        #[label("{is}")]
        at: Span,
        help: String,
    },

    #[error("{what}: {path}")]
    #[diagnostic(code("N006"), help("{help}"))]
    Circle {
        what: String,
        path: String,
        #[label("{edge}")]
        at: Span,
        edge: String,
        help: &'static str,
    },

    #[error("`{column}` is a column: it has a value in every row, and here one value is needed")]
    #[diagnostic(code("N007"), help("add it up with sum({column}), or take its newest value with last({column})"))]
    BareColumn {
        column: String,
        #[label("a column")]
        at: Span,
    },

    #[error("it can't be told which table `{column}` is in")]
    #[diagnostic(code("N008"), help("say it: {example}"))]
    WhichTable {
        column: String,
        #[label("of which table?")]
        at: Span,
        example: String,
    },

    #[error("`{name}` isn't known beforehand, and rows can only be compared with a fixed value")]
    #[diagnostic(code("N009"), help("write the value itself here, or move the comparison out of the brackets"))]
    LetReadsData {
        name: String,
        #[label("not fixed beforehand")]
        at: Span,
    },

    #[error("{what} can't stand here: this part is worked out row by row")]
    #[diagnostic(code("N010"), help("{help}"))]
    NotForRows {
        what: String,
        #[label("not a value of one row")]
        at: Span,
        help: &'static str,
    },

    #[error("one total reads one table, and this reads `{first}` and `{second}`")]
    #[diagnostic(
        code("N011"),
        help("give each table its own: sum({first}.…) and sum({second}.…), and combine the results")
    )]
    TwoTables {
        first: String,
        second: String,
        #[label("of `{second}`")]
        at: Span,
    },

    #[error("there is no function called `{name}`")]
    #[diagnostic(code("N012"))]
    UnknownFunction {
        name: String,
        #[label("not known")]
        at: Span,
        #[help]
        help: Option<String>,
    },

    #[error("{name} takes {takes}, and {got} given")]
    #[diagnostic(code("N013"), help("for example: {example}"))]
    Arguments {
        name: String,
        takes: String,
        got: String,
        #[label("{signature}")]
        at: Span,
        signature: String,
        example: &'static str,
    },

    #[error("this is already fixed to a period: two periods at once mean nothing")]
    #[diagnostic(code("N014"), help("keep one of the two; to move a period, write a step such as [-1 quarter]"))]
    TwoWindows {
        #[label("a second period")]
        at: Span,
        #[label("the first one")]
        first: Span,
    },

    #[error("{what}")]
    #[diagnostic(code("N015"), help("{help}"))]
    Timing {
        what: String,
        #[label("{label}")]
        at: Span,
        label: &'static str,
        #[label("here")]
        other: Option<Span>,
        help: String,
    },

    #[error("the goal says what is measured, and not what is wanted of it")]
    #[diagnostic(
        code("N016"),
        help("add a target: a change such as +5%, a value such as to 10k, or a limit such as >= 10k")
    )]
    NoTarget {
        #[label("a number, without a target")]
        at: Span,
    },

    #[error("`{subject}` is already true or false, so it takes no target")]
    #[diagnostic(code("N017"), help("leave the target out"))]
    TruthTarget {
        subject: String,
        #[label("not needed")]
        at: Span,
    },

    #[error(
        "this filter reaches only a part of what is measured: `{column}` is in table `{with}`, and not in `{without}`"
    )]
    #[diagnostic(
        code("N018"),
        help("put the filter in brackets on the part that it is meant for, such as sum({with}.…)[{condition}]")
    )]
    PartialFilter {
        column: String,
        with: String,
        without: String,
        condition: String,
        #[label("not in `{without}`")]
        at: Span,
    },

    #[error("what is measured already holds `{column}` to {value}, so this filter can't choose another")]
    #[diagnostic(code("N019"), help("leave this filter out, or the one that is already there"))]
    FixedColumn {
        column: String,
        value: String,
        #[label("`{column}` again")]
        at: Span,
    },

    #[error("`{fact}` is said twice")]
    #[diagnostic(code("N020"), help("keep one of the two"))]
    FactTwice {
        fact: &'static str,
        #[label("the second one")]
        at: Span,
        #[label("the first one")]
        first: Span,
    },

    #[error("{what}")]
    #[diagnostic(code("N021"), help("{help}"))]
    OutOfRange {
        what: String,
        #[label("out of range")]
        at: Span,
        help: String,
    },

    #[error("nothing can be looked for with \"{pattern}\": {reason}")]
    #[diagnostic(code("N033"), help("{help}"))]
    BadPattern {
        pattern: String,
        reason: String,
        #[label("{reason}")]
        at: Span,
        help: &'static str,
    },

    #[error("{wanted} is needed here, and this is {is}")]
    #[diagnostic(code("N022"))]
    WrongType {
        wanted: &'static str,
        is: String,
        #[label("{is}")]
        at: Span,
        #[help]
        help: Option<String>,
    },

    #[error("{first} can't be compared with {second}")]
    #[diagnostic(code("N023"))]
    Incomparable {
        first: String,
        second: String,
        #[label("{second}")]
        at: Span,
        #[label("{first}")]
        other: Span,
        #[help]
        help: Option<String>,
    },

    #[error("a let is one fixed value, and `{name}` changes from period to period")]
    #[diagnostic(
        code("N024"),
        help(
            "say which period it is of, such as signups[Q4 2020]; or write metric {name} = … instead of let {name} = …"
        )
    )]
    LetWithoutWindow {
        name: String,
        #[label("of which period?")]
        at: Span,
    },

    #[error("this expression nests too deeply to be followed")]
    #[diagnostic(code("N025"), help("give a part of it a name with let or metric, and use the name here"))]
    TooDeep {
        #[label("more than {limit} levels")]
        at: Span,
        limit: u32,
    },

    #[error("the baseline is said twice")]
    #[diagnostic(code("N026"), help("keep one: a goal is measured from one baseline"))]
    TwoBaselines {
        #[label("a baseline")]
        at: Span,
        #[label("another one")]
        other: Span,
    },

    #[error("{what}")]
    #[diagnostic(code("N027"), help("{help}"))]
    Targets {
        what: String,
        #[label("{label}")]
        at: Span,
        label: &'static str,
        help: String,
    },

    #[error("a goal over other goals is judged by theirs, so it takes no `{clause}`")]
    #[diagnostic(code("N028"), help("write `{clause}` on the goals that it is made of"))]
    CombinedClause {
        clause: &'static str,
        #[label("belongs to a single goal")]
        at: Span,
    },

    #[error("campaign `{campaign}` has no `{part}`")]
    #[diagnostic(code("N029"), help("{help}"))]
    CampaignPart {
        campaign: String,
        part: String,
        #[label("not there")]
        at: Span,
        help: String,
    },

    #[error("this filter is about table `{table}`, and what is measured reads table `{measured}`")]
    #[diagnostic(code("N031"), help("filter on a column of `{measured}`, or leave the filter out"))]
    FilterElsewhere {
        table: String,
        measured: String,
        #[label("of `{table}`")]
        at: Span,
    },

    #[error("`{clause}` means nothing on {shape}: {why}")]
    #[diagnostic(code("N032"), help("{help}"))]
    NoMeaning {
        clause: &'static str,
        shape: &'static str,
        why: &'static str,
        #[label("means nothing here")]
        at: Span,
        help: String,
    },

    #[error("`per` goes with last only: the newest value of each one, added up")]
    #[diagnostic(code("N030"), help("write last(x per {column}), or judge each one by itself: for each {column}"))]
    PerOnlyLast {
        column: String,
        #[label("not with {function}")]
        at: Span,
        function: &'static str,
    },

    #[error("{what}")]
    #[diagnostic(code("N040"), help("{help}"))]
    Across {
        what: String,
        #[label("{label}")]
        at: Span,
        label: &'static str,
        help: String,
    },

    #[error("table `{table}` has no column `{column}`")]
    #[diagnostic(code("N301"))]
    UnknownColumn {
        table: String,
        column: String,
        #[label("not in `{table}`")]
        at: Span,
        #[help]
        help: Option<String>,
    },

    #[error("no table has a column `{column}`")]
    #[diagnostic(code("N302"))]
    UnknownColumnAnywhere {
        column: String,
        #[label("not known")]
        at: Span,
        #[help]
        help: Option<String>,
    },

    #[error("column `{column}` of table `{table}` holds {holds}, and {wanted} is needed here")]
    #[diagnostic(code("N303"), help("{help}"))]
    ColumnType {
        table: String,
        column: String,
        holds: &'static str,
        wanted: &'static str,
        #[label("{holds}")]
        at: Span,
        help: &'static str,
    },
}

impl Finding for NameError {}

/// `did you mean X?`
pub(crate) fn did_you_mean(nearest: Option<&str>) -> Option<String> {
    nearest.map(|n| format!("did you mean {}?", super::names::written(n)))
}

/// A mistake in what a scenario changes.
#[derive(Debug, Error, Diagnostic)]
#[allow(missing_docs)] // named after their messages
pub enum WhatIfError {
    #[error("the scenario changes `{name}` twice")]
    #[diagnostic(code("N041"), help("keep one of the two changes"))]
    SetTwice {
        name: String,
        #[label("the second change")]
        at: Span,
    },

    #[error("`{name}` is {was}, and what is put in its place is {is}")]
    #[diagnostic(code("N042"), help("write it as {was}, or change another name"))]
    OtherUnit {
        name: String,
        was: String,
        is: String,
        #[label("{is}")]
        at: Span,
    },

    #[error("a scenario multiplies by a percentage")]
    #[diagnostic(code("N043"), help("write it as +10% or -10%; or give the whole formula: {name} = {name} + 5"))]
    NotAShare {
        name: String,
        #[label("no percentage")]
        at: Span,
    },
}

impl Finding for WhatIfError {}
