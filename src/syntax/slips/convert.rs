//! From a wrong spelling's node to what is wrong and what should stand there instead.

use super::error::SlipError;
use super::words::is_keyword;
use crate::calendar::{MONTHS, month_of};
use crate::source::Span;
use crate::syntax::grammar::{Node, Rule, parts};
use jiff::civil::Date;

/// The error of a wrong spelling, and the text that lets reading go on.
pub struct Converted {
    /// What is wrong.
    pub error: SlipError,
    /// What stands there from now on.
    pub text: String,
}

/// Converts the node of a wrong spelling at `at`; `None` where it turns out to be none.
pub fn convert(node: &Node<'_>, at: Span) -> Option<Converted> {
    let written = super::content(node.as_str()).to_owned();
    let rule = node.as_rule();
    if let Some(form) = date(rule, node, &written, at) {
        return Some(form);
    }
    if let Some(make) = simple(rule) {
        let right = right(rule, node, &written)?;
        return Some(Converted { text: right.clone(), error: make(written, right, at) });
    }
    match rule {
        Rule::slip_comment => {
            let mark: String = written.chars().take(2).collect();
            let place = Span::new(at.start as usize, at.start as usize + 2);
            let error = SlipError::CommentMark { written: mark, right: "#".to_owned(), at: place };
            Some(Converted { error, text: " ".to_owned() })
        }
        Rule::slip_semicolon => {
            Some(Converted { error: SlipError::Punctuation { written, right: String::new(), at }, text: String::new() })
        }
        Rule::slip_count_all => {
            let right = "count(TABLE)".to_owned();
            Some(Converted { text: right.clone(), error: SlipError::CountAll { right, at } })
        }
        Rule::slip_per_thing => {
            let thing = parts(node.clone()).next()?.as_str().to_owned();
            Some(Converted { error: SlipError::PerThing { thing, right: String::new(), at }, text: String::new() })
        }
        Rule::slip_within => {
            let time = parts(node.clone()).next()?.as_str();
            let right = format!("<= {}", clock(time)?);
            Some(Converted { text: right.clone(), error: SlipError::WithinClock { written, right, at } })
        }
        _ => None,
    }
}

type Make = fn(String, String, Span) -> SlipError;

/// The error of each wrong spelling that has just a right one.
fn simple(rule: Rule) -> Option<Make> {
    Some(match rule {
        Rule::slip_single_quotes | Rule::slip_curly_quotes => {
            |written, right, at| SlipError::Quotes { written, right, at }
        }
        Rule::slip_digits => |written, right, at| SlipError::WideDigits { written, right, at },
        Rule::slip_quarter
        | Rule::slip_year_quarter
        | Rule::slip_fiscal
        | Rule::slip_week
        | Rule::slip_year_week
        | Rule::slip_month_year
        | Rule::slip_year_month
        | Rule::slip_month_number => |written, right, at| SlipError::PeriodForm { written, right, at },
        Rule::slip_thousands => |written, right, at| SlipError::Thousands { written, right, at },
        Rule::slip_points => |written, right, at| SlipError::Points { written, right, at },
        Rule::slip_percent => |written, right, at| SlipError::Percent { written, right, at },
        Rule::slip_scaled => |written, right, at| {
            let apart = written.contains(char::is_whitespace);
            let letter = written.ends_with(|c: char| "KkMmBbTt".contains(c)) && !written.ends_with("mm");
            match letter && !apart {
                true => SlipError::Suffix { written, right, at },
                false => SlipError::Scale { written, right, at },
            }
        },
        Rule::slip_times | Rule::slip_times_word => |written, right, at| SlipError::Times { written, right, at },
        Rule::slip_verb_subject
        | Rule::slip_verb_to
        | Rule::slip_verb
        | Rule::slip_verb_bare
        | Rule::slip_noun
        | Rule::slip_by_change
        | Rule::slip_to_change => |written, right, at| SlipError::ChangeInWords { written, right, at },
        Rule::slip_multiply_subject => |written, right, at| SlipError::MultipleFirst { written, right, at },
        Rule::slip_bound => |written, right, at| SlipError::BoundInWords { written, right, at },
        Rule::slip_count_distinct => |written, right, at| SlipError::ForeignFunction { written, right, at },
        Rule::slip_for_all => |written, right, at| SlipError::ForAll { written, right, at },
        Rule::slip_operator => |written, right, at| SlipError::Operator { written, right, at },
        Rule::slip_baseline => |written, right, at| SlipError::OtherWord { written, right, at },
        _ => return None,
    })
}

