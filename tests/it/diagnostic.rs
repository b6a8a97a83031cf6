//! How findings are drawn, and their JSON.

use milepost::diagnostic::render::{Options, summary, text};
use milepost::diagnostic::{Diagnostic, Edit, Fix, Label, Level, json};
use milepost::source::{FileId, Loc, SourceFile, Sources, Span};

fn sources(files: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::default();
    for (path, text) in files {
        sources.add(SourceFile::new(*path, *text));
    }
    sources
}

/// The place of `what` in a file.
fn at(sources: &Sources, file: u32, what: &str) -> Loc {
    let file = FileId(file);
    let start = sources.get(file).text.find(what).expect("the text holds it");
    Loc { file, span: Span::new(start, start + what.len()) }
}

fn label(at: Loc, text: &str) -> Label {
    Label { at, text: text.to_owned() }
}

fn error(message: &str, labels: Vec<Label>) -> Diagnostic {
    Diagnostic {
        code: "P000",
        level: Level::Error,
        message: message.to_owned(),
        reason: None,
        help: None,
        labels,
        fix: None,
    }
}

fn slip(sources: &Sources) -> Diagnostic {
    let (change, date) = (at(sources, 0, "increase by 5%"), at(sources, 0, "September 30, 2021"));
    Diagnostic {
        help: Some("goal intl: subs +5% by 2021-09-30".to_owned()),
        fix: Some(Fix {
            title: "write +5%".to_owned(),
            safe: true,
            edits: vec![Edit { at: change, text: "+5%".to_owned() }, Edit { at: date, text: "2021-09-30".to_owned() }],
        }),
        ..error(
            "a goal states its change as a number: +5%, not \"increase by 5%\"",
            vec![label(change, "write +5%"), label(date, "write 2021-09-30")],
        )
    }
}

const PLAN: &str = "# a plan\n\ngoal intl: subs increase by 5% by September 30, 2021\n  owner \"Social team\"\n";

#[test]
fn a_slip_with_two_labels_its_help_and_summary() {
    let sources = sources(&[("plan.goal", PLAN)]);
    insta::assert_snapshot!(text(&[slip(&sources)], &sources, Options::default()));
}

#[test]
fn colour_uses_unicode_lines() {
    let sources = sources(&[("plan.goal", PLAN)]);
    let drawn = text(&[slip(&sources)], &sources, Options { color: true, width: 80 });
    insta::assert_snapshot!(drawn.replace('\u{1b}', "␛"));
}

#[test]
fn a_circle_over_two_files_shows_each_edge() {
    let sources = sources(&[
        ("plan.goal", "import \"more.goal\"\nmetric a = b + 1\n\n\n\nmetric c = a * 2\n"),
        ("more.goal", "metric b = c - 1\n"),
    ]);
    let found = Diagnostic {
        help: Some("cut the circle at one of these places".to_owned()),
        ..error(
            "these metrics go round in a circle: a needs b, b needs c, c needs a",
            vec![
                label(at(&sources, 0, "b + 1"), "a needs b"),
                label(at(&sources, 1, "c - 1"), "b needs c"),
                label(at(&sources, 0, "a * 2"), "c needs a"),
            ],
        )
    };
    insta::assert_snapshot!(text(&[found], &sources, Options::default()));
}

#[test]
fn order_is_by_file_place_and_code_and_the_summary_counts() {
    let sources = sources(&[("a.goal", "one two\n"), ("b.goal", "three\n")]);
    let found = [
        error("third", vec![label(at(&sources, 1, "three"), "")]),
        error("second", vec![label(at(&sources, 0, "two"), "here")]),
        Diagnostic { level: Level::Warning, ..error("first", vec![label(at(&sources, 0, "one"), "")]) },
        error("about no place", vec![]),
    ];
    insta::assert_snapshot!(text(&found, &sources, Options::default()));
}

#[test]
fn a_line_of_ten_megabytes_is_cut_around_the_place() {
    let line = format!("goal a {} HERE {}", "é".repeat(2_500_000), "x".repeat(5_000_000));
    let sources = sources(&[("long.goal", &line)]);
    let found =
        [error("too long", vec![label(at(&sources, 0, "HERE"), "this"), label(at(&sources, 0, "goal"), "opens")])];
    insta::assert_snapshot!(text(&found, &sources, Options::default()));
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let sources = sources(&[("bad\u{1b}[2J.goal", "goal \u{1b}[31m\u{202e}abc\r\n")]);
    let drawn =
        text(&[error("\u{7}bell", vec![label(at(&sources, 0, "abc"), "\u{1b}x")])], &sources, Options::default());
    assert!(drawn.chars().all(|c| !c.is_control() || c == '\n'), "{drawn:?}");
}

#[test]
fn any_span_can_be_drawn() {
    for text_of in ["", "\n", "é", "a\r\nb\r\n", "日本語の文\n", "\t\tx y\n\n\n"] {
        let sources = sources(&[("x.goal", text_of)]);
        for start in 0..text_of.len() + 3 {
            for end in start..text_of.len() + 3 {
                let place = Loc { file: FileId(0), span: Span::new(start, end) };
                for width in [0, 40, 200] {
                    let drawn = text(
                        &[error("m", vec![label(place, "l"), label(place, "")])],
                        &sources,
                        Options { color: false, width },
                    );
                    assert!(drawn.contains("x.goal:"), "{text_of:?} {start} {end}\n{drawn}");
                }
            }
        }
    }
}

