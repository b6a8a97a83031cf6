//! Correct plans parse; any text gives an answer.

use milepost::diagnostic::{Diagnostic, Finding, codes};
use milepost::source::FileId;
use milepost::syntax::tree::*;
use milepost::syntax::{Parsed, parse, parse_limited};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

const ALL: &str = include_str!("../corpus/all_syntax.goal");

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// Every `*.goal` file below a folder.
fn plans(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            plans(&path, found);
        } else if path.extension().is_some_and(|e| e == "goal") {
            found.push(path);
        }
    }
    found.sort();
}

/// Parses, and checks what holds for any text: every place lies in the text, on the edges of characters.
fn read(text: &str) -> Parsed {
    let parsed = parse(text);
    let inside = |start: u32, end: u32| {
        assert!(start <= end && end as usize <= text.len(), "{start}..{end} of {}", text.len());
        assert!(text.is_char_boundary(start as usize) && text.is_char_boundary(end as usize), "{start}..{end}");
    };
    for statement in &parsed.file.statements {
        inside(statement.span.start, statement.span.end);
    }
    for error in &parsed.errors {
        let diagnostic = Diagnostic::of(error, FileId(0));
        for label in &diagnostic.labels {
            inside(label.at.span.start, label.at.span.end);
        }
        for (span, _) in error.fix().into_iter().flat_map(|(_, edits)| edits) {
            inside(span.start, span.end);
        }
    }
    parsed
}

#[test]
fn every_statement_parses() {
    let parsed = read(ALL);
    assert!(parsed.errors.is_empty(), "{:#?}", parsed.errors);
    insta::assert_debug_snapshot!(parsed.file.statements.iter().map(|s| &ALL[s.span.range()]).collect::<Vec<_>>());
}

/// Each clause, target and shape of the tree occurs in the plan that holds the whole language.
#[test]
fn the_plan_of_all_syntax_holds_it_all() {
    let tree = format!("{:?}", parse(ALL).file);
    let names = "Fact(Plan Mission Vision Owner Currency Timezone FiscalYearStarts WeekStarts Horizon OnTrackAbove \
        AtRiskAbove Import Table Sheet Time Every Sparse Lag Where About Segment Let Metric Unit HigherIsBetter \
        LowerIsBetter Drives Cap Campaign Budget Objective Weight Supports Goal Measured Combined Change Multiple Times \
        Double Halve Up Down To FromTo Bound AtLeast AtMost Above Below Equal Between Near Top By In Within Per From Yoy \
        For Each Share Hold Measure Guardrail Checkpoints Weekly Monthly Quarterly At Pace Linear Compound Seasonal Grace \
        Milestone Done When Alert Note Exclude Scenario Set Scale Test Given AsOf ExpectStatus Expect Points Run Always \
        Percent Money Dollar Euro Code Duration Hour Minute Span Moment Text Truth Name Dotted Group Call Context Over \
        ToDate Year Quarter Month Unary Negate Not Binary Add Subtract Multiply Divide Power NotEqual Less LessOrEqual \
        Greater GreaterOrEqual And Or Otherwise Shift Condition Half Week FiscalYear FiscalQuarter Range Day";
    let missing: Vec<&str> = names
        .split([' ', '('])
        .filter(|n| !n.is_empty())
        .filter(|name| {
            let next = |i: usize| tree[i + name.len()..].starts_with(|c: char| !c.is_alphanumeric());
            let before = |i: usize| i > 0 && !tree[..i].ends_with(|c: char| c.is_alphanumeric());
            !tree.match_indices(*name).any(|(i, _)| next(i) && before(i))
        })
        .collect();
    assert!(missing.is_empty(), "not in all_syntax.goal: {missing:?}");
}

#[test]
fn comments_are_kept() {
    let parsed = read("\u{feff}# first\r\nlet a = \"# no comment\" # second  \r\n  # third\n");
    assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
    let comments: Vec<_> = parsed.file.comments.iter().map(|c| (c.text.as_str(), c.own_line)).collect();
    assert_eq!(comments, [(" first", true), (" second", false), (" third", true)]);
}

