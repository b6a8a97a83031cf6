//! What people write instead of the language, and the right spelling of it.

use crate::source::Span;
use miette::Diagnostic;
use thiserror::Error;

/// A common wrong spelling. `written` is what stands at `at`, `right` what should stand there.
#[derive(Debug, Clone, PartialEq, Error, Diagnostic)]
#[allow(missing_docs)] // the fields are what the messages name
pub enum SlipError {
    #[error("no statement begins with `{written}`")]
    #[diagnostic(code("P002"), help("did you mean `{right}`?"))]
    UnknownStatement {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("a second statement begins on this line")]
    #[diagnostic(code("P011"), help("each statement opens a line of its own"))]
    SecondStatement {
        written: String,
        right: String,
        #[label("begin a new line here")]
        at: Span,
    },

    #[error("`{written}` is written in small letters: `{right}`")]
    #[diagnostic(code("P013"), help("the words of the language have no capitals; the names in a plan may have them"))]
    Capitals {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("`{written}` means nothing here")]
    #[diagnostic(code("P014"), help("did you mean `{right}`?"))]
    UnknownWord {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("a plan has no `{written}` here")]
    #[diagnostic(code("P015"), help("leave it out: the line's first word opens a statement, and no sign ends it"))]
    Punctuation {
        written: String,
        right: String,
        #[label("leave this out")]
        at: Span,
    },

    #[error("`=` is missing")]
    #[diagnostic(code("P017"), help("a name and what it stands for have = between them: let seats = 300M"))]
    MissingEquals {
        right: String,
        #[label("write = before this")]
        at: Span,
    },

    #[error("a text stands between quotes: {right}")]
    #[diagnostic(
        code("P018"),
        help("titles, paths and reasons are texts; names of metrics and columns have no quotes")
    )]
    MissingQuotes {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("a comment begins with #, not with {written}")]
    #[diagnostic(code("P016"), help("write # instead; it makes a comment of the rest of the line"))]
    CommentMark {
        written: String,
        right: String,
        #[label("write #")]
        at: Span,
    },

    #[error("a number has no commas: {right}, not {written}")]
    #[diagnostic(code("P020"), help("group the digits with _, or shorten the number: 250_000, 250k, 1.5M"))]
    Thousands {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("a goal states its change as a number: {right}, not \"{written}\"")]
    #[diagnostic(
        code("P021"),
        help("the subject stands first, then the change with its sign: subs +5%, bugs -20%, subs +250k")
    )]
    ChangeInWords {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("nothing says whether {written} is up, down, or the value to reach")]
    #[diagnostic(
        code("P021"),
        help(
            "write +{written} or -{written} for a change, `to {written}` for the value to reach, `>= {written}` for a bound"
        )
    )]
    ChangeWithoutSign {
        written: String,
        right: String,
        #[label("+, - or to?")]
        at: Span,
    },

    #[error("`{written}` isn't how the language writes a large number: {right}")]
    #[diagnostic(
        code("P022"),
        help("k is thousand, M million, B billion, T trillion; 1min is a minute and 1mo a month")
    )]
    Suffix {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("millions and billions are a letter glued to the number: {right}, not {written}")]
    #[diagnostic(code("P023"), help("k is thousand, M million, B billion, T trillion: 254.58M"))]
    Scale {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("a percent sign is glued to its number: {right}, not {written}")]
    #[diagnostic(code("P024"), help("5% of something is the ratio 0.05; percentage points are 5pp"))]
    Percent {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("percentage points are written pp, glued to the number: {right}, not {written}")]
    #[diagnostic(code("P025"), help("from 40% to 42% is +2pp, which is +5%"))]
    Points {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("a multiple has its x first: {right}, not {written}")]
    #[diagnostic(code("P026"), help("x2 is twice the baseline; so is double"))]
    Times {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("a date is written year-month-day: {right}, not {written}")]
    #[diagnostic(code("P027"), help("four digits for the year, two for the month, two for the day, in this order"))]
    DateForm {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("{written} can be two days: {right} or {other}")]
    #[diagnostic(code("P027"), help("write {right} for month first, {other} for day first"))]
    DateOrder {
        written: String,
        right: String,
        other: String,
        #[label("which month?")]
        at: Span,
    },

    #[error("a period isn't written {written}, but {right}")]
    #[diagnostic(
        code("P028"),
        help(
            "periods are 2021, H1 2021, Q1 2021, 2021-03, Mar 2021, 2021-W05, FY2021, FQ3 2021, or two of them with .. between"
        )
    )]
    PeriodForm {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("digits are 0 to 9: {right}, not {written}")]
    #[diagnostic(code("P032"), help("these are the wide digits of an East Asian keyboard"))]
    WideDigits {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("a text stands between straight double quotes")]
    #[diagnostic(code("P033"), help("write {right}"))]
    Quotes {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("a bound is written with a sign: {right}, not \"{written}\"")]
    #[diagnostic(code("P040"), help("the bounds are >= at least, <= at most, > more than, < less than, = exactly"))]
    BoundInWords {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("the subject stands first, then what is wanted of it: {right}")]
    #[diagnostic(code("P041"), help("subs double, bugs halve, subs x3"))]
    MultipleFirst {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("`{written}` is written `{right}` here")]
    #[diagnostic(
        code("P042"),
        help("comparisons are = <> < <= > >=, arithmetic is + - * / ^, and conditions are joined by and, or, not")
    )]
    Operator {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("`{written}` is called `{right}` here")]
    #[diagnostic(code("P043"), help("write {right}"))]
    OtherWord {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("every one of them is `for each`: {right}, not \"{written}\"")]
    #[diagnostic(code("P044"), help("a share of them is `for 95% of tickets`, or `for at most 5% of tickets`"))]
    ForAll {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("the target `{written}` stands before the clauses, right after the subject")]
    #[diagnostic(
        code("P045"),
        help("first what is measured, then what is wanted of it, then where, from, by and the rest")
    )]
    TargetLate {
        written: String,
        right: String,
        #[label("move this")]
        at: Span,
        #[label("to here")]
        to: Span,
    },

    #[error("`per` takes a length of time such as month, and {thing} isn't one")]
    #[diagnostic(
        code("P046"),
        help(
            "for an average divide in the subject, sum(…) / count({thing}); for every one of them write `for each {thing}`"
        )
    )]
    PerThing {
        thing: String,
        right: String,
        #[label("not a length of time")]
        at: Span,
    },

    #[error("{written} is written {right} here")]
    #[diagnostic(code("P047"), help("write {right}"))]
    ForeignFunction {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("`{written}` isn't a function here")]
    #[diagnostic(code("P047"), help("write {right}"))]
    UnknownFunction {
        written: String,
        right: String,
        #[label("from another language")]
        at: Span,
    },

    #[error("`count` takes the name of a table, not *")]
    #[diagnostic(code("P047"), help("write count(posts), with your table's name"))]
    CountAll {
        right: String,
        #[label("which table?")]
        at: Span,
    },

    #[error("a name of several words stands between back-ticks")]
    #[diagnostic(code("P048"), help("write {right}, or give it a short name of its own"))]
    NameOfWords {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },

    #[error("`within` takes days, weeks or months; a limit on a measured time is a bound")]
    #[diagnostic(
        code("P049"),
        help("subtract the two times, and give the difference a bound: tickets.replied - tickets.asked {right}")
    )]
    WithinClock {
        written: String,
        right: String,
        #[label("write {right}")]
        at: Span,
    },
}

