//! Calls of functions within a row: which function, what each argument must be, what it gives.

use super::error::NameError;
use super::functions::{self, RowRole, Takes};
use super::plan::Type;
use super::rows::{RowScope, RowType, described};
use super::{R, Reported, Resolver};
use crate::quantity::Unit;
use crate::query::{PATTERN_SIZE, Row, RowFunction, RowOp};
use crate::source::{FileId, Span};
use crate::syntax::tree::{Expr, Name};
use ordered_float::OrderedFloat;

impl Resolver<'_> {
    /// A call within a row.
    pub(crate) fn row_call(
        &mut self,
        function: &Name,
        arguments: &[Expr],
        scope: &mut RowScope,
        at: Span,
    ) -> R<(Row, RowType)> {
        let file = scope.file;
        let info = self.function(function, file)?;
        let Some(role) = info.row else { return Err(self.not_for_rows(&function.node, file, at)) };
        self.count_arguments(info, arguments.len(), file, at)?;
        match role {
            RowRole::If | RowRole::Ifs => return self.row_choice(arguments, scope),
            _ => {}
        }
        let given: Vec<R<(Row, RowType)>> = arguments.iter().map(|a| self.row(a, scope, false)).collect();
        let given: Vec<(Row, RowType)> = given.into_iter().collect::<R<_>>()?;
        for (i, (argument, (_, gives))) in arguments.iter().zip(&given).enumerate() {
            let takes = info.argument(i, given.len()).map_or(Takes::Anything, |a| a.takes);
            self.row_fits(takes, gives, argument, file)?;
        }
        let types: Vec<RowType> = given.iter().map(|(_, gives)| gives.clone()).collect();
        let first = types.first().cloned().flatten();
        let gives = match role {
            RowRole::Call(f) => {
                self.looked_for(f, given.get(1).map(|(row, _)| row), arguments.get(1), file)?;
                gives(f, first)
            }
            RowRole::IsMissing | RowRole::IsNumber => Some(Type::Truth),
            RowRole::IfError => first.or_else(|| types.get(1).cloned().flatten()),
            RowRole::Power | RowRole::Sqrt => Some(Type::Number(Unit::Plain)),
            RowRole::Least | RowRole::Greatest | RowRole::If | RowRole::Ifs => first,
        };
        let row = role.of(given.into_iter().map(|(row, _)| row).collect()).ok_or(Reported)?;
        Ok((row, gives))
    }

    /// Refuses an argument that is surely of another type than is taken.
    fn row_fits(&mut self, takes: Takes, gives: &RowType, argument: &Expr, file: FileId) -> R<()> {
        let Some(found) = gives else { return Ok(()) };
        let fits = match takes {
            Takes::Number(_) => matches!(found, Type::Number(_)),
            Takes::Truth => *found == Type::Truth,
            Takes::Time => *found == Type::Time,
            Takes::Text => *found == Type::Text,
            _ => true,
        };
        if fits {
            return Ok(());
        }
        let (is, at) = (described(found), argument.span);
        Err(self.report(file, &NameError::WrongType { wanted: takes.words(), is, at, help: None }))
    }

    /// `if(c, a, b)`, or `ifs(c, a, d, b, …)`: the value of the first condition that holds; none where none does.
    fn row_choice(&mut self, arguments: &[Expr], scope: &mut RowScope) -> R<(Row, RowType)> {
        let (pairs, rest) = arguments.as_chunks::<2>();
        let mut gives = None;
        let mut rows = Vec::with_capacity(arguments.len());
        for [condition, value] in pairs {
            rows.push(self.truth(condition, scope)?);
            let (value, own) = self.row(value, scope, false)?;
            gives = own.or(gives);
            rows.push(value);
        }
        for last in rest {
            let (value, own) = self.row(last, scope, false)?;
            gives = gives.or(own);
            rows.push(value);
        }
        Ok((RowRole::Ifs.of(rows).ok_or(Reported)?, gives))
    }

    /// Refuses a pattern that is none, and one that isn't written out: it must be known before any data is read.
    fn looked_for(&mut self, f: RowFunction, row: Option<&Row>, written: Option<&Expr>, file: FileId) -> R<()> {
        let (RowFunction::Matches | RowFunction::Mentions | RowFunction::HasHashtag, Some(row), Some(written)) =
            (f, row, written)
        else {
            return Ok(());
        };
        let at = written.span;
        let Row::Text(text) = row else {
            let error = NameError::WrongType {
                wanted: "a text that is the same in every row",
                is: format!("`{}`", self.text(file, at)),
                at,
                help: Some("write it between double quotes, such as \"netflix\"".to_owned()),
            };
            return Err(self.report(file, &error));
        };
        let problem = match f {
            RowFunction::Matches => pattern_problem(text),
            _ if text.trim().trim_start_matches(['@', '#']).is_empty() => Some("there is no word in it".to_owned()),
            _ => None,
        };
        match problem {
            None => Ok(()),
            Some(reason) => {
                let help = match f {
                    RowFunction::Matches => {
                        "signs that mean something in a pattern ( ) [ ] { } . * + ? | ^ $ \\ stand for themselves after a \
                         backslash, which a text writes twice: \"\\\\$5\""
                    }
                    _ => "write the word to look for, such as \"netflix\"",
                };
                Err(self.report(file, &NameError::BadPattern { pattern: text.clone(), reason, at, help }))
            }
        }
    }

    pub(crate) fn not_for_rows(&mut self, function: &str, file: FileId, at: Span) -> Reported {
        let help = match functions::find(&function.to_lowercase()) {
            Some(f) if f.aggregate.is_some() => "combine totals outside of the brackets: sum(a) / sum(b)",
            _ => "write it between metrics, outside of the brackets",
        };
        self.report(file, &NameError::NotForRows { what: format!("{function}(…)"), at, help })
    }

    pub(crate) fn not_for_rows_metric(&mut self, name: &str, file: FileId, at: Span) -> Reported {
        let help = "write a column here, or use the metric outside of the brackets";
        self.report(file, &NameError::NotForRows { what: format!("the metric `{name}`"), at, help })
    }
}