#[test]
fn nothing_is_reserved() {
    let text = "table table from \"a.csv\" time time where where = 1 and by = 2\n\
        metric goal = sum(metric) where campaign in (\"spring\") and not not_ = true\n\
        goal goal: goal +5% where plan = 1\n  and test = 2 measure by, in\n\
        goal to to 5 by 2021\n";
    let parsed = read(text);
    assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
    assert_eq!(parsed.file.statements.len(), 4);
}

/// The tree of one formula, written with a bracket around each operation.
fn bracketed(e: &Expr) -> String {
    match &e.node {
        ExprKind::Name(n) => n.clone(),
        ExprKind::Literal(Literal::Number(n)) => n.value.to_string(),
        ExprKind::Group(e) => bracketed(e),
        ExprKind::Unary(op, e) => format!("({op:?} {})", bracketed(e)),
        ExprKind::Binary(op, a, b) => format!("({} {op:?} {})", bracketed(a), bracketed(b)),
        ExprKind::In { of, .. } => format!("({} in)", bracketed(of)),
        ExprKind::Between { of, low, high, negated } => {
            format!("({} {negated} {}..{})", bracketed(of), bracketed(low), bracketed(high))
        }
        ExprKind::Over { of, .. } => format!("({} over)", bracketed(of)),
        other => format!("{other:?}"),
    }
}

#[test]
fn operators_bind_as_in_a_spreadsheet() {
    let cases = [
        ("1 + 2 * 3 - 4", "((1 Add (2 Multiply 3)) Subtract 4)"),
        ("a / b / c", "((a Divide b) Divide c)"),
        ("not a = b and c or d", "(((Not (a Equal b)) And c) Or d)"),
        ("2 ^ -3", "(2 Power (Negate 3))"),
        ("-a * b", "((Negate a) Multiply b)"),
        ("a ?? 0 >= 5", "((a Otherwise 0) GreaterOrEqual 5)"),
        ("a + b in (1, 2) and c", "(((a Add b) in) And c)"),
        ("a not between 1 and 2 + 3 and c", "((a true 1..(2 Add 3)) And c)"),
        ("a / b over 28 days", "(a Divide (b over))"),
        ("a - -b", "(a Subtract (Negate b))"),
    ];
    for (text, wanted) in cases {
        let parsed = read(&format!("let x = {text}"));
        let Some(StatementKind::Let(Let { value, .. })) = parsed.file.statements.first().map(|s| &s.node) else {
            panic!("{text}: {:?}", parsed.errors);
        };
        assert_eq!(bracketed(value), wanted, "{text}");
    }
}

#[test]
fn a_sign_before_a_number_ends_the_subject() {
    let parsed = read("goal tickets.replied - tickets.asked - 3 by 2021\ngoal a -b +$1M\n");
    assert!(parsed.errors.is_empty(), "{:?}", parsed.errors);
    let targets: Vec<usize> = parsed.file.statements.iter().map(targets).collect();
    assert_eq!(targets, [1, 1]);
}

fn targets(statement: &Statement) -> usize {
    match &statement.node {
        StatementKind::Goal(Goal { body: GoalBody::Measured { targets, .. }, .. }) => targets.len(),
        _ => 0,
    }
}

#[test]
fn an_error_hides_nothing_else() {
    let text = "metric = 5\ngoal a +5%\nlet b == 3\nsegment c = (\ngoal d +5%\n";
    let parsed = read(text);
    assert_eq!(parsed.errors.len(), 3, "{:?}", parsed.errors);
    assert!(parsed.file.statements.len() >= 2);
}

#[test]
fn a_large_text_is_refused() {
    let parsed = parse_limited("goal a +5%", 5);
    assert_eq!(parsed.errors.len(), 1);
    assert!(parsed.file.statements.is_empty());
}

