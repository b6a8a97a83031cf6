//! Literals in their units. Knows no names.

use super::error::NameError;
use super::unit_error::UnitError;
use super::{R, Resolver};
use crate::calendar::{CalendarSpan, Period, SpanUnit, Window};
use crate::quantity::{Currency, Unit};
use crate::source::{FileId, Span, Spanned};
use crate::syntax::tree::{Literal, Moment, MoneySign, Number};
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// A literal with its meaning.
#[derive(Debug, Clone)]
pub(crate) enum Meaning {
    /// A number in its unit.
    Number(f64, Unit),
    Text(String),
    Truth(bool),
    /// A day or a longer period.
    Period(Period),
    /// A moment in the plan's zone.
    Moment(DateTime),
    /// Months, quarters or years: no exact length.
    Months,
}

impl Resolver<'_> {
    /// What a literal means in this plan.
    pub(crate) fn meaning(&self, literal: &Literal) -> Meaning {
        match literal {
            Literal::Number(n) => Meaning::Number(n.value, Unit::Plain),
            Literal::Percent(n) => Meaning::Number(hundredth(n), Unit::Percent),
            Literal::Points(n) => Meaning::Number(hundredth(n), Unit::Points),
            Literal::Money(n, sign) => Meaning::Number(n.value, Unit::Money(self.currency(*sign))),
            Literal::Duration(n, unit) => Meaning::Number(n.value * unit.seconds(), Unit::Duration),
            Literal::Span(span) => match span.days() {
                Some(days) => Meaning::Number(f64::from(days) * 86_400.0, Unit::Duration),
                None => Meaning::Months,
            },
            Literal::Period(p) => Meaning::Period(p.clone()),
            Literal::Moment(m) => Meaning::Moment(self.civil(m)),
            Literal::Text(t) => Meaning::Text(t.clone()),
            Literal::Truth(b) => Meaning::Truth(*b),
        }
    }

    fn currency(&self, sign: MoneySign) -> Currency {
        match sign {
            MoneySign::Dollar => self.plan.facts.currency.filter(|c| c.is_dollar()).unwrap_or(Currency::USD),
            MoneySign::Euro => Currency::EUR,
            MoneySign::Pound => Currency::GBP,
            MoneySign::Code(c) => c,
        }
    }

    /// A moment as a civil time in the plan's zone.
    pub(crate) fn civil(&self, moment: &Moment) -> DateTime {
        let there = moment.offset.and_then(|s| Offset::from_seconds(s).ok());
        there
            .and_then(|offset| offset.to_timestamp(moment.at).ok())
            .map_or(moment.at, |t| t.to_zoned(self.zone.clone()).datetime())
    }

    /// The stretch of time of a period; an error where the calendar has no such one.
    pub(crate) fn window(&mut self, period: &Period, file: FileId, at: Span) -> R<Window> {
        if let Some(window) = period.window(&self.plan.facts.rules) {
            return Ok(window);
        }
        let help = match period {
            Period::Range(..) => "write the earlier end first: 2021-04-01..2021-06-30",
            Period::Week(..) => "a year has 52 or 53 weeks",
            _ => "write a period of the calendar, such as Q1 2021",
        };
        let what = match period {
            Period::Range(..) => format!("{period} ends before it starts"),
            _ => format!("the calendar has no {period}"),
        };
        Err(self.report(file, &NameError::OutOfRange { what, at, help: help.to_owned() }))
    }

    /// A percentage between 0% and 100% as a fraction.
    pub(crate) fn fraction(&mut self, literal: &Spanned<Literal>, file: FileId, example: &str) -> R<f64> {
        match self.meaning(&literal.node) {
            Meaning::Number(v, Unit::Percent) if (0.0..=1.0).contains(&v) => Ok(v),
            _ => {
                let what = format!("{} is no share of a whole", self.text(file, literal.span));
                let help = format!("write a percentage from 0% to 100%, such as {example}");
                Err(self.report(file, &NameError::OutOfRange { what, at: literal.span, help }))
            }
        }
    }

    /// A weight: a plain number that isn't negative.
    pub(crate) fn weight(&mut self, literal: &Spanned<Literal>, file: FileId) -> R<f64> {
        match self.meaning(&literal.node) {
            Meaning::Number(v, Unit::Plain) if v >= 0.0 && v.is_finite() => Ok(v),
            _ => {
                let what = format!("{} is no weight", self.text(file, literal.span));
                let help = "write a number that isn't negative: weight 2 counts twice".to_owned();
                Err(self.report(file, &NameError::OutOfRange { what, at: literal.span, help }))
            }
        }
    }

    /// A calendar length of at least one day.
    pub(crate) fn positive(&mut self, span: &Spanned<CalendarSpan>, file: FileId) -> R<CalendarSpan> {
        if span.node.count > 0 {
            return Ok(span.node);
        }
        let what = format!("{} is no length of time", self.text(file, span.span));
        let help = format!("write at least 1 {}", span.node.unit.name());
        Err(self.report(file, &NameError::OutOfRange { what, at: span.span, help }))
    }

    /// The error of a length that has no exact one.
    pub(crate) fn calendar_length(&mut self, file: FileId, at: Span) -> super::Reported {
        let written = self.text(file, at);
        self.report(file, &UnitError::CalendarLength { written, at })
    }
}

fn hundredth(n: &Number) -> f64 {
    n.value / 100.0
}

/// The unit whose name, singular or plural, a word is.
pub(crate) fn span_unit(word: &str) -> Option<SpanUnit> {
    use SpanUnit::{Day, Month, Quarter, Week, Year};
    [Day, Week, Month, Quarter, Year].into_iter().find(|u| word == u.name() || word.strip_suffix('s') == Some(u.name()))
}
