//! Findings as workflow commands of GitHub Actions, which it shows beside the changed lines. Knows no network.

use super::pages;
use crate::diagnostic::render::{clean, sorted};
use crate::diagnostic::{Diagnostic, Level};
use crate::source::Sources;

/// A command a finding, in the order in which they are told.
pub fn text(found: &[Diagnostic], sources: &Sources) -> String {
    sorted(found).into_iter().map(|d| command(d, sources) + "\n").collect()
}

/// `::error file=…,line=…,col=…,endLine=…,endColumn=…,title=…::message`
fn command(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let word = match diagnostic.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Hint => "notice",
    };
    let mut properties: Vec<(&str, String)> = Vec::new();
    if let Some(at) = diagnostic.place() {
        let file = sources.get(at.file);
        let (start, end) = (file.position(at.span.start), file.position(at.span.end));
        let numbers = [("line", start.line), ("col", start.column), ("endLine", end.line), ("endColumn", end.column)];
        // Columns are taken on one line only; those of a place that runs on would be dropped with a warning.
        let taken = |name: &str| start.line == end.line || name.ends_with("ine");
        properties.push(("file", file.path.clone()));
        properties.extend(numbers.into_iter().filter(|(name, _)| taken(name)).map(|(name, n)| (name, n.to_string())));
    }
    let title = pages::find(diagnostic.code).map_or("", |p| p.entry.title());
    properties.push(("title", format!("{}: {title}", diagnostic.code)));
    let properties: Vec<String> = properties.iter().map(|(name, text)| format!("{name}={}", property(text))).collect();
    format!("::{word} {}::{}", properties.join(","), data(&diagnostic.told()))
}

/// A message as a command holds it.
fn data(text: &str) -> String {
    clean(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property: `:` and `,` end one.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Label;
    use crate::source::{FileId, Loc, SourceFile, Span};

    #[test]
    fn what_ends_a_property_or_a_command_is_written_otherwise() {
        let mut sources = Sources::default();
        sources.add(SourceFile::new("50%, a:b\n.goal", "one\ntwo\n"));
        let found = Diagnostic {
            code: "P000",
            level: Level::Warning,
            message: "50%: a, b::error".to_owned(),
            reason: Some("one\ntwo".to_owned()),
            help: None,
            labels: vec![Label { at: Loc { file: FileId(0), span: Span::new(2, 6) }, text: String::new() }],
            fix: None,
        };
        let title = pages::find("P000").expect("a page").entry.title();
        let told = text(&[found], &sources);
        let expected = "::warning file=50%25%2C a%3Ab%0A.goal,line=1,endLine=2,title=P000%3A TITLE::50%25: a, b::error%0Aone%0Atwo\n";
        assert_eq!(told, expected.replace("TITLE", &property(title)));
    }
}
