//! The formatter: the tree and the comments stay, a second run changes nothing, and people like to read the result.

use crate::arbitrary;
use milepost::format::{FormatError, format, print};
use milepost::source::Span;
use milepost::syntax::parse;
use milepost::syntax::tree::{File, Statement};
use proptest::prelude::*;

/// The tree of a text without errors.
fn read(text: &str) -> File {
    let parsed = parse(text);
    assert!(parsed.errors.is_empty(), "{:#?}\n{text}", parsed.errors);
    parsed.file
}

/// Formats, and checks that a second run changes nothing.
fn formatted(text: &str) -> String {
    formatted_tree(&read(text), text).0
}

/// The same for a text that is read already; also gives the tree of the result.
fn formatted_tree(file: &File, text: &str) -> (String, File) {
    let once = format(file, text).unwrap_or_else(|e| panic!("{e:?}\n{text}\n-----\n{}", print(file, text)));
    let again = read(&once);
    let twice = print(&again, &once);
    assert_eq!(once, twice, "a second run changes the text\n{once}\n-----\n{twice}\n-----\n{text}");
    (once, again)
}

#[test]
fn corpus_keeps_its_meaning() {
    insta::glob!("../corpus", "**/*.goal", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        formatted(&text);
        formatted(&text.replace('\n', "\r\n"));
        formatted(&text.replace('\n', "\n\n\n"));
        formatted(&format!("\u{feff}{}", text.trim_start_matches('\u{feff}')));
    });
}

#[test]
fn bytes_at_the_edges() {
    assert_eq!(formatted(""), "");
    assert_eq!(formatted("\u{feff}\r\n\r\n"), "");
    assert_eq!(formatted("# only this"), "# only this\n");
    assert_eq!(formatted("\u{feff}plan \"A\"\r\n\r\n\r\n\r\nowner \"B\""), "plan \"A\"\n\nowner \"B\"\n");
}

#[test]
fn what_cannot_be_read_is_not_lost() {
    let text = "goal a +5% by 2021\ngoal b 5 of by of by\n# the end\n";
    let parsed = parse(text);
    assert!(!parsed.errors.is_empty());
    assert_eq!(format(&parsed.file, text), Err(FormatError::Unread { at: Span::new(19, 39) }));
}

#[test]
fn a_difference_is_an_error() {
    let text = "goal a +5% by 2021\n";
    // A tree that says something else than the text it would be written as: a name with a back-tick can't be read back.
    let mut file = read(text);
    if let milepost::syntax::tree::StatementKind::Goal(goal) = &mut file.statements[0].node {
        goal.clauses.clear();
        goal.title = Some(milepost::source::Spanned::new("t".into(), Span::default()));
        goal.name = Some(milepost::source::Spanned::new("a`b".into(), Span::default()));
    }
    assert_eq!(format(&file, text), Err(FormatError::Changed { at: Span::new(0, 18) }));
}

/// Shows a messy plan and what becomes of it, one above the other.
fn shown(messy: &str) -> String {
    format!("{}\n---------- formatted ----------\n{}", messy.trim_end(), formatted(messy))
}

#[test]
fn messy_plan() {
    insta::assert_snapshot!(shown(include_str!("format/messy.goal")));
}

#[test]
fn long_lines() {
    insta::assert_snapshot!(shown(include_str!("format/long.goal")));
}

#[test]
fn the_reference_shows_what_happens() {
    let page = include_str!("../../docs/reference/layout.md");
    let mut blocks = page.split("```goal\n").skip(1).filter_map(|b| b.split("```").next());
    let (before, after) = (blocks.next().unwrap(), blocks.next().unwrap());
    assert_eq!(formatted(before), after);
    assert_eq!(formatted(after), after);
}

/// A statement with breaks and comments in it where the language allows them: not inside `3 months`, say, and not before
/// a word that would open a statement.
fn broken_up(statement: &Statement, dice: &mut impl FnMut() -> u32) -> String {
    let file = File { statements: vec![statement.clone()], comments: Vec::new() };
    let text = print(&file, "");
    let same = |text: &String| {
        let parsed = parse(text);
        parsed.errors.is_empty() && parsed.file.statements == file.statements
    };
    (0..2).map(|_| shaken(&text, &mut *dice)).find(same).unwrap_or(text)
}

/// Breaks a text at white space outside texts and back-ticks, with line breaks and comments of every sort.
fn shaken(text: &str, mut dice: impl FnMut() -> u32) -> String {
    let mut out = String::new();
    let mut quote = None;
    let mut escaped = false;
    let mut comments = 0;
    for (i, c) in text.char_indices() {
        if let Some(mark) = quote {
            if c == mark && !escaped {
                quote = None;
            }
            escaped = mark == '"' && c == '\\' && !escaped;
        } else if c == '"' || c == '`' {
            quote = Some(c);
        } else if c == ' ' && i > 0 && !text[..i].ends_with(char::is_whitespace) {
            comments += 1;
            match dice() % 30 {
                0 => out.push_str("\n      "),
                1 => out.push_str(&format!("  # trailing {comments}\n   ")),
                2 => out.push_str(&format!("\n  #own {comments}\n    #\n  ")),
                3 => out.push_str(&format!("#glued {comments}   \r\n\r\n  ")),
                _ => {}
            }
        }
        out.push(c);
    }
    out
}

/// A small generator of numbers, so that one number of proptest's gives a whole plan's worth.
fn dice(seed: u32) -> impl FnMut() -> u32 {
    let mut state = u64::from(seed) + 1;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    }
}

/// Comments by their text.
fn comments(file: &File) -> Vec<&str> {
    file.comments.iter().map(|c| c.text.trim()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_tree_survives(file in arbitrary::file()) {
        let text = print(&file, "");
        let parsed = parse(&text);
        prop_assert!(parsed.errors.is_empty(), "{:#?}\n{}", parsed.errors, text);
        prop_assert_eq!(&parsed.file.statements, &file.statements, "{}", text);
        let (once, again) = formatted_tree(&parsed.file, &text);
        prop_assert_eq!(&again.statements, &file.statements, "{}", once);
        for line in once.lines() {
            prop_assert_eq!(line, line.trim_end());
        }
    }

    #[test]
    fn comments_survive_anywhere(file in arbitrary::file(), seed in any::<u32>()) {
        let mut dice = dice(seed);
        let text: String = file.statements.iter().map(|s| broken_up(s, &mut dice)).collect();
        let before = read(&text);
        prop_assert_eq!(&before.statements, &file.statements, "{}", text);
        let (once, after) = formatted_tree(&before, &text);
        prop_assert_eq!(comments(&after), comments(&before));
        prop_assert_eq!(&after.statements, &file.statements, "{}", once);
    }
}
