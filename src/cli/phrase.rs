//! Short texts of the command line in the plan's language: formulas, spans, periods. They are read as parts of a
//! statement, so that there is one grammar, and what is wrong with them is told as if the statement weren't there.

use super::exit::CommandError;
use crate::calendar::{CalendarSpan, Period};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Sources, Span};
use crate::syntax::tree::{ExprKind, Literal, Statement, StatementKind};
use crate::{Plan, model};

/// The name that a formula of the command line has inside.
pub const ANSWER: &str = "answer";
const LET: &str = "let answer = ";

/// A formula of the command line with what is wrong with it.
#[derive(Debug)]
pub struct Formula {
    /// A plan that holds only a `let` of the name [`ANSWER`].
    pub plan: model::Plan,
    /// Places are in [`Formula::sources`].
    pub found: Vec<Diagnostic>,
    /// The formula as typed.
    pub sources: Sources,
}

/// Reads a formula.
pub fn formula(text: &str) -> Formula {
    let line = one_line(text);
    let read = Plan::parse(&format!("{LET}{line}\n"));
    let (plan, meaning) = read.resolve(&model::Catalog::default());
    let mut found = read.spelling().to_vec();
    // What could not be read has no meaning to complain of.
    if found.is_empty() {
        found = meaning;
    }
    found.iter_mut().for_each(without_let);
    for diagnostic in &mut found {
        shift(diagnostic, LET.len(), line.len());
    }
    let mut sources = Sources::default();
    sources.add(SourceFile::new("formula", line));
    Formula { plan, found, sources }
}

/// Who types a formula has written no `let`: what is said of it is said in other words.
fn without_let(diagnostic: &mut Diagnostic) {
    if !diagnostic.message.contains(&format!("`{ANSWER}`")) {
        return;
    }
    diagnostic.message = "a formula here works on numbers alone, and this reads data".to_owned();
    diagnostic.help = Some("write it as a metric in a plan, and see its values with milepost show METRIC".to_owned());
    for label in &mut diagnostic.labels {
        label.text = "reads data".to_owned();
    }
}

/// A line end would begin another statement.
fn one_line(text: &str) -> String {
    text.split(['\n', '\r']).map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Moves all places back by the text that stands before the typed one, which has `length` bytes.
fn shift(diagnostic: &mut Diagnostic, by: usize, length: usize) {
    let back = |span: &mut Span| {
        let clip = |offset: u32| (offset as usize).saturating_sub(by).min(length);
        *span = Span::new(clip(span.start), clip(span.end));
    };
    diagnostic.labels.iter_mut().for_each(|l| back(&mut l.at.span));
    // A correction of the statement around it is none of the typed text, and no more is a word on how it is written.
    diagnostic.fix = None;
    if diagnostic.help.as_ref().is_some_and(|h| h.contains("let NAME")) {
        diagnostic.help = None;
    }
}

/// `1 quarter`, `2w`
///
/// # Errors
/// All else.
pub fn span(flag: &'static str, text: &str) -> Result<CalendarSpan, CommandError> {
    let wrong = || CommandError::Argument {
        flag,
        text: text.to_owned(),
        reason: "this is no length of time; write one as month, '2 weeks' or '1 quarter'".to_owned(),
    };
    // `month`, as after `every` in a plan.
    let one = text.trim().chars().all(char::is_alphabetic).then(|| format!("1 {text}"));
    let text = one.as_deref().unwrap_or(text);
    match statement(&format!("{LET}{}\n", one_line(text))).map(|s| s.node) {
        Some(StatementKind::Let(l)) => match l.value.node {
            ExprKind::Literal(Literal::Span(span)) if span.count > 0 => Ok(span),
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

/// `2021`, `Q4 2020..Q3 2021`
///
/// # Errors
/// All else.
pub fn period(flag: &'static str, text: &str) -> Result<Period, CommandError> {
    match statement(&format!("exclude {} because \"\"\n", one_line(text))).map(|s| s.node) {
        Some(StatementKind::Exclude(e)) if e.table.is_none() => Ok(e.period.node),
        _ => Err(CommandError::Argument {
            flag,
            text: text.to_owned(),
            reason: "this is no period; write one as 2021, 'Q1 2021', 2021-03 or 'Q4 2020..Q3 2021'".to_owned(),
        }),
    }
}

/// The one statement of a text without anything wrong.
fn statement(text: &str) -> Option<Statement> {
    let parsed = crate::syntax::parse(text);
    let alone = parsed.errors.is_empty() && parsed.file.statements.len() == 1;
    parsed.file.statements.into_iter().next().filter(|_| alone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::SpanUnit;

    #[test]
    fn spans_and_periods() {
        assert_eq!(span("--every", "1 quarter").ok(), Some(CalendarSpan::new(1, SpanUnit::Quarter)));
        assert_eq!(span("--every", "month").ok(), Some(CalendarSpan::new(1, SpanUnit::Month)));
        assert_eq!(span("--every", "2w").ok(), Some(CalendarSpan::new(2, SpanUnit::Week)));
        assert_eq!(period("--in", "2021").ok(), Some(Period::Year(2021)));
        let range = Period::Range(Box::new(Period::Quarter(2020, 4)), Box::new(Period::Quarter(2021, 3)));
        assert_eq!(period("--in", "Q4 2020..Q3 2021").ok(), Some(range));
        for wrong in ["", "x", "1", "-1 month", "1 month\nlet y = 3", "2021 from x"] {
            assert!(span("--every", wrong).is_err(), "{wrong}");
            assert!(period("--in", wrong).is_err(), "{wrong}");
        }
    }
}