/// Why a text is no regular expression, in a few words.
fn pattern_problem(pattern: &str) -> Option<String> {
    match regex::RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build() {
        Ok(_) => None,
        Err(regex::Error::CompiledTooBig(_)) => Some("it takes too much room".to_owned()),
        // The parser draws the pattern with a caret; its last line says what is wrong.
        Err(other) => {
            let text = other.to_string();
            Some(text.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned())
        }
    }
}

/// What a row function gives.
fn gives(function: RowFunction, first: RowType) -> RowType {
    use RowFunction as F;
    Some(match function {
        F::Abs | F::Mod | F::Int | F::Round | F::RoundUp | F::RoundDown | F::Ceiling | F::Floor => return first,
        F::Lower | F::Upper | F::Trim => Type::Text,
        F::Contains | F::StartsWith | F::Matches | F::Mentions | F::HasHashtag => Type::Truth,
        F::Date | F::EDate | F::EoMonth => Type::Time,
        F::Exp | F::Ln | F::Log | F::Log10 | F::Length | F::Hashtags | F::Sentiment => Type::Number(Unit::Plain),
        F::Year | F::Month | F::Day | F::Weekday => Type::Number(Unit::Plain),
        F::NetworkDays | F::Days => Type::Number(Unit::Count("days".to_owned())),
    })
}

impl RowRole {
    /// A call over arguments that are rows already; `None` where there are too few.
    pub(crate) fn of(self, rows: Vec<Row>) -> Option<Row> {
        if matches!(self, Self::If | Self::Ifs) {
            return Some(first_that_holds(rows));
        }
        let mut rows = rows.into_iter();
        let mut next = || rows.next().map(Box::new);
        Some(match self {
            Self::Call(f) => Row::Call(f, rows.collect()),
            Self::IsMissing => Row::IsMissing(next()?),
            Self::IsNumber => Row::IsNumber(next()?),
            Self::IfError => Row::IfError(next()?, next()?),
            Self::Power => Row::Binary(RowOp::Power, next()?, next()?),
            Self::Sqrt => Row::Binary(RowOp::Power, next()?, Box::new(Row::Number(OrderedFloat(0.5)))),
            Self::Least => Row::Extreme { greatest: false, of: rows.collect() },
            Self::Greatest => Row::Extreme { greatest: true, of: rows.collect() },
            Self::If | Self::Ifs => return None,
        })
    }
}

/// Conditions and values in turns; a value at the end without a condition stands where none of them holds.
fn first_that_holds(mut rows: Vec<Row>) -> Row {
    let mut chosen = if rows.len() % 2 == 1 { rows.pop().unwrap_or(Row::Missing) } else { Row::Missing };
    while let (Some(value), Some(condition)) = (rows.pop(), rows.pop()) {
        chosen = Row::If(Box::new(condition), Box::new(value), Box::new(chosen));
    }
    chosen
}