impl SlipError {
    /// The text that should stand at the error's place, where that is certain.
    pub fn right(&self) -> Option<(Span, &str)> {
        match self {
            Self::UnknownStatement { right, at, .. }
            | Self::SecondStatement { right, at, .. }
            | Self::Capitals { right, at, .. }
            | Self::UnknownWord { right, at, .. }
            | Self::Punctuation { right, at, .. }
            | Self::MissingQuotes { right, at, .. }
            | Self::CommentMark { right, at, .. }
            | Self::Thousands { right, at, .. }
            | Self::ChangeInWords { right, at, .. }
            | Self::Suffix { right, at, .. }
            | Self::Scale { right, at, .. }
            | Self::Percent { right, at, .. }
            | Self::Points { right, at, .. }
            | Self::Times { right, at, .. }
            | Self::DateForm { right, at, .. }
            | Self::PeriodForm { right, at, .. }
            | Self::WideDigits { right, at, .. }
            | Self::Quotes { right, at, .. }
            | Self::BoundInWords { right, at, .. }
            | Self::MultipleFirst { right, at, .. }
            | Self::Operator { right, at, .. }
            | Self::OtherWord { right, at, .. }
            | Self::ForAll { right, at, .. }
            | Self::ForeignFunction { right, at, .. }
            | Self::NameOfWords { right, at, .. } => Some((*at, right)),
            Self::ChangeWithoutSign { .. }
            | Self::DateOrder { .. }
            | Self::TargetLate { .. }
            | Self::PerThing { .. }
            | Self::CountAll { .. }
            | Self::UnknownFunction { .. }
            | Self::MissingEquals { .. }
            | Self::WithinClock { .. } => None,
        }
    }

    /// The correction, where one is certain.
    pub fn fix(&self) -> Option<(String, Vec<(Span, String)>)> {
        let fix = |title: String, edits| Some((title, edits));
        match self {
            Self::Punctuation { at, .. } => fix("leave it out".to_owned(), vec![(*at, String::new())]),
            Self::SecondStatement { at, right, .. } => fix("begin a new line".to_owned(), vec![(*at, right.clone())]),
            Self::TargetLate { right, at, to, .. } => {
                // With the blank before it.
                let gone = Span { start: at.start.saturating_sub(1), end: at.end };
                fix(format!("write {right} after the subject"), vec![(*to, format!("{right} ")), (gone, String::new())])
            }
            _ => {
                let (at, right) = self.right()?;
                fix(format!("write {right}"), vec![(at, right.to_owned())])
            }
        }
    }
}
