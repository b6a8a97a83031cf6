//! Functions of texts, within a row. Data only.

use super::{FunctionInfo, Gives, NONE, RowRole, Takes, example, one};
use crate::query::RowFunction;

const TEXT: Takes = Takes::Text;

pub(super) static FUNCTIONS: &[FunctionInfo] = &[
    FunctionInfo {
        name: "lower",
        arguments: &[one("text", TEXT)],
        gives: Gives::Text,
        doc: "In small letters.",
        examples: &[example("count(posts where lower(text) = \"trim me\")", "1", "")],
        row: Some(RowRole::Call(RowFunction::Lower)),
        ..NONE
    },
    FunctionInfo {
        name: "upper",
        arguments: &[one("text", TEXT)],
        gives: Gives::Text,
        doc: "In capitals.",
        examples: &[example("count(posts where upper(text) = \"TRIM ME\")", "1", "")],
        row: Some(RowRole::Call(RowFunction::Upper)),
        ..NONE
    },
    FunctionInfo {
        name: "trim",
        arguments: &[one("text", TEXT)],
        gives: Gives::Text,
        doc: "Without white space at its ends, and with one space between words.",
        examples: &[example("count(posts where trim(text) = \"Trim me\")", "1", "")],
        differs: "All white space counts; a spreadsheet's takes spaces only.",
        row: Some(RowRole::Call(RowFunction::Trim)),
        ..NONE
    },
    FunctionInfo {
        name: "length",
        arguments: &[one("text", TEXT)],
        gives: Gives::Plain,
        doc: "How many characters.",
        examples: &[example("max(length(posts.text))", "30", "LEN(\"SALE2021 is here #Sale #spring\")")],
        row: Some(RowRole::Call(RowFunction::Length)),
        ..NONE
    },
    FunctionInfo {
        name: "contains",
        arguments: &[one("text", TEXT), one("part", TEXT)],
        gives: Gives::Truth,
        doc: "True where the part stands in the text; case matters.",
        examples: &[example("count(posts where contains(text, \"sale\"))", "1", "")],
        row: Some(RowRole::Call(RowFunction::Contains)),
        ..NONE
    },
    FunctionInfo {
        name: "starts_with",
        arguments: &[one("text", TEXT), one("start", TEXT)],
        gives: Gives::Truth,
        doc: "True where the text starts so; case matters.",
        examples: &[example("count(posts where starts_with(url, \"https\"))", "3", "")],
        row: Some(RowRole::Call(RowFunction::StartsWith)),
        ..NONE
    },
    FunctionInfo {
        name: "matches",
        arguments: &[one("text", TEXT), one("pattern", TEXT)],
        gives: Gives::Truth,
        doc: "True where the regular expression matches anywhere in the text; case matters.",
        examples: &[example("count(posts where matches(text, \"SALE[0-9]+\"))", "1", "")],
        row: Some(RowRole::Call(RowFunction::Matches)),
        ..NONE
    },
    FunctionInfo {
        name: "mentions",
        arguments: &[one("text", TEXT), one("name", TEXT)],
        gives: Gives::Truth,
        doc: "True where the name stands in the text as a whole word, in any case, with or without @ or #.",
        examples: &[example("count(posts where mentions(text, \"Netflix\"))", "1", "")],
        row: Some(RowRole::Call(RowFunction::Mentions)),
        ..NONE
    },
    FunctionInfo {
        name: "hashtags",
        arguments: &[one("text", TEXT)],
        gives: Gives::Plain,
        doc: "How many hashtags: # and a word that holds a letter, so that #1 is none.",
        examples: &[example("sum(hashtags(posts.text))", "3", "")],
        row: Some(RowRole::Call(RowFunction::Hashtags)),
        ..NONE
    },
    FunctionInfo {
        name: "has_hashtag",
        arguments: &[one("text", TEXT), one("tag", TEXT)],
        gives: Gives::Truth,
        doc: "True where the text has this hashtag, in any case.",
        examples: &[example("count(posts where has_hashtag(text, \"sale\"))", "2", "")],
        row: Some(RowRole::Call(RowFunction::HasHashtag)),
        ..NONE
    },
    FunctionInfo {
        name: "sentiment",
        arguments: &[one("text", TEXT)],
        gives: Gives::Plain,
        doc: "How positive an English text is, from -1 to 1: the compound score of VADER 3.3.2.",
        examples: &[example("max(sentiment(posts.text))", "0.6696", "")],
        row: Some(RowRole::Call(RowFunction::Sentiment)),
        ..NONE
    },
];
