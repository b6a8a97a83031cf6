//! Findings as SARIF 2.1.0, which code hosts and editors read: the codes met with their pages, and each finding with
//! its places and correction. Knows nothing of how they were found.

use super::pages::{self, Page};
use crate::diagnostic::render::order;
use crate::diagnostic::{Diagnostic, Edit, Fix as Correction, Label, Level};
use crate::lint::Silenced;
use crate::source::{Loc, SourceFile, Sources};
use serde_json::{Value, json};
use serde_sarif::sarif::{
    Artifact, ArtifactChange, ArtifactContent, ArtifactLocation, Fix, Location, Message, MultiformatMessageString,
    PhysicalLocation, PropertyBag, Region, Replacement, ReportingConfiguration, ReportingDescriptor, Result as Entry,
    ResultLevel, Run, Sarif, Suppression, Tool, ToolComponent,
};
use std::collections::{BTreeMap, BTreeSet};

/// The published schema that the output is valid against.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What relative paths are relative to: the folder in which the command ran, as readers call it.
const ROOT: &str = "%SRCROOT%";

/// All findings, the silenced too, as indented text with a line end.
pub fn text(found: &[Diagnostic], silenced: &[Silenced], sources: &Sources) -> String {
    let open = found.iter().map(|d| (d, None));
    let mut all: Vec<(&Diagnostic, Option<&str>)> =
        open.chain(silenced.iter().map(|s| (&s.diagnostic, Some(s.reason.as_str())))).collect();
    all.sort_by(|a, b| order(a.0).cmp(&order(b.0)));
    let codes: BTreeSet<&str> = all.iter().map(|(d, _)| d.code).collect();
    let pages: Vec<Page> = pages::all().filter(|p| codes.contains(p.entry.code)).collect();
    let places: BTreeMap<&str, usize> = pages.iter().enumerate().map(|(i, p)| (p.entry.code, i)).collect();
    let level = |code: &str| all.iter().find(|(d, _)| d.code == code).map_or(Level::Error, |(d, _)| d.level);
    let driver = ToolComponent::builder()
        .name("milepost")
        .version(env!("CARGO_PKG_VERSION"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(pages.iter().map(|p| rule(p, level(p.entry.code))).collect::<Vec<_>>())
        .build();
    let results = all
        .iter()
        .map(|(d, reason)| Entry { rule_index: places.get(d.code).map(|i| *i as i64), ..entry(d, *reason, sources) });
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .column_kind(json!("unicodeCodePoints"))
        .artifacts(sources.files.iter().map(artifact).collect::<Vec<_>>())
        .results(results.collect::<Vec<_>>())
        .build();
    let log = Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run]).build();
    // The types hold nothing that JSON can't.
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn level(level: Level) -> ResultLevel {
    match level {
        Level::Error => ResultLevel::Error,
        Level::Warning => ResultLevel::Warning,
        Level::Hint => ResultLevel::Note,
    }
}

/// A code with its page. `met` is the level of those that have none of their own.
fn rule(page: &Page, met: Level) -> ReportingDescriptor {
    let both = |markdown: &str, plain: String| {
        MultiformatMessageString::builder().text(plain.trim_end()).markdown(markdown.trim_end()).build()
    };
    let summary = page.summary();
    let tag = page.rule.map_or(stage(page.entry.code), |r| r.letter().map_or("lint", |l| l.name()));
    let default = level(page.rule.map_or(met, |r| r.level));
    let rule = ReportingDescriptor::builder()
        .id(page.entry.code)
        .short_description(MultiformatMessageString::builder().text(page.entry.title().replace('`', "")).build())
        .full_description(both(&summary, pages::plain(&summary)))
        .help(both(&page.markdown(), page.plain()))
        .default_configuration(ReportingConfiguration::builder().level(json!(default)).build())
        .properties(PropertyBag::builder().tags(vec![tag.to_owned()]).build())
        .build();
    ReportingDescriptor { name: page.rule.map(|r| r.name.to_owned()), ..rule }
}

/// What is wrong, by the letter of a code that is no lint's.
fn stage(code: &str) -> &'static str {
    match code.chars().next() {
        Some('P') => "syntax",
        Some('N') => "names",
        Some('U') => "units",
        Some('D') => "data",
        _ => "evaluation",
    }
}