fn right(rule: Rule, node: &Node<'_>, written: &str) -> Option<String> {
    let text = |rule: Rule| node.clone().into_inner().find(|n| n.as_rule() == rule).map(|n| n.as_str().trim_end());
    let amount = || number_written(node.clone());
    Some(match rule {
        Rule::slip_single_quotes | Rule::slip_curly_quotes => {
            let mut inner = written.chars();
            inner.next();
            inner.next_back();
            format!("\"{}\"", inner.as_str().replace('"', "\\\""))
        }
        Rule::slip_digits => written.chars().map(narrow).collect(),
        Rule::slip_thousands => written.replace(',', "_"),
        Rule::slip_points => format!("{}pp", text(Rule::amount)?),
        Rule::slip_percent => format!("{}%", text(Rule::amount)?),
        Rule::slip_times => format!("x{}", text(Rule::amount)?.trim_start_matches(['$', '€', '£'])),
        Rule::slip_times_word => times(written)?,
        Rule::slip_scaled => format!("{}{}", text(Rule::amount)?, scale(text(Rule::scale_word)?)?),
        Rule::slip_verb_subject => {
            let (verb, subject) = (text(Rule::verb)?, text(Rule::subject)?);
            let sign = text(Rule::sign).unwrap_or_else(|| direction(verb));
            format!("{subject} {sign}{}", amount()?)
        }
        Rule::slip_verb_to => {
            let value = amount()?;
            text(Rule::subject).map_or_else(|| format!("to {value}"), |subject| format!("{subject} to {value}"))
        }
        Rule::slip_verb => {
            let verb = text(Rule::verb).or_else(|| text(Rule::trend_word))?;
            let sign = text(Rule::sign).unwrap_or_else(|| direction(verb));
            format!("{sign}{}", amount()?)
        }
        Rule::slip_verb_bare => {
            let _is_subject = text(Rule::subject).filter(|s| !is_keyword(s))?;
            let way = if direction(text(Rule::verb)?) == "+" { "up" } else { "down" };
            format!("{} {way}", text(Rule::subject)?)
        }
        Rule::slip_noun => {
            let sign = text(Rule::sign).unwrap_or_else(|| direction(text(Rule::change_noun).unwrap_or("")));
            format!("{sign}{}", amount()?)
        }
        Rule::slip_by_change | Rule::slip_to_change => format!("{}{}", text(Rule::sign)?, amount()?),
        Rule::slip_multiply_subject => {
            let word = text(Rule::multiply_word)?.to_lowercase();
            format!("{} {}", text(Rule::subject)?, times(&word).unwrap_or(word))
        }
        Rule::slip_bound => bound(text(Rule::bound_words)?)?.to_owned(),
        Rule::slip_count_distinct => format!("distinct({})", text(Rule::path)?),
        Rule::slip_for_all => format!("for each {}", text(Rule::name)?),
        Rule::slip_operator => operator(written)?.to_owned(),
        Rule::slip_baseline => "from".to_owned(),
        _ => period(rule, node)?,
    })
}

/// The number in a phrase, put right where it is written wrong as well.
fn number_written(node: Node<'_>) -> Option<String> {
    node.into_inner().find_map(|n| match n.as_rule() {
        Rule::quantity => Some(n.as_str().to_owned()),
        rule @ (Rule::slip_points | Rule::slip_percent | Rule::slip_scaled | Rule::slip_thousands) => {
            right(rule, &n, n.as_str().trim_end())
        }
        _ => None,
    })
}

fn narrow(c: char) -> char {
    match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        '．' => '.',
        '，' => '_',
        c => c,
    }
}

fn times(word: &str) -> Option<String> {
    match word {
        "triple" => Some("x3".to_owned()),
        "quadruple" => Some("x4".to_owned()),
        _ => None,
    }
}

/// `1m` is a million: minutes and months have spellings of their own, which the help names.
fn scale(word: &str) -> Option<char> {
    let lower = word.to_lowercase();
    Some(match lower.as_str() {
        "k" | "thousand" | "tsd" => 'k',
        "b" | "bn" | "bln" | "mrd" | "billion" | "billions" => 'B',
        "t" | "tn" | "trillion" => 'T',
        _ if lower.starts_with('m') => 'M',
        _ => return None,
    })
}

fn direction(word: &str) -> &'static str {
    const DOWN: [&str; 11] =
        ["decrea", "reduc", "cut", "lower", "drop", "fall", "shrink", "declin", "down", "less", "fewer"];
    let lower = word.to_lowercase();
    if DOWN.iter().any(|d| lower.starts_with(d)) { "-" } else { "+" }
}

const BOUNDS: &[(&[&str], &str)] = &[
    (&["at least", "no less than", "no fewer than", "minimum", "min"], ">="),
    (&["at most", "no more than", "not more than", "up to", "maximum", "max"], "<="),
    (&["more than", "greater than", "higher than", "exceeds", "exceed", "above", "over"], ">"),
    (&["less than", "fewer than", "lower than", "below", "under"], "<"),
    (&["equal to", "equals"], "="),
];

fn bound(words: &str) -> Option<&'static str> {
    let words: Vec<&str> = words.split_whitespace().collect();
    let words = words.join(" ");
    BOUNDS.iter().find(|(all, _)| all.contains(&words.as_str())).map(|(_, sign)| *sign)
}

