//! What could have stood where reading stopped, in a person's words. No message names a rule of the grammar.

use super::error::SyntaxError;
use super::grammar::Rule;
use super::place::Places;
use super::slips::Wanted;
use crate::source::Span;
use pest::error::{Error, ErrorVariant, InputLocation};

/// How many possibilities a message names.
const MOST: usize = 5;

/// Where reading stopped.
pub fn position(error: &Error<Rule>) -> usize {
    match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    }
}

/// The plain error of a failed reading.
pub fn error(error: &Error<Rule>, source: &str, places: &Places<'_>) -> SyntaxError {
    let at = position(error);
    let rest = source.get(at..).unwrap_or("");
    let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let quoted = rest.strip_prefix('"').and_then(|r| r.find(['"', '\n'])).map_or(0, |n| n + 2);
    let length = length.max(quoted.min(rest.len())).max(decimal(rest));
    let length = if length == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { length };
    let found = rest.get(..length).unwrap_or("");
    let ended = found.trim().is_empty();
    // At the end of a statement the place is its last character: an empty place would be drawn on the next line.
    let stop = source.get(..at).map_or(at, |s| s.trim_end().len());
    let last = source.get(..stop).and_then(|s| s.chars().next_back()).map_or(0, char::len_utf8);
    let (start, end) = if ended { (stop - last, stop) } else { (at, at + length) };
    SyntaxError::Expected {
        form: forgotten(error, source).unwrap_or_else(|| form(source)),
        expected: options(error, source),
        found: if ended { "the end of the statement".to_owned() } else { format!("`{found}`") },
        at: Span::new(places.offset(start, false), places.offset(end, true)),
    }
}

/// The length of a number with decimals at the start of a text.
fn decimal(rest: &str) -> usize {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let whole = digits(rest);
    let after = rest.get(whole..).and_then(|r| r.strip_prefix('.')).map_or(0, digits);
    if whole > 0 && after > 0 { whole + 1 + after } else { 0 }
}

/// What to write where one word alone could have gone on: it begins a part that can't be left out.
fn forgotten(error: &Error<Rule>, source: &str) -> Option<&'static str> {
    let [only] = positives(error) else { return None };
    let opener = source.split(|c: char| !c.is_alphabetic()).next();
    Some(match (opener, only) {
        (Some("goal"), Rule::k_by) => "say among which values, and whose place it is: top 3 by city as \"Lisbon\"",
        (Some("goal"), Rule::k_as) => "say whose place it is: top 3 by city as \"Lisbon\"",
        (Some("goal"), Rule::integer) => "a place is a whole number: top 3 by city as \"Lisbon\"",
        (Some("exclude"), Rule::k_because) => {
            "say why, for every verdict that it touches: because \"the till was down\""
        }
        (Some("test"), Rule::k_every) => {
            "say how far apart they are: given signups = 100 x 12 every month from 2021-01"
        }
        _ => return None,
    })
}

/// How each statement is written, for the help of an error in it.
const FORMS: &[(&str, &str)] = &[
    ("goal", "a goal is: goal NAME \"title\": SUBJECT TARGET, then clauses; goal subs +5% by 2021-09-30"),
    (
        "metric",
        "a metric is: metric NAME \"title\" = FORMULA, then clauses; metric reach = sum(posts.reach) unit people",
    ),
    ("table", "a table is: table NAME from \"FILE\", then clauses; table posts from \"posts.csv\" time posted_at"),
    ("segment", "a segment is: segment NAME = CONDITION; segment abroad = region <> \"UCAN\""),
    ("let", "a named cell is: let NAME = VALUE; let seats = 300M"),
    ("campaign", "a campaign is: campaign NAME PERIOD, then clauses; campaign spring 2021-04-01..2021-06-30"),
    ("objective", "an objective is: objective NAME \"title\", then weight, supports, owner, about"),
    ("milestone", "a milestone is: milestone NAME \"title\" by DATE; milestone launch by 2021-06-30"),
    ("alert", "an alert is: alert NAME when CONDITION; alert churned when churn > 5%"),
    ("exclude", "an exclusion is: exclude PERIOD from TABLE because \"why\""),
    ("scenario", "a scenario is: scenario NAME set NAME = VALUE, NAME +5%"),
    ("test", "a test is: test \"title\", then lines with given NAME = VALUES, as of DATE, expect GOAL STATUS"),
    ("currency", "the currency is: currency USD"),
    ("fiscal", "the fiscal year is: fiscal year starts February"),
    ("week", "the week is: week starts Sunday"),
    ("horizon", "the horizon is: horizon 2021..2022"),
    ("on", "the mark is: on track above 95%"),
    ("at", "the mark is: at risk above 75%"),
];

/// The form of the statement that a piece of text opens.
fn form(source: &str) -> &'static str {
    let word = source.split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    FORMS.iter().find(|(w, _)| *w == word).map_or("this one is the word and a text: plan \"Netflix, 2021\"", |(_, f)| f)
}

/// What of the things that people forget was expected.
pub fn wanted(error: &Error<Rule>) -> Wanted {
    let positives = positives(error);
    let has = |rule| positives.contains(&rule);
    Wanted { equals: has(Rule::k_becomes), text: has(Rule::text) && positives.len() == 1 }
}

fn positives(error: &Error<Rule>) -> &[Rule] {
    match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives,
        ErrorVariant::CustomError { .. } => &[],
    }
}

