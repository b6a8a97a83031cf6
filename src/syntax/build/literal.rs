//! Numbers, money, durations, spans and texts.

use super::Build;
use crate::calendar::{CalendarSpan, SpanUnit};
use crate::quantity::Currency;
use crate::source::{Span, Spanned};
use crate::syntax::error::SyntaxError;
use crate::syntax::grammar::Node;
use crate::syntax::tree::{DurationUnit, Literal, MoneySign, Number};

/// What may follow a number, glued on or after a space.
enum Tail {
    Percent,
    Points,
    Suffix(char, f64),
    Duration(DurationUnit),
    Span(SpanUnit),
}

const TAILS: &[(&str, Tail)] = &[
    ("%", Tail::Percent),
    ("pp", Tail::Points),
    ("k", Tail::Suffix('k', 1e3)),
    ("M", Tail::Suffix('M', 1e6)),
    ("B", Tail::Suffix('B', 1e9)),
    ("T", Tail::Suffix('T', 1e12)),
    ("ms", Tail::Duration(DurationUnit::Millisecond)),
    ("s", Tail::Duration(DurationUnit::Second)),
    ("min", Tail::Duration(DurationUnit::Minute)),
    ("h", Tail::Duration(DurationUnit::Hour)),
    ("millisecond", Tail::Duration(DurationUnit::Millisecond)),
    ("second", Tail::Duration(DurationUnit::Second)),
    ("minute", Tail::Duration(DurationUnit::Minute)),
    ("hour", Tail::Duration(DurationUnit::Hour)),
    ("d", Tail::Span(SpanUnit::Day)),
    ("w", Tail::Span(SpanUnit::Week)),
    ("mo", Tail::Span(SpanUnit::Month)),
    ("q", Tail::Span(SpanUnit::Quarter)),
    ("y", Tail::Span(SpanUnit::Year)),
    ("day", Tail::Span(SpanUnit::Day)),
    ("week", Tail::Span(SpanUnit::Week)),
    ("month", Tail::Span(SpanUnit::Month)),
    ("quarter", Tail::Span(SpanUnit::Quarter)),
    ("year", Tail::Span(SpanUnit::Year)),
];

/// The tail of that spelling; a word may be in the plural.
fn tail(text: &str) -> Option<&'static Tail> {
    let found = |t: &str| TAILS.iter().find(|(n, _)| *n == t).map(|(_, tail)| tail);
    found(text).or_else(|| text.strip_suffix('s').filter(|t| t.len() > 2).and_then(found))
}

/// Splits `10k USD` into its digits and what follows them.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    (digits, rest.trim_matches([' ', '\t', '\u{a0}']))
}

