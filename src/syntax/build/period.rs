//! Dates, moments and periods.

use super::Build;
use crate::calendar::{Period, month_of};
use crate::source::{Span, Spanned};
use crate::syntax::error::SyntaxError;
use crate::syntax::grammar::{Node, Rule};
use crate::syntax::tree::{Literal, Moment, When};
use jiff::civil::{Date, DateTime, ISOWeekDate, Time, Weekday};

impl Build<'_> {
    /// What a `when` names.
    pub(super) fn when(&self, node: Node<'_>) -> Option<Spanned<When>> {
        let inner = node.into_inner().next()?;
        if inner.as_rule() == Rule::moment {
            let span = self.token(&inner);
            return Some(Spanned::new(When::Moment(self.moment(inner.as_str(), span)), span));
        }
        let period = self.period(inner)?;
        Some(Spanned::new(When::Period(period.node), period.span))
    }

    /// The literal of a `dated`.
    pub(super) fn dated(&self, node: Node<'_>) -> Option<Literal> {
        let mut parts = node.into_inner();
        let first = parts.next()?;
        if first.as_rule() == Rule::moment {
            return Some(Literal::Moment(self.moment(first.as_str(), self.token(&first))));
        }
        Some(Literal::Period(self.range(first, parts.next())))
    }

    /// The period of a `period`.
    pub(super) fn period(&self, node: Node<'_>) -> Option<Spanned<Period>> {
        let span = self.whole(&node);
        let mut parts = node.into_inner();
        let first = parts.next()?;
        Some(Spanned::new(self.range(first, parts.next()), span))
    }

    fn range(&self, first: Node<'_>, last: Option<Node<'_>>) -> Period {
        let start = self.point(&first);
        match last {
            None => start,
            Some(last) => Period::Range(Box::new(start), Box::new(self.point(&last))),
        }
    }

    /// The day of a `stamp` that must be one.
    pub(super) fn date(&self, node: &Node<'_>) -> Date {
        match self.point(node) {
            Period::Day(date) => date,
            _ => {
                self.error(SyntaxError::CheckpointDate { written: node.as_str().to_owned(), at: self.token(node) });
                Date::ZERO
            }
        }
    }

    /// The period of a single `stamp` or `point`.
    fn point(&self, node: &Node<'_>) -> Period {
        let (text, at) = (node.as_str(), self.token(node));
        let period =
            if text.starts_with(|c: char| c.is_ascii_digit()) { self.dashed(text, at) } else { self.spaced(text, at) };
        period.unwrap_or_else(|| {
            self.error(SyntaxError::no_such_period(text, at));
            Period::Year(0)
        })
    }

    /// `2021`, `2021-03`, `2021-W05`, `2021-03-31`.
    fn dashed(&self, text: &str, at: Span) -> Option<Period> {
        let mut parts = text.split('-');
        let year: i16 = parts.next()?.parse().ok()?;
        let Some(second) = parts.next() else { return Some(Period::Year(year)) };
        if let Some(week) = second.strip_prefix('W') {
            let week: i8 = week.parse().ok()?;
            return ISOWeekDate::new(year, week, Weekday::Monday).ok().map(|_| Period::Week(year, week));
        }
        let month: i8 = second.parse().ok()?;
        let Some(third) = parts.next() else {
            return (1..=12).contains(&month).then_some(Period::Month(year, month));
        };
        let day: i8 = third.parse().ok()?;
        let date = Date::new(year, month, day).ok()?;
        if second.len() < 2 || third.len() < 2 {
            self.error(SyntaxError::ShortDate { right: date.to_string(), at });
        }
        Some(Period::Day(date))
    }

    /// `Q1 2021`, `H1 2021`, `FQ1 2021`, `FY2021`, `March 2021`.
    fn spaced(&self, text: &str, at: Span) -> Option<Period> {
        if let Some(year) = text.strip_prefix("FY") {
            return year.parse().ok().map(Period::FiscalYear);
        }
        let (head, year) = text.split_once([' ', '\t', '\u{a0}'])?;
        let year: i16 = year.trim_start_matches([' ', '\t', '\u{a0}']).parse().ok()?;
        let counted =
            |prefix: &str, most: i8| head.strip_prefix(prefix)?.parse::<i8>().ok().filter(|n| (1..=most).contains(n));
        if let Some(quarter) = counted("FQ", 4) {
            return Some(Period::FiscalQuarter(year, quarter));
        }
        if let Some(quarter) = counted("Q", 4) {
            return Some(Period::Quarter(year, quarter));
        }
        if let Some(half) = counted("H", 2) {
            return Some(Period::Half(year, half));
        }
        if head.ends_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let month = month_of(head).unwrap_or_else(|| {
            let at = Span::new(at.start as usize, at.start as usize + head.len());
            self.error(SyntaxError::unknown_month(head, at));
            1
        });
        Some(Period::Month(year, month))
    }

    /// `2021-09-30T17:00+02:00`.
    fn moment(&self, text: &str, span: Span) -> Moment {
        read_moment(text).unwrap_or_else(|| {
            self.error(SyntaxError::NoSuchMoment { written: text.to_owned(), at: span });
            Moment { at: DateTime::ZERO, offset: None }
        })
    }
}

fn read_moment(text: &str) -> Option<Moment> {
    let (date, rest) = text.split_once('T')?;
    let date: Date = date.parse().ok()?;
    let end = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    let mut fields = clock.split(':').map(|n| n.parse::<i8>());
    let (hour, minute) = (fields.next()?.ok()?, fields.next()?.ok()?);
    let second = fields.next().unwrap_or(Ok(0)).ok()?;
    let at = date.to_datetime(Time::new(hour, minute, second, 0).ok()?);
    Some(Moment { at, offset: zone_offset(zone)? })
}

/// Seconds east of Greenwich; `None` where there is no such offset.
fn zone_offset(zone: &str) -> Option<Option<i32>> {
    let Some(sign) = zone.chars().next() else { return Some(None) };
    if sign == 'Z' {
        return Some(Some(0));
    }
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = (hours <= 15 && minutes < 60).then_some(hours * 3600 + minutes * 60)?;
    Some(Some(if sign == '-' { -seconds } else { seconds }))
}