/// `a name, a number or a text`.
fn options(error: &Error<Rule>, source: &str) -> String {
    let positives = positives(error);
    if source.starts_with("goal") && positives.contains(&Rule::EOI) {
        return "a target such as +5%, a clause such as by 2021-09-30, or the end of the goal".to_owned();
    }
    let mut options: Vec<(u8, String)> = Vec::new();
    for rule in positives {
        let option = human(*rule);
        if !option.1.is_empty() && !options.contains(&option) {
            options.push(option);
        }
    }
    options.sort();
    options.truncate(MOST);
    let mut words: Vec<String> = options.into_iter().map(|(_, o)| o).collect();
    match words.pop() {
        None => "something else".to_owned(),
        Some(only) if words.is_empty() => only,
        Some(last) => format!("{} or {last}", words.join(", ")),
    }
}

/// What a person calls a rule, and how early it is named; nothing where another name says it.
pub fn human(rule: Rule) -> (u8, String) {
    let (order, words) = match rule {
        Rule::EOI => (9, "the end of the statement"),
        Rule::name | Rule::path | Rule::reference => (1, "a name"),
        Rule::text => (1, "a text in \"quotes\""),
        Rule::integer => (1, "a whole number"),
        Rule::quantity | Rule::number => (2, "a number such as 5% or 10k"),
        Rule::operand | Rule::group | Rule::dated | Rule::term | Rule::given_value => (2, "a value"),
        Rule::expr | Rule::arith | Rule::arith_term | Rule::run | Rule::points => (2, "a value"),
        Rule::subject | Rule::measured | Rule::kpi | Rule::combined => (2, "what is measured"),
        Rule::goal_head => (1, "a name"),
        Rule::span => (1, "a length such as 3 months"),
        Rule::when | Rule::moment | Rule::point | Rule::stamp | Rule::period | Rule::in_what => {
            (1, "a date or period such as 2021-09-30 or Q3 2021")
        }
        Rule::change
        | Rule::multiple
        | Rule::trend
        | Rule::reach
        | Rule::from_to
        | Rule::bound
        | Rule::range
        | Rule::near
        | Rule::top => (3, "a target such as +5% or >= 10k"),
        Rule::by
        | Rule::from
        | Rule::measure
        | Rule::in_window
        | Rule::for_each
        | Rule::checkpoints
        | Rule::within
        | Rule::per
        | Rule::yoy
        | Rule::guardrail
        | Rule::grace
        | Rule::pace => (5, "a clause such as by 2021-09-30"),
        Rule::condition
        | Rule::supports
        | Rule::owner
        | Rule::every
        | Rule::about
        | Rule::weight
        | Rule::hold
        | Rule::cap
        | Rule::sheet
        | Rule::time_column
        | Rule::sparse
        | Rule::lag
        | Rule::unit
        | Rule::higher_is_better
        | Rule::lower_is_better
        | Rule::drives
        | Rule::budget
        | Rule::done
        | Rule::when_holds
        | Rule::note => (6, "another clause"),
        Rule::given | Rule::as_of | Rule::expect | Rule::expect_goal => (4, "given, as of or expect"),
        Rule::status => (2, "a status such as met or on track"),
        Rule::pace_kind => (1, "linear, compound or seasonal"),
        Rule::checkpoint | Rule::rhythm => (1, "a rhythm such as quarterly, or a date"),
        Rule::percent_sign => (1, "%"),
        Rule::sign => (2, "+ or -"),
        Rule::set_to | Rule::set_scale => (1, "a name and its new value"),
        Rule::context => (8, "[…]"),
        Rule::arguments => (8, "(…)"),
        Rule::call_where | Rule::call_per | Rule::call_by => (7, "where, per or by"),
        Rule::plus | Rule::minus | Rule::times | Rule::divide | Rule::power | Rule::otherwise | Rule::chain => {
            (7, "an operator")
        }
        Rule::equal | Rule::not_equal | Rule::below | Rule::at_most | Rule::above | Rule::at_least => {
            (4, "a comparison such as = or >=")
        }
        Rule::in_list | Rule::between => (4, "a comparison such as = or >="),
        Rule::over | Rule::to_date => (8, ""),
        Rule::negate | Rule::k_not | Rule::k_end | Rule::k_the => (8, ""),
        Rule::k_and | Rule::k_or => (7, "and or or"),
        Rule::k_becomes => (2, "="),
        rule if super::grammar::is_keyword(rule) => return (2, format!("`{}`", keyword(rule))),
        _ => (8, ""),
    };
    (order, words.to_owned())
}

/// The word of a keyword's rule.
fn keyword(rule: Rule) -> String {
    format!("{rule:?}").trim_start_matches("k_").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No message names a rule of the grammar. A rule called by one plain word (`measured`, `status`) can't be told from
    /// that word, so only those of them that nobody says are looked for.
    #[test]
    fn no_rule_is_named() {
        let technical =
            ["expr", "atom", "infix", "prefix", "postfix", "piece", "ident", "argument", "operand", "suffix"];
        let told: Vec<String> = Rule::all_rules().iter().map(|r| human(*r).1).collect();
        let names = Rule::all_rules().iter().map(|rule| format!("{rule:?}"));
        for name in names.filter(|n| n.contains('_') || technical.contains(&n.as_str())) {
            for words in &told {
                let mut all = words.split(|c: char| !(c.is_alphanumeric() || c == '_'));
                assert!(!all.any(|w| w == name), "{name} is named in \"{words}\"");
            }
        }
    }

    #[test]
    fn every_statement_has_a_form() {
        let texts = ["plan", "mission", "vision", "owner", "timezone", "import"];
        for word in super::super::scan::OPENERS.iter().filter(|w| !texts.contains(w)) {
            assert!(FORMS.iter().any(|(w, _)| w == word), "{word}");
        }
    }
}
