//! Wrong plans: each file of `tests/corpus-wrong/syntax` with the report that a person reads.

use miette::{GraphicalReportHandler, GraphicalTheme, NamedSource};
use milepost::diagnostic::Finding;
use milepost::syntax::{SyntaxError, parse};

/// The report of one error, as the terminal shows it without colour, and its correction.
fn shown(error: &SyntaxError, path: &str, text: &str) -> String {
    let report = miette::Report::new(error.clone()).with_source_code(NamedSource::new(path, text.to_owned()));
    let mut shown = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(80);
    if handler.render_report(&mut shown, report.as_ref()).is_err() {
        shown.push_str("(no report)");
    }
    shown
}

/// `text` with every certain correction done, as far as they don't overlap.
fn corrected(text: &str, errors: &[SyntaxError]) -> String {
    let mut edits: Vec<_> = errors.iter().filter_map(Finding::fix).flat_map(|(_, edits)| edits).collect();
    edits.sort_by_key(|(span, _)| (span.start, span.end));
    let (mut fixed, mut at) = (String::new(), 0);
    for (span, right) in edits.into_iter().filter(|(s, _)| text.is_char_boundary(s.start as usize)) {
        if (span.start as usize) < at {
            continue;
        }
        fixed.push_str(&text[at..span.start as usize]);
        fixed.push_str(&right);
        at = span.end as usize;
    }
    fixed + &text[at..]
}

#[test]
fn wrong_plans() {
    insta::glob!("../corpus-wrong/syntax", "*.goal", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        let parsed = parse(&text);
        assert!(!parsed.errors.is_empty(), "{name} has no error");
        let reports: Vec<String> = parsed.errors.iter().map(|e| shown(e, &name, &text)).collect();
        let fixed = corrected(&text, &parsed.errors);
        let again = parse(&fixed).errors.len();
        let left = if fixed == text { String::new() } else { format!("--- corrected, {again} errors left\n{fixed}") };
        let source = if text.len() > 500 { "(long)\n" } else { &text };
        let read = parsed.file.statements.len();
        let whole = format!("{source}--- {read} statements read\n{}{left}", reports.join(""));
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(whole);
        });
    });
}