impl Build<'_> {
    /// The literal of a `quantity`.
    pub(super) fn quantity(&self, node: Node<'_>) -> Option<Spanned<Literal>> {
        let span = self.token(&node);
        let text = node.as_str();
        let sign = match text.chars().next()? {
            '$' => Some(MoneySign::Dollar),
            '€' => Some(MoneySign::Euro),
            '£' => Some(MoneySign::Pound),
            _ => None,
        };
        let (digits, rest) = split(text.trim_start_matches(['$', '€', '£']));
        let mut number = self.number(digits, span);
        let (rest, code) = match currency_code(rest) {
            Some(code) => (rest.get(..rest.len() - 3)?.trim_end_matches([' ', '\t', '\u{a0}']), Some(code)),
            None => (rest, None),
        };
        let tail = tail(rest);
        if let Some(Tail::Suffix(letter, scale)) = tail {
            number = self.scaled(number, digits, *letter, *scale, span);
        }
        let suffixed = matches!(tail, None | Some(Tail::Suffix(..)));
        let literal = match (sign, code) {
            (None, None) => plain(number, tail, |count, unit| self.calendar_span(count, unit, span)),
            (Some(sign), None) if suffixed => Literal::Money(number, sign),
            (None, Some(code)) => Literal::Money(number, MoneySign::Code(self.currency(code, span)?)),
            _ => {
                self.error(SyntaxError::MoneyWithUnit { written: text.to_owned(), at: span });
                return None;
            }
        };
        Some(Spanned::new(literal, span))
    }

    fn currency(&self, code: &str, span: Span) -> Option<Currency> {
        let currency = Currency::from_code(code);
        if currency.is_none() {
            let at = Span::new((span.end as usize).saturating_sub(3), span.end as usize);
            self.error(SyntaxError::UnknownCurrency { code: code.to_owned(), at });
        }
        currency
    }

    /// The number of digits such as `1_000.5`.
    pub(super) fn number(&self, digits: &str, at: Span) -> Number {
        let grouped = digits.contains('_');
        let value = if grouped { digits.replace('_', "").parse() } else { digits.parse::<f64>() };
        let value = value.unwrap_or(f64::INFINITY);
        if !value.is_finite() {
            self.error(SyntaxError::NumberTooLarge { at });
        }
        let decimals = digits.split_once('.').map_or(0, |(_, d)| d.len().min(255) as u8);
        Number { value, suffix: None, decimals, grouped }
    }

    /// `254.58M` is read as the decimal number 254.58e6, so that it is the double nearest to 254 580 000.
    fn scaled(&self, number: Number, digits: &str, letter: char, scale: f64, at: Span) -> Number {
        let exact = format!("{}e{}", digits.replace('_', ""), scale.log10().round() as i32).parse::<f64>();
        let value = exact.unwrap_or(number.value * scale);
        if !value.is_finite() {
            self.error(SyntaxError::NumberTooLarge { at });
        }
        Number { value, suffix: Some(letter), ..number }
    }

    fn calendar_span(&self, count: Number, unit: SpanUnit, at: Span) -> CalendarSpan {
        if count.decimals > 0 || count.value > f64::from(i16::MAX) {
            self.error(SyntaxError::SpanCount { unit: unit.name(), at });
            return CalendarSpan::new(1, unit);
        }
        CalendarSpan::new(count.value as i32, unit)
    }

    /// The length of a `span`; a unit alone is one of it.
    pub(super) fn span(&self, node: Node<'_>) -> Option<Spanned<CalendarSpan>> {
        let at = self.token(&node);
        let (digits, unit) = split(node.as_str());
        let Some(Tail::Span(unit)) = tail(unit) else { return None };
        let count = if digits.is_empty() { None } else { Some(self.number(digits, at)) };
        Some(Spanned::new(count.map_or(CalendarSpan::new(1, *unit), |c| self.calendar_span(c, *unit, at)), at))
    }

    /// A whole number.
    pub(super) fn integer(&self, node: Node<'_>) -> Option<Spanned<u32>> {
        let at = self.token(&node);
        let value = node.as_str().parse().unwrap_or_else(|_| {
            self.error(SyntaxError::NumberTooLarge { at });
            0
        });
        Some(Spanned::new(value, at))
    }

    /// A text without its quotes, its escapes resolved.
    pub(super) fn unescape(&self, node: &Node<'_>) -> String {
        let raw = node.as_str();
        let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or("");
        if !inner.contains('\\') {
            return inner.to_owned();
        }
        let mut text = String::with_capacity(inner.len());
        let mut chars = inner.char_indices();
        while let Some((start, c)) = chars.next() {
            if c != '\\' {
                text.push(c);
                continue;
            }
            let escaped = chars.next().map(|(_, c)| c);
            let resolved = match escaped {
                Some('n') => Some('\n'),
                Some('t') => Some('\t'),
                Some(c @ ('"' | '\\')) => Some(c),
                Some('u') => unicode(&mut chars),
                _ => None,
            };
            match resolved {
                Some(c) => text.push(c),
                None => {
                    let end = chars.clone().next().map_or(inner.len(), |(i, _)| i);
                    let offset = node.as_span().start() + 1;
                    let at =
                        Span::new(self.places.offset(offset + start, false), self.places.offset(offset + end, true));
                    let written = inner.get(start..end).unwrap_or("").to_owned();
                    self.error(SyntaxError::BadEscape { written, at });
                }
            }
        }
        text
    }
}

fn plain(number: Number, tail: Option<&Tail>, span: impl Fn(Number, SpanUnit) -> CalendarSpan) -> Literal {
    match tail {
        None | Some(Tail::Suffix(..)) => Literal::Number(number),
        Some(Tail::Percent) => Literal::Percent(number),
        Some(Tail::Points) => Literal::Points(number),
        Some(Tail::Duration(unit)) => Literal::Duration(number, *unit),
        Some(Tail::Span(unit)) => Literal::Span(span(number, *unit)),
    }
}

/// The three capitals at the end of `k USD`.
fn currency_code(rest: &str) -> Option<&str> {
    let code = rest.get(rest.len().checked_sub(3)?..)?;
    code.bytes().all(|b| b.is_ascii_uppercase()).then_some(code)
}

/// The character of `{1F600}` after `\u`.
fn unicode(chars: &mut std::str::CharIndices<'_>) -> Option<char> {
    let rest = chars.as_str();
    let digits = rest.strip_prefix('{')?.split_once('}')?.0;
    if digits.is_empty() || digits.len() > 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let c = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)?;
    chars.nth(digits.len() + 1);
    Some(c)
}