fn entry(diagnostic: &Diagnostic, silenced: Option<&str>, sources: &Sources) -> Entry {
    let suppression = |reason: &str| Suppression::builder().kind(json!("inSource")).justification(reason).build();
    let mut labels = diagnostic.labels.iter().map(|l| location(l, sources));
    let main: Vec<Location> = labels.next().into_iter().collect();
    let related: Vec<Location> = labels.collect();
    let mut entry = Entry::builder()
        .rule_id(diagnostic.code)
        .level(level(diagnostic.level))
        .message(message(&diagnostic.told()))
        .locations(main)
        .suppressions(silenced.map(suppression).into_iter().collect::<Vec<_>>())
        .build();
    entry.related_locations = Some(related).filter(|r| !r.is_empty());
    entry.fixes = diagnostic.fix.as_ref().map(|f| vec![fix(f, sources)]);
    entry
}

/// Braces would stand for an argument of the message.
fn message(text: &str) -> Message {
    Message::builder().text(text.replace('{', "{{").replace('}', "}}")).build()
}

fn location(label: &Label, sources: &Sources) -> Location {
    let file = sources.get(label.at.file);
    let place = PhysicalLocation::builder()
        .artifact_location(artifact_location(file, Some(label.at)))
        .region(region(label.at, file))
        .build();
    let mut location = Location::builder().physical_location(place).build();
    location.message = Some(&label.text).filter(|t| !t.is_empty()).map(|t| message(t));
    location
}

/// Lines and columns from 1, columns in characters; bytes from 0.
fn region(at: Loc, file: &SourceFile) -> Region {
    let (start, end) = (file.position(at.span.start), file.position(at.span.end));
    Region::builder()
        .start_line(i64::from(start.line))
        .start_column(i64::from(start.column))
        .end_line(i64::from(end.line))
        .end_column(i64::from(end.column))
        .byte_offset(i64::from(at.span.start))
        .byte_length(at.span.len() as i64)
        .build()
}

fn fix(correction: &Correction, sources: &Sources) -> Fix {
    let mut files: BTreeMap<_, Vec<&Edit>> = BTreeMap::new();
    for edit in &correction.edits {
        files.entry(edit.at.file).or_default().push(edit);
    }
    let changes = files.into_iter().map(|(file, edits)| {
        let file = sources.get(file);
        let replacement = |edit: &&Edit| {
            let content = ArtifactContent::builder().text(edit.text.as_str()).build();
            Replacement::builder().deleted_region(region(edit.at, file)).inserted_content(content).build()
        };
        ArtifactChange::builder()
            .artifact_location(artifact_location(file, None))
            .replacements(edits.iter().map(replacement).collect::<Vec<_>>())
            .build()
    });
    let safe = BTreeMap::from([("safe".to_owned(), Value::Bool(correction.safe))]);
    Fix::builder()
        .description(message(&correction.title))
        .artifact_changes(changes.collect::<Vec<_>>())
        .properties(PropertyBag::builder().additional_properties(safe).build())
        .build()
}

fn artifact(file: &SourceFile) -> Artifact {
    Artifact::builder()
        .location(artifact_location(file, None))
        .length(file.text.len() as i64)
        .encoding("UTF-8")
        .mime_type("text/plain")
        .roles(vec![json!("analysisTarget")])
        .build()
}

/// The file's place in the list of files is said where it is known.
fn artifact_location(file: &SourceFile, at: Option<Loc>) -> ArtifactLocation {
    let (uri, is_absolute) = uri(&file.path);
    let mut location = ArtifactLocation::builder().uri(uri).build();
    location.uri_base_id = (!is_absolute).then(|| ROOT.to_owned());
    location.index = at.map(|at| i64::from(at.file.0));
    location
}

/// A path with forward slashes as a URI (RFC 3986), and whether it is absolute.
fn uri(path: &str) -> (String, bool) {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes().get(2) == Some(&b'/');
    match (path.starts_with('/'), drive) {
        (true, _) => (format!("file://{}", encoded(path)), true),
        (_, true) => (format!("file:///{}:{}", &path[..1], encoded(&path[2..])), true),
        _ => (encoded(path), false),
    }
}

/// Every byte that isn't unreserved in a URI as `%XX`.
fn encoded(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_as_uris() {
        let cases = [
            ("a/plan.goal", "a/plan.goal", false),
            ("-", "-", false),
            ("Größe 50%/a:b.goal", "Gr%C3%B6%C3%9Fe%2050%25/a%3Ab.goal", false),
            ("/plans/x.goal", "file:///plans/x.goal", true),
            ("C:/plans/x y.goal", "file:///C:/plans/x%20y.goal", true),
            ("é:/x", "%C3%A9%3A/x", false),
        ];
        for (path, wanted, is_absolute) in cases {
            assert_eq!(uri(path), (wanted.to_owned(), is_absolute), "{path}");
        }
    }
}