#[test]
fn json_has_every_key() {
    let sources = sources(&[("plan.goal", PLAN)]);
    let found = [slip(&sources), error("no place", vec![])];
    insta::assert_snapshot!(json::text(&found, &sources, Vec::<()>::new()));
}

#[test]
fn corrections_that_touch_wait_for_the_next_round() {
    let sources = sources(&[("plan.goal", "abc def ghi\n"), ("more.goal", "jkl\n")]);
    let fix = |edits: &[(u32, &str, &str)]| {
        let edit =
            |(file, what, text): &(u32, &str, &str)| Edit { at: at(&sources, *file, what), text: (*text).to_owned() };
        let edits: Vec<Edit> = edits.iter().map(edit).collect();
        let labels = vec![label(edits[0].at, "")];
        Diagnostic { fix: Some(Fix { title: String::new(), edits, safe: true }), ..error("wrong", labels) }
    };
    let found = [
        fix(&[(0, "abc", "ABC"), (1, "jkl", "JKL")]),
        fix(&[(0, "bc def", "never")]),
        fix(&[(0, "ghi", "GHI")]),
        fix(&[(1, "l", "never")]),
    ];
    let corrected = milepost::diagnostic::fix::correct(&found, &sources, false);
    let texts: Vec<&str> = corrected.texts.values().map(String::as_str).collect();
    assert_eq!(texts, ["ABC def GHI\n", "JKL\n"]);
    assert_eq!(corrected.made.values().collect::<Vec<_>>(), [&2]);
}

/// As many findings as that, of each code, each about the same place.
fn many(sources: &Sources, of: &[(&'static str, usize)]) -> Vec<Diagnostic> {
    let place = at(sources, 0, "subs");
    let one = |code| Diagnostic { code, level: Level::Hint, ..error("something", vec![label(place, "")]) };
    of.iter().flat_map(|(code, n)| std::iter::repeat_n(one(*code), *n)).collect()
}

#[test]
fn two_hundred_findings_are_all_drawn() {
    let sources = sources(&[("plan.goal", "goal subs +5%\n")]);
    let drawn = text(&many(&sources, &[("T501", 150), ("S101", 50)]), &sources, Options::default());
    assert_eq!(drawn.matches("hint[T501]").count(), 150);
    assert_eq!(drawn.matches("hint[S101]").count(), 50);
    assert!(!drawn.contains(" more ") && drawn.ends_with("\n200 hints\n"), "{drawn}");
}

#[test]
fn of_more_the_first_of_each_code_are_drawn_and_the_rest_counted() {
    let sources = sources(&[("plan.goal", "goal subs +5%\n")]);
    let found = many(&sources, &[("T501", 1_234_567), ("S101", 11), ("R401", 10)]);
    let drawn = text(&found, &sources, Options::default());
    for code in ["T501", "S101", "R401"] {
        assert_eq!(drawn.matches(&format!("hint[{code}]")).count(), 10, "{code}");
    }
    // 1,234,567 less the ten drawn; in the order of the codes.
    let end = "and 1 more S101\nand 1,234,557 more T501\nall of them, a line each: milepost check --format short\n\n\
               1,234,588 hints\n";
    assert!(drawn.ends_with(end), "{}", &drawn[drawn.len() - 200..]);
}

#[test]
fn the_summary_tells_what_is_certain_and_what_needs_a_word() {
    let sources = sources(&[("plan.goal", PLAN)]);
    let place = at(&sources, 0, "subs");
    let fixed = |level: Level, safe: Option<bool>| {
        let edits = vec![Edit { at: place, text: "x".to_owned() }];
        let fix = safe.map(|safe| Fix { title: "write x".to_owned(), edits, safe });
        Diagnostic { level, fix, ..error("wrong", vec![label(place, "")]) }
    };
    let (error, warning, hint) = (Level::Error, Level::Warning, Level::Hint);
    let cases: [(&[Diagnostic], &str); 6] = [
        (
            &[fixed(error, Some(true)), fixed(error, Some(true))],
            "2 errors, both corrections certain: milepost check --fix",
        ),
        (
            &[fixed(error, Some(true)), fixed(warning, Some(true)), fixed(hint, Some(false))],
            "1 error, 1 warning, 1 hint, 2 corrections certain: milepost check --fix; 1 more changes what the plan says: \
             --fix --unsafe",
        ),
        (
            &[fixed(warning, Some(true)), fixed(hint, Some(false)), fixed(hint, Some(false))],
            "1 warning, 2 hints, 1 correction certain: milepost check --fix; 2 more change what the plan says: --fix \
             --unsafe",
        ),
        (
            &[fixed(warning, Some(false)), fixed(hint, None)],
            "1 warning, 1 hint, 1 correction that changes what the plan says: milepost check --fix --unsafe",
        ),
        (
            &[fixed(hint, Some(false)), fixed(hint, Some(false))],
            "2 hints, 2 corrections that change what the plan says: milepost check --fix --unsafe",
        ),
        (&[fixed(hint, None)], "1 hint"),
    ];
    for (found, expected) in cases {
        assert_eq!(summary(found).as_deref(), Some(expected));
        let shown = text(found, &sources, Options::default());
        assert!(shown.lines().all(|line| line.len() <= 80), "{shown}");
    }
    assert_eq!(summary(&[]), None);
}