/// Deep brackets and long chains, right and wrong, end soon and without a stack overflow.
#[test]
fn deep_and_long_texts() {
    let nested = |open: &str, close: &str, n: usize| format!("let a = {}1{}\n", open.repeat(n), close.repeat(n));
    for (open, close) in [("(", ")"), ("f(", ")"), ("x[", "]"), ("-(", ")"), ("x in (", ")"), ("if(1, ", ")")] {
        let deep = read(&nested(open, close, 60));
        assert!(deep.errors.is_empty() || open.contains('x'), "{open}: {:?}", deep.errors);
        assert_eq!(read(&nested(open, close, 65)).errors.len(), 1, "{open}");
        read(&nested(open, "", 60));
        read(&nested(open, "", 100_000));
        read(&format!(
            "goal {}1{} +5% from {}1{}",
            open.repeat(60),
            close.repeat(60),
            open.repeat(60),
            close.repeat(60)
        ));
        read(&format!("goal a from {}1{} to {}1", open.repeat(60), close.repeat(60), open.repeat(60)));
    }
    for link in ["a + ", "- ", "not ", "a ?? ", "2^", "a = ", "a and ", "a in (1) ", "x over 3 days "] {
        read(&format!("let a = {}1", link.repeat(2_000)));
    }
    for piece in ["a, ", "\"", "`", "'", "“", "( ", ") ", "5 percent ", "; ", "September 30, 2021 ", "goal a ", "+5% "]
    {
        read(&format!("goal a measure {}", piece.repeat(500)));
    }
}

#[test]
fn every_truncation_gives_an_answer() {
    let mut files = Vec::new();
    plans(&tests().join("corpus"), &mut files);
    plans(&tests().join("corpus-wrong"), &mut files);
    assert!(files.len() > 1);
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        // A prime step, so that the cuts of a long text fall on all sorts of places.
        let step = if text.len() < 150 { 1 } else { 97 };
        for end in (0..text.len()).step_by(step).filter(|e| text.is_char_boundary(*e)) {
            read(&text[..end]);
        }
    }
}

#[test]
fn every_error_has_its_code_and_page() {
    let mut files = Vec::new();
    plans(&tests().join("corpus-wrong/syntax"), &mut files);
    for path in files {
        for error in parse(&std::fs::read_to_string(&path).unwrap()).errors {
            let code = miette::Diagnostic::code(&error).unwrap().to_string();
            assert!(codes::find(&code).is_some(), "{code} has no page");
            assert!(miette::Diagnostic::help(&error).is_some(), "{code} has no help");
        }
    }
}

/// Each page's bad plan has the error of its code, and its good plan has none.
#[test]
fn pages_tell_the_truth() {
    for code in
        codes::CODES.iter().filter(|c| c.code.starts_with('P') && c.code < "P090" && c.page.contains("```goal bad"))
    {
        let block =
            |mark: &str| code.page.split_once(mark).and_then(|(_, b)| b.split_once("\n```")).map_or("", |b| b.0);
        let errors = parse(block("```goal bad\n")).errors;
        let found = errors.iter().any(|e| miette::Diagnostic::code(e).is_some_and(|c| c.to_string() == code.code));
        assert!(found || code.code == "P000", "{}: {errors:?}", code.code);
        let good = parse(block("```goal good\n")).errors;
        assert!(good.is_empty(), "{}: {good:?}", code.code);
    }
}

/// Words of the language, of people and of nobody, in any order.
fn scraps() -> impl Strategy<Value = String> {
    let scraps: Vec<&str> = ALL.split_inclusive([' ', '\n']).collect();
    let slips = "increase by at least 5 percent 250,000 2x '“” September 30, 2021 Q1 of ; // -- == != vs kpi ( ) [ ] { } \" ` \\ ５ é 🎬";
    let scraps: Vec<String> =
        scraps.into_iter().map(str::to_owned).chain(slips.split(' ').map(|s| format!("{s} "))).collect();
    prop::collection::vec(prop::sample::select(scraps), 0..40).prop_map(|v| v.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_an_answer(text in any::<String>()) {
        read(&text);
    }

    #[test]
    fn any_scraps_give_an_answer(text in scraps()) {
        read(&text);
    }
}