fn operator(written: &str) -> Option<&'static str> {
    Some(match written {
        "==" | "is" => "=",
        "!=" | "≠" => "<>",
        "≥" | "=>" => ">=",
        "≤" | "=<" => "<=",
        "&&" => "and",
        "||" => "or",
        "**" => "^",
        "×" | "·" => "*",
        "÷" => "/",
        "−" | "–" | "—" => "-",
        "!" => "not ",
        w if w.starts_with("is") => "<>",
        _ => return None,
    })
}

/// `1 hour` as `1h`.
fn clock(time: &str) -> Option<String> {
    let end = time.find(|c: char| c.is_alphabetic())?;
    let (number, unit) = time.split_at(end);
    let unit = match unit.trim_end_matches('s') {
        "hour" | "h" => "h",
        "minute" | "min" => "min",
        "millisecond" | "m" => "ms",
        _ => "s",
    };
    Some(format!("{}{unit}", number.trim_end()))
}

fn full_year(short: &str) -> String {
    if short.len() == 2 { format!("20{short}") } else { short.to_owned() }
}

fn month(word: &str) -> Option<i8> {
    let mut letters = word.chars();
    let first = letters.next()?.to_ascii_uppercase();
    month_of(&format!("{first}{}", letters.as_str().to_ascii_lowercase().get(..2)?))
}

/// A month as people wrote it, in the language's spelling.
fn month_spelled(word: &str) -> Option<String> {
    let name = MONTHS.get(usize::try_from(month(word)? - 1).ok()?)?;
    Some(if word.len() > 4 || word.eq_ignore_ascii_case(name) { (*name).to_owned() } else { name.get(..3)?.to_owned() })
}

fn period(rule: Rule, node: &Node<'_>) -> Option<String> {
    let text = |rule: Rule| node.clone().into_inner().find(|n| n.as_rule() == rule).map(|n| n.as_str().trim_end());
    Some(match rule {
        Rule::slip_quarter => {
            let letter = text(Rule::quarter_letter)?.to_uppercase();
            format!("{letter}{} {}", text(Rule::quarter_number)?, full_year(text(Rule::short_year)?))
        }
        Rule::slip_year_quarter => {
            let letter = text(Rule::quarter_letter)?.to_uppercase();
            format!("{letter}{} {}", text(Rule::quarter_end)?, text(Rule::year_number_glued)?)
        }
        Rule::slip_fiscal => format!("FY{}", full_year(text(Rule::short_year)?)),
        Rule::slip_week => {
            format!("{}-W{:0>2}", text(Rule::year_number)?, text(Rule::week_number)?)
        }
        Rule::slip_year_week => {
            format!("{}-W{:0>2}", text(Rule::year_number_glued)?, text(Rule::week_end)?)
        }
        Rule::slip_month_year => {
            format!("{} {}", month_spelled(text(Rule::month_word)?)?, full_year(text(Rule::short_year)?))
        }
        Rule::slip_year_month => {
            format!("{} {}", month_spelled(text(Rule::month_word)?)?, text(Rule::year_number_glued)?)
        }
        Rule::slip_month_number => {
            let month: i8 = text(Rule::day_number)?.parse().ok()?;
            (1..=12).contains(&month).then_some(())?;
            format!("{}-{month:02}", text(Rule::year_number)?)
        }
        _ => return None,
    })
}

/// Dates in other orders and in words.
fn date(rule: Rule, node: &Node<'_>, written: &str, at: Span) -> Option<Converted> {
    let mut numbers = Vec::new();
    let mut named = None;
    let mut year = None;
    for part in node.clone().into_inner() {
        match part.as_rule() {
            Rule::day_number => numbers.push(part.as_str().parse::<i8>().ok()?),
            Rule::year_number => year = part.as_str().parse::<i16>().ok(),
            Rule::month_word => named = month(part.as_str()),
            _ => {}
        }
    }
    let day = |month: i8, day: i8| Date::new(year?, month, day).ok().map(|d| d.to_string());
    let form = |right: Option<String>| {
        let right = right?;
        let error = SlipError::DateForm { written: written.to_owned(), right: right.clone(), at };
        Some(Converted { error, text: right })
    };
    match (rule, numbers.as_slice()) {
        (Rule::slip_date_words | Rule::slip_date_words_dmy, [d]) => form(day(named?, *d)),
        (Rule::slip_date_marks_ymd, [m, d]) => form(day(*m, *d)),
        (Rule::slip_date_marks, [a, b]) => match (day(*a, *b), day(*b, *a)) {
            (Some(right), Some(other)) if right != other && !written.contains('.') => {
                let error = SlipError::DateOrder { written: written.to_owned(), right: right.clone(), other, at };
                Some(Converted { error, text: right })
            }
            (_, Some(day_first)) if written.contains('.') => form(Some(day_first)),
            (month_first, day_first) => form(month_first.or(day_first)),
        },
        _ => None,
    }
}
